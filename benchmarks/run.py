"""How fast extract is: by kind of file and stage, by size of a file, as a whole import, by target, and beside others.

All figures are processor time, medians over rounds in which everything that is compared runs in turn; compare ratios of
one run, for milliseconds drift with the machine.

    python benchmarks/run.py [stages] [growth] [import] [targets] [peers] [--documents 2000] [--rounds 3]

Without a section, all of them. The files are those of samples/ and tests/data/; they hold invented forms.
"""

from __future__ import annotations

import argparse
import io
import tempfile
import time
import zipfile
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from peers import COMMANDS, peer_table
from rich.console import Console
from rich.table import Table
from stages import files_by_kind, floor, growth_table, stage_table
from targets import target_table
from timing import seconds

from extract.importer import import_paths
from extract.pipeline import extract
from extract.readers.decoding import decode
from extract.rules import RuleSet, load_rules

SECTIONS = ("stages", "growth", "import", "targets", "peers")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sections", nargs="*", metavar="section", help=f"what to measure: {', '.join(SECTIONS)}")
    parser.add_argument("--documents", type=int, default=2000, help="size of the archive that is imported")
    parser.add_argument("--rounds", type=int, default=3, help="how often everything is timed; stages five times that")
    arguments = parser.parse_args()
    if unknown := set(arguments.sections) - set(SECTIONS):
        parser.error(f"there is no section {', '.join(sorted(unknown))}; choose from {', '.join(SECTIONS)}")
    console = Console(width=110, highlight=False)
    for result in results(arguments.sections or SECTIONS, arguments.rounds, arguments.documents):
        console.print(result)
        console.print()


def results(sections: Collection[str], rounds: int, documents: int) -> Iterator[Table | str]:
    """What each section measures, one by one as they are done."""
    rules = load_rules()
    kinds = files_by_kind(rules)
    if "stages" in sections:
        yield stage_table(kinds, rules, 5 * rounds)
    if "growth" in sections:
        yield growth_table(rules, rounds)
    if "import" in sections:
        yield import_line(kinds, rules, documents // 10)
        yield import_line(kinds, rules, documents)
    if "targets" in sections:
        yield target_table(rules, 5 * rounds)
    if "peers" in sections:
        yield from (peer_table(kind, kinds[kind], rules, rounds) for kind in COMMANDS)


def import_line(kinds: Mapping[str, list[bytes]], rules: RuleSet, documents: int) -> str:
    """A whole import of an archive of `documents` Word and text files, and the import of the same archive again."""
    originals = [(kind, data) for kind in ("docx", "text") for data in kinds[kind]]
    with tempfile.TemporaryDirectory() as folder:
        archive, database = Path(folder) / "archive", Path(folder) / "forms.duckdb"
        archive.mkdir()
        copies = list(multiplied(originals, documents))
        for number, (_, data) in enumerate(copies):
            (archive / f"{number:06}").write_bytes(data)
        lowest = seconds(lambda: [floor(kind, data) for kind, data in copies])
        started = time.perf_counter()
        spent = seconds(lambda: import_paths([archive], database, rules))
        elapsed = time.perf_counter() - started
        again = seconds(lambda: import_paths([archive], database, rules))
        forms = sum(len(extract(data, rules).forms) for _, data in originals) * documents / len(originals)
        return (
            f"import of {documents} documents: {documents / elapsed:.0f} documents/s, {forms / elapsed:.0f} forms/s, "
            f"{1000 * spent / documents:.2f} ms of processor time per document, {spent / lowest:.1f} × the floor; "
            f"again, unchanged: {spent / again:.0f} × faster; database {database.stat().st_size / 2**20:.1f} MiB"
        )


def multiplied(originals: list[tuple[str, bytes]], documents: int) -> Iterator[tuple[str, bytes]]:
    """The files over and over with their kinds, every copy with bytes of its own and the same forms."""
    for number in range(documents):
        kind, data = originals[number % len(originals)]
        if kind == "docx":
            packed = io.BytesIO(data)
            with zipfile.ZipFile(packed, "a") as package:
                package.comment = f"copy {number}".encode()
            yield kind, packed.getvalue()
        else:
            encoding, text = decode(data)
            yield kind, f"第{number}份\n{text}".encode(encoding if encoding != "utf-16-le" else "utf-16")


if __name__ == "__main__":
    main()
