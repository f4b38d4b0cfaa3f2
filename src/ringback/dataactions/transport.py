"""The network as one object: `Transport.send(Request) -> Response`.

    TransportError
    ├─ TransportTimeout   no complete answer within the request's timeout
    └─ TransportFailure   anything else; `kind` says what

Live HTTP is in `http`, recordings in `cassette`, failure injection in `faults`. Nothing here opens a socket.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeAlias

from ringback.core.errors import RingbackError, UsageError
from ringback.dataactions import jsontext

MAX_RESPONSE_BYTES = 2 * 1024 * 1024  # architect-behaviour D.1: a response above 2 MB is a failure

_NO_CONTENT = frozenset((204, 205, 304))  # statuses whose answer has no body: null says that, not JSON null

FailureKind: TypeAlias = Literal[
    "refused", "dns", "tls", "reset", "truncated", "protocol", "too_large", "forbidden", "redirect", "url",
    "no_reply", "lost",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request, rendered.

    Attributes:
        method: upper case.
        url: absolute URL (or the rendered text, for transports that open no socket).
        headers: names as the action writes them.
        body: None sends none.
        timeout: seconds until the whole answer must be there.
        action: name of the data action, for transports that answer by name.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    timeout: float = 60.0
    action: str = ""


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP answer; `elapsed_ms` is the time it took, real or simulated."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    elapsed_ms: float = 0.0

    def header(self, name: str) -> str:
        """A header by name in any case; empty when absent."""
        wanted = name.lower()
        return next((value for key, value in self.headers.items() if key.lower() == wanted), "")


class TransportError(RingbackError):
    """The exchange did not bring a response; `elapsed_ms` is the time it took, real or simulated."""

    exit_code = 3

    def __init__(self, message: str, *, hint: str = "", elapsed_ms: float = 0.0) -> None:
        super().__init__(message, hint=hint)
        self.elapsed_ms = elapsed_ms


class TransportTimeout(TransportError):  # noqa: N818  the field's word, and the interface
    """The answer was not complete in time."""


class TransportFailure(TransportError):  # noqa: N818  the field's word, and the interface
    """The exchange failed; `kind` is one of `FailureKind`."""

    def __init__(self, message: str, *, kind: FailureKind, hint: str = "", elapsed_ms: float = 0.0) -> None:
        super().__init__(message, hint=hint, elapsed_ms=elapsed_ms)
        self.kind = kind


class Transport(Protocol):
    """Whoever can answer a request."""

    def send(self, request: Request) -> Response:
        """The answer.

        Raises:
            TransportTimeout: not complete within `request.timeout` seconds.
            TransportFailure: anything else that is no answer.
        """
        ...


Reply: TypeAlias = Response | TransportError


class CannedTransport:
    """Answers from a list, in order; the last one is repeated when `repeat` is set.

    Attributes:
        requests: what was sent, in order.
    """

    def __init__(self, replies: Iterable[Reply], *, repeat: bool = False) -> None:
        self._replies = list(replies)
        self._next = 0
        self._repeat = repeat
        self.requests: list[Request] = []

    def send(self, request: Request) -> Response:
        """The next reply; `no_reply` when there is none left."""
        self.requests.append(request)
        if self._next >= len(self._replies) and not (self._repeat and self._replies):
            raise TransportFailure(
                f"no canned reply left for {request.method} {request.url}",
                kind="no_reply",
                hint=f"{len(self._replies)} given, request {len(self.requests)} came",
            )
        reply = self._replies[min(self._next, len(self._replies) - 1)]
        self._next = min(self._next + 1, len(self._replies))
        if isinstance(reply, TransportError):
            raise reply
        return reply

    @property
    def unused(self) -> int:
        """How many replies nobody asked for; a test with unused replies is wrong."""
        return len(self._replies) - self._next


def response_of(document: Any, *, name: str = "upstream") -> Response:
    """The response of `{"status", "headers", "body"}`: a text body as a string, JSON as JSON.

    Raises:
        UsageError: another shape; the message names the field.
    """
    if not isinstance(document, Mapping):
        raise UsageError(f"{name}: a canned answer is an object with status, headers and body")
    status, headers = document.get("status", 200), document.get("headers") or {}
    if not isinstance(status, int) or isinstance(status, bool) or not 100 <= status <= 599:
        raise UsageError(f"{name}: status must be an integer from 100 to 599, not {status!r}")
    if not isinstance(headers, Mapping):
        raise UsageError(f"{name}: headers must be an object of texts")
    body = document.get("body", "")
    if body is None and status in _NO_CONTENT:
        body = ""
    text = body if isinstance(body, str) else jsontext.encode(body)
    elapsed = document.get("elapsed_ms", 0)
    texts = {str(key): str(value) for key, value in headers.items()}
    return Response(status, texts, text.encode("utf-8", "surrogatepass"), float(elapsed))
