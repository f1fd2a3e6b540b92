"""Writing: the draft as YAML with comments, for a person who knows the form and not the program."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from extract.draft.labels import NewLabel
from extract.draft.types import type_of
from extract.form import Form
from extract.labels import bare_label, label_unit
from extract.rules import RuleSet

# Labels that share this much of their text may mean the same.
_ALIKE = 0.6
_PLAIN = re.compile(r"[\u4e00-\u9fff（）、“”《》]+")

Known = Sequence[tuple[str, str, int]]


def title_lines(kind: str, patterns: Mapping[str, list[str]], *, is_known: bool) -> str:
    """The head of the file: what it is, the kind and its titles."""
    lines = [f"# Draft of the rule for {kind}, made from samples by: extract rules draft. Finish what is marked TODO."]
    if is_known:
        lines.append(f"# The kind is known: this file is laid over the packaged forms/{kind}.yaml and only adds to it.")
    else:
        first = next(iter(patterns.values()))[0]
        lines += [
            f"kind: {kind}  # TODO: a name in small Latin letters; call the file like it",
            f"name: {_scalar(first)}",
        ]
    if patterns:
        lines += ["", "# Lines that name the form, without blanks; a place in front and numbers may differ."]
        lines += [
            "# TODO: add examples of titles from other places and years, and titles that must be refused.",
            "titles:",
        ]
        for pattern, titles in patterns.items():
            lines += [f"  - pattern: {_quoted(pattern)}", f"    examples: [{', '.join(map(_quoted, titles))}]"]
    return "\n".join(lines) + "\n"


def body_lines(
    forms: Sequence[Form],
    known: Known,
    labels: Sequence[NewLabel],
    lists: Sequence[Sequence[str]],
    rules: RuleSet,
    *,
    is_known: bool,
) -> str:
    """The rest of the file: the key, the new fields, and as comments what the shared vocabulary reads already."""
    lines: list[str] = []
    if not is_known:
        lines += [
            "",
            "# The field that every form of this kind has: a repeated title starts a new form where it follows.",
        ]
        lines += [f"key: {_key(known, len(forms), rules, has_new=any(not each.is_section for each in labels))}"]
    if known:
        lines += ["", f"# Known by the shared vocabulary; nothing to do. In brackets: of {len(forms)} forms."]
        lines += [f"#   {label} → {name} ({count})" for name, label, count in known]
    lines += ["", *_fields(labels, len(forms), rules)]
    lines += ["", *_tables(forms)]
    lines += [
        f"# Lists that no rule can say yet: {' · '.join(' '.join(each.split()) for each in row)}" for row in lists
    ]
    if not is_known and any(form.indicators for form in forms):
        lines += ["indicators:", "  block: annual  # TODO: long_term, if the indicators are those of the whole term"]
    return "\n".join(lines) + "\n"


def _key(known: Known, forms: int, rules: RuleSet, *, has_new: bool) -> str:
    """project_name where the forms have it, else the first field that all of them have."""
    if "project_name" in {name for name, *_ in known}:
        return "project_name"
    shared = {name for form in rules.forms for name in form.fields}
    usable = [(count, name) for name, _, count in known if name in shared]
    return next((name for count, name in usable if count == forms or not has_new), "field_1")


def _fields(labels: Sequence[NewLabel], forms: int, rules: RuleSet) -> Iterator[str]:
    sections = [each.label for each in labels if each.is_section]
    labels = [each for each in labels if not each.is_section]
    if sections:
        yield "# Labels in front of several rows, which announce no value of their own."
        yield f"sections: [{', '.join(map(_scalar, sections))}]"
        yield ""
    if not labels:
        yield "# No label of the samples is unknown."
        return
    yield "# New labels. TODO: give each field a name in small Latin letters, and look at its type."
    yield "# A label that only says in other words what a known field says: use that field's name and delete the type."
    yield "fields:"
    similar = _SharedLabels(rules)
    for number, each in enumerate(labels, start=1):
        found = type_of(each.values, label_has_unit=label_unit(each.label) is not None)
        counts = f"in {each.forms} of {forms} forms, filled in {len(each.values)}"
        alike = similar.to(each.label)
        yield f"  - name: field_{number}  # {each.label}: {counts}{f'; like {alike}?' if alike else ''}"
        yield f"    labels: [{_scalar(each.label)}]"
        yield f"    type: {found.type}"
        if found.options:
            yield f"    options: [{', '.join(map(_scalar, found.options))}]"


class _SharedLabels:
    """The labels of all kinds, to find a known one that an unknown one resembles."""

    def __init__(self, rules: RuleSet) -> None:
        self._names = {
            label: use.name for form in rules.forms for label, use in form.labels.items() if use.role == "field"
        }

    def to(self, label: str) -> str | None:
        """Label and name of the field whose label is most like `label`."""
        found = difflib.get_close_matches(bare_label(label), self._names, n=1, cutoff=_ALIKE)
        return f"{self._names[found[0]]} ({found[0]})" if found else None


def _tables(forms: Sequence[Form]) -> Iterator[str]:
    """What the shared vocabulary reads of funding and indicators, as comments."""
    funding = Counter(f"{row.source}/{row.stage}/{row.block}" for form in forms for row in form.funding)
    yield "# Funding, by vocabulary/funding.yaml (source/stage/block and number of amounts):"
    yield f"#   {', '.join(f'{name} ({count})' for name, count in funding.items()) or 'none found'}"
    yield "# Indicators, by vocabulary/indicators.yaml (column and number of rows that fill it):"
    yield f"#   {', '.join(_columns(forms)) or 'none found'}"


_COLUMNS = ("level1", "level2", "name", "target_text", "actual_text", "weight", "score")


def _columns(forms: Sequence[Form]) -> Iterator[str]:
    for column in _COLUMNS:
        count = sum(getattr(row, column, None) is not None for form in forms for row in form.indicators)
        if count:
            yield f"{column} ({count})"


def _scalar(text: str) -> str:
    """A text as YAML: plain where that is safe."""
    return text if _PLAIN.fullmatch(text) else _quoted(text)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
