"""The binary Word reader, one behaviour a test, on the smallest file that shows it, written here byte by byte.

Files that LibreOffice wrote stand in tests/data.
"""

from __future__ import annotations

import contextlib
import math
import random
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.document import Block, Cell, Document, Paragraph, Table, walk_tables
from extract.errors import ReadError
from extract.readers import doc, docx

DATA = Path(__file__).parent / "data" / "doc"
CONVERTED = Path(__file__).parent / "data" / "containers"

# --------------------------------------------------------------------------------------------- a compound file

SECTOR, MINI_SECTOR = 512, 64
FREE, END_OF_CHAIN, FAT_SECTOR, NO_STREAM = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF


def compound(streams: Mapping[str, bytes], objects: Sequence[Sequence[str]] = ()) -> bytes:
    """A compound file with these streams; those under 4,096 bytes stand in the mini stream.

    `objects` are the storages of embedded objects, each with the names of its streams, which are empty.
    """
    mini_stream, mini_fat, sectors, fat = b"", [], [], []
    starts = {}

    def add(content: bytes, size: int, table: list[int]) -> int:
        count = max(1, math.ceil(len(content) / size))
        first = len(table)
        table += [*range(first + 1, first + count), END_OF_CHAIN]
        return first

    def add_stream(content: bytes) -> int:
        sectors.append(content.ljust(math.ceil(len(content) / SECTOR) * SECTOR, b"\0"))
        return add(content, SECTOR, fat)

    for name, content in streams.items():
        if len(content) >= 4096:
            starts[name] = add_stream(content)
        else:
            starts[name] = add(content, MINI_SECTOR, mini_fat)
            mini_stream += content.ljust(max(1, math.ceil(len(content) / MINI_SECTOR)) * MINI_SECTOR, b"\0")
    mini_start = add_stream(mini_stream) if mini_stream else END_OF_CHAIN
    mini_fat_start = add_stream(struct.pack(f"<{len(mini_fat)}I", *mini_fat)) if mini_fat else END_OF_CHAIN
    entries = [directory_entry("Root Entry", 5, NO_STREAM, 1 if streams else NO_STREAM, mini_start, len(mini_stream))]
    for number, (name, content) in enumerate(streams.items(), start=1):
        following = number + 1 if number < len(streams) or objects else NO_STREAM
        entries.append(directory_entry(name, 2, following, NO_STREAM, starts[name], len(content)))
    entries += object_pool(objects, len(entries)) if objects else []
    directory_start = add_stream(b"".join(entries))
    fat_sectors = math.ceil((len(fat) + 4) / (SECTOR // 4 - 1))
    fat_start = len(fat)
    fat += [FAT_SECTOR] * fat_sectors
    table = struct.pack(f"<{len(fat)}I", *fat).ljust(fat_sectors * SECTOR, b"\xff")
    header = struct.pack(
        "<8s16x5H6x3I4x5I",
        *(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6, 0, fat_sectors, directory_start, 4096),
        *(mini_fat_start, 1 if mini_fat else 0, END_OF_CHAIN, 0),
    )
    places = [*range(fat_start, fat_start + fat_sectors), *[FREE] * (109 - fat_sectors)]
    return header + struct.pack("<109I", *places) + b"".join(sectors) + table


def object_pool(objects: Sequence[Sequence[str]], number: int) -> Iterator[bytes]:
    """The entries of the storage of embedded objects, which is the entry of this number, and of what it holds."""
    yield directory_entry("ObjectPool", 1, NO_STREAM, number + 1, 0, 0)
    first = stream = number + 1 + len(objects)
    for at, names in enumerate(objects, start=number + 1):
        yield directory_entry(f"_{at}", 1, at + 1 if at + 1 < first else NO_STREAM, stream, 0, 0)
        stream += len(names)
    for names in objects:
        for at, name in enumerate(names, start=1):
            first += 1
            yield directory_entry(name, 2, first if at < len(names) else NO_STREAM, NO_STREAM, END_OF_CHAIN, 0)


def directory_entry(name: str, kind: int, right: int, child: int, start: int, size: int) -> bytes:
    stored = name.encode("utf-16-le") + b"\0\0"
    return struct.pack("<64sHBBIII36xIQ", stored, len(stored), kind, 1, NO_STREAM, right, child, start, size)


# ---------------------------------------------------------------------------------------------- a Word document


def sprm(code: int, operand: int | bytes) -> bytes:
    """A sprm with its operand; the top bits of the code tell the size of a number."""
    if isinstance(operand, bytes):
        return struct.pack("<H", code) + operand
    return struct.pack("<H", code) + operand.to_bytes(
        (1, 1, 2, 4, 2, 2, 0, 3)[code >> 13], "little", signed=operand < 0
    )


IN_TABLE = sprm(0x2416, 1)
ROW_END = sprm(0x2417, 1)
INNER_CELL, INNER_ROW_END = sprm(0x244B, 1), sprm(0x244C, 1)
DELETED, HIDDEN = sprm(0x0800, 1), sprm(0x083C, 1)
MERGE_RESTART, MERGE_CONTINUE = 0x60, 0x20


def depth(number: int) -> bytes:
    return IN_TABLE + sprm(0x6649, number)


def definition(edges: Sequence[int], flags: Sequence[int] = ()) -> bytes:
    """sprmTDefTable with these edges; `flags` of the first cells, the others have no TC80."""
    cells = b"".join(struct.pack("<H18x", flag) for flag in flags)
    operand = struct.pack(f"<B{len(edges)}h", len(edges) - 1, *edges) + cells
    return sprm(0xD608, struct.pack("<H", len(operand) + 1) + operand)


@dataclass
class Para:
    """A paragraph with its mark and its sprms, and runs of sprms in it by start and end."""

    text: str
    papx: bytes = b""
    runs: tuple[tuple[int, int, bytes], ...] = ()


def row(*cells: str, edges: Sequence[int] = (), flags: Sequence[int] = (), more: bytes = b"") -> list[Para]:
    """The paragraphs of a row; a cell's paragraphs are separated by "\\r"."""
    paragraphs = []
    for cell in cells:
        *before, last = cell.split("\r")
        paragraphs += [Para(text + "\r", depth(1)) for text in before] + [Para(last + "\x07", depth(1))]
    edges = edges or [1000 * number for number in range(len(cells) + 1)]
    return [*paragraphs, Para("\x07", depth(1) + ROW_END + definition(edges, flags) + more)]


@dataclass
class Piece:
    """How many characters, whether as 8-bit text, and the Prm."""

    length: int
    compressed: bool = False
    prm: int = 0


TEXT_AT = 0x800


def word(
    *paragraphs: Para | list[Para],
    pieces: Sequence[Piece] = (),
    lists: Sequence[bytes] = (),
    data: bytes = b"",
    fonts: Sequence[str] = (),
    parts: Sequence[int] = (),
    plcs: Mapping[int, bytes] = {},
    names: Mapping[str, str] = {},
    objects: Sequence[Sequence[str]] = (),
    flags: int = 0x0200,
    version: int = 0xC1,
) -> bytes:
    """A Word 97 file. `parts` are the counts of characters (the whole text is the body without them), `plcs` more
    structures by their number in the FIB. The pieces lie in the file in the opposite of their order.
    """
    paras = [para for each in paragraphs for para in (each if isinstance(each, list) else [each])]
    text = "".join(para.text for para in paras)
    units = text.encode("utf-16-le")
    length = len(units) // 2
    pieces = pieces or [Piece(length)]
    stored, offsets = b"", [0] * len(pieces)
    starts = [sum(piece.length for piece in pieces[:number]) for number in range(len(pieces))]
    for number in reversed(range(len(pieces))):
        part = units[2 * starts[number] : 2 * (starts[number] + pieces[number].length)]
        offsets[number] = TEXT_AT + len(stored)
        stored += part.decode("utf-16-le").encode("cp1252") if pieces[number].compressed else part

    def place(cp: int) -> int:
        number = max(n for n, start in enumerate(starts) if start <= cp)
        return offsets[number] + (cp - starts[number]) * (1 if pieces[number].compressed else 2)

    papxs, chpxs, cp = [], [], 0
    for para in paras:
        end = cp + len(para.text.encode("utf-16-le")) // 2
        papxs.append((place(end - 1), papx_page(para.papx, place(end - 1) + 1)))
        chpxs += [(place(cp + a), chpx_page(chpx, place(cp + a), place(cp + b - 1) + 1)) for a, b, chpx in para.runs]
        cp = end
    document = stored.ljust(math.ceil((TEXT_AT + len(stored)) / SECTOR) * SECTOR - TEXT_AT, b"\0")
    first_page = (TEXT_AT + len(document)) // SECTOR
    papxs.sort(), chpxs.sort()
    pages = [page for _, page in papxs + chpxs]
    structures = {
        33: clx(pieces, offsets, lists),
        13: bin_table([fc for fc, _ in papxs], first_page),
        12: bin_table([fc for fc, _ in chpxs], first_page + len(papxs)),
        15: struct.pack("<HH", len(fonts), 0) + b"".join(map(font, fonts)),
        **plcs,
    }
    tables = b"\0" * 16
    pairs = bytearray(8 * 93)
    for number, structure in structures.items():
        struct.pack_into("<II", pairs, 8 * number, len(tables), len(structure))
        tables += structure
    counts = [*(parts or [length]), *[0] * 8][:8]
    fib = (
        struct.pack("<6H20xH28xH12x8i", 0xA5EC, version, 0, 0x409, 0, flags, 14, 22, *counts).ljust(0x9A, b"\0") + pairs
    )
    contents = {
        "WordDocument": fib.ljust(TEXT_AT, b"\0") + document + b"".join(pages),
        "1Table" if flags & 0x0200 else "0Table": tables,
    }
    if data:
        contents["Data"] = data
    return compound({names.get(name, name): content for name, content in contents.items()}, objects)


def papx_page(papx: bytes, end: int) -> bytes:
    """An FKP with one paragraph, which ends before `end` (odd, so that it lies within the mark's two bytes)."""
    stored = b"\0\0" + papx
    stored += b"\0" * ((len(stored) + 1) % 2)
    body = bytes([0, len(stored) // 2]) + stored if len(stored) % 2 == 0 else bytes([(len(stored) + 1) // 2]) + stored
    at = (511 - len(body)) // 2 * 2
    page = bytearray(512)
    struct.pack_into("<II", page, 0, 0, end)
    page[8], page[511] = at // 2, 1
    page[at : at + len(body)] = body
    return bytes(page)


def chpx_page(chpx: bytes, start: int, end: int) -> bytes:
    body = bytes([len(chpx)]) + chpx
    at = (511 - len(body)) // 2 * 2
    page = bytearray(512)
    struct.pack_into("<II", page, 0, start, end)
    page[8], page[511] = at // 2, 1
    page[at : at + len(body)] = body
    return bytes(page)


def bin_table(fcs: Sequence[int], first_page: int) -> bytes:
    pages = range(first_page, first_page + len(fcs))
    return struct.pack(f"<{2 * len(fcs) + 1}I", *fcs, 0xFFFF, *pages) if fcs else b""


def clx(pieces: Sequence[Piece], offsets: Sequence[int], lists: Sequence[bytes]) -> bytes:
    cps = [sum(piece.length for piece in pieces[:number]) for number in range(len(pieces) + 1)]
    plc = struct.pack(f"<{len(cps)}I", *cps)
    for piece, offset in zip(pieces, offsets, strict=True):
        fc = offset * 2 | 0x40000000 if piece.compressed else offset
        plc += struct.pack("<HIH", 0, fc, piece.prm)
    prcs = b"".join(b"\x01" + struct.pack("<H", len(each)) + each for each in lists)
    return prcs + b"\x02" + struct.pack("<I", len(plc)) + plc


def font(name: str) -> bytes:
    entry = bytes(39) + name.encode("utf-16-le") + b"\0\0"
    return bytes([len(entry)]) + entry


# ------------------------------------------------------------------------------------------------ what came out


def read(*paragraphs: Para | list[Para], **more: object) -> Document:
    return doc.read(word(*paragraphs, **more))  # type: ignore[arg-type]


def texts(document: Document) -> list[str]:
    return [text_of(document, block) for block in document.blocks]


def text_of(document: Document, block: Block) -> str:
    return document.text[block.start : block.end] if isinstance(block, Paragraph) else "<table>"


def grid(document: Document, number: int = 0) -> list[list[tuple[str, int, int, int]]]:
    """Text, column and spans (rows, columns) of each cell of a table."""
    table = list(walk_tables(document.blocks))[number]
    return [[(cell_text(document, c), c.column, c.row_span, c.column_span) for c in cells] for cells in table.rows]


def cell_text(document: Document, cell: Cell) -> str:
    return document.text[cell.start : cell.end]


def code_of(data: bytes) -> str:
    with pytest.raises(ReadError) as caught:
        doc.read(data)
    assert not caught.value.message.en[0].isupper()
    assert not caught.value.message.en.endswith(".")
    return caught.value.code


# ------------------------------------------------------------------------------------------------- text and pieces


def test_paragraphs_follow_each_other_with_line_breaks() -> None:
    document = read(Para("附件1\r"), Para("云溪县\r"))
    assert document.text == "附件1\n云溪县\n"
    assert texts(document) == ["附件1", "云溪县"]
    assert (document.format, document.encoding, document.asides) == ("doc", None, ())


def test_pieces_are_read_in_the_order_of_the_table_not_of_the_file() -> None:
    text = "云溪县“A”级\r绩效\r"
    pieces = [Piece(3), Piece(3, compressed=True), Piece(1), Piece(4)]
    assert read(Para("云溪县“A”级\r"), Para("绩效\r"), pieces=pieces).text == text.replace("\r", "\n")


def test_paragraphs_keep_their_properties_where_pieces_are_out_of_order() -> None:
    cells = row("一", "二")
    document = read(Para("前\r"), cells, Para("后\r"), pieces=[Piece(2), Piece(2), Piece(3), Piece(2)])
    assert grid(document) == [[("一", 0, 1, 1), ("二", 1, 1, 1)]]


def test_characters_beyond_the_basic_plane_do_not_shift_what_follows() -> None:
    document = read(Para("𠮷村\r"), row("😀甲", "乙"))
    assert document.text == "𠮷村\n😀甲\t乙\n"


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("甲\t乙", "甲 乙"),
        ("甲\x0b乙", "甲\n乙"),
        ("2021\x1e2022", "2021-2022"),
        ("绩\x1f效", "绩效"),
        ("甲\xa0乙", "甲\xa0乙"),
        ("图\x01\x08注\x02\x05", "图注"),
        ("甲☒乙", "甲☑乙"),
        ("□\uf052", "□☑"),
    ],
)
def test_special_characters_read_as_they_look(stored: str, shown: str) -> None:
    assert texts(read(Para(stored + "\r"))) == [shown]


def test_a_page_break_ends_a_paragraph() -> None:
    assert texts(read(Para("甲\x0c乙\r"))) == ["甲", "乙"]


def test_text_behind_the_last_mark_is_not_lost() -> None:
    assert texts(read(Para("甲\r"), Para("乙"))) == ["甲", "乙"]


def test_deleted_and_hidden_text_is_left_out() -> None:
    runs = ((2, 4, DELETED), (5, 6, HIDDEN))
    assert texts(read(Para("云溪废弃县隐\r", runs=runs))) == ["云溪县"]


def test_a_piece_can_delete_its_text() -> None:
    assert texts(read(Para("云溪废弃县\r"), pieces=[Piece(2), Piece(2, prm=0x41 << 1 | 1 << 8), Piece(2)])) == [
        "云溪县"
    ]


def test_a_piece_can_point_to_a_list_of_sprms() -> None:
    pieces = [Piece(2), Piece(2, prm=1 << 1 | 1), Piece(2)]
    assert texts(read(Para("云溪废弃县\r"), pieces=pieces, lists=[HIDDEN[:0], HIDDEN])) == ["云溪县"]


# ----------------------------------------------------------------------------------------------- symbols and fields


def symbol(font_number: int, code: int) -> bytes:
    return sprm(0x6A09, struct.pack("<HH", font_number, code))


@pytest.mark.parametrize("code", [0x52, 0xF052])
def test_a_symbol_stands_as_a_bracket_and_reads_by_font_and_code(code: int) -> None:
    para = Para("新增( 延续((\r", runs=((2, 3, symbol(1, code)), (6, 8, symbol(1, 0xF0A3))))
    assert texts(read(para, fonts=["宋体", "Wingdings 2"])) == ["新增☑ 延续☐☐"]


def test_an_ordinary_bracket_stays() -> None:
    assert texts(read(Para("(一)甲\r"), fonts=["宋体", "Wingdings 2"])) == ["(一)甲"]


def test_letters_in_a_symbol_font_read_as_its_symbols() -> None:
    runs = ((0, 1, sprm(0x4A4F, 1)), (1, 2, sprm(0x4A51, 1)), (2, 3, sprm(0x4A4F, 0)))
    assert texts(read(Para("R\uf0a3R\r", runs=runs), fonts=["宋体", "Wingdings 2"])) == ["☑☐R"]


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("甲\x13 HYPERLINK \x14乙\x15丙", "甲乙丙"),
        ("新增\x13 eq \\o\\ac(□,√)\x15", "新增☑"),
        ("\x13 IF \x13 PAGE \x141\x15 = 1 \x14甲\x15乙", "甲乙"),
        ("\x13 EQ \\f(1,2)\x15", "1/2"),
        ("甲\x15乙\x14丙", "甲乙丙"),
        ("甲\x13乙丙", "甲乙丙"),
    ],
)
def test_of_a_field_the_result_is_read(stored: str, shown: str) -> None:
    assert texts(read(Para(stored + "\r"))) == [shown]


