"""Questions to the audit trail; a query has its results at once."""

from __future__ import annotations

from importlib import import_module

import sqlalchemy as sa

from ringback.platform import errors, trail
from ringback.platform.call import Call
from ringback.platform.collection import Collection
from ringback.platform.routing import Routes
from ringback.platform.store import tables
from ringback.platform.store.reader import Body

routes = Routes()
PATH = "/api/v2/audits/query"
QUERY = "audit_query"
KEPT_MS = 24 * 3600 * 1000  # how long a query can be asked for its results; named in docs/limits.md
DEFAULT_SIZE, MAX_SIZE = 25, 500
_ASKED = ("interval", "serviceName", "filters", "sort")


@routes.post(PATH)
def start_query(call: Call) -> object:
    """A query over the entries that are there now; its results wait for a day."""
    sent = call.object()
    trail.span_of(sent)
    table = tables.entities
    call.tx.connection.execute(
        sa.delete(table).where(
            table.c.kind == QUERY, table.c.parent == "", table.c.created < call.now - KEPT_MS
        )
    )
    query = {
        "id": call.new_id(),
        "state": "Succeeded",
        "startDate": call.now_iso(),
        **{name: sent[name] for name in _ASKED if sent.get(name) is not None},
    }
    call.tx.add(QUERY, {**query, "_until": trail.head(call)})
    return query


@routes.get(f"{PATH}/servicemapping", mode="free")
@routes.get(f"{PATH}/realtime/servicemapping", mode="free")
def read_service_mapping(call: Call) -> object:
    """The services, entity types and actions that are recorded."""
    words = trail.recent_words(_aside(call).store) | set(_declared())
    mapping: dict[str, dict[str, set[str]]] = {}
    for service, entity, action in words:
        mapping.setdefault(service, {}).setdefault(entity, set()).add(action)
    return {
        "services": [
            {
                "name": service,
                "entities": [
                    {"name": entity, "actions": sorted(actions)}
                    for entity, actions in sorted(entities.items())
                ],
            }
            for service, entities in sorted(mapping.items())
        ]
    }


@routes.post(f"{PATH}/realtime", mode="free")
def query_now(call: Call) -> object:
    """One page of entries, by numbers."""
    sent = call.object()
    span = trail.span_of(sent)
    size, number = sent.get("pageSize") or DEFAULT_SIZE, sent.get("pageNumber") or 1
    if not 1 <= size <= MAX_SIZE or not 1 <= number <= 1_000_000:
        raise errors.bad_request(f"A page has 1 to {MAX_SIZE} entries.", field="pageSize")
    _aside(call)
    total = trail.count(call.store, span)
    return {
        "entities": trail.entries(call.store, span, offset=(number - 1) * size, limit=size),
        "pageSize": size,
        "pageNumber": number,
        "total": total,
        "pageCount": -(-total // size),
    }


@routes.post(f"{PATH}/realtime/related", mode="free", errors=(404,))
def query_related(call: Call) -> object:
    """The entries of the request that an entry is from."""
    sent = call.object()
    descending = all(each["sortOrder"] == "descending" for each in sent.get("sort") or ())
    found = trail.related(_aside(call).store, str(sent["auditId"]), descending=descending)
    if found is None:
        raise errors.not_found("audit", str(sent["auditId"]))
    return {"entities": found}


@routes.get(f"{PATH}/{{transactionId}}", errors=(404,))
def read_query(call: Call) -> object:
    """How far a query is: it has succeeded."""
    query = _query(call)
    return {name: value for name, value in query.items() if not name.startswith("_")}


@routes.get(f"{PATH}/{{transactionId}}/results", mode="free", errors=(404,))
def read_results(call: Call) -> object:
    """The next entries that a query found; without a `cursor` they are the last ones."""
    query = _query(_aside(call))
    size = min(call.query.get("pageSize") or DEFAULT_SIZE, MAX_SIZE)
    asked = trail.span_of(query)
    span = trail.Span(
        asked.start, asked.end, asked.service, asked.filters, asked.descending, until=query["_until"]
    )
    found, cursor = trail.after(call.store, span, cursor=call.query.get("cursor") or "", limit=size)
    return {
        "id": query["id"],
        "pageSize": size,
        "entities": found,
        **({"cursor": cursor} if cursor else {}),
    }


def _aside(call: Call) -> Call:
    """Read in the thread of a free route: a filter that little passes may look at the whole trail."""
    return call.enter(call.services.store.read())


def _query(call: Call) -> Body:
    return call.store.need(QUERY, call.path["transactionId"])


def _declared() -> list[tuple[str, str, str]]:
    """What the plain resources record."""
    from ringback.platform.resources import MODULES  # noqa: PLC0415 - it imports this module

    modules = (import_module(f"ringback.platform.resources.{name}") for name in MODULES)
    plain = [each for module in modules for each in vars(module).values() if isinstance(each, Collection)]
    return [
        (each.service, each.entity_type, action)
        for each in plain
        for action in ("Create", "Update", "Delete")
    ]
