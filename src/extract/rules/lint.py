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
from extract.language import Message
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
    found: Message
    advice: Message


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
        findings.append(LintFinding("error", error.code, None, 0, "", *_found_and_advice(error.message)))
    else:
        checked = _Rules(files, rules, columns)
        findings += (finding for check in CHECKS for finding in check(checked))
    return sorted(findings, key=lambda f: (SEVERITIES.index(f.severity), str(f.path), f.line, f.key, f.code))


def _from_problem(problem: Problem) -> LintFinding:
    parts = _found_and_advice(problem.message)
    return LintFinding("error", problem.code, problem.path, problem.line, problem.key, *parts)


def _found_and_advice(message: Message) -> tuple[Message, Message]:
    """An error's sentence says what was found, and behind a semicolon what to do."""
    (found, _, advice), (found_zh, _, advice_zh) = message.en.partition("; "), message.zh.partition("；")
    return Message(found, found_zh), Message(advice, advice_zh)


def _finding(
    severity: Severity, code: str, file: RuleFile, place: Steps, found: Message, advice: Message
) -> LintFinding:
    problem = file.problem(place, found)
    return LintFinding(severity, code, problem.path, problem.line, problem.key, found, advice)


_DELETE = Message("delete it", "删除它")


# ----------------------------------------------------------------------------------------------------------- patterns


def patterns_are_safe(checked: _Rules) -> Iterator[LintFinding]:
    """No pattern takes one text apart in many ways, and none is slow on texts made to hurt it."""
    for each in _patterns(checked):
        longest = LONGEST_TITLE if each.file.name.startswith("forms/") else LONGEST_LINE
        slow = slow_text(each.pattern, [compact(text) for text in each.examples], ENOUGH_SECONDS, longest)
        if slow:
            text, seconds = slow
            found = Message(
                f"the pattern takes {seconds:.2f} s or more on a text of {len(text)} characters: {text[:30]}…",
                f"对 {len(text)} 个字符的文字，匹配耗时 {seconds:.2f} 秒以上：{text[:30]}…",
            )
            advice = Message(
                "give it fewer ways to match the same text: no optional part beside one that reads the same",
                "减少同一文字的匹配方式：可选部分旁边不要有读法相同的部分",
            )
            yield _finding("error", "pattern.slow", each.file, each.place, found, advice)
        elif loop := ambiguous_loop(each.pattern):
            found = Message(
                f"nested quantifiers: a repeated part can read {loop[:30]!r} in two ways, twice as many each time",
                f"量词嵌套：重复部分对 {loop[:30]!r} 有两种读法，每重复一次翻一倍",
            )
            advice = Message(
                "let each round begin with something that no round can end with; measured, it is still fast",
                "让每次重复以不会出现在其结尾的内容开头；实测尚快",
            )
            yield _finding("warning", "pattern.nested", each.file, each.place, found, advice)


def titles_are_fast(checked: _Rules) -> Iterator[LintFinding]:
    """The titles of a kind are fast as they are used: with the shared prefixes in front and suffixes behind."""
    for name, file in checked.files.items():
        for form in checked.rules.forms if name.startswith("forms/") else ():
            if form.spec.kind != file.content["kind"]:
                continue
            examples = [compact(text) for pattern in form.spec.titles for text in pattern.examples]
            if slow := slow_text(checked.rules.title_pattern(form), examples, ENOUGH_SECONDS, LONGEST_TITLE):
                found = Message(
                    f"with what may stand around them, the titles take {slow[1]:.2f} s or more on one line",
                    f"连同前后可能出现的文字，表名对一行文字的匹配耗时 {slow[1]:.2f} 秒以上",
                )
                advice = Message(
                    "bound what may stand in front of the title, and let it not end like a prefix",
                    "限制表名前可出现的内容，且不以前缀那样的文字结尾",
                )
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
                found = Message(
                    "the other patterns of the list match all of its examples", "同一列表的其他模式已匹配它的全部示例"
                )
                advice = Message(
                    "delete it, or add an example that only it matches", "删除它，或补充只有它能匹配的示例"
                )
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
                        kinds = ", ".join(others)
                        place = ("titles", number, "examples", at)
                        found = Message(f"the title {title!r} is also one of {kinds}", f"表名 {title!r} 也属于 {kinds}")
                        advice = Message(
                            "make one of the patterns narrower, with this title among its examples or refusals",
                            "把其中一个模式收窄，并把这个表名列入其 examples 或 refuses",
                        )
                        yield _finding("error", "title.clash", files[form.kind], place, found, advice)
                        break


# ------------------------------------------------------------------------------------------------------------- labels


