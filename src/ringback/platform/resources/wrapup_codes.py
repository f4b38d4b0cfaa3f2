"""Wrap-up codes; without a division they belong to all of them."""

from __future__ import annotations

import sqlalchemy as sa

from ringback.platform.call import Call
from ringback.platform.collection import EVERY_DIVISION, Collection
from ringback.platform.routing import Routes
from ringback.platform.store import tables

routes = Routes()
PATH = "/api/v2/routing/wrapupcodes"
OF_QUEUE = "queue_wrapup_code"  # the parent is the queue
WRAPUP_CODES = Collection(
    "wrapup_code",
    PATH,
    "WrapupCode",
    "ContactCenter",
    defaults={"description": "", "division": {"id": EVERY_DIVISION}},
    divisioned=True,
    starrable=True,
    name_filter="asterisks",
)


@routes.get(PATH)
def list_codes(call: Call) -> object:
    """A page of wrap-up codes."""
    return WRAPUP_CODES.page(call)


@routes.post(PATH, errors=(409,))
def create_code(call: Call) -> object:
    """A new wrap-up code."""
    return WRAPUP_CODES.create(call, call.object())


@routes.get(f"{PATH}/divisionviews")
def list_codes_of_divisions(call: Call) -> object:
    """A page of the wrap-up codes of divisions."""
    return WRAPUP_CODES.page(call)


@routes.get(f"{PATH}/divisionviews/{{codeId}}", errors=(404,))
@routes.get(f"{PATH}/{{codeId}}", errors=(404,))
def read_code(call: Call) -> object:
    """One wrap-up code."""
    return WRAPUP_CODES.read(call, call.path["codeId"])


@routes.put(f"{PATH}/{{codeId}}", errors=(404, 409))
def replace_code(call: Call) -> object:
    """Rename a wrap-up code."""
    return WRAPUP_CODES.replace(call, call.path["codeId"], sent=call.object())


@routes.delete(f"{PATH}/{{codeId}}", status=204, errors=(404,))
def delete_code(call: Call) -> object:
    """Delete a wrap-up code, also from the queues that have it."""
    code, links = WRAPUP_CODES.delete(call, call.path["codeId"]), tables.entities.c
    of_queues = sa.delete(tables.entities).where(links.kind == OF_QUEUE, links.id == code["id"])
    call.tx.connection.execute(of_queues)
    return None
