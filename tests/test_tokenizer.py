"""The tokenizer: where a form begins and ends, and what only looks like the beginning of one."""

from __future__ import annotations

import time

import pytest

from conftest import TITLE, dump_of
from containers import Box, docx
from extract.document import Paragraph
from extract.readers import read_document
from extract.readers.text import read
from extract.rules import RuleSet
from extract.tokenizer import FormSlice, tokenize

YEAR = "（2021年度）"
KIND = "special-fund-declaration"
FORM = ("填报单位（盖章）：| |单位负责人：周明", "专项名称|{name}", "主管部门|司法局", "审核意见|（盖章）/年 月 日")


def slices(rules: RuleSet, text: str) -> list[FormSlice]:
    return tokenize(read(text.encode()), rules)


def form(name: str = "公园管护", title: str = f"\t{TITLE}\n\n\t{YEAR}\n\n") -> str:
    return dump_of(title, *(row.format(name=name) for row in FORM))


def sliced_text(rules: RuleSet, text: str) -> list[str]:
    return [text[s.span.start : s.span.end] for s in slices(rules, text)]


def test_a_title_row_starts_a_form(rules: RuleSet) -> None:
    (only,) = slices(rules, form())
    assert (only.title, only.fiscal_year) == (TITLE, 2021)
    assert only.rule
    assert only.rule.kind == KIND


def test_forms_of_one_table_are_cut_at_their_repeated_titles(rules: RuleSet) -> None:
    texts = sliced_text(rules, form("公园管护") + form("河道清淤") + form("校园午餐"))
    assert [name in text for name, text in zip(("公园管护", "河道清淤", "校园午餐"), texts, strict=True)] == [True] * 3
    assert [text.count("专项名称") for text in texts] == [1, 1, 1]


def test_titles_outside_the_tables_start_forms_too(rules: RuleSet) -> None:
    heading = f"附件1\n\n{TITLE}\n\n{YEAR}\n\n"
    texts = sliced_text(rules, form("公园管护", heading) + form("河道清淤", heading.replace("附件1", "附件2")))
    assert len(texts) == 2
    assert not any("附件" in text for text in texts)


def test_a_notice_before_and_instructions_behind_are_outside(rules: RuleSet) -> None:
    notice = f"关于填报绩效目标的通知\n一、请各单位填报{TITLE}。\n附件1：{TITLE}\n"
    instructions = "填报说明：\n1. 专项名称：填写全称。\n2. 主管部门：填写规范简称。\n"
    (text,) = sliced_text(rules, notice + form("公园管护", f"{TITLE}\n\n{YEAR}\n\n") + instructions)
    assert text.startswith(TITLE)
    assert text.rstrip().endswith("日")


def test_prose_below_the_date_is_outside_even_without_a_heading(rules: RuleSet) -> None:
    texts = sliced_text(rules, form() + "联合行文单位另附。\n\n" + form("河道清淤"))
    assert len(texts) == 2
    assert "联合行文" not in "".join(texts)


@pytest.mark.parametrize("opinion", ["同意/2021年3月5日/（盖章）", "同意/（盖章）/2021年3月5日"])
def test_seal_and_date_in_the_last_cell_belong_to_the_form(rules: RuleSet, opinion: str) -> None:
    rows = [row.format(name="公园管护") for row in FORM[:-1]]
    (text,) = sliced_text(rules, dump_of(f"\t{TITLE}\n\n\t{YEAR}\n\n", *rows, f"审核意见|{opinion}"))
    assert text.rstrip().endswith(opinion.split("/")[-1])


def test_a_title_repeated_at_the_head_of_a_page_does_not_start_a_form(rules: RuleSet) -> None:
    first = dump_of(f"\t{TITLE}\n\n\t{YEAR}\n\n", "专项名称|公园管护", "主管部门|司法局")
    second_page = dump_of(f"\t{TITLE}\n\n", "专项概况|绿地养护", "本年度绩效目标|保持整洁")
    (only,) = slices(rules, first + second_page)
    assert len(only.headings) == 3


def test_a_title_that_nothing_follows_is_outside(rules: RuleSet) -> None:
    assert slices(rules, f"目录\n{TITLE}\n{TITLE}\n项目支出绩效自评表\n") == []


