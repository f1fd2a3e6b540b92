"""Readers turn the bytes of a file into the neutral Document; the bytes decide which one, never the file's name.

A reader is one module of this folder with three names: `FORMAT` (as stored in the database), `accepts(data)` (do these
bytes look like mine, broken ones included?) and `read(data) -> Document`. A new format is one new file here. Text has
no signature, so the text reader takes what no other reader claims, and refuses what does not decode.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import Protocol

from extract.document import Document
from extract.errors import ReadError
from extract.language import Message
from extract.readers import text


class Reader(Protocol):
    """What each module of this folder offers."""

    FORMAT: str

    def accepts(self, data: bytes) -> bool:
        """Whether `data` looks like this format, judged by its content."""

    def read(self, data: bytes) -> Document:
        """The document in `data`; raises ReadError where it is broken, encrypted or empty."""


# First bytes of formats that people mix into such archives and that no reader takes, with what to do about them.
_UNREADABLE: tuple[tuple[bytes, Message, Message], ...] = (
    (
        b"%PDF-",
        Message("a PDF file", "PDF 文件"),
        Message("find the Word file that it was made from", "请找到生成它的 Word 文件"),
    ),
    (b"\x89PNG", Message("a PNG picture", "PNG 图片"), Message("leave it out", "请剔除")),
    (b"\xff\xd8\xff", Message("a JPEG picture", "JPEG 图片"), Message("leave it out", "请剔除")),
    (b"Rar!", Message("a RAR archive", "RAR 压缩包"), Message("unpack it first", "请先解压")),
    (b"7z\xbc\xaf\x27\x1c", Message("a 7z archive", "7z 压缩包"), Message("unpack it first", "请先解压")),
    (b"\x1f\x8b", Message("a gzip file", "gzip 文件"), Message("unpack it first", "请先解压")),
    (
        b"PK",
        Message("a ZIP archive or an Office file other than Word's", "ZIP 压缩包或非 Word 的 Office 文件"),
        Message("unpack an archive first; save other files as .docx", "压缩包请先解压，其他文件请另存为 .docx"),
    ),
)


def _discover() -> tuple[Reader, ...]:
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    modules = [importlib.import_module(f"{__name__}.{name}") for name in names]
    return tuple(m for m in modules if hasattr(m, "accepts"))


READERS = _discover()


def read_document(data: bytes) -> Document:
    """The document that `data` holds.

    Raises ReadError with the codes of the readers, and `file.empty`, `file.unreadable_format`, `file.ambiguous`.
    """
    if not data:
        raise ReadError(
            "file.empty", Message("the file is empty (0 bytes); look for another copy", "空文件（0 字节），请另找一份")
        )
    claims = [reader for reader in READERS if reader.accepts(data)]
    if len(claims) > 1:
        names = " + ".join(reader.FORMAT for reader in claims)
        raise ReadError(
            "file.ambiguous",
            Message(
                f"the readers {names} both claim this file; please report it", f"{names} 都认领此文件，请向我们报告"
            ),
        )
    if claims:
        return claims[0].read(data)
    for signature, name, advice in _UNREADABLE:
        if data.startswith(signature):
            raise ReadError(
                "file.unreadable_format",
                Message(
                    f"this is {name.en}, which cannot be read; {advice.en}", f"这是{name.zh}，无法读取；{advice.zh}"
                ),
            )
    return text.read(data)
