"""From an HTTP request to a handler and back: the one path that every call takes.

match the route → read the body → who calls, may they → check query and body → run the handler → write the
answer.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qsl, unquote

import msgspec

from ringback.platform import errors
from ringback.platform.call import Call, Reply
from ringback.platform.catalogue import Operation, operations
from ringback.platform.catalogue.faults import Fault
from ringback.platform.catalogue.query import parse_query
from ringback.platform.catalogue.validation import check_body, checker
from ringback.platform.clock import new_id
from ringback.platform.errors import ApiError
from ringback.platform.routing import Match, Route, Router
from ringback.platform.services import Services

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
_LOG = logging.getLogger("ringback.platform")
_encode = msgspec.json.Encoder().encode
_FAILED = "The server failed; its log holds the reason under {id}."
_CACHING = (
    (b"cache-control", b"no-cache, no-store, must-revalidate"),
    (b"pragma", b"no-cache"),
    (b"expires", b"0"),
)


class Dispatcher:
    """The ASGI application of the API's routes."""

    def __init__(self, services: Services, routes: list[Route]) -> None:
        self.services = services
        self.router = Router()
        self._checks = {route: checker(route.request) for route in routes if isinstance(route.request, dict)}
        for route in routes:
            self.router.add(route.method, route.path, target=route)
        for operation in operations():
            self.router.add(operation.method, operation.path, target=operation)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request."""
        started = time.perf_counter()
        correlation_id = new_id()
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        call: Call | None = None
        try:
            match, route = self._route(scope)
            call = self._call(route, match, scope=scope, headers=headers)
            call.correlation_id = correlation_id
            reply = await self._answer(call, receive)
        except ApiError as error:
            reply = Reply(error.body(correlation_id), error.status, error.headers)
        except Exception:
            _LOG.exception("%s %s failed (%s)", scope["method"], scope["path"], correlation_id)
            failed = ApiError(500, "internal.server.error", _FAILED, id=correlation_id)
            reply = Reply(failed.body(correlation_id), 500)
        await _send(send, reply, call=call, correlation_id=correlation_id, head=scope["method"] == "HEAD")
        self._log(scope, reply.status, started=started)

    def _route(self, scope: Message) -> tuple[Match, Route]:
        path = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1").partition("?")[0]
        match = self.router.match(path)
        if not match.found:
            raise errors.not_found()
        if (ends := match.found.get(scope["method"])) is None:
            allowed = ", ".join(sorted(match.found))
            raise ApiError(
                405, "method.not.allowed", "The method {method} is not allowed here; allowed: {allowed}",
                method=scope["method"], allowed=allowed,
            ).with_headers({"allow": allowed})  # fmt: skip
        if isinstance(ends[0], Operation):
            raise ApiError(
                501, "not.implemented", "The local platform does not implement {operation}.",
                operation=ends[0].operation_id,
            )  # fmt: skip
        return match, ends[0]

    def _call(self, route: Route, match: Match, *, scope: Message, headers: dict[str, str]) -> Call:
        call = Call(route, self.services, headers=headers)
        names = match.found[route.method][1]
        call.path = {name: unquote(value) for name, value in zip(names, match.values, strict=True)}
        call.query_text = scope["query_string"].decode("latin-1")
        call.now = self.services.clock()
        host = headers.get("host") or f"{self.services.settings.host}:{self.services.settings.port}"
        call.origin = self.services.settings.public_url or f"{scope.get('scheme', 'http')}://{host}"
        return call

    async def _answer(self, call: Call, receive: Receive) -> Reply:
        call.raw = await _body(receive, call)
        route, services = call.route, self.services
        loop = asyncio.get_running_loop()
        if services.store.embedded:
            self._admit(call)
        else:
            await loop.run_in_executor(services.pool, self._admit, call)
        if route.mode == "write":
            result = await loop.run_in_executor(services.writers, _write, call)
        elif route.mode == "free" or not services.store.embedded:
            result = await loop.run_in_executor(services.pool, _run, call)
        else:
            result = _run(call)
        return result if isinstance(result, Reply) else Reply(result, route.status)

    def _admit(self, call: Call) -> None:
        """Who calls, may they, and is what they sent well formed."""
        route, reader = call.route, self.services.store.read()
        self.services.refresh(reader)
        if not route.public:
            call.principal = self._principal(call)
            operation = route.operation
            call.principal.check(operation.permissions, any_of=operation.permissions_mode == "ANY")
        if call.query_text or route.operation.query:
            pairs = parse_qsl(call.query_text, keep_blank_values=True)
            call.query, faults = parse_query(route.operation, pairs)
            _refuse(faults)
        if not route.raw and route.method not in {"GET", "HEAD"}:
            _read_json(call)
            self._check_body(call)

    def _check_body(self, call: Call) -> None:
        """Check the JSON body against the route's schema or the operation's model."""
        route = call.route
        if check := self._checks.get(route):
            _refuse(check(call.body))
            return
        model = route.request or route.operation.request
        if model is None or isinstance(model, dict):
            return
        if call.body is None and (route.request or route.operation.request_required):
            raise errors.bad_request("A request body is required.")
        if call.body is not None:
            _refuse(check_body(model, call.body, partial=route.operation.partial))

    def _principal(self, call: Call) -> Any:
        scheme, _, token = call.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise errors.authentication_required()
        principal = self.services.principal(self.services.store.read(), token.strip())
        if principal is None:
            raise errors.bad_credentials()
        if principal.expires <= call.now:
            raise errors.expired_credentials()
        return principal

    def _log(self, scope: Message, status: int, *, started: float) -> None:
        if _LOG.isEnabledFor(logging.INFO):
            took = (time.perf_counter() - started) * 1000
            _LOG.info("%s %s %d %.1f ms", scope["method"], scope["path"], status, took)


def _run(call: Call) -> object:
    if call.route.mode == "free":
        return call.route.handler(call)
    return call.route.handler(call.enter(call.services.store.read()))


def _write(call: Call) -> object:
    with call.services.store.write() as transaction:
        call.now = transaction.now
        return call.route.handler(call.enter(transaction))


async def _body(receive: Receive, call: Call) -> bytes:
    """The whole request body, within its limits of size and time."""
    settings = call.services.settings
    if int(call.headers.get("content-length") or 0) > settings.max_body:
        raise _too_large(settings.max_body)
    message = await receive()
    if not message.get("more_body"):
        return _within(message.get("body", b""), settings.max_body)
    parts = [message.get("body", b"")]
    try:
        async with asyncio.timeout(settings.body_seconds):
            while message.get("more_body"):
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise ApiError(
                        400, "client.failed.request", "The client did not send the end of its request."
                    )
                parts.append(message.get("body", b""))
                _within(b"".join(parts) if len(parts) > 64 else parts[-1], settings.max_body)
                if sum(map(len, parts)) > settings.max_body:
                    raise _too_large(settings.max_body)
    except TimeoutError:
        raise ApiError(
            408,
            "request.timeout",
            "The request body did not arrive within {seconds} s.",
            seconds=settings.body_seconds,
        ) from None
    return b"".join(parts)


def _within(body: bytes, limit: int) -> bytes:
    if len(body) > limit:
        raise _too_large(limit)
    return body


def _too_large(limit: int) -> ApiError:
    return ApiError(
        413, "request.entity.too.large", "The request body is over the limit of {limit} bytes.", limit=limit
    )


def _read_json(call: Call) -> None:
    """Parse the JSON body; an empty one, `null` and `{}` are alike where no body is required."""
    if not call.raw:
        return
    media = call.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if media != "application/json" and not media.endswith("+json"):
        raise ApiError(
            415,
            "unsupported.media.type",
            "The media type {media} is not supported; send application/json.",
            media=media,
        )
    try:
        call.body = msgspec.json.decode(call.raw)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise errors.bad_request(f"The request body is no JSON: {error}") from None


def _refuse(faults: list[Fault]) -> None:
    if not faults:
        return
    first = faults[0]
    error = errors.bad_request(first.reason, field=first.field, code=first.code)
    raise error.with_details({"errorCode": fault.code, "fieldName": fault.field} for fault in faults[1:])


async def _send(send: Send, reply: Reply, *, call: Call | None, correlation_id: str, head: bool) -> None:
    body = reply.body
    if body is None:
        content, media = b"", ""
    elif isinstance(body, bytes):
        content, media = body, "application/octet-stream"
    elif isinstance(body, str) and (
        reply.content_type or (call and call.route.content_type != "application/json")
    ):
        content, media = body.encode(), "text/plain"
    else:
        content, media = _encode(body), "application/json"
    if body is not None and reply.status < 400 and call:
        media = reply.content_type or (media if media == "application/json" else call.route.content_type)
    headers = [
        (b"inin-correlation-id", correlation_id.encode()),
        (b"content-length", str(len(content)).encode()),
        *_CACHING,
        *((name.encode(), value.encode()) for name, value in reply.headers.items()),
    ]
    if media:
        headers.append((b"content-type", media.encode()))
    if reply.status == 204:
        del headers[1]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if head else content})
