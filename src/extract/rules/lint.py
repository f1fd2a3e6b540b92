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
from extract.labels import bare_label, compact
from extract.rules.backtracking import ambiguous_loop, slow_text
from extract.rules.examples import PatternPlace, patterns_in
from extract.rules.loading import load_rules, read_rule_files
from extract.rules.ruleset import RuleSet
from extract.rules.spec import PATTERN_TIMEOUT_SECONDS, spellings
from extract.rules.yaml_file import InvalidRule, Problem, RuleFile, Steps

Severity = Literal["error", "warning", "note"]
# A pattern that runs so long on one text is slow; how slow does not matter.
ENOUGH_SECONDS = 0.2
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
        slow = slow_text(each.pattern, [compact(text) for text in each.examples], ENOUGH_SECONDS)
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
            if slow := slow_text(checked.rules.title_pattern(form), examples, ENOUGH_SECONDS):
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
    """No label is a title, a year line or a word for nothing: such cells are never asked for a label."""
    phrases = checked.rules.phrases
    for file, place, label in _labels(checked):
        title = checked.rules.title(label)
        what = (
            f"a title of {title.rule.kind if title.rule else 'an unknown form'}" if title
            else "a word for an empty cell" if phrases.is_blank(label)
            else "a year line" if phrases.year_line(label)[0]
            else "a template's row filler" if phrases.is_placeholder(label)
            else None
        )  # fmt: skip
        if what:
            found = f"the label {label!r} is {what}, which is looked for first"
            yield _finding("warning", "label.dead", file, place, found, "delete it, or narrow the other rule")


def labels_stand_once(checked: _Rules) -> Iterator[LintFinding]:
    """No label of a list says only what others say, once white space, punctuation and notes are off."""
    seen: dict[tuple[str, Steps, str], tuple[str, Steps]] = {}
    for file, place, label in _written_labels(checked):
        bare = [(file.name, place[:-1], bare_label(spelling)) for spelling in spellings(label)]
        if all(each in seen for each in bare):
            first, at = seen[bare[0]]
            what = "stands twice" if first == label else f"is {first!r} once punctuation and blanks are off"
            found = f"the label {label!r} {what}; see line {file.where(at)[1]}"
            yield _finding("warning", "label.repeated", file, place, found, "delete it")
        for each in bare:
            seen.setdefault(each, (label, place))


_LABEL_KEYS = frozenset({"labels", "sections", "others", "marks"})


def _labels(checked: _Rules) -> Iterator[tuple[RuleFile, tuple[int | str, ...], str]]:
    """Every label of every file, in each of its spellings, with its place."""
    for file, place, label in _written_labels(checked):
        yield from ((file, place, spelling) for spelling in spellings(label))


def _written_labels(checked: _Rules) -> Iterator[tuple[RuleFile, tuple[int | str, ...], str]]:
    """Every label of every file as it is written, with its place."""
    for file in checked.files.values():
        for place, label in _labels_below(file.content, (), is_label=False):
            yield file, place, label


def _labels_below(
    content: Any, place: tuple[int | str, ...], *, is_label: bool
) -> Iterator[tuple[tuple[int | str, ...], str]]:
    if isinstance(content, dict):
        for key, value in content.items():
            yield from _labels_below(value, (*place, str(key)), is_label=is_label or key in _LABEL_KEYS)
    elif isinstance(content, list):
        for number, item in enumerate(content):
            yield from _labels_below(item, (*place, number), is_label=is_label)
    elif is_label and isinstance(content, str):
        yield place, content


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
    options_can_be_ticked,
)
