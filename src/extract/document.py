"""The neutral document: what every reader ends in and all that later stages know of a file.

A Document is one linear text plus blocks that point into it. A block is a Paragraph or a Table; a table is rows of
cells; a cell holds blocks again, so nested tables need no model of their own. Nothing here knows a file format. What a
document has hundreds of are tuples, which are made seven times as fast as frozen dataclasses.

>>> writer = TextWriter()
>>> writer.write("主管部门"), writer.write("\\t"), writer.write("司法局")
(0, 4, 5)
>>> writer.position, writer.text()
(8, '主管部门\\t司法局')
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

TICKED = "☑"
UNTICKED = "☐"


class Span(NamedTuple):
    """A stretch of `Document.text`, in characters from 0, the end excluded."""

    start: int
    end: int


class Paragraph(NamedTuple):
    """One paragraph; `text[start:end]` is its text without the paragraph mark."""

    start: int
    end: int


class Cell(NamedTuple):
    """One cell as drawn: a merged cell occurs once, at its top left corner, with its spans.

    `row` and `column` count from 0. In a table with a grid, `column` is the grid column; in one without, it is the
    position in the row and both spans are 1. `text[start:end]` covers all of its blocks.
    """

    row: int
    column: int
    row_span: int
    column_span: int
    start: int
    end: int
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells, in reading order.

    `has_grid` is False where the source has lost the geometry (text dumps): then a merged cell's covered places stand
    as blank cells, and columns of different rows need not line up.

    `has_rows` is False where the source draws nothing between rows: then what stands as one row may be several. Each
    paragraph of a cell is one line there, blank ones too, and those of the same number stand side by side; a line that
    may go on with the one above follows it without a line break.
    """

    rows: tuple[tuple[Cell, ...], ...]
    has_grid: bool
    has_rows: bool = True


Block = Paragraph | Table


@dataclass(frozen=True, slots=True)
class Document:
    """A file's content without its format.

    `blocks` is the body in reading order; `asides` holds what stands beside it (page headers and footers, footnotes),
    whose text follows the body's in `text`. `encoding` is None where the format fixes it. `unread` names the kinds of
    content that the reader met and cannot read ("chart", "embedded document"), so that nothing is lost in silence.
    """

    format: str
    encoding: str | None
    text: str
    blocks: tuple[Block, ...]
    asides: tuple[Block, ...] = ()
    unread: tuple[str, ...] = ()


class TextWriter:
    """Builds the linear text of a document piece by piece and tells where each piece came to stand."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self.position = 0

    def write(self, piece: str) -> int:
        """Append `piece` and return where it begins; it ends at `position`."""
        start = self.position
        self._pieces.append(piece)
        self.position = start + len(piece)
        return start

    def text(self) -> str:
        """Everything written so far."""
        return "".join(self._pieces)


def walk_tables(blocks: tuple[Block, ...]) -> Iterator[Table]:
    """Every table in `blocks`, nested ones after the table that holds them."""
    for block in blocks:
        if isinstance(block, Table):
            yield block
            nested = (inner for row in block.rows for cell in row for inner in cell.blocks if isinstance(inner, Table))
            yield from walk_tables(tuple(nested))
