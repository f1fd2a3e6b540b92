"""The sheet: one form's text while it is being filled in, with its rule, its ledger and what was found so far."""

from __future__ import annotations

import re
from typing import Any

from extract.checks.case import Fault, Noted
from extract.document import Block, Cell, Span, walk_tables
from extract.form import Citation, Field, Funding, Indicator, UsedLabel
from extract.labels import bare_label
from extract.ledger import Ledger, Owner
from extract.rules import NO_LABEL, FieldSpec, FormRule, IndicatorColumn, LabelUse, Meaning, MoneyLabel, RuleSet
from extract.tokenizer import FormSlice
from extract.values import PARTS, find_citations, one_line, read_value

# At the end of a line of text, so many characters at most are a seal or a blank date.
_LONGEST_BOILERPLATE = 100
_LINE = re.compile(r"\S(?:[^\n]*\S)?")
# 填报单位：（盖章）某局
_NOTE_IN_FRONT = re.compile(r"[(（][^()（）]{1,8}[)）](?=.)")
# HTML may have lost the blanks in front of 单位：万元.
_BEFORE_BOILERPLATE = re.compile(r"\s+|(?=[(（])|(?=\w{2,4}[:：])")
_OPENS_BOILERPLATE = re.compile(r"[\s(（:：]")


