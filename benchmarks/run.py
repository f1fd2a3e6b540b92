"""How fast extract is: by kind of file and stage, by size of a file, as a whole import, by target, and beside others.

All figures are processor time, medians over rounds in which everything that is compared runs in turn; compare ratios of
one run, for milliseconds drift with the machine.

    python benchmarks/run.py [stages] [growth] [import] [targets] [peers] [bars] [--documents 10000] [--rounds 3]

Without a section, all of them. The files are those of samples/ and tests/data/; they hold invented forms.
"""

from __future__ import annotations

import argparse
from collections.abc import Collection, Iterator
from pathlib import Path

from archives import import_results
from bars import bar_results
from peers import COMMANDS, peer_table
from rich.console import Console
from rich.table import Table
from stages import files_by_kind, growth_table, stage_table
from targets import target_table

from extract.rules import load_rules

SECTIONS = ("stages", "growth", "import", "targets", "peers", "bars")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sections", nargs="*", metavar="section", help=f"what to measure: {', '.join(SECTIONS)}")
    parser.add_argument("--documents", type=int, default=10_000, help="size of the archive that is imported")
    parser.add_argument("--rounds", type=int, default=3, help="how often everything is timed; stages five times that")
    parser.add_argument("--peers", type=Path, help="a Python that has the peers of bars.py, which tells how to make it")
    arguments = parser.parse_args()
    if unknown := set(arguments.sections) - set(SECTIONS):
        parser.error(f"there is no section {', '.join(sorted(unknown))}; choose from {', '.join(SECTIONS)}")
    console = Console(width=110, highlight=False)
    for result in results(arguments.sections or SECTIONS, arguments.rounds, arguments.documents, arguments.peers):
        console.print(result)
        console.print()


def results(sections: Collection[str], rounds: int, documents: int, peers: Path | None) -> Iterator[Table | str]:
    """What each section measures, one by one as they are done."""
    rules = load_rules()
    kinds = files_by_kind(rules)
    if "stages" in sections:
        yield stage_table(kinds, rules, 5 * rounds)
    if "growth" in sections:
        yield growth_table(rules, rounds)
    if "import" in sections:
        yield from import_results(documents)
    if "targets" in sections:
        yield target_table(rules, 5 * rounds)
    if "peers" in sections:
        yield from (peer_table(kind, kinds[kind], rules, rounds) for kind in COMMANDS)
    if "bars" in sections:
        yield from bar_results(rules, rounds, peers)


if __name__ == "__main__":
    main()
