"""Terraform functions that data actions use, and values that are not known."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

_HTML = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


@dataclass(frozen=True, slots=True)
class Placeholder:
    """An expression without a value here, e.g. `var.action_name`; in a text it is `TF_var_action_name`."""

    name: str

    def __str__(self) -> str:
        """The text that stands for it."""
        return "TF_" + re.sub(r"\W+", "_", self.name).strip("_")


@dataclass(frozen=True, slots=True)
class Encoded:
    """The result of `jsonencode`: its text, and the value with its keys in source order."""

    value: Any

    def __str__(self) -> str:
        """The text as Terraform writes it: sorted keys, compact, HTML characters escaped."""
        text = json.dumps(plain(self.value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        for character, escape in _HTML.items():
            text = text.replace(character, escape)
        return text


def text_of(value: Any) -> str:
    """A value inside a text, as Terraform interpolates it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def plain(value: Any) -> Any:
    """The value with placeholders and encoded texts as texts."""
    if isinstance(value, Placeholder | Encoded):
        return str(value)
    if isinstance(value, dict):
        return {key: plain(member) for key, member in value.items()}
    return [plain(item) for item in value] if isinstance(value, list) else value


def _json_decode(text: Any) -> Any:
    return text.value if isinstance(text, Encoded) else json.loads(text)


def _merge(*objects: Any) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for item in objects:
        merged.update(item)
    return merged


def _concat(*lists: Any) -> list[Any]:
    return [item for part in lists for item in part]


def _coalesce(*values: Any) -> Any:
    return next(value for value in values if value is not None and value != "")


def _format(template: str, *values: Any) -> str:
    texts = iter(values)
    return re.sub(r"%(?:[svd]|(%))", lambda match: match.group(1) or text_of(next(texts)), template)


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "jsonencode": Encoded,
    "jsondecode": _json_decode,
    "join": lambda separator, items: separator.join(text_of(item) for item in items),
    "lower": lambda text: text.lower(),
    "upper": lambda text: text.upper(),
    "trimspace": lambda text: text.strip(),
    "chomp": lambda text: text.rstrip("\r\n"),
    "replace": lambda text, old, new: text.replace(old, new),
    "tostring": text_of,
    "format": _format,
    "merge": _merge,
    "concat": _concat,
    "coalesce": _coalesce,
    "sensitive": lambda value: value,
    "nonsensitive": lambda value: value,
}
