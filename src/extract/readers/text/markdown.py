"""Markdown and pandoc's plain text: paragraphs, and tables in four shapes.

    +-----+-----+      | a | b |       -- --       ------------ a full line, a header of
    | a   | b   |      |---|---|       a  b        aa   bb      several lines, dashes, and
    +-----+-----+      | c | d |       -- --       ---- ---     rows with blank lines between
       grid               pipe        simple        multiline

A table with merged cells may also stand there in HTML. The cells of such tables are wrapped or carry marks, so the text
is laid out anew: without the lines that draw tables, without backslashes in front of punctuation, without the marks of
headings and bold type, and with the dashes, dots and quotation marks that pandoc writes out (its extension `smart`: it
then escapes those that are meant). A text that has such a dash or mark as a character of its own is not written so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from extract.readers import html
from extract.readers.drawn import DrawnTable
from extract.readers.text import grid, pipe, ruled
from extract.readers.text.content import Content, drawn_cell, lay_out

_HEADING = re.compile(r"\s{0,3}#{1,6}\s+")
_BOLD = re.compile(r"\*\*([^*\n]+)\*\*")
# A backslash keeps what follows it as it is; without one, hyphens and full stops are a dash or an ellipsis.
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_WRITTEN_OUT = re.compile(rf"{_ESCAPED.pattern}|---?|\.\.\.")
_MEANT = {"---": "—", "--": "–", "...": "…"}
# Two marks around a text are a pair; one inside a word is an apostrophe.
_QUOTED = (
    (re.compile(r'(?<!\\)"((?:[^"\\]|\\.)*)"'), r"“\1”"),
    (re.compile(r"(?<![\\A-Za-z])'((?:[^'\\]|\\.)*)'(?![A-Za-z])"), r"‘\1’"),
)
_TYPOGRAPHIC = re.compile("[“”‘’–—…]")


def recognises(lines: Sequence[str]) -> bool:
    """Some line is the border of a grid table, the dashes of another, or the first of one in HTML."""
    return any(
        _is_html_table(line) or grid.is_border(line) or pipe.is_delimiters(line) or ruled.is_ruler(line)
        for line in lines
        if line.lstrip()[:1] in tuple("+|-:<")
    )


def read(text: str) -> Content:
    """The paragraphs, one a line, and the tables."""
    return lay_out(_blocks(text.split("\n")))


def _blocks(lines: Sequence[str]) -> Iterator[str | DrawnTable]:
    unmarked = _unmarked if _is_typographic(lines) else _unmarked_and_typeset
    number = 0
    while number < len(lines):
        if _is_html_table(lines[number]):
            end = _end_of_html_table(lines, number)
            yield from html.drawn("\n".join(lines[number:end]))
            number = end
            continue
        table, end = _table_at(lines, number)
        if table:
            yield _with_texts(table, unmarked)
        else:
            yield from (unmarked(line) for line in lines[number:end] if line.strip())
        number = end


def _is_html_table(line: str) -> bool:
    return line.startswith("<table")


def _end_of_html_table(lines: Sequence[str], number: int) -> int:
    """The line below a table in HTML: that of its end tag, or where the text ends."""
    return next((n for n in range(number + 1, len(lines) + 1) if "</table>" in lines[n - 1]), len(lines))


def _table_at(lines: Sequence[str], number: int) -> tuple[DrawnTable | None, int]:
    """The table that begins at a line and the first line below it; None, and how far there is none."""
    if grid.is_border(lines[number]):
        end = grid.end_of_table(lines, number)
        return grid.read(lines[number:end]), end
    if "|" in lines[number] and number + 1 < len(lines) and pipe.is_delimiters(lines[number + 1]):
        end = pipe.end_of_table(lines, number + 1)
        return pipe.read(lines[number], lines[number + 2 : end]), end
    if shape := ruled.shape_at(lines, number):
        return ruled.read(lines, shape), shape.end
    return None, number + 1


def _is_typographic(lines: Sequence[str]) -> bool:
    """Whether a dash or a quotation mark stands outside of the tables in HTML, which have them in any case."""
    number = 0
    while number < len(lines):
        if _is_html_table(lines[number]):
            number = _end_of_html_table(lines, number)
        elif _TYPOGRAPHIC.search(lines[number]):
            return True
        else:
            number += 1
    return False


def _with_texts(table: DrawnTable, unmarked: Callable[[str], str]) -> DrawnTable:
    for row in table.rows:
        for cell in row:
            texts = (unmarked(paragraph) for paragraph in cell.blocks if isinstance(paragraph, str))
            cell.blocks = drawn_cell(texts, cell.column).blocks
    return table


def _unmarked(line: str) -> str:
    """The line without what Markdown adds to it.

    >>> _unmarked("## **主管部门** \\\\>=90%")
    '主管部门 >=90%'
    """
    return _ESCAPED.sub(r"\1", _without_marks(line))


def _unmarked_and_typeset(line: str) -> str:
    """The line without what Markdown adds to it, and with what pandoc has written out.

    >>> _unmarked_and_typeset('2021---2023年 ... \\\\--'), _unmarked_and_typeset('"三公"经费 \\\\"a "')
    ('2021—2023年 … --', '“三公”经费 "a "')
    """
    for quoted, marked in _QUOTED:
        line = quoted.sub(marked, line)
    return _WRITTEN_OUT.sub(lambda found: found[1] or _MEANT[found[0]], _without_marks(line))


def _without_marks(line: str) -> str:
    return _BOLD.sub(r"\1", _HEADING.sub("", line, count=1))
