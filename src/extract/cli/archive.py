"""Commands that write the database: import, reparse, link, compact."""

from __future__ import annotations

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
from extract.cli.output import EXIT_FAILURES, EXIT_UNREADABLE, complain, database_option, print_json, put, tell
from extract.cli.typer_words import in_chinese
from extract.language import say

if TYPE_CHECKING:
    from extract.difference import Difference
    from extract.importer import Summary


Jobs = Annotated[
    int | None,
    typer.Option("--jobs", "-j", min=1, help=say("Worker processes.", "工作进程数。"), show_default="processors"),
]
Timeout = Annotated[
    float, typer.Option(min=0.1, help=say("Give a file up after so many seconds.", "单个文件的限时（秒），超时放弃。"))
]
Memory = Annotated[
    int,
    typer.Option(
        min=64,
        help=say("Give a file up that takes more memory than this, in MB.", "单个文件的内存上限（MB），超过放弃。"),
    ),
]


@in_chinese(
    """把每个文件中的每张表导入 DuckDB 数据库。

    怎样读取由文件内容决定，与文件名无关；压缩包和邮件会打开，其中嵌套的也会。数据库里已有的不再读取，同一命令可反复运行，
    中断后再次运行即可继续。导入期间他人可以照常查询。

    示例：extract import archive/2021 --db forms.duckdb
    """
)
def import_command(
    paths: Annotated[
        list[Path],
        typer.Argument(
            help=say(
                "Files, folders and patterns in quotes ('20*/**/*.doc'); folders are searched, archives and e-mails "
                "opened.",
                "文件、文件夹，或加引号的通配符（'20*/**/*.doc'）；文件夹逐级查找，压缩包和邮件自动打开。",
            ),
            metavar="PATH...",
        ),
    ],
    db: Database = DEFAULT_DATABASE,
    rules: RulesFolder = None,
    jobs: Jobs = None,
    retry_failed: Annotated[
        bool,
        typer.Option(
            "--retry-failed",
            help=say("Read again what gave nothing in an earlier import.", "重读以前导入时没有结果的文件。"),
        ),
    ] = False,
    since: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], help=say("Leave out files modified before this day.", "略过此日之前修改的文件。")
        ),
    ] = None,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help=say("Say what would be read, and write nothing.", "只说明将读取什么，不写入。")),
    ] = False,
    timeout: Timeout = 120,
    memory: Memory = 1024,
    cluster: Annotated[
        str | None,
        typer.Option(
            "--cluster",
            metavar="ADDRESS",
            help=say("Read the files on the workers of this Dask scheduler.", "在此 Dask 调度器的工作机上读取。"),
        ),
    ] = None,
    parts: Annotated[
        str | None,
        typer.Option(
            "--parts",
            metavar="FOLDER",
            help=say(
                "With --cluster: what the workers write; a folder that all machines share.",
                "与 --cluster 同用：工作机写入各部分的文件夹，各机共享。",
            ),
        ),
    ] = None,
    merge: Annotated[
        bool,
        typer.Option(
            "--merge/--no-merge",
            help=say(
                "With --cluster: bring the parts into the database at the end.",
                "与 --cluster 同用：最后把各部分并入数据库。",
            ),
        ),
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


@in_chinese(
    """重新把历年的表关联为项目：按单位，以及相同或相近的项目名称。

    每次导入有新内容时都会自动关联。修改 rules/vocabulary/projects.yaml 之后再运行本命令。
    各项关联的相似度和理由：extract sql "from 项目关联"
    """
)
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
        tell(say(f"{projects} projects", f"共 {projects} 个项目"))
        tell(
            say(
                f'Next: extract sql "from project_changes"{database_option(db)}',
                f'下一步：extract sql "from 项目变化"{database_option(db)}',
            )
        )


@in_chinese(
    """规则变更后，用库中保存的正文重新解析文档，不打开任何文件。

    说明有多少张表发生变化，哪些值新增、消失或改变。人工更正保留。全部在副本中进行，完成后替换原数据库。

    示例：extract reparse --rules my-rules --dry-run
    """
)
def reparse_command(
    db: Database = DEFAULT_DATABASE,
    rules: RulesFolder = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=say("Show the difference, and write nothing.", "只显示差异，不写入。"))
    ] = False,
    examples: Annotated[
        int, typer.Option("--examples", min=0, help=say("Show so many of the changes.", "显示多少处变化。"))
    ] = 10,
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
    from extract.working_copy import copy_whole, take_in_log

    refuse_missing(db)
    rule_set = rule_set_of(rules)
    options = Options()
    options = replace(options, jobs=jobs or options.jobs)
    with TemporaryDirectory(prefix=".extract-", dir=db.absolute().parent) as folder:
        other = Path(folder, db.name)
        take_in_log(db)
        copy_whole(db, other)
        before, after = (db, other) if dry_run else (other, db)
        with _progress(quiet=quiet or as_json) as advance:
            summary = reparse(after, rule_set, options, advance)
        difference = compare(before, after, examples=examples)
    _print_problems(summary)
    if as_json:
        print_json({"documents": summary.parsed_again, "ruleset": rule_set.version, **asdict(difference)})
    elif not quiet:
        _print_difference(
            difference,
            say(
                f"{summary.parsed_again} documents parsed again by the rules {rule_set.version}",
                f"按规则 {rule_set.version} 重新解析 {summary.parsed_again} 份文件",
            ),
        )
        again = f"reparse{database_option(db)}" + (f" --rules {rules}" if rules else "")
        following = again if dry_run else f"report{database_option(db)}"
        tell(say(f"Next: extract {following}", f"下一步：extract {following}"))
    if summary.failures:
        raise typer.Exit(EXIT_FAILURES)


