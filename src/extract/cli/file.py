"""Commands that look at single files and texts, without a database: parse, read, target."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from extract.cli.arguments import AsJson, RulesFolder, bytes_of, rule_set_of
from extract.cli.output import EXIT_FAILURES, complain, print_json, put
from extract.cli.typer_words import in_chinese
from extract.errors import ReadError
from extract.language import say

if TYPE_CHECKING:
    from extract.pipeline import Extraction


@in_chinese(
    """解析一个文件并显示其中的表，不需要数据库。

    示例：extract parse form.docx --json
    """
)
def parse_command(
    file: Annotated[Path, typer.Argument(help=say("One file.", "一个文件。"))],
    rules: RulesFolder = None,
    as_json: AsJson = False,
) -> None:
    """Parse one file and print its forms; no database is needed.

    Example:  extract parse form.docx --json
    """
    from extract.pipeline import extract
    from extract.result import extraction_as_json

    extraction = extract(bytes_of(file), rule_set_of(rules))
    if extraction.error:
        raise ReadError(extraction.error.code, extraction.error.message.at(file))
    if as_json:
        print_json(extraction_as_json(extraction))
    else:
        _print_extraction(extraction)
    if not extraction.forms:
        complain(
            say(
                f"{file}: no line of it is the title of a form; see what was read with: extract read {file}",
                f"{file}：没有一行是表名；查看读到的内容：extract read {file}",
            )
        )
    has_errors = any(f.severity == "error" for form in extraction.forms for f in form.findings)
    if has_errors or extraction.status != "extracted":
        raise typer.Exit(EXIT_FAILURES)


def _print_extraction(extraction: Extraction) -> None:
    from extract.show import print_form, shown_form
    from extract.terminal import data_console

    console = data_console()
    for form in extraction.forms:
        assert extraction.document
        print_form(shown_form(form, extraction.document.text), console)


@in_chinese(
    """显示读取器从文件中读到的内容：段落，以及表格的行、单元格和跨度。

    示例：extract read form.docx
    """
)
def read_command(
    file: Annotated[Path, typer.Argument(help=say("One file.", "一个文件。"))],
    as_json: AsJson = False,
) -> None:
    """Print what the reader sees in a file: paragraphs, and tables with their rows, cells and spans.

    Example:  extract read form.docx
    """
    from extract.readers import read_document
    from extract.result import document_as_json

    try:
        document = read_document(bytes_of(file))
    except ReadError as error:
        raise ReadError(error.code, error.message.at(file)) from error
    if as_json:
        print_json(document_as_json(document))
        return
    from extract.show import print_document
    from extract.terminal import data_console

    print_document(document, data_console())


@in_chinese(
    """说明指标值怎样识别：各部分的位置、所用规则、可比较的值，以及每处疑点。

    示例：extract target ≥389件 一年      extract target 80000 --name 面积（亩）
    """
)
def target_command(
    texts: Annotated[
        list[str],
        typer.Argument(
            help=say("Targets, or - to read one a line from stdin.", "指标值；写 - 则从标准输入逐行读取。"),
            metavar="TEXT...",
        ),
    ],
    name: Annotated[
        str | None, typer.Option(help=say("The indicator's name: 面积（亩）.", "指标名称，如：面积（亩）。"))
    ] = None,
    operator: Annotated[
        str | None, typer.Option(help=say("Its operator column, 计算符号 or 指标性质.", "计算符号或指标性质列的内容。"))
    ] = None,
    unit: Annotated[str | None, typer.Option(help=say("Its unit column, 度量单位.", "度量单位列的内容。"))] = None,
    level: Annotated[
        str | None,
        typer.Option(help=say("Its second level: in 成本指标, 万 means 万元.", "二级指标；在成本指标中，万即万元。")),
    ] = None,
    table_unit: Annotated[
        str | None,
        typer.Option(help=say("The unit line above the table: 单位：万元.", "表格上方的单位行，如：单位：万元。")),
    ] = None,
    year: Annotated[
        int | None,
        typer.Option(help=say("The form's year, for dates that have none.", "表的年度，供没有年份的日期使用。")),
    ] = None,
    actual_of: Annotated[
        str | None,
        typer.Option(help=say("Read actual values that answer to this target.", "按对应此目标的实际完成值识别。")),
    ] = None,
    rules: RulesFolder = None,
    as_json: Annotated[
        bool, typer.Option("--json", help=say("Print one JSON object a line.", "每行输出一个 JSON 对象。"))
    ] = False,
) -> None:
    """Explain how indicator targets are read: each piece in place, the rule, the value to compare, and every doubt.

    Example:  extract target ≥389件 一年      extract target 80000 --name 面积（亩）
    """
    from extract.target import TargetContext, parse_target

    grammar = rule_set_of(rules).targets
    context = TargetContext(name, operator, unit, level, table_unit, year)
    if actual_of is not None:
        context = context._replace(target=parse_target(actual_of, grammar, context))
    lines = (line.rstrip("\n") for line in sys.stdin) if texts == ["-"] else texts
    targets = (parse_target(line, grammar, context) for line in lines)
    if as_json:
        for target in targets:
            put(json.dumps(target.as_json(), ensure_ascii=False))
        return
    from extract.explain import print_explanations
    from extract.terminal import data_console

    print_explanations(list(targets), data_console())
