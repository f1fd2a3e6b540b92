-- Views that answer the usual questions. Each has a Chinese twin with the same rows under Chinese names, which
-- dictionary.yaml names and dictionary.py makes; the comments on views and columns stand there too, in both languages.
--
-- Money is in 元 (…_yuan) and exact. Views that sum leave out exact copies of a form (project_links.duplicate_of).
-- `phase` says what a form is for: declaration, monitoring, self-evaluation.

-- What an indicator's name is compared by: without white space, punctuation and a number in front (指标1：).
CREATE OR REPLACE MACRO name_key(name) AS regexp_replace(name, '^\s*指标[0-9一二三四五六七八九十]*[:：]|[\s\p{P}]', '', 'g');

-- part of whole in percent with two decimals; NULL where the whole is nothing.
CREATE OR REPLACE MACRO percent_of(part, whole) AS round(100 * part / nullif(whole, 0), 2)::DECIMAL(18, 2);

-- target_met_by, and what people mean beside it. What is printed alike is met. A number without operator (3场, 5%) may mean
-- at least or at most: another actual number says nothing, except less than 100%. A bare 0.96 beside 95% may be a share.
CREATE OR REPLACE MACRO meets(t, a) AS CASE
    WHEN regexp_replace(a.actual_text, '\s', '', 'g') = regexp_replace(t.target_text, '\s', '', 'g') THEN true
    WHEN t.unit = '%' AND a.actual_value <= 1 AND NOT regexp_matches(a.actual_text, '[%％]') THEN NULL
    WHEN t.operator_implied AND NOT target_met_by(t, a)
         AND NOT coalesce(t.unit = '%' AND t.value = 100 AND a.actual_upper_canonical < t.lower_canonical, false) THEN NULL
    ELSE target_met_by(t, a) END;

-- ---------------------------------------------------------------------------------- the tables, with what belongs to them

CREATE OR REPLACE VIEW file_details AS
SELECT CASE member WHEN '' THEN path ELSE path || '!/' || member END AS source_file,
       f.path, f.member, f.document_id, d.format, coalesce(d.status, f.status) AS status, d.form_count, coalesce(d.error, f.error) AS error, coalesce(d.error_zh, f.error_zh) AS error_zh, f.size_bytes, f.modified_at
FROM files f LEFT JOIN documents d USING (document_id);

CREATE OR REPLACE VIEW form_details AS
SELECT
    f.form_id, f.form_kind,
    CASE WHEN f.form_kind LIKE '%self-evaluation' THEN 'self-evaluation' WHEN f.form_kind LIKE '%monitoring' THEN 'monitoring'
         WHEN f.form_kind LIKE '%declaration' THEN 'declaration' END AS phase,
    f.title, f.fiscal_year, f.reporting_unit, f.unit_head, l.project_id, f.project_name, f.project_attribute,
    f.competent_department, f.implementing_unit, f.project_lead, f.contact_name, f.contact_phone,
    f.period_text, f.period_start, f.period_end, f.overview, f.basis, f.measures, f.long_term_goal, f.annual_goal,
    f.annual_goal_actual, f.grade, l.duplicate_of, s.source_file, f.document_id, f.form_index
FROM forms f
LEFT JOIN project_links l USING (form_id)
LEFT JOIN (SELECT document_id, min(source_file) AS source_file FROM file_details GROUP BY document_id) s USING (document_id);

CREATE OR REPLACE VIEW field_details AS
SELECT v.form_id, f.form_kind, f.fiscal_year, f.project_name, v.name AS field, v.label, v.value AS field_value, v.text, f.source_file
FROM fields v JOIN form_details f USING (form_id);

CREATE OR REPLACE VIEW funding_details AS
SELECT
    m.form_id, f.form_kind, f.phase, f.fiscal_year, f.competent_department, f.implementing_unit, f.project_id, f.project_name,
    m.row_index, m.source, m.stage, m.block, m.amount, m.unit, m.amount_yuan, m.text, f.duplicate_of, f.source_file
