"""What the READMEs show is what happens: their console examples are run, in order, in one folder."""

from __future__ import annotations

import re
import shlex
import shutil
from itertools import groupby
from pathlib import Path

import pytest

from command_line import run_extract

ROOT = Path(__file__).parents[1]
CONSOLE = re.compile(r"^```console\n(.*?)^```", re.DOTALL | re.MULTILINE)
ANYTHING = "…"  # a line that stands for any lines


def examples(readme: str) -> list[tuple[str, list[str]]]:
    """Each command of the console blocks with the lines that it prints."""
    lines = [line for block in CONSOLE.findall((ROOT / readme).read_text("utf-8")) for line in block.splitlines()]
    commands: list[tuple[str, list[str]]] = []
    for is_command, group in groupby(lines, key=lambda line: line.startswith("$ ")):
        if is_command:
            commands += [(line[2:], []) for line in group]
        else:
            commands[-1][1].extend(group)
    return commands


def as_pattern(lines: list[str]) -> str:
    """The printed lines; trailing blanks do not count, and … stands for any lines."""
    return "".join(r"(?:.*\n)*?" if line == ANYTHING else re.escape(line.rstrip()) + r"\n" for line in lines)


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_the_examples_of_the_readme_run_as_shown(readme: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "samples", tmp_path / "samples")
    assert examples(readme)
    for command, expected in examples(readme):
        program, *arguments = shlex.split(command)
        assert program == "extract"
        run = run_extract(tmp_path, *arguments)
        printed = "".join(f"{line.rstrip()}\n" for line in (run.stdout + run.stderr).splitlines())
        assert re.fullmatch(as_pattern(expected), printed), f"$ {command}\n{printed}"


def test_every_command_is_in_the_readme() -> None:
    from extract.cli import app

    readme = (ROOT / "README.md").read_text("utf-8")
    for command in app.registered_commands:
        assert f"`{command.name}" in readme or f"extract {command.name}" in readme
