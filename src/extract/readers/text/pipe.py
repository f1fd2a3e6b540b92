"""Pipe tables of Markdown: a row a line, and below the first row a line of dashes::

    | 主管部门 | 司法局      |
    |----------|:-----------:|
    | 保证措施 | 甲；<br>乙  |      <br> is a line break
    | 备注     | 甲\\|乙      |      a backslash takes a bar its meaning

Converters leave the covered places of merged cells blank. Where all rows have the same number of cells, the columns
line up; where they have not, cells count from the left.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from extract.readers.drawn import DrawnCell, DrawnTable
from extract.readers.text.content import drawn_cell

DELIMITERS = re.compile(r"\s*\|?(?:\s*:?-+:?\s*\|)+(?:\s*:?-+:?\s*)?")
_BAR = re.compile(r"(?<!\\)\|")
_LINE_BREAK = re.compile(r"<br ?/?>", re.IGNORECASE)


def is_delimiters(line: str) -> bool:
    """Whether the line is the one of dashes between header and body."""
    return "|" in line and bool(DELIMITERS.fullmatch(line))


def end_of_table(lines: Sequence[str], delimiters: int) -> int:
    """The number of the first line below the table whose line of dashes is `delimiters`."""
    end = delimiters + 1
    while end < len(lines) and "|" in lines[end]:
        end += 1
    return end


def read(header: str, body: Iterable[str]) -> DrawnTable:
    """The table; a header that is blank, as converters write it where there is none, is no row."""
    rows = [_cells(line) for line in (header, *body)]
    if not any(any(cell.blocks) for cell in rows[0]):
        rows = rows[1:]
    return DrawnTable(rows, has_grid=len({len(row) for row in rows}) == 1)


def _cells(line: str) -> list[DrawnCell]:
    inside = line.strip()
    inside = inside[1:] if inside.startswith("|") else inside
    inside = inside[:-1] if inside.endswith("|") and not inside.endswith("\\|") else inside
    return [drawn_cell(_LINE_BREAK.split(cell.strip()), column) for column, cell in enumerate(_BAR.split(inside))]
