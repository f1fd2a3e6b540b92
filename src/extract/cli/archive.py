"""Commands that write the database: import, link."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from extract.cli.arguments import DEFAULT_DATABASE, AsJson, Database, Quiet, RulesFolder, rule_set_of
from extract.cli.output import EXIT_FAILURES, EXIT_UNREADABLE, complain, database_option, print_json
from extract.errors import ReadError, RuleError

if TYPE_CHECKING:
    from extract.importer import Summary
    from extract.pipeline import Extraction
    from extract.rules import RuleSet


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

    rule_set = rule_set_of(rules)
    with _progress(quiet=quiet or as_json) as advance:
        summary = import_paths(paths, db, rule_set, _surviving_extract, advance)
    _print_problems(summary)
    if as_json:
        print_json(_summary_as_json(summary))
    elif not quiet:
        _print_summary(summary, db)
    if summary.files and summary.failures == summary.files and not summary.documents:
        raise typer.Exit(EXIT_UNREADABLE)
    if summary.failures or summary.error_findings:
        raise typer.Exit(EXIT_FAILURES)


def link_command(
    db: Database = DEFAULT_DATABASE,
    rules: RulesFolder = None,
    quiet: Quiet = False,
) -> None:
    """Link the forms of all years to projects, anew: by unit, and by names that are the same or similar.

    Every import that reads something does this at its end. Run it when you have changed rules/vocabulary/projects.yaml.
    Score and reason of each link:  extract sql "from project_forms"
    """
    from extract.store import Store, refuse_missing

    rule_set = rule_set_of(rules)
    refuse_missing(db)
    with Store(db) as store:
        projects = store.link_projects(rule_set)
    if not quiet:
        typer.echo(f"{projects} projects", err=True)
        typer.echo(f'Next: extract sql "from project_changes"{database_option(db)}', err=True)


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
        complain(f"{path}: {error.message}" if path else error.message)


def _print_summary(summary: Summary, db: Path) -> None:
    statuses = ", ".join(f"{count} {status}" for status, count in sorted(summary.statuses.items()))
    known = summary.skipped + summary.duplicates
    typer.echo(
        f"{summary.files} files: {summary.documents} read" + (f" ({statuses})" if statuses else "")
        + f", {known} already known, {summary.failures} failed; {summary.forms} forms",
        err=True,
    )  # fmt: skip
    typer.echo(f"Next: extract report{database_option(db)}", err=True)


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
