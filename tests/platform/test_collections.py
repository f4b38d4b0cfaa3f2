"""What holds for entities of every kind: names, nulls, divisions, cursors, and what deletions take along."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from tests.platform.client import Client

V2 = "/api/v2"
DIVISIONS, QUEUES, USERS = f"{V2}/authorization/divisions", f"{V2}/routing/queues", f"{V2}/users"
TABLE = {
    "type": "object",
    "required": ["key"],
    "additionalProperties": False,
    "properties": {"key": {"$id": "/properties/key", "type": "string", "title": "Key"}},
}
TIMES = {"start": "2026-01-05T08:00:00.000", "end": "2026-01-05T17:00:00.000"}
# A path, and what a new entity needs beside its name.
KINDS: list[tuple[str, dict[str, Any]]] = [
    ("/oauth/clients", {"authorizedGrantType": "CLIENT-CREDENTIALS"}),
    ("/authorization/divisions", {"description": ""}),
    ("/authorization/roles", {}),
    ("/groups", {"type": "official", "rulesVisible": True, "visibility": "public"}),
    ("/routing/queues", {}),
    ("/routing/skills", {}),
    ("/routing/languages", {}),
    ("/routing/wrapupcodes", {}),
    ("/flows/milestones", {}),
    ("/flows/outcomes", {}),
    ("/flows/datatables", {"schema": TABLE}),
    ("/architect/prompts", {}),
    ("/architect/schedules", TIMES),
    ("/architect/schedulegroups", {}),
    ("/architect/emergencygroups", {}),
    ("/externalcontacts/externalsources", {}),
]


def fresh(stem: str) -> str:
    return f"{stem}_{uuid.uuid4().hex[:8]}"


def new_user(api: Client) -> dict[str, Any]:
    home = api.get(f"{DIVISIONS}/home").ok()["id"]
    email = f"{fresh('user')}@example.com"
    user: dict[str, Any] = api.post(USERS, {"name": "Ann", "email": email, "divisionId": home}).ok()
    return user


def nulls(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(nulls, value.values()))
    return any(map(nulls, value)) if isinstance(value, list) else value is None


@pytest.mark.parametrize(("path", "more"), KINDS)
@pytest.mark.parametrize("name", ["", "  "])
def test_a_name_is_not_blank(api: Client, path: str, more: dict[str, Any], name: str) -> None:
    assert "name" in api.post(V2 + path, {**more, "name": name}).refused(400)["message"]


@pytest.mark.parametrize(
    ("path", "more"),
    [(path, more) for path, more in KINDS if path not in {"/authorization/divisions", "/routing/languages"}],
)
def test_null_is_what_is_left_out(api: Client, path: str, more: dict[str, Any]) -> None:
    sent = {**more, "name": fresh("null"), "description": None, "division": None, "state": None}
    made = api.post(V2 + path, sent).ok()
    assert not nulls(made)
    assert not nulls(api.get(made["selfUri"]).ok())


@pytest.mark.parametrize(
    ("path", "more"),
    [(path, more) for path, more in KINDS if path not in {"/routing/skills", "/routing/languages"}],
)
def test_what_was_read_can_be_put_back(api: Client, path: str, more: dict[str, Any]) -> None:
    made = api.post(V2 + path, {**more, "name": fresh("back")}).ok()
    query = {"expand": "schema"} if "schema" in more else {}
    before = api.get(made["selfUri"], **query).ok()
    api.put(made["selfUri"], before).ok()
    after = api.get(made["selfUri"], **query).ok()
    changing = {"version", "dateModified", "modifiedBy", "currentOperation"}
    assert {name: value for name, value in after.items() if name not in changing} == {
        name: value for name, value in before.items() if name not in changing
    }


def test_null_in_a_patch_takes_away(api: Client) -> None:
    user = new_user(api)
    path = f"{USERS}/{user['id']}"
    api.patch(path, {"version": 1, "title": "Clerk", "department": "Desk"}).ok()
    after = api.patch(path, {"version": 2, "title": None, "name": None, "state": None}).ok()
    assert "title" not in after
    assert (after["name"], after["department"], after["state"]) == ("Ann", "Desk", "active")
    role = api.post(f"{V2}/authorization/roles", {"name": fresh("role"), "description": "x"}).ok()
    assert api.patch(role["selfUri"], {"description": None}).ok()["description"] == ""


def test_the_organisation_has_no_nulls(api: Client) -> None:
    path = f"{V2}/organizations/me"
    before = api.get(path).ok()
    after = api.put(path, {**before, "defaultCountryCode": None, "supportURI": None}).ok()
    assert after == {**before, "version": before["version"] + 1}


@pytest.mark.parametrize("email", ["nobody", "@example.com", "a b@example.com", ""])
def test_an_address_that_is_none(api: Client, email: str) -> None:
    home = api.get(f"{DIVISIONS}/home").ok()["id"]
    sent = {"name": "Ann", "email": email, "divisionId": home}
    assert api.post(USERS, sent).refused(400)["details"][0]["fieldName"] == "email"


def test_who_is_deleted_leaves_queues_and_groups(api: Client) -> None:
    user, queue = new_user(api), api.post(QUEUES, {"name": fresh("queue")}).ok()
    sent = {"name": fresh("group"), "type": "official", "rulesVisible": True, "visibility": "public"}
    group = api.post(f"{V2}/groups", {**sent, "ownerIds": [user["id"]]}).ok()
    api.post(f"{group['selfUri']}/members", {"memberIds": [user["id"]]}).ok()
    api.post(f"{queue['selfUri']}/members", [{"id": user["id"]}]).ok(204)
    [member] = api.get(f"{group['selfUri']}/members").ok()["entities"]
    assert "roleDivisions" not in member
    api.delete(f"{USERS}/{user['id']}").ok()
    assert api.get(f"{queue['selfUri']}/members").ok()["total"] == 0
    assert api.get(queue["selfUri"]).ok()["memberCount"] == 0
    assert api.get(f"{group['selfUri']}/members").ok()["total"] == 0
    assert api.get(group["selfUri"]).ok()["owners"] == []
    api.post(f"{queue['selfUri']}/members", [{"id": user["id"]}]).refused(400)


def test_a_deleted_user_comes_back_as_the_terraform_provider_asks(api: Client) -> None:
    email = f"{fresh('back')}@example.com"
    user = api.post(USERS, {"name": "Ann", "email": email}).ok()
    assert user["division"]["id"] == api.get(f"{DIVISIONS}/home").ok()["id"]
    path = f"{USERS}/{user['id']}"
    api.delete(path).ok()
    criteria = [("email", [email]), ("state", ["deleted"])]
    query = [{"type": "EXACT", "fields": [field], "values": values} for field, values in criteria]
    [found] = api.post(f"{USERS}/search", {"query": query}).ok()["results"]
    version = api.get(path, state="deleted").ok()["version"]
    assert found["id"] == user["id"]
    api.patch(path, {"version": version, "title": "x"}).refused(404)
    assert api.patch(path, {"version": version, "state": "inactive"}).ok()["state"] == "inactive"
    assert api.get(path).ok()["version"] == version + 1


def test_a_manager_is_sent_as_an_id_and_shown_as_a_user(api: Client) -> None:
    user, manager = new_user(api), new_user(api)
    path = f"{USERS}/{user['id']}"
    shown = api.patch(path, {"version": 1, "manager": manager["id"]}).ok()["manager"]
    assert shown == {"id": manager["id"], "name": "Ann", "selfUri": f"{USERS}/{manager['id']}"}
    api.patch(path, {"version": 2, "manager": "nobody"}).refused(400)
    assert "manager" not in api.patch(path, {"version": 2, "manager": ""}).ok()


def test_a_user_is_shown_with_skills_and_languages(api: Client) -> None:
    path = f"{USERS}/{new_user(api)['id']}"
    for kind in ("skills", "languages"):
        ability = api.post(f"{V2}/routing/{kind}", {"name": fresh(kind)}).ok()
        api.post(f"{path}/routing{kind}", {"id": ability["id"], "proficiency": 3.0}).ok()
    assert "skills" not in api.get(path).ok()
    user = api.get(path, expand="skills,languages").ok()
    assert [each["proficiency"] for each in (*user["skills"], *user["languages"])] == [3.0, 3.0]


def test_a_deleted_code_leaves_queues(api: Client) -> None:
    queue = api.post(QUEUES, {"name": fresh("queue")}).ok()
    code = api.post(f"{V2}/routing/wrapupcodes", {"name": fresh("code")}).ok()
    api.post(f"{queue['selfUri']}/wrapupcodes", [{"id": code["id"]}]).ok()
    api.delete(code["selfUri"]).ok(204)
    page = api.get(f"{queue['selfUri']}/wrapupcodes").ok()
    assert (page["total"], page["entities"]) == (0, [])


def test_divisions_are_renamed_everywhere_and_deleted_when_empty(api: Client) -> None:
    division = api.post(DIVISIONS, {"name": fresh('Süd "x"'), "description": ""}).ok()
    path = division["selfUri"]
    queue = api.post(QUEUES, {"name": fresh("queue"), "division": {"id": division["id"]}}).ok()
    renamed = api.put(path, {"name": fresh("Ñord \\ 'y'"), "description": "d"}).ok()
    shown = api.get(queue["selfUri"]).ok()["division"]
    assert shown == {"id": division["id"], "name": renamed["name"], "selfUri": path}
    assert "1 queue" in api.delete(path).refused(400, "division.not.empty")["message"]
    api.delete(queue["selfUri"]).ok(204)
    api.delete(path).ok(204)
    api.get(path).refused(404)


def test_a_division_is_deleted_by_force(api: Client) -> None:
    division = api.post(DIVISIONS, {"name": fresh("division"), "description": ""}).ok()
    queue = api.post(QUEUES, {"name": fresh("queue"), "division": {"id": division["id"]}}).ok()
    api.delete(division["selfUri"], force="true").ok(204)
    assert api.get(queue["selfUri"]).ok()["division"]["id"] == division["id"]


def test_a_role_without_a_division_holds_at_home(api: Client) -> None:
    role = api.post(f"{V2}/authorization/roles", {"name": fresh("role")}).ok()
    sent = {"name": "c", "authorizedGrantType": "CLIENT-CREDENTIALS"}
    made = api.post(f"{V2}/oauth/clients", {**sent, "roleDivisions": [{"roleId": role["id"]}]}).ok()
    home = api.get(f"{DIVISIONS}/home").ok()["id"]
    assert made["roleDivisions"] == [{"roleId": role["id"], "divisionId": home}]


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/authorization/divisions/query", {"pageSize": 1}),
        ("/externalcontacts/externalsources", {"limit": 10, "active": "true"}),
        ("/externalcontacts/scan/contacts", {"limit": 10, "divisionId": "*"}),
        ("/integrations/credentials/listing", {"pageSize": 1}),
    ],
)
def test_the_next_page_asks_the_same_question(api: Client, path: str, query: dict[str, Any]) -> None:
    for _ in range(2):
        api.post(DIVISIONS, {"name": fresh("division"), "description": ""}).ok()
        api.post(
            f"{V2}/integrations/credentials",
            {"name": "c", "type": {"name": "userDefined"}, "credentialFields": {"k": "v"}},
        ).ok()
    for _ in range(11):
        api.post(f"{V2}/externalcontacts/contacts", {"firstName": "Ann"}).ok()
        api.post(f"{V2}/externalcontacts/externalsources", {"name": fresh("source")}).ok()
    first = api.get(V2 + path, **query).ok()
    following = api.get(first["nextUri"]).ok()
    assert 0 < len(following["entities"]) <= len(first["entities"])
    assert not {each["id"] for each in first["entities"]} & {each["id"] for each in following["entities"]}
    for name, value in query.items():
        assert f"{name}={value}".replace("*", "%2A") in first["nextUri"].replace("*", "%2A")


@pytest.mark.parametrize(
    ("path", "name"),
    [("/authorization/divisions/query", "after"), ("/externalcontacts/externalsources", "cursor")],
)
def test_a_cursor_that_is_not_in_the_list(api: Client, path: str, name: str) -> None:
    api.get(V2 + path, **{name: "nobody"}).refused(400)


def test_audit_entries_have_no_nulls_and_say_what_was_changed(api: Client) -> None:
    made = api.post(f"{V2}/externalcontacts/contacts", {"workEmail": "a@example.com"})
    contact = made.ok()
    renamed = api.post(
        f"{V2}/integrations/credentials",
        {"name": "old", "type": {"name": "userDefined"}, "credentialFields": {"k": "v"}},
    ).ok()
    api.put(renamed["selfUri"], {"name": "new", "type": {"name": "userDefined"}}).ok()
    sent = {"interval": "2000-01-01T00:00:00Z/2100-01-01T00:00:00Z", "pageSize": 5}

    def entries(entity_id: str) -> list[dict[str, Any]]:
        filters = [{"property": "EntityId", "value": entity_id}]
        answer = api.post(f"{V2}/audits/query/realtime", {**sent, "filters": filters}).ok()
        found: list[dict[str, Any]] = answer["entities"]
        return found

    [created] = entries(contact["id"])
    assert created["entity"] == {"id": contact["id"]}
    assert not nulls(created)
    changed = entries(renamed["id"])[0]
    assert [each["property"] for each in changed["propertyChanges"]] == ["name"]
