"""What is read out of a target cell: the target, its bounds, and its bounds in base units."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import NamedTuple


class Canonical(NamedTuple):
    """The bounds in the base unit of their dimension: exact decimals, or `p/q` where no decimal is exact."""

    lower: str | None
    upper: str | None
    unit: str
    dimension: str
    factor: Fraction


class Target(NamedTuple):
    """What one target cell says. Numbers are exact decimals as text; None is an open end.

    `kind` is quantity, percent, money, duration, date, ratio, change, grade, qualitative, compound or empty. Dates are
    ISO dates, `--MM-DD` where the text gives no year. `spans` point into `text`; those of `parts` into their own.
    `context` names the parts that were not in the cell (operator, unit, per, year) and where each was taken from.
    """

    text: str
    norm: str
    kind: str
    comparator: str = ""
    lower: str | None = None
    upper: str | None = None
    lower_open: bool = False
    upper_open: bool = False
    implicit: bool = False
    direction: str | None = None
    baseline: str | None = None
    unit: str = ""
    canonical: Canonical | None = None
    per: tuple[str, ...] = ()
    label: str | None = None
    annotation: tuple[str, ...] = ()
    parts: tuple[Target, ...] = ()
    spans: Mapping[str, tuple[int, int]] = MappingProxyType({})
    warnings: tuple[str, ...] = ()
    source: str = ""
    context: Mapping[str, str] = MappingProxyType({})

    @property
    def operator(self) -> str | None:
        """The comparator, None where there is none."""
        return self.comparator or None

    @property
    def value(self) -> Decimal | None:
        """The number, where there is exactly one and a decimal can hold it."""
        number = _only(self.lower, self.upper)
        if number is None or self.comparator == "between" or self.kind == "date":
            return None
        return Decimal(number) if _DECIMAL.fullmatch(number) else None

    @property
    def deadline(self) -> datetime.date | None:
        """The last day of a date target, where its year is known."""
        if self.kind != "date" or self.upper is None or self.upper.startswith("-"):
            return None
        return datetime.date.fromisoformat(self.upper)

    def as_json(self) -> dict[str, object]:
        """The target as JSON-ready values, decimals as text."""
        canonical, value, deadline = self.canonical, self.value, self.deadline
        return {
            "text": self.text,
            "kind": self.kind,
            "operator": self.operator,
            "operator_implied": self.implicit,
            "value": None if value is None else str(value),
            "lower": self.lower,
            "upper": self.upper,
            "lower_open": self.lower_open,
            "upper_open": self.upper_open,
            "unit": self.unit or None,
            "deadline": deadline.isoformat() if deadline else None,
            "dimension": canonical.dimension if canonical else None,
            "unit_canonical": canonical.unit if canonical else None,
            "value_canonical": _only(canonical.lower, canonical.upper) if canonical and value is not None else None,
            "lower_canonical": canonical.lower if canonical else None,
            "upper_canonical": canonical.upper if canonical else None,
            "factor": str(canonical.factor) if canonical else None,
            "per": list(self.per),
            "direction": self.direction,
            "baseline": self.baseline,
            "label": self.label,
            "annotation": list(self.annotation),
            "parts": [part.as_json() for part in self.parts],
            "spans": {name: list(span) for name, span in self.spans.items()},
            "warnings": list(self.warnings),
            "norm": self.norm,
            "source": self.source,
            "context": dict(self.context),
        }


class Bounds(NamedTuple):
    """Which numbers are meant, and how: the fields of a target from `comparator` to `implicit`, in their order."""

    comparator: str = ""
    lower: str | None = None
    upper: str | None = None
    lower_open: bool = False
    upper_open: bool = False
    implicit: bool = False

    @classmethod
    def of(cls, comparator: str, lower: str, upper: str, implicit: bool = False) -> Bounds:
        """What is written, from its lower to its upper end, as the comparator means it.

        >>> Bounds.of(">=", "5", "5")
        Bounds(comparator='>=', lower='5', upper=None, lower_open=False, upper_open=False, implicit=False)
        """
        return cls(
            comparator,
            None if comparator in ("<=", "<") else lower,
            None if comparator in (">=", ">") else upper,
            implicit=implicit,
        )


_KINDS = {"proportion": "percent", "money": "money", "duration": "duration"}


def kind_of(dimension: str) -> str:
    """The kind of a number by what its unit measures.

    >>> kind_of("money.CNY/people"), kind_of("area")
    ('money', 'quantity')
    """
    return _KINDS.get(dimension.split("/")[0].split(".")[0], "quantity")


_DECIMAL = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")


def _only(lower: str | None, upper: str | None) -> str | None:
    """The one value that two bounds agree on, an open end agreeing with anything."""
    if lower is None or upper is None or lower == upper:
        return lower if upper is None else upper
    return None
