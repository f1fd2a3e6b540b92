"""Loading: YAML files become a RuleSet, or an error that names file, line and key."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from fractions import Fraction
from pathlib import Path
from typing import Any, Generic, TypeVar

from extract.errors import RuleError
from extract.labels import bare_label
from extract.language import Message
from extract.rules.checklist import read_checklist
from extract.rules.ruleset import FormRule, IndicatorWords, LabelUse, Levels, MoneyLabel, Phrases, RuleSet
from extract.rules.spec import (
    MOST_SPELLINGS,
    VOCABULARY_FILES,
    FormSpec,
    FundingFile,
    GradesFile,
    IndicatorColumn,
    IndicatorsFile,
    LabelsFile,
    LevelsFile,
    PhrasesFile,
    ProjectsFile,
    TargetsFile,
    UnitsFile,
    model_of,
    spellings,
)
from extract.rules.yaml_file import InvalidRule, Problem, RuleFile
from extract.target import Grammar, Unit, Units, Words


def packaged_rules() -> Path:
    """The folder of the rules that come with the program: inside the installed package, or in a source checkout."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "packaged_rules"
    return installed if installed.is_dir() else package.parents[1] / "rules"


def load_rules(*folders: Path) -> RuleSet:
    """The rules of the given folders, the packaged ones where none is given; a later folder's file is laid over the
    earlier one's of the same relative name, as `yaml_file` says.

    Raises RuleError with file, line and key for everything that is wrong.
    """
    sources = read_rule_files(*folders)
    are_tried = not folders  # the examples of the packaged rules have been tried by the tests
    _refuse_invalid_files(sources.values(), are_tried)
    phrases = Phrases(_vocabulary(sources, "phrases").model(PhrasesFile))
    tables = _vocabulary(sources, "indicators").model(IndicatorsFile)
    levels = Levels(_vocabulary(sources, "levels").model(LevelsFile))
    targets = Grammar(_units(_vocabulary(sources, "units")), _words(_vocabulary(sources, "targets")))
    specs = [(source, source.model(FormSpec)) for name, source in sources.items() if name.startswith("forms/")]
    shared = _SharedLabels(_vocabulary(sources, "labels"), _vocabulary(sources, "funding"), tables)
    forms = tuple(_form_rule(source, spec, shared) for source, spec in specs)
    checklist = read_checklist(_shared_file(sources, "checks.yaml"))
    _refuse_kinds_of_two_files(specs)
    _raise_what_is_blamed(sources.values())
    digest = hashlib.sha256()
    for name, source in sources.items():
        digest.update(f"{name}\0".encode() + source.data)
    projects = _vocabulary(sources, "projects").model(ProjectsFile)
    grades = tuple(_vocabulary(sources, "grades").model(GradesFile).grades)
    version = digest.hexdigest()[:12]
    words = IndicatorWords(tables)
    rules = RuleSet(forms, phrases, words, shared.money, levels, targets, projects, grades, checklist, version)
    for source, spec in specs if not are_tried else ():
        _refuse_clashing_titles(rules, source, spec)
    _raise_what_is_blamed(sources.values())
    return rules


def _refuse_invalid_files(files: Iterable[RuleFile], are_tried: bool) -> None:
    """Everything that keeps files from being what their names say, all of it in one error."""
    problems: list[Problem] = []
    for file in files:
        model = model_of(file.name)
        if model is None:
            known = ", ".join(VOCABULARY_FILES)
            problems.append(
                file.problem(
                    [],
                    Message(
                        f"no rule file has this name; forms stand in forms/, the rest in {known}",
                        f"没有这个名称的规则文件；表的规则放在 forms/，其余只有 {known}",
                    ),
                )
            )
            continue
        try:
            file.model(model, are_tried)
        except InvalidRule as error:
            problems += error.problems
    if problems:
        raise InvalidRule(*problems)


def _raise_what_is_blamed(files: Iterable[RuleFile]) -> None:
    problems = [problem for file in files for problem in file.blamed]
    if problems:
        raise InvalidRule(*problems)


