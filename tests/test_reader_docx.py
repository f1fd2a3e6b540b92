"""The .docx reader, one behaviour a test, on the smallest package that shows it."""

from __future__ import annotations

import contextlib
import io
import zipfile
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.document import Block, Cell, Document, Paragraph, Table, walk_tables
from extract.errors import ReadError
from extract.readers import docx, symbols

TRANSITIONAL = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
RELATIONSHIP = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def root(name: str, content: str, namespace: str = TRANSITIONAL) -> str:
    return (
        f'<w:{name} xmlns:w="{namespace}" xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
        ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
        ' xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
        ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
        f' xmlns:v="urn:schemas-microsoft-com:vml">{content}</w:{name}>'
    )


def relationships(**targets: str) -> str:
    links = "".join(
        f'<Relationship Id="r{number}" Type="{RELATIONSHIP}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets.items())
    )
    return (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{links}</Relationships>'
    )


def content_types(main: str = "/word/document.xml", main_type: str = MAIN_TYPE) -> str:
    return (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Override PartName="{main}" ContentType="{main_type}"/></Types>'
    )


def pack(parts: Mapping[str, str | bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return packed.getvalue()


def package(document: str | bytes, **more: str) -> bytes:
    """A package with this main part; more parts by kind (header, footnotes, …)."""
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": content_types(),
        "_rels/.rels": relationships(officeDocument="word/document.xml"),
        "word/document.xml": document,
        "word/_rels/document.xml.rels": relationships(**{kind: f"{kind}.xml" for kind in more}),
    }
    return pack(parts | {f"word/{kind}.xml": content for kind, content in more.items()})


def read(body: str, **more: str) -> Document:
    return docx.read(package(root("document", f"<w:body>{body}</w:body>"), **more))


def p(*inlines: str) -> str:
    return f"<w:p>{''.join(inlines)}</w:p>"


def r(text: str = "", properties: str = "", content: str = "") -> str:
    written = f'<w:t xml:space="preserve">{text}</w:t>' if text else ""
    return f"<w:r>{f'<w:rPr>{properties}</w:rPr>' if properties else ''}{written}{content}</w:r>"


def tc(content: str = "", properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{content if content.startswith('<') else p(r(content))}</w:tc>"


def tr(*cells: str, properties: str = "") -> str:
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


def tbl(*rows: str) -> str:
    return f"<w:tbl><w:tblPr/><w:tblGrid/>{''.join(rows)}</w:tbl>"


def begin(data: str = "") -> str:
    return r(content=f'<w:fldChar w:fldCharType="begin">{data}</w:fldChar>')


def code(instruction: str) -> str:
    return r(content=f"<w:instrText>{instruction}</w:instrText>")


SEPARATE = r(content='<w:fldChar w:fldCharType="separate"/>')
END = r(content='<w:fldChar w:fldCharType="end"/>')
GOES_ON = "<w:vMerge/>"
STARTS = '<w:vMerge w:val="restart"/>'


def line(*inlines: str) -> str:
    """The text of one paragraph."""
    text = read(p(*inlines)).text
    assert text.endswith("\n")
    return text[:-1]


def only_table(document: Document) -> Table:
    (table,) = walk_tables(document.blocks)
    return table


def grid(document: Document) -> list[list[tuple[str, int, int, int]]]:
    """Text, column, column span and row span of each cell of the only table."""
    return [
        [(document.text[cell.start : cell.end], cell.column, cell.column_span, cell.row_span) for cell in row]
        for row in only_table(document).rows
    ]


# --- Text of a paragraph ---


def test_runs_of_a_paragraph_are_one_text() -> None:
    document = read(p(r("项目"), r("名称")) + p(r("甲")))
    assert document.text == "项目名称\n甲\n"
    assert document.blocks == (Paragraph(0, 4), Paragraph(5, 6))
    assert (document.format, document.encoding) == ("docx", None)


@pytest.mark.parametrize(
    ("element", "text"),
    [
        ("<w:tab/>", " "),
        ('<w:ptab w:alignment="left"/>', " "),
        ("<w:br/>", "\n"),
        ('<w:br w:type="page"/>', "\n"),
        ("<w:cr/>", "\n"),
        ("<w:noBreakHyphen/>", "-"),
        ("<w:softHyphen/>", ""),
        ("<w:t>\t</w:t>", " "),
        ("<w:t>\n</w:t>", " "),
    ],
)
def test_a_special_character_element_reads_as_its_character(element: str, text: str) -> None:
    assert line(r("甲"), r(content=element), r("乙")) == f"甲{text}乙"


@pytest.mark.parametrize("wrapper", ["w:ins", "w:moveTo", "w:smartTag", "w:hyperlink", "w:customXml", "w:dir", "w:new"])
def test_text_in_a_wrapper_is_kept(wrapper: str) -> None:
    assert line(f"<{wrapper}>{r('新增')}</{wrapper}>") == "新增"


@pytest.mark.parametrize("wrapper", ["w:del", "w:moveFrom"])
def test_deleted_and_moved_text_is_left_out(wrapper: str) -> None:
    assert line(r("甲"), f"<{wrapper}>{r('旧', content='<w:delText>旧</w:delText>')}</{wrapper}>") == "甲"


def test_hidden_text_is_left_out() -> None:
    assert line(r("见"), r("不见", "<w:vanish/>"), r("也见", '<w:vanish w:val="0"/>')) == "见也见"


def test_a_hidden_field_start_still_hides_its_instruction() -> None:
    start = r(properties="<w:vanish/>", content='<w:fldChar w:fldCharType="begin"/><w:instrText>PAGE</w:instrText>')
    assert line(start, code("PAGE"), SEPARATE, r("3"), END) == "3"


def test_a_ruby_reads_as_its_base() -> None:
    assert (
        line(r(content=f"<w:ruby><w:rubyPr/><w:rt>{r('yuè')}</w:rt><w:rubyBase>{r('岳')}</w:rubyBase></w:ruby>"))
        == "岳"
    )


def test_formulas_keep_their_text_and_the_sign_of_a_fraction() -> None:
    def part(name: str, text: str) -> str:
        return f"<m:{name}><m:r><m:t>{text}</m:t></m:r></m:{name}>"

    assert line(f"<m:oMath><m:f>{part('num', '1')}{part('den', '2')}</m:f></m:oMath>") == "1/2"
    assert line(f"<m:oMath><m:sSup>{part('e', '10')}{part('sup', '3')}</m:sSup></m:oMath>") == "10^3"


def test_a_strict_document_reads_like_a_transitional_one() -> None:
    body = tbl(tr(tc("甲", '<w:gridSpan w:val="2"/>' + STARTS)), tr(tc("", '<w:gridSpan w:val="2"/>' + GOES_ON)))
    document = docx.read(package(root("document", f"<w:body>{body}</w:body>", STRICT)))
    assert grid(document) == [[("甲", 0, 2, 2)], []]


# --- Ticks and symbols ---


@pytest.mark.parametrize(
    ("font", "char", "shown"),
    [
        ("Wingdings 2", "F052", "☑"),
        ("Wingdings 2", "0052", "☑"),
        ("Wingdings 2", "F0A3", "☐"),
        ("Wingdings", "F0FE", "☑"),
        ("Wingdings", "F0A8", "☐"),
        ("Wingdings", "006F", "☐"),
        ("Symbol", "F0B3", "≥"),
        ("Symbol", "F0A3", "≤"),
        ("宋体", "25A1", "□"),
        ("Wingdings", "0023", "\uf023"),
        ("Wingdings", "nonsense", "\ufffd"),
    ],
)
def test_a_symbol_reads_by_font_and_code(font: str, char: str, shown: str) -> None:
    assert line(r(content=f'<w:sym w:font="{font}" w:char="{char}"/>')) == shown


@pytest.mark.parametrize(
    ("fonts", "text", "shown"),
    [
        ('w:ascii="Wingdings 2" w:hAnsi="Wingdings 2"', "\uf052", "☑"),
        ('w:hAnsi="Symbol"', "\uf0a3", "≤"),
        ('w:ascii="宋体"', "延续\uf052", "延续☑"),
        ("", "\uf0a3", "☐"),
        ("", "\uf0b3", "≥"),
        ("", "\uf0c7", "\uf0c7"),
        ('w:ascii="Wingdings 2"', "R 延续", "☑ 延续"),
        ('w:ascii="Symbol"', "³5", "≥5"),
        ('w:eastAsia="Wingdings 2"', "R", "R"),
    ],
)
def test_text_in_a_symbol_font_reads_as_what_it_shows(fonts: str, text: str, shown: str) -> None:
    assert line(r(text, f"<w:rFonts {fonts}/>")) == shown


def test_a_typed_crossed_box_is_ticked_and_a_typed_square_stays() -> None:
    assert line(r("是☒ 否□")) == "是☑ 否□"


@pytest.mark.parametrize(("checked", "shown"), [('<w14:checked w14:val="1"/>', "☑"), ("", "☐")])
@pytest.mark.parametrize("level", ["run", "block", "cell"])
def test_a_check_box_control_shows_its_state_whatever_its_glyph(level: str, checked: str, shown: str) -> None:
    def control(content: str) -> str:
        box = f"<w:sdtPr><w14:checkbox>{checked}</w14:checkbox></w:sdtPr>"
        return f"<w:sdt>{box}<w:sdtContent>{content}</w:sdtContent></w:sdt>"

    glyph = r("@")
    body = {"run": p(control(glyph)), "block": control(p(glyph)), "cell": tbl(tr(control(tc(p(glyph)))))}[level]
    assert read(body + p(r("后"))).text == f"{shown}\n后\n"


@pytest.mark.parametrize(
    ("settings", "shown"),
    [
        ("<w:checked/>", "☑"),
        ('<w:default w:val="1"/>', "☑"),
        ('<w:default w:val="1"/><w:checked w:val="0"/>', "☐"),
        ("<w:sizeAuto/>", "☐"),
    ],
)
def test_a_legacy_check_box_shows_its_state(settings: str, shown: str) -> None:
    data = f"<w:ffData><w:checkBox>{settings}</w:checkBox></w:ffData>"
    assert line(begin(data), code(" FORMCHECKBOX "), SEPARATE, END, r("是")) == f"{shown}是"


def test_a_legacy_list_shows_its_chosen_entry() -> None:
    entries = '<w:result w:val="1"/><w:listEntry w:val="新增"/><w:listEntry w:val="延续"/>'
    data = f"<w:ffData><w:ddList>{entries}</w:ddList></w:ffData>"
    assert line(begin(data), code("FORMDROPDOWN"), END) == "延续"


# --- Fields ---


@pytest.mark.parametrize(
    ("instruction", "shown"),
    [
        (r"EQ \o\ac(□,√)", "☑"),
        (r" eq \o\ac(□,√) ", "☑"),
        (r"EQ\o\ac(□,√)", "☑"),
        ("EQ\u3000\\o \\ac（□，√）", "☑"),
        (r"eq \o(□,√)", "☑"),
        (r"eq \o\ac(□,\s\up1(√))", "☑"),
        (r"EQ \o\ac(○,3)", "③"),
        (r"EQ \f(1,2)", "1/2"),
        (r"EQ \r(3,8)", r"\r(3,8)"),
        (r"SYMBOL 82 \f &quot;Wingdings 2&quot; \s 12", "☑"),
        ("MACROBUTTON Tick □", "□"),
        ("PAGE", ""),
        ("EQUIP", ""),
    ],
)
def test_a_field_that_draws_its_instruction_shows_the_drawing(instruction: str, shown: str) -> None:
    assert line(begin(), code(instruction), END) == shown
    assert line(f'<w:fldSimple w:instr="{instruction}"/>') == shown


def test_a_field_instruction_may_be_cut_into_runs_and_hold_symbols() -> None:
    tick = r(content='<w:sym w:font="Wingdings" w:char="F0FC"/>')
    assert line(begin(), code(r"EQ \o\ac("), r("□"), code(","), tick, code(")"), END) == "☑"


def test_a_field_keeps_its_result_and_loses_its_instruction() -> None:
    assert line(r("第"), begin(), code("PAGE"), SEPARATE, r("3"), END, r("页")) == "第3页"
    assert line(f'<w:fldSimple w:instr="PAGE">{r("3")}</w:fldSimple>') == "3"


def test_fields_nest() -> None:
    inner = begin() + code("MERGEFIELD a") + SEPARATE + r("内") + END
    assert line(begin(), code("IF "), inner, code(" = 1"), SEPARATE, r("果"), inner, END, r("后")) == "果内后"


def test_a_field_result_may_run_over_paragraphs() -> None:
    body = p(begin(), code("TOC"), SEPARATE, r("一")) + p(r("二")) + p(r("三"), END, r("四"))
    assert read(body).text == "一\n二\n三四\n"


def test_a_field_that_never_ends_loses_no_text() -> None:
    assert read(p(begin(), code("PAGE"), r("甲")) + p(r("乙"))).text == "甲\n乙\n"


# --- Alternatives and text boxes ---


def box(content: str) -> str:
    return f"<w:drawing><wps:wsp><wps:txbx><w:txbxContent>{content}</w:txbxContent></wps:txbx></wps:wsp></w:drawing>"


def old_box(content: str) -> str:
    return f"<w:pict><v:shape><v:textbox><w:txbxContent>{content}</w:txbxContent></v:textbox></v:shape></w:pict>"


def either(choice: str, fallback: str) -> str:
    return (
        f'<mc:AlternateContent><mc:Choice Requires="wps">{choice}</mc:Choice>'
        f"<mc:Fallback>{fallback}</mc:Fallback></mc:AlternateContent>"
    )


def test_a_text_box_follows_its_paragraph_and_is_read_once() -> None:
    drawn = either(box(p(r("框"))), old_box(p(r("框"))))
    assert read(p(r("甲"), r(content=drawn), r("乙")) + p(r("丙"))).text == "甲乙\n框\n丙\n"


def test_a_text_box_stays_in_the_cell_of_its_paragraph() -> None:
    document = read(tbl(tr(tc(p(r("甲"), r(content=old_box(p(r("框")))))), tc("乙"))))
    assert [[cell[0] for cell in row] for row in grid(document)] == [["甲\n框", "乙"]]


def test_the_fallback_is_read_where_the_choice_has_nothing_to_read() -> None:
    assert line(r(content=either("<wps:unknown/>", "<w:t>备</w:t>"))) == "备"


def test_blocks_may_stand_in_alternatives() -> None:
    assert read(either(p(r("新")), p(r("旧")))).text == "新\n"


# --- Tables ---


def test_cells_part_with_tabs_and_rows_end_with_a_line_break() -> None:
    document = read(p(r("上")) + tbl(tr(tc("甲"), tc("乙")), tr(tc(""), tc("丙"))) + p(r("下")))
    assert document.text == "上\n甲\t乙\n\t丙\n下\n"
    table = document.blocks[1]
    assert isinstance(table, Table)
    assert table.has_grid
    assert table.rows[1][0] == Cell(1, 0, 1, 1, 6, 6, (Paragraph(6, 6),))


def test_paragraphs_in_a_cell_are_kept_apart() -> None:
    document = read(tbl(tr(tc(p(r("主管")) + p(r("部门"))))))
    assert grid(document) == [[("主管\n部门", 0, 1, 1)]]
    assert len(only_table(document).rows[0][0].blocks) == 2


def test_column_spans_shift_the_cells_after_them() -> None:
    document = read(tbl(tr(tc("甲", '<w:gridSpan w:val="3"/>'), tc("乙")), tr(tc("丙"))))
    assert grid(document) == [[("甲", 0, 3, 1), ("乙", 3, 1, 1)], [("丙", 0, 1, 1)]]


def test_columns_left_free_before_a_row_shift_its_cells() -> None:
    document = read(tbl(tr(tc("甲"), properties='<w:gridBefore w:val="2"/><w:gridAfter w:val="1"/>')))
    assert grid(document) == [[("甲", 2, 1, 1)]]


def test_a_vertical_merge_is_one_high_cell() -> None:
    document = read(tbl(tr(tc("甲", STARTS), tc("1")), tr(tc("", GOES_ON), tc("2")), tr(tc("乙", STARTS), tc("3"))))
    assert grid(document) == [[("甲", 0, 1, 2), ("1", 1, 1, 1)], [("2", 1, 1, 1)], [("乙", 0, 1, 1), ("3", 1, 1, 1)]]
    assert document.text == "甲\t1\n2\n乙\t3\n"


def test_a_merge_that_continues_nothing_starts_one() -> None:
    document = read(tbl(tr(tc("甲", GOES_ON)), tr(tc("", GOES_ON)), tr(tc("丙")), tr(tc("", GOES_ON))))
    assert grid(document) == [[("甲", 0, 1, 2)], [], [("丙", 0, 1, 1)], [("", 0, 1, 1)]]


def test_a_merge_of_another_width_does_not_continue() -> None:
    wide = '<w:gridSpan w:val="2"/>'
    document = read(tbl(tr(tc("甲", STARTS + wide)), tr(tc("", GOES_ON), tc("乙"))))
    assert grid(document) == [[("甲", 0, 2, 1)], [("", 0, 1, 1), ("乙", 1, 1, 1)]]


def test_text_under_a_merge_is_not_lost() -> None:
    document = read(tbl(tr(tc("甲", STARTS)), tr(tc("遗", GOES_ON)), tr(tc("", GOES_ON))))
    assert grid(document) == [[("甲", 0, 1, 3)], [("遗", 0, 1, 1)], []]


def test_an_old_horizontal_merge_is_a_column_span() -> None:
    first, next_one = '<w:hMerge w:val="restart"/>', "<w:hMerge/>"
    document = read(tbl(tr(tc("甲", first), tc("", next_one), tc("", next_one), tc("乙"))))
    assert grid(document) == [[("甲", 0, 3, 1), ("乙", 3, 1, 1)]]


def test_horizontal_and_vertical_merges_make_a_rectangle() -> None:
    first, next_one = '<w:hMerge w:val="restart"/>', "<w:hMerge/>"
    document = read(
        tbl(
            tr(tc("甲", first + STARTS), tc("", next_one + STARTS), tc("乙")),
            tr(tc("", first + GOES_ON), tc("", next_one + GOES_ON), tc("丙")),
        )
    )
    assert grid(document) == [[("甲", 0, 2, 2), ("乙", 2, 1, 1)], [("丙", 2, 1, 1)]]


def test_a_deleted_row_is_left_out() -> None:
    document = read(tbl(tr(tc("甲")), tr(tc("旧"), properties="<w:del/>"), tr(tc("乙"), properties="<w:ins/>")))
    assert grid(document) == [[("甲", 0, 1, 1)], [("乙", 0, 1, 1)]]
    assert [row[0].row for row in only_table(document).rows] == [0, 1]


def test_rows_and_cells_are_found_in_controls_and_custom_xml() -> None:
    def control(content: str) -> str:
        return f"<w:sdt><w:sdtPr/><w:sdtContent>{content}</w:sdtContent></w:sdt>"

    body = control(tbl(control(tr(control(tc("甲")), f"<w:customXml>{tc('乙')}</w:customXml>"))))
    assert grid(read(body)) == [[("甲", 0, 1, 1), ("乙", 1, 1, 1)]]


def test_a_table_in_a_cell_is_a_block_of_the_cell() -> None:
    inner = tbl(tr(tc("内"), tc("里")))
    document = read(tbl(tr(tc(p(r("前")) + inner + p()), tc("外"))))
    assert document.text == "前\n内\t里\n\t外\n"
    outer = document.blocks[0]
    assert isinstance(outer, Table)
    paragraph, table, last = outer.rows[0][0].blocks
    assert (paragraph, last) == (Paragraph(0, 1), Paragraph(6, 6))
    assert isinstance(table, Table)


@pytest.mark.parametrize("span", ["0", "-3", "", "viele", "99999999999999999999"])
def test_a_senseless_span_does_no_harm(span: str) -> None:
    document = read(tbl(tr(tc("甲", f'<w:gridSpan w:val="{span}"/>'))))
    assert 1 <= grid(document)[0][0][2] <= 1000


# --- What stands beside the body ---


def test_headers_footers_and_notes_follow_the_body_as_asides() -> None:
    separator = f'<w:footnote w:type="separator" w:id="-1">{p(r("—"))}</w:footnote>'
    document = read(
        p(r("正文")),
        comments=root("comments", f"<w:comment>{p(r('批'))}</w:comment>"),
        footnotes=root("footnotes", f"{separator}<w:footnote>{p(r('注'))}</w:footnote>"),
        header=root("hdr", tbl(tr(tc("页眉")))),
        footer=root("ftr", p()),
    )
    assert document.text == "正文\n页眉\n注\n批\n"
    assert len(document.blocks) == 1
    assert [type(block) for block in document.asides] == [Table, Paragraph, Paragraph]


def test_a_part_that_nothing_points_to_is_not_read() -> None:
    parts = {
        "[Content_Types].xml": content_types(),
        "_rels/.rels": relationships(officeDocument="word/document.xml"),
        "word/document.xml": root("document", f"<w:body>{p(r('甲'))}</w:body>"),
        "word/header1.xml": root("hdr", p(r("旧页眉"))),
    }
    assert docx.read(pack(parts)).text == "甲\n"


# --- Packages ---


@pytest.mark.parametrize(
    "parts",
    [
        {"_rels/.rels": relationships(officeDocument="/a/b.xml"), "a/b.xml": ""},
        {"_rels/.rels": relationships(officeDocument="A/B.xml"), "a/b.xml": ""},
        {"_rels/.rels": relationships(officeDocument="a/b.xml"), "a\\b.xml": ""},
        {"[Content_Types].xml": content_types("/a/b.xml"), "a/b.xml": ""},
        {"word/document.xml": ""},
    ],
)
def test_the_main_part_may_have_any_name(parts: dict[str, str]) -> None:
    document = root("document", f"<w:body>{p(r('甲'))}</w:body>")
    assert docx.read(pack({name: content or document for name, content in parts.items()})).text == "甲\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030"])