FROM funding m JOIN form_details f USING (form_id);

CREATE OR REPLACE VIEW indicator_details AS
SELECT
    i.form_id, f.form_kind, f.phase, f.fiscal_year, f.competent_department, f.implementing_unit, f.project_id, f.project_name,
    i.indicator_index, i.block, i.level1, i.level2, i.level1_canonical, i.level2_canonical, i.name, i.target_text, i.target_kind,
    i.operator, i.operator_implied, i.value, i.lower, i.upper, i.unit, i.deadline, i.dimension, i.unit_canonical, i.value_canonical,
    i.lower_canonical, i.upper_canonical, i.lower_open, i.upper_open, i.comparable, i.target_context, i.target_warnings,
    i.actual_text, i.actual_operator, i.actual_value, i.actual_unit, i.actual_lower_canonical, i.actual_upper_canonical,
    i.actual_lower_open, i.actual_upper_open, i.actual_comparable, i.weight, i.score, i.deviation, i.remarks,
    f.duplicate_of, f.source_file
FROM indicators i JOIN form_details f USING (form_id);

CREATE OR REPLACE VIEW citation_details AS
SELECT c.form_id, f.form_kind, f.fiscal_year, f.competent_department, f.project_id, f.project_name,
       c.document_number, c.issuer_code, c.year AS issue_year, c.field, f.source_file
FROM citations c JOIN form_details f USING (form_id);

CREATE OR REPLACE VIEW finding_details AS
SELECT d.form_id, f.form_kind, f.fiscal_year, f.project_name, d.code, d.severity, d.outcome, d.message, d.message_zh,
       coalesce(f.source_file, s.source_file) AS source_file, d.document_id
FROM findings d
LEFT JOIN form_details f USING (form_id)
LEFT JOIN (SELECT document_id, min(source_file) AS source_file FROM file_details GROUP BY document_id) s
       ON s.document_id = d.document_id;

-- ------------------------------------------------------------------------------------------------------------- money

-- One row for each form, block and stage, the sources side by side.
CREATE OR REPLACE VIEW form_funding AS
WITH amounts AS (
    SELECT form_id, block, stage,
           max(amount_yuan) FILTER (source = 'total') AS total_yuan,
           max(amount_yuan) FILTER (source = 'fiscal') AS fiscal_yuan,
           max(amount_yuan) FILTER (source = 'central') AS central_yuan,
           max(amount_yuan) FILTER (source = 'provincial') AS provincial_yuan,
           max(amount_yuan) FILTER (source = 'municipal') AS municipal_yuan,
           max(amount_yuan) FILTER (source = 'local') AS local_yuan,
           max(amount_yuan) FILTER (source = 'carryover') AS carryover_yuan,
           max(amount_yuan) FILTER (source = 'own') AS own_yuan,
           max(amount_yuan) FILTER (source = 'other') AS other_yuan
    FROM funding GROUP BY form_id, block, stage)
SELECT a.form_id, f.form_kind, f.phase, f.fiscal_year, f.competent_department, f.implementing_unit, f.project_id, f.project_name,
       a.block, a.stage, a.total_yuan, a.fiscal_yuan, a.central_yuan, a.provincial_yuan, a.municipal_yuan, a.local_yuan,
       a.carryover_yuan, a.own_yuan, a.other_yuan, f.duplicate_of, f.source_file
FROM amounts a JOIN form_details f USING (form_id);

CREATE OR REPLACE VIEW funding_by_source AS
SELECT fiscal_year, source, phase, stage, block, count(DISTINCT form_id) AS forms, sum(amount_yuan) AS amount_yuan,
       (sum(amount_yuan) / 10000)::DECIMAL(38, 6) AS amount_wan, count(*) FILTER (amount_yuan IS NULL) AS unread_amounts
FROM funding_details WHERE duplicate_of IS NULL
GROUP BY fiscal_year, source, phase, stage, block;

