"""Masks: the database without phones and contact persons, for what leaves the house.

The tables are masked first, and the views are made anew over the masked tables, so that whatever is asked of them holds
nothing else. A mask has as many characters as what it hides, so that text_start and text_end stay true.

Masked are contact_name and contact_phone wherever they stand (columns, fields, the text of the document), digits beside
the names of other persons, and whatever looks like a phone in any text. A number of seven or eight digits is one only
where a word says so, for amounts look the same.
"""

from __future__ import annotations

import re

import duckdb

from extract.dictionary import create_views
from extract.labels import narrow

# When something ran is no part of the data: the same archive gives the same export.
_LEFT_OUT = {"documents": ("imported_at",), "files": ("seen_at",)}
_DIGIT = re.compile(r"\d")
_VISIBLE = re.compile(r"\S")
_GAP = r"[-－—–\s.·]{0,2}"
# A mobile in whatever groups, a landline with its area code, a service number: these look like nothing else.
_PHONE = re.compile(
    rf"(?<!\d)(?:(?:\+|00)?8{_GAP}6{_GAP})?1{_GAP}[3-9](?:{_GAP}\d){{9}}(?!\d)"
    rf"|(?<![\d.])[(]?0\d{{2,3}}[)]?{_GAP}[2-9]\d{{2,3}}{_GAP}\d{{4}}(?!\d)"
    rf"|(?<![\d.])[48]00{_GAP}\d{{3,4}}{_GAP}\d{{3,4}}(?![\d.])"
)
# Seven or eight digits look like an amount: they are a phone behind a word that says so.
_LOCAL_PHONE = re.compile(
    r"(?:电话|手机|联系方式|传真|[Tt][Ee][Ll])[号码为是\s:.()]{0,6}"
    rf"(?:\d{{3,4}}{_GAP}\d{{4}}(?!\d)[、,;/\s或*]{{0,3}})+"
)
# What may hold a phone; only such text is looked at closely.
_MAY_HOLD_PHONE = r"[0-9０-９](?:[-－—–\s.·()（）]{0,3}[0-9０-９]){6}"
_CONTACT = "(name LIKE 'contact%' OR name LIKE '%phone%')"
# Names of people hold no digits, unless somebody has added their phone.
_WITH_PHONE = "(label SIMILAR TO '.*(电话|手机|联系方式|传真).*' OR name LIKE '%_head' OR name LIKE '%_lead')"


def mask_phones(text: str) -> str:
    """`text` with the digits of every phone as asterisks, character for character.

    >>> mask_phones("周明13900000017，办公电话：3120017，预算3120017元")
    '周明***********，办公电话：*******，预算3120017元'
    """
    for pattern in (_PHONE, _LOCAL_PHONE):
        for found in pattern.finditer(narrow(text)):
            text = text[: found.start()] + _DIGIT.sub("*", text[found.start() : found.end()]) + text[found.end() :]
    return text


def masked_schema(connection: duckdb.DuckDBPyConnection, *, with_contacts: bool, reads_texts: bool) -> None:
    """The tables of the attached database under their own names, masked, and all views over them."""
    tables = connection.execute(
        "SELECT table_name, list(column_name ORDER BY column_index), list(data_type ORDER BY column_index)"
        " FROM duckdb_columns() WHERE database_name = 'unmasked' AND table_name IN"
        " (SELECT table_name FROM duckdb_tables() WHERE database_name = 'unmasked' UNION ALL"
        # views of parts stand in the place of tables
        " SELECT view_name FROM duckdb_views() WHERE database_name = 'unmasked' AND contains(sql, 'attached_parts'))"
        " GROUP BY 1 ORDER BY 1"
    ).fetchall()
    connection.execute("CREATE TABLE masks (text VARCHAR, masked VARCHAR)")
    connection.execute("CREATE TABLE masked_documents (document_id VARCHAR, text VARCHAR)")
    if not with_contacts and reads_texts:
        _mask_documents(connection)
    for table, columns, types in tables:
        kept = [(c, t) for c, t in zip(columns, types, strict=True) if c not in _LEFT_OUT.get(table, ())]
        texts = {column for column, type_ in kept if type_ == "VARCHAR" and not column.endswith("_id")}
        masked = set() if with_contacts else {column for column in texts if _collect(connection, table, column)}
        selected = ", ".join(
            f'{_masked(table, column, column in masked, with_contacts)} AS "{column}"' for column, _ in kept
        )
        connection.execute(f'CREATE VIEW "{table}" AS SELECT {selected} FROM unmasked."{table}" t')
    create_views(connection)


