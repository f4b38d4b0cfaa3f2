"""What skills and languages have in common: they are deleted softly, and users have them to a degree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ringback.platform import errors, paging
from ringback.platform.call import Call
from ringback.platform.collection import Collection
from ringback.platform.routing import Routes
from ringback.platform.store.reader import Body, Query

USER = "user"
_DELETED = ".deleted"  # ends the kind of what was deleted and can still be read by its id
_MAX_PROFICIENCY = 5


def read(call: Call, collection: Collection, *, entity_id: str) -> Body:
    """An entity, also one that was deleted: its `state` then says so; ApiError 404."""
    found = call.store.get(collection.kind, entity_id)
    return found or call.store.need(collection.kind + _DELETED, entity_id)


def delete(call: Call, collection: Collection, *, entity_id: str) -> None:
    """Delete an entity: it leaves all lists, its name is free again, its id still leads to it."""
    body = collection.delete(call, entity_id)
    buried = body | {"state": "deleted", "dateModified": call.now_iso()}
    call.tx.add(collection.kind + _DELETED, buried)


@dataclass(frozen=True, slots=True)
class Abilities:
    """What users can do, and how well: their skills or languages.

    Attributes:
        collection: what there is to be able to do.
        path: of a user's abilities, with `{userId}`.
        uri: the field that leads to the skill or language.
        entity_type: word of the audit trail.
    """

    collection: Collection
    path: str
    uri: str
    entity_type: str

    @property
    def kind(self) -> str:
        """Kind in the store; the parent is the user."""
        return f"user_{self.collection.kind}"

    def page(self, call: Call) -> Body:
        """A page of a user's abilities, by name."""
        return paging.page(call, Query(self.kind, parent=_user(call)["id"]))

    def give(self, call: Call, sent: Mapping[str, Any]) -> Body:
        """Give a user one ability, or change how well they have it; ApiError 404, 400."""
        user, ability_id = _user(call), str(sent.get("id") or "")
        ability = call.store.get(self.collection.kind, ability_id)
        if ability is None:
            raise errors.bad_request(f"There is no {self.collection.kind} {ability_id}.", field="id")
        proficiency = sent.get("proficiency")
        if proficiency is not None and not 0 <= proficiency <= _MAX_PROFICIENCY:
            raise errors.bad_request(
                f"A proficiency is between 0 and {_MAX_PROFICIENCY}.", field="proficiency"
            )
        before = call.store.get(self.kind, ability_id, parent=user["id"])
        body = {
            "id": ability_id,
            "name": ability["name"],
            "proficiency": float(proficiency or 0),
            "state": "active",
            self.uri: ability["selfUri"],
            "selfUri": f"{self.path.format(userId=user['id'])}/{ability_id}",
        }
        (call.tx.put if before else call.tx.add)(self.kind, body, parent=user["id"])
        self._record(call, user, before=before, after=body)
        return body

    def give_all(self, call: Call, every: Iterable[Mapping[str, Any]], *, replace: bool = False) -> Body:
        """Give a user several abilities; `replace` takes all others away."""
        given = {self.give(call, each)["id"] for each in every}
        for body in call.store.find(Query(self.kind, parent=_user(call)["id"])) if replace else ():
            if body["id"] not in given:
                self.take(call, body["id"])
        return self.page(call)

    def change(self, call: Call, ability_id: str) -> Body:
        """Change how well a user has an ability that they have; ApiError 404."""
        held = call.store.need(self.kind, ability_id, parent=call.path["userId"])
        return self.give(call, {**held, **call.object(), "id": ability_id})

    def take(self, call: Call, ability_id: str) -> None:
        """Take an ability away; ApiError 404."""
        user = _user(call)
        before = call.store.need(self.kind, ability_id, parent=user["id"])
        call.tx.remove(self.kind, ability_id, parent=user["id"])
        self._record(call, user, before=before, after=None)

    def _record(self, call: Call, user: Body, *, before: Body | None, after: Body | None) -> None:
        name = str((after or before or {}).get("name"))
        entity = {"id": user["id"], "name": user.get("name")}
        old, new = (entity | ({name: body["proficiency"]} if body else {}) for body in (before, after))
        call.audit("Update", new, entity_type=self.entity_type, service="PeoplePermissions", before=old)


def serve(routes: Routes, abilities: Abilities, *, item: str) -> None:
    """Serve the operations that skills and languages of users share.

    Args:
        routes: the module's routes.
        abilities: which.
        item: name of the path parameter.
    """
    path = abilities.path

    @routes.get(path, errors=(404,))
    def list_abilities(call: Call) -> object:
        """A page of what a user can do."""
        return abilities.page(call)

    @routes.post(path, errors=(404,))
    def give_ability(call: Call) -> object:
        """Give a user an ability, or set how well they have it."""
        return abilities.give(call, call.object())

    @routes.patch(f"{path}/bulk", errors=(404,))
    def give_abilities(call: Call) -> object:
        """Give a user several abilities."""
        return abilities.give_all(call, call.body or [])

    @routes.delete(f"{path}/{{{item}}}", status=204, errors=(404,))
    def take_ability(call: Call) -> object:
        """Take an ability away."""
        abilities.take(call, call.path[item])
        return None


def _user(call: Call) -> Body:
    return call.store.need(USER, call.path["userId"])
