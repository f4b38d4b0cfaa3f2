"""First stage: the text of an expression as tokens.

White space is space, tab, line feed and carriage return. There are no comments, no single-quoted strings and
no exponents. Source of the rules: A.2 of the behaviour reference (Architect's own lexer).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal, NamedTuple

from ringback.core.errors import LimitError
from ringback.core.span import Span
from ringback.lang.expr.errors import ExpressionError

# Architect accepts no longer text in its editor.
MAX_LENGTH = 32_000

Kind = Literal["integer", "decimal", "string", "boolean", "not_set", "name", "operator", "end"]


class Token(NamedTuple):
    """One word of an expression.

    Attributes:
        kind: what it is; `and` and `or` in any case are operators.
        text: as typed; for a string its decoded content.
        start: offset of the first character, from 0.
        end: offset behind the last character.
    """

    kind: Kind
    text: str
    start: int
    end: int

    def __str__(self) -> str:
        """Offset, kind and text, for `ringback explain`."""
        return f"{self.start:>4} {self.kind:<8} {self.text!r}"


_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]+)
    | (?P<decimal>\d+\.\d*|\.\d+)
    | (?P<integer>\d+)
    | (?P<name>(?:[^\W\d_]|\$)\w*)
    | (?P<string>"(?:[^"\\]|\\.)*")
    | (?P<operator>==|!=|>=|<=|[-+*/%^|&~!<>?:.,()\[\]])""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES: Mapping[str, str] = {'"': '"', "\\": "\\", "n": "\n", "r": "\r", "t": "\t", "f": "\f"}
_STRAY: Mapping[str, str] = {
    "'": "strings stand in double quotes",
    "“": "strings stand in plain double quotes, not in typographic ones",
    "”": "strings stand in plain double quotes, not in typographic ones",
    "=": "use == to compare; an expression cannot assign",
    "\N{NO-BREAK SPACE}": "this is a no-break space; replace it with a plain one",
    "{": "a {{name}} of Archy must be substituted before the expression is read",
    "_": "a name starts with a letter or $",
    "@": "strings stand in double quotes",
    ";": "an expression is one value; there are no statements",
}


def tokenize(text: str, *, file: str = "expression") -> list[Token]:
    """The tokens of `text`, the last of kind `end`.

    Raises:
        ExpressionError: a character or an escape that the language does not know, an open string.
        LimitError: `expression_length`, more than 32,000 characters.
    """
    if len(text) > MAX_LENGTH:
        raise LimitError(
            f"the expression has {len(text)} characters, Architect allows {MAX_LENGTH}",
            limit="expression_length",
            span=Span.at(text, MAX_LENGTH, file=file),
            hint="keep part of it in a variable",
        )
    tokens: list[Token] = []
    offset = 0
    while offset < len(text):
        match = _TOKEN.match(text, offset)
        if match is None:
            raise _stray(text, offset, file=file)
        offset = match.end()
        if match.lastgroup != "space":
            tokens.append(_token(match, file))
    tokens.append(Token("end", "", offset, offset))
    return tokens


def _token(match: re.Match[str], file: str) -> Token:
    kind, text = match.lastgroup, match.group()
    if kind == "string":
        return Token("string", _decoded(match, file), match.start(), match.end())
    if kind == "name":
        return Token(_word(text), text, match.start(), match.end())
    assert kind in ("integer", "decimal", "operator")
    return Token(kind, text, match.start(), match.end())  # type: ignore[arg-type]  # narrowed by the assert


def _word(text: str) -> Kind:
    if text in ("true", "false"):
        return "boolean"
    if text == "NOT_SET":
        return "not_set"
    return "operator" if text.lower() in ("and", "or") else "name"


def _decoded(match: re.Match[str], file: str) -> str:
    inside = match.group()[1:-1]
    if "\\" not in inside:
        return inside
    for escape in _ESCAPE.finditer(inside):
        if escape[1] not in _ESCAPES:
            raise ExpressionError(
                f"unknown escape {escape[0]} in a string",
                span=Span.at(match.string, match.start() + 1 + escape.start(), file=file, length=2),
                hint='known escapes: \\" \\\\ \\n \\r \\t \\f; write \\\\ for a backslash',
            )
    return _ESCAPE.sub(lambda escape: _ESCAPES[escape[1]], inside)


def _stray(text: str, offset: int, *, file: str) -> ExpressionError:
    character = text[offset]
    if character == '"':
        return ExpressionError(
            "the string is not closed",
            span=Span.at(text, offset, file=file),
            hint='close it with "; a double quote inside a string is \\"',
            expected=('"',),
        )
    return ExpressionError(
        f"unexpected character {character!r}",
        span=Span.at(text, offset, file=file),
        hint=_STRAY.get(character, ""),
    )
