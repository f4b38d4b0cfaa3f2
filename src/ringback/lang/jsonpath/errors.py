"""What reading a path can raise.

    DefinitionError
    ├─ JsonPathError        attribute `kind`: simple name of the Java exception class
    │  ├─ PathNotFound      PathNotFoundException: nothing stands where a definite path points
    │  ├─ InvalidPath       InvalidPathException: the text is no path, or cannot be applied to this document
    │  └─ EvaluationError   JsonPathException, ClassCastException, IndexOutOfBoundsException, …
    └─ LimitError           one of the limits of `limits.py`

The signals below them are cheap: they carry facts, and become errors with a place and a message only when
they leave the outermost path.
"""

from __future__ import annotations

from typing import TypeAlias

from ringback.core.errors import DefinitionError
from ringback.core.jsontypes import Json
from ringback.core.span import Span

At: TypeAlias = tuple[int, int]
"""Offset and length of a piece of the path text."""


class JsonPathError(DefinitionError):
    """A path cannot be compiled or read; `kind` names the class that Jayway raises."""

    def __init__(self, message: str, *, kind: str, span: Span | None = None, hint: str = "") -> None:
        super().__init__(message, span=span, hint=hint)
        self.kind = kind


class InvalidPath(JsonPathError):  # noqa: N818 - the name of the interface
    """The text is no path, or a step cannot be applied to what stands there."""

    def __init__(
        self, message: str, *, span: Span | None = None, hint: str = "", kind: str = "InvalidPathException"
    ) -> None:
        super().__init__(message, kind=kind, span=span, hint=hint)


class PathNotFound(JsonPathError):  # noqa: N818 - the name of the interface
    """A definite path, or the definite part of a path, points at nothing.

    Attributes:
        matched_prefix: how far the path matched, in readable form: `$.body`, `$.rows[0]['first name']`.
    """

    def __init__(
        self, message: str, *, span: Span | None = None, hint: str = "", matched_prefix: str = "$"
    ) -> None:
        super().__init__(message, kind="PathNotFoundException", span=span, hint=hint)
        self.matched_prefix = matched_prefix


class EvaluationError(JsonPathError):
    """Reading failed in another way: an aggregate of nothing, an index out of bounds, a Java cast."""


class Signal(Exception):  # noqa: N818 - not an error: a message between the steps of one evaluation
    """Base of what steps tell each other; `at` is the piece of path text that speaks."""

    def __init__(self, message: str = "", at: At = (0, 1)) -> None:
        super().__init__(message)
        self.message = message
        self.at = at


class Missing(Signal):
    """Nothing stands at `key` of `model`, which stands at `loc`."""

    def __init__(self, loc: Loc, key: object, *, model: Json, at: At) -> None:
        super().__init__("", at)
        self.loc = loc
        self.key = key
        self.model = model


class Refused(Signal):
    """A step or operator cannot work on this value: InvalidPathException in Jayway."""


class Failed(Signal):
    """Another Java exception, named by `kind`."""

    def __init__(self, message: str, kind: str = "JsonPathException", *, at: At = (0, 1)) -> None:
        super().__init__(message, at)
        self.kind = kind


class OutOfBounds(Failed):
    """IndexOutOfBoundsException: array steps take it for an index that is not there."""

    def __init__(self, message: str) -> None:
        super().__init__(message, "IndexOutOfBoundsException")


Loc: TypeAlias = "tuple[Loc, object] | None"
"""Where a value stands: its parent's place and the key, index, names or call; None for the root."""
