"""What a rule file holds: small strict models, one for each kind of YAML file. Unknown keys are refused."""

from __future__ import annotations

from typing import Any, Literal, get_type_hints

import regex
from pydantic import BaseModel, ConfigDict, Field, create_model, model_validator

from extract.labels import compact
from extract.target import Words
from extract.values import VALUE_TYPES

# A pattern that takes longer on a line of text is a mistake in the rule file.
PATTERN_TIMEOUT_SECONDS = 1.0


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
    """One form kind, as its YAML file describes it."""

    kind: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    name: str
    titles: list[Pattern] = Field(min_length=1)
    key: str
    sections: list[str] = []
    fields: list[FieldSpec] = Field(min_length=1)
    funding: FundingSpec | None = None
    indicators: IndicatorSpec | None = None


class LabelsFile(_File):
    """`vocabulary/labels.yaml`: labels that many forms share, by field name."""

    labels: dict[str, list[str]]


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
