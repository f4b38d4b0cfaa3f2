"""What the official Terraform provider needs of the API.

It dereferences fields without a look whether they are there, polls a deleted resource until it is gone, stops
paging on what a page says, and compares what it reads with what it sent.
"""

from __future__ import annotations

import base64
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pytest

from tests.platform.client import Client
from tests.platform.known import MAKERS, NOWHERE, V2, Known, named
from tests.platform.sdk.material import FLOW, TABLE, action

MISSING = object()


def at(value: Any, path: str) -> Any:
    """What a dotted path leads to; `*` is every entry of a list, which must have one."""
    for step in path.split("."):
        if step == "*":
            assert value, path
            value = value[0]
        elif not isinstance(value, dict) or step not in value:
            return MISSING
        else:
            value = value[step]
    return value


def assert_there(body: Any, fields: str) -> None:
    """Every field is there and not null."""
    assert [path for path in fields.split() if at(body, path) in (MISSING, None)] == []


@pytest.fixture
def known(api: Client) -> Known:
    return Known(api)


class TestStartUp:
    """`POST /oauth/token` once and for each token of the pool, then two reads."""

    def test_login(self, api: Client) -> None:
        basic = base64.b64encode(b"ringback-local:ringback-local").decode()
        headers = {"authorization": f"Basic {basic}", "content-type": "application/x-www-form-urlencoded"}
        for _ in range(11):  # the default pool of ten, and the provider itself
            content = b"grant_type=client_credentials"
            body = api.send("POST", "/oauth/token", content=content, headers=headers).ok()
            # At 60 seconds and less it would log in again without an end.
            assert body["access_token"]
            assert body["expires_in"] >= 300

    @pytest.mark.parametrize(
        ("path", "fields"),
        [
            ("/organizations/me", "id name defaultCountryCode"),
            ("/authorization/products", "total entities.*.id"),
            ("/tokens/me", "OAuthClient.organization.id"),
            ("/authorization/divisions/home", "id name"),
        ],
    )
    def test_reads(self, api: Client, path: str, fields: str) -> None:
        assert_there(api.get(V2 + path).ok(), fields)


@dataclass(frozen=True)
class Resource:
    """One resource as the provider handles it.

    Attributes:
        name: of the resource.
        path: below /api/v2.
        sent: what it sends to create one.
        fields: what it dereferences in the answer to a read.
        query: of the read.
        change: method and what it sends to change one; the version is filled in where one is needed.
        gone: status of a read after the deletion.
        own: fields of `sent` that the answer has in another form.
        inactive: state that a deletion needs.
    """

    name: str
    path: str
    sent: Callable[[Known], dict[str, Any]]
    fields: str
    query: dict[str, Any] = field(default_factory=dict)
    change: tuple[str, dict[str, Any]] | None = None
    gone: int = 404
    own: str = ""
    inactive: dict[str, Any] | None = None


def _described(known: Known) -> dict[str, Any]:
    return {"name": named("Terraform"), "description": "by Terraform"}


def _contact(known: Known) -> dict[str, Any]:
    return {
        "firstName": "Ada",
        "lastName": "Lovelace",
        "title": "Countess",
        "workEmail": "ada@example.com",
        "surveyOptOut": False,
        "externalSystemUrl": "https://crm.example/1",
        "address": {"address1": "1 Main St", "city": "London", "countryCode": "GB"},
    }


def _action(known: Known) -> dict[str, Any]:
    return action(NOWHERE, known.id("integrationId"), named("Terraform"))


def _user(known: Known) -> dict[str, Any]:
    mail = f"{uuid.uuid4().hex}@example.com"
    return {"name": "Terraform", "email": mail, "divisionId": known.home, "title": "t", "department": "d"}


def _oauth(known: Known) -> dict[str, Any]:
    grant = {"roleId": known.id("roleId"), "divisionId": known.home}
    return {
        **_described(known),
        "accessTokenValiditySeconds": 600,
        "authorizedGrantType": "CLIENT-CREDENTIALS",
        "roleDivisions": [grant],
    }


