"""Reads Word files in Office Open XML (.docx, .docm, .dotx, .dotm; transitional and strict), ECMA-376.

A package is a ZIP of XML parts. Relationships name the main part and, from there, headers, footers and notes. The main
part is walked once, from top to bottom: one handler for an element, found by its name in the two tables at the foot of
this file, `_BLOCKS` and `_INLINES`. An element without an entry is walked through, so that text in a wrapper that Word
invents tomorrow is not lost; an entry of None leaves an element out.

The text is what a person sees in the final version: deletions and hidden text are left out, insertions and field
results are in, and automatic list numbers stand in front of their paragraphs.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, TypeVar
from urllib.parse import unquote

from lxml import etree

from extract.document import TICKED, UNTICKED, Block, Cell, Document, Paragraph, Table, TextWriter
from extract.errors import ReadError
from extract.language import Message
from extract.readers.docx_lists import ListItem, Lists
from extract.readers.numbering import Counters, labelled
from extract.readers.package import Package, parse_xml
from extract.readers.symbols import (
    Underlined,
    drawn_by_field,
    glyph,
    is_symbol_font,
    show_field,
    symbol,
    tick,
    with_signs,
)

FORMAT = "docx"

_Element = etree._Element

_MAX_DEPTH = 50
_MAX_SPAN = 1000


def accepts(data: bytes) -> bool:
    """Whether `data` is a Word package, whole or broken; other ZIP files and other Office files are not."""
    if not data.startswith(b"PK\x03\x04"):
        return False
    try:
        package = _Package(data)
        content_types = package.read(_CONTENT_TYPES)
    except ReadError:
        return b"word/" in data[:4096] or b"[Content_Types].xml" in data[:4096]
    return _USUAL_MAIN_PART in package if content_types is None else bool(_MAIN_TYPE.search(content_types))


def read(data: bytes) -> Document:
    """The content of the Word package `data`: the body, then headers, footers, notes and comments as asides.

    Raises ReadError if the package is broken, encrypted, too large, nested too deeply or not a Word document.
    """
    package = _Package(data)
    main = _main_part(package)
    lists = _ListParts(package, main)
    out = TextWriter()
    blocks = _read_story(_body(package, main), out, lists)
    asides = [block for story in _asides(package, main) for block in _read_story(story, out, lists)]
    return Document(FORMAT, None, out.text(), blocks, tuple(asides), _unread_parts(package, main))


# --- Names ---

_NAMESPACES = {
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


def _names(*prefixed: str) -> frozenset[str]:
    """The names as lxml spells them, in every namespace that the prefix stands for."""
    return frozenset(
        f"{{{namespace}}}{name}"
        for prefix, name in (each.split(":") for each in prefixed)
        for namespace in _NAMESPACES[prefix]
    )


_DOCUMENT = _names("w:document")
_BODY = _names("w:body")
_ROW = _names("w:tr")
_CELL = _names("w:tc")
_PARAGRAPH = _names("w:p")
_CELL_PROPERTIES = _names("w:tcPr")
_PROPERTY_LISTS = _CELL_PROPERTIES | _names("w:trPr", "w:rPr")
_TELLING_PROPERTIES = {
    name: kind
    for kind in ("gridBefore", "del", "moveFrom", "gridSpan", "vMerge", "hMerge", "vanish", "u")
    for name in _names(f"w:{kind}")
}
_PARAGRAPH_PROPERTIES = _names("w:pPr")
_LIST_PROPERTIES = _names("w:numPr")
_LIST_ID = _names("w:numId")
_LIST_LEVEL = _names("w:ilvl")
_STYLE = _names("w:pStyle")
_RUN_PROPERTIES = _names("w:rPr")
_FONTS = _names("w:rFonts")
_FIELD_CHARACTER = _names("w:fldChar")
_INSTRUCTION = _names("w:instrText")
_FORM_FIELD = _names("w:ffData")
_CHECK_BOX = _names("w:checkBox")
_DROP_DOWN = _names("w:ddList")
_CONTROL = _names("w:sdt")
_CONTROL_PROPERTIES = _names("w:sdtPr")
_TEXT_BOX = _names("w:txbxContent")
_ALTERNATIVE = _names("mc:AlternateContent")
_CHECKBOX_CONTROL, _CHECKED, _CHECKED_VALUE = (
    f"{{{_NAMESPACES['w14'][0]}}}{name}" for name in ("checkbox", "checked", "val")
)
_TEXT = _names("w:t", "m:t")
_CONTENT = (*_TEXT, *_names("w:sym", "w:fldChar", "w:fldSimple", "w14:checkbox"))


_PREFIX, _STRICT_PREFIX = (f"{{{namespace}}}" for namespace in _NAMESPACES["w"])
_VALUE, _STRICT_VALUE = f"{_PREFIX}val", f"{_STRICT_PREFIX}val"


def _attribute(element: _Element, name: str) -> str | None:
    """The value of an attribute with the prefix w."""
    value = element.get(_PREFIX + name)
    return element.get(_STRICT_PREFIX + name) if value is None else value


def _number(value: str | None, default: int) -> int:
    """The number in an attribute, at most `_MAX_SPAN`."""
    return min(int(value[:9]), _MAX_SPAN) if value and value.isdecimal() else default


def _is_on(value: str | None) -> bool:
    """Whether a toggle is on, as it is where it has no value (ECMA-376 part 1, 17.17.4)."""
    return value is None or value.lower() not in ("0", "false", "off")


def _child(element: _Element, names: frozenset[str]) -> _Element | None:
    """The first child of one of these names."""
    for child in element:
        if child.tag in names:
            return child
    return None


def _children(element: _Element) -> list[_Element]:
    """All children at once, which is twice as fast as to iterate."""
    return element[:]  # type: ignore[index, return-value]  # the stubs do not know slices


def _is_blank(element: _Element) -> bool:
    """Whether a person sees nothing in `element`."""
    return all(node.tag in _TEXT and not (node.text or "").strip() for node in element.iter(*_CONTENT))


def _is_bare(cell: _Element) -> bool:
    """Whether a cell has one paragraph without runs, as most covered cells have: a fast answer for `_is_blank`."""
    return len(cell) == 2 and len(cell[1]) == 1 and cell[1][0].tag in _PARAGRAPH_PROPERTIES


# --- The package: ZIP, parts and relationships (ECMA-376 part 2) ---

_CONTENT_TYPES = "[content_types].xml"
_USUAL_TARGET = re.compile(r"\w+(?:/\w+)*\.xml", re.ASCII)
_USUAL_MAIN_PART = "word/document.xml"
_MAIN_TYPE = re.compile(
    rb"application/vnd\.(?:openxmlformats-officedocument\.wordprocessingml\.(?:document|template)"
    rb"|ms-word\.(?:document\.macroEnabled|template\.macroEnabledTemplate))\.main\+xml",
    re.IGNORECASE,
)


class _Package(Package):
    """The parts of an open Word package by name."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data, FORMAT, Message("Word package", "Word 文件包"))
        # Part names do not mind case (ECMA-376 part 2); some writers use backslashes.
        self._relationships: dict[str, list[tuple[str, str]]] = {}
        self._parts = {info.filename.replace("\\", "/").lower(): info for info in self.members()}

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._parts

    def read(self, name: str) -> bytes | None:
        """The bytes of a part, None if the package does not have it."""
        info = self._parts.get(name.lower())
        if info is None:
            return None
        if info.flag_bits & 0x1:
            raise ReadError(
                "docx.encrypted_part",
                Message(
                    f"the part {name} is encrypted inside the ZIP; unpack the file with its password and pack it again",
                    f"ZIP 中的 {name} 已加密；请用密码解压后重新打包",
                ),
            )
        return self.unpack(info)

    def parse(self, name: str) -> _Element | None:
        """The root element of an XML part, None if the package does not have it."""
        xml = self.read(name)
        return None if xml is None else _parse(xml, name)

    def relationships(self, source: str) -> list[tuple[str, str]]:
        """Kind and part name of all that `source` ("" for the package itself) points to inside the package."""
        if source not in self._relationships:
            self._relationships[source] = self._read_relationships(source)
        return self._relationships[source]

    def _read_relationships(self, source: str) -> list[tuple[str, str]]:
        folder, name = posixpath.split(source)
        links = self.parse(posixpath.join(folder, "_rels", name + ".rels"))
        if links is None:
            return []
        return [
            # Transitional and strict packages differ in all but the last step of the type.
            (link.get("Type", "").rpartition("/")[2], _resolve(folder, link.get("Target", "")))
            for link in links.iterchildren("{*}Relationship")
            if link.get("TargetMode") != "External"
        ]


