"""The header of an indicator table: which column holds what, and whose indicators stand in it.

A header is one row, or two where cells of the upper one are divided. The deepest cell names a column; what it leaves
open, the cell above it says. Where the columns of an indicator occur twice, two blocks stand side by side and share the
columns in front of them::

    绩效指标 | 一级指标 | 中期目标                      | 年度目标
             |          | 二级指标 | 三级指标 | 指标值   | 二级指标 | 三级指标 | 指标值
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from extract.document import Cell, Table
from extract.labels import bare_label
from extract.parser.sheet import Sheet
from extract.rules import IndicatorBlock, IndicatorColumn
from extract.target import parse_target

Row = tuple[Cell, ...]

_DEEPEST = 3
# So many rows below a header show what the header itself leaves open.
ROWS_TO_JUDGE_BY = 50
# So many columns have to be known by their very labels; then patterns may say what the others are.
_FEWEST_COLUMNS = 2


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One column: what it holds (None where no rule knows), its place, its header and the header above that.

    The place is a stretch of the grid or, in a dump, the position in a row.
    """

    holds: IndicatorColumn | None
    start: int
    end: int
    label: str
    above: str


@dataclass(frozen=True, slots=True)
class Block:
    """The columns of one block's indicators, by what they hold; `others` are kept as remarks."""

    block: IndicatorBlock
    columns: Mapping[IndicatorColumn, Column]
    others: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Header:
    """The header rows, every column from left to right, and the blocks of indicators that they form."""

    rows: tuple[Row, ...]
    columns: tuple[Column, ...]
    blocks: tuple[Block, ...]
    width: int  # the number of columns with those of the section: the cells of a whole row in a dump
    start: int  # where the header row begins
    grid: int | None  # the number of columns of the table's grid, None where it has none

    @property
    def first(self) -> int:
        """Where the first column begins; what stands in front of it is the section."""
        return self.columns[0].start

    def above(self, table: Table) -> Header | None:
        """The same header, without rows, above another table; None where that has other columns."""
        header = replace(self, rows=())
        if not table.has_grid:
            return header if self.grid is None and any(len(row) == self.width for row in table.rows) else None
        grid = _grid_width(table)
        if grid == self.grid or self.grid is None:
            return header if self.grid else None
        if grid != self.width:
            return None
        in_front = self.width - len(self.columns)
        places = {column: replace(column, start=at, end=at + 1) for at, column in enumerate(self.columns, in_front)}
        blocks = [
            Block(each.block, {k: places[c] for k, c in each.columns.items()}, tuple(places[c] for c in each.others))
            for each in self.blocks
        ]
        return replace(header, columns=tuple(places.values()), blocks=tuple(blocks), start=0, grid=grid)


def read_header(sheet: Sheet, table: Table, number: int) -> Header | None:
    """The header that begins at row `number`, None where none does."""
    rows = _header_rows(sheet, table, number)
    if not rows:
        return None
    columns = _grid_columns(sheet, rows) if table.has_grid else _dump_columns(sheet, rows)
    if columns is None:
        return None
    unknown = [column.label for column in columns if column.holds is None and column.label]
    if any(_is_content(sheet, label) for label in unknown):  # rows run together, or no header at all
        return None
    columns = _with_heirs(sheet, columns)
    for at, held in sheet.rules.indicators.stand_ins([(column.holds, column.label) for column in columns]).items():
        columns[at] = replace(columns[at], holds=held)
    if not _is_header([column.holds for column in columns]):
        return None
    columns = _with_level_by_content(sheet, table, number + len(rows), columns)
    columns = _with_level_below_section(sheet, table, number + len(rows), columns)
    columns = _with_hidden_level(sheet, table, number + len(rows), columns)
    section = _section(sheet, table, number)
    named = [column for column in columns if column.holds or column.label]
    first = min(column.start for column in named if column.holds)
    named = [column for column in named if column.start >= first]
    grid = _grid_width(table) if table.has_grid else None
    return Header(rows, tuple(named), _blocks(sheet, named, section), len(columns), rows[0][0].column, grid)


