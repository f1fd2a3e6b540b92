"""Reads OpenDocument text (.odt, .ott) and its flat form in one XML file (.fodt), ISO/IEC 26300 (ODF 1.2 and 1.3).

A package is a ZIP: content.xml holds the body and the styles that it uses, styles.xml the named styles and the page
headers and footers. A flat file holds both in one root element. The body is walked once; what an element does is looked
up by its name in `_HANDLERS` at the foot of this file. An element without an entry is walked through, so that text in a
wrapper that is invented tomorrow is not lost; an entry of None leaves an element out.

As in the other readers, deleted and hidden text is no part of the text, and automatic list numbers are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from lxml import etree

from extract.document import TICKED, UNTICKED, Block, Document, TextWriter
from extract.errors import ReadError
from extract.language import Message
from extract.readers.drawn import Drawn, DrawnCell, DrawnTable, is_blank, lay_out, legible
from extract.readers.numbering import MAX_LEVELS, Counters, Level, List, Numbered, bullet_text
from extract.readers.package import Package, parse_xml
from extract.readers.symbols import Underlined, is_symbol_font, with_signs

FORMAT = "odt"

_Element = etree._Element

_MAX_DEPTH = 50
_MAX_SPAN = 1000
_MAX_REPEATS = 10_000


def accepts(data: bytes) -> bool:
    """Whether `data` is an OpenDocument text, packed or flat, whole or broken; spreadsheets and slides are not."""
    if not data.startswith(b"PK\x03\x04"):
        # UTF-16 looks like ASCII without its zero bytes, and the names are ASCII.
        head = data[:_HEAD].translate(None, b"\0")
        return _FLAT_ROOT.search(head) is not None
    if b"mimetype" in data[:64]:
        return _TEXT_TYPE.search(data[:256]) is not None
    if _MANIFEST.encode() not in data:
        return False
    try:
        manifest = _Package(data).read(_MANIFEST)
    except ReadError:
        return False
    return manifest is not None and _TEXT_TYPE.search(manifest) is not None


def read(data: bytes) -> Document:
    """The content of the document `data`: the body, then notes, comments, page headers and footers as asides.

    Raises ReadError if it is broken, encrypted, too large, nested too deeply or holds no text document.
    """
    content, styles = _roots(data)
    named = _child(styles, "office:styles")
    body = _child(_child(content, "office:body"), "office:text")
    if body is None:
        raise ReadError(
            "odt.no_text",
            Message(
                "the file holds no text document (office:text); it is a table or drawing, or lost its content, so "
                "fetch it again",
                "文件中没有文字文档（office:text）；是表格、绘图，或内容已丢失，请重新获取",
            ),
        )
    walk = _Walk(_Styles(content, named))
    blocks = walk.story(body)
    page_walk = _Walk(_Styles(styles, named))
    page_walk.asides += [page_walk.story(element) for element in _headers_and_footers(styles)]
    out = TextWriter()
    body_blocks = lay_out(blocks, out)
    asides: list[Block] = []
    for story in walk.asides + page_walk.asides:
        if not is_blank(story):
            asides += lay_out(story, out)
    return Document(FORMAT, None, out.text(), body_blocks, tuple(asides), tuple(dict.fromkeys(walk.unread)))


_HEAD = 16_384
_TEXT_TYPE = re.compile(rb"application/vnd\.oasis\.opendocument\.text")
_FLAT_ROOT = re.compile(rb"<office:document\s[^>]*?" + _TEXT_TYPE.pattern)


# --- Names ---

_NAMESPACE = "urn:oasis:names:tc:opendocument:xmlns:{}:1.0"
_NAMESPACES = {
    **{prefix: _NAMESPACE.format(prefix) for prefix in ("office", "text", "table", "style", "form", "manifest")},
    "draw": _NAMESPACE.format("drawing"),
    "fo": _NAMESPACE.format("xsl-fo-compatible"),
    "svg": _NAMESPACE.format("svg-compatible"),
    "field": "urn:openoffice:names:experimental:ooo-ms-interop:xmlns:field:1.0",
    "loext": "urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0",
    "dc": "http://purl.org/dc/elements/1.1/",
    "meta": _NAMESPACE.format("meta"),
    "math": "http://www.w3.org/1998/Math/MathML",
    "xml": "http://www.w3.org/XML/1998/namespace",
}


def _name(prefixed: str) -> str:
    """A name as lxml spells it."""
    prefix, name = prefixed.split(":")
    return f"{{{_NAMESPACES[prefix]}}}{name}"


def _child(element: _Element | None, name: str) -> _Element | None:
    return None if element is None else element.find(_name(name))


def _get(element: _Element, name: str) -> str | None:
    value = element.get(_name(name))
    return None if value is None else str(value)


def _count(element: _Element, name: str, most: int) -> int:
    """The number in an attribute, from 1, where it is missing, to `most`."""
    value = _get(element, name)
    return max(1, min(int(value[:9]), most)) if value and value.isdecimal() else 1


# --- The package (ODF 1.2 part 3) ---

_MANIFEST = "META-INF/manifest.xml"


class _Package(Package):
    """The files of an OpenDocument package by name."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data, FORMAT, Message("OpenDocument package", "OpenDocument 文件包"))
        self._files = {info.filename: info for info in self.members()}

    def read(self, name: str) -> bytes | None:
        """The bytes of a file, None if the package does not have it."""
        info = self._files.get(name)
        return None if info is None else self.unpack(info)


