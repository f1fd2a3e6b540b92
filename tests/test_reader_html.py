"""The HTML and MHTML readers: each test writes the smallest page that shows its point."""

from __future__ import annotations

import base64
import quopri
from contextlib import suppress
from html import escape
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from containers import LINE_BREAK, TICKED, Declaration, Table, declaration_table
from extract import document as model
from extract.document import Document, walk_tables
from extract.errors import ReadError
from extract.pipeline import extract
from extract.readers import READERS, html, mhtml, read_document
from extract.rules import load_rules
from test_containers import DECLARATIONS, from_word, rows_of

RULES = load_rules()
CONVERTED = Path(__file__).parent / "data" / "containers"
SAMPLES = Path(__file__).parent.parent / "samples"


def read(body: str, head: str = "") -> Document:
    return html.read(f"<html><head><meta charset=utf-8>{head}</head><body>{body}</body></html>".encode())


def line(body: str, head: str = "") -> str:
    """The text of one paragraph."""
    text = read(f"<p>x{body}</p>", head).text
    assert text.startswith("x")
    assert text.endswith("\n")
    return text[1:-1]


def grid(document: Document) -> list[list[tuple[str, int, int, int]]]:
    """Text, column, column span and row span of each cell of the only table."""
    (table,) = walk_tables(document.blocks)
    return [
        [(document.text[cell.start : cell.end], cell.column, cell.column_span, cell.row_span) for cell in cells]
        for cells in table.rows
    ]


# --- Which files ---


@pytest.mark.parametrize(
    "page",
    [
        "<html><body>x</body></html>",
        "<!DOCTYPE html>\n<p>x",
        '<?xml version="1.0"?>\n<!-- saved -->\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0">\n<html><p>x</html>',
        "\n\n<HTML xmlns:o='urn:schemas-microsoft-com:office:office'><p>x</HTML>",
        "<meta charset=utf-8><table><tr><td>x</table>",
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html><p>x</html>",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_pages_are_known_by_their_tags(page: str, encoding: str) -> None:
    data = page.encode(encoding)
    assert [reader.FORMAT for reader in READERS if reader.accepts(data)] == ["html"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "网页以 <html> 开头",
        "<附件1>\n专项名称：<table> 的用法",
        "1 < 2 且 3 > 2",
        '<?xml version="1.0"?><w:wordDocument xmlns:w="w"/>',
        '<office:document xmlns:office="o"/>',
        "<p>not a page",
    ],
)
def test_text_that_quotes_tags_and_other_xml_are_not_pages(text: str) -> None:
    assert not html.accepts(text.encode())


# --- Encodings ---


def test_a_page_declared_gb2312_may_hold_gb18030() -> None:
    data = "<html><meta http-equiv=Content-Type content='text/html; charset=gb2312'><p>㐀中國€</html>".encode("gb18030")
    document = html.read(data)
    assert (document.text, document.encoding, document.format) == ("㐀中國€\n", "gb18030", "html")


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("<meta charset='GBK'>", "gb18030"),
        ('<?xml version="1.0" encoding="gb2312"?>', "gb18030"),
        ("", "utf-8"),
        ("", "gb18030"),
        ("", "utf-16"),
        ("<meta charset=utf-8>", "utf-16"),
        ("<meta charset=big5>", "cp950"),
        ("<meta charset=utf-8>", "gb18030"),
        ("<meta charset=nonsense>", "gb18030"),
        # Converted by an editor that left the declaration alone.
        ("<meta charset=gb2312>", "utf-8"),
        ("<meta charset=utf-16>", "utf-8"),
    ],
)
def test_the_encoding_is_found_by_mark_declaration_or_trial(declared: str, encoding: str) -> None:
    text = "專項資金預算績效目標申報表，填報單位（蓋章）"
    assert html.read(f"<!DOCTYPE html>{declared}<p>{text}</p>".encode(encoding)).text == f"{text}\n"


def test_a_broken_character_in_utf_8_costs_only_itself() -> None:
    data = ("<html><meta charset=utf-8><p>" + "绩效目标" * 100).encode()
    assert html.read(data[:-1] + b"</p></html>").text == "绩效目标" * 99 + "绩效目\N{REPLACEMENT CHARACTER}\n"


def test_characters_may_be_entities() -> None:
    assert line("&#19987;&#x9879;&ge;&nbsp;1&amp;2") == "专项≥ 1&2"


