"""The rows that an extraction becomes, by table, in the column order of schema.sql. Knows no database.

Workers build them, so that what travels to the writer is what it appends; packed, for as objects they take ten times as
much of the writer's memory while they wait.
"""

from __future__ import annotations

import io
import pickle
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from extract.findings import Finding
from extract.form import Form, Indicator, Result
from extract.layout import pack
from extract.ledger import Owner
from extract.pipeline import ExtractedForm, Extraction
from extract.target import Target
from extract.target.comparison import DECIMAL_LIMIT, EXACT, SMALLEST, number_set, rounded

Row = tuple[Any, ...]
Rows = dict[str, list[Row]]
"""Rows by table."""

BY_FORM = ("fields", "funding", "indicators", "citations", "labels")
"""Tables whose rows belong to a form and are replaced with its document."""
BY_DOCUMENT = ("documents", "layouts", "forms", "findings", "leftovers")
"""Tables whose rows belong to a document and are replaced with it."""


def rows_of(extraction: Extraction) -> Rows:
    """All rows of one extraction, except where its file was found."""
    rows: Rows = {table: [] for table in (*BY_DOCUMENT, *BY_FORM)}
    rows["documents"].append(_document_row(extraction))
    if extraction.document:
        rows["layouts"].append((extraction.document_id, pack(extraction.document)))
    for form in extraction.forms:
        _add_form(rows, extraction, form)
    rows["findings"] += [finding_row(extraction.document_id, None, finding) for finding in extraction.findings]
    return rows


def packed(rows: Rows) -> bytes:
    """Rows in compact form, for the way to the writer alone."""
    stream = io.BytesIO()
    packer = pickle.Pickler(stream, pickle.HIGHEST_PROTOCOL)
    packer.dispatch_table = _AS_WRITTEN
    packer.dump(rows)
    return stream.getvalue()


# To the database a decimal and what it is written as are the same, and it takes the latter far faster.
_AS_WRITTEN: Mapping[type, Callable[[Any], tuple[Callable[..., Any], tuple[Any, ...]]]] = {
    Decimal: lambda number: (str, (format(number, "f"),))
}


def unpacked(data: bytes) -> Rows:
    """What `packed` was given, by a process of ours; decimals are strings."""
    rows: Rows = pickle.loads(data)  # never from a file
    return rows


def _add_form(rows: Rows, extraction: Extraction, extracted: ExtractedForm) -> None:
    form, form_id = extracted.form, extracted.form_id
    text = extraction.document.text if extraction.document else ""
    rows["forms"].append(_form_row(extraction.document_id, extracted))
    rows["fields"] += [(form_id, f.name, f.label, f.text, f.value, *f.span) for f in form.fields]
    rows["funding"] += [
        (
            form_id,
            n,
            m.source,
            m.stage,
            m.block,
            _decimal(m.amount),
            m.unit,
            _decimal(m.amount_yuan),
            m.text,
            *m.span,
        )
        for n, m in enumerate(form.funding, start=1)
    ]
    rows["indicators"] += [_indicator_row(form_id, number, row) for number, row in enumerate(form.indicators, start=1)]
    rows["citations"] += [(form_id, c.field, c.document_number, c.issuer_code, c.year, *c.span) for c in form.citations]
    rows["labels"] += [(form_id, *used) for used in form.labels]
    rows["findings"] += [finding_row(extraction.document_id, form_id, finding) for finding in extracted.findings]
    rows["leftovers"] += [
        (extraction.document_id, form_id, *span, text[span.start : span.end]) for span in extracted.leftovers
    ]


def finding_row(document_id: str, form_id: str | None, f: Finding) -> Row:
    """A finding about a form, or about a document as a whole."""
    return (document_id, form_id, f.code, f.severity, f.outcome, f.message.en, f.message.zh, *(f.span or (None, None)))


def _document_row(extraction: Extraction) -> Row:
    document, error, counts = extraction.document, extraction.error, extraction.characters
    owners = (Owner.TITLE, Owner.LABEL, Owner.VALUE, Owner.BOILERPLATE, Owner.OUTSIDE, Owner.LEFTOVER)
    return (
        extraction.document_id,
        document.format if document else None,
        document.encoding if document else None,
        extraction.size_bytes,
        extraction.status,
        error.code if error else None,
        error.message.en if error else None,
        error.message.zh if error else None,
        len(extraction.forms),
        document.text if document else None,
        sum(counts.values()),
        *(counts[owner] for owner in owners),
        extraction.ruleset,
        datetime.now(UTC).replace(tzinfo=None),
    )


