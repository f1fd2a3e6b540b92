"""The tools for people who own rules: what they find, write and say."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema
import pytest
import yaml

from command_line import run_extract
from containers import Box, Declaration, declaration_table, docx, dump
from extract.rows import FORM_FIELDS
from extract.rules import packaged_rules
from extract.rules.backtracking import ambiguous_loop, slow_text
from extract.rules.lint import LintFinding, lint
from extract.rules.schema import hint, schemas

FORM = "forms/special-fund-declaration.yaml"


class Run(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Run]:
    """Runs `extract` with the given arguments in a folder of its own, which is the working folder of the test."""
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: Run(*run_extract(tmp_path, *arguments))


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
    assert ": 0 failed" in tested.err


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


def test_nothing_is_to_be_said_against_the_packaged_rules_but_notes() -> None:
    assert [found for found in lint(packaged_rules(), columns=FORM_FIELDS) if found.severity != "note"] == []


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
        (FORM, "fields:\n  - name: seal\n    labels: [云溪县专项资金绩效目标申报表]\n", ("note", "label.title", 3)),
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
    assert any("江北省云溪市专项资金预算绩效目标申报表' is also one of other" in each.found.en for each in clashes)


def test_findings_come_as_json_and_set_the_exit_code(run: Callable[..., Run]) -> None:
    write(f"mine/{FORM}", "fields:\n  - name: seal\n    labels: [印章, 印章]\n")
    run_ = run("rules", "lint", "--rules", "mine", "--json")
    assert run_.code == 1
    found = next(each for each in json.loads(run_.out) if each["path"] == f"mine/{FORM}")
    assert (found["code"], found["line"], found["advice"]) == ("label.repeated", 3, "delete it")
    assert found["key"].endswith("labels.2")


# ------------------------------------------------------------------------------------------------------- rules draft


def filing(title: str, unit: str, name: str, ways: str, term: str, phone: str, purpose: str, total: str) -> bytes:
    """A form of a province of our own: labels, options and layout that no rule knows."""
    rows = [
        [Box("备案单位"), Box(unit, 3), Box("单位负责人"), Box("周明", 3)],
        [Box("专项全称"), Box(name, 7)],
        [Box("资金分配方式"), Box(ways, 3), Box("政策起止年限"), Box(term, 3)],
        [Box("处室座机"), Box(phone, 3), Box("国债资金（万元）"), Box("", 3)],
        [Box("资金投向"), Box(purpose, 7)],
        [Box("年度资金总额（万元）", 2), Box(total, 2), Box("其中：财政拨款", 2), Box(total, 2)],
        [Box("年度绩效目标"), Box("完成馆藏整理。", 7)],
        [Box("一级指标"), Box("二级指标"), Box("三级指标", 3), Box("指标值", 3)],
        [Box("产出指标", 1, 2), Box("数量指标"), Box("整理卷数", 3), Box("≥120卷", 3)],
        [Box("质量指标"), Box("抽检合格率", 3), Box("≥98%", 3)],
    ]
    return docx([title, "（2022年度）", rows], ticks="text")


ARCHIVE = (
    "江北省档案馆", "馆藏档案数字化", "□因素法  ☑项目法  □据实据效", "2021年1月-2023年12月", "010-62345678",
    "用于馆藏档案的扫描、著录和质检。\n以及存储设备的购置。", "120",
)  # fmt: skip
LIBRARY = (
    "江北省图书馆", "古籍修复", "☑因素法  □项目法  □据实据效", "2022年1月-2022年12月", "010-62345679", "修复。", "80",
)  # fmt: skip

NEW_KIND = "江北省省财专项资金目标任务备案表"


def parsed(run: Callable[..., Run], file: str) -> dict[str, Any]:
    """The one form that a file gives by my rules."""
    (form,) = json.loads(run("parse", file, "--rules", "mine", "--json").out)["forms"]
    return dict(form)


def values(form: dict[str, Any]) -> dict[str, str | None]:
    return {field["name"]: field["value"] for field in form["fields"]}


def my_findings() -> list[LintFinding]:
    """What lint says of my files; notes are no fault."""
    found = lint(packaged_rules(), Path("mine"), columns=FORM_FIELDS)
    return [f for f in found if f.severity == "error" or (f.severity == "warning" and "mine" in f.path.parts)]


def test_a_draft_of_an_unknown_form_lints_clean_and_extracts_at_once(run: Callable[..., Run]) -> None:
    Path("a.docx").write_bytes(filing(NEW_KIND, *ARCHIVE))
    Path("b.docx").write_bytes(filing(NEW_KIND.replace("江北省", "云溪县", 1), *LIBRARY))
    assert parsed_kind(run, "a.docx") != "fund-filing"
    drafted = run("rules", "draft", "a.docx", "b.docx", "--kind", "fund-filing", "--into", "mine")
    assert (drafted.code, drafted.out) == (0, "")
    assert "mine/forms/fund-filing.yaml: 2 forms" in drafted.err
    assert my_findings() == []

    form = parsed(run, "a.docx")
    assert (form["form_kind"], form["fiscal_year"], form["leftovers"]) == ("fund-filing", 2022, [])
    assert values(form) == {
        "field_1": "江北省档案馆",
        "unit_head": "周明",
        "field_2": "馆藏档案数字化",
        "field_3": "项目法",
        "field_4_text": "2021年1月-2023年12月",
        "field_4_start": "2021-01-01",
        "field_4_end": "2023-12-31",
        "field_5": "010-62345678",
        "field_6": None,
        "field_7": "用于馆藏档案的扫描、著录和质检。\n以及存储设备的购置。",
        "annual_goal": "完成馆藏整理。",
    }
    assert [row["amount_yuan"] for row in form["funding"]] == ["1200000", "1200000"]
    assert [row["name"] for row in form["indicators"]] == ["整理卷数", "抽检合格率"]
    # A third place, which the draft has not seen.
    Path("c.docx").write_bytes(filing("红石市省财专项资金目标任务备案表", *LIBRARY))
    assert parsed(run, "c.docx")["form_kind"] == "fund-filing"


def parsed_kind(run: Callable[..., Run], file: str) -> str | None:
    forms = json.loads(run("parse", file, "--json").out)["forms"]
    return forms[0]["form_kind"] if forms else None


def test_a_draft_says_what_it_counted_and_what_a_label_may_mean(run: Callable[..., Run]) -> None:
    Path("a.docx").write_bytes(filing(NEW_KIND, *ARCHIVE))
    Path("b.docx").write_bytes(filing(NEW_KIND, *LIBRARY))
    text = run("rules", "draft", "a.docx", "b.docx").out
    assert "#   单位负责人 → unit_head (2)" in text
    assert "# 专项全称: in 2 of 2 forms, filled in 2; like project_name (" in text
    assert "options: [因素法, 项目法, 据实据效]" in text
    assert "filled in 0" in text
    for person_or_value in ("周明", "010-62345678", "江北省图书馆"):
        assert person_or_value not in text


def test_a_new_layout_of_a_known_kind_becomes_an_addition_to_it(run: Callable[..., Run]) -> None:
    title = "江北省专项资金绩效目标申报表"
    Path("a.docx").write_bytes(filing(title, *ARCHIVE))
    assert run("rules", "draft", "a.docx", "--into", "mine").code == 0
    text = Path(f"mine/{FORM}").read_text("utf-8")
    assert not any(line.startswith(("kind:", "titles:")) for line in text.splitlines())
    assert my_findings() == []
    form = parsed(run, "a.docx")
    assert form["form_kind"] == "special-fund-declaration"
    assert values(form)["field_2"] == "馆藏档案数字化"

    # What a person does next: the label says in other words what a known field says.
    lines = text.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("  - name: field_2"))
    lines[at] = "  - name: project_name"
    del lines[at + 2]
    Path(f"mine/{FORM}").write_text("\n".join(lines), "utf-8")
    assert my_findings() == []
    assert values(parsed(run, "a.docx"))["project_name"] == "馆藏档案数字化"


def test_a_draft_never_overwrites_a_file(run: Callable[..., Run]) -> None:
    Path("a.docx").write_bytes(filing(NEW_KIND, *ARCHIVE))
    assert run("rules", "draft", "a.docx", "--kind", "filing", "--into", "mine").code == 0
    before = Path("mine/forms/filing.yaml").read_text("utf-8")
    again = run("rules", "draft", "a.docx", "--kind", "filing", "--into", "mine")
    assert again.code == 2
    assert "is there already" in again.err
    assert Path("mine/forms/filing.yaml").read_text("utf-8") == before


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("会议纪要\n\n听取汇报。\n", "looks like a title; give it"),
        ("目标任务备案表\n\n第一段。\n", "looks like a title; give it"),
    ],
)
def test_a_sample_without_a_form_is_no_draft(run: Callable[..., Run], text: str, sentence: str) -> None:
    write("notes.txt", text)
    drafted = run("rules", "draft", "notes.txt")
    assert drafted.code == 2
    assert sentence in drafted.err


def test_the_headings_and_rows_of_a_list_are_no_labels(run: Callable[..., Run]) -> None:
    rows = [
        [Box("调查地点"), Box("石桥乡文化站", 2)],
        [Box("活动名称"), Box("参加人数"), Box("满意人数")],
        [Box("送戏下乡"), Box("320人"), Box("301人")],
        [Box("露天电影"), Box("180人"), Box("176人")],
    ]
    Path("a.docx").write_bytes(docx(["文化惠民工程满意情况表", rows]))
    text = run("rules", "draft", "a.docx", "--title", "文化惠民工程满意情况表").out
    assert "labels: [调查地点]" in text
    assert "活动名称" not in text.split("# Lists")[0]
    assert "# Lists that no rule can say yet: 活动名称 · 参加人数 · 满意人数" in text


# ---------------------------------------------------------------------------------------------------- rules coverage


def test_coverage_counts_what_forms_used_and_what_they_left_over(run: Callable[..., Run]) -> None:
    for name, sample in (("a", ARCHIVE), ("b", LIBRARY)):
        Path(f"{name}.docx").write_bytes(filing("江北省专项资金绩效目标申报表", *sample))
    assert run("import", "a.docx", "b.docx", "--quiet").code == 0
    coverage = json.loads(run("rules", "coverage", "--json").out)
    assert coverage["forms"] == {"special-fund-declaration": 2}

    def hits(sort: str, spelling: str) -> list[int]:
        return [
            count
            for each in coverage["hits"]
            if each["sort"] == sort
            for s, count in each["spellings"]
            if s == spelling
        ]

    assert hits("title", "江北省专项资金绩效目标申报表") == [2]
    assert hits("field", "单位负责人") == [2]
    assert hits("amount", "年度资金总额") == [2]
    assert hits("column", "三级指标") == [2]
    assert hits("level2", "数量指标") == [2]
    levels = [each for each in coverage["hits"] if each["sort"] == "level2"]
    lines = packaged_rules().joinpath("vocabulary/levels.yaml").read_text("utf-8").splitlines()
    assert all(each["rule"] in lines[each["line"] - 1] for each in levels)
    assert any(each["sort"] == "field" and each["count"] == 0 for each in coverage["hits"])
    assert {"kind": "special-fund-declaration", "label": "备案单位", "forms": 2} in coverage["unknown"]
    assert "江北省图书馆" not in {each["label"] for each in coverage["unknown"]}

    table = run("rules", "coverage").out
    assert "Never used" in table
    assert "special-fund-declaration  专项全称" in table


# ------------------------------------------------------------------------------------------------------ rules schema


def test_every_shipped_rule_file_satisfies_the_schema_that_it_names(run: Callable[..., Run]) -> None:
    assert run("rules", "schema", "--into", "mine").code == 0
    for path in packaged_rules().rglob("*.yaml"):
        name = path.relative_to(packaged_rules()).as_posix()
        named = Path("mine", name).resolve().parent / hint(name).rpartition("=")[2]
        schema = json.loads(named.resolve().read_text("utf-8"))
        jsonschema.validate(yaml.safe_load(path.read_text("utf-8")), schema)


def test_every_key_of_every_schema_is_explained() -> None:
    for name, schema in schemas().items():
        if schema["title"] == "TargetsFile":
            continue  # its lists are explained by the comments of targets.yaml, some of them several at once
        for model in (schema, *schema.get("$defs", {}).values()):
            for key, part in model.get("properties", {}).items():
                assert part.get("description"), f"{name}: {model.get('title')}.{key}"


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
    assert slow_text("(?:a|aa)+b", ["aab"], timeout=0.2) is not None
    assert slow_text("a+b", ["aab"], timeout=0.2) is None
