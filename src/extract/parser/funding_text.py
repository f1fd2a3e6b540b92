"""Amounts of money in one text: labels and amounts follow each other, and no other word stands there.

    资金总额：186                                             each label, a colon and its amount
    总额1060.75万元（其中：省级资金600万元；本级92.35万元）      no colons where the amounts state their unit
    其中：省级补助 768；区级配套 512                            or where a heading stands beside the text
    预算资金（万元）：合计：66　其中：财政拨款：60               a heading in front says the unit
    财政拨款：　　自有资金：20                                  a label alone has no amount

A text that holds any other word is not read: its numbers may mean something else.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from extract.document import Span
from extract.labels import LONGEST_LABEL
from extract.parser.sheet import Sheet
from extract.rules import LabelUse, MoneyLabel
from extract.values import Money, read_money

_AMOUNT = re.compile(r"(?<![\d.])-?\d[\d,，]*(?:\.\d+)?\s*(?:(?:[百千]?万|亿|千)元?|元)?")
_DIGIT = re.compile(r"\d")
_ENUMERATOR = re.compile(r"(?:(?<=\n)|^)\s*\d{1,2}\s*[、.．](?!\d)")
# What stands between two labels, and around an amount; brackets and 、 may also be part of a label.
_BREAK = re.compile(r"[:：；;。，,\n\t]")
_WEAK_BREAK = re.compile(r"[()（）、\s]+")
_NUMERAL = re.compile("[一二三四五六七八九十]{1,2}")
HEADING = LabelUse("section", "funding")
_AROUND = " \t\n\r\u3000()（）:：；;。，,、"


class LabelledAmount(NamedTuple):
    """An amount in a text, its place there, the label in front of it, and what that says.

    `is_certain` says that a colon or the amount's own unit shows the number to be an amount.
    """

    label: str
    says: MoneyLabel
    money: Money
    span: Span
    is_certain: bool


def labelled_amounts(sheet: Sheet, text: str) -> list[LabelledAmount] | None:
    """The amounts of a text that is made of labels and amounts alone; None for every other text."""
    if not (_DIGIT.search(text) or _ends_at_colon(text)):
        return None
    found: list[LabelledAmount] = []
    at = 0
    for match in _AMOUNT.finditer(_ENUMERATOR.sub(lambda item: " " * len(item[0]), text)):
        between = text[at : match.start()]
        labels = _labels(sheet, between)
        money = read_money(match[0])
        if not labels or not money:
            return None
        says, label = labels[-1]
        span = Span(match.start(), match.start() + len(match[0].rstrip()))
        is_certain = bool(money.unit) or _ends_at_colon(between)
        found.append(LabelledAmount(label, says, money, span, is_certain))
        at = match.end()
    rest = _labels(sheet, text[at:])
    is_read = rest is not None and (found or (rest and _ends_at_colon(text)))
    return found if is_read else None


def _labels(sheet: Sheet, words: str) -> list[tuple[MoneyLabel, str]] | None:
    """The labels that the words are made of, each with its own words; None where some word is none."""
    found: list[tuple[MoneyLabel, str]] = []
    for piece in _BREAK.split(words):
        is_short = len(piece) <= LONGEST_LABEL
        label = (sheet.rules.money_of(piece) or sheet.rules.money_of(piece.strip(_AROUND))) if is_short else None
        if not label and is_short and sheet.rule.use_of(piece) == HEADING:
            continue
        parts = [(label, piece)] if label else [(sheet.rules.money_of(p), p) for p in _WEAK_BREAK.split(piece)]
        for says, own_words in parts:
            if says:
                found.append((says, own_words))
            elif not _is_filler(sheet, own_words):
                return None
    return found


def _is_filler(sheet: Sheet, words: str) -> bool:
    """Whether the words say nothing: punctuation, a dash, 无, the number of a list item."""
    return sheet.rules.phrases.is_blank(words.strip(_AROUND)) or _NUMERAL.fullmatch(words) is not None


def _ends_at_colon(text: str) -> bool:
    return text.rstrip().endswith((":", "："))