def _roots(data: bytes) -> tuple[_Element, _Element]:
    """The roots of content and styles; in a flat file they are the same."""
    if not data.startswith(b"PK"):
        root = parse_xml(data, FORMAT, Message("flat OpenDocument file", "单文件 OpenDocument"))
        return root, root
    package = _Package(data)
    manifest = package.read(_MANIFEST)
    if manifest is not None and b"encryption-data" in manifest:
        raise ReadError(
            "odt.encrypted",
            Message(
                "the document is protected with a password; open it in an office program and save it without one",
                "文档设有密码，请用办公软件打开后另存为无密码文件",
            ),
        )
    content, styles = package.read("content.xml"), package.read("styles.xml")
    if content is None:
        raise ReadError(
            "odt.no_content",
            Message(
                "the package has no content.xml; the document lost its content, so fetch it again",
                "包中没有 content.xml，内容已丢失，请重新获取",
            ),
        )
    content_root = parse_xml(content, FORMAT, Message("part content.xml", "部件 content.xml"))
    return content_root, content_root if styles is None else parse_xml(
        styles, FORMAT, Message("part styles.xml", "部件 styles.xml")
    )


def _headers_and_footers(styles: _Element) -> Iterator[_Element]:
    masters = _child(styles, "office:master-styles")
    for page in () if masters is None else masters.iterchildren(_name("style:master-page")):
        yield from page.iterchildren(*_HEADERS_AND_FOOTERS)


_HEADERS_AND_FOOTERS = tuple(
    _name(f"style:{kind}{pages}") for kind in ("header", "footer") for pages in ("", "-left", "-first")
)


# --- Styles (ODF 1.2 part 1, 16) ---


class _Look(NamedTuple):
    """What a style says that changes what is read."""

    is_hidden: bool | None = None
    """None where the style does not say."""
    font: str | None = None
    """A symbol font, `_LETTERS` for any other font, None where the style sets none."""
    is_underlined: bool | None = None


_LETTERS = ""
_MAX_ANCESTORS = 20


