"""Reparse: stored documents by other rules, and what that changes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from command_line import run_extract
from conftest import TITLE, dump_of

ROWS = ("专项名称|公园管护|备案单位|云溪县园林局", "主管部门|城管局|省直对口处室|经建处")
RULES = "fields:\n  - {name: reporting_unit, labels: [备案单位]}\n  - {name: division, labels: [省直对口处室]}\n"

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Runs `extract` in a folder with one imported form, whose file is gone, and rules that know more of it."""
    monkeypatch.chdir(tmp_path)
    Path("form.txt").write_text(dump_of(f"\t{TITLE}\n\n\t（2021年度）\n\n", *ROWS), "utf-8")
    assert run_extract(tmp_path, "import", "form.txt", "--quiet").returncode == 0
    Path("form.txt").unlink()
    Path("mine/vocabulary").mkdir(parents=True)
    Path("mine/vocabulary/labels.yaml").write_text(RULES, "utf-8")
    return lambda *arguments: run_extract(tmp_path, *arguments)


def values() -> dict[str, Any]:
    with duckdb.connect("forms.duckdb", read_only=True) as connection:
        return dict(connection.execute("SELECT name, value FROM fields").fetchall())


def test_new_rules_read_the_stored_text_without_the_file(run: Run) -> None:
    code, out, err = run("reparse", "--rules", "mine")
    assert code == 0
    assert "1 documents parsed again" in err
    assert "1 of 1 forms changed (0 new, 0 gone); values: 2 added, 0 removed, 0 changed" in err
    assert "reporting_unit" in out
    assert (values()["reporting_unit"], values()["division"]) == ("云溪县园林局", "经建处")
    assert values()["project_name"] == "公园管护"


def test_a_dry_run_shows_the_same_difference_and_writes_nothing(run: Run) -> None:
    before = Path("forms.duckdb").read_bytes()
    code, _, err = run("reparse", "--rules", "mine", "--dry-run")
    assert code == 0
    assert "values: 2 added, 0 removed, 0 changed" in err
    assert "Next: extract reparse --rules mine" in err
    assert Path("forms.duckdb").read_bytes() == before
    assert sorted(path.name for path in Path().iterdir()) == ["forms.duckdb", "mine"]
    assert json.loads(run("reparse", "--rules", "mine", "--json")[1])["values"] == {
        "added": 2,
        "removed": 0,
        "changed": 0,
    }


def test_what_the_same_rules_have_parsed_is_left_alone(run: Run) -> None:
    assert "0 documents parsed again" in run("reparse")[2]


def test_rules_that_know_less_take_values_away_and_that_is_shown(run: Run) -> None:
    run("reparse", "--rules", "mine", "--quiet")
    difference = json.loads(run("reparse", "--json")[1])
    assert difference["values"] == {"added": 0, "removed": 2, "changed": 0}
    assert {change["key"] for change in difference["examples"]} == {"reporting_unit", "division"}


def test_what_a_person_has_decided_is_kept(run: Run) -> None:
    decided = "'fields', 'project_name', 'value', '公园管护', '城区公园管护', 'cw', now(), NULL, NULL"
    with duckdb.connect("forms.duckdb") as connection:
        connection.execute(f"INSERT INTO corrections SELECT form_id, {decided} FROM forms")
    assert run("reparse", "--rules", "mine")[0] == 0
    with duckdb.connect("forms.duckdb", read_only=True) as connection:
        assert connection.execute("SELECT new FROM corrections").fetchall() == [("城区公园管护",)]


def test_a_database_that_is_not_there_is_an_error(run: Run) -> None:
    code, _, err = run("reparse", "--db", "other.duckdb")
    assert code == 3
    assert "there is no such database" in err
