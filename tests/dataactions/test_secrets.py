"""Hiding secrets in every form they turn up in."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from ringback.dataactions.secrets import Secrets, header_secrets, tokens_in

SECRET = 'p@ss "w0rd"/ü'
HIDE = Secrets.of([SECRET, {"nested": ["abcd1234"]}, 42, None, True, "ab"])

TEXTS = [
    (f"x{SECRET}y", "x***y"),
    ("key=p%40ss%20%22w0rd%22%2F%C3%BC", "key=***"),
    ("key=p%40ss+%22w0rd%22%2F%C3%BC", "key=***"),
    ('{"k": "p@ss \\"w0rd\\"/ü"}', '{"k": "***"}'),
    ('{"k": "p@ss \\"w0rd\\"/\\u00fc"}', '{"k": "***"}'),
    (base64.b64encode(SECRET.encode()).decode(), "***"),
    ("abcd1234", "***"),
    ("42", "***"),
    ("ab", "***"),
    ("abc 42, 142", "abc ***, 142"),
    ("a&b=ab;abc", "a&b=***;abc"),
    ("P%40SS%20%22W0rd%22%2f%c3%bc", "***"),
    ("u=p%2540ss%2520%2522w0rd%2522%252F%25C3%25BC", "u=***"),
    ('{"k": "{\\"p\\": \\"p@ss \\\\\\"w0rd\\\\\\"/ü\\"}"}', '{"k": "{\\"p\\": \\"***\\"}"}'),
    ("<b>p@ss &quot;w0rd&quot;/ü</b>", "<b>***</b>"),
    ("nothing", "nothing"),
    ("https://x.example/?a=1&access_token=zzz&b=2", "https://x.example/?a=1&access_token=***&b=2"),
    ("?api_key=zzz", "?api_key=***"),
    ("GET https://user:pa%40s@x.example/a@b", "GET https://user:***@x.example/a@b"),
    ("https://x.example:8080/me@x.example", "https://x.example:8080/me@x.example"),
]


@pytest.mark.parametrize(("text", "shown"), TEXTS)
def test_texts(text: str, shown: str) -> None:
    assert HIDE.text(text) == shown
    assert Secrets.none().text(text) == text


@pytest.mark.parametrize("before", ["", "u", "us", "user:"])
@pytest.mark.parametrize("after", ["", "1", "12"])
def test_base64_around_a_secret(before: str, after: str) -> None:
    """`$encoding.base64("$user:$password")`: at most a part of one character of each end is left."""
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        shown = HIDE.text(f"Basic {encode(f'{before}{SECRET}{after}'.encode()).decode()}")
        left = shown.removeprefix("Basic ").partition("***")
        assert left[1] == "***"
        assert len(left[0]) <= len(before) * 8 // 6 + 1
        assert len(left[2].rstrip("=")) <= len(after) * 8 // 6 + 2


def test_secret_headers_are_secrets_wherever_they_are_echoed() -> None:
    assert header_secrets({"authorization": "Basic abc", "X-Api-Key": "k1", "Accept": "*/*"}) == [
        "Basic abc", "abc", "k1", "",
    ]  # fmt: skip
    assert header_secrets({"Authorization": "Bearer ${authResponse.access_token}"}) == []


VALUES: list[tuple[Any, Any]] = [
    ({"a": [SECRET, 42, 43, True, None]}, {"a": ["***", "***", 43, True, None]}),
    (
        {"access_token": "zzz", "Password": "q", "expires": 1},
        {"access_token": "***", "Password": "***", "expires": 1},
    ),
    ({"client_secret": ""}, {"client_secret": ""}),
    ({SECRET: 1}, {"***": 1}),
]


@pytest.mark.parametrize(("value", "shown"), VALUES)
def test_json(value: Any, shown: Any) -> None:
    assert HIDE.json(value) == shown
    assert Secrets.none().json(value) == value


def test_headers() -> None:
    headers = {"Authorization": "Bearer x", "set-cookie": "a=b", "X-Api-Key": "k", "X-Other": f"v {SECRET}"}
    assert HIDE.headers(headers) == {
        "Authorization": "***", "set-cookie": "***", "X-Api-Key": "***", "X-Other": "v ***",
    }  # fmt: skip
    assert Secrets.none().headers(headers) == headers


def test_tokens_are_found_at_any_depth() -> None:
    assert sorted(tokens_in({"a": [{"access_token": "t1"}], "refresh_token": "t2", "id_token": 3})) == [
        "t1",
        "t2",
    ]


def test_nothing_to_hide() -> None:
    assert Secrets.of([]).text("text") == "text"
