"""extract export: every format, the same bytes for the same data, masks, and what Excel would spoil."""

from __future__ import annotations

import datetime
import hashlib
import json
import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from archive import PHONE, PLACE, Archive, small_archive
from command_line import run_extract
from extract import export as export_module
from extract.errors import UsageError
from extract.export import FORMATS, TABLES, Exported, Format, Selection, export
from extract.masks import mask_phones
from extract.store import Store


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    archive = small_archive()
    form = archive.form("project-declaration", 2019, "=SUM(A1:A9)", period_start=datetime.date(2019, 1, 1))
    archive.indicator(form, "合格率", "=100%")
    archive.indicator(form, "长文", "文" * 40_000)
    return archive.write(tmp_path_factory.mktemp("export") / "forms.duckdb")


def sheet(path: Path, name: str) -> list[tuple[Any, ...]]:
    return list(openpyxl.load_workbook(path)[name].iter_rows(values_only=True))


def exported_to(database: Path, to: Path, *names: str, format_: Format = "csv", **options: Any) -> list[Exported]:
    return export(database, to, Selection(names or TABLES), format_, **options)


@pytest.mark.parametrize("format_", FORMATS)
def test_the_same_data_give_the_same_bytes(database: Path, tmp_path: Path, format_: Format) -> None:
    prints = []
    for turn in ("first", "second"):
        written = exported_to(database, tmp_path / turn, *TABLES, "目标与实际", format_=format_)
        assert len(written) == len(TABLES) + 1
        prints.append({one.path.name: hashlib.sha256(one.path.read_bytes()).hexdigest() for one in written})
    assert prints[0] == prints[1]


@pytest.mark.parametrize("format_", FORMATS)
def test_the_order_in_which_forms_came_into_the_database_does_not_show(tmp_path: Path, format_: Format) -> None:
    bytes_ = []
    for turn in range(2):
        archive = small_archive()
        for rows in archive.rows.values():
            rows.sort(key=lambda row: str(sorted(row.items(), key=str)), reverse=bool(turn))
        database = archive.write(tmp_path / f"{turn}.duckdb")
        os.utime(database, (turn, turn))
        written = exported_to(database, tmp_path / f"out{turn}", "forms", "indicators", "资金", format_=format_)
        bytes_.append([one.path.read_bytes() for one in written])
    assert bytes_[0] == bytes_[1]


def test_parquet_csv_and_json_lines_hold_the_same_rows(database: Path, tmp_path: Path) -> None:
    for format_ in ("parquet", "csv", "jsonl"):
        exported_to(database, tmp_path, "indicators", format_=format_)
    ask = duckdb.connect().execute
    expected = ask(f"select form_id, name, target_text, value from '{tmp_path}/indicators.parquet'").fetchall()
    assert (
        ask(f"select form_id, name, target_text, value from read_csv('{tmp_path}/indicators.csv')").fetchall()
        == expected
    )
    lines = [
        json.loads(line, parse_float=Decimal)
        for line in (tmp_path / "indicators.jsonl").read_text("utf-8").splitlines()
    ]
    assert [(row["form_id"], row["name"], row["target_text"], row["value"]) for row in lines] == expected
    assert expected[0][3] == Decimal(40)


def test_a_file_of_a_format_is_one_table_and_a_folder_holds_several(database: Path, tmp_path: Path) -> None:
    (one,) = exported_to(database, tmp_path / "a.csv", "forms")
    assert one.path == tmp_path / "a.csv"
    assert len(exported_to(database, tmp_path / "many", "forms", "files")) == 2
    with pytest.raises(UsageError) as refused:
        exported_to(database, tmp_path / "b.csv", "forms", "files")
    assert refused.value.code == "export.one_table"


def test_the_answer_to_a_query_keeps_its_order_or_gets_one(database: Path, tmp_path: Path) -> None:
    def years(query: str) -> list[str]:
        export(database, tmp_path / "q.csv", Selection(query=query), "csv")
        return (tmp_path / "q.csv").read_text("utf-8").split()[1:]

    assert years("select distinct fiscal_year from forms order by 1 desc;") == ["2021", "2020", "2019"]
    assert years("select distinct 年度 from 申报表 -- all") == ["2019", "2020", "2021"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("delete from forms", "query.refused"),
        ("select * from '/etc/passwd'", "query."),
        ("from read_text('/etc/passwd')", "query.no_access"),
        ("select 部门 from 申报表", "query.unknown_column"),
        ("select 1; select 2", "query.not_one_statement"),
        ("selec", "query.failed"),
    ],
)
@pytest.mark.parametrize("format_", ["parquet", "xlsx"])
def test_a_query_that_is_no_reading_is_refused_and_nothing_is_written(
    database: Path, tmp_path: Path, format_: Format, query: str, code: str
) -> None:
    with pytest.raises(UsageError) as refused:
        export(database, tmp_path / f"q.{format_}", Selection(query=query), format_)
    assert refused.value.code.startswith(code)
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_or_internal_table_is_refused_and_old_files_stay(database: Path, tmp_path: Path) -> None:
    (tmp_path / "forms.csv").write_text("old")
    for name, code in (("formz", "query.unknown_table"), ("layouts", "export.internal")):
        with pytest.raises(UsageError) as refused:
            exported_to(database, tmp_path, "forms", name)
        assert refused.value.code == code
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("forms.csv", "old")]