def _resolve(folder: str, target: str) -> str:
    if _USUAL_TARGET.fullmatch(target):
        return f"{folder}/{target}" if folder else target
    return posixpath.normpath(posixpath.join("/", folder, unquote(target))).lstrip("/")


def _parse(xml: bytes, name: str) -> _Element:
    return parse_xml(xml, FORMAT, Message(f"part {name}", f"部件 {name}"))


def _main_part(package: _Package) -> str:
    """The name of the main part: by the package's relationships, or else by content type or habit."""
    for kind, name in package.relationships(""):
        if kind == "officeDocument" and name in package:
            return name
    for name in (*_parts_of_main_type(package), _USUAL_MAIN_PART):
        if name in package:
            return name
    raise ReadError(
        "docx.no_document",
        Message(
            "the ZIP holds no main document part; it is not a Word file or it lost its content, so fetch the file "
            "again",
            "ZIP 中没有主文档；不是 Word 文件或内容已丢失，请重新获取",
        ),
    )


def _parts_of_main_type(package: _Package) -> list[str]:
    types = package.parse(_CONTENT_TYPES)
    if types is None:
        return []
    return [
        part.get("PartName", "").lstrip("/")
        for part in types.iterchildren("{*}Override")
        if _MAIN_TYPE.match(part.get("ContentType", "").encode())
    ]