class _Styles:
    """The looks of the styles that one file can use: its automatic ones and the named ones of the document."""

    def __init__(self, root: _Element, named: _Element | None) -> None:
        scopes = [scope for scope in (named, _child(root, "office:automatic-styles")) if scope is not None]
        self._styles = {
            (_get(style, "style:family"), _get(style, "style:name")): style
            for scope in scopes
            for style in scope.iterchildren(_name("style:style"))
        }
        self._fonts = {
            _get(face, "style:name"): _get(face, "svg:font-family") for face in root.iter(_name("style:font-face"))
        }
        self._looks: dict[tuple[str | None, str | None], _Look] = {}
        self._list_styles = {
            _get(style, "style:name"): style
            for scope in scopes
            for style in scope.iterchildren(_name("text:list-style"))
        }
        self._levels: dict[str | None, dict[int, Level]] = {}
        outline = _child(named, "text:outline-style")
        self.outline = {} if outline is None else dict(self._read_levels(outline))
        """How headings outside of all lists are numbered."""

    def levels(self, list_style: str | None) -> dict[int, Level]:
        """The levels of a list style."""
        if list_style not in self._levels:
            style = self._list_styles.get(list_style)
            self._levels[list_style] = {} if style is None else dict(self._read_levels(style))
        return self._levels[list_style]

    def _read_levels(self, list_style: _Element) -> Iterator[tuple[int, Level]]:
        for element in list_style.iterchildren(etree.Element):
            number = _count(element, "text:level", MAX_LEVELS + 1) - 1
            if element.tag in _NUMBERED_LEVELS:
                yield number, _level(element, number)
            elif element.tag == _BULLET_LEVEL:
                properties = _child(element, "style:text-properties")
                font = "" if properties is None else self._font(properties) or _LETTERS
                yield number, Level("bullet", bullet_text(_get(element, "text:bullet-char") or "", font))

    def look(self, family: str, name: str | None) -> _Look:
        """The look of a style, with what it inherits."""
        key = family, name
        if key not in self._looks:
            self._looks[key] = self._find_look(family, name)
        return self._looks[key]

    def _find_look(self, family: str, name: str | None) -> _Look:
        display, font, line = None, None, None
        for _ in range(_MAX_ANCESTORS):
            style = self._styles.get((family, name))
            if style is None:
                break
            properties = _child(style, "style:text-properties")
            if properties is not None:
                display = display or _get(properties, "text:display")
                font = self._font(properties) if font is None else font
                line = line or _get(properties, "style:text-underline-style")
            name = _get(style, "style:parent-style-name")
        return _Look(None if display is None else display == "none", font, None if line is None else line != "none")

    def _font(self, properties: _Element) -> str | None:
        name = _get(properties, "style:font-name")
        family = self._fonts.get(name) or name or _get(properties, "fo:font-family")
        if family is None:
            return None
        family = family.strip("'\" ")
        return family if is_symbol_font(family) else _LETTERS


# --- Levels of lists (ODF 1.2 part 1, 16.30 to 16.35 and 19.500 style:num-format) ---

_NUMBERED_LEVELS = (_name("text:list-level-style-number"), _name("text:outline-level-style"))
_BULLET_LEVEL = _name("text:list-level-style-bullet")


def _level(element: _Element, number: int) -> Level:
    """A level that numbers: its own number, with those of some levels above it, between a prefix and a suffix."""
    format_ = _FORMATS.get((_get(element, "style:num-format") or "").partition(",")[0], "none")
    first = max(0, number + 1 - _count(element, "text:display-levels", MAX_LEVELS))
    places = "" if format_ == "none" else ".".join(f"%{level + 1}" for level in range(first, number + 1))
    text = (_get(element, "style:num-prefix") or "") + places + (_get(element, "style:num-suffix") or "")
    written = _get(element, "loext:num-list-format")
    if written and format_ != "none":
        # LibreOffice 7.2 and later: %1%.%2%
        text = _WRITTEN_PLACE.sub(r"%\1", written)
    start = _get(element, "text:start-value")
    return Level(format_, text, int(start[:5]) if start and start.isdecimal() else 1)


_WRITTEN_PLACE = re.compile("%([1-9]0?)%")
# By the first number; LibreOffice writes the first three.
_FORMATS = {
    "1": "decimal",
    "a": "lowerLetter",
    "A": "upperLetter",
    "i": "lowerRoman",
    "I": "upperRoman",
    "１": "decimalFullWidth",
    "①": "decimalEnclosedCircle",
    "一": "chineseCountingThousand",
    "壹": "chineseLegalSimplified",
    "甲": "ideographTraditional",
    "子": "ideographZodiac",
}


