"""RAR archives, with the extra `[rar]` (rarfile) and an installed tool that unpacks them: unrar, unar, 7z or bsdtar."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, cast

from extract.errors import SourceError
from extract.language import Message
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
        message = Message(
            'is a RAR archive; install what reads it: pip install "declaration-extract[rar]"',
            '是 RAR 压缩包，请安装读取组件：pip install "declaration-extract[rar]"',
        )
        raise SourceError("source.missing_extra", message)
    import rarfile  # type: ignore[import-untyped]  # it comes without type hints

    try:
        archive = rarfile.RarFile(path)
        if archive.needs_password() and not archive.infolist():
            raise rarfile.PasswordRequired("its directory is encrypted")
    except rarfile.PasswordRequired as error:
        message = Message(
            "is a RAR archive protected by a password; unpack it and import the files",
            "是设有密码的 RAR 压缩包，请解压后再导入",
        )
        raise SourceError("source.encrypted", message) from error
    except rarfile.Error as error:
        message = Message(
            f"the RAR archive cannot be opened ({error}); it is damaged or one of several parts, so fetch all again",
            f"RAR 压缩包打不开（{error}）；已损坏或只是分卷之一，请全部重新获取",
        )
        raise SourceError("source.broken", message) from error
    with archive:
        for info in archive.infolist():
            if not info.isdir():
                yield _member(archive, info, limits)


def _member(archive: Any, info: Any, limits: Limits) -> Member:
    name, size = _name(info), info.file_size or 0
    if info.needs_password():
        return refused(
            name,
            size,
            "source.encrypted",
            Message("is protected by a password; unpack it and import the files", "设有密码，请解压后再导入"),
        )
    if not info.is_file():
        return refused(
            name,
            size,
            "source.not_a_file",
            Message("is a link; nothing is read through it", "是链接，不通过它读取内容"),
        )
    if size > limits.ratio_from and size > limits.ratio * (info.compress_size or 1):
        message = Message(
            f"unpacks to {size:,} bytes from {info.compress_size:,}, as no document does; do not trust it",
            f"由 {info.compress_size:,} 字节解压出 {size:,} 字节，没有文档会如此；请勿信任",
        )
        return refused(name, size, "source.bomb", message)
    return Member(name, size, partial(_open, archive, info))


def _open(archive: Any, info: Any) -> BinaryIO:
    import rarfile

    try:
        return cast(BinaryIO, archive.open(info))
    except rarfile.RarCannotExec as error:
        message = Message(
            "is packed in a RAR archive, and no tool is installed that unpacks it; install unrar, unar, 7z or bsdtar",
            "在 RAR 压缩包中，但没有安装解压工具；请安装 unrar、unar、7z 或 bsdtar",
        )
        raise SourceError("source.missing_extra", message) from error
    except rarfile.Error as error:
        message = Message(
            f"cannot be unpacked ({error}); the RAR archive is damaged, so fetch it again",
            f"无法解包（{error}）；RAR 压缩包已损坏，请重新获取",
        )
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
