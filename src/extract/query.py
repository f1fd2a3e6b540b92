"""Queries: one SQL statement that only reads, its rows, and sentences that help where it fails.

The connection has no access to files and network (store.open_for_reading); what is refused here is refused there too,
only not with a sentence that says what to do instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import duckdb
from rapidfuzz import fuzz, process

from extract.errors import UsageError
from extract.language import Message

Row = tuple[Any, ...]

BATCH_ROWS = 10_000


class Answer(NamedTuple):
    """The columns of an answer and its rows, which are fetched as they are asked for."""

    names: list[str]
    rows: Iterator[Row]


def run_query(connection: duckdb.DuckDBPyConnection, statement: str) -> Answer:
    """The answer to one statement that reads. Raises UsageError with what is wrong and what to do."""
    checked = checked_statement(connection, statement)
    try:
        cursor = connection.execute(checked)
        return Answer([column[0] for column in cursor.description or []], _rows(connection, cursor, statement))
    except duckdb.Error as error:
        raise _explained(connection, statement, error) from error


def checked_statement(connection: duckdb.DuckDBPyConnection, statement: str) -> duckdb.Statement:
    """The one statement of a text, if it only reads. Raises UsageError."""
    try:
        statements = [each for each in connection.extract_statements(statement) if each.query.strip(" ;\n\t")]
    except duckdb.Error as error:
        raise _explained(connection, statement, error) from error
    if len(statements) != 1:
        found = (
            Message("there is no statement", "没有语句")
            if not statements
            else Message(f"there are {len(statements)} statements", f"有 {len(statements)} 条语句")
        )
        raise UsageError(
            "query.not_one_statement", Message(f"{found.en}; give one, in quotes", f"{found.zh}；请给出一条，并加引号")
        )
    _refuse_what_writes(statements[0])
    return statements[0]


def _rows(connection: duckdb.DuckDBPyConnection, cursor: duckdb.DuckDBPyConnection, statement: str) -> Iterator[Row]:
    """The rows, fetched in batches; an error in the midst is explained like one at the beginning."""
    while True:
        try:
            batch = cursor.fetchmany(BATCH_ROWS)
        except duckdb.Error as error:
            raise _explained(connection, statement, error) from error
        if not batch:
            return
        yield from batch


# ---------------------------------------------------------------------------------------------------------- refusals

_READING = ("SELECT", "EXPLAIN")
_INSTEAD = {
    "COPY": Message(
        'to write rows into a file: extract export --to FILE --query "select …"',
        '把查询结果写入文件：extract export --to FILE --query "select …"',
    ),
    "EXPORT": Message(
        "to write tables into files: extract export --to FOLDER", "把数据表写入文件：extract export --to FOLDER"
    ),
    "ATTACH": Message("to read another database, name it with --db", "读另一个数据库请用 --db 指定"),
    "DETACH": Message("one database is read at a time; name it with --db", "一次只读一个数据库，请用 --db 指定"),
    "LOAD": Message(
        "extensions are not loaded, for they reach beyond this database", "不加载扩展，因为扩展会越出本数据库"
    ),
    "SET": Message("settings stay as they are", "设置不可更改"),
    "PRAGMA": Message(
        "use describe NAME, show tables or: extract schema", "请用 describe NAME、show tables 或 extract schema"
    ),
    "CALL": Message("use select … from FUNCTION(…)", "请用 select … from FUNCTION(…)"),
}


def _refuse_what_writes(statement: duckdb.Statement) -> None:
    kind = statement.type.name
    if kind in _READING or (kind == "MULTI" and _FIRST_WORD.match(statement.query)):
        return
    word = (re.match(r"\s*(\w+)", statement.query) or ["", kind])[1].upper()
    instead = _INSTEAD.get(
        kind,
        Message(
            "it takes select, with, from, pivot, describe, show, summarize and explain",
            "可用 select、with、from、pivot、describe、show、summarize、explain",
        ),
    )
    raise UsageError(
        "query.refused",
        Message(
            f"extract sql only reads, and {word} does something else; {instead.en}",
            f"extract sql 只读，{word} 不是读取；{instead.zh}",
        ),
    )


# DuckDB takes a pivot apart into several statements.
_FIRST_WORD = re.compile(r"\s*(?:PIVOT|UNPIVOT|FROM|WITH|SELECT|\()", re.IGNORECASE)


# --------------------------------------------------------------------------------------------------------------- hints

_UNKNOWN_COLUMN = re.compile(
    r'Referenced column "(?P<name>.+?)" (?:was )?not found|does not have a column named "(?P<name_in_table>.+?)"'
)
_UNKNOWN_TABLE = re.compile(r"(?:Table|View) with name (?P<name>.+?) does not exist")
_UNKNOWN_FUNCTION = re.compile(r'Function with name "?(?P<name>.+?)"? (?:does not exist|is not in the catalog)')
_POINTER = re.compile(r"^LINE \d+: .*\n\s*\^+", re.MULTILINE)
_NEAREST = 5


def _explained(connection: duckdb.DuckDBPyConnection, statement: str, error: duckdb.Error) -> UsageError:
    """A sentence about DuckDB's error, with the names that may be meant and where they are listed."""
    text = str(error)
    pointer = _POINTER.search(text)
    place = f"\n{pointer[0]}" if pointer else ""
    if "disabled by configuration" in text:
        message = Message(
            f"extract sql has no access to files and network; it reads the database alone{place}",
            f"extract sql 不能访问文件和网络，只读数据库{place}",
        )
        return UsageError("query.no_access", message)
    if found := _UNKNOWN_COLUMN.search(text):
        name = found["name"] or found["name_in_table"]
        near = _near_columns(connection, statement, name)
        return UsageError(
            "query.unknown_column",
            Message(
                f"there is no column {name}{near.en}; all: extract schema NAME{place}",
                f"没有列 {name}{near.zh}；全部列见：extract schema NAME{place}",
            ),
        )
    if found := _UNKNOWN_TABLE.search(text):
        near = _near(_nearest(found["name"], _relations(connection)))
        return UsageError(
            "query.unknown_table",
            Message(
                f"there is no table or view {found['name']}{near.en}; all: extract schema{place}",
                f"没有表或视图 {found['name']}{near.zh}；全部见：extract schema{place}",
            ),
        )
    if found := _UNKNOWN_FUNCTION.search(text):
        return UsageError(
            "query.unknown_function",
            Message(
                f"there is no function {found['name']}; check the spelling, DuckDB's functions are known{place}",
                f"没有函数 {found['name']}；请检查拼写，可用 DuckDB 的函数{place}",
            ),
        )
    first = text.split("\n\nLINE ")[0].strip()
    kind, _, said = first.partition(" Error: ")
    return UsageError(
        "query.failed", Message(f"the query failed: {said or kind}{place}", f"查询失败：{said or kind}{place}")
    )


