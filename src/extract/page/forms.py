"""The forms of the page: values, and the source in lines with the places of values, leftovers and findings marked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import duckdb

from extract.review import FormOnDesk, load_form, worst_forms

_ROW_JOINT = re.compile(r"(?<!\n)\n\t")


class Piece(NamedTuple):
    """A stretch of source text with the numbers of the values that stand in it and the classes that colour it."""

    text: str
    classes: str
    values: str
    title: str


@dataclass(frozen=True, slots=True)
class ShownForm:
    """A form, and the lines of its source."""

    form: FormOnDesk
    lines: tuple[tuple[Piece, ...], ...]


def shown_forms(connection: duckdb.DuckDBPyConnection, most: int) -> list[ShownForm]:
    """At most so many forms, the worst first."""
    return [_shown(load_form(connection, form_id)) for form_id in worst_forms(connection, most)]


class _Mark(NamedTuple):
    start: int
    end: int
    kind: str
    value: str
    title: str


def _shown(form: FormOnDesk) -> ShownForm:
    """The form with its source: a line for each row of its tables, bars between cells."""
    text = _ROW_JOINT.sub(" |", form.text).replace("\t", "|")
    marks = [_Mark(v.start, v.end, "value", str(number), v.name) for number, v in enumerate(form.values, start=1)]
    marks += [_Mark(*place, "leftover", "", "") for place in form.leftovers]
    marks += [_Mark(*each.place, "finding", "", str(each.message)) for each in form.findings if each.place]
    lines = (line for line in _lines(text, marks) if "".join(piece.text for piece in line).strip(" |"))
    return ShownForm(form, tuple(lines))


def _lines(text: str, marks: list[_Mark]) -> Iterator[tuple[Piece, ...]]:
    """The text cut at line ends and wherever a mark begins or ends."""
    cuts = sorted({0, len(text), *(min(len(text), at) for mark in marks for at in mark[:2])})
    line: list[Piece] = []
    for start, end in pairwise(cuts):
        here = [mark for mark in marks if mark.start <= start and end <= mark.end]
        classes = " ".join(sorted({mark.kind for mark in here}))
        values = " ".join(mark.value for mark in here if mark.value)
        title = " · ".join(dict.fromkeys(mark.title for mark in here if mark.title))
        first, *more = text[start:end].split("\n")
        line.append(Piece(first, classes, values, title))
        for rest in more:
            yield tuple(line)
            line = [Piece(rest, classes, values, title)]
    yield tuple(line)
