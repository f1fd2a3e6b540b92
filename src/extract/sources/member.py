"""Members: the files inside an archive or e-mail, with names that are right and limits that no archive exceeds."""

from __future__ import annotations

import lzma
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from extract.errors import SourceError
from extract.language import Message

MIB = 2**20

DAMAGE: tuple[type[Exception], ...] = (
    *(OSError, EOFError, ValueError, LookupError, ArithmeticError, AttributeError, AssertionError),
    *(struct.error, zlib.error, lzma.LZMAError),
)
"""What the libraries that unpack raise at damaged bytes; each kind of archive adds its own."""


def unreachable(error: OSError, path: str = "") -> SourceError:
    """The system's refusal to open or read a file; it is tried again by the next import."""
    message = Message(
        f"{error.strerror}; see that it can be reached and read, and that the disk is not full",
        f"{error.strerror}；请确认文件可以访问和读取，且磁盘未满",
    )
    return SourceError("source.unreadable", message.at(path) if path else message)


@dataclass(frozen=True, slots=True)
class Limits:
    """What is unpacked at most. Real archives stay far below; a bomb costs no more than this.

    `member_bytes` is the largest document, which is read into memory; `archive_bytes` is all that one file unpacks to,
    archives within it counted again. `ratio` is unpacked to packed size and only counts beyond `ratio_from` bytes, for
    small files of blanks pack well. `depth` is the number of archives within each other, `members` that in one file.
    """

    member_bytes: int = 128 * MIB
    archive_bytes: int = 64 * 1024 * MIB
    ratio: int = 250
    ratio_from: int = 16 * MIB
    depth: int = 8
    members: int = 200_000


@dataclass(frozen=True, slots=True)
class Member:
    """One file inside a container.

    `name` is as the container has it, for telling and never for writing; "" stands for the container's own place (the
    tar inside a .tar.gz). `size_bytes` is the unpacked size that is claimed, None where nothing claims one. `refusal`
    says why it cannot be read; otherwise `open` gives its bytes, until the next member is asked for.
    """

    name: str
    size_bytes: int | None
    open: Callable[[], BinaryIO]
    refusal: SourceError | None = None


def refused(name: str, size_bytes: int | None, code: str, message: Message) -> Member:
    """A member that cannot be read. `message` says what was found and what to do."""
    error = SourceError(code, message)

    def raise_error() -> BinaryIO:
        raise error

    return Member(name, size_bytes, raise_error, error)


def decoded_name(raw: bytes) -> str:
    r"""A name from bytes of unknown encoding: UTF-8 where it is that strictly, then GB18030, then byte by byte.

    >>> decoded_name("司法局/表.doc".encode("gbk")), decoded_name("司法局/表.doc".encode())
    ('司法局/表.doc', '司法局/表.doc')
    >>> decoded_name(b"\xff\xfe.doc")
    'ÿþ.doc'
    """
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1")
