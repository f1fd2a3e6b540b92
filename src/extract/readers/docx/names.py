"""Names of elements and attributes, in transitional and strict documents (ECMA-376), and what is asked of elements."""

from __future__ import annotations

from typing import TypeVar

from lxml import etree

Element = etree._Element
MAX_SPAN = 1000

NAMESPACES = {
    # Transitional (part 4) and strict (part 1) documents differ in nothing else that matters here.
    "w": (
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "http://purl.oclc.org/ooxml/wordprocessingml/main",
    ),
    "m": (
        "http://schemas.openxmlformats.org/officeDocument/2006/math",
        "http://purl.oclc.org/ooxml/officeDocument/math",
    ),
    "mc": ("http://schemas.openxmlformats.org/markup-compatibility/2006",),
    "w14": ("http://schemas.microsoft.com/office/word/2010/wordml",),
}


def names(*prefixed: str) -> frozenset[str]:
    """The names as lxml spells them, in every namespace that the prefix stands for."""
    return frozenset(
        f"{{{namespace}}}{name}"
        for prefix, name in (each.split(":") for each in prefixed)
        for namespace in NAMESPACES[prefix]
    )


DOCUMENT = names("w:document")
BODY = names("w:body")
ROW = names("w:tr")
CELL = names("w:tc")
PARAGRAPH = names("w:p")
CELL_PROPERTIES = names("w:tcPr")
PROPERTY_LISTS = CELL_PROPERTIES | names("w:trPr", "w:rPr")
TELLING_PROPERTIES = {
    name: kind
    for kind in ("gridBefore", "del", "moveFrom", "gridSpan", "vMerge", "hMerge", "vanish", "u")
    for name in names(f"w:{kind}")
}
PARAGRAPH_PROPERTIES = names("w:pPr")
LIST_PROPERTIES = names("w:numPr")
LIST_ID = names("w:numId")
LIST_LEVEL = names("w:ilvl")
STYLE = names("w:pStyle")
RUN_PROPERTIES = names("w:rPr")
FONTS = names("w:rFonts")
FIELD_CHARACTER = names("w:fldChar")
INSTRUCTION = names("w:instrText")
FORM_FIELD = names("w:ffData")
CHECK_BOX = names("w:checkBox")
DROP_DOWN = names("w:ddList")
CONTROL = names("w:sdt")
CONTROL_PROPERTIES = names("w:sdtPr")
TEXT_BOX = names("w:txbxContent")
ALTERNATIVE = names("mc:AlternateContent")
CHECKBOX_CONTROL, CHECKED, CHECKED_VALUE = (
    f"{{{NAMESPACES['w14'][0]}}}{name}" for name in ("checkbox", "checked", "val")
)
TEXT = names("w:t", "m:t")
CONTENT = (*TEXT, *names("w:sym", "w:fldChar", "w:fldSimple", "w14:checkbox"))


_PREFIX, _STRICT_PREFIX = (f"{{{namespace}}}" for namespace in NAMESPACES["w"])
VALUE, STRICT_VALUE = f"{_PREFIX}val", f"{_STRICT_PREFIX}val"


def attribute(element: Element, name: str) -> str | None:
    """The value of an attribute with the prefix w."""
    value = element.get(_PREFIX + name)
    return element.get(_STRICT_PREFIX + name) if value is None else value


def number_in(value: str | None, default: int) -> int:
    """The number in an attribute, at most `MAX_SPAN`."""
    return min(int(value[:9]), MAX_SPAN) if value and value.isdecimal() else default


def is_on(value: str | None) -> bool:
    """Whether a toggle is on, as it is where it has no value (ECMA-376 part 1, 17.17.4)."""
    return value is None or value.lower() not in ("0", "false", "off")


def first_child(element: Element, names: frozenset[str]) -> Element | None:
    """The first child of one of these names."""
    for child in element:
        if child.tag in names:
            return child
    return None


def children(element: Element) -> list[Element]:
    """All children at once, which is twice as fast as to iterate."""
    return element[:]  # type: ignore[index, return-value]  # the stubs do not know slices


def is_blank(element: Element) -> bool:
    """Whether a person sees nothing in `element`."""
    return all(node.tag in TEXT and not (node.text or "").strip() for node in element.iter(*CONTENT))


def is_bare(cell: Element) -> bool:
    """Whether a cell has one paragraph without runs, as most covered cells have: a fast answer for `is_blank`."""
    return len(cell) == 2 and len(cell[1]) == 1 and cell[1][0].tag in PARAGRAPH_PROPERTIES


_Handler = TypeVar("_Handler")


def by_name(handlers: dict[str, _Handler]) -> dict[str, _Handler]:
    """Handlers by the names of elements as lxml spells them; a key may name several, with their prefixes."""
    return {name: handler for prefixed, handler in handlers.items() for name in names(*prefixed.split())}
