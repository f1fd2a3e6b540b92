"""From bytes to text, by a strict ladder: byte order mark, UTF-16 test, UTF-8, GB18030, Big5. Nothing is replaced."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from contextlib import suppress

from extract.errors import ReadError
from extract.language import Message

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# So many bytes of text in one encoding are no accident: the file is text with a damaged place.
_ENOUGH_TEXT = 40
_STRICT_LADDER = ("utf-8", "gb18030", "big5")

# More than this share of characters that no text holds, and the bytes were something else. Private-use characters are
# what a wrong encoding gives, except those of symbol fonts.
_TOLERATED_JUNK = 0.02
_JUNK = re.compile("[\x00-\x06\x0e-\x1f\x7f-\x84\x86-\x9f\ufffd\ufffe\uffff\ue000-\uefff\uf100-\uf8ff]")


def decode(data: bytes) -> tuple[str, str]:
    """The encoding and the text of `data`.

    Raises ReadError `text.undecodable` where no encoding of the ladder fits or the result is no text.
    """
    for encoding, text in _decodings(data):
        if len(_JUNK.findall(text)) <= _TOLERATED_JUNK * len(text):
            return encoding, text
    where = _where(data)
    raise ReadError(
        "text.undecodable",
        Message(
            f"the bytes are neither a known document format nor text in UTF-8, UTF-16, GB18030 or Big5{where.en}; "
            "check what kind of file this is, or look for an undamaged copy",
            f"既不是已知的文档格式，也不是 UTF-8、UTF-16、GB18030 或 Big5 文本{where.zh}；"
            "请确认文件类型，或另找完好的一份",
        ),
    )


def _where(data: bytes) -> Message:
    """Where the text breaks in the encoding that gets farthest, if it gets far enough to be text at all."""
    breaks = {encoding: _first_break(data, encoding) for encoding in _STRICT_LADDER}
    encoding = max(breaks, key=lambda each: breaks[each])
    at = breaks[encoding]
    if at < _ENOUGH_TEXT or b"\0" in data:
        return Message("", "")
    line = data.count(b"\n", 0, at) + 1
    byte = at + 1
    return Message(
        f" (as {encoding} they break at byte {byte}, in line {line})",
        f"（按 {encoding} 读到第 {line} 行第 {byte} 字节处中断）",
    )


def _first_break(data: bytes, encoding: str) -> int:
    try:
        data.decode(encoding)
    except UnicodeDecodeError as error:
        return error.start
    return 0


def _decodings(data: bytes) -> Iterator[tuple[str, str]]:
    mark = next(((m, encoding) for m, encoding in _BYTE_ORDER_MARKS if data.startswith(m)), None)
    if mark:
        return _strictly(data[len(mark[0]) :], (mark[1],))
    if b"\0" in data:  # No other text has NUL bytes; ASCII digits and line ends tell the byte order.
        little = data[1::2].count(0) >= data[::2].count(0)
        return _strictly(data, ("utf-16-le" if little else "utf-16-be",))
    return _strictly(data, _STRICT_LADDER)


def _strictly(data: bytes, encodings: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for encoding in encodings:
        with suppress(UnicodeDecodeError):
            yield encoding, data.decode(encoding)
