"""Rows of an indicator table out of lines: a header of column labels, and the cells below it counted off.

A row has as many cells as its header has columns, so a run of lines and blanks is read as the rows that come out even.
A level, a name or a reason may stand on several lines; what a column can hold tells where it ends. Only one reading may
be the least far-fetched: where there are two, or none, there are no rows.

    一级指标 | 三级指标 | 分值       (blank)                the level goes on
    产出指标                         补植乔木
    修缮                             5
    步道                         →   产出指标 | 修缮步道 | 10
    10                               (blank)  | 补植乔木 | 5
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Literal, NamedTuple

from extract.document import Span
from extract.labels import LONGEST_LABEL, narrow
from extract.rules import FormRule, IndicatorColumn, LabelUse, RuleSet
from extract.target import Target, parse_target
from extract.values import read_points

# A label or a name is torn into so many lines at most, a vertical level or a reason into so many.
LABEL_LINES = 4
_MOST_PIECES = 12
# No table of a form has more columns or lines; it bounds the search for rows.
_MOST_COLUMNS = 40
_MOST_LINES = 2000
# Behind its labels a header has so many columns at most that no rule knows.
_MOST_UNKNOWN = 2
# How far-fetched a reading is: 1 for each line more in a name or in prose, and for a level that no vocabulary knows; a
# target without an indicator; one cell for two levels; an indicator that is called like a
# level, or is only a target.
_UNKNOWN, _NAMELESS, _MERGED_LEVELS, _LEVEL_AS_NAME = 1, 2, 2, 3


class Line(NamedTuple):
    """A line that is not blank, trimmed, and the number of blank ones above it."""

    start: int
    end: int
    blanks: int


class _Label(NamedTuple):
    """A label of a column that begins at a line: what the column holds, its place, the first line behind it."""

    holds: _Holds
    span: Span | None
    next: int


class _Reading(NamedTuple):
    """Rows, and how far-fetched it is to read them; None where there are others that are as good."""

    cost: int
    rows: list[Row] | None


# A cell is the stretch from its first line to its last; None is a blank one.
Row = list[Span | None]
# A column of the header; the section stands in front of it and is blank below. A second level that the header does not
# name may be merged with the first.
_Holds = IndicatorColumn | Literal["section", "hidden level2"]
# Lines by their number, None for each blank one.
_Run = list[int | None]
# Where a reading ends: how far-fetched it is, how many are as good, and its cells.
_Readings = dict[int, tuple[int, int, Row]]


class IndicatorLines:
    """Finds the indicator tables in lines; `ends_table` says where a label of the form stands."""

    def __init__(
        self, text: str, lines: Sequence[Line], rule: FormRule, rules: RuleSet, ends_table: Callable[[int], bool]
    ) -> None:
        self._text = text
        self._lines = lines
        self._rule = rule
        self._rules = rules
        self._ends_table = ends_table
        self._targets: dict[int, Target] = {}

    def is_header(self, number: int) -> bool:
        """Whether a header of indicator columns begins at a line; none begins with its targets: 优秀 may be a value."""
        if self._column(number) is None or self._rules.indicators.stand_in(self._line(number)) == "target":
            return False
        holds = {label.holds for label in self._columns(number)[0]}
        return "name" in holds and len(holds) > 1

    def rows(self, number: int) -> tuple[list[Row], int] | None:
        """The header that begins at a line, with or without its section, and the rows below it; and where they end.

        The rows are no more than a line each where they cannot be counted off in exactly one way.
        """
        section = self._section(number)
        start = section.next if section else number
        if start >= len(self._lines) or (section and self._lines[start].blanks) or not self.is_header(start):
            return None
        columns, certain = self._columns(start)
        columns = self._with_level_by_content(columns)
        ways = [self._rows_below(number, section, columns[:upto]) for upto in sorted({certain, len(columns)})]
        if not any(way for way, _ in ways):
            columns += self._unknown_columns(max(label.next for label in columns))
            ways.append(self._rows_below(number, section, columns))
        if not any(way for way, _ in ways):
            ways += self._below_hidden_levels(number, section, columns)
        possible = [way for way in ways if way[0]]
        reading, after = min(possible, key=lambda way: way[0].cost if way[0] else 0, default=ways[-1])
        equal = [way for way, _ in possible if way and reading and way.cost == reading.cost]
        rows = reading.rows if reading and len(equal) == 1 else None
        if rows is None:
            return [[self._span(line, line)] for line in range(number, after)], after
        total, after = self._total(after)
        return [*rows, *total], after

    def _with_level_by_content(self, columns: list[_Label]) -> list[_Label]:
        """The columns; where none is a level, the first is if the line below the header is one: 指标类型 | 具体指标."""
        below = max(column.next for column in columns)
        holds = {column.holds for column in columns}
        if {"level1", "level2"} & holds or columns[0].holds != "remarks" or below >= len(self._lines):
            return columns
        held = self._rules.levels.level_of(self._line(below))
        return [columns[0]._replace(holds=held), *columns[1:]] if held else columns

    def _rows_below(
        self, number: int, section: _Label | None, columns: Sequence[_Label]
    ) -> tuple[_Reading | None, int]:
        """The rows of a header with these columns, and where they end."""
        run, after = self._run(max(label.next for label in columns))
        run = run[self._columns_above(columns) :]
        if section:  # in front of every row, or a row of its own
            alone = self._reading(columns, run)
            if alone and alone.rows:
                alone = alone._replace(rows=[[section.span], *alone.rows])
            readings = [self._reading([section, *columns], run), alone]
        else:  # or nobody knows the section, and it stands above
            unknown = _Label("section", None, number)
            readings = [self._reading(columns, run), self._reading([unknown, *columns], run)]
        return min(filter(None, readings), key=lambda reading: reading.cost, default=None), after

    def _below_hidden_levels(
        self, number: int, section: _Label | None, columns: Sequence[_Label]
    ) -> Iterator[tuple[_Reading | None, int]]:
        """The rows where a level has a column that no header names: the second beside the first, the first below the
        section.
        """
        holds = [label.holds for label in columns]
        if "level1" in holds and "level2" not in holds:
            at = holds.index("level1") + 1
            hidden = _Label("hidden level2", None, columns[at - 1].next)
            yield self._rows_below(number, section, [*columns[:at], hidden, *columns[at:]])
        elif section and "level1" not in holds and ("level2" in holds or self._is_level1_below(columns)):
            yield self._rows_below(number, None, [section._replace(holds="level1"), *columns])

    def _is_level1_below(self, columns: Sequence[_Label]) -> bool:
        """Whether the first line below a header is a first level."""
        below = max(column.next for column in columns)
        return below < len(self._lines) and bool(self._rules.levels.canonical("level1", self._line(below)))

    def _unknown_columns(self, number: int) -> list[_Label]:
        """What stands between the last label of a header and the blank cell below: columns that no rule knows."""
        after = number
        while after < len(self._lines) and not self._lines[after].blanks and after - number <= _MOST_UNKNOWN:
            if self._is_level(self._span(after, after)) or self._measures(after):
                return []
            after += 1
        found = [_Label("remarks", self._span(line, line), line + 1) for line in range(number, after)]
        return found if len(found) <= _MOST_UNKNOWN else []

    # ------------------------------------------------------------------------------------------------------- header

    def _section(self, number: int) -> _Label | None:
        """The longest label of the section that begins at a line."""
        found = None
        for after in range(number + 1, min(number + _MOST_PIECES, len(self._lines)) + 1):
            span = self._span(number, after - 1)
            if span.end - span.start > LONGEST_LABEL or (after > number + 1 and self._lines[after - 1].blanks > 1):
                break
            if self._rule.use_of(self._text[slice(*span)]) == LabelUse("section", "indicators"):
                found = _Label("section", span, after)
        return found

    def _column(self, number: int, *, guess: bool = False) -> _Label | None:
        """The longest label of a column that begins at a line; behind a label, one that is a label itself is the next.

        Where the rules know none by its very words, the shortest that looks like one.
        """
        found = looks_like = None
        for after in range(number + 1, min(number + LABEL_LINES, len(self._lines)) + 1):
            span, last = self._span(number, after - 1), self._lines[after - 1]
            if span.end - span.start > 2 * LONGEST_LABEL or (after > number + 1 and last.blanks > 1):
                break
            if found and self._rule.column_of(self._text[last.start : last.end]):
                break
            text = self._text[slice(*span)]
            if after == number + 1 and not guess and not self._rule.opens_column(text):
                break
            if holds := self._rule.column_of(text):
                found = _Label(holds, span, after)
            elif guess and not looks_like and (likely := self._rules.indicators.column_like(text)):
                if after > number + 1 and self._opens_a_column(after - 1):
                    break
                looks_like = _Label(likely, span, after)
        return found or looks_like

    def _opens_a_column(self, number: int) -> bool:
        """Whether a line alone is the label of a column, or looks like one."""
        text = self._line(number)
        return bool(self._rule.column_of(text) or self._rules.indicators.column_like(text))

    def _unknown_column(self, number: int) -> _Label | None:
        """A short text inside a header, in front of a label that the rules know: a column that they do not."""
        after = number + 1
        if after >= len(self._lines) or self._lines[after].blanks or self._is_level(self._span(number, number)):
            return None
        is_short = len(self._line(number)) <= LONGEST_LABEL // 4 and not self._measures(number)
        return _Label("remarks", self._span(number, number), after) if is_short and self._column(after) else None

    def _columns(self, number: int) -> tuple[list[_Label], int]:
        """The labels that follow each other from a line on, without a blank between them.

        Behind two that the rules know by their very words, some may be known by their looks. Up to the number that is
        given too they are certain: what looks like a label behind the last may be the first cell below, unless it is
        a label of the form.
        """
        labels: list[_Label] = []
        first, upto = number, 0
        words = self._rules.indicators
        while number < min(len(self._lines), first + _MOST_COLUMNS):
            if labels and self._lines[number].blanks:
                break
            certain = len({each.holds for each in labels}) > 1
            label = self._column(number, guess=certain) or (self._unknown_column(number) if certain else None)
            if label is None:
                break
            labels.append(label)
            if self._column(number) or self._ends_table(number):
                upto = len(labels)
            number = label.next
        for at, held in words.stand_ins(
            [(label.holds, self._text[slice(*(label.span or (0, 0)))]) for label in labels]
        ).items():
            labels[at] = labels[at]._replace(holds=held)
        return self._in_order(labels, number), upto

    def _in_order(self, labels: list[_Label], after: int) -> list[_Label]:
        """The columns from left to right: levels and names may stand in a second row, below the first of the header.

        Then each of the other columns has a blank line behind them: 指标值 | 得分 | 一级 | 三级 | (blank) | (blank).
        """
        upper = self._lines[after].blanks if after < len(self._lines) else 0
        holds = [label.holds for label in labels]
        lower = {"level1", "level2", "name"}
        is_lower = holds[upper : upper + 1] == ["level1"] and {*holds[upper:]} <= lower
        if upper > 1 and is_lower and "target" in holds[:upper] and not lower & {*holds[:upper]}:
            return [*labels[upper:], *labels[:upper]]
        return labels

    def _columns_above(self, columns: Sequence[_Label]) -> int:
        """How many columns stand in a row above the first."""
        return sum(column.next < columns[0].next for column in columns)

    def _reading(self, columns: Sequence[_Label], run: _Run) -> _Reading | None:
        """The least far-fetched reading of a header and the run below it, None where there is none."""
        holds = [label.holds for label in columns]
        header: Row = [label.span for label in columns]
        readings: list[_Reading] = []
        for row_end in (0, 1):
            ways = [(held, [header, row], below) for held, row, below in self._divided(holds, run[row_end:])]
            for held, head, below in ways or [(holds, [header], run)]:
                if counted := self._counted(held, below, row_end):
                    rows = counted.rows
                    readings.append(counted._replace(rows=None if rows is None else [*head, *rows]))
        least = min((reading.cost for reading in readings), default=0)
        nearest = [reading for reading in readings if reading.cost == least]
        return (nearest[0] if len(nearest) == 1 else _Reading(least, None)) if nearest else None

    def _divided(self, names: list[_Holds], run: _Run) -> Iterator[tuple[list[_Holds], Row, _Run]]:
        """A second row of labels: blanks continue the labels above, the labels in one run divide those between."""
        before = next((at for at, line in enumerate(run) if line is not None), len(run))
        lower: list[_Label] = []
        at = before
        while at < len(run) and (line := run[at]) is not None and (label := self._column(line)):
            lower.append(label)
            at += label.next - line
        if len(lower) < 2 or before >= len(names):
            return
        blanks = next((n for n, line in enumerate(run[at:]) if line is not None), 0)
        for behind in range(min(blanks, len(names) - before - 1) + 1):
            whole = len(names) - behind
            held = [*names[:before], *(label.holds for label in lower), *names[whole:]]
            row: Row = [*[None] * before, *(label.span for label in lower), *[None] * behind]
            yield held, row, run[at + behind :]

    # --------------------------------------------------------------------------------------------------------- body

    def _run(self, number: int) -> tuple[_Run, int]:
        """The lines from one on up to the end of the table, and where that is; behind the last line all is blank."""
        run: _Run = []
        while number < len(self._lines):
            run += [None] * min(self._lines[number].blanks, _MOST_LINES)
            if self._ends(number) or len(run) > _MOST_LINES:
                break
            run.append(number)
            number += 1
        if number == len(self._lines):
            run += [None] * _MOST_COLUMNS
        return run, number

    def _ends(self, number: int) -> bool:
        words, text = self._rules.indicators, self._line(number)
        # A level, what stands beside one, and the second of two headers are in the table, whatever labels the form has.
        around = [line for line in (number, number - 1, number + 1) if 0 <= line < len(self._lines)]
        is_inside = any(self._is_level(self._span(line, line)) for line in around) or all(map(self._column, around[:2]))
        is_inside = is_inside or (number > 1 and self._is_level(self._span(number - 2, number - 1)))
        return (
            (self._ends_table(number) and not is_inside)
            or words.is_total(text)
            or words.is_ending(text)
            or self._rules.phrases.is_boilerplate(text)
            or self.is_header(number)
        )

    def _total(self, number: int) -> tuple[list[Row], int]:
        """The row that sums up, with the points behind its label; and where it ends."""
        if number == len(self._lines) or not self._rules.indicators.is_total(self._line(number)):
            return [], number
        after = number + 1
        while after < len(self._lines) and read_points(self._line(after)) is not None:
            after += 1
        return [[self._span(line, line) for line in range(number, after)]], after

    def _counted(self, names: Sequence[_Holds], run: _Run, row_end: int) -> _Reading | None:
        """The least far-fetched way to count the run off in rows of these columns, each with so many blanks behind it.

        None where there is no way. More blanks than the last row needs mean nothing.
        """
        if any(line is not None for line in run[:row_end]) or not names:
            return None
        length = max((at + 1 for at, line in enumerate(run) if line is not None), default=0)
        best: dict[int, tuple[int, int, int, Row]] = {row_end: (0, 1, -1, [])}  # cost, ways, where from, the row
        for position in range(row_end, length):
            if position not in best:
                continue
            cost, ways, _, _ = best[position]
            for end, (extra, as_good, row) in self._row_readings(names, run, position).items():
                if any(line is not None for line in run[end : end + row_end]):
                    continue
                known = best.get(end + row_end)
                if known is None or cost + extra < known[0]:
                    best[end + row_end] = (cost + extra, ways * as_good, position, row)
                elif cost + extra == known[0]:
                    best[end + row_end] = (*known[:1], known[1] + ways * as_good, *known[2:])
        ends = {end: reading for end, reading in best.items() if end >= length}
        if not ends:
            return None
        least = min(cost for cost, *_ in ends.values())
        nearest = [end for end, (cost, *_) in ends.items() if cost == least]
        if len(nearest) > 1 or best[nearest[0]][1] > 1:
            return _Reading(least, None)
        return _Reading(least, [*_path(best, nearest[0])][::-1])

    def _row_readings(self, names: Sequence[_Holds], run: _Run, position: int) -> _Readings:
        """The best ways to fill the columns from a position on, by where they end."""
        readings: _Readings = {position: (0, 1, [])}
        for name in names:
            further: _Readings = {}
            for at, (cost, ways, row) in readings.items():
                for end, extra in self._cells(name, run, at):
                    known = further.get(end)
                    if known is None or cost + extra < known[0]:
                        further[end] = (cost + extra, ways, [*row, self._taken(run, at, end)])
                    elif cost + extra == known[0]:
                        further[end] = (known[0], known[1] + ways, known[2])
            readings = further
        return {end: (cost + self._nameless(names, row), ways, row) for end, (cost, ways, row) in readings.items()}

    def _nameless(self, names: Sequence[_Holds], row: Row) -> int:
        """How far-fetched it is that the row names no indicator: not at all where it has no target either."""
        filled = {holds for holds, cell in zip(names, row, strict=True) if cell}
        return _NAMELESS if "target" in filled and "name" not in filled else 0

    def _cells(self, holds: _Holds, run: _Run, at: int) -> Iterator[tuple[int, int]]:
        """Where a cell of this column can end that begins here, and how far-fetched that is."""
        line = run[at] if at < len(run) else None
        if line is None:
            if at < len(run):
                yield at + 1, 0
        elif holds in ("level1", "level2", "hidden level2"):
            yield from self._level(run, at)
            if holds == "hidden level2":
                yield at, _MERGED_LEVELS
        elif holds == "name":
            yield from self._name(run, at)
        elif holds in ("weight", "score"):
            if self._is_blank(line) or read_points(self._line(line)) is not None:
                yield at + 1, 0
        elif holds in ("operator", "unit"):
            if len(self._line(line)) <= LONGEST_LABEL // 4:
                yield at + 1, 0
        elif holds in ("target", "actual"):
            if not self._is_level(self._span(line, line)):
                yield at + 1, 0
        elif holds != "section":
            yield from self._prose(run, at)

    def _level(self, run: _Run, at: int) -> Iterator[tuple[int, int]]:
        """A known level on one or more lines, or one line of something else; a paragraph may have left a blank."""
        first = run[at]
        assert first is not None
        if narrow(self._line(first)).startswith("("):  # points belong to the level above them
            return
        is_placeholder = self._rules.phrases.is_placeholder(self._line(first))
        if not self._is_level(self._span(first, first)) and not self._measures(first):
            yield at + 1, 0 if is_placeholder else _UNKNOWN
        for end in range(at + 1, min(at + (1 if is_placeholder else _MOST_PIECES), len(run)) + 1):
            if run[end - 1] is None and run[end - 2] is None:
                break
            if run[end - 1] is not None and self._is_level(self._stretch(run, at, end)):
                yield end, 0

    def _name(self, run: _Run, at: int) -> Iterator[tuple[int, int]]:
        """One line, or several where the line below them is the first that measures; a level is hardly a name."""
        if (line := run[at]) is not None and (self._is_level(self._span(line, line)) or self._is_only_a_target(line)):
            yield at + 1, _LEVEL_AS_NAME
            return
        yield at + 1, 0
        for end in self._ends_of_lines(run, at, LABEL_LINES):
            last, below = run[end - 1], run[end] if end < len(run) else None
            if last is None or below is None or self._measures(last) or self._is_level(self._span(last, last)):
                break
            if self._line(last).endswith(("。", "；")):  # the end of a sentence is none of a name
                break
            if end > at + 1 and self._measures(below):
                yield end, end - at - 1
                break

    def _prose(self, run: _Run, at: int) -> Iterator[tuple[int, int]]:
        """One line or more of a reason or a remark; no level and, among several, no number is one."""
        has_number = False
        for end in self._ends_of_lines(run, at, _MOST_PIECES):
            last = run[end - 1]
            if last is None or self._is_level(self._span(last, last)):
                break
            has_number |= bool(self._target(last).comparator)
            if has_number and end > at + 1:
                break
            yield end, end - at - 1

    def _ends_of_lines(self, run: _Run, at: int, most: int) -> Iterator[int]:
        """Where stretches of lines end that begin here and have no blank among them."""
        for end in range(at + 1, min(at + most, len(run)) + 1):
            if run[end - 1] is None:
                break
            yield end

    # -------------------------------------------------------------------------------------------------------- lines

    def _line(self, number: int) -> str:
        line = self._lines[number]
        return self._text[line.start : line.end]

    def _measures(self, number: int) -> bool:
        return self._target(number).kind not in ("qualitative", "empty")

    def _is_only_a_target(self, number: int) -> bool:
        """Whether the line is an operator and a number, and nothing that could be a name."""
        target = self._target(number)
        return bool(target.comparator) and not target.implicit and not target.label

    def _target(self, number: int) -> Target:
        """The line read as a target; the search asks for it from many sides."""
        if number not in self._targets:
            self._targets[number] = parse_target(self._line(number), self._rules.targets)
        return self._targets[number]

    def _is_level(self, span: Span) -> bool:
        printed, levels = self._text[slice(*span)], self._rules.levels
        return bool(levels.canonical("level1", printed) or levels.canonical("level2", printed))

    def _is_blank(self, number: int) -> bool:
        return self._rules.phrases.is_blank(self._line(number))

    def _span(self, first: int, last: int) -> Span:
        return Span(self._lines[first].start, self._lines[last].end)

    def _taken(self, run: _Run, start: int, end: int) -> Span | None:
        return self._stretch(run, start, end) if start < end and run[start] is not None else None

    def _stretch(self, run: _Run, start: int, end: int) -> Span:
        first, last = run[start], run[end - 1]
        assert first is not None
        assert last is not None
        return self._span(first, last)


def _path(best: dict[int, tuple[int, int, int, Row]], end: int) -> Iterator[Row]:
    """The rows from the last to the first."""
    while best[end][2] >= 0:
        _, _, end_before, row = best[end]
        yield row
        end = end_before
