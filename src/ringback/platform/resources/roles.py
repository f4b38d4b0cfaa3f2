"""Roles, permissions, and who holds which role."""

from __future__ import annotations

from typing import Any

from ringback.platform import errors, paging
from ringback.platform.call import Call
from ringback.platform.catalogue import operations
from ringback.platform.collection import Collection
from ringback.platform.rights import CLIENT, ROLE
from ringback.platform.routing import Routes
from ringback.platform.store.reader import Body, Query

routes = Routes()
USER = "user"
ROLES = Collection(
    ROLE,
    "/api/v2/authorization/roles",
    "Role",
    "PeoplePermissions",
    defaults={
        "description": "",
        "permissions": [],
        "permissionPolicies": [],
        "default": False,
        "base": False,
    },
    read_only=frozenset({"default", "base", "userCount", "roleNeedsUpdate"}),
    dated=False,
)


@routes.get("/api/v2/authorization/roles")
def list_roles(call: Call) -> object:
    """A page of roles, by name."""
    return ROLES.page(call)


@routes.post("/api/v2/authorization/roles", errors=(409,))
def create_role(call: Call) -> object:
    """A new role."""
    return ROLES.create(call, call.object())


@routes.get("/api/v2/authorization/roles/{roleId}")
def read_role(call: Call) -> object:
    """One role, with the number of its holders if asked for."""
    body = ROLES.read(call, call.path["roleId"])
    if call.flag("userCount"):
        body["userCount"] = len([user for user in _users(call) if _holds(user, body["id"])])
    return body


@routes.put("/api/v2/authorization/roles/{roleId}", errors=(409,))
def replace_role(call: Call) -> object:
    """Replace a role."""
    return _changed(call, ROLES.replace(call, call.path["roleId"], sent=call.object()))


@routes.patch("/api/v2/authorization/roles/{roleId}", errors=(409,))
def change_role(call: Call) -> object:
    """Change parts of a role."""
    return _changed(call, ROLES.patch(call, call.path["roleId"], sent=call.object()))


def _changed(call: Call, body: Body) -> Body:
    call.tx.changed_rights()
    return body


@routes.delete("/api/v2/authorization/roles/{roleId}", status=204, errors=(409,))
def delete_role(call: Call) -> object:
    """Delete a role; never the administrator's."""
    if call.path["roleId"] == call.store.control("admin_role")["id"]:
        raise errors.conflict("The role admin cannot be deleted.")
    ROLES.delete(call, call.path["roleId"])
    call.tx.changed_rights()
    return None


@routes.post("/api/v2/authorization/roles/{roleId}", status=204)
def grant_role(call: Call) -> object:
    """Give a role to users or clients, in divisions."""
    role, sent = ROLES.read(call, call.path["roleId"]), call.object()
    for subject_id in sent["subjectIds"]:
        for division_id in sent["divisionIds"]:
            _grant(call, subject_id, grant={"roleId": role["id"], "divisionId": division_id})
    return None


@routes.post("/api/v2/authorization/subjects/{subjectId}/divisions/{divisionId}/roles/{roleId}", status=204)
def grant_one(call: Call) -> object:
    """Give one role in one division."""
    ROLES.read(call, call.path["roleId"])
    grant = {"roleId": call.path["roleId"], "divisionId": call.path["divisionId"]}
    _grant(call, call.path["subjectId"], grant=grant)
    return None


@routes.delete("/api/v2/authorization/subjects/{subjectId}/divisions/{divisionId}/roles/{roleId}", status=204)
def revoke_one(call: Call) -> object:
    """Take one role in one division away."""
    grant = {"roleId": call.path["roleId"], "divisionId": call.path["divisionId"]}
    kind, before = _subject(call, call.path["subjectId"])
    kept = [each for each in before.get("roleDivisions") or () if each != grant]
    _save_grants(call, before, kind=kind, grants=kept)
    return None


def _grant(call: Call, subject_id: str, *, grant: dict[str, str]) -> None:
    if call.store.get("division", grant["divisionId"]) is None:
        raise errors.bad_request(f"There is no division {grant['divisionId']}.", field="divisionIds")
    kind, before = _subject(call, subject_id)
    grants = list(before.get("roleDivisions") or ())
    _save_grants(call, before, kind=kind, grants=grants if grant in grants else [*grants, grant])


def _subject(call: Call, subject_id: str) -> tuple[str, Body]:
    """A user or a client."""
    for kind in (USER, CLIENT):
        if body := call.store.get(kind, subject_id):
            return kind, body
    raise errors.not_found("subject", subject_id)