def test_marks_of_fields_that_do_not_pair_swallow_no_table() -> None:
    document = read(Para("甲\x13乙\r"), row("一", "二\x15"))
    assert document.text == "甲乙\n一\t二\n"


def test_a_field_may_run_over_paragraphs() -> None:
    assert texts(read(Para("\x13 TOC \x14一\r"), Para("二\x15\r"))) == ["一", "二"]


def form_field(kind: int, result: int, default: int, *entries: str) -> bytes:
    """A NilPICFAndBinData with the FFData of a form field."""
    name = struct.pack("<H", 1) + "甲".encode("utf-16-le") + b"\0\0"
    texts = (struct.pack("<H", 0) + b"\0\0") * 5
    drop_down = struct.pack("<3H", 0xFFFF, len(entries), 0) + b"".join(
        struct.pack("<H", len(entry)) + entry.encode("utf-16-le") for entry in entries
    )
    field = struct.pack("<IHHH", 0xFFFFFFFF, kind | result << 2, 0, 20) + name + struct.pack("<H", default) + texts
    field += drop_down if entries else b""
    return struct.pack("<IH", 0x44 + len(field), 0x44).ljust(0x44, b"\0") + field


@pytest.mark.parametrize(
    ("field", "shown"),
    [
        (form_field(1, 1, 0), "☑"),
        (form_field(1, 0, 1), "☐"),
        (form_field(1, 25, 1), "☑"),
        (form_field(2, 1, 0, "甲", "乙"), "乙"),
        (form_field(2, 7, 0, "甲", "乙"), ""),
        (form_field(0, 0, 0), ""),
        (form_field(1, 1, 0)[:70], ""),
    ],
)
def test_the_state_of_a_form_field_is_in_the_data_stream(field: bytes, shown: str) -> None:
    instruction = "FORMDROPDOWN" if field[74:75] and field[72] & 3 == 2 else "FORMCHECKBOX"
    para = Para(f"\x13 {instruction} \x01\x15是\r", runs=((15, 16, sprm(0x6A03, 32)),))
    assert texts(read(para, data=bytes(32) + field)) == [shown + "是"]


