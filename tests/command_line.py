"""Runs `extract` as a shell would, but in this process: starting Python takes longer than most commands."""

from __future__ import annotations

import io
import os
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

from extract.cli import main


class Run(NamedTuple):
    """What a command has left behind."""

    returncode: int
    stdout: str
    stderr: str


def run_extract(folder: Path, *arguments: str, stdin: str = "", locale: str = "C.UTF-8") -> Run:
    """Run `extract` with these arguments in this folder, in a terminal of this locale, 120 columns wide, no colours."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    environment = patch.dict(os.environ, {"COLUMNS": "120", "NO_COLOR": "1", "LC_ALL": locale})
    command = patch("sys.argv", ["extract", *arguments]), patch("sys.stdin", io.StringIO(stdin))
    with environment, command[0], command[1], chdir(folder), redirect_stdout(out), redirect_stderr(err):
        try:
            main()
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    return Run(code, out.getvalue(), err.getvalue())
