"""Targets of all themes and their readings, from tests/data/targets/examples.txt."""

from __future__ import annotations

from pathlib import Path

import pytest

from extract.rules import RuleSet
from extract.target import Target, parse_target

LINES = (Path(__file__).parent / "data" / "targets" / "examples.txt").read_text("utf-8").splitlines()
EXAMPLES = [line.rpartition(" => ")[::2] for line in LINES if line and not line.startswith("#")]


def reading(target: Target) -> str:
    """What a target says, in the notation of examples.txt."""
    if target.parts:
        return "; ".join(map(reading, target.parts))
    if not target.comparator:
        return "words" if target.kind == "qualitative" else target.kind
    lower, upper = target.lower, target.upper
    if target.comparator == "between" or (target.comparator == "=" and lower != upper):
        number = f"{lower}{'<' * target.lower_open}..{'<' * target.upper_open}{upper}"
    elif target.comparator == "approx":
        number = f"~ {lower}" if lower == upper else f"~ {lower or ''}..{upper or ''}"
    else:
        number = f"{target.comparator} {lower if upper is None else upper}"
    return f"{number} {target.unit}".rstrip()


@pytest.mark.parametrize(("text", "said"), [row for row in EXAMPLES if row[0][:2] != "? "], ids=lambda part: part)
def test_a_target_says_what_is_written(rules: RuleSet, text: str, said: str) -> None:
    assert reading(parse_target(text, rules.targets)) == said


@pytest.mark.parametrize(("text", "said"), [row for row in EXAMPLES if row[0][:2] == "? "], ids=lambda part: part)
def test_known_failures_fail_and_yield_no_wrong_number(rules: RuleSet, text: str, said: str) -> None:
    assert reading(parse_target(text[2:], rules.targets)) == "words"
