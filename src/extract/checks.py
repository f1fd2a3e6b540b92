"""Checks: what looks wrong in a form as a whole. A check is a function from form and rule to findings.

A new check is one function and its name in CHECKS.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from extract.document import Span
from extract.findings import Finding
from extract.form import Form
from extract.language import Message
from extract.rules import FormRule, GradeLimits

PARTS_OF_TOTAL = frozenset({"fiscal", "central", "provincial", "municipal", "local", "carryover", "own", "other"})
PARTS_OF_FISCAL = frozenset({"central", "provincial", "municipal", "local"})


def check(form: Form, rule: FormRule, leftovers: Sequence[Span]) -> list[Finding]:
    """The findings of all checks on one form of a known kind; of a template, only that it is one."""
    if is_template(form):
        message = Message("nobody has filled in this form; it is a template", "空白表，未填写")
        return [Finding("form.template", "note", "insufficient_data", message, form.span)]
    findings = [finding for each in CHECKS for finding in each(form, rule)]
    if leftovers:
        pieces = len(leftovers)
        message = Message(
            f"{pieces} pieces of text inside the form were not used; see leftovers",
            f"表内有{pieces}处文字未识别，见 leftovers",
        )
        findings.append(Finding("form.leftovers", "warning", "insufficient_data", message, leftovers[0]))
    return findings


def is_template(form: Form) -> bool:
    """Whether the form holds no value at all, apart from what a template has printed."""
    filled = any(field.value is not None for field in form.fields) or bool(form.funding)
    return not filled and not any(row.target_text for row in form.indicators)


def has_title(form: Form, _: FormRule) -> Iterator[Finding]:
    """The form says what it is."""
    if not form.title:
        message = Message("no title; its labels told the kind", "没有表名，按标签判定类型")
        yield Finding("form.no_title", "note", "insufficient_data", message, form.span)


MISSING = frozenset({"field.missing", "field.blank"})


def grade(
    form: Form, findings: Sequence[Finding], leftovers: Sequence[Span], limits: Sequence[GradeLimits]
) -> str | None:
    """How much a person should look at a form: good, check or poor by `limits`; None for a template."""
    if form.kind is None:
        return "poor"
    if is_template(form):
        return None
    errors = sum(finding.severity == "error" for finding in findings)
    warnings = sum(finding.severity == "warning" for finding in findings)
    missing = sum(finding.code in MISSING for finding in findings)
    left = 100 * sum(span.end - span.start for span in leftovers) / max(form.span.end - form.span.start, 1)
    for limit in limits:
        within = errors <= limit.errors and warnings <= limit.warnings and missing <= limit.missing
        if within and left <= limit.leftover_percent:
            return limit.grade
    return "poor"


def year_is_stated(form: Form, _: FormRule) -> Iterator[Finding]:
    """The fiscal year stands below the title or in it."""
    if form.fiscal_year is None:
        message = Message("no fiscal year below the title", "表名下没有预算年度")
        yield Finding("form.no_year", "warning", "insufficient_data", message, form.span)


def required_fields_are_filled(form: Form, rule: FormRule) -> Iterator[Finding]:
    """The fields that the rule requires have their label and a value."""
    for name in rule.spec.required:
        if form.value(name) is not None:
            continue
        place = next((f.span for f in form.fields if f.name == name), None)
        if place:
            message = Message(f"the required field {name} is blank", f"必填项未填：{name}")
            yield Finding("field.blank", "warning", "insufficient_data", message, place)
        else:
            message = Message(f"the required field {name} was not found", f"未找到必填项：{name}")
            yield Finding("field.missing", "warning", "insufficient_data", message)


def fields_occur_once(form: Form, _: FormRule) -> Iterator[Finding]:
    """No field has two different values."""
    values: dict[str, str] = {}
    for field in form.fields:
        if field.value is not None and values.setdefault(field.name, field.value) != field.value:
            message = Message(
                f"the field {field.name} has a second, different value; the first one counts",
                f"{field.name} 有两个不同的值，以第一个为准",
            )
            yield Finding("field.repeated", "warning", "fail", message, field.span)


def indicators_are_there(form: Form, rule: FormRule) -> Iterator[Finding]:
    """A form whose rule describes an indicator table has indicators."""
    if rule.spec.indicators and not form.indicators:
        message = Message("the form has no indicator rows", "表内没有绩效指标")
        yield Finding("indicators.missing", "warning", "insufficient_data", message, form.span)


def targets_are_read(form: Form, _: FormRule) -> Iterator[Finding]:
    """Every indicator has a target, and its numbers were understood."""
    for number, row in enumerate(form.indicators, start=1):
        if row.target.kind == "empty":
            message = Message(f"indicator {number} has no target", f"第{number}项指标没有指标值")
            yield Finding("target.blank", "warning", "insufficient_data", message, row.name_span)
        for warning in row.target.warnings:
            doubt = warning.replace("_", " ")
            message = Message(
                f"the target of indicator {number} needs a look: {doubt}",
                f"第{number}项指标的指标值需核对：{doubt}",
            )
            yield Finding(f"target.{warning}", "note", "insufficient_data", message, row.span)


def funding_adds_up(form: Form, _: FormRule) -> Iterator[Finding]:
    """Where a total and its parts are stated in known units, they agree."""
    for block in {row.block for row in form.funding}:
        rows = [row for row in form.funding if row.block == block]
        yuan = {row.source: row.amount_yuan for row in rows if row.amount_yuan is not None}
        parts = PARTS_OF_TOTAL - (PARTS_OF_FISCAL if "fiscal" in yuan else frozenset({"fiscal"}))
        stated = [amount for source, amount in yuan.items() if source in parts]
        if "total" in yuan and stated and sum(stated) != yuan["total"]:
            message = Message("the parts of the funding do not add up to its total", "各项资金之和与资金总额不符")
            span = next(row.span for row in rows if row.source == "total")
            yield Finding("funding.sum", "warning", "fail", message, span)


CHECKS: tuple[Callable[[Form, FormRule], Iterator[Finding]], ...] = (
    has_title,
    year_is_stated,
    required_fields_are_filled,
    fields_occur_once,
    indicators_are_there,
    targets_are_read,
    funding_adds_up,
)
