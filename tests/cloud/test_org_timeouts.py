"""Job 4 in an organisation: the timeout of a step of a published flow."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ringback.cloud import Cloud, Conflict, MissingPermission, connect
from ringback.cloud.flow_jobs import export
from ringback.cloud.org_timeouts import Wanted, flow_id_of, org_timeouts, set_timeouts
from ringback.cloud.organisation import Organisation
from ringback.core.errors import RemoteError, UsageError
from tests.cloud.organisations import ANA, FLOWS, Centre, colleague, ours, platform
from tests.cloud.test_apply import FLOW, SETTINGS, action
from tests.platform.conftest import Server

PUBLISH = f"{FLOWS}/*/publish"


def document(name: str) -> dict[str, Any]:
    inner = {"type": "data-action", "name": "Deep", "settings": {"timeout": 10}}
    return {
        "name": name,
        "type": "voice",
        "steps": [
            {"type": "data-action", "name": "Flat", "settings": {"timeout": 5}},
            {"name": "Box", "steps": [{"name": "Inner box", "steps": [inner]}]},
        ],
    }


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """With the data actions that the steps call."""
    with platform(tmp_path_factory.mktemp("timeouts")) as running:
        with ours(running) as cloud:
            centre = Centre(tmp_path_factory.mktemp("actions"), cloud)
            centre.write(ringback_DOT_yaml=SETTINGS.replace("NAME", "Some"))
            texts = [action(name).replace('"required": ["id"], ', "") for name in ("Flat", "Deep")]
            centre.write(flat_DOT_json=texts[0], deep_DOT_json=texts[1])
            assert centre.apply().failed is None
        yield running


@pytest.fixture(scope="module")
def ana(server: Server) -> Iterator[Cloud]:
    with colleague(server) as cloud:
        yield cloud


@pytest.fixture
def cloud(server: Server) -> Iterator[Cloud]:
    with ours(server) as found:
        yield found
        found.delete("/_ringback/faults")


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    return " ".join(re.findall(r"[A-Za-z0-9]+", request.node.name))[5:]


@pytest.fixture
def flow(cloud: Cloud, name: str) -> str:
    return str(cloud.post("/api/v2/architect/flows", document(name)).json["id"])


def seconds(cloud: Cloud, flow: str) -> list[int]:
    body = cloud.get(f"{FLOWS}/{flow}").json
    steps = body["steps"]
    return [steps[0]["settings"]["timeout"], steps[1]["steps"][0]["steps"][0]["settings"]["timeout"]]


def version(cloud: Cloud, flow: str) -> int:
    return int(cloud.get(f"{FLOWS}/{flow}").json["version"])


def test_at_any_depth(cloud: Cloud, flow: str, name: str) -> None:
    organisation = Organisation(cloud)
    before = version(cloud, flow)
    done = set_timeouts(organisation, flow_id_of(organisation, name), wanted=Wanted(["Deep=25s", "Flat=6s"]))
    assert (seconds(cloud, flow), done.published, done.version) == ([6, 25], True, str(before + 1))
    assert [step.timeout_ms for step in org_timeouts(organisation, flow).steps] == [6000, 25000]
    again = set_timeouts(organisation, flow, wanted=Wanted(["Deep=25s"]))
    assert (again.published, version(cloud, flow)) == (False, before + 1)


def test_a_dry_run_publishes_nothing(cloud: Cloud, flow: str) -> None:
    before = version(cloud, flow)
    done = set_timeouts(Organisation(cloud), flow, wanted=Wanted(["Deep=25s"], dry_run=True))
    assert (list(done.changes.values()), done.published, version(cloud, flow)) == ([25_000], False, before)


@pytest.mark.parametrize("kind", ["conflict", "lost"])
@pytest.mark.parametrize("times", [1, 2])
def test_it_is_read_and_changed_again(cloud: Cloud, flow: str, kind: str, times: int) -> None:
    before = version(cloud, flow)
    cloud.post("/_ringback/faults", {"kind": kind, "method": "PUT", "path": PUBLISH, "count": times})
    done = set_timeouts(Organisation(cloud), flow, wanted=Wanted(["Deep=25s"]))
    assert (seconds(cloud, flow)[1], version(cloud, flow)) == (25, before + 1)
    assert done.version == str(before + 1)


def test_a_colleague_in_between_keeps_the_change(cloud: Cloud, flow: str, ana: Cloud) -> None:
    """What a colleague published meanwhile is in the new version, too."""
    organisation = Organisation(cloud)
    get = cloud.get
    seen: list[str] = []

    def spied(path: str, query: Any = None) -> Any:
        answer = get(path, query)
        if path == f"{FLOWS}/{flow}" and not seen:
            seen.append(path)
            set_timeouts(Organisation(ana), flow, wanted=Wanted(["Flat=9s"]))
        return answer

    cloud.get = spied  # type: ignore[method-assign]
    set_timeouts(organisation, flow, wanted=Wanted(["Deep=25s"]))
    assert seconds(cloud, flow) == [9, 25]


def test_three_tries(cloud: Cloud, flow: str) -> None:
    cloud.post("/_ringback/faults", {"kind": "conflict", "method": "PUT", "path": PUBLISH})
    with pytest.raises(Conflict):
        set_timeouts(Organisation(cloud), flow, wanted=Wanted(["Deep=25s"]))
    found = cloud.get("/_ringback/faults").json
    (rule,) = found if isinstance(found, list) else found["entities"]
    assert rule["used"] == 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Deep=31s", "31 s is not allowed for 'Deep': a timeout is 1 s to 30 s"),
        ("Deep=0.5s", "0.5 s is not allowed for 'Deep': a timeout is 1 s to 30 s"),
        ("Dep=3s", "there is no data action step 'Dep'; there are: 'Flat', 'Deep'"),
    ],
)
def test_what_is_refused_before_anything_is_sent(cloud: Cloud, flow: str, text: str, message: str) -> None:
    before = version(cloud, flow)
    with pytest.raises(UsageError) as caught:
        set_timeouts(Organisation(cloud), flow, wanted=Wanted([text]))
    assert (caught.value.message, version(cloud, flow)) == (message, before)


def test_a_colleagues_lock(cloud: Cloud, flow: str, ana: Cloud) -> None:
    ana.post(f"{FLOWS}/actions/checkout", query={"flow": flow})
    with pytest.raises(RemoteError, match=f"stays: it is locked by {ANA}"):
        set_timeouts(Organisation(cloud), flow, wanted=Wanted(["Deep=25s"], taken=["Bo"]))
    set_timeouts(Organisation(cloud), flow, wanted=Wanted(["Deep=25s"], taken=[ANA]))
    assert seconds(cloud, flow)[1] == 25


def test_a_missing_permission_is_named(cloud: Cloud, flow: str, server: Server, name: str) -> None:
    policies = [{"domain": "architect", "entityName": "flow", "actionSet": ["view"]}]
    role = cloud.post("/api/v2/authorization/roles", {"name": name, "permissionPolicies": policies}).json
    roles = [{"roleId": role["id"], "divisionId": ""}]
    body = {"name": name, "authorizedGrantType": "CLIENT-CREDENTIALS", "roleDivisions": roles}
    made = cloud.post("/api/v2/oauth/clients", body).json
    reader = connect(
        base_url=server.origin, client_id=made["id"], client_secret=made["secret"], environ={}, tokens=None
    )
    with reader, pytest.raises(MissingPermission) as caught:
        set_timeouts(Organisation(reader), flow, wanted=Wanted(["Deep=25s"]))
    assert "architect:flow:publish" in str(caught.value)


# ---- as on a real organisation: export, change, job


def test_through_export_and_job(cloud: Cloud, name: str, tmp_path: Path, ana: Cloud) -> None:
    centre = Centre(tmp_path, cloud)
    text = FLOW.replace("NAME", name) + "# a comment at the end\n"
    centre.write(
        ringback_DOT_yaml=SETTINGS.replace("NAME", name),
        flow_DOT_yaml=text,
        action_DOT_json=action(f"{name} action"),
    )
    assert centre.apply().failed is None
    organisation = Organisation(cloud)
    organisation._local = False  # what a real organisation would answer
    flow_id = flow_id_of(organisation, name)
    assert [step.timeout_ms for step in org_timeouts(organisation, flow_id).steps] == [10_000]
    done = set_timeouts(organisation, flow_id, wanted=Wanted(["Look up=45s"]))
    assert (done.published, done.version) == (True, "2.0")
    assert export(cloud, flow_id) == text.replace("seconds: 10", "seconds: 45")
    again = set_timeouts(organisation, flow_id, wanted=Wanted(["Look up=45s"]))
    assert (again.published, centre.versions(name)) == (False, 2)
    draft = ana.get(f"{FLOWS}/{flow_id}/versions/1.0/configuration").json
    ana.post(f"{FLOWS}/{flow_id}/versions", draft)
    with pytest.raises(RemoteError, match=f"{ANA} has saved version 3.0 and not published it"):
        set_timeouts(organisation, flow_id, wanted=Wanted(["Look up=5s"]))
