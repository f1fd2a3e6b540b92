"""Rows of cells with tabs between them, as Word's plain text and spreadsheets have them (→ for a tab)::

    专项基本情况→专项名称→公园管护
    →主管部门→城管局→起止时间→2021年        a blank first cell below a merged one
    保证措施→1、成立专班；
    2、定期督查。                           no tab: the paragraph goes on in the last cell above

A line without a tab may also stand below the table; it is read as part of the last cell, and the tokenizer, which knows
forms, takes it out. Where all rows have the same number of cells, as in a spreadsheet, the columns line up, and a line
without a tab below a row that ends with a blank cell is a paragraph of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

from extract.document import Block, Cell, Paragraph, Span, Table
from extract.readers.text.content import Content
from extract.readers.text.ticks import restore_lost_ticks


def recognises(lines: Sequence[str]) -> bool:
    """Two lines at least have a tab between texts."""
    return sum("\t" in line.strip() for line in lines) > 1


def read(text: str) -> Content:
    """Paragraphs before the first tab, then one table; the text is the source, lost ticks restored."""
    return _RowReader(text).content()


class _RowReader:
    """Walks the lines once; the paragraphs of the last cell are collected until the next row."""

    def __init__(self, text: str) -> None:
        self._text = text
        widths = {line.count("\t") for line in text.split("\n") if "\t" in line}
        self._has_grid = len(widths) == 1 and max(widths) > 1
        self._blocks: list[Block] = []
        self._rows: list[tuple[Cell, ...]] = []
        self._row: list[Span] = []
        self._last_cell: list[Paragraph] = []

    def content(self) -> Content:
        position = 0
        for line in self._text.split("\n"):
            end = position + len(line)
            if "\t" in line:
                self._close_row()
                self._open_row(position, line)
            elif line.strip():
                self._add_paragraph(Paragraph(position, end))
            position = end + 1
        self._close_table()
        return Content(self._text_with_ticks(), tuple(self._blocks))

    def _add_paragraph(self, paragraph: Paragraph) -> None:
        if self._has_grid and not self._last_cell:
            self._close_table()
        (self._last_cell if self._row else self._blocks).append(paragraph)

    def _close_table(self) -> None:
        self._close_row()
        if self._rows:
            self._blocks.append(Table(tuple(self._rows), self._has_grid))
            self._rows = []

    def _open_row(self, position: int, line: str) -> None:
        for field in line.split("\t"):
            self._row.append(Span(position, position + len(field)))
            position += len(field) + 1
        last = self._row[-1]
        self._last_cell = [Paragraph(*last)] if self._text[slice(*last)].strip() else []

    def _close_row(self) -> None:
        if not self._row:
            return
        number = len(self._rows)
        cells = [self._cell(number, column, *span) for column, span in enumerate(self._row[:-1])]
        blocks = tuple(self._last_cell)
        place = Span(blocks[0].start, blocks[-1].end) if blocks else Span(self._row[-1].start, self._row[-1].start)
        self._rows.append((*cells, Cell(number, len(cells), 1, 1, *place, blocks)))
        self._row = []

    def _cell(self, row: int, column: int, start: int, end: int) -> Cell:
        if not self._text[start:end].strip():
            return Cell(row, column, 1, 1, start, start, ())
        return Cell(row, column, 1, 1, start, end, (Paragraph(start, end),))

    def _text_with_ticks(self) -> str:
        return "\n".join("\t".join(map(restore_lost_ticks, line.split("\t"))) for line in self._text.split("\n"))
