"""Checks: what looks wrong in a form as a whole, as findings; what is in order is silent.

A check is one function of a Case that yields Faults, in the module of its subject and in the table CHECKS at that
module's foot, and its entry in rules/checks.yaml: how severe it is, its message in both languages, its limits, and
whether it is switched off, for all or for some forms. `across` holds those that compare forms, as SQL.

fields      what a form says of itself: title, year, required fields, goals, citations
dates       the project's period, its fiscal year, the deadlines of targets
funding     totals against parts, and against what the targets say of cost
indicators  the rows and families of the indicator table, and what single targets say
results     weights, scores and actual values
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from extract.checks import across, dates, fields, funding, indicators, results
from extract.checks.case import Case, Check, Fault, Noted
from extract.checks.fields import is_template
from extract.findings import Finding, Outcome, Severity
from extract.language import Message

__all__ = [
    "CHECKS",
    "CODES",
    "NOTED",
    "Case",
    "Check",
    "Fault",
    "Noted",
    "Setting",
    "check",
    "finding",
    "is_template",
    "noted",
]

CHECKS: Mapping[str, Check] = (
    fields.CHECKS | dates.CHECKS | funding.CHECKS | indicators.CHECKS | results.CHECKS  # type: ignore[operator]
)
"""Every check of single forms by the code of its findings, in the order in which they are asked."""

NOTED = (
    "document.no_title", "document.values_outside", "document.unread_content", "form.unknown_kind",
    "choice.none_ticked", "choice.several_ticked", "period.unread", "date.unread", "money.unread", "contact.incomplete",
    "contact.unread_phone", "phone.unread", "phone.with_name", "funding.unread", "funding.no_unit",
    "funding.misaligned", "indicator.unknown_column", "indicator.misaligned", "indicator.unread_weight",
    "indicator.unread_score",
)  # fmt: skip
"""What is noted while a document is read."""

CODES = (*NOTED, *CHECKS, *across.STATEMENTS)
"""The codes of all findings that have an entry in rules/checks.yaml."""

# Of a form that nobody has filled in, only that is said.
_OF_TEMPLATES = "form.template"


@dataclass(frozen=True, slots=True)
class Setting:
    """What the rules say of a check for some forms; `lacking` is the message where data are missing, if that can be.

    `names` are what messages call the names of the database.
    """

    code: str
    severity: Severity
    outcome: Outcome
    message: Message
    lacking: Message | None
    limits: Mapping[str, object]
    names: Mapping[str, Message]


def check(case: Case, settings: Mapping[str, Setting]) -> list[Finding]:
    """The findings of the checks that `settings`, by their codes, switch on; of a template, only that it is one."""
    checks = {_OF_TEMPLATES: CHECKS[_OF_TEMPLATES]} if is_template(case.form) else CHECKS
    return [
        finding(settings[code], fault)
        for code, function in checks.items()
        if code in settings
        for fault in function(case, **settings[code].limits)
    ]


def noted(notes: Iterable[Noted], settings: Mapping[str, Setting]) -> list[Finding]:
    """What earlier stages have noted, as findings, but for what `settings` switch off."""
    return [finding(settings[code], fault) for code, fault in notes if code in settings]


def finding(setting: Setting, fault: Fault) -> Finding:
    """A fault in words. What a check cannot tell for want of data is a note."""
    if fault.lacks_data:
        message = _filled_in(setting.lacking or setting.message, setting, fault)
        return Finding(setting.code, "note", "insufficient_data", message, fault.span)
    message = _filled_in(setting.message, setting, fault)
    return Finding(setting.code, setting.severity, setting.outcome, message, fault.span)


# No str.format: messages are rules, which people hand around, and it would reach into objects.
_PLACE = re.compile(r"\{(\w+)\}")


def _filled_in(message: Message, setting: Setting, fault: Fault) -> Message:
    """A message with its {places} filled in; one that has no value stays as it is."""
    values = {**setting.limits, **fault.values}

    def written(place: re.Match[str]) -> Message:
        value = values.get(place[1], place[0])
        return setting.names.get(value) or _written(value) if isinstance(value, str) else _written(value)

    return Message(
        _PLACE.sub(lambda place: written(place).en, message.en), _PLACE.sub(lambda place: written(place).zh, message.zh)
    )


def _written(value: object) -> Message:
    """A value as messages show it: numbers without an exponent and without zeros at their end."""
    if isinstance(value, Decimal):
        plain = f"{value.normalize():f}"
    else:
        plain = ", ".join(_written(each).en for each in value) if isinstance(value, tuple) else str(value)
    return Message(plain, plain)
