"""The tokenizer cuts a document into one slice per form, at the headers that repeat from form to form.

How a cut is decided. A line that matches a title is only a candidate: tables of contents, notices and page heads repeat
titles too. The text up to the next candidate is its region, and the labels found there decide:

* the form's key label (the project name, say) or many labels   → a form starts here
* some labels, and a form of this kind is open                   → a page's repeated head: the form goes on
* no label                                                       → the line only mentions the form: outside text

Everything before, between and behind the slices is outside text. One pass, linear in the size of the document.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from extract.document import Block, Cell, Document, Paragraph, Span, Table
from extract.labels import bare_label, narrow
from extract.row_ends import find_rows
from extract.rules import NO_LABEL, FormRule, RuleSet, Title
from extract.values import PEOPLE_TYPES, read_money

# So many different labels make a form even where the key label is missing.
ENOUGH_LABELS = 3
# The year stands at most so many lines below the title.
YEAR_LINE_DISTANCE = 5

# A text without tables that prints a form one cell a line has at least so many lines that look like cells.
_FEWEST_CELLS = 8
_CELL_LIKE = re.compile("[^。；！？]{1,20}(?<![：:，,])")

# So long at most is each half of a title in two lines.
_LONGEST_HALF = 30

_COLON = re.compile("[:：]")


@dataclass(frozen=True, slots=True)
class FormSlice:
    """The blocks of one form. `rule` is None for a title of unknown kind; `headings` are its title and year lines, none
    where the form has no title and its labels tell the kind."""

    rule: FormRule | None
    title: str
    fiscal_year: int | None
    headings: tuple[Span, ...]
    blocks: tuple[Block, ...]
    span: Span


class _Line(NamedTuple):
    """The unit of cutting: a paragraph, or one row of a table."""

    start: int
    end: int
    row: tuple[Cell, ...] | None
    table: Table | None


@dataclass(slots=True)
class _Region:
    """A title candidate and the lines up to the next one."""

    title: Title
    headings: list[Span]
    lines: list[_Line]
    opens_table: bool  # the title is a paragraph of its own or the first row of its table
    rows: int = 0  # of tables, or of what one cell a line has left of them
    length: int = 0  # how many of the lines are the form's, where the title starts one
    labels: set[str] | None = None  # the names of the fields whose labels stand there, once somebody has asked for them


def tokenize(document: Document, rules: RuleSet) -> list[FormSlice]:
    """The forms in `document`, in reading order; all text that is in no slice is outside text."""
    cutter = _Cutter(document.text, rules)
    lines = list(cutter.lines(find_rows(document.text, document.blocks, rules)))
    slices: list[list[_Region]] = []
    for region in cutter.regions(lines):
        open_form = slices[-1] if slices else None
        if cutter.starts_form(region, open_form):
            slices.append([region])
        elif open_form and open_form[0].title.rule is region.title.rule and cutter.goes_on(region):
            open_form.append(region)
    if slices:
        return [each for regions in slices for each in cutter.form_slices(regions)]
    return cutter.untitled(lines)


def shows_labels(document: Document, rules: RuleSet) -> bool:
    """Whether enough labels of a form stand in a document, whatever the kind."""
    cutter = _Cutter(document.text, rules)
    lines = [line for line in cutter.lines(document.blocks) if line.row]
    return any(
        len({name for line in lines for name in cutter.labels_in(line, rule)}) >= ENOUGH_LABELS for rule in rules.forms
    )


def values_outside(document: Document, slices: Sequence[FormSlice], rules: RuleSet) -> Iterator[Span]:
    """The lines in no slice that hold a label of one of the forms with a value beside it, or amounts or indicators.

    What follows instructions repeats the labels in prose, up to the next form.
    """
    cutter = _Cutter(document.text, rules)
    known = list({each.rule.kind: each.rule for each in slices if each.rule}.values())
    starts = [each.span.start for each in slices]
    instructs = False

    def is_inside(start: int, end: int) -> bool:
        before = bisect_right(starts, start)
        return before > 0 and end <= slices[before - 1].span.end

    for block in (*document.blocks, *document.asides):
        if is_inside(*_extent(block)):
            instructs = False
            continue
        for line in cutter.lines((block,)):
            if is_inside(line.start, line.start + 1):
                instructs = False
                continue
            instructs = instructs or (not line.row and cutter.opens_instructions(line))
            if (line.row or not instructs) and any(cutter.holds_value(line, rule) for rule in known):
                yield Span(line.start, line.end)


class _Cutter:
    def __init__(self, text: str, rules: RuleSet) -> None:
        self._text = text
        self._rules = rules
        self._phrases = rules.phrases

    # -------------------------------------------------------------------------------------------------- lines

    def lines(self, blocks: Sequence[Block]) -> Iterator[_Line]:
        for block in blocks:
            if isinstance(block, Paragraph):
                yield _Line(block.start, block.end, None, None)
            elif _is_wrapper(block):
                for row in block.rows:
                    yield from self.lines(row[0].blocks)
            elif block.has_grid:
                yield from (_row_line(row, block) for row in block.rows if row)
            else:
                yield from self._lines_of_dump(block)

    def _lines_of_dump(self, table: Table) -> Iterator[_Line]:
        """A dump's rows, with the paragraphs that stood below a form taken out of the form's last cell again."""
        for number, row in enumerate(table.rows):
            *_, last = row
            kept = self._own_paragraphs(last, table.rows[number + 1] if number + 1 < len(table.rows) else None)
            if kept == len(last.blocks):
                yield _row_line(row, table)
                continue
            own, released = last.blocks[:kept], last.blocks[kept:]
            end = own[-1].end if own and isinstance(own[-1], Paragraph) else last.start
            cut = Cell(last.row, last.column, 1, 1, last.start, end, own)
            yield _row_line((*row[:-1], cut), table)
            yield from self.lines(released)

    def _own_paragraphs(self, cell: Cell, next_row: tuple[Cell, ...] | None) -> int:
        """How many of a last cell's paragraphs are its own.

        Only in a form's last row are there others: a title, instructions, what stands below the date, who has filled
        it in, and everything where the cell opens with a blank line.
        """
        paragraphs = [block for block in cell.blocks if isinstance(block, Paragraph)]
        texts = [self._text[p.start : p.end] for p in paragraphs]
        opens_blank = bool(paragraphs) and "\n" in self._text[cell.start : paragraphs[0].start]
        if len(texts) < 2 and not opens_blank:
            return len(cell.blocks)
        later = range(0 if opens_blank else 1, len(texts))
        titled = next((i for i in later if self._rules.title(texts[i])), len(texts))
        ends_form = titled < len(texts) or next_row is None or self._is_title_row(next_row)
        if not ends_form:
            return len(texts)
        if opens_blank and not self._is_form_furniture(texts[0]):
            return 0
        for i in range(1, titled):
            below_date = self._phrases.is_closing(texts[i - 1]) and not self._is_form_furniture(texts[i])
            if below_date or self._phrases.opens_instructions(texts[i]) or self._names_people(texts[i]):
                return i
        return titled

    def _names_people(self, text: str) -> bool:
        """Whether a paragraph opens with the label of people, a colon and a name: who has filled the form in."""
        label, _, value = narrow(text).partition(":")
        uses = [(rule, rule.use_of(label)) for rule in self._rules.forms] if value.strip() else []
        return any(use and use.role == "field" and rule.fields[use.name].type in PEOPLE_TYPES for rule, use in uses)

    def _is_form_furniture(self, text: str) -> bool:
        return self._phrases.is_boilerplate(text) or self._phrases.is_closing(text)

    def _is_title_row(self, row: tuple[Cell, ...]) -> bool:
        return self._title_in(_row_line(row, None)) is not None

    # ------------------------------------------------------------------------------------------------ regions

    def regions(self, lines: Sequence[_Line]) -> list[_Region]:
        """Each title candidate with its lines, and the labels that its rule finds there."""
        regions: list[_Region] = []
        previous_table: Table | None = None
        is_of_cells = not any(line.row for line in lines)  # then the line below may be another cell
        for number, line in enumerate(lines):
            is_inside = bool(regions) and line.start < regions[-1].headings[0].end
            below = None if is_of_cells or number + 1 == len(lines) else lines[number + 1]
            found = None if is_inside else (below and self._title_over(line, below)) or self._title_in(line)
            if found:
                opens_table = line.table is None or line.table is not previous_table
                title, heading = found
                regions.append(_Region(title, [heading], [], opens_table))
            if regions:
                regions[-1].lines.append(line)
            previous_table = line.table
        for region in regions:
            region.rows = self._rows_in_lines(region) if is_of_cells else sum(bool(line.row) for line in region.lines)
        regions = list(self._without_sections(regions))
        for region in regions:
            region.length = self._form_length(region.lines, region.title.rule)
        return regions

    def _rows_in_lines(self, region: _Region) -> int:
        """How many lines below a title look like cells, in a text without tables; none where more of them do not."""
        texts = [self._text[line.start : line.end].strip() for line in region.lines[1:]]
        cells = sum(bool(_CELL_LIKE.fullmatch(text)) for text in texts)
        has_year = region.title.year is not None or self._year_line(region) is not None
        return cells if has_year and cells >= _FEWEST_CELLS and 3 * cells >= 2 * len(texts) else 0

    def _without_sections(self, regions: list[_Region]) -> Iterator[_Region]:
        """Candidates that start nothing of their own joined to what they belong to.

        An unknown title that heads a section belongs to the form before it; a title that is printed twice, with at most
        the year and such lines between, to its repetition.
        """
        kept: _Region | None = None
        for region in regions:
            if kept and region.title.rule is None and not self._shows_unknown_form(region, kept.title.rule):
                kept.lines += region.lines
                continue
            if kept and region.title.rule is kept.title.rule and self._is_only_heading(kept):
                region.lines[:0] = kept.lines
                region.headings[:0] = kept.headings
            elif kept and (kept.title.rule or kept is not regions[0] or self._shows_unknown_form(kept, None)):
                yield kept
            kept = region
        if kept and (kept.title.rule or self._shows_unknown_form(kept, None)):
            yield kept

    def _is_only_heading(self, region: _Region) -> bool:
        """Whether a year line stands below the title, and nothing else but boilerplate."""
        if len(region.lines) > YEAR_LINE_DISTANCE + 1 or not self._year_line(region):
            return False
        texts = (self._text[line.start : line.end].strip() for line in region.lines[1:])
        return all(not text or self._phrases.year_line(text)[0] or self._phrases.is_boilerplate(text) for text in texts)

    def _title_over(self, line: _Line, below: _Line) -> tuple[Title, Span] | None:
        """The title that two paragraphs show together: where neither shows one, or the lower one that of another kind.

        部门整体支出 and 绩效自评表 below it name a form of a department, and not one of a project.
        """
        if line.row or below.row or max(line.end - line.start, below.end - below.start) > _LONGEST_HALF:
            return None
        upper, lower = self._text[line.start : line.end], self._text[below.start : below.end]
        if "表" not in lower:
            return None
        title = self._rules.title(upper.rstrip() + lower.lstrip())
        if title is None or title.rule is None or self._rules.title(upper):
            return None
        other = self._rules.title(lower)
        return (title, Span(line.start, below.end)) if not other or other.rule is not title.rule else None

    def _title_in(self, line: _Line) -> tuple[Title, Span] | None:
        """The title that a line shows."""
        for span in self._heading_places(line):
            if title := self._rules.title(self._text[span.start : span.end]):
                return title, span
        return None

    def _heading_places(self, line: _Line) -> Iterator[Span]:
        """Where a line can hold a heading: a paragraph, or the only filled cell of a row, whole or each paragraph."""
        if line.row is None:
            yield Span(line.start, line.end)
        elif cell := _only_filled_cell(line.row, self._text):
            yield Span(cell.start, cell.end)
            if len(cell.blocks) > 1:
                yield from (Span(b.start, b.end) for b in cell.blocks if isinstance(b, Paragraph))

    def _labels(self, region: _Region) -> set[str]:
        """The names of the fields whose labels stand below a title, as far as its form goes."""
        if region.labels is None:
            rule, lines = region.title.rule, region.lines[: region.length]
            region.labels = {name for line in lines for name in self.labels_in(line, rule)} if rule else set()
        return region.labels

    def labels_in(self, line: _Line, rule: FormRule) -> set[str]:
        """The names of the fields whose labels fill a cell of the line or open it, followed by a colon."""
        names = set()
        spans = [(c.start, c.end) for c in line.row if c.end > c.start] if line.row else [(line.start, line.end)]
        for start, end in spans:
            text = self._text[start:end]
            use = rule.use_of(text)
            if use is None and (colon := _COLON.search(text)):
                use = rule.use_of(text[: colon.start()])
            if use and use.role == "field":
                names.add(use.name)
        return names

    def holds_value(self, line: _Line, rule: FormRule) -> bool:
        """Whether a line holds a field's label with a value beside it, an amount, or the header of indicators."""
        texts = [text for cell in line.row or [line] if (text := self._text[cell.start : cell.end].strip())]
        said = [self._rules.meaning_of(text, rule) or NO_LABEL for text in texts]
        columns = {each.column for each in said if each.column}
        if "name" in columns and len(columns) > 1:
            return True
        for (text, says), (beside, says_beside) in pairwise([*zip(texts, said, strict=True), ("", NO_LABEL)]):
            use, behind = says.use, ""
            if colon := _COLON.search(text):
                use, behind = rule.use_of(text[: colon.start()]), text[colon.end() :].strip()
            if use and use.role == "field" and (behind or (beside and not says_beside.use)):
                return True
            if says.money and says.money.source and not says.money.weak and read_money(beside):
                return True
        return False

    def opens_instructions(self, line: _Line) -> bool:
        """Whether the notes to the reader begin at a line."""
        return self._phrases.opens_instructions(self._text[line.start : line.end])

    # ------------------------------------------------------------------------------------------------- slices

    def starts_form(self, region: _Region, open_form: list[_Region] | None) -> bool:
        rule = region.title.rule
        if rule is None or any(rule.spec.key in self.labels_in(line, rule) for line in region.lines[: region.length]):
            return True
        labels = self._labels(region)
        enough = len(labels) >= ENOUGH_LABELS
        if not open_form or open_form[0].title.rule is not rule:
            return enough or (bool(labels) and region.rows > 1)
        already = set().union(*map(self._labels, open_form))
        return enough and len(labels & already) * 2 > len(labels)

    def goes_on(self, region: _Region) -> bool:
        """Whether the region below a repeated title is the next page of the form: it has labels, or indicators."""
        rule = region.title.rule
        return bool(self._labels(region)) or (rule is not None and self._has_indicators(region.lines, rule))

    def _shows_unknown_form(self, region: _Region, before: FormRule | None) -> bool:
        """Whether an unknown title starts a form: it has a table below it and is more than the heading of a section.

        Inside a table or behind a known form that takes the year line, the key label of the form before, or a title
        that says that it is one, or names the year above a table that holds no indicators.
        """
        if region.rows < 2:
            return False
        if region.opens_table and before is None:
            return True
        if self._year_line(region) or (region.opens_table and self._phrases.names_a_form(region.title.text)):
            return True
        if before and region.opens_table and region.title.year and not self._has_indicators(region.lines, before):
            return True
        return before is not None and any(before.spec.key in self.labels_in(line, before) for line in region.lines)

    def _has_indicators(self, lines: list[_Line], rule: FormRule) -> bool:
        """Whether the header of an indicator table stands in lines."""
        cells = (cell for line in lines for cell in line.row or [line])
        return any(rule.column_of(self._text[cell.start : cell.end]) == "name" for cell in cells)

    def _year_line(self, region: _Region) -> tuple[int | None, Span] | None:
        """The year line below a title, with the year where it is filled in."""
        for line in region.lines[: YEAR_LINE_DISTANCE + 1]:
            for span in self._heading_places(line):
                is_year_line, year = self._phrases.year_line(self._text[span.start : span.end])
                if is_year_line:
                    return year, span
        return None

    def _notes_below(self, region: _Region) -> Iterator[Span]:
        """The notes in brackets between a title and what the form begins with: （分配到县区）."""
        for line in region.lines[1 : YEAR_LINE_DISTANCE + 1]:
            text = self._text[line.start : line.end]
            if line.row or not (self._phrases.is_title_hint(text) or self._phrases.year_line(text)[0]):
                break
            if not self._phrases.year_line(text)[0]:
                yield Span(line.start, line.end)

    def form_slices(self, regions: list[_Region]) -> Iterator[FormSlice]:
        """One form from its first region and those that a repeated page head continues, and the untitled ones below."""
        first = regions[0]
        lines = [line for region in regions for line in region.lines]
        lines = lines[: self._form_length(lines, first.title.rule) if len(regions) > 1 else first.length]
        headings, year = [], None
        for region in regions:
            headings += region.headings
            headings += self._notes_below(region)
            if found := self._year_line(region):
                year = year or found[0]
                headings.append(found[1])
        year = year or first.title.year
        for part in self._parts(lines, first.title.rule):
            start = min(headings[0].start, part[0].start) if part[0] is lines[0] else part[0].start
            span = Span(start, max(part[-1].end, headings[0].end))
            own = tuple(heading for heading in headings if span.start <= heading.start < span.end)
            yield FormSlice(first.title.rule, first.title.text, year, own, tuple(_blocks(part)), span)

    def _parts(self, lines: list[_Line], rule: FormRule | None) -> Iterator[list[_Line]]:
        """The lines cut where another form of the kind begins below the title of the first: at a table that opens with
        the key's label, where there is an indicator table above it and one below."""
        starts = [0]
        for at, line in enumerate(lines):
            opens = rule is not None and self._opens_untitled(line, lines[at - 1] if at else None, rule)
            if opens and self._shows_form(lines[starts[-1] : at], rule) and self._shows_form(lines[at:], rule):
                starts.append(at)
        for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
            part = lines[start:end]
            yield part[: self._form_length(part, rule)] if len(starts) > 1 else part

    def _opens_untitled(self, line: _Line, before: _Line | None, rule: FormRule) -> bool:
        """Whether a line opens with the label of the key; a row as the first of its table, where one knows."""
        if line.table and line.table.has_grid and before and before.table is line.table:
            return False
        cell = line.row[0] if line.row else line
        use = rule.use_of(self._text[cell.start : cell.end])
        return use is not None and use.role == "field" and use.name == rule.spec.key

    def _shows_form(self, lines: list[_Line], rule: FormRule | None) -> bool:
        """Whether the key's label and the header of an indicator table stand in lines."""
        if rule is None:
            return False
        return self._has_indicators(lines, rule) and any(rule.spec.key in self.labels_in(line, rule) for line in lines)

    def untitled(self, lines: list[_Line]) -> list[FormSlice]:
        """The one form of a document without a title, where its labels tell the kind."""
        labelled = [line for line in lines if line.row] or lines
        rule = self._kind_by_labels(labelled)
        if rule is None:
            return []
        key = next(line for line in labelled if rule.spec.key in self.labels_in(line, rule))
        first = lines.index(key)
        lines = lines[first:]
        lines = lines[: self._form_length(lines, rule)]
        return [FormSlice(rule, "", None, (), tuple(_blocks(lines)), Span(lines[0].start, lines[-1].end))]

    def _kind_by_labels(self, lines: list[_Line]) -> FormRule | None:
        """The kind that explains the marks found of every other kind; of two that explain the same, the plainer one.

        Lists of projects are no forms: a form has its labels in several rows, and an indicator table.
        """
        cells = (cell for line in lines for cell in line.row or [line])
        texts = {bare_label(self._text[cell.start : cell.end]) for cell in cells if cell.end > cell.start}
        found = {
            number: rule.marks & texts
            for number, rule in enumerate(self._rules.forms)
            if "name" in {rule.columns.get(text) for text in texts} and self._rows_with_labels(lines, rule)
        }
        everything = set().union(*found.values())
        explains = [self._rules.forms[number] for number, marks in found.items() if marks == everything]
        plainest = sorted(explains, key=lambda rule: len(rule.marks))[:2]
        is_unique = len({len(rule.marks) for rule in plainest}) == len(plainest)
        return plainest[0] if everything and plainest and is_unique else None

    def _rows_with_labels(self, lines: list[_Line], rule: FormRule) -> bool:
        found = [self.labels_in(line, rule) for line in lines]
        return any(rule.spec.key in names for names in found) and sum(map(bool, found)) >= ENOUGH_LABELS

    def _form_length(self, lines: list[_Line], rule: FormRule | None) -> int:
        """How many lines belong to the form: up to the instructions below it, without the prose that trails it.

        Instructions repeat the labels in prose; only a row of a table with a label, an amount or the header of
        indicators says that the form goes on behind them.
        """
        rows = [i for i, line in enumerate(lines) if line.row]
        below = range((rows[0] if rows else 0) + 1, len(lines))
        ends = [i for i in below if not lines[i].row and self.opens_instructions(lines[i])]
        last = next((i for i in reversed(rows) if self._says_something(lines[i], rule)), 0) if ends else 0
        length = next((i for i in ends if i > last), len(lines))
        while rows and length > 1 and not lines[length - 1].row and not self._is_labelled(lines[length - 1], rule):
            length -= 1
        return length

    def _says_something(self, line: _Line, rule: FormRule | None) -> bool:
        return rule is not None and (self._is_labelled(line, rule) or self.holds_value(line, rule))

    def _is_labelled(self, line: _Line, rule: FormRule | None) -> bool:
        """Whether the line has a label with room for its value: the last cell of a header (备注) has none."""
        if rule is None:
            return False
        if line.row and len(line.row) > 2:
            line = _row_line(line.row[:-1], line.table)
        return bool(self.labels_in(line, rule))


