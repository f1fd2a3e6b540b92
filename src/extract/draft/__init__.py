"""Draft: samples of a form become a rule file for it, which a person who knows the form finishes.

The program's own parser reads the samples, by the rules that there are and a title pattern made from theirs. What it
uses needs no rule: shared fields, funding, indicator tables. What it leaves over and looks like a label with its value
(`labels`) becomes a field with a placeholder for its name and a type that fits all values (`types`). The draft loads as
it is, so that the fields come out at once under their placeholder names.

A title that a known kind claims, or `kind`, makes the draft an addition to that kind: only what is new stands in it.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from extract.document import Document, Span
from extract.draft.labels import ParsedForm, lists_of, new_labels
from extract.draft.titles import title_above_table, title_pattern
from extract.draft.writing import body_lines, title_lines
from extract.errors import UsageError
from extract.form import Form
from extract.labels import compact
from extract.language import Message
from extract.ledger import Ledger
from extract.parser import parse
from extract.rules import FormRule, RuleSet, load_rules
from extract.tokenizer import FormSlice, tokenize

DEFAULT_KIND = "new-form"
# What a rule needs besides its titles to read samples for the first time.
FIRST_KEYS = "key: project_name\nindicators: {block: annual}\n"


@dataclass(frozen=True)
class Draft:
    """A drafted rule file: the kind, the text of the file, and what it was made from."""

    kind: str
    text: str
    forms: int
    known_fields: int
    new_fields: int

    @property
    def name(self) -> str:
        """The name of the file in a folder of rules."""
        return f"forms/{self.kind}.yaml"


@dataclass(frozen=True)
class Sheet:
    """What the parser found in one form of the samples."""

    form: Form
    parsed: ParsedForm


def draft(documents: Sequence[Document], folders: Sequence[Path], kind: str | None, title: str | None) -> Draft:
    """A draft for the forms in `documents`, over the rules of `folders`.

    `kind` names the kind, a known one to add to it; `title` is the forms' title where no line looks like one. Raises
    UsageError where no title is found, or titles of several known kinds.
    """
    rules = load_rules(*folders)
    titles = [title] if title else _titles(documents, rules)
    claimed = {name for each in titles for name in rules.kinds_claiming(each)}
    if kind is None and len(claimed) > 1:
        kinds = ", ".join(sorted(claimed))
        message = Message(
            f"the samples hold forms of several kinds, {kinds}; give samples of one",
            f"样表有几种类型（{kinds}），请只给一种",
        )
        raise UsageError("draft.several_kinds", message)
    if kind and (others := claimed - {kind}):
        other = others.pop()
        message = Message(
            f"the title is one of {other} already; leave out --kind to add to that, or narrow its titles",
            f"表名已属于 {other}；去掉 --kind 即补充到它，或收窄它的表名",
        )
        raise UsageError("draft.known_title", message)
    kind = kind or next(iter(claimed), DEFAULT_KIND)
    is_known = any(form.kind == kind for form in rules.forms)
    unclaimed = [each for each in titles if kind not in rules.kinds_claiming(each)]
    patterns = _patterns(unclaimed)
    head = title_lines(kind, patterns, is_known=is_known)
    sheets = list(_sheets(documents, _with_file(folders, kind, head + FIRST_KEYS * (not is_known)), kind))
    labels = new_labels([sheet.parsed for sheet in sheets])
    known = _known_labels(sheets)
    if not known and not labels:
        message = Message(
            "no table of the samples shows labels and values; look at what is read with: extract read FILE",
            "样表中没有带标签和取值的表格；用 extract read FILE 查看读到的内容",
        )
        raise UsageError("draft.no_labels", message)
    lists = lists_of([sheet.parsed for sheet in sheets])
    text = head + body_lines([sheet.form for sheet in sheets], known, labels, lists, rules, is_known=is_known)
    return Draft(
        kind, text, len(sheets), len({name for name, *_ in known}), sum(not each.is_section for each in labels)
    )


def _titles(documents: Iterable[Document], rules: RuleSet) -> list[str]:
    """The forms' titles, compact: those that the tokenizer sees, or else the line above the table."""
    titles: list[str] = []
    for document in documents:
        seen = [compact(each.title) for each in tokenize(document, rules)]
        above = None if seen else title_above_table(document, rules)
        titles += seen or ([above] if above else [])
    if not titles:
        message = Message(
            "no line above a table of the samples looks like a title; give it: extract rules draft FILE --title TEXT",
            "样表的表格上方没有像表名的行；请给出表名：extract rules draft FILE --title TEXT",
        )
        raise UsageError("draft.no_title", message)
    return list(dict.fromkeys(titles))


def _patterns(titles: Iterable[str]) -> dict[str, list[str]]:
    """The titles by the pattern that is made from them."""
    patterns: dict[str, list[str]] = {}
    for title in titles:
        patterns.setdefault(title_pattern(title), []).append(title)
    return patterns


def _with_file(folders: Sequence[Path], kind: str, text: str) -> RuleSet:
    """The rules of `folders` with one more file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "forms", f"{kind}.yaml")
        path.parent.mkdir()
        path.write_text(text, "utf-8")
        return load_rules(*folders, Path(folder))


def _sheets(documents: Iterable[Document], rules: RuleSet, kind: str) -> Iterable[Sheet]:
    """Every form of the kind in the documents, parsed by the rules as far as they go."""
    rule = next(form for form in rules.forms if form.kind == kind)
    for document in documents:
        for form_slice in _slices(document, rules, rule):
            ledger = Ledger(document.text)
            form, _ = parse(document.text, form_slice, rules, ledger)
            yield Sheet(form, ParsedForm(document.text, form_slice.blocks, ledger))


def _slices(document: Document, rules: RuleSet, rule: FormRule) -> list[FormSlice]:
    """The document's forms of the kind; where too little in it is known for one, all of it."""
    slices = [each for each in tokenize(document, rules) if each.rule is None or each.rule.kind == rule.kind]
    if slices:
        return [replace(each, rule=rule) for each in slices]
    whole = Span(0, len(document.text))
    return [FormSlice(rule, "", None, (), document.blocks, whole)]


def _known_labels(sheets: Sequence[Sheet]) -> list[tuple[str, str, int]]:
    """Name and label of each shared field that is found, and the number of forms."""
    counts = Counter(pair for sheet in sheets for pair in dict.fromkeys((f.name, f.label) for f in sheet.form.fields))
    return [(name, label, count) for (name, label), count in counts.items()]
