"""Requests that nobody wrote by hand: schemathesis over the API document, against a server of its own.

Every operation that is served gets a few requests that fit the document and a few that do not; no answer may
be a 5xx, of a status, a media type or a shape that the document does not say, and what breaks the document
must be refused. Each write that is answered with 2xx must be in the audit trail.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from itertools import count
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable

from ringback.platform.openapi import document
from ringback.platform.resources import all_routes
from ringback.platform.routing import Route
from ringback.platform.store import tables
from ringback.platform.store.engines import open_engine
from tests.platform.client import Client
from tests.platform.conftest import Server, database
from tests.platform.known import Known
from tests.platform.test_route_table import is_unaudited, place

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy
    from schemathesis import BaseSchema, Case, CheckFunction

pytestmark = pytest.mark.slow
ROUTES = all_routes()
LOCAL = "ringback-local"
OPERATIONS_EACH = 25  # operations of one test
# Requests for each operation: of entities that exist (and one of whatever), and such as the document forbids.
# RINGBACK_HYPOTHESIS=explore sends more and other ones.
EXPLORE = os.environ.get("RINGBACK_HYPOTHESIS") == "explore"
GOOD, BAD = (20, 20) if EXPLORE else (2, 2)
# What is there is read and changed before it is deleted.
LOG_OUT = "DELETE /api/v2/tokens/me"
LIVING = frozenset({"webhook_delivery"})  # kinds that change without a request
ORDER = ("GET", "HEAD", "POST", "PATCH", "PUT", "DELETE")


def chunks() -> Iterator[tuple[str, tuple[Route, ...]]]:
    """The routes in handy parts: those that steer the server apart, the others by their group."""
    groups: dict[str, list[Route]] = {}
    for route in ROUTES:
        groups.setdefault("steering" if route.steers else route.operation.group, []).append(route)
    for name, routes in groups.items():
        routes.sort(key=lambda route: ORDER.index(route.method))
        size = len(routes) if name == "steering" else OPERATIONS_EACH
        for first in range(0, len(routes), size):
            yield f"{name}-{first}", tuple(routes[first : first + size])


CHUNKS = dict(chunks())


@cache
def schema() -> BaseSchema:
    """The document as schemathesis reads it; its import takes a second."""
    import schemathesis

    made = document(ROUTES, base_url="http://127.0.0.1", version="test")
    config = schemathesis.Config()
    # The token is ours; test_route_table sends other ones.
    config.projects.default.generation.with_security_parameters = False
    return schemathesis.openapi.from_dict(made, config=config)


def checks(case: Case, url: str) -> list[CheckFunction]:
    """What must hold of the answer to a request."""
    from schemathesis import checks as core
    from schemathesis.specs.openapi import checks as openapi

    always = [
        core.not_a_server_error,
        openapi.status_code_conformance,
        openapi.content_type_conformance,
        openapi.response_schema_conformance,
    ]
    # An empty value of a parameter is no value, and breaks nothing; an empty object or list is not sent.
    sent = parse_qsl(urlsplit(url).query, keep_blank_values=True)
    empty = not all(value for _, value in sent) or any(value in ([], {}) for value in case.query.values())
    return always if empty else [*always, openapi.negative_data_rejection]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(database(tmp_path_factory.mktemp("schemathesis"))).start()
    yield server
    server.stop()


class Prober:
    """Sends generated requests to a server and keeps what is wrong with the answers."""

    def __init__(self, server: Server) -> None:
        import requests

        self.server, self.session = server, requests.Session()
        self.client = Client(server.origin)
        self.known = Known(self.client)
        self.faults: list[str] = []
        self.engine = open_engine(server.url)
        self.content = 0  # digest of the organisation as the last request left it

    def probe(self, route: Route) -> None:
        """Every kind of request to one operation."""
        from schemathesis import GenerationMode

        # Steering wants no token on this machine, and may have ordered that a login fails.
        if not (self.client.token or route.steers):
            self.client.login(LOCAL, LOCAL)
        operation = schema()[route.path][route.method]
        known = self.known.path(route.path)
        self.content = self.organisation()
        numbers = count()

        def ask(case: Case) -> None:
            if next(numbers) < GOOD:  # the others ask for whatever
                case.path_parameters |= known
            self._ask(route, case)

        run(operation.as_strategy(GenerationMode.POSITIVE), ask, examples=GOOD + bool(known))
        bad = operation.as_strategy(GenerationMode.NEGATIVE, path_parameters=known or None)
        run(bad, lambda case: self._ask(route, case), examples=BAD)
        if place(route) == LOG_OUT:
            self.client.token = ""

    def _ask(self, route: Route, case: Case) -> None:
        from schemathesis.core.failures import FailureGroup

        headers = {"authorization": f"Bearer {self.client.token}"}
        answer = case.call(base_url=self.server.origin, session=self.session, headers=headers)
        try:
            case.validate_response(answer, checks=checks(case, str(answer.request.url)))
        except FailureGroup as group:
            self.faults += [f"{place(route)}: {fault.title}: {fault}\n{group}" for fault in group.exceptions]
        if answer.status_code < 300 and route.mode != "read":
            before, self.content = self.content, self.organisation()
            if self.content != before and not is_unaudited(route):
                self._audited(route, answer.headers["inin-correlation-id"][0])

    def _audited(self, route: Route, correlation_id: str) -> None:
        """A write that changed something must be in the trail."""
        newest = sa.select(tables.audit.c.body).order_by(tables.audit.c.seq.desc()).limit(200)
        with self.engine.connect() as connection:
            found = {json.loads(body)["correlationId"] for body in connection.execute(newest).scalars()}
        if correlation_id not in found:
            self.faults.append(f"{place(route)} changed something that is not in the audit trail")

    def organisation(self) -> int:
        """A digest of every entity, but for what the server itself changes at any time."""
        rows = sa.select(tables.entities.c.kind, tables.entities.c.body)
        with self.engine.connect() as connection:
            found = connection.execute(rows.order_by(tables.entities.c.kind, tables.entities.c.id)).all()
        return hash(tuple(row for row in found if row.kind not in LIVING))

    def close(self) -> None:
        self.session.close()
        self.client.pool.close()
        self.engine.dispose()


def run(strategy: SearchStrategy[Case], ask: Callable[[Case], None], *, examples: int) -> None:
    """Make requests, the same ones in every run."""

    @settings(
        max_examples=examples,
        derandomize=not EXPLORE,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy)
    def test(case: Case) -> None:
        ask(case)

    with suppress(Unsatisfiable):  # nothing of an operation without parameters and body breaks the document
        test()


def probed(server: Server, routes: Sequence[Route]) -> Prober:
    prober = Prober(server)
    try:
        for route in routes:
            prober.probe(route)
    finally:
        prober.close()
    return prober


@pytest.mark.parametrize("name", [name for name in CHUNKS if not name.startswith("steering")])
def test_operations(running: Server, name: str) -> None:
    prober = probed(running, CHUNKS[name])
    assert prober.faults == [], "\n".join(prober.faults)


def test_steering(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Faults, limits, clocks: on a server that nobody else needs."""
    server = Server(database(tmp_path_factory.mktemp("steered"))).start()
    try:
        assert probed(server, CHUNKS["steering-0"]).faults == []
    finally:
        server.stop()
