"""Fields: a label's value stands beside it, below it, or behind the colon in the same cell."""

from __future__ import annotations

import re
from typing import NamedTuple

from extract.document import Cell, Paragraph, Table
from extract.labels import LONGEST_LABEL, bare_label, list_number
from extract.ledger import Owner
from extract.parser import funding
from extract.parser.sheet import Sheet
from extract.values import ROW_TYPES, has_marks, read_value

_COLON = re.compile("[:：]")
# The header of a list names at least so many columns.
_FEWEST_COLUMNS = 3
# So long at most is what heads a column of values.
_LONGEST_HEAD = 16


class _InlineLabel(NamedTuple):
    """A label followed by a colon: the field that it names, its place, colon included, and the end of its value."""

    name: str
    start: int
    end: int
    value_end: int


def read(sheet: Sheet, table: Table, number: int) -> None:
    """Read one row of labels and values; none stand in the header of a numbered list, such as one of payments."""
    row = table.rows[number]
    if _heads_numbered_rows(sheet, table, number):
        return
    for position, cell in enumerate(row):
        if sheet.is_blank(cell):
            continue
        use = sheet.use(cell)
        if use and use.role == "section":
            sheet.claim_label(cell)
        elif use and use.role == "field":
            sheet.claim_label(cell)
            _read_value_cells(sheet, table, number, position, use.name)
        elif not funding.read_cell(sheet, table, number, position):
            _read_inline(sheet, _inline_labels(sheet, cell.start, cell.end), table, number, position)


def read_paragraph(sheet: Sheet, paragraph: Paragraph) -> None:
    """Read the labels with colons in a paragraph, each up to the next."""
    if funding.read_paragraph(sheet, paragraph.start, paragraph.end):
        return
    if sheet.rule.use_of(sheet.text[paragraph.start : paragraph.end]):  # the heading of a table
        sheet.ledger.claim(paragraph.start, paragraph.end, Owner.LABEL)
    for label in _inline_labels(sheet, paragraph.start, paragraph.end):
        _read_behind_colon(sheet, label)


def _row_below(table: Table, number: int) -> tuple[Cell, ...]:
    """The row below row `number`; one without cells where there is none."""
    return table.rows[number + 1] if number + 1 < len(table.rows) else ()


def _heads_numbered_rows(sheet: Sheet, table: Table, number: int) -> bool:
    """Whether a row of texts has a row as long below it that is counted, from 1 on: 序号 | 支出内容 | 金额."""
    row, below = table.rows[number], _row_below(table, number)
    if len(row) < _FEWEST_COLUMNS or len(below) != len(row) or sheet.cell_text(below[0]) != "1":
        return False
    return not sheet.use(row[0]) and all(map(sheet.cell_text, row))


# ------------------------------------------------------------------------------------------------- values in cells


def _read_value_cells(sheet: Sheet, table: Table, number: int, position: int, name: str) -> None:
    """The value of the label at `position` of row `number`: beside it and, for merged labels, in the rows it covers.

    A label that only heads others (总体目标 | 预期目标 | 实际完成情况) has none of its own.
    """
    label = table.rows[number][position]
    if sheet.rule.fields[name].type == "rows":
        cells: list[Cell] | None = _covered(sheet, table, number, position)
    else:
        cells = _value_cells(sheet, table, number, position)
    if cells is None:
        return
    filled = [cell for cell in cells if sheet.is_free(cell)]
    if not table.has_grid and filled and _is_run_of_labels(sheet, filled[0]):
        return
    if filled and sheet.rule.fields[name].type in ROW_TYPES:
        filled = filled[: _value_width(sheet, name, filled)]
    elif filled:
        filled = [cell for cell in filled if cell.column == filled[0].column]
    if filled:
        start, end = filled[0].start, filled[-1].end
    else:
        start = end = cells[0].start if cells else label.end
    sheet.add_field(name, bare_label(sheet.cell_text(label)), start, end)


def _value_cells(sheet: Sheet, table: Table, number: int, position: int) -> list[Cell] | None:
    """The cells that may hold the value of a label; None where it only heads others."""
    if position == 0 and _heads_columns(sheet, table, number):
        return None
    if under := _under_header(sheet, table, number, position):
        return [under]
    beside = _beside(sheet, table, number, position)
    if any(map(sheet.cell_text, beside)) or (beside and not _is_headed(sheet, table, number, position)):
        return beside + _continued(sheet, table, number, position)
    below = _below(sheet, table, number, position)
    if not any(map(sheet.is_free, below)) and _heads_others(sheet, table, number, position):
        return None
    return below


