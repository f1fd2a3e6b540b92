"""The pipeline: the bytes of one file become forms, findings and an account of every character.

read_document   bytes              → Document
tokenize        Document           → one slice per form
parse           slice and rule     → Form
check           Form               → findings
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from extract.checks import check, grade
from extract.document import Document, Span
from extract.errors import ExtractError, ReadError
from extract.findings import Finding
from extract.form import Form
from extract.language import Message
from extract.ledger import Ledger, Owner
from extract.parser import parse
from extract.readers import read_document
from extract.rules import RuleSet
from extract.tokenizer import FormSlice, shows_labels, tokenize

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
    forms = tuple(
        _extract_form(document_id, index, document.text, form_slice, rules, ledger)
        for index, form_slice in enumerate(tokenize(document, rules), start=1)
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
        findings=tuple(_document_findings(document, forms, rules)),
        characters=ledger.counts(),
    )


def failed(data: bytes, rules: RuleSet, error: ExtractError) -> Extraction:
    """The extraction of a file that could not be read."""
    return Extraction(document_id_of(data), len(data), rules.version, "failed", error=error)


def _document_findings(document: Document, forms: tuple[ExtractedForm, ...], rules: RuleSet) -> Iterator[Finding]:
    """Content that the reader met and cannot read, and the labels of a form whose title is nowhere."""
    if not forms and shows_labels(document, rules):
        message = Message(
            "labels of a form stand in the file, but no line is a title that the rules know; add it to a rule",
            "文件中有表格标签，但没有规则认识的表名，请把表名加进规则",
        )
        yield Finding("document.no_title", "warning", "insufficient_data", message)
    for kind in document.unread:
        message = Message(
            f"the file holds content that is not read ({kind}); look at it in the program that made it",
            f"文件中有不读取的内容（{kind}），请用生成它的软件查看",
        )
        yield Finding("document.unread_content", "warning", "insufficient_data", message)


def _extract_form(
    document_id: str, index: int, text: str, form_slice: FormSlice, rules: RuleSet, ledger: Ledger
) -> ExtractedForm:
    form, findings = parse(text, form_slice, rules, ledger)
    leftovers = tuple(ledger.stretches(*form.span, Owner.LEFTOVER))
    if form_slice.rule:
        findings += check(form, form_slice.rule, leftovers)
    else:
        message = Message(
            "no rule knows the title of this form; its text is kept as leftover",
            "没有规则认识这张表的表名，正文列入未识别文字",
        )
        findings.append(Finding("form.unknown_kind", "warning", "insufficient_data", message, form_slice.headings[0]))
    # 64 bits of the hash: unique for any archive, short enough to type.
    graded = grade(form, findings, leftovers, rules.grades)
    return ExtractedForm(f"{document_id[:16]}-{index}", index, form, tuple(findings), leftovers, graded)
