"""The words before and behind a measure, and the target that a measure between such words amounts to."""

from __future__ import annotations

import re
from typing import NamedTuple

from extract.target.cell import Cell, Spans
from extract.target.model import Bounds, Target, kind_of
from extract.target.productions.empty import lent_unit
from extract.target.tokens import D, N
from extract.target.words import (
    CHINESE_DIGITS,
    COMPARISONS,
    DASH,
    DEADLINE,
    EARLIER_PERIODS,
    FALL,
    LONG_WORD,
    NEGATIONS,
    RISE,
    WORD,
    any_of,
)

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


_REFERENCE = rf"(?:{D}|{any_of(EARLIER_PERIODS)})"
# head := label? per? baseline? verb? word?, the verb directly before operator or number: never …率
#         培训次数每年不少于, 较上年提高, 同比增长, 比2020年降低
_HEAD = re.compile(
    rf"""
    (?P<label>.*?)
    (?: (?P<baseline>{any_of(COMPARISONS)}|[较比与同](?P<reference>{_REFERENCE})(?:同期|水平)?(?:相比)?),? )?
    (?P<verb> (?: (?P<rise>{any_of(RISE)}) | (?P<fall>{any_of(FALL)}) ) 了?)?
    (?P<word>{WORD})?
    """,
    re.VERBOSE,
)
# 至少每月: the operator in front of the rhythm.
_WORD_AT_END = re.compile(rf"{WORD}$")


def read_head(cell: Cell, end: int) -> Head:
    """The words in front of a measure, sign or dash, taken apart."""
    if end == 0:
        return Head("", None, {})
    match = _HEAD.fullmatch(cell.shape, 0, end)
    assert match
    spans: Spans = {}
    start, stop, per = _read_per(cell, *match.span("label"), spans)
    direction = "up" if match["rise"] else "down" if match["fall"] else None
    baseline = None
    if match["baseline"]:
        group = "reference" if match["reference"] else "baseline"
        baseline = cell.norm_of(*match.span(group))
        cell.note_span(spans, "baseline", match, group)
    cell.note_span(spans, "operator", match, "word")
    cell.note_span(spans, "direction", match, "verb")
    word = match["word"]
    if per and not word and (before := _WORD_AT_END.search(cell.shape, start, stop)):
        word, stop = before[0], before.start()
        spans["operator"] = cell.span_of(*before.span())
    return Head(cell.shape[start:stop], cell.label(spans, start, stop), spans, per, direction, baseline, word)


def _read_per(cell: Cell, start: int, end: int, spans: Spans) -> tuple[int, int, tuple[str, ...]]:
    """What is left of the label when every (平均)每 + noun at its beginning and end is taken off, and these nouns."""
    shape = cell.shape
    if "每" not in shape[start:end]:
        return start, end, ()
    nouns: list[str] = []
    position = start + 2 if shape.startswith("平均每", start) else start
    while position < end and shape[position] == "每":
        stop = cell.units.match(shape, position + 1)
        if stop == position + 1 or stop > end:
            break
        nouns.append(shape[position + 1 : stop])
        position = stop
    if nouns:
        spans["per"] = cell.span_of(start, position)
        start = position
    position = shape.rfind("每", start, end)
    noun = shape[position + 1 : end]
    whole_label = position == start and not nouns and re.fullmatch("[一-鿿]{1,3}", noun)
    if position >= 0 and (whole_label or cell.units.is_unit(noun)):
        spans.setdefault("per", cell.span_of(position, end))
        return start, position, (*nouns, noun)
    return start, end, tuple(nouns)


# 不超过上年的5%, 最多跑一次: an operator is written, but not at the number. 最低生活保障 has none.
_DISTANT_OPERATOR = re.compile(rf"(?!最低生活){LONG_WORD}")
# What in front of a number turns it into something else: an ordinal, a rhythm (每3年), its opposite, half a range.
_MISLEADING_LABEL = re.compile(
    rf".*(?:第|每|[-‐‑–—―~]|{any_of(NEGATIONS)})|.*每{N}.*|.*\d.*",
    re.DOTALL,
)
# A deadline or a range in front of a number: 6月前5次.
_HELD_BACK = re.compile(rf"{D}(?:{DEADLINE}|{DASH})")


def is_misleading(head: Head) -> bool:
    """Whether the words in front deny the number or make another kind of thing of it."""
    return bool(_MISLEADING_LABEL.fullmatch(head.words) or _HELD_BACK.search(head.words))


def has_distant_operator(head: Head) -> bool:
    """Whether an operator stands among the words in front, but not at the number."""
    return _DISTANT_OPERATOR.search(head.words) is not None


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
