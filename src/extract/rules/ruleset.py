"""What the stages look up: forms by title, labels by their bare text, phrases, canonical level names, units."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Literal, NamedTuple, TypeVar

import regex

from extract.errors import RuleError
from extract.labels import LONGEST_LABEL, bare_label, compact, is_only_numbering
from extract.language import Message
from extract.rules.checklist import Checklist
from extract.rules.spec import (
    PATTERN_TIMEOUT_SECONDS,
    FieldSpec,
    FormSpec,
    GradeLimits,
    IndicatorColumn,
    IndicatorsFile,
    LevelsFile,
    Pattern,
    PhrasesFile,
    ProjectsFile,
    spellings,
)
from extract.target import Grammar

LONGEST_TITLE = 80

IndicatorBlock = Literal["annual", "long_term"]

_Meaning = TypeVar("_Meaning")
_LONGEST_PLACEHOLDER = 12
# So few characters leave even a bad pattern no time to lose; to watch the clock takes longer than most matches.
_SAFE_LENGTH = 12


class LabelUse(NamedTuple):
    """What a label announces: a field, or a section of the form."""

    role: Literal["field", "section"]
    name: str


class MoneyLabel(NamedTuple):
    """What a label of a funding block says of an amount; one that says nothing heads other figures, such as rates.

    `block` whole is the project's whole term where an amount of the year stands beside it, else the year. A `weak`
    label means money only inside a funding block.
    """

    source: str | None = None
    stage: str | None = None
    block: str | None = None
    weak: bool = False


class Meaning(NamedTuple):
    """All that a text can be the label of: what it announces, the column it heads, what it says of an amount."""

    use: LabelUse | None = None
    column: IndicatorColumn | None = None
    money: MoneyLabel | None = None


NO_LABEL = Meaning()


class Title(NamedTuple):
    """A line that names a form: its kind (None where no rule knows it), its words, and the year if it holds one."""

    rule: FormRule | None
    text: str
    year: int | None


@dataclass(frozen=True)
class FormRule:
    """A form kind ready for use: `fields` by name, and what its bare labels mean.

    `labels` maps them to what they announce, `columns` those that head the columns of the indicator table to the
    column. The two are apart: 单位 heads a column in an indicator table and is a field's label elsewhere.
    """

    spec: FormSpec
    fields: Mapping[str, FieldSpec]
    labels: Mapping[str, LabelUse]
    columns: Mapping[str, IndicatorColumn]
    marks: frozenset[str]

    def use_of(self, text: str) -> LabelUse | None:
        """What `text` announces if it is a label of the form; hints in brackets and a leading year may be extra."""
        return look_up(self.labels, bare_label(text))

    def column_of(self, text: str) -> IndicatorColumn | None:
        """The column of the indicator table that `text` heads, if it is a header's label; with the same extras."""
        return look_up(self.columns, bare_label(text))

    def opens_column(self, text: str) -> bool:
        """Whether a label of a column begins with `text`."""
        bare = bare_label(text)
        return bare in self._beginnings or look_up(self.columns, bare) is not None

    @cached_property
    def _beginnings(self) -> frozenset[str]:
        return frozenset(label[:end] for label in self.columns for end in range(1, len(label) + 1))

    @cached_property
    def stand_ins(self) -> tuple[FieldSpec, ...]:
        """The fields that may stand for another one."""
        return tuple(field for field in self.fields.values() if field.instead_of)

    @property
    def kind(self) -> str:
        """The form kind as stored in the database."""
        return self.spec.kind


