"""The unit catalogue, and what can be made of it: scale x unit (万元), 个 + unit (个工作日), rates (元/人·月)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from extract.language import Message
from extract.target.model import Canonical
from extract.target.numerals import times


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: a number of it times `factor` is the number of `canonical`."""

    unit: str
    canonical: str
    dimension: str
    factor: Fraction
    aliases: tuple[str, ...] = ()


class Units:
    """The catalogue.

    >>> units = Units([Unit("元", "元", "money.CNY", Fraction(1)), Unit("人", "人", "people", Fraction(1))],
    ...               {"万": Fraction(10000)})
    >>> units.match("500万元/人的标准", 3)
    7
    >>> units.get("万元/人")
    Unit(unit='万元/人', canonical='元/人', dimension='money.CNY/people', factor=Fraction(10000, 1), aliases=())
    >>> units.get("元/馆") is None
    True
    """

    def __init__(self, units: Iterable[Unit], scales: Mapping[str, Fraction]) -> None:
        self._scales = dict(scales)
        self._units: dict[str, Unit] = {}
        self._scaled: dict[str, Unit] = {}  # those with a scale word that were met: 万元
        for unit in units:
            for spelling in (unit.unit, *unit.aliases):
                spelling = unicodedata.normalize("NFKC", spelling)
                holder = self._units.setdefault(spelling, unit)
                if holder is not unit:
                    message = Message(
                        f"unit spelling {spelling!r} stands under {holder.unit!r} and {unit.unit!r}; keep one",
                        f"单位写法 {spelling!r} 同时属于 {holder.unit!r} 和 {unit.unit!r}；只保留一处",
                    )
                    raise ValueError(message)
        for spelling, unit in list(self._units.items()):
            if len(spelling) > 1 and spelling[0] not in "/每":
                self._units.setdefault(f"个{spelling}", unit)
        self._unit_lengths = _lengths_by_first_character(self._units)
        self._scale_lengths = _lengths_by_first_character(self._scales)

    def match(self, text: str, start: int) -> int:
        """End of the longest unit or rate that stands in `text` at `start`; `start` where there is none."""
        end = self._match_measure(text, start)
        return self._match_denominators(text, end) if text.startswith("/", end) else end

    def is_unit(self, text: str) -> bool:
        """Whether the text is one unit and nothing else."""
        return bool(text) and self.match(text, 0) == len(text)

    def get(self, unit: str) -> Unit | None:
        """The unit with this spelling, composed where the catalogue has only its parts."""
        known = self._units.get(unit) or self._scaled.get(unit)
        if known or not unit:
            return known
        if unit.endswith(")") and "(" in unit:
            return self.get(unit[: unit.rindex("(")])
        return self._get_scaled(unit) or (self._get_rate(unit) if "/" in unit else None)

    def dimension(self, unit: str) -> str:
        """What the unit measures; nothing where the catalogue does not know it."""
        known = self.get(unit)
        return known.dimension if known else ""

    def canonical(self, unit: str, lower: str | None, upper: str | None) -> Canonical | None:
        """The bounds in the base unit of their dimension."""
        known = self.get(unit)
        if known is None:
            return None
        low = None if lower is None else times(lower, known.factor)
        high = low if upper == lower else None if upper is None else times(upper, known.factor)
        return Canonical(low, high, known.canonical, known.dimension, known.factor)

    def per(self, unit: str, denominators: Sequence[str]) -> str:
        """The unit with these denominators in front of its own: each 生, 元/学期 is 元/生·学期."""
        if not denominators:
            return unit
        numerator, *written = unit.split("/") if self.denominators(unit) else [unit]
        return f"{numerator}/{'·'.join((*denominators, *written))}"

    def denominators(self, unit: str) -> tuple[str, ...]:
        """The denominators of a rate as written; a unit that only looks like a rate (人/次) has none."""
        if "/" not in unit or unit in self._units:
            return ()
        return tuple(re.split("[/·]", unit)[1:])

    def _match_measure(self, text: str, start: int) -> int:
        end = self._match_unit(text, start)
        for length in self._scale_lengths.get(text[start : start + 1], ()):
            if text[start : start + length] in self._scales:
                behind = self._match_unit(text, start + length)
                if behind > start + length:
                    end = max(end, behind)
        return end

    def _match_unit(self, text: str, start: int) -> int:
        end = self._match_plain_unit(text, start)
        alternative = _ALTERNATIVE.match(text, end) if end > start else None
        if alternative and self._counts(text[start:end]) and self._counts(alternative[1]):
            return alternative.end()
        return end

    def _counts(self, unit: str) -> bool:
        """Whether this is a word to count things with, of which another may stand in brackets: 个(套)."""
        known = self._units.get(unit)
        return known is not None and known.dimension.startswith("count")

    def _match_plain_unit(self, text: str, start: int) -> int:
        for length in self._unit_lengths.get(text[start : start + 1], ()):
            end = start + length
            if text[start:end] in self._units and end <= len(text) and not _SPLIT_WORD.match(text, end - 1):
                return end
        return start

    def _match_denominators(self, text: str, end: int) -> int:
        joints = "/"
        while text[end : end + 1] and text[end] in joints:
            further = self._match_measure(text, end + 1)
            if further == end + 1:
                break
            end, joints = further, "/·"
        return end

    def _get_scaled(self, unit: str) -> Unit | None:
        for length in self._scale_lengths.get(unit[0], ()):
            scale, base = self._scales.get(unit[:length]), self._units.get(unit[length:])
            if scale is not None and base is not None:
                return self._scaled.setdefault(unit, Unit(unit, base.canonical, base.dimension, scale * base.factor))
        return None

    def _get_rate(self, unit: str) -> Unit | None:
        """Only the numerator is converted: 元/人·月 stays per 人 and per 月, never per 天."""
        numerator, *denominators = (self.get(name) for name in re.split("[/·]", unit))
        known = [denominator for denominator in denominators if denominator is not None]
        if numerator is None or len(known) < len(denominators):
            return None
        canonical = "" if numerator.canonical == "1" else numerator.canonical
        return Unit(
            unit,
            f"{canonical}/{'·'.join(denominator.unit for denominator in known)}",
            "/".join((numerator.dimension, *(denominator.dimension for denominator in known))),
            numerator.factor,
        )


_ALTERNATIVE = re.compile(r"\(([^()]{1,2})\)")
# A Latin unit ends where the Latin word ends: the G of GHz is no unit.
_SPLIT_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]")


def _lengths_by_first_character(spellings: Iterable[str]) -> dict[str, tuple[int, ...]]:
    lengths: dict[str, set[int]] = {}
    for spelling in spellings:
        lengths.setdefault(spelling[0], set()).add(len(spelling))
    return {first: tuple(sorted(found, reverse=True)) for first, found in lengths.items()}
