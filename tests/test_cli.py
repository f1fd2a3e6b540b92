"""The command line as a user meets it: output, messages, exit codes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from command_line import Run, run_extract
from conftest import dump_of
from containers import Declaration, declaration_table, docx, dump

DECLARATION = Declaration()


class Extract:
    """Runs `extract` in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, *arguments: str, stdin: str = "") -> Run:
        return run_extract(self.folder, *arguments, stdin=stdin)


@pytest.fixture
def extract(tmp_path: Path) -> Extract:
    (tmp_path / "form.txt").write_text(dump([declaration_table(DECLARATION)]), "utf-8")
    (tmp_path / "form.docx").write_bytes(docx([declaration_table(DECLARATION)]))
    return Extract(tmp_path)


@pytest.fixture
def imported(extract: Extract) -> Extract:
    assert extract("import", "form.txt").returncode == 0
    return extract


def form_id(extract: Extract) -> str:
    (row,) = json.loads(extract("sql", "select form_id from forms", "--json").stdout)
    return str(row["form_id"])


def test_import_says_what_it_did_and_what_to_do_next(extract: Extract) -> None:
    run = extract("import", "form.txt", "form.docx")
    assert (run.returncode, run.stdout) == (0, "")
    assert "2 files: 2 read (2 extracted), 0 already known, 0 failed; 2 forms" in run.stderr
    assert "Next: extract report" in run.stderr


def test_import_is_silent_when_asked(extract: Extract) -> None:
    run = extract("import", "form.txt", "--quiet")
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


def test_import_prints_json_when_asked(extract: Extract) -> None:
    summary = json.loads(extract("import", "form.txt", "missing.txt", "--json").stdout)
    assert (summary["files"], summary["forms"]) == (2, 1)
    assert summary["problems"][0]["code"] == "source.missing"


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("empty.txt", b"", "the file is empty (0 bytes)"),
        ("picture.doc", b"\x89PNG\r\n\x1a\n" + bytes(99), "this is a PNG picture, which cannot be read"),
        ("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old.doc: "),
        ("torn.docx", b"PK\x03\x04" + b"\0" * 26 + b"word/document.xml", ""),
        ("noise.txt", b"\x81\xff\x00\x9d" * 50, "the bytes are neither a known document format nor text"),
    ],
)
def test_one_bad_file_costs_only_itself(extract: Extract, name: str, content: bytes, sentence: str) -> None:
    (extract.folder / name).write_bytes(content)
    run = extract("import", ".")
    assert run.returncode == 1
    assert f"{name}: " in run.stderr
    assert sentence in run.stderr
    assert "Traceback" not in run.stderr
    assert len(json.loads(extract("sql", "select * from forms", "--json").stdout)) == 2


def test_parse_of_a_bad_file_is_one_sentence_and_exit_code_3(extract: Extract) -> None:
    (extract.folder / "empty.docx").write_bytes(b"")
    run = extract("parse", "empty.docx")
    assert (run.returncode, run.stdout) == (3, "")
    assert run.stderr == "extract: empty.docx: the file is empty (0 bytes); look for another copy\n"


def test_a_missing_file_is_exit_code_3(extract: Extract) -> None:
    assert extract("parse", "nowhere.docx").returncode == 3
    assert extract("import", "nowhere").returncode == 3


def test_a_file_without_forms_says_how_to_look_at_it(extract: Extract) -> None:
    (extract.folder / "minutes.txt").write_text("会议纪要\n", "utf-8")
    run = extract("parse", "minutes.txt")
    assert run.returncode == 1
    assert "extract read minutes.txt" in run.stderr


def test_parse_prints_the_forms_as_json(extract: Extract) -> None:
    result = json.loads(extract("parse", "form.docx", "--json").stdout)
    values = {field["name"]: field["value"] for field in result["forms"][0]["fields"]}
    assert values["project_name"] == DECLARATION.project_name
    assert result["characters"]["leftover"] == 0


def test_parse_shows_the_form_beside_its_source(extract: Extract) -> None:
    shown = extract("parse", "form.txt").stdout
    assert DECLARATION.project_name in shown
    assert ">= " in shown


