"""A shard: some files of an archive, imported on a worker into a database of their own, which becomes a part.

Dask's workers may not have children of their own (they are daemons), and an import has: so `run_shard`, which Dask
calls in a thread of the worker, starts `python -m extract.cluster.shard`, and there `main` does the work. Its standard
input stays open as long as somebody waits for it: when the worker dies, however it does, the process sees the end of
it, stops and cleans up. A file that hangs, swells or kills costs only itself, as in every import.
"""

from __future__ import annotations

import os
import pickle
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import zlib
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from threading import Thread

from extract import __version__
from extract.cluster.parts import Parts, write_part
from extract.errors import ClusterError, ExtractError, ReadError
from extract.importer import Options, Problem, Summary, import_sources
from extract.language import Message
from extract.rules import RuleSet
from extract.sources import Source, told
from extract.store import SCHEMA_VERSION, File, Store

EXIT_INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Settings:
    """What all shards of a run share. `mark` lies in the folder of parts as long as the run goes on."""

    rules: RuleSet
    options: Options
    parts: Parts
    mark: str

    def packed(self) -> bytes:
        """As small as it can be, for every worker gets it."""
        return zlib.compress(pickle.dumps(self))


@dataclass(frozen=True, slots=True)
class Shard:
    """Files to read, and the name of the part to write.

    `fault` is set when this one file has ended the process that imported it again and again: it is noted, not read.
    """

    name: str
    sources: tuple[Source, ...]
    fault: Message | None = None


@dataclass(frozen=True, slots=True)
class Fitness:
    """What a worker is and sees."""

    host: str
    versions: dict[str, str]
    sees_parts: bool


class ShardKilled(Exception):
    """Something ended the process of a shard."""


def run_shard(settings: bytes, shard: Shard) -> Summary:
    """Import a shard in a process of its own, and publish its part; what the import did.

    Raises whatever ExtractError stopped it, ClusterError for a fault that is no file's, and ShardKilled.
    """
    with tempfile.TemporaryDirectory(prefix="extract-") as folder, tempfile.TemporaryFile() as said:
        command = [sys.executable, "-m", __name__]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            with suppress(BrokenPipeError):  # it is gone already; its exit code says so
                pickle.dump((settings, shard, folder), process.stdin)
                process.stdin.flush()
            answer = process.stdout.read()
        if process.returncode < 0:
            raise ShardKilled(signal.Signals(-process.returncode).name)
        if process.returncode > 0:
            said.seek(0)
            last = said.read().decode(errors="replace").strip().rpartition("\n")[2]
            host = platform.node()
            message = Message(
                f"worker {host} could not do its part ({last}); mend that and run the same command again",
                f"工作机 {host} 未能完成（{last}）；请排除后再次运行同一命令",
            )
            raise ClusterError("cluster.worker_fault", message)
    outcome = pickle.loads(answer)
    if isinstance(outcome, ExtractError):
        raise outcome
    assert isinstance(outcome, Summary)
    return outcome


def fitness(parts: Parts, mark: str) -> Fitness:
    """What this machine is, and whether it sees the marked folder of parts."""
    return Fitness(platform.node(), versions(), parts.sees(mark))


def versions() -> dict[str, str]:
    """What has to be the same on all machines."""
    python = ".".join(platform.python_version_tuple()[:2])
    return {"extract": f"{__version__} (tables {SCHEMA_VERSION})", "Python": python, "Dask": version("distributed")}


def main() -> None:
    """Read a shard from standard input, import it, and write what came of it to standard output."""
    settings, shard, tempfile.tempdir = pickle.load(sys.stdin.buffer)
    Thread(target=_stop_with_parent, daemon=True).start()
    outcome: Summary | ExtractError
    try:
        outcome = import_shard(pickle.loads(zlib.decompress(settings)), shard)
    except KeyboardInterrupt:
        shutil.rmtree(tempfile.gettempdir(), ignore_errors=True)  # whoever made it is perhaps no more
        sys.exit(EXIT_INTERRUPTED)
    except ExtractError as error:
        outcome = error
    pickle.dump(outcome, sys.stdout.buffer)


def import_shard(settings: Settings, shard: Shard) -> Summary:
    """Import a shard into a database of its own, and publish that as a part."""
    _refuse_unshared(settings, shard.sources)
    with tempfile.TemporaryDirectory(prefix="extract-") as folder:
        database, part = Path(folder, "shard.duckdb"), Path(folder, "part")
        if shard.fault is None:
            summary = import_sources(shard.sources, database, settings.rules, settings.options)
        else:
            summary = _note_fault(shard.sources[0], shard.fault, database, settings.rules.version)
        figures = {"files": summary.files, "documents": summary.documents, "forms": summary.forms}
        figures["failures"] = summary.failures
        write_part(database, part, settings.rules.version, figures)
        settings.parts.publish(part, shard.name)
    return summary


def _refuse_unshared(settings: Settings, sources: tuple[Source, ...]) -> None:
    """Raises ClusterError where this machine sees another folder of parts, or not one of the folders of these files."""
    if not settings.parts.sees(settings.mark):
        raise parts_not_shared(platform.node(), settings.parts)
    folders = {os.path.dirname(source.file) for source in sources}
    if not any(os.path.isdir(folder) for folder in folders):
        host, folder = platform.node(), told(min(folders))
        message = Message(
            f"worker {host} does not see {folder}; share the archive with all, under one path",
            f"工作机 {host} 看不到 {folder}；请让所有机器以同一路径共享档案",
        )
        raise ClusterError("cluster.archive_not_shared", message)


def parts_not_shared(host: str, parts: Parts) -> ClusterError:
    """What is wrong with a worker that sees another folder, or none."""
    message = Message(
        f"worker {host} does not see the folder of parts {parts}; name one with --parts that all machines share",
        f"工作机 {host} 看不到存放各部分的文件夹 {parts}；请用 --parts 指定各机共享的文件夹",
    )
    return ClusterError("cluster.parts_not_shared", message)


def _note_fault(source: Source, fault: Message, database: Path, ruleset: str) -> Summary:
    """Store a file that cannot be read, since it ends the process in which it is."""
    with Store(database) as store:
        file = File(source.path, "", None, "crash", fault.en, fault.zh, source.size_bytes, source.modified_at)
        store.write({}, [file], {}, ruleset)
    return Summary(files=1, problems=[Problem(source.path, ReadError("crash", fault))], done=1)


def _stop_with_parent() -> None:
    os.read(sys.stdin.fileno(), 1)  # not through the buffer, whose lock nobody could take at the end of this process
    os.kill(os.getpid(), signal.SIGINT)


if __name__ == "__main__":
    main()
