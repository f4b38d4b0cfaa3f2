"""Queues: what callers wait in, who answers there, and how calls are wrapped up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ringback.platform import errors, paging
from ringback.platform.call import Call
from ringback.platform.collection import Collection, name_conditions
from ringback.platform.resources import users
from ringback.platform.resources.routing_common import USER
from ringback.platform.resources.wrapup_codes import OF_QUEUE as CODE
from ringback.platform.resources.wrapup_codes import WRAPUP_CODES
from ringback.platform.routing import Routes
from ringback.platform.store.reader import Body, Query

routes = Routes()
PATH = "/api/v2/routing/queues"
MEMBER = "queue_member"  # the parent is the queue
OF_USER = "user_queue"  # the same seen from the user, who is the parent
MAX_MEMBERS = 100  # in one request, as the platform's descriptions say
MAX_RING = 6
_COUNTS = {"memberCount": 0, "userMemberCount": 0, "joinedMemberCount": 0}
QUEUES = Collection(
    "queue",
    PATH,
    "Queue",
    "ContactCenter",
    defaults={
        **_COUNTS,
        "skillEvaluationMethod": "ALL",
        "scoringMethod": "TimestampAndPriority",
        "autoAnswerOnly": True,
        "enableTranscription": False,
        "enableAudioMonitoring": False,
        "enableManualAssignment": False,
    },
    read_only=frozenset(_COUNTS),
    divisioned=True,
    name_filter="asterisks",
)


def _has_peer(call: Call) -> Any:
    wanted = call.query.get("hasPeer")
    return None if wanted is None else lambda body: bool(body.get("peerId")) is wanted


@routes.get(PATH)
def list_queues(call: Call) -> object:
    """A page of queues."""
    peers, library = call.listed("peerId"), call.query.get("cannedResponseLibraryId")
    tests = [
        _has_peer(call),
        (lambda body: body.get("peerId") in peers) if peers else None,
        (lambda body: library in (body.get("cannedResponseLibraries") or {}).get("libraryIds", ()))
        if library
        else None,
    ]
    if not any(tests):
        return QUEUES.page(call)
    found = call.store.find(QUEUES.query(call))
    return paging.page_of(call, [body for body in found if all(test(body) for test in tests if test)])


@routes.post(PATH, errors=(409,))
def create_queue(call: Call) -> object:
    """A new queue; `sourceQueueId` names one whose settings it takes over."""
    sent = dict(call.object())
    source = sent.pop("sourceQueueId", None)
    if source is not None:
        model = call.store.get(QUEUES.kind, str(source))
        if model is None:
            raise errors.bad_request(f"There is no queue {source}.", field="sourceQueueId")
        own = {"id", "selfUri", "name", "dateCreated", "dateModified", *_COUNTS}
        sent = {name: value for name, value in model.items() if name not in own} | sent
    return QUEUES.create(call, sent, createdBy=call.principal.client_id)


@routes.get(f"{PATH}/divisionviews")
@routes.get(f"{PATH}/divisionviews/all")
def list_queues_of_divisions(call: Call) -> object:
    """A page of the queues of divisions; `*` stands for all."""
    if "*" in call.listed("divisionId"):
        return QUEUES.page(call, divisions=None)
    return QUEUES.page(call)


@routes.get(f"{PATH}/me")
def list_my_queues(call: Call) -> object:
    """The queues of the caller's user: none, since a client has no user."""
    return paging.page_of(call, [])


@routes.get(f"{PATH}/{{queueId}}", errors=(404,))
def read_queue(call: Call) -> object:
    """One queue."""
    return QUEUES.read(call, call.path["queueId"])


@routes.put(f"{PATH}/{{queueId}}", errors=(404, 409))
def replace_queue(call: Call) -> object:
    """Replace the settings of a queue; members and wrap-up codes stay."""
    return QUEUES.replace(call, call.path["queueId"], sent=call.object(), modifiedBy=call.principal.client_id)


@routes.delete(f"{PATH}/{{queueId}}", status=204, errors=(404, 409))
def delete_queue(call: Call) -> object:
    """Delete a queue; one with members only with `forceDelete`."""
    queue = QUEUES.read(call, call.path["queueId"])
    members = call.store.find(Query(MEMBER, parent=queue["id"]))
    if members and not call.flag("forceDelete"):
        raise errors.conflict("The queue has members; delete it with forceDelete=true.", code="queue.in.use")
    for member in members:
        call.tx.remove(OF_USER, queue["id"], parent=member["id"])
    for kind in (MEMBER, CODE):
        call.tx.remove_all(kind, parent=queue["id"])
    QUEUES.delete(call, queue["id"])
    return None


