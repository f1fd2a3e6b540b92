"""Columns aligned by blanks, two or more between cells::

    专项名称    公园管护
    主管部门    城管局          联系人    周明
                本级            其他
                10              2.5

Cells that begin in the same display column are one below the other; between them the row is filled with blank cells.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence

from extract.document import Block, Cell, Paragraph, Span, Table
from extract.readers.text.content import Content, columns
from extract.readers.text.ticks import restore_lost_ticks

_LINE = re.compile(r"[^\n]+")
_CELL = re.compile(r"\S+(?:[ \u3000]\S+)*")
_GAP = re.compile(r"\S(?: {2,}|\u3000{2,})\S")
# Fewer rows than this are chance: a date with room for its numbers, a line of options.
_FEWEST_ROWS = 4
_MOST_COLUMNS = 60


def recognises(lines: Sequence[str]) -> bool:
    """A third of the lines have gaps, and most cells behind a gap begin where those of another line do."""
    starts = [_starts(line)[1:] for line in lines if _GAP.search(line)]
    if len(starts) < _FEWEST_ROWS or 3 * len(starts) < sum(bool(line.strip()) for line in lines):
        return False
    counts = Counter(start for row in starts for start in row)
    shared = sum(count for count in counts.values() if count > 1)
    return len(counts) <= _MOST_COLUMNS and 2 * shared > counts.total()


def read(text: str) -> Content:
    """One table from the first line with a gap to the last; the text is the source, lost ticks restored."""
    restored = _CELL.sub(lambda cell: restore_lost_ticks(cell[0]), text)
    spans = [Span(*line.span()) for line in _LINE.finditer(restored) if line[0].strip()]
    gapped = [i for i, span in enumerate(spans) if _GAP.search(restored, *span)]
    first, behind = (gapped[0], gapped[-1] + 1) if gapped else (len(spans), len(spans))
    rows = _rows(restored, spans[first:behind])
    blocks: list[Block] = [Paragraph(*span) for span in spans[:first]]
    blocks += [Table(rows, has_grid=True)] if rows else []
    return Content(restored, (*blocks, *(Paragraph(*span) for span in spans[behind:])))


def _starts(line: str) -> list[int]:
    """The display columns at which cells begin."""
    at = columns(line)
    return [at[cell.start()] for cell in _CELL.finditer(line)]


def _rows(text: str, spans: Sequence[Span]) -> tuple[tuple[Cell, ...], ...]:
    gapped = (text[slice(*span)] for span in spans if _GAP.search(text, *span))
    grid = sorted({0, *(start for line in gapped for start in _starts(line))})
    return tuple(tuple(_row(text, span, number, grid)) for number, span in enumerate(spans))


def _row(text: str, span: Span, number: int, grid: Sequence[int]) -> Iterator[Cell]:
    """The line's cells, each in the column where it begins, and blank ones in the columns between them."""
    line = text[slice(*span)]
    at = columns(line)
    column = 0
    for cell in _CELL.finditer(line):
        start, end = span.start + cell.start(), span.start + cell.end()
        own = max(bisect_right(grid, at[cell.start()]) - 1, column)
        for blank in range(column, own):
            yield Cell(number, blank, 1, 1, start, start, ())
        yield Cell(number, own, 1, 1, start, end, (Paragraph(start, end),))
        column = own + 1
    for blank in range(column, len(grid)):
        yield Cell(number, blank, 1, 1, span.end, span.end, ())
