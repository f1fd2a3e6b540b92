"""Blocks in reading order: paragraphs and tables (ECMA-376 part 1, 17.2 to 17.4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from lxml import etree

from extract.document import TICKED, Block, Cell, Paragraph, Table, TextWriter
from extract.readers.docx.inlines import checkbox_state, chosen_branch, interrupt_fields, reads_as_written, walk_inlines
from extract.readers.docx.lists import NO_LIST, Lists
from extract.readers.docx.names import (
    ALTERNATIVE,
    CELL,
    CELL_PROPERTIES,
    CONTROL,
    PARAGRAPH,
    PARAGRAPH_PROPERTIES,
    ROW,
    Element,
    by_name,
    children,
    first_child,
    is_bare,
    is_blank,
    is_on,
    number_in,
)
from extract.readers.docx.scan import scan
from extract.readers.docx.state import State, deeper
from extract.readers.docx.stories import ListParts, Story
from extract.readers.numbering import labelled
from extract.readers.symbols import with_signs

_BlockHandler = Callable[[Element, State, list[Block]], None]


def read_story(story: Story, out: TextWriter, lists: ListParts) -> tuple[Block, ...]:
    """The blocks of a story, whose text `out` takes."""
    state = State(out, story, lists.of_story(story))
    scan(story.element, state)
    blocks = _read_blocks(story.element, state)
    _end_paragraph(blocks, state)
    return blocks


def _read_blocks(parent: Element, state: State) -> tuple[Block, ...]:
    blocks: list[Block] = []
    _walk_blocks(parent, state, blocks)
    return tuple(blocks)


def _walk_blocks(parent: Element, state: State, blocks: list[Block]) -> None:
    for child in children(parent):
        handler = BLOCKS.get(child.tag, _wrapper)
        if handler is not None:
            handler(child, state, blocks)


def _wrapper(element: Element, state: State, blocks: list[Block]) -> None:
    with deeper(state):
        _walk_blocks(element, state, blocks)


def _end_paragraph(blocks: Sequence[Block], state: State) -> None:
    """Write the line break between a paragraph and what follows it; a table has ended with that of its last row."""
    if blocks and type(blocks[-1]) is Paragraph:
        state.out.write("\n")


def _paragraph(element: Element, state: State, blocks: list[Block]) -> None:
    text = _plain_text(element, state)
    if text is None:
        text = _text_of_inlines(element, state)
    if blocks:
        _end_paragraph(blocks, state)
    if state.lists:
        text = _numbered(text, element, state.lists, state)
    blocks.append(Paragraph(state.out.write(text), state.out.position))
    if state.boxes:
        _text_boxes(state, blocks)


def _plain_text(paragraph: Element, state: State) -> str | None:
    """The text of a paragraph that holds nothing but text, as most do: a fast answer for `_text_of_inlines`."""
    if not state.is_compact or state.fields or state.checkbox or paragraph in state.not_plain:
        return None
    text = etree.tostring(paragraph, method="text", encoding="unicode", with_tail=False)
    return text if reads_as_written(text) and "☒" not in text else None


def _text_of_inlines(paragraph: Element, state: State) -> str:
    state.pieces = []
    walk_inlines(paragraph, state)
    if state.fields:
        interrupt_fields(state)
    if state.checkbox:
        state.pieces, state.checkbox = [state.checkbox], None
    # A crossed box is how Word draws a ticked one.
    return (with_signs(state.pieces) if state.has_underlines else "".join(state.pieces)).replace("☒", TICKED)


def _numbered(text: str, paragraph: Element, lists: Lists, state: State) -> str:
    """The text of a paragraph with its list number."""
    item = state.list_items.get(paragraph, NO_LIST)
    place = lists.place(item)
    if place is None or (not text.strip() and _is_gone(paragraph, state)):
        return text
    return labelled(state.counters.label(*place), text)


def _is_gone(paragraph: Element, state: State) -> bool:
    """Whether the mark of a paragraph is deleted or hidden, so that a blank one does not count."""
    properties = first_child(paragraph, PARAGRAPH_PROPERTIES)
    if properties is None:
        return False
    of_marks = state.properties
    is_deleted = properties in of_marks["del"] or properties in of_marks["moveFrom"]
    return is_deleted or is_on(of_marks["vanish"].get(properties, "off"))


def _text_boxes(state: State, blocks: list[Block]) -> None:
    boxes, state.boxes = state.boxes, []
    for box in boxes:
        _wrapper(box, state, blocks)


def _block_control(element: Element, state: State, blocks: list[Block]) -> None:
    state.checkbox = checkbox_state(element)
    _wrapper(element, state, blocks)
    state.checkbox = None


def _block_alternative(element: Element, state: State, blocks: list[Block]) -> None:
    for branch in chosen_branch(element):
        _wrapper(branch, state, blocks)


# Tables (ECMA-376 part 1, 17.4).


def _table(element: Element, state: State, blocks: list[Block]) -> None:
    _end_paragraph(blocks, state)
    table = _TableWalk(state)
    with deeper(state):
        for row, _ in _members(element, ROW):
            table.add_row(row)
    blocks.append(table.table())


class _Place(NamedTuple):
    """Where a cell stands in the grid; `merge` is the value of its w:vMerge."""

    cell: Element
    checkbox: str | None
    column: int
    width: int
    merge: str | None


@dataclass(slots=True)
class _Merge:
    """A vertical merge: which cell it starts with, how many columns it covers and how many rows so far."""

    row: int
    position: int
    width: int
    height: int = 1


class _TableWalk:
    """The rows of one table so far and the vertical merges in them."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._rows: list[list[Cell]] = []
        self._merges: list[_Merge] = []
        self._open_merges: dict[int, _Merge] = {}
        """The merges that the last row belongs to, by column."""

    def add_row(self, element: Element) -> None:
        """Append a row without the cells that a merge covers; a deleted row is left out.

        Word hides text in a covered cell. Here it comes out as a cell of its own, over the merged one: it must not be
        lost, and it is no part of what the merged cell shows.
        """
        properties = self._state.properties
        if element in properties["del"]:
            return
        above, self._open_merges = self._open_merges, {}
        cells: list[Cell] = []
        for place in self._places(element, number_in(properties["gridBefore"].get(element), 0)):
            covered = place.merge is not None and self._merge(place, above.get(place.column), len(cells))
            if not covered or not (is_bare(place.cell) or is_blank(place.cell)):
                cells.append(self._cell(place, is_first=not cells))
        self._state.out.write("\n")
        self._rows.append(cells)

    def _places(self, row: Element, column: int) -> list[_Place]:
        """The cells of a row from `column` on; one that only continues its left neighbour (w:hMerge) widens it."""
        properties = self._state.properties
        spans, merges, joined = properties["gridSpan"], properties["vMerge"], properties["hMerge"]
        places: list[_Place] = []
        for cell, checkbox in _members(row, CELL):
            width = max(1, number_in(spans[cell], 1)) if cell in spans else 1
            if places and joined.get(cell, "restart") != "restart" and is_blank(cell):
                places[-1] = places[-1]._replace(width=places[-1].width + width)
            else:
                merge = (merges[cell] or "continue") if cell in merges else None
                places.append(_Place(cell, checkbox, column, width, merge))
            column += width
        return places

    def _merge(self, place: _Place, above: _Merge | None, position: int) -> bool:
        """Enter a cell of a vertical merge; returns whether the merge covers it.

        A cell that continues nothing starts a merge itself (ECMA-376 part 1, 17.4.84).
        """
        covered = place.merge == "continue" and above is not None and above.width == place.width
        if above is None or not covered:
            above = _Merge(len(self._rows), position, place.width, height=0)
            self._merges.append(above)
        above.height += 1
        self._open_merges[place.column] = above
        return covered

    def _cell(self, place: _Place, is_first: bool) -> Cell:
        state = self._state
        out = state.out
        if not is_first:
            out.write("\t")
        state.checkbox = place.checkbox
        start = out.position
        text = _text_of_plain_cell(place.cell, state)
        blocks: tuple[Block, ...]
        if text is None:
            blocks = _read_blocks(place.cell, state)
        else:
            out.write(text)
            blocks = (Paragraph(start, out.position),)
        state.checkbox = None
        return Cell(len(self._rows), place.column, 1, place.width, start, out.position, blocks)

    def table(self) -> Table:
        """The finished table, every merged cell with its height."""
        for merge in self._merges:
            if merge.height > 1:
                cells = self._rows[merge.row]
                cells[merge.position] = cells[merge.position]._replace(row_span=merge.height)
        return Table(tuple(tuple(cells) for cells in self._rows), has_grid=True)


