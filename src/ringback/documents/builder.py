"""Puts a document's tree together from the bottom up, without recursion, and keeps its limits."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from ringback.core.errors import DefinitionError, LimitError
from ringback.core.span import Span
from ringback.documents.limits import Limits
from ringback.documents.node import Node, Scalar
from ringback.documents.positions import Positions


@dataclass(slots=True)
class _Open:
    """A mapping or list whose end was not read yet.

    `size` counts the values inside, what aliases repeat included; `height` is how deep they go.
    """

    span: Span
    is_map: bool
    anchor: str | None
    items: list[Node] = field(default_factory=list)
    members: dict[str, Node] = field(default_factory=dict)
    keys: dict[str, Span] = field(default_factory=dict)
    key: str | None = None
    size: int = 1
    height: int = 1

    def node(self) -> Node:
        return (
            Node(dict(self.members), self.span, self.keys)
            if self.is_map
            else Node(tuple(self.items), self.span)
        )


@dataclass(frozen=True, slots=True)
class _Anchored:
    """A value that an alias can repeat, with its size and height."""

    node: Node
    size: int
    height: int


class Builder:
    """Takes the parts of a document in reading order; `result` is the tree when all is closed."""

    def __init__(self, positions: Positions, limits: Limits) -> None:
        self.positions = positions
        self._limits = limits
        self._open: list[_Open] = []
        self._anchors: dict[str, _Anchored] = {}
        self._nodes = 0
        self._aliases = 0
        self.result: Node | None = None

    @property
    def expects_key(self) -> bool:
        """Whether the next part is a key of a mapping."""
        return bool(self._open) and self._open[-1].is_map and self._open[-1].key is None

    def key(self, key: str, span: Span) -> None:
        """Take a mapping's next key."""
        current = self._open[-1]
        if key in current.keys:
            raise DefinitionError(
                f"the key {key!r} occurs twice in the same mapping",
                span=span,
                hint=f"it stands in line {current.keys[key].line} already; remove or rename one of the two",
                code="RB011",
            )
        current.keys[key] = span
        current.key = key

    def scalar(
        self, value: Scalar, text: str, *, span: Span, quoted: bool, anchor: str | None = None
    ) -> None:
        """Take a value that is neither mapping nor list."""
        self._count(1, span)
        self._put(_Anchored(Node(value, span, quoted=quoted, text=text), 1, 0), anchor)

    def open(self, span: Span, *, is_map: bool, anchor: str | None = None) -> None:
        """Take the beginning of a mapping or list."""
        self._count(1, span)
        self._open.append(_Open(span, is_map, anchor))
        self._check_depth(len(self._open), span)

    def close(self) -> None:
        """Take the end of the innermost mapping or list."""
        done = self._open.pop()
        self._put(_Anchored(done.node(), done.size, done.height), done.anchor)

    def alias(self, name: str, span: Span) -> None:
        """Take a repetition of an anchored value."""
        self._aliases += 1
        if self._aliases > self._limits.document_aliases:
            raise self._over(
                "document_aliases", f"more than {self._limits.document_aliases:,} aliases", span=span
            )
        if any(part.anchor == name for part in self._open):
            raise LimitError(
                f"the alias *{name} stands inside the value that it names: a cycle of references",
                limit="document_aliases",
                span=span,
                hint="write the value out instead of repeating it inside itself",
            )
        anchored = self._anchors.get(name)
        if anchored is None:
            known = ", ".join(f"&{anchor}" for anchor in self._anchors) or "none"
            raise DefinitionError(
                f"the alias *{name} names no anchor",
                span=span,
                hint=f"anchors above this line: {known}; put text that starts with '*' in quotes",
                code="RB010",
            )
        self._count(anchored.size, span)
        self._check_depth(len(self._open) + anchored.height, span)
        self._put(replace(anchored, node=replace(anchored.node, span=span)), None)

    def _put(self, value: _Anchored, anchor: str | None) -> None:
        if anchor is not None:
            self._anchors[anchor] = value
        if not self._open:
            self.result = value.node
            return
        current = self._open[-1]
        current.size += value.size
        current.height = max(current.height, value.height + 1)
        if current.key is not None:
            current.members[current.key] = value.node
            current.key = None
        else:
            current.items.append(value.node)

    def _count(self, size: int, span: Span) -> None:
        self._nodes += size
        if self._nodes > self._limits.document_nodes:
            raise self._over("document_nodes", f"more than {self._limits.document_nodes:,} values", span=span)

    def _check_depth(self, depth: int, span: Span) -> None:
        if depth > self._limits.document_depth:
            what = f"more than {self._limits.document_depth:,} mappings and lists inside each other"
            raise self._over("document_depth", what, span=span)

    @staticmethod
    def _over(limit: str, what: str, *, span: Span) -> LimitError:
        return LimitError(
            f"the document has {what}", limit=limit, span=span, hint="split the document or simplify it"
        )


def check_size(text: str, file: str, *, limits: Limits) -> None:
    """Refuse a text over `document_size` before anything is done with it."""
    size = len(text)
    if size <= limits.document_size and not text.isascii():
        size = len(text.encode("utf-8", "surrogatepass"))
    if size > limits.document_size:
        raise LimitError(
            f"the document has {size:,} bytes, more than {limits.document_size:,}",
            limit="document_size",
            span=Span(file, 1, 1),
            hint="a flow or data action is far smaller; is this the right file?",
        )