CREATE OR REPLACE VIEW funding_by_department AS
SELECT fiscal_year, competent_department, phase, stage, block, count(*) AS forms,
       sum(total_yuan) AS total_yuan, sum(fiscal_yuan) AS fiscal_yuan, sum(central_yuan) AS central_yuan,
       sum(provincial_yuan) AS provincial_yuan, sum(municipal_yuan) AS municipal_yuan, sum(local_yuan) AS local_yuan,
       sum(carryover_yuan) AS carryover_yuan, sum(own_yuan) AS own_yuan, sum(other_yuan) AS other_yuan
FROM form_funding WHERE duplicate_of IS NULL
GROUP BY fiscal_year, competent_department, phase, stage, block;

-- Of forms that state what was spent: budget against executed, by source, with what the project's declaration said.
CREATE OR REPLACE VIEW budget_execution AS
WITH stages AS (
    SELECT form_id, source,
           max(amount_yuan) FILTER (stage = 'initial') AS initial_yuan,
           max(amount_yuan) FILTER (stage = 'adjusted') AS adjusted_yuan,
           coalesce(max(amount_yuan) FILTER (stage = 'adjusted'), max(amount_yuan) FILTER (stage = 'budget'),
                    max(amount_yuan) FILTER (stage = 'initial')) AS budget_yuan,
           max(amount_yuan) FILTER (stage = 'executed') AS executed_yuan
    FROM funding WHERE block = 'annual' GROUP BY form_id, source),
declared AS (
    SELECT project_id, fiscal_year, source, max(amount_yuan) AS declared_yuan
    FROM funding_details
    WHERE phase = 'declaration' AND stage IN ('budget', 'initial') AND block = 'annual' AND project_id IS NOT NULL
    GROUP BY project_id, fiscal_year, source)
SELECT s.form_id, f.form_kind, f.phase, f.fiscal_year, f.competent_department, f.implementing_unit, f.project_id, f.project_name,
       s.source, d.declared_yuan, s.initial_yuan, s.adjusted_yuan, s.budget_yuan, s.executed_yuan,
       percent_of(s.executed_yuan, s.budget_yuan) AS execution_percent, f.duplicate_of, f.source_file
FROM stages s JOIN form_details f USING (form_id)
LEFT JOIN declared d ON d.project_id = f.project_id AND d.fiscal_year = f.fiscal_year AND d.source = s.source
WHERE s.executed_yuan IS NOT NULL;

-- The whole budget of a form over each of its quantity targets: a figure to compare forms by, no price.
CREATE OR REPLACE VIEW cost_per_output AS
WITH budgets AS (
    SELECT form_id,
           coalesce(max(amount_yuan) FILTER (stage = 'budget'), max(amount_yuan) FILTER (stage = 'adjusted'),
                    max(amount_yuan) FILTER (stage = 'initial')) AS budget_yuan,
           max(amount_yuan) FILTER (stage = 'executed') AS executed_yuan
    FROM funding WHERE source = 'total' AND block = 'annual' GROUP BY form_id)
SELECT i.form_id, i.form_kind, i.phase, i.fiscal_year, i.competent_department, i.implementing_unit, i.project_id, i.project_name,
       i.indicator_index, i.name, i.target_text, coalesce(i.value_canonical, i.value) AS output, coalesce(i.unit_canonical, i.unit) AS output_unit,
       b.budget_yuan, round(b.budget_yuan / coalesce(i.value_canonical, i.value), 2)::DECIMAL(38, 2) AS yuan_per_unit,
       b.executed_yuan, i.duplicate_of, i.source_file
FROM indicator_details i JOIN budgets b USING (form_id)
WHERE i.target_kind = 'quantity' AND i.block = 'annual' AND coalesce(i.value_canonical, i.value) > 0 AND b.budget_yuan IS NOT NULL;

-- -------------------------------------------------------------------------------------------------------- indicators

CREATE OR REPLACE VIEW indicator_history AS
WITH every AS (
    SELECT i.*, name_key(i.name) AS name_key FROM indicator_details i
    WHERE i.project_id IS NOT NULL AND i.name IS NOT NULL AND i.duplicate_of IS NULL),
