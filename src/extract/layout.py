"""A document's blocks in compact form, so that new rules can parse a stored document again without its file.

The text is stored by itself; this is everything else: paragraphs as gap and length, cells as their place and blocks,
in nested lists of JSON under zlib. About a seventh of the size of the text.

>>> document = Document("text", "utf-8", "主管部门\\n\\n司法局", (Paragraph(0, 4), Paragraph(6, 9)))
>>> unpack(pack(document), document.text) == document
True
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from typing import Any

from extract.document import Block, Cell, Document, Paragraph, Table

_LEVEL = 6
# What a table has and has not, as bits of one number.
_GRID, _NO_ROWS = 1, 2


def pack(document: Document) -> bytes:
    """All of `document` except its text."""
    packer = _Packer()
    head = [document.format, document.encoding, list(document.unread)]
    body = [packer.blocks(document.blocks), packer.blocks(document.asides)]
    return zlib.compress(json.dumps([*head, *body], ensure_ascii=False, separators=(",", ":")).encode(), _LEVEL)


def unpack(packed: bytes, text: str) -> Document:
    """The document that `pack` was given, with its text."""
    format_, encoding, unread, body, asides = json.loads(zlib.decompress(packed))
    unpacker = _Unpacker()
    return Document(format_, encoding, text, unpacker.blocks(body), unpacker.blocks(asides), tuple(unread))


class _Packer:
    """Writes places relative to the end of the paragraph before, which makes small numbers that repeat."""

    def __init__(self) -> None:
        self._position = 0

    def blocks(self, blocks: Iterable[Block]) -> list[Any]:
        """A paragraph is two numbers in the list, a table is a list."""
        packed: list[Any] = []
        for block in blocks:
            if isinstance(block, Paragraph):
                start, end = block
                packed += (start - self._position, end - start)
                self._position = end
            else:
                packed.append([_geometry(block), [[self._cell(cell) for cell in row] for row in block.rows]])
        return packed

    def _cell(self, cell: Cell) -> list[Any]:
        row, column, row_span, column_span, start, end, blocks = cell
        gap, self._position = start - self._position, start
        packed = self.blocks(blocks)
        self._position = end
        return [row, column, row_span, column_span, gap, end - start, *packed]


def _geometry(table: Table) -> int:
    return _GRID * table.has_grid | _NO_ROWS * (not table.has_rows)


class _Unpacker:
    """Reads what _Packer wrote, keeping the same position."""

    def __init__(self) -> None:
        self._position = 0

    def blocks(self, packed: list[Any]) -> tuple[Block, ...]:
        items = iter(packed)
        return tuple(
            Paragraph(*self._place(item, next(items))) if isinstance(item, int) else self._table(*item)
            for item in items
        )

    def _table(self, geometry: int, rows: list[list[list[Any]]]) -> Table:
        has_grid, has_rows = bool(geometry & _GRID), not geometry & _NO_ROWS
        return Table(tuple(tuple(self._cell(*cell) for cell in row) for row in rows), has_grid, has_rows)

    def _cell(
        self, row: int, column: int, row_span: int, column_span: int, gap: int, length: int, *blocks: Any
    ) -> Cell:
        start, end = self._place(gap, length)
        self._position = start
        unpacked = self.blocks(list(blocks))
        self._position = end
        return Cell(row, column, row_span, column_span, start, end, unpacked)

    def _place(self, gap: int, length: int) -> tuple[int, int]:
        start = self._position + gap
        self._position = start + length
        return start, self._position
