"""The command line: reads arguments, calls the stages, prints, and turns errors into sentences and exit codes.

Data goes to stdout, messages to stderr. Exit codes: 0 all good, 1 done with failures or findings of severity error,
2 wrong usage, 3 input unreadable, 4 database busy, 5 rule set invalid, 130 interrupted. Stages are imported inside the
commands, so that `--help` answers at once.
"""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from extract import __version__
from extract.errors import ExtractError, ReadError, RuleError, SourceError, StoreError, UsageError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from extract.importer import Summary
    from extract.pipeline import Extraction
    from extract.rules import RuleSet

EXIT_FAILURES = 1
EXIT_USAGE = 2
EXIT_UNREADABLE = 3
EXIT_BUSY = 4
EXIT_RULES = 5
EXIT_INTERRUPTED = 130

app = typer.Typer(
    name="extract",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Turn archives of budget performance forms (绩效目标申报表 and relatives) into DuckDB tables.\n\n"
    "Start with:  extract import ARCHIVE/  then  extract report  and  extract show FORM.",
)
rules_app = typer.Typer(no_args_is_help=True, help="Look at the rules that say how each kind of form is read.")
app.add_typer(rules_app, name="rules")

Database = Annotated[Path, typer.Option("--db", help="The DuckDB file.", show_default=True)]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no summary; errors only.")]
RulesFolder = Annotated[
    Path | None,
    typer.Option(
        "--rules", help="A folder of rules that add to the packaged ones; files of the same name replace them."
    ),
]
DEFAULT_DATABASE = Path("forms.duckdb")


def main() -> None:
    """Run the command line; the only place that catches broadly and exits."""
    try:
        app()
    except ExtractError as error:
        _complain(error.message)
        sys.exit(_exit_code(error))
    except SystemExit as stop:  # typer turns Ctrl-C into this code and says nothing
        if stop.code == EXIT_INTERRUPTED:
            _complain("interrupted; what was written is kept, run the same command again to go on")
        raise
    except BrokenPipeError:  # the reader of a pipe went away: nothing to say
        sys.stderr.close()
        sys.exit(0)


