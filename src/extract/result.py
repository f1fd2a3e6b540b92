"""Results as plain JSON values, for `parse --json` and for the golden files.

Decimals are strings, so that no reader turns them into floats; dates are ISO 8601; absent values are null.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from extract.document import Document, Paragraph, Span, Table
from extract.form import Indicator
from extract.ledger import Owner
from extract.pipeline import ExtractedForm, Extraction

Json = dict[str, Any]


def extraction_as_json(extraction: Extraction, *, spans: bool = True) -> Json:
    """An extraction with its forms; `spans` adds where in the text each value stands."""
    document, error = extraction.document, extraction.error
    return {
        "document_id": extraction.document_id,
        "format": document.format if document else None,
        "encoding": document.encoding if document else None,
        "status": extraction.status,
        "error": {"code": error.code, "message": error.message.en} if error else None,
        "characters": {o.name.lower(): n for o, n in extraction.characters.items() if o is not Owner.NOBODY},
        "findings": [{"code": f.code, "severity": f.severity, "message": f.message.en} for f in extraction.findings],
        "forms": [_form_as_json(form, document, spans=spans) for form in extraction.forms],
    }


def document_as_json(document: Document) -> Json:
    """A document as the reader saw it; a table is an object with `rows` of cells.

    `text` is the body's, in which the places of its blocks count; what stands beside the body brings its own.
    """
    return {
        "format": document.format,
        "encoding": document.encoding,
        "text": document.text[: _body_end(document)],
        "blocks": [_block_as_json(block, document.text) for block in document.blocks],
        "asides": [_block_as_json(block, document.text) for block in document.asides],
        "unread": list(document.unread),
    }


def _body_end(document: Document) -> int:
    """Where the text of the body ends and that of the asides begins."""
    first = next(iter(document.asides), None)
    while isinstance(first, Table):
        first = next((block for row in first.rows for cell in row for block in cell.blocks), None)
    return first.start if first else len(document.text)


def _block_as_json(block: Paragraph | Table, text: str) -> Json:
    if isinstance(block, Paragraph):
        return {"text": text[block.start : block.end], "start": block.start, "end": block.end}
    rows = [
        [
            {
                "text": text[cell.start : cell.end],
                "row": cell.row,
                "column": cell.column,
                "row_span": cell.row_span,
                "column_span": cell.column_span,
                "start": cell.start,
                "end": cell.end,
                "tables": [_block_as_json(b, text) for b in cell.blocks if isinstance(b, Table)],
            }
            for cell in row
        ]
        for row in block.rows
    ]
    return {"has_grid": block.has_grid, "rows": rows}


def _form_as_json(extracted: ExtractedForm, document: Document | None, *, spans: bool) -> Json:
    form = extracted.form
    text = document.text if document else ""
    place = _places if spans else _no_places
    return {
        "form_id": extracted.form_id,
        "form_index": extracted.form_index,
        "form_kind": form.kind or "unknown",
        "title": form.title or None,
        "fiscal_year": form.fiscal_year,
        "fields": [{"name": f.name, "label": f.label, "value": f.value, **place(f.span)} for f in form.fields],
        "funding": [
            {
                "source": m.source,
                "stage": m.stage,
                "block": m.block,
                "amount": _number(m.amount),
                "unit": m.unit,
                "amount_yuan": _number(m.amount_yuan),
                **place(m.span),
            }
            for m in form.funding
        ],
        "indicators": [
            {"indicator_index": number, **_indicator_as_json(row), **place(row.span)}
            for number, row in enumerate(form.indicators, start=1)
        ],
        "citations": [
            {"field": c.field, "document_number": c.document_number, **place(c.span)} for c in form.citations
        ],
        "findings": [{"code": f.code, "severity": f.severity, "message": f.message.en} for f in extracted.findings],
        "leftovers": [text[span.start : span.end] for span in extracted.leftovers],
    }


def _indicator_as_json(row: Indicator) -> Json:
    target, result = row.target, row.result
    canonical = target.canonical
    return {
        "block": row.block,
        "level1": row.level1,
        "level2": row.level2,
        "level1_canonical": row.level1_canonical,
        "level2_canonical": row.level2_canonical,
        "name": row.name,
        "target_text": row.target_text,
        "target_kind": target.kind,
        "operator": target.operator,
        "operator_implied": target.implicit,
        "value": _number(target.value),
        "lower": target.lower,
        "upper": target.upper,
        "unit": target.unit or None,
        "deadline": target.deadline.isoformat() if target.deadline else None,
        "dimension": canonical.dimension if canonical else None,
        "unit_canonical": canonical.unit if canonical else None,
        "lower_canonical": canonical.lower if canonical else None,
        "upper_canonical": canonical.upper if canonical else None,
        "target_context": dict(target.context),
        "target_warnings": list(target.warnings),
        "actual_text": result.actual_text,
        "actual_operator": result.actual.operator if result.actual else None,
        "actual_value": _number(result.actual.value) if result.actual else None,
        "actual_unit": (result.actual.unit or None) if result.actual else None,
        "weight": _number(result.weight),
        "score": _number(result.score),
        "deviation": result.deviation,
        "remarks": result.remarks,
    }


def _places(span: Span) -> Json:
    return {"text_start": span.start, "text_end": span.end}


def _no_places(_: Span) -> Json:
    return {}


def _number(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"