@routes.get(f"{PATH}/{{queueId}}/estimatedwaittime", errors=(404,))
@routes.get(f"{PATH}/{{queueId}}/mediatypes/{{mediaType}}/estimatedwaittime", errors=(404,))
def estimate_wait(call: Call) -> object:
    """No estimate: nobody waits and nobody answers while no flow runs."""
    QUEUES.read(call, call.path["queueId"])
    return {"results": []}


# Members


def _members(call: Call, queue: Body) -> Query:
    wanted = call.query.get("name")
    joined = call.query.get("joined")
    states = None if joined is None else ["joined" if joined else "not_joined"]
    by = str(call.query.get("memberBy") or "user").lower()
    conditions = tuple(name_conditions(wanted, "contains"))
    return Query(
        MEMBER,
        parent=queue["id"],
        where=conditions,
        states=states if by == "user" else [],
        descending=paging.descending(call),
    )


def _member(queue: Body, user: Body, *, joined: bool, ring: int) -> Body:
    return {
        "id": user["id"],
        "name": user.get("name", ""),
        "user": {"id": user["id"], "name": user.get("name", ""), "selfUri": f"/api/v2/users/{user['id']}"},
        "ringNumber": ring,
        "joined": joined,
        "memberBy": "user",
        "selfUri": f"{PATH}/{queue['id']}/members/{user['id']}",
    }


def _save_member(call: Call, queue: Body, *, member: Body) -> None:
    """Put a member in or change it, on both sides."""
    state = "joined" if member["joined"] else "not_joined"
    link = {"id": queue["id"], "name": queue["name"], "joined": member["joined"]}
    known = call.store.get(MEMBER, member["id"], parent=queue["id"]) is not None
    write = call.tx.put if known else call.tx.add
    write(MEMBER, member, parent=queue["id"], state=state)
    write(OF_USER, link, parent=member["id"], state=state)


def _recounted(call: Call, queue: Body) -> None:
    everyone = Query(MEMBER, parent=queue["id"])
    joined = Query(MEMBER, parent=queue["id"], states=["joined"])
    total = call.store.count(everyone)
    counts = {"memberCount": total, "userMemberCount": total, "joinedMemberCount": call.store.count(joined)}
    QUEUES.save(call, queue, after=queue | counts, action="MemberUpdate")


@routes.get(f"{PATH}/{{queueId}}/members", errors=(404,))
@routes.get(f"{PATH}/{{queueId}}/users", errors=(404,))
def list_members(call: Call) -> object:
    """A page of members, by name."""
    queue = QUEUES.read(call, call.path["queueId"])
    return paging.page(call, _members(call, queue))


@routes.post(f"{PATH}/{{queueId}}/members", status=204, errors=(404,))
@routes.post(f"{PATH}/{{queueId}}/users", status=204, errors=(404,))
def add_members(call: Call) -> object:
    """Add users, or with `delete` remove them; who is there already, or not there, is passed over."""
    queue, sent = QUEUES.read(call, call.path["queueId"]), call.body or []
    if len(sent) > MAX_MEMBERS:
        raise errors.bad_request(f"At most {MAX_MEMBERS} members in one request.")
    for each in sent:
        user_id = str(each.get("id") or "")
        if call.flag("delete"):
            _drop(call, queue, user_id=user_id)
        elif call.store.get(MEMBER, user_id, parent=queue["id"]) is None:
            _save_member(call, queue, member=_member(queue, _user(call, user_id), joined=True, ring=1))
    _recounted(call, queue)
    return None


@routes.patch(f"{PATH}/{{queueId}}/members", errors=(404,))
@routes.patch(f"{PATH}/{{queueId}}/users", errors=(404,))
def change_members(call: Call) -> object:
    """Change rings and who has joined of several members."""
    queue = QUEUES.read(call, call.path["queueId"])
    changed = [
        _changed(call, queue, sent=sent, member_id=str(sent.get("id") or "")) for sent in call.body or []
    ]
    _recounted(call, queue)
    return paging.page_of(call, changed)