def test_the_main_part_may_have_any_encoding(encoding: str) -> None:
    declared = f'<?xml version="1.0" encoding="{encoding}"?>' + root("document", f"<w:body>{p(r('甲'))}</w:body>")
    assert docx.read(package(declared.encode(encoding))).text == "甲\n"


@pytest.mark.parametrize(
    "main_type",
    [
        MAIN_TYPE,
        "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml",
        "application/vnd.ms-word.document.macroEnabled.main+xml",
        "application/vnd.ms-word.template.macroEnabledTemplate.main+xml",
    ],
)
def test_word_packages_are_accepted(main_type: str) -> None:
    assert docx.accepts(pack({"[Content_Types].xml": content_types(main_type=main_type)}))


def test_a_cut_off_word_package_is_accepted_so_that_reading_explains() -> None:
    whole = package(root("document", "<w:body/>"))
    assert docx.accepts(whole[: len(whole) // 2])


SPREADSHEET = {
    "[Content_Types].xml": content_types(
        "/xl/workbook.xml", "application/vnd.openxmlformats-officedocument.sheet.main+xml"
    ),
    "_rels/.rels": relationships(officeDocument="xl/workbook.xml"),
    "xl/workbook.xml": "<workbook/>",
}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK",
        b"hello",
        pack({}),
        pack({"a.txt": "word/document.xml"}),
        pack({"mimetype": "x"}),
        pack(SPREADSHEET),
    ],
)
def test_other_files_are_not_accepted(data: bytes) -> None:
    assert not docx.accepts(data)


