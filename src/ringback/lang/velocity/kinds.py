"""What the lexer makes of a template's text."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple

_STRAY = re.compile(r"\\+\$|[$#]")


class Kind(StrEnum):
    """What a token is; the value is its name in error messages."""

    __hash__ = str.__hash__  # Enum's own is written in Python, and kinds are looked up all the time

    TEXT = "text"
    BLANK = "white space"
    NEWLINE = "line end"
    COMMENT = "comment"
    RAW = "literal block"
    ESCAPE = "backslash"
    DOUBLE_ESCAPE = "two backslashes"
    ESCAPED_DIRECTIVE = "escaped directive"
    SET = "#set"
    IF = "#if"
    ELSEIF = "#elseif"
    ELSE = "#else"
    END = "#end"
    WORD = "name"
    IDENTIFIER = "identifier"
    OPEN_FORMAL = "{"
    CLOSE_FORMAL = "}"
    DOT = "."
    OPEN_INDEX = "["
    CLOSE_INDEX = "]"
    PIPE = "|"
    OPEN = "("
    CLOSE = ")"
    RETURN = "method )"
    OPEN_LIST = "list ["
    CLOSE_LIST = "list ]"
    OPEN_MAP = "map {"
    CLOSE_MAP = "map }"
    COMMA = ","
    RANGE = ".."
    COLON = ":"
    STRING = "string"
    INTEGER = "integer"
    FLOAT = "number"
    TRUE = "true"
    FALSE = "false"
    OPERATOR = "operator"
    NOT = "!"
    ASSIGN = "="
    EOF = "end of template"


class Token(NamedTuple):
    """One token.

    Attributes:
        kind: what it is.
        image: its text, with the `$`, `#` and backslashes that lead it.
        start: offset of its first character (of the lead, when there is one).
        skipped: characters before it that began a reference or directive and belong to nothing.
        lead: how many characters of `image` are lead.
    """

    kind: Kind
    image: str
    start: int
    skipped: str = ""
    lead: int = 0

    @property
    def end(self) -> int:
        """Offset after its last character."""
        return self.start + len(self.image)

    @property
    def stray(self) -> str:
        """What `skipped` renders as: the engine keeps `$`, `#` and backslashes before `$`, and drops `!`."""
        return "".join(_STRAY.findall(self.skipped)) if self.skipped else ""

    @property
    def body(self) -> str:
        """The image without its lead."""
        return self.image[self.lead :]
