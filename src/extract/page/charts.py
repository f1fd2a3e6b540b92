"""The charts of the page: each a figure of Plotly as plain data, made from one query."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

import duckdb

Figure = dict[str, Any]
Words = Mapping[str, str]

# Okabe and Ito's colours, which people tell apart whatever their eyes, and four more for long lists.
_COLOURS = (
    *("#d55e00", "#6a3d9a", "#8c564b", "#999999", "#b2df8a", "#f0e442"),
    *("#0072b2", "#e69f00", "#009e73", "#56b4e9", "#cc79a7"),
)
_GRADES = {"good": "#009e73", "check": "#e69f00", "poor": "#d55e00"}


def charts_of(connection: duckdb.DuckDBPyConnection, words: Words) -> dict[str, Figure]:
    """Every chart for which the database has data, by its key in the words."""
    figures = {key: make(connection.execute(sql).fetchall(), words) for key, (sql, make) in _CHARTS.items()}
    return {key: figure for key, figure in figures.items() if figure["data"]}


def _stacked_by_year(rows: list[tuple[Any, ...]], words: Words) -> Figure:
    """Bars of (year, part, number), the parts of a year on top of each other."""
    parts: dict[str, dict[str, float]] = defaultdict(dict)
    for year, part, number in rows:
        parts[str(part)][_year(year, words)] = float(number)
    years = sorted({year for numbers in parts.values() for year in numbers})
    bars = [
        {
            "type": "bar",
            "name": words.get(part, part),
            "x": years,
            "y": [numbers.get(year, 0) for year in years],
            "marker": {"color": _GRADES.get(part) or _colour(part, words)},
        }
        for part, numbers in sorted(parts.items())
    ]
    return {
        "data": bars,
        "layout": {"barmode": "stack", "xaxis": {"type": "category"}, "yaxis": {"tickformat": ","}},
    }


def _colour(part: str, words: Words) -> str:
    """A word's colour, the same in every chart: by its place among the words, where those of a chart stand together."""
    return _COLOURS[list(words).index(part) % len(_COLOURS)] if part in words else _COLOURS[-1]


def _lines_by_year(rows: list[tuple[Any, ...]], words: Words) -> Figure:
    """Lines of (year, what, number), with a gap where a year has no number."""
    figure = _stacked_by_year(rows, words)
    known = {(words.get(part, part), _year(year, words)) for year, part, _ in rows}
    for line in figure["data"]:
        numbers = [y if (line["name"], x) in known else None for x, y in zip(line["x"], line["y"], strict=True)]
        line |= {"type": "scatter", "mode": "lines+markers", "line": line.pop("marker"), "y": numbers}
    return {"data": figure["data"], "layout": {"xaxis": {"type": "category"}, "yaxis": {"rangemode": "tozero"}}}


def _year(year: object, words: Words) -> str:
    return words["no_year"] if year is None else str(year)


_CHARTS: Mapping[str, tuple[str, Callable[[list[tuple[Any, ...]], Words], Figure]]] = {
    "chart_forms": (
        "SELECT fiscal_year, form_kind, count(*) FROM forms GROUP BY ALL ORDER BY ALL",
        _stacked_by_year,
    ),
    "chart_grades": (
        "SELECT fiscal_year, grade, count(*) FROM forms WHERE grade IS NOT NULL GROUP BY ALL ORDER BY ALL",
        _stacked_by_year,
    ),
    # Parts of the fiscal money where a form has them; the sum of them otherwise, so that nothing counts twice.
    "chart_funding": (
        """
        WITH budget AS (
            SELECT form_id, fiscal_year, source, amount_yuan,
                   bool_or(source IN ('central', 'provincial', 'municipal', 'local'))
                       OVER (PARTITION BY form_id) AS divided
            FROM funding JOIN forms USING (form_id)
            WHERE block = 'annual' AND stage IN ('budget', 'initial') AND amount_yuan IS NOT NULL)
        SELECT fiscal_year, source, sum(amount_yuan) / 10000 FROM budget
        WHERE source <> 'total' AND NOT (source = 'fiscal' AND divided) GROUP BY ALL ORDER BY ALL
        """,
        _stacked_by_year,
    ),
    "chart_targets": (
        """
        SELECT fiscal_year, coalesce(target_kind, 'empty'), count(*) FROM indicators JOIN forms USING (form_id)
        GROUP BY ALL ORDER BY ALL
        """,
        _stacked_by_year,
    ),
    "chart_qualitative": (
        """
        SELECT fiscal_year, form_kind, 100.0 * count_if(target_kind = 'qualitative') / count(*)
        FROM indicators JOIN forms USING (form_id) WHERE fiscal_year IS NOT NULL GROUP BY ALL ORDER BY ALL
        """,
        _lines_by_year,
    ),
}
