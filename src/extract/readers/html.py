r"""Reads HTML as Word, WPS, Excel, LibreOffice and web pages write it (and many a .doc that is HTML inside).

lxml builds the tree; one walk goes through its starts and ends without recursion. What an element does is looked up by
its name in `_STARTS` and `_ENDS` at the foot of this file; an element without an entry is inline and walked through.

Word hides part of a document from browsers in conditional comments. Two kinds are read: fields
(`<!--[if supportFields]>`) and text boxes (`<!--[if gte vml 1]>`). As in the other readers, hidden and deleted text is
no part of the text, and automatic list numbers are: those of lists, and those that Word writes out (`mso-list:Ignore`).

Specification: HTML Living Standard; 4.9.12 for the places of cells, 13.2.3 for encodings.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from lxml import etree

from extract.document import TICKED, UNTICKED, Block, Document, TextWriter
from extract.errors import ReadError
from extract.language import Message
from extract.readers.decoding import decode
from extract.readers.drawn import Drawn, DrawnCell, DrawnTable, is_blank, lay_out, legible
from extract.readers.numbering import Counters, Level, List, Numbered, bullet_text
from extract.readers.symbols import Underlined, drawn_by_field, is_symbol_font, with_signs

FORMAT = "html"

_Element = etree._Element

_MAX_BYTES = 64 * 2**20
_MAX_TABLES = 50
_MAX_SPAN = 1000
_MAX_ROW_SPAN = 65534


def accepts(data: bytes) -> bool:
    """Whether `data` is HTML: after declarations and comments a tag comes first, and one that only pages have is near.

    Text that only quotes a tag is not taken, nor XML of another kind.
    """
    # UTF-16 looks like ASCII without its zero bytes, and every tag is ASCII.
    head = data[:_HEAD].lstrip(b"\xef\xbb\xbf\xff\xfe").replace(b"\0", b"")
    if _PROLOGUE.match(head):
        return _PAGE_TAG.search(head) is not None and not _is_markdown(data)
    return _DOCUMENT_TAG.search(head[:1024]) is not None and not _MIME_MESSAGE.search(head[:1024])


def _is_markdown(data: bytes) -> bool:
    """Whether a table begins the text and lines without tags follow it, as pandoc writes; the text reader takes it."""
    return data.lstrip(b"\xef\xbb\xbf").startswith(b"<table>") and _TEXT_BELOW_TABLE.search(data) is not None


def read(data: bytes) -> Document:
    """The content of the page `data`: the body, then headers, footers and notes as asides.

    Raises ReadError `html.undecodable`, `html.too_deep`, `html.too_large`.
    """
    return document_of(FORMAT, [(data, None)])


def drawn(text: str) -> list[Drawn]:
    """The blocks of a piece of HTML, such as the tables that Markdown holds.

    >>> [table] = drawn('<table><tr><td rowspan="2">甲</td><td>乙</td></tr><tr><td>丙</td></tr></table>')
    >>> [[(cell.blocks, cell.column, cell.row_span) for cell in row] for row in table.rows]
    [[(['甲'], 0, 2), (['乙'], 1, 1)], [(['丙'], 1, 1)]]
    """
    return _Walk(_parse(text)).run()


def document_of(format_name: str, pages: Iterable[tuple[bytes, str | None]]) -> Document:
    """One document out of pages, each with the encoding that its container declares for it, if any."""
    out = TextWriter()
    blocks: list[Block] = []
    asides: list[list[Drawn]] = []
    encoding = None
    unread: dict[str, None] = {}
    for data, declared in pages:
        page_encoding, text = _decode(data, declared)
        walk = _Walk(_parse(text))
        blocks += lay_out(walk.run(), out)
        asides += walk.asides
        unread |= dict.fromkeys(walk.unread)
        encoding = encoding or page_encoding
    aside_blocks = [block for aside in asides for block in lay_out(aside, out)]
    return Document(format_name, encoding, out.text(), tuple(blocks), tuple(aside_blocks), tuple(unread))


_HEAD = 8192
_SPACE_AND_COMMENTS = rb"(?:\s|<\?[^>]*>|<!--(?:(?!-->)[\s\S])*+-->)*+"
_PROLOGUE = re.compile(
    _SPACE_AND_COMMENTS + rb"<(?:!doctype\s+html|(?:html|head|body|meta|title|style|script|link|base|table|div|p|span"
    rb"|center|font|form|h[1-6]|b|br|pre)(?=[\s/>]))",
    re.IGNORECASE,
)
_TEXT_BELOW_TABLE = re.compile(rb"</table>\r?\n\r?\n[^<\s]")
_PAGE_TAG = re.compile(rb"<(?:!doctype\s+html|(?:html|head|body|table)(?=[\s/>]))", re.IGNORECASE)
# A page may follow other lines, as the headers of the server that sent it, but not those of a web archive.
_MIME_MESSAGE = re.compile(rb"^mime-version:", re.IGNORECASE | re.MULTILINE)
_DOCUMENT_TAG = re.compile(rb"^\s*+<(?:!doctype\s+html|html(?=[\s>]))", re.IGNORECASE | re.MULTILINE)


# --- Bytes to tree ---

_DECLARED = re.compile(
    rb"""<meta\s[^>]*?charset\s*=\s*["']?\s*([\w.:-]+) | <\?xml\s[^>]*?encoding\s*=\s*["']([\w.:-]+)""",
    re.IGNORECASE | re.VERBOSE,
)
# What pages call an encoding and what they mean by it: the wider one that contains it (Encoding Standard, 4.2).
_MEANT = {
    **dict.fromkeys(("gb2312", "gbk", "gb_2312-80", "x-gbk", "cp936", "windows-936", "ms936"), "gb18030"),
    **dict.fromkeys(("big5", "x-x-big5"), "cp950"),
    **dict.fromkeys(("iso-8859-1", "latin1", "us-ascii", "ascii"), "cp1252"),
    **dict.fromkeys(("shift_jis", "x-sjis"), "cp932"),
    **dict.fromkeys(("euc-kr", "ks_c_5601-1987"), "cp949"),
}
# A meta element in ASCII that declares UTF-16 is wrong (13.2.3.2).
_NEVER_DECLARED = ("utf-16", "utf-32", "unicode", "utf-7")


