"""Tokens to expressions and references.

    expression  = or
    or          = and { "||" and }                     and     = equality { "&&" equality }
    equality    = relation { ("==" | "!=") relation }  relation = sum { ("<" | "<=" | ">" | ">=") sum }
    sum         = product { ("+" | "-") product }      product = unary { ("*" | "/" | "%") unary }
    unary       = ("!" | "-") unary | value
    value       = string | number | boolean | reference | list | range | map | "(" expression ")"
    list        = "[" [ argument { "," argument } ] "]"     range = "[" bound ".." bound "]"
    map         = "{" [ argument ":" argument { "," argument ":" argument } ] "}"
    reference   = "$" name { step } | "${" name { step } [ "|" expression ] "}"
    step        = "." name [ "(" [ expression { "," expression } ] ")" ] | "[" expression "]"

The items of lists and maps, and the arguments of directives, are single values without operators. Words stand
for operators too: and or not eq ne lt le gt ge. White space is free between tokens, but `-2` is one token, so
`1-2` is an error.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping

from ringback.lang.velocity import tree as t
from ringback.lang.velocity.errors import TemplateSyntaxError
from ringback.lang.velocity.kinds import Kind, Token
from ringback.lang.velocity.lexer import Lexer
from ringback.lang.velocity.limits import LIMITS, over_limit
from ringback.lang.velocity.source import Source

_SPELLINGS: Mapping[str, str] = {
    "and": "&&",
    "or": "||",
    "eq": "==",
    "ne": "!=",
    "lt": "<",
    "le": "<=",
    "gt": ">",
    "ge": ">=",
}
_LEVELS: tuple[frozenset[str], ...] = (
    frozenset({"||"}),
    frozenset({"&&"}),
    frozenset({"==", "!="}),
    frozenset({"<", "<=", ">", ">="}),
    frozenset({"+", "-"}),
    frozenset({"*", "/", "%"}),
)
_SPACE = frozenset({Kind.BLANK, Kind.NEWLINE})
_VALUE_STARTS = _SPACE | {
    Kind.STRING,
    Kind.INTEGER,
    Kind.FLOAT,
    Kind.TRUE,
    Kind.FALSE,
    Kind.IDENTIFIER,
    Kind.OPEN_FORMAL,
    Kind.OPEN_LIST,
    Kind.OPEN_MAP,
    Kind.NOT,
    Kind.OPEN,
    Kind.RETURN,
}
_UNICODE_ESCAPE = re.compile(r"\\u(.{0,4})", re.DOTALL)
_HEX = re.compile(r"[0-9a-fA-F]{4}")
_ESCAPED_QUIET = re.compile(r"\$\\+!")


def reading(token: Token) -> str:
    """How an error message names a token."""
    if token.kind is Kind.EOF:
        return "the end of the template"
    return f"'{token.image.strip() or token.kind}'"


class ExpressionParser(ABC):
    """The expression half of the parser; `parser.Parser` adds statements.

    Attributes:
        origin: the text being parsed.
        tokens: its tokens.
        index: the current token.
        depth: nesting of the construct being parsed.
    """

    def __init__(self, origin: Source) -> None:
        self.origin = origin
        self.tokens = Lexer(origin).run()
        self.index = 0
        self.depth = origin.depth

    # Tokens.

    @property
    def token(self) -> Token:
        """The current token."""
        return self.tokens[self.index]

    def next(self) -> Token:
        """The current token, stepping over it."""
        token = self.tokens[self.index]
        if token.kind is not Kind.EOF:
            self.index += 1
        return token

    def skip_space(self) -> None:
        """Step over white space and line ends."""
        while self.tokens[self.index].kind in _SPACE:
            self.index += 1

    def accept(self, kind: Kind) -> Token | None:
        """Step over the current token if it is of this kind."""
        return self.next() if self.token.kind is kind else None

    def expect(self, kind: Kind, where: str, *, hint: str = "") -> Token:
        """Step over a token of this kind.

        Raises:
            TemplateSyntaxError: the current token is of another kind.
        """
        token = self.token
        if token.kind is not kind:
            raise self.unexpected(token, f"'{kind.split()[-1]}' {where}", hint=hint)
        return self.next()

    def error(self, message: str, token: Token, *, hint: str = "") -> TemplateSyntaxError:
        """A syntax error at a token."""
        span = self.origin.span(token.start, length=len(token.image.rstrip()))
        return TemplateSyntaxError(message, span=span, hint=hint)

    def unexpected(self, token: Token, wanted: str, *, hint: str = "") -> TemplateSyntaxError:
        """A syntax error that says what was expected instead of a token."""
        if not hint and token.kind is Kind.WORD and token.image == "null":
            hint = "Velocity has no null literal; compare with a variable that is not set"
        elif not hint and token.kind in {Kind.INTEGER, Kind.FLOAT} and token.image.startswith("-"):
            hint = "write a blank after the minus sign: -1 is one number"
        return self.error(f"expected {wanted}, found {reading(token)}", token, hint=hint)

    def descend(self) -> None:
        """Note one more level of nesting; the caller takes it back."""
        self.depth += 1
        if self.depth > LIMITS.nesting:
            error = over_limit("nesting", LIMITS.nesting, what="the template nests too deeply")
            error.span = self.origin.span(self.token.start)
            raise error

    # Expressions.

    def parse_expression(self, level: int = 0) -> t.Expression:
        """An expression with operators that bind at least as tightly as `level`."""
        if level == len(_LEVELS):
            return self._unary()
        left = self.parse_expression(level + 1)
        while (operator := self._operator(level)) is not None:
            right = self.parse_expression(level + 1)
            left = t.Binary(operator, left, right, left.start, right.end)
        return left

    def _operator(self, level: int) -> str | None:
        self.skip_space()
        token = self.token
        if token.kind is not Kind.OPERATOR:
            return None
        operator = _SPELLINGS.get(token.image, token.image)
        if operator not in _LEVELS[level]:
            return None
        self.next()
        return operator

    def _unary(self) -> t.Expression:
        self.skip_space()
        token = self.token
        is_minus = token.kind is Kind.OPERATOR and token.image == "-"
        if token.kind is not Kind.NOT and not is_minus:
            return self._value()
        self.next()
        self.descend()
        operand = self._unary()
        self.depth -= 1
        return t.Unary("-" if is_minus else "!", operand, self.origin.at(token.start), operand.end)

    def _value(self) -> t.Expression:
        if self.token.kind is not Kind.OPEN:
            return self.parse_argument()
        self.next()
        self.descend()
        inner = self.parse_expression()
        self.depth -= 1
        self.expect(Kind.CLOSE, "after the expression in parentheses")
        return inner

    def parse_argument(self) -> t.Expression:
        """One value without operators or parentheses."""
        self.skip_space()
        token = self.token
        match token.kind:
            case Kind.STRING:
                return self._string()
            case Kind.INTEGER | Kind.FLOAT:
                self.next()
                value = int(token.image) if token.kind is Kind.INTEGER else float(token.image)
                return t.Number(token.image, value, *self._ends(token))
            case Kind.TRUE | Kind.FALSE:
                self.next()
                return t.Boolean(token.kind is Kind.TRUE, *self._ends(token))
            case Kind.IDENTIFIER | Kind.OPEN_FORMAL:
                return self._reference_value()
            case Kind.OPEN_LIST:
                return self._list()
            case Kind.OPEN_MAP:
                return self._map()
        raise self.unexpected(token, "a value")

    def _ends(self, token: Token) -> tuple[int, int]:
        return self.origin.at(token.start), self.origin.at(token.end)

    def _string(self) -> t.String:
        token = self.next()
        quote, raw = token.image[0], token.image[1:-1]
        value = raw.replace(quote * 2, quote)
        body = None
        if quote == '"':
            interpolated = "$" in value or "#" in value
            value = self._unescaped(value, token)
            if interpolated:
                self.descend()
                body = self.parse_inside(self.origin.inside(value, raw, start=token.start))
                self.depth -= 1
        return t.String(quote, raw, value, body, *self._ends(token))

    def _unescaped(self, text: str, token: Token) -> str:
        r"""`text` with each `\uXXXX` replaced, as in every double-quoted string."""

        def character(found: re.Match[str]) -> str:
            if not _HEX.fullmatch(found[1]):
                raise self.error(
                    f"{found[0]!r} is not a character code", token, hint=r"four hexadecimal digits follow \u"
                )
            return chr(int(found[1], 16))

        return _UNICODE_ESCAPE.sub(character, text) if "\\u" in text else text

    @abstractmethod
    def parse_inside(self, source: Source) -> t.Block:
        """The template inside a double-quoted string."""

    def _list(self) -> t.Expression:
        opening = self.next()
        self.descend()
        node = self._list_items(opening)
        self.depth -= 1
        return node

    def _list_items(self, opening: Token) -> t.Expression:
        if closing := self.accept(Kind.CLOSE_LIST):
            return t.ListLiteral((), self.origin.at(opening.start), self.origin.at(closing.end))
        items = [self.parse_argument()]
        self.skip_space()
        if self.token.kind is Kind.RANGE and isinstance(items[0], (t.Number, t.Reference)):
            return self._range(items[0], opening)
        while self.accept(Kind.COMMA):
            items.append(self.parse_argument())
            self.skip_space()
        closing = self.expect(Kind.CLOSE_LIST, "after the items of a list")
        return t.ListLiteral(tuple(items), self.origin.at(opening.start), self.origin.at(closing.end))

    def _range(self, first: t.Expression, opening: Token) -> t.Range:
        dots = self.next()
        last = self.parse_argument()
        for bound in (first, last):
            whole = isinstance(bound, t.Reference) or (
                isinstance(bound, t.Number) and type(bound.value) is int
            )
            if not whole:
                raise self.error("a range needs whole numbers or references as its bounds", dots)
        self.skip_space()
        closing = self.expect(Kind.CLOSE_LIST, "after a range")
        return t.Range(first, last, self.origin.at(opening.start), self.origin.at(closing.end))

    def _map(self) -> t.MapLiteral:
        opening = self.next()
        self.descend()
        pairs: list[tuple[t.Expression, t.Expression]] = []
        self.skip_space()
        while self.token.kind is not Kind.CLOSE_MAP or pairs:
            key = self.parse_argument()
            self.skip_space()
            self.expect(Kind.COLON, "between the key and the value of a map")
            pairs.append((key, self.parse_argument()))
            self.skip_space()
            if not self.accept(Kind.COMMA):
                break
        closing = self.expect(Kind.CLOSE_MAP, "after the entries of a map")
        self.depth -= 1
        return t.MapLiteral(tuple(pairs), self.origin.at(opening.start), self.origin.at(closing.end))

    # References.

    def _reference_value(self) -> t.Reference:
        token = self.token
        if token.kind is Kind.IDENTIFIER and "$" not in token.image:
            self.next()  # a bare word among a method's arguments: a reference that is always null
            return t.Reference(token.image, "", (), False, False, None, 0, "", *self._ends(token))
        node = self.parse_reference()
        if isinstance(node, t.Escaped):
            return t.Reference(node.source, "", (), False, False, None, 0, "", *self._ends(token))
        return node

    def parse_reference(self) -> t.Reference | t.Escaped:
        """The reference that starts at the current token, of kind IDENTIFIER or OPEN_FORMAL."""
        first = self.next()
        formal = first.kind is Kind.OPEN_FORMAL
        root = first
        if formal:
            if self.token.kind is not Kind.IDENTIFIER:
                raise self.unexpected(self.token, "a name after ${")
            root = self.next()
        steps = self._steps()
        alternate = None
        last = self.tokens[self.index - 1]
        if formal:
            if self.accept(Kind.PIPE):
                self.descend()
                alternate = self.parse_expression()
                self.depth -= 1
            last = self._close_formal()
        if "$" not in first.image:  # `$x{$name}`: the braces begin no reference of their own
            source = self.origin.text[first.start : last.end]
            return t.Escaped(source, source)
        if _ESCAPED_QUIET.search(first.image):
            return self._escaped_quiet(first, last)
        return self._reference(first, root, last=last, steps=steps, alternate=alternate)

    def _close_formal(self) -> Token:
        token = self.token
        hint = "names have letters, digits and _ only" if token.image.startswith("-") else ""
        return self.expect(Kind.CLOSE_FORMAL, "at the end of ${…", hint=hint)

    def _reference(
        self,
        first: Token,
        root: Token,
        *,
        last: Token,
        steps: tuple[t.Step, ...],
        alternate: t.Expression | None,
    ) -> t.Reference:
        lead = first.image[: first.lead]
        escapes = len(lead) - len(lead.lstrip("\\"))
        cut = lead.rindex("$")
        start = first.start + cut
        name = root.image[root.lead :] if root is first or root.image[: root.lead] == "$" else root.image
        return t.Reference(
            self.origin.text[start : last.end],
            name,
            steps,
            lead.endswith("!"),
            root is not first,
            alternate,
            escapes,
            lead[escapes:cut],
            self.origin.at(start),
            self.origin.at(last.end),
        )

    def _escaped_quiet(self, first: Token, last: Token) -> t.Escaped:
        r"""`$\!name` prints as `$!name`, whatever follows the name."""
        source = self.origin.text[first.start : last.end]
        slash = first.image.index("\\", first.image.index("$"))
        return t.Escaped(source, first.image[:slash] + first.image[slash + 1 :])

    def _steps(self) -> tuple[t.Step, ...]:
        steps: list[t.Step] = []
        while True:
            token = self.token
            if token.kind is Kind.OPEN_INDEX:
                steps.append(self._index())
            elif token.kind is Kind.DOT and self.tokens[self.index + 1].kind is Kind.IDENTIFIER:
                steps.append(self._member())
            else:
                return tuple(steps)

    def _index(self) -> t.Index:
        opening = self.next()
        self.descend()
        key = self.parse_expression()
        self.depth -= 1
        self.expect(Kind.CLOSE_INDEX, "after an index")
        return t.Index(key, self.origin.at(opening.start))

    def _member(self) -> t.Step:
        self.next()
        name = self.next()
        start = self.origin.at(name.start)
        if self.token.kind is not Kind.OPEN or not self._starts_arguments(self.tokens[self.index + 1]):
            return t.Property(name.image, start)
        self.next()
        self.descend()
        arguments = self._arguments()
        self.depth -= 1
        return t.Method(name.image, arguments, start)

    def _starts_arguments(self, token: Token) -> bool:
        if token.kind is Kind.OPERATOR:
            return token.image == "-"
        return token.kind in _VALUE_STARTS

    def _arguments(self) -> tuple[t.Expression, ...]:
        if self.accept(Kind.RETURN):
            return ()
        arguments = [self.parse_expression()]
        while self.accept(Kind.COMMA):
            arguments.append(self.parse_expression())
        self.expect(Kind.RETURN, "after the arguments of a method")
        return tuple(arguments)
