"""Subjects: everything that reads what strangers wrote, with good input to begin with.

`run` returns whether the input was taken (False: refused with an error of ours) and raises only for a fault.
"""

from __future__ import annotations

import base64
import io
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from extract.errors import ReadError, RuleError, SourceError
from extract.layout import pack, unpack
from extract.pipeline import extract
from extract.readers import READERS, read_document
from extract.rows import rows_of, target_values
from extract.rules import RuleSet, load_rules, packaged_rules
from extract.sources.containers import CONTAINERS, container_kind, reading
from extract.sources.member import MIB, Limits
from extract.target import TargetContext, parse_target
from score_layouts import flat_package
from test_pipeline import assert_promises_hold
from test_reader_wordxml import older

ROOT = Path(__file__).parents[2]
LARGEST_SEED = 80_000
"""Larger files hold nothing that smaller ones do not, and take longer."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Something to fuzz. `is_binary` subjects are those that coverage-guided fuzzing is for."""

    seeds: Callable[[], Sequence[bytes]]
    run: Callable[[bytes], bool]
    is_binary: bool = True


@cache
def _files() -> tuple[bytes, ...]:
    folders = (ROOT / "samples", *(ROOT / "tests" / "data" / name for name in ("containers", "doc", "lists", "text")))
    paths = sorted(path for folder in folders for path in folder.glob("*") if path.suffix != ".md")
    return tuple(path.read_bytes() for path in paths if path.stat().st_size <= LARGEST_SEED)


def reads(name: str, data: bytes) -> bool:
    """Whether the reader of this format takes `data`."""
    return any(reader.accepts(data) for reader in READERS if name == reader.FORMAT)


def _of_format(name: str) -> Callable[[], list[bytes]]:
    return lambda: [data for data in _files() if reads(name, data)]


def _text() -> list[bytes]:
    return [data for data in _files() if not any(reader.accepts(data) for reader in READERS)]


def _wordxml() -> list[bytes]:
    packages = _of_format("docx")()
    return [make(package) for package in packages for make in (older, flat_package)]


def _mhtml() -> list[bytes]:
    head = b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x\n"
    head += b"Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n\n"
    return [head + base64.encodebytes(page) + b"\n--x--\n" for page in _of_format("html")()]


def _archives() -> list[bytes]:
    members = {"one.txt": _text()[0], "folder/two.docx": _of_format("docx")()[0], "empty": b""}
    zipped, tarred = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    with tarfile.open(fileobj=tarred, mode="w:gz") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    with tarfile.open(fileobj=(plain := io.BytesIO()), mode="w") as archive:
        archive.addfile(tarfile.TarInfo("表.txt"))
    letter = b"From: a@example.org\nTo: b@example.org\nSubject: =?utf-8?b?6KGo?=\nMIME-Version: 1.0\n"
    letter += (
        _mhtml()[0].split(b"\n", 1)[1].replace(b"Content-Type: text/html", b'Content-Type: text/html; name="a.html"')
    )
    return [zipped.getvalue(), tarred.getvalue(), plain.getvalue(), letter]


@cache
def _rule_files() -> tuple[tuple[str, bytes], ...]:
    folder = packaged_rules()
    return tuple((path.relative_to(folder).as_posix(), path.read_bytes()) for path in sorted(folder.rglob("*.yaml")))


def _named_rules() -> list[bytes]:
    """Rule files with their relative name as a first line, so that a mutant knows what it is one of."""
    return [f"{name}\n".encode() + data for name, data in _rule_files()]


def _targets() -> list[bytes]:
    lines = (ROOT / "tests" / "data" / "targets" / "examples.txt").read_text("utf-8").splitlines()
    return [line.partition(" => ")[0].removeprefix("? ").encode() for line in lines if " => " in line]


# ------------------------------------------------------------------------------------------------------------ running


def _read(data: bytes) -> bool:
    """Read by whichever reader takes it; one in four goes all the way, which takes three times as long."""
    if zlib.crc32(data) % 4 == 0:
        return _extract(data)
    try:
        read_document(data)
    except ReadError:
        return False
    return True


def _extract(data: bytes) -> bool:
    """Read, tokenized, parsed, made into rows, accounted for; and the layout comes back from the database."""
    extraction = extract(data, _packaged())
    rows_of(extraction)
    document = extraction.document
    if document is None:
        return False
    assert_promises_hold(extraction)
    if len(document.text) < 100_000:  # a check of ours, on the clock of the file
        assert unpack(pack(document), document.text) == document
    return True


@cache
def _packaged() -> RuleSet:
    return load_rules()


def _unpack(data: bytes) -> bool:
    """Every member of an archive opened, as the import does."""
    kind = container_kind(io.BytesIO(data))
    if kind is None:
        return False
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        try:
            with reading(kind):
                for member in CONTAINERS[kind].members(Path(file.name), Limits()):
                    with suppress(SourceError), reading(kind), member.open() as stream:
                        stream.read(MIB)
        except SourceError:
            return False
    return True


def _load(data: bytes) -> bool:
    """A rule file laid over the packaged one of the same name, as `--rules` does."""
    name, _, content = data.partition(b"\n")
    known = [each for each, _ in _rule_files()]
    path = name.decode("utf-8", "replace")
    path = path if path in known else known[len(content) % len(known)]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, path)
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(content)
        try:
            load_rules(packaged_rules(), Path(folder))
        except RuleError:
            return False
    return True


def _parse_target(data: bytes) -> bool:
    """A target, alone and with itself around it."""
    grammar = _packaged().targets
    text = data.decode("utf-8", "replace")
    half = len(text) // 2
    for context in (TargetContext(), TargetContext(name=text[half:], unit=text[:half][-6:], operator=text[:1])):
        target_values(parse_target(text, grammar, context))
    return True


SUBJECTS = {
    "doc": Subject(_of_format("doc"), _read),
    "docx": Subject(_of_format("docx"), _read),
    "odt": Subject(_of_format("odt"), _read),
    "rtf": Subject(_of_format("rtf"), _read),
    "html": Subject(_of_format("html"), _read),
    "mhtml": Subject(_mhtml, _read),
    "wordxml": Subject(_wordxml, _read),
    "text": Subject(_text, _extract, is_binary=False),
    "archives": Subject(_archives, _unpack),
    "rules": Subject(_named_rules, _load, is_binary=False),
    "targets": Subject(_targets, _parse_target, is_binary=False),
}
