"""How fast an import is: documents and forms per second, time by stage, and the ratio to the floor.

The floor of a Word file is what nobody can do without: hash the bytes, unzip the main part, parse its XML with lxml; of
a text file, hash and decode. Floor and stages are timed in turn over the same files in one run, so that the ratios hold
on a noisy machine; all figures are processor time of one process, medians over the rounds.

    python benchmarks/run.py [--documents 2000] [--rounds 3]
"""

from __future__ import annotations

import argparse
import hashlib
import io
import statistics
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from lxml import etree
from rich.console import Console
from rich.table import Table

from extract.checks import check
from extract.document import Document
from extract.importer import import_paths
from extract.ledger import Ledger
from extract.parser import parse
from extract.pipeline import extract
from extract.readers import read_document
from extract.readers.text import decode
from extract.rules import RuleSet, load_rules
from extract.tokenizer import FormSlice, tokenize

SAMPLES = Path(__file__).parents[1] / "samples"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=2000, help="size of the archive that is imported")
    parser.add_argument("--rounds", type=int, default=3, help="how often the stages are timed")
    arguments = parser.parse_args()
    console, rules = Console(), load_rules()
    samples = {path.name: path.read_bytes() for path in sorted(SAMPLES.iterdir()) if path.suffix != ".md"}
    for kind, suffix in (("Word", ".docx"), ("text", ".txt")):
        files = [data for name, data in samples.items() if name.endswith(suffix)]
        console.print(stage_table(kind, files, rules, arguments.rounds))
    for documents in (arguments.documents // 10, arguments.documents):
        print_import(console, samples, rules, documents)


def stage_table(kind: str, files: list[bytes], rules: RuleSet, rounds: int) -> Table:
    """Milliseconds per document of each stage, and their ratio to the floor."""
    documents = [read_document(data) for data in files]
    slices = [tokenize(document, rules) for document in documents]
    stages: dict[str, Callable[[], object]] = {
        "floor": lambda: [floor(data) for data in files],
        "read": lambda: [read_document(data) for data in files],
        "tokenize": lambda: [tokenize(document, rules) for document in documents],
        "parse and check": lambda: [fill(d, s, rules) for d, s in zip(documents, slices, strict=True)],
        "whole pipeline": lambda: [extract(data, rules) for data in files],
    }
    times = {name: list[float]() for name in stages}
    for _ in range(rounds * 5):
        for name, stage in stages.items():
            times[name].append(seconds(stage))
    forms = sum(map(len, slices))
    table = Table(title=f"{kind}: {len(files)} samples, {forms} forms", title_justify="left", box=None)
    for column in ("stage", "ms per document", "ms per form", "ratio to the floor"):
        table.add_column(column, justify="left" if column == "stage" else "right")
    for name, measured in times.items():
        median = statistics.median(measured)
        ratio = statistics.median(a / b for a, b in zip(measured, times["floor"], strict=True))
        table.add_row(name, f"{1000 * median / len(files):.2f}", f"{1000 * median / forms:.2f}", f"{ratio:.1f}")
    return table


def print_import(console: Console, samples: dict[str, bytes], rules: RuleSet, documents: int) -> None:
    """A whole import of the samples multiplied to `documents` files, and the import of the same archive again."""
    with tempfile.TemporaryDirectory() as folder:
        archive, database = Path(folder) / "archive", Path(folder) / "forms.duckdb"
        archive.mkdir()
        data = list(multiplied(samples, documents))
        for number, content in enumerate(data):
            (archive / f"{number:06}").write_bytes(content)
        lowest = seconds(lambda: [floor(content) for content in data])
        started = time.perf_counter()
        spent = seconds(lambda: import_paths([archive], database, rules, extract))
        elapsed = time.perf_counter() - started
        again = seconds(lambda: import_paths([archive], database, rules, extract))
        forms = sum(len(extract(content, rules).forms) for content in samples.values()) * documents / len(samples)
        console.print(
            f"import of {documents} documents: {documents / elapsed:.0f} documents/s, {forms / elapsed:.0f} forms/s, "
            f"{1000 * spent / documents:.2f} ms of processor time per document, {spent / lowest:.1f} × the floor; "
            f"again, unchanged: {spent / again:.0f} × faster; database {database.stat().st_size / 2**20:.1f} MiB"
        )


def multiplied(samples: dict[str, bytes], documents: int) -> Iterator[bytes]:
    """The samples over and over, every copy with bytes of its own and the same forms."""
    originals = list(samples.values())
    for number in range(documents):
        data = originals[number % len(originals)]
        if data.startswith(b"PK"):
            packed = io.BytesIO(data)
            with zipfile.ZipFile(packed, "a") as package:
                package.comment = f"copy {number}".encode()
            yield packed.getvalue()
        else:
            encoding, text = decode(data)
            yield f"第{number}份\n{text}".encode(encoding if encoding != "utf-16-le" else "utf-16")


def floor(data: bytes) -> None:
    """What every reader of these bytes has to do."""
    hashlib.sha256(data).hexdigest()
    if data.startswith(b"PK"):
        etree.fromstring(zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml"))
    else:
        decode(data)


def fill(document: Document, slices: list[FormSlice], rules: RuleSet) -> None:
    """Parse and check all forms of a document."""
    ledger = Ledger(document.text)
    for each in slices:
        form, _ = parse(document.text, each, rules, ledger)
        if each.rule:
            check(form, each.rule, ())


def seconds(work: Callable[[], object]) -> float:
    """Processor time of one call."""
    started = time.process_time()
    work()
    return time.process_time() - started


if __name__ == "__main__":
    sys.exit(main())
