"""Tables of details inside a form: a merged label, a header of names beside it, rows below that no rule reads::

    测算依据 | 用途       | 数量 | 单价 | 金额
             | 监控摄像机 | 80   | 0.35 | 28

Their cells are kept under what heads them, so that no label of another part is looked for in them.
"""

from __future__ import annotations

import re

from extract.document import Cell, Table
from extract.form import OTHER_VALUE
from extract.labels import bare_label
from extract.parser.sheet import Sheet

Row = tuple[Cell, ...]

# A header names at least so many columns.
_FEWEST_COLUMNS = 3
_NAME = re.compile(r"[^\d。；！？%≥≤:：]{2,12}")


def read(sheet: Sheet, table: Table, number: int) -> int:
    """Read the table of details whose header stands in row `number`; returns its rows, 0 where there is none."""
    rows = _rows(sheet, table, number)
    if not rows:
        return 0
    label, *header = table.rows[number]
    for cell in (label, *header):
        sheet.claim_label(cell)
    for row in rows:
        for head, cell in zip(header, row, strict=True):
            if not sheet.is_blank(cell):
                sheet.add_value(OTHER_VALUE, _label(sheet, label, head), sheet.trimmed(cell.start, cell.end))
    return 1 + len(rows)


def begins(sheet: Sheet, table: Table, number: int) -> bool:
    """Whether a table of details begins at row `number`."""
    return bool(_rows(sheet, table, number))


def _label(sheet: Sheet, label: Cell, head: Cell) -> str:
    return f"{bare_label(sheet.cell_text(label))} {bare_label(sheet.cell_text(head))}"


def _is_header(sheet: Sheet, label: Cell, header: list[Cell]) -> bool:
    """Whether names stand beside a label, not all of them fields', and none heads amounts by source or stage."""
    use = sheet.use(label)
    if len(header) < _FEWEST_COLUMNS or not (use or sheet.money(label)):
        return False
    if use and use.role == "field" and sheet.rule.fields[use.name].type == "rows":
        return False  # it reads its table itself
    if not all(_NAME.fullmatch(bare_label(sheet.cell_text(cell))) for cell in header):
        return False
    amounts = [money for cell in header if (money := sheet.money(cell)) and (money.source or money.stage)]
    known = sum(sheet.use(cell) is not None for cell in header) + len(amounts)
    is_of_amounts = any(money.stage or money.source != "total" for money in amounts)
    return known < len(header) and not is_of_amounts and not _heads_indicators(sheet, header)


def _heads_indicators(sheet: Sheet, header: list[Cell]) -> bool:
    return any(sheet.column(cell) in ("name", "level1", "level2") for cell in header)


def _rows(sheet: Sheet, table: Table, number: int) -> list[Row]:
    """The rows below a header that its label covers and that have its columns; none where labels stand in them."""
    label, *header = table.rows[number]
    rows: list[Row] = []
    if not _is_header(sheet, label, header):
        return rows
    for row in table.rows[number + 1 :]:
        if table.has_grid:
            if not row or row[0].row >= label.row + label.row_span:
                break
            cells = row
        elif len(row) == len(header) + 1 and not sheet.cell_text(row[0]):
            cells = row[1:]
        else:
            break
        opening = next(filter(sheet.cell_text, cells), label)
        if [cell.column for cell in cells] != [cell.column for cell in header] or sheet.use(opening):
            return []
        if (money := sheet.money(opening)) and money.source:
            return []
        rows.append(cells)
    return rows
