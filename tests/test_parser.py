"""The parser on dumps: labels and values, funding by position, indicator rows. Grids: see test_containers."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from conftest import TITLE, dump_of
from extract.form import Form
from extract.pipeline import Extraction

Parse = Callable[..., Form]

FUNDING_HEAD = (
    "专项资金情况|本年度预计投入（万元）|财政资金（万元）|其他",
    " | |中央|省级|市级资金|本级| ",
)
INDICATOR_HEAD = "专项年度绩效指标|一级指标|二级指标|三级指标内容|指标值及单位"


def levels(form: Form) -> list[tuple[str | None, str | None, str | None]]:
    return [(row.level1, row.level2, row.name) for row in form.indicators]


# ------------------------------------------------------------------------------------------------------------- fields


def test_a_value_stands_beside_its_label(parse_rows: Parse) -> None:
    assert parse_rows("专项名称|公园管护").value("project_name") == "公园管护"


def test_two_labels_of_a_row_have_a_value_each(parse_rows: Parse) -> None:
    form = parse_rows("专项名称|公园管护", "主管部门|住建局|专项起止时间|2021年1-12月")
    assert (form.value("competent_department"), form.value("period_end")) == ("住建局", "2021-12-31")


def test_boxes_behind_a_label_that_no_rule_knows_are_no_part_of_a_period(parse_rows: Parse) -> None:
    form = parse_rows("专项起止时间|2021年1-12月|拨付方法|□预拨 ☑后补")
    assert (form.value("period_text"), form.value("period_end")) == ("2021年1-12月", "2021-12-31")


def test_the_header_of_a_numbered_list_holds_no_labels(parse_rows: Parse) -> None:
    form = parse_rows("专项名称|公园管护", "序号|工作内容|金额（元）", "1|修剪草坪|500", "2|清理湖面|800")
    assert form.value("overview") is None


def test_labels_split_by_lines_and_blanks_are_still_labels(parse_rows: Parse) -> None:
    assert parse_rows("专项名称|公园管护", " 主 管/部门|住建局").value("competent_department") == "住建局"


def test_a_value_may_stand_behind_the_colon(parse_rows: Parse) -> None:
    form = parse_rows("填报单位（盖章）：园林局| |单位负责人：周明", "专项名称|公园管护")
    assert (form.value("reporting_unit"), form.value("unit_head")) == ("园林局", "周明")


def test_a_value_may_stand_in_the_cell_beside_the_colon(parse_rows: Parse) -> None:
    form = parse_rows("填报单位（盖章）：|园林局|单位负责人：| ", "专项名称|公园管护")
    assert (form.value("reporting_unit"), form.value("unit_head")) == ("园林局", None)


def test_several_labels_may_share_a_cell(parse_rows: Parse) -> None:
    form = parse_rows("填报单位（盖章）：园林局     单位负责人：周明", "专项名称|公园管护")
    assert (form.value("reporting_unit"), form.value("unit_head")) == ("园林局", "周明")


def test_a_row_of_labels_has_its_values_below(parse_rows: Parse) -> None:
    form = parse_rows("专项名称|主管部门", "公园管护|住建局")
    assert (form.value("project_name"), form.value("competent_department")) == ("公园管护", "住建局")


def test_a_merged_label_has_the_rows_that_it_covers(parse_rows: Parse) -> None:
    form = parse_rows("专项名称|公园管护", "专项概况|绿地养护。", " |设施维修。")
    assert form.value("overview") == "绿地养护。\n设施维修。"


def test_a_label_with_a_blank_cell_has_a_field_without_value(parse_rows: Parse) -> None:
    form = parse_rows("专项名称|公园管护", "其他需要说明的问题| ")
    assert [field.value for field in form.fields if field.name == "other_notes"] == [None]


@pytest.mark.parametrize("nothing", ["无", "\\", "—", "-"])
def test_words_for_nothing_are_blank(parse_rows: Parse, nothing: str) -> None:
    nothing = nothing.replace("\\", "／")
    assert parse_rows("专项名称|公园管护", f"其他需要说明的问题|{nothing}").value("other_notes") is None


def test_a_colon_in_prose_is_no_label(parse_rows: Parse) -> None:
    form = parse_rows("专项名称|公园管护", "专项概况|分两步：一是修缮，主管部门：验收")
    assert form.value("overview") == "分两步：一是修缮，主管部门：验收"
    assert form.value("competent_department") is None


@pytest.mark.parametrize(
    "prose", ["主管部门：教育局", "1. 专项名称：暂定/2. 主管部门：待定", "项目概况：养护。/主管部门：教育局"]
)
def test_a_value_that_opens_like_a_label_is_the_value_of_the_label_beside_it(parse_rows: Parse, prose: str) -> None:
    form = parse_rows("专项名称|公园管护", f"专项概况|{prose}")
    assert form.value("overview") == prose.replace("/", "\n")
    assert (form.value("project_name"), form.value("competent_department")) == ("公园管护", None)


def test_a_contact_may_be_spread_over_two_cells(parse_rows: Parse) -> None:
    form = parse_rows("专项名称|公园管护", "联系人及电话|周明|13900000001")
    assert (form.value("contact_name"), form.value("contact_phone")) == ("周明", "13900000001")


def test_paragraphs_of_a_value_are_kept_and_joined(parse_rows: Parse) -> None:
    form = parse_rows("专项名称|公园管护", "本年度绩效目标|1、保持整洁；/2、设施完好。")
    assert form.value("annual_goal") == "1、保持整洁；\n2、设施完好。"


def test_seal_and_blank_date_are_no_opinion(parse_rows: Parse) -> None:
    form = parse_rows("专项名称|公园管护", "财政部门业务股室审核意见|（盖章）/年  月  日")
    assert form.value("finance_division_opinion") is None


def test_an_opinion_ends_above_the_seal_and_keeps_a_filled_date(parse_rows: Parse) -> None:
    form = parse_rows("专项名称|公园管护", "财政部门业务股室审核意见|同意。/（盖章）/2021年3月5日")
    assert form.value("finance_division_opinion") == "同意。"
    assert form.value("finance_division_opinion_date") == "2021-03-05"


def test_citations_come_with_their_field(parse_rows: Parse) -> None:
    form = parse_rows("专项名称|公园管护", "专项立项依据|《办法》（云财绩〔2020〕7号）")
    assert [(c.field, c.document_number, c.year) for c in form.citations] == [("basis", "云财绩〔2020〕7号", 2020)]


# ------------------------------------------------------------------------------------------------------------ funding


def test_amounts_belong_to_the_columns_that_the_headers_form(parse_rows: Parse) -> None:
    form = parse_rows("专项名称|公园管护", *FUNDING_HEAD, " |12.5| |2| |10|0.5")
    assert [(m.source, m.amount, m.unit, m.amount_yuan) for m in form.funding] == [
        ("total", Decimal("12.5"), "万元", Decimal(125000)),
        ("provincial", Decimal(2), "万元", Decimal(20000)),
        ("local", Decimal(10), "万元", Decimal(100000)),
        ("other", Decimal("0.5"), "万元", Decimal(5000)),
    ]


def test_a_written_zero_is_a_row_and_a_blank_or_dash_is_none(parse_rows: Parse) -> None:
    form = parse_rows("专项名称|公园管护", *FUNDING_HEAD, " |0|—| | |0| ")
    assert [m.source for m in form.funding] == ["total", "local"]


def test_one_header_row_is_enough(parse_rows: Parse) -> None:
    form = parse_rows("专项名称|公园管护", "资金情况|合计（元）|财政资金|其他资金", " |1,200.50|1,200.50| ")
    assert [(m.source, m.amount_yuan) for m in form.funding] == [
        ("total", Decimal("1200.50")),
        ("fiscal", Decimal("1200.50")),
    ]


def test_a_unit_in_the_cell_wins_over_the_header(parse_rows: Parse) -> None:
    form = parse_rows("专项名称|公园管护", *FUNDING_HEAD, " |50000元| | | |5| ")
    assert [m.amount_yuan for m in form.funding] == [Decimal(50000), Decimal(50000)]


def test_amounts_that_do_not_line_up_are_left_over_and_said_so(extract_text: Callable[[str], Extraction]) -> None:
    text = dump_of(f"\t{TITLE}\n\n", "专项名称|公园管护", *FUNDING_HEAD, " |12|10")
    (extracted,) = extract_text(text).forms
    assert extracted.form.funding == ()
    assert "funding.misaligned" in [finding.code for finding in extracted.findings]
    assert [text[a:b] for a, b in extracted.leftovers] == ["12", "10"]


def test_words_in_place_of_an_amount_are_kept_without_a_number(parse_rows: Parse) -> None:
    form = parse_rows("专项名称|公园管护", *FUNDING_HEAD, " |见附件| | | | | ")
    assert [(m.source, m.amount, m.text) for m in form.funding] == [("total", None, "见附件")]


Amounts = list[tuple[str, str, str, str | None]]


def amounts(form: Form) -> Amounts:
    return [(m.block, m.stage, m.source, str(m.amount)) for m in form.funding]


def test_an_amount_beside_its_label_takes_the_block_of_the_label_above(parse_rows: Parse) -> None:
    form = parse_rows(
        "项目名称|公园管护",
        "项目资金/（万元）|中期资金总额：|960|年度资金总额：|320",
        " |其中：财政拨款|900|其中：财政拨款|300",
        " | | |上年结转资金|20",
    )
    assert amounts(form) == [
        ("long_term", "budget", "total", "960"),
        ("annual", "budget", "total", "320"),
        ("long_term", "budget", "fiscal", "900"),
        ("annual", "budget", "fiscal", "300"),
        ("annual", "budget", "carryover", "20"),
    ]
    assert {m.unit for m in form.funding} == {"万元"}


def test_rows_of_sources_stand_under_columns_of_stages_and_rates_are_no_amounts(parse_rows: Parse) -> None:
    form = parse_rows(
        "项目名称|公园管护",
        "项目资金/（万元）| |年初预算数|全年执行数（B）|分值|执行率|得分",
        " |年度资金总额|120|100|10|83.3%|8.33",
        " |其中：当年财政拨款|120|100|—|83.3%|—",
    )
    assert amounts(form) == [
        ("annual", "initial", "total", "120"),
        ("annual", "executed", "total", "100"),
        ("annual", "initial", "fiscal", "120"),
        ("annual", "executed", "fiscal", "100"),
    ]


def test_a_header_without_the_cell_of_the_row_labels_counts_from_the_end(parse_rows: Parse) -> None:
    form = parse_rows("项目名称|甲", "项目资金（万元）|年初预算数|全年执行数", " |年度资金总额|120|100")
    assert amounts(form) == [("annual", "initial", "total", "120"), ("annual", "executed", "total", "100")]


def test_a_row_that_does_not_reach_the_header_gives_no_amounts(extract_text: Callable[[str], Extraction]) -> None:
    rows = ("项目名称|甲", "项目资金（万元）| |年初预算数|全年预算数|全年执行数", " |年度资金总额|120|100")
    (form,) = extract_text(dump_of(f"\t{TITLE}\n\n", *rows)).forms
    assert form.form.funding == ()
    assert "funding.misaligned" in [finding.code for finding in form.findings]


def test_a_row_of_the_whole_under_columns_of_sources_has_an_amount_of_each(parse_rows: Parse) -> None:
    rows = ("资金来源|合计|市级财政资金|单位自筹", "项目总投资|860|800|60", "本年度申请|420|420|0")
    form = parse_rows("专项名称|公园管护", *rows)
    assert [(row.block, row.source, row.amount) for row in form.funding] == [
        ("long_term", "total", 860), ("long_term", "municipal", 800), ("long_term", "own", 60),
        ("annual", "total", 420), ("annual", "municipal", 420), ("annual", "own", 0),
    ]  # fmt: skip


def test_the_whole_project_is_a_block_of_its_own_only_beside_a_year(parse_rows: Parse) -> None:
    alone = parse_rows("项目名称|甲", "项目资金（万元）|项目资金总额|100")
    beside = parse_rows("项目名称|甲", "项目资金（万元）|项目资金总额|100|年度资金申请总额|40")
    assert amounts(alone) == [("annual", "budget", "total", "100")]
    assert amounts(beside) == [("long_term", "budget", "total", "100"), ("annual", "budget", "total", "40")]


def test_a_part_that_repeats_its_source_is_not_counted_twice(parse_rows: Parse) -> None:
    rows = (
        "资金来源（万元）|资金总额|100",
        " |（一）财政拨款小计|80",
        " |1、一般公共预算|80",
        " |（二）自有资金小计|20",
    )
    form = parse_rows("项目名称|甲", *rows)
    assert [m.source for m in form.funding] == ["total", "fiscal", "own"]


def test_the_total_of_expenditure_is_no_second_total(parse_rows: Parse) -> None:
    rows = ("年度预算（万元）|收入构成|财政拨款|合计", " |金额|80|80", " |支出构成|基本支出|合计", " |金额|80|80")
    assert [m.source for m in parse_rows("项目名称|甲", *rows).funding] == ["fiscal", "total"]


def test_details_under_names_of_their_own_are_no_amounts_by_source(parse_rows: Parse) -> None:
    rows = ("支出明细|名称|资金总额（元）|财政拨款", " |材料费|30|30", " |人工费|50|50", " |合计|80|80")
    assert amounts(parse_rows("项目名称|甲", *rows)) == [
        ("annual", "budget", "total", "80"),
        ("annual", "budget", "fiscal", "80"),
    ]


def test_an_amount_may_share_a_row_with_a_field(parse_rows: Parse) -> None:
    form = parse_rows("项目名称|公园管护", "主管部门|住建局|预算金额（万元）|245.8")
    assert (form.value("competent_department"), amounts(form)) == (
        "住建局",
        [("annual", "budget", "total", "245.8")],
    )


def test_labels_and_amounts_may_stand_in_one_cell(parse_rows: Parse) -> None:
    form = parse_rows("项目名称|甲", "资金总额：100万元  财政拨款：80万元  自有资金：20万元")
    assert [(m.source, str(m.amount), m.unit) for m in form.funding] == [
        ("total", "100", "万元"),
        ("fiscal", "80", "万元"),
        ("own", "20", "万元"),
    ]


def test_goals_stand_below_the_labels_that_a_merged_one_heads(parse_rows: Parse) -> None:
    form = parse_rows("项目名称|甲", "年度/总体/目标|预期目标|实际完成情况", " |修缮步道。|修缮步道3公里。")
    assert (form.value("annual_goal"), form.value("annual_goal_actual")) == ("修缮步道。", "修缮步道3公里。")


def test_a_field_may_stand_for_another_that_has_no_label(parse_rows: Parse) -> None:
    both = parse_rows("项目名称|甲", "项目类型|经常性业务费|项目性质|常年项目")
    named = parse_rows("项目名称|甲", "项目类型|经常性业务费|项目属性|常年项目")
    assert (both.value("project_attribute"), both.value("project_type")) == ("常年项目", "经常性业务费")
    assert named.value("project_attribute") == "常年项目"


def test_the_overall_goal_is_the_years_unless_the_year_has_one_of_its_own(parse_rows: Parse) -> None:
    alone = parse_rows("项目名称|甲", "总体目标|保持整洁")
    beside = parse_rows("项目名称|甲", "绩效目标|总体目标|建成公园", " |年度目标|修缮步道")
    assert (alone.value("annual_goal"), alone.value("long_term_goal")) == ("保持整洁", None)
    assert (beside.value("annual_goal"), beside.value("long_term_goal")) == ("修缮步道", "建成公园")


def test_first_and_last_day_may_stand_in_cells_of_their_own(parse_rows: Parse) -> None:
    form = parse_rows("项目名称|甲", "计划开始日期|2024-01-01|计划完成日期|2026-12")
    assert (form.value("period_start"), form.value("period_end")) == ("2024-01-01", "2026-12-31")


def test_the_leaders_phone_is_the_contact_phone_where_there_is_no_other(parse_rows: Parse) -> None:
    form = parse_rows("项目名称|甲", "项目负责人及联系电话|周明 13900000001")
    assert (form.value("project_lead"), form.value("contact_phone")) == ("周明", "13900000001")


def test_the_cells_beside_a_value_that_no_rule_knows_are_left_over(extract_text: Callable[[str], Extraction]) -> None:
    rows = ("项目名称|甲", "项目起止时间|2021年1-12月|天气情况|多云")
    (form,) = extract_text(dump_of(f"\t{TITLE}\n\n", *rows)).forms
    assert form.form.value("period_end") == "2021-12-31"
    assert "天气情况" in "".join(dump_of(f"\t{TITLE}\n\n", *rows)[a:b] for a, b in form.leftovers)


def test_a_small_table_under_one_label_is_one_value(parse_rows: Parse) -> None:
    rows = ("年度主要任务|任务名称|主要内容", " |食品抽检|抽检1860批次", " |设备检查|检查电梯")
    form = parse_rows("项目名称|甲", *rows)
    assert "检查电梯" in (form.value("main_tasks") or "")


# --------------------------------------------------------------------------------------------------------- indicators


def test_levels_carry_down_blank_cells(parse_rows: Parse) -> None:
    form = parse_rows(
        "专项名称|公园管护",
        INDICATOR_HEAD,
        " |产出/指标|数量指标|修缮步道|≥3公里",
        " | | |补植乔木|≥200株",
        " | |质量指标|成活率|≥95%",
        " |效益指标|社会效益|游客好评|明显提升",
    )
    assert levels(form) == [
        ("产出指标", "数量指标", "修缮步道"),
        ("产出指标", "数量指标", "补植乔木"),
        ("产出指标", "质量指标", "成活率"),
        ("效益指标", "社会效益", "游客好评"),
    ]


def test_a_new_first_level_ends_the_second(parse_rows: Parse) -> None:
    form = parse_rows("专项名称|甲", INDICATOR_HEAD, " |产出指标|数量指标|步道|≥3公里", " |满意度指标| |游客满意|≥90%")
    assert levels(form)[1] == ("满意度指标", None, "游客满意")


def test_columns_are_found_by_name_in_any_order(parse_rows: Parse) -> None:
    head = "专项年度绩效指标|指标值及单位|三级指标内容|二级指标|一级指标"
    form = parse_rows("专项名称|公园管护", head, " |≥3公里|修缮步道|数量指标|产出指标")
    assert levels(form) == [("产出指标", "数量指标", "修缮步道")]
    assert form.indicators[0].target.operator == ">="


def test_the_header_may_repeat_after_a_page_break(parse_rows: Parse) -> None:
    row = " |产出指标|数量指标|修缮步道|≥3公里"
    form = parse_rows("专项名称|公园管护", INDICATOR_HEAD, row, INDICATOR_HEAD, " | | |补植乔木|≥200株")
    assert levels(form)[1] == ("产出指标", "数量指标", "补植乔木")


def test_the_section_label_may_repeat_on_every_row(parse_rows: Parse) -> None:
    section = "专项年度绩效指标|产出指标|数量指标"
    form = parse_rows("专项名称|甲", INDICATOR_HEAD, f"{section}|步道|≥3公里", f"{section}|乔木|≥200株")
    assert [row.name for row in form.indicators] == ["步道", "乔木"]


def test_blank_and_placeholder_rows_are_no_indicators(parse_rows: Parse) -> None:
    rows = (" |产出指标|数量指标|……| ", " | |质量指标| | ", " | |时效指标|指标1：| ", " | |成本指标|—|—")
    assert parse_rows("专项名称|公园管护", INDICATOR_HEAD, *rows).indicators == ()


def test_an_indicator_without_a_target_is_kept(parse_rows: Parse) -> None:
    (row,) = parse_rows("专项名称|公园管护", INDICATOR_HEAD, " |产出指标|数量指标|修缮步道| ").indicators
    assert (row.name, row.target_text, row.target.kind) == ("修缮步道", None, "empty")


@pytest.mark.parametrize("nothing", ["—", "无", "-"])
def test_a_target_that_says_nothing_is_blank(parse_rows: Parse, nothing: str) -> None:
    (row,) = parse_rows("专项名称|甲", INDICATOR_HEAD, f" |产出指标|数量指标|修缮步道|{nothing}").indicators
    assert (row.target_text, row.target.kind) == (None, "empty")


def test_the_table_ends_at_the_next_label(parse_rows: Parse) -> None:
    form = parse_rows(
        "专项名称|公园管护", INDICATOR_HEAD, " |产出指标|数量指标|步道|≥3公里", "其他需要说明的问题|需配套资金"
    )
    assert len(form.indicators) == 1
    assert form.value("other_notes") == "需配套资金"


def test_a_row_with_other_cells_than_the_header_is_left_over(extract_text: Callable[[str], Extraction]) -> None:
    text = dump_of(
        f"\t{TITLE}\n\n", "专项名称|甲", INDICATOR_HEAD, " |产出指标|数量指标|步道|≥3公里|10|8", "其他需要说明的问题|无"
    )
    (extracted,) = extract_text(text).forms
    assert extracted.form.indicators == ()
    assert "indicator.misaligned" in [finding.code for finding in extracted.findings]


# ----------------------------------------------------------------------------------------------------------- findings


def codes(extraction: Extraction) -> set[str]:
    return {finding.code for form in extraction.forms for finding in form.findings}


def test_a_row_that_no_rule_knows_announces_itself(extract_text: Callable[[str], Extraction]) -> None:
    extraction = extract_text(dump_of(f"\t{TITLE}\n\n", "专项名称|公园管护", "绿色采购比例|三成"))
    assert "form.leftovers" in codes(extraction)
    assert len(extraction.forms[0].leftovers) == 2


def test_no_finding_tells_a_name_or_a_phone(extract_text: Callable[[str], Extraction]) -> None:
    text = dump_of(
        f"\t{TITLE}\n\n", "专项名称|公园管护", "联系人及电话|周明", "专项属性|新增项目□ 延续项目□", "专项起止时间|长期"
    )
    extraction = extract_text(text)
    found = [finding.message for form in extraction.forms for finding in form.findings]
    messages = " ".join(f"{message.en} {message.zh}" for message in found)
    assert {"contact.incomplete", "choice.none_ticked", "period.unread"} <= codes(extraction)
    assert "周明" not in messages


def test_parts_that_do_not_add_up_to_the_total_are_found(extract_text: Callable[[str], Extraction]) -> None:
    text = dump_of(f"\t{TITLE}\n\n", "专项名称|公园管护", *FUNDING_HEAD, " |12|1|2|3|4|5")
    assert "funding.sum" in codes(extract_text(text))
    assert "funding.sum" not in codes(extract_text(text.replace("\t12\n", "\t15\n")))


# ------------------------------------------------------------------------------------------------- torn and odd rows


TORN = (
    (" |产出指标|数量指标|修缮步道", "≥3公里"),
    (" |产出指标", "数量指标|修缮步道|≥3公里"),
    (" ", "产出指标|数量指标|修缮步道|≥3公里"),
)


@pytest.mark.parametrize("pieces", TORN)
def test_a_row_torn_by_a_blank_paragraph_is_put_together(parse_rows: Parse, pieces: tuple[str, ...]) -> None:
    form = parse_rows(
        "专项名称|甲", INDICATOR_HEAD, *pieces, " |效益指标|社会效益|游客好评|明显提升", "其他需要说明的问题|无"
    )
    assert levels(form) == [("产出指标", "数量指标", "修缮步道"), ("效益指标", "社会效益", "游客好评")]
    assert form.indicators[0].target.operator == ">="


def test_a_torn_row_of_amounts_and_a_torn_field_are_put_together(parse_rows: Parse) -> None:
    form = parse_rows("专项名称", "公园管护", *FUNDING_HEAD, " |12.5", " |2| |10|0.5")
    assert form.value("project_name") == "公园管护"
    assert [m.source for m in form.funding] == ["total", "provincial", "local", "other"]


def test_a_row_that_fits_no_header_gives_no_indicator_and_ends_the_levels(parse_rows: Parse) -> None:
    rows = (" |产出指标|数量指标|步道|≥3公里", " |游客满意|≥90%", " | | |群众满意|≥80%")
    form = parse_rows("专项名称|甲", INDICATOR_HEAD, *rows, "其他需要说明的问题|无")
    assert levels(form) == [("产出指标", "数量指标", "步道"), (None, None, "群众满意")]


def test_a_row_of_people_below_the_indicators_is_no_indicator(parse_rows: Parse) -> None:
    form = parse_rows("专项名称|甲", INDICATOR_HEAD, " |产出指标|数量指标|步道|≥3公里", "填表人|周明| |审核人|李禾")
    assert levels(form) == [("产出指标", "数量指标", "步道")]


def test_an_unknown_source_does_not_cost_the_known_ones(parse_rows: Parse) -> None:
    head = ("资金情况|本年度预计投入（万元）|财政资金（万元）|其他", " | |中央|省级|对口支援|本级| ")
    form = parse_rows("专项名称|公园管护", *head, " |12| | |2|10| ")
    assert [(m.source, m.amount_yuan) for m in form.funding] == [("total", Decimal(120000)), ("local", Decimal(100000))]


def test_the_unit_line_of_the_form_is_the_unit_of_its_amounts(parse_rows: Parse) -> None:
    form = parse_rows("单位：万元", "专项名称|公园管护", "资金情况|合计|其他资金", " |12| ")
    assert [(m.unit, m.amount_yuan) for m in form.funding] == [("万元", Decimal(120000))]


def test_a_label_may_carry_a_hint_or_a_year(parse_rows: Parse) -> None:
    form = parse_rows("专项名称|公园管护", "2021年度绩效目标|保持整洁", "中期目标（2021年—2023年）|全县达标")
    assert (form.value("annual_goal"), form.value("long_term_goal")) == ("保持整洁", "全县达标")
