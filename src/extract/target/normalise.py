"""Normalisation: the many ways to type a target become one, and every character knows where it came from.

>>> view = Normaliser(["不低于"], {"優": "优"}).normalise("優良率 ＞＝ 85％")[0]
>>> view.text, view.span(3, 4)
('优良率≥85%', (4, 6))
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from extract.target.words import SIGNS, any_of


class View(NamedTuple):
    """Edited text with the way back: character i came from `starts[i]:ends[i]` of the original."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The place in the original of a stretch of the text."""
        return self.starts[start], self.ends[end - 1]

    def unwrapped(self) -> View:
        """This view without the quotes or brackets around all of it: “≥95%”, 【≥95%】."""
        return View(self.text[1:-1], self.starts[1:-1], self.ends[1:-1]) if _WRAPPED.fullmatch(self.text) else self

    def edited(self, pattern: re.Pattern[str], rewrite: Callable[[re.Match[str]], str]) -> View:
        """This view with every match rewritten; each new character points at the whole match."""
        pieces: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        kept = 0
        for match in pattern.finditer(self.text):
            new = rewrite(match)
            if new == match[0]:
                continue
            start, end = match.span()
            pieces += (self.text[kept:start], new)
            starts += (*self.starts[kept:start], *[self.starts[start]] * len(new))
            ends += (*self.ends[kept:start], *[self.ends[end - 1]] * len(new))
            kept = end
        if not pieces:
            return self
        pieces.append(self.text[kept:])
        return View("".join(pieces), (*starts, *self.starts[kept:]), (*ends, *self.ends[kept:]))


class Normaliser:
    """Normalisation by the words of the rules: `operators` may follow an enumerator, `traditional` are made simple."""

    def __init__(self, operators: Iterable[str], traditional: Mapping[str, str]) -> None:
        self._substitutes = {**_CHARACTER_SUBSTITUTES, **traditional}
        # Gaps, and whatever is neither ASCII nor a usual simplified character: ８, ％, ≧, a no-break space, 達.
        simplified = "".join(traditional)
        self._odd = re.compile(rf"(?P<gap>[{_INVISIBLE}]+)|[^!-~一-鿿≥≤≈±‰、。·]|[{simplified or _INVISIBLE}]")
        self._habits = _writing_habits(any_of(operators))

    def normalise(self, text: str) -> tuple[View, list[str]]:
        """The text in normal form, and warnings about what had to be guessed."""
        warnings: list[str] = []

        def usual(match: re.Match[str]) -> str:
            habit = match.lastgroup or ""
            if habit in _DOUBTFUL_HABITS:
                warnings.append(_DOUBTFUL_HABITS[habit])
            return _POWERS[match[0]] if habit == "power" else _HABIT_MEANS[habit]

        view = View(text, range(len(text)), range(1, len(text) + 1)).edited(self._odd, self._plain)
        while (usual_view := view.unwrapped().edited(self._habits, usual)) is not view:
            view = usual_view
        return view, warnings

    def _plain(self, match: re.Match[str]) -> str:
        """One character after NFKC, except where NFKC would make a number of it (①, ½, ², Ⅲ)."""
        if match["gap"]:
            start, end = match.span()
            between_digits = match.string[start - 1 : start].isdecimal() and match.string[end : end + 1].isdecimal()
            return " " if between_digits else ""
        character = match[0]
        if character in self._substitutes:
            return self._substitutes[character]
        if character.isnumeric() and not character.isdecimal():
            return character
        plain = unicodedata.normalize("NFKC", character)
        return character if len(plain) > 1 and (plain[0].isdecimal() or " " in plain) else plain


# --------------------------------------------------------------------------------------------- character by character

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

# Quotes or brackets with a number in them and nothing around them.
_WRAPPED = re.compile(r"“(?=[^”]*\d)[^“”]+”|\((?=[^)]*\d)[^()]+\)|\"(?=[^\"]*\d)[^\"]+\"|\[(?=[^]]*\d)[^][]+\]")

# ----------------------------------------------------------------------------------------------------- habit by habit


def _writing_habits(operator: str) -> re.Pattern[str]:
    """What people type, each habit a group whose name says what is meant."""
    return re.compile(
        rf"""
      (?P<enumerator> ^(?: [★☆●◆※] | [①-⑳] | \(?[0-9]{{1,2}}[).、] | \([一二三四五六七八九十]{{1,2}}\)
                         | [一二三四五六七八九十]{{1,2}}、 )+
                      (?= [{SIGNS}] | [》〉《〈]= | {operator} ) )      # 1.≥95%, （2）不低于95%
    | (?P<item>  (?:^|(?<=[;。]))[0-9]{{1,2}}[、.)](?=[一-鿿]) )        # 1、修路3公里；2、架桥2座
    | (?P<circled_first> ^[①-⑳]+(?=[^0-9①-⑳]) ) | (?P<circled> [①-⑳](?=[一-鿿]) )   # ①修路3公里②架桥2座
    | (?P<ge>  (?: ≥=* | [>》〉]=+ | =+>=* )+ )                        # >=  =>  》=  ≥≥
    | (?P<le>  (?: ≤=* | [<《〈]=+ | =+<=* )+ )
    | (?P<eq>  ={{2,}} )
    | (?P<gt_key> ^[》〉](?=[0-9]) )                                   # typed with the Chinese keyboard on: 》6%
    | (?P<lt_key> ^[《〈](?=[0-9][^》〉]*$) )
    | (?P<ge_byte> ^³(?=[0-9]) )                                       # the Symbol font's bytes shown in a Latin one
    | (?P<le_byte> ^£(?=[0-9]) )
    | (?P<eq_ocr> ^二(?=[0-9]) )                                       # = taken for 二
    | (?P<point> (?<=[0-9])。(?=[0-9]) )                               # 76。7分
    | (?P<power> (?<=[A-Za-z])[²³] )                                   # m²
    | (?P<times> (?<=[一-鿿])[*×xX.](?=[一-鿿]) )                       # 元/人*月
    | (?P<stop> (?<=[^0-9])\.$ )
    | (?P<percent> %{{2,}} )
    | (?P<yuan> 人民币(?=[0-9]) )
    """,
        re.VERBOSE,
    )


_HABIT_MEANS = {
    **dict.fromkeys(("enumerator", "item", "circled_first", "stop"), ""),
    "circled": ";",
    **dict.fromkeys(("ge", "ge_byte"), "≥"),
    **dict.fromkeys(("le", "le_byte"), "≤"),
    **dict.fromkeys(("eq", "eq_ocr"), "="),
    "gt_key": ">",
    "lt_key": "<",
    "point": ".",
    "times": "·",
    "percent": "%",
    "yuan": "¥",
}
_POWERS = {"²": "2", "³": "3"}
_DOUBTFUL_HABITS = {
    **dict.fromkeys(("gt_key", "lt_key", "ge_byte", "le_byte"), "lookalike_operator"),
    "eq_ocr": "ocr_suspect",
}
