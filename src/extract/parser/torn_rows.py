"""Rows of a dump that look torn: a blank paragraph at the end of a cell reads as the end of the row.

Nothing in the dump tells the two apart. Where the number of cells of a row is known from its header, the pieces are put
together again, and only if they give exactly that number::

    (blank) | 产出指标 | 数量指标 | 修缮步道
    ≥3公里                                         → one row of five cells
"""

from __future__ import annotations

from collections.abc import Sequence

from extract.document import Cell

Row = tuple[Cell, ...]

# A row is torn at most into so many pieces.
MOST_PIECES = 4


def mended(rows: Sequence[Row], length: int) -> tuple[Row, int] | None:
    """The first row of `rows`, whole, and how many of them it takes; None where they do not give `length` cells."""
    cells: Row = ()
    for taken, row in enumerate(rows[:MOST_PIECES], start=1):
        cells += row
        if len(cells) >= length:
            whole = tuple(cell._replace(column=column) for column, cell in enumerate(cells))
            return (whole, taken) if len(cells) == length else None
    return None
