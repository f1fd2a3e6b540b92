"""The shape of a form that no rule knows: what looks like its labels, in reading order.

Two forms of one layout have the same shape whatever people have written into them, so unknown forms can be counted by
it. A label is short, without digits and sentence marks, and stands first in its row or behind a value, or in a header
whose cells all look like labels above a row of values; the rows of the list below it are values too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from extract.document import Block, Cell, walk_tables
from extract.labels import bare_label

_LABEL_LIKE = re.compile(r"[^\d。；！？%≥≤]{2,16}")
# A header names at least so many columns.
_HEADER_CELLS = 3
# So many labels tell a layout from others.
_MOST_LABELS = 40


def shape_of(text: str, blocks: tuple[Block, ...]) -> str:
    """The labels of the tables in `blocks`, each once, with · between them."""
    labels = (label for table in walk_tables(blocks) for label in _labels(text, table.rows))
    return " · ".join(list(dict.fromkeys(labels))[:_MOST_LABELS])


def _labels(text: str, rows: tuple[tuple[Cell, ...], ...]) -> Iterator[str]:
    texts = [[bare_label(text[cell.start : cell.end]) for cell in row] for row in rows]
    list_width = 0
    for row, below in zip(texts, [*texts[1:], []], strict=True):
        if len(row) == list_width:
            continue
        list_width = 0
        filled = [each for each in row if each]
        if len(filled) >= _HEADER_CELLS and all(map(_looks_like_label, filled)) and _is_of_values(row, below):
            yield from filled
            list_width = len(row)
        elif len(row) > 1:
            yield from filter(_looks_like_label, row[::2])


def _is_of_values(header: list[str], row: list[str]) -> bool:
    """Whether a row as long as the header above it holds anything but labels where labels would stand."""
    return len(row) == len(header) and any(each and not _looks_like_label(each) for each in row[::2])


def _looks_like_label(text: str) -> bool:
    return bool(_LABEL_LIKE.fullmatch(text))
