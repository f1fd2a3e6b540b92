"""The spot-check: a person compares forms with their source, worst first and then a random sample, and decides.

A Desk holds what is to be looked at and writes each decision at once, so that quitting loses nothing and the next
review goes on where this one stopped. The database is open only while it is read or written. From the random sample
the desk says how many values are wrong, with a confidence interval.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, NamedTuple

import duckdb
from rich.console import Console
from rich.table import Table
from rich.text import Text

from extract.corrections import MISSING, Change, record, stored, withdraw
from extract.dictionary import column_name, word
from extract.document import Span
from extract.language import Message, say
from extract.rows import actual_values, target_values
from extract.show import LEFTOVER_STYLE, VALUE_STYLE, marked_source
from extract.store import Store, open_for_reading
from extract.target import Grammar, TargetContext, parse_target
from extract.terminal import data, percent, plain_number, visible

Row = tuple[Any, ...]
Outcome = Literal["accepted", "corrected", "skipped"]

# Worst first: the grade, then findings by severity and text that nothing used.
_WORST = """
    WITH found AS (
            SELECT form_id, sum(CASE severity WHEN 'error' THEN 100 WHEN 'warning' THEN 10 ELSE 1 END) AS weight
            FROM findings WHERE form_id IS NOT NULL GROUP BY form_id),
         rest AS (SELECT form_id, sum(text_end - text_start) AS characters FROM leftovers GROUP BY form_id)
    SELECT form_id FROM forms LEFT JOIN found USING (form_id) LEFT JOIN rest USING (form_id)
    WHERE form_kind <> 'unknown' AND coalesce(weight, 0) + coalesce(characters, 0) > 0
      AND ($again OR form_id NOT IN (SELECT form_id FROM reviews)) AND ($kind IS NULL OR form_kind = $kind)
    ORDER BY CASE grade WHEN 'poor' THEN 0 WHEN 'check' THEN 1 ELSE 2 END,
             coalesce(weight, 0) + coalesce(characters, 0) DESC, form_id LIMIT $limit
"""
# The same forms for the same seed, whatever was looked at before; every form of a kind is as likely as any other.
_SAMPLE = """
    SELECT form_id FROM (
        SELECT form_id, form_kind, row_number() OVER (PARTITION BY form_kind ORDER BY md5(form_id || $seed)) AS place
        FROM forms WHERE form_kind <> 'unknown' AND ($kind IS NULL OR form_kind = $kind))
    WHERE place <= $limit AND form_id NOT IN (SELECT form_id FROM reviews WHERE in_sample)
    ORDER BY place, form_kind
"""
_HEAD = """
    SELECT form_kind, title, fiscal_year, grade, text_start, text_end, text,
           (SELECT min(path) FROM files WHERE files.document_id = forms.document_id)
    FROM forms JOIN documents USING (document_id) WHERE form_id = ?
"""
_FIELDS = "SELECT name, label, value, text_start, text_end FROM fields WHERE form_id = ? ORDER BY text_start"
_FUNDING = """
    SELECT row_index, source, stage, block, amount, unit, text_start, text_end FROM funding WHERE form_id = ?
    ORDER BY row_index
"""
_INDICATORS = """
    SELECT indicator_index, level1, level2, name, level2_canonical, target_text, operator, coalesce(value, lower),
           upper, unit, deadline, actual_text, weight, score, name_start, greatest(name_end, text_end)
    FROM indicators WHERE form_id = ? ORDER BY indicator_index
"""
_FINDINGS = "SELECT severity, code, message, message_zh, text_start, text_end FROM findings WHERE form_id = ?"
_LEFTOVERS = "SELECT text_start, text_end FROM leftovers WHERE form_id = ? ORDER BY text_start"
_RATES = """
    SELECT coalesce(form_kind, 'gone'), count(*), sum(values_checked), sum(values_wrong), count_if(values_wrong > 0)
    FROM reviews LEFT JOIN forms USING (form_id) WHERE in_sample AND outcome <> 'skipped' GROUP BY ALL ORDER BY ALL
