"""Questions to the audit trail."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from ringback.platform import trail
from ringback.platform.clock import iso, moment_of, timed_id
from ringback.platform.store.engines import open_engine
from tests.platform.client import Client
from tests.platform.conftest import Server

QUERY = "/api/v2/audits/query"
CODES = "/api/v2/routing/wrapupcodes"
EVER = "2020-01-01T00:00:00Z/2100-01-01T00:00:00Z"


def only(**properties: str) -> list[dict[str, str]]:
    return [{"property": name, "value": value} for name, value in properties.items()]


def now(api: Client, **sent: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.post(f"{QUERY}/realtime", {"interval": EVER, **sent}).ok()["entities"]
    return found


@pytest.fixture(scope="module")
def code(server: Server) -> Iterator[dict[str, Any]]:
    """A wrap-up code that was made, renamed twice and deleted."""
    with Client(server.origin) as api:
        api.login("ringback-local", "ringback-local")
        made = api.post(CODES, {"name": "audited 0"}).ok()
        for number in (1, 2):
            api.put(made["selfUri"], {"name": f"audited {number}"}).ok()
        api.delete(made["selfUri"])
        yield made


def test_what_an_entry_says(api: Client, code: dict[str, Any]) -> None:
    entries = now(api, filters=only(EntityId=code["id"], Action="Update"))
    assert entries[0] | {"id": "", "eventDate": "", "correlationId": ""} == {
        "id": "",
        "eventDate": "",
        "correlationId": "",
        "level": "USER",
        "status": "SUCCESS",
        "application": "ringback",
        "action": "Update",
        "serviceName": "ContactCenter",
        "entityType": "WrapupCode",
        "entity": {"id": code["id"], "name": "audited 2"},
        "client": {"id": "ringback-local", "name": "ringback local"},
        "propertyChanges": [{"property": "name", "oldValues": ["audited 1"], "newValues": ["audited 2"]}],
    }


@pytest.mark.parametrize(
    ("sent", "actions"),
    [
        ({}, ["Delete", "Update", "Update", "Create"]),
        (
            {"sort": [{"name": "Timestamp", "sortOrder": "ascending"}]},
            ["Create", "Update", "Update", "Delete"],
        ),
        ({"serviceName": "ContactCenter"}, ["Delete", "Update", "Update", "Create"]),
        ({"serviceName": "Architect"}, []),
        ({"filters": only(EntityType="WrapupCode", ClientId="ringback-local")}, 4),
        ({"filters": only(EntityType="Queue")}, []),
        ({"filters": only(ClientId="ringback")}, []),
        ({"filters": only(Action="update")}, []),
        ({"filters": [*only(Action="Create"), *only(Action="Delete")]}, ["Delete", "Create"]),
        ({"filters": only(UserId="nobody")}, []),
        ({"interval": "2020-01-01T00:00:00Z/2020-01-02T00:00:00Z"}, []),
        ({"pageSize": 3}, ["Delete", "Update", "Update"]),
        ({"pageSize": 3, "pageNumber": 2}, ["Create"]),
    ],
)
def test_filters_order_and_pages(
    api: Client, code: dict[str, Any], sent: dict[str, Any], actions: Any
) -> None:
    filters = [*only(EntityId=code["id"]), *sent.get("filters", [])]
    found = [entry["action"] for entry in now(api, **sent | {"filters": filters})]
    assert (len(found) if isinstance(actions, int) else found) == actions


def test_a_page_counts(api: Client, code: dict[str, Any]) -> None:
    sent = {"interval": EVER, "filters": only(EntityId=code["id"]), "pageSize": 3}
    page = api.post(f"{QUERY}/realtime", sent).ok()
    assert (page["total"], page["pageCount"], page["pageSize"], page["pageNumber"]) == (4, 2, 3, 1)


def test_a_query_and_its_results_by_cursor(api: Client, code: dict[str, Any]) -> None:
    sent = {"interval": EVER, "serviceName": "ContactCenter", "filters": only(EntityId=code["id"])}
    query = api.post(QUERY, sent).ok()
    assert api.get(f"{QUERY}/{query['id']}").ok() == query
    assert (query["state"], query["filters"]) == ("Succeeded", sent["filters"])
    found, cursor = [], None
    while True:
        more = {"cursor": cursor} if cursor else {}
        page = api.get(f"{QUERY}/{query['id']}/results", pageSize=2, **more).ok()
        found += page["entities"]
        if "cursor" not in page:
            break
        cursor = page["cursor"]
    assert [entry["action"] for entry in found] == ["Delete", "Update", "Update", "Create"]
    assert len({entry["id"] for entry in found}) == 4


def test_a_query_does_not_see_what_comes_later(api: Client) -> None:
    made = api.post(CODES, {"name": "later"}).ok()
    query = api.post(QUERY, {"interval": EVER, "filters": only(EntityId=made["id"])}).ok()
    api.put(made["selfUri"], {"name": "later still"}).ok()
    assert len(api.get(f"{QUERY}/{query['id']}/results").ok()["entities"]) == 1


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"interval": "yesterday"},
        {"interval": "2026-01-01T00:00:00Z"},
        {"interval": "2026-01-02T00:00:00Z/2026-01-01T00:00:00Z"},
        {"interval": EVER, "filters": [{"property": "Colour", "value": "red"}]},
        {"interval": EVER, "pageSize": 501},
    ],
)
def test_what_is_refused(api: Client, sent: dict[str, Any]) -> None:
    api.post(f"{QUERY}/realtime", sent).refused(400)


@pytest.mark.parametrize("cursor", ["x", "1", "1-", "1-2-3", "9" * 50 + "-1"])
def test_cursors_that_were_made_up(api: Client, cursor: str) -> None:
    query = api.post(QUERY, {"interval": EVER}).ok()
    api.get(f"{QUERY}/{query['id']}/results", cursor=cursor).refused(400)


def test_a_query_that_never_was(api: Client) -> None:
    for path in (f"{QUERY}/nothing", f"{QUERY}/nothing/results"):
        api.get(path).refused(404)


def test_related(api: Client, code: dict[str, Any]) -> None:
    entry = now(api, filters=only(EntityId=code["id"], Action="Create"))[0]
    assert api.post(f"{QUERY}/realtime/related", {"auditId": entry["id"]}).ok()["entities"] == [entry]
    for unknown in ("nothing", timed_id(int(time.time() * 1000)), "00000000-0000-4000-8000-000000000000"):
        api.post(f"{QUERY}/realtime/related", {"auditId": unknown}).refused(404)


@pytest.mark.parametrize("path", [f"{QUERY}/servicemapping", f"{QUERY}/realtime/servicemapping"])
def test_the_service_mapping_names_what_is_recorded(api: Client, code: dict[str, Any], path: str) -> None:
    mapping = {
        (service["name"], entity["name"]): entity["actions"]
        for service in api.get(path).ok()["services"]
        for entity in service["entities"]
    }
    assert {"Create", "Update", "Delete"} <= set(mapping["ContactCenter", "WrapupCode"])
    assert ("ContactCenter", "Queue") in mapping


def test_reading_uses_indexes(server: Server) -> None:
    if not server.url.startswith("sqlite"):
        pytest.skip("the plan of SQLite")
    spans = {
        "audit_by_time": trail.Span(0, 10),
        "audit_by_entity": trail.Span(0, 10**15, filters=only(EntityId="x")),
    }
    engine = open_engine(server.url)
    with engine.connect() as connection:
        for index, span in spans.items():
            text = str(
                span.statement(sa.column("body")).compile(engine, compile_kwargs={"literal_binds": True})
            )
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}").all()
            assert any(f"USING INDEX {index}" in row[3] for row in plan), plan
    engine.dispose()


@given(st.integers(0, 2**47))
def test_ids_hold_their_moment(moment: int) -> None:
    assert moment_of(timed_id(moment)) == moment
    assert moment_of(iso(moment % 10**12)) is None
