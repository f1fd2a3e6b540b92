"""What a rule file holds: small strict models, one for each kind of YAML file. Unknown keys are refused.

The sentence below a key says what it is for; `extract rules schema` hands it to editors.
"""

from __future__ import annotations

from itertools import islice, product
from typing import Annotated, Any, Literal, get_type_hints

import regex
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, create_model, model_validator

from extract.checks import CODES
from extract.labels import compact
from extract.language import Message
from extract.target import Words
from extract.values import VALUE_TYPES

# A pattern that takes longer on a line of text is a mistake in the rule file.
PATTERN_TIMEOUT_SECONDS = 1.0

EXAMPLES_ARE_TRIED = "examples_are_tried"
"""In the context of a validation, whether the patterns have been tried on their examples before."""

_CHOICE = regex.compile("【([^【】]*)】")
MOST_SPELLINGS = 20_000


def spellings(label: str) -> list[str]:
    """The labels that one line of a rule file stands for: 【甲|乙|】 is each of its parts in turn. No more of them than
    one too many, for a line of twenty choices would stand for a million.

    >>> spellings("【|项目】实施单位")
    ['实施单位', '项目实施单位']
    """
    pieces = _CHOICE.split(label)  # text and choices in turn
    choices = product(*(piece.split("|") if number % 2 else [piece] for number, piece in enumerate(pieces)))
    return ["".join(chosen) for chosen in islice(choices, MOST_SPELLINGS + 1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _File(_Strict):
    replaces: bool = False
    """Use this file instead of the one of the same name that it would else be laid over."""


class Pattern(_Strict):
    """A pattern over compact text, with texts that it must match whole and texts that it must not."""

    pattern: str
    r"""A regular expression over the whole text in NFKC without white space; \p{Han} is a Chinese character."""
    examples: list[str] = Field(min_length=1)
    """Texts that the pattern must match from end to end; at least one."""
    refuses: list[str] = []
    """Texts that look alike and must not match."""

    @model_validator(mode="after")
    def _holds_its_examples(self, info: ValidationInfo) -> Pattern:
        if info.context and info.context[EXAMPLES_ARE_TRIED]:
            return self
        try:
            compiled = regex.compile(self.pattern)
        except regex.error as error:
            raise ValueError(Message(f"the pattern does not compile: {error}", f"模式不能编译：{error}")) from error
        for example in self.examples:
            if not compiled.fullmatch(compact(example), timeout=PATTERN_TIMEOUT_SECONDS):
                raise ValueError(
                    Message(
                        f"the pattern does not match its own example {example!r}", f"模式不匹配自己的示例 {example!r}"
                    )
                )
        for text in self.refuses:
            if compiled.fullmatch(compact(text), timeout=PATTERN_TIMEOUT_SECONDS):
                raise ValueError(
                    Message(f"the pattern matches {text!r}, which it must refuse", f"模式匹配了应拒绝的 {text!r}")
                )
        return self


class FieldSpec(_Strict):
    """A labelled value of the form. It stands for the first field of `instead_of` that has no label in the form."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    """Name of the field in the database: small Latin letters, digits and _."""
    labels: list[str] = []
    """Labels that announce the field, as printed. 【甲|乙|】 stands for each of its parts in turn."""
    type: str = "text"
    """What the value is; the types stand at the foot of values.py."""
    options: list[str] = []
    """The options of a choice, without blanks; a longer one before one that it begins with."""
    instead_of: list[str] = []
    """Names of fields: the field stands for the first of them of which the form has no label."""

    @model_validator(mode="after")
    def _type_is_known(self) -> FieldSpec:
        if self.type not in VALUE_TYPES:
            types = ", ".join(VALUE_TYPES)
            raise ValueError(
                Message(
                    f"there is no type {self.type!r}; the types are {types}",
                    f"没有类型 {self.type!r}；可用的类型：{types}",
                )
            )
        if self.options and self.type != "choice":
            raise ValueError(Message("only a field of type choice has options", "只有 choice 类型的字段有 options"))
        return self


FundingSource = Literal[
    "total", "fiscal", "central", "provincial", "municipal", "local", "carryover", "own", "other"
]  # fmt: skip
FundingStage = Literal["budget", "initial", "adjusted", "executed"]
FundingBlock = Literal["annual", "long_term", "whole"]


class FundingLabels(_Strict):
    """Labels of a funding block and what they say of an amount; `weak` ones mean money only inside such a block."""

    source: FundingSource | None = None
    """Whose money the labels announce."""
    stage: FundingStage | None = None
    """Which figure of the year they announce."""
    block: FundingBlock | None = None
    """Whether it is the year's money or the whole term's; whole: the term's, if the year's stands beside it."""
    weak: bool = False
    """Whether the labels mean money only inside a funding block."""
    labels: list[str] = Field(min_length=1)
    """The labels, as printed."""

    @model_validator(mode="after")
    def _says_something(self) -> FundingLabels:
        if not (self.source or self.stage or self.block):
            raise ValueError(
                Message(
                    "these labels say nothing; give source, stage or block, or list them under others",
                    "这些标签没有含义；请给出 source、stage 或 block，或列入 others",
                )
            )
        return self


class FundingFile(_File):
    """`vocabulary/funding.yaml`: the words of funding blocks."""

    sections: list[str]
    """Labels that stand in front of a funding block and name it."""
    labels: list[FundingLabels]
    """Labels by what they say of an amount."""
    others: list[str]
    """Labels of other figures in a funding block, such as rates and points."""


IndicatorColumn = Literal[
    "level1", "level2", "name", "operator", "target", "unit", "actual", "weight", "score", "deviation", "remarks"
]  # fmt: skip


class IndicatorSpec(_Strict):
    """The indicator table of a kind. What its columns are called stands in the shared vocabulary; a kind adds labels of
    its own, and says whose indicators they are where neither section nor header does."""

    sections: list[str] = []
    """Labels of this kind alone that stand in front of its indicator table."""
    block: Literal["annual", "long_term"] = "annual"
    """Whose indicators they are where neither section nor header says it."""
    columns: dict[IndicatorColumn, list[str]] = {}
    """Labels of this kind alone, by the column that they head."""


class FormSpec(_File):
    """One form kind, as its YAML file describes it. It knows all shared fields; what it lists are additions.

    `key` is the field that every form of the kind has; `marks` are labels that tell the kind where there is no title.
    """

    kind: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    """The kind's name in the database: small Latin letters, digits and -; the file is called like it."""
    name: str
    """The kind's name in Chinese."""
    titles: list[Pattern] = Field(min_length=1)
    """Lines that name a form of this kind. Attachment numbers and years around them are known to all kinds."""
    key: str
    """Name of the field that every form of the kind has; a repeated title starts a new form only where it follows."""
    marks: list[str] = []
    """Labels that tell the kind where a form has no title."""
    required: list[str] = []
    """Names of fields without which a form is not complete."""
    sections: list[str] = []
    """Labels of parts of the form, which announce no value of their own."""
    fields: list[FieldSpec] = []
    """Fields that the shared vocabulary does not know, and labels that only this kind uses for those that it knows."""
    indicators: IndicatorSpec | None = None
    """The indicator table, if the kind has one."""


class LabelsFile(_File):
    """`vocabulary/labels.yaml`: the fields that all forms share, and the headings of their parts."""

    fields: list[FieldSpec]
    """The fields that forms of all kinds know."""
    sections: list[str]
    """Labels of parts of forms, which announce no value of their own."""


class GradeLimits(_Strict):
    """The most of each that a form of this grade may have."""

    grade: Literal["good", "check"]
    """The grade of forms that exceed none of the limits."""
    errors: int
    """Most findings of severity error."""
    warnings: int
    """Most findings of severity warning."""
    missing: int
    """Most required fields that are blank or were not found."""
    leftover_percent: float
    """Largest share of the form's characters that nothing used, in percent."""


class GradesFile(_File):
    """`vocabulary/grades.yaml`: the limits of the grades, the best first; a form beyond all of them is poor."""

    grades: list[GradeLimits]
    """The grades, the best first."""


class LevelsFile(_File):
    """`vocabulary/levels.yaml`: spellings of indicator levels, by canonical name."""

    level1: dict[str, list[str]]
    """First level: canonical names with the spellings that mean the same."""
    level2: dict[str, list[str]]
    """Second level: canonical names with the spellings that mean the same."""


class ColumnSpec(_Strict):
    """One column of indicator tables: the labels that head it, and patterns of labels for rows known to be headers.

    The labels of `otherwise` head it where nothing else in the header does.
    """

    column: IndicatorColumn
    """What the column holds."""
    labels: list[str] = Field(min_length=1)
    """Labels that head the column, as printed."""
    patterns: list[Pattern] = []
    """Patterns of labels, asked only where the rest of the row is a header."""
    otherwise: list[str] = []
    """Labels that head the column where no other column of the header is it."""


class IndicatorsFile(_File):
    """`vocabulary/indicators.yaml`: the words of indicator tables."""

    sections: list[str]
    """Labels that stand in front of an indicator table and name it."""
    blocks: dict[Literal["annual", "long_term"], list[Pattern]]
    """Patterns of sections and upper headers that say whose indicators follow."""
    columns: list[ColumnSpec]
    """The columns, in the order in which their patterns are asked."""
    totals: list[Pattern]
    """Patterns of rows that sum up the table."""
    placeholders: list[Pattern]
    """Patterns of names that a template left in its rows."""
    endings: list[Pattern]
    """Patterns of rows that stand below the table."""

    @model_validator(mode="after")
    def _columns_are_told_apart(self) -> IndicatorsFile:
        meanings: dict[str, str] = {}
        for spec in self.columns:
            for label in (spelling for line in spec.labels for spelling in spellings(line)):
                if meanings.setdefault(label, spec.column) != spec.column:
                    raise ValueError(
                        Message(
                            f"{label!r} heads both {meanings[label]} and {spec.column}; keep it in one place",
                            f"{label!r} 同时是 {meanings[label]} 和 {spec.column} 列的表头；只保留一处",
                        )
                    )
        missing = {"name", "target"} - {spec.column for spec in self.columns}
        if missing:
            lacking = min(missing)
            raise ValueError(
                Message(
                    f"an indicator table needs the columns name and target; {lacking} is not there",
                    f"指标表要有 name 和 target 列；缺少 {lacking}",
                )
            )
        return self


class PhrasesFile(_File):
    """`vocabulary/phrases.yaml`: phrases that stand in forms of every kind."""

    title_prefixes: list[Pattern]
    """What may stand in front of a title in its line."""
    title_suffixes: list[Pattern]
    """What may stand behind a title in its line."""
    title_hints: list[Pattern]
    """What behind a title, in its line, belongs to it."""
    year_lines: list[Pattern]
    """The line below the title; its group `year` is the fiscal year."""
    unknown_titles: list[Pattern]
    """Lines that look like titles of performance forms of no known kind."""
    form_titles: list[Pattern]
    """Titles of no known kind that say that they are forms, not tables inside one."""
    unit_lines: list[Pattern]
    """Lines that state the unit of all amounts; the group `unit` is the unit."""
    boilerplate: list[Pattern]
    """Text that a blank form already carries."""
    closings: list[Pattern]
    """The date line that closes a form's last cell."""
    instructions: list[Pattern]
    """Lines with which instructions or the next attachment begin."""
    placeholders: list[Pattern]
    """What stands in rows and cells of a template that nobody filled in."""
    blanks: list[str]
    """Texts of cells that say nothing."""


class UnitSpec(_Strict):
    """A unit of measure: its canonical unit and the exact factor to it."""

    unit: str
    """The unit as it is stored."""
    canonical: str
    """The unit in which values of its dimension are compared."""
    dimension: str
    """What it measures; only values of one dimension are compared."""
    factor: str
    """The exact factor from the unit to the canonical one: a number or a fraction, 2000/3."""
    aliases: list[str] = []
    """Other spellings."""


class UnitsFile(_File):
    """`vocabulary/units.yaml`: scale words and units."""

    scales: dict[str, str]
    """Words in front of a unit, such as 万, and the number that they mean."""
    units: list[UnitSpec]
    """The units, each spelling once."""


_word_lists: dict[str, Any] = {name: (hint, ...) for name, hint in get_type_hints(Words).items()}
TargetsFile = create_model("TargetsFile", __base__=_File, **_word_lists)
"""`vocabulary/targets.yaml`: the words that targets are made of."""


class DecidedNames(_Strict):
    """What people know better than their names tell: projects of one unit that are the same, or that are not."""

    unit: str | None = None
    """The unit; without it, every unit."""
    same: list[str] = []
    """Names of one project."""
    apart: list[str] = []
    """Names of different projects."""

    @model_validator(mode="after")
    def _compares_names(self) -> DecidedNames:
        if len(self.same) < 2 and len(self.apart) < 2:
            raise ValueError(
                Message("give at least two names under same or under apart", "same 或 apart 下至少要有两个名称")
            )
        return self


class ProjectsFile(_File):
    """`vocabulary/projects.yaml`: how names of projects are compared across the years."""

    years: list[Pattern]
    """Words of the year in a name."""
    notes: list[Pattern]
    """Notes in a name that do not tell projects apart."""
    numbering: list[Pattern]
    """Numbers in front of or behind a name."""
    generic: list[str]
    """Words that many names share."""
    counters: list[str]
    """Words behind numbers that tell projects apart."""
    contrasts: list[list[str]]
    """Words of which different ones mean different projects."""
    place_endings: list[str]
    """Endings of names of places."""
    similarity_added: float = Field(ge=50, le=100)
    """From this similarity on, in percent, a name with words added is the same project."""
    similarity_replaced: float = Field(ge=50, le=100)
    """From this similarity on, in percent, a name with words replaced is the same project."""
    shortest: int = Field(ge=1)
    """Names with fewer characters are only compared as a whole."""
    decided: list[DecidedNames] = []
    """Names that people have looked at; they go before everything else."""


_PLACE = regex.compile(r"\{(\w+)\}")


def places(message: str) -> set[str]:
    """The names of the values that a message shows: {number}."""
    return set(_PLACE.findall(message))


def _known_code(code: str) -> str:
    if code not in CODES:
        raise ValueError(
            Message(
                f"there is no check {code!r}; see them all with: extract check --list",
                f"没有检查项 {code!r}；全部见 extract check --list",
            )
        )
    return code


_Code = Annotated[str, AfterValidator(_known_code), Field(json_schema_extra={"enum": list(CODES)})]


class CheckSpec(_Strict):
    """One check: how severe it is, what it says, and its limits."""

    code: _Code
    """Code of its findings."""
    severity: Literal["error", "warning", "note"]
    """How much it matters."""
    outcome: Literal["fail", "insufficient_data"] = "fail"
    """Whether data are wrong, or missing."""
    message: str
    """What a finding says, in English; {number} and the like stand for its values and limits."""
    message_zh: str
    """The same in Chinese, with the same values."""
    lacking: str | None = None
    """What it says where data are missing that the check needs, in English; it is a note then."""
    lacking_zh: str | None = None
    """The same in Chinese."""
    kinds: list[str] = []
    """The kinds of forms that are checked; without it, all."""
    limits: dict[str, Any] = {}
    """Thresholds, and names of families and lists of words, as the check names them."""
    enabled: bool = True
    """Whether it is asked at all."""
    reason: str | None = None
    """Why it is switched off."""

    @model_validator(mode="after")
    def _is_explained(self) -> CheckSpec:
        _refuse_silent_switch(self.enabled, self.reason)
        if places(self.message) != places(self.message_zh):
            raise ValueError(
                Message("message and message_zh show different values", "message 与 message_zh 显示的值不同")
            )
        if places(self.lacking or "") != places(self.lacking_zh or "") or bool(self.lacking) != bool(self.lacking_zh):
            raise ValueError(
                Message("lacking and lacking_zh show different values", "lacking 与 lacking_zh 显示的值不同")
            )
        return self


class CheckChange(_Strict):
    """What an exception changes of one check."""

    code: _Code
    """The check."""
    severity: Literal["error", "warning", "note"] | None = None
    """How much it matters for these forms."""
    limits: dict[str, Any] = {}
    """Limits that take the place of the check's own."""
    enabled: bool | None = None
    """Whether it is asked for these forms."""
    reason: str | None = None
    """Why it is switched off."""

    @model_validator(mode="after")
    def _is_explained(self) -> CheckChange:
        _refuse_silent_switch(self.enabled is not False, self.reason)
        return self


def _refuse_silent_switch(enabled: bool, reason: str | None) -> None:
    if not enabled and not (reason or "").strip():
        raise ValueError(
            Message(
                "a check is switched off with a reason; say it under reason", "关闭检查须写明原因；请写在 reason 下"
            )
        )


class CheckException(_Strict):
    """Other limits for the forms of some regions, years or kinds; without any of these, for all."""

    name: str
    """What the exception is about, for people."""
    regions: list[str] = []
    """Names, one of which stands in the title, the reporting unit or the department of the forms."""
    from_year: int | None = None
    """The first fiscal year."""
    to_year: int | None = None
    """The last fiscal year."""
    kinds: list[str] = []
    """The kinds of forms."""
    checks: list[CheckChange] = Field(min_length=1)
    """What changes."""


class ChecksFile(_File):
    """`checks.yaml`: the checks, what they say, and for which forms they are other than usual."""

    families: dict[str, list[str]]
    """Families of indicators, each with the canonical names of its levels."""
    words: dict[str, list[Pattern]]
    """Lists of patterns that checks look for."""
    names: dict[str, tuple[str, str]]
    """What messages call the names of the database, in English and Chinese."""
    checks: list[CheckSpec]
    """The checks, each code once."""
    exceptions: list[CheckException] = []
    """Changes for some forms, the later ones on top."""


# The shared files by their name below the folder of the rules.
VOCABULARY_FILES: dict[str, type[_File]] = {
    "checks.yaml": ChecksFile,
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
