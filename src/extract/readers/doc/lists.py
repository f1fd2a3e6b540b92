"""The lists of a document: how each level numbers its paragraphs ([MS-DOC] 2.9.131 LFO, 2.9.147 LSTF, 2.9.150 LVL).

A paragraph names a list by its place in the PlfLfo, itself or through its style. The LFO names a list of the PlfLst,
whose levels stand behind that table, and may override some of them.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import NamedTuple

from extract.readers.doc import sprms as op
from extract.readers.doc.fib import LIST_OVERRIDES, LISTS, STYLES, Fib
from extract.readers.doc.sprms import sprms
from extract.readers.numbering import MAX_LEVELS, Level, List, bullet_text, format_of_code, with_places

_LSTF, _LVLF, _LFO, _LFOLVL = 28, 28, 16, 8
_F_SIMPLE = 0x01
_F_LEGAL, _F_NO_RESTART = 0x04, 0x08
_F_START, _F_FORMATTING = 0x10, 0x20
_BULLET = "bullet"
# Behind a list's number in the PlfLfo; above it a paragraph has left its list, or counts from the end (sprmPIlfo).
_MOST_LISTS = 0x7FE
_NOT_IN_A_LIST = 0xF801
_MAX_ANCESTORS = 20
_MAX_START = 99_999


class Lists:
    """The lists by the number that paragraphs name them by, read from the table stream where there are any."""

    def __init__(self, fib: Fib, tables: bytes, fonts: Sequence[str]) -> None:
        self._fonts = fonts
        self._lists: list[List | None] = []
        definitions = self._definitions(fib, tables)
        if definitions:
            self._lists = self._read_overrides(fib, tables, definitions)

    def __bool__(self) -> bool:
        return any(self._lists)

    def of_number(self, number: int) -> List | None:
        """The list that a paragraph with this operand of sprmPIlfo stands in."""
        if number > _NOT_IN_A_LIST:
            # Its negative: the list counts, but not its indents.
            number = 0x10000 - number
        return self._lists[number - 1] if 0 < number <= min(_MOST_LISTS, len(self._lists)) else None

    def _definitions(self, fib: Fib, tables: bytes) -> dict[int, list[Level]]:
        """The levels of each list by its identifier (lsid)."""
        place, size = fib.pair(LISTS)
        count = int.from_bytes(tables[place : place + 2], "little") if size >= 2 else 0
        first = place + 2
        place = first + _LSTF * count
        definitions: dict[int, list[Level]] = {}
        for start in range(first, place, _LSTF):
            lstf = tables[start : start + _LSTF]
            if len(lstf) < _LSTF:
                break
            levels: list[Level] = []
            for _ in range(1 if lstf[26] & _F_SIMPLE else MAX_LEVELS):
                found = self._level(tables, place)
                if found is None:
                    return definitions
                levels.append(found.level)
                place = found.end
            definitions[int.from_bytes(lstf[:4], "little")] = levels
        return definitions

    def _read_overrides(self, fib: Fib, tables: bytes, definitions: dict[int, list[Level]]) -> list[List | None]:
        """The lists in the order of the PlfLfo, with their overrides (LFOData), which stand behind it."""
        offset, size = fib.pair(LIST_OVERRIDES)
        table = tables[offset : offset + size]
        count = min(int.from_bytes(table[:4], "little"), (len(table) - 4) // _LFO)
        lists: list[List | None] = []
        entries = [table[start : start + _LFO] for start in range(4, 4 + _LFO * count, _LFO)]
        place = offset + 4 + _LFO * count
        for entry in entries:
            identifier = int.from_bytes(entry[:4], "little")
            levels = dict(enumerate(definitions.get(identifier, ())))
            restarts: set[int] = set()
            place += 4
            for _ in range(entry[12]):
                place = self._override(tables, place, levels, restarts)
            lists.append(List(identifier, levels, restarts) if levels else None)
        return lists

    def _override(self, tables: bytes, place: int, levels: dict[int, Level], restarts: set[int]) -> int:
        """Apply an LFOLVL to the levels of its list; returns where it ends."""
        if place + _LFOLVL > len(tables):
            return place
        start, flags = struct.unpack_from("<iI", tables, place)
        place += _LFOLVL
        number = flags & 0xF
        if flags & _F_FORMATTING:
            found = self._level(tables, place)
            if found is not None:
                levels[number], place = found
        elif flags & _F_START:
            levels[number] = levels.get(number, Level())._replace(start=min(max(0, start), _MAX_START))
        if flags & _F_START:
            restarts.add(number)
        return place

    def _level(self, tables: bytes, place: int) -> _ReadLevel | None:
        """The LVL at `place`, None where the stream ends in it."""
        lvlf = tables[place : place + _LVLF]
        if len(lvlf) < _LVLF:
            return None
        start, code, flags = struct.unpack_from("<iBB", lvlf)
        size_of_chpx, size_of_papx, restart_limit = lvlf[24:27]
        place += _LVLF + size_of_papx
        chpx = tables[place : place + size_of_chpx]
        place += size_of_chpx
        end = place + 2 + 2 * int.from_bytes(tables[place : place + 2], "little")
        if end > len(tables):
            return None
        text = tables[place + 2 : end].decode("utf-16-le", "replace")
        format_ = format_of_code(code)
        level = Level(
            format_,
            bullet_text(text, self._font(chpx)) if format_ == _BULLET else with_places(text),
            min(max(0, start), _MAX_START),
            restart_limit if flags & _F_NO_RESTART else None,
            bool(flags & _F_LEGAL),
        )
        return _ReadLevel(level, end)

    def _font(self, chpx: bytes) -> str:
        """The font of a bullet."""
        numbers = [int.from_bytes(operand, "little") for code, operand in sprms(chpx) if code == op.C_FONTS[0]]
        return self._fonts[numbers[-1]] if numbers and numbers[-1] < len(self._fonts) else ""


class _ReadLevel(NamedTuple):
    level: Level
    end: int


def list_sprms_of_styles(fib: Fib, tables: bytes) -> list[bytes]:
    """For each style, by its number, the sprms that put its paragraphs into a list ([MS-DOC] 2.9.271 STSH)."""
    offset, size = fib.pair(STYLES)
    sheet = tables[offset : offset + size]
    if _LIST_SPRM not in sheet:
        return []
    size_of_head = int.from_bytes(sheet[:2], "little")
    size_of_base = int.from_bytes(sheet[4:6], "little")
    place = 2 + size_of_head
    styles: list[_Style] = []
    while place + 2 <= len(sheet):
        length = int.from_bytes(sheet[place : place + 2], "little")
        styles.append(_style(sheet[place + 2 : place + 2 + length], size_of_base))
        place += 2 + length + length % 2
    return [_inherited(number, styles) for number in range(len(styles))]


class _Style(NamedTuple):
    base: int
    sprms: bytes


_PARAGRAPH_STYLE = 1
_NO_STYLE = 0xFFF


def _style(std: bytes, size_of_base: int) -> _Style:
    """A STD: its fixed part, its name, then its properties, those of paragraphs first."""
    if len(std) < max(4, size_of_base + 2):
        return _Style(_NO_STYLE, b"")
    kind_and_base = int.from_bytes(std[2:4], "little")
    place = size_of_base + 2 + 2 * int.from_bytes(std[size_of_base : size_of_base + 2], "little") + 2
    if kind_and_base & 0xF != _PARAGRAPH_STYLE:
        return _Style(kind_and_base >> 4, b"")
    length = int.from_bytes(std[place : place + 2], "little")
    # The style's own number stands before its sprms.
    telling = [(code, o) for code, o in sprms(std[place + 4 : place + 2 + length]) if code in _OF_LISTS]
    return _Style(kind_and_base >> 4, b"".join(struct.pack("<H", code) + operand for code, operand in telling))


_LIST_SPRM = struct.pack("<H", op.P_LIST)
_OF_LISTS = (op.P_LIST, op.P_LIST_LEVEL)


def _inherited(number: int, styles: Sequence[_Style]) -> bytes:
    found = b""
    for _ in range(_MAX_ANCESTORS):
        if number >= len(styles):
            break
        found = styles[number].sprms + found
        number = styles[number].base
    return found
