"""Data actions: create, read, list, change, drafts, templates, schemas, functions."""

from __future__ import annotations

import copy
import io
import json
import uuid
import zipfile
from dataclasses import replace
from typing import Any

import httpcore
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback.dataactions import DataAction, load_data_action
from tests.corpus import CORPUS, needs_corpus
from tests.platform.client import Client
from tests.platform.conftest import Server
from tests.platform.test_integrations import PATH as INTEGRATIONS
from tests.platform.test_integrations import integration

PATH = f"{INTEGRATIONS}/actions"
INPUT = {"type": "object", "required": ["phone"], "properties": {"phone": {"type": "string"}}}
OUTPUT = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "address": {"type": "object", "properties": {"city": {"type": "string"}}},
    },
}
NATIVE: dict[str, Any] = {
    "name": "Look up",
    "category": "CRM of a test",
    "secure": False,
    "contract": {"input": {"inputSchema": INPUT}, "output": {"successSchema": OUTPUT}},
    "config": {
        "request": {
            "requestUrlTemplate": "https://crm.example/lookup?phone=$esc.url(${input.phone})",
            "requestType": "GET",
            "requestTemplate": "${input.rawRequest}",
            "headers": {"X-Key": "${credentials.key}"},
        },
        "response": {
            "translationMap": {"name": "$.name"},
            "translationMapDefaults": {"name": '""'},
            "successTemplate": '{"name": ${name}}',
        },
        "timeoutSeconds": 5,
    },
}
ALL = {"expand": "contract", "includeConfig": True}


def native(**changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(NATIVE), **changes}


def action(api: Client, **changes: Any) -> Any:
    changes.setdefault("integrationId", integration(api)["id"])
    return api.post(PATH, native(**changes)).ok()


def draft(api: Client, **changes: Any) -> Any:
    changes.setdefault("integrationId", integration(api)["id"])
    return api.post(f"{PATH}/drafts", native(**changes)).ok()


def test_a_new_action_is_what_was_sent_with_addresses(api: Client) -> None:
    made = action(api)
    assert made["id"].startswith("custom_-_")
    assert made["version"] == 1
    config, base = made["config"], made["selfUri"]
    assert config["request"] == {
        **NATIVE["config"]["request"], "requestTemplateUri": f"{base}/templates/requesttemplate.vm"
    }  # fmt: skip
    assert config["response"]["successTemplateUri"] == f"{base}/templates/successtemplate.vm"
    assert made["contract"]["input"] == {"inputSchema": INPUT, "inputSchemaUri": f"{base}/schemas/input.json"}
    assert made["contract"]["output"]["successSchema"] == OUTPUT
    for kind in ("successSchemaUri", "errorSchemaUri"):
        assert api.get(made["contract"]["output"][kind]).ok()["type"] == "object"
    assert api.get(base, **ALL).ok() == made


def test_contract_and_configuration_only_when_asked(api: Client) -> None:
    made = action(api)
    assert set(api.get(made["selfUri"]).ok()) == {
        *("id", "name", "category", "integrationId", "secure", "version", "selfUri")
    }  # fmt: skip
    assert "config" not in api.get(made["selfUri"], expand="contract").ok()
    assert "contract" not in api.get(made["selfUri"], includeConfig=True).ok()


