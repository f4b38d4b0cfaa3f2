"""Reads path text.

    path     := ('$' | '@')? step*                   without a root, `$.` is put before the text
    step     := '.' name | '..' step | '*' | '[*]' | '[' quoted (',' quoted)* ']' | '[' index (',' index)* ']'
              | '[' from? ':' to? ']' | '[?(' expression ')]' | '.' name '(' arguments ')'
    name     := anything up to '.', '[' or '('       no blank; '$', '@', '-', ',' are plain characters

Quirks of Jayway 2.9 that are kept: a `.` may stand before a bracket (`$.a.[0]`) and may be missing behind one
(`$[0]b`); a third part of a slice is ignored; a call without arguments does not consume its `)` when more
follows, so that the next step's name begins with it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

from ringback.lang.jsonpath import limits, tree
from ringback.lang.jsonpath.arguments import read_arguments
from ringback.lang.jsonpath.cursor import Cursor, OffText, Unreadable
from ringback.lang.jsonpath.errors import At, InvalidPath
from ringback.lang.jsonpath.filter_parser import FilterParser
from ringback.lang.jsonpath.text import EscapeError, span_of, unescape
from ringback.lang.jsonpath.tokens import Token, TokenKind

_INDEX_CHARS = frozenset("-, ")


@dataclass(slots=True)
class Parsing:
    """What the parsers of one text share: its tokens, and how much the limits still allow."""

    source: str
    tokens: list[Token] = field(default_factory=list)
    steps: int = 0
    depth: int = 0

    def token(self, kind: TokenKind, text: str, *, offset: int) -> None:
        """Note a piece of text; what was put before the text by the parser is left out."""
        if offset >= 0 and text:
            self.tokens.append(Token(kind, text, offset))

    def step(self) -> None:
        """Count a step."""
        self.steps += 1
        if self.steps > limits.PATH_STEPS:
            raise limits.exceeded("jsonpath_steps", span_of(self.source, (0, len(self.source))))

    def enter(self, offset: int) -> None:
        """Go one level deeper into brackets."""
        self.depth += 1
        if self.depth > limits.PATH_NESTING:
            raise limits.exceeded("jsonpath_nesting", span_of(self.source, (offset, 1)))

    def path(self, text: str, base: int, *, argument: bool = False) -> tree.PathTree:
        """Read the path that `text` is, `base` characters into the source."""
        self.enter(base)
        result = PathParser(self, text, base=base, argument=argument).parse()
        self.depth -= 1
        return result


def parse_with_tokens(text: str) -> tuple[tree.PathTree, tuple[Token, ...]]:
    """Tree and tokens of a path; InvalidPath or LimitError with the place in it."""
    if len(text) > limits.PATH_LENGTH:
        raise limits.exceeded("jsonpath_length", span_of(text, (limits.PATH_LENGTH, 1)))
    if not text:
        raise InvalidPath(
            "a path must not be empty", kind="IllegalArgumentException", span=span_of(text, (0, 1))
        )
    parsing = Parsing(text)
    try:
        path = parsing.path(text, 0)
    except Unreadable as error:
        place = span_of(text, (error.offset, error.length))
        raise InvalidPath(error.message, span=place, hint=error.hint) from None
    return path, tuple(sorted(parsing.tokens, key=lambda token: token.offset))


class PathParser:
    """Reads one path; filters and arguments are read by their own parsers."""

    def __init__(self, parsing: Parsing, text: str, *, base: int, argument: bool) -> None:
        self.parsing = parsing
        self.base = base
        rooted = text[:1] in ("$", "@")
        self.cursor = Cursor(text if rooted else "$." + text, base if rooted else base - 2)
        self.argument = argument  # Jayway neither trims an argument nor minds a dot at its end
        if not argument:
            self.cursor.trim()
        self.steps: list[tree.Step] = []

    def parse(self) -> tree.PathTree:
        """The tree of the path."""
        try:
            return self._parse()
        except OffText as error:
            raise Unreadable(error.message, error.offset, length=error.length, hint=error.hint) from None
        except EscapeError as error:
            raise Unreadable(str(error), self._offset(self.cursor.pos)) from None

    def _parse(self) -> tree.PathTree:
        cursor = self.cursor
        if self.argument and self.cursor.base < self.base:
            raise self._unreadable("a path as argument must begin with '$' or '@'", 2)
        if cursor.at(cursor.last) == "." and not self.argument:
            raise self._unreadable("a path must not end with '.'", cursor.last)
        root = cursor.char()
        self._token("root", 0, end=1)
        if not cursor.at_end():
            cursor.pos += 1
            if cursor.char() not in ".[":
                hint = f"write {root}.{cursor.text[cursor.pos :]}"
                raise self._unreadable(f"expected '.' or '[' after '{root}'", cursor.pos, hint=hint)
            self._read_steps()
        return tree.PathTree(root, tuple(self.steps), at=(self._offset(0), cursor.last + 1))

    def _read_steps(self) -> None:
        more = True
        while more:
            more = self._read_step() or not self.cursor.at_end()

    def _read_step(self) -> bool:
        """Read one step; True when a step must follow whatever stands there."""
        char = self.cursor.char()
        if char != ".":
            self.parsing.step()
        if char == "[":
            return self._read_bracket()
        if char == ".":
            return self._read_dot()
        if char == "*":
            return self._read_star()
        return self._read_name()

    # -- dots, stars and names ---------------------------------------------------------------------------

    def _read_dot(self) -> bool:
        cursor = self.cursor
        start = cursor.pos
        if cursor.inside(start + 1) and cursor.text[start + 1] == ".":
            cursor.pos += 2
            self.steps.append(tree.Scan(at=self._at(start)))
            self._token("scan", start, end=start + 2)
        else:
            cursor.pos += 1
            self._token("dot", start, end=start + 1)
        if cursor.on("."):
            raise self._unreadable("a '.' too many", cursor.pos)
        return True

    def _read_star(self) -> bool:
        start = self.cursor.pos
        self.cursor.pos += 1
        self.steps.append(tree.Wildcard(at=self._at(start)))
        self._token("wildcard", start, end=start + 1)
        return False

    def _read_name(self) -> bool:
        cursor = self.cursor
        start = end = cursor.pos
        if cursor.char() == " ":
            raise self._unreadable("expected a name, '*' or '['", start, hint="leave out the blank")
        while cursor.inside(end) and cursor.text[end] not in ".[(":
            if cursor.text[end] == " ":
                raise self._unreadable("a name must not contain blanks", end, hint="write ['my name']")
            end += 1
        name = cursor.text[start:end]
        if cursor.inside(end) and cursor.text[end] == "(":
            self._read_call(name, start, bracket=end)
        else:
            cursor.pos = end
            self.steps.append(tree.Keys((name,), at=self._at(start)))
            self._token("key", start, end=end)
        return False

    def _read_call(self, name: str, start: int, *, bracket: int) -> None:
        cursor = self.cursor
        self._token("function", start, end=bracket)
        self._token("punctuation", bracket, end=bracket + 1)
        if not self._call_is_closed(bracket):
            message = f"the arguments of {name}( are not closed"
            raise self._unreadable(message, start, length=bracket + 1 - start)
        if cursor.at(bracket + 1) == ")":
            cursor.pos = bracket + 1
            if cursor.at_end():
                self._token("punctuation", bracket + 1, end=bracket + 2)
            self.steps.append(tree.Call(name, None, at=self._at(start, bracket + 2)))
            return
        cursor.pos = bracket + 1
        self.parsing.enter(self._offset(bracket))
        arguments = read_arguments(cursor, self.parsing, name=name)
        self.parsing.depth -= 1
        self.steps.append(tree.Call(name, arguments, at=self._at(start)))

    def _call_is_closed(self, bracket: int) -> bool:
        depth = 0
        for char in self.cursor.text[bracket : self.cursor.last + 1]:
            depth += (char == "(") - (char == ")")
            if depth == 0:
                return True
        return False

    # -- brackets ----------------------------------------------------------------------------------------

    def _read_bracket(self) -> bool:
        start = self.cursor.pos
        char = self.cursor.next_significant(start)
        done = (
            (char in "'\"" and self._read_quoted(char))
            or ((char.isdecimal() or char in "-:") and self._read_numbers())
            or (char == "*" and self._read_bracket_star())
            or (char == "?" and (self._read_filter() or self._read_placeholder()))
        )
        if not done:
            message = "expected a quoted key, an index, a slice, '*' or '?(' after '['"
            raise self._unreadable(message, start, hint=_bracket_hint(self.cursor.text[start:]))
        return False

    def _read_quoted(self, quote: str) -> bool:
        cursor = self.cursor
        start, index = cursor.pos, cursor.pos + 1
        names: list[str] = []
        comma = False
        while cursor.inside(index) and (char := cursor.text[index]) != "]":
            if char == "\\":
                index += 1
            elif char == quote:
                names.append(self._quoted_name(index, quote))
                index = cursor.unescaped(index, quote)
                comma = False
            elif char == ",":
                if comma:
                    raise self._unreadable("a key is missing between the commas", index)
                comma = True
            index += 1
        if not cursor.inside(index):
            raise self._unreadable("the bracket is not closed: ] is missing", start)
        if comma:
            hint = "quote every key, and all of them with the same quotes"
            raise self._unreadable("a key is missing after the comma", index, hint=hint)
        cursor.pos = index + 1
        self.steps.append(tree.Keys(tuple(names), at=self._at(start)))
        return True

    def _quoted_name(self, index: int, quote: str) -> str:
        cursor = self.cursor
        end = cursor.unescaped(index, quote)
        if end < 0:
            raise self._unreadable(f"the key is not closed: {quote} is missing", index)
        if cursor.next_significant(end) not in "],":
            raise self._unreadable("expected ',' or ']' after the key", end + 1)
        self._token("string", index, end=end + 1)
        return unescape(cursor.text[index + 1 : end])

    def _read_numbers(self) -> bool:
        cursor = self.cursor
        start, end = cursor.pos, cursor.text.find("]", cursor.pos, cursor.last + 1)
        expression = cursor.text[start + 1 : end].strip()
        if end < 0 or not all(char.isdecimal() or char in "-,: " for char in expression):
            return False
        cursor.pos = end + 1
        if ":" in expression:
            self._token("slice", start, end=end + 1)
            self.steps.append(self._slice(expression, self._at(start)))
        else:
            self._token("index", start, end=end + 1)
            self.steps.append(self._indexes(expression, self._at(start)))
        return True

    def _indexes(self, expression: str, at: At) -> tree.Indexes:
        indexes = [_integer(part.strip()) for part in expression.split(",")]
        if None in indexes:
            raise Unreadable("expected an index from -2147483648 to 2147483647", at[0], length=at[1])
        return tree.Indexes(tuple(cast("list[int]", indexes)), at=at)

    def _slice(self, expression: str, at: At) -> tree.Slice:
        hint = "a slice is [from:to], [from:] or [:to], without blanks, commas or a step"
        parts = [*expression.split(":"), ""][:2]
        start, stop = (_integer(part) for part in parts)
        sides_read = all(
            side is not None or not part for side, part in zip((start, stop), parts, strict=True)
        )
        if (
            start is stop is None
            or not sides_read
            or any(char in _INDEX_CHARS - {"-"} for char in expression)
        ):
            raise Unreadable("this is no slice", at[0], length=at[1], hint=hint)
        return tree.Slice(start, stop, at=at)

    def _read_bracket_star(self) -> bool:
        cursor = self.cursor
        start, star = cursor.pos, cursor.significant(cursor.pos)
        close = cursor.significant(star)
        if not cursor.inside(close) or cursor.text[close] != "]":
            raise self._unreadable("expected ']' after '*'", star + 1)
        cursor.pos = close + 1
        self.steps.append(tree.Wildcard(at=self._at(start)))
        self._token("wildcard", start, end=close + 1)
        return True

    # -- filters -----------------------------------------------------------------------------------------

    def _read_filter(self) -> bool:
        cursor = self.cursor
        start = cursor.pos
        opening = cursor.find_significant(cursor.find_significant(start, "?"), "(")
        if opening < 0:
            return False
        closing = cursor.closing(opening, "()", patterns=True)
        if closing < 0 or not cursor.next_is(closing, "]"):
            hint = "a filter is [?(…)]: one pair of brackets around the whole condition"
            raise self._unreadable("this filter is not closed: expected ')]'", start, length=3, hint=hint)
        end = cursor.significant(closing)
        inner = Cursor(cursor.text[: end + 1], cursor.base)
        inner.pos, inner.last = opening, closing
        self._token("filter", start, end=opening)
        self.parsing.enter(self._offset(start))
        expression = FilterParser(inner, self.parsing).parse()
        self.parsing.depth -= 1
        self._token("filter", end, end=end + 1)
        cursor.pos = end + 1
        self.steps.append(tree.Filter(expression, at=self._at(start)))
        return True

    def _read_placeholder(self) -> bool:
        cursor = self.cursor
        mark = cursor.significant(cursor.pos)
        if cursor.next_significant(mark) not in "],":
            return False
        hint = "write the condition itself: [?(@.name == 'x')]"
        raise self._unreadable("there is no predicate to put in for '?'", mark, hint=hint)

    # -- helpers -----------------------------------------------------------------------------------------

    def _offset(self, index: int) -> int:
        return self.cursor.base + index

    def _at(self, start: int, end: int | None = None) -> At:
        return (self._offset(start), (self.cursor.pos if end is None else end) - start)

    def _token(self, kind: TokenKind, start: int, *, end: int) -> None:
        self.parsing.token(kind, self.cursor.text[start:end], offset=self._offset(start))

    def _unreadable(self, message: str, index: int, *, length: int = 1, hint: str = "") -> Unreadable:
        return Unreadable(message, self._offset(index), length=length, hint=hint)


def _integer(text: str) -> int | None:
    digits = text.removeprefix("-")
    if not digits.isdecimal() or len(digits) > 4000:
        return None
    value = int(text)
    return value if -(2**31) <= value < 2**31 else None


def _bracket_hint(text: str) -> str:
    if text.startswith("[?"):
        return "a filter stands in brackets: [?(@.name == 'x')]"
    if text.startswith("[("):
        return "count from the end with a negative index: [-1]"
    if text[1:2].isalpha():
        return f"quote the key: ['{text[1:].partition(']')[0]}']"
    return ""
