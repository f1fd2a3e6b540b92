"""Cells that say nothing: dashes, 无, a unit by itself, a template that nobody filled in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extract.target.cell import Cell
from extract.target.model import Target
from extract.target.words import SIGNS

# nothing := "" | dashes | 无 | sign          ——, 无, ≥
_NOTHING = re.compile(rf"[-‐‑–—―~/….。、_*×]*|无|[{SIGNS}]")
# placeholder := sign? stars unit?          ≥**%
_PLACEHOLDER = re.compile(rf"[{SIGNS}]?[*×xX_]+(?P<unit>[^0-9]*)")


def empty(cell: Cell) -> Target | None:
    """empty := nothing | sign? unit | placeholder, all of them without any number."""
    if cell.numbers or cell.has_digits_in_brackets():
        return None
    shape = cell.shape
    template = _PLACEHOLDER.fullmatch(shape)
    if _NOTHING.fullmatch(shape):
        template = None
    elif template:
        if template["unit"] and not cell.units.is_unit(template["unit"]):
            return None
    elif not cell.units.is_unit(shape[1:] if shape[0] in SIGNS else shape):
        return None
    unfilled = template or any(_placeholders(cell))
    return cell.target("empty", "empty", warnings=("template_placeholder",) if unfilled else ())


def lent_unit(cell: Cell) -> str:
    """The unit that an unfilled template leaves beside the number: (≥**%)>=85."""
    return next((match["unit"] for match in _placeholders(cell) if cell.units.is_unit(match["unit"])), "")


def _placeholders(cell: Cell) -> Iterator[re.Match[str]]:
    """The templates in brackets; a tolerance (±**%) is about another number."""
    return (match for match in map(_PLACEHOLDER.fullmatch, cell.notes) if match and match[0][0] not in "≈±")
