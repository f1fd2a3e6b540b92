"""Queries: one read-only SQL statement over the database, and its rows on screen."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import duckdb
from rich.console import Console
from rich.table import Table
from rich.text import Text

from extract.errors import UsageError
from extract.terminal import data, plain_number

Row = tuple[Any, ...]


def run_query(connection: duckdb.DuckDBPyConnection, statement: str) -> tuple[list[str], list[Row]]:
    """Column names and rows of one statement. Raises UsageError `query.failed` with DuckDB's own explanation."""
    try:
        statements = connection.extract_statements(statement)
        if len(statements) != 1:
            message = f"there are {len(statements)} statements; give one, in quotes"
            raise UsageError("query.not_one_statement", message)
        cursor = connection.execute(statements[0])
        names = [column[0] for column in cursor.description or []]
        return names, cursor.fetchall()
    except duckdb.Error as error:
        tables = "forms, fields, funding, indicators, citations, findings, leftovers, documents, files"
        raise UsageError("query.failed", f"the query failed: {error}\nThe tables are {tables}") from error


def print_rows(names: Sequence[str], rows: Sequence[Row], console: Console) -> None:
    """Rows as a table; numbers to the right."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for position, name in enumerate(names):
        numeric = bool(rows) and all(isinstance(row[position], int | float | Decimal | None) for row in rows)
        table.add_column(data(name), justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*map(_shown, row))
    console.print(table)
    console.print(data(f"{len(rows)} rows", "dim"))


def _shown(value: object) -> Text:
    if value is None:
        return data("NULL", "dim")
    return data(plain_number(value) if isinstance(value, Decimal) else value)