# ---------------------------------------------------------------------------------------------------------- tables


def test_cells_are_separated_by_tabs_and_rows_by_line_breaks() -> None:
    document = read(Para("前\r"), row("一", "二\r三"), row("四", "五"), Para("后\r"))
    assert document.text == "前\n一\t二\n三\n四\t五\n后\n"
    assert texts(document) == ["前", "<table>", "后"]
    table = document.blocks[1]
    assert isinstance(table, Table)
    assert table.has_grid
    assert [document.text[block.start : block.end] for block in table.rows[0][1].blocks] == ["二", "三"]  # type: ignore[union-attr]


def test_column_spans_come_from_the_edges_of_all_rows() -> None:
    document = read(row("一", "二", edges=[0, 1000, 4000]), row("三", "四", "五", edges=[0, 1000, 2500, 4000]))
    assert grid(document) == [
        [("一", 0, 1, 1), ("二", 1, 1, 2)],
        [("三", 0, 1, 1), ("四", 1, 1, 1), ("五", 2, 1, 1)],
    ]


def test_edges_that_are_almost_the_same_are_one() -> None:
    document = read(row("一", "二", edges=[-108, 1000, 4000]), row("三", "四", edges=[-100, 1012, 3990]))
    assert [[cell[1:] for cell in cells] for cells in grid(document)] == [[(0, 1, 1), (1, 1, 1)]] * 2


