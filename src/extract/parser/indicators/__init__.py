"""Indicators: a header names the columns, in whatever order; each row below it is an indicator.

`header` finds out what the columns hold, `fitting` which column each cell of a row stands in, `values` reads the cells.
Level names carry down: by the spans of merged cells where the table has a grid, and wherever a level's cell is blank.
The header may repeat after a page break; the table ends where its first column shows a label of the form.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from extract.document import Cell, Span, Table
from extract.form import OTHER_VALUE
from extract.labels import bare_label
from extract.ledger import Owner
from extract.parser.fields import announces
from extract.parser.indicators.fitting import Dump, Fitted, Grid
from extract.parser.indicators.header import ROWS_TO_JUDGE_BY, Block, Header, Row, read_header
from extract.parser.indicators.values import Levels, goes_on_with, has_indicator, read_indicator
from extract.parser.sheet import Sheet
from extract.parser.torn_rows import MOST_PIECES, mended
from extract.rules import IndicatorColumn, LabelUse
from extract.target import parse_target
from extract.values import read_points

# The longest name of a level, with its points and hints.
_LONGEST_LEVEL = 30
# Shorter ones than this one (质量指标) begin others.
_SHORTEST_LEVEL = 4

_LEVELS: tuple[IndicatorColumn, ...] = ("level1", "level2")
_SECTION = LabelUse("section", "indicators")


def read(sheet: Sheet, table: Table, number: int) -> int:
    """Read the indicator table that starts at row `number`; returns the number of rows read, 0 where none starts.

    A table may begin in the middle of one that a page break has cut in two.
    """
    if not sheet.rule.spec.indicators:
        return 0
    header, levels = read_header(sheet, table, number), list[Levels]()
    if header is None:
        header, levels = _continued(sheet, table) if number == 0 else (None, [])
        if header is None:
            return _read_total_below(sheet, table.rows[number])
    body = _Body(sheet, table, header, levels, number)
    at = number + len(header.rows)
    while at < len(table.rows):
        row, taken = table.rows[at], 1
        if again := read_header(sheet, table, at):
            body.take_header(again, at)
            taken = len(again.rows)
        elif body.is_total(row):
            body.take_total(row)
        elif body.ends_at(row):
            body.close(row)
            break
        else:
            row, taken = body.whole_row(table.rows[at : at + MOST_PIECES])
            body.take_row(row, table.rows[at + taken] if at + taken < len(table.rows) else ())
        at += taken
    sheet.unfinished = body if at == len(table.rows) else None
    return at - number


def _read_total_below(sheet: Sheet, row: Row) -> int:
    """Read a row that sums up the points of the table where other rows of the form stand between the two."""
    if not any(each.result.score is not None for each in sheet.indicators):
        return 0
    label = _first_filled(sheet, row)
    if label is None or sheet.money(label) or not sheet.rules.indicators.is_total(sheet.cell_text(label)):
        return 0
    _take_total(sheet, row, has_score=True)
    return 1


def _first_filled(sheet: Sheet, row: Row) -> Cell | None:
    return next((cell for cell in row if sheet.use(cell) != _SECTION and not sheet.is_blank(cell)), None)


def _take_total(sheet: Sheet, row: Row, *, has_score: bool) -> None:
    """What stands in a row that sums up is the form's, the last of the points its score."""
    label, *rest = [cell for cell in row if sheet.use(cell) != _SECTION and not sheet.is_blank(cell)]
    sheet.claim_label(label)
    filled = [cell for cell in rest if not sheet.rules.phrases.is_blank(sheet.cell_text(cell))]
    numbers = [cell for cell in filled if any(map(str.isdigit, sheet.cell_text(cell)))]
    for cell in filled:
        name = "total_score" if has_score and cell in numbers[-1:] else OTHER_VALUE
        sheet.add_value(name, bare_label(sheet.cell_text(label)), sheet.trimmed(cell.start, cell.end))


def _continued(sheet: Sheet, table: Table) -> tuple[Header | None, list[Levels]]:
    """The header and the levels in force where the table goes on with one that ended with an indicator."""
    body: _Body | None = sheet.unfinished
    sheet.unfinished = None
    header = body.header.above(table) if body else None
    if body is None or header is None:
        return None, []
    rows = Grid(sheet, header) if table.has_grid else Dump(sheet, header, 0, table.rows)
    first = rows.fit(table.rows[0])
    goes_on = first is not None and any(goes_on_with(sheet, block, first) for block in header.blocks)
    return (header, list(body.levels)) if goes_on else (None, [])


