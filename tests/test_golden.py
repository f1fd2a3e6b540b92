"""Golden files: what comes out of every file of samples/, read and approved by a person.

`make golden` writes them anew and fails the run, so that nobody takes a changed expectation for a passing test: read
the difference line by line, then commit it with the reason.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from extract.pipeline import extract
from extract.result import extraction_as_json
from extract.rules import RuleSet

ROOT = Path(__file__).parents[1]
GOLDEN = ROOT / "tests" / "golden"
SAMPLES = sorted(path for path in (ROOT / "samples").iterdir() if path.suffix != ".md")


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_a_sample_gives_its_golden_result(sample: Path, rules: RuleSet, request: pytest.FixtureRequest) -> None:
    golden = GOLDEN / f"{sample.name}.json"
    result = extraction_as_json(extract(sample.read_bytes(), rules), spans=False)
    if request.config.getoption("--write-golden"):
        golden.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", "utf-8")
        pytest.fail(f"{golden.name} was written; read the difference and run again without --write-golden")
    assert result == json.loads(golden.read_text("utf-8"))


def test_every_golden_file_belongs_to_a_sample() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == {f"{sample.name}.json" for sample in SAMPLES}
