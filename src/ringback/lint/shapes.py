"""JSON with holes: whether what a template prints can be JSON, and which hole stands where.

    value   = object | list | string | number | "true" | "false" | "null" | hole
    object  = "{" [ member { "," member } ] "}"     member = ( string | hole ) ":" value | hole
    list    = "[" [ value { "," value } ] "]"

A hole that may hold any text (an unescaped input outside quotes) also stands for members, items, or nothing.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from ringback.lint.pieces import WILD, Fixed, Hole, Kind, Pieces

MOST_NESTING = 50  # levels; the platform refuses deeper documents (architect-behaviour D.2)

_FIRST_MARK = 0xF0000  # a private plane: a mark stands for one hole
_HOLE = "[\U000f0000-\U000ffffd]"
_BLANK = re.compile(r"[ \t\r\n]*")
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"')
_BROKEN_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*')
_WORD = re.compile(rf"(?:[\w.+-]|{_HOLE})+")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?")
_WORDS = {"true": True, "false": False, "null": None}


@dataclass(frozen=True, slots=True)
class ObjectShape:
    """An object; `open` says that a hole may add members."""

    members: tuple[Member, ...]
    open: bool
    at: int


@dataclass(frozen=True, slots=True)
class Member:
    """A member; `name` is None when its key has holes."""

    name: str | None
    value: Shape
    at: int


@dataclass(frozen=True, slots=True)
class ListShape:
    """A list."""

    items: tuple[Shape, ...]
    at: int


@dataclass(frozen=True, slots=True)
class TextShape:
    """A string and the holes in it."""

    holes: tuple[Hole, ...]
    at: int


@dataclass(frozen=True, slots=True)
class ScalarShape:
    """A number, `true`, `false` or `null`."""

    value: Any
    at: int


@dataclass(frozen=True, slots=True)
class HoleShape:
    """A value that a hole prints; `alone` says that nothing else is part of it."""

    hole: Hole
    at: int
    alone: bool = True


Shape: TypeAlias = "ObjectShape | ListShape | TextShape | ScalarShape | HoleShape"


class NoJson(Exception):  # noqa: N818 - an answer about a template, told to its author by the check that asked
    """The pieces cannot be JSON; `at` is the offset in the template of what is wrong."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.message = message
        self.at = at


def shape_of(pieces: Pieces) -> Shape:
    """The JSON value that pieces print.

    Raises:
        NoJson: they print none, whatever the holes are filled with.
    """
    return _Parser(_Text(pieces)).parse()


class _Text:
    """Pieces as one text, with a mark for each hole and the way back to the template."""

    def __init__(self, pieces: Pieces) -> None:
        self.holes: list[Hole] = []
        parts: list[str] = []
        self._starts: list[int] = []
        self._origins: list[tuple[int, bool]] = []
        size = 0
        for piece in pieces:
            self._starts.append(size)
            self._origins.append((piece.at, isinstance(piece, Hole)))
            parts.append(piece.text if isinstance(piece, Fixed) else self._mark(piece))
            size += len(parts[-1])
        self.text = "".join(parts)

    def _mark(self, hole: Hole) -> str:
        self.holes.append(hole)
        return chr(_FIRST_MARK + len(self.holes) - 1)

    def hole(self, mark: str) -> Hole:
        return self.holes[ord(mark) - _FIRST_MARK]

    def origin(self, at: int) -> int:
        """The offset in the template."""
        if not self._starts:
            return 0
        index = bisect_right(self._starts, at) - 1
        start, is_hole = self._origins[index]
        return start if is_hole else start + at - self._starts[index]