# --------------------------------------------------------------------------------------------------------------- rows


def is_header_row(sheet: Sheet, row: Row) -> bool:
    """Whether the row alone is a header: it names the indicator's column and another."""
    return _is_header(sheet.columns(row))


def _is_header(holds: Sequence[IndicatorColumn | None]) -> bool:
    return "name" in holds and len(set(holds) - {None}) > 1


def _header_rows(sheet: Sheet, table: Table, number: int) -> tuple[Row, ...]:
    """The row and those below it that divide its cells; none where it is no header's."""
    top = table.rows[number]
    known = sheet.columns(top)
    if len(set(known) - {None}) < _FEWEST_COLUMNS:
        return ()
    depth = max(cell.row_span for cell, held in zip(top, known, strict=True) if held) if table.has_grid else 1
    rows = [top]
    for below in table.rows[number + 1 : number + _DEEPEST]:
        reaches = below and below[0].row - top[0].row < depth
        if not (reaches or _divides(sheet, rows[-1], below)):
            break
        rows.append(below)
    return tuple(rows)


def _divides(sheet: Sheet, above: Row, row: Row) -> bool:
    """Whether a row holds headers and is not the same header again, printed after a page break.

    Most of its labels are known; or it is longer than the header above, as no row of a table can be.
    """
    filled = [cell for cell in row if sheet.cell_text(cell)]
    if len(filled) < 2:
        return False
    if 2 * sum(sheet.column(cell) is not None for cell in filled) > len(filled):
        return not (is_header_row(sheet, above) and is_header_row(sheet, row))
    is_run = filled[-1].column - filled[0].column < len(filled) and filled[0].column > 0
    return is_run and len(row) > len(above) and not any(_is_content(sheet, sheet.cell_text(cell)) for cell in filled)


def _is_content(sheet: Sheet, text: str) -> bool:
    """Whether a text is a level, a number or a sign: what stands below headers, not in them."""
    levels = sheet.rules.levels
    is_level = levels.canonical("level1", text) or levels.canonical("level2", text)
    return bool(is_level) or parse_target(text, sheet.rules.targets).kind != "qualitative"


# ------------------------------------------------------------------------------------------------------------ columns


def _grid_columns(sheet: Sheet, rows: Sequence[Row]) -> list[Column]:
    """A column for each header cell that no filled header cell stands below."""
    cells = [cell for row in rows for cell in row if sheet.cell_text(cell) or row is rows[0]]
    columns = []
    for cell in cells:
        if any(other.row > cell.row and cell.column <= other.column < _end(cell) for other in cells):
            continue
        above = next((a for a in reversed(cells) if a.row < cell.row and a.column <= cell.column < _end(a)), None)
        columns.append(_column(sheet, cell, above, cell.column, _end(cell)))
    return sorted(columns, key=lambda column: column.start)


