"""Rows of cells become a table with a grid: columns out of all rows' edges, merged cells once, with their spans.

Here a table is still made of its text (`RawTable`); where the text comes to stand is known when it is written, since
the end of a row tells which of its cells are not there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import NamedTuple, TypeAlias

from extract.document import Block, Cell, Paragraph, Table, TextWriter
from extract.readers.doc.rows import CONTINUE, NOT_MERGED, RowProperties
from extract.readers.numbering import Numbered

# Edges at most this far apart, in twips (1/20 point), are one edge that was drawn by hand.
_SAME_EDGE = 15
# The width of a column of which only the cell is known.
_ANY_WIDTH = 1000

RawBlock: TypeAlias = "str | RawTable"
"""A paragraph's text, of a class of its own where the paragraph stands in a list, or a table."""


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
        if isinstance(block, str):
            after_paragraph = True
            start = out.position
            if type(block) is Numbered:
                block = block.text()
            if block:
                out.write(block)
            written.append(Paragraph(start, out.position))
        else:
            after_paragraph = False
            written.append(_write_table(block, out))
    return tuple(written)


def write_story(blocks: Sequence[RawBlock], out: TextWriter) -> tuple[Block, ...]:
    """Write the blocks of a part of the document, with a line break behind the last paragraph."""
    written = write_blocks(blocks, out)
    if blocks and isinstance(blocks[-1], str):
        out.write("\n")
    return written


def _write_table(table: RawTable, out: TextWriter) -> Table:
    """The table with its merged cells; a row ends with a line break, its cells stand behind tabs.

    Word hides text in a covered cell. Here it comes out as a cell of its own, over the merged one: it must not be lost,
    and it is no part of what the merged cell shows.
    """
    places_by_row = _places(table)
    column = _columns(places_by_row)
    merges = _Merges()
    rows: list[list[Cell]] = []
    for number, places in enumerate(places_by_row):
        merges.begin_row()
        cells: list[Cell] = []
        for left_edge, right_edge, blocks, vertical in places:
            left = column[left_edge]
            right = max(column[right_edge], left + 1)
            if vertical != NOT_MERGED:
                covered = merges.enter(_Merge(number, len(cells), left, right), vertical)
                if covered and is_blank(blocks):
                    continue
            if cells:
                out.write("\t")
            start = out.position
            if len(blocks) == 1 and type(blocks[0]) is str:  # as in most cells
                out.write(blocks[0])
                written: tuple[Block, ...] = (Paragraph(start, out.position),)
            else:
                written = write_blocks(blocks, out)
            cells.append(Cell(number, left, 1, right - left, start, out.position, written))
        out.write("\n")
        rows.append(cells)
    for row, position, height in merges.heights():
        rows[row][position] = rows[row][position]._replace(row_span=height)
    return Table(tuple(map(tuple, rows)), has_grid=True)


class _Merge(NamedTuple):
    """The cell with which a vertical merge begins, by row and position in the row's list, and the merge's columns."""

    row: int
    position: int
    left: int
    right: int


class _Merges:
    """The vertical merges of a table so far."""

    def __init__(self) -> None:
        self._heights: dict[_Merge, int] = {}
        self._open: dict[int, _Merge] = {}
        """The merges that the open row belongs to, by column."""
        self._above: dict[int, _Merge] = {}

    def begin_row(self) -> None:
        """Go on to the next row: only what the last one belonged to can be continued."""
        self._above, self._open = self._open, {}

    def enter(self, cell: _Merge, vertical: int) -> bool:
        """Enter a merged cell of the open row; returns whether a merge from above covers it.

        A cell that continues nothing between the same edges begins a merge itself.
        """
        above = self._above.get(cell.left)
        covered = vertical == CONTINUE and above is not None and above.right == cell.right
        begun = above if above is not None and covered else cell
        self._heights[begun] = self._heights.get(begun, 0) + 1
        self._open[cell.left] = begun
        return covered

    def heights(self) -> Iterator[tuple[int, int, int]]:
        """Row, position and height of each merge over more than one row."""
        return ((begun.row, begun.position, height) for begun, height in self._heights.items() if height > 1)


# --- The grid ---


class _Place(NamedTuple):
    """A cell with its edges in twips."""

    left: int
    right: int
    blocks: list[RawBlock]
    vertical: int


def _places(table: RawTable) -> list[list[_Place]]:
    """The cells of each row between their edges."""
    first = table.rows[0].properties
    is_centered = first is not None and first.is_centered
    rows: list[list[_Place]] = []
    edges: tuple[int, ...] = (0,)
    for row in table.rows:
        edges = _edges(row, above=edges)
        rows.append(_places_of_row(row, edges, edges[0] if is_centered else 0))
    return rows


def _edges(row: RawRow, above: tuple[int, ...]) -> tuple[int, ...]:
    """The edges of a row, at least one more than cells; a row that has lost its own has those of the row above."""
    properties, count = row.properties, len(row.cells)
    edges = above if properties is None or not properties.edges else properties.edges
    if len(edges) <= count:
        edges += tuple(edges[-1] + _ANY_WIDTH * number for number in range(1, count - len(edges) + 2))
    return edges


def _places_of_row(row: RawRow, edges: tuple[int, ...], shift: int) -> list[_Place]:
    """The cells of a row; one that only continues its left neighbour widens it, as does one without any width.

    The first edges of centered rows mean nothing, so they are shifted to zero: the columns of such rows still line up
    if one of them is wider on the right.
    """
    if shift:
        edges = tuple(edge - shift for edge in edges)
    properties = row.properties
    if properties is None:
        return [
            _Place(left, right, blocks, NOT_MERGED)
            for left, right, blocks in zip(edges, edges[1:], row.cells, strict=False)
        ]
    places: list[_Place] = []
    for left, right, blocks, vertical, continues_left in zip_longest(
        edges, edges[1:], row.cells, properties.vertical, properties.continues_left
    ):
        if blocks is None:
            break
        if places and (continues_left or left == right) and is_blank(blocks):
            places[-1] = places[-1]._replace(right=right)
        else:
            places.append(_Place(left, right, blocks, vertical or NOT_MERGED))
    return places


def _columns(rows: Sequence[Sequence[_Place]]) -> dict[int, int]:
    """The grid line on which each edge of the table lies; edges that are almost the same are one.

    The two edges of a cell are never one, however narrow the cell is.
    """
    edges: set[int] = set()
    nearest_left: dict[int, int] = {}
    for left, right, *_ in (place for places in rows for place in places):
        edges.update((left, right))
        if left < right:
            nearest_left[right] = max(left, nearest_left.get(right, left))
    columns: dict[int, int] = {}
    line, first, last = -1, 0, 0
    for edge in sorted(edges):
        if line < 0 or edge - last > _SAME_EDGE or nearest_left.get(edge, first - 1) >= first:
            line, first = line + 1, edge
        columns[edge] = line
        last = edge
    return columns
