"""What all tests share: the packaged rules, loaded once, and short ways to run the pipeline on literals."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from hypothesis import settings

from extract.form import Form
from extract.pipeline import Extraction, extract
from extract.rules import RuleSet, load_rules

# How long an example takes says something about the machine, not about the code; benchmarks/ measures speed. On a CI
# machine Hypothesis takes the same examples every time by itself, so that a run does not fail by chance.
if "CI" not in os.environ:
    settings.register_profile("without deadline", deadline=None)
    settings.load_profile("without deadline")

TITLE = "专项资金预算绩效目标申报表"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-golden", action="store_true", help="write tests/golden anew; the run then fails")


@pytest.fixture(scope="session")
def rules() -> RuleSet:
    return load_rules()


@pytest.fixture
def extract_text(rules: RuleSet) -> Callable[[str], Extraction]:
    """Run the pipeline on a text."""
    return lambda text: extract(text.encode(), rules)


@pytest.fixture
def parse_rows(rules: RuleSet) -> Callable[..., Form]:
    """The form that a dump of the given rows below a title gives; cells are separated by |."""

    def parse(*rows: str) -> Form:
        (form,) = extract(dump_of(f"\t{TITLE}\n\n\t（2021年度）\n\n", *rows).encode(), rules).forms
        return form.form

    return parse


def dump_of(head: str, *rows: str) -> str:
    """A text dump: `head`, then a table row for each of `rows`, whose cells are separated by | and lines by /."""
    body = ("".join(f"\t{cell.strip().replace('/', chr(10) * 2)}\n" for cell in row.split("|")) + "\n" for row in rows)
    return head + "".join(body)
