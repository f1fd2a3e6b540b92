"""Intervals: 80-100人, 介于5%与10%之间, 10万元≤成本≤20万元, 不低于80%且不高于95%, ±5%."""

from __future__ import annotations

import re
from fractions import Fraction

from extract.target.cell import Cell
from extract.target.dates import YEAR
from extract.target.model import Bounds, Target
from extract.target.numbers import Measure
from extract.target.productions.head import TAIL, Head, Heads, bounded_target, is_harmless_tail
from extract.target.tokens import D, N
from extract.target.words import DASH, DIRECTION, LABEL_EDGES, SIGN_COMPARATOR, SIGNS, Words, any_of

_YEAR_ALONE = re.compile(YEAR)
# dashed := head num (dash num | 与 num 之间) tail          80-100人, 介于5%与10%之间
_DASHED = re.compile(
    rf"(?P<head>[^{SIGNS}{N}]*)(?P<first>{N})(?:{DASH}|[与和及](?={N}之间))(?P<second>{N})(?:之间)?{TAIL}"
)
# around := num sign label (sign num)?          10万元≤成本≤20万元, 95%≤满意度
_AROUND = re.compile(
    rf"(?P<first>{N})(?P<near>[≥≤><])(?P<label>[^{SIGNS}{N}{D}\d]+)(?:(?P<far>[≥≤><])(?P<second>{N}))?",
)
_MIRRORED = {"≥": "≤", ">": "<", "≤": "≥", "<": ">"}


class Between:
    """between := dashed | around | limits | span | tolerance; no cell is two of them."""

    def __init__(self, words: Words, heads: Heads) -> None:
        self._words = words
        self._heads = heads
        # limits := head limit num 且? limit num          不低于80%且不高于95%, ≥80%≤95%
        self._limits_shape = re.compile(
            rf"(?P<head>[^{SIGNS}{N}]*?)(?P<near>{words.limit})(?P<first>{N})"
            rf"(?P<joint>[,;]?{any_of(words.limit_joints)})?(?P<far>{words.limit})(?P<second>{N})",
        )
        above, below = any_of(words.suffixes[">="]), any_of(words.suffixes["<="])
        # span := head num 以上 num 以下          3年以上5年以下
        self._span_shape = re.compile(rf"(?P<head>[^{SIGNS}{N}]*)(?P<first>{N}){above}[,、至到]?(?P<second>{N}){below}")
        # tolerance := head ± num          ±5%
        self._tolerance_shape = re.compile(rf"(?P<head>[^{SIGNS}{N}]*)≤?±(?P<measure>{N})")

    def __call__(self, cell: Cell) -> Target | None:
        """The interval that the cell is."""
        if "±" in cell.shape:
            return self._tolerance(cell)
        if not cell.numbers:
            return None
        return self._dashed(cell) or self._around(cell) or self._limits(cell) or self._span(cell)

    def _dashed(self, cell: Cell) -> Target | None:
        match = _DASHED.fullmatch(cell.shape)
        if not match:
            return None
        head = self._heads.read(cell, match.end("head"))
        if head.word and head.word not in self._words.gives_way:
            return None
        if self._heads.mislead(head) or self._heads.have_distant_operator(head):
            return None
        first, second = cell.measure(match.start("first")), cell.measure(match.start("second"))
        tail = match["tail"].rstrip(LABEL_EDGES)
        if tail and (not second.unit or not is_harmless_tail(tail)):
            return None
        label = None if head.label in ("介于", "在") else head.label
        two_years = all(_YEAR_ALONE.fullmatch(end.number) for end in (first, second))
        if not second.unit and (label or two_years):
            return None
        return _interval(cell, head, (first, second), (">=", "<="), label)

    def _around(self, cell: Cell) -> Target | None:
        match = _AROUND.fullmatch(cell.shape)
        if not match:
            return None
        head = Head("", None, {})
        label = cell.label(head.spans, *match.span("label"))
        near = SIGN_COMPARATOR[_MIRRORED[match["near"]]]
        if match["far"]:
            return _interval(cell, head, _ends(cell, match), (near, SIGN_COMPARATOR[match["far"]]), label)
        first = cell.measure(match.start("first"))
        if not first.unit or first.at_least or first.ceiling or first.fraction:
            return None
        head.spans["number"] = cell.view.span(*first.number_span)
        cell.note_span(head.spans, "operator", match, "near")
        return bounded_target(cell, "between", head, Bounds.of(near, first.number, first.number), first.unit, label)

    def _limits(self, cell: Cell) -> Target | None:
        match = self._limits_shape.fullmatch(cell.shape)
        if not match:
            return None
        head = self._heads.read(cell, match.end("head"))
        limits = self._words.comparator[match["near"]], self._words.comparator[match["far"]]
        if not match["joint"] and len({end.unit for end in _ends(cell, match)}) > 1:
            return None
        return None if head.word else _interval(cell, head, _ends(cell, match), limits, head.label)

    def _span(self, cell: Cell) -> Target | None:
        match = self._span_shape.fullmatch(cell.shape)
        if not match:
            return None
        head = self._heads.read(cell, match.end("head"))
        if head.word or self._heads.mislead(head):
            return None
        return _interval(cell, head, _ends(cell, match), (">=", "<="), head.label)

    def _tolerance(self, cell: Cell) -> Target | None:
        match = self._tolerance_shape.fullmatch(cell.shape)
        if not match:
            return None
        head = self._heads.read(cell, match.end("head"))
        measure = cell.measure(match.start("measure"))
        if head.word or measure.number.startswith("-"):
            return None
        ends = measure._replace(number=f"-{measure.number}"), measure
        return _interval(cell, head, ends, (">=", "<="), head.label)


def _ends(cell: Cell, match: re.Match[str]) -> tuple[Measure, Measure]:
    return cell.measure(match.start("first")), cell.measure(match.start("second"))


def _interval(
    cell: Cell, head: Head, ends: tuple[Measure, Measure], comparators: tuple[str, str], label: str | None
) -> Target | None:
    """The interval between two measures, whichever stands first; None where they do not bound one."""
    if DIRECTION[comparators[0]] == "down":
        ends, comparators = (ends[1], ends[0]), (comparators[1], comparators[0])
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
