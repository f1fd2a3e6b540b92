"""Show: one form beside its source with values highlighted in place and leftovers marked; a document as its reader saw
it; a target with its pieces. Forms come from the database or fresh from the pipeline."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from extract.dictionary import column_name, word
from extract.document import Block, Document, Paragraph
from extract.document import Table as DocumentTable
from extract.errors import UsageError
from extract.form import Result
from extract.grid import drawn_table
from extract.language import Message, say
from extract.pipeline import ExtractedForm
from extract.target import Target
from extract.terminal import WIDTH_OF_A_PIPE, data, plain_number, visible

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Row = tuple[Any, ...]

VALUE_STYLE = "black on green"
LEFTOVER_STYLE = "white on red"
FINDING_STYLE = "yellow"
SIDE_BY_SIDE_FROM = 110  # columns of the terminal
_INDICATOR_COLUMNS = (
    "indicator_index", "level1", "level2", "name", "target_text", "operator", "value", "lower", "upper", "unit",
    "deadline", "operator_implied", "target_kind", "actual_text", "weight", "score",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ShownForm:
    """A form as stored, with its part of the source text; spans count in `text`."""

    form_id: str
    path: str | None
    form_kind: str
    title: str
    fiscal_year: int | None
    fields: list[Row]
    funding: list[Row]
    indicators: list[Row]
    findings: list[Row]
    text: str
    values: list[tuple[int, int]]
    leftovers: list[tuple[int, int]]


def find_form(connection: DuckDBPyConnection, wanted: str) -> str:
    """The form_id that `wanted` begins; raises UsageError where none does, or several."""
    rows = connection.execute(
        "SELECT form_id FROM forms WHERE starts_with(form_id, ?) ORDER BY form_id LIMIT 5", [wanted]
    ).fetchall()
    exact = [row for row in rows if row[0] == wanted]
    if exact or len(rows) == 1:
        return str((exact or rows)[0][0])
    if rows:
        choices = ", ".join(row[0] for row in rows)
        raise UsageError(
            "form.ambiguous",
            Message(
                f"several forms begin with {wanted!r}: {choices} …; type more of it",
                f"有几张表的编号以 {wanted!r} 开头：{choices} …；请多写几位",
            ),
        )
    message = Message(
        f"there is no form {wanted!r}; list them with: extract sql 'select form_id from forms'",
        f"没有编号为 {wanted!r} 的表；列出全部：extract sql 'select form_id from forms'",
    )
    raise UsageError("form.missing", message)


def load_form(connection: DuckDBPyConnection, form_id: str) -> ShownForm:
    """The stored form `form_id` with everything that is shown of it."""

    def rows(sql: str) -> list[Row]:
        return connection.execute(sql, {"id": form_id}).fetchall()

    ((document_id, kind, title, year, start, end, text),) = rows(
        "SELECT document_id, form_kind, title, fiscal_year, text_start, text_end, text"
        " FROM forms JOIN documents USING (document_id) WHERE form_id = $id"
    )
    paths = connection.execute("SELECT min(path) FROM files WHERE document_id = ?", [document_id]).fetchall()
    places = rows(
        "SELECT text_start, text_end FROM fields WHERE form_id = $id AND value IS NOT NULL UNION ALL"
        " SELECT text_start, text_end FROM funding WHERE form_id = $id UNION ALL"
        " SELECT text_start, text_end FROM indicators WHERE form_id = $id UNION ALL"
        " SELECT name_start, name_end FROM indicators WHERE form_id = $id UNION ALL"
        " SELECT actual_start, actual_end FROM indicators WHERE form_id = $id AND actual_start IS NOT NULL UNION ALL"
        " SELECT weight_start, weight_end FROM indicators WHERE form_id = $id AND weight_start IS NOT NULL UNION ALL"
        " SELECT score_start, score_end FROM indicators WHERE form_id = $id AND score_start IS NOT NULL UNION ALL"
        " SELECT deviation_start, deviation_end FROM indicators"
        " WHERE form_id = $id AND deviation_start IS NOT NULL"
    )
    leftovers = rows("SELECT text_start, text_end FROM leftovers WHERE form_id = $id")
    return ShownForm(
        form_id,
        paths[0][0],
        kind,
        title,
        year,
        rows("SELECT name, value, text, label FROM fields WHERE form_id = $id ORDER BY text_start, text_end, name"),
        rows("SELECT source, amount, unit, amount_yuan FROM funding WHERE form_id = $id ORDER BY row_index"),
        rows(f"SELECT {', '.join(_INDICATOR_COLUMNS)} FROM indicators WHERE form_id = $id ORDER BY indicator_index"),
        rows("SELECT severity, code, message, message_zh FROM findings WHERE form_id = $id"),
        text[start:end],
        [(a - start, b - start) for a, b in places],
        [(a - start, b - start) for a, b in leftovers],
    )


def form_as_json(form: ShownForm) -> dict[str, Any]:
    """The shown form as JSON values."""
    return {
        "form_id": form.form_id,
        "path": form.path,
        "form_kind": form.form_kind,
        "title": form.title,
        "fiscal_year": form.fiscal_year,
        "fields": [{"name": name, "value": value, "text": text} for name, value, text, _ in form.fields],
        "funding": [dict(zip(("source", "amount", "unit", "amount_yuan"), row, strict=True)) for row in form.funding],
        "indicators": [dict(zip(_INDICATOR_COLUMNS, row, strict=True)) for row in form.indicators],
        "findings": [
            dict(zip(("severity", "code", "message", "message_zh"), row, strict=True)) for row in form.findings
        ],
        "leftovers": [form.text[a:b] for a, b in form.leftovers],
    }


def shown_form(extracted: ExtractedForm, text: str) -> ShownForm:
    """A form fresh from the pipeline, out of the document `text`."""
    form = extracted.form
    start, end = form.span
    return ShownForm(
        extracted.form_id,
        None,
        form.kind or "unknown",
        form.title,
        form.fiscal_year,
        [(f.name, f.value, f.text, f.label) for f in form.fields],
        [(m.source, m.amount, m.unit, m.amount_yuan) for m in form.funding],
        [
            (n, i.level1, i.level2, i.name, i.target_text, *_target_row(i.target), *_result_row(i.result))
            for n, i in enumerate(form.indicators, 1)
        ],
        [(f.severity, f.code, f.message.en, f.message.zh) for f in extracted.findings],
        text[start:end],
        [(a - start, b - start) for a, b in form.value_spans()],
        [(a - start, b - start) for a, b in extracted.leftovers],
    )


def _target_row(target: Target) -> Row:
    bounds = (target.lower, target.upper) if target.kind != "date" else (None, None)
    return (target.operator, target.value, *bounds, target.unit or None, target.deadline, target.implicit, target.kind)


def _result_row(result: Result) -> Row:
    return (result.actual_text, result.weight, result.score)


# --------------------------------------------------------------------------------------------------------- on screen


def print_form(form: ShownForm, console: Console) -> None:
    """The form beside its source; one below the other where the terminal is narrow, and in a pipe."""
    year = form.fiscal_year or say("no year", "无年度")
    head = f"{form.title} · {year} · {word('form_kind', form.form_kind)} · {form.form_id}"
    console.print(data(head, "bold"))
    console.print(data(form.path or "", "dim"))
    if SIDE_BY_SIDE_FROM <= console.width < WIDTH_OF_A_PIPE:
        sides = Table.grid(padding=(0, 2), expand=True)
        sides.add_column(ratio=1, overflow="fold")
        sides.add_column(ratio=1, overflow="fold")
        sides.add_row(
            _values(form), marked_source(form.text, {VALUE_STYLE: form.values, LEFTOVER_STYLE: form.leftovers})
        )
        console.print(sides)
    else:
        console.print(_values(form))
        console.print(marked_source(form.text, {VALUE_STYLE: form.values, LEFTOVER_STYLE: form.leftovers}))
    legend = Text(say("source: ", "原文：")).append(say("value", "取值"), VALUE_STYLE).append(" ")
    legend.append(say("leftover", "未识别"), LEFTOVER_STYLE)
    console.print(
        legend.append(say(" everything else is label, boilerplate or title", " 其余为标签、固有文字或表名"), "dim")
    )


def marked_source(text: str, places: Mapping[str, Iterable[tuple[int, int]]]) -> Text:
    """Source text, a line for each row of its tables, with the places of each style highlighted."""
    shown = Text(visible(_rows_on_lines(text)), style="dim")
    for style, spans in places.items():
        for start, end in spans:
            shown.stylize(f"not dim {style}", start, end)
    lines = [line for line in shown.split("\n") if line.plain.strip(" |")]
    return Text("\n").join(lines)


def _rows_on_lines(text: str) -> str:
    """The text with bars between cells, those of a row on one line; character for character, so that spans hold."""
    return re.sub(r"(?<!\n)\n\t", " |", text).replace("\t", "|")


def _values(form: ShownForm) -> Group:
    fields = _grid(say("field", "字段"), say("value", "取值"))
    for name, value, text, label in form.fields:
        missing = say("(not read)", "（未识别）") if text else say("(blank)", "（空白）")
        shown = data(missing, "dim italic") if value is None else data(value)
        fields.add_row(data(column_name(name, label), "cyan"), shown)
    parts = [fields]
    if form.funding:
        funding = _grid(say("funding", "资金"), say("amount", "金额"), say("unit", "单位"), "元")
        for source, amount, unit, yuan in form.funding:
            funding.add_row(
                data(word("source", source), "cyan"), *(data(plain_number(cell)) for cell in (amount, unit, yuan))
            )
        parts.append(funding)
    if form.indicators:
        parts.append(_indicators(form.indicators))
    if form.findings:
        findings = _grid(say("finding", "问题"), "")
        for severity, code, *message in form.findings:
            findings.add_row(data(f"{word('severity', severity)} {code}", FINDING_STYLE), data(say(*message)))
        parts.append(findings)
    return Group(*parts)


def _indicators(rows: list[Row]) -> Table:
    """The indicators; what was reached, points and score only where the form has them."""
    headings = (say("actual", "实际"), say("points", "分值"), say("score", "得分"))
    results = [(heading, at) for at, heading in enumerate(headings) if any(r[-3:][at] for r in rows)]
    shown = _grid(
        *("#", say("levels", "级次"), say("indicator", "指标"), say("target", "指标值"), say("read as", "识别为")),
        *(heading for heading, _ in results),
    )
    for number, level1, level2, name, target, *reading in rows:
        levels = " / ".join(level for level in (level1, level2) if level)
        reached = (data(plain_number(reading[-3:][at])) for _, at in results)
        shown.add_row(
            data(number, "dim"), data(levels, "cyan"), data(name), data(target), _reading(*reading[:-3]), *reached
        )  # fmt: skip
    return shown


def _reading(
    operator: str | None,
    value: object,
    lower: object,
    upper: object,
    unit: str | None,
    deadline: object,
    implied: bool,
    kind: str,
) -> Text:
    """How a target was read: operator, number and unit; its kind where it has no number."""
    if operator is None:
        return data(say("words", "定性") if kind == "qualitative" else word("target_kind", kind), "dim")
    if deadline is not None:
        return data(f"{operator} {deadline}")
    number = f"{plain_number(lower)} … {plain_number(upper)}" if operator == "between" else plain_number(value)
    shown = data(
        f"{operator} {number} {unit or ''}".rstrip() if number else f"{operator} ({word('target_kind', kind)})"
    )
    return shown.append(say(" (implied)", "（默认）"), "dim") if implied else shown


def _grid(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", title_justify="left")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


# --------------------------------------------------------------------------------------------------------- documents


def print_document(document: Document, console: Console) -> None:
    """A document as its reader saw it: paragraphs, and tables as grids with the place and spans of each cell."""
    encoding = f", {document.encoding}" if document.encoding else ""
    size = len(document.text)
    head = say(f"{document.format}{encoding}, {size} characters", f"{document.format}{encoding}，{size} 字")
    console.print(data(head, "bold"))
    _print_blocks(document.blocks, document.text, console)
    if document.asides:
        console.print(data(say("Beside the body", "正文以外"), "bold"))
        _print_blocks(document.asides, document.text, console)


def _print_blocks(blocks: tuple[Block, ...], text: str, console: Console) -> None:
    for block in blocks:
        if isinstance(block, Paragraph):
            if text[block.start : block.end].strip():
                console.print(data(text[block.start : block.end].strip()))
            continue
        rows = len(block.rows)
        known = say(f"table of {rows} rows", f"表格，{rows} 行")
        console.print(data(known if block.has_grid else known + say(", spans unknown", "，跨度不明"), "cyan"))
        drawing = drawn_table(block, text, min(console.width, _WIDEST_GRID))
        for line in _listed(block, text) if drawing is None else map(Text, drawing):
            console.print(line, soft_wrap=drawing is not None)
        for row in block.rows:
            for cell in row:
                nested = tuple(b for b in cell.blocks if not isinstance(b, Paragraph))
                if nested:
                    console.print(
                        data(
                            say(
                                f"inside row {cell.row}, column {cell.column}:",
                                f"第 {cell.row} 行第 {cell.column} 列之内：",
                            ),
                            "dim",
                        )
                    )
                    _print_blocks(nested, text, console)


# What goes into a pipe or a file is not folded to a terminal's width, but a grid needs one.
_WIDEST_GRID = 120


def _listed(table: DocumentTable, text: str) -> Iterator[Text]:
    """The rows of a table with more columns than the terminal has room for: column, spans (rows×columns), text."""
    for number, row in enumerate(table.rows):
        line = Text(f"{number:>4} ", style="dim")
        for cell in row:
            spans = f" {cell.row_span}×{cell.column_span}" if (cell.row_span, cell.column_span) != (1, 1) else ""
            line.append("|", "cyan").append(f"{cell.column}{spans}:", "dim")
            line.append(visible(" ⏎ ".join(text[cell.start : cell.end].split("\n"))).strip() or " ")
        yield line
