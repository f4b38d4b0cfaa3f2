"""A flow that calls a stored data action: integration, credentials and faults on order count there too."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

from tests.cli.helpers import EXAMPLE
from tests.dataactions.servers import http_server
from tests.platform.client import Client
from tests.platform.test_action_runs import crm, enabled, faults
from tests.platform.test_flow_publish_jobs import job
from tests.platform.test_integrations import PATH


def variables(api: Client, flow_id: str) -> dict[str, Any]:
    """The variables at the end of a call from a known number."""
    context = {"from": "+15551234567", "to": "+15550000000", "channel": "voice"}
    done = api.post("/api/v2/architect/simulations", {"flowId": flow_id, "context": context}).ok()
    return {name.removeprefix("Flow."): value for name, value in done["variables"].items()}


def test_a_flow_follows_what_its_action_meets(api: Client) -> None:
    tag = uuid.uuid4().hex[:8]
    for name in ("VIP", "General", "Bookings"):
        if not api.get("/api/v2/routing/queues", name=name).ok()["entities"]:
            api.post("/api/v2/routing/queues", {"name": name}).ok()
    home = enabled(api, kind="basicAuth", userName="flow", password="p")
    with http_server(crm) as service:
        document = json.loads((EXAMPLE / "lookup_customer.json").read_text(encoding="utf-8"))
        document |= {"name": f"Lookup {tag}", "category": f"CRM {tag}", "integrationId": home}
        document["config"]["request"]["requestUrlTemplate"] = f"{service.url}/api/v1/lookup"
        api.post(f"{PATH}/actions", document).ok()
        yaml = Path(EXAMPLE / "flow.yaml").read_text(encoding="utf-8")
        yaml = yaml.replace("name: Customer Lookup\n", f"name: Flow {tag}\n", 1)
        published = job(api, yaml.replace("Lookup Customer", f"Lookup {tag}").replace("CRM", f"CRM {tag}"))
        assert published["status"] == "Success", published
        flow_id = published["flow"]["id"]
        assert variables(api, flow_id)["CustomerName"] == "Alice Smith"
        assert service.requests[0]["headers"]["authorization"].startswith("Basic ")
        with faults(api, dataAction=f"Lookup {tag}", reply="status:503", count=1):
            assert variables(api, flow_id)["ErrorStatus"] == 503
        assert len(service.requests) == 1
        api.patch(f"{PATH}/{home}", {"intendedState": "DISABLED"}).ok()
        assert variables(api, flow_id)["ErrorStatus"] == 400
        assert len(service.requests) == 1
