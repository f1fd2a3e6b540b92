"""How long the views take over an archive of many forms: 100,000 forms and a million indicators unless told otherwise.

    python benchmarks/queries.py [--forms 100000] [--db FILE]

The forms are invented: projects over five years, a declaration and a self-evaluation in each, 200 forms a unit, ten
indicators a form. Times are those of a person who waits, the first rows on screen; the machine's load shows in them.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table

from extract.rules import load_rules
from extract.store import Store, open_for_reading

INVENTED = """
    CREATE TEMP TABLE invented AS
        SELECT i, i // 10 AS project, 2019 + (i // 2) % 5 AS year, i % 2 AS is_evaluation,
               printf('%016x-1', i) AS form_id, printf('%064x', i) AS document_id
        FROM range($forms) r(i);
    INSERT INTO files BY NAME SELECT 'archive/' || document_id || '.doc' AS path, '' AS member, document_id,
        1000 AS size_bytes,
        TIMESTAMP '2021-01-01' AS modified_at, TIMESTAMP '2021-01-01' AS seen_at FROM invented;
    INSERT INTO documents BY NAME SELECT document_id, 'doc' AS format, 1000 AS size_bytes,
        'extracted' AS status, 1 AS form_count,
        '文' AS text, 1 AS chars_total, 0 AS chars_title, 0 AS chars_label, 1 AS chars_value, 0 AS chars_boilerplate,
        0 AS chars_outside, 0 AS chars_leftover, 'x' AS ruleset, TIMESTAMP '2021-01-01' AS imported_at FROM invented;
    INSERT INTO forms BY NAME SELECT form_id, document_id, 1 AS form_index,
        CASE is_evaluation WHEN 1 THEN 'project-self-evaluation' ELSE 'project-declaration' END AS form_kind,
        '表' AS title,
        year AS fiscal_year, '县' || project % 40 || '局' AS competent_department,
        '单位' || project % ($forms // 200) AS implementing_unit,
        year || '年' ||
            substr('农村公路养护学生营养改善饮水安全巩固提升信息系统设备购置垃圾清运河道治理', 1 + project % 29, 7)
            || project // ($forms // 200)
            || CASE year % 3 WHEN 0 THEN '项目' WHEN 1 THEN '经费' ELSE '工程' END AS project_name,
        0 AS text_start, 1 AS text_end FROM invented;
    INSERT INTO fields BY NAME SELECT form_id, 'project_name' AS name, '项目名称' AS label, form_id AS text,
        form_id AS value,
        0 AS text_start, 1 AS text_end FROM invented;
    INSERT INTO funding BY NAME SELECT form_id, 1 + n AS row_index, ['total', 'fiscal', 'other'][1 + n % 3] AS source,
        CASE WHEN is_evaluation = 0 THEN 'budget' WHEN n < 3 THEN 'adjusted' ELSE 'executed' END AS stage,
        'annual' AS block,
        10 + i % 90 AS amount, '万元' AS unit, (10 + i % 90) * 10000 AS amount_yuan, '10' AS text,
        0 AS text_start, 1 AS text_end
        FROM invented, range(6) s(n) WHERE is_evaluation = 1 OR n < 3;
    INSERT INTO indicators BY NAME SELECT form_id, 1 + n AS indicator_index, 'annual' AS block, '产出指标' AS level1,
        '数量指标' AS level2, '产出指标' AS level1_canonical, '数量指标' AS level2_canonical,
        '指标' || n || '：' || substr('修缮公路里程培训人次设备完好率', 1 + (project + n) % 10, 5) || n AS name,
        '≥' || (i % 90 + n) || '件' AS target_text,
        CASE n % 5 WHEN 4 THEN 'qualitative' ELSE 'quantity' END AS target_kind,
        '>=' AS operator, false AS operator_implied, i % 90 + n AS value, i % 90 + n AS lower, '件' AS unit,
        CASE is_evaluation WHEN 1 THEN '80件' END AS actual_text,
        CASE is_evaluation WHEN 1 THEN 80 END AS actual_value,
        CASE is_evaluation WHEN 1 THEN '件' END AS actual_unit, 10 AS weight, 9 AS score,
        0 AS name_start, 1 AS name_end, 0 AS text_start, 1 AS text_end FROM invented, range(10) s(n);
"""

QUESTIONS = {
    "indicators of one project": "FROM indicator_details WHERE project_id = (SELECT min(project_id) FROM projects)",
    "count of all indicators": "SELECT fiscal_year, count(*) FROM indicator_details GROUP BY ALL",
    "history of one project": "FROM 指标历年 WHERE 项目编号 = (SELECT min(project_id) FROM projects)",
    "history of all": "SELECT count(*) FROM indicator_history WHERE change > 0",
    "targets missed": "SELECT 年度, 主管部门, count(*) FROM 目标与实际 WHERE 完成结果 = '未完成' GROUP BY ALL",
    "targets missed of one project": "FROM target_actual WHERE project_id = (SELECT min(project_id) FROM projects)",
    "funding by source": "FROM funding_by_source",
    "funding by department": "FROM 部门资金汇总",
    "worst execution": "FROM budget_execution ORDER BY execution_percent, form_id LIMIT 20",
    "cost per output": "FROM cost_per_output WHERE name LIKE '%公路%' ORDER BY yuan_per_unit DESC, form_id LIMIT 20",
    "qualitative share": "FROM qualitative_share",
    "copied indicators": "FROM copied_indicators ORDER BY forms DESC, name LIMIT 20",
    "copied forms": "FROM copied_forms LIMIT 20",
    "projects new and vanished": "SELECT fiscal_year, change, count(*) FROM project_changes GROUP BY ALL",
    "project years": "FROM project_years WHERE fiscal_year = 2021 LIMIT 100",
    "to review": "FROM to_review LIMIT 100",
    "figures of forms": "FROM 表统计 ORDER BY 定性占比 DESC LIMIT 20",
}


def main() -> None:
    """Invent an archive, link its projects, put the questions, and print the seconds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--forms", type=int, default=100_000)
    parser.add_argument("--db", type=Path, help="keep the database in this file")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = arguments.db or Path(folder) / "forms.duckdb"
        table = Table("question", "rows", "seconds", box=None)
        with Store(path) as store:
            invent(store, arguments.forms)
            started = time.perf_counter()
            projects = store.link_projects(load_rules())
            table.add_row("(link all forms to projects)", f"{projects}", f"{time.perf_counter() - started:.2f}")
        connection = open_for_reading(path)
        for question, sql in QUESTIONS.items():
            table.add_row(question, *_timed(connection, sql))
        Console(width=110, highlight=False).print(table)


def invent(store: Store, forms: int) -> None:
    """Write so many forms (200 at least) with their rows into a new database."""
    store._connection.execute(INVENTED.replace("$forms", str(forms)))


def _timed(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[str, str]:
    started = time.perf_counter()
    rows = connection.execute(sql).fetchall()
    return f"{len(rows)}", f"{time.perf_counter() - started:.2f}"


if __name__ == "__main__":
    main()
