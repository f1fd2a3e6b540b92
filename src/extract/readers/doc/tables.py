"""Rows of cells become a table with a grid: columns out of all rows' edges, merged cells once, with their spans.

Here a table is still made of its text (`RawTable`); where the text comes to stand is known when it is written, since
the end of a row tells which of its cells are not there.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple, TypeAlias

from extract.document import Block, Cell, Paragraph, Table, TextWriter
from extract.readers.doc.rows import CONTINUE, NOT_MERGED, RowProperties

# Edges at most this far apart, in twips (1/20 point), are one edge that was drawn by hand.
_SAME_EDGE = 15
# The width of a column of which only the cell is known.
_ANY_WIDTH = 1000

RawBlock: TypeAlias = "str | RawTable"
"""A paragraph's text or a table."""


@dataclass(slots=True)
class RawRow:
    """The blocks of each cell; `properties` is None if the end of the row is lost."""

    cells: list[list[RawBlock]]
    properties: RowProperties | None


@dataclass(slots=True)
class RawTable:
    """Rows as they are stored, with the cells that merges cover."""

    rows: list[RawRow] = field(default_factory=list)


def is_blank(blocks: Sequence[RawBlock]) -> bool:
    """Whether a person sees nothing in the blocks."""
    return all(
        not block.strip() if isinstance(block, str) else all(is_blank(cell) for row in block.rows for cell in row.cells)
        for block in blocks
    )


def write_blocks(blocks: Sequence[RawBlock], out: TextWriter) -> tuple[Block, ...]:
    """Write the blocks of a story or a cell with a line break between a paragraph and what follows it."""
    written: list[Block] = []
    after_paragraph = False
    for block in blocks:
        if after_paragraph:
            out.write("\n")
        after_paragraph = isinstance(block, str)
        if isinstance(block, str):
            start = out.position
            if block:
                out.write(block)
            written.append(Paragraph(start, out.position))
        else:
            written.append(_write_table(block, out))
    return tuple(written)


def write_story(blocks: Sequence[RawBlock], out: TextWriter) -> tuple[Block, ...]:
    """Write the blocks of a part of the document, with a line break behind the last paragraph."""
    written = write_blocks(blocks, out)
    if blocks and isinstance(blocks[-1], str):
        out.write("\n")
    return written


class _Merge(NamedTuple):
    """The cell with which a vertical merge begins, by row and position in the row's list, and the merge's columns."""

    row: int
    position: int
    left: int
    right: int


def _write_table(table: RawTable, out: TextWriter) -> Table:
    """The table with its merged cells; a row ends with a line break, its cells stand behind tabs.

    Word hides text in a covered cell. Here it comes out as a cell of its own, over the merged one: it must not be lost,
    and it is no part of what the merged cell shows.
    """
    rows: list[list[Cell]] = []
    heights: dict[_Merge, int] = {}
    open_merges: dict[int, _Merge] = {}
    for number, places in enumerate(_places(table)):
        above, open_merges = open_merges, {}
        cells: list[Cell] = []
        for place in places:
            left, right, blocks, merge = place
            if merge != NOT_MERGED:
                begun = above.get(left)
                covered = merge == CONTINUE and begun is not None and begun.right == right
                if begun is None or not covered:
                    # A cell that continues nothing begins a merge itself.
                    begun = _Merge(number, len(cells), left, right)
                heights[begun] = heights.get(begun, 0) + 1
                open_merges[left] = begun
                if covered and is_blank(blocks):
                    continue
            if cells:
                out.write("\t")
            start = out.position
            written = write_blocks(blocks, out)
            cells.append(Cell(number, left, 1, right - left, start, out.position, written))
        out.write("\n")
        rows.append(cells)
    for begun, height in heights.items():
        if height > 1:
            cells = rows[begun.row]
            cells[begun.position] = replace(cells[begun.position], row_span=height)
    return Table(tuple(map(tuple, rows)), has_grid=True)


# --- The grid ---


class _Place(NamedTuple):
    """A cell with its grid columns, from `left` up to and without `right`."""

    left: int
    right: int
    blocks: list[RawBlock]
    vertical: int


def _places(table: RawTable) -> list[list[_Place]]:
    """The cells of each row on the columns of the whole table."""
    edges_by_row = _edges_by_row(table.rows)
    columns = _Columns(edges_by_row)
    return [
        _places_of_row(row, columns.of_edges(edges)) for row, edges in zip(table.rows, edges_by_row, strict=True)
    ]


def _places_of_row(row: RawRow, columns: Sequence[int]) -> list[_Place]:
    """The cells of a row; one that only continues its left neighbour widens it, one without any width is not there."""
    places: list[_Place] = []
    vertical, continues = ((), ()) if row.properties is None else (row.properties.vertical, row.properties.continues_left)
    for number, blocks in enumerate(row.cells):
        left, right = columns[number], columns[number + 1]
        merge = vertical[number] if number < len(vertical) else NOT_MERGED
        continues_left = number < len(continues) and continues[number]
        if places and (continues_left or left == right) and is_blank(blocks):
            places[-1] = places[-1]._replace(right=max(right, places[-1].right))
        else:
            places.append(_Place(left, max(right, left + 1), blocks, merge))
    return places


def _edges_by_row(rows: Sequence[RawRow]) -> list[tuple[int, ...]]:
    """The edges of each row's cells; rows that have lost theirs are like the row above as far as that goes."""
    edges_by_row: list[tuple[int, ...]] = []
    above: tuple[int, ...] = (0,)
    for row in rows:
        properties, count = row.properties, len(row.cells)
        edges = above if properties is None or not properties.edges else properties.edges
        if properties is not None and properties.is_centered and edges is properties.edges:
            # Word centers each row on the page, whatever its first edge says.
            middle = (edges[0] + edges[-1]) // 2
            edges = tuple(edge - middle for edge in edges)
        if len(edges) <= count:
            edges += tuple(edges[-1] + _ANY_WIDTH * n for n in range(1, count - len(edges) + 2))
        above = edges
        edges_by_row.append(edges[: count + 1])
    return edges_by_row


class _Columns:
    """The columns of a table: the edges of all its rows, where edges that are almost the same are one."""

    def __init__(self, edges_by_row: Sequence[tuple[int, ...]]) -> None:
        distinct = dict.fromkeys(edges_by_row)
        # Two edges of one cell are never one, however narrow the cell is.
        narrow = {b for edges in distinct for a, b in zip(edges, edges[1:], strict=False) if 0 < b - a <= _SAME_EDGE}
        self._starts: list[int] = []
        last = 0
        for edge in sorted({edge for edges in distinct for edge in edges}):
            if not self._starts or edge - last > _SAME_EDGE or edge in narrow:
                self._starts.append(edge)
            last = edge
        self._known: dict[tuple[int, ...], list[int]] = {}

    def of_edges(self, edges: tuple[int, ...]) -> list[int]:
        """The number of the grid line on which each edge lies."""
        columns = self._known.get(edges)
        if columns is None:
            columns = self._known[edges] = [bisect_right(self._starts, edge) - 1 for edge in edges]
        return columns
