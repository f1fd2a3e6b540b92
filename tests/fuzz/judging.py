"""Judging: one mutant at a time, under the limits that a file has; each fault is kept once, with its input."""

from __future__ import annotations

import hashlib
import resource
import signal
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

SECONDS = 2.0
"""The most processor time for one input; it does not depend on what else the machine does."""
MEMORY = 512 * 2**20


class _Hang(BaseException):
    """Raised in the midst of what takes too long."""


class Judge:
    """Runs inputs of one subject and counts them: `taken`, `refused`, `faults`."""

    def __init__(self, run: Callable[[bytes], bool], findings: Path | None = None) -> None:
        self._run = run
        self._findings = findings
        self.counts: Counter[str] = Counter()
        self.faults: dict[str, bytes] = {}

    def judge(self, data: bytes) -> None:
        """Count what comes of `data`, and keep it if it is a fault that was not met before."""
        began = time.process_time()
        try:
            with _time_limit(SECONDS):
                taken = self._run(data)
            if (seconds := time.process_time() - began) > SECONDS:
                self._fault(f"hang in C: {seconds:.1f} s", data)
                return
        except MemoryError:
            self._fault("more memory than a worker may take", data)
        except (Exception, _Hang, RecursionError) as error:
            self._fault(_where(error), data)
        else:
            self.counts["taken" if taken else "refused"] += 1

    def _fault(self, what: str, data: bytes) -> None:
        self.counts["faults"] += 1
        if what in self.faults:
            return
        self.faults[what] = data
        if self._findings:
            name = hashlib.sha256(data).hexdigest()[:12]
            self._findings.mkdir(parents=True, exist_ok=True)
            (self._findings / name).write_bytes(data)
            (self._findings / f"{name}.txt").write_text(f"{what}\n\n{traceback.format_exc()}", "utf-8")


def limit_memory() -> None:
    """Let this process take no more than MEMORY beyond what it has now, as a worker of an import."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    limit = pages * resource.getpagesize() + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))


@contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    def give_up(*_: object) -> None:
        raise _Hang

    before = signal.signal(signal.SIGPROF, give_up)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        with suppress(_Hang):
            signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _where(error: BaseException) -> str:
    """The kind of a fault: the exception, and the line of ours in which it was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "/extract/" in frame.filename] or frames
    # A loop is interrupted anywhere, so it is told by its function.
    last = ours[-1]
    name = f"{Path(last.filename).parent.name}/{Path(last.filename).name}:{last.name}"
    return f"hang in {name}" if isinstance(error, _Hang) else f"{type(error).__name__} in {name}:{last.lineno}"
