"""Loading: YAML files become a RuleSet, or an error that names file, line and key."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from extract.errors import RuleError
from extract.labels import bare_label
from extract.rules.ruleset import FormRule, LabelUse, Levels, Phrases, RuleSet
from extract.rules.spec import FormSpec, LabelsFile, LevelsFile, PhrasesFile, UnitsFile
from extract.target import Unit, Units, Vocabulary


def packaged_rules() -> Path:
    """The folder of the rules that come with the program: inside the installed package, or in a source checkout."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "packaged_rules"
    return installed if installed.is_dir() else package.parents[1] / "rules"


def load_rules(*folders: Path) -> RuleSet:
    """The rules of the given folders, the packaged ones where none is given; a later folder's file of the same relative
    name replaces an earlier one's.

    Raises RuleError with file, line and key for everything that is wrong.
    """
    files = {path.relative_to(f).as_posix(): path for f in folders or (packaged_rules(),) for path in _rule_files(f)}
    for folder in folders:
        if not any(path.is_relative_to(folder) for path in files.values()):
            message = f"{folder}: holds no rules; they stand in its folders forms and vocabulary, as *.yaml"
            raise RuleError("rules.missing", message)
    sources = {name: _RuleFile(path) for name, path in sorted(files.items())}
    labels = _vocabulary(sources, "labels").model(LabelsFile).labels
    phrases = Phrases(_vocabulary(sources, "phrases").model(PhrasesFile))
    levels = Levels(_vocabulary(sources, "levels").model(LevelsFile))
    targets = Vocabulary(_units(_vocabulary(sources, "units")))
    specs = [(source, source.model(FormSpec)) for name, source in sources.items() if name.startswith("forms/")]
    forms = tuple(FormRule(spec, _label_uses(source, spec, labels)) for source, spec in specs)
    digest = hashlib.sha256()
    for name, source in sources.items():
        digest.update(f"{name}\0".encode() + source.data + b"\0")
    rules = RuleSet(forms, phrases, levels, targets, digest.hexdigest()[:12])
    for source, spec in specs:
        _refuse_clashing_titles(rules, source, spec)
    return rules


def _rule_files(folder: Path) -> list[Path]:
    return [path for part in ("forms", "vocabulary") for path in sorted((folder / part).rglob("*.yaml"))]


# The loader in C where PyYAML has it: the catalogue of units takes a tenth of a second in Python.
_SafeLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _RuleFile:
    """One YAML file with the places of its keys."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.data = path.read_bytes()
            loader = _SafeLoader(self.data.decode("utf-8"))
            self._root = loader.get_single_node()
            _refuse_duplicate_keys(self, self._root)
            self._content = loader.construct_document(self._root) if self._root else None
        except OSError as error:
            raise RuleError("rules.unreadable", f"{path}: cannot be read: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise RuleError(
                "rules.encoding", f"{path}: is not UTF-8 at byte {error.start}; save it as UTF-8"
            ) from error
        except yaml.YAMLError as error:
            line = getattr(getattr(error, "problem_mark", None), "line", 0) + 1
            problem = getattr(error, "problem", None) or "is no YAML"
            raise RuleError("rules.syntax", f"{path}, line {line}: {problem}; check indentation and quotes") from error

    def model(self, model: type[_Model]) -> _Model:
        """The file's content as `model`."""
        try:
            return model.model_validate(self._content)
        except ValidationError as error:
            # A misspelt key shows twice, as unknown and as missing; the unknown one has a line to name.
            first = min(error.errors(), key=lambda each: each["type"] != "extra_forbidden")
            message = str(first["msg"]).removeprefix("Value error, ")
            if first["type"] == "extra_forbidden":
                message = f"there is no such key here; known are {', '.join(_known_keys(model, first['loc']))}"
            raise self.error(first["loc"], message) from error

    def error(self, place: Sequence[int | str], message: str) -> RuleError:
        """A RuleError that names the file, the line of `place` and its key."""
        key = ".".join(str(step + 1) if isinstance(step, int) else step for step in place)
        return RuleError("rules.invalid", f"{self.path}, line {self._line(place)}, key {key or '(file)'}: {message}")

    def _line(self, place: Sequence[int | str]) -> int:
        node, line = self._root, 1
        for step in place:
            child = _child(node, step)
            if child is None:
                break
            (line, node) = child
        return line


_Model = TypeVar("_Model", bound=BaseModel)