def _save_grants(call: Call, before: Body, *, kind: str, grants: list[dict[str, str]]) -> None:
    after = before | {"roleDivisions": grants}
    call.tx.put(kind, after, state=after.get("state", "") if kind == USER else "")
    entity_type = "User" if kind == USER else "OAuthClient"
    call.audit("Update", after, entity_type=entity_type, service="PeoplePermissions", before=before)
    call.tx.changed_rights()


def _users(call: Call) -> list[Body]:
    return call.store.find(Query(USER))


def _holds(subject: Body, role_id: str) -> bool:
    return any(grant["roleId"] == role_id for grant in subject.get("roleDivisions") or ())


@routes.get("/api/v2/authorization/roles/{roleId}/users")
def list_holders(call: Call) -> object:
    """The users that hold a role."""
    role = ROLES.read(call, call.path["roleId"])
    holders = [user for user in _users(call) if _holds(user, role["id"])]
    return paging.page_of(call, [{"id": user["id"], "name": user["name"]} for user in holders])


@routes.get("/api/v2/users/{subjectId}/roles")
def read_user_roles(call: Call) -> object:
    """The roles of a user."""
    return _authorization(call, call.store.need(USER, call.path["subjectId"]))


@routes.put("/api/v2/users/{subjectId}/roles")
def set_user_roles(call: Call) -> object:
    """Give a user exactly these roles, in the home division."""
    before, home = call.store.need(USER, call.path["subjectId"]), call.store.control("home_division")["id"]
    for role_id in call.body or ():
        if call.store.get(ROLE, role_id) is None:
            raise errors.bad_request(f"There is no role {role_id}.")
    grants = [{"roleId": role_id, "divisionId": home} for role_id in call.body or ()]
    _save_grants(call, before, kind=USER, grants=grants)
    return _authorization(call, call.store.need(USER, before["id"]))


def _authorization(call: Call, subject: Body) -> Body:
    ids = dict.fromkeys(grant["roleId"] for grant in subject.get("roleDivisions") or ())
    roles = call.store.many(ROLE, ids)
    return {
        "roles": [{"id": role["id"], "name": role["name"]} for role in roles],
        "unusedRoles": [],
        "permissions": sorted({name for role in roles for name in role.get("permissions") or ()}),
        "permissionPolicies": [policy for role in roles for policy in role.get("permissionPolicies") or ()],
    }


@routes.get("/api/v2/authorization/subjects/me")
def read_me(call: Call) -> object:
    """The grants of the calling client."""
    return _grants(call, call.store.need(CLIENT, call.principal.client_id))


@routes.get("/api/v2/authorization/subjects/{subjectId}")
def read_subject(call: Call) -> object:
    """The grants of a user or client."""
    return _grants(call, _subject(call, call.path["subjectId"])[1])


def _grants(call: Call, subject: Body) -> Body:
    found: list[dict[str, Any]] = []
    for grant in subject.get("roleDivisions") or ():
        role, division = (
            call.store.get(ROLE, grant["roleId"]),
            call.store.get("division", grant["divisionId"]),
        )
        if role and division:
            policies = [
                {
                    "actions": policy.get("actionSet") or [],
                    **_named(policy, "domain"),
                    **_named(policy, "entityName"),
                }
                for policy in role.get("permissionPolicies") or ()
            ]
            shown = {
                "id": role["id"],
                "name": role["name"],
                "description": role["description"],
                "policies": policies,
            }
            found.append({"subjectId": subject["id"], "division": division, "role": shown})
    return {
        "id": subject["id"],
        "name": subject["name"],
        "grants": found,
        "version": 1,
        "selfUri": f"/api/v2/authorization/subjects/{subject['id']}",
    }


def _named(policy: Body, name: str) -> Body:
    return {name: policy[name]} if policy.get(name) else {}


@routes.get("/api/v2/authorization/permissions")
def list_permissions(call: Call) -> object:
    """Every permission that an operation asks for, by domain."""
    domains: dict[str, dict[str, set[str]]] = {}
    for operation in operations():
        for name in operation.permissions:
            domain, _, rest = name.partition(":")
            entity, _, action = rest.partition(":")
            if action:
                domains.setdefault(domain, {}).setdefault(entity, set()).add(action)
    return paging.page_of(call, [_domain(name, domains[name]) for name in sorted(domains)], size=100)


def _domain(domain: str, entities: dict[str, set[str]]) -> Body:
    actions = {
        entity: [{"domain": domain, "entityType": entity, "action": action} for action in sorted(names)]
        for entity, names in sorted(entities.items())
    }
    return {"domain": domain, "permissionMap": actions}
