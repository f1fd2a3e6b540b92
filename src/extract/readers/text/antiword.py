"""antiword's tables: bars between the cells of fixed width, and nothing at all between the rows::

    |专项资|本年度预计投|财政资金（万元）                      |其他    |
    |金情况|入（万元）  |                                      |        |
    |      |            |中央       |省级   |市级资金|本级     |        |
    |      |10          |           |       |        |10       |        |

Cells merged to the right are one wide cell, the places below a merged cell are blank. A line goes on with the row
above where its cells do: the text above filled its column, so that the next character had to move down.

Two things the dump has lost, and how they are read. A paragraph that ends inside a cell looks like a new row of which
the other cells are blank: it belongs to the row above where it stands in the labels' columns, and is a row of its own
elsewhere (the parser adds it to the value that it stands under). A row below one that fills its column to the last
place looks like a wrapped one: it is a row of its own if another of its cells begins anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from extract.readers.text.content import Content, DrawnCell, DrawnTable, lay_out, width
from extract.readers.text.ticks import restore_lost_ticks, restore_symbol_letters

_FIRST_WORD = re.compile(r"[!-~]+|.")
# Labels stand in the first column, or in the second behind a section's merged cell.
_LABEL_COLUMNS = 2


def recognises(lines: Sequence[str]) -> bool:
    """Two lines below each other open and close with a bar and are equally wide."""
    return any(
        _is_barred(above) and _is_barred(below) and abs(width(above) - width(below)) <= 1
        for above, below in pairwise(lines)
    )


def read(text: str) -> Content:
    """The paragraphs, one a line, and a table for each run of lines with bars."""
    return lay_out(_blocks(text.split("\n")))


def _is_barred(line: str) -> bool:
    return len(line) > 2 and line[0] == "|" and line.rstrip()[-1] == "|"


def _blocks(lines: Sequence[str]) -> Iterator[str | DrawnTable]:
    for is_table, group in groupby(lines, _is_barred):
        if is_table:
            rows = _rows([line.rstrip()[1:-1].split("|") for line in group])
            yield DrawnTable([_drawn(row) for row in rows], has_grid=False)
        else:
            yield from filter(str.strip, group)


# Each line as its cells, each row as its lines.
_Line = list[str]
_Row = list[_Line]


def _rows(lines: Sequence[_Line]) -> Iterator[_Row]:
    row: _Row = []
    for line in lines:
        if row and not _goes_on(row, line):
            yield row
            row = []
        row.append(line)
    if row:
        yield row


def _goes_on(row: _Row, line: _Line) -> bool:
    """Whether the line continues the row: see the module's docstring for what is certain and what is not."""
    above = row[-1]
    if len(line) != len(above) or any(width(a) != width(b) for a, b in zip(above, line, strict=True)):
        return False
    filled = [column for column, cell in enumerate(line) if cell.strip()]
    wrapped = {column for column in filled if _is_wrapped(above[column], line[column])}
    anew = [column for column in filled if column not in wrapped]
    if not filled:
        return True
    if not anew:
        return True
    label = next((column for column, cell in enumerate(row[0]) if cell.strip()), 0)
    if not wrapped:
        has_value = any(cell.strip() for cell in row[0][label + 1 :])
        return anew == [label] and label < _LABEL_COLUMNS and bool(above[label].strip()) and has_value
    if len(row) == 1 and anew == [0] and not above[0].strip():
        return True  # the first cell opens with a blank, at which its first line was broken
    if any(not above[column].strip() for column in anew):
        return False
    return label < _LABEL_COLUMNS and (label in wrapped or anew == [label])


def _is_wrapped(above: str, below: str) -> bool:
    """Whether the text above filled its cell, so that the character or the word below had no room there."""
    text = above.rstrip()
    return bool(text.strip()) and _gap(above, below) is not None


def _gap(above: str, below: str) -> str | None:
    """What stood between two lines of a wrapped text; None where the line above left room, and so ended."""
    used = width(above.rstrip())
    word = _FIRST_WORD.match(below.strip())
    if not word or used + width(word[0][0]) > width(above):
        return ""
    is_word = len(word[0]) > 1 and above.rstrip()[-1:].isascii()
    return " " if is_word and used + 1 + width(word[0]) > width(above) else None


def _drawn(row: _Row) -> list[DrawnCell]:
    return [DrawnCell(_paragraphs(cell), column) for column, cell in enumerate(zip(*row, strict=True))]


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
