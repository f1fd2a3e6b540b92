"""The account of a document's characters: every non-blank one has exactly one owner.

>>> ledger = Ledger("主管部门 司法局 ok")
>>> ledger.claim(0, 4, Owner.LABEL)
>>> ledger.claim(3, 8, Owner.VALUE)            # what is taken stays with its first owner
>>> ledger.close(0, 8, Owner.LEFTOVER)
>>> ledger.close(8, 11, Owner.OUTSIDE)
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


_NON_BLANK = re.compile(r"\S+")


class Ledger:
    """Claims over the text of one document, a byte for each character."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._owners = bytearray(len(text))

    def claim(self, start: int, end: int, owner: Owner) -> None:
        """Give the characters from `start` to `end` that nobody owns yet to `owner`."""
        claimed = self._owners[start:end]
        if not claimed.strip(b"\0"):
            self._owners[start:end] = bytes((owner,)) * (end - start)
        else:
            self._owners[start:end] = claimed.replace(b"\0", bytes((owner,)))

    close = claim

    def unclaimed(self, start: int, end: int) -> Iterator[Span]:
        """The stretches of non-blank text between `start` and `end` that nobody owns, blanks inside them included."""
        yield from self.stretches(start, end, Owner.NOBODY)

    def stretches(self, start: int, end: int, owner: Owner) -> Iterator[Span]:
        """The stretches of one line of text that belong to `owner`, trimmed of white space."""
        pattern = re.compile(re.escape(bytes((owner,))) + b"+")
        for run in pattern.finditer(self._owners, start, end):
            for line in re.finditer(r"\S(?:[^\n\t]*\S)?", self._text[run.start() : run.end()]):
                yield Span(run.start() + line.start(), run.start() + line.end())

    def counts(self) -> dict[Owner, int]:
        """The number of non-blank characters of each owner; they add up to all non-blank characters."""
        counts = dict.fromkeys(Owner, 0)
        for word in _NON_BLANK.finditer(self._text):
            owners = self._owners[word.start() : word.end()]
            first = owners[0]
            if owners.count(first) == len(owners):
                counts[Owner(first)] += len(owners)
            else:
                for owner in Owner:
                    counts[owner] += owners.count(owner)
        return counts
