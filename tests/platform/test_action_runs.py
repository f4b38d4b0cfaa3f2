"""Running data actions against real services: job 1, credentials, faults on order, secrets."""

from __future__ import annotations

import base64
import copy
import json
import os
import re
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa

from ringback.platform.store import tables
from ringback.platform.store.engines import open_engine
from ringback.platform.upstream import MAX_RUNNING, MAX_RUNNING_POSTGRES
from tests.corpus import CORPUS, needs_corpus
from tests.dataactions.servers import Upstream, http_server, json_answer
from tests.platform.client import Answer, Client
from tests.platform.conftest import Server
from tests.platform.test_actions import PATH, native
from tests.platform.test_integrations import configure, credential, integration

Answered = tuple[int, dict[str, str], bytes]
JSON = {"Content-Type": "application/json"}
USER = {"statusCode": 200, "body": {"userName": "John Doe", "userTier": "Gold", "balance": 1500.50}}
KNOWN = {
    "15551234567": ("CUST-001", "Alice Smith", 1500, True),
    "15559876543": ("CUST-002", "Bob Jones", 200, False),
}


def crm(asked: dict[str, Any]) -> Answered:
    """The customer service of job 2: a look-up by number."""
    number = "".join(filter(str.isdigit, json.loads(asked["body"] or "{}").get("phoneNumber", "")))
    if not number:
        return 400, JSON, b'{"message": "phoneNumber is missing"}'
    found = KNOWN.get(number, ("UNKNOWN", "Unknown Customer", 0, False))
    names = ("customer_id", "name", "loyalty_points", "is_vip")
    return 200, JSON, json.dumps(dict(zip(names, found, strict=True))).encode()


def enabled(api: Client, type_id: str = "custom-rest-actions", **fields: Any) -> str:
    """An enabled integration; with `kind` and fields it has a credential."""
    made = integration(api, type_id)
    if kind := fields.pop("kind", None):
        key = credential(api, kind, **fields)
        slot = "pureCloudOAuthClient" if type_id.startswith("pure") else "basicAuth"
        configure(api, made["id"], credentials={slot: {"id": key["id"]}})
    api.patch(made["selfUri"], {"intendedState": "ENABLED"}).ok()
    return str(made["id"])


def lookup(url: str, **changes: Any) -> dict[str, Any]:
    """A native action that looks a customer up."""
    text = {"type": "string"}
    found = native(
        name=f"Look up {uuid.uuid4()}",
        contract={
            "input": {
                "inputSchema": {
                    "type": "object",
                    "required": ["phoneNumber"],
                    "properties": {"phoneNumber": text, "times": {"type": "integer"}},
                }
            },
            "output": {
                "successSchema": {
                    "type": "object",
                    "properties": {
                        "customer": {
                            "type": "object",
                            "properties": {"name": text, "points": {"type": "integer"}},
                        }
                    },
                }
            },
        },
        config={
            "request": {"requestUrlTemplate": f"{url}/api/v1/lookup", "requestType": "POST", "headers": {}},
            "response": {
                "translationMap": {"name": "$.name", "points": "$.loyalty_points"},
                "successTemplate": '{"customer": {"name": ${name}, "points": ${points}}}',
            },
        },
    )
    found.update(changes)
    return found


def made(api: Client, url: str, **changes: Any) -> Any:
    changes.setdefault("integrationId", enabled(api))
    return api.post(PATH, lookup(url, **changes)).ok()


def execute(api: Client, body: Any, inputs: Any = None, **query: Any) -> Answer:
    return api.post(f"{body['selfUri']}/execute", inputs or {"phoneNumber": "+1 555 123-4567"}, **query)


@contextmanager
def faults(api: Client, **rule: Any) -> Iterator[None]:
    api.post("/_ringback/faults", rule)
    try:
        yield
    finally:
        api.delete("/_ringback/faults").ok(204)


# ---- job 1, over plain HTTP


