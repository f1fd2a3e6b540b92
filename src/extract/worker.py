"""The worker: reads and parses files in a process of its own, which may time out, run out of memory or crash.

What comes in and goes out is small: pieces (where bytes lie) and outcomes (rows ready for the writer). The functions at
the head are what `isolation` calls in the process; `start` prepares it.
"""

from __future__ import annotations

import gc
import io
import multiprocessing
import os
import tempfile
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import wait
from multiprocessing.synchronize import Semaphore
from pathlib import Path
from threading import Thread
from typing import BinaryIO, TypeVar

from extract.errors import ExtractError, SourceError
from extract.language import Message
from extract.layout import unpack
from extract.pipeline import Extraction, document_id_of, extract_document
from extract.rows import packed, rows_of
from extract.rules import RuleSet
from extract.sources.containers import CONTAINERS, container_kind, reading
from extract.sources.member import MIB, Limits, Member, unreachable

Extract = Callable[[bytes, RuleSet], Extraction]
Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Settings:
    """What every worker of an import shares. `memory_bytes` is what a worker may take beyond what it starts with."""

    rules: RuleSet
    extract: Extract
    limits: Limits
    spool: str
    memory_bytes: int


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes to read: the file at `file`, or the member of number `member` in it, a container of `kind`.

    `known` are the documents of the same size that need not be parsed again.
    """

    file: str
    size_bytes: int
    kind: str | None = None
    member: int | None = None
    known: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stored:
    """A document out of the database, to be parsed under new rules: its text, and what `layout` made of the rest."""

    document_id: str
    size_bytes: int
    text: str
    layout: bytes


@dataclass(frozen=True, slots=True)
class Extracted:
    """A document that was parsed; `rows` are those of its tables, packed."""

    document_id: str
    size_bytes: int
    status: str
    forms: int
    error_findings: int
    error: ExtractError | None
    rows: bytes


@dataclass(frozen=True, slots=True)
class Known:
    """A document that was parsed before."""

    document_id: str


@dataclass(frozen=True, slots=True)
class Nested:
    """A container, lying at `file`."""

    kind: str
    file: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A file or member that gave no document, with the reason; `document_id` where its bytes could be read."""

    error: SourceError
    document_id: str | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A member of a container: its name there, and the piece to read or the reason why not."""

    name: str
    size_bytes: int
    content: Piece | SourceError


@dataclass(frozen=True, slots=True)
class Listing:
    """The members of a container; `error` where it could not be read to its end."""

    members: list[Listed]
    error: SourceError | None = None


Outcome = Extracted | Known | Nested | Refused


# ------------------------------------------------------------------------------------------------ called from outside


def leaving_nothing(function: Callable[[Sequence[Item]], list[Result]], items: Sequence[Item]) -> list[Result]:
    """What `function` makes of the items. What took too much memory is gone afterwards, or the next ones had none."""
    try:
        return function(items)
    except MemoryError as error:
        traceback.clear_frames(error.__traceback__)
        raise


def read_pieces(pieces: Sequence[Piece]) -> list[Outcome]:
    """What each piece gives. Raises whatever the parser raises, which is for the supervisor to lay on one piece."""
    return [_outcome(piece) for piece in pieces]


def hash_pieces(pieces: Sequence[Piece]) -> list[str]:
    """The document_id of each piece, read and not parsed."""
    contents = [_read(piece) for piece in pieces]
    return [document_id_of(content) if isinstance(content, bytes) else "" for content in contents]


def list_containers(containers: Sequence[Nested]) -> list[Listing]:
    """The members of each container; those that cannot be opened by themselves lie in the spool folder afterwards."""
    return [_listing(container) for container in containers]


def parse_stored(documents: Sequence[Stored]) -> list[Extracted]:
    """What the rules make of each stored document."""
    rules = _settings().rules
    return [
        extracted(extract_document(d.document_id, d.size_bytes, unpack(d.layout, d.text), rules)) for d in documents
    ]


def _outcome(piece: Piece) -> Outcome:
    try:
        content = _read(piece)
    except SourceError as error:
        return Refused(error)
    if isinstance(content, Nested):
        return content
    document_id = document_id_of(content)
    if document_id in piece.known:
        return Known(document_id)
    settings = _settings()
    return extracted(settings.extract(content, settings.rules))


def extracted(extraction: Extraction) -> Extracted:
    """An extraction as it travels to the writer."""
    return Extracted(
        extraction.document_id,
        extraction.size_bytes,
        extraction.status,
        len(extraction.forms),
        sum(finding.severity == "error" for form in extraction.forms for finding in form.findings),
        extraction.error,
        packed(rows_of(extraction)),
    )


# ------------------------------------------------------------------------------------------------------------ reading


def _read(piece: Piece) -> bytes | Nested:
    """The bytes of a document, or the container that the piece is. Raises SourceError."""
    limit = _settings().limits.member_bytes
    if piece.member is not None and piece.kind is not None:
        with reading(piece.kind), _member(piece.file, piece.kind, piece.member).open() as stream:
            data = stream.read(limit + 1)
            if len(data) <= limit:
                kind = container_kind(io.BytesIO(data))
                return Nested(kind, _spooled(io.BytesIO(data))) if kind else data
            return _large_container(_spooled(stream, data))
    try:
        with open(piece.file, "rb") as file:
            if kind := container_kind(file):
                return Nested(kind, piece.file)
            if os.fstat(file.fileno()).st_size > limit:  # it may have grown since it was found
                raise _too_large(limit)
            file.seek(0)
            return file.read()
    except OSError as error:
        raise unreachable(error) from error


def _large_container(file: str) -> Nested:
    with open(file, "rb") as content:
        kind = container_kind(content)
    if kind is None:
        os.unlink(file)
        raise _too_large(_settings().limits.member_bytes)
    return Nested(kind, file)


def _too_large(limit: int) -> SourceError:
    return SourceError(
        "source.too_large",
        Message(
            f"is larger than {limit // MIB} MB, as no form is; split it or leave it out",
            f"大于 {limit // MIB} MB，没有表会这么大；请拆分或剔除",
        ),
    )


_open_members: dict[str, list[Member]] = {}
"""The members of the container that was opened last; the next piece is nearly always from the same one."""


def _member(file: str, kind: str, number: int) -> Member:
    if file not in _open_members:
        _open_members.clear()
        errors: list[SourceError] = []
        members = list(_readable_members(file, kind, errors))
        if errors and number >= len(members):  # it can be read no longer as far as it was listed
            raise errors[0]
        _open_members[file] = members
    return _open_members[file][number]


def _readable_members(file: str, kind: str, errors: list[SourceError]) -> Iterator[Member]:
    """The members up to the first fault of the container, which goes into `errors`."""
    try:
        with reading(kind):
            yield from CONTAINERS[kind].members(Path(file), _settings().limits)
    except SourceError as error:
        errors.append(error)


# ----------------------------------------------------------------------------------------------------------- listings


def _listing(container: Nested) -> Listing:
    limits = _settings().limits
    errors: list[SourceError] = []
    listed: list[Listed] = []
    has_random_access = CONTAINERS[container.kind].RANDOM_ACCESS
    bytes_left = limits.archive_bytes
    for number, member in enumerate(_readable_members(container.file, container.kind, errors)):
        if number == limits.members:
            message = Message(
                f"holds more than {limits.members:,} members, of which the first are read; split it",
                f"超过 {limits.members:,} 个文件，只读前面的；请拆分",
            )
            errors.append(SourceError("source.too_many", message))
            break
        content: Piece | SourceError
        if member.refusal:
            content = member.refusal
        elif has_random_access:
            content = Piece(container.file, member.size_bytes or 0, container.kind, number)
        else:
            content = _spooled_piece(container, member, bytes_left)
            bytes_left -= content.size_bytes if isinstance(content, Piece) else 0
        size = content.size_bytes if isinstance(content, Piece) else member.size_bytes or 0
        listed.append(Listed(member.name, size, content))
    return Listing(listed, errors[0] if errors else None)


def _spooled_piece(container: Nested, member: Member, limit: int) -> Piece | SourceError:
    """A copy of the member in the spool folder."""
    limits = _settings().limits
    packed = os.path.getsize(container.file)
    largest = min(limit, max(limits.ratio_from, limits.ratio * packed))
    try:
        with reading(container.kind), member.open() as stream:
            file = _spooled(stream, most=largest + 1)
    except SourceError as error:
        return error
    size = os.path.getsize(file)
    if size > largest:
        os.unlink(file)
        return SourceError(
            "source.bomb",
            Message(
                f"unpacks to more than {largest:,} bytes, as no document does; do not trust it",
                f"解压后超过 {largest:,} 字节，没有文档会如此；请勿信任",
            ),
        )
    return Piece(file, size)


def _spooled(stream: BinaryIO, head: bytes = b"", most: int | None = None) -> str:
    """The path of a new file in the spool folder that holds `head` and the rest of `stream`, `most` bytes of it."""
    most = _settings().limits.archive_bytes if most is None else most
    with tempfile.NamedTemporaryFile(dir=_settings().spool, delete=False) as file:
        file.write(head)
        while most > 0 and (data := stream.read(min(MIB, most))):
            file.write(data)
            most -= len(data)
    return file.name


# ------------------------------------------------------------------------------------------------------- the process


_started: list[Settings] = []
_OBJECTS_OF_A_DOCUMENT = 5_000


def _settings() -> Settings:
    return _started[0]


def start(settings: Settings, ready: Semaphore) -> None:
    """Prepare this process: the settings, a limit of memory, and an end with the process that started it."""
    _started[:] = [settings]
    collect_seldom()
    _limit_memory(settings.memory_bytes)
    Thread(target=_end_with_parent, daemon=True).start()
    ready.release()


def collect_seldom() -> None:
    """Leave rules and modules, which live to the end, out of collections, and collect about once a document."""
    gc.freeze()
    gc.set_threshold(_OBJECTS_OF_A_DOCUMENT)


def _limit_memory(more_bytes: int) -> None:
    """Let this process take no more than `more_bytes` beyond what it has, where the system can hold it to that."""
    status = Path("/proc/self/statm")
    if status.exists():
        import resource

        now = int(status.read_text("ascii").split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (now + more_bytes, resource.RLIM_INFINITY))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
