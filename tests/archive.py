"""A small archive of invented forms, put straight into a database; views, queries and exports are tested on it."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

from extract.rows import actual_values, target_values
from extract.rules import load_rules
from extract.store import Store
from extract.target import TargetContext, parse_target

PLACE = {"text_start": 0, "text_end": 0}
PHONE = "13900000017"


class Archive:
    """Collects rows; `write` makes the database. A form is given by its kind, year, project and unit."""

    def __init__(self) -> None:
        self.rows: dict[str, list[dict[str, Any]]] = {}
        self._numbers = itertools.count(1)

    def form(
        self, kind: str, year: int | None, project: str | None, unit: str | None = "林业站", **columns: Any
    ) -> str:
        """Add a form in a document and file of its own, and return its form_id."""
        number = next(self._numbers)
        document_id, form_id = f"{number:064x}", f"{number:016x}-1"
        text = columns.pop("text", f"{project} {PHONE}")
        path = columns.pop("path", f"archive/{number}.doc")
        self.add("files", path=path, member="", document_id=document_id, size_bytes=9, seen_at="2021-01-01")
        self.add(
            "documents",
            document_id=document_id,
            format="doc",
            size_bytes=9,
            status="extracted",
            form_count=1,
            text=text,
            ruleset="x",
            imported_at="2021-01-01",
            **dict.fromkeys(CHARACTERS, 0),
        )
        self.add(
            "forms",
            form_id=form_id,
            document_id=document_id,
            form_index=1,
            form_kind=kind,
            title="表",
            fiscal_year=year,
            project_name=project,
            implementing_unit=unit,
            **{"competent_department": "林业局", **PLACE, **columns},
        )
        # Two forms are copies where all that they say is the same; here they say at least which project they are about.
        self.field(form_id, "project_name", "项目名称", project)
        return form_id

    def field(self, form_id: str, name: str, label: str, value: str | None, **columns: Any) -> None:
        """Add a labelled field."""
        row = {"name": name, "label": label, "text": value or "", "value": value, **PLACE, **columns}
        self.add("fields", form_id=form_id, **row)

    def money(self, form_id: str, source: str, stage: str, wan: float, block: str = "annual") -> None:
        """Add an amount in 万元."""
        index = 1 + sum(row["form_id"] == form_id for row in self.rows.get("funding", []))
        self.add(
            "funding",
            form_id=form_id,
            row_index=index,
            source=source,
            stage=stage,
            block=block,
            amount=wan,
            unit="万元",
            amount_yuan=wan * 10000,
            text=str(wan),
            **PLACE,
        )

    def indicator(self, form_id: str, name: str, target: str | None, **columns: Any) -> None:
        """Add an indicator; `target` is read as the parser would, `actual` too."""
        index = 1 + sum(row["form_id"] == form_id for row in self.rows.get("indicators", []))
        row = {
            "block": "annual",
            "level1": "产出指标",
            "level1_canonical": "产出指标",
            "level2": "数量指标",
            "level2_canonical": "数量指标",
            "name": name,
            "target_text": target,
            **target_values(asked := parse_target(target or "", RULES.targets)),
        }
        if (actual := columns.pop("actual", None)) is not None:
            said = parse_target(actual, RULES.targets, TargetContext(target=asked))
            row |= {"actual_text": actual, **actual_values(said)}
        row |= {"name_start": 0, "name_end": 0, **PLACE, **columns}
        self.add("indicators", form_id=form_id, indicator_index=index, **row)

    def add(self, table: str, **columns: Any) -> None:
        """Add a row to a table."""
        self.rows.setdefault(table, []).append(columns)

    def write(self, path: Path) -> Path:
        """Make the database, projects linked."""
        with Store(path) as store:
            connection = store._connection
            for table, rows in self.rows.items():
                for row in rows:
                    names, marks = ", ".join(row), ", ".join("?" * len(row))
                    connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(row.values()))
            store.link_projects(RULES)
        return path


RULES = load_rules()
CHARACTERS = (
    "chars_total",
    "chars_title",
    "chars_label",
    "chars_value",
    "chars_boilerplate",
    "chars_outside",
    "chars_leftover",
)


def small_archive() -> Archive:
    """Three years of a forestry office: one project goes on, one ends, one begins, one is copied."""
    archive = Archive()
    declared = {}
    for year, patrols, trees in ((2020, 40, 500), (2021, 45, 600)):
        form = archive.form(
            "project-declaration", year, f"{year}年护林防火项目", contact_name="周明", contact_phone=PHONE
        )
        declared[year] = form
        archive.money(form, "total", "budget", 20 + year % 10)
        archive.money(form, "central", "budget", 15)
        archive.money(form, "local", "budget", 5 + year % 10)
        archive.indicator(form, "巡护里程", f"≥{patrols}公里")
        archive.indicator(form, "补植苗木", f"≥{trees}株")
        archive.indicator(
            form, "群众防火意识", "明显提高", level1_canonical="效益指标", level2_canonical="社会效益指标"
        )
        archive.add(
            "citations",
            form_id=form,
            field="basis",
            document_number="林财〔2019〕5号",
            issuer_code="林财",
            year=2019,
            **PLACE,
        )
    evaluation = archive.form("project-self-evaluation", 2021, "护林防火专项经费")
    archive.money(evaluation, "total", "initial", 21)
    archive.money(evaluation, "total", "adjusted", 24)
    archive.money(evaluation, "total", "executed", 18)
    archive.indicator(evaluation, "指标1：巡护里程", "≥45公里", actual="52公里", weight=20, score=20)
    archive.indicator(evaluation, "补植苗木", "≥550株", actual="540株", weight=20, score=18, deviation="干旱")
    archive.indicator(evaluation, "防火宣传", "≥3次", actual=None, weight=10)
    gone = archive.form("project-declaration", 2020, "古树名木保护（一期）")
    archive.money(gone, "total", "budget", 8)
    archive.indicator(gone, "挂牌数量", "=120株")
    begun = archive.form("project-declaration", 2021, "古树名木保护（二期）")
    archive.money(begun, "total", "budget", 9)
    archive.indicator(begun, "挂牌数量", "=120株")
    archive.indicator(begun, "挂牌合格率", "≥98%", level2_canonical="质量指标")
    return archive
