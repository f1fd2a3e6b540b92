"""One cell on its way through the productions: its normal text, its tokens, and its shape."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from extract.target.dates import Period
from extract.target.model import Bounds, Target
from extract.target.normalise import Normaliser, View
from extract.target.numbers import Measure
from extract.target.tokens import MARKS, TOKEN_START, WITH_NUMBER, Note, Token, Tokens, U
from extract.target.units import Units
from extract.target.words import LABEL_EDGES, SIGNS, Words

Spans = dict[str, tuple[int, int]]

DIGITS = re.compile(r"\d")
# A second target in brackets: 100%(≥95%).
_RIVAL_NOTE = re.compile(rf"[{SIGNS}].*\d")
_UNBOUNDED = Bounds()


class Reader:
    """What turns the text of a cell into a Cell: normalisation, tokens, and the words that they depend on."""

    def __init__(self, units: Units, words: Words) -> None:
        self.units = units
        self._normaliser = Normaliser(words.comparator, words.traditional)
        self._tokens = Tokens(units, words)
        # A suffix or a sign in brackets counts as if there were none: 100公里(以上).
        self._note_in_the_sentence = re.compile(rf"{words.suffix}|[{SIGNS}]")

    def normal(self, text: str) -> str:
        """The text in normal form."""
        return self._normaliser.normalise(text)[0].text

    def read(self, text: str, year: int | None) -> Cell:
        """The text as a cell, with its tokens recognised."""
        view, warnings = self._normaliser.normalise(text)
        cell = Cell(text, view, warnings, self.units, year)
        norm, done, position = view.text, 0, 0
        while found := TOKEN_START.search(norm, position):
            position = found.start()
            token = self._tokens.read(norm, position, year)
            if token is None:
                position += 1
                continue
            cell.keep(done, position)
            if isinstance(token, Note) and self._note_in_the_sentence.fullmatch(token.text):
                cell.keep(position + 1, token.end - 1)
            else:
                cell.replace(token, position)
            done = position = token.end
        cell.keep(done, len(norm))
        return cell


class Cell:
    """The text of a cell in three forms: as written, as `norm`, and as `shape`, with a mark for each token.

    Positions are positions in the shape, unless they are said to be positions in `norm`.

    >>> from extract.rules import load_rules
    >>> grammar = load_rules().targets
    >>> cell = Reader(grammar.units, grammar.words).read("１０≤成本（元）≤２０", year=None)
    >>> cell.norm, cell.shape.replace("\x01", "N"), cell.notes, cell.text_of(2, 4)
    ('10≤成本(元)≤20', 'N≤成本≤N', ['元'], '成本（元）')
    """

    def __init__(self, text: str, view: View, warnings: list[str], units: Units, year: int | None) -> None:
        self.text = text
        self.view = view
        self.norm = view.text
        self.warnings = warnings
        self.units = units
        self.year = year
        self.shape = ""
        self.notes: list[str] = []
        self.tokens: dict[int, Token] = {}
        self.numbers = 0
        # Character i of the shape came from begins[i]:ends[i] of `norm`.
        self._begins: list[int] = []
        self._ends: list[int] = []

    def keep(self, start: int, end: int) -> None:
        """Take this stretch of `norm` over into the shape."""
        if start < end:
            self.shape += self.norm[start:end]
            self._begins.extend(range(start, end))
            self._ends.extend(range(start + 1, end + 1))

    def replace(self, token: Token, start: int) -> None:
        """Put the mark of a token in its place; brackets leave none."""
        if isinstance(token, Note):
            self.notes.append(token.text)
            return
        mark = MARKS[type(token)]
        self.tokens[len(self._begins)] = token
        self.numbers += mark in WITH_NUMBER
        self.shape += mark
        self._begins.append(start)
        self._ends.append(token.end)

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
