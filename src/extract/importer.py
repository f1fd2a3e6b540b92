"""The importer: every file that some paths name goes through the pipeline into the database, in batches.

discover   paths           → sources, those unchanged since an import left out without opening them
read       pieces          → documents, in supervised processes; archives are taken apart into pieces again
write      outcomes        → rows, by this process alone

Known content at a new place is noted without parsing it again; a document that other rules have parsed is parsed again
from the database, without its file. Nothing here grows with the size of an archive, but the list of its members.
"""

from __future__ import annotations

import os
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path

from extract import __version__, pipeline, worker
from extract.errors import ExtractError, ReadError, SourceError, StoreError
from extract.isolation import Fault, Workers
from extract.language import Message
from extract.pipeline import Extraction
from extract.rules import RuleSet
from extract.sources import Source, count_sources, find_sources
from extract.sources.containers import TRANSPARENT
from extract.sources.litter import LITTER, litter_kind
from extract.sources.member import MIB, Limits
from extract.store import Figures, File, State
from extract.worker import Extract, Extracted, Known, Listed, Listing, Nested, Outcome, Piece, Refused, Stored
from extract.working_copy import WorkingCopy

# A batch is one transaction. Fewer documents than this cost commits, more cost memory and work lost on interruption.
BATCH_DOCUMENTS = 500
BATCH_BYTES = 16 * MIB  # of packed rows

# A group goes to a worker in one message. Larger ones cost time when one of their files fails and all are tried again.
GROUP_PIECES = 32
GROUP_BYTES = MIB // 2

LOOK_UP = 2000
"""So many sources are looked up in the database at once."""

LOW_WATER = 512
"""While so many pieces wait, no more are looked for."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to import. `since` leaves out files that were modified before; `timeout` is in seconds, for each file.

    `compares` says whether the forms are linked to projects and compared with each other at the end.
    """

    jobs: int = field(default_factory=lambda: len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2)
    timeout: float = 120
    memory_bytes: int = 1024 * MIB
    limits: Limits = field(default_factory=Limits)
    retry_failed: bool = False
    since: datetime | None = None
    extract: Extract = pipeline.extract
    compares: bool = True


@dataclass(frozen=True, slots=True)
class Problem:
    """A path that gave nothing, with the reason; `traceback` where the fault is ours."""

    path: str | None
    error: ExtractError
    traceback: str = ""


@dataclass
class Summary:
    """What an import did, or so far.

    `files` counts what may hold forms, in archives too; `archives` and `passed_over`, by kind of litter, come beside
    them. `skipped` files have not changed, `duplicates` have content that was known, `failed_before` are those among
    the skipped that gave nothing. `done` of `total` says how far the work is, in files and archives.
    """

    files: int = 0
    archives: int = 0
    skipped: int = 0
    duplicates: int = 0
    older: int = 0
    failed_before: int = 0
    documents: int = 0
    parsed_again: int = 0
    forms: int = 0
    error_findings: int = 0
    statuses: dict[str, int] = field(default_factory=dict)
    passed_over: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    done: int = 0
    total: int = 0

    @property
    def failures(self) -> int:
        """Files and paths that gave nothing."""
        return len(self.problems)

    def pass_over(self, kind: str) -> None:
        """Count one piece of litter."""
        self.passed_over[kind] = self.passed_over.get(kind, 0) + 1


Progress = Callable[[Summary], None]


def import_paths(
    paths: Sequence[Path],
    database: Path,
    rules: RuleSet,
    options: Options | None = None,
    progress: Progress = lambda summary: None,
) -> Summary:
    """Import every file that `paths` name; `progress` is called again and again. Raises StoreError and RuleError.

    What has been read when somebody interrupts is written, and the database is whole.
    """
    return import_sources(find_sources(paths), database, rules, options, progress, expected=count_sources(paths))


