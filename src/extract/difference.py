"""Difference: what has changed between two states of a database, value by value, form by form.

Two files are compared in DuckDB, which reads them side by side; neither is written.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

# Every value of a form under a key that says where it belongs, in both states alike.
_VALUES = """
CREATE TEMP VIEW {name} AS
SELECT form_id, 'form.' || key AS key, value
FROM (UNPIVOT (SELECT form_id, form_kind, title, fiscal_year::VARCHAR AS fiscal_year FROM {name}_file.forms)
      ON form_kind, title, fiscal_year INTO NAME key VALUE value)
UNION ALL
SELECT form_id, name || CASE WHEN occurrence = 1 THEN '' ELSE ' (' || occurrence || ')' END, value
FROM (SELECT form_id, name, value, row_number() OVER (PARTITION BY form_id, name ORDER BY text_start) AS occurrence
      FROM {name}_file.fields) WHERE value IS NOT NULL
UNION ALL
SELECT form_id, concat_ws('.', 'funding', source, stage, block) || ' (' || occurrence || ')',
       coalesce(amount::VARCHAR, text) || coalesce(unit, '')
FROM (SELECT *, row_number() OVER (PARTITION BY form_id, source, stage, block ORDER BY row_index) AS occurrence
      FROM {name}_file.funding)
UNION ALL
SELECT form_id, 'indicator.' || key || ' (' || indicator_index || ')', value
FROM (UNPIVOT (SELECT form_id, indicator_index, {columns} FROM {name}_file.indicators)
      ON {names} INTO NAME key VALUE value)
"""
_INDICATOR_COLUMNS = (
    "block", "level1", "level2", "name", "target_text", "target_kind", "operator", "value", "lower", "upper", "unit",
    "deadline", "actual_text", "actual_value", "weight", "score", "deviation",
)  # fmt: skip
_CHANGES = """
CREATE TEMP TABLE changes AS
SELECT form_id, key, before.value AS old, after.value AS new,
       CASE WHEN before.value IS NULL THEN 'added' WHEN after.value IS NULL THEN 'removed' ELSE 'changed' END AS change
FROM before FULL JOIN after USING (form_id, key)
WHERE before.value IS DISTINCT FROM after.value
"""


MEMORY = "512MB"
"""What DuckDB may take; what does not fit waits on disk, beside the database."""


@dataclass(frozen=True, slots=True)
class Change:
    """One value of a form; `old` is None where it is new, `new` where it is gone."""

    form_id: str
    key: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class Difference:
    """Counts of forms and values, by what the values are, and some of the changes themselves."""

    forms: int
    changed_forms: int
    new_forms: int
    gone_forms: int
    values: dict[str, int]  # added, removed, changed
    by_name: list[tuple[str, int, int, int]]  # name, added, removed, changed; most changes first
    examples: list[Change]


def compare(before: Path, after: Path, *, examples: int = 10) -> Difference:
    """The difference from the database `before` to `after`, with at most so many `examples`."""
    columns = ", ".join(f"{name}::VARCHAR AS {name}" for name in _INDICATOR_COLUMNS)
    with duckdb.connect() as connection:
        connection.execute("SET memory_limit = ?", [MEMORY])
        connection.execute("SET temp_directory = ?", [f"{after}.tmp"])
        for name, path in (("before", before), ("after", after)):
            quoted = str(path).replace("'", "''")
            connection.execute(f"ATTACH '{quoted}' AS {name}_file (READ_ONLY, TYPE duckdb)")
            connection.execute(_VALUES.format(name=name, columns=columns, names=", ".join(_INDICATOR_COLUMNS)))
        connection.execute(_CHANGES)
        values = dict(connection.execute("SELECT change, count(*) FROM changes GROUP BY 1").fetchall())
        by_name = connection.execute(
            "SELECT regexp_replace(key, ' \\(\\d+\\)$', '') AS name, count(*) FILTER (change = 'added'),"
            " count(*) FILTER (change = 'removed'), count(*) FILTER (change = 'changed')"
            " FROM changes GROUP BY 1 ORDER BY count(*) DESC, 1"
        ).fetchall()
        rows = connection.execute(
            "SELECT form_id, key, old, new FROM changes ORDER BY form_id, key LIMIT ?", [examples]
        ).fetchall()
        return Difference(
            _count(connection, "after_file.forms"),
            _count(connection, "(SELECT DISTINCT form_id FROM changes)"),
            _count(connection, "after_file.forms ANTI JOIN before_file.forms USING (form_id)"),
            _count(connection, "before_file.forms ANTI JOIN after_file.forms USING (form_id)"),
            {change: values.get(change, 0) for change in ("added", "removed", "changed")},
            by_name,
            [Change(*row) for row in rows],
        )


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    ((count,),) = connection.execute(f"SELECT count(*) FROM {table}").fetchall()
    return int(count)
