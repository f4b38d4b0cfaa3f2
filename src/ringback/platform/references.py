"""References to other entities, as bodies hold them: `{id, name, selfUri}`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ringback.platform import errors
from ringback.platform.store.reader import Body, Reader


def reference(store: Reader, kind: str, *, sent: Mapping[str, Any] | None, field: str) -> Body | None:
    """What a body is to hold of another entity; None for none; ApiError 400 when it does not exist.

    Args:
        store: where it should be.
        kind: its kind.
        sent: the request's reference.
        field: where the request has it.
    """
    if not sent or not sent.get("id"):
        return None
    found = store.get(kind, str(sent["id"]))
    if found is None or found.get("deleted") or found.get("state") == "deleted":
        raise errors.bad_request(f"There is no {kind.replace('_', ' ')} {sent['id']}.", field=field)
    return {"id": found["id"], "name": found.get("name", ""), "selfUri": found.get("selfUri", "")}


def references(
    store: Reader, kind: str, *, sent: Iterable[Mapping[str, Any]] | None, field: str
) -> list[Body]:
    """The same for a list."""
    found = (
        reference(store, kind, sent=each, field=f"{field}.{number}") for number, each in enumerate(sent or ())
    )
    return [each for each in found if each is not None]
