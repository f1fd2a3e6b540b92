"""Fitting: which column each cell of a row stands in.

Where the table has a grid, a cell belongs to the column whose header it lies below. In a dump it is the position in the
row that tells, so a row must have as many cells as its header.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence

from extract.document import Cell, Paragraph
from extract.parser.indicators.header import Column, Header, Row
from extract.parser.sheet import Sheet
from extract.rules import IndicatorColumn
from extract.target import parse_target
from extract.values import read_points

# A merged cell of an earlier row counts for each row that it covers in these columns; points and reasons count once.
_CARRIED: frozenset[IndicatorColumn | None] = frozenset(
    ("level1", "level2", "name", "operator", "target", "unit", "actual")
)
# Two cells below one header are read together in these columns: 步道 | 其中：新建.
_JOINED: frozenset[IndicatorColumn | None] = frozenset(("name", "target", "actual", "deviation", "remarks", None))
# In a row with fewer cells than its header, columns that one cell may cover.
_MERGED: tuple[frozenset[IndicatorColumn | None], ...] = (
    frozenset(("level1", "level2", "name")),
    frozenset(("remarks", "deviation", None)),
)
# Where one cell covers several columns, the first of these that is among them has it.
_PREFERRED: tuple[IndicatorColumn, ...] = ("level1", "name", "target", "actual")
# A row with fewer cells than this says too little about where they stand.
_FEWEST_CELLS = 2


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

    def own_cells(self) -> Iterable[tuple[Column, Cell]]:
        """Every cell of this row that stands in a column, behind the column."""
        return self._own.items()


class Grid:
    """Rows of a table with a grid; it remembers the merged cells that reach down."""

    def __init__(self, sheet: Sheet, header: Header) -> None:
        self._sheet = sheet
        self._columns = header.columns
        self._carried = [column for column in header.columns if column.holds in _CARRIED]
        self._merged: list[Cell] = []
        self._covered_at: dict[tuple[int, int], list[Column]] = {}
        for row in header.rows:
            self._carry(row)

    def fit(self, row: Row) -> Fitted | None:
        """The row's cells by column; None where one cell covers both the indicator and its target."""
        own: dict[Column, Cell] = {}
        fits = True
        for cell in row:
            covered = self._covered(cell.column, cell.column_span)
            if not covered:
                continue
            column = covered[0] if len(covered) == 1 else self._column_of(cell, covered)
            before = own.get(column)
            if before is None or self._sheet.is_blank(before):
                own[column] = cell
            elif column.holds in _JOINED and not self._sheet.is_blank(cell) and _lies_in(column, before, cell):
                own[column] = before._replace(end=cell.end)  # the header stands above both
            if len(covered) > 1 and {"name", "target"} <= {each.holds for each in covered}:
                fits = fits and self._sheet.is_blank(cell)
        merged = {c: over for c in self._carried if (over := self._merged_over(c))}
        self._carry(row)
        return Fitted(own, merged) if fits else None

    def _column_of(self, cell: Cell, covered: list[Column]) -> Column:
        """The one of the columns it covers that the cell belongs to; a second level is none of the first."""
        levels = {column.holds: column for column in covered if column.holds in ("level1", "level2")}
        if len(levels) == 2 and len(covered) == 2:
            text, canonical = self._sheet.cell_text(cell), self._sheet.rules.levels.canonical
            return levels["level2" if canonical("level2", text) and not canonical("level1", text) else "level1"]
        return _preferred(covered)

    def _covered(self, start: int, span: int) -> list[Column]:
        """The columns that a cell covers, or the one that it overlaps most: edges do not always line up."""
        if (covered := self._covered_at.get((start, span))) is None:
            end = start + span
            covered = [c for c in self._columns if start <= c.start and c.end <= end]
            if not covered:
                column = max(self._columns, key=lambda c: min(end, c.end) - max(start, c.start))
                covered = [column] if min(end, column.end) > max(start, column.start) else []
            self._covered_at[start, span] = covered
        return covered

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


def _lies_in(column: Column, *cells: Cell) -> bool:
    return all(column.start <= cell.column and cell.column + cell.column_span <= column.end for cell in cells)


