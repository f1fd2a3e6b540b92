"""Forms across the page: a header above one row of values, the indicator table beside the fields and amounts::

    单位名称 | 年度预算申请        | 整体绩效目标 | 部门整体支出年度绩效目标
             | 资金总额 | 财政拨款 |              | 一级指标 | 二级指标 | 三级指标   | 指标值
    某某处   | 742      | 700      | 确保度汛     | 产出指标 | 数量指标 | 维护堤防   | 46公里
             |          |          |              |          | 质量指标 | 涵闸完好率 | ≥96%

The heading over the indicators may be missing; then their header stands beside the labels of the fields.
Cut in front of the indicators, both parts are tables like any others.
"""

from __future__ import annotations

from collections.abc import Sequence

from extract.document import Table
from extract.parser.indicators.header import is_header_row
from extract.parser.sheet import Sheet


def cut(sheet: Sheet, table: Table) -> Sequence[Table]:
    """The table, or its parts above, left of and right of an indicator table that stands beside the rest."""
    for number, row in enumerate(table.rows[:-2] if table.has_grid else ()):
        if found := _under_heading(sheet, table, number) or _beside_labels(sheet, table, number):
            first, column = found
            if first > number:
                sheet.claim_label(row[-1])
            left = [tuple(cell for cell in each if cell.column < column) for each in table.rows[number:]]
            right = [tuple(cell for cell in each if cell.column >= column) for each in table.rows[first:]]
            parts = [tuple(filter(None, part)) for part in (table.rows[:number], left, right)]
            return [Table(part, has_grid=True) for part in parts if part]
    return [table]


def _under_heading(sheet: Sheet, table: Table, number: int) -> tuple[int, int] | None:
    """Row and column where the header of an indicator table begins below the last cell of a row, its heading."""
    row = table.rows[number]
    heading = row[-1]
    if len(row) < 2 or heading.row_span > 1 or not sheet.use(heading):
        return None
    header = table.rows[number + 1]
    if any(sheet.column(cell) for cell in header if cell.column < heading.column):  # the header reaches further
        return None
    return (number + 1, heading.column) if _is_beside_all(sheet, table, number + 1, heading.column) else None


def _beside_labels(sheet: Sheet, table: Table, number: int) -> tuple[int, int] | None:
    """Row and column where the header of an indicator table begins behind labels of fields in the same row."""
    row = table.rows[number]
    held = sheet.columns(row)
    if "name" not in held:
        return None
    column = next(c.column for c, holds in zip(row, held, strict=True) if holds in ("level1", "level2", "name"))
    in_front = [cell for cell in row if cell.column < column]
    if not any((use := sheet.use(cell)) and use.role == "field" for cell in in_front):
        return None
    if not all(sheet.use(cell) or sheet.money(cell) for cell in in_front):
        return None
    return (number, column) if _is_beside_all(sheet, table, number, column) else None


def _is_beside_all(sheet: Sheet, table: Table, number: int, column: int) -> bool:
    """Whether a header begins at a row and a column, and one row of values reaches down beside what it heads."""
    header = tuple(cell for cell in table.rows[number] if cell.column >= column)
    if not is_header_row(sheet, header):
        return False
    body = table.rows[number + max(cell.row_span for cell in header) :]
    return len(body) > 1 and body[0][0].column < column <= min(row[0].column for row in body[1:] if row)
