"""Where rows end in tables that have nothing drawn between them: the words of forms tell.

A line below another is the rest of its row, or the next row. The texts of one column show which it is::

    |满意度指|服务对象|            满意度指标 is a level, and neither half is one: one row
    |标      |满意度指|
    |质量指标|抽检率  |            质量指标时效指标 is none, and both halves are: two rows
    |时效指标|完工时间|

So do two targets below each other, a sign that no cell begins or ends with, labels that stand above nothing, and a
template's filler of a row. Where none of them does, the shape decides: a paragraph that ends inside a cell looks like a
new row of which the other cells are blank. In the labels' columns it goes on with the row above, in the last column it
is a row of its own (the parser adds it to the value that it stands under); between them it may be either, and becomes a
row without places, which nothing reads. A row below one that fills its column to the last place looks like a wrapped
one: it is a row of its own if others of its cells begin anew, or one does and the first goes on no label; a row with
three such columns is surely wrapped. Where both its texts and its targets allow either, each line is a cell: a row with
too many, which no header fits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from extract.document import Block, Cell, Paragraph, Table
from extract.labels import LONGEST_LABEL, compact
from extract.rules import RuleSet
from extract.target import parse_target

# Labels stand in the first column, or in the second behind a section's merged cell.
_LABEL_COLUMNS = 2
# So many columns do not fill up at once by chance.
_SURELY_WRAPPED = 3
# A vertical label has a character a line.
_MOST_LINES = 12
# No cell ends with one of these, or begins with one of those.
_OPENING, _CLOSING = "（(《〈“‘〔【「", "）)”’〕】」：:，,。、；;！!？?"

_Row = tuple[Cell, ...]
_Verdict = Literal["goes on", "begins", "unclear", "either"]


def find_rows(text: str, blocks: Sequence[Block], rules: RuleSet) -> tuple[Block, ...]:
    """The blocks of a document, the tables without rows divided into theirs."""
    words = _Words(text, rules)
    return tuple(
        Table(tuple(_counted(row for lines in block.rows for row in _Stretch(words, lines).rows())), block.has_grid)
        if isinstance(block, Table) and not block.has_rows
        else block
        for block in blocks
    )


def _counted(rows: Iterable[_Row]) -> Iterator[_Row]:
    for number, row in enumerate(rows):
        yield tuple(cell._replace(row=number) for cell in row)


class _Words:
    """What the rules of all forms know of a text; each is looked up once, for many lines are tried together."""

    def __init__(self, text: str, rules: RuleSet) -> None:
        self.text = text
        self._rules = rules
        self._known: dict[str, bool] = {}

    def know(self, text: str) -> bool:
        """Whether a text is a label, a level, or the header of a column or an amount."""
        if len(text) > 2 * LONGEST_LABEL or not _has_words(text):
            return False
        if text not in self._known:
            self._known[text] = self._is_known(text)
        return self._known[text]

    def _is_known(self, text: str) -> bool:
        levels = self._rules.levels
        return bool(
            levels.canonical("level1", text)
            or levels.canonical("level2", text)
            or self._rules.money_of(text)
            or any(form.use_of(text) or form.column_of(text) for form in self._rules.forms)
        )

    def are_a_label(self, text: str) -> bool:
        """Whether a text is the label of a field."""
        uses = (form.use_of(text) for form in self._rules.forms)
        return self.know(text) and any(use and use.role == "field" for use in uses)

    def are_a_placeholder(self, text: str) -> bool:
        """Whether a text is a template's filler of a row, and not a word that others end with: …… or 指标2："""
        return self._rules.phrases.is_placeholder(text) and not compact(text).isalpha()

    def are_only_a_target(self, text: str) -> bool:
        """Whether a text is a number with its operator and unit, and nothing besides."""
        if not any(map(str.isdigit, text)):
            return False
        target = parse_target(text, self._rules.targets)
        return bool(target.comparator) and not target.label


def _has_words(text: str) -> bool:
    return any(map(str.isalnum, text))


