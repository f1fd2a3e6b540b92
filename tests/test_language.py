"""Two languages: every message of ours has both halves, the chosen one is shown, and programs never notice."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from command_line import run_extract
from extract.language import Message, language_of

PACKAGE = Path(__file__).parents[1] / "src" / "extract"
LATIN = re.compile("[A-Za-z]")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


class Pair(NamedTuple):
    """The two halves of a message as they stand in the code."""

    place: str
    english: ast.expr
    chinese: ast.expr


def pairs() -> Iterator[Pair]:
    """Every Message(…, …) and say(…, …) in the code."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("Message", "say") and len(node.args) == 2:
                yield Pair(f"{path.relative_to(PACKAGE)}:{node.lineno}", *node.args)


def words(half: ast.expr) -> str | None:
    """The fixed words of a half; None where it is no literal, but passed on."""
    if isinstance(half, ast.Constant) and isinstance(half.value, str):
        return half.value
    if isinstance(half, ast.JoinedStr):
        return "".join(str(part.value) for part in half.values if isinstance(part, ast.Constant))
    return None


def values(half: ast.expr) -> set[str]:
    """What stands between braces; of a message inside a message, each half takes its own."""
    inside = (ast.unparse(node.value) for node in ast.walk(half) if isinstance(node, ast.FormattedValue))
    return {re.sub(r"\.(en|zh)$", "", value) for value in inside}


PAIRS = list(pairs())
LITERAL_PAIRS = [pair for pair in PAIRS if words(pair.english) is not None and words(pair.chinese) is not None]


def test_messages_are_written_out_in_both_languages() -> None:
    one_sided = [p.place for p in PAIRS if (words(p.english) is None) != (words(p.chinese) is None)]
    assert not one_sided
    assert len(LITERAL_PAIRS) > 10


@pytest.mark.parametrize("pair", LITERAL_PAIRS, ids=lambda pair: pair.place)
def test_both_halves_say_something_of_the_same_values(pair: Pair) -> None:
    english, chinese = words(pair.english), words(pair.chinese)
    assert bool(english) == bool(chinese)
    assert chinese is not None
    assert CHINESE.search(chinese) or not LATIN.search(chinese), "the second half is Chinese"
    assert values(pair.english) == values(pair.chinese)


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "C"}, "en"),
        ({"LANG": "POSIX"}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.GBK"}, "zh"),
        ({"LANG": "zh_TW"}, "zh"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "en_US.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": ""}, "zh"),
    ],
)
def test_the_environment_tells_the_language(environment: dict[str, str], language: str) -> None:
    assert language_of(environment) == language


def test_a_place_stands_in_front_of_a_message_in_both_languages() -> None:
    assert Message("is empty", "是空文件").at("a.doc") == Message("a.doc: is empty", "a.doc：是空文件")


@pytest.mark.parametrize("place", [0, 1, 3])
def test_the_option_may_stand_anywhere(tmp_path: Path, place: int) -> None:
    line = ["report", "--db", "none.duckdb", "words"]
    assert CHINESE.search(run_extract(tmp_path, *line[:place], "--lang", "zh", *line[place:]).stderr)
    assert not CHINESE.search(run_extract(tmp_path, *line[:place], "--lang=en", *line[place:]).stderr)


def test_an_unknown_language_is_wrong_usage(tmp_path: Path) -> None:
    assert run_extract(tmp_path, "report", "--lang", "fr").returncode == 2
    assert run_extract(tmp_path, "report", "--lang").returncode == 2
