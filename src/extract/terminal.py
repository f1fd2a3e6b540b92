"""The terminal: consoles for data and for messages, and data made safe to show.

Data from files is always shown as `Text`, never through markup, and its control characters are made visible, so that
no file can move the cursor, colour the screen or raise an error in the renderer.
"""

from __future__ import annotations

import codecs
import io
import os
import sys
from decimal import Decimal
from pathlib import Path
from typing import TextIO, cast

from rich.console import Console
from rich.text import Text

# C0 and C1 controls, except the line feed, as the pictures that Unicode has for them.
_PICTURES = {code: 0x2400 + code for code in range(0x20) if code != 0x0A} | {0x7F: 0x2421, 0x09: 0x20}
_PICTURES |= dict.fromkeys(range(0x80, 0xA0), 0xFFFD) | dict.fromkeys((0x202A, 0x202B, 0x202D, 0x202E), 0xFFFD)


WIDTH_OF_A_PIPE = 10_000
"""Wide enough for any line; what stands side by side on a screen stands one below the other there."""


def data_console() -> Console:
    """The console for results, on stdout; what goes into a pipe or file is not folded to a terminal's width."""
    width = None if sys.stdout.isatty() or "COLUMNS" in os.environ else WIDTH_OF_A_PIPE
    return Console(highlight=False, markup=False, emoji=False, width=width)


def message_console() -> Console:
    """The console for messages, progress and errors, on stderr."""
    return Console(file=sys.stderr, highlight=False, markup=False, emoji=False)


def show_what_the_encoding_lacks(stream: TextIO) -> None:
    """Let a stream in GBK or ASCII write characters that it has none for as escapes: \\u2265, as JSON does."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors=_ESCAPES)


def _escaped(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    units = error.object[error.start : error.end].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2)), error.end


_ESCAPES = "extract.escapes"
codecs.register_error(_ESCAPES, _escaped)


class VisibleStream(io.TextIOBase):
    """What is written reaches the stream with its control characters shown."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write `text`, made visible."""
        return self._stream.write(visible(text))


def data_stream() -> TextIO:
    """Stdout for data in other shapes than tables: bytes for pipes and files as they are, made visible for people."""
    return cast("TextIO", VisibleStream(sys.stdout)) if sys.stdout.isatty() else sys.stdout


def visible(text: object) -> str:
    """`text` with its control characters shown, one character for each.

    >>> visible("red\\x1b[31m\\x07")
    'red␛[31m␇'
    """
    return str(text).translate(_PICTURES)


def data(text: object, style: str = "") -> Text:
    """`text` ready for a table or panel."""
    return Text("" if text is None else visible(text), style=style)


def plain_number(value: object) -> str:
    """A stored decimal without the zeros that its column type adds.

    >>> plain_number(Decimal("389.000000")), plain_number(Decimal("100")), plain_number(None)
    ('389', '100', '')
    """
    text = "" if value is None else f"{value:f}" if isinstance(value, Decimal) else str(value)
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(part: int, whole: int) -> str:
    """A share in percent; "–" of nothing.

    >>> percent(1, 3), percent(0, 0)
    ('33.3 %', '–')
    """
    return f"{100 * part / whole:.1f} %" if whole else "–"


def bar(part: int, whole: int, width: int = 12) -> Text:
    """A share as a bar; of ASCII, because Chinese terminals draw block characters twice as wide."""
    filled = round(width * part / whole) if whole else 0
    return Text("=" * filled, style="green").append("-" * (width - filled), style="dim")


def short_path(path: Path | str | None) -> str:
    """A path as seen from the working folder, where it lies below it; "" for none."""
    if path is None:
        return ""
    here = Path.cwd()
    return str(Path(path).relative_to(here)) if Path(path).is_relative_to(here) else str(path)
