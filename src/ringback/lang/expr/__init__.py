"""Architect's expression language.

    expr.evaluate('Append("Hello ", name)', {"name": "Ann"}).show()      # '"Hello Ann"'
    expr.check("Flow.points + 1", {"Flow.points": "int"}, "str").tree()   # Architect's configuration tree

Stages, each public: `tokens.tokenize`, `parser.parse` (grammar in its docstring), `checker.check_tree`,
`compiler.compile_tree`, `config_tree.config_tree`.
"""

from ringback.lang.expr.api import Checked, check, compile_expression, evaluate
from ringback.lang.expr.environment import Environment, Scope, Services, Variable
from ringback.lang.expr.errors import ExpressionError
from ringback.lang.expr.values import EvaluationError, Value

__all__ = [
    "Checked",
    "Environment",
    "EvaluationError",
    "ExpressionError",
    "Scope",
    "Services",
    "Value",
    "Variable",
    "check",
    "compile_expression",
    "evaluate",
]
