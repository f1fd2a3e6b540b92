"""What other programs take for the same .doc and .docx files; each is measured only where it is installed.

None of them does the same work: they end in text or cells, and the whole pipeline in checked values. Commands are whole
processes, one a file, so that their start counts; our own process stands beside them, and `true` shows what any process
costs. LibreOffice converts copies of all files in one call, which spreads its start over them.
"""

from __future__ import annotations

import importlib.util
import io
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from rich.table import Table
from timing import Measurement, in_process, in_turn, per_item, processes, ratio, spread

from extract.pipeline import extract
from extract.readers import read_document
from extract.rules import RuleSet

COMMANDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "doc": {"antiword": ("antiword", "-m", "UTF-8.txt"), "catdoc": ("catdoc", "-d", "utf-8")},
    "docx": {},
}
"""Programs that print the text of one file, by kind; the file is the last argument."""

BATCH = 100
"""LibreOffice converts about so many files in one call."""

OURS = "extract"


def peer_table(kind: str, files: list[bytes], rules: RuleSet, rounds: int) -> Table:
    """Milliseconds of processor time per document, and the ratio to our whole pipeline in the same rounds."""
    with tempfile.TemporaryDirectory() as folder:
        times = in_turn(dict(_measurements(kind, files, rules, Path(folder))), rounds)
    table = Table(title=f"peers: {len(files)} {kind} files", title_justify="left", box=None)
    for heading in ("program", "ms per document", "× our whole", "spread"):
        table.add_column(heading, justify="left" if heading == "program" else "right")
    for name, measured in times.items():
        table.add_row(
            name,
            f"{1000 * statistics.median(measured):.2f}",
            f"{ratio(measured, times[OURS]):.2f}",
            f"{spread(measured, times[OURS]):.0%}",
        )
    return table


def _measurements(kind: str, files: list[bytes], rules: RuleSet, folder: Path) -> Iterator[tuple[str, Measurement]]:
    """Our own ways and every peer that is installed, each as seconds per document."""
    works: dict[str, Callable[[], object]] = {
        OURS: lambda: [extract(data, rules) for data in files],
        f"{OURS}, reading only": lambda: [read_document(data) for data in files],
    }
    if kind == "docx" and importlib.util.find_spec("docx"):
        works["python-docx, cell walk"] = lambda: [walk(data) for data in files]
    for name, work in works.items():
        yield name, per_item(in_process(work), len(files))
    commands = {OURS: (sys.executable, "-m", "extract", "parse", "--json"), "true": ("true",), **COMMANDS[kind]}
    paths = _written(files, folder / "files", kind, len(files))
    for name, command in commands.items():
        if shutil.which(command[0]):
            calls = [(*command, str(path)) for path in paths]
            silent = 0 if name == "true" else sum(not _output(call) for call in calls)
            refused = f", {silent} refused" if silent else ""
            yield f"{name}, a process a file{refused}", per_item(processes(calls), len(files))
    if office := shutil.which("soffice"):
        many = _written(files, folder / "batch", kind, BATCH // len(files) * len(files) or len(files))
        yield f"LibreOffice, {len(many)} files in one call", per_item(converted(office, many, folder), len(many))


def _output(call: tuple[str, ...]) -> bytes:
    return subprocess.run(call, check=False, capture_output=True).stdout


def _written(files: list[bytes], folder: Path, kind: str, count: int) -> list[Path]:
    """The files, over and over up to `count`, in a folder of their own."""
    folder.mkdir()
    paths = [folder / f"{number:03}.{kind}" for number in range(count)]
    for number, path in enumerate(paths):
        path.write_bytes(files[number % len(files)])
    return paths


def converted(office: str, paths: Sequence[Path], folder: Path) -> Measurement:
    """Conversion to text, with a profile that an earlier call has made; a file without a text is an error."""
    output = folder / "out"
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = (office, profile, "--headless", "--convert-to", "txt:Text (encoded):UTF8", "--outdir", str(output))
    subprocess.run((*command, str(paths[0])), check=True, capture_output=True)
    measurement = processes([(*command, *map(str, paths))])

    def measure() -> float:
        shutil.rmtree(output)
        spent = measurement()
        if (written := len(list(output.iterdir()))) != len(paths):
            raise RuntimeError(f"LibreOffice wrote {written} texts for {len(paths)} files")
        return spent

    return measure


def walk(data: bytes) -> list[str]:
    """The text of each paragraph and of each cell, as the guides of python-docx show it."""
    document = importlib.import_module("docx").Document(io.BytesIO(data))
    texts = [paragraph.text for paragraph in document.paragraphs]
    for table in document.tables:
        for row in table.rows:
            texts += [cell.text for cell in row.cells]
    return texts