def test_when_an_import_ran_is_not_in_the_export(database: Path, tmp_path: Path) -> None:
    exported_to(database, tmp_path, "documents", "files")
    header = (tmp_path / "documents.csv").read_text("utf-8").split("\n")[0] + (tmp_path / "files.csv").read_text(
        "utf-8"
    )
    assert "imported_at" not in header
    assert "seen_at" not in header


# ------------------------------------------------------------------------------------------------------------- Excel


def test_a_workbook_has_a_sheet_for_each_table_with_frozen_header_and_filters(database: Path, tmp_path: Path) -> None:
    exported_to(database, tmp_path / "book.xlsx", "绩效指标", "资金", format_="xlsx")
    book = openpyxl.load_workbook(tmp_path / "book.xlsx")
    assert book.sheetnames == ["绩效指标", "资金"]
    first = book["绩效指标"]
    assert first.freeze_panes == "A2"
    assert first.auto_filter.ref == f"A1:{openpyxl.utils.get_column_letter(first.max_column)}{first.max_row}"
    assert first["A1"].font.bold
    assert first.column_dimensions["A"].width > 18


def test_in_a_workbook_numbers_are_numbers_dates_dates_and_text_always_text(database: Path, tmp_path: Path) -> None:
    query = """select project_name, target_text, fiscal_year, 12.5::decimal(38,6) as amount, true as yes,
               null as nothing, 12345678901234567890::decimal(38,6) as long, period_start, 'http://x.y' as link,
               '0012' as code, '1\x1b' as odd
               from forms join indicators using (form_id) where name = '合格率'"""
    export(database, tmp_path / "q.xlsx", Selection(query=query), "xlsx")
    cells = next(openpyxl.load_workbook(tmp_path / "q.xlsx")["query"].iter_rows(min_row=2))
    assert [cell.value for cell in cells[:10]] == [
        "=SUM(A1:A9)", "=100%", 2019, 12.5, True, None, "12345678901234567890", datetime.datetime(2019, 1, 1),
        "http://x.y", "0012",
    ]  # fmt: skip
    assert [cell.data_type for cell in cells[:2]] in (["s", "s"], ["inlineStr", "inlineStr"])
    assert not any(cell.data_type == "f" for cell in cells)


def test_cells_too_long_for_excel_are_cut_and_said(database: Path, tmp_path: Path) -> None:
    (one,) = exported_to(database, tmp_path / "book.xlsx", "indicators", format_="xlsx")
    assert "1 cells were cut" in one.notes[0].en
    longest = max(len(str(value)) for row in sheet(tmp_path / "book.xlsx", "indicators") for value in row)
    assert 16_000 < longest <= 32_767


def test_more_rows_than_a_sheet_holds_go_on_in_the_next(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_module, "_SHEET_ROWS", 4)
    query = "select * from range(6) r(n)"
    for count, sheets in ((6, [3, 3]), (7, [3, 3, 1]), (0, [0]), (3, [3])):
        (one,) = export(database, tmp_path / "q.xlsx", Selection(query=query.replace("6", str(count))), "xlsx")
        book = openpyxl.load_workbook(tmp_path / "q.xlsx")
        assert [book[name].max_row - 1 for name in book.sheetnames] == sheets
        assert (one.rows, bool(one.notes)) == (count, len(sheets) > 1)
    assert book.sheetnames[0] == "query"


def test_csv_for_excel_has_a_byte_order_mark_and_no_formulas(database: Path, tmp_path: Path) -> None:
    exported_to(database, tmp_path / "a.csv", "indicators", for_excel=True)
    exported_to(database, tmp_path / "b.csv", "indicators")
    assert (tmp_path / "a.csv").read_bytes().startswith("\ufeffform_id".encode())
    assert ",'=100%," in (tmp_path / "a.csv").read_text("utf-8-sig")
    assert ",=100%," in (tmp_path / "b.csv").read_text("utf-8")


# ------------------------------------------------------------------------------------------------------------- masks

PHONES = [
    "13900000017", "139 0000 0017", "139-0000-0017", "139-000-00017", "1390000\n0017", "１３９００００００１７",
    "+86 13900000017", "8613900000017", "0871-3120017", "（0871）63120017", "0871 6312 0017", "400-820-0017",
    "电话：3120017", "联系电话　63120017",
]  # fmt: skip


