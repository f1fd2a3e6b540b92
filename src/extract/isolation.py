"""Isolation: work on many items in supervised processes, where an item that hangs, swells or kills costs only itself.

Items go out in groups, for a process of its own for each would cost more than the work. When a group fails, its items
are tried one by one, each in its own call, so that the blame is exact.
"""

from __future__ import annotations

import multiprocessing
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pebble import ProcessExpired, ProcessPool

from extract import worker
from extract.errors import ExtractError
from extract.language import Message

Item = TypeVar("Item")
Result = TypeVar("Result")

GROUPS_AHEAD = 3
"""Groups that each process has before it, so that none waits while the writer writes."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why an item gave nothing: `code` is timeout, memory, crash or internal.fault, this with its traceback."""

    code: str
    message: Message
    traceback: str = ""


@dataclass(frozen=True, slots=True)
class _Call(Generic[Item, Result]):
    function: Callable[[Sequence[Item]], list[Result]]
    items: Sequence[Item]
    then: Sequence[Callable[[Any], None]]


class Workers:
    """A pool of `jobs` processes. Use as a context manager; leaving it by an error ends the processes at once."""

    def __init__(self, jobs: int, timeout: float, settings: worker.Settings) -> None:
        """`timeout` is the longest time for a group of items, and so for a single one, in seconds."""
        self._jobs = jobs
        self._timeout = timeout
        self._settings = settings
        self._context = _context()
        # A process that starts while the pool ends finds nothing left to start with, and complains.
        self._ready = self._context.Semaphore(0)
        self._starting = 0
        self._pool = self._new_pool()
        self._calls: dict[Future[Any], _Call[Any, Any]] = {}

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if kind is None:
            for _ in range(self._starting):
                self._ready.acquire(timeout=_LONGEST_START)
            self._pool.close()  # type: ignore[no-untyped-call]
        else:
            self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way."""
        return not self._calls

    @property
    def has_room(self) -> bool:
        """Whether another group would not have to wait for long."""
        return len(self._calls) < GROUPS_AHEAD * self._jobs

    def submit(
        self,
        function: Callable[[Sequence[Item]], list[Result]],
        items: Sequence[Item],
        then: Sequence[Callable[[Any], None]],
    ) -> None:
        """Have `function` called with `items` in some process; `then` come back with the results, and stay here."""
        self._submit(_Call(function, items, then))

    def completed(self) -> Iterator[tuple[Callable[[Any], None], Any]]:
        """Wait until at least one group is done; what was to be done then of each item, with its result or Fault.

        Raises RuleError, which is nobody's fault but the rules'.
        """
        done, _ = wait(self._calls, return_when=FIRST_COMPLETED)
        for future in done:
            yield from self._settled(future, self._calls.pop(future))

    def _settled(self, future: Future[Any], call: _Call[Any, Any]) -> Iterator[tuple[Callable[[Any], None], Any]]:
        error = future.exception()
        if error is None:
            yield from zip(call.then, future.result(), strict=True)
        elif isinstance(error, ExtractError):
            raise error
        elif isinstance(error, BrokenProcessPool):
            self._submit(call)
        elif len(call.items) > 1:
            for item, then in zip(call.items, call.then, strict=True):
                self._submit(_Call(call.function, [item], [then]))
        else:
            yield call.then[0], self._fault(error)

    def _submit(self, call: _Call[Any, Any]) -> None:
        self._starting = self._jobs  # the first call starts them all
        if not self._pool.active:  # a process ended while it started or between two calls: nobody is to blame
            self._pool = self._new_pool()
        arguments = (call.function, call.items)
        future = self._pool.schedule(worker.leaving_nothing, args=arguments, timeout=self._timeout)
        self._calls[future] = call

    def _fault(self, error: BaseException) -> Fault:
        if isinstance(error, TimeoutError):
            return Fault(
                "timeout",
                Message(
                    f"took longer than {self._timeout:g} seconds and was given up; raise --timeout",
                    f"超过 {self._timeout:g} 秒，已放弃；可调大 --timeout",
                ),
            )
        if isinstance(error, MemoryError):
            limit = self._settings.memory_bytes // 2**20
            return Fault(
                "memory",
                Message(
                    f"took more than {limit} MB of memory and was given up; raise --memory",
                    f"占用内存超过 {limit} MB，已放弃；可调大 --memory",
                ),
            )
        if isinstance(error, ProcessExpired):
            return Fault(
                "crash",
                Message(
                    f"ended the process that read it (exit code {error.exitcode}); please report the file",
                    f"读取进程因它退出（退出码 {error.exitcode}），请把文件报告给我们",
                ),
            )
        kind = type(error).__name__
        message = Message(
            f"a fault of extract ({kind}); please report it with the traceback",
            f"程序出错（{kind}），请连同出错信息报告给我们",
        )
        return Fault("internal.fault", message, without_data(str(getattr(error, "traceback", ""))))

    def _new_pool(self) -> ProcessPool:
        start = (self._settings, self._ready)
        return ProcessPool(self._jobs, initializer=worker.start, initargs=start, context=self._context)


def without_data(traceback: str) -> str:
    """A traceback with the lines of code and the kinds of the errors; what they say may repeat what a file says.

    >>> without_data('Traceback …:\\n  File "values.py", line 3, in phone\\nValueError: no number: 139…')
    'Traceback …:\\n  File "values.py", line 3, in phone\\nValueError'
    """
    kept = (_TOLD.match(line) for line in traceback.splitlines())
    return "\n".join(line[0] for line in kept if line)


# Places and code are indented; an error begins its line with its kind.
_TOLD = re.compile(r"Traceback .*| {2,}.*|[A-Za-z_][\w.]*(?=:|$)|(?:During|The above) .*:$")


def _context() -> Any:
    """How processes are started here."""
    context = multiprocessing.get_context(_START_METHOD)
    if _START_METHOD == "forkserver":
        context.set_forkserver_preload([worker.__name__])
    return context


# Seconds that a process takes to start at the most.
_LONGEST_START = 5.0
# A fork of this process would copy the threads of the database half-way; what is spawned has to import everything.
_START_METHOD = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
