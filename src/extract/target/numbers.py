"""Numbers within a cell, each with its unit: 1,200.50平方米, 三百八十九件, 3万2千人, 百分之九十, 三分之二, 数十次."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import NamedTuple

from extract.target.numerals import (
    CHINESE_DIGITS,
    CHINESE_SCALES,
    SCALE,
    any_number,
    chinese_number,
    fraction,
    mixed_number,
    times,
)
from extract.target.units import Units
from extract.target.words import DASH, SIGNS, Words, any_of


class Measure(NamedTuple):
    """A number with its unit; `ceiling` is the upper end of 数十, `at_least` marks 余 and its like."""

    end: int
    number: str
    number_span: tuple[int, int]
    unit: str = ""
    unit_span: tuple[int, int] | None = None
    ceiling: str | None = None
    at_least: bool = False
    fraction: bool = False


_INTEGER = r"[1-9][0-9]*"
_ARABIC = r"(?:[1-9][0-9]{0,2}(?:,[0-9]{3})+|0|[1-9][0-9]*)(?:\.[0-9]+)?"
# A number is whole or it is none: 1.2.3, 12,34, 007 and `5 10` are not read in part.
_WHOLE = r"(?![0-9]|[.,\s][0-9])"
_NUMERAL = f"{CHINESE_DIGITS}{CHINESE_SCALES}"
_CHINESE = rf"[{_NUMERAL}]+(?:点[零〇一二三四五六七八九]+)?"
# num := currency? (digits | numeral | both); the name of the group says how it is read
_NUMBER = re.compile(
    rf"""
    (?P<currency>[¥$])?
    (?<![A-Za-z.]) (?<![0-9][,\s:]) (?<![0-9])
    (?:
      (?P<pair>     {_INTEGER}[:/比]{_INTEGER} {_WHOLE} (?![:/比][0-9]|[十百千万亿]) )       # 1:15, 2/3, 3比1
    | (?P<mixed>    {_INTEGER}[亿万千](?:{_INTEGER}[万千百](?=[0-9]))*{_INTEGER}[万千百]? {_WHOLE} )   # 3万2千
    | (?P<scaled>   {_ARABIC}[亿万千百](?=[余多几来]) )                                       # 1万余人
    | (?P<arabic>   (?:(?:(?<=[{SIGNS}])|^)[-+])? {_ARABIC} {_WHOLE} )                        # 1,200.50, -5
    | (?P<percent>  [百千万]分之(?:{_ARABIC} {_WHOLE}|{_CHINESE}) )                           # 百分之九十
    | (?P<parts>    (?<![第数几{_NUMERAL}]){_CHINESE}分之{_CHINESE} )                         # 三分之二
    | (?P<several>  [数几][十百千万](?![{CHINESE_SCALES}]) )                                  # 数十
    | (?P<half>     (?<![上下每前后一过大多个])半(?=年|个月|天|个?小时|个?学期) )               # 半年
    | (?P<chinese>  (?<![第数几{_NUMERAL}]){_CHINESE} )                                       # 三百八十九
    )
    """,
    re.VERBOSE,
)


class Numbers:
    """The numbers of cells, read with this catalogue of units and these words around them.

    >>> from extract.rules import load_rules
    >>> grammar = load_rules().targets
    >>> numbers = Numbers(grammar.units, grammar.words)
    >>> numbers.read("三百八十九件", 0)[:4]
    (6, '389', (0, 5), '件')
    >>> numbers.read("≥1,200.50万件", 1)[:4]
    (11, '1200.50', (1, 9), '万件')
    """

    def __init__(self, units: Units, words: Words) -> None:
        self._units = units
        # A Chinese numeral ends here, or the next thing begins: 三件以上, 三次，五人.
        self._boundary = re.compile(rf"$|{words.suffix}|{DASH}|[{SIGNS},;、。:()0-9每不]|{words.operator}")
        # 不少于三个, 减少三件
        self._behind_operator = re.compile(rf"(?:{words.operator}|{words.change}|[{SIGNS}])$")
        # 举办三期培训班
        self._behind_activity = re.compile(rf"{any_of(words.activities)}$")

    def read(self, norm: str, start: int) -> Measure | None:
        """The number that begins here, with its unit and what stands around it."""
        match = _NUMBER.match(norm, start)
        if not match:
            return None
        flavour = match.lastgroup or ""
        reading = _FLAVOURS[flavour](match[flavour])
        if not reading or not reading.number:
            return None
        number_span = match.span(flavour)
        if reading.unit or reading.fraction:
            return Measure(match.end(), reading.number, number_span, reading.unit, fraction=reading.fraction)
        measure = _with_unit(norm, reading.number, reading.ceiling, number_span, self._units)
        if match["currency"] and not measure.unit:
            measure = measure._replace(unit=match["currency"], unit_span=match.span("currency"))
        if flavour in ("chinese", "several") and not self._stands_alone(norm, start, measure):
            return None
        return measure

    def _stands_alone(self, norm: str, start: int, measure: Measure) -> bool:
        """Whether a Chinese numeral cannot be part of words, as in 三年行动, 一次性, 省市两级, 打成一片, 零星."""
        numeral = norm[start : measure.number_span[1]]
        ends_the_cell = len(numeral) > 1 and measure.end == len(norm)
        if numeral == "零":
            return False
        if start > 0 and self._behind_operator.search(norm, 0, start):
            return bool(measure.unit) or ends_the_cell
        if not measure.unit:
            return start == 0 and ends_the_cell
        counts = self._units.dimension(measure.unit) not in ("", "grade")
        if counts and numeral != "一" and self._behind_activity.search(norm, 0, start):
            return True
        if not self._boundary.match(norm, measure.end):
            return False
        if start == 0 or "每" in norm[:start]:
            return True
        return counts and numeral != "一" and not _ANY_CHINESE_DIGIT.search(norm, 0, start)


# ------------------------------------------------------------------------------------- what digits and numerals say


class _Reading(NamedTuple):
    """What the digits or numerals alone say; no number is nothing sensible."""

    number: str | None
    unit: str = ""
    ceiling: str | None = None
    fraction: bool = False


def _percent(text: str) -> _Reading:
    number = "100" if text == "百分之百" else any_number(text[3:])
    return _Reading(number, unit={"百": "%", "千": "‰", "万": "‱"}[text[0]])


def _several(text: str) -> _Reading:
    scale = SCALE[text[1]]
    return _Reading(str(scale), ceiling=str(scale * 10))


def _scaled(text: str) -> _Reading:
    return _Reading(times(text[:-1].replace(",", ""), Fraction(SCALE[text[-1]])))


def _parts(text: str) -> _Reading:
    denominator, numerator = map(chinese_number, text.split("分之"))
    return _Reading(fraction(numerator, denominator), fraction=True)


_FLAVOURS: Mapping[str, Callable[[str], _Reading]] = {
    "pair": lambda text: _Reading(fraction(*re.split("[:/比]", text)), fraction=True),
    "mixed": lambda text: _Reading(mixed_number(text)),
    "scaled": _scaled,
    "arabic": lambda text: _Reading(any_number(text)),
    "percent": _percent,
    "parts": _parts,
    "several": _several,
    "half": lambda _: _Reading("0.5"),
    "chinese": lambda text: _Reading(chinese_number(text)),
}

# ------------------------------------------------------------------------------------------ what stands around it

# measure := num 余? (unit | "(" unit ")") (余 | 半)?          1万余人, 10(万元), 一年半
_MORE_THAN = re.compile(r"[余多几来]")
_BEHIND_UNIT = re.compile(r"(?:(?P<more_than>[余多])|(?P<half>半))(?![一-鿿])")


def _with_unit(norm: str, number: str, ceiling: str | None, number_span: tuple[int, int], units: Units) -> Measure:
    start = number_span[1]
    at_least = _MORE_THAN.match(norm, start) is not None
    bracket = not at_least and norm.startswith("(", start)
    unit_start = start + (at_least or bracket)
    unit_end = units.match(norm, unit_start)
    if unit_end == unit_start or (bracket and not norm.startswith(")", unit_end)):
        return Measure(start + at_least, number, number_span, ceiling=ceiling, at_least=at_least)
    end = unit_end + bracket
    behind = _BEHIND_UNIT.match(norm, end)
    if behind and (behind["more_than"] or number.isdecimal()):
        end = behind.end()
        at_least = at_least or bool(behind["more_than"])
        number = f"{number}.5" if behind["half"] else number
    return Measure(end, number, number_span, norm[unit_start:unit_end], (unit_start, unit_end), ceiling, at_least)


_ANY_CHINESE_DIGIT = re.compile(f"[{CHINESE_DIGITS}]")