def test_flat_schemas(api: Client) -> None:
    made = action(api)
    found = api.get(made["selfUri"], **ALL, flatten=True).ok()["contract"]
    assert found["input"]["inputSchemaFlattened"]["properties"] == {"phone": {"type": "string"}}
    assert "inputSchema" not in found["input"]
    flat = found["output"]["successSchemaFlattened"]
    assert flat["schema"]["properties"] == {
        "name": {"type": "string"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "address.city": {"type": "string"},
    }
    assert flat["arrayProperties"] == ["tags"]
    where = f"{made['selfUri']}/schemas/success.json"
    assert api.get(where).ok() == OUTPUT
    assert api.get(where, flatten=True).ok() == flat["schema"]
    api.get(f"{made['selfUri']}/schemas/other.json").refused(404)


def test_templates_are_plain_text(api: Client) -> None:
    made = action(api)
    for name, text in (
        ("requesttemplate.vm", "${input.rawRequest}"),
        ("successtemplate.vm", '{"name": ${name}}'),
    ):
        answer = api.get(f"{made['selfUri']}/templates/{name}")
        assert answer.headers["content-type"].startswith("text/plain")
        assert answer.content.decode() == text
    api.get(f"{made['selfUri']}/templates/other.vm").refused(404)
    empty = native(integrationId=made["integrationId"])
    del empty["config"]["request"]["requestTemplate"], empty["config"]["response"]["successTemplate"]
    other = api.post(PATH, empty).ok()["selfUri"]
    assert api.get(f"{other}/templates/requesttemplate.vm").content == b"${input.rawRequest}"
    assert api.get(f"{other}/templates/successtemplate.vm").content == b"${rawResult}"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"integrationId": str(uuid.uuid4())}, "integrationId"),
        ({"integrationId": None}, "integrationId"),
        ({"name": "  "}, "name"),
        ({"name": 5}, "name"),
        ({"contract": {"input": {}, "output": {"successSchema": {}}}}, "contract.input.inputSchema"),
        (
            {"contract": {**NATIVE["contract"], "output": {"successSchema": {"properties": {"a": 5}}}}},
            "contract.output.successSchema",
        ),
        ({"config": {**NATIVE["config"], "timeoutSeconds": 61}}, "config.timeoutSeconds"),
        ({"config": {"request": {"requestType": "FETCH"}}}, "config.request.requestType"),
        (
            {"config": {"request": {"requestUrlTemplate": "${input.phone"}}},
            "config.request.requestUrlTemplate",
        ),
        (
            {
                "contract": {
                    "input": {"inputSchema": {"type": "object", "properties": {"orgId": {"type": "string"}}}},
                    "output": {"successSchema": OUTPUT},
                }
            },
            "contract.input.inputSchema.properties.orgId",
        ),
    ],
)
def test_a_wrong_body_names_its_field(api: Client, change: dict[str, Any], field: str) -> None:
    sent = native(integrationId=integration(api)["id"]) | change
    assert api.post(PATH, sent).refused(400)["details"][0]["fieldName"] == field


def test_what_is_published_keeps_its_contract(api: Client) -> None:
    made = action(api)
    config = {"request": {"requestUrlTemplate": "https://other.example/", "requestType": "GET"}}
    changed = api.patch(made["selfUri"], {"version": 1, "name": "Renamed", "config": config}).ok()
    assert (changed["version"], changed["name"], changed["category"]) == (2, "Renamed", NATIVE["category"])
    assert changed["config"]["request"]["requestUrlTemplate"] == "https://other.example/"
    assert changed["contract"] == made["contract"]
    api.patch(made["selfUri"], {"version": 1, "name": "Late"}).refused(409, "version.conflict")
    api.patch(made["selfUri"], {"name": "No version"}).refused(400)
    same = {"version": 2, "contract": made["contract"], "secure": False}
    assert api.patch(made["selfUri"], same).ok()["version"] == 3
    other = {
        "input": {"inputSchema": {"type": "object", "properties": {}}},
        "output": {"successSchema": OUTPUT},
    }
    for change in ({"contract": other}, {"secure": True}, {"contract": {"input": 5}}):
        body = api.patch(made["selfUri"], {"version": 3, **change}).refused(400)
        assert body["details"][0]["fieldName"] in change
    broken = {"request": {"requestUrlTemplate": "#if(", "requestType": "GET"}}
    api.patch(made["selfUri"], {"version": 3, "config": broken}).refused(400)


