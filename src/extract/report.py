"""The report: what an import gave, what it did not give, and what to look at first. Reads the database only."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
from rich.console import Console
from rich.table import Table
from rich.text import Text

from extract.dictionary import column_name, counted, word
from extract.form import OTHER_VALUE
from extract.language import Message, say
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
# What figures stand beside the amounts differs from form to form; their share says nothing.
_FIELDS = rf"""
    WITH kinds AS (SELECT form_kind, count(*) AS forms FROM forms GROUP BY form_kind)
    SELECT f.form_kind, v.name, count(DISTINCT v.form_id) AS found,
           count(DISTINCT CASE WHEN v.value IS NOT NULL THEN v.form_id END) AS filled, any_value(kinds.forms) AS forms,
           min(regexp_replace(v.label, '\s', '', 'g')) AS label
    FROM fields v JOIN forms f USING (form_id) JOIN kinds ON kinds.form_kind = f.form_kind
    WHERE v.name <> '{OTHER_VALUE}' GROUP BY f.form_kind, v.name ORDER BY f.form_kind, min(v.text_start - f.text_start)
"""
_TARGETS = """
    SELECT coalesce(target_kind, 'empty') AS kind, count(*) AS targets, count(operator) AS parsed
    FROM indicators GROUP BY kind ORDER BY targets DESC, kind
"""
_FINDINGS = """
    SELECT severity, code, count(*) AS times, count(DISTINCT document_id) AS documents, any_value(form_id) AS example,
           arg_min(message, message) AS message, arg_min(message_zh, message) AS message_zh
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
    SELECT path, status, error, error_zh FROM documents LEFT JOIN paths USING (document_id) WHERE status <> 'extracted'
    UNION ALL
    SELECT {_PATH}, status, error, error_zh FROM files
    WHERE document_id IS NULL AND status <> 'archive' AND status NOT IN (SELECT unnest(?))
    ORDER BY status, path LIMIT ?