class Phrases:
    """The shared phrases, compiled; every method takes text as it stands in the document."""

    def __init__(self, file: PhrasesFile) -> None:
        self.title_prefix = _alternatives(file.title_prefixes)
        self.title_suffix = _alternatives(file.title_suffixes)
        self.title_hint = _alternatives(file.title_hints)
        boilerplate = _alternatives(file.boilerplate)
        self._title_hint = regex.compile(self.title_hint)
        self._year_line = regex.compile(f"(?:{_alternatives(file.year_lines)})(?:{boilerplate})*")
        self._unit_line = regex.compile(_alternatives(file.unit_lines))
        self._form_title = regex.compile(_alternatives(file.form_titles))
        self._unknown_title = regex.compile(
            f"(?:{self.title_prefix})*(?P<title>{_alternatives(file.unknown_titles)})(?:{self.title_suffix})*"
        )
        self._boilerplate = regex.compile(f"(?:{boilerplate})+")
        self._closing = regex.compile(f"(?:{boilerplate})*(?:{_alternatives(file.closings)})")
        self._instructions = regex.compile(_alternatives(file.instructions))
        self._placeholder = regex.compile(_alternatives(file.placeholders))
        self._blanks = frozenset(compact(blank) for blank in file.blanks)

    def year_line(self, text: str) -> tuple[bool, int | None]:
        """Whether `text` is the line that states the fiscal year, and the year where it is filled in."""
        found = _fullmatch(self._year_line, text, LONGEST_TITLE)
        year = found and found.groupdict().get("year")
        return bool(found), int(year.translate(_CHINESE_DIGITS)) if year else None

    def is_title_hint(self, text: str) -> bool:
        """Whether all of `text` is a note in brackets, such as stands behind a title or below it."""
        return bool(_fullmatch(self._title_hint, text, LONGEST_TITLE))

    def unit_line(self, text: str) -> str | None:
        """The money unit that a line or cell of `text` states for all amounts of the form."""
        for piece in _LINE_OR_CELL.findall(text) if "单位" in text else ():
            if "单位" in piece and (found := _fullmatch(self._unit_line, piece, LONGEST_TITLE)):
                return str(found["unit"])
        return None

    def unknown_title(self, text: str) -> str | None:
        """The title of a performance form of no known kind."""
        found = _fullmatch(self._unknown_title, text, LONGEST_TITLE)
        return found["title"] if found else None

    def names_a_form(self, title: str) -> bool:
        """Whether a title of no known kind says that it is a form, and not only a table inside one."""
        return bool(_fullmatch(self._form_title, title, LONGEST_TITLE))

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
        return bool(_fullmatch(self._placeholder, text, LONGEST_LABEL))

    def is_unfilled(self, text: str) -> bool:
        """Whether `text` says "nothing", or is what a template has printed in a cell that is to be filled in."""
        if self.is_blank(text):
            return True
        lines = text.split() if len(text) <= LONGEST_TITLE else ()
        if len(lines) > 1 and self.is_placeholder(text):
            return True
        return bool(lines) and all(map(self.is_placeholder, lines))

    def is_blank(self, text: str) -> bool:
        """Whether `text` says "nothing": white space, 无, a dash, the numbers of empty list items."""
        if len(text) > 20:
            return False
        if not text or text.isspace():
            return True
        bare = compact(text)
        return bare in self._blanks or (bare[-1:] in "、.)" and is_only_numbering(bare))


class Levels:
    """Canonical names of indicator levels by the spellings that people print."""

    def __init__(self, file: LevelsFile) -> None:
        self._names = {
            "level1": {bare_level(n): name for name, aliases in file.level1.items() for n in [name, *aliases]},
            "level2": {bare_level(n): name for name, aliases in file.level2.items() for n in [name, *aliases]},
        }

    def canonical(self, level: Literal["level1", "level2"], printed: str | None) -> str | None:
        """The canonical name of a printed one, None where the vocabulary does not know it."""
        return self._names[level].get(bare_level(printed)) if printed else None

    def level_of(self, printed: str) -> Literal["level1", "level2"] | None:
        """The level that a printed name stands on, the second where it may be either; None where it is no level's."""
        if self.canonical("level2", printed):
            return "level2"
        return "level1" if self.canonical("level1", printed) else None


class IndicatorWords:
    """The shared words of indicator tables, compiled; every method takes text as it stands in the document."""

    def __init__(self, file: IndicatorsFile) -> None:
        self._columns = [
            (spec.column, regex.compile(_alternatives(spec.patterns))) for spec in file.columns if spec.patterns
        ]
        self._otherwise = {
            bare_label(spelling): spec.column
            for spec in file.columns
            for label in spec.otherwise
            for spelling in spellings(label)
        }
        self._blocks = [(block, regex.compile(_alternatives(patterns))) for block, patterns in file.blocks.items()]
        self._totals = regex.compile(_alternatives(file.totals))
        self._placeholders = regex.compile(_alternatives(file.placeholders))
        self._endings = regex.compile(_alternatives(file.endings))

    def column_like(self, text: str) -> IndicatorColumn | None:
        """The column that a label of a header heads by the look of it, None where no pattern knows it."""
        bare = bare_label(text)
        return next((column for column, pattern in self._columns if _fullmatch(pattern, bare, LONGEST_LABEL)), None)

    def stand_in(self, text: str) -> IndicatorColumn | None:
        """The column that a label heads where nothing else in the header does, None where it is no such label."""
        return self._otherwise.get(bare_label(text))

    def stand_ins(self, header: Sequence[tuple[object, str]]) -> Mapping[int, IndicatorColumn]:
        """Which column of a header, given by what each holds and its label, stands in for the indicator or its target.

        None does where another holds it; else the first that is able to.
        """
        found: dict[int, IndicatorColumn] = {}
        wanted: IndicatorColumn
        for wanted in ("name", "target"):
            if all(held != wanted for held, _ in header):
                able = (at for at, (_, text) in enumerate(header) if self._otherwise.get(bare_label(text)) == wanted)
                found |= dict.fromkeys(itertools.islice(able, 1), wanted)
        return found

    def block(self, text: str) -> IndicatorBlock | None:
        """Whose indicators a section or an upper header announces, None where it says nothing about that."""
        return next((block for block, pattern in self._blocks if _fullmatch(pattern, text, LONGEST_LABEL)), None)

    def is_total(self, text: str) -> bool:
        """Whether a row that opens with `text` sums up the table."""
        return bool(_fullmatch(self._totals, text, LONGEST_LABEL))

    def is_placeholder(self, text: str) -> bool:
        """Whether `text` is what a template's author left for a name or a target."""
        return len(text) <= _LONGEST_PLACEHOLDER and bool(_fullmatch(self._placeholders, text, _LONGEST_PLACEHOLDER))

    def is_ending(self, text: str) -> bool:
        """Whether a row that opens with `text` stands below the table: who filled it in, notes."""
        return bool(_fullmatch(self._endings, text, 300))


