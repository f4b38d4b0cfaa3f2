"""Second stage: tokens become the tree of `tree.py`.

    expression := or ( "?" and ":" and )*
    or         := and ( OR and )*
    and        := bitor ( AND bitor )*
    bitor      := bitand ( "|" bitand )*
    bitand     := equality ( "&" equality )*
    equality   := compare ( ("==" | "!=") compare )*
    compare    := add ( (">=" | "<=" | ">" | "<") add )*
    add        := mul ( ("+" | "-") mul )*
    mul        := pow ( ("*" | "/" | "%") pow )*
    pow        := unary ( "^" pow )?
    unary      := ("!" | "~") unary | negation
    negation   := "-"? primary
    primary    := ( "(" expression ")" | literal | name | call ) access*
    access     := "." name | "." string | "[" expression "]"
    call       := name "(" ( expression ("," expression)* )? ")"

Consequences: unary minus binds tighter than `^`; `--5` does not parse; a branch of `?:` that holds `or` or
another `?:` needs parentheses. Source: A.3 of the behaviour reference (Architect's own grammar).

The binary levels are one loop with a table of strengths: a level of parentheses costs few Python frames.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal as Choice

from ringback.core.errors import LimitError
from ringback.core.span import Span
from ringback.lang.expr import tree
from ringback.lang.expr.errors import ExpressionError, listed
from ringback.lang.expr.tokens import Token, tokenize

# Architect refuses more nested calls. The other limits keep Python's own stack safe, in the parser (frames of
# a level of parentheses or calls, of a right operand) and in what walks the tree: about 100 levels.
MAX_CALLS = 60
MAX_DEPTH = 150
_MAX_FRAMES = 700
_LEVEL, _OPERAND = 7, 1

_AND = 2
_STRENGTH: Mapping[str, int] = {
    "or": 1, "and": _AND, "|": 3, "&": 4, "==": 5, "!=": 5, ">=": 6, "<=": 6, ">": 6, "<": 6,
    "+": 7, "-": 7, "*": 8, "/": 8, "%": 8, "^": 9,
}  # fmt: skip
_POWER = _STRENGTH["^"]
_LITERALS: Mapping[str, Choice["int", "dec", "str", "bln"]] = {
    "integer": "int", "decimal": "dec", "string": "str", "boolean": "bln",
}  # fmt: skip
_VALUE = ("a literal", "a variable", "a function call", '"("')
_HINTS: Mapping[tuple[str, str], str] = {
    ("&", "&"): "the logical operator is the word and; & works on the bits of Integers",
    ("|", "|"): "the logical operator is the word or; | works on the bits of Integers",
    ("-", "-"): "at most one minus stands before a value; write -(-5)",
    ("-", "!"): "! binds looser than the minus; put the right side in parentheses",
    ("-", "~"): "~ binds looser than the minus; put the right side in parentheses",
    ("<", ">"): "unequal is !=",
    ("=", "="): "equal is ==",
}


def parse(text: str, *, file: str = "expression") -> tree.Node:
    """The tree of `text`.

    Raises:
        ExpressionError: the text is not an expression; says what was expected at which place.
        LimitError: `expression_length`, `expression_calls` (60 nested calls) or `expression_depth`.
    """
    parser = _Parser(text, file, tokens=tokenize(text, file=file))
    node = parser.expression()
    parser.done()
    return node


class _Parser:
    def __init__(self, text: str, file: str, *, tokens: list[Token]) -> None:
        self.text = text
        self.file = file
        self.tokens = tokens
        self.token = tokens[0]
        self.position = 0
        self.frames = 0
        self.calls = 0

    def advance(self) -> Token:
        token = self.token
        self.position += 1
        self.token = self.tokens[min(self.position, len(self.tokens) - 1)]
        return token

    def at(self, *operators: str) -> bool:
        return self.token.kind == "operator" and self.token.text in operators

    # Rules of the grammar.

    def expression(self) -> tree.Node:
        self.enter(_LEVEL)
        node = self.binary(1)
        while self.at("?"):
            question = self.advance()
            then = self.binary(_AND)
            self.expect(":", "of the ternary operator")
            otherwise = self.binary(_AND)
            depth = 1 + max(node.depth, then.depth, otherwise.depth)
            place = self.place(question, node.start, depth=depth)
            node = tree.Ternary(node, then, otherwise, **place)
        self.frames -= _LEVEL
        return node

    def binary(self, weakest: int) -> tree.Node:
        left = self.unary()
        while (strength := self.strength()) >= weakest:
            operator = self.advance()
            self.enter(_OPERAND)
            right = self.binary(strength if strength == _POWER else strength + 1)
            self.frames -= _OPERAND
            own = left.depth if isinstance(left, tree.Binary) else left.depth + 1
            place = self.place(operator, left.start, depth=max(own, right.depth + 1))
            left = tree.Binary(operator.text, left, right, **place)
        return left

    def strength(self) -> int:
        token = self.token
        return _STRENGTH.get(token.text.lower(), 0) if token.kind == "operator" else 0

    def unary(self) -> tree.Node:
        if not self.at("!", "~"):
            return self.negation()
        operator = self.advance()
        self.enter(_OPERAND)
        operand = self.unary()
        self.frames -= _OPERAND
        return self.operation("!" if operator.text == "!" else "~", operator, operand=operand)

    def negation(self) -> tree.Node:
        if not self.at("-"):
            return self.primary()
        minus = self.advance()
        bracketed = self.at("(")
        operand = self.primary()
        if isinstance(operand, tree.Literal) and operand.type in ("int", "dec") and not bracketed:
            return replace(operand, text=f"-{operand.text}", at=minus.start, start=minus.start)
        return self.operation("-", minus, operand=operand)

    def operation(self, operator: Choice["!", "~", "-"], token: Token, *, operand: tree.Node) -> tree.Unary:
        return tree.Unary(operator, operand, **self.place(token, token.start, depth=operand.depth + 1))

    def primary(self) -> tree.Node:
        token = self.token
        if self.at("("):
            self.advance()
            node = self.expression()
            self.expect(")", "that closes the bracket", opened=token)
        elif token.kind in _LITERALS:
            self.advance()
            node = tree.Literal(_LITERALS[token.kind], token.text, **self.place(token, token.start, depth=1))
        elif token.kind == "not_set":
            self.advance()
            node = tree.NotSet(**self.place(token, token.start, depth=1))
        elif token.kind == "name":
            node = self.name()
        else:
            raise self.unexpected(*_VALUE)
        while self.at(".", "["):
            node = self.property(node) if self.at(".") else self.item(node)
        return node

    def name(self) -> tree.Node:
        token = self.advance()
        if not self.at("("):
            return tree.Name(token.text, **self.place(token, token.start, depth=1))
        opened = self.advance()
        self.calls += 1
        if self.calls > MAX_CALLS:
            raise self.limit(f"more than {MAX_CALLS} nested function calls", "expression_calls", token=token)
        arguments = self.arguments(opened)
        self.calls -= 1
        depth = 1 + max((argument.depth for argument in arguments), default=0)
        return tree.Call(token.text, tuple(arguments), **self.place(token, token.start, depth=depth))

    def arguments(self, opened: Token) -> list[tree.Node]:
        arguments: list[tree.Node] = []
        if not self.at(")"):
            arguments.append(self.expression())
            while self.at(","):
                self.advance()
                arguments.append(self.expression())
        self.expect(")", "that closes the call", opened=opened, also=("an operator", '","'))
        return arguments

    def property(self, target: tree.Node) -> tree.Property:
        dot = self.advance()
        token = self.token
        word = token.kind in ("name", "boolean", "not_set") or token.text.lower() in ("and", "or")
        if not word and token.kind != "string":
            raise self.unexpected("the name of a property")
        self.advance()
        return tree.Property(target, token.text, **self.place(dot, target.start, depth=target.depth + 1))

    def item(self, target: tree.Node) -> tree.Item:
        bracket = self.advance()
        index = self.expression()
        self.expect("]", "that closes the index", opened=bracket)
        depth = 1 + max(target.depth, index.depth)
        return tree.Item(target, index, **self.place(bracket, target.start, depth=depth))

    # Errors and limits.

    def place(self, token: Token, start: int, *, depth: int) -> dict[str, int]:
        if depth > MAX_DEPTH:
            raise self.too_deep(token)
        return {
            "at": token.start,
            "start": start,
            "end": self.tokens[self.position - 1].end,
            "depth": depth,
        }

    def enter(self, frames: int) -> None:
        self.frames += frames
        if self.frames > _MAX_FRAMES:
            raise self.too_deep(self.token)

    def too_deep(self, token: Token) -> LimitError:
        return self.limit("the expression nests too deeply", "expression_depth", token=token)

    def limit(self, message: str, limit: str, *, token: Token) -> LimitError:
        return LimitError(
            message, limit=limit, span=self.span(token), hint="keep a part of it in a variable of its own"
        )

    def span(self, token: Token) -> Span:
        return Span.at(self.text, token.start, file=self.file, length=max(1, token.end - token.start))

    def expect(
        self, operator: str, purpose: str, *, opened: Token | None = None, also: tuple[str, ...] = ()
    ) -> None:
        if self.at(operator):
            self.advance()
            return
        error = self.unexpected(*(also or ("an operator",)), f'"{operator}" {purpose}')
        if opened is not None and not error.hint:
            error.hint = f'the "{opened.text}" stands at {self.span(opened).where}'
        raise error

    def done(self) -> None:
        if self.token.kind != "end":
            raise self.unexpected("an operator", "the end of the expression")

    def unexpected(self, *expected: str) -> ExpressionError:
        token = self.token
        before = self.tokens[self.position - 1].text if self.position else ""
        if token.kind == "end":
            found = "the expression ends here" if before else "the expression is empty"
        else:
            found = f"unexpected {self.text[token.start : token.end]}"
        return ExpressionError(
            f"{found}; expected {listed(expected)}",
            span=self.span(token),
            hint=_HINTS.get((before, token.text), ""),
            expected=expected,
        )
