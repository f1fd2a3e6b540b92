"""Fields and form fields, as Word hides them from browsers (Microsoft Office HTML and XML Reference)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from extract.document import TICKED, UNTICKED


@dataclass(slots=True)
class Field:
    """An open field: where in the paragraph's pieces it begins, its instruction, and what it draws."""

    start: int
    instruction: str = ""
    drawn: str | None = None
    in_code: bool = True
    is_carried_over: bool = False
    is_in_comment: bool = True
    """Whether its instruction is hidden from browsers; programs other than Word write it for all to see."""

    @property
    def takes_text(self) -> bool:
        """Whether text that stands here is the instruction."""
        return self.in_code and not self.is_in_comment


_CHECK_BOX, _NOT_SET = 1, 25


def form_field_state(comment: str) -> str | None:
    """☑ or ☐ where the data of a form field, in hexadecimal, are those of a check box ([MS-DOC] 2.9.78, FFData)."""
    found = re.search(r"<w:data>([0-9A-Fa-f\s]+)</w:data>", comment)
    digits = re.sub(r"\s", "", found[1]) if found else ""
    data = bytes.fromhex(digits[: len(digits) // 2 * 2])
    bits = int.from_bytes(data[4:6], "little")
    kind, result = bits & 3, bits >> 2 & 31
    if len(data) < 12 or kind != _CHECK_BOX:
        return None
    if result == _NOT_SET:
        end_of_name = 12 + 2 * int.from_bytes(data[10:12], "little") + 2
        result = int.from_bytes(data[end_of_name : end_of_name + 2], "little")
    return TICKED if result else UNTICKED
