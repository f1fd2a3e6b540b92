"""The stored layout: with the text it gives back the very document that was read."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given

from extract.layout import pack, unpack
from extract.pipeline import extract, extract_document
from extract.readers import read_document
from extract.rules import RuleSet
from test_pipeline import DUMPS

ROOT = Path(__file__).parents[1]
FILES = sorted(
    path
    for folder in ("samples", "tests/data")
    for path in (ROOT / folder).rglob("*.*")
    if path.is_file() and path.suffix != ".md"
)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_stored_document_is_the_document_that_was_read(path: Path, rules: RuleSet) -> None:
    data = path.read_bytes()
    document = read_document(data)
    stored = unpack(pack(document), document.text)
    assert stored == document
    fresh = extract(data, rules)
    assert extract_document(fresh.document_id, fresh.size_bytes, stored, rules) == fresh


@given(DUMPS)
def test_any_dump_is_stored_whole(dump: str) -> None:
    document = read_document(dump.encode())
    assert unpack(pack(document), document.text) == document
