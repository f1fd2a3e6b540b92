"""The checklist: what checks.yaml says of each check, ready for use, for the forms of any kind, year and place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple, get_type_hints

import regex
from pydantic import TypeAdapter, ValidationError

from extract.checks import CHECKS, CODES, Setting
from extract.checks.across import STATEMENTS
from extract.checks.case import Families, Levels, Names, Number, Numbers, Words
from extract.language import Message
from extract.rules.spec import CheckChange, CheckException, ChecksFile, CheckSpec
from extract.rules.yaml_file import RuleFile, Steps, said_by_pydantic

Limits = Mapping[str, object]


class Occasion(NamedTuple):
    """What of a form decides which exceptions hold for it; `names` are its title, reporting unit and department."""

    kind: str | None
    fiscal_year: int | None
    names: str


class Checklist:
    """Every check with its limits, and the exceptions for some forms, each with the limits that it changes."""

    def __init__(
        self,
        checks: Sequence[tuple[CheckSpec, Limits]],
        exceptions: Sequence[tuple[CheckException, Sequence[tuple[CheckChange, Limits]]]],
        names: Mapping[str, Message],
    ) -> None:
        self.checks = checks
        self.names = names
        self.exceptions = exceptions
        self._of_kind: dict[tuple[object, ...], dict[str, Setting]] = {}

    def limits_across_forms(self, code: str) -> Limits:
        """The limits of a check across forms, the same for all of them."""
        return next(limits for spec, limits in self.checks if spec.code == code)

    def settings(self, occasion: Occasion) -> Mapping[str, Setting]:
        """The checks by code, as they are for a form, without those that are switched off."""
        holding = [number for number, (each, _) in enumerate(self.exceptions) if _holds(each, occasion)]
        key = (occasion.kind, *holding)
        if key not in self._of_kind:
            changes = [change for number in holding for change in self.exceptions[number][1]]
            self._of_kind[key] = {setting.code: setting for setting in self._enabled(occasion.kind, changes)}
        return self._of_kind[key]

    def _enabled(self, kind: str | None, changes: Sequence[tuple[CheckChange, Limits]]) -> Iterator[Setting]:
        for spec, limits in self.checks:
            enabled = spec.enabled and (not spec.kinds or kind in spec.kinds)
            setting = self.setting_of(spec, limits)
            for change, changed_limits in changes:
                if change.code == spec.code:
                    enabled = enabled if change.enabled is None else change.enabled
                    setting = replace(
                        setting,
                        severity=change.severity or setting.severity,
                        limits={**setting.limits, **changed_limits},
                    )
            if enabled:
                yield setting

    def setting_of(self, spec: CheckSpec, limits: Limits) -> Setting:
        """A check as its entry has it."""
        message = Message(spec.message, spec.message_zh)
        lacking = Message(spec.lacking, spec.lacking_zh) if spec.lacking and spec.lacking_zh else None
        return Setting(spec.code, spec.severity, spec.outcome, message, lacking, limits, self.names)


def _holds(exception: CheckException, occasion: Occasion) -> bool:
    """Whether an exception is about a form; of one without year, only what is said of all years."""
    if exception.kinds and occasion.kind not in exception.kinds:
        return False
    if exception.from_year is not None or exception.to_year is not None:
        if occasion.fiscal_year is None:
            return False
        if not (exception.from_year or 0) <= occasion.fiscal_year <= (exception.to_year or 9999):
            return False
    return not exception.regions or any(region in occasion.names for region in exception.regions)


# ------------------------------------------------------------------------------------------------------------- reading


def read_checklist(source: RuleFile) -> Checklist:
    """The checklist that a file describes; what is wrong in it is blamed on the file."""
    file = source.model(ChecksFile)
    reader = _LimitReader(source, file)
    checks = []
    for number, spec in enumerate(file.checks):
        checks.append((spec, reader.all_of(spec, ("checks", number))))
        if any(spec.code == other.code for other in file.checks[:number]):
            source.blame(
                ["checks", number, "code"],
                Message(
                    f"the check {spec.code!r} stands twice; keep it in one place",
                    f"检查项 {spec.code!r} 重复；只保留一处",
                ),
            )
    for code in CODES:
        if all(code != spec.code for spec in file.checks):
            source.blame(
                ["checks"],
                Message(
                    f"the check {code!r} has no entry; to switch it off, say so in one",
                    f"检查项 {code!r} 没有条目；要停用它，请在条目中写明",
                ),
            )
    exceptions = []
    for number, exception in enumerate(file.exceptions):
        place = ("exceptions", number, "checks")
        changes = [(change, reader.some_of(change, (*place, at))) for at, change in enumerate(exception.checks)]
        exceptions.append((exception, changes))
    return Checklist(checks, exceptions, {name: Message(*words) for name, words in file.names.items()})


class _LimitReader:
    """Reads limits as the types that the arguments of the checks have."""

    def __init__(self, source: RuleFile, file: ChecksFile) -> None:
        self._source = source
        self._file = file

    def all_of(self, spec: CheckSpec, place: Steps) -> Limits:
        """The limits of a check, every one that it has."""
        for name in _types_of(spec.code):
            if name not in spec.limits:
                self._source.blame(
                    place,
                    Message(f"the check {spec.code} needs the limit {name!r}", f"检查项 {spec.code} 缺少界限 {name!r}"),
                )
        return self._read(spec.code, spec.limits, (*place, "limits"))

    def some_of(self, change: CheckChange, place: Steps) -> Limits:
        """The limits that an exception changes."""
        if change.code in STATEMENTS and change.limits:
            message = Message(
                "a check across forms has the same limits for all of them; switch it off instead",
                "跨表检查对所有表使用相同的界限，只能停用",
            )
            self._source.blame((*place, "limits"), message)
        return self._read(change.code, change.limits, (*place, "limits"))

    def _read(self, code: str, limits: Mapping[str, Any], place: Steps) -> Limits:
        types = _types_of(code)
        found: dict[str, object] = {}
        for name, value in limits.items():
            if name not in types:
                known = ", ".join(types) or "none"
                self._source.blame(
                    (*place, name),
                    Message(
                        f"the check {code} has no such limit; it has {known}",
                        f"检查项 {code} 没有这个界限；可用的：{known}",
                    ),
                )
                continue
            try:
                found[name] = self._value(types[name], value)
            except ValidationError as error:
                self._source.blame((*place, name), said_by_pydantic(error.errors()[0]))
            except KeyError as error:
                missing = error.args[0]
                message = Message(
                    f"there is no family and no list of words {missing!r} at the top of the file",
                    f"文件开头没有名为 {missing!r} 的指标类别或词表",
                )
                self._source.blame((*place, name), message)
        return found

    def _value(self, kind: Any, value: Any) -> object:
        """A limit as its type. Raises ValidationError, and KeyError for a family or list of words that is not there."""
        if kind == Words:
            return Words(each.pattern for each in self._file.words[_NAME.validate_python(value)])
        if kind in (Levels, Families):
            families = {name: frozenset(self._file.families[name]) for name in _NAMES.validate_python(value)}
            return families if kind == Families else frozenset().union(*families.values())
        return TypeAdapter(kind).validate_python(value)


_NAME = TypeAdapter(str)
_NAMES = TypeAdapter(Names)
_PARAMETER = regex.compile(r"\$(\w+)")
_ACROSS: Any = Number | Names


def _types_of(code: str) -> dict[str, Any]:
    """The limits of a check and their types: the arguments of its function, or the parameters of its statement."""
    if code in STATEMENTS:
        return dict.fromkeys(_PARAMETER.findall(STATEMENTS[code]), _ACROSS)
    if code not in CHECKS:
        return {}
    function = CHECKS[code]
    hints = get_type_hints(getattr(function, "func", function))
    return {name: hint for name, hint in hints.items() if hint in (Number, Numbers, Names, Words, Levels, Families)}
