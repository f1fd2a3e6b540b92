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
from extract.cli.output import EXIT_FAILURES, EXIT_RULES, complain, print_json, put, tell
from extract.cli.typer_words import in_chinese
from extract.errors import ReadError, SourceError, UsageError
from extract.language import Message, say

if TYPE_CHECKING:
    from rich.text import Text

    from extract.coverage import Coverage
    from extract.goldens import SampleResult
    from extract.rules import RuleSet
    from extract.rules.examples import ExampleResult
    from extract.rules.lint import LintFinding


@in_chinese("""列出各类表及其表名，以及各认识多少字段和标签。""")
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

    headings = (
        say("kind", "类型"),
        say("name", "名称"),
        say("fields", "字段"),
        say("labels", "标签"),
        say("title, for example", "表名示例"),
    )
    print_rows(headings, rows, data_console())


# --------------------------------------------------------------------------------------------------------------- lint


@in_chinese(
    """检查规则中的错误、无用和危险之处：给出文件、行号、键和处理办法。

    有错误（会得出错值）时退出码为 5，有警告（无用、重复或缓慢）时为 1，最多只有提示时为 0。指定 --rules 时，警告和提示
    只针对该文件夹中的文件。

    示例：extract rules lint --rules my-rules
    """
)
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
        print_json([_lint_as_json(each) for each in findings])
    else:
        _print_lint(findings)
        counts = [sum(each.severity == severity for each in findings) for severity in ("error", "warning")]
        tell(say(f"{counts[0]} errors, {counts[1]} warnings", f"错误 {counts[0]} 处，警告 {counts[1]} 处"))
    if any(each.severity == "error" for each in findings):
        raise typer.Exit(EXIT_RULES)
    if any(each.severity == "warning" for each in findings):
        raise typer.Exit(EXIT_FAILURES)


def _print_lint(findings: list[LintFinding]) -> None:
    from extract.dictionary import word
    from extract.terminal import data, data_console, short_path

    console = data_console()
    styles = {"error": "bold red", "warning": "yellow", "note": "cyan"}
    for each in findings:
        place = f"{short_path(each.path)}:{each.line} {each.key}: " if each.path else ""
        line = data(place).append(data(word("severity", each.severity), styles[each.severity]))
        line.append(data(f" {each.code}: {each.found}"))
        console.print(line.append(data(say(f"; {each.advice}", f"；{each.advice}") if str(each.advice) else "")))


def _lint_as_json(each: LintFinding) -> dict[str, Any]:
    path = each.path and str(each.path)
    return {**asdict(each), "path": path, "found": each.found.en, "advice": each.advice.en}


# --------------------------------------------------------------------------------------------------------------- test


