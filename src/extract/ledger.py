"""The account of a document's characters: every non-blank one has exactly one owner.

>>> ledger = Ledger("主管部门 司法局 ok")
>>> ledger.claim(0, 4, Owner.LABEL)
>>> ledger.claim(3, 8, Owner.VALUE)            # what is taken stays with its first owner
>>> ledger.claim(0, 11, Owner.OUTSIDE)
>>> {owner.name: n for owner, n in ledger.counts().items() if n}
{'LABEL': 4, 'VALUE': 3, 'OUTSIDE': 2}
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import IntEnum

from extract.document import Span


class Owner(IntEnum):
    """Whom a character belongs to. NOBODY only while a document is being worked on."""

    NOBODY = 0
    TITLE = 1
    LABEL = 2
    VALUE = 3
    BOILERPLATE = 4
    OUTSIDE = 5
    LEFTOVER = 6


_BLANK = re.compile(r"\s+")
_TRIMMED_PIECE = re.compile(r"\S(?:[^\n\t]*\S)?")
_RUNS = {owner: re.compile(re.escape(bytes((owner,))) + b"+") for owner in Owner}
# What each owner makes of bytes, for bytes.translate: those that nobody owns become its own.
_CLAIMED = {owner: bytes((owner, *range(1, 256))) for owner in Owner}
_NO_OWNER = b"\xff"  # in counts, the mark of blank characters


class Ledger:
    """Claims over the text of one document, a byte for each character."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._owners = bytearray(len(text))

    def claim(self, start: int, end: int, owner: Owner) -> None:
        """Give the characters from `start` to `end` that nobody owns yet to `owner`."""
        self._owners[start:end] = self._owners[start:end].translate(_CLAIMED[owner])

    def owner_at(self, position: int) -> Owner:
        """Whom the character at `position` belongs to."""
        return Owner(self._owners[position])

    def is_settled(self, start: int, end: int) -> bool:
        """Whether every non-blank character between `start` and `end` has an owner."""
        free = self._owners.find(Owner.NOBODY, start, end)
        if free < 0 or not self._text[free].isspace():
            return free < 0
        return next(self.unclaimed(free, end), None) is None

    def is_untouched(self, start: int, end: int) -> bool:
        """Whether nobody owns any character between `start` and `end`."""
        return self._owners.count(Owner.NOBODY, start, end) == end - start

    def unclaimed(self, start: int, end: int) -> Iterator[Span]:
        """The stretches of text between `start` and `end` that nobody owns."""
        yield from self.stretches(start, end, Owner.NOBODY)

    def stretches(self, start: int, end: int, owner: Owner) -> Iterator[Span]:
        """The stretches that belong to `owner`, each within one line and cell, trimmed of white space."""
        for run in _RUNS[owner].finditer(self._owners, start, end):
            for line in _TRIMMED_PIECE.finditer(self._text, run.start(), run.end()):
                yield Span(*line.span())

    def counts(self) -> dict[Owner, int]:
        """The number of non-blank characters of each owner; they add up to all non-blank characters."""
        owners = self._owners.copy()
        for blank in _BLANK.finditer(self._text):
            start, end = blank.span()
            owners[start:end] = _NO_OWNER * (end - start)
        return {owner: owners.count(owner) for owner in Owner}
