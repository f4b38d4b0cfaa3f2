"""Which hosts a request may reach, and where a production address is routed to.

Public addresses are allowed. Private, loopback, link-local (cloud metadata) and other special addresses are
refused unless the host, the address or its network is allowed by name. The check is made on the addresses
that DNS gives at connect time, so a public name that points inside is refused as well.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias
from urllib.parse import SplitResult, urlsplit, urlunsplit

from ringback.core.errors import UsageError
from ringback.dataactions.transport import TransportFailure

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

# A host name, *.suffix or address, and perhaps a port; colons inside are those of IPv6 with a port.
_ENTRY = re.compile(r"(?:\*\.)?[^\W_](?:[\w.-]*\w)?\.?(?::\d{1,5})?|\[?[0-9A-Fa-f:.]+\]?:\d{1,5}")

Peer: TypeAlias = tuple[str, int]
"""Host name (or address) and port as the URL names them."""

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_DEFAULT_PORTS: Mapping[str, int] = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class HostPolicy:
    """The hosts of one run.

    Attributes:
        allow: names, `*.suffix`, `host:port`, addresses, networks that are allowed besides the public ones.
        loopback: whether 127.0.0.0/8 and ::1 are allowed.
        routes: origin to origin, e.g. `https://crm.example.com` to `http://127.0.0.1:8086`, allowed then.
    """

    allow: tuple[str, ...] = ()
    loopback: bool = False
    routes: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for entry in self.allow:
            _check_entry(entry)
        for source, target in self.routes.items():
            for text in (source, target):
                origin_of(text)

    def routed(self, url: str) -> tuple[str, bool]:
        """The URL to connect to, and whether a route named it (then its address is not questioned)."""
        for source, target in self.routes.items():
            if origin_of(url) == origin_of(source):
                old, new = urlsplit(url), urlsplit(target)
                path = new.path.rstrip("/") + old.path
                return urlunsplit((new.scheme, new.netloc, path, old.query, "")), True
        return url, False

    def check(self, peer: Peer, address: str) -> None:
        """Raises TransportFailure of kind `forbidden` unless `address`, found for `peer`, may be reached."""
        host, port = peer
        found = _address(address)
        if found is None or self._allows((host.lower().rstrip("."), port), found):
            return
        raise TransportFailure(
            f"{host} is at {address}, a {_sort(found)} address, which is not allowed",
            kind="forbidden",
            hint=f"allow it with --allow-host {host}" + ("" if host == address else f" or {address}"),
        )

    def _allows(self, peer: Peer, address: Address) -> bool:
        inner = _embedded(address)
        if inner.is_loopback and self.loopback:
            return True
        if inner.is_global and not inner.is_multicast:
            return True
        return any(_matches(entry.lower(), peer, address=inner) for entry in self.allow)


def _check_entry(entry: str) -> None:
    """Raise UsageError for what names no host, address or network: it would allow nothing."""
    if not _ENTRY.fullmatch(entry) and not _is_network(entry):
        hint = "write a host, host:port, *.suffix, an address or a network such as 10.0.0.0/8"
        if "://" in entry:
            hint = f"write the host alone: {urlsplit(entry).netloc or 'crm.example'}"
        raise UsageError(f"{entry!r} is no host, address or network that can be allowed", hint=hint)


def _is_network(entry: str) -> bool:
    try:
        ipaddress.ip_network(entry.partition("%")[0], strict=False)
    except ValueError:
        return False
    return True


def origin_of(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of an URL.

    Raises:
        UsageError: it has no http or https origin.
    """
    parts, host, port = _split(url)
    return parts.scheme, host, port


def _split(url: str) -> tuple[SplitResult, str, int]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise UsageError(f"{url!r} is no URL: {error}") from None
    if parts.scheme not in _DEFAULT_PORTS or not host:
        raise UsageError(f"{url!r} is no http or https URL")
    return parts, host, port or _DEFAULT_PORTS[parts.scheme]


def split(url: str) -> tuple[SplitResult, str, int]:
    """The parts of an absolute URL with its host and port.

    Raises:
        TransportFailure: of kind `url`.
    """
    try:
        return _split(url)
    except UsageError as error:
        raise TransportFailure(
            error.message, kind="url", hint="relative URLs need a base URL (baseUrl in the credentials)"
        ) from None


def _address(text: str) -> Address | None:
    try:
        return ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None


def _embedded(address: Address) -> Address:
    """The IPv4 address inside an IPv6 one (mapped, 6to4, NAT64): that is where the packet goes."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _matches(entry: str, peer: Peer, *, address: Address) -> bool:
    host, port = peer
    if entry in (host, f"{host}:{port}", str(address), f"{address}:{port}"):
        return True
    if entry.startswith("*."):
        return host.endswith(entry[1:])
    try:
        return address in ipaddress.ip_network(entry, strict=False)
    except ValueError:
        return False


def _sort(address: Address) -> str:
    inner = _embedded(address)
    for name in ("loopback", "link_local", "multicast", "unspecified", "private"):
        if getattr(inner, f"is_{name}"):
            return name.replace("_", "-")
    return "special"
