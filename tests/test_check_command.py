"""extract check: what is listed, what the rules can change, and what is found between forms."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from command_line import Run, run_extract
from containers import dump
from drawn_forms import read_layout
from extract.corrections import Change, record
from extract.errors import RuleError
from extract.pipeline import extract
from extract.rules import RuleSet, load_rules, packaged_rules
from extract.store import Store, now
from test_checks import FORMS, changed, extracted, findings


def write_form(folder: Path, file: str, form: str, changes: str = "") -> None:
    folder.mkdir(exist_ok=True)
    drawing = changed(FORMS[form], changes)
    (folder / file).write_text(dump(read_layout(file, drawing).document), "utf-8")


def found(folder: Path, *arguments: str) -> dict[str, Any]:
    run = run_extract(folder, "check", "--json", *arguments)
    return {each["code"]: each for each in json.loads(run.stdout)["findings"]}


def imported(folder: Path, *arguments: str) -> Run:
    run = run_extract(folder, "import", "forms", "--jobs", "1", "--quiet", *arguments)
    assert run.returncode == 0, run.stderr
    return run


# ----------------------------------------------------------------------------------------------------- between forms

ACROSS = [
    # what fires, the forms with their changes, the place in the form that is blamed, and the clean twin
    ("form.copy", [("declaration", ""), ("declaration", "项目概况 => 项目 概况")], "declaration", "≥320米 => ≥330米"),
    ("form.second", [("declaration", ""), ("declaration", "≥320米 => ≥330米")], "declaration", "2022 => 2023"),
    (
        "indicators.copied",
        [("columns", ""), ("columns", "社区阅览室开放 => 乡镇书屋补助")],
        "columns",
        "社区阅览室开放 => 乡镇书屋补助 ; 12 => 13",
    ),
    (
        "indicators.unchanged",
        [("declaration", ""), ("declaration", "2022年度 => 2023年度")],
        "declaration",
        "2022年度 => 2023年度 ; ≥320米 => ≥330米",
    ),
    ("indicators.dropped", [("declaration", ""), ("self-evaluation", "")], "declaration", None),
    ("target.not_as_declared", [("declaration", ""), ("self-evaluation", "≥90% => ≥80%")], "≥80%", ""),
    ("funding.not_as_declared", [("declaration", ""), ("self-evaluation", "| 120 | 120 => | 125 | 120")], "125", ""),
    (
        "project.not_new",
        [("declaration", ""), ("declaration", "2022年度 => 2023年度 ; □新增项目 ☑延续项目 => ☑新增项目 □延续项目")],
        "☑新增项目",
        "2022年度 => 2023年度",
    ),
]


@pytest.mark.parametrize(("code", "forms", "place", "twin"), ACROSS, ids=[case[0] for case in ACROSS])
def test_what_is_wrong_between_forms_is_found_and_the_clean_twin_is_silent(
    tmp_path: Path, code: str, forms: list[tuple[str, str]], place: str, twin: str | None
) -> None:
    for number, (form, changes) in enumerate(forms):
        write_form(tmp_path / "forms", f"{number}.txt", form, changes)
    imported(tmp_path)
    (finding,) = found(tmp_path)[code]["places"]
    assert finding["form_id"]
    assert "{" not in finding["message"] + finding["message_zh"]
    if place not in FORMS:
        assert finding["excerpt"].replace(" ", "").startswith(place)
    if twin is not None:
        (tmp_path / "forms" / "1.txt").unlink()
        write_form(tmp_path / "forms", "1.txt", forms[1][0], twin)
        imported(tmp_path)
        assert code not in found(tmp_path)


def test_a_declaration_whose_indicators_all_come_back_is_not_blamed(tmp_path: Path) -> None:
    write_form(tmp_path / "forms", "1.txt", "self-evaluation")
    as_declared = changed(FORMS["self-evaluation"], "项目支出绩效自评表 => 项目支出绩效目标申报表")
    (tmp_path / "forms" / "2.txt").write_text(dump(read_layout("2", as_declared).document), "utf-8")
    imported(tmp_path)
    assert "indicators.dropped" not in found(tmp_path)


def test_what_is_between_forms_can_be_switched_off_for_a_region(tmp_path: Path) -> None:
    write_form(tmp_path / "forms", "1.txt", "declaration")
    write_form(tmp_path / "forms", "2.txt", "declaration", "≥320米 => ≥330米")
    rules = overlay(tmp_path, EXCEPTION.format(scope="regions: [云溪县]", check="code: form.second"))
    imported(tmp_path, "--rules", str(rules))
    assert "form.second" not in found(tmp_path)


# ------------------------------------------------------------------------------------------- the same, whatever the way


def test_reparse_link_and_a_second_import_leave_the_same_findings(tmp_path: Path) -> None:
    write_form(tmp_path / "forms", "1.txt", "declaration", "≥95% => ≥195%")
    write_form(tmp_path / "forms", "2.txt", "self-evaluation", "≥90% => ≥80%")
    imported(tmp_path)
    first = found(tmp_path)
    assert {"target.over_100", "target.not_as_declared"} <= set(first)
    rules = overlay(tmp_path, EXCEPTION.format(scope="regions: [无此地]", check="code: form.second"))
    for arguments in (["import", "forms", "--quiet"], ["link"], ["reparse", "--rules", str(rules), "--quiet"]):
        assert run_extract(tmp_path, *arguments).returncode == 0
        assert found(tmp_path) == first


def test_what_lies_on_a_corrected_value_is_counted_and_not_listed(tmp_path: Path) -> None:
    write_form(tmp_path / "forms", "1.txt", "declaration", "≥95% => ≥195%")
    imported(tmp_path)
    ((form_id, number),) = rows(
        tmp_path, "SELECT form_id, indicator_index::VARCHAR FROM indicators WHERE target_text = '≥195%'"
    )
    with Store(tmp_path / "forms.duckdb") as store, store.transaction() as connection:
        record(connection, form_id, [Change("indicators", number, "target_text", "≥95%")], "周明", now())
    assert "target.over_100" not in found(tmp_path)
    assert "1 findings lie on values that people have corrected" in run_extract(tmp_path, "check").stdout


def rows(folder: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(folder / "forms.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


# ------------------------------------------------------------------------------------------------ what the rules change

EXCEPTION = """
exceptions:
  - name: 试点
    {scope}
    checks:
      - {check}
        enabled: false
        reason: 试点期间不审
