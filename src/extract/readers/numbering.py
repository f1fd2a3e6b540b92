"""Automatic list numbers: how they look, how they count, and how they stand before a paragraph's text.

An office program computes the number of a list paragraph; the file holds only how: a list of levels, each with a
format, a text such as "%1.%2、" and a start. Readers translate what their format says into `Level` and ask `Counters`
paragraph by paragraph, in reading order. `labelled` puts a number in front of a text, in one form whatever container it
came from.

>>> counters = Counters()
>>> outline = List("outline", {0: Level("chineseCounting", "%1、"), 1: Level("decimal", "%1.%2", is_legal=True)})
>>> [counters.label(outline, level) for level in (0, 1, 1, 0, 1)]
['一、', '1.1', '1.2', '二、', '2.1']
>>> labelled("一、", "项目概况"), labelled("1.", "5万元"), labelled("2.", "")
('一、项目概况', '1. 5万元', '2.')

Sources: ECMA-376 part 1, 17.9 (levels, restarts) and 17.18.59 ST_NumberFormat; [MS-OSHARED] 2.2.1.3 MSONFC.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from extract.readers.symbols import glyph

MAX_LEVELS = 9


class Level(NamedTuple):
    """How one level of a list numbers its paragraphs; levels count from 0.

    `format` is a name of ST_NumberFormat. In `text`, %1 to %9 stand for the numbers of the levels, %1 for that of level
    0; the text of a bullet is what `bullet_text` makes of it. `restarts_after` is the number of levels above, from the
    outermost on, whose paragraphs let this one begin anew: None all of them, 0 none. `is_legal` shows all numbers as
    Arabic ones.
    """

    format: str = "decimal"
    text: str = "%1."
    start: int = 1
    restarts_after: int | None = None
    is_legal: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class List:
    """The levels of a list. Lists with the same `counter` count on from each other.

    On the levels in `restarts` the first paragraph of this list begins anew nonetheless.
    """

    counter: Hashable
    levels: Mapping[int, Level]
    restarts: Collection[int] = ()


class Counters:
    """The numbers that the lists of a story have come to."""

    def __init__(self) -> None:
        self._counts: dict[Hashable, list[int | None]] = {}
        self._restarted: set[tuple[List, int]] = set()

    def label(self, its_list: List, level: int, *, number: int | None = None) -> str:
        """Count a paragraph of `its_list` and return its number as drawn; "" where the level draws none.

        `number` is the paragraph's own number where the file says that it begins anew.
        """
        definition = its_list.levels.get(level)
        if definition is None:
            return ""
        counts = self._counts.setdefault(its_list.counter, [None] * MAX_LEVELS)
        if level in its_list.restarts and (its_list, level) not in self._restarted:
            self._restarted.add((its_list, level))
            counts[level] = None
        last = counts[level]
        counts[level] = number if number is not None else definition.start if last is None else last + 1
        for lower in range(level + 1, MAX_LEVELS):
            restarts_after = its_list.levels[lower].restarts_after if lower in its_list.levels else None
            if restarts_after is None or level < restarts_after:
                counts[lower] = None
        return _drawn(definition, its_list.levels, counts)


def _drawn(definition: Level, levels: Mapping[int, Level], counts: list[int | None]) -> str:
    if definition.format == _BULLET:
        return definition.text

    def number(place: re.Match[str]) -> str:
        level = int(place[1]) - 1
        shown = levels.get(level, _PLAIN)
        if shown.format in _WITHOUT_NUMBER:
            return ""
        count = counts[level]
        # A level above without a paragraph so far counts as begun.
        return formatted("decimal" if definition.is_legal else shown.format, shown.start if count is None else count)

    return _PLACE.sub(number, definition.text)


_BULLET = "bullet"
_WITHOUT_NUMBER = (_BULLET, "none")
_PLACE = re.compile("%([1-9])")
_PLAIN = Level()

# After these the text follows directly, as people type it: 一、项目概况, but 1. 项目概况. Without the gap a number and
# an amount behind it would be one.
_CLOSING = "、，。．：；）】〕》」』"


def labelled(label: str, text: str) -> str:
    """`text` with its number or bullet in front of it."""
    label = label.strip()
    if not label or not text.strip():
        return label or text
    return label + text if label[-1] in _CLOSING else f"{label} {text}"


class Numbered(str):
    """The text of a list paragraph whose number comes when it is written.

    Only then is it known whether the paragraph is seen at all: one in a cell that a merge covers does not count.
    """

    number: Callable[[], str]
    """Counts the paragraph and returns its number."""

    def __new__(cls, text: str, number: Callable[[], str]) -> Numbered:
        """The text of a paragraph and how to count it."""
        numbered = super().__new__(cls, text)
        numbered.number = number
        return numbered

    def text(self) -> str:
        """The text with its number in front; to be asked once, in reading order."""
        return labelled(self.number(), str(self))


def bullet_text(characters: str, font: str) -> str:
    """What a bullet in `font` shows; "•" where nobody knows what the font draws.

    >>> bullet_text("\\uf0b7", "Symbol"), bullet_text("n", "Wingdings"), bullet_text("\\uf076", "Wingdings")
    ('•', '■', '•')
    """
    drawn = "".join(glyph(font, ord(character)) for character in characters)
    return "•" if not drawn.isprintable() else drawn


# --- Number formats ---


def formatted(name: str, number: int) -> str:
    """A number in a format of ST_NumberFormat; formats of other scripts, and numbers that a format has not, are Arabic.

    >>> [formatted("chineseCounting", number) for number in (1, 10, 12, 20, 99, 105)]
    ['一', '十', '十二', '二十', '九十九', '一〇五']
    >>> [formatted("chineseCountingThousand", number) for number in (105, 110, 2010)]
    ['一百零五', '一百一十', '二千零一十']
    >>> formatted("upperRoman", 14), formatted("lowerLetter", 28), formatted("decimalEnclosedCircle", 12)
    ('XIV', 'bb', '⑫')
    """
    format_ = _FORMATS.get(name)
    return (format_(number) if format_ and number > 0 else None) or str(number)


_Format = Callable[[int], "str | None"]


def _roman(number: int) -> str | None:
    if number > _LARGEST_ROMAN:
        return None
    written = ""
    for value, letters in _ROMAN:
        written += letters * (number // value)
        number %= value
    return written


_LARGEST_ROMAN = 3999
_ROMAN = (
    *((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL")),
    *((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")),
)


def _letters(number: int) -> str | None:
    """A to Z, then AA, BB and so on (17.18.59, upperLetter)."""
    times, letter = divmod(number - 1, 26)
    return chr(ord("A") + letter) * (times + 1) if times < _MOST_LETTERS else None


_MOST_LETTERS = 30


def _digits(zero_to_nine: str) -> _Format:
    table = str.maketrans("0123456789", zero_to_nine)
    return lambda number: str(number).translate(table)


def _counting(zero_to_nine: str, units: str, *, up_to: int = 9999, says_one_ten: bool = False) -> _Format:
    """Chinese numerals with `units` for 10, 100 and 1000; larger numbers than `up_to` stand digit by digit."""
    zero = zero_to_nine[0]
    digit_by_digit = _digits("〇" + zero_to_nine[1:])

    def write(number: int) -> str | None:
        if number > up_to:
            return digit_by_digit(number)
        digits = str(number)
        written = ""
        for place, digit in zip(range(len(digits) - 1, -1, -1), digits, strict=True):
            if digit != "0":
                written += zero_to_nine[int(digit)] + (units[place - 1] if place else "")
            elif not written.endswith(zero):
                written += zero
        written = written.removesuffix(zero)
        is_ten = 10 <= number < 20 and not says_one_ten
        return written[1:] if is_ten else written

    return write


def _japanese(number: int) -> str | None:
    """Without the zeros, and without the one before ten, hundred and thousand."""
    if number > 9999:
        return None
    digits = f"{number:04}"
    return "".join(
        ("" if digit == "1" and unit else _HAN[int(digit)]) + unit
        for digit, unit in zip(digits, ("千", "百", "十", ""), strict=True)
        if digit != "0"
    )


def _one_of(characters: str) -> _Format:
    return lambda number: characters[number - 1] if number <= len(characters) else None


def _run(first: str, count: int) -> str:
    return "".join(chr(ord(first) + offset) for offset in range(count))


_HAN = "零一二三四五六七八九"
_LEGAL_SIMPLIFIED = "零壹贰叁肆伍陆柒捌玖"
_LEGAL_TRADITIONAL = "零壹貳參肆伍陸柒捌玖"
_CIRCLED = _one_of(_run("①", 20) + _run("㉑", 15) + _run("㊱", 15))
_CHINESE_TO_99 = _counting(_HAN, "十百千", up_to=99)
_CHINESE = _counting(_HAN, "十百千")
_HAN_DIGITS = _digits("〇一二三四五六七八九")
_FULL_WIDTH = _digits("０１２３４５６７８９")

_FORMATS: dict[str, _Format] = {
    "upperRoman": _roman,
    "lowerRoman": lambda number: (_roman(number) or "").lower(),
    "upperLetter": _letters,
    "lowerLetter": lambda number: (_letters(number) or "").lower(),
    "decimalZero": lambda number: f"{number:02}",
    "numberInDash": lambda number: f"- {number} -",
    "hex": lambda number: f"{number:X}",
    **dict.fromkeys(("decimalFullWidth", "decimalFullWidth2"), _FULL_WIDTH),
    **dict.fromkeys(("decimalEnclosedCircle", "decimalEnclosedCircleChinese"), _CIRCLED),
    "decimalEnclosedFullstop": _one_of(_run("⒈", 20)),
    "decimalEnclosedParen": _one_of(_run("⑴", 20)),
    "ideographEnclosedCircle": _one_of(_run("㊀", 10)),
    "ideographTraditional": _one_of("甲乙丙丁戊己庚辛壬癸"),
    "ideographZodiac": _one_of("子丑寅卯辰巳午未申酉戌亥"),
    **dict.fromkeys(("chineseCounting", "taiwaneseCounting"), _CHINESE_TO_99),
    **dict.fromkeys(("chineseCountingThousand", "taiwaneseCountingThousand"), _CHINESE),
    **dict.fromkeys(("ideographDigital", "taiwaneseDigital", "japaneseDigitalTenThousand"), _HAN_DIGITS),
    "japaneseCounting": _japanese,
    "chineseLegalSimplified": _counting(_LEGAL_SIMPLIFIED, "拾佰仟", says_one_ten=True),
    **dict.fromkeys(
        ("ideographLegalTraditional", "japaneseLegal"), _counting(_LEGAL_TRADITIONAL, "拾佰仟", says_one_ten=True)
    ),
}

# fmt: off
_MSONFC = (
    "decimal", "upperRoman", "lowerRoman", "upperLetter", "lowerLetter", "ordinal", "cardinalText", "ordinalText",
    "hex", "chicago", "ideographDigital", "japaneseCounting", "aiueo", "iroha", "decimalFullWidth", "decimalHalfWidth",
    "japaneseLegal", "japaneseDigitalTenThousand", "decimalEnclosedCircle", "decimalFullWidth2", "aiueoFullWidth",
    "irohaFullWidth", "decimalZero", "bullet", "ganada", "chosung", "decimalEnclosedFullstop", "decimalEnclosedParen",
    "decimalEnclosedCircleChinese", "ideographEnclosedCircle", "ideographTraditional", "ideographZodiac",
    "ideographZodiacTraditional", "taiwaneseCounting", "ideographLegalTraditional", "taiwaneseCountingThousand",
    "taiwaneseDigital", "chineseCounting", "chineseLegalSimplified", "chineseCountingThousand",
)
# fmt: on
_MSONFC_NONE = 0xFF


def format_of_code(code: int) -> str:
    """The format that binary Word, RTF and Word 2003 XML name by a number (MSONFC)."""
    if code == _MSONFC_NONE:
        return "none"
    return _MSONFC[code] if code < len(_MSONFC) else "decimal"


def with_places(text: str) -> str:
    """The text of a level in which the characters 0 to 8 stand for the levels, with %1 to %9 in their place."""
    return _LEVEL_CHARACTER.sub(lambda level: f"%{ord(level[0]) + 1}", text)


_LEVEL_CHARACTER = re.compile("[\x00-\x08]")
