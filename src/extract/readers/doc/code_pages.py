"""The code pages of Word 95 and before, which stored text in eight bits: by language, computer, font or content."""

from __future__ import annotations

import re
from collections.abc import Iterable

_WESTERN = "cp1252"
_MACINTOSH = 0x100

# By language (LCID), whose low ten bits are the primary language.
_BY_LANGUAGE = {0x01: "cp1256", 0x0D: "cp1255", 0x08: "cp1253", 0x1F: "cp1254", 0x11: "cp932", 0x12: "cp949"}
_BY_LANGUAGE |= dict.fromkeys((0x05, 0x0E, 0x15, 0x18, 0x1A, 0x1B, 0x24), "cp1250")
_BY_LANGUAGE |= dict.fromkeys((0x02, 0x19, 0x22, 0x23), "cp1251")
_CHINESE = 0x04
_TRADITIONAL = (0x0404, 0x0C04)

# By the character set (chs) of a font.
_BY_CHARACTER_SET = {77: "mac_roman", 128: "cp932", 129: "cp949", 134: "gbk", 136: "cp950", 161: "cp1253"}
_BY_CHARACTER_SET |= {162: "cp1254", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 238: "cp1250"}

_DOUBLE_BYTE = {
    "gbk": re.compile(rb"[\x81-\xfe][\x40-\x7e\x80-\xfe]"),
    "cp950": re.compile(rb"[\x81-\xfe][\x40-\x7e\xa1-\xfe]"),
    "cp932": re.compile(rb"[\x81-\x9f\xe0-\xfc][\x40-\x7e\x80-\xfc]"),
    "cp949": re.compile(rb"[\x81-\xfe][\x41-\x5a\x61-\x7a\x81-\xfe]"),
}


_ASCII = 0x7F
# Level 1 of GB2312, and the punctuation and full-width signs before it.
_COMMON_CHINESE = re.compile(rb"[\xb0-\xd7\xa1\xa3][\xa1-\xfe]")
_CHINESE_SHARE = 0.7


def code_page_of_document(language: int, computer: int, character_sets: Iterable[int]) -> str:
    """The code page of most of the text, by the FIB's `lid` and `chs` and by the character sets of the fonts.

    A Chinese file may well say that it is English; its fonts do not.
    """
    if computer == _MACINTOSH:
        return "mac_roman"
    if language & 0x3FF == _CHINESE:
        return "cp950" if language in _TRADITIONAL else "gbk"
    east_asian = (_BY_CHARACTER_SET.get(number, "") for number in character_sets)
    return _BY_LANGUAGE.get(language & 0x3FF) or next((page for page in east_asian if page in _DOUBLE_BYTE), _WESTERN)


def is_chinese(stored: bytes) -> bool:
    """Whether text in an unknown code page is Chinese in GBK: most of its high bytes pair to common characters.

    In a Western text high bytes stand alone, in a Cyrillic one few pairs lie where GB2312 has its common characters.
    """
    high = sum(byte > _ASCII for byte in stored)
    return 2 * len(_COMMON_CHINESE.findall(stored)) > high * _CHINESE_SHARE > 0


def code_page_of_font(character_set: int) -> str | None:
    """The code page that a font's character set stands for, None if it is the document's."""
    return _BY_CHARACTER_SET.get(character_set)


def decode(stored: bytes, code_page: str) -> str:
    """Text in a code page, one character a byte: behind a character of two bytes stands a NUL."""
    double_byte = _DOUBLE_BYTE.get(code_page)
    if double_byte is None:
        return stored.decode(code_page, "replace")
    pieces, place = [], 0
    for pair in double_byte.finditer(stored):
        pieces.append(stored[place : pair.start()].decode(_WESTERN, "replace"))
        pieces.append(pair[0].decode(code_page, "replace")[0] + "\0")
        place = pair.end()
    pieces.append(stored[place:].decode(_WESTERN, "replace"))
    return "".join(pieces)


def decode_wide(stored: bytes, code_page: str) -> str:
    """Text of an East Asian Word 95: two bytes a character, the second one first, and zero beside a single one."""
    return "".join(_wide_character(high, low, code_page) for low, high in zip(stored[::2], stored[1::2], strict=True))


def _wide_character(high: int, low: int, code_page: str) -> str:
    if high > 0x80 and code_page in _DOUBLE_BYTE:
        return bytes((high, low)).decode(code_page, "replace")[0]
    return bytes((low,)).decode(_WESTERN, "replace")
