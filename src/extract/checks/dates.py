"""Checks on dates: the project's period, its fiscal year, the deadlines of targets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from extract.checks.case import Case, Check, Fault, Number
from extract.document import Span
from extract.form import Form


class Period(NamedTuple):
    """The first and the last day, and where the last one stands."""

    start: date
    end: date
    span: Span


def period_of(form: Form) -> Period | None:
    """The project's period, None where either day is not there or not read."""
    start = next((field for field in form.fields if field.name == "period_start" and field.value), None)
    end = next((field for field in form.fields if field.name == "period_end" and field.value), None)
    if not (start and end and start.value and end.value):
        return None
    return Period(date.fromisoformat(start.value), date.fromisoformat(end.value), end.span)


def period_is_in_order(case: Case) -> Iterator[Fault]:
    """The period does not end before it begins."""
    period = period_of(case.form)
    if period and period.end < period.start:
        yield Fault(period.span, period._asdict())


def period_holds_the_year(case: Case) -> Iterator[Fault]:
    """The fiscal year lies in the period."""
    period, year = period_of(case.form), case.form.fiscal_year
    if period and year and period.start <= period.end and not period.start.year <= year <= period.end.year:
        yield Fault(period.span, {**period._asdict(), "year": year})


def period_is_not_too_long(case: Case, *, most_years: Number) -> Iterator[Fault]:
    """The period has at most so many years."""
    period = period_of(case.form)
    if period and period.end.year - period.start.year >= most_years:
        yield Fault(period.span, {"years": period.end.year - period.start.year + 1})


def deadlines_lie_in_the_period(case: Case, *, most_days: Number) -> Iterator[Fault]:
    """No target's last day lies before the period, or more than so many days behind it.

    Where the form states no period, that of a target of the year is the fiscal year; without that nothing can be said.
    """
    period, year = period_of(case.form), case.form.fiscal_year
    unknown = 0
    for number, row in enumerate(case.form.indicators, start=1):
        deadline = row.target.deadline
        if deadline is None or row.target.kind != "date":
            continue
        if period:
            start, end = period.start, period.end
        elif year and row.block == "annual":
            start, end = date(year, 1, 1), date(year, 12, 31)
        else:
            unknown += 1
            continue
        if start <= end and not start <= deadline <= end + timedelta(days=int(most_days)):
            yield Fault(row.span, {"number": number, "deadline": deadline, "start": start, "end": end})
    if unknown:
        yield Fault(None, {"count": unknown}, lacks_data=True)


CHECKS: Mapping[str, Check] = {
    "period.order": period_is_in_order,
    "period.without_year": period_holds_the_year,
    "period.long": period_is_not_too_long,
    "target.deadline_outside": deadlines_lie_in_the_period,
}
