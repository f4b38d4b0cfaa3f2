"""Divisions: every divisioned entity belongs to one; the home division is always there."""

from __future__ import annotations

import sqlalchemy as sa

from ringback.platform import errors, paging
from ringback.platform.call import Call
from ringback.platform.collection import Collection, reference_to
from ringback.platform.routing import Routes
from ringback.platform.store import tables
from ringback.platform.store.reader import Body
from ringback.platform.store.transaction import encode

routes = Routes()
_E = tables.entities
_GONE = ("deleted", "merged")  # states of what can only be read by its id
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
    return DIVISIONS.create(call, call.object())


@routes.get("/api/v2/authorization/divisions/home")
def read_home(call: Call) -> object:
    """The home division."""
    return home(call)


@routes.get("/api/v2/authorization/divisions/query")
def query_divisions(call: Call) -> object:
    """Divisions in the cursor style; `after` is the id of the last one seen."""
    found = call.store.find(DIVISIONS.query(call, order=()))
    size = call.query.get("pageSize") or paging.DEFAULT_SIZE
    part, after = paging.following(found, seen=call.query.get("after"), size=size)
    more = {"nextUri": paging.address(call, after=after)} if after else {}
    return {"entities": part, "selfUri": paging.address(call), **more}


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
    """Rename or describe a division; what belongs to it shows its new name."""
    before = DIVISIONS.read(call, call.path["divisionId"])
    after = DIVISIONS.replace(call, before["id"], sent=call.object())
    if after["name"] != before["name"]:
        old, new = (encode({"division": reference_to(each)}).decode()[1:-1] for each in (before, after))
        replaced = sa.func.replace(_E.c.body, old, new)
        call.tx.connection.execute(sa.update(_E).where(_E.c.division_id == after["id"]).values(body=replaced))
    return after


@routes.delete("/api/v2/authorization/divisions/{divisionId}", status=204, errors=(409,))
def delete_division(call: Call) -> object:
    """Delete a division that nothing belongs to, or with `force` any; never the home division."""
    division = DIVISIONS.read(call, call.path["divisionId"])
    if division["id"] == home(call)["id"]:
        raise errors.conflict("The home division cannot be deleted.")
    if not call.flag("force") and (inside := _inside(call, division["id"])):
        kinds = ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in inside)
        message = f"The division still has: {kinds}. Move or delete them, or delete it with force=true."
        raise errors.bad_request(message, code="division.not.empty")
    DIVISIONS.delete(call, division["id"])
    return None


def _inside(call: Call, division_id: str) -> list[tuple[str, int]]:
    """(kind, how many) of what belongs to a division and was not deleted."""
    statement = (
        sa.select(_E.c.kind, sa.func.count())
        .where(_E.c.division_id == division_id, _E.c.state.not_in(_GONE), ~_E.c.kind.endswith(".deleted"))
        .group_by(_E.c.kind)
        .order_by(_E.c.kind)
    )
    return [(row[0], row[1]) for row in call.store.connection.execute(statement)]
