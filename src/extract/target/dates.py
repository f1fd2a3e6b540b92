"""Dates within a cell: 2021年12月底, 2021/6/30, 第四季度, 每月10日, 二〇二一年十月; each becomes the days it covers."""

from __future__ import annotations

import calendar
import datetime
import re
from typing import NamedTuple

from extract.target.numerals import chinese_number, plain_numerals
from extract.target.words import DASH, SIGNS, Words


class MonthDay(NamedTuple):
    """A day of no particular year."""

    month: int
    day: int


class Period(NamedTuple):
    """A date as written, from its first to its last day. `monthly` is a day of every month."""

    end: int
    year: int | None
    first: MonthDay
    last: MonthDay
    last_year: int | None = None
    monthly: bool = False


class Unreadable(NamedTuple):
    """What looks like a date and is none (2月30日); the cell that holds it stays text."""

    end: int


YEAR = r"(?:19|20)[0-9]{2}"
_MONTH = r"(?:1[0-2]|0?[1-9])"
_DAY = r"(?:3[01]|[12][0-9]|0?[1-9])"
# Years, months and days in Chinese numerals: 二〇二一年十二月三十一日.
_ANY_YEAR = rf"(?:{YEAR}|[一二][〇○零九][〇○零一二三四五六七八九]{{2}})"
_ANY_MONTH = rf"(?:{_MONTH}|十[一二]?|[一二三四五六七八九])"
_ANY_DAY = rf"(?:{_DAY}|[二三]?十[一二三四五六七八九]?|[一二三四五六七八九])"
_QUARTERS = "一二三四"
# date := y/m/d | y.m-y.m | 每月 day | [year] [month [day | part] | quarter | half | end]
_DATE = re.compile(
    rf"""
    (?<![0-9.每]) (?:
      (?P<y>{YEAR}) (?P<dot>[./-]) (?P<m>{_MONTH}) (?P=dot) (?P<d>{_DAY}) 日? (?![0-9])               # 2021/6/30
    | (?P<y8>{YEAR}) (?P<m8>0[1-9]|1[0-2]) (?P<d8>0[1-9]|[12][0-9]|3[01]) (?![0-9.,])                 # 20211231
    | (?P<from_y>{YEAR}) [./] (?P<from_m>{_MONTH}) {DASH} (?P<to_y>{YEAR}) [./] (?P<to_m>{_MONTH}) (?![0-9./])
    | 每月 (?P<monthly>{_DAY}) [日号]                                                                # 每月10日
    | (?= {_ANY_YEAR}年 | {YEAR}{DASH}{YEAR}年 | {_ANY_MONTH}月 | {_MONTH}{DASH}{_MONTH}月 | 第?[{_QUARTERS}1-4]季度
        | [上下]半年 | 年[底末] )
      (?: (?P<year>{_ANY_YEAR}) (?: 年度? | (?={DASH}{YEAR}年) ) )?                                       # 2020-2021年
      (?:
        (?P<month>{_ANY_MONTH}) (?: 月份? | (?={DASH}{_MONTH}月) )                                       # 1-12月
        (?: (?P<day>{_ANY_DAY})[日号] | (?P<part>[上中下]旬|底|末) )?                                     # 12月中旬
      | (?<![每前个]) (?: 第(?P<quarter>[{_QUARTERS}1-4]) | (?P<bare_quarter>[{_QUARTERS}]|(?<=年)[1-4]) ) 季度
        (?P<quarter_end>末)?
      | (?P<half>[上下])半年
      | 年?(?P<year_end>[底末])                                                                      # 2023年底
      )?
    )
    """,
    re.VERBOSE,
)
# First and last day; None is the last day of the month.
_PARTS_OF_MONTH = {"上旬": (1, 10), "中旬": (11, 20), "下旬": (21, None), "底": (None, None), "末": (None, None)}
_JANUARY_1, _JUNE_30, _JULY_1, _DECEMBER_31 = MonthDay(1, 1), MonthDay(6, 30), MonthDay(7, 1), MonthDay(12, 31)


