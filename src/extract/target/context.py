"""What stands around a target's cell and completes it: name, columns, levels, unit lines, the form's year.

A cell often holds a bare `80000` whose unit stands in the name of the indicator, or in a column of its own. What the
cell itself says always wins; what it leaves open is taken from the nearest place that says it, and the target keeps
which part came from where (`Target.context`). Two places that say different things are a warning, never a choice.

    part       taken from, the nearest first                            as in
    operator   operator column, name                                    计算符号 ≥; 满意度（≥**%）
    unit       unit column, target (of an actual value), name, table    度量单位 件; 面积（亩）; 单位：万元
    元 of 万   level                                                    成本指标: 250万
    year       form                                                     12月底前
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from extract.target.model import Bounds, Target, kind_of
from extract.target.units import Units
from extract.target.words import SIGNS, Words, any_of


class TargetContext(NamedTuple):
    """Everything that can complete a target, each as printed; None is what the form does not have.

    `name` is the indicator's name, `operator` the cell of 计算符号 or 指标性质 (定性, 正向指标 and the like are no
    operators and change nothing), `unit` the cell of 度量单位, `level` the second level in force, `table_unit` the unit
    line of table or form, `year` the form's year. For an actual value, `target` is the target that it answers to.
    """

    name: str | None = None
    operator: str | None = None
    unit: str | None = None
    level: str | None = None
    table_unit: str | None = None
    year: int | None = None
    target: Target | None = None


NO_CONTEXT = TargetContext()


class Completion:
    """Completes targets from their context, with this vocabulary; `normal` gives a text in its normal form."""

    def __init__(self, units: Units, words: Words, normal: Callable[[str], str]) -> None:
        self._units = units
        self._words = words
        self._normal = normal
        self._operator = re.compile(rf"[≥≤><=≈]|{words.operator}")
        self._money_level = re.compile(any_of(words.money_levels))
        # 人均成本, 节约率: no total of money, so that the unit line does not speak of it.
        self._no_total = re.compile(rf".*{any_of(words.no_totals)}")

    def joined(self, cell: Target, context: TargetContext, read: Callable[[str], Target]) -> Target:
        """The cell read together with its operator and unit columns, where they add something to it."""
        operator, unit = (context.operator or "").strip(), (context.unit or "").strip()
        before = operator if operator and cell.implicit and self._operator_of(operator) else ""
        behind = unit if unit and self._takes_unit(cell) and not self._is_no_unit(unit) else ""
        if not (before or behind):
            return cell
        target = read(before + cell.text + behind)
        if not _is_joined(target, cell, behind):
            return self._moved(cell, before, behind) if cell.comparator else cell
        target = _taken(target, "operator", "operator_column") if before else target
        return _taken(target, "unit", "unit_column") if behind else target

    def _moved(self, cell: Target, before: str, behind: str) -> Target:
        """The cell with the text of its columns around it, to be completed by them as words."""
        shift = len(before)
        spans = {name: (start + shift, end + shift) for name, (start, end) in cell.spans.items()}
        text = before + cell.text + behind
        return cell._replace(text=text, norm=self._normal(text), spans=spans)

    def complete(self, target: Target, context: TargetContext) -> Target:
        """The target with what its cell leaves open taken from the context, and a warning for each contradiction."""
        if context.year and "no_year" in target.warnings:
            target = _taken(target, "year", "form")
        if target.parts:
            parts = tuple(self._with_yuan(part, context) for part in target.parts)
            return target if parts == target.parts else target._replace(parts=parts)
        if target.comparator and target.kind not in ("date", "grade", "ratio"):
            target = self._with_yuan(self._with_unit(target, context), context)
        return self._with_operator(target, context)

    # --------------------------------------------------------------------------------------------------- operators

    def _operator_of(self, column: str) -> str:
        """The comparator that an operator column states; "" where it states none (定性, 正向指标)."""
        written = self._normal(column)
        return self._words.comparator[written] if self._operator.fullmatch(written) else ""

    def _with_operator(self, target: Target, context: TargetContext) -> Target:
        if not target.comparator:
            return target
        stated = [("operator_column", self._operator_of(context.operator))] if context.operator else []
        stated += [("name", self._operator_of(hint["sign"])) for hint in self._hints(context.name)]
        for source, comparator in stated:
            if comparator and target.implicit:
                target = _taken(_with_comparator(target, comparator), "operator", source)
            elif comparator not in ("", "=", target.comparator) and source == "operator_column":
                target = _warned(target, "operator_conflict")
        return target

    def _hints(self, name: str | None) -> Iterator[re.Match[str]]:
        return filter(None, map(_HINT.fullmatch, self._brackets(name)))

    def _brackets(self, name: str | None) -> list[str]:
        return _BRACKET.findall(self._normal(name)) if name and ("（" in name or "(" in name) else []

    # ------------------------------------------------------------------------------------------------------- units

    def _takes_unit(self, target: Target) -> bool:
        """Whether the target is a number that could have a unit and has none, or only a scale (250万)."""
        if not target.comparator:
            return "unread_number" in target.warnings
        return target.kind not in ("date", "grade", "ratio") and (not target.unit or self._is_bare_scale(target.unit))

    def _unit_of(self, written: str) -> str:
        """The unit that a column, a bracket or a unit line states, in its normal form; "" where it states none."""
        normal = self._normal(written)
        line = _UNIT_LINE.fullmatch(normal)
        unit = line["unit"] if line else normal
        return unit if self._units.is_unit(unit) else ""

    def _is_bare_scale(self, unit: str) -> bool:
        return self._units.dimension(unit).startswith("count.bare")

    def _is_no_unit(self, column: str) -> bool:
        normal = self._normal(column)
        return normal in self._words.no_units or (not any(map(str.isalpha, normal)) and not set("%‰¥$℃") & set(normal))

    def _with_unit(self, target: Target, context: TargetContext) -> Target:
        for source, unit in self._stated_units(target, context):
            if self._takes_unit(target):
                target = _taken(self._converted(target, self._composed(target.unit, unit)), "unit", source)
            elif source in ("unit_column", "name") and target.context.get("unit") != source:
                target = target if self._agree(target.unit, unit) else _warned(target, "unit_conflict")
        if target.unit == "人/次" and context.name and _PER_TIME.search(context.name):
            return _taken(self._rate_per_time(target), "per", "name")
        return target

    def _stated_units(self, target: Target, context: TargetContext) -> Iterator[tuple[str, str]]:
        """Every unit that the context states, with the place that states it, the nearest first."""
        if context.unit and not self._is_no_unit(context.unit):
            yield "unit_column", self._unit_of(context.unit) or self._normal(context.unit)
        if context.target and context.target.unit:
            yield "target", context.target.unit
        in_brackets = [self._unit_of(text) for text in self._brackets(context.name)]
        in_brackets += [hint["unit"] for hint in self._hints(context.name) if self._units.is_unit(hint["unit"])]
        named = {unit for unit in in_brackets if unit}
        if len(named) == 1:
            yield "name", named.pop()
        if context.table_unit and self._takes_unit(target) and self._is_total_cost(context):
            unit = self._unit_of(context.table_unit)
            if unit:
                yield "table", unit

    def _is_total_cost(self, context: TargetContext) -> bool:
        """Whether the row is about a total of money, as unit lines are: its level is a cost, its name no share."""
        return self._is_cost(context) and not self._no_total.match(self._normal(context.name or ""))

    def _is_cost(self, context: TargetContext) -> bool:
        return bool(context.level and self._money_level.fullmatch(self._normal(context.level)))

    def _composed(self, scale: str, unit: str) -> str:
        """万 and 元 are 万元; 万 and 万元 too."""
        return unit if not scale or unit.startswith(scale) or not self._units.is_unit(scale + unit) else scale + unit

    def _agree(self, first: str, second: str) -> bool:
        """Whether two units measure the same in the same steps: 人 and 名, 个 and 项; not 元 and 万元."""
        known, other = self._units.get(first), self._units.get(second)
        if known is None or other is None:
            return first == second
        return (known.dimension, known.factor) == (other.dimension, other.factor)

    def _converted(self, target: Target, unit: str) -> Target:
        """The target with this unit, and all that follows from it."""
        unit = unit if self._units.denominators(target.unit) else self._units.per(unit, target.per)
        canonical = self._units.canonical(unit, target.lower, target.upper)
        warnings = tuple(code for code in target.warnings if code not in _SETTLED_BY_A_UNIT)
        return target._replace(
            unit=unit,
            canonical=canonical,
            kind=target.kind if target.direction else kind_of(canonical.dimension if canonical else ""),
            per=target.per or self._units.denominators(unit),
            warnings=warnings if canonical else (*warnings, "unknown_unit"),
        )

    def _with_yuan(self, target: Target, context: TargetContext) -> Target:
        """In a row of costs, 万 means 万元 and 620万/月 means 620万元/月."""
        scale, slash, rate = target.unit.partition("/")
        if not (scale and self._is_bare_scale(scale) and self._is_cost(context)):
            return target
        return _taken(self._converted(target, f"{scale}元{slash}{rate}"), "unit", "level")

    def _rate_per_time(self, target: Target) -> Target:
        """人/次 as so many people each time, where the name says 每次."""
        canonical = self._units.canonical("人", target.lower, target.upper)
        dimension = f"{self._units.dimension('人')}/{self._units.dimension('次')}"
        rate = canonical and canonical._replace(unit="人/次", dimension=dimension)
        return target._replace(canonical=rate, per=(*target.per, "次"))


_BRACKET = re.compile(r"\(([^()]*)\)")
# hint := "(" sign stars unit? ")"          满意度（≥**%）: what the template's author left for the number
_HINT = re.compile(rf"(?P<sign>[{SIGNS}])[*×xX_]+(?P<unit>[^0-9]*)")
_UNIT_LINE = re.compile(r"(?:金额|计量|度量)?单位:?(?P<unit>.*)")
_PER_TIME = re.compile("每次|次均")
_SETTLED_BY_A_UNIT = {"scale_without_unit", "maybe_excel_serial", "unknown_unit", "unit_missing_numerator"}


def _is_joined(target: Target, cell: Target, behind: str) -> bool:
    """Whether columns and cell together are one target with the numbers of the cell."""
    if target.kind == "date":
        return True
    same = {target.lower, target.upper} - {None} == {cell.lower, cell.upper} - {None}
    return bool(target.comparator) and (same or not cell.comparator) and bool(target.unit or not behind)


def _taken(target: Target, part: str, source: str) -> Target:
    """The target with a note that this part of it was taken from the context."""
    return target._replace(context={**target.context, part: source})


def _with_comparator(target: Target, comparator: str) -> Target:
    assert target.lower is not None
    assert target.upper is not None
    lower, upper = Bounds.of(comparator, target.lower, target.upper)[1:3]
    canonical = target.canonical and target.canonical._replace(
        lower=None if lower is None else target.canonical.lower,
        upper=None if upper is None else target.canonical.upper,
    )
    return target._replace(comparator=comparator, lower=lower, upper=upper, implicit=False, canonical=canonical)


def _warned(target: Target, code: str) -> Target:
    return target if code in target.warnings else target._replace(warnings=(*target.warnings, code))
