"""The organisation around a flow, as plain data.

A world knows queues, users, tables, contacts, data actions …; the session asks it by name, drivers answer
effects from it. A section that a world file does not mention is open: every resource of that kind exists.
A section that is there is complete. A run without any world is permissive in everything, and says so.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ringback.dataactions.auth import Integration
from ringback.dataactions.execute import NO_INTEGRATION
from ringback.dataactions.model import DataAction
from ringback.dataactions.transport import Transport
from ringback.lang.expr.values import Entity

if TYPE_CHECKING:
    from ringback.engine.program import Program

_NAMESPACE = uuid.UUID("6c9f0cc2-5f3b-4b0e-9a2e-0d4b6a2f7c11")


@lru_cache(maxsize=4096)
def made_id(kind: str, name: str) -> str:
    """The GUID that a resource has when the world names none: always the same for the same name."""
    return str(uuid.uuid5(_NAMESPACE, f"{kind}:{name.lower()}"))


@dataclass(frozen=True, slots=True)
class Resource:
    """A queue, user, skill … of the organisation.

    Attributes:
        name, id: as the organisation has them; `id` is made from the name when the world names none.
        fields: further facts (`email` of a user, `accepts` of a queue …).
    """

    name: str
    id: str
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    """A data table: its key column and its rows by key."""

    name: str
    key: str
    rows: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class DataActionSetup:
    """What the world knows about a data action.

    Attributes:
        name: as flows name it.
        action: its document; None when only a reply is given.
        reply: answers when no live call is wanted (`faults.transport_of`); None when there is none.
        integration: credentials, authentication and base URL.
    """

    name: str
    action: DataAction | None = None
    reply: Transport | None = None
    integration: Integration = NO_INTEGRATION


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a scenario says about an action: the output that it takes, and values for what it writes."""

    output: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class World:
    """The organisation. Names are compared without regard to case.

    Attributes:
        resources: type code -> resources; a code that is absent is open.
        tables, data_actions: by lower-case name; None when the section is absent (open).
        contacts: external contacts as their JSON bodies.
        hosts: origin -> origin that requests really go to.
        country: region for national phone numbers, e.g. "US".
        time_zone: the organisation's zone.
        flows: other flows by lower-case name: their programs, None for one without a document; None when
            the section is absent (open).
        outcomes: lower-case name of an action, a called flow or an action type -> what a scenario says.
        source: name of the document; "" for the permissive world.
    """

    resources: Mapping[str, tuple[Resource, ...]] = field(default_factory=dict)
    tables: Mapping[str, Table] | None = None
    data_actions: Mapping[str, DataActionSetup] | None = None
    contacts: tuple[Mapping[str, Any], ...] | None = None
    participant_data: Mapping[str, str] = field(default_factory=dict)
    hosts: Mapping[str, str] = field(default_factory=dict)
    country: str = "US"
    time_zone: str = "UTC"
    flows: Mapping[str, Program | None] | None = None
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    source: str = ""

    @property
    def permissive(self) -> bool:
        """Whether this is the world of a run without one."""
        return not self.source

    def resource(self, kind: str, key: str, *, by: str = "name") -> Resource | None:
        """The one resource of that name, e-mail (users) or id; a made one where the section is open."""
        listed = self.resources.get(kind)
        if listed is None:
            return Resource(key, made_id(kind, key) if by == "name" else key) if key else None
        found = [item for item in listed if _matches(item, kind, key=key, by=by)]
        return found[0] if len(found) == 1 else None

    def entity(self, kind: str, key: str, *, by: str = "name") -> Entity | None:
        """The same as a value of the expression language."""
        found = self.resource(kind, key, by=by)
        if found is None:
            return None
        # Lists and mappings describe the simulation (days, members of a group), not a property of the value.
        fields = {key: fact for key, fact in found.fields.items() if isinstance(fact, str | bool | int)}
        return Entity(kind, found.id, found.name, fields)

    def data_action(self, name: str) -> DataActionSetup | None:
        """What is known about a data action; None when the section is open or does not list it."""
        return (self.data_actions or {}).get(name.strip().lower())

    def flow(self, name: str, kinds: tuple[str, ...]) -> Program | None:
        """The program of another flow of one of these types; None when there is no document of it."""
        found = (self.flows or {}).get(name.strip().lower())
        return found if found is not None and found.flow.type in kinds else None

    def outcome(self, names: Iterable[str]) -> Outcome | None:
        """What the scenario says under the first of these names that it knows."""
        known = self.outcomes
        return next((known[key] for name in names if (key := name.strip().lower()) in known), None)

    def table(self, name: str) -> Table | None:
        """The table of that name, or None."""
        return (self.tables or {}).get(name.strip().lower())


def _matches(item: Resource, kind: str, *, key: str, by: str) -> bool:
    if by == "id":
        return item.id.lower() == key.lower()
    wanted = key.lower()
    if not wanted:
        return False
    return item.name.lower() == wanted or (
        kind == "usr" and str(item.fields.get("email", "")).lower() == wanted
    )