@routes.patch(f"{PATH}/{{queueId}}/members/{{memberId}}", status=202, errors=(404,))
@routes.patch(f"{PATH}/{{queueId}}/users/{{memberId}}", status=202, errors=(404,))
def change_member(call: Call) -> object:
    """Change the ring of a member, or whether they have joined."""
    queue = QUEUES.read(call, call.path["queueId"])
    _changed(call, queue, sent=call.object(), member_id=call.path["memberId"])
    _recounted(call, queue)
    return None


@routes.delete(f"{PATH}/{{queueId}}/members/{{memberId}}", status=204, errors=(404,))
@routes.delete(f"{PATH}/{{queueId}}/users/{{memberId}}", status=204, errors=(404,))
def remove_member(call: Call) -> object:
    """Remove a member."""
    queue, member_id = QUEUES.read(call, call.path["queueId"]), call.path["memberId"]
    call.store.need(MEMBER, member_id, parent=queue["id"])
    _drop(call, queue, user_id=member_id)
    _recounted(call, queue)
    return None


def _changed(call: Call, queue: Body, *, sent: Mapping[str, Any], member_id: str) -> Body:
    member = call.store.need(MEMBER, member_id, parent=queue["id"])
    given = {name: sent[name] for name in ("joined", "ringNumber") if sent.get(name) is not None}
    if not 1 <= given.get("ringNumber", 1) <= MAX_RING:
        raise errors.bad_request(f"A ring is between 1 and {MAX_RING}.", field="ringNumber")
    _save_member(call, queue, member=member | given)
    return member | given


def join(call: Call, queue_id: str, *, member_id: str, joined: bool) -> None:
    """Let a member join a queue or leave it; ApiError 404."""
    queue = QUEUES.read(call, queue_id)
    _changed(call, queue, sent={"joined": joined}, member_id=member_id)
    _recounted(call, queue)


def _drop(call: Call, queue: Body, *, user_id: str) -> None:
    call.tx.remove(MEMBER, user_id, parent=queue["id"])
    call.tx.remove(OF_USER, queue["id"], parent=user_id)


def leave_all(call: Call, user_id: str) -> None:
    """Take a user who is deleted out of every queue."""
    for link in call.store.find(Query(OF_USER, parent=user_id)):
        queue = QUEUES.read(call, link["id"])
        _drop(call, queue, user_id=user_id)
        _recounted(call, queue)


users.LEAVING.append(leave_all)


def _user(call: Call, user_id: str) -> Body:
    user = call.store.get(USER, user_id)
    if user is None or user["state"] == "deleted":
        raise errors.bad_request(f"There is no user {user_id}.", field="id")
    return user


# Wrap-up codes of a queue


@routes.get(f"{PATH}/{{queueId}}/wrapupcodes", errors=(404,))
def list_codes(call: Call) -> object:
    """A page of the wrap-up codes of a queue."""
    queue = QUEUES.read(call, call.path["queueId"])
    where = tuple(name_conditions(call.query.get("name"), "asterisks"))
    return paging.page(
        call,
        Query(CODE, parent=queue["id"], where=where),
        view=lambda link: WRAPUP_CODES.read(call, link["id"]),
    )


@routes.post(f"{PATH}/{{queueId}}/wrapupcodes", errors=(404,))
def add_codes(call: Call) -> object:
    """Give a queue wrap-up codes; answers those that were named."""
    queue = QUEUES.read(call, call.path["queueId"])
    named = []
    for sent in call.body or []:
        code = call.store.get(WRAPUP_CODES.kind, str(sent.get("id") or ""))
        if code is None:
            raise errors.bad_request(f"There is no wrap-up code {sent.get('id')}.", field="id")
        if call.store.get(CODE, code["id"], parent=queue["id"]) is None:
            call.tx.add(CODE, {"id": code["id"], "name": code["name"]}, parent=queue["id"])
        named.append(code)
    call.audit("Update", queue, entity_type="Queue", service="ContactCenter", message="wrap-up codes added")
    return named


@routes.delete(f"{PATH}/{{queueId}}/wrapupcodes/{{codeId}}", status=204, errors=(404,))
def remove_code(call: Call) -> object:
    """Take a wrap-up code from a queue."""
    queue, code_id = QUEUES.read(call, call.path["queueId"]), call.path["codeId"]
    call.store.need(CODE, code_id, parent=queue["id"])
    call.tx.remove(CODE, code_id, parent=queue["id"])
    call.audit("Update", queue, entity_type="Queue", service="ContactCenter", message="wrap-up code removed")
    return None