@app.callback(invoke_without_command=True)
def _version(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    if version:
        typer.echo(f"extract {__version__}")
        raise typer.Exit


# ------------------------------------------------------------------------------------------------------------- import


@app.command("import")
def import_command(
    paths: Annotated[list[Path], typer.Argument(help="Files and folders; folders are searched.", metavar="PATH...")],
    db: Database = DEFAULT_DATABASE,
    rules: RulesFolder = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Import every form of every file into a DuckDB database.

    The content of a file decides how it is read, never its name. What is already in the database is not read again, so
    the same command can be run as often as you like.

    Example:  extract import archive/2021 --db forms.duckdb
    """
    from extract.importer import import_paths

    rule_set = _load_rules(rules)
    with _progress(quiet=quiet or as_json) as advance:
        summary = import_paths(paths, db, rule_set, _surviving_extract, advance)
    _print_problems(summary)
    if as_json:
        _print_json(_summary_as_json(summary))
    elif not quiet:
        _print_summary(summary, db)
    if summary.files and summary.failures == summary.files and not summary.documents:
        raise typer.Exit(EXIT_UNREADABLE)
    if summary.failures or summary.error_findings:
        raise typer.Exit(EXIT_FAILURES)


def _surviving_extract(data: bytes, rules: RuleSet) -> Extraction:
    """`extract`, with a fault of this program costing only the file that met it; its traceback goes to stderr."""
    from extract.pipeline import extract, failed

    try:
        return extract(data, rules)
    except RuleError:
        raise
    except Exception as fault:
        traceback.print_exc()
        message = f"a fault of extract ({type(fault).__name__}); please report it with the traceback"
        return failed(data, rules, ReadError("internal.fault", message))


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Any]:
    """A function to call with the summary after each file; it moves a progress bar where people watch."""
    from extract.terminal import message_console

    console = message_console()
    if quiet or not console.is_terminal:
        yield lambda summary: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("importing"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("files · {task.fields[forms]} forms · {task.fields[failures]} failures"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("import", total=None, forms=0, failures=0)

        def advance(summary: Summary) -> None:
            progress.update(
                task, completed=summary.done, total=summary.files, forms=summary.forms, failures=summary.failures
            )

        yield advance


def _print_problems(summary: Summary) -> None:
    for path, error in summary.problems:
        _complain(f"{path}: {error.message}" if path else error.message)


def _print_summary(summary: Summary, db: Path) -> None:
    statuses = ", ".join(f"{count} {status}" for status, count in sorted(summary.statuses.items()))
    known = summary.skipped + summary.duplicates
    typer.echo(
        f"{summary.files} files: {summary.documents} read" + (f" ({statuses})" if statuses else "")
        + f", {known} already known, {summary.failures} failed; {summary.forms} forms",
        err=True,
    )  # fmt: skip
    typer.echo(f"Next: extract report{_database_option(db)}", err=True)


def _database_option(db: Path) -> str:
    """The option to repeat in commands that we suggest."""
    return "" if db == DEFAULT_DATABASE else f" --db {db}"


def _summary_as_json(summary: Summary) -> dict[str, Any]:
    return {
        "files": summary.files,
        "documents": summary.documents,
        "already_known": summary.skipped + summary.duplicates,
        "forms": summary.forms,
        "statuses": summary.statuses,
        "problems": [
            {"path": str(path) if path else None, "code": error.code, "message": error.message}
            for path, error in summary.problems
        ],
    }


# ------------------------------------------------------------------------------------------------------ parse and read


@app.command("parse")
def parse_command(
    file: Annotated[Path, typer.Argument(help="One file.")],
    rules: RulesFolder = None,
    as_json: AsJson = False,
) -> None:
    """Parse one file and print its forms; no database is needed.

    Example:  extract parse form.docx --json
    """
    from extract.pipeline import extract
    from extract.result import extraction_as_json

    extraction = extract(_read_file(file), _load_rules(rules))
    if extraction.error:
        raise ReadError(extraction.error.code, f"{file}: {extraction.error.message}")
    if as_json:
        _print_json(extraction_as_json(extraction))
    else:
        _print_extraction(extraction)
    if not extraction.forms:
        _complain(f"{file}: no line of it is the title of a form; see what was read with: extract read {file}")
    has_errors = any(f.severity == "error" for form in extraction.forms for f in form.findings)
    if has_errors or extraction.status != "extracted":
        raise typer.Exit(EXIT_FAILURES)


def _print_extraction(extraction: Extraction) -> None:
    from extract.show import print_form, shown_form
    from extract.terminal import data_console

    console = data_console()
    for form in extraction.forms:
        assert extraction.document
        print_form(shown_form(form, extraction.document.text), console)


@app.command("read")
def read_command(
    file: Annotated[Path, typer.Argument(help="One file.")],
    as_json: AsJson = False,
) -> None:
    """Print what the reader sees in a file: paragraphs, and tables with their rows, cells and spans.

    Example:  extract read form.docx
    """
    from extract.readers import read_document
    from extract.result import document_as_json

    try:
        document = read_document(_read_file(file))
    except ReadError as error:
        raise ReadError(error.code, f"{file}: {error.message}") from error
    if as_json:
        _print_json(document_as_json(document))
        return
    from extract.show import print_document
    from extract.terminal import data_console

    print_document(document, data_console())


# -------------------------------------------------------------------------------------------------- from the database


@app.command("report")
def report_command(
    db: Database = DEFAULT_DATABASE,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Length of the lists of files and forms.")] = 10,
    as_json: AsJson = False,
) -> None:
    """Report what came out of an import, what did not, and what to look at first."""
    from extract.report import make_report, print_report, report_as_json
    from extract.terminal import data_console

    with _database(db) as connection:
        report = make_report(connection, limit)
    if as_json:
        _print_json(report_as_json(report))
    else:
        print_report(report, data_console(), f"extract show{_database_option(db)}")


@app.command("show")
def show_command(
    form: Annotated[str, typer.Argument(help="A form_id, or enough of its beginning.")],
    db: Database = DEFAULT_DATABASE,
    as_json: AsJson = False,
) -> None:
    """Show one form beside its source, with values highlighted in place and leftovers marked.

    Example:  extract show 3f2a90c41b7d88e0-1
    """
    from extract.show import find_form, form_as_json, load_form, print_form
    from extract.terminal import data_console

    with _database(db) as connection:
        shown = load_form(connection, find_form(connection, form))
    if as_json:
        _print_json(form_as_json(shown))
    else:
        print_form(shown, data_console())


@app.command("sql")
def sql_command(
    statement: Annotated[str, typer.Argument(help="One SQL statement.")],
    db: Database = DEFAULT_DATABASE,
    as_json: AsJson = False,
) -> None:
    """Run a SQL query, read-only, and print its rows.

    Tables: forms, fields, funding, indicators, citations, findings, leftovers, documents, files.
    Chinese views: 申报表, 字段, 资金, 绩效指标, 引用文件, 发现, 文件.

    Example:  extract sql "select 项目名称, 指标值 from 绩效指标 where 单位 = '%'"
    """
    from extract.query import print_rows, run_query
    from extract.terminal import data_console

    with _database(db) as connection:
        names, rows = run_query(connection, statement)
    if as_json:
        _print_json([dict(zip(names, row, strict=True)) for row in rows])
    else:
        print_rows(names, rows, data_console())


# ---------------------------------------------------------------------------------------------------- target and rules


@app.command("target")
def target_command(
    texts: Annotated[list[str], typer.Argument(help="Targets, or - to read one a line from stdin.", metavar="TEXT...")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
) -> None:
    """Explain how indicator targets are read: operator, number and unit.

    Example:  extract target ≥389件 =100% 一年
    """
    from extract.target import parse_target

    units = _load_rules(None).units
    lines = [line.rstrip("\n") for line in sys.stdin] if texts == ["-"] else texts
    targets = [parse_target(line, units) for line in lines]
    if as_json:
        for target in targets:
            typer.echo(json.dumps(target.as_json(), ensure_ascii=False))
        return
    from extract.show import print_targets
    from extract.terminal import data_console

    print_targets(targets, data_console())


@rules_app.command("list")
def rules_list_command(rules: RulesFolder = None, as_json: AsJson = False) -> None:
    """List the form kinds, with their titles and how many fields and labels each knows."""
    rule_set = _load_rules(rules)
    rows = [
        (form.kind, form.spec.name, len(form.fields), len(form.labels), form.spec.titles[0].examples[0])
        for form in rule_set.forms
    ]
    names = ("kind", "name", "fields", "labels", "title, for example")
    if as_json:
        _print_json({"version": rule_set.version, "forms": [dict(zip(names, row, strict=True)) for row in rows]})
        return
    from extract.query import print_rows
    from extract.terminal import data_console

    print_rows(names, rows, data_console())


# ------------------------------------------------------------------------------------------------------------ together


def _load_rules(folder: Path | None) -> RuleSet:
    from extract.rules import load_rules, packaged_rules

    if folder is None:
        return load_rules()
    if not folder.is_dir():
        raise RuleError("rules.missing", f"{folder}: there is no such folder of rules; check --rules")
    return load_rules(packaged_rules(), folder)


def _read_file(file: Path) -> bytes:
    if file.is_dir():
        raise SourceError("source.not_a_file", f"{file}: is a folder; import it with: extract import {file}")
    try:
        return file.read_bytes()
    except OSError as error:
        raise SourceError("source.unreadable", f"{file}: {error.strerror}; check path and permissions") from error


@contextmanager
def _database(path: Path) -> Iterator[DuckDBPyConnection]:
    from extract.store import open_for_reading

    connection = open_for_reading(path)
    try:
        yield connection
    finally:
        connection.close()


def _print_json(value: object) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def _complain(message: str) -> None:
    from extract.terminal import visible

    typer.echo(f"extract: {visible(message)}", err=True)


def _exit_code(error: ExtractError) -> int:
    if isinstance(error, UsageError):
        return EXIT_USAGE
    if isinstance(error, RuleError):
        return EXIT_RULES
    if isinstance(error, StoreError) and error.code == "database.busy":
        return EXIT_BUSY
    return EXIT_UNREADABLE