def plain(url: str, name: str = "Fetch User Data External") -> dict[str, Any]:
    return {
        "name": name,
        "description": "Reads a user",
        "request": {
            "method": "GET",
            "url": url + "/user-data?userId=${userId}",
            "headers": {"Authorization": "Bearer ${externalApiKey}"},
            "body": None,
            "timeout": 5000,
        },
        "response": {
            "statusCodes": [200],
            "body": {"mapping": [{"variableName": "userName", "jsonPath": "$.body.userName"}]},
        },
        "inputVariables": [
            {"name": "userId", "description": "whose", "required": True},
            {"name": "externalApiKey", "description": "of the service", "required": True},
        ],
        "outputVariables": [{"name": "userName", "description": "the name"}],
    }


INPUTS = {"userId": "a b", "externalApiKey": "k-123"}


def test_job_one(api: Client) -> None:
    with http_server(json_answer(USER)) as service:
        sent = plain(service.url)
        made = api.post(PATH, sent).ok()
        assert (made["name"], made["status"]) == (sent["name"], "published")
        where = f"{PATH}/{made['id']}"
        found = api.get(where).ok()
        assert {name: found[name] for name in sent} == sent
        listed = api.get(PATH, ids=made["id"]).ok()["entities"]
        assert [(each["id"], each["name"], each["status"]) for each in listed] == [
            (made["id"], sent["name"], "published")
        ]
        assert api.post(f"{where}/execute", INPUTS).ok() == {"userName": "John Doe"}
        tested = api.post(f"{where}/test", INPUTS).ok()
        assert (tested["success"], tested["finalResult"]) == (True, {"userName": "John Doe"})
        asked = service.requests[0]
        assert asked["headers"]["authorization"] == "Bearer k-123"
        assert parse_qs(urlsplit(asked["path"]).query) == {"userId": ["a b"]}
        api.delete(where).ok(204)
        api.get(where).refused(404)


def changed(*path: Any, to: Any) -> dict[str, Any]:
    document = plain("https://api.example.com")
    node: Any = document
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = to
    return document


MAPPING = ("response", "body", "mapping", 0)


@pytest.mark.parametrize(
    ("document", "field", "word"),
    [
        (changed("name", to=""), "name", "empty"),
        (changed("request", to="x"), "request", "object"),
        (changed("request", "method", to="FETCH"), "request.method", "FETCH"),
        (changed("request", "timeout", to="soon"), "request.timeout", "number"),
        (changed("request", "timeout", to=90_000), "request.timeout", "60000"),
        (changed("request", "url", to="ftp://x"), "request.url", "URL"),
        (changed("request", "url", to="https://x/${nobody}"), "request.url", "not declared"),
        (changed("request", "headers", "X", to="${nobody}"), "request.headers.X", "not declared"),
        (changed("response", "statusCodes", to=[1]), "response.statusCodes[0]", "HTTP status"),
        (changed(*MAPPING, "jsonPath", to="$.["), "response.body.mapping[0].jsonPath", "JSONPath"),
        (
            changed(*MAPPING, "variableName", to="other"),
            "response.body.mapping[0].variableName",
            "not declared",
        ),
        (changed("inputVariables", 1, "name", to="userId"), "inputVariables[1].name", "twice"),
        (changed("inputVariables", 0, "name", to="user id"), "inputVariables[0].name", "letters, digits"),
        (changed("outputVariables", 0, "name", to="ä"), "outputVariables[0].name", "letters, digits"),
        ({"name": "x"}, "request", "missing"),
        ([], "", "object"),
    ],
)
def test_job_one_names_the_field_that_is_wrong(api: Client, document: Any, field: str, word: str) -> None:
    for route in (PATH, f"{PATH}/drafts"):
        body = api.post(route, document).refused(400)
        assert word in body["message"]
        assert [each["fieldName"] for each in body["details"][:1]] == [field] * bool(field)


