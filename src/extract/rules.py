"""Rules: YAML files that people own, loaded into small strict models and compiled for look-up.

`rules/forms/*.yaml` describe one form kind each; `rules/vocabulary/*.yaml` hold what all of them share: label aliases,
level names, phrases, units. A wrong file never loads: unknown keys, patterns that do not compile or miss their own
examples, labels that mean two things and titles that two kinds claim are errors that name file, line and key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeVar

import regex
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from extract.errors import RuleError
from extract.labels import bare_label, compact
from extract.target import Unit, Units
from extract.values import VALUE_TYPES

LONGEST_TITLE = 80
# A pattern that takes longer on a line of text is a mistake in the rule file.
PATTERN_TIMEOUT_SECONDS = 1.0

# ---------------------------------------------------------------------------------------------- what a rule file holds


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Pattern(_Strict):
    """A pattern over compact text, with texts that it must match whole and texts that it must not."""

    pattern: str
    examples: list[str] = Field(min_length=1)
    refuses: list[str] = []

    @model_validator(mode="after")
    def _holds_its_examples(self) -> Pattern:
        try:
            compiled = regex.compile(self.pattern)
        except regex.error as error:
            raise ValueError(f"the pattern does not compile: {error}") from error
        for example in self.examples:
            if not compiled.fullmatch(compact(example), timeout=PATTERN_TIMEOUT_SECONDS):
                raise ValueError(f"the pattern does not match its own example {example!r}")
        for text in self.refuses:
            if compiled.fullmatch(compact(text), timeout=PATTERN_TIMEOUT_SECONDS):
                raise ValueError(f"the pattern matches {text!r}, which it must refuse")
        return self


class FieldSpec(_Strict):
    """A labelled value of the form. The shared labels of the same name count as its own."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    labels: list[str] = []
    type: str = "text"
    options: list[str] = []
    required: bool = False

    @model_validator(mode="after")
    def _type_is_known(self) -> FieldSpec:
        if self.type not in VALUE_TYPES:
            raise ValueError(f"there is no type {self.type!r}; the types are {', '.join(VALUE_TYPES)}")
        if (self.type == "choice") != bool(self.options):
            raise ValueError("a field of type choice needs options, and no other type has any")
        return self


FundingSource = Literal[
    "total", "fiscal", "central", "provincial", "municipal", "local", "carryover", "own", "other"
]  # fmt: skip


class FundingColumn(_Strict):
    """One source of money and the labels that head its column."""

    source: FundingSource
    labels: list[str] = Field(min_length=1)


class FundingSpec(_Strict):
    """The funding block: header rows of source labels, amounts below them."""

    sections: list[str] = []
    stage: Literal["budget", "initial", "adjusted", "executed"] = "budget"
    block: Literal["annual", "long_term"] = "annual"
    columns: list[FundingColumn] = Field(min_length=1)


IndicatorColumn = Literal["level1", "level2", "name", "target"]


class IndicatorSpec(_Strict):
    """The indicator table: a header row whose cells name the columns, in whatever order, indicators below it."""

    sections: list[str] = []
    block: Literal["annual", "long_term"] = "annual"
    columns: dict[IndicatorColumn, list[str]]

    @model_validator(mode="after")
    def _names_and_targets_have_columns(self) -> IndicatorSpec:
        for column in ("name", "target"):
            if not self.columns.get(column):
                raise ValueError(f"the indicator table needs a column {column!r}")
        return self


class FormSpec(_Strict):
    """One form kind, as its YAML file describes it."""

    kind: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    name: str
    titles: list[Pattern] = Field(min_length=1)
    key: str
    sections: list[str] = []
    fields: list[FieldSpec] = Field(min_length=1)
    funding: FundingSpec | None = None
    indicators: IndicatorSpec | None = None


class _LabelsFile(_Strict):
    labels: dict[str, list[str]]


class _LevelsFile(_Strict):
    level1: dict[str, list[str]]
    level2: dict[str, list[str]]


class _PhrasesFile(_Strict):
    title_prefixes: list[Pattern]
    title_suffixes: list[Pattern]
    year_lines: list[Pattern]
    unknown_titles: list[Pattern]
    boilerplate: list[Pattern]
    closings: list[Pattern]
    instructions: list[Pattern]
    placeholders: list[Pattern]
    blanks: list[str]


