"""The queues of a user: which they are a member of, and whether they have joined."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ringback.platform import paging
from ringback.platform.call import Call
from ringback.platform.resources import queues
from ringback.platform.resources.routing_common import USER
from ringback.platform.routing import Routes
from ringback.platform.store.reader import Body, Query

routes = Routes()
PATH = "/api/v2/users/{userId}/queues"


def _view(call: Call, link: Body) -> Body:
    queue = call.store.get(queues.QUEUES.kind, link["id"]) or link
    return queue | {"joined": link["joined"]}


@routes.get(PATH, errors=(404,))
def list_queues(call: Call) -> object:
    """A page of the queues of a user, by name; `joined` filters."""
    user = call.store.need(USER, call.path["userId"])
    joined = call.query.get("joined")
    states = None if joined is None else ["joined" if joined else "not_joined"]
    return paging.page(
        call, Query(queues.OF_USER, parent=user["id"], states=states), view=lambda link: _view(call, link)
    )


def _join(call: Call, queue_id: str, *, sent: Mapping[str, Any]) -> Body:
    """Let the user join a queue that they are a member of, or leave it."""
    link = call.store.need(queues.OF_USER, queue_id, parent=call.path["userId"])
    joined = sent.get("joined")
    if joined is not None:
        queues.join(call, queue_id, member_id=call.path["userId"], joined=joined)
        link = link | {"joined": joined}
    return _view(call, link)


@routes.patch(PATH, errors=(404,))
def join_queues(call: Call) -> object:
    """Join or leave several queues."""
    return paging.page_of(
        call, [_join(call, str(sent.get("id") or ""), sent=sent) for sent in call.body or []]
    )


@routes.patch(f"{PATH}/{{queueId}}", errors=(404,))
def join_queue(call: Call) -> object:
    """Join or leave a queue."""
    return _join(call, call.path["queueId"], sent=call.object())
