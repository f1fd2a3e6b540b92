"""extract target: the pieces marked in place, the rule that fired, what came from elsewhere, doubts in sentences."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console

from extract.explain import print_explanations
from extract.rules import RuleSet
from extract.target import TargetContext, parse_target


def explained(rules: RuleSet, *texts: str, width: int = 80, **around: Any) -> list[str]:
    console = Console(file=io.StringIO(), width=width, no_color=True, highlight=False, markup=False)
    print_explanations([parse_target(text, rules.targets, TargetContext(**around)) for text in texts], console)
    assert isinstance(console.file, io.StringIO)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


def test_each_piece_is_marked_below_the_text_by_its_letter(rules: RuleSet) -> None:
    assert explained(rules, "优良率≥95%以上")[:2] == [
        "优良率≥95%以上",
        "l~~~~~on~us~~~   l label, n number, u unit, o operator, s suffix",
    ]


def test_the_rule_the_value_to_compare_and_the_context_are_said(rules: RuleSet) -> None:
    lines = explained(rules, "≤10", level="成本指标", table_unit="单位：万元")
    assert lines[2:] == [
        "  read as     <= 10 万元  (money)",
        "  rule        measured: one number with the words around it",
        "  compared as <= 100000 元",
        "  measures    money.CNY",
        "  context     unit from the unit line",
    ]


def test_what_is_implied_and_every_doubt_is_a_sentence(rules: RuleSet) -> None:
    lines = explained(rules, "250万")
    assert "  read as     = 250 万  (quantity, no operator written)" in lines
    assert "  note        万 or 亿 stands without a unit" in lines


def test_the_parts_of_a_compound_are_explained_one_by_one(rules: RuleSet) -> None:
    lines = explained(rules, "2期，每期50人")
    assert [line for line in lines if "read as" in line] == [
        "  read as     2 targets",
        "    read as     = 2 期  (quantity, no operator written)",
        "    read as     = 50 人/期  (quantity, no operator written)",
    ]


@pytest.mark.parametrize("width", [20, 33, 60])
def test_a_narrow_terminal_folds_text_and_marks_alike(rules: RuleSet, width: int) -> None:
    text = "乡村医生每人每年补助不超过7200元，按时足额发放"
    lines = explained(rules, text, width=width)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join(lines[: next(n for n, line in enumerate(lines) if "read as" in line)][::2]).startswith(text[:8])


def test_control_characters_of_a_target_are_shown_and_not_sent(rules: RuleSet) -> None:
    assert "␛" in explained(rules, "\x1b[31m95%")[0]


def test_every_example_and_every_doubt_can_be_explained(rules: RuleSet) -> None:
    examples = (Path(__file__).parent / "data" / "targets" / "examples.txt").read_text("utf-8")
    texts = [line.rpartition(" => ")[0] for line in examples.splitlines() if " => " in line]
    doubtful = [
        "》6%",
        "≥5%以下",
        "5/株",
        "44,561",
        "10月31日前",
        "Ⅲ类及以上",
        "（≥**%）>=85件",
        "二100%",
        "≥5桌",
        "每3年1次",
    ]
    assert len(explained(rules, *texts, *doubtful, "字" * 300)) > len(texts)
    for around in ({"operator": "≤"}, {"unit": "元"}, {"name": "平均每次（件）"}, {"level": "成本指标"}):
        assert explained(rules, *doubtful, "≥5万", "20人/次", **around)
