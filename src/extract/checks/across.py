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
# Each declaration with each self-evaluation of the same project and year, and what their rows are compared by. Hashes
# and no windows over the views: an import does this over every form of an archive, in little memory.
_PAIRS = r"""
    WITH phases AS (
        SELECT form_id, project_id, fiscal_year, form_kind LIKE '%declaration' AS declares
        FROM forms JOIN project_links USING (form_id)
        WHERE duplicate_of IS NULL AND (form_kind LIKE '%declaration' OR form_kind LIKE '%self-evaluation')),
    pairs AS (
        SELECT d.form_id AS declaration, e.form_id AS evaluation
        FROM phases d JOIN phases e USING (project_id, fiscal_year) WHERE d.declares AND NOT e.declares),
    compared AS (
        SELECT form_id, indicator_index, block, hash(name_key(name)) AS key,
               hash(regexp_replace(target_text, '\s', '', 'g')) AS target
        FROM indicators WHERE name IS NOT NULL AND target_text IS NOT NULL
          AND form_id IN (SELECT declaration FROM pairs UNION ALL SELECT evaluation FROM pairs))
"""
_CHANGED_TARGETS = f"""
    {_PAIRS},
    changed AS (
        SELECT e.form_id, e.indicator_index, min(p.declaration) AS other
        FROM pairs p JOIN compared e ON e.form_id = p.evaluation
        JOIN compared d ON d.form_id = p.declaration AND d.block = e.block AND d.key = e.key
        GROUP BY e.form_id, e.indicator_index HAVING bool_and(d.target <> e.target))
    SELECT form_id, i.text_start, i.text_end, indicator_index AS number, other
    FROM changed JOIN indicators i USING (form_id, indicator_index)
"""
_DROPPED_INDICATORS = f"""
    {_PAIRS},
    kept AS (
        SELECT d.form_id, d.indicator_index FROM pairs p JOIN compared d ON d.form_id = p.declaration
        JOIN compared e ON e.form_id = p.evaluation AND e.block = d.block AND e.key = d.key)
    SELECT form_id, NULL AS text_start, NULL AS text_end, count(*) AS count
    FROM compared ANTI JOIN kept USING (form_id, indicator_index)
    WHERE form_id IN (SELECT declaration FROM pairs) GROUP BY form_id
"""
_CHANGED_BUDGETS = f"""
    {_PAIRS},
    totals AS (
        SELECT form_id, stage, max(amount_yuan) AS yuan, min(text_start) AS text_start, min(text_end) AS text_end
        FROM funding WHERE source = 'total' AND block = 'annual' AND stage IN ('budget', 'initial')
        GROUP BY form_id, stage)
    SELECT e.form_id, min(e.text_start) AS text_start, min(e.text_end) AS text_end, min(e.yuan) AS initial,
           max(d.yuan) AS declared
    FROM pairs p JOIN totals e ON e.form_id = p.evaluation AND e.stage = 'initial'
    JOIN totals d ON d.form_id = p.declaration
    GROUP BY e.form_id HAVING bool_and(abs(e.yuan - d.yuan) > $tolerance)
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