# --- The walk ---

# XML can not hold these, so they stand for what is no white space of the source.
_SPACE, _BREAK = "\x1f", "\v"
_COLLAPSING = re.compile("[ \t\r\n]+")


class _Walk:
    """Where the walk through one file stands."""

    def __init__(self, styles: _Styles) -> None:
        self.styles = styles
        self.asides: list[list[Drawn]] = []
        self.unread: list[str] = []
        self.blocks: list[Drawn] = []
        """Where finished blocks go: the body, a cell, a box, a note."""
        self.pieces: list[str] = []
        """The text of the open paragraph so far."""
        self.boxes: list[Drawn] = []
        """Blocks of the text boxes anchored in the open paragraph; they follow it."""
        self.font = _LETTERS
        self.is_hidden = False
        self.is_underlined = False
        self.deletions: frozenset[str] = frozenset()
        self.deleting = 0
        """How many open stretches of text are deleted."""
        self.controls: dict[str, str] = {}
        """What the form controls show, by their identifiers."""
        self.repeats_left = _MAX_REPEATS
        self.lists: list[_OpenList] = []
        """The open lists, the outermost first."""
        self.item: Callable[[], str] | None = None
        """What counts the open list item, until its first paragraph has taken its number."""
        self.counters = Counters()
        self.outline = List("outline", styles.outline)
        self._ended_lists: dict[str | None, List] = {}
        """The last list of each style and each identifier, to be continued."""
        self._depth = 0

    def story(self, element: _Element) -> list[Drawn]:
        """The blocks in `element`, apart from those around it."""
        if self._depth == _MAX_DEPTH:
            raise ReadError(
                "odt.too_deep",
                Message(
                    f"tables, text boxes or notes are nested more than {_MAX_DEPTH} deep, as in no form; the file is "
                    "damaged or made to do harm, so fetch it again",
                    f"表格、文本框或脚注嵌套超过 {_MAX_DEPTH} 层，没有表会如此；文件已损坏或有意为害，请重新获取",
                ),
            )
        outer = self.blocks, self.pieces, self.boxes, self.font, self.is_hidden
        outer_lists = self.lists, self.item
        self.blocks, self.pieces, self.boxes, self.font, self.is_hidden = [], [], [], _LETTERS, False
        self.lists, self.item = [], None
        self._depth += 1
        self.children(element)
        self.end_loose_text()
        self._depth -= 1
        story = self.blocks
        self.blocks, self.pieces, self.boxes, self.font, self.is_hidden = outer
        self.lists, self.item = outer_lists
        return story

    def list_to_continue(self, element: _Element, style: str | None) -> List | None:
        """The list that a list says it continues (19.780 and 19.781), None where it begins anew."""
        identifier = _get(element, "text:continue-list")
        if identifier:
            return self._ended_lists.get(f"#{identifier}")
        return self._ended_lists.get(style) if _get(element, "text:continue-numbering") == "true" else None

    def remember_list(self, element: _Element, style: str | None, counted: List) -> None:
        """Note a list, so that others can continue it."""
        self._ended_lists[style] = counted
        identifier = _get(element, "xml:id")
        if identifier:
            self._ended_lists[f"#{identifier}"] = counted

    def end_paragraph(self) -> None:
        """Close the paragraph, an empty one too."""
        text = _COLLAPSING.sub(" ", with_signs(self.pieces)).strip(" ")
        text = text.replace(_SPACE, " ").replace(_BREAK, "\n")
        self.blocks.append(text if self.item is None else Numbered(text, self.item))
        self.item = None
        self.blocks += self.boxes
        self.pieces, self.boxes = [], []

    def end_loose_text(self) -> None:
        """Let text that stands outside of all paragraphs be one, so that it is not lost."""
        if "".join(self.pieces).strip():
            self.end_paragraph()
        self.blocks += self.boxes
        self.pieces, self.boxes = [], []

    def children(self, element: _Element) -> None:
        """Read the children of `element` and the text between them."""
        self.text(element.text)
        for child in element:
            handler = _HANDLERS.get(child.tag, _wrapper)
            if handler is not None:
                handler(child, self)
            self.text(child.tail)

    def text(self, text: str | None) -> None:
        """Add text of the source to the paragraph."""
        if text and not self.deleting and not self.is_hidden:
            text = legible(text, self.font) if self.font or not text.isascii() else text
            self.pieces.append(Underlined(text) if self.is_underlined else text)

    def show(self, text: str) -> None:
        """Add what an element draws to the paragraph."""
        if not self.deleting and not self.is_hidden:
            self.pieces.append(text)

    def styled(self, element: _Element, look: _Look) -> None:
        """Read the children of `element` in the look of its style."""
        outer = self.font, self.is_hidden, self.is_underlined
        self.is_underlined = self.is_underlined if look.is_underlined is None else look.is_underlined
        self.font = self.font if look.font is None else look.font
        self.is_hidden = self.is_hidden if look.is_hidden is None else look.is_hidden
        self.children(element)
        self.font, self.is_hidden, self.is_underlined = outer


