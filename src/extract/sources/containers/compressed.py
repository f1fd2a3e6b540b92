"""Single files compressed by gzip, bzip2 or xz: `form.doc.gz`, and the tar inside `archive.tar.gz`.

Specifications: RFC 1952 (gzip), the formats of bzip2 and xz.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, cast

from extract.sources.member import DAMAGE, Limits, Member

KIND = "compressed"
RANDOM_ACCESS = False
ERRORS = DAMAGE

_OPENERS: dict[bytes, Callable[[Path], object]] = {
    b"\x1f\x8b\x08": gzip.open,
    b"BZh": bz2.open,
    b"\xfd7zXZ\0": lzma.open,
}


def accepts(file: BinaryIO, head: bytes) -> bool:
    """Whether `file` is a compressed stream."""
    return head.startswith(tuple(_OPENERS))


def members(path: Path, limits: Limits) -> Iterator[Member]:
    """The one file inside, which has no place of its own: it is the same form, packed."""
    with path.open("rb") as file:
        head = file.read(8)
    opener = next(opener for signature, opener in _OPENERS.items() if head.startswith(signature))
    yield Member("", None, lambda: cast(BinaryIO, opener(path)))
