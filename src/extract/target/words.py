"""The words of the grammar, as `rules/vocabulary/targets.yaml` lists them, and the patterns made of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Literal

from extract.language import Message

Comparator = Literal[">=", "<=", ">", "<", "=", "approx"]
WordList = Sequence[str]

# ± is a sign too, but compares nothing.
SIGNS = "≥≤><=≈±"
SIGN_COMPARATOR: Mapping[str, Comparator] = {"≥": ">=", "≤": "<=", ">": ">", "<": "<", "=": "=", "≈": "approx"}
DIRECTION: Mapping[str, str] = {">=": "up", ">": "up", "<=": "down", "<": "down", "=": "level", "approx": "near"}
# Between the two ends of a range: 10-20, 5%至8%.
DASH = r"(?:[-‐‑–—―~〜]{1,2}|至|到)"
# Characters at either end of a label that are no part of it.
LABEL_EDGES = ":,;、。①②③④⑤⑥⑦⑧⑨⑩“”\"'"


def any_of(words: Iterable[str]) -> str:
    """A pattern for one of these words, the longest that fits.

    >>> any_of(["前", "以前", "止"])
    '(?:以前|前|止)'
    """
    return f"(?:{'|'.join(map(re.escape, sorted(words, key=lambda word: (-len(word), word))))})"


@dataclass(frozen=True)
class Words:
    """The lists, each explained in targets.yaml, and beside them the patterns that several productions share."""

    operators: Mapping[Comparator, WordList]
    not_operators: WordList
    from_below: WordList
    copulas: WordList
    yielding: WordList
    suffixes: Mapping[Comparator, WordList]
    not_after_suffix: WordList
    limit_joints: WordList
    date_operators: Mapping[Comparator, WordList]
    date_beginnings: WordList
    date_prepositions: WordList
    date_suffixes: Mapping[Comparator, WordList]
    done: WordList
    done_how: WordList
    rise: WordList
    fall: WordList
    comparisons: WordList
    earlier_periods: WordList
    negations: WordList
    numeric_label_ends: WordList
    hotlines: WordList
    activities: WordList
    attributes: WordList
    grades: WordList
    reaching: WordList
    graded: WordList
    ranked: WordList
    rankings: WordList
    carried_out: WordList
    avoided: WordList
    hedges: WordList
    money_levels: WordList
    no_totals: WordList
    no_units: WordList
    traditional: Mapping[str, str]

    def clashes(self) -> Iterable[tuple[str, Message]]:
        """The name of each list that has a word twice, or a word that it must not have, and what is wrong with it."""
        for field in fields(self):
            listed = getattr(self, field.name)
            if field.name == "traditional":
                if odd := next((key for key, plain in listed.items() if len(key) != 1 or len(plain) != 1), None):
                    yield (
                        field.name,
                        Message(
                            f"{odd!r} is more than one character; list its characters one by one",
                            f"{odd!r} 不止一个字；请逐字列出",
                        ),
                    )
                continue
            words = [word for words in listed.values() for word in words] if isinstance(listed, Mapping) else listed
            for word in words:
                if not word or any(map(str.isspace, word)):
                    message = Message(
                        f"the word {word!r} is blank or has white space in it; write it without",
                        f"词 {word!r} 为空或含空格；请去掉空格",
                    )
                    yield field.name, message
                elif words.count(word) > 1:
                    yield (
                        field.name,
                        Message(f"the word {word!r} stands twice; keep it once", f"词 {word!r} 重复；只保留一处"),
                    )

    # ------------------------------------------------------------------------------------------------ what words mean

    @cached_property
    def comparator(self) -> Mapping[str, Comparator]:
        """What each operator word, suffix and sign means."""
        return {**SIGN_COMPARATOR, **_by_word(self.operators), **_by_word(self.suffixes)}

    @cached_property
    def date_comparator(self) -> Mapping[str, Comparator]:
        """What each word in front of a date and behind it means; the signs count too."""
        return {**SIGN_COMPARATOR, **_by_word(self.date_operators), **_by_word(self.date_suffixes)}

    @cached_property
    def gives_way(self) -> frozenset[str]:
        """Operator words that a sign or suffix overrules."""
        return frozenset((*self.copulas, *self.yielding))

    # ------------------------------------------------------------------------------------------------- shared patterns

    @cached_property
    def operator(self) -> str:
        """An operator word, where it does not end another word: not the 约 of 签约."""
        words = sorted(_by_word(self.operators), key=lambda word: (-len(word), word))
        return f"(?:{'|'.join(map(self._no_end_of_a_word, words))})"

    def _no_end_of_a_word(self, operator: str) -> str:
        longer = [word.removesuffix(operator) for word in self.not_operators if word.endswith(operator)]
        return "".join(f"(?<!{re.escape(begin)})" for begin in longer if begin) + re.escape(operator)

    @cached_property
    def long_operator(self) -> str:
        """An operator word of more than one character, which no other word is likely to contain."""
        return any_of(word for word in _by_word(self.operators) if len(word) > 1)

    @cached_property
    def suffix(self) -> str:
        """A word behind a number that says how it is meant, where it does not begin another word."""
        return rf"{any_of(_by_word(self.suffixes))}(?!{any_of(self.not_after_suffix)})"

    @cached_property
    def limit(self) -> str:
        """An operator that can bound an interval."""
        return rf"(?:[≥≤><]|{self.operator})"

    @cached_property
    def deadline(self) -> str:
        """A word behind a date that makes it a deadline."""
        return any_of(self.date_suffixes["<="])

    @cached_property
    def change(self) -> str:
        """A verb of change."""
        return any_of((*self.rise, *self.fall))


def _by_word(table: Mapping[Comparator, WordList]) -> dict[str, Comparator]:
    return {word: comparator for comparator, words in table.items() for word in words}
