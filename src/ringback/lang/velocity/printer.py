"""A tree back to template text, such that parsing the text gives an equal tree."""

from __future__ import annotations

from ringback.lang.velocity import tree as t

_LEVELS = {
    "||": 1,
    "&&": 2,
    "==": 3,
    "!=": 3,
    "<": 4,
    "<=": 4,
    ">": 4,
    ">=": 4,
    "+": 5,
    "-": 5,
    "*": 6,
    "/": 6,
    "%": 6,
}
_UNARY = 7


def print_tree(tree: t.Tree) -> str:
    """The template text of a tree."""
    return print_block(tree.body)


def print_block(block: t.Block) -> str:
    """The text of the statements of a block."""
    return "".join(print_statement(item) for item in block.items)


def print_statement(node: t.Statement) -> str:
    """The text of one statement."""
    match node:
        case t.Text():
            return node.source or node.text
        case t.Comment() | t.Escaped() | t.Raw():
            return node.source
        case t.Reference():
            return print_expression(node)
        case t.Set():
            target, value = print_expression(node.target), print_expression(node.value)
            return f"{node.indent}#set({target} = {value}){node.tail}"
        case t.If():
            return _if(node)
        case t.Foreach():
            head = f"#foreach({print_expression(node.variable)} in {print_expression(node.items)})"
            other = _branch(node.otherwise, "{else}") if node.otherwise else ""
            return _block(node, head, other=other)
        case t.Macro():
            return _block(node, f"#macro({' '.join([node.name, *map(_parameter, node.parameters)])})")
        case t.Call():
            return f"{node.indent}{node.source}{node.tail if node.body is None else node.ending.tail}"
        case t.Define():
            return _block(node, f"#define({print_expression(node.target)})")
        case t.Directive():
            return _directive(node)


def _block(node: t.Foreach | t.Macro | t.Define, head: str, *, other: str = "") -> str:
    return f"{node.indent}{head}{node.tail}{print_block(node.body)}{other}{_ending(node.ending)}"


def _ending(ending: t.Ending) -> str:
    return f"{ending.indent}#{{end}}{ending.tail}"


def _branch(branch: t.Branch, word: str) -> str:
    condition = "" if branch.condition is None else f"({print_expression(branch.condition)})"
    return f"{branch.indent}#{word}{condition}{branch.tail}{print_block(branch.body)}"


def _if(node: t.If) -> str:
    words = ["if", *("{else}" if branch.condition is None else "elseif" for branch in node.branches[1:])]
    branches = "".join(map(_branch, node.branches, words))
    return branches + _ending(node.ending)


def _parameter(parameter: t.Parameter) -> str:
    default = "" if parameter.default is None else f"={print_expression(parameter.default)}"
    return print_expression(parameter.reference) + default


def _directive(node: t.Directive) -> str:
    if node.arguments is None:
        return f"{node.indent}#{{{node.name}}}{node.tail}"
    arguments = " ".join(map(print_expression, node.arguments))
    return f"{node.indent}#{node.name}({arguments}){node.tail}"


def print_expression(node: t.Expression, level: int = 0) -> str:
    """The text of an expression, in parentheses when it binds looser than `level`."""
    match node:
        case t.Number():
            return node.text
        case t.Boolean():
            return "true" if node.value else "false"
        case t.String():
            return f"{node.quote}{node.raw}{node.quote}"
        case t.ListLiteral():
            return f"[{', '.join(map(print_expression, node.items))}]"
        case t.Range():
            return f"[{print_expression(node.first)}..{print_expression(node.last)}]"
        case t.MapLiteral():
            pairs = (f"{print_expression(key)}: {print_expression(value)}" for key, value in node.pairs)
            return f"{{{', '.join(pairs)}}}"
        case t.Reference():
            return "\\" * node.escapes + node.stray + node.source
        case t.Unary():
            space = " " if node.operator == "-" else ""
            return f"{node.operator}{space}{print_expression(node.operand, _UNARY)}"
        case t.Binary():
            own = _LEVELS[node.operator]
            left, right = print_expression(node.left, own), print_expression(node.right, own + 1)
            text = f"{left} {node.operator} {right}"
            return f"({text})" if own < level else text
