"""The grammar: the productions in their order, and the two whose parts are targets themselves, list and row."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from extract.target.cell import DIGITS, Cell, Reader
from extract.target.context import NO_CONTEXT, Completion, TargetContext
from extract.target.model import Target
from extract.target.productions.between import Between
from extract.target.productions.date import DateTarget
from extract.target.productions.empty import empty
from extract.target.productions.grade import Grades
from extract.target.productions.head import Heads
from extract.target.productions.implied import Implied
from extract.target.productions.measured import Measured
from extract.target.quick import Quick
from extract.target.tokens import WITH_NUMBER, D, N
from extract.target.units import Units
from extract.target.words import DASH, SIGNS, Words

# A longer cell is prose: it may mention numbers, but it is not one target.
LONGEST_TARGET = 200

Production = Callable[[Cell], Target | None]


def parse_target(text: str, grammar: Grammar, context: TargetContext = NO_CONTEXT) -> Target:
    """Read one target cell, completed by what stands around it. Total and deterministic.

    Operator and unit columns are joined to the cell, as printed, so that `text` of the target is all of it. An actual
    value (全年完成值) is read the same way, with its target in the context.
    """
    return grammar.parse(text, context)


class Grammar:
    """The grammar with its vocabulary, the catalogue of units and the lists of words.

    target := empty | date | list | grade | implied | between | row | measured; the first that reads the cell decides.
    """

    def __init__(self, units: Units, words: Words) -> None:
        self.units = units
        self.words = words
        self._reader = Reader(units, words)
        self._quick = Quick(units, words)
        self._completion = Completion(units, words, self._reader.normal)
        heads = Heads(words)
        self.productions: tuple[Production, ...] = (
            empty,
            DateTarget(words),
            self._list,
            Grades(words),
            Implied(words),
            Between(words, heads),
            self._row,
            Measured(words, heads),
        )
        self._item_end = re.compile(rf"{N}(?:{words.suffix})?|{D}{words.deadline}")
        self._any_operator = re.compile(rf"[{SIGNS}]|{words.operator}(?={N})")

    def parse(self, text: str, context: TargetContext = NO_CONTEXT) -> Target:
        """`parse_target`."""
        if context is NO_CONTEXT:
            return self._read(text, None)
        target = self._read(text, context.year)
        joined = self._completion.joined(target, context, lambda written: self._read(written, context.year))
        return self._completion.complete(joined, context)

    def _read(self, text: str, year: int | None) -> Target:
        """The cell by itself."""
        target = self._quick.read(text)
        return target if target is not None else self.read_in_full(text, year)

    def read_in_full(self, text: str, year: int | None) -> Target:
        """The cell by itself, read by the productions."""
        if len(text) > LONGEST_TARGET:
            return Target(text, text, "qualitative", warnings=_unread(text), source="prose")
        cell = self._reader.read(text, year)
        if cell.is_readable():
            for production in self.productions:
                target = production(cell)
                if target is not None:
                    return target
        return cell.target("qualitative", "words", warnings=_unread(cell.norm))

    # ----------------------------------------------------------------------------------------------- several targets

    def _list(self, cell: Cell) -> Target | None:
        """list := item (separator item)+, at least two of them with a number          合格率≥95%，优良率≥30%."""
        if cell.numbers < 2:
            return None
        cuts = [(0, 0), *(match.span() for match in _SEPARATORS.finditer(cell.shape)), (len(cell.shape),) * 2]
        items = [(start, end) for (_, start), (end, _) in pairwise(cuts) if end > start]
        if sum(_has_number(cell, item) for item in items) < 2:
            return None
        return self._compound(cell, items, "list")

    def _row(self, cell: Cell) -> Target | None:
        """row := item item+, without separators, all with or all without an operator          培训2期100人.

        An item goes up to its number with suffix, or to its deadline.
        """
        if cell.numbers < 2:
            return None
        ends = [match.end() for match in self._item_end.finditer(cell.shape)]
        if len(ends) < 2:
            return None
        items = list(pairwise((0, *ends[:-1], len(cell.shape))))
        if any(_DASH_FIRST.match(cell.shape, start) for start, _ in items[1:]):
            return None
        operators = sum(bool(self._any_operator.search(cell.shape, *item)) for item in items)
        target = self._compound(cell, items, "row") if operators in (0, len(items)) else None
        return None if target is None or _is_one_quantity(target.parts) else target

    def _compound(self, cell: Cell, items: Sequence[tuple[int, int]], source: str) -> Target | None:
        """The items as parts, if each that has a number is a target by itself."""
        parts = tuple(self._read(cell.text_of(*item), cell.year) for item in items)
        if all(_is_definite(part) for item, part in zip(items, parts, strict=True) if _has_number(cell, item)):
            return cell.target("compound", source, parts=parts)
        return None


_SEPARATORS = re.compile(r"[,;、。]")
_DASH_FIRST = re.compile(DASH)
_NUMBER = re.compile(f"[{WITH_NUMBER}]")
# What is said in two units at once.
_COMPOSED_QUANTITIES = {"duration", "money", "length", "mass"}


def _unread(text: str) -> tuple[str, ...]:
    return ("unread_number",) if DIGITS.search(text) else ()


def _has_number(cell: Cell, item: tuple[int, int]) -> bool:
    return _NUMBER.search(cell.shape, *item) is not None


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
