"""Commands of the people who own the rules: rules list."""

from __future__ import annotations

from extract.cli.arguments import AsJson, RulesFolder, rule_set_of
from extract.cli.output import print_json


def list_command(rules: RulesFolder = None, as_json: AsJson = False) -> None:
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
    from extract.query import print_rows
    from extract.terminal import data_console

    print_rows(names, rows, data_console())