def _value_width(sheet: Sheet, name: str, cells: list[Cell]) -> int:
    """How many of the cells beside a label are its value: the fewest that read without a problem, else all.

    Boxes stand in cells of their own as often as not; where there is one, all of the cells count.
    """
    spec = sheet.rule.fields[name]
    has_boxes = spec.type == "choice" and any(has_marks(sheet.cell_text(cell)) for cell in cells[1:])
    if spec.type in ("cells", "rows") or has_boxes:
        return len(cells)
    readings = (read_value(spec.type, sheet.text[cells[0].start : cell.end].strip(), spec.options) for cell in cells)
    return next((width for width, reading in enumerate(readings, start=1) if not reading.problem), len(cells))


def _beside(sheet: Sheet, table: Table, number: int, position: int) -> list[Cell]:
    """The cells to the right, up to the next label or a gap that a merged cell from above fills.

    The cell next to a label is its value whatever it opens with, unless it is a label itself. Only a label that ends
    with a colon, and may have nothing behind it, can have another such label beside it.
    """
    row = table.rows[number]
    may_stand_alone = bool(_COLON.match(sheet.cell_text(row[position])[-1:]))
    column = row[position].column + row[position].column_span
    cells: list[Cell] = []
    for cell in row[position + 1 :]:
        is_next = not cells and not may_stand_alone
        is_label = _is_label(sheet, cell) if is_next else announces(sheet, cell)
        if cell.column != column or is_label or sheet.is_taken(cell):
            break
        if cells and not sheet.cell_text(cells[0]) and sheet.cell_text(cell) and _shows_spans(table):
            break  # the value is blank; what stands behind it is a label that no rule knows, or its value
        cells.append(cell)
        column += cell.column_span
    return cells


def _shows_spans(table: Table) -> bool:
    """Whether cells reach over columns: where none does, blank cells may be what merged ones have left."""
    return table.has_grid and any(cell.column_span > 1 for row in table.rows for cell in row)


def _is_headed(sheet: Sheet, table: Table, number: int, position: int) -> bool:
    """Whether another label opens the row and goes on in the next: then blank cells beside this one are no value."""
    row, below = table.rows[number], _row_below(table, number)
    if position == 0 or len(below) < 2 or not _is_label(sheet, row[0]):
        return False
    return below[0].column > row[0].column or not sheet.cell_text(below[0])


def _under_header(sheet: Sheet, table: Table, number: int, position: int) -> Cell | None:
    """The cell below a label where a merged label opens the row, and a cell stands below each of the others.

    Then the text beside the label heads a column too, whether the rules know it or not: 年度目标 | 预期目标 | 实现程度.
    """
    row, below = table.rows[number], _row_below(table, number)
    if not table.has_grid or position == 0 or row[0].row_span < 2 or not _is_label(sheet, row[0]):
        return None
    is_below = [(cell.column, cell.column_span) for cell in below] == [(c.column, c.column_span) for c in row[1:]]
    is_header = len(row) > 2 and all(0 < len(sheet.cell_text(cell)) <= _LONGEST_HEAD for cell in row)
    is_filled = all(not sheet.is_blank(cell) and not announces(sheet, cell) for cell in below)
    return below[position - 1] if is_below and is_header and is_filled else None


def _below(sheet: Sheet, table: Table, number: int, position: int) -> list[Cell]:
    """The cells below, where a whole row of labels has rows of values under it, or the rest of a torn row."""
    if number + 1 >= len(table.rows):
        return []
    row, values = table.rows[number], table.rows[number + 1]
    if not table.has_grid and position == len(row) - 1 and len(values) == 1 and not announces(sheet, values[0]):
        return [values[0]]  # a row that a blank paragraph has torn behind its label
    labels = row[_opener(sheet, row, values) :]
    is_header = all(_is_label(sheet, cell) or not sheet.cell_text(cell) for cell in labels)
    if not is_header and not _heads_columns(sheet, table, number):
        return []
    if len(row) == 1 and sum(not sheet.is_blank(cell) for cell in values) > 1:
        return []  # the heading of a part of the form
    cells: list[Cell] = []
    first = number + 1
    while first < number + row[position].row_span and _divides_header(sheet, table.rows[first]):
        first += 1
    for below in range(first, len(table.rows)):
        values = table.rows[below]
        if any(announces(sheet, cell) for cell in values):
            break
        under = _under(table, row, values, position)
        if under is None or sheet.is_taken(under) or (cells and not _goes_on(sheet, table, row, values)):
            break
        cells.append(under)
    return cells


