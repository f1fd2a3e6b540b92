"""The report: what an import gave, what it did not give, and what to look at first. Reads the database only."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from rich.console import Console
from rich.table import Table

from extract.sources.litter import LITTER
from extract.terminal import bar, data, percent, short_path

Row = tuple[Any, ...]

_DOCUMENTS = """
    SELECT status, count(*) AS documents, sum(form_count) AS forms
    FROM documents GROUP BY status ORDER BY documents DESC, status
"""
_CHARACTERS = """
    SELECT sum(chars_total), sum(chars_title), sum(chars_label), sum(chars_value), sum(chars_boilerplate),
           sum(chars_outside), sum(chars_leftover)
    FROM documents
"""
_KINDS = """
    SELECT f.form_kind, f.fiscal_year, count(*) AS forms,
           sum((SELECT count(*) FROM indicators i WHERE i.form_id = f.form_id)) AS indicators,
           sum((SELECT count(*) FROM funding m WHERE m.form_id = f.form_id)) AS funding
    FROM forms f GROUP BY ALL ORDER BY f.form_kind, f.fiscal_year
"""
_FIELDS = """
    WITH kinds AS (SELECT form_kind, count(*) AS forms FROM forms GROUP BY form_kind)
    SELECT f.form_kind, v.name, count(DISTINCT v.form_id) AS found,
           count(DISTINCT CASE WHEN v.value IS NOT NULL THEN v.form_id END) AS filled, any_value(kinds.forms) AS forms
    FROM fields v JOIN forms f USING (form_id) JOIN kinds ON kinds.form_kind = f.form_kind
    GROUP BY f.form_kind, v.name ORDER BY f.form_kind, min(v.text_start - f.text_start)
"""
_TARGETS = """
    SELECT coalesce(target_kind, 'empty') AS kind, count(*) AS targets, count(operator) AS parsed
    FROM indicators GROUP BY kind ORDER BY targets DESC, kind
"""
_FINDINGS = """
    SELECT severity, code, count(*) AS times, count(DISTINCT document_id) AS documents, any_value(form_id) AS example
    FROM findings GROUP BY severity, code
    ORDER BY CASE severity WHEN 'error' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END, times DESC, code
"""
_PATH = "path || CASE WHEN member = '' THEN '' ELSE '!/' || member END"
_PATHS = f"SELECT document_id, min({_PATH}) AS path FROM files WHERE document_id IS NOT NULL GROUP BY document_id"
_FILES = f"""
    WITH paths AS ({_PATHS}),
         found AS (SELECT document_id, count(*) AS findings FROM findings GROUP BY document_id)
    SELECT path, d.status, d.form_count, coalesce(findings, 0) AS findings, chars_leftover, chars_total
    FROM documents d LEFT JOIN paths USING (document_id) LEFT JOIN found USING (document_id)
    WHERE coalesce(findings, 0) > 0 OR chars_leftover > 0
    ORDER BY chars_leftover DESC, findings DESC, path LIMIT ?
"""
_FAILED = f"""
    WITH paths AS ({_PATHS})
    SELECT path, status, coalesce(error, CASE status
        WHEN 'no_form' THEN 'no line of it is the title of a form'
        ELSE 'its forms have titles that no rule knows' END) AS reason
    FROM documents LEFT JOIN paths USING (document_id) WHERE status <> 'extracted'
    UNION ALL
    SELECT {_PATH}, status, error FROM files
    WHERE document_id IS NULL AND status <> 'archive' AND status NOT IN (SELECT unnest(?))
    ORDER BY status, path LIMIT ?
"""
_FILE_STATUSES = f"""
    SELECT status, count(*) AS files, min({_PATH}) AS example FROM files
    WHERE status <> 'document' GROUP BY status ORDER BY files DESC, status
