"""Indicators: a header row names the columns, in whatever order; each row below it is an indicator.

Level names carry down: by the spans of merged cells where the table has a grid, and wherever a level's cell is blank.
The header may repeat after a page break; the table ends where its first column shows a label of the form.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence

from extract.document import Cell, Span, Table
from extract.form import Indicator
from extract.ledger import Owner
from extract.parser.fields import announces
from extract.parser.sheet import Sheet
from extract.parser.torn_rows import MOST_PIECES, mended
from extract.rules import LabelUse
from extract.target import TargetContext, parse_target
from extract.values import one_line

# So many rows below a header show whether its section's cell is left out of them.
ROWS_TO_JUDGE_BY = 50

# By column: the cell of this row that stands in it, None where the row has none.
_Cells = Mapping[str, Cell | None]


def read(sheet: Sheet, table: Table, number: int) -> int:
    """Read the indicator table that starts at row `number`; returns the number of rows read, 0 where none starts."""
    spec = sheet.rule.spec.indicators
    if not spec or not _is_header(sheet.uses(table.rows[number])):
        return 0
    body = _Body(sheet, table, spec.block)
    at = number
    while at < len(table.rows):
        row, taken = body.whole_row(table.rows[at : at + MOST_PIECES])
        uses = sheet.uses(row)
        if _is_header(uses):
            body.take_header(row, uses, table.rows[at + 1 : at + 1 + ROWS_TO_JUDGE_BY])
        elif body.ends_at(row):
            break
        else:
            body.take_row(row)
        at += taken
    return at - number


def _is_header(uses: Sequence[LabelUse | None]) -> bool:
    columns = {use.name for use in uses if use and use.role == "indicator"}
    return "name" in columns and len(columns) > 1


def _end(cell: Cell) -> int:
    return cell.column + cell.column_span


def _overlap(cell: Cell, header: Cell) -> int:
    return min(_end(cell), _end(header)) - max(cell.column, header.column)


def _covers(cell: Cell, header: Cell) -> bool:
    return cell.column <= header.column and _end(header) <= _end(cell)


class _Body:
    """The rows below a header, with the levels in force."""

    def __init__(self, sheet: Sheet, table: Table, block: str) -> None:
        self._sheet = sheet
        self._has_grid = table.has_grid
        self._block = block
        self._header: tuple[Cell, ...] = ()
        self._first = 0  # the first named column
        self._left_out = 0  # cells that every row lacks at its beginning: those of the section
        self._columns: dict[str, Cell] = {}
        self._merged: list[Cell] = []  # cells of earlier rows that reach down into the next
        self._level1: str | None = None
        self._level2: str | None = None

    def whole_row(self, rows: Sequence[tuple[Cell, ...]]) -> tuple[tuple[Cell, ...], int]:
        """The first of `rows` and 1; in a dump, a torn row put together again and the number of its pieces."""
        row = rows[0]
        length = len(self._header) - self._left_out
        if not self._has_grid and len(row) < length and not self.ends_at(row):
            pieces = [*rows[:1], *itertools.takewhile(lambda r: not self._starts_something(r), rows[1:])]
            whole = mended(pieces, length)
            if whole:
                return whole
        return row, 1

    def take_header(
        self, row: tuple[Cell, ...], uses: Sequence[LabelUse | None], below: Sequence[tuple[Cell, ...]]
    ) -> None:
        """Name the columns by the header's cells; the cells in front of them are the block's section."""
        self._header = row
        self._columns = {use.name: cell for cell, use in zip(row, uses, strict=True) if use and use.role == "indicator"}
        self._first = min(cell.column for cell in self._columns.values())
        for cell, use in zip(row, uses, strict=True):
            if use:
                self._sheet.claim_label(cell)
        self._carry(row)
        body = itertools.takewhile(lambda r: not self.ends_at(r), below)
        lengths = {len(r) for r in body}
        self._left_out = self._first if not self._has_grid and lengths == {len(row) - self._first} else 0

    def ends_at(self, row: tuple[Cell, ...]) -> bool:
        """Whether the row begins in front of the first named column with anything but blanks or the section's label.

        Where the section has no column of its own, a label of the form in the first column ends the table.
        """
        if not row or not self._header:
            return False
        use = self._sheet.use(row[0])
        if use == LabelUse("section", "indicators"):
            return False
        if announces(self._sheet, row[0]):
            return row[0].column <= self._header[0].column
        in_front = row[0].column < self._first and (self._has_grid or len(row) == len(self._header))
        return in_front and not self._sheet.is_blank(row[0])

    def _starts_something(self, row: tuple[Cell, ...]) -> bool:
        """Whether a row of a dump can be no later piece of a torn row: it has labels, or all the cells of a row."""
        return len(row) >= len(self._header) - self._left_out or any(announces(self._sheet, cell) for cell in row)

    def take_row(self, row: tuple[Cell, ...]) -> None:
        """Record the row's indicator, if it holds one; a page break may have repeated the section's label."""
        if self._sheet.use(row[0]) == LabelUse("section", "indicators"):
            self._sheet.claim_label(row[0])
        cells = self._cells_by_column(row)
        if cells is None:
            self._refuse(row)
            return
        self._take_levels(cells)
        name, target = cells.get("name"), cells.get("target")
        if not self._is_filled(name, target):
            for cell in cells.values():
                if cell:
                    self._sheet.ledger.claim(cell.start, cell.end, Owner.BOILERPLATE)
            return
        self._add(cells, name, target)

    def _refuse(self, row: tuple[Cell, ...]) -> None:
        """A row that does not fit the header is left over; what levels it set is unknown, so none are in force."""
        if all(self._sheet.is_blank(cell) for cell in row):
            return
        self._level1 = self._level2 = None
        message = "a row of the indicator table has other cells than its header; compare with the source"
        span = Span(row[0].start, row[-1].end)
        self._sheet.note("indicator.misaligned", "error", "insufficient_data", message, span)

    # ------------------------------------------------------------------------------------------------- columns

    def _cells_by_column(self, row: tuple[Cell, ...]) -> _Cells | None:
        """The cell in each column; None where the row does not fit the header."""
        if self._has_grid:
            own = self._own_cells(row)
            cells = {column: own.get(column) or self._merged_over(header) for column, header in self._columns.items()}
            self._carry(row)
            ends = [self._columns[column] for column in ("name", "target") if column in self._columns]
            covers_both = len(ends) > 1 and any(all(_covers(cell, end) for end in ends) for cell in row)
            return None if covers_both else cells
        if len(row) != len(self._header) - self._left_out:
            return None
        return {column: row[header.column - self._left_out] for column, header in self._columns.items()}

    def _own_cells(self, row: tuple[Cell, ...]) -> dict[str, Cell]:
        """The row's cells by the column whose header each overlaps most; edges need not line up from row to row."""
        own: dict[str, Cell] = {}
        for cell in row:
            overlaps = {column: _overlap(cell, header) for column, header in self._columns.items()}
            column = max(overlaps, key=lambda each: overlaps[each])
            if overlaps[column] > 0 and (column not in own or self._sheet.is_blank(own[column])):
                own[column] = cell
        return own

    def _merged_over(self, header: Cell) -> Cell | None:
        """The cell of an earlier row that reaches down into this column."""
        return next((cell for cell in self._merged if cell.column <= header.column < _end(cell)), None)

    def _carry(self, row: tuple[Cell, ...]) -> None:
        """Keep the merged cells that reach below this row."""
        if not self._has_grid or not row:
            return
        number = row[0].row
        below = [cell for cell in self._merged if cell.row + cell.row_span - 1 > number]
        self._merged = below + [cell for cell in row if cell.row_span > 1]

    # -------------------------------------------------------------------------------------------------- values

    def _take_levels(self, cells: _Cells) -> None:
        level1, level2 = self._level(cells.get("level1")), self._level(cells.get("level2"))
        if level1 and level1 != self._level1:
            self._level1, self._level2 = level1, None
        if level2:
            self._level2 = level2

    def _level(self, cell: Cell | None) -> str | None:
        """A level's printed name without white space."""
        return "".join(self._sheet.cell_text(cell).split()) or None if cell else None

    def _is_filled(self, name: Cell | None, target: Cell | None) -> bool:
        """Whether somebody wrote a name or a target; a template's own row fillers do not count."""
        phrases = self._sheet.rules.phrases
        texts = [self._sheet.cell_text(cell) if cell else "" for cell in (name, target)]
        return any(not phrases.is_blank(text) and not phrases.is_placeholder(text) for text in texts)

    def _add(self, cells: _Cells, name: Cell | None, target: Cell | None) -> None:
        sheet = self._sheet
        name_span, target_span = self._span(name, target), self._span(target, name)
        name_text, target_text = self._text(name_span), self._text(target_span)
        level2 = sheet.rules.levels.canonical("level2", self._level2)
        context = TargetContext(name_text, level=level2, table_unit=sheet.unit_line, year=sheet.fiscal_year)
        sheet.indicators.append(
            Indicator(
                self._block,
                self._level1,
                self._level2,
                sheet.rules.levels.canonical("level1", self._level1),
                level2,
                name_text,
                name_span,
                target_text,
                parse_target(target_text or "", sheet.rules.targets, context),
                target_span,
            )
        )
        for span in self._used(cells):
            sheet.ledger.claim(*span, Owner.VALUE)

    def _span(self, cell: Cell | None, other: Cell | None) -> Span:
        """The cell's text; where a row lacks the cell, the empty place at the end of the other one."""
        if cell:
            return self._sheet.trimmed(cell.start, cell.end)
        assert other  # a row without name and target is not filled
        return Span(other.end, other.end)

    def _text(self, span: Span) -> str | None:
        """The text of a cell on one line; None where it is blank or says so."""
        text = self._sheet.text[span.start : span.end]
        return None if self._sheet.rules.phrases.is_blank(text) else one_line(text)

    def _used(self, cells: _Cells) -> Iterator[Span]:
        yield from (Span(cell.start, cell.end) for cell in cells.values() if cell)
