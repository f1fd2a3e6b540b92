"""Funding: header rows that name the sources of money, and amounts below them.

Where the table has a grid, an amount belongs to the deepest header cell above it that covers it. In a dump, which has
lost the spans, blank cells of the lower header row continue the header above them, and the filled ones divide it::

    资金情况 | 本年度预计投入（万元） | 财政资金（万元）            | 其他
    (blank)  | (blank)              | 中央 | 省级 | 市级 | 本级 | (blank)
    (blank)  | 12                   |      |      | 2    | 10   |
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import NamedTuple

from extract.document import Cell, Span, Table
from extract.form import Funding
from extract.labels import label_unit
from extract.ledger import Owner
from extract.parser.sheet import Sheet
from extract.parser.torn_rows import MOST_PIECES, mended
from extract.rules import FundingSpec, LabelUse
from extract.values import YUAN_PER_UNIT, read_money


class _Column(NamedTuple):
    """One header cell: its place in the grid, the source that it names (None for a section's cell) and its unit."""

    start: int
    end: int
    source: str | None
    unit: str | None


def read(sheet: Sheet, table: Table, number: int) -> int:
    """Read the funding block that starts at row `number`; returns the number of rows read, 0 where none starts."""
    spec = sheet.rule.spec.funding
    if not spec or not _is_header(sheet.uses(table.rows[number])):
        return 0
    headers = _header_rows(sheet, table, number)
    _claim_headers(sheet, headers)
    columns = _grid_columns(sheet, headers) if table.has_grid else _dump_columns(sheet, headers)
    length = None if table.has_grid else len(columns or headers[-1])
    amounts, amount_rows = _amount_rows(sheet, table, number + len(headers), length)
    for row in amounts:
        if columns is None or not (table.has_grid or len(row) == len(columns)):
            message = "the amounts do not line up with the header; compare with the source"
            sheet.note("funding.misaligned", "error", "insufficient_data", message, Span(row[0].start, row[-1].end))
            continue
        for cell in row:
            _read_amount(sheet, spec, cell, _column_of(cell, columns, has_grid=table.has_grid))
    return len(headers) + amount_rows


def _is_header(uses: Sequence[LabelUse | None]) -> bool:
    sources = {use.name for use in uses if use and use.role == "funding"}
    opens_block = any(use == LabelUse("section", "funding") for use in uses)
    return len(sources) > 1 or (opens_block and bool(sources))


def _header_rows(sheet: Sheet, table: Table, number: int) -> list[tuple[Cell, ...]]:
    """The row of sources and rows below it that name more of them; a cell that no rule knows is an unknown source."""
    headers = [table.rows[number]]
    for below in range(number + 1, len(table.rows)):
        row = table.rows[below]
        filled = [cell for cell in row if not sheet.is_blank(cell)]
        uses = [sheet.use(cell) for cell in filled]
        names_sources = any(use and use.role == "funding" for use in uses)
        if not names_sources or any(use and use.role not in ("funding", "section") for use in uses):
            break
        if any(read_money(sheet.cell_text(cell)) for cell in filled):
            break
        headers.append(row)
    return headers


def _claim_headers(sheet: Sheet, headers: list[tuple[Cell, ...]]) -> None:
    for row in headers:
        for cell in row:
            if sheet.use(cell):
                sheet.claim_label(cell)


def _amount_rows(sheet: Sheet, table: Table, number: int, length: int | None) -> tuple[list[tuple[Cell, ...]], int]:
    """The row below the headers and rows below it that hold nothing but amounts, and how many rows these are.

    `length` is the number of cells that a row of a dump must have, None where there is a grid.
    """
    rows: list[tuple[Cell, ...]] = []
    at = number
    while at < len(table.rows) and not any(sheet.use(cell) for cell in table.rows[at]):
        row, taken = table.rows[at], 1
        if length and len(row) < length:
            row, taken = mended(_without_labels(sheet, table.rows[at : at + MOST_PIECES]), length) or (row, 1)
        filled = [sheet.cell_text(cell) for cell in row if not sheet.is_blank(cell)]
        if rows and not (filled and all(read_money(text) for text in filled)):
            break
        rows.append(row)
        at += taken
    return rows, at - number


def _without_labels(sheet: Sheet, rows: Sequence[tuple[Cell, ...]]) -> list[tuple[Cell, ...]]:
    return list(itertools.takewhile(lambda row: not any(sheet.use(cell) for cell in row), rows))


# ------------------------------------------------------------------------------------------------------------- columns


def _grid_columns(sheet: Sheet, headers: list[tuple[Cell, ...]]) -> list[_Column]:
    """Every header cell, the deepest last; a cell without a unit has that of the cell above it or of the block."""
    columns: list[_Column] = []
    for row in headers:
        for cell in row:
            use = sheet.use(cell)
            if not sheet.cell_text(cell):
                continue
            start, end = cell.column, cell.column + cell.column_span
            above = next((c.unit for c in reversed(columns) if c.start <= start and end <= c.end), None)
            unit = label_unit(sheet.cell_text(cell)) or above
            columns.append(_Column(start, end, use.name if use and use.role == "funding" else None, unit))
    return _with_block_unit(columns, sheet.unit_line)


def _dump_columns(sheet: Sheet, headers: list[tuple[Cell, ...]]) -> list[_Column] | None:
    """The columns that the lowest header row forms, by position; None where the rows do not fit together."""
    columns = [_dump_column(sheet, cell, None) for cell in headers[0]]
    for row in headers[1:]:
        divided: list[_Column] = []
        rest = list(row)
        for above in columns:
            if not rest:
                return None
            if not sheet.cell_text(rest[0]):
                rest.pop(0)
                divided.append(above)
                continue
            while rest and sheet.cell_text(rest[0]):
                divided.append(_dump_column(sheet, rest.pop(0), above.unit))
        if rest:
            return None
        columns = divided
    placed = [column._replace(start=i, end=i + 1) for i, column in enumerate(columns)]
    return _with_block_unit(placed, sheet.unit_line)


def _dump_column(sheet: Sheet, cell: Cell, unit_above: str | None) -> _Column:
    use = sheet.use(cell)
    source = use.name if use and use.role == "funding" else None
    return _Column(cell.column, cell.column + 1, source, label_unit(sheet.cell_text(cell)) or unit_above)


def _with_block_unit(columns: list[_Column], unit_line: str | None) -> list[_Column]:
    """Columns without a unit take the block's, where all others agree on one, or else the form's unit line."""
    units = {column.unit for column in columns if column.unit}
    if len(units) > 1:
        return columns
    unit = units.pop() if units else unit_line
    return [column._replace(unit=column.unit or unit) for column in columns]


def _column_of(cell: Cell, columns: list[_Column], *, has_grid: bool) -> _Column | None:
    """The deepest header that covers the cell; in a dump, the one at its position."""
    if not has_grid:
        return columns[cell.column]
    end = cell.column + cell.column_span
    return next((c for c in reversed(columns) if c.start <= cell.column and end <= c.end), None)


# ------------------------------------------------------------------------------------------------------------- amounts


def _read_amount(sheet: Sheet, spec: FundingSpec, cell: Cell, column: _Column | None) -> None:
    if sheet.is_blank(cell):
        return
    span = sheet.trimmed(cell.start, cell.end)
    text = sheet.text[span.start : span.end]
    if column is None or column.source is None:
        message = "an amount stands under no source of the header; compare with the source"
        sheet.note("funding.misaligned", "error", "insufficient_data", message, span)
        return
    sheet.ledger.claim(*span, Owner.VALUE)
    if sheet.rules.phrases.is_blank(text):
        return
    money = read_money(text)
    unit = (money.unit if money else None) or column.unit
    yuan = money.amount * YUAN_PER_UNIT[unit] if money and unit else None
    amount = money.amount if money else None
    sheet.funding.append(Funding(column.source, spec.stage, spec.block, amount, unit, yuan, text, span))
    if not money:
        message = f"the amount of source {column.source} is not a number"
        sheet.note("funding.unread", "warning", "insufficient_data", message, span)
    elif not unit:
        message = f"the amount of source {column.source} has no unit, in its cell, its header or the form"
        sheet.note("funding.no_unit", "warning", "insufficient_data", message, span)
