"""Files and names that were made to do harm: none reads what is not its own, fills the machine or is obeyed."""

from __future__ import annotations

import io
import signal
import struct
import tarfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from command_line import run_extract
from conftest import TITLE, dump_of
from containers import Declaration, declaration_table, docx
from extract.errors import ReadError
from extract.importer import Options, import_paths
from extract.isolation import without_data
from extract.pipeline import extract
from extract.readers import read_document
from extract.rules import RuleSet
from extract.store import open_for_reading
from extract.verify import Checked, verify
from fuzz.judging import Judge
from score_layouts import flat_package
from sealed import IS_POSSIBLE, run_sealed
from test_reader_doc import SECTOR, compound
from test_reader_wordxml import older

ROOT = Path(__file__).parents[1]
SECRET = "what-lies-on-this-machine"
FORM = docx([declaration_table(Declaration())])
ODT = (ROOT / "tests" / "data" / "containers" / "one-form.odt").read_bytes()
FODT = (ROOT / "tests" / "data" / "containers" / "one-form.fodt").read_bytes()
HTML = (ROOT / "tests" / "data" / "containers" / "one-form.html").read_bytes()


def form(name: str) -> bytes:
    return dump_of(f"\t{TITLE}\n\n\t（2021年度）\n\n", f"专项名称|{name}", "主管部门|林业局").encode()


