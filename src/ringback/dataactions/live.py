"""Live HTTP: connection reuse, TLS verification, proxies from the environment, bounded time and memory.

The pool is httpcore's (the engine of httpx): its network backend is the public place for a check of the
addresses that DNS gives and for a deadline over the whole answer. A request is sent once: nothing here
repeats a call, because a repeated call may do its work twice.
"""

from __future__ import annotations

import ssl
import time
import zlib
from collections.abc import Iterable, Mapping
from functools import cached_property
from urllib.parse import quote, urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

import httpcore

from ringback.dataactions.hosts import HostPolicy, origin_of, split
from ringback.dataactions.sockets import CheckedBackend, Until
from ringback.dataactions.transport import (
    MAX_RESPONSE_BYTES,
    FailureKind,
    Request,
    Response,
    TransportFailure,
    TransportTimeout,
)

MAX_REDIRECTS = 5
USER_AGENT = "ringback"

_SAFE_PATH = "/%:@!$&'()*+,;=~-._"
_SAFE_QUERY = _SAFE_PATH + "?"
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_PRIVATE_HEADERS = frozenset(("authorization", "cookie", "proxy-authorization"))


class HttpTransport:
    """Sends requests over the network; usable from several threads; close it or use it as a context.

    Args:
        policy: hosts that may be reached and routes.
        follow_redirects: follow redirects of GET, at most `MAX_REDIRECTS`, each checked like the first.
    """

    def __init__(self, policy: HostPolicy | None = None, *, follow_redirects: bool = True) -> None:
        self._policy = policy or HostPolicy()
        self._follow = follow_redirects
        self._pools: dict[str, httpcore.ConnectionPool] = {}
        self._proxies = getproxies()

    def __enter__(self) -> HttpTransport:
        """Itself."""
        return self

    def __exit__(self, *exc: object) -> None:
        """Closes every connection."""
        self.close()

    def close(self) -> None:
        """Closes every connection."""
        for pool in list(self._pools.values()):
            pool.close()
        self._pools.clear()

    def send(self, request: Request) -> Response:
        """The answer, redirects of GET followed; see `Transport.send`."""
        started = time.perf_counter()
        until = Until(request.timeout)
        url, headers = request.url, dict(request.headers)
        for _ in range(MAX_REDIRECTS + 1):
            response = self._one(request, url, headers=headers, until=until)
            target = self._target(request, url, response=response)
            if target is None:
                elapsed = (time.perf_counter() - started) * 1000
                return Response(response.status, response.headers, response.body, elapsed)
            headers = _carried(headers, url, target=target)
            url = target
        raise TransportFailure(f"more than {MAX_REDIRECTS} redirects", kind="redirect")

    def _target(self, request: Request, url: str, *, response: Response) -> str | None:
        """Where a redirect leads; None when the response is the answer."""
        location = response.header("location")
        if not (self._follow and request.method == "GET" and response.status in _REDIRECTS and location):
            return None
        try:
            target = urljoin(url, location)
            scheme = urlsplit(target).scheme
        except ValueError as error:
            raise TransportFailure(f"a redirect to {location!r}, which is no URL", kind="redirect") from error
        if scheme != "https" and urlsplit(url).scheme == "https":
            raise TransportFailure(f"a redirect from https to {target}", kind="redirect")
        return target

    def _one(self, request: Request, url: str, *, headers: Mapping[str, str], until: Until) -> Response:
        parts, host, port = split(url)
        asked, trusted = parts.netloc, False
        if self._policy.routes:
            routed, trusted = self._policy.routed(url)
            parts, host, port = split(routed)
        target = quote(parts.path or "/", safe=_SAFE_PATH)
        if parts.query:
            target += "?" + quote(parts.query, safe=_SAFE_QUERY)
        pool = self._pool(parts.scheme, host, port=port, trusted=trusted)
        wire = _wire_headers(headers, asked.rpartition("@")[2], body=request.body)
        try:
            call = httpcore.Request(
                request.method,
                httpcore.URL(
                    scheme=parts.scheme.encode(), host=_ascii(host), port=parts.port, target=target.encode()
                ),
                headers=wire,
                content=request.body or b"",
                extensions={"timeout": dict.fromkeys(("connect", "read", "write", "pool"), until)},
            )
            return _received(pool.handle_request(call))
        except httpcore.TimeoutException as error:
            raise TransportTimeout(_timeout_message(error)) from error
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.ProxyError, OSError) as error:
            raise _failure(error, host, port=port) from error

    def _pool(self, scheme: str, host: str, *, port: int, trusted: bool) -> httpcore.ConnectionPool:
        proxy = _proxy(self._proxies, scheme, host=host) if self._proxies else ""
        if proxy and not trusted:
            self._policy.check((host, port), host)
        key = proxy or ("trusted " if trusted else "") + scheme
        pool = self._pools.get(key)
        if pool is None:
            pool = self._pools.setdefault(key, self._new_pool(scheme, proxy, trusted=trusted))
        return pool

    def _new_pool(self, scheme: str, proxy: str, *, trusted: bool) -> httpcore.ConnectionPool:
        context = self._tls if scheme == "https" or proxy else None
        backend = CheckedBackend(None if proxy or trusted else self._policy.check)
        common = {"ssl_context": context, "network_backend": backend, "keepalive_expiry": 30.0}
        if proxy:
            return httpcore.HTTPProxy(proxy_url=proxy, proxy_auth=_proxy_auth(proxy), **common)  # type: ignore[arg-type]  # one dict for both
        return httpcore.ConnectionPool(max_connections=100, **common)  # type: ignore[arg-type]  # one dict for both

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        """The public authorities, and those that this machine trusts besides."""
        context = httpcore.default_ssl_context()
        context.load_default_certs()
        return context


