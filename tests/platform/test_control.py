"""Steering the server: faults, rate limits, clock, snapshots, journal, audit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpcore
import pytest
import sqlalchemy as sa

from ringback.platform.store import append_only
from ringback.platform.store.audit import verify
from ringback.platform.store.engines import open_engine
from tests.platform.client import Client
from tests.platform.conftest import Server, database

DIVISIONS = "/api/v2/authorization/divisions"


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of this module's own: what is done here would disturb the others."""
    running = Server(database(tmp_path_factory.mktemp("control"))).start()
    yield running
    running.stop()


@pytest.fixture
def api(own: Server) -> Iterator[Client]:
    with Client(own.origin) as client:
        client.post("/_ringback/reset").ok()
        client.login("ringback-local", "ringback-local")
        yield client


def add(api: Client, name: str) -> Any:
    return api.post(DIVISIONS, {"name": name, "description": ""})


def test_health_and_openapi_need_no_token(own: Server) -> None:
    with Client(own.origin) as anyone:
        assert anyone.get("/_ringback/health").ok()["status"] == "ok"
        paths = anyone.get("/api/v2/docs/swagger").ok()["paths"]
        assert DIVISIONS in paths
        assert "ringback_request_seconds_bucket" in anyone.get("/_ringback/metrics").content.decode()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "https://example.com"}, 403),
        ({"host": "example.com"}, 403),
        ({"origin": "http://localhost:3000"}, 401),  # a page of this machine is let in, but needs a token
    ],
)
def test_pages_of_other_sites_are_kept_out(own: Server, headers: dict[str, str], status: int) -> None:
    with Client(own.origin) as anyone:
        anyone.send("POST", "/_ringback/reset", headers=headers).refused(status)


def test_reset_forgets_everything_but_the_local_token(api: Client) -> None:
    add(api, "to be forgotten").ok()
    api.post("/_ringback/reset").ok()
    assert [each["name"] for each in api.get(DIVISIONS).ok()["entities"]] == ["Home"]


def test_snapshot_and_restore(api: Client) -> None:
    add(api, "kept").ok()
    assert api.post("/_ringback/snapshot", {"name": "a"}).ok()["rows"] > 0
    add(api, "later").ok()
    api.post("/_ringback/restore", {"name": "a"}).ok()
    assert [each["name"] for each in api.get(DIVISIONS).ok()["entities"]] == ["Home", "kept"]
    add(api, "later").ok()
    assert api.get("/_ringback/audit/verify").ok()["intact"] is True
    api.post("/_ringback/restore", {"name": "none"}).refused(404)


@pytest.mark.parametrize(
    ("rule", "statuses"),
    [
        ({"status": 503, "count": 1}, [503, 200]),
        ({"status": 500, "count": 2, "skip": 1}, [200, 500, 500, 200]),
        ({"kind": "conflict", "count": 1}, [409, 200]),
        ({"kind": "delay", "delayMs": 10, "count": 1}, [200, 200]),
        ({"status": 429, "retryAfter": 2, "count": 1}, [429, 200]),
        ({"method": "POST", "count": 1}, [200]),
        ({"path": "/api/v2/routing/*", "count": 1}, [200]),
        ({"path": "/api/v2/authorization/*", "count": 1}, [503, 200]),
        ({"operation": "get_authorization_divisions", "count": 1}, [503, 200]),
    ],
)
def test_faults_on_order(api: Client, rule: dict[str, Any], statuses: list[int]) -> None:
    api.post("/_ringback/faults", rule).ok()
    assert [api.get(DIVISIONS).status for _ in statuses] == statuses
    api.delete("/_ringback/faults")


def test_429_says_when_to_come_back(api: Client) -> None:
    api.post("/_ringback/faults", {"status": 429, "retryAfter": 7, "count": 1}).ok()
    answer = api.get(DIVISIONS)
    assert answer.headers["retry-after"] == "7"
    assert "[7] seconds" in answer.refused(429, "too.many.requests.retry.after")["message"]


@pytest.mark.parametrize(("kind", "there"), [("reset", False), ("lost", True)])
def test_connections_that_break(api: Client, kind: str, there: bool) -> None:
    api.post("/_ringback/faults", {"kind": kind, "method": "POST", "path": DIVISIONS, "count": 1}).ok()
    with pytest.raises((httpcore.RemoteProtocolError, httpcore.ReadError)):
        add(api, "broken")
    assert (api.get(DIVISIONS, name="broken").ok()["total"] == 1) is there


