"""Plain text, and the dumps of Word documents that tools write, each with a shape of its own.

A dump is recognised by the shape of its lines, never by a label or a title. A dialect is one module of this package
with two names, `recognises(lines)` and `read(text)`, listed in DIALECTS below. What no dialect knows is read line by
line; labels with colons give their values from there too.
"""

from __future__ import annotations

from extract.document import Document
from extract.readers.decoding import decode
from extract.readers.text import aligned, antiword, catdoc, lines, markdown, tabbed, tika
from extract.readers.text.content import Dialect
from extract.readers.text.ticks import show_ticks

__all__ = ["DIALECTS", "FORMAT", "decode", "read"]

FORMAT = "text"


def read(data: bytes) -> Document:
    """The text in `data` as paragraphs and, where its shape shows them, tables.

    `text` is the decoded source with its line ends as "\\n"; symbol-font ticks become ☑ and ☐, character for character.
    A dialect that wraps cells lays the text out anew, without the characters that draw the table.
    Raises ReadError `text.undecodable` where no encoding of the ladder fits or the result is no text.
    """
    encoding, text = decode(data)
    text = show_ticks(text.replace("\r\n", "\n").replace("\r", "\n"))
    source_lines = text.split("\n")
    dialect = next(dialect for dialect in DIALECTS if dialect.recognises(source_lines))
    content = dialect.read(text)
    return Document(FORMAT, encoding, content.text, content.blocks)


# From the most telling shape to none at all; the first that recognises a text reads it.
DIALECTS: tuple[Dialect, ...] = (markdown, antiword, tika, catdoc, tabbed, aligned, lines)