def _wrapper(element: _Element, walk: _Walk) -> None:
    # Comments and processing instructions have no name.
    if isinstance(element.tag, str):
        walk.children(element)


# --- Paragraphs (ODF 1.2 part 1, 5.1 and 6.1) ---


def _paragraph(element: _Element, walk: _Walk) -> None:
    walk.end_loose_text()
    walk.styled(element, walk.styles.look("paragraph", _get(element, "text:style-name")))
    walk.end_paragraph()


def _heading(element: _Element, walk: _Walk) -> None:
    """A heading; outside of all lists the outline numbers it (5.1.2)."""
    if not walk.lists and walk.styles.outline and _get(element, "text:is-list-header") != "true":
        level = _count(element, "text:outline-level", MAX_LEVELS) - 1
        walk.item = partial(walk.counters.label, walk.outline, level)
    _paragraph(element, walk)


def _span(element: _Element, walk: _Walk) -> None:
    walk.styled(element, walk.styles.look("text", _get(element, "text:style-name")))


def _spaces(element: _Element, walk: _Walk) -> None:
    walk.show(_SPACE * _count(element, "text:c", _MAX_SPAN))


def _constant(text: str) -> _Handler:
    """A handler for an element that always reads as `text`."""
    return lambda _, walk: walk.show(text)


def _conditional(element: _Element, walk: _Walk) -> None:
    """A section or a text that the author hides, always or by a condition that held when it was saved."""
    if _get(element, "text:display") != "none" and _get(element, "text:is-hidden") != "true":
        walk.children(element)


# --- Lists (ODF 1.2 part 1, 5.3) ---


class _OpenList(NamedTuple):
    """An open list: its style, whose levels number it, and what counts it."""

    style: str | None
    counted: List


def _list(element: _Element, walk: _Walk) -> None:
    """A list; one in another goes on in it, one level deeper, unless it has another style."""
    outer = walk.lists[-1] if walk.lists else None
    style = _get(element, "text:style-name") or (outer.style if outer else None)
    if outer and outer.style == style:
        counted = outer.counted
    else:
        counted = walk.list_to_continue(element, style) or List(object(), walk.styles.levels(style))
        walk.remember_list(element, style, counted)
    walk.lists.append(_OpenList(style, counted))
    walk.children(element)
    walk.lists.pop()


def _list_item(element: _Element, walk: _Walk) -> None:
    """An item; its first paragraph has the number, and one that begins with a list has none of its own."""
    walk.end_loose_text()
    if walk.lists:
        counted = walk.lists[-1].counted
        other_style = _get(element, "text:style-override")
        if other_style:
            counted = List(counted.counter, walk.styles.levels(other_style))
        start = _get(element, "text:start-value")
        number = int(start[:5]) if start and start.isdecimal() else None
        walk.item = partial(walk.counters.label, counted, min(len(walk.lists), MAX_LEVELS) - 1, number=number)
    walk.children(element)
    walk.item = None


