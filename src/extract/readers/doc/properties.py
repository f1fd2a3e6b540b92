"""The properties of paragraphs and runs, by character ([MS-DOC] 2.4.6: bin tables, FKPs, PAPX and CHPX).

A bin table names pages of 512 bytes (FKP). A page tells, for stretches of bytes of the text, where on the page the
list of sprms lies that applies to them. What a paragraph is hangs on its mark alone; the other characters do not count.
"""

from __future__ import annotations

import re
import struct
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from extract.language import Message
from extract.readers.doc import sprms as op
from extract.readers.doc.container import broken
from extract.readers.doc.fib import CHARACTER_BIN_TABLE, PARAGRAPH_BIN_TABLE, Fib
from extract.readers.doc.pieces import PieceTable
from extract.readers.doc.rows import RowProperties, read_row
from extract.readers.doc.sprms import from_word_6, sprms
from extract.readers.symbols import SIGNS

_PAGE = 512
_PAGE_NUMBER = 0x3FFFFF
_TABLE_PROPERTIES = op.P_TABLE_PROPERTIES.to_bytes(2, "little")


@dataclass(frozen=True, slots=True)
class ParagraphProperties:
    """What a paragraph mark says: how deep in tables it stands, what it ends there, and which list it stands in.

    `row` is None unless it ends a row. `list_number` is the operand of sprmPIlfo, 0 outside all lists.
    """

    depth: int
    ends_inner_cell: bool
    row: RowProperties | None
    list_number: int = 0
    list_level: int = 0


@dataclass(slots=True)
class RunProperties:
    """What changes how the characters of a run read; fonts are numbers of the font table."""

    is_deleted: bool = False
    is_hidden: bool = False
    is_underlined: bool = False
    symbol: tuple[int, int] | None = None
    letter_font: int | None = None
    fonts: tuple[int, ...] = ()
    picture: int | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """Characters (CPs `start` to `end`) whose properties change how they read."""

    start: int
    end: int
    properties: RunProperties


def read_paragraph(
    found: list[tuple[int, bytes]], row_of: Callable[[list[tuple[int, bytes]]], RowProperties] = read_row
) -> ParagraphProperties:
    """The properties of a paragraph from its sprms."""
    in_table, depth, ends_row, ends_inner_cell = False, 0, False, False
    list_number, list_level = 0, 0
    for code, operand in found:
        if code == op.P_IN_TABLE:
            in_table = operand[0] != 0
        elif code == op.P_TABLE_DEPTH:
            depth = int.from_bytes(operand, "little", signed=True)
        elif code == op.P_DEPTH_CHANGE:
            depth += int.from_bytes(operand, "little", signed=True)
        elif code in (op.P_TABLE_ROW_END, op.P_INNER_ROW_END):
            ends_row = ends_row or operand[0] != 0
        elif code == op.P_INNER_CELL:
            ends_inner_cell = operand[0] != 0
        elif code == op.P_LIST:
            list_number = int.from_bytes(operand, "little")
        elif code == op.P_LIST_LEVEL:
            list_level = operand[0]
    depth = max(depth, 0) or int(in_table)
    row = row_of(found) if ends_row and depth else None
    return ParagraphProperties(depth, ends_inner_cell and depth > 1, row, list_number, list_level)


