"""Projects across the years: forms of one unit whose project names say the same are one project.

A name is compared by its key: without years, numbering, notes in brackets and words such as 专项, 项目, 资金.
Forms with the same unit and key belong together; so do those whose keys are similar (`rapidfuzz`), unless something
tells them apart: a number (一期, 二期), words that exclude each other, two places, or that both were declared in the
same year. The words and thresholds are data, in rules/vocabulary/projects.yaml, and so is what people know better.
What is not sure stays apart: a missing link leaves a gap, a wrong one spoils every sum over it.

How this stays near linear: units come one by one (`linking` fetches them), and their forms are grouped by key first,
which is a dictionary. Similar keys are sought within a unit only, and only among those that share a rare pair of
characters: `d` insertions and deletions cannot touch more than `2d` of the pairs of a name, so that similar names share
one of the `2d + 1` rarest.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import combinations
from typing import NamedTuple

import regex
from rapidfuzz.distance import Indel, Levenshtein

from extract.labels import SEAL, compact
from extract.rules.spec import Pattern, ProjectsFile
from extract.target.numerals import chinese_number


class NamedForm(NamedTuple):
    """What the store knows of a form's project. `family` keeps whole departments apart from projects."""

    form_id: str
    family: str
    form_kind: str
    fiscal_year: int | None
    project_name: str
    implementing_unit: str | None
    reporting_unit: str | None
    competent_department: str | None


class KeyedForm(NamedTuple):
    """A form with what it is linked by: the unit that carries the project out, its department, and the name's key.

    `carrier` is the unit or department as printed; `unit` and `department` are compared, None where there is none.
    """

    form_id: str
    family: str
    form_kind: str
    fiscal_year: int | None
    project_name: str
    carrier: str | None
    unit: str | None
    department: str | None
    words: str
    numbers: list[str]


class Project(NamedTuple):
    """A row of `projects`: the name and unit as its latest form prints them."""

    project_id: str
    name: str
    unit: str | None
    first_year: int | None
    last_year: int | None
    forms: int


class Link(NamedTuple):
    """A row of `project_links`: why a form belongs to its project.

    `reason` is first (the project's earliest form), same_name (as printed), same_key (but for years, numbering, 专项
    and the like), similar_name, decided (by the rules), or no_unit (nothing to link by, a project of its own). `score`
    is the similarity to the name of `linked_to`, 0 to 100.
    """

    form_id: str
    project_id: str
    name_key: str
    score: Decimal
    reason: str
    linked_to: str | None


class NameKey(NamedTuple):
    """What a project name is compared by: its words, and its numbers in their order, which must be equal."""

    words: str
    numbers: tuple[str, ...]


class ProjectNames:
    """The words of rules/vocabulary/projects.yaml, compiled."""

    def __init__(self, file: ProjectsFile) -> None:
        self._years = _any_of(file.years)
        self._notes = regex.compile(rf"\((?:{_any_of(file.notes).pattern})?\)")
        self._numbering = regex.compile(f"(?:{_any_of(file.numbering).pattern})+")
        self._generic = regex.compile(f"(?:{_either(file.generic)})+$")
        self._number = regex.compile(
            rf"第?(?P<counted>\d+|[一二三四五六七八九十]+|[ivx]+)(?P<counter>{_either(file.counters)})|(?P<digits>\d+)"
        )
        self._contrasts = [frozenset(group) for group in file.contrasts]
        self._places = frozenset(file.place_endings)
        self.file = file
        self._printed = frozenset[str]()
        self._printed = self._told_apart_only_in_print()
        self._same = [(_unit_key(each.unit), {self.key(name) for name in each.same}) for each in file.decided]
        self._apart = [(_unit_key(each.unit), {self.key(name) for name in each.apart}) for each in file.decided]

    def _told_apart_only_in_print(self) -> frozenset[str]:
        """Names that are decided to be different projects although their keys are the same."""
        found: set[str] = set()
        for each in self.file.decided:
            keys = Counter(self.key(name) for name in each.apart)
            found |= {_plain(name) for name in each.apart if keys[self.key(name)] > 1}
        return frozenset(found)

    def key(self, name: str) -> NameKey:
        """The key of a printed name.

        >>> from extract.rules import load_rules
        >>> names = ProjectNames(load_rules().projects)
        >>> names.key("2021年度农村公路养护（二期）专项资金"), names.key("一、农村公路养护Ⅱ期项目（续）")
        (NameKey(words='农村公路养护2期', numbers=('2期',)), NameKey(words='农村公路养护2期', numbers=('2期',)))
        """
        text = _plain(name)
        if text in self._printed:
            return NameKey(text, ())
        short = self._notes.sub("", self._years.sub("", text))
        short = self._numbering.sub("", short, count=1) if self._numbering.match(short) else short
        bare = _PUNCTUATION.sub("", short)
        words = self._generic.sub("", bare) or bare or _PUNCTUATION.sub("", text)
        numbers: list[str] = []

        def plain(found: regex.Match[str]) -> str:
            number = found["digits"] or _arabic(found["counted"]) + found["counter"]
            numbers.append(number)
            return number

        return NameKey(self._number.sub(plain, words), tuple(numbers))

    def similarity(self, first: str, second: str) -> float:
        """How similar two keys' words are, 0 to 100; 0 where something tells them apart or it is not enough."""
        score = 100 * Indel.normalized_similarity(first, second, score_cutoff=self.file.similarity_added / 100)
        if not score or self._contradict(first, second):
            return 0
        replaced = [edit for edit in Levenshtein.opcodes(first, second) if edit.tag == "replace"]
        if not replaced:
            return score
        places = any(self._places & set(first[edit.src_end : edit.src_end + 2]) for edit in replaced)
        return 0 if places or score < self.file.similarity_replaced else score

    def are_same(self, unit: str | None, first: NameKey, second: NameKey) -> bool:
        """Whether people have decided that two names of a unit are one project."""
        return any(u in (None, unit) and {first, second} <= keys for u, keys in self._same)

    def are_apart(self, unit: str | None, first: NameKey, second: NameKey) -> bool:
        """Whether people have decided that two names of a unit are different projects."""
        return any(u in (None, unit) and {first, second} <= keys for u, keys in self._apart)

    def _contradict(self, first: str, second: str) -> bool:
        for group in self._contrasts:
            mine, others = ({word for word in group if word in text} for text in (first, second))
            if mine - others and others - mine:
                return True
        return False


