"""Exported JSON as a tree that says where each of its parts stands.

A `.i3…` file has no lines that anyone could open: a place there is the file with a JSON pointer (RFC 6901)
behind `#`, e.g. `x.i3InboundFlow#/flowSequenceItemList/0/name`; line and column then count inside the text
at that pointer. A configuration that was saved as readable JSON keeps its lines.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from ringback.core.errors import DefinitionError
from ringback.core.span import Span
from ringback.documents import DEFAULT, Node, read_json
from ringback.documents.builder import check_size

_BASE64 = re.compile(r"[A-Za-z0-9+/\s]+={0,2}\s*\Z")
_OPENINGS = (b"%7B", b"%7b", b'{"', b"{ ", b"{\n", b"{\r", b"{\t")
_HINT = "download or export the flow again; a .i3 file must not be opened and saved by an editor"


def is_encoded(text: str) -> bool:
    """Whether a text looks like a `.i3` file: base64 of percent-encoded JSON that begins with a brace."""
    start = text.lstrip("\ufeff \t\r\n")[:4]
    try:
        return base64.b64decode(start, validate=True).startswith(_OPENINGS)
    except (binascii.Error, ValueError):
        return False


def is_configuration(text: str) -> bool:
    """Whether a text is the JSON of a flow's configuration."""
    return text.lstrip("\ufeff \t\r\n").startswith("{") and '"flowSequenceItemList"' in text


def decode(text: str, file: str) -> str:
    """The JSON text of a `.i3` file.

    Raises:
        DefinitionError: it is not base64 of percent-encoded UTF-8; LimitError when it is too large.
    """
    check_size(text, file, limits=DEFAULT)
    body = text.lstrip("\ufeff")
    if not _BASE64.match(body):
        raise _broken("the file is not base64", file)
    try:
        return unquote(base64.b64decode("".join(body.split())).decode("utf-8"), errors="strict")
    except (binascii.Error, ValueError) as error:
        raise _broken(f"the file cannot be decoded: {error}", file) from error


def _broken(message: str, file: str) -> DefinitionError:
    return DefinitionError(message, span=Span(file, 1, 1), hint=_HINT, code="RB014")


@dataclass(frozen=True, slots=True)
class Part:
    """One value of an export.

    Attributes:
        node: the value.
        file: the document's name when places are pointers; "" when `node` has lines of its own.
        pointer: JSON pointer of the value.
    """

    node: Node
    file: str = ""
    pointer: str = ""

    @property
    def span(self) -> Span:
        """Where the value stands."""
        if not self.file:
            return self.node.span
        lines = self.node.text.splitlines() if isinstance(self.node.value, str) else []
        shown = lines[0] if lines else ""
        place = f"{self.file}#{self.pointer}" if self.pointer else self.file
        return Span(place, 1, 1, max(1, len(shown)), shown)

    @property
    def text(self) -> str:
        """A scalar as text; "" for anything else."""
        value = self.node.value
        return "" if value is None or self.node.is_map or self.node.is_list else self.node.text or str(value)

    @property
    def is_true(self) -> bool:
        """Whether this is the JSON value `true`."""
        return self.node.value is True

    def get(self, key: str) -> Part | None:
        """A member; None when it is missing or null."""
        member = self.node.get(key)
        return None if member is None or member.value is None else self._at(member, key)

    def at(self, *keys: str) -> Part | None:
        """The member at a path of keys, or None."""
        part: Part | None = self
        for key in keys:
            part = part.get(key) if part is not None else None
        return part

    def flag(self, key: str) -> bool:
        """Whether a member is `true`."""
        member = self.node.get(key)
        return member is not None and member.value is True

    def text_at(self, key: str) -> str:
        """A member as text; "" when it is missing or no scalar."""
        member = self.get(key)
        return member.text if member is not None else ""

    def items(self) -> Iterator[tuple[str, Part]]:
        """The members of an object that are not null."""
        return ((key, self._at(node, key)) for key, node in self.node.items() if node.value is not None)

    def __iter__(self) -> Iterator[Part]:
        """The items of a list."""
        return (self._at(node, str(index)) for index, node in enumerate(self.node))

    def _at(self, node: Node, key: str) -> Part:
        if not self.file:
            return Part(node)
        escaped = key.replace("~", "~0").replace("/", "~1")
        return Part(node, self.file, f"{self.pointer}/{escaped}")

    # ---- nodes of the Archy document that stand where this value stands

    def map(self, members: Mapping[str, Node]) -> Node:
        """A mapping."""
        span = self.span
        return Node(dict(members), span, {key: member.span for key, member in members.items()})

    def list(self, items: Iterator[Node]) -> Node:
        """A list."""
        return Node(tuple(items), self.span)

    def scalar(self, value: str | int | bool) -> Node:
        """A scalar."""
        return Node(value, self.span, quoted=isinstance(value, str), text=str(value))

    def named(self, key: str, member: Node) -> Node:
        """A mapping with one key, whose place is this value's."""
        span = self.span
        return Node({key: member}, span, {key: span})


def read_export(text: str, file: str) -> Part:
    """The root of an export, encoded or not.

    Raises:
        DefinitionError: it cannot be decoded, or is no JSON object.
    """
    encoded = not text.lstrip("\ufeff \t\r\n").startswith("{")
    source = decode(text, file) if encoded else text
    root = read_json(source, file=file)
    if not root.is_map or not isinstance(root.get("flowSequenceItemList"), Node):
        message = "an exported flow is an object with `flowSequenceItemList`"
        place = Span(file, 1, 1) if encoded else root.span
        raise DefinitionError(message, span=place, hint=_HINT, code="RB020")
    return Part(root, file if encoded else "")
