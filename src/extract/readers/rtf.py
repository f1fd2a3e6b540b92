r"""Reads Rich Text Format (.rtf, and many a .doc that is one inside) as Word, WPS and LibreOffice write it.

The file is groups `{…}`, control words `\word5` and text. One compiled pattern, `_TOKEN`, cuts it into those tokens and
swallows, without telling, the many control words that only change the look. The walk keeps the character format of the
open groups on a stack, so that nesting costs no recursion. A group that opens with a destination word (`{\footer …}`,
`{\*\fldinst …}`) is handled by the entry in `_DESTINATIONS`, any other word by `_WORDS`, both at the foot of this file.
A destination that RTF marks as safe to ignore (`\*`) and that has no entry is skipped.

A table has no beginning of its own: paragraphs and cells name their depth (`\intbl`, `\itap`), rows list the right
edges of their cells (`\cellx`). Column spans are pure geometry: all edges of a table give its columns.

The text is what a person sees in the final version, as in the other readers: no deletions, no hidden text; the results
of fields. Automatic list numbers are written out for old readers (`\listtext`, `\pntext`); where they are not, the list
tables tell them.

Specification: Rich Text Format 1.9.1 (Microsoft, 2008), quoted by its section names.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NamedTuple

from extract.document import TICKED, UNTICKED, Block, Document, TextWriter
from extract.errors import ReadError
from extract.language import Message
from extract.readers.drawn import Drawn, DrawnCell, DrawnTable, is_blank, lay_out, legible
from extract.readers.numbering import Counters, List, Numbered
from extract.readers.rtf_lists import read_lists
from extract.readers.symbols import Underlined, drawn_by_field, is_symbol_font, with_signs

FORMAT = "rtf"

_MAX_GROUPS = 1000
_MAX_DEPTH = 50
_MAX_SPAN = 1000

_SIGNATURE = re.compile(rb"(?:\xef\xbb\xbf)?[\s\0]{0,64}(?P<root>\{\\rtf)")


def accepts(data: bytes) -> bool:
    r"""Whether `data` begins with `{\rtf`, after a byte order mark or blanks at most."""
    return _SIGNATURE.match(data) is not None


def read(data: bytes) -> Document:
    """The content of the RTF file `data`: the body, then headers, footers, notes and comments as asides.

    `encoding` is that of the document's code page; single fonts may have others. Raises ReadError `rtf.broken` where
    the file ends in the middle and `rtf.too_deep` where groups or tables are nested as in no document.
    """
    signature = _SIGNATURE.match(data)
    if not signature:
        raise _broken(Message(r"the file does not begin with {\rtf", "文件不以 {\rtf 开头"))
    reader = _Reader(data.decode("latin-1"))
    reader.walk(signature.start("root"))
    out = TextWriter()
    blocks = lay_out(reader.body.finish(), out)
    asides: list[Block] = []
    for story in reader.asides:
        asides += lay_out(story, out)
    return Document(FORMAT, reader.fonts.document_codec, out.text(), blocks, tuple(asides))


# --- Fonts and code pages ("Font Table", "Code Page Support") ---

_DEFAULT_CODEC = "cp1252"
# fmt: off
_CODEC_BY_PAGE = {
    0: _DEFAULT_CODEC, 1361: "johab", 10000: "mac_roman", 65001: "utf-8",
    # Every GBK text is GB18030, which has more characters.
    936: "gb18030", 54936: "gb18030",
}
_PAGE_BY_CHARSET = {
    77: 10000, 128: 932, 129: 949, 130: 1361, 134: 936, 136: 950, 161: 1253, 162: 1254, 163: 1258, 177: 1255,
    178: 1256, 186: 1257, 204: 1251, 222: 874, 238: 1250, 254: 437, 255: 850,
}
# fmt: on


def _codec_of_page(page: int) -> str | None:
    """The codec of a Windows code page, None if there is no such page."""
    with suppress(LookupError):
        return codecs.lookup(_CODEC_BY_PAGE.get(page, f"cp{page}")).name
    return None


@dataclass(slots=True)
class _Fonts:
    """The font table: which code page a font's bytes are in, and which fonts draw symbols."""

    document_codec: str = _DEFAULT_CODEC
    codecs: dict[int, str] = field(default_factory=dict)
    symbol_names: dict[int, str] = field(default_factory=dict)
    """The names of the fonts that draw symbols; the name of any other font says nothing."""

    def read_table(self, table: str) -> None:
        """Take the fonts from the source of a font table."""
        for entry in _FONT.finditer(table):
            number, definition = int(entry[1]), entry[2]
            name = _NOT_A_NAME.sub("", definition).partition(";")[0].strip()
            charset = _CHARSET.search(definition)
            page = _CODE_PAGE.search(definition)
            if is_symbol_font(name) or (charset and int(charset[1]) == _SYMBOL_CHARSET):
                self.symbol_names[number] = name
            named = int(page[1]) if page else _PAGE_BY_CHARSET.get(int(charset[1])) if charset else None
            codec = _codec_of_page(named) if named else None
            if codec:
                self.codecs[number] = codec

    def decode(self, written: str, font: int) -> str:
        """The characters that `written`, bytes as Latin-1, stands for in `font`.

        A font of the charset ANSI may hold Chinese bytes, since Word takes those from the font's Asian sibling: where
        the document's code page has double bytes, it is tried first. What decodes nowhere shows as U+FFFD.
        """
        symbols = self.symbol_names.get(font)
        if symbols is not None:
            return _in_private_use(written, symbols)
        if written.isascii():
            return written
        encoded = written.encode("latin-1")
        own = self.codecs.get(font, self.document_codec)
        for codec in (own, self.document_codec, _DEFAULT_CODEC):
            with suppress(UnicodeDecodeError):
                return encoded.decode(codec)
        return encoded.decode(own, "replace")


