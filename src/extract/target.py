"""One target of an indicator: the text of a target cell becomes operator, exact number and unit.

    target   := empty | date | list | grade | implied | between | measured          the first that matches wins
    measured := label? per? change? operator? number unit? suffix? tail?

The cell is first normalised (`norm`, with the way back to the text), then every number with its unit, every date and
every bracket is recognised where it stands and replaced by one mark. What is left is the *shape* of the cell, and the
productions, at the foot of this file, are short patterns over shapes: `10万元≤成本≤20万元` has the shape `N≤成本≤N`.

>>> units = Units([
...     Unit("元", "元", "money.CNY", Fraction(1)), Unit("件", "件", "count.item", Fraction(1)),
...     Unit("%", "%", "proportion", Fraction(1)), Unit("次", "次", "count.event", Fraction(1)),
...     Unit("季度", "月", "duration.month", Fraction(3))], {"万": Fraction(10000)})
>>> target = parse_target("≥389件", units)
>>> target.operator, target.value, target.unit
('>=', Decimal('389'), '件')
>>> parse_target("不超过10.50万元", units).canonical
Canonical(lower=None, upper='105000', unit='元', dimension='money.CNY', factor=Fraction(10000, 1))
>>> target = parse_target("８５％<优良率≤９０％", units)
>>> target.operator, target.lower, target.lower_open, target.upper, target.label
('between', '85', True, '90', '优良率')
>>> parse_target("每季度三次", units).unit, parse_target("约30件", units).operator
('次/季度', 'approx')
>>> parse_target("2021年12月底前", units).deadline
datetime.date(2021, 12, 31)

A wrong number is worse than none. What no production accounts for to its last character stays text:

>>> for refused in ("有明显进步", "第3次", "≥5%以下", "按5年规划执行", "0730-8800", "2021年2月30日前", "1,00元"):
...     target = parse_target(refused, units)
...     print(target.kind, target.value, *target.warnings)
qualitative None
qualitative None unread_number
qualitative None contradiction
qualitative None unread_number
qualitative None unread_number
qualitative None unread_number
qualitative None unread_number
"""

from __future__ import annotations

import calendar
import datetime
import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

# A longer cell is prose: it may mention numbers, but it is not one target.
LONGEST_TARGET = 200

# Words that say how the number is meant. 近 and its like approach the number from below.
OPERATOR_WORDS: Mapping[str, str] = {
    ">=": "不低于 不少于 不小于 不下于 不得低于 不得少于 不得小于 不能低于 不能少于 不应低于 不应少于 至少 最少 最低 "
    "大于等于 大于或等于 高于等于 高于或等于 达到 达 "
    "提高到 提高至 提升到 提升至 增加到 增加至 增长到 增长至 上升到 上升至",
    "<=": "不超过 不高于 不大于 不多于 不超出 不得超过 不得高于 不得多于 不能超过 不能高于 不应超过 不应高于 未超过 "
    "至多 最多 最高 "
    "小于等于 小于或等于 低于等于 低于或等于 控制在 "
    "降到 降至 降低到 降低至 下降到 下降至 减少到 减少至 缩短到 缩短至 压减到 压减至",
    ">": "大于 高于 多于 超过 超出 超 突破 逾",
    "<": "小于 低于 少于 不足 不到 不满 未满",
    "=": "等于 为 是 保持在 稳定在 维持在",
    "approx": "约 大约 大概 近 将近 接近",
}
# Verbs of change; directly in front of the number they make it the size of the change.
_RISE = "提高|提升|增长|增加|上升|上涨|翻"
_FALL = "下降|降低|减少|缩短|压减|压缩|削减"
_COMPARATOR = {word: comparator for comparator, words in OPERATOR_WORDS.items() for word in words.split()}
_FROM_BELOW = {"近", "将近", "接近"}
# Copulas: no operator is written. They, and the words for a level that is reached, give way to a suffix: 达到15%左右.
_COPULAS = {"为", "是", "保持在", "稳定在", "维持在"}
_YIELDING = _COPULAS | {"达到", "达", "控制在"}
_SIGN_COMPARATOR = {"≥": ">=", "≤": "<=", ">": ">", "<": "<", "=": "=", "≈": "approx"}
_DIRECTION = {">=": "up", ">": "up", "<=": "down", "<": "down", "=": "level", "approx": "near"}
_OPENED = {">=": ">", "<=": "<"}
_CLOSED = {opened: closed for closed, opened in _OPENED.items()}


# ---------------------------------------------------------------------------------------------------- the data model


@dataclass(frozen=True, slots=True)
class Canonical:
    """The bounds in the base unit of their dimension: exact decimals, or `p/q` where no decimal is exact."""

    lower: str | None
    upper: str | None
    unit: str
    dimension: str
    factor: Fraction


@dataclass(frozen=True, slots=True)
class Target:
    """What one target cell says. Numbers are exact decimals as text; None is an open end.

    `kind` is quantity, percent, money, duration, date, ratio, change, grade, qualitative, compound or empty. Dates are
    ISO dates, `--MM-DD` where the text gives no year. `spans` point into `text`; those of `parts` into their own.
    """

    text: str
    norm: str
    kind: str
    comparator: str = ""
    lower: str | None = None
    upper: str | None = None
    lower_open: bool = False
    upper_open: bool = False
    implicit: bool = False
    direction: str | None = None
    baseline: str | None = None
    unit: str = ""
    canonical: Canonical | None = None
    per: tuple[str, ...] = ()
    label: str | None = None
    annotation: tuple[str, ...] = ()
    parts: tuple[Target, ...] = ()
    spans: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    source: str = ""

    @property
    def operator(self) -> str | None:
        """The comparator, None where there is none."""
        return self.comparator or None

    @property
    def value(self) -> Decimal | None:
        """The number, where there is exactly one and a decimal can hold it."""
        number = _only(self.lower, self.upper)
        if number is None or self.comparator == "between" or self.kind == "date":
            return None
        return Decimal(number) if _DECIMAL.fullmatch(number) else None

    @property
    def deadline(self) -> datetime.date | None:
        """The last day of a date target, where its year is known."""
        if self.kind != "date" or self.upper is None or self.upper.startswith("-"):
            return None
        return datetime.date.fromisoformat(self.upper)

    def as_json(self) -> dict[str, object]:
        """The target as JSON-ready values, decimals as text."""
        canonical, value = self.canonical, self.value
        return {
            "text": self.text,
            "kind": self.kind,
            "operator": self.operator,
            "operator_implied": self.implicit,
            "value": None if value is None else str(value),
            "lower": self.lower,
            "upper": self.upper,
            "lower_open": self.lower_open,
            "upper_open": self.upper_open,
            "unit": self.unit or None,
            "deadline": self.deadline.isoformat() if self.deadline else None,
            "dimension": canonical.dimension if canonical else None,
            "unit_canonical": canonical.unit if canonical else None,
            "value_canonical": _only(canonical.lower, canonical.upper) if canonical and value is not None else None,
            "lower_canonical": canonical.lower if canonical else None,
            "upper_canonical": canonical.upper if canonical else None,
            "factor": str(canonical.factor) if canonical else None,
            "per": list(self.per),
            "direction": self.direction,
            "baseline": self.baseline,
            "label": self.label,
            "annotation": list(self.annotation),
            "parts": [part.as_json() for part in self.parts],
            "spans": {name: list(span) for name, span in self.spans.items()},
            "warnings": list(self.warnings),
            "norm": self.norm,
            "source": self.source,
        }


_DECIMAL = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")


def _only(lower: str | None, upper: str | None) -> str | None:
    """The one value that two bounds agree on, an open end agreeing with anything."""
    if lower is None or upper is None or lower == upper:
        return lower if upper is None else upper
    return None


