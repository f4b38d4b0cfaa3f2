"""Notification channels: subscriptions over HTTP, events over a WebSocket."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from starlette.websockets import WebSocketDisconnect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from ringback.platform import notifications
from ringback.platform.clock import Clock
from ringback.platform.resources import notifications as resource
from ringback.platform.store.store import Store
from tests.platform.client import Client
from tests.platform.conftest import Server, database

CHANNELS = "/api/v2/notifications/channels"
WITHIN = 10.0
QUIET = 0.5


def channel(api: Client, *topics: str) -> dict[str, Any]:
    made: dict[str, Any] = api.post(CHANNELS).ok()
    if topics:
        api.post(f"{CHANNELS}/{made['id']}/subscriptions", [{"id": topic} for topic in topics]).ok()
    return made


class Publisher:
    """Publishes as handlers do: in transactions, here of a process of its own."""

    def __init__(self, server: Server) -> None:
        self.store = Store(server.url, Clock())

    def __call__(self, topic: str, *bodies: Any) -> None:
        for body in bodies:
            with self.store.write() as transaction:
                transaction.publish(topic, body)


@pytest.fixture
def publish(server: Server) -> Iterator[Publisher]:
    publisher = Publisher(server)
    yield publisher
    publisher.store.close()


def listening(uri: str) -> ClientConnection:
    return connect(uri, proxy=None, compression=None)


def heard(socket: ClientConnection, count: int) -> list[Any]:
    return [json.loads(socket.recv(timeout=WITHIN)) for _ in range(count)]


def quiet(socket: ClientConnection) -> bool:
    with pytest.raises(TimeoutError):
        socket.recv(timeout=QUIET)
    return True


class TestChannels:
    def test_life(self, api: Client, server: Server) -> None:
        made = channel(api)
        assert made["connectUri"] == f"ws://127.0.0.1:{server.port}/channels/{made['id']}"
        assert made in api.get(CHANNELS).ok()["entities"]
        assert api.send("HEAD", f"{CHANNELS}/{made['id']}").status == 200
        assert api.send("HEAD", f"{CHANNELS}/nothing").status == 404

    def test_subscriptions(self, api: Client) -> None:
        path = f"{CHANNELS}/{channel(api)['id']}/subscriptions"

        def ids(answer: Any) -> list[str]:
            return [each["id"] for each in answer.ok()["entities"]]

        assert ids(api.post(path, [{"id": "v2.flows.1"}, {"id": "v2.flows.2"}])) == [
            "v2.flows.1",
            "v2.flows.2",
        ]
        assert ids(api.post(path, [{"id": "v2.flows.3"}])) == ["v2.flows.1", "v2.flows.2", "v2.flows.3"]
        assert ids(api.put(path, [{"id": "v2.flows.2"}])) == ["v2.flows.2"]
        assert ids(api.get(path)) == ["v2.flows.2"]
        assert api.delete(path).status == 204
        assert ids(api.get(path)) == []
        api.get(f"{CHANNELS}/nothing/subscriptions").refused(404)

    @pytest.mark.parametrize("topic", ["", "v3.flows.1", "v2", "v2.a b", "v2.users.1?", "v2." + "x" * 500])
    def test_topics_that_are_none(self, api: Client, topic: str) -> None:
        path = f"{CHANNELS}/{channel(api)['id']}/subscriptions"
        api.post(path, [{"id": topic}]).refused(400)
        answer = api.post(path, [{"id": topic}, {"id": "v2.flows.1"}], ignoreErrors="true").ok()["entities"]
        assert [each["state"] for each in answer] == ["Permitted", "Rejected"]

    def test_at_most_a_thousand_topics(self, api: Client) -> None:
        path = f"{CHANNELS}/{channel(api)['id']}/subscriptions"
        topics = [{"id": f"v2.flows.{number}"} for number in range(1000)]
        assert len(api.put(path, topics).ok()["entities"]) == 1000
        api.post(path, [{"id": "v2.flows.x"}]).refused(400, "limit.exceeded")

    def test_the_oldest_of_twenty_channels_makes_room(self, api: Client) -> None:
        made = [channel(api)["id"] for _ in range(21)]
        kept = {each["id"] for each in api.get(CHANNELS).ok()["entities"]}
        assert kept == set(made[1:])

    def test_a_channel_expires_unless_it_subscribes_again(self, api: Client) -> None:
        first, second = channel(api), channel(api)
        hours = 3600 * 1000
        try:
            api.post("/_ringback/clock", {"advanceMs": 23 * hours}).ok()
            api.post(f"{CHANNELS}/{second['id']}/subscriptions", [{"id": "v2.flows.1"}]).ok()
            api.post("/_ringback/clock", {"advanceMs": 2 * hours}).ok()
            api.login("ringback-local", "ringback-local")
            assert api.send("HEAD", f"{CHANNELS}/{first['id']}").status == 404
            assert api.send("HEAD", f"{CHANNELS}/{second['id']}").status == 200
            with pytest.raises(InvalidStatus), listening(first["connectUri"]):
                pass
        finally:
            api.post("/_ringback/clock", {"offsetMs": 0})

    def test_available_topics(self, api: Client) -> None:
        found = api.get("/api/v2/notifications/availabletopics").ok()["entities"]
        assert "v2.flows.{id}" in [each["id"] for each in found]
        assert all("schema" not in each for each in found)


class TestWebSocket:
    def test_an_event_has_its_form(self, api: Client, publish: Publisher) -> None:
        with listening(channel(api, "v2.flows.form")["connectUri"]) as socket:
            publish("v2.flows.form", {"id": "ü", "list": [1, None]})
            (event,) = heard(socket, 1)
        assert set(event) == {"topicName", "version", "eventBody", "metadata"}
        assert event["topicName"] == "v2.flows.form"
        assert event["version"] == "2"
        assert event["eventBody"] == {"id": "ü", "list": [1, None]}
        assert event["metadata"]["correlationId"]

    def test_only_what_was_subscribed_to_and_in_order(self, api: Client, publish: Publisher) -> None:
        mine = channel(api, "v2.flows.mine", "v2.users.7?presence&station")
        with listening(mine["connectUri"]) as socket:
            publish("v2.flows.other", 0)
            publish("v2.flows.mine", *range(1200))
            publish("v2.users.7.station", "at a desk")
            publish("v2.users.7.calls", "none")
            events = heard(socket, 1201)
            assert [event["eventBody"] for event in events] == [*range(1200), "at a desk"]
            assert quiet(socket)

    def test_nothing_from_before_the_subscription(self, api: Client, publish: Publisher) -> None:
        made = channel(api)
        with listening(made["connectUri"]) as socket:
            publish("v2.flows.late", "before")
            api.post(f"{CHANNELS}/{made['id']}/subscriptions", [{"id": "v2.flows.late"}]).ok()
            publish("v2.flows.late", "after")
            assert [event["eventBody"] for event in heard(socket, 1)] == ["after"]
            assert api.delete(f"{CHANNELS}/{made['id']}/subscriptions").status == 204
            publish("v2.flows.late", "too late")
            assert quiet(socket)

    def test_a_write_is_told_of(self, api: Client) -> None:
        name = "Notified"
        made = api.post("/api/v2/externalcontacts/organizations", {"name": name}).ok()
        topic = f"v2.externalcontacts.organization.{made['id']}"
        with listening(channel(api, topic)["connectUri"]) as socket:
            api.put(f"/api/v2/externalcontacts/organizations/{made['id']}", {"name": "Renamed"}).ok()
            assert heard(socket, 1)[0]["eventBody"]["name"] == "Renamed"

    def test_a_new_connection_takes_over_and_no_event_is_there_twice(
        self, api: Client, publish: Publisher
    ) -> None:
        uri = channel(api, "v2.flows.taken")["connectUri"]
        found: list[int] = []

        def read(socket: ClientConnection) -> None:
            try:
                while True:
                    found.append(json.loads(socket.recv(timeout=WITHIN))["eventBody"])
            except (ConnectionClosed, TimeoutError):
                pass

        threads = []
        with ExitStack() as stack:
            for number in range(4):
                socket = stack.enter_context(listening(uri))
                threads.append(threading.Thread(target=read, args=(socket,)))
                threads[-1].start()
                publish("v2.flows.taken", *range(number * 50, number * 50 + 50))
            while len(found) < 200 and threads[-1].is_alive():
                threads[-1].join(0.05)
        for thread in threads:
            thread.join()
        assert sorted(found) == list(range(200))

    def test_a_ping_is_answered(self, api: Client) -> None:
        with listening(channel(api)["connectUri"]) as socket:
            socket.send('{"message":"ping"}')
            assert heard(socket, 1) == [{"topicName": "channel.metadata", "eventBody": {"message": "pong"}}]

    @pytest.mark.parametrize("path", ["/channels/nothing", "/channels/00000000-0000-4000-8000-000000000000"])
    def test_a_channel_that_never_was(self, server: Server, path: str) -> None:
        with pytest.raises(InvalidStatus) as refused, listening(f"ws://127.0.0.1:{server.port}{path}"):
            pass
        assert refused.value.response.status_code == 403

    def test_several_workers(self, tmp_path: Path) -> None:
        running = Server(database(tmp_path), "--workers", "2").start()
        publisher = Publisher(running)
        try:
            with Client(running.origin) as api:
                api.login("ringback-local", "ringback-local")
                made = [channel(api, "v2.flows.all") for _ in range(6)]
            with ExitStack() as stack:
                sockets = [stack.enter_context(listening(each["connectUri"])) for each in made]
                publisher("v2.flows.all", *range(20))
                for socket in sockets:
                    assert [event["eventBody"] for event in heard(socket, 20)] == list(range(20))
                assert quiet(sockets[0])
        finally:
            publisher.store.close()
            running.stop()


def test_a_client_that_is_too_slow_is_let_go() -> None:
    slow = notifications.Connection("channel", "connection", 0)
    for number in range(notifications.MAX_WAITING + 2):
        slow.send(str(number))
    waiting = [slow.waiting.get_nowait() for _ in range(slow.waiting.qsize())]
    assert waiting[-1] is notifications.CLOSED
    assert len(waiting) <= notifications.MAX_WAITING + 1


def test_old_events_are_dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ringback.platform.store.transaction.EVENTS_KEPT", 10)
    running = Server(database(tmp_path)).start()
    running.stop()
    publisher = Publisher(running)
    publisher("v2.flows.1", *range(35))
    with publisher.store.write() as transaction:
        rows = transaction.connection.exec_driver_sql("SELECT count(*), max(seq) FROM events").one()
    publisher.store.close()
    assert rows == (15, 35)


def test_a_quiet_channel_has_a_heartbeat(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "HEARTBEAT_SECONDS", 0.01)
    sent: list[str] = []

    class Socket:
        async def send_text(self, text: str) -> None:
            sent.append(text)
            if len(sent) == 2:
                raise WebSocketDisconnect

    asyncio.run(resource._send(Socket(), notifications.Connection("channel", "connection", 0)))  # type: ignore[arg-type]
    beat = {"topicName": "channel.metadata", "eventBody": {"message": "WebSocket Heartbeat"}}
    assert [json.loads(text) for text in sent] == [beat, beat]


def test_the_server_stops_while_somebody_listens(tmp_path: Path) -> None:
    running = Server(database(tmp_path)).start()
    with Client(running.origin) as api:
        api.login("ringback-local", "ringback-local")
        uri = channel(api)["connectUri"]
    with listening(uri) as socket:
        began = time.monotonic()
        running.stop()
        assert time.monotonic() - began < WITHIN
        with pytest.raises(ConnectionClosed):
            socket.recv(timeout=WITHIN)
