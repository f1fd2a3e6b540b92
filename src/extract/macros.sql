-- Macros that compare targets. Each takes whole rows: select name, target_met(i) from indicators i.
--
-- A target is a set of numbers: ≥95 is everything from 95 up, =3 is only 3. An actual value meets it when all that it
-- can be lies in the set, and misses it when none of it does; anything else is NULL, because nobody can tell. Only what
-- is counted in the same unit is compared (comparable): 10万元 with 100000元, never 元/人·月 with 元/人·年.

-- Whether one set lies within the other; a bound that is NULL is an open end.
CREATE OR REPLACE MACRO lies_within(low, high, low_open, high_open, outer_low, outer_high, outer_low_open, outer_high_open) AS
    (outer_low IS NULL OR coalesce(low > outer_low OR (low = outer_low AND (low_open OR NOT outer_low_open)), false))
    AND (outer_high IS NULL OR coalesce(high < outer_high OR (high = outer_high AND (high_open OR NOT outer_high_open)), false));

-- Whether two sets have nothing in common.
CREATE OR REPLACE MACRO lies_apart(low, high, low_open, high_open, other_low, other_high, other_low_open, other_high_open) AS
    coalesce(high < other_low OR (high = other_low AND (high_open OR other_low_open)), false)
    OR coalesce(other_high < low OR (other_high = low AND (other_high_open OR low_open)), false);

-- Whether the actual value of row `a` meets the target of row `t`, say that of the declaration; NULL where nobody can tell.
CREATE OR REPLACE MACRO target_met_by(t, a) AS CASE
    WHEN t.target_kind = 'grade' AND a.actual_text = t.target_text THEN true
    WHEN t.comparable IS NULL OR a.actual_comparable IS NULL OR t.comparable <> a.actual_comparable THEN NULL
    WHEN lies_within(a.actual_lower_canonical, a.actual_upper_canonical, a.actual_lower_open, a.actual_upper_open,
                     t.lower_canonical, t.upper_canonical, t.lower_open, t.upper_open) THEN true
    WHEN lies_apart(a.actual_lower_canonical, a.actual_upper_canonical, a.actual_lower_open, a.actual_upper_open,
                    t.lower_canonical, t.upper_canonical, t.lower_open, t.upper_open) THEN false END;

-- Whether the actual value of an indicator meets its own target.
CREATE OR REPLACE MACRO target_met(i) AS target_met_by(i, i);

-- How the target of row `a` compares with that of row `b`: equal, stricter (all that meets a meets b), looser, or
-- incomparable (≥3 and ≤5, =3 and =5); NULL where the two do not count the same.
CREATE OR REPLACE MACRO compare_targets(a, b) AS CASE
    WHEN a.comparable IS NULL OR b.comparable IS NULL OR a.comparable <> b.comparable THEN NULL
    WHEN (a.lower_canonical, a.upper_canonical, a.lower_open, a.upper_open)
         IS NOT DISTINCT FROM (b.lower_canonical, b.upper_canonical, b.lower_open, b.upper_open) THEN 'equal'
    WHEN lies_within(a.lower_canonical, a.upper_canonical, a.lower_open, a.upper_open,
                     b.lower_canonical, b.upper_canonical, b.lower_open, b.upper_open) THEN 'stricter'
    WHEN lies_within(b.lower_canonical, b.upper_canonical, b.lower_open, b.upper_open,
                     a.lower_canonical, a.upper_canonical, a.lower_open, a.upper_open) THEN 'looser'
    ELSE 'incomparable' END;

-- The same for rows of the view 绩效指标, with words for answers: select 三级指标, 目标完成(i) from 绩效指标 i.
CREATE OR REPLACE MACRO 目标完成(i) AS CASE
    WHEN i.可比单位 IS NULL OR i.实际可比单位 IS NULL OR i.可比单位 <> i.实际可比单位 THEN NULL
    WHEN lies_within(i.实际下限_规范, i.实际上限_规范, i.实际下限不含, i.实际上限不含,
                     i.下限_规范, i.上限_规范, i.下限不含, i.上限不含) THEN '完成'
    WHEN lies_apart(i.实际下限_规范, i.实际上限_规范, i.实际下限不含, i.实际上限不含,
                    i.下限_规范, i.上限_规范, i.下限不含, i.上限不含) THEN '未完成' END;

CREATE OR REPLACE MACRO 目标比较(a, b) AS CASE
    WHEN a.可比单位 IS NULL OR b.可比单位 IS NULL OR a.可比单位 <> b.可比单位 THEN NULL
    WHEN (a.下限_规范, a.上限_规范, a.下限不含, a.上限不含) IS NOT DISTINCT FROM (b.下限_规范, b.上限_规范, b.下限不含, b.上限不含)
        THEN '相同'
    WHEN lies_within(a.下限_规范, a.上限_规范, a.下限不含, a.上限不含, b.下限_规范, b.上限_规范, b.下限不含, b.上限不含)
        THEN '更严'
    WHEN lies_within(b.下限_规范, b.上限_规范, b.下限不含, b.上限不含, a.下限_规范, a.上限_规范, a.下限不含, a.上限不含)
        THEN '更松'
    ELSE '不可比' END;
