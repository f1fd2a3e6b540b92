"""The shape of the code: imports point down, each stage keeps to its business, and the package carries its rules."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from extract.rules import RuleSet

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "extract"

# From the top down; a module may import what stands in lower layers, and in its own.
LAYERS = (
    {"__main__"},
    {"cli"},
    {"tui", "page"},
    {"review", "cluster"},
    {
        "importer",
        "report",
        "show",
        "query",
        "explain",
        "export",
        "goldens",
        "draft",
        "coverage",
        "difference",
        "grid",
        "inspection",
        "verify",
    },
    {"result"},
    {"isolation", "working_copy"},
    {"worker", "store"},
    {"corrections", "cross_checks", "linking"},
    {"rows"},
    {"pipeline", "dictionary", "formats", "masks"},
    {"sources", "tokenizer", "parser", "grades", "projects"},
    {"row_ends"},
    {"rules", "readers"},
    {"checks"},
    {"terminal", "form"},
    {"ledger", "findings", "values", "target"},
    {"layout"},
    {"document", "labels", "errors"},
    {"language"},
)
LAYER = {name: depth for depth, names in enumerate(LAYERS) for name in names}
MODULES = sorted(PACKAGE.rglob("*.py"))


def stage(path: Path) -> str:
    """The top-level module that a file belongs to: readers/odt.py is readers."""
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imports(path: Path) -> Iterator[str]:
    """The stages that a file imports, inside functions too."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            package, _, rest = node.module.partition(".")
            if package == "extract":
                yield from [rest.split(".")[0]] if rest else (alias.name for alias in node.names)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_down(path: Path) -> None:
    mine = stage(path)
    if mine == "__init__":
        assert not list(imports(path))
        return
    for imported in imports(path):
        if imported not in (mine, "__version__"):
            assert LAYER[imported] >= LAYER[mine], f"{mine} imports {imported}, which stands above it"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_the_command_line_prints_exits_and_catches_broadly(path: Path) -> None:
    if stage(path) in ("cli", "__main__"):
        return
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in ("print", "exit")
        if isinstance(node, ast.ExceptHandler):
            caught = ast.unparse(node.type) if node.type else "everything"
            reraises = any(isinstance(inner, ast.Raise) for inner in ast.walk(node))
            assert caught not in ("Exception", "BaseException", "everything") or reraises


def test_no_code_names_a_form_or_a_label(rules: RuleSet) -> None:
    words = {form.kind for form in rules.forms} | {label for form in rules.forms for label in form.labels}
    for path in MODULES:
        if stage(path) == "cli":  # it speaks to people, in words that forms use too (说明)
            continue
        for text in string_constants(ast.parse(path.read_text("utf-8"))):
            assert text not in words, f"{path}: {text!r} belongs into the rules"


def string_constants(tree: ast.Module) -> Iterator[str]:
    """Every string in the code but what it says to people, in words that forms use too; docstrings are too long."""
    said = {
        id(half)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("say", "Message")
        for half in node.args
    }
    return (
        n.value
        for n in ast.walk(tree)
        if isinstance(n, ast.Constant) and isinstance(n.value, str) and id(n) not in said
    )


def test_a_wheel_carries_the_rules_and_runs_from_any_folder(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    installed = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(installed)
    command = [sys.executable, "-S", "-c", f"import sys; sys.path[:0] = {[str(installed), *site_packages()]!r}"]
    command[-1] += "; sys.argv = ['extract', 'rules', 'list']; from extract.cli import main; import extract"
    command[-1] += f"; assert extract.__file__.startswith({str(installed)!r}); main()"
    environment = {"COLUMNS": "120", "PATH": os.environ["PATH"], "PYTHONIOENCODING": "utf-8"}
    run = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert "special-fund-declaration" in run.stdout, run.stderr


def site_packages() -> list[str]:
    return [path for path in sys.path if path.endswith("site-packages")]
