"""Other machines: older DuckDBs, paths of Windows and macOS, terminals and files in code page 936."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import unicodedata
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from command_line import run_extract
from conftest import TITLE, dump_of
from extract.importer import Options, import_paths
from extract.pipeline import extract
from extract.rules import RuleSet
from extract.store import open_for_reading
from extract.verify import Checked, verify

ROOT = Path(__file__).parents[1]
OLDER = os.environ.get("OLDER_DUCKDB")
"""A Python that has DuckDB 1.5; `make compatibility` makes one."""

LOOK = """
import duckdb, json, sys
connection = duckdb.connect(sys.argv[1], read_only=True)
names = [name for (name,) in connection.execute(
    "SELECT DISTINCT table_name FROM duckdb_columns() WHERE NOT internal ORDER BY 1").fetchall()]
counts = {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}
print(json.dumps([duckdb.__version__, counts]))
"""


def form(name: str) -> bytes:
    return dump_of(f"\t{TITLE}\n\n\t（2021年度）\n\n", f"专项名称|{name}", "主管部门|林业局").encode()


# ------------------------------------------------------------------------------------------------------------- DuckDB


def looked_at(python: str, database: Path) -> tuple[str, dict[str, int]]:
    run = subprocess.run([python, "-c", LOOK, str(database)], capture_output=True, text=True, check=True)
    version, counts = json.loads(run.stdout.splitlines()[-1])  # behind the progress bar of a slow machine
    return version, counts


@pytest.mark.skipif(not OLDER, reason="no OLDER_DUCKDB; make compatibility")
def test_every_table_and_view_answers_in_duckdb_1_5(tmp_path: Path, rules: RuleSet) -> None:
    database = tmp_path / "forms.duckdb"
    import_paths([ROOT / "samples"], database, rules, Options(jobs=1))
    version, counts = looked_at(OLDER or "", database)
    assert version.startswith("1.5")
    assert counts == looked_at(sys.executable, database)[1]
    assert counts["forms"] > 50


# -------------------------------------------------------------------------------------------------------------- paths


@pytest.mark.parametrize("shape", ["NFC", "NFD"])
def test_names_as_macos_decomposes_them_are_names(tmp_path: Path, rules: RuleSet, shape: str) -> None:
    """macOS writes é and が as a letter and a mark; the same file is found again under the same name."""
    folder, database = tmp_path / "archive", tmp_path / "forms.duckdb"
    folder.mkdir()
    (folder / unicodedata.normalize(shape, "résumé がんばる 表.txt")).write_bytes(form("公园管护"))
    with zipfile.ZipFile(folder / "a.zip", "w") as archive:
        archive.writestr(unicodedata.normalize(shape, "é/表.txt"), form("湿地保护"))
    assert import_paths([folder], database, rules, Options(jobs=1)).failures == 0
    assert import_paths([folder], database, rules, Options(jobs=1)).documents == 0
    with closing(open_for_reading(database)) as connection:
        assert list(verify(connection, Checked(), sources=True)) == []


WINDOWS_NAMES = (
    "司法局\\2021\\表.txt",
    "C:\\表.txt",
    "con.txt",
    "aux",
    "nul.doc",
    "表. ",
    "表?<>|*.txt",
    "a" * 240,
)


def test_names_that_windows_writes_or_refuses_are_names_in_archives(tmp_path: Path, rules: RuleSet) -> None:
    packed, database = tmp_path / "a.zip", tmp_path / "forms.duckdb"
    with zipfile.ZipFile(packed, "w") as archive:
        for number, name in enumerate(WINDOWS_NAMES):
            info = zipfile.ZipInfo("x")
            info.filename = name  # ZipInfo itself would turn it into a name of this system
            archive.writestr(info, form(f"第{number}项目"))
    summary = import_paths([packed], database, rules, Options(jobs=1))
    assert (summary.failures, summary.forms) == (0, len(WINDOWS_NAMES))
    with closing(open_for_reading(database)) as connection:
        members = {name for (name,) in connection.execute("SELECT member FROM files WHERE member <> ''").fetchall()}
    assert len(members) == len(WINDOWS_NAMES)
    assert "con.txt" in members


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"], ids=["unix", "windows", "old mac"])
def test_line_ends_of_every_system_give_the_same_form(rules: RuleSet, ending: str) -> None:
    rows = ("专项名称|公园管护", "主管部门|林业局", "专项年度绩效指标|一级指标|二级指标|三级指标内容|指标值及单位",
            " |产出指标|数量指标|修缮步道|≥3公里")  # fmt: skip
    text = dump_of(f"\t{TITLE}\n\n\t（2021年度）\n\n", *rows)
    (expected,), (found,) = (extract(data.encode(), rules).forms for data in (text, text.replace("\n", ending)))
    values = [[(field.name, field.value) for field in each.form.fields] for each in (expected, found)]
    assert values[0] == values[1]
    assert [row.target_text for row in found.form.indicators] == ["≥3公里"]


# --------------------------------------------------------------------------------------------------------- code pages


@pytest.mark.parametrize("encoding", ["cp936", "ascii"])
def test_no_code_page_of_a_terminal_stops_a_command(tmp_path: Path, encoding: str) -> None:
    """≥, ☑ and ㎡ are in no code page 936; what a terminal lacks is shown as an escape."""
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0", "COLUMNS": "120"}
    database = str(tmp_path / "forms.duckdb")
    commands = (
        ("import", str(ROOT / "samples"), "--db", database, "--jobs", "1"),
        ("report", "--db", database),
        ("report", "--lang", "zh", "--db", database),
        ("sql", "select name, target_text from indicators", "--db", database, "--format", "csv"),
        ("parse", str(ROOT / "samples" / "ticked-boxes.docx")),
    )
    for arguments in commands:
        program = [sys.executable, "-c", "from extract.cli import main; main()", *arguments]
        run = subprocess.run(program, env=environment, capture_output=True, check=False)
        assert run.returncode in (0, 1), run.stderr
        assert b"Traceback" not in run.stderr
        run.stdout.decode(encoding)


def test_rules_and_statements_that_windows_editors_saved_are_read(tmp_path: Path) -> None:
    """With carriage returns and, as Notepad does it, a byte order mark."""
    (tmp_path / "rules" / "forms").mkdir(parents=True)
    for path in (ROOT / "rules" / "forms").glob("*.yaml"):
        text = path.read_text("utf-8").replace("\n", "\r\n")
        (tmp_path / "rules" / "forms" / path.name).write_bytes(b"\xef\xbb\xbf" + b"replaces: true\r\n" + text.encode())
    linted = run_extract(tmp_path, "rules", "list", "--rules", "rules")
    assert (linted.returncode, linted.stderr) == (0, "")
    (tmp_path / "question.sql").write_bytes(b"\xef\xbb\xbfselect 1 as \xe4\xb8\x80\r\n")
    run_extract(tmp_path, "import", str(ROOT / "samples" / "one-form.txt"), "--db", "forms.duckdb")
    assert "一" in run_extract(tmp_path, "sql", "@question.sql").stdout


def test_a_package_from_another_system_is_read_whatever_its_separators(rules: RuleSet) -> None:
    """Some tools of Windows wrote backslashes into packages."""
    whole = (ROOT / "samples" / "one-form.docx").read_bytes()
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(changed, "w") as new:
        for info in old.infolist():
            other = zipfile.ZipInfo("x")
            other.filename = info.filename.replace("/", "\\")
            new.writestr(other, old.read(info))
    extraction = extract(changed.getvalue(), rules)
    assert extraction.status == "failed" or len(extraction.forms) == 1
