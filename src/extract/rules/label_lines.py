"""Label lines: every line of labels in the rule files, with its place, its meaning and the labels it stands for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from extract.labels import bare_label
from extract.rules.ruleset import LabelUse
from extract.rules.spec import spellings
from extract.rules.yaml_file import RuleFile, Steps

_LABEL_KEYS = frozenset({"labels", "sections", "others", "marks"})
_LONGEST_SHOWN = 24


class LabelLine(NamedTuple):
    """One label as its file writes it, 【】 included, and the bare labels that it stands for."""

    file: RuleFile
    place: tuple[int | str, ...]
    written: str
    bare: frozenset[str]

    @property
    def list(self) -> tuple[str, Steps]:
        """The list in which it stands."""
        return self.file.name, self.place[:-1]

    @property
    def shown(self) -> str:
        """Enough of it to find it."""
        return repr(self.written if len(self.written) <= _LONGEST_SHOWN else f"{self.written[:_LONGEST_SHOWN]}…")

    @property
    def line(self) -> int:
        """The line of its file, from 1."""
        return self.file.where(self.place)[1]

    @property
    def role(self) -> str:
        """What it is for: field, section, column, amount or mark."""
        if "marks" in self.place:
            return "mark"
        if "columns" in self.place:
            return "column"
        if self.place[-2] == "sections":
            return "section"
        return "field" if self.place[0] == "fields" else "amount"

    @property
    def meaning(self) -> LabelUse | None:
        """What it announces; None for labels of columns and amounts, and for marks."""
        if self.role == "field":
            return LabelUse("field", str(self.file.content["fields"][self.place[1]].get("name")))
        if self.role == "section":
            section = self.place[0] if self.place[0] != "sections" else Path(self.file.name).stem
            return LabelUse("section", str(section) if section in ("funding", "indicators") else "form")
        return None


def label_lines(file: RuleFile) -> Iterator[LabelLine]:
    """Every line of labels of a file, in its order."""
    for place, written in _below(file.content, (), is_label=False):
        yield LabelLine(file, place, written, frozenset(map(bare_label, spellings(written))) - {""})


def _below(
    content: Any, place: tuple[int | str, ...], *, is_label: bool
) -> Iterator[tuple[tuple[int | str, ...], str]]:
    if isinstance(content, dict):
        for key, value in content.items():
            heads_columns = bool(place) and place[-1] == "columns"
            yield from _below(value, (*place, str(key)), is_label=(key in _LABEL_KEYS or heads_columns))
    elif isinstance(content, list):
        for number, item in enumerate(content):
            yield from _below(item, (*place, number), is_label=is_label and isinstance(item, str))
    elif is_label and isinstance(content, str):
        yield place, content
