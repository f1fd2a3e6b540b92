"""Sources: the files that paths and folders name, with what tells whether they have changed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from extract.errors import SourceError

# Lock files of Word, resource forks and thumbnails: never forms, always in the way.
_IGNORED_PREFIXES = ("~$", ".")
_IGNORED_NAMES = frozenset({"Thumbs.db", "desktop.ini"})
_IGNORED_FOLDERS = frozenset({"__MACOSX"})


@dataclass(frozen=True, slots=True)
class Source:
    """One file as found: absolute path, size in bytes and modification time in UTC, without zone."""

    path: Path
    size_bytes: int
    modified_at: datetime

    def read(self) -> bytes:
        """The file's bytes. Raises SourceError `source.unreadable`."""
        try:
            return self.path.read_bytes()
        except OSError as error:
            raise SourceError("source.unreadable", f"{self.path}: {error.strerror}; check its permissions") from error


def find_sources(paths: Iterable[Path]) -> Iterator[Source | SourceError]:
    """Every file that `paths` name, folders searched in the order of names; what cannot be found is an error value."""
    for path in paths:
        if path.is_dir():
            yield from _files_below(path)
        elif path.exists():
            yield _source(path)
        else:
            yield SourceError("source.missing", f"{path}: there is no such file or folder; check the spelling")


def _files_below(folder: Path) -> Iterator[Source | SourceError]:
    errors: list[OSError] = []
    for parent, folders, names in os.walk(folder, onerror=errors.append):
        folders[:] = sorted(name for name in folders if name not in _IGNORED_FOLDERS and not name.startswith("."))
        for name in sorted(names):
            if not name.startswith(_IGNORED_PREFIXES) and name not in _IGNORED_NAMES:
                yield _source(Path(parent, name))
    for error in errors:
        yield SourceError("source.unreadable", f"{error.filename}: {error.strerror}; check its permissions")


def _source(path: Path) -> Source | SourceError:
    try:
        status = path.stat()
    except OSError as error:
        return SourceError("source.unreadable", f"{path}: {error.strerror}; check its permissions")
    if not path.is_file():
        return SourceError("source.not_a_file", f"{path}: is neither a file nor a folder")
    modified_at = datetime.fromtimestamp(status.st_mtime, UTC).replace(tzinfo=None)
    return Source(path.absolute(), status.st_size, modified_at)