@pytest.mark.parametrize(
    "rule", [{"kind": "meteor"}, {"status": 200}, {"colour": "red"}, {"count": 0}, [1], "x"]
)
def test_a_rule_that_is_none(api: Client, rule: Any) -> None:
    api.post("/_ringback/faults", rule).refused(400)


def test_rate_limit_per_token(api: Client) -> None:
    api.send("PUT", "/_ringback/rate-limit", body={"perMinute": 3}).ok()
    api.post("/_ringback/clock", {"now": "2030-01-01T00:00:10Z"}).ok()
    # The token is older than its lifetime now.
    api.login("ringback-local", "ringback-local")
    answers = [api.get(DIVISIONS) for _ in range(4)]
    assert [answer.status for answer in answers] == [200, 200, 200, 429]
    assert [answer.headers["inin-ratelimit-count"] for answer in answers] == ["1", "2", "3", "3"]
    assert 1 <= int(answers[3].headers["retry-after"]) <= 60
    api.post("/_ringback/clock", {"advanceMs": 60_000}).ok()
    assert api.get(DIVISIONS).status == 200
    api.send("PUT", "/_ringback/rate-limit", body={"perMinute": None}).ok()
    assert "inin-ratelimit-count" not in api.get(DIVISIONS).headers
    assert api.post("/_ringback/clock", {"offsetMs": 0}).ok()["offsetMs"] == 0


def test_a_token_expires_when_the_clock_moves(api: Client) -> None:
    api.get(DIVISIONS).ok()
    api.post("/_ringback/clock", {"advanceMs": 90_000_000}).ok()
    api.get(DIVISIONS).refused(401, "credentials.expired")
    api.post("/_ringback/clock", {"offsetMs": 0}).ok()
    api.get(DIVISIONS).ok()


def test_journal(api: Client) -> None:
    api.delete("/_ringback/requests")
    add(api, "noted").ok()
    api.get(DIVISIONS + "/none").refused(404)
    entries = api.get("/_ringback/requests").ok()["entities"]
    assert [(entry["method"], entry["status"]) for entry in entries] == [("POST", 200), ("GET", 404)]
    assert entries[0]["body"] == {"name": "noted", "description": ""}
    assert api.get("/_ringback/requests", status=404).ok()["total"] == 1
    assert api.get("/_ringback/requests", after=entries[0]["id"]).ok()["entities"] == entries[1:]


def test_secrets_are_not_in_the_journal(api: Client) -> None:
    api.delete("/_ringback/requests")
    api.login("ringback-local", "ringback-local")
    assert all("body" not in entry for entry in api.get("/_ringback/requests").ok()["entities"])


def test_several_workers_see_one_state(tmp_path: Path) -> None:
    server = Server(database(tmp_path), "--workers", "2").start()
    try:
        with Client(server.origin) as api:
            api.login("ringback-local", "ringback-local")
            add(api, "seen by both").ok()
            for _ in range(20):  # each request may go to another worker
                with Client(server.origin, api.token) as other:
                    assert other.get(DIVISIONS, name="seen").ok()["total"] == 1
            api.post("/_ringback/faults", {"status": 503, "count": 3}).ok()
            statuses = []
            for _ in range(12):
                with Client(server.origin, api.token) as other:
                    statuses.append(other.get(DIVISIONS).status)
            assert statuses.count(503) == 3
            assert b"ringback_request_seconds_count{" in api.get("/_ringback/metrics").content
    finally:
        server.stop()


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("UPDATE audit SET body = '{}' WHERE seq = 2", "changed"),
        ("DELETE FROM audit WHERE seq = 2", "missing"),
        ("DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)", "ends"),
    ],
)
def test_a_tampered_trail_is_noticed(tmp_path: Path, statement: str, reason: str) -> None:
    server = Server(database(tmp_path)).start()
    try:
        with Client(server.origin) as api:
            api.login("ringback-local", "ringback-local")
            for name in ("a", "b", "c"):
                add(api, name).ok()
    finally:
        server.stop()
    engine = open_engine(server.url)
    with engine.begin() as connection:
        assert verify(connection).broken_at is None
        with pytest.raises(sa.exc.DBAPIError, match="append-only"), connection.begin_nested():
            connection.exec_driver_sql(statement)
    with engine.begin() as connection:
        append_only.lift(connection)
        connection.exec_driver_sql(statement)
        verdict = verify(connection)
    engine.dispose()
    assert verdict.broken_at is not None
    assert reason in verdict.reason
