"""Commands for archives that many machines import: the cluster's part of import, merge, attach."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from extract.cli.arguments import DEFAULT_DATABASE, AsJson, Database, Quiet, RulesFolder, rule_set_of
from extract.cli.output import database_option, print_json
from extract.errors import UsageError

if TYPE_CHECKING:
    from extract.cluster.merging import Merged
    from extract.importer import Options, Progress, Summary
    from extract.rules import RuleSet

Parts = Annotated[str, typer.Argument(metavar="PARTS", help="The folder, or its URL, that was given as --parts.")]


def refuse_contradictions(cluster: str | None, parts: str | None, *, jobs: int | None, dry_run: bool) -> None:
    """Raises UsageError for options of import that do not go together."""
    if cluster and not parts:
        raise UsageError("cluster.no_parts", "--cluster needs --parts: a folder that all machines share")
    if parts and not cluster:
        raise UsageError("cluster.no_address", "--parts needs --cluster: the address of a Dask scheduler")
    if cluster and dry_run:
        raise UsageError("cluster.dry_run", "--dry-run looks at the database alone; leave out --cluster and --parts")
    if cluster and jobs:
        raise UsageError("cluster.jobs", "--jobs says nothing on a cluster; dask worker --nthreads does")


def import_on_cluster(
    paths: list[Path],
    db: Path,
    rules: RuleSet,
    options: Options,
    advance: Progress,
    *,
    cluster: str,
    parts: str,
    merges: bool,
) -> tuple[Summary, Merged | None]:
    """Import on the workers and merge, if that is wished; what each of the two did."""
    try:
        from extract.cluster import client
    except ModuleNotFoundError as missing:
        message = "--cluster needs Dask; install it with: pip install 'declaration-extract[cluster]'"
        raise UsageError("cluster.no_dask", message) from missing
    from extract.cluster.merging import merge
    from extract.cluster.parts import Parts

    folder = Parts(parts)
    summary = client.import_on_cluster(paths, folder, db, rules, options, client.Cluster(cluster), advance)
    return summary, merge(folder, db, rules) if merges and folder.whole() else None


def merge_command(
    parts: Parts,
    db: Database = DEFAULT_DATABASE,
    rules: RulesFolder = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Bring the parts that an import with --cluster has written into a DuckDB database.

    Parts that the database has already are left out, so the same command can be run as often as you like, and goes on
    where it was interrupted. Others can read the database meanwhile. The rules only link projects.

    Example:  extract merge /shared/parts --db forms.duckdb
    """
    from dataclasses import asdict

    from extract.cluster import merging
    from extract.cluster import parts as folders

    merged = merging.merge(folders.Parts(parts), db, rule_set_of(rules))
    if as_json:
        print_json(asdict(merged))
    elif not quiet:
        print_merged(merged, db)
        print_next(db)


def attach_command(
    parts: Parts,
    db: Database = DEFAULT_DATABASE,
    rules: RulesFolder = None,
    quiet: Quiet = False,
) -> None:
    """Make a database that reads the parts of an import with --cluster where they lie, without copying them.

    It answers like any other (report, show, sql, export), but nothing can be written into it. Attach again when there
    are more parts.

    Example:  extract attach /shared/parts --db forms.duckdb
    """
    from extract.cluster import parts as folders
    from extract.cluster.attaching import attach

    forms = attach(folders.Parts(parts), db, rule_set_of(rules))
    if not quiet:
        typer.echo(f"{db} shows {forms} forms of the parts in {parts}", err=True)
        print_next(db)


def print_merged(merged: Merged, db: Path) -> None:
    """What a merge did."""
    parts = "1 new part" if merged.parts == 1 else f"{merged.parts} new parts"
    counts = f"{merged.files} files, {merged.documents} new documents, {merged.forms} forms"
    typer.echo(f"{parts} merged into {db}: {counts}", err=True)


def print_next(db: Path) -> None:
    """The command that usually follows."""
    typer.echo(f"Next: extract report{database_option(db)}", err=True)


def print_next_of_parts(parts: str, db: Path) -> None:
    """The commands that make something of parts."""
    typer.echo(f"Next: extract merge {parts}{database_option(db)}  or  extract attach {parts}", err=True)
