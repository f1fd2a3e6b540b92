"""Types: what the values under one label have in common, as a field type of the rules.

A type is only named where every value that is filled in can be read as it, so that a draft never loses a value.

>>> type_of(["2021年1-12月", "2022年1月至2022年12月"])
FieldType(type='period', options=())
>>> type_of(["□ 一次性  ☑ 经常性", "☑ 一次性  □ 经常性"])
FieldType(type='choice', options=('一次性', '经常性'))
>>> type_of(["规范档案管理"]), type_of(["010-62345678"]), type_of(["周明 13900000001"])
(FieldType(type='line', options=()), FieldType(type='phone', options=()), FieldType(type='contact', options=()))
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from extract.document import TICKED, UNTICKED
from extract.labels import compact
from extract.values import find_citations, read_money, read_value

# A value in one paragraph of more characters than this is prose.
LONGEST_LINE = 40

# The most frequent surnames: two or three characters that begin with one of them are a name, if all values are such.
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石"
    "戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严武戚莫孔向汤"
)
_BOX = re.compile(rf"[(（\[【]\s*[{TICKED}{UNTICKED}□○√✓✔☒■●]?\s*[)）\]】]|[{TICKED}{UNTICKED}□○√✓✔☒■●]")
_NUMBER_ALONE = re.compile(r"\d+(?:\.\d+)?")
_DATE = re.compile(r"(?:19|20)\d\d(?:年\d{1,2}月(?:\d{1,2}日)?|[./-]\d{1,2}[./-]\d{1,2})")


class FieldType(NamedTuple):
    """A field type of the rules, and the options of a choice."""

    type: str
    options: tuple[str, ...] = ()


def type_of(values: Sequence[str], *, label_has_unit: bool = False) -> FieldType:
    """The narrowest type that reads all of `values`, texts of cells that are not blank.

    `label_has_unit` says that the label states a unit of money, so that bare numbers are amounts. Without any value the
    type is money under such a label, else text.
    """
    if not values:
        return FieldType("money" if label_has_unit else "text")
    if options := _options(values):
        return FieldType("choice", options)
    for kind in ("phone", "contact", "period"):
        if all(read_value(kind, value).problem is None for value in values):
            return FieldType(kind)
    if all(_DATE.fullmatch(compact(value)) for value in values):
        return FieldType("line")
    if all(_is_amount(value, label_has_unit=label_has_unit) for value in values):
        return FieldType("money")
    if all(_is_name(value) for value in values):
        return FieldType("person")
    if any(find_citations(value) for value in values):
        return FieldType("citations")
    is_short = all(len(compact(value)) <= LONGEST_LINE and "。" not in value for value in values)
    return FieldType("line" if is_short else "text")


def _is_amount(value: str, *, label_has_unit: bool) -> bool:
    money = read_money(value)
    return money is not None and (label_has_unit or money.unit is not None)


def _is_name(value: str) -> bool:
    bare = compact(value)
    return 2 <= len(bare) <= 3 and bare[0] in _SURNAMES and bare.isalpha() and not bare.isascii()


def _options(values: Iterable[str]) -> tuple[str, ...]:
    """The words beside boxes, in the order in which they stand; none unless every value has boxes."""
    options: dict[str, None] = {}
    for value in values:
        if not _BOX.search(value):
            return ()
        words = [compact(word) for word in re.split(r"\s+", _BOX.sub(" ", value)) if compact(word)]
        if any(len(word) > LONGEST_LINE // 2 or _NUMBER_ALONE.fullmatch(word) for word in words):
            return ()
        options |= dict.fromkeys(words)
    longest_first = sorted(options, key=len, reverse=True)  # an option that begins like another one stands before it
    begins_alike = any(a != b and a.startswith(b) for a in options for b in options)
    return tuple(longest_first if begins_alike else options) if len(options) > 1 else ()
