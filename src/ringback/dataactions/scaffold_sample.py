"""A sample request, from a curl command or an entry of a HAR file.

The curl command is read, never run: quotes as a POSIX shell reads them, `$'…'` included, no expansions.
"""

from __future__ import annotations

import base64
import binascii
import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_plus

from ringback.core.errors import UsageError
from ringback.dataactions import jsontext
from ringback.dataactions.model import METHODS

FORM = "application/x-www-form-urlencoded"

_ANSI_QUOTED = re.compile(r"\$'((?:[^'\\]|\\.)*)'", re.DOTALL)
_ANSI_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL)
_ANSI_LETTERS = {"n": "\n", "r": "\r", "t": "\t", "0": "\0"}


@dataclass(frozen=True, slots=True)
class Sample:
    """One request as it was sent, and its answer where it is known.

    Attributes:
        method: upper case.
        url: the whole URL.
        headers: name to value, as sent.
        body: the text of the body; None for none.
        timeout: how long the sender waited, in seconds; None when not said.
        response: the JSON of the answer; None when not known.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | None = None
    timeout: float | None = None
    response: Any = None

    def header(self, name: str) -> str:
        """A header in any letter case; empty when there is none."""
        return next((value for key, value in self.headers.items() if key.lower() == name), "")


@dataclass(slots=True)
class _Curl:
    """What the options of a command said so far."""

    method: str = ""
    url: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    data: list[str] = field(default_factory=list)
    as_query: bool = False
    timeout: float | None = None

    def header(self, text: str) -> None:
        """`Name: value`; `Name:` alone takes curl's own header away, which leaves nothing to do."""
        name, _, value = text.partition(":")
        if value.strip():
            self.headers[name.strip()] = value.strip()

    def set_method(self, text: str) -> None:
        self.method = text.upper()

    def set_url(self, text: str) -> None:
        self.url = text

    def add(self, text: str) -> None:
        """Data as it is; files are not read."""
        if text.startswith("@"):
            raise UsageError(f"the body is in the file {text[1:]}", hint="write the data itself after --data")
        self.data.append(text)

    def encoded(self, text: str) -> None:
        """`name=value` whose value curl encodes."""
        name, equals, value = text.partition("=")
        self.data.append(f"{name}={quote_plus(value)}" if equals else quote_plus(text))

    def json(self, text: str) -> None:
        self.add(text)
        self.headers.setdefault("Content-Type", "application/json")
        self.headers.setdefault("Accept", "application/json")

    def user(self, text: str) -> None:
        self.headers["Authorization"] = f"Basic {base64.b64encode(text.encode()).decode()}"

    def set_timeout(self, text: str) -> None:
        try:
            self.timeout = float(text)
        except ValueError:
            raise UsageError(f"--max-time {text!r} is no number of seconds") from None

    def form(self, text: str) -> None:
        raise UsageError(f"-F {text!r}: an action cannot send multipart forms", hint="use --data")


_WITH_VALUE: Mapping[str, Callable[[_Curl, str], None]] = {
    "-X": _Curl.set_method,
    "--request": _Curl.set_method,
    "-H": _Curl.header,
    "--header": _Curl.header,
    "-d": _Curl.add,
    "--data": _Curl.add,
    "--data-raw": _Curl.add,
    "--data-binary": _Curl.add,
    "--data-ascii": _Curl.add,
    "--data-urlencode": _Curl.encoded,
    "--json": _Curl.json,
    "-u": _Curl.user,
    "--user": _Curl.user,
    "-F": _Curl.form,
    "--form": _Curl.form,
    "--url": _Curl.set_url,
    "-m": _Curl.set_timeout,
    "--max-time": _Curl.set_timeout,
}
_IGNORED_WITH_VALUE = frozenset(
    (
        *("-A", "--user-agent", "-e", "--referer", "-o", "--output", "-w", "--write-out", "-x", "--proxy"),
        *(
            "--connect-timeout",
            "--retry",
            "--retry-delay",
            "--cacert",
            "--cert",
            "--key",
            "-c",
            "--cookie-jar",
        ),
        *("--resolve", "-D", "--dump-header", "-T", "--upload-file", "--max-redirs"),
    )
)


def sample_of_curl(command: str) -> Sample:
    """The request of a curl command.

    Raises:
        UsageError: no curl command, no URL, or something that no action can send.
    """
    words = _words(command)
    if not words or words[0].rpartition("/")[2] not in ("curl", "curl.exe"):
        raise UsageError("the command does not begin with curl", hint="--curl \"curl 'https://…' -H '…'\"")
    found = _Curl()
    rest = iter(words[1:])
    for word in rest:
        _option(found, word, rest=rest)
    return _of(found)


def _words(command: str) -> list[str]:
    text = _ANSI_QUOTED.sub(lambda match: shlex.quote(_unescaped(match[1])), command)
    text = re.sub(r"[\\^]\r?\n", " ", text)
    try:
        return shlex.split(text)
    except ValueError as error:
        raise UsageError(f"the curl command cannot be read: {error}", hint="check its quotes") from None


