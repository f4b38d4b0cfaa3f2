r"""From a place in a template to the place in the document that holds it.

A template is a string of its document: JSON escapes (`\n`, `\"`) and Terraform's `$${` make the two differ.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from ringback.core.span import Span
from ringback.documents import Node
from ringback.lint.model import Edit

_ESCAPE = re.compile(r'\\(?:u[0-9a-fA-F]{4}|["\\/bfnrt])')


class Place(Protocol):
    """Where a text of a document stands."""

    def span(self, offset: int = 0, length: int = 0) -> Span:
        """The place of `length` characters at an offset of the text; the whole text without arguments."""

    def edit(self, start: int, end: int, *, text: str) -> Edit | None:
        """The change of the document that replaces `[start, end)` of the text; None when there is none."""


@dataclass(frozen=True, slots=True)
class Anywhere:
    """A place of which no more is known than a span."""

    known: Span

    def span(self, offset: int = 0, length: int = 0) -> Span:  # noqa: ARG002 - the protocol's signature
        """The span."""
        return self.known

    def edit(self, start: int, end: int, *, text: str) -> Edit | None:  # noqa: ARG002 - the protocol's signature
        """No change."""
        return None


@dataclass(frozen=True)  # without slots: the offsets are computed once, when somebody asks
class InJson:
    """A string of a JSON document, quotes included.

    Attributes:
        document: the document's text.
        file: its name.
        start: offset of the opening quote.
    """

    document: str
    file: str
    start: int

    @cached_property
    def offsets(self) -> tuple[int, ...]:
        """The offset in the document of each UTF-16-safe character of the text, and of its closing quote."""
        found: list[int] = []
        at = self.start + 1
        while at < len(self.document) and self.document[at] != '"':
            escape = _ESCAPE.match(self.document, at)
            found.append(at)
            at = escape.end() if escape else at + 1
            if escape and _is_low_half(escape[0]):
                found.pop()
        return (*found, at)

    def span(self, offset: int = 0, length: int = 0) -> Span:
        """The place of `length` characters at an offset; the whole string without arguments."""
        start = self._at(offset) if length else self.start
        end = self._at(offset + length) if length else self.offsets[-1] + 1
        whole = Span.at(self.document, start, file=self.file)
        return Span(self.file, whole.line, whole.column, _cut(end - start, whole), whole.text)

    def edit(self, start: int, end: int, *, text: str) -> Edit | None:
        """The change of the document."""
        return Edit(self._at(start), self._at(end), json.dumps(text, ensure_ascii=False)[1:-1])

    def _at(self, offset: int) -> int:
        return self.offsets[min(max(offset, 0), len(self.offsets) - 1)]


def _is_low_half(escape: str) -> bool:
    return escape.startswith("\\u") and 0xDC00 <= int(escape[2:], 16) <= 0xDFFF


def _cut(length: int, span: Span) -> int:
    return max(1, min(length, len(span.text) - span.column + 1))


@dataclass(frozen=True, slots=True)
class InTerraform:
    """A text of a Terraform file, found by its own words behind its attribute.

    Attributes:
        document: the file's text.
        file: its name.
        start: offset of the attribute's name.
        text: the value, when its words matter.
    """

    document: str
    file: str
    start: int
    text: str = ""

    def span(self, offset: int = 0, length: int = 0) -> Span:
        """The place of the words at an offset; the attribute when they cannot be found."""
        if length and (found := self._find(offset)) is not None:
            return Span.at(self.document, found, file=self.file, length=length)
        name = re.compile(r'[\w"-]*').match(self.document, self.start)
        size = len(name[0]) if name else 1
        return Span.at(self.document, self.start, file=self.file, length=size)

    def edit(self, start: int, end: int, *, text: str) -> Edit | None:  # noqa: ARG002 - the protocol's signature
        """No change: the text may come from elsewhere in the file."""
        return None

    def _find(self, offset: int) -> int | None:
        """Where the line of the text that holds `offset` is written, plus the way to the offset in it."""
        first = self.text.rfind("\n", 0, offset) + 1
        last = self.text.find("\n", offset)
        line = self.text[first : last if last >= 0 else len(self.text)]
        for shape in (_hcl_line, _hcl_quoted):
            before, written = shape(line[: offset - first]), shape(line)
            at = self.document.find(written, self.start) if written.strip() else -1
            if at >= 0:
                return at + len(before)
        return None


def _hcl_line(text: str) -> str:
    return text.replace("${", "$${").replace("%{", "%%{")


def _hcl_quoted(text: str) -> str:
    return _hcl_line(json.dumps(text, ensure_ascii=False)[1:-1])


class Places(Protocol):
    """Where the fields of an action stand; paths are those of the export document."""

    def value(self, *path: str) -> Place:
        """The place of a value, or of what stands nearest above it."""

    def key(self, *path: str) -> Place:
        """The place of a key, or of what stands nearest above it."""


@dataclass(frozen=True, slots=True)
class JsonPlaces:
    """Places in a JSON document.

    Attributes:
        document: its text.
        file: its name.
        root: the action's object.
        starts: offset of each line.
    """

    document: str
    file: str
    root: Node
    starts: Sequence[int] = field(default_factory=tuple)

    @classmethod
    def of(cls, root: Node, document: str, *, file: str) -> JsonPlaces:
        """The places of one action."""
        starts = [0, *(found.end() for found in re.finditer("\n", document))]
        return cls(document, file, root, starts)

    def value(self, *path: str) -> Place:
        """The place of a value."""
        node, _ = self._walk(path)
        return self._place(node.span, is_text=node.quoted)

    def key(self, *path: str) -> Place:
        """The place of a key."""
        parent, rest = self._walk(path[:-1])
        if rest or path[-1] not in parent.keys:
            return self.value(*path)
        return self._place(parent.keys[path[-1]], is_text=True)

    def _walk(self, path: Sequence[str]) -> tuple[Node, tuple[str, ...]]:
        """The node at a path, or the nearest above it and what is left of the path."""
        node = self.root
        for index, name in enumerate(path):
            below = _member(node, name)
            if below is None or below.value is None:
                if index == 0 and name == "config":
                    continue  # some documents have no `config` around request and response
                return node, tuple(path[index:])
            node = below
        return node, ()

    def _place(self, span: Span, *, is_text: bool) -> Place:
        start = self.starts[span.line - 1] + span.column - 1
        if is_text and self.document[start : start + 1] == '"':
            return InJson(self.document, self.file, start)
        return Anywhere(span)


_OTHER_NAMES = {
    "successSchema": ("outputSchema",),
    "requestUrlTemplate": ("url",),
    "requestTemplate": ("body",),
    "requestType": ("method",),
}


def _member(node: Node, name: str) -> Node | None:
    if node.is_list:
        return next((item for index, item in enumerate(node) if str(index) == name), None)
    names = (name, *_OTHER_NAMES.get(name, ()))
    return next((found for each in names if (found := node.get(each)) is not None), None)


@dataclass(frozen=True, slots=True)
class PlainPlaces:
    """Places in a plain document, whose templates differ from the native ones in their references."""

    places: JsonPlaces

    def value(self, *path: str) -> Place:
        """The place of a value."""
        return Anywhere(self.places.value(*self._own(path)).span())

    def key(self, *path: str) -> Place:
        """The place of a key."""
        return Anywhere(self.places.key(*self._own(path)).span())

    def _own(self, path: tuple[str, ...]) -> tuple[str, ...]:
        if path[:2] == ("config", "request"):
            return path[1:]
        if path[:2] == ("config", "timeoutSeconds"):
            return ("request", "timeout")
        if path[:2] == ("config", "response"):
            return self._mapping(path[3] if len(path) > 3 else "")
        if path[:1] == ("contract",):
            side = "inputVariables" if path[1:2] == ("input",) else "outputVariables"
            return self._listed((side,), "name", name=path[4] if len(path) > 4 else "")
        return path

    def _mapping(self, name: str) -> tuple[str, ...]:
        found = self._listed(("response", "body", "mapping"), "variableName", name=name)
        return found if len(found) == 3 else (*found[:-1], "jsonPath")

    def _listed(self, path: tuple[str, ...], key: str, *, name: str) -> tuple[str, ...]:
        items = self.places.root.at(*path)
        for index, item in enumerate(items or ()):
            member = item.get(key)
            if member is not None and member.value == name:
                return (*path, str(index), key)
        return path


_ATTRIBUTES = {
    "requestUrlTemplate": "request_url_template",
    "requestTemplate": "request_template",
    "requestType": "request_type",
    "translationMap": "translation_map",
    "translationMapDefaults": "translation_map_defaults",
    "successTemplate": "success_template",
    "timeoutSeconds": "config_timeout_seconds",
    "input": "contract_input",
    "output": "contract_output",
    "request": "config_request",
    "response": "config_response",
}
_UNNAMED = frozenset(("config", "contract", "inputSchema", "successSchema"))


@dataclass(frozen=True, slots=True)
class TerraformPlaces:
    """Places in a Terraform file.

    Attributes:
        document: its text.
        file: its name.
        start: offset of the action's resource.
        end: offset behind it.
    """

    document: str
    file: str
    start: int
    end: int

    def value(self, *path: str) -> Place:
        """The place of a value."""
        at = self.start
        for name in path:
            if name in _UNNAMED:
                continue
            word = _ATTRIBUTES.get(name, name)
            pattern = re.compile(rf'(?<![\w-])"?{re.escape(word)}"?(?=\s*[=:{{])')
            found = pattern.search(self.document, at, self.end)
            at = found.start() if found else at
        return InTerraform(self.document, self.file, at)

    def key(self, *path: str) -> Place:
        """The place of a key."""
        return self.value(*path)
