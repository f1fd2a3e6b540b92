"""The parser fills one Form from one slice of the document, by the rule of its kind.

It works on the grid. A cell whose text is a label gives its value to the cells beside it, below it, or behind the colon
in the same cell (`fields`); a header row of funding sources gives amounts by column (`funding`); a header row of
indicator columns gives a row of the indicator table for each row below it (`indicators`). Before that, what text dumps
have torn is put together again (`torn_labels`, `torn_rows`, `rows_of_lines`). All of them write what they use into the
`sheet`'s ledger, so that whatever nothing used is known at the end.
"""

from __future__ import annotations

from dataclasses import replace

from extract.checks.case import Noted
from extract.document import Paragraph, Table
from extract.form import Form
from extract.ledger import Ledger, Owner
from extract.parser import details, fields, funding, indicators
from extract.parser.rows_of_lines import unfold
from extract.parser.shape import shape_of
from extract.parser.sheet import Sheet
from extract.parser.side_by_side import cut
from extract.parser.torn_labels import mend
from extract.rules import RuleSet
from extract.tokenizer import FormSlice


def parse(text: str, form_slice: FormSlice, rules: RuleSet, ledger: Ledger) -> tuple[Form, list[Noted]]:
    """The form in `form_slice` of the document `text`, and what the parser noticed.

    Every non-blank character of the slice gets its owner in `ledger`: title, label, value, boilerplate or leftover.
    """
    for heading in form_slice.headings:
        ledger.claim(*heading, Owner.TITLE)
    span = form_slice.span
    if form_slice.rule is None:
        ledger.claim(*span, Owner.LEFTOVER)
        shape = shape_of(text, form_slice.blocks) or form_slice.title
        return Form(None, form_slice.title, form_slice.fiscal_year, span, shape=shape), []
    rule = form_slice.rule
    blocks = unfold(text, mend(text, form_slice.blocks, rule, rules), form_slice.headings, rule, rules)
    form_slice = replace(form_slice, blocks=blocks)
    sheet = Sheet(text, form_slice, rule, rules, ledger)
    for block in form_slice.blocks:
        if isinstance(block, Paragraph):
            fields.read_paragraph(sheet, block)
        else:
            for part in cut(sheet, block):
                _read_table(sheet, part)
    sheet.fill_in()
    sheet.settle(span)
    form = Form(
        rule.kind,
        form_slice.title,
        form_slice.fiscal_year,
        span,
        tuple(sheet.fields),
        tuple(sheet.funding),
        tuple(sheet.indicators),
        tuple(sheet.citations),
        sheet.used_labels(),
    )
    return form, sheet.notes


def _read_table(sheet: Sheet, table: Table) -> None:
    """Each row by the first block that knows it; nested tables first, so that the cell around them is no value."""
    table = Table(tuple(row for row in table.rows if row), table.has_grid)
    for row in table.rows:
        for cell in row:
            for block in cell.blocks:
                if isinstance(block, Table):
                    _read_table(sheet, block)
    number = 0
    while number < len(table.rows):
        if taken := indicators.read(sheet, table, number) or details.read(sheet, table, number):
            number += taken
            continue
        after = number + (funding.read(sheet, table, number) or 1)
        while number < after:
            fields.read(sheet, table, number)
            number += 1
