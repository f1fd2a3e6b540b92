"""Stories: runs of blocks on their own, each in its part: the body, headers, footers, notes, comments."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from extract.errors import ReadError
from extract.language import Message
from extract.readers.docx.lists import Lists
from extract.readers.docx.names import BODY, DOCUMENT, Element, attribute, first_child, is_blank
from extract.readers.docx.package import WordPackage, parse_part


class Story(NamedTuple):
    """A run of blocks on its own: the body, a header, a footer, a note, a comment."""

    element: Element
    xml: bytes
    """The part that holds it: to ask the bytes whether something is in it at all is much faster than to state."""

    def may_hold(self, *written: bytes) -> bool:
        """Whether any of these may stand in the part behind its prologue."""
        return b"\0" in self.xml[:4] or any(self.xml.find(each, _PROLOGUE) >= 0 for each in written)


def body(package: WordPackage, main: str) -> Story:
    """The w:body of the main part."""
    xml = package.read(main) or b""
    root = parse_part(xml, main)
    if root.tag not in DOCUMENT:
        name = str(root.tag).rpartition("}")[2]  # which may hold a prefix that nothing declares
        raise ReadError(
            "docx.not_word",
            Message(
                f"the main part {main} is a '{name}', not a Word document; save the file as .docx",
                f"主文档 {main} 是“{name}”，不是 Word 文档；请另存为 .docx",
            ),
        )
    body = first_child(root, BODY)
    if body is None:
        raise ReadError(
            "docx.no_body",
            Message(
                f"the main part {main} has no body; it lost its content, so fetch it again",
                f"主文档 {main} 没有正文，内容已丢失，请重新获取",
            ),
        )
    return Story(body, xml)


def asides(package: WordPackage, main: str) -> Iterator[Story]:
    """What stands beside the body and is not blank: each header, footer, note and comment."""
    relationships = package.relationships(main)
    for kind in ("header", "footer", "footnotes", "endnotes", "comments"):
        for name in (name for its_kind, name in relationships if its_kind == kind):
            xml = package.read(name)
            if xml is None:
                continue
            root = parse_part(xml, name)
            for element in [root] if kind in ("header", "footer") else root:
                # Notes of another type are separator lines (ECMA-376 part 1, 17.18.33).
                if attribute(element, "type") in (None, "normal") and not is_blank(element):
                    yield Story(element, xml)


# Parts with text of their own that is not read, by the kind of relationship that leads to them.
_UNREAD_PARTS = {
    "aFChunk": "imported document",
    "subDocument": "subdocument",
    "chart": "chart",
    "diagramData": "diagram",
    "package": "embedded document",
    "oleObject": "embedded object",
}


def unread_parts(package: WordPackage, main: str) -> tuple[str, ...]:
    """What the document holds and this reader does not read, each kind once."""
    kinds = {kind for kind, _ in package.relationships(main)}
    return tuple(name for kind, name in _UNREAD_PARTS.items() if kind in kinds)


_PROLOGUE = 60
"""Where the first line of a part, the XML declaration, has ended."""


class ListParts:
    """The parts that define lists, read only where a paragraph may stand in one."""

    def __init__(self, package: WordPackage, main: str) -> None:
        self._package = package
        self._links = dict(package.relationships(main))

    def of_story(self, story: Story) -> Lists | None:
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
        styles = parse_part(self._styles, self._links["styles"]) if b"numPr" in self._styles else None
        return None if numbering is None else Lists(numbering, styles)
