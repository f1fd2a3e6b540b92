"""The inspection: what the checks have found in a database, check by check, and what each check is.

Findings speak of the forms as they were read. Where a person has corrected the value that a finding marks, it has done
its work: it is counted, and not shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import duckdb
from rich.console import Console

from extract.checks import CHECKS, NOTED
from extract.language import Message, chosen, say
from extract.masks import mask_phones
from extract.rules import RuleSet
from extract.rules.spec import CheckException, CheckSpec
from extract.terminal import data, short_path

# The row of a correction is known by its first place; all places of an indicator belong to it.
_INSPECTED = """
    WITH corrected AS (
            SELECT form_id, text_start, text_end FROM corrections
            WHERE target_table IN ('fields', 'funding', 'indicators')
            UNION ALL
            SELECT c.form_id, unnest([i.text_start, i.actual_start, i.weight_start, i.score_start, i.deviation_start]),
                   unnest([i.text_end, i.actual_end, i.weight_end, i.score_end, i.deviation_end])
            FROM corrections c JOIN indicators i
              ON c.target_table = 'indicators' AND i.form_id = c.form_id AND i.name_start = c.text_start),
         paths AS (SELECT document_id, min(source_file) AS path FROM file_details GROUP BY document_id)
    SELECT f.code, f.severity, f.outcome, f.message, f.message_zh, f.form_id, p.path, f.text_start, f.text_end,
           substring(d.text, f.text_start + 1, least(f.text_end - f.text_start, 200)),
           EXISTS (FROM corrected c
                   WHERE c.form_id = f.form_id AND (c.text_start, c.text_end) = (f.text_start, f.text_end))
    FROM findings f LEFT JOIN documents d USING (document_id) LEFT JOIN paths p USING (document_id)
    WHERE ($code IS NULL OR f.code = $code) AND ($form IS NULL OR f.form_id = $form)
    ORDER BY CASE f.severity WHEN 'error' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END, f.code, p.path, f.form_id,
             f.text_start, f.message
"""
_LONGEST_EXCERPT = 40


class Place(NamedTuple):
    """One finding: the form and its file, where in the document's text, what stands there, and what the check says."""

    form_id: str | None
    path: str | None
    text_start: int | None
    text_end: int | None
    excerpt: str
    message: Message


@dataclass(frozen=True, slots=True)
class Found:
    """All findings of one code and severity."""

    code: str
    severity: str
    outcome: str
    places: list[Place]

    @property
    def forms(self) -> int:
        """How many forms it was found in."""
        return len({place.form_id for place in self.places})


@dataclass(frozen=True, slots=True)
class Inspection:
    """Findings by code, worst first, and how many lie on values that people have corrected since."""

    found: list[Found]
    corrected: int


def inspect(connection: duckdb.DuckDBPyConnection, code: str | None = None, form_id: str | None = None) -> Inspection:
    """The findings of a database, only those of one check or one form where they are given."""
    found: dict[tuple[str, str, str], Found] = {}
    corrected = 0
    cursor = connection.execute(_INSPECTED, {"code": code, "form": form_id})
    while row := cursor.fetchone():
        code, severity, outcome, english, chinese, form, path, start, end, text, is_corrected = row
        if is_corrected:
            corrected += 1
            continue
        group = found.setdefault((code, severity, outcome), Found(code, severity, outcome, []))
        group.places.append(Place(form, path, start, end, _excerpt(code, text), Message(english, chinese)))
    return Inspection(list(found.values()), corrected)


def _excerpt(code: str, text: str | None) -> str:
    """The first line of what stands at the place; nothing of people and their phones."""
    first = next((line.strip() for line in re.split(r"[\n\t]", text or "") if line.strip()), "")
    if code.startswith(("contact.", "phone.")):
        return ""
    line = mask_phones(first)
    return line if len(line) <= _LONGEST_EXCERPT else f"{line[:_LONGEST_EXCERPT]}…"


def inspection_as_json(inspection: Inspection) -> dict[str, Any]:
    """The inspection as JSON values."""
    return {
        "findings": [
            {
                "code": found.code,
                "severity": found.severity,
                "outcome": found.outcome,
                "times": len(found.places),
                "forms": found.forms,
                "places": [
                    {**place._asdict(), "message": place.message.en, "message_zh": place.message.zh}
                    for place in found.places
                ],
            }
            for found in inspection.found
        ],
        "on_corrected_values": inspection.corrected,
    }


# --------------------------------------------------------------------------------------------------------- the checks


def checks_as_json(rules: RuleSet) -> dict[str, Any]:
    """What the rules say of every check, and the exceptions."""
    checklist = rules.checklist
    return {
        "checks": [
            {**spec.model_dump(exclude={"limits"}), "limits": spec.limits, "asked_of": _asked_of(spec)}
            for spec, _ in checklist.checks
        ],
        "exceptions": [exception.model_dump(exclude_defaults=True) for exception, _ in checklist.exceptions],
    }


