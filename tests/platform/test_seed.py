"""Seeds: a whole organisation at once, all of it or nothing, and what is said when one is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from ringback.documents import read_yaml
from ringback.platform.audit_check import verify_audit
from ringback.platform.seed_schema import seed_schema
from ringback.platform.seed_sections import SECTIONS, by_key
from tests.cli.helpers import ROOT, invoke
from tests.platform.client import Client
from tests.platform.conftest import Server, database

EXAMPLE = ROOT / "examples" / "customer_lookup" / "organisation.yaml"
SEED = "/_ringback/seed"


def seed(client: Client, text: str, media: str = "application/yaml") -> Any:
    return client.send("POST", SEED, content=text.encode(), headers={"content-type": media})


def inline(text: str) -> dict[str, Any]:
    """The example with its files inside."""
    document: Any = read_yaml(text, file="x").plain()
    folder = EXAMPLE.parent
    for entry in document["dataActions"]:
        entry["document"] = json.loads((folder / entry.pop("path")).read_text())
    for entry in document["flows"]:
        entry["text"] = (folder / entry.pop("path")).read_text()
    assert isinstance(document, dict)
    return document


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that was started with the example."""
    server = Server(database(tmp_path_factory.mktemp("seed")), "--seed", str(EXAMPLE)).start()
    yield server
    server.stop()


@pytest.fixture
def harbor(seeded: Server) -> Iterator[Client]:
    with Client(seeded.origin) as client:
        client.login("ringback-local", "ringback-local")
        yield client


def named(client: Client, path: str, name: str) -> Any:
    found: Any = next(each for each in client.get(path).ok()["entities"] if each["name"] == name)
    return found


def test_the_example_is_there_with_everything_that_it_names(harbor: Client) -> None:
    queue = named(harbor, "/api/v2/routing/queues", "General")
    assert queue["division"]["name"] == "Travel"
    members = harbor.get(f"/api/v2/routing/queues/{queue['id']}/members").ok()["entities"]
    assert [each["name"] for each in members] == ["Ada Brook", "Ben Cole"]
    codes = harbor.get(f"/api/v2/routing/queues/{queue['id']}/wrapupcodes").ok()["entities"]
    assert {each["name"] for each in codes} == {"Booked", "Not interested"}
    group = named(harbor, "/api/v2/architect/schedulegroups", "Harbor Travel")
    assert [each["name"] for each in group["openSchedules"]] == ["Opening hours"]
    table = named(harbor, "/api/v2/flows/datatables", "Loyalty")
    row = harbor.get(f"/api/v2/flows/datatables/{table['id']}/rows/+15559876543", showbrief="false").ok()
    assert row == {"key": "+15559876543", "tier": "basic", "points": 200, "vip": False}
    flow = named(harbor, "/api/v2/flows", "Customer Lookup")
    assert flow["publishedVersion"]["id"] == "1.0"
    assert harbor.get("/api/v2/organizations/me").ok()["name"] == "Harbor Travel"
    ada = named(harbor, "/api/v2/users", "Ada Brook")
    skills = harbor.get(f"/api/v2/users/{ada['id']}/routingskills").ok()["entities"]
    assert {each["name"]: each["proficiency"] for each in skills} == {"Bookings": 5.0, "Refunds": 2.0}


def test_the_client_of_a_seed_logs_in_with_its_role(seeded: Server) -> None:
    with Client(seeded.origin) as client:
        client.login("harbor-tests", "harbor-tests-only-here")
        assert client.get("/api/v2/routing/queues").ok()["total"] == 3
        client.post("/api/v2/routing/queues", {"name": "More"}).refused(403, "missing.permissions")


def test_the_flow_of_a_seed_runs_with_its_data_action(harbor: Client) -> None:
    flow = named(harbor, "/api/v2/flows", "Customer Lookup")
    context = {"from": "+15551234567", "channel": "voice"}
    answer = harbor.post("/api/v2/architect/simulations", {"flowId": flow["id"], "context": context}).ok()
    assert [each["nodeName"] for each in answer["trace"]][:1] == ["Lookup Customer"]


