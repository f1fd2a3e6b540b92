"""The piece table: which bytes of the WordDocument stream are the text, and in what order ([MS-DOC] 2.8.35, 2.9.177).

A character position (CP) counts UTF-16 units from the start of the document; it says nothing about where the bytes
are. The text here has one character for each CP, so that offsets of the format can be used on it as they are: a
surrogate pair stays two characters, and the second byte of a Word 6 double-byte character is a NUL.
"""

from __future__ import annotations

import codecs
import struct
from bisect import bisect_right
from collections.abc import Iterable
from typing import NamedTuple

from extract.language import Message
from extract.readers.doc.code_pages import decode, decode_wide
from extract.readers.doc.container import broken
from extract.readers.doc.fib import PIECES, Fib
from extract.readers.doc.sprms import from_word_6

_PRC = 0x01
_PCDT = 0x02
_F_COMPRESSED = 0x40000000

# [MS-DOC] 2.9.73 FcCompressed says which characters of cp1252 stand in eight bits; Word and WPS use the others too.
_COMPRESSED = bytes(range(256)).decode("cp1252", "replace").replace("\ufffd", "\0")

# [MS-DOC] 2.9.215 Prm0: the sprms with a number of seven bits, of which these change what is read.
_SHORT_SPRMS = {0x18: 0x2416, 0x19: 0x2417, 0x41: 0x0800, 0x5C: 0x083C}


class Piece(NamedTuple):
    """Text that lies in one stretch: the CPs `start` to `end`, from byte `offset` on, `width` bytes a character.

    `prm` is what the piece adds to the properties of its paragraphs and runs, a list of sprms.
    """

    start: int
    end: int
    offset: int
    width: int
    prm: bytes


class PieceTable:
    """The pieces in CP order and the whole text of the document, all parts of it behind each other."""

    def __init__(self, pieces: list[Piece], text: str) -> None:
        self.pieces = pieces
        self.text = text
        self._starts = [piece.start for piece in pieces]

    def decode_again(self, document: bytes, stretches: Iterable[tuple[int, int, str]]) -> None:
        """Read the characters of each stretch (CPs) in another code page; for Word 6/95."""
        characters = list(self.text)
        for start, end, code_page in stretches:
            for number in range(max(0, bisect_right(self._starts, start) - 1), len(self.pieces)):
                piece = self.pieces[number]
                if piece.start >= end:
                    break
                first, last = max(start, piece.start), min(end, piece.end)
                if first < last and piece.width == 1:
                    offset = piece.offset - piece.start
                    characters[first:last] = decode(document[offset + first : offset + last], code_page)
        self.text = "".join(characters)


def read_pieces(fib: Fib, tables: bytes, code_page: str | None) -> PieceTable:
    """The piece table of a document; `tables` is the stream that holds its CLX.

    `code_page` is that of most of the text, in Word 6/95.
    Raises ReadError `doc.broken` if there is none or if it points to bytes that are not there.
    """
    if fib.is_word_97 or fib.is_complex:
        pieces = _from_clx(fib, tables)
    else:
        width = fib.width_in_word_6
        pieces = [Piece(0, max(0, fib.text_end - fib.text_start) // width, fib.text_start, width, b"")]
    total = sum(fib.counts)
    # The counts may leave out the last paragraph mark, which stands behind all parts.
    pieces = [piece._replace(end=min(piece.end, total + 1)) for piece in pieces if piece.start <= total]
    if sum(piece.end - piece.start for piece in pieces) > len(fib.document):
        raise broken(
            Message(
                f"its piece table claims more characters than the {len(fib.document):,} bytes can hold",
                f"分段表声称的字数超出 {len(fib.document):,} 字节所能容纳",
            )
        )
    return PieceTable(pieces, "".join(_text(piece, fib.document, code_page) for piece in pieces))


def _from_clx(fib: Fib, tables: bytes) -> list[Piece]:
    offset, size = fib.pair(PIECES)
    clx = tables[offset : offset + size]
    property_lists: list[bytes] = []
    place = 0
    while place + 5 <= len(clx):
        if clx[place] == _PRC:
            length = int.from_bytes(clx[place + 1 : place + 3], "little")
            property_lists.append(clx[place + 3 : place + 3 + length])
            place += 3 + length
        elif clx[place] == _PCDT:
            length = int.from_bytes(clx[place + 1 : place + 5], "little")
            return _from_plc(clx[place + 5 : place + 5 + length], property_lists, fib)
        else:
            break
    raise broken(
        Message(
            "its piece table, which says where the text is, is missing or damaged",
            "缺少记录正文位置的分段表，或分段表已损坏",
        )
    )


def _from_plc(plc: bytes, property_lists: list[bytes], fib: Fib) -> list[Piece]:
    """The pieces of a PlcPcd: n + 1 CPs, then n Pcds of eight bytes."""
    count = (len(plc) - 4) // 12
    if count < 1:
        raise broken(Message("its piece table is empty", "分段表为空"))
    cps = struct.unpack_from(f"<{count + 1}I", plc)
    pieces = []
    for number in range(count):
        start, end = cps[number], cps[number + 1]
        _, fc, prm = struct.unpack_from("<HIH", plc, 4 * (count + 1) + 8 * number)
        if start > end or (number == 0 and start):
            raise broken(Message("its piece table is not in order", "分段表次序错乱"))
        if not fib.is_word_97:
            offset, width = fc, fib.width_in_word_6
        elif fc & _F_COMPRESSED:
            offset, width = (fc & ~_F_COMPRESSED) // 2, 1
        else:
            offset, width = fc & ~_F_COMPRESSED, 2
        if start < end:
            pieces.append(Piece(start, end, offset, width, _prm(prm, property_lists, fib.is_word_97)))
    return pieces


def _prm(prm: int, property_lists: list[bytes], is_word_97: bool) -> bytes:
    """The sprms of a Prm: one of a short list, or a list that stands in the CLX before the pieces."""
    if prm & 1:
        number = prm >> 1
        listed = property_lists[number] if number < len(property_lists) else b""
        return listed if is_word_97 else from_word_6(listed)
    number, operand = (prm >> 1) & 0x7F, prm >> 8
    if not is_word_97:
        return from_word_6(bytes([number, operand]))
    sprm = _SHORT_SPRMS.get(number)
    return b"" if sprm is None else struct.pack("<HB", sprm, operand)


def _bytes_of(piece: Piece, document: bytes) -> bytes:
    stored = document[piece.offset : piece.offset + (piece.end - piece.start) * piece.width]
    if len(stored) < (piece.end - piece.start) * piece.width:
        raise broken(
            Message(
                f"the text from character {piece.start:,} on should stand at byte {piece.offset:,} of a stream of "
                f"{len(document):,} bytes",
                f"第 {piece.start:,} 个字符起的正文应在流的第 {piece.offset:,} 字节，而流只有 {len(document):,} 字节",
            )
        )
    return stored


def _text(piece: Piece, document: bytes, code_page: str | None) -> str:
    """The characters of a piece, one for each CP; Word 6/95 stores them in a code page."""
    stored = _bytes_of(piece, document)
    if piece.width == 2 and code_page is not None:
        return decode_wide(stored, code_page)
    if piece.width == 2:
        text = stored.decode("utf-16-le", "surrogatepass")
        if len(text) * 2 != len(stored):
            return "".join(map(chr, struct.unpack(f"<{len(stored) // 2}H", stored)))
        return text
    if code_page is None:
        return codecs.charmap_decode(stored, "strict", _COMPRESSED)[0]
    return decode(stored, code_page)
