"""Numbers that the words imply: 行政村全覆盖, 资金全部到位 are 100 %, 零投诉 is 0."""

from __future__ import annotations

import re

from extract.target.cell import Cell, Spans
from extract.target.model import Bounds, Target
from extract.target.words import Words, any_of


class Implied:
    """implied := things 全覆盖 | things 全部 verb | 零 noun          行政村全覆盖, 资金全部到位, 零投诉."""

    def __init__(self, words: Words) -> None:
        self._shape = re.compile(
            rf"""
              (?P<covered>[一-鿿]*?) 全覆盖
            | (?P<subject>[一-鿿]*?) 全部 (?P<verb>{any_of(words.carried_out)}) (?:到位|合格|完毕|完成)?
            | (?P<none>零) (?P<avoided>[一-鿿]{{0,4}}?{any_of(words.avoided)})
            """,
            re.VERBOSE,
        )
        self._hedged = re.compile(any_of(words.hedges))

    def __call__(self, cell: Cell) -> Target | None:
        """The number that the words imply. Slogans (应保尽保) and idioms (零距离) imply none."""
        match = self._shape.fullmatch(cell.shape)
        if not match or self._hedged.search(match["covered"] or match["subject"] or ""):
            return None
        kind, number, unit = ("quantity", "0", "") if match["none"] else ("percent", "100", "%")
        name = next((name for name in ("covered", "subject", "avoided") if match[name]), "verb")
        spans: Spans = {}
        label = cell.label(spans, *match.span(name)) if match[name] else None
        return cell.target(
            kind,
            "implied",
            Bounds.of("=", number, number, implicit=True),
            unit=unit,
            canonical=cell.units.canonical(unit, number, number),
            label=label,
            spans=spans,
            warnings=("implied_number",),
        )
