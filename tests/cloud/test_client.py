"""Requests as they arrive, answers as they are read, lists to their end, presigned URLs without a token."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from ringback.cloud import Cloud, Limits, NoAnswer, Refused, UnreadableAnswer, VirtualClock, quoted
from ringback.cloud.clock import SystemClock
from ringback.cloud.network import NEVER_SENT, Network
from ringback.core.errors import RemoteError, UsageError
from ringback.dataactions.transport import Request, TransportFailure
from tests.cloud.servers import LOST, Platform, Reply, Seen, client, refusal

PATH = "/api/v2/things"


@pytest.mark.parametrize(
    ("method", "arguments", "query", "body", "length"),
    [
        ("get", (), {}, b"", None),
        ("get", ({"a": 1, "b": None},), {"a": "1"}, b"", None),
        ("get", ({"y": True, "n": False},), {"y": "true", "n": "false"}, b"", None),
        ("get", ({"type": ["workflow", "bot"]},), {"type": "workflow,bot"}, b"", None),
        ("get", ({"q": "a&b=ü +/"},), {"q": "a&b=ü +/"}, b"", None),
        ("head", (), {}, b"", None),
        ("delete", ({"force": True},), {"force": "true"}, b"", None),
        ("post", (), {}, b"", "0"),
        ("post", ({"name": "ü"},), {}, '{"name":"ü"}'.encode(), "13"),
        ("put", ([1, None],), {}, b"[1,null]", "8"),
        ("patch", ({},), {}, b"{}", "2"),
    ],
)  # fmt: skip
def test_requests(
    server: Platform,
    cloud: Cloud,
    method: str,
    arguments: Any,
    query: Mapping[str, str],
    body: bytes,
    length: str | None,
) -> None:
    assert getattr(cloud, method)(PATH, *arguments).status == 200
    seen = server.seen[-1]
    assert (seen.method, seen.path, seen.query, seen.body) == (method.upper(), PATH, query, body)
    assert seen.headers["accept"] == "application/json"
    assert seen.headers["user-agent"].startswith("ringback/")
    assert seen.headers["host"] == server.url.removeprefix("http://")
    assert seen.headers.get("content-length") == length
    assert seen.headers.get("content-type") == (None if length is None else "application/json")


def test_quoted_parts_arrive_as_they_are(server: Platform, cloud: Cloud) -> None:
    path = f"{PATH}/{quoted('rows', 'a key/ü?')}"
    cloud.get(path, {"x": 1})
    assert server.seen[-1].path == f"{PATH}/rows/a%20key%2F%C3%BC%3F"
    cloud.get(f"{PATH}?pageNumber=2", {"x": 1})
    assert server.seen[-1].query == {"pageNumber": "2", "x": "1"}


@pytest.mark.parametrize(
    "path", ["//evil.example/api", "https://evil.example/", "@evil.example", "", "/\\evil"]
)
def test_a_path_cannot_name_another_host(server: Platform, cloud: Cloud, path: str) -> None:
    with pytest.raises(UsageError, match="is no path of the API"):
        cloud.get(path)
    assert server.seen == []


def test_a_body_that_is_no_json(server: Platform, cloud: Cloud) -> None:
    with pytest.raises(UsageError, match="the body of a call is no JSON"):
        cloud.post(PATH, {"x": object()})
    assert server.seen == []


def test_answers(server: Platform, cloud: Cloud) -> None:
    headers = {"ININ-Correlation-Id": "c-1", "inin-ratelimit-allowed": "300"}
    server.script["GET", PATH] = [Reply(200, {"name": "ü", "n": 1.5}, headers)]
    answer = cloud.get(PATH)
    assert (answer.status, answer.json, answer.correlation_id) == (200, {"name": "ü", "n": 1.5}, "c-1")
    assert answer.header("Inin-RateLimit-Allowed") == "300"
    assert repr(answer) == f"Answer(status=200, {len(answer.body)} bytes, correlation_id='c-1')"
    server.script["GET", PATH] = [Reply(200, b"#set($x = 1)", {"Content-Type": "text/plain"}), Reply(204)]
    template = cloud.get(PATH)
    assert template.text == "#set($x = 1)"
    with pytest.raises(UnreadableAnswer, match=f"GET {server.url}{PATH}: 200"):
        _ = template.json
    assert cloud.get(PATH).json is None


def test_many_threads_share_connections(server: Platform) -> None:
    with client(server, limits=Limits(cloud_connections=4)) as cloud, ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(lambda number: cloud.post(PATH, {"n": number}), range(1000)))
    assert {answer.status for answer in answers} == {200}
    assert sorted(seen.json["n"] for seen in server.calls(PATH)) == list(range(1000))
    assert server.connections <= 4


def test_a_connection_that_does_not_become_free(server: Platform) -> None:
    server.script["GET", PATH] = [Reply(200, {}, wait=0.5)]
    network = Network(Limits(cloud_connections=1))
    slow = Request("GET", server.url + PATH, timeout=5)
    with ThreadPoolExecutor(1) as thread:
        first = thread.submit(network.send, slow)
        while not server.seen:
            time.sleep(0.001)
        with pytest.raises(TransportFailure, match="limit cloud_connections") as caught:
            network.send(replace(slow, timeout=0.05))
        assert caught.value.kind in NEVER_SENT
        assert first.result().status == 200
    assert network.send(slow).status == 200
    assert server.connections == 1
    network.close()


def test_a_connection_in_use_is_closed_when_its_call_is_over(server: Platform) -> None:
    server.script["GET", PATH] = [Reply(200, {}, wait=0.3)]
    network = Network()
    with ThreadPoolExecutor(1) as thread:
        slow = thread.submit(network.send, Request("GET", server.url + PATH))
        while not server.seen:
            time.sleep(0.001)
        network.close()
        assert slow.result().status == 200
    assert network.send(Request("GET", server.url + PATH)).status == 200
    assert server.connections == 2


def listing(count: int, page_count: bool = True) -> Any:
    def answer(seen: Seen) -> Reply:
        size, number = int(seen.query["pageSize"]), int(seen.query["pageNumber"])
        found = [{"id": str(n)} for n in range(count)][(number - 1) * size : number * size]
        more = {"pageCount": -(-count // size)} if page_count else {}
        return Reply(200, {"entities": found, "total": count, **more})

    return answer


@pytest.mark.parametrize(
    ("count", "page_count", "calls"), [(0, True, 1), (7, True, 3), (6, True, 2), (6, False, 3), (7, False, 4)]
)
def test_a_list_in_pages(server: Platform, cloud: Cloud, count: int, page_count: bool, calls: int) -> None:
    server.routes["GET", PATH] = listing(count, page_count)
    found = cloud.entities(PATH, {"name": "x*"}, size=3)
    assert [item["id"] for item in found] == [str(number) for number in range(count)]
    assert len(server.calls(PATH)) == calls
    assert {seen.query["name"] for seen in server.calls(PATH)} == {"x*"}


def test_a_list_is_read_as_far_as_it_is_wanted(server: Platform, cloud: Cloud) -> None:
    server.routes["GET", PATH] = listing(100)
    found = cloud.entities(PATH, size=10)
    assert [next(found)["id"] for _ in range(11)][-1] == "10"
    assert len(server.calls(PATH)) == 2


@pytest.mark.parametrize(
    "last", [{}, {"cursors": None}, {"cursors": {"after": None}}, {"cursors": {"after": ""}}]
)
def test_a_list_with_cursors(server: Platform, cloud: Cloud, last: dict[str, Any]) -> None:
    server.script["GET", PATH] = [
        Reply(200, {"entities": [1, 2], "cursors": {"after": "a/b="}}),
        Reply(200, {"entities": [], "cursors": {"after": "c"}}),
        Reply(200, {"entities": [3], **last}),
    ]
    assert list(cloud.entities(PATH, style="cursor", size=50)) == [1, 2, 3]
    assert [seen.query for seen in server.calls(PATH)] == [
        {"limit": "50"},
        {"limit": "50", "cursor": "a/b="},
        {"limit": "50", "cursor": "c"},
    ]


def test_a_list_that_goes_on_after_the_last_id(server: Platform, cloud: Cloud) -> None:
    server.script["GET", PATH] = [
        Reply(200, {"entities": [{"id": "1"}, {"id": "2"}]}),
        Reply(200, {"entities": [{"id": "3"}]}),
        Reply(200, {"entities": []}),
    ]
    assert [item["id"] for item in cloud.entities(PATH, style="after", size=2)] == ["1", "2", "3"]
    assert [seen.query.get("after") for seen in server.calls(PATH)] == [None, "2", "3"]


@pytest.mark.parametrize("style", ["cursor", "after"])
def test_a_list_that_stands_still_is_an_error(server: Platform, cloud: Cloud, style: Any) -> None:
    page = Reply(200, {"entities": [{"id": "1"}], "cursors": {"after": "same"}})
    server.script["GET", PATH] = [page] * 5
    with pytest.raises(RemoteError, match="the list does not go on") as caught:
        list(cloud.entities(PATH, style=style))
    assert repr(style) in caught.value.hint
    assert len(server.calls(PATH)) == 2


def test_a_list_without_an_end(server: Platform) -> None:
    server.routes["GET", PATH] = lambda _: Reply(200, {"entities": [1]})
    message = "more pages than the limit cloud_pages of 5"
    with client(server, limits=Limits(cloud_pages=5)) as cloud, pytest.raises(RemoteError, match=message):
        list(cloud.entities(PATH))
    assert len(server.calls(PATH)) == 5


@pytest.mark.parametrize("body", [[1, 2], "text", None, b"<html>"])
def test_a_page_that_is_none(server: Platform, cloud: Cloud, body: Any) -> None:
    server.script["GET", PATH] = [Reply(200, body)]
    with pytest.raises(UnreadableAnswer):
        list(cloud.entities(PATH))


def test_a_page_that_fails_for_a_while(server: Platform, cloud: Cloud) -> None:
    server.routes["GET", PATH] = listing(4)
    server.script["GET", PATH] = [LOST, refusal(429, retry_after=1), refusal(502)]
    assert len(list(cloud.entities(PATH, size=2))) == 4


def test_an_upload_goes_without_the_token(server: Platform, cloud: Cloud) -> None:
    cloud.get(PATH)
    server.script["PUT", "/bucket/flow.yaml"] = [LOST, refusal(503)]
    url = f"{server.url}/bucket/flow.yaml?X-Amz-Signature=abcdef&X-Amz-Expires=60"
    answer = cloud.upload(
        url, b"workflow:\n", headers={"Content-Type": "application/yaml", "x-amz-acl": "private"}
    )
    assert (answer.status, answer.tries) == (200, 3)
    seen = server.seen[-1]
    assert (seen.body, seen.headers["content-type"], seen.headers["x-amz-acl"]) == (
        b"workflow:\n",
        "application/yaml",
        "private",
    )
    assert "authorization" not in seen.headers
    assert seen.query == {"X-Amz-Signature": "abcdef", "X-Amz-Expires": "60"}


def test_a_download_goes_without_the_token(server: Platform, cloud: Cloud) -> None:
    server.script["GET", "/file.zip"] = [
        refusal(500),
        Reply(200, b"\x00\x01", {"Content-Type": "application/zip"}),
    ]
    assert cloud.download(f"{server.url}/file.zip?sig=abcdef").body == b"\x00\x01"
    assert all("authorization" not in seen.headers for seen in server.seen)


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_presigned_url_that_has_expired(server: Platform, cloud: Cloud, status: int) -> None:
    denied = b"<Error><Code>AccessDenied</Code><Signature>secret-signature</Signature></Error>"
    server.script["GET", "/file"] = [Reply(status, denied)]
    with pytest.raises(Refused) as caught:
        cloud.download(f"{server.url}/file?X-Amz-Signature=secret-signature")
    assert caught.value.hint == "a presigned URL is good for minutes: ask the platform for a new one"
    assert "AccessDenied" in caught.value.message
    assert "secret-signature" not in caught.value.message + repr(caught.value.exchange)
    assert server.tokens == []


def test_a_presigned_url_in_the_clear(cloud: Cloud) -> None:
    with pytest.raises(UsageError, match=r"a presigned URL of files.example is not https"):
        cloud.download("http://files.example/x?sig=1")


def test_proxies_come_from_the_environment(
    server: Platform, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("no_proxy", "NO_PROXY", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", server.url.replace("//", "//user:pa%40ss@"))
    settings = {"base_url": "http://platform.example", "plain_http": True, "access_token": "t"}
    with client(server, clock, **settings) as cloud:
        assert cloud.get(PATH).status == 200
    seen = server.seen[-1]
    assert seen.headers["host"] == "platform.example"
    assert seen.headers["proxy-authorization"] == "Basic dXNlcjpwYUBzcw=="
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with client(server, clock, access_token="t") as cloud:
        cloud.get(PATH)
    assert "proxy-authorization" not in server.seen[-1].headers


@pytest.mark.parametrize("proxy", ["socks5://user:hunter22@127.0.0.1:9", "http://127.0.0.1:hunter22", "://"])
def test_a_proxy_that_is_none(server: Platform, monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    for name in ("no_proxy", "NO_PROXY", "http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("all_proxy", proxy)
    with (
        client(server, access_token="t") as cloud,
        pytest.raises(UsageError, match="HTTP_PROXY or ALL_PROXY is no address of an HTTP proxy") as caught,
    ):
        cloud.get(PATH)
    assert "hunter22" not in f"{caught.value}{caught.value.hint}"
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with client(server, access_token="t") as cloud:
        assert cloud.get(PATH).status == 200


def test_a_proxy_that_does_not_answer(server: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("no_proxy", "NO_PROXY", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", "http://user:hunter22@127.0.0.1:9")
    with client(server, access_token="t") as cloud, pytest.raises(NoAnswer) as caught:
        cloud.get(PATH)
    assert "through the proxy 127.0.0.1:9 refused the connection" in caught.value.message
    assert "hunter22" not in caught.value.message


def test_the_clock_of_the_machine() -> None:
    clock = SystemClock()
    assert clock.now() > 1_700_000_000
    before = clock.elapsed()
    clock.sleep(0)
    assert clock.elapsed() >= before
    assert 0 <= clock.random() < 1


def test_the_client_loads_on_first_use() -> None:
    program = (
        "import sys, ringback; import ringback.cli.main; "
        "assert not {'ringback.cloud', 'httpcore', 'filelock'} & set(sys.modules); "
        "print(ringback.cloud.connect.__name__)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "connect\n"