dated AS (
    SELECT *,
           lag(fiscal_year) OVER earlier AS previous_year, lag(target_text) OVER earlier AS previous_target,
           lag(value) OVER earlier AS previous_value, lag(unit) OVER earlier AS previous_unit
    FROM every
    WINDOW earlier AS (PARTITION BY project_id, form_kind, block, name_key ORDER BY fiscal_year, form_id, indicator_index))
SELECT project_id, project_name, competent_department, implementing_unit, block, level1_canonical, level2_canonical, name,
       form_kind, phase, fiscal_year, target_text, operator, value, lower, upper, unit, actual_text, actual_value, actual_unit,
       previous_year, previous_target, previous_value,
       CASE WHEN unit IS NOT DISTINCT FROM previous_unit THEN value - previous_value END AS change,
       CASE WHEN unit IS NOT DISTINCT FROM previous_unit THEN percent_of(value - previous_value, previous_value) END AS change_percent,
       target_text = previous_target AS unchanged,
       form_id, indicator_index, source_file
FROM dated;

CREATE OR REPLACE VIEW qualitative_share AS
SELECT fiscal_year, competent_department, phase, level1_canonical,
       count(*) AS targets, count(*) FILTER (target_kind = 'qualitative') AS qualitative,
       percent_of(count(*) FILTER (target_kind = 'qualitative'), count(*)) AS qualitative_percent
FROM indicator_details WHERE duplicate_of IS NULL AND target_text IS NOT NULL AND target_kind IS DISTINCT FROM 'empty'
GROUP BY fiscal_year, competent_department, phase, level1_canonical;

-- The same indicator with the same target in forms of different projects.
CREATE OR REPLACE VIEW copied_indicators AS
SELECT any_value(name ORDER BY form_id) AS name, target_text, count(DISTINCT project_id) AS projects, count(DISTINCT form_id) AS forms,
       count(DISTINCT competent_department) AS departments, min(fiscal_year) AS first_year, max(fiscal_year) AS last_year,
       list(DISTINCT form_id ORDER BY form_id)[:20] AS form_ids
FROM (SELECT *, name_key(name) AS name_key FROM indicator_details WHERE duplicate_of IS NULL AND name IS NOT NULL)
GROUP BY name_key, target_text
HAVING count(DISTINCT project_id) > 1;

-- Forms of different projects whose indicator tables are the same from the first row to the last.
CREATE OR REPLACE VIEW copied_forms AS
WITH tables AS (
    SELECT form_id, count(*) AS indicators, sum(hash(name_key(name), target_text)) AS print
    FROM indicators WHERE name IS NOT NULL GROUP BY form_id HAVING count(*) > 1),
known AS (
    SELECT f.*, t.indicators, t.print, first_value(f.form_id) OVER same AS copy_of, first_value(f.project_id) OVER same AS original
    FROM tables t JOIN form_details f USING (form_id) WHERE f.duplicate_of IS NULL
    WINDOW same AS (PARTITION BY t.indicators, t.print ORDER BY f.fiscal_year, f.form_id))
SELECT k.form_id, k.fiscal_year, k.competent_department, k.implementing_unit, k.project_id, k.project_name, k.indicators, k.copy_of,
       o.fiscal_year AS original_year, o.project_name AS original_project, o.implementing_unit AS original_unit, k.source_file
FROM known k JOIN forms o ON o.form_id = k.copy_of
WHERE k.form_id <> k.copy_of AND k.project_id IS DISTINCT FROM k.original;

-- Self-evaluations, indicator by indicator, with what the project's declaration of the same year set as the target. Indicators
-- are one where their names are; where a name stands several times, the first is the first, the second the second.
-- (Two joins instead of a full one, and no materialised parts: so the question about one project reads one project.)
CREATE OR REPLACE VIEW target_actual AS
WITH declared AS NOT MATERIALIZED (
    SELECT *, row_number() OVER (PARTITION BY project_id, fiscal_year, block, name_key ORDER BY form_id, indicator_index) AS turn
    FROM (SELECT *, name_key(name) AS name_key FROM indicator_details
          WHERE phase = 'declaration' AND duplicate_of IS NULL AND name IS NOT NULL AND project_id IS NOT NULL)),
