"""Text without any drawn table: prose, lists of labels, and dumps that print one cell a line::

    主管部门               a label
    司法局                 its value
                           a blank cell, or the covered place of a merged one
    主管部门：司法局       a label and its value in one paragraph

Each line is a paragraph. Which lines are cells, and where a row of them ends, only the rules of the form can tell; the
parser finds it out, and counts the blank lines in the text to do so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from extract.document import Paragraph
from extract.readers.text.content import Content

_LINE = re.compile(r"[^\n]+")


def recognises(_: Sequence[str]) -> bool:
    """Every text can be read so; this dialect is the last to be asked."""
    return True


def read(text: str) -> Content:
    """A paragraph for each line that is not blank; the text is the source."""
    return Content(text, tuple(Paragraph(*line.span()) for line in _LINE.finditer(text) if line[0].strip()))
