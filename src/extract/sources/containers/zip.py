"""ZIP archives. Names come in the encoding of whoever packed them, decided member by member.

Specification: PKWARE APPNOTE 6.3.10: 4.4.4 (bit 0 encrypted, bit 11 UTF-8), 4.6.9 (Info-ZIP Unicode Path Extra Field).
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, cast

from extract.language import Message
from extract.sources.member import DAMAGE, Limits, Member, decoded_name, refused

KIND = "zip"
RANDOM_ACCESS = True

_ENCRYPTED, _UTF8 = 0x1, 0x800
_UNICODE_PATH = 0x7075
_LOCAL_HEADER = struct.Struct("<4s22xHH")
_CENTRAL_HEADER = struct.Struct("<4s4xH18xHHH12x")
_END = struct.Struct("<4s6xHLL2x")
_PACKED = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA})
ERRORS: tuple[type[Exception], ...] = (*DAMAGE, zipfile.BadZipFile, NotImplementedError)

# Office files are packages, not archives: these stand at their root.
_PACKAGE_PARTS = frozenset({"[Content_Types].xml", "mimetype", "META-INF/manifest.xml"})


def accepts(file: BinaryIO, head: bytes) -> bool:
    """Whether `file` is a ZIP and no Office file; a broken one counts unless it looks like Word's.

    It may stand behind other bytes, in a program that unpacks itself above all.
    """
    if not head.startswith((b"PK\x03\x04", b"PK\x05\x06")) and not _ends_with_directory(file):
        return False
    length = int.from_bytes(head[26:28], "little")
    if head[30 : 30 + length].decode("latin-1") in _PACKAGE_PARTS:  # as office programs write them
        return False
    try:
        with zipfile.ZipFile(_Mended(file)) as archive:
            return _PACKAGE_PARTS.isdisjoint(archive.NameToInfo)
    except ERRORS:
        return b"[Content_Types].xml" not in head and b"word/" not in head


def _ends_with_directory(file: BinaryIO) -> bool:
    """Whether the last bytes are the record that ends a ZIP, and what it counts is there."""
    if file.seek(0, io.SEEK_END) < _END.size:
        return False
    file.seek(-_END.size, io.SEEK_END)
    signature, members, length, offset = _END.unpack(file.read(_END.size))
    return bool(signature == b"PK\x05\x06" and members > 0 and length + offset + _END.size <= file.tell())


def members(path: Path, limits: Limits) -> Iterator[Member]:
    """The files of the archive; folders have none of their own."""
    file = path.open("rb")
    archive = zipfile.ZipFile(_Mended(file))
    return (_member(file, info, limits) for info in archive.infolist() if not info.filename.endswith("/"))


def _member(file: BinaryIO, info: zipfile.ZipInfo, limits: Limits) -> Member:
    name, size = _name(info) or "unnamed", info.file_size  # no name would be the place of the archive itself
    if info.flag_bits & _ENCRYPTED:
        return refused(
            name,
            size,
            "source.encrypted",
            Message("is protected by a password; unpack it and import the files", "设有密码，请解压后再导入"),
        )
    if info.compress_type not in _PACKED:
        message = Message(
            f"is packed by method {info.compress_type}, which is not known; unpack it and import the files",
            f"用未知的方法 {info.compress_type} 压缩，请解压后再导入",
        )
        return refused(name, size, "source.unsupported", message)
    if size > limits.ratio_from and size > limits.ratio * info.compress_size:
        message = Message(
            f"unpacks to {size:,} bytes from {info.compress_size:,}, as no document does; do not trust it",
            f"由 {info.compress_size:,} 字节解压出 {size:,} 字节，没有文档会如此；请勿信任",
        )
        return refused(name, size, "source.bomb", message)
    return Member(name, size, partial(_open, file, info))


def _open(file: BinaryIO, info: zipfile.ZipInfo) -> BinaryIO:
    """The member's bytes. Its local header only tells where they begin: names there may differ, and do no harm."""
    file.seek(info.header_offset)
    signature, name_length, extra_length = _LOCAL_HEADER.unpack(file.read(_LOCAL_HEADER.size))
    if signature != b"PK\x03\x04":
        raise zipfile.BadZipFile("there is no member where the directory has one")
    file.seek(name_length + extra_length, io.SEEK_CUR)
    return cast(BinaryIO, zipfile.ZipExtFile(file, "r", info))


# -------------------------------------------------------------------------------------------------------------- names


def _name(info: zipfile.ZipInfo) -> str:
    if info.flag_bits & _UTF8:
        return info.orig_filename
    raw = info.orig_filename.encode("cp437")
    return _unicode_path(info.extra, raw) or decoded_name(raw)


class _Mended:
    """A file whose ZIP directory calls no name UTF-8 that is none; zipfile refuses the whole archive for one such."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        return _without_wrong_flags(data) if data.startswith(b"PK\x01\x02") else data


def _without_wrong_flags(directory: bytes) -> bytes:
    mended, position = bytearray(directory), 0
    while position + _CENTRAL_HEADER.size <= len(directory):
        signature, flags, name, extra, comment = _CENTRAL_HEADER.unpack_from(directory, position)
        if signature != b"PK\x01\x02":
            break
        start = position + _CENTRAL_HEADER.size
        if flags & _UTF8 and not _is_utf8(directory[start : start + name]):
            struct.pack_into("<H", mended, position + 8, flags & ~_UTF8)
        position = start + name + extra + comment
    return bytes(mended)


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _unicode_path(extra: bytes, raw: bytes) -> str | None:
    """The name in the Unicode Path Extra Field, where there is one that was made for this very name."""
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<HH", extra)
        field, extra = extra[4 : 4 + length], extra[4 + length :]
        if kind == _UNICODE_PATH and len(field) > 5 and field[0] == 1:
            (checksum,) = struct.unpack_from("<L", field, 1)
            if checksum == zlib.crc32(raw):
                return field[5:].decode("utf-8", "replace")
    return None