def test_job_one_without_login_or_permission(api: Client, server: Server) -> None:
    with Client(server.origin) as anyone:
        anyone.post(PATH, plain("https://api.example.com")).refused(401, "authentication.required")
    sent = {"name": f"poor {uuid.uuid4()}", "authorizedGrantType": "CLIENT-CREDENTIALS", "roleDivisions": []}
    poor = api.post("/api/v2/oauth/clients", sent).ok()
    with Client(server.origin) as other:
        other.login(poor["id"], poor["secret"])
        body = other.post(PATH, plain("https://api.example.com")).refused(403, "missing.permissions")
        assert "integrations:action:add" in body["message"]


def test_job_one_says_how_far_a_path_got(api: Client) -> None:
    with http_server(json_answer({"body": {"user": {}}})) as service:
        made = api.post(PATH, plain(service.url)).ok()
        body = api.post(f"{PATH}/{made['id']}/execute", INPUTS).refused(400, "bad.request")
    assert "userName: $.body.userName matched up to $.body" in body["message"]
    assert {"errorCode": "ACTION.PROCESSING", "fieldName": "userName"} in body["details"]


def test_a_plain_action_changes_in_its_own_words(api: Client) -> None:
    with http_server(json_answer(USER)) as service:
        made = api.post(PATH, plain(service.url)).ok()
        where = f"{PATH}/{made['id']}"
        mapping = [{"variableName": "userName", "jsonPath": "$.body.userTier"}]
        response = {"statusCodes": [200], "body": {"mapping": mapping}}
        after = api.patch(where, {"version": 1, "response": response, "description": "Tier"}).ok()
        assert (after["version"], after["response"], after["description"]) == (2, response, "Tier")
        assert api.post(f"{where}/execute", INPUTS).ok() == {"userName": "Gold"}
        declared = {"inputVariables": [{"name": "userId"}]}
        assert api.patch(where, {"version": 2, **declared}).refused(400)["details"][0]["fieldName"]
        config = api.get(where, includeConfig=True).ok()["config"]
        assert config["timeoutSeconds"] == 5
        assert "request" not in api.patch(where, {"version": 2, "config": config}).ok()


def test_a_plain_action_keeps_its_status_codes(api: Client) -> None:
    with http_server(lambda _asked: (201, JSON, json.dumps(USER).encode())) as service:
        made = api.post(PATH, plain(service.url)).ok()
        assert "201" in api.post(f"{PATH}/{made['id']}/execute", INPUTS).refused(400)["message"]


def test_what_was_read_makes_another_one(api: Client) -> None:
    first = api.post(PATH, plain("https://api.example.com")).ok()
    read = api.get(f"{PATH}/{first['id']}").ok()
    second = api.get(api.post(PATH, read).ok()["selfUri"]).ok()
    assert second["id"] != first["id"]
    differs = {name for name in {**read, **second} if read.get(name) != second.get(name)}
    assert differs == {"id", "selfUri"}


def test_a_plain_action_of_another_integration(api: Client) -> None:
    fields = {"clientId": "ringback-local", "clientSecret": "ringback-local"}
    sent = {
        "name": "Organisation",
        "integrationType": "purecloud-data-actions",
        "request": {"url": "/api/v2/organizations/me"},
        "response": {"body": {"mapping": [{"variableName": "name", "jsonPath": "$.name"}]}},
        "outputVariables": [{"name": "name"}],
    }
    home = enabled(api, "purecloud-data-actions", kind="pureCloudOAuthClient", **fields)
    made = api.post(PATH, sent | {"integrationId": home}).ok()
    assert made["integrationId"] == home
    expected = {"name": api.get("/api/v2/organizations/me").ok()["name"]}
    assert api.post(f"{made['selfUri']}/execute", {}).ok() == expected
    alone = api.post(PATH, sent).ok()["integrationId"]
    assert api.get(f"/api/v2/integrations/{alone}").ok()["integrationType"]["id"] == "purecloud-data-actions"
    body = api.post(PATH, sent | {"integrationType": "nothing"}).refused(400)
    assert body["details"][0]["fieldName"] == "integrationType"


