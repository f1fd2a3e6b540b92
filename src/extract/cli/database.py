"""Commands that read the database: report, show."""

from __future__ import annotations

from typing import Annotated

import typer

from extract.cli.arguments import DEFAULT_DATABASE, AsJson, Database, opened
from extract.cli.output import database_option, print_json


def report_command(
    db: Database = DEFAULT_DATABASE,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Length of the lists of files and forms.")] = 10,
    as_json: AsJson = False,
) -> None:
    """Report what came out of an import, what did not, and what to look at first."""
    from extract.report import make_report, print_report, report_as_json
    from extract.terminal import data_console

    with opened(db) as connection:
        report = make_report(connection, limit)
    if as_json:
        print_json(report_as_json(report))
    else:
        print_report(report, data_console(), f"extract show{database_option(db)}")


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

    with opened(db) as connection:
        shown = load_form(connection, find_form(connection, form))
    if as_json:
        print_json(form_as_json(shown))
    else:
        print_form(shown, data_console())
