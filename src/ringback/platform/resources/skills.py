"""Routing skills, and those of users."""

from __future__ import annotations

from ringback.platform.call import Call
from ringback.platform.collection import Collection, division_of
from ringback.platform.resources import routing_common as common
from ringback.platform.routing import Routes

routes = Routes()
PATH = "/api/v2/routing/skills"
SKILLS = Collection(
    "skill",
    PATH,
    "RoutingSkill",
    "ContactCenter",
    defaults={"state": "active", "version": "1"},
    read_only=frozenset({"state", "version"}),
    divisioned=True,
    name_filter="prefix",
)
OF_USERS = common.Abilities(SKILLS, "/api/v2/users/{userId}/routingskills", "skillUri", "User")
common.serve(routes, OF_USERS, item="skillId")


@routes.get(PATH)
def list_skills(call: Call) -> object:
    """A page of skills."""
    return SKILLS.page(call)


@routes.post(PATH, errors=(409,))
def create_skill(call: Call) -> object:
    """A new skill."""
    sent = dict(call.object())
    if division := sent.pop("divisionId", None):
        sent["division"] = {"id": division}
    return SKILLS.create(call, sent)


@routes.get(f"{PATH}/{{skillId}}", errors=(404,))
def read_skill(call: Call) -> object:
    """One skill; one that was deleted says so in its `state`."""
    return common.read(call, SKILLS, entity_id=call.path["skillId"])


@routes.patch(f"{PATH}/{{skillId}}", errors=(404,))
def move_skill(call: Call) -> object:
    """Move a skill to another division."""
    before = SKILLS.read(call, call.path["skillId"])
    division = division_of(call, {"id": call.object().get("divisionId")})
    version = str(int(before["version"]) + 1)
    after = before | {"division": division, "version": version, "dateModified": call.now_iso()}
    return SKILLS.save(call, before, after=after)


@routes.delete(f"{PATH}/{{skillId}}", status=204, errors=(404,))
def delete_skill(call: Call) -> object:
    """Delete a skill softly."""
    common.delete(call, SKILLS, entity_id=call.path["skillId"])
    return None


@routes.put(f"{OF_USERS.path}/bulk", errors=(404,))
def replace_skills(call: Call) -> object:
    """Set all skills of a user."""
    return OF_USERS.give_all(call, call.body or [], replace=True)


@routes.put(f"{OF_USERS.path}/{{skillId}}", errors=(404,))
def change_skill(call: Call) -> object:
    """Change how well a user has a skill."""
    return OF_USERS.change(call, call.path["skillId"])
