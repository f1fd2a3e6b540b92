"""Options that several commands share, and what the given paths hold: rule set, bytes of a file, database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from extract.errors import RuleError, SourceError
from extract.language import Message, say

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from extract.rules import RuleSet

Database = Annotated[Path, typer.Option("--db", help=say("The DuckDB file.", "DuckDB 数据库文件。"), show_default=True)]
AsJson = Annotated[bool, typer.Option("--json", help=say("Print JSON instead of tables.", "输出 JSON，不输出表格。"))]
Quiet = Annotated[
    bool,
    typer.Option(
        "--quiet", "-q", help=say("No progress and no summary; errors only.", "不显示进度和汇总，只显示错误。")
    ),
]
RulesFolder = Annotated[
    Path | None,
    typer.Option(
        "--rules",
        help=say(
            "A folder of rules; its files are laid over the packaged ones of the same name.",
            "规则文件夹，叠加在自带的同名规则之上。",
        ),
    ),
]
DEFAULT_DATABASE = Path("forms.duckdb")


def rule_set_of(folder: Path | None) -> RuleSet:
    """The packaged rules, with those of `folder` on top."""
    from extract.rules import load_rules

    return load_rules() if folder is None else load_rules(*rule_folders(folder))


def rule_folders(folder: Path | None) -> list[Path]:
    """The folders that make up the rules: the packaged one and, where one is given, `folder` on top."""
    from extract.rules import packaged_rules

    if folder is None:
        return [packaged_rules()]
    if not folder.is_dir():
        raise RuleError(
            "rules.missing",
            Message(
                f"{folder}: there is no such folder of rules; check --rules",
                f"{folder}：没有这个规则文件夹，请检查 --rules",
            ),
        )
    return [packaged_rules(), folder]


def bytes_of(file: Path) -> bytes:
    """The bytes of one file. Raises SourceError."""
    if file.is_dir():
        raise SourceError(
            "source.not_a_file",
            Message(
                f"{file}: is a folder; import it with: extract import {file}",
                f"{file}：是文件夹；导入请用 extract import {file}",
            ),
        )
    try:
        return file.read_bytes()
    except OSError as error:
        raise SourceError(
            "source.unreadable",
            Message(
                f"{file}: {error.strerror}; check path and permissions", f"{file}：{error.strerror}；请检查路径和权限"
            ),
        ) from error


@contextmanager
def opened(path: Path) -> Iterator[DuckDBPyConnection]:
    """The database at `path`, open for reading. Raises StoreError."""
    from extract.store import open_for_reading

    connection = open_for_reading(path)
    try:
        yield connection
    finally:
        connection.close()
