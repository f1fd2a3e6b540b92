"""What READMEs, guide and query book show is what happens: their console examples are run, in order, in one folder.

A block of text or YAML below a line that ends with a file name in backticks is that file.
"""

from __future__ import annotations

import re
import shlex
import shutil
from itertools import groupby
from pathlib import Path

import pytest

from archive import small_archive
from command_line import run_extract

ROOT = Path(__file__).parents[1]
STEP = re.compile(
    r"`(?P<file>[\w./-]+)`:\n\n```(?:text|yaml)\n(?P<content>.*?)^```|^```console\n(?P<console>.*?)^```",
    re.DOTALL | re.MULTILINE,
)
ANYTHING = "…"  # a line that stands for any lines


def examples(console: str) -> list[tuple[str, list[str]]]:
    """Each command of a console block with the lines that it prints."""
    commands: list[tuple[str, list[str]]] = []
    for is_command, group in groupby(console.splitlines(), key=lambda line: line.startswith("$ ")):
        if is_command:
            commands += [(line[2:], []) for line in group]
        else:
            commands[-1][1].extend(group)
    return commands


def as_pattern(lines: list[str]) -> str:
    """The printed lines; trailing blanks do not count, and … stands for any lines."""
    return "".join(r"(?:.*\n)*?" if line == ANYTHING else re.escape(line.rstrip()) + r"\n" for line in lines)


def run(command: str, folder: Path, locale: str) -> str:
    """What a command prints, without trailing blanks."""
    program, *arguments = shlex.split(command)
    assert program == "extract"
    run = run_extract(folder, *arguments, locale=locale)
    return "".join(f"{line.rstrip()}\n" for line in (run.stdout + run.stderr).splitlines())


@pytest.mark.parametrize("guide", ["README.md", "README.zh-CN.md", "CONTRIBUTING.md"])
def test_the_examples_of_the_guides_run_as_shown(guide: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "samples", tmp_path / "samples")
    run_examples(guide, tmp_path)


def test_the_questions_of_the_query_book_are_answered_as_shown(tmp_path: Path) -> None:
    small_archive().write(tmp_path / "forms.duckdb")
    run_examples("docs/queries.md", tmp_path)


def run_examples(guide: str, folder: Path) -> None:
    """Run every example of a guide in the folder, in the guide's language, with the files that it writes on the way."""
    locale = "zh_CN.UTF-8" if ".zh-CN." in guide else "C.UTF-8"
    steps = list(STEP.finditer((ROOT / guide).read_text("utf-8")))
    assert any(step["console"] for step in steps)
    for step in steps:
        if step["file"]:
            file = folder / step["file"]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(step["content"], "utf-8")
        for command, expected in examples(step["console"] or ""):
            printed = run(command, folder, locale)
            assert re.fullmatch(as_pattern(expected), printed), f"$ {command}\n{printed}"


def test_every_command_is_in_the_readme() -> None:
    from extract.cli.commands import app

    readme = (ROOT / "README.md").read_text("utf-8")
    for command in app.registered_commands:
        assert f"`{command.name}" in readme or f"extract {command.name}" in readme
