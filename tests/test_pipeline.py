"""The pipeline's promises: every character accounted for, every value traced, bad input a typed failure."""

from __future__ import annotations

import gc
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import TITLE, dump_of
from extract.ledger import Owner
from extract.pipeline import Extraction, extract
from extract.rules import RuleSet, load_rules

RULES = load_rules()

# Words that mean something to the rules, among words that do not: random documents made of them reach every branch.
WORDS = st.sampled_from(
    [
        *(
            TITLE,
            "（2021年度）",
            "填报单位（盖章）：",
            "单位负责人：周明",
            "专项名称",
            "公园管护",
            "专项属性",
            "新增项目□ 延续项目( ",
        ),
        *(
            "主管部门",
            "专项起止时间",
            "2021年1-12月",
            "联系人及电话",
            "周明13900000001",
            "专项资金情况",
            "本年度预计投入（万元）",
        ),
        *(
            "财政资金（万元）",
            "中央",
            "省级",
            "其他",
            "12.5",
            "见附件",
            "专项年度绩效指标",
            "一级指标",
            "二级指标",
            "三级指标内容",
        ),
        *(
            "指标值及单位",
            "产出指标",
            "数量指标",
            "修缮步道",
            "≥3公里",
            "……",
            "其他需要说明的问题",
            "无",
            "（盖章）",
            "年  月  日",
        ),
        *("填报说明：", "附件2", "绩效情况调查表", "财政部门业务股室审核意见", "同意。", "", " ", "云财绩〔2020〕7号"),
    ]
)
CELLS = st.lists(WORDS, min_size=1, max_size=2).map("\n\n".join)
ROWS = st.lists(CELLS, min_size=1, max_size=7).map(lambda cells: "".join(f"\t{cell}\n" for cell in cells) + "\n")
DUMPS = st.lists(st.one_of(ROWS, WORDS.map(lambda word: f"{word}\n\n")), min_size=1, max_size=25).map("".join)


def characters(text: str) -> Counter[str]:
    return Counter("".join(text.split()))


def assert_promises_hold(extraction: Extraction) -> None:
    """Characters add up, values trace back, leftovers are listed."""
    assert extraction.document is not None
    text, counts = extraction.document.text, extraction.characters
    assert counts[Owner.NOBODY] == 0
    assert sum(counts.values()) == len("".join(text.split()))
    for extracted in extraction.forms:
        form = extracted.form
        for field in form.fields:
            assert text[field.span.start : field.span.end] == field.text
        for funding in form.funding:
            assert text[funding.span.start : funding.span.end] == funding.text
        for row in form.indicators:
            for value, span in ((row.name, row.name_span), (row.target_text, row.span)):
                raw = text[span.start : span.end]
                # A target out of three columns says its operator first, wherever that stood; or its place is that of
                # the number alone.
                there, said = characters(raw), characters(value or "")
                is_number = raw and "".join(raw.split()) in "".join((value or "").split())
                assert there == said or ("\t" in raw and said <= there) or RULES.phrases.is_blank(raw) or is_number
        for cited in form.citations:
            assert text[cited.span.start : cited.span.end].endswith("号")
        for finding in extracted.findings:
            assert finding.span is None or 0 <= finding.span.start <= finding.span.end <= len(text)
    left_over = sum(len("".join(text[a:b].split())) for form in extraction.forms for a, b in form.leftovers)
    assert left_over == counts[Owner.LEFTOVER]


@given(DUMPS)
def test_every_character_has_one_owner_and_every_value_its_place(dump: str) -> None:
    assert_promises_hold(extract(dump.encode(), RULES))


@given(st.text(min_size=1, max_size=300))
def test_any_text_at_all_is_accounted_for(text: str) -> None:
    extraction = extract(text.encode("utf-8", "replace"), RULES)
    if extraction.status != "failed":
        assert_promises_hold(extraction)


@given(st.binary(max_size=300))
def test_any_bytes_at_all_give_a_document_or_a_typed_error(data: bytes) -> None:
    extraction = extract(data, RULES)
    assert (extraction.status == "failed") == (extraction.error is not None)


@given(DUMPS)
def test_the_same_bytes_give_the_same_result(dump: str) -> None:
    assert extract(dump.encode(), RULES) == extract(dump.encode(), RULES)


HOSTILE = [
    "(",
    "（ ",
    "□ ",
    "：",
    "主管部门：",
    "汉",
    "汉：",
    " ",
    "1-",
    "2021年",
    "（盖章） ",
    "1390000000",
    "、",
    "A\n",
    "附件1",
    "≥1",
]


