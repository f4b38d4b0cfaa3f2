"""Webhooks out: a receiver on a real socket that fails at first, dead letters, several workers, a crash."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from ringback.contacts.webhook import Receiver
from tests.platform.client import Client
from tests.platform.conftest import Server, database
from tests.platform.test_contacts import CONTACTS, unique

HOOKS = "/api/v2/webhooks"


class Sink:
    """A receiver that answers as its list says, then with 204."""

    def __init__(self, statuses: list[int]) -> None:
        self.statuses, self.got = list(statuses), []  # type: list[int], list[tuple[dict[str, str], bytes]]
        sink = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers["content-length"]))
                sink.got.append((dict(self.headers), content))
                self.send_response(sink.statuses.pop(0) if sink.statuses else 204)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def sink() -> Iterator[Callable[..., Sink]]:
    made: list[Sink] = []

    def make(*statuses: int) -> Sink:
        made.append(Sink(list(statuses)))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def hook(api: Client) -> Iterator[Callable[[str], Any]]:
    """Subscribes; unsubscribed afterwards, since the server is shared."""
    made: list[str] = []

    def make(url: str, **more: Any) -> Any:
        body = api.post(HOOKS, {"url": url, "name": unique("hook"), **more}).ok(201)
        made.append(body["selfUri"])
        return body

    yield make
    for path in made:
        api.delete(path)


def start(api: Client) -> Any:
    contact = {"externalContactId": unique("WH-"), "name": "A", "channels": {"sms": "+12125550123"}}
    api.post(CONTACTS, contact).ok(201)
    return api.post("/api/v2/conversations", {"contactId": contact["externalContactId"]}).ok(201)


def until(condition: Callable[[], Any], seconds: float = 20) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found


def deliveries(api: Client, subscribed: Any) -> Any:
    return api.get(f"{subscribed['selfUri']}/deliveries").ok()["entities"]


@pytest.mark.parametrize("status", [503, 429])
def test_a_receiver_that_fails_at_first(
    api: Client, sink: Callable[..., Sink], hook: Callable[..., Any], status: int
) -> None:
    receiver_end = sink(status)
    subscribed = hook(receiver_end.url)
    conversation, began = start(api), time.monotonic()
    waiting = until(lambda: [each for each in deliveries(api, subscribed) if each.get("lastStatus")])[0]
    assert (waiting["state"], waiting["lastStatus"], waiting["tries"]) == ("due", status, 1)
    done = until(lambda: [each for each in deliveries(api, subscribed) if each["state"] == "delivered"])[0]
    assert time.monotonic() - began > 3.5  # 5 s, less a fifth by chance
    assert done["tries"] == len(receiver_end.got) == 2
    receiver = Receiver([subscribed["secret"]])
    for headers, content in receiver_end.got:
        received = receiver.receive(headers, content, now=time.time())
        assert received.id == done["id"]
        assert received.event == done["payload"]
    assert done["payload"]["conversation_id"] == conversation["id"]
    assert done["payload"]["contact_id"] == conversation["contactId"]
    assert done["payload"]["audit_log"]["channel"] == "sms"


@pytest.mark.parametrize("status", [404, 410, 302])
def test_dead_letters(api: Client, sink: Callable[..., Sink], hook: Callable[..., Any], status: int) -> None:
    receiver_end = sink(status)
    subscribed = hook(receiver_end.url)
    start(api)
    dead = until(lambda: [each for each in deliveries(api, subscribed) if each["state"] == "dead"])[0]
    assert (dead["lastStatus"], dead["tries"]) == (status, 1)
    api.post(f"{subscribed['selfUri']}/deliveries/{dead['id']}/redeliver").ok(202)
    until(lambda: deliveries(api, subscribed)[0]["state"] == "delivered")


def test_hosts_that_data_actions_may_not_reach(api: Client, hook: Callable[..., Any]) -> None:
    subscribed = hook("http://10.0.0.1/hook")
    start(api)
    dead = until(lambda: [each for each in deliveries(api, subscribed) if each["state"] == "dead"])[0]
    assert "not allowed" in dead["lastError"]


def test_a_receiver_that_is_away_is_tried_again(api: Client, hook: Callable[..., Any]) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        subscribed = hook(f"http://127.0.0.1:{probe.getsockname()[1]}/hook")
        start(api)
        tried = until(lambda: [each for each in deliveries(api, subscribed) if each.get("lastError")])[0]
    assert (tried["state"], tried["lastStatus"]) == ("due", 0)
    assert tried["dateNextTry"] > tried["dateLastTry"]


def test_subscriptions(api: Client, sink: Callable[..., Sink], hook: Callable[..., Any]) -> None:
    receiver_end = sink()
    subscribed = hook(receiver_end.url, secret="correct horse battery staple")
    assert subscribed["secret"] == "correct horse battery staple"
    shown = api.get(subscribed["selfUri"]).ok()
    assert "secret" not in shown
    assert "secret" not in api.get(HOOKS).ok()["entities"][0]
    changed = api.put(subscribed["selfUri"], {"url": receiver_end.url, "enabled": False}).ok()
    assert (changed["enabled"], "secret" in changed) == (False, False)
    start(api)
    assert deliveries(api, subscribed) == []
    again = api.put(subscribed["selfUri"], {"url": receiver_end.url, "secret": "another secret"}).ok()
    assert again["secret"] == "another secret"
    start(api)
    headers, content = until(lambda: receiver_end.got)[0]
    assert Receiver(["another secret"]).receive(headers, content, now=time.time()).repeated is False
    assert api.delete(subscribed["selfUri"]).status == 204
    api.get(subscribed["selfUri"]).refused(404)


@pytest.mark.parametrize(
    "sent",
    [{}, {"url": "ftp://x"}, {"url": "nothing"}, {"url": "http://x", "events": ["other"]},
     {"url": "http://x", "secret": "whsec_%"}, {"url": "http://x", "secret": ""}],
)  # fmt: skip
def test_subscriptions_that_are_refused(api: Client, sent: dict[str, Any]) -> None:
    api.post(HOOKS, sent).refused(400)


@pytest.mark.slow
def test_nothing_is_lost_or_doubled_by_several_workers_and_a_crash(
    tmp_path: Path, sink: Callable[..., Sink]
) -> None:
    receiver_end, url = sink(), database(tmp_path)
    server = Server(url, "--workers", "2").start()
    with Client(server.origin) as api:
        api.login("ringback-local", "ringback-local")
        api.post(HOOKS, {"url": receiver_end.url}).ok(201)
        started = {start(api)["id"] for _ in range(20)}
        until(lambda: len(receiver_end.got) >= 20)
        time.sleep(1)
        assert len(receiver_end.got) == 20  # both workers look at one outbox
        late = {start(api)["id"] for _ in range(3)}
        server.kill()
        server.stop()
    again = Server(url).start()
    try:
        until(lambda: started | late <= _conversations(receiver_end), seconds=60)
    finally:
        again.stop()


def _conversations(receiver_end: Sink) -> set[str]:
    return {json.loads(content)["conversation_id"] for _, content in receiver_end.got}
