"""Looks: the styles that change what is read, of elements and of classes in style sheets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from extract.readers.html.pages import Element
from extract.readers.symbols import is_symbol_font


class Look(NamedTuple):
    """What a style says: whether it hides, which font it sets (None: no change), whether it marks an aside."""

    is_hidden: bool = False
    font: str | None = None
    is_aside: bool = False
    is_underlined: bool | None = None
    """None: no change."""
    is_list_number: bool = False
    """Whether the element holds the number of its paragraph, which Word writes out for browsers."""
    field_mark: str | None = None
    """The part of a field that an empty element marks: begin, separator or end."""


_PLAIN = Look()
# A font that draws no symbols; it ends a symbol font around it.
LETTERS = ""
_TELLING = re.compile(r"font|display|visibility|mso-(?:hide|list|element|symbol)|underline|text-d", re.IGNORECASE)
_LINE = re.compile(r"text-decoration(?:-line)?\s*:\s*([^;]*)", re.IGNORECASE)
_HIDING = re.compile(
    r"(?<![\w-])display\s*:\s*none|(?<![\w-])visibility\s*:\s*hidden|mso-hide\s*:\s*all",
    re.IGNORECASE,
)
_FONT = re.compile(
    r"""(?<![\w-])(?:mso-symbol-font-family|font-family|font)\s*:\s*([^;]*)""",
    re.IGNORECASE,
)
_LIST_NUMBER = re.compile(r"mso-list\s*:\s*ignore", re.IGNORECASE)
_FIELD_MARK = re.compile(r"mso-element\s*:\s*field-(begin|separator|end)", re.IGNORECASE)
_ASIDE = re.compile(r"mso-element\s*:\s*(?:header|footer|footnote|endnote|comment)\s*(?:;|$)", re.IGNORECASE)
_NOT_CSS = re.compile(r"<!--|-->|/\*(?:(?!\*/).)*+(?:\*/|\Z)", re.DOTALL)
_CLASS = re.compile(r"^\s*\w*\.([\w-]+)\s*$")


def _look(style: str) -> Look:
    if not _TELLING.search(style):
        return _PLAIN
    fonts = [_symbol_font(fonts) for fonts in _FONT.findall(style)]
    font = None if not fonts else next(filter(None, fonts), LETTERS)
    mark, line = _FIELD_MARK.search(style), _LINE.search(style)
    return Look(
        _HIDING.search(style) is not None,
        font,
        _ASIDE.search(style) is not None,
        "underline" in line[1].lower() if line else None,
        _LIST_NUMBER.search(style) is not None,
        mark[1].lower() if mark else None,
    )


def font_of(element: Element) -> str:
    """The symbol font that an element sets in its style, or `LETTERS`."""
    return _look(element.get("style") or "").font or LETTERS


LOOKING = ("style", "class", "face", "hidden", "title", "id")
# The numbers of notes and the marks of comments, as Word and LibreOffice name them: 20¹ is not 201.
_REFERENCES = frozenset(
    (
        *("MsoFootnoteReference", "MsoEndnoteReference", "MsoCommentReference"),
        *("sdfootnoteanc", "sdfootnotesym", "sdendnoteanc", "sdendnotesym"),
    )
)
_LIBREOFFICE_NOTE = re.compile(r"sd(?:foot|end)note\d+$")


def look_of(attributes: dict[str, str], classes: dict[str, Look]) -> Look:
    """The look of an element by its attributes: style over face over class."""
    names = attributes.get("class", "").split()
    looks = [classes[name] for name in names if name in classes]
    if "face" in attributes:
        looks.append(Look(font=_symbol_font(attributes["face"])))
    looks.append(_look(attributes.get("style", "")))
    return Look(
        "hidden" in attributes or not _REFERENCES.isdisjoint(names) or any(look.is_hidden for look in looks),
        next((look.font for look in reversed(looks) if look.font is not None), None),
        looks[-1].is_aside or _is_libreoffice_aside(attributes),
        next((look.is_underlined for look in reversed(looks) if look.is_underlined is not None), None),
        looks[-1].is_list_number,
        looks[-1].field_mark,
    )


def _is_libreoffice_aside(attributes: dict[str, str]) -> bool:
    is_note = _LIBREOFFICE_NOTE.match(attributes.get("id", "")) is not None
    return is_note or attributes.get("title") in ("header", "footer")


def _symbol_font(families: str) -> str:
    """The symbol font that a list of font families begins with, or `LETTERS`."""
    first = families.partition(",")[0].strip(" \t\r\n'\"")
    return first if is_symbol_font(first) else LETTERS


def looks_of_classes(root: Element) -> dict[str, Look]:
    """The looks that style sheets in the page give to classes, where they change what is read on a screen."""
    looks: dict[str, Look] = {}
    for style in root.iter("style"):
        for selectors, body in _rules(_NOT_CSS.sub("", "".join(map(str, style.itertext())))):
            look = _look(body)
            for selector in selectors.split(",") if look.is_hidden or look.font else ():
                named = _CLASS.match(selector)
                if named:
                    looks[named[1]] = look
    return looks


def _rules(sheet: str) -> Iterator[tuple[str, str]]:
    """Selectors and body of each rule, but not of those for print and other media, which stand inside an at-rule."""
    depth, selectors = 0, ""
    for part in re.split("([{}])", sheet):
        if part in ("{", "}"):
            depth = max(0, depth + (1 if part == "{" else -1))
        elif depth == 0:
            selectors = part.rpartition(";")[2].strip()
        elif depth == 1 and not selectors.startswith("@"):
            yield selectors, part
