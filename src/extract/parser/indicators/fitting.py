"""Fitting: which column each cell of a row stands in.

Where the table has a grid, a cell belongs to the column whose header it lies below. In a dump it is the position in the
row that tells, so a row must have as many cells as its header.
"""

from __future__ import annotations

from collections.abc import Mapping

from extract.document import Cell
from extract.parser.indicators.header import Column, Header, Row
from extract.parser.sheet import Sheet
from extract.rules import IndicatorColumn

# A merged cell of an earlier row counts for each row that it covers in these columns; points and reasons count once.
_CARRIED: frozenset[IndicatorColumn | None] = frozenset(
    ("level1", "level2", "name", "operator", "target", "unit", "actual")
)
# Where one cell covers several columns, the first of these that is among them has it.
_PREFERRED: tuple[IndicatorColumn, ...] = ("level1", "name", "target", "actual")


class Fitted:
    """The cells of one row by column: those that begin in it and those that reach down from above."""

    def __init__(self, own: Mapping[Column, Cell], merged: Mapping[Column, Cell]) -> None:
        self._own = own
        self._merged = merged

    def cell(self, column: Column | None) -> Cell | None:
        """The cell that stands in `column`, or reaches down into it."""
        return (self._own.get(column) or self._merged.get(column)) if column else None

    def own(self, column: Column | None) -> Cell | None:
        """The cell of this row that stands in `column`."""
        return self._own.get(column) if column else None

    def own_cells(self) -> list[Cell]:
        """Every cell of this row that stands in a column."""
        return list(self._own.values())


class Grid:
    """Rows of a table with a grid; it remembers the merged cells that reach down."""

    def __init__(self, sheet: Sheet, header: Header) -> None:
        self._sheet = sheet
        self._columns = header.columns
        self._merged: list[Cell] = []
        for row in header.rows:
            self._carry(row)

    def fit(self, row: Row) -> Fitted | None:
        """The row's cells by column; None where one cell covers both the indicator and its target."""
        own: dict[Column, Cell] = {}
        fits = True
        for cell in row:
            covered = self._covered(cell)
            if not covered:
                continue
            column = _preferred(covered)
            if column not in own or self._sheet.is_blank(own[column]):
                own[column] = cell
            holds = {each.holds for each in covered}
            fits &= not {"name", "target"} <= holds or self._sheet.is_blank(cell)
        merged = {c: over for c in self._columns if c.holds in _CARRIED and (over := self._merged_over(c))}
        self._carry(row)
        return Fitted(own, merged) if fits else None

    def _covered(self, cell: Cell) -> list[Column]:
        """The columns that the cell covers, or the one that it overlaps most: edges do not always line up."""
        end = cell.column + cell.column_span
        covered = [c for c in self._columns if cell.column <= c.start and c.end <= end]
        if covered:
            return covered
        overlaps = [(min(end, c.end) - max(cell.column, c.start), c) for c in self._columns]
        most, column = max(overlaps, key=lambda each: each[0])
        return [column] if most > 0 else []

    def _merged_over(self, column: Column) -> Cell | None:
        return next((m for m in self._merged if m.column <= column.start < m.column + m.column_span), None)

    def _carry(self, row: Row) -> None:
        """Keep the merged cells that reach below this row."""
        if not row:
            return
        number = row[0].row
        below = [cell for cell in self._merged if cell.row + cell.row_span - 1 > number]
        self._merged = below + [cell for cell in row if cell.row_span > 1]


def _preferred(columns: list[Column]) -> Column:
    by_content = {column.holds: column for column in reversed(columns)}
    return next((by_content[holds] for holds in _PREFERRED if holds in by_content), columns[0])


class Dump:
    """Rows of a table without a grid, whose cells are counted off; `left_out` leading cells are in no row."""

    def __init__(self, header: Header, left_out: int) -> None:
        self._columns = header.columns
        self._left_out = left_out
        self.width = header.width - left_out

    def fit(self, row: Row) -> Fitted | None:
        """The row's cells by column; None where it has more or fewer cells than its header."""
        if len(row) != self.width:
            return None
        return Fitted({column: row[column.start - self._left_out] for column in self._columns}, {})
