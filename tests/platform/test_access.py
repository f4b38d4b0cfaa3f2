"""Who may do what: login, clients, roles, grants, users."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.platform.client import Client
from tests.platform.conftest import Server

CLIENTS, ROLES, USERS = "/api/v2/oauth/clients", "/api/v2/authorization/roles", "/api/v2/users"
DIVISIONS = "/api/v2/authorization/divisions"


def policy(domain: str, entity: str, *actions: str) -> dict[str, Any]:
    return {"domain": domain, "entityName": entity, "actionSet": list(actions)}


@pytest.fixture
def made(api: Client, request: pytest.FixtureRequest) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """A role of `request.param`'s policies and a client that holds it."""
    name = f"role {request.node.name}"[:200]
    role = api.post(ROLES, {"name": name, "permissionPolicies": getattr(request, "param", [])}).ok()
    client = api.post(
        CLIENTS,
        {
            "name": name,
            "authorizedGrantType": "CLIENT-CREDENTIALS",
            "roleDivisions": [{"roleId": role["id"], "divisionId": ""}],
        },
    ).ok()
    yield role, client
    api.put(f"{CLIENTS}/{client['id']}", {**client, "state": "inactive"})
    api.delete(f"{CLIENTS}/{client['id']}")
    api.delete(f"{ROLES}/{role['id']}")


@pytest.mark.parametrize(
    ("made", "missing"),
    [
        ([], "authorization:division:add, authorization:grant:add"),
        ([policy("authorization", "division", "add")], "authorization:grant:add"),
        ([policy("authorization", "*", "add")], None),
        ([policy("AUTHORIZATION", "division", "*"), policy("authorization", "grant", "add")], None),
        ([policy("*", "*", "*")], None),
        ([policy("routing", "*", "*")], "authorization:division:add, authorization:grant:add"),
    ],
    indirect=["made"],
)
def test_permissions_come_from_roles(server: Server, made: Any, missing: str | None) -> None:
    with Client(server.origin) as mine:
        mine.login(made[1]["id"], made[1]["secret"])
        answer = mine.post(DIVISIONS, {"name": f"of {made[1]['id']}", "description": ""})
        if missing is None:
            answer.ok()
        else:
            assert answer.refused(403, "missing.permissions")["messageParams"] == {"permissions": missing}


def test_one_of_several_permissions(api: Client, server: Server, made: Any) -> None:
    with Client(server.origin) as mine:
        mine.login(made[1]["id"], made[1]["secret"])
        body = mine.delete(f"{USERS}/none").refused(403, "missing.any.permissions")
        assert "directory:user:delete" in body["message"]


def test_a_change_of_the_role_counts_at_once(api: Client, server: Server, made: Any) -> None:
    role, client = made
    with Client(server.origin) as mine:
        mine.login(client["id"], client["secret"])
        mine.get(ROLES).refused(403)
        role["permissionPolicies"] = [policy("authorization", "role", "view")]
        api.put(f"{ROLES}/{role['id']}", role).ok()
        mine.get(ROLES).ok()
        api.put(f"{CLIENTS}/{client['id']}", {**client, "roleDivisions": []}).ok()
        mine.get(ROLES).refused(403)


def basic(client_id: str, secret: str) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()}


@pytest.mark.parametrize(
    ("content", "headers", "status", "error"),
    [
        (b"grant_type=client_credentials", basic("ringback-local", "wrong"), 401, "invalid_client"),
        (b"grant_type=client_credentials", basic("nobody", "x"), 401, "invalid_client"),
        (b"grant_type=client_credentials", {"authorization": "Basic ###"}, 401, "invalid_client"),
        (b"grant_type=password", basic("ringback-local", "ringback-local"), 400, "unsupported_grant_type"),
        (b"", basic("ringback-local", "ringback-local"), 400, "unsupported_grant_type"),
        (b"grant_type=client_credentials", {}, 401, "invalid_client"),
    ],
)
def test_logins_that_fail(
    server: Server, content: bytes, headers: dict[str, str], status: int, error: str
) -> None:
    with Client(server.origin) as anyone:
        body = anyone.send("POST", "/oauth/token", content=content, headers=headers).ok(status)
        assert body["error"] == error
        assert body["error_description"]


