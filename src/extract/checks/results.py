"""Checks on weights, scores and actual values: what a self-evaluation says of its own targets."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal

from extract.checks.case import Case, Check, Fault, Levels, Number, Numbers
from extract.document import Span
from extract.form import Indicator
from extract.labels import narrow
from extract.target.comparison import is_met


def _missed(row: Indicator) -> bool:
    """Whether the actual value surely misses the target."""
    return row.result.actual is not None and is_met(row.target, row.result.actual) is False


# -------------------------------------------------------------------------------------------------------------- weights


def weights_add_up(case: Case, *, accepted: Numbers) -> Iterator[Fault]:
    """The weights of a block add up to one of these sums; the rate of execution may have the rest."""
    for block, rows in _by_block(case).items():
        weights = [row.result.weight for row in rows]
        known = [weight for weight in weights if weight is not None]
        if known and len(known) < len(rows):
            first = next(row for row in rows if row.result.weight is None)
            yield Fault(first.name_span, {"block": block, "count": len(rows) - len(known)}, lacks_data=True)
        elif known and sum(known) not in accepted:
            yield Fault(_first_weight(rows), {"block": block, "sum": sum(known)})


def weights_add_up_to_the_points_of_their_level(case: Case) -> Iterator[Fault]:
    """Where level 1 names its points, 产出指标(50分) or (40-50)分, the weights below it add up to them."""
    for rows in _by_block(case).values():
        levels: dict[str, list[Indicator]] = defaultdict(list)
        for row in rows:
            levels[row.level1 or ""].append(row)
        for level, members in levels.items():
            points = _POINTS.search(narrow(level))
            weights = [row.result.weight for row in members]
            if points and all(weight is not None for weight in weights):
                found = sum((weight for weight in weights if weight is not None), Decimal(0))
                least, most = Decimal(points["least"] or points["most"]), Decimal(points["most"])
                if not least <= found <= most:
                    stated = points["most"] if least == most else f"{points['least']}-{points['most']}"
                    yield Fault(_first_weight(members), {"sum": found, "points": stated})


_POINTS = re.compile(r"(?:(?P<least>\d+(?:\.\d+)?)[-—~至])?(?P<most>\d+(?:\.\d+)?)\)?分")


def _by_block(case: Case) -> dict[str, list[Indicator]]:
    blocks: dict[str, list[Indicator]] = defaultdict(list)
    for row in case.form.indicators:
        blocks[row.block].append(row)
    return blocks


def _first_weight(rows: list[Indicator]) -> Span:
    return rows[0].result.weight_span or rows[0].span


# --------------------------------------------------------------------------------------------------------------- scores


def scores_keep_within_weights(case: Case) -> Iterator[Fault]:
    """No indicator scores more than it weighs."""
    for number, row in enumerate(case.form.indicators, start=1):
        weight, score = row.result.weight, row.result.score
        if weight is not None and score is not None and score > weight:
            yield Fault(row.result.score_span, {"number": number, "score": score, "weight": weight})


def missed_targets_cost_points(case: Case) -> Iterator[Fault]:
    """An indicator that missed its target has not its full score."""
    for number, row in enumerate(case.form.indicators, start=1):
        weight, score = row.result.weight, row.result.score
        if weight is not None and score is not None and 0 < weight <= score and _missed(row):
            yield Fault(row.result.score_span, {"number": number})


def met_targets_cost_no_points(case: Case) -> Iterator[Fault]:
    """An indicator that met its target in numbers lost no points, or says why."""
    for number, row in enumerate(case.form.indicators, start=1):
        result = row.result
        if result.weight is not None and result.score is not None and result.score < result.weight:
            is_number = row.target.comparator and result.actual is not None
            if is_number and not result.deviation and result.actual and is_met(row.target, result.actual):
                yield Fault(result.score_span, {"number": number, "score": result.score, "weight": result.weight})


def the_total_is_that_of_the_scores(case: Case, *, beside: Number) -> Iterator[Fault]:
    """The total score is the sum of the scores, and at most so many points for what no indicator weighs: the execution
    of the budget, or whatever is missing from the weights to a hundred."""
    place = next((field for field in case.form.fields if field.name == "total_score" and field.value), None)
    stated = _SCORE.fullmatch(narrow(place.value).strip()) if place and place.value else None
    scores = [row.result.score for row in case.form.indicators]
    known = [score for score in scores if score is not None]
    if not (place and stated and known):
        return
    found, total = sum(known), Decimal(stated[1])
    beside = max(beside, 100 - sum((row.result.weight or Decimal(0) for row in case.form.indicators), Decimal(0)))
    if len(known) < len(scores):
        yield Fault(place.span, {"count": len(scores) - len(known)}, lacks_data=True)
    elif not found <= total <= found + beside:
        yield Fault(place.span, {"sum": found, "total": total, "beside": beside})


_SCORE = re.compile(r"(\d+(?:\.\d+)?)分?")


# -------------------------------------------------------------------------------------------------------- actual values


def actual_values_are_there(case: Case) -> Iterator[Fault]:
    """Every target has an actual value; one finding counts those that have none."""
    rows = [row for row in case.form.indicators if row.target.kind != "empty"]
    blank = [row for row in rows if row.result.actual_text is None]
    if blank:
        yield Fault(blank[0].name_span, {"count": len(blank), "all": len(rows)})


def actual_values_can_be_compared(case: Case) -> Iterator[Fault]:
    """Beside a target in numbers stands an actual value that can be compared with it."""
    unclear = [
        row
        for row in case.form.indicators
        if row.target.comparator
        and not row.target.implicit
        and row.result.actual is not None
        and is_met(row.target, row.result.actual) is None
    ]
    if unclear:
        yield Fault(unclear[0].result.actual_span, {"count": len(unclear)})


def missed_targets_have_a_reason(case: Case) -> Iterator[Fault]:
    """Beside a target that was missed stands why, or below the table, for all of them."""
    if case.form.value("deviation_reasons"):
        return
    for number, row in enumerate(case.form.indicators, start=1):
        if not row.result.deviation and _missed(row):
            yield Fault(row.result.actual_span, {"number": number})


def not_more_than_all_are_content(case: Case, *, families: Levels, most: Number) -> Iterator[Fault]:
    """No more than so many percent are content in the end."""
    for number, row in enumerate(case.form.indicators, start=1):
        actual = row.result.actual
        is_over = actual and actual.unit == "%" and actual.value is not None and actual.value > most
        if is_over and (row.level1_canonical in families or row.level2_canonical in families):
            yield Fault(row.result.actual_span, {"number": number})


CHECKS: Mapping[str, Check] = {
    "weights.sum": weights_add_up,
    "weights.level_points": weights_add_up_to_the_points_of_their_level,
    "score.above_weight": scores_keep_within_weights,
    "score.full_though_missed": missed_targets_cost_points,
    "score.lost_though_met": met_targets_cost_no_points,
    "score.total": the_total_is_that_of_the_scores,
    "actual.blank": actual_values_are_there,
    "actual.unclear": actual_values_can_be_compared,
    "actual.over_100": not_more_than_all_are_content,
    "deviation.missing": missed_targets_have_a_reason,
}