def test_edges_in_between_do_not_make_the_two_edges_of_a_cell_one() -> None:
    document = read(
        row("一", "二", "三", edges=[0, 1000, 1028, 3000]),
        row("四", "五", edges=[0, 1010, 3000]),
        row("六", "七", edges=[0, 1020, 3000]),
    )
    assert [[cell[1:] for cell in cells] for cells in grid(document)] == [
        [(0, 1, 1), (1, 1, 1), (2, 1, 1)],
        *[[(0, 1, 1), (1, 1, 2)]] * 2,
    ]


def test_a_narrow_cell_keeps_its_column() -> None:
    document = read(row("一", "二", "三", edges=[0, 1000, 1010, 2000]), row("四", "五", edges=[0, 1000, 2000]))
    assert grid(document)[0] == [("一", 0, 1, 1), ("二", 1, 1, 1), ("三", 2, 1, 1)]
    assert grid(document)[1] == [("四", 0, 1, 1), ("五", 1, 1, 2)]


def test_a_vertical_merge_is_one_cell_and_what_it_covers_is_not_there() -> None:
    document = read(
        row("一", "二", flags=[MERGE_RESTART, 0]),
        row("", "三", flags=[MERGE_CONTINUE, 0]),
        row("四", "五", flags=[MERGE_RESTART, 0]),
        row("", "", flags=[MERGE_CONTINUE, MERGE_CONTINUE]),
    )
    assert grid(document) == [
        [("一", 0, 2, 1), ("二", 1, 1, 1)],
        [("三", 1, 1, 1)],
        [("四", 0, 2, 1), ("五", 1, 1, 1)],
        [("", 1, 1, 1)],
    ]
    assert document.text == "一\t二\n三\n四\t五\n\n"


def test_text_in_a_covered_cell_stays_as_a_cell_of_its_own() -> None:
    document = read(row("一", "二", flags=[MERGE_RESTART]), row("藏", "三", flags=[MERGE_CONTINUE]))
    assert grid(document)[1] == [("藏", 0, 1, 1), ("三", 1, 1, 1)]
    assert grid(document)[0][0] == ("一", 0, 2, 1)


def test_a_row_that_is_covered_wholly_stays_as_a_row_without_cells() -> None:
    document = read(row("一", flags=[MERGE_RESTART]), row("", flags=[MERGE_CONTINUE]), row("二", flags=[0]))
    assert grid(document) == [[("一", 0, 2, 1)], [], [("二", 0, 1, 1)]]


def test_a_merge_reaches_down_only_between_the_same_edges() -> None:
    document = read(
        row("一", "二", edges=[0, 1000, 3000], flags=[MERGE_RESTART, 0]),
        row("", "三", edges=[0, 2000, 3000], flags=[MERGE_CONTINUE, 0]),
    )
    assert grid(document)[1] == [("", 0, 1, 2), ("三", 2, 1, 1)]


def test_later_sprms_change_the_cells_of_a_row() -> None:
    vertical = sprm(0xD62B, b"\x02\x01\x03")
    assert grid(read(row("一", "二", more=vertical), row("三", "", more=sprm(0xD62B, b"\x02\x01\x01"))))[0] == [
        ("一", 0, 1, 1),
        ("二", 1, 2, 1),
    ]
    merge = sprm(0x5624, b"\x00\x02")
    assert grid(read(row("一", "", "二", more=merge), row("三", "四", "五")))[0] == [("一", 0, 1, 2), ("二", 2, 1, 1)]
    insert = sprm(0x7621, struct.pack("<BBH", 1, 1, 500)) + sprm(0x5622, b"\x02\x03")
    assert grid(read(row("一", "二", edges=[0, 1000, 2000], more=insert), row("三", edges=[0, 1500])))[1] == [
        ("三", 0, 1, 2)
    ]
    width = sprm(0x7623, struct.pack("<BBH", 0, 1, 3000))
    assert grid(read(row("一", "二", more=width), row("三", edges=[0, 3000])))[0] == [("一", 0, 1, 1), ("二", 1, 1, 1)]


def test_a_definition_of_fewer_cells_than_columns_is_enough() -> None:
    document = read(row("一", "二", "三", flags=[MERGE_RESTART]), row("", "四", "五", flags=[MERGE_CONTINUE]))
    assert grid(document)[0][0] == ("一", 0, 2, 1)


def test_rows_may_keep_their_properties_in_the_data_stream() -> None:
    """sprmPHugePapx; the stream is so small that it stands in the mini stream."""
    own = depth(1) + ROW_END + definition([0, 1000, 4000])
    end = Para("\x07", sprm(0x6646, 16))
    cells = [Para("一\x07", depth(1)), Para("二\x07", depth(1)), end]
    document = read(
        cells, row("三", "四", "五", edges=[0, 1000, 2500, 4000]), data=bytes(16) + struct.pack("<H", len(own)) + own
    )
    assert grid(document)[0] == [("一", 0, 1, 1), ("二", 1, 1, 2)]


def test_table_properties_in_the_data_stream_give_way_to_a_definition() -> None:
    own = sprm(0x7621, struct.pack("<BBH", 0, 2, 360)) + sprm(0x7623, struct.pack("<BBH", 0, 1, 700))
    data = struct.pack("<H", len(own)) + own
    with_definition = row("一", "二", edges=[0, 1000, 4000])
    with_definition[-1].papx = depth(1) + ROW_END + sprm(0x646B, 0) + definition([0, 1000, 4000])
    only_pointer = [*row("三", "四")[:-1], Para("\x07", depth(1) + ROW_END + sprm(0x646B, 0))]
    document = read(with_definition, Para("\r"), only_pointer, row("五", edges=[0, 1060]), data=data)
    assert grid(document, 0) == [[("一", 0, 1, 1), ("二", 1, 1, 1)]]
    assert grid(document, 1)[1] == [("五", 0, 1, 2)]