class Sheet:
    """What the blocks of the parser share; they read cells through it and write their results into it."""

    def __init__(self, text: str, form_slice: FormSlice, rule: FormRule, rules: RuleSet, ledger: Ledger) -> None:
        self.text = text
        self.rule = rule
        self.rules = rules
        self.ledger = ledger
        self.fiscal_year = form_slice.fiscal_year
        self.unit_line = rules.phrases.unit_line(text[slice(*form_slice.span)])
        self._meanings = _meanings(text, form_slice.blocks, rule, rules)
        self.fields: list[Field] = []
        self.funding: list[Funding] = []
        self.indicators: list[Indicator] = []
        self.citations: list[Citation] = []
        self.notes: list[Noted] = []
        # The indicator table that the table before ended with: a page break may have cut it in two.
        self.unfinished: Any = None

    # ------------------------------------------------------------------------------------------------ looking

    def trimmed(self, start: int, end: int) -> Span:
        """The stretch without the white space around it; empty at `start` where there is nothing else."""
        piece = self.text[start:end].rstrip()
        bare = piece.lstrip()
        return Span(start + len(piece) - len(bare), start + len(piece)) if bare else Span(start, start)

    def cell_text(self, cell: Cell) -> str:
        """The cell's raw text, trimmed."""
        return self.text[cell.start : cell.end].strip()

    def is_blank(self, cell: Cell) -> bool:
        """Whether nothing stands in the cell, or nothing that is still unclaimed."""
        return cell.start == cell.end or self.ledger.is_settled(cell.start, cell.end)

    def is_taken(self, cell: Cell) -> bool:
        """Whether something stands in the cell and all of it is used."""
        return cell.start < cell.end and self.ledger.is_settled(cell.start, cell.end)

    def is_free(self, cell: Cell) -> bool:
        """Whether something stands in the cell and nobody has used any of it: a nested table may have."""
        return not self.is_blank(cell) and self.ledger.is_untouched(cell.start, cell.end)

    def use(self, cell: Cell) -> LabelUse | None:
        """What the cell announces if its text is one of the form's labels."""
        return self._meanings.get((cell.start, cell.end), NO_LABEL).use

    def money(self, cell: Cell) -> MoneyLabel | None:
        """What the cell says of an amount if its text is a label of funding blocks."""
        return self._meanings.get((cell.start, cell.end), NO_LABEL).money

    def uses(self, row: tuple[Cell, ...]) -> list[LabelUse | None]:
        """What each cell of a row announces."""
        meanings = self._meanings
        return [meanings.get((cell.start, cell.end), NO_LABEL).use for cell in row]

    def columns(self, row: tuple[Cell, ...]) -> list[IndicatorColumn | None]:
        """The column of an indicator table that each cell of a row heads."""
        meanings = self._meanings
        return [meanings.get((cell.start, cell.end), NO_LABEL).column for cell in row]

    def column(self, cell: Cell) -> IndicatorColumn | None:
        """The column of an indicator table that the cell heads if its text is such a column's label."""
        return self._meanings.get((cell.start, cell.end), NO_LABEL).column

    # ------------------------------------------------------------------------------------------------ writing

    def claim_label(self, cell: Cell) -> None:
        """The cell's text is a label."""
        self.ledger.claim(cell.start, cell.end, Owner.LABEL)

    def note(self, code: str, span: Span | None = None, **values: object) -> None:
        """Record something odd about this form; what it means and says stands in checks.yaml under its code."""
        self.notes.append(Noted(code, Fault(span, values)))

    def without_boilerplate(self, place: Span) -> Span:
        """The stretch without the seals and blank dates at its ends."""
        start, end = place
        is_boilerplate = self.rules.phrases.is_boilerplate
        lines = [Span(start + m.start(), start + m.end()) for m in _LINE.finditer(self.text[start:end])]
        while lines and is_boilerplate(self.text[slice(*lines[-1])]):
            self.ledger.claim(*lines.pop(), Owner.BOILERPLATE)
        while len(lines) > 1 and is_boilerplate(self.text[slice(*lines[0])]):
            self.ledger.claim(*lines.pop(0), Owner.BOILERPLATE)
        if not lines:
            return Span(start, start)
        start, end = lines[0].start, lines[-1].end
        if (note := _NOTE_IN_FRONT.match(self.text, start, end)) and is_boilerplate(note[0]):
            self.ledger.claim(*note.span(), Owner.BOILERPLATE)
            start = self.trimmed(note.end(), end).start
        last_words = max(lines[-1].start, end - _LONGEST_BOILERPLATE)
        if not _OPENS_BOILERPLATE.search(self.text, last_words, end):
            return Span(start, end)
        for match in _BEFORE_BOILERPLATE.finditer(self.text[last_words:end]):
            tail = last_words + match.start()
            if start < tail and is_boilerplate(self.text[tail:end]):
                self.ledger.claim(tail, end, Owner.BOILERPLATE)
                return self.trimmed(start, tail)
        return Span(start, end)

    def add_field(self, name: str, label: str, start: int, end: int) -> None:
        """Read the stretch as the value of the field `name` and record it, blank or not."""
        spec = self.rule.fields[name]
        place = self.without_boilerplate(self.trimmed(start, end))
        raw = self.text[place.start : place.end]
        if self.rules.phrases.is_unfilled(raw):
            self.ledger.claim(*place, Owner.VALUE)
            blank = [_part_name(name, part) for part in PARTS.get(spec.type, ("",))]
            self.fields += [Field(part_name, label, raw, None, place) for part_name in blank]
            return
        reading = read_value(spec.type, raw, spec.options)
        self.ledger.claim(*place, Owner.VALUE)
        for part in reading.parts:
            at = Span(place.start + part.start, place.start + part.end)
            self.fields.append(Field(_part_name(name, part.name), label, self.text[at.start : at.end], part.value, at))
        if reading.problem:
            self.note(reading.problem, place, label=label)
        self._add_citations(spec, place)

    def add_value(self, name: str, label: str, place: Span) -> None:
        """Record the stretch, on one line, as the value of the field `name`, under what heads it."""
        self.ledger.claim(*place, Owner.VALUE)
        text = self.text[slice(*place)]
        self.fields.append(Field(name, label, text, one_line(text), place))

    def _add_citations(self, spec: FieldSpec, place: Span) -> None:
        if spec.type != "citations":
            return
        for cited in find_citations(self.text[place.start : place.end]):
            at = Span(place.start + cited.start, place.start + cited.end)
            self.citations.append(Citation(spec.name, cited.document_number, cited.issuer_code, cited.year, at))

    def fill_in(self) -> None:
        """Give each field without a label in the form the value of the first that may stand for it."""
        present = {field.name for field in self.fields}
        for spec in self.rule.stand_ins:
            name = next((each for each in spec.instead_of if each not in present), None)
            if name and spec.name in present:
                at = next(i for i, field in enumerate(self.fields) if field.name == spec.name)
                self.fields[at] = self.fields[at]._replace(name=name)
                present.add(name)

    def used_labels(self) -> tuple[UsedLabel, ...]:
        """The labels, in bare form and each once, that announced sections, columns and amounts."""
        places: dict[str, list[tuple[int, int]]] = {"section": [], "column": [], "amount": []}
        for place, meaning in self._meanings.items():
            if self.ledger.owner_at(place[0]) is Owner.LABEL:
                if meaning.use and meaning.use.role == "section":
                    places["section"].append(place)
                if meaning.column:
                    places["column"].append(place)
                if meaning.money:
                    places["amount"].append(place)
        used = [UsedLabel(role, bare_label(self.text[slice(*at)])) for role, found in places.items() for at in found]
        return tuple(dict.fromkeys(used))

    def settle(self, span: Span) -> None:
        """Give whatever is unclaimed in the form to boilerplate or leftover; no table is to come."""
        # It refers to the sheet, and what goes round in a circle stays until the garbage collector comes.
        self.unfinished = None
        phrases = self.rules.phrases
        for stretch in list(self.ledger.unclaimed(*span)):
            text = self.text[stretch.start : stretch.end]
            known = (
                phrases.is_boilerplate(text)
                or phrases.is_placeholder(text)
                or phrases.is_blank(text)
                or phrases.year_line(text)[0]
            )
            self.ledger.claim(*stretch, Owner.BOILERPLATE if known else Owner.LEFTOVER)


def _meanings(text: str, blocks: tuple[Block, ...], rule: FormRule, rules: RuleSet) -> dict[tuple[int, int], Meaning]:
    """What the cells say that are labels, by where they stand, looked up once: each is asked for several times."""
    return {
        (cell.start, cell.end): meaning
        for table in walk_tables(blocks)
        for row in table.rows
        for cell in row
        if cell.start < cell.end and (meaning := rules.meaning_of(text[cell.start : cell.end], rule))
    }


def _part_name(name: str, part: str) -> str:
    """The name under which a part of a field is stored: contact_phone."""
    return f"{name.removesuffix('_name')}_{part}" if part else name
