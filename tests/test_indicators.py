"""Indicator tables: what a header says, which column a cell stands in, what a row gives. More in test_parser."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from conftest import TITLE, dump_of
from extract.form import Form
from extract.pipeline import Extraction
from extract.rules import RuleSet

Parse = Callable[..., Form]

PROJECT = "专项名称|公园管护"


# ------------------------------------------------------------------------------------------------------------ columns


@pytest.mark.parametrize(
    ("label", "column"),
    [
        ("三级 指标", "name"),
        ("指标名称", "name"),
        ("年初目标值（A）", "target"),
        ("2021年度指标值", "target"),
        ("指标值（包含数字及文字描述）", "target"),
        ("计算符号", "operator"),
        ("指标性质", "operator"),
        ("度量单位", "unit"),
        ("实际完成值（B）", "actual"),
        ("1-7月执行数", "actual"),
        ("权重（%）", "weight"),
        ("自评得分", "score"),
        ("偏差原因分析及改进措施", "deviation"),
        ("全年预计执行数", "remarks"),
        ("指标方向性", "remarks"),
        ("指标", None),
    ],
)
def test_a_label_heads_its_column(rules: RuleSet, label: str, column: str | None) -> None:
    (form,) = [form for form in rules.forms if form.kind == "special-fund-declaration"]
    assert (form.column_of(label) or rules.indicators.column_like(label)) == column


def test_points_results_and_reasons_have_columns_of_their_own(parse_rows: Parse) -> None:
    head = "绩效指标|一级指标|二级指标|三级指标|分值|年度指标值|实际完成值|得分|偏差原因分析及改进措施|备注"
    form = parse_rows(PROJECT, head, " |产出指标|数量指标|修缮步道|10|≥3公里|2.5公里|8.5|雨季停工。|已整改")
    (row,) = form.indicators
    assert (row.name, row.target_text) == ("修缮步道", "≥3公里")
    result = row.result
    assert (result.weight, result.score) == (Decimal(10), Decimal("8.5"))
    assert result.actual is not None
    assert (result.actual_text, result.actual.value, result.actual.unit) == ("2.5公里", Decimal("2.5"), "公里")
    assert (result.deviation, result.remarks) == ("雨季停工。", "备注：已整改")


def test_operator_number_and_unit_in_three_columns_are_one_target(parse_rows: Parse) -> None:
    head = "绩效指标|一级指标|二级指标|三级指标|指标性质|指标值|度量单位|权重"
    rows = (" |产出指标|数量指标|修缮步道|≥|3|公里|20", " |效益指标|社会效益|游客好评|定性|明显提升| |10")
    first, second = parse_rows(PROJECT, head, *rows).indicators
    assert (first.target_text, first.target.operator, first.target.value) == ("≥3公里", ">=", Decimal(3))
    assert (second.target_text, second.target.operator) == ("明显提升", None)


def test_a_flat_list_has_no_levels(parse_rows: Parse) -> None:
    head = "绩效指标|指标名称|计量单位|指标性质|指标值|权重"
    (row,) = parse_rows(PROJECT, head, " |修缮步道|公里|≥|3|20").indicators
    assert (row.level1, row.level2, row.name, row.target_text) == (None, None, "修缮步道", "≥3公里")


def test_a_column_that_no_rule_knows_is_kept_in_the_remarks(extract_text: Callable[[str], Extraction]) -> None:
    head = "绩效指标|一级指标|三级指标|指标值|绿色采购"
    (extracted,) = extract_text(dump_of(f"\t{TITLE}\n\n", PROJECT, head, " |产出指标|步道|≥3公里|是")).forms
    (row,) = extracted.form.indicators
    assert (row.target_text, row.result.remarks) == ("≥3公里", "绿色采购：是")
    assert "indicator.unknown_column" in [finding.code for finding in extracted.findings]
    assert not extracted.leftovers


@pytest.mark.parametrize(("text", "points"), [("10分", 10), ("10%", 10), ("（5）", 5), ("—", None), ("见附件", None)])
def test_points_are_the_number_printed(parse_rows: Parse, text: str, points: int | None) -> None:
    (row,) = parse_rows(PROJECT, "绩效指标|三级指标|指标值|分值", f" |步道|≥3公里|{text}").indicators
    assert row.result.weight == (None if points is None else Decimal(points))


# --------------------------------------------------------------------------------------------------------- blocks


def test_two_blocks_side_by_side_share_the_first_level(parse_rows: Parse) -> None:
    head = "绩效指标|一级指标|二级指标|三级指标|指标值|二级指标|三级指标|指标值"
    row = " |产出指标|数量指标|三年修缮步道|≥9公里|质量指标|本年验收|100%"
    long_term, annual = parse_rows(PROJECT, head, row).indicators
    assert (long_term.block, long_term.level1, long_term.level2, long_term.name, long_term.target_text) == (
        "long_term", "产出指标", "数量指标", "三年修缮步道", "≥9公里",
    )  # fmt: skip
    assert (annual.block, annual.level1, annual.level2, annual.name, annual.target_text) == (
        "annual", "产出指标", "质量指标", "本年验收", "100%",
    )  # fmt: skip


def test_a_header_in_two_rows_divides_the_columns_of_the_upper_one(parse_rows: Parse) -> None:
    head = ("绩效指标|一级指标|三级指标|指标值|偏差原因分析|备注", " | | | |经费保障|原因说明| ")
    (row,) = parse_rows(PROJECT, *head, " |产出指标|步道|≥3公里|√|资金未到位|补报").indicators
    assert (row.result.deviation, row.result.remarks) == ("资金未到位", "经费保障：√\n备注：补报")


def test_the_section_says_whose_indicators_they_are(parse_rows: Parse) -> None:
    head = "一级指标|三级指标|指标值"
    form = parse_rows(
        PROJECT, f"中期绩效指标|{head}", " |产出指标|步道|≥9公里", f"年度绩效指标|{head}", " |产出指标|步道|≥3公里"
    )
    assert [row.block for row in form.indicators] == ["long_term", "annual"]


# --------------------------------------------------------------------------------------------------------- other rows


def test_a_row_that_sums_up_is_no_indicator(parse_rows: Parse) -> None:
    head = "绩效指标|一级指标|三级指标|指标值|分值|得分"
    form = parse_rows(PROJECT, head, " |产出指标|步道|≥3公里|10|9.5", "总分| | | |100|96.5")
    assert len(form.indicators) == 1
    assert form.value("total_score") == "96.5"
