"""Options that several commands share, and what the given paths hold: rule set, bytes of a file, database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from extract.errors import RuleError, SourceError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from extract.rules import RuleSet

Database = Annotated[Path, typer.Option("--db", help="The DuckDB file.", show_default=True)]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no summary; errors only.")]
RulesFolder = Annotated[
    Path | None,
    typer.Option("--rules", help="A folder of rules; its files are laid over the packaged ones of the same name."),
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
        raise RuleError("rules.missing", f"{folder}: there is no such folder of rules; check --rules")
    return [packaged_rules(), folder]


def bytes_of(file: Path) -> bytes:
    """The bytes of one file. Raises SourceError."""
    if file.is_dir():
        raise SourceError("source.not_a_file", f"{file}: is a folder; import it with: extract import {file}")
    try:
        return file.read_bytes()
    except OSError as error:
        raise SourceError("source.unreadable", f"{file}: {error.strerror}; check path and permissions") from error


@contextmanager
def opened(path: Path) -> Iterator[DuckDBPyConnection]:
    """The database at `path`, open for reading. Raises StoreError."""
    from extract.store import open_for_reading

    connection = open_for_reading(path)
    try:
        yield connection
    finally:
        connection.close()
