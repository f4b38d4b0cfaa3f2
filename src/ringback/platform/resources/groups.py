"""Groups of users, with owners and members."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ringback.platform import errors, paging, searching
from ringback.platform.call import Call
from ringback.platform.collection import Collection, check_version
from ringback.platform.resources import users
from ringback.platform.resources.routing_common import USER
from ringback.platform.routing import Routes
from ringback.platform.store.reader import Body, Query

routes = Routes()
PATH = "/api/v2/groups"
MEMBER = "group_member"  # kind; the parent is the group
GROUPS = Collection(
    "group",
    PATH,
    "Group",
    "Groups",
    defaults={"state": "active", "images": [], "addresses": [], "rolesEnabled": False, "callsEnabled": False},
    read_only=frozenset({"memberCount", "type", "version"}),
    dated=False,
)


@routes.get(PATH)
def list_groups(call: Call) -> object:
    """A page of groups."""
    return GROUPS.page(call)


@routes.post(PATH, errors=(409,))
def create_group(call: Call) -> object:
    """A new group; owners are members only when they are added as such."""
    sent = dict(call.object())
    owners = _users(call, sent.pop("ownerIds", None) or (), field="ownerIds")
    more: dict[str, Any] = {"type": sent["type"], "owners": owners, "memberCount": 0, "version": 1}
    return GROUPS.create(call, sent, **more, dateModified=call.now_iso())


@routes.get(f"{PATH}/{{groupId}}", errors=(404,))
def read_group(call: Call) -> object:
    """One group."""
    return GROUPS.read(call, call.path["groupId"])


@routes.put(f"{PATH}/{{groupId}}", errors=(404, 409))
def change_group(call: Call) -> object:
    """Change a group; what the request leaves out stays."""
    sent = dict(call.object())
    before = GROUPS.read(call, call.path["groupId"])
    check_version(before, sent)
    more: dict[str, Any] = {"version": before["version"] + 1, "dateModified": call.now_iso()}
    if (owners := sent.pop("ownerIds", None)) is not None:
        more["owners"] = _users(call, owners, field="ownerIds")
    return GROUPS.patch(call, before["id"], sent=sent, **more)


@routes.delete(f"{PATH}/{{groupId}}", status=204, errors=(404,))
def delete_group(call: Call) -> object:
    """Delete a group."""
    GROUPS.delete(call, call.path["groupId"])
    call.tx.remove_all(MEMBER, parent=call.path["groupId"])
    return None


@routes.post(f"{PATH}/search", mode="read")
def search_groups(call: Call) -> object:
    """The groups that a search finds: by name, exactly or by a part of it, or by id."""
    return _search(call, call.object())


@routes.get(f"{PATH}/search")
def search_groups_by_url(call: Call) -> object:
    """The same search; its request is JSON in base64."""
    return _search(call, searching.in_url(call, "GroupSearchRequest"))


def _search(call: Call, sent: Mapping[str, Any]) -> Body:
    found = [
        body
        for body in call.store.find(Query(GROUPS.kind, descending=sent.get("sortOrder") == "DESC"))
        if all(_matches(body, criterion) for criterion in sent.get("query") or ())
    ]
    return searching.results(sent, found, kind="groups")


@routes.get(f"{PATH}/{{groupId}}/members", errors=(404,))
def list_members(call: Call) -> object:
    """A page of the members, as users."""
    group = GROUPS.read(call, call.path["groupId"])
    return paging.page(call, Query(MEMBER, parent=group["id"]), view=lambda member: _as_user(call, member))


@routes.get(f"{PATH}/{{groupId}}/individuals", errors=(404,))
def list_individuals(call: Call) -> object:
    """Every member, as users."""
    group = GROUPS.read(call, call.path["groupId"])
    everyone = [_as_user(call, each) for each in call.store.find(Query(MEMBER, parent=group["id"]))]
    return {"entities": everyone, "total": len(everyone), "selfUri": f"{group['selfUri']}/individuals"}


def _as_user(call: Call, member: Body) -> Body:
    return users.shown(call.store.need(USER, member["id"]))


@routes.post(f"{PATH}/{{groupId}}/members", errors=(404, 409))
def add_members(call: Call) -> object:
    """Add users to a group; who is a member already stays one."""
    sent, group = call.object(), GROUPS.read(call, call.path["groupId"])
    if sent.get("version") is not None:
        check_version(group, sent)
    for user in _users(call, sent["memberIds"], field="memberIds"):
        if call.store.get(MEMBER, user["id"], parent=group["id"]) is None:
            call.tx.add(MEMBER, {"id": user["id"], "name": user["name"]}, parent=group["id"])
    return _recounted(call, group)


@routes.delete(f"{PATH}/{{groupId}}/members", errors=(404,))
def remove_members(call: Call) -> object:
    """Remove users from a group; who is no member is passed over."""
    group = GROUPS.read(call, call.path["groupId"])
    for user_id in call.listed("ids"):
        call.tx.remove(MEMBER, user_id, parent=group["id"])
    return _recounted(call, group)


def leave_all(call: Call, user_id: str) -> None:
    """Take a user who is deleted out of every group, as a member and as an owner."""
    for group in call.store.find(Query(GROUPS.kind)):
        owners = [each for each in group["owners"] if each["id"] != user_id]
        if call.store.get(MEMBER, user_id, parent=group["id"]) is not None or owners != group["owners"]:
            call.tx.remove(MEMBER, user_id, parent=group["id"])
            _recounted(call, group, owners=owners)


users.LEAVING.append(leave_all)


def _recounted(call: Call, group: Body, **more: Any) -> Body:
    members = call.store.find(Query(MEMBER, parent=group["id"]))
    after = group | {
        "memberCount": len(members),
        "version": group["version"] + 1,
        "dateModified": call.now_iso(),
        **more,
    }
    GROUPS.save(call, group, after=after, action="MemberUpdate")
    return {}


def _users(call: Call, ids: Iterable[str], *, field: str) -> list[Body]:
    found = []
    for user_id in dict.fromkeys(map(str, ids)):
        user = call.store.get(USER, user_id)
        if user is None or user["state"] == "deleted":
            raise errors.bad_request(f"There is no user {user_id}.", field=field)
        found.append({"id": user_id, "name": user.get("name", ""), "selfUri": f"/api/v2/users/{user_id}"})
    return found


def _matches(body: Body, criterion: Body) -> bool:
    """Whether a group is what one criterion asks for; fields compare as text, whatever the case."""
    kind, wanted = criterion["type"], [*(criterion.get("values") or ()), criterion.get("value")]
    texts = [str(each).casefold() for each in wanted if each is not None]
    values = [str(body.get(name, "")).casefold() for name in criterion.get("fields") or ["name"]]
    if kind == "MATCH_ALL":
        return True
    compare = _COMPARISONS.get(kind)
    if compare is None:
        raise errors.bad_request(f"A search for groups cannot use {kind} here.", field="query.type")
    return any(compare(value, text) for value in values for text in texts)


_COMPARISONS: Mapping[str, Callable[[str, str], bool]] = {
    "EXACT": str.__eq__,
    "TERM": str.__eq__,
    "TERMS": str.__eq__,
    "STARTS_WITH": str.startswith,
    "CONTAINS": str.__contains__,
}
