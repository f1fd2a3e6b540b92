r"""Reads Rich Text Format (.rtf, and many a .doc that is one inside) as Word, WPS and LibreOffice write it.

The file is groups `{…}`, control words `\word5` and text. From bytes to blocks, a module for each part:

walk          tokens and groups, in one loop
words         control words that change what is read
destinations  what groups with a word of their own hold: fields, notes, text boxes, list numbers
state         what is known at a place: format, open fields, where text goes
stories       paragraphs and tables: rows by the edges of their cells
fonts         which characters the bytes of a font stand for
lists         how automatic list numbers look
damage        the errors of a file that cannot be read

A destination that RTF marks as safe to ignore (`\*`) and that has no entry is skipped.

The text is what a person sees in the final version, as in the other readers: no deletions, no hidden text; the results
of fields. Automatic list numbers are written out for old readers (`\listtext`, `\pntext`); where they are not, the list
tables tell them.

Specification: Rich Text Format 1.9.1 (Microsoft, 2008), quoted by its section names.
"""

from __future__ import annotations

import re

from extract.document import Block, Document, TextWriter
from extract.language import Message
from extract.readers.drawn import lay_out
from extract.readers.rtf.damage import broken
from extract.readers.rtf.walk import Walk

FORMAT = "rtf"

_SIGNATURE = re.compile(rb"(?:\xef\xbb\xbf)?[\s\0]{0,64}(?P<root>\{\\rtf)")


def accepts(data: bytes) -> bool:
    r"""Whether `data` begins with `{\rtf`, after a byte order mark or blanks at most."""
    return _SIGNATURE.match(data) is not None


def read(data: bytes) -> Document:
    """The content of the RTF file `data`: the body, then headers, footers, notes and comments as asides.

    `encoding` is that of the document's code page; single fonts may have others. Raises ReadError `rtf.broken` where
    the file ends in the middle and `rtf.too_deep` where groups or tables are nested as in no document.
    """
    signature = _SIGNATURE.match(data)
    if not signature:
        raise broken(Message(r"the file does not begin with {\rtf", "文件不以 {\rtf 开头"))
    walk = Walk(data.decode("latin-1"))
    walk.run(signature.start("root"))
    state = walk.state
    out = TextWriter()
    blocks = lay_out(state.body.finish(), out)
    asides: list[Block] = []
    for story in state.asides:
        asides += lay_out(story, out)
    return Document(FORMAT, state.fonts.document_codec, out.text(), blocks, tuple(asides), tuple(state.unread))