def test_in_a_pipe_the_form_stands_above_its_source(extract: Extract) -> None:
    environment = {key: value for key, value in os.environ.items() if key != "COLUMNS"} | {"PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "extract", "parse", "form.txt"]
    run = subprocess.run(
        command, cwd=extract.folder, env=environment, capture_output=True, encoding="utf-8", check=True
    )
    assert max(map(len, run.stdout.splitlines())) < 1000


def test_read_prints_the_document_as_the_reader_sees_it(extract: Extract) -> None:
    document = json.loads(extract("read", "form.docx", "--json").stdout)
    assert set(document) >= {"format", "encoding", "text", "blocks"}
    cell = document["blocks"][0]["rows"][0][0]
    assert (cell["text"], cell["row"], cell["column"], cell["column_span"]) == ("专项资金预算绩效目标申报表", 0, 0, 8)
    assert "|专项资金预算绩效目标申报表" in extract("read", "form.docx").stdout


def test_report_counts_forms_and_indicators(imported: Extract) -> None:
    shown = imported("report").stdout
    assert "Documents: 1 (1 extracted) · forms: 1" in shown
    assert "special-fund-declaration" in shown
    figures = json.loads(imported("report", "--json").stdout)
    assert figures["kinds"][0]["indicators"] == len(DECLARATION.indicators)


def test_report_groups_the_forms_that_no_rule_knows_by_layout(extract: Extract) -> None:
    for number, project in enumerate(("农家书屋", "电影下乡")):
        rows = dump_of("文化惠民工程绩效情况调查表\n\n", f"工程名称|{project}", "责任人|周明")
        (extract.folder / f"unknown-{number}.txt").write_text(rows, "utf-8")
    extract("import", ".", "--quiet")
    assert "extract rules draft unknown-0.txt" in extract("report", "--unknown").stdout
    (layout,) = json.loads(extract("report", "--unknown", "--json").stdout)
    assert (layout["forms"], layout["labels"]) == (2, "工程名称 · 责任人")


def test_show_finds_a_form_by_the_beginning_of_its_id(imported: Extract) -> None:
    shown = imported("show", form_id(imported)[:6]).stdout
    assert DECLARATION.project_name in shown
    assert "source: value" in shown


def test_show_of_an_unknown_form_says_how_to_list_them(imported: Extract) -> None:
    run = imported("show", "ffff")
    assert run.returncode == 2
    assert "extract sql 'select form_id from forms'" in run.stderr


def test_sql_prints_rows_and_null(imported: Extract) -> None:
    shown = imported("sql", "select 项目名称, 实施单位 from 申报表").stdout
    assert DECLARATION.project_name in shown
    assert "NULL" in shown


def test_sql_that_fails_is_wrong_usage_with_an_explanation(imported: Extract) -> None:
    run = imported("sql", "select * from formz")
    assert run.returncode == 2
    assert "forms" in run.stderr
    assert "Traceback" not in run.stderr


def test_markup_and_control_characters_in_data_are_shown_not_obeyed(extract: Extract) -> None:
    hostile = Declaration(project_name="项目[/]\x1b[31m红")
    (extract.folder / "hostile.txt").write_text(dump([declaration_table(hostile)]), "utf-8")
    run = extract("parse", "hostile.txt")
    assert run.returncode == 0
    assert "项目[/]␛[31m红" in run.stdout


def test_target_explains_and_prints_json_lines(extract: Extract) -> None:
    assert ">= 389 件" in extract("target", "≥389件").stdout
    lines = extract("target", "--json", "-", stdin="≥389件\n有明显进步\n").stdout.splitlines()
    first, second = (json.loads(line) for line in lines)
    assert (first["operator"], first["value"], first["unit"]) == (">=", "389", "件")
    assert (second["kind"], second["operator"]) == ("qualitative", None)


def test_rules_list_names_the_kinds(extract: Extract) -> None:
    assert "special-fund-declaration" in extract("rules", "list").stdout


def test_a_wrong_rule_file_is_exit_code_5_with_its_place(extract: Extract) -> None:
    (extract.folder / "mine" / "forms").mkdir(parents=True)
    (extract.folder / "mine" / "forms" / "x.yaml").write_text("kind: x\nnmae: y\n", "utf-8")
    run = extract("import", "form.txt", "--rules", "mine")
    assert run.returncode == 5
    assert "x.yaml, line" in run.stderr


def test_no_arguments_teach(extract: Extract) -> None:
    assert "extract import" in extract().stdout + extract().stderr
    for command in ("import", "parse", "read", "report", "show", "sql", "target"):
        assert "Usage" in extract(command, "--help").stdout


@pytest.mark.parametrize("statements", ["", "select 1; select 2"])
def test_sql_takes_exactly_one_statement(imported: Extract, statements: str) -> None:
    run = imported("sql", statements)
    assert run.returncode == 2
    assert "Traceback" not in run.stderr


def test_ctrl_c_says_that_what_was_written_is_kept(extract: Extract) -> None:
    for number in range(1500):
        (extract.folder / f"{number}.txt").write_text(
            dump([declaration_table(Declaration(unit_head=f"周{number}"))]), "utf-8"
        )
    command = [sys.executable, "-m", "extract", "import", ".", "--quiet"]
    process = subprocess.Popen(command, cwd=extract.folder, stderr=subprocess.PIPE)
    while not (extract.folder / "forms.duckdb.importing").exists():
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "what was written is kept" in errors.decode()


def test_a_folder_of_rules_without_rules_is_refused(extract: Extract) -> None:
    (extract.folder / "nothing").mkdir()
    run = extract("rules", "list", "--rules", "nothing")
    assert run.returncode == 5
    assert "holds no rules" in run.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_a_terminal_sees_how_far_an_import_is(tmp_path: Path) -> None:
    import pty

    (tmp_path / "note.txt").write_text("会议纪要", "utf-8")
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "extract", "import", "note.txt", "--jobs", "1"]
    subprocess.run(command, cwd=tmp_path, stderr=theirs, env={**os.environ, "COLUMNS": "120", "NO_COLOR": "1"})
    os.close(theirs)
    shown = b""
    with suppress(OSError):  # the end of a pseudo-terminal
        while data := os.read(ours, 2**16):
            shown += data
    os.close(ours)
    assert b"0/1 files" in shown
    assert b"None" not in shown
