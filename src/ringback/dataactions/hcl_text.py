r"""Writing HCL: attributes, objects and blocks, with `${` escaped as `$${`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_INDENT = "  "


def quoted(text: str) -> str:
    r"""A quoted template that is exactly `text`.

    >>> quoted('a "b" ${input.x}')
    '"a \"b\" $${input.x}"'
    """
    parts = []
    for character in text:
        parts.append(
            _ESCAPES.get(character) or (f"\\u{ord(character):04x}" if ord(character) < 32 else character)
        )
    return '"' + "".join(parts).replace("${", "$${").replace("%{", "%%{") + '"'


_ESCAPES: Mapping[str, str] = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def literal(value: Any, depth: int = 0) -> str:
    """A JSON value as an HCL expression."""
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, Mapping):
        return _object(value, depth)
    if isinstance(value, list | tuple):
        return f"[{', '.join(literal(item, depth) for item in value)}]"
    return json.dumps(value)


def _object(value: Mapping[str, Any], depth: int) -> str:
    if not value:
        return "{}"
    pad = _INDENT * (depth + 1)
    rows = (f"{pad}{quoted(str(key))} = {literal(member, depth + 1)}" for key, member in value.items())
    return "{\n" + "\n".join(rows) + f"\n{_INDENT * depth}}}"


def attribute(name: str, value: Any, *, encode: bool = False) -> str:
    """`name = value`, or `name = jsonencode(value)`."""
    text = literal(value)
    return f"{name} = jsonencode({text})" if encode else f"{name} = {text}"


def resource_text(kind: str, name: str, *, top: list[str], blocks: list[tuple[str, list[str]]]) -> str:
    """A resource block; `name` becomes its label."""
    lines = [line for item in top for line in _indented(item, 1)]
    for block, items in blocks:
        lines += [
            f"{_INDENT}{block} {{",
            *(line for item in items for line in _indented(item, 2)),
            f"{_INDENT}}}",
        ]
    return f'resource "{kind}" "{label(name)}" {{\n' + "\n".join(lines) + "\n}\n"


def label(name: str) -> str:
    """A Terraform label made from a display name.

    >>> label("Get User (v2)")
    'get_user_v2'
    """
    text = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") or "action"
    return text if _IDENTIFIER.fullmatch(text) else f"action_{text}"


def _indented(text: str, depth: int) -> list[str]:
    return [f"{_INDENT * depth}{line}" for line in text.split("\n")]
