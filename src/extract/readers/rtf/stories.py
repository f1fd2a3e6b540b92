"""Stories: paragraphs and tables ("Paragraph Formatting Properties", "Table Definitions").

A table has no beginning of its own: paragraphs and cells name their depth, rows list the right edges of their cells.
Column spans are pure geometry: all edges of a table give its columns.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from extract.language import Message
from extract.readers.drawn import Drawn, DrawnCell, DrawnTable, is_blank
from extract.readers.numbering import Numbered
from extract.readers.rtf.damage import too_deep
from extract.readers.symbols import with_signs

MAX_DEPTH = 50
_MAX_SPAN = 1000


class CellDefinition(NamedTuple):
    """What `\\cellx` defines: the cell's right edge in twips, and whether it continues a cell above or to its left."""

    right: int
    vertical: str = ""
    horizontal: str = ""


@dataclass(slots=True)
class RowDefinition:
    """What `\\trowd … \\cellx …` says of a row; it holds for the following rows too until the next `\\trowd`."""

    left: int = 0
    cells: list[CellDefinition] = field(default_factory=list)
    vertical: str = ""
    horizontal: str = ""

    def end_cell(self, right: int) -> None:
        """Define the next cell with the merge flags that were set since the last one."""
        if len(self.cells) < _MAX_SPAN:
            self.cells.append(CellDefinition(right, self.vertical, self.horizontal))
        self.vertical = self.horizontal = ""

    def placed(self, cells: list[list[Drawn]]) -> list[PlacedCell]:
        """The cells with their edges; cells without a definition follow to the right, blank ones are none."""
        placed: list[PlacedCell] = []
        left = self.left
        for number, blocks in enumerate(cells):
            if len(self.cells) <= number and self.cells and is_blank(blocks):
                continue
            definition = self.cells[number] if number < len(self.cells) else CellDefinition(left + _UNDEFINED_WIDTH)
            right = max(left, definition.right)
            if definition.horizontal == "continue" and placed and is_blank(blocks):
                placed[-1].right = right
            else:
                placed.append(PlacedCell(blocks, left, right, definition.vertical))
            left = right
        return placed


_UNDEFINED_WIDTH = 1000


@dataclass(slots=True)
class PlacedCell:
    """A cell with its left and right edge in twips."""

    blocks: list[Drawn]
    left: int
    right: int
    vertical: str


@dataclass(slots=True)
class _OpenTable:
    """A table whose end has not come: finished rows, finished cells of the open row, the blocks of the open cell."""

    rows: list[list[PlacedCell]] = field(default_factory=list)
    cells: list[list[Drawn]] = field(default_factory=list)
    cell: list[Drawn] = field(default_factory=list)

    def end_cell(self) -> None:
        """Close the open cell."""
        self.cells.append(self.cell)
        self.cell = []

    def end_row(self, definition: RowDefinition) -> None:
        """Close the open row, which `definition` describes."""
        if self.cell:
            self.end_cell()
        if self.cells:
            self.rows.append(definition.placed(self.cells))
        self.cells = []


class Story:
    """The body, a header, a note or a text box: blocks so far, the tables that are open, the text of the paragraph."""

    def __init__(self, depth: int = 0) -> None:
        self.pieces: list[str] = []
        self.number: Callable[[], str] | None = None
        """What counts the open paragraph, if it stands in a list."""
        self.boxes: list[Drawn] = []
        """Blocks of the text boxes anchored in the open paragraph; they follow it."""
        self.row = RowDefinition()
        self.row_is_open = False
        self._blocks: list[Drawn] = []
        self._tables: list[_OpenTable] = []
        self._depth = depth

    @property
    def depth(self) -> int:
        """How many tables are open around what is read now, in this story and those around it."""
        return self._depth + len(self._tables)

    def end_paragraph(self, level: int) -> None:
        """Close the paragraph, which stands in so many tables."""
        blocks = self._blocks_at(level)
        text = clean(with_signs(self.pieces))
        blocks.append(text if self.number is None else Numbered(text, self.number))
        self.number = None
        blocks += self.boxes
        self.pieces.clear()
        self.boxes = []

    def end_cell(self, level: int) -> None:
        """Close the paragraph and the cell around it."""
        self.end_paragraph(level)
        self._tables[-1].end_cell()

    def end_row(self, level: int, definition: RowDefinition) -> None:
        """Close a row of the table at `level`; text behind its last cell mark is a cell too."""
        if "".join(self.pieces).strip() or self.boxes:
            self.end_paragraph(level)
        self._blocks_at(level)
        self._tables[-1].end_row(definition)

    def finish(self) -> list[Drawn]:
        """The blocks of the whole story, with all that was left open closed."""
        if "".join(self.pieces).strip() or self.boxes:
            self.end_paragraph(len(self._tables))
        return self._blocks_at(0)

    def _blocks_at(self, level: int) -> list[Drawn]:
        """Where a block in so many tables belongs; opens and closes tables for that."""
        while len(self._tables) > level:
            table = self._tables.pop()
            table.end_row(self.row)
            if table.rows:
                self._innermost().append(_drawn_table(table.rows))
        while len(self._tables) < level:
            if self.depth == MAX_DEPTH:
                raise too_deep(Message(f"tables are nested more than {MAX_DEPTH} deep", f"表格嵌套超过 {MAX_DEPTH} 层"))
            self._tables.append(_OpenTable())
        return self._innermost()

    def _innermost(self) -> list[Drawn]:
        return self._tables[-1].cell if self._tables else self._blocks


_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")


def clean(text: str) -> str:
    """The text of a paragraph with its surrogate pairs joined and without control characters."""
    if not _UNWANTED.search(text):
        return text
    return _CONTROLS.sub("", text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"))


# Edges that differ by less are drawn as one line.
_SAME_EDGE = 15


def _drawn_table(rows: list[list[PlacedCell]]) -> DrawnTable:
    """The table with columns for edges, without the cells that a vertical merge covers."""
    columns = _columns(edge for row in rows for cell in row for edge in (cell.left, cell.right))
    drawn: list[list[DrawnCell]] = []
    above: dict[int, DrawnCell] = {}
    for row in rows:
        cells: list[DrawnCell] = []
        merged: dict[int, DrawnCell] = {}
        for placed in row:
            column = columns[placed.left]
            cell = DrawnCell(placed.blocks, column, min(max(1, columns[placed.right] - column), _MAX_SPAN))
            if placed.vertical:
                cell = _merge(cell, above.get(column) if placed.vertical == "continue" else None)
                merged[column] = cell
            if cell.blocks is placed.blocks:
                cells.append(cell)
            elif not is_blank(placed.blocks):
                # Word hides text in a covered cell; it must not be lost and is no part of what the merged cell shows.
                cells.append(DrawnCell(placed.blocks, column, cell.column_span))
        above = merged
        drawn.append(cells)
    return DrawnTable(drawn)


def _merge(cell: DrawnCell, above: DrawnCell | None) -> DrawnCell:
    """The cell that a part of a vertical merge belongs to; one that continues nothing starts a merge itself."""
    if above is None or above.column_span != cell.column_span:
        return cell
    above.row_span += 1
    return above


def _columns(edges: Iterable[int]) -> dict[int, int]:
    """The number of the column that begins at each edge."""
    columns: dict[int, int] = {}
    number, start = -1, 0
    for edge in sorted(set(edges)):
        if number < 0 or edge - start > _SAME_EDGE:
            number, start = number + 1, edge
        columns[edge] = number
    return columns
