"""The words before and behind a measure, and the target that a measure between such words amounts to."""

from __future__ import annotations

import re
from typing import NamedTuple

from extract.target.cell import Cell, Spans
from extract.target.model import Bounds, Target, kind_of
from extract.target.numerals import CHINESE_DIGITS
from extract.target.productions.empty import lent_unit
from extract.target.tokens import D, N
from extract.target.words import DASH, Words, any_of

# ------------------------------------------------------------------------------------------------ the words in front


class Head(NamedTuple):
    """The words in front of a measure, taken apart; `words` is the label as it stands in the shape."""

    words: str
    label: str | None
    spans: Spans
    per: tuple[str, ...] = ()
    direction: str | None = None
    baseline: str | None = None
    word: str | None = None


# per := (平均)? (每 noun)+
_PER_NOUN = re.compile(f"(?:(?![{CHINESE_DIGITS}])[一-鿿]){{1,3}}")
_LONGEST_ACTION = 3
# What in front of a number turns it into something else: an ordinal, a rhythm (每3年), a half of a range or fraction, a
# place on a road (K12+300), a difference (较目标低5%), an excess (超预算20%), a basis (按预算的90%), a digit, and what
# ends like an operator that the rules do not know (不逊于95%).
_MISLEADING = rf".*(?:第|每|[-‐‑–—―~/+高低多少过到至]|(?<!介)于|{{negations}})|.*每{N}.*|超.*|按.*的|.*\d.*"


class Heads:
    """The words in front of numbers, read with these words.

    head := label? per? baseline? verb? (word activity?)?, the verb directly before operator or number: never …率
            培训次数每年不少于, 较上年提高, 同比增长, 比2020年降低, 至少开展
    """

    def __init__(self, words: Words) -> None:
        reference = rf"(?:{D}|{any_of(words.earlier_periods)})"
        comparison = rf"{any_of(words.comparisons)}|[较比与同](?P<reference>{reference})(?:同期|水平)?(?:相比)?"
        self._head = re.compile(
            rf"""
            (?P<label>.*?)
            (?: (?P<baseline>{comparison}),? )?
            (?P<verb> (?: (?P<rise>{any_of(words.rise)}) | (?P<fall>{any_of(words.fall)}) ) 了?)?
            (?: (?P<word>{words.operator}) {any_of(words.activities)}? )?
            """,
            re.VERBOSE,
        )
        # 至少每月: the operator in front of the rhythm.
        self._operator_at_end = re.compile(rf"{words.operator}$")
        # 不超过上年的5%, 最多跑一次: an operator is written, but not at the number. 最低生活保障 has none.
        self._distant_operator = re.compile(rf"(?!最低生活){words.long_operator}")
        self._misleading = re.compile(_MISLEADING.format(negations=any_of(words.negations)), re.DOTALL)
        # A deadline or a range in front of a number: 6月前5次.
        self._held_back = re.compile(rf"{D}(?:{words.deadline}|{DASH})")

    def read(self, cell: Cell, end: int) -> Head:
        """The words in front of a measure, sign or dash, taken apart."""
        if end == 0:
            return Head("", None, {})
        match = self._head.fullmatch(cell.shape, 0, end)
        assert match
        spans: Spans = {}
        start, stop, per = _read_per(cell, *match.span("label"), spans)
        if per and cell.shape.endswith(("前", "后"), start, stop):  # 每季度终了后: when, and no rate
            per = ()
            spans.clear()
        direction = "up" if match["rise"] else "down" if match["fall"] else None
        baseline = None
        if match["baseline"]:
            group = "reference" if match["reference"] else "baseline"
            baseline = cell.norm_of(*match.span(group))
            cell.note_span(spans, "baseline", match, group)
        cell.note_span(spans, "operator", match, "word")
        cell.note_span(spans, "direction", match, "verb")
        word = match["word"]
        if per and not word and (before := self._operator_at_end.search(cell.shape, start, stop)):
            word, stop = before[0], before.start()
            spans["operator"] = cell.span_of(*before.span())
        return Head(cell.shape[start:stop], cell.label(spans, start, stop), spans, per, direction, baseline, word)

    def mislead(self, head: Head) -> bool:
        """Whether the words in front deny the number or make another kind of thing of it."""
        return bool(self._misleading.fullmatch(head.words) or self._held_back.search(head.words))

    def have_distant_operator(self, head: Head) -> bool:
        """Whether an operator stands among the words in front, but not at the number."""
        return self._distant_operator.search(head.words) is not None


