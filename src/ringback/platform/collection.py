"""Plain resources: create, read, list, replace, change and delete entities of one kind.

A `Collection` says what a kind is; resource modules call its functions from their routes and keep for
themselves what is special. The body is stored as callers see it; what only the server sets is named in
`Collection.read_only`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import sqlalchemy as sa

from ringback.platform import errors, paging
from ringback.platform.call import Call
from ringback.platform.clock import new_id
from ringback.platform.store import tables
from ringback.platform.store.reader import Body, Key, Query

EVERY_DIVISION = "*"
NameFilter = Literal["contains", "prefix", "asterisks"]
_ALWAYS_READ_ONLY = frozenset({"id", "selfUri", "dateCreated", "dateModified", "createdBy", "modifiedBy"})


@dataclass(frozen=True, slots=True)
class Collection:
    """One kind of entity.

    Attributes:
        kind: kind in the store.
        path: path of the collection; an entity's `selfUri` is below it.
        entity_type: word of the audit trail, such as Queue.
        service: service of the audit trail, such as ContactCenter.
        defaults: what a new entity has when the request is silent.
        read_only: fields that a request cannot set, beside id, selfUri and dates.
        divisioned: the entity belongs to a division; without one in the request, to the home division.
        starrable: its division may be `*`, which stands for all of them.
        name_filter: how the query parameter `name` compares: `asterisks` allows them at either end.
        unique_name: two entities cannot have one name, whatever its case (409); each needs one.
        versioned: the entity has a `version`, which a change must send (409).
        dated: the entity has dateCreated and dateModified.
        keys: search keys of a body.
        claims: unique keys of a body, beside its name.
        state: what lists filter by, of a body.
        view: what callers see of a stored body.
    """

    kind: str
    path: str
    entity_type: str
    service: str
    defaults: Mapping[str, Any] = field(default_factory=dict)
    read_only: frozenset[str] = frozenset()
    divisioned: bool = False
    starrable: bool = False
    name_filter: NameFilter = "contains"
    unique_name: bool = True
    versioned: bool = False
    dated: bool = True
    keys: Callable[[Body], Iterable[Key]] = lambda _body: ()
    claims: Callable[[Body], Iterable[Key]] = lambda _body: ()
    state: Callable[[Body], str] = lambda _body: ""
    view: Callable[[Body], Body] = paging.as_is

    def _claims(self, body: Body) -> list[Key]:
        name = [("name", str(body["name"]).casefold())] if self.unique_name and body.get("name") else []
        return [*name, *self.claims(body)]

    def _check_name(self, body: Body) -> None:
        """ApiError 400 for a name that is blank, or missing where entities are known by it."""
        name = body.get("name", None if self.unique_name else "-")
        if not str(name or "").strip():
            message = f"The name of a {self.kind.replace('_', ' ')} must not be empty."
            raise errors.bad_request(message, field="name", code="constraint.validation")

    def _settable(self, sent: Mapping[str, Any]) -> Body:
        return {name: value for name, value in sent.items() if name not in _ALWAYS_READ_ONLY | self.read_only}

    def _given(self, sent: Mapping[str, Any]) -> Body:
        return without_nulls(self._settable(sent))

    def create(self, call: Call, sent: Mapping[str, Any], *, entity_id: str = "", **more: Any) -> Body:
        """Put in a new entity and its audit entry; gives its stored body.

        Args:
            call: the call, in a transaction.
            sent: the request's body.
            entity_id: its id; a fresh UUID when empty.
            more: further fields, which win over the request's.
        """
        identity = entity_id or new_id()
        body: Body = {"id": identity, **self.defaults, **self._given(sent), **more}
        if self.divisioned:
            body["division"] = division_of(call, body.get("division"), starrable=self.starrable)
        if self.versioned:
            body["version"] = 1
        if self.dated:
            body |= {"dateCreated": call.now_iso(), "dateModified": call.now_iso()}
        body["selfUri"] = f"{self.path}/{identity}"
        self._check_name(body)
        call.tx.add(self.kind, body, state=self.state(body), keys=self.keys(body), claims=self._claims(body))
        call.audit("Create", body, entity_type=self.entity_type, service=self.service)
        return body

    def read(self, call: Call, entity_id: str) -> Body:
        """The stored body; ApiError 404."""
        return call.store.need(self.kind, entity_id)

    def replace(self, call: Call, entity_id: str, *, sent: Mapping[str, Any], **more: Any) -> Body:
        """PUT: what the request leaves out goes back to its default."""
        before = self.read(call, entity_id)
        kept = {name: before[name] for name in _ALWAYS_READ_ONLY | self.read_only if name in before}
        if self.divisioned and not sent.get("division"):
            kept["division"] = before["division"]
        after = {**self.defaults, **self._given(sent), **kept, **more}
        return self._save(call, before, after=after, sent=sent)

    def patch(self, call: Call, entity_id: str, *, sent: Mapping[str, Any], **more: Any) -> Body:
        """PATCH: what the request leaves out stays."""
        before = self.read(call, entity_id)
        after = merged(before, self._settable(sent), defaults=self.defaults)
        return self._save(call, before, after=after | more, sent=sent)

    def save(self, call: Call, before: Body, *, after: Body, action: str = "Update") -> Body:
        """Store a changed body as it is, with keys, claims and audit entry."""
        self._check_name(after)
        call.tx.put(
            self.kind, after, state=self.state(after), keys=self.keys(after), claims=self._claims(after)
        )
        call.audit(action, after, entity_type=self.entity_type, service=self.service, before=before)
        return after

    def _save(self, call: Call, before: Body, *, after: Body, sent: Mapping[str, Any]) -> Body:
        if self.versioned:
            check_version(before, sent)
            after["version"] = before["version"] + 1
        if self.divisioned:
            after["division"] = division_of(call, after.get("division"), starrable=self.starrable)
        if self.dated:
            after["dateModified"] = call.now_iso()
        return self.save(call, before, after=after)

    def delete(self, call: Call, entity_id: str) -> Body:
        """Remove an entity; gives its last body; ApiError 404."""
        before = self.read(call, entity_id)
        call.tx.remove(self.kind, entity_id)
        call.audit("Delete", before, entity_type=self.entity_type, service=self.service)
        return before

    def page(self, call: Call, **conditions: Any) -> Body:
        """One page, by name; understands `name`, `id`, `divisionId`, `sortOrder` where declared."""
        return paging.page(call, self.query(call, **conditions), view=self.view)

    def query(self, call: Call, *, where: Iterable[sa.ColumnElement[bool]] = (), **conditions: Any) -> Query:
        """The store's query for a list call, with further conditions."""
        wanted: dict[str, Any] = {
            "ids": call.listed("id") or None,
            "where": (*name_conditions(call.query.get("name"), self.name_filter), *where),
            "divisions": call.listed("divisionId") or None,
            "descending": paging.descending(call),
        }
        return Query(self.kind, **wanted | conditions)


