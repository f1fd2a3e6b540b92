"""The OpenDocument reader: each test writes the smallest document that shows its point."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from containers import LINE_BREAK, TICKED, Declaration, Place, Table, declaration_table, places
from extract import document as model
from extract.document import Document, walk_tables
from extract.errors import ReadError
from extract.pipeline import extract
from extract.readers import READERS, odt, read_document
from extract.rules import load_rules
from test_containers import DECLARATIONS, from_word, rows_of

RULES = load_rules()
CONVERTED = Path(__file__).parent / "data" / "containers"
SAMPLES = Path(__file__).parent.parent / "samples"

TYPE = "application/vnd.oasis.opendocument.text"
NAMESPACES = " ".join(
    f'xmlns:{prefix}="{name}"'
    for prefix, name in {
        **{
            prefix: f"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"
            for prefix, name in {
                **{name: name for name in ("office", "text", "table", "style", "form", "manifest")},
                "draw": "drawing",
                "fo": "xsl-fo-compatible",
                "svg": "svg-compatible",
            }.items()
        },
        "field": "urn:openoffice:names:experimental:ooo-ms-interop:xmlns:field:1.0",
        "loext": "urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0",
        "dc": "http://purl.org/dc/elements/1.1/",
        "xlink": "http://www.w3.org/1999/xlink",
    }.items()
)
STYLES = (
    '<office:font-face-decls><style:font-face style:name="W2" svg:font-family="&apos;Wingdings 2&apos;"/>'
    '<style:font-face style:name="Song" svg:font-family="宋体"/></office:font-face-decls>'
    '<office:styles><style:style style:family="text" style:name="Base">'
    '<style:text-properties style:font-name="W2"/></style:style></office:styles>'
    '<office:automatic-styles><style:style style:family="text" style:name="Child" style:parent-style-name="Base"/>'
    '<style:style style:family="text" style:name="Song"><style:text-properties style:font-name="Song"/></style:style>'
    '<style:style style:family="text" style:name="Gone"><style:text-properties text:display="none"/></style:style>'
    '<style:style style:family="text" style:name="Seen" style:parent-style-name="Gone">'
    '<style:text-properties text:display="true"/></style:style>'
    '<style:style style:family="paragraph" style:name="Gone"><style:text-properties text:display="none"/></style:style>'
    "</office:automatic-styles>"
)


def flat(body: str, styles: str = STYLES) -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<office:document {NAMESPACES} office:mimetype="{TYPE}">{styles}'
        f"<office:body><office:text>{body}</office:text></office:body></office:document>"
    ).encode()


def packed(parts: Mapping[str, str], mimetype: str = TYPE) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        if mimetype:
            package.writestr(zipfile.ZipInfo("mimetype"), mimetype)
        for name, xml in parts.items():
            package.writestr(name, xml)
    return buffer.getvalue()


def content(body: str) -> str:
    return (
        f"<office:document-content {NAMESPACES}>{STYLES}<office:body><office:text>{body}</office:text></office:body>"
        "</office:document-content>"
    )


def read(body: str) -> Document:
    return odt.read(flat(body))


def line(inlines: str) -> str:
    """The text of one paragraph."""
    text = read(f"<text:p>{inlines}</text:p>").text
    assert text.endswith("\n")
    return text[:-1]


def cell(text: str, attributes: str = "") -> str:
    return f"<table:table-cell {attributes}><text:p>{text}</text:p></table:table-cell>"


def row(*cells: str, attributes: str = "") -> str:
    return f"<table:table-row {attributes}>{''.join(cells)}</table:table-row>"


def table(*rows: str) -> str:
    return f"<table:table><table:table-column/>{''.join(rows)}</table:table>"


COVERED = "<table:covered-table-cell/>"


def grid(document: Document) -> list[list[tuple[str, int, int, int]]]:
    """Text, column, column span and row span of each cell of the only table."""
    (only,) = walk_tables(document.blocks)
    return [
        [(document.text[cell.start : cell.end], cell.column, cell.column_span, cell.row_span) for cell in cells]
        for cells in only.rows
    ]


# --- Which files ---


@pytest.mark.parametrize(
    "data",
    [
        flat("<text:p>x</text:p>"),
        packed({"content.xml": content("<text:p>x</text:p>")}),
        packed({"content.xml": content("<text:p>x</text:p>")}, f"{TYPE}-template"),
        packed({"content.xml": content("<text:p>x</text:p>"), "META-INF/manifest.xml": f"<m t='{TYPE}'/>"}, ""),
        flat("<text:p>x</text:p>").decode().replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16"),
    ],
)
def test_only_this_reader_takes_opendocument_texts(data: bytes) -> None:
    assert [reader.FORMAT for reader in READERS if reader.accepts(data)] == ["odt"]
    document = read_document(data)
    assert (document.text, document.format, document.encoding) == ("x\n", "odt", None)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04",
        packed({"content.xml": "<a/>"}, "application/vnd.oasis.opendocument.spreadsheet"),
        packed({"a.txt": "x"}, ""),
        f"office:document {TYPE}".encode(),
    ],
)
def test_other_packages_and_text_are_left_to_others(data: bytes) -> None:
    assert not odt.accepts(data)


# --- Paragraphs ---


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("a\n   b", "a b"),
        (" a <text:span> b</text:span> ", "a b"),
        ("a<text:s/><text:s text:c='2'/>b", "a   b"),
        ("a <text:s/>b", "a  b"),
        ("a<text:tab/>b", "a b"),
        ("a<text:line-break/>b", "a\nb"),
        ("<text:a>a</text:a><text:bookmark/><text:soft-page-break/>b", "ab"),
        ("<text:date>2021年</text:date>", "2021年"),
        ("<text:ruby><text:ruby-base>漢</text:ruby-base><text:ruby-text>han</text:ruby-text></text:ruby>", "漢"),
        ("a<text:span text:style-name='Gone'>b</text:span>c", "ac"),
        ("<text:span text:style-name='Gone'>a<text:span text:style-name='Seen'>b</text:span></text:span>", "b"),
        ("1\N{NON-BREAKING HYPHEN}2\N{SOFT HYPHEN}3", "1-23"),
        ("a<text:hidden-text text:is-hidden='true'>b</text:hidden-text>c", "ac"),
        ("a<office:annotation><dc:creator>me</dc:creator></office:annotation>b", "ab"),
        ("<text:unheard-of>a</text:unheard-of><!-- c --><?pi?>b", "ab"),
    ],
)
def test_what_a_paragraph_shows(written: str, text: str) -> None:
    assert line(written) == text


def test_paragraphs_headings_lists_and_sections_are_blocks() -> None:
    document = read(
        "<text:h>a</text:h><text:p/><text:list><text:list-item><text:p>b</text:p></text:list-item></text:list>"
        "<text:section><text:p>c</text:p></text:section><text:section text:display='none'><text:p>d</text:p>"
        "</text:section>"
    )
    assert document.text == "a\n\nb\nc\n"
    assert document.blocks[0] == model.Paragraph(0, 1)


def test_deleted_text_is_left_out_wherever_it_is_kept() -> None:
    changes = (
        "<text:tracked-changes><text:changed-region text:id='c1'><text:deletion><text:p>old</text:p></text:deletion>"
        "</text:changed-region><text:changed-region text:id='c2'><text:insertion/></text:changed-region>"
        "</text:tracked-changes>"
    )
    body = (
        "<text:p>a<text:change text:change-id='c1'/><text:change-start text:change-id='c1'/>gone"
        "<text:change-end text:change-id='c1'/><text:change-start text:change-id='c2'/>new"
        "<text:change-end text:change-id='c2'/></text:p>"
    )
    assert read(changes + body).text == "anew\n"


def test_text_outside_of_paragraphs_is_not_lost() -> None:
    assert read("loose<text:p>a</text:p>").text == "loose\na\n"


# --- Ticks and fields ---

CHECKBOX = '<field:fieldmark field:type="vnd.oasis.opendocument.field.FORMCHECKBOX">{}</field:fieldmark>'


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("<text:span text:style-name='Base'>\uf052</text:span>", "☑"),
        ("<text:span text:style-name='Child'>R</text:span>", "☑"),
        ("<text:span text:style-name='Child'>R<text:span text:style-name='Song'>R</text:span></text:span>", "☑R"),
        ("\uf0a3", "☐"),
        ("☒", "☑"),
        (CHECKBOX.format('<field:param field:name="Checkbox_Checked" field:value="true"/>'), "☑"),
        (CHECKBOX.format(""), "☐"),
        ("<loext:content-control loext:checkbox='true' loext:checked='true'>X</loext:content-control>", "☑"),
        ("<loext:content-control loext:checkbox='true'>O</loext:content-control>", "☐"),
        ("<loext:content-control>text</loext:content-control>", "text"),
    ],
)
def test_every_way_to_draw_a_box_is_a_box(written: str, text: str) -> None:
    assert line(written) == text


def test_form_controls_show_their_state() -> None:
    forms = (
        "<office:forms><form:form><form:checkbox form:id='c1' form:current-state='checked'/>"
        "<form:checkbox form:id='c2'/><form:radio form:id='c3' form:current-selected='true'/>"
        "<form:text form:id='c4' form:current-value='typed'/></form:form></office:forms>"
    )
    drawn = "".join(f"<draw:control draw:control='c{number}'/>" for number in range(1, 6))
    assert read(f"{forms}<text:p>{drawn}</text:p>").text == "☑☐☑typed\n"


def test_a_drop_down_shows_the_chosen_entry() -> None:
    entries = "".join(f'<field:param field:name="Dropdown_ListEntry" field:value="{entry}"/>' for entry in "ab")
    chosen = '<field:param field:name="Dropdown_Selected" field:value="1"/>'
    mark = '<field:fieldmark field:type="vnd.oasis.opendocument.field.FORMDROPDOWN">{}</field:fieldmark>'
    assert line(mark.format(entries + chosen)) == "b"


# --- Tables ---


def test_spans_and_covered_cells() -> None:
    spans = 'table:number-columns-spanned="2" table:number-rows-spanned="2"'
    document = read(table(row(cell("a", spans), COVERED, cell("b")), row(COVERED, COVERED, cell("c"))))
    assert document.text == "a\tb\nc\n"
    assert grid(document) == [[("a", 0, 2, 2), ("b", 2, 1, 1)], [("c", 2, 1, 1)]]


def test_text_in_a_covered_cell_is_not_lost() -> None:
    covered = COVERED.replace("/>", "><text:p>x</text:p></table:covered-table-cell>")
    document = read(table(row(cell("a", 'table:number-columns-spanned="2"'), covered)))
    assert document.text == "a\tx\n"


def test_repeated_cells_and_rows_are_as_many() -> None:
    document = read(
        table(
            row(cell("", 'table:number-columns-repeated="2"'), cell("a"), attributes='table:number-rows-repeated="2"')
        )
    )
    assert document.text == "\t\ta\n\t\ta\n"


def test_header_rows_are_rows_and_hidden_ones_are_none() -> None:
    head = f"<table:table-header-rows>{row(cell('a'))}</table:table-header-rows>"
    document = read(table(head, row(cell("b"), attributes='table:visibility="collapse"'), row(cell("c"))))
    assert document.text == "a\nc\n"


def test_a_row_span_ends_with_the_table() -> None:
    assert grid(read(table(row(cell("a", 'table:number-rows-spanned="9"')))))[0] == [("a", 0, 1, 1)]


def test_a_table_in_a_cell_is_nested() -> None:
    inner = '<table:table table:is-sub-table="true">' + row(cell("1"), cell("2")) + "</table:table>"
    document = read(table(row(f"<table:table-cell>{inner}</table:table-cell>", cell("b"))))
    assert document.text == "1\t2\n\tb\n"
    assert len(list(walk_tables(document.blocks))) == 2


# --- Beside the body ---


def test_text_boxes_follow_their_paragraph() -> None:
    box = "<draw:frame><draw:text-box><text:p>box</text:p></draw:text-box><svg:title>t</svg:title></draw:frame>"
    assert read(f"<text:p>a{box}b</text:p><text:p>c</text:p>").text == "ab\nbox\nc\n"
    assert read(f"{box}<text:p>c</text:p>").text == "box\nc\n"


def test_shapes_with_text_are_boxes() -> None:
    assert read("<text:p>a<draw:custom-shape><text:p>b</text:p></draw:custom-shape></text:p>").text == "a\nb\n"


def test_notes_and_comments_are_asides() -> None:
    note_body = "<text:note-body><text:p>n</text:p></text:note-body>"
    note = f"<text:note><text:note-citation>1</text:note-citation>{note_body}</text:note>"
    remark = "<office:annotation><dc:creator>me</dc:creator><text:p>r</text:p></office:annotation>"
    document = read(f"<text:p>a{note}{remark}</text:p>")
    assert document.text == "a\nn\nr\n"
    assert len(document.asides) == 2


def test_page_headers_and_footers_are_asides() -> None:
    styles = (
        f"<office:document-styles {NAMESPACES}><office:master-styles><style:master-page>"
        "<style:header><text:p>h</text:p></style:header><style:footer><text:p/></style:footer></style:master-page></office:master-styles>"
        "</office:document-styles>"
    )
    document = odt.read(packed({"content.xml": content("<text:p>a</text:p>"), "styles.xml": styles}))
    assert document.text == "a\nh\n"
    assert len(document.asides) == 1


def test_an_embedded_object_is_named_as_unread() -> None:
    assert read('<text:p><draw:frame><draw:object xlink:href="./Object 1"/></draw:frame></text:p>').unread == (
        "embedded object",
    )


# --- Broken and hostile files ---

ENCRYPTED = f'<manifest:manifest {NAMESPACES}><manifest:encryption-data/>"{TYPE}"</manifest:manifest>'
BOMB = flat("<text:p>&a;</text:p>").replace(b"?>\n", b'?>\n<!DOCTYPE d [<!ENTITY a "b">]>', 1)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (flat("<text:p>"), "odt.broken_xml"),
        (BOMB, "odt.broken_xml"),
        (packed({"content.xml": "<a"}), "odt.broken_xml"),
        (packed({"content.xml": content("")})[:-40], "odt.broken_zip"),
        (packed({"content.xml": content(""), "META-INF/manifest.xml": ENCRYPTED}), "odt.encrypted"),
        (packed({}), "odt.no_content"),
        (flat("").replace(b"office:text", b"office:drawing"), "odt.no_text"),
        (flat("<table:table><table:table-row><table:table-cell>" * 60), "odt.broken_xml"),
        (flat(table(row(cell("a", 'table:number-columns-repeated="1000"'), attributes="") * 20)), "odt.too_large"),
    ],
)
def test_broken_files_end_in_an_error_that_says_so(data: bytes, code: str) -> None:
    with pytest.raises(ReadError) as error:
        odt.read(data)
    assert error.value.code == code


def test_tables_nested_too_deep_are_refused() -> None:
    body = "<text:p>a</text:p>"
    for _ in range(60):
        body = table(f"<table:table-row><table:table-cell>{body}</table:table-cell></table:table-row>")
    with pytest.raises(ReadError) as error:
        read(body)
    assert error.value.code == "odt.too_deep"


def test_spans_may_be_nested_as_deep_as_the_parser_lets_them() -> None:
    assert line("<text:span>" * 240 + "a" + "</text:span>" * 240) == "a"


@settings(max_examples=200)
@given(st.binary(max_size=100), st.integers(0, 6000), st.booleans())
def test_no_bytes_break_the_reader(noise: bytes, at: int, is_packed: bool) -> None:
    body = "".join(map(_row_of, places(declaration_table(Declaration()))))
    whole = packed({"content.xml": content(body)}) if is_packed else flat(body)
    with suppress(ReadError):
        odt.read(whole[:at] + noise + whole[at:])


# --- The same form as in Word ---


def document_of(*tables: Table) -> str:
    """The tables as LibreOffice writes them."""
    return "<text:p/>".join(table(*map(_row_of, places(each))) for each in tables) + "<text:p/>"


def _row_of(placed: list[Place]) -> str:
    cells = ""
    for box, continued in placed:
        if continued:
            cells += COVERED * box.columns
            continue
        spans = f'table:number-columns-spanned="{box.columns}" table:number-rows-spanned="{box.rows}"'
        paragraphs = "".join(f"<text:p>{_inline(text)}</text:p>" for text in box.text.split("\n"))
        cells += f"<table:table-cell {spans}>{paragraphs}</table:table-cell>" + COVERED * (box.columns - 1)
    return row(cells)


def _inline(text: str) -> str:
    tick = "<text:span text:style-name='Base'>\uf052</text:span>"
    spaced = escape(text).replace(" ", "<text:s/>")
    return spaced.replace(TICKED, tick).replace(LINE_BREAK, "<text:line-break/>")


@settings(max_examples=40)
@given(st.lists(DECLARATIONS, min_size=1, max_size=3))
def test_opendocument_and_word_give_equal_rows(declarations: list[Declaration]) -> None:
    tables = [declaration_table(declaration) for declaration in declarations]
    body = document_of(*tables)
    assert (
        rows_of(extract(flat(body), RULES))
        == rows_of(extract(packed({"content.xml": content(body)}), RULES))
        == rows_of(from_word(*tables))
    )


@pytest.mark.parametrize("name", ["one-form.odt", "revised-draft.odt", "one-form.fodt", "ticked-boxes.odt"])
def test_libreoffice_documents_give_the_rows_of_the_sample(name: str) -> None:
    converted, sample = CONVERTED / name, SAMPLES / f"{Path(name).stem}.docx"
    assert rows_of(extract(converted.read_bytes(), RULES)) == rows_of(extract(sample.read_bytes(), RULES))