def _read_per(cell: Cell, start: int, end: int, spans: Spans) -> tuple[int, int, tuple[str, ...]]:
    """What is left of the label when every (平均)每 + noun at its beginning and end is taken off, and these nouns.

    In the middle it counts in front of a short word for what is done (责任人每月入户) and behind a colon, and stays in
    the label.
    """
    shape = cell.shape
    if "每" not in shape[start:end]:
        return start, end, ()
    first, nouns = _nouns_at(cell, start + 2 if shape.startswith("平均每", start) else start, end)
    if nouns:
        spans["per"] = cell.span_of(start, first)
        start = first
    position = shape.find("每", start, end)
    while position >= 0:
        stop, more = _nouns_at(cell, position, end)
        whole_label = position == start and not nouns and _PER_NOUN.fullmatch(shape, position + 1, end)
        if stop == end or whole_label:
            spans.setdefault("per", cell.span_of(position, end))
            return start, position, (*nouns, *(more if stop == end else (shape[position + 1 : end],)))
        if more and not nouns and (shape[position - 1] == ":" or end - stop <= _LONGEST_ACTION):
            spans["per"] = cell.span_of(position, stop)
            return start, end, tuple(more)
        position = shape.find("每", position + 1, end)
    return start, end, tuple(nouns)


def _nouns_at(cell: Cell, position: int, end: int) -> tuple[int, list[str]]:
    """The end of the (每 unit)+ that begins here, and the units."""
    shape, nouns = cell.shape, []
    while position < end and shape[position] == "每":
        stop = cell.units.match(shape, position + 1)
        if stop == position + 1 or stop > end:
            break
        if shape[stop : stop + 1] in CHINESE_DIGITS and stop < end:  # 每周一课 is a name
            break
        nouns.append(shape[position + 1 : stop])
        position = stop
    return position, nouns


# -------------------------------------------------------------------------------------------------- the words behind

# tail := words that do not continue the number          100%，按时完成; not 3号, 2倍
TAIL = r"(?P<tail>(?![前后之以底末第号比级倍])[一-鿿A-Za-z,;、。“”]*)"
# Words behind a number that change it: 5%以下, 3个之间, 10个每年, 3人2次.
_UNREAD_TAIL = re.compile(
    rf"以[上下内外前]|之[间前内]|左右|不|未|超|[高低多少大小]于|每|[数几]|[{CHINESE_DIGITS}]+[次个名人年月天日]|[A-Za-z]+$"
)


def is_harmless_tail(tail: str) -> bool:
    """Whether the words behind a number only name the thing; a single character belongs to the number: 5级."""
    return len(tail) != 1 and not _UNREAD_TAIL.search(tail)


# --------------------------------------------------------------------------------------------------------- the target

# Days since 1900, of the years 2009 to 2036.
_EXCEL_SERIAL = re.compile("4[0-9]{4}")


def bounded_target(
    cell: Cell, source: str, head: Head, bounds: Bounds, unit: str, label: str | None, fraction: bool = False
) -> Target:
    """The target that these bounds amount to once the unit is complete."""
    warnings: list[str] = []
    lent = lent_unit(cell) if cell.notes and not fraction else ""
    if lent and unit != lent:
        warnings.append("unit_conflict" if unit else "template_placeholder")
    written = unit or lent
    unit = cell.units.per(written, head.per)
    canonical = cell.units.canonical(unit, bounds.lower, bounds.upper)
    dimension = canonical.dimension.split("/")[0] if canonical else ""
    if unit and not canonical:
        warnings.append("unit_missing_numerator" if unit.startswith("/") else "unknown_unit")
    if dimension == "count.bare":
        warnings.append("scale_without_unit")
    if not unit and _EXCEL_SERIAL.fullmatch(bounds.lower or ""):
        warnings.append("maybe_excel_serial")
    return cell.target(
        "change" if head.direction else "ratio" if fraction else kind_of(dimension),
        source,
        bounds,
        direction=head.direction,
        baseline=head.baseline,
        unit=unit,
        canonical=canonical,
        per=(*head.per, *cell.units.denominators(written)),
        label=label,
        spans=head.spans,
        warnings=warnings,
    )