class _UnitSpec(_Strict):
    unit: str
    canonical: str
    dimension: str
    factor: str
    aliases: list[str] = []


class _UnitsFile(_Strict):
    scales: dict[str, str]
    units: list[_UnitSpec]


# ---------------------------------------------------------------------------------------------- what the stages look up


class LabelUse(NamedTuple):
    """What a label announces: a field, a funding column, an indicator column, or a section of the form."""

    role: Literal["field", "funding", "indicator", "section"]
    name: str


class Title(NamedTuple):
    """A line that names a form: its kind (None where no rule knows it), its words, and the year if it holds one."""

    rule: FormRule | None
    text: str
    year: int | None


@dataclass(frozen=True)
class FormRule:
    """A form kind ready for use: `labels` maps bare labels to what they announce."""

    spec: FormSpec
    labels: Mapping[str, LabelUse]

    @property
    def kind(self) -> str:
        """The form kind as stored in the database."""
        return self.spec.kind

    @cached_property
    def fields(self) -> Mapping[str, FieldSpec]:
        """The fields by name."""
        return {field.name: field for field in self.spec.fields}


class Phrases:
    """The shared phrases, compiled; every method takes text as it stands in the document."""

    def __init__(self, file: _PhrasesFile) -> None:
        self.title_prefix = _alternatives(file.title_prefixes)
        self.title_suffix = _alternatives(file.title_suffixes)
        self._year_line = regex.compile(_alternatives(file.year_lines))
        self._unknown_title = regex.compile(
            f"(?:{self.title_prefix})*(?P<title>{_alternatives(file.unknown_titles)})(?:{self.title_suffix})*"
        )
        self._boilerplate = regex.compile(f"(?:{_alternatives(file.boilerplate)})+")
        self._closing = regex.compile(f"(?:{_alternatives(file.boilerplate)})*(?:{_alternatives(file.closings)})")
        self._instructions = regex.compile(_alternatives(file.instructions))
        self._placeholder = regex.compile(_alternatives(file.placeholders))
        self._blanks = frozenset(compact(blank) for blank in file.blanks)

    def year_line(self, text: str) -> tuple[bool, int | None]:
        """Whether `text` is the line that states the fiscal year, and the year where it is filled in."""
        found = _fullmatch(self._year_line, text, LONGEST_TITLE)
        year = found and found.groupdict().get("year")
        return bool(found), int(year) if year else None

    def unknown_title(self, text: str) -> str | None:
        """The title of a performance form of no known kind."""
        found = _fullmatch(self._unknown_title, text, LONGEST_TITLE)
        return found["title"] if found else None

    def is_boilerplate(self, text: str) -> bool:
        """Whether a blank form already carries all of `text`."""
        return bool(_fullmatch(self._boilerplate, text, 200))

    def is_closing(self, text: str) -> bool:
        """Whether `text` is the date line that closes a form's last cell."""
        return bool(_fullmatch(self._closing, text, 80))

    def opens_instructions(self, text: str) -> bool:
        """Whether instructions or the next attachment begin with the line `text`."""
        return bool(_fullmatch(self._instructions, text, 250))

    def is_placeholder(self, text: str) -> bool:
        """Whether `text` is a template's own row filler."""
        return bool(_fullmatch(self._placeholder, text, 20))

    def is_blank(self, text: str) -> bool:
        """Whether `text` says "nothing": white space, 无, a dash."""
        return len(text) <= 20 and (not text or text.isspace() or compact(text) in self._blanks)


class Levels:
    """Canonical names of indicator levels by the spellings that people print."""

    def __init__(self, file: _LevelsFile) -> None:
        self._names = {
            "level1": {_bare_level(n): name for name, aliases in file.level1.items() for n in [name, *aliases]},
            "level2": {_bare_level(n): name for name, aliases in file.level2.items() for n in [name, *aliases]},
        }

    def canonical(self, level: Literal["level1", "level2"], printed: str | None) -> str | None:
        """The canonical name of a printed one, None where the vocabulary does not know it."""
        return self._names[level].get(_bare_level(printed)) if printed else None