# --- Paragraphs ---


def test_blocks_are_paragraphs() -> None:
    document = read("<p>a</p><div>b<div>c</div>d</div><h1>e</h1>")
    assert document.text == "a\nb\nc\nd\ne\n"
    assert document.blocks[:2] == (model.Paragraph(0, 1), model.Paragraph(2, 3))


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("a\n  b\t c", "a b c"),
        ("<span>a </span> <b> b</b>", "a b"),
        ("专项\n   名称", "专项名称"),
        ("专项 名称", "专项 名称"),
        ("专项\n<span>名称</span>", "专项名称"),
        ("a&nbsp;&nbsp;b", "a  b"),
        ("a<br>b", "a\nb"),
        ("a <br/> b<br>", "a\nb"),
        ("a<o:p></o:p>", "a"),
        ("a<wbr>b", "ab"),
        ("H<sub>2</sub>O", "H2O"),
        ("<ruby>漢<rp>(</rp><rt>han</rt></ruby>", "漢"),
        ("<del>old</del><ins>new</ins>", "new"),
        ("<textarea>a\nb</textarea>", "a\nb"),
        ("<input value=v><input type=hidden value=h>", "v"),
        ("<select><option>a<option selected>b</select>", "b"),
        ("<w:Sdt CheckBox='t'>☒</w:Sdt>", "☑"),
    ],
)
def test_what_a_paragraph_shows(written: str, text: str) -> None:
    assert line(written) == text


def test_an_empty_line_is_a_paragraph_and_an_empty_element_is_none() -> None:
    assert read("<p>a</p><p>&nbsp;</p><p><br></p><p></p><div></div><p>b</p>").text == "a\n\n\nb\n"


def test_preformatted_text_keeps_its_lines() -> None:
    assert read("<pre>a\n b</pre>").text == "a\nb\n"


@pytest.mark.parametrize(
    "hidden",
    [
        "<span style='display:none'>y</span>",
        "<span style='DISPLAY : none;mso-hide:all'>y</span>",
        "<span hidden>y</span>",
        "<i style='visibility:hidden'>y</i>",
        "<span class=Gone>y</span>",
        "<script>y</script>",
        "<style>y</style>",
        "<!-- y -->",
        "<!--[if gte mso 9]><xml>y</xml><![endif]-->",
        "<a class=sdfootnoteanc href=#n><sup>1</sup></a>",
        "<a href=#_ftn1><span class=MsoFootnoteReference><![if !supportFootnotes]>[1]<![endif]></span></a>",
        "<xml><w:WordDocument>y</w:WordDocument></xml>",
    ],
)
def test_what_no_one_sees_is_left_out(hidden: str) -> None:
    assert line(f"a{hidden}b", "<style><!-- p.x, .Gone {display:none} --></style>") == "ab"


def test_what_only_print_hides_stays() -> None:
    assert line("<b class=x>a</b>", "<style>@media print { .x { display:none } } @import 'y';</style>") == "a"


def test_text_that_downlevel_comments_reveal_is_read() -> None:
    assert line("<![if !vml]>a<![endif]><!--[if !mso]><!-->b<!--<![endif]-->") == "ab"


# --- Ticks and fields ---

FFDATA = "FFFFFFFF {bits} 0000 1400 0000 0000 {default}"


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("<input type=checkbox checked>", "☑"),
        ("<input type=checkbox>", "☐"),
        ("<input type=RADIO checked='checked'/>", "☑"),
        ("<span style='font-family:Wingdings'>þ</span>", "☑"),
        ("<span style='font-family:\"Wingdings 2\";mso-char-type:symbol'><span lang=EN-US>R</span></span>", "☑"),
        ("<span style='mso-char-type:symbol;mso-symbol-font-family:\"Wingdings 2\"'>&pound;</span>", "☐"),
        ("<font face='Wingdings 2'>R<font face=宋体>R</font></font>", "☑R"),
        ("<font face='Wingdings 2'>\uf052</font>", "☑"),
        ("<span class=w2>R</span>", "☑"),
        ("☒", "☑"),
    ],
)
def test_every_way_to_draw_a_box_is_a_box(written: str, text: str) -> None:
    assert line(written, "<style>span.w2 {font-family: 'Wingdings 2'}</style>") == text


