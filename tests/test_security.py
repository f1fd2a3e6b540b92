"""SECURITY.md names a test for each promise, and the tests are there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_every_test_that_the_threat_model_names_is_there() -> None:
    page, file, named = (ROOT / "SECURITY.md").read_text("utf-8"), "", []
    for found in re.finditer(r"`(?:tests/)?(?P<file>test_\w+\.py|…)(?:::(?P<test>\w+))?`", page):
        file = file if found["file"] == "…" else found["file"]
        named.append((file, found["test"]))
    assert len(named) > 20
    for name, test in named:
        assert f"def {test or 'test'}" in (ROOT / "tests" / name).read_text("utf-8"), f"{name}::{test}"
    for path in re.findall(r"`(tests/[\w/]+(?:\.py)?)`", page):
        assert (ROOT / path).exists()


def test_every_promise_of_the_threat_model_names_what_holds_it() -> None:
    page = (ROOT / "SECURITY.md").read_text("utf-8").partition("## What is promised")[2].partition("\n## ")[0]
    rows = [line.split("|")[1:-1] for line in page.splitlines() if line.startswith("|")][2:]
    assert len(rows) > 15
    assert all("test" in held_by for _, _, held_by in rows)