def test_a_plain_draft_is_published(api: Client) -> None:
    with http_server(json_answer(USER)) as service:
        made = api.post(f"{PATH}/drafts", plain(service.url)).ok()
        assert made["status"] == "draft"
        assert api.post(f"{made['selfUri']}/test", INPUTS).ok()["finalResult"] == {"userName": "John Doe"}
        published = api.post(f"{made['selfUri']}/publish", {"version": 1}).ok()
        assert published["status"] == "published"
        assert api.post(f"{published['selfUri']}/execute", INPUTS).ok() == {"userName": "John Doe"}


# ---- native actions


def test_execute_and_test(api: Client) -> None:
    with http_server(crm) as service:
        body = made(api, service.url)
        assert execute(api, body).ok() == {"customer": {"name": "Alice Smith", "points": 1500}}
        assert execute(api, body, flatten=True).ok() == {
            "customer.name": "Alice Smith",
            "customer.points": 1500,
        }
        found = api.post(f"{body['selfUri']}/test", {"phoneNumber": "+15559876543"}, flatten=True).ok()
        assert found["finalResult"] == {"customer.name": "Bob Jones", "customer.points": 200}
        assert found["success"] is True
        assert [each["step"] for each in found["operations"]] == list(range(1, 14))
        assert all(each["success"] for each in found["operations"])
        assert service.requests[0]["method"] == "POST"


@pytest.mark.parametrize("inputs", [{}, {"phoneNumber": 5}, {"phoneNumber": "1", "times": "x"}])
def test_inputs_are_held_to_the_contract(api: Client, inputs: Any) -> None:
    with http_server(crm) as service:
        body = made(api, service.url)
        refused = api.post(f"{body['selfUri']}/execute", inputs).refused(400, "bad.request")
        assert "input" in refused["message"]
        found = api.post(f"{body['selfUri']}/test", inputs).ok()
        assert (found["success"], found["error"]["code"]) == (False, "bad.request")
        assert [each["success"] for each in found["operations"]] == [False]
        assert service.requests == []


@pytest.mark.parametrize("body", [None, [], "x"])
def test_the_input_is_an_object(api: Client, body: Any) -> None:
    with http_server(crm) as service:
        where = made(api, service.url)["selfUri"]
    api.send("POST", f"{where}/execute", body=body).refused(400)


@pytest.mark.parametrize(
    ("status", "code"),
    [(400, "bad.request"), (404, "not.found"), (429, "too.many.requests"), (500, "internal.server.error")],
)
def test_a_refusal_of_the_service_is_passed_on(api: Client, status: int, code: str) -> None:
    with http_server(json_answer({"why": "no"}, status)) as service:
        refused = execute(api, made(api, service.url)).refused(status, code)
        assert f"HTTP status {status}" in refused["message"]


def test_output_is_held_to_the_contract(api: Client) -> None:
    with http_server(json_answer({"name": "Ann", "loyalty_points": "many"})) as service:
        refused = execute(api, made(api, service.url)).refused(400)
        assert "output" in refused["message"]
        assert refused["details"][0]["fieldName"] == "$.customer.points"


def test_an_answer_that_is_too_large(api: Client) -> None:
    with http_server(lambda _asked: (200, JSON, b'"' + b"x" * (2 * 1024 * 1024) + b'"')) as service:
        execute(api, made(api, service.url)).refused(413, "response.too.large")


def test_the_timeout_of_the_action(api: Client) -> None:
    def slow(_asked: dict[str, Any]) -> Answered:
        time.sleep(1.5)
        return 200, JSON, b"{}"

    with http_server(slow) as service:
        sent = lookup(service.url, integrationId=enabled(api))
        sent["config"]["timeoutSeconds"] = 1
        body = api.post(PATH, sent).ok()
        started = time.monotonic()
        refused = execute(api, body).refused(504, "request.timeout")
        assert "1 s" in refused["message"]
        assert time.monotonic() - started < 1.4


def test_nobody_is_there(api: Client) -> None:
    execute(api, made(api, "http://127.0.0.1:1")).refused(502, "bad.gateway")


