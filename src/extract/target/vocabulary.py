"""What the grammar knows of the language of forms: the catalogue of units."""

from __future__ import annotations

from dataclasses import dataclass

from extract.target.units import Units


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words that targets are made of, as the rules list them."""

    units: Units
