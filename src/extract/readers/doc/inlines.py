"""The characters of a document as they read: fields, symbols, deletions and special characters.

Most characters read as they are stored. For the others this module knows what each one reads as, by its CP: a deleted
character reads as "", the last mark of a field that draws a ticked box reads as "☑". A paragraph is then the stored
text with the other readings put in.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from extract.document import TICKED, UNTICKED
from extract.readers.doc.properties import Run
from extract.readers.symbols import SIGNS, drawn_by_field, glyph, is_sign, symbol, tick

_FIELD_BEGIN, _FIELD_SEPARATOR, _FIELD_END = "\x13\x14\x15"
_MARKS = "\r\x07\x0c"
_PICTURE = "\x01"
_SYMBOL = "("

# Everything but the marks that end paragraphs and cells. A crossed box is how Word draws a ticked one.
_SPECIAL = re.compile(
    r"[\x00-\x06\x08-\x0b\x0e-\x1f\x7f☒\ufffe\uffff]|[\uf020-\uf0ff]|[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]"
)
_READS_AS = {"\t": " ", "\n": "\n", "\x0b": "\n", "\x0e": "\n", "\x1e": "-", "☒": TICKED}

_MAX_FIELD_DEPTH = 30
_MAX_INSTRUCTION = 2000
_FORM_FIELD = re.compile(r"\s*FORM(CHECKBOX|DROPDOWN)\b", re.IGNORECASE)
# A table does not fit into a field's instruction: if there seems to be one, the marks do not belong together.
_CELL_MARK = "\x07"


class Inlines:
    """The text of a document by CP, as it reads."""

    def __init__(self, text: str, runs: Sequence[Run], fonts: Sequence[str], form_field: Callable[[int], str | None]):
        """`form_field` tells what the form field reads as whose data stands at an offset of the Data stream."""
        self._text = text
        self._readings: dict[int, str] = {}
        self._form_field = form_field
        self._pictures: dict[int, int] = {}
        self._deleted_marks: set[int] = set()
        self._hidden_marks: set[int] = set()
        self._read_special_characters()
        for run in runs:
            self._read_run(run, fonts)
        self._read_underlined_signs(runs)
        self._read_fields()
        self._places = sorted(self._readings)

    def read(self, start: int, end: int) -> str:
        """What the characters from CP `start` to `end` read as."""
        places = self._places
        number = bisect_left(places, start)
        if number == len(places) or places[number] >= end:
            return self._text[start:end]
        pieces = []
        while number < len(places) and places[number] < end:
            pieces.append(self._text[start : places[number]])
            pieces.append(self._readings[places[number]])
            start = places[number] + 1
            number += 1
        pieces.append(self._text[start:end])
        return "".join(pieces)

    def is_deleted_mark(self, cp: int) -> bool:
        """Whether the mark of a paragraph, cell or row at `cp` is deleted."""
        return cp in self._deleted_marks

    def is_unseen_mark(self, cp: int) -> bool:
        """Whether the mark at `cp` is deleted or hidden, so that a blank paragraph before it is not there."""
        return cp in self._deleted_marks or cp in self._hidden_marks

    # --- Special characters ([MS-DOC] 2.4.1, 2.6.1 sprmCFSpec) and runs ---

    def _read_special_characters(self) -> None:
        for found in _SPECIAL.finditer(self._text):
            characters = found[0]
            if len(characters) == 2:
                pair = characters.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
                self._readings[found.start()] = pair
                self._readings[found.start() + 1] = ""
            elif 0xD800 <= ord(characters) <= 0xF0FF:
                self._readings[found.start()] = glyph("", ord(characters))
            else:
                self._readings[found.start()] = _READS_AS.get(characters, "")

    def _read_run(self, run: Run, fonts: Sequence[str]) -> None:
        properties, text = run.properties, self._text
        cps = range(run.start, min(run.end, len(text)))
        if properties.is_deleted or properties.is_hidden:
            self._readings.update((cp, "") for cp in cps if text[cp] not in _MARKS)
            marks = self._deleted_marks if properties.is_deleted else self._hidden_marks
            marks.update(cp for cp in cps if text[cp] in _MARKS)
            return
        if properties.symbol is not None:
            number, code = properties.symbol
            drawn = glyph(fonts[number] if number < len(fonts) else "", code)
            self._readings.update((cp, drawn) for cp in cps if text[cp] == _SYMBOL or "\uf020" <= text[cp] <= "\uf0ff")
        elif properties.fonts:
            letters = fonts[properties.letter_font] if properties.letter_font is not None else ""
            symbols = fonts[properties.fonts[0]]
            self._readings.update(_symbol_letters(text, cps, letters, symbols))
        if properties.picture is not None:
            self._pictures.update((cp, properties.picture) for cp in cps if text[cp] == _PICTURE)

    def _read_underlined_signs(self, runs: Sequence[Run]) -> None:
        """Let a lone > or < that is underlined read as ≥ or ≤; runs that touch are one stretch."""
        stretches: list[list[int]] = []
        for run in sorted((run for run in runs if run.properties.is_underlined), key=lambda run: run.start):
            if stretches and run.start <= stretches[-1][1]:
                stretches[-1][1] = max(run.end, stretches[-1][1])
            else:
                stretches.append([run.start, run.end])
        for start, end in stretches:
            for cp in range(start, end) if is_sign(self._text[start:end]) else ():
                if self._text[cp] in SIGNS:
                    self._readings.setdefault(cp, SIGNS[self._text[cp]])

    # --- Fields ([MS-DOC] 2.8.25) ---

    def _read_fields(self) -> None:
        """Leave out the instructions of all fields and put what they draw at their ends.

        Marks that do not pair are left out, and the text between them stays.
        """
        if _FIELD_BEGIN not in self._text:
            return
        open_fields: list[_Field] = []
        instructions: list[tuple[int, int]] = []
        for found in re.finditer("[\x13\x14\x15]", self._text):
            mark, cp = found[0], found.start()
            if mark == _FIELD_BEGIN:
                open_fields.append(_Field(cp))
                del open_fields[:-_MAX_FIELD_DEPTH]
            elif open_fields and mark == _FIELD_SEPARATOR:
                if open_fields[-1].separator is None:
                    open_fields[-1].separator = cp
            elif open_fields:
                instructions += self._close(open_fields.pop(), cp)
        for start, end in _united(instructions):
            self._readings.update(dict.fromkeys(range(start, end), ""))

    def _close(self, field: _Field, end: int) -> Iterable[tuple[int, int]]:
        """Put what a field draws at its end; returns where its instruction stands."""
        code_end = field.separator if field.separator is not None else end
        if self._text.find(_CELL_MARK, field.begin, code_end) >= 0:
            return ()
        drawn = self._drawn(field.begin + 1, min(code_end, field.begin + _MAX_INSTRUCTION))
        if drawn and (drawn in (TICKED, UNTICKED) or not self._reading(code_end + 1, end).strip()):
            self._readings[end] = drawn
            return ((field.begin, end),)
        return ((field.begin, code_end),)

    def _drawn(self, start: int, end: int) -> str | None:
        instruction = self._reading(start, end)
        if _FORM_FIELD.match(instruction):
            pictures = (self._pictures.get(cp) for cp in range(start, end) if self._text[cp] == _PICTURE)
            place = next((picture for picture in pictures if picture is not None), None)
            return None if place is None else self._form_field(place)
        return drawn_by_field(instruction)

    def _reading(self, start: int, end: int) -> str:
        """Like `read`, while readings are still being found."""
        readings, text = self._readings, self._text
        return "".join(readings.get(cp, text[cp]) for cp in range(start, end))


@dataclass(slots=True)
class _Field:
    """An open field: the CPs of its first and, once it is met, its second mark."""

    begin: int
    separator: int | None = None


def _united(stretches: list[tuple[int, int]]) -> Iterable[tuple[int, int]]:
    """The stretches without those that lie in another, so that nested fields are not gone through twice."""
    last_end = -1
    for start, end in sorted(stretches, key=lambda stretch: (stretch[0], -stretch[1])):
        if end > last_end:
            yield max(start, last_end), end
            last_end = end


def _symbol_letters(text: str, cps: range, letters: str, symbols: str) -> Iterable[tuple[int, str]]:
    """What the characters of a run in symbol fonts read as; `letters` is "" if only its other scripts have one."""
    for cp in cps:
        code = ord(text[cp])
        if letters and 0x21 <= code <= 0xFF:
            yield cp, tick(letters, code) or symbol(letters, code) or text[cp]
        elif 0xF020 <= code <= 0xF0FF:
            yield cp, glyph(symbols, code)