# ------------------------------------------------------------------------------------------------ the unit catalogue


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: a number of it times `factor` is the number of `canonical`."""

    unit: str
    canonical: str
    dimension: str
    factor: Fraction
    aliases: tuple[str, ...] = ()


class Units:
    """The catalogue, and what can be made of it: scale x unit (万元), 个 + unit (个工作日), rates (元/人·月).

    >>> units = Units([Unit("元", "元", "money.CNY", Fraction(1)), Unit("人", "人", "people", Fraction(1))],
    ...               {"万": Fraction(10000)})
    >>> units.match("500万元/人的标准", 3)
    7
    >>> units.get("万元/人")
    Unit(unit='万元/人', canonical='元/人', dimension='money.CNY/people', factor=Fraction(10000, 1), aliases=())
    >>> units.get("元/馆") is None
    True
    """

    def __init__(self, units: Iterable[Unit], scales: Mapping[str, Fraction]) -> None:
        self._scales = dict(scales)
        self._units: dict[str, Unit] = {}
        for unit in units:
            for spelling in (unit.unit, *unit.aliases):
                spelling = unicodedata.normalize("NFKC", spelling)
                holder = self._units.setdefault(spelling, unit)
                if holder is not unit:
                    raise ValueError(f"unit spelling {spelling!r} is claimed by {holder.unit!r} and {unit.unit!r}")
        for spelling, unit in list(self._units.items()):
            if len(spelling) > 1:
                self._units.setdefault(f"个{spelling}", unit)
        self._unit_lengths = _lengths_by_first_character(self._units)
        self._scale_lengths = _lengths_by_first_character(self._scales)

    def match(self, text: str, start: int) -> int:
        """End of the longest unit or rate that stands in `text` at `start`; `start` where there is none."""
        end = self._match_measure(text, start)
        if end == start:
            return start if not text.startswith("/", start) else self._match_denominators(text, start)
        return self._match_denominators(text, end)

    def get(self, unit: str) -> Unit | None:
        """The unit with this spelling, composed where the catalogue has only its parts."""
        known = self._units.get(unit)
        if known or not unit:
            return known
        return self._get_rate(unit) if "/" in unit else self._get_scaled(unit)

    def denominators(self, unit: str) -> tuple[str, ...]:
        """The denominators of a rate as written; a unit that only looks like a rate (人/次) has none."""
        if unit in self._units or "/" not in unit:
            return ()
        return tuple(re.split("[/·]", unit)[1:])

    def _match_measure(self, text: str, start: int) -> int:
        end = self._match_unit(text, start)
        for length in self._scale_lengths.get(text[start : start + 1], ()):
            if text[start : start + length] in self._scales:
                behind = self._match_unit(text, start + length)
                if behind > start + length:
                    end = max(end, behind)
        return end

    def _match_unit(self, text: str, start: int) -> int:
        for length in self._unit_lengths.get(text[start : start + 1], ()):
            end = start + length
            if end <= len(text) and text[start:end] in self._units and not _SPLIT_WORD.match(text, end - 1):
                return end
        return start

    def _match_denominators(self, text: str, end: int) -> int:
        joints = "/"
        while text[end : end + 1] and text[end] in joints:
            further = self._match_measure(text, end + 1)
            if further == end + 1:
                break
            end, joints = further, "/·"
        return end

    def _get_scaled(self, unit: str) -> Unit | None:
        for length in self._scale_lengths.get(unit[0], ()):
            scale, base = self._scales.get(unit[:length]), self._units.get(unit[length:])
            if scale is not None and base is not None:
                return Unit(unit, base.canonical, base.dimension, scale * base.factor)
        return None

    def _get_rate(self, unit: str) -> Unit | None:
        """Only the numerator is converted: 元/人·月 stays per 人 and per 月, never per 天."""
        numerator, *denominators = (self.get(name) for name in re.split("[/·]", unit))
        known = [denominator for denominator in denominators if denominator is not None]
        if numerator is None or len(known) < len(denominators):
            return None
        canonical = "" if numerator.canonical == "1" else numerator.canonical
        return Unit(
            unit,
            f"{canonical}/{'·'.join(denominator.unit for denominator in known)}",
            "/".join((numerator.dimension, *(denominator.dimension for denominator in known))),
            numerator.factor,
        )


# A Latin unit ends where the Latin word ends: the G of GHz is no unit.
_SPLIT_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]")


def _lengths_by_first_character(spellings: Iterable[str]) -> dict[str, tuple[int, ...]]:
    lengths: dict[str, set[int]] = {}
    for spelling in spellings:
        lengths.setdefault(spelling[0], set()).add(len(spelling))
    return {first: tuple(sorted(found, reverse=True)) for first, found in lengths.items()}


# ------------------------------------------------------------------------------------------------- exact arithmetic


def _times(number: str, factor: Fraction) -> str:
    """The product, exactly: a decimal without trailing zeros, or `p/q` where no decimal is exact.

    >>> _times("10.50", Fraction(10000)), _times("1", Fraction(1, 8)), _times("-200", Fraction(2000, 3))
    ('105000', '0.125', '-400000/3')
    """
    whole, _, decimals = number.partition(".")
    top, bottom = int(whole + decimals) * factor.numerator, 10 ** len(decimals) * factor.denominator
    shared = math.gcd(top, bottom)
    top, bottom = top // shared, bottom // shared
    if bottom == 1:
        return str(top)
    places = next((places for places in range(bottom.bit_length()) if 10**places % bottom == 0), None)
    if places is None:
        return f"{top}/{bottom}"
    digits = f"{abs(top) * 10**places // bottom:0{places + 1}d}"
    return f"{'-' * (top < 0)}{digits[:-places]}.{digits[-places:]}"


def _canonical(units: Units, unit: str, lower: str | None, upper: str | None) -> Canonical | None:
    known = units.get(unit)
    if known is None:
        return None
    low = None if lower is None else _times(lower, known.factor)
    high = low if upper == lower else None if upper is None else _times(upper, known.factor)
    return Canonical(low, high, known.canonical, known.dimension, known.factor)


# ---------------------------------------------------------------------------------------------------- normalisation


class _View(NamedTuple):
    """Edited text with the way back: character i came from `starts[i]:ends[i]` of the original."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        return self.starts[start], self.ends[end - 1]

    def edited(self, pattern: re.Pattern[str], rewrite: Callable[[re.Match[str]], str]) -> _View:
        """This view with every match rewritten; each new character points at the whole match."""
        matches = list(pattern.finditer(self.text))
        if not matches:
            return self
        pieces: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        kept = 0
        for match in matches:
            start, end = match.span()
            new = rewrite(match)
            pieces += (self.text[kept:start], new)
            starts += (*self.starts[kept:start], *[self.starts[start]] * len(new))
            ends += (*self.ends[kept:start], *[self.ends[end - 1]] * len(new))
            kept = end
        pieces.append(self.text[kept:])
        return _View("".join(pieces), (*starts, *self.starts[kept:]), (*ends, *self.ends[kept:]))


_CHINESE_DIGIT = "零〇一二两三四五六七八九壹贰叁肆伍陆柒捌玖"
_CHINESE_SCALE = "十拾百佰千仟万萬亿億"
_WORD = "|".join(sorted(_COMPARATOR, key=len, reverse=True))
_SIGNS = "≥≤><=≈±"

_CHARACTER_SUBSTITUTES = {
    **dict.fromkeys("≧⩾≮", "≥"),
    **dict.fromkeys("≦⩽≯", "≤"),
    # The Symbol font of old Word files, whose characters live in the private use area.
    **dict(zip("\uf0b3\uf0a3\uf0b1\uf0bb\uf03d\uf03e\uf03c", "≥≤±≈=><", strict=True)),
    **dict.fromkeys("∶︓", ":"),
    **dict.fromkeys("∕⁄", "/"),
    **dict.fromkeys("・•∙⋅", "·"),
    **dict.fromkeys("【［", "("),
    **dict.fromkeys("】］", ")"),
    "−": "-",
}
_INVISIBLE = r"\s\x00-\x1f\x7f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff"
_ODD_CHARACTERS = re.compile(rf"(?P<gap>[{_INVISIBLE}]+)|[^!-~一-鿿≥≤≈±‰、。·]")


def _plain_character(match: re.Match[str]) -> str:
    """One character after NFKC, except where NFKC would make a number of it (①, ½, ², Ⅲ)."""
    if match["gap"]:
        start, end = match.span()
        between_digits = match.string[start - 1 : start].isdecimal() and match.string[end : end + 1].isdecimal()
        return " " if between_digits else ""
    character = match[0]
    if character in _CHARACTER_SUBSTITUTES:
        return _CHARACTER_SUBSTITUTES[character]
    if character.isnumeric() and not character.isdecimal():
        return character
    plain = unicodedata.normalize("NFKC", character)
    return character if len(plain) > 1 and (plain[0].isdecimal() or " " in plain) else plain


_WRITING_HABITS = re.compile(
    rf"""
      (?P<enumerator> ^(?: [★☆●◆※] | [①-⑳] | \(?[0-9]{{1,2}}[).、] | \([一二三四五六七八九十]{{1,2}}\)
                         | [一二三四五六七八九十]{{1,2}}、 )+
                      (?= [{_SIGNS}] | [》〉《〈]= | {_WORD} ) )
    | (?P<item>  (?:^|(?<=[;。]))[0-9]{{1,2}}[、.)](?=[一-鿿]) )
    | (?P<ge>  (?: ≥=* | [>》〉]=+ | =+>=* )+ )
    | (?P<le>  (?: ≤=* | [<《〈]=+ | =+<=* )+ )
    | (?P<eq>  ={{2,}} )
    | (?P<gt_key> ^[》〉](?=[0-9]) )                # typed with the Chinese keyboard on
    | (?P<lt_key> ^[《〈](?=[0-9][^》〉]*$) )
    | (?P<ge_byte> ^³(?=[0-9]) )                    # the Symbol font's bytes shown in a Latin one
    | (?P<le_byte> ^£(?=[0-9]) )
    | (?P<eq_ocr> ^二(?=[0-9]) )
    | (?P<point> (?<=[0-9])。(?=[0-9]) )
    | (?P<power> (?<=[A-Za-z])[²³] )
    """,
    re.VERBOSE,
)
_HABIT_MEANS = {
    **dict.fromkeys(("enumerator", "item"), ""),
    **dict.fromkeys(("ge", "ge_byte"), "≥"),
    **dict.fromkeys(("le", "le_byte"), "≤"),
    **dict.fromkeys(("eq", "eq_ocr"), "="),
    "gt_key": ">",
    "lt_key": "<",
    "point": ".",
}
_DOUBTFUL_HABITS = {
    **dict.fromkeys(("gt_key", "lt_key", "ge_byte", "le_byte"), "lookalike_operator"),
    "eq_ocr": "ocr_suspect",
}


