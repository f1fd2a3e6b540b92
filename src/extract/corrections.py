"""Corrections: what people decided about extracted values, kept in the database and replayed over every new parse.

A correction names a value by table, row and column, and remembers where in the text its row stands: a document's text
is the same after every import, so the place finds the row again even when new rules have counted the rows anew. What
finds no row any more is not applied, and a finding says so.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

import duckdb

from extract.errors import UsageError
from extract.language import Message
from extract.values import YUAN_PER_UNIT

# In place of a column: the whole row is wrong and goes; a value is missing, and `new` says which in words.
WHOLE_ROW = "(row)"
MISSING = "(missing)"


class _Table(NamedTuple):
    """How the rows of a table are told apart: by the column that names them in their form, and by their place."""

    key: str
    start: str
    end: str
    columns: tuple[str, ...]


TABLES: Mapping[str, _Table] = {
    "forms": _Table("form_index", "text_start", "text_end", ("fiscal_year", "title")),
    "fields": _Table("name", "text_start", "text_end", ("value",)),
    "funding": _Table("row_index", "text_start", "text_end", ("source", "stage", "block", "amount", "unit")),
    "indicators": _Table(
        "indicator_index", "name_start", "name_end",
        ("block", "level1", "level2", "name", "target_text", "target_kind", "operator", "operator_implied", "value",
         "lower", "upper", "unit", "deadline", "dimension", "unit_canonical", "value_canonical",
         "lower_canonical", "upper_canonical", "lower_open", "upper_open", "comparable", "target_context",
         "target_warnings", "actual_text", "actual_operator", "actual_value", "actual_unit", "actual_lower_canonical",
         "actual_upper_canonical", "actual_lower_open", "actual_upper_open", "actual_comparable",
         "weight", "score", "deviation"),
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """A value as it should be: `column` is a column of `table`, WHOLE_ROW or MISSING; `row` is its key in the form."""

    table: str
    row: str
    column: str
    new: str | None


@dataclass(frozen=True, slots=True)
class Correction:
    """A stored change: what stood there before (a whole row as JSON), who decided, when (UTC), and the row's place."""

    form_id: str
    change: Change
    old: str | None
    reviewer: str
    decided_at: datetime
    place: tuple[int | None, int | None]


def record(
    connection: duckdb.DuckDBPyConnection, form_id: str, changes: Sequence[Change], reviewer: str, decided_at: datetime
) -> None:
    """Apply these changes of one form and store them. Raises UsageError for a row, column or value that cannot be."""
    for change in changes:
        correction = _with_present(connection, Correction(form_id, change, None, reviewer, decided_at, (None, None)))
        _apply(connection, correction)
        values = (form_id, change.table, change.row, change.column, correction.old, change.new, reviewer, decided_at)
        connection.execute(f"INSERT INTO corrections VALUES ({', '.join('?' * 10)})", [*values, *correction.place])


def withdraw(connection: duckdb.DuckDBPyConnection, form_id: str, decided_at: datetime) -> None:
    """Take back what was decided about a form at this moment: the old values stand again."""
    taken_back = "form_id = ? AND decided_at = ?"
    for correction in reversed(stored(connection, taken_back, [form_id, decided_at])):
        if correction.change.column == WHOLE_ROW:
            _insert_row(connection, correction)
        else:
            _apply(connection, replace(correction, change=replace(correction.change, new=correction.old)))
    connection.execute(f"DELETE FROM corrections WHERE {taken_back}", [form_id, decided_at])


def replay(connection: duckdb.DuckDBPyConnection, document_ids: Sequence[str]) -> None:
    """Apply what was decided about the forms of these documents, in the order in which it was decided."""
    if not connection.execute("FROM corrections LIMIT 1").fetchall():
        return  # the usual case, without a look at all forms for each batch of an import
    about_these = "form_id IN (SELECT form_id FROM forms WHERE document_id IN (SELECT unnest(?)))"
    for correction in stored(connection, about_these, [list(document_ids)]):
        if not _apply(connection, correction):
            _note_unplaced(connection, correction)


def stored(
    connection: duckdb.DuckDBPyConnection, condition: str = "true", values: Iterable[object] = ()
) -> list[Correction]:
    """The corrections that meet a condition on their table, oldest first."""
    sql = (
        "SELECT form_id, target_table, target_row, target_column, new, old, reviewer, decided_at, text_start, text_end"
        f" FROM corrections WHERE {condition} ORDER BY decided_at, rowid"
    )
    return [
        Correction(form_id, Change(*change), old, reviewer, decided_at, (start, end))
        for form_id, *change, old, reviewer, decided_at, start, end in connection.execute(sql, list(values)).fetchall()
    ]


# ----------------------------------------------------------------------------------------------------- rows and values


