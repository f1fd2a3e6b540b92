"""Backtracking: patterns that take a text apart in so many ways that matching it may never end.

A pattern is dangerous where one of its loops can read the same text along two paths: (?:a+)+ reads aaaa as one round of
four, two of two, four of one, and tries all of them before it gives up. `ambiguous_loop` finds such loops in the parsed
pattern: it draws the pattern as an automaton whose states are the places of its single characters (Glushkov), and looks
for a state that returns to itself along two different paths over one text (Weber and Seidl 1991; Weideman et al. 2016).

>>> ambiguous_loop("(?:a+)+b"), ambiguous_loop("(?:ab?|b)*")
('a', 'ba')
>>> ambiguous_loop("a+b+"), ambiguous_loop("(?:[0-9]{1,3}[、.])*")
(None, None)

The engine saves itself from many of them and not from all; `slow_text` measures, on texts that are made to hurt:

>>> slow_text("(?:a|aa)+b", ["aab"], timeout=0.3) is None, slow_text("(?:a+)+b", ["aab"], timeout=0.3) is None
(False, True)
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from typing import Any, NamedTuple

import regex

# The engine's own parser, so that a pattern is analysed as it is run. It is private; the tests notice a change.
core: Any = import_module("regex._regex_core")

# A repetition of more rounds than this is a loop; fewer are written out one after the other.
MOST_COPIES = 4
# Automata with more places are not analysed: no pattern that a person can read comes near.
MOST_PLACES = 600
# Matching a line takes some microseconds; this is ten thousand times as much.
SLOW_SECONDS = 0.1
_NOTHING_MATCHES = "\ufffd"
_EVERYDAY = "一二三四五六七八九十年月日度表附件第页元万项目单位绩效指标0123456789aAxX ()[]（）【】《》:：、，,.-—…□"


def ambiguous_loop(pattern: str) -> str | None:
    """A text that some loop of `pattern` reads along two paths, None where there is none.

    `pattern` compiles. Look-arounds are taken as always true, so a loop that they make harmless is reported, too.
    """
    automaton = _Automaton(pattern)
    return automaton.ambiguous_loop() if len(automaton.places) <= MOST_PLACES else None


def slow_text(pattern: str, examples: Sequence[str], timeout: float, longest: int = 250) -> tuple[str, float] | None:
    """The first text on which `pattern` is slow, and the seconds that it took (at most `timeout`); None for none.

    Repeated, up to `longest` characters, are the text of `ambiguous_loop`, every character that the pattern can read,
    and the examples.
    """
    compiled = regex.compile(pattern)
    for text in _attacks(pattern, examples, longest):
        seconds = _seconds(compiled, text, timeout)
        if seconds > SLOW_SECONDS:
            seconds = min(seconds, _seconds(compiled, text, timeout))  # the machine may have been busy
        if seconds > SLOW_SECONDS:
            return text, seconds
    return None


def _seconds(compiled: Any, text: str, timeout: float) -> float:
    started = time.perf_counter()
    try:
        compiled.fullmatch(text, timeout=timeout)
    except TimeoutError:
        return timeout
    return time.perf_counter() - started


def _attacks(pattern: str, examples: Sequence[str], longest: int) -> Iterator[str]:
    """Texts that fail at their very end, behind many repetitions of a piece inside or in front of an example."""
    automaton = _Automaton(pattern)
    loop = automaton.ambiguous_loop() if len(automaton.places) <= MOST_PLACES else None
    pieces = [*([loop] if loop else []), *sorted(set().union(*automaton.places)), *examples]
    for piece in pieces:
        repeated = (piece * longest)[:longest]
        for example in ("", *examples):
            for cut in range(len(example) + 1) if piece == loop else (0,):
                yield f"{example[:cut]}{repeated}{example[cut:]}{_NOTHING_MATCHES}"


class _Part(NamedTuple):
    """A part of a pattern: the places at which it can begin and end, and whether it can be nothing."""

    first: tuple[int, ...]
    last: tuple[int, ...]
    nullable: bool


_NOTHING = _Part((), (), nullable=True)


class _Automaton:
    """The places of a pattern's single characters, what each can read, and how often one can follow another."""

    def __init__(self, pattern: str) -> None:
        info = core.Info(regex.V0 | regex.UNICODE)
        tree = core._parse_pattern(core.Source(pattern), info)
        self._alphabet = sorted({*_EVERYDAY, *_characters(tree)})
        self.places: list[frozenset[str]] = []
        self._follow: Counter[tuple[int, int]] = Counter()
        self._part(tree)

    # ------------------------------------------------------------------------------------------------ drawing

    def _part(self, node: Any) -> _Part:
        if len(self.places) > MOST_PLACES:
            return _NOTHING
        if isinstance(node, core.Sequence):
            return self._sequence(self._part(item) for item in node.items)
        if isinstance(node, core.Branch):
            parts = [self._part(branch) for branch in node.branches]
            first = tuple(place for part in parts for place in part.first)
            last = tuple(place for part in parts for place in part.last)
            return _Part(first, last, any(part.nullable for part in parts))
        if isinstance(node, core.GreedyRepeat):
            return self._repeat(node)
        if isinstance(node, core.Group | core.Atomic):
            return self._part(node.subpattern)
        return self._single(node)

    def _sequence(self, parts: Iterable[_Part]) -> _Part:
        whole = _NOTHING
        for part in parts:
            self._connect(whole.last, part.first)
            first = whole.first + part.first if whole.nullable else whole.first
            last = part.last + whole.last if part.nullable else part.last
            whole = _Part(first, last, whole.nullable and part.nullable)
        return whole

    def _repeat(self, node: Any) -> _Part:
        if node.max_count is not None and node.max_count <= MOST_COPIES:
            rest = _NOTHING  # x{1,3} is x(?:x(?:x)?)?: written x x? x?, two of them would fit in two ways
            for number in reversed(range(node.max_count)):
                rest = self._sequence((self._part(node.subpattern), rest))
                rest = rest._replace(nullable=rest.nullable or number >= node.min_count)
            return rest
        part = self._part(node.subpattern)
        self._connect(part.last, part.first)
        return part._replace(nullable=part.nullable or node.min_count == 0)

    def _connect(self, ends: Iterable[int], beginnings: tuple[int, ...]) -> None:
        for end in ends:
            for beginning in beginnings:
                self._follow[end, beginning] += 1

    def _single(self, node: Any) -> _Part:
        if isinstance(node, core.Any):
            read = frozenset(self._alphabet)
        elif hasattr(node, "matches"):
            read = frozenset(each for each in self._alphabet if node.matches(ord(each)))
        else:  # look-arounds, anchors, references
            return _NOTHING
        self.places.append(read)
        place = (len(self.places) - 1,)
        return _Part(place, place, nullable=False)

    # ------------------------------------------------------------------------------------------------ looking

    def ambiguous_loop(self) -> str | None:
        """A text along which some place returns to itself in two ways."""
        self._after: dict[int, list[int]] = {}
        for this, after in self._follow:
            self._after.setdefault(this, []).append(after)
        return next(filter(None, map(self._loop_of, self._after)), None)

    def _loop_of(self, place: int) -> str | None:
        """The text that leads two walkers from `place` apart and back to it, shortest first."""
        seen = {(place, place, False)}
        queue = deque([(place, place, False, "")])
        while queue:
            one, other, parted, text = queue.popleft()
            for a in self._after.get(one, ()):
                for b in self._after.get(other, ()):
                    shared = self.places[a] & self.places[b]
                    twice = one == other and a == b and self._follow[one, a] > 1
                    step = (a, b, parted or twice or a != b)
                    if not shared or step in seen:
                        continue
                    if step == (place, place, True):
                        return text + min(shared)
                    seen.add(step)
                    queue.append((*step, text + min(shared)))
        return None


def _characters(node: Any) -> Iterator[str]:
    """The characters that a parsed pattern names, and the ends of its ranges."""
    if isinstance(node, core.Character):
        yield chr(node.value)
    if isinstance(node, core.Range):
        yield from (chr(node.lower), chr(node.upper))
    for name in ("items", "branches"):
        for child in getattr(node, name, ()):
            yield from _characters(child)
    if hasattr(node, "subpattern"):
        yield from _characters(node.subpattern)
