"""The store: what files gave becomes rows of a DuckDB file, one transaction a batch.

The file is written in DuckDB's v1.0.0 storage format, so that older tools open it. A writer excludes readers and the
other way round; a busy file is a StoreError that names the process. Imports write into a copy (`working_copy`), so that
they shut nobody out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

import duckdb

from extract.checks.across import STATEMENTS
from extract.corrections import replay
from extract.cross_checks import findings_across
from extract.dictionary import create_views
from extract.errors import StoreError
from extract.language import Message
from extract.linking import link_forms
from extract.rows import BY_DOCUMENT, BY_FORM, Row, unpacked
from extract.rules import RuleSet
from extract.sources.litter import LITTER

SCHEMA_VERSION = 8

SETTINGS = {
    "memory_limit": "96MB",  # the rest of an import's memory is Python's
    "threads": "2",  # each more takes memory, and the writer has little to do
    # What the log holds goes into the file in pieces of this size, each of them written once: without vacuum, which
    # joins small pieces to larger ones again and again. `extract compact` does that when people want it.
    "checkpoint_threshold": "64MB",
    "max_vacuum_tasks": "0",
    "enable_progress_bar": "false",  # or DuckDB draws its own between our lines
}
"""How DuckDB writes: in little memory, and at the same cost however large the file has become."""

MOST_MEMORY = "80%"
"""What DuckDB takes of the machine where it cannot do with less."""

UNPACKED_AT_ONCE = 64
"""Rows of so many documents are objects at the same time."""


class File(NamedTuple):
    """A file or archive member as an import met it; a row of the table files, without the time.

    `status` is document, archive, or the reason why there is neither; `error` is that reason as a sentence, `error_zh`
    the same in Chinese.
    """

    path: str
    member: str
    document_id: str | None
    status: str
    error: str | None
    error_zh: str | None
    size_bytes: int
    modified_at: datetime


class State(NamedTuple):
    """What the database knows of a path, the members of an archive included.

    `files` counts what may hold forms, `failed` what of it could not be read, `waiting` what may be read
    now: it needed an extra, or could not be reached; `stale` are the documents that other rules have parsed.
    """

    size_bytes: int
    modified_at: datetime
    files: int
    failed: int
    waiting: int
    stale: list[str]


class Figures(NamedTuple):
    """What an import did, for the table runs."""

    seen: int
    skipped: int
    forms: int
    failures: int


class Store:
    """A database opened for writing. Use as a context manager; leaving it closes the file."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        """Open or create the database; `read_only` leaves it open for other readers. Raises StoreError."""
        if not read_only:
            refuse_while_importing(path)
        self._path = path
        self._connection = _attach(path, read_only=read_only)
        self._latest: datetime | None = None

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def moment(self) -> datetime:
        """The time, later than any that the database holds or that was told before, should the clock be set back.

        What an import has not met since it began is taken out, so its times must never run backwards.
        """
        if self._latest is None:
            sql = "SELECT greatest((SELECT max(seen_at) FROM files), (SELECT max(started_at) FROM runs))"
            self._latest = self._fetch(sql)[0][0] or datetime.min
        self._latest = max(now(), self._latest + timedelta(microseconds=1))
        return self._latest

    # ---------------------------------------------------------------------------------------------------- looking up

    def states(self, paths: Collection[str], ruleset: str) -> dict[str, State]:
        """What is known of each of `paths`; nothing of those that no import has finished."""
        litter = ", ".join(f"'{kind}'" for kind in LITTER)
        sql = f"""
            SELECT f.path, any_value(f.size_bytes) FILTER (member = ''), any_value(f.modified_at) FILTER (member = ''),
                count(*) FILTER (f.status NOT IN ('archive', {litter})),
                count(*) FILTER (f.status NOT IN ('document', 'archive', {litter}) OR d.status = 'failed'),
                count(*) FILTER (f.status IN ('missing_extra', 'unreadable')),
                coalesce(list(DISTINCT d.document_id) FILTER (d.ruleset <> $ruleset AND d.text IS NOT NULL), [])
            FROM files f LEFT JOIN documents d USING (document_id)
            WHERE f.path IN (SELECT unnest($paths)) GROUP BY f.path HAVING count(*) FILTER (member = '') > 0
        """
        rows = self._fetch(sql, {"ruleset": ruleset, "paths": list(paths)})
        return {path: State(*known) for path, *known in rows}

    def finished(self, sizes: Collection[int], ruleset: str) -> dict[int, tuple[str, ...]]:
        """The documents of these sizes that these rules have parsed, so that their content need not be parsed again."""
        sql = """
            SELECT size_bytes, list(document_id) FROM documents
            WHERE size_bytes IN (SELECT unnest($sizes)) AND ruleset = $ruleset AND status <> 'failed'
            GROUP BY size_bytes
        """
        return {size: tuple(ids) for size, ids in self._fetch(sql, {"sizes": list(sizes), "ruleset": ruleset})}

    def stale_documents(self, ruleset: str) -> list[str]:
        """Every document that other rules have parsed, and that can be parsed again without its file."""
        sql = "SELECT document_id FROM documents WHERE ruleset <> $ruleset AND text IS NOT NULL ORDER BY document_id"
        return [document_id for (document_id,) in self._fetch(sql, {"ruleset": ruleset})]

    def stored(self, document_ids: Collection[str]) -> list[tuple[str, int, str, bytes]]:
        """Document_id, size, text and layout of these documents."""
        sql = """
            SELECT document_id, size_bytes, text, layout FROM documents JOIN layouts USING (document_id)
            WHERE document_id IN (SELECT unnest($ids))
        """
        return self._fetch(sql, {"ids": list(document_ids)})

    def allow_memory(self, limit: str) -> None:
        """Let DuckDB take more than MEMORY_LIMIT while this store is open: an amount, or a share such as 50%."""
        self._connection.execute(f"SET memory_limit = '{limit}'")

    def merged_parts(self) -> set[str]:
        """The parts that have been merged into this database."""
        return {name for (name,) in self._fetch("SELECT part FROM merged_parts")}

    # ------------------------------------------------------------------------------------------------------- writing

    def write(
        self, documents: Mapping[str, bytes], files: Iterable[File], complete: Mapping[str, datetime], ruleset: str
    ) -> set[str]:
        """Store one batch, all of it or nothing: packed rows by document, and the files that were met.

        `complete` are archives of which nothing is left to read, with the time when reading them began: members that
        were not met since are forgotten. So are documents that their only file has given up for another content.
        Returns the documents that were not there before under these rules.
        """
        met = {(file.path, file.member): file for file in files}  # arguments that overlap meet a file twice
        sql = """
            SELECT document_id, ruleset = $ruleset AND status <> 'failed' FROM documents
            WHERE document_id IN (SELECT unnest($ids))
        """
        known: dict[str, bool] = dict(self._fetch(sql, {"ids": list(documents), "ruleset": ruleset}))
        new = {document_id for document_id in documents if not known.get(document_id)}
        seen_at = self.moment()
        with self.transaction() as connection:
            given_up = self._forget_files(met, complete)
            self.forget_documents(known.keys() & new)
            self._append("files", [(*file, seen_at) for file in met.values()])
            self._append_documents([rows for document_id, rows in documents.items() if document_id in new])
            replay(connection, list(new))
            self.forget_documents(self.without_file(given_up))
        return new

    def link_projects(self, rules: RuleSet) -> int:
        """Link the forms of all years to projects, anew from what is stored, and compare them with each other; return
        how many projects there are."""
        try:
            return self._link_projects(rules)
        except duckdb.OutOfMemoryException:  # nothing that was imported shall wait for a larger machine
            self.allow_memory(MOST_MEMORY)
            return self._link_projects(rules)

    def _link_projects(self, rules: RuleSet) -> int:
        with self.transaction() as connection:
            projects = link_forms(connection, rules.projects)
            connection.execute("DELETE FROM findings WHERE code IN (SELECT unnest(?))", [list(STATEMENTS)])
            for batch in findings_across(connection, rules.checklist):
                self._append("findings", batch)
        return projects

    def start_run(self, started: datetime, version: str, ruleset: str) -> str:
        """Record the start of an import, at a time in UTC, and return its run_id."""
        run_id = f"{started:%Y%m%dT%H%M%S%f}"
        values = {"id": run_id, "at": started, "version": version, "ruleset": ruleset}
        self._execute("INSERT INTO runs VALUES ($id, $at, NULL, $version, $ruleset, 0, 0, 0, 0)", values)
        return run_id

    def finish_run(self, run_id: str, figures: Figures) -> None:
        """Record what an import did."""
        sql = "UPDATE runs SET finished_at = $now, files_seen = $seen, files_skipped = $skipped, forms = $forms,"
        values = {"now": self.moment(), "id": run_id, **figures._asdict()}
        with self._explaining():
            self._execute(f"{sql} failures = $failures WHERE run_id = $id", values)

    def checkpoint(self) -> None:
        """Bring everything from the log into the file."""
        with self._explaining():
            self._connection.execute(f"CHECKPOINT {_NAME}")

    def copy_to(self, path: Path) -> None:
        """Write everything into a new database at `path`, also what people have added."""
        new = str(path).replace("'", "''")
        with self._explaining():
            self._connection.execute(f"ATTACH '{new}' AS copy_of_forms (TYPE duckdb, STORAGE_VERSION 'v1.0.0')")
            self._connection.execute(f"COPY FROM DATABASE {_NAME} TO copy_of_forms; CHECKPOINT copy_of_forms")
            self._connection.execute("DETACH copy_of_forms")

    def _forget_files(self, met: Collection[tuple[str, str]], complete: Mapping[str, datetime]) -> list[str]:
        """Take out the rows that are written anew or no longer true; the documents that they named."""
        paths = {path for path, _ in met} | complete.keys()
        # Files are met in the order of their names, so that a range of names passes over nearly all of the table.
        old = """
            FROM files WHERE path BETWEEN $first AND $last AND (
                (path, member) IN (SELECT unnest($paths), unnest($members)) OR (member <> '' AND EXISTS (
                    FROM (SELECT unnest($complete) AS done, unnest($since) AS since)
                    WHERE path = done AND seen_at < since)))
        """
        values: dict[str, object] = {"first": min(paths, default=""), "last": max(paths, default="")}
        values |= {"paths": [path for path, _ in met], "members": [member for _, member in met]}
        values |= {"complete": list(complete), "since": list(complete.values())}
        named = self._fetch(f"SELECT document_id {old}", values)
        if named:
            self._execute(f"DELETE {old}", values)
        return [document_id for document_id in {row[0] for row in named} if document_id]

    def without_file(self, document_ids: Collection[str]) -> list[str]:
        """Those of these documents that no file holds any more."""
        sql = "SELECT unnest($ids) AS id EXCEPT SELECT document_id FROM files"
        return [document_id for (document_id,) in self._fetch(sql, {"ids": list(document_ids)})] if document_ids else []

    def forget_documents(self, document_ids: Collection[str]) -> None:
        """Take out what an earlier parse of these documents left."""
        if not document_ids:
            return
        ids = {"ids": list(document_ids)}
        known = "SELECT unnest($ids)"
        for table in BY_FORM:
            form_ids = f"SELECT form_id FROM forms WHERE document_id IN ({known})"
            self._execute(f"DELETE FROM {table} WHERE form_id IN ({form_ids})", ids)
        for table in BY_DOCUMENT:
            self._execute(f"DELETE FROM {table} WHERE document_id IN ({known})", ids)

    def _append_documents(self, documents: Sequence[bytes]) -> None:
        """Append packed rows, some documents at a time."""
        with ExitStack() as stack:
            tables = (*BY_DOCUMENT, *BY_FORM)
            appenders = {table: stack.enter_context(self._connection.appender(table)) for table in tables}
            for start in range(0, len(documents), UNPACKED_AT_ONCE):
                parts = [unpacked(rows) for rows in documents[start : start + UNPACKED_AT_ONCE]]
                for table, appender in appenders.items():
                    appender.append_rows([row for rows in parts for row in rows[table]])

    def _append(self, table: str, rows: Sequence[Row]) -> None:
        if rows:
            with self._connection.appender(table) as appender:
                appender.append_rows(rows)

    @contextmanager
    def transaction(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The connection, for changes that are all kept or, after an error, all dropped. Raises StoreError."""
        with self._explaining():
            self._connection.begin()
            try:
                yield self._connection
            except BaseException:
                with suppress(duckdb.Error):  # the database may have dropped them by itself
                    self._connection.rollback()
                raise
            self._connection.commit()

    @contextmanager
    def _explaining(self) -> Iterator[None]:
        """What DuckDB cannot do, a full disk above all, is a StoreError that says what to do."""
        try:
            yield
        except (duckdb.IOException, duckdb.FatalException, duckdb.TransactionException) as error:
            raise _explained(self._path, error) from error
        except duckdb.InterruptException as interruption:
            raise KeyboardInterrupt from interruption

    def _execute(self, sql: str, values: Mapping[str, object]) -> None:
        self._connection.execute(sql, dict(values))

    def _fetch(self, sql: str, values: Mapping[str, object] | None = None) -> list[Row]:
        return self._connection.execute(sql, dict(values or {})).fetchall()


