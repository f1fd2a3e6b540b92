"""One cell on its way through the productions: its normal text, its tokens, and its shape."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from extract.target.dates import Period
from extract.target.model import Bounds, Target
from extract.target.normalise import normalise
from extract.target.numbers import Measure
from extract.target.tokens import MARKS, TOKEN_START, D, N, Note, Token, U, read_token
from extract.target.units import Units
from extract.target.words import LABEL_EDGES, SIGNS, SUFFIX

Spans = dict[str, tuple[int, int]]

DIGITS = re.compile(r"\d")
# A suffix or a sign in brackets counts as if there were none: 100公里(以上).
_NOTE_IN_THE_SENTENCE = re.compile(rf"{SUFFIX}|[{SIGNS}]")
# A second target in brackets: 100%(≥95%).
_RIVAL_NOTE = re.compile(rf"[{SIGNS}].*\d")
_UNBOUNDED = Bounds()


class Cell:
    """The text of a cell in three forms: as written, as `norm`, and as `shape`, with a mark for each token.

    Positions are positions in the shape, unless they are said to be positions in `norm`.

    >>> cell = Cell("１０≤成本（元）≤２０", Units([], {}), year=None)
    >>> cell.norm, cell.shape.replace(N, "N"), cell.notes, cell.text_of(2, 4)
    ('10≤成本(元)≤20', 'N≤成本≤N', ['元'], '成本（元）')
    """

    def __init__(self, text: str, units: Units, year: int | None) -> None:
        self.text = text
        self.units = units
        self.year = year
        self.view, self.warnings = normalise(text)
        self.norm = self.view.text
        self.notes: list[str] = []
        self.tokens: dict[int, Token] = {}
        # Character i of the shape came from begins[i]:ends[i] of `norm`.
        self._begins: list[int] = []
        self._ends: list[int] = []
        self.shape = self._read_shape()
        self.numbers = self.shape.count(N) + self.shape.count(D)

    def _read_shape(self) -> str:
        norm = self.norm
        pieces: list[str] = []
        done = position = 0
        while found := TOKEN_START.search(norm, position):
            position = found.start()
            token = read_token(norm, position, self.units, self.year)
            if token is None:
                position += 1
                continue
            self._keep(pieces, done, position)
            if not isinstance(token, Note):
                self.tokens[len(self._begins)] = token
                pieces.append(MARKS[type(token)])
                self._begins.append(position)
                self._ends.append(token.end)
            elif _NOTE_IN_THE_SENTENCE.fullmatch(token.text):
                self._keep(pieces, position + 1, token.end - 1)
            else:
                self.notes.append(token.text)
            done = position = token.end
        self._keep(pieces, done, len(norm))
        return "".join(pieces)

    def _keep(self, pieces: list[str], start: int, end: int) -> None:
        """Take this stretch of `norm` over into the shape."""
        if start < end:
            pieces.append(self.norm[start:end])
            self._begins.extend(range(start, end))
            self._ends.extend(range(start + 1, end + 1))

    def is_readable(self) -> bool:
        """Whether the cell as a whole can be one target: no impossible date, no second target in brackets."""
        return U not in self.shape and not any(map(_RIVAL_NOTE.search, self.notes))

    def has_digits_in_brackets(self) -> bool:
        """Whether a note says another number."""
        return any(map(DIGITS.search, self.notes))

    def measure(self, position: int) -> Measure:
        """The number behind a mark."""
        token = self.tokens[position]
        assert isinstance(token, Measure)
        return token

    def period(self, position: int) -> Period:
        """The date behind a mark."""
        token = self.tokens[position]
        assert isinstance(token, Period)
        return token

    def norm_of(self, start: int, end: int) -> str:
        """The normal text behind a stretch of the shape."""
        return self.norm[self._begins[start] : self._ends[end - 1]] if end > start else ""

    def span_of(self, start: int, end: int) -> tuple[int, int]:
        """The place in the text of a stretch of the shape."""
        return self.view.span(self._begins[start], self._ends[end - 1])

    def text_of(self, start: int, end: int) -> str:
        """The text behind a stretch of the shape, brackets behind it included."""
        stop = self.view.starts[self._begins[end]] if end < len(self._begins) else len(self.text)
        return self.text[self.view.starts[self._begins[start]] : stop]

    def note_span(self, spans: Spans, name: str, match: re.Match[str], group: str) -> None:
        """Write down where in the text a group of a match stands, if it matched anything."""
        start, end = match.span(group)
        if start < end:
            spans[name] = self.span_of(start, end)

    def label(self, spans: Spans, start: int, end: int) -> str | None:
        """The words in this stretch of the shape, noted as the label."""
        shape = self.shape
        while start < end and shape[start] in _BEFORE_A_LABEL:
            start += 1
        while start < end and shape[end - 1] in LABEL_EDGES:
            end -= 1
        if start == end:
            return None
        spans["label"] = self.span_of(start, end)
        return self.norm_of(start, end)

    def target(
        self, kind: str, source: str, bounds: Bounds = _UNBOUNDED, *, warnings: Iterable[str] = (), **facts: Any
    ) -> Target:
        """The target that this cell is."""
        return Target(
            self.text,
            self.norm,
            kind,
            *bounds,
            source=source,
            annotation=tuple(self.notes),
            warnings=tuple(dict.fromkeys((*self.warnings, *warnings))),
            **facts,
        )

    def contradiction(self) -> Target:
        """The cell as words, because its operators contradict each other."""
        return self.target("qualitative", "contradiction", warnings=("contradiction",))


_BEFORE_A_LABEL = LABEL_EDGES + "的"