def _print_difference(difference: Difference, head: str) -> None:
    from extract.formats import print_rows
    from extract.terminal import data_console

    changes = {"added": say("added", "新增"), "removed": say("removed", "消失"), "changed": say("changed", "改变")}
    values = ", ".join(f"{count} {changes[change]}" for change, count in difference.values.items())
    d = difference
    said = say(
        f"{head}: {d.changed_forms} of {d.forms} forms changed ({d.new_forms} new, {d.gone_forms} gone); values: "
        f"{values}",
        f"{head}：{d.forms} 张表中 {d.changed_forms} 张有变化（新增 {d.new_forms}，消失 {d.gone_forms}）；值：{values}",
    )
    tell(said)
    console = data_console()
    if difference.by_name:
        print_rows((say("value", "值"), *changes.values()), difference.by_name, console)
    if difference.examples:
        rows = [(each.form_id, each.key, each.old, each.new) for each in difference.examples]
        print_rows((say("form", "表"), say("value", "值"), say("before", "之前"), say("after", "之后")), rows, console)


@in_chinese(
    """重写数据库，去掉多次导入留下的空隙。

    示例：extract compact --db forms.duckdb
    """
)
def compact_command(db: Database = DEFAULT_DATABASE, quiet: Quiet = False) -> None:
    """Write the database anew, without the gaps that repeated imports have left in its file.

    Example:  extract compact --db forms.duckdb
    """
    from extract.working_copy import compact

    before, after = compact(db)
    if not quiet:
        tell(
            say(
                f"{db}: {before / 2**20:.1f} MB before, {after / 2**20:.1f} MB after",
                f"{db}：整理前 {before / 2**20:.1f} MB，整理后 {after / 2**20:.1f} MB",
            )
        )


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
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn(say("importing", "正在导入")),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(say("files", "个文件")),
        TextColumn(
            say(
                "{task.fields[forms]} forms · {task.fields[pace]:.0f} forms/s · {task.fields[failures]} failures",
                "{task.fields[forms]} 张表 · 每秒 {task.fields[pace]:.0f} 张 · 失败 {task.fields[failures]}",
            )
        ),
        TimeElapsedColumn(),
        TextColumn(say("left", "剩余")),
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
        message = problem.error.message
        complain(message.at(problem.path) if problem.path else message)
        if problem.traceback:
            tell(problem.traceback)
    if (more := summary.failures - _PROBLEMS_SHOWN) > 0:
        complain(
            say(
                f"and {more} more that gave nothing; extract report lists them",
                f"另有 {more} 个文件没有结果，extract report 可列出",
            )
        )


def _print_summary(summary: Summary) -> None:
    tell(_counted(summary))
    for line in _remarks(summary):
        tell(line)


def _counted(summary: Summary) -> str:
    from extract.dictionary import counted

    s, known = summary, summary.skipped + summary.duplicates
    statuses = counted("status", sorted(s.statuses.items()))
    read = say(f" ({statuses})", f"（{statuses}）") if statuses else ""
    opened = say(f" ({s.archives} archives opened)", f"（打开压缩包 {s.archives} 个）") if s.archives else ""
    return say(
        f"{s.files} files{opened}: {s.documents} read{read}, {known} already known, {s.failures} failed; {s.forms} "
        "forms",
        f"文件 {s.files} 个{opened}：读取 {s.documents}{read}，已知 {known}，失败 {s.failures}；表 {s.forms} 张",
    )


def _remarks(summary: Summary) -> Iterator[str]:
    """Lines that a summary only has where there is something to say."""
    from extract.dictionary import counted

    if summary.parsed_again:
        yield say(
            f"{summary.parsed_again} documents parsed again under the new rules, from the database",
            f"按新规则从数据库重新解析 {summary.parsed_again} 份文件",
        )
    if summary.older:
        yield say(
            f"{summary.older} files left out that were modified before --since",
            f"略过 {summary.older} 个 --since 之前修改的文件",
        )
    if summary.passed_over:
        kinds = counted("status", sorted(summary.passed_over.items()))
        yield say(f"passed over: {kinds}", f"略过：{kinds}")
    if summary.failed_before:
        yield say(
            f"{summary.failed_before} of the known files gave nothing before; try them again with --retry-failed",
            f"已知文件中有 {summary.failed_before} 个以前没有结果，可用 --retry-failed 重试",
        )


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
    files, to_read, same, older = summary.files, figures["to_read"], summary.skipped, summary.older
    left_out = say(f", {older} are older than --since", f"，早于 --since 的 {older} 个") if older else ""
    put(
        say(
            f"{files} files: {to_read} would be read, {same} have not changed{left_out}",
            f"文件 {files} 个：将读取 {to_read} 个，未变 {same} 个{left_out}",
        )
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
            {"path": problem.path, "code": problem.error.code, "message": problem.error.message.en}
            for problem in summary.problems
        ],
    }
