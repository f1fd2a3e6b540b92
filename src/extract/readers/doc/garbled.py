"""Text that is none: what comes out where the bytes were something else than the header said."""

from __future__ import annotations

import re

from extract.errors import ReadError
from extract.language import Message

# More than this share of characters that no text holds, and the bytes were something else.
_TOLERATED_JUNK = 0.2
_JUNK = re.compile("[\x00\x06\x0e-\x12\x16-\x1d\x80-\x9f\ue000-\uefff\uf100-\uf8ff\ufff0-\uffff]")


def refuse_garbled(text: str) -> None:
    """Raise ReadError `doc.garbled` where the stored text has many characters that no text holds."""
    junk = len(_JUNK.findall(text))
    if junk > _TOLERATED_JUNK * len(text):
        raise ReadError(
            "doc.garbled",
            Message(
                f"{junk:,} of the {len(text):,} characters are none that a text holds, so the file is damaged or of "
                "an unknown kind; open it in Word and save it as .docx",
                f"{len(text):,} 个字符中有 {junk:,} 个不可能出现在正文里，文件已损坏或类型不明；请用 Word "
                "打开后另存为 .docx",
            ),
        )
