"""`extract verify` is silent about a sound database, and finds every promise that is broken, one by one."""

from __future__ import annotations

import json
import os
import shutil
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from command_line import run_extract
from containers import Box, Document, docx
from extract.corrections import WHOLE_ROW, Change, record
from extract.importer import Options, import_paths
from extract.rows import BY_DOCUMENT, BY_FORM
from extract.rules import RuleSet
from extract.store import Store, now, open_for_reading
from extract.verify import ADVICE, Breach, Checked, verify

ROOT = Path(__file__).parents[1]


# The points stand between a target's operator and its number.
OPERATOR_APART: Document = [
    "项目支出绩效目标申报表",
    [
        [Box("项目名称", 2), Box("村道修缮", 3)],
        [*map(Box, ("一级指标", "三级指标", "计算符号", "分值", "目标值"))],
        [*map(Box, ("产出指标", "修缮村道", "≥", "10", "3公里"))],
    ],
]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory, rules: RuleSet) -> Path:
    folder = tmp_path_factory.mktemp("sound")
    shutil.copytree(ROOT / "samples", folder / "archive")
    (folder / "archive" / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (folder / "archive" / "operator-apart.docx").write_bytes(docx(OPERATOR_APART))
    import_paths([folder / "archive"], folder / "forms.duckdb", rules, Options(jobs=1))
    return folder / "forms.duckdb"


@pytest.fixture
def database(sound: Path, tmp_path: Path) -> Path:
    return shutil.copy(sound, tmp_path / "forms.duckdb")


def breaches(database: Path, *, sources: bool = False) -> list[Breach]:
    with closing(open_for_reading(database)) as connection:
        return list(verify(connection, Checked(), sources=sources))


def change(database: Path, *statements: str) -> None:
    with closing(duckdb.connect(str(database))) as connection:
        for statement in statements:
            connection.execute(statement)


def test_all_samples_keep_every_promise(sound: Path) -> None:
    with closing(open_for_reading(sound)) as connection:
        checked = Checked()
        assert list(verify(connection, checked, sources=True)) == []
        rows = connection.execute("SELECT count(*) FROM documents").fetchone()
    assert (checked.counts["documents"],) == rows
    assert checked.counts["places"] > 1000
    assert checked.counts["sources"] == checked.counts["documents"]


FORM = "(SELECT form_id FROM forms WHERE form_kind <> 'unknown' ORDER BY 1 LIMIT 1)"
DOCUMENT = "(SELECT document_id FROM documents WHERE status = 'extracted' ORDER BY 1 LIMIT 1)"
ORPHANS = ("fields", "funding", "indicators", "citations", "labels", "findings", "leftovers", "project_links")
CORRUPTIONS = {
    "a view is gone": ("verify.schema", "DROP VIEW 绩效指标"),
    "a table has another column": ("verify.schema", "ALTER TABLE citations ADD COLUMN note VARCHAR"),
    "a view does not answer": ("verify.schema", "ALTER TABLE reviews RENAME TO others"),
    **{
        f"{table} without a form": ("verify.orphan", f"UPDATE {table} SET form_id = '{'f' * 16}-1' WHERE rowid = 0")
        for table in ORPHANS
    },
    "a form without its document": ("verify.orphan", f"DELETE FROM documents WHERE document_id = {DOCUMENT}"),
    "a document without its file": ("verify.orphan", f"DELETE FROM files WHERE document_id = {DOCUMENT}"),
    "a layout is gone": ("verify.layout", f"DELETE FROM layouts WHERE document_id = {DOCUMENT}"),
    "a layout is damaged": ("verify.layout", f"UPDATE layouts SET layout = 'x'::BLOB WHERE document_id = {DOCUMENT}"),
    "a form is gone": ("verify.count", f"DELETE FROM forms WHERE form_id = {FORM}"),
    "an indicator is gone": ("verify.count", f"DELETE FROM indicators WHERE indicator_index = 1 AND form_id = {FORM}"),
    "an amount stands twice": ("verify.count", "INSERT INTO funding FROM funding LIMIT 1"),
    **{
        f"a row of {table} stands twice": ("verify.duplicate", f"INSERT INTO {table} FROM {table} LIMIT 1")
        for table in ("files", "projects", "project_links", *BY_DOCUMENT, *BY_FORM)
    },
    "a document has another status": (
        "verify.count",
        f"UPDATE documents SET status = 'failed' WHERE document_id = {DOCUMENT}",
    ),
    "a form has another number": ("verify.id", f"UPDATE forms SET form_index = 7 WHERE form_id = {FORM}"),
    "characters do not add up": (
        "verify.characters",
        f"UPDATE documents SET chars_value = chars_value + 1 WHERE document_id = {DOCUMENT}",
    ),
    "the text has more characters": (
        "verify.characters",
        f"UPDATE documents SET text = text || '多' WHERE document_id = {DOCUMENT}",
    ),
    "a leftover is gone": ("verify.characters", "DELETE FROM leftovers WHERE rowid = 0"),
    "a leftover says something else": ("verify.place", "UPDATE leftovers SET text = text || '！' WHERE rowid = 0"),
    "a field says something else": ("verify.place", "UPDATE fields SET text = text || '1' WHERE rowid = 0"),
    "a field stands elsewhere": ("verify.place", "UPDATE fields SET text_start = 0 WHERE text_start > 0"),
    "an amount says something else": ("verify.place", "UPDATE funding SET text = '9' || text WHERE rowid = 0"),
    "an indicator has another name": ("verify.place", "UPDATE indicators SET name = name || '乙' WHERE rowid = 0"),
    "a target says something else": ("verify.place", "UPDATE indicators SET target_text = '≥9' || target_text"),
    "an actual value says something else": ("verify.place", "UPDATE indicators SET actual_text = actual_text || '9'"),
    "a citation says something else": ("verify.place", "UPDATE citations SET document_number = '财预〔1999〕1号'"),
    "a form ends behind its text": ("verify.place", f"UPDATE forms SET text_end = 99999999 WHERE form_id = {FORM}"),
    "a finding points nowhere": ("verify.place", "UPDATE findings SET text_end = -1 WHERE text_start IS NOT NULL"),
}  # fmt: skip


@pytest.mark.parametrize("corruption", CORRUPTIONS)
def test_a_broken_promise_is_found(database: Path, corruption: str) -> None:
    code, statement = CORRUPTIONS[corruption]
    change(database, statement)
    found = breaches(database)
    assert code in {breach.code for breach in found}
    assert all(breach.code in ADVICE for breach in found)


def test_every_code_has_a_corruption_that_shows_it() -> None:
    assert {code for code, _ in CORRUPTIONS.values()} | {"verify.source"} == set(ADVICE)


def test_a_source_with_another_content_at_the_same_size_and_time_is_found(tmp_path: Path, rules: RuleSet) -> None:
    source, database = tmp_path / "form.txt", tmp_path / "forms.duckdb"
    source.write_bytes((ROOT / "samples" / "one-form.txt").read_bytes())
    import_paths([source], database, rules, Options(jobs=1))
    assert breaches(database, sources=True) == []
    status, data = source.stat(), bytearray(source.read_bytes())
    data[-2] ^= 1
    source.write_bytes(data)
    os.utime(source, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert breaches(database) == []
    assert [(breach.code, breach.where) for breach in breaches(database, sources=True)] == [
        ("verify.source", str(source))
    ]


def test_sources_that_are_gone_or_changed_are_counted_and_no_breach(tmp_path: Path, rules: RuleSet) -> None:
    for number in (1, 2):
        (tmp_path / f"{number}.txt").write_text(f"会议纪要{number}", "utf-8")
    database = tmp_path / "forms.duckdb"
    import_paths([tmp_path], database, rules, Options(jobs=1))
    (tmp_path / "1.txt").unlink()
    (tmp_path / "2.txt").write_text("另一份会议纪要", "utf-8")
    with closing(open_for_reading(database)) as connection:
        checked = Checked()
        assert list(verify(connection, checked, sources=True)) == []
    assert checked.skipped == {"gone": 1, "changed": 1}


def test_what_people_have_corrected_is_no_breach(database: Path) -> None:
    with Store(database) as store, store.transaction() as connection:
        (form_id,) = connection.execute(f"SELECT {FORM}").fetchall()[0]
        changes = [Change("indicators", "1", "target_text", "≥1234件"), Change("indicators", "2", WHOLE_ROW, None)]
        record(connection, form_id, changes, "周明", now())
    assert breaches(database) == []


def test_the_command_says_what_is_wrong_where_and_what_to_do_and_ends_with_1(database: Path, tmp_path: Path) -> None:
    sound = run_extract(tmp_path, "verify", "--db", database.name)
    assert (sound.returncode, sound.stdout) == (0, "")
    change(database, "UPDATE funding SET text = '9' || text WHERE rowid = 0")
    run = run_extract(tmp_path, "verify", "--db", database.name)
    assert run.returncode == 1
    (line,) = run.stdout.splitlines()
    assert line.startswith("verify.place  funding ")
    assert "changed by another program" in line
    (breach,) = json.loads(run_extract(tmp_path, "verify", "--json", "--db", database.name).stdout)["breaches"]
    assert set(breach) == {"code", "where", "message", "message_zh", "advice", "advice_zh"}
    chinese = run_extract(tmp_path, "verify", "--lang", "zh", "--db", database.name)
    assert "与原文" in chinese.stdout
