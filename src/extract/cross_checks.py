"""Cross checks: what is wrong between the forms of a database, as rows of its table findings.

The checks are statements (`checks.across`); which forms they are switched off for stands in rules/checks.yaml, as for
all checks.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb

from extract.checks import Fault, finding
from extract.checks.across import PREPARED, STATEMENTS
from extract.document import Span
from extract.rows import Row, finding_row
from extract.rules.checklist import Checklist, Occasion

# First all of it into a table, then read in batches: a whole province may have copied its indicators.
_FOUND = (
    "CREATE OR REPLACE TEMP TABLE found AS {statement}",
    """
    CREATE OR REPLACE TEMP TABLE found_forms AS
    SELECT f.document_id, f.form_kind, f.fiscal_year,
           concat_ws(' ', f.title, f.reporting_unit, f.competent_department) AS names, found.*
    FROM temp.found JOIN forms f USING (form_id)
    """,
    """
    CREATE OR REPLACE TEMP TABLE found_in_order AS
    SELECT *, row_number() OVER (ORDER BY form_id, text_start) AS place FROM temp.found_forms
    """,
)
_BATCH = "SELECT * EXCLUDE (place) FROM temp.found_in_order WHERE place > ? AND place <= ? ORDER BY place"
_BATCH_ROWS = 10_000


def findings_across(connection: duckdb.DuckDBPyConnection, checklist: Checklist) -> Iterator[list[Row]]:
    """The findings of all checks across forms, in batches, about a database whose projects are linked."""
    for table, query in PREPARED.items():
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {query}")
    for code, statement in STATEMENTS.items():
        limits = {name: _parameter(value) for name, value in checklist.limits_across_forms(code).items()}
        connection.execute(_FOUND[0].format(statement=statement), limits)
        connection.execute("; ".join(_FOUND[1:]))
        first = 0
        while batch := _fetch(connection, first):
            yield [row for found in batch if (row := _finding_row(code, found, checklist))]
            first += _BATCH_ROWS
    for table in (*PREPARED, "found", "found_forms", "found_in_order"):
        connection.execute(f"DROP TABLE IF EXISTS temp.{table}")


def _fetch(connection: duckdb.DuckDBPyConnection, first: int) -> list[dict[str, Any]]:
    cursor = connection.execute(_BATCH, [first, first + _BATCH_ROWS])
    columns = [column[0] for column in cursor.description or ()]
    return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def _finding_row(code: str, found: dict[str, Any], checklist: Checklist) -> Row | None:
    """A row of findings; None where the check is switched off for the form."""
    document_id, form_id = found.pop("document_id"), found.pop("form_id")
    occasion = Occasion(found.pop("form_kind"), found.pop("fiscal_year"), found.pop("names"))
    start, end = found.pop("text_start"), found.pop("text_end")
    setting = checklist.settings(occasion).get(code)
    span = None if start is None else Span(start, end)
    return finding_row(document_id, form_id, finding(setting, Fault(span, found))) if setting else None


def _parameter(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value
