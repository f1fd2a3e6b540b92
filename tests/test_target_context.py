"""What stands around a target's cell completes it, and the target says what came from where."""

from __future__ import annotations

from typing import Any

import pytest

from extract.rules import RuleSet
from extract.target import Target, TargetContext, parse_target

# The cell, what stands around it, then: the text, operator, lower, upper, unit, and where each part came from.
COMPLETED: list[tuple[str, dict[str, Any], tuple[str, str | None, str | None, str | None, str], dict[str, str]]] = [
    ("80000", {"name": "面积（亩）"}, ("80000", "=", "80000", "80000", "亩"), {"unit": "name"}),
    ("≤50", {"name": "设备购置(万元)"}, ("≤50", "<=", None, "50", "万元"), {"unit": "name"}),
    ("85", {"name": "满意度（≥**%）"}, ("85", ">=", "85", None, "%"), {"unit": "name", "operator": "name"}),
    ("95", {"operator": "≥", "unit": "%"}, ("≥95%", ">=", "95", None, "%"),
     {"operator": "operator_column", "unit": "unit_column"}),
    ("100", {"operator": "＝", "unit": "百分比"}, ("＝100百分比", "=", "100", "100", "百分比"),
     {"operator": "operator_column", "unit": "unit_column"}),
    ("12", {"operator": "大于等于", "unit": "期"}, ("大于等于12期", ">=", "12", None, "期"),
     {"operator": "operator_column", "unit": "unit_column"}),
    ("95以上", {"operator": "≥", "unit": "%"}, ("95以上%", ">=", "95", None, "%"), {"unit": "unit_column"}),
    ("提高5", {"operator": "≥", "unit": "%"}, ("≥提高5%", ">=", "5", None, "%"),
     {"operator": "operator_column", "unit": "unit_column"}),
    ("80-100", {"unit": "人"}, ("80-100人", "between", "80", "100", "人"), {"unit": "unit_column"}),
    ("5", {"unit": "桌"}, ("5桌", "=", "5", "5", "桌"), {"unit": "unit_column"}),
    ("≤10", {"level": "成本指标", "table_unit": "单位：万元"}, ("≤10", "<=", None, "10", "万元"), {"unit": "table"}),
    ("250万", {"level": "成本指标"}, ("250万", "=", "250", "250", "万元"), {"unit": "level"}),
    ("≤620万/月", {"level": "成本指标"}, ("≤620万/月", "<=", None, "620", "万元/月"), {"unit": "level"}),
    ("250万", {"unit": "元"}, ("250万元", "=", "250", "250", "万元"), {"unit": "unit_column"}),
    ("20人/次", {"name": "平均每次参训人数"}, ("20人/次", "=", "20", "20", "人/次"), {"per": "name"}),
    ("2月底前", {"year": 2024}, ("2月底前", "<=", None, "2024-02-29", ""), {"year": "form"}),
    ("12月底", {"operator": "≤", "year": 2021}, ("≤12月底", "<=", None, "2021-12-31", ""),
     {"operator": "operator_column", "year": "form"}),
    ("良好", {"operator": "≥"}, ("≥良好", ">=", "良好", None, ""), {"operator": "operator_column"}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "around", "read", "context"), COMPLETED, ids=[f"{c[0]} {c[1]}" for c in COMPLETED])
def test_the_context_completes_what_the_cell_leaves_open(
    rules: RuleSet, text: str, around: dict[str, Any], read: tuple[str | None, ...], context: dict[str, str]
) -> None:
    target = parse_target(text, rules.targets, TargetContext(**around))
    assert (target.text, target.operator, target.lower, target.upper, target.unit) == read
    assert target.context == context
    assert target.as_json()["context"] == context


# What changes nothing: the cell says it itself, or the words around it say nothing about it.
UNCHANGED: list[tuple[str, dict[str, Any]]] = [
    ("≥95%", {"operator": "≥", "unit": "%"}),
    ("10个", {"operator": "正向指标", "unit": "无"}),
    ("效果显著", {"operator": "定性", "unit": "%"}),
    ("效果显著", {"operator": "≥", "unit": "项"}),
    ("12个", {"operator": "定量"}),
    ("≤500", {"name": "人均成本", "level": "成本指标", "table_unit": "单位：万元"}),
    ("≤500", {"name": "补助人数", "level": "数量指标", "table_unit": "单位：万元"}),
    ("≥250万", {"level": "数量指标"}),
    ("1:2", {"unit": "比例"}),
    ("100人", {"name": "参训人数（名）"}),
    ("20人/次", {"name": "参训人数"}),
    ("5个", {"name": "项目（课题）数量（一期）"}),
]


@pytest.mark.parametrize(("text", "around"), UNCHANGED, ids=[f"{text} {around}" for text, around in UNCHANGED])
def test_the_context_takes_nothing_away_and_invents_nothing(rules: RuleSet, text: str, around: dict[str, Any]) -> None:
    assert parse_target(text, rules.targets, TargetContext(**around)) == parse_target(text, rules.targets)


@pytest.mark.parametrize(
    ("text", "around", "warning"),
    [
        ("=28.8万元", {"unit": "%"}, "unit_conflict"),
        ("80000元", {"name": "投资（万元）"}, "unit_conflict"),
        ("≤95%", {"operator": "≥"}, "operator_conflict"),
        ("80-100人", {"operator": "≥"}, "operator_conflict"),
    ],
)
def test_two_places_that_say_different_things_are_a_warning(
    rules: RuleSet, text: str, around: dict[str, Any], warning: str
) -> None:
    alone, together = parse_target(text, rules.targets), parse_target(text, rules.targets, TargetContext(**around))
    assert (together.lower, together.upper, together.unit) == (alone.lower, alone.upper, alone.unit)
    assert together.warnings == (*alone.warnings, warning)


ACTUAL: list[tuple[str, str, tuple[str, str | None, str | None, str]]] = [
    ("≥10场", "12", ("quantity", "12", "12", "场")),
    ("≥10场", "完成12场", ("quantity", "12", "12", "场")),
    ("≥10场", "100%", ("percent", "100", "100", "%")),
    ("≥10场", "已完成", ("qualitative", None, None, "")),
    ("≥10场", "未完成", ("qualitative", None, None, "")),
    ("≥95%", "98", ("percent", "98", "98", "%")),
    ("12月底前", "12月底完成", ("date", "2021-12-31", "2021-12-31", "")),
    ("≤3000元/人·月", "2800", ("money", "2800", "2800", "元/人·月")),
]


@pytest.mark.parametrize(
    ("target", "actual", "read"), ACTUAL, ids=[f"{target} {actual}" for target, actual, _ in ACTUAL]
)
def test_an_actual_value_is_read_like_a_target_and_inherits_its_unit(
    rules: RuleSet, target: str, actual: str, read: tuple[str | None, ...]
) -> None:
    asked = parse_target(target, rules.targets)
    answer = parse_target(actual, rules.targets, TargetContext(target=asked, year=2021))
    assert (answer.kind, answer.lower, answer.upper, answer.unit) == read


def test_spans_of_joined_columns_point_into_the_joined_text(rules: RuleSet) -> None:
    target: Target = parse_target("提高5", rules.targets, TargetContext(operator="≥", unit="%"))
    assert {name: target.text[slice(*span)] for name, span in target.spans.items()} == {
        "direction": "提高",
        "number": "5",
    }