def field(instruction: str, result: str = "", data: str = "") -> str:
    """A field as Word hides it from browsers."""
    begin = f"<!--[if supportFields]><span style='mso-element:field-begin'></span>{instruction}"
    if not result and not data:
        return f"{begin}<span style='mso-element:field-end'></span><![endif]-->"
    data = f"<!--[if gte mso 9]><xml><w:data>{data}</w:data></xml><![endif]-->" if data else ""
    separator = "<span style='mso-element:field-separator'></span><![endif]-->"
    return f"{begin}{separator}{result}{data}<!--[if supportFields]><b style='x'></b>{FIELD_END}<![endif]-->"


FIELD_END = "<span style='mso-no-proof:yes'><span style='mso-element:field-end'></span></span>"


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (field("<span lang=EN-US> eq \\o\\ac(</span>□<span>,</span>√)"), "☑"),
        (field(" SYMBOL 82 \\f &quot;Wingdings 2&quot; ", "<span style='font-family:\"Wingdings 2\"'>R</span>"), "☑"),
        (field(" PAGE ", "7"), "7"),
        (field("FORMCHECKBOX", data=FFDATA.format(bits="0500", default="0000")), "☑"),
        (field("FORMCHECKBOX", data=FFDATA.format(bits="0100", default="0100")), "☐"),
        (field("FORMCHECKBOX", data=FFDATA.format(bits="6500", default="0100")), "☑"),
        (field("FORMTEXT", "filled", data=FFDATA.format(bits="0000", default="")), "filled"),
    ],
)
def test_fields_that_word_hides_from_browsers_are_read(written: str, text: str) -> None:
    assert line(f"{written}.") == f"{text}."


def test_a_field_written_for_all_to_see_shows_its_result() -> None:
    mark = "<span style='mso-element:field-{}'></span>"
    assert line(f"{mark.format('begin')} NOTEREF _Ref {mark.format('separator')}3{mark.format('end')}b") == "3b"
    assert read(f"<p>a{mark.format('begin')} lost end</p><p>b</p>").text == "a\nb\n"


# --- Tables ---


def test_a_table_is_rows_of_cells() -> None:
    document = read("<p>x</p><table><tr><td>a<th>b<tr><td>c<td></table>y")
    assert document.text == "x\na\tb\nc\t\ny\n"
    assert grid(document) == [[("a", 0, 1, 1), ("b", 1, 1, 1)], [("c", 0, 1, 1), ("", 1, 1, 1)]]


def test_spans_move_the_cells_beside_and_below() -> None:
    document = read("<table><tr><td rowspan=2 colspan=2>a<td>b<td rowspan=3>c<tr><td>d<tr><td>e<td colspan=2>f</table>")
    assert grid(document) == [
        [("a", 0, 2, 2), ("b", 2, 1, 1), ("c", 3, 1, 3)],
        [("d", 2, 1, 1)],
        [("e", 0, 1, 1), ("f", 1, 2, 1)],
    ]


@pytest.mark.parametrize(
    ("spans", "width", "height"),
    [
        ("rowspan=0", 1, 2),
        ("rowspan=99999999999", 1, 2),
        ("colspan=0", 1, 1),
        ("colspan=99999", 1000, 1),
        ("colspan=-2 rowspan=x", 1, 1),
        ("colspan=' 2 '", 2, 1),
    ],
)
def test_odd_spans_mean_what_browsers_take_them_for(spans: str, width: int, height: int) -> None:
    document = read(f"<table><tr><td {spans}>a</td></tr><tr><td>b</td></tr></table>")
    assert grid(document)[0] == [("a", 0, width, height)]


def test_a_row_span_ends_with_its_group() -> None:
    document = read("<table><thead><tr><td rowspan=9>a<td>b</thead><tbody><tr><td>c<td>d</tbody></table>")
    assert grid(document)[0][0] == ("a", 0, 1, 1)


def test_the_head_comes_first_and_the_foot_last() -> None:
    parts = ("<tfoot><tr><td>3</tfoot>", "<tbody><tr><td>2</tbody>", "<thead><tr><td>1</thead>")
    assert read(f"<table>{''.join(parts)}</table>").text == "1\n2\n3\n"


def test_the_row_in_which_word_keeps_the_widths_is_left_out() -> None:
    filler = "<![if !supportMisalignedColumns]><tr height=0><td width=9></td><td width=9></td></tr><![endif]>"
    document = read(f"<table><tr><td colspan=2 rowspan=2>a</td></tr>{filler}</table>")
    assert grid(document) == [[("a", 0, 2, 1)]]


