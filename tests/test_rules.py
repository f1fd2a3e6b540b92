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


def mine(tmp_path: Path, name: str, text: str) -> Path:
    """A folder of rules that holds one file."""
    path = tmp_path / "mine" / name
    path.parent.mkdir(parents=True)
    path.write_text(text, "utf-8")
    return tmp_path / "mine"


def test_a_file_of_a_second_folder_adds_to_the_one_of_the_same_name(folder: Path, tmp_path: Path) -> None:
    one_label = mine(tmp_path, "vocabulary/labels.yaml", "labels: {reporting_unit: [呈报机关]}\n")
    both = load_rules(folder, one_label)
    for label in ("呈报机关", "填报单位"):
        assert both.forms[0].labels[label] == LabelUse("field", "reporting_unit")
    assert both.version != load_rules(folder).version


def test_an_item_that_begins_like_one_of_the_list_is_laid_over_it(folder: Path, tmp_path: Path) -> None:
    added = "fields:\n  - {name: project_name, labels: [项目全称], required: false}\n  - {name: seal, labels: [印章]}\n"
    (form,) = load_rules(folder, mine(tmp_path, FORM, added)).forms
    assert form.labels["项目全称"] == form.labels["项目名称"] == LabelUse("field", "project_name")
    assert not form.fields["project_name"].required
    assert list(form.fields)[-1] == "seal"


def test_a_file_that_says_so_replaces_the_one_of_the_same_name(folder: Path, tmp_path: Path) -> None:
    levels = "replaces: true\nlevel1: {产出指标: [产出]}\nlevel2: {}\n"
    rules = load_rules(folder, mine(tmp_path, "vocabulary/levels.yaml", levels))
    assert rules.levels.canonical("level1", "产出") == "产出指标"
    assert rules.levels.canonical("level1", "效益") is None


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("fields:\n  - {name: seal, labels: [印章], sort: a}\n", "line 2, key fields.20.sort"),
        ("fields:\n  - name: project_name\n    type: timespan\n", "line 2, key fields.3"),
        ("titles:\n  - pattern: 表\n    examples: [单]\n", "line 2, key titles.2"),
    ],
)
def test_a_mistake_in_an_added_file_is_named_in_that_file(folder: Path, tmp_path: Path, text: str, place: str) -> None:
    with pytest.raises(RuleError) as refused:
        load_rules(folder, mine(tmp_path, FORM, text))
    assert f"{tmp_path / 'mine' / FORM}, {place}" in refused.value.message


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
        ("level1", "产出指标 (40-50)分", "产出指标"),
        ("level1", "成本指标(0-20)分", "成本指标"),
        ("level1", "项目完成指标", "产出指标"),
        ("level1", "过程（35分）", "过程指标"),
        ("level2", "质量指标（必填）", "质量指标"),
        ("level2", "生态环境成本", "生态环境成本指标"),
        ("level2", "校园用户满意度", "服务对象满意度指标"),
        ("level2", "游客满意度", None),
        ("level1", "别的", None),
    ],
)
def test_printed_level_names_have_canonical_ones(
    rules: RuleSet, level: str, printed: str, canonical: str | None
) -> None:
    assert rules.levels.canonical(level, printed) == canonical  # type: ignore[arg-type]
