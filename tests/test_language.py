"""Two languages: every message of ours has both halves, the chosen one is shown, and programs never notice."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from command_line import run_extract
from extract.language import Message, language_of

PACKAGE = Path(__file__).parents[1] / "src" / "extract"
LATIN = re.compile("[A-Za-z]")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


class Pair(NamedTuple):
    """The two halves of a message as they stand in the code."""

    place: str
    english: ast.expr
    chinese: ast.expr


def pairs() -> Iterator[Pair]:
    """Every Message(…, …) and say(…, …) in the code."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("Message", "say") and len(node.args) == 2:
                yield Pair(f"{path.relative_to(PACKAGE)}:{node.lineno}", *node.args)


def words(half: ast.expr) -> str | None:
    """The fixed words of a half; None where it is no literal, but passed on."""
    if isinstance(half, ast.Constant) and isinstance(half.value, str):
        return half.value
    if isinstance(half, ast.JoinedStr):
        return "".join(str(part.value) for part in half.values if isinstance(part, ast.Constant))
    return None


def values(half: ast.expr) -> set[str]:
    """What stands between braces; of a message inside a message, each half takes its own."""
    inside = (ast.unparse(node.value) for node in ast.walk(half) if isinstance(node, ast.FormattedValue))
    return {re.sub(r"\.(en|zh)$", "", value) for value in inside}


PAIRS = list(pairs())
LITERAL_PAIRS = [pair for pair in PAIRS if words(pair.english) is not None and words(pair.chinese) is not None]


def test_what_is_wrong_in_a_rule_file_is_said_in_both_languages() -> None:
    raised = (
        (path, node.exc)
        for path in (PACKAGE / "rules").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args
    )
    assert not [f"{path.name}:{call.lineno}" for path, call in raised if words(call.args[-1]) is not None]


def test_messages_are_written_out_in_both_languages() -> None:
    one_sided = [p.place for p in PAIRS if (words(p.english) is None) != (words(p.chinese) is None)]
    assert not one_sided
    assert len(LITERAL_PAIRS) > 500


@pytest.mark.parametrize("pair", LITERAL_PAIRS, ids=lambda pair: pair.place)
def test_both_halves_say_something_of_the_same_values(pair: Pair) -> None:
    english, chinese = words(pair.english), words(pair.chinese)
    assert bool(english) == bool(chinese)
    assert chinese is not None
    assert CHINESE.search(chinese) or not LATIN.search(chinese), "the second half is Chinese"
    assert values(pair.english) == values(pair.chinese)


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "C"}, "en"),
        ({"LANG": "POSIX"}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.GBK"}, "zh"),
        ({"LANG": "zh_TW"}, "zh"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "en_US.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": ""}, "zh"),
    ],
)
def test_the_environment_tells_the_language(environment: dict[str, str], language: str) -> None:
    assert language_of(environment) == language


def test_a_place_stands_in_front_of_a_message_in_both_languages() -> None:
    assert Message("is empty", "是空文件").at("a.doc") == Message("a.doc: is empty", "a.doc：是空文件")


@pytest.mark.parametrize("place", [0, 1, 3])
def test_the_option_may_stand_anywhere(tmp_path: Path, place: int) -> None:
    line = ["report", "--db", "none.duckdb", "words"]
    assert CHINESE.search(run_extract(tmp_path, *line[:place], "--lang", "zh", *line[place:]).stderr)
    assert not CHINESE.search(run_extract(tmp_path, *line[:place], "--lang=en", *line[place:]).stderr)


def test_an_unknown_language_is_wrong_usage(tmp_path: Path) -> None:
    assert run_extract(tmp_path, "report", "--lang", "fr").returncode == 2
    assert run_extract(tmp_path, "report", "--lang").returncode == 2


