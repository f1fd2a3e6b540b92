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
from extract.store import Figures, Store, now, working_copy_of


class WorkingCopy:
    """A database for one import. Use as a context manager; leaving it without `publish` keeps the copy."""

    def __init__(self, database: Path, version: str, ruleset: str) -> None:
        """Look at the database, which need not exist. Raises StoreError, also where another import is working."""
        self._database = database.absolute()
        self._copy = working_copy_of(self._database)
        self.started_at = now()
        self._run = (self.started_at, version, ruleset)
        self._run_id: str | None = None
        self._is_copied = self._copy.exists() or not self._database.exists()
        if not self._is_copied and Path(f"{self._database}.wal").exists():  # of a writer that was killed
            with Store(self._database) as store:
                store.checkpoint()
        self.store = Store(self._copy) if self._is_copied else Store(self._database, read_only=True)

    def __enter__(self) -> WorkingCopy:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.store.close()

    def owns(self, path: Path) -> bool:
        """Whether a path is a file of the database, which lies perhaps in the folder that is imported."""
        name = str(path)
        return name == str(self._database) or name.startswith((f"{self._database}.wal", str(self._copy)))

    def for_writing(self) -> Store:
        """The store of the copy, which is made at the first call."""
        if not self._is_copied:
            unfinished = Path(f"{self._copy}.new")
            shutil.copyfile(self._database, unfinished)  # still open here, so that nobody writes into it meanwhile
            self.store.close()
            os.replace(unfinished, self._copy)
            self.store = Store(self._copy)
            self._is_copied = True
        if self._run_id is None:
            self._run_id = self.store.start_run(*self._run)
        return self.store

    def publish(self, figures: Figures | None) -> None:
        """Put the copy in the place of the database; `figures` record a run that was not interrupted."""
        if not self._is_copied and figures and self._record_in_place(figures):
            return
        store = self.for_writing()
        if figures and self._run_id:
            store.finish_run(self._run_id, figures)
        store.checkpoint()
        store.close()
        os.replace(self._copy, self._database)

    def _record_in_place(self, figures: Figures) -> bool:
        """Write nothing but the record of the run into the database itself; False if somebody reads it just now."""
        self.store.close()
        try:
            self.store = Store(self._database)
        except StoreError:
            self.store = Store(self._database, read_only=True)
            return False
        self.store.finish_run(self.store.start_run(*self._run), figures)
        return True