def _heads_columns(sheet: Sheet, table: Table, number: int) -> bool:
    """Whether a merged label opens a row of headings, known or not, that have values below: the last is a label.

    专项目标 | 专项期目标 | 年度目标
             | 培育企业   | 支持项目45个
    """
    row, below = table.rows[number], _row_below(table, number)
    if len(row) < 3 or not below or not _is_label(sheet, row[0]) or not _is_label(sheet, row[-1]):
        return False
    values = below if table.has_grid else below[1:]
    goes_on = row[0].row_span > 1 if table.has_grid else not sheet.cell_text(below[0])
    same = [cell.column for cell in values] == [cell.column for cell in row[1:]]
    return goes_on and same and not any(announces(sheet, cell) for cell in values)


def _opener(sheet: Sheet, row: tuple[Cell, ...], below: tuple[Cell, ...]) -> int:
    """1 where a cell that is no label opens a row and goes on in the next, as a heading does; else 0."""
    goes_on = row[0].row_span > 1 or (len(below) == len(row) > 2 and not sheet.cell_text(below[0]))
    return int(len(row) > 2 and goes_on)


def _divides_header(sheet: Sheet, row: tuple[Cell, ...]) -> bool:
    """Whether a row holds labels alone, those of amounts among them, as the lower rows of a header do."""
    return all(sheet.use(cell) or sheet.money(cell) or not sheet.cell_text(cell) for cell in row)


def _under(table: Table, row: tuple[Cell, ...], values: tuple[Cell, ...], position: int) -> Cell | None:
    """The cell of a row of values that stands under the label at `position`."""
    if table.has_grid:
        return next((cell for cell in values if cell.column == row[position].column), None)
    return values[position] if len(values) == len(row) else None


def _goes_on(sheet: Sheet, table: Table, row: tuple[Cell, ...], values: tuple[Cell, ...]) -> bool:
    """Whether a further row of values is still covered by the label that opens the row of labels."""
    if table.has_grid:
        return values[0].row < row[0].row + row[0].row_span
    return len(values) > 1 and not sheet.cell_text(values[0])


def _heads_others(sheet: Sheet, table: Table, number: int, position: int) -> bool:
    """Whether the label opens a row of labels that have values below them."""
    row = table.rows[number]
    return position == 0 and any(_is_label(sheet, cell) for cell in row[1:])


def _continued(sheet: Sheet, table: Table, number: int, position: int) -> list[Cell]:
    """Cells of the following rows that a merged label covers: by its span or, in a dump, by blank cells below it."""
    label = table.rows[number][position]
    cells: list[Cell] = []
    for below in range(number + 1, len(table.rows)):
        row = table.rows[below]
        if table.has_grid:
            if row[0].row >= label.row + label.row_span:
                break
            beside = [cell for cell in row if cell.column == label.column + label.column_span]
        else:
            beside = _continuation_in_dump(sheet, row, position)
            if not beside:
                break
        if any(announces(sheet, cell) for cell in beside) and not _counts_on(sheet, label, row, beside[0]):
            break
        cells += beside
    return cells


def _counts_on(sheet: Sheet, label: Cell, row: tuple[Cell, ...], cell: Cell) -> bool:
    """Whether a cell below a value, alone in its row, has the next number of the list that the value begins."""
    filled = [each for each in row if sheet.cell_text(each)]
    numbers = [list_number(line) for line in sheet.text[label.end : cell.start].splitlines() if line.strip()]
    if len(filled) != 1 or not numbers or not numbers[0] or numbers[0][1] != 1:
        return False
    sign = numbers[0][0]
    last = max(each[1] for each in numbers if each and each[0] == sign)
    return list_number(sheet.cell_text(cell)) == (sign, last + 1)


