"""Goldens: what must come out of each sample, as JSON that a person has read and approved.

A golden stands beside its sample, `form.doc` and `form.doc.expected.json`; those of the program's own samples stand in
`tests/golden`, `form.doc.json`. A golden is written only where there is none, so that nobody takes a changed
expectation for a passing test.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from extract.corrections import WHOLE_ROW, Change, Correction
from extract.pipeline import extract
from extract.result import extraction_as_json
from extract.rules import RuleSet, packaged_rules

SUFFIX = ".expected.json"
# What stands beside samples in their folder: goldens, and words about them.
_NO_SAMPLES = frozenset({".md", ".json"})


@dataclass(frozen=True, slots=True)
class SampleResult:
    """What became of one sample; `difference` is a unified diff from its golden to what came out, by lines."""

    sample: Path
    golden: Path
    outcome: Literal["same", "different", "missing", "written", "unreadable"]
    forms: int = 0
    difference: tuple[str, ...] = ()


def own_samples() -> Path | None:
    """The samples that come with the source code; None in an installed package, which has none."""
    folder = packaged_rules().parent / "samples"
    return folder if folder.is_dir() else None


def samples_of(path: Path) -> list[Path]:
    """The samples that `path` names: itself, or all files below it but goldens and explanations."""
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    return [f for f in files if f.is_file() and f.suffix not in _NO_SAMPLES and not f.name.startswith((".", "~$"))]


def check_sample(sample: Path, data: bytes, rules: RuleSet, *, write: bool) -> SampleResult:
    """A sample, whose bytes are `data`, against its golden; `write` makes the golden where there is none."""
    golden = golden_of(sample)
    result, forms = golden_text(data, rules)
    if not golden.exists():
        if write:
            golden.write_text(result, "utf-8")
        return SampleResult(sample, golden, "written" if write else "missing", forms)
    try:
        expected = json.dumps(json.loads(golden.read_text("utf-8")), ensure_ascii=False, indent=1) + "\n"
    except ValueError:  # no JSON, or no UTF-8
        return SampleResult(sample, golden, "unreadable", forms)
    if result == expected:
        return SampleResult(sample, golden, "same", forms)
    lines = difflib.unified_diff(expected.splitlines(), result.splitlines(), "expected", "came out", lineterm="")
    return SampleResult(sample, golden, "different", forms, tuple(lines))


def golden_text(data: bytes, rules: RuleSet) -> tuple[str, int]:
    """What the bytes of a sample give, as the text of a golden file, and the number of forms."""
    extraction = extract(data, rules)
    result = extraction_as_json(extraction, spans=False)
    return json.dumps(result, ensure_ascii=False, indent=1) + "\n", len(extraction.forms)


def corrected_golden_text(data: bytes, rules: RuleSet, corrections: Sequence[Correction]) -> str:
    """What the bytes of a sample should give once the rules are mended: what they give now, with the corrections in it.

    A value noted as missing is in words only, so it is not in the golden.
    """
    result = extraction_as_json(extract(data, rules), spans=False)
    forms = {form["form_id"]: form for form in result["forms"]}
    for each in corrections:
        if each.form_id in forms:
            _correct(forms[each.form_id], each.change)
    for form in forms.values():
        form["indicators"] = [
            {**row, "indicator_index": number} for number, row in enumerate(filter(None, form["indicators"]), start=1)
        ]
        form["funding"] = list(filter(None, form["funding"]))
        form["fields"] = list(filter(None, form["fields"]))
    return json.dumps(result, ensure_ascii=False, indent=1) + "\n"


def _correct(form: dict[str, Any], change: Change) -> None:
    """Change one value of a form, or empty the place of a row that goes."""
    if change.table == "forms":
        if change.column in form:
            form[change.column] = int(change.new) if change.new and change.column == "fiscal_year" else change.new
        return
    rows = form[change.table]
    if change.table == "fields":
        number = next((n for n, row in enumerate(rows) if row and row["name"] == change.row), None)
    else:
        number = int(change.row) - 1 if int(change.row) <= len(rows) and rows[int(change.row) - 1] else None
    if number is None:
        return
    if change.column == WHOLE_ROW:
        rows[number] = None
    elif change.column in rows[number]:
        was = rows[number][change.column]
        rows[number][change.column] = change.new == "True" if isinstance(was, bool) else change.new


def golden_of(sample: Path) -> Path:
    """Where the golden of a sample stands."""
    own = own_samples()
    if own and sample.absolute().parent == own:
        return own.parent / "tests" / "golden" / f"{sample.name}.json"
    return sample.with_name(sample.name + SUFFIX)
