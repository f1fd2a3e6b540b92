"""Scores an installed extract against tests/layouts: every form in eleven containers.

    python tests/score_layouts.py [--python OTHER/.venv/bin/python] [--layouts FOLDER] [--work FOLDER] [NAME…]

Renders the layouts (LibreOffice, antiword, catdoc and pandoc have to be installed; a container whose tool is not is
left out), imports them with the `extract` of the given Python and compares the database with what the layouts say
must come out. The rendered files stay in the work folder and are made anew only when a layout changes.
"""

from __future__ import annotations

import argparse
import io
import itertools
import re
import shutil
import subprocess
import sys
import unicodedata
import zipfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from operator import attrgetter
from pathlib import Path
from typing import Any

import duckdb

from containers import docx, dump
from drawn_forms import LAYOUTS, ExpectedForm, Layout, layouts

KINDS = (
    "special-fund-declaration", "project-declaration", "department-declaration", "project-self-evaluation",
    "department-self-evaluation", "project-monitoring", "transfer-declaration", "transfer-self-evaluation",
)  # fmt: skip
FIELDS = (
    "title", "fiscal_year", "reporting_unit", "unit_head", "project_name", "project_attribute", "competent_department",
    "implementing_unit", "project_lead", "contact_name", "contact_phone", "period_text", "period_start", "period_end",
    "overview", "basis", "measures", "long_term_goal", "annual_goal", "annual_goal_actual",
)  # fmt: skip
NAMING = ("block", "level1", "level2", "name", "target_text", "actual_text", "weight", "score", "deviation")
TARGET = ("operator", "value", "lower", "upper", "unit", "deadline", "actual_value", "actual_unit")

# --------------------------------------------------------------------------------------------------------- rendering

OFFICE = {
    "doc": "doc:MS Word 97",
    "rtf": "rtf:Rich Text Format",
    "odt": "odt:writer8",
    "html": "html:HTML (StarWriter)",
    "txt": "txt:Text (encoded):UTF8",
}
DUMPS: Mapping[str, tuple[str, Sequence[str]]] = {
    "antiword": ("doc", ["antiword", "-m", "UTF-8.txt"]),
    "catdoc": ("doc", ["catdoc", "-d", "utf-8"]),
    "pandoc": ("docx", ["pandoc", "-f", "docx", "-t", "markdown"]),
}


def render(drawn: Sequence[Layout], work: Path) -> list[str]:
    """Write every layout in every container that can be made here; return the containers."""
    fresh = []
    for layout in drawn:
        package = docx(layout.document)
        _write(work / "tika" / f"{layout.name}.txt", dump(layout.document).encode())
        _write(work / "xml" / f"{layout.name}.xml", flat_package(package))
        made = [work / name / f"{layout.name}.{_suffix(name)}" for name in (*OFFICE, *DUMPS)]
        if _write(work / "docx" / f"{layout.name}.docx", package) or not all(path.exists() for path in made):
            fresh.append(layout)
    if shutil.which("soffice"):
        for name, conversion in OFFICE.items():
            _office(fresh, work, name, conversion)
    for name, (source, command) in DUMPS.items():
        if shutil.which(command[0]):
            for layout in fresh:
                done = subprocess.run([*command, work / source / f"{layout.name}.{source}"], capture_output=True)
                _write(work / name / f"{layout.name}.txt", done.stdout)
    return [folder.name for folder in sorted(work.iterdir()) if folder.is_dir() and folder.name != "profile"]


def _write(path: Path, data: bytes) -> bool:
    """Write the file; false where it holds the same already."""
    if path.exists() and path.read_bytes() == data:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return True


