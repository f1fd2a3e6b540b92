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
from collections.abc import Callable, Iterator, Sequence
from typing import Generic, NamedTuple, TypeVar

from extract.document import Block, Cell, Paragraph, Span, Table
from extract.labels import LONGEST_LABEL, bare_label
from extract.parser.amount_lines import BLANK, Token, labelled_amounts
from extract.parser.funding import RATE
from extract.parser.indicator_lines import LABEL_LINES, IndicatorLines, Line, Row
from extract.rules import FormRule, LabelUse, MoneyLabel, RuleSet
from extract.values import ONE_LINE_TYPES, ROW_TYPES, read_money

# A value of several cells stands on so many lines.
_VALUE_LINES = 3
# No table of a form has more columns or lines; it bounds the search for rows.
_MOST_COLUMNS = 40
_MOST_LINES = 2000


_Meaning = TypeVar("_Meaning")


class _Label(NamedTuple, Generic[_Meaning]):
    """A label that begins at a line: what it announces, its place, and the number of the first line behind it."""

    use: _Meaning
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
    starts = {heading.start + offset for heading in headings for offset in range(heading.end - heading.start + 1)}
    return [line for line in lines if line.start not in starts]


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
        self._labels = [self._find_label(number, rule.use_of) for number in range(len(lines))]
        self._sources = [self._find_label(number, rules.money_of) for number in range(len(lines))]
        self._indicators = IndicatorLines(text, lines, rule, rules, self._is_label)

    def rows(self) -> Iterator[Row]:
        number = 0
        while number < len(self._lines):
            rows, number = (
                self._labelled_amounts(number)
                or self._funding(number)
                or self._indicators.rows(number)
                or self._label_row(number)
                or self._field(number)
            )
            yield from (row for row in rows if any(row))

    # ------------------------------------------------------------------------------------------------- labels

    def _find_label(self, number: int, meaning: Callable[[str], _Meaning | None]) -> _Label[_Meaning] | None:
        """The longest label that begins at a line; another label ends it, unless the two are one (立项 · 依据)."""
        found = None
        first = self._lines[number]
        for after in range(number + 1, min(number + LABEL_LINES, len(self._lines)) + 1):
            last = self._lines[after - 1]
            if last.end - first.start > 2 * LONGEST_LABEL or (after > number + 1 and last.blanks > 1):
                break
            whole, ending = self._text[first.start : last.end], self._text[last.start : last.end]
            is_label = after > number + 1 and meaning(ending) is not None
            use = meaning(whole)
            if use and not (is_label and bare_label(whole) == bare_label(ending)):
                found = _Label(use, Span(first.start, last.end), after)
            elif is_label:
                break
        return found

    def _opens_with_label(self, number: int) -> bool:
        """Whether the line is a field's label, a colon and a value."""
        line = self._lines[number]
        before, colon, _ = re.split("([:：])|$", self._text[line.start : line.end], maxsplit=1)
        use = self._rule.use_of(before) if colon else None
        return use is not None and use.role == "field"

    def _sources_at(self, number: int) -> list[_Label[MoneyLabel]]:
        """The labels of sources of money that follow each other from a line on, without a blank cell between them."""
        found: list[_Label[MoneyLabel]] = []
        while number < len(self._lines) and len(found) < _MOST_COLUMNS:
            label = self._sources[number]
            if not label or (found and self._lines[number].blanks):
                break
            found.append(label)
            number = label.next
        return found

    def _is_label(self, number: int) -> bool:
        """Whether a line is the label of a field or a section, or opens with one and a colon."""
        label = self._labels[number]
        return (label is not None and label.use.role in ("field", "section")) or self._opens_with_label(number)

    def _ends_value(self, number: int) -> bool:
        """Whether a line belongs to something else than the value or the amounts above it."""
        return self._is_label(number) or len(self._sources_at(number)) > 1 or self._indicators.is_header(number)

    # ------------------------------------------------------------------------------------------------- fields

    def _label_row(self, number: int) -> tuple[list[Row], int] | None:
        """Labels that follow each other, and below them as many cells as there are labels."""
        labels: list[_Label[LabelUse]] = []
        at = number
        while at < len(self._lines) and (label := self._labels[at]) and not (labels and self._lines[at].blanks):
            labels.append(label)
            at = label.next
        if len(labels) < 2:
            return None
        run, after = self._run(at)
        while run and run[-1] is None:
            run.pop()
        if len(run) != len(labels):
            return None
        return [
            [label.span for label in labels],
            [None if line is None else self._span(line, line) for line in run],
        ], after

    def _field(self, number: int) -> tuple[list[Row], int]:
        """A label with the lines that are its value, or a single line."""
        label = self._labels[number]
        line = self._lines[number]
        if not label or label.use.role != "field":
            after = label.next if label and label.use.role == "section" else number + 1
            return [[Span(line.start, self._lines[after - 1].end)]], after
        after = label.next
        while after < len(self._lines) and not self._ends_value(after):
            after += 1
        value = self._lines[label.next : after]
        kept = self._value_length(label.use.name, value)
        place = Span(value[0].start, value[kept - 1].end) if kept else None
        rows: list[Row] = [[label.span, place]]
        rows += ([Span(rest.start, rest.end)] for rest in value[kept:])
        return rows, after

    def _value_length(self, name: str, lines: Sequence[Line]) -> int:
        """How many of the lines below a label are its value: 0 where the next cell is blank or they may be several."""
        if not lines or lines[0].blanks:
            return 0
        kind = self._rule.fields[name].type
        if kind in ONE_LINE_TYPES:
            return len(lines) == 1
        if kind in ROW_TYPES:
            return len(lines) if len(lines) <= _VALUE_LINES and not any(line.blanks for line in lines) else 0
        return next((i for i, line in enumerate(lines) if line.blanks > 1), len(lines))

    # ------------------------------------------------------------------------------------------------ counting

    def _run(self, number: int) -> tuple[list[int | None], int]:
        """The lines from one on up to the next block, by number, with None for each blank one; and where that is."""
        run: list[int | None] = []
        while number < len(self._lines):
            run += [None] * min(self._lines[number].blanks, _MOST_LINES)
            if self._is_label(number) or self._indicators.is_header(number) or len(run) > _MOST_LINES:
                break
            run.append(number)
            number += 1
        return run, number

    def _span(self, first: int, last: int) -> Span:
        return Span(self._lines[first].start, self._lines[last].end)

    # ------------------------------------------------------------------------------------------------- funding

    def _labelled_amounts(self, number: int) -> tuple[list[Row], int] | None:
        """Labels with their amounts beside them, below the heading of a funding block or on their own."""
        label = self._labels[number]
        heading = label if label and label.use == LabelUse("section", "funding") else None
        at = heading.next if heading else number
        first = self._sources[at] if at < len(self._lines) else None
        if not first or (not heading and (first.use.weak or not first.use.source)):
            return None
        tokens, after = self._tokens(at)
        if sum(token.label is None and token.span is not None for token in tokens) == 0:
            return None
        rows = labelled_amounts(heading.span if heading else None, tokens)
        return (rows, after) if rows else None

    def _tokens(self, number: int) -> tuple[list[Token], int]:
        """The labels, amounts and blank cells from a line on, and the first line that is none of them."""
        tokens: list[Token] = []
        while number < len(self._lines):
            line, source = self._lines[number], self._sources[number]
            text = self._text[line.start : line.end]
            is_amount = bool(read_money(text) or RATE.fullmatch(text) or self._rules.phrases.is_blank(text))
            if self._is_label(number) or not (source or is_amount) or self._indicators.is_header(number):
                break
            if tokens or line.blanks:
                tokens += [BLANK] * min(line.blanks, _MOST_COLUMNS)
            tokens.append(Token(source.span, source.use) if source else Token(self._span(number, number)))
            number = source.next if source else number + 1
        return tokens, number

    def _funding(self, number: int) -> tuple[list[Row], int] | None:
        """A header of funding sources and the amounts below it, where both come out even."""
        label = self._labels[number]
        section = [label] if label and label.use == LabelUse("section", "funding") else []
        sources = self._sources_at(section[0].next if section else number)
        if not sources or (section and self._lines[section[0].next].blanks) or len(section) + len(sources) < 2:
            return None
        header = [*(label.span for label in section), *(label.span for label in sources)]
        run, after = self._run(sources[-1].next)
        readings = [rows for row_end in (0, 1) if (rows := self._funding_rows(header, run, row_end))]
        if len(readings) != 1:
            return self._single_lines(number, after)
        return [[*header], *readings[0]], after

    def _funding_rows(self, header: Sequence[Span], run: list[int | None], row_end: int) -> list[Row] | None:
        """The rows below the header if each ends with so many blank lines of its own; None where they do not fit."""
        rows: list[Row] = []
        position, width = row_end, len(header)
        if any(line is not None for line in run[:row_end]):
            return None
        first = next((line for line in run if line is not None), None)
        if first is not None and self._is_source(first):
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
            if any(line is not None for line in end) or any(
                line is not None and self._is_source(line) for line in cells
            ):
                return None
            rows.append([None if line is None else self._span(line, line) for line in cells])
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
            while position < len(run) and (line := run[position]) is not None and (label := self._sources[line]):
                row.append(label.span)
                position += label.next - line
                sources += 1
            if not sources:
                return None
        return row, position

    def _is_source(self, number: int) -> bool:
        return self._sources[number] is not None

    def _single_lines(self, number: int, after: int) -> tuple[list[Row], int]:
        return [[self._span(line, line)] for line in range(number, after)], after
