"""What a check looks at and what it yields, and the kinds of limits that rules/checks.yaml may set for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

import regex

from extract.document import Span
from extract.errors import RuleError
from extract.form import Form
from extract.language import Message


class Words:
    """A list of patterns of the file, with their examples; here as one."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self._pattern = regex.compile("|".join(f"(?:{pattern})" for pattern in patterns))

    def stand_in(self, text: str | None) -> bool:
        """Whether one of the patterns matches somewhere in the text."""
        return bool(text) and self._asked(self._pattern.search, text)

    def are_all_of(self, text: str) -> bool:
        """Whether one of the patterns matches the text from end to end."""
        return self._asked(self._pattern.fullmatch, text)

    def _asked(self, match: Any, text: str | None) -> bool:
        try:
            return bool(match(text, timeout=_TIMEOUT_SECONDS))
        except TimeoutError:
            message = Message(
                f"the pattern {self._pattern.pattern[:60]!r}… takes too long; simplify it",
                f"模式 {self._pattern.pattern[:60]!r}… 匹配耗时过长，请简化",
            )
            raise RuleError("rules.slow_pattern", message) from None


_TIMEOUT_SECONDS = 1.0

# The other types that limits have. A check names its limits as arguments by keyword; what the file says is read as the
# type of the argument.
Number = Decimal
"""A number: `100`."""
Numbers = tuple[Decimal, ...]
"""A list of numbers."""
Names = tuple[str, ...]
"""A list of names, such as those of fields."""
Levels = frozenset[str]
"""A list of families of the file, here the canonical names of all their levels."""
Families = Mapping[str, frozenset[str]]
"""A list of families of the file, here the canonical names of the levels of each."""


class Case(NamedTuple):
    """A form, what its rule expects of it, and its text that nothing used."""

    form: Form
    required: Sequence[str] = ()
    has_indicator_table: bool = True
    leftovers: Sequence[Span] = ()


class Fault(NamedTuple):
    """Something that a check found: where, and the values that its message names.

    `lacks_data` says that what the check needs is not there or not read, so that it cannot tell.
    """

    span: Span | None
    values: Mapping[str, object] = MappingProxyType({})
    lacks_data: bool = False


class Noted(NamedTuple):
    """Something that an earlier stage met, under the code of its entry in rules/checks.yaml."""

    code: str
    fault: Fault


Check = Callable[..., Iterator[Fault]]
"""A function of a Case and, by keyword, of the limits that rules/checks.yaml sets."""