evaluated AS NOT MATERIALIZED (
    SELECT *, row_number() OVER (PARTITION BY project_id, fiscal_year, block, name_key ORDER BY form_id, indicator_index) AS turn
    FROM (SELECT *, name_key(name) AS name_key FROM indicator_details
          WHERE phase = 'self-evaluation' AND duplicate_of IS NULL AND name IS NOT NULL)),
paired AS NOT MATERIALIZED (
    SELECT e.*, d.target_text AS declared_target, d.form_id AS declaration_form_id,
           meets(e, e) AS meets, meets(d, e) AS meets_declared
    FROM evaluated e LEFT JOIN declared d
      ON e.project_id = d.project_id AND e.fiscal_year = d.fiscal_year AND e.block = d.block AND e.name_key = d.name_key AND e.turn = d.turn)
SELECT project_id, project_name, competent_department, implementing_unit, fiscal_year, block, level1_canonical, level2_canonical, name,
       declared_target, target_text AS evaluated_target, declared_target <> target_text AS target_changed,
       operator, value, unit, actual_text, actual_value, coalesce(actual_unit, unit) AS actual_unit,
       coalesce(meets, meets_declared) AS meets, meets_declared,
       CASE WHEN actual_text IS NULL THEN 'no_actual' WHEN coalesce(meets, meets_declared) THEN 'met'
            WHEN NOT coalesce(meets, meets_declared) THEN 'missed' ELSE 'unclear' END AS result,
       CASE WHEN coalesce(actual_unit, unit, '') = coalesce(unit, '') THEN actual_value - value END AS difference,
       CASE WHEN coalesce(actual_unit, unit, '') = coalesce(unit, '') THEN percent_of(actual_value, value) END AS completion_percent,
       weight, score, deviation, declaration_form_id, form_id, indicator_index, source_file
FROM paired
UNION ALL
SELECT project_id, project_name, competent_department, implementing_unit, fiscal_year, block, level1_canonical, level2_canonical, name,
       target_text, NULL, NULL, operator, value, unit, NULL, NULL, NULL, NULL, NULL, 'not_evaluated', NULL, NULL,
       weight, NULL, NULL, form_id, NULL, NULL, source_file
FROM declared d
WHERE EXISTS (FROM form_details f WHERE f.phase = 'self-evaluation' AND f.project_id = d.project_id AND f.fiscal_year = d.fiscal_year)
  AND NOT EXISTS (FROM evaluated e WHERE e.project_id = d.project_id AND e.fiscal_year = d.fiscal_year AND e.block = d.block
                  AND e.name_key = d.name_key AND e.turn = d.turn);

-- ---------------------------------------------------------------------------------------------------------- projects

-- One row for each project and year: what was declared, what was spent, how it was judged.
CREATE OR REPLACE VIEW project_years AS
WITH money AS (
    SELECT form_id,
           coalesce(max(amount_yuan) FILTER (stage = 'budget'), max(amount_yuan) FILTER (stage = 'initial')) AS budget_yuan,
           max(amount_yuan) FILTER (stage = 'adjusted') AS adjusted_yuan,
           max(amount_yuan) FILTER (stage = 'executed') AS executed_yuan
    FROM funding WHERE source = 'total' AND block = 'annual' GROUP BY form_id),
counted AS (
    SELECT form_id, count(*) AS indicators, sum(score) AS score FROM indicators GROUP BY form_id)
