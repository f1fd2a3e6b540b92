"""extract sql and extract schema: what they print, what they refuse, and how they help."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from archive import small_archive
from command_line import Run, run_extract
from extract import formats
from extract.errors import UsageError
from extract.query import run_query
from extract.store import in_memory, open_for_reading
from extract.terminal import show_what_the_encoding_lacks


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    archive = small_archive()
    archive.form("project-declaration", 2019, "项目[/]\x1b[31m红\x9b", "=1+2")
    return archive.write(tmp_path_factory.mktemp("sql") / "forms.duckdb")


@pytest.fixture
def connection(database: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_for_reading(database) as connection:
        yield connection


@pytest.fixture
def run(database: Path) -> Callable[..., Run]:
    """Run `extract` in the database's folder."""
    return partial(run_extract, database.parent)


# ----------------------------------------------------------------------------------------------------- the statement


def test_a_statement_comes_as_argument_from_a_file_or_from_stdin(run: Callable[..., Run], database: Path) -> None:
    (database.parent / "question.sql").write_text("-- 问题\nselect 1 as 一;\n", "gb18030")
    answers = {
        run("sql", *arguments, stdin="select 1 as 一").stdout
        for arguments in (["select 1 as 一"], ["@question.sql"], ["--file", "question.sql"], ["-"], [])
    }
    assert answers == {"一\n 1\n1 row\n"}


def test_a_statement_file_that_is_missing_is_named(run: Callable[..., Run]) -> None:
    failed = run("sql", "@nowhere.sql")
    assert failed.returncode == 3
    assert "nowhere.sql" in failed.stderr


@pytest.mark.parametrize(
    "statement",
    [
        "delete from forms",
        "update forms set title = ''",
        "insert into schema_version values (3)",
        "with three as (select 3) insert into schema_version from three",
        "create table mine (a int)",
        "create temp table mine as from forms",
        "drop view 申报表",
        "copy forms to 'out.csv'",
        "copy (from forms) to 'out.parquet'",
        "export database 'out'",
        "attach 'other.duckdb'",
        "detach forms",
        "install httpfs",
        "load httpfs",
        "set threads = 1",
        "reset threads",
        "pragma version",
        "call pragma_version()",
        "use memory",
        "begin",
        "checkpoint",
        "prepare p as select 1",
        "vacuum",
    ],
)
def test_what_does_not_only_read_is_refused_with_a_sentence(
    connection: duckdb.DuckDBPyConnection, statement: str
) -> None:
    with pytest.raises(UsageError) as refused:
        run_query(connection, statement)
    assert refused.value.code == "query.refused"
    assert refused.value.message.en.startswith("extract sql only reads, and ")


@pytest.mark.parametrize(
    "source",
    [
        "read_csv('/etc/passwd')",
        "read_text('/etc/passwd')",
        "read_blob('/etc/passwd')",
        "read_json('x.json')",
        "read_parquet('x.parquet')",
        "glob('/*')",
        "'x.csv'",
        "read_csv('https://example.org/x.csv')",
        "'https://example.org/x.parquet'",
        "query('from read_text(''/etc/passwd'')')",
    ],
)
def test_files_and_network_are_out_of_reach(connection: duckdb.DuckDBPyConnection, source: str) -> None:
    with pytest.raises(UsageError) as refused:
        run_query(connection, f"select * from {source}")
    assert refused.value.code == "query.no_access"


def test_variables_of_the_program_are_no_tables(connection: duckdb.DuckDBPyConnection) -> None:
    names = [1, 2]
    assert names
    with pytest.raises(UsageError) as unknown:
        run_query(connection, "from names")
    assert unknown.value.code == "query.unknown_table"


@pytest.mark.parametrize("statement", ["", " ; ", "-- nothing", "select 1; select 2"])
def test_there_is_exactly_one_statement(connection: duckdb.DuckDBPyConnection, statement: str) -> None:
    with pytest.raises(UsageError) as wrong:
        run_query(connection, statement)
    assert wrong.value.code == "query.not_one_statement"


