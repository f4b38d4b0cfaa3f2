"""What holds for every route, checked over the route table on a real socket.

One error body shape, permissions enforced and named, documented in the API document and on the page of
operations, every write in the audit trail, and 501 for what is known and not served.
"""

from __future__ import annotations

import re
import runpy
import types
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from ringback.platform.catalogue import Operation
from ringback.platform.check_sdk import missing
from ringback.platform.resources import all_routes
from ringback.platform.routing import Route
from tests.cli.helpers import ROOT
from tests.platform.client import Answer, Client
from tests.platform.conftest import Server

ROUTES = all_routes()
PLATFORM = "ringback.platform"
SHAPE = {"message", "code", "status", "contextId", "details", "errors"}
# Writes that leave no entry in the audit trail, and why; those below them as well.
UNAUDITED = {
    "/_ringback/": "steers the server; nothing of the organisation changes",
    "POST /oauth/token": "a login is no change; the platform does not list it either",
    "DELETE /api/v2/tokens/me": "a token is no entity",
    "POST /api/v2/audits/query": "queries",
    "POST /api/v2/flows/{flowId}/history": "asks for a list",
    "POST /api/v2/architect/prompts/{promptId}/history": "asks for a list",
    "POST /api/v2/notifications/channels": "a connection of a listener, and what it listens to",
    "PUT /api/v2/notifications/channels": "the same",
    "DELETE /api/v2/notifications/channels": "the same",
    "POST /api/v2/externalcontacts/import/csv/uploads": "gives out an address; the import is audited",
    "POST /api/v2/architect/simulations": "runs a flow beside the organisation",
    "POST /api/v2/integrations/actions/{actionId}/execute": "runs an action; nothing changes",
    "POST /api/v2/integrations/actions/{actionId}/test": "the same",
    "POST /api/v2/integrations/actions/{actionId}/draft/test": "the same",
}
# Everything that answers without a token.
PUBLIC = {
    "GET /_ringback/health",
    "GET /_ringback/metrics",
    "GET /api/v2/docs/swagger",
    "POST /oauth/token",
    "PUT /_ringback/uploads/{uploadId}",  # presigned, as the platform's are
    "POST /_ringback/uploads/{uploadId}",
    "GET /_ringback/downloads/{fileId}",
    "POST /api/v2/integrations/webhooks/{tokenId}/events",  # the token is in the path
}


def place(route: Route | Operation) -> str:
    return f"{route.method} {route.path}"


def is_unaudited(route: Route) -> bool:
    """Whether a write may leave no entry."""
    return route.steers or any(f"{place(route)}/".startswith(f"{other}/") for other in UNAUDITED)


def address(route: Route | Operation) -> str:
    return re.sub(r"\{[^}]*\}", str(uuid.UUID(int=0)), route.path)


def each_route(*, public: bool = False, permissions: bool = False) -> Any:
    """The routes as parameters: the protected ones, or only those that need a permission."""
    chosen = [route for route in ROUTES if public or not route.public]
    chosen = [route for route in chosen if route.operation.permissions or not permissions]
    return pytest.mark.parametrize("route", chosen, ids=place)


@pytest.fixture(scope="module")
def nobody(server: Server) -> Iterator[Client]:
    """Somebody without a token; a page of this machine, so that the steering routes want one as well."""
    with Client(server.origin) as client:
        yield client


@pytest.fixture(scope="module")
def powerless(server: Server) -> Iterator[Client]:
    """A client without any role."""
    with Client(server.origin) as admin, Client(server.origin) as client:
        admin.login("ringback-local", "ringback-local")
        sent = {"name": "powerless", "authorizedGrantType": "CLIENT-CREDENTIALS"}
        made = admin.post("/api/v2/oauth/clients", sent).ok()
        client.login(made["id"], made["secret"])
        yield client


@pytest.fixture(scope="module")
def document(server: Server) -> dict[str, Any]:
    with Client(server.origin) as client:
        found: dict[str, Any] = client.get("/api/v2/docs/swagger").ok()
        return found


def ask(client: Client, route: Route | Operation) -> Answer:
    return client.send(route.method, address(route), headers={"origin": client.origin})


def refused(answer: Answer, status: int, *, head: bool) -> dict[str, Any]:
    """The error body, whose shape is the same everywhere; HEAD has none."""
    assert answer.status == status
    assert answer.headers["content-type"] == "application/json"
    if head:
        assert answer.content == b""
        return {}
    body: dict[str, Any] = answer.refused(status)
    assert set(body) >= SHAPE
    return body


@each_route()
def test_without_a_token(nobody: Client, route: Route) -> None:
    body = refused(ask(nobody, route), 401, head=route.method == "HEAD")
    assert body.get("code", "authentication.required") == "authentication.required"