class Dates:
    """The dates of cells, with these words behind them.

    >>> from extract.rules import load_rules
    >>> dates = Dates(load_rules().targets.words)
    >>> date = dates.read("2021年12月中旬前", 0, None)
    >>> date.year, *date.first, *date.last
    (2021, 12, 11, 12, 20)
    >>> dates.read("2021年2月30日", 0, None)
    Unreadable(end=10)
    """

    def __init__(self, words: Words) -> None:
        # This behind a month makes it a number of months: 3月内, 6月/次.
        self._span_of_time = re.compile(rf"{words.suffix}|/")

    def read(self, norm: str, start: int, form_year: int | None) -> Period | Unreadable | None:
        """The date that begins here, unless it is rather a number of months (≤6月, 3月内)."""
        match = _DATE.match(norm, start)
        if not match or match.end() == start:
            return None
        bare_month = match["month"] and not (match["year"] or match["day"] or match["part"])
        if bare_month and (norm[start - 1 : start] in tuple(SIGNS) or self._span_of_time.match(norm, match.end())):
            return None
        if bare_month and not match["month"].isascii() and not _AFTER_CHINESE_MONTH.match(norm, match.end()):
            return None
        try:
            return _period(match, form_year)
        except ValueError:
            return Unreadable(match.end())


# 三月 may be part of words; with these behind it, it is the month.
_AFTER_CHINESE_MONTH = re.compile(r"份|之?前|以前|完成|起|止|$")


def _year(written: str) -> int:
    return int(plain_numerals(written.replace("○", "〇")))


def _number(written: str) -> int:
    return int(written if written.isascii() else chinese_number(written) or 0)


def _period(match: re.Match[str], form_year: int | None) -> Period:
    """The days that a matched date covers; ValueError where the calendar has no such day."""
    end = match.end()
    if match["y"]:
        year, day = int(match["y"]), MonthDay(int(match["m"]), int(match["d"]))
        return Period(end, year, _checked(year, day), day)
    if match["y8"]:
        year, day = int(match["y8"]), MonthDay(int(match["m8"]), int(match["d8"]))
        return Period(end, year, _checked(year, day), day)
    if match["from_y"]:
        year, last_year, last_month = int(match["from_y"]), int(match["to_y"]), int(match["to_m"])
        return Period(end, year, MonthDay(int(match["from_m"]), 1), _month_end(last_year, last_month), last_year)
    if match["monthly"]:
        day = MonthDay(1, int(match["monthly"]))
        return Period(end, None, day, day, monthly=True)
    written_year = _year(match["year"]) if match["year"] else None
    return Period(end, written_year, *_days_of_year(match, written_year or form_year))


def _days_of_year(match: re.Match[str], year: int | None) -> tuple[MonthDay, MonthDay]:
    quarter = match["quarter"] or match["bare_quarter"]
    if match["month"]:
        return _days_of_month(match, year, _number(match["month"]))
    if quarter:
        last_month = 3 * (_QUARTERS.find(quarter) + 1 or int(quarter))
        last = _month_end(year, last_month)
        return (last if match["quarter_end"] else MonthDay(last_month - 2, 1)), last
    if match["half"]:
        return (_JANUARY_1, _JUNE_30) if match["half"] == "上" else (_JULY_1, _DECEMBER_31)
    return (_DECEMBER_31 if match["year_end"] else _JANUARY_1), _DECEMBER_31


def _days_of_month(match: re.Match[str], year: int | None, month: int) -> tuple[MonthDay, MonthDay]:
    if match["day"]:
        day = _checked(year, MonthDay(month, _number(match["day"])))
        return day, day
    first, last = _PARTS_OF_MONTH.get(match["part"], (1, None))
    last_day = MonthDay(month, last) if last else _month_end(year, month)
    return (MonthDay(month, first) if first else last_day), last_day


def _checked(year: int | None, day: MonthDay) -> MonthDay:
    datetime.date(year or 2000, *day)
    return day


def _month_end(year: int | None, month: int) -> MonthDay:
    if year is None and month == 2:
        raise ValueError("how long February is depends on the year")
    return MonthDay(month, calendar.monthrange(year or 2000, month)[1])