def _near_columns(connection: duckdb.DuckDBPyConnection, statement: str, name: str) -> Message:
    """Near names among the columns of what the statement names; where there are none, among all."""
    columns = connection.execute(
        "SELECT column_name, list(table_name ORDER BY table_name) FROM duckdb_columns() WHERE NOT internal GROUP BY 1"
    ).fetchall()
    words = set(re.findall(r"\w+", statement.lower()))
    here = [column for column, tables in columns if words & {table.lower() for table in tables}]
    if nearest := _nearest(name, here):
        return _near(nearest)
    where: dict[str, list[str]] = dict(columns)
    return _near([f"{where[column][0]}.{column}" for column in _nearest(name, where)])


def _near(names: Sequence[str]) -> Message:
    listed = ", ".join(names)
    return Message(f"; near names: {listed}", f"，相近的有：{listed}") if names else Message("", "")


def _nearest(name: str, known: Iterable[str]) -> list[str]:
    choices = sorted(set(known))
    found = process.extract(name.lower(), choices, scorer=fuzz.WRatio, score_cutoff=60, limit=_NEAREST)
    return [choice for choice, _, _ in found]


def _relations(connection: duckdb.DuckDBPyConnection) -> list[str]:
    sql = "SELECT DISTINCT table_name FROM duckdb_columns() WHERE NOT internal"
    return [name for (name,) in connection.execute(sql).fetchall()]
