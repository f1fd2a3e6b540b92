"""Forms across the page: a header above one row of values, the indicator table beside the fields and amounts::

    单位名称 | 年度预算申请        | 整体绩效目标 | 部门整体支出年度绩效目标
             | 资金总额 | 财政拨款 |              | 一级指标 | 二级指标 | 三级指标   | 指标值
    某某处   | 742      | 700      | 确保度汛     | 产出指标 | 数量指标 | 维护堤防   | 46公里
             |          |          |              |          | 质量指标 | 涵闸完好率 | ≥96%

Cut in front of the indicators, both parts are tables like any others.
"""

from __future__ import annotations

from collections.abc import Sequence

from extract.document import Cell, Table
from extract.parser.indicators.header import is_header_row
from extract.parser.sheet import Sheet


def cut(sheet: Sheet, table: Table) -> Sequence[Table]:
    """The table, or its parts above, left of and right of an indicator table that stands beside the rest."""
    for number, row in enumerate(table.rows[:-2] if table.has_grid else ()):
        heading = row[-1] if len(row) > 1 else None
        if heading and _is_beside_all(sheet, table, number, heading):
            sheet.claim_label(heading)
            above, rest = table.rows[:number], table.rows[number:]
            left = [tuple(cell for cell in each if cell.column < heading.column) for each in rest]
            right = [tuple(cell for cell in each if cell.column >= heading.column) for each in rest[1:]]
            parts = [tuple(filter(None, part)) for part in (above, left, right)]
            return [Table(part, has_grid=True) for part in parts if part]
    return [table]


def _is_beside_all(sheet: Sheet, table: Table, number: int, heading: Cell) -> bool:
    """Whether a heading stands over the header of an indicator table, and one row of values reaches down beside it."""
    row = table.rows[number + 1]
    header = tuple(cell for cell in row if cell.column >= heading.column)
    if heading.row_span > 1 or not sheet.use(heading) or not is_header_row(sheet, header):
        return False
    if any(sheet.column(cell) for cell in row if cell.column < heading.column):  # the header reaches further
        return False
    body = table.rows[number + 1 + max(cell.row_span for cell in header) :]
    return len(body) > 1 and body[0][0].column < heading.column <= min(row[0].column for row in body[1:] if row)
