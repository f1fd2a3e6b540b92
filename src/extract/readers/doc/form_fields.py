"""The state of check boxes and drop-down lists, which only the Data stream knows ([MS-DOC] 2.9.78 FFData)."""

from __future__ import annotations

import struct

from extract.document import TICKED, UNTICKED

_CHECK_BOX, _DROP_DOWN = 1, 2
_USE_DEFAULT = 25


def form_field_state(data: bytes, offset: int) -> str | None:
    """What the form field at `offset` of the Data stream shows: ☑, ☐ or the chosen entry of its list.

    None where there is no form field, or one whose text stands in the document.
    """
    if offset + 6 > len(data):
        return None
    size, header = struct.unpack_from("<IH", data, offset)
    field = data[offset + header : offset + size]
    # A version of four bytes, always -1, stands before the bits.
    if len(field) < 10 or field[:4] != b"\xff\xff\xff\xff":
        return None
    bits = int.from_bytes(field[4:6], "little")
    kind, result = bits & 0x3, bits >> 2 & 0x1F
    if kind not in (_CHECK_BOX, _DROP_DOWN):
        return None
    place = _skip_name(field, 10)
    default = int.from_bytes(field[place : place + 2], "little")
    if result == _USE_DEFAULT:
        result = default
    if kind == _CHECK_BOX:
        return TICKED if result else UNTICKED
    return _chosen_entry(field, place + 2, result)


def _skip_name(field: bytes, place: int) -> int:
    """The place behind an Xstz: a count, as many UTF-16 units, and a zero."""
    return place + 2 + 2 * int.from_bytes(field[place : place + 2], "little") + 2


def _chosen_entry(field: bytes, place: int, number: int) -> str | None:
    """Entry `number` of a drop-down list, behind the five texts of help and macros ([MS-DOC] 2.2.4 STTB)."""
    for _ in range(5):
        place = _skip_name(field, place)
    entries = field[place:]
    # 0xFFFF for UTF-16, the count, the size of extra data (0); then each entry with its length.
    if len(entries) < 6 or entries[:2] != b"\xff\xff":
        return None
    count, place = int.from_bytes(entries[2:4], "little"), 6
    for current in range(min(count, number + 1)):
        length = 2 * int.from_bytes(entries[place : place + 2], "little")
        if current == number:
            return entries[place + 2 : place + 2 + length].decode("utf-16-le", "replace")
        place += 2 + length
    return None
