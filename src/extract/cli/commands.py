"""All commands: the tables at the foot list them in the order in which --help does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated

import typer

from extract import __version__
from extract.cli import archive, check, cluster, database, file, queries, review, rules
from extract.cli.output import put
from extract.cli.typer_words import Command, Group
from extract.language import Language, say

_OPTIONS = say("[OPTIONS]", "[选项]")
_COMMAND = say("COMMAND [ARGS]...", "命令 [参数]...")
app = typer.Typer(
    name="extract",
    cls=Group,
    options_metavar=_OPTIONS,
    subcommand_metavar=_COMMAND,
    add_completion=False,
    pretty_exceptions_enable=False,
    help=say(
        "Turn archives of budget performance forms (绩效目标申报表 and relatives) into DuckDB tables.\n\n"
        "Start with:  extract import ARCHIVE/  then  extract report  and  extract show FORM.",
        "把成批的预算绩效表（绩效目标申报表、自评表等）提取为 DuckDB 数据表。\n\n"
        "先运行 extract import 文件夹/，再运行 extract report 和 extract show 表编号。",
    ),
)
rules_app = typer.Typer(
    cls=Group,
    options_metavar=_OPTIONS,
    subcommand_metavar=_COMMAND,
    help=say(
        "The rules that say how each kind of form is read: look at them, check them, add to them.",
        "规则规定每类表怎样识别：查看、检查、补充规则。",
    ),
)


@app.callback(invoke_without_command=True)
def _options(
    version: Annotated[bool, typer.Option("--version", help=say("Print the version.", "显示版本。"))] = False,
    _language: Annotated[
        Language | None,
        typer.Option(
            "--lang",
            help=say(
                "Language of messages and reports, anywhere on the line; else LC_ALL, LC_MESSAGES and LANG tell.",
                "提示和报告的语言，可写在命令的任何位置；不写时看 LC_ALL、LC_MESSAGES、LANG。",
            ),
        ),
    ] = None,
) -> None:
    if version:
        put(f"extract {__version__}")
        raise typer.Exit


COMMANDS: Mapping[str, Callable[..., None]] = {
    "import": archive.import_command,
    "merge": cluster.merge_command,
    "attach": cluster.attach_command,
    "reparse": archive.reparse_command,
    "link": archive.link_command,
    "compact": archive.compact_command,
    "parse": file.parse_command,
    "read": file.read_command,
    "report": database.report_command,
    "check": check.check_command,
    "show": database.show_command,
    "verify": database.verify_command,
    "review": review.review_command,
    "corrections": review.corrections_command,
    "sql": queries.sql_command,
    "schema": queries.schema_command,
    "export": queries.export_command,
    "target": file.target_command,
}
RULES_COMMANDS: Mapping[str, Callable[..., None]] = {
    "list": rules.rules_list_command,
    "lint": rules.rules_lint_command,
    "test": rules.rules_test_command,
    "coverage": rules.rules_coverage_command,
    "draft": rules.rules_draft_command,
    "schema": rules.rules_schema_command,
}
for group, commands in ((app, COMMANDS), (rules_app, RULES_COMMANDS)):
    for name, command in commands.items():
        group.command(name, cls=Command, options_metavar=_OPTIONS)(command)
app.add_typer(rules_app, name="rules")
