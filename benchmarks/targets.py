"""How many distinct targets a second one core reads, without any cache, beside libraries that read numbers with units.

Two sets. `usual` are made-up targets in the proportions of real forms: two thirds a number with or without operator
and unit, a sixth plain words, the rest operator words, suffixes, dates, names in front, ranges, rates and compounds.
`hard` are the examples of the tests, each of which is there because something about it is odd.

The peer (pint, the extra `[bench]`) gets less to do, the bare `number unit` with the units defined for it: it knows no
operators, deadlines or levels.
"""

from __future__ import annotations

import importlib
import importlib.util
import random
import statistics
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from rich.table import Table
from timing import in_process, in_turn, per_item, ratio, spread

from extract.rules import RuleSet
from extract.target import parse_target

EXAMPLES = Path(__file__).parents[1] / "tests" / "data" / "targets" / "examples.txt"
USUAL = 10_000
"""So many distinct targets are made up."""

UNITS = (
    "件", "个", "人", "人次", "次", "场", "期", "项", "套", "台", "户", "亩", "公里", "平方米", "万元", "元", "元/人",
    "天", "小时", "个工作日", "份", "家", "座", "篇", "吨",
)  # fmt: skip
# The shapes of targets with their shares of a hundred; n is a number, u a unit, w words.
SHAPES = {
    "≥n%": 24, "=n%": 8, "n%": 7, "≥nu": 12, "=nu": 4, "nu": 5, "≤nu": 4, "w": 16, "不低于n%": 2, "不少于nu": 2,
    "n%以上": 2, "n天内": 2, "2021年m月底前": 2, "m月d日前完成": 1, "名率≥n%": 2, "n-Nu": 2, "每年n次": 1,
    "较上年增长n%": 1, "nu，每u≥d人": 1, "达到n%": 1, "约nu": 1,
}  # fmt: skip
WORDS = (
    ("有效", "明显", "持续", "逐步", "不断", "显著", "稳步", "进一步"),
    ("提升", "改善", "增强", "优化", "保障", "促进", "推动", "带动"),
    ("居民生活", "环境质量", "办事效率", "服务水平", "产业发展", "群众安全感", "干部能力", "公共卫生", "交通出行"),
    ("", "，成效良好", "，群众认可", "且长期", "，作用明显"),
)  # fmt: skip
NAMES = ("合格", "完成", "优良", "覆盖", "参与", "达标")


def usual_targets(count: int) -> list[str]:
    """Distinct targets in the proportions of SHAPES, the same in every run."""
    chance = random.Random(1)
    shapes = [shape for shape, share in SHAPES.items() for _ in range(share)]
    made: dict[str, None] = {}
    while len(made) < count:
        number = chance.choice((chance.randint(1, 100), chance.randint(1, 5000), round(chance.uniform(0, 100), 2)))
        fill = {
            "n": str(number),
            "N": str(int(number) + 20),
            "u": chance.choice(UNITS),
            "w": "".join(chance.choice(part) for part in WORDS),
            "名": chance.choice(NAMES),
            "m": str(chance.randint(1, 12)),
            "d": str(chance.randint(1, 28)),
        }
        made["".join(fill.get(character, character) for character in chance.choice(shapes))] = None
    return list(made)


def hard_targets() -> list[str]:
    """The examples of the tests."""
    lines = EXAMPLES.read_text("utf-8").splitlines()
    return list(dict.fromkeys(line.rpartition(" => ")[0].removeprefix("? ") for line in lines if " => " in line))


def target_table(rules: RuleSet, rounds: int) -> Table:
    """Targets a second of one core, ours and those of the peers that are installed, with the ratio to ours."""
    usual, hard = usual_targets(USUAL), hard_targets()
    works: dict[str, tuple[list[str], Callable[[str], object]]] = {
        "extract, usual targets": (usual, lambda text: parse_target(text, rules.targets)),
        "extract, hard targets": (hard, lambda text: parse_target(text, rules.targets)),
        **dict(_peers(usual)),
    }
    measurements = {
        name: per_item(in_process(lambda t=texts, w=work: [w(text) for text in t]), len(texts))
        for name, (texts, work) in works.items()
    }
    times = in_turn(measurements, rounds)
    ours = times["extract, usual targets"]
    table = Table(title="targets: distinct texts on one core, no cache", title_justify="left", box=None)
    for heading in ("program", "texts", "targets/s", "× our time", "spread"):
        table.add_column(heading, justify="left" if heading == "program" else "right")
    for name, measured in times.items():
        rate = f"{1 / statistics.median(measured):,.0f}"
        shown = f"{ratio(measured, ours):.1f}", f"{spread(measured, ours):.0%}"
        table.add_row(name, str(len(works[name][0])), rate, *shown)
    return table


def _peers(usual: list[str]) -> Iterator[tuple[str, tuple[list[str], Callable[[str], object]]]]:
    if importlib.util.find_spec("pint"):
        registry: Any = importlib.import_module("pint").UnitRegistry()
        for unit in UNITS:
            if unit.isalpha():
                registry.define(f"{unit} = [{unit}]")
        bare = [f"{n} {unit}" for n in range(1, 400) for unit in UNITS if unit.isalpha()]
        yield "pint, number and unit", (bare, registry.Quantity)
