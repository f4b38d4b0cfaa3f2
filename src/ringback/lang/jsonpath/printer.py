"""Writes a tree back as path text.

`parse(show(tree)) == tree` for every tree that `parse` made. Keys are written in brackets, so that nothing in
them can be misread.
"""

from __future__ import annotations

from ringback.lang.jsonpath import tree


def show(path: tree.PathTree) -> str:
    """The path in one fixed form: `$['rows'][?(@['id'] == 1)]`."""
    return _shown(path, between="")


def _shown(path: tree.PathTree, *, between: str) -> str:
    text = path.root
    for index, step in enumerate(path.steps):
        before = path.steps[index - 1] if index else None
        piece = _step(step, before, last=index == len(path.steps) - 1)
        text += between + piece if text[-1] == "]" and piece[0] == "[" else piece
    return text


def _step(step: tree.Step, before: tree.Step | None, *, last: bool) -> str:
    if isinstance(step, tree.Call):
        return _call(step, before, last=last)
    if isinstance(step, tree.Keys):
        if isinstance(before, tree.Call) and before.arguments is None:
            return step.names[0]  # it begins with the bracket of the call
        return "[" + ", ".join(quoted(name) for name in step.names) + "]"
    if isinstance(step, tree.Indexes):
        return "[" + ",".join(str(index) for index in step.indexes) + "]"
    if isinstance(step, tree.Slice):
        start = "" if step.start is None else step.start
        return f"[{start}:{'' if step.stop is None else step.stop}]"
    if isinstance(step, tree.Filter):
        return f"[?({expression_text(step.expression)})]"
    return "[*]" if isinstance(step, tree.Wildcard) else ".."


def _call(step: tree.Call, before: tree.Step | None, *, last: bool) -> str:
    glued = isinstance(before, tree.Scan) or (isinstance(before, tree.Call) and before.arguments is None)
    name = step.name if glued else f".{step.name}"
    if step.arguments is None:
        return f"{name}()" if last else f"{name}("
    arguments = ", ".join(
        argument.text if isinstance(argument, tree.JsonArgument) else show(argument.path)
        for argument in step.arguments
    )
    return f"{name}({arguments or ' '})"


def quoted(text: str) -> str:
    """The text in single quotes, backslashes and single quotes in it escaped."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def expression_text(expression: tree.Expression) -> str:
    """The expression of a filter as text."""
    if isinstance(expression, tree.Or):
        return " || ".join(_part(part, (tree.Or,)) for part in expression.operands)
    if isinstance(expression, tree.And):
        return " && ".join(_part(part, (tree.Or, tree.And)) for part in expression.operands)
    if isinstance(expression, tree.Not):
        return f"!({expression_text(expression.operand)})"
    if isinstance(expression, tree.Exists):
        return _path(expression.path, expression.negated)
    return f"{operand_text(expression.left)} {expression.operator} {operand_text(expression.right)}"


def _part(expression: tree.Expression, bracketed: tuple[type, ...]) -> str:
    text = expression_text(expression)
    return f"({text})" if isinstance(expression, bracketed) else text


def operand_text(operand: tree.Operand) -> str:
    """One side of an operator as text."""
    if isinstance(operand, tree.PathOperand):
        return _path(operand.path, operand.negated)
    if isinstance(operand, tree.StringLiteral):
        return quoted(operand.value)
    if isinstance(operand, tree.ConstantLiteral):
        return {True: "true", False: "false", None: "null"}[operand.value]
    return operand.text


def _path(path: tree.PathTree, negated: bool) -> str:
    """A path in a filter: a dot stands between brackets, as one right behind another is misread there."""
    return ("!" if negated else "") + _shown(path, between=".")
