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
from extract.labels import LONGEST_LABEL
from extract.rules import FormRule, IndicatorColumn, LabelUse, RuleSet
from extract.target import parse_target
from extract.values import ONE_LINE_TYPES, ROW_TYPES

# A label is torn into so many lines at most, and a value of several cells stands on so many.
_LABEL_LINES = 4
_VALUE_LINES = 3
# No table of a form has more columns or lines; it bounds the search for rows.
_MOST_COLUMNS = 40
_MOST_LINES = 2000


class _Line(NamedTuple):
    """A line that is not blank, trimmed, and the number of blank ones above it."""

    start: int
    end: int
    blanks: int


_Meaning = TypeVar("_Meaning")


class _Label(NamedTuple, Generic[_Meaning]):
    """A label that begins at a line: what it announces, its place, and the number of the first line behind it."""

    use: _Meaning
    span: Span
    next: int


_Headers = Sequence[_Label[LabelUse]]
# A cell is the stretch from its first line to its last; None is a blank one.
_Row = list[Span | None]


def unfold(
    text: str, blocks: Sequence[Block], headings: Sequence[Span], rule: FormRule, rules: RuleSet
) -> tuple[Block, ...]:
    """The blocks of a form; paragraphs without any table are made one table without a grid."""
    if any(isinstance(block, Table) for block in blocks):
        return tuple(blocks)
    lines = _without(headings, _lines(text, blocks))
    rows = _Unfolder(text, lines, rule, rules).rows()
    return (Table(tuple(_cells(row, number) for number, row in enumerate(rows)), has_grid=False),) if lines else ()


