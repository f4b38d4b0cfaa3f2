"""A sample request to templates: which of its values are inputs, which are secrets, what goes.

A value is taken for an input when it looks like one: an id, a number, an address, a text that a caller or an
agent would give. Words that steer a service (`sort=asc`, `"type": "EXACT"`) stay as they are.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, unquote_plus, urlsplit

from ringback.core.errors import UsageError
from ringback.dataactions import jsontext
from ringback.dataactions.scaffold_sample import Sample

_GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_IDENTIFIER = re.compile(r"(?=.*\d)[\w.~-]{6,}|\d+|[^@\s]+@[^@\s]+|\+?\d[\d ()-]{5,}")
_VERSION = re.compile(r"v\d+(?:\.\d+)*|\d{1,2}\.\d+", re.IGNORECASE)
_STEERING = re.compile(
    r"(?:^|_|-)(?:sort|sortorder|sortby|order|orderby|format|expand|fields|select|include|exclude|limit|offset|"
    r"page|pagesize|pagenumber|perpage|per_page|version|api-version|lang|locale|type|kind|mode|operator|"
    r"action|method|op|granttype|grant_type|scope|status|state)$",
    re.IGNORECASE,
)
_SECRET = re.compile(
    r"^(?:authorization|proxy-authorization|cookie|x-api-key|api[-_]?key|ocp-apim-subscription-key)$|"
    r"secret|passw(?:or)?d|token$|access_?key$|^sig(?:nature)?$",
    re.IGNORECASE,
)
_DROPPED = re.compile(
    r"^(?::.*|host|content-length|connection|accept-encoding|accept-language|user-agent|origin|referer|"
    r"transfer-encoding|te|upgrade|cache-control|pragma|priority|dnt|sec-.*|upgrade-insecure-requests|expect)$",
    re.IGNORECASE,
)
_GENESYS = re.compile(r"api\.(?:mypurecloud\.[a-z.]+|[a-z0-9-]+\.pure\.cloud)", re.IGNORECASE)
_PLURALS = (("ies", "y"), ("sses", "ss"), ("s", ""))
_RESERVED = frozenset(("orgId", "integrationId", "rawRequest"))


@dataclass(frozen=True, slots=True)
class Choice:
    """One decision, to be shown.

    Attributes:
        kind: "input", "credential", "kept" or "left out".
        name: the input, the credential, or what it is about.
        value: its value in the sample; secrets are not shown.
        where: where it stood.
        type: type of an input.
    """

    kind: str
    name: str
    value: Any = ""
    where: str = ""
    type: str = ""


@dataclass(slots=True)
class Inputs:
    """The inputs found so far.

    Attributes:
        wanted: input name to the sample value that the user gave it; an empty value keeps it as it is.
        found: input name to its value in the sample.
        choices: every decision in order.
        credentials: credential name to its value in the sample.
    """

    wanted: Mapping[str, str] = field(default_factory=dict)
    found: dict[str, Any] = field(default_factory=dict)
    choices: list[Choice] = field(default_factory=list)
    credentials: dict[str, str] = field(default_factory=dict)

    def take(self, value: Any, name: str, *, where: str, looks_variable: bool) -> str | None:
        """The input that a value becomes; None when it stays as it is."""
        text = value if isinstance(value, str) else json.dumps(value)
        given = next((each for each, sample in self.wanted.items() if sample and sample == text), None)
        if given is None and (not looks_variable or self.wanted.get(name) == ""):
            return None
        chosen = given or self._free(name, value)
        if self.wanted.get(chosen) == "":
            return None
        if chosen not in self.found:
            self.found[chosen] = value
            self.choices.append(Choice("input", chosen, value, where, type_of(value)))
        return chosen

    def _free(self, name: str, value: Any) -> str:
        """`name`, or with a number when another value has it already."""
        name = f"{name}Value" if name in _RESERVED else name
        number, free = 2, name
        while free in self.found and self.found[free] != value:
            free, number = f"{name}{number}", number + 1
        return free

    def secret(self, value: str, name: str, *, where: str) -> str:
        """The reference to a credential with this value."""
        number, free = 2, name
        while self.credentials.get(free, value) != value:
            free, number = f"{name}{number}", number + 1
        if free not in self.credentials:
            self.credentials[free] = value
            self.choices.append(Choice("credential", free, "", where))
        return f"${{credentials.{free}}}"

    def check(self) -> None:
        """UsageError when a value that the user named stands nowhere in the request."""
        for name, value in self.wanted.items():
            if value and name not in self.found:
                hint = "give the value as it stands in the URL or the body"
                raise UsageError(f"--input {name}={value}: the request has no such value", hint=hint)


def type_of(value: Any) -> str:
    """The JSON Schema type of a value."""
    if isinstance(value, bool):
        return "boolean"
    names: Mapping[type, str] = {
        int: "integer",
        float: "number",
        list: "array",
        dict: "object",
        str: "string",
    }
    return names.get(type(value), "null")


def camel(text: str) -> str:
    """A name of letters, digits and `_` that begins with a letter.

    >>> camel("first name"), camel("X-Api-Key"), camel("2nd"), camel("user_id")
    ('firstName', 'xApiKey', 'value2nd', 'user_id')
    """
    first, *rest = re.split(r"[^A-Za-z0-9_]+", text.strip("_- .")) or [""]
    name = first + "".join(part[:1].upper() + part[1:] for part in rest)
    name = name[:1].lower() + name[1:] if not name.isupper() else name
    return name if name[:1].isalpha() else f"value{name}"


def literal(text: str) -> str:
    """Text that a template prints as it is.

    >>> literal("costs $5 #1"), literal("$x ##")
    ('costs $5 #1', '${esc.dollar}x ${esc.hash}${esc.hash}')
    """
    # A pair of backslashes before a reference that resolves prints one, so those there are doubled.
    text = re.sub(r"(\\*)\$(?=[A-Za-z_{!$#\\])", lambda match: match[1] * 2 + "${esc.dollar}", text)
    return re.sub(
        r"(\\*)(?:#(?=[#*\[{@A-Za-z_\\])|(?<=#)#)", lambda match: match[1] * 2 + "${esc.hash}", text
    )


def url_template(sample: Sample, inputs: Inputs) -> str:
    """The URL with references instead of values; relative for the Platform API."""
    parts = urlsplit(sample.url)
    start = "" if is_platform(sample) else f"{parts.scheme}://{literal(parts.netloc.rpartition('@')[2])}"
    if parts.query:
        return f"{start}{_path(parts.path, inputs)}?{_fields(parts.query, inputs, where='the query')}"
    return start + _path(parts.path, inputs)


def is_platform(sample: Sample) -> bool:
    """Whether it calls Genesys Cloud's own API."""
    return bool(_GENESYS.fullmatch(urlsplit(sample.url).hostname or ""))


