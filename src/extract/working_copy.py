"""The working copy: an import never writes into the database that people read.

It works on a copy beside it, `forms.duckdb.importing`, made when there is something to write, and puts that in the
place of the database at its end, in one step: whoever reads goes on reading, and sees all of the import or none of it.
The copy of an import that was killed holds whole batches; the next import goes on with it.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from types import TracebackType

from extract.errors import StoreError
from extract.store import (
    Figures,
    Store,
    no_room,
    now,
    refuse_missing,
    refuse_while_importing,
    unwritable,
    working_copy_of,
)


class WorkingCopy:
    """A database for one import. Use as a context manager; leaving it without `publish` keeps the copy."""

    def __init__(self, database: Path, version: str, ruleset: str) -> None:
        """Look at the database, which need not exist. Raises StoreError, also where another import is working."""
        self._database = database.absolute()
        self._copy = working_copy_of(self._database)
        self._run_id: str | None = None
        self._is_copied = self.was_interrupted = self._copy.exists()
        if not self._is_copied:
            take_in_log(self._database)
        self._store: Store | None = None
        if self._is_copied:
            self._store = Store(self._copy)
        elif self._database.exists():
            self._store = Store(self._database, read_only=True)
        self.started_at = self._store.moment() if self._store else now()
        self._run = (self.started_at, version, ruleset)

    def __enter__(self) -> WorkingCopy:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file that is open."""
        if self._store:
            self._store.close()
        self._store = None

    def for_reading(self) -> Store | None:
        """The store as it is, None where there is no database yet."""
        return self._store

    def owns(self, path: str) -> bool:
        """Whether a path is a file of the database, which lies perhaps in the folder that is imported."""
        return path == str(self._database) or path.startswith((f"{self._database}.wal", str(self._copy)))

    def for_writing(self) -> Store:
        """The store of the copy, which is made at the first call."""
        if not self._is_copied:
            unfinished = _unfinished(self._copy)
            if self._database.exists():
                copy_whole(self._database, unfinished)  # still open here, so that nobody writes into it meanwhile
                self.close()
            else:
                Store(unfinished).close()
            os.replace(unfinished, self._copy)
            self._is_copied = True
        store = self._store = self._store or Store(self._copy)
        if self._run_id is None:
            self._run_id = store.start_run(*self._run)
        return store

    def publish(self, figures: Figures | None) -> None:
        """Put the copy in the place of the database; `figures` record a run that was not interrupted."""
        if not self._is_copied and self._database.exists() and figures and self._record_in_place(figures):
            return
        store = self.for_writing()
        if figures and self._run_id:
            store.finish_run(self._run_id, figures)
        store.checkpoint()
        self.close()
        os.replace(self._copy, self._database)

    def _record_in_place(self, figures: Figures) -> bool:
        """Write nothing but the record of the run into the database itself; False if somebody reads it just now."""
        self.close()
        try:
            with Store(self._database) as store:
                store.finish_run(store.start_run(*self._run), figures)
        except StoreError:
            self._store = Store(self._database, read_only=True)
            return False
        return True


def compact(database: Path) -> tuple[int, int]:
    """Write the database anew without the gaps that changes have left; its size in bytes before and after.

    Raises StoreError, also while an import works or where one was interrupted.
    """
    refuse_missing(database)
    refuse_while_importing(database)
    before = database.stat().st_size
    unfinished = _unfinished(working_copy_of(database))
    with Store(database, read_only=True) as store:  # so others may read, and nobody writes
        store.copy_to(unfinished)
        os.replace(unfinished, database)
    return before, database.stat().st_size


def take_in_log(database: Path) -> None:
    """Bring into the file what somebody who was killed while writing has left beside it. Raises StoreError."""
    if database.exists() and Path(f"{database}.wal").exists():
        with Store(database) as store:
            store.checkpoint()


def copy_whole(database: Path, destination: Path) -> None:
    """Copy a database that nobody writes, or leave nothing. Raises StoreError where there is no room or permission."""
    try:
        shutil.copyfile(database, destination)
    except OSError as error:
        destination.unlink(missing_ok=True)
        raise unwritable(destination) if isinstance(error, PermissionError) else no_room(destination) from error


def _unfinished(copy: Path) -> Path:
    """Where a copy is made, which is none before it is whole; what is left of an earlier one goes."""
    path = Path(f"{copy}.new")
    path.unlink(missing_ok=True)
    Path(f"{path}.wal").unlink(missing_ok=True)
    return path
