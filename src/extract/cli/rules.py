"""Commands of the people who own the rules: rules list, lint, test, coverage, draft, schema."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from extract.cli.arguments import (
    DEFAULT_DATABASE,
    AsJson,
    Database,
    RulesFolder,
    bytes_of,
    opened,
    rule_folders,
    rule_set_of,
)
from extract.cli.output import EXIT_FAILURES, EXIT_RULES, complain, print_json
from extract.errors import ReadError, SourceError, UsageError

if TYPE_CHECKING:
    from rich.text import Text

    from extract.coverage import Coverage
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
    or slow), 0 if there are at most notes. With --rules, warnings and notes are those of that folder's files.

    Example:  extract rules lint --rules my-rules
    """
    from extract.rows import FORM_FIELDS
    from extract.rules.lint import lint

    findings = lint(*rule_folders(rules), columns=FORM_FIELDS)
    if rules:  # what is only untidy in the packaged rules is not for the owner of others to mend
        findings = [f for f in findings if f.severity == "error" or (f.path and f.path.is_relative_to(rules))]
    if as_json:
        print_json([{**asdict(each), "path": each.path and str(each.path)} for each in findings])
    else:
        _print_lint(findings)
        counts = [sum(each.severity == severity for each in findings) for severity in ("error", "warning")]
        typer.echo(f"{counts[0]} errors, {counts[1]} warnings", err=True)
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
        console.print(line.append(data(f", but {each.failure}", "red")) if each.failure else line, soft_wrap=True)


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
        console.print(_verdict(each.outcome).append(line).append(golden), soft_wrap=True)
        for changed in each.difference:
            console.print(data(f"      {changed}", styles.get(changed[0], "")), soft_wrap=True)


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


# ----------------------------------------------------------------------------------------------------------- coverage


def rules_coverage_command(
    db: Database = DEFAULT_DATABASE,
    rules: RulesFolder = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Length of the lists.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Count which rules the forms of a database have used, which never, and which labels no rule knows.

    Counted are titles, labels of fields, sections, columns and amounts, and spellings of levels. What stands over in
    many forms of a kind is a label to add: see  extract rules draft.

    Example:  extract rules coverage --db forms.duckdb
    """
    from extract.coverage import measure
    from extract.rules.loading import read_rule_files

    rule_set = rule_set_of(rules)
    with opened(db) as connection:
        coverage = measure(connection, read_rule_files(*rule_folders(rules)), rule_set)
    if as_json:
        print_json({**asdict(coverage), "hits": [{**asdict(hits), "path": str(hits.path)} for hits in coverage.hits]})
    else:
        _print_coverage(coverage, limit)


def _print_coverage(coverage: Coverage, limit: int) -> None:
    from extract.formats import print_rows
    from extract.terminal import data, data_console, short_path

    console = data_console()
    console.print(data("Rules that were used", "bold"))
    rows = [(sort, used, total, total - used) for sort, (used, total) in coverage.used().items()]
    print_rows(("sort", "used", "of", "never"), rows, console)
    frequent = sorted(coverage.hits, key=lambda each: -each.count)[:limit]
    never = [each for each in coverage.hits if not each.count]
    for title, hits in ((f"The {len(frequent)} most used", frequent), (f"Never used, {len(never)} in all", never)):
        console.print(data(f"\n{title}", "bold"))
        table = [(each.count, each.sort, each.rule[:40], f"{short_path(each.path)}:{each.line}") for each in hits]
        print_rows(("times", "sort", "rule", "place"), table[:limit], console)
    console.print(data(f"\nLeft over in several forms of a kind, {len(coverage.unknown)} in all", "bold"))
    unknown = [(each.forms, each.kind, each.label) for each in coverage.unknown[:limit]]
    print_rows(("forms", "kind", "text"), unknown, console)


# ------------------------------------------------------------------------------------------------- draft and schema


def rules_draft_command(
    files: Annotated[list[Path], typer.Argument(help="Samples of one kind of form.", metavar="FILE...")],
    rules: RulesFolder = None,
    kind: Annotated[
        str | None, typer.Option("--kind", help="The kind's name; that of a known kind adds to it.", metavar="NAME")
    ] = None,
    title: Annotated[str | None, typer.Option("--title", help="The form's title, if no line looks like one.")] = None,
    into: Annotated[
        Path | None, typer.Option("--into", help="Write the draft into this folder of rules, never over another file.")
    ] = None,
) -> None:
    """Draft the rule for a new form, or for a new layout of a known one, from samples.

    The draft is YAML with comments: the title as a pattern, what the shared vocabulary knows already, and every new
    label as a field with a placeholder for its name and a type that fits the values. It works as it is.

    Example:  extract rules draft new-form.doc --kind archive-declaration --into my-rules
    """
    from extract.draft import draft
    from extract.readers import read_document

    documents = []
    for file in files:
        try:
            documents.append(read_document(bytes_of(file)))
        except ReadError as error:
            raise ReadError(error.code, f"{file}: {error.message}") from error
    made = draft(documents, rule_folders(rules), kind, title)
    if into is None:
        typer.echo(made.text, nl=False)
        return
    path = into / made.name
    if path.exists():
        message = f"{path}: is there already and is not overwritten; draft into another folder, or without --into"
        raise UsageError("draft.exists", message)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(made.text, "utf-8")
    typer.echo(
        f"{path}: {made.forms} forms, {made.known_fields} fields known already, {made.new_fields} new; it works as it"
        f" is, under placeholder names\nNext: open it and finish what is marked TODO; then  extract rules lint --rules"
        f" {into}  and  extract parse {files[0]} --rules {into}",
        err=True,
    )


def rules_schema_command(
    name: Annotated[str, typer.Argument(help="The kind of rule file: form, labels, phrases …")] = "form",
    into: Annotated[
        Path | None, typer.Option("--into", help="Write the schemas of all kinds into the folder schema of this one.")
    ] = None,
) -> None:
    """Print the JSON Schema of a kind of rule file, so that editors complete and check it.

    With --into my-rules they stand in my-rules/schema, where the first line of a rule file names them to the editor:
    # yaml-language-server: $schema=../schema/form.json

    Example:  extract rules schema --into my-rules
    """
    from extract.rules.schema import schemas

    known = schemas()
    if into is None:
        if f"{name}.json" not in known:
            names = ", ".join(each.removesuffix(".json") for each in known)
            raise UsageError("schema.missing", f"there is no kind of rule file {name!r}; there are {names}")
        print_json(known[f"{name}.json"])
        return
    folder = into / "schema"
    folder.mkdir(parents=True, exist_ok=True)
    for file, schema in known.items():
        (folder / file).write_text(json.dumps(schema, ensure_ascii=False, indent=1) + "\n", "utf-8")
    typer.echo(f"{folder}: {len(known)} schemas written", err=True)
