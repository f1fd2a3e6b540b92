"""Merging: parts become rows of a database, by one writer, some parts a transaction.

A part is to the database what a batch is to an import: its files outdo what was known of them, and a content that these
rules have parsed already is not taken again. The database remembers which parts it has, so that merging again adds
nothing; what has been merged when somebody interrupts is kept in the working copy, and the next merge goes on with it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from extract import __version__
from extract.cluster.parts import TABLES, Parts
from extract.corrections import replay
from extract.errors import UsageError
from extract.language import Message
from extract.rows import BY_DOCUMENT, BY_FORM
from extract.rules import RuleSet
from extract.store import Figures, Store, now
from extract.working_copy import WorkingCopy

PARTS_AT_ONCE = 20
"""So many parts are merged in one transaction."""

MEMORY = "512MB"
"""What DuckDB may take meanwhile, for nobody else works then; what does not fit waits on disk."""


@dataclass
class Merged:
    """What a merge did: parts that were new, and the files, documents and forms in them that the database had not."""

    parts: int = 0
    files: int = 0
    documents: int = 0
    forms: int = 0
    failures: int = 0


Progress = Callable[[Merged, int], None]


def merge(parts: Parts, database: Path, rules: RuleSet, progress: Progress = lambda merged, total: None) -> Merged:
    """Bring all parts that are whole into the database, which can be read meanwhile; `rules` link its projects.

    `progress` is called with what has been done and the number of all new parts. Raises StoreError, and UsageError
    where there are no parts.
    """
    merged = Merged()
    whole = parts.whole()
    if not whole:
        raise UsageError(
            "parts.none",
            Message(
                f"{parts}: holds no part that is whole; make some with extract import --parts",
                f"{parts}：没有完整的部分；请先用 extract import --parts 生成",
            ),
        )
    with WorkingCopy(database, __version__, rules.version) as copy:
        before = copy.for_reading()
        known = before.merged_parts() if before else set()
        new = [part for part in whole if part.name not in known]
        for start in range(0, len(new), PARTS_AT_ONCE):
            some = new[start : start + PARTS_AT_ONCE]
            store = copy.for_writing()
            store.allow_memory(MEMORY)
            with parts.here(some) as folders:
                _take_in(store, folders, merged)
            merged.parts += len(some)
            merged.failures += sum(part.figures["failures"] for part in some)
            progress(merged, len(new))
        if merged.documents:
            copy.for_writing().link_projects(rules)
        copy.publish(Figures(merged.files, 0, merged.forms, merged.failures))
    return merged


def _take_in(store: Store, folders: Sequence[Path], merged: Merged) -> None:
    """Take some parts in, all of them or none."""
    with store.transaction() as connection:
        show_parts(connection, [str(folder) for folder in folders])
        choose(connection)
        new = _ids(connection, "FROM taken_documents SELECT document_id")
        given_up = _ids(connection, f"SELECT DISTINCT document_id FROM files {_OUTDONE} AND document_id IS NOT NULL")
        connection.execute(f"DELETE FROM files {_OUTDONE}")
        store.forget_documents(new)
        merged.files += take_rows(connection, "files", "taken_files USING (path, part)")
        for table in BY_DOCUMENT:
            rows = take_rows(connection, table, "taken_documents USING (document_id, part)")
            merged.documents += rows if table == "documents" else 0
            merged.forms += rows if table == "forms" else 0
        for table in BY_FORM:
            take_rows(connection, table, "taken_forms USING (form_id, part)")
        replay(connection, new)
        store.forget_documents(store.without_file(given_up))
        names = [folder.name for folder in folders]
        connection.execute("INSERT INTO merged_parts SELECT unnest(?), ?", [names, now()])


def show_parts(connection: duckdb.DuckDBPyConnection, folders: Sequence[str], tables: Sequence[str] = TABLES) -> None:
    """Make a temporary view of each table over these parts, part_files and so on; their column `part` says which."""
    for table in tables:
        connection.execute(f"CREATE OR REPLACE TEMP VIEW part_{table} AS {rows_in_parts(table, folders)}")


def choose(connection: duckdb.DuckDBPyConnection) -> None:
    """Make temporary tables of what counts in the parts shown, each with its part: taken_files, _documents, _forms."""
    for statement in (_TAKEN_FILES, _TAKEN_DOCUMENTS, _TAKEN_FORMS):
        connection.execute(statement)


def rows_in_parts(table: str, folders: Sequence[str]) -> str:
    """A query of all rows of a table in these parts; a folder may be a pattern."""
    files = ", ".join("'" + f"{folder}/{table}.parquet".replace("'", "''") + "'" for folder in folders)
    return f"FROM read_parquet([{files}], hive_partitioning = true, hive_types = {{'part': VARCHAR}})"


def take_rows(connection: duckdb.DuckDBPyConnection, table: str, taken: str) -> int:
    """Bring the rows that count of a table in the parts shown into the database; how many these are."""
    sql = f"INSERT INTO {table} SELECT * EXCLUDE (part) FROM part_{table} SEMI JOIN {taken}"
    (rows,) = connection.execute(sql).fetchone() or (0,)
    return int(rows)


def _ids(connection: duckdb.DuckDBPyConnection, sql: str) -> list[str]:
    return [document_id for (document_id,) in connection.execute(sql).fetchall()]


# Of each file the state that was met last: a part holds a file with all of its members.
_TAKEN_FILES = """
    CREATE OR REPLACE TEMP TABLE taken_files AS
    SELECT path, max(part) AS part FROM part_files WHERE member = '' GROUP BY path
"""
# Of each content that these files have and the database has not, one parse: rather one that succeeded, and the last.
_TAKEN_DOCUMENTS = """
    CREATE OR REPLACE TEMP TABLE taken_documents AS
    SELECT document_id, part FROM part_documents p
    WHERE document_id IN (SELECT document_id FROM part_files SEMI JOIN taken_files USING (path, part))
        AND NOT EXISTS (FROM documents d
            WHERE d.document_id = p.document_id AND d.ruleset = p.ruleset AND d.status <> 'failed')
    QUALIFY row_number() OVER (PARTITION BY document_id ORDER BY status = 'failed', part DESC) = 1
"""
_TAKEN_FORMS = """
    CREATE OR REPLACE TEMP TABLE taken_forms AS
    SELECT form_id, part FROM part_forms SEMI JOIN taken_documents USING (document_id, part)
"""
_OUTDONE = "WHERE path IN (SELECT path FROM taken_files)"