def _with_present(connection: duckdb.DuckDBPyConnection, correction: Correction) -> Correction:
    """The correction with what stands there now, and the place of its row."""
    change = correction.change
    if change.column == MISSING:
        return correction
    rowid = _find(connection, correction)
    if rowid is None:
        message = Message(
            f"there is no row {change.row} in {change.table} of form {correction.form_id}; look at the form anew",
            f"表 {correction.form_id} 的 {change.table} 中没有行 {change.row}，请重新查看该表",
        )
        raise UsageError("correction.no_row", message)
    table = _table_of(change)
    what = "COLUMNS(*)" if change.column == WHOLE_ROW else change.column
    from_row = f"FROM {change.table} WHERE rowid = ?"
    ((start, end),) = connection.execute(f"SELECT {table.start}, {table.end} {from_row}", [rowid]).fetchall()
    (found,) = connection.execute(f"SELECT {what}::VARCHAR {from_row}", [rowid]).fetchall()
    old = json.dumps(found, ensure_ascii=False) if change.column == WHOLE_ROW else found[0]
    return replace(correction, old=old, place=(start, end))


def _find(connection: duckdb.DuckDBPyConnection, correction: Correction) -> int | None:
    """The rowid of the row that a correction is about: by its place, and by its key where several stand there."""
    change = correction.change
    table = _table_of(change)
    rows = connection.execute(
        f"SELECT rowid, {table.key}::VARCHAR, {table.start}, {table.end} FROM {change.table} WHERE form_id = ?"
        f" ORDER BY rowid",
        [correction.form_id],
    ).fetchall()
    if correction.place != (None, None):
        rows = [row for row in rows if tuple(row[2:]) == correction.place]
    named = [row for row in rows if row[1] == change.row]
    moved = rows if correction.place != (None, None) and len(rows) == 1 else []
    return next((row[0] for row in named or moved), None)


def _apply(connection: duckdb.DuckDBPyConnection, correction: Correction) -> bool:
    """Make the stored row say what the correction says; whether there is such a row. Raises UsageError."""
    change = correction.change
    if change.column == MISSING:
        return True
    rowid = _find(connection, correction)
    if rowid is None:
        return False
    try:
        if change.column == WHOLE_ROW:
            connection.execute(f"DELETE FROM {change.table} WHERE rowid = ?", [rowid])
        else:
            sql = f"UPDATE {change.table} SET {change.column} = ? WHERE rowid = ?"
            connection.execute(sql, [change.new, rowid])
    except duckdb.ConversionException as error:
        message = Message(
            f"{change.new!r} is no value for {change.column}; numbers are written 12.5, dates 2021-12-31",
            f"{change.new!r} 不能作为 {change.column} 的值；数字写作 12.5，日期写作 2021-12-31",
        )
        raise UsageError("correction.not_a_value", message) from error
    _follow(connection, correction.form_id, change)
    return True


def _follow(connection: duckdb.DuckDBPyConnection, form_id: str, change: Change) -> None:
    """Bring what is derived from a corrected value into line: the form's own column of a field, an amount in 元."""
    if change.table == "fields" and change.row in _form_columns(connection):
        connection.execute(
            f"UPDATE forms SET {change.row} = (SELECT value FROM fields WHERE form_id = $form AND name = $name"
            " AND value IS NOT NULL ORDER BY rowid LIMIT 1) WHERE form_id = $form",
            {"form": form_id, "name": change.row},
        )
    if change.table == "funding":
        factors = ", ".join(f"('{unit}', {factor})" for unit, factor in YUAN_PER_UNIT.items())
        connection.execute(
            f"UPDATE funding SET amount_yuan = amount * (SELECT factor FROM (VALUES {factors}) known(name, factor)"
            " WHERE name = unit) WHERE form_id = ?",
            [form_id],
        )


def _form_columns(connection: duckdb.DuckDBPyConnection) -> set[str]:
    return {column[0] for column in connection.execute("SELECT * FROM forms LIMIT 0").description or []}


def _insert_row(connection: duckdb.DuckDBPyConnection, correction: Correction) -> None:
    """Put a row that was taken out back where it stood."""
    row = json.loads(correction.old or "[]")
    connection.execute(f"INSERT INTO {correction.change.table} VALUES ({', '.join('?' * len(row))})", row)
    _follow(connection, correction.form_id, correction.change)


def _note_unplaced(connection: duckdb.DuckDBPyConnection, correction: Correction) -> None:
    """A finding about a correction whose row is not there any more."""
    change = correction.change
    what, row = f"{change.table}.{change.column}", change.row
    message = Message(
        f"a correction of {what} finds its row {row} no more; decide again",
        f"对 {what} 的一项更正找不到原来的行 {row}，请重新判定",
    )
    connection.execute(
        "INSERT INTO findings SELECT document_id, form_id, 'correction.unplaced', 'warning', 'insufficient_data',"
        " ?, ?, ?, ? FROM forms WHERE form_id = ?",
        [message.en, message.zh, *correction.place, correction.form_id],
    )


def _table_of(change: Change) -> _Table:
    """How the change's table names its rows. Raises UsageError where the column is none that people correct."""
    table = TABLES.get(change.table)
    if table is None or change.column not in (*table.columns, WHOLE_ROW):
        known = "; ".join(f"{name}: {', '.join(each.columns)}" for name, each in TABLES.items())
        message = Message(
            f"{change.table}.{change.column} is not corrected by hand; what can be: {known}",
            f"{change.table}.{change.column} 不能人工更正；可更正的有：{known}",
        )
        raise UsageError("correction.no_column", message)
    return table
