-- The database, as analysts see it. Every table and column says what it holds; Chinese views stand in views.sql.
-- Decimals are exact; absent is NULL; text_start and text_end count characters of documents.text from 0, the end excluded.
-- No table that grows with the archive has a primary key: DuckDB holds such an index in memory and writes it whole, again
-- and again. What is unique is so by the way it is written. Whole texts are stored as they are: to see whether compression
-- pays, DuckDB would hold a quarter of a hundred thousand of them in memory.
-- DECIMAL(38,6) holds every amount and target that forms state, with room for canonical units (亿元 in 元).

CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL);
COMMENT ON TABLE schema_version IS 'The version of this schema; one row';
COMMENT ON COLUMN schema_version.version IS 'Counts up with every change of tables or columns';

CREATE TABLE IF NOT EXISTS files (
    path VARCHAR NOT NULL,
    member VARCHAR NOT NULL DEFAULT '',
    document_id VARCHAR,
    status VARCHAR NOT NULL DEFAULT 'document',
    error VARCHAR,
    error_zh VARCHAR,
    size_bytes BIGINT NOT NULL,
    modified_at TIMESTAMP,
    seen_at TIMESTAMP NOT NULL
);
COMMENT ON TABLE files IS 'Every file and archive member that an import met; the same content at two paths is one document';
COMMENT ON COLUMN files.path IS 'Path of the file, or of the archive that holds it';
COMMENT ON COLUMN files.member IS 'Name inside the archive, of archives within each other joined by !/; empty for a plain file';
COMMENT ON COLUMN files.document_id IS 'The document that the bytes are; NULL where they are none or could not be read';
COMMENT ON COLUMN files.status IS 'document · archive · lock_file, resource_fork, thumbnail, hidden …: passed over · empty, encrypted, broken, bomb, too_large, timeout, memory, crash …: why there is no document';
COMMENT ON COLUMN files.error IS 'What was found and what to do, where the status is neither document nor archive';
COMMENT ON COLUMN files.error_zh IS 'The same in Chinese';
COMMENT ON COLUMN files.size_bytes IS 'Size when it was read, in bytes';
COMMENT ON COLUMN files.modified_at IS 'Modification time of the file or of its archive when it was read, UTC';
COMMENT ON COLUMN files.seen_at IS 'When an import last met this file, UTC';

CREATE TABLE IF NOT EXISTS documents (
    document_id VARCHAR NOT NULL,
    format VARCHAR,
    encoding VARCHAR,
    size_bytes BIGINT NOT NULL,
    status VARCHAR NOT NULL,
    error_code VARCHAR,
    error VARCHAR,
    error_zh VARCHAR,
    form_count INTEGER NOT NULL,
    text VARCHAR USING COMPRESSION uncompressed,
    chars_total INTEGER NOT NULL,
    chars_title INTEGER NOT NULL,
    chars_label INTEGER NOT NULL,
    chars_value INTEGER NOT NULL,
    chars_boilerplate INTEGER NOT NULL,
    chars_outside INTEGER NOT NULL,
    chars_leftover INTEGER NOT NULL,
    ruleset VARCHAR NOT NULL,
    imported_at TIMESTAMP NOT NULL
);
COMMENT ON TABLE documents IS 'One row for each distinct content; every non-blank character has exactly one owner, so the chars columns add up to chars_total';
COMMENT ON COLUMN documents.document_id IS 'SHA-256 of the bytes';
COMMENT ON COLUMN documents.format IS 'Reader that read it: docx, text; NULL where none could';
COMMENT ON COLUMN documents.encoding IS 'Encoding of a text file; NULL where the format fixes it';
COMMENT ON COLUMN documents.size_bytes IS 'Size in bytes';
COMMENT ON COLUMN documents.status IS 'extracted: forms of known kinds · no_form: no form title · unknown_form: forms of unknown kinds only · failed: could not be read';
COMMENT ON COLUMN documents.error_code IS 'Stable code of the error where status is failed';
COMMENT ON COLUMN documents.error IS 'What was found and what to do, where status is failed';
COMMENT ON COLUMN documents.error_zh IS 'The same in Chinese';
COMMENT ON COLUMN documents.form_count IS 'Number of forms in the document, unknown kinds included';
COMMENT ON COLUMN documents.text IS 'The linear text that all text_start and text_end count in';
COMMENT ON COLUMN documents.chars_total IS 'Non-blank characters';
COMMENT ON COLUMN documents.chars_title IS 'Characters of form titles and year lines';
COMMENT ON COLUMN documents.chars_label IS 'Characters of labels and headers';
COMMENT ON COLUMN documents.chars_value IS 'Characters of extracted values';
COMMENT ON COLUMN documents.chars_boilerplate IS 'Characters that a blank form already carries: seals, blank dates, row fillers';
COMMENT ON COLUMN documents.chars_outside IS 'Characters before, between and behind the forms';
COMMENT ON COLUMN documents.chars_leftover IS 'Characters inside forms that nothing used; see leftovers';
COMMENT ON COLUMN documents.ruleset IS 'Hash of the rules that parsed it';
COMMENT ON COLUMN documents.imported_at IS 'When it was parsed, UTC';

