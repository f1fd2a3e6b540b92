"""The errors of a file that is cut off, damaged or made to do harm."""

from __future__ import annotations

from extract.errors import ReadError
from extract.language import Message


def broken(what: Message) -> ReadError:
    """`rtf.broken`: the file ends in the middle, or is none."""
    return ReadError(
        "rtf.broken",
        Message(
            f"{what.en}; it is cut off or damaged, so fetch it again, or open it in Word and save it as .docx",
            f"{what.zh}；文件不完整或已损坏，请重新获取，或用 Word 打开后另存为 .docx",
        ),
    )


def too_deep(what: Message) -> ReadError:
    """`rtf.too_deep`: nested as in no document."""
    return ReadError(
        "rtf.too_deep",
        Message(
            f"{what.en}, as in no form; the file is damaged or made to do harm, so fetch it again",
            f"{what.zh}，没有表会如此；文件已损坏或有意为害，请重新获取",
        ),
    )
