"""antiword's tables: bars between the cells of fixed width, and nothing at all between the rows::

    |专项资|本年度预计投|财政资金（万元）                      |其他    |
    |金情况|入（万元）  |                                      |        |
    |      |            |中央       |省级   |市级资金|本级     |        |
    |      |10          |           |       |        |10       |        |

Cells merged to the right are one wide cell, the places below a merged cell are blank. A line goes on with the row
above where its cells do: the text above filled its column, so that the next character had to move down.

Two things the dump has lost, and how they are read. A paragraph that ends inside a cell looks like a new row of which
the other cells are blank. In the labels' columns it goes on with the row above, in the last column it is a row of its
own (the parser adds it to the value that it stands under); between them it may be either, and becomes a row without
places, which nothing reads. A row below one that fills its column to the last place looks like a wrapped one: it is a
row of its own if others of its cells begin anew, or one does and the first goes on no label; a row with three such
columns is surely wrapped.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from operator import itemgetter

from extract.readers.drawn import DrawnCell, DrawnTable
from extract.readers.text import flow
from extract.readers.text.content import Content, drawn_cell, lay_out
from extract.readers.text.content import width as display_width
from extract.readers.text.ticks import restore_lost_ticks, restore_symbol_letters

# antiword's table of widths, older than terminals', has these in one column.
_NARROW = re.compile("[《》\u301a\u301b]")
_FIRST_WORD = re.compile(r"[!-~]+|.")
# Labels stand in the first column, or in the second behind a section's merged cell.
_LABEL_COLUMNS = 2
# So many columns do not fill up at once by chance.
_SURELY_WRAPPED = 3


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
            yield DrawnTable([_drawn(row) for row in rows], has_grid=False)
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
    row: _Row = []
    for line in lines:
        if not row or _goes_on(row, line):
            row.append(line)
            continue
        yield row
        row = [_without_places(line)] if _is_unclear(row, line) else [line]
    if row:
        yield row


def _goes_on(row: _Row, line: _Line) -> bool:
    """Whether the line continues the row: see the module's docstring for what is certain and what is not."""
    above = row[-1]
    if not _same_columns(above, line):
        return False
    filled, anew = _filled(line), _begun_anew(above, line)
    if not anew:
        return True
    if anew == [0] and len(row) == 1 and len(filled) > 1 and not above[0].strip():
        return True  # the first cell opens with a blank, at which its first line was broken
    if any(not above[column].strip() for column in anew):
        return False
    if len(filled) - len(anew) >= _SURELY_WRAPPED:
        return True
    if len(anew) == 1 and _has_more(row, anew[0]):
        return (anew[0] < _LABEL_COLUMNS or len(filled) > 1) and _is_second_line(row, line, anew[0])
    first = filled[0]
    return len(anew) == 1 and first not in anew and (first < _LABEL_COLUMNS or len(_filled(row[0])[1:]) > 1)


def _is_unclear(row: _Row, line: _Line) -> bool:
    """Whether the line has nothing but a second paragraph, or a next row's text, between labels and values."""
    filled = _filled(line)
    if len(filled) != 1 or not _same_columns(row[-1], line):
        return False
    return filled[0] >= _LABEL_COLUMNS and bool(row[-1][filled[0]].strip()) and _has_more(row, filled[0])


def _without_places(line: _Line) -> _Line:
    return [cell for cell in line if cell.strip()]


def _same_columns(above: _Line, line: _Line) -> bool:
    return len(line) == len(above) and all(width(a) == width(b) for a, b in zip(above, line, strict=True))


def _filled(line: _Line) -> list[int]:
    return [column for column, cell in enumerate(line) if cell.strip()]


def _begun_anew(above: _Line, line: _Line) -> list[int]:
    """The filled columns whose text does not go on with the line above."""
    return [column for column in _filled(line) if not _is_wrapped(above[column], line[column])]


def _has_more(row: _Row, column: int) -> bool:
    """Whether the row has a value further right."""
    return any(cell.strip() for cell in row[0][column + 1 :])


def _is_second_line(row: _Row, line: _Line, column: int) -> bool:
    """Whether a text that begins anew left of the row's value is a second paragraph, and not the next row's first cell.

    It is where this line adds nothing to the value, or where both paragraphs together would have fitted.
    """
    return not line[-1].strip() or width(row[-1][column].strip() + line[column].strip()) <= width(line[column])


def _is_wrapped(above: str, below: str) -> bool:
    """Whether the text above filled its cell, so that the character or the word below had no room there.

    A sentence that ends with its line need not have been wrapped.
    """
    text = above.strip()
    return bool(text) and not text.endswith("。") and _gap(above, below) is not None


def _gap(above: str, below: str) -> str | None:
    """What stood between two lines of a wrapped text; None where the line above left room, and so ended."""
    used = width(above.rstrip())
    word = _FIRST_WORD.match(below.strip())
    if not word or used + width(word[0][0]) > width(above):
        return ""
    is_word = len(word[0]) > 1 and above.rstrip()[-1:].isascii()
    return " " if is_word and used + 1 + width(word[0]) > width(above) else None


def _drawn(row: _Row) -> list[DrawnCell]:
    return [drawn_cell(_paragraphs(cell), column) for column, cell in enumerate(zip(*row, strict=True))]


def _paragraphs(lines: Sequence[str]) -> list[str]:
    """The paragraphs of a cell, each with its wrapped lines joined."""
    pieces: list[str] = []
    for number, line in enumerate(lines):
        text = line.strip()
        gap = _gap(lines[number - 1], line) if number and lines[number - 1].strip() else None
        pieces += [text if not pieces else "\n" + text if gap is None else gap + text] if text else []
    return _with_ticks("".join(pieces)).split("\n")


def _with_ticks(cell: str) -> str:
    return restore_symbol_letters(restore_lost_ticks(cell))
