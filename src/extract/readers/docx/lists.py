"""The lists of a Word package: which paragraph stands in which list and level (ECMA-376 part 1, 17.9).

A paragraph names a list (w:num) itself or through its style; the list names an abstract one (w:abstractNum), whose
levels say how to number, and may override some. Lists of one abstract list count on from each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lxml import etree

from extract.readers.numbering import MAX_LEVELS, Level, List, bullet_text

_Element = etree._Element

_MAX_ANCESTORS = 20
_MAX_START = 99_999


class ListItem(NamedTuple):
    """What a paragraph says of its list; None where it does not say."""

    list_id: str | None
    level: str | None
    style: str | None


NO_LIST = ListItem(None, None, None)


class Lists:
    """The lists of a document, out of the root elements of its numbering and styles parts."""

    def __init__(self, numbering: _Element, styles: _Element | None) -> None:
        self._lists = {_attribute(num, "numId"): num for num in numbering.iterchildren("{*}num")}
        self._abstract = {
            _attribute(abstract, "abstractNumId"): abstract for abstract in numbering.iterchildren("{*}abstractNum")
        }
        self._styles = {} if styles is None else dict(_numbered_styles(styles))
        self._known: dict[str, List | None] = {}

    def place(self, item: ListItem) -> tuple[List, int] | None:
        """The list and the level of a paragraph, None if it stands in none."""
        styled = self._of_style(item.style)
        list_id = item.list_id or styled.list_id
        found = self._list(list_id) if list_id else None
        if found is None:
            return None
        level = item.level
        if level is None and item.list_id is None:
            level = self._level_of_style(list_id, styled.style) or styled.level
        return found, min(int(level), MAX_LEVELS - 1) if level and level.isdecimal() else 0

    def _of_style(self, style: str | None) -> ListItem:
        """The list that a style or the nearest style under it names, with that style."""
        for _ in range(_MAX_ANCESTORS):
            named = self._styles.get(style)
            if named is None:
                break
            if named.list_id is not None:
                return named._replace(style=style)
            style = named.style
        return ListItem(None, None, None)

    def _level_of_style(self, list_id: str | None, style: str | None) -> str | None:
        """The level that an abstract list gives to a style."""
        abstract = self._abstract_of(list_id)
        for level in () if abstract is None else abstract.iterchildren("{*}lvl"):
            if style is not None and _value(level, "pStyle") == style:
                return _attribute(level, "ilvl")
        return None

    def _abstract_of(self, list_id: str | None) -> _Element | None:
        """The abstract list of a list; one that only links to a style of lists is that style's (17.9.21)."""
        for _ in range(_MAX_ANCESTORS):
            num = self._lists.get(list_id)
            abstract = None if num is None else self._abstract.get(_value(num, "abstractNumId"))
            link = None if abstract is None else _value(abstract, "numStyleLink")
            linked = None if link is None else self._of_style(link).list_id
            if linked is None or linked == list_id:
                return abstract
            list_id = linked
        return None

    def _list(self, list_id: str) -> List | None:
        if list_id not in self._known:
            self._known[list_id] = self._read_list(list_id)
        return self._known[list_id]

    def _read_list(self, list_id: str) -> List | None:
        num, abstract = self._lists.get(list_id), self._abstract_of(list_id)
        if num is None or abstract is None:
            return None
        levels = dict(_levels(abstract))
        restarts = set()
        for override in num.iterchildren("{*}lvlOverride"):
            number = _number(_attribute(override, "ilvl"), 0)
            levels |= _levels(override)
            start = _value(override, "startOverride")
            if start is not None:
                restarts.add(number)
                levels[number] = levels.get(number, Level())._replace(start=_number(start, 0))
        return List(_attribute(abstract, "abstractNumId"), levels, restarts)


def _numbered_styles(styles: _Element) -> Iterator[tuple[str | None, ListItem]]:
    """For each style the list that it names and the style that it is based on."""
    for style in styles.iterchildren("{*}style"):
        numbering = style.find("{*}pPr/{*}numPr")
        based_on = _value(style, "basedOn")
        if numbering is None:
            yield _attribute(style, "styleId"), ListItem(None, None, based_on)
        else:
            item = ListItem(_value(numbering, "numId"), _value(numbering, "ilvl"), based_on)
            yield _attribute(style, "styleId"), item


def _levels(parent: _Element) -> Iterator[tuple[int, Level]]:
    for element in parent.iterchildren("{*}lvl"):
        yield _number(_attribute(element, "ilvl"), 0), _level(element)


def _level(element: _Element) -> Level:
    format_ = _format(element)
    text = _value(element, "lvlText") or ""
    if format_ == "bullet":
        fonts = element.find("{*}rPr/{*}rFonts")
        font = "" if fonts is None else _attribute(fonts, "ascii") or _attribute(fonts, "hAnsi") or ""
        text = bullet_text(text, font)
    restart = _value(element, "lvlRestart")
    is_legal = element.find("{*}isLgl")
    return Level(
        format_,
        text,
        # 17.9.25: without w:start a list begins with 0.
        _number(_value(element, "start"), 0),
        None if restart is None else _number(restart, 0),
        is_legal is not None and _attribute(is_legal, "val") not in ("0", "false", "off"),
    )


def _format(level: _Element) -> str:
    """The format of a level; Word 2010 and later write newer ones as a choice, with an older one beside it."""
    for format_ in level.iter("{*}numFmt"):
        name = _attribute(format_, "val")
        if name and name != "custom":
            return name
    return "decimal"


def _value(parent: _Element, name: str) -> str | None:
    """The w:val of a child."""
    child = parent.find(f"{{*}}{name}")
    return None if child is None else _attribute(child, "val")


def _attribute(element: _Element, name: str) -> str | None:
    """An attribute in any of the namespaces that documents of the formats have for the prefix w."""
    for key, value in element.items():
        if str(key).rpartition("}")[2] == name:
            return str(value)
    return None


def _number(digits: str | None, default: int) -> int:
    return min(int(digits[:9]), _MAX_START) if digits and digits.isdecimal() else default
