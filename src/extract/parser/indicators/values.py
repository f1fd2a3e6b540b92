"""The values of one indicator, out of the cells of its row."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from extract.document import Cell, Span
from extract.form import Indicator, Result
from extract.ledger import Owner
from extract.parser.indicators.fitting import Fitted
from extract.parser.indicators.header import Block
from extract.parser.sheet import Sheet
from extract.rules import IndicatorColumn
from extract.target import Target, TargetContext, parse_target
from extract.values import one_line, paragraphs, read_points


class Levels(NamedTuple):
    """The levels in force, as printed."""

    level1: str | None = None
    level2: str | None = None


def has_indicator(sheet: Sheet, block: Block, row: Fitted) -> bool:
    """Whether somebody wrote a name or a target into this row; a template's own fillers do not count."""
    phrases, words = sheet.rules.phrases, sheet.rules.indicators
    cells = [row.own(block.columns.get(column)) for column in ("name", "target")]
    texts = [sheet.cell_text(cell) for cell in cells if cell]
    return any(not (phrases.is_blank(t) or phrases.is_placeholder(t) or words.is_placeholder(t)) for t in texts)


def goes_on_with(sheet: Sheet, block: Block, row: Fitted) -> bool:
    """Whether a row without a header above it is an indicator's: it has a level, or a target that measures."""
    if not has_indicator(sheet, block, row):
        return False
    canonical = sheet.rules.levels.canonical
    levels = [row.own(block.columns.get("level1")), row.own(block.columns.get("level2"))]
    printed = [sheet.cell_text(cell) for cell in levels if cell and not sheet.is_blank(cell)]
    if printed:
        return any(canonical("level1", level) or canonical("level2", level) for level in printed)
    target = row.own(block.columns.get("target"))
    return target is not None and bool(parse_target(sheet.cell_text(target), sheet.rules.targets).comparator)


def read_indicator(sheet: Sheet, block: Block, levels: Levels, row: Fitted) -> Indicator:
    """The indicator of a block in a row; all cells of the block become values."""
    columns = block.columns
    name, target = row.cell(columns.get("name")), row.cell(columns.get("target"))
    name_span, target_span = _span(sheet, name, target), _span(sheet, target, name)
    level1 = sheet.rules.levels.canonical("level1", levels.level1)
    level2 = sheet.rules.levels.canonical("level2", levels.level2)
    context = TargetContext(_text(sheet, name_span), level=level2, table_unit=sheet.unit_line, year=sheet.fiscal_year)
    reading, span = _target(sheet, block, row, target_span, context)
    indicator = Indicator(
        block.block,
        *levels,
        level1,
        level2,
        context.name,
        name_span,
        reading.text or None,
        reading,
        span,
        _NO_RESULT if _RESULTS.isdisjoint(columns) else _result(sheet, block, row, context._replace(target=reading)),
    )
    remarks = "\n".join(_remarks(sheet, block, row, indicator))
    if remarks:
        indicator = indicator._replace(result=indicator.result._replace(remarks=remarks))
    for column in (*columns.values(), *block.others):
        if cell := row.own(column):
            sheet.ledger.claim(cell.start, cell.end, Owner.VALUE)
    return indicator


def _span(sheet: Sheet, cell: Cell | None, other: Cell | None) -> Span:
    """The cell's text; where a row lacks the cell, the empty place at the end of the other one."""
    if cell:
        span = sheet.trimmed(cell.start, cell.end)
        # In a dump the last cell of a table has the paragraphs below it: a page mark.
        return sheet.without_boilerplate(span) if "\n" in sheet.text[span.start : span.end] else span
    assert other  # a row without name and target holds no indicator
    return Span(other.end, other.end)


def _text(sheet: Sheet, span: Span) -> str | None:
    """The text of a cell on one line; None where it is blank or says so."""
    text = sheet.text[span.start : span.end]
    # A header may stand above two cells of a row.
    return None if sheet.rules.phrases.is_blank(text) else one_line(text.replace("\t", "\n"))