def with_encryption_flag(data: bytes) -> bytes:
    """Set the flag 'encrypted' in every entry of the directory and every local header."""
    changed = bytearray(data)
    for signature, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = changed.find(signature)
        while at >= 0:
            changed[at + offset] |= 1
            at = changed.find(signature, at + 1)
    return bytes(changed)


def with_size_in_directory(data: bytes, size: int) -> bytes:
    """Let the directory claim that the last part has `size` bytes."""
    at = data.rfind(b"PK\x01\x02")
    return data[: at + 24] + size.to_bytes(4, "little") + data[at + 28 :]


BODY = root("document", f"<w:body>{p(r('甲'))}</w:body>")
BOMB = '<!DOCTYPE w:document [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
JUST_A_DOCUMENT = pack({"word/document.xml": BODY})


@pytest.mark.parametrize(
    ("data", "error_code"),
    [
        (b"", "docx.broken_zip"),
        (b"not a zip", "docx.broken_zip"),
        (package(BODY)[:300], "docx.broken_zip"),
        (with_size_in_directory(JUST_A_DOCUMENT, 20), "docx.broken_zip"),
        (with_size_in_directory(JUST_A_DOCUMENT, 2**31), "docx.too_large"),
        (with_encryption_flag(package(BODY)), "docx.encrypted_part"),
        (pack({"a.txt": "a"}), "docx.no_document"),
        (pack(SPREADSHEET), "docx.not_word"),
        (package(root("document", "")), "docx.no_body"),
        (package(BODY[:-20]), "docx.broken_xml"),
        (package(""), "docx.broken_xml"),
        (package(BOMB + BODY.replace("甲", "&b;")), "docx.broken_xml"),
        (package(BODY.replace("甲", "&nbsp;")), "docx.broken_xml"),
        (package(BODY, header="<w:hdr"), "docx.broken_xml"),
        (package(root("document", f"<w:body>{'<w:sdt>' * 60}{'</w:sdt>' * 60}</w:body>")), "docx.too_deep"),
        (package(root("document", f"<w:body>{'<w:sdt>' * 9999}{'</w:sdt>' * 9999}</w:body>")), "docx.broken_xml"),
    ],
)
def test_a_file_that_can_not_be_read_says_so(data: bytes, error_code: str) -> None:
    with pytest.raises(ReadError) as raised:
        docx.read(data)
    assert raised.value.code == error_code
    assert not raised.value.message.en.endswith(".")
    assert "\n" not in raised.value.message.en