def import_sources(
    found: Iterable[Source | SourceError],
    database: Path,
    rules: RuleSet,
    options: Options | None = None,
    progress: Progress = lambda summary: None,
    *,
    expected: int = 0,
) -> Summary:
    """Import what has been found, `expected` sources of it or so, as `import_paths` does."""
    with _running(database, rules, options or Options(), progress) as run:
        run.summary.total = expected
        progress(run.summary)
        run.import_sources(found)
    return run.summary


def reparse(
    database: Path, rules: RuleSet, options: Options | None = None, progress: Progress = lambda summary: None
) -> Summary:
    """Parse every document again that other rules have parsed, from the text in the database; no file is opened."""
    with _running(database, rules, options or Options(), progress) as run:
        run.parse_again_all()
    return run.summary


def preview(paths: Sequence[Path], database: Path, rules: RuleSet, options: Options | None = None) -> Summary:
    """What an import of `paths` would read: `files` less `skipped` and `older`. Opens no file and writes nothing."""
    options = options or Options()
    summary = Summary()
    with WorkingCopy(database, __version__, rules.version) as database_copy:
        for sources in _looked_up(find_sources(paths), database_copy, rules.version, summary):
            for source, state in sources:
                _decide(source, state, options, summary)
    return summary


def sources_to_read(
    paths: Sequence[Path], database: Path, rules: RuleSet, options: Options, summary: Summary
) -> Iterator[Source]:
    """What an import of `paths` would read, parse again or note as litter; the rest is counted in `summary`.

    Other machines have not what the database holds, so what other rules have parsed is read again from its files.
    """
    with WorkingCopy(database, __version__, rules.version) as database_copy:
        for sources in _looked_up(find_sources(paths), database_copy, rules.version, summary):
            for source, state in sources:
                decision = _decide(source, state, options, Summary())
                is_stale = decision == "unchanged" and state is not None and bool(state.stale)
                if decision in ("read", "litter") or is_stale:
                    yield source
                else:
                    _decide(source, state, options, summary)


# ------------------------------------------------------------------------------------------------------- discovering


def _looked_up(
    found: Iterable[Source | SourceError], database: WorkingCopy, ruleset: str, summary: Summary
) -> Iterator[list[tuple[Source, State | None]]]:
    """The sources, many at a time, each with what the database knows of it; errors and the database itself are not."""
    iterator = iter(found)
    while some := list(islice(iterator, LOOK_UP)):
        sources = [source for source in some if isinstance(source, Source) and not database.owns(source.file)]
        problems = [Problem(None, error) for error in some if isinstance(error, SourceError)]
        summary.files += len(problems)
        summary.problems += problems
        store = database.for_reading()
        states = store.states([source.path for source in sources], ruleset) if store else {}
        yield [(source, states.get(source.path)) for source in sources]


def _decide(source: Source, state: State | None, options: Options, summary: Summary) -> str:
    """What to do with a source, which is counted: "litter", "older", "unchanged" or "read"."""
    is_same = state is not None and (state.size_bytes, state.modified_at) == (source.size_bytes, source.modified_at)
    if source.litter:
        summary.pass_over(source.litter)
        return "unchanged" if is_same else "litter"
    if options.since and source.modified_at < options.since:
        summary.files += 1
        summary.older += 1
        return "older"
    if state and is_same and not state.waiting and not (state.failed and options.retry_failed):
        summary.files += state.files
        summary.skipped += state.files
        summary.failed_before += state.failed
        return "unchanged"
    summary.files += 1
    return "read"


# ----------------------------------------------------------------------------------------------------------- one run


