"""A date or a period, before, from or at which something is: 2021年12月底前完成, 2021年1-12月."""

from __future__ import annotations

import re
from itertools import chain

from extract.target.cell import Cell, Spans
from extract.target.dates import MonthDay, Period
from extract.target.model import Bounds, Target
from extract.target.tokens import D, N
from extract.target.words import DASH, SIGNS, Words, any_of

# A date by itself is a target only between these: 完成时间：2021年9月, 2021年9月完成验收.
_PLAIN_LABEL = r"|.*[时期]间|.*[时期]限|.*日期|.*:"


class DateTarget:
    """date := label? word? point [dash point] suffix? tail      不晚于11月30日, 2021/6/30前完成, 2023.07-2024.01."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._comparator = words.date_comparator
        self._shape = re.compile(
            rf"""
            (?P<label>   [^{SIGNS}{N}{D}\d]*? )
            (?P<word>    [≥≤=] | {any_of(chain(*words.date_operators.values()))} )? [本当]?
            (?P<date>    {D} ) (?: 起?{DASH} (?P<until>{D}) )?
            (?P<suffix>  {any_of(chain(*words.date_suffixes.values()))} )?
            (?P<tail>    [一-鿿]{{0,12}} ) [。;,]?
            """,
            re.VERBOSE,
        )
        self._plain_label = re.compile(rf"{_PLAIN_LABEL}|{any_of(words.done_how)}")
        self._plain_tail = re.compile(rf"|{any_of(words.done_how)}?{any_of(words.done)}[一-鿿]{{0,4}}")

    def __call__(self, cell: Cell) -> Target | None:
        """A cell around one date, or around two with a dash between them."""
        if D not in cell.shape:
            return None
        match = self._shape.fullmatch(cell.shape)
        if not match or cell.has_digits_in_brackets():
            return None
        said = {match["word"], match["suffix"]} - {None}
        plain = self._plain_label.fullmatch(match["label"]) and self._plain_tail.fullmatch(match["tail"])
        if not (said - set(self._words.date_prepositions) or plain):
            return None
        period = cell.period(match.start("date"))
        if match["until"]:
            until = cell.period(match.start("until"))
            return self._range(cell, match, period, until) if match["suffix"] in (None, "止") else None
        if period.last_year and not said:
            return self._range(cell, match, period, period)
        return None if period.last_year else self._point(cell, match, period)

    def _point(self, cell: Cell, match: re.Match[str], period: Period) -> Target | None:
        word, suffix = match["word"], match["suffix"]
        if word in self._words.date_beginnings and suffix:
            word = None
        said = {self._comparator[written] for written in (word, suffix) if written}
        directed = said - {"="}
        if len(directed) > 1 or (period.monthly and "<=" not in said):
            return None
        comparator = next(iter(directed), "=")
        lower = _iso(cell, period.year, period.first)
        upper = f"---{period.last.day:02d}" if period.monthly else _iso(cell, period.year, period.last)
        return _date_target(cell, match, Bounds.of(comparator, lower, upper, comparator == "=" and word != "="), period)

    def _range(self, cell: Cell, match: re.Match[str], period: Period, until: Period) -> Target | None:
        beginnings = {None, "=", *self._words.date_beginnings, *self._words.date_prepositions}
        if match["word"] not in beginnings:
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