def _in_private_use(written: str, font: str) -> str:
    """The bytes of a symbol font as it draws them."""
    return legible("".join(chr(0xF000 | ord(byte)) if byte > " " else byte for byte in written), font)


_SYMBOL_CHARSET = 2
_FONT = re.compile(r"\\f(\d{1,6})(?!\d)((?:(?!\\f\d)[\s\S])*)")
_CHARSET = re.compile(r"\\fcharset(\d{1,3})(?!\d)")
_CODE_PAGE = re.compile(r"\\cpg(\d{1,5})(?!\d)")
_NOT_A_NAME = re.compile(r"\{\\\*[^{}]*\}|\\'[0-9A-Fa-f]{2}|\\[a-zA-Z]+-?\d* ?|[{}\r\n]")


# --- Stories: paragraphs and tables ("Paragraph Formatting Properties", "Table Definitions") ---


class _CellDefinition(NamedTuple):
    """What `\\cellx` defines: the cell's right edge in twips, and whether it continues a cell above or to its left."""

    right: int
    vertical: str = ""
    horizontal: str = ""


@dataclass(slots=True)
class _RowDefinition:
    """What `\\trowd … \\cellx …` says of a row; it holds for the following rows too until the next `\\trowd`."""

    left: int = 0
    cells: list[_CellDefinition] = field(default_factory=list)
    vertical: str = ""
    horizontal: str = ""

    def end_cell(self, right: int) -> None:
        """Define the next cell with the merge flags that were set since the last one."""
        if len(self.cells) < _MAX_SPAN:
            self.cells.append(_CellDefinition(right, self.vertical, self.horizontal))
        self.vertical = self.horizontal = ""

    def placed(self, cells: list[list[Drawn]]) -> list[_PlacedCell]:
        """The cells with their edges; cells without a definition follow to the right, blank ones are none."""
        placed: list[_PlacedCell] = []
        left = self.left
        for number, blocks in enumerate(cells):
            if len(self.cells) <= number and self.cells and is_blank(blocks):
                continue
            definition = self.cells[number] if number < len(self.cells) else _CellDefinition(left + _UNDEFINED_WIDTH)
            right = max(left, definition.right)
            if definition.horizontal == "continue" and placed and is_blank(blocks):
                placed[-1].right = right
            else:
                placed.append(_PlacedCell(blocks, left, right, definition.vertical))
            left = right
        return placed


_UNDEFINED_WIDTH = 1000


@dataclass(slots=True)
class _PlacedCell:
    blocks: list[Drawn]
    left: int
    right: int
    vertical: str


@dataclass(slots=True)
class _OpenTable:
    """A table whose end has not come: finished rows, finished cells of the open row, the blocks of the open cell."""

    rows: list[list[_PlacedCell]] = field(default_factory=list)
    cells: list[list[Drawn]] = field(default_factory=list)
    cell: list[Drawn] = field(default_factory=list)

    def end_cell(self) -> None:
        """Close the open cell."""
        self.cells.append(self.cell)
        self.cell = []

    def end_row(self, definition: _RowDefinition) -> None:
        """Close the open row, which `definition` describes."""
        if self.cell:
            self.end_cell()
        if self.cells:
            self.rows.append(definition.placed(self.cells))
        self.cells = []


