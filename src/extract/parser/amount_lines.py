"""Rows of labels and amounts out of lines that hold a cell each, a blank one for a blank cell (see rows_of_lines).

Two layouts can be told apart line by line: labels each with its amount, and rows of sources below a header of stages::

    项目资金（万元）                        项目资金（万元） | 中期资金总额 | 960 | 年度资金总额 | 320
    中期资金总额                            (blank)          | 其中：财政拨款 | 900 | 其中：财政拨款 | 300
    960
    年度资金总额                            项目资金（万元） | (blank)      | 年初预算数 | 全年执行数
    320                                     (blank)          | 年度资金总额 | 1280.50    | 1308.45

    其中：财政拨款
    900
    …
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from extract.document import Span
from extract.parser.indicator_lines import Row
from extract.rules import MoneyLabel


class Token(NamedTuple):
    """A cell: a label of the funding block, an amount or what stands for one, or, without a place, a blank cell."""

    span: Span | None
    label: MoneyLabel | None = None


BLANK = Token(None)


def labelled_amounts(heading: Span | None, tokens: Sequence[Token]) -> list[Row] | None:
    """The rows that the cells behind the heading form; None where they form none."""
    first: Row = [heading] if heading else []
    blanks = next((i for i, token in enumerate(tokens) if token != BLANK), len(tokens))
    columns = 0
    while (at := blanks + columns) < len(tokens) and (label := tokens[at].label) and not label.source:
        columns += 1
    if columns and at < len(tokens):
        header = [*first, *(token.span for token in tokens[:at])]
        rows = _rows_of_sources(tokens[at:], columns)
        return [header, *rows] if rows else None
    return _pairs(first, tokens)


def _rows_of_sources(tokens: Sequence[Token], columns: int) -> list[Row] | None:
    """Rows of a label and as many cells as the header has columns, with blank cells in front of the label."""
    rows: list[Row] = []
    at = 0
    while at < len(tokens):
        label = next((i for i in range(at, len(tokens)) if tokens[i] != BLANK), len(tokens))
        if label == len(tokens):
            break
        cells = list(tokens[label + 1 : label + 1 + columns])
        if tokens[label].label is None or any(cell.label for cell in cells):
            return None
        cells += [BLANK] * (columns - len(cells))  # blank cells at the very end
        rows.append([token.span for token in (*tokens[at : label + 1], *cells)])
        at = label + 1 + columns
    return rows


def _pairs(first: Row, tokens: Sequence[Token]) -> list[Row] | None:
    """Rows of labels, each with one cell behind it; a blank cell behind a pair begins the next row."""
    rows: list[Row] = [first]
    at = 0
    while at < len(tokens):
        if tokens[at] == BLANK:
            if any(rows[-1][1:]):
                rows.append([])
            rows[-1].append(None)
            at += 1
            continue
        value = tokens[at + 1] if at + 1 < len(tokens) else BLANK
        if tokens[at].label is None or value.label:
            return None
        rows[-1] += [tokens[at].span, value.span]
        at += 2
    return [row for row in rows if any(row)]
