"""Examples: every pattern of the rules against the texts that its file says it must match, and those it must refuse.

Works on the YAML as it stands, so that one wrong pattern does not hide the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import regex

from extract.labels import compact
from extract.language import Message
from extract.rules.spec import PATTERN_TIMEOUT_SECONDS
from extract.rules.yaml_file import RuleFile, Steps, key_of


class PatternPlace(NamedTuple):
    """A pattern as its file has it. `place` leads to it from the top of the file."""

    file: RuleFile
    place: tuple[int | str, ...]
    pattern: str
    examples: list[str]
    refuses: list[str]


class ExampleResult(NamedTuple):
    """One example or refusal: where it stands, its text, what must happen, and what went wrong (None for nothing)."""

    path: Path
    line: int
    key: str
    text: str
    must: str  # match or refuse
    failure: Message | None


def patterns_in(file: RuleFile) -> Iterator[PatternPlace]:
    """Every pattern of a file, in its order."""
    yield from _patterns_below(file, file.content, ())


def _patterns_below(file: RuleFile, content: Any, place: tuple[int | str, ...]) -> Iterator[PatternPlace]:
    if isinstance(content, dict):
        if isinstance(content.get("pattern"), str):
            examples, refuses = (_texts(content.get(key)) for key in ("examples", "refuses"))
            yield PatternPlace(file, place, content["pattern"], examples, refuses)
        for key, value in content.items():
            yield from _patterns_below(file, value, (*place, str(key)))
    elif isinstance(content, list):
        for number, item in enumerate(content):
            yield from _patterns_below(file, item, (*place, number))


def _texts(value: object) -> list[str]:
    """The texts of a list; what is no text is for the loading to refuse."""
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []


def check_examples(files: Iterable[RuleFile]) -> Iterator[ExampleResult]:
    """Every example and refusal of every pattern."""
    for file in files:
        for each in patterns_in(file):
            for must, key, texts in (("match", "examples", each.examples), ("refuse", "refuses", each.refuses)):
                for number, text in enumerate(texts):
                    yield _result(each, (*each.place, key, number), text, must)


def _result(each: PatternPlace, place: Steps, text: str, must: str) -> ExampleResult:
    try:
        matches = regex.compile(each.pattern).fullmatch(compact(text), timeout=PATTERN_TIMEOUT_SECONDS)
    except regex.error as error:
        failure: Message | None = Message(f"the pattern does not compile: {error}", f"模式不能编译：{error}")
    except TimeoutError:
        failure = Message("the pattern takes too long", "匹配耗时过长")
    else:
        wrong = (
            Message("the pattern matches what it must refuse", "模式匹配了应拒绝的文字")
            if matches
            else Message("the pattern does not match", "模式不匹配")
        )
        failure = None if bool(matches) == (must == "match") else wrong
    return ExampleResult(*each.file.where(place), key_of(place), text, must, failure)
