"""The RTF reader: each test writes the smallest file that shows its point, as Word, WPS or LibreOffice spell it."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from containers import LINE_BREAK, TICKED, Declaration, Place, Table, declaration_table, places
from extract import document as model
from extract.document import Document, walk_tables
from extract.errors import ReadError
from extract.pipeline import extract
from extract.readers import READERS, read_document, rtf
from extract.rules import load_rules
from test_containers import DECLARATIONS, from_word, rows_of

RULES = load_rules()
CONVERTED = Path(__file__).parent / "data" / "containers"
SAMPLES = Path(__file__).parent.parent / "samples"

FONTS = (
    r"{\fonttbl{\f0\froman\fcharset0\fprq2{\*\panose 02020603050405020304}Times New Roman;}"
    r"{\f1\fnil\fcharset134 \'cb\'ce\'cc\'e5{\*\falt SimSun};}{\f2\fnil\fcharset2 Wingdings 2;}"
    r"{\f3\fnil\fcharset2 Wingdings;}{\f4\fcharset136 PMingLiU;}{\f5\fcharset128 MS Mincho;}}"
)


def read(body: str, head: str = r"\ansi\ansicpg936\deff0") -> Document:
    return rtf.read(rf"{{\rtf1{head}{FONTS}{{\colortbl;\red0\green0\blue0;}}{body}}}".encode("latin-1"))


def line(body: str) -> str:
    """The text of one paragraph."""
    text = read(body + r"\par").text
    assert text.endswith("\n")
    return text[:-1]


def chinese(text: str) -> str:
    r"""Text as Word writes Chinese: its GBK bytes as `\'d6\'d0`."""
    return "".join(rf"\'{byte:02x}" for byte in text.encode("gb18030"))


def row(*cells: str, edges: str = "", flags: tuple[str, ...] = ()) -> str:
    """A row of a table with these right edges, the merge flags of its cells before them."""
    rights = edges.split() or [str(1000 * (number + 1)) for number in range(len(cells))]
    flags = flags + ("",) * (len(rights) - len(flags))
    definition = r"\trowd\trgaph108" + "".join(
        rf"{flag}\cellx{right}" for flag, right in zip(flags, rights, strict=True)
    )
    return definition + r"\pard\intbl " + "".join(rf"{cell}\cell " for cell in cells) + r"\row "


def grid(document: Document) -> list[list[tuple[str, int, int, int]]]:
    """Text, column, column span and row span of each cell of the only table."""
    (table,) = walk_tables(document.blocks)
    return [
        [(document.text[cell.start : cell.end], cell.column, cell.column_span, cell.row_span) for cell in cells]
        for cells in table.rows
    ]


# --- Which files ---


@pytest.mark.parametrize("data", [b"{\\rtf1 x}", b"\xef\xbb\xbf{\\rtf1 x}", b"\r\n {\\rtf1 x}"])
def test_only_the_rtf_reader_takes_rtf(data: bytes) -> None:
    assert [reader.FORMAT for reader in READERS if reader.accepts(data)] == ["rtf"]
    assert read_document(data).text == "x\n"


@pytest.mark.parametrize("data", [b"", b"\\rtf1", "说明：{\\rtf1 是 RTF 的开头".encode(), b"{ \\rtf1}"])
def test_text_about_rtf_is_not_rtf(data: bytes) -> None:
    assert not rtf.accepts(data)


# --- Text of a paragraph ---


def test_paragraphs_end_with_par() -> None:
    document = read(r"\pard\plain 1\par 2\par")
    assert document.text == "1\n2\n"
    assert document.blocks == (model.Paragraph(0, 1), model.Paragraph(2, 3))
    assert (document.format, document.encoding) == ("rtf", "gb18030")


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (r"a\tab b", "a b"),
        (r"a\line b", "a\nb"),
        (r"a\page b", "a\nb"),
        (r"a\~b", "a\xa0b"),
        (r"a\_b", "a-b"),
        (r"a\-b", "ab"),
        (r"\{a\}\\", "{a}\\"),
        (r"\ldblquote a\rdblquote", "“a”"),
        ("a\r\nb", "ab"),
        (r"a\b1 b\b0  c", "ab c"),
        (r"{\loch\af0\hich\af0\dbch\f1 " + chinese("项目") + "}", "项目"),
    ],
)
def test_words_and_symbols_that_stand_for_characters(written: str, text: str) -> None:
    assert line(written) == text


def test_a_backslash_before_a_line_end_is_a_paragraph_end() -> None:
    assert read("a\\\nb\\\r\n").text == "a\nb\n"


# --- Code pages and Unicode ---


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (r"\f1\'d6\'d0\'b9\'fa", "中国"),
        # Word takes Chinese from the Asian font of a run and may name the Western one.
        (r"\f0\'d6\'d0", "中"),
        # The second byte may be an ASCII letter, written as itself or escaped.
        (r"\f1\'95P", "昉"),
        (r"\f1\'8f\\", "廫"),
        # Four bytes: GB18030 has more characters than GBK.
        (r"\f1\'81\'39\'ee\'39", "\u3400"),
        # A lone high byte in a Western font is Western.
        (r"\f0 3\'d7 4", "3× 4"),
        (r"\f4\'a4\'a4", "中"),
        (r"\f5\'92\'86", "中"),
    ],
)
def test_bytes_decode_in_the_code_page_of_their_font(written: str, text: str) -> None:
    assert line(written) == text


def test_raw_bytes_are_read_like_escaped_ones() -> None:
    document = rtf.read(b"{\\rtf1\\ansi\\ansicpg936 \\pard " + "绩效".encode("gb18030") + b"\\par}")
    assert document.text == "绩效\n"


def test_a_character_may_be_split_over_groups_of_one_font() -> None:
    assert line(r"\f1 {\'d6}{\b \'d0}") == "中"


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (r"\u20013?", "中"),
        (r"\u20013\'3f\u22269\'3f", "中国"),
        (r"\uc2\u20013\'d6\'d0\uc1\u22269?x", "中国x"),
        (r"\uc0\u20013\u22269", "中国"),
        (r"\u-28589?", "道"),
        (r"\uc1\u20013 ?\'61", "中a"),
        (r"{\uc2\u20013\'d6\'d0}\u22269?", "中国"),
        # Beyond the basic plane: two surrogates.
        (r"\u-10179?\u-8704?", "😀"),
        # No fallback is left where a group ends.
        (r"{\u20013}ab", "中ab"),
        (r"\uc3\u20013 ab\par", "中\n"),
    ],
)
def test_unicode_replaces_its_fallback(written: str, text: str) -> None:
    assert line(written) == text


def test_upr_and_its_unicode_twin_read_once() -> None:
    assert line(r"{\upr{old}{\*\ud{\u20013?}}}") == "中"


# --- What is not text ---


@pytest.mark.parametrize(
    "group",
    [
        r"{\v hidden}",
        r"{\v hidden \v0}",
        r"{\deleted\revauthdel1 gone}",
        r"{\info{\title A title}}",
        r"{\stylesheet{\s0 Normal;}}",
        r"{\*\listtable{\list{\listname ;}}}",
        r"{\*\unknown text}",
        r"{\pict\pngblip 89504e47}",
        r"{\pict\bin4 }{}}}",
        r"{\*\bkmkstart _Toc1}",
        r"{\*\xe index}",
    ],
)
def test_hidden_deleted_and_foreign_groups_are_left_out(group: str) -> None:
    assert line(f"a{group}b") == "ab"


def test_revised_text_stays() -> None:
    assert line(r"a{\revised\revauth1 b}") == "ab"


# --- Ticks and fields ---


@pytest.mark.parametrize(
    "written",
    [
        r"{\f2 R}",
        r"{\f2 \'52}",
        r"{\f2 \u-4014?}",
        r"{\f3 \'fe}",
        r"{\f3\u-3842\'fe}",
        r"\u9745?",
        r"\u9746?",
        r'{\field{\*\fldinst {SYMBOL 82 \\f "Wingdings 2" \\s 10}}{\fldrslt\f2\fs21}}',
        r"{\field\flddirty{\*\fldinst{\insrsid1 SYM}{BOL 254 \\f Wingdings}}{\fldrslt {\f3 \'fe}}}",
        r"{\field{\*\fldinst eq \\o\\ac(" + chinese("□,√") + r")}{\fldrslt}}",
        r"{\field{\*\fldinst{FORMCHECKBOX}{\*\formfield{\fftype1\ffres1{\*\ffname Check1}\ffdefres0}}}{\fldrslt}}",
        r"{\field{\*\fldinst FORMCHECKBOX {\*\formfield{\fftype1\ffres25\ffdefres1}}}{\fldrslt}}",
    ],
)
def test_every_way_to_tick_a_box_is_the_same_box(written: str) -> None:
    assert line(f"{chinese('新增')}{written}") == "新增☑"


@pytest.mark.parametrize(
    "written",
    [
        r"{\f2 \'a3}",
        r"{\f3 o}",
        r"\u9744?",
        r"{\field{\*\fldinst FORMCHECKBOX{\*\formfield{\fftype1\ffres0\ffdefres1}}}}",
    ],
)
def test_every_empty_box_is_the_same_box(written: str) -> None:
    assert line(written) == "☐"


def test_a_check_box_without_its_data_shows_nothing() -> None:
    """LibreOffice writes such fields; to show an empty box would be a guess."""
    assert line(r"a{\field{\*\fldinst { FORMCHECKBOX }}{\fldrslt {}}}b") == "ab"


def test_a_field_shows_its_result() -> None:
    assert line(r'{\field{\*\fldinst HYPERLINK "http://a"}{\fldrslt{\ul link}}}') == "link"


def test_a_drop_down_field_shows_the_chosen_entry() -> None:
    data = r"{\*\formfield{\fftype2\ffres1{\*\ffl one}{\*\ffl two}}}"
    assert line(rf"{{\field{{\*\fldinst FORMDROPDOWN {data}}}{{\fldrslt}}}}") == "two"


def test_the_result_of_a_field_may_run_over_paragraphs() -> None:
    assert read(r"a{\field{\*\fldinst TOC}{\fldrslt b\par c\par}}d\par").text == "ab\nc\nd\n"


def test_a_field_inside_an_instruction_belongs_to_it() -> None:
    assert line(r"{\field{\*\fldinst IF {\field{\*\fldinst X}{\fldrslt 1}} = 1}{\fldrslt yes}}") == "yes"


def test_a_formula_keeps_its_shape() -> None:
    assert line(r"{\mmath{\*\moMath{\mf{\mfPr{\mtype lin}}{\mnum{\mr 1}}{\mden{\mr 2}}}}}") == "1/2"


# --- Tables ---


def test_cells_are_separated_by_tabs_and_rows_by_line_breaks() -> None:
    document = read(r"\pard x\par " + row("a", "b") + row("c", "d") + r"\pard y\par")
    assert document.text == "x\na\tb\nc\td\ny\n"
    assert [type(block).__name__ for block in document.blocks] == ["Paragraph", "Table", "Paragraph"]


def test_column_spans_follow_from_the_edges_of_the_whole_table() -> None:
    document = read(
        row("a", "b", "c", edges="1000 2000 3000") + row("d", "e", edges="2000 3000") + row("f", edges="3000")
    )
    assert grid(document) == [
        [("a", 0, 1, 1), ("b", 1, 1, 1), ("c", 2, 1, 1)],
        [("d", 0, 2, 1), ("e", 2, 1, 1)],
        [("f", 0, 3, 1)],
    ]


def test_edges_that_differ_a_little_are_one_edge() -> None:
    document = read(row("a", "b", edges="1000 2000") + r"{\trowd\trleft-8" + row("c", "d", edges="1010 1988")[6:] + "}")
    assert grid(document)[1] == [("c", 0, 1, 1), ("d", 1, 1, 1)]


def test_a_row_may_begin_further_to_the_right() -> None:
    second = row("b", edges="2000").replace(r"\trowd", r"\trowd\trleft1000")
    assert grid(read(row("a", "x", edges="1000 2000") + second))[1] == [("b", 1, 1, 1)]


def test_vertical_merges_become_row_spans() -> None:
    start, goes_on = r"\clvmgf", r"\clvmrg"
    document = read(
        row("a", "1", flags=(start,))
        + row("", "2", flags=(goes_on,))
        + row("", "3", flags=(goes_on,))
        + row("b", "4", flags=(start,))
        + row("", "5", flags=(goes_on,))
    )
    assert document.text == "a\t1\n2\n3\nb\t4\n5\n"
    assert [cells[0] for cells in grid(document)] == [
        *(("a", 0, 1, 3), ("2", 1, 1, 1), ("3", 1, 1, 1), ("b", 0, 1, 2), ("5", 1, 1, 1)),
    ]


def test_text_in_a_covered_cell_is_not_lost() -> None:
    document = read(row("a", "1", flags=(r"\clvmgf",)) + row("x", "2", flags=(r"\clvmrg",)))
    assert grid(document) == [[("a", 0, 1, 2), ("1", 1, 1, 1)], [("x", 0, 1, 1), ("2", 1, 1, 1)]]


def test_horizontal_merge_flags_widen_the_first_cell() -> None:
    document = read(row("a", "", "b", flags=(r"\clmgf", r"\clmrg")) + row("1", "2", "3"))
    assert grid(document)[0] == [("a", 0, 2, 1), ("b", 2, 1, 1)]


def test_a_cell_has_paragraphs() -> None:
    document = read(row(r"a\par b", "c"))
    assert document.text == "a\nb\tc\n"
    (table,) = walk_tables(document.blocks)
    assert table.rows[0][0].blocks == (model.Paragraph(0, 1), model.Paragraph(2, 3))


def test_word_repeats_the_row_definition_behind_the_cells() -> None:
    cells = r"\pard\intbl{\rtlch\fcs1 \af0 \ltrch\fcs0 \insrsid1 a\cell b\cell }\pard\intbl"
    body = "".join(rf"{{\trowd \irow{n}\cellx1000\cellx3000\row }}{cells}" for n in range(2))
    document = read(rf"\trowd\cellx1000\cellx3000{cells}{body}{{\trowd\lastrow\cellx1000\cellx3000\row }}\pard\par")
    assert document.text == "a\tb\na\tb\na\tb\n\n"


def test_a_row_without_a_definition_has_that_of_the_row_above() -> None:
    document = read(row("a", "b", edges="500 9000") + r"\pard\intbl c\cell d\cell\row")
    assert grid(document)[1] == [("c", 0, 1, 1), ("d", 1, 1, 1)]


def test_intbl_keeps_paragraphs_in_their_cell_where_the_row_is_defined_behind_it() -> None:
    (table,) = walk_tables(read(r"\pard\intbl a\par b\cell\trowd\cellx500\row").blocks)
    assert [len(cell.blocks) for cell in table.rows[0]] == [2]


def test_intbl_may_be_left_out_between_trowd_and_row() -> None:
    assert read(r"\trowd\cellx1\cellx900 a\par b\cell c\cell\row\pard d\par").text == "a\nb\tc\nd\n"


def test_blank_cells_without_an_edge_are_none() -> None:
    """LibreOffice writes more cell marks than edges around nested tables."""
    assert read(r"\trowd\cellx500\pard\intbl a\cell\cell\cell\row").text == "a\n"


def test_cells_without_an_edge_stand_to_the_right() -> None:
    assert [cell[1] for cell in grid(read(r"\trowd\cellx500\pard\intbl a\cell b\cell c\cell\row"))[0]] == [0, 1, 2]


def test_a_nested_table_stands_in_its_cell() -> None:
    nested = (
        r"\pard\intbl\itap2 1\nestcell 2\nestcell{\*\nesttableprops\trowd\cellx300\cellx600\nestrow}"
        r"{\nonesttables\par}\pard\intbl\itap2 3\nestcell 4\nestcell"
        r"{\*\nesttableprops\trowd\cellx300\cellx600\nestrow}{\nonesttables\par}"
    )
    body = rf"\trowd\cellx1000\cellx2000\pard\intbl a\par{nested}\pard\intbl b\cell c\cell\row"
    document = read(body)
    assert document.text == "a\n1\t2\n3\t4\nb\tc\n"
    outer, inner = walk_tables(document.blocks)
    assert [type(block).__name__ for block in outer.rows[0][0].blocks] == ["Paragraph", "Table", "Paragraph"]
    assert len(outer.rows[0]) == 2
    assert [len(cells) for cells in inner.rows] == [2, 2]


def test_tables_end_where_a_paragraph_outside_comes() -> None:
    document = read(row("a") + r"\pard\par " + row("b"))
    assert len(list(walk_tables(document.blocks))) == 2


def test_an_unfinished_row_is_not_lost() -> None:
    assert read(r"\trowd\cellx1000\cellx2000\pard\intbl a\cell b").text == "a\tb\n"


# --- Beside the body ---


def test_text_boxes_follow_their_paragraph() -> None:
    shape = r"{\*\shpinst\shpleft1{\sp{\sn shapeType}{\sv 202}}{\shptxt \pard\plain in\par box\par}}"
    box = rf"{{\shp{shape}{{\shprslt{{\*\do old}}}}}}"
    assert read(rf"a{box}b\par c\par").text == "ab\nin\nbox\nc\n"


def test_a_text_box_in_a_cell_stays_in_it() -> None:
    box = r"{\shp{\*\shpinst{\shptxt \pard\plain in\par}}}"
    assert read(row(f"a{box}", "b")).text == "a\nin\tb\n"


def test_headers_footers_notes_and_comments_are_asides() -> None:
    body = (
        r"{\header\pard top\par}{\footer\pard \par}a{\footnote\pard\plain{\super\chftn} note\par}"
        r"{\*\atnid A}{\*\atnauthor B}\chatn{\*\annotation{\*\atnref 1}\pard remark\par}\par"
    )
    document = read(body)
    assert document.text == "a\ntop\n note\nremark\n"
    assert len(document.blocks) == 1
    assert len(document.asides) == 3


def test_a_note_inside_a_row_is_no_part_of_the_table() -> None:
    document = read(row(r"a{\footnote\pard\plain note\par}", "b"))
    assert document.text == "a\tb\nnote\n"


# --- Broken and hostile files ---


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"{\\rtf1 a", "rtf.broken"),
        (b"{\\rtf1{\\fonttbl{\\f0", "rtf.broken"),
        (b"{\\rtf1{\\*\\x \\bin999999 }}", "rtf.broken"),
        (b"rtf", "rtf.broken"),
        (b"{\\rtf1" + b"{" * 2000, "rtf.too_deep"),
        (b"{\\rtf1\\pard\\intbl\\itap99 a\\par}", "rtf.too_deep"),
        (b"{\\rtf1" + b"{\\shptxt a" * 60 + b"}" * 61, "rtf.too_deep"),
    ],
)
def test_broken_files_end_in_an_error_that_says_so(data: bytes, code: str) -> None:
    with pytest.raises(ReadError) as error:
        rtf.read(data)
    assert error.value.code == code


def test_what_follows_the_outermost_group_is_ignored() -> None:
    assert rtf.read(b"{\\rtf1 a\\par}\0\0garbage}").text == "a\n"


@settings(max_examples=200)
@given(st.binary(max_size=300), st.integers(0, 400))
def test_no_bytes_break_the_reader(noise: bytes, at: int) -> None:
    whole = rtf_of(declaration_table(Declaration()))[:4000]
    with suppress(ReadError):
        rtf.read(whole[:at] + noise + whole[at:])


# --- The same form as in Word ---

EDGES = (900, 1750, 2600, 4100, 5100, 6300, 7600, 8700)


def rtf_of(*tables: Table) -> bytes:
    """The tables in Word's spelling."""
    body = r"\pard\par ".join("".join(map(_row_of, places(table))) for table in tables)
    return rf"{{\rtf1\ansi\ansicpg936\deff0{FONTS}{body}\pard\par}}".encode("latin-1")


