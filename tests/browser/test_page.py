"""The page in a real browser: it draws, answers clicks and search, asks the network for nothing, and obeys no data.

Not part of `make test`: `make test-browser` installs Debian's Chromium and runs it.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from command_line import run_extract
from containers import Declaration, declaration_table, dump

playwright = pytest.importorskip("playwright.sync_api")

ROOT = Path(__file__).parents[2]
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "chromium"
# What a file may try on the page that shows it.
HOSTILE = "</script><script>window.broken = 1</script><img src=x onerror='window.broken = 2'>{{ 7 * 7 }}"


class Opened:
    """A page in the browser, with what went wrong in it."""

    def __init__(self, browser: playwright.Browser, path: Path) -> None:
        self.page = browser.new_page(viewport={"width": 1400, "height": 1000})
        self.errors: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda message: self.errors.append(message.text) if message.type != "log" else None)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(path.as_uri())


@pytest.fixture(scope="module")
def browser() -> Iterator[playwright.Browser]:
    with playwright.sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The samples and a hostile form in a database, and its page in both languages."""
    folder = tmp_path_factory.mktemp("page")
    form = declaration_table(Declaration(project_name=HOSTILE))
    (folder / "hostile.txt").write_text(dump([form]) + "\t剩余\n", "utf-8")
    assert run_extract(folder, "import", str(ROOT / "samples"), "hostile.txt").returncode in (0, 1)
    for language in ("zh", "en"):
        run = run_extract(folder, "report", "--html", f"{language}.html", "--lang", language, "--forms", "1000")
        assert run.returncode == 0, run.stderr
    return folder


@pytest.fixture(params=["zh", "en"])
def opened(browser: playwright.Browser, folder: Path, request: pytest.FixtureRequest) -> Iterator[Opened]:
    shown = Opened(browser, folder / f"{request.param}.html")
    yield shown
    assert shown.errors == []
    assert [url for url in shown.requests if not url.startswith(("file:", "data:", "blob:"))] == []
    shown.page.close()


def test_every_chart_is_drawn_within_its_box(opened: Opened) -> None:
    opened.page.wait_for_selector(".main-svg")
    boxes = opened.page.query_selector_all(".chart")
    assert len(boxes) >= 4
    for box in boxes:
        plot = box.query_selector(".main-svg")
        assert plot
        inner, outer = plot.bounding_box(), box.bounding_box()
        assert inner
        assert outer
        assert inner["x"] + inner["width"] <= outer["x"] + outer["width"]


def test_a_click_on_a_value_marks_its_place_in_the_source_and_the_other_way_round(opened: Opened) -> None:
    form = opened.page.locator("details.form", has_text="window.broken")
    form.locator("summary").click()
    row = form.locator("tr[data-value]", has_text=re.compile("project_name|项目名称")).first
    row.click()
    marked = form.locator(".source .on")
    assert marked.count() >= 1
    assert marked.first.inner_text().strip() in row.inner_text()
    form.locator(".source [data-values]").last.click()
    assert form.locator("tr.on").count() == 1


def test_search_leaves_the_forms_that_hold_the_words(opened: Opened) -> None:
    assert opened.page.locator("details.form:visible").count() > 1
    opened.page.fill("#search", "window.broken")
    assert opened.page.locator("details.form:visible").count() == 1


def test_data_is_shown_and_never_obeyed(opened: Opened) -> None:
    assert opened.page.evaluate("window.broken") is None
    assert "{{ 7 * 7 }}" in opened.page.content()


def test_phones_are_masked(opened: Opened) -> None:
    assert "13900000001" not in opened.page.content()
