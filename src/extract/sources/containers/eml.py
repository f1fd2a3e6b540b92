"""E-mails as files (.eml): attachments, forwarded messages and the text itself are members; so are those of a mailbox.

Specifications: RFC 5322, RFC 2045 to 2047, RFC 2183 and 2231 (names of attachments), RFC 4155 (mailboxes).
Mail programs of the time also wrote names as bare bytes, whose encoding is told by themselves.
"""

from __future__ import annotations

import email
import email.errors
import email.header
import email.policy
import io
import re
from collections.abc import Iterator
from contextlib import suppress
from email.message import Message as Mail
from pathlib import Path
from typing import BinaryIO

from extract.errors import SourceError
from extract.language import Message
from extract.sources.litter import LITTER
from extract.sources.member import DAMAGE, Limits, Member, decoded_name, refused

KIND = "eml"
RANDOM_ACCESS = False
ERRORS = DAMAGE

# A line before each message of a mailbox; some programs save a single one so, too.
_ENVELOPE = re.compile(rb"(?:\A|\n\r?\n)From [^\n]*+\n(?=[A-Za-z][A-Za-z0-9-]*+:)")
_FIRST_HEADER = re.compile(rb"(?:\xef\xbb\xbf)?\s*+[A-Za-z][A-Za-z0-9-]*+:[ \t]")
# A web page saved as one file has headers, too, but was never sent to anybody.
_SENT = re.compile(rb"^(?:to|cc|bcc|received|delivered-to|return-path|message-id):", re.IGNORECASE | re.MULTILINE)
_FROM = re.compile(rb"^from:", re.IGNORECASE | re.MULTILINE)

# What tells type and name is short; the library's time to take it apart grows with the square of its length.
_OVERLONG = re.compile(rb"^(content-(?:type|disposition):(?:[^\n]|\n[ \t]){4000})(?:[^\n]|\n[ \t])+", re.I | re.M)


def accepts(file: BinaryIO, head: bytes) -> bool:
    """Whether `file` begins with the headers of a message that was sent."""
    if envelope := _ENVELOPE.match(head):
        head = head[envelope.end() :]
    if not _FIRST_HEADER.match(head):
        return False
    headers = re.split(rb"\r?\n\r?\n", head.lstrip(b"\xef\xbb\xbf\r\n"), maxsplit=1)[0]
    return bool(_FROM.search(headers) and _SENT.search(headers))


def members(path: Path, limits: Limits) -> Iterator[Member]:
    """The text of the message, HTML rather than plain, then its attachments."""
    data = path.read_bytes()
    if len(data) > 4 * limits.member_bytes:
        raise SourceError(
            "source.too_large",
            Message(
                f"is an e-mail of {len(data):,} bytes, too large to take apart; save what is attached and import that",
                f"邮件有 {len(data):,} 字节，太大，无法拆开；请另存附件后导入",
            ),
        )
    if _ENVELOPE.match(data):
        _, *messages = _ENVELOPE.split(data)
        if len(messages) > 1:
            yield from (_member(f"{number}.eml", each) for number, each in enumerate(messages, start=1))
            return
        (data,) = messages
    data = _OVERLONG.sub(rb"\1", data.lstrip(b"\xef\xbb\xbf\r\n"))
    message = email.message_from_bytes(data, policy=email.policy.compat32)
    yield from _parts(message)


def _parts(message: Mail) -> Iterator[Member]:
    kind = message.get_content_type()
    if kind == "message/rfc822":
        (forwarded,) = _inner(message)[:1] or [message]
        yield _member(_name(message) or "message.eml", forwarded.as_bytes())
    elif kind == "multipart/alternative":
        yield from _best(_inner(message))
    elif message.is_multipart():
        for part in _inner(message):
            yield from _parts(part)
    elif message.get_content_maintype() == "image" and message["Content-ID"]:
        yield refused(_name(message) or "picture", None, "source.inline_picture", LITTER["inline_picture"])
    elif name := _name(message):
        yield _member(name, _content(message))
    elif content := _text(message):
        yield _member("body.html" if kind == "text/html" else "body.txt", content)


def _best(alternatives: list[Mail]) -> Iterator[Member]:
    """The last of several forms of one text is the richest (RFC 2046, 5.1.4); what has a name is no form of it."""
    texts = [part for part in alternatives if not _name(part)]
    for part in alternatives:
        if _name(part) or part is texts[-1]:
            yield from _parts(part)


def _inner(message: Mail) -> list[Mail]:
    payload = message.get_payload()
    return [part for part in payload if isinstance(part, Mail)] if isinstance(payload, list) else []


def _member(name: str, content: bytes) -> Member:
    return Member(name, len(content), lambda: io.BytesIO(content))


def _content(part: Mail) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _text(part: Mail) -> bytes:
    """The text of a part in UTF-8, or as it is where its character set is not known; b"" where it is blank."""
    content = _content(part)
    if part.get_content_maintype() == "text" and part.get_content_type() != "text/html":
        charset = part.get_content_charset() or ""
        with suppress(LookupError, UnicodeDecodeError):
            content = content.decode("gb18030" if charset in ("gb2312", "gbk") else charset).encode()
    return content if content.strip() else b""


# -------------------------------------------------------------------------------------------------------------- names


def _name(part: Mail) -> str | None:
    """The file name of an attachment, in whichever of the usual ways it is written; None for a part without one."""
    clean = Mail()
    for header, value in part.raw_items():
        if header.lower() in ("content-disposition", "content-type"):
            raw = str(value).encode("ascii", "surrogateescape")
            clean[header] = re.sub(r"\r?\n", "", decoded_name(raw))
    name = clean.get_filename()
    return _decoded_words(name) if name else None


def _decoded_words(name: str) -> str:
    """A name whose encoded words (`=?gb2312?B?…?=`) are decoded; as it is written where they are damaged."""
    pieces = []
    try:
        for content, charset in email.header.decode_header(name):
            if isinstance(content, str):
                pieces.append(content)
            elif charset is None or charset.lower() in ("gb2312", "gbk", "unknown-8bit"):
                pieces.append(decoded_name(content))
            else:
                pieces.append(content.decode(charset, "replace"))
    except (email.errors.HeaderParseError, LookupError):  # no base64, no such charset
        return name
    return "".join(pieces)
