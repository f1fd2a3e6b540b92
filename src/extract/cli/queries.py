"""Commands that answer questions from the database: sql, schema, export."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from extract.cli.arguments import DEFAULT_DATABASE, AsJson, Database, Quiet, bytes_of, opened
from extract.cli.output import complain, put, tell
from extract.cli.typer_words import in_chinese
from extract.errors import UsageError
from extract.language import Message, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from extract.formats import Row

Format = Literal["table", "csv", "json", "jsonl", "markdown"]
AsFormat = Annotated[
    Format, typer.Option("--format", "-f", help=say("What to print.", "输出格式。"), show_default=True)
]
ExportFormat = Literal["parquet", "csv", "jsonl", "xlsx"]
TABLE_ROWS = 1000


@in_chinese(
    """用 SQL 查询数据库：只读，不能访问文件和网络。

    每个视图都有中英文两个名称：绩效指标即 indicator_details，目标与实际即 target_actual。
    全部内容：extract schema

    示例：extract sql "select 项目名称, 指标值 from 绩效指标 where 年度 = 2021"

    示例：extract sql --format csv @missed-targets.sql
    """
)
def sql_command(
    statement: Annotated[
        str | None,
        typer.Argument(
            help=say(
                "One SQL statement, @FILE to read it from a file, or - from stdin.",
                "一条 SQL 语句；@文件 从文件读取，- 从标准输入读取。",
            )
        ),
    ] = None,
    db: Database = DEFAULT_DATABASE,
    file: Annotated[
        Path | None, typer.Option("--file", help=say("Read the statement from this file.", "从此文件读取语句。"))
    ] = None,
    output: AsFormat = "table",
    as_json: AsJson = False,
    rows: Annotated[
        int,
        typer.Option(
            "--rows", min=0, help=say("Longest table on screen; 0 for all rows.", "屏幕上最多显示多少行，0 为全部。")
        ),
    ] = TABLE_ROWS,
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


@in_chinese(
    """说明各表和视图（中英文对照）：数据字典。

    示例：extract schema 目标与实际

    示例：extract schema --format markdown > dictionary.md
    """
)
def schema_command(
    name: Annotated[
        str | None,
        typer.Argument(help=say("A table or view; without it, all are listed.", "表或视图；不写则列出全部。")),
    ] = None,
    db: Annotated[
        Path | None,
        typer.Option(
            "--db",
            help=say(
                "Describe this database; without it, what an import makes.", "说明此数据库；不写则说明导入后的结构。"
            ),
        ),
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
            raise UsageError(
                "schema.unknown",
                Message(
                    f"there is no table or view {name}; see them with: extract schema",
                    f"没有表或视图 {name}；全部见 extract schema",
                ),
            )
    if output == "markdown":
        put(dictionary_as_markdown(entries), end="")
        return
    listed = overview(entries) if name is None else [(e.column, *e[2:]) for e in entries if e.column]
    names = ("name" if name is None else "column", "type", "holds", "中文名", "说明")
    _print(names, listed, output, None)


@in_chinese(
    """把数据表、视图或查询结果写成文件：Excel、CSV、JSON Lines 或 Parquet。

    电话和联系人打星号，除非指定 --with-contacts。相同的数据写出相同的字节。

    示例：extract export --to 2021.xlsx --table 绩效指标 --table 目标与实际

    示例：extract export --to tables --format parquet
    """
)
def export_command(
    to: Annotated[
        Path,
        typer.Option(
            "--to",
            help=say(
                "A folder, or a file: .xlsx, .csv, .jsonl, .parquet.", "文件夹，或文件：.xlsx、.csv、.jsonl、.parquet。"
            ),
        ),
    ],
    db: Database = DEFAULT_DATABASE,
    output: Annotated[
        ExportFormat | None,
        typer.Option(
            "--format",
            "-f",
            help=say("What to write, where --to is a folder.", "--to 是文件夹时写成什么格式。"),
            show_default="csv",
        ),
    ] = None,
    table: Annotated[
        list[str] | None,
        typer.Option(
            "--table",
            "-t",
            help=say(
                "A table or view; may be repeated. Without it, the tables of data.",
                "表或视图，可重复；不写则为全部数据表。",
            ),
        ),
    ] = None,
    query: Annotated[
        str | None,
        typer.Option(
            "--query",
            help=say("Export the answer to a SELECT; @FILE reads it.", "导出 SELECT 的结果；@文件 从文件读取语句。"),
        ),
    ] = None,
    with_contacts: Annotated[
        bool,
        typer.Option("--with-contacts", help=say("Do not mask phones and contact persons.", "电话和联系人不打星号。")),
    ] = False,
    bom: Annotated[
        bool,
        typer.Option(
            "--bom",
            help=say(
                "CSV for Excel: with a byte order mark, and =100% kept as text.",
                "供 Excel 打开的 CSV：带字节序标记，=100% 之类保持为文字。",
            ),
        ),
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
        raise UsageError(
            "export.two_selections",
            Message("there are both --table and --query; give one of them", "同时给了 --table 和 --query，只能用其一"),
        )
    selection = Selection(tuple(table or TABLES), _statement(query, None) if query else None)
    console = message_console()
    with console.status(say("exporting", "正在导出")) if console.is_terminal and not quiet else nullcontext() as status:
        exported = export(
            db, to, selection, format_, with_contacts=with_contacts, for_excel=bom,
            progress=lambda name: status.update(data(say(f"exporting {name}", f"正在导出 {name}"))) if status else None,
        )  # fmt: skip
    for one in exported:
        for note in one.notes:
            complain(note.at(one.name))
        if not quiet:
            count = say("1 row", "共 1 行") if one.rows == 1 else say(f"{one.rows} rows", f"共 {one.rows} 行")
            tell(f"{one.path}: {one.name}, {count}")


def _statement(statement: str | None, file: Path | None) -> str:
    """The statement, from wherever it is. Raises UsageError and SourceError."""
    if statement and file:
        raise UsageError(
            "query.two_statements",
            Message(
                "there are two statements, one as argument and one in --file; give one",
                "命令行和 --file 各给了一条语句，只能用其一",
            ),
        )
    if statement and statement.startswith("@"):
        file = Path(statement[1:])
    if file:
        from extract.readers.text import decode

        return decode(bytes_of(file))[1]
    if statement and statement != "-":
        return statement
    if statement is None and sys.stdin.isatty():
        raise UsageError(
            "query.missing",
            Message(
                'give a statement: extract sql "select …"; what there is: extract schema',
                '请给出语句：extract sql "select …"；可查内容见 extract schema',
            ),
        )
    return sys.stdin.read()


def _print(names: Sequence[str], rows: Iterable[Row], output: Format, limit: int | None) -> None:
    from extract.formats import WRITERS, print_rows
    from extract.terminal import data_console, data_stream

    if output == "table":
        print_rows(names, rows, data_console(), limit)
    else:
        WRITERS[output](names, rows, data_stream())
