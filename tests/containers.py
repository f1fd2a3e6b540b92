"""Puts one and the same form into several containers: a Word package and a text dump.

Samples, property tests and benchmarks say what a form holds and then in what it is kept:

>>> table = declaration_table(Declaration(project_name="公园绿地养护"))
>>> as_word, as_text = docx([table]), dump([table])
>>> as_word[:2], as_text.splitlines()[0]
(b'PK', '\\t专项资金预算绩效目标申报表')
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias
from xml.sax.saxutils import escape

# --------------------------------------------------------------------------------------------------- a neutral model

TICKED, EMPTY = "☑", "□"
LINE_BREAK = "\v"


@dataclass(frozen=True, slots=True)
class Box:
    """A cell of a table with its spans.

    "\\n" in the text starts a new paragraph, "\\v" a new line in the same one; ☑ is a ticked box and □ an empty one.
    """

    text: str = ""
    columns: int = 1
    rows: int = 1


Table: TypeAlias = list[list[Box]]
"""Rows of boxes from left to right on a grid; the first row gives its columns, and a place that a box from above covers
is not listed."""

Document: TypeAlias = Sequence[str | Table]
"""Paragraphs and tables in reading order."""


class Place(NamedTuple):
    """A box where it stands in one row, or where it reaches down into the row."""

    box: Box
    continued: bool


def column_count(table: Table) -> int:
    return sum(box.columns for box in table[0])


def places(table: Table) -> Iterator[list[Place]]:
    """The rows with the boxes that reach into them from above.

    >>> [[place.continued for place in row] for row in places([[Box("a", 1, 2), Box("b", 7)], [Box("c", 7)]])]
    [[False, False], [True, False]]
    """
    columns = column_count(table)
    reaching: dict[int, tuple[Box, int]] = {}
    for row in table:
        boxes, column, placed = iter(row), 0, []
        while column < columns:
            box, rows_left = reaching.pop(column, (None, 0))
            continued = box is not None
            if box is None:
                box = next(boxes, None)
                if box is None:
                    raise ValueError(f"nothing stands in column {column + 1} of the row {row}")
                rows_left = box.rows
            if rows_left > 1:
                reaching[column] = (box, rows_left - 1)
            placed.append(Place(box, continued))
            column += box.columns
        if column > columns or next(boxes, None):
            raise ValueError(f"more than {columns} columns in the row {row}")
        yield placed


# --------------------------------------------------------------------------------------------------------- text dump


def dump(document: Document) -> str:
    """The document as text extractors print it, with a tab before each cell and a blank line after each row.

    A ticked box of a symbol font comes out as a bracket that never closes.

    >>> dump(["附件1", [[Box("甲\\n乙", 4), Box("新增□ 延续☑", 4)]]])
    '附件1\\n\\n\\t甲\\n\\n乙\\n\\t新增□ 延续( \\n\\n'
    """
    return "".join(f"{block}\n\n" if isinstance(block, str) else _dump_table(block) for block in document)


def _dump_table(table: Table) -> str:
    return "".join("".join(map(_dump_cell, row)) + "\n" for row in places(table))


def _dump_cell(place: Place) -> str:
    if place.continued:
        return "\t\n"
    text = place.box.text
    if EMPTY in text:
        text = text.replace(TICKED, "( ")
    return "\t" + text.replace("\n", "\n\n").replace(LINE_BREAK, "\n") + "\n"


# ------------------------------------------------------------------------------------------------------ Word package

Ticks: TypeAlias = Literal["sym", "text", "control", "field"]

_COLUMN_WIDTHS = (900, 850, 850, 1500, 1000, 1200, 1300, 1100)
_NARROWEST = 850
_TIMESTAMP = (1980, 1, 1, 0, 0, 0)
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_NAMESPACES = " ".join(
    f'xmlns:{prefix}="{name}"'
    for prefix, name in {
        "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "w14": "http://schemas.microsoft.com/office/word/2010/wordml",
        "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
        "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
        "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
        "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
        "r": _OFFICE,
        "v": "urn:schemas-microsoft-com:vml",
    }.items()
)


def docx(document: Document, *, ticks: Ticks = "sym") -> bytes:
    """The document as a Word package; the same document gives the same bytes everywhere."""
    return package(body_xml(document, ticks=ticks))


def package(body: str, *, footer: str = "") -> bytes:
    """A Word package around the XML of a body and, where given, of a page footer."""
    layout = '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1440" w:right="1440" w:bottom="1440" w:left="1440"/>'
    if footer:
        layout = '<w:footerReference w:type="default" r:id="rId1"/>' + layout
    parts = {
        "[Content_Types].xml": _content_types(has_footer=bool(footer)),
        "_rels/.rels": _relationships(("officeDocument", "word/document.xml")),
        "word/document.xml": _story("document", f"<w:body>{body}<w:sectPr>{layout}</w:sectPr></w:body>"),
    }
    if footer:
        parts["word/_rels/document.xml.rels"] = _relationships(("footer", "footer1.xml"))
        parts["word/footer1.xml"] = _story("ftr", footer)
    return _zip(parts)


def _zip(parts: Mapping[str, str]) -> bytes:
    """The parts stored without compression, whose bytes would depend on the version of zlib."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, xml in parts.items():
            entry = zipfile.ZipInfo(name, _TIMESTAMP)
            entry.create_system = 0
            entry.external_attr = 0
            archive.writestr(entry, (_XML + xml).encode())
    return packed.getvalue()