def _path(path: str, inputs: Inputs) -> str:
    segments = path.split("/")
    return "/".join(_segment(segments, index, inputs=inputs) for index in range(len(segments)))


def _segment(segments: list[str], index: int, *, inputs: Inputs) -> str:
    value = unquote(segments[index])
    before = segments[index - 1] if index else ""
    variable = bool(_GUID.fullmatch(value) or _IDENTIFIER.fullmatch(value)) and not _VERSION.fullmatch(value)
    where = f"the path after {before}" if before else "the path"
    name = inputs.take(value, _id_name(before), where=where, looks_variable=variable) if value else None
    return literal(segments[index]) if name is None else f"$esc.uriEncode(${{input.{name}}})"


def _id_name(collection: str) -> str:
    """`customers` to `customerId`."""
    word = camel(unquote(collection)) if collection else "value"
    ending = next(
        ((old, new) for old, new in _PLURALS if word.endswith(old) and len(word) > len(old) + 1), None
    )
    singular = word.removesuffix(ending[0]) + ending[1] if ending else word
    return singular if singular.lower().endswith("id") else f"{singular}Id"


def _fields(text: str, inputs: Inputs, *, where: str) -> str:
    """`a=1&b=2` with references instead of values."""
    return "&".join(_field(item, inputs, where=where) for item in text.split("&"))


