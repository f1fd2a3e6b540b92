"""The spot-check in the terminal, and what it has led to: review, corrections."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from extract.cli.arguments import DEFAULT_DATABASE, AsJson, Database, RulesFolder, bytes_of, opened, rule_set_of
from extract.cli.output import complain, database_option, print_json, put, tell
from extract.cli.typer_words import in_chinese
from extract.errors import SourceError, UsageError
from extract.language import Message, say

if TYPE_CHECKING:
    from rich.console import Console

    from extract.corrections import Change, Correction
    from extract.review import Desk, FormOnDesk, Value
    from extract.rules import RuleSet
    from extract.target import Grammar


def _keys() -> str:
    return say(
        "[a]ccept  [c]orrect  [w]rong row  [m]issing value  [t]ext  [s]kip  [u]ndo  [q]uit",
        "[a]接受  [c]更正  [w]整行有误  [m]漏项  [t]原文  [s]跳过  [u]撤销  [q]退出",
    )


@in_chinese(
    """把表与原文对照核查：先看问题最多的，再看随机样本，接受或更正。

    每次判定立即保存；可随时退出，下次接着核查。更正立即生效，以后每次导入也会再次应用。由随机样本得出取值的差错率。
    """
)
def review_command(
    db: Database = DEFAULT_DATABASE,
    kind: Annotated[
        str | None, typer.Option("--kind", help=say("Only forms of this kind.", "只看这种类型的表。"))
    ] = None,
    worst: Annotated[
        int, typer.Option("--worst", min=0, help=say("So many of the worst forms first.", "先看问题最多的多少张表。"))
    ] = 20,
    sample: Annotated[
        int,
        typer.Option(
            "--sample", min=0, help=say("Then so many random forms of each kind.", "再从每种表中随机抽多少张。")
        ),
    ] = 10,
    seed: Annotated[
        str, typer.Option("--seed", help=say("Another word draws another random sample.", "换一个词即换一批随机样本。"))
    ] = "",
    reviewer: Annotated[
        str | None,
        typer.Option("--reviewer", help=say("Who decides; the name of the account.", "核查人，默认为系统账户名。")),
    ] = None,
    tui: Annotated[
        bool,
        typer.Option(
            "--tui",
            help=say(
                "Full screen, with mouse and search; needs the extra [tui].",
                "全屏界面，可用鼠标和搜索；需要扩展 [tui]。",
            ),
        ),
    ] = False,
    rate: Annotated[
        bool,
        typer.Option(
            "--rate", help=say("Only print the error rate by what is reviewed so far.", "只显示目前核查所得的差错率。")
        ),
    ] = False,
    rules: RulesFolder = None,
) -> None:
    """Compare forms with their source, worst first and then a random sample, and accept or correct them.

    Every decision is saved at once; quit whenever you like, and the next review goes on where you stopped. Corrections
    are applied at once and again after every import. The random sample tells how many values are wrong.
    """
    from extract.review import Desk, error_rates, print_error_rates
    from extract.terminal import data_console

    console = data_console()
    if not rate:
        desk = Desk(db, reviewer or getpass.getuser(), kind=kind, worst=worst, sample=sample, seed=seed)
        grammar = rule_set_of(rules).targets
        if tui:
            _run_full_screen(desk, grammar)
        else:
            _walk(desk, console, _read_key if sys.stdin.isatty() else _read_line, grammar)
    with opened(db) as connection:
        rates = error_rates(connection)
    if rates:
        print_error_rates(rates, console)
    else:
        complain(
            say(
                f"no form of a random sample is decided yet; go on with: extract review{database_option(db)}",
                f"随机样本尚未判定；继续：extract review{database_option(db)}",
            )
        )


@in_chinese(
    """列出人工更正；也可据此生成标准样例，或提示应修改哪条规则。

    示例：extract corrections --goldens my-samples，再运行 extract rules test my-samples
    """
)
def corrections_command(
    db: Database = DEFAULT_DATABASE,
    hints: Annotated[
        bool,
        typer.Option(
            "--hints", help=say("Count them by label: which rule to mend first.", "按标签统计，看先改哪条规则。")
        ),
    ] = False,
    goldens: Annotated[
        Path | None,
        typer.Option(
            "--goldens",
            help=say(
                "Write the corrected files and what they should give into this folder.",
                "把更正过的文件及其应有结果写入此文件夹。",
            ),
        ),
    ] = None,
    rules: RulesFolder = None,
    as_json: AsJson = False,
) -> None:
    """List what people have corrected; turn it into golden cases, or into hints which rule to mend.

    Example:  extract corrections --goldens my-samples  then  extract rules test my-samples
    """
    from extract.corrections import stored
    from extract.formats import print_rows
    from extract.review import hints as hints_of
    from extract.terminal import data_console

    with opened(db) as connection:
        corrections = stored(connection)
        counted = hints_of(connection)
        paths = dict(connection.execute(_PATHS).fetchall())
    if goldens:
        _write_goldens(goldens, corrections, paths, rule_set_of(rules))
        return
    names: tuple[str, ...] = ("form", "table", "row", "column", "old", "new", "reviewer", "decided_at")
    rows: list[tuple[object, ...]] = [
        (c.form_id, c.change.table, c.change.row, c.change.column, c.old, c.change.new, c.reviewer, c.decided_at)
        for c in corrections
    ]
    headings: tuple[str, ...] = (
        *(say("form", "表"), say("table", "数据表"), say("row", "行"), say("column", "列")),
        *(say("old", "原值"), say("new", "新值"), say("reviewer", "核查人"), say("decided_at", "时间")),
    )
    if hints:
        names, rows = ("form_kind", "what", "label", "times", "for example"), counted
        headings = (
            *(say("form_kind", "表类型"), say("what", "内容"), say("label", "标签")),
            *(say("times", "次数"), say("for example", "示例")),
        )
    if as_json:
        print_json([dict(zip(names, row, strict=True)) for row in rows])
    else:
        print_rows(headings, rows, data_console())


# Plain files of documents that have corrections.
_PATHS = """
    SELECT form_id, min(path) FROM corrections JOIN forms USING (form_id) JOIN files USING (document_id)
    WHERE member = '' GROUP BY form_id