def test_null_in_a_patch_changes_nothing(api: Client) -> None:
    made = action(api)
    after = api.patch(made["selfUri"], {"version": 1, "name": None, "category": None, "config": None}).ok()
    assert after == {**made, "version": 2}


def test_lists(api: Client) -> None:
    mark, home = uuid.uuid4().hex[:8], integration(api)["id"]
    one = action(api, name=f"{mark} one", category=f"B {mark}", integrationId=home)
    two = action(api, name=f"{mark} two", category=f"A {mark}", integrationId=home, secure=True)

    def names(path: str = PATH, **query: Any) -> list[str]:
        return [each["name"] for each in api.get(path, **query).ok()["entities"]]

    assert names(name=mark) == [one["name"], two["name"]]
    assert names(name=mark, sortOrder="desc") == [two["name"], one["name"]]
    assert names(name=mark, sortBy="category") == [two["name"], one["name"]]
    assert names(category=f"a {mark}") == [two["name"]]
    assert names(name=mark, secure="true") == [two["name"]]
    assert names(name=mark, secure="false") == [one["name"]]
    assert names(ids=f"{one['id']},{two['id']}", pageSize=1, nextPage="2") == [two["name"]]
    assert names(pageNumber=999) == []
    plain = api.get(PATH, name=mark).ok()["entities"][0]
    assert "config" not in plain
    assert "contract" not in plain
    assert api.get(PATH, name=mark, includeConfig=True).ok()["entities"][0]["config"] == one["config"]
    found = [each["name"] for each in api.get(f"{PATH}/categories", pageSize=500).ok()["entities"]]
    assert [each for each in found if mark in each] == [f"A {mark}", f"B {mark}"]
    secret = [
        each["name"] for each in api.get(f"{PATH}/categories", secure="true", pageSize=500).ok()["entities"]
    ]
    assert [each for each in secret if mark in each] == [f"A {mark}"]
    assert names(f"{PATH}/drafts", name=mark) == []


def test_an_integration_takes_its_actions_along(api: Client) -> None:
    home = integration(api)
    made, sketch = action(api, integrationId=home["id"]), draft(api, integrationId=home["id"])
    api.delete(home["selfUri"]).ok()
    api.get(made["selfUri"]).refused(404)
    api.get(sketch["selfUri"]).refused(404)


def test_delete(api: Client) -> None:
    made = action(api)
    api.post(f"{made['selfUri']}/draft").ok()
    api.delete(made["selfUri"]).ok(204)
    api.get(made["selfUri"]).refused(404)
    api.get(f"{made['selfUri']}/draft").refused(404)
    api.delete(made["selfUri"]).refused(404)
    api.patch("/api/v2/integrations/actions/static_-_any", {"version": 1}).refused(404)


# ---- drafts


def test_the_life_of_a_draft(api: Client) -> None:
    made = draft(api)
    where = made["selfUri"]
    assert where == f"{PATH}/{made['id']}/draft"
    api.get(f"{PATH}/{made['id']}").refused(404)
    contract = {
        "input": {"inputSchema": {"type": "object", "properties": {"id": {"type": "integer"}}}},
        "output": {"successSchema": OUTPUT},
    }
    changed = api.patch(where, {"version": 1, "contract": contract, "secure": True}).ok()
    assert (changed["version"], changed["secure"]) == (2, True)
    assert changed["contract"]["input"]["inputSchema"] == contract["input"]["inputSchema"]
    api.patch(where, {"version": 1, "name": "Late"}).refused(409)
    assert api.get(f"{where}/validation").ok() == {"valid": True, "errors": []}
    assert [each["id"] for each in api.get(f"{PATH}/drafts", ids=made["id"]).ok()["entities"]] == [made["id"]]
    api.post(f"{where}/publish", {"version": 1}).refused(409)
    published = api.post(f"{where}/publish", {"version": 2}).ok()
    assert (published["id"], published["version"]) == (made["id"], 1)
    assert published["selfUri"] == f"{PATH}/{made['id']}"
    api.get(where).refused(404)


