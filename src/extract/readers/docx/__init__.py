"""Reads Word files in Office Open XML (.docx, .docm, .dotx, .dotm; transitional and strict), ECMA-376.

A package is a ZIP of XML parts. Relationships name the main part and, from there, headers, footers and notes. Each is
walked once, from top to bottom: one handler for an element, found by its name in two tables, `blocks.BLOCKS` and
`inlines.INLINES`. An element without an entry is walked through, so that text in a wrapper that Word invents tomorrow
is not lost; an entry of None leaves an element out. From bytes to blocks, a module for each part:

package  the ZIP, its parts and relationships
stories  body, headers, footers, notes and comments, each in its part
scan     what tells in a story, found in one go before the walk
blocks   paragraphs and tables
inlines  the text of runs, symbols, formulas, controls and fields
fields   what fields and form fields show
lists    which numbers paragraphs have
state    what the walk knows at a place
names    of elements and attributes

The text is what a person sees in the final version: deletions and hidden text are left out, insertions and field
results are in, and automatic list numbers stand in front of their paragraphs.
"""

from __future__ import annotations

from extract.document import Document, TextWriter
from extract.errors import ReadError
from extract.readers.docx.blocks import read_story
from extract.readers.docx.package import CONTENT_TYPES, MAIN_TYPE, USUAL_MAIN_PART, WordPackage, main_part
from extract.readers.docx.stories import ListParts, asides, body, unread_parts

FORMAT = "docx"


def accepts(data: bytes) -> bool:
    """Whether `data` is a Word package, whole or broken; other ZIP files and other Office files are not."""
    if not data.startswith(b"PK\x03\x04"):
        return False
    try:
        package = WordPackage(data)
        content_types = package.read(CONTENT_TYPES)
    except ReadError:
        return b"word/" in data[:4096] or b"[Content_Types].xml" in data[:4096]
    return USUAL_MAIN_PART in package if content_types is None else bool(MAIN_TYPE.search(content_types))


def read(data: bytes) -> Document:
    """The content of the Word package `data`: the body, then headers, footers, notes and comments as asides.

    Raises ReadError if the package is broken, encrypted, too large, nested too deeply or not a Word document.
    """
    package = WordPackage(data)
    main = main_part(package)
    lists = ListParts(package, main)
    out = TextWriter()
    blocks = read_story(body(package, main), out, lists)
    beside = [block for story in asides(package, main) for block in read_story(story, out, lists)]
    return Document(FORMAT, None, out.text(), blocks, tuple(beside), unread_parts(package, main))
