"""Rules: YAML files that people own, loaded into small strict models and compiled for look-up.

`rules/forms/*.yaml` describe one form kind each; `rules/vocabulary/*.yaml` hold what all of them share: label aliases,
level names, phrases, units. A wrong file never loads: unknown keys, patterns that do not compile or miss their own
examples, labels that mean two things and titles that two kinds claim are errors that name file, line and key.

`spec` says what a file may hold, `loading` reads the files, `ruleset` is what the stages ask.
"""

from extract.rules.loading import load_rules, packaged_rules
from extract.rules.ruleset import (
    NO_LABEL,
    FormRule,
    IndicatorBlock,
    LabelUse,
    Meaning,
    MoneyLabel,
    RuleSet,
    Title,
    bare_level,
    bare_of_known,
    bare_of_money,
)
from extract.rules.spec import FieldSpec, GradeLimits, IndicatorColumn

__all__ = [
    "NO_LABEL",
    "FieldSpec",
    "FormRule",
    "GradeLimits",
    "IndicatorBlock",
    "IndicatorColumn",
    "LabelUse",
    "Meaning",
    "MoneyLabel",
    "RuleSet",
    "Title",
    "bare_level",
    "bare_of_known",
    "bare_of_money",
    "load_rules",
    "packaged_rules",
]
