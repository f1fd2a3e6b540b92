"""What an archive costs on a cluster: shards, planning, merging, attaching; measured, then taken to 10 million forms.

Shards of generated Word packages are imported as a worker does it; the part of one is copied again and
again under other names and with other contents, until there are as many forms as asked, and the steps of the one
machine that starts the import are measured at three sizes, each twice the one before: a fixed cost and a power of the
size, at least 1, fit them, and the larger sizes follow. Those are no measurements: disk, network and scheduler are
taken to keep up. A simulation hands the shards to threads; one in a hundred is lost in the middle and done again.

    python benchmarks/cluster.py [--documents 2000] [--forms 80000]
"""

from __future__ import annotations

import argparse
import heapq
import math
import multiprocessing
import random
import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import psutil
from archives import Run, generated
from rich.console import Console
from rich.table import Table
from timing import most_memory

from extract.cluster import client
from extract.cluster.attaching import attach
from extract.cluster.merging import merge, rows_in_parts
from extract.cluster.parts import SUCCESS, TABLES, Parts, part_name
from extract.cluster.shard import Settings, Shard, run_shard
from extract.importer import Options, Summary
from extract.rules import load_rules
from extract.sources import EPOCH, Source, find_sources

FAR = (1_000_000, 10_000_000)
THREADS = (16, 64, 256)
LOST = 0.01
SHARD_FILES = client.Cluster("").shard_files


class Cost(NamedTuple):
    """Seconds of processor, and the most memory of the process in MB."""

    seconds: float
    memory: float