def test_word_97_files_may_lack_the_depth() -> None:
    cells = [
        Para("一\x07", IN_TABLE),
        Para("二\x07", IN_TABLE),
        Para("\x07", IN_TABLE + ROW_END + definition([0, 1, 2])),
    ]
    assert len(grid(read(cells))[0]) == 2


def test_a_row_that_has_lost_its_edges_is_like_the_row_above() -> None:
    lost = [*row("三", "四")[:-1], Para("\x07", depth(1) + ROW_END)]
    document = read(row("一", "二", edges=[0, 1000, 4000]), lost)
    assert grid(document)[1] == [("三", 0, 1, 1), ("四", 1, 1, 1)]


def test_more_cells_than_columns_are_kept() -> None:
    document = read(row("一", "二", "三", edges=[0, 1000]))
    assert [cell[0] for cell in grid(document)[0]] == ["一", "二", "三"]


def test_centered_rows_line_up_whatever_their_first_edge_says() -> None:
    centered = sprm(0x5400, 1)
    document = read(
        row("一", "二", edges=[-900, 100, 1100], more=centered), row("三", "四", edges=[0, 1000, 2000], more=centered)
    )
    assert [[cell[1:] for cell in cells] for cells in grid(document)] == [[(0, 1, 1), (1, 1, 1)]] * 2


def nested(*cells: str) -> list[Para]:
    paragraphs = [Para(cell + "\r", depth(2) + INNER_CELL) for cell in cells]
    edges = [100 * number for number in range(len(cells) + 1)]
    return [*paragraphs, Para("\r", depth(2) + INNER_CELL + INNER_ROW_END + definition(edges))]


def test_a_table_in_a_cell_is_a_block_of_the_cell() -> None:
    inner = [Para("前\r", depth(1)), *nested("一", "二"), *nested("三", "四"), Para("\x07", depth(1))]
    document = read([*inner, *row("五", edges=[0, 1000, 2000])])
    assert document.text == "前\n一\t二\n三\t四\n\t五\n"
    (outer,) = (block for block in document.blocks if isinstance(block, Table))
    kinds = [type(block).__name__ for block in outer.rows[0][0].blocks]
    assert kinds == ["Paragraph", "Table", "Paragraph"]
    assert grid(document, 1) == [[("一", 0, 1, 1), ("二", 1, 1, 1)], [("三", 0, 1, 1), ("四", 1, 1, 1)]]


def test_tables_without_a_paragraph_between_them_are_one_unless_they_float_apart() -> None:
    assert len(read(row("一"), row("二")).blocks) == 1
    floating = sprm(0x940F, 300)
    assert len(read(row("一"), row("二", more=floating), row("三", more=floating)).blocks) == 2


def test_a_deleted_row_is_left_out() -> None:
    deleted = row("二")
    for para in deleted:
        para.runs = ((0, len(para.text), DELETED),)
    assert grid(read(row("一"), deleted)) == [[("一", 0, 1, 1)]]


def test_cells_that_no_row_ever_ends_are_paragraphs() -> None:
    assert texts(read(Para("一\x07", depth(1)), Para("二\x07", depth(1)), Para("三\r"))) == ["一", "二", "三"]


def test_a_last_row_without_an_end_is_kept() -> None:
    document = read(row("一", "二"), Para("三\x07", depth(1)), Para("四\r"))
    assert grid(document)[1] == [("三", 0, 1, 1)]


# ------------------------------------------------------------------------------------------------- beside the body


def test_notes_headers_and_comments_are_asides() -> None:
    body, note, header, comment = "正文\r", "\x02脚注\r\r", "云溪县财政局\r\r", "\x05批注\r\r"
    headers = struct.pack("<9i", *[0] * 7, len(header) - 1, len(header))
    document = read(
        *(Para(text) for text in (body, note, header, comment, "\r")),
        parts=[len(body), len(note), len(header), 0, len(comment)],
        plcs={11: headers, 3: struct.pack("<3i", 0, 4, 5), 5: struct.pack("<3i", 0, 4, 5)},
    )
    assert texts(document) == ["正文"]
    assert [text_of(document, block) for block in document.asides] == ["云溪县财政局", "脚注", "批注"]
    assert document.text == "正文\n云溪县财政局\n脚注\n批注\n"


def test_a_text_box_follows_the_paragraph_that_it_hangs_on() -> None:
    body, box = "甲\x08\r乙\r", "盒子\r\r"
    entry = struct.pack("<iiHiii", 1, 0, 0, 0, 1026, 0)
    plcs = {
        40: struct.pack("<3i", 1, len(body), 0)[:8] + struct.pack("<i22x", 1026),
        56: struct.pack("<3i", 0, 3, 4) + entry + bytes(22),
    }
    document = read(Para("甲\x08\r"), Para("乙\r"), Para(box), parts=[len(body), 0, 0, 0, 0, 0, len(box)], plcs=plcs)
    assert texts(document) == ["甲", "盒子", "乙"]


def art(kind: int, content: bytes) -> bytes:
    """A record of a drawing: [MS-ODRAW] OfficeArtRecordHeader and content."""
    return struct.pack("<HHI", 0xF, kind, len(content)) + content


def test_a_text_box_in_a_group_hangs_with_the_group() -> None:
    shapes = [art(0xF004, art(0xF00A, struct.pack("<II", number, 0))) for number in (1024, 1030, 1031)]
    drawings = b"\0" + art(0xF002, art(0xF003, shapes[0] + art(0xF003, shapes[1] + shapes[2])))
    plcs = {
        40: struct.pack("<2i", 1, 5) + struct.pack("<i22x", 1030),
        50: drawings,
        56: struct.pack("<3i", 0, 3, 4) + struct.pack("<iiHiii", 1, 0, 0, 0, 1031, 0) + bytes(22),
    }
    document = read(Para("甲\x08\r"), Para("乙\r"), Para("盒子\r\r"), parts=[5, 0, 0, 0, 0, 0, 4], plcs=plcs)
    assert texts(document) == ["甲", "盒子", "乙"]


def test_a_text_box_without_an_anchor_is_an_aside() -> None:
    document = read(Para("甲\r"), Para("盒子\r"), parts=[2, 0, 0, 0, 0, 0, 3])
    assert (texts(document), [text_of(document, block) for block in document.asides]) == (["甲"], ["盒子"])


# -------------------------------------------------------------------------------------------------------- Word 6/95


