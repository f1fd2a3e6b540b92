"""Fonts and code pages: what characters the bytes of a text stand for ("Font Table", "Code Page Support")."""

from __future__ import annotations

import codecs
import re
from contextlib import suppress
from dataclasses import dataclass, field

from extract.readers.drawn import legible
from extract.readers.symbols import is_symbol_font

DEFAULT_CODEC = "cp1252"
# fmt: off
_CODEC_BY_PAGE = {
    0: DEFAULT_CODEC, 1361: "johab", 10000: "mac_roman", 65001: "utf-8",
    # Every GBK text is GB18030, which has more characters.
    936: "gb18030", 54936: "gb18030",
}
_PAGE_BY_CHARSET = {
    77: 10000, 128: 932, 129: 949, 130: 1361, 134: 936, 136: 950, 161: 1253, 162: 1254, 163: 1258, 177: 1255,
    178: 1256, 186: 1257, 204: 1251, 222: 874, 238: 1250, 254: 437, 255: 850,
}
# fmt: on


def codec_of_page(page: int) -> str | None:
    """The codec of a Windows code page, None if there is no such page."""
    with suppress(LookupError):
        return codecs.lookup(_CODEC_BY_PAGE.get(page, f"cp{page}")).name
    return None


@dataclass(slots=True)
class Fonts:
    """The font table: which code page a font's bytes are in, and which fonts draw symbols."""

    document_codec: str = DEFAULT_CODEC
    codecs: dict[int, str] = field(default_factory=dict)
    symbol_names: dict[int, str] = field(default_factory=dict)
    """The names of the fonts that draw symbols; the name of any other font says nothing."""

    def read_table(self, table: str) -> None:
        """Take the fonts from the source of a font table."""
        for entry in _FONT.finditer(table):
            number, definition = int(entry[1]), entry[2]
            name = _NOT_A_NAME.sub("", definition).partition(";")[0].strip()
            charset = _CHARSET.search(definition)
            page = _CODE_PAGE.search(definition)
            if is_symbol_font(name) or (charset and int(charset[1]) == _SYMBOL_CHARSET):
                self.symbol_names[number] = name
            named = int(page[1]) if page else _PAGE_BY_CHARSET.get(int(charset[1])) if charset else None
            codec = codec_of_page(named) if named else None
            if codec:
                self.codecs[number] = codec

    def decode(self, written: str, font: int) -> str:
        """The characters that `written`, bytes as Latin-1, stands for in `font`.

        A font of the charset ANSI may hold Chinese bytes, since Word takes those from the font's Asian sibling: where
        the document's code page has double bytes, it is tried first. What decodes nowhere shows as U+FFFD.
        """
        symbols = self.symbol_names.get(font)
        if symbols is not None:
            return _in_private_use(written, symbols)
        if written.isascii():
            return written
        encoded = written.encode("latin-1")
        own = self.codecs.get(font, self.document_codec)
        for codec in (own, self.document_codec, DEFAULT_CODEC):
            with suppress(UnicodeDecodeError):
                return encoded.decode(codec)
        return encoded.decode(own, "replace")


def _in_private_use(written: str, font: str) -> str:
    """The bytes of a symbol font as it draws them."""
    return legible("".join(chr(0xF000 | ord(byte)) if byte > " " else byte for byte in written), font)


_SYMBOL_CHARSET = 2
_FONT = re.compile(r"\\f(\d{1,6})(?!\d)((?:(?!\\f\d)[\s\S])*)")
_CHARSET = re.compile(r"\\fcharset(\d{1,3})(?!\d)")
_CODE_PAGE = re.compile(r"\\cpg(\d{1,5})(?!\d)")
_NOT_A_NAME = re.compile(r"\{\\\*[^{}]*\}|\\'[0-9A-Fa-f]{2}|\\[a-zA-Z]+-?\d* ?|[{}\r\n]")
