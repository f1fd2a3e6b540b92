"""Ticked boxes in dumps: symbol-font characters, and what dumps put in their place."""

from __future__ import annotations

import re

from extract.document import TICKED
from extract.readers.symbols import tick

_SYMBOL_FONT_CHARACTER = re.compile("[\uf000-\uf0ff]")
_BOX = re.compile("[□☐]")
# A bracket that opens and never closes before the next one or the end of the cell.
_LONE_BRACKET = re.compile(r"\((?=[^()（）]*(?:[(（]|\Z))")
# antiword takes a tick of Wingdings 2 (0x52) for the letter that the font Symbol has there, a Greek capital rho.
_SYMBOL_LETTER = "\u03a1"


def show_ticks(text: str) -> str:
    """Private-use characters of symbol fonts as ☑ and ☐, one for one, where they are boxes and ticks."""
    return _SYMBOL_FONT_CHARACTER.sub(lambda c: tick("", ord(c[0])) or c[0], text).replace("☒", TICKED)


def restore_lost_ticks(cell: str) -> str:
    """A cell with a box and a lone "(" held a tick of a symbol font, of which dumps keep only the stand-in "(".

    >>> restore_lost_ticks("新增项目□ 延续项目( "), restore_lost_ticks("新增项目□ (见附注)")
    ('新增项目□ 延续项目☑ ', '新增项目□ (见附注)')
    """
    if "(" not in cell or not _BOX.search(cell):
        return cell
    return _LONE_BRACKET.sub(TICKED, cell)


def restore_symbol_letters(cell: str) -> str:
    """A cell with a box and the letter that stands in the font Symbol where Wingdings 2 has its ticked box."""
    return cell.replace(_SYMBOL_LETTER, TICKED) if _BOX.search(cell) else cell