class _Story(NamedTuple):
    """A run of blocks on its own: the body, a header, a footer, a note, a comment."""

    element: _Element
    xml: bytes
    """The part that holds it: to ask the bytes whether something is in it at all is much faster than to walk."""

    def may_hold(self, *written: bytes) -> bool:
        """Whether any of these may stand in the part behind its prologue."""
        return b"\0" in self.xml[:4] or any(self.xml.find(each, _PROLOGUE) >= 0 for each in written)


def _body(package: _Package, main: str) -> _Story:
    """The w:body of the main part."""
    xml = package.read(main) or b""
    root = _parse(xml, main)
    if root.tag not in _DOCUMENT:
        raise ReadError(
            "docx.not_word",
            Message(
                f"the main part {main} is a '{etree.QName(root).localname}', not a Word document; save the file as "
                ".docx",
                f"主文档 {main} 是“{etree.QName(root).localname}”，不是 Word 文档；请另存为 .docx",
            ),
        )
    body = _child(root, _BODY)
    if body is None:
        raise ReadError(
            "docx.no_body",
            Message(
                f"the main part {main} has no body; it lost its content, so fetch it again",
                f"主文档 {main} 没有正文，内容已丢失，请重新获取",
            ),
        )
    return _Story(body, xml)


def _asides(package: _Package, main: str) -> Iterator[_Story]:
    """What stands beside the body and is not blank: each header, footer, note and comment."""
    relationships = package.relationships(main)
    for kind in ("header", "footer", "footnotes", "endnotes", "comments"):
        for name in (name for its_kind, name in relationships if its_kind == kind):
            xml = package.read(name)
            if xml is None:
                continue
            root = _parse(xml, name)
            for element in [root] if kind in ("header", "footer") else root:
                # Notes of another type are separator lines (ECMA-376 part 1, 17.18.33).
                if _attribute(element, "type") in (None, "normal") and not _is_blank(element):
                    yield _Story(element, xml)


# Parts with text of their own that is not read, by the kind of relationship that leads to them.
_UNREAD_PARTS = {
    "aFChunk": "imported document",
    "subDocument": "subdocument",
    "chart": "chart",
    "diagramData": "diagram",
    "package": "embedded document",
    "oleObject": "embedded object",
}


def _unread_parts(package: _Package, main: str) -> tuple[str, ...]:
    """What the document holds and this reader does not read, each kind once."""
    kinds = {kind for kind, _ in package.relationships(main)}
    return tuple(name for kind, name in _UNREAD_PARTS.items() if kind in kinds)


_PROLOGUE = 60
"""Where the first line of a part, the XML declaration, has ended."""


class _ListParts:
    """The parts that define lists, read only where a paragraph may stand in one."""

    def __init__(self, package: _Package, main: str) -> None:
        self._package = package
        self._links = dict(package.relationships(main))

    def of_story(self, story: _Story) -> Lists | None:
        """The lists that the paragraphs of a story may stand in."""
        names_styles = story.may_hold(b"pStyle") and b"numPr" in self._styles
        return self._lists if names_styles or story.may_hold(b"numPr") else None

    @cached_property
    def _styles(self) -> bytes:
        return self._package.read(self._links.get("styles", "")) or b""

    @cached_property
    def _lists(self) -> Lists | None:
        numbering = self._package.parse(self._links.get("numbering", ""))
        # Styles are many; few documents number through them.
        styles = _parse(self._styles, self._links["styles"]) if b"numPr" in self._styles else None
        return None if numbering is None else Lists(numbering, styles)


# --- Stories: blocks in reading order (ECMA-376 part 1, 17.2 and 17.3) ---


