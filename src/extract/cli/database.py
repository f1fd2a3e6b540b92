"""Commands that read the database: report, show."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from extract.cli.arguments import DEFAULT_DATABASE, AsJson, Database, opened
from extract.cli.output import complain, database_option, print_json
from extract.errors import UsageError


def report_command(
    db: Database = DEFAULT_DATABASE,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Length of the lists of files and forms.")] = 10,
    html: Annotated[
        Path | None,
        typer.Option("--html", help="Write a page that opens offline: charts, and forms beside their source."),
    ] = None,
    most_forms: Annotated[int, typer.Option("--forms", min=0, help="So many forms in the page, worst first.")] = 100,
    with_contacts: Annotated[bool, typer.Option("--with-contacts", help="Leave phones in the page unmasked.")] = False,
    unknown: Annotated[
        bool, typer.Option("--unknown", help="Only the forms that no rule knows, by layout, most frequent first.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Report what came out of an import, what did not, and what to look at first.

    Example:  extract report --html report.html
    """
    from extract.report import make_report, print_report, report_as_json
    from extract.terminal import data_console

    if html:
        _write_page(db, html, most_forms, with_contacts=with_contacts)
        return
    if unknown:
        _report_unknown(db, limit, as_json=as_json)
        return
    with opened(db) as connection:
        report = make_report(connection, limit)
    if as_json:
        print_json(report_as_json(report))
    else:
        print_report(report, data_console(), f"extract show{database_option(db)}")


def _report_unknown(db: Path, limit: int, *, as_json: bool) -> None:
    from extract.report import print_unknown, unknown_as_json, unknown_layouts
    from extract.terminal import data_console

    with opened(db) as connection:
        layouts = unknown_layouts(connection, limit)
    if as_json:
        print_json(unknown_as_json(layouts))
    else:
        print_unknown(layouts, data_console())


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


def _write_page(db: Path, html: Path, most_forms: int, *, with_contacts: bool) -> None:
    """The report as a page, whole or not at all."""
    try:
        from extract.page import make_page
    except ModuleNotFoundError as missing:
        message = "the page needs Jinja and Plotly; install them with: pip install 'declaration-extract[html]'"
        raise UsageError("report.no_page", message) from missing
    from extract.masks import masked_schema
    from extract.store import attach_for_reading

    with attach_for_reading(db) as connection:
        masked_schema(connection, with_contacts=with_contacts, reads_texts=True)
        page = make_page(connection, most_forms)
    try:
        html.write_text(page, "utf-8")
    except OSError as error:
        message = f"{html}: cannot be written: {error.strerror}; choose another place"
        raise UsageError("report.unwritable", message) from error
    complain(f"{html} is written; open it in a browser")
