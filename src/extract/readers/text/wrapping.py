"""Wrapped lines joined again, without inventing a blank or losing one that the text needs.

A tool breaks a line at a blank, or anywhere in a word that is too long for its column; Chinese has no blanks, so its
text is always such a word. pandoc cuts words from their end, which leaves the last pieces full.

>>> paragraphs(["许明", "澈1390", "0000001", "", "Windows", "Server"], 7)
['许明澈13900000001', 'Windows Server']
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from extract.readers.text.content import width

_HARD_BREAK = re.compile(r"(?<!\\)\\$")


def paragraphs(lines: Iterable[str], room: int) -> list[str]:
    """The paragraphs that blank lines divide; a backslash at the end of a line is a line break inside one."""
    found: list[list[str]] = []
    above = ""  # the line before, where the paragraph goes on
    for line in lines:
        text = line.strip()
        broken = _HARD_BREAK.search(text)
        text = text[: broken.start()].rstrip() if broken else text
        if text and above:
            found[-1] += [gap(above, text, room), text]
        elif text:
            found.append([text])
        above = "" if broken else text
    return ["".join(pieces) for pieces in found]


def gap(above: str, below: str, room: int) -> str:
    """What stood between two lines of a paragraph: a blank between Latin words, nothing inside a word.

    Words are cut from their end, so the piece below is full; a number may also be cut where the line above is.
    """
    if not (_is_latin(above[-1]) and _is_latin(below[0])):
        return ""
    is_piece = " " not in below and width(below) >= room
    is_number = above[-1].isdigit() and below[0].isdigit() and width(above) >= room
    return "" if is_piece or is_number else " "


def _is_latin(character: str) -> bool:
    return character.isascii() and not character.isspace()