class _Walk:
    """Where the walk through one story stands."""

    def __init__(self, out: TextWriter, story: _Story, lists: Lists | None) -> None:
        self.out = out
        self.has_symbol_letters = story.may_hold(b'ascii="Wingdings', b'ascii="Symbol"')
        """Whether a run may have ordinary letters in a symbol font."""
        self.properties: dict[str, dict[_Element, str | None]] = {kind: {} for kind in _TELLING_PROPERTIES.values()}
        """The properties that change what is read: the value of each kind by the row, cell or run that has it."""
        self.not_plain: set[_Element] = set()
        """The paragraphs that hold anything that reads otherwise than as the text in it."""
        self._look_over(story.element)
        self.is_compact = not (self.has_symbol_letters or story.may_hold(b"\n"))
        """Whether there is no text but that of runs, which reads as it is written."""
        self.lists = lists
        self.list_items = {} if lists is None else _list_items(story.element)
        self.counters = Counters()
        self.pieces: list[str] = []
        """The text of the open paragraph so far."""
        self.boxes: list[_Element] = []
        """Text boxes anchored in the open paragraph; they follow it."""
        self.fields: list[_Field] = []
        """The open fields, the innermost last; a field may run on over many paragraphs."""
        self.checkbox: str | None = None
        """The state of a check box control around the next paragraph; it stands for the paragraph's glyph."""
        self.has_underlines = False
        self.depth = 0

    def _look_over(self, story: _Element) -> None:
        """Find the properties and the paragraphs that tell, which are few, much faster than to ask each element."""
        properties, not_plain = self.properties, self.not_plain
        for element in story.iter(*_TELLING):
            tag = element.tag
            parent = element.getparent()
            if parent is None:
                continue
            if tag in _TELLING_PROPERTIES and parent.tag in _PROPERTY_LISTS:
                owner = parent.getparent()
                if owner is not None:
                    value = element.get(_VALUE)
                    properties[_TELLING_PROPERTIES[tag]][owner] = element.get(_STRICT_VALUE) if value is None else value
            if tag in _NOT_PLAIN:
                above: _Element | None = parent
                while above is not None and above not in not_plain:
                    if above.tag in _PARAGRAPH:
                        not_plain.add(above)
                    above = above.getparent()


def _list_items(story: _Element) -> dict[_Element, ListItem]:
    """The paragraphs that may stand in a list, with what they say of it, found in one go for the same reason."""
    found: dict[_Element, ListItem] = {}
    for element in story.iter(*_LIST_PROPERTIES, *_STYLE):
        properties = element.getparent()
        paragraph = None if properties is None else properties.getparent()
        if paragraph is None or paragraph.tag not in _PARAGRAPH:
            continue  # how the paragraph was before a revision
        item = found.get(paragraph, _NO_LIST)
        if element.tag in _STYLE:
            item = item._replace(style=_attribute(element, "val"))
        else:
            item = item._replace(list_id=_child_value(element, _LIST_ID), level=_child_value(element, _LIST_LEVEL))
        found[paragraph] = item
    return found


_NO_LIST = ListItem(None, None, None)


def _child_value(element: _Element, names: frozenset[str]) -> str | None:
    child = _child(element, names)
    return None if child is None else _attribute(child, "val")


@contextmanager
def _deeper(walk: _Walk) -> Iterator[None]:
    if walk.depth == _MAX_DEPTH:
        raise ReadError(
            "docx.too_deep",
            Message(
                f"Tables, text boxes or controls are nested more than {_MAX_DEPTH} deep, as no form is; the file is "
                "damaged or made to do harm, so fetch it again",
                f"表格、文本框或控件嵌套超过 {_MAX_DEPTH} 层，没有表会如此；文件已损坏或有意为害，请重新获取",
            ),
        )
    walk.depth += 1
    yield
    walk.depth -= 1


def _read_story(story: _Story, out: TextWriter, lists: _ListParts) -> tuple[Block, ...]:
    walk = _Walk(out, story, lists.of_story(story))
    blocks = _read_blocks(story.element, walk)
    _end_paragraph(blocks, walk)
    return blocks


def _read_blocks(parent: _Element, walk: _Walk) -> tuple[Block, ...]:
    blocks: list[Block] = []
    _walk_blocks(parent, walk, blocks)
    return tuple(blocks)


def _walk_blocks(parent: _Element, walk: _Walk, blocks: list[Block]) -> None:
    for child in _children(parent):
        handler = _BLOCKS.get(child.tag, _wrapper)
        if handler is not None:
            handler(child, walk, blocks)


def _wrapper(element: _Element, walk: _Walk, blocks: list[Block]) -> None:
    with _deeper(walk):
        _walk_blocks(element, walk, blocks)


def _end_paragraph(blocks: Sequence[Block], walk: _Walk) -> None:
    """Write the line break between a paragraph and what follows it; a table has ended with that of its last row."""
    if blocks and type(blocks[-1]) is Paragraph:
        walk.out.write("\n")