def test_login_by_the_form(server: Server) -> None:
    with Client(server.origin) as anyone:
        content = b"grant_type=client_credentials&client_id=ringback-local&client_secret=ringback-local"
        body = anyone.send("POST", "/oauth/token", content=content).ok()
        assert (body["token_type"], body["expires_in"]) == ("bearer", 86_399)


def test_the_life_of_a_client(api: Client, server: Server, made: Any) -> None:
    client = made[1]
    path = f"{CLIENTS}/{client['id']}"
    assert "secretHash" not in client
    assert "secret" not in api.get(path).ok()
    assert client["roleDivisions"][0]["divisionId"] == api.get(f"{DIVISIONS}/home").ok()["id"]
    renewed = api.post(f"{path}/secret").ok()["secret"]
    with Client(server.origin) as mine:
        assert (
            mine.send(
                "POST",
                "/oauth/token",
                content=b"grant_type=client_credentials",
                headers=basic(client["id"], client["secret"]),
            ).status
            == 401
        )
        mine.login(client["id"], renewed)
        info = mine.get("/api/v2/tokens/me").ok()
        assert info["OAuthClient"]["id"] == client["id"]
        assert info["OAuthClient"]["organization"]["id"]
        assert mine.send("HEAD", "/api/v2/tokens/me").status == 204
        api.delete(path).refused(400, "cannot.delete.client")
        changed = api.put(
            path, {"name": client["name"], "authorizedGrantType": "CLIENT-CREDENTIALS", "state": "inactive"}
        ).ok()
        assert changed["roleDivisions"] == []
        mine.get("/api/v2/tokens/me").refused(401, "bad.credentials")
        assert api.delete(path).status == 204
        api.get(path).refused(404)


@pytest.mark.parametrize("seconds", [299, 172_801])
def test_token_life_has_limits(api: Client, seconds: int) -> None:
    body = {"name": "x", "authorizedGrantType": "CLIENT-CREDENTIALS", "accessTokenValiditySeconds": seconds}
    assert api.post(CLIENTS, body).refused(400)["details"][0]["fieldName"] == "accessTokenValiditySeconds"


def test_grants_of_subjects(api: Client, made: Any) -> None:
    role, client = made
    division = api.post(DIVISIONS, {"name": f"grants {client['id']}", "description": ""}).ok()
    path = f"/api/v2/authorization/subjects/{client['id']}"
    assert api.post(f"{path}/divisions/{division['id']}/roles/{role['id']}").status == 204
    grants = api.get(path).ok()["grants"]
    assert [(each["division"]["name"], each["role"]["id"]) for each in grants] == [
        ("Home", role["id"]),
        (division["name"], role["id"]),
    ]
    assert api.delete(f"{path}/divisions/{division['id']}/roles/{role['id']}").status == 204
    assert len(api.get(path).ok()["grants"]) == 1
    assert api.get("/api/v2/authorization/subjects/me").ok()["id"] == "ringback-local"


def test_the_administrator_stays(api: Client) -> None:
    admin = api.get(ROLES, name="admin").ok()["entities"][0]
    api.delete(f"{ROLES}/{admin['id']}").refused(409)
    api.post(ROLES, {"name": "Admin"}).refused(409)


def test_permissions_and_products_and_organization(api: Client) -> None:
    page = api.get("/api/v2/authorization/permissions").ok()
    assert "architect" in [each["domain"] for each in page["entities"]]
    assert api.get("/api/v2/authorization/products").ok()["total"] > 0
    organization = api.get("/api/v2/organizations/me").ok()
    assert organization["defaultCountryCode"] == "US"
    api.put("/api/v2/organizations/me", {**organization, "version": 99}).refused(409, "version.conflict")
    changed = api.put("/api/v2/organizations/me", {**organization, "supportURI": "https://example.com"}).ok()
    assert (changed["version"], changed["supportURI"]) == (organization["version"] + 1, "https://example.com")


