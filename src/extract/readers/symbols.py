"""What symbol fonts and drawing fields show, in plain Unicode.

Word stores a ticked box in many spellings: a character number in the font Wingdings 2, the same number in the private
use area (U+F052), a field that draws `√` over `□`. Every reader asks here, so that all spellings end as one ☑ or ☐.

>>> tick("Wingdings 2", 0x52), tick("Wingdings 2", 0xF0A3), tick("Wingdings", 0x52)
('☑', '☐', None)
>>> symbol("Symbol", 0xF0B3)
'≥'
>>> drawn_by_field(r" eq \\o\\ac(□,√)")
'☑'
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import groupby

from extract.document import TICKED, UNTICKED

_TICKS: dict[str, dict[int, str]] = {
    "wingdings": {
        **dict.fromkeys((0x6F, 0x70, 0x71, 0x72, 0xA8), UNTICKED),
        **dict.fromkeys((0x78, 0xFC, 0xFD, 0xFE), TICKED),
    },
    "wingdings2": {0xA3: UNTICKED, **dict.fromkeys((0x50, 0x51, 0x52, 0x53, 0x54), TICKED)},
    "webdings": {0x63: UNTICKED, 0x61: TICKED},
    "wingdings3": {},
    "symbol": {},
}

# fmt: off
_SYMBOLS: dict[str, dict[int, str]] = {
    "symbol": {
        0xA3: "≤", 0xB3: "≥", 0xB9: "≠", 0xBB: "≈", 0x40: "≅", 0xBA: "≡", 0xA5: "∞",
        0xB1: "±", 0xB4: "×", 0xB8: "÷", 0x2D: "−", 0xD7: "⋅", 0xD6: "√", 0xE5: "∑",
        0xB0: "°", 0xA2: "′", 0xB2: "″", 0xB7: "•", 0xAE: "→", 0xDE: "⇒",
        0x61: "α", 0x62: "β", 0x67: "γ", 0x64: "δ", 0x6C: "λ", 0x6D: "μ", 0x70: "π", 0x73: "σ",
        0x44: "Δ", 0x53: "Σ", 0x57: "Ω",
        # ASCII characters that the font shows as they are.
        **{ord(character): character for character in "0123456789%+<=>()[]{}.,:;/|!?&_ "},
    },
    "wingdings": {
        0x6C: "●", 0x6E: "■", 0x75: "◆", 0xA7: "▪", 0x9F: "•", 0xD8: "➢", 0xE0: "→",
        **{0x81 + n: chr(ord("①") + n) for n in range(10)},
    },
}
# fmt: on

# Text that has lost its font keeps only the private-use number. These readings are the ones that forms use; the one
# clash, 0xA3 (☐ in Wingdings 2, ≤ in Symbol), goes to the box, which stands in most forms while Chinese keyboards
# have ≤ as a character of its own.
_TICKS_WITHOUT_FONT = {
    **dict.fromkeys((0x6F, 0xA3, 0xA8), UNTICKED),
    **dict.fromkeys((0x52, 0xFD, 0xFE), TICKED),
}
_SYMBOLS_WITHOUT_FONT = {0xB3: "≥", 0xB1: "±", 0xBB: "≈"}


class Underlined(str):
    """A piece of a paragraph's text that is underlined."""


def with_signs(pieces: Iterable[str]) -> str:
    """The text of a paragraph in pieces: a lone > or < that is underlined reads as ≥ or ≤, as typists write them.

    In a longer stretch of underlined text, such as a filled-in blank, the line belongs to the blank.

    >>> with_signs(["绿地", Underlined(">"), "30亩"]), with_signs([Underlined(" "), Underlined(">30"), "亩"])
    ('绿地≥30亩', ' >30亩')
    """
    written = []
    for is_underlined, stretch in groupby(pieces, lambda piece: isinstance(piece, Underlined)):
        text = "".join(stretch)
        written.append(text.translate(_WITH_LINE) if is_underlined and is_sign(text) else text)
    return "".join(written)


def is_sign(underlined: str) -> bool:
    """Whether a whole stretch of underlined text is one > or <."""
    return underlined.strip() in SIGNS


SIGNS = {">": "≥", "<": "≤", "＞": "≥", "＜": "≤"}
"""What these are with a line under them."""
_WITH_LINE = str.maketrans(SIGNS)


def is_symbol_font(font: str) -> bool:
    """Whether `font` draws symbols in the place of letters, so that its characters mean nothing without it."""
    return _family(font) in _TICKS


def tick(font: str, code: int) -> str | None:
    """☑ or ☐ if character `code` of `font` is a ticked (crossed) or an empty box, otherwise None.

    `code` counts with or without the 0xF000 of the private use area. `font` may be empty or an ordinary font; then
    only private-use codes are boxes.
    """
    return _look_up(_TICKS, _TICKS_WITHOUT_FONT, font, code)


