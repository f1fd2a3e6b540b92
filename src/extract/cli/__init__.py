"""The command line: reads arguments, calls the stages, prints, and turns errors into sentences and exit codes.

Data goes to stdout, messages to stderr. Exit codes: 0 all good, 1 done with failures or findings of severity error,
2 wrong usage, 3 input unreadable, 4 database busy, 5 rule set invalid, 130 interrupted. Stages are imported inside the
commands, so that `--help` answers at once.

One module for each group of commands (`archive`, `file`, `database`, `rules`); the table at the foot of this one lists
them all. `arguments` and `output` hold what the groups share.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from extract import __version__
from extract.cli import archive, database, file, queries, review, rules
from extract.cli.output import EXIT_INTERRUPTED, complain, exit_code_of
from extract.errors import ExtractError
from extract.terminal import show_what_the_encoding_lacks

app = typer.Typer(
    name="extract",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Turn archives of budget performance forms (绩效目标申报表 and relatives) into DuckDB tables.\n\n"
    "Start with:  extract import ARCHIVE/  then  extract report  and  extract show FORM.",
)
_INTERRUPTED = "interrupted; what was written is kept, run the same command again to go on"
rules_app = typer.Typer(
    no_args_is_help=True,
    help="The rules that say how each kind of form is read: look at them, check them, add to them.",
)


def main() -> None:
    """Run the command line; the only place that catches broadly and exits."""
    for stream in (sys.stdout, sys.stderr):
        show_what_the_encoding_lacks(stream)
    try:
        app()
    except ExtractError as error:
        complain(error.message)
        sys.exit(exit_code_of(error))
    except SystemExit as stop:  # typer turns Ctrl-C into this code and says nothing
        if stop.code == EXIT_INTERRUPTED:
            complain(_INTERRUPTED)
        raise
    except RuntimeError as error:
        if str(error) != "Query interrupted":  # how DuckDB says that Ctrl-C came while it worked
            raise
        complain(_INTERRUPTED)
        sys.exit(EXIT_INTERRUPTED)
    except BrokenPipeError:  # the reader of a pipe went away: nothing to say
        sys.stderr.close()
        sys.exit(0)


@app.callback(invoke_without_command=True)
def _version(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    if version:
        typer.echo(f"extract {__version__}")
        raise typer.Exit


# Every command, in the order in which --help lists them.
app.command("import")(archive.import_command)
app.command("reparse")(archive.reparse_command)
app.command("link")(archive.link_command)
app.command("compact")(archive.compact_command)
app.command("parse")(file.parse_command)
app.command("read")(file.read_command)
app.command("report")(database.report_command)
app.command("show")(database.show_command)
app.command("review")(review.review_command)
app.command("corrections")(review.corrections_command)
app.command("sql")(queries.sql_command)
app.command("schema")(queries.schema_command)
app.command("export")(queries.export_command)
app.command("target")(file.target_command)
app.add_typer(rules_app, name="rules")
rules_app.command("list")(rules.rules_list_command)
rules_app.command("lint")(rules.rules_lint_command)
rules_app.command("test")(rules.rules_test_command)
rules_app.command("coverage")(rules.rules_coverage_command)
rules_app.command("draft")(rules.rules_draft_command)
rules_app.command("schema")(rules.rules_schema_command)
