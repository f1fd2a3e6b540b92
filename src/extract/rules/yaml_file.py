"""One rule file: YAML with the places of its keys, alone or laid over the file of the same name of an earlier folder.

How one file is laid over another. What it says is added: a list gets longer, and an item that begins like an item of
the list below (the same first key and value, `name: project_name`) is laid over that item; a mapping gets its keys; a
single value takes the place of the one below. With `replaces: true` a file is used instead of the one below.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from extract.errors import RuleError
from extract.language import Message
from extract.rules.spec import EXAMPLES_ARE_TRIED

# The loader in C where PyYAML has it: the catalogue of units takes a tenth of a second in Python.
_SafeLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Steps = Sequence[int | str]
_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a rule file, and where; `key` counts the items of lists from 1."""

    path: Path
    line: int
    key: str
    message: Message
    code: str = "rules.invalid"

    @property
    def sentence(self) -> Message:
        """The message with its place in front."""
        path, line, key = self.path, self.line, self.key or "–"
        return Message(
            f"{path}, line {line}, key {key}: {self.message.en}", f"{path} 第 {line} 行，键 {key}：{self.message.zh}"
        )


class InvalidRule(RuleError):
    """Rule files are wrong at known places; the message names the first of them."""

    def __init__(self, *problems: Problem) -> None:
        others = len(problems) - 1
        message = problems[0].sentence
        if others:
            message = Message(
                f"{message.en} (and {others} more; see them with: extract rules lint)",
                f"{message.zh}（另有 {others} 处，用 extract rules lint 查看）",
            )
        super().__init__(problems[0].code, message)
        self.problems = problems


