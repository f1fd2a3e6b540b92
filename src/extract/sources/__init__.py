"""Sources: the files that paths, folders and patterns name, and the members of archives and e-mails among them.

`find_sources` walks folders and opens nothing. `containers/` holds one file for each kind of archive; `litter` knows
the files that programs leave beside documents.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from extract.errors import SourceError
from extract.sources.litter import litter_kind


@dataclass(frozen=True, slots=True)
class Source:
    """One file as found: absolute path, size in bytes and modification time in UTC, without zone.

    `litter` names what it is where its name says that it is no document: it is passed over, but told of. A folder that
    is not entered is one source, too.
    """

    path: Path
    size_bytes: int
    modified_at: datetime
    litter: str | None = None


def find_sources(paths: Iterable[Path]) -> Iterator[Source | SourceError]:
    """Every file that `paths` name, folders searched in the order of names; what cannot be found is an error value.

    A path with `*`, `?` or `[…]` that is no file itself is a pattern, `**` for folders of any depth.
    """
    for path in paths:
        if path.is_dir():
            yield from _files_below(path)
        elif os.path.lexists(path):
            yield _source(path)
        elif matches := sorted(glob.glob(str(path), recursive=True)):
            yield from find_sources(Path(match) for match in matches)
        else:
            yield SourceError("source.missing", f"{path}: there is no such file or folder; check the spelling")


def _files_below(folder: Path) -> Iterator[Source | SourceError]:
    errors: list[OSError] = []
    for parent, folders, names in os.walk(folder, onerror=errors.append):
        entered = []
        for name in sorted(folders):
            if kind := litter_kind(name):
                yield _source(Path(parent, name), kind)
            else:
                entered.append(name)
        folders[:] = entered
        for name in sorted(names):
            yield _source(Path(parent, name), litter_kind(name))
    for error in errors:
        yield SourceError("source.unreadable", f"{error.filename}: {error.strerror}; check its permissions")


def _source(path: Path, litter: str | None = None) -> Source | SourceError:
    try:
        status = path.stat()
    except OSError as error:
        return SourceError("source.unreadable", f"{path}: {error.strerror}; check its permissions")
    if not litter and not path.is_file():
        return SourceError("source.not_a_file", f"{path}: is neither a file nor a folder")
    modified_at = datetime.fromtimestamp(status.st_mtime, UTC).replace(tzinfo=None)
    return Source(path.absolute(), status.st_size, modified_at, litter)
