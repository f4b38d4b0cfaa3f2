"""The path that every call takes: routes, tokens, bodies, errors, transactions."""

from __future__ import annotations

import threading
from uuid import RFC_4122, UUID

import pytest

from ringback.platform.clock import new_id
from tests.platform.client import Client
from tests.platform.conftest import Server

CODES = "/api/v2/authorization/divisions"


def test_create_read_replace_delete(api: Client) -> None:
    created = api.post(CODES, {"name": "Sold", "description": ""}).ok()
    assert api.get(created["selfUri"]).ok() == created
    assert api.put(created["selfUri"], {"name": "Sold twice", "description": ""}).ok()["name"] == "Sold twice"
    api.post(CODES, {"name": "SOLD TWICE", "description": ""}).refused(409)
    assert [found["id"] for found in api.get(CODES, name="sold").ok()["entities"]] == [created["id"]]
    assert api.delete(created["selfUri"]).status == 204
    api.get(created["selfUri"]).refused(404, "not.found")


def test_pages_and_a_page_past_the_end(api: Client) -> None:
    for number in range(5):
        api.post(CODES, {"name": f"page {number}", "description": ""}).ok()
    first = api.get(CODES, name="page", pageSize=2).ok()
    assert [each["name"] for each in first["entities"]] == ["page 0", "page 1"]
    assert (first["total"], first["pageCount"], first["pageNumber"]) == (5, 3, 1)
    assert [each["name"] for each in api.get(first["nextUri"]).ok()["entities"]] == ["page 2", "page 3"]
    assert api.get(CODES, name="page", pageSize=2, pageNumber=9).ok()["entities"] == []


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, "authentication.required"),
        ({"authorization": "Basic eA=="}, "authentication.required"),
        ({"authorization": "Bearer nobody"}, "bad.credentials"),
    ],
)
def test_without_a_good_token(server: Server, headers: dict[str, str], code: str) -> None:
    with Client(server.origin) as anyone:
        anyone.send("GET", CODES, headers=headers).refused(401, code)


def test_a_token_that_was_given_back_is_forgotten_at_once(server: Server) -> None:
    with Client(server.origin) as client:
        client.login("ringback-local", "ringback-local")
        client.get(CODES).ok()
        assert client.delete("/api/v2/tokens/me").status == 204
        client.get(CODES).refused(401, "bad.credentials")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing/here", 404, "not.found"),
        ("GET", f"{CODES}/a%0Ab", 404, "not.found"),
        ("PATCH", CODES, 405, "method.not.allowed"),
        ("GET", "/api/v2/conversations/emails/x/messages", 501, "not.implemented"),
        ("GET", f"{CODES}?pageSize=none", 400, "invalid.query.param.value"),
        ("GET", f"{CODES}?name=%00", 400, "bad.request"),
        ("GET", f"{CODES}/%00", 400, "bad.request"),
    ],
)
def test_refusals_have_one_shape(api: Client, method: str, path: str, status: int, code: str) -> None:
    body = api.send(method, path).refused(status, code)
    assert set(body) >= {"message", "code", "status", "contextId", "details", "errors"}


@pytest.mark.parametrize(
    ("content", "media", "status"),
    [
        (b'{"name": ', "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"name": 5}', "application/json", 400),
        (b"name=x", "application/x-www-form-urlencoded", 415),
        (b" " * 11_000_000, "application/json", 413),
    ],
)
def test_bad_bodies(api: Client, content: bytes, media: str, status: int) -> None:
    api.send("POST", CODES, content=content, headers={"content-type": media}).refused(status)


def test_two_writers_at_once_each_write_once(api: Client, server: Server) -> None:
    statuses: list[int] = []

    def create() -> None:
        with Client(server.origin, api.token) as mine:
            statuses.append(mine.post(CODES, {"name": "contended", "description": ""}).status)

    threads = [threading.Thread(target=create) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200] + [409] * 7


def test_ids_are_random_uuids() -> None:
    ids = [new_id() for _ in range(1_000)]
    assert len(set(ids)) == len(ids)
    assert {(UUID(each).version, UUID(each).variant, str(UUID(each)) == each) for each in ids} == {
        (4, RFC_4122, True)
    }
