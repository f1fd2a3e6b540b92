"""What the walk through a story knows at a place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from extract.document import TextWriter
from extract.errors import ReadError
from extract.language import Message
from extract.readers.docx.fields import Field
from extract.readers.docx.lists import ListItem, Lists
from extract.readers.docx.names import TELLING_PROPERTIES, Element
from extract.readers.docx.stories import Story
from extract.readers.numbering import Counters

_MAX_DEPTH = 50


class State:
    """What the walk through one story knows at a place."""

    def __init__(self, out: TextWriter, story: Story, lists: Lists | None) -> None:
        self.out = out
        self.has_symbol_letters = story.may_hold(b'ascii="Wingdings', b'ascii="Symbol"')
        """Whether any run may have ordinary letters in a symbol font."""
        self.symbol_runs: set[Element] = set()
        """The runs that may."""
        self.properties: dict[str, dict[Element, str | None]] = {kind: {} for kind in TELLING_PROPERTIES.values()}
        """The properties that change what is read: the value of each kind by the row, cell or run that has it."""
        self.not_plain: set[Element] = set()
        """The paragraphs that hold anything that reads otherwise than as the text in it."""
        self.is_compact = not story.may_hold(b"\n")
        """Whether there is no text but that of runs, which reads as it is written."""
        self.lists = lists
        self.list_items: dict[Element, ListItem] = {}
        """The paragraphs that may stand in a list, with what they say of it."""
        self.counters = Counters()
        self.pieces: list[str] = []
        """The text of the open paragraph so far."""
        self.boxes: list[Element] = []
        """Text boxes anchored in the open paragraph; they follow it."""
        self.fields: list[Field] = []
        """The open fields, the innermost last; a field may run on over many paragraphs."""
        self.checkbox: str | None = None
        """The state of a check box control around the next paragraph; it stands for the paragraph's glyph."""
        self.has_underlines = False
        self.depth = 0


@contextmanager
def deeper(state: State) -> Iterator[None]:
    """One table, text box or control further in; raises ReadError `docx.too_deep`."""
    if state.depth == _MAX_DEPTH:
        raise ReadError(
            "docx.too_deep",
            Message(
                f"tables, text boxes or controls are nested more than {_MAX_DEPTH} deep, as no form is; the file is "
                "damaged or made to do harm, so fetch it again",
                f"表格、文本框或控件嵌套超过 {_MAX_DEPTH} 层，没有表会如此；文件已损坏或有意为害，请重新获取",
            ),
        )
    state.depth += 1
    yield
    state.depth -= 1
