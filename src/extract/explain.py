"""How a target is read, piece by piece: the text with its pieces coloured and marked, and what follows from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from extract.dictionary import word
from extract.language import Message, say
from extract.target import Target
from extract.terminal import data, visible

# The pieces of a target, with the letter that marks each and its colour.
PIECES = {
    "label": ("l", "blue", Message("label", "标签")),
    "baseline": ("b", "blue", Message("baseline", "基期")),
    "direction": ("v", "magenta", Message("direction", "方向")),
    "per": ("p", "yellow", Message("per", "每")),
    "operator": ("o", "magenta", Message("operator", "比较符")),
    "suffix": ("s", "magenta", Message("suffix", "后缀")),
    "number": ("n", "bold cyan", Message("number", "数")),
    "lower": ("n", "bold cyan", Message("lower", "下限")),
    "upper": ("n", "bold cyan", Message("upper", "上限")),
    "date": ("d", "bold cyan", Message("date", "日期")),
    "grade": ("g", "bold cyan", Message("grade", "等级")),
    "unit": ("u", "green", Message("unit", "单位")),
}

# The productions by their names, in a sentence each.
RULES = {
    "measured": Message("one number with the words around it", "一个数及其前后的词"),
    "between": Message("an interval, or a limit written in front of the name", "区间，或写在名称前的限值"),
    "date": Message("a date or a period, with the words before and behind it", "日期或时段，及其前后的词"),
    "list": Message("several targets between separators", "以分隔符隔开的几个指标值"),
    "row": Message("several targets in a row without separators", "没有分隔符的几个指标值"),
    "grade": Message("a grade of a scale", "等级"),
    "rank": Message("a place in a ranking", "名次"),
    "implied": Message("a number that the words imply", "文字隐含的数"),
    "empty": Message("nothing is filled in", "未填"),
    "words": Message("words without a number that is a target", "没有目标数的文字"),
    "prose": Message("too long for one target; it stays text", "太长，不是一个指标值，保留为文字"),
    "contradiction": Message("its operators contradict each other; it stays text", "比较符相互矛盾，保留为文字"),
}

WARNINGS = {
    "lookalike_operator": Message(
        "a character that looks like an operator is read as one", "形似比较符的字符按比较符识别"
    ),
    "contradiction": Message("the operators contradict each other, so no number is read", "比较符相互矛盾，不识别数"),
    "unit_conflict": Message(
        "the cell and what stands around it name different units; the cell's is kept",
        "单元格与周围写的单位不同，以单元格为准",
    ),
    "operator_conflict": Message(
        "the cell and the operator column say different things; the cell's is kept",
        "单元格与计算符号列不一致，以单元格为准",
    ),
    "scale_without_unit": Message("万 or 亿 stands without a unit", "万或亿没有单位"),
    "unit_missing_numerator": Message("the rate does not say what is counted", "比率没有写明计数对象"),
    "unknown_unit": Message(
        "the unit is not in vocabulary/units.yaml, so it cannot be compared",
        "单位不在 vocabulary/units.yaml 中，无法比较",
    ),
    "maybe_excel_serial": Message(
        "the number may be a date that Excel wrote as a number", "这个数可能是 Excel 写成数字的日期"
    ),
    "no_year": Message("the date has no year of its own", "日期没有写年份"),
    "ordinal_reversed": Message(
        "the first class is the best one: better means a smaller number", "一级最好：越好数字越小"
    ),
    "implied_number": Message("the number is not written, the words imply it", "数未写出，由文字隐含"),
    "template_placeholder": Message(
        "a template's placeholder was not filled in; its unit may be used", "空白表的占位符未填，其单位可能有用"
    ),
    "ocr_suspect": Message("a character looks misread", "有字疑似识别错误"),
    "unread_number": Message("a number stands in the text, but it is not the target", "文字中有数，但不是目标"),
}

PLACES = {
    "operator_column": Message("the operator column", "计算符号列"),
    "unit_column": Message("the unit column", "度量单位列"),
    "name": Message("the name of the indicator", "指标名称"),
    "target": Message("the target", "目标"),
    "table": Message("the unit line", "单位行"),
    "level": Message("the level (costs are money)", "级次（成本即金额）"),
    "form": Message("the form", "表"),
}


# The parts of a target that can stand outside of its cell.
_PARTS = {name: named for name, (_, _, named) in PIECES.items()}


def print_explanations(targets: Sequence[Target], console: Console) -> None:
    """One block for each target; several of them with a blank line between."""
    for number, target in enumerate(targets):
        if number:
            console.print()
        for line in _explanation(target, console.width):
            console.print(line)


def _explanation(target: Target, width: int, indent: int = 0) -> Iterator[Text | Table]:
    yield from _marked(target, width, " " * indent)
    read_as, rule = say("read as", "识别为"), say("rule", "规则")
    facts = [(read_as, _reading(target)), (rule, str(RULES[target.source].at(target.source)))]
    if canonical := target.canonical:
        facts.append(
            (
                say("compared as", "比较时为"),
                _with_unit(_bounds(target.comparator, canonical.lower, canonical.upper), canonical.unit),
            )
        )
        facts.append((say("measures", "量纲"), canonical.dimension))
    for part, place in target.context.items():
        piece, where = _PARTS.get(part, Message(part, part)), PLACES[place]
        facts.append((say("context", "上下文"), say(f"{piece.en} from {where.en}", f"{piece.zh}取自{where.zh}")))
    note = say("note", "注意")
    facts += [(note, str(WARNINGS[code])) for code in target.warnings]
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column(width=indent + 2 + cell_len(say("compared as", "比较时为")), no_wrap=True)
    table.add_column(overflow="fold")
    for name, fact in facts:
        table.add_row(Text(f"{' ' * indent}  {name}", "dim"), data(fact, "yellow" if name == note else ""))
    yield table
    for one in target.parts:
        yield from _explanation(one, width, indent + 2)


def _marked(target: Target, width: int, indent: str) -> Iterator[Text]:
    """The text with its pieces coloured, and below it a letter and a line for each; folded to the width."""
    text = visible(target.text.replace("\n", " "))
    styles, marks = [""] * len(text), [" "] * len(text)
    for name, (start, end) in target.spans.items():
        letter, style, _ = PIECES[name]
        styles[start:end] = [style] * (end - start)
        marks[start:end] = [letter] + ["~"] * (end - start - 1)
    room = max(width - cell_len(indent) - 1, 10)
    for start, end in _folded(text, room):
        shown, below = Text(indent), Text(indent)
        for at in range(start, end):
            shown.append(text[at], styles[at] or "bold")
            below.append(marks[at] + ("~" if marks[at] != " " else " ") * (cell_len(text[at]) - 1), styles[at])
        yield shown
        below.rstrip()
        if below.plain.strip():
            legend = ", ".join(
                f"{PIECES[n][0]} {PIECES[n][2]}" for n in target.spans if start <= target.spans[n][0] < end
            )
            tail = f"   {legend}"
            yield below.append(tail, "dim") if cell_len(below.plain + tail) <= width else below


def _folded(text: str, room: int) -> Iterator[tuple[int, int]]:
    start = used = 0
    for at, character in enumerate(text):
        used += cell_len(character)
        if used > room:
            yield start, at
            start, used = at, cell_len(character)
    yield start, len(text)


def _reading(target: Target) -> str:
    if not target.comparator:
        parts = len(target.parts)
        several, nothing = say(f"{parts} targets", f"{parts} 个指标值"), say("nothing", "空白")
        return {"compound": several, "empty": nothing}.get(target.kind, say("words", "文字"))
    said = _with_unit(_bounds(target.comparator, target.lower, target.upper), target.unit)
    notes: Iterable[str] = (
        *([target.direction] if target.direction else []),
        *([say(f"against {target.baseline}", f"比 {target.baseline}")] if target.baseline else []),
        *([say("no operator written", "未写比较符")] if target.implicit else []),
    )
    listed = ", ".join((word("target_kind", target.kind), *notes))
    return f"{said}  ({listed})"


def _bounds(comparator: str, lower: str | None, upper: str | None) -> str:
    if lower != upper and lower is not None and upper is not None:
        return f"{comparator} {lower} … {upper}"
    number = lower if upper is None else upper
    more = {
        "approx": say(" or more", " 或以上") if upper is None else say(" or less", " 或以下") if lower is None else ""
    }.get(comparator, "")
    return f"{comparator} {number}{more}"


def _with_unit(number: str, unit: str) -> str:
    return f"{number} {unit}".rstrip()