"""


def overlay(folder: Path, content: str) -> Path:
    rules = folder / "my-rules"
    rules.mkdir(exist_ok=True)
    (rules / "checks.yaml").write_text(content, "utf-8")
    return rules


def overlaid(folder: Path, content: str) -> RuleSet:
    return load_rules(packaged_rules(), overlay(folder, content))


def refused(folder: Path, content: str) -> str:
    with pytest.raises(RuleError) as error:
        overlaid(folder, content)
    return str(error.value)


OVER_100 = changed(FORMS["declaration"], "≥95% => ≥195%")
SCOPES = [
    ("regions: [云溪县]", True),
    ("regions: [江北省, 云溪县水利局]", True),
    ("regions: [江北省]", False),
    ("from_year: 2022", True),
    ("from_year: 2023", False),
    ("to_year: 2022", True),
    ("to_year: 2021", False),
    ("kinds: [project-declaration]", True),
    ("kinds: [project-monitoring]", False),
    ("{regions: [云溪县], from_year: 2023}", False),
]


@pytest.mark.parametrize(("scope", "holds"), SCOPES)
def test_an_exception_holds_where_and_when_it_says(tmp_path: Path, scope: str, holds: bool) -> None:
    lines = scope.strip("{}").replace(", from_year", "\n    from_year")
    rules = overlaid(tmp_path, EXCEPTION.format(scope=lines, check="code: target.over_100"))
    assert bool(findings(extracted(OVER_100, rules), "target.over_100")) != holds


def test_a_check_is_switched_off_with_a_reason(tmp_path: Path) -> None:
    off = "checks:\n  - {code: target.over_100, enabled: false, reason: 允许超额完成}\n"
    assert not findings(extracted(OVER_100, overlaid(tmp_path, off)), "target.over_100")
    listed = run_extract(tmp_path, "check", "--list", "--rules", "my-rules").stdout
    assert "target.over_100  off: 允许超额完成" in listed


def test_a_limit_of_a_region_takes_the_place_of_the_usual_one(tmp_path: Path) -> None:
    check = "{code: target.satisfaction_low, limits: {least: 95}}"
    strict = f"exceptions:\n  - {{name: 严, regions: [云溪县], checks: [{check}]}}\n"
    assert findings(extracted(FORMS["declaration"], overlaid(tmp_path, strict)), "target.satisfaction_low")


def test_a_required_field_of_an_edition_is_asked_for(tmp_path: Path) -> None:
    check = "{code: field.missing, limits: {also: [feasibility]}}"
    also = f"exceptions:\n  - {{name: 新版, from_year: 2022, checks: [{check}]}}\n"
    (finding,) = findings(extracted(FORMS["declaration"], overlaid(tmp_path, also)), "field.missing")
    assert "feasibility" in finding.message.en


REFUSED = [
    ("checks:\n  - {code: target.over_100, enabled: false}\n", "with a reason"),
    ("checks:\n  - {code: target.over_100, enabled: false, reason: ' '}\n", "with a reason"),
    ("checks:\n  - {code: target.over_100, limits: {moist: 100}}\n", "has no such limit; it has most, apart"),
    ("checks:\n  - {code: target.over_100, limits: {most: viel}}\n", "most"),
    ("checks:\n  - {code: target.over_100, limits: {apart: growht}}\n", "'growht'"),
    ("checks:\n  - {code: target.over_200, enabled: false, reason: 无}\n", "there is no check 'target.over_200'"),
    ("checks:\n  - {code: target.over_100, message: 'more than {much} %'}\n", "different values"),
    (EXCEPTION.format(scope="region: [云溪县]", check="code: form.second"), "no such key"),
    (EXCEPTION.format(scope="regions: [云溪县]", check="code: form.secnd"), "there is no check 'form.secnd'"),
    ("exceptions:\n  - {name: 宽, checks: [{code: indicators.copied, limits: {least: 9}}]}\n", "switch it off instead"),
]


@pytest.mark.parametrize(("content", "why"), REFUSED, ids=[why for _, why in REFUSED])
def test_a_slip_in_the_file_is_refused_with_line_and_reason(tmp_path: Path, content: str, why: str) -> None:
    message = refused(tmp_path, content)
    assert why in message
    assert "my-rules/checks.yaml, line " in message


def test_a_message_of_an_overlay_cannot_reach_into_objects(tmp_path: Path) -> None:
    texts = "message: 'see {number.__class__} {number}', message_zh: '见 {number.__class__} {number}'"
    rules = overlaid(tmp_path, f"checks:\n  - {{code: target.over_100, {texts}}}\n")
    (finding,) = findings(extracted(OVER_100, rules), "target.over_100")
    assert finding.message.en == "see {number.__class__} 3"


# ------------------------------------------------------------------------------------------------------- on the screen


def test_findings_are_listed_by_check_with_counts_forms_and_places(tmp_path: Path) -> None:
    write_form(tmp_path / "forms", "1.txt", "declaration", "≥95% => ≥195% ; ≥90% => ≤90%")
    imported(tmp_path)
    run = run_extract(tmp_path, "check")
    assert run.returncode == 0
    assert "warning target.over_100 · 1 findings in 1 forms" in run.stdout
    (form_id,) = {place["form_id"] for place in found(tmp_path)["target.over_100"]["places"]}
    assert f"indicator 3 asks for more than 100 %\n    {form_id} · forms/1.txt · ≥195%" in run.stdout
    assert run.stdout.rstrip().endswith(f"Next: extract show {form_id}")
    assert "第3项指标值超过100%" in run_extract(tmp_path, "check", "--lang", "zh").stdout
    assert set(found(tmp_path, "--code", "target.over_100")) == {"target.over_100"}
    assert found(tmp_path, "--form", form_id[:6]) == found(tmp_path)


def test_a_clean_database_is_told_so(tmp_path: Path) -> None:
    write_form(tmp_path / "forms", "1.txt", "declaration")
    imported(tmp_path)
    assert run_extract(tmp_path, "check").stdout == "The checks have found nothing.\n"


def test_an_error_sets_the_exit_code_and_an_unknown_code_is_wrong_usage(tmp_path: Path) -> None:
    write_form(tmp_path / "forms", "1.txt", "declaration", "≥95% => ≥195%")
    strict = overlay(tmp_path, "checks:\n  - {code: target.over_100, severity: error}\n")
    assert run_extract(tmp_path, "import", "forms", "--quiet", "--rules", str(strict)).returncode == 1
    assert run_extract(tmp_path, "check").returncode == 1
    assert run_extract(tmp_path, "check", "--code", "target.over_200").returncode == 2


def test_no_name_and_no_phone_is_listed(tmp_path: Path) -> None:
    write_form(
        tmp_path / "forms", "1.txt", "special-fund", "周明13900000021 => 周明1390000 ; 填报单位 => 周明13900000022"
    )
    imported(tmp_path)
    assert "contact.unread_phone" in found(tmp_path)
    assert "周明1390000" not in run_extract(tmp_path, "check").stdout
    assert "13900000022" not in run_extract(tmp_path, "check").stdout


def test_every_check_is_explained_in_both_languages(tmp_path: Path) -> None:
    listed = json.loads(run_extract(tmp_path, "check", "--list", "--json").stdout)
    assert len(listed["checks"]) > 80
    text = run_extract(tmp_path, "check", "--list").stdout
    for check in listed["checks"]:
        assert check["code"] in text
        assert check["message"] in text
        assert check["message_zh"] in text
    assert listed["exceptions"][0]["to_year"] == 2015


def test_before_2016_satisfaction_is_no_family_of_its_own() -> None:
    change = "满意度指标 | 服务对象满意度指标 => 效益指标 | 社会效益指标"
    assert findings(extracted(changed(FORMS["declaration"], change)), "indicators.no_family")
    early = changed(FORMS["declaration"], f"{change} ; 2022 => 2015")
    assert extract(dump(read_layout("form", early).document).encode(), load_rules()).forms[0].form.fiscal_year == 2015
    assert not findings(extracted(early), "indicators.no_family")
