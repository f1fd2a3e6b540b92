"""What all commands print in the same way: JSON, complaints, the option to repeat; and the exit codes."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from extract.cli.arguments import DEFAULT_DATABASE
from extract.errors import ExtractError, RuleError, StoreError, UsageError
from extract.language import Message

EXIT_FAILURES = 1
EXIT_USAGE = 2
EXIT_UNREADABLE = 3
EXIT_BUSY = 4
EXIT_RULES = 5
EXIT_INTERRUPTED = 130


def put(text: object, end: str = "\n") -> None:
    """A line on stdout, in its encoding."""
    sys.stdout.write(f"{text}{end}")
    sys.stdout.flush()


def tell(text: object) -> None:
    """A line on stderr, in its encoding."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def print_json(value: object) -> None:
    """One JSON document on stdout."""
    put(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def complain(message: Message | str) -> None:
    """One sentence on stderr."""
    from extract.terminal import visible

    tell(f"extract: {visible(message)}")


def database_option(db: Path) -> str:
    """The option to repeat in commands that we suggest."""
    return "" if db == DEFAULT_DATABASE else f" --db {db}"


def exit_code_of(error: ExtractError) -> int:
    """The exit code that tells scripts what kind of error ended the command."""
    if isinstance(error, UsageError):
        return EXIT_USAGE
    if isinstance(error, RuleError):
        return EXIT_RULES
    if isinstance(error, StoreError) and error.code == "database.busy":
        return EXIT_BUSY
    return EXIT_UNREADABLE