def _decode(data: bytes, declared: str | None) -> tuple[str, str]:
    """The encoding and the text: by byte order mark, by declaration, or else by the ladder of the text reader."""
    if len(data) > _MAX_BYTES:
        raise ReadError(
            "html.too_large",
            Message(
                f"the page has {len(data):,} bytes, more than the {_MAX_BYTES:,} that are read; split the document",
                f"网页有 {len(data):,} 字节，超过可读的 {_MAX_BYTES:,} 字节；请拆分文档",
            ),
        )
    encoding = declared or _declared_encoding(data)
    has_mark = data.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in data[:_HEAD]
    if encoding and not has_mark and not encoding.lower().startswith(_NEVER_DECLARED):
        meant = "utf-8" if _is_surely_utf_8(data) else _MEANT.get(encoding.lower(), encoding)
        with suppress(UnicodeDecodeError, LookupError):
            return meant, data.decode(meant, "replace" if _is_nearly_utf_8(data, meant) else "strict")
    try:
        return decode(data)
    except ReadError as error:
        raise ReadError(
            "html.undecodable",
            Message(
                f"the page is not text in the encoding that it declares ({encoding or 'none'}) nor in UTF-8, UTF-16, "
                "GB18030 or Big5; it is damaged, so fetch it again",
                f"网页既不符合其声明的编码（{encoding or 'none'}），也不是 UTF-8、UTF-16、GB18030 或 Big5；"
                "文件已损坏，请重新获取",
            ),
        ) from error


def _declared_encoding(data: bytes) -> str | None:
    found = _DECLARED.search(data[:_HEAD])
    return (found[1] or found[2]).decode("latin-1") if found else None


def _is_surely_utf_8(data: bytes) -> bool:
    """Whether many characters are UTF-8, which does not happen by chance: editors convert a page but not its meta."""
    with suppress(UnicodeDecodeError):
        return len(data) - len(data.decode("utf-8")) >= _NO_CHANCE
    return False


def _is_nearly_utf_8(data: bytes, encoding: str) -> bool:
    """Whether a few broken bytes cost only themselves, as in UTF-8 alone; they show as U+FFFD."""
    if encoding.lower() not in ("utf-8", "utf8"):
        return False
    text = data.decode("utf-8", "replace")
    return text.count("\N{REPLACEMENT CHARACTER}") <= len(text) * _TOLERATED_DAMAGE


_NO_CHANCE = 24
_TOLERATED_DAMAGE = 0.005
_NOT_IN_HTML = re.compile("[\x00-\x08\x0b\x0e-\x1f\ufffe\uffff]")


def _parse(text: str) -> _Element | None:
    """The tree of a page, None for one without any element or text."""
    page = _NOT_IN_HTML.sub("", text).encode()
    # libxml2 stops at 256 open elements otherwise, and unclosed <font> elements add up to more.
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True)
    try:
        root = etree.fromstring(page, parser)
    except etree.XMLSyntaxError:
        return None
    for error in parser.error_log.filter_from_fatals():
        if error.type_name == "ERR_RESOURCE_LIMIT" or "depth" in error.message:
            raise ReadError(
                "html.too_deep",
                Message(
                    "the page nests more elements than a browser would show; it is damaged or made to do harm, so "
                    "fetch "
                    "it again",
                    "网页的嵌套层数超过浏览器所能显示；文件已损坏或有意为害，请重新获取",
                ),
            )
    return root


