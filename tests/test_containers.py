"""One form, many containers: the same declaration gives the same rows from a Word file and from a text dump."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from containers import TITLE, Box, Declaration, Indicator, Table, declaration_table, docx, dump, headings
from extract.pipeline import Extraction, extract
from extract.result import extraction_as_json
from extract.rules import load_rules
from test_pipeline import WORDS, assert_promises_hold

RULES = load_rules()

# Text as people write it into cells: no tabs and no line ends at the edges, nothing that a rule gives a meaning.
HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA0)
WORD = st.text(HAN, min_size=3, max_size=12).map("云{}".format)
PROSE = st.lists(WORD, min_size=1, max_size=3).map("；\n".join)
MAYBE = st.one_of(st.just(""), PROSE)
AMOUNT = st.one_of(st.just(""), st.decimals(0, 9999, places=2).map(str))
TARGET = st.sampled_from(
    ["≥389件", "=100%", "一年", "≤10.5万元", "90%以上", "80-100人", "明显改善", "2021年12月底前", ""]
)
LEVELS = st.sampled_from(
    [("产出指标", "数量指标"), ("产出指标", "质量指标"), ("效益指标", "社会效益"), ("效益指标", "满意度指标")]
)
INDICATORS = st.lists(st.tuples(LEVELS, WORD, TARGET), max_size=8).map(
    lambda rows: tuple(Indicator(*levels, name, target) for levels, name, target in sorted(rows))
)
DECLARATIONS = st.builds(
    Declaration,
    reporting_unit=st.one_of(st.just(""), WORD),
    unit_head=st.one_of(st.just(""), WORD),
    project_name=WORD,
    attribute=st.sampled_from(["新增项目", "延续项目", None]),
    department=WORD,
    period=st.sampled_from(["2021年1-12月", "2020年7月-2021年6月", "长期", ""]),
    lead=WORD,
    contact=st.one_of(st.just(""), WORD.map("{}13900000001".format)),
    overview=PROSE,
    basis=PROSE.map("{}（云财绩〔2020〕7号）".format),
    funding=st.fixed_dictionaries(
        dict.fromkeys(("total", "central", "provincial", "municipal", "local", "other"), AMOUNT)
    ),
    measures=PROSE,
    long_term_goal=MAYBE,
    annual_goal=PROSE,
    indicators=INDICATORS,
    other_notes=MAYBE,
    year=st.sampled_from([2019, 2021, None]),
    finance_opinion=MAYBE,
)


def rows_of(extraction: Extraction) -> list[dict[str, Any]]:
    """The forms without what a container decides: identifiers and offsets."""
    forms: list[dict[str, Any]] = extraction_as_json(extraction, spans=False)["forms"]
    return [{key: value for key, value in form.items() if key != "form_id"} for form in forms]


def from_word(*document: str | Table) -> Extraction:
    return extract(docx(document), RULES)


def from_dump(*document: str | Table, encoding: str = "utf-8") -> Extraction:
    return extract(dump(document).encode(encoding), RULES)


@settings(max_examples=60, deadline=None)
@given(st.lists(DECLARATIONS, min_size=1, max_size=4))
def test_word_and_dump_give_equal_rows_and_keep_all_promises(declarations: list[Declaration]) -> None:
    tables = [declaration_table(declaration) for declaration in declarations]
    contiguous: Table = [row for table in tables for row in table]
    word, text, one_table = from_word(*tables), from_dump(contiguous), from_word(contiguous)
    assert len(word.forms) == len(declarations)
    assert rows_of(word) == rows_of(text) == rows_of(one_table)
    for extraction in (word, text, one_table):
        assert_promises_hold(extraction)


@settings(max_examples=60, deadline=None)
@given(DECLARATIONS)
def test_what_was_written_is_what_comes_out(declaration: Declaration) -> None:
    (form,) = (extracted.form for extracted in from_word(declaration_table(declaration)).forms)
    assert form.fiscal_year == declaration.year
    assert form.value("reporting_unit") == (declaration.reporting_unit or None)
    assert form.value("project_name") == declaration.project_name
    assert form.value("project_attribute") == declaration.attribute
    assert form.value("overview") == declaration.overview
    assert form.value("annual_goal") == declaration.annual_goal
    assert form.value("finance_division_opinion") == (declaration.finance_opinion or None)
    written = {source: amount for source, amount in declaration.funding.items() if amount}
    assert {row.source: str(row.amount) for row in form.funding} == written
    assert [(r.level1, r.level2, r.name, r.target_text or "") for r in form.indicators] == list(declaration.indicators)


# Rows of words that mean something to the rules, in cells of any width and height on the grid of eight columns.
WIDTHS = st.lists(st.integers(1, 8), min_size=1, max_size=8).map(
    lambda widths: [width for i, width in enumerate(widths) if sum(widths[: i + 1]) <= 8]
)
ROWS = WIDTHS.flatmap(lambda widths: st.tuples(*(st.tuples(WORDS, st.just(width)) for width in widths)))


@settings(max_examples=150, deadline=None)
@given(st.lists(ROWS, min_size=1, max_size=14))
def test_any_grid_at_all_is_accounted_for(rows: list[tuple[tuple[str, int], ...]]) -> None:
    table: Table = []
    for row in rows:
        boxes = [Box(text, width) for text, width in row]
        filled = sum(box.columns for box in boxes)
        table.append([*boxes, Box("", 8 - filled)] if filled < 8 else boxes)
    assert_promises_hold(from_word([[Box(TITLE, 8)], *table]))


def test_a_header_that_names_no_target_column_gives_indicators_without_targets() -> None:
    table: Table = [
        [Box(TITLE, 8)],
        [Box("专项名称", 2), Box("公园管护", 6)],
        [Box("一级指标", 2), Box("三级指标", 3), Box("指标值的说明", 3)],
        [Box("产出指标", 2), Box("修缮步道", 3), Box("≥3公里", 3)],
    ]
    (extracted,) = from_word(table).forms
    (row,) = extracted.form.indicators
    assert (row.name, row.target_text, row.result.remarks) == ("修缮步道", None, "指标值的说明：≥3公里")
    assert not extracted.leftovers


@settings(max_examples=30, deadline=None)
@given(st.lists(DECLARATIONS, min_size=1, max_size=3), PROSE)
def test_prose_around_the_forms_is_outside_in_every_container(declarations: list[Declaration], prose: str) -> None:
    document: list[str | Table] = ["关于填报绩效目标的通知", *prose.split("\n")]
    for number, declaration in enumerate(declarations, start=1):
        document += [f"附件{number}", *headings(declaration), declaration_table(declaration, title_inside=False)]
    document += ["填报说明：", "1. 专项名称：填写全称。"]
    word, text = from_word(*document), from_dump(*document)
    assert rows_of(word) == rows_of(text)
    assert len(word.forms) == len(declarations)
    assert not any(form.leftovers for form in word.forms)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_the_encoding_of_a_dump_changes_no_row(encoding: str) -> None:
    table = declaration_table(Declaration())
    assert rows_of(from_dump(table, encoding=encoding)) == rows_of(from_dump(table))


@pytest.mark.parametrize("ticks", ["sym", "text", "control", "field"])
def test_every_way_to_tick_a_box_in_word_is_the_same_box(ticks: Any) -> None:
    document = [declaration_table(replace(Declaration(), attribute="新增项目"))]
    (form,) = extract(docx(document, ticks=ticks), RULES).forms
    assert form.form.value("project_attribute") == "新增项目"


SAMPLES = Path(__file__).parents[1] / "samples"
CONVERTED = Path(__file__).parent / "data" / "containers"
# What LibreOffice loses when it writes a container, by sample and container.
LOSSES = {
    ("revised-draft", "doc"): "repeats the text of a content control around each of its characters",
    ("revised-draft", "rtf"): "repeats the text of a content control around each of its characters",
    ("revised-draft", "html"): "writes deleted text like any other",
    ("ticked-boxes", "rtf"): "loses the state of a form field's check box",
}


SAVED = [path for kind in ("doc", "rtf", "odt", "html") for path in sorted(CONVERTED.glob(f"*.{kind}"))]


@pytest.mark.parametrize("saved", SAVED, ids=lambda path: path.name)
def test_a_word_sample_gives_the_same_rows_from_every_container(saved: Path) -> None:
    sample, container = saved.stem, saved.suffix[1:]
    word = extract((SAMPLES / f"{sample}.docx").read_bytes(), RULES)
    other = extract(saved.read_bytes(), RULES)
    assert other.document is not None
    assert other.document.format == container
    assert_promises_hold(other)
    if (sample, container) in LOSSES:
        assert rows_of(other) != rows_of(word), "nothing is lost any more: take it off the list"
        assert len(other.forms) == len(word.forms)
    else:
        assert rows_of(other) == rows_of(word)
