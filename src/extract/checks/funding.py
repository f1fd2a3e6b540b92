"""Checks on amounts of money: totals against parts and against what the targets say of cost, all in 元."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from extract.checks.case import Case, Check, Fault, Levels, Number, Words
from extract.form import Form, Funding, Indicator

_LEVELS_OF_GOVERNMENT = ("central", "provincial", "municipal", "local")
_BESIDE_FISCAL = ("carryover", "own", "other")
_PLANNED = ("budget", "initial", "adjusted")

_Amounts = dict[str, list[Funding]]


def _by_stage(form: Form) -> dict[tuple[str, str], _Amounts]:
    """The amounts by block and stage, and therein by source."""
    found: dict[tuple[str, str], _Amounts] = defaultdict(lambda: defaultdict(list))
    for row in form.funding:
        found[row.block, row.stage][row.source].append(row)
    return found


def _sum(rows: list[Funding]) -> Decimal | None:
    """The sum in 元; None where one of the amounts is not known in 元."""
    total = Decimal(0)
    for row in rows:
        if row.amount_yuan is None:
            return None
        total += row.amount_yuan
    return total


def parts_add_up_to_the_total(case: Case, *, tolerance: Number) -> Iterator[Fault]:
    """The total is the sum of its parts, give or take so many 元."""
    for (block, stage), amounts in _by_stage(case.form).items():
        parts = ("fiscal", *_BESIDE_FISCAL) if "fiscal" in amounts else (*_LEVELS_OF_GOVERNMENT, *_BESIDE_FISCAL)
        yield from _compared(amounts, "total", parts, block, stage, tolerance)


def levels_add_up_to_the_fiscal_part(case: Case, *, tolerance: Number) -> Iterator[Fault]:
    """What the levels of government give adds up to the fiscal part; one level alone may be a share of it."""
    for (block, stage), amounts in _by_stage(case.form).items():
        levels = [source for source in _LEVELS_OF_GOVERNMENT if source in amounts]
        given = _sum([row for source in levels for row in amounts[source]])
        fiscal = _sum(amounts.get("fiscal", []))
        is_share = len(levels) == 1 and given is not None and fiscal is not None and given <= fiscal
        if "fiscal" in amounts and not is_share:
            yield from _compared(amounts, "fiscal", levels, block, stage, tolerance)


def _compared(
    amounts: _Amounts, whole: str, parts: Sequence[str], block: str, stage: str, tolerance: Decimal
) -> Iterator[Fault]:
    """A fault where the sum of the parts that are stated is not the whole, or where that cannot be told."""
    stated = [row for source in parts for row in amounts.get(source, [])]
    which = {"block": block, "stage": stage}
    if not stated:
        return
    if whole not in amounts:
        if len(stated) > 1:
            yield Fault(stated[0].span, which, lacks_data=True)
        return
    # A total that is repeated in the same words is still one.
    total, sum_of_parts = amounts[whole][0].amount_yuan, _sum(stated)
    if total is None or sum_of_parts is None:
        yield Fault(amounts[whole][0].span, which, lacks_data=True)
    elif len({row.source for row in stated}) == 1 and sum_of_parts < total:
        yield Fault(amounts[whole][0].span, which, lacks_data=True)  # 其中：中央补助, and the rest is not said
    elif abs(total - sum_of_parts) > tolerance:
        yield Fault(amounts[whole][0].span, {**which, "total": total, "parts": sum_of_parts})


def something_is_budgeted(case: Case) -> Iterator[Fault]:
    """Some total that was planned is more than nothing: a project that began within the year has no initial budget."""
    totals = [row for row in case.form.funding if row.source == "total" and row.stage in _PLANNED]
    if totals and all(row.amount_yuan == 0 for row in totals):
        yield Fault(totals[0].span)


def amounts_are_plausible(case: Case, *, most: Number) -> Iterator[Fault]:
    """No amount is more than so many 元: it may be counted in another unit than the form says."""
    for row in case.form.funding:
        if row.amount_yuan is not None and row.amount_yuan > most:
            yield Fault(row.span, {"amount": row.amount_yuan})
            return


def spending_keeps_within_the_budget(case: Case, *, most_percent: Number) -> Iterator[Fault]:
    """What was spent is at most so many percent of the budget, the adjusted one where there is one."""
    stages = _by_stage(case.form)
    for (block, stage), amounts in stages.items():
        if stage != "executed":
            continue
        for source, rows in amounts.items():
            budget = next(
                (
                    stages[block, planned][source][0].amount_yuan
                    for planned in ("adjusted", "budget", "initial")
                    if (block, planned) in stages and source in stages[block, planned]
                ),
                None,
            )
            spent = rows[0].amount_yuan
            if spent is not None and budget is not None and spent * 100 > budget * most_percent:
                yield Fault(rows[0].span, {"source": source, "spent": spent, "budget": budget})


def the_year_costs_no_more_than_the_term(case: Case) -> Iterator[Fault]:
    """The money of the year is a part of that of the whole term."""
    term = next((row for row in case.form.funding if row.source == "total" and row.block == "long_term"), None)
    year = next((row for row in case.form.funding if row.source == "total" and row.block == "annual"), None)
    if term and year and term.amount_yuan and year.amount_yuan is not None and year.amount_yuan > term.amount_yuan:
        yield Fault(year.span, {"year": year.amount_yuan, "term": term.amount_yuan})


def costs_keep_within_the_total(case: Case, *, families: Levels, apart: Words, tolerance: Number) -> Iterator[Fault]:
    """No cost target, and no sum of them, is more than the total of its block.

    Names that `apart` knows are those of prices and standards (每人, 单价), or of the whole: no parts to sum up.
    """
    costs: dict[str, list[tuple[int, Indicator, Decimal]]] = defaultdict(list)
    for number, row in enumerate(case.form.indicators, start=1):
        if (row.level1_canonical in families or row.level2_canonical in families) and (cost := _whole_cost(row)):
            costs[row.block].append((number, row, cost))
    for block, rows in costs.items():
        total = _planned_total(case.form, block)
        parts = [each for each in rows if not apart.stand_in(each[1].name)]
        if total is None:
            if parts:
                yield Fault(parts[0][1].span, {"block": block}, lacks_data=True)
            continue
        over = next((each for each in rows if each[2] > total + tolerance), None)
        sum_of_parts = sum((cost for _, _, cost in parts), Decimal(0))
        if over:
            yield Fault(over[1].span, {"number": over[0], "cost": over[2], "total": total})
        elif sum_of_parts > total + tolerance:
            yield Fault(parts[0][1].span, {"number": parts[0][0], "cost": sum_of_parts, "total": total})


def _whole_cost(row: Indicator) -> Decimal | None:
    """The most that a cost target names, in 元; None of prices per unit, and where it names no money."""
    canonical = row.target.canonical
    if canonical is None or canonical.dimension != "money.CNY" or row.target.kind != "money" or row.target.direction:
        return None
    bound = canonical.upper or canonical.lower
    return Decimal(bound) if bound and "/" not in bound else None


def _planned_total(form: Form, block: str) -> Decimal | None:
    """The largest total that was planned for a block: a budget may have been raised."""
    totals = [
        row.amount_yuan
        for row in form.funding
        if row.source == "total" and row.block == block and row.stage in _PLANNED and row.amount_yuan is not None
    ]
    return max(totals, default=None)


CHECKS: Mapping[str, Check] = {
    "funding.sum": parts_add_up_to_the_total,
    "funding.fiscal_sum": levels_add_up_to_the_fiscal_part,
    "funding.zero": something_is_budgeted,
    "funding.huge": amounts_are_plausible,
    "funding.overspent": spending_keeps_within_the_budget,
    "funding.year_over_term": the_year_costs_no_more_than_the_term,
    "funding.cost": costs_keep_within_the_total,
}
