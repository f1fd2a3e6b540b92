"""The pipeline: the bytes of one file become forms, findings and an account of every character.

read_document   bytes              → Document
tokenize        Document           → one slice per form
parse           slice and rule     → Form
check           Form               → findings
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from extract.checks import Case, Fault, Noted, check, noted
from extract.document import Document, Span
from extract.errors import ExtractError, ReadError
from extract.findings import Finding
from extract.form import Form
from extract.grades import grade
from extract.ledger import Ledger, Owner
from extract.parser import parse
from extract.readers import read_document
from extract.rules import FormRule, RuleSet
from extract.rules.checklist import Occasion
from extract.tokenizer import FormSlice, shows_labels, tokenize, values_outside

Status = Literal["extracted", "no_form", "unknown_form", "failed"]


@dataclass(frozen=True, slots=True)
class ExtractedForm:
    """One form of a document with what was noticed about it and what nothing in it used."""

    form_id: str
    form_index: int
    form: Form
    findings: tuple[Finding, ...]
    leftovers: tuple[Span, ...]
    grade: str | None = None  # good, check or poor; None for a template that nobody has filled in


@dataclass(frozen=True, slots=True)
class Extraction:
    """All that one file gave. `document` is None and `error` set where it could not be read."""

    document_id: str
    size_bytes: int
    ruleset: str
    status: Status
    document: Document | None = None
    error: ExtractError | None = None
    forms: tuple[ExtractedForm, ...] = ()
    findings: tuple[Finding, ...] = ()  # about the document as a whole
    characters: Mapping[Owner, int] = field(default_factory=lambda: dict.fromkeys(Owner, 0))


def document_id_of(data: bytes) -> str:
    """The SHA-256 of the bytes, in hexadecimal: the same content is the same document wherever it lies."""
    return hashlib.sha256(data).hexdigest()


def extract(data: bytes, rules: RuleSet) -> Extraction:
    """Everything that `data` holds. Never raises for bad input: a file that cannot be read is a failed extraction."""
    document_id = document_id_of(data)
    try:
        document = read_document(data)
    except ReadError as error:
        return failed(data, rules, error)
    return extract_document(document_id, len(data), document, rules)


def extract_document(document_id: str, size_bytes: int, document: Document, rules: RuleSet) -> Extraction:
    """Everything that a document holds which a reader, or an earlier import, has made of `size_bytes` bytes."""
    ledger = Ledger(document.text)
    slices = tokenize(document, rules)
    forms = tuple(
        _extract_form(document_id, index, document.text, form_slice, rules, ledger)
        for index, form_slice in enumerate(slices, start=1)
    )
    ledger.claim(0, len(document.text), Owner.OUTSIDE)
    status: Status = "no_form" if not forms else "extracted" if any(f.form.kind for f in forms) else "unknown_form"
    return Extraction(
        document_id,
        size_bytes,
        rules.version,
        status,
        document,
        forms=forms,
        findings=_document_findings(document, slices, rules),
        characters=ledger.counts(),
    )


def failed(data: bytes, rules: RuleSet, error: ExtractError) -> Extraction:
    """The extraction of a file that could not be read."""
    return Extraction(document_id_of(data), len(data), rules.version, "failed", error=error)


def _document_findings(document: Document, slices: Sequence[FormSlice], rules: RuleSet) -> tuple[Finding, ...]:
    """Content that the reader met and cannot read, and what looks like a form's where none is."""
    notes = []
    if not slices and shows_labels(document, rules):
        notes.append(Noted("document.no_title", Fault(None)))
    if outside := list(values_outside(document, slices, rules)):
        notes.append(Noted("document.values_outside", Fault(outside[0], {"count": len(outside)})))
    notes += [Noted("document.unread_content", Fault(None, {"kind": kind})) for kind in document.unread]
    return tuple(noted(notes, rules.checklist.settings(Occasion(None, None, ""))))


def _extract_form(
    document_id: str, index: int, text: str, form_slice: FormSlice, rules: RuleSet, ledger: Ledger
) -> ExtractedForm:
    form, notes = parse(text, form_slice, rules, ledger)
    leftovers = tuple(ledger.stretches(*form.span, Owner.LEFTOVER))
    if form_slice.rule is None:
        notes.append(Noted("form.unknown_kind", Fault(form_slice.headings[0])))
    findings = checked(form, notes, form_slice.rule, leftovers, rules)
    # 64 bits of the hash: unique for any archive, short enough to type.
    graded = grade(form, findings, leftovers, rules.grades)
    return ExtractedForm(f"{document_id[:16]}-{index}", index, form, tuple(findings), leftovers, graded)


def checked(
    form: Form, notes: Iterable[Noted], rule: FormRule | None, leftovers: tuple[Span, ...], rules: RuleSet
) -> list[Finding]:
    """What the parser has noted and the checks find, with the limits that hold where and when the form was filled in;
    a form of unknown kind, without rule, is not checked."""
    names = (form.title, form.value("reporting_unit"), form.value("competent_department"))
    occasion = Occasion(form.kind, form.fiscal_year, " ".join(filter(None, names)))
    settings = rules.checklist.settings(occasion)
    findings = noted(notes, settings)
    if rule:
        findings += check(Case(form, rule.spec.required, rule.spec.indicators is not None, leftovers), settings)
    return findings
