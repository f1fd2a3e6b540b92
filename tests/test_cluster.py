"""On a cluster an archive gives the same rows as on one machine, whatever happens to workers and files."""

from __future__ import annotations

import io
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import psutil
import pytest
from distributed import LocalCluster

import poison
from conftest import TITLE, dump_of, query
from extract.cluster import client
from extract.cluster.attaching import attach
from extract.cluster.client import Cluster, cut, import_on_cluster
from extract.cluster.merging import Merged, merge
from extract.cluster.parts import Parts, part_name
from extract.cluster.shard import Fitness, Settings, Shard, import_shard, versions
from extract.corrections import Change, record
from extract.errors import ClusterError, ExtractError, StoreError, UsageError
from extract.export import Selection, export
from extract.importer import Options, Summary, import_paths
from extract.rules import RuleSet
from extract.show import load_form
from extract.sources import EPOCH, Source, find_sources
from extract.store import Store, open_for_reading

pytestmark = pytest.mark.network  # Dask's processes talk to each other over 127.0.0.1
TESTS = Path(__file__).parent
FILES, MEMBERS = 24, 6
POISON = {"LOOP": "timeout", "SWELL": "memory", "DIE": "crash", "FAIL": "internal.fault"}
OPTIONS = Options(jobs=2, timeout=6, memory_bytes=256 * 2**20, extract=poison.extract)


def form(name: str) -> bytes:
    return dump_of(f"\t{TITLE}\n\n\t（2021年度）\n\n", f"专项名称|{name}", "主管部门|林业局").encode()


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forms in files and in a zip within a zip, one content twice, a lock file, and files that are poison."""
    folder = tmp_path_factory.mktemp("archive")
    for number in range(FILES):
        (folder / f"{number:02}.txt").write_bytes(form(f"公园管护第{number}号"))
    shutil.copy(folder / "03.txt", folder / "17 copy.txt")
    inner, outer = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(inner, "w") as members:
        for number in range(MEMBERS):
            members.writestr(f"司法局/{number}.txt", form(f"湿地管护第{number}号"))
    with zipfile.ZipFile(outer, "w") as members:
        members.writestr("2021.zip", inner.getvalue())
        members.writestr("~$0.txt", b"somebody")
    (folder / "10 more.zip").write_bytes(outer.getvalue())
    (folder / "~$00.txt").write_bytes(b"somebody")
    for number, name in enumerate(POISON):
        (folder / f"{number}5 {name}.txt").write_text(f"{name} 专项名称", "utf-8")
    return folder


@pytest.fixture(scope="module")
def workers() -> Iterator[LocalCluster]:
    """Dask's scheduler and two workers, each a process with a nanny; what they start finds the poison."""
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = str(TESTS)
    try:
        with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster:
            yield cluster
    finally:
        os.environ.pop("PYTHONPATH") if before is None else os.environ.update(PYTHONPATH=before)


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Parts:
    return Parts(str(tmp_path_factory.mktemp("shared") / "parts"))


@pytest.fixture(scope="module")
def first_run(workers: LocalCluster, archive: Path, parts: Parts, rules: RuleSet) -> Summary:
    """The archive on the cluster; one of the workers is killed when the first shard is done."""
    killed: list[int] = []

    def kill_once(summary: Summary) -> None:
        if not killed:
            killed.append(workers.workers[0].pid)
            os.kill(killed[0], signal.SIGKILL)

    cluster = Cluster(workers.scheduler_address, shard_files=13)
    summary = import_on_cluster([archive], parts, parts_less(parts), rules, OPTIONS, cluster, kill_once)
    assert killed
    return summary


def parts_less(parts: Parts) -> Path:
    """A database beside the parts, which is not there."""
    return Path(parts.url).with_name("none.duckdb")


def exported(database: Path) -> dict[str, bytes]:
    """Every table as a file of bytes."""
    folder = database.with_suffix(".exported")
    export(database, folder, Selection(), "csv", with_contacts=True)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def shard_processes() -> list[psutil.Process]:
    running = psutil.process_iter(["cmdline"])
    return [each for each in running if "extract.cluster.shard" in (each.info["cmdline"] or ())]


# ------------------------------------------------------------------------------------------------------------ the run


