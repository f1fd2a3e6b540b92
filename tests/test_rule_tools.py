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
