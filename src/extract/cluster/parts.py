"""Parts: what one shard of an archive gave, as a folder of Parquet files, one for each table of `schema.sql`.

    parts/part=0001-3f2a90c41b7d88e0/files.parquet, documents.parquet, forms.parquet …, success.json

A part holds whole files: an archive with all of its members. It is written under another name and renamed when it is
whole, so that a part is there or not; `success.json` says what it holds and is the last to be written where a store
knows no renaming. The number in front counts the runs: of two parts that hold the same file, the later one is true.

One writer brings parts into a database (`merging`), or a database of views reads them where they lie (`attaching`).
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from extract import __version__
from extract.errors import StoreError
from extract.language import Message
from extract.rows import BY_DOCUMENT, BY_FORM
from extract.store import SCHEMA_VERSION

TABLES = ("files", *BY_DOCUMENT, *BY_FORM)
SUCCESS = "success.json"


@dataclass(frozen=True, slots=True)
class Part:
    """A part that is whole: its name, the rules that parsed it, and how many files, documents, forms and failures."""

    name: str
    ruleset: str
    figures: dict[str, int]


class Parts:
    """A folder of parts: a path, or the URL of a store that fsspec knows (s3://…, sftp://…)."""

    def __init__(self, url: str) -> None:
        """Name the folder, which need not exist. Raises StoreError where nothing installed knows such URLs."""
        self.url = url if "://" in url else str(Path(url).absolute())
        self._remote: Any = None
        if "://" in url:
            self._remote, self._root = _filesystem(url)
        else:
            self._root = self.url

    def __str__(self) -> str:
        return self.url

    def prepare(self) -> None:
        """Make the folder. Raises StoreError."""
        with self._explained(Message("cannot be written", "不能写入")):
            if self._remote:
                self._remote.makedirs(self._root, exist_ok=True)
            else:
                os.makedirs(self._root, exist_ok=True)

    def whole(self) -> list[Part]:
        """The parts that are whole, in the order in which later ones outdo earlier ones. Raises StoreError."""
        with self._explained(Message("cannot be read", "不能读取")):
            found = self._remote.ls(self._root, detail=False) if self._remote else os.listdir(self._root)
            names = sorted(name for path in found if (name := path.rstrip("/").split("/")[-1]).startswith("part="))
            return [part for name in names if (part := self._part(name))]

    @contextmanager
    def marked(self) -> Iterator[str]:
        """The name of a file that lies in the folder for a while: who sees it sees this folder. Raises StoreError."""
        mark = f".run-{os.urandom(8).hex()}"
        with self._explained(Message("cannot be written", "不能写入")):
            if self._remote:
                self._remote.pipe_file(f"{self._root}/{mark}", b"extract")
            else:
                Path(self._root, mark).write_text("extract", "ascii")
        try:
            yield mark
        finally:
            with suppress(OSError):
                self._remote.rm_file(f"{self._root}/{mark}") if self._remote else os.unlink(Path(self._root, mark))

    def sees(self, mark: str) -> bool:
        """Whether the folder, as this machine sees it, is the marked one."""
        path = f"{self._root}/{mark}"
        return bool(self._remote.exists(path)) if self._remote else os.path.exists(path)

    def publish(self, folder: Path, name: str) -> None:
        """Put a finished part in its place, whole or not at all; one that is there already stays. Raises StoreError."""
        with self._explained(Message("cannot be written", "不能写入")):
            if self._remote:
                self._upload(folder, name)
                return
            unfinished = os.path.join(self._root, f".{name}.{os.urandom(4).hex()}")
            try:
                shutil.copytree(folder, unfinished)
                os.rename(unfinished, os.path.join(self._root, name))
            except OSError:
                shutil.rmtree(unfinished, ignore_errors=True)
                if not os.path.exists(os.path.join(self._root, name)):  # else another worker has done the same work
                    raise

    @contextmanager
    def here(self, parts: Sequence[Part], tables: Sequence[str] = TABLES) -> Iterator[list[Path]]:
        """The folders of some parts on this machine; tables in a store are fetched for as long as they are used."""
        if not self._remote:
            yield [Path(self._root, part.name) for part in parts]
            return
        with tempfile.TemporaryDirectory(prefix="extract-") as copy:
            with self._explained(Message("cannot be read", "不能读取")):
                for part in parts:
                    os.mkdir(os.path.join(copy, part.name))
                    for table in tables:
                        file = f"{part.name}/{table}.parquet"
                        self._remote.get_file(f"{self._root}/{file}", os.path.join(copy, file))
            yield [Path(copy, part.name) for part in parts]

    def _upload(self, folder: Path, name: str) -> None:
        for file in sorted(folder.iterdir(), key=lambda file: file.name == SUCCESS):
            self._remote.put_file(str(file), f"{self._root}/{name}/{file.name}")

    def _part(self, name: str) -> Part | None:
        path = f"{self._root}/{name}/{SUCCESS}"
        try:
            content = self._remote.cat_file(path) if self._remote else Path(path).read_bytes()
        except FileNotFoundError:
            return None
        marker = json.loads(content)
        if marker["schema"] != SCHEMA_VERSION:
            made = Message(
                f"was made by extract {marker['extract']}, whose tables are others; use another folder of parts",
                f"由 extract {marker['extract']} 生成，表结构不同；请换一个存放各部分的文件夹",
            )
            raise StoreError("parts.other_version", made.at(f"{self}/{name}"))
        return Part(name, marker["ruleset"], marker["figures"])

    @contextmanager
    def _explained(self, trouble: Message) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            reason = error.strerror or type(error).__name__
            message = Message(
                f"{self}: this folder of parts {trouble.en}: {reason}; check --parts",
                f"{self}：存放各部分的文件夹{trouble.zh}：{reason}；请检查 --parts",
            )
            raise StoreError("parts.unusable", message) from error


def _filesystem(url: str) -> tuple[Any, str]:
    try:
        import fsspec

        return fsspec.url_to_fs(url)  # type: ignore[no-any-return]
    except (ImportError, ValueError) as error:
        message = Message(
            f"{url}: nothing that is installed reads and writes such addresses ({error}); install it, or name a folder",
            f"{url}：没有安装能读写此类地址的组件（{error}）；请安装，或指定文件夹",
        )
        raise StoreError("parts.unknown_url", message) from error


def part_name(run: int, content: str) -> str:
    """The name of the part of a run that holds what `content` says; the same work has the same name."""
    return f"part={run:04}-{hashlib.sha256(content.encode()).hexdigest()[:16]}"


def run_of(name: str) -> int:
    """The run that a part belongs to."""
    return int(name.removeprefix("part=").split("-")[0])


def write_part(database: Path, folder: Path, ruleset: str, figures: dict[str, int]) -> None:
    """Write all rows of a database as a part."""
    folder.mkdir()
    with duckdb.connect(str(database), read_only=True) as connection:
        for table in TABLES:
            file = str(folder / f"{table}.parquet").replace("'", "''")
            connection.execute(f"COPY {table} TO '{file}' (FORMAT parquet, COMPRESSION zstd)")
    marker = {"extract": __version__, "schema": SCHEMA_VERSION, "ruleset": ruleset, "figures": figures}
    (folder / SUCCESS).write_text(json.dumps(marker), "utf-8")
