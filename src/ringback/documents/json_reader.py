r"""JSON text to a tree with positions (RFC 8259, strictly).

Tokens are found by one regular expression; strings and numbers get their values from the standard
library. Grammar (the only one there is): a value is an object, a list, a string, a number, `true`,
`false` or `null`; nothing follows the value.
"""

from __future__ import annotations

import json
import re
from math import isinf
from typing import NamedTuple

from ringback.core.errors import DefinitionError
from ringback.documents.builder import Builder, check_size
from ringback.documents.limits import DEFAULT, Limits
from ringback.documents.node import Node
from ringback.documents.positions import Positions
from ringback.documents.schema import LONGEST_NUMBER

_TOKEN = re.compile(
    r"""[ \t\n\r]*(?:
        (?P<punctuation>[{}\[\]:,])
      | (?P<string>"[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+")
      | (?P<number>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?(?![0-9A-Za-z.+-]))
      | (?P<word>true|false|null)(?![0-9A-Za-z_])
      | (?P<end>\Z)
    )""",
    re.VERBOSE,
)
_BLANK = re.compile(r"[ \t\n\r]*")
_STRING_PART = re.compile(r'"[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+')
_BARE = re.compile(r"[A-Za-z_$][\w$]*|[^\s\w]")
_HALF_PAIR = re.compile("[\ud800-\udfff]")
_LOOK_BEFORE = "check for a missing comma, colon, quote or bracket before this place"
_WORDS = {"true": True, "false": False, "null": None}


class _Token(NamedTuple):
    kind: str
    text: str
    start: int
    end: int


def read_json(text: str, *, file: str, limits: Limits = DEFAULT) -> Node:
    """The tree of one JSON document.

    Raises:
        DefinitionError: not JSON, a duplicate key, half of a surrogate pair.
        LimitError: over one of the limits.
    """
    check_size(text, file, limits=limits)
    text = " " + text[1:] if text.startswith("\ufeff") else text
    positions = Positions(_HALF_PAIR.sub("?", text), file)
    return _Reader(text, Builder(positions, limits)).read()