@pytest.mark.parametrize(
    "statement",
    [
        "from forms",
        "with f as (from forms) select * from f",
        "values (1)",
        "describe forms",
        "show tables",
        "summarize funding",
        "explain from forms",
        "pivot 资金来源汇总 on 年度 using sum(金额_万元) group by 来源",
        "(select 1)",
        "select ';' as a -- ;",
    ],
)
def test_everything_that_reads_is_possible(connection: duckdb.DuckDBPyConnection, statement: str) -> None:
    answer = run_query(connection, statement)
    assert answer.names
    assert list(answer.rows)


@pytest.mark.parametrize(
    ("statement", "code", "hint"),
    [
        ("select 部门 from 申报表", "query.unknown_column", "there is no column 部门; near names: 主管部门"),
        ("select nme from indicators", "query.unknown_column", "near names: name"),
        ("select i.nme from indicators i", "query.unknown_column", "near names: name"),
        ("select 指标名称 from 绩效指标", "query.unknown_column", "指标"),
        ("from indicator_detail", "query.unknown_table", "near names: indicator_details"),
        ("from 申报", "query.unknown_table", "near names: 申报表"),
        ("select frobnicate(1)", "query.unknown_function", "there is no function frobnicate"),
        ("selec 1", "query.failed", 'syntax error at or near "selec"'),
        ("select cast(title as int) from forms", "query.failed", "Could not convert"),
    ],
)
def test_an_error_says_what_is_wrong_where_and_what_may_be_meant(
    connection: duckdb.DuckDBPyConnection, statement: str, code: str, hint: str
) -> None:
    with pytest.raises(UsageError) as wrong:
        list(run_query(connection, statement).rows)
    assert wrong.value.code == code
    assert hint in wrong.value.message.en


def test_an_unknown_name_leads_to_the_dictionary(run: Callable[..., Run]) -> None:
    failed = run("sql", "select 部门 from 申报表")
    assert failed.returncode == 2
    assert "extract schema" in failed.stderr
    assert "^" in failed.stderr


# ---------------------------------------------------------------------------------------------------------- formats


def written(format_: str, names: list[str], rows: list[formats.Row]) -> str:
    stream = io.StringIO()
    formats.WRITERS[format_](names, rows, stream)
    return stream.getvalue()


def shown(names: list[str], rows: list[formats.Row], width: int = 120, limit: int | None = None) -> str:
    console = Console(file=io.StringIO(), width=width, markup=False, emoji=False, highlight=False)
    formats.print_rows(names, rows, console, limit)
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


EXACT = Decimal("12345678901234567890123456789012.345678")


def test_decimals_are_exact_in_every_format() -> None:
    rows: list[formats.Row] = [(EXACT, Decimal("389.000000"))]
    for format_ in formats.WRITERS:
        assert "12345678901234567890123456789012.345678" in written(format_, ["a", "b"], rows)
        assert "389.0" not in written(format_, ["a", "b"], rows)
    assert json.loads(written("json", ["a"], rows[:0])) == []
    assert json.loads(written("json", ["a", "b"], rows), parse_float=Decimal)[0]["a"] == EXACT


def test_absent_is_null_in_json_and_empty_in_csv() -> None:
    assert written("jsonl", ["a"], [(None,)]) == '{"a": null}\n'
    assert written("csv", ["a", "b"], [(None, 1)]) == "a,b\n,1\n"


def test_csv_for_excel_keeps_text_from_being_a_formula_and_plain_csv_is_untouched() -> None:
    rows: list[formats.Row] = [("=100%", "+86", "-", "@x", Decimal(-5), "≥3")]
    assert written("csv", list("abcdef"), rows).splitlines()[1] == "=100%,+86,-,@x,-5,≥3"
    stream = io.StringIO()
    formats.write_csv(list("abcdef"), rows, stream, for_excel=True)
    assert stream.getvalue().splitlines()[1] == "'=100%,'+86,'-,'@x,-5,≥3"


def test_markdown_shows_its_own_characters() -> None:
    assert written("markdown", ["a|b"], [("x|y\n*z*\x1b",)]) == "| a\\|b |\n|---|\n| x\\|y<br>\\*z\\*␛ |\n"


