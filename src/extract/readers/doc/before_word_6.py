"""Reads what came before Word 6: Word for Windows 1 and 2, Microsoft Write, and Word for DOS.

These files are no compound files. Their text lies in one stretch, in the code page of the computer that wrote it, and a
paragraph ends with two characters, of which the second is passed over here.

Word 1 and 2    a FIB as in Word 6, but with shorter pairs (offset of four bytes, size of two), and tables
Write, DOS      a header of 128 bytes, pages of 128 bytes that tell which paragraphs are page headers or pictures

Only the text and the tables are read: deleted and hidden text stays in, and letters in a symbol font stay letters.
"""

from __future__ import annotations

import re
import struct
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, groupby, pairwise
from typing import NamedTuple

from extract.document import Block, Document, TextWriter
from extract.errors import ReadError
from extract.language import Message
from extract.readers.doc.code_pages import code_page_of_document, decode, is_chinese
from extract.readers.doc.container import broken
from extract.readers.doc.fib import F_COMPLEX, F_ENCRYPTED, PARAGRAPH_BIN_TABLE, encrypted
from extract.readers.doc.garbled import refuse_garbled
from extract.readers.doc.inlines import Inlines
from extract.readers.doc.properties import ParagraphProperties, read_paragraph
from extract.readers.doc.sprms import from_word_2, sprms
from extract.readers.doc.stories import Stories
from extract.readers.doc.tables import RawBlock, is_blank, write_story

FORMAT = "doc"

# Word 1 and 2 with their nFib, since 0xDB 0xA5 alone is the character 郓 in GBK; Write and Word for DOS.
_SIGNATURE = re.compile(rb"(?:[\x9b\xdb]\xa5.\0)|(?:[12]\xbe\0\0)", re.DOTALL)
_SECOND_BYTE_OF_WRITE = 0xBE

_NO_TABLE = ParagraphProperties(0, ends_inner_cell=False, row=None)


def accepts(data: bytes) -> bool:
    """Whether `data` begins like a file of one of these programs."""
    return _SIGNATURE.match(data) is not None


def read(data: bytes) -> Document:
    """The content of `data`: the body, then page headers, notes and comments as asides.

    Raises ReadError if the file is broken, encrypted, fast-saved or in a code page that can not be told.
    """
    return _read_write(data) if data[1] == _SECOND_BYTE_OF_WRITE else _read_word_2(data)


def _write(body: Sequence[RawBlock], asides: Sequence[list[RawBlock]], unread: tuple[str, ...] = ()) -> Document:
    out = TextWriter()
    blocks = write_story(body, out)
    written: list[Block] = []
    for aside in asides:
        while aside and is_blank(aside[-1:]):
            aside.pop()
        written += write_story(aside, out)
    return Document(FORMAT, None, out.text(), blocks, tuple(written), unread)


def _inlines(text: str) -> Inlines:
    return Inlines(text, [], [], lambda _: None)


# --- Word for Windows 1 and 2 ---

_FIB_SIZE = 0x146
_LANGUAGE, _TEXT, _COUNTS, _PAIRS, _PAPX_PAGES = 0x06, 0x18, 0x34, 0x58, 0x140
_PAGE = 512
# A PAPX holds its size in words, the style and the height (PHE) before its sprms.
_BEFORE_SPRMS = 8


def _read_word_2(data: bytes) -> Document:
    if len(data) < _FIB_SIZE:
        raise broken(
            Message(
                f"it ends after {len(data)} bytes, within its header", f"文件只有 {len(data)} 字节，在文件头内就结束了"
            )
        )
    language, _, flags = struct.unpack_from("<3H", data, _LANGUAGE)
    if flags & F_ENCRYPTED:
        raise encrypted()
    if flags & F_COMPLEX:
        raise _fast_saved()
    start, end = struct.unpack_from("<2I", data, _TEXT)
    counts = struct.unpack_from("<5i", data, _COUNTS)
    if not _FIB_SIZE <= start <= end <= len(data):
        raise broken(
            Message(
                f"its text should stand from byte {start:,} to {end:,} of {len(data):,}",
                f"正文应在第 {start:,} 至 {end:,} 字节，而文件只有 {len(data):,} 字节",
            )
        )
    if min(counts) < 0 or sum(counts) > end - start:
        raise broken(
            Message(
                f"its header counts more characters than the {end - start:,} of its text",
                f"文件头记录的字数多于正文的 {end - start:,} 个字符",
            )
        )
    text = _in_code_page(data[start:end], _code_page_of_word_2(data[start:end], language))
    refuse_garbled(text.replace("\0", ""))
    papxs = _Papxs(data)
    stories = Stories(text, lambda marks: [papxs.at(start + mark) for mark in marks], _inlines(text))
    body, footnotes, headers, _, annotations = (
        stories.read(first, last, {}) for first, last in pairwise((0, *accumulate(counts)))
    )
    return _write(body, [headers, footnotes, annotations])


