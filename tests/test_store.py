"""The store and the importer: what lands in the database, once, whole or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from conftest import TITLE, dump_of
from extract import pipeline
from extract.errors import StoreError
from extract.importer import Options, Summary, import_paths
from extract.rows import packed, rows_of
from extract.rules import RuleSet
from extract.store import Store, open_for_reading

Run = Callable[..., Summary]
Query = Callable[[str], list[tuple[Any, ...]]]

FORM = dump_of(
    f"\t{TITLE}\n\n\t（2021年度）\n\n",
    "专项名称|公园管护",
    "专项起止时间|2021年1-12月",
    "专项资金情况|本年度预计投入（万元）|其他",
    " |12.5| ",
    "专项年度绩效指标|一级指标|二级指标|三级指标内容|指标值及单位",
    " |产出指标|数量指标|修缮步道|≥3公里",
    "专项立项依据|云财绩〔2020〕7号",
    "绿色采购比例|三成",
)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "forms.duckdb"


@pytest.fixture
def run(database: Path, rules: RuleSet) -> Run:
    def import_(*paths: Path, **options: Any) -> Summary:
        chosen = options.pop("rules", rules)
        return import_paths(paths, database, chosen, Options(jobs=1, **options))

    return import_


@pytest.fixture
def query(database: Path) -> Query:
    def fetch(sql: str) -> list[tuple[Any, ...]]:
        connection = open_for_reading(database)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()

    return fetch


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    folder = tmp_path / "archive"
    (folder / "sub").mkdir(parents=True)
    (folder / "a.txt").write_text(FORM, "utf-8")
    (folder / "sub" / "b.txt").write_text(FORM.replace("公园管护", "河道清淤"), "utf-8")
    return folder


TABLES = ("documents", "forms", "fields", "funding", "indicators", "citations", "findings", "leftovers")


def counts(query: Query) -> dict[str, int]:
    return {table: query(f"select count(*) from {table}")[0][0] for table in TABLES}


def test_a_form_becomes_rows_of_every_table(run: Run, query: Query, archive: Path) -> None:
    run(archive / "a.txt")
    assert query("select form_kind, fiscal_year, project_name, period_end::varchar from forms") == [
        ("special-fund-declaration", 2021, "公园管护", "2021-12-31")
    ]
    assert query("select source, amount::varchar, unit, amount_yuan::varchar from funding") == [
        ("total", "12.500000", "万元", "125000.000000")
    ]
    assert query("select level1, name, operator, value::double, unit from indicators") == [
        ("产出指标", "修缮步道", ">=", 3.0, "公里")
    ]
    assert query("select field, document_number from citations") == [("basis", "云财绩〔2020〕7号")]
    assert query("select text from leftovers order by text_start") == [("绿色采购比例",), ("三成",)]


def test_stored_spans_trace_back_to_the_stored_text(run: Run, query: Query, archive: Path) -> None:
    run(archive)
    for table, value in (("fields", "t.text"), ("funding", "t.text"), ("indicators", "t.target_text")):
        wrong = query(
            f"select * from {table} t join forms using (form_id) join documents d using (document_id)"
            f" where substring(d.text, t.text_start + 1, t.text_end - t.text_start) <> {value}"
        )
        assert wrong == []


def test_stored_characters_add_up(run: Run, query: Query, archive: Path) -> None:
    run(archive)
    parts = "chars_title + chars_label + chars_value + chars_boilerplate + chars_outside + chars_leftover"
    assert query(f"select count(*) from documents where chars_total <> {parts}") == [(0,)]
    assert query(
        "select count(*) from documents where chars_total <> length(regexp_replace(text, '\\s', '', 'g'))"
    ) == [(0,)]


def test_importing_again_adds_nothing(run: Run, query: Query, archive: Path) -> None:
    run(archive)
    before = counts(query)
    again = run(archive)
    assert (again.skipped, again.documents) == (2, 0)
    assert counts(query) == before


def test_the_same_content_at_two_paths_is_one_document(run: Run, query: Query, archive: Path) -> None:
    (archive / "copy.txt").write_bytes((archive / "a.txt").read_bytes())
    summary = run(archive)
    assert (summary.documents, summary.duplicates) == (2, 1)
    assert query("select count(*) from files")[0] == (3,)
    assert counts(query)["documents"] == 2


def test_a_changed_file_is_read_again(run: Run, query: Query, archive: Path) -> None:
    run(archive)
    (archive / "a.txt").write_text(FORM.replace("公园管护", "校园午餐工程"), "utf-8")
    assert run(archive).documents == 1
    assert ("校园午餐工程",) in query("select project_name from forms")
    assert query("select count(*) from files")[0] == (2,)


def test_other_rules_parse_again_and_replace(run: Run, query: Query, archive: Path, rules: RuleSet) -> None:
    run(archive)
    before = counts(query)
    for path in (archive / "a.txt", archive / "sub" / "b.txt"):
        status = path.stat()
        path.write_bytes(b"x" * status.st_size)  # whoever opens the files again finds nothing in them
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    summary = run(archive, rules=replace(rules, version="other"))
    assert (summary.documents, summary.parsed_again) == (0, 2)
    assert counts(query) == before
    assert query("select distinct ruleset from documents") == [("other",)]


def test_a_failed_document_is_stored_and_tried_again_when_asked(run: Run, query: Query, archive: Path) -> None:
    (archive / "broken.docx").write_bytes(b"")
    assert run(archive).failures == 1
    assert query("select status, error_code from documents where status = 'failed'") == [("failed", "file.empty")]
    again = run(archive)
    assert (again.failures, again.failed_before) == (0, 1)
    assert run(archive, retry_failed=True).failures == 1
    assert counts(query)["documents"] == 3


def test_a_missing_path_does_not_keep_the_others_out(run: Run, query: Query, archive: Path) -> None:
    summary = run(archive / "nowhere", archive)
    assert [problem.error.code for problem in summary.problems] == ["source.missing"]
    assert counts(query)["forms"] == 2


def test_a_batch_is_all_or_nothing(database: Path, query: Query, archive: Path, rules: RuleSet) -> None:
    good = pipeline.extract(FORM.encode(), rules)
    torn = {**rows_of(replace(good, document_id="torn")), "labels": [(None, None, None)]}
    with Store(database) as store:
        store.write({good.document_id: packed(rows_of(good))}, [], {}, rules.version)
        others = {"new": packed(rows_of(replace(good, document_id="new"))), "torn": packed(torn)}
        with pytest.raises(duckdb.Error):
            store.write(others, [], {}, rules.version)
    assert counts(query)["documents"] == 1


def test_the_database_itself_is_no_form_of_the_folder_that_it_lies_in(run: Run, archive: Path, database: Path) -> None:
    assert run(database.parent).files == 2


def test_lock_files_and_resource_forks_are_passed_over(run: Run, archive: Path) -> None:
    (archive / "~$form.docx").write_bytes(b"x")
    (archive / "__MACOSX").mkdir()
    (archive / "__MACOSX" / "a.txt").write_text("x")
    assert run(archive).files == 2


def test_every_table_and_column_has_a_comment(run: Run, query: Query, archive: Path) -> None:
    run(archive)
    mine = "schema_name = 'main' and not internal"
    assert query(f"select table_name from duckdb_tables() where {mine} and comment is null") == []
    assert query(f"select view_name from duckdb_views() where {mine} and comment is null") == []
    tables = "table_name in (select table_name from duckdb_tables())"
    assert (
        query(f"select table_name, column_name from duckdb_columns() where {mine} and {tables} and comment is null")
        == []
    )


def test_the_chinese_views_show_the_rows(run: Run, query: Query, archive: Path) -> None:
    run(archive)
    assert query("select 项目名称, 指标值 from 绩效指标 order by 项目名称") == [
        ("公园管护", "≥3公里"),
        ("河道清淤", "≥3公里"),
    ]
    assert query("select distinct 来源, 金额_元::integer from 资金") == [("合计", 125000)]
    assert len(query("select 来源文件 from 申报表 where 年度 = 2021")) == 2
    for view in ("文件", "字段", "引用文件", "发现"):
        assert query(f'select count(*) from "{view}"')[0][0] > 0


def test_the_file_is_in_the_storage_format_of_older_tools(run: Run, database: Path, archive: Path) -> None:
    run(archive)
    connection = duckdb.connect(str(database), read_only=True)
    tags = connection.execute("select tags from duckdb_databases() where not internal").fetchall()
    assert "v1.0.0" in str(tags)


def test_a_busy_database_names_the_process(database: Path, run: Run, archive: Path) -> None:
    run(archive)
    script = f"import duckdb, sys; c = duckdb.connect({str(database)!r}); print('open', flush=True); sys.stdin.read()"
    other = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert other.stdout
        other.stdout.readline()
        with pytest.raises(StoreError) as busy:
            run(archive)
        assert (busy.value.code, str(other.pid) in busy.value.message.en) == ("database.busy", True)
    finally:
        other.communicate(b"")


def test_a_file_that_is_no_database_is_not_touched(database: Path, run: Run, archive: Path) -> None:
    database.write_text("my thesis " * 1000)
    with pytest.raises(StoreError) as foreign:
        run(archive)
    assert foreign.value.code == "database.foreign"
    assert database.read_text().startswith("my thesis")


def test_a_database_of_someone_else_is_not_touched(database: Path, run: Run, archive: Path) -> None:
    duckdb.connect(str(database)).execute("create table mine (a integer)").close()
    with pytest.raises(StoreError) as foreign:
        run(archive)
    assert foreign.value.code == "database.foreign"


def test_sql_can_neither_write_nor_reach_files(run: Run, database: Path, archive: Path) -> None:
    run(archive)
    connection = open_for_reading(database)
    for statement in (
        "delete from forms",
        f"select * from read_text('{archive}/a.txt')",
        f"copy forms to '{archive}/out.csv'",
        "set enable_external_access = true",
        f"attach '{archive}/x.duckdb'",
    ):
        with pytest.raises(duckdb.Error):
            connection.execute(statement)
    connection.close()


@pytest.mark.parametrize("name", ["have.csv", "have.json", "empty.duckdb"])
def test_a_file_of_another_kind_is_never_taken_for_a_database(
    tmp_path: Path, archive: Path, rules: RuleSet, name: str
) -> None:
    other = tmp_path / name
    other.write_text("" if name.startswith("empty") else "a,b\n1,2\n")
    with pytest.raises(StoreError) as foreign:
        import_paths([archive], other, rules)
    assert foreign.value.code == "database.foreign"


def test_an_interrupted_import_keeps_what_it_has_extracted(
    database: Path, run: Run, query: Query, archive: Path, rules: RuleSet
) -> None:
    def interrupt(summary: Summary) -> None:
        if summary.done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_paths([archive / "a.txt", archive / "sub"], database, rules, Options(jobs=1), interrupt)
    kept = counts(query)["documents"]
    assert kept == 2
    assert run(archive).documents == 2 - kept
    assert query("select count(*) from runs where finished_at is null")[0] == (1,)


@pytest.mark.skipif(sys.platform != "linux", reason="names on other systems are Unicode")
def test_a_database_under_a_name_that_is_no_utf_8_is_refused_in_a_sentence(tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode("司法局".encode("gbk"))
    folder.mkdir()
    with pytest.raises(StoreError, match="another folder with --db"):
        Store(folder / "forms.duckdb")
