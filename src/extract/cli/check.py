"""The command that shows what the checks have found, and what they are: check."""

from __future__ import annotations

from typing import Annotated

import typer

from extract.cli.arguments import DEFAULT_DATABASE, AsJson, Database, RulesFolder, opened, rule_set_of
from extract.cli.output import EXIT_FAILURES, database_option, print_json
from extract.cli.typer_words import in_chinese
from extract.errors import UsageError
from extract.language import Message, say


@in_chinese("""按检查项列出发现的问题：次数、涉及的表和位置。

    发现是导入时按原表得出的；已经人工更正的值上的发现只计数，不列出。有错误级发现时退出码为 1。

    示例：  extract check --code funding.sum
    """)
def check_command(
    db: Database = DEFAULT_DATABASE,
    code: Annotated[
        str | None, typer.Option("--code", help=say("Only the findings of this check.", "只列这一项检查的发现。"))
    ] = None,
    form: Annotated[
        str | None,
        typer.Option("--form", help=say("Only the findings of this form.", "只列这张表的发现（编号或其开头）。")),
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", min=1, help=say("So many places of each check.", "每项检查列出的条数。"))
    ] = 5,
    list_checks: Annotated[
        bool,
        typer.Option(
            "--list",
            help=say(
                "Explain every check: messages, severity, limits, and why it is off.",
                "列出全部检查：中英文提示、级别、限值，以及关闭的原因。",
            ),
        ),
    ] = False,
    rules: RulesFolder = None,
    as_json: AsJson = False,
) -> None:
    """List what the checks have found, check by check: how often, in which forms, and where.

    Findings come with the import and speak of the forms as they were read; those on values that people have corrected
    since are counted, not listed. Exit code 1 if there is a finding of severity error.

    Example:  extract check --code funding.sum
    """
    from extract.inspection import checks_as_json, inspect, inspection_as_json, print_checks, print_inspection
    from extract.show import find_form
    from extract.terminal import data_console

    if list_checks:
        rule_set = rule_set_of(rules)
        if as_json:
            print_json(checks_as_json(rule_set))
        else:
            print_checks(rule_set, data_console())
        return
    _refuse_unknown(code)
    with opened(db) as connection:
        inspection = inspect(connection, code, find_form(connection, form) if form else None)
    if as_json:
        print_json(inspection_as_json(inspection))
    else:
        option = database_option(db)
        print_inspection(
            inspection, data_console(), 10**9 if code else limit, f"extract show{option}", f"extract check{option}"
        )
    if any(found.severity == "error" for found in inspection.found):
        raise typer.Exit(EXIT_FAILURES)


def _refuse_unknown(code: str | None) -> None:
    from extract.checks import CODES

    if code and code not in CODES:
        raise UsageError(
            "check.unknown",
            Message(
                f"there is no check {code!r}; see them all with: extract check --list",
                f"没有检查项 {code!r}；全部见 extract check --list",
            ),
        )