# --- Looks: the styles that change what is read ---


class _Look(NamedTuple):
    """What a style says: whether it hides, which font it sets (None: no change), whether it marks an aside."""

    is_hidden: bool = False
    font: str | None = None
    is_aside: bool = False
    is_underlined: bool | None = None
    """None: no change."""
    is_list_number: bool = False
    """Whether the element holds the number of its paragraph, which Word writes out for browsers."""
    field_mark: str | None = None
    """The part of a field that an empty element marks: begin, separator or end."""


_PLAIN = _Look()
# A font that draws no symbols; it ends a symbol font around it.
_LETTERS = ""
_TELLING = re.compile(r"font|display|visibility|mso-(?:hide|list|element|symbol)|underline|text-d", re.IGNORECASE)
_LINE = re.compile(r"text-decoration(?:-line)?\s*:\s*([^;]*)", re.IGNORECASE)
_HIDING = re.compile(
    r"(?<![\w-])display\s*:\s*none|(?<![\w-])visibility\s*:\s*hidden|mso-hide\s*:\s*all",
    re.IGNORECASE,
)
_FONT = re.compile(
    r"""(?<![\w-])(?:mso-symbol-font-family|font-family|font)\s*:\s*([^;]*)""",
    re.IGNORECASE,
)
_LIST_NUMBER = re.compile(r"mso-list\s*:\s*ignore", re.IGNORECASE)
_FIELD_MARK = re.compile(r"mso-element\s*:\s*field-(begin|separator|end)", re.IGNORECASE)
_ASIDE = re.compile(r"mso-element\s*:\s*(?:header|footer|footnote|endnote|comment)\s*(?:;|$)", re.IGNORECASE)
_NOT_CSS = re.compile(r"<!--|-->|/\*(?:(?!\*/).)*+(?:\*/|\Z)", re.DOTALL)
_CLASS = re.compile(r"^\s*\w*\.([\w-]+)\s*$")


def _look(style: str) -> _Look:
    if not _TELLING.search(style):
        return _PLAIN
    fonts = [_symbol_font(fonts) for fonts in _FONT.findall(style)]
    font = None if not fonts else next(filter(None, fonts), _LETTERS)
    mark, line = _FIELD_MARK.search(style), _LINE.search(style)
    return _Look(
        _HIDING.search(style) is not None,
        font,
        _ASIDE.search(style) is not None,
        "underline" in line[1].lower() if line else None,
        _LIST_NUMBER.search(style) is not None,
        mark[1].lower() if mark else None,
    )


def _font_of(element: _Element) -> str:
    """The symbol font that an element sets in its style, or `_LETTERS`."""
    return _look(element.get("style") or "").font or _LETTERS


_LOOKING = ("style", "class", "face", "hidden", "title", "id")
# The numbers of notes and the marks of comments, as Word and LibreOffice name them: 20¹ is not 201.
_REFERENCES = frozenset(
    (
        *("MsoFootnoteReference", "MsoEndnoteReference", "MsoCommentReference"),
        *("sdfootnoteanc", "sdfootnotesym", "sdendnoteanc", "sdendnotesym"),
    )
)
_LIBREOFFICE_NOTE = re.compile(r"sd(?:foot|end)note\d+$")


def _look_of(attributes: dict[str, str], classes: dict[str, _Look]) -> _Look:
    """The look of an element by its attributes: style over face over class."""
    names = attributes.get("class", "").split()
    looks = [classes[name] for name in names if name in classes]
    if "face" in attributes:
        looks.append(_Look(font=_symbol_font(attributes["face"])))
    looks.append(_look(attributes.get("style", "")))
    return _Look(
        "hidden" in attributes or not _REFERENCES.isdisjoint(names) or any(look.is_hidden for look in looks),
        next((look.font for look in reversed(looks) if look.font is not None), None),
        looks[-1].is_aside or _is_libreoffice_aside(attributes),
        next((look.is_underlined for look in reversed(looks) if look.is_underlined is not None), None),
        looks[-1].is_list_number,
        looks[-1].field_mark,
    )


def _is_libreoffice_aside(attributes: dict[str, str]) -> bool:
    is_note = _LIBREOFFICE_NOTE.match(attributes.get("id", "")) is not None
    return is_note or attributes.get("title") in ("header", "footer")


def _symbol_font(families: str) -> str:
    """The symbol font that a list of font families begins with, or `_LETTERS`."""
    first = families.partition(",")[0].strip(" \t\r\n'\"")
    return first if is_symbol_font(first) else _LETTERS