def _paragraph(element: _Element, walk: _Walk, blocks: list[Block]) -> None:
    text = _plain_text(element, walk)
    if text is None:
        text = _text_of_inlines(element, walk)
    if blocks:
        _end_paragraph(blocks, walk)
    if walk.lists:
        text = _numbered(text, element, walk.lists, walk)
    blocks.append(Paragraph(walk.out.write(text), walk.out.position))
    if walk.boxes:
        _text_boxes(walk, blocks)


def _plain_text(paragraph: _Element, walk: _Walk) -> str | None:
    """The text of a paragraph that holds nothing but text, as most do: a fast answer for `_text_of_inlines`."""
    if not walk.is_compact or walk.fields or walk.checkbox or paragraph in walk.not_plain:
        return None
    text = etree.tostring(paragraph, method="text", encoding="unicode", with_tail=False)
    return text if _reads_as_written(text) and "☒" not in text else None


def _reads_as_written(text: str) -> bool:
    """Whether a text holds no white space that could be taken for a cell's end and no private character."""
    # The ideographic space that forms are full of does not count as printable.
    return text.isprintable() or text.replace("\u3000", "").isprintable()


def _text_of_inlines(paragraph: _Element, walk: _Walk) -> str:
    walk.pieces = []
    _walk_inlines(paragraph, walk)
    if walk.fields:
        _interrupt_fields(walk)
    if walk.checkbox:
        walk.pieces, walk.checkbox = [walk.checkbox], None
    # A crossed box is how Word draws a ticked one.
    return (with_signs(walk.pieces) if walk.has_underlines else "".join(walk.pieces)).replace("☒", TICKED)


def _numbered(text: str, paragraph: _Element, lists: Lists, walk: _Walk) -> str:
    """The text of a paragraph with its list number."""
    item = walk.list_items.get(paragraph, _NO_LIST)
    place = lists.place(item)
    if place is None or (not text.strip() and _is_gone(paragraph, walk)):
        return text
    return labelled(walk.counters.label(*place), text)


def _is_gone(paragraph: _Element, walk: _Walk) -> bool:
    """Whether the mark of a paragraph is deleted or hidden, so that a blank one does not count."""
    properties = _child(paragraph, _PARAGRAPH_PROPERTIES)
    if properties is None:
        return False
    of_marks = walk.properties
    is_deleted = properties in of_marks["del"] or properties in of_marks["moveFrom"]
    return is_deleted or _is_on(of_marks["vanish"].get(properties, "off"))


def _text_boxes(walk: _Walk, blocks: list[Block]) -> None:
    boxes, walk.boxes = walk.boxes, []
    for box in boxes:
        _wrapper(box, walk, blocks)


def _block_control(element: _Element, walk: _Walk, blocks: list[Block]) -> None:
    walk.checkbox = _checkbox_state(element)
    _wrapper(element, walk, blocks)
    walk.checkbox = None


def _block_alternative(element: _Element, walk: _Walk, blocks: list[Block]) -> None:
    for branch in _chosen_branch(element):
        _wrapper(branch, walk, blocks)


# --- Tables (ECMA-376 part 1, 17.4) ---


def _table(element: _Element, walk: _Walk, blocks: list[Block]) -> None:
    _end_paragraph(blocks, walk)
    table = _TableWalk(walk)
    with _deeper(walk):
        for row, _ in _members(element, _ROW):
            table.add_row(row)
    blocks.append(table.table())


class _Place(NamedTuple):
    """Where a cell stands in the grid; `merge` is the value of its w:vMerge."""

    cell: _Element
    checkbox: str | None
    column: int
    width: int
    merge: str | None


@dataclass(slots=True)
class _Merge:
    """A vertical merge: which cell it starts with, how many columns it covers and how many rows so far."""

    row: int
    position: int
    width: int
    height: int = 1


