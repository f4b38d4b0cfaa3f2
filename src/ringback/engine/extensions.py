"""Extensions that callers dial: `extension` of the users and groups of a world."""

from __future__ import annotations

from ringback.engine.world import World
from ringback.lang.expr.values import Entity

_KINDS = (("user", "usr"), ("group", "grp"))


def dialled(world: World, digits: str) -> tuple[str, Entity] | None:
    """Who has an extension: ("user" or "group", the entity); None for nobody, or for more than one."""
    found = [
        (what, item.name)
        for what, kind in _KINDS
        for item in world.resources.get(kind, ())
        if str(item.fields.get("extension", "")) == digits
    ]
    if len(found) != 1:
        return None
    what, name = found[0]
    entity = world.entity(dict(_KINDS)[what], name)
    return None if entity is None else (what, entity)