def test_private_addresses_are_refused(api: Client) -> None:
    refused = execute(api, made(api, "http://169.254.169.254")).refused(403, "host.not.allowed")
    assert "--allow-host 169.254.169.254" in refused["message"]


def test_a_disabled_integration_runs_nothing(api: Client) -> None:
    with http_server(crm) as service:
        home = integration(api)
        body = api.post(PATH, lookup(service.url, integrationId=home["id"])).ok()
        assert "enable it" in execute(api, body).refused(400)["message"]
        found = api.post(f"{body['selfUri']}/test", {"phoneNumber": "1"}).ok()
        assert (found["success"], found["operations"]) == (False, [])
        api.patch(home["selfUri"], {"intendedState": "ENABLED"}).ok()
        execute(api, body).ok()
        api.patch(home["selfUri"], {"intendedState": "DISABLED"}).ok()
        execute(api, body).refused(400)
        assert len(service.requests) == 1


# ---- credentials


def echo_auth(asked: dict[str, Any]) -> Answered:
    return (
        200,
        JSON,
        json.dumps({"name": asked["headers"].get("authorization", ""), "loyalty_points": 1}).encode(),
    )


def test_basic_auth(api: Client) -> None:
    with http_server(crm) as service:
        home = enabled(api, kind="basicAuth", userName="ann", password="pässword")
        execute(api, made(api, service.url, integrationId=home)).ok()
        sent = service.requests[0]["headers"]["authorization"].removeprefix("Basic ")
        assert base64.b64decode(sent).decode() == "ann:pässword"


def test_user_defined_fields_and_secrets(api: Client, server: Server) -> None:
    secret, inner = f"sec-{uuid.uuid4().hex}", f"pin-{uuid.uuid4().hex}"
    with http_server(echo_auth) as service:
        sent = lookup(service.url, integrationId=enabled(api, kind="userDefined", apiKey=secret), secure=True)
        sent["config"]["request"]["headers"] = {"Authorization": "Key ${credentials.apiKey}"}
        body = api.post(PATH, sent).ok()
        assert execute(api, body, {"phoneNumber": inner}).ok()["customer"]["name"] == f"Key {secret}"
        tested = api.post(f"{body['selfUri']}/test", {"phoneNumber": inner})
        assert tested.ok()["success"] is True
        failed = api.post(f"{body['selfUri']}/test", {"phoneNumber": inner, "times": inner})
        assert failed.ok()["success"] is False
    shown = [tested.content.decode(), failed.content.decode(), server.output()]
    for path in ("/_ringback/requests", PATH, "/api/v2/integrations", "/api/v2/integrations/credentials"):
        shown.append(api.get(path, pageSize=500).content.decode())
    api.post("/_ringback/snapshot", {"name": f"secrets {secret[:8]}"})
    engine = open_engine(server.url)
    with engine.connect() as connection:
        for table in (tables.audit, tables.journal, tables.events, tables.blobs):
            shown += [str(list(row)) for row in connection.execute(sa.select(table))]
    engine.dispose()
    assert [text for text in shown if secret in text or inner in text] == []


def test_custom_auth_runs_first_and_its_token_is_kept(api: Client) -> None:
    tokens: list[str] = []

    def service_of(asked: dict[str, Any]) -> Answered:
        if asked["path"] == "/token":
            tokens.append(f"token-number-{len(tokens) + 1}")
            return 200, JSON, json.dumps({"access_token": tokens[-1]}).encode()
        if asked["headers"].get("authorization") != f"Bearer {tokens[-1] if tokens else ''}":
            return 401, JSON, b"{}"
        return crm(asked)

    with http_server(service_of) as service:
        fields = {"clientId": "me", "clientSecret": "pass", "loginUrl": f"{service.url}/token"}
        home = enabled(api, kind="userDefinedOAuth", **fields)
        sent = lookup(service.url, integrationId=home)
        sent["config"]["request"]["headers"] = {"Authorization": "Bearer ${authResponse.access_token}"}
        body = api.post(PATH, sent).ok()
        execute(api, body).ok()
        execute(api, body).ok()
        assert tokens == ["token-number-1"]
        login = service.requests[0]
        assert login["headers"]["authorization"] == "Basic " + base64.b64encode(b"me:pass").decode()
        tokens.append("revoked")
        execute(api, body).ok()
        assert tokens == ["token-number-1", "revoked", "token-number-3"]
        auth = f"{PATH}/customAuth_-_{home}"
        tested = api.post(f"{auth}/test", {}).ok()
        assert tested["success"] is True
        assert tokens[-1] not in json.dumps(tested)
        api.post(f"{auth}/execute", {}).refused(400)


