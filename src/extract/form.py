"""One form as extracted: named values, funding rows and indicator rows, each with the span of its source text.

Field names come from the rules, so a new kind of form needs no class of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from extract.document import Span
from extract.target import Target


class Field(NamedTuple):
    """A named value. `text` is the raw source text at `span`, `value` its reading.

    `value` None means: the label is there, but its cell is blank or could not be read as its type.
    """

    name: str
    label: str
    text: str
    value: str | None
    span: Span


OTHER_VALUE = "other_value"
"""The name of the fields that hold what stands beside amounts and below indicators and is neither: rates, points, sums.
Their labels tell them apart."""


class Funding(NamedTuple):
    """An amount by source; `amount` is None where the text is no number, `amount_yuan` where no unit is known."""

    source: str
    stage: str
    block: str
    amount: Decimal | None
    unit: str | None
    amount_yuan: Decimal | None
    text: str
    span: Span


class Result(NamedTuple):
    """What a self-evaluation or a monitoring form says about an indicator beside its target.

    `actual` is the reading of `actual_text`; the spans are those of the values in front of them, None where the value
    is. `remarks` are the other columns, a line for each with its header in front.
    """

    actual_text: str | None = None
    actual: Target | None = None
    actual_span: Span | None = None
    weight: Decimal | None = None
    weight_span: Span | None = None
    score: Decimal | None = None
    score_span: Span | None = None
    deviation: str | None = None
    deviation_span: Span | None = None
    remarks: str | None = None


class Indicator(NamedTuple):
    """A row of the indicator table; levels as printed, carried down merged cells.

    `span` is the source of `target_text`, `name_span` that of `name`.
    """

    block: str
    level1: str | None
    level2: str | None
    level1_canonical: str | None
    level2_canonical: str | None
    name: str | None
    name_span: Span
    target_text: str | None
    target: Target
    span: Span
    result: Result = Result()

    def spans(self) -> Iterator[Span]:
        """Where the values of the row stand."""
        result = self.result
        yield from (self.name_span, self.span)
        yield from filter(None, (result.actual_span, result.weight_span, result.score_span, result.deviation_span))


class UsedLabel(NamedTuple):
    """A label that announced something else than a field: a section, a column of indicators, or an amount of money."""

    role: str
    label: str


class Citation(NamedTuple):
    """An official document that a field cites by number, such as 财预〔2020〕10号."""

    field: str
    document_number: str
    issuer_code: str
    year: int
    span: Span


@dataclass(frozen=True, slots=True)
class Form:
    """Everything that one form says. `kind` is None where no rule knows the title; then there are no values, and
    `shape` is what looks like the form's labels."""

    kind: str | None
    title: str
    fiscal_year: int | None
    span: Span
    fields: tuple[Field, ...] = ()
    funding: tuple[Funding, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    citations: tuple[Citation, ...] = ()
    labels: tuple[UsedLabel, ...] = ()
    shape: str | None = None

    def value(self, name: str) -> str | None:
        """The first value that a field of this name has, None where there is none."""
        return next((f.value for f in self.fields if f.name == name and f.value is not None), None)

    def values(self) -> dict[str, str]:
        """The first value of each field that has one, by name."""
        # What is written last stays.
        return {f.name: f.value for f in reversed(self.fields) if f.value is not None}

    def value_spans(self) -> Iterator[Span]:
        """Where every extracted value stands in the source, in no particular order."""
        yield from (f.span for f in self.fields if f.value is not None)
        yield from (f.span for f in self.funding)
        for row in self.indicators:
            yield from row.spans()