class Properties:
    """The properties of a document, out of its WordDocument, table and Data streams."""

    def __init__(
        self, fib: Fib, tables: bytes, data: bytes, pieces: PieceTable, of_styles: Sequence[bytes] = ()
    ) -> None:
        """`of_styles` are the sprms that each style, by its number, puts before those of its paragraphs."""
        self._of_styles = of_styles
        self._fib = fib
        self._tables = tables
        self._data = data
        self._pieces = pieces
        self._paragraphs_by_papx: dict[bytes, ParagraphProperties] = {}
        self._defines_columns: dict[bytes, bool] = {}
        self._known_rows: dict[tuple[tuple[int, bytes], ...], RowProperties] = {}

    # --- Paragraphs ---

    def of_paragraphs(self, marks: Sequence[int]) -> list[ParagraphProperties]:
        """The properties of the paragraphs with these marks, given as CPs in ascending order."""
        ends, papxs = self._papxs()
        found: list[ParagraphProperties] = []
        known, number = self._paragraphs_by_papx, 0
        for piece in self._pieces.pieces:
            run, runs = bisect_right(ends, piece.offset), len(ends)
            start, end, width, prm = piece.start, piece.end, piece.width, piece.prm
            while number < len(marks) and marks[number] < end:
                place = piece.offset + (marks[number] - start) * width
                while run < runs and ends[run] <= place:
                    run += 1
                papx = papxs[run] + prm if run < runs else prm
                found.append(known.get(papx) or self._read_papx(papx))
                number += 1
        return found

    def _papxs(self) -> tuple[list[int], list[bytes]]:
        """The sprms of all paragraphs with where each paragraph's bytes end, in ascending order."""
        ends: list[int] = []
        papxs: list[bytes] = []
        size_of_entry, read = (13, _papx_on_page) if self._fib.is_word_97 else (7, _papx_on_page_of_word_6)
        for page in self._pages(PARAGRAPH_BIN_TABLE):
            count = page[_PAGE - 1]
            first = 4 * (count + 1)
            ends += struct.unpack_from(f"<{count}I", page, 4) if first < _PAGE else ()
            # Where the sprms lie, in words; paragraphs that are alike share them, and 0 stands for none.
            words = page[first : min(first + size_of_entry * count, _PAGE - 1) : size_of_entry]
            on_page = {word: read(page, 2 * word) if word else b"" for word in set(words)}
            if self._of_styles:
                on_page = {word: self._of_style(page, 2 * word) + papx for word, papx in on_page.items()}
            papxs += map(on_page.__getitem__, words)
            # A damaged page may have no room for all that it counts.
            papxs += [b""] * (len(ends) - len(papxs))
        if any(map(int.__gt__, ends, ends[1:])):
            in_order = sorted(zip(ends, papxs, strict=True), key=lambda pair: pair[0])
            return [end for end, _ in in_order], [papx for _, papx in in_order]
        return ends, papxs

    def _of_style(self, page: bytes, place: int) -> bytes:
        """The sprms that the style of a PapxInFkp puts before its own; style 0 where there is no PAPX."""
        place += 1 if page[place] else 2
        number = int.from_bytes(page[place : place + 2], "little") if place > 2 else 0
        return self._of_styles[number] if number < len(self._of_styles) else b""

    def _read_papx(self, papx: bytes) -> ParagraphProperties:
        told, known = self._without_repetition(papx), self._paragraphs_by_papx
        if told not in known:
            known[told] = read_paragraph(self._with_lists_in_data(told), self._row)
        known[papx] = known[told]
        return known[papx]

    def _without_repetition(self, papx: bytes) -> bytes:
        """Without a sprmPTableProps in front of what it only says again: each row has another, and all else alike."""
        if not papx.startswith(_TABLE_PROPERTIES):
            return papx
        behind = papx[len(_TABLE_PROPERTIES) + 4 :]
        if behind not in self._defines_columns:
            self._defines_columns[behind] = any(code == op.T_DEFINITION for code, _ in sprms(behind))
        return behind if self._defines_columns[behind] else papx

    def _row(self, found: list[tuple[int, bytes]]) -> RowProperties:
        """The properties of a row; most rows of a table have the same."""
        telling = tuple(sprm for sprm in found if sprm[0] != op.P_TABLE_PROPERTIES)
        row = self._known_rows.get(telling)
        if row is None:
            row = self._known_rows[telling] = read_row(telling)
        return row

    def _with_lists_in_data(self, papx: bytes) -> list[tuple[int, bytes]]:
        """The sprms of a PAPX, with those that lie in the Data stream, which do not point on.

        sprmPHugePapx stands for sprms too many for a page. sprmPTableProps says again, for Word 2000 and later, what
        stands behind it for Word 97: it is needed only where the definition of the columns is missing.
        """
        found: list[tuple[int, bytes]] = []
        for sprm in sprms(papx):
            found += sprms(self._list_in_data(sprm[1])) if sprm[0] in op.P_HUGE else (sprm,)
        codes = [code for code, _ in found]
        if op.P_TABLE_PROPERTIES not in codes or op.T_DEFINITION in codes:
            return found
        place = codes.index(op.P_TABLE_PROPERTIES)
        return found[:place] + sprms(self._list_in_data(found[place][1])) + found[place + 1 :]

    def _list_in_data(self, operand: bytes) -> bytes:
        """The PrcData at an offset of the Data stream ([MS-DOC] 2.9.210)."""
        offset = int.from_bytes(operand, "little")
        size = int.from_bytes(self._data[offset : offset + 2], "little")
        if offset + 2 > len(self._data):
            raise broken(
                Message(
                    "the properties of a table row should stand in its Data stream, which is missing or cut off",
                    "表格行的属性应在 Data 流中，而该流缺失或不完整",
                )
            )
        return self._data[offset + 2 : offset + 2 + size]

    # --- Runs ---

    def of_runs(self, telling_fonts: Sequence[int]) -> list[Run]:
        """The runs whose properties change how they read, in the order of the pieces; most runs have none."""
        codes = [op.C_DELETED, op.C_HIDDEN, op.C_PICTURE, op.C_SYMBOL]
        if any(sign in self._pieces.text for sign in SIGNS):
            codes.append(op.C_UNDERLINE)
        telling = _telling_sprms(codes, telling_fonts, is_word_97=self._fib.is_word_97)
        read = partial(_read_chpx, telling_fonts=frozenset(telling_fonts))
        stretches = list(self._telling_chpxs(telling, read))
        ends = [end for _, end, _ in stretches]
        found: list[Run] = []
        for piece in self._pieces.pieces:
            to_cp = partial(_cp_in, piece.start, piece.offset, piece.width)
            piece_end = piece.offset + (piece.end - piece.start) * piece.width
            for number in range(bisect_right(ends, piece.offset), len(stretches)):
                start, end, properties = stretches[number]
                if start >= piece_end:
                    break
                found.append(Run(to_cp(max(start, piece.offset)), to_cp(min(end, piece_end)), properties))
            if piece.prm and telling.search(piece.prm):
                prm = read(piece.prm)
                if prm is not None:
                    found.append(Run(piece.start, piece.end, prm))
        return found

    def _telling_chpxs(
        self, telling: re.Pattern[bytes], read: Callable[[bytes], RunProperties | None]
    ) -> list[tuple[int, int, RunProperties]]:
        """Where in the stream the telling runs begin and end; pages without a telling sprm are not looked through."""
        found: list[tuple[int, int, RunProperties]] = []
        known: dict[bytes, RunProperties | None] = {b"": None}
        for page in self._pages(CHARACTER_BIN_TABLE):
            if not telling.search(page):
                continue
            count = page[_PAGE - 1]
            first = 4 * (count + 1)
            if first + count >= _PAGE:
                continue
            bounds = struct.unpack_from(f"<{count + 1}I", page)
            for number, word in enumerate(page[first : first + count]):
                chpx = page[2 * word + 1 : 2 * word + 1 + page[2 * word]] if word else b""
                if chpx not in known:
                    known[chpx] = read(chpx if self._fib.is_word_97 else from_word_6(chpx))
                properties = known[chpx]
                if properties is not None and bounds[number] < bounds[number + 1]:
                    found.append((bounds[number], bounds[number + 1], properties))
        found.sort(key=lambda run: run[:2])
        return found

    # --- Pages ---

    def _pages(self, bin_table: int) -> Iterator[bytes]:
        """The FKPs that a bin table names, each once."""
        document = self._fib.document
        for number in dict.fromkeys(self._page_numbers(bin_table)):
            page = document[number * _PAGE : (number + 1) * _PAGE]
            if not page:
                raise broken(
                    Message(
                        f"its properties should stand on page {number:,}, behind the end of the stream",
                        f"属性应在第 {number:,} 页，超出流的末尾",
                    )
                )
            # The last page of a stream may be cut where its zeros begin.
            yield page.ljust(_PAGE, b"\0")

    def _page_numbers(self, bin_table: int) -> list[int]:
        """The page numbers of a PlcBtePapx or PlcBteChpx ([MS-DOC] 2.8.5 and 2.8.6)."""
        offset, size = self._fib.pair(bin_table)
        size_of_number = 4 if self._fib.is_word_97 else 2
        count = (min(size, max(0, len(self._tables) - offset)) - 4) // (4 + size_of_number)
        if count < 1:
            return []
        format_ = f"<{count}{'I' if size_of_number == 4 else 'H'}"
        numbers = [
            number & _PAGE_NUMBER for number in struct.unpack_from(format_, self._tables, offset + 4 * (count + 1))
        ]
        if not self._fib.is_word_97:
            first, total = self._fib.pages_of_word_6(bin_table)
            if total > count and first:
                return list(range(first, first + total))
        return numbers


