"""What all tests share: the packaged rules, loaded once, and short ways to run the pipeline on literals."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from extract.form import Form
from extract.language import choose
from extract.pipeline import Extraction, extract
from extract.rules import RuleSet, load_rules
from extract.store import open_for_reading

# How long an example takes says something about the machine, not about the code; benchmarks/ measures speed. On a CI
# machine Hypothesis takes the same examples every time by itself, so that a run does not fail by chance.
if "CI" not in os.environ:
    settings.register_profile("without deadline", deadline=None)
    settings.load_profile("without deadline")

TITLE = "专项资金预算绩效目标申报表"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-golden", action="store_true", help="write tests/golden anew; the run then fails")


_may_use_network = True


def _refuse_network(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook: what Python does with sockets other than those between processes of one machine is an error."""
    if _may_use_network or event not in ("socket.connect", "socket.bind", "socket.sendto", "socket.getaddrinfo"):
        return
    if getattr(arguments[0], "family", None) != getattr(socket, "AF_UNIX", -1):
        raise AssertionError(f"{event} without the mark network")


sys.addaudithook(_refuse_network)


@pytest.fixture(scope="module", autouse=True)
def network(request: pytest.FixtureRequest) -> Iterator[None]:
    """No test reaches for the network, except in modules that carry the mark `network`."""
    global _may_use_network
    _may_use_network = request.node.get_closest_marker("network") is not None
    yield
    _may_use_network = True


@pytest.fixture(autouse=True)
def language() -> Iterator[None]:
    """Whatever language a test chooses, the next one begins in English."""
    yield
    choose("en")


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


def query(database: Path, sql: str) -> list[tuple[Any, ...]]:
    """The rows that a statement gives on a database which nobody has open."""
    connection = open_for_reading(database)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()