class RuleFile:
    """The content of a rule file, from one path or from several of the same name, the last one on top."""

    def __init__(self, name: str, paths: Sequence[Path]) -> None:
        """Read and lay over each other. What is no YAML is a problem, told by `model`; an OSError is a RuleError."""
        self.name = name
        self.data = b""
        self.content: Any = None
        self.path = paths[-1]
        self._problems: list[Problem] = []
        self._valid: BaseModel | None = None
        self.blamed: list[Problem] = []
        self._root: yaml.Node | None = None
        # Nodes are looked up by identity, so all of them are kept.
        self._origins: dict[int, tuple[yaml.Node, Path]] = {}
        for path in paths:
            self._add(path)

    def _add(self, path: Path) -> None:
        try:
            data = path.read_bytes()
            loader = _SafeLoader(data.decode("utf-8"))
            root = loader.get_single_node()
            if repeated := _first_alias(root):
                message = Message(
                    "an alias (*) repeats what an anchor (&) names; rule files say everything where it stands",
                    "用别名（*）重复了锚点（&）的内容；规则文件应在原处写全",
                )
                self._problems.append(Problem(path, repeated.start_mark.line + 1, "", message, "rules.syntax"))
                return
            content = loader.construct_document(root) if root else None
        except OSError as error:
            raise RuleError(
                "rules.unreadable",
                Message(
                    f"{path}: cannot be read ({error.strerror}); check its permissions",
                    f"{path}：读不出（{error.strerror}）；请检查权限",
                ),
            ) from error
        except UnicodeDecodeError as error:
            message = Message(
                f"the file is not UTF-8 at byte {error.start}; save it as UTF-8",
                f"文件第 {error.start} 字节处不是 UTF-8；请另存为 UTF-8",
            )
            line = data.count(b"\n", 0, error.start) + 1
            self._problems.append(Problem(path, line, "", message, "rules.encoding"))
            return
        except yaml.YAMLError as error:
            line = getattr(getattr(error, "problem_mark", None), "line", 0) + 1
            said = getattr(error, "problem", None) or error
            message = Message(
                f"is no YAML: {said}; check indentation and quotes", f"不是 YAML：{said}；请检查缩进和引号"
            )
            self._problems.append(Problem(path, line, "", message, "rules.syntax"))
            return
        except (ValueError, LookupError, AttributeError) as error:  # PyYAML's at a tag or date that its value belies
            message = Message(
                f"a value is not what its tag or form says ({error}); put it in quotes",
                f"有值与其标记或形式不符（{error}）；请加引号",
            )
            self._problems.append(Problem(path, 1, "", message, "rules.syntax"))
            return
        self.data += data + b"\0"
        for node in _nodes(root):
            self._origins[id(node)] = (node, path)
        self._problems += _duplicate_keys(path, root)
        if self._root is None or _replaces(root):
            self._root, self.content = root, content
        elif root is not None:
            self._root = self._laid_over(self._root, root)
            self.content = _SafeLoader("").construct_document(self._root)

    def _laid_over(self, below: yaml.Node, above: yaml.Node) -> yaml.Node:
        """`above` added to `below`; both stay as they are."""
        if isinstance(below, yaml.MappingNode) and isinstance(above, yaml.MappingNode):
            merged = {key.value: (key, value) for key, value in below.value}
            for key, value in above.value:
                known = merged.get(key.value)
                merged[key.value] = (key, self._laid_over(known[1], value) if known else value)
            return self._new(yaml.MappingNode, above, list(merged.values()))
        if isinstance(below, yaml.SequenceNode) and isinstance(above, yaml.SequenceNode):
            items = list(below.value)
            for item in above.value:
                alike = [at for at, known in enumerate(items) if _begin_alike(known, item)]
                if len(alike) == 1:
                    items[alike[0]] = self._laid_over(items[alike[0]], item)
                else:
                    items.append(item)
            return self._new(yaml.SequenceNode, above, items)
        return above

    def _new(self, kind: type[yaml.CollectionNode], like: yaml.Node, value: list[Any]) -> yaml.Node:
        node = kind(like.tag, value, like.start_mark, like.end_mark)
        self._origins[id(node)] = (node, self._origins[id(like)][1])
        return node

    # ------------------------------------------------------------------------------------------------ as models

    def model(self, model: type[_Model], are_tried: bool = False) -> _Model:
        """The file's content as `model`; `are_tried` patterns are not tried again. Raises InvalidRule."""
        if self._problems:
            raise InvalidRule(*self._problems)
        if isinstance(self._valid, model):
            return self._valid
        try:
            self._valid = valid = model.model_validate(self.content, context={EXAMPLES_ARE_TRIED: are_tried})
            return valid
        except ValidationError as error:
            # A misspelt key shows twice, as unknown and as missing; the unknown one has a line to name.
            errors = sorted(error.errors(), key=lambda each: each["type"] != "extra_forbidden")
            problems = [self.problem(e["loc"], _explained(model, e)) for e in errors]
            raise InvalidRule(*problems) from error

    # ------------------------------------------------------------------------------------------------- places

    def problem(self, place: Steps, message: Message) -> Problem:
        """A Problem at the key that `place` leads to."""
        return Problem(*self.where(place), key_of(place), message)

    def blame(self, place: Steps, message: Message) -> None:
        """Note a problem at the key that `place` leads to, which the file's model cannot see."""
        self.blamed.append(self.problem(place, message))

    def where(self, place: Steps) -> tuple[Path, int]:
        """The file and line of a key or item, or of the last step on the way that is there."""
        node, path, line = self._root, self.path, 1
        for step in place:
            child = _child(node, step)
            if child is None:
                break
            mark, node = child
            path, line = self._origins[id(mark)][1], mark.start_mark.line + 1
        return path, line


def key_of(place: Steps) -> str:
    """The steps as people read them: items of lists count from 1."""
    return ".".join(str(step + 1) if isinstance(step, int) else step for step in place)


