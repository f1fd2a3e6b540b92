"""Schema: JSON Schema for each kind of rule file, so that editors complete keys, explain them and mark mistakes.

An editor with the YAML language server reads the schema that the first line of a file names:

    # yaml-language-server: $schema=../schema/form.json

At the top of a file no key is required, because a file that is laid over another one holds only what it adds; whether
anything is missing in the end is for `extract rules lint` to say.
"""

from __future__ import annotations

import ast
import inspect
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from extract.rules import spec
from extract.rules.loading import packaged_rules
from extract.rules.spec import VOCABULARY_FILES, FormSpec
from extract.values import VALUE_TYPES

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> dict[str, dict[str, Any]]:
    """The schema of each kind of rule file, by file name: form.json, labels.json …"""
    found = {"form.json": _schema(FormSpec, {})}
    for name, model in VOCABULARY_FILES.items():
        stem = name.removeprefix("vocabulary/").removesuffix(".yaml")
        found[f"{stem}.json"] = _schema(model, _comments(packaged_rules() / name))
    return found


def hint(rule_file: str) -> str:
    """The first line of a rule file, named by its place in the folder of rules, that names its schema to editors."""
    folder, _, name = rule_file.rpartition("/")
    schema = "form.json" if folder.startswith("forms") else f"{name.removesuffix('.yaml')}.json"
    return f"# yaml-language-server: $schema={'../' * rule_file.count('/')}schema/{schema}"


def _schema(model: type[BaseModel], comments: dict[str, str]) -> dict[str, Any]:
    """pydantic's schema with the sentences of `spec`, or else `comments`, as descriptions, and the types of fields."""
    schema = model.model_json_schema()
    schema.pop("required", None)
    sentences = _sentences()
    for part in (schema, *schema.get("$defs", {}).values()):
        for key, value in part.get("properties", {}).items():
            value.pop("title", None)
            value["description"] = sentences.get((part["title"], key)) or comments.get(key, "")
    field = schema.get("$defs", {}).get("FieldSpec")
    if field:
        field["properties"]["type"]["enum"] = list(VALUE_TYPES)
    return {"$schema": DIALECT, **schema}


def _comments(file: Path) -> dict[str, str]:
    """The comment above each key at the top of a file."""
    comments: dict[str, str] = {}
    above: list[str] = []
    for line in file.read_text("utf-8").splitlines():
        key = re.match(r"(\w+):", line)
        if key:
            comments[key[1]] = " ".join(above)
        above = [*above, line.lstrip("# ")] if line.startswith("#") else []
    return comments


def _sentences() -> dict[tuple[str, str], str]:
    """The sentence below each key of each model, by model and key; those of a base class hold for its children."""
    sentences: dict[tuple[str, str], str] = {}
    for node in ast.parse(inspect.getsource(spec)).body:
        if isinstance(node, ast.ClassDef):
            bases = {base.id for base in node.bases if isinstance(base, ast.Name)}
            sentences |= {(node.name, key): text for (base, key), text in sentences.items() if base in bases}
            for key, text in pairwise(node.body):
                if isinstance(key, ast.AnnAssign) and isinstance(key.target, ast.Name) and isinstance(text, ast.Expr):
                    sentences[node.name, key.target.id] = ast.literal_eval(text.value)
    return sentences