SELECT f.project_id, p.name AS project_name, p.unit AS project_unit, f.fiscal_year,
       any_value(f.competent_department ORDER BY f.form_id) AS competent_department,
       count(*) AS forms, count(*) FILTER (f.phase = 'declaration') AS declarations,
       count(*) FILTER (f.phase = 'self-evaluation') AS self_evaluations,
       coalesce(max(m.budget_yuan) FILTER (f.phase = 'declaration'), max(m.budget_yuan)) AS budget_yuan,
       max(m.adjusted_yuan) AS adjusted_yuan, max(m.executed_yuan) AS executed_yuan,
       percent_of(max(m.executed_yuan), coalesce(max(m.adjusted_yuan), max(m.budget_yuan) FILTER (f.phase <> 'declaration'),
                                                 max(m.budget_yuan))) AS execution_percent,
       max(c.indicators) AS indicators, max(c.score) FILTER (f.phase = 'self-evaluation') AS score
FROM form_details f JOIN projects p ON p.project_id = f.project_id
LEFT JOIN money m ON m.form_id = f.form_id LEFT JOIN counted c ON c.form_id = f.form_id
WHERE f.duplicate_of IS NULL AND f.fiscal_year IS NOT NULL
GROUP BY f.project_id, p.name, p.unit, f.fiscal_year;

-- New, continued, resumed and vanished, from each year of the archive to the next.
CREATE OR REPLACE VIEW project_changes AS
WITH years AS (
    SELECT fiscal_year, lag(fiscal_year) OVER (ORDER BY fiscal_year) AS previous_year,
           lead(fiscal_year) OVER (ORDER BY fiscal_year) AS next_year
    FROM (SELECT DISTINCT fiscal_year FROM project_years)),
present AS (
    SELECT p.*, y.previous_year, y.next_year,
           lag(p.fiscal_year) OVER one AS last_seen, lead(p.fiscal_year) OVER one AS next_seen, lag(p.budget_yuan) OVER one AS last_budget
    FROM project_years p JOIN years y USING (fiscal_year)
    WINDOW one AS (PARTITION BY p.project_id ORDER BY p.fiscal_year))
SELECT fiscal_year, previous_year, project_id, project_name, project_unit, competent_department,
       CASE WHEN previous_year IS NULL THEN 'first_year' WHEN last_seen IS NULL THEN 'new'
            WHEN last_seen = previous_year THEN 'continued' ELSE 'resumed' END AS change,
       budget_yuan, CASE WHEN last_seen = previous_year THEN last_budget END AS previous_budget_yuan,
       CASE WHEN last_seen = previous_year THEN budget_yuan - last_budget END AS budget_change_yuan,
       CASE WHEN last_seen = previous_year THEN percent_of(budget_yuan - last_budget, last_budget) END AS budget_change_percent
FROM present
UNION ALL
SELECT next_year, fiscal_year, project_id, project_name, project_unit, competent_department, 'vanished', NULL, budget_yuan, NULL, NULL
FROM present WHERE next_year IS NOT NULL AND next_seen IS DISTINCT FROM next_year;

CREATE OR REPLACE VIEW project_forms AS
SELECT l.project_id, p.name AS project, p.unit AS project_unit, f.fiscal_year, f.form_kind, f.phase, f.project_name, f.implementing_unit,
       l.score, l.reason, l.linked_to, l.duplicate_of, l.form_id, f.source_file
FROM project_links l JOIN projects p USING (project_id) JOIN form_details f ON f.form_id = l.form_id;

-- ----------------------------------------------------------------------------------------------- sources and quality

CREATE OR REPLACE VIEW cited_documents AS
SELECT document_number, issuer_code, issue_year, count(DISTINCT form_id) AS forms, count(DISTINCT project_id) AS projects,
       min(fiscal_year) AS first_year, max(fiscal_year) AS last_year
FROM citation_details GROUP BY document_number, issuer_code, issue_year;

-- Forms, and documents without known forms, that a person should look at; the worst first.
CREATE OR REPLACE VIEW to_review AS
WITH paths AS (SELECT document_id, min(source_file) AS source_file FROM file_details GROUP BY document_id),
found AS (
    SELECT document_id, form_id, count(*) FILTER (severity = 'error') AS errors, count(*) FILTER (severity = 'warning') AS warnings,
           string_agg(DISTINCT code, ', ' ORDER BY code) AS reasons
    FROM findings WHERE severity <> 'note' GROUP BY document_id, form_id),