def _lines(text: str, blocks: Sequence[Block]) -> list[_Line]:
    lines: list[_Line] = []
    end = blocks[0].start if blocks and isinstance(blocks[0], Paragraph) else 0
    for block in blocks:
        if not isinstance(block, Paragraph) or not (piece := text[block.start : block.end].strip()):
            continue
        start = text.index(piece[0], block.start)
        lines.append(_Line(start, start + len(piece), max(text.count("\n", end, start) - 1, 0)))
        end = start + len(piece)
    if len(lines) > 1 and all(line.blanks for line in lines[1:]):  # a blank line after each: it means nothing
        halved = all(line.blanks % 2 for line in lines[1:])
        lines = [line._replace(blanks=line.blanks // 2 if halved else line.blanks - 1) for line in lines]
    return lines


def _without(headings: Sequence[Span], lines: Sequence[_Line]) -> list[_Line]:
    starts = {heading.start + offset for heading in headings for offset in range(heading.end - heading.start + 1)}
    return [line for line in lines if line.start not in starts]


def _cells(row: _Row, number: int) -> tuple[Cell, ...]:
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

    def __init__(self, text: str, lines: Sequence[_Line], rule: FormRule, rules: RuleSet) -> None:
        self._text = text
        self._lines = lines
        self._rule = rule
        self._rules = rules
        self._labels = [self._find_label(number, rule.use_of) for number in range(len(lines))]
        self._columns: list[_Label[IndicatorColumn] | None] = [
            self._find_label(number, rule.column_of) for number in range(len(lines))
        ]

    def rows(self) -> Iterator[_Row]:
        number = 0
        while number < len(self._lines):
            rows, number = self._funding(number) or self._indicators(number) or self._field(number)
            yield from (row for row in rows if any(row))

    # ------------------------------------------------------------------------------------------------- labels

    def _find_label(self, number: int, meaning: Callable[[str], _Meaning | None]) -> _Label[_Meaning] | None:
        """The longest label that begins at a line; a line that is a label itself ends the one above."""
        found = None
        first = self._lines[number]
        for after in range(number + 1, min(number + _LABEL_LINES, len(self._lines)) + 1):
            last = self._lines[after - 1]
            if last.end - first.start > 2 * LONGEST_LABEL or (after > number + 1 and last.blanks > 1):
                break
            if after > number + 1 and meaning(self._text[last.start : last.end]):
                break
            if use := meaning(self._text[first.start : last.end]):
                found = _Label(use, Span(first.start, last.end), after)
        return found

    def _opens_with_label(self, number: int) -> bool:
        """Whether the line is a field's label, a colon and a value."""
        line = self._lines[number]
        before, colon, _ = re.split("([:：])|$", self._text[line.start : line.end], maxsplit=1)
        use = self._rule.use_of(before) if colon else None
        return use is not None and use.role == "field"

    def _sources_at(self, number: int) -> list[_Label[LabelUse]]:
        """The labels of sources of money that follow each other from a line on."""
        return [label for label in self._following(number, self._labels) if label.use.role == "funding"]

    def _columns_at(self, number: int) -> list[_Label[IndicatorColumn]]:
        """The labels of indicator columns that follow each other from a line on."""
        return list(self._following(number, self._columns))

    def _following(self, number: int, labels: Sequence[_Label[_Meaning] | None]) -> Iterator[_Label[_Meaning]]:
        """The labels that follow each other from a line on, without a blank cell between them."""
        first = number
        while number < min(len(self._lines), first + _MOST_COLUMNS):
            label = labels[number]
            if not label or (number > first and self._lines[number].blanks):
                break
            yield label
            number = label.next

    def _ends_value(self, number: int) -> bool:
        """Whether a line belongs to something else than the value or the table above it."""
        label = self._labels[number]
        if label and label.use.role in ("field", "section"):
            return True
        return self._opens_with_label(number) or len(self._sources_at(number)) > 1 or self._is_header(number)

    def _is_header(self, number: int) -> bool:
        """Whether a header of indicator columns begins at a line."""
        columns = [label.use for label in self._columns_at(number)]
        return "name" in columns and len(set(columns)) > 1

    # ------------------------------------------------------------------------------------------------- fields

    def _field(self, number: int) -> tuple[list[_Row], int]:
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
        rows: list[_Row] = [[label.span, place]]
        rows += ([Span(rest.start, rest.end)] for rest in value[kept:])
        return rows, after

    def _value_length(self, name: str, lines: Sequence[_Line]) -> int:
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
            if self._ends_body(number) or len(run) > _MOST_LINES:
                break
            run.append(number)
            number += 1
        return run, number

    def _ends_body(self, number: int) -> bool:
        label = self._labels[number]
        is_field = label is not None and label.use.role in ("field", "section")
        return is_field or self._opens_with_label(number) or self._is_header(number)

    def _span(self, first: int, last: int) -> Span:
        return Span(self._lines[first].start, self._lines[last].end)

    # ------------------------------------------------------------------------------------------------- funding

    def _funding(self, number: int) -> tuple[list[_Row], int] | None:
        """A header of funding sources and the amounts below it, where both come out even."""
        label = self._labels[number]
        section = [label] if label and label.use == LabelUse("section", "funding") else []
        sources = self._sources_at(section[0].next if section else number)
        if not sources or (section and self._lines[section[0].next].blanks) or len(section) + len(sources) < 2:
            return None
        header = [*section, *sources]
        run, after = self._run(sources[-1].next)
        readings = [rows for row_end in (0, 1) if (rows := self._funding_rows(header, run, row_end))]
        if len(readings) != 1:
            return self._single_lines(number, after)
        return [[label.span for label in header], *readings[0]], after

    def _funding_rows(self, header: _Headers, run: list[int | None], row_end: int) -> list[_Row] | None:
        """The rows below the header if each ends with so many blank lines of its own; None where they do not fit."""
        rows: list[_Row] = []
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

    def _divided(self, header: _Headers, run: list[int | None], position: int) -> tuple[_Row, int] | None:
        """The second header row: a blank below each column of the first, or the sources that divide it."""
        row: _Row = []
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

    def _is_source(self, number: int) -> bool:
        label = self._labels[number]
        return label is not None and label.use.role == "funding"

    def _single_lines(self, number: int, after: int) -> tuple[list[_Row], int]:
        return [[self._span(line, line)] for line in range(number, after)], after

    # ---------------------------------------------------------------------------------------------- indicators

    def _indicators(self, number: int) -> tuple[list[_Row], int] | None:
        """A header of indicator columns and the rows below it, where they can be counted off in one way only."""
        label = self._labels[number]
        section = [label] if label and label.use == LabelUse("section", "indicators") else []
        start = section[0].next if section else number
        if start >= len(self._lines) or not self._is_header(start):
            return None
        columns = self._columns_at(start)
        if section and self._lines[section[0].next].blanks:
            return None
        run, after = self._run(columns[-1].next)
        names = ["", *(c.use for c in columns)] if section else [c.use for c in columns]
        readings = [rows for row_end in (0, 1) if (rows := self._counted(names, run, row_end)) is not None]
        if len(readings) != 1:
            return self._single_lines(number, after)
        header = [*(label.span for label in section), *(label.span for label in columns)]
        return [[*header], *readings[0]], after

    def _counted(self, names: Sequence[str], run: list[int | None], row_end: int) -> list[_Row] | None:
        """The one way to count the lines off in rows of these columns; None where there is none, or another as good."""
        if any(line is not None for line in run[:row_end]):
            return None
        best: dict[int, tuple[int, int, int, _Row]] = {row_end: (0, 1, -1, [])}  # cost, ways, where from, the row
        for position in range(row_end, len(run)):
            if position not in best:
                continue
            cost, ways, _, _ = best[position]
            for end, extra, row in self._row_readings(names, run, position):
                if any(line is not None for line in run[end : end + row_end]) or end + row_end > len(run):
                    continue
                known = best.get(end + row_end)
                if known is None or cost + extra < known[0]:
                    best[end + row_end] = (cost + extra, ways, position, row)
                elif cost + extra == known[0]:
                    best[end + row_end] = (known[0], 2, known[2], known[3])
        if len(run) not in best or best[len(run)][1] > 1:
            return None
        return [*_path(best, len(run))][::-1]

    def _row_readings(
        self, names: Sequence[str], run: list[int | None], position: int
    ) -> Iterator[tuple[int, int, _Row]]:
        """Each way to fill the columns from a position on: where it ends, how far-fetched it is, and the cells."""
        partial: list[tuple[int, int, _Row]] = [(position, 0, [])]
        for name in names:
            taken: Callable[[list[int | None], int], Iterator[tuple[int, int]]] = {
                "": _nothing, "level1": self._level, "level2": self._level, "name": self._name
            }.get(name, _one_line)  # fmt: skip
            partial = [
                (end, cost + extra, [*row, self._taken(run, at, end)])
                for at, cost, row in partial
                for end, extra in taken(run, at)
            ]
        yield from partial

    def _taken(self, run: list[int | None], start: int, end: int) -> Span | None:
        numbers = [line for line in run[start:end] if line is not None]
        return self._span(numbers[0], numbers[-1]) if numbers else None

    def _level(self, run: list[int | None], at: int) -> Iterator[tuple[int, int]]:
        """A blank, a known level on up to three lines, or one line of something else."""
        yield from _nothing(run, at)
        for end in range(at + 1, min(at + _LABEL_LINES, len(run)) + 1):
            if run[at] is None or run[end - 1] is None:
                continue
            span = self._taken(run, at, end)
            printed = self._text[slice(*span)] if span else None
            if any(self._rules.levels.canonical(level, printed) for level in ("level1", "level2")):
                yield end, 0
            elif end == at + 1:
                yield end, 1

    def _name(self, run: list[int | None], at: int) -> Iterator[tuple[int, int]]:
        """A blank, one line, or several where the line below them is the first that measures something."""
        yield from _one_line(run, at)
        for end in range(at + 2, min(at + _LABEL_LINES, len(run) - 1) + 1):
            pieces, target = run[at:end], run[end]
            if target is None or any(line is None or self._measures(line) for line in pieces):
                break
            if self._measures(target):
                yield end, end - at - 1
                break

    def _measures(self, number: int) -> bool:
        line = self._lines[number]
        return parse_target(self._text[line.start : line.end], self._rules.targets).kind != "qualitative"


def _nothing(run: list[int | None], at: int) -> Iterator[tuple[int, int]]:
    if at < len(run) and run[at] is None:
        yield at + 1, 0


def _one_line(run: list[int | None], at: int) -> Iterator[tuple[int, int]]:
    if at < len(run):
        yield at + 1, 0


def _path(best: dict[int, tuple[int, int, int, _Row]], end: int) -> Iterator[_Row]:
    """The rows from the last to the first."""
    while best[end][2] >= 0:
        _, _, end_before, row = best[end]
        yield row
        end = end_before
