"""Nodes of documents that are made rather than read: they stand nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ringback.core.span import Span
from ringback.documents import Node

_NOWHERE = Span("", 1, 1)


def scalar(value: str | bool) -> Node:
    """A scalar."""
    return Node(value, _NOWHERE, quoted=isinstance(value, str), text=str(value))


def mapping(members: Mapping[str, Node]) -> Node:
    """A mapping."""
    return Node(dict(members), _NOWHERE)


def listing(items: Iterable[Node]) -> Node:
    """A list."""
    return Node(tuple(items), _NOWHERE)