def without_nulls(sent: Mapping[str, Any]) -> Body:
    """A request's object without its nulls, however deep: a field that is null is one that is left out.

    Answers have no nulls either, since the Go SDK makes pointers of them that its users follow.
    """
    return {name: _filled(value) for name, value in sent.items() if value is not None}


def _filled(value: Any) -> Any:
    if isinstance(value, dict):
        return without_nulls(value)
    return list(map(_filled, value)) if isinstance(value, list) else value


def merged(before: Mapping[str, Any], sent: Mapping[str, Any], *, defaults: Mapping[str, Any]) -> Body:
    """A stored body after a PATCH: what is left out stays, null takes a value back to its default."""
    cleared = {name for name, value in sent.items() if value is None}
    kept = {name: value for name, value in before.items() if name not in cleared}
    return {name: defaults[name] for name in cleared & defaults.keys()} | kept | without_nulls(sent)


def check_version(before: Mapping[str, Any], sent: Mapping[str, Any]) -> None:
    """ApiError 409 unless the request speaks of the newest version; 400 when it names none."""
    version = sent.get("version")
    if version is None:
        raise errors.bad_request("The current version is required to change the resource.", field="version")
    if version != before.get("version"):
        raise errors.version_conflict(version, before.get("version"))


def name_conditions(wanted: str | None, how: NameFilter) -> Iterable[sa.ColumnElement[bool]]:
    """The conditions that a filter by name means; whatever the case."""
    if not wanted:
        return
    name, text = tables.entities.c.name_key, tables.name_key(wanted.strip("*"))
    begins, ends = not wanted.startswith("*"), not wanted.endswith("*")
    if how == "contains" or not (begins or ends):
        yield name.contains(text, autoescape=True)
    elif how == "prefix" or not ends:
        yield name.startswith(text, autoescape=True)
    elif not begins:
        yield name.endswith(text, autoescape=True)
    else:
        yield name == text


def division_of(call: Call, wanted: Mapping[str, Any] | None, *, starrable: bool = False) -> Body:
    """The division of an entity as its body holds it; the home division when none is wanted.

    Raises:
        ApiError: 400, there is no such division.
    """
    if starrable and (wanted or {}).get("id") == EVERY_DIVISION:
        return {"id": EVERY_DIVISION, "name": EVERY_DIVISION}
    division_id = str((wanted or {}).get("id") or call.store.control("home_division")["id"])
    division = call.store.get("division", division_id)
    if division is None:
        raise errors.bad_request(f"There is no division {division_id}.", field="division.id")
    return reference_to(division)


def reference_to(division: Mapping[str, Any]) -> Body:
    """A division as the entities hold it that belong to it."""
    return {name: division[name] for name in ("id", "name", "selfUri")}