class _Story:
    """The body, a header, a note or a text box: blocks so far, the tables that are open, the text of the paragraph."""

    def __init__(self, depth: int = 0) -> None:
        self.pieces: list[str] = []
        self.number: Callable[[], str] | None = None
        """What counts the open paragraph, if it stands in a list."""
        self.boxes: list[Drawn] = []
        """Blocks of the text boxes anchored in the open paragraph; they follow it."""
        self.row = _RowDefinition()
        self.row_is_open = False
        self._blocks: list[Drawn] = []
        self._tables: list[_OpenTable] = []
        self._depth = depth

    @property
    def depth(self) -> int:
        """How many tables are open around what is read now, in this story and those around it."""
        return self._depth + len(self._tables)

    def end_paragraph(self, level: int) -> None:
        """Close the paragraph, which stands in so many tables."""
        blocks = self._blocks_at(level)
        text = _clean(with_signs(self.pieces))
        blocks.append(text if self.number is None else Numbered(text, self.number))
        self.number = None
        blocks += self.boxes
        self.pieces.clear()
        self.boxes = []

    def end_cell(self, level: int) -> None:
        """Close the paragraph and the cell around it."""
        self.end_paragraph(level)
        self._tables[-1].end_cell()

    def end_row(self, level: int, definition: _RowDefinition) -> None:
        """Close a row of the table at `level`; text behind its last cell mark is a cell too."""
        if "".join(self.pieces).strip() or self.boxes:
            self.end_paragraph(level)
        self._blocks_at(level)
        self._tables[-1].end_row(definition)

    def finish(self) -> list[Drawn]:
        """The blocks of the whole story, with all that was left open closed."""
        if "".join(self.pieces).strip() or self.boxes:
            self.end_paragraph(len(self._tables))
        return self._blocks_at(0)

    def _blocks_at(self, level: int) -> list[Drawn]:
        """Where a block in so many tables belongs; opens and closes tables for that."""
        while len(self._tables) > level:
            table = self._tables.pop()
            table.end_row(self.row)
            if table.rows:
                self._innermost().append(_drawn_table(table.rows))
        while len(self._tables) < level:
            if self.depth == _MAX_DEPTH:
                raise _too_deep(
                    Message(f"tables are nested more than {_MAX_DEPTH} deep", f"表格嵌套超过 {_MAX_DEPTH} 层")
                )
            self._tables.append(_OpenTable())
        return self._innermost()

    def _innermost(self) -> list[Drawn]:
        return self._tables[-1].cell if self._tables else self._blocks


_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")


