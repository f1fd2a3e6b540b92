"""Archives and e-mails: every member comes out once, under its right name, and no archive does harm."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import struct
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from conftest import TITLE, dump_of
from extract.errors import SourceError
from extract.importer import Options, Summary, import_paths, import_sources, preview
from extract.rules import RuleSet
from extract.sources import EPOCH, Source
from extract.sources.containers import CONTAINERS, container_kind
from extract.sources.member import Limits
from extract.store import open_for_reading

Import = Callable[..., Summary]
Query = Callable[[str], list[tuple[Any, ...]]]


def form(name: str) -> bytes:
    return dump_of(f"\t{TITLE}\n\n\t（2021年度）\n\n", f"专项名称|{name}", "主管部门|林业局").encode()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "archive").mkdir()
    return tmp_path / "archive"


@pytest.fixture
def run(tmp_path: Path, folder: Path, rules: RuleSet) -> Import:
    def import_(**options: Any) -> Summary:
        return import_paths([folder], tmp_path / "forms.duckdb", rules, Options(jobs=1, **options))

    return import_


@pytest.fixture
def query(tmp_path: Path) -> Query:
    def fetch(sql: str) -> list[tuple[Any, ...]]:
        connection = open_for_reading(tmp_path / "forms.duckdb")
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()

    return fetch


PROJECTS = "select member, project_name from forms join files using (document_id) order by member"
STATUSES = "select member, status from files order by member"


# -------------------------------------------------------------------------------------------------------- making some


def zipped(members: Iterable[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return buffer.getvalue()


def with_raw_names(data: bytes, names: dict[str, bytes], *, utf8_flag: bool = False) -> bytes:
    """A ZIP whose ASCII placeholder names are replaced by bytes of the same length, as old tools wrote them."""
    for placeholder, raw in names.items():
        assert len(placeholder.encode()) == len(raw)
        data = data.replace(placeholder.encode(), raw)
    if utf8_flag:
        data = data.replace(b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x00\x08")
        data = data.replace(b"PK\x03\x04\x14\x00\x00\x00", b"PK\x03\x04\x14\x00\x00\x08")
    return data


def placeholder(raw: bytes, letter: str = "N") -> str:
    return letter * len(raw)


def tarred(members: Iterable[tuple[bytes, bytes]]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT, errors="surrogateescape") as archive:
        for name, data in members:
            info = tarfile.TarInfo(name.decode("utf-8", "surrogateescape"))
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def mailed(*attachments: tuple[str, bytes], body: str = "请查收附件。") -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.org", "b@example.org", "申报表"
    message.set_content(body)
    for name, data in attachments:
        message.add_attachment(data, maintype="application", subtype="msword", filename=name)
    return message.as_bytes()


# -------------------------------------------------------------------------------------------------------------- names


def test_names_of_a_zip_are_decided_member_by_member(folder: Path, run: Import, query: Query) -> None:
    gbk, utf8 = "司法局/申报表.txt".encode("gb18030"), "财政局/申报表.txt".encode()
    names = {placeholder(gbk, "G"): gbk, placeholder(utf8, "U"): utf8}
    members = zip((*names, "民政局/丙.txt"), map(form, ("甲项目", "乙项目", "丙项目")), strict=True)
    (folder / "2021.zip").write_bytes(with_raw_names(zipped(members), names))
    assert run().failures == 0
    assert query(PROJECTS) == [
        ("司法局/申报表.txt", "甲项目"),
        ("民政局/丙.txt", "丙项目"),
        ("财政局/申报表.txt", "乙项目"),
    ]


def test_a_name_that_is_wrongly_called_utf_8_does_not_cost_the_archive(folder: Path, run: Import, query: Query) -> None:
    gbk = "司法局.txt".encode("gb18030")
    data = zipped([(placeholder(gbk), form("甲项目"))])
    (folder / "a.zip").write_bytes(with_raw_names(data, {placeholder(gbk): gbk}, utf8_flag=True))
    assert run().failures == 0
    assert query(PROJECTS) == [("司法局.txt", "甲项目")]


def test_the_unicode_path_field_gives_the_name(folder: Path, run: Import, query: Query) -> None:
    raw = b"LOST.txt"
    field = b"\x01" + struct.pack("<L", zlib.crc32(raw)) + "司法局.txt".encode()
    info = zipfile.ZipInfo(raw.decode())
    info.extra = struct.pack("<HH", 0x7075, len(field)) + field
    with zipfile.ZipFile(folder / "a.zip", "w") as archive:
        archive.writestr(info, form("甲项目"))
    run()
    assert query(PROJECTS) == [("司法局.txt", "甲项目")]


def test_a_local_header_with_another_name_costs_nothing(folder: Path, run: Import, query: Query) -> None:
    data = zipped([("form-a.txt", form("甲项目"))])
    (folder / "a.zip").write_bytes(data.replace(b"form-a.txt", b"form-b.txt", 1))
    assert run().failures == 0
    assert query(PROJECTS) == [("form-a.txt", "甲项目")]


def test_members_that_are_called_the_same_all_come_out(folder: Path, run: Import, query: Query) -> None:
    data = zipped([("one.txt", form("甲项目")), ("two.txt", form("乙项目")), ("thr.txt", form("丙项目"))])
    (folder / "a.zip").write_bytes(data.replace(b"two.txt", b"one.txt").replace(b"thr.txt", b"one.txt"))
    assert run().failures == 0
    assert [name for name, _ in query(PROJECTS)] == ["one.txt", "one.txt#2", "one.txt#3"]


def test_a_member_that_is_called_as_another_one_was_numbered_comes_out(folder: Path, run: Import, query: Query) -> None:
    data = zipped([("one.txt", form("甲项目")), ("two.txt", form("乙项目")), ("one.txt#2", form("丙项目"))])
    (folder / "a.zip").write_bytes(data.replace(b"two.txt", b"one.txt"))
    assert run().failures == 0
    assert query(PROJECTS) == [("one.txt", "甲项目"), ("one.txt#2", "乙项目"), ("one.txt#2#2", "丙项目")]


@pytest.mark.skipif(sys.platform != "linux", reason="names on other systems are Unicode")
def test_names_on_disk_that_are_no_utf_8_are_told_as_what_they_say(folder: Path, run: Import, query: Query) -> None:
    gbk = os.fsencode(folder) + b"/" + "司法局".encode("gbk")
    os.mkdir(gbk)
    for raw, project in (("表.txt".encode("gbk"), "甲项目"), ("表.txt".encode(), "乙项目"), (b"\xff.txt", "丙项目")):
        Path(os.fsdecode(gbk + b"/" + raw)).write_bytes(form(project))
    Path(os.fsdecode(gbk + b"/b.zip")).write_bytes(zipped([("c.txt", form("丁项目"))]))
    assert run().failures == 0
    assert query("select path, project_name from forms join files using (document_id) order by path") == [
        (f"{folder}/司法局/\\xb1\\xed.txt", "甲项目"),
        (f"{folder}/司法局/b.zip", "丁项目"),
        (f"{folder}/司法局/ÿ.txt", "丙项目"),
        (f"{folder}/司法局/表.txt", "乙项目"),
    ]
    assert run().skipped == 4


@pytest.mark.parametrize("name", ["../../escape.txt", "/etc/escape.txt", "C:\\escape.txt", "..\\..\\escape.txt"])
def test_a_name_that_leads_out_of_the_archive_is_only_a_name(
    folder: Path, run: Import, query: Query, name: str, tmp_path: Path
) -> None:
    before = {path for path in tmp_path.rglob("*") if "forms" not in path.name}
    (folder / "a.zip").write_bytes(zipped([(name, form("甲项目"))]))
    (folder / "b.tar").write_bytes(tarred([(name.encode(), form("乙项目"))]))
    assert run().failures == 0
    assert query(PROJECTS) == [(name, "甲项目"), (name, "乙项目")] or query("select count(*) from forms") == [(2,)]
    after = {path for path in tmp_path.rglob("*") if "forms" not in path.name}
    assert after - before == {folder / "a.zip", folder / "b.tar"}
    assert not list(Path("/").glob("etc/escape*"))


def test_names_of_a_tar_are_decoded_too(folder: Path, run: Import, query: Query) -> None:
    gbk, utf8 = "司法局/甲.txt", "财政局/乙.txt"
    members = [(gbk.encode("gb18030"), form("甲项目")), (utf8.encode(), form("乙项目"))]
    (folder / "a.tar").write_bytes(tarred(members))
    run()
    assert query(PROJECTS) == [(gbk, "甲项目"), (utf8, "乙项目")]


# ------------------------------------------------------------------------------------------------------------- nested


def test_the_place_in_nested_archives_is_told_step_by_step(folder: Path, run: Import, query: Query) -> None:
    mail = mailed(("表.txt", form("甲项目")))
    (folder / "2021.zip").write_bytes(zipped([("部门.zip", zipped([("司法局/a.eml", mail)]))]))
    summary = run()
    assert (summary.failures, summary.archives, summary.files, summary.forms) == (0, 3, 2, 1)
    assert query(STATUSES) == [
        ("", "archive"),
        ("部门.zip", "archive"),
        ("部门.zip!/司法局/a.eml", "archive"),
        ("部门.zip!/司法局/a.eml!/body.txt", "document"),
        ("部门.zip!/司法局/a.eml!/表.txt", "document"),
    ]


@pytest.mark.parametrize(
    ("ending", "pack"), [("gz", gzip.compress), ("bz2", bz2.compress), ("xz", lzma.compress)], ids=["gz", "bz2", "xz"]
)
def test_compression_of_a_file_or_tar_leaves_no_trace_in_its_place(
    folder: Path, run: Import, query: Query, ending: str, pack: Callable[[bytes], bytes]
) -> None:
    (folder / f"form.txt.{ending}").write_bytes(pack(form("甲项目")))
    (folder / f"all.tar.{ending}").write_bytes(pack(tarred([(b"one.txt", form("乙项目")), (b"two.txt", form("丙"))])))
    assert run().failures == 0
    assert [name for name, _ in query(PROJECTS)] == ["", "one.txt", "two.txt"]
    again = run()
    assert (again.documents, again.skipped) == (0, 3)


def test_a_word_file_is_no_archive_wherever_it_lies(folder: Path, run: Import, query: Query) -> None:
    word = Path(__file__).parents[1] / "samples" / "one-form.docx"
    (folder / "a.docx").write_bytes(word.read_bytes())
    (folder / "stored.zip").write_bytes(zipped([("b.docx", word.read_bytes() + b"")], zipfile.ZIP_STORED))
    summary = run()
    assert (summary.failures, summary.documents, summary.duplicates, summary.archives) == (0, 1, 1, 1)
    assert query("select format from documents") == [("docx",)]


def test_the_same_content_in_two_archives_is_one_document(folder: Path, run: Import, query: Query) -> None:
    (folder / "a.zip").write_bytes(zipped([("x.txt", form("甲项目"))]))
    (folder / "b.zip").write_bytes(zipped([("y.txt", form("甲项目"))]))
    assert (run().forms, query("select count(*) from forms")) == (1, [(1,)])


# -------------------------------------------------------------------------------------------------- statuses and harm


def test_litter_is_named_and_no_failure(folder: Path, run: Import, query: Query) -> None:
    names = ("~$申报表.doc", "__MACOSX/._申报表.doc", "司法局/Thumbs.db", ".DS_Store", "申报表.txt")
    (folder / "a.zip").write_bytes(zipped([(name, form("甲项目") if name == "申报表.txt" else b"x") for name in names]))
    (folder / "~$b.doc").write_bytes(b"x")
    summary = run()
    assert summary.failures == 0
    assert summary.passed_over == {"lock_file": 2, "resource_fork": 2, "thumbnail": 1}
    assert sorted(status for _, status in query(STATUSES)) == [
        *("archive", "document", "lock_file", "lock_file", "resource_fork", "resource_fork", "thumbnail")
    ]


def test_an_empty_member_is_named(folder: Path, run: Import, query: Query) -> None:
    (folder / "a.zip").write_bytes(zipped([("empty.doc", b""), ("folder/", b"")]))
    run()
    assert query(STATUSES) == [("", "archive"), ("empty.doc", "empty")]


def test_a_member_with_a_password_is_named_and_the_others_come_out(folder: Path, run: Import, query: Query) -> None:
    data = bytearray(zipped([("locked.doc", b"x" * 40), ("open.txt", form("甲项目"))]))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    (folder / "a.zip").write_bytes(data)
    assert [problem.error.code for problem in run().problems] == ["source.encrypted"]
    assert query(STATUSES) == [("", "archive"), ("locked.doc", "encrypted"), ("open.txt", "document")]


def test_a_damaged_member_is_named_and_the_others_come_out(folder: Path, run: Import, query: Query) -> None:
    data = bytearray(zipped([("bad.txt", form("乙项目")), ("good.txt", form("甲项目"))]))
    data[60] ^= 0xFF
    (folder / "a.zip").write_bytes(data)
    run()
    assert query(STATUSES) == [("", "archive"), ("bad.txt", "broken"), ("good.txt", "document")]


def test_a_zip_that_is_cut_off_is_named(folder: Path, run: Import, query: Query) -> None:
    (folder / "a.zip").write_bytes(zipped([("one.txt", form("甲项目"))])[:-30])
    assert [problem.error.code for problem in run().problems] == ["source.broken"]
    assert query(STATUSES) == [("", "broken")]


def test_of_a_tar_that_is_cut_off_the_first_members_come_out(folder: Path, run: Import, query: Query) -> None:
    data = tarred([(b"one.txt", form("甲项目")), (b"two.txt", form("乙项目") * 500)])
    (folder / "a.tar").write_bytes(data[:-20_000])
    summary = run()
    assert ("one.txt", "甲项目") in query(PROJECTS)
    assert summary.failures > 0


def test_a_tar_that_ends_between_two_members_is_named(folder: Path, run: Import, query: Query) -> None:
    data = tarred([(b"one.txt", form("甲项目")), (b"two.txt", form("乙项目"))])
    (folder / "a.tar").write_bytes(data[: data.index(b"two.txt")])
    assert [problem.error.code for problem in run().problems] == ["source.broken"]
    assert query(STATUSES) == [("", "broken"), ("one.txt", "document")]


def test_a_tar_with_something_else_in_the_place_of_a_member_is_named(folder: Path, run: Import, query: Query) -> None:
    one, two = tarred([(b"one.txt", form("甲项目"))]), tarred([(b"two.txt", form("乙项目"))])
    (folder / "a.tar").write_bytes(one + two)
    (folder / "b.tar").write_bytes(one.rstrip(b"\0").ljust(1536, b"\0") + b"x" * 512 + two)
    assert [problem.error.code for problem in run().problems] == ["source.broken", "source.broken"]
    assert query("select distinct member, status from files order by 1") == [("", "broken"), ("one.txt", "document")]


def test_a_zip_behind_other_bytes_is_opened(folder: Path, run: Import, query: Query) -> None:
    (folder / "unpacks itself.exe").write_bytes(b"MZ" + bytes(range(256)) * 20 + zipped([("one.txt", form("甲项目"))]))
    assert run().failures == 0
    assert query(PROJECTS) == [("one.txt", "甲项目")]


def test_a_file_that_grows_or_goes_while_it_is_imported_is_named(folder: Path, tmp_path: Path, rules: RuleSet) -> None:
    (folder / "grown.txt").write_bytes(b" " * 5000)
    sources = [Source(str(folder / name), 1, EPOCH) for name in ("grown.txt", "gone.txt")]
    options = Options(jobs=1, limits=Limits(member_bytes=4000))
    summary = import_sources(sources, tmp_path / "forms.duckdb", rules, options)
    assert [problem.error.code for problem in summary.problems] == ["source.too_large", "source.unreadable"]


def test_a_bomb_is_not_unpacked(folder: Path, run: Import, query: Query) -> None:
    (folder / "a.zip").write_bytes(zipped([("bomb.txt", bytes(40 * 2**20)), ("good.txt", form("甲项目"))]))
    (folder / "b.gz").write_bytes(gzip.compress(bytes(40 * 2**20)))
    summary = run()
    assert [problem.error.code for problem in summary.problems] == ["source.bomb", "source.bomb"]
    assert query("select project_name from forms") == [("甲项目",)]


def test_archives_within_each_other_have_an_end(folder: Path, run: Import, query: Query) -> None:
    data = zipped([("good.txt", form("甲项目"))])
    for number in range(5):
        data = zipped([(f"{number}.zip", data), (f"{number}.txt", form(f"第{number}项目"))])
    (folder / "a.zip").write_bytes(data)
    summary = run(limits=Limits(depth=3))
    assert [problem.error.code for problem in summary.problems] == ["source.too_deep"]
    assert summary.forms == 3


def test_a_zip_of_too_many_members_is_read_up_to_the_limit(folder: Path, run: Import, query: Query) -> None:
    (folder / "a.zip").write_bytes(zipped([(f"{n}.txt", form(f"第{n}项目")) for n in range(9)]))
    summary = run(limits=Limits(members=4))
    assert ([problem.error.code for problem in summary.problems], summary.forms) == (["source.too_many"], 4)


def test_a_document_larger_than_any_is_named(folder: Path, run: Import, query: Query) -> None:
    (folder / "a.txt").write_bytes(b" " * 5000)
    (folder / "b.zip").write_bytes(zipped([("c.txt", b" " * 5000)]))
    summary = run(limits=Limits(member_bytes=4000))
    assert [problem.error.code for problem in summary.problems] == ["source.too_large", "source.too_large"]


def test_a_link_in_a_tar_reads_nothing_from_outside(folder: Path, run: Import, query: Query) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        link = tarfile.TarInfo("passwords.txt")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    (folder / "a.tar").write_bytes(buffer.getvalue())
    assert run().failures == 0
    assert query(STATUSES) == [("", "archive"), ("passwords.txt", "not_a_file")]


# ------------------------------------------------------------------------------------------------------------ e-mails


def test_names_of_attachments_are_decoded_in_whichever_way_they_are_written(
    folder: Path, run: Import, query: Query
) -> None:
    ways = {
        "RFC 2231": "filename*=utf-8''%E8%A1%A8.txt",
        "encoded word": 'filename="=?gb2312?B?se0udHh0?="',
        "bare bytes": 'filename="表.txt"',
    }
    for number, (way, parameter) in enumerate(ways.items()):
        mail = (
            f"From: a@example.org\nTo: b@example.org\nSubject: x\nContent-Disposition: attachment; {parameter}\n\n{way}"
        )
        (folder / f"{number}.eml").write_bytes(mail.encode("gb18030"))
    assert run().failures == 0
    assert query("select count(*) from files where member = '表.txt'") == [(3,)]


def test_a_form_in_the_text_of_an_e_mail_is_read(folder: Path, run: Import, query: Query) -> None:
    (folder / "a.eml").write_bytes(mailed(body=form("甲项目").decode()))
    run()
    assert query(PROJECTS) == [("body.txt", "甲项目")]


def test_every_message_of_a_mailbox_is_opened(folder: Path, run: Import, query: Query) -> None:
    envelope = b"From a@example.org Mon Jan  4 08:00:00 2021\n"
    one, two = mailed(("表.txt", form("甲项目"))), mailed(("表.txt", form("乙项目")))
    (folder / "a.eml").write_bytes(envelope + mailed(("表.txt", form("丙项目"))))
    (folder / "inbox").write_bytes(envelope + one + b"\n" + envelope + two + b"\n")
    assert run().failures == 0
    assert query(PROJECTS) == [("1.eml!/表.txt", "甲项目"), ("2.eml!/表.txt", "乙项目"), ("表.txt", "丙项目")]


def test_a_forwarded_message_is_opened(folder: Path, run: Import, query: Query) -> None:
    inner = EmailMessage()
    inner["From"], inner["To"], inner["Subject"] = "c@example.org", "a@example.org", "原件"
    inner.set_content("见附件")
    inner.add_attachment(form("甲项目"), maintype="text", subtype="x-dump", filename="表.txt")
    outer = EmailMessage()
    outer["From"], outer["To"] = "a@example.org", "b@example.org"
    outer.set_content("转发")
    outer.add_attachment(inner)
    (folder / "a.eml").write_bytes(outer.as_bytes())
    assert run().failures == 0
    assert query(PROJECTS) == [("message.eml!/表.txt", "甲项目")]


# ------------------------------------------------------------------------------------------- formats that need extras


def test_a_7z_archive_is_read_whatever_its_members_are_called(folder: Path, run: Import, query: Query) -> None:
    py7zr = pytest.importorskip("py7zr")
    with py7zr.SevenZipFile(folder / "a.7z", "w") as archive:
        for name, project in (("司法局/甲.txt", "甲项目"), ("twin.txt", "乙项目"), ("up/up/escape.txt", "丙项目")):
            archive.writestr(form(project), name)
        archive.writestr(b"", "empty.txt")
        # What py7zr itself would not write: a name that leads out, and one that stands twice.
        for entry in archive.header.files_info.files:
            entry["filename"] = {"up/up/escape.txt": "../../escape.txt"}.get(entry["filename"], entry["filename"])
    run()
    assert query(PROJECTS) == [("../../escape.txt", "丙项目"), ("twin.txt", "乙项目"), ("司法局/甲.txt", "甲项目")]
    assert ("empty.txt", "empty") in query(STATUSES)


def test_a_7z_archive_with_a_password_is_named(folder: Path, run: Import, query: Query) -> None:
    py7zr = pytest.importorskip("py7zr")
    with py7zr.SevenZipFile(folder / "a.7z", "w", password="secret") as archive:
        archive.writestr(form("甲项目"), "a.txt")
    run()
    assert query(STATUSES) == [("", "encrypted")]


def stored_rar(members: Iterable[tuple[str, bytes]]) -> bytes:
    """A RAR 5 archive whose members are stored, which needs no tool to unpack (RAR 5.0 archive format)."""

    def number(value: int) -> bytes:
        low, high = value & 0x7F, value >> 7
        return bytes((low | 0x80,)) + number(high) if high else bytes((low,))

    def block(kind: int, flags: int, fields: bytes, data: bytes = b"") -> bytes:
        head = number(kind) + number(flags) + (number(len(data)) if flags & 2 else b"") + fields
        sized = number(len(head)) + head
        return struct.pack("<L", zlib.crc32(sized)) + sized + data

    blocks = [b"Rar!\x1a\x07\x01\x00", block(1, 0, number(0))]
    for name, data in members:
        fields = number(4) + number(len(data)) + number(0) + struct.pack("<L", zlib.crc32(data)) + number(0) + number(1)
        blocks.append(block(2, 2, fields + number(len(name.encode())) + name.encode(), data))
    return b"".join((*blocks, block(5, 0, number(0))))


def test_a_rar_archive_is_read(folder: Path, run: Import, query: Query) -> None:
    pytest.importorskip("rarfile")
    (folder / "a.rar").write_bytes(stored_rar([("司法局/甲.txt", form("甲项目")), ("../乙.txt", form("乙项目"))]))
    assert run().failures == 0
    assert query(PROJECTS) == [("../乙.txt", "乙项目"), ("司法局/甲.txt", "甲项目")]


@pytest.mark.parametrize(
    ("signature", "extra"), [(b"7z\xbc\xaf\x27\x1c\x00\x04", "[7z]"), (b"Rar!\x1a\x07\x00", "[rar]")]
)
def test_an_archive_whose_extra_is_missing_says_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, signature: bytes, extra: str
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    (tmp_path / "a").write_bytes(signature + bytes(100))
    with (tmp_path / "a").open("rb") as file:
        kind = container_kind(file)
    assert kind
    with pytest.raises(SourceError) as missing:
        list(CONTAINERS[kind].members(tmp_path / "a", Limits()))
    assert missing.value.code == "source.missing_extra"
    assert f'pip install "declaration-extract{extra}"' in missing.value.message.en


# --------------------------------------------------------------------------------------------------- again and again


def test_an_unchanged_archive_is_not_opened_again(folder: Path, run: Import, query: Query) -> None:
    (folder / "a.zip").write_bytes(zipped([("one.txt", form("甲项目")), ("two.txt", form("乙项目"))]))
    run()
    again = run()
    assert (again.files, again.skipped, again.archives, again.documents) == (2, 2, 0, 0)


def test_a_changed_archive_forgets_what_it_no_longer_holds(folder: Path, run: Import, query: Query) -> None:
    (folder / "a.zip").write_bytes(zipped([("one.txt", form("甲项目")), ("two.txt", form("乙项目"))]))
    run()
    (folder / "a.zip").write_bytes(zipped([("two.txt", form("乙项目")), ("three.txt", form("丙项目"))]))
    summary = run()
    assert (summary.documents, summary.duplicates) == (1, 1)
    assert query(PROJECTS) == [("three.txt", "丙项目"), ("two.txt", "乙项目")]


def test_a_moved_archive_is_read_but_not_parsed(folder: Path, run: Import, query: Query) -> None:
    (folder / "a.zip").write_bytes(zipped([("one.txt", form("甲项目"))]))
    run()
    (folder / "a.zip").rename(folder / "b.zip")
    summary = run()
    assert (summary.documents, summary.duplicates) == (0, 1)


def test_a_preview_counts_and_writes_nothing(folder: Path, run: Import, tmp_path: Path, rules: RuleSet) -> None:
    (folder / "a.txt").write_bytes(form("甲项目"))
    (folder / "~$a.doc").write_bytes(b"x")
    first = preview([folder], tmp_path / "forms.duckdb", rules)
    assert (first.files, first.skipped, first.passed_over) == (1, 0, {"lock_file": 1})
    assert list(tmp_path.glob("forms*")) == []
    run()
    (folder / "b.txt").write_bytes(form("乙项目"))
    second = preview([folder], tmp_path / "forms.duckdb", rules)
    assert (second.files, second.skipped) == (2, 1)


def test_files_older_than_a_day_can_be_left_out(folder: Path, run: Import) -> None:
    for name, day in (("old.txt", datetime(2020, 1, 1)), ("new.txt", datetime(2022, 1, 1))):
        (folder / name).write_bytes(form(name))
        os.utime(folder / name, (day.timestamp(), day.timestamp()))
    summary = run(since=datetime(2021, 1, 1))
    assert (summary.files, summary.older, summary.documents) == (2, 1, 1)


def test_a_pattern_names_files(folder: Path, tmp_path: Path, rules: RuleSet) -> None:
    (folder / "sub").mkdir()
    for name in ("a.txt", "b.txt", "sub/c.txt", "sub/d.doc"):
        (folder / name).write_bytes(form(name))
    summary = import_paths([folder / "**" / "*.txt"], tmp_path / "forms.duckdb", rules, Options(jobs=1))
    assert summary.documents == 3
