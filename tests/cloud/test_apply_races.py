"""What goes wrong between a plan and its end: kills, another apply, a colleague, an upload that is lost."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ringback.cloud import Cloud, OutcomeUnknown, VirtualClock, connect
from ringback.cloud.apply import Applier
from ringback.cloud.compare import Change
from ringback.cloud.flow_jobs import called, export, publish
from ringback.cloud.limits import Limits
from ringback.cloud.network import Network
from ringback.cloud.org_timeouts import Wanted, flow_id_of, set_timeouts
from ringback.cloud.organisation import Organisation
from ringback.cloud.plan_flows import held, refuse_held
from ringback.cloud.rollback import find_target, roll_back
from ringback.core.errors import RemoteError, UsageError
from ringback.dataactions.transport import Request, Response
from tests.cloud.organisations import ANA, FLOWS, Centre, colleague, ours, platform
from tests.cloud.servers import LOST, Platform, Reply, client
from tests.cloud.servers import platform as scripted_platform
from tests.cloud.test_apply import FLOW, SETTINGS, action, edited
from tests.cloud.test_project import TABLE
from tests.platform.conftest import Server

ACTIONS, INTEGRATIONS = "/api/v2/integrations/actions", "/api/v2/integrations"
MOST_CHANGES = 20  # of one apply of `written`; it makes 12


class Killed(BaseException):
    """The end of a process, at a moment that a test chooses."""


class Killing:
    """A network whose process ends before or after its n-th change."""

    def __init__(self, at: int, *, before: bool) -> None:
        self.network, self.at, self.before, self.count = Network(Limits()), at, before, 0

    def send(self, request: Request) -> Response:
        self.count += request.method not in ("GET", "HEAD") and "/oauth/" not in request.url
        if self.count < self.at:
            return self.network.send(request)
        if not self.before:
            self.network.send(request)
        raise Killed


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with platform(tmp_path_factory.mktemp("organisation")) as running:
        yield running


@pytest.fixture(scope="module")
def ana(server: Server) -> Iterator[Cloud]:
    with colleague(server) as cloud:
        yield cloud


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    return " ".join(re.findall(r"[A-Za-z0-9]+", request.node.name))[5:]


def written(centre: Centre, name: str) -> Centre:
    """A project of one thing of each kind, all with names of their own."""
    settings = SETTINGS.replace("CRM", f"{name} CRM").replace("NAME", name)
    centre.write(
        ringback_DOT_yaml=settings,
        flow_DOT_yaml=FLOW.replace("CRM:", f"{name} CRM:").replace("NAME", name),
        action_DOT_json=action(f"{name} action"),
        hours_DOT_yaml=TABLE.replace("Hours", name),
        hours_DOT_csv="key,Open,Lines\nBerlin,no,3\nParis/1,yes,4\n",
    )
    return centre


@pytest.fixture
def centre(server: Server, name: str, tmp_path: Path) -> Iterator[Centre]:
    with ours(server) as cloud:
        found = written(Centre(tmp_path, cloud), name)
        yield found
        found.faults()


def named(cloud: Cloud, path: str, name: str) -> list[Any]:
    return [body for body in cloud.entities(path) if body["name"] == name]


def once(centre: Centre, name: str) -> None:
    """Everything is there, once, and nothing is left to do."""
    assert centre.plan().todo == ()
    assert (centre.versions(name), len(centre.actions(f"{name} action"))) == (1, 1)
    (integration,) = named(centre.cloud, INTEGRATIONS, f"{name} CRM")
    assert integration["intendedState"] == "ENABLED"


@pytest.mark.parametrize("before", [True, False])
def test_killed_at_any_change_and_run_again(server: Server, name: str, before: bool, tmp_path: Path) -> None:
    with ours(server) as cloud:
        for at in range(1, MOST_CHANGES):
            mine = f"{name} {at}"
            (tmp_path / mine).mkdir()
            centre = written(Centre(tmp_path / mine, cloud), mine)
            killing = Killing(at, before=before)
            first = connect(
                base_url=server.origin, environ={}, tokens=None, clock=VirtualClock(), transport=killing
            )
            try:
                report = Centre(centre.folder, first).apply()
            except Killed:
                report = centre.apply()
            finally:
                killing.network.close()
            assert report.failed is None, (at, report.error)
            once(centre, mine)
            if killing.count < at:
                break
        assert 10 < at < MOST_CHANGES - 1


def test_two_applies_of_one_plan(server: Server, centre: Centre, name: str) -> None:
    """Both were shown that everything is to be created; the second finds what the first made."""
    with ours(server) as other:
        planners = [centre.planner(), Centre(centre.folder, other).planner()]
        plans = [planner.plan(planner.project.items) for planner in planners]
        reports = [
            Applier(planner, lambda *_args, **_words: None).apply(plan)
            for planner, plan in zip(planners, plans, strict=True)
        ]
    assert [report.error for report in reports] == [None, None]
    assert {words for _, words in reports[1].done} == {"was so already"}
    once(centre, name)


def test_somebody_made_another_queue_since(centre: Centre, name: str) -> None:
    centre.write(ringback_DOT_yaml=f"queues: [{{name: {name} queue, description: ours}}]")
    for file in ("flow.yaml", "action.json", "hours.yaml", "hours.csv"):
        (centre.folder / file).unlink()
    plan = centre.plan()
    centre.cloud.post("/api/v2/routing/queues", {"name": f"{name} queue", "description": "theirs"})
    report = centre.apply(plan=plan)
    assert report.error is not None
    assert report.error.message == "somebody changed it since the plan was made"


def test_an_integration_that_was_switched_off_stays_off(centre: Centre, name: str) -> None:
    centre.apply()
    (there,) = named(centre.cloud, INTEGRATIONS, f"{name} CRM")
    centre.cloud.patch(f"{INTEGRATIONS}/{there['id']}", {"intendedState": "DISABLED"})
    plan = centre.plan()
    assert plan.todo == ()
    assert plan.steps[0].notes == ("it is switched off: its actions do not run",)


# ---- a lock that comes after the plan


def test_a_lock_after_the_last_look(centre: Centre, name: str, ana: Cloud, monkeypatch: Any) -> None:
    centre.apply()
    edited(centre, name, seconds="12")
    centre.write(flow_DOT_yaml=(centre.folder / "flow.yaml").read_text().replace("CRM:", f"{name} CRM:"))
    flow_id, planner = centre.flow(name)["id"], centre.planner()
    plan, again = planner.plan(planner.project.items), type(planner).again

    def then_locked(self: Any, item: Any) -> Any:
        step = again(self, item)
        ana.post(f"{FLOWS}/actions/checkout", query={"flow": flow_id})
        return step

    monkeypatch.setattr(type(planner), "again", then_locked)
    report = Applier(planner, lambda *_args, **_words: None).apply(plan)
    assert report.error is not None
    assert report.error.message == f"the flow {name!r} stays: it is locked by {ANA}"
    assert (centre.versions(name), centre.flow(name)["lockedClient"]["name"]) == (1, ANA)


def test_a_lock_after_the_question_of_a_rollback(centre: Centre, name: str, ana: Cloud) -> None:
    centre.apply()
    edited(centre, name, seconds="12")
    centre.write(flow_DOT_yaml=(centre.folder / "flow.yaml").read_text().replace("CRM:", f"{name} CRM:"))
    centre.apply()
    organisation = Organisation(centre.cloud)
    target = find_target(organisation, name)
    target.check(organisation, taken=())
    ana.post(f"{FLOWS}/actions/checkout", query={"flow": target.id})
    with pytest.raises(RemoteError, match=f"it is locked by {ANA}"):
        roll_back(organisation, target)
    assert (centre.versions(name), centre.flow(name)["lockedClient"]["name"]) == (2, ANA)
    assert roll_back(organisation, target, taken=[ANA]) == "3.0"


def test_a_draft_of_which_nobody_knows_whose_it_is(centre: Centre) -> None:
    body = {"name": "Main", "publishedVersion": {"id": "3.0"}, "savedVersion": {"id": "4.0"}}
    organisation = Organisation(centre.cloud)
    (block,) = held(body, organisation)
    assert (block.reason, block.holder) == ("draft", "version:4.0")
    with pytest.raises(RemoteError, match="has saved version"):
        refuse_held(body, organisation, taken=["Ana"])
    refuse_held(body, organisation, taken=["VERSION:4.0"])
    mine = {**body, "savedVersion": {"id": "4.0", "createdByClient": {"id": organisation.me}}}
    assert held(mine, organisation) == []


def test_a_flow_that_was_renamed_stays_one_flow(centre: Centre, name: str) -> None:
    """A version says what the flow was called then; published under that name it would be another flow."""
    centre.apply()
    text = (centre.folder / "flow.yaml").read_text()
    centre.write(flow_DOT_yaml=text.replace("seconds: 10", "seconds: 12"))
    centre.apply()
    body, now = centre.flow(name), f'{name}: "now"'
    centre.cloud.put(f"{FLOWS}/{body['id']}", {**body, "name": now})
    organisation = Organisation(centre.cloud)
    assert roll_back(organisation, find_target(organisation, body["id"])) == "3.0"
    assert "seconds: 10" in export(centre.cloud, body["id"])
    wanted = Wanted(["Look up=20s"])
    assert set_timeouts(organisation, body["id"], wanted=wanted).published
    names = [each["name"] for each in centre.cloud.entities(FLOWS)]
    assert (name in names, names.count(now)) == (False, 1)


@pytest.mark.parametrize("written", ["Old", "'Old'", '"O\\u006cd"', "Old  # once"])
def test_the_name_of_a_document(written: str) -> None:
    text = f"inboundCall:\r\n  name: {written}\r\n  description: Old\r\n"
    assert called(text, "OLD ") == text
    assert called(text, 'New: "1"') == text.replace(f"name: {written}", 'name: "New: \\"1\\""')
    with pytest.raises(RemoteError, match="called 'New'"):
        called("inboundCall: {description: Old}", "New")


# ---- an upload whose answer is lost


@pytest.fixture
def scripted() -> Iterator[Platform]:
    with scripted_platform() as running:
        yield running


@pytest.fixture
def cloud(scripted: Platform, clock: VirtualClock) -> Iterator[Cloud]:
    with client(scripted, clock) as found:
        yield found


def job(server: Platform, *states: str) -> list[str]:
    """A publish job that says these one after the other; gives what was uploaded."""
    uploads: list[str] = []
    left = list(states)

    def state(_seen: Any) -> Reply:
        status = left.pop(0) if len(left) > 1 else left[0]
        return Reply(200, {"id": "j", "status": status, "flow": {"id": "f"}})

    def taken(seen: Any) -> Reply:
        uploads.append(seen.body.decode())
        return LOST

    server.routes["POST", "/api/v2/flows/jobs"] = lambda _: Reply(
        200, {"id": "j", "presignedUrl": f"{server.url}/upload"}
    )
    server.routes["GET", "/api/v2/flows/jobs/j"] = state
    server.routes["PUT", "/upload"] = taken
    return uploads


def test_a_file_that_may_have_arrived_is_not_sent_again(scripted: Platform, cloud: Cloud) -> None:
    uploads = job(scripted, "Registered", "Registered", "Started", "Success")
    assert publish(cloud, "text").flow_id == "f"
    assert uploads == ["text"]


def test_a_job_that_never_begins(scripted: Platform, cloud: Cloud, clock: VirtualClock) -> None:
    uploads = job(scripted, "Registered")
    with pytest.raises(OutcomeUnknown):
        publish(cloud, "text")
    assert (uploads, 15 <= clock.elapsed() < 25) == (["text"], True)


# ---- names, and what nobody may read


def test_a_flow_that_is_called_like_a_list(centre: Centre) -> None:
    organisation = Organisation(centre.cloud)
    with pytest.raises(UsageError, match="there is no flow 'datatables'"):
        flow_id_of(organisation, "datatables")
    made = centre.cloud.post(FLOWS, {"name": "jobs", "type": "WORKFLOW"}).json
    organisation.forget()
    assert flow_id_of(organisation, "jobs") == made["id"]


@pytest.mark.parametrize(
    ("path", "value", "shown"),
    [
        (("headers", "Authorization"), "Bearer abcdefgh", "***"),
        (("headers", "x-api-key"), "abcdefgh", "***"),
        (("headers", "Authorization"), "Bearer ${credentials.token}", "Bearer ${credentials.token}"),
        (("headers", "Accept"), "text/plain", "text/plain"),
        (
            ("url",),
            "https://me:hunter22@crm.example/?api_key=abcdefgh",
            "https://me:***@crm.example/?api_key=***",
        ),
        (("url",), "https://crm.example/?token=${input.token}", "https://crm.example/?token=${input.token}"),
    ],
)
def test_secrets_of_data_actions_are_not_shown(path: tuple[str, ...], value: str, shown: str) -> None:
    change = Change("changed", path, value, "")
    assert (change.to_dict()["old"], change.shown().old, change.whole()["old"]) == (shown, shown, value)


def test_a_plan_without_secrets_notices_a_new_one(centre: Centre, name: str) -> None:
    centre.apply()
    texts = []
    for secret in ("Bearer first-hunter", "Bearer second-hunter"):
        document = json.loads(action(f"{name} action"))
        document["config"]["request"]["headers"] = {"Authorization": secret}
        centre.write(action_DOT_json=json.dumps(document))
        texts.append(json.dumps(centre.plan().to_dict()))
    assert "hunter" not in "".join(texts)
    assert texts[0] != texts[1], "the fingerprint is of what is sent, not of what is shown"
