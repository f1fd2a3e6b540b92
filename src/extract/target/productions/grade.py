"""Grades and ranks: Ⅲ类及以上, 二级, 3A级以上, 不低于良好; 全省前十, 前5名."""

from __future__ import annotations

import re

from extract.target.cell import Cell, Spans
from extract.target.model import Bounds, Target
from extract.target.numerals import any_number
from extract.target.words import SIGN_COMPARATOR, Words, any_of

_ROMAN = {"I": "Ⅰ", "II": "Ⅱ", "III": "Ⅲ", "IV": "Ⅳ", "V": "Ⅴ"}


class Grades:
    """A grade of a scale, or a rank. The Roman and Chinese scales run downwards: Ⅰ类 is above Ⅲ类.

    grade := label? operator? (numeral class | nA级? | word) suffix? thing?
             达到Ⅲ类, 二级及以上, 3A, 优良, 地表水达到Ⅲ类标准; a label only in front of an operator or a Roman numeral
    rank  := label? [位列] 前 n [名] [以内]          全省前十, 前5名
    """

    def __init__(self, words: Words) -> None:
        self._comparator = {**SIGN_COMPARATOR, "不劣于": ">=", **words.comparator}
        self._grade = re.compile(
            rf"""
            (?P<label>[一-鿿]{{0,8}}?) (?P<operator>[≥≤><=]|{any_of(words.reaching)})?
            (?P<grade> (?P<roman>[Ⅰ-Ⅴ]|III?|IV|I|V)(?=[类级等]) | (?P<chinese>[一二三四五六七八九])(?=[类级等])
                     | [1-5]A(?![类等]) | {any_of(words.grades)}(?![类级等]) )
            (?P<class>[类级等])?
            (?P<suffix>及?以上|及?以下)? (?P<thing>{any_of(words.graded)})? (?: \([^()0-9]*\) )?
            """,
            re.VERBOSE,
        )
        self._rank_shape = re.compile(
            rf"""
            (?P<label>[一-鿿]{{0,8}}?) {any_of(words.ranked)}?
            前 (?P<rank>[1-9][0-9]?|[二三四五六七八九十]{{1,2}}) (?P<unit>[名位])? (?:以内)?
            """,
            re.VERBOSE,
        )
        self._ranking = re.compile(rf"|.*{any_of(words.rankings)}")

    def __call__(self, cell: Cell) -> Target | None:
        """The grade or rank that the cell is."""
        match = self._grade.fullmatch(cell.norm)
        if not match or (match["label"] and not match["roman"]) or (match["thing"] and not match["roman"]):
            return self._rank(cell)
        operator, suffix = match["operator"], match["suffix"]
        written = {word for word in (operator, suffix) if word}
        if suffix:
            written.discard("为")
        comparators = {self._comparator[word] for word in written}
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

    def _rank(self, cell: Cell) -> Target | None:
        match = self._rank_shape.fullmatch(cell.norm)
        if not match or not (match["unit"] or self._ranking.fullmatch(match["label"])):
            return None
        number = any_number(match["rank"])
        if number is None:
            return None
        spans: Spans = {"number": cell.view.span(*match.span("rank"))}
        if match["label"]:
            spans["label"] = cell.view.span(*match.span("label"))
        bounds = Bounds.of("<=", number, number)
        return cell.target("grade", "rank", bounds, unit=match["unit"] or "", label=match["label"] or None, spans=spans)