def _normalise(text: str, warnings: list[str]) -> _View:
    def meaning(match: re.Match[str]) -> str:
        habit = match.lastgroup or ""
        if habit in _DOUBTFUL_HABITS:
            warnings.append(_DOUBTFUL_HABITS[habit])
        return {"²": "2", "³": "3"}[match[0]] if habit == "power" else _HABIT_MEANS[habit]

    original = _View(text, range(len(text)), range(1, len(text) + 1))
    return original.edited(_ODD_CHARACTERS, _plain_character).edited(_WRITING_HABITS, meaning)


# ------------------------------------------------------------------------------------------- tokens within the cell


class _Note(NamedTuple):
    """The words in a pair of brackets."""

    end: int
    text: str


class _Name(NamedTuple):
    """Digits that belong to a name: PM2.5, 4A级, 5G, 65岁以上老人, 12345热线."""

    end: int


class _Measure(NamedTuple):
    """A number with its unit; `ceiling` is the upper end of 数十, `at_least` marks 余 and its like."""

    end: int
    number: str
    number_span: tuple[int, int]
    unit: str = ""
    unit_span: tuple[int, int] | None = None
    ceiling: str | None = None
    at_least: bool = False
    fraction: bool = False


class _MonthDay(NamedTuple):
    month: int
    day: int


class _Period(NamedTuple):
    """A date as written, from its first to its last day. `monthly` is a day of every month."""

    end: int
    year: int | None
    first: _MonthDay
    last: _MonthDay
    last_year: int | None = None
    monthly: bool = False


class _Unreadable(NamedTuple):
    """What looks like a date and is none; the cell that holds it stays text."""

    end: int


_Token = _Note | _Name | _Measure | _Period | _Unreadable

# What the tokens become in the shape. Control characters do not survive normalisation, so no text contains them.
_N, _D, _P, _U = "\x01", "\x02", "\x03", "\x04"
_MARKS: Mapping[type, str] = {_Note: "", _Name: _P, _Measure: _N, _Period: _D, _Unreadable: _U}

_WITH_NUMBER = re.compile(f"[{_N}{_D}]")

_DASH = r"(?:[-‐‑–—―~〜]{1,2}|至|到)"
_SUFFIXES = {
    ">=": ("以上", "及以上", "或以上", "及其以上"),
    "<=": ("以下", "及以下", "或以下", "以内", "之内", "内"),
    ">": ("以外", "之外"),
    "approx": ("左右", "上下"),
}
_SUFFIX_COMPARATOR = {suffix: comparator for comparator, suffixes in _SUFFIXES.items() for suffix in suffixes}
_SUFFIX = rf"(?:{'|'.join(sorted(_SUFFIX_COMPARATOR, key=len, reverse=True))})(?!部|容|外|涵|级)"

_TOKEN_START = re.compile(rf"[(0-9A-Za-z¥$+\-{_CHINESE_DIGIT}{_CHINESE_SCALE}数几半第上下年每]")
_NOTE = re.compile(r"\((?P<words>[^()]*)\)")
_NOTE_IN_THE_SENTENCE = re.compile(rf"{_SUFFIX}|[{_SIGNS}]")


_RIVAL_NOTE = re.compile(rf"[{_SIGNS}].*\d")


def _read_note(cell: _Cell, start: int) -> _Note | None:
    match = _NOTE.match(cell.norm, start)
    return _Note(match.end(), match["words"]) if match else None


_NAME = re.compile(
    rf"""
      [A-Za-z]+-?[0-9]+(?:\.[0-9]+)?(?![0-9])
    | (?<![{_SIGNS}0-9.]) (?:
        [1-5]A级?
      | [0-9]+(?:\.[0-9]+)?[A-Z] (?=[一-鿿]) (?!{_SUFFIX})
      | [0-9]+(?:-[0-9]+)?周?岁(?:及?以[上下])? (?=[一-鿿]) (?!{_SUFFIX})
      | 1[0-9]{{2,4}} (?=热线|平台|专线|急救|报警|接警|指挥) )
    """,
    re.VERBOSE,
)


def _read_name(cell: _Cell, start: int) -> _Name | None:
    match = _NAME.match(cell.norm, start)
    return _Name(match.end()) if match else None


# ------------------------------------------------------------------------------------------------------------ dates

_YEAR = r"(?:19|20)[0-9]{2}"
_MONTH = r"(?:1[0-2]|0?[1-9])"
_DAY = r"(?:3[01]|[12][0-9]|0?[1-9])"
_DATE = re.compile(
    rf"""
    (?<![0-9.每]) (?:
      (?P<y>{_YEAR}) (?P<dot>[./-]) (?P<m>{_MONTH}) (?P=dot) (?P<d>{_DAY}) 日? (?![0-9])
    | (?P<from_y>{_YEAR}) [./] (?P<from_m>{_MONTH}) {_DASH} (?P<to_y>{_YEAR}) [./] (?P<to_m>{_MONTH}) (?![0-9./])
    | 每月 (?P<monthly>{_DAY}) [日号]
    | (?= {_YEAR}年 | {_YEAR}{_DASH}{_YEAR}年 | {_MONTH}月 | {_MONTH}{_DASH}{_MONTH}月 | 第?[一二三四1-4]季度
        | [上下]半年 | 年[底末] )
      (?: (?P<year>{_YEAR}) (?: 年度? | (?={_DASH}{_YEAR}年) ) )?
      (?:
        (?P<month>{_MONTH}) (?: 月份? | (?={_DASH}{_MONTH}月) )
        (?: (?P<day>{_DAY})[日号] | (?P<part>[上中下]旬|底|末) )?
      | (?<![每前个]) (?: 第(?P<quarter>[一二三四1-4]) | (?P<bare_quarter>[一二三四]) ) 季度 (?P<quarter_end>末)?
      | (?P<half>[上下])半年
      | 年?(?P<year_end>[底末])
      )?
    )
    """,
    re.VERBOSE,
)
_SPAN_OF_TIME = re.compile(rf"{_SUFFIX}|/")
_PARTS_OF_MONTH = {"上旬": (1, 10), "中旬": (11, 20), "下旬": (21, None), "底": (None, None), "末": (None, None)}


def _read_date(cell: _Cell, start: int) -> _Period | _Unreadable | None:
    """A date, unless it is rather a number of months (≤6月, 3月内)."""
    match = _DATE.match(cell.norm, start)
    if not match or match.end() == start:
        return None
    bare_month = match["month"] and not (match["year"] or match["day"] or match["part"])
    if bare_month and (cell.norm[start - 1 : start] in tuple(_SIGNS) or _SPAN_OF_TIME.match(cell.norm, match.end())):
        return None
    try:
        return _period(match, cell.year)
    except ValueError:
        return _Unreadable(match.end())


def _period(match: re.Match[str], form_year: int | None) -> _Period:
    """The days that a matched date covers; ValueError where the calendar has no such day."""
    end = match.end()
    if match["y"]:
        year, day = int(match["y"]), _MonthDay(int(match["m"]), int(match["d"]))
        return _Period(end, year, _checked(year, day), day)
    if match["from_y"]:
        year, last_year, last_month = int(match["from_y"]), int(match["to_y"]), int(match["to_m"])
        last = _month_end(last_year, last_month)
        return _Period(end, year, _MonthDay(int(match["from_m"]), 1), last, last_year)
    if match["monthly"]:
        day = _MonthDay(1, int(match["monthly"]))
        return _Period(end, None, day, day, monthly=True)
    written_year = int(match["year"]) if match["year"] else None
    return _Period(end, written_year, *_days_of_year(match, written_year or form_year))


def _days_of_year(match: re.Match[str], year: int | None) -> tuple[_MonthDay, _MonthDay]:
    quarter = match["quarter"] or match["bare_quarter"]
    if match["month"]:
        return _days_of_month(match, year, int(match["month"]))
    if quarter:
        last_month = 3 * ("一二三四".find(quarter) + 1 or int(quarter))
        last = _month_end(year, last_month)
        return (last if match["quarter_end"] else _MonthDay(last_month - 2, 1)), last
    if match["half"]:
        return (_MonthDay(1, 1), _MonthDay(6, 30)) if match["half"] == "上" else (_MonthDay(7, 1), _MonthDay(12, 31))
    if match["year_end"]:
        return _MonthDay(12, 31), _MonthDay(12, 31)
    return _MonthDay(1, 1), _MonthDay(12, 31)


def _days_of_month(match: re.Match[str], year: int | None, month: int) -> tuple[_MonthDay, _MonthDay]:
    if match["day"]:
        day = _checked(year, _MonthDay(month, int(match["day"])))
        return day, day
    first, last = _PARTS_OF_MONTH.get(match["part"], (1, None))
    last_day = _MonthDay(month, last) if last else _month_end(year, month)
    return (_MonthDay(month, first) if first else last_day), last_day


def _checked(year: int | None, day: _MonthDay) -> _MonthDay:
    datetime.date(year or 2000, *day)
    return day


def _month_end(year: int | None, month: int) -> _MonthDay:
    if year is None and month == 2:
        raise ValueError("how long February is depends on the year")
    return _MonthDay(month, calendar.monthrange(year or 2000, month)[1])