"""


# A target is corrected in several columns at once; the printed one stands for them.
_HINTS = """
    SELECT form_kind, target_table || '.' || CASE WHEN target_table = 'fields' THEN target_row ELSE target_column END,
           (SELECT min(label) FROM fields v
            WHERE v.form_id = c.form_id AND target_table = 'fields' AND name = target_row),
           count(*) AS times, min_by(coalesce(old, '(blank)') || ' → ' || coalesce(new, '(blank)'), decided_at)
    FROM corrections c JOIN forms USING (form_id)
    WHERE target_table <> 'indicators' OR target_column IN (
        '(row)', 'target_text', 'actual_text', 'name', 'level1', 'level2', 'block', 'weight', 'score', 'deviation')
    GROUP BY ALL ORDER BY times DESC, 1, 2, 3
"""


# What of a value people correct, by its table, the usual one first; target and actual stand for all that they say.
CORRECTABLE: Mapping[str, tuple[str, ...]] = {
    "fields": ("value",),
    "funding": ("amount", "unit", "source", "stage", "block"),
    "indicators": ("target", "actual", "name", "level1", "level2", "block", "weight", "score", "deviation"),
}


class Value(NamedTuple):
    """One value to compare: its row in the database, what it is, how it was read (None: blank), and its place in the
    form's text; of an indicator, its target as printed and what stands around it.
    """

    table: str
    row: str
    name: str
    shown: str | None
    start: int
    end: int
    target: str | None = None
    context: TargetContext = TargetContext()


class ShownFinding(NamedTuple):
    """What the program noticed, and where, if it has a place in the form."""

    severity: str
    code: str
    message: Message
    place: Span | None


@dataclass(frozen=True, slots=True)
class FormOnDesk:
    """A form as the person sees it; `text` is the form's part of the source, in which all places count."""

    form_id: str
    in_sample: bool
    kind: str
    title: str
    fiscal_year: int | None
    grade: str | None
    path: str | None
    text: str
    values: tuple[Value, ...]
    findings: tuple[ShownFinding, ...]
    leftovers: tuple[Span, ...]


class ErrorRate(NamedTuple):
    """What the random sample says of a form kind: shares of wrong values, with a 95 % interval."""

    form_kind: str
    forms: int
    forms_with_errors: int
    values: int
    wrong: int
    low: float
    high: float


class _Act(NamedTuple):
    """Something that can be undone."""

    form_id: str
    at: datetime
    closed_form: bool


