"""The parts of a document: the body with its text boxes, and what stands beside it ([MS-DOC] 2.3, 2.8).

The text of all parts is one run of characters in a fixed order; a part's own table says where its pieces begin.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise

from extract.readers.doc import fib as structure
from extract.readers.doc.fib import Counts, Fib
from extract.readers.doc.stories import Stories
from extract.readers.doc.tables import RawBlock, is_blank

_FTXBXS_SIZE = 22
_SPA_SIZE = 26
# The first six header stories are lines between text and notes; then six follow for each section.
_NOTE_SEPARATORS = 6

_SHAPE_GROUP, _SHAPE_CONTAINER, _SHAPE = 0xF003, 0xF004, 0xF00A
_ART_HEADER = 8


class Parts:
    """The parts of a document as blocks that are not yet written."""

    def __init__(self, fib: Fib, tables: bytes, stories: Stories) -> None:
        self._fib = fib
        self._tables = tables
        self._stories = stories
        bounds = [0, *accumulate(fib.counts)]
        self._spans = dict(zip(Counts._fields, pairwise(bounds), strict=True))
        self._unanchored: list[list[RawBlock]] = []

    def body(self) -> list[RawBlock]:
        """The body; a text box follows the paragraph that it hangs on."""
        anchored: dict[int, list[RawBlock]] = {}
        anchors = _Anchors(self._fib, self._tables) if self._fib.counts.text_boxes else None
        for shape, blocks in self._text_boxes():
            cp = anchors.of_shape(shape) if anchors else None
            if cp is None:
                self._unanchored.append(blocks)
            else:
                anchored.setdefault(cp, []).extend(blocks)
        return self._stories.read(*self._spans["main"], anchored)

    def asides(self) -> Iterator[list[RawBlock]]:
        """What stands beside the body and is not blank: headers and footers, notes, comments and other text boxes."""
        yield from self._divided("headers", structure.HEADERS, 0, skipped=_NOTE_SEPARATORS)
        yield from self._divided("footnotes", structure.FOOTNOTE_TEXTS, 0)
        yield from self._divided("endnotes", structure.ENDNOTE_TEXTS, 0)
        yield from self._divided("annotations", structure.ANNOTATION_TEXTS, 0)
        yield from self._unanchored
        yield from self._divided("header_text_boxes", structure.HEADER_TEXT_BOX_TEXTS, _FTXBXS_SIZE)

    def _divided(self, part: str, table: int, size_of_entry: int, *, skipped: int = 0) -> Iterator[list[RawBlock]]:
        """The stories of a part that are not blank."""
        for _, start, end in self._stretches(part, table, size_of_entry, skipped=skipped):
            blocks = self._story(start, end)
            if blocks:
                yield blocks

    def _story(self, start: int, end: int) -> list[RawBlock]:
        """The blocks of a story without the blank paragraph that guards its end; none if it is blank."""
        blocks = self._stories.read(start, end, {})
        if is_blank(blocks):
            return []
        while blocks and isinstance(blocks[-1], str) and not blocks[-1].strip():
            blocks.pop()
        return blocks

    def _stretches(
        self, part: str, table: int, size_of_entry: int, *, skipped: int = 0
    ) -> Iterator[tuple[bytes, int, int]]:
        """Entry, start and end of each story of a part; a damaged table makes the part one story."""
        first, limit = self._spans[part]
        if first == limit:
            return
        entries, cps = _read_plc(self._tables, self._fib.pair(table), size_of_entry)
        if len(cps) > 1 and cps[-1] < cps[-2]:
            # The last CP of some tables is undefined.
            cps = cps[:-1]
        if not cps or list(cps) != sorted(cps) or cps[-1] < limit - first - 3:
            yield b"", first, limit
            return
        for number in range(skipped, len(cps) - 1):
            start, end = first + cps[number], min(limit, first + cps[number + 1])
            if start < end:
                yield (entries[number] if number < len(entries) else b""), start, end

    def _text_boxes(self) -> Iterator[tuple[int, list[RawBlock]]]:
        """Shape number and blocks of each text box of the body that is neither blank nor free for reuse."""
        for entry, start, end in self._stretches("text_boxes", structure.TEXT_BOX_TEXTS, _FTXBXS_SIZE):
            is_reusable = any(entry[8:10])
            blocks = [] if is_reusable else self._story(start, end)
            if blocks:
                yield (int.from_bytes(entry[14:18], "little") if len(entry) >= 18 else 0), blocks


def _read_plc(tables: bytes, place: tuple[int, int], size_of_entry: int) -> tuple[list[bytes], Sequence[int]]:
    """The entries and the CPs of a Plc ([MS-DOC] 2.2.2): n + 1 CPs, then n entries of one size."""
    offset, size = place
    stored = tables[offset : offset + size]
    count = (len(stored) - 4) // (4 + size_of_entry)
    if count < 1:
        return [], ()
    cps = struct.unpack_from(f"<{count + 1}i", stored)
    first = 4 * (count + 1)
    return [stored[first + size_of_entry * n : first + size_of_entry * (n + 1)] for n in range(count)], cps


class _Anchors:
    """On which character of the body each shape hangs (PlcfSpa, FSPA); a member of a group hangs with it."""

    def __init__(self, fib: Fib, tables: bytes) -> None:
        entries, cps = _read_plc(tables, fib.pair(structure.SHAPES_IN_MAIN), _SPA_SIZE)
        self._cps = {
            int.from_bytes(entry[:4], "little"): cp
            for entry, cp in zip(entries, cps, strict=False)
            if 0 <= cp < fib.counts.main
        }
        offset, size = fib.pair(structure.DRAWINGS)
        self._groups = _groups(tables[offset : offset + size])

    def of_shape(self, shape: int) -> int | None:
        """The CP of a shape's anchor, None if it has none in the body."""
        cp = self._cps.get(shape)
        return cp if cp is not None else self._cps.get(self._groups.get(shape, 0))


def _groups(drawings: bytes) -> dict[int, int]:
    """For each shape of a group, the outermost group's own shape ([MS-DOC] 2.9.171 OfficeArtContent).

    The records of groups and shapes hold each other; the stack has, for each open group, where it ends and its shape.
    """
    found: dict[int, int] = {}
    stack: list[list[int]] = []
    place = drawings.find(struct.pack("<H", _SHAPE_GROUP)) - 2
    while 0 <= place <= len(drawings) - _ART_HEADER:
        kind, size = struct.unpack_from("<HI", drawings, place + 2)
        while stack and place >= stack[-1][0]:
            stack.pop()
        if not stack and kind != _SHAPE_GROUP:
            # The next drawing begins behind the byte that tells which part it belongs to.
            place = drawings.find(struct.pack("<H", _SHAPE_GROUP), place + 3) - 2
            continue
        place += _ART_HEADER
        if kind == _SHAPE_GROUP:
            stack.append([place + size, 0])
        elif kind == _SHAPE:
            shape = int.from_bytes(drawings[place : place + 4], "little")
            stack[-1][1] = stack[-1][1] or shape
            # The outermost group holds the whole drawing; those in it are what was grouped by hand.
            found[shape] = stack[1][1] if len(stack) > 1 else shape
            place += size
        elif kind != _SHAPE_CONTAINER:
            place += size
    return found
