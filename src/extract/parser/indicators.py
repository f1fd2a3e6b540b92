"""Indicators: a header row names the columns, in whatever order; each row below it is an indicator.

Level names carry down: by the spans of merged cells where the table has a grid, and wherever a level's cell is blank.
The header may repeat after a page break; the table ends where its first column shows a label of the form.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from extract.document import Cell, Span, Table
from extract.form import Indicator
from extract.ledger import Owner
from extract.parser.fields import announces
from extract.parser.sheet import Sheet
from extract.rules import LabelUse
from extract.target import parse_target
from extract.values import one_line

# By column: the cell of this row that stands in it, None where the row has none.
_Cells = Mapping[str, Cell | None]


def read(sheet: Sheet, table: Table, number: int) -> int:
    """Read the indicator table that starts at row `number`; returns the number of rows read, 0 where none starts."""
    spec = sheet.rule.spec.indicators
    if not spec or not _is_header(sheet.uses(table.rows[number])):
        return 0
    body = _Body(sheet, table, spec.block)
    rows_read = 0
    for below in range(number, len(table.rows)):
        row = table.rows[below]
        uses = sheet.uses(row)
        if _is_header(uses):
            body.take_header(row, uses)
        elif body.ends_at(row):
            break
        else:
            body.take_row(row)
        rows_read += 1
    return rows_read


def _is_header(uses: Sequence[LabelUse | None]) -> bool:
    columns = {use.name for use in uses if use and use.role == "indicator"}
    return "name" in columns and len(columns) > 1


class _Body:
    """The rows below a header, with the levels in force."""

    def __init__(self, sheet: Sheet, table: Table, block: str) -> None:
        self._sheet = sheet
        self._has_grid = table.has_grid
        self._block = block
        self._header: tuple[Cell, ...] = ()
        self._columns: dict[str, Cell] = {}
        self._merged: list[Cell] = []  # cells of earlier rows that reach down into the next
        self._level1: str | None = None
        self._level2: str | None = None

    def take_header(self, row: tuple[Cell, ...], uses: Sequence[LabelUse | None]) -> None:
        """Name the columns by the header's cells; the cells in front of them are the block's section."""
        self._header = row
        self._columns = {use.name: cell for cell, use in zip(row, uses, strict=True) if use and use.role == "indicator"}
        for cell, use in zip(row, uses, strict=True):
            if use:
                self._sheet.claim_label(cell)
        self._carry(row)

    def ends_at(self, row: tuple[Cell, ...]) -> bool:
        """Whether the row's first cell, in the table's first column, is a label of the form."""
        if not row or row[0].column > self._header[0].column:
            return False
        use = self._sheet.use(row[0])
        return use != LabelUse("section", "indicators") and announces(self._sheet, row[0])

    def take_row(self, row: tuple[Cell, ...]) -> None:
        """Record the row's indicator, if it holds one; a page break may have repeated the section's label."""
        if self._sheet.use(row[0]) == LabelUse("section", "indicators"):
            self._sheet.claim_label(row[0])
        cells = self._cells_by_column(row)
        if cells is None:
            if any(not self._sheet.is_blank(cell) for cell in row):
                message = "a row of the indicator table has other cells than its header; compare with the source"
                span = Span(row[0].start, row[-1].end)
                self._sheet.note("indicator.misaligned", "error", "insufficient_data", message, span)
            return
        self._take_levels(cells)
        name, target = cells.get("name"), cells.get("target")
        if not self._is_filled(name, target):
            for cell in cells.values():
                if cell:
                    self._sheet.ledger.claim(cell.start, cell.end, Owner.BOILERPLATE)
            return
        self._add(cells, name, target)

    # ------------------------------------------------------------------------------------------------- columns

    def _cells_by_column(self, row: tuple[Cell, ...]) -> _Cells | None:
        """The cell in each column; None where the row does not fit the header."""
        if self._has_grid:
            cells = {column: self._cell_under(header, row) for column, header in self._columns.items()}
            self._carry(row)
            filled = [cell for cell in (cells["name"], cells.get("target")) if cell]
            return cells if len(set(map(id, filled))) == len(filled) else None
        missing = len(self._header) - len(row)
        first = min(cell.column for cell in self._columns.values())
        if missing not in (0, first):  # the section's cell may be left out of the rows that it covers
            return None
        return {column: row[header.column - missing] for column, header in self._columns.items()}

    def _cell_under(self, header: Cell, row: tuple[Cell, ...]) -> Cell | None:
        """The first filled cell below a header cell: of this row, or merged down from above."""
        end = header.column + header.column_span
        own = [c for c in row if c.column < end and header.column < c.column + c.column_span]
        if own:
            return next((cell for cell in own if not self._sheet.is_blank(cell)), own[0])
        return next((c for c in self._merged if c.column <= header.column < c.column + c.column_span), None)

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
        sheet.indicators.append(
            Indicator(
                self._block,
                self._level1,
                self._level2,
                sheet.rules.levels.canonical("level1", self._level1),
                sheet.rules.levels.canonical("level2", self._level2),
                name_text,
                name_span,
                target_text,
                parse_target(target_text or "", sheet.rules.units, sheet.fiscal_year),
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