class _Stretch:
    """Lines that may be one row or several."""

    def __init__(self, words: _Words, cells: _Row) -> None:
        self._columns = [_Column(words, cell) for cell in cells]

    def rows(self) -> Iterator[_Row]:
        """The rows that the lines are."""
        length = max((column.length for column in self._columns), default=0)
        start, kind = 0, "begins"
        for line in range(1, length):
            verdict = self._verdict(start, line)
            if verdict == "either":
                kind = verdict
            elif verdict != "goes on":
                yield self._row(start, line, kind)
                start, kind = line, verdict
        yield self._row(start, max(length, 1), kind)

    def _row(self, start: int, end: int, kind: str) -> _Row:
        columns = [column for column in self._columns if column.is_filled(start) or kind != "unclear"]
        if kind != "either":
            return tuple(column.cell(number, start, end) for number, column in enumerate(columns))
        cells = [cell for column in columns for cell in column.cells(start, end)]
        return tuple(cell._replace(column=number) for number, cell in enumerate(cells))

    def _verdict(self, start: int, line: int) -> _Verdict:
        """What a line is below a row that begins at `start`."""
        filled = [number for number, column in enumerate(self._columns) if column.is_filled(line)]
        if not filled:
            return "goes on"
        columns = [self._columns[number] for number in filled]
        if all(column.is_placeholder(line) for column in columns):
            return "begins"
        if len(columns) >= _SURELY_WRAPPED and all(column.is_full(line) for column in columns):
            return "goes on"
        labels = [column for column in self._columns if column.is_label(start, line)]
        if len(labels) > 1 and not any(column.is_filled(line) for column in labels):
            return "goes on"  # labels and values side by side, and more of the values
        verdict = self._verdict_by_words(columns, start, line)
        if not verdict and len(columns) > 1 and any(column.may_begin_a_target(line) for column in columns):
            return "either"
        return verdict or self._verdict_by_shape(filled, start, line)

    def _verdict_by_words(self, columns: Sequence[_Column], start: int, line: int) -> _Verdict | None:
        """What the filled columns of a line say, None where they say nothing, or one this and another one that.

        A column where two words are one as well (年度 · 总体目标) goes with the others.
        """
        as_one = [column.is_one_word(start, line) for column in columns]
        as_two = [column.is_two_words(start, line) for column in columns]
        goes_on = any(one and not two for one, two in zip(as_one, as_two, strict=True))
        begins = any(two and not one for one, two in zip(as_one, as_two, strict=True))
        if len(columns) > 1:  # a cell with two targets in it leaves the others blank
            begins |= any(column.is_two_targets(start, line) for column in columns)
        if not any(as_one):  # whole words side by side are a header, or levels
            are_whole = all(column.is_word_above(start, line) for column in columns)
            begins |= are_whole and len(columns) > 1 and not all(column.is_full(line) for column in columns)
        if goes_on and begins:
            return None
        return "begins" if begins else "goes on" if any(as_one) else None

    def _verdict_by_shape(self, filled: Sequence[int], start: int, line: int) -> _Verdict:
        anew = [number for number in filled if not self._columns[number].is_full(line)]
        if not anew or len(filled) - len(anew) >= _SURELY_WRAPPED:
            return "goes on"
        if anew == [0] and not self._columns[0].is_filled(line - 1):
            return "goes on"  # the first cell opens with a blank, at which its first line was broken
        if len(anew) == 1 and self._has_more(start, anew[0]):
            if (anew[0] < _LABEL_COLUMNS or len(filled) > 1) and filled[-1] != len(self._columns) - 1:
                return "goes on"
            return "unclear" if len(filled) == 1 else "begins"
        first = filled[0]
        is_value = first < _LABEL_COLUMNS or sum(column.is_filled(start) for column in self._columns[1:]) > 1
        return "goes on" if len(anew) == 1 and first not in anew and is_value else "begins"

    def _has_more(self, start: int, number: int) -> bool:
        """Whether the row has a value further right."""
        return any(column.is_filled(start) for column in self._columns[number + 1 :])


