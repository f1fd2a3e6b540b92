"""Torn labels: where rows are lines, a label of two paragraphs ends one line and opens the next (→ for a tab)::

    →主管                                                (blank) | 主管部门 | 城管局
    部门→城管局

    其他需要说明的问题→                                  其他需要说明的问题 | (blank)
    业务股室                                             业务股室审核意见 | 同意
    审核意见→同意

Two halves are put together only where the whole is a label or a level that the rules know, the second half alone is not
the same one, and nothing but white space without a tab stands between them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from extract.document import Block, Cell, Paragraph, Table
from extract.labels import LONGEST_LABEL, bare_label
from extract.rules import FormRule, RuleSet, bare_level

_Row = tuple[Cell, ...]


def mend(text: str, blocks: Iterable[Block], rule: FormRule, rules: RuleSet) -> tuple[Block, ...]:
    """The blocks of a form, the torn rows of tables without a grid mended."""
    mender = _Mender(text, rule, rules)
    return tuple(
        Table(tuple(mender.rows(block.rows)), has_grid=False)
        if isinstance(block, Table) and not block.has_grid
        else block
        for block in blocks
    )


class _Mender:
    def __init__(self, text: str, rule: FormRule, rules: RuleSet) -> None:
        self._text = text
        self._rule = rule
        self._rules = rules

    def rows(self, rows: Iterable[_Row]) -> Iterator[_Row]:
        above: _Row = ()
        for row in filter(None, rows):
            if half := self._half_above(above, row):
                kept, row = self._put_together(above, half, row)
                if kept:
                    yield kept
            elif above:
                yield above
            above = row
        if above:
            yield above

    def _half_above(self, above: _Row, row: _Row) -> Paragraph | None:
        """The last paragraph of the row above, where it and the first cell below are halves of a label."""
        last = above[-1].blocks[-1] if above and above[-1].blocks else None
        if not isinstance(last, Paragraph) or not row[0].blocks or row[0].end - last.start > 2 * LONGEST_LABEL:
            return None
        between = self._text[last.end : row[0].start]
        is_torn = not between.strip() and "\t" not in between
        whole, second = self._text[last.start : row[0].end], self._text[row[0].start : row[0].end]
        if not is_torn or not (self._is_known(whole) or self._rule.column_of(whole)):
            return None
        # 依据 is a label, and the second half of others; a number or points in front make no new one.
        is_other = bare_label(whole) != bare_label(second) and bare_level(whole) != bare_level(second)
        return last if is_other or not self._is_known(second) else None

    def _is_known(self, text: str) -> bool:
        levels = self._rules.levels
        is_label = self._rule.use_of(text) or self._rules.money_of(text)
        return bool(is_label or levels.canonical("level1", text) or levels.canonical("level2", text))

    def _put_together(self, above: _Row, half: Paragraph, row: _Row) -> tuple[_Row, _Row]:
        """What is left of the row above, and the row with the whole label.

        A half on a line of its own belongs to the row below it; one behind a tab makes the two lines one row.
        """
        last = above[-1]
        label = Cell(row[0].row, 0, 1, 1, half.start, row[0].end, (half, *row[0].blocks))
        line_start = self._text.rfind("\n", 0, half.start) + 1
        if self._text[line_start : half.start].strip(" "):
            return (), _counted((*above[:-1], label, *row[1:]))
        blocks = last.blocks[:-1]
        end = blocks[-1].end if blocks and isinstance(blocks[-1], Paragraph) else last.start
        cut = last._replace(start=min(last.start, end), end=end, blocks=blocks)
        kept = (*above[:-1], cut) if blocks or len(above) > 1 else ()
        return kept, (label, *row[1:])


def _counted(row: _Row) -> _Row:
    return tuple(cell._replace(column=column) for column, cell in enumerate(row))