class Desk:
    """The forms to look at, and the decisions about them."""

    def __init__(
        self,
        database: Path,
        reviewer: str,
        *,
        kind: str | None = None,
        worst: int = 20,
        sample: int = 10,
        seed: str = "",
    ) -> None:
        """Take up to `worst` forms, worst first, then up to `sample` random ones of each kind. Raises StoreError."""
        self._database = database
        self._reviewer = reviewer
        self._acts: list[_Act] = []
        self._position = 0
        with _reading(database) as connection:
            bad = connection.execute(_WORST, {"kind": kind, "limit": worst, "again": False}).fetchall()
            drawn = connection.execute(_SAMPLE, {"kind": kind, "limit": sample, "seed": seed}).fetchall()
        in_sample = {form_id for (form_id,) in drawn}
        # A bad form that was drawn, too, is looked at once and counts.
        order = dict.fromkeys([form_id for (form_id,) in (*bad, *drawn)])
        self._queue = [(form_id, form_id in in_sample) for form_id in order]

    @property
    def progress(self) -> tuple[int, int]:
        """How many forms are done, and how many there are."""
        return self._position, len(self._queue)

    def form(self) -> FormOnDesk | None:
        """The form on the desk, None when all are done."""
        if self._position >= len(self._queue):
            return None
        form_id, in_sample = self._queue[self._position]
        with _reading(self._database) as connection:
            return load_form(connection, form_id, in_sample=in_sample)

    def correct(self, form: FormOnDesk, changes: Sequence[Change]) -> None:
        """Store and apply changes of the form. Raises UsageError where one cannot be."""
        at = _now()
        with Store(self._database) as store, store.transaction() as connection:
            record(connection, form.form_id, changes, self._reviewer, at)
        self._acts.append(_Act(form.form_id, at, closed_form=False))

    def close(self, form: FormOnDesk, *, skip: bool = False) -> None:
        """Done with the form: it is right as it stands now, or it is skipped."""
        at = _now()
        with Store(self._database) as store, store.transaction() as connection:
            wrong = _wrong_values(connection, form.form_id)
            missing = sum(column == MISSING for _, _, column in wrong)
            rows = len({(table, row) for table, row, column in wrong if column != MISSING}) + missing
            outcome: Outcome = "skipped" if skip else "corrected" if wrong else "accepted"
            filled = sum(value.shown is not None for value in form.values)
            review = (form.form_id, outcome, form.in_sample, filled + missing, rows, self._reviewer, at)
            connection.execute("INSERT INTO reviews VALUES (?, ?, ?, ?, ?, ?, ?)", review)
        self._acts.append(_Act(form.form_id, at, closed_form=True))
        self._position += 1

    def undo(self) -> bool:
        """Take back the last decision of this session; whether there was one."""
        if not self._acts:
            return False
        act = self._acts.pop()
        with Store(self._database) as store, store.transaction() as connection:
            if act.closed_form:
                connection.execute("DELETE FROM reviews WHERE form_id = ? AND decided_at = ?", [act.form_id, act.at])
            else:
                withdraw(connection, act.form_id, act.at)
        if act.closed_form:
            self._position -= 1
        return True


def changes_of(value: Value, column: str, new: str | None, grammar: Grammar) -> list[Change]:
    """What follows when a column of a value, one of CORRECTABLE, should be `new`: of a target, all that it says."""
    if column == "target":
        target = parse_target(new or "", grammar, value.context)
        read: Mapping[str, object] = {"target_text": new, **target_values(target)}
    elif column == "actual":
        target = parse_target(value.target or "", grammar, value.context)
        actual = parse_target(new or "", grammar, value.context._replace(target=target))
        read = {"actual_text": new, **actual_values(actual)}
    else:
        read = {column: new}
    return [Change(value.table, value.row, each, None if n is None else str(n)) for each, n in read.items()]


def error_rates(connection: duckdb.DuckDBPyConnection) -> list[ErrorRate]:
    """What the random samples that people have decided say, per form kind."""
    return [
        ErrorRate(kind, forms, bad, values, wrong, *wilson_interval(wrong, values))
        for kind, forms, values, wrong, bad in connection.execute(_RATES).fetchall()
    ]


def hints(connection: duckdb.DuckDBPyConnection) -> list[Row]:
    """Where people had to correct, most often first: form kind, what, the label in the source, how often, an example.

    What is wrong again and again is a rule to mend, not a value.
    """
    return connection.execute(_HINTS).fetchall()


def wilson_interval(hits: int, trials: int) -> tuple[float, float]:
    """The 95 % score interval of a share (E. B. Wilson, 1927); it is honest for few trials and for shares near 0.

    >>> [round(bound, 3) for bound in wilson_interval(0, 100)], wilson_interval(0, 0)
    ([0.0, 0.037], (0.0, 1.0))
    """
    if not trials:
        return 0.0, 1.0
    z = 1.959964
    share, spread = hits / trials, z * z / trials
    middle = share + spread / 2
    reach = z * math.sqrt(share * (1 - share) / trials + spread / (4 * trials))
    low, high = (middle - reach) / (1 + spread), (middle + reach) / (1 + spread)
    return max(0.0, min(low, share)), min(1.0, max(high, share))


# ---------------------------------------------------------------------------------------------------------- reading


