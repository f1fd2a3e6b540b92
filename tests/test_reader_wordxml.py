"""The reader of Word 2003 XML and flat packages: each test writes the smallest file that shows its point."""

from __future__ import annotations

import io
import re
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from containers import Declaration, declaration_table, docx
from extract.document import Document, walk_tables
from extract.errors import ReadError
from extract.pipeline import extract
from extract.readers import READERS, read_document, wordxml
from extract.rules import load_rules
from test_containers import DECLARATIONS, from_word, rows_of

RULES = load_rules()
SAMPLES = Path(__file__).parent.parent / "samples"

OLD = "http://schemas.microsoft.com/office/word/2003/wordml"
NEW = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
PACKAGE = "http://schemas.microsoft.com/office/2006/xmlPackage"
PROLOGUE = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<?mso-application progid="Word.Document"?>\n'
RELATIONSHIPS = "application/vnd.openxmlformats-package.relationships+xml"


def word_2003(body: str, before: str = "") -> bytes:
    return (
        f'{PROLOGUE}<w:wordDocument xmlns:w="{OLD}" xmlns:aml="http://schemas.microsoft.com/aml/2001/core"'
        ' xmlns:wx="http://schemas.microsoft.com/office/word/2003/auxHint" xmlns:v="urn:schemas-microsoft-com:vml"'
        f' xmlns:o="urn:schemas-microsoft-com:office:office">{before}<w:body>{body}</w:body></w:wordDocument>'
    ).encode()


def read(body: str, before: str = "") -> Document:
    return wordxml.read(word_2003(body, before))


def p(*inlines: str) -> str:
    return f"<w:p>{''.join(inlines)}</w:p>"


def r(text: str = "", content: str = "") -> str:
    return f"<w:r>{f'<w:t>{text}</w:t>' if text else ''}{content}</w:r>"


def annotation(kind: str, content: str = "") -> str:
    return f'<aml:annotation aml:id="1" w:type="Word.{kind}"><aml:content>{content}</aml:content></aml:annotation>'


def line(*inlines: str) -> str:
    """The text of one paragraph."""
    text = read(p(*inlines)).text
    assert text.endswith("\n")
    return text[:-1]


# --- Which files ---


@pytest.mark.parametrize(
    "data",
    [
        word_2003(p(r("x"))),
        b"\xef\xbb\xbf" + word_2003(p(r("x"))),
        word_2003(p(r("x"))).decode().replace("UTF-8", "UTF-16").encode("utf-16"),
        f'<ns0:wordDocument xmlns:ns0="{OLD}"><ns0:body><ns0:p><ns0:r><ns0:t>x</ns0:t></ns0:r></ns0:p></ns0:body>'
        "</ns0:wordDocument>".encode(),
    ],
)
def test_only_this_reader_takes_word_xml(data: bytes) -> None:
    assert [reader.FORMAT for reader in READERS if reader.accepts(data)] == ["wordxml"]
    document = read_document(data)
    assert (document.text, document.format, document.encoding) == ("x\n", "wordxml", None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "w:wordDocument",
        '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>',
        "<html><w:wordDocument/></html>",
        '<package xmlns="http://www.idpf.org/2007/opf"/>',
    ],
)
def test_other_xml_and_text_are_left_to_others(text: str) -> None:
    assert not wordxml.accepts(text.encode())


# --- Word 2003 XML ---


def test_sections_and_their_marks_are_walked_through() -> None:
    body = f"<wx:sect><wx:sub-section>{p(r('a'))}</wx:sub-section>{p(r('b'))}<w:sectPr/></wx:sect>"
    assert read(body).text == "a\nb\n"


