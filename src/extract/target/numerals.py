"""Exact numbers as text: read from digits and Chinese numerals, and multiplied. None is what is no number."""

from __future__ import annotations

import math
import re
from fractions import Fraction

CHINESE_DIGITS = "零〇一二两三四五六七八九壹贰叁肆伍陆柒捌玖"
CHINESE_SCALES = "十拾百佰千仟万萬亿億"
_PLAIN_NUMERALS = str.maketrans(CHINESE_DIGITS + CHINESE_SCALES, "001223456789123456789" + "十十百百千千万万亿亿")
# numeral := [section 亿] [section 万] [section]          一亿零五万
_NUMERAL = re.compile(r"(?:([^万亿]+)亿)?(?:([^万亿]+)万)?([^万亿]*)")
# section := [digit 千] [digit 百] [digit 十] [零] [digit]          三百八十九
_SECTION = re.compile(r"(?:0*([1-9])千)?(?:0*([1-9])百)?(?:0*([1-9])十)?(0*)([1-9]?)")
# 十 by itself begins a section: 十二
_BARE_TEN = re.compile("(?:^|(?<=[万亿]))十")
SCALE = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}


def plain_numerals(text: str) -> str:
    """Chinese digits as digits, formal scales as common ones.

    >>> plain_numerals("叁拾万"), plain_numerals("数佰")
    ('3十万', '数百')
    """
    return text.translate(_PLAIN_NUMERALS)


def any_number(text: str) -> str | None:
    """A number in digits or in Chinese numerals, as a decimal."""
    return text.replace(",", "").lstrip("+") if text[-1].isascii() else chinese_number(text)


def chinese_number(text: str) -> str | None:
    """A numeral in full, as a decimal; None for what is no strict numeral (一五, 百, 三百五).

    >>> [chinese_number(text) for text in ("三百八十九", "十二", "叁拾万", "一亿零五万", "九十五点五", "三百五", "百")]
    ['389', '12', '300000', '100050000', '95.5', None, None]
    """
    whole, point, decimals = plain_numerals(text).partition("点")
    numeral = _NUMERAL.fullmatch(_BARE_TEN.sub("1十", whole))
    if not numeral:
        return None
    total = 0
    for written, scale in zip(numeral.groups(""), (10**8, 10**4, 1), strict=True):
        section = _SECTION.fullmatch(written)
        if not section:
            return None
        thousands, hundreds, tens, gap, ones = section.groups("")
        number = int(f"{thousands or 0}{hundreds or 0}{tens or 0}{ones or 0}")
        spoken_short = ones and not (gap or tens) and (thousands or hundreds or total)
        if spoken_short or (written and not number and scale > 1):
            return None
        total += number * scale
    return f"{total}{point and '.'}{decimals}"


def mixed_number(text: str) -> str | None:
    """Digits between scales; None where the parts do not descend, or where a last bare digit is short for more.

    >>> mixed_number("3万2千"), mixed_number("1万2000"), mixed_number("1万2")
    ('32000', '12000', None)
    """
    total, ceiling = 0, 10**12
    for digits, scale in re.findall(r"([0-9]+)([亿万千百]?)", text):
        part = int(digits) * SCALE.get(scale, 1)
        if part >= ceiling or (not scale and part < 100):
            return None
        total, ceiling = total + part, SCALE.get(scale, 1)
    return str(total)


def fraction(numerator: str | None, denominator: str | None) -> str | None:
    """The fraction in lowest terms."""
    if not numerator or not denominator or Fraction(denominator) == 0:
        return None
    return str(Fraction(numerator) / Fraction(denominator))


def times(number: str, factor: Fraction) -> str:
    """The product, exactly: a decimal without trailing zeros, or `p/q` where no decimal is exact.

    >>> times("10.50", Fraction(10000)), times("1", Fraction(1, 8)), times("-200", Fraction(2000, 3))
    ('105000', '0.125', '-400000/3')
    """
    whole, _, decimals = number.partition(".")
    top, bottom = int(whole + decimals) * factor.numerator, 10 ** len(decimals) * factor.denominator
    shared = math.gcd(top, bottom)
    top, bottom = top // shared, bottom // shared
    if bottom == 1:
        return str(top)
    places = next((places for places in range(bottom.bit_length()) if 10**places % bottom == 0), None)
    if places is None:
        return f"{top}/{bottom}"
    digits = f"{abs(top) * 10**places // bottom:0{places + 1}d}"
    return f"{'-' * (top < 0)}{digits[:-places]}.{digits[-places:]}"