def _child(node: yaml.Node | None, step: int | str) -> tuple[int, yaml.Node] | None:
    """The line and node of one key or item below `node`."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return key.start_mark.line + 1, value
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step].start_mark.line + 1, node.value[step]
    return None


def _refuse_duplicate_keys(source: _RuleFile, node: yaml.Node | None) -> None:
    """YAML lets a second key of the same name silently replace the first; in a rule file that is a slip."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                line = key.start_mark.line + 1
                raise RuleError(
                    "rules.invalid", f"{source.path}, line {line}, key {key.value}: stands twice; merge the two"
                )
            seen.add(key.value)
            _refuse_duplicate_keys(source, value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _refuse_duplicate_keys(source, item)


def _known_keys(model: type[BaseModel], place: Sequence[int | str]) -> list[str]:
    """The keys of the (sub)model in which the last step of `place` is unknown."""
    schema: dict[str, Any] = model.model_json_schema()
    definitions, node = schema.get("$defs", {}), schema
    for step in place[:-1]:
        options = [node, *node.get("anyOf", [])]
        node = next((o for o in options if "properties" in o or "items" in o or "$ref" in o), node)
        node = node.get("properties", {}).get(step, {}) if isinstance(step, str) else node.get("items", {})
        refs = [node, *node.get("anyOf", [])]
        ref = next((r["$ref"] for r in refs if "$ref" in r), None)
        node = definitions[ref.rsplit("/", 1)[1]] if ref else node
    return list(node.get("properties", {}))


def _vocabulary(sources: Mapping[str, _RuleFile], name: str) -> _RuleFile:
    source = sources.get(f"vocabulary/{name}.yaml")
    if source is None:
        raise RuleError("rules.missing", f"the rules lack vocabulary/{name}.yaml; copy it from the packaged rules")
    return source


def _units(source: _RuleFile) -> Units:
    file = source.model(UnitsFile)
    units = [Unit(u.unit, u.canonical, u.dimension, Fraction(u.factor), tuple(u.aliases)) for u in file.units]
    try:
        return Units(units, {scale: Fraction(factor) for scale, factor in file.scales.items()})
    except ValueError as clash:
        raise source.error(["units"], str(clash)) from clash


def _label_uses(source: _RuleFile, spec: FormSpec, shared: Mapping[str, list[str]]) -> dict[str, LabelUse]:
    """Every label of a form by its bare text; a label that would mean two things is an error."""
    uses: dict[str, LabelUse] = {}

    def add(labels: Iterable[str], use: LabelUse, place: Sequence[int | str]) -> None:
        for label in labels:
            bare = bare_label(label)
            if not bare:
                raise source.error(place, f"the label {label!r} is empty once punctuation is taken off")
            if uses.setdefault(bare, use) != use:
                other = uses[bare]
                raise source.error(
                    place, f"the label {label!r} already means the {other.role} {other.name!r}; keep it in one place"
                )

    if not any(field.name == spec.key for field in spec.fields):
        raise source.error(["key"], f"{spec.key!r} is not one of the form's fields")
    for number, field in enumerate(spec.fields):
        labels = [*field.labels, *shared.get(field.name, [])]
        if not labels:
            raise source.error(["fields", number, "name"], f"the field {field.name!r} has no labels, own or shared")
        add(labels, LabelUse("field", field.name), ["fields", number, "labels" if field.labels else "name"])
    add(spec.sections, LabelUse("section", "form"), ["sections"])
    if spec.funding:
        add(spec.funding.sections, LabelUse("section", "funding"), ["funding", "sections"])
        for number, column in enumerate(spec.funding.columns):
            add(column.labels, LabelUse("funding", column.source), ["funding", "columns", number, "labels"])
    if spec.indicators:
        add(spec.indicators.sections, LabelUse("section", "indicators"), ["indicators", "sections"])
        for name, labels in spec.indicators.columns.items():
            add(labels, LabelUse("indicator", name), ["indicators", "columns", name])
    return uses


def _refuse_clashing_titles(rules: RuleSet, source: _RuleFile, spec: FormSpec) -> None:
    """Two kinds that claim one title are an error, not a race."""
    for number, pattern in enumerate(spec.titles):
        for example in pattern.examples:
            claims = rules.kinds_claiming(example)
            if claims != [spec.kind]:
                raise source.error(
                    ["titles", number, "examples"],
                    f"the title {example!r} is claimed by {' and '.join(claims) or 'no kind'}",
                )
