"""TAR archives, not compressed (`compressed` takes gzip and its like off first).

Specification: POSIX.1-2017, pax interchange format; names without a pax header are bytes of unknown encoding.
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from extract.language import Message
from extract.sources.member import DAMAGE, Limits, Member, decoded_name, refused

KIND = "tar"
RANDOM_ACCESS = True
ERRORS = (*DAMAGE, tarfile.TarError)

_BLOCK = 512
_CHECKSUM = slice(148, 156)


def accepts(file: BinaryIO, head: bytes) -> bool:
    """Whether `file` begins with a TAR header."""
    return is_header(head)


def is_header(head: bytes) -> bool:
    """Whether `head` begins with a TAR header, which is told by its checksum: old ones have no signature."""
    block = head[:_BLOCK]
    if len(block) < _BLOCK or not block[0]:
        return False
    try:
        claimed = int(block[_CHECKSUM].strip(b" \0"), 8)
    except ValueError:
        return False
    return claimed == sum(block[:148]) + 8 * 32 + sum(block[156:])


def members(path: Path, limits: Limits) -> Iterator[Member]:
    """The files of the archive; links are refused, for what they point to is a member itself or not in the archive."""
    archive = tarfile.open(path, "r:", encoding="utf-8", errors="surrogateescape")  # noqa: SIM115
    yield from (_member(archive, info) for info in archive if not info.isdir())
    _refuse_more(path, archive.offset)


def _refuse_more(path: Path, end: int) -> None:
    """Raises ReadError unless zeros alone follow the last member: `tarfile` stops at whatever is no header."""
    with path.open("rb") as file:
        file.seek(end)
        if not file.peek(1):
            raise tarfile.ReadError("it has no end")
        while data := file.read(2**20):
            if data.strip(b"\0"):
                raise tarfile.ReadError(f"from byte {end:,} on it is none")


def _member(archive: tarfile.TarFile, info: tarfile.TarInfo) -> Member:
    name = decoded_name(info.name.encode("utf-8", "surrogateescape"))
    if not info.isreg():
        return refused(
            name,
            None,
            "source.not_a_file",
            Message("is a link or device; nothing is read through it", "是链接或设备，不通过它读取内容"),
        )
    return Member(name, info.size, lambda: cast(BinaryIO, archive.extractfile(info)))
