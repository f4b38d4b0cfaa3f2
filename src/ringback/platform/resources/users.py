"""Users: the people of the organisation."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ringback.platform import errors, paging, searching
from ringback.platform.call import Call
from ringback.platform.collection import Collection, check_version, division_of, merged
from ringback.platform.references import reference
from ringback.platform.routing import Routes
from ringback.platform.store.reader import Body, Query

routes = Routes()
USER = "user"
_PATH = "/api/v2/users"
_FIXED = frozenset({"id", "version", "username", "division", "password", "roleDivisions", "selfUri"})
# What `expand` shows of other kinds, whose parent is the user.
_ABILITIES = {"skills": "user_skill", "languages": "user_language"}
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
# What takes a user out of where they belong to, when they are deleted; those modules know of users.
LEAVING: list[Callable[[Call, str], None]] = []
_MAX_FOUND = 10_000  # users that a search looks at; named in docs/limits.md


def shown(body: Body) -> Body:
    """A user as callers see it."""
    return {name: value for name, value in body.items() if name not in {"roleDivisions", "password"}}


def _email(body: Body) -> list[tuple[str, str]]:
    return (
        [("email", str(body["email"]).casefold())] if body.get("email") and body["state"] != "deleted" else []
    )


USERS = Collection(
    USER,
    _PATH,
    "User",
    "Directory",
    defaults={"state": "active"},
    read_only=frozenset({"password", "roleDivisions"}),
    unique_name=False,
    claims=_email,
    state=lambda body: str(body["state"]),
    view=shown,
)


@routes.get("/api/v2/users")
def list_users(call: Call) -> object:
    """A page of users: the active ones unless another `state` is asked for."""
    state = str(call.query.get("state") or "active").lower()
    states = None if state == "any" else [state]
    query = Query(USER, ids=call.listed("id") or None, states=states, descending=paging.descending(call))
    return paging.page(call, query, view=lambda body: _expanded(call, body))


@routes.post("/api/v2/users", errors=(409,))
def create_user(call: Call) -> object:
    """A new user; the e-mail address is the user name, and is used once."""
    sent = call.object()
    division = division_of(call, {"id": sent.get("divisionId")})
    given = {name: value for name, value in sent.items() if name not in {"divisionId", "password"}}
    own = {"username": sent["email"], "division": division, "version": 1, "acdAutoAnswer": False}
    _check_email(sent)
    return shown(USERS.create(call, given | own, primaryContactInfo=_contact_info(sent["email"])))


def _contact_info(email: str) -> list[Body]:
    return [{"address": email, "mediaType": "EMAIL", "type": "PRIMARY"}]


def _check_email(sent: Body) -> None:
    """ApiError 400 for an address that is none; which domains exist is nobody's business here."""
    if not _EMAIL.fullmatch(sent["email"]):
        message = f"[{sent['email'][:100]}] is no e-mail address."
        raise errors.bad_request(message, field="email", code="constraint.validation")


@routes.get("/api/v2/users/me")
def read_me(_call: Call) -> object:
    """Refused: a token of client credentials belongs to no user."""
    raise errors.bad_request(
        "This request requires a user context. Client credentials cannot be used for it."
    )


@routes.get("/api/v2/users/{userId}")
def read_user(call: Call) -> object:
    """One user; a deleted one only when asked for."""
    return _expanded(call, _present(call))


def _expanded(call: Call, body: Body) -> Body:
    """A user as callers see it, with skills and languages where `expand` asks for them."""
    wanted = call.listed("expand")
    return shown(body) | {
        name: call.store.find(Query(kind, parent=body["id"]))
        for name, kind in _ABILITIES.items()
        if name in wanted
    }


def _present(call: Call) -> Body:
    body = USERS.read(call, call.path["userId"])
    wanted = str(call.query.get("state") or "").lower()
    if body["state"] == "deleted" and wanted not in {"deleted", "any"}:
        raise errors.not_found(USER, body["id"])
    return body


@routes.patch("/api/v2/users/{userId}", errors=(409,))
def change_user(call: Call) -> object:
    """Change a user; the current version is required. Another state brings back one who was deleted."""
    before, sent = USERS.read(call, call.path["userId"]), call.object()
    if before["state"] == "deleted" and str(sent.get("state") or "deleted") == "deleted":
        raise errors.not_found(USER, before["id"])
    check_version(before, sent)
    given = {name: value for name, value in sent.items() if name not in _FIXED}
    kept = {name: before[name] for name in ("name", "email") if given.get(name) is None}
    if "manager" in given:
        given["manager"] = reference(call.store, USER, sent={"id": given["manager"]}, field="manager")
    after = merged(before, given, defaults=USERS.defaults) | kept | {"version": before["version"] + 1}
    _check_email(after)
    after["username"] = after["email"]
    return shown(USERS.save(call, before, after=after))


@routes.delete("/api/v2/users/{userId}")
def delete_user(call: Call) -> object:
    """Delete a user, who leaves queues and groups and stays known as deleted; answers an empty object."""
    before = _present(call)
    after = before | {"state": "deleted", "version": before["version"] + 1}
    for leave in LEAVING:
        leave(call, before["id"])
    USERS.save(call, before, after=after, action="Delete")
    return {}


@routes.post("/api/v2/users/search", mode="read")
def search_users(call: Call) -> object:
    """Users that meet all criteria; answers `results`."""
    return _search(call, call.object())


@routes.get("/api/v2/users/search")
def search_users_by_url(call: Call) -> object:
    """The same search; its request is JSON in base64."""
    return _search(call, searching.in_url(call, "UserSearchRequest"))


def _search(call: Call, sent: Body) -> Body:
    users = call.store.find(Query(USER), limit=_MAX_FOUND)
    found = [shown(user) for user in users if _meets_all(user, sent.get("query") or ())]
    if str(sent.get("sortOrder") or "").upper() == "DESC":
        found.reverse()
    return searching.results(sent, found, kind="users")


def _meets_all(user: Body, criteria: Any) -> bool:
    if user["state"] == "deleted" and not any("state" in (each.get("fields") or ()) for each in criteria):
        return False
    return all(_meets(user, each) for each in criteria)


def _meets(user: Body, criterion: Body) -> bool:
    """Whether a user meets one criterion.

    Raises:
        ApiError: 400, a kind of criterion that is not supported here.
    """
    if group := criterion.get("group"):
        met = [_meets(user, each) for each in group]
        result = any(met) if criterion.get("operator") == "OR" else all(met)
    else:
        compare = _COMPARE.get(str(criterion.get("type")))
        if compare is None:
            raise errors.bad_request(f"Criteria of the type {criterion.get('type')} are not supported here.")
        wanted = [
            str(value).casefold() for value in criterion.get("values") or [criterion.get("value") or ""]
        ]
        texts = [str(user.get(field) or "").casefold() for field in criterion.get("fields") or ("name",)]
        result = any(compare(text, value) for text in texts for value in wanted)
    return not result if criterion.get("operator") == "NOT" else result


_COMPARE: dict[str, Callable[[str, str], bool]] = {
    "EXACT": lambda text, value: text == value,
    "STARTS_WITH": lambda text, value: (
        text.startswith(value) or any(w.startswith(value) for w in text.split())
    ),
    "CONTAINS": lambda text, value: value in text,
    "TERM": lambda text, value: value in text.split() or text == value,
    "TERMS": lambda text, value: value in text.split() or text == value,
}
