"""A document as a tree that knows where everything stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from ringback.core.span import Span

Scalar: TypeAlias = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Node:
    """One value of a document with its place.

    Attributes:
        value: a scalar, a tuple of nodes, or a mapping from key text to node (in document order).
        span: where the value stands.
        keys: for a mapping, where each key stands.
        quoted: whether a scalar was written in quotes (then it is text whatever it looks like).
        text: a scalar's source text before its type was decided, e.g. "no" or "0123".
    """

    value: Scalar | tuple[Node, ...] | Mapping[str, Node]
    span: Span
    keys: Mapping[str, Span] = field(default_factory=dict)
    quoted: bool = False
    text: str = ""

    @property
    def is_map(self) -> bool:
        """Whether this is a mapping."""
        return isinstance(self.value, Mapping)

    @property
    def is_list(self) -> bool:
        """Whether this is a sequence."""
        return isinstance(self.value, tuple)

    def get(self, key: str) -> Node | None:
        """The member of a mapping, or None (also when this is no mapping)."""
        return self.value.get(key) if isinstance(self.value, Mapping) else None

    def at(self, *keys: str) -> Node | None:
        """The member at a path of keys, or None as soon as one is missing."""
        node: Node | None = self
        for key in keys:
            node = node.get(key) if node is not None else None
        return node

    def items(self) -> Iterator[tuple[str, Node]]:
        """Key and value of each member; nothing when this is no mapping."""
        return iter(self.value.items()) if isinstance(self.value, Mapping) else iter(())

    def __iter__(self) -> Iterator[Node]:
        """The items of a sequence; nothing when this is no sequence."""
        return iter(self.value) if isinstance(self.value, tuple) else iter(())

    def key_span(self, key: str) -> Span:
        """Where a key stands; the mapping's own place when unknown."""
        return self.keys.get(key, self.span)

    def plain(self) -> object:
        """The value as plain Python: dict, list and scalars."""
        if isinstance(self.value, Mapping):
            return {key: member.plain() for key, member in self.value.items()}
        if isinstance(self.value, tuple):
            return [member.plain() for member in self.value]
        return self.value