def _is_wrapper(table: Table) -> bool:
    """A table that only lays out other tables: each row is one cell that holds a table."""
    return bool(table.rows) and all(len(r) == 1 and any(isinstance(b, Table) for b in r[0].blocks) for r in table.rows)


def _extent(block: Block) -> Span:
    """Where a block begins and ends; a table without cells is nowhere."""
    if isinstance(block, Paragraph):
        return Span(*block)
    rows = list(filter(None, block.rows))
    return Span(rows[0][0].start, rows[-1][-1].end) if rows else Span(0, 0)


def _row_line(row: tuple[Cell, ...], table: Table | None) -> _Line:
    return _Line(row[0].start, row[-1].end, row, table)


def _only_filled_cell(row: tuple[Cell, ...], text: str) -> Cell | None:
    only = None
    for cell in row:
        if cell.end > cell.start and not text[cell.start : cell.end].isspace():
            if only:
                return None
            only = cell
    return only


def _blocks(lines: Sequence[_Line]) -> Iterator[Block]:
    """Lines as blocks again; rows of one table that follow each other are one table."""
    rows: list[tuple[Cell, ...]] = []
    table: Table | None = None
    for line in lines:
        if table and line.table is not table:
            yield Table(tuple(rows), table.has_grid)
            rows = []
        table = line.table
        if line.row:
            rows.append(line.row)
        else:
            yield Paragraph(line.start, line.end)
    if table:
        yield Table(tuple(rows), table.has_grid)
