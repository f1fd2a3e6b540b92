"""Simple and multiline tables of pandoc: columns under groups of dashes::

      -------- ----------------        one row a line; or, where blank lines
      主管部门 云溪县司法局            divide the body, one row between them,
                                       its cells wrapped
      保证措施 成立专班，定期督查
               并通报。
      -------- ----------------

A line above the dashes, or between a full line of dashes and them, is a header.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from extract.readers.drawn import DrawnCell, DrawnTable
from extract.readers.text.content import columns, cut, drawn_cell
from extract.readers.text.wrapping import paragraphs

_DASHES = re.compile(r"\s*-+(?:\s+-+)*\s*")
_GROUP = re.compile("-+")
_LONGEST_HEADER = 12
_MOST_COLUMNS = 120


class Shape(NamedTuple):
    """The lines of a table: its header, the dashes of its columns, its body, and the first line below it."""

    header: range
    ruler: int
    body: range
    end: int


def is_ruler(line: str) -> bool:
    """Whether the line is dashes in at least two groups, which mark columns."""
    return "---" in line and _is_dashes(line) and 1 < len(_GROUP.findall(line)) <= _MOST_COLUMNS


def _is_dashes(line: str) -> bool:
    return line.strip()[:1] == "-" and bool(_DASHES.fullmatch(line))


def shape_at(lines: Sequence[str], start: int) -> Shape | None:
    """The table that begins at line `start`: at its dashes, at a line above them, or at the full line of dashes."""
    if is_ruler(lines[start]):
        return _closed(lines, range(start, start), start)
    if start + 1 < len(lines) and lines[start].strip() and is_ruler(lines[start + 1]):
        return _open(lines, range(start, start + 1), start + 1)
    if not _is_dashes(lines[start]):
        return None
    for ruler in range(start + 1, min(start + _LONGEST_HEADER, len(lines))):
        if not lines[ruler].strip():
            return None
        if is_ruler(lines[ruler]):
            return _closed(lines, range(start + 1, ruler), ruler)
    return None


def _closed(lines: Sequence[str], header: range, ruler: int) -> Shape:
    """A table that ends with dashes; where none follow, at the first blank line."""
    closing = next((i for i in range(ruler + 1, len(lines)) if _is_dashes(lines[i])), None)
    if closing is None:
        return _open(lines, header, ruler)
    return Shape(header, ruler, range(ruler + 1, closing), closing + 1)


def _open(lines: Sequence[str], header: range, ruler: int) -> Shape:
    """A table that ends with a blank line, or dashes before it."""
    ends = (i for i in range(ruler + 1, len(lines)) if not lines[i].strip() or _is_dashes(lines[i]))
    end = next(ends, len(lines))
    return Shape(header, ruler, range(ruler + 1, end), end + (end < len(lines)))


def read(lines: Sequence[str], shape: Shape) -> DrawnTable:
    """The table as drawn, its columns where the dashes begin."""
    ruler = lines[shape.ruler]
    starts = columns(ruler)
    groups = list(_GROUP.finditer(ruler))
    edges = [0, *(starts[group.start()] for group in groups[1:]), 1 << 30]
    rooms = [group.end() - group.start() for group in groups]
    drawn = [[lines[i] for i in shape.header], *_rows([lines[i] for i in shape.body])]
    rows = [_cells(row, edges, rooms) for row in drawn if row]
    return DrawnTable(rows, has_grid=True)


def _rows(body: Sequence[str]) -> Iterator[list[str]]:
    """The lines of each row: one, or those between blank lines where there are any."""
    while body and not body[-1].strip():
        body = body[:-1]
    if all(line.strip() for line in body):
        yield from ([line] for line in body)
        return
    row: list[str] = []
    for line in body:
        if line.strip():
            row.append(line)
        elif row:
            yield row
            row = []
    if row:
        yield row


def _cells(row: Sequence[str], edges: Sequence[int], rooms: Sequence[int]) -> list[DrawnCell]:
    pieces = [cut(line, edges) for line in row]
    return [
        drawn_cell(paragraphs((piece[column] for piece in pieces), room), column) for column, room in enumerate(rooms)
    ]
