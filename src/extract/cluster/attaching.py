"""Attaching: a database that holds hardly any rows, but views of the tables in parts, which it reads where they lie.

It is made in seconds, however many parts there are, and is queried, reported on and exported like any other; it is not
written into: no corrections, no import. Parts that come later are not in it until they are attached anew.
"""

from __future__ import annotations

import os
from pathlib import Path

import duckdb

from extract.cluster.merging import MEMORY, choose, rows_in_parts, show_parts, take_rows
from extract.cluster.parts import TABLES, Parts
from extract.errors import StoreError, UsageError
from extract.language import Message
from extract.rows import BY_DOCUMENT
from extract.rules import RuleSet
from extract.store import Store, parts_behind


def attach(parts: Parts, database: Path, rules: RuleSet) -> int:
    """Make a database of views of all parts that are whole, projects linked by `rules`; how many forms it shows.

    A database at that path is replaced if it is of this kind. Raises StoreError, and UsageError where there are no
    parts or where they are not on this machine.
    """
    if "://" in parts.url:
        raise UsageError(
            "parts.not_here",
            Message(
                f"{parts}: only a folder can be attached; copy the parts, or merge them",
                f"{parts}：只能附加文件夹；请复制各部分，或合并",
            ),
        )
    if database.exists() and not parts_behind(database):
        raise StoreError(
            "database.exists",
            Message(
                f"{database}: holds rows of its own; choose another name with --db",
                f"{database}：已有自己的数据；请用 --db 换一个文件名",
            ),
        )
    names = [part.name for part in parts.whole()]
    if not names:
        raise UsageError(
            "parts.none",
            Message(
                f"{parts}: holds no part that is whole; make some with extract import --parts",
                f"{parts}：没有完整的部分；请先用 extract import --parts 生成",
            ),
        )
    unfinished = Path(f"{database}.new")
    unfinished.unlink(missing_ok=True)
    with Store(unfinished) as store:
        store.allow_memory(MEMORY)
        with store.transaction() as connection:
            show_parts(connection, [f"{parts.url}/{name}" for name in names])
            choose(connection)
            _note_what_counts(connection, parts.url, names)
            for table in TABLES:
                if table != "findings":
                    _show(connection, table, parts.url)
            # Copied, for what is found when all forms are compared with each other is written beside it.
            take_rows(connection, "findings", "taken_documents USING (document_id, part)")
        store.link_projects(rules)
        with store.transaction() as connection:
            (forms,) = connection.execute("SELECT count(*) FROM forms").fetchone() or (0,)
        store.checkpoint()
    os.replace(unfinished, database)
    return int(forms)


def _note_what_counts(connection: duckdb.DuckDBPyConnection, folder: str, names: list[str]) -> None:
    """Store which parts are shown, and which rows of them are not, for other parts tell better."""
    connection.execute(_NOTES)
    values = [name.removeprefix("part=") for name in names]  # what DuckDB calls them in the column `part`
    connection.execute("INSERT INTO attached_parts SELECT unnest(?), ?", [values, folder])
    for table, key in (("files", "path"), ("documents", "document_id"), ("forms", "form_id")):
        connection.execute(
            f"INSERT INTO outdone_rows SELECT DISTINCT '{table}', part, {key} FROM part_{table} "
            f"ANTI JOIN taken_{table} USING (part, {key})"
        )


def _show(connection: duckdb.DuckDBPyConnection, table: str, folder: str) -> None:
    """Put a view in the place of a table, with its comments."""
    about = f"WHERE database_name = current_database() AND table_name = '{table}' AND comment IS NOT NULL"
    said = connection.execute(f"SELECT NULL, comment FROM duckdb_tables() {about}").fetchall()
    said += connection.execute(f"SELECT column_name, comment FROM duckdb_columns() {about}").fetchall()
    kind, key = ("files", "path") if table == "files" else ("forms", "form_id")
    if table in BY_DOCUMENT and table != "forms":
        kind, key = "documents", "document_id"
    connection.execute(f"DROP TABLE {table}")
    connection.execute(
        f"CREATE VIEW {table} AS SELECT * EXCLUDE (part) {rows_in_parts(table, [f'{folder}/part=*'])} "
        f"SEMI JOIN attached_parts USING (part) "
        f"ANTI JOIN (SELECT part, id AS {key} FROM outdone_rows WHERE kind = '{kind}') USING (part, {key})"
    )
    for column, comment in said:
        what = f'COLUMN {table}."{column}"' if column else f"VIEW {table}"
        connection.execute(f"COMMENT ON {what} IS '{comment.replace(chr(39), chr(39) * 2)}'")


_NOTES = """
    CREATE TABLE attached_parts (part VARCHAR PRIMARY KEY, folder VARCHAR NOT NULL);
    COMMENT ON TABLE attached_parts IS 'The parts that this database shows; it has no rows of forms itself';
    COMMENT ON COLUMN attached_parts.part IS 'Name of the part in its folder';
    COMMENT ON COLUMN attached_parts.folder IS 'The folder';
    CREATE TABLE outdone_rows (kind VARCHAR NOT NULL, part VARCHAR NOT NULL, id VARCHAR NOT NULL);
    COMMENT ON TABLE outdone_rows IS 'Files, documents and forms that are not shown: another part tells them better';
    COMMENT ON COLUMN outdone_rows.kind IS 'files, documents or forms';
    COMMENT ON COLUMN outdone_rows.part IS 'Name of the part';
    COMMENT ON COLUMN outdone_rows.id IS 'Path, document_id or form_id';
"""