"""
# Errors weigh most, then required things that are missing, then text that nothing used.
_LOOK_FIRST = f"""
    WITH paths AS ({_PATHS}),
         found AS (
            SELECT form_id, sum(CASE severity WHEN 'error' THEN 100 WHEN 'warning' THEN 10 ELSE 1 END) AS weight,
                   string_agg(DISTINCT code, ', ' ORDER BY code) AS codes
            FROM findings WHERE form_id IS NOT NULL GROUP BY form_id),
         rest AS (SELECT form_id, sum(text_end - text_start) AS characters FROM leftovers GROUP BY form_id)
    SELECT f.form_id, path, f.project_name, coalesce(characters, 0) AS leftover, coalesce(codes, '') AS codes
    FROM forms f LEFT JOIN paths USING (document_id) LEFT JOIN found USING (form_id) LEFT JOIN rest USING (form_id)
    WHERE f.grade IN ('poor', 'check') OR weight > 0 OR characters > 0
    ORDER BY CASE f.grade WHEN 'poor' THEN 0 WHEN 'check' THEN 1 ELSE 2 END,
             coalesce(weight, 0) + coalesce(characters, 0) DESC, path, f.form_index LIMIT ?
"""


_UNKNOWN = f"""
    WITH paths AS ({_PATHS})
    SELECT count(*) AS forms, any_value(title) AS title, count(DISTINCT title) AS titles, shape, min(path) AS path,
           min(form_id) AS example
    FROM forms LEFT JOIN paths USING (document_id) WHERE form_kind = 'unknown'
    GROUP BY shape ORDER BY forms DESC, example LIMIT ?
"""
_UNKNOWN_NAMES = ("forms", "title", "titles", "labels", "path", "example")


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of a report, each a list of rows in the order in which they are shown."""

    documents: list[Row]
    characters: Row
    kinds: list[Row]
    fields: list[Row]
    targets: list[Row]
    findings: list[Row]
    files: list[Row]
    unread: list[Row]
    file_statuses: list[Row]
    look_first: list[Row]


def make_report(connection: duckdb.DuckDBPyConnection, limit: int = 10) -> Report:
    """The report on a database; lists of files and forms are cut at `limit`."""

    def rows(sql: str, *values: object) -> list[Row]:
        return connection.execute(sql, list(values)).fetchall()

    return Report(
        rows(_DOCUMENTS),
        rows(_CHARACTERS)[0],
        rows(_KINDS),
        rows(_FIELDS),
        rows(_TARGETS),
        rows(_FINDINGS),
        rows(_FILES, limit),
        rows(_FAILED, list(LITTER), limit),
        rows(_FILE_STATUSES),
        rows(_LOOK_FIRST, limit),
    )


def report_as_json(report: Report) -> dict[str, Any]:
    """The report as JSON values."""
    owners = ("total", "title", "label", "value", "boilerplate", "outside", "leftover")

    def named(rows: list[Row], *names: str) -> list[dict[str, Any]]:
        return [dict(zip(names, row, strict=True)) for row in rows]

    return {
        "documents": named(report.documents, "status", "documents", "forms"),
        "characters": dict(zip(owners, (n or 0 for n in report.characters), strict=True)),
        "kinds": named(report.kinds, "form_kind", "fiscal_year", "forms", "indicators", "funding"),
        "fields": named(report.fields, "form_kind", "name", "found", "filled", "forms"),
        "targets": named(report.targets, "kind", "targets", "parsed"),
        "findings": named(report.findings, "severity", "code", "times", "documents", "example"),
        "files": named(report.files, "path", "status", "forms", "findings", "chars_leftover", "chars_total"),
        "unread": named(report.unread, "path", "status", "reason"),
        "file_statuses": named(report.file_statuses, "status", "files", "example"),
        "look_first": named(report.look_first, "form_id", "path", "project_name", "chars_leftover", "findings"),
    }


def unknown_layouts(connection: duckdb.DuckDBPyConnection, limit: int = 10) -> list[Row]:
    """The forms of unknown kind by layout, the most frequent first: how many, a title, how many titles there are, their
    labels, a file and a form."""
    return connection.execute(_UNKNOWN, [limit]).fetchall()


def unknown_as_json(layouts: list[Row]) -> list[dict[str, Any]]:
    """The layouts as JSON values."""
    return [dict(zip(_UNKNOWN_NAMES, row, strict=True)) for row in layouts]


# --------------------------------------------------------------------------------------------------------- on screen


