"""Lint: what is wrong with rules, dead in them or dangerous, each with file, line, key and what to do.

What keeps rules from loading comes from the loading itself, all of it at once. The checks below look at rules that
load. A check is a function that yields findings; a new one is that and its name in CHECKS.

error    values can come out wrong: the rules do not load, or two kinds claim one title
warning  something is dead, redundant or slow: it does nothing, or may hurt one day
note     worth knowing
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import regex

from extract.document import TICKED, UNTICKED
from extract.errors import RuleError
from extract.labels import compact
from extract.rules.backtracking import ambiguous_loop, slow_text
from extract.rules.examples import PatternPlace, patterns_in
from extract.rules.label_lines import LabelLine, label_lines
from extract.rules.loading import load_rules, read_rule_files
from extract.rules.ruleset import LONGEST_TITLE, FormRule, RuleSet, bare_level
from extract.rules.spec import PATTERN_TIMEOUT_SECONDS
from extract.rules.yaml_file import InvalidRule, Problem, RuleFile, Steps

Severity = Literal["error", "warning", "note"]
# A pattern that runs so long on one text is slow; how slow does not matter.
ENOUGH_SECONDS = 0.3
# The shared patterns look at texts of at most about so many characters.
LONGEST_LINE = 250
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")


@dataclass(frozen=True, slots=True)
class LintFinding:
    """Something about a rule file. `key` counts the items of lists from 1; `path` is None where no file is to blame."""

    severity: Severity
    code: str
    path: Path | None
    line: int
    key: str
    found: str
    advice: str


@dataclass(frozen=True)
class _Rules:
    """What a check looks at."""

    files: Mapping[str, RuleFile]
    rules: RuleSet
    columns: Collection[str]


def lint(*folders: Path, columns: Collection[str] = ()) -> list[LintFinding]:
    """Everything that can be said against the rules of `folders`, a later one laid over an earlier one, worst first.

    `columns` are the names of fields that have a column of their own in the database.
    """
    findings: list[LintFinding] = []
    try:
        rules = load_rules(*folders)
        files = read_rule_files(*folders)
    except InvalidRule as error:
        findings += map(_from_problem, error.problems)
    except RuleError as error:
        found, _, advice = error.message.partition("; ")
        findings.append(LintFinding("error", error.code, None, 0, "", found, advice))
    else:
        checked = _Rules(files, rules, columns)
        findings += (finding for check in CHECKS for finding in check(checked))
    return sorted(findings, key=lambda f: (SEVERITIES.index(f.severity), str(f.path), f.line, f.key, f.code))


def _from_problem(problem: Problem) -> LintFinding:
    found, _, advice = problem.message.partition("; ")
    return LintFinding("error", problem.code, problem.path, problem.line, problem.key, found, advice)


def _finding(severity: Severity, code: str, file: RuleFile, place: Steps, found: str, advice: str) -> LintFinding:
    problem = file.problem(place, found)
    return LintFinding(severity, code, problem.path, problem.line, problem.key, found, advice)


# ----------------------------------------------------------------------------------------------------------- patterns


def patterns_are_safe(checked: _Rules) -> Iterator[LintFinding]:
    """No pattern takes one text apart in many ways, and none is slow on texts made to hurt it."""
    for each in _patterns(checked):
        longest = LONGEST_TITLE if each.file.name.startswith("forms/") else LONGEST_LINE
        slow = slow_text(each.pattern, [compact(text) for text in each.examples], ENOUGH_SECONDS, longest)
        if slow:
            text, seconds = slow
            found = f"the pattern takes {seconds:.2f} s or more on a text of {len(text)} characters: {text[:30]}…"
            advice = "give it fewer ways to match the same text: no optional part beside one that reads the same"
            yield _finding("error", "pattern.slow", each.file, each.place, found, advice)
        elif loop := ambiguous_loop(each.pattern):
            found = f"nested quantifiers: a repeated part can read {loop[:30]!r} in two ways, twice as many each time"
            advice = "let each round begin with something that no round can end with; measured, it is still fast"
            yield _finding("warning", "pattern.nested", each.file, each.place, found, advice)


def titles_are_fast(checked: _Rules) -> Iterator[LintFinding]:
    """The titles of a kind are fast as they are used: with the shared prefixes in front and suffixes behind."""
    for name, file in checked.files.items():
        for form in checked.rules.forms if name.startswith("forms/") else ():
            if form.spec.kind != file.content["kind"]:
                continue
            examples = [compact(text) for pattern in form.spec.titles for text in pattern.examples]
            if slow := slow_text(checked.rules.title_pattern(form), examples, ENOUGH_SECONDS, LONGEST_TITLE):
                found = f"with what may stand around them, the titles take {slow[1]:.2f} s or more on one line"
                advice = "bound what may stand in front of the title, and let it not end like a prefix"
                yield _finding("error", "title.slow", file, ["titles"], found, advice)


def patterns_are_needed(checked: _Rules) -> Iterator[LintFinding]:
    """Every pattern has an example that no other pattern of its list matches."""
    lists: dict[tuple[str, tuple[int | str, ...]], list[PatternPlace]] = {}
    for each in _patterns(checked):
        if isinstance(each.place[-1], int):
            lists.setdefault((each.file.name, each.place[:-1]), []).append(each)
    for siblings in lists.values():
        for number, each in enumerate(siblings):
            others = [regex.compile(other.pattern) for at, other in enumerate(siblings) if at != number]
            texts = [compact(text) for text in each.examples]
            if texts and all(any(_matches(pattern, text) for pattern in others) for text in texts):
                found = "the other patterns of the list match all of its examples"
                advice = "delete it, or add an example that only it matches"
                yield _finding("warning", "pattern.redundant", each.file, each.place, found, advice)


def _patterns(checked: _Rules) -> Iterator[PatternPlace]:
    return (each for file in checked.files.values() for each in patterns_in(file))


def _matches(pattern: Any, text: str) -> bool:
    try:
        return bool(pattern.fullmatch(text, timeout=PATTERN_TIMEOUT_SECONDS))
    except TimeoutError:
        return False


# ------------------------------------------------------------------------------------------------------------- titles

# What stands around titles in real files; the words are examples of their sort.
_AROUND_TITLES = (
    "附件1：{}", "附件2-1 {}", "附表3{}", "2021年度{}", "云溪县{}", "江北省云溪市{}", "云溪县教育局{}", "“智慧校园”{}",
    "云溪县2021年度{}", "{}（2021年度）", "{}（范本）", "附件1：云溪县{}（2021年度）",
)  # fmt: skip


def titles_do_not_clash(checked: _Rules) -> Iterator[LintFinding]:
    """No title of one kind is a title of another as soon as a place, a year or an attachment number joins it."""
    files = {file.content["kind"]: file for name, file in checked.files.items() if name.startswith("forms/")}
    for form in checked.rules.forms:
        for number, pattern in enumerate(form.spec.titles):
            for at, example in enumerate(pattern.examples):
                for around in _AROUND_TITLES:
                    title = around.format(example)
                    others = [kind for kind in checked.rules.kinds_claiming(title) if kind != form.kind]
                    if others:
                        place = ("titles", number, "examples", at)
                        found = f"the title {title!r} is also one of {' and '.join(others)}"
                        advice = "make one of the patterns narrower, with this title among its examples or refusals"
                        yield _finding("error", "title.clash", files[form.kind], place, found, advice)
                        break


# ------------------------------------------------------------------------------------------------------------- labels


def labels_can_be_reached(checked: _Rules) -> Iterator[LintFinding]:
    """No label is a year line or a word for nothing: such cells are never asked for a label."""
    phrases = checked.rules.phrases
    for label in _lines(checked):
        for bare in sorted(label.bare):
            what = (
                "a word for an empty cell" if phrases.is_blank(bare)
                else "a year line" if phrases.year_line(bare)[0]
                else "a template's row filler" if phrases.is_placeholder(bare)
                else None
            )  # fmt: skip
            if what:
                found = f"the label {bare!r} is {what}, which is looked for first"
                yield _finding("warning", "label.dead", label.file, label.place, found, "delete it")
            elif title := checked.rules.title(bare):
                kind = title.rule.kind if title.rule else "an unknown form"
                found = f"alone in its row, the label {bare!r} is read as a title of {kind}"
                yield _finding("note", "label.title", label.file, label.place, found, "beside a value it is a label")
                break


def labels_stand_once(checked: _Rules) -> Iterator[LintFinding]:
    """No label is, without white space, punctuation and notes, one that stands above it in its list."""
    above: dict[tuple[str, Steps], dict[str, LabelLine]] = {}
    for label in _lines(checked):
        known = above.setdefault(label.list, {})
        if label.bare and label.bare <= known.keys():
            first = known[min(label.bare)]
            found = f"the label {label.shown} says nothing that the lines above it do not say, as line {first.line}"
            yield _finding("warning", "label.repeated", label.file, label.place, found, "delete it")
        known |= dict.fromkeys(label.bare - known.keys(), label)


def labels_mean_what_they_say(checked: _Rules) -> Iterator[LintFinding]:
    """Every label of a field or section has, in some form, the meaning that its file gives it; no own label repeats a
    shared one."""
    forms = {name: _form_of(checked, file) for name, file in checked.files.items() if name.startswith("forms/")}
    shared = {bare: label.meaning for label in _lines(checked) if label.file.name not in forms for bare in label.bare}
    for label in _lines(checked):
        meaning = label.meaning
        if meaning is None:
            continue
        own = forms.get(label.file.name)
        uses = [[form.labels.get(bare) for bare in label.bare] for form in ([own] if own else checked.rules.forms)]
        if not any(meaning in each for each in uses):
            other = next((use for each in uses for use in each if use), None)
            what = f"is the {other.role} {other.name!r} instead" if other else "has no effect"
            found = f"the label {label.shown} of the {meaning.role} {meaning.name!r} {what} in every form"
            yield _finding("warning", "label.shadowed", label.file, label.place, found, "keep it in one place")
        elif own and all(shared.get(bare) == meaning for bare in label.bare):
            found = f"the label {label.shown} is a shared one of the same meaning"
            yield _finding("warning", "label.redundant", label.file, label.place, found, "delete it here")
        elif own and (
            other := next((shared[bare] for bare in label.bare if shared.get(bare, meaning) != meaning), None)
        ):
            found = f"the label {label.shown} means the {other.role} {other.name!r} in other forms"
            advice = "that may be meant: a form's own labels go before the shared ones"
            yield _finding("note", "label.overrides", label.file, label.place, found, advice)


def _lines(checked: _Rules) -> Iterator[LabelLine]:
    return (line for file in checked.files.values() for line in label_lines(file))


def _form_of(checked: _Rules, file: RuleFile) -> FormRule:
    return next(form for form in checked.rules.forms if form.kind == file.content["kind"])


def levels_are_told_apart(checked: _Rules) -> Iterator[LintFinding]:
    """No spelling of a level belongs to two canonical names, and none is written twice."""
    file = checked.files["vocabulary/levels.yaml"]
    for level in ("level1", "level2"):
        meanings: dict[str, str] = {}
        for name, spelt in file.content[level].items():
            for number, spelling in enumerate([None, *spelt]):
                bare = bare_level(spelling or name)
                other = meanings.setdefault(bare, name)
                place = (level, name) if spelling is None else (level, name, number - 1)
                if other != name:
                    found = f"the spelling {spelling or name!r} already means {other!r}"
                    yield _finding("error", "level.clash", file, place, found, "keep it under one name")
                elif spelling is not None and bare in map(bare_level, [name, *spelt[: number - 1]]):
                    found = f"the spelling {spelling!r} is another one of {name!r} once points and hints are off"
                    yield _finding("warning", "level.repeated", file, place, found, "delete it")


# ------------------------------------------------------------------------------------------------- options and fields


def options_can_be_ticked(checked: _Rules) -> Iterator[LintFinding]:
    """Every option of a choice can be found in a cell and told from the others."""
    for file in checked.files.values():
        for place, options in _lists_named(file.content, "options", ()):
            for number, option in enumerate(options):
                problem = _option_problem(option, options[:number])
                if problem:
                    found, advice = problem
                    yield _finding("warning", "option.dead", file, (*place, number), found, advice)


def fields_have_a_place(checked: _Rules) -> Iterator[LintFinding]:
    """Fields whose names no column of the database has: their values stand in the table fields."""
    for file in checked.files.values():
        fields = file.content.get("fields") or []
        names = [str(field.get("name")) for field in fields]
        without = [n for n in names if not any(column == n or column.startswith(f"{n}_") for column in checked.columns)]
        targets = [(number, name) for number, field in enumerate(fields) for name in field.get("instead_of", [])]
        for number, target in targets:
            if not any(target in form.fields for form in checked.rules.forms):
                found = f"instead_of names {target!r}, which is no field"
                yield _finding("error", "field.instead_of", file, ("fields", number), found, "correct the name")
        if checked.columns and without:
            found = f"{len(without)} fields have no column in forms and stand in the table fields alone"
            advice = f"nothing to do: {', '.join(without)}"
            yield _finding("note", "field.no_column", file, ("fields",), found, advice)


def _option_problem(option: str, before: list[str]) -> tuple[str, str] | None:
    bare = compact(option)
    if not bare or set(bare) & {TICKED, UNTICKED, "□", "√", "☑", "☐"}:
        return f"the option {option!r} has no words, or a box among them", "write the words alone"
    if bare != option:
        return f"the option {option!r} holds blanks or full-width signs", f"write it as {bare!r}"
    if option in before:
        return f"the option {option!r} stands twice", "delete one"
    shorter = next((other for other in before if option.startswith(other)), None)
    if shorter:
        return f"the option {shorter!r} above it hides {option!r}, which begins with it", "put the longer one first"
    return None


def _lists_named(
    content: Any, name: str, place: tuple[int | str, ...]
) -> Iterator[tuple[tuple[int | str, ...], list[str]]]:
    """Every list of texts under the key `name`."""
    if isinstance(content, dict):
        for key, value in content.items():
            if key == name and isinstance(value, list):
                yield (*place, key), [str(each) for each in value]
            else:
                yield from _lists_named(value, name, (*place, str(key)))
    elif isinstance(content, list):
        for number, item in enumerate(content):
            yield from _lists_named(item, name, (*place, number))


CHECKS: tuple[Callable[[_Rules], Iterator[LintFinding]], ...] = (
    patterns_are_safe,
    titles_are_fast,
    patterns_are_needed,
    titles_do_not_clash,
    labels_can_be_reached,
    labels_stand_once,
    labels_mean_what_they_say,
    levels_are_told_apart,
    options_can_be_ticked,
    fields_have_a_place,
)
