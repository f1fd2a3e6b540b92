"""Cross checks: what is wrong between the forms of a database, as rows of its table findings.

The checks are statements (`checks.across`); which forms they are switched off for stands in rules/checks.yaml, as for
all checks.
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from extract.checks import Fault, finding
from extract.checks.across import STATEMENTS
from extract.document import Span
from extract.rows import Row, finding_row
from extract.rules.checklist import Checklist, Occasion

_WITH_FORMS = """
    SELECT f.document_id, f.form_kind, f.fiscal_year, concat_ws(' ', f.title, f.reporting_unit, f.competent_department),
           found.*
    FROM ({statement}) found JOIN forms f USING (form_id) ORDER BY found.form_id, text_start
"""


def findings_across(connection: duckdb.DuckDBPyConnection, checklist: Checklist) -> Iterator[Row]:
    """The findings of all checks across forms, about a database whose projects are linked."""
    for code, statement in STATEMENTS.items():
        limits = {name: _parameter(value) for name, value in checklist.limits_across_forms(code).items()}
        found = connection.execute(_WITH_FORMS.format(statement=statement), limits)
        columns = [column[0] for column in found.description or ()]
        for document_id, kind, year, names, *values in found.fetchall():
            setting = checklist.settings(Occasion(kind, year, names)).get(code)
            if setting:
                fault = dict(zip(columns[4:], values, strict=True))
                form_id, start, end = (fault.pop(name) for name in ("form_id", "text_start", "text_end"))
                span = None if start is None else Span(start, end)
                yield finding_row(document_id, form_id, finding(setting, Fault(span, fault)))


def _parameter(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value
