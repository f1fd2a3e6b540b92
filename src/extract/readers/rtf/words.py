"""Control words that change what is read; all others change only the look.

Each handler takes the state and the number that follows the word, None where there is none.
"""

from __future__ import annotations

from collections.abc import Callable

from extract.readers.rtf.fonts import DEFAULT_CODEC, codec_of_page
from extract.readers.rtf.state import Format, State
from extract.readers.rtf.stories import RowDefinition

_WordHandler = Callable[[State, int | None], None]


def _set(name: str) -> _WordHandler:
    """A handler for a toggle of the character format: on, or off with the number 0."""
    return lambda state, number: state.change(state.format._replace(**{name: number != 0}))


def _flag(name: str, value: str) -> _WordHandler:
    """A handler for a merge flag of the next cell to be defined."""
    return lambda state, _: setattr(state.story.row, name, value)


def _font(state: State, number: int | None) -> None:
    if number != state.format.font:
        state.change(state.format._replace(font=number or 0))


def _plain(state: State, _: int | None) -> None:
    state.change(Format(state.default_font, fallbacks=state.format.fallbacks))


def _default_font(state: State, number: int | None) -> None:
    state.default_font = number or 0
    _font(state, number)


def _fallbacks(state: State, number: int | None) -> None:
    state.format = state.format._replace(fallbacks=max(0, 1 if number is None else number))


def _paragraph_defaults(state: State, _: int | None) -> None:
    state.in_table, state.nesting = False, 0
    state.list_id = state.list_level = 0


def _in_table(state: State, number: int | None) -> None:
    state.in_table = number != 0


def _nesting(state: State, number: int | None) -> None:
    state.nesting = max(0, number or 0)


def _row_defaults(state: State, _: int | None) -> None:
    state.story.row = RowDefinition()
    state.story.row_is_open = True


def _row_left(state: State, number: int | None) -> None:
    state.story.row.left = number or 0


def _document_codec(page: int) -> _WordHandler:
    def handle(state: State, number: int | None) -> None:
        state.fonts.document_codec = codec_of_page(number or page) or DEFAULT_CODEC

    return handle


def _form_field(name: str) -> _WordHandler:
    def handle(state: State, number: int | None) -> None:
        if state.fields:
            setattr(state.fields[-1], name, number or 0)

    return handle


def _object(state: State, _: int | None) -> None:
    state.pass_over("embedded object")


CHARACTERS = {
    **dict.fromkeys(("tab", "emspace", "enspace", "qmspace"), " "),
    **dict.fromkeys(("line", "lbr", "page", "column"), "\n"),
    "emdash": "—",
    "endash": "–",
    "bullet": "•",
    "lquote": "‘",
    "rquote": "’",
    "ldblquote": "“",
    "rdblquote": "”",
}

SYMBOLS = {"~": "\N{NO-BREAK SPACE}", "_": "-", "\t": " "}

WORDS: dict[str, _WordHandler] = {
    # Nothing to do: the walk itself passes over the bytes.
    "bin": lambda state, number: None,
    "ansi": _document_codec(1252),
    "ansicpg": _document_codec(1252),
    "mac": _document_codec(10000),
    "pc": _document_codec(437),
    "pca": _document_codec(850),
    "deff": _default_font,
    "f": _font,
    "plain": _plain,
    "v": _set("is_hidden"),
    "webhidden": _set("is_hidden"),
    "deleted": _set("is_deleted"),
    **dict.fromkeys(("ul", "uld", "uldb", "ulth", "ulw"), _set("is_underlined")),
    "ulnone": lambda state, _: state.change(state.format._replace(is_underlined=False)),
    "uc": _fallbacks,
    "pard": _paragraph_defaults,
    "ls": lambda state, number: setattr(state, "list_id", number or 0),
    "ilvl": lambda state, number: setattr(state, "list_level", number or 0),
    "intbl": _in_table,
    "itap": _nesting,
    "par": lambda state, _: state.end_paragraph(),
    "sect": lambda state, _: state.end_paragraph(),
    "cell": lambda state, _: state.end_cell(1),
    "nestcell": lambda state, _: state.end_cell(max(2, state.nesting)),
    "row": lambda state, _: state.end_row(1),
    "nestrow": lambda state, _: state.end_row(max(2, state.nesting)),
    "trowd": _row_defaults,
    "trleft": _row_left,
    "cellx": lambda state, number: state.story.row.end_cell(number or 0),
    "clvmgf": _flag("vertical", "start"),
    "clvmrg": _flag("vertical", "continue"),
    "clmgf": _flag("horizontal", "start"),
    "clmrg": _flag("horizontal", "continue"),
    **dict.fromkeys(("objemb", "objlink", "objautlink", "objicemb"), _object),
    "fftype": _form_field("kind"),
    "ffres": _form_field("result"),
    "ffdefres": _form_field("default"),
}
