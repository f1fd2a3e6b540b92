"""One form, many dumps: every text dialect gives the rows of the Word file, except for what the dump has lost."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import make_samples as samples
from conftest import dump_of
from containers import Declaration, Document, declaration_table, docx
from extract.document import Document as Read
from extract.document import Paragraph, Table
from extract.pipeline import Extraction, extract
from extract.readers import read_document
from extract.readers.text import DIALECTS, read
from extract.rules import load_rules
from test_containers import DECLARATIONS, rows_of
from test_pipeline import assert_promises_hold
from text_dumps import DIALECTS as WRITERS

ROOT = Path(__file__).parents[1]
DUMPS = sorted((ROOT / "tests" / "data" / "text").glob("*.txt"))
RULES = load_rules()

Values = dict[str, Any]


def values_of(extraction: Extraction) -> Values:
    """Every value by form and name, without white space, of which dumps keep only some; absent ones are left out."""
    values: Values = {}
    for number, form in enumerate(rows_of(extraction)):
        flat = {name: form[name] for name in ("form_kind", "title", "fiscal_year")}
        for field in form["fields"]:
            flat.setdefault(field["name"], field["value"])
        flat |= {f"funding {row['source']}": f"{row['amount']} {row['unit']}" for row in form["funding"]}
        for row in form["indicators"]:
            flat |= {f"indicator {row['indicator_index']} {name}": value for name, value in row.items()}
        values |= {f"{number} {name}": _plain(value) for name, value in flat.items() if value is not None}
    return values


def _plain(value: Any) -> Any:
    return "".join(value.split()) if isinstance(value, str) else value


# ---------------------------------------------------------------------------------------------------- what tools write

# antiword does not find the properties of rows of seven cells and more as LibreOffice writes them (they lie in another
# stream of the file), and joins these rows with the next one, of which it prints nothing.
_ROWS_LOST = {"unit_head", "project_name", "measures", "citation", "funding"}
# The tick is a character of a symbol font, which has no text.
_TICK_LOST = {"project_attribute"}
# The text export prints deleted text beside inserted text, and the cells of a nested table as paragraphs.
_REVISIONS_SHOWN = {"project_name", "project_lead"}

LOST: dict[str, set[str]] = {
    "one-form.antiword": _ROWS_LOST,
    "one-form.antiword-w0": _ROWS_LOST,
    "three-forms-one-table.antiword": _ROWS_LOST,
    "two-forms-with-notice.antiword": _ROWS_LOST,
    # catdoc looks at blocks of 256 bytes to find whether they are Unicode, and errs in some: the text is garbled there.
    "three-forms-one-table.catdoc": {"2"},
    "one-form.pandoc": _TICK_LOST,
    "two-forms-with-notice.markdown": _TICK_LOST,
    # A nested table inside a grid table is drawn too narrow to be read.
    "revised-draft.pandoc": _TICK_LOST | {"overview"},
    "revised-draft.libreoffice": _REVISIONS_SHOWN,
    # The seventh form's tick is a form field, which has no text.
    "ticked-boxes.libreoffice": _TICK_LOST,
}


@pytest.mark.parametrize("dump", DUMPS, ids=lambda path: path.stem)
def test_a_tools_dump_gives_the_values_of_the_word_file(dump: Path) -> None:
    stem = dump.stem.partition(".")[0]
    word = extract((ROOT / "samples" / f"{stem}.docx").read_bytes(), RULES)
    text = extract(dump.read_bytes(), RULES)
    assert_promises_hold(text)
    expected, got = values_of(word), values_of(text)
    different = {name for name in expected | got if expected.get(name) != got.get(name)}
    lost = LOST.get(dump.stem, set())
    assert {name for name in different if not lost & {name.split()[0], name.split()[1]}} == set()
    assert lost == set() or different, "nothing is lost any more"


# In these dumps text itself is other than in the Word file: revisions are shown, characters are garbled.
SAY_SOMETHING_ELSE = ("revised-draft", "three-forms-one-table.catdoc")
FAITHFUL_DUMPS = [dump for dump in DUMPS if not dump.stem.startswith(SAY_SOMETHING_ELSE)]


@pytest.mark.parametrize("dump", FAITHFUL_DUMPS, ids=lambda path: path.stem)
def test_what_a_dump_lost_is_missing_and_not_wrong(dump: Path) -> None:
    word = extract((ROOT / "samples" / f"{dump.stem.partition('.')[0]}.docx").read_bytes(), RULES)
    expected, got = values_of(word), values_of(extract(dump.read_bytes(), RULES))
    assert got.items() <= expected.items()


# --------------------------------------------------------------------------------------- the same form in each dialect

# These print a cell on one line, so paragraphs are lost; the values are the same without white space.
_WITHOUT_PARAGRAPHS = {"spreadsheet", "multiline", "aligned"}
FORMS: dict[str, Document] = {
    "one form": [declaration_table(Declaration())],
    "forms without a gap": [samples.one_table(samples.PARKS, samples.MEALS, samples.RIVER)],
    "notice and instructions": samples.notice_with_forms(samples.FOREST, samples.TRAINING),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("dialect", WRITERS)
def test_a_dialect_gives_the_rows_of_the_word_file(dialect: str, form: str) -> None:
    word, text = extract(docx(FORMS[form]), RULES), extract(WRITERS[dialect](FORMS[form]).encode(), RULES)
    assert_promises_hold(text)
    assert values_of(text) == values_of(word)
    if dialect not in _WITHOUT_PARAGRAPHS:
        assert rows_of(text) == rows_of(word)


@pytest.mark.parametrize("dialect", sorted(WRITERS.keys() - {"antiword"}))
def test_blank_cells_keep_their_places(dialect: str) -> None:
    document = [declaration_table(samples.HALF_EMPTY)]
    word, text = extract(docx(document), RULES), extract(WRITERS[dialect](document).encode(), RULES)
    assert values_of(text) == values_of(word)


def test_a_row_that_may_belong_to_the_one_above_is_left_over() -> None:
    document = [declaration_table(samples.HALF_EMPTY)]
    (form,) = extract(WRITERS["antiword"](document).encode(), RULES).forms
    assert "indicator.misaligned" in {finding.code for finding in form.findings}
    assert [row.name for row in form.form.indicators][:2] == ["改造办公楼", "改造验收合格率"]


@settings(max_examples=25, deadline=None)
@given(DECLARATIONS, st.sampled_from(sorted(WRITERS.keys() - {"antiword"})))
def test_no_dialect_gives_a_value_that_was_not_written(declaration: Declaration, dialect: str) -> None:
    document = [declaration_table(declaration)]
    word, text = extract(docx(document), RULES), extract(WRITERS[dialect](document).encode(), RULES)
    assert_promises_hold(text)
    assert values_of(text).items() <= values_of(word).items()


@settings(max_examples=25, deadline=None)
@given(DECLARATIONS)
def test_antiwords_bars_give_no_amount_and_no_target_that_was_not_written(declaration: Declaration) -> None:
    text = extract(WRITERS["antiword"]([declaration_table(declaration)]).encode(), RULES)
    assert_promises_hold(text)
    targets = {row.target for row in declaration.indicators}
    for extracted in text.forms:
        amounts = {row.source: row.text for row in extracted.form.funding}
        assert amounts.items() <= declaration.funding.items()
        assert {row.target_text or "" for row in extracted.form.indicators} <= targets


# ------------------------------------------------------------------------------------------------- any text whatsoever

DRAWN = st.text(alphabet=st.sampled_from("|+-= \t\n主管甲a1。：\\*#□(　\"'“"), max_size=120)
PIECES = st.lists(
    st.sampled_from(
        [
            *("+--+--+\n", "|  +--+\n", "| 主| a|\n", "|主 |a |\n", "---- ----\n", "|---|---|\n", "甲  乙\n"),
            *("\t甲\t乙\n", "甲\n", "\n", "----\n", "+==+==+\n", "专项名称\n", "合计\n", "中央\n", "≥1\n", "a b"),
        ]
    ),
    max_size=30,
).map("".join)
# What draws tables and boxes, and the dashes, dots and quotation marks that Markdown writes out.
_DRAWING = "|+-=:\\*#(☑—–….\"'“”‘’"


@settings(max_examples=300, deadline=None)
@given(st.one_of(DRAWN, PIECES))
def test_no_character_is_lost_and_cells_stand_in_order(text: str) -> None:
    document = read(text.encode())
    assert _letters(document.text) == _letters(text)
    assert _letters("".join(_pieces_in_order(document))) == _letters(text)


@settings(max_examples=300, deadline=None)
@given(st.one_of(DRAWN, PIECES))
def test_every_dialect_reads_every_text(text: str) -> None:
    for dialect in DIALECTS:
        content = dialect.read(text)
        document = Read("text", "utf-8", content.text, content.blocks)
        assert _letters("".join(_pieces_in_order(document))) == _letters(text)


def _letters(text: str) -> Counter[str]:
    return Counter(character for character in text if not character.isspace() and character not in _DRAWING)


def _pieces_in_order(document: Read) -> list[str]:
    pieces, position = [], 0
    for block in document.blocks:
        cells = [block] if isinstance(block, Paragraph) else [cell for row in block.rows for cell in row]
        for cell in cells:
            assert position <= cell.start <= cell.end <= len(document.text)
            position = cell.end
            pieces.append(document.text[cell.start : cell.end])
    return pieces


# ------------------------------------------------------------------------------------------------------ shapes in small


def rows(text: str) -> list[list[str]]:
    document = read(text.encode())
    (table,) = (block for block in document.blocks if isinstance(block, Table))
    return [[document.text[cell.start : cell.end] for cell in row] for row in table.rows]


def test_a_grid_shows_what_its_borders_leave_out() -> None:
    document = read("+----+---+---+\n| 产 | a | b |\n| 出 +---+---+\n|    | c     |\n+----+-------+\n".encode())
    (table,) = document.blocks
    assert isinstance(table, Table)
    first, second = table.rows
    assert [(c.row_span, c.column_span) for c in (*first, *second)] == [(2, 1), (1, 1), (1, 1), (1, 2)]
    assert document.text[slice(first[0].start, first[0].end)] == "产出"


def test_a_pipe_table_unfolds_breaks_and_escapes() -> None:
    assert rows("| a | b |\n|---|---|\n| 甲<br>乙 | \\>=9\\|1 |\n") == [["a", "b"], ["甲\n乙", ">=9|1"]]


@pytest.mark.parametrize("above", ["附件2：\n\n", ""])
def test_markdown_holds_tables_in_html_between_its_lines(above: str) -> None:
    table = (
        '<table>\n<tr><td rowspan="2"><p>项目</p>\n<p>资金</p></td>\n<td>10</td></tr>\n<tr><td>20</td></tr>\n</table>\n'
    )
    document = read_document(f"{above}{table}\n注：2021---2023年\n\n附件3\n".encode())
    cells, *below = document.blocks[above != "" :]
    assert isinstance(cells, Table)
    assert [[document.text[c.start : c.end] for c in row] for row in cells.rows] == [["项目\n资金", "10"], ["20"]]
    assert cells.rows[0][0].row_span == 2
    assert [document.text[block.start : block.end] for block in below] == ["注：2021—2023年", "附件3"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ('"三公"经费 2021--2023年 \'甲\' \\"乙\\"', '“三公”经费 2021–2023年 ‘甲’ "乙"'),
        ("\"未完 it's 5'", "\"未完 it's 5'"),
        ('“三公”经费 "乙" 2021---2023年', '“三公”经费 "乙" 2021---2023年'),
    ],
    ids=["written out", "no pair", "not written out"],
)
def test_quotation_marks_of_markdown_are_those_of_the_language(written: str, meant: str) -> None:
    (cells,) = rows(f"-- {'-' * 50}\n甲  {written}\n-- {'-' * 50}\n")
    assert cells == ["甲", meant]


def test_a_simple_table_has_its_columns_where_the_dashes_are() -> None:
    assert rows("  主管    概况\n  ------- ------\n  城管局  养护\n") == [["主管", "概况"], ["城管局", "养护"]]


def test_antiwords_wrapped_cell_is_one_text_without_a_gap() -> None:
    assert rows("|专项概|养护公园2|\n|况    |021年    |\n") == [["专项概况", "养护公园2021年"]]


def test_antiwords_flow_is_rows_where_its_cells_can_be_counted_off() -> None:
    ruled = "|项目名称  |公园管护        |\n|主管部门  |城管局          |\n"
    flow = "\n绩\n效 |一级 |三级 |数值 | | |产出 |修路\n|≥9 | | | |补植苗木 |≥8\n| |\n附件3\n"
    document = read((ruled + flow).encode())
    _, table, below = document.blocks
    assert isinstance(table, Table)
    texts = [[document.text[cell.start : cell.end] for cell in row] for row in table.rows]
    assert texts == [["绩\n效", "一级", "三级", "数值"], ["", "产出", "修路", "≥9"], ["", "", "补植苗木", "≥8"]]
    assert document.text[below.start : below.end] == "附件3"


@pytest.mark.parametrize(
    "row", ["本年度绩效目标|总体目标年度目标|建成。/维护。", "项目概况：立项依据：|维护。/岳办发〔2019〕26号"]
)
def test_two_rows_that_a_dump_has_run_together_give_no_value(row: str) -> None:
    text = dump_of(f"{samples.TITLE}\n\n（2021年度）\n\n", "专项名称|公园管护", "主管部门|城管局", row)
    (form,) = extract(text.encode(), RULES).forms
    assert not any(form.form.value(name) for name in ("annual_goal", "overview", "basis"))
    assert form.leftovers


def test_labels_with_colons_give_values_from_prose() -> None:
    text = f"{samples.TITLE}\n（2021年度）\n专项名称：公园管护\n主管部门：城管局\n本年度绩效目标：公园干净\n"
    (form,) = extract(text.encode(), RULES).forms
    assert (form.form.value("project_name"), form.form.value("competent_department")) == ("公园管护", "城管局")


def test_a_name_on_two_lines_that_may_be_two_cells_is_not_guessed() -> None:
    text = f"{samples.TITLE}\n专项名称\n公园管护\n主管部门\n城管局\n园林所\n本年度绩效目标\n公园干净\n"
    (form,) = extract(text.encode(), RULES).forms
    assert form.form.value("project_name") == "公园管护"
    assert form.form.value("competent_department") is None
    assert len(form.leftovers) == 2


def test_amounts_that_cannot_be_counted_off_are_left_over() -> None:
    head = f"{samples.TITLE}\n专项名称\n公园管护\n主管部门\n城管局\n"
    text = head + "资金情况\n合计\n中央\n本级\n12\n2\n本年度绩效目标\n公园干净\n"
    (form,) = extract(text.encode(), RULES).forms
    assert form.form.funding == ()
    assert form.leftovers


FUNDING = {
    "one label, one amount, and a merged cell behind them": (
        "项目资金|年度资金总额|50|分值|10|||财政拨款|48|||||其他资金|2|||",
        {"total": "50", "fiscal": "48", "other": "2"},
    ),
    "sources under two headings, and the label of the amounts": (
        "年度预算收入|收入构成|财政拨款|其他资金|合计||金额|48|2|50",
        {"fiscal": "48", "other": "2", "total": "50"},
    ),
    "two stages": (
        "预算执行情况|资金来源|预算数|执行数||年度资金总额|50|40||其他资金|2|1",
        {"total": "50", "total executed": "40", "other": "2", "other executed": "1"},
    ),
    "the sum of the year's tasks": (
        "年度主要任务|任务名称|预算金额|||总额|其他资金||绿化|50|2||金额合计|50|2",
        {"total": "50", "other": "2"},
    ),
    "a reason beside all amounts, and a heading between them": (
        "项目资金|预算数|执行数|原因||年度资金总额|50|40|下雨||按收入性质分||其他资金|2|1||",
        {"total": "50", "total executed": "40", "other": "2", "other executed": "1"},
    ),
    "a stage over the labels, and a row that ends with a blank": (
        "项目资金|年度预算数|年初预算|预算执行数|预算执行率||总额|50|40|80%|||其他资金|2|1|50%||",
        {"total initial": "50", "total executed": "40", "other initial": "2", "other executed": "1"},
    ),
    "figures that are no sources": (
        "年度预算支出|支出构成|基本支出|项目支出|合计||金额|10|40|50",
        {"total": "50"},
    ),
}


@pytest.mark.parametrize("case", FUNDING)
def test_amounts_are_counted_off_in_lines(case: str) -> None:
    lines, expected = FUNDING[case]
    text = f"{samples.TITLE}\n专项名称\n公园管护\n{lines.replace('|', chr(10))}\n本年度绩效目标\n公园干净\n"
    (form,) = extract(text.encode(), RULES).forms
    found = {f"{f.source} {f.stage}".removesuffix(" budget"): str(f.amount) for f in form.form.funding}
    assert found == expected
    assert form.form.value("annual_goal") == "公园干净"


def test_a_numbered_line_of_a_value_that_reads_like_a_label_is_no_label() -> None:
    overview = "一、背景\n树多。\n二、资金安排\n县级出资。"
    text = f"{samples.TITLE}\n专项名称\n公园管护\n专项概况\n{overview}\n主管部门\n城管局\n"
    (form,) = extract(text.encode(), RULES).forms
    assert (form.form.value("overview"), form.form.value("competent_department")) == (overview, "城管局")
