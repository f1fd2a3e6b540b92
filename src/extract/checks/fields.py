"""Checks on what a form says of itself: title, year, required fields, goals, citations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from extract.checks.case import Case, Check, Fault, Names, Number, Words
from extract.checks.dates import period_of
from extract.document import Span
from extract.form import OTHER_VALUE, Form
from extract.labels import compact


def is_template(form: Form) -> bool:
    """Whether the form holds no value at all, apart from what a template has printed: points among them."""
    filled = any(field.value is not None and field.name != OTHER_VALUE for field in form.fields) or bool(form.funding)
    return not filled and not any(row.target_text for row in form.indicators)


def somebody_filled_it_in(case: Case) -> Iterator[Fault]:
    """The form is no blank template."""
    if is_template(case.form):
        yield Fault(case.form.span)


def has_title(case: Case) -> Iterator[Fault]:
    """The form says what it is."""
    if not case.form.title:
        yield Fault(case.form.span)


def year_is_stated(case: Case) -> Iterator[Fault]:
    """The fiscal year stands below the title or in it."""
    if case.form.fiscal_year is None:
        yield Fault(case.form.span)


def all_text_is_used(case: Case) -> Iterator[Fault]:
    """Nothing in the form is left over."""
    if case.leftovers:
        yield Fault(case.leftovers[0], {"count": len(case.leftovers)})


def required_fields_are_there(case: Case, *, also: Names) -> Iterator[Fault]:
    """The labels of the required fields stand in the form."""
    for name in (*case.required, *also):
        if case.form.value(name) is None and all(field.name != name for field in case.form.fields):
            yield Fault(None, {"field": name})


def required_fields_are_filled(case: Case, *, also: Names) -> Iterator[Fault]:
    """Behind the labels of the required fields stand values."""
    for name in (*case.required, *also):
        if case.form.value(name) is None:
            place = next((field.span for field in case.form.fields if field.name == name), None)
            if place:
                yield Fault(place, {"field": name})


def fields_occur_once(case: Case) -> Iterator[Fault]:
    """No field has two different values."""
    values: dict[str, str] = {}
    for field in case.form.fields:
        if field.value is None or field.name == OTHER_VALUE:
            continue
        if values.setdefault(field.name, field.value) != field.value:
            yield Fault(field.span, {"field": field.name})


def fields_are_written_out(case: Case, *, words: Words, masked: Names) -> Iterator[Fault]:
    """No field still holds what a template has printed for people to replace; `masked` ones may be blotted out."""
    filled = [field for field in case.form.fields if field.value is not None and field.name not in masked]
    if words.stand_in("\n".join(field.value or "" for field in filled)):  # one question instead of many
        for field in filled:
            if words.stand_in(field.value):
                yield Fault(field.span, {"field": field.name})


def goals_differ(case: Case, *, least: Number) -> Iterator[Fault]:
    """The goal of the year is no copy of that of the whole term, where they have at least so many characters."""
    annual, long_term = case.form.value("annual_goal"), case.form.value("long_term_goal")
    if annual and long_term and len(annual) >= least and compact(annual) == compact(long_term):
        yield Fault(_place(case.form, "annual_goal"))


def long_projects_have_a_goal(case: Case, *, most_days: Number) -> Iterator[Fault]:
    """A project of more than so many days has a goal of the whole term, where the form asks for one."""
    period = period_of(case.form)
    asked = any(field.name == "long_term_goal" for field in case.form.fields)
    if period and asked and case.form.value("long_term_goal") is None and (period.end - period.start).days > most_days:
        yield Fault(_place(case.form, "long_term_goal"))


def citations_are_not_from_the_future(case: Case) -> Iterator[Fault]:
    """No document that the form cites was issued after its fiscal year."""
    for citation in case.form.citations:
        if case.form.fiscal_year is not None and citation.year > case.form.fiscal_year:
            yield Fault(citation.span, {"year": citation.year, "fiscal_year": case.form.fiscal_year})


def _place(form: Form, name: str) -> Span:
    return next(field.span for field in form.fields if field.name == name)


CHECKS: Mapping[str, Check] = {
    "form.template": somebody_filled_it_in,
    "form.no_title": has_title,
    "form.no_year": year_is_stated,
    "form.leftovers": all_text_is_used,
    "field.missing": required_fields_are_there,
    "field.blank": required_fields_are_filled,
    "field.repeated": fields_occur_once,
    "field.placeholder": fields_are_written_out,
    "goal.copied": goals_differ,
    "goal.no_long_term": long_projects_have_a_goal,
    "citation.future": citations_are_not_from_the_future,
}
