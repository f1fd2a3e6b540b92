"""Rows out of lines: for forms whose dump prints one cell a line and has lost where a row ends.

The lines of such a form, blank ones included, and the rows that the rule finds in them::

    专项名称                    专项名称 | 公园管护           a label and the lines up to the next one
    公园管护
                                                              a blank line is a blank cell, or the end of a row
    资金情况
    合计                        资金情况 | 合计 | 财政 | 其他
    财政
    其他
                                (blank)  | (blank) | 省级 | 本级 | (blank)
                                                              the cells of a row are counted off; where the count
    省级                                                      does not come out even, there is no row
    本级

The rows are those that a dump with cells would show, so the rest of the parser works on them as on any other table.
Nothing is guessed: where the lines allow two readings or none, each stays a row of its own, which no block reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from extract.document import Block, Cell, Paragraph, Span, Table
from extract.labels import LONGEST_LABEL, bare_label, list_number
from extract.parser.funding_lines import FundingLines
from extract.parser.indicator_lines import LABEL_LINES, IndicatorLines, Line, Row
from extract.rules import FieldSpec, FormRule, LabelUse, RuleSet, bare_of_known
from extract.values import ONE_LINE_TYPES, ROW_TYPES, read_value

# A value of several cells stands on so many lines.
_VALUE_LINES = 3
_FUNDING, _INDICATORS, _PART = (LabelUse("section", name) for name in ("funding", "indicators", "form"))
# What heads a column of a table that no rule knows.
_SHORT_TEXT = re.compile(r"[^\d。；！？]{2,16}")
# Types that tell a value of theirs from another text.
_TOLD = frozenset({"contact", "period"})
# 资金总额：186 · 其他资金 20
_BEFORE_AMOUNT = re.compile(r"([^:：]+?)(?:[:：]|\s+(?=\d))")
# What opens the first paragraph of a numbered text.
_FIRST_NUMBER = re.compile(r"\W?\w{0,2}[1一１①]\W?")


class _Label(NamedTuple):
    """A label that begins at a line: what it announces, its place, and the number of the first line behind it."""

    use: LabelUse
    span: Span
    next: int


def unfold(
    text: str, blocks: Sequence[Block], headings: Sequence[Span], rule: FormRule, rules: RuleSet
) -> tuple[Block, ...]:
    """The blocks of a form; paragraphs without any table are made one table without a grid."""
    if any(isinstance(block, Table) for block in blocks):
        return tuple(blocks)
    lines = _without(headings, _lines(text, blocks))
    rows = _Unfolder(text, lines, rule, rules).rows()
    return (Table(tuple(_cells(row, number) for number, row in enumerate(rows)), has_grid=False),) if lines else ()


def _lines(text: str, blocks: Sequence[Block]) -> list[Line]:
    lines: list[Line] = []
    end = blocks[0].start if blocks and isinstance(blocks[0], Paragraph) else 0
    for block in blocks:
        if not isinstance(block, Paragraph) or not (piece := text[block.start : block.end].strip()):
            continue
        start = text.index(piece[0], block.start)
        lines.append(Line(start, start + len(piece), max(text.count("\n", end, start) - 1, 0)))
        end = start + len(piece)
    if len(lines) > 1 and all(line.blanks for line in lines[1:]):  # a blank line after each: it means nothing
        halved = all(line.blanks % 2 for line in lines[1:])
        lines = [line._replace(blanks=line.blanks // 2 if halved else line.blanks - 1) for line in lines]
    return lines


def _without(headings: Sequence[Span], lines: Sequence[Line]) -> list[Line]:
    """The lines that are no headings; the blank ones above a heading count above the line below it."""
    starts = {heading.start + offset for heading in headings for offset in range(heading.end - heading.start + 1)}
    kept: list[Line] = []
    blanks = 0
    for line in lines:
        if line.start in starts:
            blanks += line.blanks if kept else 0
        else:
            kept.append(line._replace(blanks=line.blanks + blanks))
            blanks = 0
    return kept


def _cells(row: Row, number: int) -> tuple[Cell, ...]:
    """The cells of a row; a blank one stands at the end of the cell before it."""
    place = next(span.start for span in row if span)
    cells = []
    for column, span in enumerate(row):
        if span:
            cells.append(Cell(number, column, 1, 1, *span, (Paragraph(*span),)))
            place = span.end
        else:
            cells.append(Cell(number, column, 1, 1, place, place, ()))
    return tuple(cells)


class _Unfolder:
    """Walks the lines once, each time by the first block that knows them."""

    def __init__(self, text: str, lines: Sequence[Line], rule: FormRule, rules: RuleSet) -> None:
        self._text = text
        self._lines = lines
        self._rule = rule
        self._rules = rules
        self._labels = [self._find_label(number) for number in range(len(lines))]
        self._indicators = IndicatorLines(text, lines, rule, rules, self._is_label)
        self._funding = FundingLines(text, lines, rule, rules, self._ends_amounts)

    def rows(self) -> Iterator[Row]:
        number = 0
        while number < len(self._lines):
            found = self._amounts(number) or self._indicators.rows(number)
            rows, number = found or self._columns(number) or self._field(number)
            yield from (row for row in rows if any(row))

    # ------------------------------------------------------------------------------------------------- labels

    def _find_label(self, number: int) -> _Label | None:
        """The longest label that begins at a line; another label ends it, unless the two are one (立项 · 依据)."""
        found = None
        first = self._lines[number]
        for after in range(number + 1, min(number + LABEL_LINES, len(self._lines)) + 1):
            last = self._lines[after - 1]
            if last.end - first.start > 2 * LONGEST_LABEL or (after > number + 1 and last.blanks > 1):
                break
            whole, ending = self._text[first.start : last.end], self._text[last.start : last.end]
            is_label = after > number + 1 and self._rule.use_of(ending) is not None
            if is_label and found:  # 预期目标 · 实际完成情况
                break
            use = self._rule.use_of(whole)
            if use and not (is_label and self._known(whole) == self._known(ending)):
                found = _Label(use, Span(first.start, last.end), after)
            elif is_label:
                break
        return found

    def _known(self, text: str) -> str | None:
        return bare_of_known(self._rule.labels, bare_label(text))

    def _opens_with_label(self, number: int) -> bool:
        """Whether the line is a field's label, a colon and a value."""
        line = self._lines[number]
        before, colon, _ = re.split("([:：])|$", self._text[line.start : line.end], maxsplit=1)
        use = self._rule.use_of(before) if colon else None
        return use is not None and use.role == "field"

    def _is_label(self, number: int) -> bool:
        """Whether a line is the label of a field or a section, or opens with one and a colon."""
        label = self._labels[number]
        return (label is not None and label.use.role in ("field", "section")) or self._opens_with_label(number)

    def _ends_value(self, number: int) -> bool:
        """Whether a line belongs to something else than the value or the amounts above it."""
        begins = self._is_label(number) or self._funding.begins(number) or self._indicators.is_header(number)
        return begins or self._is_first_level(number)

    def _is_first_level(self, number: int) -> bool:
        """Whether a line is the name of a first level, as at the top of an indicator table without a header."""
        return self._rules.levels.canonical("level1", self._text_of(number)) is not None

    def _counts_on(self, first: int, number: int) -> bool:
        """Whether a line has the next number of the list that the value's first line begins: 二、资金安排."""
        opening = list_number(self._text_of(first))
        if number == first or not opening or opening[1] != 1:
            return False
        numbers = (list_number(self._text_of(line)) for line in range(first, number))
        last = max(each[1] for each in numbers if each and each[0] == opening[0])
        return list_number(self._text_of(number)) == (opening[0], last + 1)

    def _text_of(self, number: int) -> str:
        return self._text[self._lines[number].start : self._lines[number].end]

    def _ends_amounts(self, number: int) -> bool:
        label = self._labels[number]
        is_amount = label and label.use in (_PART, _FUNDING) and self._rules.money_of(self._text[slice(*label.span)])
        return (self._is_label(number) and not is_amount) or self._indicators.is_header(number)

    # ------------------------------------------------------------------------------------------------- funding

    def _amounts(self, number: int) -> tuple[list[Row], int] | None:
        """The funding block that begins at a line, with its headings or without."""
        headings: list[_Label] = []
        start = number
        while start < len(self._lines) and (label := self._labels[start]) and label.use == _FUNDING:
            if headings and self._lines[start].blanks:
                break
            headings.append(label)
            start = label.next
        return self._funding.rows(number, [(heading.span, heading.next) for heading in headings])

    # ------------------------------------------------------------------------------------------------- fields

    def _field(self, number: int) -> tuple[list[Row], int]:
        """A label with the lines that are its value, or a single line."""
        label = self._labels[number]
        line = self._lines[number]
        if not label or label.use.role != "field":
            after = label.next if label and label.use.role == "section" else number + 1
            heads = (label and label.use == _FUNDING) or self._rules.money_of(self._text_of(number))
            beside = self._amounts_in_text(after) if heads else []
            rows: list[Row] = [[Span(line.start, self._lines[after - 1].end), *beside[:1]]]
            return [*rows, *([None, amount] for amount in beside[1:])], after + len(beside)
        if self._rule.fields[label.use.name].type == "rows" and (header_end := self._table_header(label.next)):
            return self._table(label, header_end)
        after = label.next
        while after < len(self._lines) and (not self._ends_value(after) or self._counts_on(label.next, after)):
            after += 1
        value = self._lines[label.next : after]
        kept = self._value_length(label.use.name, value)
        place = Span(value[0].start, value[kept - 1].end) if kept else None
        rows = [[label.span, place]]
        rows += ([Span(rest.start, rest.end)] for rest in value[kept:])
        return rows, after

    def _amounts_in_text(self, number: int) -> list[Span]:
        """The lines below the heading of a funding block that are a label, a colon or a blank, and an amount."""
        after = number
        while after < len(self._lines) and (label := _BEFORE_AMOUNT.match(self._text_of(after))):
            if not self._rules.money_of(label[1]):
                break
            after += 1
        return [Span(line.start, line.end) for line in self._lines[number:after]]

    def _table_header(self, number: int) -> int | None:
        """Where the header ends that begins at a line: a row of short texts, above a blank cell and a row as long."""
        after = number
        while after < len(self._lines) and not (after > number and self._lines[after].blanks):
            label = self._labels[after]
            is_other = (label and label.use in (_FUNDING, _INDICATORS)) or self._indicators.is_header(after)
            if is_other or not (label or _SHORT_TEXT.fullmatch(self._text, *self._lines[after][:2])):
                return None
            after += 1
        width = after - number
        below = self._lines[after + 1 : after + width]
        is_table = width > 1 and len(below) == width - 1 and not any(line.blanks for line in below)
        return after if is_table and not self._lines[number].blanks else None

    def _table(self, label: _Label, header_end: int) -> tuple[list[Row], int]:
        """A label with all the lines of the table that it has beside it; a row may sum up the amounts in it."""
        after = header_end
        while after < len(self._lines) and not self._ends_amounts(after):
            after += 1
        found = ((number, self._funding.summed_up(number)) for number in range(label.next, header_end))
        header_at, summed_up = next((each for each in found if each[1]), (after, None))
        if summed_up is None or summed_up[1] > after:
            return [[label.span, self._stretch(label.next, after)]], after
        *header, total = summed_up[0]
        corner = [self._stretch(label.next, header_at)] if header_at > label.next else []
        width = 1 + len(corner)
        rows: list[Row] = [[label.span, *corner, *header[0]], *([*[None] * width, *row] for row in header[1:])]
        rows.append([*[None] * (width - 1), *total])
        taken = {span.start for row in rows for span in row if span}
        free = [n for n in range(header_at, after) if self._lines[n].start not in taken]
        return [*rows, [None, self._stretch(free[0], free[-1] + 1)]] if free else rows, after

    def _stretch(self, first: int, after: int) -> Span:
        return Span(self._lines[first].start, self._lines[after - 1].end)

    def _columns(self, number: int) -> tuple[list[Row], int] | None:
        """Labels of fields side by side, and the values below them; the first may head the others (总体目标)."""
        labels: list[_Label] = []
        below = number
        while below < len(self._lines) and (label := self._labels[below]) and label.use.role == "field":
            if labels and self._lines[below].blanks:
                break
            labels.append(label)
            below = label.next
        if len(labels) < 2:
            return None
        after = below
        while after < len(self._lines) and not self._ends_value(after):
            after += 1
        values = self._lines[below:after]
        for heads in (1, 0) if values and values[0].blanks else (0,):
            if starts := self._starts(values, len(labels) - heads):
                ends = [*starts[1:], len(values)]
                cells = [Span(values[a].start, values[b - 1].end) for a, b in zip(starts, ends, strict=True)]
                return [[label.span for label in labels], [*[None] * heads, *cells]], after
        return None

    def _starts(self, values: Sequence[Line], count: int) -> Sequence[int] | None:
        """The first lines of so many values: each line one, or each with the same number at its beginning."""
        if len(values) == count:
            return range(count)
        numbers = [found and found[0] for found in (_FIRST_NUMBER.match(self._text, *line[:2]) for line in values)]
        starts = [i for i, opening in enumerate(numbers) if opening and opening == numbers[0]]
        return starts if starts[:1] == [0] and len(starts) == count else None

    def _value_length(self, name: str, lines: Sequence[Line]) -> int:
        """How many of the lines below a label are its value: 0 where the next cell is blank or they may be several."""
        if not lines or lines[0].blanks:
            return 0
        kind = self._rule.fields[name].type
        if kind in ONE_LINE_TYPES:
            return len(lines) == 1
        if kind in ROW_TYPES:
            if len(lines) > 1 and self._reads(self._rule.fields[name], lines[:1]):
                return 1
            is_one = len(lines) <= _VALUE_LINES and not any(line.blanks for line in lines)
            return len(lines) if is_one or self._is_read_in_whole(self._rule.fields[name], lines) else 0
        return next((i for i, line in enumerate(lines) if line.blanks > 1), len(lines))

    def _is_read_in_whole(self, spec: FieldSpec, lines: Sequence[Line]) -> bool:
        """Whether lines that may be paragraphs of one cell say together what the first alone does not: 周明 · phone."""
        if len(lines) > _VALUE_LINES or any(line.blanks > 1 for line in lines):
            return False
        return self._reads(spec, lines)

    def _reads(self, spec: FieldSpec, lines: Sequence[Line]) -> bool:
        """Whether the lines are a value of the type without a problem."""
        text = self._text[lines[0].start : lines[-1].end]
        return spec.type in _TOLD and not read_value(spec.type, text, spec.options).problem
