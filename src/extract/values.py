"""Typed field values: from a cell's raw text to what it says, by the type that the rule gives the field.

A type is a function from raw text to a Reading: named parts, each with its place in the raw text, and the code of a
problem where the text could not be read as its type. What cannot be read is None, never a guess.

>>> read_value("contact", "周明13900000001").parts
(Part(name='name', value='周明', start=0, end=2), Part(name='phone', value='13900000001', start=2, end=13))
>>> [(p.name, p.value) for p in read_value("period", "2021年1-12月").parts]
[('text', '2021年1-12月'), ('start', '2021-01-01'), ('end', '2021-12-31')]
>>> read_value("period", "2021年13月").problem
'period.unread'
>>> read_value("choice", "新增项目□   延续项目☑", ("新增项目", "延续项目")).parts[0].value
'延续项目'
>>> read_value("choice", "新增项目□   延续项目□", ("新增项目", "延续项目"))
Reading(parts=(Part(name='', value=None, start=0, end=13),), problem='choice.none_ticked')
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from extract.document import TICKED, UNTICKED, Span
from extract.labels import SEAL, compact, narrow


class Part(NamedTuple):
    """One value out of a cell. `name` is "" for the value itself; the place counts from the start of the raw text."""

    name: str
    value: str | None
    start: int
    end: int


class Reading(NamedTuple):
    """What a cell says, and the code of the problem where it could not be read in full."""

    parts: tuple[Part, ...]
    problem: str | None = None


def read_value(kind: str, text: str, options: Sequence[str] = ()) -> Reading:
    """`text`, trimmed and not blank, read as the field type `kind`, one of VALUE_TYPES."""
    return VALUE_TYPES[kind](text, options)


# ---------------------------------------------------------------------------------------------------- text and lines


def paragraphs(text: str) -> str:
    """The lines of `text`, each trimmed, blank ones left out, joined by line feeds."""
    return "\n".join(line for line in map(str.strip, text.splitlines()) if line)


def one_line(text: str) -> str:
    """The lines of `text` joined as a narrow cell wraps them: with a blank only between Latin letters or digits.

    >>> one_line("规范文件\\n\\n备案率"), one_line("Windows\\nServer")
    ('规范文件备案率', 'Windows Server')
    """
    lines = text.splitlines()
    if len(lines) < 2:
        return text.strip()
    pieces: list[str] = []
    for line in filter(None, map(str.strip, lines)):
        if pieces and _is_latin(pieces[-1][-1]) and _is_latin(line[0]):
            pieces.append(" ")
        pieces.append(line)
    return "".join(pieces)


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _read_line(text: str, _: Sequence[str]) -> Reading:
    return Reading((Part("", one_line(text), 0, len(text)),))


def _read_text(text: str, _: Sequence[str]) -> Reading:
    return Reading((Part("", paragraphs(text), 0, len(text)),))


def _read_cells(text: str, _: Sequence[str]) -> Reading:
    """What stands in several cells, a line for each paragraph of each."""
    return Reading((Part("", paragraphs(text.replace("\t", "\n")) or None, 0, len(text)),))


# Seal and date stand at the end of an opinion, within so many characters.
_LONGEST_SIGNATURE = 200
_SEAL_AND_DATE = re.compile(
    rf"(?:[(（]{SEAL}[)）]|日期[:：]|\s)*"
    r"(?P<year>(?:19|20)\d\d)(?:\s*年\s*|[./-])(?P<month>\d{1,2})(?:\s*月\s*|[./-])(?P<day>\d{1,2})\s*日?$"
)


def _read_opinion(text: str, _: Sequence[str]) -> Reading:
    """What stands above the seal, and the date below it.

    >>> [(p.name, p.value) for p in read_value("opinion", "同意申报。\\n（盖章）\\n2021年3月5日").parts]
    [('', '同意申报。'), ('date', '2021-03-05')]
    >>> read_value("opinion", "同意申报。\\n2021年2月30日").problem
    'date.unread'
    """
    found = _SEAL_AND_DATE.search(text, max(0, len(text) - _LONGEST_SIGNATURE))
    if not found:
        return _read_text(text, ())
    opinion = text[: found.start()].rstrip()
    try:
        decided = date(int(found["year"]), int(found["month"]), int(found["day"])).isoformat()
    except ValueError:  # a thirteenth month
        return _read_text(text, ())._replace(problem="date.unread")
    return Reading(
        (
            Part("", paragraphs(opinion) or None, 0, len(opinion)),
            Part("date", decided, found.start("year"), len(text)),
        )
    )


# ------------------------------------------------------------------------------------------------------------ choices

_TICK = rf"[{TICKED}☒√✓✔■●◉]"
_BOX = rf"[{UNTICKED}□○◯]"
# Boxes in brackets, (√) ( ), count as one mark with their brackets; a hint such as （在□内打√） is none.
_TICKED_MARK = re.compile(rf"[(（\[【]\s*{_TICK}\s*[)）\]】]|{_BOX}\s*{_TICK}|{_TICK}")
_EMPTY_MARK = re.compile(rf"[(（\[【]\s*{_BOX}?\s*[)）\]】]|{_BOX}")
_LOST_MARK = re.compile(r"[(（]\s*(?:$|(?=\w))(?!.*[)）])")
_OPTION_NUMBER = re.compile(r"(?<!\d)\d{1,2}[、.．]")
_HINT = re.compile(r"[(（][^()（）]*[打划勾选][^()（）]*[)）]")


def _read_choice(text: str, options: Sequence[str]) -> Reading:
    """The one ticked option, or the whole text where it has no boxes and does not only list the options.

    None where no option or several are ticked, or where a mark could belong to two options.
    """
    whole = compact(text)
    if has_marks(text):
        ticked = _ticked_options(text, options)
        problem = None if len(ticked) == 1 else "choice.several_ticked" if ticked else "choice.none_ticked"
        return Reading((Part("", ticked[0] if len(ticked) == 1 else None, 0, len(text)),), problem)
    offered = [
        option
        for option in options
        if option in whole and not any(option in o and o in whole for o in options if o != option)
    ]
    if whole not in options and len(offered) > 1:
        return Reading((Part("", None, 0, len(text)),), "choice.none_ticked")
    return Reading((Part("", one_line(text), 0, len(text)),))


def has_marks(text: str) -> bool:
    """Whether the text has ticks or boxes, hints on ticking apart; a bracket that lost its tick counts."""
    bare = _HINT.sub("", text)
    return bool(_TICKED_MARK.search(bare) or _EMPTY_MARK.search(bare) or _LOST_MARK.search(bare))


def _ticked_options(text: str, options: Sequence[str]) -> list[str]:
    """The options with a tick: marks stand all in front of their options, or all behind them, or touch them."""
    marked = _EMPTY_MARK.sub(UNTICKED, _TICKED_MARK.sub(TICKED, _OPTION_NUMBER.sub(" ", _HINT.sub("", text))))
    tokens = list(_marks_and_options(tuple(options)).finditer(marked))
    is_mark = [bool(token["mark"]) for token in tokens]
    if len(is_mark) % 2 == 0 and all(this != after for this, after in pairwise(is_mark)):
        pairs = [(tokens[i], tokens[i + 1]) for i in range(0, len(tokens), 2)]
    else:
        pairs = [
            (this, after)
            for this, after in pairwise(tokens)
            if this.end() == after.start() and bool(this["mark"]) != bool(after["mark"])
        ]
        if len({id(token) for pair in pairs for token in pair}) < 2 * len(pairs):
            return []  # a mark that touches two options, or an option with two marks
    ticked = []
    for first, second in pairs:
        mark, option = (first, second) if first["mark"] else (second, first)
        if mark["mark"] == TICKED:
            ticked.append(compact(option[0]))
    return ticked


@lru_cache(maxsize=64)  # for each field of the rules
def _marks_and_options(options: tuple[str, ...]) -> re.Pattern[str]:
    """Matches a mark, an option, or a word that is none."""
    spaced = "|".join(r"\s*".join(map(re.escape, option)) for option in sorted(options, key=len, reverse=True))
    spaced = spaced or r"(?!)"  # no options: every word is one
    end = rf"(?=[\s{TICKED}{UNTICKED}、，,；;/]|$|{spaced})"
    word = rf"[^\s{TICKED}{UNTICKED}、，,；;/]+"
    return re.compile(rf"(?P<mark>[{TICKED}{UNTICKED}])|(?:{spaced}){end}|{word}")


# ------------------------------------------------------------------------------------------------------------ periods

_YEAR = r"(?:19|20)\d\d"
_TO = r"(?:-{1,2}|[–—―~]{1,2}|至|到)"
_DATE = (
    rf"(?P<y{{0}}>{_YEAR})(?:年度?|[./-])(?P<m{{0}}>\d{{{{1,2}}}})(?:月|[./-](?=\d))?"
    r"(?:(?<=[月./-])(?P<d{0}>\d{{1,2}})日?)?"
)
_MONTHS_OF_ONE_YEAR = re.compile(rf"(?P<y1>{_YEAR})(?:年度?|[./])(?P<m1>\d{{1,2}})月?{_TO}(?P<m2>\d{{1,2}})月?")
_DAYS_OF_ONE_YEAR = re.compile(
    rf"(?P<y1>{_YEAR})年(?P<m1>\d{{1,2}})月(?P<d1>\d{{1,2}})日?{_TO}(?P<m2>\d{{1,2}})月(?P<d2>\d{{1,2}})日"
)
_DATE_TO_DATE = re.compile(f"{_DATE.format(1)}{_TO}{_DATE.format(2)}")
_DIGITS_TO_DIGITS = re.compile(rf"(?P<y1>{_YEAR})(?P<m1>\d\d)(?P<d1>\d\d){_TO}(?P<y2>{_YEAR})(?P<m2>\d\d)(?P<d2>\d\d)")
_YEARS = re.compile(rf"(?P<y1>{_YEAR})年?度?(?:{_TO}(?P<y2>{_YEAR})(?:年度?)?|全年)?")
_PERIOD_FORMS = (_MONTHS_OF_ONE_YEAR, _DAYS_OF_ONE_YEAR, _DATE_TO_DATE, _DIGITS_TO_DIGITS, _YEARS)
# 3年（2022年-2024年）
_LENGTH_IN_FRONT = re.compile(r"^(?:\d{1,2}|[一二两三四五六七八九十]{1,2})(?:年|个月)\((?P<period>[^()]+)\)$")
# Words that a period carries without meaning another one: 自…起至…止, 12月底, 月份, and its length in brackets.
_PERIOD_WORDS = re.compile(r"^自|^从|起(?=至|到)|(?<=[月日])[止底份]|\((?:共|为期)?\d{1,3}(?:个月|年|天)\)$")


def _read_period(text: str, _: Sequence[str]) -> Reading:
    """A month as a start means its first day, as an end its last; a year alone means all of it."""
    bounds = read_period(text)
    start, end = (bounds[0].isoformat(), bounds[1].isoformat()) if bounds else (None, None)
    whole = (0, len(text))
    parts = (Part("text", one_line(text), *whole), Part("start", start, *whole), Part("end", end, *whole))
    return Reading(parts, None if bounds else "period.unread")


def read_period(text: str) -> tuple[date, date] | None:
    """First and last day of a period as written, None where it is not one or runs backwards.

    >>> read_period("2020年3月1日 至 2021年6月")
    (datetime.date(2020, 3, 1), datetime.date(2021, 6, 30))
    >>> read_period("3年（2022-2024年）")
    (datetime.date(2022, 1, 1), datetime.date(2024, 12, 31))
    >>> read_period("2021年6月-2020年3月"), read_period("长期"), read_period("1年")
    (None, None, None)
    """
    bare = _LENGTH_IN_FRONT.sub(r"\g<period>", compact(text))
    bare = _PERIOD_WORDS.sub("", bare)
    found = next(filter(None, (form.fullmatch(bare) for form in _PERIOD_FORMS)), None)
    if not found:
        return None
    part = {name: int(digits) for name, digits in found.groupdict().items() if digits}
    last_year, last_month = part.get("y2", part["y1"]), part.get("m2", 12)
    try:
        start = date(part["y1"], part.get("m1", 1), part.get("d1", 1))
        end = date(last_year, last_month, part.get("d2") or calendar.monthrange(last_year, last_month)[1])
    except ValueError:  # a thirteenth month, a thirty-first of June (calendar's own error is a ValueError too)
        return None
    return (start, end) if start <= end else None


_DATES = (
    re.compile(rf"(?P<year>{_YEAR})年(?:(?P<month>\d{{1,2}})月(?:(?P<day>\d{{1,2}})日?|[初底份])?)?"),
    re.compile(rf"(?P<year>{_YEAR})[./-](?P<month>\d{{1,2}})(?:[./-](?P<day>\d{{1,2}}))?(?:00:00(?::00)?)?"),
    re.compile(rf"(?P<year>{_YEAR})(?P<month>\d\d)(?P<day>\d\d)"),
)


def _read_start(text: str, _: Sequence[str]) -> Reading:
    return _read_date(text, first=True)


def _read_end(text: str, _: Sequence[str]) -> Reading:
    return _read_date(text, first=False)


def _read_date(text: str, *, first: bool) -> Reading:
    """A day, or the first or the last day of a month or year.

    >>> [read_value(kind, "2024年6月").parts[0].value for kind in ("start_date", "end_date")]
    ['2024-06-01', '2024-06-30']
    """
    bare = compact(text)
    found = next(filter(None, (form.fullmatch(bare) for form in _DATES)), None)
    day = None
    if found:
        year, month = int(found["year"]), int(found["month"] or (1 if first else 12))
        try:
            last = calendar.monthrange(year, month)[1]
            day = date(year, month, int(found["day"] or (1 if first else last))).isoformat()
        except ValueError:  # a thirteenth month, a thirty-first of June
            day = None
    return Reading((Part("", day, 0, len(text)),), None if day else "date.unread")


# ----------------------------------------------------------------------------------------------------------- contacts

_PHONE = re.compile(
    r"(?<!\d)(?:"
    r"(?:\+?86[-\s]?)?1[3-9]\d[-\s]?\d{4}[-\s]?\d{4}"  # mobile, often in groups of 3-4-4
    r"|[48]00[-\s]?\d{3,4}[-\s]?\d{3,4}"  # service numbers
    r"|(?:[(（]?0\d{2,3}[)）]?(?:\s?[-—－]\s?|\s)?)?[2-9]\d{2,3}[-\s]?\d{4}(?:[-—转]\d{1,5})?"  # landline, extension
    r")(?!\d)"
)
_CONTACT_WORDS = re.compile("(?:联系人|负责人|姓名)[:：]|(?:联系|手机|办公)?(?:电话|号码|手机)|[Tt]el")
_NOTE = re.compile(r"[(（][^()（）]*[)）]")
_AROUND_NAME = " \t\n\r\u3000,，、;；:：./()（）-—"
_DIGIT = re.compile(r"[\d*＊]")


def _read_contact(text: str, _: Sequence[str]) -> Reading:
    """A name and a phone in one cell, in whatever order and with whatever between them; several are joined by 、.

    A name has no digits: where some are left, the phone could not be read and the name is what stands before them.
    """
    phones = list(_PHONE.finditer(narrow(text)))
    names, has_digits = _names_between(text, [phone.span() for phone in phones])
    phone = "、".join(re.sub(r"\s+", "", p[0]) for p in phones) or None
    name = "、".join(one_line(text[start:end]) for start, end in names) or None
    at_phone = Span(phones[0].start(), phones[-1].end()) if phones else Span(len(text), len(text))
    at_name = Span(names[0].start, names[-1].end) if names else Span(0, 0)
    problem = "contact.unread_phone" if has_digits else None if name and phone else "contact.incomplete"
    return Reading((Part("name", name, *at_name), Part("phone", phone, *at_phone)), problem)


def _names_between(text: str, phones: list[tuple[int, int]]) -> tuple[list[Span], bool]:
    """Where names stand around the phones, and whether digits are left that are no phone."""
    names, has_digits, start = [], False, 0
    for phone_start, phone_end in [*phones, (len(text), len(text))]:
        piece = _NOTE.sub(_blanked, _CONTACT_WORDS.sub(_blanked, text[start:phone_start]))
        if digit := _DIGIT.search(piece):
            has_digits = True
            piece = piece[: digit.start()]
        if name := piece.strip(_AROUND_NAME):
            at = start + piece.index(name)
            names.append(Span(at, at + len(name)))
        start = phone_end
    return names, has_digits


def _blanked(found: re.Match[str]) -> str:
    return " " * len(found[0])


def _read_name(text: str, _: Sequence[str]) -> Reading:
    """The name of a person, and the phone that some people add."""
    reading = _read_contact(text, ())
    name, phone = reading.parts
    problem = "contact.unread_phone" if reading.problem == "contact.unread_phone" else None
    return Reading((name._replace(name=""), *([phone] if phone.value else [])), problem)


def _read_phone(text: str, _: Sequence[str]) -> Reading:
    """A phone number, without the name that some people add."""
    name, phone = _read_contact(text, ()).parts
    problem = "phone.unread" if phone.value is None else "phone.with_name" if name.value else None
    return Reading((phone._replace(name=""),), problem)


# -------------------------------------------------------------------------------------------------------------- money


class Money(NamedTuple):
    """An amount as written, and the unit where the text states one."""

    amount: Decimal
    unit: str | None


YUAN_PER_UNIT = {
    "元": Decimal(1),
    "千元": Decimal(1000),
    "万元": Decimal(10_000),
    "百万元": Decimal(1_000_000),
    "亿元": Decimal(100_000_000),
}
_MONEY = re.compile(
    r"[¥￥]?(?P<amount>-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)(?P<unit>亿元|百万元|万元|千元|元|万|亿)?(?:整|人民币)?"
)


# A narrow cell wraps a number behind its decimal point: "968.191 8" has no room for a second one.
_WRAPPED_NUMBER = re.compile(
    r"(?<=\.\d)\s+(?=\d{1,3}$)|(?<=\.\d\d)\s+(?=\d{1,3}$)|(?<=\.\d\d\d)\s+(?=\d{1,3}$)|(?<=\.)\s+(?=\d+$)"
)
_TWO_NUMBERS = re.compile(r"\d\s+\d")

# Longer texts are no amounts, whatever white space is among their digits.
_LONGEST_AMOUNT = 80


def read_money(text: str) -> Money | None:
    """An amount of money, None for everything else; a unit cut short (万) is completed (万元).

    >>> read_money("1,200.50万元"), read_money("10"), read_money("约10万元"), read_money("3 4")
    (Money(amount=Decimal('1200.50'), unit='万元'), Money(amount=Decimal('10'), unit=None), None, None)
    """
    if len(text) > _LONGEST_AMOUNT or not _DIGIT.search(text):
        return None
    if len(text.split()) > 1:
        text = _WRAPPED_NUMBER.sub("", text.strip())
        if _TWO_NUMBERS.search(text):  # "3 4" may be one number or two
            return None
    found = _MONEY.fullmatch(compact(text))
    if not found:
        return None
    unit = found["unit"]
    return Money(Decimal(found["amount"].replace(",", "")), f"{unit}元" if unit in ("万", "亿") else unit)


_POINTS = re.compile(r"\(?(-?\d+(?:\.\d+)?)(?:分|%)?\)?")


def read_points(text: str) -> Decimal | None:
    """The number of a weight or a score, None for everything else.

    >>> read_points("10"), read_points("9.5分"), read_points("（20%）"), read_points("—"), read_points("10/10")
    (Decimal('10'), Decimal('9.5'), Decimal('20'), None, None)
    """
    if len(text) > 20 or not any(map(str.isdigit, text)):
        return None
    found = _POINTS.fullmatch(compact(text))
    return Decimal(found[1]) if found else None


def _read_money(text: str, _: Sequence[str]) -> Reading:
    money = read_money(text)
    whole = (0, len(text))
    parts = (
        Part("", str(money.amount) if money else None, *whole),
        Part("unit", money.unit if money else None, *whole),
    )
    return Reading(parts, None if money else "money.unread")


# ---------------------------------------------------------------------------------------------------------- citations


class CitedDocument(NamedTuple):
    """An official document number, with its place in the text; brackets normalised to 〔〕 (GB/T 9704-2012, 7.3.5)."""

    document_number: str
    issuer_code: str
    year: int
    start: int
    end: int


_DOCUMENT_NUMBER = re.compile(
    r"(?P<issuer>[\u4e00-\u9fff]{2,24})\s*[〔\[［【（(﹝]\s*(?P<year>(?:19|20)\d\d)\s*[〕\]］】）)﹞]\s*(?:第\s*)?(?P<number>\d{1,5})\s*号"
)
# Words that run into the issuer's code where an author left out punctuation; the code begins behind the last of them.
_LEAD_WORDS = re.compile(
    "(?:.*(?:根据|依据|按照|依照|遵照|参照|落实|执行|贯彻|印发|转发|下发|发布|通知|意见|办法|方案|规定|决定|批复|文件|以及|的))?[和与及]?"
)


def find_citations(text: str) -> list[CitedDocument]:
    """Every official document number in `text`.

    >>> [c.document_number for c in find_citations("根据湘财绩〔2020〕7 号和《办法》（云办发[2019]12号）")]
    ['湘财绩〔2020〕7号', '云办发〔2019〕12号']
    >>> [c.document_number for c in find_citations("印发的财绩〔2020〕7号和云办〔2019〕2号；和政发〔2021〕3号")]
    ['财绩〔2020〕7号', '云办〔2019〕2号', '和政发〔2021〕3号']
    >>> find_citations("2019年第26号公告，共26号")
    []
    """
    citations: list[CitedDocument] = []
    if "号" not in text:
        return citations
    for found in _DOCUMENT_NUMBER.finditer(narrow(text)):
        skipped = _lead_length(text, found.start(), found["issuer"])
        issuer, year = found["issuer"][skipped:], found["year"]
        number = f"{issuer}〔{year}〕{int(found['number'])}号"
        citations.append(CitedDocument(number, issuer, int(year), found.start() + skipped, found.end()))
    return citations


def _lead_length(text: str, start: int, issuer: str) -> int:
    """How many characters in front of the issuer's code belong to the sentence.

    A first 和 is a conjunction behind another citation and part of a name (和政) elsewhere.
    """
    lead = _LEAD_WORDS.match(issuer)
    length = lead.end() if lead else 0
    if length == 1 and text[start - 1 : start] not in tuple("号》）)"):
        return 0
    return length if length < len(issuer) else 0


VALUE_TYPES: dict[str, Callable[[str, Sequence[str]], Reading]] = {
    "line": _read_line,  # a name, a title: lines of a narrow cell are joined
    "text": _read_text,  # prose: paragraphs are kept
    "cells": _read_cells,  # what stands in the cells beside the label, a line for each
    "rows": _read_cells,  # a small table: what stands in all cells of the rows that the label covers
    "citations": _read_text,  # prose whose official document numbers are collected as well
    "opinion": _read_opinion,  # what a reviewer wrote, and the part date where one is filled in
    "choice": _read_choice,  # one of the rule's options, ticked
    "period": _read_period,  # parts text, start, end
    "start_date": _read_start,  # a day, or the first of a month or year
    "end_date": _read_end,  # a day, or the last of a month or year
    "contact": _read_contact,  # parts name, phone
    "person": _read_name,  # one name
    "phone": _read_phone,  # one phone number
    "money": _read_money,  # the amount, and the part unit
}

# The parts of types that have several; all others have the one part "".
PARTS: dict[str, tuple[str, ...]] = {"period": ("text", "start", "end"), "contact": ("name", "phone")}

# Types whose value is one short text.
ONE_LINE_TYPES = frozenset({"line", "person", "phone", "money", "start_date", "end_date"})

# Types whose value is people and how to reach them.
PEOPLE_TYPES = frozenset({"person", "phone", "contact"})

# Types whose value may be spread over several cells of a row (周明 | 13900000001), up to the next label.
ROW_TYPES = frozenset({"contact", "period", "choice", "cells", "rows"})