"""


def _write_goldens(folder: Path, corrections: Sequence[Correction], paths: Mapping[str, str], rules: RuleSet) -> None:
    """A copy of each corrected file, and beside it what it should give."""
    from extract.goldens import SUFFIX, corrected_golden_text

    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted(set(paths.values())):
        try:
            sample = bytes_of(Path(path))
        except SourceError as error:
            complain(error.message)
            continue
        copy = folder / Path(path).name
        golden = copy.with_name(copy.name + SUFFIX)
        if golden.exists():
            complain(
                say(
                    f"{golden}: is there already and stays as it is; remove it to have it written anew",
                    f"{golden}：已存在，保持不变；删除后可重新写出",
                )
            )
            continue
        copy.write_bytes(sample)
        golden.write_text(corrected_golden_text(sample, rules, corrections), "utf-8")
        put(golden)
    for form_id in sorted({c.form_id for c in corrections} - paths.keys()):
        complain(
            say(
                f"form {form_id}: its file lies in an archive; unpack it, import it, and try again",
                f"表 {form_id}：文件在压缩包内，请解压并导入后再试",
            )
        )
    tell(say(f"Next: extract rules test {folder}", f"下一步：extract rules test {folder}"))


def _run_full_screen(desk: Desk, grammar: Grammar) -> None:
    try:
        from extract.tui import ReviewApp
    except ModuleNotFoundError as missing:
        message = Message(
            "the full screen needs Textual; install it with: pip install 'declaration-extract[tui]'",
            "全屏界面需要 Textual，请安装：pip install 'declaration-extract[tui]'",
        )
        raise UsageError("review.no_tui", message) from missing
    ReviewApp(desk, grammar).run()


def _walk(desk: Desk, console: Console, read_key: Callable[[], str], grammar: Grammar) -> None:
    """One form after the other until all are done or the person quits."""
    from extract.review import print_form_on_desk

    while form := desk.form():
        print_form_on_desk(form, desk.progress, console)
        put(_keys())
        while True:
            key = read_key()
            if key == "q":
                return
            try:
                if _decide(desk, form, key, console, grammar):
                    break
            except UsageError as error:
                complain(error.message)
    put(say("All forms of this review are decided.", "本次核查的表已全部判定。"))


def _decide(desk: Desk, form: FormOnDesk, key: str, console: Console, grammar: Grammar) -> bool:
    """Do what the key says; whether the screen is to be drawn anew. Raises UsageError."""
    from extract.review import print_source

    if key in ("a", "s"):
        desk.close(form, skip=key == "s")
    elif key == "u":
        if not desk.undo():
            put(say("There is nothing to undo.", "没有可撤销的判定。"))
            return False
    elif key in ("c", "w", "m"):
        ask = {"c": _ask_correction, "w": _ask_wrong_row, "m": _ask_missing}[key]
        changes = ask(form, grammar)
        if not changes:
            return False
        desk.correct(form, changes)
    elif key == "t":
        print_source(form, console)
        return False
    else:
        put(_keys())
        return False
    return True


def _ask_correction(form: FormOnDesk, grammar: Grammar) -> list[Change]:
    """The number of a value, the column where the row has several, and what it should be."""
    from extract.review import CORRECTABLE, changes_of

    value = _ask_value(form)
    if value is None:
        return []
    columns = CORRECTABLE[value.table]
    column = columns[0]
    if len(columns) > 1:
        choices = ", ".join(columns)
        column = _ask(say(f"which of {choices} [{column}]", f"哪一列：{choices} [{column}]")) or column
        if column not in columns:
            raise UsageError(
                "review.no_column", Message(f"{column!r} is none of {choices}", f"{column!r} 不在 {choices} 之中")
            )
    answer = _ask(say(f"{column} should be (- for blank)", f"{column} 应为（- 表示空白）"))
    if not answer:
        return []
    return changes_of(value, column, None if answer == "-" else answer, grammar)


def _ask_wrong_row(form: FormOnDesk, _: Grammar) -> list[Change]:
    """The number of a value that the form does not have: its whole row goes."""
    from extract.corrections import WHOLE_ROW, Change

    value = _ask_value(form)
    return [Change(value.table, value.row, WHOLE_ROW, None)] if value else []


def _ask_missing(_form: FormOnDesk, _: Grammar) -> list[Change]:
    """A value that the source has and the tables lack, in words: it counts as an error and is listed."""
    from extract.corrections import MISSING, Change

    words = _ask(say("what is missing, in words", "漏了什么，请用文字说明"))
    return [Change("forms", "", MISSING, words)] if words else []


def _ask_value(form: FormOnDesk) -> Value | None:
    answer = _ask(say("number of the value", "值的序号"))
    if not answer:
        return None
    most = len(form.values)
    if not answer.isdecimal() or not 1 <= int(answer) <= most:
        raise UsageError(
            "review.no_value",
            Message(f"{answer!r} is no number from 1 to {most}", f"{answer!r} 不是 1 到 {most} 之间的数字"),
        )
    return form.values[int(answer) - 1]


def _ask(question: str) -> str:
    put(say(f"{question}: ", f"{question}："), end="")
    return sys.stdin.readline().strip()


def _read_line() -> str:
    """The first letter of a line: where the input is no terminal, and for those who pipe their keys; its end quits."""
    line = sys.stdin.readline()
    return line.strip()[:1].lower() if line else "q"


def _read_key() -> str:
    """One key as it is pressed."""
    if sys.platform == "win32":
        import msvcrt

        return msvcrt.getwch().lower()
    import termios
    import tty

    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    try:
        tty.setcbreak(terminal)
        return (sys.stdin.read(1) or "q").lower()
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)
