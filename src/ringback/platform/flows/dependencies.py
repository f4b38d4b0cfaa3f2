"""Dependency tracking: what published flows refer to, and who refers to a thing.

Each version keeps what it referred to when it was made; a published flow is found by what it uses through a
search key, so that nothing has to be built.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ringback.platform.catalogue import models
from ringback.platform.flows import entities
from ringback.platform.flows.kinds import FLOW, REFERRED, object_type
from ringback.platform.flows.organisation import live_flows, version_of
from ringback.platform.store.reader import Body, Query, Reader

TYPES: tuple[str, ...] = models()["DependencyObject"]["type"].enum
_CODES: Mapping[str, str] = {each.type: each.code for each in REFERRED.values() if each.type}
FLOW_TYPES: Mapping[str, str] = {object_type(each): each for each in models()["Flow"]["type"].enum}
VERSIONED = frozenset((*FLOW_TYPES, "DATAACTION"))
SELF = "/api/v2/architect/dependencytracking/object"


def code_of(type_: str) -> str | None:
    """The code of a dependency type (see `kinds.Referred`); None for things that are not kept here."""
    return FLOW if type_ in FLOW_TYPES else _CODES.get(type_)


def entity(store: Reader, type_: str, *, identity: str) -> Body | None:
    """The thing of a type and an id; None when it is not there or not kept here."""
    code = code_of(type_)
    body = store.get(REFERRED[code].kind, identity) if code else None
    return None if body is None or (code == FLOW and object_type(body["type"]) != type_) else body


def named(store: Reader, name: str, *, types: list[str]) -> Iterator[tuple[str, Body]]:
    """(type, entity) of everything whose name holds a text."""
    for each in REFERRED.values():
        for body in store.find(Query(each.kind, name_like=name or None)):
            type_ = each.type or object_type(body["type"])
            if not types or type_ in types:
                yield type_, body


def shown(store: Reader, reference: Body) -> Body:
    """A reference as a `Dependency`: its state is that of now."""
    body = entity(store, reference["type"], identity=reference["id"]) if reference["id"] else None
    code = code_of(reference["type"])
    now = version_of(code or "", body) if body else ""
    return _dependency(
        reference["type"],
        reference["id"],
        name=str((body or reference)["name"]),
        version=now or reference["version"],
    ) | {
        "deleted": body is None or bool(body.get("deleted")),
        "updated": bool(body) and now != reference["version"],
        "stateUnknown": code is None,
    }


def _dependency(type_: str, identity: str, *, name: str, version: str) -> Body:
    return {
        "id": identity,
        "name": name,
        "version": version,
        "type": type_,
        "deleted": False,
        "updated": False,
        "stateUnknown": False,
        "selfUri": f"{SELF}?id={identity}&objectType={type_}",
    }


def as_dependency(type_: str, body: Body) -> Body:
    """An entity as a `Dependency`."""
    version = version_of(code_of(type_) or "", body)
    found = _dependency(type_, body["id"], name=str(body["name"]), version=version)
    return found | {"deleted": bool(body.get("deleted"))}


def consumed(store: Reader, body: Body, *, version: str = "") -> list[Body]:
    """What a version of a flow refers to; the published version, else the newest, when none is named."""
    version_id = version or entities.published(body) or entities.newest(body)
    if not version_id:
        return []
    stored = entities.version(store, body, version_id=version_id)
    return [shown(store, reference) for reference in stored.get("_references", ())]


def consuming(store: Reader, type_: str, *, identity: str) -> list[Body]:
    """The published flows that refer to a thing."""
    ids = store.ids_by_key(FLOW, ("uses", f"{type_}:{identity}"))
    found = [body for body in store.many(FLOW, ids) if not body.get("deleted")]
    return [as_dependency(object_type(body["type"]), body) for body in found]


def consumers_of_changed(
    store: Reader, *, field: str, wanted: list[str]
) -> Iterator[tuple[Body, list[Body]]]:
    """(flow, what it refers to that is `deleted` or `updated`) of published flows."""
    for body in live_flows(store):
        if not entities.published(body):
            continue
        hits = [
            each for each in consumed(store, body) if each[field] and (not wanted or each["type"] in wanted)
        ]
        if hits:
            yield body, hits
