"""Entities put straight into the database of the server under test."""

from __future__ import annotations

import json
import uuid
from typing import Any

import sqlalchemy as sa

from ringback.platform.clock import Clock
from ringback.platform.store import tables
from ringback.platform.store.store import Store
from tests.platform.client import Client


def seed(url: str, kind: str, name: str, **more: Any) -> str:
    """An entity of a kind; its id."""
    store = Store(url, Clock())
    try:
        with store.write() as tx:
            known = tx.named(kind, name)
            if known:
                return str(known[0]["id"])
            body = {"id": str(uuid.uuid4()), "name": name} | more
            tx.add(kind, body)
            return str(body["id"])
    finally:
        store.close()


def other_client(api: Client, origin: str, *, name: str, permissions: list[str] | None = None) -> Client:
    """A client of its own, with a role of its own; every permission when none are named."""
    tag = uuid.uuid4().hex[:8]
    granted = ["*"] if permissions is None else permissions
    home = api.get("/api/v2/authorization/divisions/home").ok()["id"]
    role = api.post("/api/v2/authorization/roles", {"name": f"role {tag}", **_policies(granted)}).ok()
    sent = {
        "name": name,
        "authorizedGrantType": "CLIENT-CREDENTIALS",
        "roleDivisions": [{"roleId": role["id"], "divisionId": home}],
    }
    made = api.post("/api/v2/oauth/clients", sent).ok()
    client = Client(origin)
    client.login(made["id"], made["secret"])
    return client


def _policies(granted: list[str]) -> dict[str, Any]:
    if granted == ["*"]:
        everything = {"domain": "*", "entityName": "*", "actionSet": ["*"], "allowConditions": False}
        return {"permissionPolicies": [everything], "permissions": []}
    return {"permissions": granted, "permissionPolicies": []}


def seed_all(url: str, wanted: list[tuple[str, str, str]]) -> None:
    """Bare entities (kind, name, type of flow) in one transaction, those that are missing."""
    store = Store(url, Clock())
    try:
        with store.write() as tx:
            for kind, name, type_ in wanted:
                bare = name.strip().removeprefix("Prompt.")
                if tx.named(kind, bare):
                    continue
                body: dict[str, Any] = {"id": str(uuid.uuid4()), "name": bare}
                if kind == "flow":
                    body |= {
                        "type": type_,
                        "deleted": False,
                        "active": False,
                        "description": "",
                        "_versions": 0,
                    }
                    body["division"] = {"id": tx.control("home_division")["id"]}
                    body["selfUri"] = f"/api/v2/flows/{body['id']}"
                tx.add(kind, body)
    finally:
        store.close()


def put(url: str, kind: str, body: dict[str, Any]) -> str:
    """An entity with this body; its id."""
    store = Store(url, Clock())
    try:
        with store.write() as tx:
            made = {"id": str(uuid.uuid4())} | body
            tx.add(kind, made)
            return str(made["id"])
    finally:
        store.close()


def told(url: str, topic: str) -> list[dict[str, Any]]:
    """What was published to a notification topic, in order."""
    store = Store(url, Clock())
    try:
        rows = store.read().connection.execute(
            sa.select(tables.events.c.body)
            .where(tables.events.c.topic == topic)
            .order_by(tables.events.c.seq)
        )
        return [json.loads(row[0]) for row in rows]
    finally:
        store.close()
