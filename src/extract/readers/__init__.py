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
from extract.readers import text


class Reader(Protocol):
    """What each module of this folder offers."""

    FORMAT: str

    def accepts(self, data: bytes) -> bool:
        """Whether `data` looks like this format, judged by its content."""

    def read(self, data: bytes) -> Document:
        """The document in `data`; raises ReadError where it is broken, encrypted or empty."""


# First bytes of formats that people mix into such archives and that no reader takes, with what to do about them.
_UNREADABLE: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF-", "a PDF file", "find the Word file that it was made from"),
    (b"\x89PNG", "a PNG picture", "leave it out"),
    (b"\xff\xd8\xff", "a JPEG picture", "leave it out"),
    (b"Rar!", "a RAR archive", "unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", "unpack it first"),
    (b"\x1f\x8b", "a gzip file", "unpack it first"),
    (b"PK", "a ZIP archive or an Office file other than Word's", "unpack an archive first; save other files as .docx"),
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
        raise ReadError("file.empty", "the file is empty (0 bytes); look for another copy")
    claims = [reader for reader in READERS if reader.accepts(data)]
    if len(claims) > 1:
        names = " and ".join(reader.FORMAT for reader in claims)
        raise ReadError("file.ambiguous", f"the readers {names} both claim this file; please report it")
    if claims:
        return claims[0].read(data)
    for signature, name, advice in _UNREADABLE:
        if data.startswith(signature):
            raise ReadError("file.unreadable_format", f"this is {name}, which cannot be read; {advice}")
    return text.read(data)
