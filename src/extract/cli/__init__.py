"""The command line: reads arguments, calls the stages, prints, and turns errors into sentences and exit codes.

Data goes to stdout, messages to stderr. Exit codes: 0 all good, 1 done with failures or findings of severity error,
2 wrong usage, 3 input unreadable, 4 database busy, 5 rule set invalid, 130 interrupted. Stages are imported inside the
commands, so that `--help` answers at once.

One module for each group of commands (`archive`, `file`, `database`, `rules`); the table at the foot of `commands`
lists them all. `arguments` and `output` hold what the groups share; `typer_words` what typer says by itself.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
from collections.abc import Sequence
from typing import Any

import typer

from extract import language
from extract.cli.output import EXIT_INTERRUPTED, EXIT_USAGE, complain, exit_code_of
from extract.errors import ExtractError, UsageError
from extract.language import Message, say
from extract.terminal import show_what_the_encoding_lacks

# Newer versions of typer carry click inside, under another name.
_TyperError: Any = typer.BadParameter.__mro__[1]

# Modules and rules live as long as the program. To look through them for garbage while they are loaded, as often as
# Python does by itself, and again at the end, takes a fifth of the time that a small file needs.
_SELDOM = 50_000


def main() -> None:
    """Run the command line; the only place that catches broadly and exits."""
    gc.set_threshold(_SELDOM)
    atexit.register(gc.freeze)
    for stream in (sys.stdout, sys.stderr):
        show_what_the_encoding_lacks(stream)
    try:
        _run(sys.argv[1:])
    except ExtractError as error:
        complain(error.message)
        sys.exit(exit_code_of(error))
    except SystemExit as stop:  # typer turns Ctrl-C into this code and says nothing
        if stop.code == EXIT_INTERRUPTED:
            _say_interrupted()
        raise
    except typer.Abort:
        _say_interrupted()
        sys.exit(EXIT_INTERRUPTED)
    except RuntimeError as error:
        if str(error) != "Query interrupted":  # how DuckDB says that Ctrl-C came while it worked
            raise
        _say_interrupted()
        sys.exit(EXIT_INTERRUPTED)
    except BrokenPipeError:  # the reader of a pipe went away: nothing to say
        sys.stderr.close()
        sys.exit(0)


def _run(arguments: Sequence[str]) -> None:
    """Choose the language, and only then import the commands: their help is written in it."""
    language.choose(language.language_of(os.environ))
    wanted, rest = _without_language(arguments)
    if wanted is not None:
        language.choose(wanted)
    from extract.cli.commands import app
    from extract.cli.typer_words import usage_error

    try:
        sys.exit(app(rest or ["--help"], standalone_mode=False))
    except _TyperError as error:
        command = error.ctx.command_path if getattr(error, "ctx", None) else "extract"
        said = usage_error(error.format_message())
        complain(say(f"{said}; see: {command} --help", f"{said}；用法见：{command} --help"))
        sys.exit(EXIT_USAGE)


def _without_language(arguments: Sequence[str]) -> tuple[language.Language | None, list[str]]:
    """The value of --lang, wherever it stands, and the other arguments. Raises UsageError."""
    rest = list(arguments)
    options = rest[: rest.index("--")] if "--" in rest else rest
    at = next((n for n, option in enumerate(options) if option.split("=")[0] == "--lang"), None)
    if at is None:
        return None, rest
    _, is_one_word, value = rest.pop(at).partition("=")
    if not is_one_word and at < len(rest):
        value = rest.pop(at)
    for each in language.LANGUAGES:
        if value == each:
            return each, rest
    raise UsageError("language.unknown", Message(f"--lang {value}: give en or zh", f"--lang {value}：只能是 en 或 zh"))


def _say_interrupted() -> None:
    complain(
        say(
            "interrupted; what was written is kept, run the same command again to go on",
            "已中断；已写入的内容保留，再次运行同一命令即可继续",
        )
    )
