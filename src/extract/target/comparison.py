"""Comparison: the set of numbers that a target stands for, and whether an actual value meets a target.

The macros of macros.sql and views.sql say the same of the rows of a database; a test holds the two equal.
"""

from __future__ import annotations

from datetime import date
from decimal import Context, Decimal
from fractions import Fraction
from typing import NamedTuple

from extract.target.model import Target

# DECIMAL(38, 6) of the database.
DECIMAL_PLACES = 6
DECIMAL_LIMIT = Decimal(10) ** 32
SMALLEST = Decimal(10) ** -DECIMAL_PLACES
# Enough for every digit of such a column; the usual 28 would round, or refuse.
EXACT = Context(prec=80)


class NumberSet(NamedTuple):
    """Everything between two bounds, None for an open end; `comparable` is the same for all that it can be compared
    with, None where nothing can be."""

    lower: Decimal | None = None
    upper: Decimal | None = None
    lower_open: bool | None = None
    upper_open: bool | None = None
    comparable: str | None = None


def number_set(target: Target) -> NumberSet:
    """The set of numbers that a target stands for, in its canonical unit.

    `comparable` is that unit, or the unit as printed where the catalogue does not know it, with the direction of a
    change in front; dates are days. An approximate number (约50人) is no set with edges; 300余人 is.
    """
    if not target.comparator or target.kind == "grade":
        return NumberSet()
    exact = target.canonical or target
    lower, upper = _as_number(target.kind, exact.lower), _as_number(target.kind, exact.upper)
    readable = (target.lower is None or lower is not None) and (target.upper is None or upper is not None)
    if not readable or (target.comparator == "approx" and None not in (lower, upper)):
        return NumberSet()
    return NumberSet(
        lower,
        upper,
        target.lower_open or target.comparator == ">",
        target.upper_open or target.comparator == "<",
        f"{target.direction} {_measured_in(target)}" if target.direction else _measured_in(target),
    )


def is_met(target: Target, actual: Target) -> bool | None:
    """Whether an actual value meets its target; None where nobody can tell.

    What is printed alike is met. A number without operator (3场, 5%) may mean at least or at most: another actual
    number says nothing, except less than 100%. A bare 0.96 beside 95% may be a share.
    """
    if target.text.split() and "".join(target.text.split()) == "".join(actual.text.split()):
        return True
    is_percent = target.unit == "%"
    if is_percent and actual.value is not None and actual.value <= 1 and "%" not in actual.norm:
        return None
    outer, inner = number_set(target), number_set(actual)
    met = _lies_in(outer, inner)
    if target.implicit and met is False:
        falls_short = is_percent and target.value == 100 and _lies_below(inner, outer)
        return False if falls_short else None
    return met


def _lies_in(outer: NumberSet, inner: NumberSet) -> bool | None:
    """Whether a set lies within another; False where they have nothing in common, None where they overlap."""
    if outer.comparable is None or outer.comparable != inner.comparable:
        return None
    above = outer.lower is None or (
        inner.lower is not None
        and (
            inner.lower > outer.lower
            or (inner.lower == outer.lower and (bool(inner.lower_open) or not outer.lower_open))
        )
    )
    below = outer.upper is None or (
        inner.upper is not None
        and (
            inner.upper < outer.upper
            or (inner.upper == outer.upper and (bool(inner.upper_open) or not outer.upper_open))
        )
    )
    if above and below:
        return True
    return False if _lies_below(inner, outer) or _lies_below(outer, inner) else None


def _lies_below(one: NumberSet, other: NumberSet) -> bool:
    """Whether all of a set is smaller than all of another."""
    if one.upper is None or other.lower is None:
        return False
    return one.upper < other.lower or (one.upper == other.lower and bool(one.upper_open or other.lower_open))


def _measured_in(target: Target) -> str:
    if target.kind in ("date", "ratio"):
        return target.kind
    return (target.canonical.unit if target.canonical else target.unit) or "number"


def _as_number(kind: str, bound: str | None) -> Decimal | None:
    """A bound as a number; that of a date is its day."""
    if bound is None:
        return None
    if kind == "date":
        return None if bound.startswith("-") else Decimal((date.fromisoformat(bound) - date(1970, 1, 1)).days)
    return rounded(bound)


def rounded(written: str | None) -> Decimal | None:
    """A decimal, or a fraction, rounded to the places of the database; None where it is too big for it.

    >>> rounded("2/3"), rounded("95.50"), rounded("1" + "0" * 32)
    (Decimal('0.666667'), Decimal('95.50'), None)
    """
    if written is None:
        return None
    if "/" in written:
        value = EXACT.multiply(Decimal(round(Fraction(written) / Fraction(SMALLEST))), SMALLEST)
    else:
        value = Decimal(written)
    if abs(value) >= DECIMAL_LIMIT:
        return None
    return value if len(written.partition(".")[2]) <= DECIMAL_PLACES else value.quantize(SMALLEST, context=EXACT)
