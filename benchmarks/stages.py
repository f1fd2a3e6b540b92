"""Processor time by kind of file and stage beside the floor of the kind, and by the number of forms in one file.

The floor of a kind is what no reader can do without: hash the bytes, take the container apart with the fastest library
at hand, and look at every token once. What a stage costs is told in multiples of the floor of the same round.
"""

from __future__ import annotations

import email
import hashlib
import io
import re
import statistics
import sys
import zipfile
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from functools import partial
from itertools import chain
from pathlib import Path

import lxml.html
import olefile  # type: ignore[import-untyped]  # it comes without type hints
from lxml import etree
from rich.table import Table
from timing import Measurement, in_process, in_turn, per_item, ratio, spread, without_collector

from extract.document import Document
from extract.ledger import Ledger
from extract.parser import parse
from extract.pipeline import checked, extract
from extract.readers import read_document
from extract.readers.decoding import decode
from extract.rules import RuleSet
from extract.tokenizer import FormSlice, tokenize

sys.path.append(str(Path(__file__).parents[1] / "tests"))

from containers import Declaration, declaration_table, docx, dump
from containers import Table as TableOfBoxes

ROOT = Path(__file__).parents[1]
FORMS_IN_ONE_FILE = (1, 10, 100, 1000)
LAYOUTS: Mapping[str, Callable[[list[TableOfBoxes]], bytes]] = {
    "text dump": lambda tables: dump(tables).encode(),
    "docx, all in one table": lambda tables: docx([list(chain.from_iterable(tables))]),
}


# ------------------------------------------------------------------------------------------------- files and floors


def files_by_kind(rules: RuleSet) -> dict[str, list[bytes]]:
    """The files of samples/ and tests/data/ that can be read, by the reader that takes them; equal ones only once."""
    paths = sorted(path for folder in ("samples", "tests/data") for path in (ROOT / folder).rglob("*.*"))
    kinds: defaultdict[str, list[bytes]] = defaultdict(list)
    for data in dict.fromkeys(path.read_bytes() for path in paths if path.is_file() and path.suffix != ".md"):
        if document := extract(data, rules).document:
            kinds[document.format].append(data)
    return dict(kinds)


def floor(kind: str, data: bytes) -> object:
    """What every reader of these bytes has to do."""
    return hashlib.sha256(data).hexdigest(), FLOORS[kind](data)


def _main_part(data: bytes, name: str) -> None:
    """Unzip the part that holds the text, and parse it; without a package around it, only parse."""
    etree.fromstring(zipfile.ZipFile(io.BytesIO(data)).read(name) if data.startswith(b"PK") else data)


def _streams(data: bytes) -> None:
    with olefile.OleFileIO(io.BytesIO(data)) as compound:
        for name in compound.listdir():
            compound.openstream(name).read()


_RTF_TOKEN = re.compile(rb"\\(?:'[0-9a-fA-F]{2}|[a-zA-Z]+(?:-?[0-9]+)? ?|[^a-zA-Z])|[{}]|[\r\n]+|[^\\{}\r\n]+")


def _tokens(data: bytes) -> None:
    deque(_RTF_TOKEN.finditer(data), maxlen=0)


def _html_part(data: bytes) -> None:
    parts = email.message_from_bytes(data).walk()
    html = next(part.get_payload(decode=True) for part in parts if part.get_content_type() == "text/html")
    lxml.html.document_fromstring(bytes(html))


FLOORS: Mapping[str, Callable[[bytes], object]] = {
    "docx": partial(_main_part, name="word/document.xml"),
    "doc": _streams,
    "odt": partial(_main_part, name="content.xml"),
    "rtf": _tokens,
    "html": lxml.html.document_fromstring,
    "mhtml": _html_part,
    "wordxml": etree.fromstring,
    "text": decode,
}
"""What the floor of each kind has beside the hash."""


# --------------------------------------------------------------------------------------------------- kinds and stages


