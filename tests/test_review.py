"""The spot-check: what is looked at first, decisions saved at once, corrections that survive a new parse."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from conftest import TITLE, dump_of
from extract.cli.commands import app
from extract.corrections import MISSING, WHOLE_ROW, Change
from extract.errors import UsageError
from extract.goldens import check_sample
from extract.importer import Options, import_paths
from extract.review import Desk, FormOnDesk, Value, changes_of, error_rates, wilson_interval
from extract.rules import RuleSet
from extract.store import Store, open_for_reading
from extract.tui import ReviewApp

Query = Callable[[str], list[tuple[Any, ...]]]


def form(project: str, *more: str) -> str:
    return dump_of(
        f"\t{TITLE}\n\n\t（2021年度）\n\n",
        f"专项名称|{project}",
        "主管部门|云溪县城市管理局",
        "本年度绩效目标|完成养护",
        "专项资金情况|本年度预计投入（万元）|其他",
        " |12.5| ",
        "专项年度绩效指标|一级指标|二级指标|三级指标内容|指标值及单位",
        " |产出指标|数量指标|修缮步道|≥3公里",
        " | | |补植苗木|≥1200株",
        *more,
    )


@pytest.fixture
def database(tmp_path: Path, rules: RuleSet) -> Path:
    """One form with a leftover, and two that are clean."""
    archive = tmp_path / "archive"
    archive.mkdir()
    for name, text in (("a", form("公园")), ("b", form("河道", "绿色采购比例|三成")), ("c", form("路灯"))):
        (archive / f"{name}.txt").write_text(text, "utf-8")
    import_paths([archive], tmp_path / "forms.duckdb", rules, Options(jobs=1))
    return tmp_path / "forms.duckdb"


@pytest.fixture
def query(database: Path) -> Query:
    def fetch(sql: str) -> list[tuple[Any, ...]]:
        with closing(open_for_reading(database)) as connection:
            return connection.execute(sql).fetchall()

    return fetch


def import_again(database: Path, rules: RuleSet) -> None:
    """Parse every document anew, as rules that have changed would."""
    with Store(database) as store, store.transaction() as connection:
        connection.execute("UPDATE documents SET ruleset = 'older'")
    import_paths([database.parent / "archive"], database, rules, Options(jobs=1))


def on_desk(desk: Desk) -> FormOnDesk:
    shown = desk.form()
    assert shown
    return shown


def value_named(shown: FormOnDesk, name: str) -> Value:
    return next(value for value in shown.values if value.name.endswith(name))


def test_the_form_with_findings_comes_first_and_counts_once_when_it_is_drawn_too(database: Path) -> None:
    desk = Desk(database, "周", worst=5, sample=5)
    assert desk.progress == (0, 3)
    first = on_desk(desk)
    assert value_named(first, "project_name").shown == "河道"
    assert first.in_sample
    assert [first.text[start:end] for start, end in first.leftovers] == ["绿色采购比例", "三成"]


def test_the_sample_is_the_same_for_the_same_seed(database: Path) -> None:
    drawn = [on_desk(Desk(database, "周", worst=0, sample=1, seed=seed)).form_id for seed in "aabcdefgh"]
    assert drawn[0] == drawn[1]
    assert len(set(drawn)) > 1


def test_a_decision_is_saved_at_once_and_the_next_review_goes_on(database: Path, query: Query) -> None:
    desk = Desk(database, "周")
    desk.close(on_desk(desk))
    assert query("select outcome, in_sample, values_wrong, reviewer from reviews") == [("accepted", True, 0, "周")]
    assert Desk(database, "周").progress == (0, 2)


def test_a_corrected_field_stands_in_both_tables_and_survives_a_new_parse(
    database: Path, query: Query, rules: RuleSet
) -> None:
    desk = Desk(database, "周", worst=1, sample=0)
    desk.correct(on_desk(desk), [Change("fields", "project_name", "value", "河道清淤")])
    desk.close(on_desk(desk))
    import_again(database, rules)
    assert query("select value from fields where name = 'project_name' and value like '河道%'") == [("河道清淤",)]
    assert query("select count(*) from forms where project_name = '河道清淤'") == [(1,)]
    assert query("select old, new from corrections") == [("河道", "河道清淤")]
    assert query("select outcome, values_wrong from reviews") == [("corrected", 1)]


def test_a_corrected_target_is_read_anew(database: Path, query: Query, rules: RuleSet) -> None:
    desk = Desk(database, "周", worst=1, sample=0)
    shown = on_desk(desk)
    desk.correct(shown, changes_of(value_named(shown, "补植苗木"), "target", "≤1.5万株", rules.targets))
    changed = "select target_text, operator, value::double, unit, value_canonical::double from indicators"
    for _ in range(2):
        assert ("≤1.5万株", "<=", 1.5, "万株", 15000.0) in query(changed)
        import_again(database, rules)


def test_a_corrected_actual_value_is_read_beside_its_target(database: Path, rules: RuleSet) -> None:
    value = value_named(on_desk(Desk(database, "周", worst=1, sample=0)), "补植苗木")
    assert value.target
    changes = {each.column: each.new for each in changes_of(value, "actual", "12000", rules.targets)}
    assert (changes["actual_value"], changes["actual_unit"]) == ("12000", "株")
    assert changes["actual_comparable"] == "株"


def test_a_corrected_amount_is_converted_anew(database: Path, query: Query) -> None:
    desk = Desk(database, "周", worst=1, sample=0)
    desk.correct(on_desk(desk), [Change("funding", "1", "unit", "元")])
    assert (12.5, "元", 12.5) in query("select amount::double, unit, amount_yuan::double from funding")


def test_a_row_that_the_form_does_not_have_stays_out(database: Path, query: Query, rules: RuleSet) -> None:
    desk = Desk(database, "周", worst=1, sample=0)
    desk.correct(on_desk(desk), [Change("indicators", "1", WHOLE_ROW, None)])
    for _ in range(2):
        assert query("select count(*) from indicators where name = '修缮步道'") == [(2,)]
        import_again(database, rules)


def test_a_correction_finds_its_row_by_its_place_when_rows_are_counted_anew(
    database: Path, query: Query, rules: RuleSet
) -> None:
    desk = Desk(database, "周", worst=1, sample=0)
    shown = on_desk(desk)
    desk.correct(shown, [Change("indicators", "2", "name", "补植乔木")])
    with Store(database) as store, store.transaction() as connection:
        connection.execute("UPDATE corrections SET target_row = '9'")
    import_again(database, rules)
    assert query(f"select name from indicators where form_id = '{shown.form_id}' order by 1") == [
        ("修缮步道",),
        ("补植乔木",),
    ]


def test_a_correction_whose_row_is_gone_is_a_finding(database: Path, query: Query, rules: RuleSet) -> None:
    desk = Desk(database, "周", worst=1, sample=0)
    desk.correct(on_desk(desk), [Change("indicators", "2", "name", "补植乔木")])
    with Store(database) as store, store.transaction() as connection:
        connection.execute("UPDATE corrections SET text_start = 1, text_end = 2")
    import_again(database, rules)
    assert query("select severity from findings where code = 'correction.unplaced'") == [("warning",)]
    assert query("select count(*) from indicators where name = '补植乔木'") == [(0,)]


@pytest.mark.parametrize(
    "change",
    [
        Change("fields", "project_name", "value", "别的"),
        Change("funding", "1", "amount", "7"),
        Change("indicators", "1", "name", "别的"),
        Change("indicators", "2", WHOLE_ROW, None),
        Change("forms", "1", "fiscal_year", "2019"),
        Change("forms", "", MISSING, "少一行指标"),
    ],
    ids=lambda change: f"{change.table}.{change.column}",
)
def test_undo_gives_back_what_stood_there(database: Path, query: Query, change: Change) -> None:
    everything = [f"select * from {table} order by all" for table in ("forms", "fields", "funding", "indicators")]
    before = [query(sql) for sql in everything]
    desk = Desk(database, "周")
    shown = on_desk(desk)
    desk.correct(shown, [change])
    desk.close(shown)
    assert desk.undo()
    assert desk.undo()
    assert not desk.undo()
    assert [query(sql) for sql in everything] == before
    assert query("select * from corrections") == query("select * from reviews") == []
    assert on_desk(desk) == shown


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (Change("indicators", "1", "value", "三"), "correction.not_a_value"),
        (Change("indicators", "9", "name", "x"), "correction.no_row"),
        (Change("indicators", "1", "form_id", "x"), "correction.no_column"),
        (Change("documents", "1", "text", "x"), "correction.no_column"),
    ],
)
def test_what_cannot_be_corrected_is_refused_and_changes_nothing(
    database: Path, query: Query, change: Change, code: str
) -> None:
    desk = Desk(database, "周")
    with pytest.raises(UsageError) as refused:
        desk.correct(on_desk(desk), [Change("fields", "project_name", "value", "x"), change])
    assert refused.value.code == code
    assert query("select * from corrections") == []
    assert query("select count(*) from forms where project_name = 'x'") == [(0,)]


def test_the_error_rate_counts_sampled_forms_that_are_decided(database: Path) -> None:
    desk = Desk(database, "周")
    first = on_desk(desk)
    filled = sum(value.shown is not None for value in first.values)
    desk.correct(first, [Change("indicators", "1", "name", "x"), Change("indicators", "1", "level1", "y")])
    desk.correct(first, [Change("forms", "", MISSING, "一行")])
    desk.close(on_desk(desk))
    desk.close(on_desk(desk), skip=True)
    desk.close(on_desk(desk))
    with closing(open_for_reading(database)) as connection:
        (rate,) = error_rates(connection)
    assert rate[:5] == ("special-fund-declaration", 2, 1, 2 * filled + 1, 2)
    assert rate.low < 2 / rate.values < rate.high


@given(st.integers(0, 500), st.integers(1, 500))
def test_the_interval_holds_the_share_and_stays_between_none_and_all(hits: int, trials: int) -> None:
    hits = min(hits, trials)
    low, high = wilson_interval(hits, trials)
    assert 0 <= low <= hits / trials <= high <= 1


def test_the_whole_review_can_be_typed(database: Path, query: Query) -> None:
    keys = "c\n3\n\nz\nt\nw\n99\nm\n少一行\nu\nu\nc\n1\n水系\na\na\na\n"
    run = CliRunner().invoke(app, ["review", "--db", str(database), "--reviewer", "周"], input=keys)
    assert run.exit_code == 0, run.output
    assert "All forms of this review are decided." in run.output
    assert "is no number from 1 to" in run.output
    assert "95 % interval" in run.output
    assert query("select old, new from corrections") == [("河道", "水系")]
    assert query("select outcome, count(*) from reviews group by all order by all") == [
        ("accepted", 2),
        ("corrected", 1),
    ]


def test_corrections_are_listed_counted_and_exported_as_golden_cases(database: Path, rules: RuleSet) -> None:
    desk = Desk(database, "周", worst=1, sample=0)
    shown = on_desk(desk)
    desk.correct(shown, [Change("fields", "project_name", "value", "水系"), Change("forms", "", MISSING, "一行")])
    desk.correct(shown, changes_of(value_named(shown, "补植苗木"), "target", "≤1.5万株", rules.targets))
    desk.correct(shown, [Change("indicators", "1", WHOLE_ROW, None)])

    def run(*options: str) -> str:
        result = CliRunner().invoke(app, ["corrections", "--db", str(database), *options])
        assert result.exit_code == 0, result.output
        return result.stdout

    assert "水系" in run()
    assert {"what": "fields.project_name", "label": "专项名称", "times": 1}.items() <= json.loads(
        run("--hints", "--json")
    )[0].items()
    folder = database.parent / "cases"
    assert run("--goldens", str(folder)).split() == [str(folder / "b.txt.expected.json")]
    (golden,) = json.loads((folder / "b.txt.expected.json").read_text("utf-8"))["forms"]
    assert {"name": "project_name", "label": "专项名称", "value": "水系"} in golden["fields"]
    (indicator,) = golden["indicators"]
    assert (indicator["indicator_index"], indicator["operator"], indicator["value"]) == (1, "<=", "1.5")
    assert check_sample(folder / "b.txt", (folder / "b.txt").read_bytes(), rules, write=False).outcome == "different"


def test_the_full_screen_marks_corrects_searches_and_saves(database: Path, query: Query, rules: RuleSet) -> None:
    async def use() -> None:
        desk = Desk(database, "周", worst=1, sample=0)
        tui = ReviewApp(desk, rules.targets)
        async with tui.run_test(size=(120, 40)) as pilot:
            await pilot.press("slash", *"补植", "enter", "c", "enter")
            await pilot.press(*"90%", "enter")
            await pilot.press("m", *"一行", "enter", "u", "a")
            await pilot.pause()

    asyncio.run(use())
    assert query("select old, new from corrections where target_column = 'target_text'") == [("≥1200株", "90%")]
    assert query("select outcome, values_wrong from reviews") == [("corrected", 1)]
