"""One measure with its words: ≥389件, 控制在50万元以内, 培训次数每年≥2次, 较上年提高2个百分点以上, 完成率：95%."""

from __future__ import annotations

import re

from extract.target.cell import Cell, Spans
from extract.target.model import Bounds, Target
from extract.target.numbers import Measure
from extract.target.productions.head import TAIL, Head, Heads, bounded_target, is_harmless_tail
from extract.target.tokens import N
from extract.target.words import DIRECTION, LABEL_EDGES, SIGNS, Words, any_of

# A word behind a sign and a number is a unit, known or not: ≥5桌.
_SHORT_WORD = re.compile("[一-鿿]{1,2}")


# Before or after what? Only a bound makes a target of these: 接警后5分钟内.
_RELATIVE_LABEL = re.compile(r".*[前后]")
# Numbers of these are likelier attributes than targets where words follow: 5年规划, 18岁青年, 3级医院, 10千伏线路.
_ATTRIBUTES = (
    "duration",
    "age",
    "grade",
    "voltage",
    "power",
    "apparent_power",
    "bandwidth",
    "data",
    "energy",
    "temperature",
    "multiple",
)
_OPENED = {">=": ">", "<=": "<"}
_CLOSED = {opened: closed for closed, opened in _OPENED.items()}
# inclusion := [不][包]含 [本数 | the number again]          （含）, （不含50人）
_INCLUSION = re.compile(r"(?P<not>不)?(?:包)?含(?:本数|本级|[0-9.,]+[^0-9]{0,4})?")


class Measured:
    """measured := head sign? num suffix? rate? tail          优良率≥95%, 2次以上/年, 100元每人, 100%，按时完成."""

    def __init__(self, words: Words, heads: Heads) -> None:
        self._words = words
        self._heads = heads
        self._shape = re.compile(
            rf"""
            (?P<head>    [^{SIGNS}]* )
            (?P<sign>    [≥≤><=≈] )?
            (?P<measure> {N} )
            (?P<suffix>  {words.suffix} )?
            (?: (?P<rate> /[一-鿿]{{1,3}} | (?:每[一-鿿]{{1,3}})+ ) $ )?
            {TAIL}
            """,
            re.VERBOSE,
        )
        self._names_a_number = re.compile(rf".*{any_of(words.numeric_label_ends)}")
        self._done = re.compile(rf"{any_of(words.done_how)}?{any_of(words.done)}")
        self._attribute_words = re.compile(any_of(words.attributes))
        self._avoided = re.compile(rf"[一-鿿]{{0,4}}?{any_of(words.avoided)}")

    def __call__(self, cell: Cell) -> Target | None:
        """The one number of the cell, if all the words around it are accounted for."""
        match = self._shape.fullmatch(cell.shape)
        if not match:
            return None
        head = self._heads.read(cell, match.end("head"))
        measure = cell.measure(match.start("measure"))
        sign, suffix, unit, tail = match["sign"], match["suffix"], measure.unit, match["tail"].rstrip(LABEL_EDGES)
        if sign and not unit and not measure.fraction and _SHORT_WORD.fullmatch(tail):
            unit, tail = tail, ""
        operator = sign or (None if head.word in self._words.copulas else head.word)
        if self._heads.mislead(head) or not (operator or self._needs_no_operator(head, measure, suffix)):
            return None
        nothing = measure.number == "0" and not unit and self._avoided.fullmatch(tail)  # 0投诉
        if tail and not nothing and not (is_harmless_tail(tail) and (unit or measure.fraction)):
            return None
        if tail and not sign and cell.units.dimension(unit) == "grade":
            return None
        describes = head.word in self._words.from_below or (tail and not (operator or suffix))
        if describes and self._is_attribute(cell, unit, tail):
            return None
        rate = _rate(cell, match["rate"])
        if rate is None:
            return None
        comparator = self._agreed(head.word, sign, suffix, measure)
        if comparator is None:
            return cell.contradiction()
        _note_spans(cell, match, measure, head.spans)
        label = head.label or (cell.label(head.spans, *match.span("tail")) if tail else None)
        bounds = self._bounds(_with_inclusion(cell, comparator), measure, head.word, comparator == "=" and not operator)
        return bounded_target(cell, "measured", head, bounds, unit + rate, label, measure.fraction)

    def _needs_no_operator(self, head: Head, measure: Measure, suffix: str | None) -> bool:
        """Whether `label number` is a target without any operator: 完成率95, 培训30人, but not 国道318."""
        if head.baseline and not head.direction:
            return False
        if head.label is None:
            return True
        if N in head.words or self._heads.have_distant_operator(head):
            return False
        if _RELATIVE_LABEL.fullmatch(head.words) and not suffix:
            return False
        return bool(head.direction or measure.unit or measure.fraction or self._names_a_number.fullmatch(head.words))

    def _is_attribute(self, cell: Cell, unit: str, tail: str) -> bool:
        """Whether a number with these words behind it is likelier an attribute than a target.

        What is done within a time is a target: 7个工作日办结.
        """
        dimension = cell.units.dimension(unit)
        if dimension.startswith("duration") and self._done.match(tail):
            return False
        return dimension.startswith(_ATTRIBUTES) or (
            not dimension.startswith("count") and self._attribute_words.match(tail) is not None
        )

    def _agreed(self, word: str | None, sign: str | None, suffix: str | None, measure: Measure) -> str | None:
        """What word, sign, suffix and 余 say together; None where they contradict each other."""
        if word in self._words.gives_way and (sign or suffix):
            word = None
        said = [self._words.comparator[written] for written in (sign, word, suffix) if written]
        directions = {DIRECTION[comparator] for comparator in said}
        if len(directions) > 1:
            return None
        if measure.at_least or measure.ceiling:
            return None if "down" in directions else said[0] if "up" in directions else "approx"
        return said[0] if said else "="

    def _bounds(self, comparator: str, measure: Measure, word: str | None, implicit: bool) -> Bounds:
        if comparator == "approx" and measure.at_least:
            return Bounds(comparator, lower=measure.number)
        if comparator == "approx" and word in self._words.from_below:
            return Bounds(comparator, upper=measure.ceiling or measure.number)
        return Bounds.of(comparator, measure.number, measure.ceiling or measure.number, implicit)


def _rate(cell: Cell, written: str | None) -> str | None:
    """What stands per what behind a number and its suffix, as a rate; None where 每 is not followed by units."""
    if not written or written[0] == "/":
        return written or ""
    nouns = written[1:].split("每")
    return f"/{'·'.join(nouns)}" if all(map(cell.units.is_unit, nouns)) else None


def _with_inclusion(cell: Cell, comparator: str) -> str:
    """（含） and （不含） decide whether the bound itself counts."""
    for note in cell.notes:
        match = _INCLUSION.fullmatch(note)
        if match:
            return (_OPENED if match["not"] else _CLOSED).get(comparator, comparator)
    return comparator


def _note_spans(cell: Cell, match: re.Match[str], measure: Measure, spans: Spans) -> None:
    spans["number"] = cell.view.span(*measure.number_span)
    if measure.unit_span:
        spans["unit"] = cell.view.span(*measure.unit_span)
    cell.note_span(spans, "operator", match, "sign")
    cell.note_span(spans, "suffix" if "operator" in spans else "operator", match, "suffix")
