"""Linking: the forms of a database become projects, as rows of its tables projects and project_links.

Which names are one project is for `projects` to say; here they come to it, unit by unit. DuckDB sorts and keeps what
does not fit into memory on disk, so that what is held here at a time is a batch, or the forms of one unit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

import duckdb

from extract.projects import KeyedForm, Link, NamedForm, Project, ProjectNames, keyed, link_unit
from extract.rows import Row
from extract.rules.spec import ProjectsFile

BATCH_ROWS = 5_000


def link_forms(connection: duckdb.DuckDBPyConnection, file: ProjectsFile) -> int:
    """Write projects and links of all forms anew; how many projects there are."""
    names = ProjectNames(file)
    connection.execute(_NAMED_FORMS)
    connection.execute(_KEYED_FORMS)
    for rows in _batches(connection, "named_forms"):
        _append(connection, "keyed_forms", keyed([NamedForm(*row) for row in rows], names))
    connection.execute(_FORMS_BY_UNIT)
    connection.execute(_FOUND)
    _write_projects(connection, names)
    connection.execute(_COPIES)
    connection.execute(_WRITE)
    (projects,) = connection.execute("SELECT count(*) FROM projects").fetchone() or (0,)
    return int(projects)


def _write_projects(connection: duckdb.DuckDBPyConnection, names: ProjectNames) -> None:
    """Find the projects of one unit after the other, and write them a batch at a time."""
    projects: list[Project] = []
    links: list[Link] = []
    forms = (KeyedForm(*row) for rows in _batches(connection, "forms_by_unit") for row in rows)
    for _, of_unit in groupby(forms, key=lambda form: (form.family, form.unit, form.unit or form.form_id)):
        for project, its_links in link_unit(of_unit, names):
            projects.append(project)
            links += its_links
        if len(links) >= BATCH_ROWS:
            _append(connection, "found_projects", projects)
            _append(connection, "found_links", links)
            projects, links = [], []
    _append(connection, "found_projects", projects)
    _append(connection, "found_links", links)


def _batches(connection: duckdb.DuckDBPyConnection, table: str) -> Iterator[list[Row]]:
    """The rows of a table by place; each batch is a query of its own, so that others may come between."""
    some = f"SELECT * EXCLUDE (place) FROM temp.{table} WHERE place > ? AND place <= ? ORDER BY place"
    first = 0
    while rows := connection.execute(some, [first, first + BATCH_ROWS]).fetchall():
        yield rows
        first += BATCH_ROWS


def _append(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Row]) -> None:
    with connection.appender(table) as appender:
        appender.append_rows(rows)


# The forms of a whole department have no project; they are one with those of the same department in other years.
_NAMED_FORMS = """
    CREATE OR REPLACE TEMP TABLE named_forms AS
    SELECT form_id, CASE WHEN starts_with(form_kind, 'department-') THEN 'department' ELSE 'project' END AS family,
           form_kind, fiscal_year,
           CASE WHEN starts_with(form_kind, 'department-') THEN '部门整体' ELSE project_name END AS project_name,
           implementing_unit, reporting_unit, competent_department, row_number() OVER () AS place
    FROM forms WHERE project_name IS NOT NULL OR starts_with(form_kind, 'department-')
"""
_KEYED_FORMS = """
    CREATE OR REPLACE TEMP TABLE keyed_forms (
        form_id VARCHAR, family VARCHAR, form_kind VARCHAR, fiscal_year INTEGER, project_name VARCHAR,
        carrier VARCHAR, unit VARCHAR, department VARCHAR, words VARCHAR, numbers VARCHAR[])
"""
# A form that names only its department takes the unit that the department's forms of the same name have, if it is one;
# where there are several, nothing says which.
_FORMS_BY_UNIT = """
    CREATE OR REPLACE TEMP TABLE forms_by_unit AS
    WITH doers AS (
        SELECT family, words, numbers, department, min(unit) AS doer FROM keyed_forms
        WHERE unit IS NOT NULL AND department IS NOT NULL
        GROUP BY ALL HAVING min(unit) = max(unit))
    SELECT * EXCLUDE (doer) REPLACE (coalesce(unit, doer, department) AS unit),
           row_number() OVER (ORDER BY family, coalesce(unit, doer, department), form_id) AS place
    FROM keyed_forms LEFT JOIN doers USING (family, words, numbers, department)
"""
_FOUND = """
    CREATE OR REPLACE TEMP TABLE found_projects AS FROM projects LIMIT 0;
    CREATE OR REPLACE TEMP TABLE found_links AS SELECT * EXCLUDE (duplicate_of) FROM project_links LIMIT 0;
"""
# Forms of one kind and year that say exactly the same, each with the first of them.
_COPIES = """
    CREATE OR REPLACE TEMP TABLE copies AS
    WITH said AS (
            SELECT form_id, hash(name, value) AS line FROM fields
            UNION ALL SELECT form_id, hash(source, stage, block, amount, unit) FROM funding
            UNION ALL SELECT form_id, hash(block, level1, level2, name, target_text, actual_text) FROM indicators),
         content AS (SELECT form_id, count(*) AS lines, sum(line) AS print FROM said GROUP BY form_id),
         firsts AS (
            SELECT form_id, min(form_id) OVER (PARTITION BY form_kind, fiscal_year, title, lines, print) AS first
            FROM forms JOIN content USING (form_id))
    SELECT form_id, first FROM firsts WHERE form_id <> first
"""
_WRITE = """
    DELETE FROM projects;
    INSERT INTO projects FROM found_projects ORDER BY ALL;
    DELETE FROM project_links;
    INSERT INTO project_links SELECT l.*, first FROM found_links l LEFT JOIN copies USING (form_id) ORDER BY form_id;
    DROP TABLE temp.named_forms; DROP TABLE temp.keyed_forms; DROP TABLE temp.forms_by_unit;
    DROP TABLE temp.found_projects; DROP TABLE temp.found_links; DROP TABLE temp.copies;
"""