def _collect(connection: duckdb.DuckDBPyConnection, table: str, column: str) -> bool:
    """Put every text of the column that holds a phone into `masks`; whether there was one."""
    if (table, column) == ("documents", "text"):
        return True
    sql = f"""SELECT DISTINCT "{column}" FROM unmasked."{table}" WHERE length("{column}") >= 7
              AND regexp_matches("{column}", ?) AND "{column}" NOT IN (SELECT text FROM masks)"""
    found = [text for (text,) in connection.execute(sql, [_MAY_HOLD_PHONE]).fetchall()]
    masks = [(text, masked) for text in found if (masked := mask_phones(text)) != text]
    if masks:
        with connection.appender("masks") as appender:
            appender.append_rows(masks)
    return bool(found)


def _mask_documents(connection: duckdb.DuckDBPyConnection) -> None:
    """The texts of documents, masked where a field of contacts stands and wherever a phone is."""
    sql = f"""
        WITH spans AS (
            SELECT document_id,
                   list(f.text_start) FILTER ({_CONTACT}) AS starts, list(f.text_end) FILTER ({_CONTACT}) AS ends,
                   list(f.text_start) FILTER ({_WITH_PHONE}) AS dials, list(f.text_end) FILTER ({_WITH_PHONE}) AS stops
            FROM unmasked.forms JOIN unmasked.fields f USING (form_id) GROUP BY document_id)
        SELECT document_id, text, starts, ends, dials, stops
        FROM unmasked.documents LEFT JOIN spans USING (document_id) WHERE text IS NOT NULL"""
    cursor = connection.cursor().execute(sql)
    while batch := cursor.fetchmany(500):
        with connection.appender("masked_documents") as appender:
            appender.append_rows([(document_id, _masked_document(*rest)) for document_id, *rest in batch])


def _masked_document(
    text: str, starts: list[int] | None, ends: list[int] | None, dials: list[int] | None, stops: list[int] | None
) -> str:
    """The text without contacts (from `starts` to `ends`), digits beside them (`dials` to `stops`) and phones."""
    for pattern, begins, closes in ((_VISIBLE, starts, ends), (_DIGIT, dials, stops)):
        for start, end in zip(begins or (), closes or (), strict=True):
            text = text[:start] + pattern.sub("*", text[start:end]) + text[end:]
    return mask_phones(text)


def _masked(table: str, column: str, holds_phones: bool, with_contacts: bool) -> str:
    """The column of table `t` as the export shows it."""
    plain = f't."{column}"'
    if with_contacts:
        return plain
    if (table, column) == ("documents", "text"):
        return "(SELECT m.text FROM masked_documents m WHERE m.document_id = t.document_id)"
    if column in ("contact_name", "contact_phone"):
        return f"regexp_replace({plain}, '\\S', '*', 'g')"
    if column in ("unit_head", "project_lead"):
        return f"regexp_replace({plain}, '[0-9０-９]', '*', 'g')"
    masked = f"coalesce((SELECT m.masked FROM masks m WHERE m.text = {plain}), {plain})" if holds_phones else plain
    if table == "fields" and column in ("text", "value"):
        return f"""CASE WHEN {_CONTACT} THEN regexp_replace({plain}, '\\S', '*', 'g')
                        WHEN {_WITH_PHONE} THEN regexp_replace({plain}, '[0-9０-９]', '*', 'g') ELSE {masked} END"""
    if table == "corrections" and column in ("old", "new"):
        about_contacts = "concat(target_row, target_column) LIKE '%contact%'"
        return f"CASE WHEN {about_contacts} THEN regexp_replace({plain}, '\\S', '*', 'g') ELSE {masked} END"
    return masked