def word_6(
    *paragraphs: tuple[bytes, bytes],
    language: int = 0x409,
    computer: int = 0,
    font_sets: Sequence[int] = (),
    font_of_all: int | None = None,
) -> bytes:
    """A Word 6 file of 8-bit paragraphs with their sprms, in one piece, all in one font if a number is given."""
    text = b"".join(stored for stored, _ in paragraphs)
    first_page = 0x300 // SECTOR + math.ceil((0x100 + len(text)) / SECTOR)
    pages, fcs, at = [], [], 0x300
    for stored, papx in paragraphs:
        at += len(stored)
        body = b"\0\0" + papx + b"\0" * (len(papx) % 2)
        page = bytearray(512)
        struct.pack_into("<II", page, 0, at - len(stored), at)
        page[8], page[511], page[200], page[201 : 201 + len(body)] = 100, 1, len(body) // 2, body
        pages.append(bytes(page))
        fcs.append(at - len(stored))
    chpx = b"\x5d" + struct.pack("<H", font_of_all) if font_of_all is not None else b""
    pages.append(chpx_page(chpx, 0x300, 0x300 + len(text)))
    entries = [bytes([0, 0, 0, number, 0]) + b"Font\0" for number in font_sets]
    fonts = b"".join(bytes([len(entry)]) + entry for entry in entries)
    structures = {
        13: struct.pack(f"<{len(fcs) + 1}I{len(fcs)}H", *fcs, at, *range(first_page, first_page + len(fcs))),
        12: struct.pack("<2IH", 0x300, at, first_page + len(fcs)),
        15: struct.pack("<H", len(fonts) + 2) + fonts,
    }
    fib = bytearray(0x300)
    struct.pack_into("<4H", fib, 0, 0xA5DC, 101, 0, language)
    struct.pack_into("<HHII", fib, 0x14, computer, computer, 0x300, 0x300 + len(text))
    struct.pack_into("<I", fib, 0x34, len(text))
    tail = b""
    for number, structure in structures.items():
        struct.pack_into("<II", fib, 0x58 + 8 * number, (first_page + len(pages)) * SECTOR + len(tail), len(structure))
        tail += structure
    body = (bytes(fib) + text).ljust(first_page * SECTOR, b"\0")
    return compound({"WordDocument": body + b"".join(pages) + tail.ljust(4096, b"\0")})


def test_word_6_has_tables_in_its_own_sprms() -> None:
    in_table, end = b"\x18\x01", b"\x18\x01\x19\x01"
    edges = struct.pack("<BHB3h", 190, 1 + 6 + 20 + 1, 2, 0, 1000, 4000) + bytes(20)
    document = doc.read(word_6((b"A\r", b""), (b"B\x07", in_table), (b"C\x07", in_table), (b"\x07", end + edges)))
    assert document.text == "A\nB\tC\n"
    assert grid(document) == [[("B", 0, 1, 1), ("C", 1, 1, 1)]]


@pytest.mark.parametrize(
    ("code_page", "text", "how"),
    [
        ("gbk", "云溪县A绩效", {"language": 0x804}),
        ("gbk", "云溪县A绩效", {"font_sets": [0, 134]}),
        ("cp950", "雲溪縣", {"language": 0x404}),
        ("cp1251", "Смета", {"font_sets": [0, 204], "font_of_all": 1}),
        ("cp1251", "Смета", {"language": 0x419}),
        ("mac_roman", "é’", {"computer": 0x100}),
        ("cp1252", "é’", {}),
    ],
)
def test_word_6_stores_text_in_a_code_page(code_page: str, text: str, how: dict[str, object]) -> None:
    document = doc.read(word_6((text.encode(code_page) + b"\r", b""), (b"Z\r", b""), **how))  # type: ignore[arg-type]
    assert texts(document) == [text, "Z"]


# --------------------------------------------------------------------------------------------------- before Word 6


def word_2(
    *paragraphs: tuple[bytes, bytes],
    language: int = 0x409,
    flags: int = 0,
    counts: Sequence[int] = (),
    identifier: int = 0xA5DB,
) -> bytes:
    """A Word 2 file of 8-bit paragraphs with their marks and their sprms, each paragraph on a page of its own."""
    text = b"".join(stored for stored, _ in paragraphs)
    first_page = math.ceil((0x180 + len(text)) / SECTOR)
    pages, fcs, at = [], [], 0x180
    for stored, papx in paragraphs:
        fcs.append(at)
        at += len(stored)
        body = bytes(7) + papx + b"\0" * ((len(papx) + 1) % 2)
        page = bytearray(512)
        struct.pack_into("<II", page, 0, at - len(stored), at)
        page[8], page[511], page[200], page[201 : 201 + len(body)] = 100, 1, len(body) // 2, body
        pages.append(bytes(page))
    bin_table = struct.pack(f"<{len(fcs) + 1}I{len(fcs)}H", *fcs, at, *range(first_page, first_page + len(fcs)))
    fib = bytearray(0x180)
    struct.pack_into("<6H", fib, 0, identifier, 45, 0, language, 0, flags)
    struct.pack_into("<2I", fib, 0x18, 0x180, 0x180 + len(text))
    struct.pack_into("<5i", fib, 0x34, *[*(counts or [len(text)]), *[0] * 5][:5])
    struct.pack_into("<IH", fib, 0x58 + 6 * 13, (first_page + len(pages)) * SECTOR, len(bin_table))
    return (bytes(fib) + text).ljust(first_page * SECTOR, b"\0") + b"".join(pages) + bin_table


def write_file(
    *paragraphs: tuple[bytes, int], code_page: int | None = None, signature: bytes = b"1\xbe", autosaved: int = 0
) -> bytes:
    """A Write file of paragraphs, each with the byte that tells whether it is a page header or a picture.

    With a code page it is one of Word for DOS.
    """
    text = b"".join(stored for stored, _ in paragraphs)
    first_page = math.ceil((128 + len(text)) / 128)
    header, pages, at = bytearray(128), b"", 128
    struct.pack_into("<2s12xI2H", header, 0, signature, 128 + len(text), first_page, first_page + len(paragraphs))
    struct.pack_into("<H", header, 0x60, 0 if code_page is not None else first_page + len(paragraphs))
    header[0x75] = autosaved
    struct.pack_into("<H", header, 0x7E, code_page or 0)
    for stored, where in paragraphs:
        at += len(stored)
        page = bytearray(128)
        struct.pack_into("<IIH", page, 0, at - len(stored), at, 60 if where else 0xFFFF)
        page[64], page[81], page[127] = 17, where, 1
        pages += page
    return (bytes(header) + text).ljust(128 * first_page, b"\0") + pages


WORD_2_CELL, WORD_2_ROW_END = b"\x18\x01", b"\x18\x01\x19\x01"


