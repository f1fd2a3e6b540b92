r"""The list tables of an RTF file: how each level of a list numbers its paragraphs ("List Tables").

`{\*\listtable{\list{\listlevel\levelnfc0\levelstartat1{\leveltext\'02\'00.;}…}…\listid7}…}` defines the lists,
`{\*\listoverridetable{\listoverride\listid7\listoverridecount0\ls1}…}` the numbers by which paragraphs name them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from extract.readers.numbering import MAX_LEVELS, Level, List, bullet_text, format_of_code, with_places


def read_lists(
    definitions: str, overrides: str, decode: Callable[[str], str], symbol_fonts: Mapping[int, str]
) -> dict[int, List]:
    r"""The lists by the number that `\ls` names them by, out of the sources of the two tables.

    `decode` gives the characters of bytes (as Latin-1), `symbol_fonts` the names of fonts that draw symbols.
    """
    table = _Table(decode, symbol_fonts)
    for token in _TOKEN.finditer(definitions):
        table.define(token)
    for token in _TOKEN.finditer(overrides):
        table.override(token)
    return table.numbered


@dataclass(slots=True)
class _OpenLevel:
    """A level while its words are read."""

    code: int = 0
    start: int = 1
    text: str = ""
    font: str = ""
    restarts: bool = True
    is_legal: bool = False

    def take(self, token: re.Match[str], symbol_fonts: Mapping[int, str]) -> None:
        """Let a word change the level."""
        word, number = token["word"], int(token["number"] or 1)
        if word in ("levelnfc", "levelnfcn"):
            self.code = number
        elif word == "levelstartat":
            self.start = max(0, number)
        elif word == "levelnorestart":
            self.restarts = number == 0
        elif word == "levellegal":
            self.is_legal = number != 0
        elif word == "f":
            self.font = symbol_fonts.get(number, "")

    def level(self) -> Level:
        """The level as it is counted."""
        format_ = format_of_code(self.code)
        text = bullet_text(self.text, self.font) if format_ == "bullet" else with_places(self.text)
        return Level(format_, text, self.start, None if self.restarts else 0, self.is_legal)


@dataclass(slots=True)
class _Table:
    decode: Callable[[str], str]
    symbol_fonts: Mapping[int, str]
    numbered: dict[int, List] = field(default_factory=dict)
    _lists: dict[int, list[_OpenLevel]] = field(default_factory=dict)
    _levels: list[_OpenLevel] = field(default_factory=list)
    _list_id: int = 0
    _overrides: list[_Override] = field(default_factory=list)

    def define(self, token: re.Match[str]) -> None:
        """Take a word of the table of lists; the identifier of a list comes behind its levels."""
        word = token["word"]
        if word == "list":
            self._levels = []
        elif word == "listlevel":
            self._levels.append(_OpenLevel())
        elif word == "listid":
            self._lists[int(token["number"] or 0)] = self._levels[:MAX_LEVELS]
        elif self._levels:
            self._change(self._levels[-1], token)

    def override(self, token: re.Match[str]) -> None:
        """Take a word of the table of overrides; the number of a list comes behind what it overrides."""
        word = token["word"]
        if word == "listoverride":
            self._overrides = []
        elif word == "listid":
            self._list_id = int(token["number"] or 0)
        elif word == "lfolevel":
            self._overrides.append(_Override())
        elif word == "ls":
            self.numbered[int(token["number"] or 0)] = self._list()
        elif self._overrides:
            last = self._overrides[-1]
            if word == "listoverridestartat":
                last.restarts = True
            elif word == "listlevel":
                last.level = _OpenLevel()
            elif last.level is not None:
                self._change(last.level, token)
            elif word == "levelstartat":
                last.start = int(token["number"] or 1)

    def _change(self, level: _OpenLevel, token: re.Match[str]) -> None:
        if token["text"] is None:
            level.take(token, self.symbol_fonts)
        else:
            level.text = _level_text(token["text"], self.decode)

    def _list(self) -> List:
        levels = {number: level.level() for number, level in enumerate(self._lists.get(self._list_id, ()))}
        restarts = set()
        for number, override in enumerate(self._overrides[:MAX_LEVELS]):
            if override.level is not None:
                levels[number] = override.level.level()
            elif override.restarts and override.start is not None:
                levels[number] = levels.get(number, Level())._replace(start=max(0, override.start))
            if override.restarts:
                restarts.add(number)
        return List(self._list_id, levels, restarts)


@dataclass(slots=True)
class _Override:
    """What a list changes on one level."""

    restarts: bool = False
    start: int | None = None
    level: _OpenLevel | None = None


def _level_text(source: str, decode: Callable[[str], str]) -> str:
    r"""The text of a level; it begins with its length, and the bytes 0 to 8 in it stand for numbers."""
    characters: list[str] = []
    for hexadecimal, number, plain in _TEXT_TOKEN.findall(source):
        if hexadecimal:
            characters.append(chr(int(hexadecimal, 16)))
        elif number:
            characters.append(chr(int(number) & 0xFFFF))
        else:
            characters.append(plain)
    # Bytes of a code page stand between numbers of characters; only those above ASCII need it.
    written = _BYTES.sub(lambda found: decode(found[0]), "".join(characters))
    return written[1 : 1 + ord(written[0])] if written else ""


_TOKEN = re.compile(
    r"\\leveltext ?(?P<text>[^{}]*)\}"
    r"|\\(?P<word>list|listlevel|listid|listoverride|lfolevel|ls|listoverridestartat|f"
    r"|levelnfcn?|levelstartat|levelnorestart|levellegal)(?![a-z])(?P<number>-?\d{1,9})?"
)
_TEXT_TOKEN = re.compile(r"\\'([0-9a-fA-F]{2})|\\u(-?\d{1,5}) ?(?:\\'[0-9a-fA-F]{2}|\?)?|\\[a-z]+-?\d* ?|([^\\{}\r\n])")
_BYTES = re.compile("[\x80-\xff]+")
