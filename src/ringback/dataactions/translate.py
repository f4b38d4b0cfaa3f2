"""The translation map: one JSONPath per variable, defaults for paths that do not resolve.

A variable's value is JSON text (`"x": ${x}` needs no quotes around a string). A path that resolves to null
keeps null; the default is for paths that do not resolve at all and is inserted as it is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, TypeAlias

from ringback.core.errors import DefinitionError
from ringback.core.policies import Policies
from ringback.dataactions import jsontext
from ringback.dataactions.model import ResponseConfig
from ringback.lang import jsonpath

Source: TypeAlias = Literal["jsonpath", "default", "unresolved"]


@dataclass(frozen=True, slots=True)
class Translation:
    """How one variable got its value.

    Attributes:
        name: the variable.
        path: its JSONPath.
        source: where the value came from.
        text: the value as JSON text; None when unresolved.
        matched_prefix: how far a path that did not resolve got, e.g. `$.body`; None otherwise.
        message: why it did not resolve; empty otherwise.
    """

    name: str
    path: str
    source: Source
    text: str | None = None
    matched_prefix: str | None = None
    message: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The `translated_how` entry."""
        entry: dict[str, Any] = {"from": self.source, "path": self.path}
        entry["matched_prefix"] = self.path if self.matched_prefix is None else self.matched_prefix
        if self.message:
            entry["message"] = self.message
        return entry


@dataclass(frozen=True, slots=True)
class _Entry:
    """One line of the map; `compiled` is the reason instead when the path is illegal."""

    name: str
    path: str
    compiled: jsonpath.Path | str


class Translator:
    """The compiled translation map of one action."""

    def __init__(self, config: ResponseConfig) -> None:
        self._entries = tuple(_Entry(name, path, _compile(path)) for name, path in config.translation.items())
        self._defaults = config.defaults

    def translate(self, document: Any, *, policies: Policies) -> tuple[Translation, ...]:
        """Every variable in the order of the map."""
        return tuple(self._one(entry, document, policies=policies) for entry in self._entries)

    def without_body(self, *, policies: Policies) -> tuple[Translation, ...]:
        """Every variable when the response has no body: no path resolves."""
        message = "the response has no body"
        return tuple(self._missing(entry, message, policies=policies) for entry in self._entries)

    def _one(self, entry: _Entry, document: Any, *, policies: Policies) -> Translation:
        if isinstance(entry.compiled, str):
            return self._missing(entry, entry.compiled, illegal=True, policies=policies)
        try:
            text = jsontext.encode(entry.compiled.read(document))
        except jsonpath.PathNotFound as error:
            return self._missing(entry, error.message, prefix=error.matched_prefix, policies=policies)
        except DefinitionError as error:
            return self._missing(entry, error.message, illegal=True, policies=policies)
        return Translation(entry.name, entry.path, "jsonpath", text)

    def _missing(
        self, entry: _Entry, message: str, *, policies: Policies, prefix: str = "", illegal: bool = False
    ) -> Translation:
        default = self._defaults.get(entry.name)
        if illegal and policies.get("invalid_json_path") == "fail":
            default = None
        source: Source = "unresolved" if default is None else "default"
        return Translation(entry.name, entry.path, source, default, prefix, message)


@lru_cache(maxsize=2048)
def _compile(path: str) -> jsonpath.Path | str:
    """The compiled path, or why it is none: an illegal path is known only when it is needed."""
    try:
        return jsonpath.compile(path)
    except DefinitionError as error:
        return error.message


def illegal_path(path: str) -> str | None:
    """Why a path is no legal JSONPath; None when it is one."""
    compiled = _compile(path)
    return compiled if isinstance(compiled, str) else None


def context_of(translations: tuple[Translation, ...]) -> Mapping[str, str]:
    """The template variables: those that have a value."""
    return {item.name: item.text for item in translations if item.text is not None}
