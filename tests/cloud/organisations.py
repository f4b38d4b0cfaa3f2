"""A local platform with two clients: ours and a colleague's; projects in a folder; plans and what they do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ringback.cloud import Cloud, VirtualClock, connect
from ringback.cloud.apply import Applier, Report
from ringback.cloud.organisation import Organisation
from ringback.cloud.plan import Plan
from ringback.cloud.planner import Planner
from ringback.cloud.project import load_project
from tests.platform.conftest import Server, database

FLOWS = "/api/v2/flows"
ANA = "Ana Ruiz"


@contextmanager
def platform(folder: Path) -> Iterator[Server]:
    """An empty platform on a real socket."""
    server = Server(database(folder)).start()
    try:
        yield server
    finally:
        server.stop()


def ours(server: Server) -> Cloud:
    return connect(base_url=server.origin, environ={}, tokens=None, clock=VirtualClock())


def colleague(server: Server) -> Cloud:
    """Another client with every permission; its name is `ANA`."""
    with ours(server) as cloud:
        role = cloud.post(
            "/api/v2/authorization/roles",
            {
                "name": "colleague",
                "permissionPolicies": [{"domain": "*", "entityName": "*", "actionSet": ["*"]}],
            },
        ).json
        body = {
            "name": ANA,
            "authorizedGrantType": "CLIENT-CREDENTIALS",
            "roleDivisions": [{"roleId": role["id"], "divisionId": ""}],
        }
        made = cloud.post("/api/v2/oauth/clients", body).json
    return connect(
        base_url=server.origin, client_id=made["id"], client_secret=made["secret"], environ={}, tokens=None
    )


class Centre:
    """A project folder and the organisation that it is for."""

    def __init__(self, folder: Path, cloud: Cloud) -> None:
        self.folder, self.cloud = folder, cloud
        self.told: list[tuple[str, str, str]] = []

    def write(self, **files: str) -> None:
        for name, text in files.items():
            (self.folder / name.replace("_DOT_", ".")).write_text(text, encoding="utf-8")

    def planner(self, *taken: str) -> Planner:
        return Planner.of(load_project(self.folder), Organisation(self.cloud), taken=taken)

    def plan(self, *taken: str) -> Plan:
        planner = self.planner(*taken)
        return planner.plan(planner.project.items)

    def apply(self, *taken: str, plan: Plan | None = None) -> Report:
        planner = self.planner(*taken)
        plan = planner.plan(planner.project.items) if plan is None else plan
        assert plan.blocked == (), [block for step in plan.blocked for block in step.blocks]

        def tell(phase: str, step: Any, *, words: str) -> None:
            self.told.append((phase, step.item.name, words))

        return Applier(planner, tell).apply(plan)

    def faults(self, *rules: dict[str, Any]) -> None:
        self.cloud.delete("/_ringback/faults")
        for rule in rules:
            self.cloud.post("/_ringback/faults", rule)

    def flow(self, name: str) -> Any:
        (found,) = [
            body for body in self.cloud.entities(FLOWS) if body["name"] == name and not body.get("deleted")
        ]
        return self.cloud.get(f"{FLOWS}/{found['id']}").json

    def versions(self, name: str) -> int:
        return len(list(self.cloud.entities(f"{FLOWS}/{self.flow(name)['id']}/versions")))

    def actions(self, name: str) -> list[Any]:
        return [b for b in self.cloud.entities("/api/v2/integrations/actions") if b["name"] == name]
