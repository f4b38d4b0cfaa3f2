"""Integrations, their configuration, types and credentials."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from tests.platform.client import Client

PATH = "/api/v2/integrations"
CREDENTIALS = f"{PATH}/credentials"
SECRET = "s3cr3t-" + uuid.uuid4().hex


def integration(api: Client, type_id: str = "custom-rest-actions", **more: Any) -> Any:
    return api.post(PATH, {"integrationType": {"id": type_id}, **more}).ok()


def credential(api: Client, kind: str, **fields: str) -> Any:
    sent = {"name": f"{kind} of a test", "type": {"name": kind}, "credentialFields": fields}
    return api.post(CREDENTIALS, sent).ok()


def configure(api: Client, integration_id: str, **changes: Any) -> Any:
    where = f"{PATH}/{integration_id}/config/current"
    return api.put(where, {**api.get(where).ok(), **changes}).ok()


def test_a_new_integration_is_called_as_its_type_and_disabled(api: Client) -> None:
    made = integration(api, "purecloud-data-actions")
    assert made["name"] == "Genesys Cloud Data Actions"
    assert made["intendedState"] == "DISABLED"
    assert made["reportedState"]["code"] == "INACTIVE"
    assert made["reportedState"]["lastUpdated"].endswith("Z")
    assert made["attributes"] == {}
    assert made["selfUri"] == f"{PATH}/{made['id']}"
    assert api.get(made["selfUri"]).ok() == made
    assert api.get(made["integrationType"]["selfUri"]).ok()["id"] == "purecloud-data-actions"


def test_the_state_is_changed_by_patch(api: Client) -> None:
    made = integration(api)
    where = f"{made['selfUri']}?pageSize=25&pageNumber=1"
    enabled = api.patch(where, {"intendedState": "ENABLED"}).ok()
    assert (enabled["intendedState"], enabled["reportedState"]["code"]) == ("ENABLED", "ACTIVE")
    body = api.patch(where, {"intendedState": "DELETED"}).refused(400)
    assert body["details"][0]["fieldName"] == "intendedState"
    assert api.delete(made["selfUri"]).ok()["id"] == made["id"]
    api.get(made["selfUri"]).refused(404, "not.found")


def test_none_of_the_six_fields_of_a_configuration_is_null(api: Client) -> None:
    made = integration(api, name="Six")
    found = api.get(f"{made['selfUri']}/config/current").ok()
    fields = {
        name: found[name] for name in ("name", "version", "properties", "advanced", "notes", "credentials")
    }
    assert fields == {
        "name": "Six", "version": 1, "properties": {}, "advanced": {}, "notes": "", "credentials": {}
    }  # fmt: skip


def test_a_configuration_is_replaced_under_its_version(api: Client) -> None:
    made, key = integration(api), credential(api, "userDefined", apiKey=SECRET)
    where = f"{made['selfUri']}/config/current"
    sent = {
        "name": "Renamed",
        "version": 1,
        "properties": {"a": 1},
        "advanced": {"b": [2]},
        "notes": "n",
        "credentials": {"basicAuth": {"id": key["id"]}},
    }
    found = api.put(where, sent).ok()
    assert found["version"] == 2
    assert found["credentials"]["basicAuth"] == {
        name: key[name] for name in ("id", "name", "type", "selfUri")
    }
    assert {name: found[name] for name in ("name", "properties", "advanced", "notes")} == {
        name: sent[name] for name in ("name", "properties", "advanced", "notes")
    }
    assert api.get(made["selfUri"]).ok()["name"] == "Renamed"
    api.put(where, sent).refused(409, "version.conflict")
    expanded = api.get(made["selfUri"], expand="config.current").ok()
    assert expanded["config"]["current"] == found
    assert [each["id"] for each in api.get(PATH, credentialId=key["id"]).ok()["entities"]] == [made["id"]]
    api.delete(key["selfUri"]).refused(409)
    api.delete(made["selfUri"]).ok()
    api.delete(key["selfUri"]).ok(204)
    api.get(key["selfUri"]).refused(404)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"credentials": {"basicAuth": {"id": str(uuid.uuid4())}}}, "credentials.basicAuth.id"),
        ({"notes": None}, "notes"),
        ({"version": "1"}, "version"),
    ],
)
def test_a_wrong_configuration_names_its_field(api: Client, change: dict[str, Any], field: str) -> None:
    where = f"{integration(api)['selfUri']}/config/current"
    body = api.put(where, {**api.get(where).ok(), **change}).refused(400)
    assert body["details"][0]["fieldName"] == field


def test_a_credential_must_fit_its_slot(api: Client) -> None:
    made, key = integration(api, "purecloud-data-actions"), credential(api, "userDefined", a="b")
    where = f"{made['selfUri']}/config/current"
    sent = {**api.get(where).ok(), "credentials": {"pureCloudOAuthClient": {"id": key["id"]}}}
    assert api.put(where, sent).refused(400)["details"][0]["fieldName"] == "credentials.pureCloudOAuthClient"


def test_pages_of_integrations(api: Client) -> None:
    ids = [integration(api, "webhook", name=f"Paged {number}")["id"] for number in range(3)]
    found = api.get(PATH, ids=",".join(ids), pageSize=2).ok()
    assert [each["name"] for each in found["entities"]] == ["Paged 0", "Paged 1"]
    second = api.get(PATH, ids=",".join(ids), pageSize=2, nextPage="2").ok()
    assert [each["name"] for each in second["entities"]] == ["Paged 2"]
    assert api.get(PATH, pageNumber=999).ok()["entities"] == []
    api.get(PATH, nextPage="abc").refused(400)
    kept = api.get(PATH, ids=",".join(ids), integrationType="webhook", reportedState="INACTIVE").ok()
    assert kept["total"] == 3
    assert api.get(PATH, ids=",".join(ids), integrationType="embedded-client-app").ok()["total"] == 0


def test_types_and_their_schemas(api: Client) -> None:
    found = api.get(f"{PATH}/types", pageSize=100).ok()
    ids = {each["id"] for each in found["entities"]}
    assert ids >= {
        *("purecloud-data-actions", "custom-rest-actions", "function-data-actions", "embedded-client-app"),
        *("custom-smtp-server", "webhook"),
    }
    for each in found["entities"]:
        for part in ("configPropertiesSchemaUri", "configAdvancedSchemaUri"):
            assert api.get(each[part]).ok()["type"] == "object"
    api.get(f"{PATH}/types/nothing").refused(404)
    api.get(f"{PATH}/types/webhook/configschemas/nothing").refused(404)
    assert api.post(PATH, {"integrationType": {"id": "nothing"}}).refused(400)["details"][0]["fieldName"]


def test_client_applications(api: Client) -> None:
    made = integration(api, "embedded-client-app", name="App of a test")
    configure(api, made["id"], properties={"url": "https://app.example"})
    shown = next(
        each
        for each in api.get(f"{PATH}/clientapps", pageSize=500).ok()["entities"]
        if each["id"] == made["id"]
    )
    assert shown["config"]["effective"]["properties"] == {"url": "https://app.example"}

    def of_user() -> list[str]:
        return [each["id"] for each in api.get(f"{PATH}/userapps", pageSize=500).ok()["entities"]]

    assert made["id"] not in of_user()
    api.patch(made["selfUri"], {"intendedState": "ENABLED"}).ok()
    assert made["id"] in of_user()


def test_a_webhook_takes_events_while_it_is_enabled(api: Client) -> None:
    made = integration(api, "webhook")
    url = made["attributes"]["invocationUrl"]
    assert made["attributes"]["webhookId"] in url
    with Client(api.origin) as anyone:
        anyone.post(url, {"any": "thing"}).refused(400)
        api.patch(made["selfUri"], {"intendedState": "ENABLED"}).ok()
        assert len(anyone.post(url, {"any": "thing"}).ok()["invocationId"]) == 36
        anyone.post(f"{PATH}/webhooks/nobody/events", {}).refused(404)


# ---- credentials


@pytest.mark.parametrize(
    ("kind", "fields", "field"),
    [
        ("basicAuth", {"userName": "ann"}, "credentialFields.password"),
        ("basicAuth", {"userName": "ann", "password": SECRET, "realm": SECRET}, "credentialFields.realm"),
        ("pureCloudOAuthClient", {"clientId": "c"}, "credentialFields.clientSecret"),
        ("nothing", {"a": SECRET}, "type.name"),
    ],
)
def test_credentials_are_checked_by_type(api: Client, kind: str, fields: dict[str, str], field: str) -> None:
    sent = {"name": "Wrong", "type": {"name": kind}, "credentialFields": fields}
    answer = api.post(CREDENTIALS, sent)
    assert answer.refused(400)["details"][0]["fieldName"] == field
    assert SECRET not in answer.content.decode()


def test_credentials_are_never_shown(api: Client) -> None:
    made = credential(api, "userDefinedOAuth", clientId="me", clientSecret=SECRET)
    where = made["selfUri"]
    assert {"id", "name", "type", "selfUri", "createdDate", "modifiedDate"} == set(made)
    other = {**made, "credentialFields": {"clientSecret": SECRET + "2"}}
    assert "credentialFields" not in api.put(where, {**other, "name": "New name"}).ok()
    assert api.get(where).ok()["name"] == "New name"
    api.put(where, {**other, "type": {"name": "userDefined"}}).refused(400)
    for path in (CREDENTIALS, f"{CREDENTIALS}/listing", where, "/_ringback/requests"):
        assert SECRET not in api.get(path, pageSize=200).content.decode()


def test_the_listing_ends_with_an_empty_page(api: Client) -> None:
    ids = {credential(api, "userDefined", n=str(number))["id"] for number in range(5)}
    seen: list[str] = []
    after = ""
    while page := api.get(f"{CREDENTIALS}/listing", pageSize=2, **({"after": after} if after else {})).ok()[
        "entities"
    ]:
        seen += [each["id"] for each in page]
        after = seen[-1]
    assert ids <= set(seen)
    assert len(seen) == len(set(seen))
    back = api.get(f"{CREDENTIALS}/listing", pageSize=2, before=after).ok()
    assert [each["id"] for each in back["entities"]] == seen[-3:-1]
    assert api.get(back["nextUri"]).ok()["entities"][0]["id"] == after


def test_types_of_credentials(api: Client) -> None:
    found = {each["name"]: each for each in api.get(f"{CREDENTIALS}/types").ok()}
    assert found["basicAuth"]["required"] == ["userName", "password"]
    assert set(found) == {
        "basicAuth",
        "userDefined",
        "userDefinedOAuth",
        "pureCloudOAuthClient",
        "callJourney",
    }


def test_an_oauth_credential_brings_its_auth_action(api: Client) -> None:
    made, key = integration(api), credential(api, "userDefinedOAuth", loginUrl="http://127.0.0.1:1/token")
    where = f"{PATH}/actions/customAuth_-_{made['id']}"
    api.get(where).refused(404)
    configure(api, made["id"], credentials={"basicAuth": {"id": key["id"]}})
    found = api.get(where, includeConfig=True, expand="contract").ok()
    assert found["config"]["request"]["requestUrlTemplate"] == "${credentials.loginUrl}"
    config = {
        **found["config"],
        "request": {**found["config"]["request"], "requestUrlTemplate": "https://login.example"},
    }
    changed = api.patch(where, {"version": found["version"], "config": config}).ok()
    assert changed["version"] == 2
    assert changed["config"]["request"]["requestUrlTemplate"] == "https://login.example"
    config["timeoutSeconds"] = 5
    body = api.patch(where, {"version": 2, "config": config}).refused(400)
    assert body["details"][0]["fieldName"] == "config.timeoutSeconds"
    api.delete(where).refused(400)
    listed = api.get(f"{PATH}/actions", ids=found["id"]).ok()
    assert listed["total"] == 0
    assert api.get(f"{PATH}/actions", ids=found["id"], includeAuthActions="true").ok()["total"] == 1
    configure(api, made["id"], credentials={})
    api.get(where).refused(404)
