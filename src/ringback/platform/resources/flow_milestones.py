"""Flow milestones and flow outcomes: names that flows report when they get somewhere."""

from __future__ import annotations

from ringback.platform.call import Call
from ringback.platform.collection import Collection
from ringback.platform.flows import entities
from ringback.platform.paging import descending, page_of
from ringback.platform.routing import Routes
from ringback.platform.store.reader import Query

routes = Routes()


def _collection(kind: str, name: str, *, path: str) -> Collection:
    return Collection(
        kind,
        f"/api/v2/flows/{path}",
        name,
        "Architect",
        defaults={"description": ""},
        read_only=frozenset({"currentOperation"}),
        divisioned=True,
        dated=False,
    )


MILESTONES = _collection("flow_milestone", "FlowMilestone", path="milestones")
OUTCOMES = _collection("flow_outcome", "FlowOutcome", path="outcomes")


def _page(call: Call, collection: Collection) -> object:
    query = call.query
    found = call.store.find(
        Query(
            collection.kind,
            ids=call.listed("id") or None,
            name_like=query.get("name"),
            divisions=call.listed("divisionId") or None,
            descending=descending(call),
        )
    )
    for name, fields in (("description", ("description",)), ("nameOrDescription", ("name", "description"))):
        if needle := str(query.get(name) or "").strip("*").casefold():
            found = [body for body in found if any(needle in str(body[each]).casefold() for each in fields)]
    return page_of(call, found)


@routes.get(MILESTONES.path)
def list_milestones(call: Call) -> object:
    """A page of milestones."""
    return _page(call, MILESTONES)


@routes.get(f"{MILESTONES.path}/divisionviews")
def view_milestones(call: Call) -> object:
    """A page of milestones, for whoever may search them."""
    return _page(call, MILESTONES)


@routes.post(MILESTONES.path, errors=(409,))
def create_milestone(call: Call) -> object:
    """A new milestone."""
    return MILESTONES.create(call, call.object())


@routes.get(f"{MILESTONES.path}/{{milestoneId}}")
def read_milestone(call: Call) -> object:
    """One milestone."""
    return MILESTONES.read(call, call.path["milestoneId"])


@routes.put(f"{MILESTONES.path}/{{milestoneId}}", errors=(409,))
def replace_milestone(call: Call) -> object:
    """Change a milestone."""
    return MILESTONES.replace(call, call.path["milestoneId"], sent=call.object())


@routes.delete(f"{MILESTONES.path}/{{milestoneId}}")
def delete_milestone(call: Call) -> object:
    """Delete a milestone."""
    MILESTONES.delete(call, call.path["milestoneId"])
    return {}


@routes.get(OUTCOMES.path)
def list_outcomes(call: Call) -> object:
    """A page of outcomes."""
    return _page(call, OUTCOMES)


@routes.get(f"{OUTCOMES.path}/divisionviews")
def view_outcomes(call: Call) -> object:
    """A page of outcomes, for whoever may search them."""
    return _page(call, OUTCOMES)


@routes.post(OUTCOMES.path, errors=(409,))
def create_outcome(call: Call) -> object:
    """A new outcome."""
    return OUTCOMES.create(call, call.object(), currentOperation=entities.operation(call, "CREATE"))


@routes.get(f"{OUTCOMES.path}/{{flowOutcomeId}}")
def read_outcome(call: Call) -> object:
    """One outcome."""
    return OUTCOMES.read(call, call.path["flowOutcomeId"])


@routes.put(f"{OUTCOMES.path}/{{flowOutcomeId}}", errors=(409,))
def replace_outcome(call: Call) -> object:
    """Change an outcome; the answer is the operation, which is complete."""
    done = entities.operation(call, "UPDATE")
    OUTCOMES.replace(call, call.path["flowOutcomeId"], sent=call.object(), currentOperation=done)
    return done