def _text_of_plain_cell(cell: Element, state: State) -> str | None:
    """The text of a cell with one plain paragraph, as most have: a fast answer for `_read_blocks`."""
    content = children(cell)
    if state.lists or len(content) != 2 or content[0].tag not in CELL_PROPERTIES or content[1].tag not in PARAGRAPH:
        return None
    return _plain_text(content[1], state)


def _members(parent: Element, wanted: frozenset[str]) -> Iterator[tuple[Element, str | None]]:
    """The rows of a table or the cells of a row, out of whatever wraps them, with the state of a check box control."""
    for child in children(parent):
        tag = child.tag
        if tag in wanted:
            yield child, None
        elif tag in CONTROL:
            state = checkbox_state(child)
            yield from ((member, state or inner) for member, inner in _members(child, wanted))
        elif tag in ALTERNATIVE:
            for branch in chosen_branch(child):
                yield from _members(branch, wanted)
        elif BLOCKS.get(tag, _wrapper) is not None:
            yield from _members(child, wanted)


BLOCKS: dict[str, _BlockHandler | None] = by_name(
    {
        "w:p": _paragraph,
        "w:tbl": _table,
        "w:sdt": _block_control,
        "w:sdtContent": _walk_blocks,
        "mc:AlternateContent": _block_alternative,
        # Inline content without a paragraph reads as a paragraph.
        "w:r w:hyperlink w:fldSimple m:oMath m:oMathPara": _paragraph,
        "w:del w:moveFrom": None,
        # Without text:
        "w:tblPr w:tblGrid w:tblPrEx w:trPr w:tcPr w:sdtPr w:sdtEndPr w:customXmlPr w:sectPr": None,
        "w:bookmarkStart w:bookmarkEnd w:proofErr": None,
    }
)