@pytest.mark.parametrize("identifier", [0xA59B, 0xA5DB])
def test_word_1_and_2_stand_in_no_compound_file(identifier: int) -> None:
    data = word_2((b"Fr\xe9d\xe9ric\r\n", b""), (b"\x13 PAGE \x141\x15\tB\r\n", b""), identifier=identifier)
    assert doc.accepts(data)
    document = doc.read(data)
    assert texts(document) == ["Frédéric", "1 B"]
    assert (document.format, document.text) == ("doc", "Frédéric\n1 B\n")


def test_word_2_has_tables_in_its_own_sprms() -> None:
    tabs, lines = b"\x0f\x02\0\0", b"\x14\xf0\0"
    edges = struct.pack("<BHB4h", 154, 1 + 8 + 30 + 1, 3, 0, 1000, 2000, 4000) + bytes(30)
    wide = struct.pack("<BHB3h", 154, 1 + 6 + 20 + 1, 2, 0, 1000, 4000) + bytes(20)
    document = doc.read(
        word_2(
            (b"A\r\n", lines),
            *((cell, tabs + WORD_2_CELL) for cell in (b"B\r\n", b"C\x07", b"\x07", b"D\x07")),
            (b"\x07", lines + WORD_2_ROW_END + edges),
            *((cell, WORD_2_CELL) for cell in (b"E\x07", b"F\x07")),
            (b"\x07", WORD_2_ROW_END + wide),
            (b"G\r\n", b""),
        )
    )
    assert document.text == "A\nB\nC\t\tD\nE\tF\nG\n"
    assert grid(document) == [
        [("B\nC", 0, 1, 1), ("", 1, 1, 1), ("D", 2, 1, 1)],
        [("E", 0, 1, 1), ("F", 1, 1, 2)],
    ]


@pytest.mark.parametrize(
    ("objects", "unread"),
    [
        ([], ()),
        ([("\x03OCXNAME", "contents")], ()),
        ([("\x03OCXNAME",), ("Workbook", "\x01Ole")], ("embedded object",)),
    ],
    ids=["none", "a control", "a control and a sheet"],
)
def test_embedded_objects_are_named_as_unread(objects: Sequence[Sequence[str]], unread: Sequence[str]) -> None:
    assert doc.read(word(Para("A\r"), objects=objects)).unread == unread


@pytest.mark.parametrize("language", [0x804, 0x409])
def test_word_2_stores_chinese_whatever_language_it_claims(language: int) -> None:
    document = doc.read(word_2(("云溪县A绩效目标\r\n".encode("gbk"), b""), (b"Z\r\n", b""), language=language))
    assert texts(document) == ["云溪县A绩效目标", "Z"]


def test_headers_and_notes_of_word_2_stand_beside_the_body() -> None:
    parts = (b"A\r\n", b"note\r\n", b"head\r\n\r\n", b"why\r\n")
    document = doc.read(word_2(*((part, b"") for part in parts), counts=(3, 6, 8, 0, 5)))
    assert texts(document) == ["A"]
    assert [text_of(document, aside) for aside in document.asides] == ["head", "note", "why"]


def test_write_has_text_page_headers_and_pictures() -> None:
    page_header, picture = (b"Page \x01\r\n", 0x06), (b"\xff\x00\x81\r\n\x80", 0x10)
    document = doc.read(write_file(page_header, (b"A\tB\r\n", 0), picture, (b"caf\xe9\r\n", 0)))
    assert texts(document) == ["A B", "café"]
    assert [text_of(document, aside) for aside in document.asides] == ["Page "]
    assert document.unread == ("picture",)


@pytest.mark.parametrize(
    ("text", "code_page", "how"),
    [
        ("“naïve” été", "cp1252", {}),
        ("“naïve” été", "cp1252", {"signature": b"2\xbe"}),
        ("附件:云溪县2021年A类绩效目标", "gbk", {}),
        ("附件:云溪县", "gbk", {"code_page": 936}),
        ("附件:云溪县", "gbk", {"code_page": 0}),
        ("┌─┐ é", "cp850", {"code_page": 850}),
        ("┌─┐ é", "cp437", {"code_page": 0}),
        ("Смета", "cp866", {"code_page": 866}),
    ],
)
def test_write_and_dos_store_text_in_a_code_page(text: str, code_page: str, how: dict[str, object]) -> None:
    assert texts(doc.read(write_file((text.encode(code_page) + b"\r\n", 0), **how))) == [text]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (word_2((b"A\r\n", b""), flags=0x0004), "doc.fast_saved"),
        (word_2((b"A\r\n", b""), flags=0x0100), "doc.encrypted"),
        (word_2((b"A\r\n", b""), counts=(4,)), "doc.broken"),
        (word_2((b"A\r\n", b""), counts=(-1,)), "doc.broken"),
        (word_2((bytes(90) + b"\x1a\x1b" * 50, b"")), "doc.garbled"),
        (word_2((b"A\r\n", b""))[:0x182], "doc.broken"),
        (word_2((b"A\r\n", b""))[:200], "doc.broken"),
        (b"\xdb\xa5\x2d\x00" + bytes(600), "doc.broken"),
        (write_file((b"A\r\n", 0))[:100], "doc.broken"),
        (write_file((b"A\r\n", 0))[:130], "doc.broken"),
        (write_file((b"A\r\n", 0))[:140], "doc.broken"),
        (write_file((b"A\r\n", 0), autosaved=2, code_page=850), "doc.fast_saved"),
        (write_file((b"A\r\n", 0), code_page=9999), "doc.unknown_code_page"),
        (write_file(("Смета расходов\r\n".encode("cp1251"), 0)), "doc.unknown_code_page"),
        (b"1\xbe\0\0" + bytes(600), "doc.broken"),
    ],
)
def test_what_is_odd_in_the_oldest_files_ends_in_a_clear_error(data: bytes, code: str) -> None:
    assert doc.accepts(data)
    assert code_of(data) == code


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(
        [
            word_2((b"A\x07", WORD_2_CELL), (b"\x07", WORD_2_ROW_END)),
            write_file((b"A\r\n", 6), (b"B\r\n", 0)),
        ]
    ),
    st.integers(0, 2**32),
)
def test_damage_to_the_oldest_files_ends_in_a_document_or_a_clear_error(data: bytes, seed: int) -> None:
    chance = random.Random(seed)
    damaged = bytearray(data)
    for _ in range(chance.choice((1, 5, 50))):
        damaged[chance.randrange(4, len(damaged))] = chance.choice((0, 1, 127, 255, chance.randrange(256)))
    with contextlib.suppress(ReadError):
        doc.read(bytes(damaged[: chance.choice((len(damaged), chance.randrange(4, len(damaged))))]))