def worst_forms(connection: duckdb.DuckDBPyConnection, most: int) -> list[str]:
    """At most so many forms, the worst first, whether people have looked at them or not."""
    rows = connection.execute(_WORST, {"kind": None, "limit": most, "again": True}).fetchall()
    return [form_id for (form_id,) in rows]


def load_form(connection: duckdb.DuckDBPyConnection, form_id: str, *, in_sample: bool = False) -> FormOnDesk:
    """The stored form `form_id` as it comes on the desk."""

    def rows(sql: str) -> list[Row]:
        return connection.execute(sql, [form_id]).fetchall()

    ((kind, title, year, grade, start, end, text, path),) = rows(_HEAD)
    values = [
        Value("fields", name, column_name(name, label), value, a - start, b - start)
        for name, label, value, a, b in rows(_FIELDS)
    ]
    for number, source, stage, block, amount, unit, a, b in rows(_FUNDING):
        parts = [word("source", source)]
        parts += [word("stage", stage)] if stage != "budget" else []
        parts += [word("block", block)] if block != "annual" else []
        name = " ".join(parts)
        values.append(Value("funding", str(number), name, _amount(amount, unit), a - start, b - start))
    for number, level1, level2, name, level, target, *reading, a, b in rows(_INDICATORS):
        levels = " / ".join(level for level in (level1, level2, name) if level)
        shown = _target(target, *reading)
        context = TargetContext(name, level=level, year=year)
        values.append(Value("indicators", str(number), levels, shown, a - start, b - start, target, context))
    return FormOnDesk(
        form_id,
        in_sample,
        kind,
        title,
        year,
        grade,
        path,
        text[start:end],
        tuple(values),
        tuple(
            ShownFinding(
                severity,
                code,
                Message(en, zh),
                None if a is None else Span(max(a, start) - start, max(b, start) - start),
            )
            for severity, code, en, zh, a, b in rows(_FINDINGS)
        ),
        tuple(Span(a - start, b - start) for a, b in rows(_LEFTOVERS)),
    )


def _amount(amount: object, unit: str | None) -> str:
    return f"{plain_number(amount)} {unit or ''}".strip() or say("(not read)", "（未识别）")


def _target(
    text: str | None, operator: str | None, lower: object, upper: object, unit: str | None, deadline: object,
    actual: str | None, weight: object, score: object,
) -> str:  # fmt: skip
    """A target as printed and as read, with what a self-evaluation adds."""
    bounds = f"{plain_number(lower)}…{plain_number(upper)}" if operator == "between" else plain_number(lower or upper)
    reading = f"{operator} {deadline or bounds} {unit or ''}".strip() if operator else say("words", "定性")
    results = ((say("actual", "实际"), actual), (say("weight", "分值"), weight), (say("score", "得分"), score))
    more = [f"{what} {plain_number(n)}" for what, n in results if n]
    return " · ".join([f"{text or say('(blank)', '（空白）')} → {reading}", *more])


def _wrong_values(connection: duckdb.DuckDBPyConnection, form_id: str) -> list[tuple[str, str, str]]:
    corrections = stored(connection, "form_id = ?", [form_id])
    return [(each.change.table, each.change.row, each.change.column) for each in corrections]


