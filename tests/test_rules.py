"""Rules: every shipped file loads, and a wrong one is refused with file, line and key."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from extract.errors import RuleError
from extract.rules import LabelUse, RuleSet, load_rules, packaged_rules

FORM = "forms/special-fund-declaration.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the packaged rules to break."""
    return Path(shutil.copytree(packaged_rules(), tmp_path / "rules"))


def edit(folder: Path, name: str, old: str, new: str) -> int:
    """Replace `old` in a rule file; returns the line where it stood."""
    path = folder / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    return text[: text.index(old)].count("\n") + 1


def refusal(folder: Path) -> str:
    with pytest.raises(RuleError) as refused:
        load_rules(folder)
    return refused.value.message


@pytest.mark.parametrize("path", sorted(packaged_rules().rglob("*.yaml")), ids=lambda path: path.name)
def test_every_shipped_rule_file_is_loaded(path: Path, rules: RuleSet) -> None:
    assert path.parent.name in ("forms", "vocabulary")
    if path.parent.name == "forms":
        assert path.stem in {form.kind for form in rules.forms}


def test_an_unknown_key_is_named_with_file_line_and_the_known_keys(folder: Path) -> None:
    line = edit(folder, FORM, "    required: true", "    requierd: true")
    message = refusal(folder)
    assert f"special-fund-declaration.yaml, line {line}, key fields.3.requierd" in message
    assert "known are name, labels, type, options, required" in message


def test_a_pattern_that_does_not_compile_is_refused(folder: Path) -> None:
    line = edit(folder, FORM, "pattern: '[\\p{Han}", "pattern: '([\\p{Han}")
    assert f"line {line}, key titles.1: the pattern does not compile" in refusal(folder)


def test_a_pattern_that_misses_its_own_example_is_refused(folder: Path) -> None:
    edit(folder, FORM, "- 专项资金预算绩效目标申报表", "- 项目支出绩效自评表")
    assert "does not match its own example '项目支出绩效自评表'" in refusal(folder)


def test_a_pattern_that_matches_what_it_must_refuse_is_refused(folder: Path) -> None:
    edit(folder, FORM, "refuses: [专项资金绩效目标自评表", "refuses: [专项资金绩效目标申报表")
    assert "which it must refuse" in refusal(folder)


def test_a_label_that_means_two_things_is_refused(folder: Path) -> None:
    line = edit(folder, FORM, "labels: [专项概况,", "labels: [专项 名称：, 专项概况,")
    message = refusal(folder)
    assert f"line {line}, key fields.12.labels" in message
    assert "already means the field 'project_name'" in message


def test_a_key_that_stands_twice_is_refused(folder: Path) -> None:
    edit(folder, FORM, "key: project_name", "key: project_name\nkey: overview")
    assert "key key: stands twice" in refusal(folder)


def test_an_unknown_type_is_refused_with_the_known_ones(folder: Path) -> None:
    edit(folder, FORM, "type: period", "type: timespan")
    assert "there is no type 'timespan'; the types are line, text" in refusal(folder)


def test_a_field_without_any_label_is_refused(folder: Path) -> None:
    edit(folder, FORM, "name: unit_head", "name: unit_chief")
    assert "the field 'unit_chief' has no labels" in refusal(folder)


def test_two_kinds_that_claim_one_title_are_refused(folder: Path) -> None:
    text = (folder / FORM).read_text("utf-8").replace("kind: special-fund-declaration", "kind: another-declaration")
    (folder / "forms/another.yaml").write_text(text, "utf-8")
    assert "claimed by another-declaration and special-fund-declaration" in refusal(folder)


def test_broken_yaml_is_refused_with_its_line(folder: Path) -> None:
    line = edit(folder, FORM, "key: project_name", "key: [project_name")
    assert f"special-fund-declaration.yaml, line {line + 2}" in refusal(folder)


def test_a_file_that_is_not_utf8_is_refused(folder: Path) -> None:
    (folder / FORM).write_bytes("名称: 表".encode("gb18030"))
    assert "is not UTF-8" in refusal(folder)


def test_yaml_tags_do_not_run_code(folder: Path) -> None:
    edit(folder, FORM, "key: project_name", "key: !!python/object/apply:os.getcwd []")
    assert "special-fund-declaration.yaml" in refusal(folder)


def test_rules_of_a_second_folder_replace_files_of_the_same_name(folder: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    (mine / "vocabulary").mkdir(parents=True)
    labels = (folder / "vocabulary/labels.yaml").read_text("utf-8")
    (mine / "vocabulary/labels.yaml").write_text(labels.replace("[填报单位,", "[呈报机关, 填报单位,"), "utf-8")
    both = load_rules(folder, mine)
    assert both.forms[0].labels["呈报机关"] == LabelUse("field", "reporting_unit")
    assert both.version != load_rules(folder).version


@pytest.mark.parametrize(
    "line",
    [
        "专项资金预算绩效目标申报表",
        "附件1：云溪县专项资金预算绩效目标申报表",
        "2021年度专项资金绩效目标申报表（2021年度）",
        "专 项 资 金 预 算 绩 效 目 标 申 报 表",
    ],
)
def test_a_title_is_known_with_prefixes_years_and_blanks(rules: RuleSet, line: str) -> None:
    title = rules.title(line)
    assert title is not None
    assert title.rule is rules.forms[0]


@pytest.mark.parametrize(
    "line",
    ["按要求填报专项资金预算绩效目标申报表。", "专项资金预算绩效目标申报表填报说明", "主管部门", "二、绩效目标表"],
)
def test_a_line_that_only_mentions_a_form_is_no_title(rules: RuleSet, line: str) -> None:
    assert rules.title(line) is None


@pytest.mark.parametrize(
    ("level", "printed", "canonical"),
    [
        ("level1", "产出 指标（50分）", "产出指标"),
        ("level2", "社会效益", "社会效益指标"),
        ("level2", "数量目标", "数量指标"),
        ("level2", "环境效益", "生态效益指标"),
        ("level1", "别的", None),
    ],
)
def test_printed_level_names_have_canonical_ones(
    rules: RuleSet, level: str, printed: str, canonical: str | None
) -> None:
    assert rules.levels.canonical(level, printed) == canonical  # type: ignore[arg-type]
