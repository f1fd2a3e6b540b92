"""A table drawn with characters, merged cells as one box, as wide as the terminal allows::

          0    1            3
       0  +----+------------+--------+
          |专项|专项名称    |公园管护|
       1  |情况+------------+--------+
          |    |专项属性    |延续项目|
          +----+------------+--------+

The numbers are those of rows and columns, by which the reader knows a cell. Lines are ASCII, because Chinese terminals
draw others twice as wide.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from rich.cells import cell_len, get_character_cell_size

from extract.document import Cell, Paragraph, Table
from extract.terminal import visible

_LEAST_WIDTH = 4
_MARGIN = 6


def drawn_table(table: Table, text: str, width: int) -> list[str] | None:
    """The lines of the drawing, at most `width` columns wide; None where so many columns do not fit.

    `text` is that of the document.
    """
    boxes = [_Box(cell, cell.row, cell.column) for row in table.rows for cell in row]
    columns = max((box.column + box.cell.column_span for box in boxes), default=0)
    room = width - _MARGIN - 1 - columns
    if not boxes or room < columns * _LEAST_WIDTH:
        return None
    left = _edges(_widths(boxes, columns, text, room))
    content = [_lines(box, text, left) for box in boxes]
    top = _edges(_heights(boxes, content, len(table.rows)))
    canvas = _Canvas(left[-1] + 1, top[-1] + 1)
    for box, lines in zip(boxes, content, strict=True):
        canvas.draw(box, lines, left, top)
    numbers = {top[row] + 1: str(row) for row in range(len(table.rows))}
    ruler = _ruler(left[:-1]) if table.has_grid else ""
    drawing = [f"{numbers.get(y, ''):>{_MARGIN - 2}}  {line}" for y, line in enumerate(canvas.lines())]
    return [" " * _MARGIN + ruler, *drawing] if ruler else drawing


class _Box(NamedTuple):
    cell: Cell
    row: int
    column: int


def _edges(sizes: Sequence[int]) -> list[int]:
    """Where the lines stand between stretches of these sizes."""
    edges = [0]
    for size in sizes:
        edges.append(edges[-1] + size + 1)
    return edges


def _widths(boxes: Iterable[_Box], columns: int, text: str, room: int) -> list[int]:
    """The width of each column: what its cells ask for, the widest ones cut until all have room."""
    widths = [_LEAST_WIDTH] * columns
    for box in sorted(boxes, key=lambda box: box.cell.column_span):
        spanned = range(box.column, box.column + box.cell.column_span)
        wanted = min(room, max(map(cell_len, _paragraphs(box.cell, text)), default=0))
        missing = wanted - sum(widths[column] for column in spanned) - (len(spanned) - 1)
        for number, column in enumerate(spanned):
            widths[column] += max(0, missing * (number + 1) // len(spanned) - missing * number // len(spanned))
    while sum(widths) > room:
        widths[widths.index(max(widths))] -= 1
    return widths


def _paragraphs(cell: Cell, text: str) -> list[str]:
    """The lines of a cell as they are stored; a table in it is only named, it is drawn below."""
    lines: list[str] = []
    for block in cell.blocks:
        if isinstance(block, Paragraph):
            lines += visible(text[block.start : block.end]).split("\n")
        else:
            lines.append(f"<table of {len(block.rows)} rows, below>")
    while lines and not lines[-1].strip():
        lines.pop()
    return lines


def _lines(box: _Box, text: str, left: Sequence[int]) -> list[str]:
    width = left[box.column + box.cell.column_span] - left[box.column] - 1
    return [line for paragraph in _paragraphs(box.cell, text) for line in _folded(paragraph.strip(), width)]


def _folded(paragraph: str, width: int) -> Iterator[str]:
    """The paragraph in lines of a width; Chinese breaks anywhere."""
    line, used = "", 0
    for character in paragraph:
        size = get_character_cell_size(character)
        if used + size > width:
            yield line
            line, used = "", 0
        line, used = line + character, used + size
    yield line


def _heights(boxes: Iterable[_Box], content: Sequence[Sequence[str]], rows: int) -> list[int]:
    """The height of each row; a cell over several rows makes its last one higher where it needs more."""
    heights = [1] * rows
    for box, lines in sorted(zip(boxes, content, strict=True), key=lambda pair: pair[0].cell.row_span):
        last = min(rows, box.row + box.cell.row_span)
        room = sum(heights[box.row : last]) + last - box.row - 1
        heights[last - 1] += max(0, len(lines) - room)
    return heights


def _ruler(left: Sequence[int]) -> str:
    """The number of each column where it begins."""
    ruler = ""
    for column, place in enumerate(left):
        ruler = ruler.ljust(place) + str(column)
    return ruler


class _Canvas:
    """Places for characters; one that is two columns wide leaves the next place empty."""

    def __init__(self, width: int, height: int) -> None:
        self._places = [[" "] * width for _ in range(height)]

    def draw(self, box: _Box, lines: Sequence[str], left: Sequence[int], top: Sequence[int]) -> None:
        """Draw the frame of a cell and its lines."""
        x, right = left[box.column], left[box.column + box.cell.column_span]
        y, bottom = top[box.row], top[min(len(top) - 1, box.row + box.cell.row_span)]
        for row in (y, bottom):
            for place in range(x, right + 1):
                self._places[row][place] = "+" if place in (x, right) or self._places[row][place] in "+|" else "-"
        for row in range(y + 1, bottom):
            for place in (x, right):
                self._places[row][place] = "+" if self._places[row][place] in "+-" else "|"
        for row, line in enumerate(lines, start=y + 1):
            place = x + 1
            for character in line:
                size = get_character_cell_size(character)
                if size == 0 or row >= bottom:
                    continue
                self._places[row][place : place + size] = [character] + [""] * (size - 1)
                place += size

    def lines(self) -> Iterator[str]:
        """The drawing line by line."""
        return ("".join(places).rstrip() for places in self._places)
