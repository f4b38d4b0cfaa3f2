"""A compiled path: reading documents, and the errors that readers see."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from ringback.core.errors import LimitError
from ringback.core.jsontypes import Json
from ringback.lang.jsonpath import limits, tree
from ringback.lang.jsonpath.compiler import Program, compile_tree
from ringback.lang.jsonpath.errors import (
    EvaluationError,
    Failed,
    InvalidPath,
    Missing,
    PathNotFound,
    Refused,
    Signal,
)
from ringback.lang.jsonpath.functions import copied, plain
from ringback.lang.jsonpath.parser import parse_with_tokens
from ringback.lang.jsonpath.places import jayway_path, missing_message, readable_path
from ringback.lang.jsonpath.run import Run, checked_options
from ringback.lang.jsonpath.segments import Segment, describe
from ringback.lang.jsonpath.text import span_of
from ringback.lang.jsonpath.tokens import Token


@dataclass(frozen=True, slots=True)
class Path:
    """A compiled path.

    Attributes:
        text: the path as it was given.
        definite: whether reading answers the value itself; otherwise it answers a list.
        tree: what the path means.
    """

    text: str
    definite: bool
    tree: tree.PathTree
    _program: Program = field(repr=False, compare=False)
    _read: Callable[[Any], Any] = field(repr=False, compare=False)

    def read(self, document: Any, *, options: Collection[str] = ()) -> Any:
        """What the path finds in `document` (dicts, lists or tuples, and scalars as `json.loads` makes them).

        The answer shares its parts with the document, which is never changed.

        Args:
            document: the value that `$` means.
            options: names of `OPTIONS`.

        Raises:
            PathNotFound: a definite path, or the definite beginning of another, points at nothing.
            InvalidPath: a step cannot be applied: an unknown function, a filter on a scalar.
            EvaluationError: what else fails in Jayway; `kind` names the Java class.
            LimitError: one of the limits in `limits.py`.
            UsageError: an unknown option.
        """
        return self._read_with(document, checked_options(options)) if options else self._read(document)

    @property
    def segments(self) -> tuple[Segment, ...]:
        """One description for the root and for each step, in the order in which they are written."""
        return describe(self.text, self.tree)

    def _read_with(self, document: Any, options: frozenset[str]) -> Any:
        listed, program = options & {"AS_PATH_LIST", "ALWAYS_RETURN_LIST"}, self._program
        suppress = "SUPPRESS_EXCEPTIONS" in options
        nothing: Any = None if program.definite else []
        if program.call and listed:
            if suppress:
                return nothing
            message = "AS_PATH_LIST and ALWAYS_RETURN_LIST cannot be used with a path that ends in a function"
            raise EvaluationError(
                message, kind="JsonPathException", span=span_of(self.text, (0, len(self.text)))
            )
        run = _evaluate(self.text, program, run=Run(document, options))
        if suppress and not run.values:
            return [] if listed else nothing
        if "AS_PATH_LIST" in options:
            if not run.values:
                raise _not_found(self.text, run.miss or Missing(None, None, model=document, at=(0, 1)))
            return [jayway_path(loc, self.tree.root) for loc in run.locs]
        value = _result(self.text, program, run=run)
        return [value] if "ALWAYS_RETURN_LIST" in options and program.definite else value


@lru_cache(maxsize=4096)
def compile_path(path: str) -> Path:
    """The compiled form of a path, from a cache of the last few thousand texts.

    Raises:
        InvalidPath: the text is no path.
        LimitError: the path is too long, has too many steps or nests too deep.
    """
    parsed, _ = parse_with_tokens(path)
    program = compile_tree(parsed)
    return Path(path, program.definite, parsed, program, _reader(path, program))


def read(path: str, document: Any, *, options: Collection[str] = ()) -> Any:
    """What `path` finds in `document`; see `Path.read`."""
    return compile_path(path).read(document, options=options)


def parse(path: str) -> tree.PathTree:
    """The tree of a path; InvalidPath when the text is none."""
    return parse_with_tokens(path)[0]


def tokens(path: str) -> tuple[Token, ...]:
    """The pieces of a path in the order of the text; InvalidPath when the text is none."""
    return parse_with_tokens(path)[1]


def _reader(text: str, program: Program) -> Callable[[Any], Json]:
    """The reading without options. Keys and indexes alone need no state unless something is missing."""

    def general(document: Any) -> Any:
        return _result(text, program, run=_evaluate(text, program, run=Run(document)))

    simple = program.simple
    if simple is None:
        return general

    def quick(document: Any) -> Any:
        node = document
        try:
            for kind, key in simple:
                if node.__class__ is not kind:
                    return general(document)
                node = node[key]
        except LookupError:
            return general(document)
        return node

    return quick


def _evaluate(text: str, program: Program, *, run: Run) -> Run:
    document = run.root
    if document is None:
        message = "the document is null: no path can be read from it"
        raise EvaluationError(message, kind="IllegalArgumentException", span=span_of(text, (0, len(text))))
    try:
        if program.appends:
            document = run.root = copied(document)
        program.visit(document, None, run=run)
    except Signal as signal:
        raise _error(text, signal) from None
    except RecursionError:
        raise limits.exceeded("jsonpath_document_depth", span_of(text, (0, len(text)))) from None
    except LimitError as error:
        raise limits.exceeded(error.limit, error.span or span_of(text, (0, len(text)))) from None
    return run


def _result(text: str, program: Program, *, run: Run) -> Any:
    if program.keys:
        run.values = [plain(value) for value in run.values]
    if not program.definite:
        return run.values
    if not run.values:
        raise _not_found(text, run.miss or Missing(None, None, model=run.root, at=(0, 1)))
    return run.values[-1]


def _error(text: str, signal: Signal) -> InvalidPath | PathNotFound | EvaluationError:
    if isinstance(signal, Missing):
        return _not_found(text, signal)
    if isinstance(signal, Refused):
        return InvalidPath(signal.message, span=span_of(text, signal.at))
    assert isinstance(signal, Failed)
    return EvaluationError(signal.message, kind=signal.kind, span=span_of(text, signal.at))


def _not_found(text: str, missing: Missing) -> PathNotFound:
    message, hint = missing_message(missing)
    prefix = readable_path(missing.loc)
    return PathNotFound(message, span=span_of(text, missing.at), hint=hint, matched_prefix=prefix)