def symbol(font: str, code: int) -> str | None:
    """The Unicode character for character `code` of the symbol font `font`, or None if the tables do not have it.

    Takes `font` and `code` like `tick`, which knows the boxes.
    """
    return _look_up(_SYMBOLS, _SYMBOLS_WITHOUT_FONT, font, code)


def glyph(font: str, code: int) -> str:
    """The one character that stands for character `code` of `font`: a box, a symbol or else the character as it is.

    An unknown character of a symbol font stays in the private use area, where nobody takes it for a letter.
    """
    known = tick(font, code) or symbol(font, code)
    if known:
        return known
    if not (0x20 <= code < 0xD800 or 0xE000 <= code < 0x110000):
        return "\N{REPLACEMENT CHARACTER}"
    return chr(0xF000 | code) if code < 0x100 and is_symbol_font(font) else chr(code)


def drawn_by_field(instruction: str) -> str | None:
    r"""What a field shows that draws its instruction and stores no result; None for all other fields.

    EQ draws formulas and, with `\o`, characters on top of each other: `EQ \o\ac(□,√)` is a ticked box. SYMBOL shows
    one character of a font, MACROBUTTON the text after the macro's name. (ECMA-376 part 1, 17.16.5)
    """
    name_and_arguments = _FIELD.match(instruction)
    if not name_and_arguments:
        return None
    name, arguments = name_and_arguments.groups()
    return _DRAWING_FIELDS[name.upper()](arguments)


def show_field(drawn: str | None, start: int, pieces: list[str]) -> None:
    """Put what a field draws in the place of its stored result, which is kept if it says anything but the tick.

    The result is what stands in `pieces`, the texts of a paragraph, from `start` on.
    """
    if drawn and (drawn in (TICKED, UNTICKED) or not "".join(pieces[start:]).strip()):
        pieces[start:] = [drawn]


def _family(font: str) -> str:
    return font.replace(" ", "").lower()


def _look_up(tables: dict[str, dict[int, str]], without_font: dict[int, str], font: str, code: int) -> str | None:
    private = 0xF000 <= code <= 0xF0FF
    if not private and code > 0xFF:
        return None
    if is_symbol_font(font):
        return tables.get(_family(font), {}).get(code & 0xFF)
    return without_font.get(code & 0xFF) if private else None


# The name may run into its first switch: EQ\o\ac(□,√).
_FIELD = re.compile(r"\s*(EQ|SYMBOL|MACROBUTTON)(?![A-Z])\s*(.*)", re.IGNORECASE | re.DOTALL)

# Authors and input methods vary the width of all punctuation: EQ \o\ac（□，√）.
_RAISED = re.compile(r"\\s\s*\\(?:up|do)\s*\d*\s*[(（]([^()（）]*)[)）]", re.IGNORECASE)
_OVERSTRIKE = re.compile(r"\\o\s*(?:\\a[lrc]\s*)?[(（]([^,，;；\\]*)[,，;；]([^)）\\]*)[)）]", re.IGNORECASE)
_FRACTION = re.compile(r"\\f\s*[(（]([^()（）,，;；]*)[,，;；]([^()（）,，;；]*)[)）]", re.IGNORECASE)
_BOXES = frozenset("□口囗▢◻⬜" + UNTICKED)
_TICK_MARKS = frozenset("√✓✔×✕✖✗✘xXvV" + TICKED)


def _equation(arguments: str) -> str | None:
    arguments = _RAISED.sub(r"\1", arguments)
    overstrike = _OVERSTRIKE.search(arguments)
    if overstrike:
        under, over = overstrike.groups()
        return _overstrike(under.strip(), over.strip())
    # Any other formula stays as it is written: nothing is lost, and nobody takes it for a value.
    return _FRACTION.sub(r"\1/\2", arguments).strip() or None


def _overstrike(under: str, over: str) -> str:
    if {under, over} & _BOXES and {under, over} & _TICK_MARKS:
        return TICKED
    if under in ("○", "〇") and over.isdecimal() and 1 <= int(over[:9]) <= 20:
        return chr(ord("①") + int(over) - 1)
    return under + over


_SYMBOL = re.compile(r'(?:0x([0-9a-f]{1,6})|(\d{1,6}))(?!\w)(?:.*?\\f\s*"?([^"\\]+))?', re.IGNORECASE)


def _symbol(arguments: str) -> str | None:
    found = _SYMBOL.match(arguments)
    if not found:
        return None
    hexadecimal, decimal, font = found.groups(default="")
    return glyph(font.strip(), int(hexadecimal, 16) if hexadecimal else int(decimal))


def _macro_button(arguments: str) -> str | None:
    macro_and_text = arguments.split(maxsplit=1)
    return macro_and_text[1].strip() if len(macro_and_text) == 2 else None


_DRAWING_FIELDS: dict[str, Callable[[str], str | None]] = {
    "EQ": _equation,
    "SYMBOL": _symbol,
    "MACROBUTTON": _macro_button,
}