class _Reader:
    """A parser with an explicit stack of closing brackets instead of recursion."""

    def __init__(self, text: str, builder: Builder) -> None:
        self._text = text
        self._builder = builder
        self._at = 0
        self._closers: list[str] = []
        self._just_opened = False

    def read(self) -> Node:
        self._value(self._next())
        while self._closers:
            self._member(self._next(), self._closers[-1])
        last = self._next()
        if last.kind != "end":
            raise self._error(
                "the document ends here, but text follows", last, hint="keep one value in a file"
            )
        assert self._builder.result is not None
        return self._builder.result

    def _member(self, token: _Token, closer: str) -> None:
        """The next member of the innermost object or list with the comma before it, or its end."""
        if token.text == closer:
            self._close()
            return
        if self._just_opened:
            self._just_opened = False
        elif token.text != ",":
            raise self._expected(f"',' or '{closer}'", token)
        else:
            token = self._next()
            if token.text == closer:
                raise self._error(f"a comma before '{closer}'", token, hint="remove the comma")
        self._item(token)

    def _item(self, token: _Token) -> None:
        """A member of an object (`"key": value`) or an item of a list."""
        if self._closers[-1] == "]":
            self._value(token)
            return
        if token.kind != "string":
            raise self._expected("a key in double quotes", token)
        self._builder.key(self._string(token), self._builder.positions.span(token.start, token.end))
        colon = self._next()
        if colon.text != ":":
            raise self._expected("':' after the key", colon)
        self._value(self._next())

    def _value(self, token: _Token) -> None:
        if token.text in ("{", "["):
            self._open(token)
            return
        span = self._builder.positions.span(token.start, token.end)
        if token.kind == "string":
            text = self._string(token)
            self._builder.scalar(text, text, span=span, quoted=True)
        elif token.kind == "number":
            self._builder.scalar(self._number(token), token.text, span=span, quoted=False)
        elif token.kind == "word":
            self._builder.scalar(_WORDS[token.text], token.text, span=span, quoted=False)
        else:
            raise self._expected("a value", token)

    def _open(self, token: _Token) -> None:
        is_map = token.text == "{"
        self._builder.open(self._builder.positions.span(token.start), is_map=is_map)
        self._closers.append("}" if is_map else "]")
        self._just_opened = True

    def _close(self) -> None:
        self._closers.pop()
        self._just_opened = False
        self._builder.close()

    def _string(self, token: _Token) -> str:
        # A token without a backslash says what it is; almost all are like that.
        value: str = json.loads(token.text) if "\\" in token.text else token.text[1:-1]
        if _HALF_PAIR.search(value):
            raise self._error(
                "half of a surrogate pair in a text", token, hint=r"write both halves, e.g. \ud83d\ude00"
            )
        return value

    def _number(self, token: _Token) -> int | float:
        if len(token.text) > LONGEST_NUMBER:
            raise self._error(
                f"a number of {len(token.text):,} characters", token, hint="put it in quotes as text"
            )
        number = int(token.text) if token.text.lstrip("-").isdigit() else float(token.text)
        if isinf(number):
            raise self._error("a number too large to compute with", token, hint="put it in quotes as text")
        return number

    def _next(self) -> _Token:
        match = _TOKEN.match(self._text, self._at)
        if match is None:
            raise self._unreadable()
        kind = match.lastgroup or "end"
        self._at = match.end()
        return _Token(kind, match[kind], match.start(kind), match.end(kind))

    def _unreadable(self) -> DefinitionError:
        """What is wrong where no token matches."""
        blank = _BLANK.match(self._text, self._at)
        start = blank.end() if blank else self._at
        if self._text[start] == '"':
            return self._bad_string(start)
        bare = _BARE.match(self._text, start)
        token = _Token(
            "other", bare[0] if bare else self._text[start], start, bare.end() if bare else start + 1
        )
        return self._error(f"not valid JSON: {_shown(token)}", token, hint=_hint(token.text))

    def _bad_string(self, start: int) -> DefinitionError:
        part = _STRING_PART.match(self._text, start)
        stop = part.end() if part else start + 1
        token = _Token("other", self._text[stop : stop + 1], stop, stop + 1)
        if token.text == "\\":
            return self._error(
                "not valid JSON: an unknown escape in a text", token, hint=r"write \\ for a backslash"
            )
        if token.text in ("", "\n", "\r"):
            token = _Token("other", token.text, start, stop)
            return self._error(
                "not valid JSON: a text without closing quotes", token, hint="close the quotes"
            )
        return self._error(
            "not valid JSON: a control character in a text", token, hint=r"write it as \t, \n or \u0000"
        )

    def _expected(self, what: str, token: _Token) -> DefinitionError:
        return self._error(f"expected {what}, found {_shown(token)}", token, hint=_LOOK_BEFORE)

    def _error(self, message: str, token: _Token, *, hint: str) -> DefinitionError:
        span = self._builder.positions.span(token.start, token.end)
        return DefinitionError(message, span=span, hint=hint, code="RB013")


def _shown(token: _Token) -> str:
    if token.kind == "end":
        return "the end of the document"
    return token.text if token.kind == "string" else repr(token.text)


def _hint(found: str) -> str:
    """What people mean who write this instead of JSON."""
    if found == "'":
        return "JSON texts stand in double quotes"
    if found in ("/", "#"):
        return "JSON has no comments; remove it"
    if found in ("True", "False", "None", "NaN", "Infinity", "undefined"):
        return "JSON knows true, false, null and finite numbers"
    if found[:1] in ("-", "+", ".") or found[:1].isdigit():
        return "a JSON number looks like 12, -3.5 or 1e6, without leading zeros"
    return _LOOK_BEFORE
