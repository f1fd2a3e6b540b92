"""The grammar: the productions in their order, and the two whose parts are targets themselves, list and row."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from extract.target.cell import DIGITS, Cell
from extract.target.context import NO_CONTEXT, TargetContext, completed, with_columns
from extract.target.model import Target
from extract.target.productions.between import between
from extract.target.productions.date import date
from extract.target.productions.empty import empty
from extract.target.productions.grade import grade
from extract.target.productions.implied import implied
from extract.target.productions.measured import measured
from extract.target.tokens import WITH_NUMBER, D, N
from extract.target.units import Units
from extract.target.vocabulary import Vocabulary
from extract.target.words import DASH, DEADLINE, SIGNS, SUFFIX, WORD

# A longer cell is prose: it may mention numbers, but it is not one target.
LONGEST_TARGET = 200


def parse_target(text: str, vocabulary: Vocabulary, context: TargetContext = NO_CONTEXT) -> Target:
    """Read one target cell, completed by what stands around it. Total and deterministic.

    Operator and unit columns are joined to the cell, as printed, so that `text` of the target is all of it. An actual
    value (全年完成值) is read the same way, with its target in the context.
    """
    units = vocabulary.units

    def read(written: str) -> Target:
        return _read(written, units, context.year)

    target = read(text)
    return target if context is NO_CONTEXT else completed(with_columns(target, context, units, read), context, units)


def _read(text: str, units: Units, year: int | None) -> Target:
    if len(text) > LONGEST_TARGET:
        return Target(text, text, "qualitative", warnings=_unread(text), source="prose")
    cell = Cell(text, units, year)
    if cell.is_readable():
        for production in PRODUCTIONS:
            target = production(cell)
            if target is not None:
                return target
    return cell.target("qualitative", "words", warnings=_unread(cell.norm))


def _unread(text: str) -> tuple[str, ...]:
    return ("unread_number",) if DIGITS.search(text) else ()


# --------------------------------------------------------------------------------------------------- several targets

# list := item (separator item)+          合格率≥95%，优良率≥30%
_SEPARATORS = re.compile(r"[,;、。]")


def _list(cell: Cell) -> Target | None:
    """Items between separators, at least two of them with a number."""
    if cell.numbers < 2:
        return None
    cuts = [(0, 0), *(match.span() for match in _SEPARATORS.finditer(cell.shape)), (len(cell.shape),) * 2]
    items = [(start, end) for (_, start), (end, _) in pairwise(cuts) if end > start]
    if sum(_has_number(cell, item) for item in items) < 2:
        return None
    return _compound(cell, items, "list")


# row := item item+, an item up to its number with suffix, or its deadline          培训2期100人
_ITEM_END = re.compile(rf"{N}(?:{SUFFIX})?|{D}{DEADLINE}")
_DASH_FIRST = re.compile(DASH)
_ANY_OPERATOR = re.compile(rf"[{SIGNS}]|{WORD}(?={N})")
# What is said in two units at once.
_COMPOSED_QUANTITIES = {"duration", "money", "length", "mass"}


def _row(cell: Cell) -> Target | None:
    """Items in a row without separators, all with or all without an operator."""
    if cell.numbers < 2:
        return None
    ends = [match.end() for match in _ITEM_END.finditer(cell.shape)]
    if len(ends) < 2:
        return None
    items = list(pairwise((0, *ends[:-1], len(cell.shape))))
    if any(_DASH_FIRST.match(cell.shape, start) for start, _ in items[1:]):
        return None
    operators = sum(bool(_ANY_OPERATOR.search(cell.shape, *item)) for item in items)
    target = _compound(cell, items, "row") if operators in (0, len(items)) else None
    return None if target is None or _is_one_quantity(target.parts) else target


def _compound(cell: Cell, items: Sequence[tuple[int, int]], source: str) -> Target | None:
    """The items as parts, if each that has a number is a target by itself."""
    parts = tuple(_read(cell.text_of(*item), cell.units, cell.year) for item in items)
    if all(_is_definite(part) for item, part in zip(items, parts, strict=True) if _has_number(cell, item)):
        return cell.target("compound", source, parts=parts)
    return None


def _has_number(cell: Cell, item: tuple[int, int]) -> bool:
    return WITH_NUMBER.search(cell.shape, *item) is not None


def _is_definite(part: Target) -> bool:
    return part.kind not in ("qualitative", "empty", "compound") and bool(
        part.unit or not part.implicit or part.kind in ("date", "ratio", "grade")
    )


def _is_one_quantity(parts: Sequence[Target]) -> bool:
    """Whether two neighbours are one quantity in two units: 1小时30分钟."""
    families = [part.canonical.dimension.split(".")[0] if part.canonical else "" for part in parts]
    return any(
        family == next_family and family in _COMPOSED_QUANTITIES and not part.label
        for (family, next_family), part in zip(pairwise(families), parts[1:], strict=True)
    )


# target := empty | date | list | grade | implied | between | row | measured; the first that reads the cell decides
PRODUCTIONS: tuple[Callable[[Cell], Target | None], ...] = (
    empty,
    date,
    _list,
    grade,
    implied,
    between,
    _row,
    measured,
)
