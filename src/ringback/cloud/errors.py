"""What a cloud says no with: one class for each thing that the caller can do about it.

RemoteError
└─ CloudError
   ├─ NotAuthenticated    401, or the login refused the credentials
   ├─ MissingPermission   403; `permissions` are those that are missing
   ├─ NotFound            404, 410
   ├─ Conflict            409: a version, a lock, a name that exists
   ├─ Refused             any other 4xx: the request is wrong
   ├─ RateLimited         429 to the last try
   ├─ ServerFailed        5xx to the last try
   ├─ NoAnswer            nobody answered, and nothing was changed by it or the call may be repeated
   ├─ OutcomeUnknown      nobody answered, and the change may have been made: look before you write again
   └─ UnreadableAnswer    an answer that is not what it says
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import msgspec

from ringback.core.errors import RemoteError
from ringback.dataactions.secrets import Secrets
from ringback.dataactions.transport import Request, Response

CORRELATION_ID = "ININ-Correlation-Id"
_MOST_TEXT = 500  # characters of an error body that is no JSON
_MOST_BODY = 64 * 1024  # bytes of a body that an error carries; a cut body might end within a secret
_PERMISSION = re.compile(r"\b[A-Za-z]\w*:[\w*]+(?::[\w*]+)?(?![\w:/])")


@dataclass(frozen=True, slots=True)
class Exchange:
    """The last request of a call and its answer; errors carry it without secrets.

    Attributes:
        request: as sent, secrets masked; without a body that is large.
        response: as received, secrets masked; None when there was none.
        tries: how often it was sent.
        unknown_before: whether a try of the same call broke off after it was sent: it may have done its work.
        fault: why there is no response, in words.
    """

    request: Request
    response: Response | None = None
    tries: int = 1
    unknown_before: bool = False
    fault: str = ""

    def without(self, secrets: Secrets) -> Exchange:
        """The same with every secret masked."""
        request, response = self.request, self.response
        shown = replace(
            request,
            url=secrets.text(request.url),
            headers=secrets.headers(request.headers),
            body=_masked(request.body, secrets),
        )
        answer = response and replace(
            response, headers=secrets.headers(response.headers), body=_masked(response.body, secrets) or b""
        )
        return replace(self, request=shown, response=answer, fault=secrets.text(self.fault))


def _masked(body: bytes | None, secrets: Secrets) -> bytes | None:
    if body is None or len(body) > _MOST_BODY:
        return None
    document = _decoded(body)
    if isinstance(document, dict | list):
        return msgspec.json.encode(secrets.json(document))
    return secrets.text(body.decode("utf-8", "replace")).encode("utf-8", "replace")


def _decoded(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


@dataclass(frozen=True, slots=True)
class ErrorBody:
    """The platform's error envelope, read with care: any answer may stand where it should be."""

    message: str = ""
    code: str = ""
    correlation_id: str = ""
    fields: tuple[str, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, response: Response | None) -> ErrorBody:
        """What an error answer says; the login service has an envelope of its own."""
        if response is None:
            return cls()
        found = _decoded(response.body)
        correlation = response.header(CORRELATION_ID)
        if not isinstance(found, dict):
            text = " ".join(response.body.decode("utf-8", "replace").split())
            return cls(text[:_MOST_TEXT], "", correlation)
        message = _text(found, "message", "error_description", "description")
        code = _text(found, "code", "error")
        parameters = found.get("messageParams")
        pairs = parameters if isinstance(parameters, dict) else {}
        return cls(
            message,
            code,
            correlation or _text(found, "contextId"),
            tuple(_fields(found, code)),
            {str(key): str(value) for key, value in pairs.items()},
        )


def _text(found: Mapping[str, Any], *keys: str) -> str:
    return next((value for key in keys if isinstance(value := found.get(key), str) and value), "")


def _fields(found: Mapping[str, Any], code: str) -> Iterator[str]:
    """What `details` and inner `errors` name, one text each; without the code of the whole."""
    for detail in _objects(found.get("details")):
        named = [_text(detail, key) for key in ("fieldName", "entityName", "errorCode")]
        yield ": ".join(text for text in named if text and text != code)
    for inner in _objects(found.get("errors")):
        yield _text(inner, "message", "code")