def _cp_in(start: int, offset: int, width: int, place: int) -> int:
    return start + (place - offset + width - 1) // width


def _papx_on_page(page: bytes, place: int) -> bytes:
    """The sprms of a PapxInFkp ([MS-DOC] 2.9.175), without the style number before them."""
    words = page[place]
    if words:
        return page[place + 3 : min(place + 2 * words, _PAGE - 1)]
    words = page[place + 1]
    return page[place + 4 : min(place + 2 + 2 * words, _PAGE - 1)]


def _papx_on_page_of_word_6(page: bytes, place: int) -> bytes:
    """The same in Word 6/95, where the size does not count its own byte."""
    return from_word_6(page[place + 3 : place + 1 + 2 * page[place]])


def _telling_sprms(
    telling_codes: Sequence[int], telling_fonts: Sequence[int], *, is_word_97: bool
) -> re.Pattern[bytes]:
    """Matches bytes that may hold a sprm which changes how a run reads."""
    if not is_word_97:
        return re.compile(b"")
    codes = [struct.pack("<H", code) for code in telling_codes]
    fonts = [struct.pack("<H", number) for number in telling_fonts]
    codes += [struct.pack("<H", code) + font for code in op.C_FONTS for font in fonts]
    return re.compile(b"|".join(map(re.escape, codes)), re.DOTALL)


