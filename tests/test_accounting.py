"""Nothing is lost in silence: whatever somebody writes into a form stands in a value, in a leftover or in a finding."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from containers import Box, Document, docx, dump
from drawn_forms import Layout, layouts
from extract.form import OTHER_VALUE
from extract.pipeline import ExtractedForm, Extraction, extract
from extract.rules import RuleSet, load_rules

RULES = load_rules()
LAYOUTS = list(layouts())
# A number that stands in no layout.
PLANTED = "8642.5"

HEAD = ["一级指标", "二级指标", "三级指标", "指标值", "分值", "得分"]


def form_of(*rows: list[str], behind: Document = ()) -> Extraction:
    """A self-evaluation in one table of these rows, with what stands behind it."""
    table = [[Box("项目名称"), Box("公园管护", 5)], *([Box(text) for text in row] for row in rows)]
    return extract(docx(["项目支出绩效自评表", "（2022年度）", table, *behind]), RULES)


def comes_out(extraction: Extraction, text: str) -> bool:
    """Whether a text that the document holds once is part of a value, of a leftover or of a place that a finding marks."""
    assert extraction.document
    start = extraction.document.text.index(text)
    spans = (span for form in extraction.forms for span in places(form))
    return any(span.start <= start and start + len(text) <= span.end for span in spans) or any(
        text in words for form in extraction.forms for words in words_of(form)
    )


def places(form: ExtractedForm) -> Iterator[tuple[int, int]]:
    yield from form.form.value_spans()
    yield from form.leftovers
    yield from (finding.span for finding in form.findings if finding.span)


def words_of(form: ExtractedForm) -> Iterator[str]:
    """What is stored without a place of its own: title, shape, levels, remarks."""
    yield form.form.title
    yield form.form.shape or ""
    for row in form.form.indicators:
        yield from (row.level1 or "", row.level2 or "", row.result.remarks or "")


# ------------------------------------------------------------------------------------------------------- any layout


def cells_of(layout: Layout) -> list[tuple[int, int, int]]:
    """The cells for values that a layout draws: those that are blank or hold a figure. Block, row and position."""
    return [
        (number, row, position)
        for number, block in enumerate(layout.document)
        if not isinstance(block, str)
        for row, boxes in enumerate(block)
        for position, box in enumerate(boxes)
        if not box.text or any(map(str.isdigit, box.text))
    ]


def planted(layout: Layout, cell: tuple[int, int, int]) -> Document:
    block, row, position = cell
    table = [list(boxes) for boxes in layout.document[block]]
    table[row][position] = replace(table[row][position], text=PLANTED)
    return [*layout.document[:block], table, *layout.document[block + 1 :]]


@pytest.mark.parametrize("container", [docx, lambda document: dump(document).encode()], ids=["docx", "dump"])
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_number_in_any_cell_of_any_layout_comes_out(container, data) -> None:
    layout = data.draw(st.sampled_from([each for each in LAYOUTS if each.forms]), "layout")
    document = planted(layout, data.draw(st.sampled_from(cells_of(layout)), "cell"))
    extraction = extract(container(document), RULES)
    is_outside = all(not f.form.span.start <= extraction.document.text.index(PLANTED) < f.form.span.end for f in extraction.forms)
    assert is_outside or comes_out(extraction, PLANTED)