def _list_header(element: _Element, walk: _Walk) -> None:
    walk.item = None
    walk.children(element)


def _aside(element: _Element, walk: _Walk) -> None:
    walk.asides.append(walk.story(element))


def _box(element: _Element, walk: _Walk) -> None:
    """A text box or a shape with text in it."""
    blocks = walk.story(element)
    if not is_blank(blocks):
        walk.boxes += blocks


def _object(element: _Element, walk: _Walk) -> None:
    if len(element):
        walk.children(element)
    else:
        walk.unread.append("embedded object")


def _tracked_changes(element: _Element, walk: _Walk) -> None:
    """Note which changes are deletions: their text may stand in the body (ODF 1.2 part 1, 5.5)."""
    walk.deletions = frozenset(
        identifier
        for region in element.iterchildren(_name("text:changed-region"))
        if _child(region, "text:deletion") is not None
        for identifier in (_get(region, "xml:id"), _get(region, "text:id"))
        if identifier
    )


def _change_start(element: _Element, walk: _Walk) -> None:
    walk.deleting += _get(element, "text:change-id") in walk.deletions


def _change_end(element: _Element, walk: _Walk) -> None:
    walk.deleting = max(0, walk.deleting - (_get(element, "text:change-id") in walk.deletions))


# --- Form fields (ODF 1.2 part 1, 13; the field and loext elements are LibreOffice's) ---


def _forms(element: _Element, walk: _Walk) -> None:
    """Note what the controls show; they are drawn elsewhere."""
    for control in element.iter(*_CONTROLS):
        for identifier in (_get(control, "xml:id"), _get(control, "form:id")):
            if identifier:
                walk.controls[identifier] = _shown(control)


_CHECKBOX, _RADIO = _name("form:checkbox"), _name("form:radio")
_CONTROLS = (_CHECKBOX, _RADIO, _name("form:text"), _name("form:textarea"), _name("form:combobox"))


def _shown(control: _Element) -> str:
    if control.tag == _CHECKBOX:
        state = _get(control, "form:current-state") or _get(control, "form:state")
        return TICKED if state == "checked" else UNTICKED
    if control.tag == _RADIO:
        state = _get(control, "form:current-selected") or _get(control, "form:selected")
        return TICKED if state == "true" else UNTICKED
    return _get(control, "form:current-value") or _get(control, "form:value") or ""


def _control(element: _Element, walk: _Walk) -> None:
    walk.show(walk.controls.get(_get(element, "draw:control") or "", ""))


def _field_mark(element: _Element, walk: _Walk) -> None:
    kind = (_get(element, "field:type") or "").rpartition(".")[2]
    parameters = [
        (_get(parameter, "field:name"), _get(parameter, "field:value") or "")
        for parameter in element.iterchildren(_name("field:param"))
    ]
    if kind == "FORMCHECKBOX":
        walk.show(TICKED if ("Checkbox_Checked", "true") in parameters else UNTICKED)
    elif kind == "FORMDROPDOWN":
        entries = [value for name, value in parameters if name == "Dropdown_ListEntry"]
        chosen = dict(parameters).get("Dropdown_Selected", "")
        if chosen.isdecimal() and int(chosen[:9]) < len(entries):
            walk.show(entries[int(chosen[:9])])


def _content_control(element: _Element, walk: _Walk) -> None:
    start = len(walk.pieces)
    walk.children(element)
    if _get(element, "loext:checkbox") == "true" and len(walk.pieces) > start:
        walk.pieces[start:] = [TICKED if _get(element, "loext:checked") == "true" else UNTICKED]


# --- Tables (ODF 1.2 part 1, 9) ---

_ROW, _CELL, _COVERED = _name("table:table-row"), _name("table:table-cell"), _name("table:covered-table-cell")
_ROW_GROUPS = tuple(_name(f"table:table-{name}") for name in ("header-rows", "rows", "row-group"))