def _story(name: str, content: str) -> str:
    return f'<w:{name} {_NAMESPACES} mc:Ignorable="w14">{content}</w:{name}>'


def _content_types(*, has_footer: bool) -> str:
    parts = [("/word/document.xml", "document.main"), ("/word/footer1.xml", "footer")][: 1 + has_footer]
    return (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        + "".join(f'<Override PartName="{part}" ContentType="{_WORD_TYPE}.{name}+xml"/>' for part, name in parts)
        + "</Types>"
    )


def _relationships(*targets: tuple[str, str]) -> str:
    links = (
        f'<Relationship Id="rId{i}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for i, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{"".join(links)}</Relationships>'


def body_xml(document: Document, *, ticks: Ticks = "sym") -> str:
    """The blocks of the document. A blank paragraph closes each table, as Word asks for."""
    return "".join(
        paragraph_xml(block, ticks=ticks) if isinstance(block, str) else table_xml(block, ticks=ticks) + "<w:p/>"
        for block in document
    )


def paragraph_xml(text: str, *, ticks: Ticks = "sym") -> str:
    return f"<w:p>{inline_xml(text, ticks=ticks)}</w:p>" if text else "<w:p/>"


def inline_xml(text: str, *, ticks: Ticks = "sym") -> str:
    """The runs of a paragraph; ticks, boxes and line breaks are runs of their own."""
    pieces = re.split(f"([{TICKED}{EMPTY}{LINE_BREAK}])", text)
    return "".join(_piece_xml(piece, _TICKS[ticks]) for piece in pieces if piece)


def table_xml(table: Table, *, ticks: Ticks = "sym") -> str:
    borders = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    widths = _column_widths(column_count(table))
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblBorders>{borders}</w:tblBorders>'
        '<w:tblLayout w:type="fixed"/></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>"
        + "".join(f"<w:tr>{_row_xml(row, widths, ticks)}</w:tr>" for row in places(table))
        + "</w:tbl>"
    )


