"""The machine fails: disk full, nothing writable, the network share gone, the clock set back, processes ended.

Whatever happens, the database is whole, people read one sentence without a traceback, and the same import run again
brings in the rest: nothing partial, nothing twice, nothing lost.
"""

from __future__ import annotations

import ctypes
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import duckdb
import psutil
import pytest

from command_line import run_extract
from extract import store
from extract.cli.output import EXIT_INTERRUPTED
from extract.importer import Options, Summary, import_paths
from extract.isolation import Workers
from extract.rules import RuleSet
from extract.store import open_for_reading, working_copy_of
from extract.verify import Checked, verify
from test_interruption import FILES, IMPORT, MEMBERS, archive, form

__all__ = ["archive"]  # a fixture
EXTRACT = "from extract.cli import main; main()"


def command(*arguments: object, program: str = EXTRACT) -> list[str]:
    return [sys.executable, "-c", program, *map(str, arguments)]


def run(*arguments: object, before: Callable[[], None] | None = None) -> subprocess.CompletedProcess[str]:
    """`extract` in a process of its own, prepared by `before`."""
    return subprocess.run(command(*arguments), preexec_fn=before, capture_output=True, text=True, check=False)


def assert_sound(database: Path, forms: int) -> None:
    with closing(open_for_reading(database)) as connection:
        assert list(verify(connection, Checked())) == []
        assert connection.execute("SELECT count(*), count(DISTINCT project_name) FROM forms").fetchall() == [
            (forms, forms)
        ]


def assert_one_clear_sentence(stderr: str, *words: str) -> None:
    assert "Traceback" not in stderr
    (line,) = [line for line in stderr.splitlines() if line.startswith("extract: ")]
    assert ";" in line
    for word in words:
        assert word in line


# ----------------------------------------------------------------------------------------------------------- the disk