def _field(item: str, inputs: Inputs, *, where: str) -> str:
    key, equals, raw = item.partition("=")
    name, value = unquote_plus(key), unquote_plus(raw)
    if not equals or not value:
        return literal(item)
    if _SECRET.search(name):
        reference = inputs.secret(value, camel(name), where=f"{where}, {name}")
        return f"{literal(key)}=$esc.url({reference})"
    steering = _STEERING.search(name) or value in ("true", "false")
    chosen = inputs.take(value, camel(name), where=f"{where}, {name}", looks_variable=not steering)
    return literal(item) if chosen is None else f"{literal(key)}=$esc.url(${{input.{chosen}}})"


def header_templates(sample: Sample, inputs: Inputs) -> dict[str, str]:
    """The headers that an action needs; secrets become credentials."""
    found = {}
    for name, value in sample.headers.items():
        if _DROPPED.match(name) or (name.lower() == "authorization" and is_platform(sample)):
            continue
        if name.lower() == "accept" and "json" not in value:
            continue
        if name.lower() == "content-type" and sample.body is None:
            continue
        found[name] = _secret_header(name, value, inputs=inputs) if _SECRET.search(name) else literal(value)
    return found


def _secret_header(name: str, value: str, *, inputs: Inputs) -> str:
    where = f"the header {name}"
    scheme, _, rest = value.partition(" ")
    if scheme.lower() == "basic" and (user := _user(rest)):
        first = inputs.secret(user[0], "userName", where=where)
        second = inputs.secret(user[1], "password", where=where)
        return f'Basic $encoding.base64("{first}:{second}")'
    if scheme.lower() == "bearer" and rest:
        return f"{scheme} {inputs.secret(rest, 'token', where=where)}"
    return inputs.secret(value, camel(name), where=where)


def _user(text: str) -> tuple[str, str] | None:
    try:
        user, colon, password = base64.b64decode(text, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (user, password) if colon else None


def body_template(sample: Sample, inputs: Inputs) -> str | None:
    """The body with references instead of values; None for none."""
    text = sample.body
    if text is None or sample.method == "GET":
        return None
    if "form" in sample.header("content-type").lower():
        return _fields(text, inputs, where="the form")
    try:
        document = jsontext.decode(text)
    except jsontext.JsonTextError:
        inputs.choices.append(Choice("kept", "body", where="it is no JSON and no form: kept as it is"))
        return literal(text)
    return _Body(inputs).value(document, "", depth=0)


class _Body:
    """Writes a JSON body with references instead of values."""

    def __init__(self, inputs: Inputs) -> None:
        self.inputs = inputs

    def value(self, value: Any, key: str, *, depth: int) -> str:
        if isinstance(value, Mapping):
            members = [
                f"{literal(_json(name))}: {self.value(item, name, depth=depth + 1)}"
                for name, item in value.items()
            ]
            return _nested("{}", members, depth=depth)
        if isinstance(value, list):
            return _nested("[]", [self.value(item, key, depth=depth + 1) for item in value], depth=depth)
        return self.leaf(value, key)

    def leaf(self, value: Any, key: str) -> str:
        where = f"the body, {key}" if key else "the body"
        if isinstance(value, str) and value and _SECRET.search(key):
            return f'"$esc.jsonString({self.inputs.secret(value, camel(key), where=where)})"'
        name = None
        if value is not None:
            name = self.inputs.take(
                value, camel(key or "value"), where=where, looks_variable=_varies(value, key)
            )
        if name is None:
            return literal(_json(value))
        return f'"$esc.jsonString(${{input.{name}}})"' if isinstance(value, str) else f"${{input.{name}}}"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _varies(value: Any, key: str) -> bool:
    if isinstance(value, bool) or value == "" or _STEERING.search(key):
        return False
    return not (isinstance(value, str) and re.fullmatch(r"[A-Z][A-Z_]+", value))


def _nested(brackets: str, items: list[str], *, depth: int) -> str:
    if not items:
        return brackets
    pad = "  " * (depth + 1)
    return f"{brackets[0]}\n" + ",\n".join(pad + item for item in items) + f"\n{'  ' * depth}{brackets[1]}"