class _TableWalk:
    """The rows of one table so far and the vertical merges in them."""

    def __init__(self, walk: _Walk) -> None:
        self._walk = walk
        self._rows: list[list[Cell]] = []
        self._merges: list[_Merge] = []
        self._open_merges: dict[int, _Merge] = {}
        """The merges that the last row belongs to, by column."""

    def add_row(self, element: _Element) -> None:
        """Append a row without the cells that a merge covers; a deleted row is left out.

        Word hides text in a covered cell. Here it comes out as a cell of its own, over the merged one: it must not be
        lost, and it is no part of what the merged cell shows.
        """
        properties = self._walk.properties
        if element in properties["del"]:
            return
        above, self._open_merges = self._open_merges, {}
        cells: list[Cell] = []
        for place in self._places(element, _number(properties["gridBefore"].get(element), 0)):
            covered = place.merge is not None and self._merge(place, above.get(place.column), len(cells))
            if not covered or not (_is_bare(place.cell) or _is_blank(place.cell)):
                cells.append(self._cell(place, is_first=not cells))
        self._walk.out.write("\n")
        self._rows.append(cells)

    def _places(self, row: _Element, column: int) -> list[_Place]:
        """The cells of a row from `column` on; one that only continues its left neighbour (w:hMerge) widens it."""
        properties = self._walk.properties
        spans, merges, joined = properties["gridSpan"], properties["vMerge"], properties["hMerge"]
        places: list[_Place] = []
        for cell, checkbox in _members(row, _CELL):
            width = max(1, _number(spans[cell], 1)) if cell in spans else 1
            if places and joined.get(cell, "restart") != "restart" and _is_blank(cell):
                places[-1] = places[-1]._replace(width=places[-1].width + width)
            else:
                merge = (merges[cell] or "continue") if cell in merges else None
                places.append(_Place(cell, checkbox, column, width, merge))
            column += width
        return places

    def _merge(self, place: _Place, above: _Merge | None, position: int) -> bool:
        """Enter a cell of a vertical merge; returns whether the merge covers it.

        A cell that continues nothing starts a merge itself (ECMA-376 part 1, 17.4.84).
        """
        covered = place.merge == "continue" and above is not None and above.width == place.width
        if above is None or not covered:
            above = _Merge(len(self._rows), position, place.width, height=0)
            self._merges.append(above)
        above.height += 1
        self._open_merges[place.column] = above
        return covered

    def _cell(self, place: _Place, is_first: bool) -> Cell:
        walk = self._walk
        out = walk.out
        if not is_first:
            out.write("\t")
        walk.checkbox = place.checkbox
        start = out.position
        text = _text_of_plain_cell(place.cell, walk)
        blocks: tuple[Block, ...]
        if text is None:
            blocks = _read_blocks(place.cell, walk)
        else:
            out.write(text)
            blocks = (Paragraph(start, out.position),)
        walk.checkbox = None
        return Cell(len(self._rows), place.column, 1, place.width, start, out.position, blocks)

    def table(self) -> Table:
        """The finished table, every merged cell with its height."""
        for merge in self._merges:
            if merge.height > 1:
                cells = self._rows[merge.row]
                cells[merge.position] = cells[merge.position]._replace(row_span=merge.height)
        return Table(tuple(tuple(cells) for cells in self._rows), has_grid=True)


def _text_of_plain_cell(cell: _Element, walk: _Walk) -> str | None:
    """The text of a cell with one plain paragraph, as most have: a fast answer for `_read_blocks`."""
    content = _children(cell)
    if walk.lists or len(content) != 2 or content[0].tag not in _CELL_PROPERTIES or content[1].tag not in _PARAGRAPH:
        return None
    return _plain_text(content[1], walk)


def _members(parent: _Element, wanted: frozenset[str]) -> Iterator[tuple[_Element, str | None]]:
    """The rows of a table or the cells of a row, out of whatever wraps them, with the state of a check box control."""
    for child in _children(parent):
        tag = child.tag
        if tag in wanted:
            yield child, None
        elif tag in _CONTROL:
            state = _checkbox_state(child)
            yield from ((member, state or inner) for member, inner in _members(child, wanted))
        elif tag in _ALTERNATIVE:
            for branch in _chosen_branch(child):
                yield from _members(branch, wanted)
        elif _BLOCKS.get(tag, _wrapper) is not None:
            yield from _members(child, wanted)


# --- Paragraphs: the text of runs (ECMA-376 part 1, 17.3) ---


def _walk_inlines(parent: _Element, walk: _Walk) -> None:
    for child in _children(parent):
        handler = _INLINES.get(child.tag, _walk_inlines)
        if handler is not None:
            handler(child, walk)


def _run(element: _Element, walk: _Walk) -> None:
    properties = walk.properties
    if _is_on(properties["vanish"].get(element, "off")):
        _walk_field_parts(element, walk)
        return
    start = len(walk.pieces)
    _walk_inlines(element, walk)
    if (properties["u"].get(element) or "none") != "none":
        # Pieces of an instruction are no text.
        walk.pieces[start:] = [Underlined(p) if type(p) is str else p for p in walk.pieces[start:]]
        walk.has_underlines = True


def _walk_field_parts(hidden_run: _Element, walk: _Walk) -> None:
    """Follow the fields through a hidden run, since they go on in other runs that may be visible."""
    for child in hidden_run:
        if child.tag in _FIELD_CHARACTER:
            _field_character(child, walk)
        elif child.tag in _INSTRUCTION:
            _instruction(child, walk)


def _text(element: _Element, walk: _Walk) -> None:
    text = element.text
    if text:
        if walk.has_symbol_letters or not _reads_as_written(text):
            text = _legible(text, element)
        walk.pieces.append(text)


