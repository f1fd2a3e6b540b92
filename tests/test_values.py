"""Typed values: what each type reads, and what it refuses to guess."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.values import VALUE_TYPES, find_citations, read_money, read_period, read_value

OPTIONS = ("新增项目", "延续项目")

TICKED_LAST = [
    "新增项目□                延续项目☑",
    "新增项目□延续项目☑",
    "□新增项目  ☑延续项目",
    "☐新增项目 ☒延续项目",
    "新增项目（ ） 延续项目（√）",
    "新增项目( )延续项目(√)",
    "（ ）新增项目 （√）延续项目",
    "新增项目  延续项目√",
    "□新增项目 ■延续项目",
    "新增项目□ 延续项目□√",
    "新 增 项 目□ 延 续 项 目☑",
    "新增项目【】 延续项目【√】",
    "延续项目",
    "新增项目    √延续项目",
    "新增项目延续项目√",
    "（在□内打√）新增项目□ 延续项目☑",
]


@pytest.mark.parametrize("text", TICKED_LAST)
def test_the_ticked_option_is_found_in_every_notation(text: str) -> None:
    reading = read_value("choice", text, OPTIONS)
    assert (reading.parts[0].value, reading.problem) == ("延续项目", None)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("新增项目□ 延续项目□", "choice.none_ticked"),
        ("新增项目 延续项目", "choice.none_ticked"),
        ("新增项目☑ 延续项目☑", "choice.several_ticked"),
        ("（请打√）新增项目□ 延续项目□", "choice.none_ticked"),
        ("新增项目√延续项目", "choice.none_ticked"),
        ("新增项目  √  延续项目", "choice.none_ticked"),
    ],
)
def test_a_choice_without_exactly_one_tick_has_no_value(text: str, problem: str) -> None:
    reading = read_value("choice", text, OPTIONS)
    assert (reading.parts[0].value, reading.problem) == (None, problem)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2021年1-12月", (2021, 1, 1), (2021, 12, 31)),
        ("2021 年 1 月 — 12 月", (2021, 1, 1), (2021, 12, 31)),
        ("2021年1月至12月", (2021, 1, 1), (2021, 12, 31)),
        ("2021.1-12月", (2021, 1, 1), (2021, 12, 31)),
        ("2020年7月-2021年6月", (2020, 7, 1), (2021, 6, 30)),
        ("2021.01-2021.12", (2021, 1, 1), (2021, 12, 31)),
        ("2021-01-01至2021-12-31", (2021, 1, 1), (2021, 12, 31)),
        ("2021/1/1-2021/12/31", (2021, 1, 1), (2021, 12, 31)),
        ("2021年1月1日-12月31日", (2021, 1, 1), (2021, 12, 31)),
        ("2020年2月1日至2020年2月", (2020, 2, 1), (2020, 2, 29)),
        ("2021年", (2021, 1, 1), (2021, 12, 31)),
        ("2021年度", (2021, 1, 1), (2021, 12, 31)),
        ("2021年-2023年", (2021, 1, 1), (2023, 12, 31)),
        ("２０２１年１－１２月", (2021, 1, 1), (2021, 12, 31)),
        ("2021.01-12", (2021, 1, 1), (2021, 12, 31)),
        ("2021年1-12月（12个月）", (2021, 1, 1), (2021, 12, 31)),
        ("自2021年1月起至2021年12月止", (2021, 1, 1), (2021, 12, 31)),
        ("2021年度1-12月", (2021, 1, 1), (2021, 12, 31)),
        ("2021年1月1日—12月31日止", (2021, 1, 1), (2021, 12, 31)),
        ("20210101-20211231", (2021, 1, 1), (2021, 12, 31)),
        ("2021年1月份至12月份", (2021, 1, 1), (2021, 12, 31)),
    ],
)
def test_a_period_runs_from_its_first_to_its_last_day(text: str, start: tuple[int, ...], end: tuple[int, ...]) -> None:
    assert read_period(text) == (date(*start), date(*end))


@pytest.mark.parametrize(
    "text",
    [
        "长期",
        "1年",
        "2021年13月-2022年1月",
        "2021年3月",
        "2021年12月-2021年1月",
        "1-12月",
        "2021年2月1日-2月30日",
        "  年 月 至 年 月",
    ],
)
def test_what_is_no_period_is_not_guessed(text: str) -> None:
    assert read_period(text) is None


@pytest.mark.parametrize(
    ("text", "name", "phone"),
    [
        ("周明13900000001", "周明", "13900000001"),
        ("周明 139 0000 0001", "周明", "13900000001"),
        ("周明，0730-8000001", "周明", "0730-8000001"),
        ("周明（13900000001）", "周明", "13900000001"),
        ("13900000001 周明", "周明", "13900000001"),
        ("周明、13900000001、0730-8000001", "周明", "13900000001、0730-8000001"),
        ("联系人：周明 电话：13900000001", "周明", "13900000001"),
        ("欧阳小明\n13900000001", "欧阳小明", "13900000001"),
        ("周明 １３９０００００００１", "周明", "13900000001"),
        ("周明021-6800-0001", "周明", "021-6800-0001"),
        ("周明 400-8000001", "周明", "400-8000001"),
        ("周明（办公室主任）13900000001", "周明", "13900000001"),
        ("姓名：周明，手机：13900000001", "周明", "13900000001"),
        ("周明13900000001、李禾13900000002", "周明、李禾", "13900000001、13900000002"),
    ],
)
def test_a_contact_is_a_name_and_a_phone(text: str, name: str, phone: str) -> None:
    assert [part.value for part in read_value("contact", text).parts] == [name, phone]


@pytest.mark.parametrize(
    ("kind", "text", "value", "problem"),
    [
        ("contact", "周明", "周明", "contact.incomplete"),
        ("contact", "周明1390000001", "周明", "contact.unread_phone"),
        ("contact", "周明139****0001", "周明", "contact.unread_phone"),
        ("contact", "13900000001", None, "contact.incomplete"),
        ("person", "周明", "周明", None),
        ("person", "周明13900000001", "周明", None),
        ("phone", "13900000001", "13900000001", None),
        ("phone", "周明13900000001", "13900000001", "phone.with_name"),
        ("phone", "见附件", None, "phone.unread"),
    ],
)
def test_a_contact_that_is_less_or_more_is_said_to_be(kind: str, text: str, value: str | None, problem: str) -> None:
    reading = read_value(kind, text)
    assert (reading.parts[0].value, reading.problem) == (value, problem)


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [
        ("10", "10", None),
        ("1,200.50", "1200.50", None),
        ("10万元", "10", "万元"),
        ("854万", "854", "万元"),
        ("0", "0", None),
    ],
)
def test_money_keeps_its_digits_and_unit(text: str, amount: str, unit: str | None) -> None:
    money = read_money(text)
    assert money is not None
    assert (str(money.amount), money.unit) == (amount, unit)


@pytest.mark.parametrize("text", ["约10万元", "968 191", "10-20", "1,20", "见附件", "10公里", ""])
def test_what_is_no_plain_amount_is_refused(text: str) -> None:
    assert read_money(text) is None


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("《办法》（云财绩〔2020〕7号）", ["云财绩〔2020〕7号"]),
        ("根据云财绩[2020]7号、云办发（2019）12号", ["云财绩〔2020〕7号", "云办发〔2019〕12号"]),
        ("云财绩 〔2020〕 7 号", ["云财绩〔2020〕7号"]),
        ("（云财绩〔２０２０〕７号）", ["云财绩〔2020〕7号"]),
        ("印发通知的云财预〔2021〕第3号", ["云财预〔2021〕3号"]),
        ("2021年第7号，共7号楼", []),
    ],
)
def test_official_document_numbers_are_found(text: str, numbers: list[str]) -> None:
    assert [cited.document_number for cited in find_citations(text)] == numbers


@given(st.sampled_from(sorted(VALUE_TYPES)), st.text(min_size=1, max_size=40).filter(lambda t: t == t.strip() != ""))
def test_every_type_reads_any_text_and_places_its_parts_inside_it(kind: str, text: str) -> None:
    for part in read_value(kind, text, OPTIONS).parts:
        assert 0 <= part.start <= part.end <= len(text)