@dataclass(frozen=True)
class RuleSet:
    """All rules and the shared vocabulary. `version` is a hash over the files, stored with every document."""

    forms: tuple[FormRule, ...]
    phrases: Phrases
    indicators: IndicatorWords
    funding: Mapping[str, MoneyLabel]
    levels: Levels
    targets: Grammar
    projects: ProjectsFile
    grades: tuple[GradeLimits, ...]
    checklist: Checklist
    version: str

    def money_of(self, text: str) -> MoneyLabel | None:
        """What `text` says of an amount if it is a label of funding blocks; 其中, hints and a year may be extra."""
        return money_label(self.funding, bare_label(text))

    def meaning_of(self, text: str, form: FormRule) -> Meaning | None:
        """What `text` says if it is a label of the form, with all that may be extra; None where it is none."""
        bare = bare_label(text)
        if "(" in bare or bare[:1] in _OPENING_EXTRAS:
            use, column = look_up(form.labels, bare), look_up(form.columns, bare)
            money = money_label(self.funding, bare)
        else:
            use, column, money = form.labels.get(bare), form.columns.get(bare), self.funding.get(bare)
        return Meaning(use, column, money) if use or column or money else None

    @cached_property
    def _titles_show_signs(self) -> bool:
        """Whether every title holds a sign that most lines lack; these need no look at all patterns then."""
        examples = (each for form in self.forms for title in form.spec.titles for each in title.examples)
        return all(any(sign in compact(example) for sign in _TITLE_SIGNS) for example in examples)

    @cached_property
    def _titles(self) -> tuple[tuple[FormRule, Any], ...]:
        return tuple((form, regex.compile(self.title_pattern(form))) for form in self.forms)

    def title_pattern(self, form: FormRule) -> str:
        """The titles of a kind with what may stand around them in a line."""
        before, hint, after = self.phrases.title_prefix, self.phrases.title_hint, self.phrases.title_suffix
        # The prefixes are possessive: what they can take is no part of a name.
        return f"(?:{before})*+(?P<title>(?:{_alternatives(form.spec.titles)})(?:{hint}){{0,2}}?)(?:{after})*"

    def kinds_claiming(self, title: str) -> list[str]:
        """The kinds whose titles match; more than one is a mistake in the rules."""
        return [form.kind for form, pattern in self._titles if _fullmatch(pattern, title, LONGEST_TITLE)]

    def title(self, text: str) -> Title | None:
        """The form that the line `text` names, None where it names none."""
        if self._titles_show_signs and not any(sign in text for sign in _TITLE_SIGNS):
            return None
        for form, pattern in self._titles:
            if found := _fullmatch(pattern, text, LONGEST_TITLE):
                return Title(form, found["title"], _year_in(text))
        unknown = self.phrases.unknown_title(text)
        return Title(None, unknown, _year_in(text)) if unknown else None


_TITLE_SIGNS = ("表", "绩效")

# With these begin a leading year, 其中, and the months that a monitoring form looks at.
_OPENING_EXTRAS = frozenset("123456789其截上半前一二三四监资")


def look_up(labels: Mapping[str, _Meaning], bare: str) -> _Meaning | None:
    """What a bare label means; hints in brackets and a leading year may be extra."""
    meaning = labels.get(bare)
    if meaning is None and ("(" in bare or bare.startswith(("19", "20"))):
        return labels.get(_HINT_OR_YEAR.sub("", bare))
    return meaning