_WHITE_SPACE = str.maketrans("\t\n\r", "   ")
_PRIVATE_USE = re.compile("[\uf020-\uf0ff]")
_NARROW = re.compile("[!-\xff]")


def _legible(text: str, element: _Element) -> str:
    """The text of a run as drawn: symbols by the run's fonts, no white space that could be taken for a cell's end."""
    text = text.translate(_WHITE_SPACE)
    fonts = _run_fonts(element)
    letters = fonts.get("ascii", "")
    if is_symbol_font(letters):
        text = _NARROW.sub(lambda letter: _letter(letters, letter[0]), text)
    symbols = next(filter(is_symbol_font, fonts.values()), "")
    return _PRIVATE_USE.sub(lambda character: glyph(symbols, ord(character[0])), text)


def _letter(font: str, letter: str) -> str:
    return tick(font, ord(letter)) or symbol(font, ord(letter)) or letter


def _run_fonts(text: _Element) -> dict[str, str]:
    """The fonts that the run around `text` names itself, by script."""
    run = text.getparent()
    properties = None if run is None else _child(run, _RUN_PROPERTIES)
    fonts = None if properties is None else _child(properties, _FONTS)
    return {} if fonts is None else {etree.QName(key).localname: str(font) for key, font in fonts.items()}


def _symbol(element: _Element, walk: _Walk) -> None:
    code = _attribute(element, "char") or ""
    is_code = re.fullmatch("[0-9A-Fa-f]{1,6}", code)
    walk.pieces.append(glyph(_attribute(element, "font") or "", int(code, 16) if is_code else 0))


def _constant(text: str) -> _InlineHandler:
    """A handler for an element that always reads as `text`."""
    return lambda _, walk: walk.pieces.append(text)


def _math_part(sign: str) -> _InlineHandler:
    """A handler for a part of a formula whose place says what `sign` says in a line: 1/2 is not 12."""

    def handle(element: _Element, walk: _Walk) -> None:
        if not _is_blank(element):
            walk.pieces.append(sign)
        _walk_inlines(element, walk)

    return handle


def _inline_control(element: _Element, walk: _Walk) -> None:
    state = _checkbox_state(element)
    start = len(walk.pieces)
    _walk_inlines(element, walk)
    if state:
        walk.pieces[start:] = [state]


def _checkbox_state(control: _Element) -> str | None:
    """☑ or ☐ if a content control is a check box ([MS-DOCX] w14:checkbox), whatever glyph it shows."""
    properties = _child(control, _CONTROL_PROPERTIES)
    checkbox = None if properties is None else properties.find(_CHECKBOX_CONTROL)
    if checkbox is None:
        return None
    checked = checkbox.find(_CHECKED)
    return TICKED if checked is not None and checked.get(_CHECKED_VALUE) in ("1", "true", "on") else UNTICKED


def _inline_alternative(element: _Element, walk: _Walk) -> None:
    for branch in _chosen_branch(element):
        _walk_inlines(branch, walk)


def _chosen_branch(alternative: _Element) -> list[_Element]:
    """The first branch with anything to read, as a list of one or none: all branches say the same (part 3, 7.5)."""
    for branch in alternative:
        if next(branch.iter(*_CONTENT), None) is not None:
            return [branch]
    return []


def _drawing(element: _Element, walk: _Walk) -> None:
    """Find the text boxes in a drawing."""
    for child in element:
        if child.tag in _TEXT_BOX:
            walk.boxes.append(child)
        else:
            for branch in _chosen_branch(child) if child.tag in _ALTERNATIVE else [child]:
                _drawing(branch, walk)


# --- Fields (ECMA-376 part 1, 17.16) ---


class _Code(str):
    """A piece of a field's instruction, which is not text."""


@dataclass(slots=True)
class _Field:
    """An open field: where in the paragraph's pieces it begins, and what it shows if it does not store that."""

    start: int
    drawn: str | None
    in_code: bool = True
    is_carried_over: bool = False


def _field_character(element: _Element, walk: _Walk) -> None:
    kind = _attribute(element, "fldCharType")
    if kind == "begin":
        walk.fields.append(_Field(len(walk.pieces), _form_field_state(element)))
    elif walk.fields and kind == "separate":
        _end_code(walk.fields[-1], walk)
    elif walk.fields and kind == "end":
        field = walk.fields.pop()
        _end_code(field, walk)
        show_field(field.drawn, field.start, walk.pieces)


def _instruction(element: _Element, walk: _Walk) -> None:
    if walk.fields and walk.fields[-1].in_code:
        walk.pieces.append(_Code(element.text or ""))


def _end_code(field: _Field, walk: _Walk) -> None:
    """Take the instruction off the paragraph; text in it, such as the result of an inner field, belongs to it."""
    if field.in_code:
        instruction = "".join(walk.pieces[field.start :])
        del walk.pieces[field.start :]
        field.drawn = field.drawn or drawn_by_field(instruction)
        field.in_code = False


