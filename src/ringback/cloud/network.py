"""The wire of the client: connections shared by all threads, TLS verified, proxies from the environment.

It is a `Transport` like those of data actions, so that recordings and failure injection work for the cloud as
well. What is said about a failure is what decides about repeating the call: `refused`, `dns` and `tls` mean
that the request never left.

A connection serves one thread at a time and lies in a stack in between. Sharing one httpcore pool is not
enough: a thread that looks through it takes an answer that arrives at that moment on another thread's
connection for the end of an idle one, and closes it (httpcore 1.0.9, `has_expired`). The outcome of a call
would be unknown for no reason.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from urllib.parse import SplitResult, quote, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

import httpcore

from ringback import __version__
from ringback.cloud.limits import Limits
from ringback.core.errors import UsageError
from ringback.dataactions.hosts import split
from ringback.dataactions.sockets import CheckedBackend, Until
from ringback.dataactions.transport import (
    FailureKind,
    Request,
    Response,
    TransportError,
    TransportFailure,
    TransportTimeout,
)

USER_AGENT = f"ringback/{__version__}"
NEVER_SENT: frozenset[FailureKind] = frozenset(("refused", "dns", "tls", "url", "forbidden", "no_reply"))
NOBODY_THERE: frozenset[FailureKind] = frozenset(("refused", "dns"))

_SAFE = "/%:@!$&'()*+,;=~-._?"


class Network:
    """Sends requests; usable from many threads; `close` ends every connection."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._proxies = getproxies()
        self._free: dict[tuple[str, str, int], list[httpcore.ConnectionPool]] = {}
        self._lock = threading.Lock()
        self._closed = False
        self._places = threading.BoundedSemaphore(self._limits.cloud_connections)

    def close(self) -> None:
        """Ends every connection, those in use when their call is over."""
        with self._lock:
            self._closed = True
            stacks = list(self._free.values())
            self._free.clear()
        for line in (line for stack in stacks for line in stack):
            line.close()

    def send(self, request: Request) -> Response:
        """The answer; redirects are not followed. See `Transport.send`."""
        started = time.perf_counter()
        parts, host, port = split(request.url)
        whole = Until(request.timeout)
        try:
            with self._line((parts.scheme, host, port), request.timeout) as line:
                response = line.handle_request(self._call(request, _url(parts, host), whole=whole))
                body = self._body(response)
        except UnicodeError as error:
            raise TransportFailure(f"the host or a header of {host} is no plain text", kind="url") from error
        except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
            peer = self._peer((parts.scheme, host, port))
            raise _failure(error, peer, limits=self._limits) from error
        except (httpcore.ProxyError, httpcore.UnsupportedProtocol) as error:
            raise TransportFailure(f"the proxy for {host} refused: {error}", kind="refused") from error
        return Response(
            response.status, _read_headers(response), body, (time.perf_counter() - started) * 1000
        )

    def _call(self, request: Request, url: httpcore.URL, *, whole: Until) -> httpcore.Request:
        connect = Until(min(whole.left(), self._limits.cloud_connect_time))
        return httpcore.Request(
            request.method,
            url,
            headers=_headers(request, urlsplit(request.url).netloc),
            content=request.body or b"",
            extensions={"timeout": {"connect": connect, "read": whole, "write": whole}},
        )

    def _body(self, response: httpcore.Response) -> bytes:
        most, body = self._limits.cloud_answer_size, bytearray()
        try:
            for chunk in response.iter_stream():
                body += chunk
                if len(body) > most:
                    raise TransportFailure(
                        f"the answer is larger than the limit cloud_answer_size of {most:,} bytes",
                        kind="too_large",
                    )
        finally:
            response.close()
        return bytes(body)

    @contextmanager
    def _line(self, origin: tuple[str, str, int], seconds: float) -> Iterator[httpcore.ConnectionPool]:
        """A connection to an origin for one thread: the one that was used last, or a new one."""
        if not self._places.acquire(timeout=seconds):
            raise TransportFailure("no connection became free (limit cloud_connections)", kind="refused")
        line: httpcore.ConnectionPool | None = None
        try:
            with self._lock:
                stack = self._free.get(origin)
                line = stack.pop() if stack else None
            line = line or self._new_line(origin[0], self._proxy(origin))
            yield line
            self._give_back(origin, line)
        except BaseException:
            # What is half read or half written is not used again.
            if line is not None:
                line.close()
            raise
        finally:
            self._places.release()

    def _give_back(self, origin: tuple[str, str, int], line: httpcore.ConnectionPool) -> None:
        with self._lock:
            if not self._closed:
                self._free.setdefault(origin, []).append(line)
                return
        line.close()

    def _proxy(self, origin: tuple[str, str, int]) -> str:
        scheme, host, _ = origin
        proxy = self._proxies.get(scheme) or self._proxies.get("all") or ""
        return "" if not proxy or proxy_bypass(host) else _checked(scheme, proxy)

    def _peer(self, origin: tuple[str, str, int]) -> str:
        """Who did not answer, for messages; a proxy without its password."""
        _, host, port = origin
        proxy = urlsplit(self._proxy(origin))
        through = f" through the proxy {proxy.hostname}:{proxy.port or 80}" if proxy.hostname else ""
        return f"{host}:{port}{through}"

    def _new_line(self, scheme: str, proxy: str) -> httpcore.ConnectionPool:
        # The backend puts a deadline on the whole answer and on DNS. It does not question addresses: the user
        # named the host.
        settings = {
            # Reading the authorities takes a tenth of a second.
            "ssl_context": self._tls if scheme == "https" else None,
            "network_backend": CheckedBackend(None),
            "max_connections": 1,
            "keepalive_expiry": 30.0,
        }
        if not proxy:
            return httpcore.ConnectionPool(**settings)  # type: ignore[arg-type]  # one dict for both
        parts = urlsplit(proxy)
        known = parts.username is not None
        auth = (unquote(parts.username or ""), unquote(parts.password or "")) if known else None
        address = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
        return httpcore.HTTPProxy(proxy_url=address, proxy_auth=auth, **settings)  # type: ignore[arg-type]  # one dict for both

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        """The public authorities, and those that this machine trusts besides."""
        context = httpcore.default_ssl_context()
        context.load_default_certs()
        return context


