"""What the walk through a page knows at a place: where blocks and text go, open tables, lists and fields."""

from __future__ import annotations

import re
from collections.abc import Callable

from extract.readers.drawn import Drawn
from extract.readers.html.fields import Field
from extract.readers.html.looks import LETTERS
from extract.readers.html.pages import Element
from extract.readers.html.tables import OpenTable
from extract.readers.numbering import Counters, Level, List, Numbered
from extract.readers.symbols import drawn_by_field, show_field, with_signs

BULLETS = Level("bullet", "•")


class State:
    """What the walk through a page knows at a place."""

    def __init__(self) -> None:
        self.asides: list[list[Drawn]] = []
        self.unread: list[str] = []
        self.blocks: list[Drawn] = []
        """Where finished blocks go: the body, a cell, an aside."""
        self.pieces: list[str] = []
        """The text of the open paragraph so far, as written."""
        self.boxes: list[Drawn] = []
        self.tables: list[OpenTable] = []
        self.fields: list[Field] = []
        self.lists: list[List] = []
        """The open lists, the outermost first."""
        self.counters = Counters()
        self.number: Callable[[], str] | None = None
        """What counts the open list item, until its first paragraph has taken its number."""
        self.preformatted = 0
        self.font = LETTERS
        self.is_underlined = False
        self._undo: dict[Element, list[Callable[[], None]]] = {}
        """What to do at the end of elements that changed something for their content only."""

    def set_underlined(self, element: Element, is_underlined: bool) -> None:
        """Underline the content of an element, or end the line under what stands around it."""
        outer, self.is_underlined = self.is_underlined, is_underlined
        self.at_end(element, lambda: setattr(self, "is_underlined", outer))

    def at_end(self, element: Element, undo: Callable[[], None]) -> None:
        """Have `undo` called when `element` ends."""
        self._undo.setdefault(element, []).append(undo)

    def end(self, element: Element) -> None:
        """An element ends, and what it changed for its content only."""
        for undo in reversed(self._undo.pop(element, ())):
            undo()

    def end_paragraph(self) -> None:
        """A block begins or ends: close the paragraph, if it shows anything, an empty line included."""
        for open_field in reversed(self.fields):
            if open_field.is_carried_over:
                break
            if open_field.drawn and not open_field.in_code:
                self.pieces.insert(open_field.start, open_field.drawn)
            # If the end of an instruction was lost, the rest of the page would count as instruction.
            open_field.in_code = open_field.in_code and open_field.is_in_comment
            open_field.start, open_field.drawn, open_field.is_carried_over = 0, None, True
        if self.pieces:
            written = with_signs(self.pieces)
            self.pieces.clear()
            text = _flowed(written)
            if text or "\v" in written or "\xa0" in written:
                self.blocks.append(self.numbered(text))
        if self.boxes:
            self.blocks += self.boxes
            self.boxes = []

    def numbered(self, text: str) -> str:
        """The text of a paragraph, which takes the number that waits for one."""
        number, self.number = self.number, None
        return text if number is None else Numbered(text, number)

    def end_list_item(self) -> None:
        """The paragraph of a list item ends: one without text still counts, but its bullet says nothing."""
        self.end_paragraph()
        if self.number is not None:
            if not (self.lists and self.lists[-1].levels[0] is BULLETS):
                self.blocks.append(self.numbered(""))
            self.number = None

    def field_part(self, mark: str, written: str, *, is_in_comment: bool = True) -> None:
        """A mark of a field or, between its begin and its separator, a piece of its instruction."""
        if mark == "begin":
            self.fields.append(Field(len(self.pieces), is_in_comment=is_in_comment))
        elif self.fields and mark == "separator":
            self._end_code(self.fields[-1])
        elif self.fields and mark == "end":
            ended = self.fields.pop()
            self._end_code(ended)
            show_field(ended.drawn, ended.start, self.pieces)
        elif self.fields and written and self.fields[-1].in_code:
            self.fields[-1].instruction += written

    def _end_code(self, ended: Field) -> None:
        if ended.in_code:
            ended.in_code = False
            if not ended.is_carried_over:
                ended.drawn = ended.drawn or drawn_by_field(ended.instruction)


# White space (CSS Text Module Level 3, 4.1).

_WIDE = "[\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef]"
_BREAK_IN_CHINESE = re.compile(rf"(?<={_WIDE})[ \t]*\r?\n[ \t\r\n\f]*(?={_WIDE})")
SPACE = " \t\r\n\f"
_SPACES = re.compile(f"[{SPACE}]+")
_SPACES_AT_BREAK = re.compile(" ?\v ?")


def _flowed(written: str) -> str:
    """The text of a paragraph as a browser sets it; "\\v" is a forced line break."""
    if "\n" in written:
        # Chinese has no spaces between words: a line end in the source is none either.
        written = _BREAK_IN_CHINESE.sub("", written)
    text = _SPACES.sub(" ", written)
    if "\v" in text:
        # A break at the end of a block opens no line.
        text = _SPACES_AT_BREAK.sub("\v", text).strip(" ").removesuffix("\v").replace("\v", "\n")
    return text.strip(" ").replace("\xa0", " ").rstrip(" ")
