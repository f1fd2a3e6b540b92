"""Rules: every shipped file loads, and a wrong one is refused with file, line and key."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from extract.errors import RuleError
from extract.rules import LabelUse, MoneyLabel, RuleSet, load_rules, packaged_rules
from extract.rules.spec import spellings

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
    return refused.value.message.en


@pytest.mark.parametrize("path", sorted(packaged_rules().rglob("*.yaml")), ids=lambda path: path.name)
def test_every_shipped_rule_file_is_loaded(path: Path, rules: RuleSet) -> None:
    assert path.parent.name in ("forms", "vocabulary") or path.name == "checks.yaml"
    if path.parent.name == "forms":
        assert path.stem in {form.kind for form in rules.forms}


def test_an_unknown_key_is_named_with_file_line_and_the_known_keys(folder: Path) -> None:
    line = edit(folder, FORM, "required: [", "requierd: [")
    message = refusal(folder)
    assert f"special-fund-declaration.yaml, line {line}, key requierd" in message
    assert "known are" in message


def test_a_pattern_that_does_not_compile_is_refused(folder: Path) -> None:
    line = edit(folder, FORM, "专项资金(?:", "专项资金((?:")
    assert f"line {line}, key titles.1: the pattern does not compile" in refusal(folder)


def test_a_pattern_that_misses_its_own_example_is_refused(folder: Path) -> None:
    edit(folder, FORM, "- 专项资金预算绩效目标申报表", "- 项目支出绩效自评表")
    assert "does not match its own example '项目支出绩效自评表'" in refusal(folder)


def test_a_pattern_that_matches_what_it_must_refuse_is_refused(folder: Path) -> None:
    edit(folder, FORM, "refuses: [专项资金绩效目标自评表", "refuses: [专项资金绩效目标申报表")
    assert "which it must refuse" in refusal(folder)


def test_a_label_that_means_two_things_is_refused(folder: Path) -> None:
    line = edit(folder, "vocabulary/labels.yaml", "labels: [监督单位,", "labels: [项目 名称：, 监督单位,")
    message = refusal(folder)
    assert f"labels.yaml, line {line}, key fields." in message
    assert "already means the field project_name" in message


def test_a_key_that_stands_twice_is_refused(folder: Path) -> None:
    edit(folder, FORM, "key: project_name", "key: project_name\nkey: overview")
    assert "key key: stands twice" in refusal(folder)


def test_an_unknown_type_is_refused_with_the_known_ones(folder: Path) -> None:
    edit(folder, "vocabulary/labels.yaml", "type: period", "type: timespan")
    assert "there is no type 'timespan'; the types are line, text" in refusal(folder)


def test_a_field_without_any_label_is_refused(folder: Path) -> None:
    edit(folder, FORM, "key: project_name", "key: project_name\nfields: [{name: unit_chief}]")
    assert "the field 'unit_chief' has no labels" in refusal(folder)


def test_two_kinds_that_claim_one_title_are_refused(folder: Path) -> None:
    text = (folder / FORM).read_text("utf-8").replace("kind: special-fund-declaration", "kind: another-declaration")
    (folder / "forms/another.yaml").write_text(text, "utf-8")
    assert "claimed by another-declaration, special-fund-declaration" in refusal(folder)


def test_broken_yaml_is_refused_with_its_line(folder: Path) -> None:
    line = edit(folder, FORM, "key: project_name", "key: [project_name")
    assert f"special-fund-declaration.yaml, line {line + 1}" in refusal(folder)


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
    one_label = "fields: [{name: reporting_unit, labels: [呈报机关]}]\n"
    both = load_rules(folder, mine(tmp_path, "vocabulary/labels.yaml", one_label))
    for form in both.forms:
        for label in ("呈报机关", "填报单位"):
            assert form.labels[label] == LabelUse("field", "reporting_unit")
    assert both.version != load_rules(folder).version


def test_an_item_that_begins_like_one_of_the_list_is_laid_over_it(folder: Path, tmp_path: Path) -> None:
    added = "fields:\n  - {name: postcode, labels: [邮政编号], type: text}\n  - {name: seal, labels: [印章]}\n"
    form = load_rules(folder, mine(tmp_path, "vocabulary/labels.yaml", added)).forms[0]
    assert form.labels["邮政编号"] == form.labels["邮政编码"] == LabelUse("field", "postcode")
    assert form.fields["postcode"].type == "text"
    assert list(form.fields)[-1] == "seal"


def test_a_kind_has_fields_and_labels_of_its_own_before_the_shared_ones(folder: Path, tmp_path: Path) -> None:
    added = "fields:\n  - {name: implementing_unit, labels: [电话]}\n  - {name: seal, labels: [印章], type: line}\n"
    rules = load_rules(folder, mine(tmp_path, FORM, added))
    own = next(form for form in rules.forms if form.kind == "special-fund-declaration")
    other = next(form for form in rules.forms if form.kind == "project-declaration")
    assert own.labels["电话"] == LabelUse("field", "implementing_unit")
    assert other.labels["电话"] == LabelUse("field", "contact_phone")
    assert own.fields["implementing_unit"].type == "line"
    assert ("seal" in own.fields, "seal" in other.fields) == (True, False)


def test_one_line_of_labels_stands_for_each_of_its_choices(rules: RuleSet) -> None:
    assert spellings("【|项目】实施【单位|部门】") == ["实施单位", "实施部门", "项目实施单位", "项目实施部门"]
    assert rules.forms[0].use_of("项目实施单位（盖章）：") == LabelUse("field", "implementing_unit")


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("其中：当年财政拨款（万元）", MoneyLabel("fiscal", None, "annual")),
        ("2021年度预算资金", MoneyLabel("total", None, "annual")),
        ("中期资金总额：", MoneyLabel("total", None, "long_term")),
        ("全年执行数（B）", MoneyLabel(stage="executed")),
        ("1—7月执行数", MoneyLabel(stage="executed")),
        ("预算执行率（B/A×100%）", MoneyLabel()),
        ("项目名称", None),
    ],
)
def test_a_label_says_whose_money_it_is_and_when(rules: RuleSet, text: str, meaning: MoneyLabel | None) -> None:
    assert rules.money_of(text) == meaning


def test_a_file_that_says_so_replaces_the_one_of_the_same_name(folder: Path, tmp_path: Path) -> None:
    levels = "replaces: true\nlevel1: {产出指标: [产出]}\nlevel2: {}\n"
    rules = load_rules(folder, mine(tmp_path, "vocabulary/levels.yaml", levels))
    assert rules.levels.canonical("level1", "产出") == "产出指标"
    assert rules.levels.canonical("level1", "效益") is None


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("fields:\n  - {name: seal, labels: [印章], sort: a}\n", "line 2, key fields.1.sort"),
        ("fields:\n  - name: project_name\n    type: timespan\n", "line 2, key fields.1"),
        ("titles:\n  - pattern: 表\n    examples: [单]\n", "line 2, key titles.2"),
    ],
)
def test_a_mistake_in_an_added_file_is_named_in_that_file(folder: Path, tmp_path: Path, text: str, place: str) -> None:
    with pytest.raises(RuleError) as refused:
        load_rules(folder, mine(tmp_path, FORM, text))
    assert f"{tmp_path / 'mine' / FORM}, {place}" in refused.value.message.en


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
    assert title.rule
    assert title.rule.kind == "special-fund-declaration"


def test_a_title_may_say_neither_table_nor_performance(folder: Path) -> None:
    edit(folder, FORM, "titles:\n", "titles:\n  - {pattern: '.{0,9}申请书', examples: [专项资金申请书]}\n")
    title = load_rules(folder).title("（附件1）设备专项申请书")
    assert title
    assert title.text == "设备专项申请书"


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("项目支出绩效目标申报表（范本）", "project-declaration"),
        ("附1-4：绩效目标申报表（基础设施建设类）", "project-declaration"),
        ("公开14表 省级部门预算项目支出绩效目标表", "project-declaration"),
        ("附221项目支出绩效目标审批表", "project-declaration"),
        ("云溪县第一中学项目申报表", "project-declaration"),
        ("2022年度云溪县项目支出绩效自评表", "project-self-evaluation"),
        ("县级专项资金绩效目标自评表", "project-self-evaluation"),
        ("部门整体绩效目标", "department-declaration"),
        ("部门预算绩效文本", "department-declaration"),
        ("部门（单位）整体支出绩效自评表", "department-self-evaluation"),
        ("项目支出绩效目标执行监控表（2023年度）", "project-monitoring"),
        ("水利发展资金区域绩效目标表", "transfer-declaration"),
        ("转移支付区域（项目）绩效目标自评表", "transfer-self-evaluation"),
        ("就业补助资金绩效自评表", "transfer-self-evaluation"),
    ],
)
def test_each_family_of_titles_names_its_kind_and_no_other(rules: RuleSet, line: str, kind: str) -> None:
    assert rules.kinds_claiming(line) == [kind]
    assert (title := rules.title(line))
    assert title.rule
    assert title.rule.kind == kind


@pytest.mark.parametrize("line", ["绩效跟踪调查表", "部门整体支出绩效运行监控表", "项目资金绩效评价表"])
def test_the_title_of_another_form_is_of_no_known_kind(rules: RuleSet, line: str) -> None:
    title = rules.title(line)
    assert title is not None
    assert title.rule is None


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
