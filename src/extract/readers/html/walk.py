"""The walk through the tree of a page, start by start and end by end, without recursion."""

from __future__ import annotations

import re

from lxml import etree

from extract.readers.drawn import Drawn, is_blank, legible
from extract.readers.html.elements import ENDS, LEFT_OUT, STARTS
from extract.readers.html.fields import form_field_state
from extract.readers.html.looks import LETTERS, LOOKING, Look, font_of, look_of, looks_of_classes
from extract.readers.html.pages import Element, parse
from extract.readers.html.state import SPACE, State
from extract.readers.numbering import bullet_text
from extract.readers.symbols import Underlined, is_symbol_font


class Walk:
    """Reads the elements of one page, whose tree `root` is, into `state`."""

    def __init__(self, root: Element | None) -> None:
        self.state = State()
        self._root = root
        self._looks: dict[tuple[str | None, ...], Look] = {}
        self._classes: dict[str, Look] = {}

    def run(self) -> list[Drawn]:
        """Walk the whole page; returns its body."""
        if self._root is None:
            return []
        self._classes = looks_of_classes(self._root)
        events = etree.iterwalk(self._root, events=("start", "end", "comment", "pi"))
        for event, element in events:
            if event == "start":
                if self._start(element):
                    self._text(element.text)
                else:
                    events.skip_subtree()
            elif event == "end":
                self._end(element)
                self._text(element.tail)
            else:
                if event == "comment":
                    self._comment(element.text or "")
                self._text(element.tail)
        self.state.end_paragraph()
        return self.state.blocks

    def _text(self, text: str | None) -> None:
        state = self.state
        if text and state.fields and state.fields[-1].takes_text:
            state.fields[-1].instruction += text
            return
        if not text or (not state.pieces and not state.preformatted and not text.strip(SPACE)):
            return
        if state.preformatted:
            text = text.replace("\r\n", "\v").replace("\n", "\v")
        if state.font or not text.isascii():
            text = legible(text, state.font)
        state.pieces.append(Underlined(text) if state.is_underlined else text)

    def _start(self, element: Element) -> bool:
        """Begin an element; returns whether its content is read."""
        tag = element.tag
        if tag in LEFT_OUT:
            return False
        attributes: dict[str, str] = dict(element.items())  # type: ignore[arg-type]  # the stubs fear bytes
        if attributes:
            look = self._look(attributes)
            if look.is_hidden:
                return False
            if look.is_list_number:
                self._take_list_number(element, look)
                return False
            if look.font is not None and look.font != self.state.font:
                self._set_font(element, look.font)
            if look.is_underlined is not None:
                self.state.set_underlined(element, look.is_underlined)
            if look.is_aside:
                self._open_aside(element)
            if look.field_mark:
                self.state.field_part(look.field_mark, "", is_in_comment=False)
        handler = STARTS.get(tag)
        return True if handler is None else handler(self.state, element)

    def _end(self, element: Element) -> None:
        handler = ENDS.get(element.tag)
        if handler:
            handler(self.state)
        self.state.end(element)

    def _look(self, attributes: dict[str, str]) -> Look:
        """The look of an element, found once for all with the same attributes."""
        telling = tuple(map(attributes.get, LOOKING))
        look = self._looks.get(telling)
        if look is None:
            look = self._looks[telling] = look_of(attributes, self._classes)
        return look

    def _take_list_number(self, element: Element, look: Look) -> None:
        """Keep the number that Word wrote out for the open paragraph."""
        written = "".join(map(str, element.itertext())).replace("\xa0", " ").strip()
        font = look.font or self.state.font or next(filter(None, map(font_of, element.iter("span", "font"))), LETTERS)
        label = bullet_text(written, font) if is_symbol_font(font) else written
        self.state.number = lambda: label

    def _set_font(self, element: Element, font: str) -> None:
        outer, self.state.font = self.state.font, font
        self.state.at_end(element, lambda: setattr(self.state, "font", outer))

    def _open_aside(self, element: Element) -> None:
        self.state.end_paragraph()
        outer, self.state.blocks = self.state.blocks, []

        def close() -> None:
            self.state.end_paragraph()
            if not is_blank(self.state.blocks):
                self.state.asides.append(self.state.blocks)
            self.state.blocks = outer

        self.state.at_end(element, close)

    # Conditional comments (Microsoft Office HTML and XML Reference).

    def _comment(self, text: str) -> None:
        if text.startswith("[if supportFields"):
            for mark, written in _FIELD_PARTS.findall(text):
                self.state.field_part(mark.lower(), _unescaped(written) if written else "")
        elif self.state.fields and "<w:data>" in text:
            self.state.fields[-1].drawn = form_field_state(text)
        elif text.startswith("[if gte vml") and "textbox" in text:
            self._text_boxes(text)

    def _text_boxes(self, comment: str) -> None:
        """Read the text boxes that Word keeps in a comment beside a picture of them; they follow the paragraph."""
        for content in _TEXT_BOX.findall(comment):
            # A browser's view of the same box stands in comments inside this one.
            box = Walk(parse(content)).run()
            if not is_blank(box):
                self.state.boxes += box


# A part of a supportFields comment: a mark, any other tag, or text.
_FIELD_PARTS = re.compile(
    r"<span[^<>]*?mso-element:\s*field-(begin|separator|end)[^<>]*>|<[^<>]*>|^\[if[^<>]*>|([^<]+)"
)
_TEXT_BOX = re.compile(r"<v:textbox[^<>]*(?<!/)>((?:(?!</v:textbox).)*+)(?:</v:textbox|\Z)", re.IGNORECASE | re.DOTALL)


def _unescaped(written: str) -> str:
    root = parse(written)
    return "" if root is None else "".join(map(str, root.itertext()))