def _continuation_in_dump(sheet: Sheet, row: tuple[Cell, ...], position: int) -> list[Cell]:
    """The one filled cell of a row, where it stands beside the blank cell below the label."""
    filled = [cell for cell in row if sheet.cell_text(cell)]
    return filled if len(filled) == 1 and filled[0].column == position + 1 else []


def _covered(sheet: Sheet, table: Table, number: int, position: int) -> list[Cell]:
    """All cells to the right of a label and of those below it that it covers: a table of its own."""
    label = table.rows[number][position]
    if [cell for cell in table.rows[number] if sheet.cell_text(cell)] == [label]:
        return _under_heading(sheet, table, number)
    cells = list(table.rows[number][position + 1 :])
    for row in table.rows[number + 1 :]:
        if table.has_grid:
            if row[0].row >= label.row + label.row_span:
                break
        elif len(row) < 2 or any(map(sheet.cell_text, row[: position + 1])):
            break
        cells += row if table.has_grid else row[position + 1 :]
    return cells


def _under_heading(sheet: Sheet, table: Table, number: int) -> list[Cell]:
    """The cells of a table under a heading across the page: a header and the rows below it, up to the next label."""
    cells: list[Cell] = []
    for row in table.rows[number + 1 :]:
        if len(row) < 2 or any(map(sheet.column, row)) or (cells and announces(sheet, row[0])):
            break
        cells += row
    return cells


def _is_label(sheet: Sheet, cell: Cell) -> bool:
    """Whether the cell's text is a label of a field or a section."""
    return sheet.use(cell) is not None


def _is_run_of_labels(sheet: Sheet, cell: Cell) -> bool:
    """Whether a dump has run two rows together, so that a cell holds one label behind the other: 总体目标年度目标."""
    text = sheet.cell_text(cell)
    if "\n" in text or len(text) > LONGEST_LABEL or sheet.use(cell):
        return False
    halves = ((text[:at], text[at:]) for at in range(2, len(text) - 1))
    return any(sheet.rule.use_of(first) and sheet.rule.use_of(second) for first, second in halves)


def announces(sheet: Sheet, cell: Cell) -> bool:
    """Whether the cell is a label itself, or opens with one and a colon."""
    return _is_label(sheet, cell) or bool(_inline_labels(sheet, cell.start, cell.end))


# --------------------------------------------------------------------------------------- labels with a colon in a text


def _read_inline(sheet: Sheet, inline: list[_InlineLabel], table: Table, number: int, position: int) -> None:
    """Each label's value behind its colon; where nothing stands behind the last, the cells beside it hold it.

    Where nothing stands behind any of several, a dump has run rows together; whose the value beside is, it has lost.
    """
    if len(inline) > 1 and not any(sheet.text[label.end : label.value_end].strip() for label in inline):
        return
    for label in inline:
        if label is inline[-1] and not sheet.text[label.end : label.value_end].strip():
            sheet.ledger.claim(label.start, label.end, Owner.LABEL)
            _read_value_cells(sheet, table, number, position, label.name)
        else:
            _read_behind_colon(sheet, label)


def _read_behind_colon(sheet: Sheet, label: _InlineLabel) -> None:
    sheet.ledger.claim(label.start, label.end, Owner.LABEL)
    sheet.add_field(label.name, bare_label(sheet.text[label.start : label.end]), label.end, label.value_end)


def _inline_labels(sheet: Sheet, start: int, end: int) -> list[_InlineLabel]:
    """The labels with colons in a stretch that opens with one; else none, so that colons in prose mean nothing."""
    text = sheet.text[start:end]
    found: list[_InlineLabel] = []
    searched = 0
    for colon in _COLON.finditer(text):
        label = _label_before(sheet, text, searched, colon.start())
        searched = colon.end()
        if label is None:
            if not found:
                return []
            continue
        name, label_start = label
        if not found and text[:label_start].strip():
            return []
        if found:
            found[-1] = found[-1]._replace(value_end=start + label_start)
        found.append(_InlineLabel(name, start + label_start, start + colon.end(), end))
    return found


def _label_before(sheet: Sheet, text: str, start: int, colon: int) -> tuple[str, int] | None:
    """The longest field label that ends at `colon`, with its start; no label reaches over `start`, the colon before."""
    start = max(start, colon - LONGEST_LABEL)
    for at in range(start, colon):
        if text[at].isspace():
            continue
        use = sheet.rule.use_of(text[at:colon])
        if use and use.role == "field":
            return use.name, at
    return None
