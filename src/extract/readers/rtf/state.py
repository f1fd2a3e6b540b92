"""What the walk through an RTF file knows at a place: format, open fields, the story and where its text goes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from extract.document import TICKED, UNTICKED
from extract.readers.drawn import Drawn, legible
from extract.readers.numbering import Counters, List
from extract.readers.rtf.fonts import Fonts
from extract.readers.rtf.stories import Story
from extract.readers.symbols import Underlined


class Format(NamedTuple):
    """The properties of characters that change what is read."""

    font: int = 0
    is_hidden: bool = False
    is_deleted: bool = False
    is_underlined: bool = False
    fallbacks: int = 1
    r"""How many characters after `\u` stand for it in old readers (`\uc`)."""


@dataclass(slots=True)
class Field:
    """An open field: where in the pieces it begins, what it draws, and what its form field data say."""

    start: int
    drawn: str | None = None
    is_carried_over: bool = False
    kind: int = 0
    result: int | None = None
    default: int = 0
    entries: list[str] = field(default_factory=list)

    def state(self) -> str | None:
        """☑, ☐ or the chosen entry of a list, None where the field is no such form field ("Form Fields")."""
        chosen = self.default if self.result in (None, _NOT_SET) else self.result
        if self.kind == _CHECK_BOX:
            return TICKED if chosen else UNTICKED
        if self.kind == _DROP_DOWN and chosen is not None and 0 <= chosen < len(self.entries):
            return self.entries[chosen]
        return None


_CHECK_BOX, _DROP_DOWN, _NOT_SET = 1, 2, 25


class State:
    """What the walk knows at a place; `body` and `asides` are its result."""

    def __init__(self) -> None:
        self.fonts = Fonts()
        self.default_font = 0
        self.body = Story()
        self.asides: list[list[Drawn]] = []
        self.unread: dict[str, None] = {}
        self.story = self.body
        self.pieces = self.body.pieces
        """Where text goes: into the paragraph, or into what a destination collects, such as an instruction."""
        self.fields: list[Field] = []
        self.format = Format()
        self.in_table = False
        self.nesting = 0
        self.list_id = 0
        self.list_level = 0
        self.lists: dict[int, List] = {}
        self.counters = Counters()
        self._undecoded: list[str] = []
        """Bytes, as Latin-1, that one font decodes together: a character may be two bytes in two tokens."""
        self.to_skip = 0
        """How many characters still stand for the last `\\u`."""

    def pass_over(self, kind: str) -> None:
        """Note a kind of content that is not read."""
        self.unread[kind] = None

    def text(self, text: str) -> None:
        """Text as it is written: bytes as Latin-1."""
        if self.to_skip:
            text, self.to_skip = text[self.to_skip :], max(0, self.to_skip - len(text))
        if not (self.format.is_hidden or self.format.is_deleted):
            self._undecoded.append(text)

    def bytes_in_hexadecimal(self, escapes: str) -> None:
        r"""Bytes in hexadecimal: `\'d6\'d0`."""
        self.text(bytes.fromhex(escapes.replace("\\'", "")).decode("latin-1"))

    def unicode(self, escapes: str) -> None:
        r"""Characters by number, each with its fallback, `\u20013\'d6\'d0\u-3842?`, and `\uc` between them."""
        count = self.format.fallbacks
        characters = []
        for is_count, number, fallback in _UNICODE.findall(escapes):
            if is_count:
                count = max(0, int(number))
                continue
            characters.append(chr(int(number) & 0xFFFF))
            self.to_skip = 0
            if len(fallback) != 4 * count:
                units = _HEX.sub(lambda byte: chr(int(byte[1], 16)), fallback)
                self.to_skip = max(0, count - len(units))
                characters.append(self.fonts.decode(units[count:], self.format.font))
        if count != self.format.fallbacks:
            self.format = self.format._replace(fallbacks=count)
        self.write(legible("".join(characters), self.fonts.symbol_names.get(self.format.font, "")))

    def flush(self) -> None:
        """Decode the bytes so far in the font that they stand in."""
        if self._undecoded:
            self._add(self.fonts.decode("".join(self._undecoded), self.format.font))
            self._undecoded.clear()

    def _add(self, text: str) -> None:
        self.pieces.append(Underlined(text) if self.format.is_underlined else text)

    def write(self, text: str) -> None:
        """Add characters that need no decoding, unless they are hidden."""
        if not (self.format.is_hidden or self.format.is_deleted):
            if self._undecoded:
                self.flush()
            self._add(text)

    def change(self, new: Format) -> None:
        """Go on in another format."""
        old = self.format
        if self._undecoded and (new.font, new.is_underlined) != (old.font, old.is_underlined):
            self.flush()
        self.format = new

    # Structure. An instruction has none: whatever stands in it is text.

    @property
    def level(self) -> int:
        """In how many tables the paragraph stands. Small writers leave out `\\intbl` between `\\trowd` and `\\row`."""
        return max(self.nesting, 1 if self.in_table or self.story.row_is_open else 0)

    @property
    def _is_collecting(self) -> bool:
        return self.pieces is not self.story.pieces

    def _count(self) -> None:
        """Let the open paragraph have its number, if it stands in a list."""
        counted = self.lists.get(self.list_id)
        if counted is None or (self._is_mark_unseen and not "".join(self.pieces).strip()):
            return
        written, level = self.story.number, self.list_level

        def number() -> str:
            label = self.counters.label(counted, level)
            definition = counted.levels.get(level)
            # What is written out has lost the font of a bullet.
            return label if written is None or (definition and definition.format == "bullet") else written()

        self.story.number = number

    @property
    def _is_mark_unseen(self) -> bool:
        return self.format.is_hidden or self.format.is_deleted

    def end_paragraph(self) -> None:
        """`\\par`, and what else ends a paragraph."""
        self.flush()
        if not self._is_collecting:
            self._interrupt_fields()
            self._count()
            self.story.end_paragraph(self.level)

    def end_cell(self, level: int) -> None:
        """`\\cell` or `\\nestcell`."""
        self.flush()
        if not self._is_collecting:
            self._interrupt_fields()
            self._count()
            self.story.end_cell(level)

    def end_row(self, level: int) -> None:
        """`\\row` or `\\nestrow`."""
        self.flush()
        if not self._is_collecting:
            self.story.end_row(level, self.story.row)
            self.story.row_is_open = self.story.row_is_open and level > 1

    def _interrupt_fields(self) -> None:
        """Close a paragraph with fields open: what they draw stands here, their results may run on."""
        for open_field in reversed(self.fields):
            if open_field.is_carried_over:
                break
            if open_field.drawn:
                self.pieces.insert(open_field.start, open_field.drawn)
            open_field.start, open_field.drawn, open_field.is_carried_over = 0, None, True


_UNICODE = re.compile(r"\\u(c?)(-?\d{1,5}) ?((?:\\'[0-9a-fA-F]{2}|\?)*)")
_HEX = re.compile(r"\\'([0-9a-fA-F]{2})")