"""
# Why a document that was read has no row of a known kind.
_NO_KNOWN_FORM = {
    "no_form": Message("no line of it is the title of a form", "没有一行是表名"),
    "unknown_form": Message("its forms have titles that no rule knows", "没有规则认识其中的表名"),
}
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
        [(path, status, _reason(status, *said)) for path, status, *said in rows(_FAILED, list(LITTER), limit)],
        rows(_FILE_STATUSES),
        rows(_LOOK_FIRST, limit),
    )


def _reason(status: str, en: str | None, zh: str | None) -> Message:
    return _NO_KNOWN_FORM.get(status) or Message(en or "", zh or "")


_FINDING = ("severity", "code", "times", "documents", "example", "message", "message_zh")


def report_as_json(report: Report) -> dict[str, Any]:
    """The report as JSON values."""
    owners = ("total", "title", "label", "value", "boilerplate", "outside", "leftover")

    def named(rows: list[Row], *names: str) -> list[dict[str, Any]]:
        return [dict(zip(names, row, strict=True)) for row in rows]

    return {
        "documents": named(report.documents, "status", "documents", "forms"),
        "characters": dict(zip(owners, (n or 0 for n in report.characters), strict=True)),
        "kinds": named(report.kinds, "form_kind", "fiscal_year", "forms", "indicators", "funding"),
        "fields": named(report.fields, "form_kind", "name", "found", "filled", "forms", "label"),
        "targets": named(report.targets, "kind", "targets", "parsed"),
        "findings": named(report.findings, *_FINDING),
        "files": named(report.files, "path", "status", "forms", "findings", "chars_leftover", "chars_total"),
        "unread": [
            {"path": path, "status": status, "reason": reason.en, "reason_zh": reason.zh}
            for path, status, reason in report.unread
        ],
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
    rows = []
    for forms, title, titles, labels, path, _ in layouts:
        more = titles - 1
        others = say(f" (and {more} more)", f"（另有 {more} 种）") if more > 0 else ""
        rows.append((forms, f"{title or ''}{others}", labels, short_path(path)))
    if not rows:
        console.print(data(say("Every form is of a kind that a rule knows.", "所有表都有规则认识。"), "bold"))
        return
    title = say("Layouts that no rule knows", "没有规则认识的版式")
    columns = (say("forms", "表数"), say("title", "表名"), say("labels", "标签"), say("for example", "示例文件"))
    _print_table(console, title, columns, rows)
    sample = rows[0][3]
    console.print(data(say(f"Next: extract rules draft {sample}", f"下一步：extract rules draft {sample}"), "bold"))


def print_report(report: Report, console: Console, show_command: str) -> None:
    """The report as tables; `show_command` is how to look at a form, without its id."""
    _print_summary(report, console)
    _print_kinds(report, console)
    _print_fields(report, console)
    _print_targets(report, console)
    _print_findings(report, console)
    _print_files(report, console)
    _print_look_first(report, console, show_command)


def _print_summary(report: Report, console: Console) -> None:
    documents = sum(row[1] for row in report.documents)
    forms = sum(row[2] for row in report.documents)
    if not documents:
        console.print(data(say("The database holds no documents.", "数据库中没有文档。"), "bold"))
        return
    statuses = counted("status", [(status, count) for status, count, _ in report.documents])
    head = say(
        f"Documents: {documents} ({statuses}) · forms: {forms}", f"文档 {documents} 份（{statuses}）· 表 {forms} 张"
    )
    console.print(data(head, "bold"))
    total, *parts = (n or 0 for n in report.characters)
    owners = (
        *(say("title", "表名"), say("label", "标签"), say("value", "取值"), say("boilerplate", "固有文字")),
        *(say("outside", "表外文字"), say("leftover", "未识别")),
    )
    shares = " · ".join(f"{owner} {percent(part, total)}" for owner, part in zip(owners, parts, strict=True))
    console.print(data(say(f"{total} characters: {shares}", f"共 {total} 字：{shares}")))


def _print_kinds(report: Report, console: Console) -> None:
    columns = (
        *(say("kind", "类型"), say("year", "年度"), say("forms", "表数"), say("indicators", "指标")),
        say("funding rows", "资金"),
    )
    rows = [(word("form_kind", kind), str(year or "–"), *counts) for kind, year, *counts in report.kinds]
    _print_table(console, say("Forms by kind and year", "各类型各年度的表"), columns, rows)


def _print_fields(report: Report, console: Console) -> None:
    for kind in dict.fromkeys(row[0] for row in report.fields):
        shown = word("form_kind", kind)
        columns = (say("field", "字段"), say("found", "有此项"), "", say("filled", "已填"), "")
        table = _table(say(f"Fields of {shown}", f"{shown}的字段"), columns, {1, 3})
        for name, found, filled, forms, label in (row[1:] for row in report.fields if row[0] == kind):
            shares = data(percent(found, forms)), bar(found, forms), data(percent(filled, forms)), bar(filled, forms)
            table.add_row(data(column_name(name, label)), *shares)
        _print(console, table)


def _print_targets(report: Report, console: Console) -> None:
    columns = (say("kind", "类型"), say("targets", "指标值"), say("with operator", "有比较符"), "")
    table = _table(say("Targets", "指标值"), columns, {1, 2})
    for kind, targets, parsed in report.targets:
        shown = word("target_kind", kind)
        table.add_row(data(shown), data(targets), data(percent(parsed, targets)), bar(parsed, targets))
    if report.targets:
        _print(console, table)


def _print_findings(report: Report, console: Console) -> None:
    columns = (
        *(say("severity", "级别"), say("times", "次数"), say("documents", "文档")),
        *(say("finding", "问题"), say("for example", "示例")),
    )
    rows = [
        (word("severity", severity), times, documents, data(code).append_text(data(f"\n{say(*message)}", "dim")), form)
        for severity, code, times, documents, form, *message in report.findings
    ]
    _print_table(console, say("Findings", "发现的问题"), columns, rows)


def _print_files(report: Report, console: Console) -> None:
    columns: tuple[str, ...] = (
        *(say("file", "文件"), say("forms", "表数"), say("findings", "问题")),
        *(say("leftover", "未识别字数"), say("share", "占比")),
    )
    files = [
        (short_path(path), forms, findings, left, percent(left, total))
        for path, _, forms, findings, left, total in report.files
    ]
    _print_table(console, say("Files with findings or leftovers", "有问题或未识别文字的文件"), columns, files)
    columns = (say("file", "文件"), say("status", "状态"), say("why", "原因"))
    unread = [(short_path(path), word("status", status), str(reason)) for path, status, reason in report.unread]
    _print_table(console, say("Files without known forms", "没有已知表的文件"), columns, unread)
    columns = (say("status", "状态"), say("files", "文件数"), say("what that is", "说明"), say("for example", "示例"))
    statuses = [
        (word("status", status), count, str(_MEANING.get(status, "")), short_path(path))
        for status, count, path in report.file_statuses
    ]
    _print_table(console, say("Files that are no documents", "不是文档的文件"), columns, statuses)


def _print_look_first(report: Report, console: Console, show_command: str) -> None:
    columns = (say("form", "表编号"), say("file", "文件"), say("project", "项目"), say("why", "原因"))
    rows = [(form_id, Path(path or "").name, name, codes) for form_id, path, name, _, codes in report.look_first]
    _print_table(console, say("Look at these first", "先看这些表"), columns, rows)
    if rows:
        command = f"{show_command} {rows[0][0]}"
        console.print(data(say(f"Next: {command}", f"下一步：{command}"), "bold"))


def _print_table(console: Console, title: str, columns: tuple[str, ...], rows: list[Row]) -> None:
    if rows:
        numbers = {at for at in range(len(columns)) if all(_is_number(row[at]) for row in rows)}
        table = _table(title, columns, numbers)
        for row in rows:
            table.add_row(*(value if isinstance(value, Text) else data(value) for value in row))
        _print(console, table)


def _print(console: Console, table: Table) -> None:
    console.print()
    console.print(table)


def _is_number(value: object) -> bool:
    return isinstance(value, int | Decimal) or (isinstance(value, str) and value.endswith(" %"))


def _table(title: str, columns: tuple[str, ...], numbers: Set[int]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", header_style="dim", box=None, pad_edge=False)
    for at, column in enumerate(columns):
        table.add_column(column, justify="right" if at in numbers else "left", overflow="fold")
    return table


_MEANING = {"archive": Message("opened; its members stand by themselves", "已打开，其中的文件各自列出"), **LITTER}
