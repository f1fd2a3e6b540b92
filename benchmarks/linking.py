"""What it costs to link the forms of an archive to projects and to compare them with each other, as every import does.

    python benchmarks/linking.py [--forms 10000 100000 400000]

Forms are invented (`queries.py`) and written straight into a database; the linking is done in a process of its own,
whose memory counts as a whole: some 70 MB of it are Python and the rules, 96 MB what DuckDB may take.
"""

from __future__ import annotations

import argparse
import multiprocessing
import tempfile
import time
from pathlib import Path

from queries import invent
from rich.console import Console
from rich.table import Table
from timing import most_memory

from extract.rules import load_rules
from extract.store import Store


def main() -> None:
    """Invent, link, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--forms", type=int, nargs="+", default=[10_000, 100_000, 400_000])
    table = Table("forms", "projects", "processor s", "µs a form", "clock s", "peak MB", box=None)
    for forms in parser.parse_args().forms:
        with tempfile.TemporaryDirectory() as folder:
            database = Path(folder) / "forms.duckdb"
            with Store(database) as store:
                store.allow_memory("50%")
                invent(store, forms)
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                projects, processor, clock, peak = pool.apply(linked, (database,))
        each = f"{1e6 * processor / forms:.0f}"
        table.add_row(f"{forms:,}", f"{projects:,}", f"{processor:.1f}", each, f"{clock:.1f}", f"{peak:.0f}")
    Console(width=110, highlight=False).print(table)


def linked(database: Path) -> tuple[int, float, float, float]:
    """Projects, seconds of processor and on the clock, and the most memory of this process in MB."""
    rules = load_rules()
    clock, processor = time.perf_counter(), time.process_time()
    with Store(database) as store:
        projects = store.link_projects(rules)
    spent = time.process_time() - processor, time.perf_counter() - clock
    return projects, *spent, most_memory()


if __name__ == "__main__":
    main()
