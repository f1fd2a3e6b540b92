"""The views of the database and its data dictionary, in English and Chinese.

views.sql holds the English views; dictionary.yaml what everything is called and means in both languages. From the two
come the Chinese twins (申报表, 绩效指标, 资金 …: the same rows under the names that the forms use, codes in words) and
the comments on every view and column. The dictionary that people read is made from the database: so it is true of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

from extract.language import say

if TYPE_CHECKING:
    import duckdb


class Entry(NamedTuple):
    """A table, view or column: its name, type (of columns), and what it is called and holds in the two languages."""

    relation: str
    column: str | None
    kind: str
    english: str | None
    chinese_name: str | None
    chinese: str | None


class _Words(NamedTuple):
    chinese_name: str
    english: str
    chinese: str


def create_views(connection: duckdb.DuckDBPyConnection) -> None:
    """Make macros and views in the current database, the views' Chinese twins, and all comments."""
    for script in ("macros.sql", "views.sql"):
        connection.execute(resources.files("extract").joinpath(script).read_text("utf-8"))
    statements = []
    for view, (chinese, english, said) in _words()["views"].items():
        columns = _columns_of(connection, view)
        statements += [_comment("VIEW", view, english), *_twin(view, chinese, said, columns)]
        for column in columns:
            if words := _column_words(view, column):
                statements.append(_comment("COLUMN", f'{view}."{column}"', words.english))
    twins = {words[0] for words in _words()["views"].values()}
    for table, (chinese, said) in _words()["tables"].items():
        if chinese not in twins:
            statements += _twin(table, chinese, said, _columns_of(connection, table))
    connection.execute(";\n".join(statements))


def word(column: str, code: str) -> str:
    """A code of a column that has few, as people read it in the chosen language; in English it is the word itself."""
    return say(code, str(_words()["codes"].get(column, {}).get(code, code)))


def counted(column: str, counts: Iterable[tuple[str, int]]) -> str:
    """Codes of a column with how many there are of each: 25 extracted, 2 no_form."""
    return say(
        ", ".join(f"{count} {code}" for code, count in counts),
        "、".join(f"{word(column, code)} {count}" for code, count in counts),
    )


def column_name(column: str, label: str | None = None) -> str:
    """What a column or field is called in the chosen language: in Chinese as the dictionary, else as its label says."""
    words = _words()["columns"].get(column)
    return say(column, str(words[0]) if words else label or column)


def dictionary(connection: duckdb.DuckDBPyConnection) -> list[Entry]:
    """Every table and view with its columns, tables first, English views next, Chinese views last."""
    twins = {words[0]: name for name, words in (*_words()["tables"].items(), *_words()["views"].items())}
    return [
        entry
        for relation, kind, comment in sorted(_relations(connection), key=lambda row: _rank(row, twins))
        for entry in _entries(connection, relation, kind, comment, twins)
    ]


def overview(entries: Sequence[Entry]) -> list[tuple[str, str, str | None, str | None, str | None]]:
    """One row for each table and view; a Chinese twin stands beside what it is the twin of."""
    return [
        (entry.relation, entry.kind, entry.english, entry.chinese_name, entry.chinese)
        for entry in entries
        if entry.column is None and entry.relation.isascii()
    ]


def dictionary_as_markdown(entries: Sequence[Entry]) -> str:
    """The dictionary as a Markdown page: a section for each table and view, its Chinese twin named beside it."""
    lines = ["# Data dictionary · 数据字典", ""]
    for entry in entries:
        if not entry.relation.isascii():
            continue
        if entry.column is None:
            title = f"{entry.relation} · {entry.chinese_name}" if entry.chinese_name else entry.relation
            about = [text for text in (entry.english, entry.chinese) if text]
            lines += [f"## {title}", "", *(f"{text}  " for text in about), ""]
            lines += ["| column | 中文名 | type | holds | 说明 |", "|---|---|---|---|---|"]
        else:
            cells = (entry.column, entry.chinese_name, entry.kind, entry.english, entry.chinese)
            lines.append(f"| {' | '.join((text or '').replace('|', chr(92) + '|') for text in cells)} |")
        if entry is entries[-1] or entries[entries.index(entry) + 1].column is None:
            lines.append("")
    return "\n".join(lines)


def _rank(relation: tuple[str, str, str], twins: dict[str, str]) -> tuple[bool, bool, str]:
    name, kind, _ = relation
    return (name in twins, kind == "view", name)


def _entries(
    connection: duckdb.DuckDBPyConnection, relation: str, kind: str, comment: str | None, twins: dict[str, str]
) -> Iterator[Entry]:
    """A table or view and its columns, described in English; a Chinese twin in Chinese."""
    words = _words()["views"].get(relation) or _words()["tables"].get(relation)
    is_twin = relation in twins
    chinese_name, said = (words[0], words[-1]) if words else (twins.get(relation), comment if is_twin else None)
    yield Entry(relation, None, kind, None if is_twin else comment, chinese_name, said)
    sql = """SELECT column_name, data_type, comment FROM duckdb_columns()
             WHERE table_name = ? AND NOT internal ORDER BY column_index"""
    for column, data_type, about in connection.execute(sql, [relation]).fetchall():
        if is_twin:
            yield Entry(relation, column, data_type, None, column, about)
        else:
            said_of = _column_words(relation, column)
            yield Entry(
                relation, column, data_type, about, said_of and said_of.chinese_name, said_of and said_of.chinese
            )


def _relations(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str, str]]:
    sql = """SELECT table_name, 'table', comment FROM duckdb_tables() WHERE NOT internal
             UNION ALL SELECT view_name, 'view', comment FROM duckdb_views() WHERE NOT internal"""
    return connection.execute(sql).fetchall()


def _columns_of(connection: duckdb.DuckDBPyConnection, relation: str) -> list[str]:
    return [row[0] for row in connection.execute(f"DESCRIBE {relation}").fetchall()]


def _twin(relation: str, chinese: str, said: str, columns: list[str]) -> Iterator[str]:
    """The statements that make the Chinese twin of a table or view; a column without Chinese name keeps its own."""
    known = {column: _column_words(relation, column) for column in columns}
    named = [(column, words.chinese_name if words else column) for column, words in known.items()]
    selected = ", ".join(f'{_decoded(relation, column)} AS "{name}"' for column, name in named)
    yield f'CREATE OR REPLACE VIEW "{chinese}" AS SELECT {selected} FROM {relation}'
    yield _comment("VIEW", f'"{chinese}"', said)
    for column, name in named:
        if words := known[column]:
            yield _comment("COLUMN", f'"{chinese}"."{name}"', words.chinese)


def _decoded(relation: str, column: str) -> str:
    """The column, with its codes in Chinese where it has few; a code without Chinese stays as it is."""
    codes = _words()["codes"].get(f"{relation}.{column}") or _words()["codes"].get(column)
    if not codes:
        return f'"{column}"'
    cases = " ".join(f"WHEN {_quoted(code)} THEN {_quoted(word)}" for code, word in codes.items())
    return f'CASE "{column}"::VARCHAR {cases} ELSE "{column}"::VARCHAR END'


def _column_words(relation: str, column: str) -> _Words | None:
    words = _words()["exceptions"].get(f"{relation}.{column}") or _words()["columns"].get(column)
    return _Words(*words) if words else None


def _comment(what: str, name: str, text: str) -> str:
    return f"COMMENT ON {what} {name} IS {_quoted(text)}"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


@cache
def _words() -> dict[str, Any]:
    """dictionary.yaml."""
    text = resources.files("extract").joinpath("dictionary.yaml").read_text("utf-8")
    words: dict[str, Any] = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return words