@dataclass(frozen=True)
class RuleSet:
    """All rules and the shared vocabulary. `version` is a hash over the files, stored with every document."""

    forms: tuple[FormRule, ...]
    phrases: Phrases
    levels: Levels
    units: Units
    version: str

    @cached_property
    def _titles(self) -> tuple[tuple[FormRule, Any], ...]:
        before, after = self.phrases.title_prefix, self.phrases.title_suffix
        return tuple(
            (form, regex.compile(f"(?:{before})*(?P<title>{_alternatives(form.spec.titles)})(?:{after})*"))
            for form in self.forms
        )

    def title(self, text: str) -> Title | None:
        """The form that the line `text` names, None where it names none."""
        if "表" not in text:
            return None
        for form, pattern in self._titles:
            if found := _fullmatch(pattern, text, LONGEST_TITLE):
                return Title(form, found["title"], _year_in(text))
        unknown = self.phrases.unknown_title(text)
        return Title(None, unknown, _year_in(text)) if unknown else None


def _alternatives(patterns: Iterable[Pattern]) -> str:
    return "|".join(f"(?:{p.pattern})" for p in patterns)


def _fullmatch(pattern: Any, text: str, longest: int) -> Any:
    """The match of `pattern` with all of `text`, compacted; texts longer than `longest` are not looked at."""
    if len(text) > 4 * longest:
        return None
    bare = compact(text)
    if not bare or len(bare) > longest:
        return None
    try:
        return pattern.fullmatch(bare, timeout=PATTERN_TIMEOUT_SECONDS)
    except TimeoutError:
        raise RuleError(
            "rules.slow_pattern", f"the pattern {pattern.pattern[:60]!r}… takes too long; simplify it"
        ) from None


_YEAR = regex.compile(r"(?<!\d)((?:19|20)\d\d)年")
_POINTS_AND_HINTS = regex.compile(r"\(.*?\)|\d+分")


def _year_in(text: str) -> int | None:
    found = _YEAR.search(compact(text))
    return int(found[1]) if found else None


def _bare_level(printed: str) -> str:
    bare = _POINTS_AND_HINTS.sub("", bare_label(printed))
    return f"{bare[:-2]}指标" if bare.endswith("目标") else bare


# ---------------------------------------------------------------------------------------------------------- loading


def packaged_rules() -> Path:
    """The folder of the rules that come with the program: inside the installed package, or in a source checkout."""
    package = Path(__file__).resolve().parent
    installed = package / "packaged_rules"
    return installed if installed.is_dir() else package.parents[1] / "rules"


def load_rules(*folders: Path) -> RuleSet:
    """The rules of the given folders, the packaged ones where none is given; a later folder's file of the same relative
    name replaces an earlier one's.

    Raises RuleError with file, line and key for everything that is wrong.
    """
    files = {path.relative_to(f).as_posix(): path for f in folders or (packaged_rules(),) for path in f.rglob("*.yaml")}
    sources = {name: _RuleFile(path) for name, path in sorted(files.items())}
    labels = _vocabulary(sources, "labels").model(_LabelsFile).labels
    phrases = Phrases(_vocabulary(sources, "phrases").model(_PhrasesFile))
    levels = Levels(_vocabulary(sources, "levels").model(_LevelsFile))
    units = _units(_vocabulary(sources, "units"))
    specs = [(source, source.model(FormSpec)) for name, source in sources.items() if name.startswith("forms/")]
    forms = tuple(FormRule(spec, _label_uses(source, spec, labels)) for source, spec in specs)
    digest = hashlib.sha256()
    for name, source in sources.items():
        digest.update(f"{name}\0".encode() + source.data + b"\0")
    rules = RuleSet(forms, phrases, levels, units, digest.hexdigest()[:12])
    for source, spec in specs:
        _refuse_clashing_titles(rules, source, spec)
    return rules


class _RuleFile:
    """One YAML file with the places of its keys."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.data = path.read_bytes()
            self._root = yaml.compose(self.data.decode("utf-8"), Loader=yaml.SafeLoader)
            _refuse_duplicate_keys(self, self._root)
            self._content = yaml.safe_load(self.data)
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
            first = error.errors()[0]
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
    file = source.model(_UnitsFile)
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
            claims = [form.kind for form, title in rules._titles if _fullmatch(title, example, LONGEST_TITLE)]
            if claims != [spec.kind]:
                raise source.error(
                    ["titles", number, "examples"],
                    f"the title {example!r} is claimed by {' and '.join(claims) or 'no kind'}",
                )