def _looks_of_classes(root: _Element) -> dict[str, _Look]:
    """The looks that style sheets in the page give to classes, where they change what is read on a screen."""
    looks: dict[str, _Look] = {}
    for style in root.iter("style"):
        for selectors, body in _rules(_NOT_CSS.sub("", "".join(map(str, style.itertext())))):
            look = _look(body)
            for selector in selectors.split(",") if look.is_hidden or look.font else ():
                named = _CLASS.match(selector)
                if named:
                    looks[named[1]] = look
    return looks


def _rules(sheet: str) -> Iterator[tuple[str, str]]:
    """Selectors and body of each rule, but not of those for print and other media, which stand inside an at-rule."""
    depth, selectors = 0, ""
    for part in re.split("([{}])", sheet):
        if part in ("{", "}"):
            depth = max(0, depth + (1 if part == "{" else -1))
        elif depth == 0:
            selectors = part.rpartition(";")[2].strip()
        elif depth == 1 and not selectors.startswith("@"):
            yield selectors, part


# --- Tables ---


class _WrittenCell(NamedTuple):
    blocks: list[Drawn]
    column_span: int
    row_span: int
    """0 means: down to the end of the row group."""


@dataclass(slots=True)
class _OpenTable:
    """A table whose end has not come, with its row groups (thead, tbody, tfoot)."""

    around: list[Drawn]
    """Where the table will stand, and where text goes that stands in it outside all cells."""
    groups: list[_Group] = field(default_factory=list)
    cell: list[Drawn] | None = None

    def add_row(self, *, is_filler: bool) -> None:
        """Open a row in the last group."""
        if not self.groups:
            self.groups.append(_Group("tbody"))
        self.groups[-1].rows.append([])
        self.groups[-1].last_is_filler = is_filler

    def add_cell(self, column_span: int, row_span: int) -> list[Drawn]:
        """Open a cell in the last row; returns where its blocks go."""
        if not self.groups or not self.groups[-1].rows:
            self.add_row(is_filler=False)
        self.cell = []
        self.groups[-1].rows[-1].append(_WrittenCell(self.cell, column_span, row_span))
        return self.cell

    def drawn(self) -> DrawnTable:
        """The table as a browser draws it: the head first, the foot last."""
        rows: list[list[DrawnCell]] = []
        for group in sorted(self.groups, key=lambda group: _GROUP_ORDER[group.name]):
            group.drop_filler()
            rows += group.placed()
        return DrawnTable(rows)


_GROUP_ORDER = {"thead": 0, "tbody": 1, "tfoot": 2}


class _Reach(NamedTuple):
    """A cell that reaches down into the rows below it."""

    left: int
    right: int
    last_row: int


@dataclass(slots=True)
class _Group:
    name: str
    rows: list[list[_WrittenCell]] = field(default_factory=list)
    last_is_filler: bool = False

    def drop_filler(self) -> None:
        """Drop the row of height 0 at the end, in which Word and Excel keep the widths of the columns."""
        if self.last_is_filler and all(is_blank(cell.blocks) for cell in self.rows[-1]):
            self.rows.pop()

    def placed(self) -> list[list[DrawnCell]]:
        """The cells of all rows in their columns (4.9.12.1); a span ends with its group."""
        drawn = []
        reaching: list[_Reach] = []
        for number, row in enumerate(self.rows):
            reaching = sorted(reach for reach in reaching if reach.last_row >= number)
            cells, begun = _placed_row(row, reaching, number, len(self.rows) - number)
            reaching += begun
            drawn.append(cells)
        return drawn


def _placed_row(
    row: list[_WrittenCell], reaching: list[_Reach], number: int, rows_left: int
) -> tuple[list[DrawnCell], list[_Reach]]:
    """The cells of one row beside those that reach into it, and those that reach further down."""
    cells: list[DrawnCell] = []
    begun: list[_Reach] = []
    column, passed = 0, 0
    for written in row:
        while passed < len(reaching) and reaching[passed].left <= column:
            column = max(column, reaching[passed].right)
            passed += 1
        height = min(written.row_span or rows_left, rows_left)
        cells.append(DrawnCell(written.blocks or [""], column, written.column_span, height))
        if height > 1 and column < _MAX_SPAN:
            begun.append(_Reach(column, column + written.column_span, number + height - 1))
        column += written.column_span
    return cells, begun


def _span(element: _Element, name: str, most: int, least: int) -> int:
    digits = re.match(r"\s*\+?(\d{1,9})", element.get(name) or "")
    return max(least, min(int(digits[1]), most)) if digits else 1


# --- The walk ---


