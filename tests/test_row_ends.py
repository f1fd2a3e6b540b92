"""Where rows end that nothing is drawn between: what the words of forms tell of lines, and that nothing gets lost."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drawn_forms import Layout, layouts
from extract.document import Document, Table
from extract.pipeline import extract
from extract.readers.text import read
from extract.row_ends import find_rows
from extract.rules import load_rules
from test_layouts import misses, result_of
from test_pipeline import assert_promises_hold
from text_dumps import antiword

RULES = load_rules()


def rows(*lines: str) -> list[list[str]]:
    """The rows of a table whose lines have nothing drawn between them."""
    document = read("".join(f"|{line}|\n" for line in lines).encode())
    (table,) = find_rows(document.text, document.blocks, RULES)
    assert isinstance(table, Table)
    assert table.has_rows
    return [[document.text[cell.start : cell.end] for cell in row] for row in table.rows]


def test_a_level_that_neither_half_is_goes_on() -> None:
    assert rows("满意度指|服务对象|社区居民|", "标      |满意度指|满意度  |", "        |标      |        |") == [
        ["满意度指标", "服务对象满意度指标", "社区居民满意度", ""]
    ]


def test_two_levels_that_are_none_together_are_two_rows() -> None:
    assert rows("质量指标|规划审查|100%    ", "时效指标|办理时限|≤5日    ") == [
        ["质量指标", "规划审查", "100%"],
        ["时效指标", "办理时限", "≤5日"],
    ]


def test_two_labels_that_fill_their_column_are_two_rows() -> None:
    assert rows("项目概况|修缮步道。", "立项依据|县里有文件") == [
        ["项目概况", "修缮步道。"],
        ["立项依据", "县里有文件"],
    ]


def test_a_vertical_label_is_one_word_though_its_parts_are_words() -> None:
    assert rows("年度    |完成三个校区改造，", "总体    |教室全覆盖。      ", "目标    |                  ") == [
        ["年度\n总体\n目标", "完成三个校区改造，教室全覆盖。"]
    ]


def test_two_amounts_are_two_rows_though_their_labels_may_be_one() -> None:
    assert rows("政府性基金    |400     ", "自有资金小计  |1620    ") == [
        ["政府性基金", "400"],
        ["自有资金小计", "1620"],
    ]


def test_labels_side_by_side_stand_above_their_values() -> None:
    assert rows("长期目标|年度目标  ", "建成基地|改造林地  ") == [["长期目标", "年度目标"], ["建成基地", "改造林地"]]


def test_names_and_targets_that_may_be_one_or_two_have_a_cell_too_many() -> None:
    assert rows("数量指标|受援人|大于95%", "        |满意度|≥85%   ") == [
        ["数量指标", "受援人", "满意度", "大于95%", "≥85%"]
    ]


def test_a_colon_belongs_to_the_label_above_it() -> None:
    assert rows("立项依据|某府发〔2020〕2", "：      |2号            ") == [["立项依据：", "某府发〔2020〕22号"]]


def test_values_below_two_labels_without_others_are_theirs() -> None:
    assert rows("项目属性|新增项目□  |项目周期|2017年3月-", "        |延续项目□  |        |2018年2月 ") == [
        ["项目属性", "新增项目□\n延续项目□", "项目周期", "2017年3月-2018年2月"]
    ]


def test_a_fillers_line_is_a_row() -> None:
    assert rows("数量指标|发放人数|4200人", "        |……      |      ") == [
        ["数量指标", "发放人数", "4200人"],
        ["", "……", ""],
    ]


def test_a_paragraph_that_may_be_the_next_rows_has_no_places() -> None:
    assert rows("产出指标|数量指标|发放    |4200人", "        |        |人数    |      ")[1:] == [["人数"]]


# ------------------------------------------------------------------------------------------------ any text, any width

# Their columns are as wide as their levels, or end in targets that begin anew.
FILLED = [
    *("anhui-dual-blocks-2021", "chongqing-flat-2024", "colon-paragraphs", "department-income-2020", "hunan-two-goals"),
    *("fujian-declaration-2020", "monitoring-and-self", "poverty-two-2018", "relief-stars-2019", "shanghai-yuan-2024"),
    *("shaanxi-business-fund-2022", "short-self-evaluation-2020", "transfer-region", "unmerged-levels-2022"),
]


@pytest.mark.parametrize("layout", [each for each in layouts() if each.name in FILLED], ids=lambda layout: layout.name)
def test_a_form_whose_columns_are_full_gives_what_was_written(layout: Layout) -> None:
    result = result_of(antiword(layout.document).encode(), RULES)
    assert misses(layout, "antiword", result) == []


LINES = st.lists(
    st.sampled_from(
        [
            "数量|指标|甲  |",
            "指标|    |9   |",
            "    |a b |    |",
            "|",
            "    |    |    |",
            "：  |……  |。  |",
            "甲|乙|丙丁戊|",
        ]
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=300, deadline=None)
@given(LINES)
def test_every_character_stands_in_one_cell(lines: list[str]) -> None:
    document = read("".join(f"|{line}|\n" for line in lines).encode())
    found = Document("text", None, document.text, find_rows(document.text, document.blocks, RULES))
    places = [
        place
        for block in found.blocks
        for cell in ([cell for row in block.rows for cell in row] if isinstance(block, Table) else [block])
        for place in range(cell.start, cell.end)
        if not document.text[place].isspace()
    ]
    assert sorted(places) == [place for place, character in enumerate(document.text) if not character.isspace()]


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(list(layouts())), st.lists(st.integers(4, 24), min_size=3, max_size=9))
def test_a_form_of_any_width_keeps_the_promises(layout: Layout, widths: list[int]) -> None:
    assert_promises_hold(extract(antiword(layout.document, widths).encode(), RULES))
