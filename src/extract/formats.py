"""Rows of any query as a table on screen, CSV, JSON, JSON lines or Markdown. Decimals stay exact in all of them.

Data is shown, never obeyed: control characters become pictures in what people read, escapes in JSON; Markdown's own
characters are escaped. Only CSV that goes into a file carries them as they are.
"""

from __future__ import annotations

import csv
import datetime
import itertools
import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any, TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from extract.language import say
from extract.terminal import data, plain_number, visible

Row = tuple[Any, ...]

# A column narrower than this folds words into confetti; a table that would need it is shown row by row instead.
_NARROWEST_COLUMN = 12


def print_rows(names: Sequence[str], rows: Iterable[Row], console: Console, limit: int | None = None) -> None:
    """Rows as a table, numbers to the right, or one below the other where the console is too narrow for a table.

    Of more rows than `limit`, the first are shown, and a line says so.
    """
    shown = list(itertools.islice(rows, None if limit is None else limit + 1))
    more = limit is not None and len(shown) > limit
    shown = shown[:limit]
    if _fits(names, shown, console.width):
        console.print(_table(names, shown))
    else:
        _print_records(names, shown, console)
    all_of_them = say("1 row", "共 1 行") if len(shown) == 1 else say(f"{len(shown)} rows", f"共 {len(shown)} 行")
    first = say(
        f"the first {len(shown)} rows; all of them: --rows 0, or --format csv",
        f"仅前 {len(shown)} 行；全部请用 --rows 0 或 --format csv",
    )
    console.print(data(first if more else all_of_them, "dim"))


def _table(names: Sequence[str], rows: Sequence[Row]) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for position, name in enumerate(names):
        numeric = bool(rows) and all(_is_number_or_none(row[position]) for row in rows)
        table.add_column(data(name), justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*map(_cell, row))
    return table


def _fits(names: Sequence[str], rows: Sequence[Row], width: int) -> bool:
    needed = 0
    for position, name in enumerate(names):
        widest = max((cell_len(line) for row in rows for line in text_of(row[position]).split("\n")), default=0)
        needed += 2 + max(min(widest, 2 * _NARROWEST_COLUMN), min(cell_len(name), _NARROWEST_COLUMN))
    return needed - 2 <= width


def _print_records(names: Sequence[str], rows: Sequence[Row], console: Console) -> None:
    for number, row in enumerate(rows, start=1):
        console.print(data(f"-- {number}", "dim"))
        record = Table(box=None, show_header=False, pad_edge=False)
        record.add_column(style="bold", max_width=max(_NARROWEST_COLUMN, console.width // 3), overflow="fold")
        record.add_column(overflow="fold")
        for name, value in zip(names, row, strict=True):
            record.add_row(data(name), _cell(value))
        console.print(record)


def _cell(value: object) -> Text:
    return data("NULL", "dim") if value is None else data(text_of(value))


def _is_number_or_none(value: object) -> bool:
    return value is None or (isinstance(value, int | float | Decimal) and not isinstance(value, bool))


def write_csv(names: Sequence[str], rows: Iterable[Row], stream: TextIO, *, for_excel: bool = False) -> None:
    """Rows as CSV. `for_excel` puts an apostrophe before text that a spreadsheet would take for a formula (=100%)."""
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(names)
    protect = _as_text_in_excel if for_excel else text_of
    writer.writerows(["" if value is None else protect(value) for value in row] for row in rows)


def _as_text_in_excel(value: object) -> str:
    text = text_of(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def write_json(names: Sequence[str], rows: Iterable[Row], stream: TextIO) -> None:
    """Rows as a JSON array of objects."""
    separator = "[\n"
    for line in json_lines(names, rows):
        stream.write(f"{separator}  {line}")
        separator = ",\n"
    stream.write("[]\n" if separator == "[\n" else "\n]\n")


def write_jsonl(names: Sequence[str], rows: Iterable[Row], stream: TextIO) -> None:
    """Rows as JSON objects, one a line."""
    for line in json_lines(names, rows):
        stream.write(f"{line}\n")


def json_lines(names: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    """Each row as a JSON object; decimals are numbers with all their digits."""
    keys = [as_json(name) for name in names]
    for row in rows:
        yield "{" + ", ".join(f"{key}: {as_json(value)}" for key, value in zip(keys, row, strict=True)) + "}"


def as_json(value: object) -> str:
    """A value of the database as JSON.

    >>> as_json([Decimal("12.500000"), None, True, "a\\x9b"])
    '[12.5, null, true, "a\\\\u009b"]'
    """
    if value is None:
        return "null"
    if isinstance(value, str) and value.isprintable():
        return encode_basestring(value)
    if isinstance(value, Decimal):
        return plain_number(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(as_json, value))}]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{as_json(str(key))}: {as_json(each)}" for key, each in value.items()) + "}"
    if isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return json.dumps(value)
    # JSON escapes what is below the blank; the other controls would reach the terminal.
    return _HIGH_CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text_of(value), ensure_ascii=False))


_HIGH_CONTROL = re.compile(r"[\x7f-\x9f\u2028\u2029\u202a-\u202e]")


def write_markdown(names: Sequence[str], rows: Iterable[Row], stream: TextIO) -> None:
    """Rows as a Markdown table; a line end in a cell becomes <br>."""
    stream.write(f"| {' | '.join(map(_markdown, names))} |\n|{'---|' * len(names)}\n")
    for row in rows:
        stream.write(f"| {' | '.join('' if value is None else _markdown(value) for value in row)} |\n")


def _markdown(value: object) -> str:
    return re.sub(r"([\\`*_\[\]<>|])", r"\\\1", visible(text_of(value))).replace("\n", "<br>")


def text_of(value: object) -> str:
    """A value of the database as plain text.

    >>> text_of(Decimal("389.000000")), text_of(True), text_of(["甲", "乙"]), text_of(datetime.date(2021, 3, 5))
    ('389', 'true', '["甲", "乙"]', '2021-03-05')
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return plain_number(value)
    if isinstance(value, list | tuple | Mapping):
        return as_json(value)
    if isinstance(value, datetime.datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, bytes):
        return value.hex()
    return "" if value is None else str(value)


WRITERS = {"csv": write_csv, "json": write_json, "jsonl": write_jsonl, "markdown": write_markdown}
