"""Commands that read the database: report, show, verify."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from extract.cli.arguments import DEFAULT_DATABASE, AsJson, Database, opened
from extract.cli.output import EXIT_FAILURES, complain, database_option, print_json, put, tell
from extract.cli.typer_words import in_chinese
from extract.errors import UsageError
from extract.language import Message, say

if TYPE_CHECKING:
    from extract.verify import Breach, Checked


@in_chinese(
    """报告导入结果：提取了什么，没有提取什么，先看哪些。

    示例：extract report --html report.html
    """
)
def report_command(
    db: Database = DEFAULT_DATABASE,
    limit: Annotated[
        int, typer.Option("--limit", min=1, help=say("Length of the lists of files and forms.", "文件和表的清单长度。"))
    ] = 10,
    html: Annotated[
        Path | None,
        typer.Option(
            "--html",
            help=say(
                "Write a page that opens offline: charts, and forms beside their source.",
                "写成可离线打开的网页：图表，以及与原文对照的各表。",
            ),
        ),
    ] = None,
    most_forms: Annotated[
        int,
        typer.Option(
            "--forms",
            min=0,
            help=say("So many forms in the page, worst first.", "网页中列出多少张表，问题最多的在前。"),
        ),
    ] = 100,
    with_contacts: Annotated[
        bool, typer.Option("--with-contacts", help=say("Leave phones in the page unmasked.", "网页中的电话不打星号。"))
    ] = False,
    unknown: Annotated[
        bool,
        typer.Option(
            "--unknown",
            help=say(
                "Only the forms that no rule knows, by layout, most frequent first.",
                "只列没有规则认识的表，按版式归类，最常见的在前。",
            ),
        ),
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


@in_chinese(
    """显示一张表并与原文对照：取值在原处高亮，未识别文字另作标记。

    示例：extract show 3f2a90c41b7d88e0-1
    """
)
def show_command(
    form: Annotated[str, typer.Argument(help=say("A form_id, or enough of its beginning.", "表编号，或其开头几位。"))],
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


@in_chinese(
    """核对数据库是否守信：每个值能否追溯到原文、字符是否对得上、有无孤行、编号能否推出、视图是否齐全。

    加 --sources 时还核对来源文件：仍在原处且未变的文件，内容须与记录一致。发现问题时退出码为 1。

    示例：extract verify --db forms.duckdb --sources
    """
)
def verify_command(
    db: Database = DEFAULT_DATABASE,
    sources: Annotated[
        bool,
        typer.Option(
            "--sources",
            help=say("Compare the files that are still there, too.", "同时核对仍在原处的来源文件。"),
        ),
    ] = False,
    limit: Annotated[
        int, typer.Option("--limit", min=1, help=say("Show so many breaches.", "最多显示多少个问题。"))
    ] = 20,
    as_json: AsJson = False,
) -> None:
    """Check every promise about a database again: values trace back to their text, characters add up, no row is an
    orphan, ids follow from what they name, all views are there.

    With --sources, files that are still there and have not changed must have the content that they are recorded with.
    Ends with code 1 where something is wrong.

    Example:  extract verify --db forms.duckdb --sources
    """
    from extract.verify import Checked, verify

    checked = Checked()
    with opened(db) as connection:
        breaches = list(verify(connection, checked, sources=sources))
    if as_json:
        print_json(_verified_as_json(checked, breaches))
    else:
        _print_breaches(breaches, limit)
        looked_at = ", ".join(f"{count} {name}" for name, count in checked.counts.items())
        skipped = ", ".join(f"{count} {name}" for name, count in sorted(checked.skipped.items()))
        tell(say(f"Looked at: {looked_at}", f"已核对：{looked_at}"))
        if skipped:
            tell(say(f"Not compared: {skipped}", f"未核对：{skipped}"))
        wrong = len(breaches)
        tell(say(f"{db}: {wrong} wrong", f"{db}：{wrong} 处问题"))
    if breaches:
        raise typer.Exit(EXIT_FAILURES)


def _print_breaches(breaches: Sequence[Breach], limit: int) -> None:
    from extract.terminal import visible
    from extract.verify import ADVICE

    for breach in breaches[:limit]:
        put(visible(f"{breach.code}  {breach.where}: {breach.found}; {ADVICE[breach.code]}"))
    if (more := len(breaches) - limit) > 0:
        put(
            say(
                f"and {more} more; all of them: --limit {len(breaches)}",
                f"另有 {more} 处；全部显示：--limit {len(breaches)}",
            )
        )


def _verified_as_json(checked: Checked, breaches: Sequence[Breach]) -> dict[str, object]:
    from extract.verify import ADVICE

    return {
        "checked": checked.counts,
        "not_compared": checked.skipped,
        "breaches": [
            {
                "code": breach.code,
                "where": breach.where,
                "message": breach.found.en,
                "message_zh": breach.found.zh,
                "advice": ADVICE[breach.code].en,
                "advice_zh": ADVICE[breach.code].zh,
            }
            for breach in breaches
        ],
    }


def _write_page(db: Path, html: Path, most_forms: int, *, with_contacts: bool) -> None:
    """The report as a page, whole or not at all."""
    try:
        from extract.page import make_page
    except ModuleNotFoundError as missing:
        message = Message(
            "the page needs Jinja and Plotly; install them with: pip install 'declaration-extract[html]'",
            "生成网页需要 Jinja 和 Plotly，请安装：pip install 'declaration-extract[html]'",
        )
        raise UsageError("report.no_page", message) from missing
    from extract.masks import masked_schema
    from extract.store import attach_for_reading

    with attach_for_reading(db) as connection:
        masked_schema(connection, with_contacts=with_contacts, reads_texts=True)
        page = make_page(connection, most_forms)
    try:
        html.write_text(page, "utf-8")
    except OSError as error:
        message = Message(
            f"{html}: cannot be written: {error.strerror}; choose another place",
            f"{html}：不能写入：{error.strerror}；请换一个位置",
        )
        raise UsageError("report.unwritable", message) from error
    complain(say(f"{html} is written; open it in a browser", f"{html} 已写出，请用浏览器打开"))
