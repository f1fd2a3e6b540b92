"""What stands around a target's cell and completes it: name, columns, levels, unit lines, the form's year.

A cell often holds a bare `80000` whose unit stands in the name of the indicator, or in a column of its own. What the
cell itself says always wins; what it leaves open is taken from the nearest place that says it, and the target keeps
which part came from where (`Target.context`). Two places that say different things are a warning, never a choice.

    part       taken from, nearest first                                             as in
    operator   operator column, name                                                 计算符号 ≥; 满意度（≥**%）
    unit       unit column, the target (of an actual value), name, table             度量单位 件; 面积（亩）; 单位：万元
    元 of 万   level                                                                 成本指标: 250万
    year       form                                                                  12月底前
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from extract.target.model import Bounds, Target, kind_of
from extract.target.normalise import normalise
from extract.target.units import Units
from extract.target.words import COMPARATOR, MONEY_LEVELS, NO_TOTALS, NO_UNITS, SIGNS, WORD, any_of


@dataclass(frozen=True, slots=True)
class TargetContext:
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


def with_columns(cell: Target, context: TargetContext, units: Units, read: Callable[[str], Target]) -> Target:
    """The cell read together with its operator and unit columns, where they add something to it."""
    operator, unit = context.operator or "", context.unit or ""
    before = operator.strip() if cell.implicit and operator_of(operator) else ""
    behind = unit.strip() if _takes_unit(cell, units) and not _is_no_unit(unit) else ""
    if not (before or behind):
        return cell
    target = read(before + cell.text + behind)
    if not _is_joined(target, cell, behind):
        return _moved(cell, before, behind) if cell.comparator else cell
    target = comes_from(target, "operator", "operator_column") if before else target
    return comes_from(target, "unit", "unit_column") if behind else target


def _is_joined(target: Target, cell: Target, behind: str) -> bool:
    """Whether columns and cell together are one target with the numbers of the cell."""
    if target.kind == "date":
        return True
    same = {target.lower, target.upper} - {None} == {cell.lower, cell.upper} - {None}
    return bool(target.comparator) and (same or not cell.comparator) and bool(target.unit or not behind)


def _moved(cell: Target, before: str, behind: str) -> Target:
    """The cell with the text of its columns around it, to be completed by them as words."""
    shift = len(before)
    spans = {name: (start + shift, end + shift) for name, (start, end) in cell.spans.items()}
    text = before + cell.text + behind
    return replace(cell, text=text, norm=normalise(text)[0].text, spans=spans)


def completed(target: Target, context: TargetContext, units: Units) -> Target:
    """The target with what its cell leaves open taken from the context, and a warning for each contradiction."""
    if context.year and "no_year" in target.warnings:
        target = comes_from(target, "year", "form")
    if target.parts:
        parts = tuple(_with_yuan(part, context, units) for part in target.parts)
        return target if parts == target.parts else replace(target, parts=parts)
    if target.comparator and target.kind not in ("date", "grade", "ratio"):
        target = _with_unit(target, context, units)
        target = _with_yuan(target, context, units)
    return _with_operator(target, context)


def comes_from(target: Target, part: str, source: str) -> Target:
    """The target with a note that this part of it was taken from the context."""
    return replace(target, context={**target.context, part: source})


# --------------------------------------------------------------------------------------------------------- operators

_OPERATOR = re.compile(rf"[{SIGNS}]|{WORD}")
_BRACKET = re.compile(r"\(([^()]*)\)")
# hint := "(" sign stars unit? ")"          满意度（≥**%）: what the template's author left for the number
_HINT = re.compile(rf"(?P<sign>[{SIGNS}])[*×xX_]+(?P<unit>[^0-9]*)")


def operator_of(column: str) -> str:
    """The comparator that an operator column states; "" where it states none (定性, 正向指标).

    >>> operator_of("≥"), operator_of(" 大于等于 "), operator_of("正向指标")
    ('>=', '>=', '')
    """
    written = normalise(column)[0].text
    return COMPARATOR[written] if _OPERATOR.fullmatch(written) and written != "±" else ""


def _with_operator(target: Target, context: TargetContext) -> Target:
    if not target.comparator:
        return target
    stated = [("operator_column", operator_of(context.operator))] if context.operator else []
    stated += [("name", COMPARATOR.get(hint["sign"], "")) for hint in _hints(context.name)]
    for source, comparator in stated:
        if comparator and target.implicit:
            target = comes_from(_with_comparator(target, comparator), "operator", source)
        elif comparator not in ("", "=", target.comparator) and source == "operator_column":
            target = _warned(target, "operator_conflict")
    return target


def _with_comparator(target: Target, comparator: str) -> Target:
    assert target.lower is not None
    assert target.upper is not None
    lower, upper = Bounds.of(comparator, target.lower, target.upper)[1:3]
    canonical = target.canonical and replace(
        target.canonical,
        lower=None if lower is None else target.canonical.lower,
        upper=None if upper is None else target.canonical.upper,
    )
    return replace(target, comparator=comparator, lower=lower, upper=upper, implicit=False, canonical=canonical)


def _hints(name: str | None) -> Iterator[re.Match[str]]:
    return filter(None, map(_HINT.fullmatch, _brackets(name)))


def _brackets(name: str | None) -> list[str]:
    return _BRACKET.findall(normalise(name)[0].text) if name and ("（" in name or "(" in name) else []


# ------------------------------------------------------------------------------------------------------------- units

_UNIT_LINE = re.compile(r"(?:金额|计量|度量)?单位:?(?P<unit>.*)")
_MONEY_LEVEL = re.compile(any_of(MONEY_LEVELS))
# 人均成本, 节约率: no total of money, so that the unit line does not speak of it.
_NO_TOTAL = re.compile(rf".*{any_of(NO_TOTALS)}")
_PER_TIME = re.compile("每次|次均")


def _takes_unit(target: Target, units: Units) -> bool:
    """Whether the target is a number that could have a unit and has none, or only a scale (250万)."""
    if not target.comparator:
        return "unread_number" in target.warnings
    return target.kind not in ("date", "grade", "ratio") and (not target.unit or _is_bare_scale(target.unit, units))


def unit_of(written: str, units: Units) -> str:
    """The unit that a column, a bracket or a unit line states, in its normal form; "" where it states none."""
    normal = normalise(written)[0].text
    line = _UNIT_LINE.fullmatch(normal)
    unit = line["unit"] if line else normal
    return unit if units.is_unit(unit) else ""


def _is_bare_scale(unit: str, units: Units) -> bool:
    return units.dimension(unit).startswith("count.bare")


def _is_no_unit(column: str) -> bool:
    normal = normalise(column)[0].text
    return normal in NO_UNITS or (not any(map(str.isalpha, normal)) and not any(sign in normal for sign in "%‰¥$℃"))


def _with_unit(target: Target, context: TargetContext, units: Units) -> Target:
    for source, unit in _stated_units(target, context, units):
        if _takes_unit(target, units):
            target = comes_from(_converted(target, _composed(target.unit, unit, units), units), "unit", source)
        elif (
            target.context.get("unit") != source
            and source in ("unit_column", "name")
            and not _agree(target.unit, unit, units)
        ):
            target = _warned(target, "unit_conflict")
    if target.unit == "人/次" and context.name and _PER_TIME.search(context.name):
        return comes_from(_rate_per_time(target, units), "per", "name")
    return target


def _stated_units(target: Target, context: TargetContext, units: Units) -> Iterator[tuple[str, str]]:
    """Every unit that the context states, with the place that states it, the nearest first."""
    if context.unit and not _is_no_unit(context.unit):
        yield "unit_column", unit_of(context.unit, units) or normalise(context.unit)[0].text
    if context.target and context.target.unit:
        yield "target", context.target.unit
    in_brackets = [unit_of(text, units) for text in _brackets(context.name)]
    in_brackets += [hint["unit"] for hint in _hints(context.name) if units.is_unit(hint["unit"])]
    named = {unit for unit in in_brackets if unit}
    if len(named) == 1:
        yield "name", named.pop()
    if context.table_unit and _is_total_cost(context) and (unit := unit_of(context.table_unit, units)):
        yield "table", unit


def _is_total_cost(context: TargetContext) -> bool:
    """Whether the row is about a total of money, as unit lines are: its level is a cost, its name no share or price."""
    return _is_cost(context) and not _NO_TOTAL.match(normalise(context.name or "")[0].text)


def _is_cost(context: TargetContext) -> bool:
    return bool(context.level and _MONEY_LEVEL.fullmatch(normalise(context.level)[0].text))


def _composed(scale: str, unit: str, units: Units) -> str:
    """万 and 元 are 万元; 万 and 万元 too."""
    return unit if not scale or unit.startswith(scale) or not units.is_unit(scale + unit) else scale + unit


def _agree(first: str, second: str, units: Units) -> bool:
    """Whether two units measure the same in the same steps: 人 and 名, 个 and 项; not 元 and 万元."""
    known, other = units.get(first), units.get(second)
    if known is None or other is None:
        return first == second
    return (known.dimension, known.factor) == (other.dimension, other.factor)


def _converted(target: Target, unit: str, units: Units) -> Target:
    """The target with this unit, and all that follows from it."""
    unit = units.per(unit, target.per) if not units.denominators(target.unit) else unit
    canonical = units.canonical(unit, target.lower, target.upper)
    gone = {"scale_without_unit", "maybe_excel_serial", "unknown_unit", "unit_missing_numerator"}
    warnings = tuple(code for code in target.warnings if code not in gone)
    return replace(
        target,
        unit=unit,
        canonical=canonical,
        kind=target.kind if target.direction else kind_of(canonical.dimension if canonical else ""),
        per=target.per or units.denominators(unit),
        warnings=warnings if canonical else (*warnings, "unknown_unit"),
    )


def _with_yuan(target: Target, context: TargetContext, units: Units) -> Target:
    """In a row of costs, 万 means 万元 and 620万/月 means 620万元/月."""
    scale, slash, rate = target.unit.partition("/")
    if not (target.unit and _is_cost(context) and _is_bare_scale(scale, units)):
        return target
    return comes_from(_converted(target, f"{scale}元{slash}{rate}", units), "unit", "level")


def _rate_per_time(target: Target, units: Units) -> Target:
    """人/次 as so many people each time, where the name says 每次."""
    canonical = units.canonical("人", target.lower, target.upper)
    assert canonical
    rate = replace(canonical, unit="人/次", dimension=f"{canonical.dimension}/{units.dimension('次')}")
    return replace(target, canonical=rate, per=(*target.per, "次"))


def _warned(target: Target, code: str) -> Target:
    return target if code in target.warnings else replace(target, warnings=(*target.warnings, code))
