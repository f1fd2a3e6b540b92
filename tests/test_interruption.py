"""Killed at any moment, an import leaves whole documents only, and the next one finishes the rest.

`make kill` does the same two hundred times.
"""

from __future__ import annotations

import io
import os
import random
import subprocess
import sys
import time
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pytest

from conftest import TITLE, dump_of
from extract.errors import StoreError
from extract.importer import Options, import_paths
from extract.rules import RuleSet
from extract.store import Store, open_for_reading, working_copy_of
from extract.verify import Checked, verify
from extract.working_copy import compact

KILLS = int(os.environ.get("KILLS", "2"))
FILES, MEMBERS = 60, 40
# Small batches, so that there is much to tear apart.
IMPORT = "from extract import importer; importer.BATCH_DOCUMENTS = 7; from extract.cli import main; main()"


def form(number: int) -> bytes:
    rows = [
        f"专项名称|公园管护第{number}号",
        "主管部门|林业局",
        "专项年度绩效指标|一级指标|二级指标|三级指标内容|指标值及单位",
    ]
    rows += [f" |产出指标|数量指标|修缮步道{row}|≥{row + 1}公里" for row in range(number % 5 + 1)]
    return dump_of(f"\t{TITLE}\n\n\t（2021年度）\n\n", *rows).encode()


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("archive")
    for number in range(FILES):
        (folder / f"{number:03}.txt").write_bytes(form(number))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as members:
        for number in range(FILES, FILES + MEMBERS):
            members.writestr(f"{number:03}.txt", form(number))
    (folder / "more.zip").write_bytes(packed.getvalue())
    return folder


def start(archive: Path, database: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", IMPORT, "import", str(archive), "--db", str(database), "--jobs", "1", "-q"]
    return subprocess.Popen(command, stderr=subprocess.PIPE)


def content(connection: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table that forms go to, without times."""
    tables = {"documents": "* EXCLUDE imported_at", "files": "* EXCLUDE (seen_at, path)"}
    names = (
        "documents",
        "layouts",
        "forms",
        "fields",
        "funding",
        "indicators",
        "citations",
        "findings",
        "files",
        "project_links",
    )
    return {
        table: sorted(connection.execute(f"SELECT {tables.get(table, '*')} FROM {table}").fetchall(), key=repr)
        for table in names
    }


def assert_whole(connection: duckdb.DuckDBPyConnection) -> None:
    """Every document has all of its forms, every form all of its rows, and nothing stands twice."""
    assert (
        connection.execute(
            "SELECT document_id FROM documents d WHERE form_count <> "
            "(SELECT count(*) FROM forms f WHERE f.document_id = d.document_id)"
        ).fetchall()
        == []
    )
    rows = "SELECT project_name, (SELECT count(*) FROM indicators i WHERE i.form_id = f.form_id) FROM forms f"
    for name, indicators in connection.execute(rows).fetchall():
        number = int(name.removeprefix("公园管护第").removesuffix("号"))
        assert indicators == number % 5 + 1
    assert connection.execute("SELECT form_id FROM forms GROUP BY form_id HAVING count(*) > 1").fetchall() == []
    orphans = "SELECT document_id FROM files WHERE document_id IS NOT NULL EXCEPT SELECT document_id FROM documents"
    assert connection.execute(orphans).fetchall() == []


def test_killed_at_any_moment_an_import_is_whole_and_the_next_finishes_it(archive: Path, tmp_path: Path) -> None:
    clean = tmp_path / "clean.duckdb"
    started = time.monotonic()
    assert start(archive, clean).wait() == 0
    longest = time.monotonic() - started
    with closing(open_for_reading(clean)) as connection:
        expected = content(connection)
    assert len(expected["forms"]) == FILES + MEMBERS

    database = tmp_path / "forms.duckdb"
    chance, finished = random.Random(20211231), 0
    for _ in range(KILLS):
        process = start(archive, database)
        time.sleep(chance.uniform(0.3, 1.1) * longest)
        process.kill()
        process.wait()
        for path in (database, working_copy_of(database)):
            if path.exists():
                with closing(duckdb.connect(str(path), read_only=True)) as connection:
                    assert_whole(connection)
        if database.exists():  # it came to its end before it was killed: begin again
            database.unlink()
            finished += 1
    assert start(archive, database).wait() == 0
    with closing(open_for_reading(database)) as connection:
        assert_whole(connection)
        assert content(connection) == expected
        assert list(verify(connection, Checked())) == []
    assert KILLS < 10 or finished < KILLS / 2  # else the moments say nothing


def test_readers_go_on_reading_while_an_import_runs_and_see_all_of_it_at_its_end(archive: Path, tmp_path: Path) -> None:
    database = tmp_path / "forms.duckdb"
    assert start(archive / "000.txt", database).wait() == 0
    with closing(open_for_reading(database)) as reader:
        assert start(archive, database).wait() == 0
        assert reader.execute("SELECT count(*) FROM forms").fetchone() == (1,)
    with closing(open_for_reading(database)) as after:
        assert after.execute("SELECT count(*) FROM forms").fetchone() == (FILES + MEMBERS,)


def test_while_an_import_runs_nobody_else_writes(archive: Path, tmp_path: Path, rules: RuleSet) -> None:
    database = tmp_path / "forms.duckdb"
    import_paths([archive / "000.txt"], database, rules, Options(jobs=1))
    working_copy_of(database).write_bytes(database.read_bytes())  # as an import leaves it that was killed
    for write in (Store, compact):
        with pytest.raises(StoreError) as busy:
            write(database)
        assert busy.value.code == "database.busy"
    import_paths([archive / "001.txt"], database, rules, Options(jobs=1))
    Store(database).close()


def test_a_compacted_database_holds_the_same(archive: Path, tmp_path: Path, rules: RuleSet) -> None:
    database = tmp_path / "forms.duckdb"
    import_paths([archive / "more.zip"], database, rules, Options(jobs=1))
    with closing(open_for_reading(database)) as connection:
        expected = content(connection)
    before, after = compact(database)
    assert after <= before
    with closing(open_for_reading(database)) as connection:
        assert content(connection) == expected
        assert connection.execute("SELECT count(*) FROM 申报表").fetchone() == (MEMBERS,)