def _child(node: yaml.Node | None, step: int | str) -> tuple[yaml.Node, yaml.Node] | None:
    """The node that says where one key or item below `node` stands, and the node of its value."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return key, value
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step], node.value[step]
    return None


def _nodes(root: yaml.Node | None) -> Iterator[yaml.Node]:
    """`root` and everything below it, in the file's order. What an alias repeats comes again each time."""
    waiting = [root] if root else []
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, yaml.MappingNode):
            waiting += [each for pair in reversed(node.value) for each in reversed(pair)]
        elif isinstance(node, yaml.SequenceNode):
            waiting += reversed(node.value)


def _first_alias(root: yaml.Node | None) -> yaml.Node | None:
    """The first node that stands at two places: some aliases of aliases are more than any memory, or have no end."""
    seen: set[int] = set()
    for node in _nodes(root):
        if id(node) in seen:
            return node
        seen.add(id(node))
    return None


def _replaces(root: yaml.Node | None) -> bool:
    """Whether a file says that it is used instead of the one below."""
    found = _child(root, "replaces")
    return found is not None and found[1].value == "true"


def _begin_alike(one: yaml.Node, other: yaml.Node) -> bool:
    """Whether two items of a list have the same first key with the same value."""
    if not all(isinstance(node, yaml.MappingNode) and node.value for node in (one, other)):
        return False
    (key, value), (other_key, other_value) = one.value[0], other.value[0]
    both_scalar = isinstance(value, yaml.ScalarNode) and isinstance(other_value, yaml.ScalarNode)
    return both_scalar and (key.value, value.value) == (other_key.value, other_value.value)


def _duplicate_keys(path: Path, root: yaml.Node | None) -> Iterator[Problem]:
    """YAML lets a second key of the same name silently replace the first; in a rule file that is a slip."""
    for node in _nodes(root):
        if isinstance(node, yaml.MappingNode):
            seen: set[str] = set()
            for key, _ in node.value:
                if key.value in seen:
                    yield Problem(
                        path,
                        key.start_mark.line + 1,
                        key.value,
                        Message("stands twice; merge the two", "重复出现；请合并"),
                    )
                seen.add(key.value)


def _explained(model: type[BaseModel], error: ErrorDetails) -> Message:
    """pydantic's message as the owner of a rule needs it; that of a validator of ours as it was raised."""
    if error["type"] == "extra_forbidden":
        known = ", ".join(_known_keys(model, error["loc"]))
        return Message(f"there is no such key here; known are {known}", f"没有这个键；可用的键：{known}")
    cause = error.get("ctx", {}).get("error")
    if isinstance(cause, ValueError) and isinstance(cause.args[0], Message):
        return cause.args[0]
    return said_by_pydantic(error)


def said_by_pydantic(error: ErrorDetails) -> Message:
    """What pydantic says of a value, in both languages where it says so often."""
    said = error["msg"].removeprefix("Value error, ")
    return Message(said, _PYDANTIC.get(error["type"], f"值不合规定：{said}"))


# What pydantic says most often; the rest stays in its own words.
_PYDANTIC = {
    "missing": "缺少这个键",
    "list_type": "应为列表",
    "string_type": "应为文字",
    "model_type": "应为键和值",
    "dict_type": "应为键和值",
}


def _known_keys(model: type[BaseModel], place: Steps) -> list[str]:
    """The keys of the (sub)model in which the last step of `place` is unknown."""
    schema: dict[str, Any] = model.model_json_schema()
    definitions, node = schema.get("$defs", {}), schema
    for step in place[:-1]:
        options = [node, *node.get("anyOf", [])]
        node = next((o for o in options if "properties" in o or "items" in o or "$ref" in o), node)
        node = node.get("properties", {}).get(step, {}) if isinstance(step, str) else node.get("items", {})
        refs = [node, *node.get("anyOf", [])]
        ref = next((r["$ref"] for r in refs if "$ref" in r), None)
        node = definitions[ref.rsplit("/", 1)[1]] if ref else node
    return list(node.get("properties", {}))