@dataclass
class _Top:
    """A source that is being read. `pending` counts its pieces that are still to come, itself included."""

    source: Source
    pending: int = 1
    members: int = 0
    unpacked_bytes: int = 0
    is_archive: bool = False
    error: ExtractError | None = None


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a piece was found: its source, the name in it ("" for the source itself), the archives around it."""

    top: _Top
    member: str
    size_bytes: int
    depth: int = 0

    def __str__(self) -> str:
        path = self.top.source.path
        return f"{path}!/{self.member}" if self.member else path


@contextmanager
def _running(database: Path, rules: RuleSet, options: Options, progress: Progress) -> Iterator[_Run]:
    """A run; what it has at its end, also by an interruption, is written and published."""
    with (
        _spool_folder() as spool,
        WorkingCopy(database, __version__, rules.version) as copy,
    ):
        settings = worker.Settings(rules, options.extract, options.limits, spool, options.memory_bytes)
        workers = Workers(options.jobs, options.timeout, settings)
        run = _Run(copy, workers, rules, options, spool, progress)
        try:
            with workers:
                yield run
                run.finish()
        except StoreError:
            raise
        except BaseException:
            run.close(is_whole=False)
            raise
        run.close(is_whole=True)


@contextmanager
def _spool_folder() -> Iterator[str]:
    """A folder for members that cannot be opened by themselves. Raises SourceError where none can be made."""
    try:
        folder = tempfile.TemporaryDirectory(prefix="extract-")
    except OSError as error:
        message = Message(
            "there is no folder for temporary files that can be written; make room, or name one with TMPDIR",
            "没有可写的临时文件夹；请腾出空间，或用 TMPDIR 指定一个",
        )
        raise SourceError("source.no_temporary_folder", message) from error
    with folder as spool:
        yield spool


class _Run:
    """What waits to be read, what is on its way, and what waits to be written."""

    def __init__(
        self, database: WorkingCopy, workers: Workers, rules: RuleSet, options: Options, spool: str, progress: Progress
    ) -> None:
        self.summary = Summary()
        self._batch = _Batch(database, rules.version, self.summary)
        self._database = database
        self._workers = workers
        self._rules = rules
        self._options = options
        self._spool = spool
        self._progress = progress
        self._pieces: deque[tuple[Piece, _Place]] = deque()
        self._containers: deque[tuple[Nested, _Place]] = deque()
        self._stale: deque[str] = deque()
        self._users: dict[str, int] = {}  # how many pieces lie in each spooled file

    def import_sources(self, found: Iterable[Source | SourceError]) -> None:
        """Read every source that is new or has changed."""
        for sources in _looked_up(found, self._database, self._rules.version, self.summary):
            self._wait_for_reading([piece for source, state in sources for piece in self._taken(source, state)])
            while len(self._pieces) > LOW_WATER and self._step():
                pass

    def parse_again_all(self) -> None:
        """Parse every stored document again that other rules have parsed."""
        if store := self._database.for_reading():
            self._stale.extend(store.stale_documents(self._rules.version))
        self.summary.total += len(self._stale)

    def finish(self) -> None:
        """Wait for everything that has been taken."""
        while self._step():
            pass

    def close(self, *, is_whole: bool) -> None:
        """Write what waits, and publish the database; `is_whole` if nobody has interrupted."""
        self._batch.write()
        s = self.summary
        if self._options.compares and (self._batch.has_written or self._database.was_interrupted):
            self._database.for_writing().link_projects(self._rules)
        figures = Figures(s.files, s.skipped + s.duplicates, s.forms, s.failures)
        self._database.publish(figures if is_whole else None)

    def _taken(self, source: Source, state: State | None) -> Iterator[tuple[Piece, _Place]]:
        """The piece that a source is, if it has to be read; all others are settled here."""
        decision = _decide(source, state, self._options, self.summary)
        place = _Place(_Top(source), "", source.size_bytes)
        if decision == "read":
            yield Piece(source.file, source.size_bytes), place
            return
        if decision == "litter" and source.litter:
            self._note(place, None, source.litter, LITTER[source.litter])
        elif decision == "unchanged" and state and state.stale:
            self._stale.extend(state.stale)
            self.summary.total += len(state.stale)
        self.summary.done += 1

    def _wait_for_reading(self, pieces: Sequence[tuple[Piece, _Place]]) -> None:
        """Put pieces at the end of the queue, each with the documents of its size that need not be parsed again."""
        store = self._database.for_reading()
        sizes = {piece.size_bytes for piece, _ in pieces}
        known = store.finished(sizes, self._rules.version) if store and sizes else {}
        self._pieces += ((replace(piece, known=known.get(piece.size_bytes, ())), place) for piece, place in pieces)

    def _step(self) -> bool:
        """Hand out work and take in what is done; False when nothing is under way any more."""
        while self._workers.has_room and self._hand_out():
            pass
        if self._workers.is_idle:
            return False
        self._database.for_writing()  # it is made while the processes start
        for then, result in self._workers.completed():
            then(result)
        self._progress(self.summary)
        return True

    def _hand_out(self) -> bool:
        """Give one group to the workers; False when there is none. A container waits while enough pieces do."""
        if self._containers and len(self._pieces) < LOW_WATER:
            container, place = self._containers.popleft()
            self._workers.submit(worker.list_containers, [container], [partial(self._list, container, place)])
        elif self._pieces:
            self._hand_out_pieces()
        elif self._stale:
            group = [self._stale.popleft() for _ in range(min(GROUP_PIECES, len(self._stale)))]
            store = self._database.for_reading()
            documents = [Stored(*row) for row in store.stored(group)] if store else []
            self._workers.submit(worker.parse_stored, documents, [partial(self._parsed_again, d) for d in documents])
        return bool(self._pieces or self._containers or self._stale)

    def _hand_out_pieces(self) -> None:
        """Give out a group; towards the end they become small, so that all processes are done at the same time."""
        group: list[tuple[Piece, _Place]] = []
        most = min(GROUP_PIECES, 1 + len(self._pieces) // (2 * self._options.jobs))
        size = 0
        while self._pieces and len(group) < most and size < GROUP_BYTES:
            group.append(self._pieces.popleft())
            size += group[-1][0].size_bytes
        then = [partial(self._settle, piece, place) for piece, place in group]
        self._workers.submit(worker.read_pieces, [piece for piece, _ in group], then)

    # ------------------------------------------------------------------------------------------------------ outcomes

    def _settle(self, piece: Piece, place: _Place, outcome: Outcome | Fault) -> None:
        """Take in what a piece gave."""
        if isinstance(outcome, Fault):
            then = partial(self._settle_fault, piece, place, outcome)
            self._workers.submit(worker.hash_pieces, [piece], [then])
            return
        if isinstance(outcome, Nested):
            self._settle_nested(piece, place, outcome)
            return
        if isinstance(outcome, Refused):
            self._refuse(place, outcome.error)
        elif isinstance(outcome, Known):
            self.summary.duplicates += 1
            self._note(place, outcome.document_id, "document")
        else:
            self._batch.add(outcome, str(place))
            self._note(place, outcome.document_id, "document" if outcome.size_bytes else "empty")
        self._release(piece.file)
        self._done(place)

    def _settle_fault(self, piece: Piece, place: _Place, fault: Fault, document_id: str | Fault) -> None:
        """Store what could not be parsed as a failed document, or as a file without one if its bytes were the fault."""
        error = ReadError(fault.code, fault.message)
        if isinstance(document_id, str) and document_id:
            extraction = Extraction(document_id, place.size_bytes, self._rules.version, "failed", error=error)
            self._batch.add(worker.extracted(extraction), str(place), fault.traceback)
            self._note(place, document_id, fault.code, fault.message)
        else:
            self._refuse(place, error, fault.traceback)
        self._release(piece.file)
        self._done(place)

    def _settle_nested(self, piece: Piece, place: _Place, container: Nested) -> None:
        if container.file != piece.file:
            self._hold(container.file)
            self._release(piece.file)
        if place.depth >= self._options.limits.depth:
            message = Message(
                f"lies in {place.depth} archives within each other, and is not opened; unpack it by hand",
                f"在 {place.depth} 层压缩包之内，不再打开，请手工解压",
            )
            self._refuse(place, SourceError("source.too_deep", message))
            self._release(container.file)
            self._done(place)
            return
        self._containers.append((container, place))

    def _list(self, container: Nested, place: _Place, listing: Listing | Fault) -> None:
        """Take in the members of a container."""
        if isinstance(listing, Fault):
            self._close_container(container, place, ReadError(listing.code, listing.message))
            return
        top, limits, error = place.top, self._options.limits, listing.error
        names: set[str] = set()
        pieces: list[tuple[Piece, _Place]] = []
        for listed in listing.members:
            if top.members == limits.members:
                message = Message(
                    f"holds more than {limits.members:,} members, of which the first are read; split it",
                    f"超过 {limits.members:,} 个文件，只读前面的；请拆分",
                )
                error = SourceError("source.too_many", message)
                break
            top.members += 1
            top.unpacked_bytes += listed.size_bytes
            inside = _Place(top, _member_name(place, listed, names), listed.size_bytes, place.depth + 1)
            pieces += self._taken_member(listed, inside)
        self._wait_for_reading(pieces)
        if container.kind in TRANSPARENT and listing.members and not error:
            self._release(container.file)
            self._done(place)
        else:
            self._close_container(container, place, error)

    def _taken_member(self, listed: Listed, place: _Place) -> Iterator[tuple[Piece, _Place]]:
        """The piece that a member is, if it has to be read; all others are settled here."""
        litter = litter_kind(listed.name)
        place.top.pending += 1
        if isinstance(listed.content, Piece):
            self._hold(listed.content.file)
            if not litter and place.top.unpacked_bytes <= self._options.limits.archive_bytes:
                self.summary.files += 1
                self.summary.total += 1
                yield listed.content, place
                return
            self._release(listed.content.file)
            error: ExtractError = SourceError(
                "source.bomb",
                Message(
                    "is not read, for the archive unpacks to more than any does; if you trust it, unpack it by hand",
                    "未读取，因为压缩包解压后过大；如确认可信，请手工解压",
                ),
            )
        else:
            error = listed.content
            litter = litter or (_status(error) if _status(error) in LITTER else None)
        self.summary.total += 1
        if litter:
            self.summary.pass_over(litter)
            self._note(place, None, litter, LITTER[litter])
        else:
            self.summary.files += 1
            self._refuse(place, error)
        self._done(place)

    def _close_container(self, container: Nested, place: _Place, error: ExtractError | None) -> None:
        """Note the container itself; a source that is one is noted when all of its members are."""
        self.summary.files -= 1
        self.summary.archives += 1
        if error:
            self.summary.problems.append(Problem(str(place), error))
        if place.member:
            self._note(place, None, _status(error) if error else "archive", error.message if error else None)
        else:
            place.top.is_archive, place.top.error = True, error
        self._release(container.file)
        self._done(place)

    def _parsed_again(self, document: Stored, outcome: Extracted | Fault) -> None:
        """Take in a stored document that was parsed again; one that could not be keeps what older rules gave."""
        if isinstance(outcome, Fault):
            error = ReadError(outcome.code, outcome.message)
            self.summary.problems.append(Problem(f"document {document.document_id}", error, outcome.traceback))
        else:
            self._batch.add(outcome, None)
            self._batch.write_if_full()
        self.summary.done += 1

    def _refuse(self, place: _Place, error: ExtractError, traceback: str = "") -> None:
        self.summary.problems.append(Problem(str(place), error, traceback))
        self._note(place, None, _status(error), error.message)

    def _note(self, place: _Place, document_id: str | None, status: str, error: Message | None = None) -> None:
        source = place.top.source
        size = place.size_bytes if place.member else source.size_bytes  # not that of what a .gz unpacks to
        file = File(
            source.path,
            place.member,
            document_id,
            status,
            error.en if error else None,
            error.zh if error else None,
            size,
            source.modified_at,
        )
        self._batch.add_file(file)

    def _done(self, place: _Place) -> None:
        """Count a piece as done, and its source, when nothing of it is left."""
        self.summary.done += 1
        top = place.top
        top.pending -= 1
        if top.pending == 0 and top.is_archive:
            error = top.error
            source = _Place(top, "", top.source.size_bytes)
            self._batch.complete(top.source.path)
            self._note(source, None, _status(error) if error else "archive", error.message if error else None)

    def _hold(self, file: str) -> None:
        if file.startswith(self._spool):
            self._users[file] = self._users.get(file, 0) + 1

    def _release(self, file: str) -> None:
        if file in self._users:
            self._users[file] -= 1
            if not self._users[file]:
                del self._users[file]
                os.unlink(file)


def _member_name(place: _Place, listed: Listed, names: set[str]) -> str:
    """The member's name in its source; of several that are called the same, the later ones get a number."""
    if not listed.name:
        return place.member
    name, number = listed.name, 1
    while name in names:
        number += 1
        name = f"{listed.name}#{number}"
    names.add(name)
    return f"{place.member}!/{name}" if place.member else name