def test_the_life_of_a_user(api: Client) -> None:
    home = api.get(f"{DIVISIONS}/home").ok()
    body = {
        "name": "Ada Lovelace",
        "email": "ada@example.com",
        "divisionId": home["id"],
        "password": "secret",
    }
    user = api.post(USERS, body).ok()
    path = f"{USERS}/{user['id']}"
    assert (user["version"], user["username"], user["division"]["id"]) == (1, "ada@example.com", home["id"])
    assert "password" not in api.get(path).ok()
    api.post(USERS, {**body, "email": "ADA@example.com"}).refused(409)
    api.patch(path, {"title": "Countess"}).refused(400)
    api.patch(path, {"title": "Countess", "version": 7}).refused(409)
    assert api.patch(path, {"title": "Countess", "version": 1}).ok()["version"] == 2
    assert api.delete(path).ok() == {}
    api.get(path).refused(404)
    assert api.get(path, state="deleted").ok()["state"] == "deleted"
    assert api.post(USERS, body).ok()["id"] != user["id"]
    api.get(f"{USERS}/me").refused(400)


@pytest.mark.parametrize(
    ("criteria", "names"),
    [
        ([{"type": "EXACT", "fields": ["email"], "value": "s1@example.com"}], ["Search One"]),
        ([{"type": "STARTS_WITH", "fields": ["name"], "value": "search t"}], ["Search Two"]),
        ([{"type": "CONTAINS", "fields": ["name", "email"], "value": "earch"}], ["Search One", "Search Two"]),
        ([{"type": "TERM", "fields": ["name"], "value": "two"}], ["Search Two"]),
        (
            [{"type": "EXACT", "fields": ["email"], "values": ["S1@EXAMPLE.COM", "s2@example.com"]}],
            ["Search One", "Search Two"],
        ),
        (
            [
                {"type": "CONTAINS", "fields": ["name"], "value": "search"},
                {"type": "TERM", "fields": ["name"], "value": "one", "operator": "NOT"},
            ],
            ["Search Two"],
        ),
    ],
)
def test_user_search(api: Client, criteria: list[Any], names: list[str]) -> None:
    home = api.get(f"{DIVISIONS}/home").ok()["id"]
    for name, email in (("Search One", "s1@example.com"), ("Search Two", "s2@example.com")):
        api.post(USERS, {"name": name, "email": email, "divisionId": home})
    found = api.post(f"{USERS}/search", {"query": criteria, "pageSize": 10}).ok()
    assert sorted(each["name"] for each in found["results"]) == names
    assert found["total"] == len(names)
    text = base64.urlsafe_b64encode(json.dumps({"query": criteria, "pageSize": 10}).encode()).decode()
    assert api.get(f"{USERS}/search", q64=text).ok() == found


@pytest.mark.parametrize("page", [{"pageSize": 0}, {"pageSize": -1}, {"pageNumber": 0}])
def test_pages_of_a_search_begin_at_one(api: Client, page: dict[str, int]) -> None:
    api.post(f"{USERS}/search", page).refused(400)
    api.post("/api/v2/groups/search", page).refused(400)


def test_user_roles(api: Client, made: Any) -> None:
    home = api.get(f"{DIVISIONS}/home").ok()["id"]
    email = f"{made[0]['id']}@example.com"
    user = api.post(USERS, {"name": "Role Holder", "email": email, "divisionId": home}).ok()
    roles = api.put(f"{USERS}/{user['id']}/roles", [made[0]["id"]]).ok()["roles"]
    assert [role["id"] for role in roles] == [made[0]["id"]]
    assert api.get(f"{USERS}/{user['id']}/roles").ok()["roles"] == roles
    holders = api.get(f"{ROLES}/{made[0]['id']}/users").ok()["entities"]
    assert [holder["id"] for holder in holders] == [user["id"]]
    assert api.get(f"{ROLES}/{made[0]['id']}", userCount="true").ok()["userCount"] == 1
