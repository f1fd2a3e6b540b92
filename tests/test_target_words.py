"""The words of the grammar are rules: a person adds one in YAML, and a slip is named with its file, line and key."""

from __future__ import annotations

from pathlib import Path

import pytest

from extract.errors import RuleError
from extract.rules import load_rules, packaged_rules
from extract.target import parse_target


def laid_over(folder: Path, text: str) -> Path:
    (folder / "vocabulary").mkdir()
    (folder / "vocabulary" / "targets.yaml").write_text(text, "utf-8")
    return folder


def test_a_word_that_a_person_adds_is_an_operator(tmp_path: Path) -> None:
    packaged = load_rules()
    rules = load_rules(packaged_rules(), laid_over(tmp_path, 'operators:\n  ">=": [不亚于]\n'))
    assert parse_target("不亚于95%", packaged.targets).warnings == ("unread_number",)
    assert parse_target("不亚于95%", rules.targets).operator == ">="
    assert rules.version != packaged.version


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('operators:\n  ">=": [不低于]\n', "line 1, key operators: the word '不低于' stands twice; keep it once"),
        (
            "rise:\n- 提高 了\n",
            "line 1, key rise: the word '提高 了' is blank or has white space in it; write it without",
        ),
        ("traditional: {達到: 达到}\n", "line 1, key traditional: '達到' is more than one character"),
        ("opertors: {}\n", "line 1, key opertors: there is no such key here"),
        ('operators:\n  "=>": [不低于]\n', "line 2, key operators.=>"),
    ],
)
def test_a_slip_in_the_words_is_named_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(RuleError) as caught:
        load_rules(packaged_rules(), laid_over(tmp_path, text))
    assert f"targets.yaml, {said}" in caught.value.message.en
