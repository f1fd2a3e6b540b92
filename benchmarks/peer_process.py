"""The text of files by another program written for Python, timed in a process of its own.

    python peer_process.py NAME FILE...

Run by `bars.py` with the Python that has the peer. Says `ready` once the peer has read all files, and then, for each
line that it is sent, the seconds of processor time that reading them all again has taken.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

_MIME = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
Text = Callable[[str], object]


def _python_docx() -> Text:
    """Every paragraph, and every cell of every row, as its guides show it."""
    opened = import_module("docx").Document

    def text(path: str) -> object:
        document = opened(path)
        cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
        return [paragraph.text for paragraph in document.paragraphs], cells

    return text


def _docx2python() -> Text:
    opened = import_module("docx2python").docx2python

    def text(path: str) -> object:
        with opened(path) as content:
            return content.text

    return text


def _mammoth() -> Text:
    extract_raw_text = import_module("mammoth").extract_raw_text

    def text(path: str) -> object:
        with Path(path).open("rb") as file:
            return extract_raw_text(file).value

    return text


def _markitdown() -> Text:
    converter = import_module("markitdown").MarkItDown()
    return lambda path: converter.convert(path).text_content


def _kreuzberg() -> Text:
    extract: Any = import_module("kreuzberg").extract_file_sync
    return lambda path: extract(path).content


PEERS: Mapping[str, tuple[tuple[str, ...], Callable[[], Text]]] = {
    "python-docx, cell walk": (("docx",), _python_docx),
    "docx2txt": (("docx",), lambda: import_module("docx2txt").process),
    "docx2python": (("docx",), _docx2python),
    "mammoth": (("docx",), _mammoth),
    "markitdown": (("docx",), _markitdown),
    "kreuzberg": (("docx", "doc"), _kreuzberg),
    "office-oxide": (("docx", "doc"), lambda: import_module("office_oxide").extract_text),
}
"""The kinds of files that each peer reads, and what gives its function from a path to the text."""


def main() -> None:
    """Time the peer that the first argument names on all files that follow, as often as a line comes in."""
    name, *paths = sys.argv[1:]
    try:
        text = PEERS[name][1]()
    except ImportError:
        print("missing", flush=True)
        return
    for path in paths:
        text(path)
    print("ready", flush=True)
    for _ in sys.stdin:
        started = time.process_time()
        for path in paths:
            text(path)
        print(time.process_time() - started, flush=True)


if __name__ == "__main__":
    main()
