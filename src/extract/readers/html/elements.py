"""What each element does; one without an entry is inline and walked through."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from extract.document import TICKED, UNTICKED
from extract.errors import ReadError
from extract.language import Message
from extract.readers.html.pages import Element
from extract.readers.html.state import BULLETS, State
from extract.readers.html.tables import MAX_ROW_SPAN, MAX_SPAN, Group, OpenTable, span
from extract.readers.numbering import Level, List

_MAX_TABLES = 50

_Start = Callable[[State, Element], bool]
"""Begins an element; returns whether its content is read."""
_End = Callable[[State], None]


def _block(state: State, _: Element) -> bool:
    state.end_paragraph()
    return True


def _underline(state: State, element: Element) -> bool:
    state.set_underlined(element, True)
    return True


def _line_break(state: State, _: Element) -> bool:
    state.pieces.append("\v")
    return False


def _preformatted(state: State, element: Element) -> bool:
    if element.tag != "textarea":
        state.end_paragraph()
    state.preformatted += 1
    state.at_end(element, lambda: setattr(state, "preformatted", state.preformatted - 1))
    return True


def _input(state: State, element: Element) -> bool:
    kind = (element.get("type") or "text").lower()
    if kind in ("checkbox", "radio"):
        state.pieces.append(UNTICKED if element.get("checked") is None else TICKED)
    elif kind not in ("hidden", "button", "submit", "reset", "image", "password", "file"):
        state.pieces.append(element.get("value") or "")
    return False


def _select(state: State, element: Element) -> bool:
    for option in element.iter("option"):
        if option.get("selected") is not None:
            state.pieces.append("".join(map(str, option.itertext())))
    return False


def _frame(state: State, _: Element) -> bool:
    state.unread.append("frame")
    return False


def _table(state: State, _: Element) -> bool:
    state.end_list_item()
    if len(state.tables) == _MAX_TABLES:
        raise ReadError(
            "html.too_deep",
            Message(
                f"tables are nested more than {_MAX_TABLES} deep, as no form is; the file is damaged or made to do "
                "harm, so fetch it again",
                f"表格嵌套超过 {_MAX_TABLES} 层，没有表会如此；文件已损坏或有意为害，请重新获取",
            ),
        )
    state.tables.append(OpenTable(state.blocks))
    return True


def _end_table(state: State) -> None:
    state.end_paragraph()
    table = state.tables.pop()
    state.blocks = table.around
    if table.groups:
        state.blocks.append(table.drawn())


def _row_group(state: State, element: Element) -> bool:
    state.end_paragraph()
    if state.tables:
        state.tables[-1].groups.append(Group(str(element.tag)))
    return True


def _row(state: State, element: Element) -> bool:
    state.end_paragraph()
    if state.tables:
        state.tables[-1].add_row(is_filler=(element.get("height") or "").strip() in ("0", "0px"))
    return True


def _cell(state: State, element: Element) -> bool:
    state.end_paragraph()
    if state.tables:
        table = state.tables[-1]
        spans = span(element, "colspan", MAX_SPAN, 1), span(element, "rowspan", MAX_ROW_SPAN, 0)
        state.blocks = table.add_cell(*spans)
    return True


def _end_cell(state: State) -> None:
    state.end_paragraph()
    if state.tables:
        state.blocks = state.tables[-1].around


def _end_block(state: State) -> None:
    state.end_paragraph()


def _end_written_paragraph(state: State) -> None:
    """A paragraph ends; Word may have written out a number for one that has no text."""
    if state.lists:
        state.end_paragraph()
    else:
        state.end_list_item()


# Lists (4.4.5 to 4.4.8; the formats are those of CSS Counter Styles Level 3).


def _list(state: State, element: Element) -> bool:
    state.end_list_item()
    level = _numbers(element) if element.tag == "ol" or "none" in (element.get("style") or "") else BULLETS
    state.lists.append(List(object(), {0: level}))
    return True


def _end_list(state: State) -> None:
    state.end_paragraph()
    if state.lists:
        state.lists.pop()


def _list_item(state: State, element: Element) -> bool:
    state.end_paragraph()
    if state.lists:
        value = _LEADING_NUMBER.match(element.get("value") or "")
        number = int(value[1]) if value else None
        state.number = partial(state.counters.label, state.lists[-1], 0, number=number)
    return True


def _end_list_item(state: State) -> None:
    state.end_list_item()


def _numbers(element: Element) -> Level:
    start = _LEADING_NUMBER.match(element.get("start") or "")
    named = _LIST_STYLE.search(element.get("style") or "")
    format_ = _FORMATS.get(named[1].lower(), "decimal") if named else _TYPES.get(element.get("type") or "", "decimal")
    text = "" if format_ == "none" else "%1、" if format_ in _CHINESE_FORMATS else "%1."
    return Level(format_, text, int(start[1]) if start else 1)


_LEADING_NUMBER = re.compile(r"\s*(-?\d{1,6})")
_LIST_STYLE = re.compile(r"list-style(?:-type)?\s*:\s*([\w-]+)", re.IGNORECASE)
_TYPES = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_FORMATS = {
    "none": "none",
    "decimal-leading-zero": "decimalZero",
    "lower-roman": "lowerRoman",
    "upper-roman": "upperRoman",
    **dict.fromkeys(("lower-alpha", "lower-latin"), "lowerLetter"),
    **dict.fromkeys(("upper-alpha", "upper-latin"), "upperLetter"),
    **dict.fromkeys(("cjk-ideographic", "simp-chinese-informal", "trad-chinese-informal"), "chineseCountingThousand"),
    "simp-chinese-formal": "chineseLegalSimplified",
    "cjk-decimal": "ideographDigital",
    "cjk-heavenly-stem": "ideographTraditional",
    "cjk-earthly-branch": "ideographZodiac",
}
_CHINESE_FORMATS = frozenset(
    ("chineseCountingThousand", "chineseLegalSimplified", "ideographDigital", "ideographTraditional", "ideographZodiac")
)


_BLOCKS = (
    *("html", "body", "p", "div", "center", "blockquote", "address", "h1", "h2", "h3", "h4", "h5", "h6", "hr"),
    *("dl", "dt", "dd", "form", "fieldset", "legend", "details", "summary"),
    *("article", "aside", "section", "nav", "main", "header", "footer", "figure", "figcaption", "caption"),
    *("v:textbox", "w:txbxcontent"),
)

_LISTS = ("ol", "ul", "dir", "menu")

STARTS: dict[str, _Start] = {
    **dict.fromkeys(_BLOCKS, _block),
    **dict.fromkeys(_LISTS, _list),
    "li": _list_item,
    "br": _line_break,
    **dict.fromkeys(("u", "ins"), _underline),
    "pre": _preformatted,
    "textarea": _preformatted,
    "input": _input,
    "select": _select,
    "frame": _frame,
    "iframe": _frame,
    "table": _table,
    **dict.fromkeys(("thead", "tbody", "tfoot"), _row_group),
    "tr": _row,
    **dict.fromkeys(("td", "th"), _cell),
}

ENDS: dict[str, _End] = {
    **dict.fromkeys((*_BLOCKS, "pre", "tr"), _end_block),
    "p": _end_written_paragraph,
    **dict.fromkeys(_LISTS, _end_list),
    "li": _end_list_item,
    "table": _end_table,
    **dict.fromkeys(("td", "th"), _end_cell),
}

# Deleted text, the reading aid over a word, and what no browser shows; style sheets are read beforehand.
LEFT_OUT = frozenset(("del", "rt", "rp", "head", "title", "style", "script", "template", "datalist", "xml", "button"))