class _Body:
    """The rows below a header, with the levels in force in each block."""

    def __init__(self, sheet: Sheet, table: Table, header: Header, levels: list[Levels], number: int) -> None:
        self._sheet = sheet
        self._table = table
        self.levels = levels
        self._rows: Grid | Dump = Grid(sheet, header) if table.has_grid else Dump(sheet, header, 0, ())
        self._is_wrapped = False  # the row above goes on in the next
        self.take_header(header, number)

    def take_header(self, header: Header, number: int) -> None:
        """Go on under this header; where it has as many blocks as the one before, the levels stay in force."""
        sheet = self._sheet
        self.header = header
        if len(self.levels) != len(header.blocks):
            self.levels = [Levels()] * len(header.blocks)
        for row in header.rows:
            for cell in row:
                if sheet.use(cell) or sheet.column(cell) or any(c.start == cell.column for c in header.columns):
                    sheet.claim_label(cell)
        for column in header.columns:
            if column.holds is None:
                sheet.note("indicator.unknown_column", column=column.label)
        below = self._table.rows[number + len(header.rows) :][:ROWS_TO_JUDGE_BY]
        self._rows = Grid(sheet, header) if self._table.has_grid else Dump(sheet, header, self._left_out(below), below)

    def _left_out(self, below: Sequence[Row]) -> int:
        """How many cells every row of a dump lacks at its beginning: those of the section."""
        first, width = self.header.first, self.header.width
        if first == 0 or not below or len(below[0]) != width - first:
            return 0
        body = itertools.takewhile(lambda row: not self.ends_at(row), below)
        return first if all(len(row) == width - first for row in body) else 0

    # --------------------------------------------------------------------------------------------------- kinds of rows

    def whole_row(self, rows: Sequence[Row]) -> tuple[Row, int]:
        """The first of `rows` and 1; in a dump, a torn row put together again and the number of its pieces."""
        row = rows[0]
        if isinstance(self._rows, Dump) and len(row) < self._rows.width and not self.ends_at(row):
            pieces = [*rows[:1], *itertools.takewhile(lambda r: not self._starts_something(r), rows[1:])]
            whole = mended(pieces, self._rows.width)
            if whole and self._rows.is_likely(whole[0]):
                return whole
        return row, 1

    def _starts_something(self, row: Row) -> bool:
        """Whether a row of a dump can be no later piece of a torn row: it has labels, or all the cells of a row."""
        assert isinstance(self._rows, Dump)
        return len(row) >= self._rows.width or any(announces(self._sheet, cell) for cell in row)

    def ends_at(self, row: Row) -> bool:
        """Whether the row stands below the table.

        It begins in front of the first column with anything but blanks or the section's label; where the section has no
        column of its own, a label of the form in the first column ends the table, and what is known to stand below it.
        """
        if not row:
            return False
        use = self._sheet.use(row[0])
        if use == _SECTION:
            return False
        if announces(self._sheet, row[0]):
            return row[0].column <= self.header.start
        first = next((cell for cell in row if not self._sheet.is_blank(cell)), row[0])
        text = self._sheet.cell_text(first)
        if text and not self._is_level(text) and self._is_below(first, text):
            return True
        if self._is_foreign(row):
            return True
        full = self._table.has_grid or len(row) == self.header.width
        in_front = row[0].column < self.header.first and full
        return in_front and not self._sheet.is_blank(row[0])

    def _is_level(self, text: str) -> bool:
        canonical = self._sheet.rules.levels.canonical
        return bool(canonical("level1", text) or canonical("level2", text))

    def _is_below(self, cell: Cell, text: str) -> bool:
        """Whether the first text of a row stands below the table: people, notes, or no level where one should be."""
        if self._sheet.rules.indicators.is_ending(text):
            return True
        level1 = self.header.blocks[0].columns.get("level1")
        if level1 is None or cell.column != level1.start:
            return False
        return len(text) > _LONGEST_LEVEL or any(mark in text for mark in "：:。；;")

    def _is_foreign(self, row: Row) -> bool:
        """Whether two unknown levels open a row below known ones: in a dump another table may follow the table.

        A row that has points where this table has them is its own.
        """
        if not isinstance(self._rows, Dump) or len(row) != self._rows.width or not self.levels[0].level1:
            return False
        weight = self.header.blocks[0].columns.get("weight")
        if weight and read_points(self._sheet.cell_text(row[self._rows.position(weight)])) is not None:
            return False
        levels = [self.header.blocks[0].columns.get(level) for level in _LEVELS]
        texts = [self._sheet.cell_text(row[self._rows.position(column)]) for column in levels if column]
        is_known = self._is_level(self.levels[0].level1)
        return is_known and len(texts) == len(_LEVELS) and all(text and not self._is_level(text) for text in texts)

    def close(self, row: Row) -> None:
        """Notes that stand below the table in a row of their own are part of the blank form."""
        filled = [cell for cell in row if not self._sheet.is_blank(cell)]
        if len(filled) == 1 and self._sheet.rules.phrases.opens_instructions(self._sheet.cell_text(filled[0])):
            self._sheet.ledger.claim(filled[0].start, filled[0].end, Owner.BOILERPLATE)

    def is_total(self, row: Row) -> bool:
        """Whether the row sums up the table."""
        first = _first_filled(self._sheet, row)
        text = self._sheet.cell_text(first) if first else ""
        return bool(text) and not self._is_level(text) and self._sheet.rules.indicators.is_total(text)

    # ------------------------------------------------------------------------------------------------------------ rows

    def take_total(self, row: Row) -> None:
        """Points in a row that sums up the table."""
        _take_total(self._sheet, row, has_score=any("score" in block.columns for block in self.header.blocks))

    def take_row(self, row: Row, below: Row) -> None:
        """Record the row's indicators, if it holds any; a page break may have repeated the section's label."""
        if self._sheet.use(row[0]) == _SECTION:
            self._sheet.claim_label(row[0])
        if heading := self._heading(row):
            self._sheet.ledger.claim(heading.start, heading.end, Owner.LABEL)
            self.levels = [Levels(self._level(heading), None)] * len(self.levels)
            return
        fitted = self._rows.fit(row)
        was_wrapped = self._is_wrapped
        self._is_wrapped = isinstance(self._rows, Dump) and self._rows.is_wrapped(row, below)
        if fitted is None or was_wrapped or self._is_wrapped:
            self._refuse(row)
            return
        if self._is_run_together(fitted):
            level1 = self.levels[0].level1
            self._refuse(row)
            self.levels = [Levels(level1)] * len(self.levels)
            return
        found = 0
        for number, block in enumerate(self.header.blocks):
            self._take_levels(number, block, fitted)
            if has_indicator(self._sheet, block, fitted):
                self._sheet.indicators.append(read_indicator(self._sheet, block, self.levels[number], fitted))
                found += 1
        if found < len(self.header.blocks):
            self._pass_over(fitted)

    def _pass_over(self, row: Fitted) -> None:
        """Levels and a template's own fillers in a row without an indicator; all else is left over."""
        for column, cell in row.own_cells():
            text = self._sheet.cell_text(cell)
            is_level = column.holds in _LEVELS and parse_target(text, self._sheet.rules.targets).kind == "qualitative"
            if is_level or self._sheet.rules.indicators.is_placeholder(text):
                self._sheet.ledger.claim(cell.start, cell.end, Owner.BOILERPLATE)

    def _heading(self, row: Row) -> Cell | None:
        """The only filled cell of a row where it is a first level and reaches over the names: 一、产出指标."""
        filled = list(itertools.islice((cell for cell in row if not self._sheet.is_blank(cell)), 2))
        name = self.header.blocks[0].columns["name"]
        if len(filled) != 1 or not self._sheet.rules.levels.canonical("level1", self._sheet.cell_text(filled[0])):
            return None
        reaches = filled[0].column + filled[0].column_span > name.start if self._table.has_grid else len(row) == 1
        return filled[0] if reaches and filled[0].column < max(name.start, 1) else None

    def _refuse(self, row: Row) -> None:
        """A row that does not fit the header is left over; what levels it set is unknown, so none are in force."""
        if all(self._sheet.is_blank(cell) for cell in row):
            return
        self.levels = [Levels()] * len(self.levels)
        span = Span(row[0].start, row[-1].end)
        self._sheet.note("indicator.misaligned", span)

    def _is_run_together(self, row: Fitted) -> bool:
        """Whether a dump has run two rows together: a cell holds two targets, a line each, or two second levels."""
        if not isinstance(self._rows, Dump):
            return False
        for block in self.header.blocks:
            if self._is_two_levels(row.own(block.columns.get("level2"))):
                return True
            target = row.own(block.columns.get("target"))
            lines = self._sheet.cell_text(target).split("\n") if target else []
            if len(lines) < 2 or "" in lines:  # one line, or paragraphs of one cell
                continue
            if all(parse_target(line, self._sheet.rules.targets).comparator for line in lines):
                return True
        return False

    def _is_two_levels(self, cell: Cell | None) -> bool:
        """Whether the cell holds one second level behind the other: 质量指标时效指标."""
        printed = (self._level(cell) if cell else None) or ""
        canonical = self._sheet.rules.levels.canonical
        if len(printed) > _LONGEST_LEVEL or canonical("level2", printed):
            return False
        halves = ((printed[:at], printed[at:]) for at in range(_SHORTEST_LEVEL, len(printed) - _SHORTEST_LEVEL + 1))
        return any(canonical("level2", first) and canonical("level2", second) for first, second in halves)

    def _take_levels(self, number: int, block: Block, row: Fitted) -> None:
        level1, level2 = (self._level(row.cell(block.columns.get(level))) for level in ("level1", "level2"))
        before = self.levels[number]
        if level1 and level1 != before.level1:
            before = Levels(level1, None)
        if level2:
            before = Levels(before.level1, level2)
        self.levels[number] = before

    def _level(self, cell: Cell | None) -> str | None:
        """A level's printed name without white space."""
        return "".join(self._sheet.cell_text(cell).split()) or None if cell else None