@pytest.mark.parametrize("phone", PHONES)
@pytest.mark.parametrize("around", ["{}", "周明{}", "电话{}、{}。", "电话：{} {}", "（{}）"])
def test_a_phone_is_masked_wherever_it_stands_character_for_character(phone: str, around: str) -> None:
    text = around.format(phone, phone)
    masked = mask_phones(text)
    assert len(masked) == len(text)
    assert not any(character.isdigit() for character in masked)


@pytest.mark.parametrize(
    "text",
    [
        "预算13900000元",
        "2021年度",
        "530102199001011234567",
        "≥13900000017890件",
        "1234567.89",
        "财预〔2020〕10号",
        "2021-01-01至2021-12-31",
        "20210101",
    ],
)
def test_other_numbers_are_not_masked(text: str) -> None:
    assert mask_phones(text) == text


def phones_everywhere() -> Archive:
    archive = Archive()
    text = f"负责人 周明 联系电话 3120017 备注 {PHONE} 金额 3120017"
    form = archive.form("project-declaration", 2021, "防火", text=text, contact_name="周明", contact_phone="3120017",
                        unit_head="王芳 3120017", overview=f"见 {PHONE}")  # fmt: skip
    for name, label, value in (("contact_name", "联系人", "周明"), ("contact_phone", "联系电话", "3120017")):
        start = text.index(value)
        archive.field(form, name, label, value, text_start=start, text_end=start + len(value))
    archive.field(form, "other_notes", "说明", f"电话{PHONE}")
    archive.indicator(form, f"热线{PHONE}", "≥3次", deviation=f"问{PHONE}")
    archive.add("leftovers", document_id=f"{1:064x}", form_id=form, text=f"传真 {PHONE}", **PLACE)
    archive.add("corrections", form_id=form, target_table="fields", target_row="contact_phone", target_column="value",
                old="3120017", new="3120018", reviewer="x", decided_at="2021-01-01")  # fmt: skip
    return archive


@pytest.mark.parametrize("format_", FORMATS)
def test_no_phone_and_no_contact_leaves_unless_asked(tmp_path: Path, format_: Format) -> None:
    database = phones_everywhere().write(tmp_path / "forms.duckdb")
    names = (*TABLES, "form_details", "申报表", "字段", "绩效指标", "文档", "剩余文字", "更正")
    for with_contacts in (False, True):
        written = exported_to(
            database, tmp_path / f"{with_contacts}", *names, format_=format_, with_contacts=with_contacts
        )
        said = "".join(everything(one, format_) for one in written)
        assert (PHONE in said) == with_contacts
        assert ("周明" in said) == with_contacts
        assert ("3120018" in said) == with_contacts


def everything(one: Exported, format_: Format) -> str:
    """All values of an exported table as one text."""
    if format_ == "xlsx":
        return str(sheet(one.path, one.name))
    if format_ == "parquet":
        return str(duckdb.connect().execute(f"from '{one.path}'").fetchall())
    return one.path.read_text("utf-8")


def test_masks_keep_the_places_of_values(tmp_path: Path) -> None:
    database = phones_everywhere().write(tmp_path / "forms.duckdb")
    query = """select substring(d.text, f.text_start + 1, f.text_end - f.text_start) = f.text as same, d.text
               from fields f join forms using (form_id) join documents d using (document_id)
               where f.name = 'contact_phone'"""
    export(database, tmp_path / "q.jsonl", Selection(query=query), "jsonl")
    row = json.loads((tmp_path / "q.jsonl").read_text("utf-8"))
    assert row == {"same": True, "text": "负责人 ** 联系电话 ******* 备注 *********** 金额 3120017"}


def test_an_empty_database_can_be_exported(tmp_path: Path) -> None:
    with Store(tmp_path / "forms.duckdb"):
        pass
    for format_ in FORMATS:
        assert all(one.rows == 0 for one in exported_to(tmp_path / "forms.duckdb", tmp_path / format_, format_=format_))


def test_the_command_says_what_it_wrote_and_what_a_format_could_not_hold(database: Path, tmp_path: Path) -> None:
    def run(*arguments: str) -> tuple[int, str]:
        answer = run_extract(tmp_path, "export", "--db", str(database), *arguments)
        return answer.returncode, answer.stderr

    book = tmp_path / "book.xlsx"
    code, said = run("--to", str(book), "--table", "绩效指标")
    assert code == 0
    assert "绩效指标: 1 cells were cut" in said
    assert f"{book}: 绩效指标, " in said
    assert run("--to", str(tmp_path), "--format", "jsonl", "-t", "forms", "-t", "资金", "--quiet") == (0, "")
    assert {path.name for path in tmp_path.iterdir()} == {"book.xlsx", "forms.jsonl", "资金.jsonl"}
    assert run("--to", str(tmp_path), "--table", "forms", "--query", "select 1")[0] == 2
    assert "near names" in run("--to", str(tmp_path), "--query", "select 部门 from 申报表")[1]
