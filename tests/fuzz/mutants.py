"""Mutants: broken variants of good input, each from one random number, so that it can be made again.

What is packed is unpacked first: a flipped bit in a ZIP only ever tests its checksum.

>>> mutant(b"<p>text</p>", [b"<b>"], Random(3)) == mutant(b"<p>text</p>", [b"<b>"], Random(3))
True
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from random import Random

MOST_BYTES = 400_000
"""Mutants grow no larger than this: the limits of size have tests of their own."""

# Where one thing ends and the next begins in the formats that are text: XML and HTML, RTF, YAML, dumps.
_PIECE = re.compile(rb"<[^<>]*>|\\[a-z]+-?\d*|[{}]|\n[ -]*|\t|[^<>\\{}\n\t]+|.", re.DOTALL)
_NUMBER = re.compile(rb"\d+")
_NUMBERS = (0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFE, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)
_WRITTEN = (b"0", b"-1", b"65536", b"2147483648", b"99999999999999999999", b"1e999", b"x", b"")
_MOST_REPEATS = 3000

Change = Callable[[bytearray, Sequence[bytes], Random], None]


def mutant(data: bytes, others: Sequence[bytes], chance: Random) -> bytes:
    """A variant of `data` with one to four changes, some of them taken from `others`."""
    if data.startswith(b"PK") and chance.random() < 0.85:
        return _repacked(data, chance)
    return _changed(data, others, chance)


def _changed(data: bytes, others: Sequence[bytes], chance: Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        if changed:
            chance.choice(CHANGES)(changed, others, chance)
    return bytes(changed[:MOST_BYTES])


def _repacked(data: bytes, chance: Random) -> bytes:
    """The package with one of its parts changed, left out or doubled."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = [(info, package.read(info)) for info in package.infolist()]
    except Exception:  # zipfile raises nearly everything at a mutant of a mutant
        return _changed(data, [], chance)
    if not parts:
        return _changed(data, [], chance)
    # The larger a part, the more there is to go wrong; every part has its turn.
    number = chance.choices(range(len(parts)), [len(content) + 200 for _, content in parts])[0]
    info, content = parts[number]
    fate = chance.random()
    if fate < 0.03:
        del parts[number]
    elif fate < 0.06:
        parts.append((info, content))
    else:
        parts[number] = (info, _changed(content, [each for _, each in parts], chance))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        for info, content in parts:
            package.writestr(info.filename or "x", content)
    return packed.getvalue()


# ------------------------------------------------------------------------------------------------------------ changes


def _flip(data: bytearray, others: Sequence[bytes], chance: Random) -> None:
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def _overwrite(data: bytearray, others: Sequence[bytes], chance: Random) -> None:
    at = chance.randrange(len(data))
    data[at : at + chance.randint(1, 8)] = chance.randbytes(chance.randint(1, 8))


def _number(data: bytearray, others: Sequence[bytes], chance: Random) -> None:
    """A number that loops and lengths stumble over, at a place where binary formats keep theirs."""
    size = chance.choice((1, 2, 4, 4))
    at = chance.randrange(len(data)) // size * size
    value = chance.choice(_NUMBERS) if chance.random() < 0.6 else chance.randrange(1 << 10)
    data[at : at + size] = (value % (1 << 8 * size)).to_bytes(size, "little")


def _written_number(data: bytearray, others: Sequence[bytes], chance: Random) -> None:
    found = list(_NUMBER.finditer(data, chance.randrange(len(data))))[:50]
    if found:
        start, end = chance.choice(found).span()
        data[start:end] = chance.choice(_WRITTEN)


def _cut(data: bytearray, others: Sequence[bytes], chance: Random) -> None:
    start, end = _stretch(data, chance)
    del data[start:end]


def _truncate(data: bytearray, others: Sequence[bytes], chance: Random) -> None:
    del data[chance.randrange(len(data)) :]


def _double(data: bytearray, others: Sequence[bytes], chance: Random) -> None:
    start, end = _stretch(data, chance)
    data[start:start] = data[start:end]


def _move(data: bytearray, others: Sequence[bytes], chance: Random) -> None:
    start, end = _stretch(data, chance)
    moved = data[start:end]
    del data[start:end]
    at = chance.randint(0, len(data))
    data[at:at] = moved


def _splice(data: bytearray, others: Sequence[bytes], chance: Random) -> None:
    other = chance.choice(others) if others else bytes(data)
    if other:
        start, end = _stretch(other, chance)
        at = chance.randint(0, len(data))
        data[at : at + chance.choice((0, end - start))] = other[start:end]


def _piece(data: bytearray, others: Sequence[bytes], chance: Random) -> None:
    """A piece (a tag, a control word, a line's beginning) left out, doubled, moved, or repeated until it nests deep."""
    found = list(_PIECE.finditer(data, chance.randrange(len(data))))[:200]
    if not found:
        return
    start, end = chance.choice(found).span()
    piece = bytes(data[start:end])
    match chance.randrange(5):
        case 0:
            del data[start:end]
        case 1:
            data[start:start] = piece
        case 2:
            at = chance.choice(found).start()
            data[at:at] = piece
        case 3:
            data[start:end] = chance.choice(found)[0]
        case _:
            data[start:start] = piece * chance.randint(2, min(_MOST_REPEATS, MOST_BYTES // len(piece) + 2))


def _stretch(data: bytes | bytearray, chance: Random) -> tuple[int, int]:
    start = chance.randrange(len(data))
    longest = chance.choice((1, 4, 16, 64, 512, 4096))
    return start, min(len(data), start + chance.randint(1, longest))


CHANGES: tuple[Change, ...] = (
    *(_flip, _overwrite, _number, _number, _written_number, _cut, _truncate, _double, _move),
    *(_splice, _piece, _piece, _piece),
)