CREATE TABLE IF NOT EXISTS layouts (
    document_id VARCHAR NOT NULL,
    layout BLOB NOT NULL USING COMPRESSION uncompressed
);
COMMENT ON TABLE layouts IS 'What new rules need, beside documents.text, to parse a document again without its file';
COMMENT ON COLUMN layouts.document_id IS 'The document';
COMMENT ON COLUMN layouts.layout IS 'Its paragraphs, tables and cells in a compact form of extract''s own';

CREATE TABLE IF NOT EXISTS forms (
    form_id VARCHAR NOT NULL,
    document_id VARCHAR NOT NULL,
    form_index INTEGER NOT NULL,
    form_kind VARCHAR NOT NULL,
    title VARCHAR,
    fiscal_year INTEGER,
    reporting_unit VARCHAR,
    unit_head VARCHAR,
    project_name VARCHAR,
    project_attribute VARCHAR,
    competent_department VARCHAR,
    implementing_unit VARCHAR,
    project_lead VARCHAR,
    contact_name VARCHAR,
    contact_phone VARCHAR,
    period_text VARCHAR,
    period_start DATE,
    period_end DATE,
    overview VARCHAR,
    basis VARCHAR,
    measures VARCHAR,
    long_term_goal VARCHAR,
    annual_goal VARCHAR,
    annual_goal_actual VARCHAR,
    grade VARCHAR,
    shape VARCHAR,
    text_start INTEGER NOT NULL,
    text_end INTEGER NOT NULL
);
COMMENT ON TABLE forms IS 'One row for each form; the usual fields as columns, all fields in fields';
COMMENT ON COLUMN forms.form_id IS 'Stable across imports: start of the document_id, and the form''s number';
COMMENT ON COLUMN forms.document_id IS 'The document that holds the form';
COMMENT ON COLUMN forms.form_index IS 'Number of the form in its document, from 1';
COMMENT ON COLUMN forms.form_kind IS 'Kind by the rules, such as special-fund-declaration; unknown where no rule knows the title';
COMMENT ON COLUMN forms.title IS 'Title as printed, without white space, attachment prefix and the year behind it; NULL where the labels alone told the kind';
COMMENT ON COLUMN forms.fiscal_year IS 'Year of the budget, from the line below the title or from the title';
COMMENT ON COLUMN forms.reporting_unit IS '填报单位';
COMMENT ON COLUMN forms.unit_head IS '单位负责人';
COMMENT ON COLUMN forms.project_name IS '专项名称 / 项目名称';
COMMENT ON COLUMN forms.project_attribute IS '专项属性: the ticked option; NULL where none or several are ticked';
COMMENT ON COLUMN forms.competent_department IS '主管部门';
COMMENT ON COLUMN forms.implementing_unit IS '实施单位';
COMMENT ON COLUMN forms.project_lead IS '专项负责人 / 项目负责人';
COMMENT ON COLUMN forms.contact_name IS '联系人';
COMMENT ON COLUMN forms.contact_phone IS '联系电话';
COMMENT ON COLUMN forms.period_text IS '起止时间 as printed';
COMMENT ON COLUMN forms.period_start IS 'First day of the period';
COMMENT ON COLUMN forms.period_end IS 'Last day of the period';
COMMENT ON COLUMN forms.overview IS '专项概况 / 项目概况';
COMMENT ON COLUMN forms.basis IS '立项依据';
COMMENT ON COLUMN forms.measures IS '保证实施的制度、措施';
COMMENT ON COLUMN forms.long_term_goal IS '中长期绩效目标';
COMMENT ON COLUMN forms.annual_goal IS '本年度绩效目标';
COMMENT ON COLUMN forms.annual_goal_actual IS '年度目标的实际完成情况, in self-evaluations';
COMMENT ON COLUMN forms.grade IS 'good, check or poor: how much a person should look at this form, by rules/vocabulary/grades.yaml; NULL for a template that nobody has filled in';
COMMENT ON COLUMN forms.shape IS 'Of a form of unknown kind, what looks like its labels: forms of one layout share it';
COMMENT ON COLUMN forms.text_start IS 'Start of the form in documents.text';
COMMENT ON COLUMN forms.text_end IS 'End of the form in documents.text';

