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

A row ends with so many blank lines, the same number in the whole block; sources that stand side by side have their
amounts in the rows below them. Where the lines do not come out even, there are no rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from extract.document import Span
from extract.labels import LONGEST_LABEL, bare_label
from extract.parser.indicator_lines import LABEL_LINES, Line, Row
from extract.rules import FormRule, MoneyLabel, RuleSet
from extract.values import read_money

_MOST_COLUMNS = 40
_MOST_LINES = 2000
_RATE = re.compile(r"-?\d+(?:\.\d+)?\s*[%％‰]?")


class _Label(NamedTuple):
    """A label of the block that begins at a line: what it says, its place, and the first line behind it."""

    says: MoneyLabel
    span: Span
    next: int


class _Slots(NamedTuple):
    """A label and what follows it up to the next one: lines by number, None for each blank one."""

    label: _Label
    lines: list[int | None]


class FundingLines:
    """Finds the funding blocks in lines; `ends_block` says where another part of the form begins."""

    def __init__(
        self, text: str, lines: Sequence[Line], rule: FormRule, rules: RuleSet, ends_block: Callable[[int], bool]
    ) -> None:
        self._text = text
        self._lines = lines
        self._rule = rule
        self._rules = rules
        self._ends_block = ends_block
        self._labels = [self._find_label(number) for number in range(len(lines))]

    def begins(self, number: int) -> bool:
        """Whether sources or stages stand side by side from a line on, or one with its amount."""
        labels = self._side_by_side(number)
        if not labels or labels[0].says.weak:
            return False
        return len(labels) > 1 or (labels[0].says.source is not None and self._is_amount_at(labels[0].next))

    def rows(self, number: int, section: Span | None, start: int) -> tuple[list[Row], int] | None:
        """The rows of the block that begins at a line, with its heading if it has one; None where none begins.

        `start` is the first line behind the heading. The rows are a line each where they cannot be counted off.
        """
        if start >= len(self._lines) or not (first := self._labels[start]) or (first.says.weak and not section):
            return None
        front = [section] if section else []
        return (
            self._labelled(front, start)
            or (first.says.source and self._named([*front, first.span], first.next))
            or self._headed(number, front, start)
        )

    # ------------------------------------------------------------------------------------------------------- labels

    def _find_label(self, number: int) -> _Label | None:
        """The longest label that begins at a line; another label ends it, unless the two are one."""
        found = None
        first = self._lines[number]
        for after in range(number + 1, min(number + LABEL_LINES, len(self._lines)) + 1):
            last = self._lines[after - 1]
            if last.end - first.start > 2 * LONGEST_LABEL or (after > number + 1 and last.blanks > 1):
                break
            whole, ending = self._text[first.start : last.end], self._text[last.start : last.end]
            is_label = after > number + 1 and self._rules.money_of(ending) is not None
            if is_label and last.blanks:
                break
            says = self._rules.money_of(whole)
            if says and not (is_label and bare_label(whole) == bare_label(ending)):
                found = _Label(says, Span(first.start, last.end), after)
            elif is_label:
                break
        return found

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

    # ------------------------------------------------------------------------------------------- rows with a label each

    def _labelled(self, front: list[Span], start: int) -> tuple[list[Row], int] | None:
        """Rows that open with the label of a source, below a header of stages or with one amount each."""
        first = self._side_by_side(start)
        stages = next((n for n, label in enumerate(first) if label.says.source), len(first))
        header = [label.span for label in first[:stages]]
        if stages == 1:
            return None
        at = first[stages - 1].next if stages else start
        slots, after = self._slots(at, max(stages, 1))
        if not any(each.label.says.source for each in slots):
            return None
        if after < len(self._lines) and self._is_amount(after):
            return None  # more amounts than labels
        rows = self._counted(slots, max(stages, 1), len(front))
        if rows is None or not any(self._is_amount(line) for each in slots for line in each.lines):
            return None
        if stages:
            return [[*front, None, *header], *rows], after
        rows[0][: len(front)] = front
        return rows, after

    def _named(self, front: list[Span], start: int) -> tuple[list[Row], int] | None:
        """A block whose heading is a label of amounts itself, where more than one label with an amount follows."""
        found = self._labelled(front, start) if start < len(self._lines) and self._labels[start] else None
        if not found or len(found[0]) < 2 or (found[1] < len(self._lines) and not self._ends_block(found[1])):
            return None
        return found

    def _slots(self, number: int, width: int) -> tuple[list[_Slots], int]:
        """The labels from a line on with what stands behind each, up to a text that can be no amount of theirs."""
        slots: list[_Slots] = []
        begins: list[int] = []
        while number < len(self._lines) and not (self._ends_block(number) and slots):
            label = self._labels[number]
            blanks: list[int | None] = [None] * min(self._lines[number].blanks, _MOST_LINES)
            if slots:
                slots[-1].lines.extend(blanks)
            if label:
                slots.append(_Slots(label, []))
                begins.append(number)
                number = label.next
                continue
            if not slots or len(slots[-1].lines) >= width or not self._is_cell(number):
                while slots and len(slots[-1].lines) < width:
                    slots.pop()
                    number = begins.pop()
                break
            slots[-1].lines.append(number)
            number += 1
        else:
            if slots and number < len(self._lines):
                slots[-1].lines.extend([None] * min(self._lines[number].blanks, _MOST_LINES))
        return slots, number

    def _counted(self, slots: Sequence[_Slots], width: int, front: int) -> list[Row] | None:
        """The rows, where each label has its cells and the blank lines at the ends of rows are equally many."""
        row_end = max((len(each.lines) for each in slots[:-1]), default=width) - width
        if any(not self._is_even(each.lines, width, row_end) for each in slots[:-1]) or len(slots[-1].lines) < width:
            return None
        rows: list[Row] = []
        begins_row = True
        for each in slots:
            if any(line is not None for line in each.lines[width:]):
                return None
            if begins_row:
                rows.append([None] * front)
            rows[-1].append(each.label.span)
            rows[-1] += [None if line is None else self._span(line) for line in each.lines[:width]]
            begins_row = width > 1 or len(each.lines) > width
        return rows

    def _is_even(self, lines: Sequence[int | None], width: int, row_end: int) -> bool:
        """Whether the cells of a label are certain: none of them is blank, or the row ends where the others do."""
        return len(lines) in (width, width + row_end) or (len(lines) > width and None not in lines[:width])

    def _is_cell(self, number: int) -> bool:
        """Whether a line can be the amount of a label or another figure beside it."""
        text = self._text[slice(*self._span(number))]
        return bool(read_money(text) or _RATE.fullmatch(text) or self._rules.phrases.is_blank(text))

    def _is_amount_at(self, number: int) -> bool:
        return number < len(self._lines) and not self._lines[number].blanks and self._is_amount(number)

    def _is_amount(self, number: int | None) -> bool:
        return number is not None and read_money(self._text[slice(*self._span(number))]) is not None

    def _span(self, number: int) -> Span:
        return Span(self._lines[number].start, self._lines[number].end)

    # --------------------------------------------------------------------------------------- amounts below their labels

    def _headed(self, number: int, front: list[Span], start: int) -> tuple[list[Row], int] | None:
        """A header of sources side by side and the amounts below it, where both come out even."""
        sources = self._side_by_side(start)
        if (front and self._lines[start].blanks) or len(front) + len(sources) < 2:
            return None
        if not any(label.says.source for label in sources):
            return None
        header = [*front, *(label.span for label in sources)]
        run, after = self._run(sources[-1].next)
        readings = [rows for row_end in (0, 1) if (rows := self._amount_rows(header, run, row_end))]
        if len(readings) != 1:
            return [[self._span(line)] for line in range(number, after)], after
        return [[*header], *readings[0]], after

    def _run(self, number: int) -> tuple[list[int | None], int]:
        """The lines from one on up to the next block, by number, with None for each blank one; and where that is."""
        run: list[int | None] = []
        while number < len(self._lines):
            run += [None] * min(self._lines[number].blanks, _MOST_LINES)
            if self._ends_block(number) or len(run) > _MOST_LINES:
                break
            run.append(number)
            number += 1
        return run, number

    def _amount_rows(self, header: Sequence[Span], run: list[int | None], row_end: int) -> list[Row] | None:
        """The rows below the header if each ends with so many blank lines of its own; None where they do not fit."""
        rows: list[Row] = []
        position, width = row_end, len(header)
        if any(line is not None for line in run[:row_end]):
            return None
        first = next((line for line in run if line is not None), None)
        if first is not None and self._labels[first]:
            divided = self._divided(header, run, position)
            if divided is None:
                return None
            row, position = divided
            rows.append(row)
            width = len(row)
            position += row_end
        amounts = run[position:]
        if not amounts or len(amounts) % (width + row_end):
            return None
        for start in range(0, len(amounts), width + row_end):
            cells, end = amounts[start : start + width], amounts[start + width : start + width + row_end]
            if any(line is not None for line in end) or any(line is not None and self._labels[line] for line in cells):
                return None
            rows.append([None if line is None else self._span(line) for line in cells])
        return rows

    def _divided(self, header: Sequence[Span], run: list[int | None], position: int) -> tuple[Row, int] | None:
        """The second header row: a blank below each column of the first, or the sources that divide it."""
        row: Row = []
        for _ in header:
            if position < len(run) and run[position] is None:
                row.append(None)
                position += 1
                continue
            sources = 0
            while position < len(run) and (line := run[position]) is not None and (label := self._labels[line]):
                row.append(label.span)
                position += label.next - line
                sources += 1
            if not sources:
                return None
        return row, position
