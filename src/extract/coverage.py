"""Coverage: which rules the forms of a database have used, which never, and which labels no rule knows.

A line of labels is hit by a form that shows one of its spellings; a title pattern by the titles that it matches; a
spelling of a level by the indicators that print it. Patterns of phrases and units are not counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import regex

from extract.labels import LONGEST_LABEL, bare_label, compact
from extract.rules import RuleSet
from extract.rules.label_lines import LabelLine, label_lines
from extract.rules.ruleset import bare_level, bare_of_known, bare_of_money
from extract.rules.yaml_file import RuleFile, key_of

# A leftover that stands in so many forms, or more, is printed on them.
FEWEST_FORMS = 2
_LONGEST_UNKNOWN = 25


@dataclass(frozen=True, slots=True)
class Hits:
    """How many forms used a rule (indicators, for a level), and the spellings that they showed, most frequent first.

    `rule` is the line of labels, or the first example of a title pattern.
    """

    sort: str  # title, field, section, column, amount, level1, level2
    path: Path
    line: int
    key: str
    rule: str
    count: int
    spellings: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class UnknownLabel:
    """A text that nothing used and that stands in several forms of a kind."""

    kind: str
    label: str
    forms: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the forms of a database used of the rules."""

    forms: dict[str, int]
    hits: list[Hits]
    unknown: list[UnknownLabel]

    def used(self) -> dict[str, tuple[int, int]]:
        """By sort: the rules that were used, and all of them."""
        sorts = dict.fromkeys(each.sort for each in self.hits)
        return {
            sort: (sum(h.sort == sort and h.count > 0 for h in self.hits), sum(h.sort == sort for h in self.hits))
            for sort in sorts
        }


def measure(connection: duckdb.DuckDBPyConnection, files: Mapping[str, RuleFile], rules: RuleSet) -> Coverage:
    """The coverage of `rules`, read from `files`, by the database."""
    forms = connection.execute("SELECT form_kind, count(*) FROM forms GROUP BY 1 ORDER BY 2 DESC, 1").fetchall()
    hits = [*_titles(connection, files), *_labels(connection, files, rules), *_levels(connection, files)]
    return Coverage(dict(forms), hits, _unknown(connection))


def _titles(connection: duckdb.DuckDBPyConnection, files: Mapping[str, RuleFile]) -> Iterator[Hits]:
    rows = connection.execute("SELECT form_kind, title, count(*) FROM forms GROUP BY ALL ORDER BY 3 DESC, 2").fetchall()
    for name, file in files.items():
        for number, each in enumerate(file.content["titles"] if name.startswith("forms/") else ()):
            pattern = regex.compile(each["pattern"])
            titles = [(t, n) for kind, t, n in rows if kind == file.content["kind"] and pattern.fullmatch(compact(t))]
            yield _hits("title", file, ("titles", number), each["examples"][0], Counter(dict(titles)))


def _labels(connection: duckdb.DuckDBPyConnection, files: Mapping[str, RuleFile], rules: RuleSet) -> Iterator[Hits]:
    found = _labels_found(connection, rules)
    for name, file in files.items():
        own = file.content["kind"] if name.startswith("forms/") else None
        for line in label_lines(file):
            if line.role != "mark":
                yield _hits(line.role, file, line.place, line.written, _spellings(line, found, own))


# Forms by kind, role and bare label.
_Found = Counter[tuple[str, str, str]]


def _labels_found(connection: duckdb.DuckDBPyConnection, rules: RuleSet) -> _Found:
    """How many forms showed each label, hints and years taken off as far as the rules do that."""
    rows = connection.execute(
        "SELECT form_kind, role, label, count(*) FROM labels JOIN forms USING (form_id) GROUP BY ALL UNION ALL"
        " SELECT form_kind, 'field', label, count(DISTINCT form_id) FROM fields JOIN forms USING (form_id) GROUP BY ALL"
    ).fetchall()
    kinds = {form.kind: form for form in rules.forms}
    found: _Found = Counter()
    for kind, role, label, count in rows:
        form = kinds.get(kind)
        bare = None
        if role == "amount":
            bare = bare_of_money(rules.funding, label)
        elif form:
            bare = bare_of_known(form.columns if role == "column" else form.labels, label)
        found[kind, role, bare or label] += count
    return found


def _spellings(line: LabelLine, found: _Found, own: str | None) -> Counter[str]:
    """The forms by the spellings of a line that they show; `own` is the kind whose rule has the line."""
    spellings: Counter[str] = Counter()
    for (kind, role, label), count in found.items():
        if role == line.role and label in line.bare and own in (None, kind):
            spellings[label] += count
    return spellings


def _levels(connection: duckdb.DuckDBPyConnection, files: Mapping[str, RuleFile]) -> Iterator[Hits]:
    file = files["vocabulary/levels.yaml"]
    for level in ("level1", "level2"):
        rows = connection.execute(f"SELECT {level}, count(*) FROM indicators WHERE {level} IS NOT NULL GROUP BY 1")
        printed: Counter[str] = Counter()
        for text, count in rows.fetchall():
            printed[bare_level(text)] += count
        for name, spellings in file.content[level].items():
            for number, spelling in enumerate([name, *spellings]):
                place = (level, name) if number == 0 else (level, name, number - 1)
                count = printed[bare_level(spelling)]
                yield _hits(level, file, place, spelling, Counter({spelling: count} if count else {}))


def _hits(sort: str, file: RuleFile, place: tuple[int | str, ...], rule: str, spellings: Counter[str]) -> Hits:
    return Hits(sort, *file.where(place), key_of(place), rule, spellings.total(), tuple(spellings.most_common()))


def _unknown(connection: duckdb.DuckDBPyConnection) -> list[UnknownLabel]:
    """Short leftovers without figures that stand in several forms of a kind, most frequent first."""
    rows = connection.execute(
        "SELECT form_kind, leftovers.text, form_id FROM leftovers JOIN forms USING (form_id)"
        " WHERE length(leftovers.text) <= ? AND NOT regexp_matches(leftovers.text, '[0-9０-９]')",
        [LONGEST_LABEL],
    ).fetchall()
    forms: dict[tuple[str, str], set[str]] = {}
    for kind, text, form_id in rows:
        bare = bare_label(text)
        if 2 <= len(bare) <= _LONGEST_UNKNOWN:
            forms.setdefault((kind, bare), set()).add(form_id)
    unknown = [UnknownLabel(kind, label, len(ids)) for (kind, label), ids in forms.items() if len(ids) >= FEWEST_FORMS]
    return sorted(unknown, key=lambda each: (-each.forms, each.kind, each.label))
