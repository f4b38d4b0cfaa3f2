"""One HTTP request and its answer, before and around the call that a route sees."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from ringback.platform.call import Call, Reply
from ringback.platform.errors import ApiError
from ringback.platform.settings import Settings, is_loopback

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
_PAGES = "Pages of {origin} may not use this server."
_NAMES = "This server answers to loopback names only, not to {host}."
MAX_URL = 16_384  # characters of path and query; named in docs/limits.md


class Exchange:
    """A request on its way through the server.

    Attributes:
        scope: ASGI's description of the request.
        correlation_id: id of this exchange.
        request_headers: names in lower case.
        call: what the route sees; None until a route was found.
        reply: the answer.
        headers: headers of the answer, beside the reply's own.
        hang_up: close the connection instead of answering.
        lose: do the work, but lose the answer.
        status: what was answered; 0 when the connection was closed.
    """

    __slots__ = (
        *(
            "call",
            "correlation_id",
            "hang_up",
            "headers",
            "lose",
            "reply",
            "request_headers",
            "scope",
            "status",
        ),
    )

    def __init__(self, scope: Message, correlation_id: str) -> None:
        self.scope = scope
        self.correlation_id = correlation_id
        self.request_headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        self.call: Call | None = None
        self.reply = Reply(None, 204)
        self.headers: dict[str, str] = {}
        self.hang_up = False
        self.lose = False
        self.status = 0

    @property
    def method(self) -> str:
        """The HTTP method."""
        method: str = self.scope["method"]
        return method

    def refuse(self, error: ApiError) -> None:
        """Answer with an error."""
        self.reply = Reply(error.body(self.correlation_id), error.status, error.headers)


def guard(settings: Settings, exchange: Exchange) -> None:
    """Who may talk to a server on a loopback address: programs and pages of this machine.

    A page of another site could otherwise use the well-known client, by its own origin or by a name that it
    lets point to 127.0.0.1.

    Raises:
        ApiError: 403 for another site, 414 for an address that is too long.
    """
    headers, scope = exchange.request_headers, exchange.scope
    if len(scope["path"]) + len(scope["query_string"]) > MAX_URL:
        raise ApiError(
            414, "uri.too.long", "The address is over the limit of {limit} characters.", limit=MAX_URL
        )
    origin = headers.get("origin")
    # HTTP/1.0 needs no Host; browsers, against whom this guards, always send one.
    if settings.loopback and not _local(headers.get("host") or "localhost"):
        raise ApiError(
            403,
            "not.authorized",
            _NAMES,
            host=headers["host"],
        )
    if not origin:
        return
    if settings.loopback and not _local(origin):
        raise ApiError(403, "not.authorized", _PAGES, origin=origin)
    exchange.headers |= {
        "access-control-allow-origin": origin,
        "access-control-allow-headers": "authorization, content-type, purecloud-sdk",
        "access-control-allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS",
        "access-control-expose-headers": "inin-correlation-id, retry-after",
        "access-control-max-age": "600",
        "vary": "origin",
    }


@lru_cache(maxsize=256)
def _local(address: str) -> bool:
    """Whether an origin or a Host header names this machine."""
    try:
        name = urlsplit(address if "://" in address else f"//{address}").hostname or ""
    except ValueError:
        return False
    return is_loopback(name) or name.endswith(".localhost")
