"""The tokens within a cell: brackets, names, dates and numbers, and the mark that each leaves in the shape."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from extract.target.dates import Dates, Period, Unreadable
from extract.target.numbers import Measure, Numbers
from extract.target.numerals import CHINESE_DIGITS, CHINESE_SCALES
from extract.target.units import Units
from extract.target.words import SIGNS, Words, any_of


class Note(NamedTuple):
    """The words in a pair of brackets."""

    end: int
    text: str


class Name(NamedTuple):
    """Digits that belong to a name: PM2.5, 4A级, 5G, 65岁以上老人, 12345热线."""

    end: int


Token = Note | Name | Period | Unreadable | Measure

# Control characters do not survive normalisation, so no text contains a mark.
N, D, P, U = "\x01", "\x02", "\x03", "\x04"
MARKS: Mapping[type, str] = {Note: "", Name: P, Measure: N, Period: D, Unreadable: U}
WITH_NUMBER = f"{N}{D}"

# Only these characters begin a token.
TOKEN_START = re.compile(rf"[(0-9A-Za-z¥$+\-{CHINESE_DIGITS}{CHINESE_SCALES}数几半第上下年每]")

# note := "(" words ")"          （含）, （万元）
_NOTE = re.compile(r"\((?P<words>[^()]*)\)")


class Tokens:
    """The tokens of cells, read with this catalogue of units and these words."""

    def __init__(self, units: Units, words: Words) -> None:
        self._dates = Dates(words)
        self._numbers = Numbers(units, words)
        self._name = re.compile(_NAME.format(signs=SIGNS, suffix=words.suffix, hotlines=any_of(words.hotlines)), re.X)

    def read(self, norm: str, start: int, year: int | None) -> Token | None:
        """The token that begins here; the first kind that fits decides."""
        if norm[start] == "(":
            note = _NOTE.match(norm, start)
            return Note(note.end(), note["words"]) if note else None
        name = self._name.match(norm, start)
        if name:
            return Name(name.end())
        return self._dates.read(norm, start, year) or self._numbers.read(norm, start)


# name := letters digits | nA级 | digits letter | n岁 group | n hotline | n小时内 …率
_NAME = r"""
      [A-Za-z]+-?[0-9]+(?:\.[0-9]+)?(?![0-9])                                   # PM2.5
    | (?<![{signs}0-9.]) (?:
        [1-5]A级?                                                               # 4A级景区
      | [0-9]+(?:\.[0-9]+)?[A-Z] (?=[一-鿿]) (?!{suffix})                       # 5G基站
      | [0-9]+(?:[-至~][0-9]+)?(?:周?岁|月龄|年级)(?:及?以[上下])? (?=[一-鿿]) (?!{suffix})  # 65岁以上老人, 1-3年级学生
      | [0-9]+型 (?=[一-鿿])                                                     # 2型糖尿病
      | [0-9]+(?:\.[0-9]+)?(?:小时|分钟|秒|个?工作日|个?月|天|日|年)[之以]?内 (?=[一-鿿]{{1,12}}率)   # 24小时内上报率
      | [0-9]+\.[0-9]+版 | [A-Za-z]*[0-9]+\+[0-9]+ (?![0-9.])                     # 2.0版, K12+300
      | 1[0-9]{{2,4}} (?={hotlines}) )                                          # 12345热线
    """