CREATE TABLE IF NOT EXISTS fields (
    form_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    label VARCHAR NOT NULL,
    text VARCHAR NOT NULL,
    value VARCHAR,
    text_start INTEGER NOT NULL,
    text_end INTEGER NOT NULL
);
COMMENT ON TABLE fields IS 'Every labelled field of every form; a label that was not found has no row';
COMMENT ON COLUMN fields.form_id IS 'The form';
COMMENT ON COLUMN fields.name IS 'Name from the rule, such as project_name; parts of a value carry the part, such as period_start; other_value is a figure beside amounts or below indicators, whose label tells what it is, such as an execution rate';
COMMENT ON COLUMN fields.label IS 'The label as found, without white space and punctuation';
COMMENT ON COLUMN fields.text IS 'Raw text: documents.text from text_start to text_end';
COMMENT ON COLUMN fields.value IS 'What the text says; NULL where the cell is blank or not readable as its type';
COMMENT ON COLUMN fields.text_start IS 'Start in documents.text';
COMMENT ON COLUMN fields.text_end IS 'End in documents.text';

CREATE TABLE IF NOT EXISTS funding (
    form_id VARCHAR NOT NULL,
    row_index INTEGER NOT NULL,
    source VARCHAR NOT NULL,
    stage VARCHAR NOT NULL,
    block VARCHAR NOT NULL,
    amount DECIMAL(38, 6),
    unit VARCHAR,
    amount_yuan DECIMAL(38, 6),
    text VARCHAR NOT NULL,
    text_start INTEGER NOT NULL,
    text_end INTEGER NOT NULL
);
COMMENT ON TABLE funding IS 'Amounts of money by source; a written zero is a row, a blank cell is none';
COMMENT ON COLUMN funding.form_id IS 'The form';
COMMENT ON COLUMN funding.row_index IS 'Number of the amount in its form, from 1';
COMMENT ON COLUMN funding.source IS 'total · fiscal · central · provincial · municipal · local · carryover · own · other';
COMMENT ON COLUMN funding.stage IS 'budget · initial · adjusted · executed';
COMMENT ON COLUMN funding.block IS 'annual · long_term';
COMMENT ON COLUMN funding.amount IS 'The amount as printed; NULL where the text is no number';
COMMENT ON COLUMN funding.unit IS 'Unit from the cell, its header or the block: 元, 万元 …';
COMMENT ON COLUMN funding.amount_yuan IS 'The amount in 元; NULL where no unit is known';
COMMENT ON COLUMN funding.text IS 'Raw text: documents.text from text_start to text_end';
COMMENT ON COLUMN funding.text_start IS 'Start in documents.text';
COMMENT ON COLUMN funding.text_end IS 'End in documents.text';