class Dump:
    """Rows of a table without a grid, whose cells are counted off; `left_out` leading cells are in no row.

    A row with fewer cells is read where one reading is possible: a cell is merged over levels and name or over remarks
    or, in a dump that shows no blank cell for what a merged one above covers, the levels in front are not there.
    """

    def __init__(self, sheet: Sheet, header: Header, left_out: int, below: Sequence[Row]) -> None:
        self._sheet = sheet
        self._left_out = left_out
        self._columns = {column.start - left_out: column for column in header.columns}
        self.width = header.width - left_out
        levels = [at for at, column in self._columns.items() if column.holds in ("level1", "level2")]
        whole = [row for row in below if len(row) == self.width]
        self._shows_blanks = any(sheet.is_blank(row[at]) for row in whole for at in levels)

    def fit(self, row: Row) -> Fitted | None:
        """The row's cells by column; None where it has other cells than its header and not one reading is possible."""
        row = self._without_what_follows(row)
        if len(row) == self.width:
            whole = {column: row[at] for at, column in self._columns.items()}
            return None if self._is_shifted(row) else Fitted(whole, {})
        readings: list[dict[Column, Cell]] = []
        for reading in self._readings(row):
            if reading not in readings and self._is_possible(reading):
                readings.append(reading)
        return Fitted(readings[0], {}) if len(readings) == 1 else None

    def _without_what_follows(self, row: Row) -> Row:
        """The row without the paragraphs below the table, which a dump cannot tell from those of its last cell."""
        last = row[-1] if row else None
        if last is None or len(last.blocks) < 2:
            return row
        for above, block in itertools.pairwise(block for block in last.blocks if isinstance(block, Paragraph)):
            if self._sheet.rules.phrases.opens_instructions(self._sheet.text[block.start : block.end]):
                return (*row[:-1], last._replace(end=above.end))
        return row

    def position(self, column: Column) -> int:
        """The position of the column's cell in a whole row."""
        return column.start - self._left_out

    def is_wrapped(self, row: Row, below: Row) -> bool:
        """Whether the row below holds the rest of words that this one begins: 产出 above 指标."""
        canonical = self._sheet.rules.levels.canonical
        for at, column in self._columns.items():
            level = column.holds
            if (level == "level1" or level == "level2") and len(row) == len(below) == self.width:
                begun, rest = self._sheet.cell_text(row[at]), self._sheet.cell_text(below[at])
                if (
                    begun
                    and rest
                    and not self._sheet.rules.phrases.is_unfilled(rest)
                    and not canonical(level, rest)
                    and canonical(level, begun + rest)
                ):
                    return True
        return False

    def is_likely(self, row: Row) -> bool:
        """Whether a row of pieces is one: no cell of levels, points or targets holds what belongs to another column."""
        holds = ("level1", "level2", "weight", "score", "target")
        cells = [(column, row[at]) for at, column in self._columns.items()]
        return not self._is_shifted(row) and all(
            self._can_hold(*each, strictly=False) for each in cells if each[0].holds in holds
        )

    def _is_shifted(self, row: Row) -> bool:
        """Whether a level or points stand in a column behind theirs: the dump has a cell too many in front."""
        canonical = self._sheet.rules.levels.canonical
        texts = [self._sheet.cell_text(cell) for cell in row]
        for at, column in self._columns.items():
            level, behind = column.holds, self._columns.get(at + 1)
            if level == "name" and self._is_only_a_target(texts[at]):
                return True
            if level != "level1" and level != "level2":
                continue
            if read_points(texts[at]) is not None:
                return True
            if behind is None or texts[at] or not canonical(level, texts[at + 1]):
                continue
            at_home = behind.holds in ("level1", "level2") and canonical(behind.holds, texts[at + 1])
            if not at_home and not self._has_measure(row):
                return True
        return False

    def _is_only_a_target(self, name: str) -> bool:
        """Whether the text in the indicator's column is no name, but an operator and a number."""
        if not any(map(str.isdigit, name)):
            return False
        target = parse_target(name, self._sheet.rules.targets)
        return bool(target.comparator) and not target.implicit and not target.label

    def _has_measure(self, row: Row) -> bool:
        targets = (row[at] for at, column in self._columns.items() if column.holds == "target")
        return any(parse_target(self._sheet.cell_text(cell), self._sheet.rules.targets).comparator for cell in targets)

    def _readings(self, row: Row) -> Iterator[dict[Column, Cell]]:
        missing = self.width - len(row)
        if missing <= 0 or len(row) < _FEWEST_CELLS:
            return
        if not self._shows_blanks:
            levels = [self._columns.get(at) for at in range(missing)]
            if all(column is None or column.holds in ("level1", "level2") for column in levels):
                yield {column: row[at - missing] for at, column in self._columns.items() if at >= missing}
        for merged in range(len(row)):
            covered = [c for at in range(merged, merged + missing + 1) if (c := self._columns.get(at))]
            holds = {column.holds for column in covered}
            if len(covered) == missing + 1 and any(holds <= columns for columns in _MERGED):
                reading = {c: row[at if at < merged else at - missing] for at, c in self._columns.items()}
                kept = _preferred(covered)
                yield {c: cell for c, cell in reading.items() if c is kept or c not in covered} | {kept: row[merged]}

    def _is_possible(self, reading: Mapping[Column, Cell]) -> bool:
        """Whether each cell holds what its column can, and the row an indicator with its target."""
        filled = {column.holds for column, cell in reading.items() if not self._sheet.is_blank(cell)}
        return {"name", "target"} <= filled and all(self._can_hold(*each) for each in reading.items())

    def _can_hold(self, column: Column, cell: Cell, *, strictly: bool = True) -> bool:
        text, rules = self._sheet.cell_text(cell), self._sheet.rules
        is_level1 = rules.levels.canonical("level1", text) is not None
        is_level2 = rules.levels.canonical("level2", text) is not None
        if rules.phrases.is_blank(text):
            return True
        if column.holds in ("level1", "level2"):
            is_level = is_level1 if column.holds == "level1" else is_level2
            return is_level or not (strictly or is_level1 or is_level2 or read_points(text) is not None)
        if column.holds == "name":
            return parse_target(text, rules.targets).kind == "qualitative" and not is_level1
        if column.holds in ("weight", "score"):
            return read_points(text) is not None
        return not (is_level1 or is_level2)