def test_a_form_without_its_key_label_is_still_a_form(rules: RuleSet) -> None:
    rows = ("填报单位：|园林局", "主管部门|住建局", "专项概况|绿地养护", "本年度绩效目标|保持整洁")
    assert len(slices(rules, dump_of(f"\t{TITLE}\n\n", *rows))) == 1


def test_a_title_of_no_known_kind_with_a_table_is_an_unknown_form(rules: RuleSet) -> None:
    unknown = dump_of("文化惠民工程绩效情况调查表\n\n", "工程名称|农家书屋", "责任人|周明")
    known, other = slices(rules, form() + unknown)
    assert (known.rule and known.rule.kind, other.rule) == (KIND, None)
    assert other.title == "文化惠民工程绩效情况调查表"
    assert "农家书屋" not in "".join(sliced_text(rules, form()))


def test_a_section_of_a_form_that_is_called_a_table_cuts_nothing(rules: RuleSet) -> None:
    rows = ("专项名称|公园管护", "年度绩效目标情况表", "本年度绩效目标|保持整洁")
    (text,) = sliced_text(rules, dump_of(f"\t{TITLE}\n\n\t{YEAR}\n\n", *rows))
    assert "保持整洁" in text


@pytest.mark.parametrize(
    ("line", "year"),
    [("（2021年度）", 2021), ("( 2019 年度)", 2019), ("2020年度)", 2020), ("（    年度）", None), ("(20XX年度)", None)],
)
def test_the_year_stands_below_the_title(rules: RuleSet, line: str, year: int | None) -> None:
    (only,) = slices(rules, form(title=f"\t{TITLE}\n\n\t{line}\n\n"))
    assert only.fiscal_year == year


def test_the_year_may_stand_in_the_title(rules: RuleSet) -> None:
    (only,) = slices(rules, form(title=f"2022年度{TITLE}\n\n"))
    assert only.fiscal_year == 2022


def test_title_and_year_may_share_a_cell(rules: RuleSet) -> None:
    (only,) = slices(rules, form(title=f"\t{TITLE}\n\n{YEAR}\n\n"))
    assert (only.title, only.fiscal_year) == (TITLE, 2021)


def test_a_thousand_forms_take_ten_times_as_long_as_a_hundred(rules: RuleSet) -> None:
    """Growth, not speed: a quadratic tokenizer would take a hundred times as long."""

    def seconds(forms: int) -> float:
        document = read("".join(form(f"项目{n}") for n in range(forms)).encode())
        started = time.process_time()
        assert len(tokenize(document, rules)) == forms
        return time.process_time() - started

    assert min(seconds(1000) for _ in range(3)) < 50 * min(seconds(100) for _ in range(3))


def test_a_title_printed_above_and_inside_the_table_is_one_form(rules: RuleSet) -> None:
    (only,) = slices(rules, f"{TITLE}\n\n{YEAR}\n\n" + form(title=f"\t{TITLE}\n\n"))
    assert (only.fiscal_year, len(only.headings)) == (2021, 3)


def test_a_heading_between_the_tables_of_a_form_cuts_nothing(rules: RuleSet) -> None:
    first = dump_of(f"{TITLE}\n\n{YEAR}\n\n", "专项名称|公园管护", "主管部门|司法局")
    (text,) = sliced_text(rules, first + dump_of("年度绩效指标表\n\n", "本年度绩效目标|保持整洁", "专项概况|绿地"))
    assert "保持整洁" in text


def test_an_unknown_form_in_the_table_of_a_known_one_is_cut_out(rules: RuleSet) -> None:
    known, unknown, again = slices(
        rules, form() + dump_of("\t项目支出绩效调查表\n\n", "专项名称|别的", "主管部门|别局") + form()
    )
    assert [each.rule and each.rule.kind for each in (known, unknown, again)] == [KIND, None, KIND]


def test_text_below_a_blank_last_cell_is_outside(rules: RuleSet) -> None:
    rows = dump_of(f"\t{TITLE}\n\n", "专项名称|公园管护", "审核意见| ")
    texts = sliced_text(rules, rows.rstrip("\n") + "\n\n请各单位认真填报。\n\n" + form())
    assert "认真填报" not in "".join(texts)


