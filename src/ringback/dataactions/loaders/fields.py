"""Reading the fields of a document with errors that name the exact field and its place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ringback.core.errors import DefinitionError
from ringback.core.span import Span
from ringback.documents import Node

MALFORMED = "RB101"

_KINDS: Mapping[type, str] = {str: "a text", bool: "true or false", int: "a number", float: "a number"}


def kind_of(value: object) -> str:
    """What a value is, in words: "a text", "an object" and so on."""
    if value is None:
        return "null"
    if isinstance(value, Mapping):
        return "an object"
    return _KINDS.get(type(value), "a list")


def wrong(path: str, wanted: str, *, node: Node, hint: str = "") -> DefinitionError:
    """`path must be wanted, not …`, at the node."""
    message = f"{path} must be {wanted}, not {kind_of(node.value)}"
    return DefinitionError(message, span=node.span, hint=hint, code=MALFORMED)


def missing(path: str, span: Span, *, hint: str = "") -> DefinitionError:
    """`path is missing`, at its parent."""
    return DefinitionError(f"{path} is missing", span=span, hint=hint, code=MALFORMED)


class Fields:
    """One object of a document; `path` is its place in words, e.g. "config.request"."""

    def __init__(self, node: Node, path: str = "") -> None:
        if not node.is_map:
            raise wrong(path or "the document", "an object", node=node)
        self.node = node
        self.path = path

    def name(self, key: str) -> str:
        """The dotted path of a member."""
        return f"{self.path}.{key}" if self.path else key

    def get(self, key: str) -> Node | None:
        """A member; None when it is missing or null."""
        node = self.node.get(key)
        return None if node is None or node.value is None else node

    def text(self, key: str, default: str = "") -> str:
        """A text; `default` when missing or null."""
        node = self.get(key)
        if node is None:
            return default
        if not isinstance(node.value, str):
            raise wrong(self.name(key), "a text", node=node)
        return node.value

    def required_text(self, key: str, *, hint: str = "") -> str:
        """A text that is there and not empty."""
        text = self.text(key)
        if not text.strip():
            node = self.node.get(key)
            if node is None:
                raise missing(self.name(key), self.node.span, hint=hint)
            raise DefinitionError(f"{self.name(key)} is empty", span=node.span, hint=hint, code=MALFORMED)
        return text

    def flag(self, key: str, *, default: bool = False) -> bool:
        """A Boolean; `default` when missing or null."""
        node = self.get(key)
        if node is None:
            return default
        if not isinstance(node.value, bool):
            raise wrong(self.name(key), "true or false", node=node)
        return node.value

    def number(self, key: str, *, low: float, high: float) -> float | None:
        """A number from `low` to `high`; None when missing or null."""
        node = self.get(key)
        if node is None:
            return None
        if isinstance(node.value, bool) or not isinstance(node.value, int | float):
            raise wrong(self.name(key), f"a number from {low:g} to {high:g}", node=node)
        if not low <= node.value <= high:
            message = f"{self.name(key)} must be from {low:g} to {high:g}, not {node.value:g}"
            raise DefinitionError(message, span=node.span, code=MALFORMED)
        return float(node.value)

    def section(self, key: str) -> Fields | None:
        """A member object; None when missing or null."""
        node = self.get(key)
        return None if node is None else Fields(node, self.name(key))

    def texts(self, key: str) -> dict[str, str]:
        """A member object of texts; numbers and Booleans count as their text. Empty when missing or null."""
        section = self.section(key)
        return (
            {}
            if section is None
            else {name: _text(section, name, node=node) for name, node in section.node.items()}
        )

    def items(self, key: str) -> list[Fields]:
        """A member list of objects; empty when missing or null."""
        return [Fields(node, f"{self.name(key)}[{index}]") for index, node in enumerate(self.nodes(key))]

    def nodes(self, key: str) -> list[Node]:
        """A member list; empty when missing or null."""
        node = self.get(key)
        if node is None:
            return []
        if not node.is_list:
            raise wrong(self.name(key), "a list", node=node)
        return list(node)

    def plain(self, key: str) -> Any:
        """A member as plain Python; None when missing."""
        node = self.node.get(key)
        return None if node is None else node.plain()


def _text(section: Fields, name: str, *, node: Node) -> str:
    if isinstance(node.value, str):
        return node.value
    if isinstance(node.value, bool):
        return "true" if node.value else "false"
    if isinstance(node.value, int | float):
        return node.text or str(node.value)
    if node.value is None:
        return ""
    raise wrong(section.name(name), "a text", node=node)


def spans_of(node: Node, *, depth: int = 6) -> dict[str, Span]:
    """The place of every field by dotted path; list items by `[index]`."""
    found = {"": node.span}
    _collect(node, "", depth=depth, found=found)
    return found


def _collect(node: Node, path: str, *, depth: int, found: dict[str, Span]) -> None:
    if depth == 0:
        return
    members = [(f"{path}.{key}" if path else key, child) for key, child in node.items()]
    members += [(f"{path}[{index}]", child) for index, child in enumerate(node)] if node.is_list else []
    for name, child in members:
        found[name] = child.span
        _collect(child, name, depth=depth - 1, found=found)
