"""One target of an indicator: the text of a target cell becomes operator, exact number and unit.

    target   := empty | date | list | grade | implied | between | row | measured          the first that matches wins
    measured := label? per? change? operator? number unit? suffix? tail?

The cell is first normalised (`normalise`, with the way back to the text). Then every number with its unit (`numbers`),
every date (`dates`) and every bracket (`tokens`) is recognised where it stands and replaced by one mark. What is left
is the *shape* of the cell (`cell`), and the productions (`grammar`, `productions`) are short patterns over shapes:
`10万元≤成本≤20万元` has the shape `N≤成本≤N`. The lists of
Chinese words (`words`) and the catalogue of units (`units`) come from the rules: vocabulary/targets.yaml, units.yaml.

>>> from extract.rules import load_rules
>>> grammar = load_rules().targets
>>> target = parse_target("≥389件", grammar)
>>> target.operator, target.value, target.unit
('>=', Decimal('389'), '件')
>>> parse_target("不超过10.50万元", grammar).canonical
Canonical(lower=None, upper='105000', unit='元', dimension='money.CNY', factor=Fraction(10000, 1))
>>> target = parse_target("８５％<优良率≤９０％", grammar)
>>> target.operator, target.lower, target.lower_open, target.upper, target.label
('between', '85', True, '90', '优良率')
>>> parse_target("每季度三次", grammar).unit, parse_target("约30件", grammar).operator
('次/季度', 'approx')
>>> parse_target("2021年12月底前", grammar).deadline
datetime.date(2021, 12, 31)

What the cell leaves open may stand around it, in the name of the indicator or in columns of their own:

>>> target = parse_target("5", grammar, TargetContext(operator="≥", unit="件"))
>>> target.text, target.operator, target.unit, dict(target.context)
('≥5件', '>=', '件', {'operator': 'operator_column', 'unit': 'unit_column'})

A wrong number is worse than none. What no production accounts for to its last character stays text:

>>> for refused in ("有明显进步", "第3次", "≥5%以下", "按5年规划执行", "0730-8800", "2021年2月30日前", "1,00元"):
...     target = parse_target(refused, grammar)
...     print(target.kind, target.value, *target.warnings)
qualitative None
qualitative None unread_number
qualitative None contradiction
qualitative None unread_number
qualitative None unread_number
qualitative None unread_number
qualitative None unread_number
"""

from __future__ import annotations

from extract.target.context import TargetContext
from extract.target.grammar import Grammar, parse_target
from extract.target.model import Canonical, Target
from extract.target.units import Unit, Units
from extract.target.words import Words

__all__ = ["Canonical", "Grammar", "Target", "TargetContext", "Unit", "Units", "Words", "parse_target"]