def open_for_reading(path: Path) -> duckdb.DuckDBPyConnection:
    """A read-only connection without access to files, network and Python's variables. Raises StoreError."""
    refuse_missing(path)
    _refuse_other_files(path)
    try:
        connection = duckdb.connect(str(path), read_only=True)
    except duckdb.Error as error:
        raise _explained(path, error) from error
    _check_schema(path, connection)
    _allow_parts(path, connection)
    connection.execute("SET python_enable_replacements = false; SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def attach_for_reading(path: Path) -> duckdb.DuckDBPyConnection:
    """An empty database in memory with the file attached read-only as `unmasked`. Raises StoreError."""
    open_for_reading(path).close()
    connection = duckdb.connect()
    quoted = str(path).replace("'", "''")
    try:
        connection.execute(f"ATTACH '{quoted}' AS unmasked (TYPE duckdb, READ_ONLY)")
    except duckdb.Error as error:
        connection.close()
        raise _explained(path, error) from error
    _allow_parts(path, connection, "unmasked.")
    return connection


def parts_behind(path: Path) -> str | None:
    """The folder of parts that a database shows; None of one that holds its rows itself. Raises StoreError."""
    connection = open_for_reading(path)
    try:
        return _parts_behind(connection)
    finally:
        connection.close()


def _parts_behind(connection: duckdb.DuckDBPyConnection, database: str = "") -> str | None:
    try:
        found = connection.execute(f"SELECT folder FROM {database}attached_parts LIMIT 1").fetchone()
    except duckdb.CatalogException:
        return None
    return str(found[0]) if found else None


def _allow_parts(path: Path, connection: duckdb.DuckDBPyConnection, database: str = "") -> None:
    """Let the connection read the parts that this database shows, and no other files once it is locked."""
    if folder := _parts_behind(connection, database):
        if not Path(folder).is_dir():
            connection.close()
            message = Message(
                f"{path}: shows the parts in {folder}, which is not there; bring it back, or attach them anew",
                f"{path}：显示的是 {folder} 中的各部分，而该文件夹不存在；请恢复它，或重新附加",
            )
            raise StoreError("database.parts_missing", message)
        quoted = folder.replace("'", "''")
        connection.execute(f"SET allowed_directories = ['{quoted}']")


def in_memory() -> duckdb.DuckDBPyConnection:
    """An empty database with all tables and views, in memory alone."""
    connection = duckdb.connect()
    _create_schema(connection)
    return connection


def refuse_missing(path: Path) -> None:
    """Raises StoreError where there is no database."""
    if not path.exists():
        advice = Message(f"make it with: extract import PATH --db {path}", f"请先导入：extract import 路径 --db {path}")
        if working_copy_of(path).exists():
            advice = Message(
                "its first import is still running, or was interrupted: then run the same import again",
                "首次导入仍在进行，或曾被中断：若已中断，请再次运行同一导入命令",
            )
        raise StoreError(
            "database.missing",
            Message(f"{path}: there is no such database; {advice.en}", f"{path}：没有这个数据库；{advice.zh}"),
        )


# ------------------------------------------------------------------------------------------------------------ opening


_NAME = "forms_database"
"""The database's name in connections; the file may have any."""


def working_copy_of(path: Path) -> Path:
    """Where an import into the database at `path` works; the file is there while one does, or was interrupted."""
    return Path(f"{path}.importing")


def refuse_while_importing(path: Path) -> None:
    """Raises StoreError: what is written into the database now would be lost when the import puts its own in place."""
    if working_copy_of(path).exists():
        message = Message(
            "is being imported into, or an import was interrupted: wait, or run the same import again; it can be "
            "read meanwhile",
            "正在导入，或导入曾被中断：请等待，或再次运行同一导入命令；在此期间可以查询",
        )
        raise StoreError("database.busy", message.at(path))


def _attach(path: Path, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """A connection whose default database is the file at `path`, created with our schema where it is new."""
    if not path.parent.is_dir():
        raise StoreError(
            "database.no_folder",
            Message(
                f"{path}: the folder {path.parent} does not exist; create it first",
                f"{path}：文件夹 {path.parent} 不存在，请先建立",
            ),
        )
    _refuse_other_files(path)
    connection = duckdb.connect()
    quoted = str(path).replace("'", "''")
    try:
        # What does not fit into memory goes beside the database, not into the folder that people stand in.
        settings = {**SETTINGS, "temp_directory": f"{quoted}.tmp"}
        connection.execute("; ".join(f"SET {name} = '{value}'" for name, value in settings.items()))
        # The storage version is a file's own from its creation on.
        option = ", READ_ONLY" if read_only else "" if path.exists() else ", STORAGE_VERSION 'v1.0.0'"
        # Without the type, DuckDB goes by the ending of the name and may open a .csv or .json as something else.
        connection.execute(f"ATTACH '{quoted}' AS {_NAME} (TYPE duckdb{option})")
        connection.execute(f"USE {_NAME}")
        is_new = not connection.execute(f"SELECT 1 FROM duckdb_tables() WHERE database_name = '{_NAME}'").fetchall()
        if is_new and not read_only:
            _create_schema(connection)
        else:
            _check_schema(path, connection)
            _refuse_parts(path, connection)
    except BaseException as error:
        connection.close()
        if isinstance(error, duckdb.Error):
            raise _explained(path, error) from error
        raise
    return connection


def _refuse_other_files(path: Path) -> None:
    """DuckDB must know such paths, and what is there be one of its files: four bytes behind its checksum say so."""
    try:
        str(path.absolute()).encode()
    except UnicodeEncodeError as error:
        raise StoreError(
            "database.name",
            Message(
                f"{path}: the database cannot lie under a name that is no UTF-8; choose another folder with --db",
                f"{path}：数据库所在路径的名称不是 UTF-8，请用 --db 换一个文件夹",
            ),
        ) from error
    if path.is_dir():
        raise StoreError(
            "database.foreign",
            Message(f"{path}: is a folder; name a file in it with --db", f"{path}：是文件夹；请用 --db 指定其中的文件"),
        )
    if not path.exists():
        return
    with path.open("rb") as file:
        head = file.read(12)
    if not head:
        raise StoreError(
            "database.foreign",
            Message(
                f"{path}: is empty; delete it or choose another name with --db",
                f"{path}：是空文件；请删除，或用 --db 换一个文件名",
            ),
        )
    if head[8:] != b"DUCK":
        raise StoreError(
            "database.foreign",
            Message(
                f"{path}: is not a DuckDB file; choose another name with --db",
                f"{path}：不是 DuckDB 文件；请用 --db 换一个文件名",
            ),
        )


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
        message = Message(
            f"{path}: is a DuckDB file, but not one of extract's; choose another name with --db",
            f"{path}：是 DuckDB 文件，但不是 extract 建立的；请用 --db 换一个文件名",
        )
        raise StoreError("database.foreign", message) from None
    if versions != [(SCHEMA_VERSION,)]:
        connection.close()
        message = Message(
            f"{path}: was made by another version of extract; import into a new file with --db",
            f"{path}：由其他版本的 extract 建立；请用 --db 导入到新文件",
        )
        if versions and versions[0][0] > SCHEMA_VERSION:
            message = Message(
                f"{path}: was made by a newer version of extract; update extract, or choose another name with --db",
                f"{path}：由更新版本的 extract 建立；请升级 extract，或用 --db 另选文件",
            )
        raise StoreError("database.other_version", message)


def _refuse_parts(path: Path, connection: duckdb.DuckDBPyConnection) -> None:
    if _parts_behind(connection):
        message = Message(
            f"{path}: only shows parts, and cannot be written; merge them: extract merge PARTS --db FILE",
            f"{path}：只显示各部分，不能写入；请合并：extract merge PARTS --db FILE",
        )
        raise StoreError("database.attached", message)


def _explained(path: Path, error: duckdb.Error) -> StoreError:
    """What the user can do about DuckDB's error. Ctrl-C is none, and goes on as what it is."""
    if isinstance(error, duckdb.InterruptException):
        raise KeyboardInterrupt from error
    text = str(error)
    if "lock" in text:
        holder = re.search(r"held in (.+?) \(PID (\d+)\)", text)
        who = (
            Message(f"process {holder[2]} ({holder[1]})", f"进程 {holder[2]}（{holder[1]}）")
            if holder
            else Message("another process", "另一进程")
        )
        return StoreError(
            "database.busy",
            Message(
                f"{path}: is in use by {who.en}; close it there, or wait, and try again",
                f"{path}：正被{who.zh}使用；请在那里关闭，或稍后再试",
            ),
        )
    if any(reason in text for reason in ("File too large", "No space left", "Disk quota exceeded")):
        return no_room(path)
    if any(reason in text for reason in ("Permission denied", "Read-only file system", "Operation not permitted")):
        return unwritable(path)
    first = text.splitlines()[0]
    return StoreError(
        "database.unusable",
        Message(
            f"{path}: {first}; restore it from a backup, or import anew",
            f"{path}：数据库不可用：{first}；请从备份恢复，或重新导入",
        ),
    )


def no_room(path: Path) -> StoreError:
    """The error for a disk that is full."""
    message = Message(
        "the disk is full; make room (an import needs that of the database once more) and run the same again",
        "磁盘已满；请腾出空间（导入需要再占一份数据库的空间）后再运行同一命令",
    )
    return StoreError("database.no_room", message.at(path))


def unwritable(path: Path) -> StoreError:
    """The error for a file or folder that may not be written, or not even read."""
    message = Message(
        "may not be opened or written; check the permissions of file and folder, or choose another with --db",
        "无权打开或写入；请检查文件和文件夹的权限，或用 --db 另选位置",
    )
    return StoreError("database.unwritable", message.at(path))


def now() -> datetime:
    """The time in UTC, without zone, as the database has it."""
    return datetime.now(UTC).replace(tzinfo=None)
