"""Fields and form fields (ECMA-376 part 1, 17.16)."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from extract.document import TICKED, UNTICKED
from extract.readers.docx.names import (
    CHECK_BOX,
    DROP_DOWN,
    FORM_FIELD,
    Element,
    attribute,
    first_child,
    is_on,
    number_in,
)


class Code(str):
    """A piece of a field's instruction, which is not text."""


@dataclass(slots=True)
class Field:
    """An open field: where in the paragraph's pieces it begins, and what it shows if it does not store that."""

    start: int
    drawn: str | None
    in_code: bool = True
    is_carried_over: bool = False


def form_field_state(begin: Element) -> str | None:
    """What a form field shows apart from its result: ☑, ☐ or the chosen entry of a list (17.16.7, 17.16.9)."""
    data = first_child(begin, FORM_FIELD)
    if data is None:
        return None
    check_box = first_child(data, CHECK_BOX)
    if check_box is not None:
        states = {
            etree.QName(state).localname: is_on(attribute(state, "val"))
            for state in check_box.iterchildren(tag=etree.Element)
        }
        return TICKED if states.get("checked", states.get("default", False)) else UNTICKED
    drop_down = first_child(data, DROP_DOWN)
    return None if drop_down is None else _chosen_entry(drop_down)


def _chosen_entry(drop_down: Element) -> str | None:
    chosen, entries = {"result": 0, "default": 0}, []
    for child in drop_down.iterchildren(tag=etree.Element):
        name, value = etree.QName(child).localname, attribute(child, "val")
        if name == "listEntry":
            entries.append(value)
        else:
            chosen[name] = number_in(value, 0)
    number = chosen["result"] or chosen["default"]
    return entries[number] if number < len(entries) else None
