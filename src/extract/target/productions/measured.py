"""One measure with its words: ≥389件, 控制在50万元以内, 培训次数每年≥2次, 较上年提高2个百分点以上, 完成率：95%."""

from __future__ import annotations

import re

from extract.target.cell import Cell, Spans
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
from extract.target.tokens import N
from extract.target.words import (
    COMPARATOR,
    COPULAS,
    DIRECTION,
    ENDS_OF_A_NUMERIC_LABEL,
    FROM_BELOW,
    LABEL_EDGES,
    SIGNS,
    SUFFIX,
    YIELDING,
)

# measured := head sign? num suffix? (/ rate)? tail          优良率≥95%, 2次以上/年, 100%，按时完成
_MEASURED = re.compile(
    rf"""
    (?P<head>    [^{SIGNS}]* )
    (?P<sign>    [≥≤><=≈] )?
    (?P<measure> {N} )
    (?P<suffix>  {SUFFIX} )?
    (?: (?P<rate>/[一-鿿]{{1,3}})$ )?
    {TAIL}
    """,
    re.VERBOSE,
)
# A word behind a sign and a number is a unit, known or not: ≥5桌.
_SHORT_WORD = re.compile("[一-鿿]{1,2}")


def measured(cell: Cell) -> Target | None:
    """The one number of the cell, if all the words around it are accounted for."""
    match = _MEASURED.fullmatch(cell.shape)
    if not match:
        return None
    head = read_head(cell, match.end("head"))
    measure = cell.measure(match.start("measure"))
    sign, suffix, unit, tail = match["sign"], match["suffix"], measure.unit, match["tail"].rstrip(LABEL_EDGES)
    if sign and not unit and not measure.fraction and _SHORT_WORD.fullmatch(tail):
        unit, tail = tail, ""
    operator = sign or (None if head.word in COPULAS else head.word)
    if is_misleading(head) or not (operator or _needs_no_operator(head, measure, suffix)):
        return None
    if tail and not (is_harmless_tail(tail) and (unit or measure.fraction)):
        return None
    if (head.word in FROM_BELOW or (tail and not (operator or suffix))) and _is_attribute(cell, unit):
        return None
    comparator = _agreed(head.word, sign, suffix, measure)
    if comparator is None:
        return cell.contradiction()
    _note_spans(cell, match, measure, head.spans)
    label = head.label or (cell.label(head.spans, *match.span("tail")) if tail else None)
    bounds = _bounds(_with_inclusion(cell, comparator), measure, head.word, comparator == "=" and not operator)
    return bounded_target(cell, "measured", head, bounds, unit + (match["rate"] or ""), label, measure.fraction)


# ------------------------------------------------------------------------------------------- is the number a target?

# Before or after what? Only a bound makes a target of these: 接警后5分钟内.
_RELATIVE_LABEL = re.compile(r".*[前后]")
_NAMES_A_NUMBER = re.compile(rf".*[{ENDS_OF_A_NUMERIC_LABEL}]")


def _needs_no_operator(head: Head, measure: Measure, suffix: str | None) -> bool:
    """Whether `label number` is a target without any operator: 完成率95, 培训30人, but not 国道318."""
    if head.label is None:
        return True
    if N in head.words or has_distant_operator(head) or (_RELATIVE_LABEL.fullmatch(head.words) and not suffix):
        return False
    return bool(head.direction or measure.unit or measure.fraction or _NAMES_A_NUMBER.fullmatch(head.words))


def _is_attribute(cell: Cell, unit: str) -> bool:
    """Whether a number of these is likelier an attribute than a target: 5年规划, 近3年, 18岁青年, 3级医院."""
    return cell.units.dimension(unit).startswith(("duration", "age", "grade"))


# ---------------------------------------------------------------------------------------------- how the number is meant

_OPENED = {">=": ">", "<=": "<"}
_CLOSED = {opened: closed for closed, opened in _OPENED.items()}
# inclusion := [不][包]含 [本数 | the number again]          （含）, （不含50人）
_INCLUSION = re.compile(r"(?P<not>不)?(?:包)?含(?:本数|本级|[0-9.,]+[^0-9]{0,4})?")


def _agreed(word: str | None, sign: str | None, suffix: str | None, measure: Measure) -> str | None:
    """What word, sign, suffix and 余 say together; None where they contradict each other."""
    if word in YIELDING and (sign or suffix):
        word = None
    said = [COMPARATOR[written] for written in (sign, word, suffix) if written]
    directions = {DIRECTION[comparator] for comparator in said}
    if len(directions) > 1:
        return None
    if measure.at_least or measure.ceiling:
        return None if "down" in directions else said[0] if "up" in directions else "approx"
    return said[0] if said else "="


def _with_inclusion(cell: Cell, comparator: str) -> str:
    """（含） and （不含） decide whether the bound itself counts."""
    for note in cell.notes:
        match = _INCLUSION.fullmatch(note)
        if match:
            return (_OPENED if match["not"] else _CLOSED).get(comparator, comparator)
    return comparator


def _bounds(comparator: str, measure: Measure, word: str | None, implicit: bool) -> Bounds:
    if comparator == "approx" and measure.at_least:
        return Bounds(comparator, lower=measure.number)
    if comparator == "approx" and word in FROM_BELOW:
        return Bounds(comparator, upper=measure.ceiling or measure.number)
    return Bounds.of(comparator, measure.number, measure.ceiling or measure.number, implicit)


def _note_spans(cell: Cell, match: re.Match[str], measure: Measure, spans: Spans) -> None:
    spans["number"] = cell.view.span(*measure.number_span)
    if measure.unit_span:
        spans["unit"] = cell.view.span(*measure.unit_span)
    cell.note_span(spans, "operator", match, "sign")
    cell.note_span(spans, "suffix" if "operator" in spans else "operator", match, "suffix")