def _column_widths(columns: int) -> Sequence[int]:
    """Widths in twips that fill the page, or more than it where the columns would be too narrow to write in."""
    widths = (_COLUMN_WIDTHS * columns)[:columns]
    room = max(sum(_COLUMN_WIDTHS), _NARROWEST * columns)
    return [width * room // sum(widths) for width in widths]


def _row_xml(row: Iterable[Place], widths: Sequence[int], ticks: Ticks) -> str:
    cells, column = [], 0
    for place in row:
        width = sum(widths[column : column + place.box.columns])
        cells.append(f"<w:tc>{_cell_properties(place, width)}{_cell_paragraphs(place, ticks)}</w:tc>")
        column += place.box.columns
    return "".join(cells)


def _cell_properties(place: Place, width: int) -> str:
    span = f'<w:gridSpan w:val="{place.box.columns}"/>' if place.box.columns > 1 else ""
    if place.continued:
        span += "<w:vMerge/>"
    elif place.box.rows > 1:
        span += '<w:vMerge w:val="restart"/>'
    return f'<w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{span}</w:tcPr>'


def _cell_paragraphs(place: Place, ticks: Ticks) -> str:
    text = "" if place.continued else place.box.text
    return "".join(paragraph_xml(paragraph, ticks=ticks) for paragraph in text.split("\n"))


def _piece_xml(piece: str, mark: Callable[[bool], str]) -> str:
    if piece in (TICKED, EMPTY):
        return mark(piece == TICKED)
    return "<w:r><w:br/></w:r>" if piece == LINE_BREAK else _text_run(piece)


def _text_run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def _symbol(ticked: bool) -> str:
    return '<w:r><w:sym w:font="Wingdings 2" w:char="F052"/></w:r>' if ticked else _text_run(EMPTY)


def _character(ticked: bool) -> str:
    return _text_run(TICKED if ticked else EMPTY)


def _control(ticked: bool) -> str:
    """A check box content control, which shows ☒ or ☐."""
    return (
        f'<w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val="{ticked:d}"/>'
        '<w14:checkedState w14:val="2612" w14:font="MS Gothic"/>'
        '<w14:uncheckedState w14:val="2610" w14:font="MS Gothic"/></w14:checkbox></w:sdtPr>'
        f"<w:sdtContent>{_text_run('☒' if ticked else '☐')}</w:sdtContent></w:sdt>"
    )


def _form_field(ticked: bool) -> str:
    """A FORMCHECKBOX field, which has no text at all."""
    return (
        '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:enabled/><w:checkBox><w:sizeAuto/><w:default w:val="0"/>'
        f'<w:checked w:val="{ticked:d}"/></w:checkBox></w:ffData></w:fldChar></w:r>'
        '<w:r><w:instrText xml:space="preserve"> FORMCHECKBOX </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


_TICKS: dict[Ticks, Callable[[bool], str]] = {
    "sym": _symbol,
    "text": _character,
    "control": _control,
    "field": _form_field,
}


# --------------------------------------------------------------------------------------------------------- the form

TITLE = "专项资金预算绩效目标申报表"


class Indicator(NamedTuple):
    level1: str
    level2: str
    name: str
    target: str


def _default_funding() -> dict[str, str]:
    return {"total": "86.5", "municipal": "20", "local": "66.5"}


@dataclass(frozen=True, slots=True)
class Declaration:
    """What one 专项资金预算绩效目标申报表 holds; the defaults are a small form of an invented county."""

    reporting_unit: str = "云溪县公园服务中心"
    unit_head: str = "林知远"
    project_name: str = "城区公园绿地养护"
    attribute: Literal["新增项目", "延续项目"] | None = "延续项目"
    department: str = "云溪县城市管理局"
    period: str = "2021年1-12月"
    lead: str = "周小禾"
    contact: str = "许明澈13900000001"
    overview: str = "对城区公园的绿地、步道和照明开展日常养护。"
    basis: str = "《云溪县城区绿地养护管理办法》（云政办发〔2019〕12号）"
    funding: Mapping[str, str] = field(default_factory=_default_funding)
    """Amounts as written, by source: total, central, provincial, municipal, local and other; absent is a blank cell."""
    measures: str = "1、实行分片包干；\n2、每月检查考核一次。"
    long_term_goal: str = "建成干净、安全、便民的城市公园体系。"
    annual_goal: str = "公园绿地养护达到二级标准以上。"
    indicators: Sequence[Indicator] = (
        Indicator("产出指标", "数量指标", "养护绿地面积", "≥32.6万平方米"),
        Indicator("产出指标", "数量指标", "补植苗木", "≥1200株"),
        Indicator("产出指标", "质量指标", "苗木成活率", "≥95%"),
        Indicator("产出指标", "时效指标", "按计划完成", "一年"),
        Indicator("产出指标", "成本指标", "养护经费", "≤86.5万元"),
        Indicator("效益指标", "社会效益", "改善市民休闲环境", "明显改善"),
        Indicator("效益指标", "满意度指标", "游园市民满意度", "≥90%"),
    )
    other_notes: str = ""
    year: int | None = 2021
    finance_opinion: str = ""
    supervision_opinion: str = ""


def declaration_table(d: Declaration, *, title_inside: bool = True) -> Table:
    """The form as offices lay it out; without `title_inside` its title and year line are left to the caller."""
    title = [[Box(line, 8)] for line in headings(d)] if title_inside else []
    return [*title, *_unit_rows(d), *_basic_rows(d), *_funding_rows(d), *_goal_rows(d), *_closing_rows(d)]


def headings(d: Declaration) -> list[str]:
    """The title and the year line."""
    return [TITLE, f"（{'　　' if d.year is None else d.year}年度）"]


def _unit_rows(d: Declaration) -> Table:
    blank = [Box() for _ in range(4)]
    return [[Box(f" 填报单位（盖章）：{d.reporting_unit}", 2), *blank, Box(f"单位负责人：{d.unit_head}"), Box()]]


def _basic_rows(d: Declaration) -> Table:
    return [
        [Box("专项基本情况", 1, 6), Box("专项名称", 2), Box(d.project_name, 5)],
        [Box("专项属性", 2), Box(attribute_text(d), 5)],
        [Box(" 主管\n部门", 2), Box(d.department, 2), Box(" 专项起止时间"), Box(d.period, 2)],
        [Box("专项\n负责人", 2), Box(d.lead, 2), Box(" 联系人及电话"), Box(d.contact, 2)],
        [Box("专项概况", 2), Box(d.overview, 5)],
        [Box("专项立项\v依据", 2), Box(d.basis, 5)],
    ]


def attribute_text(d: Declaration) -> str:
    """Both options, each with its box behind it."""
    added, continued = (TICKED if d.attribute == option else EMPTY for option in ("新增项目", "延续项目"))
    return f"新增项目{added}{' ' * 23}延续项目{continued}"


def _funding_rows(d: Declaration) -> Table:
    total, *parts = (d.funding.get(s, "") for s in ("total", "central", "provincial", "municipal", "local", "other"))
    return [
        [
            Box("专项资金情况", 1, 3),
            Box("本年度预计投入（万元）", 2, 2),
            Box("财政资金（万元） ", 4),
            Box("其他", 1, 2),
        ],
        [Box(label) for label in ("中央", "省级", "市级资金", "本级")],
        [Box(total, 2), *map(Box, parts)],
    ]


def _goal_rows(d: Declaration) -> Table:
    header = [Box("一级指标"), Box("二级指标"), Box("三级指标内容", 3), Box("指标值及单位", 2)]
    return [
        [Box("单位已有的保证专项实施的制度、措施"), Box(d.measures, 7)],
        [Box("中长期绩效目标"), Box(d.long_term_goal, 7)],
        [Box("本年度绩效目标"), Box(d.annual_goal, 7)],
        [Box("专项年度绩效指标", 1, 1 + len(d.indicators)), *header],
        *_indicator_rows(d.indicators),
    ]


def _indicator_rows(indicators: Sequence[Indicator]) -> Iterator[list[Box]]:
    """One row each; equal levels that follow each other are merged, the second only inside the first."""
    level1 = _merged_heights([i.level1 for i in indicators])
    level2 = _merged_heights([(i.level1, i.level2) for i in indicators])
    for each, height1, height2 in zip(indicators, level1, level2, strict=True):
        levels = [Box(text, 1, height) for text, height in ((each.level1, height1), (each.level2, height2)) if height]
        yield [*levels, Box(each.name, 3), Box(each.target, 2)]


def _merged_heights(keys: Sequence[object]) -> list[int]:
    """How many rows the cell of each key covers, 0 where the one above covers it.

    >>> _merged_heights(["a", "a", "b", "a"])
    [2, 0, 1, 1]
    """
    heights: list[int] = []
    top = 0
    for i, key in enumerate(keys):
        if i and key == keys[i - 1]:
            heights[top] += 1
            heights.append(0)
        else:
            top = i
            heights.append(1)
    return heights


def _closing_rows(d: Declaration) -> Table:
    stamp, date = f"{' ' * 37}（盖章）", f"{' ' * 38}年    月    日"
    return [
        [Box("其他需要说明的问题"), Box(d.other_notes, 7)],
        [Box("财政部门业务\n股室审核意见"), Box(_signed(d.finance_opinion, f"{stamp}\v{date}    "), 7)],
        [Box("财政部门监督绩效股审核意见"), Box(_signed(d.supervision_opinion, f"{stamp}\n{date}"), 7)],
    ]


def _signed(opinion: str, signature: str) -> str:
    """An opinion, with room for seal and date below unless it was sealed."""
    if "盖章" in opinion:
        return opinion
    return f"{opinion}\n{signature}" if opinion else signature
