"""The properties of a table row: its column edges and how its cells merge ([MS-DOC] 2.6.3 and TDefTableOperand).

A row tells the edges of its own cells in twips (rgdxaCenter); no row knows the columns of the table.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import accumulate

from extract.readers.doc import sprms as op

NOT_MERGED, RESTART, CONTINUE = range(3)

_MAX_CELLS = 1000
_TC80 = 20
_F_VERTICAL_MERGE, _F_VERTICAL_RESTART = 0x20, 0x40
_HORIZONTAL_MERGE = 0x03
_CENTERED = 1


@dataclass(frozen=True, slots=True)
class RowProperties:
    """The edges of a row's cells, one more than cells, and for each cell how it merges.

    `vertical` and `continues_left` have one entry for each cell. `position` differs between tables that float in
    different places of the page. `is_centered` says that Word places the row by its width, not by its first edge.
    """

    edges: tuple[int, ...]
    vertical: tuple[int, ...]
    continues_left: tuple[bool, ...]
    position: tuple[tuple[int, bytes], ...]
    is_centered: bool


def read_row(row_sprms: Iterable[tuple[int, bytes]]) -> RowProperties:
    """The properties of a row from the sprms of its end, applied in their order."""
    row = _Row()
    for code, operand in row_sprms:
        handle = _HANDLERS.get(code)
        if handle is not None:
            handle(row, operand)
        elif code in op.T_POSITION:
            row.position[code] = operand
    return row.properties()


class _Row:
    """A row while its sprms are applied: edges in twips and the flags of its cells ([MS-DOC] 2.9.317 TCGRF)."""

    def __init__(self) -> None:
        self.edges: list[int] = []
        self.flags: list[int] = []
        self.gap = 0
        self.justification = 0
        self.position: dict[int, bytes] = {}

    def properties(self) -> RowProperties:
        edges = self.edges
        return RowProperties(
            tuple(accumulate(edges, max)),
            tuple(map(_vertical_merge, self.flags)),
            _continues_left([flags & _HORIZONTAL_MERGE for flags in self.flags]),
            tuple(sorted(self.position.items())),
            self.justification == _CENTERED,
        )


def _vertical_merge(flags: int) -> int:
    if flags & _F_VERTICAL_RESTART:
        return RESTART
    return CONTINUE if flags & _F_VERTICAL_MERGE else NOT_MERGED


def _continues_left(flags: list[int]) -> tuple[bool, ...]:
    """Which cells only continue their left neighbour.

    Word 97 wrote 1 for the first and 2 for the others, the specification says it the other way round; the first cell
    of a merge tells which of the two a writer has followed.
    """
    continues, first = [], 0
    for flag in flags:
        if not flag or not first:
            first = flag
            continues.append(False)
        else:
            continues.append(flag != first and not (first == 3 and flag == 2))
    return tuple(continues)


# --- The sprms that change cells ---


def _definition(row: _Row, operand: bytes) -> None:
    """Replaces all columns; there may be fewer TC80s than columns."""
    count = operand[0] if operand else 0
    count = min(count, (len(operand) - 3) // 2)
    if count < 1:
        return
    row.edges = list(struct.unpack_from(f"<{count + 1}h", operand, 1))
    first = 1 + 2 * (count + 1)
    known = min(count, (len(operand) - first) // _TC80)
    row.flags = [operand[first + _TC80 * n] | operand[first + _TC80 * n + 1] << 8 for n in range(known)]
    row.flags += [0] * (count - known)


def _insert(row: _Row, operand: bytes) -> None:
    """Adds `count` cells of one width; beyond the last cell, those between are as wide."""
    first, count, width = struct.unpack("<BBH", operand)
    if len(row.flags) + max(count, first - len(row.flags) + count) > _MAX_CELLS:
        return
    if not row.edges:
        row.edges = [-row.gap]
    count += max(0, first - len(row.flags))
    first = min(first, len(row.flags))
    row.flags[first:first] = [0] * count
    left = row.edges[first]
    moved = [edge + width * count for edge in row.edges[first + 1 :]]
    row.edges[first + 1 :] = [left + width * (n + 1) for n in range(count)] + moved


def _delete(row: _Row, operand: bytes) -> None:
    first, limit = operand
    limit = min(limit, len(row.flags))
    if first < limit:
        width = row.edges[limit] - row.edges[first]
        row.edges[first:] = [row.edges[first]] + [edge - width for edge in row.edges[limit + 1 :]]
        del row.flags[first:limit]


def _column_width(row: _Row, operand: bytes) -> None:
    first, limit, width = struct.unpack("<BBH", operand)
    for number in range(first, min(limit, len(row.flags))):
        wider = width - (row.edges[number + 1] - row.edges[number])
        for edge in range(number + 1, len(row.edges)):
            row.edges[edge] += wider


def _left(row: _Row, operand: bytes) -> None:
    """Moves the row so that the text of its first cell begins here."""
    if row.edges:
        shift = struct.unpack("<h", operand)[0] - (row.edges[0] + row.gap)
        row.edges = [edge + shift for edge in row.edges]


def _gap(row: _Row, operand: bytes) -> None:
    row.gap = struct.unpack("<h", operand)[0]


def _justification(row: _Row, operand: bytes) -> None:
    row.justification = operand[0]


def _merge(row: _Row, operand: bytes) -> None:
    first, limit = operand
    for number in range(first, min(limit, len(row.flags))):
        row.flags[number] = row.flags[number] & ~_HORIZONTAL_MERGE | (1 if number == first else 2)


def _split(row: _Row, operand: bytes) -> None:
    first, limit = operand
    for number in range(first, min(limit, len(row.flags))):
        row.flags[number] &= ~_HORIZONTAL_MERGE


def _vertical(row: _Row, operand: bytes) -> None:
    if len(operand) == 2 and operand[0] < len(row.flags):
        kept = row.flags[operand[0]] & ~(_F_VERTICAL_MERGE | _F_VERTICAL_RESTART)
        row.flags[operand[0]] = kept | (operand[1] & 0x3) << 5


_HANDLERS: dict[int, Callable[[_Row, bytes], None]] = {
    op.T_DEFINITION: _definition,
    op.T_INSERT: _insert,
    op.T_DELETE: _delete,
    op.T_WIDTH: _column_width,
    op.T_LEFT: _left,
    op.T_GAP: _gap,
    **dict.fromkeys(op.T_JUSTIFICATION, _justification),
    op.T_MERGE: _merge,
    op.T_SPLIT: _split,
    op.T_VERTICAL_MERGE: _vertical,
}
