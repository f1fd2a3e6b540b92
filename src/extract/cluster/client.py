"""The client: cuts an archive into shards and has Dask's workers import them, until every file is in a part.

What is in a part already is not read again. A shard that fails (its worker was killed, its process died) is tried
again, then in halves, until the file that does it stands alone: that one is noted with its name, all others come out.
Only so many shards are handed out as the workers have before them, so that scheduler and client stay small.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb
from distributed import Client, Future, KilledWorker, as_completed
from distributed.comm.addressing import get_address_host_port

from extract.cluster.merging import show_parts
from extract.cluster.parts import Parts, part_name, run_of
from extract.cluster.shard import Fitness, Settings, Shard, ShardKilled, fitness, parts_not_shared, run_shard, versions
from extract.errors import ClusterError, ExtractError
from extract.importer import Options, Progress, Summary, sources_to_read
from extract.language import Message
from extract.rules import RuleSet
from extract.sources import Source
from extract.sources.litter import LITTER
from extract.store import now

ROWS_AT_ONCE = 10_000

SHARD_BYTES = 2**30
"""A shard ends where its files have so many bytes, however few they are."""

SHARDS_AHEAD = 2
"""Shards that each thread of the workers has before it, so that none waits."""

RETRIES = 1
"""So often a shard that failed is tried again as it is; Dask does so by itself for workers that died."""


MOST_FAULTS = 5
"""So many files that end their process, with nothing healthy between them, are not the files' fault."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where to run: the address of Dask's scheduler, files in a shard at most, and seconds to wait for an answer."""

    address: str
    shard_files: int = 5000
    patience: float = 10


def import_on_cluster(
    paths: Sequence[Path],
    parts: Parts,
    database: Path,
    rules: RuleSet,
    options: Options,
    cluster: Cluster,
    progress: Progress = lambda summary: None,
) -> Summary:
    """Have every file that `paths` name in a part, except those that the database has already.

    Raises ClusterError where the workers cannot do it, StoreError and RuleError.
    """
    parts.prepare()
    summary = Summary()
    with _connected(cluster) as client, parts.marked() as mark, duckdb.connect() as table:
        _refuse_unfit_workers(client, parts, mark)
        collect(table, sources_to_read(paths, database, rules, options, summary))
        leave_out_what_parts_hold(table, parts, rules, options, summary)
        (summary.total,) = table.execute("SELECT count(*) FROM sources").fetchone() or (0,)
        settings = Settings(rules, replace(options, jobs=1, compares=False), parts, mark)
        _Run(client, settings, summary, progress).work_off(cut(_sources(table), cluster.shard_files))
    return summary


# -------------------------------------------------------------------------------------------------------- the workers


@contextmanager
def _connected(cluster: Cluster) -> Iterator[Client]:
    """A client of the scheduler, which has workers."""
    for name in ("distributed", "distributed.client", "tornado.application"):  # what they say, we say in a sentence
        logging.getLogger(name).setLevel(logging.CRITICAL)
    warnings.filterwarnings("ignore", module="distributed")
    try:
        get_address_host_port(cluster.address)
        client = Client(cluster.address, timeout=cluster.patience, set_as_default=False)
    except (OSError, ValueError) as error:
        message = Message(
            f"{cluster.address}: no scheduler answers; start one with: dask scheduler",
            f"{cluster.address}：调度器没有应答；启动调度器：dask scheduler",
        )
        raise ClusterError("cluster.unreachable", message) from error
    with client:
        try:
            client.wait_for_workers(1, timeout=cluster.patience)
        except TimeoutError as error:
            message = Message(
                f"{cluster.address}: has no workers; start some with: dask worker {cluster.address}",
                f"{cluster.address}：没有工作进程；启动：dask worker {cluster.address}",
            )
            raise ClusterError("cluster.no_workers", message) from error
        yield client


def _refuse_unfit_workers(client: Client, parts: Parts, mark: str) -> None:
    """Raises ClusterError for a worker that is of another version, or does not see the folder of parts."""
    for address, fit in client.run(fitness, parts, mark, on_error="return").items():
        if not isinstance(fit, Fitness):
            message = Message(
                f"worker {address} cannot run extract ({fit}); install the same declaration-extract[cluster] there",
                f"工作机 {address} 不能运行 extract（{fit}）；请在那里安装相同的 declaration-extract[cluster]",
            )
            raise ClusterError("cluster.unfit", message)
        for name, here in versions().items():
            if fit.versions[name] != here:
                found = Message(
                    f"has {name} {fit.versions[name]}, and this machine {here}",
                    f"的 {name} 是 {fit.versions[name]}，本机是 {here}",
                )
                raise ClusterError(
                    "cluster.other_version",
                    Message(
                        f"worker {fit.host} {found.en}; install the same on all machines",
                        f"工作机 {fit.host} {found.zh}；请在所有机器上安装相同版本",
                    ),
                )
        if not fit.sees_parts:
            raise parts_not_shared(fit.host, parts)


# --------------------------------------------------------------------------------------------------------- the shards


def collect(table: duckdb.DuckDBPyConnection, sources: Iterable[Source]) -> None:
    """Put the sources into a table, for there may be millions."""
    columns = "path VARCHAR, size_bytes BIGINT, modified_at TIMESTAMP, litter VARCHAR, raw BLOB"
    table.execute(f"CREATE TABLE sources ({columns})")
    with table.appender("sources") as appender:
        iterator = iter(sources)
        while some := list(islice(iterator, ROWS_AT_ONCE)):
            appender.append_rows([(s.path, s.size_bytes, s.modified_at, s.litter, s.raw) for s in some])


def leave_out_what_parts_hold(
    table: duckdb.DuckDBPyConnection, parts: Parts, rules: RuleSet, options: Options, summary: Summary
) -> None:
    """Take out of the table, and count, the sources that have not changed since these rules made a part of them."""
    whole = [part for part in parts.whole() if part.ruleset == rules.version]
    if not whole:
        return
    tables = ("files", "documents")
    with parts.here(whole, tables) as folders:
        show_parts(table, [str(folder) for folder in folders], tables)
        table.execute(_HELD, {"retry_failed": options.retry_failed})
    for litter, sources, files, failed in table.execute(_FIGURES_OF_HELD).fetchall():
        if litter:
            summary.passed_over[litter] = summary.passed_over.get(litter, 0) + sources
        else:
            summary.files += files
            summary.skipped += files
            summary.failed_before += failed
    table.execute("DELETE FROM sources WHERE path IN (SELECT path FROM held)")


_LITTER = ", ".join(f"'{kind}'" for kind in LITTER)
_HELD = f"""
    CREATE TABLE held AS
    WITH latest AS (SELECT path, max(part) AS part FROM part_files GROUP BY path)
    SELECT f.path, s.litter,
        count(*) FILTER (f.status NOT IN ('archive', {_LITTER})) AS files,
        count(*) FILTER (f.status NOT IN ('document', 'archive', {_LITTER}) OR d.status = 'failed') AS failed
    FROM part_files f SEMI JOIN latest USING (path, part) LEFT JOIN part_documents d USING (document_id, part)
        JOIN sources s ON s.path = f.path
    GROUP BY f.path, s.litter, s.size_bytes, s.modified_at
    HAVING bool_or(f.member = '' AND f.size_bytes = s.size_bytes AND f.modified_at = s.modified_at)
        AND count(*) FILTER (f.status = 'missing_extra') = 0 AND NOT ($retry_failed AND failed > 0)
