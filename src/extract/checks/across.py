"""Checks that compare forms with each other: statements over the tables and views of a database.

Each gives form_id, text_start and text_end of what is wrong, and then the values that its message names, by column.
Its limits in rules/checks.yaml are the parameters that it names. `store` runs them after every import, when projects
are linked.
"""

from __future__ import annotations

from collections.abc import Mapping

_COPIES = """
    SELECT form_id, text_start, text_end, duplicate_of AS other
    FROM project_links JOIN forms USING (form_id) WHERE duplicate_of IS NOT NULL
"""
_SECOND_FORMS = """
    SELECT form_id, text_start, text_end, first AS other
    FROM (SELECT form_id, text_start, text_end,
                 min(form_id) OVER (PARTITION BY project_id, form_kind, fiscal_year) AS first
          FROM project_links JOIN forms USING (form_id)
          WHERE duplicate_of IS NULL AND reason <> 'no_unit' AND fiscal_year IS NOT NULL)
    WHERE form_id <> first
"""
_COPIED_TABLES = """
    SELECT c.form_id, min(i.name_start) AS text_start, max(i.text_end) AS text_end, any_value(c.copy_of) AS other,
           any_value(c.indicators) AS count
    FROM copied_forms c JOIN indicators i USING (form_id) WHERE c.indicators >= $least GROUP BY c.form_id
"""
_UNCHANGED_TABLES = """
    WITH tables AS (
        SELECT form_id, count(*) AS count, min(name_start) AS text_start, max(text_end) AS text_end,
               sum(hash(name_key(name), target_text)) AS print
        FROM indicators WHERE name IS NOT NULL GROUP BY form_id HAVING count(*) >= $least)
    SELECT form_id, text_start, text_end, previous AS other, count
    FROM (SELECT form_id, text_start, text_end, count, fiscal_year,
                 lag(form_id) OVER same AS previous, lag(fiscal_year) OVER same AS previous_year
          FROM tables JOIN form_details USING (form_id) WHERE duplicate_of IS NULL AND project_id IS NOT NULL
          WINDOW same AS (PARTITION BY project_id, form_kind, count, print ORDER BY fiscal_year, form_id))
    WHERE previous_year < fiscal_year
"""
_CHANGED_TARGETS = r"""
    SELECT form_id, i.text_start, i.text_end, indicator_index AS number, declaration_form_id AS other
    FROM target_actual t JOIN indicators i USING (form_id, indicator_index)
    WHERE t.target_changed
      AND regexp_replace(t.declared_target, '\s', '', 'g') <> regexp_replace(t.evaluated_target, '\s', '', 'g')
"""
_DROPPED_INDICATORS = """
    SELECT declaration_form_id AS form_id, NULL AS text_start, NULL AS text_end, count(*) AS count
    FROM target_actual WHERE result = 'not_evaluated' GROUP BY declaration_form_id
"""
_CHANGED_BUDGETS = """
    SELECT form_id, min(m.text_start) AS text_start, min(m.text_end) AS text_end,
           any_value(b.initial_yuan) AS initial, any_value(b.declared_yuan) AS declared
    FROM budget_execution b JOIN funding m USING (form_id, source)
    WHERE source = 'total' AND m.stage = 'initial' AND m.block = 'annual' AND b.duplicate_of IS NULL
      AND abs(b.initial_yuan - b.declared_yuan) > $tolerance
    GROUP BY form_id
"""
_OLD_PROJECTS = """
    SELECT form_id, v.text_start, v.text_end, first_year AS year
    FROM forms f JOIN project_links USING (form_id) JOIN projects p USING (project_id)
    JOIN fields v USING (form_id)
    WHERE v.name = 'project_attribute' AND v.value IN (SELECT unnest($words)) AND p.first_year < f.fiscal_year
"""

STATEMENTS: Mapping[str, str] = {
    "form.copy": _COPIES,
    "form.second": _SECOND_FORMS,
    "indicators.copied": _COPIED_TABLES,
    "indicators.unchanged": _UNCHANGED_TABLES,
    "indicators.dropped": _DROPPED_INDICATORS,
    "target.not_as_declared": _CHANGED_TARGETS,
    "funding.not_as_declared": _CHANGED_BUDGETS,
    "project.not_new": _OLD_PROJECTS,
}
"""Every check across forms by the code of its findings."""
