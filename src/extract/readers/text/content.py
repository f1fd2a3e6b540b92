"""What a dialect makes of a text, and the means that the dialects share: display width and laying out anew.

Where a dialect keeps its cells whole, `Content.text` is the source itself. Where it wraps them (the columns of a drawn
table), no cell is a stretch of the source; then the text is laid out anew, with tabs between cells and a line feed
after each row, from all the source's characters except those that draw the table.

>>> row = [drawn_cell(["主管部门"], 0), drawn_cell(["司法局", "（盖章）"], 1)]
>>> content = lay_out(["附件1", drawn.DrawnTable([row])])
>>> content.text
'附件1\\n主管部门\\t司法局\\n（盖章）\\n'
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple, Protocol

from extract.document import Block, TextWriter
from extract.readers import drawn
from extract.readers.drawn import Drawn, DrawnCell


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


def drawn_cell(paragraphs: Iterable[str], column: int, column_span: int = 1, row_span: int = 1) -> DrawnCell:
    """A cell as a dump draws it; each item of `paragraphs` is one paragraph, its wrapped lines joined."""
    return DrawnCell([text for text in map(str.strip, paragraphs) if text], column, column_span, row_span)


def lay_out(story: Iterable[Drawn]) -> Content:
    """Paragraphs and tables written one after the other, every character as it is."""
    out = TextWriter()
    blocks = drawn.lay_out(list(story), out, characters={})
    return Content(out.text(), blocks)


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
