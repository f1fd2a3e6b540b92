"""catdoc's dump: a table's cell marks as tabs and line feeds, two marks to a line feed (→ for a tab)::

    →专项名称→公园管护       a tab is one mark: the next cell
    本级                     a line feed is two marks: the row's end, or a blank cell,
                             or it is the end of a paragraph in the cell
    86.5                     so many line feeds are so many blank cells and row ends

Without -w, line feeds are doubled and lines wrapped at 72 bytes, at a blank or tab if there is one, else anywhere.

The dump has lost where a row ends. It is read one cell a line: the text is laid out anew, a line feed a mark,
so that blank lines are blank cells or row ends; the parser, which knows the forms, finds the rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from extract.readers.text import lines as one_cell_a_line
from extract.readers.text.content import Content
from extract.readers.text.ticks import restore_lost_ticks

_MARKS = re.compile(r"[\n\t]+")
_WRAP_MARGIN = 72
_LONGEST_CHARACTER = 4


def recognises(lines: Sequence[str]) -> bool:
    """Tabs between texts, never two of them in a row or one behind a text, and blank lines between such lines."""
    tabbed = [number for number, line in enumerate(lines) if "\t" in line]
    if not any("\t" in lines[number].strip("\t") for number in tabbed):
        return False
    has_rows = any("\t\t" in line or (line.endswith("\t") and line != "\t") for line in map(lines.__getitem__, tabbed))
    return not has_rows and "" in lines[tabbed[0] : tabbed[-1]]


def read(text: str) -> Content:
    """A paragraph for each cell or paragraph; cells' marks are line feeds."""
    return one_cell_a_line.read("".join(_pieces(text.strip("\n"))) + "\n")


def _pieces(text: str) -> Iterator[str]:
    is_wrapped = _is_wrapped(text)
    line_start = position = 0
    for marks in _MARKS.finditer(text):
        yield restore_lost_ticks(text[position : marks.start()])
        line_feeds, tabs = marks[0].count("\n"), marks[0].count("\t")
        if is_wrapped and line_feeds == 1 and not tabs:
            yield "" if _is_full(text[line_start : marks.start()]) else "\n"
        else:
            yield "\n" * (2 * (line_feeds // 2 if is_wrapped else line_feeds) + tabs)
        position = marks.end()
        if line_feeds:
            line_start = marks.start() + marks[0].rindex("\n") + 1
    yield restore_lost_ticks(text[position:])


def _is_wrapped(text: str) -> bool:
    """Whether lines are wrapped: none is longer than the margin, and most line feeds are doubled."""
    lines = text.split("\n")
    if any(len(line.encode("utf-8", "replace")) > _WRAP_MARGIN for line in lines):
        return False
    runs = [len(run[0]) for run in re.finditer("\n+", text)]
    return 2 * sum(length > 1 for length in runs) > len(runs)


def _is_full(line: str) -> bool:
    """Whether the line was broken inside a word: it has no blank to be broken at, and no room for a character.

    A sentence that ends with its line need not have been broken.
    """
    if line.endswith("。"):
        return False
    has_blank = any(character in line[1:] for character in " \t")
    return not has_blank and len(line.encode("utf-8", "replace")) > _WRAP_MARGIN - _LONGEST_CHARACTER + 1
