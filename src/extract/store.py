"""The store: extractions become rows of a DuckDB file, one transaction a batch.

The file is written in DuckDB's v1.0.0 storage format, so that older tools open it. A writer excludes readers and the
other way round; a busy file is a StoreError that names the process.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

import duckdb

from extract.corrections import replay
from extract.dictionary import create_views
from extract.errors import StoreError
from extract.pipeline import Extraction
from extract.projects import NamedForm, link_projects
from extract.rows import BY_DOCUMENT, BY_FORM, Row, Rows, rows_of
from extract.rules import RuleSet
from extract.sources import Source

SCHEMA_VERSION = 2


class Known(NamedTuple):
    """What the database knows of a file: its size and time when it was read, and the document that it was."""

    size_bytes: int
    modified_at: datetime | None
    document_id: str


class Store:
    """A database opened for writing. Use as a context manager; leaving it closes the file."""

    def __init__(self, path: Path) -> None:
        """Open or create the database. Raises StoreError."""
        self._connection = _attach(path)

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def known_files(self) -> dict[tuple[str, str], Known]:
        """Every file that an import has met, by path and member."""
        rows = self._fetch("SELECT path, member, size_bytes, modified_at, document_id FROM files")
        return {(path, member): Known(*known) for path, member, *known in rows}

    def finished_documents(self, ruleset: str) -> set[str]:
        """Documents that these rules have parsed; failed ones are not among them, so that they are tried again."""
        sql = "SELECT document_id FROM documents WHERE ruleset = ? AND status <> 'failed'"
        return {document_id for (document_id,) in self._fetch(sql, [ruleset])}

    def write(self, extractions: Sequence[Extraction], files: Iterable[tuple[Source, str]]) -> None:
        """Store one batch, all of it or nothing: documents with their forms, and the files (source, document_id)."""
        now = _now()
        rows: Rows = {}
        for extraction in extractions:
            for table, values in rows_of(extraction).items():
                rows.setdefault(table, []).extend(values)
        # By path, the last one wins: a batch may meet a path twice when two arguments overlap.
        met = {str(source.path): (source, document_id) for source, document_id in files}
        rows["files"] = [
            (path, "", document_id, source.size_bytes, source.modified_at, now)
            for path, (source, document_id) in met.items()
        ]
        with self.transaction() as connection:
            self._forget([e.document_id for e in extractions])
            self._connection.execute("DELETE FROM files WHERE member = '' AND path IN (SELECT unnest(?))", [list(met)])
            for table, values in rows.items():
                self._append(table, values)
            replay(connection, [e.document_id for e in extractions])

    def link_projects(self, rules: RuleSet) -> int:
        """Link the forms of all years to projects, anew from what is stored, and return how many projects there are."""
        forms = [NamedForm(*row) for row in self._fetch(_NAMED_FORMS)]
        projects, links = link_projects(forms, rules.projects)
        copies: dict[str, str] = dict(self._fetch(_COPIES))
        with self.transaction() as connection:
            for table in ("projects", "project_links"):
                connection.execute(f"DELETE FROM {table}")
            self._append("projects", projects)
            self._append("project_links", [(*link, copies.get(link.form_id)) for link in links])
        return len(projects)

    def start_run(self, version: str, ruleset: str) -> str:
        """Record the start of an import and return its run_id."""
        started = _now()
        run_id = f"{started:%Y%m%dT%H%M%S%f}"
        sql = "INSERT INTO runs VALUES (?, ?, NULL, ?, ?, 0, 0, 0, 0)"
        self._connection.execute(sql, [run_id, started, version, ruleset])
        return run_id

    def finish_run(self, run_id: str, seen: int, skipped: int, forms: int, failures: int) -> None:
        """Record what an import did."""
        sql = "UPDATE runs SET finished_at = ?, files_seen = ?, files_skipped = ?, forms = ?, failures = ?"
        self._connection.execute(f"{sql} WHERE run_id = ?", [_now(), seen, skipped, forms, failures, run_id])

    def _forget(self, document_ids: list[str]) -> None:
        """Take out what an earlier parse of these documents left."""
        known = "SELECT unnest(?)"
        old = self._fetch(f"SELECT count(*) FROM documents WHERE document_id IN ({known})", [document_ids])
        if old == [(0,)]:
            return
        for table in BY_FORM:
            form_ids = f"SELECT form_id FROM forms WHERE document_id IN ({known})"
            self._connection.execute(f"DELETE FROM {table} WHERE form_id IN ({form_ids})", [document_ids])
        for table in BY_DOCUMENT:
            self._connection.execute(f"DELETE FROM {table} WHERE document_id IN ({known})", [document_ids])

    def _append(self, table: str, rows: Sequence[Row]) -> None:
        if rows:
            with self._connection.appender(table) as appender:
                appender.append_rows(rows)

    @contextmanager
    def transaction(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The connection, for changes that are all kept or, after an error, all dropped."""
        self._connection.begin()
        try:
            yield self._connection
        except BaseException:
            self._connection.rollback()
            raise
        self._connection.commit()

    def _fetch(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        return self._connection.execute(sql, list(values)).fetchall()


# The forms of a whole department have no project; they are one with those of the same department in other years.
_NAMED_FORMS = """
    SELECT form_id, CASE WHEN starts_with(form_kind, 'department-') THEN 'department' ELSE 'project' END,
           form_kind, fiscal_year,
           CASE WHEN starts_with(form_kind, 'department-') THEN '部门整体' ELSE project_name END,
           implementing_unit, reporting_unit, competent_department
    FROM forms WHERE project_name IS NOT NULL OR starts_with(form_kind, 'department-')
"""
# Forms of one kind and year that say exactly the same, each with the first of them.
_COPIES = """
    WITH said AS (
            SELECT form_id, hash(name, value) AS line FROM fields
            UNION ALL SELECT form_id, hash(source, stage, block, amount, unit) FROM funding
            UNION ALL SELECT form_id, hash(block, level1, level2, name, target_text, actual_text) FROM indicators),
         content AS (SELECT form_id, count(*) AS lines, sum(line) AS print FROM said GROUP BY form_id),
         firsts AS (
            SELECT form_id, min(form_id) OVER (PARTITION BY form_kind, fiscal_year, title, lines, print) AS first
            FROM forms JOIN content USING (form_id))
    SELECT form_id, first FROM firsts WHERE form_id <> first
"""


def open_for_reading(path: Path) -> duckdb.DuckDBPyConnection:
    """A read-only connection without access to files, network and Python's variables. Raises StoreError."""
    refuse_missing(path)
    _refuse_other_files(path)
    try:
        connection = duckdb.connect(str(path), read_only=True)
    except duckdb.Error as error:
        raise _explained(path, error) from error
    _check_schema(path, connection)
    connection.execute("SET python_enable_replacements = false; SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def refuse_missing(path: Path) -> None:
    """Raises StoreError where there is no database."""
    if not path.exists():
        message = f"{path}: there is no such database; make it with: extract import PATH --db {path}"
        raise StoreError("database.missing", message)


# ------------------------------------------------------------------------------------------------------------ opening


def _attach(path: Path) -> duckdb.DuckDBPyConnection:
    """A connection whose default database is the file at `path`, created with our schema where it is new."""
    if not path.parent.is_dir():
        raise StoreError("database.no_folder", f"{path}: the folder {path.parent} does not exist; create it first")
    _refuse_other_files(path)
    connection = duckdb.connect()
    quoted = str(path).replace("'", "''")
    try:
        # The storage version is a file's own from its creation on.
        version = "" if path.exists() else ", STORAGE_VERSION 'v1.0.0'"
        # Without the type, DuckDB goes by the ending of the name and may open a .csv or .json as something else.
        connection.execute(f"ATTACH '{quoted}' AS forms_database (TYPE duckdb{version})")
        connection.execute("USE forms_database")
        is_new = not connection.execute(
            "SELECT 1 FROM duckdb_tables() WHERE database_name = 'forms_database'"
        ).fetchall()
        if is_new:
            _create_schema(connection)
        else:
            _check_schema(path, connection)
    except duckdb.Error as error:
        connection.close()
        raise _explained(path, error) from error
    return connection


def _refuse_other_files(path: Path) -> None:
    """A path that is there must be a DuckDB file: four bytes behind its checksum say so."""
    if path.is_dir():
        raise StoreError("database.foreign", f"{path}: is a folder; name a file in it with --db")
    if not path.exists():
        return
    with path.open("rb") as file:
        head = file.read(12)
    if not head:
        raise StoreError("database.foreign", f"{path}: is empty; delete it or choose another name with --db")
    if head[8:] != b"DUCK":
        raise StoreError("database.foreign", f"{path}: is not a DuckDB file; choose another name with --db")


def _create_schema(connection: duckdb.DuckDBPyConnection) -> None:
    package = resources.files("extract")
    connection.begin()
    connection.execute(package.joinpath("schema.sql").read_text("utf-8"))
    create_views(connection)
    connection.execute("INSERT INTO schema_version VALUES (?)", [SCHEMA_VERSION])
    connection.commit()


def _check_schema(path: Path, connection: duckdb.DuckDBPyConnection) -> None:
    try:
        versions = connection.execute("SELECT version FROM schema_version").fetchall()
    except duckdb.Error:
        connection.close()
        message = f"{path}: is a DuckDB file, but not one of extract's; choose another name with --db"
        raise StoreError("database.foreign", message) from None
    if versions != [(SCHEMA_VERSION,)]:
        connection.close()
        message = f"{path}: was made by another version of extract; import into a new file with --db"
        raise StoreError("database.other_version", message)


def _explained(path: Path, error: duckdb.Error) -> StoreError:
    """What the user can do about DuckDB's error."""
    text = str(error)
    if "lock" in text:
        holder = re.search(r"held in (.+?) \(PID (\d+)\)", text)
        who = f"process {holder[2]} ({holder[1]})" if holder else "another process"
        return StoreError("database.busy", f"{path}: is in use by {who}; close it there, or wait, and try again")
    return StoreError("database.unusable", f"{path}: {text.splitlines()[0]}")


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
