"""Projects across the years: which names mean one project, which do not, and what the links say."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract import linking
from extract.linking import link_forms
from extract.projects import Link, Project, ProjectNames
from extract.rules import RuleSet
from extract.rules.spec import DecidedNames, ProjectsFile
from extract.store import Store, in_memory


class NamedForm(NamedTuple):
    """The columns of forms that a link depends on."""

    form_id: str
    form_kind: str
    fiscal_year: int | None
    project_name: str | None
    implementing_unit: str | None
    competent_department: str | None


def form(
    number: int,
    year: int | None,
    name: str | None,
    unit: str | None = "林业站",
    kind: str = "project-declaration",
    department: str = "林业局",
) -> NamedForm:
    return NamedForm(f"f{number}", kind, year, name, unit, department)


def link_projects(forms: Sequence[NamedForm], file: ProjectsFile) -> tuple[list[Project], list[Link]]:
    """What a database with these forms says about its projects."""
    connection = empty_database()
    columns = ", ".join(NamedForm._fields)
    connection.execute("DELETE FROM forms")
    for each in forms:
        connection.execute(
            f"INSERT INTO forms ({columns}, document_id, form_index, text_start, text_end) "
            f"VALUES ({', '.join('?' * len(each))}, 'd', 1, 0, 1)",
            each,
        )
    assert link_forms(connection, file) == connection.execute("SELECT count(*) FROM projects").fetchall()[0][0]
    links = connection.execute("SELECT * EXCLUDE (duplicate_of) FROM project_links").fetchall()
    return [Project(*row) for row in connection.execute("FROM projects").fetchall()], [Link(*row) for row in links]


@cache
def empty_database() -> duckdb.DuckDBPyConnection:
    return in_memory()


def linked(rules: RuleSet, *forms: NamedForm) -> tuple[list[Project], dict[str, Link]]:
    projects, links = link_projects(forms, rules.projects)
    return projects, {link.form_id: link for link in links}


SAME = [
    ("2021年度公园管护项目", "公园管护"),
    ("公园管护专项资金", "2022年公园管护经费"),
    ("（2021年）公园管护", "公园管护（续）"),
    ("一、公园管护", "3.公园管护"),
    ("项目1：公园管护", "公 园 管 护"),
    ("公园改造二期", "公园改造（Ⅱ期）"),
    ("公园改造第2期", "公园改造（二期）"),
    ("二〇二一年公园管护", "公园管护"),
    ("2020-2022年公园管护", "公园管护"),
]


@pytest.mark.parametrize(("first", "second"), SAME)
def test_names_with_the_same_key_are_one_project(rules: RuleSet, first: str, second: str) -> None:
    projects, links = linked(rules, form(1, 2020, first), form(2, 2021, second))
    assert len(projects) == 1
    assert (links["f1"].reason, links["f2"].reason) == ("first", "same_key")
    assert links["f2"].score == 100


def decided(rules: RuleSet, **names: object) -> ProjectsFile:
    return rules.projects.model_copy(update={"decided": [DecidedNames.model_validate(names)]})


def test_names_that_people_have_decided_to_be_one_project_are_linked(rules: RuleSet) -> None:
    forms = form(1, 2019, "森林防火巡护"), form(2, 2020, "护林员补助"), form(3, 2021, "护林员补助项目")
    file = decided(rules, unit="林业站（盖章）", same=["森林防火巡护", "护林员补助"])
    projects, links = link_projects(forms, file)
    assert len(projects) == 1
    assert [(link.reason, link.score, link.linked_to) for link in links] == [
        ("first", 100, None),
        ("decided", 100, "f1"),
        ("decided", 100, "f1"),
    ]
    elsewhere = decided(rules, unit="水利站", same=["森林防火巡护", "护林员补助"])
    assert len(link_projects(forms, elsewhere)[0]) == 2


@pytest.mark.parametrize(
    ("first", "second"),
    [("公园绿化管护", "公园绿化管护工程"), ("河道保洁", "河道保洁（新增）"), ("河道保洁", "2021年河道保洁")],
)
def test_names_that_people_have_decided_to_be_two_projects_stay_apart(rules: RuleSet, first: str, second: str) -> None:
    forms = form(1, 2020, first), form(2, 2021, second), form(3, 2022, first)
    assert len(link_projects(forms, rules.projects)[0]) == 1
    projects, _ = link_projects(forms, decided(rules, apart=[first, second]))
    assert sorted(project.forms for project in projects) == [1, 2]


def test_a_third_name_does_not_join_what_is_decided_to_be_apart(rules: RuleSet) -> None:
    names = "公园绿化管护工程", "公园绿化管护", "市公园绿化管护"
    forms = [form(number, 2020 + number, name) for number, name in enumerate(names)]
    assert len(link_projects(forms, rules.projects)[0]) == 1
    projects, links = link_projects(forms, decided(rules, apart=[names[0], names[2]]))
    assert len(projects) == 2
    assert links[0].project_id != links[2].project_id


SIMILAR = [
    ("公园绿化管护", "公园绿化管护工程"),
    ("农村义务教育学生营养改善计划", "义务教育学生营养改善计划补助"),
    ("高标准农田建设与后期管护", "高标准农田建设和后期管护"),
    ("城区路灯维护", "县城区路灯维护"),
]


@pytest.mark.parametrize(("first", "second"), SIMILAR)
def test_similar_names_are_one_project_and_the_link_says_how_similar(rules: RuleSet, first: str, second: str) -> None:
    projects, links = linked(rules, form(1, 2020, first), form(2, 2021, second))
    assert len(projects) == 1
    assert (links["f2"].reason, links["f2"].linked_to) == ("similar_name", "f1")
    assert 80 <= links["f2"].score < 100


DIFFERENT = [
    ("公园改造（一期）", "公园改造（二期）"),
    ("公园改造", "公园改造二期"),
    ("就业补助第一批", "就业补助第二批"),
    ("一中教学楼修缮", "二中教学楼修缮"),
    ("1标段河道治理", "2标段河道治理"),
    ("张家村通村道路硬化", "李家村通村道路硬化"),
    ("县城东区路灯日常维护", "县城西区路灯日常维护"),
    ("农村小学公用经费补助", "农村初中公用经费补助"),
    ("公园管护", "公园养护"),
    ("公园管护", "河道清淤"),
]


@pytest.mark.parametrize(("first", "second"), DIFFERENT)
def test_names_that_something_tells_apart_are_two_projects(rules: RuleSet, first: str, second: str) -> None:
    projects, _ = linked(rules, form(1, 2020, first), form(2, 2021, second))
    assert len(projects) == 2


def test_the_same_name_in_two_units_is_two_projects(rules: RuleSet) -> None:
    projects, _ = linked(rules, form(1, 2020, "办公经费", "甲站"), form(2, 2021, "办公经费", "乙站"))
    assert len(projects) == 2


def test_codes_seals_and_blanks_in_a_units_name_do_not_count(rules: RuleSet) -> None:
    projects, _ = linked(rules, form(1, 2020, "防火", "[105]林 业站（盖章）"), form(2, 2021, "防火", "林业站"))
    assert len(projects) == 1


def test_similar_names_of_one_year_are_two_projects(rules: RuleSet) -> None:
    projects, _ = linked(rules, form(1, 2021, "公园绿化管护"), form(2, 2021, "公园绿化管护工程"))
    assert len(projects) == 2


def test_a_declaration_and_its_self_evaluation_are_one_project(rules: RuleSet) -> None:
    projects, links = linked(
        rules, form(1, 2021, "公园绿化管护"), form(2, 2021, "公园绿化管护工程", kind="project-self-evaluation")
    )
    assert len(projects) == 1
    assert projects[0].forms == len(links) == 2


def test_a_form_without_implementing_unit_takes_the_only_one_of_its_department(rules: RuleSet) -> None:
    projects, _ = linked(rules, form(1, 2020, "防火", "林业站"), form(2, 2021, "防火", None))
    assert len(projects) == 1
    projects, _ = linked(
        rules, form(1, 2020, "防火", "甲站"), form(2, 2021, "防火", None), form(3, 2020, "防火", "乙站")
    )
    assert len(projects) == 3


@pytest.mark.parametrize(("unit", "carrier"), [("林业站", "林业站"), (None, "林业局")])
def test_a_project_is_its_units_and_without_one_its_departments(rules: RuleSet, unit: str | None, carrier: str) -> None:
    (project,), _ = linked(rules, form(1, 2021, "公园管护", unit))
    assert project.unit == carrier


def test_without_any_unit_nothing_is_linked(rules: RuleSet) -> None:
    nameless = [form(n, 2020 + n, "防火", None, department="") for n in (1, 2)]
    projects, links = linked(rules, *nameless)
    assert len(projects) == 2
    assert {link.reason for link in links.values()} == {"no_unit"}
    assert links["f1"].score == 0


def test_a_project_is_called_as_its_latest_form_calls_it(rules: RuleSet) -> None:
    (project,), _ = linked(
        rules, form(1, 2022, "公园管护经费"), form(2, 2020, "公园管护项目"), form(3, None, "公园管护")
    )
    assert (project.first_year, project.last_year, project.forms) == (2020, 2022, 3)
    assert project.name == "公园管护经费"


def test_an_added_year_does_not_change_a_projects_id(rules: RuleSet) -> None:
    (before,), _ = linked(rules, form(1, 2021, "公园管护"), form(2, 2022, "公园管护"))
    (after,), _ = linked(rules, form(1, 2021, "公园管护"), form(2, 2022, "公园管护"), form(3, 2019, "2019年公园管护"))
    assert before.project_id == after.project_id


WORDS = st.lists(
    st.sampled_from(["公园", "河道", "管护", "治理", "一期", "二期", "2021年", "项目", "工程", "张家村"]),
    min_size=1,
    max_size=6,
)


@given(
    st.lists(
        st.tuples(WORDS, st.sampled_from([2020, 2021, None]), st.sampled_from(["甲站", "乙站", None])), max_size=12
    ),
    st.randoms(),
)
def test_links_are_the_same_in_whatever_order_the_forms_come(
    rules: RuleSet, rows: list[tuple[list[str], int | None, str | None]], order: random.Random
) -> None:
    forms = [form(n, year, "".join(words), unit) for n, (words, year, unit) in enumerate(rows)]
    shuffled = forms[:]
    order.shuffle(shuffled)
    expected = link_projects(forms, rules.projects)
    assert link_projects(shuffled, rules.projects) == expected
    projects, links = expected
    assert sorted(link.form_id for link in links) == sorted(form.form_id for form in forms)
    assert {link.project_id for link in links} == {project.project_id for project in projects}


def test_links_are_the_same_however_many_forms_are_fetched_at_a_time(
    rules: RuleSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = "公园管护", "公园管护工程", "河道治理", "河道保洁"
    forms = [form(n, 2015 + n % 6, names[n % 4], (None, "甲站", "乙站")[n % 3]) for n in range(30)]
    expected = link_projects(forms, rules.projects)
    assert len(expected[1]) == len(forms)
    for rows in (1, 7, 30):
        monkeypatch.setattr(linking, "BATCH_ROWS", rows)
        assert link_projects(forms, rules.projects) == expected


def test_projects_are_linked_where_the_memory_of_an_import_is_not_enough(tmp_path: Path, rules: RuleSet) -> None:
    with Store(tmp_path / "forms.duckdb") as store:
        with store.transaction() as connection:
            connection.execute(
                "INSERT INTO forms BY NAME SELECT 'f' || n AS form_id, 'd' AS document_id, 1 AS form_index, "
                "'project-declaration' AS form_kind, '防火' AS project_name, '站' || n AS implementing_unit, "
                "0 AS text_start, 1 AS text_end FROM range(3000) r(n)"
            )
        store.allow_memory("2MB")
        with pytest.raises(duckdb.OutOfMemoryException), store.transaction() as connection:
            link_forms(connection, rules.projects)
        assert store.link_projects(rules) == 3000


def test_a_key_is_never_empty(rules: RuleSet) -> None:
    names = ProjectNames(rules.projects)
    assert [names.key(name).words for name in ("2021年度", "项目", "（新增）项目资金")] == [
        "2021年度",
        "项目",
        "项目资金",
    ]
