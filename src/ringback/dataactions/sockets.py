"""Sockets with a deadline and an address check, below httpcore's connection pool.

httpcore asks its network backend for connections and passes each read and write a timeout from the request.
That timeout is an `Until` here: a number of seconds that knows when it began, so that a peer that sends one
byte a second cannot stretch a request by starting the clock again with every byte.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

import httpcore

from ringback.dataactions.transport import TransportFailure

AddressCheck = Callable[[tuple[str, int], str], None]


class Until(float):
    """Seconds that run from the moment of construction."""

    __slots__ = ("_end",)

    def __new__(cls, seconds: float) -> Until:
        """A clock that has `seconds` left now."""
        self = super().__new__(cls, seconds)
        self._end = time.monotonic() + seconds
        return self

    _end: float

    def left(self) -> float:
        """Seconds left, never below zero."""
        return max(0.0, self._end - time.monotonic())


def _left(timeout: float | None, late: type[Exception]) -> float | None:
    if not isinstance(timeout, Until):
        return timeout
    left = timeout.left()
    if left <= 0:
        raise late("the time is over")
    return left


class DeadlineStream(httpcore.NetworkStream):
    """A stream whose timeouts are deadlines."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """At most `max_bytes`."""
        return self._stream.read(max_bytes, _left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """All of `buffer`."""
        self._stream.write(buffer, _left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        """Closes the socket."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """The same stream over TLS."""
        left = _left(timeout, httpcore.ConnectTimeout)
        return DeadlineStream(self._stream.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        """What httpcore asks about the socket."""
        return self._stream.get_extra_info(info)


class CheckedBackend(httpcore.NetworkBackend):
    """Connections to addresses that pass `check((host, port), address)`; None checks nothing."""

    def __init__(self, check: AddressCheck | None) -> None:
        self._check = check
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to the first address of `host` that accepts one; every address is checked first."""
        addresses = resolve(host, port, timeout=_left(timeout, httpcore.ConnectTimeout))
        for address in addresses if self._check else ():
            assert self._check is not None
            self._check((host, port), address)
        for number, address in enumerate(addresses, 1):
            left = _left(timeout, httpcore.ConnectTimeout)
            try:
                found = self._inner.connect_tcp(address, port, left, local_address, socket_options)
            except httpcore.ConnectError:
                if number == len(addresses):
                    raise
            else:
                return DeadlineStream(found)
        raise httpcore.ConnectError(f"no address for {host}")


def resolve(host: str, port: int, *, timeout: float | None) -> list[str]:
    """The addresses of a name, in the resolver's order.

    Raises:
        TransportFailure: of kind `dns`.
        httpcore.ConnectTimeout: the resolver did not answer in time.
    """
    if _is_literal(host):
        return [host]
    answer: list[list[str] | OSError] = []
    # The resolver has no timeout of its own: it runs beside, and is left behind when it is late.
    worker = threading.Thread(target=_look_up, args=((host, port), answer), daemon=True)
    worker.start()
    worker.join(timeout)
    if not answer:
        raise httpcore.ConnectTimeout(f"no DNS answer for {host}")
    found = answer[0]
    if isinstance(found, OSError):
        raise TransportFailure(f"the name {host} does not resolve: {found.strerror or found}", kind="dns")
    return found


def _is_literal(host: str) -> bool:
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, host)
        except OSError:
            continue
        return True
    return False


def _look_up(peer: tuple[str, int], answer: list[list[str] | OSError]) -> None:
    try:
        rows = socket.getaddrinfo(*peer, type=socket.SOCK_STREAM)
    except OSError as error:
        answer.append(error)
    except UnicodeError as error:
        answer.append(OSError(str(error)))
    else:
        answer.append(list(dict.fromkeys(str(row[4][0]) for row in rows)))