def read_rule_files(*folders: Path) -> dict[str, RuleFile]:
    """The rule files of the given folders by their relative name, as YAML, each laid over those of earlier folders."""
    return {name: RuleFile(name, paths) for name, paths in _paths_by_name(folders or (packaged_rules(),)).items()}


def _paths_by_name(folders: Sequence[Path]) -> dict[str, list[Path]]:
    files: dict[str, list[Path]] = {}
    for folder in folders:
        found = [path for part in ("forms", "vocabulary") for path in (folder / part).rglob("*.yaml")]
        found += folder.glob("*.yaml")
        if not found:
            message = Message(
                f"{folder}: holds no rules; they stand in its folders forms and vocabulary, as *.yaml",
                f"{folder}：没有规则；规则应在其中的 forms 和 vocabulary 文件夹，扩展名 .yaml",
            )
            raise RuleError("rules.missing", message)
        for path in found:
            files.setdefault(path.relative_to(folder).as_posix(), []).append(path)
    return dict(sorted(files.items()))


def _vocabulary(sources: Mapping[str, RuleFile], name: str) -> RuleFile:
    return _shared_file(sources, f"vocabulary/{name}.yaml")


def _shared_file(sources: Mapping[str, RuleFile], name: str) -> RuleFile:
    source = sources.get(name)
    if source is None:
        raise RuleError(
            "rules.missing",
            Message(f"the rules lack {name}; copy it from the packaged rules", f"规则缺少 {name}，请从自带规则中复制"),
        )
    return source


def _units(source: RuleFile) -> Units:
    file = source.model(UnitsFile)
    units = [Unit(u.unit, u.canonical, u.dimension, Fraction(u.factor), tuple(u.aliases)) for u in file.units]
    try:
        return Units(units, {scale: Fraction(factor) for scale, factor in file.scales.items()})
    except ValueError as clash:
        source.blame(["units"], clash.args[0])
        return Units([], {})


def _words(source: RuleFile) -> Words:
    file = source.model(TargetsFile)
    words = Words(**{field.name: getattr(file, field.name) for field in fields(Words)})
    for key, problem in words.clashes():
        source.blame([key], problem)
    return words


class _SharedLabels:
    """What the vocabulary's labels mean in forms of every kind, by their bare text."""

    def __init__(self, labels: RuleFile, funding: RuleFile, tables: IndicatorsFile) -> None:
        file, money = labels.model(LabelsFile), funding.model(FundingFile)
        self.tables = tables
        self.fields = {field.name: field for field in file.fields}
        uses = _Meanings[LabelUse](labels)
        for number, field in enumerate(file.fields):
            uses.add(field.labels, LabelUse("field", field.name), ["fields", number, "labels"])
        uses.add(file.sections, LabelUse("section", "form"), ["sections"])
        amounts = _Meanings[MoneyLabel](funding)
        for number, entry in enumerate(money.labels):
            meaning = MoneyLabel(entry.source, entry.stage, entry.block, entry.weak)
            amounts.add(entry.labels, meaning, ["labels", number, "labels"])
        amounts.add(money.others, MoneyLabel(), ["others"])
        self.money = amounts.found
        headings = _Meanings[LabelUse](funding)
        headings.add(money.sections, LabelUse("section", "funding"), ["sections"])
        written = (spelling for label in tables.sections for spelling in spellings(label))
        indicators = {bare_label(spelling): LabelUse("section", "indicators") for spelling in written}
        self.uses = indicators | headings.found | uses.found


_Use = TypeVar("_Use", bound=tuple[Any, ...])


class _Meanings(Generic[_Use]):
    """Labels of one file by their bare text; one that would mean two things is an error."""

    def __init__(self, source: RuleFile) -> None:
        self._source = source
        self.found: dict[str, _Use] = {}

    def add(self, labels: Iterable[str], meaning: _Use, place: Sequence[int | str]) -> None:
        for label in labels:
            written = spellings(label)
            if len(written) > MOST_SPELLINGS:
                message = Message(
                    f"one line stands for more than {MOST_SPELLINGS:,} labels; write several",
                    f"一行代表的标签超过 {MOST_SPELLINGS:,} 个；请分成几行写",
                )
                self._source.blame(place, message)
                continue
            for spelling in written:
                bare = bare_label(spelling)
                if not bare:
                    message = Message(
                        f"the label {label!r} is empty once punctuation is taken off", f"标签 {label!r} 去掉标点后为空"
                    )
                    self._source.blame(place, message)
                elif (other := self.found.setdefault(bare, meaning)) != meaning:
                    known = " ".join(str(part) for part in other if part)
                    message = Message(
                        f"the label {spelling!r} already means the {known}; keep it in one place",
                        f"标签 {spelling!r} 已表示 {known}；只保留一处",
                    )
                    self._source.blame(place, message)