CREATE TABLE IF NOT EXISTS indicators (
    form_id VARCHAR NOT NULL,
    indicator_index INTEGER NOT NULL,
    block VARCHAR NOT NULL,
    level1 VARCHAR,
    level2 VARCHAR,
    level1_canonical VARCHAR,
    level2_canonical VARCHAR,
    name VARCHAR,
    target_text VARCHAR,
    target_kind VARCHAR,
    operator VARCHAR,
    operator_implied BOOLEAN,
    value DECIMAL(38, 6),
    lower DECIMAL(38, 6),
    upper DECIMAL(38, 6),
    unit VARCHAR,
    deadline DATE,
    dimension VARCHAR,
    unit_canonical VARCHAR,
    value_canonical DECIMAL(38, 6),
    lower_canonical DECIMAL(38, 6),
    upper_canonical DECIMAL(38, 6),
    lower_open BOOLEAN,
    upper_open BOOLEAN,
    comparable VARCHAR,
    target_context VARCHAR,
    target_warnings VARCHAR,
    actual_text VARCHAR,
    actual_operator VARCHAR,
    actual_value DECIMAL(38, 6),
    actual_unit VARCHAR,
    actual_lower_canonical DECIMAL(38, 6),
    actual_upper_canonical DECIMAL(38, 6),
    actual_lower_open BOOLEAN,
    actual_upper_open BOOLEAN,
    actual_comparable VARCHAR,
    weight DECIMAL(38, 6),
    score DECIMAL(38, 6),
    deviation VARCHAR,
    remarks VARCHAR,
    actual_start INTEGER,
    actual_end INTEGER,
    weight_start INTEGER,
    weight_end INTEGER,
    score_start INTEGER,
    score_end INTEGER,
    deviation_start INTEGER,
    deviation_end INTEGER,
    name_start INTEGER NOT NULL,
    name_end INTEGER NOT NULL,
    text_start INTEGER NOT NULL,
    text_end INTEGER NOT NULL
);
COMMENT ON TABLE indicators IS 'Rows of the indicator tables';
COMMENT ON COLUMN indicators.form_id IS 'The form';
COMMENT ON COLUMN indicators.indicator_index IS 'Number of the row in its form, from 1';
COMMENT ON COLUMN indicators.block IS 'annual · long_term';
COMMENT ON COLUMN indicators.level1 IS '一级指标 as printed, carried down merged cells';
COMMENT ON COLUMN indicators.level2 IS '二级指标 as printed, carried down merged cells';
COMMENT ON COLUMN indicators.level1_canonical IS 'Common name of level 1, such as 产出指标';
COMMENT ON COLUMN indicators.level2_canonical IS 'Common name of level 2, such as 数量指标';
COMMENT ON COLUMN indicators.name IS '三级指标';
COMMENT ON COLUMN indicators.target_text IS '指标值 as printed';
COMMENT ON COLUMN indicators.target_kind IS 'quantity · percent · money · duration · date · ratio · change · grade · qualitative · compound · empty';
COMMENT ON COLUMN indicators.operator IS '>= > <= < = between approx; NULL where the target is qualitative';
COMMENT ON COLUMN indicators.operator_implied IS 'True where no operator is written (100%, 一年)';
COMMENT ON COLUMN indicators.value IS 'The number; NULL where the operator is between or there is none';
COMMENT ON COLUMN indicators.lower IS 'Lower bound, where there is one';
COMMENT ON COLUMN indicators.upper IS 'Upper bound, where there is one';
COMMENT ON COLUMN indicators.unit IS 'Unit as printed';
COMMENT ON COLUMN indicators.deadline IS 'Last day of a date target';
COMMENT ON COLUMN indicators.dimension IS 'What the unit measures: proportion, money.CNY, people, time …';
COMMENT ON COLUMN indicators.unit_canonical IS 'The unit that targets of this dimension are compared in';
COMMENT ON COLUMN indicators.value_canonical IS 'value in unit_canonical, so that 10万元 and 100000元 are equal; rounded to six decimals where none is exact (亩)';
COMMENT ON COLUMN indicators.lower_canonical IS 'Lower bound in unit_canonical; of a date, the days since 1970-01-01';
COMMENT ON COLUMN indicators.upper_canonical IS 'Upper bound in unit_canonical; of a date, the days since 1970-01-01';
COMMENT ON COLUMN indicators.lower_open IS 'True where the lower bound itself does not count (>5)';
COMMENT ON COLUMN indicators.upper_open IS 'True where the upper bound itself does not count (<5)';
COMMENT ON COLUMN indicators.comparable IS 'Targets with the same word here can be compared by their canonical bounds; NULL where nothing can be (words, grades, 约50人)';
COMMENT ON COLUMN indicators.target_context IS 'What the target took from around its cell, and where from: unit=name, year=form';
COMMENT ON COLUMN indicators.target_warnings IS 'Codes of doubts about the target, such as unit_conflict';
COMMENT ON COLUMN indicators.actual_text IS '实际完成值 as printed; in monitoring forms what the months so far have brought (1-7月执行数)';
COMMENT ON COLUMN indicators.actual_operator IS 'Operator of the actual value';
COMMENT ON COLUMN indicators.actual_value IS 'Number of the actual value';
COMMENT ON COLUMN indicators.actual_unit IS 'Unit of the actual value, the target''s where it has none of its own';
COMMENT ON COLUMN indicators.actual_lower_canonical IS 'Lower bound of the actual value in its canonical unit; of a date, the days since 1970-01-01';
COMMENT ON COLUMN indicators.actual_upper_canonical IS 'Upper bound of the actual value in its canonical unit; of a date, the days since 1970-01-01';
COMMENT ON COLUMN indicators.actual_lower_open IS 'True where the lower bound itself does not count';
COMMENT ON COLUMN indicators.actual_upper_open IS 'True where the upper bound itself does not count';
COMMENT ON COLUMN indicators.actual_comparable IS 'The actual value can be compared with targets that have the same word in comparable';
COMMENT ON COLUMN indicators.weight IS '分值 / 权重: the number printed; 10分 and 10% are 10';
COMMENT ON COLUMN indicators.score IS '得分';
COMMENT ON COLUMN indicators.deviation IS '偏差原因分析及改进措施, 未完成原因';
COMMENT ON COLUMN indicators.remarks IS 'The other columns of the row (备注, 指标解释, 全年预计执行数 …), a line for each filled one: header：text';
COMMENT ON COLUMN indicators.actual_start IS 'Start of actual_text in documents.text; NULL where it is absent';
COMMENT ON COLUMN indicators.actual_end IS 'End of actual_text in documents.text; NULL where it is absent';
COMMENT ON COLUMN indicators.weight_start IS 'Start of weight in documents.text; NULL where it is absent';
COMMENT ON COLUMN indicators.weight_end IS 'End of weight in documents.text; NULL where it is absent';
COMMENT ON COLUMN indicators.score_start IS 'Start of score in documents.text; NULL where it is absent';
COMMENT ON COLUMN indicators.score_end IS 'End of score in documents.text; NULL where it is absent';
COMMENT ON COLUMN indicators.deviation_start IS 'Start of deviation in documents.text; NULL where it is absent';
COMMENT ON COLUMN indicators.deviation_end IS 'End of deviation in documents.text; NULL where it is absent';
COMMENT ON COLUMN indicators.name_start IS 'Start of the name in documents.text';
COMMENT ON COLUMN indicators.name_end IS 'End of the name in documents.text';
COMMENT ON COLUMN indicators.text_start IS 'Start of the target in documents.text';
COMMENT ON COLUMN indicators.text_end IS 'End of the target in documents.text';