def flat_package(package: bytes) -> bytes:
    """The package as Word's one flat XML file."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        parts = {name: archive.read(name).decode().split("?>", 1)[1] for name in archive.namelist()}
    types = dict(re.findall('PartName="/([^"]+)" ContentType="([^"]+)"', parts["[Content_Types].xml"]))
    return "".join((
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><?mso-application progid="Word.Document"?>',
        '<pkg:package xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage">',
        *(
            f'<pkg:part pkg:name="/{name}" pkg:contentType="'
            f'{types.get(name, "application/vnd.openxmlformats-package.relationships+xml")}">'
            f"<pkg:xmlData>{xml}</pkg:xmlData></pkg:part>"
            for name, xml in parts.items() if name != "[Content_Types].xml"
        ),
        "</pkg:package>",
    )).encode()  # fmt: skip


def _office(fresh: Sequence[Layout], work: Path, name: str, conversion: str) -> None:
    if fresh:
        files = [work / "docx" / f"{layout.name}.docx" for layout in fresh]
        profile = f"-env:UserInstallation=file://{(work / 'profile').absolute()}"
        command = ["soffice", profile, "--headless", "--convert-to", conversion, "--outdir", work / name, *files]
        subprocess.run(command, check=True, capture_output=True, timeout=900)


def is_whole(layout: Layout, path: Path) -> bool:
    """Whether a text dump holds what was drawn; antiword and catdoc leave out many a cell."""
    drawn = Counter(filter(str.isalnum, dump(layout.document)))
    kept = Counter(filter(str.isalnum, path.read_text("utf-8")))
    return (drawn - kept).total() <= drawn.total() // 100


# --------------------------------------------------------------------------------------------------------- comparing


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was compared: `group` is field, funding, indicator, absent, split or leftover."""

    form: str
    kind: str
    container: str
    group: str
    item: str
    right: bool
    expected: object = None
    got: object = None


def compare(layout: Layout, container: str, document: Mapping[str, Any]) -> Iterator[Check]:
    """What the database says about one rendered layout against its truth."""
    at = (layout.name, _kind(layout.forms[0]) if layout.forms else "none", container)
    found = [form for form in document["forms"] if form["form_kind"] in KINDS]
    expected = [form for form in layout.forms if _kind(form) in KINDS]
    required = [form for form in expected if "?" not in form.kind.split()]
    right = len(required) <= len(found) <= len(expected)
    yield Check(*at, "split", "forms", right, len(expected), len(found))
    status = "extracted" if expected else "unknown_form" if layout.forms else "no_form"
    right = document["status"] == status or len(required) < len(expected)
    yield Check(*at, "split", "status", right, status, document["status"])
    for number, want in enumerate(expected):
        got = found[number] if number < len(found) else None
        if got is not None or want in required:
            for check in _form(want, got or {"funding": [], "indicators": []}):
                yield Check(f"{layout.name}#{number + 1}", _kind(want), container, *check)
    left = "".join(row for row in document["leftovers"])
    if expected:
        yield Check(*at, "leftover", "characters", len(left) <= 4, 0, f"{len(left)}: {left[:150]}")


def _kind(form: ExpectedForm) -> str:
    return form.kind.split()[0].split("||")[0]


def _form(want: ExpectedForm, got: Mapping[str, Any]) -> Iterator[tuple[str, str, bool, object, object]]:
    yield "field", "form_kind", same(want.kind.split()[0], got.get("form_kind")), want.kind, got.get("form_kind")
    for name in FIELDS:
        expected, value = want.fields.get(name), got.get(name)
        if expected == "*":
            continue
        if expected is not None:
            yield "field", name, same(expected, value), expected, value
        elif value is not None:
            yield "absent", name, False, None, value
    if unknown := set(want.fields) - set(FIELDS):
        raise ValueError(f"no such fields: {unknown}")
    yield from _rows("funding", want.funding, got["funding"], ("block", "stage", "source"), ("amount", "unit"))
    yield from _rows("indicator", want.indicators, got["indicators"], ("level1", "name"), (*NAMING, *TARGET))


