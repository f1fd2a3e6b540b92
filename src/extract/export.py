"""Exports: tables, views or an answer as Parquet, CSV, JSON lines or an Excel workbook. Same data, same bytes.

What leaves the house carries no phones and no contact persons unless asked (see masks.py). Rows stand in an order of
their own, and nothing that is written says when.
"""

from __future__ import annotations

import datetime
import itertools
import json
import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import duckdb
import xlsxwriter
from rich.cells import cell_len

from extract.errors import UsageError
from extract.formats import text_of, write_csv, write_jsonl
from extract.language import Message
from extract.masks import masked_schema
from extract.query import Answer, checked_statement, run_query
from extract.store import attach_for_reading

Row = tuple[Any, ...]
Format = Literal["parquet", "csv", "jsonl", "xlsx"]
FORMATS: tuple[Format, ...] = ("parquet", "csv", "jsonl", "xlsx")

TABLES = (
    "forms", "indicators", "funding", "fields", "citations", "findings", "leftovers", "documents", "files", "projects",
    "project_links", "corrections",
)  # fmt: skip
"""What is exported where nothing is chosen."""
# What only the program itself reads.
_INTERNAL = ("layouts", "schema_version")


@dataclass
class Exported:
    """One table as it was written; `notes` say what the format could not hold."""

    name: str
    path: Path
    rows: int = 0
    notes: list[Message] = field(default_factory=list)


@dataclass(frozen=True)
class Selection:
    """What to export: tables and views by name, or the answer to one query."""

    names: Sequence[str] = TABLES
    query: str | None = None

    @property
    def reads_texts(self) -> bool:
        """Whether the whole texts of documents may be asked for; masking them takes longest."""
        asked = self.names if self.query is None else [self.query.lower()]
        return any(table in each for each in asked for table in ("documents", "文档"))


def export(
    database: Path,
    destination: Path,
    selection: Selection,
    format_: Format,
    *,
    with_contacts: bool = False,
    for_excel: bool = False,
    progress: Callable[[str], None] = lambda name: None,
) -> list[Exported]:
    """Write the selection to a file, or to a file for each table in a folder; `progress` is called with each name.

    `for_excel` makes CSV that Excel opens as it is: with a byte order mark, and text that looks like a formula marked
    as text. Raises StoreError and UsageError.
    """
    files = _files(destination, selection, format_)
    with attach_for_reading(database) as connection:
        masked_schema(connection, with_contacts=with_contacts, reads_texts=selection.reads_texts)
        # Parquet is written by DuckDB itself, which may touch these files and nothing else.
        temporary = {path: path.with_name(f"{path.name}.part") for path in files.values()}
        _lock(connection, temporary.values())
        for name in selection.names if selection.query is None else ():
            _refuse_unknown(connection, name)
        try:
            if format_ == "xlsx":
                (part,) = temporary.values()
                exported = _write_workbook(connection, files, part, selection, progress)
            else:
                exported = []
                for name, path in files.items():
                    progress(name)
                    sql = _ordered(connection, name, selection)
                    table = Exported(name, path)
                    exported.append(_write_file(connection, sql, table, temporary[path], format_, for_excel))
            # All files take their places together: an export that fails leaves the old ones as they were.
            for path, part in temporary.items():
                os.replace(part, path)
        finally:
            for part in temporary.values():
                part.unlink(missing_ok=True)
        return exported


def _files(destination: Path, selection: Selection, format_: Format) -> dict[str, Path]:
    """The file of each table; a destination with the format's ending is one file, any other a folder."""
    names = ["query"] if selection.query is not None else list(dict.fromkeys(selection.names))
    is_file = destination.suffix.lower() == f".{format_}" and not destination.is_dir()
    if is_file and len(names) > 1 and format_ != "xlsx":
        message = Message(
            f"{destination}: one .{format_} file holds one table; name a folder, or one table with --table",
            f"{destination}：一个 .{format_} 文件只放一张表；请给出文件夹，或用 --table 指定一张表",
        )
        raise UsageError("export.one_table", message)
    folder = destination.parent if is_file else destination
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            "export.folder",
            Message(
                f"{folder}: cannot be written into ({error.strerror}); name another folder with --to",
                f"{folder}：文件夹不能写入（{error.strerror}）；请用 --to 另选位置",
            ),
        ) from error
    if is_file or format_ == "xlsx":
        return dict.fromkeys(names, destination if is_file else destination / "extract.xlsx")
    return {name: destination / f"{name}.{format_}" for name in names}