@dataclass(slots=True)
class _Field:
    """An open field: where in the paragraph's pieces it begins, its instruction, and what it draws."""

    start: int
    instruction: str = ""
    drawn: str | None = None
    in_code: bool = True
    is_carried_over: bool = False
    is_in_comment: bool = True
    """Whether its instruction is hidden from browsers; programs other than Word write it for all to see."""

    @property
    def takes_text(self) -> bool:
        """Whether text that stands here is the instruction."""
        return self.in_code and not self.is_in_comment


class _Walk:
    """Where the walk through one page stands."""

    def __init__(self, root: _Element | None) -> None:
        self.root = root
        self.asides: list[list[Drawn]] = []
        self.unread: list[str] = []
        self.blocks: list[Drawn] = []
        """Where finished blocks go: the body, a cell, an aside."""
        self.pieces: list[str] = []
        """The text of the open paragraph so far, as written."""
        self.boxes: list[Drawn] = []
        self.tables: list[_OpenTable] = []
        self.fields: list[_Field] = []
        self.lists: list[List] = []
        """The open lists, the outermost first."""
        self.counters = Counters()
        self.number: Callable[[], str] | None = None
        """What counts the open list item, until its first paragraph has taken its number."""
        self.preformatted = 0
        self.font = _LETTERS
        self.is_underlined = False
        self._undo: dict[_Element, list[Callable[[], None]]] = {}
        """What to do at the end of elements that changed something for their content only."""
        self._looks: dict[tuple[str | None, ...], _Look] = {}
        self._classes: dict[str, _Look] = {}

    def run(self) -> list[Drawn]:
        """Walk the whole page; returns its body."""
        if self.root is None:
            return []
        self._classes = _looks_of_classes(self.root)
        events = etree.iterwalk(self.root, events=("start", "end", "comment", "pi"))
        for event, element in events:
            if event == "start":
                if self._start(element):
                    self._text(element.text)
                else:
                    events.skip_subtree()
            elif event == "end":
                self._end(element)
                self._text(element.tail)
            else:
                if event == "comment":
                    self._comment(element.text or "")
                self._text(element.tail)
        self.end_paragraph()
        return self.blocks

    def _text(self, text: str | None) -> None:
        if text and self.fields and self.fields[-1].takes_text:
            self.fields[-1].instruction += text
            return
        if not text or (not self.pieces and not self.preformatted and not text.strip(_SPACE)):
            return
        if self.preformatted:
            text = text.replace("\r\n", "\v").replace("\n", "\v")
        if self.font or not text.isascii():
            text = legible(text, self.font)
        self.pieces.append(Underlined(text) if self.is_underlined else text)

    def _start(self, element: _Element) -> bool:
        """Begin an element; returns whether its content is read."""
        tag = element.tag
        if tag in _LEFT_OUT:
            return False
        attributes: dict[str, str] = dict(element.items())  # type: ignore[arg-type]  # the stubs fear bytes
        if attributes:
            look = self._look(attributes)
            if look.is_hidden:
                return False
            if look.is_list_number:
                self._take_list_number(element, look)
                return False
            if look.font is not None and look.font != self.font:
                self._set_font(element, look.font)
            if look.is_underlined is not None:
                self.set_underlined(element, look.is_underlined)
            if look.is_aside:
                self._open_aside(element)
            if look.field_mark:
                self._field_part(look.field_mark, "", is_in_comment=False)
        handler = _STARTS.get(tag)
        return True if handler is None else handler(self, element)

    def _end(self, element: _Element) -> None:
        handler = _ENDS.get(element.tag)
        if handler:
            handler(self)
        for undo in reversed(self._undo.pop(element, ())):
            undo()

    def _look(self, attributes: dict[str, str]) -> _Look:
        """The look of an element, found once for all with the same attributes."""
        telling = tuple(map(attributes.get, _LOOKING))
        look = self._looks.get(telling)
        if look is None:
            look = self._looks[telling] = _look_of(attributes, self._classes)
        return look

    def _take_list_number(self, element: _Element, look: _Look) -> None:
        """Keep the number that Word wrote out for the open paragraph."""
        written = "".join(map(str, element.itertext())).replace("\xa0", " ").strip()
        font = look.font or self.font or next(filter(None, map(_font_of, element.iter("span", "font"))), _LETTERS)
        label = bullet_text(written, font) if is_symbol_font(font) else written
        self.number = lambda: label

    def _set_font(self, element: _Element, font: str) -> None:
        outer, self.font = self.font, font
        self.at_end(element, lambda: setattr(self, "font", outer))

    def set_underlined(self, element: _Element, is_underlined: bool) -> None:
        """Underline the content of an element, or end the line under what stands around it."""
        outer, self.is_underlined = self.is_underlined, is_underlined
        self.at_end(element, lambda: setattr(self, "is_underlined", outer))

    def at_end(self, element: _Element, undo: Callable[[], None]) -> None:
        """Have `undo` called when `element` ends."""
        self._undo.setdefault(element, []).append(undo)

    def _open_aside(self, element: _Element) -> None:
        self.end_paragraph()
        outer, self.blocks = self.blocks, []

        def close() -> None:
            self.end_paragraph()
            if not is_blank(self.blocks):
                self.asides.append(self.blocks)
            self.blocks = outer

        self.at_end(element, close)

    # Paragraphs.

    def end_paragraph(self) -> None:
        """A block begins or ends: close the paragraph, if it shows anything, an empty line included."""
        for open_field in reversed(self.fields):
            if open_field.is_carried_over:
                break
            if open_field.drawn and not open_field.in_code:
                self.pieces.insert(open_field.start, open_field.drawn)
            # If the end of an instruction was lost, the rest of the page would count as instruction.
            open_field.in_code = open_field.in_code and open_field.is_in_comment
            open_field.start, open_field.drawn, open_field.is_carried_over = 0, None, True
        if self.pieces:
            written = with_signs(self.pieces)
            self.pieces.clear()
            text = _flowed(written)
            if text or "\v" in written or "\xa0" in written:
                self.blocks.append(self.numbered(text))
        if self.boxes:
            self.blocks += self.boxes
            self.boxes = []

    def numbered(self, text: str) -> str:
        """The text of a paragraph, which takes the number that waits for one."""
        number, self.number = self.number, None
        return text if number is None else Numbered(text, number)

    def end_list_item(self) -> None:
        """The paragraph of a list item ends: one without text still counts, but its bullet says nothing."""
        self.end_paragraph()
        if self.number is not None:
            if not (self.lists and self.lists[-1].levels[0] is _BULLETS):
                self.blocks.append(self.numbered(""))
            self.number = None

    # Conditional comments (Microsoft Office HTML and XML Reference).

    def _comment(self, text: str) -> None:
        if text.startswith("[if supportFields"):
            for mark, written in _FIELD_PARTS.findall(text):
                self._field_part(mark.lower(), written)
        elif self.fields and "<w:data>" in text:
            self.fields[-1].drawn = _form_field_state(text)
        elif text.startswith("[if gte vml") and "textbox" in text:
            self._text_boxes(text)

    def _field_part(self, mark: str, written: str, *, is_in_comment: bool = True) -> None:
        """A mark of a field or, between its begin and its separator, a piece of its instruction."""
        if mark == "begin":
            self.fields.append(_Field(len(self.pieces), is_in_comment=is_in_comment))
        elif self.fields and mark == "separator":
            self._end_code(self.fields[-1])
        elif self.fields and mark == "end":
            ended = self.fields.pop()
            self._end_code(ended)
            _show(ended, self.pieces)
        elif self.fields and written and self.fields[-1].in_code:
            self.fields[-1].instruction += _unescaped(written)

    def _end_code(self, ended: _Field) -> None:
        if ended.in_code:
            ended.in_code = False
            if not ended.is_carried_over:
                ended.drawn = ended.drawn or drawn_by_field(ended.instruction)

    def _text_boxes(self, comment: str) -> None:
        """Read the text boxes that Word keeps in a comment beside a picture of them; they follow the paragraph."""
        for content in _TEXT_BOX.findall(comment):
            # A browser's view of the same box stands in comments inside this one.
            box = _Walk(_parse(content)).run()
            if not is_blank(box):
                self.boxes += box


