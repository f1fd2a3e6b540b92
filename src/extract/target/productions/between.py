"""Intervals: 80-100人, 介于5%与10%之间, 10万元≤成本≤20万元, 不低于80%且不高于95%, ±5%."""

from __future__ import annotations

import re
from fractions import Fraction

from extract.target.cell import Cell
from extract.target.dates import YEAR
from extract.target.model import Bounds, Target
from extract.target.numbers import Measure
from extract.target.productions.head import (
    TAIL,
    Head,
    bounded_target,
    has_distant_operator,
    is_harmless_tail,
    is_misleading,
    read_head,
)
from extract.target.tokens import D, N
from extract.target.words import AND, COMPARATOR, DASH, DIRECTION, LABEL_EDGES, LIMIT, SIGNS, YIELDING


def between(cell: Cell) -> Target | None:
    """between := dashed | around | limits | tolerance; no cell is two of them."""
    if "±" in cell.shape:
        return _tolerance(cell)
    if cell.numbers < 2:
        return None
    return _dashed(cell) or _around(cell) or _limits(cell)


_YEAR_ALONE = re.compile(YEAR)
# dashed := head num (dash num | 与 num 之间) tail          80-100人, 介于5%与10%之间
_DASHED = re.compile(
    rf"(?P<head>[^{SIGNS}{N}]*)(?P<first>{N})(?:{DASH}|[与和及](?={N}之间))(?P<second>{N})(?:之间)?{TAIL}"
)


def _dashed(cell: Cell) -> Target | None:
    match = _DASHED.fullmatch(cell.shape)
    if not match:
        return None
    head = read_head(cell, match.end("head"))
    if (head.word and head.word not in YIELDING) or is_misleading(head) or has_distant_operator(head):
        return None
    first, second = cell.measure(match.start("first")), cell.measure(match.start("second"))
    tail = match["tail"].rstrip(LABEL_EDGES)
    if tail and (not second.unit or not is_harmless_tail(tail)):
        return None
    label = None if head.label in ("介于", "在") else head.label
    two_years = all(_YEAR_ALONE.fullmatch(end.number) for end in (first, second))
    if not second.unit and (label or two_years):
        return None
    return _interval(cell, head, (first, second), ("≥", "≤"), label)


_MIRRORED = {"≥": "≤", ">": "<", "≤": "≥", "<": ">"}
# around := num sign label sign num          10万元≤成本≤20万元
_AROUND = re.compile(
    rf"(?P<first>{N})(?P<near>[≥≤><])(?P<label>[^{SIGNS}{N}{D}\d]+)(?P<far>[≥≤><])(?P<second>{N})",
)


def _around(cell: Cell) -> Target | None:
    match = _AROUND.fullmatch(cell.shape)
    if not match:
        return None
    head = Head("", None, {})
    label = cell.label(head.spans, *match.span("label"))
    return _interval(cell, head, _ends(cell, match), (_MIRRORED[match["near"]], match["far"]), label)


# limits := head limit num 且 limit num          不低于80%且不高于95%
_LIMITS = re.compile(
    rf"(?P<head>[^{SIGNS}{N}]*?)(?P<near>{LIMIT})(?P<first>{N})[,;]?{AND}(?P<far>{LIMIT})(?P<second>{N})",
)


def _limits(cell: Cell) -> Target | None:
    match = _LIMITS.fullmatch(cell.shape)
    if not match:
        return None
    head = read_head(cell, match.end("head"))
    return None if head.word else _interval(cell, head, _ends(cell, match), (match["near"], match["far"]), head.label)


# tolerance := head ± num          ±5%
_TOLERANCE = re.compile(rf"(?P<head>[^{SIGNS}{N}]*)≤?±(?P<measure>{N})")


def _tolerance(cell: Cell) -> Target | None:
    match = _TOLERANCE.fullmatch(cell.shape)
    if not match:
        return None
    head = read_head(cell, match.end("head"))
    measure = cell.measure(match.start("measure"))
    if head.word or measure.number.startswith("-"):
        return None
    ends = measure._replace(number=f"-{measure.number}"), measure
    return _interval(cell, head, ends, ("≥", "≤"), head.label)


def _ends(cell: Cell, match: re.Match[str]) -> tuple[Measure, Measure]:
    return cell.measure(match.start("first")), cell.measure(match.start("second"))


def _interval(
    cell: Cell, head: Head, ends: tuple[Measure, Measure], limits: tuple[str, str], label: str | None
) -> Target | None:
    """The interval between two measures, whichever stands first; None where they do not bound one."""
    comparators = [COMPARATOR[limit] for limit in limits]
    if DIRECTION[comparators[0]] == "down":
        ends, comparators = (ends[1], ends[0]), comparators[::-1]
    lower, upper = ends
    unit = _shared_unit(lower.unit, upper.unit)
    plain = not any(end.at_least or end.ceiling or end.fraction for end in ends)
    if [DIRECTION[comparator] for comparator in comparators] != ["up", "down"] or unit is None or not plain:
        return None
    if Fraction(lower.number) > Fraction(upper.number):
        return None
    for name, end in (("lower", lower), ("upper", upper)):
        head.spans[name] = cell.view.span(*end.number_span)
        if end.unit_span and end.unit == unit:
            head.spans["unit"] = cell.view.span(*end.unit_span)
    bounds = Bounds("between", lower.number, upper.number, comparators[0] == ">", comparators[1] == "<")
    return bounded_target(cell, "between", head, bounds, unit, label)


def _shared_unit(first: str, second: str) -> str | None:
    """The unit of both ends: the same twice, or written once behind the second (10-20万元, 1万-2万元)."""
    return second if second.startswith(first) else None
