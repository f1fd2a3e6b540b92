"""Label text as people vary it: white space, punctuation and its width, numbering, colons and notes in brackets.

Two spellings are the same label when their bare forms are equal.

>>> bare_label(" 主管\\n\\n部门")
'主管部门'
>>> bare_label("单位已有的保证专项实施的制度、措施") == bare_label("单位已有的保证专项实施的制度,措施：")
True
>>> bare_label("一、填报单位（盖章）：")
'填报单位'
>>> bare_label("本年度预计投入（万元）"), label_unit("本年度预计投入（万元）")
('本年度预计投入', '万元')

>>> [bare_label(text) for text in ("1. 项目名称", "(2) 项目名称", "1.1 项目名称", "a) 项目名称", "• 项目名称")]
['项目名称', '项目名称', '项目名称', '项目名称', '项目名称']

A bracket that says something else is part of the label:

>>> bare_label("专项（项目）名称")
'专项(项目)名称'
"""

from __future__ import annotations

import re
from functools import lru_cache
from unicodedata import is_normalized, normalize

# Longer texts are never labels; the bound keeps label look-ups cheap on pages of prose.
LONGEST_LABEL = 60
# So long is a label with the white space that people write into it.
_LONGEST_WRITTEN = 4 * LONGEST_LABEL

# 一、 · 1. · 1) · (一) · 1.1 · a) · a bullet
_ENUMERATOR = re.compile(
    r"^(?:\((?:[一二三四五六七八九十]{1,3}|\d{1,2})\)|(?:[一二三四五六七八九十]{1,3}|\d{1,2})[、.)]"
    r"(?:(?<=\.)\d{1,2}(?:\.\d{1,2})*[、.]?)?|[a-z]\)|[•●■◆▪➢])"
)
_LIST_NUMBER = re.compile(r"(?P<open>\()?(?P<digits>[一二三四五六七八九十]|\d{1,2})(?P<close>[、)]|\.(?!\d))")
_ONLY_NUMBERS = re.compile(r"(?:\([一二三四五六七八九十]{1,3}\)|(?:[一二三四五六七八九十]{1,3}|\d{1,2})[、.])+")
# Zero-width characters and Word's cell mark, which some dumps keep.
_WITHOUT_INVISIBLES = dict.fromkeys([0x07, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF])
_NARROW = {0xFF00 + code: 0x20 + code for code in range(1, 0x5F)} | {0x3000: 0x20}
_WITHOUT_PUNCTUATION = str.maketrans("", "", "、,.;:·*★。")
_UNIT = re.compile(r"\((?:单位:?|金额单位:?)?(元|千元|万元|百万元|亿元)\)")
SEAL = "(?:单位)?(?:盖章|公章|签章|签字|签名|章)"
"""What stands in brackets where a seal or a signature goes."""
# Behind two characters a note tells: 单位（盖章） names an office, 单位 alone may be a unit of measure.
_NOTE = re.compile(rf"(?<=...)\({SEAL}\)")


def narrow(text: str) -> str:
    """`text` with full-width letters, digits and signs as ASCII ones, character for character.

    >>> narrow("〔２０１９〕１２号（盖章）：")
    '〔2019〕12号(盖章):'
    """
    return text.translate(_NARROW)


def compact(text: str) -> str:
    """`text` in NFKC without any white space, for comparing; offsets into it mean nothing."""
    if text.isalnum() and is_normalized("NFKC", text):  # words alone, as most texts are
        return text
    return _compacted(text) if len(text) <= _LONGEST_WRITTEN else _compacted.__wrapped__(text)


# Every stage asks for the texts of the same cells.
@lru_cache(maxsize=4096)
def _compacted(text: str) -> str:
    bare = "".join(normalize("NFKC", text).split())
    # Invisible characters do not print, and few texts have any.
    return bare if bare.isprintable() else bare.translate(_WITHOUT_INVISIBLES)


def bare_label(text: str) -> str:
    """The part of a label that tells it from others; "" for blank text and for text too long to be a label."""
    if len(text) > _LONGEST_WRITTEN:
        return ""
    if text.isalnum() and is_normalized("NFKC", text):  # words alone, as most labels are
        return text if len(text) <= LONGEST_LABEL else ""
    return _bare(text)


@lru_cache(maxsize=4096)
def _bare(text: str) -> str:
    bare = compact(text)
    if len(bare) > LONGEST_LABEL:
        return ""
    bare = _ENUMERATOR.sub("", bare)
    if "(" in bare:
        bare = _NOTE.sub("", _UNIT.sub("", bare))
    return bare.translate(_WITHOUT_PUNCTUATION)


def list_number(text: str) -> tuple[str, int] | None:
    """The number that opens an item of a list, with the signs around it; None where `text` opens with none.

    >>> list_number("二、资金安排"), list_number("（3）验收"), list_number("1.5万亩"), list_number("资金安排")
    (('、', 2), ('()', 3), None, None)
    """
    found = _LIST_NUMBER.match(narrow(text[:8].lstrip()))
    if not found:
        return None
    digits = found["digits"]
    number = int(digits) if digits.isdecimal() else "一二三四五六七八九十".index(digits) + 1
    return (found["open"] or "") + found["close"], number


def is_only_numbering(text: str) -> bool:
    """Whether `text` is nothing but the numbers of list items that nobody has filled in.

    >>> is_only_numbering("1、\\n2、"), is_only_numbering("12"), is_only_numbering("1、无")
    (True, False, False)
    """
    return _ONLY_NUMBERS.fullmatch(compact(text)) is not None


def label_unit(text: str) -> str | None:
    """The money unit that a label states in brackets, None where it states none."""
    if "元" not in text:
        return None
    found = _UNIT.search(compact(text))
    return found[1] if found else None