def test_with_a_worker_killed_in_the_middle_the_rows_are_those_of_a_plain_import(
    first_run: Summary, archive: Path, parts: Parts, tmp_path: Path, rules: RuleSet
) -> None:
    plain = import_paths([archive], tmp_path / "plain.duckdb", rules, OPTIONS)
    assert merge(parts, tmp_path / "merged.duckdb", rules).forms == FILES + MEMBERS
    assert exported(tmp_path / "merged.duckdb") == exported(tmp_path / "plain.duckdb")
    places = "select path || '!/' || member from files where member like '%湿%' or member like '%司法局/3%'"
    assert query(tmp_path / "merged.duckdb", places) == [(f"{archive}/10 more.zip!/2021.zip!/司法局/3.txt",)]
    assert (first_run.files, first_run.archives, first_run.passed_over) == (
        plain.files,
        plain.archives,
        plain.passed_over,
    )


def test_each_poison_file_is_named_with_what_it_did_and_costs_only_itself(first_run: Summary) -> None:
    found = {Path(problem.path or "").stem.split(" ")[1]: problem.error.code for problem in first_run.problems}
    assert found == POISON
    assert first_run.forms == FILES + MEMBERS + 1  # the copy lies in another shard


def test_nothing_of_the_killed_worker_is_left(first_run: Summary, parts: Parts) -> None:
    deadline = time.monotonic() + 10
    while shard_processes() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not shard_processes()
    assert {path.name[:5] for path in Path(parts.url).iterdir()} == {"part="}


def test_a_finished_run_has_nothing_to_do(
    first_run: Summary, workers: LocalCluster, archive: Path, parts: Parts, rules: RuleSet
) -> None:
    before = sorted(Path(parts.url).rglob("*"))
    cluster = Cluster(workers.scheduler_address, shard_files=13)
    again = import_on_cluster([archive], parts, parts_less(parts), rules, OPTIONS, cluster)
    assert (again.documents, again.failures, again.failed_before) == (0, 0, len(POISON))
    assert (again.files, again.skipped, again.passed_over) == (first_run.files, first_run.files, {"lock_file": 1})
    assert sorted(Path(parts.url).rglob("*")) == before


def test_merging_again_adds_nothing(first_run: Summary, parts: Parts, tmp_path: Path, rules: RuleSet) -> None:
    merge(parts, tmp_path / "forms.duckdb", rules)
    before = exported(tmp_path / "forms.duckdb")
    assert merge(parts, tmp_path / "forms.duckdb", rules) == Merged()
    assert exported(tmp_path / "forms.duckdb") == before


def test_attached_parts_show_what_merged_ones_hold(
    first_run: Summary, parts: Parts, tmp_path: Path, rules: RuleSet
) -> None:
    merge(parts, tmp_path / "merged.duckdb", rules)
    assert attach(parts, tmp_path / "attached.duckdb", rules) == FILES + MEMBERS
    assert exported(tmp_path / "attached.duckdb") == exported(tmp_path / "merged.duckdb")
    with closing(open_for_reading(tmp_path / "attached.duckdb")) as connection:
        ((form_id,),) = connection.execute("SELECT form_id FROM forms WHERE project_name = '湿地管护第3号'").fetchall()
        assert load_form(connection, form_id).fields[0][:2] == ("project_name", "湿地管护第3号")


def test_a_file_that_ends_the_process_of_its_shard_is_found_and_named(
    workers: LocalCluster, tmp_path: Path, rules: RuleSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "RETRIES", 0)
    (tmp_path / "archive").mkdir()
    for name, content in (("1", form("甲")), ("2", b"PARENT"), ("3", form("乙"))):
        (tmp_path / "archive" / f"{name}.txt").write_bytes(content)
    folder = Parts(str(tmp_path / "parts"))
    cluster = Cluster(workers.scheduler_address, shard_files=2)
    summary = import_on_cluster([tmp_path / "archive"], folder, tmp_path / "none", rules, OPTIONS, cluster)
    assert [(Path(problem.path or "").name, problem.error.code) for problem in summary.problems] == [("2.txt", "crash")]
    assert summary.forms == 2
    merge(folder, tmp_path / "forms.duckdb", rules)
    assert query(tmp_path / "forms.duckdb", "select count(*) from files where status = 'crash'") == [(1,)]


def test_what_other_rules_have_parsed_is_parsed_again(workers: LocalCluster, tmp_path: Path, rules: RuleSet) -> None:
    (tmp_path / "a.txt").write_bytes(form("公园管护"))
    database, parts = tmp_path / "forms.duckdb", Parts(str(tmp_path / "parts"))
    import_paths([tmp_path / "a.txt"], database, replace(rules, version="older"), OPTIONS)
    cluster = Cluster(workers.scheduler_address)
    assert import_on_cluster([tmp_path / "a.txt"], parts, database, rules, OPTIONS, cluster).documents == 1
    merge(parts, database, rules)
    assert query(database, "select ruleset, form_count from documents") == [(rules.version, 1)]
    assert import_on_cluster([tmp_path / "a.txt"], parts, database, rules, OPTIONS, cluster).skipped == 1


