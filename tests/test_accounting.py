"""Nothing is lost in silence: whatever somebody writes into a form stands in a value, in a leftover or in a finding."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from containers import Box, Document, Table, body_xml, docx, dump, package, paragraph_xml
from drawn_forms import Layout, layouts
from extract.form import OTHER_VALUE
from extract.ledger import Ledger, Owner
from extract.pipeline import ExtractedForm, Extraction, extract
from extract.rules import load_rules

RULES = load_rules()
LAYOUTS = list(layouts())
# A number that stands in no layout.
PLANTED = "8642.5"

HEAD = ["一级指标", "二级指标", "三级指标", "指标值", "分值", "得分"]


def form_of(*rows: list[str], behind: Document = ()) -> Extraction:
    """A self-evaluation in one table of these rows, the last cell of each as wide as it takes, and what follows it."""
    table = [[Box("项目名称"), Box("公园管护", 5)]]
    table += [[*map(Box, row[:-1]), Box(row[-1], 7 - len(row))] for row in rows]
    return extract(docx(["项目支出绩效自评表", "（2022年度）", table, *behind]), RULES)


def comes_out(extraction: Extraction, text: str) -> bool:
    """Whether a text that the document holds once is in a value, in a leftover or where a finding points."""
    assert extraction.document
    start = extraction.document.text.index(text)
    spans = (span for form in extraction.forms for span in places(form))
    return any(span.start <= start and start + len(text) <= span.end for span in spans) or any(
        text in words for form in extraction.forms for words in words_of(form)
    )


def places(form: ExtractedForm) -> Iterator[tuple[int, int]]:
    yield from form.form.value_spans()
    yield from form.leftovers
    yield from (finding.span for finding in form.findings if finding.span)


def words_of(form: ExtractedForm) -> Iterator[str]:
    """What is stored without a place of its own: title, shape, levels, remarks."""
    yield form.form.title
    yield form.form.shape or ""
    for row in form.form.indicators:
        yield from (row.level1 or "", row.level2 or "", row.result.remarks or "")


# ------------------------------------------------------------------------------------------------------- the ledger


def test_blanks_need_no_owner() -> None:
    ledger = Ledger("甲 乙 丙")
    ledger.claim(0, 1, Owner.LABEL)
    assert not ledger.is_settled(0, 3)
    ledger.claim(2, 3, Owner.VALUE)
    assert ledger.is_settled(0, 3)
    assert [ledger.is_untouched(*place) for place in ((0, 3), (3, 5))] == [False, True]


# ------------------------------------------------------------------------------------------------------ in the form


def test_figures_beside_amounts_are_kept_under_what_heads_them() -> None:
    (form,) = form_of(
        ["项目资金（万元）", "", "全年预算数", "全年执行数", "执行率", "得分"],
        ["", "年度资金总额", "120", "100", "83.3%", "8.33"],
    ).forms
    others = [(field.label, field.value) for field in form.form.fields if field.name == OTHER_VALUE]
    assert others == [("年度资金总额 执行率", "83.3%"), ("年度资金总额 得分", "8.33")]
    assert [str(row.amount) for row in form.form.funding] == ["120", "100"]


def test_an_amount_that_a_vaguer_label_repeats_is_kept_beside_the_first() -> None:
    (form,) = form_of(
        ["项目资金（万元）", "年度资金总额", "120"], ["", "财政拨款", "100"], ["", "一般公共预算", "80"]
    ).forms
    assert [(row.source, str(row.amount)) for row in form.form.funding] == [("total", "120"), ("fiscal", "100")]
    assert [field.value for field in form.form.fields if field.name == OTHER_VALUE] == ["80"]


def test_points_in_a_row_without_an_indicator_are_left_over() -> None:
    extraction = form_of(
        HEAD, ["产出指标", "数量指标", "步道", "≥3公里", "50", "49"], ["", "质量指标", "", "", "8642.5", ""]
    )
    assert comes_out(extraction, PLANTED)


def test_all_that_stands_in_the_row_of_the_total_is_kept() -> None:
    (form,) = form_of(
        HEAD, ["产出指标", "数量指标", "步道", "≥3公里", "50", "49"], ["总分", "", "", "优", "100", "98"]
    ).forms
    assert form.form.value("total_score") == "98"
    assert [field.value for field in form.form.fields if field.name == OTHER_VALUE] == ["优", "100"]


def test_a_blank_form_that_prints_points_is_still_a_template() -> None:
    table = [
        [Box("项目名称"), Box("", 2)],
        [Box("项目资金"), Box("分值"), Box("得分")],
        [Box("年度资金总额"), Box("10"), Box()],
    ]
    (form,) = extract(docx(["项目支出绩效自评表", "（2022年度）", table]), RULES).forms
    assert [finding.code for finding in form.findings] == ["form.template"]


# ------------------------------------------------------------------------------------------------- outside of the form

FUNDING = [[Box("项目资金（万元）"), Box("年度资金总额"), Box("8642.5")]]
INDICATORS = [
    [Box(text) for text in HEAD],
    [Box(text) for text in ("产出指标", "数量指标", "步道", "≥3公里", "50", "49")],
]


@pytest.mark.parametrize("above", ["注：本表由单位填写。", "填表人：周明  2022年3月1日", "填报说明：如实填写。"])
def test_tables_below_notes_and_signatures_belong_to_the_form(above: str) -> None:
    (form,) = form_of(["主管部门", "住建局"], behind=[above, FUNDING, above, INDICATORS]).forms
    assert [str(row.amount) for row in form.form.funding] == ["8642.5"]
    assert [row.name for row in form.form.indicators] == ["步道"]


@pytest.mark.parametrize(
    "line",
    ["主管部门：林业局", [[Box("主管部门"), Box("林业局")]], FUNDING, INDICATORS],
    ids=["a label with a colon", "a row of a table", "an amount", "indicators"],
)
def test_values_above_the_title_are_noticed(line: str | Table) -> None:
    table = [[Box("项目名称"), Box("公园管护")], [Box("主管部门"), Box("住建局")]]
    extraction = extract(docx([line, "项目支出绩效自评表", "（2022年度）", table]), RULES)
    assert extraction.document
    (finding,) = extraction.findings
    assert finding.code == "document.values_outside"
    assert finding.span
    assert finding.span.end < extraction.forms[0].form.span.start


def test_values_in_the_foot_of_the_page_are_noticed() -> None:
    body = body_xml(["项目支出绩效自评表", "（2022年度）", [[Box("项目名称"), Box("公园管护")]]])
    extraction = extract(package(body, footer=paragraph_xml("主管部门：林业局")), RULES)
    assert [finding.code for finding in extraction.findings] == ["document.values_outside"]


def test_instructions_that_repeat_the_labels_are_no_values() -> None:
    extraction = form_of(behind=["填报说明：", "1.项目名称：填写全称。", "2.主管部门：填写规范简称。"])
    assert extraction.findings == ()


# ------------------------------------------------------------------------------------------------------- any layout


Cell = tuple[int, int, int]
"""The numbers of a block, of a row in it, and of a cell in that."""


def cells_of(layout: Layout) -> list[Cell]:
    """The cells for values that a layout draws: those that are blank or hold a figure."""
    return [
        (number, row, position)
        for number, block in enumerate(layout.document)
        if not isinstance(block, str)
        for row, boxes in enumerate(block)
        for position, box in enumerate(boxes)
        if not box.text or any(map(str.isdigit, box.text))
    ]


def planted(layout: Layout, cell: Cell) -> Document:
    block, row, position = cell
    table = [list(boxes) for boxes in layout.document[block]]
    table[row][position] = replace(table[row][position], text=PLANTED)
    return [*layout.document[:block], table, *layout.document[block + 1 :]]


CELLS = [(layout, cell) for layout in LAYOUTS if layout.forms for cell in cells_of(layout)]


@pytest.mark.parametrize("container", [docx, lambda document: dump(document).encode()], ids=["docx", "dump"])
@settings(max_examples=150, deadline=None)
@given(place=st.sampled_from(CELLS))
def test_a_number_in_any_cell_of_a_form_comes_out(
    container: Callable[[Document], bytes], place: tuple[Layout, Cell]
) -> None:
    extraction = extract(container(planted(*place)), RULES)
    assert extraction.document
    start = extraction.document.text.index(PLANTED)
    is_inside = any(form.form.span.start <= start < form.form.span.end for form in extraction.forms)
    assert comes_out(extraction, PLANTED) or not is_inside
