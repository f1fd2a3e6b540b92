"""Checks that compare forms with each other: statements over the tables and views of a database.

Each gives form_id, text_start and text_end of what is wrong, and then the values that its message names, by column.
Its limits in rules/checks.yaml are the parameters that it names. `cross_checks` runs them after every import, when
projects are linked.
"""

from __future__ import annotations

from collections.abc import Mapping

PREPARED: Mapping[str, str] = {
    "linked": """
        SELECT form_id, form_kind, fiscal_year, text_start, text_end, project_id, reason, duplicate_of
        FROM forms LEFT JOIN project_links USING (form_id)
    """,
    # What the indicators of a form say, from the first to the last.
    "prints": """
        SELECT form_id, count(*) AS count, min(name_start) AS text_start, max(text_end) AS text_end,
               sum(hash(name_key(name), target_text)) AS print
        FROM indicators WHERE name IS NOT NULL GROUP BY form_id
    """,
    "printed": """
        SELECT p.*, l.form_kind, l.fiscal_year, l.project_id
        FROM temp.prints p JOIN temp.linked l USING (form_id) WHERE l.duplicate_of IS NULL
    """,
    # Each declaration with each self-evaluation of the same project and year.
    "pairs": """
        WITH phases AS (
            SELECT form_id, project_id, fiscal_year, form_kind LIKE '%declaration' AS declares
            FROM temp.linked
            WHERE duplicate_of IS NULL AND (form_kind LIKE '%declaration' OR form_kind LIKE '%self-evaluation'))
        SELECT d.form_id AS declaration, e.form_id AS evaluation
        FROM phases d JOIN phases e USING (project_id, fiscal_year) WHERE d.declares AND NOT e.declares
    """,
    # What the rows of such forms are compared by.
    "compared": r"""
        SELECT form_id, indicator_index, block, hash(name_key(name)) AS key,
               hash(regexp_replace(target_text, '\s', '', 'g')) AS target, text_start, text_end
        FROM indicators WHERE name IS NOT NULL AND target_text IS NOT NULL
          AND form_id IN (SELECT declaration FROM temp.pairs UNION ALL SELECT evaluation FROM temp.pairs)
    """,
    "declared": """
        SELECT declaration, evaluation, indicator_index, block, key, target
        FROM temp.pairs JOIN temp.compared ON form_id = declaration
    """,
    "found_again": """
        SELECT d.declaration, d.indicator_index AS declared_index, d.target AS declared_target,
               e.form_id AS evaluation, e.indicator_index, e.target, e.text_start, e.text_end
        FROM temp.compared e JOIN temp.declared d ON e.form_id = d.evaluation AND e.block = d.block AND e.key = d.key
    """,
    "dropped": """
        SELECT declaration, indicator_index FROM temp.declared
        ANTI JOIN (SELECT declaration, declared_index AS indicator_index FROM temp.found_again)
        USING (declaration, indicator_index)
    """,
    # What declarations apply for and self-evaluations began with.
    "budgets": """
        SELECT form_id, stage, max(amount_yuan) AS yuan, min(text_start) AS text_start, min(text_end) AS text_end
        FROM funding WHERE source = 'total' AND block = 'annual' AND stage IN ('budget', 'initial')
        GROUP BY form_id, stage
    """,
    "declared_budgets": """
        SELECT evaluation, yuan AS declared FROM temp.pairs JOIN temp.budgets ON form_id = declaration
    """,
    "continued": """
        SELECT form_id, first_year FROM temp.linked JOIN projects USING (project_id) WHERE first_year < fiscal_year
    """,
}
"""What the statements share, and their steps: temporary tables, made in this order.

An import makes them over every form of an archive in little memory, and DuckDB holds to that where a query has one
join, grouping or window at a time; what does not fit waits on disk.
"""

_COPIES = """
    SELECT form_id, text_start, text_end, duplicate_of AS other FROM temp.linked WHERE duplicate_of IS NOT NULL
"""
_SECOND_FORMS = """
    SELECT form_id, text_start, text_end, first AS other
    FROM (SELECT form_id, text_start, text_end,
                 min(form_id) OVER (PARTITION BY project_id, form_kind, fiscal_year) AS first
          FROM temp.linked WHERE duplicate_of IS NULL AND reason <> 'no_unit' AND fiscal_year IS NOT NULL)
    WHERE form_id <> first
"""
_COPIED_TABLES = """
    SELECT form_id, text_start, text_end, original AS other, count
    FROM (SELECT form_id, project_id, text_start, text_end, count, first_value(form_id) OVER same AS original,
                 first_value(project_id) OVER same AS original_project
          FROM temp.printed WHERE count >= $least
          WINDOW same AS (PARTITION BY count, print ORDER BY fiscal_year, form_id))
    WHERE form_id <> original AND project_id IS DISTINCT FROM original_project
"""
_UNCHANGED_TABLES = """
    SELECT form_id, text_start, text_end, previous AS other, count
    FROM (SELECT form_id, text_start, text_end, count, fiscal_year,
                 lag(form_id) OVER same AS previous, lag(fiscal_year) OVER same AS previous_year
          FROM temp.printed WHERE count >= $least AND project_id IS NOT NULL
          WINDOW same AS (PARTITION BY project_id, form_kind, count, print ORDER BY fiscal_year, form_id))
    WHERE previous_year < fiscal_year
"""
_CHANGED_TARGETS = """
    SELECT evaluation AS form_id, any_value(text_start) AS text_start, any_value(text_end) AS text_end,
           indicator_index AS number, min(declaration) AS other
    FROM temp.found_again
    GROUP BY evaluation, indicator_index HAVING bool_and(target <> declared_target)
"""
_DROPPED_INDICATORS = """
    SELECT declaration AS form_id, NULL AS text_start, NULL AS text_end, count(DISTINCT indicator_index) AS count
    FROM temp.dropped GROUP BY declaration
"""
_CHANGED_BUDGETS = """
    SELECT form_id, min(text_start) AS text_start, min(text_end) AS text_end, min(yuan) AS initial,
           max(declared) AS declared
    FROM temp.budgets JOIN temp.declared_budgets ON evaluation = form_id
    WHERE stage = 'initial'
    GROUP BY form_id HAVING bool_and(abs(yuan - declared) > $tolerance)
"""
_OLD_PROJECTS = """
    SELECT form_id, text_start, text_end, first_year AS year
    FROM temp.continued JOIN fields USING (form_id)
    WHERE name = 'project_attribute' AND value IN (SELECT unnest($words))
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