def _asked_of(spec: CheckSpec) -> str:
    return "text" if spec.code in NOTED else "form" if spec.code in CHECKS else "database"


# --------------------------------------------------------------------------------------------------------- on screen

_STYLES = {"error": "bold red", "warning": "yellow", "note": "cyan"}
_SEVERITIES = {
    "error": Message("error", "错误"),
    "warning": Message("warning", "警告"),
    "note": Message("note", "提示"),
}


def print_inspection(inspection: Inspection, console: Console, limit: int, show: str, more: str) -> None:
    """Each check with its findings, at most `limit` of them; `show` and `more` are the commands that come next."""
    for found in inspection.found:
        _print_found(found, console, limit, more)
    if inspection.corrected:
        console.print(
            data(
                say(
                    f"{inspection.corrected} findings lie on values that people have corrected since: left out",
                    f"另有{inspection.corrected}条发现所在的值已经人工更正，未列出",
                ),
                "dim",
            )
        )
    first = next((place.form_id for found in inspection.found for place in found.places if place.form_id), None)
    if not inspection.found:
        console.print(data(say("The checks have found nothing.", "没有发现问题。"), "bold"))
    elif first:
        console.print(data(say(f"Next: {show} {first}", f"下一步：{show} {first}"), "bold"))


def _print_found(found: Found, console: Console, limit: int, more: str) -> None:
    times, forms = len(found.places), found.forms
    counts = say(f"{times} findings in {forms} forms", f"{forms}张表中{times}条")
    severity = str(_SEVERITIES[found.severity])
    console.print(data(severity, _STYLES[found.severity]).append(f" {found.code} · {counts}", "bold"))
    for place in found.places[:limit]:
        where = " · ".join(filter(None, (place.form_id, short_path(place.path), place.excerpt)))
        console.print(data(f"  {place.message}"))
        console.print(data(f"    {where}", "dim"))
    if times > limit:
        left = times - limit
        console.print(
            data(
                say(f"  and {left} more: {more} --code {found.code}", f"  还有{left}条：{more} --code {found.code}"),
                "dim",
            )
        )


def print_checks(rules: RuleSet, console: Console) -> None:
    """Every check: what it says in both languages, how severe it is, its limits, and whether and why it is off."""
    for spec, _ in rules.checklist.checks:
        console.print(_head(spec))
        first, second = (spec.message, spec.message_zh) if chosen() == "en" else (spec.message_zh, spec.message)
        console.print(data(f"  {first}"))
        console.print(data(f"  {second}"))
        for line in _details(spec):
            console.print(data(f"  {line}", "dim"))
    if rules.checklist.exceptions:
        console.print(data(say("Exceptions", "例外"), "bold"))
    for exception, _ in rules.checklist.exceptions:
        console.print(data(f"  {exception.name}").append_text(data(f"  {_scope(exception)}", "dim")))
        for change in exception.checks:
            console.print(data(f"    {change.code}: {_changes(change.model_dump(exclude_unset=True))}", "dim"))


def _head(spec: CheckSpec) -> Any:
    head = data(str(_SEVERITIES[spec.severity]), _STYLES[spec.severity]).append(f" {spec.code}", "bold")
    return (
        head
        if spec.enabled
        else head.append_text(data(say(f"  off: {spec.reason}", f"  已关闭：{spec.reason}"), "red"))
    )


def _details(spec: CheckSpec) -> Iterator[str]:
    if spec.limits:
        yield say(f"limits: {_written(spec.limits)}", f"限值：{_written(spec.limits)}")
    if spec.kinds:
        yield say(f"only: {', '.join(spec.kinds)}", f"仅限：{', '.join(spec.kinds)}")


def _scope(exception: CheckException) -> str:
    years = f"{exception.from_year or ''}–{exception.to_year or ''}" if exception.from_year or exception.to_year else ""
    return " · ".join(filter(None, (", ".join(exception.regions), years, ", ".join(exception.kinds))))


def _changes(change: Mapping[str, Any]) -> str:
    if change.get("enabled") is False:
        return say(f"off: {change['reason']}", f"关闭：{change['reason']}")
    return _written({name: value for name, value in change.items() if name != "code"})


def _written(limits: Mapping[str, Any]) -> str:
    parts = []
    for name, value in limits.items():
        if isinstance(value, Mapping):
            parts.append(_written(value))
        else:
            shown = ", ".join(map(str, value)) if isinstance(value, list) else value
            parts.append(f"{name} {shown}")
    return "; ".join(parts)
