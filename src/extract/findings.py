"""What the program noticed: oddities travel as values beside the result; the caller decides what to do with them."""

from __future__ import annotations

from typing import Literal, NamedTuple

from extract.document import Span
from extract.language import Message

Severity = Literal["error", "warning", "note"]
Outcome = Literal["fail", "insufficient_data"]


class Finding(NamedTuple):
    """One remark about a form or a document.

    `code` is stable and dotted (`choice.none_ticked`); `message` is a sentence without personal data, in both
    languages; `span` is the place in `Document.text` that it speaks of, None where it speaks of something that is not
    there. `outcome` is `fail` where the data are there and wrong, `insufficient_data` where something needed is missing
    or unreadable.
    """

    code: str
    severity: Severity
    outcome: Outcome
    message: Message
    span: Span | None = None
