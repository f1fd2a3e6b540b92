"""A poison file costs only itself, whether it loops, swells, kills its process or meets a fault of ours."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from weakref import ref

import pytest

import poison
from conftest import TITLE, dump_of, query
from extract.importer import Options, Summary, import_paths
from extract.rules import RuleSet
from extract.worker import leaving_nothing

POISON = {"LOOP": "timeout", "SWELL": "memory", "DIE": "crash", "FAIL": "internal.fault"}
HEALTHY = 40


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("archive")
    for number in range(HEALTHY):
        text = dump_of(f"\t{TITLE}\n\n\t（2021年度）\n\n", f"专项名称|公园管护第{number}号", "主管部门|林业局")
        (folder / f"form-{number:02}.txt").write_text(text, "utf-8")
    for number, name in enumerate(POISON):
        (folder / f"form-{number}5-{name}.txt").write_text(f"{name} 专项名称", "utf-8")
    return folder


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("database") / "forms.duckdb"


@pytest.fixture(scope="module")
def summary(archive: Path, database: Path, rules: RuleSet) -> Summary:
    options = Options(jobs=2, timeout=1.5, memory_bytes=256 * 2**20, extract=poison.extract)
    return import_paths([archive], database, rules, options)


def test_all_healthy_files_come_out_once(summary: Summary, database: Path) -> None:
    assert summary.forms == HEALTHY
    assert query(database, "select count(*), count(distinct project_name) from forms") == [(HEALTHY, HEALTHY)]


def test_each_poison_file_is_named_with_what_it_did(summary: Summary, archive: Path) -> None:
    found = {Path(problem.path or "").stem.split("-")[2]: problem.error.code for problem in summary.problems}
    assert found == POISON


def test_a_fault_of_ours_keeps_its_traceback_without_what_the_file_says(summary: Summary) -> None:
    (fault,) = [problem for problem in summary.problems if problem.error.code == "internal.fault"]
    assert fault.traceback.endswith("RuntimeError")
    assert "in extract" in fault.traceback


@pytest.mark.parametrize(("name", "status"), POISON.items())
def test_the_status_stands_beside_the_file_and_the_document(
    summary: Summary, database: Path, archive: Path, name: str, status: str
) -> None:
    (path,) = archive.glob(f"*{name}*")
    document_id = hashlib.sha256(path.read_bytes()).hexdigest()
    files = query(database, f"select document_id, status from files where path = '{path}'")
    assert files == [(document_id, status)]
    documents = query(database, f"select status, error_code from documents where document_id = '{document_id}'")
    assert documents == [("failed", status)]


def test_a_file_that_swells_leaves_its_memory_to_the_next_ones() -> None:
    class Hoard:
        pass

    hoards: list[ref[Hoard]] = []

    def swell(items: Sequence[str]) -> list[str]:
        hoard = Hoard()
        hoards.append(ref(hoard))
        raise MemoryError

    with pytest.raises(MemoryError) as kept_until_it_is_told:
        leaving_nothing(swell, ["a file"])
    assert kept_until_it_is_told
    assert hoards[0]() is None


def test_poison_is_not_tasted_again_unless_asked(
    summary: Summary, archive: Path, database: Path, rules: RuleSet
) -> None:
    again = import_paths([archive], database, rules, Options(jobs=1))
    assert (again.failures, again.failed_before, again.skipped) == (0, 4, HEALTHY + 4)
    cured = import_paths([archive], database, rules, Options(jobs=1, retry_failed=True))
    assert (cured.failures, cured.statuses) == (0, {"no_form": 4})
