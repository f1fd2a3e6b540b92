"""Commands of the people who own the rules: rules list, lint, test."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from extract.cli.arguments import AsJson, RulesFolder, bytes_of, rule_folders, rule_set_of
from extract.cli.output import EXIT_FAILURES, EXIT_RULES, complain, print_json
from extract.errors import SourceError

if TYPE_CHECKING:
    from rich.text import Text

    from extract.goldens import SampleResult
    from extract.rules import RuleSet
    from extract.rules.examples import ExampleResult
    from extract.rules.lint import LintFinding


def rules_list_command(rules: RulesFolder = None, as_json: AsJson = False) -> None:
    """List the form kinds, with their titles and how many fields and labels each knows."""
    rule_set = rule_set_of(rules)
    rows = [
        (form.kind, form.spec.name, len(form.fields), len(form.labels), form.spec.titles[0].examples[0])
        for form in rule_set.forms
    ]
    names = ("kind", "name", "fields", "labels", "title, for example")
    if as_json:
        print_json({"version": rule_set.version, "forms": [dict(zip(names, row, strict=True)) for row in rows]})
        return
    from extract.formats import print_rows
    from extract.terminal import data_console

    print_rows(names, rows, data_console())


# --------------------------------------------------------------------------------------------------------------- lint


def rules_lint_command(rules: RulesFolder = None, as_json: AsJson = False) -> None:
    """Say everything that is wrong with the rules, dead in them or dangerous: file, line, key, and what to do.

    Exit code 5 if there is an error (values can come out wrong), 1 if there is a warning (something is dead, redundant
    or slow), 0 if there are at most notes.

    Example:  extract rules lint --rules my-rules
    """
    from extract.rows import FORM_FIELDS
    from extract.rules.lint import SEVERITIES, lint

    findings = lint(*rule_folders(rules), columns=FORM_FIELDS)
    if as_json:
        print_json([{**asdict(each), "path": each.path and str(each.path)} for each in findings])
    else:
        _print_lint(findings)
        counts = {severity: sum(each.severity == severity for each in findings) for severity in SEVERITIES}
        typer.echo(", ".join(f"{count} {severity}s" for severity, count in counts.items()), err=True)
    if any(each.severity == "error" for each in findings):
        raise typer.Exit(EXIT_RULES)
    if any(each.severity == "warning" for each in findings):
        raise typer.Exit(EXIT_FAILURES)


def _print_lint(findings: list[LintFinding]) -> None:
    from extract.terminal import data, data_console, short_path

    console = data_console()
    styles = {"error": "bold red", "warning": "yellow", "note": "cyan"}
    for each in findings:
        place = f"{short_path(each.path)}:{each.line} {each.key}: " if each.path else ""
        line = (
            data(place).append(data(each.severity, styles[each.severity])).append(data(f" {each.code}: {each.found}"))
        )
        console.print(line.append(data(f"; {each.advice}" if each.advice else "")))


# --------------------------------------------------------------------------------------------------------------- test


def rules_test_command(
    samples: Annotated[
        list[Path] | None,
        typer.Argument(help="Sample files and folders; those of the source code where none is given."),
    ] = None,
    rules: RulesFolder = None,
    write: Annotated[
        bool, typer.Option("--write", help="Write the goldens that are missing; those that are there stay as they are.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Test every pattern on its examples and refusals, and every sample against its golden.

    The golden of my-samples/form.doc is my-samples/form.doc.expected.json: what must come out, read and approved by
    you. Exit code 1 if anything fails, and whenever a golden is missing or was written just now.

    Example:  extract rules test my-samples --rules my-rules
    """
    from extract.rules.examples import check_examples
    from extract.rules.loading import read_rule_files

    examples = list(check_examples(read_rule_files(*rule_folders(rules)).values()))
    if not as_json:
        _print_examples(examples)
    results = list(_sample_results(samples, rule_set_of(rules), write=write))
    failed = sum(bool(each.failure) for each in examples) + sum(each.outcome != "same" for each in results)
    if as_json:
        print_json({"examples": list(map(_example_as_json, examples)), "samples": list(map(_sample_as_json, results))})
    else:
        _print_samples(results)
        typer.echo(f"{len(examples)} examples and {len(results)} samples: {failed or 'none'} failed", err=True)
    if failed:
        raise typer.Exit(EXIT_FAILURES)


def _sample_results(paths: list[Path] | None, rules: RuleSet, *, write: bool) -> Iterable[SampleResult]:
    from extract.goldens import check_sample, own_samples, samples_of

    own = own_samples()
    if not paths and own is None:
        complain("no samples are installed; name a folder of your own to test: extract rules test my-samples")
    for path in paths or ([own] if own else []):
        if not path.exists():
            raise SourceError("source.missing", f"{path}: there is no such file or folder; check the spelling")
        for sample in samples_of(path):
            yield check_sample(sample, bytes_of(sample), rules, write=write)


def _print_examples(results: list[ExampleResult]) -> None:
    from extract.terminal import data, data_console, short_path

    console = data_console()
    for each in results:
        verb = "matches" if each.must == "match" else "refuses"
        place = f"{short_path(each.path)}:{each.line} {each.key}"
        line = _verdict("different" if each.failure else "same").append(data(f"{place}: {verb} {each.text}"))
        console.print(line.append(data(f", but {each.failure}", "red")) if each.failure else line)


_OUTCOMES = {
    "same": "gives what its golden says",
    "different": "does not give what its golden says",
    "missing": "has no golden; look at it with extract parse, and write it with --write",
    "written": "its golden was written; read it line by line, and run again without --write",
    "unreadable": "its golden is no JSON",
}


def _print_samples(results: Iterable[SampleResult]) -> None:
    from extract.terminal import data, data_console, short_path

    console = data_console()
    styles = {"+": "green", "-": "red", "@": "cyan"}
    for each in results:
        forms = f"{each.forms} form{'' if each.forms == 1 else 's'}"
        line = data(f"{short_path(each.sample)}: {forms}: {_OUTCOMES[each.outcome]}")
        golden = data("" if each.outcome == "same" else f" ({short_path(each.golden)})", "dim")
        console.print(_verdict(each.outcome).append(line).append(golden))
        for changed in each.difference:
            console.print(data(f"      {changed}", styles.get(changed[0], "")))


def _verdict(outcome: str) -> Text:
    from extract.terminal import data

    word, style = {"same": ("ok", "green"), "missing": ("NEW", "yellow"), "written": ("NEW", "yellow")}.get(
        outcome, ("FAIL", "bold red")
    )
    return data(f"{word:6}", style)


def _example_as_json(each: ExampleResult) -> dict[str, Any]:
    return {**each._asdict(), "path": str(each.path)}


def _sample_as_json(each: SampleResult) -> dict[str, Any]:
    return {
        "sample": str(each.sample),
        "golden": str(each.golden),
        "outcome": each.outcome,
        "forms": each.forms,
        "difference": list(each.difference),
    }
