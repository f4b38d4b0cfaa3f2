"""Checks of data actions, flows and worlds: findings with places, hints and safe fixes.

>>> text = '{"name": "a", "config": {"request": {"requestUrlTemplate": "/x?q={input.q}"}}}'
>>> checked = lint(text, file="a.json")
>>> [(report.rule.code, report.finding.span.column) for report in checked.reports]
[('RB107', 67)]
"""

from ringback.lint.fixing import fix
from ringback.lint.model import Checked, Edit, Finding, Fix, Report, Rule
from ringback.lint.registry import RULES, chosen
from ringback.lint.runner import lint, lint_all

__all__ = [
    "RULES",
    "Checked",
    "Edit",
    "Finding",
    "Fix",
    "Report",
    "Rule",
    "chosen",
    "fix",
    "lint",
    "lint_all",
]
