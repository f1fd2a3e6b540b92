"""Forms as an office suite saves them: the whole pipeline beside its floor and beside what others take for the text.

The layouts of tests/layouts are put into documents of one to four forms, which LibreOffice saves as .doc and, from
there, as .docx; it has to be installed. The whole pipeline is all that an import does with a document: read, tokenize,
parse with targets, check, make rows and store them in one transaction. The floor of a .docx is to hash, unzip and parse
it, that of a .doc is what antiword takes, a process a file.

The others only give the text. Those written for Python run in an environment of their own, in one process that goes
through all files when it is told to, so that its start does not count:

    python -m venv peers
    peers/bin/pip install python-docx docx2txt docx2python mammoth 'markitdown[docx]' kreuzberg office-oxide
    python benchmarks/run.py bars --peers peers/bin/python
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from peer_process import PEERS
from peers import BATCH, converted
from rich.table import Table
from stages import floor
from timing import Measurement, in_process, in_turn, per_item, processes, ratio, spread, wall

from extract.pipeline import extract
from extract.readers import read_document
from extract.rows import packed, rows_of
from extract.rules import RuleSet
from extract.store import Store
from extract.worker import collect_seldom

sys.path.append(str(Path(__file__).parents[1] / "tests"))

from containers import Document, docx
from drawn_forms import layouts

ROOT = Path(__file__).parents[1]
DOCUMENTS = 100
MOST_FORMS = 4
SAMPLE = 5
"""Other programs get every fifth document: some take most of a second for each."""

SAVED_AS = {"doc": "doc:MS Word 97", "docx": "docx:MS Word 2007 XML"}
WHOLE = "extract, the whole pipeline"
FLOORS = {"doc": "floor: antiword", "docx": "floor: hash, unzip, parse"}
COLD = {"extract --help": ["--help"], "extract parse": ["parse", str(ROOT / "samples" / "one-form.docx")]}


def bar_results(rules: RuleSet, rounds: int, peers: Path | None) -> Iterator[Table]:
    """For each kind of file the pipeline beside its floor, and beside the others; then cold starts."""
    collect_seldom()  # as the processes of an import do
    with tempfile.TemporaryDirectory() as folder:
        for kind, paths in office_files(Path(folder)).items():
            times = in_turn(dict(_own(kind, paths, rules)), 3 * rounds)
            yield _table(f"{len(paths)} {kind} files of one to {MOST_FORMS} forms", times, FLOORS[kind])
            stored = statistics.median(times[WHOLE]) - statistics.median(times["extract, without rows and store"])
            times = in_turn(dict(_beside(kind, paths[::SAMPLE], rules, stored, peers, Path(folder))), rounds)
            yield _table(f"text of {len(paths[::SAMPLE])} {kind} files", times, WHOLE)
    commands = {name: [sys.executable, "-m", "extract", *arguments] for name, arguments in COLD.items()}
    cold = {name: wall(command) for name, command in commands.items()}
    cold |= {f"{name}, processor time": processes([command]) for name, command in commands.items()}
    yield _table("cold starts", in_turn(cold, 3 * rounds), "extract --help")


def office_files(folder: Path) -> dict[str, list[Path]]:
    """Documents of one to four forms, by kind, as LibreOffice saves them."""
    office = shutil.which("soffice")
    if office is None:
        raise RuntimeError("LibreOffice is not installed; it makes the files of this section")
    (folder / "drawn").mkdir()
    for number, document in enumerate(_documents()):
        (folder / "drawn" / f"{number:03}.docx").write_bytes(docx(document))
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    files: dict[str, list[Path]] = {}
    made = sorted((folder / "drawn").iterdir())
    for kind, conversion in SAVED_AS.items():
        command = (office, profile, "--headless", "--convert-to", conversion, "--outdir", str(folder / kind))
        subprocess.run([*command, *map(str, made)], check=True, capture_output=True)
        made = files[kind] = sorted((folder / kind).iterdir())
    return files


def _documents() -> Iterator[Document]:
    """One, two, three, four, one… layouts that follow each other, from each layout on in turn."""
    drawn = list(layouts())
    for number in range(DOCUMENTS):
        chosen = [drawn[(number + at) % len(drawn)] for at in range(1 + number % MOST_FORMS)]
        yield [block for layout in chosen for block in layout.document]


# ------------------------------------------------------------------------------------------------------- measurements


def _own(kind: str, paths: Sequence[Path], rules: RuleSet) -> Iterator[tuple[str, Measurement]]:
    files = [path.read_bytes() for path in paths]
    if kind == "doc":
        yield FLOORS[kind], per_item(processes([_antiword(path) for path in paths]), len(files))
    else:
        yield FLOORS[kind], per_item(in_process(lambda: [floor(kind, data) for data in files]), len(files))
    yield "extract, reading only", per_item(in_process(lambda: [read_document(data) for data in files]), len(files))
    without_rows = in_process(lambda: [extract(data, rules).status for data in files])
    yield "extract, without rows and store", per_item(without_rows, len(files))
    yield WHOLE, per_item(lambda: _whole(files, rules), len(files))


def _whole(files: Sequence[bytes], rules: RuleSet) -> float:
    """Seconds for all that an import does with documents, in a database that is there."""
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "forms.duckdb") as store:
        started = time.process_time()
        rows = {}
        for data in files:
            extraction = extract(data, rules)
            rows[extraction.document_id] = packed(rows_of(extraction))
        store.write(rows, [], {}, rules.version)
        return time.process_time() - started


def _beside(
    kind: str, paths: Sequence[Path], rules: RuleSet, stored: float, peers: Path | None, folder: Path
) -> Iterator[tuple[str, Measurement]]:
    """Our whole pipeline on the sample, with its share of the transaction, and the text by every other program."""
    files = [path.read_bytes() for path in paths]
    ours = per_item(in_process(lambda: [extract(data, rules).status for data in files]), len(files))
    yield WHOLE, lambda: ours() + stored
    for name, (kinds, _) in PEERS.items():
        if peers and kind in kinds and (measurement := _in_other_process(peers, name, paths)):
            yield name, per_item(measurement, len(files))
    if kind == "doc":
        catdoc = processes([("catdoc", "-d", "utf-8", str(path)) for path in paths])
        yield "catdoc, a process a file", per_item(catdoc, len(files))
    many = [_copied(paths[number % len(paths)], folder / f"many-{kind}", number) for number in range(BATCH)]
    office = shutil.which("soffice") or ""
    yield f"LibreOffice, {len(many)} files in one call", per_item(converted(office, many, folder / kind), len(many))


def _antiword(path: Path) -> Sequence[str]:
    return ("antiword", "-m", "UTF-8.txt", str(path))


def _copied(path: Path, folder: Path, number: int) -> Path:
    folder.mkdir(exist_ok=True)
    return Path(shutil.copy(path, folder / f"{number:03}{path.suffix}"))


def _in_other_process(python: Path, name: str, paths: Sequence[Path]) -> Measurement | None:
    """The measurement of a peer; None where it is not installed."""
    command = [str(python), str(ROOT / "benchmarks" / "peer_process.py"), name, *map(str, paths)]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdin
    assert process.stdout
    question, answers = process.stdin, process.stdout
    if answers.readline().strip() != "ready":
        return None

    def measure() -> float:
        question.write("again\n")
        question.flush()
        return float(answers.readline())

    return measure


def _table(title: str, times: dict[str, list[float]], base: str) -> Table:
    table = Table(title=title, title_justify="left", box=None)
    for heading in ("program", "ms per document", f"× {base}", "spread"):
        table.add_column(heading, justify="left" if heading == "program" else "right")
    for name, measured in times.items():
        figures = f"{1000 * statistics.median(measured):.2f}", f"{ratio(measured, times[base]):.2f}"
        table.add_row(name, *figures, f"{spread(measured, times[base]):.0%}")
    return table
