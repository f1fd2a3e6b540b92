"""Funding: amounts of money, and the labels beside and above them that say whose money it is.

A label names a source, a stage of the budget, a block of time, or several of them. An amount takes what the label to
its left says and what the labels above it say, so rows of sources under columns of stages, columns of sources, and
labels side by side with their amounts are all read in one way::

    项目资金（万元） | 年度资金总额   | 100 | 90       left: total, above: stage
    资金情况         | 中央 | 省级                     above: central, provincial
                     | 20   | 15
    中期资金总额     | 960 | 年度资金总额     | 320    left: total of the term and of the year
    其中：财政拨款   | 900 | 其中：财政拨款   | 300    the label above the label says which block

Where the table has a grid, above means above. In a dump, which has lost the spans, it means the same position in the
row, counted from the end where a row is longer than the header; blank cells of a lower header row continue the header
above them, and the filled ones divide it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from extract.document import Cell, Span, Table
from extract.form import OTHER_VALUE, Funding
from extract.labels import bare_label, label_unit
from extract.ledger import Owner
from extract.parser import details
from extract.parser.funding_text import HEADING, LabelledAmount, labelled_amounts
from extract.parser.sheet import Sheet
from extract.parser.torn_rows import MOST_PIECES, mended
from extract.rules import MoneyLabel
from extract.values import YUAN_PER_UNIT, Money, read_money

Row = tuple[Cell, ...]
_YEAR = re.compile(r"((?:19|20)\d\d)\s*年度?")
RATE = re.compile(r"-?\d+(?:\.\d+)?\s*[%％‰]?")


class _Amount(NamedTuple):
    """An amount's place, what its labels say, nearest first, and the unit of the nearest that states one."""

    span: Span
    source: str
    stage: str
    block: str
    unit: str | None
    is_weak: bool = False


def read(sheet: Sheet, table: Table, number: int) -> int:
    """Read the funding block that begins at row `number`; returns the number of rows it spans, 0 where none begins.

    Other cells of these rows stay free for the other parts of the parser.
    """
    if not _begins(sheet, table.rows[number]) and not _heads(sheet, table, number):
        return 0
    block = _Block(sheet, table, number)
    block.read()
    return len(block.rows)


def read_cell(sheet: Sheet, table: Table, number: int, position: int) -> bool:
    """Read a cell if labels and amounts are all that stands in it; whether it was.

    An amount without a unit of its own has that of its label, else of the heading beside the cell, else of the form;
    one without a stage has that of a label in front: 实际支出 | 合计：64.5 其中：财政拨款：60.
    """
    cell = table.rows[number][position]
    amounts = labelled_amounts(sheet, sheet.text[cell.start : cell.end])
    if amounts is None:
        return False
    heading = _heading_beside(sheet, table, number, position)
    if not heading and not all(amount.is_certain for amount in amounts):
        return False
    unit = label_unit(sheet.cell_text(heading)) if heading else _unit_beside(sheet, table, number, position)
    front = sheet.money(table.rows[number][position - 1]) if position else None
    _add_all(sheet, Span(cell.start, cell.end), amounts, unit, (front and front.stage) or "budget")
    if front:
        sheet.claim_label(table.rows[number][position - 1])
    return True


def read_paragraph(sheet: Sheet, start: int, end: int) -> bool:
    """Read a stretch outside of tables if labels and amounts are all that stands there; whether it was."""
    amounts = labelled_amounts(sheet, sheet.text[start:end])
    if amounts is None or not all(amount.is_certain for amount in amounts):
        return False
    _add_all(sheet, Span(start, end), amounts, None)
    return True


