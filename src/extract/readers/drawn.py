"""Blocks as a page shows them, before they have a place in the text of a Document.

Formats that tell a table's geometry only at its end (RTF), or in the order of drawing (HTML, OpenDocument, the drawn
tables of text dumps), are read into these blocks first: a paragraph is a string, a table is rows of cells. `lay_out`
then writes them as every reader does: cells separated by a tab, rows ended by a line break, paragraphs separated by a
line break. The paragraph of a list is `Numbered`: it gets its number when it is written. A line that goes on with the
one above it is `Wrapped`.

>>> out = TextWriter()
>>> table = DrawnTable([[DrawnCell(["主管部门"], 0), DrawnCell(["司法局", "（盖章）"], 1, column_span=2)]])
>>> blocks = lay_out(["附件1", table], out)
>>> out.text()
'附件1\\n主管部门\\t司法局\\n（盖章）\\n'
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from extract.document import TICKED, Block, Cell, Paragraph, Table, TextWriter
from extract.readers.numbering import Numbered
from extract.readers.symbols import glyph, is_symbol_font, symbol, tick


@dataclass(slots=True)
class DrawnCell:
    """A cell at its top left corner; columns count from 0."""

    blocks: list[Drawn]
    column: int
    column_span: int = 1
    row_span: int = 1


@dataclass(slots=True)
class DrawnTable:
    """Rows of cells in reading order; the places that a merged cell covers are not listed."""

    rows: list[list[DrawnCell]]
    has_grid: bool = True
    has_rows: bool = True


class Wrapped(str):
    """A paragraph that stands behind the one above it without a line break."""

    __slots__ = ()


Drawn = str | DrawnTable
Characters = Mapping[int, str | None]


def lay_out(story: Sequence[Drawn], out: TextWriter, characters: Characters | None = None) -> tuple[Block, ...]:
    """Write a story of its own (the body, a header, a note) to `out` and return its blocks.

    `characters` says which ones are written as others; None: as Word writes them.
    """
    characters = _AS_IN_WORD if characters is None else characters
    blocks = _lay_out(story, out, characters)
    _end_paragraph(blocks, out)
    return blocks


def is_blank(story: Sequence[Drawn]) -> bool:
    """Whether a person sees no text in `story`."""
    return not any(block.strip() if isinstance(block, str) else _has_text(block) for block in story)


def _has_text(table: DrawnTable) -> bool:
    return not all(is_blank(cell.blocks) for row in table.rows for cell in row)


def legible(text: str, font: str) -> str:
    """`text` as `font` draws it: letters and private-use characters of a symbol font as boxes and symbols.

    An ordinary font, or none (""), leaves letters alone; then only private-use characters are symbols.

    >>> legible("R 新增", "Wingdings 2"), legible("R \\uf052", "宋体")
    ('☑ 新增', 'R ☑')
    """
    if is_symbol_font(font):
        text = _NARROW.sub(lambda letter: tick(font, ord(letter[0])) or symbol(font, ord(letter[0])) or letter[0], text)
    if text.isascii():
        return text
    return _PRIVATE_USE.sub(lambda character: glyph(font, ord(character[0])), text)


_AS_IN_WORD = str.maketrans(
    {
        # A crossed box is how Word draws a ticked one.
        "☒": TICKED,
        # Word has commands for these two hyphens, which other formats keep as characters.
        "\N{NON-BREAKING HYPHEN}": "-",
        "\N{SOFT HYPHEN}": None,
    }
)
_NARROW = re.compile("[!-\xff]")
_PRIVATE_USE = re.compile("[\uf020-\uf0ff]")


def _lay_out(story: Sequence[Drawn], out: TextWriter, characters: Characters) -> tuple[Block, ...]:
    blocks: list[Block] = []
    for block in story:
        if not isinstance(block, Wrapped):
            _end_paragraph(blocks, out)
        if isinstance(block, str):
            text = block.text() if isinstance(block, Numbered) else block
            text = text if text.isascii() or not characters else text.translate(characters)
            blocks.append(Paragraph(out.write(text), out.position))
        else:
            blocks.append(_lay_out_table(block, out, characters))
    return tuple(blocks)


def _end_paragraph(blocks: Sequence[Block], out: TextWriter) -> None:
    """Write the line break between a paragraph and what follows it; a table has ended with that of its last row."""
    if blocks and type(blocks[-1]) is Paragraph:
        out.write("\n")


def _lay_out_table(table: DrawnTable, out: TextWriter, characters: Characters) -> Table:
    rows = []
    for number, row in enumerate(table.rows):
        cells: list[Cell] = []
        for cell in row:
            if cells:
                out.write("\t")
            cells.append(_lay_out_cell(cell, number, out, characters))
        out.write("\n")
        rows.append(tuple(cells))
    return Table(tuple(rows), table.has_grid, table.has_rows)


def _lay_out_cell(cell: DrawnCell, row: int, out: TextWriter, characters: Characters) -> Cell:
    start = out.position
    blocks = _lay_out(cell.blocks, out, characters)
    return Cell(row, cell.column, cell.row_span, cell.column_span, start, out.position, blocks)
