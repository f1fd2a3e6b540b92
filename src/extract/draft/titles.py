"""Titles: the line that names a form of no known kind, and a pattern for lines like it.

>>> title_pattern("云溪县2021年度文化惠民项目绩效情况表")
'(?:[\\\\p{Han}]{2,12}[省市县区旗州盟乡镇])?\\\\d{1,4}年度文化惠民项目绩效情况表'
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from extract.document import Block, Document, Paragraph, Table
from extract.labels import compact
from extract.rules import RuleSet

LONGEST_TITLE = 40
# Rows that a table needs to be the body of a form.
_FEWEST_ROWS = 3

_PLACE = r"(?:[\p{Han}]{2,12}[省市县区旗州盟乡镇])?"
_PLACE_IN_FRONT = re.compile(
    r"^(?:[\u4e00-\u9fff]{2,6}?(?:自治[区州县旗]|[省市县区旗州盟乡镇]))+(?=[\u4e00-\u9fff\d]{4})"
)
_SPECIAL = re.compile(r"([\\.^$*+?{}\[\]|()])")


def title_pattern(title: str) -> str:
    """A pattern for `title` (compact) and for titles that differ from it in the place in front and in numbers."""
    body = _PLACE_IN_FRONT.sub("", title)
    escaped = _SPECIAL.sub(r"\\\1", body)
    return _PLACE + re.sub(r"\d+", lambda number: rf"\d{{1,{len(number[0])}}}", escaped)


def title_above_table(document: Document, rules: RuleSet) -> str | None:
    """The line above the first table of some size that can be its title, compact; the last one that says 表, if any."""
    lines: list[str] = []
    for text in _lines_above_table(document.text, document.blocks):
        bare = compact(text)
        known = rules.phrases.year_line(bare)[0] or rules.phrases.is_boilerplate(bare) or rules.phrases.unit_line(bare)
        if 4 <= len(bare) <= LONGEST_TITLE and not known and not re.search("[:：。；]", bare):
            lines.append(bare)
    return next((line for line in reversed(lines) if line.endswith("表")), lines[-1] if lines else None)


def _lines_above_table(text: str, blocks: tuple[Block, ...]) -> Iterator[str]:
    """The paragraphs in front of the first table of some size, and the rows of one cell with which it begins."""
    tables = (n for n, block in enumerate(blocks) if isinstance(block, Table) and len(block.rows) >= _FEWEST_ROWS)
    number = next(tables, None)
    if number is None:
        return
    yield from (text[b.start : b.end] for b in blocks[:number] if isinstance(b, Paragraph))
    table = blocks[number]
    assert isinstance(table, Table)
    for row in table.rows:
        filled = [cell for cell in row if text[cell.start : cell.end].strip()]
        if len(filled) != 1:
            return
        yield text[filled[0].start : filled[0].end]
