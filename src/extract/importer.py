"""The importer: every file of some paths goes through the pipeline into the database, in batches.

A file that has not changed since these rules parsed it is skipped without reading it; known content at a new path is
recorded without parsing it again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from extract import __version__
from extract.errors import ExtractError, SourceError
from extract.pipeline import Extraction, document_id_of
from extract.rules import RuleSet
from extract.sources import Source, find_sources
from extract.store import Known, Store

# A batch is one transaction. Fewer documents than this cost commits, more cost memory and work lost on interruption.
BATCH_DOCUMENTS = 500
BATCH_BYTES = 64 * 1024 * 1024


@dataclass
class Summary:
    """What an import did. `problems` pairs each path that gave nothing with its error."""

    files: int = 0
    done: int = 0
    skipped: int = 0
    duplicates: int = 0
    documents: int = 0
    forms: int = 0
    error_findings: int = 0
    statuses: dict[str, int] = field(default_factory=dict)
    problems: list[tuple[Path | None, ExtractError]] = field(default_factory=list)

    @property
    def failures(self) -> int:
        """Files and paths that gave nothing."""
        return len(self.problems)


def import_paths(
    paths: Iterable[Path],
    database: Path,
    rules: RuleSet,
    extract: Callable[[bytes, RuleSet], Extraction],
    progress: Callable[[Summary], None] = lambda summary: None,
) -> Summary:
    """Import every file that `paths` name; `progress` is called after each. Raises StoreError."""
    summary = Summary()
    with Store(database) as store:
        run_id = store.start_run(__version__, rules.version)
        batch = _Batch(store, rules.version)
        mine = {database.absolute(), Path(f"{database.absolute()}.wal")}
        sources = [s for s in find_sources(paths) if isinstance(s, SourceError) or s.path not in mine]
        summary.files = len(sources)
        try:
            for source in sources:
                if isinstance(source, SourceError):
                    summary.problems.append((None, source))
                else:
                    _import_file(source, rules, extract, batch, summary)
                summary.done += 1
                progress(summary)
        finally:
            batch.write()  # what is extracted is kept, also when somebody interrupts
        if summary.documents:
            store.link_projects(rules)
        skipped = summary.skipped + summary.duplicates
        store.finish_run(run_id, summary.files, skipped, summary.forms, summary.failures)
    return summary


def _import_file(
    source: Source,
    rules: RuleSet,
    extract: Callable[[bytes, RuleSet], Extraction],
    batch: _Batch,
    summary: Summary,
) -> None:
    if batch.is_unchanged(source):
        summary.skipped += 1
        return
    try:
        data = source.read()
    except SourceError as error:
        summary.problems.append((None, error))
        return
    document_id = document_id_of(data)
    if batch.is_finished(document_id):
        summary.duplicates += 1
        batch.add_file(source, document_id)
        return
    extraction = extract(data, rules)
    summary.documents += 1
    summary.forms += len(extraction.forms)
    summary.error_findings += sum(f.severity == "error" for form in extraction.forms for f in form.findings)
    summary.statuses[extraction.status] = summary.statuses.get(extraction.status, 0) + 1
    if extraction.error:
        summary.problems.append((source.path, extraction.error))
    batch.add(source, extraction)


class _Batch:
    """What has been extracted and not yet written, and what the database holds already."""

    def __init__(self, store: Store, ruleset: str) -> None:
        self._store = store
        self._known: dict[tuple[str, str], Known] = store.known_files()
        self._finished = store.finished_documents(ruleset)
        self._extractions: list[Extraction] = []
        self._files: list[tuple[Source, str]] = []
        self._bytes = 0

    def is_unchanged(self, source: Source) -> bool:
        known = self._known.get((str(source.path), ""))
        if known is None or known.document_id not in self._finished:
            return False
        return (known.size_bytes, known.modified_at) == (source.size_bytes, source.modified_at)

    def is_finished(self, document_id: str) -> bool:
        return document_id in self._finished

    def add_file(self, source: Source, document_id: str) -> None:
        self._files.append((source, document_id))
        if len(self._files) >= BATCH_DOCUMENTS:
            self.write()

    def add(self, source: Source, extraction: Extraction) -> None:
        self._finished.add(extraction.document_id)
        self._extractions.append(extraction)
        self._bytes += extraction.size_bytes
        self.add_file(source, extraction.document_id)
        if self._bytes >= BATCH_BYTES:
            self.write()

    def write(self) -> None:
        if self._files:
            self._store.write(self._extractions, self._files)
        self._extractions, self._files, self._bytes = [], [], 0
