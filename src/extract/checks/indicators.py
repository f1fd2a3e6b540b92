"""Checks on the indicator table: its rows and families, and what single targets say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import partial

from extract.checks.case import Case, Check, Families, Fault, Levels, Number, Words
from extract.document import Span
from extract.form import Indicator
from extract.labels import compact, narrow


def _rows(case: Case) -> Iterator[tuple[int, Indicator]]:
    return enumerate(case.form.indicators, start=1)


def _is_of(row: Indicator, families: Levels) -> bool:
    return row.level1_canonical in families or row.level2_canonical in families


# ------------------------------------------------------------------------------------------------------ the whole table


def indicators_are_there(case: Case) -> Iterator[Fault]:
    """A form whose rule describes an indicator table has indicators."""
    if case.has_indicator_table and not case.form.indicators:
        yield Fault(case.form.span)


def families_are_there(case: Case, *, required: Families) -> Iterator[Fault]:
    """Each required family has an indicator; where the form prints no levels, nothing can be said."""
    levels = {level for row in case.form.indicators for level in (row.level1_canonical, row.level2_canonical) if level}
    if levels:
        for family, members in required.items():
            if levels.isdisjoint(members):
                yield Fault(None, {"family": family})


def there_are_enough_indicators(case: Case, *, least: Number) -> Iterator[Fault]:
    """The table has at least so many indicators."""
    count = len(case.form.indicators)
    if 0 < count < least:
        yield Fault(case.form.indicators[0].name_span, {"count": count})


def most_targets_are_numbers(case: Case, *, most_percent: Number) -> Iterator[Fault]:
    """At most so many percent of the targets are words."""
    targets = [row.target for row in case.form.indicators if row.target.kind != "empty"]
    words = sum(target.kind == "qualitative" for target in targets)
    if words * 100 > len(targets) * most_percent:
        yield Fault(case.form.indicators[0].name_span, {"words": words, "count": len(targets)})


# --------------------------------------------------------------------------------------------------------- single rows


def indicators_have_names(case: Case) -> Iterator[Fault]:
    """Every target has an indicator."""
    for number, row in _rows(case):
        if not row.name:
            yield Fault(row.span, {"number": number})


def indicators_stand_once(case: Case) -> Iterator[Fault]:
    """No indicator of a block and level comes twice."""
    seen: dict[tuple[str, str | None, str], int] = {}
    for number, row in _rows(case):
        if row.name:
            first = seen.setdefault((row.block, row.level2, compact(row.name)), number)
            if first != number:
                yield Fault(row.name_span, {"number": number, "first": first})


def indicators_are_written_out(case: Case, *, words: Words) -> Iterator[Fault]:
    """No name, target or actual value is still what a template has printed for people to replace."""
    every = "\n".join(text for _, row in _rows(case) for text, _ in _texts(row) if text)
    if words.stand_in(every):  # one question instead of many
        for number, row in _rows(case):
            span = next((span for text, span in _texts(row) if words.stand_in(text)), None)
            if span:
                yield Fault(span, {"number": number})


def _texts(row: Indicator) -> Iterator[tuple[str | None, Span | None]]:
    """Name, target and actual value as printed; not the target that the grammar itself takes for a template's."""
    yield row.name, row.name_span
    if "template_placeholder" not in row.target.warnings:
        yield row.target_text, row.span
    yield row.result.actual_text, row.result.actual_span


def targets_are_there(case: Case) -> Iterator[Fault]:
    """Every indicator has a target."""
    for number, row in _rows(case):
        if row.target.kind == "empty":
            yield Fault(row.name_span, {"number": number})


DOUBTS = (
    "contradiction", "implied_number", "lookalike_operator", "maybe_excel_serial", "no_year", "ocr_suspect",
    "operator_conflict", "ordinal_reversed", "scale_without_unit", "template_placeholder", "unit_conflict",
    "unit_missing_numerator", "unknown_unit", "unread_number",
)  # fmt: skip
"""The warnings that the grammar of targets gives."""


def target_is_sure(doubt: str, case: Case) -> Iterator[Fault]:
    """The grammar read the target without this doubt."""
    for number, row in _rows(case):
        if row.target.warnings and doubt in row.target.warnings:
            yield Fault(row.span, {"number": number})


def quantities_are_numbers(case: Case, *, families: Levels) -> Iterator[Fault]:
    """What counts things says how many."""
    for number, row in _rows(case):
        is_words = row.target.kind == "qualitative" and "unread_number" not in row.target.warnings
        if is_words and _is_of(row, families):
            yield Fault(row.span, {"number": number})


