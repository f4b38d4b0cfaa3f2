"""Divisions: every divisioned entity belongs to one; the home division is always there."""

from __future__ import annotations

from ringback.platform import errors
from ringback.platform.call import Call
from ringback.platform.collection import Collection
from ringback.platform.routing import Routes
from ringback.platform.store.reader import Body

routes = Routes()
DIVISIONS = Collection(
    "division",
    "/api/v2/authorization/divisions",
    "Division",
    "PeoplePermissions",
    defaults={"description": "", "homeDivision": False, "objectCounts": {}},
    read_only=frozenset({"homeDivision", "objectCounts"}),
    dated=False,
)


def home(call: Call) -> Body:
    """The home division."""
    return DIVISIONS.read(call, call.store.control("home_division")["id"])


@routes.get("/api/v2/authorization/divisions")
def list_divisions(call: Call) -> object:
    """A page of divisions."""
    return DIVISIONS.page(call)


@routes.post("/api/v2/authorization/divisions", errors=(409,))
def create_division(call: Call) -> object:
    """A new division; its name is required."""
    sent = call.object()
    if not str(sent.get("name") or "").strip():
        raise errors.bad_request("The name of a division is required.", field="name")
    return DIVISIONS.create(call, sent)


@routes.get("/api/v2/authorization/divisions/home")
def read_home(call: Call) -> object:
    """The home division."""
    return home(call)


@routes.get("/api/v2/authorization/divisions/query")
def query_divisions(call: Call) -> object:
    """Divisions in the cursor style; `after` is the id of the last one seen."""
    size, after = call.query.get("pageSize") or 25, str(call.query.get("after") or "")
    everything = call.store.find(DIVISIONS.query(call, order=()))
    following = [body for body in everything if body["id"] > after]
    more = (
        {"nextUri": f"{call.route.path}?after={following[size - 1]['id']}"} if len(following) > size else {}
    )
    return {"entities": following[:size], "selfUri": call.route.path, **more}


@routes.get("/api/v2/authorization/divisions/limit")
def read_limit(_call: Call) -> object:
    """How many divisions an organisation may have."""
    return 50


@routes.get("/api/v2/authorization/divisions/{divisionId}")
def read_division(call: Call) -> object:
    """One division."""
    return DIVISIONS.read(call, call.path["divisionId"])


@routes.put("/api/v2/authorization/divisions/{divisionId}", errors=(409,))
def replace_division(call: Call) -> object:
    """Rename or describe a division."""
    return DIVISIONS.replace(call, call.path["divisionId"], sent=call.object())


@routes.delete("/api/v2/authorization/divisions/{divisionId}", status=204, errors=(409,))
def delete_division(call: Call) -> object:
    """Delete a division; never the home division."""
    if call.path["divisionId"] == home(call)["id"]:
        raise errors.conflict("The home division cannot be deleted.")
    DIVISIONS.delete(call, call.path["divisionId"])
    return None
