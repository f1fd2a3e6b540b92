"""Verify: every promise about a database, checked on it again, from what it says alone or with its sources.

    whole      every row has the form and document that it belongs to, counted from 1 without gaps, each once
    ids        form_id and document_id follow from what they name
    accounted  the characters of a document add up, and to those of its text
    traceable  every place leads to the text that it stands for
    parsable   what is stored of a document can be parsed again
    readable   tables, views and their Chinese twins are those of this version, and answer
    sources    files that have not changed still have the content that they are recorded with

A value that a person corrected need not stand in the text any more; its row is left out of `traceable`.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from extract.document import Block, Paragraph
from extract.language import Message
from extract.layout import unpack
from extract.rows import BY_DOCUMENT, BY_FORM
from extract.sources import Source, find_sources
from extract.store import in_memory

DOCUMENTS_AT_ONCE = 500
_HASHED_AT_ONCE = 2**20


@dataclass(frozen=True, slots=True)
class Breach:
    """A promise that does not hold: `where` names table and row by their ids, never by what people wrote."""

    code: str
    where: str
    found: Message


@dataclass
class Checked:
    """What was looked at, by kind; and sources that could not be, with the reason: gone, changed, archive member."""

    counts: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)


def verify(connection: duckdb.DuckDBPyConnection, checked: Checked, *, sources: bool = False) -> Iterator[Breach]:
    """Every breach in an open database; `sources` opens the files that it names, too. `checked` counts the work."""
    yield from _relations(connection, checked)
    yield from _rows(connection, checked)
    yield from _texts(connection, checked)
    if sources:
        yield from _sources(connection, checked)


ADVICE: Mapping[str, Message] = {
    "verify.schema": Message(
        "the tables or views were changed by another program; import into a new database",
        "表或视图被其他程序改动过；请导入到新的数据库",
    ),
    "verify.orphan": Message(
        "rows were deleted or added by another program; import the document's file again into a new database",
        "有其他程序增删过数据行；请把该文件重新导入到新的数据库",
    ),
    "verify.duplicate": Message(
        "rows were added by another program; import into a new database",
        "有其他程序添加过数据行；请导入到新的数据库",
    ),
    "verify.count": Message(
        "rows were deleted or added by another program; import into a new database",
        "有其他程序增删过数据行；请导入到新的数据库",
    ),
    "verify.id": Message(
        "ids were changed by another program; import into a new database",
        "编号被其他程序改动过；请导入到新的数据库",
    ),
    "verify.characters": Message(
        "the text or its account was changed by another program; import into a new database",
        "文本或字符统计被其他程序改动过；请导入到新的数据库",
    ),
    "verify.place": Message(
        "a value or the text was changed by another program; undo it, or change values with: extract review",
        "值或文本被其他程序改动过；请恢复原样，今后用 extract review 改值",
    ),
    "verify.layout": Message(
        "the document cannot be parsed again from the database; import its file into a new database",
        "该文档无法再从数据库重新解析；请把文件导入到新的数据库",
    ),
    "verify.source": Message(
        "the file is damaged, or was changed without its time; compare it with a backup, then import it again",
        "文件已损坏，或被改动而修改时间未变；请与备份核对后重新导入",
    ),
}
"""What to do about a breach, by its code."""


# ---------------------------------------------------------------------------------------------------------- readable


def _relations(connection: duckdb.DuckDBPyConnection, checked: Checked) -> Iterator[Breach]:
    """Tables and views that are missing, have other columns, or do not answer."""
    with in_memory() as expected:
        wanted, present = _columns(expected), _columns(connection)
    for name, columns in wanted.items():
        checked.counts["relations"] += 1
        if name not in present:
            yield Breach("verify.schema", name, Message("there is no such table or view", "没有这个表或视图"))
        elif present[name] != columns:
            differ = ", ".join(sorted({column for column, _ in set(columns) ^ set(present[name])})) or "?"
            found = Message(f"columns differ in {differ}", f"列不一致：{differ}")
            yield Breach("verify.schema", name, found)
        else:
            try:
                connection.execute(f'SELECT * FROM "{name}" LIMIT 1').fetchall()
            except duckdb.Error as error:
                found = Message(f"does not answer ({type(error).__name__})", f"无法查询（{type(error).__name__}）")
                yield Breach("verify.schema", name, found)


def _columns(connection: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[str, str]]]:
    sql = """
        SELECT table_name, list((column_name, data_type) ORDER BY column_index) FROM duckdb_columns()
        WHERE NOT internal GROUP BY table_name ORDER BY table_name
    """
    return {name: [(column, kind) for column, kind in columns] for name, columns in connection.execute(sql).fetchall()}


# -------------------------------------------------------------------------------------------------------- whole, ids


class _Law(NamedTuple):
    """Rows that there must be none of; `sql` names each as `place`, `found` says what it is."""

    code: str
    sql: str
    found: Message


def _orphans(table: str, key: str, parent: str) -> _Law:
    rows = f"SELECT DISTINCT {key} AS place FROM {table} WHERE {key} IS NOT NULL"
    found = Message(f"row of {table} without its row in {parent}", f"{table} 的行在 {parent} 中没有对应的行")
    return _Law("verify.orphan", f"{rows} AND {key} NOT IN (SELECT {key} FROM {parent})", found)


def _gaps(table: str, index: str, within: str, only: str = "true") -> _Law:
    rows = f"SELECT {within} AS place FROM {table} WHERE {only} GROUP BY {within}"
    found = Message(f"rows of {table} are not counted from 1, each once", f"{table} 的行号没有从 1 起连续且不重复")
    return _Law("verify.count", f"{rows} HAVING list_sort(list({index})) <> range(1, 1 + count(*))", found)


def _twice(table: str, key: str) -> _Law:
    rows = f"SELECT concat_ws(' ', {key}) AS place FROM {table} GROUP BY {key} HAVING count(*) > 1"
    return _Law("verify.duplicate", rows, Message(f"stands twice in {table}", f"在 {table} 中重复"))


# Rows are counted without gaps, except where a person has said that one is none.
_COMPLETE = "form_id NOT IN (SELECT form_id FROM corrections WHERE target_column = '(row)')"
_LAWS: tuple[_Law, ...] = (
    *(_orphans(table, "form_id", "forms") for table in (*BY_FORM, "findings", "leftovers", "project_links")),
    *(_orphans(table, "document_id", "documents") for table in (*BY_DOCUMENT, "files") if table != "documents"),
    _orphans("documents", "document_id", "files"),
    _orphans("project_links", "project_id", "projects"),
    _gaps("forms", "form_index", "document_id"),
    _gaps("funding", "row_index", "form_id", _COMPLETE),
    _gaps("indicators", "indicator_index", "form_id", _COMPLETE),
    _twice("documents", "document_id"),
    _twice("forms", "form_id"),
    _twice("files", "path, member"),
    _twice("layouts", "document_id"),
    _twice("funding", "form_id, row_index"),
    _twice("indicators", "form_id, indicator_index"),
    _twice("fields", "form_id, name, label, text_start, text_end"),
    _twice("citations", "form_id, field, document_number, text_start, text_end"),
    _twice("leftovers", "document_id, form_id, text_start, text_end"),
    _twice("findings", "document_id, form_id, code, message, text_start, text_end"),
    _twice("labels", "form_id, role, label"),
    _twice("projects", "project_id"),
    _twice("project_links", "form_id"),
    _Law(
        "verify.count",
        "SELECT document_id AS place FROM documents d WHERE form_count <> "
        "(SELECT count(*) FROM forms f WHERE f.document_id = d.document_id)",
        Message("has not as many forms as form_count says", "表的份数与 form_count 不符"),
    ),
    _Law(
        "verify.count",
        "SELECT document_id AS place FROM documents WHERE (status IN ('extracted', 'unknown_form')) <> (form_count > 0)"
        " OR (status = 'failed') <> (text IS NULL) OR (status = 'failed') <> (error_code IS NOT NULL)",
        Message("has a status that its forms, text or error belie", "状态与表的份数、文本或错误不符"),
    ),
    _Law(
        "verify.id",
        "SELECT form_id AS place FROM forms WHERE form_id <> left(document_id, 16) || '-' || form_index",
        Message("does not follow from its document and number", "与文档编号和序号不符"),
    ),
    _Law(
        "verify.id",
        "SELECT document_id AS place FROM documents WHERE NOT regexp_full_match(document_id, '[0-9a-f]{64}')",
        Message("is no SHA-256", "不是 SHA-256 值"),
    ),
    _Law(
        "verify.layout",
        "SELECT document_id AS place FROM documents WHERE text IS NOT NULL EXCEPT SELECT document_id FROM layouts",
        Message("has a text without its layout", "有文本而没有版面"),
    ),
)  # fmt: skip


def _rows(connection: duckdb.DuckDBPyConnection, checked: Checked) -> Iterator[Breach]:
    for law in _LAWS:
        checked.counts["laws"] += 1
        for (place,) in connection.execute(f"SELECT place::VARCHAR FROM ({law.sql}) ORDER BY 1").fetchall():
            yield Breach(law.code, place, law.found)


# --------------------------------------------------------------------------------------------- accounted, traceable

# The value at each place: table, columns of text, start and end, and what else tells rows of a form apart.
_PLACES = (
    ("fields", "text", "text_start", "text_end", "name"),
    ("funding", "text", "text_start", "text_end", "row_index"),
    ("citations", "document_number", "text_start", "text_end", "field"),
    ("indicators", "name", "name_start", "name_end", "indicator_index"),
    ("indicators", "target_text", "text_start", "text_end", "indicator_index"),
    ("indicators", "actual_text", "actual_start", "actual_end", "indicator_index"),
    ("indicators", "deviation", "deviation_start", "deviation_end", "indicator_index"),
)


def _texts(connection: duckdb.DuckDBPyConnection, checked: Checked) -> Iterator[Breach]:
    """What has to do with the texts, some documents at a time."""
    ids = [each for (each,) in connection.execute("SELECT document_id FROM documents ORDER BY 1").fetchall()]
    for at in range(0, len(ids), DOCUMENTS_AT_ONCE):
        some = ids[at : at + DOCUMENTS_AT_ONCE]
        checked.counts["documents"] += len(some)
        texts: dict[str, str | None] = dict(
            _of_documents(connection, "SELECT document_id, text FROM documents WHERE", some)
        )
        yield from _accounts(connection, texts, some)
        yield from _layouts(connection, texts, some)
        yield from _values(connection, texts, some, checked)
        yield from _stretches(connection, texts, some, checked)


def _of_documents(connection: duckdb.DuckDBPyConnection, sql: str, ids: list[str]) -> list[tuple[Any, ...]]:
    return connection.execute(f"{sql} document_id IN (SELECT unnest($ids))", {"ids": ids}).fetchall()


def _accounts(
    connection: duckdb.DuckDBPyConnection, texts: Mapping[str, str | None], ids: list[str]
) -> Iterator[Breach]:
    owners = ("title", "label", "value", "boilerplate", "outside", "leftover")
    columns = ", ".join(f"chars_{owner}" for owner in owners)
    sql = f"SELECT document_id, chars_total, {columns} FROM documents WHERE"
    leftovers: Counter[str] = Counter()
    for document_id, text in _of_documents(connection, "SELECT document_id, text FROM leftovers WHERE", ids):
        leftovers[document_id] += _characters(text)
    for document_id, total, *counts in _of_documents(connection, sql, ids):
        there = _characters(texts[document_id] or "")
        if not (sum(counts) == total == there):
            found = Message(
                f"{sum(counts)} characters are accounted for, {total} are said to be there, {there} are",
                f"计入 {sum(counts)} 个字符，记为共 {total} 个，实有 {there} 个",
            )
            yield Breach("verify.characters", document_id, found)
        elif counts[-1] != leftovers[document_id]:
            found = Message(
                f"{counts[-1]} characters are left over, the leftovers have {leftovers[document_id]}",
                f"记为剩余 {counts[-1]} 个字符，leftovers 中有 {leftovers[document_id]} 个",
            )
            yield Breach("verify.characters", document_id, found)


def _characters(text: str) -> int:
    """How many characters are no white space."""
    return len("".join(text.split()))


def _layouts(
    connection: duckdb.DuckDBPyConnection, texts: Mapping[str, str | None], ids: list[str]
) -> Iterator[Breach]:
    for document_id, layout in _of_documents(connection, "SELECT document_id, layout FROM layouts WHERE", ids):
        text = texts.get(document_id) or ""
        try:
            document = unpack(layout, text)
            fits = all(0 <= start <= end <= len(text) for start, end in _block_places(document.blocks))
        except (zlib.error, json.JSONDecodeError, UnicodeDecodeError, TypeError, ValueError, StopIteration):
            fits = False
        if not fits:
            found = Message("its layout does not fit its text", "版面与文本不符")
            yield Breach("verify.layout", document_id, found)


def _block_places(blocks: Iterable[Block]) -> Iterator[tuple[int, int]]:
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block.start, block.end
        else:
            for row in block.rows:
                for cell in row:
                    yield cell.start, cell.end
                    yield from _block_places(cell.blocks)


def _values(
    connection: duckdb.DuckDBPyConnection, texts: Mapping[str, str | None], ids: list[str], checked: Checked
) -> Iterator[Breach]:
    corrected = _corrected_rows(connection)
    for table, column, start, end, key in _PLACES:
        columns = f"{key}, t.{column}, t.{start}, t.{end}"
        sql = f"SELECT document_id, form_id, {columns} FROM {table} t JOIN forms USING (form_id) WHERE"
        for document_id, form_id, row, value, first, last in _of_documents(connection, sql, ids):
            if first is None or (table, form_id, str(row)) in corrected:
                continue
            checked.counts["places"] += 1
            text = texts.get(document_id) or ""
            says = _cites if table == "citations" else _measures if column == "target_text" else _says
            if not (0 <= first <= last <= len(text) and says(text[first:last], value)):
                found = Message(
                    f"{column} is not what stands at {first} to {last} of the text",
                    f"{column} 与原文 {first} 至 {last} 处不符",
                )
                yield Breach("verify.place", f"{table} {form_id} {row}", found)


def _corrected_rows(connection: duckdb.DuckDBPyConnection) -> set[tuple[str, str, str]]:
    sql = "SELECT target_table, form_id, target_row FROM corrections"
    return {(table, form_id, row) for table, form_id, row in connection.execute(sql).fetchall()}


def _says(raw: str, value: str | None) -> bool:
    """Whether a value is its source text, white space aside; where nothing is said (无, /), there is no value."""
    return value is None or raw == value or Counter("".join(raw.split())) == Counter("".join(value.split()))


def _measures(raw: str, target: str | None) -> bool:
    """Whether a target is its source text. Out of three columns, its place is that of all three, and its operator goes
    in front wherever it stood; or its place is that of the number alone."""
    if _says(raw, target):
        return True
    there, said = "".join(raw.split()), "".join((target or "").split())
    return ("\t" in raw and Counter(said) <= Counter(there)) or ("\t" not in raw and bool(there) and there in said)


def _cites(raw: str, number: str) -> bool:
    """Whether the number of an official document stands there, with whatever brackets."""
    return [c for c in unicodedata.normalize("NFKC", raw) if c.isalnum()] == [c for c in number if c.isalnum()]


def _stretches(
    connection: duckdb.DuckDBPyConnection, texts: Mapping[str, str | None], ids: list[str], checked: Checked
) -> Iterator[Breach]:
    """Leftovers say what stands at their place; forms and findings have places that are there."""
    for table in ("forms", "findings", "leftovers"):
        said = "text" if table == "leftovers" else "NULL"
        sql = f"SELECT document_id, form_id, text_start, text_end, {said} FROM {table} WHERE"
        for document_id, form_id, first, last, value in _of_documents(connection, sql, ids):
            if first is None:
                continue
            checked.counts["places"] += 1
            text = texts.get(document_id) or ""
            if not (0 <= first <= last <= len(text)) or (value is not None and text[first:last] != value):
                found = Message(
                    f"{first} to {last} is no place in the text, or says something else",
                    f"{first} 至 {last} 在原文中不存在或内容不符",
                )
                yield Breach("verify.place", f"{table} {form_id or document_id}", found)


# ------------------------------------------------------------------------------------------------------------ sources


def _sources(connection: duckdb.DuckDBPyConnection, checked: Checked) -> Iterator[Breach]:
    """Documents whose file says that it has not changed, and has another content."""
    sql = "SELECT path, member, document_id, size_bytes, modified_at FROM files WHERE document_id IS NOT NULL"
    for path, member, document_id, *state in connection.execute(f"{sql} ORDER BY 1, 2").fetchall():
        reason = "archive_member" if member else _unlike(Path(path), *state)
        if reason:
            checked.skipped[reason] += 1
            continue
        checked.counts["sources"] += 1
        if _hash(Path(path)) != document_id:
            found = Message("has another content, with the same size and time", "大小和时间未变，内容却不同")
            yield Breach("verify.source", path, found)


def _unlike(path: Path, size_bytes: int, modified_at: datetime) -> str | None:
    """Why a file cannot be compared with what an import noted of it; None where it can."""
    source = next(find_sources([path]), None) if path.is_file() else None
    if not isinstance(source, Source):
        return "gone"
    return None if (source.size_bytes, source.modified_at) == (size_bytes, modified_at) else "changed"


def _hash(path: Path) -> str | None:
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while data := file.read(_HASHED_AT_ONCE):
                digest.update(data)
    except OSError:
        return None
    return digest.hexdigest()