@pytest.mark.parametrize(
    "line",
    [
        "（2021年度）        单位：万元",
        "申报年度：2021年",
        "（二〇二一年度）",
        "【2021年度】",
        "（2021年度） 填报日期：2021年3月5日",
    ],
)
def test_the_year_line_may_say_more(rules: RuleSet, line: str) -> None:
    (only,) = slices(rules, form(title=f"\t{TITLE}\n\n\t{line}\n\n"))
    assert only.fiscal_year == 2021


INDICATORS = ("绩效指标|一级指标|二级指标|三级指标|指标值", " |产出指标|数量指标|修缮步道|≥3公里")


def test_a_form_without_a_title_is_of_the_kind_that_its_labels_tell(rules: RuleSet) -> None:
    rows = ("项目名称|公园管护", "主管部门及代码|住建局", "总体目标|保持整洁", *INDICATORS)
    (only,) = slices(rules, dump_of("", *rows))
    assert (only.rule and only.rule.kind, only.title, only.headings) == ("project-declaration", "", ())


def test_labels_that_fit_two_kinds_alike_make_no_form_without_a_title(rules: RuleSet) -> None:
    rows = ("部门名称|住建局", "年度主要任务|公园管护", "专项名称|公园管护", "专项概况|绿地", *INDICATORS)
    assert slices(rules, dump_of("", *rows)) == []


def test_a_list_of_projects_is_no_form(rules: RuleSet) -> None:
    rows = ("项目名称|主管部门|实施单位|项目负责人", "公园管护|住建局|园林局|周明", "河道清淤|水利局|河道站|郑虹")
    assert slices(rules, dump_of("", *rows)) == []


def test_who_has_filled_the_form_in_stands_below_its_last_cell(rules: RuleSet) -> None:
    (only,) = slices(rules, form() + "填表人：周明  联系电话：13900000001\n")
    last = only.blocks[-1]
    assert isinstance(last, Paragraph)
    assert only.span.end == last.end


def test_a_page_head_above_indicators_goes_on_with_the_form(rules: RuleSet) -> None:
    page = dump_of(f"\t{TITLE}\n\n", *INDICATORS)
    (only,) = slices(rules, form() + page)
    assert only.span.end > len(form())


def test_a_table_of_something_else_behind_the_next_attachments_heading_is_outside(rules: RuleSet) -> None:
    other = [[Box("鸟种"), Box("数量"), Box("备注")], [Box("白鹤"), Box("126"), Box("")]]
    rows = [[Box("专项名称"), Box("公园管护")], [Box("主管部门"), Box("城管局")]]
    document = read_document(docx([TITLE, rows, "附件2", "调查记录", other]))
    (only,) = tokenize(document, rules)
    assert "附件2" not in document.text[slice(*only.span)]


LINES = "项目名称|公园管护|主管部门及代码|住建局|总体目标|保持整洁|一级指标|三级指标|指标值|产出指标|步道|≥3公里"


def test_a_form_without_a_title_may_be_one_of_lines(rules: RuleSet) -> None:
    (only,) = slices(rules, LINES.replace("|", "\n"))
    assert (only.rule and only.rule.kind, only.title, only.headings) == ("project-declaration", "", ())


def test_a_title_of_no_known_kind_above_lines_like_cells_is_an_unknown_form(rules: RuleSet) -> None:
    text = "绩效跟踪调查表\n（2022年度）\n" + "调查项目\n加装电梯\n调查人\n周明\n序号\n问题\n1\n资金是否到位\n"
    (only,) = slices(rules, text)
    assert (only.rule, only.title, only.fiscal_year) == (None, "绩效跟踪调查表", 2022)


@pytest.mark.parametrize("year_line", ["", "（2022年度）\n"])
def test_a_title_of_no_known_kind_above_prose_is_no_form(rules: RuleSet, year_line: str) -> None:
    prose = "请各单位认真填写本表，按时报送。\n逾期不报的，予以通报。\n" * 5
    assert slices(rules, f"绩效跟踪调查表\n{year_line}{prose}") == []
