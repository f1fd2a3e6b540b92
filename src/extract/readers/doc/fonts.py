"""The font table: which font a number in a run means ([MS-DOC] 2.9.286 SttbfFfn, 2.9.87 FFN)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from extract.readers.doc.code_pages import code_page_of_font
from extract.readers.doc.fib import FONTS, Fib
from extract.readers.symbols import is_symbol_font

# Sizes of what stands before the entries of the table and before the name in an entry.
_HEAD_97, _NAME_97 = 4, 39
_HEAD_6, _NAME_6 = 2, 5
_CHARACTER_SET = 3


class Font(NamedTuple):
    """The name of a font and the number of its character set (chs)."""

    name: str
    character_set: int


def read_fonts(fib: Fib, tables: bytes) -> list[Font]:
    """The fonts in the order of their numbers; as many as are whole."""
    offset, size = fib.pair(FONTS)
    table = tables[offset : offset + size]
    place, name, encoding = (_HEAD_97, _NAME_97, "utf-16-le") if fib.is_word_97 else (_HEAD_6, _NAME_6, "latin-1")
    fonts = []
    while place < len(table):
        entry = table[place + 1 : place + 1 + table[place]]
        stored_name = entry[name:].decode(encoding, "replace").split("\0", 1)[0]
        fonts.append(Font(stored_name, entry[_CHARACTER_SET] if len(entry) > _CHARACTER_SET else 0))
        place += 1 + len(entry)
    return fonts


def telling_fonts(fonts: Sequence[Font], *, is_word_97: bool) -> list[int]:
    """The numbers of the fonts that change how characters read: of symbols, and in Word 6/95 of other scripts."""
    return [
        number
        for number, font in enumerate(fonts)
        if is_symbol_font(font.name) or (not is_word_97 and code_page_of_font(font.character_set))
    ]