def _table(element: _Element, walk: _Walk) -> None:
    rows = [cells for row in _rows(element) for cells in _repeated_row(row, walk)]
    for number, row in enumerate(rows):
        for cell in row:
            cell.row_span = min(cell.row_span, len(rows) - number)
    walk.blocks.append(DrawnTable(rows))


def _rows(element: _Element) -> Iterator[_Element]:
    """The rows of a table that are shown, out of their groups."""
    for child in element.iterchildren(_ROW, *_ROW_GROUPS):
        if child.tag != _ROW:
            yield from _rows(child)
        elif _get(child, "table:visibility") in (None, "visible"):
            yield child


def _repeated_row(row: _Element, walk: _Walk) -> Iterator[list[DrawnCell]]:
    """The row as often as it is repeated."""
    yield _row(row, walk)
    for _ in range(1, _repeats(row, "table:number-rows-repeated", walk)):
        yield _row(row, walk)


def _row(row: _Element, walk: _Walk) -> list[DrawnCell]:
    """The cells of a row; a covered one that is not blank shows nothing but must not be lost."""
    cells: list[DrawnCell] = []
    column = 0
    for element in row.iterchildren(_CELL, _COVERED):
        blocks = walk.story(element)
        for _ in range(_repeats(element, "table:number-columns-repeated", walk)):
            if element.tag == _CELL:
                width = _count(element, "table:number-columns-spanned", _MAX_SPAN)
                height = _count(element, "table:number-rows-spanned", _MAX_SPAN)
                cells.append(DrawnCell(blocks or [""], column, width, height))
            elif not is_blank(blocks):
                cells.append(DrawnCell(blocks, column))
            column += 1
    return cells


def _repeats(element: _Element, name: str, walk: _Walk) -> int:
    """How often an element is repeated; all repeats of a document together are limited."""
    times = _count(element, name, _MAX_SPAN)
    walk.repeats_left -= times - 1
    if walk.repeats_left < 0:
        raise ReadError(
            "odt.too_large",
            Message(
                f"the tables repeat more than {_MAX_REPEATS:,} rows and cells, as in no form; the file is damaged "
                "or made to do harm, so fetch it again",
                f"表格重复超过 {_MAX_REPEATS:,} 行或单元格，没有表会如此；文件已损坏或有意为害，请重新获取",
            ),
        )
    return times


# --- Handlers, by element ---

_Handler = Callable[[_Element, _Walk], None]

_HANDLERS: dict[object, _Handler | None] = {
    _name(prefixed): handler
    for names, handler in (
        ("text:p", _paragraph),
        ("text:h", _heading),
        ("text:list", _list),
        ("text:list-item", _list_item),
        ("text:list-header", _list_header),
        ("text:span", _span),
        ("text:s", _spaces),
        ("text:tab", _constant(_SPACE)),
        ("text:line-break", _constant(_BREAK)),
        ("text:section text:hidden-text text:conditional-text", _conditional),
        ("text:note-body office:annotation", _aside),
        ("draw:text-box", _box),
        ("draw:custom-shape draw:rect draw:ellipse draw:circle draw:line draw:polygon draw:path", _box),
        ("draw:object draw:object-ole", _object),
        ("text:tracked-changes", _tracked_changes),
        ("text:change-start", _change_start),
        ("text:change-end", _change_end),
        ("office:forms", _forms),
        ("draw:control", _control),
        ("field:fieldmark", _field_mark),
        ("loext:content-control", _content_control),
        ("table:table", _table),
        # The reading aid over a word, automatic numbers, and what is no text of the document.
        ("text:ruby-text text:note-citation text:number text:script", None),
        ("dc:creator dc:date meta:date-string meta:creator-initials loext:sender-initials", None),
        ("svg:title svg:desc math:annotation office:event-listeners office:binary-data", None),
        ("text:sequence-decls text:variable-decls text:user-field-decls text:dde-connection-decls", None),
    )
    for prefixed in names.split()
}