@each_route(permissions=True)
def test_without_the_permissions(powerless: Client, route: Route) -> None:
    body = refused(ask(powerless, route), 403, head=route.method == "HEAD")
    needed = ", ".join(route.operation.permissions)
    assert body["messageParams"] == {"permissions": needed}
    assert needed in body["message"]
    several = route.operation.permissions_mode == "ANY" and len(route.operation.permissions) > 1
    assert body["code"] == ("missing.any.permissions" if several else "missing.permissions")


@each_route(public=True)
def test_the_api_document(document: dict[str, Any], route: Route) -> None:
    operation, shape = route.operation, re.sub(r"\{[^}]*\}", "{}", route.path)
    paths = {re.sub(r"\{[^}]*\}", "{}", path): methods for path, methods in document["paths"].items()}
    described = paths[shape][route.method.lower()]
    assert described["operationId"] == operation.operation_id
    assert described.get("x-ringback-local", False) == operation.local
    assert str(route.status) in described["responses"]
    needed = described.get("x-inin-requires-permissions", {"permissions": []})
    assert needed["permissions"] == list(operation.permissions)


def test_only_these_answer_without_a_token() -> None:
    assert {place(route) for route in ROUTES if route.public} == PUBLIC


def test_local_operations_need_a_permission_each() -> None:
    free = {place(route) for route in ROUTES if route.operation.local and not route.operation.permissions}
    assert free - PUBLIC == set()


def test_no_place_is_served_twice() -> None:
    places = [re.sub(r"\{[^}]*\}", "{}", place(route)) for route in ROUTES]
    assert sorted(places) == sorted(set(places))


def test_the_page_of_operations() -> None:
    script = ROOT / "docs" / "generate_operations.py"
    written = (ROOT / "docs" / "platform-operations.md").read_text(encoding="utf-8")
    assert runpy.run_path(str(script))["page"]() == written, "run python docs/generate_operations.py"


@pytest.mark.parametrize("operation", missing(), ids=place)
def test_what_is_not_served_says_so(nobody: Client, operation: Operation) -> None:
    body = refused(ask(nobody, operation), 501, head=operation.method == "HEAD")
    assert body["code"] == "not.implemented"
    assert body["messageParams"] == {"operation": operation.operation_id}


class TestAudit:
    """Every handler that may write reaches the audit trail: its code says so, and that of what it calls."""

    @pytest.mark.parametrize(
        "route", [route for route in ROUTES if route.mode != "read" and route.method != "GET"], ids=place
    )
    def test_every_write(self, route: Route) -> None:
        assert is_unaudited(route) or audits(route.handler)

    def test_the_exceptions_are_in_use(self) -> None:
        places = [place(route) for route in ROUTES] + [route.path for route in ROUTES]
        assert [start for start in UNAUDITED if not any(one.startswith(start) for one in places)] == []

    def test_it_sees_what_is_missing(self) -> None:
        silent = next(route for route in ROUTES if place(route) == "POST /api/v2/audits/query")
        assert not audits(silent.handler)


def audits(function: Any) -> bool:
    """Whether a function, or one of the platform that it calls, writes into the audit trail."""
    return any({"audit", "record"} & names for names in reached(function, set(), owner=None))


def reached(function: types.FunctionType, seen: set[Any], *, owner: type | None) -> Iterator[set[str]]:
    """The names that a function uses, and those of the functions that it may call."""
    if function in seen:
        return
    seen.add(function)
    names = {name for code in codes(function.__code__) for name in code.co_names}
    yield names
    cells = [cell.cell_contents for cell in function.__closure__ or ()]
    for value in [*(function.__globals__.get(name) for name in names), *cells]:
        yield from followed(value, names, seen=seen)
    if owner is not None:
        yield from methods(owner, names, seen=seen)


def followed(value: Any, names: set[str], *, seen: set[Any]) -> Iterator[set[str]]:
    if isinstance(value, types.FunctionType):
        if value.__module__.startswith(PLATFORM):
            yield from reached(value, seen, owner=None)
    elif isinstance(value, types.ModuleType):
        parts = [getattr(value, name, None) for name in names if value.__name__.startswith(PLATFORM)]
        for part in parts:
            if not isinstance(part, types.ModuleType):
                yield from followed(part, names, seen=seen)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from followed(part, names, seen=seen)
    else:
        kind = value if isinstance(value, type) else type(value)
        if kind.__module__.startswith(PLATFORM):
            yield from methods(kind, names, seen=seen)


def methods(kind: type, names: set[str], *, seen: set[Any]) -> Iterator[set[str]]:
    for name in names:
        if isinstance(method := getattr(kind, name, None), types.FunctionType):
            yield from reached(method, seen, owner=kind)


def codes(code: types.CodeType) -> Iterator[types.CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from codes(constant)