def _heading_beside(sheet: Sheet, table: Table, number: int, position: int) -> Cell | None:
    """The heading of a funding block to the left of a cell, in its row or reaching down to it from a row above."""
    row = table.rows[number]
    for above in range(number, -1, -1):
        to_the_left = table.rows[above][:position] if above == number else table.rows[above]
        for cell in reversed(to_the_left):
            if sheet.use(cell) == HEADING:
                reaches = cell.row + cell.row_span > row[position].row and cell.column < row[position].column
                return cell if above == number or reaches or not table.has_grid else None
        if not table.has_grid and sheet.cell_text(row[0]):
            break
    return None


def _unit_beside(sheet: Sheet, table: Table, number: int, position: int) -> str | None:
    """The unit that a cell in front of an amount states, in its row or reaching down to it, if no rule knows it."""
    here = table.rows[number][position]
    above = _reaching_down(table.rows[:number], here.row) if table.has_grid else ()
    in_front = (*table.rows[number][:position], *(cell for cell in above if cell.column < here.column))
    return next(filter(None, (label_unit(sheet.cell_text(cell)) for cell in in_front)), None)


def _reaching_down(rows: Iterable[Row], to: int) -> Iterator[Cell]:
    """The cells of rows further up that are merged down to the row `to` of their table."""
    return (cell for row in rows for cell in row if cell.row + cell.row_span > to)


def _add_all(
    sheet: Sheet, stretch: Span, amounts: Sequence[LabelledAmount], heading_unit: str | None, stage: str = "budget"
) -> None:
    """Record the amounts of a stretch, of this stage where they name none; all else in it are labels."""
    beside_a_year = any(amount.says.block == "annual" for amount in amounts)
    in_front = sheet.text[stretch.start : stretch.start + amounts[0].span.start] if amounts else ""
    unit_of_all = heading_unit or label_unit(in_front) or sheet.unit_line
    for label, says, money, place, _ in amounts:
        span = Span(stretch.start + place.start, stretch.start + place.end)
        if says.source:
            unit = label_unit(label) or unit_of_all
            block = _resolved(says.block, beside_a_year)
            _add(sheet, _Amount(span, says.source, says.stage or stage, block, unit), money)
        else:
            sheet.add_value(OTHER_VALUE, bare_label(label), span)
    sheet.ledger.claim(*stretch, Owner.LABEL)


# ------------------------------------------------------------------------------------------------------ where it begins


def _begins(sheet: Sheet, row: Row) -> bool:
    """Whether a row names the block or a source that is nothing else, or at least two sources or stages."""
    said = [
        label
        for before, cell in zip((None, *row), row, strict=False)
        if (label := sheet.money(cell)) and not sheet.is_taken(cell) and not (before and _names_funds(sheet, before))
    ]
    if not said or len(row) == 1:
        return False
    if any(label.source and not label.weak for label in said) or HEADING in sheet.uses(row):
        return True
    return len({label.source or label.stage for label in said} - {None}) > 1


def _names_funds(sheet: Sheet, cell: Cell) -> bool:
    """Whether a cell is a field's label, so that a fund's name beside it is its value: 资金名称 | 衔接资金."""
    use = sheet.use(cell)
    return use is not None and use.role == "field" and sheet.money(cell) is None


def _heads(sheet: Sheet, table: Table, number: int) -> bool:
    """Whether a row of labels holds a heading of a block whose labels stand in the row below."""
    row, below = table.rows[number], table.rows[number + 1 : number + 2]
    over = [cell for cell in row if sheet.use(cell) == HEADING and cell.row_span == 1 < cell.column_span]
    return bool(over and below) and all(map(sheet.use, row)) and _begins(sheet, below[0])


