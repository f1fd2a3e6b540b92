"""The tokens within a cell: brackets, names, dates and numbers, and the mark that each leaves in the shape."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from extract.target.dates import Period, Unreadable, read_date
from extract.target.numbers import Measure, read_measure
from extract.target.units import Units
from extract.target.words import CHINESE_DIGITS, CHINESE_SCALES, HOTLINES, SIGNS, SUFFIX, any_of


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
WITH_NUMBER = re.compile(f"[{N}{D}]")

# Only these characters begin a token.
TOKEN_START = re.compile(rf"[(0-9A-Za-z¥$+\-{CHINESE_DIGITS}{CHINESE_SCALES}数几半第上下年每]")


def read_token(norm: str, start: int, units: Units, year: int | None) -> Token | None:
    """The token that begins here; the first kind that fits decides."""
    return (
        _read_note(norm, start)
        or _read_name(norm, start)
        or read_date(norm, start, year)
        or read_measure(norm, start, units)
    )


# note := "(" words ")"          （含）, （万元）
_NOTE = re.compile(r"\((?P<words>[^()]*)\)")


def _read_note(norm: str, start: int) -> Note | None:
    match = _NOTE.match(norm, start)
    return Note(match.end(), match["words"]) if match else None


# name := letters digits | nA级 | digits letter | n岁 group | n hotline
_NAME = re.compile(
    rf"""
      [A-Za-z]+-?[0-9]+(?:\.[0-9]+)?(?![0-9])                                   # PM2.5
    | (?<![{SIGNS}0-9.]) (?:
        [1-5]A级?                                                               # 4A级景区
      | [0-9]+(?:\.[0-9]+)?[A-Z] (?=[一-鿿]) (?!{SUFFIX})                       # 5G基站
      | [0-9]+(?:-[0-9]+)?周?岁(?:及?以[上下])? (?=[一-鿿]) (?!{SUFFIX})          # 65岁以上老人
      | 1[0-9]{{2,4}} (?={any_of(HOTLINES)}) )                    # 12345热线
    """,
    re.VERBOSE,
)


def _read_name(norm: str, start: int) -> Name | None:
    match = _NAME.match(norm, start)
    return Name(match.end()) if match else None
