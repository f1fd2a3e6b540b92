"""What the XML formats share: parts out of a ZIP that may lie about its size, and XML that may hold traps.

Errors carry the code of the format that reads: `docx.too_large`, `odt.broken_xml`.
"""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib

from lxml import etree

from extract.errors import ReadError
from extract.language import Message

MAX_BYTES = 256 * 2**20
"""No more than this is unpacked of one file: a ZIP of a few kilobytes can hold gigabytes."""

_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False, collect_ids=False)
_BROKEN_ZIP = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, RuntimeError),
    *(EOFError, NotImplementedError, OSError, ValueError, OverflowError),
)


class Package:
    """An open ZIP; reads no more than MAX_BYTES of it in all. `what` is its name in messages: "Word package"."""

    def __init__(self, data: bytes, format_: str, what: Message) -> None:
        """Raises ReadError `<format>.broken_zip`."""
        self._format = format_
        self._what = what
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except _BROKEN_ZIP as error:
            raise self._broken(error) from error
        self._bytes_left = MAX_BYTES

    def members(self) -> list[zipfile.ZipInfo]:
        """The directory of the ZIP."""
        return self._zip.infolist()

    def unpack(self, member: zipfile.ZipInfo) -> bytes:
        """The bytes of one member. Raises ReadError `<format>.too_large` and `<format>.broken_zip`."""
        self._bytes_left -= member.file_size
        if self._bytes_left < 0:
            raise ReadError(
                f"{self._format}.too_large",
                Message(
                    f"the part {member.filename} unpacks to {member.file_size:,} bytes, more than the "
                    f"{MAX_BYTES:,} that are read of one file; split the document",
                    f"{member.filename} 解压后有 {member.file_size:,} 字节，超过单个文件可读的 {MAX_BYTES:,} 字节；"
                    "请拆分文档",
                ),
            )
        try:
            with self._zip.open(member) as part:
                # A lying directory cannot make this longer: it stops at the size that was just checked.
                return part.read(member.file_size)
        except _BROKEN_ZIP as error:
            raise self._broken(error) from error

    def _broken(self, error: Exception) -> ReadError:
        message = Message(
            f"the {self._what.en} cannot be unpacked ({error}); it is damaged or cut off, so fetch the file again",
            f"{self._what.zh}无法解包（{error}）；文件已损坏或不完整，请重新获取",
        )
        return ReadError(f"{self._format}.broken_zip", message)


def parse_xml(xml: bytes, format_: str, what: Message) -> etree._Element:
    """The root of an XML part or file; no entity is resolved and no document type accepted.

    `what` is its name in messages. Raises ReadError `<format>.broken_xml`.
    """
    try:
        root = etree.fromstring(xml, _PARSER)
    except etree.XMLSyntaxError as error:
        message = Message(
            f"the {what.en} is not well-formed XML ({error.msg}); it is cut off or damaged, so fetch the file again",
            f"{what.zh}不是合格的 XML（{error.msg}）；文件已损坏或不完整，请重新获取",
        )
        raise ReadError(f"{format_}.broken_xml", message) from error
    if root.getroottree().docinfo.internalDTD is not None:
        message = Message(
            f"the {what.en} declares a document type, which no office program writes; do not trust this file",
            f"{what.zh}声明了文档类型，办公软件不会这样写；请勿信任此文件",
        )
        raise ReadError(f"{format_}.broken_xml", message)
    return root