def labels_can_be_reached(checked: _Rules) -> Iterator[LintFinding]:
    """No label is a year line or a word for nothing: such cells are never asked for a label."""
    phrases = checked.rules.phrases
    for label in _lines(checked):
        for bare in sorted(label.bare):
            what = (
                Message("a word for an empty cell", "表示空单元格的词") if phrases.is_blank(bare)
                else Message("a year line", "年度行") if phrases.year_line(bare)[0]
                else Message("a template's row filler", "空白表的占位行") if phrases.is_placeholder(bare)
                else None
            )  # fmt: skip
            if what:
                found = Message(
                    f"the label {bare!r} is {what.en}, which is looked for first",
                    f"标签 {bare!r} 是{what.zh}，会先按后者识别",
                )
                yield _finding("warning", "label.dead", label.file, label.place, found, _DELETE)
            elif title := checked.rules.title(bare):
                kind = Message(title.rule.kind, title.rule.kind) if title.rule else Message("an unknown form", "未知表")
                found = Message(
                    f"alone in its row, the label {bare!r} is read as a title of {kind.en}",
                    f"标签 {bare!r} 独占一行时会当作{kind.zh}的表名",
                )
                yield _finding(
                    "note",
                    "label.title",
                    label.file,
                    label.place,
                    found,
                    Message("beside a value it is a label", "旁边有取值时才是标签"),
                )
                break


def labels_stand_once(checked: _Rules) -> Iterator[LintFinding]:
    """No label is, without white space, punctuation and notes, one that stands above it in its list."""
    above: dict[tuple[str, Steps], dict[str, LabelLine]] = {}
    for label in _lines(checked):
        known = above.setdefault(label.list, {})
        if label.bare and label.bare <= known.keys():
            first = known[min(label.bare)]
            found = Message(
                f"the label {label.shown} says nothing that the lines above it do not say, as line {first.line}",
                f"标签 {label.shown} 与第 {first.line} 行重复，没有新内容",
            )
            yield _finding("warning", "label.repeated", label.file, label.place, found, _DELETE)
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
            what = (
                Message(f"is the {other.role} {other.name!r} instead", f"却是 {other.role} {other.name!r}")
                if other
                else Message("has no effect", "不起作用")
            )
            found = Message(
                f"the label {label.shown} of the {meaning.role} {meaning.name!r} {what.en} in every form",
                f"{meaning.role} {meaning.name!r} 的标签 {label.shown} 在每种表中{what.zh}",
            )
            yield _finding(
                "warning",
                "label.shadowed",
                label.file,
                label.place,
                found,
                Message("keep it in one place", "只保留一处"),
            )
        elif own and all(shared.get(bare) == meaning for bare in label.bare):
            found = Message(
                f"the label {label.shown} is a shared one of the same meaning",
                f"标签 {label.shown} 已是含义相同的共用标签",
            )
            yield _finding(
                "warning", "label.redundant", label.file, label.place, found, Message("delete it here", "在此处删除")
            )
        elif own and (
            other := next((shared[bare] for bare in label.bare if shared.get(bare, meaning) != meaning), None)
        ):
            found = Message(
                f"the label {label.shown} means the {other.role} {other.name!r} in other forms",
                f"标签 {label.shown} 在其他表中表示 {other.role} {other.name!r}",
            )
            advice = Message(
                "that may be meant: a form's own labels go before the shared ones",
                "可能是有意的：表自己的标签优先于共用标签",
            )
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
                    shown = spelling or name
                    found = Message(
                        f"the spelling {shown!r} already means {other!r}", f"写法 {shown!r} 已表示 {other!r}"
                    )
                    yield _finding(
                        "error", "level.clash", file, place, found, Message("keep it under one name", "只归于一个名称")
                    )
                elif spelling is not None and bare in map(bare_level, [name, *spelt[: number - 1]]):
                    found = Message(
                        f"the spelling {spelling!r} is another one of {name!r} once points and hints are off",
                        f"去掉分值和提示后，写法 {spelling!r} 与 {name!r} 的另一写法相同",
                    )
                    yield _finding("warning", "level.repeated", file, place, found, _DELETE)


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
                found = Message(
                    f"instead_of names {target!r}, which is no field", f"instead_of 指向 {target!r}，没有这个字段"
                )
                yield _finding(
                    "error",
                    "field.instead_of",
                    file,
                    ("fields", number),
                    found,
                    Message("correct the name", "改正名称"),
                )
        if checked.columns and without:
            found = Message(
                f"{len(without)} fields have no column in forms and stand in the table fields alone",
                f"{len(without)} 个字段在 forms 表中没有列，只存于 fields 表",
            )
            names_of_them = ", ".join(without)
            advice = Message(f"nothing to do: {names_of_them}", f"无需处理：{names_of_them}")
            yield _finding("note", "field.no_column", file, ("fields",), found, advice)


def _option_problem(option: str, before: list[str]) -> tuple[Message, Message] | None:
    bare = compact(option)
    if not bare or set(bare) & {TICKED, UNTICKED, "□", "√", "☑", "☐"}:
        return Message(
            f"the option {option!r} has no words, or a box among them", f"选项 {option!r} 没有文字，或含有方框"
        ), Message("write the words alone", "只写文字")
    if bare != option:
        return Message(
            f"the option {option!r} holds blanks or full-width signs", f"选项 {option!r} 含空格或全角符号"
        ), Message(f"write it as {bare!r}", f"写作 {bare!r}")
    if option in before:
        return Message(f"the option {option!r} stands twice", f"选项 {option!r} 重复"), _DELETE
    shorter = next((other for other in before if option.startswith(other)), None)
    if shorter:
        return Message(
            f"the option {shorter!r} above it hides {option!r}, which begins with it",
            f"上面的选项 {shorter!r} 遮住了以它开头的 {option!r}",
        ), Message("put the longer one first", "把较长的放在前面")
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