def test_cells_hold_paragraphs_and_tables() -> None:
    document = read("<table><tr><td><p>a</p><p>b</p><table><tr><td>1<td>2</table>c<td>d</table>")
    assert document.text == "a\nb\n1\t2\nc\td\n"
    outer, inner = walk_tables(document.blocks)
    assert [type(block).__name__ for block in outer.rows[0][0].blocks] == [*["Paragraph"] * 2, "Table", "Paragraph"]
    assert len(inner.rows[0]) == 2


def test_text_between_cells_stands_before_the_table() -> None:
    assert read("<table><caption>t</caption><tr>lost<td>a</table>").text == "t\nlost\na\n"


def test_a_hidden_row_is_left_out() -> None:
    assert read("<table><tr style='display:none'><td>a</tr><tr><td>b</table>").text == "b\n"


# --- Beside the body ---


@pytest.mark.parametrize(
    "note",
    [
        "<div style='mso-element:footnote-list'><div style='mso-element:footnote' id=ftn1><p>note</p></div></div>",
        "<div style='mso-element:header'><p>note</p></div>",
        "<div title=footer><p>note</p></div>",
        "<div id=sdfootnote1><p>note</p></div>",
    ],
)
def test_headers_footers_and_notes_are_asides(note: str) -> None:
    document = read(f"{note}<p>a</p>")
    assert document.text == "a\nnote\n"
    assert (len(document.blocks), len(document.asides)) == (1, 1)


def test_a_text_box_that_word_hides_from_browsers_follows_its_paragraph() -> None:
    box = "<!--[if gte vml 1]><v:shape><v:textbox inset='0'><p>box</p></v:textbox></v:shape><![endif]-->"
    assert read(f"<p>a{box}<![if !vml]><img src=box.gif><![endif]>b</p><p>c</p>").text == "ab\nbox\nc\n"


def test_a_frame_is_named_as_unread() -> None:
    assert html.read(b"<html><frameset><frame src=a.htm></frameset></html>").unread == ("frame",)


# --- Broken and hostile pages ---


@pytest.mark.parametrize(
    ("page", "code"),
    [
        (b"<html>" + b"<table><tr><td>" * 60, "html.too_deep"),
        (b"<html>" + b"<b>" * 100_000, "html.too_deep"),
        (b"<html>" + bytes(range(128, 256)) * 9, "html.undecodable"),
    ],
)
def test_pages_that_can_not_be_read_say_so(page: bytes, code: str) -> None:
    with pytest.raises(ReadError) as error:
        html.read(page)
    assert error.value.code == code


def test_many_unclosed_elements_are_no_reason_to_refuse() -> None:
    assert read("<font><b>" * 300 + "a").text == "a\n"


@pytest.mark.parametrize(
    "page",
    [
        "<style>" + "a " * 50_000,
        "<style>" + "/*" * 50_000,
        "<!--[if supportFields]>" + "<span " * 20_000 + "-->",
        "<!--[if gte vml 1]>" + "<v:textbox>" * 20_000 + "-->",
        "<table>" + "<tr><td rowspan=9999 colspan=999>" * 3_000,
    ],
)
def test_no_page_takes_long(page: str) -> None:
    with suppress(ReadError):
        read(page)


@settings(max_examples=200)
@given(st.binary(max_size=300), st.integers(0, 4000))
def test_no_bytes_break_the_reader(noise: bytes, at: int) -> None:
    whole = page_of(declaration_table(Declaration()))
    with suppress(ReadError):
        html.read(whole[:at] + noise + whole[at:])
    with suppress(ReadError):
        mhtml.read(archive(whole[:at] + noise + whole[at:]))


# --- Web archives ---


def archive(
    page: bytes, transfer: str = "quoted-printable", content_type: str = "text/html", end: bool = True
) -> bytes:
    """A page in Word's single file."""
    body = quopri.encodestring(page) if transfer == "quoted-printable" else base64.encodebytes(page)
    head = (
        'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="--=_Next"\n\nSingle File Web Page\n\n'
        f"----=_Next\nContent-Location: file:///C:/a.htm\nContent-Transfer-Encoding: {transfer}\n"
        f"Content-Type: {content_type}\n\n"
    )
    rest = "\n----=_Next\nContent-Location: b.xml\nContent-Type: text/xml\n\n<xml/>\n----=_Next--\n" if end else ""
    return (head.encode() + body + rest.encode()).replace(b"\n", b"\r\n")


