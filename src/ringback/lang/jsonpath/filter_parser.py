"""Reads the expression of a filter.

    or         := and ('||' and)*
    and        := operand ('&&' operand)*
    operand    := '!' operand | '(' or ')' | comparison
    comparison := value operator value | '!'? path        a path alone asks whether it is there
    value      := path | string | number | 'true' | 'false' | 'null' | '/regex/flags' | [json] | {json}

A path ends at a blank, a relation sign or a closing bracket: `@.a&&@.b` is one path with a strange key.
Words as operators end at a blank. When operator or right side cannot be read, the left side alone is tried as
a path; only then is the expression in error, and the error tells what could not be read.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ringback.core.errors import LimitError
from ringback.lang.jsonpath import limits, tree
from ringback.lang.jsonpath.cursor import Cursor, OffText, Unreadable
from ringback.lang.jsonpath.errors import At
from ringback.lang.jsonpath.java_regex import RegexError, compile_pattern, flag_letters
from ringback.lang.jsonpath.text import EscapeError, span_of, unescape
from ringback.lang.jsonpath.tokens import TokenKind
from ringback.lang.jsonpath.values import read_decimal

if TYPE_CHECKING:
    from ringback.lang.jsonpath.parser import Parsing

_RELATION = frozenset("<>=~!")
_SLIPS = {
    "and": "write &&", "or": "write ||", "=": "write ==", "<>": "write !=", "~=": "write =~",
    "=<": "write <=",
    "=>": "write >=", "like": "write =~ /…/",
    "not": "write !", "eq": "write ==", "ne": "write !=",
}  # fmt: skip
_NUMBER = frozenset("-.Ee")


class FilterParser:
    """Reads one expression; the cursor stands on its opening bracket."""

    def __init__(self, cursor: Cursor, parsing: Parsing) -> None:
        self.cursor = cursor
        self.parsing = parsing
        self.forgiven: Unreadable | None = None

    def parse(self) -> tree.Expression:
        """The tree of the expression; Unreadable when it is none."""
        expression = self._or()
        self.cursor.skip_blanks()
        if self.cursor.inside(self.cursor.pos):
            raise self._unreadable("expected the end of the filter", self.cursor.pos)
        return expression

    # -- logic -------------------------------------------------------------------------------------------

    def _or(self) -> tree.Expression:
        start = self.cursor.pos
        operands = [self._and()]
        while self._logical("||"):
            operands.append(self._and())
        return operands[0] if len(operands) == 1 else tree.Or(tuple(operands), at=self._at(start))

    def _and(self) -> tree.Expression:
        start = self.cursor.pos
        operands = [self._operand()]
        while self._logical("&&"):
            operands.append(self._operand())
        return operands[0] if len(operands) == 1 else tree.And(tuple(operands), at=self._at(start))

    def _logical(self, sign: str) -> bool:
        cursor = self.cursor
        before = cursor.pos
        start = cursor.skip_blanks().pos
        if cursor.inside(start + 1) and cursor.text.startswith(sign, start):
            cursor.pos = start + 2
            self._token("logical", start, end=start + 2)
            return True
        cursor.pos = before
        return False

    def _operand(self) -> tree.Expression:
        cursor = self.cursor
        start = cursor.skip_blanks().pos
        if cursor.on("!"):
            cursor.pos += 1
            if cursor.skip_blanks().char() not in "$@":
                self._token("logical", start, end=start + 1)
                return self._nested(lambda: tree.Not(self._operand(), at=self._at(start)))
            cursor.pos = start
        if cursor.on("("):
            return self._nested(self._bracketed)
        return self._comparison()

    def _bracketed(self) -> tree.Expression:
        cursor = self.cursor
        start = cursor.pos
        cursor.pos += 1
        self._token("punctuation", start, end=start + 1)
        expression = self._or()
        if cursor.skip_blanks().char() != ")":
            raise self._why_no_bracket()
        self._token("punctuation", cursor.pos, end=cursor.pos + 1)
        cursor.pos += 1
        return expression

    def _why_no_bracket(self) -> Unreadable:
        """What was forgiven on the way here tells more than a missing bracket does."""
        return self.forgiven or self._unreadable("expected '&&', '||' or ')'", self.cursor.pos)

    # -- comparisons -------------------------------------------------------------------------------------

    def _comparison(self) -> tree.Expression:
        cursor, parsing = self.cursor, self.parsing
        start = cursor.pos
        left = self._value()
        behind, tokens, depth = cursor.pos, len(parsing.tokens), parsing.depth
        try:
            operator = self._operator()
            return tree.Compare(left, operator, self._value(), at=self._at(start))
        except OffText:
            raise
        except Unreadable as error:
            cursor.pos, parsing.depth = behind, depth
            del parsing.tokens[tokens:]
            if not isinstance(left, tree.PathOperand):
                raise self._alone(start, error) from None
            self.forgiven = error
        return tree.Exists(left.path, left.negated, at=left.at)

    def _alone(self, start: int, error: Unreadable) -> Unreadable:
        """What is wrong with a literal that has no operator and right side."""
        behind = self.cursor.text[self.cursor.pos :].lstrip(" ")
        if behind[:1] not in (")", "&", "|"):
            return error
        hint = "only a path may stand alone: it asks whether something is there"
        return self._unreadable(
            "a condition needs an operator", start, length=self.cursor.pos - start, hint=hint
        )

    def _operator(self) -> str:
        cursor = self.cursor
        start = cursor.skip_blanks().pos
        relation = cursor.char() in _RELATION
        while cursor.inside(cursor.pos) and self._in_operator(relation=relation):
            cursor.pos += 1
        operator = cursor.text[start : cursor.pos].lower()
        if operator not in tree.OPERATORS:
            shown = cursor.text[start : cursor.pos].rstrip(")") or ")"
            hint = _SLIPS.get(operator) or f"operators: {' '.join(tree.OPERATORS)}"
            raise self._unreadable(f"{shown!r} is no operator", start, length=len(shown), hint=hint)
        self._token("operator", start, end=cursor.pos)
        return operator

    def _in_operator(self, *, relation: bool) -> bool:
        char = self.cursor.char()
        return char in _RELATION if relation else char != " "

    # -- values ------------------------------------------------------------------------------------------

    def _value(self) -> tree.Operand:
        cursor = self.cursor
        start = cursor.skip_blanks().pos
        char = cursor.char()
        if char in "$@":
            return self._path()
        if char == "!":
            cursor.pos += 1
            if cursor.skip_blanks().char() not in "$@":
                raise self._unreadable("expected a path after '!'", cursor.pos)
            self._token("logical", start, end=start + 1)
            return self._path()
        return self._literal(char)

    def _path(self) -> tree.PathOperand:
        cursor = self.cursor
        start = cursor.pos
        before = cursor.previous_significant(start)
        negated = before >= 0 and cursor.text[before] == "!"
        self._find_path_end(start)
        path = self.parsing.path(cursor.text[start : cursor.pos], cursor.base + start)
        return tree.PathOperand(path, negated, at=self._at(start))

    def _find_path_end(self, start: int) -> None:
        cursor = self.cursor
        cursor.pos += 1
        while cursor.inside(cursor.pos):
            if cursor.char() == "[":
                end = cursor.closing(cursor.pos, "[]")
                if end < 0:
                    raise self._unreadable("this '[' is not closed", cursor.pos)
                cursor.pos = end + 1
            char = cursor.char()
            if not cursor.inside(cursor.pos) or char == " " or char in _RELATION:
                return
            if char == ")" and not self._closes_call(start):
                return
            cursor.pos += 1

    def _closes_call(self, start: int) -> bool:
        """Whether the `)` under the cursor is that of `.name()`."""
        cursor = self.cursor
        opening = cursor.previous_significant(cursor.pos)
        return opening >= 0 and cursor.text[opening] == "(" and "." in cursor.text[start + 1 : opening]

    def _literal(self, char: str) -> tree.Literal:
        if char in "'\"":
            return self._string(char)
        if char in "tfn":
            return self._constant()
        if char == "/":
            return self._pattern()
        if char in "[{":
            return self._json("[]" if char == "[" else "{}")
        return self._number()

    def _string(self, quote: str) -> tree.StringLiteral:
        cursor = self.cursor
        start, end = cursor.pos, cursor.unescaped(cursor.pos, quote)
        if end < 0:
            raise self._unreadable(f"the string is not closed: {quote} is missing", start)
        cursor.pos = end + 1
        self._token("string", start, end=end + 1)
        try:
            return tree.StringLiteral(unescape(cursor.text[start + 1 : end]), at=self._at(start))
        except EscapeError as error:
            raise OffText(str(error), cursor.base + start, length=end + 1 - start) from None

    def _constant(self) -> tree.ConstantLiteral:
        cursor = self.cursor
        start = cursor.pos
        for word, value in (("true", True), ("false", False), ("null", None)):
            if cursor.text.startswith(word, start) and cursor.inside(start + len(word) - 1):
                cursor.pos += len(word)
                self._token("null" if value is None else "boolean", start, end=cursor.pos)
                return tree.ConstantLiteral(value, at=self._at(start))
        word = cursor.text[start:].split(" ")[0].split(")")[0]
        raise self._unreadable(
            "expected true, false or null", start, length=len(word), hint=f"quote it: '{word}'"
        )

    def _pattern(self) -> tree.PatternLiteral:
        cursor = self.cursor
        start, end = cursor.pos, cursor.unescaped(cursor.pos, "/")
        if end < 0:
            raise self._unreadable("the regular expression is not closed: / is missing", start)
        end += 1
        end += flag_letters(cursor.text[end : cursor.last + 1])
        cursor.pos = end
        self._token("pattern", start, end=end)
        text = cursor.text[start:end]
        try:
            compile_pattern(text)
        except RegexError as error:
            raise OffText(str(error), cursor.base + start, length=end - start) from None
        except LimitError as error:
            raise limits.exceeded(error.limit, span_of(self.parsing.source, self._at(start))) from None
        return tree.PatternLiteral(text, at=self._at(start))

    def _json(self, pair: str) -> tree.JsonLiteral:
        cursor = self.cursor
        start, end = cursor.pos, cursor.closing(cursor.pos, pair)
        if end < 0:
            raise self._unreadable(f"this {pair[0]} is not closed", start)
        cursor.pos = end + 1
        self._token("json", start, end=end + 1)
        return tree.JsonLiteral(cursor.text[start : end + 1], at=self._at(start))

    def _number(self) -> tree.NumberLiteral:
        cursor = self.cursor
        start = cursor.pos
        while cursor.inside(cursor.pos) and (cursor.char().isdecimal() or cursor.char() in _NUMBER):
            cursor.pos += 1
        text = cursor.text[start : cursor.pos]
        if read_decimal(text) is None:
            shown = text or cursor.char()
            hint = "a value is a path, 'text', a number, true, false, null, /regex/, [list] or {object}"
            message = f"expected a value, found {shown!r}"
            raise OffText(message, cursor.base + start, length=len(shown), hint=hint)
        self._token("number", start, end=cursor.pos)
        return tree.NumberLiteral(text, at=self._at(start))

    # -- helpers -----------------------------------------------------------------------------------------

    def _nested(self, read: Callable[[], tree.Expression]) -> tree.Expression:
        self.parsing.enter(self.cursor.base + self.cursor.pos)
        expression = read()
        self.parsing.depth -= 1
        return expression

    def _at(self, start: int) -> At:
        return (self.cursor.base + start, self.cursor.pos - start)

    def _token(self, kind: TokenKind, start: int, *, end: int) -> None:
        self.parsing.token(kind, self.cursor.text[start:end], offset=self.cursor.base + start)

    def _unreadable(self, message: str, index: int, *, length: int = 1, hint: str = "") -> Unreadable:
        return Unreadable(message, self.cursor.base + index, length=length, hint=hint)
