"""Rows of a funding block out of lines: labels, and the amounts behind them counted off.

    资金情况             a heading, and a blank line for its merged cell in each row below
    年度金额
    48600                资金情况 | 年度金额 | 48600          a label and its amount
                      →  (blank)  | 地方资金 | 6600
    地方资金
    6600

    项目资金             stages side by side: each label below has as many amounts
    年初预算数
    全年执行数           项目资金 | (blank)    | 年初预算数 | 全年执行数
    年度总额          →  (blank)  | 年度总额   | 650        | 371.8
    650
    371.8

    收入构成             sources side by side: the amounts stand in the rows below them
    财政拨款
    其他收入             收入构成 | 财政拨款 | 其他收入
    金额              →  金额     | 480      | 20
    480
    20

A row ends with so many blank lines, the same number in the whole block. Two lines that are labels may be one label as
well; the reading counts in which the lines come out even. Where none does, there are no rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from extract.document import Span
from extract.labels import LONGEST_LABEL, bare_label
from extract.parser.indicator_lines import LABEL_LINES, Line, Row
from extract.rules import FormRule, MoneyLabel, RuleSet, bare_of_money
from extract.values import read_money

_MOST_COLUMNS = 40
_MOST_LINES = 2000
# A header of stages has so many columns of something else at most.
_MOST_OTHERS = 2
_SHORT_TEXT = re.compile(r"[^\d。；！？]{2,10}")
_RATE = re.compile(r"-?\d+(?:\.\d+)?\s*[%％‰]?")


class _Label(NamedTuple):
    """A label of the block that begins at a line: what it says, its place, and the first line behind it."""

    says: MoneyLabel
    span: Span
    next: int


class _Slots(NamedTuple):
    """A label with the blank lines above it, and what follows it: a place for each cell, None for a blank line."""

    label: _Label
    blanks: int
    cells: Row

    @property
    def is_heading(self) -> bool:
        """Whether the label says nothing of amounts and has none: 按收入性质分."""
        return self.label.says == MoneyLabel() and not any(self.cells)


class _Found(NamedTuple):
    """Rows, and the first line behind them."""

    rows: list[Row]
    after: int


class FundingLines:
    """Finds the funding blocks in lines; `ends_block` says where another part of the form begins."""

    def __init__(
        self, text: str, lines: Sequence[Line], rule: FormRule, rules: RuleSet, ends_block: Callable[[int], bool]
    ) -> None:
        labels = _LabelFinder(text, lines, rule, rules)
        self._ways = [
            _Counting(text, lines, rules, ends_block, [labels.find(number, may_join) for number in range(len(lines))])
            for may_join in (False, True)
        ]

    def begins(self, number: int) -> bool:
        """Whether sources or stages stand side by side from a line on, or one with its amount."""
        return self._ways[0].begins(number)

    def rows(self, number: int, headings: Sequence[tuple[Span, int]]) -> tuple[list[Row], int] | None:
        """The rows of the block that begins at a line; None where none begins.

        `headings` are those that follow each other from the line on, each with the first line behind it: all of them
        are the block's, or the first few. The rows are a line each where they cannot be counted off.
        """
        spans, starts = [span for span, _ in headings], [number, *(behind for _, behind in headings)]
        begun = [(spans[:count], starts[count]) for count in range(len(headings), -1, -1)]
        found = (way.rows(front, start) for front, start in begun for way in self._ways)
        refused = (self._ways[0].refused(front, start) for front, start in begun)
        return next(filter(None, found), None) or next(filter(None, refused), None)

    def summed_up(self, number: int) -> tuple[list[Row], int] | None:
        """The header of sources that begins at a line, over details of the budget, and the row that sums these up.

        The header's rows have a cell less: the one above the label of the sum.
        """
        return self._ways[0].summed_up(number)


class _LabelFinder:
    def __init__(self, text: str, lines: Sequence[Line], rule: FormRule, rules: RuleSet) -> None:
        self._text = text
        self._lines = lines
        self._rule = rule
        self._rules = rules

    def find(self, number: int, may_join: bool) -> _Label | None:
        """The longest label that begins at a line; two lines that are labels are one only if they `may_join`."""
        found = None
        first = self._lines[number]
        whole = self._text[first.start : first.end]
        if says := self._rules.money_of(whole):
            found = _Label(says, Span(first.start, first.end), number + 1)
        elif _is_figure(whole):
            return None
        for after in range(number + 2, min(number + LABEL_LINES, len(self._lines)) + 1):
            last = self._lines[after - 1]
            whole, ending = self._text[first.start : last.end], self._text[last.start : last.end]
            if len(whole) > 2 * LONGEST_LABEL or last.blanks > 1:
                break
            is_label = bool(self._rules.money_of(ending) or self._rule.use_of(ending))
            if is_label and (last.blanks or (found and not may_join)):
                break
            says = self._rules.money_of(whole)
            if says and not (is_label and self._known(whole) == self._known(ending)):
                found = _Label(says, Span(first.start, last.end), after)
            elif is_label:
                break
        return found

    def _known(self, text: str) -> str | None:
        return bare_of_money(self._rules.funding, bare_label(text))


class _Counting:
    """Counts the lines off, once it is settled which of them are labels."""

    def __init__(
        self,
        text: str,
        lines: Sequence[Line],
        rules: RuleSet,
        ends_block: Callable[[int], bool],
        labels: Sequence[_Label | None],
    ) -> None:
        self._text = text
        self._lines = lines
        self._rules = rules
        self._ends_block = ends_block
        self._labels = labels

    def begins(self, number: int) -> bool:
        labels = self._side_by_side(number)
        if not labels or labels[0].says.weak:
            return False
        return len(labels) > 1 or (labels[0].says.source is not None and self._is_amount_at(labels[0].next))

    def rows(self, front: list[Span], start: int) -> _Found | None:
        """The rows below the headings; None where no block begins, or the lines do not come out even."""
        if start >= len(self._lines) or not (first := self._labels[start]) or (first.says.weak and not front):
            return None
        labelled = self._labelled(front, start)
        may_be_corner = labelled is not None and first.says.stage is not None and not self._lines[start].blanks
        named = self._named([*front, first.span], first.next) if may_be_corner or not labelled else None
        if labelled and named:  # the first stage stands over the labels, or over their first amounts
            return named if self._is_repeated(start) else labelled
        return labelled or named or self._headed(front, start)

    def _is_repeated(self, start: int) -> bool:
        """Whether another label beside the one at `start` names the same stage: then that one heads the block."""
        first, *others = self._side_by_side(start)
        return any(other.says.stage == first.says.stage for other in others)

    def refused(self, front: list[Span], start: int) -> _Found | None:
        """A line each, where sources or stages stand side by side."""
        labels = self._side_by_side(start)
        if not labels or (labels[0].says.weak and not front) or not _is_header(labels):
            return None
        if len(front) + len(labels) < 2 or (front and self._lines[start].blanks):
            return None
        items, after = self._run(labels[-1].next)
        spans = [*front, *(label.span for label in labels), *filter(None, items)]
        return _Found([[span] for span in spans], after)

    # ------------------------------------------------------------------------------------------------------- lines

    def _side_by_side(self, number: int) -> list[_Label]:
        """The labels that follow each other from a line on, without a blank cell between them."""
        found: list[_Label] = []
        while number < len(self._lines) and len(found) < _MOST_COLUMNS:
            label = self._labels[number]
            if not label or (found and self._lines[number].blanks):
                break
            found.append(label)
            number = label.next
        return found

    def _run(self, number: int) -> tuple[Row, int]:
        """The labels and figures from a line on, with None for each blank line; and the first line behind them."""
        run: Row = []
        while number < len(self._lines):
            label = self._labels[number]
            if self._ends_block(number) or len(run) > _MOST_LINES or not (label or self._is_cell(number)):
                break
            if label and any(map(self._is_amount, run)) and len(self._side_by_side(number)) > 1:
                break  # the header of another block
            run += [None] * min(self._lines[number].blanks, _MOST_LINES)
            run.append(label.span if label else self._span(number))
            number = label.next if label else number + 1
        if number < len(self._lines):
            run += [None] * min(self._lines[number].blanks, _MOST_LINES)
        return run, number

    def _span(self, number: int) -> Span:
        return Span(self._lines[number].start, self._lines[number].end)

    def _is_cell(self, number: int, *, may_be_rate: bool = True) -> bool:
        """Whether a line can be the amount of a label, or another figure beside it; no rate stands below a stage."""
        text = self._text[slice(*self._span(number))]
        is_figure = _is_figure(text) if may_be_rate else read_money(text) is not None
        return is_figure or self._rules.phrases.is_blank(text)

    def _is_amount_at(self, number: int) -> bool:
        return number < len(self._lines) and not self._lines[number].blanks and self._is_amount(self._span(number))

    def _is_amount(self, place: Span | None) -> bool:
        return place is not None and read_money(self._text[slice(*place)]) is not None

    def _says(self, place: Span | None) -> MoneyLabel | None:
        return self._rules.money_of(self._text[slice(*place)]) if place else None

    # ------------------------------------------------------------------------------------------- rows with a label each

    def _labelled(self, front: list[Span], start: int) -> _Found | None:
        """Rows that open with the label of a source, below a header of stages or with one amount each."""
        first = self._side_by_side(start)
        # A budget's total is the first of the stages: 预算金额 | 支出金额.
        is_first = len(first) > 1 and first[0].says.source == "total" and first[1].says.source is None
        stages = next((n for n, label in enumerate(first) if label.says.source and (n or not is_first)), len(first))
        if stages == 0 or (stages == 1 and self._is_amount_at(first[0].next)):
            return self._pairs(front, start)  # the stage is all that says whose amount it is
        headers = (first[:count] for count in dict.fromkeys((stages, len(first))) if count > 1)
        return next(filter(None, (self._below_stages(front, start, header) for header in headers)), None)

    def _below_stages(self, front: list[Span], start: int, stages: Sequence[_Label]) -> _Found | None:
        others = self._other_columns(stages[-1].next)
        width = len(stages) + len(others)
        figures = [stage.says != MoneyLabel() for stage in stages]
        slots, after = self._slots(stages[-1].next + len(others), figures + [False] * len(others))
        rows = self._rows_of_stages(slots, width, bool(front))
        if rows is None or (after < len(self._lines) and self._is_amount(self._span(after))):
            return None
        corner = [None] if self._lines[start].blanks or not front else []
        header: Row = [*front, *corner, *(label.span for label in stages), *others]
        return _Found([header, *([*[None] * (len(header) - width - 1), *row] for row in rows)], after)

    def _other_columns(self, number: int) -> list[Span]:
        """What stands between the last stage of a header and what is below: columns of something else."""
        after = number
        while after < len(self._lines) and not self._lines[after].blanks and after - number <= _MOST_OTHERS:
            if (label := self._labels[after]) and label.says.source:
                break
            if label or not _SHORT_TEXT.fullmatch(self._text, *self._span(after)):
                return []
            after += 1
        return [self._span(line) for line in range(number, after)] if after - number <= _MOST_OTHERS else []

    def _named(self, front: list[Span], start: int) -> _Found | None:
        """A block whose heading is a label of amounts itself, where more than one label with an amount follows."""
        found = self._labelled(front, start) if start < len(self._lines) and self._labels[start] else None
        if not found or len(found.rows) < 2 or (found.after < len(self._lines) and not self._ends_block(found.after)):
            return None
        return found

    def _slots(self, number: int, figures: Sequence[bool]) -> tuple[list[_Slots], int]:
        """The labels from a line on with what stands behind each, up to a text that can be no amount of theirs.

        `figures` says which cells behind a label hold figures alone; the others may hold any text.
        """
        width = len(figures)
        slots: list[_Slots] = []
        begins: list[int] = []
        while number < len(self._lines) and not (self._ends_block(number) and slots):
            label = self._labels[number]
            blanks = min(self._lines[number].blanks, _MOST_LINES)
            if slots:
                slots[-1].cells.extend([None] * blanks)
            if label:
                slots.append(_Slots(label, blanks, []))
                begins.append(number)
                number = label.next
                continue
            column = len(slots[-1].cells) if slots else width
            if column >= width or (figures[column] and not self._is_cell(number, may_be_rate=width == 1)):
                while slots and len(slots[-1].cells) < width:
                    slots.pop()
                    number = begins.pop()
                break
            slots[-1].cells.append(self._span(number))
            number += 1
        else:
            if slots and number < len(self._lines):
                slots[-1].cells.extend([None] * min(self._lines[number].blanks, _MOST_LINES))
        return slots, number

    def _rows_of_stages(self, slots: Sequence[_Slots], width: int, is_below: bool) -> list[Row] | None:
        """A row for each label with its cells, where the blank lines between rows are equally many.

        `is_below` says that a heading stands in front: where it is merged, the first label has blank lines above too.
        """
        rows = [each for each in slots if not each.is_heading]
        if not any(each.label.says.source for each in rows) or any(len(each.cells) < width for each in rows):
            return None
        ends = {len(each.cells) - width for each in rows[:-1] if None in each.cells[:width]}
        ends |= {len(each.cells) - width for each in rows[:-1] if not ends}
        behind = (cell for each in rows for cell in each.cells[width:])
        has_amount = any(map(self._is_amount, (cell for each in rows for cell in each.cells)))
        is_even = len(ends) <= 1 and has_amount and not any(behind)
        if not is_even or (is_below and not slots[0].blanks and ends != {0}):
            return None
        return [[each.label.span, *each.cells[:width]] for each in slots]

    def _pairs(self, front: list[Span], start: int) -> _Found | None:
        """Labels, each with its amount directly behind it; some may have none.

        Where a year stands beside a whole term, the labels below have to line up with them.
        """
        slots, after = self._slots(start, [True])
        if after < len(self._lines) and self._is_amount(self._span(after)):
            return None  # more amounts than labels
        if not any(self._is_amount(cell) for each in slots for cell in each.cells):
            return None
        row_end = max((len(each.cells) for each in slots[:-1]), default=1) - 1
        says_term = any(each.label.says.block == "long_term" for each in slots)
        rows: list[Row] = [[*front]]
        for number, each in enumerate(slots):
            if any(each.cells[1:]) or not (each.cells or each.is_heading):
                return None
            if says_term and each is not slots[-1] and len(each.cells) not in (1, 1 + row_end):
                return None
            rows[-1] += [each.label.span, *each.cells[:1]]
            if len(each.cells) > 1 and number + 1 < len(slots):
                rows.append([None] * len(front))
        return _Found(rows, after) if any(each.label.says.source for each in slots) or front else None

    # --------------------------------------------------------------------------------------- amounts below their labels

    def _headed(self, front: list[Span], start: int) -> _Found | None:
        """Sources or stages side by side and the amounts below them, where both come out even in one way only.

        The headings stand in front of all rows or, where those do not come out even, in rows of their own.
        """
        labels = self._side_by_side(start)
        if not _is_header(labels):
            return None
        sources: Row = [label.span for label in labels]
        run, after = self._run(labels[-1].next)
        ways: list[tuple[list[Row], Row]] = []
        if front and not self._lines[start].blanks:
            ways.append(([], [*front, *sources]))
        if len(sources) > 1:
            ways.append(([[span] for span in front], sources))
        for above, header in ways:
            readings = [rows for row_end in (0, 1) if (rows := self._rows_below(header, run, row_end))]
            if len(readings) == 1:
                return _Found([*above, header, *readings[0]], after)
        return None

    def _rows_below(self, header: Row, run: Row, row_end: int) -> list[Row] | None:
        """The rows below the header if each ends with so many blank lines of its own; None where they do not fit."""
        if any(run[:row_end]):
            return None
        rows: list[Row] = []
        over, position = header, row_end
        if divided := self._divided(header, run, row_end):
            lower, over, position = divided
            rows.append(lower)
            position += row_end
        width, cells = len(over), run[position:]
        if not cells or len(cells) % (width + row_end):
            return None
        for start in range(0, len(cells), width + row_end):
            row = cells[start : start + width]
            if any(cells[start + width : start + width + row_end]) or not self._fits(over, row):
                return None
            rows.append(row)
        return rows

    def _divided(self, header: Row, run: Row, position: int) -> tuple[Row, Row, int] | None:
        """The second header row, the label over each column and where both end.

        A blank stands below each column of the first, or the sources that divide it.
        """
        row: Row = []
        over: Row = []
        for above in header:
            if position < len(run) and run[position] is None:
                row.append(None)
                over.append(above)
                position += 1
                continue
            before = position
            while position < len(run) and self._says(run[position]):
                row.append(run[position])
                over.append(run[position])
                position += 1
            if position == before:
                return None
        return (row, over, position) if any(row) else None

    def _fits(self, over: Row, row: Row) -> bool:
        """Whether a row has amounts below sources, and at most a label below what heads none."""
        for number, (above, cell) in enumerate(zip(over, row, strict=True)):
            head = self._says(above)
            if cell and self._says(cell):
                if (head and head.source) or any(row[:number]):
                    return False
            elif cell and not head:
                return False
        return any(map(self._is_amount, row)) or any(self._says(cell) == MoneyLabel() for cell in row)  # of rates

    # ------------------------------------------------------------------------------------------------------ details

    def summed_up(self, start: int) -> _Found | None:
        """Sources side by side, below stages or not, over the details of the budget: the row that sums them up.

        The rows are those of the header, and the sum with its label; where they end is behind the sum.
        """
        upper = self._side_by_side(start)
        lower = self._side_by_side(upper[-1].next) if upper else []
        if not lower:
            upper, lower = [], upper
        if len(lower) < 2 or not any(label.says.source for label in lower):
            return None
        number = lower[-1].next
        while number < len(self._lines) and not self._ends_block(number):
            label = self._labels[number]
            cells = range(label.next, label.next + len(lower)) if label and label.says.weak else range(0)
            if label and cells and cells[-1] < len(self._lines) and all(map(self._is_amount_at, cells)):
                headers: list[Row] = [[each.span for each in labels] for labels in (upper, lower) if labels]
                return _Found([*headers, [label.span, *map(self._span, cells)]], cells[-1] + 1)
            number += 1
        return None


def _is_header(labels: Sequence[_Label]) -> bool:
    """Whether labels side by side name a source, or two stages."""
    stages = {label.says.stage for label in labels if label.says.stage}
    return len(stages) > 1 or any(label.says.source for label in labels)


def _is_figure(text: str) -> bool:
    return bool(read_money(text) or _RATE.fullmatch(text))
