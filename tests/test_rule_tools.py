"""The tools for people who own rules: what they find, write and say."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from containers import Declaration, declaration_table, dump
from extract.cli import main
from extract.rows import FORM_FIELDS
from extract.rules import packaged_rules
from extract.rules.backtracking import ambiguous_loop, slow_text
from extract.rules.lint import lint

FORM = "forms/special-fund-declaration.yaml"


class Run(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Callable[..., Run]:
    """Runs `extract` with the given arguments in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")

    def extract(*arguments: str) -> Run:
        monkeypatch.setattr(sys, "argv", ["extract", *arguments])
        with pytest.raises(SystemExit) as stop:
            main()
        return Run(int(stop.value.code or 0), *capsys.readouterr())

    return extract


def write(path: str, text: str) -> Path:
    """A file below the working folder."""
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    return file


# ------------------------------------------------------------------------------------------------------- rules test


def test_every_example_and_every_sample_of_the_program_passes(run: Callable[..., Run]) -> None:
    tested = run("rules", "test")
    assert tested.code == 0
    assert "ok    samples/one-form.txt: 1 form: gives what its golden says" in tested.out.replace(f"{ROOT}/", "")
    assert all(line.startswith("ok ") for line in tested.out.splitlines())
    assert "none failed" in tested.err


ROOT = Path(__file__).parents[1]


def test_a_failing_example_is_named_with_its_place_and_the_rules_are_invalid(run: Callable[..., Run]) -> None:
    write(f"mine/{FORM}", "titles:\n  - pattern: 表\n    examples: [表, 单]\n    refuses: [表]\n")
    tested = run("rules", "test", "--rules", "mine")
    assert tested.code == 5
    assert f"FAIL  mine/{FORM}:3 titles.2.examples.2: matches 单, but the pattern does not match" in tested.out
    assert f"FAIL  mine/{FORM}:4 titles.2.refuses.1: refuses 表, but the pattern matches what it must" in tested.out


def test_goldens_of_my_samples_are_written_once_and_compared_from_then_on(run: Callable[..., Run]) -> None:
    write("my/form.txt", dump([declaration_table(Declaration())]))
    golden = Path("my/form.txt.expected.json")
    assert "NEW   my/form.txt: 1 form: has no golden" in run("rules", "test", "my").out
    assert not golden.exists()
    assert "read it line by line" in run("rules", "test", "my", "--write").out
    assert run("rules", "test", "my").code == 0

    expected = json.loads(golden.read_text("utf-8"))
    expected["forms"][0]["fiscal_year"] = 1999
    golden.write_text(json.dumps(expected), "utf-8")
    different = run("rules", "test", "my", "--write")
    assert different.code == 1
    assert '-   "fiscal_year": 1999' in different.out
    assert json.loads(golden.read_text("utf-8")) == expected


def test_a_folder_of_samples_that_is_not_there_is_an_error(run: Callable[..., Run]) -> None:
    assert run("rules", "test", "nowhere").code == 3


# ------------------------------------------------------------------------------------------------------- rules lint


def test_the_packaged_rules_have_no_errors() -> None:
    assert [found for found in lint(packaged_rules(), columns=FORM_FIELDS) if found.severity == "error"] == []


def linted(name: str, text: str) -> list[tuple[str, str, int]]:
    """Severity, code and line of what is found in a file of my own over the packaged ones."""
    mine = write(f"mine/{name}", text)
    return [(each.severity, each.code, each.line) for each in lint(packaged_rules(), Path("mine")) if each.path == mine]


