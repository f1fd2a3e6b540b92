"""The report as one HTML page that opens offline: quality of the import, figures by year, forms beside their source.

Everything is in the page, the charting library (Plotly) included, and a policy in its head forbids it to fetch
anything. Texts from documents pass through the template's escaping or stand in JSON, never in markup. Needs the extra
[html].
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import resources
from typing import Any

import duckdb
import jinja2
import yaml
from markupsafe import Markup
from plotly.offline import get_plotlyjs  # type: ignore[import-untyped]  # it comes without type hints

from extract.dictionary import word
from extract.language import chosen, say
from extract.page.charts import charts_of
from extract.page.forms import shown_forms
from extract.report import make_report


def make_page(connection: duckdb.DuckDBPyConnection, most_forms: int) -> str:
    """The page over a database; at most `most_forms` forms are shown in full, the worst first."""
    words = _words()
    report = make_report(connection, limit=most_forms)
    forms = shown_forms(connection, most_forms)
    (all_forms,) = connection.execute("SELECT count(*) FROM forms").fetchone() or (0,)
    template = _environment().get_template("page.html")
    return template.render(
        language=chosen(),
        words=words,
        word=word,
        say=say,
        report=report,
        forms=forms,
        all_forms=all_forms,
        characters=_shares(report.characters),
        charts=_as_script(charts_of(connection, words)),
        plotly=Markup(get_plotlyjs()),
    )


def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("extract.page", "."),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _words() -> Mapping[str, str]:
    """The page's own words in the chosen language, by their key."""
    both = yaml.safe_load((resources.files("extract.page") / "words.yaml").read_text("utf-8"))
    return {key: say(word["en"], word["zh"]) for key, word in both.items()}


def _as_script(value: object) -> Markup:
    """JSON that may stand inside a script element, whatever its texts hold."""
    return Markup(json.dumps(value, ensure_ascii=True, default=str).replace("<", "\\u003c"))


_OWNERS = ("title", "label", "value", "boilerplate", "outside", "leftover")


def _shares(characters: tuple[Any, ...]) -> list[tuple[str, float]]:
    """Each owner of characters with its share in percent."""
    total, *parts = (n or 0 for n in characters)
    return [(owner, 100 * part / total if total else 0.0) for owner, part in zip(_OWNERS, parts, strict=True)]
