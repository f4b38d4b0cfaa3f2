"""The example of the repository, native and plain, over HTTP alone."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import pytest

from tests.cli.helpers import EXAMPLE
from tests.platform.client import Client
from tests.platform.test_flow_jobs_plain import crm  # noqa: F401 - a fixture
from tests.platform.test_flow_publish_jobs import job

ORIGIN = "https://crm.example.com"


def needed(api: Client, url: str) -> None:
    """Queues, an integration with credentials, and the data action, as the API makes them."""
    for name in ("VIP", "General", "Bookings"):
        if not api.get("/api/v2/routing/queues", name=name).ok()["entities"]:
            api.post("/api/v2/routing/queues", {"name": name}).ok()
    integration = api.post(
        "/api/v2/integrations", {"integrationType": {"id": "custom-rest-actions"}, "name": "CRM"}
    ).ok()
    api.patch(integration["selfUri"], {"intendedState": "ENABLED"}).ok()
    action = json.loads((EXAMPLE / "lookup_customer.json").read_text(encoding="utf-8"))
    action |= {"category": "CRM", "integrationId": integration["id"]}
    action["config"]["request"]["requestUrlTemplate"] = f"{url}/api/v1/lookup"
    api.post("/api/v2/integrations/actions", action).ok()


def simulated(api: Client, flow_id: str, caller: str) -> dict[str, Any]:
    sent = {"flowId": flow_id, "context": {"from": caller, "to": "+15550000000", "channel": "voice"}}
    answer: dict[str, Any] = api.post("/api/v2/architect/simulations", sent).ok()
    return answer


@pytest.fixture(scope="module")
def twins(server: Any, crm: str) -> dict[str, str]:  # noqa: F811 - the fixture
    """Ids of the two flows."""
    with Client(server.origin) as api:
        api.login("ringback-local", "ringback-local")
        needed(api, crm)
        tag = uuid.uuid4().hex[:8]
        yaml = text("flow.yaml").replace("name: Customer Lookup\n", f"name: Customer Lookup {tag}\n", 1)
        done = job(api, yaml)
        assert done["status"] == "Success", done
        plain = json.loads(text("flow.plain.json").replace(ORIGIN, crm)) | {"name": f"Plain {tag}"}
        created = api.post("/api/v2/architect/flows", plain).ok(201)
        return {"native": done["flow"]["id"], "plain": created["id"]}


def text(name: str) -> str:
    return Path(EXAMPLE / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("form", ["native", "plain"])
@pytest.mark.parametrize(
    ("caller", "queue", "name"),
    [
        ("+15551234567", "VIP", "Alice Smith"),
        ("+15559876543", "General", "Bob Jones"),
        ("+15550001111", "General", ""),
    ],
)
def test_both_run_alike(
    api: Client, twins: dict[str, str], form: str, caller: str, queue: str, name: str
) -> None:
    ran = simulated(api, twins[form], caller)
    assert ran["status"] == "completed", ran
    assert (ran["end"]["kind"], ran["end"]["target"]["name"]) == ("transferToAcd", queue)
    lookup = next(step for step in ran["trace"] if step["nodeName"].startswith("Look"))
    assert lookup["output"] == "success"
    assert name in json.dumps(lookup["result"])


def test_nodes_of_a_native_flow(api: Client, twins: dict[str, str]) -> None:
    found = api.get(f"/api/v2/architect/flows/{twins['native']}").ok()
    types = {node["type"] for node in found["nodes"]}
    assert {"callData", "decision", "transferToAcd", "playAudio"} <= types
    assert len({node["id"] for node in found["nodes"]}) == len(found["nodes"])
    assert found["yaml"].startswith("inboundCall:")
    for node in found["nodes"]:
        sent = {"flowId": twins["native"], "nodeId": node["id"], "context": {"channel": "voice"}}
        assert api.post("/api/v2/architect/simulations", sent).ok()["trace"], node


def test_the_timeout_of_the_native_flow_is_raised(api: Client, twins: dict[str, str]) -> None:
    found = api.get(f"/api/v2/flows/{twins['native']}", view="plain").ok()
    (box,) = found["steps"]
    box["steps"][0]["settings"]["timeout"] = 12
    after = api.put(f"/api/v2/flows/{twins['native']}/publish", found).ok()
    assert after["version"] == found["version"] + 1
    before = text("flow.yaml").splitlines()
    now = api.get(f"/api/v2/architect/flows/{twins['native']}").ok()["yaml"].splitlines()
    changed = [(old, new) for old, new in zip(before, now, strict=True) if old != new]
    assert len(changed) <= 3, changed  # the name of the test, and the timeout
