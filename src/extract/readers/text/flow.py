"""antiword's other tables: those whose rows it could not measure come as one flow, a bar behind each cell::

    指标 |一级 |二级 |三级 | | |产出 |数量 |修桥 |       bar, blank, bar: the row's end and
    | | |质量 |合格率 |                                  a blank cell, in this order

Each row ends with a bar more than it has cells. The flow is a table where one number of columns fits all of it, so that
a blank cell stands at the end of every row; elsewhere nothing tells the rows, and the lines stay what they are. Lines
are wrapped at a margin, at a blank where there is one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from extract.readers.drawn import DrawnTable
from extract.readers.text.content import drawn_cell

_FEWEST_COLUMNS = 3
_MOST_BLANK_HEADERS = 1


def read(lines: Sequence[str], width: Callable[[str], int]) -> Iterator[str | DrawnTable]:
    """The paragraphs and, where it can be divided into rows, the table in lines of which some have bars.

    `width` says how many columns a text fills.

    >>> *above, table = read(["附件1", "", "指标 |一级 |数值 | | |产出 |10 | |"], len)
    >>> above, [[cell.blocks for cell in row] for row in table.rows]
    (['附件1'], [[['指标'], ['一级'], ['数值']], [[], ['产出'], ['10']]])
    """
    barred = [number for number, line in enumerate(lines) if "|" in line]
    if barred:
        start = max((number + 1 for number in range(barred[0]) if not lines[number].strip()), default=0)
        *cells, rest = _unwrapped(lines[start : barred[-1] + 1], width).split("|")
        if columns := _columns(cells):
            yield from filter(str.strip, lines[:start])
            yield _table(cells, columns)
            lines = [rest, *lines[barred[-1] + 1 :]]
    yield from filter(str.strip, lines)


def _unwrapped(lines: Sequence[str], width: Callable[[str], int]) -> str:
    """The text with a line feed only where a paragraph ends: where the next character would have had room."""
    margin = max(map(width, lines))
    text = ""
    for above, below in zip(["", *lines], lines, strict=False):
        is_wrapped = width(above) + width(below.lstrip()[:1]) + 1 > margin
        text += below if is_wrapped or not text else "\n" + below
    return text


def _columns(cells: Sequence[str]) -> int | None:
    """How many columns leave a blank cell at the end of each row, of which there are at least two.

    The first row is a header: hardly a cell in it is blank.
    """
    for columns in range(_FEWEST_COLUMNS, len(cells) // 2):
        fits = len(cells) % (columns + 1) == 0 and not any(cell.strip() for cell in cells[columns :: columns + 1])
        if fits and sum(not cell.strip() for cell in cells[:columns]) <= _MOST_BLANK_HEADERS:
            return columns
    return None


def _table(cells: Sequence[str], columns: int) -> DrawnTable:
    starts = range(0, len(cells), columns + 1)
    rows = [
        [drawn_cell(cell.split("\n"), column) for column, cell in enumerate(cells[start : start + columns])]
        for start in starts
    ]
    return DrawnTable(rows, has_grid=False)
