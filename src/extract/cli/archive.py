"""Commands that write the database: import, reparse, link, compact."""

from __future__ import annotations

import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer

from extract.cli.arguments import DEFAULT_DATABASE, AsJson, Database, Quiet, RulesFolder, rule_set_of
from extract.cli.cluster import (
    import_on_cluster,
    print_merged,
    print_next,
    print_next_of_parts,
    refuse_contradictions,
)
from extract.cli.output import EXIT_FAILURES, EXIT_UNREADABLE, complain, database_option, print_json

if TYPE_CHECKING:
    from extract.difference import Difference
    from extract.importer import Summary


Jobs = Annotated[int | None, typer.Option("--jobs", "-j", min=1, help="Worker processes.", show_default="processors")]
Timeout = Annotated[float, typer.Option(min=0.1, help="Give a file up after so many seconds.")]
Memory = Annotated[int, typer.Option(min=64, help="Give a file up that takes more memory than this, in MB.")]


def import_command(
    paths: Annotated[
        list[Path],
        typer.Argument(
            help="Files, folders and patterns in quotes ('20*/**/*.doc'); folders are searched, archives and e-mails "
            "opened.",
            metavar="PATH...",
        ),
    ],
    db: Database = DEFAULT_DATABASE,
    rules: RulesFolder = None,
    jobs: Jobs = None,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Read again what gave nothing in an earlier import.")
    ] = False,
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Leave out files modified before this day.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be read, and write nothing.")] = False,
    timeout: Timeout = 120,
    memory: Memory = 1024,
    cluster: Annotated[
        str | None,
        typer.Option("--cluster", metavar="ADDRESS", help="Read the files on the workers of this Dask scheduler."),
    ] = None,
    parts: Annotated[
        str | None,
        typer.Option(
            "--parts",
            metavar="FOLDER",
            help="With --cluster: what the workers write; a folder that all machines share.",
        ),
    ] = None,
    merge: Annotated[
        bool, typer.Option("--merge/--no-merge", help="With --cluster: bring the parts into the database at the end.")
    ] = True,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Import every form of every file into a DuckDB database.

    The content of a file decides how it is read, never its name; archives and e-mails are opened, those within each
    other too. What is already in the database is not read again, so the same command can be run as often as you like,
    and goes on where it was interrupted. Others can read the database meanwhile.

    Example:  extract import archive/2021 --db forms.duckdb

    On many machines:  extract import archive --cluster tcp://HOST:8786 --parts /shared/parts
    """
    from extract.importer import Options, import_paths, preview

    options = Options(timeout=timeout, memory_bytes=memory * 2**20, retry_failed=retry_failed, since=_utc(since))
    options = replace(options, jobs=jobs or options.jobs)
    refuse_contradictions(cluster, parts, jobs=jobs, dry_run=dry_run)
    rule_set = rule_set_of(rules)
    if dry_run:
        _print_preview(preview(paths, db, rule_set, options), as_json=as_json)
        return
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever ends us politely gets the same care as Ctrl-C
    merged = None
    with _progress(quiet=quiet or as_json) as advance:
        if cluster and parts:
            summary, merged = import_on_cluster(
                paths, db, rule_set, options, advance, cluster=cluster, parts=parts, merges=merge
            )
        else:
            summary = import_paths(paths, db, rule_set, options, advance)
    _print_problems(summary)
    if as_json:
        print_json(_summary_as_json(summary) | ({"merged": asdict(merged)} if merged else {}))
    elif not quiet:
        _print_summary(summary)
        if merged:
            print_merged(merged, db)
        print_next_of_parts(parts, db) if parts and not merged else print_next(db)
    if summary.failures and not (summary.documents or summary.duplicates or summary.skipped):
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


def reparse_command(
    db: Database = DEFAULT_DATABASE,
    rules: RulesFolder = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the difference, and write nothing.")] = False,
    examples: Annotated[int, typer.Option("--examples", min=0, help="Show so many of the changes.")] = 10,
    jobs: Jobs = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Parse the documents of a database again that other rules have parsed, from the stored text: no file is opened.

    Says how many forms have changed, and which values are new, gone or others. Corrections are kept. All of it happens
    in a copy, which takes the place of the database at the end.

    Example:  extract reparse --rules my-rules --dry-run
    """
    from extract.difference import compare
    from extract.importer import Options, reparse
    from extract.store import refuse_missing

    refuse_missing(db)
    rule_set = rule_set_of(rules)
    options = Options()
    options = replace(options, jobs=jobs or options.jobs)
    with TemporaryDirectory(prefix=".extract-", dir=db.absolute().parent) as folder:
        other = Path(folder, db.name)
        shutil.copyfile(db, other)
        before, after = (db, other) if dry_run else (other, db)
        with _progress(quiet=quiet or as_json) as advance:
            summary = reparse(after, rule_set, options, advance)
        difference = compare(before, after, examples=examples)
    _print_problems(summary)
    if as_json:
        print_json({"documents": summary.parsed_again, "ruleset": rule_set.version, **asdict(difference)})
    elif not quiet:
        _print_difference(difference, f"{summary.parsed_again} documents parsed again by the rules {rule_set.version}")
        again = f"reparse{database_option(db)}" + (f" --rules {rules}" if rules else "")
        typer.echo(f"Next: extract {again if dry_run else f'report{database_option(db)}'}", err=True)
    if summary.failures:
        raise typer.Exit(EXIT_FAILURES)


