"""Which addresses may be reached."""

from __future__ import annotations

import pytest

from ringback.core.errors import UsageError
from ringback.dataactions.hosts import HostPolicy, origin_of
from ringback.dataactions.transport import TransportFailure

REFUSED = [
    "127.0.0.1", "127.9.9.9", "::1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "100.100.100.200", "fd00:ec2::254", "fe80::1", "fc00::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
    "224.0.0.1", "255.255.255.255", "240.0.0.1",
]  # fmt: skip


@pytest.mark.parametrize("address", REFUSED)
def test_addresses_that_are_no_public_ones_are_refused(address: str) -> None:
    with pytest.raises(TransportFailure, match="not allowed") as caught:
        HostPolicy().check(("api.example.com", 443), address)
    assert caught.value.kind == "forbidden"


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:4700::1111"])
def test_public_addresses_are_allowed(address: str) -> None:
    HostPolicy().check(("api.example.com", 443), address)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_loopback_is_allowed_from_the_command_line(address: str) -> None:
    HostPolicy(loopback=True).check(("localhost", 80), address)


@pytest.mark.parametrize(
    ("entry", "hint"),
    [
        ("x y", "write a host"),
        ("", "write a host"),
        ("crm,corp", "write a host"),
        ("10.0.0.0/99", "write a host"),
        ("http://crm.corp:80/x", "write the host alone: crm.corp:80"),
        ("*", "write a host"),
    ],
)
def test_an_entry_that_would_allow_nothing_is_refused(entry: str, hint: str) -> None:
    with pytest.raises(UsageError, match="is no host, address or network") as caught:
        HostPolicy(allow=(entry,))
    assert caught.value.hint.startswith(hint)


@pytest.mark.parametrize(
    "entry", ["crm", "bücher.example", "a_b.corp.", "::1", "fe80::1", "[::1]:80", "fd00::/8"]
)
def test_what_else_can_be_allowed(entry: str) -> None:
    assert HostPolicy(allow=(entry,)).allow == (entry,)


@pytest.mark.parametrize(
    ("entry", "allowed"),
    [
        ("crm.corp", True),
        ("CRM.corp", True),
        ("*.corp", True),
        ("corp", False),
        ("crm.corp:8443", True),
        ("crm.corp:443", False),
        ("10.0.0.5", True),
        ("10.0.0.0/8", True),
        ("10.0.0.0/30", False),
        ("other.corp", False),
    ],
)
def test_entries_of_the_allow_list(entry: str, allowed: bool) -> None:
    policy = HostPolicy(allow=(entry,))
    if allowed:
        policy.check(("crm.corp", 8443), "10.0.0.5")
        return
    with pytest.raises(TransportFailure):
        policy.check(("crm.corp", 8443), "10.0.0.5")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://crm.example.com/a?b=1", "http://127.0.0.1:8086/a?b=1"),
        ("https://crm.example.com:443/a", "http://127.0.0.1:8086/a"),
        ("http://crm.example.com/a", "http://crm.example.com/a"),
        ("https://api.example.com/v1/x", "http://127.0.0.1:9000/mock/v1/x"),
        ("https://other.example.com/", "https://other.example.com/"),
    ],
)
def test_routes(url: str, expected: str) -> None:
    routes = {
        "https://crm.example.com": "http://127.0.0.1:8086",
        "https://api.example.com": "http://127.0.0.1:9000/mock/",
    }
    assert HostPolicy(routes=routes).routed(url) == (expected, expected != url)


@pytest.mark.parametrize("text", ["crm.example.com", "ftp://x", "https://", "http://x:99999", "http://[::1"])
def test_routes_need_origins(text: str) -> None:
    with pytest.raises(UsageError):
        HostPolicy(routes={text: "http://127.0.0.1"})


def test_origins() -> None:
    assert origin_of("HTTPS://Example.com/x") == ("https", "example.com", 443)
