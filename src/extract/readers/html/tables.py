"""Open tables with their row groups, and the places of their cells (HTML Living Standard 4.9.12.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from extract.readers.drawn import Drawn, DrawnCell, DrawnTable, is_blank
from extract.readers.html.pages import Element

MAX_SPAN = 1000
MAX_ROW_SPAN = 65534


class _WrittenCell(NamedTuple):
    blocks: list[Drawn]
    column_span: int
    row_span: int
    """0 means: down to the end of the row group."""


@dataclass(slots=True)
class OpenTable:
    """A table whose end has not come, with its row groups (thead, tbody, tfoot)."""

    around: list[Drawn]
    """Where the table will stand, and where text goes that stands in it outside all cells."""
    groups: list[Group] = field(default_factory=list)
    cell: list[Drawn] | None = None

    def add_row(self, *, is_filler: bool) -> None:
        """Open a row in the last group."""
        if not self.groups:
            self.groups.append(Group("tbody"))
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
class Group:
    """A row group: thead, tbody or tfoot; rows outside of one are a tbody."""

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
        if height > 1 and column < MAX_SPAN:
            begun.append(_Reach(column, column + written.column_span, number + height - 1))
        column += written.column_span
    return cells, begun


def span(element: Element, name: str, most: int, least: int) -> int:
    """A whole number in an attribute, between `least` and `most`; 1 where there is none."""
    digits = re.match(r"\s*\+?(\d{1,9})", element.get(name) or "")
    return max(least, min(int(digits[1]), most)) if digits else 1
