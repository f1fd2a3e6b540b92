"""The store: extractions become rows of a DuckDB file, one transaction a batch.

The file is written in DuckDB's v1.0.0 storage format, so that older tools open it. A writer excludes readers and the
other way round; a busy file is a StoreError that names the process.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from importlib import resources
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

import duckdb

from extract.errors import StoreError
from extract.findings import Finding
from extract.form import Form, Indicator
from extract.ledger import Owner
from extract.pipeline import ExtractedForm, Extraction
from extract.sources import Source

SCHEMA_VERSION = 1
# Tables whose rows belong to a document and are replaced with it.
_BY_DOCUMENT = ("findings", "leftovers")
_BY_FORM = ("fields", "funding", "indicators", "citations")

# DECIMAL(38, 6) of schema.sql.
_DECIMAL_PLACES = 6
_DECIMAL_LIMIT = Decimal(10) ** 32

Row = tuple[Any, ...]


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
        rows = _Rows()
        for extraction in extractions:
            rows.add_extraction(extraction, now)
        # By path, the last one wins: a batch may meet a path twice when two arguments overlap.
        met = {str(source.path): (source, document_id) for source, document_id in files}
        rows.tables["files"] = [
            (path, "", document_id, source.size_bytes, source.modified_at, now)
            for path, (source, document_id) in met.items()
        ]
        with self._transaction():
            self._forget([e.document_id for e in extractions])
            self._connection.execute("DELETE FROM files WHERE member = '' AND path IN (SELECT unnest(?))", [list(met)])
            for table, values in rows.tables.items():
                if values:
                    with self._connection.appender(table) as appender:
                        appender.append_rows(values)

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
        for table in _BY_FORM:
            form_ids = f"SELECT form_id FROM forms WHERE document_id IN ({known})"
            self._connection.execute(f"DELETE FROM {table} WHERE form_id IN ({form_ids})", [document_ids])
        for table in (*_BY_DOCUMENT, "forms", "documents"):
            self._connection.execute(f"DELETE FROM {table} WHERE document_id IN ({known})", [document_ids])

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.begin()
        try:
            yield
        except BaseException:
            self._connection.rollback()
            raise
        self._connection.commit()

    def _fetch(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        return self._connection.execute(sql, list(values)).fetchall()


def open_for_reading(path: Path) -> duckdb.DuckDBPyConnection:
    """A read-only connection without access to files or network. Raises StoreError."""
    if not path.exists():
        message = f"{path}: there is no such database; make it with: extract import PATH --db {path}"
        raise StoreError("database.missing", message)
    _refuse_other_files(path)
    try:
        connection = duckdb.connect(str(path), read_only=True)
    except duckdb.Error as error:
        raise _explained(path, error) from error
    _check_schema(path, connection)
    connection.execute("SET enable_external_access = false; SET lock_configuration = true")
    return connection


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
    connection.execute(package.joinpath("views.sql").read_text("utf-8"))
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


# --------------------------------------------------------------------------------------------------------------- rows


class _Rows:
    """The rows of a batch by table, in the column order of schema.sql."""

    def __init__(self) -> None:
        names = ("documents", "forms", *_BY_FORM, *_BY_DOCUMENT, "files")
        self.tables: dict[str, list[Row]] = {name: [] for name in names}

    def add_extraction(self, extraction: Extraction, now: datetime) -> None:
        self.tables["documents"].append(_document_row(extraction, now))
        for form in extraction.forms:
            self._add_form(extraction, form)
        self._add_findings(extraction, None, extraction.findings)

    def _add_form(self, extraction: Extraction, extracted: ExtractedForm) -> None:
        form, form_id = extracted.form, extracted.form_id
        text = extraction.document.text if extraction.document else ""
        self.tables["forms"].append(_form_row(extraction.document_id, extracted))
        self.tables["fields"] += [(form_id, f.name, f.label, f.text, f.value, *f.span) for f in form.fields]
        self.tables["funding"] += [
            (
                form_id,
                n,
                m.source,
                m.stage,
                m.block,
                _decimal(m.amount),
                m.unit,
                _decimal(m.amount_yuan),
                m.text,
                *m.span,
            )
            for n, m in enumerate(form.funding, start=1)
        ]
        self.tables["indicators"] += [
            _indicator_row(form_id, number, row) for number, row in enumerate(form.indicators, start=1)
        ]
        self.tables["citations"] += [
            (form_id, c.field, c.document_number, c.issuer_code, c.year, *c.span) for c in form.citations
        ]
        self._add_findings(extraction, form_id, extracted.findings)
        self.tables["leftovers"] += [
            (extraction.document_id, form_id, *span, text[span.start : span.end]) for span in extracted.leftovers
        ]

    def _add_findings(self, extraction: Extraction, form_id: str | None, findings: Iterable[Finding]) -> None:
        self.tables["findings"] += [
            (extraction.document_id, form_id, f.code, f.severity, f.outcome, f.message, *(f.span or (None, None)))
            for f in findings
        ]


def _document_row(extraction: Extraction, now: datetime) -> Row:
    document, error, counts = extraction.document, extraction.error, extraction.characters
    owners = (Owner.TITLE, Owner.LABEL, Owner.VALUE, Owner.BOILERPLATE, Owner.OUTSIDE, Owner.LEFTOVER)
    return (
        extraction.document_id,
        document.format if document else None,
        document.encoding if document else None,
        extraction.size_bytes,
        extraction.status,
        error.code if error else None,
        error.message if error else None,
        len(extraction.forms),
        document.text if document else None,
        sum(counts.values()),
        *(counts[owner] for owner in owners),
        extraction.ruleset,
        now,
    )


# The columns of forms that are fields of the rules, in the order of schema.sql.
FORM_FIELDS = (
    "reporting_unit", "unit_head", "project_name", "project_attribute", "competent_department", "implementing_unit",
    "project_lead", "contact_name", "contact_phone", "period_text", "period_start", "period_end", "overview", "basis",
    "measures", "long_term_goal", "annual_goal", "annual_goal_actual",
)  # fmt: skip


def _form_row(document_id: str, extracted: ExtractedForm) -> Row:
    form: Form = extracted.form
    fields = (form.value(name) for name in FORM_FIELDS)
    head = (extracted.form_id, document_id, extracted.form_index, form.kind or "unknown", form.title, form.fiscal_year)
    return (*head, *fields, None, *form.span)


def _indicator_row(form_id: str, number: int, row: Indicator) -> Row:
    target, canonical = row.target, row.target.canonical
    return (
        form_id,
        number,
        row.block,
        row.level1,
        row.level2,
        row.level1_canonical,
        row.level2_canonical,
        row.name,
        row.target_text,
        target.kind,
        target.operator,
        target.implicit,
        _decimal(target.value),
        _bound(target.lower),
        _bound(target.upper),
        target.unit or None,
        target.deadline,
        canonical.dimension if canonical else None,
        canonical.unit if canonical else None,
        _canonical_value(row),
        *[None] * 7,
        *row.name_span,
        *row.span,
    )


def _canonical_value(row: Indicator) -> Decimal | None:
    target, canonical = row.target, row.target.canonical
    if not canonical or target.value is None:
        return None
    return _bound(canonical.lower if canonical.lower is not None else canonical.upper)


def _bound(written: str | None) -> Decimal | None:
    """A bound as a decimal; fractions, dates and grades have none."""
    if written is None or not re.fullmatch(r"-?\d+(?:\.\d+)?", written):
        return None
    return _decimal(Decimal(written))


def _decimal(value: Decimal | None) -> Decimal | None:
    """The value if a DECIMAL(38, 6) holds it exactly; what would be rounded stays in the text alone."""
    if value is None or abs(value) >= _DECIMAL_LIMIT or value != round(value, _DECIMAL_PLACES):
        return None
    return value
