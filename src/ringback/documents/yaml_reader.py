"""YAML text to a tree with positions.

PyYAML's parser (libyaml when PyYAML was built with it) gives the events; the tree, the meaning of plain
scalars and the limits are ours. Reading events rather than composed nodes lets a document that explodes
stop at the limit, and nothing recurses.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from ringback.core.errors import DefinitionError
from ringback.core.span import Span
from ringback.documents.builder import Builder, check_size
from ringback.documents.limits import DEFAULT, Limits
from ringback.documents.node import Node
from ringback.documents.positions import Positions
from ringback.documents.schema import plain_scalar

_PARSER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAG = "tag:yaml.org,2002:"
_HALF_PAIR = re.compile("[\ud800-\udfff]")

# What libyaml says -> what to do about it, for a reader who does not know YAML's inner terms.
_HINTS = (
    ("mapping values are not allowed", "put text that contains ': ' in quotes, or check the indentation"),
    ("found character that cannot start any token", "put the text in quotes; indent with blanks, never tabs"),
    (
        "did not find expected key",
        "check the indentation against the lines above, and that quotes are closed",
    ),
    (
        "did not find expected '-' indicator",
        "check the indentation: items of a list begin with '- ' in one column",
    ),
    ("while scanning a quoted scalar", "close the quotes"),
    ("could not find expected ':'", "write `key: value`; text over several lines belongs in quotes"),
    ("did not find expected ',' or ']'", "close the bracket, or put text that starts with '[' in quotes"),
    ("did not find expected ',' or '}'", "close the brace, or put text that starts with '{' in quotes"),
    ("found unknown escape character", r"in double quotes write \\ for a backslash"),
    ("control characters are not allowed", "remove the control character"),
)


def read_yaml(text: str, *, file: str, limits: Limits = DEFAULT, positions: Positions | None = None) -> Node:
    """The tree of one YAML 1.2 document (core schema); an empty text is a null.

    Args:
        text: what to read.
        file: the document's name in messages.
        limits: see `Limits`.
        positions: where offsets of `text` stand in the user's own text, when that is another one.

    Raises:
        DefinitionError: not YAML, a duplicate key, a merge key, a tag, more than one document.
        LimitError: over one of the limits, or a cycle of references.
    """
    check_size(text, file, limits=limits)
    # A byte order mark is no content; a blank keeps every offset.
    text = " " + text[1:] if text.startswith("\ufeff") else text
    if bad := _HALF_PAIR.search(text):
        span = Positions(_HALF_PAIR.sub("?", text), file).span(bad.start())
        message = "a character that is half of a surrogate pair"
        raise DefinitionError(message, span=span, hint="save the file as UTF-8", code="RB010")
    reader = _Reader(Builder(positions or Positions(text, file), limits))
    parser = _PARSER(text)
    try:
        reader.read(parser)
    except yaml.MarkedYAMLError as error:
        raise reader.syntax_error(error, len(text)) from error
    except yaml.reader.ReaderError as error:
        raise reader.error(
            f"not valid YAML: {error.reason}", error.position, hint=_hint(error.reason)
        ) from error
    finally:
        parser.dispose()
    return reader.tree()


class _Reader:
    """Feeds parser events to a `Builder`."""

    def __init__(self, builder: Builder) -> None:
        self._builder = builder
        self._span = builder.positions.span
        self._documents = 0

    def read(self, parser: Any) -> None:
        handlers = {
            yaml.ScalarEvent: self._scalar,
            yaml.MappingStartEvent: self._mapping,
            yaml.SequenceStartEvent: self._sequence,
            yaml.MappingEndEvent: self._end,
            yaml.SequenceEndEvent: self._end,
            yaml.AliasEvent: self._alias,
            yaml.DocumentStartEvent: self._document,
        }
        while not isinstance(event := parser.get_event(), yaml.StreamEndEvent):
            handler = handlers.get(type(event))
            if handler is not None:
                handler(event)

    def tree(self) -> Node:
        return self._builder.result or Node(None, self._span(0))

    def error(self, message: str, offset: int, *, hint: str) -> DefinitionError:
        return DefinitionError(message, span=self._span(offset), hint=hint, code="RB010")

    def syntax_error(self, error: yaml.MarkedYAMLError, size: int) -> DefinitionError:
        # An open quote is found at the end of the text, but its reader looks for where it was opened.
        opened = error.context == "while scanning a quoted scalar" and "end of stream" in str(error.problem)
        mark = error.context_mark if opened else error.problem_mark or error.context_mark
        offset = mark.index if mark is not None else size
        problem = error.problem or "the text cannot be read"
        context = f" ({error.context})" if error.context else ""
        return self.error(f"not valid YAML: {problem}{context}", offset, hint=_hint(f"{problem} {context}"))

    def _document(self, event: Any) -> None:
        self._documents += 1
        if self._documents > 1:
            raise self.error(
                "a second document begins here", event.start_mark.index, hint="keep one document in a file"
            )

    def _scalar(self, event: Any) -> None:
        span = self._span(event.start_mark.index, event.end_mark.index)
        if self._builder.expects_key:
            self._key(event, span)
            return
        text = event.value
        quoted = event.style is not None and event.style != ""
        tag = event.tag
        if tag is not None and tag not in ("!", f"{_TAG}str"):
            raise _tag_error(tag, span)
        value = text if quoted or tag is not None else plain_scalar(text)
        self._builder.scalar(value, text, span=span, quoted=quoted, anchor=event.anchor)

    def _key(self, event: Any, span: Span) -> None:
        if event.value == "<<" and not event.style:
            raise DefinitionError(
                "merge keys ('<<') are not part of YAML 1.2",
                span=span,
                hint="write the members out; an alias as a whole value (`key: *name`) is allowed",
                code="RB012",
            )
        self._builder.key(event.value, span)

    def _mapping(self, event: Any) -> None:
        self._open(event, is_map=True)

    def _sequence(self, event: Any) -> None:
        self._open(event, is_map=False)

    def _open(self, event: Any, *, is_map: bool) -> None:
        span = self._span(event.start_mark.index)
        if self._builder.expects_key:
            raise DefinitionError(
                "a key must be plain text, not a list or mapping",
                span=span,
                hint="put text that starts with '{' or '[' in quotes",
                code="RB010",
            )
        if event.tag is not None and event.tag not in (f"{_TAG}map", f"{_TAG}seq"):
            raise _tag_error(event.tag, span)
        self._builder.open(span, is_map=is_map, anchor=event.anchor)

    def _end(self, _event: Any) -> None:
        self._builder.close()

    def _alias(self, event: Any) -> None:
        span = self._span(event.start_mark.index, event.end_mark.index)
        if self._builder.expects_key:
            raise DefinitionError(
                "a key must be plain text, not an alias",
                span=span,
                hint="put text that starts with '*' in quotes",
                code="RB010",
            )
        self._builder.alias(event.anchor, span)


def _tag_error(tag: str, span: Span) -> DefinitionError:
    shown = f"!!{tag.removeprefix(_TAG)}" if tag.startswith(_TAG) else tag
    return DefinitionError(
        f"the tag {shown} is not supported",
        span=span,
        hint="remove it; put text that starts with '!' in quotes",
        code="RB010",
    )


def _hint(problem: str) -> str:
    return next(
        (hint for part, hint in _HINTS if part in problem), "check quotes and indentation of this line"
    )