rest AS (SELECT form_id, sum(text_end - text_start) AS leftover_characters FROM leftovers GROUP BY form_id),
every AS (
    SELECT f.form_id, f.document_id, f.form_kind, f.fiscal_year, f.project_name, f.grade, coalesce(n.errors, 0) AS errors,
           coalesce(n.warnings, 0) AS warnings, coalesce(r.leftover_characters, 0) AS leftover_characters, n.reasons
    FROM forms f LEFT JOIN found n ON n.form_id = f.form_id LEFT JOIN rest r ON r.form_id = f.form_id
    UNION ALL
    SELECT NULL, document_id, NULL, NULL, NULL, NULL, CASE status WHEN 'failed' THEN 1 ELSE 0 END, 0, 0, coalesce(error_code, status)
    FROM documents WHERE status <> 'extracted' AND status <> 'no_form')
SELECT e.form_id, e.form_kind, e.fiscal_year, e.project_name, e.grade, e.errors, e.warnings, e.leftover_characters, e.reasons,
       p.source_file, e.document_id
FROM every e LEFT JOIN paths p USING (document_id)
WHERE e.errors > 0 OR e.warnings > 0 OR e.leftover_characters > 0 OR e.grade IN ('check', 'poor') OR e.form_id IS NULL
ORDER BY e.errors DESC, e.warnings DESC, e.leftover_characters DESC, p.source_file, e.form_id;

-- One row for each form: how much it holds and how sound it is.
CREATE OR REPLACE VIEW form_figures AS
WITH counted AS (
    SELECT form_id, count(*) AS indicators, count(*) FILTER (target_kind = 'qualitative') AS qualitative,
           count(operator) AS with_operator, count(*) FILTER (target_text IS NULL) AS without_target, sum(weight) AS weight, sum(score) AS score,
           count(*) FILTER (level1_canonical = '产出指标') AS output_targets,
           count(*) FILTER (level1_canonical = '效益指标' AND level2_canonical IS DISTINCT FROM '服务对象满意度指标') AS benefit_targets,
           count(*) FILTER (level1_canonical = '满意度指标' OR level2_canonical = '服务对象满意度指标') AS satisfaction_targets,
           count(*) FILTER (level1_canonical = '成本指标' OR level2_canonical LIKE '%成本指标') AS cost_targets
    FROM indicators GROUP BY form_id),
money AS (SELECT form_id, count(*) AS funding_rows FROM funding GROUP BY form_id),
found AS (SELECT form_id, count(*) AS findings FROM findings WHERE form_id IS NOT NULL GROUP BY form_id),
rest AS (SELECT form_id, sum(text_end - text_start) AS leftover_characters FROM leftovers GROUP BY form_id)
SELECT f.form_id, f.form_kind, f.phase, f.fiscal_year, f.competent_department, f.project_id, f.project_name, f.grade,
       coalesce(c.indicators, 0) AS indicators, coalesce(c.qualitative, 0) AS qualitative,
       percent_of(c.qualitative, c.indicators) AS qualitative_percent, coalesce(c.with_operator, 0) AS with_operator,
       coalesce(c.without_target, 0) AS without_target, coalesce(c.output_targets, 0) AS output_targets,
       coalesce(c.benefit_targets, 0) AS benefit_targets, coalesce(c.satisfaction_targets, 0) AS satisfaction_targets,
       coalesce(c.cost_targets, 0) AS cost_targets, c.weight, c.score, coalesce(m.funding_rows, 0) AS funding_rows,
       coalesce(n.findings, 0) AS findings, coalesce(r.leftover_characters, 0) AS leftover_characters, f.source_file
FROM form_details f LEFT JOIN counted c USING (form_id) LEFT JOIN money m USING (form_id)
LEFT JOIN found n USING (form_id) LEFT JOIN rest r USING (form_id);