def _print_difference(difference: Difference, head: str) -> None:
    from extract.formats import print_rows
    from extract.terminal import data_console

    values = ", ".join(f"{count} {change}" for change, count in difference.values.items())
    came_and_went = f" ({difference.new_forms} new, {difference.gone_forms} gone)"
    typer.echo(
        f"{head}: {difference.changed_forms} of {difference.forms} forms changed{came_and_went}; values: {values}",
        err=True,
    )
    console = data_console()
    if difference.by_name:
        print_rows(("value", "added", "removed", "changed"), difference.by_name, console)
    if difference.examples:
        rows = [(each.form_id, each.key, each.old, each.new) for each in difference.examples]
        print_rows(("form", "value", "before", "after"), rows, console)


def compact_command(db: Database = DEFAULT_DATABASE, quiet: Quiet = False) -> None:
    """Write the database anew, without the gaps that repeated imports have left in its file.

    Example:  extract compact --db forms.duckdb
    """
    from extract.working_copy import compact

    before, after = compact(db)
    if not quiet:
        typer.echo(f"{db}: {before / 2**20:.1f} MB before, {after / 2**20:.1f} MB after", err=True)


def _utc(day: datetime | None) -> datetime | None:
    """The start of a day here, in UTC without zone, as modification times are."""
    return day.astimezone(UTC).replace(tzinfo=None) if day else None


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Any]:
    """A function to call with the summary after each file; it moves a progress bar where people watch."""
    from extract.terminal import message_console

    console = message_console()
    if quiet or not console.is_terminal:
        yield lambda summary: None
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = (
        TextColumn("importing"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total} files"),
        TextColumn("{task.fields[forms]} forms · {task.fields[pace]:.0f} forms/s · {task.fields[failures]} failures"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("import", total=None, forms=0, failures=0, pace=0)
        started = time.monotonic()

        def advance(summary: Summary) -> None:
            progress.update(
                task,
                completed=summary.done,
                total=summary.total,
                forms=summary.forms,
                failures=summary.failures,
                pace=summary.forms / max(time.monotonic() - started, 0.1),
            )

        yield advance


_PROBLEMS_SHOWN = 20


def _print_problems(summary: Summary) -> None:
    for problem in summary.problems[:_PROBLEMS_SHOWN]:
        complain(f"{problem.path}: {problem.error.message}" if problem.path else problem.error.message)
        if problem.traceback:
            typer.echo(problem.traceback, err=True)
    if (more := summary.failures - _PROBLEMS_SHOWN) > 0:
        complain(f"and {more} more that gave nothing; extract report lists them")


def _print_summary(summary: Summary) -> None:
    statuses = ", ".join(f"{count} {status}" for status, count in sorted(summary.statuses.items()))
    known = summary.skipped + summary.duplicates
    typer.echo(
        f"{summary.files} files" + _in_archives(summary) + f": {summary.documents} read"
        + (f" ({statuses})" if statuses else "")
        + f", {known} already known, {summary.failures} failed; {summary.forms} forms",
        err=True,
    )  # fmt: skip
    for line in _remarks(summary):
        typer.echo(line, err=True)


def _in_archives(summary: Summary) -> str:
    if not summary.archives:
        return ""
    return f" ({summary.archives} archive{'s' if summary.archives > 1 else ''} opened)"


def _remarks(summary: Summary) -> Iterator[str]:
    """Lines that a summary only has where there is something to say."""
    if summary.parsed_again:
        yield f"{summary.parsed_again} documents parsed again under the new rules, from the database"
    if summary.older:
        yield f"{summary.older} files left out that were modified before --since"
    if summary.passed_over:
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(summary.passed_over.items()))
        yield f"passed over: {kinds}"
    if summary.failed_before:
        yield f"{summary.failed_before} of the known files gave nothing before; try them again with --retry-failed"


def _print_preview(summary: Summary, *, as_json: bool) -> None:
    figures = {
        "files": summary.files,
        "to_read": summary.files - summary.skipped - summary.older,
        "unchanged": summary.skipped,
        "older": summary.older,
        "failed_before": summary.failed_before,
        "passed_over": summary.passed_over,
    }
    for problem in summary.problems:
        complain(problem.error.message)
    if as_json:
        print_json(figures)
        return
    typer.echo(
        f"{figures['files']} files: {figures['to_read']} would be read, {figures['unchanged']} have not changed"
        + (f", {summary.older} are older than --since" if summary.older else "")
    )


def _summary_as_json(summary: Summary) -> dict[str, Any]:
    return {
        "files": summary.files,
        "archives": summary.archives,
        "documents": summary.documents,
        "already_known": summary.skipped + summary.duplicates,
        "parsed_again": summary.parsed_again,
        "forms": summary.forms,
        "statuses": summary.statuses,
        "passed_over": summary.passed_over,
        "failed_before": summary.failed_before,
        "problems": [
            {"path": problem.path, "code": problem.error.code, "message": problem.error.message}
            for problem in summary.problems
        ],
    }