def _status(error: ExtractError) -> str:
    """The status of a file that this error is the reason for."""
    return error.code.removeprefix("source.")


class _Batch:
    """What has been extracted and not yet written."""

    def __init__(self, database: WorkingCopy, ruleset: str, summary: Summary) -> None:
        self._database = database
        self._ruleset = ruleset
        self._summary = summary
        self.has_written = False
        self._start()

    def _start(self) -> None:
        self._documents: dict[str, tuple[Extracted, Problem | None, bool]] = {}
        self._files: list[File] = []
        self._complete: dict[str, datetime] = {}
        self._bytes = 0

    def add(self, document: Extracted, path: str | None, traceback: str = "") -> None:
        """Add a document that was found at `path`, None where it comes from the database."""
        problem = Problem(path, document.error, traceback) if document.error else None
        if document.document_id in self._documents:
            self._summary.duplicates += 1
            return
        self._documents[document.document_id] = (document, problem, path is None)
        self._bytes += len(document.rows)
        self._summary.forms += document.forms  # at once, for whoever watches

    def add_file(self, file: File) -> None:
        """Add where something was found; writes the batch if it is full, so that a document is never without a file."""
        self._files.append(file)
        self.write_if_full()

    def write_if_full(self) -> None:
        """Write all of it, if it is enough to be worth a transaction."""
        if max(len(self._files), len(self._documents)) >= BATCH_DOCUMENTS or self._bytes >= BATCH_BYTES:
            self.write()

    def complete(self, path: str) -> None:
        """Note that nothing of the archive at `path` is left to read."""
        self._complete[path] = self._database.started_at

    def write(self) -> None:
        """Write all of it in one transaction, and count it."""
        if not (self._files or self._documents or self._complete):
            return
        self.has_written = True
        rows = {document_id: document.rows for document_id, (document, _, _) in self._documents.items()}
        new = self._database.for_writing().write(rows, self._files, self._complete, self._ruleset)
        for document_id, (document, problem, is_stored) in self._documents.items():
            if document_id in new:
                self._count(document, problem, is_stored=is_stored)
            else:
                self._summary.duplicates += 1
                self._summary.forms -= document.forms
        self._start()

    def _count(self, document: Extracted, problem: Problem | None, *, is_stored: bool) -> None:
        summary = self._summary
        summary.error_findings += document.error_findings
        if is_stored:
            summary.parsed_again += 1
            return
        summary.documents += 1
        summary.statuses[document.status] = summary.statuses.get(document.status, 0) + 1
        if problem:
            summary.problems.append(problem)