def organisation_action(api: Client, **changes: Any) -> Any:
    """An action that asks this platform for the organisation's name."""
    fields = {"clientId": "ringback-local", "clientSecret": "ringback-local"}
    home = changes.get("integrationId") or enabled(
        api, "purecloud-data-actions", kind="pureCloudOAuthClient", **fields
    )
    sent = native(
        name=f"Organisation {uuid.uuid4()}",
        integrationId=home,
        contract={
            "input": {"inputSchema": {"type": "object", "properties": {}}},
            "output": {"successSchema": {"type": "object", "properties": {"name": {"type": "string"}}}},
        },
        config={
            "request": {"requestUrlTemplate": "/api/v2/organizations/me", "requestType": "GET"},
            "response": {"translationMap": {"name": "$.name"}, "successTemplate": '{"name": ${name}}'},
        },
    )
    return api.post(PATH, sent).ok()


def test_an_action_may_call_this_platform_itself(api: Client) -> None:
    body = organisation_action(api)
    expected = {"name": api.get("/api/v2/organizations/me").ok()["name"]}
    assert api.post(f"{body['selfUri']}/execute", {}).ok() == expected
    # Who asks cannot say where the credentials go.
    answer = api.send("POST", f"{body['selfUri']}/execute", body={}, headers={"host": "localhost:1"})
    assert answer.ok() == expected
    other = organisation_action(api, integrationId=enabled(api, "purecloud-data-actions"))
    api.post(f"{other['selfUri']}/execute", {}).refused(401, "authentication.required")


# ---- many at once


def together(server: Server, token: str, where: str, *, count: int, inputs: Any) -> list[int]:
    """The statuses of calls that are made at the same time."""

    def call(_number: int) -> int:
        with Client(server.origin, token) as api:
            return api.post(f"{where}/execute", inputs).status

    with ThreadPoolExecutor(count) as pool:
        return sorted(pool.map(call, range(count)))


def test_one_too_many_is_told_so(api: Client, server: Server) -> None:
    def slow(asked: dict[str, Any]) -> Answered:
        time.sleep(1.5)
        return crm(asked)

    with http_server(slow) as service:
        where = made(api, service.url)["selfUri"]
        statuses = together(server, api.token, where, count=30, inputs={"phoneNumber": "+15551234567"})
    most = MAX_RUNNING_POSTGRES if os.environ.get("RINGBACK_TEST_POSTGRES") else MAX_RUNNING
    assert set(statuses) == {200, 429}
    assert statuses.count(200) >= most


def test_actions_that_call_this_platform_do_not_wait_for_each_other(api: Client, server: Server) -> None:
    body = organisation_action(api)
    api.post(f"{body['selfUri']}/execute", {}).ok()  # one login for all
    assert together(server, api.token, body["selfUri"], count=12, inputs={}) == [200] * 12


# ---- faults on order


