"""Commands for archives that many machines import: the cluster's part of import, merge, attach."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from extract.cli.arguments import DEFAULT_DATABASE, AsJson, Database, Quiet, RulesFolder, rule_set_of
from extract.cli.output import database_option, print_json, tell
from extract.cli.typer_words import in_chinese
from extract.errors import UsageError
from extract.language import Message, say

if TYPE_CHECKING:
    from extract.cluster.merging import Merged
    from extract.importer import Options, Progress, Summary
    from extract.rules import RuleSet

Parts = Annotated[
    str,
    typer.Argument(
        metavar="PARTS",
        help=say("The folder, or its URL, that was given as --parts.", "--parts 所指定的文件夹或其 URL。"),
    ),
]


def refuse_contradictions(cluster: str | None, parts: str | None, *, jobs: int | None, dry_run: bool) -> None:
    """Raises UsageError for options of import that do not go together."""
    if cluster and not parts:
        raise UsageError(
            "cluster.no_parts",
            Message(
                "--cluster needs --parts: a folder that all machines share",
                "--cluster 要与 --parts 同用：各机共享的文件夹",
            ),
        )
    if parts and not cluster:
        raise UsageError(
            "cluster.no_address",
            Message(
                "--parts needs --cluster: the address of a Dask scheduler",
                "--parts 要与 --cluster 同用：Dask 调度器的地址",
            ),
        )
    if cluster and dry_run:
        raise UsageError(
            "cluster.dry_run",
            Message(
                "--dry-run looks at the database alone; leave out --cluster and --parts",
                "--dry-run 只查数据库；请去掉 --cluster 和 --parts",
            ),
        )
    if cluster and jobs:
        raise UsageError(
            "cluster.jobs",
            Message(
                "--jobs says nothing on a cluster; dask worker --nthreads does",
                "--jobs 对集群不起作用；请用 dask worker --nthreads",
            ),
        )


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
        message = Message(
            "--cluster needs Dask; install it with: pip install 'declaration-extract[cluster]'",
            "--cluster 需要 Dask，请安装：pip install 'declaration-extract[cluster]'",
        )
        raise UsageError("cluster.no_dask", message) from missing
    from extract.cluster.merging import merge
    from extract.cluster.parts import Parts

    folder = Parts(parts)
    summary = client.import_on_cluster(paths, folder, db, rules, options, client.Cluster(cluster), advance)
    return summary, merge(folder, db, rules) if merges and folder.whole() else None


@in_chinese(
    """把集群导入写出的各部分并入 DuckDB 数据库。

    库中已有的部分略过，同一命令可反复运行，中断后再次运行即可继续；期间他人可以照常查询。规则只用于关联项目。

    示例：extract merge /shared/parts --db forms.duckdb
    """
)
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


@in_chinese(
    """建立一个数据库，就地读取集群导入的各部分，不复制。

    可照常用 report、show、sql、export 查询，但不能写入。有新的部分时请重新附加。

    示例：extract attach /shared/parts --db forms.duckdb
    """
)
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
        tell(say(f"{db} shows {forms} forms of the parts in {parts}", f"{db} 显示 {parts} 中的 {forms} 张表"))
        print_next(db)


def print_merged(merged: Merged, db: Path) -> None:
    """What a merge did."""
    parts = (
        say("1 new part", "新部分 1 个")
        if merged.parts == 1
        else say(f"{merged.parts} new parts", f"新部分 {merged.parts} 个")
    )
    counts = say(
        f"{merged.files} files, {merged.documents} new documents, {merged.forms} forms",
        f"文件 {merged.files} 个，新文档 {merged.documents} 份，表 {merged.forms} 张",
    )
    tell(say(f"{parts} merged into {db}: {counts}", f"{parts}，已并入 {db}：{counts}"))


def print_next(db: Path) -> None:
    """The command that usually follows."""
    tell(say(f"Next: extract report{database_option(db)}", f"下一步：extract report{database_option(db)}"))


def print_next_of_parts(parts: str, db: Path) -> None:
    """The commands that make something of parts."""
    tell(
        say(
            f"Next: extract merge {parts}{database_option(db)}  or  extract attach {parts}",
            f"下一步：extract merge {parts}{database_option(db)} 或 extract attach {parts}",
        )
    )