@in_chinese(
    """用示例和应拒绝的文字测试每个模式，用标准结果测试每个样例。

    my-samples/form.doc 的标准结果是 my-samples/form.doc.expected.json：应得的内容，由您阅读认可。有不符时退出码为 1，
    标准结果缺少或刚写出时也是 1。

    示例：extract rules test my-samples --rules my-rules
    """
)
def rules_test_command(
    samples: Annotated[
        list[Path] | None,
        typer.Argument(
            help=say(
                "Sample files and folders; those of the source code where none is given.",
                "样例文件和文件夹；不写则用源代码自带的样例。",
            )
        ),
    ] = None,
    rules: RulesFolder = None,
    write: Annotated[
        bool,
        typer.Option(
            "--write",
            help=say(
                "Write the goldens that are missing; those that are there stay as they are.",
                "写出缺少的标准结果，已有的不变。",
            ),
        ),
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
        tried, samples_tried = len(examples), len(results)
        tell(
            say(
                f"{tried} examples and {samples_tried} samples: {failed} failed",
                f"示例 {tried} 个，样例 {samples_tried} 个：失败 {failed} 个",
            )
        )
    if failed:
        raise typer.Exit(EXIT_FAILURES)


def _sample_results(paths: list[Path] | None, rules: RuleSet, *, write: bool) -> Iterable[SampleResult]:
    from extract.goldens import check_sample, own_samples, samples_of

    own = own_samples()
    if not paths and own is None:
        complain(
            say(
                "no samples are installed; name a folder of your own to test: extract rules test my-samples",
                "没有安装样例；请指定自己的文件夹：extract rules test my-samples",
            )
        )
    for path in paths or ([own] if own else []):
        if not path.exists():
            raise SourceError(
                "source.missing",
                Message(
                    f"{path}: there is no such file or folder; check the spelling",
                    f"{path}：没有这个文件或文件夹，请检查拼写",
                ),
            )
        for sample in samples_of(path):
            yield check_sample(sample, bytes_of(sample), rules, write=write)


def _print_examples(results: list[ExampleResult]) -> None:
    from extract.terminal import data, data_console, short_path

    console = data_console()
    for each in results:
        verb = say("matches", "匹配") if each.must == "match" else say("refuses", "拒绝")
        place = f"{short_path(each.path)}:{each.line} {each.key}"
        line = _verdict("different" if each.failure else "same").append(data(f"{place}: {verb} {each.text}"))
        if each.failure:
            line.append(data(say(f", but {each.failure}", f"，但{each.failure}"), "red"))
        console.print(line, soft_wrap=True)


_OUTCOMES = {
    "same": Message("gives what its golden says", "与标准结果一致"),
    "different": Message("does not give what its golden says", "与标准结果不一致"),
    "missing": Message(
        "has no golden; look at it with extract parse, and write it with --write",
        "没有标准结果；用 extract parse 查看，用 --write 写出",
    ),
    "written": Message(
        "its golden was written; read it line by line, and run again without --write",
        "标准结果已写出；请逐行核对，再去掉 --write 运行",
    ),
    "unreadable": Message("its golden is no JSON", "标准结果不是 JSON"),
}


def _print_samples(results: Iterable[SampleResult]) -> None:
    from extract.terminal import data, data_console, short_path

    console = data_console()
    styles = {"+": "green", "-": "red", "@": "cyan"}
    for each in results:
        forms = say("1 form", "1 张表") if each.forms == 1 else say(f"{each.forms} forms", f"{each.forms} 张表")
        line = data(f"{short_path(each.sample)}: {forms}: {_OUTCOMES[each.outcome]}")
        golden = data("" if each.outcome == "same" else f" ({short_path(each.golden)})", "dim")
        console.print(_verdict(each.outcome).append(line).append(golden), soft_wrap=True)
        for changed in each.difference:
            console.print(data(f"      {changed}", styles.get(changed[0], "")), soft_wrap=True)


def _verdict(outcome: str) -> Text:
    from extract.terminal import data

    new, failed = (say("NEW   ", "新增  "), "yellow"), (say("FAIL  ", "失败  "), "bold red")
    verdicts = {"same": (say("ok    ", "通过  "), "green"), "missing": new, "written": new}
    return data(*verdicts.get(outcome, failed))


def _example_as_json(each: ExampleResult) -> dict[str, Any]:
    return {**each._asdict(), "path": str(each.path), "failure": each.failure.en if each.failure else None}


def _sample_as_json(each: SampleResult) -> dict[str, Any]:
    return {
        "sample": str(each.sample),
        "golden": str(each.golden),
        "outcome": each.outcome,
        "forms": each.forms,
        "difference": list(each.difference),
    }


# ----------------------------------------------------------------------------------------------------------- coverage


@in_chinese(
    """统计库中各表用到哪些规则、哪些从未用到，以及哪些标签没有规则认识。

    统计表名，字段、区段、列和金额的标签，以及指标级次的写法。在同类多张表中都未识别的文字，就是应补充的标签：
    见 extract rules draft。

    示例：extract rules coverage --db forms.duckdb
    """
)
def rules_coverage_command(
    db: Database = DEFAULT_DATABASE,
    rules: RulesFolder = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help=say("Length of the lists.", "清单长度。"))] = 20,
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
    from extract.dictionary import word
    from extract.formats import print_rows
    from extract.terminal import data, data_console, short_path

    console = data_console()
    console.print(data(say("Rules that were used", "用到的规则"), "bold"))
    rows = [(sort, used, total, total - used) for sort, (used, total) in coverage.used().items()]
    print_rows((say("sort", "种类"), say("used", "用到"), say("of", "共"), say("never", "未用")), rows, console)
    frequent = sorted(coverage.hits, key=lambda each: -each.count)[:limit]
    never = [each for each in coverage.hits if not each.count]
    most_used = say(f"The {len(frequent)} most used", f"用得最多的 {len(frequent)} 条")
    never_used = say(f"Never used, {len(never)} in all", f"从未用到的，共 {len(never)} 条")
    names = (say("times", "次数"), say("sort", "种类"), say("rule", "规则"), say("place", "位置"))
    for title, hits in ((most_used, frequent), (never_used, never)):
        console.print(data(f"\n{title}", "bold"))
        table = [(each.count, each.sort, each.rule[:40], f"{short_path(each.path)}:{each.line}") for each in hits]
        print_rows(names, table[:limit], console)
    total = len(coverage.unknown)
    left = say(f"Left over in several forms of a kind, {total} in all", f"同类多张表中未识别的文字，共 {total} 处")
    console.print(data(f"\n{left}", "bold"))
    unknown = [(each.forms, word("form_kind", each.kind), each.label) for each in coverage.unknown[:limit]]
    print_rows((say("forms", "表数"), say("kind", "类型"), say("text", "文字")), unknown, console)


# ------------------------------------------------------------------------------------------------- draft and schema


@in_chinese(
    """由样例起草新表的规则，或已知类型的新版式。

    草稿是带注释的 YAML：表名写成模式，列出共用词表已认识的内容，每个新标签成为一个字段，带占位名和与取值相符的类型。
    草稿可直接使用。

    示例：extract rules draft new-form.doc --kind archive-declaration --into my-rules
    """
)
def rules_draft_command(
    files: Annotated[
        list[Path], typer.Argument(help=say("Samples of one kind of form.", "同一种表的样例。"), metavar="FILE...")
    ],
    rules: RulesFolder = None,
    kind: Annotated[
        str | None,
        typer.Option(
            "--kind",
            help=say("The kind's name; that of a known kind adds to it.", "类型名称；写已知类型即补充到它。"),
            metavar="NAME",
        ),
    ] = None,
    title: Annotated[
        str | None,
        typer.Option(
            "--title", help=say("The form's title, if no line looks like one.", "表名，供没有行像表名时使用。")
        ),
    ] = None,
    into: Annotated[
        Path | None,
        typer.Option(
            "--into",
            help=say(
                "Write the draft into this folder of rules, never over another file.",
                "把草稿写入此规则文件夹，不覆盖已有文件。",
            ),
        ),
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
            raise ReadError(error.code, error.message.at(file)) from error
    made = draft(documents, rule_folders(rules), kind, title)
    if into is None:
        put(made.text, end="")
        return
    path = into / made.name
    if path.exists():
        message = Message(
            f"{path}: is there already and is not overwritten; draft into another folder, or without --into",
            f"{path}：已存在，不覆盖；请写到别的文件夹，或去掉 --into",
        )
        raise UsageError("draft.exists", message)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(made.text, "utf-8")
    made_of = say(
        f"{made.forms} forms, {made.known_fields} fields known already, {made.new_fields} new; it works as it is, under"
        " placeholder names",
        f"{made.forms} 张表，已知字段 {made.known_fields} 个，新字段 {made.new_fields} 个；规则已可使用，"
        "字段名是占位名",
    )
    check, look = f"extract rules lint --rules {into}", f"extract parse {files[0]} --rules {into}"
    following = say(
        f"Next: open it and finish what is marked TODO; then  {check}  and  {look}",
        f"下一步：打开文件，补全标有 TODO 之处；然后运行 {check} 和 {look}",
    )
    tell(say(f"{path}: {made_of}\n{following}", f"{path}：{made_of}\n{following}"))


@in_chinese(
    """输出一类规则文件的 JSON Schema，供编辑器补全和检查。

    用 --into my-rules 写入 my-rules/schema，规则文件首行以此告知编辑器：
    # yaml-language-server: $schema=../schema/form.json

    示例：extract rules schema --into my-rules
    """
)
def rules_schema_command(
    name: Annotated[
        str,
        typer.Argument(
            help=say("The kind of rule file: form, labels, phrases …", "规则文件的类型：form、labels、phrases …")
        ),
    ] = "form",
    into: Annotated[
        Path | None,
        typer.Option(
            "--into",
            help=say(
                "Write the schemas of all kinds into the folder schema of this one.",
                "把所有类型的模式写入此文件夹的 schema 文件夹。",
            ),
        ),
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
            raise UsageError(
                "schema.missing",
                Message(
                    f"there is no kind of rule file {name!r}; there are {names}",
                    f"没有规则文件类型 {name!r}；可用的有 {names}",
                ),
            )
        print_json(known[f"{name}.json"])
        return
    folder = into / "schema"
    folder.mkdir(parents=True, exist_ok=True)
    for file, schema in known.items():
        (folder / file).write_text(json.dumps(schema, ensure_ascii=False, indent=1) + "\n", "utf-8")
    tell(say(f"{folder}: {len(known)} schemas written", f"{folder}：写出 {len(known)} 个模式"))
