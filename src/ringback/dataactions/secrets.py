"""Which texts of a run are secret, and how they are hidden wherever they turn up.

A secret is hidden in the form it was given and in the forms that templates make of it: URL, form, JSON
and Base64 encoded. Texts shorter than four characters are hidden only where they stand alone: hiding every
"1" would destroy the report and protect nothing.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, quote_plus

MASK = "***"
_SHORTEST_PART = 4

_SECRET_HEADERS = frozenset(
    ("authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "api-key", "x-gc-secret")
)
_SECRET_KEYS = frozenset(
    ("access_token", "refresh_token", "id_token", "client_secret", "clientsecret", "password", "accesstoken")
)
_QUERY_SECRETS = re.compile(
    r"(?i)([?&](?:access_token|api_?key|apikey|client_secret|password|sig|signature|token)=)[^&#\s]+"
)


@dataclass(frozen=True, slots=True)
class Secrets:
    """What to hide; `Secrets.none()` hides nothing."""

    parts: re.Pattern[str] | None = None
    whole: frozenset[str] = frozenset()
    reveal: bool = False

    @classmethod
    def none(cls) -> Secrets:
        """Shows everything: `--reveal`."""
        return cls(reveal=True)

    @classmethod
    def of(cls, values: Iterable[Any]) -> Secrets:
        """Hides these values (texts and numbers, and those inside lists and objects)."""
        texts = {text for value in values for text in _texts(value) if text}
        long = {form for text in texts if len(text) >= _SHORTEST_PART for form in _forms(text)}
        ordered = sorted(long, key=len, reverse=True)
        pattern = re.compile("|".join(map(re.escape, ordered))) if ordered else None
        return cls(pattern, frozenset(texts))

    def text(self, value: str) -> str:
        """A text without the secrets in it."""
        if self.reveal:
            return value
        if value in self.whole:
            return MASK
        shown = self.parts.sub(MASK, value) if self.parts else value
        return _QUERY_SECRETS.sub(rf"\1{MASK}", shown) if "=" in shown else shown

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Headers with the values of secret names hidden whole."""
        return {
            name: value if self.reveal else MASK if name.lower() in _SECRET_HEADERS else self.text(value)
            for name, value in headers.items()
        }

    def json(self, value: Any) -> Any:
        """A JSON value without the secrets in it; members such as `access_token` are hidden whole."""
        if self.reveal:
            return value
        if isinstance(value, Mapping):
            return {self.text(str(key)): self._member(str(key), item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.json(item) for item in value]
        if isinstance(value, str):
            return self.text(value)
        return MASK if _is_number(value) and str(value) in self.whole else value

    def _member(self, key: str, value: Any) -> Any:
        hidden = isinstance(value, str) and value and key.lower() in _SECRET_KEYS
        return MASK if hidden else self.json(value)


def tokens_in(document: Any) -> list[str]:
    """The values under names such as `access_token`, at any depth."""
    found: list[str] = []
    level = [document]
    while level:
        node = level.pop()
        if isinstance(node, Mapping):
            texts = (item for key, item in node.items() if str(key).lower() in _SECRET_KEYS)
            found += [item for item in texts if isinstance(item, str)]
            level += node.values()
        elif isinstance(node, list):
            level += node
    return found


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _texts(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return [text for item in value.values() for text in _texts(item)]
    if isinstance(value, list | tuple):
        return [text for item in value for text in _texts(item)]
    return [] if value is None or isinstance(value, bool) else [str(value)]


def _forms(text: str) -> set[str]:
    encoded = base64.b64encode(text.encode("utf-8", "surrogatepass")).decode()
    raw = text.encode("utf-8", "surrogatepass")
    return {
        text,
        quote(raw, safe=""),
        quote(raw),
        quote_plus(raw),
        json.dumps(text)[1:-1],
        json.dumps(text, ensure_ascii=False)[1:-1],
        encoded,
        encoded.rstrip("="),
    }
