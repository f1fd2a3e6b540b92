"""The views: every question that a county finance analyst asks every year is one short statement."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from archive import Archive, small_archive
from extract.dictionary import dictionary
from extract.store import open_for_reading

Ask = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    path = small_archive().write(tmp_path_factory.mktemp("views") / "forms.duckdb")
    with open_for_reading(path) as connection:
        yield connection


@pytest.fixture
def ask(connection: duckdb.DuckDBPyConnection) -> Ask:
    return lambda sql: connection.execute(sql).fetchall()


# The question, the statement, the answer; numbers as text where they are decimals.
QUESTIONS: list[tuple[str, str, list[tuple[Any, ...]]]] = [
    (
        "Which indicators did a project set, in which year and file?",
        "select 年度, 三级指标, 指标值, 来源文件 from 绩效指标 where 项目名称 like '%一期%'",
        [(2020, "挂牌数量", "=120株", "archive/4.doc")],
    ),
    (
        "How did an indicator of a project develop?",
        "select 年度, 指标值, 上次目标, 变化 from 指标历年 where 三级指标 = '巡护里程' and 环节 = '申报' order by 年度",
        [(2020, "≥40公里", None, None), (2021, "≥45公里", "≥40公里", 5)],
    ),
    (
        "Which targets were missed?",
        "select 三级指标, 自评目标, 实际完成值, 偏差原因 from 目标与实际 where 完成结果 = '未完成'",
        [("补植苗木", "≥550株", "540株", "干旱")],
    ),
    (
        "Which targets were lowered between declaration and self-evaluation?",
        "select name, declared_target, evaluated_target, meets, meets_declared from target_actual where target_changed",
        [("补植苗木", "≥600株", "≥550株", False, False)],
    ),
    (
        "Which declared targets does the self-evaluation pass over in silence?",
        "select name, declared_target from target_actual where result = 'not_evaluated'",
        [("群众防火意识", "明显提高")],
    ),
    (
        "Which actual values were left blank?",
        "select name from target_actual where result = 'no_actual'",
        [("防火宣传",)],
    ),
    (
        "How much money came from where, year by year?",
        "select 年度, 金额_万元::int from 资金来源汇总 where 来源 = '中央' and 环节 = '申报' order by 年度",
        [(2020, 15), (2021, 15)],
    ),
    (
        "How much did a department apply for?",
        "select fiscal_year, total_yuan::int from funding_by_department where phase = 'declaration' order by 1",
        [(2020, 280000), (2021, 300000)],
    ),
    (
        "Which budgets were not spent?",
        "select 项目名称, 申报金额_元::int, 预算_元::int, 执行_元::int, 执行率::text from 预算执行"
        " where 来源 = '合计' and 执行率 < 80",
        [("护林防火专项经费", 210000, 240000, 180000, "75.00")],
    ),
    (
        "What does a unit of output cost?",
        "select fiscal_year, yuan_per_unit::text from cost_per_output where name = '挂牌数量' order by 1",
        [(2020, "666.67"), (2021, "750.00")],
    ),
    (
        "What share of the targets is qualitative?",
        "select fiscal_year, sum(qualitative)::int, sum(targets)::int from qualitative_share"
        " where phase = 'declaration' group by 1 order by 1",
        [(2020, 1, 4), (2021, 1, 5)],
    ),
    (
        "Which indicators were copied from project to project?",
        "select name, target_text, projects from copied_indicators",
        [("挂牌数量", "=120株", 2)],
    ),
    (
        "Which projects are new, which went on, which are gone?",
        "select 项目名称, 变化 from 项目变化 where 年度 = 2021 order by 变化, 项目名称",
        [("护林防火专项经费", "延续"), ("古树名木保护（二期）", "新增"), ("古树名木保护（一期）", "消失")],
    ),
    (
        "Which projects set no target for satisfaction?",
        "select count(*) from form_figures where satisfaction_targets = 0",
        [(5,)],
    ),
    (
        "How did a project's budget and score develop?",
        "select fiscal_year, budget_yuan::int, executed_yuan::int, score::int from project_years"
        " where project_name like '护林%' order by 1",
        [(2020, 200000, None, None), (2021, 210000, 180000, 38)],
    ),
    (
        "Which documents are cited, by how many projects?",
        "select 文号, 表数, 项目数 from 被引文件",
        [("林财〔2019〕5号", 2, 1)],
    ),
    (
        "Which forms belong to a project, and why?",
        "select 年度, 表类型, 相似度::int, 理由 from 项目关联 where 项目 like '护林%' order by 年度, 表类型",
        [
            (2020, "项目支出绩效目标申报表", 100, "首张"),
            (2021, "项目支出绩效目标申报表", 100, "名称实质相同"),
            (2021, "项目支出绩效自评表", 100, "名称实质相同"),
        ],
    ),
    (
        "Which projects have been declared and never evaluated?",
        "select project_name from project_years where fiscal_year = 2021 and self_evaluations = 0",
        [("古树名木保护（二期）",)],
    ),
    (
        "How many forms of each kind and year are there?",
        "select 年度, 表类型, count(*) from 申报表 group by all order by all",
        [(2020, "项目支出绩效目标申报表", 2), (2021, "项目支出绩效目标申报表", 2), (2021, "项目支出绩效自评表", 1)],
    ),
    (
        "Which forms have the fewest numbers in their targets?",
        "select 项目名称, 定性占比::text from 表统计 where 定性指标数 > 0 order by 定性占比 desc, 表编号 limit 1",
        [("2020年护林防火项目", "33.33")],
    ),
    (
        "Which money grew most from one year to the next?",
        "select project_name, budget_change_yuan::int, budget_change_percent::text from project_changes"
        " where budget_change_yuan > 0",
        [("护林防火专项经费", 10000, "5.00")],
    ),
]


@pytest.mark.parametrize(("question", "statement", "answer"), QUESTIONS, ids=[question for question, _, _ in QUESTIONS])
def test_a_question_is_one_short_statement(
    ask: Ask, question: str, statement: str, answer: list[tuple[Any, ...]]
) -> None:
    assert ask(statement) == answer


def test_every_view_and_column_has_a_twin_and_a_comment_in_both_languages(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    entries = dictionary(connection)
    views = {entry.relation for entry in entries if entry.kind == "view"}
    for entry in entries:
        where = f"{entry.relation}.{entry.column}: give it a name and comments in dictionary.yaml"
        assert entry.chinese if entry.relation in views else entry.english, where
        if entry.relation in views and entry.relation.isascii():
            assert entry.english, where
            assert entry.chinese_name, where
        if entry.column is None and entry.relation in views and entry.relation.isascii():
            assert entry.chinese_name in views


def test_twins_have_as_many_columns_and_no_name_twice(connection: duckdb.DuckDBPyConnection) -> None:
    columns: dict[str, list[str]] = {}
    for entry in dictionary(connection):
        if entry.column:
            columns.setdefault(entry.relation, []).append(entry.column)
    for entry in dictionary(connection):
        if entry.kind == "view" and entry.relation.isascii() and entry.column is None:
            assert len(columns[entry.relation]) == len(columns[str(entry.chinese_name)]), entry.relation
    for relation, names in columns.items():
        assert len(names) == len(set(names)), relation


def test_no_entry_of_the_dictionary_describes_what_is_not_there(connection: duckdb.DuckDBPyConnection) -> None:
    from extract.dictionary import _words

    columns = {entry.column for entry in dictionary(connection)}
    relations = {(entry.relation, entry.column) for entry in dictionary(connection)}
    assert set(_words()["columns"]) <= columns
    assert {tuple(name.split(".")) for name in _words()["exceptions"]} <= relations


def test_coded_values_are_chinese_in_the_twins_and_unknown_ones_stay(tmp_path: Path) -> None:
    archive = Archive()
    form = archive.form("kind-of-next-year", 2021, "防火")
    archive.money(form, "total", "budget", 1)
    with open_for_reading(archive.write(tmp_path / "forms.duckdb")) as connection:
        assert connection.execute("select 表类型, 来源, 阶段, 环节 from 资金").fetchall() == [
            ("kind-of-next-year", "合计", "预算", None)
        ]


def test_copies_are_counted_once(tmp_path: Path) -> None:
    archive = Archive()
    forms = [archive.form("project-declaration", 2021, "防火") for _ in range(2)]
    other = archive.form("project-declaration", 2021, "防火")
    for form, amount in ((forms[0], 5), (forms[1], 5), (other, 7)):
        archive.money(form, "total", "budget", amount)
    with open_for_reading(archive.write(tmp_path / "forms.duckdb")) as connection:
        ask = connection.execute
        assert ask("select form_id, duplicate_of from project_links where duplicate_of is not null").fetchall() == [
            (forms[1], forms[0])
        ]
        assert ask("select forms, amount_yuan::int from funding_by_source").fetchall() == [(2, 120000)]


def test_a_year_without_the_project_between_two_with_it_is_seen(tmp_path: Path) -> None:
    archive = Archive()
    for year, project in ((2019, "防火"), (2019, "造林"), (2020, "造林"), (2021, "防火"), (2021, "造林")):
        archive.form("project-declaration", year, project)
    with open_for_reading(archive.write(tmp_path / "forms.duckdb")) as connection:
        rows = connection.execute(
            "select fiscal_year, change from project_changes where project_name = '防火' order by all"
        ).fetchall()
    assert rows == [(2019, "first_year"), (2020, "vanished"), (2021, "resumed")]


def test_forms_of_departments_are_linked_by_the_department(tmp_path: Path) -> None:
    archive = Archive()
    archive.form("department-declaration", 2021, None, "林业局")
    archive.form("department-self-evaluation", 2021, None, "林业局")
    with open_for_reading(archive.write(tmp_path / "forms.duckdb")) as connection:
        assert connection.execute("select declarations, self_evaluations from project_years").fetchall() == [(1, 1)]


def test_two_rows_of_one_name_are_paired_in_their_order(tmp_path: Path) -> None:
    archive = Archive()
    declared = archive.form("project-declaration", 2021, "防火")
    evaluated = archive.form("project-self-evaluation", 2021, "防火")
    for target, actual in (("≥3次", "3次"), ("≥5次", "4次")):
        archive.indicator(declared, "宣传", target)
        archive.indicator(evaluated, "宣传", target, actual=actual)
    with open_for_reading(archive.write(tmp_path / "forms.duckdb")) as connection:
        rows = connection.execute(
            "select declared_target, actual_text, result from target_actual order by all"
        ).fetchall()
    assert rows == [("≥3次", "3次", "met"), ("≥5次", "4次", "missed")]


def test_forms_with_one_indicator_table_are_copies_only_across_projects(tmp_path: Path) -> None:
    archive = Archive()
    for year, project in ((2020, "防火"), (2021, "防火"), (2021, "造林")):
        form = archive.form("project-declaration", year, project)
        archive.indicator(form, "宣传", "≥3次")
        archive.indicator(form, "满意度", "≥90%")
    with open_for_reading(archive.write(tmp_path / "forms.duckdb")) as connection:
        rows = connection.execute(
            "select project_name, original_project, original_year, indicators from copied_forms"
        ).fetchall()
    assert rows == [("造林", "防火", 2020, 2)]


def test_what_to_look_at_comes_worst_first(tmp_path: Path) -> None:
    archive = Archive()
    for number, severity in ((1, "warning"), (2, "error"), (3, "note")):
        form = archive.form("project-declaration", 2021, f"防火{number}")
        archive.add(
            "findings",
            document_id=f"{number:064x}",
            form_id=form,
            code=f"a.{severity}",
            severity=severity,
            outcome="fail",
            message="x",
            message_zh="某",
        )
    with open_for_reading(archive.write(tmp_path / "forms.duckdb")) as connection:
        assert connection.execute("select 项目名称, 原因 from 待查表").fetchall() == [
            ("防火2", "a.error"),
            ("防火1", "a.warning"),
        ]


# Target, actual, and whether it is met; None where nothing tells.
MEETS = [
    ("≥95%", "96%", True),
    ("≥95%", "95%", True),
    ("≥95%", "94.99%", False),
    ("≥95%", "96", True),
    ("≥95%", "0.96", None),
    (">3次", "3次", False),
    ("≤5天", "5天", True),
    ("≤5天", "6天", False),
    ("<5天", "5天", False),
    ("3-5次", "4次", True),
    ("3-5次", "6次", False),
    ("=120株", "120株", True),
    ("=120株", "119株", False),
    ("100%", "100%", True),
    ("100%", "98%", False),
    ("5%", "3%", None),
    ("3场", "5场", None),
    ("≥3公里", "3000米", True),
    ("≥3公里", "3小时", None),
    ("明显提高", "明显提高", True),
    ("明显提高", "有所提高", None),
    ("2021年12月底前", "2021年12月底前", True),
    ("≥3次", "已完成", None),
]


def test_whether_a_target_is_met_is_said_only_where_it_can_be_told(tmp_path: Path) -> None:
    archive = Archive()
    form = archive.form("project-self-evaluation", 2021, "防火")
    for number, (target, actual, _) in enumerate(MEETS):
        archive.indicator(form, f"指标{number}甲", target, actual=actual)
    with open_for_reading(archive.write(tmp_path / "forms.duckdb")) as connection:
        rows = connection.execute(
            "select evaluated_target, actual_text, meets, result from target_actual order by indicator_index"
        ).fetchall()
    assert [row[:3] for row in rows] == MEETS
    assert {(row[2], row[3]) for row in rows} == {(True, "met"), (False, "missed"), (None, "unclear")}