# A part of a supportFields comment: a mark, any other tag, or text.
_FIELD_PARTS = re.compile(
    r"<span[^<>]*?mso-element:\s*field-(begin|separator|end)[^<>]*>|<[^<>]*>|^\[if[^<>]*>|([^<]+)"
)
_TEXT_BOX = re.compile(r"<v:textbox[^<>]*(?<!/)>((?:(?!</v:textbox).)*+)(?:</v:textbox|\Z)", re.IGNORECASE | re.DOTALL)


def _unescaped(written: str) -> str:
    root = _parse(written)
    return "" if root is None else "".join(map(str, root.itertext()))


def _show(ended: _Field, pieces: list[str]) -> None:
    """Put what a field draws in the place of its stored result, which is kept if it says anything but the tick."""
    drawn = ended.drawn
    if drawn and (drawn in (TICKED, UNTICKED) or not "".join(pieces[ended.start :]).strip()):
        pieces[ended.start :] = [drawn]


_CHECK_BOX, _NOT_SET = 1, 25


def _form_field_state(comment: str) -> str | None:
    """☑ or ☐ where the data of a form field, in hexadecimal, are those of a check box ([MS-DOC] 2.9.78, FFData)."""
    found = re.search(r"<w:data>([0-9A-Fa-f\s]+)</w:data>", comment)
    digits = re.sub(r"\s", "", found[1]) if found else ""
    data = bytes.fromhex(digits[: len(digits) // 2 * 2])
    bits = int.from_bytes(data[4:6], "little")
    kind, result = bits & 3, bits >> 2 & 31
    if len(data) < 12 or kind != _CHECK_BOX:
        return None
    if result == _NOT_SET:
        end_of_name = 12 + 2 * int.from_bytes(data[10:12], "little") + 2
        result = int.from_bytes(data[end_of_name : end_of_name + 2], "little")
    return TICKED if result else UNTICKED


# --- White space (CSS Text Module Level 3, 4.1) ---

_WIDE = "[\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef]"
_BREAK_IN_CHINESE = re.compile(rf"(?<={_WIDE})[ \t]*\r?\n[ \t\r\n\f]*(?={_WIDE})")
_SPACE = " \t\r\n\f"
_SPACES = re.compile(f"[{_SPACE}]+")
_SPACES_AT_BREAK = re.compile(" ?\v ?")


def _flowed(written: str) -> str:
    """The text of a paragraph as a browser sets it; "\\v" is a forced line break."""
    if "\n" in written:
        # Chinese has no spaces between words: a line end in the source is none either.
        written = _BREAK_IN_CHINESE.sub("", written)
    text = _SPACES.sub(" ", written)
    if "\v" in text:
        # A break at the end of a block opens no line.
        text = _SPACES_AT_BREAK.sub("\v", text).strip(" ").removesuffix("\v").replace("\v", "\n")
    return text.strip(" ").replace("\xa0", " ").rstrip(" ")


# --- Handlers, by element ---

_Start = Callable[[_Walk, _Element], bool]
"""Begins an element; returns whether its content is read."""
_End = Callable[[_Walk], None]


def _block(walk: _Walk, _: _Element) -> bool:
    walk.end_paragraph()
    return True


def _underline(walk: _Walk, element: _Element) -> bool:
    walk.set_underlined(element, True)
    return True


def _line_break(walk: _Walk, _: _Element) -> bool:
    walk.pieces.append("\v")
    return False


def _preformatted(walk: _Walk, element: _Element) -> bool:
    if element.tag != "textarea":
        walk.end_paragraph()
    walk.preformatted += 1
    walk.at_end(element, lambda: setattr(walk, "preformatted", walk.preformatted - 1))
    return True


def _input(walk: _Walk, element: _Element) -> bool:
    kind = (element.get("type") or "text").lower()
    if kind in ("checkbox", "radio"):
        walk.pieces.append(UNTICKED if element.get("checked") is None else TICKED)
    elif kind not in ("hidden", "button", "submit", "reset", "image", "password", "file"):
        walk.pieces.append(element.get("value") or "")
    return False


def _select(walk: _Walk, element: _Element) -> bool:
    for option in element.iter("option"):
        if option.get("selected") is not None:
            walk.pieces.append("".join(map(str, option.itertext())))
    return False


def _frame(walk: _Walk, _: _Element) -> bool:
    walk.unread.append("frame")
    return False


def _table(walk: _Walk, _: _Element) -> bool:
    walk.end_list_item()
    if len(walk.tables) == _MAX_TABLES:
        raise ReadError(
            "html.too_deep",
            Message(
                f"tables are nested more than {_MAX_TABLES} deep, as no form is; the file is damaged or made to do "
                "harm, "
                "so fetch it again",
                f"表格嵌套超过 {_MAX_TABLES} 层，没有表会如此；文件已损坏或有意为害，请重新获取",
            ),
        )
    walk.tables.append(_OpenTable(walk.blocks))
    return True


def _end_table(walk: _Walk) -> None:
    walk.end_paragraph()
    table = walk.tables.pop()
    walk.blocks = table.around
    if table.groups:
        walk.blocks.append(table.drawn())


def _row_group(walk: _Walk, element: _Element) -> bool:
    walk.end_paragraph()
    if walk.tables:
        walk.tables[-1].groups.append(_Group(str(element.tag)))
    return True


def _row(walk: _Walk, element: _Element) -> bool:
    walk.end_paragraph()
    if walk.tables:
        walk.tables[-1].add_row(is_filler=(element.get("height") or "").strip() in ("0", "0px"))
    return True


def _cell(walk: _Walk, element: _Element) -> bool:
    walk.end_paragraph()
    if walk.tables:
        table = walk.tables[-1]
        spans = _span(element, "colspan", _MAX_SPAN, 1), _span(element, "rowspan", _MAX_ROW_SPAN, 0)
        walk.blocks = table.add_cell(*spans)
    return True


def _end_cell(walk: _Walk) -> None:
    walk.end_paragraph()
    if walk.tables:
        walk.blocks = walk.tables[-1].around


def _end_block(walk: _Walk) -> None:
    walk.end_paragraph()


def _end_written_paragraph(walk: _Walk) -> None:
    """A paragraph ends; Word may have written out a number for one that has no text."""
    if walk.lists:
        walk.end_paragraph()
    else:
        walk.end_list_item()


# Lists (4.4.5 to 4.4.8; the formats are those of CSS Counter Styles Level 3).


def _list(walk: _Walk, element: _Element) -> bool:
    walk.end_list_item()
    level = _numbers(element) if element.tag == "ol" or "none" in (element.get("style") or "") else _BULLETS
    walk.lists.append(List(object(), {0: level}))
    return True


def _end_list(walk: _Walk) -> None:
    walk.end_paragraph()
    if walk.lists:
        walk.lists.pop()


def _list_item(walk: _Walk, element: _Element) -> bool:
    walk.end_paragraph()
    if walk.lists:
        value = _LEADING_NUMBER.match(element.get("value") or "")
        number = int(value[1]) if value else None
        walk.number = partial(walk.counters.label, walk.lists[-1], 0, number=number)
    return True


def _end_list_item(walk: _Walk) -> None:
    walk.end_list_item()


def _numbers(element: _Element) -> Level:
    start = _LEADING_NUMBER.match(element.get("start") or "")
    named = _LIST_STYLE.search(element.get("style") or "")
    format_ = _FORMATS.get(named[1].lower(), "decimal") if named else _TYPES.get(element.get("type") or "", "decimal")
    text = "" if format_ == "none" else "%1、" if format_ in _CHINESE_FORMATS else "%1."
    return Level(format_, text, int(start[1]) if start else 1)


_BULLETS = Level("bullet", "•")
_LEADING_NUMBER = re.compile(r"\s*(-?\d{1,6})")
_LIST_STYLE = re.compile(r"list-style(?:-type)?\s*:\s*([\w-]+)", re.IGNORECASE)
_TYPES = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_FORMATS = {
    "none": "none",
    "decimal-leading-zero": "decimalZero",
    "lower-roman": "lowerRoman",
    "upper-roman": "upperRoman",
    **dict.fromkeys(("lower-alpha", "lower-latin"), "lowerLetter"),
    **dict.fromkeys(("upper-alpha", "upper-latin"), "upperLetter"),
    **dict.fromkeys(("cjk-ideographic", "simp-chinese-informal", "trad-chinese-informal"), "chineseCountingThousand"),
    "simp-chinese-formal": "chineseLegalSimplified",
    "cjk-decimal": "ideographDigital",
    "cjk-heavenly-stem": "ideographTraditional",
    "cjk-earthly-branch": "ideographZodiac",
}
_CHINESE_FORMATS = frozenset(
    ("chineseCountingThousand", "chineseLegalSimplified", "ideographDigital", "ideographTraditional", "ideographZodiac")
)


_BLOCKS = (
    *("html", "body", "p", "div", "center", "blockquote", "address", "h1", "h2", "h3", "h4", "h5", "h6", "hr"),
    *("dl", "dt", "dd", "form", "fieldset", "legend", "details", "summary"),
    *("article", "aside", "section", "nav", "main", "header", "footer", "figure", "figcaption", "caption"),
    *("v:textbox", "w:txbxcontent"),
)

_LISTS = ("ol", "ul", "dir", "menu")

_STARTS: dict[str, _Start] = {
    **dict.fromkeys(_BLOCKS, _block),
    **dict.fromkeys(_LISTS, _list),
    "li": _list_item,
    "br": _line_break,
    **dict.fromkeys(("u", "ins"), _underline),
    "pre": _preformatted,
    "textarea": _preformatted,
    "input": _input,
    "select": _select,
    "frame": _frame,
    "iframe": _frame,
    "table": _table,
    **dict.fromkeys(("thead", "tbody", "tfoot"), _row_group),
    "tr": _row,
    **dict.fromkeys(("td", "th"), _cell),
}

_ENDS: dict[str, _End] = {
    **dict.fromkeys((*_BLOCKS, "pre", "tr"), _end_block),
    "p": _end_written_paragraph,
    **dict.fromkeys(_LISTS, _end_list),
    "li": _end_list_item,
    "table": _end_table,
    **dict.fromkeys(("td", "th"), _end_cell),
}

# Deleted text, the reading aid over a word, and what no browser shows; style sheets are read beforehand.
_LEFT_OUT = frozenset(("del", "rt", "rp", "head", "title", "style", "script", "template", "datalist", "xml", "button"))