def _simple_field(element: _Element, walk: _Walk) -> None:
    start = len(walk.pieces)
    _walk_inlines(element, walk)
    show_field(drawn_by_field(_attribute(element, "instr") or ""), start, walk.pieces)


def _interrupt_fields(walk: _Walk) -> None:
    """Close a paragraph with fields open: what they draw stands here, their results may run on.

    An instruction ends here at the latest. If its end was lost, the rest of the document would count as instruction
    and be lost in silence.
    """
    for field in reversed(walk.fields):
        if field.is_carried_over:
            break
        if field.drawn:
            walk.pieces.insert(field.start, field.drawn)
        field.start, field.drawn, field.in_code, field.is_carried_over = 0, None, False, True
    walk.pieces = [piece for piece in walk.pieces if not isinstance(piece, _Code)]


def _form_field_state(begin: _Element) -> str | None:
    """What a form field shows apart from its result: ☑, ☐ or the chosen entry of a list (17.16.7, 17.16.9)."""
    data = _child(begin, _FORM_FIELD)
    if data is None:
        return None
    check_box = _child(data, _CHECK_BOX)
    if check_box is not None:
        states = {
            etree.QName(state).localname: _is_on(_attribute(state, "val"))
            for state in check_box.iterchildren(tag=etree.Element)
        }
        return TICKED if states.get("checked", states.get("default", False)) else UNTICKED
    drop_down = _child(data, _DROP_DOWN)
    return None if drop_down is None else _chosen_entry(drop_down)


def _chosen_entry(drop_down: _Element) -> str | None:
    chosen, entries = {"result": 0, "default": 0}, []
    for child in drop_down.iterchildren(tag=etree.Element):
        name, value = etree.QName(child).localname, _attribute(child, "val")
        if name == "listEntry":
            entries.append(value)
        else:
            chosen[name] = _number(value, 0)
    number = chosen["result"] or chosen["default"]
    return entries[number] if number < len(entries) else None


# --- Handlers, by element ---

_BlockHandler = Callable[[_Element, _Walk, list[Block]], None]
_InlineHandler = Callable[[_Element, _Walk], None]
_Handler = TypeVar("_Handler")


def _by_name(handlers: dict[str, _Handler]) -> dict[str, _Handler]:
    return {name: handler for prefixed, handler in handlers.items() for name in _names(*prefixed.split())}


_BLOCKS: dict[str, _BlockHandler | None] = _by_name(
    {
        "w:p": _paragraph,
        "w:tbl": _table,
        "w:sdt": _block_control,
        "w:sdtContent": _walk_blocks,
        "mc:AlternateContent": _block_alternative,
        # Inline content without a paragraph reads as a paragraph.
        "w:r w:hyperlink w:fldSimple m:oMath m:oMathPara": _paragraph,
        "w:del w:moveFrom": None,
        # Without text:
        "w:tblPr w:tblGrid w:tblPrEx w:trPr w:tcPr w:sdtPr w:sdtEndPr w:customXmlPr w:sectPr": None,
        "w:bookmarkStart w:bookmarkEnd w:proofErr": None,
    }
)

_INLINES: dict[str, _InlineHandler | None] = _by_name(
    {
        "w:r m:r": _run,
        "w:t m:t": _text,
        "w:tab w:ptab": _constant(" "),
        "w:br w:cr": _constant("\n"),
        "w:noBreakHyphen": _constant("-"),
        "w:sym": _symbol,
        "w:fldChar": _field_character,
        "w:instrText": _instruction,
        "w:fldSimple": _simple_field,
        "w:sdt": _inline_control,
        "mc:AlternateContent": _inline_alternative,
        "w:drawing w:pict w:object": _drawing,
        "m:den": _math_part("/"),
        "m:sup": _math_part("^"),
        "w:del w:moveFrom w:delText w:delInstrText": None,
        # The reading aid over a word; its base is read (17.3.3.25).
        "w:rt": None,
        # Without text:
        "w:pPr w:rPr w:sdtPr w:sdtEndPr w:customXmlPr w:smartTagPr w:rubyPr": None,
        "w:bookmarkStart w:bookmarkEnd w:proofErr w:lastRenderedPageBreak": None,
    }
)

# What reads otherwise than as the text in it.
_NOT_PLAIN = frozenset(
    (
        *(name for name, handler in _INLINES.items() if handler not in (None, _run, _text)),
        *_names("w:del", "w:moveFrom", "w:rt", "w:vanish", "w:u"),
    )
)
_TELLING = sorted(_NOT_PLAIN | _TELLING_PROPERTIES.keys())
