"""Tables as `extract read` draws them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from containers import Box, docx
from extract.document import walk_tables
from extract.grid import drawn_table
from extract.readers import read_document


def drawing(rows: list[list[Box]], width: int = 100) -> list[str] | None:
    document = read_document(docx([rows]))
    (table,) = walk_tables(document.blocks)
    return drawn_table(table, document.text, width)


def test_merged_cells_are_one_box() -> None:
    rows = [
        [Box("基本情况", 1, 2), Box("名称", 2), Box("公园管护", 5)],
        [Box("属性", 2), Box("一\n二", 5)],
    ]
    assert drawing(rows, 60) == [
        "      0        1    2    3    4    5    6    7",
        "      +--------+---------+------------------------+",
        "   0  |基本情况|名称     |公园管护                |",
        "      |        +---------+------------------------+",
        "   1  |        |属性     |一                      |",
        "      |        |         |二                      |",
        "      +--------+---------+------------------------+",
    ]


def test_long_text_is_folded_and_a_merged_cell_makes_its_last_row_higher() -> None:
    rows = [[Box("甲" * 12, 1, 2), *[Box("乙")] * 7], [Box("丙")] * 7]
    lines = drawing(rows, 60)
    assert lines is not None
    assert max(map(cell_len, lines)) <= 60
    assert "".join(lines).count("甲") == 12


def test_more_columns_than_the_terminal_has_room_for_are_not_drawn() -> None:
    assert drawing([[Box("甲")] * 8], 40) is None


COLUMNS = 8
WIDTHS = st.lists(st.integers(1, COLUMNS), max_size=6).map(
    lambda widths: [w for i, w in enumerate(widths) if sum(widths[: i + 1]) <= COLUMNS]
)
TEXT = st.text(st.sampled_from("云溪县ab1，\n≥"), max_size=30)


@given(st.lists(WIDTHS, min_size=1, max_size=5), st.data(), st.integers(60, 130))
def test_no_character_is_lost_and_no_line_is_too_wide(rows: list[list[int]], data: st.DataObject, width: int) -> None:
    table = []
    for widths in rows:
        boxes = [Box(data.draw(TEXT), wide) for wide in widths]
        filled = sum(widths)
        table.append([*boxes, *([Box("", COLUMNS - filled)] if filled < COLUMNS else [])])
    lines = drawing(table, width)
    assert lines is not None
    assert max(map(cell_len, lines)) <= width
    for character in "云溪县ab，≥":
        assert sum(line.count(character) for line in lines) == sum(
            box.text.count(character) for row in table for box in row
        )