@given(st.lists(st.tuples(st.text(), st.none() | st.integers() | st.decimals(allow_nan=False, allow_infinity=False))))
def test_json_of_any_text_is_json_and_holds_no_control_characters(rows: list[formats.Row]) -> None:
    text = written("json", ["文", "n"], rows)
    assert [row["文"] for row in json.loads(text)] == [row[0] for row in rows]
    assert not any(char < " " or "\x7f" <= char <= "\x9f" for char in text if char != "\n")


def test_a_wide_answer_in_a_narrow_terminal_is_shown_row_by_row() -> None:
    names = [f"column_{n}" for n in range(12)]
    narrow = shown(names, [tuple(f"value {n}" for n in range(12))], width=40)
    assert all(f"column_{n} " in narrow and f"value {n}" in narrow for n in range(12))
    assert max(map(len, narrow.splitlines())) <= 40


def test_of_many_rows_the_first_are_shown_and_a_line_says_how_to_see_all() -> None:
    text = shown(["n"], [(n,) for n in range(50)], limit=10)
    assert "the first 10 rows; all of them: --rows 0" in text
    assert len(text.splitlines()) == 12
    assert shown(["n"], [(1,)], limit=1).endswith("1 row\n")


def test_control_characters_and_markup_are_shown(run: Callable[..., Run]) -> None:
    text = run("sql", "select project_name from forms where fiscal_year = 2019").stdout
    assert "项目[/]␛[31m红�" in text


@pytest.mark.parametrize("encoding", ["ascii", "gbk", "latin-1"])
@pytest.mark.parametrize("format_", ["table", *formats.WRITERS])
def test_characters_that_an_encoding_lacks_are_escaped(encoding: str, format_: str) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding)
    show_what_the_encoding_lacks(stream)
    if format_ == "table":
        formats.print_rows(["笑"], [("≥😀",)], Console(file=stream, width=80))
    else:
        formats.WRITERS[format_](["笑"], [("≥😀",)], stream)
    stream.seek(0)
    text = stream.read()
    assert "\\ud83d\\ude00" in text
    if format_ == "json":
        assert json.loads(text) == [{"笑": "≥😀"}]


def test_a_terminal_in_gbk_never_fails(database: Path) -> None:
    command = [sys.executable, "-m", "extract", "sql", "select 指标值, '😀' as 笑 from 绩效指标 limit 1"]
    environment = {**os.environ, "PYTHONIOENCODING": "gbk"}
    answer = subprocess.run(command, cwd=database.parent, env=environment, capture_output=True, timeout=60, check=True)
    assert (answer.stderr, "\\ud83d\\ude00" in answer.stdout.decode("gbk")) == (b"", True)


# ------------------------------------------------------------------------------------------------------- dictionary


def test_the_dictionary_lists_every_table_and_view_without_a_database(run: Callable[..., Run]) -> None:
    listed = run("schema").stdout
    for name in ("forms", "indicator_details", "目标与实际", "project_changes"):
        assert name in listed


@pytest.mark.parametrize("name", ["target_actual", "目标与实际"])
def test_the_dictionary_describes_a_view_in_both_languages_under_both_names(run: Callable[..., Run], name: str) -> None:
    rows = json.loads(run("schema", name, "--format", "json").stdout)
    assert {"column": "result", "type": "VARCHAR", "中文名": "完成结果"}.items() <= rows[20].items()
    assert all(row["holds"] and row["说明"] for row in rows)


def test_the_dictionary_as_markdown_names_everything(run: Callable[..., Run]) -> None:
    page = run("schema", "--format", "markdown", "--db", "forms.duckdb").stdout
    with in_memory() as connection:
        for table, column in connection.execute(
            "select table_name, column_name from duckdb_columns() where not internal"
        ).fetchall():
            assert f"| {column} |" in page
            assert table in page


def test_an_unknown_name_in_the_dictionary_says_how_to_list_all(run: Callable[..., Run]) -> None:
    failed = run("schema", "formz")
    assert failed.returncode == 2
    assert "extract schema" in failed.stderr