def test_vertical_merges_become_row_spans() -> None:
    start, goes_on = '<w:tcPr><w:vmerge w:val="restart"/></w:tcPr>', "<w:tcPr><w:vmerge/></w:tcPr>"
    rows = (
        f"<w:tr><w:tc>{start}{p(r('a'))}</w:tc><w:tc>{p(r('1'))}</w:tc></w:tr>"
        f"<w:tr><w:tc>{goes_on}{p()}</w:tc><w:tc>{p(r('2'))}</w:tc></w:tr>"
    )
    document = read(f"<w:tbl><w:tblPr/><w:tblGrid><w:gridCol/><w:gridCol/></w:tblGrid>{rows}</w:tbl>")
    assert document.text == "a\t1\n2\n"
    (table,) = walk_tables(document.blocks)
    assert [(cell.column, cell.row_span) for row in table.rows for cell in row] == [(0, 2), (1, 1), (1, 1)]


def test_deletions_are_left_out_and_insertions_stay() -> None:
    assert line(r("a"), annotation("Deletion", r("gone")), annotation("Insertion", r("b"))) == "ab"


def test_a_deleted_row_is_left_out() -> None:
    deleted = '<w:trPr><aml:annotation aml:id="1" w:type="Word.Deletion"/></w:trPr>'
    rows = f"<w:tr>{deleted}<w:tc>{p(r('a'))}</w:tc></w:tr><w:tr><w:tc>{p(r('b'))}</w:tc></w:tr>"
    assert read(f"<w:tbl>{rows}</w:tbl>").text == "b\n"


def test_marks_of_formatting_and_bookmarks_change_nothing() -> None:
    assert line(r("a"), annotation("Formatting", "<w:rPr/>"), annotation("Bookmark.Start"), r("b")) == "ab"


@pytest.mark.parametrize(
    "content",
    [
        '<w:sym w:font="Wingdings 2" w:char="F052"/>',
        '<w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox><w:checked/></w:checkBox></w:ffData></w:fldChar>'
        '<w:instrText>FORMCHECKBOX</w:instrText><w:fldChar w:fldCharType="end"/>',
        '<w:rPr><w:rFonts w:ascii="Wingdings 2" w:h-ansi="Wingdings 2"/></w:rPr><w:t>R</w:t>',
    ],
)
def test_ticks_are_those_of_a_package(content: str) -> None:
    assert line(r(content=content)) == "☑"


def test_headers_footers_notes_and_comments_are_asides() -> None:
    section = f'<w:sectPr><w:hdr w:type="odd">{p(r("h"))}</w:hdr><w:ftr w:type="odd">{p(r("f"))}</w:ftr></w:sectPr>'
    note, remark = f"<w:footnote>{p(r('n'))}</w:footnote>", annotation("Comment", p(r("c")))
    document = read(p(r("a", note), remark, r("b")) + section)
    assert document.text == "ab\nh\nf\nn\nc\n"
    assert len(document.asides) == 4


def test_text_boxes_follow_their_paragraph() -> None:
    box = f"<w:pict><v:shape><v:textbox><w:txbxContent>{p(r('box'))}</w:txbxContent></v:textbox></v:shape></w:pict>"
    assert read(p(r("a", box), r("b"))).text == "ab\nbox\n"


def test_tables_without_their_covered_cells_are_refused() -> None:
    """LibreOffice drops these cells, and a value would stand under the heading of its neighbour."""
    properties = "<o:CustomDocumentProperties><o:Editor>LibreOffice/7.4</o:Editor></o:CustomDocumentProperties>"
    grid = "<w:tblGrid><w:gridCol/><w:gridCol/></w:tblGrid>"
    whole = f'<w:tr><w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr>{p(r("a"))}</w:tc></w:tr>'
    short = f"<w:tr><w:tc>{p(r('b'))}</w:tc></w:tr>"
    assert read(f"<w:tbl>{grid}{whole}</w:tbl>", properties).text == "a\n"
    with pytest.raises(ReadError) as error:
        read(f"<w:tbl>{grid}{whole}{short}</w:tbl>", properties)
    assert error.value.code == "wordxml.lost_merges"


# --- Flat packages ---


