"""The font table: which font a number in a run means ([MS-DOC] 2.9.286 SttbfFfn, 2.9.87 FFN)."""

from __future__ import annotations

from extract.readers.doc.fib import FONTS, Fib
from extract.readers.symbols import is_symbol_font

# Sizes of what stands before the name in the table and in one entry.
_HEAD_97, _NAME_97 = 4, 39
_HEAD_6, _NAME_6 = 2, 5


def read_fonts(fib: Fib, tables: bytes) -> list[str]:
    """The font names in the order of their numbers; as many as are whole."""
    offset, size = fib.pair(FONTS)
    table = tables[offset : offset + size]
    place = _HEAD_97 if fib.is_word_97 else _HEAD_6
    names = []
    while place < len(table):
        entry = table[place + 1 : place + 1 + table[place]]
        names.append(_name(entry[_NAME_97:], "utf-16-le") if fib.is_word_97 else _name(entry[_NAME_6:], "latin-1"))
        place += 1 + len(entry)
    return names


def symbol_fonts(names: list[str]) -> list[int]:
    """The numbers of the fonts that draw symbols in the place of letters."""
    return [number for number, name in enumerate(names) if is_symbol_font(name)]


def _name(stored: bytes, encoding: str) -> str:
    return stored.decode(encoding, "replace").split("\0", 1)[0]