def full(most_bytes: int) -> Callable[[], None]:
    """No file may grow beyond this: what the system says then is what it says when a disk is full."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))


@pytest.mark.parametrize("most_bytes", [0, 4096, 300_000, 1_500_000])
def test_a_full_disk_costs_nothing_but_the_import(archive: Path, tmp_path: Path, most_bytes: int) -> None:
    database = tmp_path / "forms.duckdb"
    arguments = ("import", archive, "--db", database, "--jobs", 1, "-q")
    stopped = run(*arguments, before=full(most_bytes))
    assert stopped.returncode != 0
    assert_one_clear_sentence(stopped.stderr, "make room")
    assert not database.exists()
    assert run(*arguments).returncode == 0
    assert_sound(database, FILES + MEMBERS)


def test_a_full_disk_leaves_a_database_that_was_there_as_it_was(archive: Path, tmp_path: Path) -> None:
    database = tmp_path / "forms.duckdb"
    assert run("import", archive / "000.txt", "--db", database, "-q").returncode == 0
    before = database.read_bytes()
    stopped = run("import", archive, "--db", database, "-q", before=full(database.stat().st_size))
    assert stopped.returncode != 0
    assert_one_clear_sentence(stopped.stderr, str(database))
    assert database.read_bytes() == before
    assert run("import", archive, "--db", database, "-q").returncode == 0
    assert_sound(database, FILES + MEMBERS)


def without_privileges() -> None:
    """Root may write anywhere, unless it has given that up."""
    if os.geteuid() == 0:
        for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
            ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP


@pytest.mark.skipif(sys.platform != "linux", reason="privileges are Linux's")
@pytest.mark.parametrize("is_there", [False, True])
def test_a_folder_that_cannot_be_written_is_said_to_be_one(archive: Path, tmp_path: Path, is_there: bool) -> None:
    folder = tmp_path / "closed"
    folder.mkdir()
    database = folder / "forms.duckdb"
    if is_there:
        assert run("import", archive / "000.txt", "--db", database, "-q").returncode == 0
    folder.chmod(0o555)
    try:
        refused = run("import", archive, "--db", database, "-q", before=without_privileges)
        listed = run("sql", "select count(*) from forms", "--db", database, before=without_privileges)
    finally:
        folder.chmod(0o755)
    assert refused.returncode == 3
    assert_one_clear_sentence(refused.stderr, str(database))
    assert sorted(path.name for path in folder.iterdir()) == (["forms.duckdb"] if is_there else [])
    assert (listed.returncode == 0) == is_there


# --------------------------------------------------------------------------------------------------------- the sources


def test_a_share_that_vanishes_in_the_midst_is_read_again_when_it_is_back(
    archive: Path, tmp_path: Path, rules: RuleSet
) -> None:
    share, away, database = tmp_path / "share", tmp_path / "away", tmp_path / "forms.duckdb"
    shutil.copytree(archive, share)

    def lose(summary: Summary) -> None:
        if summary.done and share.exists():
            share.rename(away)

    lost = import_paths([share], database, rules, Options(jobs=1), lose)
    assert 0 < lost.forms < FILES + MEMBERS
    assert lost.failures > 0
    assert all("reached" in str(problem.error.message) for problem in lost.problems)
    assert_sound(database, lost.forms)
    gone = import_paths([share], database, rules, Options(jobs=1))
    assert (gone.failures, gone.documents) == (1, 0)
    assert_sound(database, lost.forms)
    away.rename(share)
    import_paths([share], database, rules, Options(jobs=1))
    assert_sound(database, FILES + MEMBERS)


def test_an_archive_that_cannot_be_reached_is_not_called_damaged(tmp_path: Path, rules: RuleSet) -> None:
    packed = tmp_path / "more.zip"
    with zipfile.ZipFile(packed, "w") as members:
        for number in range(400):
            members.writestr(f"{number}.txt", form(number))
    away, database = tmp_path / "away.zip", tmp_path / "forms.duckdb"

    def lose(summary: Summary) -> None:
        if summary.done and packed.exists():
            packed.rename(away)

    lost = import_paths([packed], database, rules, Options(jobs=1), lose)
    assert {problem.error.code for problem in lost.problems} <= {"source.unreadable"}
    away.rename(packed)
    import_paths([packed], database, rules, Options(jobs=1))
    assert_sound(database, 400)


# ----------------------------------------------------------------------------------------------------------- the clock


def test_a_clock_that_is_set_back_loses_no_member_and_keeps_none_that_is_gone(tmp_path: Path, rules: RuleSet) -> None:
    packed, database = tmp_path / "all.zip", tmp_path / "forms.duckdb"
    backwards = datetime(2026, 11, 24)

    def earlier() -> datetime:
        nonlocal backwards
        backwards -= timedelta(hours=1)
        return backwards

    with patch.object(store, "now", earlier), patch("extract.importer.BATCH_DOCUMENTS", 3):
        for numbers in (range(20), range(5, 20)):
            with zipfile.ZipFile(packed, "w") as members:
                for number in numbers:
                    members.writestr(f"{number}.txt", form(number))
            os.utime(packed, (numbers[0], numbers[0]))
            import_paths([packed], database, rules, Options(jobs=1))
            assert_sound(database, len(numbers))
    with closing(open_for_reading(database)) as connection:
        runs = connection.execute("SELECT count(*) FROM runs WHERE finished_at >= started_at").fetchone()
    assert runs == (2,)


# -------------------------------------------------------------------------------------------------------- the database


@pytest.mark.parametrize(("version", "advice"), [(999, "update extract"), (1, "import into a new file")])
@pytest.mark.parametrize("arguments", [("import", "archive"), ("sql", "select 1"), ("verify",), ("compact",)])
def test_a_database_of_another_version_is_left_alone(
    tmp_path: Path, rules: RuleSet, version: int, advice: str, arguments: tuple[str, ...]
) -> None:
    database = tmp_path / "forms.duckdb"
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive" / "a.txt").write_bytes(form(1))
    import_paths([tmp_path / "archive" / "a.txt"], database, rules, Options(jobs=1))
    with closing(duckdb.connect(str(database))) as connection:
        connection.execute("UPDATE schema_version SET version = ?", [version])
    before = database.read_bytes()
    refused = run_extract(tmp_path, *arguments, "--db", database.name)
    assert refused.returncode == 3
    assert_one_clear_sentence(refused.stderr, advice)
    assert database.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["archive", "forms.duckdb"]


def test_reparse_takes_what_a_killed_writer_has_left_in_the_log(tmp_path: Path, archive: Path) -> None:
    """A writer that was killed leaves its last words in a .wal beside the database; a copy without it lacks them."""
    database = tmp_path / "forms.duckdb"
    assert run("import", archive / "000.txt", "--db", database, "-q").returncode == 0
    killed = (
        "import duckdb, os, sys; c = duckdb.connect(sys.argv[1]); c.execute('SET checkpoint_threshold = \\'1GB\\'');"
        "c.execute('PRAGMA disable_checkpoint_on_shutdown'); c.execute(\"UPDATE documents SET ruleset = 'older'\");"
        "os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", killed, str(database)], check=False)
    assert Path(f"{database}.wal").exists()
    shown = run("reparse", "--db", database, "--dry-run", "--json")
    assert '"documents": 1' in shown.stdout
    again = run("reparse", "--db", database)
    assert again.returncode == 0
    assert_sound(database, 1)
    with closing(open_for_reading(database)) as connection:
        assert connection.execute("SELECT count(*) FROM documents WHERE ruleset = 'older'").fetchone() == (0,)


# ------------------------------------------------------------------------------------------------------- the processes


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("share", [0.2, 0.6, 0.9])
def test_an_import_that_is_asked_to_end_says_so_and_goes_on_next_time(
    archive: Path, tmp_path: Path, sent: signal.Signals, share: float
) -> None:
    database = tmp_path / "forms.duckdb"
    arguments = ("import", archive, "--db", database, "--jobs", 1, "-q")
    process = subprocess.Popen(command(*arguments, program=IMPORT), stderr=subprocess.PIPE, text=True)
    wait_for(lambda: working_copy_of(database).exists() or process.poll() is not None)
    time.sleep(share * 0.5)
    process.send_signal(sent)
    _, stderr = process.communicate(timeout=60)
    if process.returncode == -sent:  # the interpreter was shutting down and had let go of its handlers
        assert not working_copy_of(database).exists()
        assert_sound(database, FILES + MEMBERS)
    elif process.returncode:  # or it had come to its end before
        assert process.returncode == EXIT_INTERRUPTED
        assert_one_clear_sentence(stderr, "run the same command again")
    assert run(*arguments).returncode == 0
    assert_sound(database, FILES + MEMBERS)


def workers() -> list[psutil.Process]:
    """The processes that read files, as far as they have started: they have no children of their own."""
    found = []
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):  # it has just ended
            if not child.children() and any(way in str(child.cmdline()) for way in ("spawn_main", "forkserver")):
                found.append(child)
    return found


def test_a_worker_that_the_system_kills_costs_no_file(archive: Path, tmp_path: Path, rules: RuleSet) -> None:
    """The system ends processes when memory is short; whatever they had before them is done again."""
    database, killed = tmp_path / "forms.duckdb", []

    def kill_one(summary: Summary) -> None:
        if summary.done and not killed and (found := workers()):
            killed.append(found[-1].pid)
            found[-1].kill()

    summary = import_paths([archive], database, rules, Options(jobs=2), kill_one)
    assert killed
    assert summary.failures == 0
    assert_sound(database, FILES + MEMBERS)


def test_workers_that_the_system_kills_while_they_start_cost_no_file(
    archive: Path, tmp_path: Path, rules: RuleSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit, killed = Workers.submit, []

    def submit_and_kill(pool: Workers, *call: Any) -> None:
        submit(pool, *call)
        if not killed:
            wait_for(lambda: bool(workers()))
            for worker in workers():
                killed.append(worker.pid)
                worker.kill()

    monkeypatch.setattr(Workers, "submit", submit_and_kill)
    summary = import_paths([archive], tmp_path / "forms.duckdb", rules, Options(jobs=2))
    assert killed
    assert summary.failures == 0
    assert_sound(tmp_path / "forms.duckdb", FILES + MEMBERS)


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