def _rows(
    group: str,
    wanted: Sequence[Mapping[str, str | None]],
    found: Sequence[Mapping[str, Any]],
    key: Sequence[str],
    columns: Sequence[str],
) -> Iterator[tuple[str, str, bool, object, object]]:
    """Each wanted row against the next found row that is all the same, of the same key, or of the same last key column.

    Rows that a form need not give come last, so that they take nothing from those that it has to.
    """
    left = list(found)
    pairs: list[tuple[Mapping[str, str | None], Mapping[str, Any] | None]] = []
    for want in sorted(wanted, key=lambda want: bool(want["optional"])):
        for keys in ((*key, *columns), key, key[-1:])[: 1 if want["optional"] else 3]:
            match = next((row for row in left if all(same(want.get(k), row[k]) for k in keys)), None)
            if match is not None:
                break
        if match is not None:
            left.remove(match)
        pairs.append((want, match))
    for want, match in pairs:
        item = "/".join(str(want.get(k)) for k in key)
        if match is None:
            if not want["optional"]:
                shown = " ".join(str(want.get(column)) for column in columns if want.get(column))
                yield group, f"{item} (missing)", False, shown, None
            continue
        wrong = [c for c in dict.fromkeys((*key, *columns)) if not same(want.get(c), match[c])]
        names = ",".join(wrong)
        yield (
            group,
            f"{item} {names}".strip(),
            not wrong,
            " ".join(f"{c}={want.get(c)}" for c in wrong),
            " ".join(f"{c}={match[c]}" for c in wrong),
        )
    for row in left:
        shown = " ".join(f"{c}={row[c]}" for c in (*key, *columns) if row[c] is not None)
        yield "absent", f"{group} row {'/'.join(str(row[k]) for k in key)}", False, None, shown


def same(expected: str | None, got: object) -> bool:
    """Whether a value is as expected, white space and the width of characters apart."""
    if expected is None or got is None:
        return got is None and (expected is None or expected == "*" or "NULL" in expected.split("||"))
    return expected == "*" or any(_plain(each) == _plain(str(got)) for each in expected.split("||"))


def _plain(text: str) -> object:
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
    try:
        return Decimal(text).normalize()
    except InvalidOperation:
        return text


# ---------------------------------------------------------------------------------------------------------- database


def read_database(db: Path) -> dict[str, dict[str, Any]]:
    """Documents by the path they were imported from, each with its forms and their rows."""
    with duckdb.connect(str(db), read_only=True) as con:
        documents = {d["document_id"]: {**d, "forms": [], "leftovers": []} for d in _select(con, "documents")}
        forms = {f["form_id"]: {**f, "funding": [], "indicators": []} for f in _select(con, "forms", "form_index")}
        for table, order in (("funding", "row_index"), ("indicators", "indicator_index")):
            for row in _select(con, table, order):
                forms[row["form_id"]][table].append(row)
        for form in forms.values():
            documents[form["document_id"]]["forms"].append(form)
        unknown = {form_id for form_id, form in forms.items() if form["form_kind"] not in KINDS}
        for row in _select(con, "leftovers"):
            if row["form_id"] not in unknown:  # all text of an unknown form is left over
                documents[row["document_id"]]["leftovers"].append(row["text"])
        return {file["path"]: documents[file["document_id"]] for file in _select(con, "files")}


def _select(con: duckdb.DuckDBPyConnection, table: str, order: str = "1") -> Iterable[dict[str, Any]]:
    result = con.execute(f"select * from {table} order by {order}")
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


# ----------------------------------------------------------------------------------------------------------- printing


def summary(checks: Sequence[Check], by: Callable[[Check], str]) -> Iterator[str]:
    """A line for each group of checks: the share that is right of fields, funding and indicators, and the rest."""
    groups: defaultdict[str, list[Check]] = defaultdict(list)
    for check in checks:
        groups[by(check)].append(check)
    yield f"{'':28}{'fields':>14}{'funding':>14}{'indicators':>14}{'where none':>12}{'splits':>8}{'leftovers':>11}"
    for name, group in sorted(groups.items()):
        shares = ""
        for kind in ("field", "funding", "indicator"):
            rights = [check.right for check in group if check.group == kind]
            share = f"{100 * sum(rights) / len(rights):.1f}%" if rights else ""
            shares += f"{share + f' /{len(rights)}':>14}"
        wrong = Counter(check.group for check in group if not check.right)
        yield f"{name:28}{shares}{wrong['absent']:>12}{wrong['split']:>8}{wrong['leftover']:>11}"