class _Column:
    """The lines of one cell."""

    def __init__(self, words: _Words, cell: Cell) -> None:
        self._words = words
        self._text = words.text
        self._cell = cell
        self._lines = [self._trimmed(block) for block in cell.blocks if isinstance(block, Paragraph)]
        self.length = len(self._lines)

    def _trimmed(self, line: Paragraph) -> Paragraph:
        text = self._text[line.start : line.end]
        return Paragraph(line.end - len(text.lstrip()), line.end) if text.strip() else Paragraph(line.end, line.end)

    # ------------------------------------------------------------------------------------------------------- shape

    def is_filled(self, line: int) -> bool:
        return line < self.length and self._lines[line].start < self._lines[line].end

    def is_full(self, line: int) -> bool:
        """Whether the text may go on from the line above, which has no room left; a sentence that ends does not."""
        if not (self.is_filled(line - 1) and self.is_filled(line)):
            return False
        return not self._breaks(line) and self._text[self._lines[line - 1].end - 1] != "。"

    def _breaks(self, line: int) -> bool:
        return "\n" in self._text[self._lines[line - 1].end : self._lines[line].start]

    # ------------------------------------------------------------------------------------------------------- words

    def is_one_word(self, start: int, line: int) -> bool:
        """Whether the text from `start` on is a word of the rules that goes on here, or a sign says that it goes on."""
        if not self.is_filled(line - 1):
            return False
        above, below = self._between(line - 1, line), self._between(line, line + 1)
        if above[-1] in _OPENING or below[0] in _CLOSING:
            return True
        return _has_words(below) and self._is_word(start, line + 1, self._end(start, line))

    def is_two_words(self, start: int, line: int) -> bool:
        """Whether the text from `start` on is a word of the rules that ends above, and one begins here."""
        return self.is_word_above(start, line) and self._is_word(line, line + 1, self._end(line, line))

    def is_word_above(self, start: int, line: int) -> bool:
        """Whether the text from `start` on is a word of the rules that ends above, and other words stand here."""
        if not self.is_filled(line - 1) or not _has_words(self._between(line, line + 1)):
            return False
        return self._is_word(start, line, line)

    def is_two_targets(self, start: int, line: int) -> bool:
        """Whether a target stands above, and one in a paragraph that begins here."""
        if not self.is_filled(line - 1) or self.is_full(line):
            return False
        return all(map(self._words.are_only_a_target, (self._between(start, line), self._paragraph_at(line))))

    def may_begin_a_target(self, line: int) -> bool:
        """Whether the text above has no room left, and the rest of it, or the next row's, is a target.

        Where digits meet, a number is broken.
        """
        if not self.is_full(line):
            return False
        above, below = self._between(line - 1, line), self._paragraph_at(line)
        return not (above[-1] in ".," or (above[-1].isdigit() and below[0].isdigit())) and (
            self._words.are_only_a_target(below)
        )

    def _paragraph_at(self, line: int) -> str:
        end = next((end for end in range(line + 1, self.length) if not self.is_full(end)), self.length)
        return self._between(line, end)

    def is_label(self, start: int, end: int) -> bool:
        """Whether the lines are the label of a field."""
        return self.is_filled(start) and self._words.are_a_label(self._between(start, min(end, self.length)))

    def is_placeholder(self, line: int) -> bool:
        """Whether a template has left something here for more rows."""
        return self._words.are_a_placeholder(self._between(line, line + 1))

    def _is_word(self, start: int, least: int, most: int) -> bool:
        """Whether the lines from `start` up to an end between `least` and `most` are a word of the rules."""
        return any(self._words.know(self._between(start, end)) for end in range(least, most + 1))

    def _end(self, start: int, line: int) -> int:
        """Where a text ends at most that begins at `start`: at a blank below `line`, or where no word is as long."""
        most = min(start + _MOST_LINES, self.length)
        return next((end for end in range(line, most) if not self.is_filled(end)), most)

    def _between(self, start: int, end: int) -> str:
        return self._text[self._lines[start].start : self._lines[end - 1].end].strip()

    # -------------------------------------------------------------------------------------------------------- cell

    def cells(self, start: int, end: int) -> Iterator[Cell]:
        """Each line as a cell; a blank one where there is none."""
        for line in range(start, max(start + 1, min(end, self.length))):
            yield self.cell(0, line, line + 1)

    def cell(self, number: int, start: int, end: int) -> Cell:
        """The cell that the lines from `start` to `end` are in a row, those of one paragraph joined."""
        paragraphs: list[Paragraph] = []
        for line in range(start, min(end, self.length)):
            if not self.is_filled(line):
                continue
            if paragraphs and not self._breaks(line):
                paragraphs[-1] = paragraphs[-1]._replace(end=self._lines[line].end)
            else:
                paragraphs.append(self._lines[line])
        if paragraphs:
            first, last = paragraphs[0].start, paragraphs[-1].end
        else:
            first = last = self._lines[min(start, self.length - 1)].end if self.length else self._cell.start
        return self._cell._replace(column=number, start=first, end=last, blocks=tuple(paragraphs))