def _unescaped(text: str) -> str:
    def character(match: re.Match[str]) -> str:
        code = match[1] or match[2]
        return chr(int(code, 16)) if code else _ANSI_LETTERS.get(match[3], match[3])

    return _ANSI_ESCAPE.sub(character, text)


def _option(found: _Curl, word: str, *, rest: Iterator[str]) -> None:
    name, equals, value = word.partition("=")
    if word.startswith("--"):
        _long(
            found,
            name if equals and name in _WITH_VALUE else word,
            value=value if equals else None,
            rest=rest,
        )
    elif word.startswith("-") and len(word) > 1:
        _short(found, word[1:], rest=rest)
    elif not found.url:
        found.url = word
    else:
        raise UsageError(f"the curl command names two URLs: {found.url} and {word}")


def _long(found: _Curl, name: str, *, value: str | None, rest: Iterator[str]) -> None:
    if name in _WITH_VALUE:
        _WITH_VALUE[name](found, _value(name, rest) if value is None else value)
    elif name in _IGNORED_WITH_VALUE:
        _value(name, rest)
    elif name == "--get":
        found.as_query = True
    elif name == "--head":
        found.method = "HEAD"


def _short(found: _Curl, letters: str, *, rest: Iterator[str]) -> None:
    """`-sSL`, `-XPOST`, `-H 'A: b'`: letters without values, the last one perhaps with one."""
    for index, letter in enumerate(letters):
        name, inline = f"-{letter}", letters[index + 1 :]
        if name in _WITH_VALUE or name in _IGNORED_WITH_VALUE or name == "-b":
            value = inline or _value(name, rest)
            if name == "-b":
                found.headers["Cookie"] = value
            elif name in _WITH_VALUE:
                _WITH_VALUE[name](found, value)
            return
        if letter == "G":
            found.as_query = True
        elif letter == "I":
            found.method = "HEAD"


def _value(name: str, rest: Iterator[str]) -> str:
    value = next(rest, None)
    if value is None:
        raise UsageError(f"the curl command ends after {name}")
    return value


def _of(found: _Curl) -> Sample:
    if not found.url:
        raise UsageError("the curl command has no URL")
    url = found.url if "://" in found.url else f"https://{found.url}"
    body = "&".join(found.data) if found.data else None
    if found.as_query and body is not None:
        url, body = f"{url}{'&' if '?' in url else '?'}{body}", None
    if body is not None and not any(name.lower() == "content-type" for name in found.headers):
        found.headers["Content-Type"] = "application/json" if body.lstrip()[:1] in ("{", "[") else FORM
    method = found.method or ("GET" if body is None else "POST")
    return Sample(_known(method), url, found.headers, body, found.timeout)


def _known(method: str) -> str:
    if method not in METHODS:
        raise UsageError(f"an action cannot send {method!r}", hint=f"methods: {', '.join(METHODS)}")
    return method


def sample_of_har(text: str, *, entry: int = 0) -> Sample:
    """The request of an entry of a HAR file, counted from 0, with its answer when that is JSON.

    Raises:
        UsageError: no HAR file, or no such entry.
    """
    entries = _entries(text)
    if not 0 <= entry < len(entries):
        last = len(entries) - 1
        raise UsageError(f"the HAR file has no entry {entry}", hint=f"entries 0 to {last}" if entries else "")
    request, response = entries[entry].get("request"), entries[entry].get("response")
    if not isinstance(request, Mapping) or not isinstance(request.get("url"), str):
        raise UsageError(f"entry {entry} of the HAR file has no request with a url")
    headers = {
        str(item.get("name")): str(item.get("value"))
        for item in request.get("headers") or ()
        if isinstance(item, Mapping)
    }
    answer = _answer(response) if isinstance(response, Mapping) else None
    method = _known(str(request.get("method", "GET")).upper())
    return Sample(method, request["url"], headers, _posted(request), None, answer)


def _entries(text: str) -> list[Mapping[str, Any]]:
    try:
        document = jsontext.decode(text.removeprefix("\ufeff"))
    except jsontext.JsonTextError as error:
        raise UsageError(f"the HAR file is no JSON: {error.message} (line {error.line})") from None
    log = document.get("log") if isinstance(document, Mapping) else None
    entries = log.get("entries") if isinstance(log, Mapping) else None
    if not isinstance(entries, list):
        raise UsageError("the file is no HAR file: log.entries is missing")
    return [entry for entry in entries if isinstance(entry, Mapping)]


def _posted(request: Mapping[str, Any]) -> str | None:
    data = request.get("postData")
    if not isinstance(data, Mapping):
        return None
    if isinstance(data.get("text"), str):
        return str(data["text"])
    fields = [item for item in data.get("params") or () if isinstance(item, Mapping)]
    return (
        "&".join(f"{quote_plus(str(f.get('name')))}={quote_plus(str(f.get('value', '')))}" for f in fields)
        or None
    )


def _answer(response: Mapping[str, Any]) -> Any:
    content = response.get("content")
    if not isinstance(content, Mapping) or not isinstance(content.get("text"), str):
        return None
    text: str = content["text"]
    try:
        data = base64.b64decode(text) if content.get("encoding") == "base64" else text
        return jsontext.decode(data)
    except (jsontext.JsonTextError, binascii.Error):
        return None