def _dump_columns(sheet: Sheet, rows: Sequence[Row]) -> list[Column] | None:
    """The columns by position: a blank continues the header above it, labels in a row divide those between the blanks.

    None where the rows do not fit together. Which label stands below which upper one is only known where these have
    equally many; it does not change the columns.
    """
    leaves: list[tuple[Cell, Cell | None]] = [(cell, None) for cell in rows[0]]
    for row in rows[1:]:
        filled = [position for position, cell in enumerate(row) if sheet.cell_text(cell)]
        first, last = filled[0], filled[-1]
        upper = leaves[first : len(leaves) - (len(row) - 1 - last)]
        if not upper or last - first + 1 < len(upper) or len(filled) != last - first + 1:
            return None
        each, rest = divmod(len(filled), len(upper))
        divided = [(row[p], None if rest else upper[n // each][0]) for n, p in enumerate(filled)]
        leaves = [*leaves[:first], *divided, *leaves[first + len(upper) :]]
    return [_column(sheet, cell, above, at, at + 1) for at, (cell, above) in enumerate(leaves)]


def _with_heirs(sheet: Sheet, columns: list[Column]) -> list[Column]:
    """The columns; where an upper header holds targets or results and no lower one says so, the first unknown does."""
    for above in dict.fromkeys(column.above for column in columns if column.above):
        held = sheet.rule.column_of(above) or sheet.rules.indicators.column_like(above)
        below = [at for at, column in enumerate(columns) if column.above == above]
        heir = next((at for at in below if columns[at].holds is None), None)
        if held in ("target", "actual") and heir is not None and held not in [columns[at].holds for at in below]:
            columns[heir] = replace(columns[heir], holds=held)
    return columns


def _with_level_by_content(sheet: Sheet, table: Table, number: int, columns: list[Column]) -> list[Column]:
    """The columns; where the header names no level, one in front of the indicator whose first cell is a level is it:
    指标类型 | 具体指标."""
    holds = [column.holds for column in columns]
    if {"level1", "level2"} & {*holds} or number >= len(table.rows):
        return columns
    row = table.rows[number]
    if not table.has_grid and len(row) != len(columns):
        return columns
    for at, column in enumerate(columns[: holds.index("name")]):
        below = next((cell for cell in row if cell.column == column.start), None)
        text = sheet.cell_text(below) if below and column.label and column.holds in (None, "remarks") else ""
        held = sheet.rules.levels.level_of(text)
        if held:
            return [*columns[:at], replace(column, holds=held), *columns[at + 1 :]]
    return columns


def _with_level_below_section(sheet: Sheet, table: Table, number: int, columns: list[Column]) -> list[Column]:
    """The columns; where a header names the second level alone and the section's label in front covers no row but the
    header's, the first level stands below that label: 绩效指标 | 二级指标 | 三级指标."""
    holds = [column.holds for column in columns]
    at = holds.index("level2") - 1 if "level2" in holds and "level1" not in holds else -1
    if at < 0 or holds[at] is not None or not columns[at].label or number >= len(table.rows):
        return columns
    row = table.rows[number]
    if not table.has_grid and len(row) != len(columns):
        return columns
    below = next((cell for cell in row if cell.column == columns[at].start), None)
    if below is None or not sheet.cell_text(below) or sheet.use(below):
        return columns
    return [*columns[:at], replace(columns[at], holds="level1"), *columns[at + 1 :]]


def _with_hidden_level(sheet: Sheet, table: Table, number: int, columns: list[Column]) -> list[Column]:
    """The columns; where rows show a second level behind the first and no header names it, it has a column as well."""
    holds = [column.holds for column in columns]
    if "level1" not in holds or "level2" in holds:
        return columns
    at = holds.index("level1")
    level1, below = columns[at], table.rows[number : number + ROWS_TO_JUDGE_BY]
    cells = (cell for row in below for cell in row if _stands_behind(cell, level1, row, columns, table))
    start = next((c.column for c in cells if sheet.rules.levels.canonical("level2", sheet.cell_text(c))), None)
    if start is None:
        return columns
    behind = columns[at + 1] if at + 1 < len(columns) else None
    if behind and behind.start == start and not behind.label:  # its header is blank
        return [*columns[: at + 1], replace(behind, holds="level2"), *columns[at + 2 :]]
    end, shift = (level1.end, 0) if table.has_grid else (start + 1, 1)
    level2 = replace(level1, holds="level2", start=start, end=end, label="")
    moved = [replace(column, start=column.start + shift, end=column.end + shift) for column in columns[at + 1 :]]
    return [*columns[:at], replace(level1, end=start), level2, *moved]


def _stands_behind(cell: Cell, level1: Column, row: Row, columns: Sequence[Column], table: Table) -> bool:
    """Whether the cell stands below the first level's header and behind its first cell, or below a blank header."""
    if any(column.start == level1.end == cell.column and not column.label for column in columns):
        return table.has_grid or len(row) == len(columns)
    if table.has_grid:
        return level1.start < cell.column and _end(cell) <= level1.end
    return cell.column == level1.end and len(row) == len(columns) + 1


def _column(sheet: Sheet, cell: Cell, above: Cell | None, start: int, end: int) -> Column:
    text = sheet.cell_text(cell)
    text_above = sheet.cell_text(above) if above else ""
    section = sheet.use(cell)
    holds = sheet.column(cell)
    if not holds and text and not (section and section.role == "section"):
        holds = sheet.rules.indicators.column_like(text)
    if not text and above:
        holds = sheet.column(above)
    return Column(holds, start, end, bare_label(text), text_above)


def _grid_width(table: Table) -> int:
    return max((_end(row[-1]) for row in table.rows if row), default=0)


def _end(cell: Cell) -> int:
    return cell.column + cell.column_span


# ------------------------------------------------------------------------------------------------------------- blocks


_Known = dict[IndicatorColumn, Column]


def _blocks(sheet: Sheet, columns: Sequence[Column], section: str) -> tuple[Block, ...]:
    """The columns dealt out to blocks, each with what it shares with the first.

    Side by side, the long term stands first where no header says otherwise.
    """
    spec = sheet.rule.spec.indicators
    assert spec  # only rules with an indicator table have columns
    dealt = _dealt(sheet, columns)
    shared = {held: column for held, column in dealt[0][0].items() if held in ("level1", "level2", "name")}
    blocks = []
    for number, (known, others) in enumerate(dealt):
        target = known.get("target")
        said = _block_said(sheet, *([target.above, target.label] if target else []))
        if len(dealt) > 1:
            said = said or ("annual" if number else "long_term")
        said = said or _block_said(sheet, section) or spec.block
        blocks.append(Block(said, known if number == 0 else shared | known, tuple(others)))
    return tuple(blocks)


def _block_said(sheet: Sheet, *texts: str) -> IndicatorBlock | None:
    """Whose indicators the first of the texts announces that says so."""
    return next((said for text in texts if (said := sheet.rules.indicators.block(text))), None)


def _dealt(sheet: Sheet, columns: Sequence[Column]) -> list[tuple[_Known, list[Column]]]:
    """By block: the columns by what they hold, and the others. What occurs twice begins a block, or is another.

    Where levels have points too, those of the indicator stand behind its name; of two names, the deeper one counts.
    """
    holds = [column.holds for column in columns]
    side_by_side = holds.count("name") > 1 and holds.count("target") > 1
    dealt: list[tuple[_Known, list[Column]]] = [({}, [])]
    for column in columns:
        known, others = dealt[-1]
        held = column.holds
        if held is None or held == "remarks":
            others.append(column)
        elif held not in known:
            known[held] = column
        elif (side_by_side and "target" in known and held in ("level1", "level2", "name")) or _is_other_block(
            sheet, known[held], column
        ):
            dealt.append(({held: column}, []))
        elif held in ("weight", "score", "name") and _stands_before_name(known[held], known):
            others.append(known[held])
            known[held] = column
        else:
            others.append(column)
    return dealt


def _stands_before_name(column: Column, known: _Known) -> bool:
    """Whether the column stands in front of the indicator's, or is it and no target has come yet."""
    if column.holds == "name":
        return "target" not in known
    return "name" not in known or column.start < known["name"].start


def _is_other_block(sheet: Sheet, first: Column, second: Column) -> bool:
    """Whether two columns of targets are those of two blocks: 中期指标值, 年度指标值."""
    words = sheet.rules.indicators
    blocks = {words.block(column.above) or words.block(column.label) for column in (first, second)}
    return first.holds == "target" and len(blocks) == 2 and None not in blocks


def _section(sheet: Sheet, table: Table, number: int) -> str:
    """The section that the header belongs to: the cell in front of it, or the row or rows of one cell above it."""
    in_front = [cell for cell in table.rows[number] if (use := sheet.use(cell)) and use.role == "section"]
    if in_front:
        return sheet.cell_text(in_front[0])
    if number:
        filled = [cell for cell in table.rows[number - 1] if sheet.cell_text(cell)]
        if len(filled) == 1:
            return sheet.cell_text(filled[0])
    return ""