class _Parser:
    def __init__(self, text: _Text) -> None:
        self.source = text
        self.text = text.text
        self.at = 0
        self.depth = 0

    def parse(self) -> Shape:
        self.blank()
        if self.at == len(self.text):
            raise self.error("it prints nothing")
        value = self.value()
        self.blank()
        while self.wild_here():
            self.at += 1
            self.blank()
        if self.at < len(self.text):
            raise self.error(f"the JSON value ends, but {self.found()} follows")
        return value

    def error(self, message: str, at: int | None = None) -> NoJson:
        return NoJson(message, self.source.origin(self.at if at is None else at))

    def found(self) -> str:
        """What stands here, in words."""
        if self.at >= len(self.text):
            return "the end of the template"
        char = self.text[self.at]
        if ord(char) >= _FIRST_MARK:
            reference = self.source.hole(char).reference
            return reference.source if reference else "a reference"
        word = _WORD.match(self.text, self.at)
        return repr(re.split(_HOLE, word[0])[0] if word else char)

    def blank(self) -> None:
        match = _BLANK.match(self.text, self.at)
        assert match is not None
        self.at = match.end()

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def hole_here(self) -> Hole | None:
        char = self.peek()
        return self.source.hole(char) if char and ord(char) >= _FIRST_MARK else None

    def wild_here(self) -> bool:
        hole = self.hole_here()
        return hole is not None and hole.kind in WILD

    def value(self) -> Shape:
        char = self.peek()
        if char in ("{", "["):
            return self.nested(char)
        if char == '"':
            return self.string()
        return self.word()

    def nested(self, char: str) -> Shape:
        self.depth += 1
        if self.depth > 2 * MOST_NESTING:  # RB132 reports what is deeper than the limit
            raise self.error("it nests too deeply")
        found = self.object() if char == "{" else self.list()
        self.depth -= 1
        return found

    def string(self) -> TextShape:
        match = _STRING.match(self.text, self.at)
        if match is None:
            raise self.broken_string()
        start, self.at = self.at, match.end()
        holes = tuple(self.source.hole(mark) for mark in re.findall(_HOLE, match[0]))
        return TextShape(holes, self.source.origin(start))

    def broken_string(self) -> NoJson:
        match = _BROKEN_STRING.match(self.text, self.at)
        end = match.end() if match else self.at + 1
        if end >= len(self.text):
            return self.error("a text has no closing quotes")
        if self.text[end] == "\\":
            return self.error("a backslash in a text begins no JSON escape", end)
        if self.text[end] in "\r\n":
            return self.error("a text has no closing quotes on its line", self.at)
        return self.error("a text holds a control character", end)

    def word(self) -> Shape:
        match = _WORD.match(self.text, self.at)
        if match is None:
            raise self.error(f"a value is expected, but {self.found()} stands there")
        start, at = self.at, self.source.origin(self.at)
        marks = re.findall(_HOLE, match[0])
        if not marks:
            found = self.scalar(match[0], at)
            self.at = match.end()
            return found
        self.at = match.end()
        holes = [self.source.hole(mark) for mark in marks]
        if len(match[0]) == 1:
            return HoleShape(holes[0], at)
        if not any(hole.kind in WILD or hole.kind is Kind.NUMBER for hole in holes):
            raise self.error(f"{_names(holes)} and other text make up one value", start)
        return HoleShape(holes[0], at, alone=False)

    def scalar(self, word: str, at: int) -> ScalarShape:
        if word in _WORDS:
            return ScalarShape(_WORDS[word], at)
        if _NUMBER.fullmatch(word):
            return ScalarShape(float(word) if any(mark in word for mark in ".eE") else int(word), at)
        raise NoJson(f"a value is expected, but {word!r} stands there", at)

    def object(self) -> ObjectShape:
        at = self.source.origin(self.at)
        members: list[Member] = []
        is_open = False
        for _ in self.elements("}"):
            member = self.member()
            is_open |= member is None
            members += [member] if member else []
        return ObjectShape(tuple(members), is_open, at)

    def list(self) -> ListShape:
        at = self.source.origin(self.at)
        return ListShape(tuple(self.value() for _ in self.elements("]")), at)

    def elements(self, closer: str) -> Iterator[None]:
        """Stops at each member or item in turn, from behind the opening bracket to behind the closing one."""
        self.at += 1
        self.blank()
        if self.peek() == closer:
            self.at += 1
            return
        while True:
            wild = self.wild_here()
            yield
            self.blank()
            while self.wild_here():  # a hole with the comma that is missing here
                wild = True
                self.at += 1
                self.blank()
            if self.peek() == closer:
                self.at += 1
                return
            if self.peek() == ",":
                self.comma(closer, wild=wild)
            elif not wild or closer == "]":
                raise self.error(f"',' or '{closer}' is expected, but {self.found()} stands there")

    def comma(self, closer: str, *, wild: bool) -> None:
        comma = self.at
        self.at += 1
        self.blank()
        if self.peek() == closer and not wild:
            raise self.error(f"a comma stands before '{closer}'", comma)

    def member(self) -> Member | None:
        """A member; None for a hole that stands for members."""
        at, start = self.source.origin(self.at), self.at
        if self.wild_here():
            self.at += 1
            self.blank()
            if self.peek() != ":":
                return None
        elif self.peek() != '"':
            raise self.error(f"a key in double quotes is expected, but {self.found()} stands there")
        else:
            self.string()
        key = self.text[start : self.at].strip()
        self.blank()
        if self.peek() != ":":
            raise self.error(f"':' is expected after the key, but {self.found()} stands there")
        self.at += 1
        self.blank()
        name = None if re.search(_HOLE, key) else _unquoted(key)
        return Member(name, self.value(), at)


def _unquoted(key: str) -> str:
    return re.sub(r"\\(.)", r"\1", key[1:-1])


def _names(holes: list[Hole]) -> str:
    return " and ".join(hole.reference.source if hole.reference else "a value" for hole in holes)


def parts(shape: Shape) -> Iterator[Shape]:
    """The value and everything in it."""
    yield shape
    if isinstance(shape, ObjectShape):
        for member in shape.members:
            yield from parts(member.value)
    elif isinstance(shape, ListShape):
        for item in shape.items:
            yield from parts(item)