def _checked(scheme: str, text: str) -> str:
    """The address of a proxy.

    Raises:
        UsageError: it is none, or one of another kind; it may hold a password and is not shown.
    """
    proxy = text if "://" in text else f"http://{text}"
    try:
        parts = urlsplit(proxy)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if good:
        return proxy
    hint = "for example http://proxy.example:3128; other kinds, such as SOCKS, are not supported"
    names = f"{scheme.upper()}_PROXY or ALL_PROXY"
    raise UsageError(f"the proxy in {names} is no address of an HTTP proxy", hint=hint)


def _url(parts: SplitResult, host: str) -> httpcore.URL:
    target = quote(parts.path or "/", safe=_SAFE)
    if parts.query:
        target += f"?{quote(parts.query, safe=_SAFE)}"
    name = host.encode("ascii") if host.isascii() else host.encode("idna")
    return httpcore.URL(scheme=parts.scheme.encode(), host=name, port=parts.port, target=target.encode())


def _read_headers(response: httpcore.Response) -> dict[str, str]:
    headers: dict[str, str] = {}
    for raw_name, raw_value in response.headers:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _headers(request: Request, netloc: str) -> list[tuple[bytes, bytes]]:
    """The headers as bytes; no compression, like the official Python SDK."""
    headers: Mapping[str, str] = {
        "Host": netloc.rpartition("@")[2],
        "User-Agent": USER_AGENT,
        "Accept-Encoding": "identity",
        **request.headers,
    }
    wire = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    if request.body is not None:
        wire.append((b"Content-Length", str(len(request.body)).encode()))
    return wire


def _failure(error: Exception, peer: str, *, limits: Limits) -> TransportError:
    text = str(error) or type(error).__name__
    if isinstance(error, httpcore.ConnectTimeout):
        wait = f"{limits.cloud_connect_time:g} s (limit cloud_connect_time)"
        return TransportFailure(f"no connection to {peer} within {wait}", kind="refused")
    if isinstance(error, httpcore.TimeoutException):
        return TransportTimeout(f"{peer} did not answer in time")
    if isinstance(error, httpcore.ConnectError):
        tls = "SSL" in text or "certificate" in text or isinstance(error.__cause__, ssl.SSLError)
        what = "failed the TLS handshake" if tls else "refused the connection"
        return TransportFailure(f"{peer} {what}: {text}", kind="tls" if tls else "refused")
    if isinstance(error, httpcore.LocalProtocolError):
        # The text would show the header that is wrong.
        return TransportFailure(f"{peer} cannot be asked with this path or header", kind="url")
    return TransportFailure(f"the connection to {peer} broke off: {text}", kind="reset")
