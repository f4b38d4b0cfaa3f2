"""The organisation of the store as the world of a run; nothing is read before the run asks for it.

Sections are complete: what the organisation does not have, a flow cannot reach. Kinds of resources that the
local platform does not keep (utilisation labels, grammars) are open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Generic, TypeVar

from ringback.core.errors import DefinitionError
from ringback.engine.driver import ScriptedDriver
from ringback.engine.program import Program
from ringback.engine.session import Session
from ringback.engine.world import DataActionSetup, Resource, Table, World, made_id
from ringback.flows import effects as ask
from ringback.flows.needs import SECTION_OF
from ringback.platform import datatables, upstream
from ringback.platform.bootstrap import ORGANIZATION
from ringback.platform.datatables import TABLE
from ringback.platform.flows import entities
from ringback.platform.flows.documents import program_of
from ringback.platform.flows.kinds import FLOW, OPEN, REFERRED, SYSTEM_PROMPTS, USER_PROMPT
from ringback.platform.resources.contact_model import CONTACT
from ringback.platform.resources.contact_search import search
from ringback.platform.settings import Settings
from ringback.platform.store.reader import Body, Query, Reader

SOURCE = "the organisation"
MOST_CONTACTS = 50  # that one search gives a flow
_T = TypeVar("_T")


class Lazy(Mapping[str, _T], Generic[_T]):
    """A mapping whose members are found when they are asked for, each once."""

    def __init__(self, find: Callable[[str], _T | None], names: Callable[[], list[str]]) -> None:
        self._find, self._names = find, names
        self._known: dict[str, _T | None] = {}

    def __getitem__(self, key: str) -> _T:
        """The member; KeyError when there is none."""
        if key not in self._known:
            self._known[key] = self._find(key)
        found = self._known[key]
        if found is None:
            raise KeyError(key)
        return found

    def __iter__(self) -> Iterator[str]:
        """The keys."""
        return iter(self._names())

    def __len__(self) -> int:
        """How many there are."""
        return len(self._names())


class _Flows(Mapping[str, Program | None]):
    """The other flows by name; one without a published version exists without running inside."""

    def __init__(self, store: Reader) -> None:
        self._store = store
        self._known: dict[str, list[Body]] = {}

    def named(self, name: str) -> list[Body]:
        """The flows of a name that are not deleted; two may differ in type."""
        if name not in self._known:
            self._known[name] = [body for body in self._store.named(FLOW, name) if not body.get("deleted")]
        return self._known[name]

    def __getitem__(self, name: str) -> Program | None:
        """The program of the first flow of that name; KeyError when there is none."""
        found = self.named(name)
        if not found:
            raise KeyError(name)
        return self.program(found[0])

    def program(self, body: Body) -> Program | None:
        """The program of the version that is published."""
        version_id = entities.published(body)
        if not version_id or not body["active"]:
            return None
        document = entities.document(self._store, body, version_id=version_id)
        try:
            return program_of(document.text, document.file)
        except DefinitionError:
            return None

    def __iter__(self) -> Iterator[str]:
        """The names."""
        return (body["name"].casefold() for body in self._store.find(Query(FLOW)) if not body.get("deleted"))

    def __len__(self) -> int:
        """How many there are."""
        return sum(1 for _ in self)


class StoreWorld(World):
    """A world that reads the store."""

    __slots__ = ()

    def flow(self, name: str, kinds: tuple[str, ...]) -> Program | None:
        """The program of another flow: the one of that name which has one of these types."""
        flows = self.flows
        assert isinstance(flows, _Flows), "world_of gives it"
        programs = (flows.program(body) for body in flows.named(name.strip().casefold()))
        return next((each for each in programs if each is not None and each.flow.type in kinds), None)


def world_of(store: Reader, settings: Settings) -> StoreWorld:
    """The world of the organisation."""
    organisation = store.control(ORGANIZATION) or {}
    codes = [code for code in SECTION_OF if code in REFERRED and code not in OPEN]
    return StoreWorld(
        resources=Lazy(lambda code: _resources(store, code) if code in codes else None, lambda: codes),
        tables=Lazy(lambda name: _table(store, name), lambda: _names(store, "dataTable")),
        data_actions=Lazy(
            lambda name: _data_action(store, name, settings=settings), lambda: _names(store, "dataAction")
        ),
        contacts=(),  # answered by `StoreDriver`
        country=str(organisation.get("defaultCountryCode") or "US"),
        time_zone=str(organisation.get("defaultTimeZone") or "UTC"),
        flows=_Flows(store),
        source=SOURCE,
    )


def _names(store: Reader, code: str) -> list[str]:
    return [str(body["name"]).lower() for body in store.find(Query(REFERRED[code].kind))]


def _resources(store: Reader, code: str) -> tuple[Resource, ...]:
    bodies = store.find(Query(REFERRED[code].kind))
    facts = _FACTS.get(code, _no_facts)
    found = [Resource(str(body["name"]), body["id"], facts(store, body)) for body in bodies if _is_live(body)]
    if code == "pmt":  # expressions write `Prompt.` before the name
        found += [Resource(f"{USER_PROMPT.title()}{each.name}", each.id, each.fields) for each in found]
        found += [Resource(name, made_id("system prompt", name)) for name in SYSTEM_PROMPTS]
    return tuple(found)


def _is_live(body: Body) -> bool:
    return bool(body.get("name")) and not body.get("deleted") and body.get("state") != "deleted"


def _no_facts(_store: Reader, _body: Body) -> Mapping[str, Any]:
    return {}


def _user_facts(_store: Reader, body: Body) -> Mapping[str, Any]:
    return {"email": str(body.get("email") or "")}


def _schedule_facts(_store: Reader, body: Body) -> Mapping[str, Any]:
    return {name: body[name] for name in ("start", "end", "rrule") if body.get(name)}


_PARTS = {"open": "openSchedules", "closed": "closedSchedules", "holiday": "holidaySchedules"}


def _group_facts(store: Reader, body: Body) -> Mapping[str, Any]:
    facts: dict[str, Any] = {"timeZone": body["timeZone"]} if body.get("timeZone") else {}
    for part, name in _PARTS.items():
        ids = [str(each.get("id")) for each in body.get(name) or ()]
        facts[part] = [each["name"] for each in store.many(REFERRED["sch"].kind, ids)]
    return facts


def _emergency_facts(_store: Reader, body: Body) -> Mapping[str, Any]:
    return {"active": bool(body.get("enabled"))}


_FACTS: Mapping[str, Callable[[Reader, Body], Mapping[str, Any]]] = {
    "usr": _user_facts,
    "sch": _schedule_facts,
    "sqg": _group_facts,
    "emg": _emergency_facts,
}


def _table(store: Reader, name: str) -> Table | None:
    found = store.named(TABLE, name)
    if not found:
        return None
    table_id = found[0]["id"]

    def row(key: str) -> Mapping[str, Any] | None:
        return datatables.lookup(store, table_id, key=key)

    def keys() -> list[str]:
        return datatables.keys(store, table_id)

    return Table(str(found[0]["name"]), "key", Lazy(row, keys))


def _data_action(store: Reader, name: str, *, settings: Settings) -> DataActionSetup | None:
    found = upstream.named(store, name)
    return upstream.setup_of(store, found, settings=settings) if found else None


class StoreDriver(ScriptedDriver):
    """The scripted driver; contacts are looked for in the store, however many there are.

    Attributes:
        store: of the thread that runs.
        waited_ms: virtual time in which the flow waited for others or on purpose; what the customer hears,
            and the time that he has for an answer, are not in it.
    """

    store: Reader
    waited_ms: int = 0

    def answer(self, session: Session, effect: ask.Effect) -> ask.Reply:
        """The reply to an effect."""
        if isinstance(effect, ask.FindContacts):
            return ask.ContactsReply(contacts=self._found(effect))
        reply = super().answer(session, effect)
        if not isinstance(effect, ask.Play | ask.Gather):
            self.waited_ms += reply.elapsed_ms
        return reply

    def _found(self, effect: ask.FindContacts) -> list[Body]:
        if effect.by == "id":
            return self.store.many(CONTACT, [effect.key])
        found = search(self.store, CONTACT, text=effect.key)
        return self.store.many(CONTACT, found.ids[:MOST_CONTACTS])