def failures(checks: Sequence[Check]) -> Iterator[str]:
    """Each failure once, with the containers that it happens in; those of .docx first, by whose they are."""
    where: defaultdict[tuple[str, str, str, str], list[Check]] = defaultdict(list)
    for check in checks:
        if not check.right:
            where[_owner(check), check.form, check.group, check.item].append(check)
    in_word = {each for each, found in where.items() if any(check.container == "docx" for check in found)}
    lines: defaultdict[str, list[str]] = defaultdict(list)
    for (owner, form, group, item), found in sorted(where.items()):
        containers = sorted(check.container for check in found)
        owner = owner if (owner, form, group, item) in in_word else "readers"
        shown = "all" if len(containers) > 10 else ",".join(containers)
        expected, got = (re.sub(r"\s+", " ", str(text))[:160] for text in (found[0].expected, found[0].got))
        lines[owner].append(f"{form} [{shown}] {group} {item}\n    expected {expected}\n    got      {got}")
    for owner, each in sorted(lines.items()):
        yield f"\n## {owner}: {len(each)}\n"
        yield from each


def _owner(check: Check) -> str:
    if check.group == "indicator" or (check.group == "absent" and check.item.startswith("indicator")):
        columns = check.item.rsplit(" ", 1)[-1].split(",")
        return "targets" if all(column in TARGET for column in columns) else "indicators"
    return "forms"


def main() -> int:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    arguments.add_argument("names", nargs="*", help="only layouts whose name contains one of these")
    arguments.add_argument("--python", default=sys.executable, help="the Python whose extract is scored")
    arguments.add_argument("--layouts", type=Path, default=LAYOUTS, help="the folder of layouts")
    arguments.add_argument("--work", type=Path, default=Path("layouts.out"), help="where the files are rendered")
    arguments.add_argument("--containers", default="", help="only these, separated by commas")
    chosen = arguments.parse_args()
    drawn = [each for each in layouts(chosen.layouts) if not chosen.names or any(n in each.name for n in chosen.names)]
    chosen.work.mkdir(parents=True, exist_ok=True)
    names = [n for n in render(drawn, chosen.work) if not chosen.containers or n in chosen.containers.split(",")]
    work = chosen.work.absolute()
    files = {(name, each.name): work / name / f"{each.name}.{_suffix(name)}" for name in names for each in drawn}
    for name, each in itertools.product(set(names) & DUMPS.keys(), drawn):
        if not is_whole(each, files[name, each.name]):
            sys.stderr.write(f"{name} lost a part of {each.name}\n")
            del files[name, each.name]
    db = chosen.work / f"score-{abs(hash(chosen.python))}.duckdb"
    db.unlink(missing_ok=True)
    command = [Path(chosen.python).parent / "extract", "import", "--quiet", "--db", db, *files.values()]
    done = subprocess.run(command, capture_output=True, text=True)
    sys.stderr.write(done.stderr)
    documents = read_database(db)
    db.unlink()
    checks = [
        check
        for layout in drawn
        for container in names
        if (container, layout.name) in files
        for check in compare(layout, container, documents[str(files[container, layout.name])])
    ]
    print(*failures(checks), sep="\n")
    for by in (attrgetter("kind"), attrgetter("container"), lambda check: "all"):
        print("", *summary(checks, by), sep="\n")
    return any(not check.right for check in checks)


def _suffix(container: str) -> str:
    return container if container in {*OFFICE, "docx", "xml"} else "txt"


if __name__ == "__main__":
    sys.exit(main())
