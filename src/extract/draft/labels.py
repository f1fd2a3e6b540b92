"""Labels: which texts of a form that no rule used are labels, and which cells hold their values.

A table says it by its shape, a label and beside it its value, and several forms of one kind by what they share: what
stands in all of them is printed, what differs was filled in.

    实施情况 | 备案单位   | 云溪县档案馆          the first cell spans rows or stands before a printed one: a section
             | 资金投向   | 档案库房改造          printed, filled in
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from extract.document import Block, Cell, Paragraph, Table, walk_tables
from extract.labels import bare_label, compact
from extract.ledger import Ledger, Owner

LONGEST_NEW_LABEL = 25
_INLINE = re.compile(r"\s*(?P<label>[^\s:：。；;]{2,20})\s*[:：]\s*(?P<value>\S.*)?", re.DOTALL)
_NO_LABEL = re.compile(r"\d|[。；;！!？?□☐☑√≥≤%％]|[:：].")


@dataclass
class NewLabel:
    """A label that no rule knows, as printed, with the values found under it (blank ones left out).

    A section has none: it stands in front of labels whose values stand below them.
    """

    label: str
    forms: int = 0
    is_section: bool = False
    values: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class ParsedForm:
    """One form of a sample after the parser: the text, the form's blocks, and who owns each character."""

    text: str
    blocks: tuple[Block, ...]
    ledger: Ledger

    def words(self, cell: Cell | Paragraph) -> str:
        """The trimmed text of a cell or paragraph."""
        return self.text[cell.start : cell.end].strip()

    def is_unused(self, cell: Cell | Paragraph) -> bool:
        """Whether something stands in the cell and all of it is left over."""
        left = sum(end - start for start, end in self.ledger.stretches(cell.start, cell.end, Owner.LEFTOVER))
        return left > 0 and left >= len("".join(self.words(cell).split()))


def new_labels(forms: Sequence[ParsedForm]) -> list[NewLabel]:
    """The labels that no rule knows in `forms`, all of one kind, in the order in which they stand."""
    printed = _printed(forms) if len(forms) > 1 else None
    found: dict[str, NewLabel] = {}
    for form in forms:
        seen: set[str] = set()
        for label, value in _pairs(form, printed):
            entry = found.setdefault(bare_label(label), NewLabel(" ".join(label.split())))
            entry.forms += bare_label(label) not in seen
            entry.is_section = value is None
            entry.values += [value] if value else []
            seen.add(bare_label(label))
    return list(found.values())


def _printed(forms: Sequence[ParsedForm]) -> frozenset[str]:
    """The bare texts of cells that stand in more than half of the forms."""
    counts: Counter[str] = Counter()
    for form in forms:
        cells = (cell for table in walk_tables(form.blocks) for row in table.rows for cell in row)
        counts.update({bare_label(form.words(cell)) for cell in cells} - {""})
    return frozenset(text for text, count in counts.items() if 2 * count > len(forms) and count > 1)


def _pairs(form: ParsedForm, printed: frozenset[str] | None) -> Iterator[tuple[str, str | None]]:
    """Each new label of a form with the text of its value, "" where that is blank, None where it heads a section."""
    for block in form.blocks:
        if isinstance(block, Paragraph):
            yield from _inline(form, block)
    for table in walk_tables(form.blocks):
        taken = {number for first, rows in _lists(form, table) for number in range(first, first + rows)}
        for number, row in enumerate(table.rows):
            if number in taken:
                continue
            if below := _values_below(form, table, number):
                yield from below
                taken.add(number + 1)
            else:
                yield from _pairs_of_row(form, _without_section(form, row, printed), printed)


