"""Fuzz: python -m fuzz [SUBJECT…] [--minutes 5] [--seed 1]; `make fuzz` does.

Subjects take turns of half a minute, each in a process of its own, which is given up and begun again where it dies or
stands still. Where atheris is installed (pip install '.[fuzz]'), every other turn of a binary reader is guided by its
coverage; the rest are drawn at random, the same ones for the same seed. Prints for each subject how many inputs were
tried, taken, refused with an error of ours, and how many faults there were; keeps faults in .fuzz/findings. Counts and
the corpus that coverage found stay in .fuzz for the next time.
"""

from __future__ import annotations

import argparse
import itertools
import json
import mmap
import struct
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from random import Random

import psutil

from fuzz.judging import Judge, limit_memory
from fuzz.mutants import MOST_BYTES, mutant

WORK = Path(".fuzz")
STILL_SECONDS = 20
"""Processor seconds without a result after which a process is given up."""
_LARGEST_GUIDED = 40_000
"""Counting coverage makes everything slower, so it begins with small files."""
_HEAD = struct.Struct("<QI")


class Board:
    """What a process is doing just now, where its parent sees it also after its death: a number, and the input."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(bytes(_HEAD.size + 2 * MOST_BYTES))
        with path.open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), 0)

    def show(self, number: int, data: bytes) -> None:
        """Say that input `number` begins."""
        self._shared[_HEAD.size : _HEAD.size + len(data)] = data
        self._shared[: _HEAD.size] = _HEAD.pack(number, len(data))

    def look(self) -> tuple[int, bytes]:
        """The number and the input that began last."""
        number, size = _HEAD.unpack(self._shared[: _HEAD.size])
        return number, self._shared[_HEAD.size : _HEAD.size + size]


def main() -> int:
    """Fuzz, and say what came of it; 1 if there were faults."""
    parser = argparse.ArgumentParser(prog="fuzz", description=__doc__)
    parser.add_argument("subjects", nargs="*", metavar="SUBJECT")
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--corpus", type=Path, help="a folder of files to mutate beside our own seeds")
    parser.add_argument("--turn", type=float, default=30, help="seconds of a turn")
    parser.add_argument("--as-child", choices=("random", "guided"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.as_child:
        _work(arguments)
        return 0
    from fuzz.subjects import SUBJECTS

    counts: dict[str, Counter[str]] = {}
    began, chance = time.monotonic(), Random(arguments.seed)
    for turn in itertools.count():
        name = (arguments.subjects or list(SUBJECTS))[turn % len(arguments.subjects or SUBJECTS)]
        is_guided = SUBJECTS[name].is_binary and find_spec("atheris") is not None and chance.random() < 0.5
        done = _turn(arguments, name, "guided" if is_guided else "random", chance.randrange(2**31))
        counts.setdefault(name, Counter()).update(done)
        print(f"{time.monotonic() - began:6.0f} s  {_line(name, counts[name])}", flush=True)
        if time.monotonic() - began > arguments.minutes * 60:
            break
    total = sum(counts.values(), Counter())
    for name in counts:
        print(_line(name, counts[name]))
    print(_line("all", total))
    return 1 if total["faults"] else 0


def _line(name: str, counts: Counter[str]) -> str:
    tried = counts["taken"] + counts["refused"] + counts["faults"]
    guided = f", {counts['guided']} guided by coverage" if counts["guided"] else ""
    outcomes = ", ".join(f"{counts[outcome]} {outcome}" for outcome in ("taken", "refused", "faults"))
    return f"{name:9} {tried:8} tried: {outcomes}{guided}"


def _turn(arguments: argparse.Namespace, name: str, engine: str, seed: int) -> Counter[str]:
    """One process, watched to its end."""
    WORK.mkdir(exist_ok=True)
    board, result = Board(WORK / f"{name}.board"), WORK / f"{name}.json"
    result.unlink(missing_ok=True)
    command = [
        sys.executable,
        "-m",
        "fuzz",
        name,
        "--as-child",
        engine,
        "--seed",
        str(seed),
        "--turn",
        str(arguments.turn),
    ]
    command += ["--corpus", str(arguments.corpus)] if arguments.corpus else []
    with (WORK / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    watched, last, busy = psutil.Process(process.pid), board.look()[0], 0.0
    while process.poll() is None:
        time.sleep(0.5)
        try:
            used = sum(watched.cpu_times()[:2])
        except psutil.NoSuchProcess:
            continue
        if (number := board.look()[0]) != last:
            last, busy = number, used
        elif used - busy > STILL_SECONDS:
            process.kill()
            process.wait()
    counts = Counter(json.loads(result.read_text("utf-8"))) if result.exists() else Counter()
    if process.returncode and process.returncode != 77:  # the code of libFuzzer for a fault that is counted already
        found = Judge(lambda data: True, WORK / "findings" / name)
        found._fault(f"the process ended with {process.returncode}", board.look()[1])
        counts["faults"] += 1
    return counts


# -------------------------------------------------------------------------------------------------------- the process


def _work(arguments: argparse.Namespace) -> None:
    """Judge mutants of one subject until the turn is over."""
    (name,) = arguments.subjects
    engine = arguments.as_child
    if engine == "guided":
        import atheris

        with atheris.instrument_imports(include=["extract.readers", "extract.sources"]):
            from fuzz.subjects import SUBJECTS
    else:
        from fuzz.subjects import SUBJECTS
    seeds = list(SUBJECTS[name].seeds())
    if arguments.corpus:
        files = (path for path in sorted(arguments.corpus.iterdir()) if path.is_file())
        seeds += [path.read_bytes() for path in files if path.stat().st_size <= MOST_BYTES]
    judge = Judge(SUBJECTS[name].run, WORK / "findings" / name)
    board, result = Board(WORK / f"{name}.board"), WORK / f"{name}.json"
    numbers = itertools.count(1)
    SUBJECTS[name].run(seeds[0])  # what is loaded once is loaded
    limit_memory()
    ends = time.monotonic() + arguments.turn

    def judge_one(data: bytes) -> None:
        number = next(numbers)
        board.show(number, data[: 2 * MOST_BYTES])
        judge.judge(data)
        if number % 100 == 0 or time.monotonic() > ends:
            guided = {"guided": number} if engine == "guided" else {}
            result.write_text(json.dumps({**judge.counts, **guided}), "utf-8")

    if engine == "guided":
        _guided(name, [seed for seed in seeds if len(seed) <= _LARGEST_GUIDED], judge_one, arguments)
    chance = Random(arguments.seed)
    while time.monotonic() < ends:
        judge_one(mutant(chance.choice(seeds), seeds, chance))
    result.write_text(json.dumps(judge.counts), "utf-8")


def _guided(name: str, seeds: list[bytes], judge_one: Callable[[bytes], None], arguments: argparse.Namespace) -> None:
    """Let atheris choose; does not return."""
    import atheris

    corpus = WORK / "corpus" / name
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds):
        (corpus / f"seed-{number}").write_bytes(seed)

    def mutate(data: bytes, max_size: int, seed: int) -> bytes:
        chance = Random(seed)
        changed = mutant(data, seeds, chance) if data and chance.random() < 0.9 else atheris.Mutate(data, max_size)
        return changed[:max_size]

    options = [
        f"-max_total_time={arguments.turn:.0f}",
        f"-max_len={MOST_BYTES}",
        "-len_control=0",
        "-timeout=60",
        "-rss_limit_mb=0",
    ]
    options += [f"-seed={arguments.seed}", "-print_final_stats=1", str(corpus)]
    atheris.Setup([sys.argv[0], *options], judge_one, custom_mutator=mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())
