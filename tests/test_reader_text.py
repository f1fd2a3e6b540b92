"""The text reader: encodings by a strict ladder, and the dump dialect whose cells open with a tab."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.document import Document, Paragraph, Table
from extract.errors import ReadError
from extract.readers import read_document
from extract.readers.text import read


def cells(document: Document) -> list[list[str]]:
    """The trimmed texts of the first table's cells."""
    table = next(block for block in document.blocks if isinstance(block, Table))
    return [[document.text[cell.start : cell.end].strip() for cell in row] for row in table.rows]


def paragraphs(document: Document) -> list[str]:
    return [document.text[b.start : b.end] for b in document.blocks if isinstance(b, Paragraph)]


def test_a_tab_opens_a_cell_and_a_blank_line_ends_the_row() -> None:
    assert cells(read("\t主管部门\n\t司法局\n\n\t概况\n\t调解\n".encode())) == [
        ["主管部门", "司法局"],
        ["概况", "调解"],
    ]


def test_a_blank_line_without_a_tab_after_it_is_a_paragraph_inside_the_cell() -> None:
    document = read("\t主管\n\n部门\n\t司法局\n\n\t概况\n".encode())
    assert cells(document) == [["主管\n\n部门", "司法局"], ["概况"]]


def test_blank_cells_keep_their_places() -> None:
    assert cells(read("\t填报单位：\n\t\n\t\n\t负责人：\n\n".encode())) == [["填报单位：", "", "", "负责人："]]


def test_lines_before_the_first_tab_are_paragraphs() -> None:
    document = read("通知\n\n附件1\n\t标题\n".encode())
    assert paragraphs(document) == ["通知", "附件1"]
    assert cells(document) == [["标题"]]


def test_a_dump_has_no_grid() -> None:
    (table,) = read(b"\ta\n\tb\n").blocks
    assert isinstance(table, Table)
    assert not table.has_grid


@pytest.mark.parametrize("ticked", ["新增项目□   延续项目( ", "新增项目□   延续项目("])
def test_a_lone_bracket_beside_an_empty_box_is_the_lost_tick(ticked: str) -> None:
    assert cells(read(f"\t{ticked}\n".encode())) == [["新增项目□   延续项目☑"]]


@pytest.mark.parametrize("plain", ["新增项目□ 延续项目□ (见附注)", "调解( 含培训"])
def test_other_brackets_stay_as_they_are(plain: str) -> None:
    assert cells(read(f"\t{plain}\n".encode())) == [[plain]]


def test_symbol_font_characters_become_boxes() -> None:
    assert cells(read("\t新增\uf0a3 延续\uf052\n".encode())) == [["新增☐ 延续☑"]]


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16-le"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("gb18030", "gb18030"),
    ],
)
def test_the_encoding_is_found_without_being_told(encoding: str, expected: str) -> None:
    text = "\t主管部门\n\t云溪县司法局\n\n\t2021年1-12月\n"
    document = read_document(text.encode(encoding))
    assert (document.encoding, document.text) == (expected, text)


def test_line_ends_of_other_systems_are_line_feeds() -> None:
    assert cells(read(b"\ta\r\n\tb\r\n\r\n\tc\r\n")) == [["a", "b"], ["c"]]


@pytest.mark.parametrize(
    "junk",
    [b"\xfd\x80\xff\x81 binary", bytes(range(256)) * 4, b"\x00\x01\x02\x03" * 20, "主管部门".encode()[:-1] + b"\xff\n"],
    ids=["no encoding", "all bytes", "control bytes", "damaged UTF-8"],
)
def test_bytes_that_are_no_text_are_refused(junk: bytes) -> None:
    with pytest.raises(ReadError) as refused:
        read_document(junk)
    assert refused.value.code == "text.undecodable"


@given(st.text(alphabet=st.sampled_from("\t\n a标(□ "), max_size=60))
def test_every_cell_and_paragraph_points_into_the_text_in_order(text: str) -> None:
    document = read(text.encode())
    position = 0
    for block in document.blocks:
        pieces = [block] if isinstance(block, Paragraph) else [cell for row in block.rows for cell in row]
        for piece in pieces:
            assert position <= piece.start <= piece.end <= len(document.text)
            position = piece.end
    covered = "".join(
        document.text[p.start : p.end]
        for block in document.blocks
        for p in ([block] if isinstance(block, Paragraph) else [cell for row in block.rows for cell in row])
    )
    assert "".join(covered.split()) == "".join(document.text.split())


def test_a_damaged_place_in_a_text_is_named() -> None:
    data = "主管部门\n".encode() * 9
    with pytest.raises(ReadError) as refused:
        read_document(data[:70] + b"\xff" + data[70:])
    assert ", in line 6)" in refused.value.message.en
