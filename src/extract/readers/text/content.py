"""What a dialect makes of a text, and the means that the dialects share: display width and laying out anew.

Where a dialect keeps its cells whole, `Content.text` is the source itself. Where it wraps them (the columns of a drawn
table), no cell is a stretch of the source; then the text is laid out anew, with tabs between cells and a line feed
after each row, from all the source's characters except those that draw the table.

>>> row = [DrawnCell(["主管部门"], 0), DrawnCell(["司法局", "（盖章）"], 1)]
>>> content = lay_out(["附件1", DrawnTable([row], has_grid=True)])
>>> content.text
'附件1\\n主管部门\\t司法局\\n（盖章）\\n'
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import NamedTuple, Protocol

from extract.document import Block, Cell, Paragraph, Table, TextWriter


class Content(NamedTuple):
    """The linear text of a dump and the blocks that point into it."""

    text: str
    blocks: tuple[Block, ...]


class Dialect(Protocol):
    """What each dialect's module offers."""

    def recognises(self, lines: Sequence[str]) -> bool:
        """Whether the lines have the dialect's shape."""

    def read(self, text: str) -> Content:
        """The content of a text of this dialect; total on every text."""


@dataclass(slots=True)
class DrawnCell:
    """A cell as a dump draws it; an item of `paragraphs` is one paragraph, its wrapped lines joined."""

    paragraphs: list[str]
    column: int
    column_span: int = 1
    row_span: int = 1


@dataclass(slots=True)
class DrawnTable:
    """Rows of cells in reading order."""

    rows: list[list[DrawnCell]]
    has_grid: bool


def lay_out(drawn: Iterable[str | DrawnTable]) -> Content:
    """Paragraphs and tables written one after the other."""
    out = TextWriter()
    blocks: list[Block] = []
    for block in drawn:
        if isinstance(block, DrawnTable):
            blocks.append(_lay_out_table(block, out))
        else:
            blocks.append(Paragraph(*out.write(block)))
            out.write("\n")
    return Content(out.text(), tuple(blocks))


def _lay_out_table(table: DrawnTable, out: TextWriter) -> Table:
    rows = []
    for number, row in enumerate(table.rows):
        cells: list[Cell] = []
        for cell in row:
            if cells:
                out.write("\t")
            cells.append(_lay_out_cell(cell, number, out))
        out.write("\n")
        rows.append(tuple(cells))
    return Table(tuple(rows), table.has_grid)


def _lay_out_cell(cell: DrawnCell, row: int, out: TextWriter) -> Cell:
    start = out.position
    blocks: list[Block] = []
    for paragraph in filter(str.strip, cell.paragraphs):
        if blocks:
            out.write("\n")
        blocks.append(Paragraph(*out.write(paragraph.strip())))
    return Cell(row, cell.column, cell.row_span, cell.column_span, start, out.position, tuple(blocks))


# ------------------------------------------------------------------------------------------------------ display width


class _Widths(dict[str, int]):
    """How many columns a terminal gives each character, filled on first use."""

    def __missing__(self, character: str) -> int:
        marks_only = unicodedata.category(character) in ("Mn", "Me", "Cf")
        width = 0 if marks_only else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        self[character] = width
        return width


_WIDTHS = _Widths()


def width(text: str) -> int:
    """How many columns a terminal gives `text`: Chinese characters take two.

    >>> width("主管ab")
    6
    """
    return len(text) if text.isascii() else sum(map(_WIDTHS.__getitem__, text))


def columns(line: str) -> Sequence[int]:
    """The display column at which each character of the line starts, and that of the line's end."""
    return range(len(line) + 1) if line.isascii() else list(accumulate(map(_WIDTHS.__getitem__, line), initial=0))


def cut(line: str, edges: Sequence[int]) -> list[str]:
    """The pieces of the line between display columns.

    >>> cut("主管部门  司法局", [0, 4, 10, 16])
    ['主管', '部门  ', '司法局']
    """
    starts = columns(line)
    indices = [bisect_left(starts, edge) for edge in edges]
    return [line[a:b] for a, b in pairwise(indices)]