def test_contacts_of_both_forms(harbor: Client) -> None:
    found = harbor.get("/api/v2/externalcontacts/contacts", q="+15551234567").ok()["entities"]
    assert [(each["firstName"], each["externalOrganization"]["id"] != "") for each in found] == [
        ("Alice", True)
    ]
    assert harbor.get("/api/v2/externalcontacts/contacts/EXT-1").ok()["name"] == "Bob Jones"


def test_a_second_start_leaves_the_organisation_as_it_is_and_reseed_begins_anew(tmp_path: Path) -> None:
    text = "queues: [First]"
    file = tmp_path / "seed.yaml"
    file.write_text(text)
    url = database(tmp_path)
    totals: list[int] = []
    for options in ((), (), ("--reseed",)):
        server = Server(url, "--seed", str(file), *options).start()
        with Client(server.origin) as client:
            client.login("ringback-local", "ringback-local")
            if not totals:
                client.post("/api/v2/routing/queues", {"name": "Second"}).ok()
            totals.append(client.get("/api/v2/routing/queues").ok()["total"])
        printed = server.output()
        server.stop()
        assert ("was not used" in printed) is (len(totals) == 2)
    assert totals == [2, 2, 1]
    assert verify_audit(url).broken_at is None


# ---- over HTTP


def test_a_seed_over_http_answers_ids_and_made_up_secrets(api: Client) -> None:
    text = """
        oauthClients: [{name: Seeded, roles: [admin]}]
        users: [{name: Http User, email: http@seed.example}]
        queues: [{name: Http Queue, members: [http@seed.example]}]
        webhooks: [{name: Http hook, url: "https://example.com/h"}]
    """
    made = seed(api, text).ok(201)
    assert api.get(f"/api/v2/routing/queues/{made['ids']['queues']['Http Queue']}").ok()["memberCount"] == 1
    assert set(made["secrets"]) == {"oauthClients", "webhooks"}
    client_id = made["ids"]["oauthClients"]["Seeded"]
    with Client(api.origin) as other:
        other.login(client_id, made["secrets"]["oauthClients"]["Seeded"])
        assert other.get("/api/v2/tokens/me").ok()["OAuthClient"]["id"] == client_id


def test_the_whole_example_as_json_over_http(seeded: Server) -> None:
    with Client(seeded.origin) as client:
        client.post("/_ringback/snapshot", {"name": "before"}).ok()
        client.post("/_ringback/reset").ok()
        document = inline(EXAMPLE.read_text())
        made = seed(client, json.dumps(document), "application/json").ok(201)["ids"]
        listed = {section.key for section in SECTIONS if not section.one}
        assert set(made) == listed - {"emergencyGroups"}
        client.post("/_ringback/restore", {"name": "before"}).ok()


def test_flows_that_name_each_other_in_any_order(api: Client) -> None:
    def flow(name: str, other: str) -> dict[str, Any]:
        action = {"transferToFlow": {"name": "Go", "targetFlow": {"name": other}}}
        task = {"task": {"name": "Main", "refId": "main", "actions": [action]}}
        body = {"name": name, "startUpRef": "/inboundCall/tasks/task[main]", "tasks": [task]}
        return {"document": {"inboundCall": {**body, "initialGreeting": {"noValue": True}}}}

    document = {"flows": [flow("Seed Ping", "Seed Pong"), flow("Seed Pong", "Seed Ping")]}
    made = seed(api, json.dumps(document), "application/json").ok(201)["ids"]["flows"]
    for identity in made.values():
        assert api.get(f"/api/v2/flows/{identity}").ok()["active"] is True