def bare_of_known(labels: Mapping[str, object], bare: str) -> str | None:
    """The one of `labels` that a bare label is, with or without hints in brackets and a leading year."""
    if bare in labels:
        return bare
    stripped = _HINT_OR_YEAR.sub("", bare)
    return stripped if stripped in labels else None


def money_label(labels: Mapping[str, MoneyLabel], bare: str) -> MoneyLabel | None:
    """What a bare label of a funding block says; the words that open a list of parts may be extra as well."""
    if "(" in bare or bare[:1] in _OPENING_EXTRAS:
        known = bare_of_money(labels, bare)
        return labels[known] if known else None
    return look_up(labels, bare)


def bare_of_money(labels: Mapping[str, object], bare: str) -> str | None:
    """The one of the `labels` of amounts that a bare label is."""
    if not bare:
        return None
    bare = _PART_OF.sub("", bare) or bare
    if (monitored := _MONTHS.match(bare)) and monitored.end() < len(bare):
        rest = bare[monitored.end() :]
        bare = rest + "数" if rest + "数" in labels else rest  # 截至6月底支出
    if bare[0] != "2":
        return bare_of_known(labels, bare)
    # 2025年度金额 is 年度金额: the year of an amount says that it is one of a year; 2025年预算 is 预算.
    of_a_year = _YEAR_DIGITS.sub("", bare)
    return of_a_year if of_a_year in labels else bare_of_known(labels, of_a_year.removeprefix("年"))


def _alternatives(patterns: Iterable[Pattern]) -> str:
    return "|".join(f"(?:{p.pattern})" for p in patterns)


def _fullmatch(pattern: Any, text: str, longest: int) -> Any:
    """The match of `pattern` with all of `text`, compacted; texts longer than `longest` are not looked at."""
    if len(text) > 4 * longest:
        return None
    bare = compact(text)
    if not bare or len(bare) > longest:
        return None
    return (_matched if len(bare) <= LONGEST_LABEL else _matched.__wrapped__)(pattern, bare)


# The titles, hints and labels of a form are those of many forms.
@lru_cache(maxsize=4096)
def _matched(pattern: Any, bare: str) -> Any:
    if len(bare) <= _SAFE_LENGTH:
        return pattern.fullmatch(bare)
    try:
        return pattern.fullmatch(bare, timeout=PATTERN_TIMEOUT_SECONDS)
    except TimeoutError:
        raise RuleError(
            "rules.slow_pattern",
            Message(
                f"the pattern {pattern.pattern[:60]!r}… takes too long; simplify it",
                f"模式 {pattern.pattern[:60]!r}… 匹配耗时过长，请简化",
            ),
        ) from None


_CHINESE_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_LINE_OR_CELL = regex.compile(r"[^\n\t]+")
_YEAR = regex.compile(r"(?<!\d)((?:19|20)\d\d)年")
# 其中：财政拨款 · 资金来源：财政拨款 · 1、资金来源：（1）财政拨款
_PART_OF = regex.compile(r"^(?:其中[-—]?|资金(?:来源|结构)(?=.)|\p{Han}{2,6}\((?:\d{1,2}|[一二三四五六七八九十])\))")
# 1-7月执行数 · 截至8月底支出数 · 上半年执行数: the months that a monitoring form looks at.
_MONTHS = regex.compile(
    r"(?:20\d\d年)?(?:\d{1,2}月?[-—－―~至到]\d{1,2}月(?:份|底|末)?|(?:截至|截止)(?:到|至|监控节点|监控时点|监控期末|当前)?(?:20\d\d年)?(?:\d{1,2}月(?:份|底|末|\d{1,2}日)?)?"
    r"|上半年|半年度?|[前一二三四]{1,2}季度|监控期)"
)
_YEAR_DIGITS = regex.compile(r"^20\d\d(?=年)")
_HINT_OR_YEAR = regex.compile(r"\([^()]*\)|^(?:19|20)\d\d年度")
_POINTS_AND_HINTS = regex.compile(r"\(.*?\)分?|\d+(?:\.\d+)?[分%]")


def _year_in(text: str) -> int | None:
    found = _YEAR.search(compact(text))
    return int(found[1]) if found else None


@lru_cache(maxsize=4096)
def bare_level(printed: str) -> str:
    """What of a printed level counts: no white space, points and hints; 目标 at the end is 指标."""
    bare = _POINTS_AND_HINTS.sub("", bare_label(printed))
    return f"{bare[:-2]}指标" if bare.endswith("目标") else bare