def _form_rule(source: RuleFile, spec: FormSpec, shared: _SharedLabels) -> FormRule:
    """A form kind with the shared fields and labels, and with its own, which go before the shared ones."""
    fields = dict(shared.fields)
    own = _Meanings[LabelUse](source)
    for number, field in enumerate(spec.fields):
        known = fields.get(field.name)
        if not field.labels and not known:
            source.blame(
                ["fields", number, "name"],
                Message(
                    f"the field {field.name!r} has no labels, own or shared",
                    f"字段 {field.name!r} 没有标签，自己的和共用的都没有",
                ),
            )
        fields[field.name] = known.model_copy(update=field.model_dump(exclude_unset=True)) if known else field
        own.add(field.labels, LabelUse("field", field.name), ["fields", number, "labels"])
    for place in ("key", "required"):
        for name in [spec.key] if place == "key" else spec.required:
            if name not in fields and not any(name.startswith(f"{each}_") for each in fields):
                source.blame(
                    [place], Message(f"{name!r} is not one of the form's fields", f"{name!r} 不是这种表的字段")
                )
    own.add(spec.sections, LabelUse("section", "form"), ["sections"])
    if spec.indicators:
        own.add(spec.indicators.sections, LabelUse("section", "indicators"), ["indicators", "sections"])
    marks = _Meanings[LabelUse](source)
    marks.add(spec.marks, LabelUse("section", "form"), ["marks"])
    return FormRule(
        spec, fields, shared.uses | own.found, _columns(source, spec, shared.tables), frozenset(marks.found)
    )


def _columns(source: RuleFile, spec: FormSpec, shared: IndicatorsFile) -> dict[str, IndicatorColumn]:
    """The labels of the columns of the indicator table: a form's own and, where they say nothing else, the shared."""
    if not spec.indicators:
        return {}
    columns: dict[str, IndicatorColumn] = {}
    for column, labels in spec.indicators.columns.items():
        for label in labels:
            if columns.setdefault(bare_label(label), column) != column:
                other = columns[bare_label(label)]
                message = Message(
                    f"the label {label!r} already heads the column {other}; keep it in one place",
                    f"标签 {label!r} 已是 {other} 列的表头；只保留一处",
                )
                source.blame(["indicators", "columns", column], message)
    for each in shared.columns:
        for spelling in (spelling for label in each.labels for spelling in spellings(label)):
            columns.setdefault(bare_label(spelling), each.column)
    return columns


def _refuse_kinds_of_two_files(specs: Iterable[tuple[RuleFile, FormSpec]]) -> None:
    files: dict[str, RuleFile] = {}
    for source, spec in specs:
        other = files.setdefault(spec.kind, source)
        if other is not source:
            message = Message(
                f"the kind {spec.kind!r} stands in {other.path.name} too; to add to it, give both files that name",
                f"类型 {spec.kind!r} 也出现在 {other.path.name}；要补充它，两个文件请用同一文件名",
            )
            source.blame(["kind"], message)


def _refuse_clashing_titles(rules: RuleSet, source: RuleFile, spec: FormSpec) -> None:
    """Two kinds that claim one title are an error, not a race."""
    for number, pattern in enumerate(spec.titles):
        for example in pattern.examples:
            claims = rules.kinds_claiming(example)
            if claims != [spec.kind]:
                claimed = ", ".join(claims) or "–"
                source.blame(
                    ["titles", number, "examples"],
                    Message(f"the title {example!r} is claimed by {claimed}", f"表名 {example!r} 归属于 {claimed}"),
                )