# ---------------------------------------------------------------------------------------------------- the container


def test_stream_names_do_not_mind_case() -> None:
    assert read(Para("甲\r"), names={"WordDocument": "WORDDOCUMENT", "1Table": "1table"}).text == "甲\n"


@pytest.mark.parametrize("flags", [0x0000, 0x0200])
def test_the_fib_says_which_table_stream_counts(flags: int) -> None:
    assert read(Para("甲\r"), flags=flags).text == "甲\n"


def test_a_file_need_not_end_with_a_whole_sector() -> None:
    data = word(Para("甲\r"))
    assert doc.read(data + b"\0" * 77).text == "甲\n"


def test_it_accepts_every_compound_file_and_what_is_older() -> None:
    assert doc.accepts(word(Para("甲\r")))
    assert doc.accepts(compound({"Workbook": b"x"}))
    assert doc.accepts(b"\xdb\xa5\x2d\x00")
    assert not doc.accepts(b"PK\x03\x04")
    assert not doc.accepts("附件1".encode())
    assert not doc.accepts("郓城县财政局".encode("gbk"))


# ----------------------------------------------------------------------------------------------------------- trouble


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (compound({"Workbook": b"x"}), "doc.not_word"),
        (compound({"PowerPoint Document": b"x"}), "doc.not_word"),
        (compound({"EncryptedPackage": b"x"}), "doc.encrypted"),
        (compound({"CONTENTS": b"x"}), "doc.not_word"),
        (compound({"MatOST": b"x"}), "doc.not_word"),
        (compound({"Other": b"x"}), "doc.no_word_stream"),
        (compound({}), "doc.no_word_stream"),
        (compound({"WordDocument": b"x"}), "doc.broken"),
        (compound({"WordDocument": bytes(5000)}), "doc.broken"),
        (word(Para("甲\r"), flags=0x0300), "doc.encrypted"),
        (word(Para("甲\r"), version=45), "doc.too_old"),
        (word(Para("甲\r"), names={"1Table": "0Table"}), "doc.broken"),
        (word(Para("甲\r"), plcs={33: b""}), "doc.broken"),
        (word(Para("甲\r"), plcs={33: b"\x02" + bytes(20)}), "doc.broken"),
        (word(Para("甲\r"), plcs={33: clx([Piece(2)], [10**6], [])}), "doc.broken"),
        (word(Para("甲\r"), plcs={33: clx([Piece(2), Piece(2**30)], [0, 0], [])}, parts=[2**30]), "doc.broken"),
        (word(Para("甲\r"), plcs={13: bin_table([0], 10**5)}), "doc.broken"),
        (word(Para("甲\r"), parts=[-1]), "doc.broken"),
        (word(Para("甲\r", depth(1)), Para("\x07", sprm(0x6646, 10**6)), data=b"x"), "doc.broken"),
        (word(Para("甲\r", depth(51))), "doc.too_deep"),
        (word(Para("\uf8f0\ue123\ue456\uf777\r")), "doc.garbled"),
        (word(Para("甲" + "\0" * 40 + "\r")), "doc.garbled"),
        (word(Para("甲\r"))[:600], "doc.broken"),
        (word(Para("甲\r"))[:300], "doc.broken"),
    ],
)
def test_what_can_not_be_read_ends_in_a_clear_error(data: bytes, code: str) -> None:
    assert doc.accepts(data)
    assert code_of(data) == code


def test_a_loop_in_the_fat_is_an_error() -> None:
    data = bytearray(word(Para("甲" * 3000 + "\r")))
    fat = data.rindex(struct.pack("<II", 1, 2))
    struct.pack_into("<I", data, fat + 4 * 2, 1)
    assert code_of(bytes(data)) == "doc.broken"


@pytest.mark.parametrize("offset", [0x2C, 0x40, 0x48])
def test_a_header_that_counts_too_many_sectors_is_an_error(offset: int) -> None:
    data = bytearray(word(Para("甲\r")))
    struct.pack_into("<I", data, offset, 0x7FFFFFFF)
    assert code_of(bytes(data)) == "doc.broken"


def test_sprms_that_are_cut_off_or_point_to_themselves_end() -> None:
    loop = struct.pack("<H", 6) + sprm(0x6646, 0)
    assert read(Para("甲\r", sprm(0x6646, 0)), data=loop).text == "甲\n"
    assert read(Para("甲\r", IN_TABLE[:2])).text == "甲\n"
    assert read(Para("甲\r", struct.pack("<HB", 0xC615, 255))).text == "甲\n"


def test_ten_thousand_open_fields_take_no_time() -> None:
    assert read(Para("\x13" * 10000 + "甲" + "\x15" * 10000 + "\r")).text in ("\n", "甲\n")


SAMPLES = [DATA / "features.doc", CONVERTED / "one-form.doc"]


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(SAMPLES), st.integers(0, 2**32))
def test_damage_ends_in_a_document_or_a_clear_error(sample: Path, seed: int) -> None:
    chance = random.Random(seed)
    data = bytearray(sample.read_bytes())
    for _ in range(chance.choice((1, 5, 50))):
        data[chance.randrange(chance.choice((512, 4096, len(data))))] = chance.choice((0, 1, 127, 255))
    damaged = bytes(data[: chance.choice((len(data), chance.randrange(len(data))))])
    if doc.accepts(damaged):
        with contextlib.suppress(ReadError):
            doc.read(damaged)


def test_what_libre_office_writes_reads_as_it_looks() -> None:
    document = doc.read((DATA / "features.doc").read_bytes())
    assert texts(document) == [
        *("云溪县𠮷村财政绩效目标", "文本框", "标记 复选☑是☐否 下拉延续项目", "可见增加 制表\n换行-连字符"),
        *("符号☑☐脚注", "<table>", "表后", ""),
    ]
    assert [text_of(document, block) for block in document.asides] == ["页眉文字", "第1页", "脚注文字"]
    assert grid(document) == [
        [("纵", 0, 2, 1), ("横", 1, 1, 2), ("甲\n乙", 3, 1, 1)],
        [("一", 1, 1, 1), ("二", 2, 1, 1), ("前\n内一\t内二\n内三\t内四\n", 3, 1, 1)],
        [("三", 0, 1, 1), ("四", 1, 1, 3)],
    ]
    assert len(list(walk_tables(document.blocks))) == 2


def test_one_form_reads_from_doc_as_from_docx() -> None:
    as_docx = docx.read((DATA.parents[2] / "samples" / "one-form.docx").read_bytes())
    as_doc = doc.read((CONVERTED / "one-form.doc").read_bytes())
    assert as_doc.text == as_docx.text
    assert [len(table.rows) for table in walk_tables(as_doc.blocks)] == [
        len(t.rows) for t in walk_tables(as_docx.blocks)
    ]