# ---------------------------------------------------------------------------------------------------------- numbers

_INTEGER = r"[1-9][0-9]*"
_ARABIC = r"(?:[1-9][0-9]{0,2}(?:,[0-9]{3})+|0|[1-9][0-9]*)(?:\.[0-9]+)?"
# A number is whole or it is none: 1.2.3, 12,34, 007 and `5 10` are not read in part.
_WHOLE = r"(?![0-9]|[.,\s][0-9])"
_CHINESE = rf"[{_CHINESE_DIGIT}{_CHINESE_SCALE}]+(?:点[零〇一二三四五六七八九]+)?"
_NO_NUMERAL = rf"(?<![第数几{_CHINESE_DIGIT}{_CHINESE_SCALE}])"
_NUMBER = re.compile(
    rf"""
    (?P<currency>[¥$])?
    (?<![A-Za-z.]) (?<![0-9][,\s:]) (?<![0-9])
    (?:
      (?P<pair>     {_INTEGER}[:/比]{_INTEGER} {_WHOLE} (?![:/比][0-9]|[十百千万亿]) )       # 1:15, 2/3, 3比1
    | (?P<mixed>    {_INTEGER}[亿万千](?:{_INTEGER}[万千百](?=[0-9]))*{_INTEGER}[万千百]? {_WHOLE} )   # 3万2千
    | (?P<scaled>   {_ARABIC}[亿万千百](?=[余多几来]) )                                       # 1万余人
    | (?P<arabic>   (?:(?:(?<=[{_SIGNS}])|^)[-+])? {_ARABIC} {_WHOLE} )
    | (?P<percent>  [百千万]分之(?:{_ARABIC} {_WHOLE}|{_CHINESE}) )                           # 百分之九十
    | (?P<parts>    {_NO_NUMERAL}{_CHINESE}分之{_CHINESE} )                                   # 三分之二
    | (?P<several>  [数几][十百千万](?![{_CHINESE_SCALE}]) )                                  # 数十
    | (?P<half>     (?<![上下每前后一过大多个])半(?=年|个月|天|个?小时|个?学期) )
    | (?P<chinese>  {_NO_NUMERAL}{_CHINESE} )
    )
    """,
    re.VERBOSE,
)
_PER_HUNDRED = {"百": "%", "千": "‰", "万": "‱"}
_SCALE = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_SCALE.update({"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8})
_DIGIT = dict(zip(_CHINESE_DIGIT, [0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9, *range(1, 10)], strict=True))


def _chinese_number(text: str) -> str | None:
    """A numeral in full, as a decimal; None for what is no strict numeral (一五, 百, 三百五).

    >>> [_chinese_number(text) for text in ("三百八十九", "十二", "叁拾万", "一亿零五万", "九十五点五", "三百五", "百")]
    ['389', '12', '300000', '100050000', '95.5', None, None]
    """
    whole, _, decimals = text.partition("点")
    total = section = 0
    digit: int | None = None
    smallest, largest_section = 10**4, 10**12
    gap = False
    for character in whole:
        if character in _DIGIT:
            if digit:
                return None
            digit, gap = _DIGIT[character], gap or _DIGIT[character] == 0
            continue
        scale = _SCALE[character]
        if scale >= 10**4:
            section += digit or 0
            if not section or scale >= largest_section:
                return None
            total, section, largest_section, smallest = total + section * scale, 0, scale, 10**4
        else:
            if digit is None and scale == 10 and section == 0:
                digit = 1
            if not digit or scale >= smallest:
                return None
            section, smallest = section + digit * scale, scale
        digit, gap = None, False
    spoken_short = bool(digit) and not gap and (smallest in (100, 1000) or (total > 0 and not section))
    if spoken_short:
        return None
    return str(total + section + (digit or 0)) + ("." + "".join(str(_DIGIT[d]) for d in decimals) if decimals else "")


def _any_number(text: str) -> str | None:
    return text.replace(",", "").lstrip("+") if text[-1].isascii() else _chinese_number(text)


def _mixed_number(text: str) -> str | None:
    """3万2千 and 1万2000; None where the parts do not descend, or where a last bare digit is short for more (1万2)."""
    total, ceiling = 0, 10**12
    for digits, scale in re.findall(r"([0-9]+)([亿万千百]?)", text):
        part = int(digits) * _SCALE.get(scale, 1)
        if part >= ceiling or (not scale and part < 100):
            return None
        total, ceiling = total + part, _SCALE.get(scale, 1)
    return str(total)


def _fraction(numerator: str | None, denominator: str | None) -> str | None:
    if not numerator or not denominator or Fraction(denominator) == 0:
        return None
    return str(Fraction(numerator) / Fraction(denominator))


class _Reading(NamedTuple):
    """What the digits or numerals alone say."""

    number: str
    unit: str = ""
    ceiling: str | None = None
    fraction: bool = False


def _percent(text: str) -> _Reading | None:
    number = "100" if text == "百分之百" else _any_number(text[3:])
    return _Reading(number, unit=_PER_HUNDRED[text[0]]) if number else None


def _several(text: str) -> _Reading:
    scale = _SCALE[text[1]]
    return _Reading(str(scale), ceiling=str(scale * 10))


def _reading(number: str | None, fraction: bool = False) -> _Reading | None:
    return _Reading(number, fraction=fraction) if number else None


_FLAVOURS: Mapping[str, Callable[[str], _Reading | None]] = {
    "arabic": lambda text: _Reading(text.replace(",", "").lstrip("+")),
    "pair": lambda text: _reading(_fraction(*re.split("[:/比]", text)), fraction=True),
    "mixed": lambda text: _reading(_mixed_number(text)),
    "scaled": lambda text: _Reading(_times(text[:-1].replace(",", ""), Fraction(_SCALE[text[-1]]))),
    "percent": _percent,
    "parts": lambda text: _reading(_fraction(*map(_chinese_number, reversed(text.split("分之")))), fraction=True),
    "several": _several,
    "half": lambda _: _Reading("0.5"),
    "chinese": lambda text: _reading(_chinese_number(text)),
}


def _read_measure(cell: _Cell, start: int) -> _Measure | None:
    match = _NUMBER.match(cell.norm, start)
    if not match:
        return None
    flavour = match.lastgroup or ""
    reading = _FLAVOURS[flavour](match[flavour])
    if reading is None:
        return None
    number_span = match.span(flavour)
    if reading.unit or reading.fraction:
        return _Measure(match.end(), reading.number, number_span, reading.unit, fraction=reading.fraction)
    measure = _with_unit(cell, reading, number_span)
    if match["currency"] and not measure.unit:
        measure = measure._replace(unit=match["currency"], unit_span=match.span("currency"))
    if flavour in ("chinese", "several") and not _stands_alone(cell, start, measure):
        return None
    return measure


_MORE_THAN = re.compile(r"[余多几来]")
_BEHIND_UNIT = re.compile(r"(?:(?P<more_than>[余多])|(?P<half>半))(?![一-鿿])")


def _with_unit(cell: _Cell, reading: _Reading, number_span: tuple[int, int]) -> _Measure:
    """The measure with what stands behind its number: 余, the unit (also in brackets), 半."""
    norm, number, start = cell.norm, reading.number, number_span[1]
    at_least = _MORE_THAN.match(norm, start) is not None
    bracket = not at_least and norm.startswith("(", start)
    unit_start = start + 1 if at_least or bracket else start
    unit_end = cell.units.match(norm, unit_start)
    if unit_end == unit_start or (bracket and not norm.startswith(")", unit_end)):
        return _Measure(start + at_least, number, number_span, ceiling=reading.ceiling, at_least=at_least)
    end = unit_end + bracket
    behind = _BEHIND_UNIT.match(norm, end)
    if behind and (behind["more_than"] or number.isdecimal()):
        end = behind.end()
        at_least = at_least or bool(behind["more_than"])
        number = f"{number}.5" if behind["half"] else number
    unit = norm[unit_start:unit_end]
    return _Measure(end, number, number_span, unit, (unit_start, unit_end), reading.ceiling, at_least)


_BOUNDARY = re.compile(rf"$|{_SUFFIX}|{_DASH}|[{_SIGNS},;、。:()0-9每不]|{_WORD}")
_AFTER_OPERATOR = re.compile(rf"(?:{_WORD}|{_RISE}|{_FALL}|[{_SIGNS}])$")
_ANY_CHINESE_DIGIT = re.compile(f"[{_CHINESE_DIGIT}]")


def _stands_alone(cell: _Cell, start: int, measure: _Measure) -> bool:
    """Whether a Chinese numeral cannot be part of words, as in 三年行动, 一次性, 一户一档, 省市两级, 打成一片, 零星."""
    norm = cell.norm
    numeral = norm[start : measure.number_span[1]]
    if numeral == "零":
        return False
    if start > 0 and _AFTER_OPERATOR.search(norm, 0, start):
        return bool(measure.unit) or (len(numeral) > 1 and measure.end == len(norm))
    if not measure.unit:
        return start == 0 and len(numeral) > 1 and measure.end == len(norm)
    if not _BOUNDARY.match(norm, measure.end):
        return False
    if start == 0 or "每" in norm[:start]:
        return True
    unit = cell.units.get(measure.unit)
    counts = unit is not None and unit.dimension != "grade"
    return counts and numeral != "一" and not _ANY_CHINESE_DIGIT.search(norm, 0, start)


# --------------------------------------------------------------------------------------------------- the cell itself


class _Cell:
    """One cell on its way through the productions: its normal text, its tokens, and its shape."""

    def __init__(self, text: str, units: Units, year: int | None) -> None:
        self.text = text
        self.units = units
        self.year = year
        self.warnings: list[str] = []
        self.view = _normalise(text, self.warnings)
        self.norm = self.view.text
        self.notes: list[str] = []
        self.tokens: dict[int, _Token] = {}
        self._begins: list[int] = []
        self._ends: list[int] = []
        self.shape = self._read_shape()
        self.has_several = len(_WITH_NUMBER.findall(self.shape)) > 1

    def _read_shape(self) -> str:
        pieces: list[str] = []
        done = position = 0
        norm, begins, ends = self.norm, self._begins, self._ends
        while start := _TOKEN_START.search(norm, position):
            position = start.start()
            token = self._read_token(position)
            if token is None:
                position += 1
                continue
            pieces.append(norm[done:position])
            begins.extend(range(done, position))
            ends.extend(range(done + 1, position + 1))
            if isinstance(token, _Note) and _NOTE_IN_THE_SENTENCE.fullmatch(token.text):
                pieces.append(token.text)
                begins.extend(range(position + 1, token.end - 1))
                ends.extend(range(position + 2, token.end))
            elif isinstance(token, _Note):
                self.notes.append(token.text)
            else:
                self.tokens[len(begins)] = token
                pieces.append(_MARKS[type(token)])
                begins.append(position)
                ends.append(token.end)
            done = position = token.end
        pieces.append(norm[done:])
        begins.extend(range(done, len(norm)))
        ends.extend(range(done + 1, len(norm) + 1))
        return "".join(pieces)

    def _read_token(self, position: int) -> _Token | None:
        for read in TOKEN_READERS:
            token = read(self, position)
            if token is not None:
                return token
        return None

    def is_readable(self) -> bool:
        """Whether the cell as a whole can be one target: no impossible date, no second target in brackets."""
        return _U not in self.shape and not any(_RIVAL_NOTE.search(note) for note in self.notes)

    def measure(self, position: int) -> _Measure:
        token = self.tokens[position]
        assert isinstance(token, _Measure)
        return token

    def period(self, position: int) -> _Period:
        token = self.tokens[position]
        assert isinstance(token, _Period)
        return token

    def norm_of(self, start: int, end: int) -> str:
        """The normal text behind a stretch of the shape."""
        return self.norm[self._begins[start] : self._ends[end - 1]] if end > start else ""

    def span_of(self, start: int, end: int) -> tuple[int, int]:
        """The place in the text of a stretch of the shape."""
        return self.view.span(self._begins[start], self._ends[end - 1])

    def text_of(self, start: int, end: int) -> str:
        """The text behind a stretch of the shape, brackets behind it included."""
        stop = self.view.starts[self._begins[end]] if end < len(self._begins) else len(self.text)
        return self.text[self.view.starts[self._begins[start]] : stop]

    def target(self, kind: str, source: str, *, warnings: Iterable[str] = (), **facts: Any) -> Target:
        return Target(
            text=self.text,
            norm=self.norm,
            kind=kind,
            source=source,
            annotation=tuple(self.notes),
            warnings=tuple(dict.fromkeys((*self.warnings, *warnings))),
            **facts,
        )


# ------------------------------------------------------------------------------------------- production: empty cells

# empty := "" | dashes | 无 | operator? unit, which is a template that nobody filled in
_NOTHING = re.compile(rf"[-‐‑–—―~/….。、_*×]*|无|[{_SIGNS}]|[{_SIGNS}]?[*×xX_]+(?P<placeholder>.*)")
# placeholder := "(" operator? "**" unit? ")"
_PLACEHOLDER = re.compile(r"[≥≤><=]?[*×xX_]+(?P<unit>[^0-9]*)")


def _empty(cell: _Cell) -> Target | None:
    shape = cell.shape
    if _N in shape or _D in shape:
        return None
    match = _NOTHING.fullmatch(shape)
    unit_start = 1 if shape[:1] in tuple(_SIGNS) else 0
    filled = not match and (unit_start == len(shape) or cell.units.match(shape, unit_start) < len(shape))
    if filled or (match and match["placeholder"] and not _is_unit(cell.units, match["placeholder"])):
        return None
    if any(_DIGITS.search(note) for note in cell.notes):
        return None
    template = (match and match["placeholder"] is not None) or any(_PLACEHOLDER.fullmatch(note) for note in cell.notes)
    return cell.target("empty", "empty", warnings=("template_placeholder",) if template else ())


def _is_unit(units: Units, text: str) -> bool:
    return bool(text) and units.match(text, 0) == len(text)


# -------------------------------------------------------------------------------------------------- production: dates

_DONE = (
    r"(?:全部|全面|按时|按期)?(?:完成|完工|建成|竣工|验收|开工|实施|投入使用|交付|上线|办结|拨付|发放|支付)[一-鿿]{0,4}"
)
# date := label? [截至|不晚于|到] point [前|内|起] [完成]
_DATE_TARGET = re.compile(
    rf"""
    (?P<label>   [^{_SIGNS}{_N}{_D}\d]*? )
    (?P<word>    截至|截止到?|不晚于|不迟于|最晚|最迟|到|至|于|在|从|自|[≤≥=] )? [本当]?
    (?P<date>    {_D} ) (?: 起?{_DASH} (?P<until>{_D}) )?
    (?P<marker>  之前|以前|前|内|止|为止|起 )?
    (?P<tail>    [一-鿿]{{0,12}} ) [。;,]?
    """,
    re.VERBOSE,
)
_DATE_LABEL = re.compile(r"|.*[时期]间|.*[时期]限|.*日期|.*:")
_UNTIL = {
    "截至",
    "截止",
    "截止到",
    "不晚于",
    "不迟于",
    "最晚",
    "最迟",
    "到",
    "至",
    "≤",
    "前",
    "之前",
    "以前",
    "内",
    "止",
    "为止",
}


def _date(cell: _Cell) -> Target | None:
    if _D not in cell.shape:
        return None
    match = _DATE_TARGET.fullmatch(cell.shape)
    if not match or any(_DIGITS.search(note) for note in cell.notes):
        return None
    said = {match["word"], match["marker"]} - {None}
    plain_tail = not match["tail"] or re.fullmatch(_DONE, match["tail"])
    if not (said - {"于", "在"}) and not (plain_tail and _DATE_LABEL.fullmatch(match["label"])):
        return None
    period = cell.period(match.start("date"))
    until = match["until"] and cell.period(match.start("until"))
    if until:
        return _date_range(cell, match, period, until) if match["marker"] in (None, "止") else None
    return _one_date(cell, match, period, said)


def _one_date(cell: _Cell, match: re.Match[str], period: _Period, said: set[str | None]) -> Target | None:
    if period.last_year or (period.monthly and not said & _UNTIL):
        return None if said else _date_range(cell, match, period, period)
    lower, upper = _iso(cell, period.year, period.first), _iso(cell, period.last_year or period.year, period.last)
    bounds: tuple[str | None, str | None]
    if said & _UNTIL and not said & {"起", "≥"}:
        comparator, bounds = "<=", (None, f"---{period.last.day:02d}" if period.monthly else upper)
    elif said & {"起", "≥", "从", "自"} and not said & _UNTIL:
        comparator, bounds = ">=", (lower, None)
    elif said <= {"于", "在", "="}:
        comparator, bounds = "=", (lower, upper)
    else:
        return None
    return _date_target(cell, match, comparator, bounds, implicit=comparator == "=" and "=" not in said, period=period)


def _date_range(cell: _Cell, match: re.Match[str], period: _Period, until: _Period) -> Target | None:
    year = period.year or cell.year
    last_year = until.last_year or until.year or year
    if (last_year or 0, until.last) < (year or 0, period.first) or match["word"] not in (
        None,
        "从",
        "自",
        "于",
        "在",
        "=",
    ):
        return None
    bounds = _iso(cell, period.year, period.first), _iso(cell, until.last_year or until.year or period.year, until.last)
    return _date_target(cell, match, "between", bounds, implicit=False, period=period)


def _iso(cell: _Cell, year: int | None, day: _MonthDay) -> str:
    year = year or cell.year
    return f"{year:04d}-{day.month:02d}-{day.day:02d}" if year else f"--{day.month:02d}-{day.day:02d}"


def _date_target(
    cell: _Cell,
    match: re.Match[str],
    comparator: str,
    bounds: tuple[str | None, str | None],
    implicit: bool,
    period: _Period,
) -> Target:
    spans = {"date": cell.span_of(match.start("date"), max(match.end("date"), match.end("until")))}
    for name in ("word", "marker"):
        if match[name]:
            spans["operator"] = cell.span_of(*match.span(name))
    label = _label(cell, *match.span("label"), spans) or _label(cell, *match.span("tail"), spans)
    return cell.target(
        "date",
        "date",
        comparator=comparator,
        lower=bounds[0],
        upper=bounds[1],
        implicit=implicit,
        label=label,
        per=("月",) if period.monthly else (),
        spans=spans,
        warnings=() if period.year or period.monthly else ("no_year",),
    )


_LABEL_EDGES = ":,;、。①②③④⑤⑥⑦⑧⑨⑩"


def _label(cell: _Cell, start: int, end: int, spans: dict[str, tuple[int, int]]) -> str | None:
    """The words in this stretch of the shape, noted as the label."""
    while start < end and cell.shape[start] in _LABEL_EDGES + "的":
        start += 1
    while start < end and cell.shape[end - 1] in _LABEL_EDGES:
        end -= 1
    if start == end:
        return None
    spans["label"] = cell.span_of(start, end)
    return cell.norm_of(start, end)


# -------------------------------------------------------------------------------------- production: several targets

_SEPARATORS = re.compile(r"[,;、。]")
_DEADLINE = "(?:之前|以前|前|内|止|为止)"


def _list(cell: _Cell) -> Target | None:
    """Items between separators, at least two of them with a number: 合格率≥95%，优良率≥30%."""
    if not cell.has_several:
        return None
    cuts = [match.span() for match in _SEPARATORS.finditer(cell.shape)]
    starts = (0, *(end for _, end in cuts))
    ends = (*(start for start, _ in cuts), len(cell.shape))
    items = [(start, end) for start, end in zip(starts, ends, strict=True) if end > start]
    if sum(bool(_WITH_NUMBER.search(cell.shape, *item)) for item in items) < 2:
        return None
    return _compound(cell, items, "list")


# A number, its suffix; or a date that is a deadline.
_ITEM_END = re.compile(rf"{_N}(?:{_SUFFIX})?|{_D}{_DEADLINE}")
_DASH_FIRST = re.compile(_DASH)
_ANY_OPERATOR = re.compile(rf"[{_SIGNS}]|(?:{_WORD})(?={_N})")


def _row(cell: _Cell) -> Target | None:
    """Items in a row without separators, all with or all without an operator: 培训2期100人."""
    if not cell.has_several:
        return None
    ends = [match.end() for match in _ITEM_END.finditer(cell.shape)]
    if len(ends) < 2:
        return None
    ends[-1] = len(cell.shape)
    items = list(zip((0, *ends), ends, strict=False))
    if any(_DASH_FIRST.match(cell.shape, start) for start, _ in items[1:]):
        return None
    operators = sum(bool(_ANY_OPERATOR.search(cell.shape, *item)) for item in items)
    return _compound(cell, items, "row") if operators in (0, len(items)) else None


def _compound(cell: _Cell, items: Sequence[tuple[int, int]], source: str) -> Target | None:
    parts = tuple(parse_target(cell.text_of(*item), cell.units, cell.year) for item in items)
    numbered = [bool(_WITH_NUMBER.search(cell.shape, *item)) for item in items]
    if any(not _is_definite(part) for part, with_number in zip(parts, numbered, strict=True) if with_number):
        return None
    dimensions = [part.canonical.dimension for part in parts if part.canonical and not part.label]
    one_quantity = source == "row" and len(set(dimensions)) < len(dimensions) and not any(p.comparator for p in parts)
    if one_quantity or (source == "row" and _same_quantity(parts)):
        return None
    return cell.target("compound", source, parts=parts)


def _is_definite(part: Target) -> bool:
    return part.kind not in ("qualitative", "empty", "compound") and bool(
        part.unit or not part.implicit or part.kind in ("date", "ratio", "grade")
    )


def _same_quantity(parts: Sequence[Target]) -> bool:
    """1小时30分钟 is one duration in two units, not two targets."""
    families = [part.canonical.dimension.split(".")[0] if part.canonical else "" for part in parts]
    return any(
        family == next_family and family in ("duration", "money", "length", "mass") and not part.label
        for family, next_family, part in zip(families, families[1:], parts[1:], strict=False)
    )


# ------------------------------------------------------------------------------------------------- production: grades

_GRADE_WORD = "优秀|优良|良好|合格|及格|达标|优|良"
_REACHING = "不低于|不得低于|达到|达|≥|=|为"
_ROMAN = {"I": "Ⅰ", "II": "Ⅱ", "III": "Ⅲ", "IV": "Ⅳ", "V": "Ⅴ"}
# grade := [不低于] (numeral class | nA | word) [及以上]
_GRADE = re.compile(
    rf"""
    (?: (?P<label>[一-鿿]{{0,8}}?) (?P<operator>{_REACHING})?
        (?P<roman>[Ⅰ-Ⅴ]|III?|IV|I|V) (?P<roman_class>[类级等])
      | (?P<operator_2>{_REACHING})?
        (?: (?P<chinese>[一二三四五六七八九]) (?P<chinese_class>[类级等])
          | (?P<stars>[1-5]A) (?P<stars_class>级)?
          | (?P<word>{_GRADE_WORD}) )
    )
    (?P<suffix>及?以上|及?以下)? (?: \([^()0-9]*\) )?
    """,
    re.VERBOSE,
)
# rank := 前 N [名]
_RANK = re.compile(
    r"(?P<label>[一-鿿]{0,8}?)(?:进入|位居|位列|排名|排在)?前(?P<rank>[1-9][0-9]?|[二三四五六七八九十]{1,2})(?P<unit>[名位])?(?:以内)?"
)
_RANKED = re.compile(r"|.*(?:全[国省市州区县]|省|市|区|县|系统|排名|排位)")


def _grade(cell: _Cell) -> Target | None:
    match = _GRADE.fullmatch(cell.norm)
    if not match:
        return _rank(cell)
    literal = _ROMAN.get(match["roman"] or "", match["roman"]) or match["chinese"] or match["stars"] or match["word"]
    operator, suffix = match["operator"] or match["operator_2"], match["suffix"]
    comparators = {
        "=" if operator in ("=", "为") else ">=" if operator else "",
        _SUFFIX_COMPARATOR.get(suffix or "", ""),
    } - {""}
    if len(comparators - {"="}) > 1 or (operator == "=" and suffix):
        return cell.target("qualitative", "contradiction", warnings=("contradiction",))
    comparator = next(iter(comparators - {"="}), "=")
    spans = {"grade": cell.view.span(*_first_span(match, "roman", "chinese", "stars", "word"))}
    if operator or suffix:
        spans["operator"] = cell.view.span(*_first_span(match, "operator", "operator_2", "suffix"))
    label = match["label"] or None
    if label:
        spans["label"] = cell.view.span(*match.span("label"))
    ordinal = match["roman"] or match["chinese"]
    return cell.target(
        "grade",
        "grade",
        comparator=comparator,
        lower=literal if comparator != "<=" else None,
        upper=literal if comparator != ">=" else None,
        implicit=operator in (None, "为") and not suffix,
        unit=match["roman_class"] or match["chinese_class"] or match["stars_class"] or "",
        label=label,
        spans=spans,
        warnings=("ordinal_reversed",) if ordinal and comparator != "=" else (),
    )


def _rank(cell: _Cell) -> Target | None:
    match = _RANK.fullmatch(cell.norm)
    if not match or not (match["unit"] or _RANKED.fullmatch(match["label"])):
        return None
    number = _any_number(match["rank"])
    if number is None:
        return None
    spans = {"number": cell.view.span(*match.span("rank"))}
    if match["label"]:
        spans["label"] = cell.view.span(*match.span("label"))
    unit, label = match["unit"] or "", match["label"] or None
    return cell.target("grade", "rank", comparator="<=", upper=number, unit=unit, label=label, spans=spans)


def _first_span(match: re.Match[str], *names: str) -> tuple[int, int]:
    return match.span(next(name for name in names if match[name]))


# ------------------------------------------------------------------------------------------------ production: implied

_HEDGED = re.compile(r"未|不|非|没|无|基本|力争|争取|逐步|努力|接近|推动|推进|促进|部分|尽量|至少")
_AVOIDED = (
    "上访|信访|投诉|举报|事故|伤亡|死亡|差错|失误|发生|感染|违规|违纪|违法|案件|延误|泄露|泄密|火灾|缺陷|污染|欠薪|增长"
)
_CARRIED_OUT = "完成|到位|合格|达标|覆盖|落实|发放|拨付|兑现|支付|验收|通过|整改|办结|建成|参保|入学|缴清"
# implied := ..全覆盖 | ..全部 verb -> 100%   | 零 noun -> 0
_IMPLIED = re.compile(
    rf"""
      (?P<before>[一-鿿]*?) 全覆盖
    | (?P<subject>[一-鿿]*?) 全部 (?P<verb>{_CARRIED_OUT}) (?:到位|合格|完毕|完成)?
    | (?P<none>零) (?P<avoided>[一-鿿]{{0,4}}?(?:{_AVOIDED}))
    """,
    re.VERBOSE,
)


def _implied(cell: _Cell) -> Target | None:
    """Numbers that the words imply. Slogans (应保尽保) and idioms (零距离) imply none."""
    match = _IMPLIED.fullmatch(cell.shape)
    if not match or _HEDGED.search(match["before"] or match["subject"] or ""):
        return None
    number, unit = ("0", "") if match["none"] else ("100", "%")
    name = next((name for name in ("before", "subject", "avoided") if match[name]), "verb")
    spans: dict[str, tuple[int, int]] = {}
    label = _label(cell, *match.span(name), spans) if match[name] else None
    return cell.target(
        "percent" if unit else "quantity",
        "implied",
        comparator="=",
        lower=number,
        upper=number,
        implicit=True,
        unit=unit,
        canonical=_canonical(cell.units, unit, number, number),
        label=label,
        spans=spans,
        warnings=("implied_number",),
    )


# ----------------------------------------------------------------------------- the words before and behind a measure

_REFERENCE = rf"(?:{_D}|上年度?|上一年度?|去年|前年|往年|年初|上期)"
# head := label? per? baseline? verb? operator-word?, the verb directly before operator or number: never …率
_HEAD = re.compile(
    rf"""
    (?P<label>.*?)
    (?: (?P<baseline>同比|环比|年均|[较比与同](?P<reference>{_REFERENCE})(?:同期|水平)?(?:相比)?),? )?
    (?P<verb> (?: (?P<rise>{_RISE}) | (?P<fall>{_FALL}) ) 了?)?
    (?P<word>{_WORD})?
    """,
    re.VERBOSE,
)
# What in front of a number turns it into something else: an ordinal, a rhythm (每3年), its opposite, half a range.
_MISLEADING_LABEL = re.compile(rf".*(?:第|每|[-‐‑–—―~]|不|未|没|没有|无|非|勿|禁止|避免)|.*每{_N}.*|.*\d.*", re.DOTALL)
# Before or after what? Only a bound makes a target of these: 接警后5分钟内.
_RELATIVE_LABEL = re.compile(r".*[前后]")
# 不超过上年的5%, 最多跑一次: an operator is written, but not at the number.
_DISTANT_OPERATOR = re.compile("|".join(word for word in _COMPARATOR if len(word) > 1).replace("最低", "最低(?!生活)"))
_NAMES_A_NUMBER = re.compile(r".*[率度数量值额分比:]")
_HELD_BACK = re.compile(rf"{_D}(?:{_DEADLINE}|{_DASH})")

_TAIL = r"(?P<tail>(?![前后之以底末第号比级倍])[一-鿿A-Za-z,;、。“”]*)"
_UNREAD_TAIL = re.compile(
    rf"以[上下内外前]|之[间前内]|左右|不|未|超|[高低多少大小]于|每|[数几]|[{_CHINESE_DIGIT}]+[次个名人年月天日]|[A-Za-z]+$"
)


_WORD_AT_END = re.compile(rf"(?:{_WORD})$")


class _Head(NamedTuple):
    """The words in front of a measure, taken apart; `words` is the label as it stands in the shape."""

    words: str
    label: str | None
    spans: dict[str, tuple[int, int]]
    per: tuple[str, ...] = ()
    direction: str | None = None
    baseline: str | None = None
    word: str | None = None


def _read_head(cell: _Cell, end: int) -> _Head:
    match = _HEAD.fullmatch(cell.shape, 0, end)
    assert match
    spans: dict[str, tuple[int, int]] = {}
    start, stop, per = _read_per(cell, *match.span("label"), spans)
    direction = "up" if match["rise"] else "down" if match["fall"] else None
    baseline = None
    if match["baseline"]:
        group = "reference" if match["reference"] else "baseline"
        baseline = cell.norm_of(*match.span(group))
        spans["baseline"] = cell.span_of(*match.span(group))
    for name, group in (("operator", "word"), ("direction", "verb")):
        if match[group]:
            spans[name] = cell.span_of(*match.span(group))
    word = match["word"]
    if per and not word and (before := _WORD_AT_END.search(cell.shape, start, stop)):
        word, stop = before[0], before.start()
        spans["operator"] = cell.span_of(*before.span())
    words = cell.shape[start:stop]
    return _Head(words, _label(cell, start, stop, spans), spans, per, direction, baseline, word)


def _read_per(cell: _Cell, start: int, end: int, spans: dict[str, tuple[int, int]]) -> tuple[int, int, tuple[str, ...]]:
    """What is left of the label when every (平均)每 + noun at its beginning and end is taken off, and these nouns."""
    shape = cell.shape
    nouns: list[str] = []
    position = start + 2 if shape.startswith("平均每", start) else start
    while position < end and shape[position] == "每":
        stop = cell.units.match(shape, position + 1)
        if stop == position + 1 or stop > end:
            break
        nouns.append(shape[position + 1 : stop])
        position = stop
    if nouns:
        spans["per"] = cell.span_of(start, position)
        start = position
    position = shape.rfind("每", start, end)
    noun = shape[position + 1 : end]
    whole_label = position == start and not nouns and re.fullmatch("[一-鿿]{1,3}", noun)
    if position >= 0 and (whole_label or _is_unit(cell.units, noun)):
        spans.setdefault("per", cell.span_of(position, end))
        return start, position, (*nouns, noun)
    return start, end, tuple(nouns)


class _Bounds(NamedTuple):
    """Which numbers are meant, and how."""

    comparator: str
    lower: str | None
    upper: str | None
    lower_open: bool = False
    upper_open: bool = False
    implicit: bool = False


def _bounded_target(
    cell: _Cell, source: str, head: _Head, bounds: _Bounds, unit: str, label: str | None, fraction: bool = False
) -> Target:
    """The target that these bounds amount to once the unit is complete."""
    warnings: list[str] = []
    lent = "" if fraction else _lent_unit(cell)
    if lent and unit != lent:
        warnings.append("unit_conflict" if unit else "template_placeholder")
    written = unit or lent
    unit = _per_unit(cell.units, written, head.per)
    canonical = _canonical(cell.units, unit, bounds.lower, bounds.upper)
    family = canonical.dimension.split("/")[0] if canonical else ""
    if unit and not canonical:
        warnings.append("unit_missing_numerator" if unit.startswith("/") else "unknown_unit")
    if family == "count.bare":
        warnings.append("scale_without_unit")
    if not unit and _EXCEL_SERIAL.fullmatch(bounds.lower or ""):
        warnings.append("maybe_excel_serial")
    return cell.target(
        "change" if head.direction else "ratio" if fraction else _kind(family),
        source,
        **bounds._asdict(),
        direction=head.direction,
        baseline=head.baseline,
        unit=unit,
        canonical=canonical,
        per=(*head.per, *cell.units.denominators(written)),
        label=label,
        spans=head.spans,
        warnings=warnings,
    )


# Days since 1900, of the years 2009 to 2036.
_EXCEL_SERIAL = re.compile("4[0-9]{4}")


def _per_unit(units: Units, unit: str, per: Sequence[str]) -> str:
    """每生 1500 元/学期 is 元/生·学期."""
    if not per:
        return unit
    numerator, *denominators = unit.split("/") if units.denominators(unit) else [unit]
    return f"{numerator}/{'·'.join((*per, *denominators))}"


def _kind(family: str) -> str:
    return {"proportion": "percent", "money": "money", "duration": "duration"}.get(family.split(".")[0], "quantity")


def _lent_unit(cell: _Cell) -> str:
    """The unit that an unfilled template leaves beside the number: (≥**%)>=85."""
    templates = (_PLACEHOLDER.fullmatch(note) for note in cell.notes)
    return next((match["unit"] for match in templates if match and _is_unit(cell.units, match["unit"])), "")


# ----------------------------------------------------------------------------------------------- production: between

_LIMIT = rf"[≥≤><]|{_WORD}"
# between := num dash num | num ≤ label ≤ num | ge num 且 le num | 介于 num 与 num 之间 | ± num
_BETWEEN = re.compile(
    rf"""
      (?P<head>[^{_SIGNS}{_N}]*) (?P<first>{_N}) (?: {_DASH} | [与和及](?={_N}之间) ) (?P<second>{_N}) (?:之间)? {_TAIL}
    | (?P<first_2>{_N}) (?P<near>[≥≤><]) (?P<label>[^{_SIGNS}{_N}{_D}\d]+) (?P<far>[≥≤><]) (?P<second_2>{_N})
    | (?P<head_3>[^{_SIGNS}{_N}]*?) (?P<limit>{_LIMIT}) (?P<first_3>{_N})
      [,;]? (?:且|并且|而) (?P<limit_2>{_LIMIT}) (?P<second_3>{_N})
    | (?P<head_4>[^{_SIGNS}{_N}]*) ≤?± (?P<first_4>{_N})
    """,
    re.VERBOSE,
)


def _between(cell: _Cell) -> Target | None:
    if not cell.has_several and "±" not in cell.shape:
        return None
    match = _BETWEEN.fullmatch(cell.shape)
    if not match:
        return None
    if match["first"]:
        return _dashed_range(cell, match)
    if match["near"]:
        head = _Head("", None, {})
        ends = cell.measure(match.start("first_2")), cell.measure(match.start("second_2"))
        label = _label(cell, *match.span("label"), head.spans)
        return _range(cell, head, ends, (_MIRRORED[match["near"]], match["far"]), label)
    if match["limit"]:
        head = _read_head(cell, match.end("head_3"))
        ends = cell.measure(match.start("first_3")), cell.measure(match.start("second_3"))
        return None if head.word else _range(cell, head, ends, (match["limit"], match["limit_2"]), head.label)
    head = _read_head(cell, match.end("head_4"))
    measure = cell.measure(match.start("first_4"))
    if head.word or measure.number.startswith("-"):
        return None
    return _range(cell, head, (measure._replace(number=f"-{measure.number}"), measure), ("≥", "≤"), head.label)


_MIRRORED = {"≥": "≤", ">": "<", "≤": "≥", "<": ">"}


def _dashed_range(cell: _Cell, match: re.Match[str]) -> Target | None:
    head = _read_head(cell, match.end("head"))
    tail = match["tail"].rstrip(_LABEL_EDGES)
    if (head.word and head.word not in _YIELDING) or _is_misleading(head) or _DISTANT_OPERATOR.search(head.words):
        return None
    first, second = cell.measure(match.start("first")), cell.measure(match.start("second"))
    if tail and (len(tail) == 1 or not second.unit or _UNREAD_TAIL.search(tail)):
        return None
    label = None if head.label in ("介于", "在") else head.label
    two_years = all(re.fullmatch(_YEAR, end.number) for end in (first, second))
    if not second.unit and (label or two_years):
        return None
    return _range(cell, head, (first, second), ("≥", "≤"), label)


def _range(
    cell: _Cell, head: _Head, ends: tuple[_Measure, _Measure], limits: tuple[str, str], label: str | None
) -> Target | None:
    """The interval between two measures, whichever stands first; None where they do not bound one."""
    comparators = [_SIGN_COMPARATOR.get(limit) or _COMPARATOR[limit] for limit in limits]
    if [_DIRECTION[comparator] for comparator in comparators] == ["down", "up"]:
        ends, comparators = (ends[1], ends[0]), comparators[::-1]
    lower, upper = ends
    unit = _shared_unit(lower.unit, upper.unit)
    plain = not any(end.at_least or end.ceiling or end.fraction for end in ends)
    if [_DIRECTION[comparator] for comparator in comparators] != ["up", "down"] or unit is None or not plain:
        return None
    if Fraction(lower.number) > Fraction(upper.number):
        return None
    for name, end in (("lower", lower), ("upper", upper)):
        head.spans[name] = cell.view.span(*end.number_span)
        if end.unit_span and end.unit == unit:
            head.spans["unit"] = cell.view.span(*end.unit_span)
    bounds = _Bounds("between", lower.number, upper.number, comparators[0] == ">", comparators[1] == "<")
    return _bounded_target(cell, "between", head, bounds, unit, label)


def _shared_unit(first: str, second: str) -> str | None:
    """The unit of both ends: the same twice, or written once behind the second (10-20万元, 1万-2万元)."""
    return second if first == second or (second and second.startswith(first)) else None


# ----------------------------------------------------------------------------------------- production: one measure

# measured := head sign? num unit suffix? tail
_MEASURED = re.compile(
    rf"""
    (?P<head>   [^{_SIGNS}]* )
    (?P<sign>   [≥≤><=≈] )?
    (?P<measure>{_N} )
    (?P<suffix> {_SUFFIX} )?
    (?: /(?P<rate>[一-鿿]{{1,3}})$ )?
    {_TAIL}
    """,
    re.VERBOSE,
)


def _measured(cell: _Cell) -> Target | None:
    match = _MEASURED.fullmatch(cell.shape)
    if not match:
        return None
    head = _read_head(cell, match.end("head"))
    measure = cell.measure(match.start("measure"))
    sign, suffix, tail = match["sign"], match["suffix"], match["tail"].rstrip(_LABEL_EDGES)
    unit = measure.unit
    if sign and not unit and not measure.fraction and re.fullmatch("[一-鿿]{1,2}", tail):
        unit, tail = tail, ""
    operator = sign or (None if head.word in _COPULAS else head.word)
    if _is_misleading(head) or not _tail_is_harmless(cell, measure, unit, tail, bool(operator or suffix)):
        return None
    if not operator and not _label_needs_no_operator(head, measure, suffix):
        return None
    if head.word in _FROM_BELOW and _is_period(cell, unit):
        return None
    comparator = _agreed(head.word, sign, suffix, measure)
    if comparator is None:
        return cell.target("qualitative", "contradiction", warnings=("contradiction",))
    _note_spans(cell, match, measure, head.spans)
    label = head.label or (_label(cell, *match.span("tail"), head.spans) if tail else None)
    implicit = comparator == "=" and not operator
    bounds = _bounds(_with_inclusion(cell, comparator), measure, head.word, implicit)
    rate = f"/{match['rate']}" if match["rate"] else ""
    return _bounded_target(cell, "measured", head, bounds, unit + rate, label, measure.fraction)


def _is_misleading(head: _Head) -> bool:
    """Whether the words in front deny the number or make another kind of thing of it."""
    return bool(_MISLEADING_LABEL.fullmatch(head.words) or _HELD_BACK.search(head.words))


def _tail_is_harmless(cell: _Cell, measure: _Measure, unit: str, tail: str, bounded: bool) -> bool:
    """Whether the words behind a measure name the thing and do not change the number or its unit."""
    if not tail:
        return True
    if len(tail) == 1 or _UNREAD_TAIL.search(tail) or not (unit or measure.fraction):
        return False
    return bounded or not _is_period(cell, unit)


def _is_period(cell: _Cell, unit: str) -> bool:
    """Whether a number of these is likelier an attribute than a target: 5年规划, 近3年, 18岁青年, 3级医院."""
    known = cell.units.get(unit)
    return known is not None and known.dimension.startswith(("duration", "age", "grade"))


def _label_needs_no_operator(head: _Head, measure: _Measure, suffix: str | None) -> bool:
    """Whether `label number` is a target without any operator: 完成率95, 培训30人, but not 国道318."""
    if head.label is None:
        return True
    if _N in head.words or _DISTANT_OPERATOR.search(head.words):
        return False
    if _RELATIVE_LABEL.fullmatch(head.words) and not suffix:
        return False
    return bool(head.direction or measure.unit or measure.fraction or _NAMES_A_NUMBER.fullmatch(head.words))


def _agreed(word: str | None, sign: str | None, suffix: str | None, measure: _Measure) -> str | None:
    """What word, sign, suffix and 余 say together; None where they contradict each other."""
    said = [_SIGN_COMPARATOR[sign]] if sign else []
    if word and not (word in _YIELDING and (sign or suffix)):
        said.append(_COMPARATOR[word])
    if suffix:
        said.append(_SUFFIX_COMPARATOR[suffix])
    directions = {_DIRECTION[comparator] for comparator in said}
    if len(directions) > 1:
        return None
    if measure.at_least or measure.ceiling:
        return None if "down" in directions else said[0] if "up" in directions else "approx"
    return said[0] if said else "="


_INCLUSION = re.compile(r"(?P<not>不)?(?:包)?含(?:本数|本级|[0-9.,]+[^0-9]{0,4})?")


def _with_inclusion(cell: _Cell, comparator: str) -> str:
    """（含） and （不含） decide whether the bound itself counts."""
    for note in cell.notes:
        match = _INCLUSION.fullmatch(note)
        if match:
            return (_OPENED if match["not"] else _CLOSED).get(comparator, comparator)
    return comparator


def _bounds(comparator: str, measure: _Measure, word: str | None, implicit: bool) -> _Bounds:
    number = measure.number
    if comparator in (">=", ">"):
        return _Bounds(comparator, number, None)
    if comparator in ("<=", "<"):
        return _Bounds(comparator, None, number)
    if comparator == "approx" and measure.at_least:
        return _Bounds(comparator, number, None)
    if comparator == "approx" and word in _FROM_BELOW:
        return _Bounds(comparator, None, number)
    return _Bounds(comparator, number, measure.ceiling or number, implicit=implicit)


def _note_spans(cell: _Cell, match: re.Match[str], measure: _Measure, spans: dict[str, tuple[int, int]]) -> None:
    spans["number"] = cell.view.span(*measure.number_span)
    if measure.unit_span:
        spans["unit"] = cell.view.span(*measure.unit_span)
    if match["sign"]:
        spans["operator"] = cell.span_of(*match.span("sign"))
    if match["suffix"]:
        spans["suffix" if "operator" in spans else "operator"] = cell.span_of(*match.span("suffix"))


# -------------------------------------------------------------------------------------------------------- the parser

_DIGITS = re.compile(r"\d")


def parse_target(text: str, units: Units, year: int | None = None) -> Target:
    """Read one target cell. Total and deterministic; `year` is the form's, for dates that have none of their own."""
    if len(text) > LONGEST_TARGET:
        return Target(text, text, "qualitative", warnings=_unread(text), source="prose")
    cell = _Cell(text, units, year)
    for production in PRODUCTIONS if cell.is_readable() else ():
        target = production(cell)
        if target is not None:
            return target
    return cell.target("qualitative", "words", warnings=_unread(cell.norm))


def _unread(text: str) -> tuple[str, ...]:
    return ("unread_number",) if _DIGITS.search(text) else ()


# In this order; the first that reads something decides.
TOKEN_READERS: tuple[Callable[[_Cell, int], _Token | None], ...] = (_read_note, _read_name, _read_date, _read_measure)
PRODUCTIONS: tuple[Callable[[_Cell], Target | None], ...] = (
    _empty,
    _date,
    _list,
    _grade,
    _implied,
    _between,
    _row,
    _measured,
)