CREATE TABLE IF NOT EXISTS labels (
    form_id VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    label VARCHAR NOT NULL
);
COMMENT ON TABLE labels IS 'Labels of a form that announce something else than a field, each once; those of fields stand in fields';
COMMENT ON COLUMN labels.form_id IS 'The form';
COMMENT ON COLUMN labels.role IS 'section: part of the form · column: of the indicator table · amount: of a funding block';
COMMENT ON COLUMN labels.label IS 'The label as found, without white space and punctuation';

CREATE TABLE IF NOT EXISTS citations (
    form_id VARCHAR NOT NULL,
    field VARCHAR NOT NULL,
    document_number VARCHAR NOT NULL,
    issuer_code VARCHAR NOT NULL,
    year INTEGER NOT NULL,
    text_start INTEGER NOT NULL,
    text_end INTEGER NOT NULL
);
COMMENT ON TABLE citations IS 'Official documents that a form cites by number';
COMMENT ON COLUMN citations.form_id IS 'The form';
COMMENT ON COLUMN citations.field IS 'Name of the field that cites it';
COMMENT ON COLUMN citations.document_number IS 'The number with its brackets normalised: 财预〔2020〕10号';
COMMENT ON COLUMN citations.issuer_code IS 'The issuer''s code in the number: 财预';
COMMENT ON COLUMN citations.year IS 'The year in the number';
COMMENT ON COLUMN citations.text_start IS 'Start in documents.text';
COMMENT ON COLUMN citations.text_end IS 'End in documents.text';

