"""A date or a period, before, from or at which something is: 2021年12月底前完成, 2021年1-12月."""

from __future__ import annotations

import re

from extract.target.cell import Cell, Spans
from extract.target.dates import MonthDay, Period
from extract.target.model import Bounds, Target
from extract.target.tokens import D, N
from extract.target.words import (
    BEGINNINGS,
    DASH,
    DATE_COMPARATOR,
    DATE_SUFFIXES,
    DATE_WORDS,
    DONE_BY,
    IN_WHATEVER_WAY,
    PREPOSITIONS,
    SIGNS,
    any_of,
)

# date := label? word? point [dash point] suffix? tail          不晚于11月30日, 2021/6/30前完成, 2023.07-2024.01
_DATE = re.compile(
    rf"""
    (?P<label>   [^{SIGNS}{N}{D}\d]*? )
    (?P<word>    {any_of(*DATE_WORDS.values())} )? [本当]?
    (?P<date>    {D} ) (?: 起?{DASH} (?P<until>{D}) )?
    (?P<suffix>  {any_of(*DATE_SUFFIXES.values())} )?
    (?P<tail>    [一-鿿]{{0,12}} ) [。;,]?
    """,
    re.VERBOSE,
)
# A date by itself is a target only between these: 完成时间：2021年9月, 2021年9月完成验收.
_PLAIN_LABEL = re.compile(r"|.*[时期]间|.*[时期]限|.*日期|.*:")
_PLAIN_TAIL = re.compile(rf"|{any_of(IN_WHATEVER_WAY)}?{any_of(DONE_BY)}[一-鿿]{{0,4}}")


def date(cell: Cell) -> Target | None:
    """A cell around one date, or around two with a dash between them."""
    if D not in cell.shape:
        return None
    match = _DATE.fullmatch(cell.shape)
    if not match or cell.has_digits_in_brackets():
        return None
    said = {match["word"], match["suffix"]} - {None}
    if not (said - PREPOSITIONS or (_PLAIN_LABEL.fullmatch(match["label"]) and _PLAIN_TAIL.fullmatch(match["tail"]))):
        return None
    period = cell.period(match.start("date"))
    if match["until"]:
        until = cell.period(match.start("until"))
        return _date_range(cell, match, period, until) if match["suffix"] in (None, "止") else None
    if period.last_year and not said:
        return _date_range(cell, match, period, period)
    return None if period.last_year else _one_date(cell, match, period)


def _one_date(cell: Cell, match: re.Match[str], period: Period) -> Target | None:
    word, suffix = match["word"], match["suffix"]
    if word in BEGINNINGS and suffix:
        word = None
    said = {DATE_COMPARATOR[written] for written in (word, suffix) if written}
    directed = said - {"="}
    if len(directed) > 1 or (period.monthly and "<=" not in said):
        return None
    comparator = next(iter(directed), "=")
    lower = _iso(cell, period.year, period.first)
    upper = f"---{period.last.day:02d}" if period.monthly else _iso(cell, period.year, period.last)
    return _date_target(cell, match, Bounds.of(comparator, lower, upper, comparator == "=" and word != "="), period)


def _date_range(cell: Cell, match: re.Match[str], period: Period, until: Period) -> Target | None:
    if match["word"] not in (None, "=", *BEGINNINGS, *PREPOSITIONS):
        return None
    last_year = until.last_year or until.year
    year = period.year or cell.year
    if (last_year or year or 0, until.last) < (year or 0, period.first):
        return None
    lower, upper = _iso(cell, period.year, period.first), _iso(cell, last_year or period.year, until.last)
    return _date_target(cell, match, Bounds("between", lower, upper), period)


def _iso(cell: Cell, year: int | None, day: MonthDay) -> str:
    year = year or cell.year
    return f"{year:04d}-{day.month:02d}-{day.day:02d}" if year else f"--{day.month:02d}-{day.day:02d}"


def _date_target(cell: Cell, match: re.Match[str], bounds: Bounds, period: Period) -> Target:
    spans: Spans = {"date": cell.span_of(match.start("date"), max(match.end("date"), match.end("until")))}
    cell.note_span(spans, "operator", match, "word")
    cell.note_span(spans, "operator", match, "suffix")
    label = cell.label(spans, *match.span("label")) or cell.label(spans, *match.span("tail"))
    return cell.target(
        "date",
        "date",
        bounds,
        label=label,
        per=("月",) if period.monthly else (),
        spans=spans,
        warnings=() if period.year or period.monthly else ("no_year",),
    )