def keyed(forms: Sequence[NamedForm], names: ProjectNames) -> list[KeyedForm]:
    """The forms with what they are linked by, as far as each tells by itself."""
    keys = {name: names.key(name) for name in {form.project_name for form in forms}}
    return [_keyed(form, keys[form.project_name]) for form in forms]


def _keyed(form: NamedForm, key: NameKey) -> KeyedForm:
    return KeyedForm(
        *form[:5],
        carrier=form.implementing_unit or form.reporting_unit or form.competent_department,
        unit=_unit_key(form.implementing_unit) or _unit_key(form.reporting_unit),
        department=_unit_key(form.competent_department),
        words=key.words,
        numbers=list(key.numbers),
    )


def _unit_key(unit: str | None) -> str | None:
    """A unit's name without its code, note of a seal and punctuation; None for none."""
    return _PUNCTUATION.sub("", _CODE_OR_SEAL.sub("", compact(unit))) or None if unit else None


def link_unit(forms: Iterable[KeyedForm], names: ProjectNames) -> Iterator[tuple[Project, list[Link]]]:
    """The projects of one unit, which has all of these forms, each with the links of its forms.

    They are the same whatever order the forms come in. A form without a unit comes alone.
    """
    groups = _groups(forms)
    clusters = _clusters(groups, names) if groups[0].unit else [[group] for group in groups]
    return map(_project, clusters)


@dataclass
class _Group:
    """Forms of one unit with the same key."""

    family: str
    unit: str | None
    key: NameKey
    forms: list[KeyedForm]
    # How it came into its project: the similarity, the form whose name is similar, and who said so.
    score: float = 100.0
    reason: str = "similar_name"
    linked_to: KeyedForm | None = None
    occasions: set[tuple[str, int | None]] = field(init=False)

    def __post_init__(self) -> None:
        self.occasions = {(form.form_kind, form.fiscal_year) for form in self.forms if form.fiscal_year}

    @property
    def first(self) -> KeyedForm:
        return min(self.forms, key=_by_year)

    @property
    def order(self) -> tuple[int, NameKey]:
        return (self.first.fiscal_year or 9999, self.key)


def _groups(forms: Iterable[KeyedForm]) -> list[_Group]:
    """Forms of one unit by their key."""
    groups: dict[NameKey, list[KeyedForm]] = defaultdict(list)
    for form in forms:
        groups[NameKey(form.words, tuple(form.numbers))].append(form)
    return [_Group(of[0].family, of[0].unit, key, of) for key, of in sorted(groups.items())]


class _Pair(NamedTuple):
    """Two groups that are one project, and why."""

    first: _Group
    second: _Group
    score: float
    reason: str


def _clusters(groups: list[_Group], names: ProjectNames) -> list[list[_Group]]:
    """Groups of one unit whose keys are similar, or decided to be one; each cluster begins with its earliest group."""
    cluster_of = {id(group): [group] for group in groups}
    similar = sorted(_similar_pairs(groups, names), key=lambda pair: (-pair.score, pair.first.order, pair.second.order))
    neighbours: dict[int, list[tuple[_Group, _Pair]]] = defaultdict(list)
    for pair in (*_decided_pairs(groups, names), *similar):
        mine, others = cluster_of[id(pair.first)], cluster_of[id(pair.second)]
        if mine is others or (pair.reason != "decided" and not _may_join(mine, others, names)):
            continue
        mine += others
        cluster_of |= dict.fromkeys(map(id, others), mine)
        neighbours[id(pair.first)].append((pair.second, pair))
        neighbours[id(pair.second)].append((pair.first, pair))
    clusters = {id(cluster): cluster for cluster in cluster_of.values()}
    return [_from_the_earliest(cluster, neighbours) for cluster in clusters.values()]


