"""Which texts of a run are secret, and how they are hidden wherever they turn up.

A secret is hidden in the form it was given and in the forms that templates make of it, in either case: URL,
form, JSON, HTML and Base64 encoded, also inside a longer text that is encoded (`user:password`). Texts of two
or three characters are hidden where they stand as a word, single characters only where they stand alone:
hiding every "1" would destroy the report and protect nothing.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import quote, quote_plus

MASK = "***"
_SHORTEST_WORD = 2
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
_USER_INFO = re.compile(r"(://[^/?#@:\s]*:)[^/?#@\s]+@")


@dataclass(frozen=True, slots=True)
class Secrets:
    """What to hide; `Secrets.none()` hides nothing.

    Attributes:
        forms: every form of the longer secrets, the longest first, each with its lower case.
        words: the short ones, as a pattern.
        whole: every secret, for texts that are nothing else.
        reveal: whether to hide nothing.
    """

    forms: tuple[tuple[str, str], ...] = ()
    words: re.Pattern[str] | None = None
    whole: frozenset[str] = frozenset()
    reveal: bool = False

    @classmethod
    def none(cls) -> Secrets:
        """Shows everything: `--reveal`."""
        return cls(reveal=True)

    @classmethod
    def of(cls, values: Iterable[Any]) -> Secrets:
        """Hides these values (texts and numbers, and those inside lists and objects)."""
        texts = frozenset(text for value in values for text in _texts(value) if text)
        long = {form for text in texts if len(text) >= _SHORTEST_PART for form in _forms(text)}
        short = sorted(text for text in texts if _SHORTEST_WORD <= len(text) < _SHORTEST_PART)
        words = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, short))})(?!\w)") if short else None
        ordered = sorted(long, key=len, reverse=True)
        return cls(tuple((form, form.lower()) for form in ordered), words, texts)

    def text(self, value: str) -> str:
        """A text without the secrets in it."""
        if self.reveal:
            return value
        if value in self.whole:
            return MASK
        shown = self.words.sub(MASK, self._hidden(value)) if self.words else self._hidden(value)
        shown = _QUERY_SECRETS.sub(rf"\1{MASK}", shown) if "=" in shown else shown
        return _USER_INFO.sub(rf"\1{MASK}@", shown) if "@" in shown else shown

    def _hidden(self, value: str) -> str:
        if not self.forms:
            return value
        # One pattern of all forms would be slow: almost every text holds none of them.
        lower = value.lower()
        found = [re.escape(form) for form, low in self.forms if low in lower]
        return re.sub("|".join(found), MASK, value, flags=re.IGNORECASE) if found else value

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Headers with the values of secret names hidden whole."""
        return {
            name: value if self.reveal else MASK if name.lower() in _SECRET_HEADERS else self.text(value)
            for name, value in headers.items()
        }

    def json(self, value: Any) -> Any:
        """A JSON value without the secrets in it; members such as `access_token` are hidden whole."""
        if self.reveal or value is None:
            return value
        if isinstance(value, str):  # first: asking for an abstract Mapping is slow, and most values are texts
            return self.text(value)
        if isinstance(value, Mapping):
            return {self.text(str(key)): self._member(str(key), item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.json(item) for item in value]
        return MASK if _is_number(value) and str(value) in self.whole else value

    def _member(self, key: str, value: Any) -> Any:
        hidden = isinstance(value, str) and value and key.lower() in _SECRET_KEYS
        return MASK if hidden else self.json(value)


def carries_secret(header: str) -> bool:
    """Whether a request header of this name holds credentials, whatever its value."""
    return header.lower() in _SECRET_HEADERS


def header_secrets(headers: Mapping[str, str]) -> list[str]:
    """The values of secret headers, and what follows their scheme: services echo them.

    >>> header_secrets({"Authorization": "Bearer abc", "Accept": "text/plain"})
    ['Bearer abc', 'abc']
    """
    found: list[str] = []
    for name, value in headers.items():
        # A reference that was not set has printed itself: that is no secret, and the report names it.
        if name.lower() in _SECRET_HEADERS and "$" not in value:
            found += [value, value.partition(" ")[2]]
    return found


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


@lru_cache(maxsize=256)
def _forms(text: str) -> frozenset[str]:
    """How templates and services may write a secret."""
    raw = text.encode("utf-8", "surrogatepass")
    once = {write(text) for write in _WRITERS}
    # Twice: an encoded URL as a parameter, JSON inside a JSON text.
    forms = {text, *once, *(write(form) for form in once for write in _WRITERS)}
    return frozenset(forms | _base64_forms(raw))


_WRITERS: tuple[Callable[[str], str], ...] = (
    lambda text: quote(text.encode("utf-8", "surrogatepass"), safe=""),
    lambda text: quote(text.encode("utf-8", "surrogatepass")),
    lambda text: quote_plus(text.encode("utf-8", "surrogatepass")),
    lambda text: json.dumps(text)[1:-1],
    lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    html.escape,
)


def _base64_forms(raw: bytes) -> set[str]:
    """What the Base64 text of every text that holds the secret has in it, at each of the three alignments.

    >>> sorted(_base64_forms(b"secret"))
    ['NlY3Jld', 'c2VjcmV0', 'zZWNyZX']
    """
    alone = base64.b64encode(raw).decode()
    forms = {alone, alone.rstrip("=")}
    for before in range(3):
        padded = bytes(before) + raw
        encoded = base64.b64encode(padded).decode()
        start = -(-before * 8 // 6)  # characters that hold bits of what stands before
        inner = encoded[start : len(padded) * 8 // 6]  # without those that hold bits of what follows
        if len(inner) >= _SHORTEST_PART:
            forms |= {inner, inner.translate(_URL_SAFE)}
    return forms


_URL_SAFE = str.maketrans("+/", "-_")
