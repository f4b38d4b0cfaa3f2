"""One call of the API, as a handler sees it.

A handler takes a `Call` and gives what is to be answered: a JSON value (with the route's status), a
`Reply` for another status or headers, or None for no body. It raises `ApiError` to refuse.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from ringback.platform import errors
from ringback.platform.clock import iso, new_id, timed_id
from ringback.platform.rights import Principal
from ringback.platform.store.reader import Body, Reader
from ringback.platform.store.transaction import Transaction, encode

if TYPE_CHECKING:
    from ringback.platform.routing import Route
    from ringback.platform.services import Services


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that is not just the route's status and a JSON value.

    Attributes:
        body: a JSON value; bytes and text are sent as they are; None for no body.
        status: HTTP status.
        headers: further headers.
        content_type: of text and bytes; "" for the route's.
    """

    body: object = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = ""


_NOBODY = Principal("", "", 0, frozenset())


class Call:
    """One request.

    Attributes:
        route: the route that answers.
        path: values of the path parameters, decoded.
        query: values of the query parameters that the catalogue declares, in their types.
        headers: request headers, names in lower case.
        raw: the request body; `body` is its JSON value.
        principal: who calls; an empty one for public routes.
        services: what lives as long as the worker.
        correlation_id: id of this exchange, in headers and error bodies.
        scheme: http, or https behind a server that says so.
    """

    __slots__ = (
        *("_store", "body", "correlation_id", "headers", "now", "path", "principal", "query"),
        *("query_text", "raw", "route", "scheme", "services"),
    )

    def __init__(self, route: Route, services: Services, *, headers: Mapping[str, str]) -> None:
        self.route = route
        self.services = services
        self.headers = headers
        self.path: dict[str, str] = {}
        self.query: dict[str, Any] = {}
        self.query_text = ""
        self.raw = b""
        self.body: Any = None
        self.principal = _NOBODY
        self.correlation_id = ""
        self.scheme = "http"
        self.now = 0
        self._store: Reader | None = None

    @property
    def store(self) -> Reader:
        """The reader, or in a write the transaction."""
        assert self._store is not None, "a route of mode 'free' opens the store itself: services.store"
        return self._store

    @property
    def tx(self) -> Transaction:
        """The transaction of a write."""
        assert isinstance(self._store, Transaction), "only routes of mode 'write' have a transaction"
        return self._store

    def enter(self, store: Reader) -> Call:
        """The same call inside a reader or a transaction."""
        self._store = store
        return self

    @property
    def origin(self) -> str:
        """Scheme and authority by which the caller reached the server."""
        settings = self.services.settings
        host = self.headers.get("host") or f"{settings.host}:{settings.port}"
        return settings.public_url or f"{self.scheme}://{host}"

    def now_iso(self) -> str:
        """The moment of the call, as bodies hold it."""
        return iso(self.now)

    def new_id(self) -> str:
        """A fresh UUID."""
        return new_id()

    def pairs(self) -> list[tuple[str, str]]:
        """The query as it was sent."""
        return parse_qsl(self.query_text, keep_blank_values=True)

    def flag(self, name: str) -> bool:
        """A boolean query parameter; false when it was not sent."""
        return bool(self.query.get(name))

    def listed(self, name: str) -> list[str]:
        """A list query parameter, sent comma-joined or repeated."""
        values = self.query.get(name)
        if values is None:
            return []
        return [str(value) for value in values] if isinstance(values, list) else str(values).split(",")

    def object(self) -> Body:
        """The JSON object of the body; ApiError 400 when it is something else."""
        if not isinstance(self.body, dict):
            raise errors.bad_request("The request body must be a JSON object.")
        return self.body

    def audit(
        self,
        action: str,
        entity: Mapping[str, Any],
        *,
        entity_type: str,
        service: str,
        before: Mapping[str, Any] | None = None,
        message: str = "",
    ) -> None:
        """Append to the audit trail: this call did `action` to an entity.

        Args:
            action: Create, Update, Delete, Publish, …: a word of the platform's AuditLogMessage.
            entity: its body after the action (before it, for a deletion).
            entity_type: Queue, DataAction, Flow, …
            service: ContactCenter, Integrations, Architect, …
            before: its body before; the entry then lists the properties that changed.
            message: for people.
        """
        entry = audit_entry(self, action, entity_type=entity_type, entity=entity)
        entry |= {
            "serviceName": service,
            "propertyChanges": changes(before, entity) if before is not None else [],
        }
        if message:
            entry["message"] = {"message": message}
        self.tx.record(entry, service=service, entity_type=entity_type, entity_id=str(entity.get("id") or ""))


def audit_entry(call: Call, action: str, *, entity_type: str, entity: Mapping[str, Any]) -> Body:
    """An AuditLogMessage without its service and changes."""
    return {
        "id": timed_id(call.now),
        "eventDate": iso(call.now),
        "level": "USER",
        "action": action,
        "entityType": entity_type,
        "entity": {key: entity[key] for key in ("id", "name") if entity.get(key) is not None},
        "client": {"id": call.principal.client_id, "name": call.principal.name},
        "status": "SUCCESS",
        "application": "ringback",
        "correlationId": call.correlation_id,
    }


# Changes of these say nothing: they follow from the write itself.
_SILENT = frozenset(
    {
        "version",
        "dateModified",
        "modifiedDate",
        "modifyDate",
        "modifiedBy",
        "currentOperation",
        "selfUri",
    }
)


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Body]:
    """The properties that differ, as an AuditLogMessage lists them; nothing of a secret is ever in a body."""
    names = [
        name for name in {**before, **after} if name not in _SILENT and before.get(name) != after.get(name)
    ]
    return [
        {"property": name, "oldValues": _texts(before, name), "newValues": _texts(after, name)}
        for name in names
    ]


def _texts(body: Mapping[str, Any], name: str) -> list[str]:
    value = body.get(name)
    if value is None:
        return []
    return [value if isinstance(value, str) else encode(value).decode()]
