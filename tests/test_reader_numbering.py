"""Automatic list numbers: how they look and count, and that they read alike from every container."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import test_reader_doc as of_doc
from extract.document import walk_tables
from extract.pipeline import extract
from extract.readers import doc, docx, html, odt, read_document, rtf, wordxml
from extract.readers.numbering import Counters, Level, List, format_of_code, formatted, labelled, with_places
from extract.rules import load_rules
from test_reader_docx import GOES_ON, STARTS, p, package, r, root, tbl, tc, tr

DATA = Path(__file__).parent / "data" / "lists"

# --- How numbers look ---


@pytest.mark.parametrize(
    ("name", "number", "shown"),
    [
        ("decimal", 12, "12"),
        ("decimalZero", 7, "07"),
        ("decimalFullWidth", 12, "１２"),
        ("upperRoman", 1999, "MCMXCIX"),
        ("lowerRoman", 4, "iv"),
        ("upperLetter", 26, "Z"),
        ("upperLetter", 27, "AA"),
        ("lowerLetter", 3, "c"),
        ("chineseCounting", 10, "十"),
        ("chineseCounting", 11, "十一"),
        ("chineseCounting", 21, "二十一"),
        ("chineseCounting", 100, "一〇〇"),
        ("chineseCountingThousand", 101, "一百零一"),
        ("chineseCountingThousand", 1010, "一千零一十"),
        ("ideographDigital", 10, "一〇"),
        ("taiwaneseCounting", 12, "十二"),
        ("japaneseCounting", 111, "百十一"),
        ("chineseLegalSimplified", 12, "壹拾贰"),
        ("ideographLegalTraditional", 3, "參"),
        ("decimalEnclosedCircle", 20, "⑳"),
        ("decimalEnclosedCircleChinese", 3, "③"),
        ("decimalEnclosedParen", 2, "⑵"),
        ("decimalEnclosedFullstop", 2, "⒉"),
        ("ideographTraditional", 2, "乙"),
        ("ideographTraditional", 11, "11"),
        ("aFormatOfNextYear", 3, "3"),
        ("upperRoman", 0, "0"),
    ],
)
def test_a_number_looks_as_its_format_says(name: str, number: int, shown: str) -> None:
    assert formatted(name, number) == shown


@given(st.sampled_from([format_of_code(code) for code in range(256)]), st.integers(-5, 10**6))
def test_every_format_shows_every_number(name: str, number: int) -> None:
    shown = formatted(name, number)
    assert shown.strip()
    assert shown.isprintable()


@pytest.mark.parametrize(
    ("label", "text", "line"),
    [
        ("一、", "项目概况", "一、项目概况"),
        ("（一）", "依据", "（一）依据"),
        ("1.", "5万元", "1. 5万元"),
        ("1", "389件", "1 389件"),
        ("第一条", "总则", "第一条 总则"),
        ("1、", "", "1、"),
        ("", "无编号", "无编号"),
    ],
)
def test_a_number_never_runs_into_the_text(label: str, text: str, line: str) -> None:
    assert labelled(label, text) == line


def test_the_characters_0_to_8_stand_for_levels() -> None:
    assert with_places("第\x00章\x01") == "第%1章%2"


# --- How numbers count ---

TWO_LEVELS = {0: Level("decimal", "%1."), 1: Level("lowerLetter", "%1%2)")}


def labels(its_list: List, *levels: int) -> list[str]:
    counters = Counters()
    return [counters.label(its_list, level) for level in levels]


def test_a_deeper_level_begins_anew_under_each_number() -> None:
    assert labels(List("", TWO_LEVELS), 0, 1, 1, 0, 1) == ["1.", "1a)", "1b)", "2.", "2a)"]


def test_a_level_may_never_begin_anew() -> None:
    levels = {0: TWO_LEVELS[0], 1: TWO_LEVELS[1]._replace(restarts_after=0)}
    assert labels(List("", levels), 0, 1, 0, 1) == ["1.", "1a)", "2.", "2b)"]


def test_a_level_above_that_has_not_begun_counts_as_begun() -> None:
    assert labels(List("", TWO_LEVELS), 1, 1, 0) == ["1a)", "1b)", "1."]


def test_a_legal_level_shows_only_arabic_numbers() -> None:
    levels = {0: Level("chineseCounting", "第%1章"), 1: Level("lowerLetter", "%1.%2", is_legal=True)}
    assert labels(List("", levels), 0, 1) == ["第一章", "1.1"]


def test_levels_without_a_number_draw_only_their_text() -> None:
    levels = {0: Level("none", "注："), 1: Level("bullet", "•"), 2: Level("decimal", "%1%3")}
    assert labels(List("", levels), 0, 1, 2, 8) == ["注：", "•", "1", ""]


def test_lists_with_one_counter_go_on_unless_one_begins_anew() -> None:
    counters = Counters()
    first, second = List("same", TWO_LEVELS), List("same", TWO_LEVELS)
    anew = List("same", {0: Level("decimal", "%1.", start=5)}, {0})
    lists = [first, first, second, anew, anew, first]
    assert [counters.label(each, 0) for each in lists] == ["1.", "2.", "3.", "5.", "6.", "7."]


# --- Word packages ---


def lvl(number: int, format_: str, text: str, more: str = "", start: int = 1) -> str:
    return (
        f'<w:lvl w:ilvl="{number}"><w:start w:val="{start}"/><w:numFmt w:val="{format_}"/>{more}'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


def numbering(*abstracts: str, nums: Mapping[int, str]) -> str:
    """Abstract lists 0, 1, … with these levels, and lists by number, with their content behind w:abstractNumId."""
    defined = "".join(
        f'<w:abstractNum w:abstractNumId="{n}">{each}</w:abstractNum>' for n, each in enumerate(abstracts)
    )
    return root("numbering", defined + "".join(f'<w:num w:numId="{n}">{each}</w:num>' for n, each in nums.items()))


def of(abstract: int, more: str = "") -> str:
    return f'<w:abstractNumId w:val="{abstract}"/>{more}'


def item(text: str, num: int = 1, level: int = 0, more: str = "") -> str:
    properties = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{num}"/></w:numPr>{more}'
    return f"<w:p><w:pPr>{properties}</w:pPr>{r(text)}</w:p>"


CHINESE = lvl(0, "chineseCounting", "%1、") + lvl(1, "chineseCounting", "（%2）") + lvl(2, "decimal", "%3.")


def lines(body: str, numbers: str = numbering(CHINESE, nums={1: of(0)}), styles: str = "") -> list[str]:
    more = {"numbering": numbers} | ({"styles": root("styles", styles)} if styles else {})
    return docx.read(package(root("document", f"<w:body>{body}</w:body>"), **more)).text.splitlines()


def test_a_list_paragraph_begins_with_its_number() -> None:
    body = item("项目概况") + item("依据甲", level=1) + item("细目", level=2) + p(r("正文")) + item("绩效目标")
    assert lines(body) == ["一、项目概况", "（一）依据甲", "1. 细目", "正文", "二、绩效目标"]


def test_a_list_may_begin_anew_and_override_a_level() -> None:
    anew = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="3"/></w:lvlOverride>'
    other = f'<w:lvlOverride w:ilvl="0">{lvl(0, "decimal", "%1)")}</w:lvlOverride>'
    numbers = numbering(CHINESE, nums={1: of(0), 2: of(0, anew), 3: of(0, other)})
    body = item("甲") + item("乙", 2) + item("丙", 2) + item("丁", 3)
    assert lines(body, numbers) == ["一、甲", "三、乙", "四、丙", "5) 丁"]


def test_a_style_may_number_and_a_paragraph_may_leave_its_list() -> None:
    levels = lvl(0, "decimal", "%1.", '<w:pStyle w:val="h1"/>') + lvl(1, "decimal", "%1.%2", '<w:pStyle w:val="h2"/>')
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{name}">{based}<w:pPr><w:numPr>{num}</w:numPr></w:pPr></w:style>'
        for name, based, num in (
            ("h1", "", '<w:numId w:val="1"/>'),
            ("h2", '<w:basedOn w:val="h1"/>', '<w:numId w:val="1"/>'),
        )
    )
    heir = '<w:style w:type="paragraph" w:styleId="heir"><w:basedOn w:val="h1"/></w:style>'

    def styled(name: str, text: str, more: str = "") -> str:
        return f'<w:p><w:pPr><w:pStyle w:val="{name}"/>{more}</w:pPr>{r(text)}</w:p>'

    left = '<w:numPr><w:numId w:val="0"/></w:numPr>'
    body = styled("h1", "甲") + styled("h2", "乙") + styled("h1", "丙", left) + styled("heir", "丁") + p(r("正文"))
    assert lines(body, numbering(levels, nums={1: of(0)}), styles + heir) == ["1. 甲", "1.1 乙", "丙", "2. 丁", "正文"]


def test_a_list_may_link_to_a_style_of_lists() -> None:
    properties = '<w:pPr><w:numPr><w:numId w:val="2"/></w:numPr></w:pPr>'
    style = f'<w:style w:type="numbering" w:styleId="outline">{properties}</w:style>'
    numbers = numbering('<w:numStyleLink w:val="outline"/>', CHINESE, nums={1: of(0), 2: of(1)})
    assert lines(item("甲") + item("乙"), numbers, style) == ["一、甲", "二、乙"]


@pytest.mark.parametrize(
    ("character", "font", "shown"),
    [("\uf0b7", "Symbol", "•"), ("\uf06c", "Wingdings", "●"), ("\uf076", "Wingdings", "•"), ("–", "Arial", "–")],
)
def test_a_bullet_is_what_its_font_draws_and_never_a_private_character(character: str, font: str, shown: str) -> None:
    level = (
        f'<w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="{character}"/>'
        f'<w:rPr><w:rFonts w:ascii="{font}"/></w:rPr></w:lvl>'
    )
    assert lines(item("甲"), numbering(level, nums={1: of(0)})) == [f"{shown} 甲"]


def test_what_no_one_sees_does_not_count() -> None:
    hidden = "<w:rPr><w:vanish/></w:rPr>"
    deleted = item("旧", more='<w:rPr><w:del w:id="1"/></w:rPr>').replace("<w:r>", "<w:del><w:r>")
    gone = deleted.replace("</w:r>", "</w:r></w:del>")
    before = '<w:pPrChange><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:pPrChange>'
    never = f"<w:p><w:pPr>{before}</w:pPr>{r('从前')}</w:p>"
    body = item("甲") + gone + item("", more=hidden) + never + item("") + item("乙")
    assert lines(body) == ["一、甲", "", "", "从前", "二、", "三、乙"]


def test_numbers_count_through_cells_but_not_in_covered_ones() -> None:
    rows = [
        tr(tc(item(""), STARTS), tc(item("措施", level=1))),
        tr(tc(item(""), GOES_ON), tc(item("再", level=1))),
        tr(tc(item("")), tc(item("三", level=1))),
    ]
    assert lines(tbl(*rows)) == ["一、\t（一）措施", "（二）再", "二、\t（一）三"]


def test_a_paragraph_of_a_list_that_is_not_defined_has_no_number() -> None:
    assert lines(item("甲", num=7) + item("乙", level=8)) == ["甲", "乙"]


# --- Binary Word ---


def plf_lst(*lists: Sequence[tuple[int, str]]) -> bytes:
    """A PlfLst with its levels behind it; list 1, 2, … has these levels: number format code and text."""
    lstfs = b"".join(struct.pack("<II18xBB", number, 0, len(levels) == 1, 0) for number, levels in enumerate(lists, 1))
    return struct.pack("<H", len(lists)) + lstfs + b"".join(lvlf(*level) for levels in lists for level in levels)


def lvlf(code: int, text: str, start: int = 1) -> bytes:
    fixed = struct.pack("<iBB9xB8xBBBB", start, code, 0, 0, 0, 0, 0, 0)
    return fixed + struct.pack("<H", len(text)) + text.encode("utf-16-le")


def plf_lfo(*entries: tuple[int, bytes]) -> bytes:
    """A PlfLfo; each entry names a list and has its LFOLVLs."""
    lfos = b"".join(struct.pack("<I8xB3x", number, len(levels) // 8) for number, levels in entries)
    return struct.pack("<I", len(entries)) + lfos + b"".join(bytes(4) + levels for _, levels in entries)


NINE = [(37, "\x00、"), (37, "（\x01）"), (0, "\x02."), *[(255, "")] * 6]
IN_LIST = {73: plf_lst(NINE, [(23, "\uf0b7")]), 74: plf_lfo((1, b""), (2, b""), (1, struct.pack("<iI", 5, 0x10)))}


def listed(number: int, level: int = 0) -> bytes:
    return of_doc.sprm(0x460B, number) + of_doc.sprm(0x260A, level)


def lines_of_doc(*paragraphs: of_doc.Para | list[of_doc.Para], **more: object) -> list[str]:
    return of_doc.read(*paragraphs, **{"plcs": IN_LIST} | more).text.splitlines()


def test_a_list_paragraph_of_binary_word_begins_with_its_number() -> None:
    paragraphs = [
        of_doc.Para("概况\r", listed(1)),
        of_doc.Para("依据\r", listed(1, 1)),
        of_doc.Para("细目\r", listed(1, 2)),
        of_doc.Para("要点\r", listed(2)),
        of_doc.Para("正文\r", listed(0)),
        of_doc.Para("目标\r", listed(0x10000 - 1)),
        of_doc.Para("另起\r", listed(3)),
        of_doc.Para("接着\r", listed(3)),
        of_doc.Para("不在\r", listed(9)),
    ]
    expected = ["一、概况", "（一）依据", "1. 细目", "• 要点", "正文", "二、目标", "五、另起", "六、接着", "不在"]
    assert lines_of_doc(*paragraphs) == expected


def test_numbers_of_binary_word_count_through_cells_but_not_in_covered_ones() -> None:
    rows = [
        of_doc.row("", "措施", flags=[of_doc.MERGE_RESTART, 0]),
        of_doc.row("", "再", flags=[of_doc.MERGE_CONTINUE, 0]),
        of_doc.row("", "三", flags=[0, 0]),
    ]
    for cells in rows:
        cells[0].papx += listed(1)
    assert lines_of_doc(*rows) == ["一、\t措施", "再", "二、\t三"]


def test_deleted_and_hidden_paragraphs_of_binary_word_do_not_count() -> None:
    paragraphs = [
        of_doc.Para("甲\r", listed(1)),
        of_doc.Para("旧\r", listed(1), ((0, 2, of_doc.DELETED),)),
        of_doc.Para("\r", listed(1), ((0, 1, of_doc.HIDDEN),)),
        of_doc.Para("\r", listed(1)),
        of_doc.Para("乙\r", listed(1)),
    ]
    assert lines_of_doc(*paragraphs) == ["一、甲", "", "", "二、", "三、乙"]


def test_a_style_of_binary_word_may_number() -> None:
    sheet = struct.pack("<HHH14x", 18, 2, 10) + std(0xFFF) + std(0, listed(1, 1))
    assert lines_of_doc(of_doc.Para("甲\r"), plcs=IN_LIST | {1: sheet}) == ["甲"]
    sheet = struct.pack("<HHH14x", 18, 2, 10) + std(0xFFF, listed(1, 1))
    assert lines_of_doc(of_doc.Para("甲\r"), plcs=IN_LIST | {1: sheet}) == ["（一）甲"]


def std(base: int, papx: bytes = b"") -> bytes:
    """A style with a name of one letter, based on another."""
    style = struct.pack("<HHHHH", 0, base << 4 | 1, 1, 0, 0) + struct.pack("<HHH", 1, ord("a"), 0)
    style += struct.pack("<HH", 2 + len(papx), 0) + papx
    return struct.pack("<H", len(style)) + style + b"\0" * (len(style) % 2)


@given(st.binary(max_size=200), st.binary(max_size=60))
def test_damaged_list_tables_cost_at_most_the_numbers(lists: bytes, overrides: bytes) -> None:
    data = of_doc.word(of_doc.Para("概况\r", listed(1)), plcs={73: lists, 74: overrides})
    assert "概况" in doc.read(data).text


def test_a_list_table_that_claims_to_be_endless_is_as_long_as_its_stream() -> None:
    data = bytearray(of_doc.word(of_doc.Para("概况\r", listed(1)), plcs=IN_LIST))
    pair = bytes(data).index(struct.pack("<I", len(IN_LIST[74])), 0x200 + 0x9A + 8 * 74)
    data[pair : pair + 4] = b"\xff\xff\xff\xff"
    assert doc.read(bytes(data)).text == "一、概况\n"


# --- RTF ---


def lines_of_rtf(body: str) -> list[str]:
    return rtf.read(rf"{{\rtf1\ansi\ansicpg936{body}}}".encode("gb18030")).text.splitlines()


RTF_LISTS = (
    r"{\*\listtable{\list\listtemplateid1"
    r"{\listlevel\levelnfc37\levelstartat1{\leveltext\'02\'00\'a1\'a2;}{\levelnumbers\'01;}\f0}"
    r"{\listlevel\levelnfc0\levelstartat1{\leveltext\leveltemplateid5\'02\'01.;}{\levelnumbers\'01;}}\listid7}}"
    r"{\*\listoverridetable{\listoverride\listid7\listoverridecount0\ls1}"
    r"{\listoverride\listid7\listoverridecount1{\lfolevel\listoverridestartat\levelstartat4}\ls2}}"
)


def test_rtf_writes_its_numbers_out() -> None:
    body = r"{\listtext\pard\plain 1.\tab}\ls9 甲\par\pard{\pntext\f0 2)\tab}乙\par\pard 丙\par"
    assert lines_of_rtf(body) == ["1. 甲", "2) 乙", "丙"]


def test_rtf_numbers_that_are_not_written_out_come_from_the_list_tables() -> None:
    body = r"\pard\ls1 甲\par\pard\ls1\ilvl1 子\par\pard 正文\par\pard\ls1 乙\par\pard\ls2 另起\par"
    assert lines_of_rtf(RTF_LISTS + body) == ["一、甲", "1. 子", "正文", "二、乙", "四、另起"]


def test_rtf_counts_what_is_written_out_too() -> None:
    body = r"\pard\ls1{\listtext\'d2\'bb\'a1\'a2\tab}甲\par\pard\ls1 乙\par"
    assert lines_of_rtf(RTF_LISTS + body) == ["一、甲", "二、乙"]


def test_a_covered_cell_of_rtf_shows_no_number() -> None:
    def row(merge: str) -> str:
        number = r"{\listtext 1.\tab}"
        return rf"\trowd\clvm{merge}\cellx1000\cellx2000\pard\intbl{number}\cell 值\cell\row"

    assert lines_of_rtf(row("gf") + row("rg")) == ["1.\t值", "值"]


# --- OpenDocument ---

ODF = "urn:oasis:names:tc:opendocument:xmlns"


def lines_of_odt(body: str, outline: str = "") -> list[str]:
    level = '<text:list-level-style-number text:level="{}" style:num-format="{}" {}/>'
    styles = (
        '<text:list-style style:name="L">'
        + level.format(1, "一, 二, 三, ...", 'style:num-suffix="、"')
        + level.format(2, "1", 'text:display-levels="2" style:num-suffix="."')
        + level.format(3, "", "")
        + '</text:list-style><text:list-style style:name="B">'
        '<text:list-level-style-bullet text:level="1" text:bullet-char="–"/></text:list-style>'
    )
    namespaces = "".join(f' xmlns:{prefix}="{ODF}:{prefix}:1.0"' for prefix in ("office", "text", "style", "table"))
    return odt.read(
        f'<office:document{namespaces} office:mimetype="application/vnd.oasis.opendocument.text">'
        f"<office:styles><text:outline-style>{outline}</text:outline-style></office:styles>"
        f"<office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:document>".encode()
    ).text.splitlines()


def li(*content: str, start: int | None = None) -> str:
    begins = "" if start is None else f' text:start-value="{start}"'
    return f"<text:list-item{begins}>{''.join(content)}</text:list-item>"


def styled_list(style: str, *content: str, more: str = "") -> str:
    return f'<text:list text:style-name="{style}"{more}>{"".join(content)}</text:list>'


def text_p(text: str) -> str:
    return f"<text:p>{text}</text:p>"


def test_an_opendocument_list_numbers_the_first_paragraph_of_each_item() -> None:
    inner = f"<text:list>{li(text_p('子'), text_p('续'))}</text:list>"
    body = styled_list("L", li(text_p("甲"), inner), li(text_p("乙"))) + text_p("正文")
    assert lines_of_odt(body) == ["一、甲", "一.1. 子", "续", "二、乙", "正文"]


def test_an_opendocument_list_begins_anew_unless_it_continues_another() -> None:
    one = styled_list("L", li(text_p("甲")), more=' xml:id="x"')
    anew = styled_list("L", li(text_p("乙")))
    on = styled_list("L", li(text_p("丙")), more=' text:continue-numbering="true"')
    by_name = styled_list("L", li(text_p("丁")), more=' text:continue-list="x"')
    fifth = styled_list("L", li(text_p("戊"), start=5))
    assert lines_of_odt(one + anew + on + by_name + fifth) == ["一、甲", "一、乙", "二、丙", "二、丁", "五、戊"]


def test_bullets_headers_and_the_outline_of_opendocument() -> None:
    bullets = styled_list("B", f"<text:list-header>{text_p('头')}</text:list-header>", li(text_p("甲")))
    outline = '<text:outline-level-style text:level="1" style:num-format="1" style:num-suffix="."/>'
    heading = '<text:h text:outline-level="1">标题</text:h>'
    assert lines_of_odt(bullets + heading * 2, outline) == ["头", "– 甲", "1. 标题", "2. 标题"]


# --- HTML ---


def lines_of_html(body: str) -> list[str]:
    return html.read(f"<html><head><meta charset=utf-8></head><body>{body}</body></html>".encode()).text.splitlines()


def test_html_lists_number_their_items() -> None:
    body = "<ol type=a start=3><li>甲<li value=7><p>乙<p>续<ul><li>点</ul></ol><p>正文"
    assert lines_of_html(body) == ["c. 甲", "g. 乙", "续", "• 点", "正文"]
    chinese = '<ol style="list-style-type: cjk-ideographic"><li>甲<li></ol><ul style="list-style:none"><li>乙</ul>'
    assert lines_of_html(chinese) == ["一、甲", "二、", "乙"]


def test_a_number_that_word_wrote_out_is_the_one_of_its_paragraph() -> None:
    number = (
        "<![if !supportLists]><span style='{}'><span style='mso-list:Ignore'>{}"
        "<span style='font:7.0pt \"Times New Roman\"'>&nbsp;&nbsp; </span></span></span><![endif]>"
    )
    body = (
        f"<p style='mso-list:l0 level1 lfo1'>{number.format('', '1、')}项目<b>概况</b></p>"
        f"<p style='mso-list:l1 level1 lfo2'>{number.format('font-family:Wingdings', 'l')}要点</p>"
        f"<p style='mso-list:l0 level1 lfo1'>{number.format('', '2、')}</p><p>正文</p>"
    )
    assert lines_of_html(body) == ["1、项目概况", "● 要点", "2、", "正文"]


# --- Word 2003 XML ---


def test_word_2003_names_lists_otherwise() -> None:
    level = '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:nfc w:val="37"/><w:lvlText w:val="%1、"/></w:lvl>'
    lists = f'<w:listDef w:listDefId="3">{level}</w:listDef><w:list w:ilfo="1"><w:ilst w:val="3"/></w:list>'
    body = "".join(
        f'<w:p><w:pPr><w:listPr><w:ilvl w:val="0"/><w:ilfo w:val="1"/></w:listPr></w:pPr>{r(text)}</w:p>'
        for text in ("甲", "乙")
    )
    document = wordxml.read(
        '<w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml">'
        f"<w:lists>{lists}</w:lists><w:body>{body}</w:body></w:wordDocument>".encode()
    )
    assert document.text == "一、甲\n二、乙\n"


# --- One list, many containers ---


@pytest.mark.parametrize("container", ["doc", "rtf", "odt"])
def test_a_form_with_automatic_numbers_reads_alike_from_every_container(container: str) -> None:
    word = read_document((DATA / "numbered.docx").read_bytes())
    other = read_document((DATA / f"numbered.{container}").read_bytes())
    assert other.format == container
    assert other.text == word.text
    assert "一、专项名称\t公园管护" in word.text
    assert "1、实行分片包干；\n2、每月检查一次。" in word.text


def test_numbers_are_part_of_values_and_no_part_of_labels() -> None:
    data = (DATA / "numbered.docx").read_bytes()
    (extracted,) = extract(data, load_rules()).forms
    assert extracted.form.value("project_name") == "公园管护"
    assert extracted.form.value("measures") == "1、实行分片包干；\n2、每月检查一次。"
    assert extracted.form.value("annual_goal") is None, "an empty list item says nothing"
    assert [row.target_text for row in extracted.form.indicators] == ["≥3公里"]
    assert not extracted.leftovers


def test_every_container_keeps_the_table() -> None:
    for path in DATA.glob("numbered.*"):
        (table,) = walk_tables(read_document(path.read_bytes()).blocks)
        assert [len(row) for row in table.rows] == [1, 2, 2, 2, 4, 4]
