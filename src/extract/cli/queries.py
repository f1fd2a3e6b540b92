"""Commands that answer questions from the database: sql, schema, export."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from extract.cli.arguments import DEFAULT_DATABASE, AsJson, Database, Quiet, bytes_of, opened
from extract.cli.output import complain
from extract.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from extract.formats import Row

Format = Literal["table", "csv", "json", "jsonl", "markdown"]
AsFormat = Annotated[Format, typer.Option("--format", "-f", help="What to print.", show_default=True)]
ExportFormat = Literal["parquet", "csv", "jsonl", "xlsx"]
TABLE_ROWS = 1000


def sql_command(
    statement: Annotated[
        str | None, typer.Argument(help="One SQL statement, @FILE to read it from a file, or - from stdin.")
    ] = None,
    db: Database = DEFAULT_DATABASE,
    file: Annotated[Path | None, typer.Option("--file", help="Read the statement from this file.")] = None,
    output: AsFormat = "table",
    as_json: AsJson = False,
    rows: Annotated[int, typer.Option("--rows", min=0, help="Longest table on screen; 0 for all rows.")] = TABLE_ROWS,
) -> None:
    """Ask the database in SQL: read-only, without access to files or network.

    Every view stands there twice, in English and Chinese: indicator_details and 绩效指标, target_actual and 目标与实际.
    What there is:  extract schema

    Example:  extract sql "select 项目名称, 指标值 from 绩效指标 where 年度 = 2021"

    Example:  extract sql --format csv @missed-targets.sql
    """
    from extract.query import run_query

    question = _statement(statement, file)
    with opened(db) as connection:
        answer = run_query(connection, question)
        _print(answer.names, answer.rows, "json" if as_json else output, rows or None)


def schema_command(
    name: Annotated[str | None, typer.Argument(help="A table or view; without it, all are listed.")] = None,
    db: Annotated[
        Path | None, typer.Option("--db", help="Describe this database; without it, what an import makes.")
    ] = None,
    output: AsFormat = "table",
) -> None:
    """Describe the tables and views, in English and Chinese: the data dictionary.

    Example:  extract schema target_actual

    Example:  extract schema --format markdown > dictionary.md
    """
    from extract.dictionary import dictionary, dictionary_as_markdown, overview
    from extract.store import in_memory

    with opened(db) if db else in_memory() as connection:
        entries = dictionary(connection)
    if name:
        meant = {e.relation for e in entries if e.column is None and name in (e.relation, e.chinese_name)}
        # A Chinese twin is described beside its English view, where there is one.
        relation = next((each for each in sorted(meant, reverse=True) if each.isascii()), None) or next(
            iter(meant), None
        )
        entries = [entry for entry in entries if entry.relation == relation]
        if not entries:
            raise UsageError("schema.unknown", f"there is no table or view {name}; see them with: extract schema")
    if output == "markdown":
        typer.echo(dictionary_as_markdown(entries), nl=False)
        return
    listed = overview(entries) if name is None else [(e.column, *e[2:]) for e in entries if e.column]
    names = ("name" if name is None else "column", "type", "holds", "中文名", "说明")
    _print(names, listed, output, None)


def export_command(
    to: Annotated[Path, typer.Option("--to", help="A folder, or a file: .xlsx, .csv, .jsonl, .parquet.")],
    db: Database = DEFAULT_DATABASE,
    output: Annotated[
        ExportFormat | None,
        typer.Option("--format", "-f", help="What to write, where --to is a folder.", show_default="csv"),
    ] = None,
    table: Annotated[
        list[str] | None,
        typer.Option("--table", "-t", help="A table or view; may be repeated. Without it, the tables of data."),
    ] = None,
    query: Annotated[str | None, typer.Option("--query", help="Export the answer to a SELECT; @FILE reads it.")] = None,
    with_contacts: Annotated[
        bool, typer.Option("--with-contacts", help="Do not mask phones and contact persons.")
    ] = False,
    bom: Annotated[
        bool, typer.Option("--bom", help="CSV for Excel: with a byte order mark, and =100% kept as text.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Write tables, views or an answer to files: an Excel workbook, CSV, JSON lines or Parquet.

    Phones and contact persons are masked unless --with-contacts is given. The same data give the same bytes.

    Example:  extract export --to 2021.xlsx --table 绩效指标 --table 目标与实际

    Example:  extract export --to tables --format parquet
    """
    from extract.export import FORMATS, TABLES, Selection, export
    from extract.terminal import data, message_console

    ending = to.suffix.lower().removeprefix(".")
    known = [each for each in FORMATS if each == ending]
    format_: ExportFormat = output or (known[0] if known else "csv")
    if table and query:
        raise UsageError("export.two_selections", "there are both --table and --query; give one of them")
    selection = Selection(tuple(table or TABLES), _statement(query, None) if query else None)
    console = message_console()
    with console.status("exporting") if console.is_terminal and not quiet else nullcontext() as status:
        exported = export(
            db, to, selection, format_, with_contacts=with_contacts, for_excel=bom,
            progress=lambda name: status.update(data(f"exporting {name}")) if status else None,
        )  # fmt: skip
    for one in exported:
        for note in one.notes:
            complain(f"{one.name}: {note}")
        if not quiet:
            count = "1 row" if one.rows == 1 else f"{one.rows} rows"
            typer.echo(f"{one.path}: {one.name}, {count}", err=True)


def _statement(statement: str | None, file: Path | None) -> str:
    """The statement, from wherever it is. Raises UsageError and SourceError."""
    if statement and file:
        raise UsageError(
            "query.two_statements", "there are two statements, one as argument and one in --file; give one"
        )
    if statement and statement.startswith("@"):
        file = Path(statement[1:])
    if file:
        from extract.readers.text import decode

        return decode(bytes_of(file))[1]
    if statement and statement != "-":
        return statement
    if statement is None and sys.stdin.isatty():
        raise UsageError("query.missing", 'give a statement: extract sql "select …"; what there is: extract schema')
    return sys.stdin.read()


def _print(names: Sequence[str], rows: Iterable[Row], output: Format, limit: int | None) -> None:
    from extract.formats import WRITERS, print_rows
    from extract.terminal import data_console, data_stream

    if output == "table":
        print_rows(names, rows, data_console(), limit)
    else:
        WRITERS[output](names, rows, data_stream())
