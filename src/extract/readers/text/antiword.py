"""antiword's tables: bars between the cells of fixed width, and nothing at all between the rows::

    |专项资|本年度预计投|财政资金（万元）                      |其他    |
    |金情况|入（万元）  |                                      |        |
    |      |            |中央       |省级   |市级资金|本级     |        |
    |      |10          |           |       |        |10       |        |

Cells merged to the right are one wide cell, the places below a merged cell are blank. A line may go on with the row
above where each of its texts stands below another: as the rest of a wrapped paragraph, as the next one, or as the next
row's. Only the words of the form can tell; so lines that may be one row are one, in a table without rows.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from operator import itemgetter

from extract.readers.drawn import Drawn, DrawnCell, DrawnTable, Wrapped
from extract.readers.text import flow
from extract.readers.text.content import Content, lay_out
from extract.readers.text.content import width as display_width
from extract.readers.text.ticks import restore_lost_ticks, restore_symbol_letters

# antiword's table of widths, older than terminals', has these in one column.
_NARROW = re.compile("[《》\u301a\u301b]")
_FIRST_WORD = re.compile(r"[!-~]+|.")


def recognises(lines: Sequence[str]) -> bool:
    """Two lines below each other open and close with a bar and are equally wide."""
    return any(
        _is_barred(above) and _is_barred(below) and abs(width(above) - width(below)) <= 1
        for above, below in pairwise(lines)
    )


def read(text: str) -> Content:
    """The paragraphs, one a line, and a table for each run of lines with bars."""
    return lay_out(_blocks(text.split("\n")))


def width(text: str) -> int:
    """How many columns antiword gives `text`."""
    return display_width(text) - len(_NARROW.findall(text))


def _is_barred(line: str) -> bool:
    return len(line) > 2 and line[0] == "|" and line.rstrip()[-1] == "|"


def _blocks(lines: Sequence[str]) -> Iterator[str | DrawnTable]:
    for is_table, group in groupby(zip(lines, _ruled(lines), strict=True), itemgetter(1)):
        if is_table:
            rows = _rows([line.rstrip()[1:-1].split("|") for line, _ in group])
            yield DrawnTable([_drawn(row) for row in rows], has_grid=False, has_rows=False)
        else:
            yield from flow.read([line for line, _ in group], width)


def _ruled(lines: Sequence[str]) -> list[bool]:
    """Whether each line is one of a table with columns, and not a line of a flow that happens to end with its bars.

    The lines of a flow stand together, and are not as wide as the tables are.
    """
    ruled = [_is_barred(line) for line in lines]
    usual = Counter(width(line) for line, has_bars in zip(lines, ruled, strict=True) if has_bars).most_common(1)
    for number, line in enumerate(lines):
        if ruled[number] and abs(width(line) - usual[0][0]) > 1:
            beside = (n for n in (number - 1, number + 1) if 0 <= n < len(lines))
            ruled[number] = not any("|" in lines[n] and not ruled[n] for n in beside)
    return ruled


# Each line as its cells, each row as its lines.
_Line = list[str]
_Row = list[_Line]


def _rows(lines: Sequence[_Line]) -> Iterator[_Row]:
    """The lines that may be one row together."""
    row: _Row = []
    for line in lines:
        if row and not _may_go_on(row, line):
            yield row
            row = []
        row.append(line)
    if row:
        yield row


def _may_go_on(row: _Row, line: _Line) -> bool:
    """Whether each text of the line stands below another.

    The first cell may open with a blank, at which its first line was broken.
    """
    above = row[-1]
    if len(line) != len(above) or any(width(a) != width(b) for a, b in zip(above, line, strict=True)):
        return False
    begun = [column for column, cell in enumerate(line) if cell.strip() and not above[column].strip()]
    return not begun or (begun == [0] and len(row) == 1 and any(cell.strip() for cell in line[1:]))


def _gap(above: str, below: str) -> str | None:
    """What stood between two lines of a wrapped text; None where the line above left room, and so ended."""
    used = width(above.rstrip())
    word = _FIRST_WORD.match(below.strip())
    if not word or used + width(word[0][0]) > width(above):
        return ""
    last = above.rstrip()[-1:]
    is_word = len(word[0]) > 1 and last.isascii() and not (last.isdigit() and word[0][0].isdigit())
    return " " if is_word and used + 1 + width(word[0]) > width(above) else None


def _drawn(row: _Row) -> list[DrawnCell]:
    return [DrawnCell(_lines(cell), column) for column, cell in enumerate(zip(*row, strict=True))]


def _lines(cell: Sequence[str]) -> list[Drawn]:
    """The cell's lines down to the last that is not blank."""
    lines: list[str] = []
    above = ""
    for line in cell:
        gap = _gap(above, line) if above.strip() and line.strip() else None
        lines.append(line.strip() if gap is None else Wrapped(gap + line.strip()))
        above = line
    while lines and not lines[-1]:
        lines.pop()
    return list(_with_ticks(lines))


def _with_ticks(lines: Sequence[str]) -> Iterator[str]:
    """The lines of a cell with the boxes that it shows as a whole."""
    whole = restore_symbol_letters(restore_lost_ticks("".join(lines)))
    start = 0
    for line in lines:
        yield type(line)(whole[start : start + len(line)])
        start += len(line)
