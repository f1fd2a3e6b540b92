"""Plain text, and the dump of a Word document whose cells open with a tab.

The dialect, as text extractors write it (one dump of the form, with → for a tab)::

    →主管部门              a tab at the start of a line opens a cell
    →司法局
                           a blank line before the next tab ends the row
    →保证措施
    →1、成立专班；
                           a blank line without a tab after it is a paragraph break inside the cell
    2、定期督查。

Lines before the first tab are paragraphs of their own. The dump cannot tell a paragraph below a table from one in its
last cell; it is read as the latter, and the tokenizer, which knows the forms, takes it out again.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from contextlib import suppress

from extract.document import TICKED, Block, Cell, Document, Paragraph, Table
from extract.errors import ReadError
from extract.readers.symbols import tick

FORMAT = "text"

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_STRICT_LADDER = ("utf-8", "gb18030", "big5")

# More than this share of characters that no text holds, and the bytes were something else. Private-use characters are
# what a wrong encoding gives, except those of symbol fonts.
_TOLERATED_JUNK = 0.02
_JUNK = re.compile("[\x00-\x06\x0e-\x1f\x7f-\x84\x86-\x9f\ufffd\ufffe\uffff\ue000-\uefff\uf100-\uf8ff]")

_SYMBOL_FONT_CHARACTER = re.compile("[\uf000-\uf0ff]")
_BOX = re.compile("[□☐]")
# A bracket that opens and never closes before the next one or the end of the cell.
_LONE_BRACKET = re.compile(r"\((?=[^()（）]*(?:[(（]|\Z))")


def read(data: bytes) -> Document:
    """The text in `data` as paragraphs and, where cells open with tabs, tables without a grid.

    `text` is the decoded source with its line ends as "\\n"; symbol-font ticks become ☑ and ☐, character for character.
    Raises ReadError `text.undecodable` where no encoding of the ladder fits or the result is no text.
    """
    encoding, text = decode(data)
    text = _show_ticks(text.replace("\r\n", "\n").replace("\r", "\n"))
    return _LineReader(encoding, text).document()


def decode(data: bytes) -> tuple[str, str]:
    """The encoding and the text of `data`, by a strict ladder: byte order mark, UTF-16 test, UTF-8, GB18030, Big5."""
    for encoding, text in _decodings(data):
        if len(_JUNK.findall(text)) <= _TOLERATED_JUNK * len(text):
            return encoding, text
    raise ReadError(
        "text.undecodable",
        "the bytes are neither a known document format nor text in UTF-8, UTF-16, GB18030 or Big5; "
        "check what kind of file this is, or look for an undamaged copy",
    )


def _decodings(data: bytes) -> Iterator[tuple[str, str]]:
    mark = next(((m, encoding) for m, encoding in _BYTE_ORDER_MARKS if data.startswith(m)), None)
    if mark:
        return _strictly(data[len(mark[0]) :], (mark[1],))
    if b"\0" in data:  # No other text has NUL bytes; ASCII digits and line ends tell the byte order.
        little = data[1::2].count(0) >= data[::2].count(0)
        return _strictly(data, ("utf-16-le" if little else "utf-16-be",))
    return _strictly(data, _STRICT_LADDER)


def _strictly(data: bytes, encodings: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for encoding in encodings:
        with suppress(UnicodeDecodeError):
            yield encoding, data.decode(encoding)


def _show_ticks(text: str) -> str:
    """Private-use characters of symbol fonts as ☑ and ☐, one for one, where they are boxes and ticks."""
    return _SYMBOL_FONT_CHARACTER.sub(lambda c: tick("", ord(c[0])) or c[0], text).replace("☒", TICKED)


def _restore_lost_ticks(cell: str) -> str:
    """A cell with a box and a lone "(" held a tick of a symbol font, of which dumps keep only the stand-in "("."""
    if "(" not in cell or not _BOX.search(cell):
        return cell
    return _LONE_BRACKET.sub(TICKED, cell)


class _LineReader:
    """Walks the lines once; a cell is closed by the next tab, a row by a blank line before it."""

    def __init__(self, encoding: str, text: str) -> None:
        self._encoding = encoding
        self._text = text
        self._blocks: list[Block] = []
        self._rows: list[tuple[Cell, ...]] = []
        self._row: list[Cell] = []
        self._cell_start: int | None = None
        self._cell_end = 0
        self._cell_paragraphs: list[Paragraph] = []
        self._ticked: list[tuple[int, int]] = []

    def document(self) -> Document:
        position = 0
        blank_before = False
        for line in self._text.split("\n"):
            start, end = position, position + len(line)
            position = end + 1
            if line.startswith("\t"):
                self._open_cells(start, line, new_row=blank_before)
            elif self._cell_start is None:
                self._add_paragraph(self._blocks, start, end)
            else:
                self._add_paragraph(self._cell_paragraphs, start, end)
            blank_before = not line.strip()
            if line.startswith("\t") and blank_before:
                blank_before = False  # a blank cell is no blank line
        self._close_table()
        return Document(FORMAT, self._encoding, self._text_with_ticks(), tuple(self._blocks))

    def _open_cells(self, start: int, line: str, *, new_row: bool) -> None:
        """Each leading tab opens a cell; a tab further on is text."""
        content = len(line) - len(line.lstrip("\t"))
        for tab in range(content):
            self._close_cell()
            if new_row and tab == 0:
                self._close_row()
            self._cell_start = self._cell_end = start + tab + 1
        self._add_paragraph(self._cell_paragraphs, start + content, start + len(line))

    def _add_paragraph(self, paragraphs: list[Block] | list[Paragraph], start: int, end: int) -> None:
        if self._text[start:end].strip():
            paragraphs.append(Paragraph(start, end))
            self._cell_end = end

    def _close_cell(self) -> None:
        if self._cell_start is None:
            return
        start, end = self._cell_start, self._cell_end
        if not self._cell_paragraphs:
            end = start
        elif _restore_lost_ticks(self._text[start:end]) != self._text[start:end]:
            self._ticked.append((start, end))
        self._row.append(Cell(len(self._rows), len(self._row), 1, 1, start, end, tuple(self._cell_paragraphs)))
        self._cell_start = None
        self._cell_paragraphs = []

    def _close_row(self) -> None:
        if self._row:
            self._rows.append(tuple(self._row))
            self._row = []

    def _close_table(self) -> None:
        self._close_cell()
        self._close_row()
        if self._rows:
            self._blocks.append(Table(tuple(self._rows), has_grid=False))

    def _text_with_ticks(self) -> str:
        pieces, position = [], 0
        for start, end in self._ticked:
            pieces += [self._text[position:start], _restore_lost_ticks(self._text[start:end])]
            position = end
        return "".join([*pieces, self._text[position:]])
