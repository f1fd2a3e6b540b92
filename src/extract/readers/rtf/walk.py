"""The walk through the tokens of an RTF file ("Conventions of an RTF Reader").

One compiled pattern, `_TOKEN`, cuts the source into groups, words and text, and swallows, without telling, the many
words that only change the look. The open groups stand on a stack, so that nesting costs no recursion.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from extract.language import Message
from extract.readers.rtf.damage import broken, too_deep
from extract.readers.rtf.destinations import DESTINATIONS, LIST_TABLES, MATH_PROPERTIES, SKIPPED, Closer
from extract.readers.rtf.lists import read_lists
from extract.readers.rtf.state import Format, State
from extract.readers.rtf.words import CHARACTERS, SYMBOLS, WORDS

_MAX_GROUPS = 1000


class Walk:
    """Reads the tokens of `source` one by one into `state`."""

    def __init__(self, source: str) -> None:
        self.state = State()
        self._source = source
        self._list_tables: dict[str, str] = {}
        self._groups: list[tuple[Format, bool, int, Closer | None]] = []
        """The open groups: formats to go back to at their end, and what else to do then."""

    def run(self, position: int) -> None:
        """Read the source from `position` to the end of its outermost group."""
        going_on: int | None = position
        while going_on is not None:
            going_on = self._walk_until_jump(going_on)
        self.state.flush()
        if self._groups:
            raise broken(
                Message(
                    f"the RTF file ends in the middle ({len(self._groups)} groups are still open)",
                    f"RTF 文件中途中断（还有 {len(self._groups)} 个组未结束）",
                )
            )

    def _walk_until_jump(self, position: int) -> int | None:
        """Read on from `position`; returns where to go on after something to pass over, None at the end."""
        for token in _TOKEN.finditer(self._source, position):
            kind = token.lastgroup
            if kind == "text":
                self.state.text(token["text"])
            elif kind == "unicode":
                self.state.unicode(token["unicode"])
            elif kind == "bytes":
                self.state.bytes_in_hexadecimal(token["bytes"])
            elif kind == "close":
                self._close_group()
                if not self._groups:
                    return None
            elif kind in ("word", "number"):
                self._word(token["word"], token["number"])
                if token["word"] == "bin":
                    return token.end() + max(0, _number(token["number"], 0))
            elif kind == "symbol":
                self._symbol(token["symbol"])
            elif kind:
                jump = self._open_group(token)
                if jump is not None:
                    return jump
        return None

    def _symbol(self, symbol: str) -> None:
        if symbol in "\\{}":
            self.state.text(symbol)
        elif symbol in "\r\n":
            self.state.end_paragraph()
        elif symbol in SYMBOLS:
            self.state.write(SYMBOLS[symbol])

    def _word(self, word: str, number: str | None) -> None:
        self.state.to_skip = 0
        handler = WORDS.get(word)
        if handler:
            handler(self.state, None if number is None else _number(number, 0))
        elif word in CHARACTERS:
            self.state.write(CHARACTERS[word])

    def _open_group(self, token: re.Match[str]) -> int | None:
        """Enter a group, or return where it ends if nothing in it is read."""
        state, word = self.state, token["destination"]
        state.to_skip = 0
        if len(self._groups) == _MAX_GROUPS:
            raise too_deep(Message(f"groups are nested more than {_MAX_GROUPS} deep", f"组嵌套超过 {_MAX_GROUPS} 层"))
        outer = state.format, state.in_table, state.nesting
        if word is None:
            self._groups.append((*outer, None))
            return None
        if word == "fonttbl" or word in LIST_TABLES:
            end = self._end_of_group(token.end())
            self._read_table(word, self._source[token.end() : end])
            return end
        if word in SKIPPED or MATH_PROPERTIES.match(word) or (token["star"] and word not in DESTINATIONS):
            return self._end_of_group(token.end())
        enter = DESTINATIONS.get(word)
        self._groups.append((*outer, enter(state) if enter else None))
        if word == "upr":
            # The ANSI spelling in the first group; the Unicode one follows.
            return self._end_of_group(self._source.find("{", token.end()) + 1)
        if enter is None:
            self._word(word, token["parameter"])
        return None

    def _read_table(self, word: str, table: str) -> None:
        """Take what a table at the head of the file says of fonts or lists."""
        state = self.state
        if word == "fonttbl":
            state.fonts.read_table(table)
            return
        self._list_tables[word] = table
        state.lists = read_lists(
            self._list_tables.get("listtable", ""),
            self._list_tables.get("listoverridetable", ""),
            lambda written: state.fonts.decode(written, state.default_font),
            state.fonts.symbol_names,
        )

    def _close_group(self) -> None:
        self.state.to_skip = 0
        outer, self.state.in_table, self.state.nesting, close = self._groups.pop()
        if close:
            self.state.flush()
            close()
        if outer is not self.state.format:
            self.state.change(outer)

    def _end_of_group(self, position: int) -> int:
        """Where the group ends that `position` is in; binary data in it may hold braces."""
        depth, size = 1, len(self._source)
        while position < size:
            stop = _STOP.match(self._source, position)
            position = stop.end() if stop else size
            mark = stop and stop["brace"]
            if stop and stop["bin"]:
                position += int(stop["bin"])
            elif mark:
                depth += 1 if mark == "{" else -1
                if depth == 0:
                    return position
        raise broken(Message("the RTF file ends in the middle of a group", "RTF 文件在一个组的中间中断"))


def _number(digits: str | None, default: int) -> int:
    """A control word's number; longer ones than any that Word reads count as the largest."""
    return default if digits is None else max(-0x7FFFFFFF, min(int(digits[:12]), 0x7FFFFFFF))


def _any_of(words: Iterable[str]) -> str:
    """A pattern for these words that decides by the first letter, which is much faster than to try them in turn."""
    by_letter: dict[str, list[str]] = {}
    for word in sorted(words):
        by_letter.setdefault(word[0], []).append(word[1:])
    return "|".join(f"{letter}(?:{'|'.join(rests)})" for letter, rests in by_letter.items())


_TOKEN = re.compile(
    rf"""
    # What only changes the look, and line ends, which mean nothing.
    (?: \\ (?! (?: u | {_any_of([*WORDS, *CHARACTERS])} ) (?![a-zA-Z]) ) [a-zA-Z]++ (?: -?\d++ )?+ [ ]? | [\r\n]++ )*+
    (?:
      (?P<text> [^\\{{}}\r\n]++ )
    | (?P<unicode> (?: \\u (?: c (?=\d) )?+ -?\d{{1,5}}+ [ ]? (?: \\'[0-9a-fA-F]{{2}} | \? )*+ )++ )
    | (?P<bytes> (?: \\'[0-9a-fA-F]{{2}} )++ )
    | (?P<open> \{{ )
      (?: [\r\n]*+ (?P<star> \\\* ) [\r\n]*+ )?+
      (?: \\ (?! uc?-?\d | bin\d ) (?P<destination> [a-zA-Z]++ ) (?P<parameter> -?\d++ )?+ [ ]? )?+
    | (?P<close> \}} )
    | \\ (?P<word> [a-zA-Z]++ ) (?P<number> -?\d++ )?+ [ ]?
    | \\ (?P<symbol> [^a-zA-Z] )
    )
    """,
    re.VERBOSE,
)
_STOP = re.compile(r"(?:[^{}\\]++|\\(?!bin\d)[\s\S])*+(?:(?P<brace>[{}])|\\bin(?P<bin>\d{1,10})[ ]?|\\?\Z)")
