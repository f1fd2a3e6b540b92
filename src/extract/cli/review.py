"""The spot-check in the terminal, and what it has led to: review, corrections."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from extract.cli.arguments import DEFAULT_DATABASE, AsJson, Database, RulesFolder, bytes_of, opened, rule_set_of
from extract.cli.output import complain, database_option, print_json
from extract.errors import SourceError, UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from extract.corrections import Change, Correction
    from extract.review import Desk, FormOnDesk, Value
    from extract.rules import RuleSet
    from extract.target import Grammar

_KEYS = "[a]ccept  [c]orrect  [w]rong row  [m]issing value  [t]ext  [s]kip  [u]ndo  [q]uit"


def review_command(
    db: Database = DEFAULT_DATABASE,
    kind: Annotated[str | None, typer.Option("--kind", help="Only forms of this kind.")] = None,
    worst: Annotated[int, typer.Option("--worst", min=0, help="So many of the worst forms first.")] = 20,
    sample: Annotated[int, typer.Option("--sample", min=0, help="Then so many random forms of each kind.")] = 10,
    seed: Annotated[str, typer.Option("--seed", help="Another word draws another random sample.")] = "",
    reviewer: Annotated[str | None, typer.Option("--reviewer", help="Who decides; the name of the account.")] = None,
    tui: Annotated[
        bool, typer.Option("--tui", help="Full screen, with mouse and search; needs the extra [tui].")
    ] = False,
    rate: Annotated[bool, typer.Option("--rate", help="Only print the error rate by what is reviewed so far.")] = False,
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
        complain(f"no form of a random sample is decided yet; go on with: extract review{database_option(db)}")


def corrections_command(
    db: Database = DEFAULT_DATABASE,
    hints: Annotated[bool, typer.Option("--hints", help="Count them by label: which rule to mend first.")] = False,
    goldens: Annotated[
        Path | None,
        typer.Option("--goldens", help="Write the corrected files and what they should give into this folder."),
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
    if hints:
        names, rows = ("form_kind", "what", "label", "times", "for example"), counted
    if as_json:
        print_json([dict(zip(names, row, strict=True)) for row in rows])
    else:
        print_rows(names, rows, data_console())


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
            complain(f"{golden}: is there already and stays as it is; remove it to have it written anew")
            continue
        copy.write_bytes(sample)
        golden.write_text(corrected_golden_text(sample, rules, corrections), "utf-8")
        typer.echo(golden)
    for form_id in sorted({c.form_id for c in corrections} - paths.keys()):
        complain(f"form {form_id}: its file lies in an archive; unpack it, import it, and try again")
    typer.echo(f"Next: extract rules test {folder}", err=True)


def _run_full_screen(desk: Desk, grammar: Grammar) -> None:
    try:
        from extract.tui import ReviewApp
    except ModuleNotFoundError as missing:
        message = "the full screen needs Textual; install it with: pip install 'declaration-extract[tui]'"
        raise UsageError("review.no_tui", message) from missing
    ReviewApp(desk, grammar).run()


def _walk(desk: Desk, console: Console, read_key: Callable[[], str], grammar: Grammar) -> None:
    """One form after the other until all are done or the person quits."""
    from extract.review import print_form_on_desk

    while form := desk.form():
        print_form_on_desk(form, desk.progress, console)
        typer.echo(_KEYS)
        while True:
            key = read_key()
            if key == "q":
                return
            try:
                if _decide(desk, form, key, console, grammar):
                    break
            except UsageError as error:
                complain(error.message)
    typer.echo("All forms of this review are decided.")


def _decide(desk: Desk, form: FormOnDesk, key: str, console: Console, grammar: Grammar) -> bool:
    """Do what the key says; whether the screen is to be drawn anew. Raises UsageError."""
    from extract.review import print_source

    if key in ("a", "s"):
        desk.close(form, skip=key == "s")
    elif key == "u":
        if not desk.undo():
            typer.echo("There is nothing to undo.")
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
        typer.echo(_KEYS)
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
        column = _ask(f"which of {', '.join(columns)} [{column}]") or column
        if column not in columns:
            raise UsageError("review.no_column", f"{column!r} is none of {', '.join(columns)}")
    answer = _ask(f"{column} should be (- for blank)")
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

    words = _ask("what is missing, in words")
    return [Change("forms", "", MISSING, words)] if words else []


def _ask_value(form: FormOnDesk) -> Value | None:
    answer = _ask("number of the value")
    if not answer:
        return None
    if not answer.isdecimal() or not 1 <= int(answer) <= len(form.values):
        raise UsageError("review.no_value", f"{answer!r} is no number from 1 to {len(form.values)}")
    return form.values[int(answer) - 1]


def _ask(question: str) -> str:
    typer.echo(f"{question}: ", nl=False)
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