@pytest.mark.parametrize(
    ("rule", "status", "code", "calls"),
    [
        ({"reply": "status:503"}, 503, "injected.503", 0),
        ({"reply": "status:429:2"}, 429, "injected.429", 0),
        ({"status": 500}, 500, "injected.500", 0),
        ({"reply": "timeout"}, 504, "request.timeout", 0),
        ({"reply": "slow:90s"}, 504, "request.timeout", 1),
        ({"reply": "reset"}, 502, "bad.gateway", 0),
        ({"kind": "reset"}, 502, "bad.gateway", 0),
        ({"reply": "truncated"}, 502, "bad.gateway", 1),
        ({"reply": "malformed"}, 400, "bad.request", 1),
        ({"reply": "empty"}, 400, "bad.request", 1),
        ({"reply": "lost"}, 502, "bad.gateway", 1),
        ({"kind": "lost"}, 502, "bad.gateway", 1),
    ],
)
@pytest.mark.parametrize("by", ["name", "id"])
def test_every_fault_on_order(
    api: Client, rule: dict[str, Any], status: int, code: str, calls: int, by: str
) -> None:
    with http_server(crm) as service:
        body = made(api, service.url)
        with faults(api, dataAction=body[by].upper() if by == "name" else body[by], count=1, **rule):
            execute(api, body).refused(status, code)
            assert len(service.requests) == calls
            execute(api, body).ok()


def test_a_fault_that_is_none_is_refused(api: Client) -> None:
    body = api.post("/_ringback/faults", {"dataAction": "x", "reply": "nonsense"}).refused(400)
    assert body["details"][0]["fieldName"] == "reply"
    assert "status:503" in body["message"]


def test_a_delay_on_order_is_waited_for(api: Client) -> None:
    with http_server(crm) as service:
        body = made(api, service.url)
        with faults(api, dataAction=body["name"], kind="delay", delayMs=300, count=1):
            started = time.monotonic()
            execute(api, body).ok()
            assert time.monotonic() - started >= 0.3


# ---- the reference cases


CASES = sorted((CORPUS / "data-action-cases").glob("*.case.json"))
_ORIGIN = re.compile(r"https?://[^/$]+")


def here(document: dict[str, Any], url: str) -> dict[str, Any] | None:
    """A document whose requests come to a local service; None when its host is an input."""
    copied = copy.deepcopy(document)
    request = copied["config"]["request"]
    template = request.get("requestUrlTemplate") or ""
    if template.startswith("/"):
        request["requestUrlTemplate"] = url + template
    elif _ORIGIN.match(template):
        request["requestUrlTemplate"] = _ORIGIN.sub(url, template, count=1)
    else:
        return None
    return copied


def run_case(api: Client, path: Path, service: Upstream) -> Answer | None:
    case = json.loads(path.read_text(encoding="utf-8"))
    source = (path.parent / case["action"]).read_text(encoding="utf-8-sig")
    document = here(json.loads(source), service.url)
    if document is None:
        return None
    fields = {name: str(value) for name, value in (case.get("credentials") or {}).items()}
    if "authResponse" in case:
        fields |= {"loginUrl": f"{service.url}/login-of-a-test", "clientId": "a", "clientSecret": "b"}
        home = enabled(api, kind="userDefinedOAuth", **fields)
    else:
        home = enabled(api, kind="userDefined", **fields)
    document |= {"integrationId": home, "integrationType": "custom-rest-actions", "actionType": "custom"}
    body = api.post(PATH, document).ok()
    return api.post(f"{body['selfUri']}/execute", case["input"])


@needs_corpus
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.name.split("__")[-1].removesuffix(".case.json"))
def test_a_reference_case(api: Client, path: Path) -> None:
    case = json.loads(path.read_text(encoding="utf-8"))
    expected = json.loads(
        path.with_name(path.name.replace(".case.", ".expected.")).read_text(encoding="utf-8")
    )
    upstream = case["upstream"]
    content = upstream["body"] if isinstance(upstream["body"], str) else json.dumps(upstream["body"])

    def answer(asked: dict[str, Any]) -> Answered:
        if asked["path"] == "/login-of-a-test":
            return 200, JSON, json.dumps(case["authResponse"]).encode()
        return upstream["status"], upstream.get("headers") or {}, content.encode()

    with http_server(answer) as service:
        found = run_case(api, path, service)
    if found is None:
        pytest.skip("its host is an input")
    if "output" in expected:
        assert found.ok() == expected["output"]
    else:
        assert found.refused(400)
    assert service.requests[-1]["method"] == expected["request"]["method"]
    assert service.requests[-1]["body"] == (expected["request"]["body"] or "")