def test_the_command_line_imports_on_a_cluster_and_merges(workers: LocalCluster, archive: Path, tmp_path: Path) -> None:
    arguments = [str(archive / "0[0-3].txt"), "--parts", str(tmp_path / "parts"), "--db", str(tmp_path / "a.duckdb")]
    command = [sys.executable, "-m", "extract", "import", *arguments, "--cluster", workers.scheduler_address]
    run = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert run.stderr == (
        "4 files: 4 read (4 extracted), 0 already known, 0 failed; 4 forms\n"
        f"1 new part merged into {tmp_path / 'a.duckdb'}: 4 files, 4 new documents, 4 forms\n"
        f"Next: extract report --db {tmp_path / 'a.duckdb'}\n"
    )
    assert run.returncode == 0


# ------------------------------------------------------------------------------------------------ parts without a run


@pytest.fixture
def made(tmp_path: Path, rules: RuleSet) -> Callable[[int, dict[str, bytes]], Parts]:
    """Write files into a folder and make a part of them, as a worker does in a run of this number."""
    folder = Parts(str(tmp_path / "parts"))
    folder.prepare()

    def make(run: int, files: dict[str, bytes]) -> Parts:
        place = tmp_path / "archive"
        place.mkdir(exist_ok=True)
        for name, content in files.items():
            (place / name).write_bytes(content)
        sources = tuple(s for s in find_sources([place]) if isinstance(s, Source) and Path(s.path).name in files)
        with folder.marked() as mark:
            settings = Settings(rules, Options(jobs=1), folder, mark)
            import_shard(settings, Shard(part_name(run, "\n".join(files)), sources))
        return folder

    return make


def test_of_a_file_that_changed_the_later_part_counts(
    made: Callable[[int, dict[str, bytes]], Parts], tmp_path: Path, rules: RuleSet
) -> None:
    made(1, {"a.txt": form("甲"), "b.txt": form("乙")})
    parts = made(2, {"a.txt": form("丙")})
    attach(parts, tmp_path / "attached.duckdb", rules)
    merge(parts, tmp_path / "merged.duckdb", rules)
    for database in ("attached.duckdb", "merged.duckdb"):
        assert query(tmp_path / database, "select project_name from forms order by 1") == [("丙",), ("乙",)]


def test_the_same_shard_done_twice_is_one_part(made: Callable[[int, dict[str, bytes]], Parts], tmp_path: Path) -> None:
    made(1, {"a.txt": form("甲")})
    assert len(made(1, {"a.txt": form("甲")}).whole()) == 1
    assert len(list((tmp_path / "parts").iterdir())) == 1


def test_a_part_without_its_marker_does_not_count(
    made: Callable[[int, dict[str, bytes]], Parts], tmp_path: Path, rules: RuleSet
) -> None:
    parts = made(1, {"a.txt": form("甲")})
    next((tmp_path / "parts").glob("*/success.json")).unlink()
    with pytest.raises(UsageError, match="holds no part that is whole"):
        merge(parts, tmp_path / "forms.duckdb", rules)


def test_corrections_survive_a_merge(
    made: Callable[[int, dict[str, bytes]], Parts], tmp_path: Path, rules: RuleSet
) -> None:
    database = tmp_path / "forms.duckdb"
    parts = made(1, {"a.txt": form("甲")})
    merge(parts, database, rules)
    ((form_id,),) = query(database, "select form_id from forms")
    with Store(database) as store, store.transaction() as connection:
        change = Change("forms", "1", "title", "另一张表")
        record(connection, form_id, [change], "reviewer", datetime(2021, 1, 1))
        connection.execute("UPDATE documents SET ruleset = 'older'; DELETE FROM merged_parts")
    assert merge(parts, database, rules).documents == 1
    assert query(database, "select title from forms") == [("另一张表",)]


def test_parts_lie_in_any_store_that_fsspec_knows(
    made: Callable[[int, dict[str, bytes]], Parts], tmp_path: Path, rules: RuleSet
) -> None:
    here = made(1, {"a.txt": form("甲")})
    (part,) = here.whole()
    there = Parts("memory://parts")
    there.prepare()
    there.publish(Path(here.url, part.name), part.name)
    assert there.whole() == [part]
    merge(there, tmp_path / "forms.duckdb", rules)
    assert query(tmp_path / "forms.duckdb", "select project_name from forms") == [("甲",)]
    with pytest.raises(UsageError, match="only a folder can be attached"):
        attach(there, tmp_path / "attached.duckdb", rules)


