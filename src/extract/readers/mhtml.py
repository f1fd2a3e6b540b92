"""Reads web archives (.mht, .mhtml, and many a .doc that is one inside): a page and its parts as one MIME message.

Word's "single file web page" and browsers write them. The page itself is read by the HTML reader; of an Excel workbook,
whose first page only holds frames, the sheets are read.

Specification: RFC 2557 (MHTML), RFC 2045 to 2047 (MIME).
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from email.errors import CloseBoundaryNotFoundDefect
from email.message import EmailMessage

from extract.document import Document
from extract.errors import ReadError
from extract.language import Message
from extract.readers import html

FORMAT = "mhtml"

_MAX_PARTS = 1000
_HEAD = 8192
_FIRST_HEADER = re.compile(rb"(?:\xef\xbb\xbf)?\s*+[a-z][a-z0-9-]*+:[ \t]", re.IGNORECASE)
_PAGE_TYPE = re.compile(
    rb"^content-type:\s*(?:multipart/(?:related|mixed|alternative)|text/html)\b", re.IGNORECASE | re.MULTILINE
)
_MIME = re.compile(rb"^mime-version:", re.IGNORECASE | re.MULTILINE)


def accepts(data: bytes) -> bool:
    """Whether `data` begins with the headers of a MIME message that holds a page."""
    head = data[:_HEAD]
    if not _FIRST_HEADER.match(head):
        return False
    headers = re.split(rb"\r?\n\r?\n", head.lstrip(b"\xef\xbb\xbf\r\n"), maxsplit=1)[0]
    return bool(_MIME.search(headers) and _PAGE_TYPE.search(headers))


def read(data: bytes) -> Document:
    """The content of the page in the archive `data`, or of its sheets where the page only holds frames.

    Raises ReadError `mhtml.no_page`, `mhtml.cut_off`, `mhtml.too_many_parts` and those of the HTML reader.
    """
    message = email.message_from_bytes(data.lstrip(b"\xef\xbb\xbf\r\n"), policy=email.policy.default)
    _refuse_if_cut_off(message)
    pages = list(_pages(message))
    if not pages:
        raise ReadError(
            "mhtml.no_page",
            Message(
                "the web archive holds no HTML page; it is cut off or another kind of message, so fetch it again",
                "网页归档中没有 HTML 网页；文件不完整或是别的邮件，请重新获取",
            ),
        )
    document = html.document_of(FORMAT, pages[:1])
    return html.document_of(FORMAT, pages) if "frame" in document.unread and not document.text.strip() else document


def _refuse_if_cut_off(message: EmailMessage) -> None:
    """Refuse a message that ends within a page: the rest of the form would be missing in silence."""
    is_open = any(isinstance(defect, CloseBoundaryNotFoundDefect) for defect in message.defects)
    *_, last = message.walk()
    if is_open and last.get_content_type() == "text/html":
        raise ReadError(
            "mhtml.cut_off",
            Message(
                "the web archive ends in the middle of its page; fetch the file again",
                "网页归档在网页中间中断，请重新获取文件",
            ),
        )


def _pages(message: EmailMessage) -> Iterator[tuple[bytes, str | None]]:
    """The HTML parts in their order, the first one being the root (RFC 2387, 3.2), with their declared encodings."""
    for number, part in enumerate(message.walk()):
        if number == _MAX_PARTS:
            raise ReadError(
                "mhtml.too_many_parts",
                Message(
                    f"the web archive has more than {_MAX_PARTS} parts, as no document has; it is damaged or made "
                    "to do harm, so fetch it again",
                    f"网页归档超过 {_MAX_PARTS} 个部分，没有文档会如此；文件已损坏或有意为害，请重新获取",
                ),
            )
        if part.get_content_type() == "text/html":
            yield _content(part), part.get_content_charset()


def _content(part: EmailMessage) -> bytes:
    """The bytes of a part, out of base64 or quoted-printable."""
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""
