-- Chinese views beside the tables: the same rows under the names that the forms themselves use.

CREATE OR REPLACE VIEW 文件 AS
SELECT path AS 路径, member AS 压缩包成员, document_id AS 文档编号, size_bytes AS 字节数, modified_at AS 修改时间
FROM files;
COMMENT ON VIEW 文件 IS '每份文档的来源路径';

CREATE OR REPLACE VIEW 申报表 AS
SELECT
    f.form_id AS 表编号, f.form_kind AS 表类型, f.title AS 标题, f.fiscal_year AS 年度,
    f.reporting_unit AS 填报单位, f.unit_head AS 单位负责人, f.project_name AS 项目名称,
    f.project_attribute AS 项目属性, f.competent_department AS 主管部门, f.implementing_unit AS 实施单位,
    f.project_lead AS 项目负责人, f.contact_name AS 联系人, f.contact_phone AS 联系电话,
    f.period_text AS 起止时间, f.period_start AS 开始日期, f.period_end AS 结束日期,
    f.overview AS 项目概况, f.basis AS 立项依据, f.measures AS 制度措施,
    f.long_term_goal AS 中长期绩效目标, f.annual_goal AS 年度绩效目标,
    (SELECT min(path) FROM files WHERE files.document_id = f.document_id) AS 来源文件
FROM forms f;
COMMENT ON VIEW 申报表 IS '每张表一行，常用字段作列';

CREATE OR REPLACE VIEW 字段 AS
SELECT form_id AS 表编号, name AS 字段名, label AS 标签, value AS 值, text AS 原文 FROM fields;
COMMENT ON VIEW 字段 IS '每张表的全部字段';

CREATE OR REPLACE VIEW 资金 AS
SELECT
    f.form_id AS 表编号, f.fiscal_year AS 年度, f.competent_department AS 主管部门, f.project_name AS 项目名称,
    CASE m.source
        WHEN 'total' THEN '合计' WHEN 'fiscal' THEN '财政资金' WHEN 'central' THEN '中央' WHEN 'provincial' THEN '省级'
        WHEN 'municipal' THEN '市级' WHEN 'local' THEN '本级' WHEN 'carryover' THEN '上年结转' WHEN 'own' THEN '自有资金'
        WHEN 'other' THEN '其他' END AS 来源,
    CASE m.stage
        WHEN 'budget' THEN '预算' WHEN 'initial' THEN '年初预算' WHEN 'adjusted' THEN '全年预算'
        WHEN 'executed' THEN '执行' END AS 阶段,
    CASE m.block WHEN 'annual' THEN '年度' WHEN 'long_term' THEN '中长期' END AS 区间,
    m.amount AS 金额, m.unit AS 单位, m.amount_yuan AS 金额_元
FROM funding m JOIN forms f USING (form_id);
COMMENT ON VIEW 资金 IS '各来源资金，附项目信息';

CREATE OR REPLACE VIEW 绩效指标 AS
SELECT
    f.form_id AS 表编号, f.fiscal_year AS 年度, f.competent_department AS 主管部门, f.project_name AS 项目名称,
    i.indicator_index AS 序号, i.level1 AS 一级指标, i.level2 AS 二级指标, i.name AS 三级指标,
    i.target_text AS 指标值, i.operator AS 运算符, i.value AS 数值, i.lower AS 下限, i.upper AS 上限, i.unit AS 单位,
    i.deadline AS 期限, i.actual_text AS 实际完成值, i.actual_value AS 实际数值, i.weight AS 分值, i.score AS 得分,
    i.deviation AS 偏差原因, i.remarks AS 备注,
    CASE i.block WHEN 'annual' THEN '年度' WHEN 'long_term' THEN '中长期' END AS 区间
FROM indicators i JOIN forms f USING (form_id);
COMMENT ON VIEW 绩效指标 IS '绩效指标，附项目信息';

CREATE OR REPLACE VIEW 引用文件 AS
SELECT c.form_id AS 表编号, f.project_name AS 项目名称, c.document_number AS 文号, c.issuer_code AS 发文字号, c.year AS 年份
FROM citations c JOIN forms f USING (form_id);
COMMENT ON VIEW 引用文件 IS '表中引用的文件文号';

CREATE OR REPLACE VIEW 发现 AS
SELECT d.form_id AS 表编号, d.code AS 代码, d.severity AS 级别, d.message AS 说明 FROM findings d;
COMMENT ON VIEW 发现 IS '程序发现的问题';
