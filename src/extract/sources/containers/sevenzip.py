"""7z archives, with the extra `[7z]` (py7zr). Their members share one stream, so they are unpacked all together."""

from __future__ import annotations

import importlib.util
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from extract.errors import SourceError
from extract.language import Message
from extract.sources.member import DAMAGE, Limits, Member

KIND = "7z"
RANDOM_ACCESS = False
ERRORS = DAMAGE


def accepts(file: BinaryIO, head: bytes) -> bool:
    """Whether `file` is a 7z archive."""
    return head.startswith(b"7z\xbc\xaf\x27\x1c")


def members(path: Path, limits: Limits) -> Iterator[Member]:
    """The files of the archive, unpacked into a temporary folder, where they have numbers for names."""
    if importlib.util.find_spec("py7zr") is None:
        message = Message(
            'is a 7z archive; install what reads it: pip install "declaration-extract[7z]"',
            '是 7z 压缩包，请安装读取组件：pip install "declaration-extract[7z]"',
        )
        raise SourceError("source.missing_extra", message)
    import py7zr.exceptions

    with tempfile.TemporaryDirectory(prefix="extract-7z-") as folder:
        try:
            with path.open("rb") as file, py7zr.SevenZipFile(file) as archive:
                if archive.needs_password():
                    raise py7zr.exceptions.PasswordRequired([], "the archive")
                _refuse_bomb(archive, path.stat().st_size, limits)
                sizes = _unpack(archive, Path(folder))
        except py7zr.exceptions.PasswordRequired as error:
            message = Message(
                "is a 7z archive protected by a password; unpack it and import the files",
                "是设有密码的 7z 压缩包，请解压后再导入",
            )
            raise SourceError("source.encrypted", message) from error
        except py7zr.exceptions.ArchiveError as error:
            message = Message(
                f"the 7z archive cannot be unpacked ({error}); it is damaged, so fetch it again",
                f"7z 压缩包无法解包（{error}）；已损坏，请重新获取",
            )
            raise SourceError("source.broken", message) from error
        for number, (name, size) in enumerate(sizes):
            yield Member(name, size, partial(_opened, Path(folder, str(number))))


def _opened(path: Path) -> BinaryIO:
    return path.open("rb")


def _refuse_bomb(archive: Any, packed: int, limits: Limits) -> None:
    claimed = sum(info.uncompressed for info in archive.list())
    if claimed > limits.archive_bytes or claimed > max(limits.ratio_from, limits.ratio * packed):
        message = Message(
            f"unpacks to {claimed:,} bytes from {packed:,}, as no archive of documents does; do not trust it",
            f"由 {packed:,} 字节解压出 {claimed:,} 字节，没有文档压缩包会如此；请勿信任",
        )
        raise SourceError("source.bomb", message)


def _unpack(archive: Any, folder: Path) -> list[tuple[str, int]]:
    """Write each file of the archive into `folder` under its number; names and sizes in that order."""
    import py7zr

    class Product(py7zr.Py7zIO):
        """A file that is closed as soon as it is whole, for an archive has more of them than may be open."""

        def __init__(self, path: Path) -> None:
            self._file = path.open("w+b")

        def write(self, s: bytes | bytearray) -> int:
            return self._file.write(s)

        def read(self, size: int | None = None) -> bytes:
            return self._file.read(size)

        def seek(self, offset: int, whence: int = 0) -> int:
            return self._file.seek(offset, whence)

        def flush(self) -> None:
            self._file.flush()

        def size(self) -> int:
            return self._file.tell()

        def close(self) -> None:
            self._file.close()

    class Factory(py7zr.WriterFactory):
        def create(self, filename: str) -> Product:
            return Product(folder / filename)

    listed: list[tuple[str, int]] = []
    for entry in archive.files:
        if not entry.is_directory:
            listed.append((entry.filename, entry.uncompressed))
            # py7zr takes names for paths, and refuses the archive for one that leads out of it.
            entry._file_info["filename"] = str(len(listed) - 1)
    archive.extractall(factory=Factory())
    for number in range(len(listed)):
        Path(folder, str(number)).touch()  # an empty member is not written
    return listed