"""
_FIGURES_OF_HELD = "SELECT litter, count(*), sum(files), sum(failed) FROM held GROUP BY litter"


def _sources(table: duckdb.DuckDBPyConnection) -> Iterator[Source]:
    rows = table.cursor().execute("SELECT path, size_bytes, modified_at, litter, raw FROM sources ORDER BY path")
    while some := rows.fetchmany(ROWS_AT_ONCE):
        yield from (Source(*row) for row in some)


def cut(sources: Iterable[Source], most_files: int) -> Iterator[tuple[Source, ...]]:
    """The sources in groups, each of so many files at most, and of SHARD_BYTES unless it is a single one."""
    group: list[Source] = []
    size = 0
    for source in sources:
        if group and (len(group) == most_files or size + source.size_bytes > SHARD_BYTES):
            yield tuple(group)
            group, size = [], 0
        group.append(source)
        size += source.size_bytes
    if group:
        yield tuple(group)


# ------------------------------------------------------------------------------------------------------------ the run


class _Run:
    """Shards on their way; what they did is added to `summary`."""

    def __init__(self, client: Client, settings: Settings, summary: Summary, progress: Progress) -> None:
        self._client = client
        # As the result of a task, not scattered: when the workers that have it die, the scheduler makes it again.
        self._settings = client.submit(bytes, settings.packed(), pure=False)
        self._number = max((run_of(part.name) for part in settings.parts.whole()), default=0) + 1
        self._started = now()
        self._summary = summary
        self._progress = progress
        self._completed = as_completed(loop=client.loop)
        self._under_way: dict[Any, Shard] = {}  # by the keys of their futures
        self._faults_in_a_row = 0

    def work_off(self, groups: Iterator[tuple[Source, ...]]) -> None:
        """Have each group of sources in a part. Raises the ExtractError that stops all of it, such as ClusterError."""
        while True:
            while len(self._under_way) < SHARDS_AHEAD * self._threads() and (group := next(groups, None)):
                self._submit(self._shard(group))
            if not self._under_way:
                return
            future = next(self._completed)
            self._take_in(future, self._under_way.pop(future.key))
            self._progress(self._summary)

    def _threads(self) -> int:
        return max(1, sum(int(threads) for threads in self._client.nthreads().values()))

    def _shard(self, sources: tuple[Source, ...], fault: Message | None = None) -> Shard:
        content = "\n".join((str(self._started), *(source.path for source in sources), fault.en if fault else ""))
        return Shard(part_name(self._number, content), sources, fault)

    def _submit(self, shard: Shard) -> None:
        future = self._client.submit(run_shard, self._settings, shard, key=shard.name, retries=RETRIES, pure=False)
        self._under_way[future.key] = shard
        self._completed.add(future)

    def _take_in(self, future: Future[Summary], shard: Shard) -> None:
        """Add up what a shard gave; of one that failed, try the halves, and note the file that is left at last."""
        if future.status == "finished":
            _add(self._summary, future.result())
            self._faults_in_a_row = self._faults_in_a_row + 1 if shard.fault else 0
            if self._faults_in_a_row == MOST_FAULTS:
                message = Message(
                    f"{MOST_FAULTS} files in a row ended their process: the workers are at fault, not the files; "
                    "give them more memory, and use --retry-failed",
                    f"连续 {MOST_FAULTS} 个文件使进程退出：问题在工作机，不在文件；请增加内存，再用 --retry-failed",
                )
                raise ClusterError("cluster.workers_die", message)
            return
        error = future.exception() if future.status == "error" else None
        if isinstance(error, ShardKilled | KilledWorker) and not shard.fault:
            self._divide(shard)
        elif isinstance(error, ExtractError):
            raise error
        else:
            reason = f"{type(error).__name__}: {error}" if error else "–"
            message = Message(
                f"the scheduler gave a shard up ({reason}); what is done is kept, run the same command again to go on",
                f"调度器放弃了一批文件（{reason}）；已完成的保留，再次运行同一命令即可继续",
            )
            raise ClusterError("cluster.lost", message) from error

    def _divide(self, shard: Shard) -> None:
        if len(shard.sources) == 1:
            fault = Message(
                "ended the process that imported it, again and again; please report the file",
                "读取它的进程一再退出，请把文件报告给我们",
            )
            self._submit(self._shard(shard.sources, fault))
            return
        middle = len(shard.sources) // 2
        for half in (shard.sources[:middle], shard.sources[middle:]):
            self._submit(self._shard(half))


def _add(summary: Summary, more: Summary) -> None:
    """Add what a shard did; its sources stand in the total of `summary` already, the members of its archives do not."""
    for each in fields(Summary):
        value, added = getattr(summary, each.name), getattr(more, each.name)
        if isinstance(value, dict):
            for key, count in added.items():
                value[key] = value.get(key, 0) + count
        else:
            setattr(summary, each.name, value + added)
