"""Targets in SQL: canonical bounds compare equal across units, and macros say what is met, stricter or looser."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources

import duckdb
import pytest

from extract.dictionary import create_views
from extract.rows import actual_values, target_values
from extract.rules import RuleSet
from extract.target import TargetContext, parse_target
from extract.target.comparison import is_met

COLUMNS = "target_text, actual_text"


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(resources.files("extract").joinpath("schema.sql").read_text("utf-8"))
        create_views(connection)
        yield connection


def insert(
    database: duckdb.DuckDBPyConnection, rules: RuleSet, number: int, target_text: str, actual_text: str
) -> None:
    target = parse_target(target_text, rules.targets, TargetContext(year=2021))
    actual = parse_target(actual_text, rules.targets, TargetContext(year=2021, target=target))
    row = {
        "form_id": "f",
        "indicator_index": number,
        "block": "annual",
        "target_text": target_text,
        **target_values(target),
        "actual_text": actual_text,
        **actual_values(actual),
        **dict.fromkeys(("name_start", "name_end", "text_start", "text_end"), 0),
    }
    columns, marks = ", ".join(row), ", ".join("?" for _ in row)
    database.execute(f"INSERT INTO indicators ({columns}) VALUES ({marks})", list(row.values()))


def ask(database: duckdb.DuckDBPyConnection, rules: RuleSet, sql: str, *rows: tuple[str, str]) -> object:
    database.execute("DELETE FROM indicators")
    for number, row in enumerate(rows, start=1):
        insert(database, rules, number, *row)
    return database.execute(sql).fetchall()[0][0]


MET: list[tuple[str, str, bool | None]] = [
    ("≥95%", "98%", True),
    ("≥95%", "95", True),
    ("≥95%", "94.9%", False),
    (">95%", "95%", False),
    ("≤10万元", "98000元", True),
    ("≤10万元", "100000元", True),
    ("≤10万元", "10.5万元", False),
    ("=100%", "100.00%", True),
    ("=3次", "4次", False),
    ("80-100人", "85人", True),
    ("60%<完成率≤80%", "60%", False),
    ("≥300户", "300余户", True),
    ("≥300户", "约310户", None),
    ("≥200亩", "14公顷", True),
    ("≥200亩", "200亩", True),
    ("≥98%", "达到90%", None),
    ("≥98%", "达到99%", True),
    ("≥5人", "5个", None),
    ("≤3000元/人·月", "3000元/人·年", None),
    ("提高5个百分点", "提高5个百分点", True),
    ("提高5个百分点", "下降5个百分点", None),
    ("≥5", "6", True),
    ("1:15", "1:15", True),
    ("12月底前", "11月30日完成", True),
    ("2021年10月底前", "2021年12月完成", False),
    ("2021年10月15日前", "2021年10月完成", None),
    ("≥95%", "已完成", None),
    ("效果显著", "效果显著", None),
    ("合格", "合格", True),
    ("≥5桌", "=5桌", True),
]


@pytest.mark.parametrize(("target", "actual", "met"), MET, ids=[f"{target} {actual}" for target, actual, _ in MET])
def test_an_actual_value_meets_its_target_or_misses_it_or_nobody_can_tell(
    database: duckdb.DuckDBPyConnection, rules: RuleSet, target: str, actual: str, met: bool | None
) -> None:
    assert ask(database, rules, "SELECT target_met(i) FROM indicators i", (target, actual)) is met


def test_what_the_checks_say_of_an_actual_value_is_what_the_views_say(
    database: duckdb.DuckDBPyConnection, rules: RuleSet
) -> None:
    texts = dict.fromkeys(text for target, actual, _ in MET for text in (target, actual))
    pairs = [
        (target, actual) for target in (*texts, "1.5天", "0.5", "100%") for actual in (*texts, "15天", "0.96", "97%")
    ]
    database.execute("DELETE FROM indicators")
    for number, (target, actual) in enumerate(pairs):
        insert(database, rules, number, target, actual)
    by_views = database.execute("SELECT meets(i, i) FROM indicators i ORDER BY indicator_index").fetchall()
    year = TargetContext(year=2021)
    for (target, actual), (met,) in zip(pairs, by_views, strict=True):
        read = parse_target(target, rules.targets, year)
        answer = parse_target(actual, rules.targets, TargetContext(year=2021, target=read))
        assert is_met(read, answer) is met, (target, actual)


COMPARED: list[tuple[str, str, str | None]] = [
    ("≥95%", "≥90%", "stricter"),
    ("≥90%", "≥95%", "looser"),
    (">95%", "≥95%", "stricter"),
    ("≤10万元", "≤100000元", "equal"),
    ("=100%", "≥95%", "stricter"),
    ("80-100人", "≥80人", "stricter"),
    ("≥3次", "≤5次", "incomparable"),
    ("=3次", "=5次", "incomparable"),
    ("≥3次", "≥3人", None),
    ("6月底前", "12月底前", "stricter"),
    ("效果显著", "≥3次", None),
]


@pytest.mark.parametrize(("one", "other", "answer"), COMPARED, ids=[f"{one} {other}" for one, other, _ in COMPARED])
def test_one_target_is_stricter_or_looser_than_another(
    database: duckdb.DuckDBPyConnection, rules: RuleSet, one: str, other: str, answer: str | None
) -> None:
    sql = "SELECT compare_targets(a, b) FROM indicators a, indicators b WHERE a.indicator_index < b.indicator_index"
    assert ask(database, rules, sql, (one, ""), (other, "")) == answer
    words = {None: None, "equal": "相同", "stricter": "更严", "looser": "更松", "incomparable": "不可比"}
    chinese = "SELECT 目标比较(a, b) FROM {0} a, {0} b WHERE a.指标值 = ? AND b.指标值 = ?".format("绩效指标")
    database.execute("INSERT INTO forms (form_id, document_id, form_index, form_kind, title, text_start, text_end) "
                     "SELECT 'f', 'd', 1, 'k', 't', 0, 0 WHERE NOT EXISTS (FROM forms)")  # fmt: skip
    assert database.execute(chinese, [one, other]).fetchall() == [(words[answer],)]


def test_the_chinese_macro_says_whether_a_target_is_met(database: duckdb.DuckDBPyConnection, rules: RuleSet) -> None:
    database.execute("INSERT INTO forms (form_id, document_id, form_index, form_kind, title, text_start, text_end) "
                     "SELECT 'f', 'd', 1, 'k', 't', 0, 0 WHERE NOT EXISTS (FROM forms)")  # fmt: skip
    sql = "SELECT 目标完成(i) FROM 绩效指标 i"
    assert ask(database, rules, sql, ("≥95%", "98%")) == "完成"
    assert ask(database, rules, sql, ("≥95%", "90%")) == "未完成"
    assert ask(database, rules, sql, ("≥95%", "已完成")) is None


def test_ten_thousand_yuan_by_ten_and_a_hundred_thousand_yuan_are_equal(
    database: duckdb.DuckDBPyConnection, rules: RuleSet
) -> None:
    sql = "SELECT count(DISTINCT (value_canonical, unit_canonical)) FROM indicators"
    assert ask(database, rules, sql, ("10万元", ""), ("100000元", ""), ("拾万元", ""), ("0.001亿元", "")) == 1


def test_doubts_and_what_came_from_the_context_stand_beside_the_target(
    database: duckdb.DuckDBPyConnection, rules: RuleSet
) -> None:
    assert ask(database, rules, "SELECT target_context FROM indicators", ("12月底前", "")) == "year=form"
    assert ask(database, rules, "SELECT target_warnings FROM indicators", ("250万", "")) == "scale_without_unit"


def test_the_columns_of_an_actual_value_hold_its_unit(rules: RuleSet) -> None:
    columns = actual_values(parse_target("≥2.5公里", rules.targets))
    assert [str(columns[f"actual_{name}"]) for name in ("operator", "value", "unit")] == [">=", "2.5", "公里"]
    assert set(actual_values(None).values()) <= {None, False}