def test_nothing_is_written_into_attached_parts(
    made: Callable[[int, dict[str, bytes]], Parts], tmp_path: Path, rules: RuleSet
) -> None:
    database = tmp_path / "forms.duckdb"
    parts = made(1, {"a.txt": form("甲")})
    attach(parts, database, rules)
    with pytest.raises(StoreError, match="extract merge PARTS"):
        Store(database)
    shutil.rmtree(parts.url)
    with pytest.raises(StoreError, match="which is not there"):
        query(database, "from forms")


def test_a_database_with_rows_is_not_replaced_by_attached_parts(
    made: Callable[[int, dict[str, bytes]], Parts], tmp_path: Path, rules: RuleSet
) -> None:
    parts = made(1, {"a.txt": form("甲")})
    merge(parts, tmp_path / "forms.duckdb", rules)
    with pytest.raises(StoreError, match="holds rows of its own"):
        attach(parts, tmp_path / "forms.duckdb", rules)


# -------------------------------------------------------------------------------------------------------- shards


def test_shards_end_at_their_number_of_files_or_bytes_and_no_file_is_lost() -> None:
    sizes = [1, 1, 1, client.SHARD_BYTES, 1, client.SHARD_BYTES + 1, 1]
    sources = [Source(f"/{number}", size, EPOCH) for number, size in enumerate(sizes)]
    groups = list(cut(sources, 2))
    assert [source for group in groups for source in group] == sources
    assert [len(group) for group in groups] == [2, 1, 1, 1, 1, 1]


# ------------------------------------------------------------------------------------------------------------- errors


def failing(paths: list[Path], parts: Parts, rules: RuleSet, address: str) -> ExtractError:
    cluster = Cluster(address, patience=1)
    with pytest.raises(ExtractError) as raised:
        import_on_cluster(paths, parts, Path(parts.url).with_name("none.duckdb"), rules, OPTIONS, cluster)
    return raised.value


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "no:address:at all"])
def test_a_scheduler_that_does_not_answer_is_told_in_a_sentence(
    tmp_path: Path, archive: Path, rules: RuleSet, address: str
) -> None:
    error = failing([archive], Parts(str(tmp_path / "parts")), rules, address)
    assert str(error) == f"{address}: no scheduler answers; start one with: dask scheduler"


def test_a_scheduler_without_workers_is_told_in_a_sentence(tmp_path: Path, archive: Path, rules: RuleSet) -> None:
    with LocalCluster(n_workers=0, dashboard_address=":0") as empty:
        error = failing([archive], Parts(str(tmp_path / "parts")), rules, empty.scheduler_address)
        assert str(error).endswith(f"has no workers; start some with: dask worker {empty.scheduler_address}")


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (Fitness("county-7", versions() | {"Python": "3.9"}, True), "worker county-7 has Python 3.9, and this machine"),
        (Fitness("county-7", versions(), False), "worker county-7 does not see the folder of parts"),
        (ModuleNotFoundError("No module named 'extract'"), "cannot run extract .No module named 'extract'.; install"),
    ],
)
def test_a_worker_that_cannot_do_it_is_named_with_the_reason(found: Any, told: str, tmp_path: Path) -> None:
    class Client:
        def run(self, *_: Any, **__: Any) -> dict[str, Any]:
            return {"tcp://10.0.0.7:1234": found}

    with pytest.raises(ClusterError, match=told):
        client._refuse_unfit_workers(Client(), Parts(str(tmp_path)), "mark")  # type: ignore[arg-type]


def test_a_worker_that_does_not_see_the_archive_reads_nothing(tmp_path: Path, rules: RuleSet) -> None:
    parts = Parts(str(tmp_path))
    source = Source("/not/on/this/machine/a.doc", 1, EPOCH)
    with parts.marked() as mark, pytest.raises(ClusterError, match="does not see /not/on/this/machine; share"):
        import_shard(Settings(rules, OPTIONS, parts, mark), Shard("part=0001-a", (source,)))
    with pytest.raises(ClusterError, match="does not see the folder of parts"):
        import_shard(Settings(rules, OPTIONS, parts, "another mark"), Shard("part=0001-a", (source,)))
    assert parts.whole() == []


def test_parts_of_other_tables_are_refused(made: Callable[[int, dict[str, bytes]], Parts], tmp_path: Path) -> None:
    parts = made(1, {"a.txt": form("甲")})
    marker = next((tmp_path / "parts").glob("*/success.json"))
    marker.write_text(marker.read_text("utf-8").replace('"schema": ', '"schema": 9'), "utf-8")
    with pytest.raises(StoreError, match="use another folder of parts"):
        parts.whole()
