"""What a rule file holds: small strict models, one for each kind of YAML file. Unknown keys are refused."""

from __future__ import annotations

from itertools import product
from typing import Any, Literal, get_type_hints

import regex
from pydantic import BaseModel, ConfigDict, Field, create_model, model_validator

from extract.labels import compact
from extract.target import Words
from extract.values import VALUE_TYPES

# A pattern that takes longer on a line of text is a mistake in the rule file.
PATTERN_TIMEOUT_SECONDS = 1.0

_CHOICE = regex.compile("【([^【】]*)】")


def spellings(label: str) -> list[str]:
    """The labels that one line of a rule file stands for: 【甲|乙|】 is each of its parts in turn.

    >>> spellings("【|项目】实施单位")
    ['实施单位', '项目实施单位']
    """
    pieces = _CHOICE.split(label)  # text and choices in turn
    return ["".join(chosen) for chosen in product(*(p.split("|") if i % 2 else [p] for i, p in enumerate(pieces)))]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class _File(_Strict):
    replaces: bool = False
    """Use this file instead of the one of the same name that it would else be laid over."""


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
    """A labelled value of the form. With `instead_of`, it stands for that field where the form has no label of it."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    labels: list[str] = []
    type: str = "text"
    options: list[str] = []
    instead_of: str | None = None

    @model_validator(mode="after")
    def _type_is_known(self) -> FieldSpec:
        if self.type not in VALUE_TYPES:
            raise ValueError(f"there is no type {self.type!r}; the types are {', '.join(VALUE_TYPES)}")
        if self.options and self.type != "choice":
            raise ValueError("only a field of type choice has options")
        return self


FundingSource = Literal[
    "total", "fiscal", "central", "provincial", "municipal", "local", "carryover", "own", "other"
]  # fmt: skip
FundingStage = Literal["budget", "initial", "adjusted", "executed"]
FundingBlock = Literal["annual", "long_term", "whole"]


class FundingLabels(_Strict):
    """Labels of a funding block and what they say of an amount; `weak` ones mean money only inside such a block."""

    source: FundingSource | None = None
    stage: FundingStage | None = None
    block: FundingBlock | None = None
    weak: bool = False
    labels: list[str] = Field(min_length=1)

    @model_validator(mode="after")
    def _says_something(self) -> FundingLabels:
        if not (self.source or self.stage or self.block):
            raise ValueError("these labels say nothing; give source, stage or block, or list them under others")
        return self


class FundingFile(_File):
    """`vocabulary/funding.yaml`: the words of funding blocks."""

    sections: list[str]
    labels: list[FundingLabels]
    others: list[str]


IndicatorColumn = Literal[
    "level1", "level2", "name", "operator", "target", "unit", "actual", "weight", "score", "deviation", "remarks"
]  # fmt: skip


class IndicatorSpec(_Strict):
    """The indicator table of a kind. What its columns are called stands in the shared vocabulary; a kind adds labels of
    its own, and says whose indicators they are where neither section nor header does."""

    sections: list[str] = []
    block: Literal["annual", "long_term"] = "annual"
    columns: dict[IndicatorColumn, list[str]] = {}


class FormSpec(_File):
    """One form kind, as its YAML file describes it. It knows all shared fields; what it lists are additions.

    `key` is the field that every form of the kind has; `marks` are labels that tell the kind where there is no title.
    """

    kind: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    name: str
    titles: list[Pattern] = Field(min_length=1)
    key: str
    marks: list[str] = []
    required: list[str] = []
    sections: list[str] = []
    fields: list[FieldSpec] = []
    indicators: IndicatorSpec | None = None


class LabelsFile(_File):
    """`vocabulary/labels.yaml`: the fields that all forms share, and the headings of their parts."""

    fields: list[FieldSpec]
    sections: list[str]


class GradeLimits(_Strict):
    """The most of each that a form of this grade may have."""

    grade: Literal["good", "check"]
    errors: int
    warnings: int
    missing: int
    leftover_percent: float


class GradesFile(_File):
    """`vocabulary/grades.yaml`: the limits of the grades, the best first; a form beyond all of them is poor."""

    grades: list[GradeLimits]


class LevelsFile(_File):
    """`vocabulary/levels.yaml`: spellings of indicator levels, by canonical name."""

    level1: dict[str, list[str]]
    level2: dict[str, list[str]]


class ColumnSpec(_Strict):
    """One column of indicator tables: the labels that head it, and patterns of labels for rows known to be headers.

    The labels of `otherwise` head it where nothing else in the header does.
    """

    column: IndicatorColumn
    labels: list[str] = Field(min_length=1)
    patterns: list[Pattern] = []
    otherwise: list[str] = []


class IndicatorsFile(_File):
    """`vocabulary/indicators.yaml`: the words of indicator tables."""

    sections: list[str]
    blocks: dict[Literal["annual", "long_term"], list[Pattern]]
    columns: list[ColumnSpec]
    totals: list[Pattern]
    placeholders: list[Pattern]
    endings: list[Pattern]

    @model_validator(mode="after")
    def _columns_are_told_apart(self) -> IndicatorsFile:
        meanings: dict[str, str] = {}
        for spec in self.columns:
            for label in spec.labels:
                if meanings.setdefault(label, spec.column) != spec.column:
                    raise ValueError(f"{label!r} heads both {meanings[label]} and {spec.column}; keep it in one place")
        missing = {"name", "target"} - {spec.column for spec in self.columns}
        if missing:
            raise ValueError(f"an indicator table needs the columns name and target; {min(missing)} is not there")
        return self


class PhrasesFile(_File):
    """`vocabulary/phrases.yaml`: phrases that stand in forms of every kind."""

    title_prefixes: list[Pattern]
    title_suffixes: list[Pattern]
    title_hints: list[Pattern]
    year_lines: list[Pattern]
    unknown_titles: list[Pattern]
    form_titles: list[Pattern]
    unit_lines: list[Pattern]
    boilerplate: list[Pattern]
    closings: list[Pattern]
    instructions: list[Pattern]
    placeholders: list[Pattern]
    blanks: list[str]


class UnitSpec(_Strict):
    """A unit of measure: its canonical unit and the exact factor to it."""

    unit: str
    canonical: str
    dimension: str
    factor: str
    aliases: list[str] = []


class UnitsFile(_File):
    """`vocabulary/units.yaml`: scale words and units."""

    scales: dict[str, str]
    units: list[UnitSpec]


_word_lists: dict[str, Any] = {name: (hint, ...) for name, hint in get_type_hints(Words).items()}
TargetsFile = create_model("TargetsFile", __base__=_File, **_word_lists)
"""`vocabulary/targets.yaml`: the words that targets are made of."""


class ProjectsFile(_File):
    """`vocabulary/projects.yaml`: how names of projects are compared across the years."""

    years: list[Pattern]
    notes: list[Pattern]
    numbering: list[Pattern]
    generic: list[str]
    counters: list[str]
    contrasts: list[list[str]]
    place_endings: list[str]
    similarity_added: float = Field(ge=50, le=100)
    similarity_replaced: float = Field(ge=50, le=100)
    shortest: int = Field(ge=1)


# The shared files by their name below the folder of the rules.
VOCABULARY_FILES: dict[str, type[_File]] = {
    "vocabulary/funding.yaml": FundingFile,
    "vocabulary/grades.yaml": GradesFile,
    "vocabulary/indicators.yaml": IndicatorsFile,
    "vocabulary/labels.yaml": LabelsFile,
    "vocabulary/levels.yaml": LevelsFile,
    "vocabulary/phrases.yaml": PhrasesFile,
    "vocabulary/projects.yaml": ProjectsFile,
    "vocabulary/targets.yaml": TargetsFile,
    "vocabulary/units.yaml": UnitsFile,
}


def model_of(name: str) -> type[_File] | None:
    """The model of the rule file with the relative `name`, None where no rule file is called so."""
    return FormSpec if name.startswith("forms/") else VOCABULARY_FILES.get(name)
