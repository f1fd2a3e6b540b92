"""Outlook messages (.msg), with the extra `[msg]` (python-oxmsg): attachments and the text itself are members.

Specification: [MS-OXMSG].
"""

from __future__ import annotations

import importlib.util
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import olefile  # type: ignore[import-untyped]  # it comes without type hints

from extract.errors import SourceError
from extract.language import Message
from extract.sources.member import DAMAGE, Limits, Member, refused

KIND = "msg"
RANDOM_ACCESS = False
ERRORS = DAMAGE

_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PROPERTIES = "__properties_version1.0"


def accepts(file: BinaryIO, head: bytes) -> bool:
    """Whether `file` is a compound file with the properties of a message at its root, not in a document in it."""
    if not head.startswith(_COMPOUND):
        return False
    file.seek(0)
    if _PROPERTIES.encode("utf-16-le") not in file.read():  # a Word file, in nearly every case
        return False
    file.seek(0)
    try:
        with olefile.OleFileIO(file) as compound:
            return bool(compound.exists(_PROPERTIES))
    except OSError:
        return False


def members(path: Path, limits: Limits) -> Iterator[Member]:
    """The text of the message, HTML rather than plain, then its attachments."""
    if importlib.util.find_spec("oxmsg") is None:
        message = Message(
            'is an Outlook message; install what reads it: pip install "declaration-extract[msg]"',
            '是 Outlook 邮件，请安装读取组件：pip install "declaration-extract[msg]"',
        )
        raise SourceError("source.missing_extra", message)
    import oxmsg

    loaded = oxmsg.Message.load(str(path))
    if html := loaded.html_body:
        yield _member("body.html", html.encode())
    elif (text := loaded.body) and text.strip():
        yield _member("body.txt", text.encode())
    for number, attachment in enumerate(loaded.attachments, start=1):
        name = attachment.file_name or f"attachment {number}"
        yield _attached(name, attachment)


def _attached(name: str, attachment: Any) -> Member:
    content = attachment.file_bytes
    if content is None:
        return refused(
            name,
            None,
            "source.unsupported",
            Message("is attached as a link or as a message; save it by itself", "以链接或邮件形式附上，请单独保存"),
        )
    return _member(name, content)


def _member(name: str, content: bytes) -> Member:
    return Member(name, len(content), lambda: io.BytesIO(content))