@pytest.mark.parametrize("transfer", ["quoted-printable", "base64"])
def test_an_archive_reads_as_its_page(transfer: str) -> None:
    page = "<html><meta charset=gb2312><table><tr><td>专项<td>名称</table></html>".encode("gb18030")
    data = archive(page, transfer)
    assert [reader.FORMAT for reader in READERS if reader.accepts(data)] == ["mhtml"]
    document = read_document(data)
    assert (document.text, document.format, document.encoding) == ("专项\t名称\n", "mhtml", "gb18030")


def test_the_part_may_declare_the_encoding() -> None:
    page = "<html><p>专项</html>".encode("gb18030")
    assert mhtml.read(archive(page, content_type='text/html; charset="gb2312"')).text == "专项\n"


@pytest.mark.parametrize(
    ("page", "text"),
    [
        (b"<html><frameset><frame src=s.htm></frameset></html>", "sheet\n"),
        (b"<html><p>form<iframe src=s.htm></iframe></html>", "form\n"),
        (b"<html></html>", ""),
    ],
    ids=["frames", "a frame beside text", "a blank page"],
)
def test_an_archive_of_frames_alone_reads_as_its_sheets(page: bytes, text: str) -> None:
    sheet = "\n----=_Next\nContent-Type: text/html\n\n<html><p>sheet</html>\n\n----=_Next--\n"
    assert mhtml.read(archive(page, end=False) + sheet.replace("\n", "\r\n").encode()).text == text


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (archive(b"<p>a", content_type="text/plain"), "mhtml.no_page"),
        (archive(b"<html><p>a", end=False), "mhtml.cut_off"),
    ],
)
def test_archives_without_their_page_say_so(data: bytes, code: str) -> None:
    with pytest.raises(ReadError) as error:
        mhtml.read(data)
    assert error.value.code == code


@pytest.mark.parametrize(
    "text", ["", "Subject: 通知\n\n正文", "MIME-Version: 1.0\nContent-Type: text/plain\n\nx", "注：MIME"]
)
def test_other_messages_and_text_are_no_archives(text: str) -> None:
    assert not mhtml.accepts(text.encode())


# --- The same form as in Word ---


def page_of(*tables: Table) -> bytes:
    """The tables in Word's spelling."""
    body = "<p class=MsoNormal><o:p>&nbsp;</o:p></p>".join(map(_table_of, tables))
    return f"<html><head><meta charset=gb2312></head><body><div class=Section1>{body}</div></body></html>".encode(
        "gb18030"
    )


def _table_of(table: Table) -> str:
    rows = "".join(
        "<tr style='mso-yfti-irow:0'>"
        + "".join(f"<td colspan={box.columns} rowspan={box.rows}>{_paragraphs_of(box.text)}</td>" for box in row)
        + "</tr>\n"
        for row in table
    )
    return f"<table class=MsoNormalTable border=1>\n{rows}</table>\n"


def _paragraphs_of(text: str) -> str:
    return "".join(f"<p class=MsoNormal>{_inline(line)}<o:p></o:p></p>" for line in text.split("\n"))


def _inline(text: str) -> str:
    tick = "<span style='font-family:\"Wingdings 2\";mso-char-type:symbol'>R</span>"
    spaced = escape(text).replace(" ", "&nbsp;")
    return spaced.replace(TICKED, tick).replace(LINE_BREAK, "<br>\n") or "&nbsp;"


@settings(max_examples=40)
@given(st.lists(DECLARATIONS, min_size=1, max_size=3))
def test_html_and_word_give_equal_rows(declarations: list[Declaration]) -> None:
    tables = [declaration_table(declaration) for declaration in declarations]
    page = page_of(*tables)
    assert rows_of(extract(page, RULES)) == rows_of(extract(archive(page), RULES)) == rows_of(from_word(*tables))


@pytest.mark.parametrize("name", ["one-form", "two-forms-with-notice"])
def test_libreoffice_html_gives_the_rows_of_the_sample(name: str) -> None:
    converted, sample = CONVERTED / f"{name}.html", SAMPLES / f"{name}.docx"
    assert rows_of(extract(converted.read_bytes(), RULES)) == rows_of(extract(sample.read_bytes(), RULES))
