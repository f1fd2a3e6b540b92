"""Checks: each fires on a form made for it and is silent on its clean twin; what the rules say of them holds."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from containers import dump
from drawn_forms import read_layout
from extract.checks import CHECKS, NOTED
from extract.checks.indicators import DOUBTS
from extract.findings import Finding
from extract.pipeline import Extraction, extract
from extract.rules import RuleSet, load_rules

PACKAGE = Path(__file__).parents[1] / "src" / "extract"
DATA = Path(__file__).parent / "data" / "checks"
FORMS = {path.stem: path.read_text("utf-8") for path in DATA.glob("*.txt") if path.stem != "cases"}
RULES = load_rules()


class Example(NamedTuple):
    """A line of cases.txt."""

    code: str
    lacks_data: bool
    form: str
    fires: str
    place: str
    silent: str


def examples() -> list[Example]:
    lines = (DATA / "cases.txt").read_text("utf-8").splitlines()
    found = []
    for line in lines:
        if line and not line.startswith("#"):
            code, form, fires, place, silent = (part.strip() for part in (line + " ").split(" · "))
            found.append(Example(code.rstrip("?"), code.endswith("?"), form, fires, place, silent))
    return found


EXAMPLES = examples()


def changed(form: str, changes: str) -> str:
    """The drawing of a form with every `old => new` of `changes` done."""
    for change in filter(None, map(str.strip, changes.split(" ; "))):
        old, new = (part.strip(" ").replace("⏎", "\n") for part in change.split("=>", 1))
        assert old in form, f"{old!r} does not stand in the form"
        form = form.replace(old, new)
    return form


def extracted(drawing: str, rules: RuleSet = RULES) -> Extraction:
    return extract(dump(read_layout("form", drawing).document).encode(), rules)


def findings(extraction: Extraction, code: str) -> list[Finding]:
    return [finding for form in extraction.forms for finding in form.findings if finding.code == code]


def case_id(example: Example) -> str:
    return f"{example.code}: {example.fires[:30]}"


@pytest.mark.parametrize("name", FORMS)
def test_nothing_is_found_in_a_clean_form(name: str) -> None:
    (form,) = extracted(FORMS[name]).forms
    assert form.findings == ()
    assert form.grade == "good"


@pytest.mark.parametrize("example", EXAMPLES, ids=case_id)
def test_a_check_fires_on_the_form_made_for_it_and_marks_the_place(example: Example) -> None:
    extraction = extracted(changed(FORMS[example.form], example.fires))
    found = findings(extraction, example.code)
    assert found, [finding.code for form in extraction.forms for finding in form.findings]
    assert extraction.document
    for each in found:
        assert each.outcome == ("insufficient_data" if example.lacks_data else "fail")
        for half in (each.message.en, each.message.zh):
            assert "{" not in half
        assert re.search("[\u4e00-\u9fff]", each.message.zh)
    span = found[0].span
    if example.place == "-":
        assert span is None
    elif example.place == "*":
        assert span == extraction.forms[0].form.span
    else:
        assert span
        assert "".join(extraction.document.text[slice(*span)].split()) == "".join(example.place.split())


@pytest.mark.parametrize("example", EXAMPLES, ids=case_id)
def test_a_check_is_silent_on_the_clean_twin(example: Example) -> None:
    assert not findings(extracted(changed(FORMS[example.form], example.silent)), example.code)


def test_of_a_template_only_that_is_said() -> None:
    labels = ["项目名称", "主管部门", "项目起止时间", "年度绩效目标", "中长期绩效目标"]
    drawing = "\n".join(["项目支出绩效目标申报表", "[[", *(f"{label} | " for label in labels), "]]"])
    (form,) = extracted(drawing).forms
    assert [finding.code for finding in form.findings] == ["form.template"]
    assert form.grade is None


def test_a_form_without_indicators_is_noticed() -> None:
    rows = FORMS["columns"].split("\n")
    without = "\n".join(row for row in rows if "指标" not in row)
    (finding,) = findings(extracted(without), "indicators.missing")
    assert finding.outcome == "insufficient_data"


# What takes a document of its own, or a dump that has lost its columns, has its test beside the stage that notes it.
ELSEWHERE = {
    "form.template", "indicators.missing", "document.no_title", "document.values_outside", "document.unread_content",
    "money.unread", "funding.misaligned", "indicator.misaligned",
}  # fmt: skip


def test_every_check_has_an_example() -> None:
    assert {*CHECKS, *NOTED} - {example.code for example in EXAMPLES} == ELSEWHERE


def test_all_that_the_parser_notes_is_in_the_checklist() -> None:
    parser = "".join(path.read_text("utf-8") for path in (PACKAGE / "parser").rglob("*.py"))
    problems = re.findall(
        r'"((?:choice|period|date|money|contact|phone)\.\w+)"', (PACKAGE / "values.py").read_text("utf-8")
    )
    codes = {*re.findall(r'note\(\s*"([\w.]+)"', parser), *problems}
    assert len(codes) > 10
    assert codes <= set(NOTED)


def test_doubts_are_the_warnings_of_the_grammar() -> None:
    grammar = "".join(path.read_text("utf-8") for path in (PACKAGE / "target").rglob("*.py"))
    assert all(f'"{doubt}"' in grammar for doubt in DOUBTS)
