"""The File Information Block at the start of the WordDocument stream: where everything else is ([MS-DOC] 2.5)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import NamedTuple

from extract.errors import ReadError
from extract.language import Message
from extract.readers.doc.container import broken

_WORD_97 = 0xC0
_WORD_6 = 100
_LAST_VERSION = 0x112
# What a FIB begins with (wIdent) in Word 97 and later, in Word 6/95, in its East Asian editions, and before.
_IDENTIFIERS = frozenset((0xA5EC, 0xA5DC, 0xA697, 0xA698, 0xA699, 0xA5DB))

F_COMPLEX = 0x0004
F_ENCRYPTED = 0x0100
_F_WHICH_TABLE_STREAM = 0x0200
_F_WIDE_CHARACTERS = 0x1000

# Where a FIB keeps its counts of characters and its pairs of offset and size, in Word 97 and in Word 6/95. The pairs
# that both versions have stand in the same order.
_COUNTS_97, _PAIRS_97 = 0x4C, 0x9A
_COUNTS_6, _PAIRS_6 = 0x34, 0x58
_PAIRS_OF_WORD_6 = 38
_BIN_TABLES_6 = 0x18A
_COMPUTER = 0x14

STYLES = 1
FOOTNOTE_TEXTS = 3
ANNOTATION_TEXTS = 5
HEADERS = 11
CHARACTER_BIN_TABLE = 12
PARAGRAPH_BIN_TABLE = 13
FONTS = 15
PIECES = 33
SHAPES_IN_MAIN = 40
ENDNOTE_TEXTS = 47
DRAWINGS = 50
TEXT_BOX_TEXTS = 56
HEADER_TEXT_BOX_TEXTS = 58
LISTS = 73
LIST_OVERRIDES = 74


class Counts(NamedTuple):
    """How many characters each part of the document has, in the order in which they follow each other."""

    main: int
    footnotes: int
    headers: int
    macros: int
    annotations: int
    endnotes: int
    text_boxes: int
    header_text_boxes: int


@dataclass(frozen=True, slots=True)
class Fib:
    """What the FIB says; `table_stream` is None in Word 6/95, which keeps its tables in the WordDocument stream."""

    document: bytes
    version: int
    is_word_97: bool
    is_complex: bool
    width_in_word_6: int
    language: int
    computer: int
    text_start: int
    text_end: int
    counts: Counts
    table_stream: str | None

    def pair(self, number: int) -> tuple[int, int]:
        """Offset and size (fc, lcb) of the structure with this number in FibRgFcLcb97."""
        if not self.is_word_97 and number >= _PAIRS_OF_WORD_6:
            return 0, 0
        place = (_PAIRS_97 if self.is_word_97 else _PAIRS_6) + 8 * number
        if place + 8 > len(self.document):
            return 0, 0
        offset, size = struct.unpack_from("<II", self.document, place)
        return offset, size

    def pages_of_word_6(self, bin_table: int) -> tuple[int, int]:
        """First page and number of pages of the FKPs in Word 6/95, whose bin table may name only some of them."""
        first_chpx, first_papx, chpx, papx = struct.unpack_from("<4H", self.document, _BIN_TABLES_6)
        return (first_chpx, chpx) if bin_table == CHARACTER_BIN_TABLE else (first_papx, papx)


def read_fib(document: bytes) -> Fib:
    """The FIB of a WordDocument stream.

    Raises ReadError `doc.encrypted`, `doc.too_old` for a header older than Word 6, and `doc.broken`.
    """
    if len(document) < _PAIRS_6 + 8 * _PAIRS_OF_WORD_6:
        raise broken(
            Message(
                f"its WordDocument stream has only {len(document)} bytes, less than its header needs",
                f"WordDocument 流只有 {len(document)} 字节，不够文件头所需",
            )
        )
    identifier, version, _, language, _, flags = struct.unpack_from("<6H", document)
    if identifier not in _IDENTIFIERS and not _WORD_97 <= version <= _LAST_VERSION:
        raise broken(
            Message(
                f"its WordDocument stream begins with {identifier:#06x}, as none that Word writes",
                f"WordDocument 流以 {identifier:#06x} 开头，Word 不会这样写",
            )
        )
    if version < _WORD_6:
        raise _too_old()
    if flags & F_ENCRYPTED:
        raise encrypted()
    is_word_97 = version >= _WORD_97
    if is_word_97 and len(document) < _PAIRS_97 + 8 * (PIECES + 1):
        raise broken(
            Message(
                f"its WordDocument stream has only {len(document)} bytes, less than its header needs",
                f"WordDocument 流只有 {len(document)} 字节，不够文件头所需",
            )
        )
    text_start, text_end = struct.unpack_from("<II", document, 0x18)
    counts = Counts(*struct.unpack_from("<8i", document, _COUNTS_97 if is_word_97 else _COUNTS_6))
    if is_word_97:
        # Its place is reserved, to be ignored whatever it holds.
        counts = counts._replace(macros=0)
    if min(counts) < 0:
        raise broken(Message(f"its header counts {min(counts):,} characters", f"文件头记录的字数为 {min(counts):,}"))
    table_stream = "1Table" if flags & _F_WHICH_TABLE_STREAM else "0Table"
    return Fib(
        document,
        version,
        is_word_97,
        bool(flags & F_COMPLEX),
        2 if flags & _F_WIDE_CHARACTERS else 1,
        language,
        int.from_bytes(document[_COMPUTER : _COMPUTER + 2], "little"),
        text_start,
        text_end,
        counts,
        table_stream if is_word_97 else None,
    )


def encrypted() -> ReadError:
    """The error for a Word file that is protected with a password."""
    return ReadError(
        "doc.encrypted",
        Message(
            "the Word file is protected with a password; open it in Word with the password and save it without one",
            "Word 文件设有密码，请在 Word 中用密码打开后另存为无密码文件",
        ),
    )


def _too_old() -> ReadError:
    """The error for a compound file with the header of Word 1 or 2, which had none."""
    return ReadError(
        "doc.too_old",
        Message(
            "the file has the header of a Word older than Word 6 (1993) in a package that this Word did not know; "
            "open it in LibreOffice or Word and save it as .docx",
            "文件头属于早于 Word 6（1993 年）的版本，而该版本没有这种封装；请用 LibreOffice 或 Word 打开后另存为 .docx",
        ),
    )