CREATE TABLE IF NOT EXISTS findings (
    document_id VARCHAR NOT NULL,
    form_id VARCHAR,
    code VARCHAR NOT NULL,
    severity VARCHAR NOT NULL,
    outcome VARCHAR NOT NULL,
    message VARCHAR NOT NULL,
    message_zh VARCHAR NOT NULL,
    text_start INTEGER,
    text_end INTEGER
);
COMMENT ON TABLE findings IS 'What the program noticed about forms and documents; passing is silent';
COMMENT ON COLUMN findings.document_id IS 'The document';
COMMENT ON COLUMN findings.form_id IS 'The form; NULL for findings about the document';
COMMENT ON COLUMN findings.code IS 'Stable code, such as choice.none_ticked';
COMMENT ON COLUMN findings.severity IS 'error · warning · note';
COMMENT ON COLUMN findings.outcome IS 'fail: the data are there and wrong · insufficient_data: something needed is missing or unreadable';
COMMENT ON COLUMN findings.message IS 'A sentence for people, without personal data';
COMMENT ON COLUMN findings.message_zh IS 'The same in Chinese';
COMMENT ON COLUMN findings.text_start IS 'Start of the place in documents.text, where there is one';
COMMENT ON COLUMN findings.text_end IS 'End of the place in documents.text, where there is one';

CREATE TABLE IF NOT EXISTS leftovers (
    document_id VARCHAR NOT NULL,
    form_id VARCHAR,
    text_start INTEGER NOT NULL,
    text_end INTEGER NOT NULL,
    text VARCHAR NOT NULL
);
COMMENT ON TABLE leftovers IS 'Source text inside forms that nothing used';
COMMENT ON COLUMN leftovers.document_id IS 'The document';
COMMENT ON COLUMN leftovers.form_id IS 'The form';
COMMENT ON COLUMN leftovers.text_start IS 'Start in documents.text';
COMMENT ON COLUMN leftovers.text_end IS 'End in documents.text';
COMMENT ON COLUMN leftovers.text IS 'The text';

CREATE TABLE IF NOT EXISTS corrections (
    form_id VARCHAR NOT NULL,
    target_table VARCHAR NOT NULL,
    target_row VARCHAR NOT NULL,
    target_column VARCHAR NOT NULL,
    old VARCHAR,
    new VARCHAR,
    reviewer VARCHAR NOT NULL,
    decided_at TIMESTAMP NOT NULL,
    text_start INTEGER,
    text_end INTEGER
);
COMMENT ON TABLE corrections IS 'What a person decided about an extracted value; applied again after every import of its document';
COMMENT ON COLUMN corrections.form_id IS 'The form';
COMMENT ON COLUMN corrections.target_table IS 'Table of the corrected value';
COMMENT ON COLUMN corrections.target_row IS 'Its row in the form: field name, row_index, indicator_index or form_index';
COMMENT ON COLUMN corrections.target_column IS 'Its column; (row): the whole row is wrong; (missing): a value that is not in the tables, new says which';
COMMENT ON COLUMN corrections.old IS 'The value before; a whole row as JSON';
COMMENT ON COLUMN corrections.new IS 'The value as decided';
COMMENT ON COLUMN corrections.reviewer IS 'Who decided';
COMMENT ON COLUMN corrections.decided_at IS 'When, UTC';
COMMENT ON COLUMN corrections.text_start IS 'Start of the row in documents.text: finds it again when rows are counted anew';
COMMENT ON COLUMN corrections.text_end IS 'End of the row in documents.text';

CREATE TABLE IF NOT EXISTS reviews (
    form_id VARCHAR NOT NULL,
    outcome VARCHAR NOT NULL,
    in_sample BOOLEAN NOT NULL,
    values_checked INTEGER NOT NULL,
    values_wrong INTEGER NOT NULL,
    reviewer VARCHAR NOT NULL,
    decided_at TIMESTAMP NOT NULL
);
COMMENT ON TABLE reviews IS 'Forms that a person has compared with their source; survives re-import';
COMMENT ON COLUMN reviews.form_id IS 'The form';
COMMENT ON COLUMN reviews.outcome IS 'accepted: all of it is right · corrected: right after the corrections · skipped: not decided';
COMMENT ON COLUMN reviews.in_sample IS 'True where the form was drawn at random; only these tell the error rate';
COMMENT ON COLUMN reviews.values_checked IS 'Values of the form: fields with a value, funding rows, indicator rows, and those noted as missing';
COMMENT ON COLUMN reviews.values_wrong IS 'Of these, the ones that were wrong or missing';
COMMENT ON COLUMN reviews.reviewer IS 'Who decided';
COMMENT ON COLUMN reviews.decided_at IS 'When, UTC';

