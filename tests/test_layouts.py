"""The drawn forms of tests/layouts give what stands below them, and so do the samples that are made of them.

`tests/score_layouts.py` does the same in eleven containers, with the tools that made such files in offices.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from containers import Document, docx, dump
from drawn_forms import Layout, layouts
from extract.pipeline import extract
from extract.result import Json, extraction_as_json
from extract.rules import RuleSet
from make_samples import DRAWN, drawn
from score_layouts import compare
from text_dumps import one_cell_a_line, wrapped_catdoc

TESTS = Path(__file__).parent
# What the parser is known to miss, by layout and, where only some do, container; take off what is mended.
KNOWN = {
    "anhui-department-declaration-2022.lines": "amounts of tasks, a cell a line",
    "beijing-declaration-dual-2018.lines": "two names and two values a row, a cell a line",
    "blank-project-with-hints-2020.lines": "labels of a template are left over",
    "blank-self.catdoc": "labels of a template are left over",
    "blank-template.lines": "levels of a template are left over",
    "blank-transfer-region.lines": "labels of a template are left over",
    "central-ministry-public-two-2025.dump": "the last 分值 in front of the next title",
    "central-monitoring-2019.lines": "columns of a monitoring, a cell a line",
    "central-university-declaration-2016.lines": "a label and its amount in one cell beside a label and its amount",
    "chongqing-department-self-2021.lines": "flat columns with blank cells, a cell a line",
    "chongqing-monitoring-flat-2020.lines": "flat columns with blank cells, a cell a line",
    "city-two-goals-opinions-2017.lines": "hints that stand for levels",
    "construction-project-2018": "the first and last day called 开工时间 and 竣工时间",
    "court-department-2024.lines": "a total under the heading of its sources, a cell a line",
    "declaration-colons-in-cells-2017.lines": "the unit of a heading in front of amounts in the same cell",
    "department-declaration-goals-2023.lines": "a header over the goal and amounts of tasks",
    "detail-table.lines": "the details of the budget are left over",
    "fujian-department-goals-2019.lines": "a header row that begins with a label of the overview",
    "fujian-monitoring-blank-2022.lines": "labels of a template are left over",
    "fujian-monitoring-two-2024.catdoc": "a unit of 万 and another word, columns of the expected spending",
    "gansu-transfer-project-declaration-2021.catdoc": "",
    "gansu-transfer-project-declaration-2021.lines": "indicators, a cell a line",
    "guangdong-annual-first": "a last day called 完成时间, values of the whole after those of the year",
    "guangdong-monitoring-two-2020.lines": "a remark beside amounts is left over",
    "guangdong-special-policy-2025": "a label that no rule knows is left over",
    "guizhou-department-declaration-2021.dump": "income and spending side by side",
    "guizhou-goal-beside-indicators-2023.dump": "a form across the page",
    "guizhou-goal-beside-indicators-2023.lines": "a form across the page",
    "hainan-self-then-registers-2022": "a table of payments behind the form",
    "hebei-department-declaration-2023": "goals by duty",
    "hebei-grades-2022.dump": "a text below the amounts is taken for one",
    "hebei-grades-2022.lines": "a text below the amounts is taken for one",
    "hainan-department-tasks-self-2024.lines": "the unit of a heading behind a table of tasks",
    "hebei-self-placeholders-2019.catdoc": "words of a header broken over lines",
    "hebei-spending-plan-2024": "a text below the amounts, a unit without a label",
    "henan-county-plain-lines-2019.catdoc": "amounts behind colons in a line of their own",
    "hubei-city-monitoring-2019.lines": "a column's label in two lines that only a pattern knows",
    "hubei-department-self-scored-2023": "the numbered goals of a year",
    "hubei-monitoring-half-2019.lines": "a column's label in two lines that only a pattern knows",
    "hunan-declaration-spaced-2020.catdoc": "a torn label behind a goal",
    "hunan-department-across.dump": "a form across the page, a header above one row",
    "hunan-department-across.lines": "a form across the page, a header above one row",
    "hunan-department-self-nature-2022.dump": "amounts by nature beside those by income are left over",
    "hunan-department-self-nature-2022.lines": "a header above one row of amounts",
    "inner-mongolia-blank-monitoring.lines": "labels of a template are left over",
    "jiangsu-blank-with-instructions-2016.lines": "a label beside a blank, a period without numbers",
    "jiangsu-special-fund-sources-2020.lines": "amounts by year, a cell a line",
    "jiangsu-toc-department-and-projects-2024.dump": "income and spending side by side",
    "jiangxi-department-declaration-outline-2020": "income and spending with their parts",
    "jiangxi-special-county-2018.lines": "the unit of a label for amounts of the same row",
    "land-fund-self-2022": "a goal beside 绩效目标设定",
    "liaoning-department-self-indicators-2024": "what came of the goal, below 完成情况",
    "prison-project-approval-2019": "indicators without a header",
    "project-name-title.lines": "amounts in prose are left over",
    "purchase-scoring-unknown.lines": "a table of scores is no form",
    "school-equipment-2019.lines": "opinions side by side",
    "shandong-declaration-sources-2020.catdoc": "",
    "shandong-declaration-sources-2020.lines": "sources in a row, the project and the year below",
    "shanghai-influence-2019.dump": "amounts of the year before",
    "shanghai-influence-2019.lines": "amounts of the year before",
    "shanxi-review-unknown-2020.lines": "a table of scores is no form",
    "tianjin-2022": "the unit beside a unit of money",
    "township-department-plain-2018.lines": "the spending by nature is left over",
    "township-totals-and-parts-2021.lines": "a name and a phone with a label on a line of its own",
    "township-text-amounts-self-2020.catdoc": "amounts behind a label, torn in the middle",
    "two-goals-opinions-2018.lines": "the unit in the label of lines of amounts",
    "unknown-between.dump": "the title of an unknown table, run together with the last cell of a form",
    "xinjiang-declaration-two-2021.dump": "the name of the next attachment runs into the last cell",
    "wuhan-department-attachments-2024.lines": "shares beside amounts, a cell a line",
    "yunnan-department-contents-2022.lines": "a header over labels and texts",
    "yunnan-department-self-three-years-2021": "goals by year and amounts of tasks are left over",
    "yunnan-unit-self-scored-2023": "调整数, which may be the change or what comes of it",
    "yunnan-self-2023.catdoc": "levels in a second header row",
}


def misses(layout: Layout, container: str, result: Json) -> list[str]:
    """What a result has otherwise than the layout says."""
    document = {
        "status": result["status"],
        "forms": [{**form, **{f["name"]: f["value"] for f in form["fields"]}} for form in result["forms"]],
        "leftovers": result.get("leftovers", []),
    }
    return [
        f"{check.form} {check.group} {check.item}: expected {check.expected}, got {check.got}"
        for check in compare(layout, container, document)
        if not check.right
    ]


CONTAINERS: Mapping[str, Callable[[Document], bytes]] = {
    "docx": docx,
    "dump": lambda document: dump(document).encode(),
    "lines": lambda document: one_cell_a_line(document).encode(),
    "catdoc": lambda document: wrapped_catdoc(document).encode(),
}
# What is known of lines is known of catdoc's too, unless an empty reason says that it is not.
LINES = {"catdoc": "lines"}


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize("layout", list(layouts()), ids=lambda layout: layout.name)
def test_a_drawn_form_gives_what_stands_below_it(
    layout: Layout, container: str, rules: RuleSet, request: pytest.FixtureRequest
) -> None:
    names = (layout.name, f"{layout.name}.{container}", f"{layout.name}.{LINES.get(container)}")
    if reason := next((KNOWN[name] for name in names if name in KNOWN), None):
        request.applymarker(pytest.mark.xfail(reason=reason, strict=True))
    assert not misses(layout, container, result_of(CONTAINERS[container](layout.document), rules))


@pytest.mark.parametrize("sample", sorted(DRAWN))
def test_the_golden_of_a_drawn_sample_says_what_its_layout_says(sample: str) -> None:
    golden = json.loads((TESTS / "golden" / f"{sample}.json").read_text("utf-8"))
    assert not misses(drawn(Path(sample).stem), sample, golden)


def result_of(data: bytes, rules: RuleSet) -> dict[str, Any]:
    """What comes out of a file, with the text that is left over of known forms."""
    extraction = extract(data, rules)
    text = extraction.document.text if extraction.document else ""
    known = [form for form in extraction.forms if form.form.kind]  # all text of an unknown form is left over
    leftovers = [text[span.start : span.end] for form in known for span in form.leftovers]
    return {**extraction_as_json(extraction, spans=False), "leftovers": leftovers}