def test_a_draft_of_a_published_action(api: Client) -> None:
    made = action(api)
    where = f"{made['selfUri']}/draft"
    sketch = api.post(where).ok()
    assert sketch["id"] == made["id"]
    api.post(where).refused(409)
    config = copy.deepcopy(NATIVE["config"])
    config["request"]["requestTemplate"] = "changed"
    changed = api.patch(where, {"version": sketch["version"], "config": config}).ok()
    assert api.get(f"{where}/templates/requesttemplate.vm").content == b"changed"
    assert api.get(f"{made['selfUri']}/templates/requesttemplate.vm").content == b"${input.rawRequest}"
    other = {"input": {"inputSchema": {"type": "object"}}, "output": {"successSchema": OUTPUT}}
    api.patch(where, {"version": changed["version"], "contract": other}).refused(400)
    published = api.post(f"{where}/publish", {"version": changed["version"]}).ok()
    assert published["version"] == 2
    assert api.get(f"{made['selfUri']}/templates/requesttemplate.vm").content == b"changed"
    again = api.post(where).ok()
    api.delete(where).ok(204)
    api.get(where).refused(404)
    assert api.get(made["selfUri"]).ok()["version"] == 2 == again["version"]


def test_a_faulty_draft_says_why_it_cannot_be_published(api: Client) -> None:
    config = copy.deepcopy(NATIVE["config"])
    config["response"]["successTemplate"] = "#if($x"
    config["request"]["headers"] = {"Accept": "text/html"}
    made = draft(api, config=config)
    found = api.get(f"{made['selfUri']}/validation").ok()
    assert found["valid"] is False
    fields = [each["details"][0]["fieldName"] for each in found["errors"]]
    assert sorted(fields) == ["config.request.headers.Accept", "config.response.successTemplate"]
    api.post(f"{made['selfUri']}/publish", {"version": 1}).refused(400)
    api.get(f"{PATH}/{made['id']}").refused(404)


# ---- functions


def test_functions_are_kept_and_never_run(api: Client, server: Server) -> None:
    home = integration(api, "function-data-actions")
    api.patch(home["selfUri"], {"intendedState": "ENABLED"}).ok()
    made = draft(api, integrationId=home["id"], config={"request": {}, "response": {}, "timeoutSeconds": 5})
    where = f"{made['selfUri']}/function"
    assert api.get(where).ok()["function"] == {}
    runtime = api.get(f"{PATH}/functions/runtimes").ok()[0]["name"]
    settings = {"description": "d", "handler": "index.handler", "runtime": runtime, "timeoutSeconds": 10}
    api.put(where, {**settings, "runtime": "cobol"}).refused(400)
    assert api.put(where, settings).ok()["function"]["handler"] == "index.handler"
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("index.mjs", "export const handler = async () => ({});")

    def upload(content: bytes) -> int:
        offer = api.post(f"{where}/upload", {"fileName": "f.zip", "signedUrlTimeoutSeconds": 60}).ok()
        return httpcore.request("PUT", offer["url"], headers=offer["headers"], content=content).status

    assert upload(b"no zip") == 200
    assert api.get(where).ok()["zip"]["status"] == "InvalidFormat"
    assert upload(archive.getvalue()) == 200
    found = api.get(where).ok()
    assert found["zip"]["status"] == "Available"
    assert found["function"]["zipId"] == found["zip"]["id"]
    api.post(f"{made['selfUri']}/publish", {"version": 1}).ok()
    published = f"{PATH}/{made['id']}"
    assert api.get(f"{published}/function").ok()["function"] == found["function"]
    refused = api.post(f"{published}/execute", {"phone": "1"}).refused(501, "not.implemented")
    assert "policy function_data_actions" in refused["message"]
    tested = api.post(f"{published}/test", {"phone": "1"}).ok()
    assert (tested["success"], tested["error"]["status"]) == (False, 501)
    api.get(f"{action(api)['selfUri']}/function").refused(400)


