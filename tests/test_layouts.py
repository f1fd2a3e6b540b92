"""The drawn forms of tests/layouts give what stands below them, and so do the samples that are made of them.

`tests/score_layouts.py` does the same in eleven containers, with the tools that made such files in offices.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from containers import docx, dump
from drawn_forms import Layout, layouts
from extract.pipeline import extract
from extract.result import Json, extraction_as_json
from extract.rules import RuleSet
from make_samples import DRAWN, drawn
from score_layouts import compare

TESTS = Path(__file__).parent
# What the parser is known to miss, by layout and container; take a line off when it is mended.
KNOWN: dict[tuple[str, str], str] = {}


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


@pytest.mark.parametrize("container", ["docx", "dump"])
@pytest.mark.parametrize("layout", layouts(), ids=lambda layout: layout.name)
def test_a_drawn_form_gives_what_stands_below_it(
    layout: Layout, container: str, rules: RuleSet, request: pytest.FixtureRequest
) -> None:
    if (layout.name, container) in KNOWN:
        request.applymarker(pytest.mark.xfail(reason=KNOWN[layout.name, container], strict=True))
    data = docx(layout.document) if container == "docx" else dump(layout.document).encode()
    assert not misses(layout, container, _read(data, rules))


@pytest.mark.parametrize("sample", DRAWN)
def test_the_golden_of_a_drawn_sample_says_what_its_layout_says(sample: str) -> None:
    golden = json.loads((TESTS / "golden" / f"{sample}.json").read_text("utf-8"))
    assert not misses(drawn(Path(sample).stem), sample, golden)


def _read(data: bytes, rules: RuleSet) -> dict[str, Any]:
    extraction = extract(data, rules)
    text = extraction.document.text if extraction.document else ""
    leftovers = [text[span.start : span.end] for form in extraction.forms for span in form.leftovers]
    return {**extraction_as_json(extraction, spans=False), "leftovers": leftovers}