def _queue(known: Known) -> dict[str, Any]:
    return {
        **_described(known),
        "acwSettings": {"wrapupPrompt": "MANDATORY_TIMEOUT", "timeoutMs": 30_000},
        "mediaSettings": {
            "call": {
                "alertingTimeoutSeconds": 30,
                "serviceLevel": {"percentage": 0.7, "durationMs": 10_000},
                "enableAutoAnswer": True,
            }
        },
        "skillEvaluationMethod": "BEST",
        "autoAnswerOnly": False,
        "enableTranscription": True,
        "enableManualAssignment": True,
        "callingPartyName": "Support",
    }


def _credential(known: Known) -> dict[str, Any]:
    fields = {"userName": "u", "password": "p"}
    return {"name": named("Terraform"), "type": {"name": "basicAuth"}, "credentialFields": fields}


def _role(known: Known) -> dict[str, Any]:
    policy = {
        "domain": "routing", "entityName": "queue", "actionSet": ["view"], "allowConditions": False
    }  # fmt: skip
    return {**_described(known), "permissions": [], "permissionPolicies": [policy]}


RESOURCES = (
    Resource(
        "integration",
        "/integrations",
        lambda _known: {"integrationType": {"id": "purecloud-data-actions"}},  # no name
        "id name integrationType.id intendedState",
        change=("PATCH", {"intendedState": "ENABLED"}),
        own="integrationType",
    ),
    Resource(
        "credential",
        "/integrations/credentials",
        _credential,
        "id name type.name",
        own="credentialFields type",
    ),
    Resource(
        "data action",
        "/integrations/actions",
        _action,
        "id category name config config.request.requestUrlTemplate config.response contract.input.inputSchema"
        " contract.output.successSchema integrationId version",
        query={"expand": "contract", "includeConfig": "true"},
        change=("PATCH", {"category": "Changed"}),
        own="contract config",
    ),
    Resource(
        "data table",
        "/flows/datatables",
        lambda known: {**_described(known), "schema": TABLE, "division": {"id": known.home}},
        "id name division.id schema.properties",
        query={"expand": "schema"},
        change=("PUT", {"description": "changed"}),
        own="division",
    ),
    Resource("contact", "/externalcontacts/contacts", _contact, "id", change=("PUT", {"title": "Dr"})),
    Resource(
        "organization",
        "/externalcontacts/organizations",
        lambda _known: {"name": named("Terraform"), "industry": "Trade", "employeeCount": 7},
        "id name",
        change=("PUT", {"industry": "Music"}),
    ),
    Resource(
        "division",
        "/authorization/divisions",
        _described,
        "id name",
        change=("PUT", {"description": "changed"}),
    ),
    Resource(
        "queue", "/routing/queues", _queue, "id name division.id", change=("PUT", {"description": "changed"})
    ),
    Resource(
        "wrap-up code",
        "/routing/wrapupcodes",
        lambda known: {"name": named("Terraform"), "description": "d", "division": {"id": known.home}},
        "id name division.id",
        own="division",
    ),
    Resource(
        "skill", "/routing/skills", lambda _known: {"name": named("Terraform")}, "id name state", gone=200
    ),
    Resource(
        "language",
        "/routing/languages",
        lambda _known: {"name": named("Terraform")},
        "id name state",
        gone=200,
    ),
    Resource(
        "OAuth client",
        "/oauth/clients",
        _oauth,
        "id name authorizedGrantType roleDivisions.*.divisionId",
        change=("PUT", {"description": "changed", "authorizedGrantType": "CLIENT-CREDENTIALS"}),
        inactive={"state": "inactive", "authorizedGrantType": "CLIENT-CREDENTIALS"},
    ),
    Resource("role", "/authorization/roles", _role, "id name", change=("PUT", {"description": "changed"})),
    Resource(
        "user",
        "/users",
        _user,
        "id name division.id",
        change=("PATCH", {"title": "changed"}),
        own="divisionId",
    ),
    Resource(
        "schedule",
        "/architect/schedules",
        lambda known: {
            **_described(known),
            "start": "2026-01-01T08:00:00.000000",
            "end": "2026-01-01T17:00:00.000000",
            "rrule": "FREQ=DAILY;INTERVAL=1",
        },
        "id name division.id start end",
        change=("PUT", {"rrule": "FREQ=WEEKLY"}),
        own="start end",
    ),
    Resource("milestone", "/flows/milestones", _described, "id name division.id"),
    Resource("outcome", "/flows/outcomes", _described, "id name division.id", gone=0),
)
by_name = pytest.mark.parametrize("resource", RESOURCES, ids=lambda each: each.name)


