"""Sprms: the single property modifiers that say how a paragraph, a run or a table row differs ([MS-DOC] 2.2.5, 2.6).

A list of them (grpprl) is bytes: an operation code of two bytes, whose top three bits tell the size of the operand,
then the operand. Older versions have other, one-byte codes; `from_word_6` and `from_word_2` translate those that change
what is read, so that nothing above knows three sets.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping

P_IN_TABLE = 0x2416
P_TABLE_ROW_END = 0x2417
P_TABLE_DEPTH = 0x6649
P_DEPTH_CHANGE = 0x664A
P_INNER_CELL = 0x244B
P_INNER_ROW_END = 0x244C
P_HUGE = (0x6646, 0x6645)
P_TABLE_PROPERTIES = 0x646B

P_LIST = 0x460B
P_LIST_LEVEL = 0x260A

C_DELETED = 0x0800
C_HIDDEN = 0x083C
C_UNDERLINE = 0x2A3E
C_PICTURE = 0x6A03
C_SYMBOL = 0x6A09
C_FONTS = (0x4A4F, 0x4A50, 0x4A51, 0x4A5E)

T_JUSTIFICATION = (0x5400, 0x548A)
T_LEFT = 0x9601
T_GAP = 0x9602
T_DEFINITION = 0xD608
T_INSERT = 0x7621
T_DELETE = 0x5622
T_WIDTH = 0x7623
T_MERGE = 0x5624
T_SPLIT = 0x5625
T_VERTICAL_MERGE = 0xD62B
T_POSITION = (0x360D, 0x940E, 0x940F)

_CHANGE_TABS = 0xC615
# By the top three bits of the code; 0 is a size that the operand tells itself.
_OPERAND_SIZES = (1, 1, 2, 4, 2, 2, 0, 3)

_KNOWN = frozenset(
    (
        *(P_IN_TABLE, P_TABLE_ROW_END, P_TABLE_DEPTH, P_DEPTH_CHANGE, P_INNER_CELL, P_INNER_ROW_END),
        *(*P_HUGE, P_TABLE_PROPERTIES, P_LIST, P_LIST_LEVEL),
        *(C_DELETED, C_HIDDEN, C_UNDERLINE, C_PICTURE, C_SYMBOL, *C_FONTS),
        *(*T_JUSTIFICATION, T_LEFT, T_GAP, T_DEFINITION, T_INSERT, T_DELETE, T_WIDTH),
        *(T_MERGE, T_SPLIT, T_VERTICAL_MERGE, *T_POSITION),
    )
)


def sprms(grpprl: bytes) -> list[tuple[int, bytes]]:
    """Operation code and operand of each sprm that this reader knows; a list that is cut off ends with its last whole.

    The operand of a variable size comes without the byte or, for sprmTDefTable, the two bytes that tell it.
    """
    found: list[tuple[int, bytes]] = []
    place, end = 0, len(grpprl) - 2
    while place < end:
        code = grpprl[place] | grpprl[place + 1] << 8
        place += 2
        size = _OPERAND_SIZES[code >> 13]
        if not size:
            place, size = _variable_operand(grpprl, place, code)
        if code in _KNOWN:
            operand = grpprl[place : place + size]
            if len(operand) < size:
                break
            found.append((code, operand))
        place += size
    return found


def _variable_operand(grpprl: bytes, place: int, code: int) -> tuple[int, int]:
    """Where an operand of variable size begins, and its size."""
    if code == T_DEFINITION:
        # Its size counts one byte too many ([MS-DOC] TDefTableOperand).
        return place + 2, max(0, int.from_bytes(grpprl[place : place + 2], "little") - 1)
    size = grpprl[place]
    if code == _CHANGE_TABS and size == 0xFF:
        size = _size_of_changed_tabs(grpprl, place + 1)
    return place + 1, size


def _size_of_changed_tabs(grpprl: bytes, place: int) -> int:
    """The size of a sprmPChgTabs that is too long for its one byte: tabs deleted and tabs added (PChgTabsOperand)."""
    deleted = grpprl[place] if place < len(grpprl) else 0
    place += 1 + 4 * deleted
    added = grpprl[place] if place < len(grpprl) else 0
    return 2 + 4 * deleted + 3 * added


# --- Word 6 and 95, and before ---


def from_word_6(grpprl: bytes) -> bytes:
    """The sprms of Word 6/95 in `grpprl` that change what is read, as those of Word 97."""
    return _translated(grpprl, _WORD_6_SIZES, lambda code: code)


def from_word_2(grpprl: bytes) -> bytes:
    """The same for paragraphs of Word 1 and 2, which number what concerns tables otherwise."""
    return _translated(
        grpprl, _WORD_2_SIZES, lambda code: code + _WORD_2_TABLES_EARLIER if code >= _WORD_2_FIRST_OF_TABLES else code
    )


def _translated(grpprl: bytes, sizes: Mapping[int, int], in_word_6: Callable[[int], int]) -> bytes:
    translated, place = [], 0
    while place < len(grpprl):
        code = in_word_6(grpprl[place])
        place += 1
        size = sizes.get(code)
        if code == _WORD_6_TABLE_DEFINITION:
            size = int.from_bytes(grpprl[place : place + 2], "little") - 1
            place += 2
        elif size is None:
            size = grpprl[place] if place < len(grpprl) else 0
            place += 1
        if size < 0 or place + size > len(grpprl):
            break
        translate = _WORD_6_SPRMS.get(code)
        if translate is not None:
            translated.append(translate(grpprl[place : place + size]))
        place += size
    return b"".join(translated)


def _same_operand(code: int) -> Callable[[bytes], bytes]:
    return lambda operand: struct.pack("<H", code) + operand


def _symbol_of_word_6(operand: bytes) -> bytes:
    if len(operand) < 3:
        return b""
    return struct.pack("<HHH", C_SYMBOL, operand[0] | operand[1] << 8, operand[2])


def _table_definition_of_word_6(operand: bytes) -> bytes:
    """A TDefTable with cells (TC) of ten bytes as one with cells (TC80) of twenty: the flags come first in both."""
    edges_end = 1 + 2 * (operand[0] + 1) if operand else 0
    cells = b"".join(operand[place : place + 2].ljust(20, b"\0") for place in range(edges_end, len(operand), 10))
    definition = operand[:edges_end] + cells
    return struct.pack("<HH", T_DEFINITION, len(definition) + 1) + definition


_WORD_6_TABLE_DEFINITION = 190

_WORD_6_SPRMS: dict[int, Callable[[bytes], bytes]] = {
    24: _same_operand(P_IN_TABLE),
    25: _same_operand(P_TABLE_ROW_END),
    65: _same_operand(C_DELETED),
    74: _symbol_of_word_6,
    92: _same_operand(C_HIDDEN),
    94: _same_operand(C_UNDERLINE),
    93: _same_operand(C_FONTS[0]),
    182: _same_operand(T_JUSTIFICATION[0]),
    183: _same_operand(T_LEFT),
    184: _same_operand(T_GAP),
    _WORD_6_TABLE_DEFINITION: _table_definition_of_word_6,
    194: _same_operand(T_INSERT),
    195: _same_operand(T_DELETE),
    196: _same_operand(T_WIDTH),
    197: _same_operand(T_MERGE),
    198: _same_operand(T_SPLIT),
}

# Operand sizes in Word 6/95; all other sprms begin with a byte that tells theirs.
_WORD_6_SIZES = {
    **dict.fromkeys((0, 52, 83, 163), 0),
    **dict.fromkeys((*range(4, 12), 13, 14, 24, 25, 29, 37, 44, 50, 51, 65, 66, 67, 71, 75, *range(85, 93)), 1),
    **dict.fromkeys((94, 98, 100, 102, 104, 117, 118, 119, 131, 132, 138, 139, 142, 143, 146, 147), 1),
    **dict.fromkeys((150, 151, 152, 153, 158, 159, 162, 185, 186), 1),
    **dict.fromkeys((2, 16, 17, 18, 19, 21, 22, 26, 27, 28, *range(30, 37), *range(38, 44), 45, 46, 47, 48, 49), 2),
    **dict.fromkeys((69, 72, 80, 93, 96, 97, 99, 101, 107, 109, 110, 121, 122, 123, 124, 140, 141, 144, 145), 2),
    **dict.fromkeys((148, 149, 154, 155, 156, 157, 160, 161, *range(164, 172), 182, 183, 184, 189, 195, 197, 198), 2),
    **dict.fromkeys((73, 95, 136, 137), 3),
    **dict.fromkeys((20, 70, 192, 194, 196, 200), 4),
    **dict.fromkeys((193, 199), 5),
    187: 12,
}

_WORD_2_FIRST_OF_TABLES, _WORD_2_TABLES_EARLIER = 146, 36
# By the numbers of Word 6.
_WORD_2_SIZES = {**_WORD_6_SIZES, 2: 1, 12: 1, 20: 2}
