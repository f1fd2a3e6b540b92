"""Stories: the paragraphs of one part of the document become blocks, by the marks that end cells and rows.

A paragraph's depth says in how many tables it stands ([MS-DOC] 2.4.3). At depth 1 a cell ends with the character 7, at
greater depths with a paragraph mark that has sprmPFInnerTableCell; a row ends with a paragraph of its own.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from extract.errors import ReadError
from extract.language import Message
from extract.readers.doc.inlines import Inlines
from extract.readers.doc.lists import Lists
from extract.readers.doc.properties import ParagraphProperties
from extract.readers.doc.rows import RowProperties
from extract.readers.doc.tables import RawBlock, RawRow, RawTable, is_blank
from extract.readers.numbering import Counters, Numbered

# A page break (12) stands in a paragraph of its own or ends one, as does a section.
_MARKS = re.compile("[\r\x07\x0c]")
_CELL_MARK = "\x07"
_MAX_DEPTH = 50


@dataclass(slots=True)
class _OpenTable:
    """A table while its rows are read: `place` is where it belongs, with its rows so far and its open row."""

    place: list[RawBlock]
    table: RawTable
    cells: list[list[RawBlock]] = field(default_factory=list)
    cell: list[RawBlock] = field(default_factory=list)


class Stories:
    """Reads any stretch of a document's characters as blocks."""

    def __init__(
        self,
        text: str,
        of_paragraphs: Callable[[list[int]], list[ParagraphProperties]],
        inlines: Inlines,
        lists: Lists | None = None,
    ) -> None:
        """`of_paragraphs` tells the properties of the paragraphs with these marks, given as CPs in ascending order."""
        self._text = text
        self._marks = [found.start() for found in _MARKS.finditer(text)]
        self._of_paragraphs = of_paragraphs(self._marks)
        self._inlines = inlines
        self._lists = lists
        self._counters = Counters()

    def read(self, start: int, end: int, anchored: Mapping[int, Sequence[RawBlock]]) -> list[RawBlock]:
        """The blocks of the characters from CP `start` to `end`.

        `anchored` are blocks that hang on a character, such as text boxes; they follow its paragraph.
        """
        walk = _StoryWalk()
        text, marks, inlines = self._text, self._marks, self._inlines
        anchors = deque(sorted(cp for cp in anchored if start <= cp < end))
        for number in range(bisect_left(marks, start), bisect_left(marks, end)):
            mark, properties = marks[number], self._of_paragraphs[number]
            if properties.depth != len(walk.tables):
                walk.go_to_depth(properties.depth)
            paragraph = inlines.read(start, mark)
            start = mark + 1
            is_cell_mark = text[mark] == _CELL_MARK
            if properties.row is not None and not paragraph and (is_cell_mark or properties.depth > 1):
                walk.end_row(properties.row, is_deleted=inlines.is_deleted_mark(mark))
                continue
            if properties.list_number and (paragraph.strip() or not inlines.is_unseen_mark(mark)):
                paragraph = self._numbered(paragraph, properties)
            walk.blocks.append(paragraph)
            while anchors and anchors[0] <= mark:
                walk.blocks += anchored[anchors.popleft()]
            if (is_cell_mark and properties.depth) or (properties.ends_inner_cell and text[mark] == "\r"):
                walk.end_cell()
        walk.go_to_depth(0)
        # Each part ends with a mark; what stands behind it in a damaged file must not be lost.
        rest = inlines.read(start, min(end, len(text)))
        if rest.strip():
            walk.blocks.append(rest)
        for cp in anchors:
            walk.blocks += anchored[cp]
        return walk.blocks

    def _numbered(self, paragraph: str, properties: ParagraphProperties) -> str:
        its_list = self._lists.of_number(properties.list_number) if self._lists else None
        if its_list is None:
            return paragraph
        return Numbered(paragraph, partial(self._counters.label, its_list, properties.list_level))


class _StoryWalk:
    """Where the walk through a story stands: the open tables, outermost first, and the open list of blocks."""

    def __init__(self) -> None:
        self.tables: list[_OpenTable] = []
        self.blocks: list[RawBlock] = []

    def go_to_depth(self, depth: int) -> None:
        """Close or open tables until `depth` of them are open."""
        if depth > _MAX_DEPTH:
            raise ReadError(
                "doc.too_deep",
                Message(
                    f"a paragraph stands {depth:,} tables deep, more than the {_MAX_DEPTH} that are read; the file is "
                    "damaged, so fetch it again",
                    f"有段落嵌套在 {depth:,} 层表格内，超过可读的 {_MAX_DEPTH} 层；文件已损坏，请重新获取",
                ),
            )
        while len(self.tables) > depth:
            self._close_table()
        while len(self.tables) < depth:
            opened = _OpenTable(self.blocks, RawTable())
            self.tables.append(opened)
            self.blocks = opened.cell

    def end_cell(self) -> None:
        """Close the open cell of the innermost table."""
        table = self.tables[-1]
        table.cells.append(table.cell)
        self.blocks = table.cell = []

    def end_row(self, row: RowProperties, *, is_deleted: bool) -> None:
        """Close the open row. It is no part of the table above it if that floats in another place of the page."""
        table = self.tables[-1]
        if not is_blank(table.cell):
            table.cells.append(table.cell)
        rows, cells = table.table.rows, table.cells
        if rows and rows[-1].properties is not None and rows[-1].properties.position != row.position:
            table.place.append(table.table)
            table.table = RawTable()
        if cells and not (is_deleted and all(map(is_blank, cells))):
            table.table.rows.append(RawRow(cells, row))
        table.cells = []
        self.blocks = table.cell = []

    def _close_table(self) -> None:
        """End the innermost table; an open row is kept as a row below others, and otherwise as paragraphs."""
        table = self.tables.pop()
        rest = [*table.cells, table.cell]
        if table.table.rows:
            if table.cells:
                table.table.rows.append(RawRow(rest if table.cell else table.cells, None))
                rest = []
            table.place.append(table.table)
        table.place.extend(block for cell in rest for block in cell)
        self.blocks = table.place
