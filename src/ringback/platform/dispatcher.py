"""From an HTTP request to a handler and back: the one path that every call takes.

match the route → read the body → who calls, may they → check query and body → run the handler → write the
answer.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import Executor
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
from ringback.platform.exchange import Exchange, Message, Receive, Send, guard
from ringback.platform.faults import FaultRule, close_connection, take, too_many_requests
from ringback.platform.intake import Intake
from ringback.platform.rate_limit import Standing, count
from ringback.platform.rights import EVERYTHING, Principal
from ringback.platform.routing import Match, Route, Router
from ringback.platform.services import Services
from ringback.platform.store.reader import Reader
from ringback.platform.store.transaction import Transaction

_LOG = logging.getLogger("ringback.platform")
_encode = msgspec.json.Encoder().encode
_FAILED = "The server failed; its log holds the reason under {id}."
_MEDIA = {"application/json": (b"content-type", b"application/json")}
_CACHING = (
    (b"cache-control", b"no-cache, no-store, must-revalidate"),
    (b"pragma", b"no-cache"),
    (b"expires", b"0"),
)


# Who steers the server from this machine without a token.
LOCAL_CALLER = Principal("", "this machine", 2**62, frozenset({EVERYTHING}))


class Dispatcher:
    """The ASGI application of the API's routes."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.router = Router()
        self.intake = Intake()
        # Routes that cannot be called without a query.
        self._demanding = {
            route for route in services.routes if any(each.required for each in route.operation.query)
        }
        self._checks = {
            route: checker(route.request) for route in services.routes if isinstance(route.request, dict)
        }
        for route in services.routes:
            self.router.add(route.method, route.path, target=route)
        for operation in operations():
            self.router.add(operation.method, operation.path, target=operation)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request."""
        started = time.perf_counter()
        exchange = Exchange(scope, new_id())
        try:
            await self._serve(exchange, receive)
        except ApiError as error:
            exchange.refuse(error)
        except Exception:
            _LOG.exception("%s %s failed (%s)", scope["method"], scope["path"], exchange.correlation_id)
            exchange.refuse(ApiError(500, "internal.server.error", _FAILED, id=exchange.correlation_id))
        if exchange.hang_up and close_connection(scope["client"]):
            exchange.status = 0
        else:
            await _send(send, exchange)
        self.services.observe(exchange, time.perf_counter() - started)

    async def _serve(self, exchange: Exchange, receive: Receive) -> None:
        guard(self.services.settings, exchange)
        if exchange.method == "OPTIONS":
            exchange.reply = Reply(None, 204)
            return
        match, route = self._route(exchange.scope)
        call = exchange.call = self._call(route, match, exchange=exchange)
        call.raw = await self.intake.body(receive, call)
        if self.services.store.embedded:
            self._admit(call)
        else:
            await self._in(self.services.pool, self._admit, call)
        await self._disturb(exchange, call)
        result = await self._run(call)
        if not exchange.lose:
            exchange.reply = result if isinstance(result, Reply) else Reply(result, route.status)

    async def _disturb(self, exchange: Exchange, call: Call) -> None:
        """Rate limits and faults on order, when there are any."""
        controls, store = self.services.controls, self.services.store
        if call.route.steers:
            return
        if controls.rate_limit and call.principal.token_hash:
            standing = await self._in(self.services.writers, self._count, call)
            exchange.headers |= standing.headers()
            if standing.exceeded:
                raise too_many_requests(standing.reset)
        if not controls.faults:
            return
        place = (call.route.method, exchange.scope["path"])
        operation = call.route.operation.operation_id
        if not any(rule.hits(*place, operation=operation) for rule in controls.faults):
            return
        rule = await self._in(
            self.services.writers, take, store, lambda rule: rule.hits(*place, operation=operation)
        )
        if rule is not None:
            await self._apply(exchange, rule)

    async def _apply(self, exchange: Exchange, rule: FaultRule) -> None:
        await asyncio.sleep(rule.delay_ms / 1000)
        if rule.kind in {"reset", "lost"}:
            exchange.hang_up, exchange.lose = True, rule.kind == "lost"
        if rule.kind == "reset":
            raise ApiError(503, "service.unavailable", "The connection is closed by a fault on order.")
        if rule.kind in {"status", "conflict"}:
            raise rule.error()

    def _count(self, call: Call) -> Standing:
        allowed = int(self.services.controls.rate_limit["perMinute"])
        return count(self.services.store, call.principal.token_hash, allowed=allowed)

    async def _in(self, pool: Executor, work: Callable[..., Any], *values: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(pool, work, *values)

    async def _run(self, call: Call) -> object:
        mode, services = call.route.mode, self.services
        if mode == "write":
            if services.grouped:
                return await asyncio.wrap_future(services.grouped.submit(lambda tx: _within_write(call, tx)))
            return await self._in(services.writers, _write, call)
        if mode == "free" or not services.store.embedded:
            return await self._in(services.pool, _run, call)
        return call.route.handler(call)

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

    def _call(self, route: Route, match: Match, *, exchange: Exchange) -> Call:
        call = Call(route, self.services, headers=exchange.request_headers)
        if b"%00" in exchange.scope["query_string"] or any("%00" in value for value in match.values):
            raise errors.bad_request("The address holds the character U+0000, which cannot be stored.")
        names = match.found[route.method][1]
        if names:
            call.path = {
                name: unquote(value) if "%" in value else value
                for name, value in zip(names, match.values, strict=True)
            }
        call.query_text = exchange.scope["query_string"].decode("latin-1")
        call.correlation_id = exchange.correlation_id
        call.scheme = exchange.scope.get("scheme", "http")
        return call

    def _admit(self, call: Call) -> None:
        """Who calls, may they, and is what they sent well formed."""
        route, reader = call.route, self.services.store.read()
        self.services.refresh(reader)
        call.now = self.services.clock()
        if not route.public:
            call.principal = self._principal(call, reader)
            operation = route.operation
            call.principal.check(operation.permissions, any_of=operation.permissions_mode == "ANY")
        if call.query_text or route in self._demanding:
            pairs = parse_qsl(call.query_text, keep_blank_values=True)
            call.query, faults = parse_query(route.operation, pairs)
            _refuse(faults)
        if not route.raw and route.method not in {"GET", "HEAD"}:
            _read_json(call)
            self._check_body(call)
        if route.mode == "read" and self.services.store.embedded:
            call.enter(reader)  # the same thread goes on with it

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

    def _trusted(self, call: Call) -> bool:
        """A program on this machine, not a web page: it may steer the server without a token."""
        return self.services.settings.loopback and "origin" not in call.headers

    def _principal(self, call: Call, reader: Reader) -> Principal:
        scheme, _, token = call.headers.get("authorization", "").partition(" ")
        if call.route.steers and self._trusted(call):
            return LOCAL_CALLER
        if scheme.lower() != "bearer" or not token:
            raise errors.authentication_required()
        principal = self.services.principal(reader, token.strip())
        if principal is None:
            raise errors.bad_credentials()
        if principal.expires <= call.now:
            raise errors.expired_credentials()
        return principal


def _run(call: Call) -> object:
    if call.route.mode == "free":
        return call.route.handler(call)
    return call.route.handler(call.enter(call.services.store.read()))


def _write(call: Call) -> object:
    with call.services.store.write() as transaction:
        return _within_write(call, transaction)


def _within_write(call: Call, transaction: Transaction) -> object:
    call.now = transaction.now
    return call.route.handler(call.enter(transaction))


def _no_nul(value: object) -> None:
    """PostgreSQL keeps no NUL in a text; SQLite would, but an organisation must fit both."""
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, str) and "\0" in item:
            raise errors.bad_request("The request body holds the character U+0000, which cannot be stored.")
        if isinstance(item, dict):
            stack += [*item, *item.values()]
        elif isinstance(item, list):
            stack += item


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
    if b"\\u0000" in call.raw:
        _no_nul(call.body)


def _refuse(faults: list[Fault]) -> None:
    if not faults:
        return
    first = faults[0]
    error = errors.bad_request(first.reason, field=first.field, code=first.code)
    raise error.with_details({"errorCode": fault.code, "fieldName": fault.field} for fault in faults[1:])


async def _send(send: Send, exchange: Exchange) -> None:
    reply, content, media = exchange.reply, *_content(exchange.reply, exchange.call)
    exchange.status = reply.status
    headers = [(b"inin-correlation-id", exchange.correlation_id.encode()), *_CACHING]
    if media:
        headers.append(_MEDIA.get(media) or (b"content-type", media.encode()))
    if reply.status != 204:
        headers.append((b"content-length", b"%d" % len(content)))
    for more in (exchange.headers, reply.headers):
        if more:
            headers += [(name.encode(), value.encode("latin-1")) for name, value in more.items()]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if exchange.method == "HEAD" else content})


def _content(reply: Reply, call: Call | None) -> tuple[bytes, str]:
    """The bytes of an answer and their media type."""
    body = reply.body
    if body is None:
        return b"", ""
    route_media = call.route.content_type if call and reply.status < 400 else "application/json"
    media = reply.content_type or route_media
    if isinstance(body, bytes):
        return body, media
    if isinstance(body, str) and media != "application/json":
        return body.encode(), media
    return _encode(body), media