def _clean(text: str) -> str:
    """The text of a paragraph with its surrogate pairs joined and without control characters."""
    if not _UNWANTED.search(text):
        return text
    return _CONTROLS.sub("", text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"))


# Edges that differ by less are drawn as one line.
_SAME_EDGE = 15


def _drawn_table(rows: list[list[_PlacedCell]]) -> DrawnTable:
    """The table with columns for edges, without the cells that a vertical merge covers."""
    columns = _columns(edge for row in rows for cell in row for edge in (cell.left, cell.right))
    drawn: list[list[DrawnCell]] = []
    above: dict[int, DrawnCell] = {}
    for row in rows:
        cells: list[DrawnCell] = []
        merged: dict[int, DrawnCell] = {}
        for placed in row:
            column = columns[placed.left]
            cell = DrawnCell(placed.blocks, column, min(max(1, columns[placed.right] - column), _MAX_SPAN))
            if placed.vertical:
                cell = _merge(cell, above.get(column) if placed.vertical == "continue" else None)
                merged[column] = cell
            if cell.blocks is placed.blocks:
                cells.append(cell)
            elif not is_blank(placed.blocks):
                # Word hides text in a covered cell; it must not be lost and is no part of what the merged cell shows.
                cells.append(DrawnCell(placed.blocks, column, cell.column_span))
        above = merged
        drawn.append(cells)
    return DrawnTable(drawn)


def _merge(cell: DrawnCell, above: DrawnCell | None) -> DrawnCell:
    """The cell that a part of a vertical merge belongs to; one that continues nothing starts a merge itself."""
    if above is None or above.column_span != cell.column_span:
        return cell
    above.row_span += 1
    return above


def _columns(edges: Iterable[int]) -> dict[int, int]:
    """The number of the column that begins at each edge."""
    columns: dict[int, int] = {}
    number, start = -1, 0
    for edge in sorted(set(edges)):
        if number < 0 or edge - start > _SAME_EDGE:
            number, start = number + 1, edge
        columns[edge] = number
    return columns


# --- The walk through the tokens ("Conventions of an RTF Reader") ---


class _Format(NamedTuple):
    """The properties of characters that change what is read."""

    font: int = 0
    is_hidden: bool = False
    is_deleted: bool = False
    is_underlined: bool = False
    fallbacks: int = 1
    r"""How many characters after `\u` stand for it in old readers (`\uc`)."""


@dataclass(slots=True)
class _Field:
    """An open field: where in the pieces it begins, what it draws, and what its form field data say."""

    start: int
    drawn: str | None = None
    is_carried_over: bool = False
    kind: int = 0
    result: int | None = None
    default: int = 0
    entries: list[str] = field(default_factory=list)

    def state(self) -> str | None:
        """☑, ☐ or the chosen entry of a list, None where the field is no such form field ("Form Fields")."""
        chosen = self.default if self.result in (None, _NOT_SET) else self.result
        if self.kind == _CHECK_BOX:
            return TICKED if chosen else UNTICKED
        if self.kind == _DROP_DOWN and chosen is not None and 0 <= chosen < len(self.entries):
            return self.entries[chosen]
        return None


_CHECK_BOX, _DROP_DOWN, _NOT_SET = 1, 2, 25


class _Reader:
    """Where the walk stands; `body` and `asides` are its result."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.fonts = _Fonts()
        self.default_font = 0
        self.body = _Story()
        self.asides: list[list[Drawn]] = []
        self.story = self.body
        self.pieces = self.body.pieces
        """Where text goes: into the paragraph, or into what a destination collects, such as an instruction."""
        self.fields: list[_Field] = []
        self.format = _Format()
        self.in_table = False
        self.nesting = 0
        self.list_id = 0
        self.list_level = 0
        self.lists: dict[int, List] = {}
        self._list_tables: dict[str, str] = {}
        self.counters = Counters()
        self._groups: list[tuple[_Format, bool, int, _Closer | None]] = []
        """The open groups: formats to go back to at their end, and what else to do then."""
        self._undecoded: list[str] = []
        """Bytes, as Latin-1, that one font decodes together: a character may be two bytes in two tokens."""
        self._to_skip = 0
        """How many characters still stand for the last `\\u`."""

    def walk(self, position: int) -> None:
        """Read the source from `position` to the end of its outermost group."""
        going_on: int | None = position
        while going_on is not None:
            going_on = self._walk_until_jump(going_on)
        self.flush()
        if self._groups:
            raise _broken(
                Message(
                    f"the RTF file ends in the middle ({len(self._groups)} groups are still open)",
                    f"RTF 文件中途中断（还有 {len(self._groups)} 个组未结束）",
                )
            )

    def _walk_until_jump(self, position: int) -> int | None:
        """Read on from `position`; returns where to go on after something to pass over, None at the end."""
        for token in _TOKEN.finditer(self.source, position):
            kind = token.lastgroup
            if kind == "text":
                self._text(token["text"])
            elif kind == "unicode":
                self._unicode(token["unicode"])
            elif kind == "bytes":
                self._bytes(token["bytes"])
            elif kind == "close":
                self._close_group()
                if not self._groups:
                    return None
            elif kind in ("word", "number"):
                self._word(token["word"], token["number"])
                if token["word"] == "bin":
                    return token.end() + max(0, _number(token["number"], 0))
            elif kind == "symbol":
                self._symbol(token["symbol"])
            elif kind:
                jump = self._open_group(token)
                if jump is not None:
                    return jump
        return None

    # Text.

    def _text(self, text: str) -> None:
        if self._to_skip:
            text, self._to_skip = text[self._to_skip :], max(0, self._to_skip - len(text))
        if not (self.format.is_hidden or self.format.is_deleted):
            self._undecoded.append(text)

    def _bytes(self, escapes: str) -> None:
        r"""Bytes in hexadecimal: `\'d6\'d0`."""
        self._text(bytes.fromhex(escapes.replace("\\'", "")).decode("latin-1"))

    def _unicode(self, escapes: str) -> None:
        r"""Characters by number, each with its fallback, `\u20013\'d6\'d0\u-3842?`, and `\uc` between them."""
        count = self.format.fallbacks
        characters = []
        for is_count, number, fallback in _UNICODE.findall(escapes):
            if is_count:
                count = max(0, int(number))
                continue
            characters.append(chr(int(number) & 0xFFFF))
            self._to_skip = 0
            if len(fallback) != 4 * count:
                units = _HEX.sub(lambda byte: chr(int(byte[1], 16)), fallback)
                self._to_skip = max(0, count - len(units))
                characters.append(self.fonts.decode(units[count:], self.format.font))
        if count != self.format.fallbacks:
            self.format = self.format._replace(fallbacks=count)
        self.write(legible("".join(characters), self.fonts.symbol_names.get(self.format.font, "")))

    def flush(self) -> None:
        """Decode the bytes so far in the font that they stand in."""
        if self._undecoded:
            self._add(self.fonts.decode("".join(self._undecoded), self.format.font))
            self._undecoded.clear()

    def _add(self, text: str) -> None:
        self.pieces.append(Underlined(text) if self.format.is_underlined else text)

    def write(self, text: str) -> None:
        """Add characters that need no decoding, unless they are hidden."""
        if not (self.format.is_hidden or self.format.is_deleted):
            if self._undecoded:
                self.flush()
            self._add(text)

    def change(self, new: _Format) -> None:
        """Go on in another format."""
        old = self.format
        if self._undecoded and (new.font, new.is_underlined) != (old.font, old.is_underlined):
            self.flush()
        self.format = new

    # Words and groups.

    def _symbol(self, symbol: str) -> None:
        if symbol in "\\{}":
            self._text(symbol)
        elif symbol in "\r\n":
            self.end_paragraph()
        elif symbol in _SYMBOLS:
            self.write(_SYMBOLS[symbol])

    def _word(self, word: str, number: str | None) -> None:
        self._to_skip = 0
        handler = _WORDS.get(word)
        if handler:
            handler(self, None if number is None else _number(number, 0))
        elif word in _CHARACTERS:
            self.write(_CHARACTERS[word])

    def _open_group(self, token: re.Match[str]) -> int | None:
        """Enter a group, or return where it ends if nothing in it is read."""
        self._to_skip = 0
        if len(self._groups) == _MAX_GROUPS:
            raise _too_deep(Message(f"groups are nested more than {_MAX_GROUPS} deep", f"组嵌套超过 {_MAX_GROUPS} 层"))
        word = token["destination"]
        if word is None:
            self._groups.append((self.format, self.in_table, self.nesting, None))
            return None
        if word == "fonttbl":
            end = self._end_of_group(token.end())
            self.fonts.read_table(self.source[token.end() : end])
            return end
        if word in _LIST_TABLES:
            end = self._end_of_group(token.end())
            self._list_tables[word] = self.source[token.end() : end]
            self.lists = read_lists(
                self._list_tables.get("listtable", ""),
                self._list_tables.get("listoverridetable", ""),
                lambda written: self.fonts.decode(written, self.default_font),
                self.fonts.symbol_names,
            )
            return end
        if word in _SKIPPED or _MATH_PROPERTIES.match(word) or (token["star"] and word not in _DESTINATIONS):
            return self._end_of_group(token.end())
        enter = _DESTINATIONS.get(word)
        outer = self.format, self.in_table, self.nesting
        self._groups.append((*outer, enter(self) if enter else None))
        if word == "upr":
            # The ANSI spelling in the first group; the Unicode one follows.
            return self._end_of_group(self.source.find("{", token.end()) + 1)
        if enter is None:
            self._word(word, token["parameter"])
        return None

    def _close_group(self) -> None:
        self._to_skip = 0
        outer, self.in_table, self.nesting, close = self._groups.pop()
        if close:
            self.flush()
            close()
        if outer is not self.format:
            self.change(outer)

    def _end_of_group(self, position: int) -> int:
        """Where the group ends that `position` is in; binary data in it may hold braces."""
        depth, size = 1, len(self.source)
        while position < size:
            stop = _STOP.match(self.source, position)
            position = stop.end() if stop else size
            mark = stop and stop["brace"]
            if stop and stop["bin"]:
                position += int(stop["bin"])
            elif mark:
                depth += 1 if mark == "{" else -1
                if depth == 0:
                    return position
        raise _broken(Message("the RTF file ends in the middle of a group", "RTF 文件在一个组的中间中断"))

    # Structure. An instruction has none: whatever stands in it is text.

    @property
    def level(self) -> int:
        """In how many tables the paragraph stands. Small writers leave out `\\intbl` between `\\trowd` and `\\row`."""
        return max(self.nesting, 1 if self.in_table or self.story.row_is_open else 0)

    @property
    def _is_collecting(self) -> bool:
        return self.pieces is not self.story.pieces

    def _count(self) -> None:
        """Let the open paragraph have its number, if it stands in a list."""
        counted = self.lists.get(self.list_id)
        if counted is None or (self._is_mark_unseen and not "".join(self.pieces).strip()):
            return
        written, level = self.story.number, self.list_level

        def number() -> str:
            label = self.counters.label(counted, level)
            definition = counted.levels.get(level)
            # What is written out has lost the font of a bullet.
            return label if written is None or (definition and definition.format == "bullet") else written()

        self.story.number = number

    @property
    def _is_mark_unseen(self) -> bool:
        return self.format.is_hidden or self.format.is_deleted

    def end_paragraph(self) -> None:
        """`\\par`, and what else ends a paragraph."""
        self.flush()
        if not self._is_collecting:
            self._interrupt_fields()
            self._count()
            self.story.end_paragraph(self.level)

    def end_cell(self, level: int) -> None:
        """`\\cell` or `\\nestcell`."""
        self.flush()
        if not self._is_collecting:
            self._interrupt_fields()
            self._count()
            self.story.end_cell(level)

    def end_row(self, level: int) -> None:
        """`\\row` or `\\nestrow`."""
        self.flush()
        if not self._is_collecting:
            self.story.end_row(level, self.story.row)
            self.story.row_is_open = self.story.row_is_open and level > 1

    def _interrupt_fields(self) -> None:
        """Close a paragraph with fields open: what they draw stands here, their results may run on."""
        for open_field in reversed(self.fields):
            if open_field.is_carried_over:
                break
            if open_field.drawn:
                self.pieces.insert(open_field.start, open_field.drawn)
            open_field.start, open_field.drawn, open_field.is_carried_over = 0, None, True


_Closer = Callable[[], None]


def _number(digits: str | None, default: int) -> int:
    """A control word's number; longer ones than any that Word reads count as the largest."""
    return default if digits is None else max(-0x7FFFFFFF, min(int(digits[:12]), 0x7FFFFFFF))


def _broken(what: Message) -> ReadError:
    return ReadError(
        "rtf.broken",
        Message(
            f"{what.en}; it is cut off or damaged, so fetch it again, or open it in Word and save it as .docx",
            f"{what.zh}；文件不完整或已损坏，请重新获取，或用 Word 打开后另存为 .docx",
        ),
    )


def _too_deep(what: Message) -> ReadError:
    return ReadError(
        "rtf.too_deep",
        Message(
            f"{what.en}, as in no form; the file is damaged or made to do harm, so fetch it again",
            f"{what.zh}，没有表会如此；文件已损坏或有意为害，请重新获取",
        ),
    )


# --- Words ---

_WordHandler = Callable[[_Reader, int | None], None]


def _set(name: str) -> _WordHandler:
    """A handler for a toggle of the character format: on, or off with the number 0."""
    return lambda reader, number: reader.change(reader.format._replace(**{name: number != 0}))


def _flag(name: str, value: str) -> _WordHandler:
    """A handler for a merge flag of the next cell to be defined."""
    return lambda reader, _: setattr(reader.story.row, name, value)


def _font(reader: _Reader, number: int | None) -> None:
    if number != reader.format.font:
        reader.change(reader.format._replace(font=number or 0))


def _plain(reader: _Reader, _: int | None) -> None:
    reader.change(_Format(reader.default_font, fallbacks=reader.format.fallbacks))


def _default_font(reader: _Reader, number: int | None) -> None:
    reader.default_font = number or 0
    _font(reader, number)


def _fallbacks(reader: _Reader, number: int | None) -> None:
    reader.format = reader.format._replace(fallbacks=max(0, 1 if number is None else number))


def _paragraph_defaults(reader: _Reader, _: int | None) -> None:
    reader.in_table, reader.nesting = False, 0
    reader.list_id = reader.list_level = 0


def _in_table(reader: _Reader, number: int | None) -> None:
    reader.in_table = number != 0


def _nesting(reader: _Reader, number: int | None) -> None:
    reader.nesting = max(0, number or 0)


def _row_defaults(reader: _Reader, _: int | None) -> None:
    reader.story.row = _RowDefinition()
    reader.story.row_is_open = True


def _row_left(reader: _Reader, number: int | None) -> None:
    reader.story.row.left = number or 0


def _document_codec(page: int) -> _WordHandler:
    def handle(reader: _Reader, number: int | None) -> None:
        reader.fonts.document_codec = _codec_of_page(number or page) or _DEFAULT_CODEC

    return handle


def _form_field(name: str) -> _WordHandler:
    def handle(reader: _Reader, number: int | None) -> None:
        if reader.fields:
            setattr(reader.fields[-1], name, number or 0)

    return handle


_CHARACTERS = {
    **dict.fromkeys(("tab", "emspace", "enspace", "qmspace"), " "),
    **dict.fromkeys(("line", "lbr", "page", "column"), "\n"),
    "emdash": "—",
    "endash": "–",
    "bullet": "•",
    "lquote": "‘",
    "rquote": "’",
    "ldblquote": "“",
    "rdblquote": "”",
}

_SYMBOLS = {"~": "\N{NO-BREAK SPACE}", "_": "-", "\t": " "}

_WORDS: dict[str, _WordHandler] = {
    # Nothing to do: the walk itself passes over the bytes.
    "bin": lambda reader, number: None,
    "ansi": _document_codec(1252),
    "ansicpg": _document_codec(1252),
    "mac": _document_codec(10000),
    "pc": _document_codec(437),
    "pca": _document_codec(850),
    "deff": _default_font,
    "f": _font,
    "plain": _plain,
    "v": _set("is_hidden"),
    "webhidden": _set("is_hidden"),
    "deleted": _set("is_deleted"),
    **dict.fromkeys(("ul", "uld", "uldb", "ulth", "ulw"), _set("is_underlined")),
    "ulnone": lambda reader, _: reader.change(reader.format._replace(is_underlined=False)),
    "uc": _fallbacks,
    "pard": _paragraph_defaults,
    "ls": lambda reader, number: setattr(reader, "list_id", number or 0),
    "ilvl": lambda reader, number: setattr(reader, "list_level", number or 0),
    "intbl": _in_table,
    "itap": _nesting,
    "par": lambda reader, _: reader.end_paragraph(),
    "sect": lambda reader, _: reader.end_paragraph(),
    "cell": lambda reader, _: reader.end_cell(1),
    "nestcell": lambda reader, _: reader.end_cell(max(2, reader.nesting)),
    "row": lambda reader, _: reader.end_row(1),
    "nestrow": lambda reader, _: reader.end_row(max(2, reader.nesting)),
    "trowd": _row_defaults,
    "trleft": _row_left,
    "cellx": lambda reader, number: reader.story.row.end_cell(number or 0),
    "clvmgf": _flag("vertical", "start"),
    "clvmrg": _flag("vertical", "continue"),
    "clmgf": _flag("horizontal", "start"),
    "clmrg": _flag("horizontal", "continue"),
    "fftype": _form_field("kind"),
    "ffres": _form_field("result"),
    "ffdefres": _form_field("default"),
}


# --- Destinations ---

_Destination = Callable[[_Reader], "_Closer | None"]


def _story(keep: Callable[[_Reader, list[Drawn]], None]) -> _Destination:
    """A destination with paragraphs of its own; `keep` takes its blocks."""

    def enter(reader: _Reader) -> _Closer:
        reader.flush()
        outer, outer_pieces, outer_fields = reader.story, reader.pieces, reader.fields
        reader.story = story = _Story(outer.depth + 1)
        reader.pieces, reader.fields = story.pieces, []
        reader.in_table, reader.nesting = False, 0
        if story.depth > _MAX_DEPTH:
            raise _too_deep(
                Message(
                    f"text boxes or notes are nested more than {_MAX_DEPTH} deep",
                    f"文本框或脚注嵌套超过 {_MAX_DEPTH} 层",
                )
            )

        def close() -> None:
            reader.story, reader.pieces, reader.fields = outer, outer_pieces, outer_fields
            keep(reader, story.finish())

        return close

    return enter


def _keep_aside(reader: _Reader, story: list[Drawn]) -> None:
    if not is_blank(story):
        reader.asides.append(story)


def _keep_box(reader: _Reader, story: list[Drawn]) -> None:
    reader.story.boxes += story


def _open_field(reader: _Reader) -> _Closer:
    reader.flush()
    reader.fields.append(_Field(len(reader.pieces)))

    def close() -> None:
        if reader.fields:
            _show(reader.fields.pop(), reader.pieces)

    return close


def _show(ended: _Field, pieces: list[str]) -> None:
    """Put what a field draws in the place of its stored result, which is kept if it says anything but the tick."""
    drawn = ended.drawn
    if drawn and (drawn in (TICKED, UNTICKED) or not "".join(pieces[ended.start :]).strip()):
        pieces[ended.start :] = [drawn]


def _collect(keep: Callable[[_Reader, str], None]) -> _Destination:
    """A destination whose text is no part of the paragraph; `keep` takes it."""

    def enter(reader: _Reader) -> _Closer:
        reader.flush()
        outer, reader.pieces = reader.pieces, []

        def close() -> None:
            collected, reader.pieces = "".join(reader.pieces), outer
            keep(reader, collected)

        return close

    return enter


def _keep_instruction(reader: _Reader, instruction: str) -> None:
    if reader.fields:
        innermost = reader.fields[-1]
        innermost.drawn = innermost.state() or drawn_by_field(instruction)


def _keep_list_number(reader: _Reader, written: str) -> None:
    label = "".join(character if character.isprintable() else "•" for character in _clean(written).strip())
    if label:
        reader.story.number = lambda: label


def _keep_entry(reader: _Reader, entry: str) -> None:
    if reader.fields:
        reader.fields[-1].entries.append(entry)


def _nested_row(reader: _Reader) -> _Closer:
    """The properties of a nested row come behind its cells, while the row around it keeps its own."""
    story, outer, outer_is_open = reader.story, reader.story.row, reader.story.row_is_open

    def close() -> None:
        story.row, story.row_is_open = outer, outer_is_open

    return close


def _math_part(sign: str) -> _Destination:
    """A part of a formula whose place says what `sign` says in a line: 1/2 is not 12."""

    def enter(reader: _Reader) -> None:
        reader.write(sign)

    return enter


def _pass(_: _Reader) -> None:
    """A destination that is read as if it were none."""


_DESTINATIONS: dict[str, _Destination] = {
    **dict.fromkeys(("header", "headerl", "headerr", "headerf"), _story(_keep_aside)),
    **dict.fromkeys(("footer", "footerl", "footerr", "footerf"), _story(_keep_aside)),
    **dict.fromkeys(("footnote", "annotation"), _story(_keep_aside)),
    **dict.fromkeys(("shptxt", "dptxbxtext"), _story(_keep_box)),
    "field": _open_field,
    "fldinst": _collect(_keep_instruction),
    **dict.fromkeys(("listtext", "pntext"), _collect(_keep_list_number)),
    "formfield": _pass,
    "ffl": _collect(_keep_entry),
    "nesttableprops": _nested_row,
    "mden": _math_part("/"),
    "msup": _math_part("^"),
    # Drawing objects with their text boxes, Unicode beside ANSI, formulas.
    **dict.fromkeys(("shpinst", "shpgrp", "do", "ud", "moMath", "moMathPara"), _pass),
}

# fmt: off
_SKIPPED = frozenset((
    "colortbl", "stylesheet", "info", "filetbl", "template", "private", "datafield",
    "pict", "nonshppict", "objdata", "objclass", "objname", "sp", "shprslt",
    # How lists number, which is read apart, and the paragraph mark that stands for a nested table.
    "pntxta", "pntxtb", "nonesttables",
    # Marks for index, contents and comments, and the lines above footnotes.
    "xe", "tc", "tcn", "rxe", "bkmkstart", "bkmkend", "atnid", "atnauthor", "atnref",
    "ftnsep", "ftnsepc", "ftncn", "aftnsep", "aftnsepc", "aftncn",
))
# fmt: on
_LIST_TABLES = ("listtable", "listoverridetable")
_MATH_PROPERTIES = re.compile(r"m[a-zA-Z]+Pr\Z")


# --- Tokens ---


def _any_of(words: Iterable[str]) -> str:
    """A pattern for these words that decides by the first letter, which is much faster than to try them in turn."""
    by_letter: dict[str, list[str]] = {}
    for word in sorted(words):
        by_letter.setdefault(word[0], []).append(word[1:])
    return "|".join(f"{letter}(?:{'|'.join(rests)})" for letter, rests in by_letter.items())


_TOKEN = re.compile(
    rf"""
    # What only changes the look, and line ends, which mean nothing.
    (?: \\ (?! (?: u | {_any_of([*_WORDS, *_CHARACTERS])} ) (?![a-zA-Z]) ) [a-zA-Z]++ (?: -?\d++ )?+ [ ]? | [\r\n]++ )*+
    (?:
      (?P<text> [^\\{{}}\r\n]++ )
    | (?P<unicode> (?: \\u (?: c (?=\d) )?+ -?\d{{1,5}}+ [ ]? (?: \\'[0-9a-fA-F]{{2}} | \? )*+ )++ )
    | (?P<bytes> (?: \\'[0-9a-fA-F]{{2}} )++ )
    | (?P<open> \{{ )
      (?: [\r\n]*+ (?P<star> \\\* ) [\r\n]*+ )?+
      (?: \\ (?! uc?-?\d | bin\d ) (?P<destination> [a-zA-Z]++ ) (?P<parameter> -?\d++ )?+ [ ]? )?+
    | (?P<close> \}} )
    | \\ (?P<word> [a-zA-Z]++ ) (?P<number> -?\d++ )?+ [ ]?
    | \\ (?P<symbol> [^a-zA-Z] )
    )
    """,
    re.VERBOSE,
)
_UNICODE = re.compile(r"\\u(c?)(-?\d{1,5}) ?((?:\\'[0-9a-fA-F]{2}|\?)*)")
_HEX = re.compile(r"\\'([0-9a-fA-F]{2})")
_STOP = re.compile(r"(?:[^{}\\]++|\\(?!bin\d)[\s\S])*+(?:(?P<brace>[{}])|\\bin(?P<bin>\d{1,10})[ ]?|\\?\Z)")