# ------------------------------------------------------------------------------------------------------------- target


def _target(sheet: Sheet, block: Block, row: Fitted, number: Span, context: TargetContext) -> tuple[Target, Span]:
    """Operator, number and unit, each in a column of its own, as one target.

    Its place is that of all three where nothing stands between them, else that of the number.
    """
    operator, operator_span = _filled(sheet, row, block, "operator")
    unit, unit_span = _filled(sheet, row, block, "unit")
    if operator or unit:
        context = context._replace(operator=operator, unit=unit)
    target = parse_target(_text(sheet, number) or "", sheet.rules.targets, context)
    span = number
    for part, place in (("operator", operator_span), ("unit", unit_span)):
        if place and target.context.get(part) == f"{part}_column":
            span = _extended(sheet, span, place)
    return target, span


def _extended(sheet: Sheet, span: Span, other: Span) -> Span:
    """The stretch from one to the other where nothing but white space stands between them, else the first."""
    between = sheet.text[min(span.end, other.end) : max(span.start, other.start)]
    return span if between.strip() else Span(min(span.start, other.start), max(span.end, other.end))


def _cell_span(sheet: Sheet, row: Fitted, block: Block, column: IndicatorColumn) -> Span | None:
    cell = row.cell(block.columns.get(column))
    return sheet.trimmed(cell.start, cell.end) if cell else None


# ------------------------------------------------------------------------------------------------------------- result

_RESULTS: frozenset[IndicatorColumn] = frozenset(("actual", "deviation", "weight", "score"))
_NO_RESULT = Result()


def _result(sheet: Sheet, block: Block, row: Fitted, context: TargetContext) -> Result:
    actual_text, actual_span = _filled(sheet, row, block, "actual")
    deviation, deviation_span = _filled(sheet, row, block, "deviation")
    weight, weight_span = _points(sheet, row, block, "weight")
    score, score_span = _points(sheet, row, block, "score")
    actual: Target | None = None
    if actual_text is not None:
        actual_text = one_line(actual_text)
        actual = parse_target(actual_text, sheet.rules.targets, context)
    return Result(
        actual_text,
        actual,
        actual_span,
        weight,
        weight_span,
        score,
        score_span,
        paragraphs(deviation) if deviation else None,
        deviation_span,
    )


def _filled(sheet: Sheet, row: Fitted, block: Block, column: IndicatorColumn) -> tuple[str | None, Span | None]:
    """The raw text of a column and its place; neither where it is blank or says so."""
    span = _cell_span(sheet, row, block, column)
    if span is None or sheet.rules.phrases.is_blank(sheet.text[span.start : span.end]):
        return None, None
    return sheet.text[span.start : span.end], span


def _points(sheet: Sheet, row: Fitted, block: Block, column: IndicatorColumn) -> tuple[Decimal | None, Span | None]:
    """The number of a weight or a score; 10分 and 10% are 10."""
    text, span = _filled(sheet, row, block, column)
    if text is None:
        return None, None
    if (number := read_points(text)) is not None:
        return number, span
    sheet.note(f"indicator.unread_{column}", span)
    return None, None


def _remarks(sheet: Sheet, block: Block, row: Fitted, indicator: Indicator) -> Iterator[str]:
    """What the row says besides, with its header in front: the other columns, and what could not be read as its own."""
    columns, result, used = block.columns, indicator.result, indicator.target.context
    unread: list[IndicatorColumn] = []
    unread += ["operator"] if used.get("operator") != "operator_column" else []
    unread += ["unit"] if used.get("unit") != "unit_column" else []
    unread += ["weight"] if result.weight is None else []
    unread += ["score"] if result.score is None else []
    for column in (*(columns[held] for held in unread if held in columns), *block.others):
        cell = row.own(column)
        if cell and not sheet.rules.phrases.is_blank(text := sheet.cell_text(cell)):
            yield f"{column.label}：{one_line(text)}"
