"""The arguments between the parentheses of a directive or macro call, and what each directive wants."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ringback.lang.velocity import tree as t
from ringback.lang.velocity.expressions import ExpressionParser
from ringback.lang.velocity.kinds import Kind, Token


class Arguments:
    """The arguments between the parentheses of a directive or macro call.

    Attributes:
        given: values, and plain words as their tokens.
        defaults: for #macro, the default of the argument with that index.
    """

    def __init__(self, parser: ExpressionParser, directive: Token, *, name: str) -> None:
        self.given: list[t.Expression | Token] = []
        self.defaults: dict[int, t.Expression] = {}
        self._macro = name == "macro"
        self._name = name
        parser.skip_space()
        parser.expect(Kind.OPEN, f"after #{name}")
        while self._more(parser, directive):
            self.given.append(parser.next() if parser.token.kind is Kind.WORD else self._value(parser))

    @property
    def values(self) -> tuple[t.Expression, ...]:
        """The arguments that are values."""
        return tuple(item for item in self.given if not isinstance(item, Token))

    @property
    def word(self) -> str:
        """The first argument that is a plain word, or nothing."""
        return next((item.image for item in self.given if isinstance(item, Token)), "")

    def _more(self, parser: ExpressionParser, directive: Token) -> bool:
        """Step to the next argument; False when the closing parenthesis was there instead."""
        self._skip(parser, directive)
        if self.given and self._macro and parser.accept(Kind.ASSIGN):
            self.defaults[len(self.given) - 1] = parser.parse_argument()
            self._skip(parser, directive)
        if parser.accept(Kind.CLOSE):
            return False
        if parser.accept(Kind.COMMA):
            self._skip(parser, directive)
        return True

    def _skip(self, parser: ExpressionParser, directive: Token) -> None:
        parser.skip_space()
        while parser.token.kind is Kind.COMMENT and parser.token.image.startswith("##"):
            if not self._macro:
                raise parser.error(f"A Line comment is not allowed in #{self._name} arguments", directive)
            parser.next()
            parser.skip_space()

    def _value(self, parser: ExpressionParser) -> t.Expression:
        if parser.token.kind in {Kind.OPERATOR, Kind.NOT, Kind.OPEN}:
            hint = "arguments of directives are single values; compute with #set first"
            raise parser.unexpected(parser.token, "an argument", hint=hint)
        return parser.parse_argument()


def _check_evaluate(parser: ExpressionParser, token: Token, *, arguments: Arguments | None) -> None:
    given = [] if arguments is None else arguments.given
    if len(given) != 1:
        raise parser.error("#evaluate() requires exactly one argument", token)
    if not isinstance(given[0], (t.String, t.Reference)):
        raise parser.error("#evaluate()  argument must be a string literal or reference", token)


def _check_stop(parser: ExpressionParser, token: Token, *, arguments: Arguments | None) -> None:
    if arguments is not None and len(arguments.given) > 1:
        raise parser.error("The #stop directive only accepts a single message parameter", token)


def _check_break(parser: ExpressionParser, token: Token, *, arguments: Arguments | None) -> None:
    if arguments is not None and len(arguments.given) > 1:
        raise parser.error("The #break directive takes only a single, optional Scope argument", token)


def _check_include(parser: ExpressionParser, token: Token, *, arguments: Arguments | None) -> None:
    if arguments is not None and arguments.word:
        raise parser.error(f"invalid #include() argument '{arguments.word}'", token)


def _check_parse(parser: ExpressionParser, token: Token, *, arguments: Arguments | None) -> None:
    if arguments is None or len(arguments.given) != 1:
        raise parser.error("The #parse directive requires one argument", token)
    if arguments.word:
        raise parser.error("The argument to #parse is of the wrong type", token)


CHECKS: Mapping[str, Callable[..., None]] = {
    "evaluate": _check_evaluate,
    "stop": _check_stop,
    "break": _check_break,
    "include": _check_include,
    "parse": _check_parse,
}
