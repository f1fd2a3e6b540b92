"""Reads tests/layouts: forms drawn cell by cell, each with what must come out of it.

A layout is a text file. Its lines are paragraphs; a table stands between `[[` and `]]`, a row on each line, and below
`====` stands the truth of each form in the document, decided by the contract and never by what the parser gives:

    附件1
    [[
    项目支出绩效目标申报表
    （2023年度）
    项目名称 | 农村公路养护 | 主管部门  | 交通运输局
    绩效\\n指标 | 一级指标  | 三级指标  | 指标值
    ^        | 产出指标   | 养护里程  | ≥320公里
    ^        | ^         | 完工时间  | 2023年11月底前
    ]]
    ==== project-declaration
    title = 项目支出绩效目标申报表
    fiscal_year = 2023
    project_name = 农村公路养护
    competent_department = 交通运输局
    indicators level1 name target
      产出指标 | 养护里程 | ≥320公里
      " | 完工时间 | 2023年11月底前 => <= @2023-11-30

In a table `^` is a cell reached by the one above and `<` by the one to the left; the last cell of a short row reaches
to the edge. `\\n` starts a paragraph inside a cell, `\\v` a line, ☑ is a ticked box and □ an empty one.

In the truth a column that is not named is absent, and `"` repeats the word above. `funding UNIT` is followed by lines
`BLOCK STAGE SOURCE AMOUNT [UNIT]`. `=>` says what a target means: `OPERATOR NUMBER… UNIT`, with `@` before a date and
`~` for words alone; targets as plain as ≥320公里 need none. Where two readings are equally right, both stand with `||`
between (NULL is absent, `*` anything). A line that begins with `?`, or a form whose kind ends with ` ?`, may be there
or not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from containers import Box, Document, Table

LAYOUTS = Path(__file__).parent / "layouts"
Row = Mapping[str, str | None]
"""What is expected by column; None is absent, and alternatives have || between."""


@dataclass(slots=True)
class ExpectedForm:
    kind: str
    fields: dict[str, str] = field(default_factory=dict)
    funding: list[Row] = field(default_factory=list)
    indicators: list[Row] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Layout:
    name: str
    document: Document
    forms: Sequence[ExpectedForm]


def layouts(folder: Path = LAYOUTS) -> Iterator[Layout]:
    """Every layout of the folder, by name."""
    for path in sorted(folder.glob("*.txt")):
        yield read_layout(path.stem, path.read_text("utf-8"))


def read_layout(name: str, text: str) -> Layout:
    drawing, *truths = re.split(r"(?m)^==== *", text)
    try:
        return Layout(name, _document(drawing), [_expected(truth) for truth in truths])
    except (ValueError, KeyError) as error:
        raise ValueError(f"{name}: {error}") from error


# ------------------------------------------------------------------------------------------------------- the drawing


def _document(drawing: str) -> Document:
    blocks: list[str | Table] = []
    rows: list[str] | None = None
    for line in filter(None, map(str.strip, drawing.splitlines())):
        if line == "[[":
            rows = []
        elif line == "]]":
            blocks.append(_table(rows or []))
            rows = None
        elif rows is not None:
            rows.append(line)
        else:
            blocks.append(_unescaped(line))
    if rows is not None:
        raise ValueError("a table has no ]]")
    return blocks


def _table(lines: Sequence[str]) -> Table:
    grid = [[cell.strip() for cell in line.split("|")] for line in lines]
    columns = max(map(len, grid))
    owners: list[list[tuple[int, int]]] = []
    for r, row in enumerate(grid):
        owners.append([])
        for c, cell in enumerate([*row, *["<"] * (columns - len(row))]):
            owners[r].append(owners[r][c - 1] if cell == "<" else owners[r - 1][c] if cell == "^" else (r, c))
    return [[_box(grid, owners, r, c) for c in range(columns) if owners[r][c] == (r, c)] for r in range(len(grid))]


def _box(grid: Sequence[Sequence[str]], owners: Sequence[Sequence[tuple[int, int]]], top: int, left: int) -> Box:
    reached = [(r, c) for r, row in enumerate(owners) for c, owner in enumerate(row) if owner == (top, left)]
    rows, columns = 1 + max(r for r, _ in reached) - top, 1 + max(c for _, c in reached) - left
    if rows * columns != len(reached):
        raise ValueError(f"the cell {grid[top][left]!r} in row {top + 1} is no rectangle: {'|'.join(grid[top])}")
    return Box(_unescaped(grid[top][left]), columns, rows)


def _unescaped(text: str) -> str:
    return text.replace("\\n", "\n").replace("\\v", "\v")


# --------------------------------------------------------------------------------------------------------- the truth


def _expected(truth: str) -> ExpectedForm:
    kind, *lines = filter(None, (line.split(" # ")[0].rstrip() for line in truth.splitlines()))
    form, section, unit = ExpectedForm(kind), "", ""
    columns: list[str] = []
    above: list[str] = []
    for line in lines:
        if not line.startswith("  "):
            words = line.split()
            if words[0] == "funding":
                section, unit = "funding", "".join(words[1:])
            elif words[0] == "indicators":
                section, columns, above = "indicators", words[1:], []
            else:
                name, value = line.split("=", 1)
                form.fields[name.strip()] = _unescaped(value.strip())
        elif section == "funding":
            form.funding.append(_funding_row(line, unit))
        else:
            optional, cells = _cells(line)
            above = [top if cell == '"' else cell for cell, top in zip(cells, above or cells, strict=True)]
            form.indicators.append({"optional": optional, **_indicator_row(dict(zip(columns, above, strict=True)))})
    return form


def _cells(line: str) -> tuple[str, list[str]]:
    line = line.strip()
    optional = "?" if line.startswith("?") else ""
    return optional, [cell.strip() for cell in line.removeprefix("?").split(" | ")]


def _funding_row(line: str, unit: str) -> Row:
    words = line.split()
    optional = "?" if words[0].startswith("?") else ""
    block, stage, source, amount, *own_unit = words
    unit = own_unit[0] if own_unit else unit
    return {
        "optional": optional,
        "block": block.removeprefix("?"),
        "stage": stage,
        "source": source,
        "amount": amount,
        "unit": None if unit in ("", "-") else unit,
    }


_MEANINGS = ("operator", "value", "lower", "upper", "unit", "deadline")
_PLAIN = re.compile(r"(≥|≤|=|＝|>|＞|<|＜|﹥|﹤)?(\d[\d,]*(?:\.\d+)?)([^\d≥≤=<>＞＜]*)")
_SIGNS = {"≥": ">=", "≤": "<=", "=": "=", "＝": "=", ">": ">", "＞": ">", "﹥": ">", "<": "<", "＜": "<", "﹤": "<"}
_NOT_PLAIN = re.compile("[上下内前右底余多左及（(起、，,;；至到-]")
_BLANK = ("", "无", "/", "—", "-", "——", "／")


def _indicator_row(cells: Mapping[str, str]) -> dict[str, str | None]:
    row: dict[str, str | None] = {"block": "annual"}
    for column, cell in cells.items():
        text, _, meaning = (part.strip() for part in cell.partition("=>"))
        if column == "target":
            row |= {"target_text": _present(text), **_meaning(text, meaning)}
        elif column == "actual":
            means = _meaning(text, meaning)
            row |= {"actual_text": _present(text), "actual_value": means["value"], "actual_unit": means["unit"]}
        else:
            row[column] = _present(text)
    return row


def _present(text: str) -> str | None:
    return None if text in _BLANK else _unescaped(text)


def _meaning(text: str, meaning: str) -> dict[str, str | None]:
    """Operator, numbers, unit and date of a target.

    >>> _meaning("≥320公里", "")["lower"], _meaning("80-100人", "between 80 100 人")["upper"]
    ('320', '100')
    """
    if not meaning and (found := _PLAIN.fullmatch(re.sub(r"\s", "", text))) and not _NOT_PLAIN.search(found[3]):
        meaning = f"{_SIGNS.get(found[1] or '=')} {found[2].replace(',', '')} {found[3]}"
    elif not meaning:
        if re.search(r"[\d一二两三四五六七八九十]", text):
            raise ValueError(f"say with => what {text!r} means")
        meaning = "~"
    operator, *words = meaning.split()
    result: dict[str, str | None] = dict.fromkeys(_MEANINGS)
    if operator in ("~", "*"):
        return dict.fromkeys(_MEANINGS, None if operator == "~" else "*")
    if words and words[0].startswith("@"):
        return result | {"operator": operator, "deadline": words[0][1:], "lower": "*", "upper": "*"}
    lower, upper = (words.pop(0), words.pop(0)) if operator == "between" else (words[0], words.pop(0))
    unit = "".join(words) or None
    if operator == "between":
        return result | {"operator": operator, "lower": lower, "upper": upper, "unit": unit}
    bounds = {"lower": None if operator in ("<=", "<") else lower, "upper": None if operator in (">=", ">") else upper}
    return result | {"operator": operator, "value": lower, "unit": unit, **bounds}