def _values_below(form: ParsedForm, table: Table, number: int) -> list[tuple[str, str | None]]:
    """The labels of a row that has nothing else, and the values that stand right below them; first, the section that
    stands in front of both rows."""
    if number + 1 >= len(table.rows):
        return []
    row, values = ([cell for cell in row if form.words(cell)] for row in table.rows[number : number + 2])
    sections, labels = [c for c in row if c.row_span > 1], [c for c in row if c.row_span == 1]
    below = {cell.column: cell for cell in values}
    if len(labels) < 2 or [cell.column for cell in labels] != list(below):
        return []
    are_labels = all(form.is_unused(cell) and _can_be_label(form, cell) for cell in row)
    are_values = all(form.is_unused(cell) and not _can_be_label(form, cell) for cell in values)
    if not are_labels or not are_values:
        return []
    pairs: list[tuple[str, str | None]] = [(form.words(cell), None) for cell in sections]
    return pairs + [(form.words(cell), form.words(below[cell.column])) for cell in labels]


def lists_of(forms: Sequence[ParsedForm]) -> list[list[str]]:
    """The headings of the lists in `forms` that nobody used."""
    found: dict[tuple[str, ...], None] = {}
    for form in forms:
        for table in walk_tables(form.blocks):
            for number, _ in _lists(form, table):
                found[tuple(form.words(cell) for cell in table.rows[number])] = None
    return [list(headings) for headings in found]


def _lists(form: ParsedForm, table: Table) -> Iterator[tuple[int, int]]:
    """Where a table holds a list that nobody used: the number of its row of headings, and of all its rows.

    The row below headings has as many cells, and something else than a label where a label beside a value would stand.
    """
    number = 0
    while number + 1 < len(table.rows):
        length = _list_length(form, table.rows[number:])
        if length:
            yield number, length
        number += max(length, 1)


def _list_length(form: ParsedForm, rows: Sequence[tuple[Cell, ...]]) -> int:
    heading = rows[0]
    if len(heading) < 3 or not all(form.is_unused(cell) and _can_be_label(form, cell) for cell in heading):
        return 0
    length = 1
    for row in rows[1:]:
        may_be_labels = [cell for cell in row[2::2] if form.words(cell)]
        if len(row) != len(heading) or all(_can_be_label(form, cell) for cell in may_be_labels):
            break
        length += 1
    return length if length > 1 else 0


def _pairs_of_row(form: ParsedForm, row: Sequence[Cell], printed: frozenset[str] | None) -> Iterator[tuple[str, str]]:
    position = 0
    while position < len(row):
        cell, after = row[position], row[position + 1] if position + 1 < len(row) else None
        position += 1
        if not form.is_unused(cell):
            continue
        if after is not None and _can_be_label(form, cell) and _can_be_value(form, after):
            if printed is None or bare_label(form.words(cell)) in printed or form.is_unused(after):
                yield form.words(cell), form.words(after)
                position += 1
        else:
            yield from _inline(form, cell)


def _without_section(form: ParsedForm, row: tuple[Cell, ...], printed: frozenset[str] | None) -> Sequence[Cell]:
    """The row without the cell in front that heads several rows."""
    if len(row) < 3 or not form.is_unused(row[0]) or not _can_be_label(form, row[1]):
        return row
    first, second, third = row[:3]
    heads_rows = first.row_span > 1
    both_printed = printed is not None and {bare_label(form.words(c)) for c in (first, second)} <= printed
    third_is_filled_in = printed is not None and bare_label(form.words(third)) not in printed
    return row[1:] if heads_rows or (both_printed and third_is_filled_in and len(row) % 2) else row


def _can_be_label(form: ParsedForm, cell: Cell) -> bool:
    """Whether the cell's text has the looks of a label: short, without figures, boxes and sentences."""
    bare = compact(form.words(cell))
    return 2 <= len(bare) <= LONGEST_NEW_LABEL and bool(bare_label(bare)) and not _NO_LABEL.search(bare)


def _can_be_value(form: ParsedForm, cell: Cell) -> bool:
    """Whether the cell is blank or holds something that nobody used."""
    return not form.words(cell) or form.is_unused(cell)


def _inline(form: ParsedForm, place: Cell | Paragraph) -> Iterator[tuple[str, str]]:
    """A label with a colon and its value in one cell or paragraph."""
    found = _INLINE.fullmatch(form.words(place)) if form.is_unused(place) else None
    if found and not _NO_LABEL.search(found["label"]):
        yield found["label"], found["value"] or ""