WRONG = [
    ("queue: [a]", "seed.yaml:1:1", "did you mean 'queues'?"),
    ("queues:\n  - {name: W1, membres: [x]}", "seed.yaml:2:16", "did you mean 'members'?"),
    ("queues:\n  - {name: W2, members: [Nobdy]}\nusers: [{name: Nobody, email: n@w.example}]",
     "seed.yaml:2:26", "did you mean 'Nobody'?"),
    ("users: [{name: W3}]", "seed.yaml:1:9", "email"),
    ("users: [{name: W3, email: 5}]", "seed.yaml:1:27", "5"),
    ("queues: {name: x}", "seed.yaml:1:9", "list"),
    ("dataTables:\n  - name: W4\n    columns: {n: integer}\n    rows:\n      - {key: a, n: many}",
     "seed.yaml:5:21", "integer"),
    ("integrations:\n  - {name: W5, type: nothing}", "seed.yaml:2:", "There is no integration type"),
    ("flows:\n  - text: |\n      inboundCall: {name: W6}\n", "seed.yaml:2:", "flows, line"),
    ("flows:\n  - path: flow.yaml", "seed.yaml:2:", "`text`"),
    ("flows: [{}]", "seed.yaml:1:", "needs its document"),
    ("contacts: [{externalContactId: 'a b', name: x, channels: {}}]", "seed.yaml:1:", "contacts 'a b'"),
    ("rateLimit: {perMinute: 0}", "seed.yaml:1:", "limit of 1"),
    ("contactRules: {nothing: 1}", "seed.yaml:1:", "nothing"),
    ("- a", "seed.yaml:1:1", "mapping"),
    ("a: [", "seed.yaml:", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "place", "words"), WRONG)
def test_what_a_wrong_seed_is_told(api: Client, text: str, place: str, words: str) -> None:
    body = seed(api, text).refused(400)
    assert body["message"].startswith(place), body["message"]
    assert words in body["message"] + str(body["errors"]), body["message"]


def test_nothing_of_a_refused_seed_is_kept(api: Client) -> None:
    before = api.get("/_ringback/audit/verify").ok()
    text = (
        "skills: [Half]\nqueues: [Half Queue]\n"
        "users: [{name: a, email: t@half.example}, {name: b, email: t@half.example}]"
    )
    body = seed(api, text).refused(409)
    assert body["message"].startswith("seed.yaml:3:")
    assert api.get("/api/v2/routing/skills", name="Half").ok()["total"] == 0
    assert api.get("/api/v2/routing/queues", name="Half Queue").ok()["total"] == 0
    assert api.get("/_ringback/audit/verify").ok() == before


def test_seeding_needs_its_permission(api: Client) -> None:
    role = api.post("/api/v2/authorization/roles", {"name": "no seeds"}).ok()["id"]
    sent = {"name": "c", "authorizedGrantType": "CLIENT-CREDENTIALS", "roleIds": [role]}
    client = api.post("/api/v2/oauth/clients", sent).ok()
    with Client(api.origin) as other:
        other.login(client["id"], client["secret"])
        web = {"origin": "http://localhost:3000"}
        answer = other.send("POST", SEED, content=b"queues: [x]", headers=web)
        assert "ringback:server:edit" in answer.refused(403)["message"]


# ---- the schema


def test_the_schema_is_one_and_takes_the_example() -> None:
    printed = json.loads(invoke("schema", "seed").out)
    assert printed == seed_schema()
    document = read_yaml(EXAMPLE.read_text(), file="x").plain()
    validator = jsonschema_rs.Draft202012Validator(printed)
    assert list(validator.iter_errors(document)) == []
    assert not validator.is_valid({"queues": [{"name": "x", "nothing": 1}]})


def test_sections_name_only_what_is_made_before_them() -> None:
    order = [section.key for section in SECTIONS]
    for section in SECTIONS:
        for ref in section.refs.values():
            assert order.index(ref.section) < order.index(section.key)
            assert by_key()[ref.section].kind


def test_a_file_that_is_not_beside_the_seed(tmp_path: Path) -> None:
    file = tmp_path / "seed.yaml"
    file.write_text("flows: [{path: ../../etc/passwd}]")
    result = invoke("serve", "--port", "1", "--db", f"sqlite:///{tmp_path / 'x.db'}", "--seed", str(file))
    assert result.code == 2
    assert "is not beside the seed" in result.err
