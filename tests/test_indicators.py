"""Indicator tables: what a header says, which column a cell stands in, what a row gives. More in test_parser."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import TITLE, dump_of
from containers import Document, docx, dump
from drawn_forms import read_layout
from extract.form import Form
from extract.pipeline import Extraction, extract
from extract.rules import RuleSet, load_rules
from text_dumps import one_cell_a_line, wrapped_catdoc

Parse = Callable[..., Form]
Row = tuple[str | None, ...]

RULES = load_rules()

PROJECT = "专项名称|公园管护"


# ------------------------------------------------------------------------------------------------------------ columns


@pytest.mark.parametrize(
    ("label", "column"),
    [
        ("三级 指标", "name"),
        ("指标名称", "name"),
        ("年初目标值（A）", "target"),
        ("2021年度指标值", "target"),
        ("指标值（包含数字及文字描述）", "target"),
        ("计算符号", "operator"),
        ("指标性质", "operator"),
        ("度量单位", "unit"),
        ("实际完成值（B）", "actual"),
        ("1-7月执行数", "actual"),
        ("权重（%）", "weight"),
        ("自评得分", "score"),
        ("偏差原因分析及改进措施", "deviation"),
        ("全年预计执行数", "remarks"),
        ("指标方向性", "remarks"),
        ("指标", None),
    ],
)
def test_a_label_heads_its_column(rules: RuleSet, label: str, column: str | None) -> None:
    (form,) = [form for form in rules.forms if form.kind == "special-fund-declaration"]
    assert (form.column_of(label) or rules.indicators.column_like(label)) == column


def test_points_results_and_reasons_have_columns_of_their_own(parse_rows: Parse) -> None:
    head = "绩效指标|一级指标|二级指标|三级指标|分值|年度指标值|实际完成值|得分|偏差原因分析及改进措施|备注"
    form = parse_rows(PROJECT, head, " |产出指标|数量指标|修缮步道|10|≥3公里|2.5公里|8.5|雨季停工。|已整改")
    (row,) = form.indicators
    assert (row.name, row.target_text) == ("修缮步道", "≥3公里")
    result = row.result
    assert (result.weight, result.score) == (Decimal(10), Decimal("8.5"))
    assert result.actual is not None
    assert (result.actual_text, result.actual.value, result.actual.unit) == ("2.5公里", Decimal("2.5"), "公里")
    assert (result.deviation, result.remarks) == ("雨季停工。", "备注：已整改")


def test_operator_number_and_unit_in_three_columns_are_one_target(parse_rows: Parse) -> None:
    head = "绩效指标|一级指标|二级指标|三级指标|指标性质|指标值|度量单位|权重"
    rows = (" |产出指标|数量指标|修缮步道|≥|3|公里|20", " |效益指标|社会效益|游客好评|定性|明显提升| |10")
    first, second = parse_rows(PROJECT, head, *rows).indicators
    assert (first.target_text, first.target.operator, first.target.value) == ("≥3公里", ">=", Decimal(3))
    assert (second.target_text, second.target.operator) == ("明显提升", None)
    assert (first.result.remarks, second.result.remarks) == (None, "指标性质：定性")


def test_a_flat_list_has_no_levels(parse_rows: Parse) -> None:
    head = "绩效指标|指标名称|计量单位|指标性质|指标值|权重"
    (row,) = parse_rows(PROJECT, head, " |修缮步道|公里|≥|3|20").indicators
    assert (row.level1, row.level2, row.name, row.target_text) == (None, None, "修缮步道", "≥3公里")


def test_a_column_that_no_rule_knows_is_kept_in_the_remarks(extract_text: Callable[[str], Extraction]) -> None:
    head = "绩效指标|一级指标|三级指标|指标值|绿色采购"
    (extracted,) = extract_text(dump_of(f"\t{TITLE}\n\n", PROJECT, head, " |产出指标|步道|≥3公里|是")).forms
    (row,) = extracted.form.indicators
    assert (row.target_text, row.result.remarks) == ("≥3公里", "绿色采购：是")
    assert "indicator.unknown_column" in [finding.code for finding in extracted.findings]
    assert not extracted.leftovers


@pytest.mark.parametrize(("text", "points"), [("10分", 10), ("10%", 10), ("（5）", 5), ("—", None), ("见附件", None)])
def test_points_are_the_number_printed(parse_rows: Parse, text: str, points: int | None) -> None:
    (row,) = parse_rows(PROJECT, "绩效指标|三级指标|指标值|分值", f" |步道|≥3公里|{text}").indicators
    assert row.result.weight == (None if points is None else Decimal(points))
    assert row.result.remarks == ("分值：见附件" if text == "见附件" else None)


# --------------------------------------------------------------------------------------------------------- blocks


def test_two_blocks_side_by_side_share_the_first_level(parse_rows: Parse) -> None:
    head = "绩效指标|一级指标|二级指标|三级指标|指标值|二级指标|三级指标|指标值"
    row = " |产出指标|数量指标|三年修缮步道|≥9公里|质量指标|本年验收|100%"
    long_term, annual = parse_rows(PROJECT, head, row).indicators
    assert (long_term.block, long_term.level1, long_term.level2, long_term.name, long_term.target_text) == (
        "long_term", "产出指标", "数量指标", "三年修缮步道", "≥9公里",
    )  # fmt: skip
    assert (annual.block, annual.level1, annual.level2, annual.name, annual.target_text) == (
        "annual", "产出指标", "质量指标", "本年验收", "100%",
    )  # fmt: skip


def test_a_header_in_two_rows_divides_the_columns_of_the_upper_one(parse_rows: Parse) -> None:
    head = ("绩效指标|一级指标|三级指标|指标值|偏差原因分析|备注", " | | | |经费保障|原因说明| ")
    (row,) = parse_rows(PROJECT, *head, " |产出指标|步道|≥3公里|√|资金未到位|补报").indicators
    assert (row.result.deviation, row.result.remarks) == ("资金未到位", "经费保障：√\n备注：补报")


def test_the_section_says_whose_indicators_they_are(parse_rows: Parse) -> None:
    head = "一级指标|三级指标|指标值"
    form = parse_rows(
        PROJECT, f"中期绩效指标|{head}", " |产出指标|步道|≥9公里", f"年度绩效指标|{head}", " |产出指标|步道|≥3公里"
    )
    assert [row.block for row in form.indicators] == ["long_term", "annual"]


# --------------------------------------------------------------------------------------------------------- other rows


def test_a_row_that_sums_up_is_no_indicator(parse_rows: Parse) -> None:
    head = "绩效指标|一级指标|三级指标|指标值|分值|得分"
    form = parse_rows(PROJECT, head, " |产出指标|步道|≥3公里|10|9.5", "总分| | | |100|96.5")
    assert len(form.indicators) == 1
    assert form.value("total_score") == "96.5"


# ------------------------------------------------------------------------------------------------------- drawn tables


def drawn(*rows: str, behind: Sequence[str] = ()) -> Document:
    """A form with a table of these rows: cells between |, < covers with the cell before it, ^ with the one above."""
    width = max(row.count("|") for row in rows) + 1
    project = "专项名称 | 公园管护" + " | <" * (width - 2)
    return read_layout("drawn", "\n".join([TITLE, "（2021年度）", "[[", project, *rows, "]]", *behind])).document


def rows_of(data: bytes) -> list[Row]:
    """Block, levels, name and target of each indicator."""
    (extracted,) = extract(data, RULES).forms
    return [(row.block, row.level1, row.level2, row.name, row.target_text) for row in extracted.form.indicators]


HEAD = "一级指标 | 二级指标 | 三级指标 | 指标值"
FIRST = ("annual", "产出指标", "数量指标", "步道", "≥3公里")

DRAWN: dict[str, tuple[Sequence[str], Sequence[Row]]] = {
    "points of the levels stand in columns of their own": (
        [
            "一级指标 | 权重 | 二级指标 | 权重 | 三级指标 | 权重 | 指标值",
            "产出指标 | 60 | 数量指标 | 60 | 步道 | 20 | ≥3公里",
            "^ | ^ | ^ | ^ | 乔木 | 40 | ≥200株",
            "合计 | < | < | < | < | 100 | ",
        ],
        [FIRST, ("annual", "产出指标", "数量指标", "乔木", "≥200株")],
    ),
    "an upper header of targets over columns that nobody knows": (
        [
            "一级指标 | 二级指标 | 三级指标 | 指标值 | <",
            "^ | ^ | ^ | 年初 | 调整后",
            "产出指标 | 数量指标 | 步道 | ≥3公里 | ≥2公里",
        ],
        [FIRST],
    ),
    "of two names the deeper one counts": (
        ["一级指标 | 二级指标 | 三级指标 | 四级指标 | 指标值", "产出指标 | 数量指标 | 设施 | 步道 | ≥3公里"],
        [FIRST],
    ),
    "two targets of one indicator are those of two blocks": (
        ["一级指标 | 二级指标 | 三级指标 | 中期指标值 | 年度指标值", "产出指标 | 数量指标 | 步道 | ≥9公里 | ≥3公里"],
        [("long_term", "产出指标", "数量指标", "步道", "≥9公里"), FIRST],
    ),
    "the best of four grades is the target": (
        [
            "一级指标 | 二级指标 | 三级指标 | 评价标准 | < | <",
            "^ | ^ | ^ | 优 | 良 | 差",
            "产出指标 | 数量指标 | 步道 | ≥3公里 | ≥2公里 | <2公里",
        ],
        [FIRST],
    ),
    "a description is the name where nothing else is": (
        ["一级指标 | 二级指标 | 绩效指标描述 | 绩效指标值", "产出指标 | 数量指标 | 步道 | ≥3公里"],
        [FIRST],
    ),
    "a first level over the width of the table": (
        [HEAD, "一、产出指标 | < | < | <", " | 数量指标 | 步道 | ≥3公里", " | 质量指标 | 成活率 | ≥95%"],
        [
            ("annual", "一、产出指标", "数量指标", "步道", "≥3公里"),
            ("annual", "一、产出指标", "质量指标", "成活率", "≥95%"),
        ],
    ),
    "a first level without a second": (
        [HEAD, "产出指标 | 数量指标 | 步道 | ≥3公里", "^ | ^ | 乔木 | ≥200株", "满意度指标 | < | 游客满意 | ≥90%"],
        [
            FIRST,
            ("annual", "产出指标", "数量指标", "乔木", "≥200株"),
            ("annual", "满意度指标", None, "游客满意", "≥90%"),
        ],
    ),
    "a page mark in a row of its own": (
        [HEAD, "产出指标 | 数量指标 | 步道 | ≥3公里", "— 1 — | < | < | <", HEAD, "产出指标 | 质量指标 | 成活率 | ≥95%"],
        [FIRST, ("annual", "产出指标", "质量指标", "成活率", "≥95%")],
    ),
    "stars and numbers of a template": (
        [
            HEAD,
            "产出指标 | 数量指标 | 步道 | ≥3公里",
            "^ | 质量指标 | 指标1： | ≥**%",
            "^ | 时效指标 | …… | ",
            "^ | 成本指标 | XX | XX",
        ],
        [FIRST],
    ),
    "a note below the table": (
        [HEAD, "产出指标 | 数量指标 | 步道 | ≥3公里", "注：1.得分不超过分值。 | < | < | <"],
        [FIRST],
    ),
    "a header that names one level, above rows with two": (
        [
            "绩效指标 | 一级指标 | < | 三级指标 | 指标值",
            "^ | 产出指标 | 数量指标 | 步道 | ≥3公里",
            "^ | ^ | 质量指标 | 成活率 | ≥95%",
            "^ | 满意度指标 | < | 游客满意 | ≥90%",
        ],
        [
            FIRST,
            ("annual", "产出指标", "质量指标", "成活率", "≥95%"),
            ("annual", "满意度指标", None, "游客满意", "≥90%"),
        ],
    ),
    "a second level below a blank header": (
        ["一级指标 |  | 三级指标 | 指标值", "产出指标 | 数量指标 | 步道 | ≥3公里"],
        [FIRST],
    ),
    "people below the table": (
        [HEAD, "产出指标 | 数量指标 | 步道 | ≥3公里", "填表人 | 周明 | 联系电话 | 13900000001"],
        [FIRST],
    ),
}


@pytest.mark.parametrize("case", DRAWN)
@pytest.mark.parametrize("container", [docx, lambda document: dump(document).encode()], ids=["Word", "dump"])
def test_a_table_gives_the_same_rows_from_word_and_from_a_dump(
    case: str, container: Callable[[Document], bytes]
) -> None:
    rows, expected = DRAWN[case]
    assert rows_of(container(drawn(*rows))) == expected


def test_a_merged_target_counts_for_each_row_and_merged_points_once() -> None:
    rows = ("一级指标 | 三级指标 | 指标值 | 分值", "产出指标 | 步道 | ≥3公里 | 10", "^ | 绿道 | ^ | ^")
    (extracted,) = extract(docx(drawn(*rows)), RULES).forms
    found = [(row.name, row.target_text, row.result.weight) for row in extracted.form.indicators]
    assert found == [("步道", "≥3公里", Decimal(10)), ("绿道", "≥3公里", None)]


@pytest.mark.parametrize("container", [docx, lambda document: dump(document).encode()], ids=["Word", "dump"])
def test_a_table_that_a_page_break_has_cut_in_two_goes_on(container: Callable[[Document], bytes]) -> None:
    behind = ["— 1 —", "[[", " | 质量指标 | 成活率 | ≥95%", "效益指标 | 社会效益 | 好评 | 提升", "]]"]
    document = drawn(HEAD, "产出指标 | 数量指标 | 步道 | ≥3公里", behind=behind)
    assert rows_of(container(document)) == [
        FIRST, ("annual", "产出指标", "质量指标", "成活率", "≥95%"), ("annual", "效益指标", "社会效益", "好评", "提升"),
    ]  # fmt: skip


def test_another_table_that_follows_in_a_dump_gives_no_indicators() -> None:
    behind = ["附件2", "候鸟调查记录", "[[", "调查地点 | 东湖湿地 | 调查日期 | 2024年1月12日", "]]"]
    document = drawn(HEAD, "产出指标 | 数量指标 | 步道 | ≥3公里", behind=behind)
    assert rows_of(dump(document).encode()) == [FIRST]


def test_a_short_row_of_a_dump_is_read_where_one_reading_is_possible(parse_rows: Parse) -> None:
    head = "绩效指标|一级指标|二级指标|三级指标|指标值"
    rows = (
        " |产出指标|数量指标|步道|≥3公里",
        " | | |乔木|≥200株",
        " |成本指标|单位造价|≤3万元",
        " |满意度指标|好评|≥9分",
    )
    form = parse_rows(PROJECT, head, *rows, " |游客|好评|≥9分")  # a first level, or a second: left over
    names = [(row.level1, row.name) for row in form.indicators]
    assert names == [("产出指标", "步道"), ("产出指标", "乔木"), ("成本指标", "单位造价"), ("满意度指标", "好评")]


# ------------------------------------------------------------------------------------------------------- a law of rows

CELLS: dict[str, tuple[str, str, str]] = {
    "一级指标": ("产出指标", "产出指标", "效益指标"),
    "二级指标": ("数量指标", "质量指标", "社会效益指标"),
    "三级指标": ("修缮步道", "苗木成活率", "游客好评"),
    "指标值": ("≥3公里", "≥95%", "明显提升"),
    "分值": ("10", "15", "5"),
    "实际完成值": ("3.2公里", "96%", "明显提升"),
    "得分": ("10", "14.5", "5"),
    "偏差原因分析及改进措施": ("", "雨季补植较晚", ""),
    "备注": ("", "", "见附件"),
}
NEEDED = ("三级指标", "指标值")


def results_of(data: bytes) -> list[dict[str, str]]:
    """The cells of each indicator by the header of their column, blank where there is none."""
    (extracted,) = extract(data, RULES).forms
    return [
        {
            "一级指标": row.level1 or "",
            "二级指标": row.level2 or "",
            "三级指标": row.name or "",
            "指标值": row.target_text or "",
            "分值": "" if row.result.weight is None else str(row.result.weight),
            "实际完成值": row.result.actual_text or "",
            "得分": "" if row.result.score is None else str(row.result.score),
            "偏差原因分析及改进措施": row.result.deviation or "",
            "备注": (row.result.remarks or "").removeprefix("备注："),
        }
        for row in extracted.form.indicators
    ]


@settings(max_examples=40, deadline=None)
@given(st.permutations(list(CELLS)), st.sets(st.sampled_from([each for each in CELLS if each not in NEEDED])))
def test_columns_in_any_order_give_the_same_rows_and_lines_none_that_are_wrong(
    order: list[str], dropped: set[str]
) -> None:
    columns = [column for column in order if column not in dropped]
    table = drawn(" | ".join(columns), *(" | ".join(CELLS[column][at] for column in columns) for at in range(3)))
    expected = [{c: cells[at] if c in columns else "" for c, cells in CELLS.items()} for at in range(3)]
    assert results_of(docx(table)) == expected
    assert results_of(dump(table).encode()) == expected
    for lines in (one_cell_a_line, wrapped_catdoc):
        assert results_of(lines(table).encode()) in (expected, [])


# -------------------------------------------------------------------------------------------------- one cell on a line

LINES: dict[str, tuple[str, Sequence[Row]]] = {
    "a label on two lines": (
        "一级/指标/三级指标/年度/指标值/分值 产出指标/步道/≥3公里/10 /乔木/≥200株/5",
        [("annual", "产出指标", None, "步道", "≥3公里"), ("annual", "产出指标", None, "乔木", "≥200株")],
    ),
    "a level on many lines, its points on one more": (
        "一级指标/三级指标/指标值 产/出/指/标/（50分）/步道/≥3公里",
        [("annual", "产出指标（50分）", None, "步道", "≥3公里")],
    ),
    "a name that is also a label of the form": (
        "一级指标/二级指标/三级指标/指标值 产出指标/时效指标/起止时间/≤12个月",
        [("annual", "产出指标", "时效指标", "起止时间", "≤12个月")],
    ),
    "a name that is also a level": (
        "一级指标/二级指标/三级指标/指标值 满意度指标/满意度指标/服务对象满意度/≥90%",
        [("annual", "满意度指标", "满意度指标", "服务对象满意度", "≥90%")],
    ),
    "a reason on two lines": (
        "三级指标/指标值/得分/未完成原因分析 步道/≥3公里/8/雨季停工。/已补建。 乔木/≥200株/10/",
        [("annual", None, None, "步道", "≥3公里"), ("annual", None, None, "乔木", "≥200株")],
    ),
    "a header in two rows": (
        "一级指标/三级指标/指标值/偏差原因分析/备注 ///经费保障/原因说明/ 产出指标/步道/≥3公里/√/资金未到位/补报",
        [("annual", "产出指标", None, "步道", "≥3公里")],
    ),
    "points that sum up": (
        "一级指标/三级指标/指标值/分值/得分 产出指标/步道/≥3公里/10/9 总分/100/96",
        [("annual", "产出指标", None, "步道", "≥3公里")],
    ),
    "a template that nobody filled in": (
        "一级指标/二级指标/三级指标/指标值 产出指标/数量指标/指标1：/ /……// 满意度指标/服务对象满意度指标/指标1：/",
        [],
    ),
    "a second level that no header names, merged with the first": (
        "一级指标/三级指标/指标值 产出指标/数量指标/步道/≥3公里 /质量指标/合格率/100% 满意度指标/满意率/≥93%",
        [
            ("annual", "产出指标", "数量指标", "步道", "≥3公里"),
            ("annual", "产出指标", "质量指标", "合格率", "100%"),
            ("annual", "满意度指标", None, "满意率", "≥93%"),
        ],
    ),
    "levels in a second row of the header": (
        "绩效指标/指标值/分值/得分/一级指标/三级指标/// 产出指标/步道/≥3公里/10/9 /乔木/≥200株/5/5",
        [("annual", "产出指标", None, "步道", "≥3公里"), ("annual", "产出指标", None, "乔木", "≥200株")],
    ),
    "a column that no rule knows": (
        "绩效指标/一级指标/三级指标/指标值/公式 /产出指标/步道/≥3公里/实测 //乔木/≥200株/清点",
        [("annual", "产出指标", None, "步道", "≥3公里"), ("annual", "产出指标", None, "乔木", "≥200株")],
    ),
    "lines that do not come out even": ("一级指标/三级指标/指标值/分值 产出指标/步道/≥3公里/10 产出指标/乔木/5", []),
}


@pytest.mark.parametrize("case", LINES)
def test_rows_are_counted_off_where_each_cell_is_a_line(case: str) -> None:
    lines, expected = LINES[case]
    cells = lines.replace(" ", "/").replace("/", "\n")
    text = f"{TITLE}\n（2021年度）\n专项名称\n公园管护\n{cells}\n其他需要说明的问题\n无\n"
    assert rows_of(text.encode()) == expected