def print_unknown(layouts: list[Row], console: Console) -> None:
    """The layouts as a table, and how to write a rule for the most frequent one."""
    rows = [
        (forms, title if titles < 2 else f"{title} (and {titles - 1} more)", labels, short_path(path))
        for forms, title, titles, labels, path, _ in layouts
    ]
    if not rows:
        console.print(data("Every form is of a kind that a rule knows.", "bold"))
        return
    _print_table(console, "Layouts that no rule knows", ("forms", "title", "labels", "for example"), rows)
    console.print(data(f"Next: extract rules draft {rows[0][3]}", "bold"))


def print_report(report: Report, console: Console, show_command: str) -> None:
    """The report as tables; `show_command` is how to look at a form, without its id."""
    _print_summary(report, console)
    _print_table(
        console, "Forms by kind and year", ("kind", "year", "forms", "indicators", "funding rows"), report.kinds
    )
    _print_fields(report, console)
    _print_targets(report, console)
    columns = ("severity", "finding", "times", "documents", "for example")
    _print_table(console, "Findings", columns, report.findings)
    files = [
        (short_path(path), forms, findings, left, percent(left, total))
        for path, _, forms, findings, left, total in report.files
    ]
    _print_table(console, "Files with findings or leftovers", ("file", "forms", "findings", "leftover", "share"), files)
    unread = [(short_path(path), status, reason) for path, status, reason in report.unread]
    _print_table(console, "Files without known forms", ("file", "status", "why"), unread)
    statuses = [
        (status, count, _MEANING.get(status, ""), short_path(path)) for status, count, path in report.file_statuses
    ]
    _print_table(console, "Files that are no documents", ("status", "files", "what that is", "for example"), statuses)
    first = [(form_id, Path(path or "").name, name, codes) for form_id, path, name, _, codes in report.look_first]
    _print_table(console, "Look at these first", ("form", "file", "project", "why"), first)
    if report.look_first:
        console.print(data(f"Next: {show_command} {report.look_first[0][0]}", "bold"))


def _print_summary(report: Report, console: Console) -> None:
    documents = sum(row[1] for row in report.documents)
    forms = sum(row[2] for row in report.documents)
    by_status = ", ".join(f"{count} {status}" for status, count, _ in report.documents)
    head = f"Documents: {documents} ({by_status}) · forms: {forms}" if documents else "The database holds no documents."
    console.print(data(head, "bold"))
    total, *parts = (n or 0 for n in report.characters)
    names = ("title", "label", "value", "boilerplate", "outside", "leftover")
    shares = " · ".join(f"{name} {percent(part, total)}" for name, part in zip(names, parts, strict=True))
    console.print(data(f"{total} characters: {shares}"))


def _print_fields(report: Report, console: Console) -> None:
    for kind in dict.fromkeys(row[0] for row in report.fields):
        table = _table(f"Fields of {kind}", ("field", "found", "", "filled", ""))
        for name, found, filled, forms in (row[1:] for row in report.fields if row[0] == kind):
            shares = data(percent(found, forms)), bar(found, forms), data(percent(filled, forms)), bar(filled, forms)
            table.add_row(data(name), *shares)
        console.print(table)


def _print_targets(report: Report, console: Console) -> None:
    table = _table("Targets", ("kind", "targets", "with operator", ""))
    for kind, targets, parsed in report.targets:
        table.add_row(data(kind), data(targets), data(percent(parsed, targets)), bar(parsed, targets))
    if report.targets:
        console.print(table)


def _print_table(console: Console, title: str, columns: tuple[str, ...], rows: list[Row]) -> None:
    if rows:
        table = _table(title, columns)
        for row in rows:
            table.add_row(*(data(value) for value in row))
        console.print(table)


def _table(title: str, columns: tuple[str, ...]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", header_style="dim", box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, justify="right" if column in _NUMBERS else "left", overflow="fold")
    return table


_MEANING = {"archive": "opened; its members stand by themselves", **LITTER}

_NUMBERS = frozenset(
    {"forms", "indicators", "funding rows", "times", "documents", "findings", "leftover", "share", "targets", "found",
     "filled", "with operator", "files"}
)  # fmt: skip
