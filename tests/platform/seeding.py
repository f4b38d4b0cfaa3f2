"""Entities put into the server's database by hand, for tests whose resources need others."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from ringback.platform.clock import Clock
from ringback.platform.store.reader import Key
from ringback.platform.store.store import Store
from tests.platform.conftest import Server


def put(server: Server, kind: str, *, keys: Iterable[Key] = (), **body: Any) -> str:
    """Add an entity with search keys; gives its id."""
    identity = str(body.setdefault("id", str(uuid.uuid4())))
    store = Store(server.url, Clock())
    try:
        with store.write() as transaction:
            transaction.add(kind, body, keys=keys)
    finally:
        store.close()
    return identity


def user(server: Server, name: str) -> str:
    """Add a user; gives its id."""
    return put(server, "user", name=name, email=f"{name}@example.com".lower(), state="active", version=1)
