"""Sources: the files that paths, folders and patterns name, and the members of archives and e-mails among them.

`find_sources` walks folders and opens nothing. `containers/` holds one file for each kind of archive; `litter` knows
the files that programs leave beside documents.
"""

from __future__ import annotations

import glob
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from extract.errors import SourceError
from extract.language import Message
from extract.sources.litter import litter_kind
from extract.sources.member import decoded_name, unreachable

EPOCH = datetime(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Source:
    """One file as found: absolute path, size in bytes and modification time in UTC, without zone.

    `litter` names what it is where its name says that it is no document: it is passed over, but told of. A folder that
    is not entered is one source, too. Where the name on disk is no UTF-8, as in folders out of an old zip, `raw` is the
    path there, and `path` what it says.
    """

    path: str
    size_bytes: int
    modified_at: datetime
    litter: str | None = None
    raw: bytes | None = None

    @property
    def file(self) -> str:
        """The path to open."""
        return os.fsdecode(self.raw) if self.raw else self.path


def find_sources(paths: Iterable[Path]) -> Iterator[Source | SourceError]:
    """Every file that `paths` name, folders searched in the order of names; what cannot be found is an error value.

    A link in a folder is followed only within it; one that is named itself always.

    A path with `*`, `?` or `[…]` that is no file itself is a pattern, `**` for folders of any depth.
    """
    for path in _expanded(paths):
        if path.is_dir():
            yield from _files_below(path)
        elif os.path.lexists(path):
            yield _source(str(path.absolute()))
        else:
            yield SourceError(
                "source.missing",
                Message(
                    f"{path}: there is no such file or folder; check the spelling",
                    f"{path}：没有这个文件或文件夹，请检查拼写",
                ),
            )


def count_sources(paths: Iterable[Path]) -> int:
    """About how many sources there are; looks at names only."""
    return sum(sum(len(names) for _, _, names in os.walk(path)) if path.is_dir() else 1 for path in _expanded(paths))


def _expanded(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        matches = [] if os.path.lexists(path) else sorted(glob.glob(str(path), recursive=True))
        yield from map(Path, matches) if matches else [path]


def _files_below(folder: Path) -> Iterator[Source | SourceError]:
    errors: list[OSError] = []
    for parent, folders, names in os.walk(folder.absolute(), onerror=errors.append):
        entered = []
        for name in sorted(folders):
            path = os.path.join(parent, name)
            if kind := litter_kind(name):
                yield _source(path, kind)
            elif not os.path.islink(path):
                entered.append(name)
            elif not _lies_in(path, folder):
                yield _leads_out(path)
        folders[:] = entered
        for name in sorted(names):
            path = os.path.join(parent, name)
            is_ours = not os.path.islink(path) or _lies_in(path, folder) or not os.path.exists(path)
            yield _source(path, litter_kind(name)) if is_ours else _leads_out(path)
    for error in errors:
        yield unreachable(error, told(error.filename))


def _lies_in(link: str, folder: Path) -> bool:
    """Whether a link leads to something in the folder; a folder in it is met where it lies."""
    return Path(link).resolve().is_relative_to(folder.resolve())


def _leads_out(link: str) -> SourceError:
    """Whoever made a folder for us to import must not choose what else of this machine is read."""
    link = told(link)
    message = Message(
        f"{link}: is a link that leads out of the folder; to import what it leads to, name that itself",
        f"{link}：是指向文件夹之外的链接；如需导入它指向的内容，请直接指定那个路径",
    )
    return SourceError("source.link_outside", message)


def _source(path: str, litter: str | None = None) -> Source | SourceError:
    name = told(path)
    try:
        status = os.stat(path)
    except OSError as error:
        return unreachable(error, name)
    if not litter and not stat.S_ISREG(status.st_mode):
        return SourceError(
            "source.not_a_file",
            Message(
                f"{name}: is neither a file nor a folder; name one of these",
                f"{name}：既不是文件也不是文件夹；请另指定",
            ),
        )
    modified_at = EPOCH + timedelta(microseconds=status.st_mtime_ns // 1000)
    return Source(name, status.st_size, modified_at, litter, None if name == path else os.fsencode(path))


def told(path: str) -> str:
    """A path as it can be stored and shown: names on disk that are no UTF-8 as what they say, mostly in GB18030.

    Where that is what another name beside it says, its bytes are told instead, so that no two paths are told alike.
    """
    try:
        path.encode()
    except UnicodeEncodeError:
        parent, name = os.path.split(path)
        raw = os.fsencode(name)
        says = decoded_name(raw)
        if says != name and os.path.lexists(os.path.join(parent, says)):
            says = raw.decode("utf-8", "backslashreplace")
        return os.path.join(told(parent), says)
    return path
