"""Containers: archives, compressed files and e-mails, whose members are files again.

A container is one module of this folder with five names: `KIND`; `accepts(file, head)`, whether its bytes are of this
kind, `head` being the first HEAD of them; `members(path, limits)`, its members in their order; `ERRORS`, what broken
ones raise while they are read; and `RANDOM_ACCESS`, whether `members` is cheap and each can be opened by itself, in any
order. A new kind of archive is one new file here.
"""

from __future__ import annotations

import errno
import importlib
import pkgutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from extract.errors import SourceError
from extract.language import Message
from extract.sources.member import Limits, Member, unreachable

HEAD = 4096


class Container(Protocol):
    """What each module of this folder offers."""

    KIND: str
    RANDOM_ACCESS: bool
    ERRORS: tuple[type[Exception], ...]

    def accepts(self, file: BinaryIO, head: bytes) -> bool:
        """Whether `file` is of this kind; its position is of no matter."""

    def members(self, path: Path, limits: Limits) -> Iterator[Member]:
        """The members of the file at `path`. Raises ERRORS, and SourceError where it is encrypted or needs an extra."""


def _discover() -> tuple[Container, ...]:
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return tuple(cast(Container, importlib.import_module(f"{__name__}.{name}")) for name in names)


CONTAINERS: dict[str, Container] = {container.KIND: container for container in _discover()}


TRANSPARENT = frozenset({"compressed"})
"""Kinds that hold one file, which stands in their own place: `form.doc.gz` is a form."""


def container_kind(file: BinaryIO) -> str | None:
    """The kind of container that `file` is, None for a document."""
    file.seek(0)
    head = file.read(HEAD)
    return next((kind for kind, container in CONTAINERS.items() if container.accepts(file, head)), None)


@contextmanager
def reading(kind: str) -> Iterator[None]:
    """Faults of a container while it or a member is read, as SourceErrors."""
    try:
        yield
    except CONTAINERS[kind].ERRORS as error:
        if isinstance(error, OSError) and error.strerror and error.errno != errno.EINVAL:
            raise unreachable(error) from error  # the system's, not the archive's; EINVAL is a place before its begin
        message = Message(
            f"cannot be unpacked ({error}); the archive is damaged or cut off, so fetch it again",
            f"无法解包（{error}）；压缩包已损坏或不完整，请重新获取",
        )
        raise SourceError("source.broken", message) from error