def in_part(package: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """The package with one part changed."""
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            data = old.read(info)
            new.writestr(info.filename, change(data) if info.filename == part else data)
    return changed.getvalue()


def harmless(data: bytes) -> str:
    """The text that comes of `data`, "" where it is refused; within 2 seconds of processor time."""
    texts: list[str] = []

    def read(data: bytes) -> bool:
        try:
            texts.append(read_document(data).text)
        except ReadError:
            return False
        return True

    judge = Judge(read)
    judge.judge(data)
    assert list(judge.faults) == []
    return "".join(texts)


# ------------------------------------------------------------------------------------------------------ entities, depth


def with_entities(xml: bytes, declarations: bytes) -> bytes:
    """`xml` with a document type, and its first text replaced by the entity e."""
    head, _, rest = xml.partition(b"?>")
    text = rest.index(b">\xe4")  # the first Chinese text
    root = rest.lstrip()[1:].split(b" ")[0]
    return head + b"?><!DOCTYPE " + root + b" [" + declarations + b"]>" + rest[: text + 1] + b"&e;" + rest[text + 1 :]


CONTAINERS: dict[str, Callable[[Callable[[bytes], bytes]], bytes]] = {
    "docx": lambda change: in_part(FORM, "word/document.xml", change),
    "odt": lambda change: in_part(ODT, "content.xml", change),
    "flat odf": lambda change: change(FODT),
    "word 2003": lambda change: change(older(FORM)),
    "flat opc": lambda change: change(flat_package(FORM)),
    "html": lambda change: change(b"<?xml version='1.0'?>" + HTML),
}


@pytest.mark.parametrize("container", CONTAINERS)
def test_no_entity_brings_in_a_file_of_this_machine(container: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET, "utf-8")
    for declaration in (f'<!ENTITY e SYSTEM "{secret.as_uri()}">', f'<!ENTITY % p SYSTEM "{secret.as_uri()}"> %p;'):
        data = CONTAINERS[container](partial(with_entities, declarations=declaration.encode()))
        assert SECRET not in harmless(data)


@pytest.mark.parametrize("container", CONTAINERS)
def test_entities_of_entities_do_not_grow(container: str) -> None:
    bomb = b'<!ENTITY a "ha">' + b"".join(
        b'<!ENTITY %c "%s">' % (b, b"&%c;" % a * 10) for a, b in zip(b"abcdefghi", b"bcdefghij", strict=True)
    )
    bomb = bomb.replace(b"e ", b"x ").replace(b"&e;", b"&x;") + b'<!ENTITY e "&j;">'
    data = CONTAINERS[container](partial(with_entities, declarations=bomb))
    assert len(harmless(data)) < 100_000


NESTED = {
    "docx, elements": CONTAINERS["docx"](lambda xml: xml.replace(b"<w:body>", b"<w:body>" + b"<w:x>" * 100_000)),
    "docx, tables": CONTAINERS["docx"](
        lambda xml: xml.replace(b"<w:body>", b"<w:body>" + b"<w:tbl><w:tr><w:tc>" * 5_000)
    ),
    "docx, attributes": CONTAINERS["docx"](
        lambda xml: xml.replace(b"<w:body>", b"<w:body><w:x " + b" ".join(b'a%d=""' % n for n in range(50_000)) + b"/>")
    ),
    "odt, elements": CONTAINERS["odt"](
        lambda xml: xml.replace(b"<office:body>", b"<office:body>" + b"<text:span>" * 50_000)
    ),
    "rtf, groups": b"{\\rtf1 " + b"{" * 1_000_000,
    "rtf, groups that end": b"{\\rtf1 " + b"{" * 300_000 + b"x" + b"}" * 300_001,
    "rtf, tables": b"{\\rtf1 " + b"".join(b"\\itap%d\\intbl x\\nestcell" % n for n in range(20_000)) + b"}",
    "html, blocks": b"<html><body>" + b"<div>" * 200_000,
    "html, tables": b"<html><body>" + b"<table><tr><td>" * 20_000,
    "html, lists": b"<html><body>" + b"<ul><li>" * 50_000,
    "html, comment without end": b"<html><body>" + b"<!--" * 200_000,
    "mhtml, boundaries": b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n" + b"--x\n" * 50_000,
    "text, brackets": b"\xef\xbc\x88" * 200_000,
    "text, tabs": b"\t" * 500_000,
}  # fmt: skip


@pytest.mark.parametrize("kind", NESTED)
def test_no_depth_breaks_a_reader(kind: str) -> None:
    harmless(NESTED[kind])


def test_packages_that_unpack_to_more_than_any_document_are_refused() -> None:
    for package, part in ((FORM, "word/document.xml"), (ODT, "content.xml")):
        assert harmless(in_part(package, part, lambda xml: xml + b" " * (257 * 2**20))) == ""


# ------------------------------------------------------------------------------------------------------ compound files


def loops() -> Iterator[bytes]:
    """A small compound file in which, one after the other, every link (of sectors, small sectors, entries) is bent."""
    whole = compound({"WordDocument": bytes(5000), "1Table": bytes(3000), "Data": bytes(100)})
    entries, fat = struct.unpack_from("<I", whole, 48)[0], struct.unpack_from("<I", whole, 76)[0]
    mini_fat = struct.unpack_from("<I", whole, 60)[0]
    for sector in (fat, mini_fat):
        for number in range(30):
            for target in (0, number, number + 1):
                yield bent(whole, (sector + 1) * SECTOR + 4 * number, target)
    for entry in range(4):
        for link in (68, 72, 76, 116):  # left, right, child, first sector
            for target in range(4):
                yield bent(whole, (entries + 1) * SECTOR + 128 * entry + link, target)
    for field in (48, 60, 68, 76):  # where directory, small FAT, further FAT sectors and the FAT itself begin
        for target in range(12):
            yield bent(whole, field, target)


def bent(data: bytes, at: int, value: int) -> bytes:
    return data[:at] + struct.pack("<I", value) + data[at + 4 :]


def test_no_loop_in_a_compound_file_has_no_end() -> None:
    tried = [harmless(data) for data in loops()]
    assert len(tried) > 250


# ------------------------------------------------------------------------------------------------------ paths and names


def test_links_in_a_folder_lead_nowhere_else(tmp_path: Path, rules: RuleSet) -> None:
    outside, archive, database = tmp_path / "outside", tmp_path / "archive", tmp_path / "forms.duckdb"
    outside.mkdir()
    (archive / "inner").mkdir(parents=True)
    (outside / "secret.txt").write_bytes(form(SECRET))
    (archive / "inner" / "form.txt").write_bytes(form("公园管护"))
    (archive / "file").symlink_to(outside / "secret.txt")
    (archive / "folder").symlink_to(outside)
    (archive / "round").symlink_to(archive)
    (archive / "same.txt").symlink_to(archive / "inner" / "form.txt")
    summary = import_paths([archive], database, rules, Options(jobs=1))
    assert sorted(problem.error.code for problem in summary.problems) == ["source.link_outside"] * 2
    with closing(open_for_reading(database)) as connection:
        assert connection.execute("SELECT project_name FROM forms").fetchall() == [("公园管护",)]
        assert connection.execute("SELECT count(*) FROM files").fetchall() == [(2,)]


def test_links_and_devices_in_an_archive_are_told_and_not_followed(tmp_path: Path, rules: RuleSet) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_bytes(form(SECRET))
    kinds = {"link": tarfile.SYMTYPE, "hard": tarfile.LNKTYPE, "null": tarfile.CHRTYPE, "pipe": tarfile.FIFOTYPE}
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        for name, kind in kinds.items():
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, str(secret)
            archive.addfile(info)
    packed = zipfile.ZipInfo("link")
    packed.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr(packed, str(secret))
    database = tmp_path / "forms.duckdb"
    summary = import_paths([tmp_path / "a.tar", tmp_path / "b.zip"], database, rules, Options(jobs=1))
    assert (summary.forms, summary.failures) == (0, 0)
    assert summary.passed_over == {"not_a_file": len(kinds)}


HOSTILE = "'); DROP TABLE forms; --\x1b[31m\x07[red]\u202e.txt"


def test_names_and_fields_are_data_for_sql_terminal_and_markup(tmp_path: Path) -> None:
    folder = tmp_path / 'it\'s; a "folder"'
    folder.mkdir()
    (folder / HOSTILE).write_bytes(form(HOSTILE.replace("red", "/")))
    (folder / f"broken {HOSTILE}").write_bytes(b"%PDF-1.7")
    database = f"{folder.name}/o'ne.duckdb"
    runs = [run_extract(tmp_path, "import", folder.name, "--db", database, "--jobs", "1")]
    (form_id, *_) = run_extract(tmp_path, "sql", "select form_id from forms", "--db", database).stdout.split()[1:]
    commands = [("report",), ("show", form_id), ("sql", "from 申报表"), ("check",), ("verify",), ("compact",)]
    runs += [run_extract(tmp_path, *command, "--db", database) for command in commands]
    for run in runs:
        assert run.returncode in (0, 1)
        assert not set("\x1b\x07\u202e") & set(run.stdout + run.stderr)
    with closing(open_for_reading(tmp_path / database)) as connection:
        assert list(verify(connection, Checked())) == []
        ((name,),) = connection.execute("SELECT project_name FROM forms").fetchall()
        assert "DROP TABLE" in name


# ------------------------------------------------------------------------------------------------------- personal data


def test_a_fault_of_ours_tells_nothing_of_the_file() -> None:
    told = without_data(
        'Traceback (most recent call last):\n  File "values.py", line 3, in phone\n    return int(text)\n'
        "ValueError: invalid literal: '周明 13900000017'\nmore of it 13900000017\n\n"
        "During handling of the above exception, another exception occurred:\n\nextract.errors.Odd: 周明\n"
    )
    assert "周明" not in told
    assert "139" not in told
    assert told.splitlines()[-3:] == [
        "ValueError",
        "During handling of the above exception, another exception occurred:",
        "extract.errors.Odd",
    ]


# ------------------------------------------------------------------------------------------------------------- network

DIES = -signal.SIGSYS if hasattr(signal, "SIGSYS") else 0
EXTRACT = "from extract.cli import main; main()"


@pytest.mark.skipif(not IS_POSSIBLE, reason="needs the kernel's filter of system calls")
def test_the_seal_ends_whoever_opens_a_socket() -> None:
    opens = "import multiprocessing as m, socket; {}socket.socket(socket.AF_INET6)"
    assert run_sealed("-c", opens.format("")).returncode == DIES
    assert run_sealed("-c", "import socket; socket.socket(socket.AF_UNIX)").returncode == 0
    inner = "import subprocess, sys; print(subprocess.call([sys.executable, '-c', 'import socket; socket.socket()']))"
    assert run_sealed("-c", inner).stdout.strip() == str(DIES)


@pytest.mark.skipif(not IS_POSSIBLE, reason="needs the kernel's filter of system calls")
def test_no_command_opens_a_socket_nor_do_its_workers(tmp_path: Path) -> None:
    database, samples = str(tmp_path / "forms.duckdb"), str(ROOT / "samples")
    commands = {
        ("import", samples, "--db", database, "--jobs", "2"): {0, 1},
        ("reparse", "--db", database): {0},
        ("report", "--db", database): {0},
        ("sql", "select count(*) from 绩效指标", "--db", database): {0},
        ("sql", "from read_csv('https://example.org/a.csv')", "--db", database): {2},
        ("sql", "from 's3://bucket/a.parquet'", "--db", database): {2},
        ("export", "--to", str(tmp_path / "a.xlsx"), "--db", database): {0},
        ("verify", "--sources", "--db", database): {0},
        ("parse", f"{samples}/one-form.docx", "--json"): {0, 1},
        ("rules", "lint"): {0},
    }
    for arguments, codes in commands.items():
        run = run_sealed("-c", EXTRACT, *arguments)
        assert run.returncode in codes, (arguments, run.returncode, run.stderr)


def test_hostile_input_never_takes_the_time_of_a_batch(rules: RuleSet) -> None:
    started = time.process_time()
    for data in NESTED.values():
        extract(data[:200_000], rules)
    assert time.process_time() - started < 2 * len(NESTED)
