"""The compound file around a Word document ([MS-CFB]): its streams by name, through olefile."""

from __future__ import annotations

import io
from collections.abc import Sequence

import olefile  # type: ignore[import-untyped]  # it comes without type hints

from extract.errors import ReadError
from extract.language import Message

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_FAULTS_OF_OLEFILE = (OSError, ValueError, TypeError, IndexError, AttributeError, OverflowError, RecursionError)
_STREAM_ENTRY = 2
_OBJECTS = "objectpool"
_CONTROL = "\x03ocxname"


class CompoundFile:
    """An open compound file. Raises ReadError `doc.broken` where its FAT or its directory can not be followed."""

    def __init__(self, data: bytes) -> None:
        self._size = len(data)
        self._refuse_lying_header(data)
        try:
            self._ole = olefile.OleFileIO(io.BytesIO(data))
        except _FAULTS_OF_OLEFILE as error:
            raise broken(
                Message(f"the compound file cannot be opened ({error})", f"复合文件打不开（{error}）")
            ) from error
        if self._ole.root.size > self._size or self._ole.num_mini_fat_sectors * self._ole.sectorsize > self._size:
            raise broken(
                Message(
                    "the compound file claims a larger mini stream than the file is long",
                    "复合文件声称的微型流比文件还长",
                )
            )
        self._entries = {entry.name.lower(): entry for entry in self._ole.root.kids}

    @staticmethod
    def _refuse_lying_header(data: bytes) -> None:
        """Stop what would make olefile follow a loop for a very long time: more FAT sectors than the file can hold."""
        if len(data) < 512:
            raise broken(
                Message(
                    f"the compound file ends after {len(data)} bytes, within its header",
                    f"复合文件只有 {len(data)} 字节，在文件头内就结束了",
                )
            )
        sectors = len(data) // 128
        for offset in (0x2C, 0x40, 0x48):
            if int.from_bytes(data[offset : offset + 4], "little") > sectors:
                raise broken(
                    Message(
                        "the compound file's header counts more sectors than the file has",
                        "复合文件头记录的扇区多于文件实有",
                    )
                )

    def names(self) -> list[str]:
        """The names of the streams and storages of the root, in lower case."""
        return list(self._entries)

    @property
    def embeds_objects(self) -> bool:
        """Whether it holds objects of other programs; the controls of a form are none ([MS-DOC] 2.1.5, 2.1.6)."""
        pool = self._entries.get(_OBJECTS)
        kept = ({stream.name.lower() for stream in each.kids} for each in pool.kids) if pool else ()
        return any(_CONTROL not in streams for streams in kept)

    def stream(self, name: str) -> bytes | None:
        """The bytes of a stream of the root, None if there is none of this name; upper and lower case are one."""
        entry = self._entries.get(name.lower())
        if entry is None or entry.kids:
            return None
        # What has content is a stream, whatever a damaged entry says that it is.
        entry.entry_type = _STREAM_ENTRY
        if entry.size > self._size:
            raise broken(
                Message(
                    f"the stream {name} claims {entry.size:,} bytes, more than the file has",
                    f"流 {name} 声称有 {entry.size:,} 字节，超过文件本身",
                )
            )
        try:
            content: bytes = self._ole.openstream([entry.name]).read()
            is_mini = entry.is_minifat
            fat, sector_size = (
                (self._ole.minifat, self._ole.minisectorsize) if is_mini else (self._ole.fat, self._ole.sectorsize)
            )
        except _FAULTS_OF_OLEFILE as error:
            raise broken(
                Message(f"the stream {name} cannot be read ({error})", f"流 {name} 读不出（{error}）")
            ) from error
        if _has_loop(fat, entry.isectStart, len(content) // sector_size):
            raise broken(
                Message(f"the sectors of the stream {name} go round in a circle", f"流 {name} 的扇区首尾相接成环")
            )
        return content


def broken(what: Message) -> ReadError:
    """The error for a file whose structures contradict each other or end too early."""
    return ReadError(
        "doc.broken",
        Message(
            f"the Word file cannot be read: {what.en}; it is damaged or cut off, so fetch the file again",
            f"Word 文件无法读取：{what.zh}；文件已损坏或不完整，请重新获取",
        ),
    )


def _has_loop(fat: Sequence[int], sector: int, count: int) -> bool:
    seen = set()
    for _ in range(count):
        if sector in seen:
            return True
        if sector >= len(fat):
            return False
        seen.add(sector)
        sector = fat[sector]
    return False