def _row_of(placed: list[Place]) -> str:
    definition, cells, column = r"\trowd\trgaph108\trleft0", "", 0
    for box, continued in placed:
        column += box.columns
        merge = r"\clvmrg" if continued else r"\clvmgf" if box.rows > 1 else ""
        definition += rf"{merge}\clbrdrt\brdrs\cltxlrtb\cellx{EDGES[column - 1]}"
        text = "" if continued else r"\par ".join(map(_written, box.text.split("\n")))
        cells += rf"\pard\plain\intbl{{\loch\af0\hich\af0\dbch\f1 {text}}}\cell "
    return rf"{definition}{cells}{{{definition}\row }}"


def _written(text: str) -> str:
    return "".join(_character(character) for character in text)


def _character(character: str) -> str:
    if character == TICKED:
        return r'{\field{\*\fldinst SYMBOL 82 \\f "Wingdings 2"}{\fldrslt}}'
    if character == LINE_BREAK:
        return r"\line "
    return character if character.isascii() else chinese(character)


@settings(max_examples=40)
@given(st.lists(DECLARATIONS, min_size=1, max_size=3))
def test_rtf_and_word_give_equal_rows(declarations: list[Declaration]) -> None:
    tables = [declaration_table(declaration) for declaration in declarations]
    assert rows_of(extract(rtf_of(*tables), RULES)) == rows_of(from_word(*tables))


@pytest.mark.parametrize("name", ["one-form", "two-forms-with-notice"])
def test_libreoffice_rtf_gives_the_rows_of_the_sample(name: str) -> None:
    converted, sample = CONVERTED / f"{name}.rtf", SAMPLES / f"{name}.docx"
    assert rows_of(extract(converted.read_bytes(), RULES)) == rows_of(extract(sample.read_bytes(), RULES))


@pytest.mark.xfail(reason="LibreOffice 7.4 repeats the text of a content control around each of its characters")
def test_libreoffice_rtf_of_a_content_control_gives_the_rows_of_the_sample() -> None:
    test_libreoffice_rtf_gives_the_rows_of_the_sample("revised-draft")


@pytest.mark.parametrize(("kind", "unread"), [("objemb", ("embedded object",)), ("objocx", ())])
def test_embedded_objects_are_named_as_unread_and_controls_are_not(kind: str, unread: tuple[str, ...]) -> None:
    body = rf"{{\object\{kind}{{\*\objclass Excel.Sheet.8}}{{\*\objdata 0105}}{{\result 12}}}}\par"
    document = read(body)
    assert (document.text, document.unread) == ("12\n", unread)
