"""The dump of a Word document whose cells open with a tab, as Tika writes it (→ for a tab)::

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

from collections.abc import Sequence

from extract.document import Block, Cell, Paragraph, Table
from extract.readers.text.content import Content
from extract.readers.text.ticks import restore_lost_ticks


def recognises(lines: Sequence[str]) -> bool:
    """Tabs stand at the start of lines, and further on in fewer lines than that."""
    opening = sum(line.startswith("\t") for line in lines)
    inside = sum("\t" in line.strip("\t") for line in lines)
    return opening > inside


def read(text: str) -> Content:
    """Paragraphs, and one table without a grid from the first tab on; the text is the source, lost ticks restored."""
    return _LineReader(text).content()


class _LineReader:
    """Walks the lines once; a cell is closed by the next tab, a row by a blank line before it."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._blocks: list[Block] = []
        self._rows: list[tuple[Cell, ...]] = []
        self._row: list[Cell] = []
        self._cell_start: int | None = None
        self._cell_end = 0
        self._cell_paragraphs: list[Paragraph] = []
        self._ticked: list[tuple[int, int]] = []

    def content(self) -> Content:
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
        return Content(self._text_with_ticks(), tuple(self._blocks))

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
        elif restore_lost_ticks(self._text[start:end]) != self._text[start:end]:
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
            pieces += [self._text[position:start], restore_lost_ticks(self._text[start:end])]
            position = end
        return "".join([*pieces, self._text[position:]])