def targets_can_be_measured(case: Case, *, words: Words, families: Levels) -> Iterator[Fault]:
    """No target is nothing but praise (明显提升, 有效); rows of `families` have a check of their own."""
    for number, row in _rows(case):
        if row.target.kind == "qualitative" and not _is_of(row, families):
            text = compact(row.target_text or "")
            if len(text) <= _LONGEST_PRAISE and words.are_all_of(text):
                yield Fault(row.span, {"number": number})


_LONGEST_PRAISE = 16


def shares_are_no_more_than_the_whole(case: Case, *, most: Number, apart: Words) -> Iterator[Fault]:
    """No target asks for more than so many percent, but those whose names `apart` knows: growth may be any."""
    for number, row in _rows(case):
        if row.target.kind == "percent" and not row.target.direction:
            bound = _number(row.target.lower or row.target.upper)
            if bound is not None and bound > most and row.target.unit == "%" and not apart.stand_in(row.name):
                yield Fault(row.span, {"number": number})


def costs_are_limits(case: Case, *, families: Levels, apart: Words) -> Iterator[Fault]:
    """What something costs is at most so much; ≥ or > is a slip, but for what is saved or invested (`apart`)."""
    for number, row in _rows(case):
        is_minimum = row.target.comparator in (">=", ">") and row.target.kind == "money" and not row.target.direction
        if is_minimum and _is_of(row, families) and not apart.stand_in(row.name):
            yield Fault(row.span, {"number": number})


def satisfaction_is_a_minimum(case: Case, *, families: Levels, apart: Words) -> Iterator[Fault]:
    """How many are content is at least so much; ≤ or < is a slip, but for those who are not (`apart`)."""
    for number, row in _rows(case):
        is_maximum = row.target.comparator in ("<=", "<") and row.target.kind == "percent"
        if is_maximum and _is_of(row, families) and not apart.stand_in(row.name):
            yield Fault(row.span, {"number": number})


def satisfaction_is_ambitious(case: Case, *, families: Levels, least: Number) -> Iterator[Fault]:
    """At least so many percent are to be content."""
    for number, row in _rows(case):
        if row.target.comparator in (">=", ">", "=") and row.target.unit == "%" and _is_of(row, families):
            bound = _number(row.target.lower)
            if bound is not None and bound < least:
                yield Fault(row.span, {"number": number})


def targets_rule_something_out(case: Case) -> Iterator[Fault]:
    """No target is met whatever happens (≥0)."""
    for number, row in _rows(case):
        if row.target.comparator == ">=" and _number(row.target.lower) == 0:
            yield Fault(row.span, {"number": number})


def targets_say_what_their_names_say(case: Case, *, apart: Words) -> Iterator[Fault]:
    """A percentage in the name is that of the target, unless it belongs to what is counted (`apart`)."""
    for number, row in _rows(case):
        if row.target.unit == "%" and row.target.comparator and row.name and ("%" in row.name or "％" in row.name):
            stated = {Decimal(found) for found in _PERCENTAGE.findall(narrow(row.name))}
            bounds = {_number(bound) for bound in (row.target.lower, row.target.upper)}
            if stated and stated.isdisjoint(bounds) and not apart.stand_in(row.name):
                yield Fault(row.span, {"number": number})


_PERCENTAGE = re.compile(r"(\d+(?:\.\d+)?)%")
_DECIMAL = re.compile(r"-?\d+(?:\.\d+)?")


def _number(bound: str | None) -> Decimal | None:
    """A bound that is a plain number."""
    return Decimal(bound) if bound and _DECIMAL.fullmatch(bound) else None


CHECKS: Mapping[str, Check] = {
    "indicators.missing": indicators_are_there,
    "indicators.no_family": families_are_there,
    "indicators.few": there_are_enough_indicators,
    "indicators.mostly_words": most_targets_are_numbers,
    "indicator.no_name": indicators_have_names,
    "indicator.repeated": indicators_stand_once,
    "indicator.placeholder": indicators_are_written_out,
    "target.blank": targets_are_there,
    "target.no_number": quantities_are_numbers,
    "target.vague": targets_can_be_measured,
    "target.over_100": shares_are_no_more_than_the_whole,
    "target.cost_at_least": costs_are_limits,
    "target.satisfaction_at_most": satisfaction_is_a_minimum,
    "target.satisfaction_low": satisfaction_is_ambitious,
    "target.at_least_nothing": targets_rule_something_out,
    "target.not_as_named": targets_say_what_their_names_say,
    **{f"target.{doubt}": partial(target_is_sure, doubt) for doubt in DOUBTS},
}
