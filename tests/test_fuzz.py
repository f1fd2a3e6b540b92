"""Mutants of good input, the same ones each time, and every input that ever gave way; `make fuzz` tries many more."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from extract.readers import READERS
from fuzz.judging import Judge
from fuzz.mutants import mutant
from fuzz.subjects import SUBJECTS

FINDINGS = Path(__file__).parent / "data" / "fuzz"
MUTANTS = {"rules": 12, "targets": 1500, "text": 60, "wordxml": 60}
USUALLY = 120


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", SUBJECTS)
def test_mutants_are_taken_or_refused_with_an_error_of_ours(name: str) -> None:
    subject, chance = SUBJECTS[name], Random(20211231)
    seeds, judge = subject.seeds(), Judge(subject.run)
    tried = MUTANTS.get(name, USUALLY)
    for _ in range(tried):
        judge.judge(mutant(chance.choice(seeds), seeds, chance))
    assert list(judge.faults) == []
    assert judge.counts.total() == tried


def test_every_reader_is_fuzzed() -> None:
    assert {reader.FORMAT for reader in READERS} <= set(SUBJECTS)


@pytest.mark.parametrize("name", SUBJECTS)
def test_seeds_are_good_input(name: str) -> None:
    subject = SUBJECTS[name]
    judge = Judge(subject.run)
    for seed in subject.seeds()[:30]:
        judge.judge(seed)
    assert list(judge.faults) == []
    assert judge.counts["taken"] > judge.counts["refused"]  # vocabulary laid over itself may clash


@pytest.mark.parametrize("finding", sorted(FINDINGS.glob("*/*")), ids=lambda path: f"{path.parent.name}-{path.name}")
def test_what_gave_way_once_never_does_again(finding: Path) -> None:
    judge = Judge(SUBJECTS[finding.parent.name].run)
    judge.judge(finding.read_bytes())
    assert list(judge.faults) == []


def test_the_judge_sees_faults_loops_and_broken_promises() -> None:
    def loop(data: bytes) -> bool:
        while data == b"loop":
            pass
        assert data != b"broken promise"
        return bool([][len(data)])

    judge = Judge(loop)
    for data in (b"loop", b"broken promise", b"x"):
        judge.judge(data)
    assert [what.split()[0] for what in judge.faults] == ["hang", "AssertionError", "IndexError"]
