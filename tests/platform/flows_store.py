"""Entities put straight into the database of the server under test."""

from __future__ import annotations

import uuid
from typing import Any

from ringback.platform.clock import Clock
from ringback.platform.store.store import Store


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