# Four English words in a row; command lines have options, paths and signs between theirs.
ENGLISH_SENTENCE = re.compile(r"\b(?!extract )(?:[A-Za-z]{2,} ){3}[A-Za-z]{2,}\b(?!-)")
SAMPLES = Path(__file__).parents[1] / "samples"


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of samples that has findings, ticks, forms of unknown kind, and files without forms."""
    folder = tmp_path_factory.mktemp("languages")
    names = ("ticked-boxes.docx", "empty-fields.txt", "unknown-form.docx", "meeting-notes.txt")
    (folder / "no.doc").write_bytes(b"")
    run_extract(folder, "import", *(str(SAMPLES / name) for name in names), "no.doc")
    return folder / "forms.duckdb"


COMMANDS = [
    *(["report"], ["report", "--unknown"], ["check"], ["review"], ["review", "--rate"]),
    *(
        ["corrections"],
        ["corrections", "--hints"],
        ["sql", "select 1"],
        ["sql", "select nothing"],
        ["sql", "drop table x"],
    ),
    *(["show", "none"], ["import", "missing.doc"], ["import", ".", "--dry-run"], ["reparse", "--dry-run"], ["link"]),
    *(
        ["compact"],
        ["export", "--to", "out"],
        ["rules", "list"],
        ["rules", "coverage"],
        ["target", "第3批", "优良率≥95%"],
    ),
    *(["nonsense"], ["report", "--limit", "0"], ["report", "--nonsense"], ["show"], ["schema", "none"], ["parse", "."]),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_what_a_command_says_in_chinese_holds_no_english_sentence(database: Path, command: list[str]) -> None:
    said = run_extract(database.parent, *command, "--lang", "zh", stdin="s\nq\n")
    for line in (said.stdout + said.stderr).splitlines():
        assert not ENGLISH_SENTENCE.search(line), line


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_what_a_command_says_in_english_is_not_chinese(database: Path, command: list[str]) -> None:
    said = run_extract(database.parent, *command, "--lang", "en", stdin="s\nq\n")
    assert not re.search("[；：][^|]*$", said.stderr)


def test_every_command_explains_itself_in_both_languages() -> None:
    script = """if True:
        import io, sys
        from contextlib import redirect_stdout
        from extract import language
        language.choose(sys.argv[1])
        from extract.cli.commands import COMMANDS, RULES_COMMANDS, app
        for line in ([], *([name] for name in COMMANDS), ["rules"], *(["rules", name] for name in RULES_COMMANDS)):
            print("####", " ".join(line))
            app([*line, "--help"], standalone_mode=False)
    """
    texts = {}
    for chosen in ("en", "zh"):
        run = [sys.executable, "-c", script, chosen]
        environment = {**os.environ, "PYTHONIOENCODING": "utf-8", "COLUMNS": "200", "NO_COLOR": "1"}
        texts[chosen] = subprocess.run(run, env=environment, capture_output=True, check=True).stdout.decode("utf-8")
    for part in texts["zh"].split("####")[1:]:
        name, _, text = part.partition("\n")
        assert "用法" in text, name
        assert "显示本帮助" in text, name
        assert not ENGLISH_SENTENCE.search(text), ENGLISH_SENTENCE.search(text)
    assert texts["en"].count("Usage: ") == texts["zh"].count("用法：")


@pytest.mark.parametrize("command", [["report"], ["check"], ["show"], ["corrections"]], ids=" ".join)
def test_what_programs_read_is_in_no_language(database: Path, command: list[str]) -> None:
    if command == ["show"]:
        listed = run_extract(database.parent, "sql", "select form_id from forms limit 1", "--format", "csv")
        command = ["show", listed.stdout.splitlines()[1]]
    english = run_extract(database.parent, *command, "--json", "--lang", "en")
    chinese = run_extract(database.parent, *command, "--json", "--lang", "zh")
    assert (english.returncode, english.stdout) == (chinese.returncode, chinese.stdout)


def test_what_is_stored_does_not_depend_on_the_language(tmp_path: Path) -> None:
    texts = []
    for chosen in ("en", "zh"):
        run_extract(tmp_path, "import", str(SAMPLES / "empty-fields.txt"), "--db", f"{chosen}.duckdb", "--lang", chosen)
        query = "select code, message, message_zh from findings order by all"
        texts.append(run_extract(tmp_path, "sql", query, "--db", f"{chosen}.duckdb", "--format", "csv").stdout)
    assert texts[0] == texts[1]


@pytest.mark.parametrize("encoding", ["gbk", "ascii"])
@pytest.mark.parametrize("command", ["report", "show", "check", "review"])
def test_a_terminal_without_our_characters_never_crashes_a_command(database: Path, command: str, encoding: str) -> None:
    forms = run_extract(
        database.parent, "sql", "select form_id from forms where form_kind like 'special%'", "--format", "csv"
    )
    line = [command, forms.stdout.splitlines()[1]] if command == "show" else [command]
    environment = {**os.environ, "LC_ALL": "", "LANG": "zh_CN.GBK", "PYTHONIOENCODING": encoding, "NO_COLOR": "1"}
    run = subprocess.run(
        [sys.executable, "-m", "extract", *line, "--db", str(database)],
        env=environment, cwd=database.parent, input=b"s\nq\n", capture_output=True, check=False,
    )  # fmt: skip
    assert run.returncode in (0, 1), run.stderr
    assert b"Traceback" not in run.stderr
    shown = run.stdout.decode(encoding)
    assert ("专项资金" if encoding == "gbk" else "\\u4e13\\u9879") in shown


def test_a_tick_that_gbk_lacks_is_replaced_visibly(database: Path) -> None:
    query = "select text from fields where text like '%☑%' limit 1"
    environment = {**os.environ, "PYTHONIOENCODING": "gbk"}
    command = [sys.executable, "-m", "extract", "sql", query, "--db", str(database)]
    run = subprocess.run(command, env=environment, capture_output=True, check=True)
    assert "\\u2611" in run.stdout.decode("gbk")