# The columns of forms that are fields of the rules, in the order of schema.sql.
FORM_FIELDS = (
    "reporting_unit", "unit_head", "project_name", "project_attribute", "competent_department", "implementing_unit",
    "project_lead", "contact_name", "contact_phone", "period_text", "period_start", "period_end", "overview", "basis",
    "measures", "long_term_goal", "annual_goal", "annual_goal_actual",
)  # fmt: skip


def _form_row(document_id: str, extracted: ExtractedForm) -> Row:
    form: Form = extracted.form
    fields = map(form.values().get, FORM_FIELDS)
    head = (
        extracted.form_id,
        document_id,
        extracted.form_index,
        form.kind or "unknown",
        form.title or None,
        form.fiscal_year,
    )
    return (*head, *fields, extracted.grade, form.shape, *form.span)


def _indicator_row(form_id: str, number: int, row: Indicator) -> Row:
    return (
        form_id,
        number,
        row.block,
        row.level1,
        row.level2,
        row.level1_canonical,
        row.level2_canonical,
        row.name,
        row.target_text,
        *target_values(row.target).values(),
        *(_NO_RESULT if row.result == Result() else _result_values(row.result)),
        *row.name_span,
        *row.span,
    )


def _result_values(result: Result) -> Row:
    actual = result.actual
    no_place = (None, None)
    return (
        result.actual_text,
        *actual_values(actual).values(),
        _decimal(result.weight),
        _decimal(result.score),
        result.deviation,
        result.remarks,
        *(result.actual_span or no_place),
        *(result.weight_span or no_place),
        *(result.score_span or no_place),
        *(result.deviation_span or no_place),
    )


def target_values(target: Target) -> Mapping[str, object]:
    """The columns of indicators that follow from a target, in their order."""
    canonical = target.canonical
    return {
        "target_kind": target.kind,
        "operator": target.operator,
        "operator_implied": target.implicit,
        "value": _decimal(target.value),
        "lower": _bound(target.lower),
        "upper": _bound(target.upper),
        "unit": target.unit or None,
        "deadline": target.deadline,
        "dimension": canonical.dimension if canonical else None,
        "unit_canonical": canonical.unit if canonical else None,
        "value_canonical": _canonical_value(target),
        **_comparable_bounds(target),
        "target_context": ", ".join(f"{part}={place}" for part, place in target.context.items()) or None,
        "target_warnings": ", ".join(target.warnings) or None,
    }


def actual_values(actual: Target | None) -> Mapping[str, object]:
    """The columns of indicators that follow from an actual value, in their order; all NULL where there is none."""
    read = actual or NO_ACTUAL
    return {
        "actual_operator": read.operator,
        "actual_value": _decimal(read.value),
        "actual_unit": read.unit or None,
        **{f"actual_{column}": value for column, value in _comparable_bounds(read).items()},
    }


NO_ACTUAL = Target("", "", "empty")


def _canonical_value(target: Target) -> Decimal | None:
    canonical = target.canonical
    if not canonical or target.value is None:
        return None
    return rounded(canonical.lower if canonical.lower is not None else canonical.upper)


def _comparable_bounds(target: Target) -> dict[str, object]:
    """The set of numbers that a target stands for, and the word that is the same for all that it is comparable with."""
    numbers = number_set(target)
    return {
        "lower_canonical": numbers.lower,
        "upper_canonical": numbers.upper,
        "lower_open": numbers.lower_open,
        "upper_open": numbers.upper_open,
        "comparable": numbers.comparable,
    }


def _bound(written: str | None) -> Decimal | None:
    """A bound as a decimal; fractions, dates and grades have none."""
    if written is None or not re.fullmatch(r"-?\d+(?:\.\d+)?", written):
        return None
    return _decimal(Decimal(written))


def _decimal(value: Decimal | None) -> Decimal | None:
    """The value if a DECIMAL(38, 6) holds it exactly; what would be rounded stays in the text alone."""
    if value is None or abs(value) >= DECIMAL_LIMIT or value != value.quantize(SMALLEST, context=EXACT):
        return None
    return value


_NO_RESULT = _result_values(Result())
"""What the rows of every declaration have, worked out once."""