def stage_table(kinds: Mapping[str, list[bytes]], rules: RuleSet, rounds: int) -> Table:
    """Milliseconds per document of each stage, by kind, with the ratio of reading and of the whole to the floor.

    Each stage works on all files of the kind, from what the stage before gave. `spread` says how far the last ratio
    was off its median in a typical round.
    """
    table = Table(title="ms per document (× the floor of the kind)", title_justify="left", box=None)
    for heading in ("kind", "files", "kB", "forms", "floor", "read", "tokenize", "parse, check", "whole", "per form"):
        table.add_column(heading, justify="left" if heading == "kind" else "right")
    table.add_column("spread", justify="right")
    for kind, files in kinds.items():
        times = in_turn({name: in_process(stage) for name, stage in _stages(kind, files, rules).items()}, rounds)
        shown = {name: f"{1000 * statistics.median(each) / len(files):.2f}" for name, each in times.items()}
        for name in ("read", "whole"):
            shown[name] += f" ({ratio(times[name], times['floor']):.1f})"
        forms = sum(len(extract(data, rules).forms) for data in files)
        table.add_row(
            kind,
            str(len(files)),
            f"{sum(map(len, files)) / len(files) / 1000:.0f}",
            str(forms),
            *shown.values(),
            f"{1000 * statistics.median(times['whole']) / forms:.2f}" if forms else "–",
            f"{spread(times['whole'], times['floor']):.0%}",
        )
    return table


def _stages(kind: str, files: list[bytes], rules: RuleSet) -> dict[str, Callable[[], object]]:
    documents = [read_document(data) for data in files]
    slices = [tokenize(document, rules) for document in documents]
    return {
        "floor": lambda: [floor(kind, data) for data in files],
        "read": lambda: [read_document(data) for data in files],
        "tokenize": lambda: [tokenize(document, rules) for document in documents],
        "parse, check": lambda: [_fill(d, s, rules) for d, s in zip(documents, slices, strict=True)],
        "whole": lambda: [extract(data, rules) for data in files],
    }


def _fill(document: Document, slices: list[FormSlice], rules: RuleSet) -> object:
    """Parse and check all forms of a document."""
    ledger = Ledger(document.text)
    forms = [(each.rule, parse(document.text, each, rules, ledger)[0]) for each in slices]
    return [checked(form, (), rule, (), rules) for rule, form in forms if rule]


# ------------------------------------------------------------------------------------------------------------- growth


def growth_table(rules: RuleSet, rounds: int) -> Table:
    """Milliseconds of the whole pipeline per form, by the number of forms that one file holds.

    Linear is a row whose figures do not grow; they fall at first, as a file has a cost of its own. The largest file is
    measured without the garbage collector too: the difference is the collector's, not the pipeline's. `growth` is the
    largest file over the one before, with and without it.
    """
    table = Table(title="ms per form of one file, by the number of its forms", title_justify="left", box=None)
    most = str(FORMS_IN_ONE_FILE[-1])
    table.add_column("file")
    for heading in (*map(str, FORMS_IN_ONE_FILE), f"{most}, no gc", "growth", "growth, no gc", "spread"):
        table.add_column(heading, justify="right")
    for name, write in LAYOUTS.items():
        times: dict[str, Measurement] = {}
        for forms in FORMS_IN_ONE_FILE:
            data = write([declaration_table(Declaration(project_name=f"绿地养护第{i}号")) for i in range(1, forms + 1)])
            if (found := len(extract(data, rules).forms)) != forms:
                raise RuntimeError(f"{name}: {found} forms found in a file of {forms}")
            times[str(forms)] = per_item(in_process(partial(extract, data, rules)), forms)
        times["before, no gc"] = without_collector(times[str(FORMS_IN_ONE_FILE[-2])])
        times["most, no gc"] = without_collector(times[most])
        *collected, before, largest = in_turn(times, rounds).values()
        table.add_row(
            name,
            *(f"{1000 * statistics.median(values):.2f}" for values in (*collected, largest)),
            f"{ratio(collected[-1], collected[-2]):.2f}",
            f"{ratio(largest, before):.2f}",
            f"{spread(largest, before):.0%}",
        )
    return table