def _read_chpx(chpx: bytes, telling_fonts: frozenset[int]) -> RunProperties | None:
    properties = RunProperties()
    is_telling = False
    fonts: dict[int, int] = {}
    for code, operand in sprms(chpx):
        if code == op.C_DELETED:
            properties.is_deleted = operand[0] != 0
        elif code == op.C_HIDDEN:
            # 0x80 and 0x81 mean "as in the style" and "other than in the style", where text is not hidden.
            properties.is_hidden = operand[0] in (1, 0x81)
        elif code == op.C_UNDERLINE:
            properties.is_underlined = operand[0] != 0
        elif code == op.C_PICTURE:
            properties.picture = int.from_bytes(operand, "little")
            is_telling = True
        elif code == op.C_SYMBOL:
            font, character = struct.unpack("<HH", operand)
            properties.symbol = (font, character)
            is_telling = True
        elif code in op.C_FONTS:
            fonts[code] = int.from_bytes(operand, "little")
    symbolic = tuple(dict.fromkeys(font for font in fonts.values() if font in telling_fonts))
    if symbolic:
        letter_font = fonts.get(op.C_FONTS[0])
        properties.letter_font = letter_font if letter_font in telling_fonts else None
        properties.fonts = symbolic
    if is_telling or symbolic or properties.is_deleted or properties.is_hidden or properties.is_underlined:
        return properties
    return None