class _Block:
    """The rows of one block and how its cells stand to each other."""

    def __init__(self, sheet: Sheet, table: Table, first: int) -> None:
        self._sheet = sheet
        self._has_grid = table.has_grid
        self._table, self._first = table, first
        self._read: set[tuple[int, Cell | None, str, str, str]] = set()  # what the amounts of each row and label say
        self.rows: list[Row] = []
        self._headers: set[int] = set()  # the numbers of the rows of labels side by side
        self._labels: list[Cell] = []
        self._said: list[list[Cell]] = []  # by row, the cells that say something of those below them
        self._columns: list[list[Cell]] = []  # in a dump, the header cells over each position, the nearest first
        self._header_rows = 0
        self._add(table.rows[first])
        self._take_rows(table.rows[first + 1 :])
        for number in range(1, len(self.rows)):
            if self._divides_header(number):
                self._headers.add(number)
        self._units = {unit for cell in self._labels if (unit := self._unit(cell))}
        said = [label for cell in self._labels if (label := sheet.money(cell))]
        self._beside_a_year = any(label.block == "annual" for label in said)
        self._names_sources = any(label.source for label in said)

    # ---------------------------------------------------------------------------------------------------- rows

    def _add(self, row: Row) -> None:
        is_header = self._is_header(row)
        if is_header:
            self._headers.add(len(self.rows))
        labels = [cell for cell in row if self._is_label(cell)]
        self._labels += labels
        says_all = self._has_grid and is_header
        said = [cell for cell in row if cell in labels or self._sheet.cell_text(cell)] if says_all else labels
        self._said.append([] if self._is_heading(row) else said)
        self.rows.append(row)

    def _take_rows(self, below: Sequence[Row]) -> None:
        """The rows that belong to the block, torn rows of a dump put together again."""
        if not self._has_grid:
            self._take_header(below)
        taken = len(self.rows) - 1
        while taken < len(below):
            row, pieces = below[taken], 1
            if self._columns and len(row) < len(self._columns) and not self._has_labels(row):
                whole = mended(self._unlabelled(below[taken : taken + MOST_PIECES]), len(self._columns))
                row, pieces = whole or (row, 1)
            if not self._continues(row) or details.begins(self._sheet, self._table, self._first + 1 + taken):
                break
            self._add(row)
            for _ in range(pieces - 1):  # the pieces of a torn row count as rows of the table
                self._add(())
            taken += pieces

    def _unlabelled(self, rows: Sequence[Row]) -> list[Row]:
        kept: list[Row] = []
        for row in rows:
            if self._has_labels(row):
                break
            kept.append(row)
        return kept

    def _has_labels(self, row: Row) -> bool:
        return any(self._is_label(cell) or self._sheet.use(cell) for cell in row)

    def _is_label(self, cell: Cell) -> bool:
        return self._sheet.money(cell) is not None or self._sheet.use(cell) == HEADING

    def _continues(self, row: Row) -> bool:
        sheet = self._sheet
        uses = sheet.uses(row)
        if "name" in sheet.columns(row):
            return False
        if self._has_grid and self._is_reached(row):
            return True
        filled = [cell for cell in row if not sheet.is_blank(cell)]
        if not filled:
            return False
        said = [label for cell in filled if (label := sheet.money(cell))]
        first = sheet.use(filled[0])
        if said:
            return not (first and first.role == "field") or any(not label.weak and label.source for label in said)
        if any(use for use in uses):
            return False
        if len(self.rows) - 1 in self._headers and (self._columns or self._has_columns(row)):
            return True  # the row below the header, whatever stands in it
        return self._has_columns(row) and any(read_money(sheet.cell_text(cell)) for cell in filled)

    def _is_reached(self, row: Row) -> bool:
        """Whether a label of the block is merged down to this row."""
        number = row[0].row
        return any(c.row + c.row_span > number for c in self._labels if c.row_span > 1)

    def _has_columns(self, row: Row) -> bool:
        """Whether amounts of a row without labels would stand under labels."""
        if not self._has_grid:
            return len(row) == len(self._columns)
        filled = [cell for cell in row if self._sheet.cell_text(cell)]
        return any(any(map(self._is_label, self._same_column(self.rows[-1], cell, 0))) for cell in filled) or any(
            read_money(self._sheet.cell_text(c)) and any(map(self._is_label, self._above(len(self.rows), c)))
            for c in filled
        )

    def _take_header(self, below: Sequence[Row]) -> None:
        """In a dump, the rows of labels side by side, and what they put over each position."""
        sheet = self._sheet
        if not self._headers:
            return
        self._columns = [[cell] for cell in self.rows[0]]
        for row in below:
            filled = [cell for cell in row if sheet.cell_text(cell)]
            if not any(sheet.money(c) for c in filled) or any(sheet.use(c) not in (None, HEADING) for c in filled):
                break
            if any(read_money(sheet.cell_text(cell)) for cell in filled) or not self._is_header(row):
                break
            divided = self._divided(row)
            if divided is None:
                break
            self._columns = divided
            self._add(row)
        self._header_rows = len(self.rows)

    def _is_header(self, row: Row) -> bool:
        """Whether labels stand side by side, or one at the end of the row, and no amount among them."""
        sheet = self._sheet
        if any(read_money(sheet.cell_text(cell)) for cell in row):
            return False
        labels = [sheet.money(cell) is not None for cell in row]
        return labels[-1:] == [True] or any(a and b for a, b in pairwise(labels))

    def _divides_header(self, number: int) -> bool:
        """Whether a row below a header holds labels, some unknown, and no amount, but the row below it does."""
        row, below = self.rows[number], self.rows[number + 1] if number + 1 < len(self.rows) else ()
        text = self._sheet.cell_text
        return (
            self._has_grid
            and number - 1 in self._headers
            and self._has_labels(row)
            and not any(read_money(text(cell)) for cell in row)
            and any(read_money(text(cell)) for cell in below)
        )

    def _divided(self, row: Row) -> list[list[Cell]] | None:
        """The columns that a lower header row makes of those above it; None where the two do not fit together.

        A label that repeats is below the next of them: 总额 | 其他 | 总额 | 其他.
        """
        if len(row) == len(self._columns) and not any(
            self._sheet.cell_text(cell) and self._sheet.money(above[0])
            for cell, above in zip(row, self._columns, strict=True)
        ):
            return [[cell, *above] for cell, above in zip(row, self._columns, strict=True)]
        divided: list[list[Cell]] = []
        rest = list(row)
        for above in self._columns:
            if not rest:
                return None
            if not self._sheet.cell_text(rest[0]):
                rest.pop(0)
                divided.append(above)
                continue
            said: list[MoneyLabel | None] = []
            while rest and self._sheet.cell_text(rest[0]) and (label := self._sheet.money(rest[0])) not in said:
                said.append(label)
                divided.append([rest.pop(0), *above])
        return None if rest else divided

    # ------------------------------------------------------------------------------------------------- geometry

    def _above(self, number: int, cell: Cell) -> Iterator[Cell]:
        """The labels above a cell of row `number`, and what else its header says, the nearest first."""
        length = len(self.rows[number]) if number < len(self.rows) else 0
        top = 0 if self._has_grid else self._header_rows
        for above in range(number - 1, top - 1, -1):
            if said := self._said[above]:
                yield from (c for c in self._same_column(self.rows[above], cell, length) if c in said)
        if self._columns:
            position = cell.column + len(self._columns) - length
            if 0 <= position < len(self._columns):
                yield from (c for c in self._columns[position] if self._sheet.cell_text(c))

    def _is_heading(self, row: Row) -> bool:
        """Whether all that a row says is a heading of the rows below: 按收入性质分."""
        filled = [cell for cell in row if self._sheet.cell_text(cell)]
        return len(filled) == 1 and self._sheet.money(filled[0]) == MoneyLabel()

    def _same_column(self, row: Row, cell: Cell, length: int) -> Sequence[Cell]:
        if self._has_grid:
            start, end = cell.column, cell.column + cell.column_span
            return [c for c in row if c.column < end and start < c.column + c.column_span]
        position = cell.column + len(row) - length
        return [row[position]] if 0 <= position < len(row) else []

    def _left(self, number: int, cell: Cell, reaching: Sequence[Cell]) -> Cell | None:
        """The label to the left, over amounts, blanks and values; a text that no rule knows, where that is nearer.

        `reaching` are the cells of the row from right to left.
        """
        sheet = self._sheet
        for other in reaching:
            if other.column >= cell.column:
                continue
            if sheet.money(other) is not None:
                return other
            text = sheet.cell_text(other)
            if (
                text
                and not (read_money(text) or RATE.fullmatch(text) or sheet.rules.phrases.is_blank(text))
                and not self._is_value(number, other)
            ):
                return other
        return None

    def _is_value(self, number: int, cell: Cell) -> bool:
        """Whether a cell holds the value of a field whose label stands above it: a form across the page."""
        over = (other for row in self.rows[:number] for other in self._same_column(row, cell, 0))
        return self._has_grid and any(use and use.role == "field" for use in map(self._sheet.use, over))

    def _reaching(self, number: int) -> list[Cell]:
        """The cells of a row from right to left, merged ones that begin above it included."""
        cells = list(self.rows[number])
        if self._has_grid and cells:
            cells += _reaching_down(self.rows[:number], cells[0].row)
        return sorted(cells, key=lambda cell: cell.column, reverse=True)

    # -------------------------------------------------------------------------------------------------- amounts

    def read(self) -> None:
        """Record the amounts and claim the labels."""
        for cell in self._labels:
            self._sheet.claim_label(cell)
        for number, row in enumerate(self.rows):
            if number not in self._headers:
                reaching = self._reaching(number)
                for cell in row:
                    if not self._sheet.is_blank(cell) and self._sheet.use(cell) is None:
                        self._read_cell(number, cell, reaching)

    def _read_cell(self, number: int, cell: Cell, reaching: Sequence[Cell]) -> None:
        sheet = self._sheet
        left = self._left(number, cell, reaching)
        label = sheet.money(left) if left else None
        if left and label is None and (year := _YEAR.fullmatch(sheet.cell_text(left))):
            sheet.claim_label(left)
            if int(year[1]) != sheet.fiscal_year:
                self._read_other_year(number, cell, left)
                return
            left = None
        if left and label is None and self._begins_beside_header(left, number):
            left = None  # the heading of the block, though no rule knows it
        if left and label is None and sheet.use(left) != HEADING:
            return  # a detail of the budget under a name of its own, or a field's value
        over = list(self._above(number, cell))
        said = label is not None or any(map(sheet.money, over))
        span = sheet.trimmed(cell.start, cell.end)
        text = sheet.text[span.start : span.end]
        money = read_money(text)
        if not said and money and over and sheet.use(over[0]) == HEADING:
            sheet.add_value(OTHER_VALUE, bare_label(sheet.cell_text(over[0])), span)
            return
        if not said and not (money and self._columns):
            return
        is_unknown = bool(over) and not self._is_label(over[0])
        if not said or is_unknown or not self._fits(number, left if label else None):
            if money:
                self._misaligned(span)
            return
        in_front = [other for other in reaching if left and label and other.column < left.column]
        amount = self._amount(number, left if label else None, in_front, over, span)
        if sheet.rules.phrases.is_blank(text):
            sheet.ledger.claim(*span, Owner.VALUE)
        elif amount is None or (amount.is_weak and self._is_recorded(amount)) or self._is_second(number, left, amount):
            # What a vaguer label repeats (一般公共预算 below 财政拨款) is no second amount of the source, nor is what
            # stands behind an amount under no header of its own.
            is_under_other = bool(over) and sheet.money(over[0]) == MoneyLabel()  # a reason below 原因
            if money or RATE.fullmatch(text) or is_under_other:
                heads = [*([left] if left and label else []), *over[:1]]
                sheet.add_value(OTHER_VALUE, " ".join(bare_label(sheet.cell_text(each)) for each in heads), span)
        elif not money and (amounts := labelled_amounts(sheet, text)):  # 预算资金 | 合计：66 其中：财政拨款：60
            _add_all(sheet, span, amounts, amount.unit, amount.stage)
        elif (
            money
            or self._is_next(left if label else None, cell)
            or (not label and self._is_under_header(over[0], number))
        ):
            _add(sheet, amount, money)
        elif left and not label and not self._has_labels(self.rows[number]) and not labelled_amounts(sheet, text):
            sheet.add_value(OTHER_VALUE, bare_label(sheet.cell_text(left)), span)  # what the money is for

    def _begins_beside_header(self, left: Cell, number: int) -> bool:
        """Whether a cell in front of an amount reaches down to it from a header row."""
        begins = self._row_of(left, number) if left.row_span > 1 else number
        return begins < number and begins in self._headers and self._sheet.use(left) is None

    def _read_other_year(self, number: int, cell: Cell, year: Cell) -> None:
        """Keep an amount of another year than the form's; it is none of the form's budget."""
        sheet = self._sheet
        span = sheet.trimmed(cell.start, cell.end)
        if read_money(sheet.text[slice(*span)]):
            heads = [year, *list(self._above(number, cell))[:1]]
            sheet.add_value(OTHER_VALUE, " ".join(bare_label(sheet.cell_text(each)) for each in heads), span)

    def _misaligned(self, span: Span) -> None:
        self._sheet.note("funding.misaligned", span)

    def _is_recorded(self, amount: _Amount) -> bool:
        recorded = ((row.source, row.stage, row.block) for row in self._sheet.funding)
        return (amount.source, amount.stage, amount.block) in recorded

    def _is_second(self, number: int, left: Cell | None, amount: _Amount) -> bool:
        """Whether an amount of the same row and label says the same; from here on this one does."""
        key = (number, left, amount.source, amount.stage, amount.block)
        is_second = left is not None and key in self._read
        self._read.add(key)
        return is_second

    def _is_under_header(self, label: Cell, number: int) -> bool:
        return bool(self._columns) or self._row_of(label, number) in self._headers

    def _is_next(self, left: Cell | None, cell: Cell) -> bool:
        return left is not None and left.column + left.column_span == cell.column

    def _fits(self, number: int, left: Cell | None) -> bool:
        """In a dump, whether the row lines up with the header: as long, or its label stands in front of the columns."""
        if not self._columns or number < self._header_rows:
            return True
        length, row = len(self._columns), self.rows[number]
        if left is None:
            return len(row) == length
        position = left.column + length - len(row)
        return len(row) == length or position < 0 or not any(self._sheet.money(c) for c in self._columns[position])

    def _amount(
        self, number: int, left: Cell | None, in_front: Sequence[Cell], over: list[Cell], span: Span
    ) -> _Amount | None:
        """What the labels say of the amount at `span`; None where they head other figures.

        Those in front of the label on its left and those above it say the stage where no nearer one does.
        """
        sheet = self._sheet
        label = sheet.money(left) if left else None
        above = [each for cell in over if (each := sheet.money(cell))]
        if any(each == MoneyLabel() for each in (*([label] if label else []), *above[:1])):
            return None
        said = [*([label] if label else []), *above]
        if left and label and self._names_row(left, label, over, number):
            said = [*above, label]
        sources = [each for each in said if each.source]
        named = next((each for each in sources if not (each.weak and each.source == "total")), None)
        chosen = named or next(iter(sources), None)
        is_all = not self._names_sources or (label and label.stage and not above) or self._is_beside_total(over, number)
        if not chosen and is_all:
            chosen = MoneyLabel("total")  # 预算数 | 158, or a header of stages alone
        if not chosen or not chosen.source or (not named and self._sums_up_others(left, over, number)):
            return None
        over_label = list(self._above(self._row_of(left, number), left)) if left else []
        further = [each for cell in (*in_front, *over_label) if (each := sheet.money(cell))]
        stage = next((each.stage for each in (*above, *said, *further) if each.stage), "budget")
        blocks = [each.block for cell in over_label if (each := sheet.money(cell)) and each.block]
        block = next((b for b in (label.block if label else None, *blocks, *(a.block for a in above)) if b), None)
        units = [self._unit(cell) for cell in (*([left] if left else []), *over, *over_label)]
        shared = next(iter(self._units)) if len(self._units) == 1 else None
        unit = next(filter(None, units), None) or shared or (None if self._units else self._unit_of_form(number))
        return _Amount(span, chosen.source, stage, _resolved(block, self._beside_a_year), unit, chosen.weak)

    def _names_row(self, left: Cell, label: MoneyLabel, over: list[Cell], number: int) -> bool:
        """Whether a label says what the amounts beside it are for, and the header above them whose they are.

        It begins beside that header and reaches down, or it is a total (项目总投资 | 本年度申请) below it.
        """
        if not over or self._row_of(over[0], number) not in self._headers:
            return False
        begins = self._row_of(left, number)
        return label.source == "total" if begins == number else begins in self._headers

    def _is_beside_total(self, over: list[Cell], number: int) -> bool:
        """Whether the total stands in the header beside the label of a stage, and no source: 预算金额 | 支出金额."""
        header = self.rows[self._row_of(over[0], number)] if over else ()
        return {label.source for cell in header if (label := self._sheet.money(cell)) and label.source} == {"total"}

    def _sums_up_others(self, left: Cell | None, over: list[Cell], number: int) -> bool:
        """Whether the vague total (合计) that an amount stands under sums up figures that are no sources."""
        total = next((c for c in (*([left] if left else []), *over) if (m := self._sheet.money(c)) and m.source), None)
        if total is None:
            return False
        beside = [label for c in self.rows[self._row_of(total, number)] if (label := self._sheet.money(c))]
        return MoneyLabel() in beside and not any(each.source and not each.weak for each in beside)

    def _row_of(self, cell: Cell, number: int) -> int:
        """The row of the block in which a label begins."""
        return next((i for i in range(number, -1, -1) if cell in self.rows[i]), number)

    def _unit(self, cell: Cell) -> str | None:
        return label_unit(self._sheet.cell_text(cell))

    def _unit_of_form(self, number: int) -> str | None:
        """The unit of a heading beside the row that is unknown or begins above the block, else that of the form."""
        beside = [cell for cell in self._reaching(number) if not self._is_label(cell)]
        above = self._table.rows[: self._first]
        if self._has_grid and self.rows[number]:
            beside += _reaching_down(above, self.rows[number][0].row)
        elif not self._has_grid and not self._sheet.cell_text(self.rows[0][0]):
            opening = (row[0] for row in reversed(above) if row and self._sheet.cell_text(row[0]))
            beside += [cell for cell in [next(opening, None)] if cell]
        stated = filter(None, map(self._unit, beside))
        return next(stated, self._sheet.unit_line)


def _resolved(block: str | None, beside_a_year: bool) -> str:
    """A whole term is one of its own only beside a year."""
    return ("long_term" if beside_a_year else "annual") if block == "whole" else block or "annual"


def _add(sheet: Sheet, amount: _Amount, money: Money | None) -> None:
    """Record an amount; one that is no number keeps its text."""
    sheet.ledger.claim(*amount.span, Owner.VALUE)
    unit = (money.unit if money else None) or amount.unit
    yuan = money.amount * YUAN_PER_UNIT[unit] if money and unit else None
    text = sheet.text[slice(*amount.span)]
    number = money.amount if money else None
    sheet.funding.append(Funding(amount.source, amount.stage, amount.block, number, unit, yuan, text, amount.span))
    if not money:
        sheet.note("funding.unread", amount.span, source=amount.source)
    elif not unit:
        sheet.note("funding.no_unit", amount.span, source=amount.source)
