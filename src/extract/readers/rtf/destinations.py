r"""Destinations: what groups hold that open with a word of their own, such as `{\footer …}` or `{\*\fldinst …}`.

A handler enters the group, and may return what has to be done at its end.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from extract.language import Message
from extract.readers.drawn import Drawn, is_blank
from extract.readers.rtf.damage import too_deep
from extract.readers.rtf.state import Field, State
from extract.readers.rtf.stories import MAX_DEPTH, Story, clean
from extract.readers.symbols import drawn_by_field, show_field

Closer = Callable[[], None]
_Destination = Callable[[State], Closer | None]


def _story(keep: Callable[[State, list[Drawn]], None]) -> _Destination:
    """A destination with paragraphs of its own; `keep` takes its blocks."""

    def enter(state: State) -> Closer:
        state.flush()
        outer, outer_pieces, outer_fields = state.story, state.pieces, state.fields
        state.story = story = Story(outer.depth + 1)
        state.pieces, state.fields = story.pieces, []
        state.in_table, state.nesting = False, 0
        if story.depth > MAX_DEPTH:
            raise too_deep(
                Message(
                    f"text boxes or notes are nested more than {MAX_DEPTH} deep",
                    f"文本框或脚注嵌套超过 {MAX_DEPTH} 层",
                )
            )

        def close() -> None:
            state.story, state.pieces, state.fields = outer, outer_pieces, outer_fields
            keep(state, story.finish())

        return close

    return enter


def _keep_aside(state: State, story: list[Drawn]) -> None:
    if not is_blank(story):
        state.asides.append(story)


def _keep_box(state: State, story: list[Drawn]) -> None:
    state.story.boxes += story


def _open_field(state: State) -> Closer:
    state.flush()
    state.fields.append(Field(len(state.pieces)))

    def close() -> None:
        if state.fields:
            ended = state.fields.pop()
            show_field(ended.drawn, ended.start, state.pieces)

    return close


def _collect(keep: Callable[[State, str], None]) -> _Destination:
    """A destination whose text is no part of the paragraph; `keep` takes it."""

    def enter(state: State) -> Closer:
        state.flush()
        outer, state.pieces = state.pieces, []

        def close() -> None:
            collected, state.pieces = "".join(state.pieces), outer
            keep(state, collected)

        return close

    return enter


def _keep_instruction(state: State, instruction: str) -> None:
    if state.fields:
        innermost = state.fields[-1]
        innermost.drawn = innermost.state() or drawn_by_field(instruction)


def _keep_list_number(state: State, written: str) -> None:
    label = "".join(character if character.isprintable() else "•" for character in clean(written).strip())
    if label:
        state.story.number = lambda: label


def _keep_entry(state: State, entry: str) -> None:
    if state.fields:
        state.fields[-1].entries.append(entry)


def _nested_row(state: State) -> Closer:
    """The properties of a nested row come behind its cells, while the row around it keeps its own."""
    story, outer, outer_is_open = state.story, state.story.row, state.story.row_is_open

    def close() -> None:
        story.row, story.row_is_open = outer, outer_is_open

    return close


def _math_part(sign: str) -> _Destination:
    """A part of a formula whose place says what `sign` says in a line: 1/2 is not 12."""

    def enter(state: State) -> None:
        state.write(sign)

    return enter


def _pass(_: State) -> None:
    """A destination that is read as if it were none."""


DESTINATIONS: dict[str, _Destination] = {
    **dict.fromkeys(("header", "headerl", "headerr", "headerf"), _story(_keep_aside)),
    **dict.fromkeys(("footer", "footerl", "footerr", "footerf"), _story(_keep_aside)),
    **dict.fromkeys(("footnote", "annotation"), _story(_keep_aside)),
    **dict.fromkeys(("shptxt", "dptxbxtext"), _story(_keep_box)),
    "field": _open_field,
    "fldinst": _collect(_keep_instruction),
    **dict.fromkeys(("listtext", "pntext"), _collect(_keep_list_number)),
    "formfield": _pass,
    "ffl": _collect(_keep_entry),
    "nesttableprops": _nested_row,
    "mden": _math_part("/"),
    "msup": _math_part("^"),
    # Drawing objects with their text boxes, Unicode beside ANSI, formulas.
    **dict.fromkeys(("shpinst", "shpgrp", "do", "ud", "moMath", "moMathPara"), _pass),
}

# fmt: off
SKIPPED = frozenset((
    "colortbl", "stylesheet", "info", "filetbl", "template", "private", "datafield",
    "pict", "nonshppict", "objdata", "objclass", "objname", "sp", "shprslt",
    # How lists number, which is read apart, and the paragraph mark that stands for a nested table.
    "pntxta", "pntxtb", "nonesttables",
    # Marks for index, contents and comments, and the lines above footnotes.
    "xe", "tc", "tcn", "rxe", "bkmkstart", "bkmkend", "atnid", "atnauthor", "atnref",
    "ftnsep", "ftnsepc", "ftncn", "aftnsep", "aftnsepc", "aftncn",
))
# fmt: on
LIST_TABLES = ("listtable", "listoverridetable")
MATH_PROPERTIES = re.compile(r"m[a-zA-Z]+Pr\Z")
