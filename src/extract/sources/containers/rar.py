"""RAR archives, with the extra `[rar]` (rarfile) and an installed tool that unpacks them: unrar, unar, 7z or bsdtar."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, cast

from extract.errors import SourceError
from extract.sources.member import DAMAGE, Limits, Member, decoded_name, refused

KIND = "rar"
RANDOM_ACCESS = False
ERRORS = DAMAGE


def accepts(file: BinaryIO, head: bytes) -> bool:
    """Whether `file` is a RAR archive of version 1.5 to 5."""
    return head.startswith(b"Rar!\x1a\x07")


def members(path: Path, limits: Limits) -> Iterator[Member]:
    """The files of the archive, each unpacked by a call of the tool."""
    if importlib.util.find_spec("rarfile") is None:
        message = 'is a RAR archive; install what reads it: pip install "declaration-extract[rar]"'
        raise SourceError("source.missing_extra", message)
    import rarfile  # type: ignore[import-untyped]  # it comes without type hints

    try:
        archive = rarfile.RarFile(path)
        if archive.needs_password() and not archive.infolist():
            raise rarfile.PasswordRequired("its directory is encrypted")
    except rarfile.PasswordRequired as error:
        message = "is a RAR archive protected by a password; unpack it and import the files"
        raise SourceError("source.encrypted", message) from error
    except rarfile.Error as error:
        message = (
            f"the RAR archive cannot be opened ({error}); it is damaged or one of several parts, so fetch all again"
        )
        raise SourceError("source.broken", message) from error
    with archive:
        for info in archive.infolist():
            if not info.isdir():
                yield _member(archive, info, limits)


def _member(archive: Any, info: Any, limits: Limits) -> Member:
    name, size = _name(info), info.file_size or 0
    if info.needs_password():
        return refused(name, size, "source.encrypted", "is protected by a password; unpack it and import the files")
    if not info.is_file():
        return refused(name, size, "source.not_a_file", "is a link; nothing is read through it")
    if size > limits.ratio_from and size > limits.ratio * (info.compress_size or 1):
        message = f"unpacks to {size:,} bytes from {info.compress_size:,}, as no document does; do not trust it"
        return refused(name, size, "source.bomb", message)
    return Member(name, size, partial(_open, archive, info))


def _open(archive: Any, info: Any) -> BinaryIO:
    import rarfile

    try:
        return cast(BinaryIO, archive.open(info))
    except rarfile.RarCannotExec as error:
        message = (
            "is packed in a RAR archive, and no tool is installed that unpacks it; install unrar, unar, 7z or bsdtar"
        )
        raise SourceError("source.missing_extra", message) from error
    except rarfile.Error as error:
        message = f"cannot be unpacked ({error}); the RAR archive is damaged, so fetch it again"
        raise SourceError("source.broken", message) from error


def _name(info: Any) -> str:
    """The name as packed; where the archive has no Unicode name, its bytes decide."""
    raw = info.orig_filename
    is_plain = isinstance(raw, bytes) and not any(b > 127 for b in info.filename.encode("utf-8", "replace"))
    if isinstance(raw, bytes) and not is_plain and _has_no_unicode(info):
        return decoded_name(raw)
    return cast(str, info.filename)


def _has_no_unicode(info: Any) -> bool:
    """Whether the name is of RAR 3 or older without its Unicode form, which flag 0x0200 announces."""
    return getattr(info, "extract_version", 50) is not None and info.extract_version < 50 and not info.flags & 0x0200