@pytest.mark.parametrize("piece", HOSTILE)
@pytest.mark.parametrize(
    "label", ["专项概况", "联系人及电话", "专项属性", "财政部门业务股室审核意见", "专项立项依据", "无此标签"]
)
def test_a_hostile_cell_takes_no_quadratic_time(rules: RuleSet, label: str, piece: str) -> None:
    """A hundred thousand characters that patterns could stumble over; a quadratic one would need minutes."""
    cell = piece * (100_000 // len(piece))
    started = time.process_time()
    extraction = extract(dump_of(f"\t{TITLE}\n\n", "专项名称|公园管护", f"{label}|甲{cell}乙").encode(), rules)
    assert time.process_time() - started < 10
    assert_promises_hold(extraction)


def test_a_known_form_is_extracted(extract_text: Callable[[str], Extraction]) -> None:
    extraction = extract_text(dump_of(f"\t{TITLE}\n\n", "专项名称|公园管护"))
    assert extraction.status == "extracted"
    assert extraction.forms[0].form_id == f"{extraction.document_id[:16]}-1"


def test_a_text_without_forms_has_none(extract_text: Callable[[str], Extraction]) -> None:
    assert extract_text("会议纪要\n一、听取汇报。\n").status == "no_form"


def test_forms_of_unknown_kinds_only_have_no_values(extract_text: Callable[[str], Extraction]) -> None:
    extraction = extract_text(dump_of("文化惠民工程绩效情况调查表\n\n", "项目名称|农家书屋", "主管部门|文旅局"))
    assert extraction.status == "unknown_form"
    (unknown,) = extraction.forms
    assert (unknown.form.kind, unknown.form.fields) == (None, ())
    assert extraction.characters[Owner.LEFTOVER] > 0


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file.empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "doc.broken"),
        (b"%PDF-1.7 ...", "file.unreadable_format"),
        (b"\x00\x01\x02\x03" * 30, "text.undecodable"),
    ],
)
def test_a_file_that_cannot_be_read_fails_with_a_code_and_advice(rules: RuleSet, data: bytes, code: str) -> None:
    error = extract(data, rules).error
    assert error is not None
    assert error.code == code
    assert ";" in error.message.en
    assert "；" in error.message.zh or "，" in error.message.zh


def test_a_template_is_said_to_be_one_and_has_no_values(extract_text: Callable[[str], Extraction]) -> None:
    rows = ("专项名称|XX项目", "主管部门|××局", "本年度绩效目标|目标1：/目标2：/……", "专项起止时间|20XX年X月-20XX年X月")
    (form,) = extract_text(dump_of(f"\t{TITLE}\n\n\t（20XX年度）\n\n", *rows)).forms
    assert [finding.code for finding in form.findings] == ["form.template"]
    assert (form.grade, {field.value for field in form.form.fields}) == (None, {None})


@pytest.mark.parametrize(
    ("rows", "grade"),
    [
        (("专项名称|公园管护", "主管部门|住建局", "本年度绩效目标|保持整洁"), "check"),  # no indicators
        (("专项名称|公园管护", "一段没有标签的文字，谁也不知道它属于哪一栏。|又一段"), "poor"),
    ],
)
def test_the_grade_says_how_much_to_look(
    extract_text: Callable[[str], Extraction], rows: tuple[str, ...], grade: str
) -> None:
    (form,) = extract_text(dump_of(f"\t{TITLE}\n\n\t（2021年度）\n\n", *rows)).forms
    assert form.grade == grade


def test_unknown_forms_of_one_layout_have_one_shape_whatever_is_written_in_them(
    extract_text: Callable[[str], Extraction],
) -> None:
    def shape(*rows: str) -> str | None:
        (form,) = extract_text(dump_of("文化惠民工程绩效情况调查表\n\n", *rows)).forms
        return form.form.shape

    first = shape("工程名称|农家书屋|责任人|周明", "序号|问题|回答", "1|资金是否到位|是", "2|设备是否运行|是")
    other = shape("工程名称|电影下乡|责任人|郑虹", "序号|问题|回答", "1|群众是否知晓|否")
    assert first == other == "工程名称 · 责任人 · 序号 · 问题 · 回答"


def test_a_document_that_is_done_leaves_nothing_to_the_garbage_collector(rules: RuleSet) -> None:
    files = [path.read_bytes() for path in sorted((Path(__file__).parents[1] / "samples").glob("*.docx"))]
    for data in files:  # modules and caches that come with the first one stay
        extract(data, rules)
    gc.collect()
    gc.disable()
    try:
        left = [extract(data, rules).document_id for data in files] and gc.collect()
    finally:
        gc.enable()
    assert left == 0
