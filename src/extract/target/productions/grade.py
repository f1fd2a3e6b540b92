"""Grades and ranks: Ⅲ类及以上, 二级, 3A级以上, 不低于良好; 全省前十, 前5名."""

from __future__ import annotations

import re

from extract.target.cell import Cell, Spans
from extract.target.model import Bounds, Target
from extract.target.numerals import any_number
from extract.target.words import COMPARATOR, GRADES, RANKED, RANKINGS, REACHING, any_of

# grade := label? operator? (numeral class | nA级? | word) suffix?          达到Ⅲ类, 二级及以上, 3A, 优良; a label only
# in front of a Roman numeral: 水质Ⅲ类
_GRADE = re.compile(
    rf"""
    (?P<label>[一-鿿]{{0,8}}?) (?P<operator>{any_of(REACHING)})?
    (?P<grade> (?P<roman>[Ⅰ-Ⅴ]|III?|IV|I|V)(?=[类级等]) | (?P<chinese>[一二三四五六七八九])(?=[类级等])
             | [1-5]A(?![类等]) | {any_of(GRADES)}(?![类级等]) )
    (?P<class>[类级等])?
    (?P<suffix>及?以上|及?以下)? (?: \([^()0-9]*\) )?
    """,
    re.VERBOSE,
)
_ROMAN = {"I": "Ⅰ", "II": "Ⅱ", "III": "Ⅲ", "IV": "Ⅳ", "V": "Ⅴ"}


def grade(cell: Cell) -> Target | None:
    """A grade of a scale, or a rank. The Roman and Chinese scales run downwards: Ⅰ类 is above Ⅲ类."""
    match = _GRADE.fullmatch(cell.norm)
    if not match or (match["label"] and not match["roman"]):
        return _rank(cell)
    operator, suffix = match["operator"], match["suffix"]
    written = {word for word in (operator, suffix) if word}
    if suffix:
        written.discard("为")
    comparators = {COMPARATOR[word] for word in written}
    if len(comparators) > 1:
        return cell.contradiction()
    comparator = comparators.pop() if comparators else "="
    value = _ROMAN.get(match["grade"], match["grade"])
    spans: Spans = {"grade": cell.view.span(*match.span("grade"))}
    if operator or suffix:
        spans["operator"] = cell.view.span(*match.span("operator" if operator else "suffix"))
    if match["label"]:
        spans["label"] = cell.view.span(*match.span("label"))
    reversed_scale = (match["roman"] or match["chinese"]) and comparator != "="
    return cell.target(
        "grade",
        "grade",
        Bounds.of(comparator, value, value, implicit=written <= {"为"}),
        unit=match["class"] or "",
        label=match["label"] or None,
        spans=spans,
        warnings=("ordinal_reversed",) if reversed_scale else (),
    )


# rank := label? [位列] 前 n [名] [以内]          全省前十, 前5名
_RANK = re.compile(
    rf"""
    (?P<label>[一-鿿]{{0,8}}?) {any_of(RANKED)}?
    前 (?P<rank>[1-9][0-9]?|[二三四五六七八九十]{{1,2}}) (?P<unit>[名位])? (?:以内)?
    """,
    re.VERBOSE,
)
_RANKING = re.compile(rf"|.*{any_of(RANKINGS)}")


def _rank(cell: Cell) -> Target | None:
    match = _RANK.fullmatch(cell.norm)
    if not match or not (match["unit"] or _RANKING.fullmatch(match["label"])):
        return None
    number = any_number(match["rank"])
    if number is None:
        return None
    spans: Spans = {"number": cell.view.span(*match.span("rank"))}
    if match["label"]:
        spans["label"] = cell.view.span(*match.span("label"))
    bounds = Bounds.of("<=", number, number)
    return cell.target("grade", "rank", bounds, unit=match["unit"] or "", label=match["label"] or None, spans=spans)
