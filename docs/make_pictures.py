"""Draws the pictures of the README anew: what the terminal, the full screen and the page show of samples/.

    python docs/make_pictures.py        (or: make pictures)

Needs the extras [tui] and [html], Chromium, a terminal emulator's font with Chinese (Noto Sans Mono CJK SC), and Linux.
"""

from __future__ import annotations

import asyncio
import io
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from unittest.mock import patch

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

from extract.review import Desk
from extract.rules import load_rules
from extract.tui import ReviewApp

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "pictures"
EXTRACT = Path(sys.executable).with_name("extract")
FORM = "select form_id from forms where project_name = '家庭医生签约服务' order by form_id limit 1"
PAGE = """<body style="margin:0; background:#1b1d23; color:#d9d9d9"><pre style="font: 14px/1.35 'Noto Sans Mono CJK SC';
 padding:14px 18px; margin:0; display:inline-block">{code}</pre></body>"""


def main() -> None:
    """Write all pictures."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        os.chdir(scratch)
        shutil.copytree(ROOT / "samples", "samples")
        run("import", "samples", "--quiet")
        form = run("sql", FORM, "--format", "csv").split()[-1]
        picture("show", terminal(("show", form)), (1110, 1010))
        picture("review", full_screen((132, 40)), (926, 785))
        run("report", "--html", "report.html")
        picture("page", Path("report.html").read_text("utf-8"), (1200, 1000))


def run(*arguments: str) -> str:
    """What `extract` prints."""
    command = [str(EXTRACT), *arguments]
    return subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True).stdout


def terminal(arguments: tuple[str, ...], width: int = 150) -> str:
    """A page that shows what `extract` prints on a terminal so wide."""
    command = ["script", "--quiet", "--return", "--command", " ".join((str(EXTRACT), *arguments)), "/dev/null"]
    environment = {**os.environ, "COLUMNS": str(width), "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
    printed = subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True, env=environment).stdout
    console = Console(record=True, width=width, file=io.StringIO(), force_terminal=True)
    console.print(Text.from_ansi(printed.replace("\r", "")))
    return as_page(console)


def full_screen(size: tuple[int, int]) -> str:
    """A page that shows the first form of a review on a full screen."""

    async def use() -> str:
        app = ReviewApp(Desk(Path("forms.duckdb"), "", worst=3, sample=0), load_rules().targets)
        async with app.run_test(size=size) as pilot:
            await pilot.press("s", *["down"] * 12)
            await pilot.pause()
            # Textual draws SVG, in which Chinese characters are not as wide as two others.
            with patch.object(Console, "export_svg", lambda console, **_: as_page(console)):
                return app.export_screenshot()

    return asyncio.run(use())


def as_page(console: Console) -> str:
    """What a console has recorded, as HTML."""
    return console.export_html(theme=MONOKAI, inline_styles=True, code_format=PAGE)


def picture(name: str, page: str, size: tuple[int, int]) -> None:
    """Have Chromium draw a page."""
    Path(f"{name}.html").write_text(page, "utf-8")
    subprocess.run(
        ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--virtual-time-budget=5000",
         f"--window-size={size[0]},{size[1]}", f"--screenshot={PICTURES / name}.png", f"file://{Path.cwd()}/{name}.html"],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


if __name__ == "__main__":
    main()
