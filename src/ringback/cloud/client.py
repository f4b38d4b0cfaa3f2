"""A Genesys Cloud organisation, or a local platform, as an object."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, TypedDict, Unpack
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import msgspec

from ringback.cloud.clock import Clock, SystemClock
from ringback.cloud.errors import (
    CORRELATION_ID,
    CloudError,
    Exchange,
    NotAuthenticated,
    Refused,
    UnreadableAnswer,
    class_of,
)
from ringback.cloud.limits import Limits
from ringback.cloud.network import Network
from ringback.cloud.paging import PAGE_SIZE, Style, entities
from ringback.cloud.profiles import Given, Profile, find_profile
from ringback.cloud.regions import is_loopback
from ringback.cloud.retries import REPEATABLE_METHODS, Sender, Wait
from ringback.cloud.tokens import TokenFile, TokenSource, token_folder
from ringback.core.errors import UsageError
from ringback.dataactions.hosts import origin_of
from ringback.dataactions.secrets import Secrets
from ringback.dataactions.transport import Request, Response, Transport


@dataclass(frozen=True, slots=True)
class Answer:
    """A success.

    Attributes:
        status: 2xx; 404 or 410 when a DELETE was sent again and its first try had done the work.
        headers: names as received.
        body: the bytes.
        tries: how often the request was sent.
        unknown_before: whether an earlier try broke off after it was sent: what is there now may be its work.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    tries: int
    unknown_before: bool
    _unreadable: Callable[[], CloudError]

    def __repr__(self) -> str:
        return f"Answer(status={self.status}, {len(self.body)} bytes, correlation_id={self.correlation_id!r})"

    @property
    def json(self) -> Any:
        """The body as JSON; None when it is empty.

        Raises:
            UnreadableAnswer: it is no JSON.
        """
        if not self.body:
            return None
        try:
            return msgspec.json.decode(self.body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise self._unreadable() from None

    @property
    def text(self) -> str:
        """The body as text (templates of data actions come so)."""
        return self.body.decode("utf-8", "replace")

    @property
    def correlation_id(self) -> str:
        """Under which the platform logged the call; may be empty."""
        return self.header(CORRELATION_ID)

    def header(self, name: str) -> str:
        """A header by name in any case; empty when absent."""
        return Response(self.status, self.headers).header(name)


class Cloud:
    """The client; usable from many threads; close it or use it as a context.

    Args:
        profile: the organisation and the credentials.
        limits: tries, times, sizes.
        clock: time and jitter; None is the machine's.
        transport: None is the network.
        tokens: folder of the token files; None keeps tokens in memory.
        on_wait: is told about every pause before a further try.
    """

    def __init__(
        self,
        profile: Profile,
        *,
        limits: Limits | None = None,
        clock: Clock | None = None,
        transport: Transport | None = None,
        tokens: Path | None = None,
        on_wait: Callable[[Wait], None] | None = None,
    ) -> None:
        self.profile = profile
        self.limits = limits or Limits()
        self._transport = transport or Network(self.limits)
        self.clock = ticks = clock or SystemClock()
        self._sender = Sender(self._transport, limits=self.limits, clock=ticks, on_wait=on_wait)
        client_id = profile.credentials.client_id
        file = TokenFile(tokens, profile.origins.login, client_id=client_id) if tokens else None
        self._tokens = TokenSource(profile, self._sender, file=file, clock=ticks, limits=self.limits)

    def __repr__(self) -> str:
        return f"Cloud({self.profile.origins.api!r}, profile={self.profile.name!r})"

    def __enter__(self) -> Cloud:
        """Itself."""
        return self

    def __exit__(self, *exc: object) -> None:
        """Closes every connection."""
        self.close()

    def close(self) -> None:
        """Closes every connection."""
        if isinstance(self._transport, Network):
            self._transport.close()

    def get(self, path: str, query: Mapping[str, Any] | None = None) -> Answer:
        """Reads; see `request`."""
        return self.request("GET", path, query=query)

    def head(self, path: str, query: Mapping[str, Any] | None = None) -> Answer:
        """Asks whether something is there; see `request`."""
        return self.request("HEAD", path, query=query)

    def delete(self, path: str, query: Mapping[str, Any] | None = None) -> Answer:
        """Deletes; see `request`."""
        return self.request("DELETE", path, query=query)

    def put(self, path: str, body: Any = None, *, query: Mapping[str, Any] | None = None) -> Answer:
        """Replaces; see `request`."""
        return self.request("PUT", path, body=body, query=query)

    def post(
        self,
        path: str,
        body: Any = None,
        *,
        query: Mapping[str, Any] | None = None,
        repeatable: bool = False,
    ) -> Answer:
        """Creates or starts; `repeatable=True` when it only reads, like a search. See `request`."""
        return self.request("POST", path, body=body, query=query, repeatable=repeatable)

    def patch(
        self,
        path: str,
        body: Any = None,
        *,
        query: Mapping[str, Any] | None = None,
        repeatable: bool = False,
    ) -> Answer:
        """Changes; see `request`."""
        return self.request("PATCH", path, body=body, query=query, repeatable=repeatable)

    def request(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        query: Mapping[str, Any] | None = None,
        repeatable: bool | None = None,
    ) -> Answer:
        """One call of the API, made again where that is safe.

        Args:
            method: in upper case.
            path: from `/api/v2` on, parts quoted (`quoted`).
            body: JSON; None sends none.
            query: None values are left out, lists are joined with commas.
            repeatable: whether doing it twice is like doing it once; None asks the method.

        Raises:
            CloudError: by what can be done about it, see `ringback.cloud.errors`.
            UsageError: the path is none, or the body is no JSON.
        """
        again = method in REPEATABLE_METHODS if repeatable is None else repeatable
        request = self._request(method, path, body=body, query=query)
        token, started = self._tokens.current(), self.clock.elapsed()
        exchange = self._send(request, token, repeatable=again)
        if exchange.response and exchange.response.status == 401 and self._tokens.can_renew:
            token = self._tokens.renewed(refused=token)
            spent = self.clock.elapsed() - started
            first, exchange = exchange, self._send(request, token, repeatable=again, spent=spent)
            if exchange.response and exchange.response.status == 401:
                self._tokens.refused_anew()
            unknown = first.unknown_before or exchange.unknown_before
            exchange = replace(exchange, tries=first.tries + exchange.tries, unknown_before=unknown)
        return self._answer(exchange, partial(self._tokens.secrets, token))

    def entities(
        self,
        path: str,
        query: Mapping[str, Any] | None = None,
        *,
        style: Style = "page",
        size: int = PAGE_SIZE,
    ) -> Iterator[Any]:
        """Every entity of a list, page by page; styles in `ringback.cloud.paging`.

        Raises:
            CloudError: a page cannot be read. RemoteError: the list does not end.
        """

        def ask(position: Mapping[str, Any]) -> Mapping[str, Any]:
            answer = self.get(path, {**(query or {}), **position})
            page = answer.json
            if not isinstance(page, dict):
                raise answer._unreadable()  # noqa: SLF001  its own class's neighbour
            return page

        return entities(ask, style, size=size, most=self.limits.cloud_pages)

    def upload(
        self, url: str, data: bytes, *, headers: Mapping[str, str] | None = None, repeatable: bool = True
    ) -> Answer:
        """PUT to a presigned URL with exactly the headers that came with it, and no token.

        `repeatable=False` when the arrival of the file starts something that must not start twice.
        """
        request = Request("PUT", url, headers or {}, data, self.limits.cloud_answer_time)
        return self._presigned(request, repeatable=repeatable)

    def download(self, url: str) -> Answer:
        """GET of a presigned URL, without the token."""
        request = Request("GET", url, {"Accept": "*/*"}, None, self.limits.cloud_answer_time)
        return self._presigned(request, repeatable=True)

    def _request(self, method: str, path: str, *, body: Any, query: Mapping[str, Any] | None) -> Request:
        # A path that begins otherwise could name another host, and the token would go there.
        if not path.startswith("/") or path.startswith("//") or "\\" in path:
            raise UsageError(f"{path!r} is no path of the API", hint="for example /api/v2/flows")
        headers = {"Accept": "application/json"}
        data: bytes | None = None
        if body is not None or method in ("POST", "PUT", "PATCH"):
            headers["Content-Type"] = "application/json"
            data = b"" if body is None else _encoded(body)
        url = self.profile.origins.api + path + _query(query, "&" if "?" in path else "?")
        return Request(method, url, headers, data, self.limits.cloud_answer_time)

    def _send(self, request: Request, token: str, *, repeatable: bool, spent: float = 0.0) -> Exchange:
        headers = {**request.headers, "Authorization": f"Bearer {token}"}
        with_token = replace(request, headers=headers)
        secrets = partial(self._tokens.secrets, token)
        return self._sender.send(with_token, repeatable=repeatable, secrets=secrets, spent=spent)

    def _answer(self, exchange: Exchange, secrets: Callable[[], Secrets]) -> Answer:
        response = exchange.response
        assert response is not None
        gone = exchange.request.method == "DELETE" and exchange.unknown_before
        if not _succeeded(response) and not (gone and response.status in (404, 410)):
            kind = class_of(response.status)
            hint = self._token_hint() if kind is NotAuthenticated else ""
            raise kind(exchange.without(secrets()), hint=hint)
        return _answer(exchange, response, secrets=secrets)

    def _token_hint(self) -> str:
        source = self.profile.credentials.source
        return f"the platform does not accept the token of {source}; it may have expired or been revoked"

    def _presigned(self, request: Request, *, repeatable: bool) -> Answer:
        parts = urlsplit(request.url)
        own = origin_of(request.url) == origin_of(self.profile.origins.api)
        if parts.scheme != "https" and not own and not is_loopback(parts.hostname or ""):
            raise UsageError(f"a presigned URL of {parts.hostname} is not https")
        # The signature is in the query or in the headers: who has it may read or write.
        values = (value for _, value in parse_qsl(parts.query))
        hidden = (parts.query, *values, *request.headers.values())
        secrets = partial(Secrets.of, hidden)
        exchange = self._sender.send(request, repeatable=repeatable, secrets=secrets)
        assert exchange.response is not None
        if not _succeeded(exchange.response):
            hint = "a presigned URL is good for minutes: ask the platform for a new one"
            raise Refused(exchange.without(secrets()), hint=hint)
        return _answer(exchange, exchange.response, secrets=secrets)


def _succeeded(response: Response) -> bool:
    return 200 <= response.status < 300


def _answer(exchange: Exchange, response: Response, *, secrets: Callable[[], Secrets]) -> Answer:
    return Answer(
        response.status,
        response.headers,
        response.body,
        exchange.tries,
        exchange.unknown_before,
        partial(_unreadable, exchange, secrets),
    )


def _unreadable(exchange: Exchange, secrets: Callable[[], Secrets]) -> CloudError:
    return UnreadableAnswer(exchange.without(secrets()))


def _encoded(body: Any) -> bytes:
    try:
        return msgspec.json.encode(body)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise UsageError(f"the body of a call is no JSON: {error}") from None


def _query(query: Mapping[str, Any] | None, mark: str) -> str:
    pairs = [(name, _value(value)) for name, value in (query or {}).items() if value is not None]
    return mark + urlencode(pairs, quote_via=quote, safe="") if pairs else ""


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return ",".join(map(_value, value)) if isinstance(value, list | tuple) else str(value)


def quoted(*parts: str) -> str:
    """Parts of a path joined by slashes, each quoted.

    >>> quoted("rows", "a key/with slash")
    'rows/a%20key%2Fwith%20slash'
    """
    return "/".join(quote(part, safe="") for part in parts)


class Overrides(TypedDict, total=False):
    """What `connect` takes beside the profile; everything may be left out.

    Attributes:
        region: region name or host, see `ringback.cloud.regions`.
        base_url: address of a local platform; goes before the region.
        client_id, client_secret: of an OAuth client with the client credentials grant.
        access_token: a token that was made elsewhere.
        plain_http: whether `http://` may leave this machine.
        config: the profile file, `~/.gc/config.toml` by default.
        environ: the environment, the process's own by default.
        tokens: folder of token files; None keeps tokens in memory.
        limits, clock, transport, on_wait: see `Cloud`.
    """

    region: str
    base_url: str
    client_id: str
    client_secret: str
    access_token: str
    plain_http: bool
    config: Path
    environ: Mapping[str, str]
    tokens: Path | None
    limits: Limits
    clock: Clock
    transport: Transport
    on_wait: Callable[[Wait], None]


def connect(profile: str | None = None, **overrides: Unpack[Overrides]) -> Cloud:
    """The client of an organisation; nothing is sent before its first call.

    Args:
        profile: a section of `~/.gc/config.toml`; None asks the environment first, then its `[DEFAULT]`.
        overrides: see `Overrides`.

    Raises:
        UsageError: region or credentials are missing or wrong; the message names what could hold them.
    """
    for name in overrides:
        if name not in Overrides.__annotations__:
            known = ", ".join(Overrides.__annotations__)
            raise UsageError(f"connect has no setting {name!r}", hint=f"known: {known}")
    environ = overrides.get("environ")
    given = Given(
        region=overrides.get("region", ""),
        base_url=overrides.get("base_url", ""),
        client_id=overrides.get("client_id", ""),
        client_secret=overrides.get("client_secret", ""),
        access_token=overrides.get("access_token", ""),
        plain_http=overrides.get("plain_http", False),
    )
    found = find_profile(profile, given, environ=environ, config=overrides.get("config"))
    return Cloud(
        found,
        limits=overrides.get("limits"),
        clock=overrides.get("clock"),
        transport=overrides.get("transport"),
        tokens=overrides["tokens"] if "tokens" in overrides else token_folder(environ),
        on_wait=overrides.get("on_wait"),
    )