def _objects(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


class CloudError(RemoteError):
    """A call to the platform failed.

    Attributes:
        method, url: what was asked; `url` without secrets.
        status: HTTP status; 0 when there was no answer.
        code: the platform's error code; may be empty.
        correlation_id: under which the platform logged the call; may be empty.
        exchange: the last request and answer, without secrets.
    """

    next_step = ""

    def __init__(self, exchange: Exchange, *, hint: str = "") -> None:
        self.exchange = exchange
        self.method, self.url = exchange.request.method, exchange.request.url
        self.status = exchange.response.status if exchange.response else 0
        self.body = ErrorBody.of(exchange.response)
        self.code, self.correlation_id = self.body.code, self.body.correlation_id
        super().__init__(self._sentence(), hint=hint or self._hint())

    def __reduce__(self) -> tuple[Any, ...]:
        """Workflow engines keep the errors of a step: an error survives pickling."""
        return partial(type(self), hint=self.hint), (self.exchange,)

    @property
    def tries(self) -> int:
        """How often the request was sent."""
        return self.exchange.tries

    def _sentence(self) -> str:
        parts = [f"{self.method} {self.url}: {self._what()}"]
        parts += [f" ({name})" for name in (", ".join(filter(None, self.body.fields)),) if name]
        if self.tries > 1:
            parts.append(f", after {self.tries} tries")
        if self.correlation_id:
            parts.append(f" [{CORRELATION_ID} {self.correlation_id}]")
        return "".join(parts)

    def _what(self) -> str:
        if not self.status:
            return self.exchange.fault or "no answer"
        said = ": ".join(text for text in (self.code, self.body.message) if text)
        return f"{self.status} {said}".rstrip()

    def _hint(self) -> str:
        return self.next_step


class NotAuthenticated(CloudError):  # noqa: N818  the answer's meaning is the name
    """The token or the client was not accepted."""

    next_step = "check the client id, its secret and the region"


class MissingPermission(CloudError):  # noqa: N818  the answer's meaning is the name
    """The client may not do this."""

    @property
    def permissions(self) -> tuple[str, ...]:
        """What is missing, e.g. `architect:flow:publish`; empty when the answer does not say."""
        text = " ".join((self.body.message.partition("ermission")[2], *self.body.parameters.values()))
        found = _PERMISSION.findall(text) or _PERMISSION.findall(self.body.message)
        return tuple(dict.fromkeys(found))

    def _hint(self) -> str:
        named = ", ".join(self.permissions)
        if not named:
            return "give a role of the OAuth client the permission, and the division it needs"
        return f"give a role of the OAuth client: {named}"


class NotFound(CloudError):  # noqa: N818  the answer's meaning is the name
    """There is no such thing, or the client's divisions hide it."""

    next_step = (
        "check the id and the organisation; a division that the client has no role in hides its objects"
    )


class Conflict(CloudError):  # noqa: N818  the answer's meaning is the name
    """A version has moved on, somebody holds a lock, or the name exists."""

    def _hint(self) -> str:
        if self.exchange.unknown_before:
            return "an earlier try of this call had no answer and may have made the change: read it first"
        if self.method == "POST":
            return "it exists already, or somebody holds it: read what is there first"
        return "read the object again, apply the change to what is there now, and send that"


class Refused(CloudError):  # noqa: N818  the answer's meaning is the name
    """The request is wrong; sending it again changes nothing."""

    next_step = "correct what the message names"


class RateLimited(CloudError):  # noqa: N818  the answer's meaning is the name
    """Too many requests, to the last try; nothing was done.

    Attributes:
        retry_after: seconds that the platform asks for; None when it said nothing.
    """

    def __init__(self, exchange: Exchange, *, hint: str = "") -> None:
        self.retry_after = retry_after(exchange.response)
        super().__init__(exchange, hint=hint)

    def _hint(self) -> str:
        when = "later" if self.retry_after is None else f"in {self.retry_after} s"
        return f"try again {when}, or with fewer calls at a time"


class ServerFailed(CloudError):  # noqa: N818  the answer's meaning is the name
    """The platform failed, to the last try."""

    next_step = "try again later; Genesys' support finds the call by its correlation id"

    def _hint(self) -> str:
        return "this platform does not have the operation" if self.status == 501 else self.next_step


class NoAnswer(CloudError):  # noqa: N818  the answer's meaning is the name
    """No answer came, to the last try, and the call may safely be made again."""

    next_step = "check the region or base URL, the network and the proxy"

    def _hint(self) -> str:
        if self.exchange.unknown_before and self.method not in ("GET", "HEAD"):
            return "the change may have been made; the same call may safely be made again"
        return self.next_step


class OutcomeUnknown(CloudError):  # noqa: N818  the answer's meaning is the name
    """The request was sent, no usable answer came, and the change may have been made or not.

    Whoever catches this looks whether the change is there before sending it again.
    """

    next_step = "look whether the change was made before you send it again"

    def _what(self) -> str:
        return f"the outcome is unknown: {super()._what()}"


class UnreadableAnswer(CloudError):  # noqa: N818  the answer's meaning is the name
    """A success whose body is not what was expected; the call did its work."""

    next_step = "the call did its work; check that the address is that of a Genesys Cloud API"


def retry_after(response: Response | None) -> int | None:
    """The seconds of `Retry-After`; None without it. Genesys sends whole seconds (platform-api 6)."""
    text = response.header("Retry-After").strip() if response else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def class_of(status: int) -> type[CloudError]:
    """The error of an answer that is no success."""
    return _BY_STATUS.get(status, ServerFailed if status >= 500 else Refused)


_BY_STATUS: Mapping[int, type[CloudError]] = {
    401: NotAuthenticated,
    403: MissingPermission,
    404: NotFound,
    409: Conflict,
    410: NotFound,
    429: RateLimited,
}