def _decided_pairs(groups: list[_Group], names: ProjectNames) -> Iterator[_Pair]:
    """Pairs that people have decided to be one project."""
    if names.file.decided:
        for first, second in combinations(sorted(groups, key=lambda group: group.order), 2):
            if names.are_same(first.unit, first.key, second.key):
                yield _Pair(first, second, 100, "decided")


def _may_join(mine: list[_Group], others: list[_Group], names: ProjectNames) -> bool:
    """Whether nothing speaks against two clusters being one: both declared in the same year, or decided not to be."""
    if _occasions(mine) & _occasions(others):
        return False
    return not any(names.are_apart(one.unit, one.key, other.key) for one in mine for other in others)


def _occasions(cluster: list[_Group]) -> set[tuple[str, int | None]]:
    return set().union(*(group.occasions for group in cluster))


def _from_the_earliest(cluster: list[_Group], neighbours: dict[int, list[tuple[_Group, _Pair]]]) -> list[_Group]:
    """The cluster in the order of its links, each group noting the form that it was linked to."""
    reached = [min(cluster, key=lambda group: group.order)]
    for group in reached:
        for other, pair in neighbours[id(group)]:
            if not any(other is each for each in reached):
                other.score, other.reason, other.linked_to = pair.score, pair.reason, group.first
                reached.append(other)
    return reached


def _similar_pairs(groups: list[_Group], names: ProjectNames) -> Iterator[_Pair]:
    """Pairs of groups with equal numbers and similar words, each once."""
    frequency = Counter(pair for group in groups for pair in _pairs_of_characters(group.key.words))
    seen: dict[tuple[str, tuple[str, ...]], list[int]] = defaultdict(list)
    allowed = 1 - names.file.similarity_added / 100
    for position, group in enumerate(groups):
        words = group.key.words
        if len(words) < names.file.shortest:
            continue
        rare = sorted(_pairs_of_characters(words), key=lambda pair: (frequency[pair], pair))
        # The other name is at most so long that the edits are `allowed` of both lengths.
        edits = int(allowed * len(words) * (1 + (1 + allowed) / (1 - allowed)))
        candidates: set[int] = set()
        for pair in rare[: 2 * edits + 1]:
            candidates.update(seen[pair, group.key.numbers])
            seen[pair, group.key.numbers].append(position)
        for candidate in sorted(candidates):
            score = names.similarity(groups[candidate].key.words, words)
            if score:
                yield _Pair(groups[candidate], group, score, "similar_name")


def _pairs_of_characters(words: str) -> set[str]:
    return {words[at : at + 2] for at in range(len(words) - 1)}


def _project(cluster: list[_Group]) -> tuple[Project, list[Link]]:
    forms = sorted((form for group in cluster for form in group.forms), key=_by_year)
    root = cluster[0]
    # The smallest name and unit: adding forms of the same names does not change it.
    smallest = min((group.family, group.unit or group.first.form_id, group.key) for group in cluster)
    project_id = "p" + hashlib.sha256(repr(smallest).encode()).hexdigest()[:12]
    years = [form.fiscal_year for form in forms if form.fiscal_year]
    latest = max(forms, key=lambda form: (form.fiscal_year or 0, form.form_kind, form.form_id))
    first, last = min(years, default=None), max(years, default=None)
    project = Project(project_id, latest.project_name, latest.carrier, first, last, len(forms))
    return project, [_link(form, group, root, project_id) for group in cluster for form in group.forms]


def _link(form: KeyedForm, group: _Group, root: _Group, project_id: str) -> Link:
    first = group.first
    if root.unit is None:
        reason, score, linked_to = "no_unit", 0.0, None
    elif form is root.first:
        reason, score, linked_to = "first", 100.0, None
    elif group.linked_to:
        reason, score, linked_to = group.reason, group.score, group.linked_to
    else:
        same = _plain(form.project_name) == _plain(first.project_name)
        reason, score, linked_to = "same_name" if same else "same_key", 100.0, first
    exact = Decimal(f"{score:.2f}")
    return Link(form.form_id, project_id, group.key.words, exact, reason, linked_to and linked_to.form_id)


def _by_year(form: KeyedForm) -> tuple[int, str, str]:
    return (form.fiscal_year or 9999, form.form_kind, form.form_id)


# ------------------------------------------------------------------------------------------------------------- words

_BRACKETS = str.maketrans("【〔［〈《「『】〕］〉》」』", "((((((()))))))")
_PUNCTUATION = re.compile(r"[^\w]|_")
_CODE_OR_SEAL = re.compile(rf"\[\d+\]|^\d+[-—]?|\({SEAL}\)")
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6"}


def _plain(name: str) -> str:
    return compact(unicodedata.normalize("NFKC", name).translate(_BRACKETS)).lower()


def _arabic(number: str) -> str:
    return _ROMAN.get(number) or (number if number.isascii() else chinese_number(number)) or number


def _either(words: Iterable[str]) -> str:
    return "|".join(regex.escape(word) for word in sorted(words, key=len, reverse=True))


def _any_of(patterns: Iterable[Pattern]) -> regex.Pattern[str]:
    return regex.compile("|".join(f"(?:{each.pattern})" for each in patterns))