def flat(package: bytes) -> bytes:
    """A Word package as Word saves it in one XML file."""
    parts = ""
    with zipfile.ZipFile(io.BytesIO(package)) as opened:
        types = dict(
            re.findall('PartName="/([^"]*)" ContentType="([^"]*)"', opened.read("[Content_Types].xml").decode())
        )
        for name in opened.namelist()[1:]:
            xml = re.sub(r"<\?xml[^>]*\?>", "", opened.read(name).decode())
            kind = types.get(name, RELATIONSHIPS)
            parts += (
                f'<pkg:part pkg:name="/{name}" pkg:contentType="{kind}"><pkg:xmlData>{xml}</pkg:xmlData></pkg:part>'
            )
    picture = '<pkg:part pkg:name="/word/a.png" pkg:contentType="x"><pkg:binaryData>AAAA</pkg:binaryData></pkg:part>'
    return f'{PROLOGUE}<pkg:package xmlns:pkg="{PACKAGE}">{parts}{picture}</pkg:package>'.encode()


def test_a_flat_package_is_word_xml() -> None:
    data = flat(docx(["附件1"]))
    assert [reader.FORMAT for reader in READERS if reader.accepts(data)] == ["wordxml"]
    document = read_document(data)
    assert (document.text, document.format) == ("附件1\n", "wordxml")


# --- Broken and hostile files ---


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (word_2003("")[:-5], "wordxml.broken_xml"),
        (word_2003("").replace(b"<w:word", b'<!DOCTYPE d [<!ENTITY a "b">]><w:word', 1), "wordxml.broken_xml"),
        (word_2003("").replace(b"w:body", b"w:none"), "wordxml.no_body"),
        (f'<pkg:package xmlns:pkg="{PACKAGE}"/>'.encode(), "wordxml.no_document"),
        (word_2003("<w:tbl><w:tr><w:tc>" * 60 + "</w:tc></w:tr></w:tbl>" * 60), "wordxml.too_deep"),
    ],
)
def test_broken_files_end_in_an_error_that_says_so(data: bytes, code: str) -> None:
    with pytest.raises(ReadError) as error:
        wordxml.read(data)
    assert error.value.code == code


@settings(max_examples=200)
@given(st.binary(max_size=100), st.integers(0, 4000), st.booleans())
@example(noise=b"A", at=190, is_flat=True)  # a part without a name
def test_no_bytes_break_the_reader(noise: bytes, at: int, is_flat: bool) -> None:
    package = docx([declaration_table(Declaration())])
    whole = flat(package) if is_flat else older(package)
    with suppress(ReadError):
        wordxml.read(whole[:at] + noise + whole[at:])


# --- The same form as in Word ---


def older(package: bytes) -> bytes:
    """The body of a Word package as Word 2003 would write it."""
    with zipfile.ZipFile(io.BytesIO(package)) as opened:
        xml = opened.read("word/document.xml").decode()
    body = re.findall(r"<w:body>(.*)</w:body>", xml, re.DOTALL)[0]
    namespaces = " ".join(re.findall(r'xmlns:(?!w=|aml=|o=|v=|wx=)\w+="[^"]*"', xml))
    body = body.replace("w:vMerge", "w:vmerge").replace(NEW, OLD)
    body = re.sub(r"<w:del [^>]*[^/]>", '<aml:annotation w:type="Word.Deletion"><aml:content>', body)
    body = body.replace("</w:del>", "</aml:content></aml:annotation>")
    return word_2003(body).replace(b"<w:wordDocument ", f"<w:wordDocument {namespaces} ".encode(), 1)


@settings(max_examples=40)
@given(st.lists(DECLARATIONS, min_size=1, max_size=3))
def test_word_xml_and_word_give_equal_rows(declarations: list[Declaration]) -> None:
    tables = [declaration_table(declaration) for declaration in declarations]
    package = docx(tables)
    assert (
        rows_of(extract(older(package), RULES)) == rows_of(extract(flat(package), RULES)) == rows_of(from_word(*tables))
    )


@pytest.mark.parametrize("sample", sorted(SAMPLES.glob("*.docx")), ids=lambda path: path.stem)
def test_every_sample_reads_alike_in_word_xml(sample: Path) -> None:
    package = sample.read_bytes()
    expected = rows_of(extract(package, RULES))
    assert rows_of(extract(older(package), RULES)) == expected
    assert rows_of(extract(flat(package), RULES)) == expected