def read(api: Client, resource: Resource, made: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = api.get(f"{V2}{resource.path}/{made['id']}", **resource.query).ok()
    return found


@by_name
def test_what_was_sent_is_read_back(api: Client, known: Known, resource: Resource) -> None:
    sent = resource.sent(known)
    made = api.post(V2 + resource.path, sent).ok(200)
    found = read(api, resource, made)
    assert_there(found, resource.fields)
    same = {name for name in sent if name not in resource.own.split()}
    assert {name: found.get(name) for name in same} == {name: sent[name] for name in same}
    if resource.change:
        method, change = resource.change
        body = {**sent, **change} if method == "PUT" else dict(change)
        if "version" in found:
            body["version"] = found["version"]
        api.send(method, f"{V2}{resource.path}/{made['id']}", body=body).ok()
        after = read(api, resource, made)
        assert {name: after.get(name) for name in change} == change
        assert_there(after, resource.fields)


@by_name
def test_it_is_gone_after_a_deletion(api: Client, known: Known, resource: Resource) -> None:
    path = V2 + resource.path
    made = api.post(path, resource.sent(known)).ok(200)
    if resource.inactive:
        api.put(f"{path}/{made['id']}", {"name": made["name"], **resource.inactive}).ok()
    answer = api.delete(f"{path}/{made['id']}")
    if resource.gone:
        assert answer.status in {200, 202, 204}
        body = api.get(f"{path}/{made['id']}").ok(resource.gone)
        assert resource.gone != 200 or body["state"] == "deleted"  # skills and languages stay to be read
    else:  # the platform has no such operation; the provider does not call it
        answer.refused(405)


# A list, what the provider reads of it, and what it asks for past the end.
LISTS = (
    ("/flows/datatables", "pageCount total", "datatableId"),
    ("/flows/datatables/{datatableId}/rows", "pageCount", "rowId"),
    ("/authorization/divisions", "pageCount total", "divisionId"),
    ("/routing/wrapupcodes", "pageCount", "codeId"),
    ("/routing/queues", "pageCount total", "queueId"),
    ("/oauth/clients", "pageCount", "clientId"),
    ("/authorization/products", "total", ""),
    ("/authorization/roles", "pageCount total", "roleId"),
    ("/integrations", "pageCount total", "integrationId"),
    ("/integrations/actions", "pageCount total", "actionId"),
    ("/integrations/actions/drafts", "pageCount total", ""),
    ("/externalcontacts/contacts", "pageCount total", "contactId"),
    ("/externalcontacts/organizations", "pageCount total", "externalOrganizationId"),
    ("/flows", "pageCount total", "flowId"),
    ("/users", "pageCount total", "userId"),
    ("/routing/skills", "pageCount total", "skillId"),
    ("/routing/languages", "pageCount total", "languageId"),
    ("/architect/schedules", "pageCount total", "scheduleId"),
    ("/architect/schedulegroups", "pageCount total", "scheduleGroupId"),
    ("/flows/milestones", "pageCount total", "milestoneId"),
    ("/flows/outcomes", "pageCount total", "flowOutcomeId"),
    ("/groups", "pageCount total", "groupId"),
)


@pytest.mark.parametrize(("path", "fields", "of"), LISTS)
def test_lists(api: Client, known: Known, path: str, fields: str, of: str) -> None:
    if of:
        known.path(f"{path}/{{{of}}}")
    filled = V2 + path.format_map(known.path(path))
    assert_there(api.get(filled, pageSize=100, pageNumber=1).ok(), f"{fields} entities")
    if path not in {"/oauth/clients", "/authorization/products"}:  # they know no pages
        # Some loops stop only at an empty page.
        number = 10 if path.startswith("/externalcontacts/") else 1000
        assert api.get(filled, pageSize=100, pageNumber=number).ok()["entities"] == []


def test_credentials_are_listed_by_the_last_id(api: Client, known: Known) -> None:
    made, seen, after = known.id("credentialId"), [], {}
    while True:
        page = api.get(f"{V2}/integrations/credentials/listing", pageSize=2, **after).ok()
        assert_there(page, "entities")
        if not page["entities"]:
            break
        assert_there(page, "entities.*.id entities.*.name entities.*.type.name")
        seen += [each["id"] for each in page["entities"]]
        after = {"after": seen[-1]}
    assert len(seen) == len(set(seen))
    assert made in seen


def test_the_last_page_of_a_scan_has_no_cursor(api: Client, known: Known) -> None:
    """An empty text there makes the provider ask for ever."""
    made, seen, cursor = known.id("contactId"), set(), {}
    for _ in range(1000):
        page = api.get(f"{V2}/externalcontacts/scan/contacts", limit=200, **cursor).ok()
        seen |= {each["id"] for each in page["entities"]}
        after = (page.get("cursors") or {}).get("after")
        if after is None:
            break
        assert after
        cursor = {"cursor": after}
    assert made in seen


def test_the_configuration_of_an_integration(api: Client, known: Known) -> None:
    path = f"{V2}/integrations/{known.id('integrationId')}/config/current"
    found = api.get(path).ok()
    assert_there(found, "name notes properties advanced credentials version")
    credential = {"id": known.id("credentialId")}
    sent = {
        "name": named("Terraform"), "notes": "n", "properties": {}, "advanced": {},
        "credentials": {"basicAuth": credential}, "version": found["version"],
    }  # fmt: skip
    api.put(path, sent).ok()
    after = api.get(path).ok()
    assert after["credentials"]["basicAuth"]["id"] == credential["id"]
    assert {name: after[name] for name in ("name", "notes")} == {"name": sent["name"], "notes": "n"}
    assert api.get(f"{V2}/integrations/{known.id('integrationId')}").ok()["name"] == sent["name"]
    api.put(path, sent).refused(409)


@pytest.mark.parametrize("template", ["requesttemplate.vm", "successtemplate.vm"])
def test_templates_are_text(api: Client, known: Known, template: str) -> None:
    made = api.post(f"{V2}/integrations/actions", _action(known)).ok()
    answer = api.get(f"{V2}/integrations/actions/{made['id']}/templates/{template}")
    assert (answer.status, answer.headers["content-type"].partition(";")[0]) == (200, "text/plain")
    assert answer.content in {b"${input.rawRequest}", b"${rawResult}"}


def test_the_draft_of_an_action(api: Client, known: Known) -> None:
    made = api.post(f"{V2}/integrations/actions/drafts", _action(known)).ok()
    path = f"{V2}/integrations/actions/{made['id']}/draft"
    assert_there(api.get(path, expand="contract", includeConfig="true").ok(), "id version config contract")
    published = api.post(f"{path}/publish", {"version": made["version"]}).ok()
    assert published["id"] == made["id"]


def test_a_client_without_its_roles_loses_them(api: Client, known: Known) -> None:
    sent = _oauth(known)
    made = api.post(f"{V2}/oauth/clients", sent).ok()
    del sent["roleDivisions"]
    api.put(f"{V2}/oauth/clients/{made['id']}", sent).ok()
    assert not api.get(f"{V2}/oauth/clients/{made['id']}").ok().get("roleDivisions")


def test_keys_of_rows_are_percent_encoded(api: Client, known: Known) -> None:
    path = f"{V2}/flows/datatables/{known.id('datatableId')}/rows"
    row = {"key": "tf test-key1/ü", "zone": "west"}
    api.post(path, row).ok()
    assert api.get(f"{path}/{quote(row['key'], safe='')}", showbrief="false").ok() == row
    assert api.delete(f"{path}/{quote(row['key'], safe='')}").status == 204
    api.get(f"{path}/{quote(row['key'], safe='')}").refused(404)


class TestFlow:
    def job(self, api: Client, text: str, body: Any) -> dict[str, Any]:
        """Register, upload with exactly the headers that the answer names, poll once."""
        content = b"" if body is None else body
        job = api.send(
            "POST", f"{V2}/flows/jobs", content=content, headers={"content-type": "application/json"}
        ).ok()
        assert_there(job, "id presignedUrl headers")
        assert job["presignedUrl"].startswith("http")
        with Client(api.origin) as anybody:  # no token
            put = anybody.send("PUT", job["presignedUrl"], content=text.encode(), headers=job["headers"])
            assert put.status == 200
        found: dict[str, Any] = api.get(f"{V2}/flows/jobs/{job['id']}", expand="messages").ok()
        return found

    @pytest.mark.parametrize("body", [None, b"null", b"{}", b'{"createStubs": false}'])
    def test_publish_update_and_delete(self, api: Client, body: bytes | None) -> None:
        text = FLOW.format(name=named("Terraform"))
        first = self.job(api, text, body)
        assert first["status"] == "Success"  # at the first poll, else it waits 15 seconds
        path = f"{V2}/flows/{first['flow']['id']}"
        assert_there(api.get(path, deleted="false").ok(), "id name type publishedVersion.id")
        second = self.job(api, text.replace("Hello there", "Good morning"), body)
        assert second["flow"]["id"] == first["flow"]["id"]
        assert api.get(path).ok()["publishedVersion"]["id"] == "2.0"
        assert api.delete(path).status == 204
        api.get(path).refused(410)

    def test_failures_have_messages(self, api: Client) -> None:
        state = self.job(api, "inboundCall: {name: x, startUpRef: nowhere}", b"{}")
        assert state["status"] == "Failure"
        assert all(message["text"] for message in state["messages"])
        assert state["messages"]

    def test_lists_by_repeated_types(self, api: Client, known: Known) -> None:
        """It repeats the key, sends every boolean, and compares names itself."""
        flow = api.get(f"{V2}/flows/{known.id('flowId')}").ok()
        found = api.get(
            f"{V2}/flows",
            type=["inboundcall", "workflow"],
            name=flow["name"],
            deleted="false",
            includeSchemas="false",
            virtualAgentEnabled="false",
            secure="",
        ).ok()
        assert [each["id"] for each in found["entities"]] == [flow["id"]]

    def test_unlock_by_force(self, api: Client, known: Known) -> None:
        flow = known.id("flowId")
        locked = api.send("POST", f"{V2}/flows/actions/checkout", query={"flow": flow}).ok()
        assert_there(locked, "lockedClient.name")
        unlocked = api.send("POST", f"{V2}/flows/actions/unlock", query={"flow": flow}).ok()
        assert "lockedClient" not in unlocked

    def test_export(self, api: Client, known: Known) -> None:
        body = {"flows": [{"flow": {"id": known.id("flowId")}, "exportType": "Yaml"}]}
        job = api.post(f"{V2}/flows/export/jobs", body).ok()
        assert job["status"] == "Started"  # it takes every other word for an error
        done = api.get(f"{V2}/flows/export/jobs/{job['id']}", expand="messages").ok()
        assert done["status"] in {"Started", "Success"}
        with Client(api.origin) as anybody:
            assert b"inboundCall" in anybody.get(done["downloadUrl"]).content


def test_every_kind_of_entity_can_be_made(known: Known) -> None:
    for key, make in MAKERS.items():
        assert make(known), key
