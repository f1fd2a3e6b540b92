r"""Reads HTML as Word, WPS, Excel, LibreOffice and web pages write it (and many a .doc that is HTML inside).

From bytes to blocks, a module for each part:

pages     bytes to text to the tree that lxml builds
walk      through the starts and ends of its elements
elements  what each element does
state     what is known at a place: where blocks and text go, and white space
looks     styles and classes that hide, underline, or draw symbols
tables    rows and spans to cells with places
fields    fields and form fields in Word's conditional comments

Word hides part of a document from browsers in conditional comments. Two kinds are read: fields
(`<!--[if supportFields]>`) and text boxes (`<!--[if gte vml 1]>`). As in the other readers, hidden and deleted text is
no part of the text, and automatic list numbers are: those of lists, and those that Word writes out (`mso-list:Ignore`).

Specification: HTML Living Standard; 4.9.12 for the places of cells, 13.2.3 for encodings.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from extract.document import Block, Document, TextWriter
from extract.readers.drawn import Drawn, lay_out
from extract.readers.html.pages import HEAD, decode_page, parse
from extract.readers.html.walk import Walk

FORMAT = "html"


def accepts(data: bytes) -> bool:
    """Whether `data` is HTML: after declarations and comments a tag comes first, and one that only pages have is near.

    Text that only quotes a tag is not taken, nor XML of another kind.
    """
    # UTF-16 looks like ASCII without its zero bytes, and every tag is ASCII.
    head = data[:HEAD].lstrip(b"\xef\xbb\xbf\xff\xfe").translate(None, b"\0")
    if _PROLOGUE.match(head):
        return _PAGE_TAG.search(head) is not None and not _is_markdown(data)
    return _DOCUMENT_TAG.search(head[:1024]) is not None and not _MIME_MESSAGE.search(head[:1024])


def _is_markdown(data: bytes) -> bool:
    """Whether a table begins the text and lines without tags follow it, as pandoc writes; the text reader takes it."""
    return data.lstrip(b"\xef\xbb\xbf").startswith(b"<table>") and _TEXT_BELOW_TABLE.search(data) is not None


def read(data: bytes) -> Document:
    """The content of the page `data`: the body, then headers, footers and notes as asides.

    Raises ReadError `html.undecodable`, `html.too_deep`, `html.too_large`.
    """
    return document_of(FORMAT, [(data, None)])


def drawn(text: str) -> list[Drawn]:
    """The blocks of a piece of HTML, such as the tables that Markdown holds.

    >>> [table] = drawn('<table><tr><td rowspan="2">甲</td><td>乙</td></tr><tr><td>丙</td></tr></table>')
    >>> [[(cell.blocks, cell.column, cell.row_span) for cell in row] for row in table.rows]
    [[(['甲'], 0, 2), (['乙'], 1, 1)], [(['丙'], 1, 1)]]
    """
    return Walk(parse(text)).run()


def document_of(format_name: str, pages: Iterable[tuple[bytes, str | None]]) -> Document:
    """One document out of pages, each with the encoding that its container declares for it, if any."""
    out = TextWriter()
    blocks: list[Block] = []
    asides: list[list[Drawn]] = []
    encoding = None
    unread: dict[str, None] = {}
    for data, declared in pages:
        page_encoding, text = decode_page(data, declared)
        walk = Walk(parse(text))
        blocks += lay_out(walk.run(), out)
        asides += walk.state.asides
        unread |= dict.fromkeys(walk.state.unread)
        encoding = encoding or page_encoding
    aside_blocks = [block for aside in asides for block in lay_out(aside, out)]
    return Document(format_name, encoding, out.text(), tuple(blocks), tuple(aside_blocks), tuple(unread))


_SPACE_AND_COMMENTS = rb"(?:\s|<\?[^>]*>|<!--(?:(?!-->)[\s\S])*+-->)*+"
_PROLOGUE = re.compile(
    _SPACE_AND_COMMENTS + rb"<(?:!doctype\s+html|(?:html|head|body|meta|title|style|script|link|base|table|div|p|span"
    rb"|center|font|form|h[1-6]|b|br|pre)(?=[\s/>]))",
    re.IGNORECASE,
)
_TEXT_BELOW_TABLE = re.compile(rb"</table>\r?\n\r?\n[^<\s]")
_PAGE_TAG = re.compile(rb"<(?:!doctype\s+html|(?:html|head|body|table)(?=[\s/>]))", re.IGNORECASE)
# A page may follow other lines, as the headers of the server that sent it, but not those of a web archive.
_MIME_MESSAGE = re.compile(rb"^mime-version:", re.IGNORECASE | re.MULTILINE)
_DOCUMENT_TAG = re.compile(rb"^\s*+<(?:!doctype\s+html|html(?=[\s>]))", re.IGNORECASE | re.MULTILINE)