@contextmanager
def _reading(database: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The database, open for reading as long as the block lasts."""
    with closing(open_for_reading(database)) as connection:
        yield connection


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


# --------------------------------------------------------------------------------------------------------- on screen

# So much of the source is shown around a value.
_CONTEXT = 24
_LONGEST_VALUE = 160
_LINE_ENDS = re.compile(r"\s*[\n\t]\s*")
_SIDE_BY_SIDE_FROM = 80


def print_form_on_desk(form: FormOnDesk, progress: tuple[int, int], console: Console) -> None:
    """The form's values, numbered from 1, each beside its place in the source; below it in a narrow terminal."""
    done, all_of_them = progress
    console.print(data(f"[{done + 1}/{all_of_them} · {reason(form)}] {heading(form)}", "bold"))
    grade = word("grade", form.grade) if form.grade else say("no grade", "未评级")
    console.print(data(f"{form.form_id} · {grade} · {form.path or ''}", "dim"))
    side_by_side = console.width >= _SIDE_BY_SIDE_FROM
    table = Table(box=None, pad_edge=False, header_style="dim", expand=True)
    table.add_column("#", justify="right", style="dim")
    table.add_column(say("value", "取值"), ratio=1, overflow="fold")
    if side_by_side:
        table.add_column(say("source", "原文"), ratio=1, overflow="fold")
    for number, value in enumerate(form.values, start=1):
        read, source = data(f"{value.name}: ", "cyan").append_text(_shown(value)), _source(form.text, value)
        if side_by_side:
            table.add_row(str(number), read, source)
        else:
            table.add_row(str(number), Text("\n").join((read, source)))
    console.print(table)
    for start, end in form.leftovers:
        console.print(data(say("not used: ", "未识别："), "red").append_text(data(_cut(form.text[start:end]))))
    for finding in form.findings:
        severity = word("severity", finding.severity)
        console.print(data(f"{severity} {finding.code}: ", "yellow").append_text(data(finding.message)))


def column_label(column: str) -> str:
    """What one of CORRECTABLE is called in the chosen language."""
    return say(column, column_name({"target": "target_text", "actual": "actual_text"}.get(column, column)))


def heading(form: FormOnDesk) -> str:
    """Title, year and kind."""
    return " · ".join((form.title, str(form.fiscal_year or say("no year", "无年度")), word("form_kind", form.kind)))


def reason(form: FormOnDesk) -> str:
    """Why the form is on the desk."""
    return say("random sample", "随机样本") if form.in_sample else say("worst first", "问题最多")


def print_error_rates(rates: Sequence[ErrorRate], console: Console) -> None:
    """What the random sample says, per form kind."""
    table = Table(
        box=None,
        pad_edge=False,
        header_style="dim",
        title=say("Error rate by the random sample", "由随机样本得出的差错率"),
        title_justify="left",
    )
    table.add_column(say("kind", "类型"))
    for column in (
        *(say("forms", "表数"), say("with errors", "有错"), say("values", "取值"), say("wrong", "错值")),
        *(say("rate", "差错率"), say("95 % interval", "95 % 区间")),
    ):
        table.add_column(column, justify="right")
    for rate in rates:
        figures = (rate.forms, rate.forms_with_errors, rate.values, rate.wrong)
        interval = f"{100 * rate.low:.1f} … {100 * rate.high:.1f} %"
        table.add_row(
            data(word("form_kind", rate.form_kind)),
            *map(data, figures),
            data(percent(rate.wrong, rate.values)),
            data(interval),
        )
    console.print(table)


def print_source(form: FormOnDesk, console: Console) -> None:
    """The whole source of the form, a line for each row of its tables, with its values marked."""
    values = [(value.start, value.end) for value in form.values]
    console.print(marked_source(form.text, {VALUE_STYLE: values, LEFTOVER_STYLE: form.leftovers}))


def _shown(value: Value) -> Text:
    return data(say("(blank)", "（空白）"), "dim italic") if value.shown is None else data(_cut(value.shown))


def _source(text: str, value: Value) -> Text:
    """The value's place in the source, marked, with a little of what stands around it."""
    start, end = value.start, max(value.start, value.end)
    before = text[max(0, start - _CONTEXT) : start].rpartition("\n\n")[2]
    after = text[end : end + _CONTEXT].partition("\n\n")[0]
    shown = Text(style="dim")
    for piece, style in ((before, ""), (_cut(text[start:end]), f"not dim {VALUE_STYLE}"), (after, "")):
        shown.append(visible(_LINE_ENDS.sub(" | ", piece)), style)
    return shown


def _cut(text: str) -> str:
    if len(text) <= _LONGEST_VALUE:
        return text
    start, length = text[:_LONGEST_VALUE], len(text)
    return say(f"{start}… ({length} characters)", f"{start}…（共 {length} 字）")
