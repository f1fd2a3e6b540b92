"""Grades: how much a person should look at a form, by the limits of rules/vocabulary/grades.yaml."""

from __future__ import annotations

from collections.abc import Sequence

from extract.checks import is_template
from extract.document import Span
from extract.findings import Finding
from extract.form import Form
from extract.rules import GradeLimits

MISSING = frozenset({"field.missing", "field.blank"})


def grade(
    form: Form, findings: Sequence[Finding], leftovers: Sequence[Span], limits: Sequence[GradeLimits]
) -> str | None:
    """How much a person should look at a form: good, check or poor by `limits`; None for a template."""
    if form.kind is None:
        return "poor"
    if is_template(form):
        return None
    errors = sum(finding.severity == "error" for finding in findings)
    warnings = sum(finding.severity == "warning" for finding in findings)
    missing = sum(finding.code in MISSING for finding in findings)
    left = 100 * sum(span.end - span.start for span in leftovers) / max(form.span.end - form.span.start, 1)
    for limit in limits:
        within = errors <= limit.errors and warnings <= limit.warnings and missing <= limit.missing
        if within and left <= limit.leftover_percent:
            return limit.grade
    return "poor"
