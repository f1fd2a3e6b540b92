"""How a target is read, piece by piece: the text with its pieces coloured and marked, and what follows from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from extract.target import Target
from extract.terminal import data, visible

# The pieces of a target, with the letter that marks each and its colour.
PIECES = {
    "label": ("l", "blue"),
    "baseline": ("b", "blue"),
    "direction": ("v", "magenta"),
    "per": ("p", "yellow"),
    "operator": ("o", "magenta"),
    "suffix": ("s", "magenta"),
    "number": ("n", "bold cyan"),
    "lower": ("n", "bold cyan"),
    "upper": ("n", "bold cyan"),
    "date": ("d", "bold cyan"),
    "grade": ("g", "bold cyan"),
    "unit": ("u", "green"),
}

# The productions by their names, in a sentence each.
RULES = {
    "measured": "one number with the words around it",
    "between": "an interval, or a limit written in front of the name",
    "date": "a date or a period, with the words before and behind it",
    "list": "several targets between separators",
    "row": "several targets in a row without separators",
    "grade": "a grade of a scale",
    "rank": "a place in a ranking",
    "implied": "a number that the words imply",
    "empty": "nothing is filled in",
    "words": "words without a number that is a target",
    "prose": "too long for one target; it stays text",
    "contradiction": "its operators contradict each other; it stays text",
}

WARNINGS = {
    "lookalike_operator": "a character that looks like an operator is read as one",
    "contradiction": "the operators contradict each other, so no number is read",
    "unit_conflict": "the cell and what stands around it name different units; the cell's is kept",
    "operator_conflict": "the cell and the operator column say different things; the cell's is kept",
    "scale_without_unit": "万 or 亿 stands without a unit",
    "unit_missing_numerator": "the rate does not say what is counted",
    "unknown_unit": "the unit is not in vocabulary/units.yaml, so it cannot be compared",
    "maybe_excel_serial": "the number may be a date that Excel wrote as a number",
    "no_year": "the date has no year of its own",
    "ordinal_reversed": "the first class is the best one: better means a smaller number",
    "implied_number": "the number is not written, the words imply it",
    "template_placeholder": "a template's placeholder was not filled in; its unit may be used",
    "ocr_suspect": "a character looks misread",
    "unread_number": "a number stands in the text, but it is not the target",
}

PLACES = {
    "operator_column": "the operator column",
    "unit_column": "the unit column",
    "name": "the name of the indicator",
    "target": "the target",
    "table": "the unit line",
    "level": "the level (costs are money)",
    "form": "the form",
}


def print_explanations(targets: Sequence[Target], console: Console) -> None:
    """One block for each target; several of them with a blank line between."""
    for number, target in enumerate(targets):
        if number:
            console.print()
        for line in _explanation(target, console.width):
            console.print(line)


def _explanation(target: Target, width: int, indent: int = 0) -> Iterator[Text | Table]:
    yield from _marked(target, width, " " * indent)
    facts = [("read as", _reading(target)), ("rule", f"{target.source}: {RULES[target.source]}")]
    if canonical := target.canonical:
        facts.append(
            ("compared as", _with_unit(_bounds(target.comparator, canonical.lower, canonical.upper), canonical.unit))
        )
        facts.append(("measures", canonical.dimension))
    facts += [("context", f"{part} from {PLACES[place]}") for part, place in target.context.items()]
    facts += [("note", WARNINGS[code]) for code in target.warnings]
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column(width=indent + len("  compared as"), no_wrap=True)
    table.add_column(overflow="fold")
    for name, fact in facts:
        table.add_row(Text(f"{' ' * indent}  {name}", "dim"), data(fact, "yellow" if name == "note" else ""))
    yield table
    for part in target.parts:
        yield from _explanation(part, width, indent + 2)


def _marked(target: Target, width: int, indent: str) -> Iterator[Text]:
    """The text with its pieces coloured, and below it a letter and a line for each; folded to the width."""
    text = visible(target.text.replace("\n", " "))
    styles, marks = [""] * len(text), [" "] * len(text)
    for name, (start, end) in target.spans.items():
        letter, style = PIECES[name]
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
            legend = ", ".join(f"{PIECES[n][0]} {n}" for n in target.spans if start <= target.spans[n][0] < end)
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
        return {"compound": f"{len(target.parts)} targets", "empty": "nothing"}.get(target.kind, "words")
    said = _with_unit(_bounds(target.comparator, target.lower, target.upper), target.unit)
    notes: Iterable[str] = (
        *([target.direction] if target.direction else []),
        *([f"against {target.baseline}"] if target.baseline else []),
        *(["no operator written"] if target.implicit else []),
    )
    return f"{said}  ({', '.join((target.kind, *notes))})"


def _bounds(comparator: str, lower: str | None, upper: str | None) -> str:
    if lower != upper and lower is not None and upper is not None:
        return f"{comparator} {lower} … {upper}"
    number = lower if upper is None else upper
    more = {"approx": " or more" if upper is None else " or less" if lower is None else ""}.get(comparator, "")
    return f"{comparator} {number}{more}"


def _with_unit(number: str, unit: str) -> str:
    return f"{number} {unit}".rstrip()