def _ascii(host: str) -> bytes:
    try:
        return host.encode("ascii")
    except UnicodeEncodeError:
        return host.encode("idna")


def _wire_headers(headers: Mapping[str, str], host: str, *, body: bytes | None) -> list[tuple[bytes, bytes]]:
    """The headers as bytes; the host that was asked for, also when the request is routed elsewhere."""
    given = {name.lower() for name in headers}
    wire = [(b"Host", _ascii(host))]
    wire += [
        (name.encode("latin-1", "replace"), value.encode("utf-8", "surrogatepass"))
        for name, value in headers.items()
    ]
    for name, value in (("Accept", "*/*"), ("User-Agent", USER_AGENT)):
        if name.lower() not in given:
            wire.append((name.encode(), value.encode()))
    if "accept-encoding" not in given:
        wire.append((b"Accept-Encoding", b"gzip, deflate"))
    if body is not None:
        wire.append((b"Content-Length", str(len(body)).encode()))
    return wire


def _carried(headers: Mapping[str, str], url: str, *, target: str) -> dict[str, str]:
    """The headers that go along with a redirect: no credentials to another origin."""
    split(target)
    if origin_of(url) == origin_of(target):
        return dict(headers)
    return {name: value for name, value in headers.items() if name.lower() not in _PRIVATE_HEADERS}


def _received(response: httpcore.Response) -> Response:
    """The whole answer, as long as it is within the size limit, encoded and decoded."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in response.headers:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    lower = {name.lower(): value for name, value in headers.items()}
    try:
        length = lower.get("content-length", "")
        if length.isdigit() and int(length) > MAX_RESPONSE_BYTES:
            raise _too_large(f"{int(length):,} bytes announced")
        body = _collected(response.iter_stream(), lower.get("content-encoding", "").lower())
    finally:
        response.close()
    return Response(response.status, headers, body)


def _collected(chunks: Iterable[bytes], encoding: str) -> bytes:
    decoder = _decoder(encoding)
    body = bytearray()
    for chunk in chunks:
        try:
            body += decoder.decompress(chunk, MAX_RESPONSE_BYTES + 1 - len(body)) if decoder else chunk
        except zlib.error as error:
            raise TransportFailure(f"the answer is no {encoding}, as it says", kind="protocol") from error
        if len(body) > MAX_RESPONSE_BYTES:
            raise _too_large("more came")
    if decoder is not None and body and not decoder.eof:
        raise TransportFailure("the compressed answer ends too early", kind="truncated")
    return bytes(body)


def _decoder(encoding: str) -> zlib._Decompress | None:
    """A decoder of gzip or deflate, whichever the header says (32: zlib finds out)."""
    return zlib.decompressobj(zlib.MAX_WBITS | 32) if encoding in ("gzip", "x-gzip", "deflate") else None


def _too_large(what: str) -> TransportFailure:
    return TransportFailure(
        f"the answer is larger than the limit response_size of {MAX_RESPONSE_BYTES:,} bytes ({what})",
        kind="too_large",
    )


def _timeout_message(error: httpcore.TimeoutException) -> str:
    if isinstance(error, httpcore.ConnectTimeout):
        return "no connection in time"
    return "the answer did not come in time"


def _failure(error: Exception, host: str, *, port: int) -> TransportFailure:
    kind, message = _kind_of(error)
    return TransportFailure(f"{host}:{port} {message}", kind=kind)


def _kind_of(error: Exception) -> tuple[FailureKind, str]:
    text = str(error)
    if isinstance(error, httpcore.ConnectError):
        if "SSL" in text or "certificate" in text or isinstance(error.__cause__, ssl.SSLError):
            return "tls", f"failed the TLS handshake: {text}"
        return "refused", f"refused the connection: {text}"
    if isinstance(error, httpcore.LocalProtocolError):
        return "url", f"cannot be asked this way: {text}"
    if isinstance(error, httpcore.RemoteProtocolError):
        if "without sending complete" in text or "incomplete" in text:
            return "truncated", "closed the connection in the middle of the answer"
        if "without sending a response" in text or "disconnected" in text:
            return "reset", "closed the connection before it answered"
        return "protocol", f"did not answer in HTTP: {text}"
    return "reset", f"broke the connection: {text or type(error).__name__}"


def _proxy(proxies: Mapping[str, str], scheme: str, *, host: str) -> str:
    """The proxy that the environment names for a host; none for this machine itself."""
    if host in ("localhost", "::1") or host.startswith("127."):
        return ""
    found = proxies.get(scheme) or proxies.get("all") or ""
    return "" if not found or proxy_bypass(host) else found


def _proxy_auth(proxy: str) -> tuple[str, str] | None:
    parts = urlsplit(proxy)
    return (parts.username, parts.password or "") if parts.username else None