def main() -> None:
    """Generate, measure, extrapolate and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=2000, help="in the larger of the two shards")
    parser.add_argument("--forms", type=int, default=80_000, help="in the parts that are merged")
    arguments = parser.parse_args()
    console = Console(width=110, highlight=False)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        fixed, each, forms_each = shard_costs(place, arguments.documents, console)
        sizes = [arguments.forms // 4, arguments.forms // 2, arguments.forms]
        costs: dict[str, list[Cost]] = {name: [] for name in STEPS}
        for size in sizes:
            copy_parts(place, size)
            for name, step in STEPS.items():
                costs[name].append(measured(step, place, size))
    console.print(steps_table(sizes, costs))
    alone = {size: {name: extrapolated(sizes, of, size) for name, of in costs.items()} for size in FAR}
    console.print(cluster_table(fixed, each, forms_each, alone))


# ------------------------------------------------------------------------------------------------------------- shards


def shard_costs(place: Path, documents: int, console: Console) -> tuple[float, float, float]:
    """Seconds of processor for a shard itself and for each document in it, and forms a document."""
    few = generated(place / "few", documents // 10)
    many = generated(place / "many", documents)
    small, large = shard_run(few, Parts(str(place / "small"))), shard_run(many, Parts(str(place / "one")))
    each = (large.processor - small.processor) / (documents - documents // 10)
    fixed = max(0.0, large.processor - documents * each)
    (part,) = Parts(str(place / "one")).whole()
    forms_each = part.figures["forms"] / documents
    console.print(
        f"a shard of {documents} documents: {large.processor:.1f} s of processor; {fixed:.1f} s at any size, "
        f"{1000 * each:.1f} ms a document ({forms_each:.1f} forms), {large.worker_bytes / 2**20:.0f} MB a process"
    )
    return fixed, each, forms_each


def shard_run(archive: Path, parts: Parts) -> Run:
    """Import an archive as one shard, and watch."""
    parts.prepare()
    run, done = Run(), threading.Event()
    watching = threading.Thread(target=watch, args=(run, done))
    with parts.marked() as mark:
        settings = Settings(load_rules(), Options(jobs=1, compares=False), parts, mark)
        sources = tuple(source for source in find_sources([archive]) if isinstance(source, Source))
        watching.start()
        run_shard(settings.packed(), Shard(part_name(1, str(archive)), sources))
        done.set()
        watching.join()
    return run


def watch(run: Run, done: threading.Event) -> None:
    """Note what the processes below this one take, until it is done."""
    while not done.wait(0.02):
        for each in psutil.Process().children(recursive=True):
            try:
                times = each.cpu_times()
                run.spent[each.pid] = times.user + times.system
                run.worker_bytes = max(run.worker_bytes, each.memory_info().rss)
            except psutil.NoSuchProcess:
                continue  # it ended while we looked


# -------------------------------------------------------------------------------------------------- the one machine


def copy_parts(place: Path, forms: int) -> None:
    """Copies of the part that was made, until there are so many forms; none of them like another."""
    (part,) = Parts(str(place / "one")).whole()
    folder = place / "parts"
    folder.mkdir(exist_ok=True)
    with duckdb.connect() as connection:
        for number in range(len(list(folder.iterdir())), forms // part.figures["forms"]):
            copy = folder / part_name(1, str(number))
            copy.mkdir()
            for table in TABLES:
                rows = rows_in_parts(table, [str(place / "one" / part.name)])
                columns = connection.execute(f"DESCRIBE SELECT * EXCLUDE (part) {rows}").fetchall()
                other = ", ".join(CHANGED.get(name, name).format(number) + f" AS {name}" for name, *_ in columns)
                connection.execute(f"COPY (SELECT {other} {rows}) TO '{copy}/{table}.parquet' (COMPRESSION zstd)")
            shutil.copy(place / "one" / part.name / SUCCESS, copy)


CHANGED = {
    "document_id": "sha256(document_id || '{0}')",
    "form_id": "substr(sha256(form_id || '{0}'), 1, 16) || '-1'",
    "path": "path || '{0}'",
    "project_name": "project_name || '{0}'",
    "competent_department": "competent_department || '{0}'",
}


def plan(place: Path, forms: int) -> None:
    """List an archive of so many files and find that parts hold none of them."""
    with duckdb.connect() as table:
        client.collect(table, (Source(f"/archive/{number:09}.doc", 30_000, EPOCH) for number in range(forms)))
        client.leave_out_what_parts_hold(table, Parts(str(place / "parts")), load_rules(), Options(), Summary())


def merge_all(place: Path, forms: int) -> None:
    """Merge all parts into a new database."""
    merge(Parts(str(place / "parts")), place / f"{forms}.duckdb", load_rules())


def attach_all(place: Path, forms: int) -> None:
    """Attach all parts."""
    attach(Parts(str(place / "parts")), place / f"{forms}-attached.duckdb", load_rules())


STEPS: dict[str, Callable[[Path, int], None]] = {"plan": plan, "merge": merge_all, "attach": attach_all}


def measured(step: Callable[[Path, int], None], place: Path, size: int) -> Cost:
    """What a step takes in a process of its own."""
    context = multiprocessing.get_context("spawn")
    answers = context.Queue()
    process = context.Process(target=run_step, args=(step, place, size, answers))
    process.start()
    cost: Cost = answers.get()
    process.join()
    return cost


def run_step(step: Callable[[Path, int], None], place: Path, size: int, answers: Any) -> None:
    """Take a step, and answer what it took."""
    step(place, size)
    answers.put(Cost(time.process_time(), most_memory()))


# ------------------------------------------------------------------------------------------------------ extrapolation


def power(costs: list[float]) -> float:
    """The power of the size with which a cost grows, whatever is fixed in it; the sizes double twice."""
    first, second = costs[1] - costs[0], costs[2] - costs[1]
    return math.log2(second / first) if first > 0 and second > 0 else 1.0


def extrapolated(sizes: list[int], costs: list[Cost], size: int) -> float:
    """The seconds at a size where they were not measured, if they go on to grow as they do, or with the size at least.

    Memory is not extrapolated: DuckDB is told what it may take.
    """
    seconds = [cost.seconds for cost in costs]
    grows = max(1.0, power(seconds))
    each = max(0.0, seconds[2] - seconds[1]) / (sizes[2] ** grows - sizes[1] ** grows)
    return seconds[2] + each * (size**grows - sizes[2] ** grows)


def makespan(shards: int, seconds: float, threads: int) -> float:
    """Simulated seconds until all shards are done; some are lost somewhere in the middle, and done again."""
    chance = random.Random(20211231)
    free = [0.0] * threads
    waiting, end = shards, 0.0
    while waiting:
        start = heapq.heappop(free)
        is_lost = chance.random() < LOST
        stop = start + seconds * (chance.random() if is_lost else 1)
        waiting -= not is_lost
        end = max(end, stop)
        heapq.heappush(free, stop)
    return end


def steps_table(sizes: list[int], costs: dict[str, list[Cost]]) -> Table:
    """What was measured, and how it grows."""
    table = Table(title="the machine that starts the import, measured", title_justify="left", box=None)
    for heading in ("step", *(f"{size:,} forms" for size in sizes), "growth", "memory"):
        table.add_column(heading, justify="left" if heading == "step" else "right")
    for name, of in costs.items():
        grows = f"n^{power([cost.seconds for cost in of]):.2f}"
        memory = f"{of[0].memory:.0f} to {of[-1].memory:.0f} MB"
        table.add_row(name, *(f"{cost.seconds:.1f} s" for cost in of), grows, memory)
    return table


def cluster_table(fixed: float, each: float, forms_each: float, alone: dict[int, dict[str, float]]) -> Table:
    """What follows for archives that were not measured."""
    table = Table(title="extrapolated", title_justify="left", box=None)
    for heading in ("forms", "processor", *(f"{threads} threads" for threads in THREADS), *STEPS):
        table.add_column(heading, justify="right")
    for size, steps in alone.items():
        shards, seconds = math.ceil(size / forms_each / SHARD_FILES), fixed + SHARD_FILES * each
        spans = (f"{makespan(shards, seconds, threads) / 60:.0f} min" for threads in THREADS)
        ones = (f"{steps[name] / 60:.0f} min" for name in STEPS)
        table.add_row(f"{size:,}", f"{shards * seconds / 3600:.0f} h", *spans, *ones)
    return table


if __name__ == "__main__":
    main()