def test_everything_that_keeps_rules_from_loading_is_shown_at_once(run: Callable[..., Run]) -> None:
    write("mine/vocabulary/labels.yaml", "lables: {}\nlabels: {project_name: 名称}\n")
    write("mine/vocabulary/levels.yaml", "level1: [\n")
    write("mine/vocabulary/lables.yaml", "labels: {}\n")
    write(f"mine/{FORM}", "fields:\n  - {name: seal, labels: [印章], type: stamp}\n")
    run_ = run("rules", "lint", "--rules", "mine")
    assert run_.code == 5
    for place in ("labels.yaml:1 lables", "labels.yaml:2 labels", "levels.yaml:2 ", "lables.yaml:1 ", f"{FORM}:2 "):
        assert f"mine/vocabulary/{place}" in run_.out or f"mine/{place}" in run_.out
    assert "there is no such key here" in run_.out


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        (
            FORM,
            "titles:\n  - pattern: '(?:资金|资金资金)+表'\n    examples: [资金表]\n",
            ("error", "pattern.slow", 2),
        ),
        (
            FORM,
            "titles:\n  - pattern: '(?:资+)+表'\n    examples: [资表]\n",
            ("warning", "pattern.nested", 2),
        ),
        (
            "vocabulary/phrases.yaml",
            "closings:\n  - pattern: '2021年3月\\d日'\n    examples: [2021年3月5日]\n",
            ("warning", "pattern.redundant", 2),
        ),
        (
            FORM,
            "fields:\n  - name: seal\n    labels:\n      - 印章\n      - 印 章：\n",
            ("warning", "label.repeated", 5),
        ),
        (FORM, "fields:\n  - name: seal\n    labels: [云溪县专项资金绩效目标申报表]\n", ("warning", "label.dead", 3)),
        (FORM, "fields:\n  - name: seal\n    labels: [无]\n", ("warning", "label.dead", 3)),
        (
            FORM,
            "fields:\n  - name: seal\n    labels: [印章]\n    type: choice\n    options: [新增, 新增项目]\n",
            ("warning", "option.dead", 5),
        ),
        (
            FORM,
            "fields:\n  - name: seal\n    labels: [印章]\n    type: choice\n    options: [有, '□ 无']\n",
            ("warning", "option.dead", 5),
        ),
    ],
)
def test_what_is_dead_or_dangerous_is_found_at_its_line(
    run: Callable[..., Run], name: str, text: str, found: tuple[str, str, int]
) -> None:
    assert found in linted(name, text)


def test_titles_that_clash_only_behind_a_place_name_are_found(run: Callable[..., Run]) -> None:
    write(
        "mine/forms/other.yaml",
        "kind: other\nname: 其他\nkey: project_name\nfields: [{name: project_name, labels: [项目名称]}]\n"
        "titles:\n  - pattern: '江北省.*表'\n    examples: [江北省调查表]\n",
    )
    clashes = [each for each in lint(packaged_rules(), Path("mine")) if each.code == "title.clash"]
    assert clashes
    assert any("江北省云溪市专项资金预算绩效目标申报表' is also one of other" in clash.found for clash in clashes)


def test_findings_come_as_json_and_set_the_exit_code(run: Callable[..., Run]) -> None:
    write(f"mine/{FORM}", "fields:\n  - name: seal\n    labels: [印章, 印章]\n")
    run_ = run("rules", "lint", "--rules", "mine", "--json")
    assert run_.code == 1
    found = next(each for each in json.loads(run_.out) if each["code"] == "label.repeated")
    assert (found["path"], found["line"], found["key"]) == (f"mine/{FORM}", 3, found["key"])
    assert found["advice"] == "delete it"


# ------------------------------------------------------------------------------------------------------ backtracking


@pytest.mark.parametrize(
    ("pattern", "ambiguous"),
    [
        ("(?:a+)+b", True),
        ("(?:a|aa)+b", True),
        ("(?:a*)*", True),
        ("(?:.{0,40}绩效)*表", True),
        (r"(?:(?:19|20)\d\d年|\d+年)*表", True),
        (r"[\p{Han}\d]{0,40}?专项资金(?:预算)?绩效目标申报表", False),
        (r"(?:\d{1,3}[、.])*", False),
        ("a*b*a*", False),
        ("(?:ab|ac)*", False),
    ],
)
def test_a_loop_that_reads_one_text_in_two_ways_is_found(pattern: str, ambiguous: bool) -> None:
    assert bool(ambiguous_loop(pattern)) == ambiguous


def test_a_pattern_that_takes_exponential_time_is_measured() -> None:
    assert slow_text("(?:a|aa)+b", ["aab"], timeout=0.05) is not None
    assert slow_text("a+b", ["aab"], timeout=0.05) is None
