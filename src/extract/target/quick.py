"""The short way for the shapes that most cells have; it says exactly what the grammar says, or nothing.

Four cells of five are `≥95%`, `=3次`, `不低于90%`, `5天以内` or plain words. One pattern reads the whole of such a cell
(sign or word, digits, a unit that the catalogue lists, suffix), two tell that there is nothing in the words to be read.
Whatever has anything else in it, or could also be a date, a grade, an attribute or a scale without a unit, is None
here and goes through the productions. A test holds the two ways equal on any text; to read a target differently,
change the productions, and leave the shape out here.
"""

from __future__ import annotations

import re

from extract.target.model import Bounds, Canonical, Target, kind_of
from extract.target.numerals import CHINESE_DIGITS, CHINESE_SCALES, times
from extract.target.units import Units
from extract.target.words import SIGN_COMPARATOR, Words, any_of

# The signs as typed, by their normal form.
_SIGNS = {
    **{sign: sign for sign in "≥≤><="},
    **dict.fromkeys(("≧", ">=", "＞=", ">＝", "＞＝", "=>"), "≥"),
    **dict.fromkeys(("≦", "<=", "＜=", "<＝", "＜＝", "=<"), "≤"),
    "＞": ">",
    "＜": "<",
    "＝": "=",
}
_PERCENT_SIGNS = {"％": "%", "﹪": "%"}
# Units that begin like these may be dates (6月), grades (3级) or a scale by itself (250万).
_DOUBTFUL_UNIT = re.compile("[年月季旬级类等档星A版]")
# No bare number of more digits: it may be a serial number of Excel's, or a year.
_MOST_BARE_DIGITS = 3
# A longer number is damage, and more than Python multiplies without a fuss.
_MOST_DIGITS = 100


class Quick:
    """The short way, with the same vocabulary as the grammar."""

    def __init__(self, units: Units, words: Words) -> None:
        self._units = units
        self._comparator = words.comparator
        told_apart = {*words.copulas, *words.operators["approx"], *words.suffixes["approx"]}
        before = [word for listed in words.operators.values() for word in listed if word not in told_apart]
        behind = [word for listed in words.suffixes.values() for word in listed if word not in told_apart]
        self._measure = re.compile(
            rf"""
            (?: (?P<sign> {any_of(_SIGNS)} ) | (?P<word> {any_of(before)} ) )? [ ]?
            (?P<number> (?: 0 | [1-9][0-9]* ) (?: \.[0-9]+ )? ) [ ]?
            (?P<unit> [%％﹪‰] | [一-鿿]{{1,6}}? )??
            (?(sign) | (?(word) | (?P<suffix> {any_of(behind)} )? ))
            """,
            re.VERBOSE,
        )
        # What a cell of words must not contain to be nothing but words.
        begins_a_token = f"{CHINESE_DIGITS}{CHINESE_SCALES}数几半第上下年每"
        odd = "".join(words.traditional)
        self._remarkable = re.compile(rf"[{begins_a_token}{odd}全零无前]|{any_of(words.grades)}")

    def read(self, text: str) -> Target | None:
        """The target, if the cell has one of the common shapes."""
        match = self._measure.fullmatch(text)
        if match:
            return self._measured(text, match) if len(match["number"]) <= _MOST_DIGITS else None
        if _WORDS.fullmatch(text) and not self._remarkable.search(text) and not self._units.get(text):
            return Target(text, text.replace("，", ","), "qualitative", source="words")
        return None

    def _measured(self, text: str, match: re.Match[str]) -> Target | None:
        sign, word, number, unit, suffix = match.group("sign", "word", "number", "unit", "suffix")
        spans = {"number": match.span("number")}
        norm_sign, known = _SIGNS[sign] if sign else "", None
        if unit:
            unit = _PERCENT_SIGNS.get(unit, unit)
            known = self._units.get(unit)
            if known is None or _DOUBTFUL_UNIT.match(unit) or known.dimension == "count.bare":
                return None
            spans["unit"] = match.span("unit")
        elif len(number) > _MOST_BARE_DIGITS or suffix:
            return None
        written = norm_sign or word or suffix
        comparator = SIGN_COMPARATOR.get(norm_sign) or (self._comparator[written] if written else "=")
        bounds = Bounds.of(comparator, number, number, not written)
        canonical = None
        if known:
            converted = times(number, known.factor)
            lower, upper = bounds.lower and converted, bounds.upper and converted
            canonical = Canonical(lower, upper, known.canonical, known.dimension, known.factor)
        if written:
            spans["operator"] = match.span("sign" if sign else "word" if word else "suffix")
        return Target(
            text,
            f"{norm_sign or word or ''}{number}{unit or ''}{suffix or ''}",
            kind_of(known.dimension) if known else "quantity",
            *bounds,
            unit=unit or "",
            canonical=canonical,
            spans=spans,
            source="measured",
        )


# At the ends, punctuation could be a dash or a list of nothing.
_WORDS = re.compile("[一-鿿](?:[一-鿿，、。]{0,198}[一-鿿])?")