def _code_page_of_word_2(stored: bytes, language: int) -> str:
    page = code_page_of_document(language, 0, ())
    return _CHINESE if page == _WESTERN and is_chinese(stored) else page


class _Papxs:
    """The properties of the paragraphs, by where their bytes end; read as in Word 6, but for their layout."""

    def __init__(self, data: bytes) -> None:
        by_end = sorted(
            papx
            for number in _page_numbers(data)
            for papx in _papxs_on_page(data[_PAGE * number : _PAGE * (number + 1)])
        )
        self._ends = [end for end, _ in by_end]
        self._sprms = [sprms for _, sprms in by_end]
        self._known: dict[bytes, ParagraphProperties] = {b"": _NO_TABLE}

    def at(self, offset: int) -> ParagraphProperties:
        """The properties of the paragraph whose mark stands at `offset`."""
        number = bisect_right(self._ends, offset)
        papx = self._sprms[number] if number < len(self._ends) else b""
        if papx not in self._known:
            self._known[papx] = read_paragraph(sprms(from_word_2(papx)))
        return self._known[papx]


def _page_numbers(data: bytes) -> Sequence[int]:
    """The pages that the bin table names, or all of them where the header counts more."""
    offset, size = struct.unpack_from("<IH", data, _PAIRS + 6 * PARAGRAPH_BIN_TABLE)
    count = max(0, (min(size, len(data) - offset) - 4) // 6)
    first, _, total = struct.unpack_from("<3H", data, _PAPX_PAGES)
    if total > count and first:
        return range(first, first + total)
    return struct.unpack_from(f"<{count}H", data, offset + 4 * (count + 1)) if count else ()


def _papxs_on_page(page: bytes) -> Iterator[tuple[int, bytes]]:
    """Where each paragraph of a page ends, and its sprms."""
    if len(page) < _PAGE:
        raise broken(
            Message("its properties should stand on a page behind the end of the file", "属性页应在文件末尾之后")
        )
    count = page[-1]
    first = 4 * (count + 1)
    if first + count >= _PAGE:
        raise broken(
            Message(
                f"a page of its properties counts {count} paragraphs, more than it can hold",
                f"一个属性页记有 {count} 个段落，超出容量",
            )
        )
    for end, word in zip(struct.unpack_from(f"<{count}I", page, 4), page[first : first + count], strict=True):
        place = 2 * word
        yield end, page[place + _BEFORE_SPRMS : place + 1 + 2 * page[place]] if word else b""


# --- Write and Word for DOS ---

_HEADER = 128
_WRITE_PAGE = 128
_END_OF_TEXT, _PAGES, _COUNT_OF_PAGES, _AUTOSAVED, _DOS_CODE_PAGE = 0x0E, 0x12, 0x60, 0x75, 0x7E
_F_AUTOSAVED = 0x02
_NO_PROPERTIES = 0xFFFF

# Byte 16 of a paragraph's properties (PAP), behind their size: what it is besides text of the body.
_WHERE = 17
_F_PICTURE, _WRITE_MARGIN, _DOS_MARGIN = 0x10, 0x06, 0x0E
_BODY, _MARGIN, _PICTURE = range(3)

_WESTERN, _CHINESE = "cp1252", "gbk"
_DOS_WESTERN = "cp437"
_FIRST_LETTER_BEYOND_ASCII = 0xC0
_DOS_CODE_PAGES: dict[int, str] = {936: "gbk"} | {
    number: f"cp{number}"
    for number in (437, 737, 775, 850, 852, 855, 857, 858, *range(860, 867), 869, 874, 932, 949, 950)
}


class _Stretch(NamedTuple):
    """Paragraphs of one kind, from byte `start` to `end`."""

    kind: int
    start: int
    end: int


def _read_write(data: bytes) -> Document:
    if len(data) < _HEADER:
        raise broken(
            Message(
                f"it ends after {len(data)} bytes, within its header", f"文件只有 {len(data)} 字节，在文件头内就结束了"
            )
        )
    is_dos = not any(data[_COUNT_OF_PAGES : _COUNT_OF_PAGES + 2])
    if is_dos and data[_AUTOSAVED] & _F_AUTOSAVED:
        raise _fast_saved()
    end = int.from_bytes(data[_END_OF_TEXT : _END_OF_TEXT + 4], "little")
    if not _HEADER <= end <= len(data):
        raise broken(
            Message(
                f"its text should end at byte {end:,} of {len(data):,}",
                f"正文应止于第 {end:,} 字节，而文件只有 {len(data):,} 字节",
            )
        )
    stretches = _stretches(data, end, is_dos=is_dos)
    shown = b"".join(data[first:last] for kind, first, last in stretches if kind != _PICTURE)
    page = _code_page_of_dos(data, shown) if is_dos else _code_page_of_write(shown)
    text = "".join(
        "\0" * (last - first) if kind == _PICTURE else _in_code_page(data[first:last], page)
        for kind, first, last in stretches
    )
    refuse_garbled(text.replace("\0", ""))
    stories = Stories(text, lambda marks: [_NO_TABLE] * len(marks), _inlines(text))
    body: list[RawBlock] = []
    margins = []
    for kind, first, last in stretches:
        blocks = stories.read(first - _HEADER, last - _HEADER, {}) if kind != _PICTURE else []
        if kind == _MARGIN:
            margins.append(blocks)
        else:
            body += blocks
    has_picture = any(kind == _PICTURE for kind, _, _ in stretches)
    return _write(body, margins, ("picture",) if has_picture else ())


def _stretches(data: bytes, end: int, *, is_dos: bool) -> list[_Stretch]:
    """The text in stretches of one kind each; what no page speaks of is text of the body."""
    found = []
    start = _HEADER
    for limit, where in _paragraphs(data):
        if limit < start:
            raise broken(
                Message(
                    f"a paragraph should end at byte {limit:,}, before it begins",
                    f"一个段落应止于第 {limit:,} 字节，早于其开头",
                )
            )
        # The last paragraph may claim a byte more than the text has.
        limit = min(limit, end)
        kind = _MARGIN if where & (_DOS_MARGIN if is_dos else _WRITE_MARGIN) else _BODY
        if where & _F_PICTURE and not is_dos:
            kind = _PICTURE
        found.append(_Stretch(kind, start, limit))
        start = limit
    found.append(_Stretch(_BODY, start, end))
    united = (list(alike) for _, alike in groupby(found, key=lambda stretch: stretch.kind))
    return [_Stretch(alike[0].kind, alike[0].start, alike[-1].end) for alike in united]


def _paragraphs(data: bytes) -> Iterator[tuple[int, int]]:
    """Where each paragraph ends and what it is besides text of the body."""
    first, behind = struct.unpack_from("<2H", data, _PAGES)
    for number in range(first, behind):
        page = data[_WRITE_PAGE * number : _WRITE_PAGE * (number + 1)]
        if len(page) < _WRITE_PAGE:
            raise broken(
                Message(
                    f"its properties should stand on page {number:,}, behind the end of the file",
                    f"属性应在第 {number:,} 页，超出文件末尾",
                )
            )
        for entry in range(min(page[-1], (_WRITE_PAGE - 5) // 6)):
            limit, offset = struct.unpack_from("<IH", page, 4 + 6 * entry)
            pap = page[4 + offset : 5 + offset + page[4 + offset]] if 4 + offset < _WRITE_PAGE else b""
            yield limit, pap[_WHERE] if len(pap) > _WHERE else 0


def _code_page_of_write(stored: bytes) -> str:
    """Write does not say in which code page it stores text."""
    if is_chinese(stored):
        return _CHINESE
    letters = sum(bytes((byte,)).isalpha() for byte in stored)
    if sum(byte >= _FIRST_LETTER_BEYOND_ASCII for byte in stored) > letters:
        raise _unknown_code_page()
    return _WESTERN


def _code_page_of_dos(data: bytes, stored: bytes) -> str:
    number = int.from_bytes(data[_DOS_CODE_PAGE : _DOS_CODE_PAGE + 2], "little")
    if not number:
        return _CHINESE if is_chinese(stored) else _DOS_WESTERN
    if number not in _DOS_CODE_PAGES:
        raise _unknown_code_page()
    return _DOS_CODE_PAGES[number]


# --- All of them ---


def _in_code_page(stored: bytes, page: str) -> str:
    """The text, one character a byte, with a NUL where a byte is no character of its own."""
    return decode(stored, page).replace("\r\n", "\r\0")


def _fast_saved() -> ReadError:
    return ReadError(
        "doc.fast_saved",
        Message(
            "the file is an unfinished or fast save of a Word older than Word 6 (1993), whose text lies in pieces; "
            "open it in LibreOffice or Word and save it as .docx",
            "文件由早于 Word 6（1993 年）的版本快速保存或未保存完，正文分散成多段；请用 LibreOffice 或 Word "
            "打开后另存为 .docx",
        ),
    )


def _unknown_code_page() -> ReadError:
    return ReadError(
        "doc.unknown_code_page",
        Message(
            "the file does not tell in which code page its text is stored, and it is neither Western nor Chinese; "
            "open it in LibreOffice with the right character set and save it as .docx",
            "文件未注明正文的代码页，且既非西文也非中文；请在 LibreOffice 中选对字符集打开，另存为 .docx",
        ),
    )