CREATE TABLE IF NOT EXISTS runs (
    run_id VARCHAR PRIMARY KEY,
    started_at TIMESTAMP NOT NULL,
    finished_at TIMESTAMP,
    version VARCHAR NOT NULL,
    ruleset VARCHAR NOT NULL,
    files_seen INTEGER NOT NULL,
    files_skipped INTEGER NOT NULL,
    forms INTEGER NOT NULL,
    failures INTEGER NOT NULL
);
COMMENT ON TABLE runs IS 'One row for each import';
COMMENT ON COLUMN runs.run_id IS 'Identifier of the run';
COMMENT ON COLUMN runs.started_at IS 'Start, UTC';
COMMENT ON COLUMN runs.finished_at IS 'End, UTC; NULL where the run was interrupted';
COMMENT ON COLUMN runs.version IS 'Version of the program';
COMMENT ON COLUMN runs.ruleset IS 'Hash of the rules';
COMMENT ON COLUMN runs.files_seen IS 'Files met';
COMMENT ON COLUMN runs.files_skipped IS 'Files unchanged since an earlier run, or of known content';
COMMENT ON COLUMN runs.forms IS 'Forms extracted';
COMMENT ON COLUMN runs.failures IS 'Files that could not be read';

CREATE TABLE IF NOT EXISTS projects (
    project_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    unit VARCHAR,
    first_year INTEGER,
    last_year INTEGER,
    forms INTEGER NOT NULL
);
COMMENT ON TABLE projects IS 'Projects across the years, found by unit and similar name; made anew after each import and by: extract link';
COMMENT ON COLUMN projects.project_id IS 'Identifier, from the unit and the name';
COMMENT ON COLUMN projects.name IS 'The name as its latest form prints it';
COMMENT ON COLUMN projects.unit IS 'The unit that carries it out, else the one that reports it, else its department, as its latest form prints it';
COMMENT ON COLUMN projects.first_year IS 'Fiscal year of its earliest form';
COMMENT ON COLUMN projects.last_year IS 'Fiscal year of its latest form';
COMMENT ON COLUMN projects.forms IS 'Number of its forms, of every kind';

CREATE TABLE IF NOT EXISTS project_links (
    form_id VARCHAR NOT NULL,
    project_id VARCHAR NOT NULL,
    name_key VARCHAR NOT NULL,
    score DECIMAL(5, 2) NOT NULL,
    reason VARCHAR NOT NULL,
    linked_to VARCHAR,
    duplicate_of VARCHAR
);
COMMENT ON TABLE project_links IS 'Why each form belongs to its project; forms without a project name have no row';
COMMENT ON COLUMN project_links.form_id IS 'The form';
COMMENT ON COLUMN project_links.project_id IS 'Its project';
COMMENT ON COLUMN project_links.name_key IS 'What its name was compared by: without year, numbering, 专项, 项目, 资金 and the like';
COMMENT ON COLUMN project_links.score IS 'Similarity to the name of linked_to, 0 to 100; 0 where there is no unit to link by';
COMMENT ON COLUMN project_links.reason IS 'first: the project''s earliest form · same_name: printed alike · same_key: alike but for year, numbering, 专项 and the like · similar_name · decided: in vocabulary/projects.yaml · no_unit: the form names no unit, so that nothing was linked';
COMMENT ON COLUMN project_links.linked_to IS 'The form whose name it was compared with';
COMMENT ON COLUMN project_links.duplicate_of IS 'A form of the same kind and year with exactly the same content, such as a copy in another format; sums leave this one out';

CREATE TABLE IF NOT EXISTS merged_parts (
    part VARCHAR PRIMARY KEY,
    merged_at TIMESTAMP NOT NULL
);
COMMENT ON TABLE merged_parts IS 'Parts of imports on several machines that have been merged into this database, so that none is merged twice';
COMMENT ON COLUMN merged_parts.part IS 'Name of the part in its folder';
COMMENT ON COLUMN merged_parts.merged_at IS 'When it was merged, UTC';
