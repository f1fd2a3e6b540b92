"""Grid tables: cells in boxes, wrapped inside them, as pandoc and reStructuredText draw them::

    +------+------------------+
    | 主管 | 云溪县城市管理局 |      a cell's lines are one paragraph,
    | 部门 |                  |      a blank line between them starts the next
    +------+--------+---------+
    | 产出 | 数量   | ≥3公里  |
    |      +--------+---------+      a border that is not drawn lets a cell reach down
    |      | 质量            |      a missing bar lets it reach to the right
    +------+-----------------+

Tools that cannot draw merged cells leave the covered places blank; the columns stay where they are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from extract.readers.drawn import DrawnCell, DrawnTable
from extract.readers.text.content import columns, cut, drawn_cell, width
from extract.readers.text.wrapping import paragraphs

BORDER = re.compile(r"\s*\+(?:[-=:]+\+)+\s*")
_DRAWN = re.compile(r"\+(?:[-=:]+\+)+")
# No form has so many; it keeps the work for each line small.
_MOST_EDGES = 120


@dataclass(slots=True)
class _Box:
    """A cell while it is open: its place among the edges, its first row and its lines."""

    first: int
    last: int
    row: int
    lines: list[str] = field(default_factory=list)
    row_span: int = 1


def end_of_table(lines: Sequence[str], start: int) -> int:
    """The number of the first line below the table whose upper border is line `start`."""
    end = start
    while end < len(lines) and lines[end].lstrip()[:1] in ("+", "|"):
        end += 1
    return end


def read(lines: Sequence[str]) -> DrawnTable | None:
    """The table that the lines draw; None where they draw more columns than any table has."""
    edges = _edges(lines)
    if not 1 < len(edges) <= _MOST_EDGES:
        return None
    return _GridReader(edges).table(lines)


def _edges(lines: Sequence[str]) -> list[int]:
    """The display columns at which borders meet."""
    found: set[int] = set()
    for line in lines:
        if "+" not in line:
            continue
        starts = columns(line)
        for drawn in _DRAWN.finditer(line):
            found.update(starts[i] for i in range(*drawn.span()) if line[i] == "+")
            if len(found) > _MOST_EDGES:
                return sorted(found)
    return sorted(found)


class _GridReader:
    """Walks the lines once; a border closes the cells above it."""

    def __init__(self, edges: list[int]) -> None:
        self._edges = edges
        self._open: list[_Box] = []
        self._rows: list[list[DrawnCell]] = [[]]

    def table(self, lines: Sequence[str]) -> DrawnTable:
        for line in lines:
            if _DRAWN.search(line) and (self._open or not line.strip(" \t-=:+|")):
                self._cross_border(line)
            else:
                self._add_line(line)
        for box in self._open:
            self._close(box)
        rows = [sorted(row, key=lambda cell: cell.column) for row in self._rows if row]
        return DrawnTable(rows, has_grid=True)

    def _cross_border(self, line: str) -> None:
        """Close the cells under which the border is drawn; the others reach down, with what stands in its gap."""
        open_before, self._open = self._open, []
        for box, piece in zip(open_before, self._pieces(line, open_before), strict=True):
            if piece.strip() and not piece.strip(" -=:+"):
                self._close(box)
            else:
                box.lines.append(piece)
                box.row_span += 1
                self._open.append(box)
        if len(self._open) < len(open_before):
            self._rows.append([])

    def _add_line(self, line: str) -> None:
        self._open_boxes(line)
        for box, piece in zip(self._open, self._pieces(line, self._open), strict=True):
            box.lines.append(piece)

    def _open_boxes(self, line: str) -> None:
        """New cells in the places that no open cell covers, divided where the line has its bars."""
        covered = {place for box in self._open for place in range(box.first, box.last)}
        places = [place for place in range(len(self._edges) - 1) if place not in covered]
        if not places:
            return
        bars = set(self._bars(line))
        first = places[0]
        for place in places:
            follows = place + 1 in covered or place + 2 == len(self._edges)
            if follows or self._edges[place + 1] in bars:
                self._open.append(_Box(first, place + 1, len(self._rows) - 1))
                first = next((later for later in places if later > place), place)
        self._open.sort(key=lambda box: box.first)

    def _bars(self, line: str) -> list[int]:
        """The edges at which the line has a bar; all of them where it has as many bars as there are edges."""
        if line.count("|") == len(self._edges):
            return self._edges
        starts = columns(line)
        return [start for start, character in zip(starts, line, strict=False) if character == "|"]

    def _pieces(self, line: str, boxes: Sequence[_Box]) -> list[str]:
        """What the line has in each cell: between its bars or, where text holds bars too, between the edges."""
        if not boxes:
            return []
        inside = line.strip()
        between = inside[1:-1].split("|")
        if len(between) == len(boxes) and inside[:1] == inside[-1:] == "|" and "+" not in line and len(inside) > 1:
            return between
        starts = [0, *(self._edges[box.first] for box in boxes[1:]), 1 << 30]
        *pieces, last = cut(line, starts)
        last = last.rstrip()
        return [_without_bar(piece) for piece in (*pieces, last[:-1] if last[-1:] in ("|", "+") else last)]

    def _close(self, box: _Box) -> None:
        room = self._edges[box.last] - self._edges[box.first] - 3
        texts = paragraphs(box.lines, room)
        self._rows[box.row].append(drawn_cell(texts, box.first, box.last - box.first, box.row_span))


def _without_bar(piece: str) -> str:
    """A piece of a line without the bar or the corner at its left."""
    piece = piece.lstrip()
    return piece[1:] if piece[:1] in ("|", "+") else piece


def is_border(line: str) -> bool:
    """Whether the line is a whole border, such as opens a table."""
    return bool(BORDER.fullmatch(line)) and width(line.strip()) > 2