def test_content_that_is_not_read_is_named() -> None:
    document = read(p(r("表")), chart="<c/>", aFChunk="<html/>")
    assert document.unread == ("imported document", "chart")


def test_deep_but_sensible_tables_are_read() -> None:
    body = p(r("底"))
    for _ in range(30):
        body = tbl(tr(tc(body)))
    assert read(body).text.startswith("底\n")


def test_deep_inline_wrappers_are_read() -> None:
    assert line("<w:ins>" * 200 + r("底") + "</w:ins>" * 200) == "底"


# --- Promises ---

_TEXTS = st.text(st.sampled_from("项目≥10□\uf052 \u3000"), max_size=6)
_PARAGRAPHS = st.lists(_TEXTS, max_size=3).map(lambda texts: p(*map(r, texts)))
_SHAPES = st.sampled_from(
    ["", STARTS, GOES_ON, '<w:gridSpan w:val="2"/>', '<w:gridSpan w:val="2"/>' + GOES_ON, "<w:hMerge/>"]
)


def _tables(content: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    cells = st.builds(lambda blocks, shape: tc("".join(blocks) or p(), shape), st.lists(content, max_size=3), _SHAPES)
    rows = st.lists(cells, max_size=4).map(lambda row: tr(*row))
    return st.lists(rows, max_size=4).map(lambda table: tbl(*table))


_BLOCKS = st.recursive(
    _PARAGRAPHS,
    lambda content: st.one_of(_tables(content), content.map(lambda block: p(r("锚", content=old_box(block))))),
    max_leaves=12,
)


def hold_together(blocks: tuple[Block, ...], start: int, end: int) -> None:
    """Assert that blocks are ordered, do not overlap, lie within start and end, and that cells do the same."""
    for block in blocks:
        if isinstance(block, Paragraph):
            assert start <= block.start <= block.end <= end
            start = block.end
        else:
            for cell in (cell for row in block.rows for cell in row):
                assert start <= cell.start <= cell.end <= end
                hold_together(cell.blocks, cell.start, cell.end)
                start = cell.end


def paragraphs(blocks: tuple[Block, ...]) -> list[Paragraph]:
    """All paragraphs, those in cells too, in reading order."""
    found: list[Paragraph] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            found.append(block)
        else:
            for cell in (cell for row in block.rows for cell in row):
                found += paragraphs(cell.blocks)
    return found


@given(st.lists(_BLOCKS, max_size=5))
def test_spans_are_ordered_and_cover_all_text(content: list[str]) -> None:
    document = read("".join(content))
    hold_together(document.blocks, 0, len(document.text))
    spelled = "".join(document.text[found.start : found.end] for found in paragraphs(document.blocks))
    assert spelled == document.text.replace("\n", "").replace("\t", "")


@given(st.lists(_BLOCKS, max_size=5))
def test_no_typed_text_is_lost(content: list[str]) -> None:
    body = "".join(content)
    typed = [character for character in body if character in "项目≥□锚\uf052"]
    read_back = [character for character in read(body).text if character in "项目≥□锚☑"]
    assert read_back.count("☑") == typed.count("\uf052")
    assert sorted(read_back) == sorted("☑" if character == "\uf052" else character for character in typed)


@given(st.data())
def test_a_damaged_package_is_read_or_refused_but_never_crashes(data: st.DataObject) -> None:
    whole = bytearray(package(BODY))
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    docx.accepts(bytes(whole))
    with contextlib.suppress(ReadError):
        docx.read(bytes(whole))


@given(st.sampled_from(["", "宋体", "Symbol", "Wingdings", "wingdings 2", "Webdings"]), st.integers(0, 0x10FFFF))
def test_every_symbol_code_gives_one_character_that_can_be_stored(font: str, character_code: int) -> None:
    shown = symbols.glyph(font, character_code)
    assert len(shown) == 1
    assert shown.encode("utf-8")


@given(st.text(st.sampled_from('EQeq \\oacfs(),（，）□√1SYMBOL"0x'), max_size=40))
def test_any_field_instruction_can_be_asked_for_its_drawing(instruction: str) -> None:
    assert symbols.drawn_by_field(instruction) != ""
