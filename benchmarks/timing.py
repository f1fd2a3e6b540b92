"""Processor time of work in this process and in child processes, taken in turn so that ratios hold on a noisy machine.

A measurement is a function that returns seconds. `in_turn` calls several of them round by round, every other round
backwards: what slows the machine down for a while slows them all, and `ratio` compares only what ran side by side.
"""

from __future__ import annotations

import gc
import re
import resource
import statistics
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

Measurement: TypeAlias = Callable[[], float]

SHORTEST = 0.05
"""Work that takes less than so many seconds is repeated within one measurement."""


def seconds(work: Callable[[], object], repeats: int = 1) -> float:
    """Processor time of one call of `work`, the mean of `repeats` calls; garbage of earlier work is gone before."""
    gc.collect()
    started = time.process_time()
    for _ in range(repeats):
        work()
    return (time.process_time() - started) / repeats


def in_process(work: Callable[[], object]) -> Measurement:
    """The measurement of work in this process. Runs it once, to warm up and to see how often it has to be repeated."""
    repeats = max(1, round(SHORTEST / max(seconds(work), 1e-6)))
    return lambda: seconds(work, repeats)


def per_item(measurement: Measurement, items: int) -> Measurement:
    """The same for one of `items` equal shares."""
    return lambda: measurement() / items


def without_collector(measurement: Measurement) -> Measurement:
    """The same without Python's garbage collector, which goes through everything that lives, again and again."""

    def measure() -> float:
        gc.disable()
        try:
            return measurement()
        finally:
            gc.enable()

    return measure


def processes(commands: Sequence[Sequence[str]]) -> Measurement:
    """The measurement of whole child processes, one after the other, with all that they start and wait for.

    Whether they do their work is for the caller to try before: their exit codes mean different things.
    """

    def measure() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        for command in commands:
            subprocess.run(command, check=False, stdin=subprocess.DEVNULL, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    return measure


def wall(command: Sequence[str]) -> Measurement:
    """The measurement of one child process by the clock on the wall, as a person waits for it."""

    def measure() -> float:
        started = time.perf_counter()
        subprocess.run(command, check=False, stdin=subprocess.DEVNULL, capture_output=True)
        return time.perf_counter() - started

    return measure


def in_turn(measurements: Mapping[str, Measurement], rounds: int) -> dict[str, list[float]]:
    """The seconds of each measurement, round by round."""
    times = {name: list[float]() for name in measurements}
    for number in range(rounds):
        for name in list(measurements)[:: -1 if number % 2 else 1]:
            times[name].append(measurements[name]())
    return times


def ratio(times: Sequence[float], base: Sequence[float]) -> float:
    """How many times the base: the median over the rounds of the ratio within one round."""
    return statistics.median(_ratios(times, base))


def spread(times: Sequence[float], base: Sequence[float]) -> float:
    """How far the ratios of single rounds lie from their median, as a share of it: the median of the distances."""
    middle = ratio(times, base)
    return statistics.median(abs(each - middle) for each in _ratios(times, base)) / middle


def _ratios(times: Iterable[float], base: Iterable[float]) -> list[float]:
    return [a / b for a, b in zip(times, base, strict=True)]


def most_memory() -> float:
    """The most memory that this process has had, in MB. (`getrusage` counts what its parent had when it started it.)"""
    status = Path("/proc/self/status").read_text("ascii")
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1024  # type: ignore[index]