# ------------------------------------------------------------------------------------------------------------- rows


def _ordered(connection: duckdb.DuckDBPyConnection, name: str, selection: Selection) -> str:
    """The statement that gives the rows in an order of their own: the query's, else by all columns from the left."""
    if selection.query is None:
        return f'SELECT * FROM "{name}" ORDER BY ALL'
    checked_statement(connection, selection.query)
    query = selection.query.strip().rstrip(";")
    return query if _has_order(connection, query) else f"SELECT * FROM (\n{query}\n) ORDER BY ALL"


def _has_order(connection: duckdb.DuckDBPyConnection, query: str) -> bool:
    (serialized,) = connection.execute("SELECT json_serialize_sql(?)", [query]).fetchone() or ("{}",)
    statements = json.loads(serialized).get("statements", [])
    return any(each["type"] == "ORDER_MODIFIER" for one in statements for each in one["node"].get("modifiers", []))


def _refuse_unknown(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    if name in _INTERNAL:
        raise UsageError(
            "export.internal",
            Message(
                f"{name} is the program's own and means nothing outside; leave it out",
                f"{name} 是程序内部用表，对外没有意义，请去掉",
            ),
        )
    run_query(connection, f'SELECT * FROM "{name}" LIMIT 0')


def _write_file(
    connection: duckdb.DuckDBPyConnection, sql: str, table: Exported, part: Path, format_: Format, for_excel: bool
) -> Exported:
    if format_ == "parquet":
        run_query(connection, f"EXPLAIN {sql}")  # so that a mistake in it is explained
        target = str(part).replace("'", "''")
        copy = f"COPY (\n{sql}\n) TO '{target}' (FORMAT parquet, COMPRESSION zstd)"
        (table.rows,) = connection.execute(copy).fetchone() or (0,)
        return table
    answer = run_query(connection, sql)
    rows = _counted(answer, table)
    with part.open("w", encoding="utf-8-sig" if for_excel and format_ == "csv" else "utf-8", newline="") as stream:
        if format_ == "csv":
            write_csv(answer.names, rows, stream, for_excel=for_excel)
        else:
            write_jsonl(answer.names, rows, stream)
    return table


def _counted(answer: Answer, table: Exported) -> Iterator[Row]:
    for row in answer.rows:
        table.rows += 1
        yield row


# --------------------------------------------------------------------------------------------------------- workbooks

# Limits of Excel's own.
_CELL_CHARACTERS = 32_767
_SHEET_ROWS = 1_048_576
_EXACT_DIGITS = 15
_SAMPLE_ROWS = 200
_WIDEST_COLUMN = 60
# A workbook says when it was made; the same data must give the same bytes.
_MADE = datetime.datetime(2000, 1, 1)


def _write_workbook(
    connection: duckdb.DuckDBPyConnection,
    files: dict[str, Path],
    part: Path,
    selection: Selection,
    progress: Callable[[str], None],
) -> list[Exported]:
    """A sheet for each table: header bold, frozen and with filters, numbers as numbers, all text as text."""
    exported = []
    with xlsxwriter.Workbook(part, {"constant_memory": True, "default_date_format": "yyyy-mm-dd"}) as workbook:
        workbook.set_properties({"created": _MADE})
        for name, path in files.items():
            progress(name)
            table = Exported(name, path)
            answer = run_query(connection, _ordered(connection, name, selection))
            _Sheets(workbook, table, answer).write()
            exported.append(table)
    return exported


class _Sheets:
    """A table in a workbook, on as many sheets as its rows need."""

    def __init__(self, workbook: xlsxwriter.Workbook, table: Exported, answer: Answer) -> None:
        self._workbook, self._table, self._answer = workbook, table, answer
        self._header = workbook.add_format({"bold": True, "bottom": 1})
        self._moment = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._cut = 0

    def write(self) -> None:
        """Write all rows."""
        sample = list(itertools.islice(self._answer.rows, _SAMPLE_ROWS))
        widths = [self._width(position, sample) for position in range(len(self._answer.names))]
        rows = itertools.chain(sample, self._answer.rows)
        sheets = 0
        while sheets == 0 or self._table.rows == sheets * (_SHEET_ROWS - 1):
            batch = list(itertools.islice(rows, 1))
            if sheets and not batch:
                break
            sheets += 1
            self._write_sheet(sheets, itertools.chain(batch, itertools.islice(rows, _SHEET_ROWS - 2)), widths)
        if sheets > 1:
            self._table.notes.append(
                Message(
                    f"{self._table.rows} rows need {sheets} sheets, for Excel's hold {_SHEET_ROWS}",
                    f"{self._table.rows} 行需要 {sheets} 个工作表，因为 Excel 每个工作表只能放 {_SHEET_ROWS} 行",
                )
            )
        if self._cut:
            most = _CELL_CHARACTERS
            self._table.notes.append(
                Message(
                    f"{self._cut} cells were cut, for Excel's hold {most} characters; CSV and Parquet hold all",
                    f"{self._cut} 个单元格被截断，因为 Excel 单元格只能放 {most} 个字符；CSV 和 Parquet 不截断",
                )
            )

    def _write_sheet(self, number: int, rows: Iterator[Row], widths: list[int]) -> None:
        names = self._answer.names
        sheet = self._workbook.add_worksheet(_sheet_name(self._table.name, number))
        for position, (name, width) in enumerate(zip(names, widths, strict=True)):
            sheet.set_column(position, position, width)
            sheet.write_string(0, position, name, self._header)
        sheet.freeze_panes(1, 0)
        line = 0
        for line, row in enumerate(rows, start=1):
            for position, value in enumerate(row):
                self._write_cell(sheet, line, position, value)
        sheet.autofilter(0, 0, max(line, 1), len(names) - 1)
        self._table.rows += line

    def _write_cell(self, sheet: Any, line: int, position: int, value: object) -> None:
        if value is None:
            return
        if isinstance(value, bool):
            sheet.write_boolean(line, position, value)
        elif isinstance(value, int | float | Decimal) and _is_exact_in_excel(value):
            sheet.write_number(line, position, value)
        elif isinstance(value, datetime.datetime):
            sheet.write_datetime(line, position, value, self._moment)
        elif isinstance(value, datetime.date) and value.year >= 1900:
            sheet.write_datetime(line, position, value)
        else:
            sheet.write_string(line, position, self._fitting(text_of(value)))

    def _fitting(self, text: str) -> str:
        if len(text) + sum(character > "\uffff" for character in text) <= _CELL_CHARACTERS:
            return text
        self._cut += 1
        # Half of the limit holds whatever the characters are: Excel counts some of them twice.
        return f"{text[: _CELL_CHARACTERS // 2]}… [{len(text)} characters]"

    def _width(self, position: int, sample: list[Row]) -> int:
        lines = [line for row in sample for line in text_of(row[position]).split("\n")[:20]]
        widest = max((cell_len(text[:_WIDEST_COLUMN]) for text in [self._answer.names[position], *lines]), default=0)
        return min(widest + 3, _WIDEST_COLUMN)


def _is_exact_in_excel(value: float | Decimal) -> bool:
    """Excel's numbers have 15 digits; what has more is written as text."""
    if isinstance(value, float):
        return value - value == 0  # neither infinite nor no number
    return len(Decimal(value).normalize().as_tuple().digits) <= _EXACT_DIGITS


def _sheet_name(name: str, number: int) -> str:
    tail = f" ({number})" if number > 1 else ""
    return re.sub(r"[\[\]:*?/\\]", "_", name)[: 31 - len(tail)] + tail


def _lock(connection: duckdb.DuckDBPyConnection, files: Any) -> None:
    """From here on, no statement reaches other files, the network or the variables of the program."""
    paths = ", ".join("'" + str(path).replace("'", "''") + "'" for path in sorted(set(files)))
    connection.execute("SET python_enable_replacements = false")
    connection.execute(f"SET allowed_paths = [{paths}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