# ---- documents


def as_read(body: dict[str, Any]) -> DataAction:
    """What the body of an answer means; ids and the integration of the local platform aside."""
    kept = {name: body[name] for name in ("name", "config", "contract", "secure")}
    return bare(load_data_action(json.dumps(kept), file="answer.json"))


def bare(action: DataAction) -> DataAction:
    return replace(action, integration_type="", action_type="custom", category="", integration_id="")


@needs_corpus
@pytest.mark.parametrize("route", ["", "/drafts"])
def test_every_public_action_can_be_created_and_read_back(api: Client, route: str) -> None:
    count = 0
    for path in sorted((CORPUS / "data-actions").glob("*.json")):
        text = path.read_text(encoding="utf-8-sig")
        document = json.loads(text)
        if document.get("actionType") == "static":
            assert "Static" in api.post(PATH + route, document).refused(400)["message"]
            continue
        document.pop("integrationId", None)
        document.setdefault("integrationType", "custom-rest-actions")
        answer = api.post(PATH + route, document)
        assert answer.status == 200, (path.name, answer.content)
        made = answer.json
        found = api.get(made["selfUri"], **ALL).ok()
        assert as_read(found) == bare(load_data_action(text, file=path.name)), path.name
        count += 1
    assert count > 150


TOKEN: dict[str, str] = {}
HOME: dict[str, str] = {}
names = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=30).filter(
    str.strip
)
texts = st.text(st.characters(codec="utf-8", exclude_characters="\0${}#\\"), max_size=60)
properties = st.dictionaries(
    st.from_regex(r"[a-z][A-Za-z0-9_]{0,8}", fullmatch=True).filter(
        lambda name: name not in ("orgId", "rawRequest")
    ),
    st.sampled_from(["string", "integer", "number", "boolean"]).map(lambda kind: {"type": kind}),
    max_size=4,
)


@given(
    name=names,
    category=names,
    secure=st.booleans(),
    url=texts,
    body=texts,
    timeout=st.none() | st.integers(1, 60),
    inputs=properties,
    defaults=st.dictionaries(st.from_regex(r"[a-z]{1,5}", fullmatch=True), st.just('"x"'), max_size=3),
)
def test_what_is_read_is_what_was_created(server: Server, **made: Any) -> None:
    config: dict[str, Any] = {
        "request": {
            "requestUrlTemplate": made["url"],
            "requestType": "POST",
            "requestTemplate": made["body"],
            "headers": {},
        },
        "response": {
            "translationMap": {name: f"$.{name}" for name in made["defaults"]},
            "translationMapDefaults": made["defaults"],
            "successTemplate": "${rawResult}",
        },
    }
    if made["timeout"]:
        config["timeoutSeconds"] = made["timeout"]
    schema = {"type": "object", "properties": made["inputs"]}
    sent = {
        **{name: made[name] for name in ("name", "category", "secure")},
        "contract": {"input": {"inputSchema": schema}, "output": {"successSchema": {"type": "object"}}},
        "config": config,
    }
    with Client(server.origin, TOKEN.get(server.origin, "")) as api:
        if not api.token:
            TOKEN[server.origin] = api.login("ringback-local", "ringback-local")
        if server.origin not in HOME:
            HOME[server.origin] = integration(api)["id"]
        sent["integrationId"] = HOME[server.origin]
        created = api.post(PATH, sent).ok()
        found = api.get(created["selfUri"], **ALL).ok()
    assert found == created
    assert {name: found[name] for name in ("name", "category", "secure")} == {
        name: sent[name] for name in ("name", "category", "secure")
    }
    assert as_read(found) == bare(load_data_action(json.dumps(sent), file="sent.json"))
