"""What flows want of an organisation, gathered for a starter world: more than `needs`, which a run must have.

Besides the literal resources of actions: initial values of variables, assigned values, the error handling,
names inside expressions, prompts, columns of tables, outputs of data actions, attributes that are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from ringback.documents import Node
from ringback.flows.loaders.shapes import text_of
from ringback.flows.model import Action, Flow, Variable
from ringback.flows.needs import SECTION_OF, needs
from ringback.lang.expr.types import code_of_kind, item_of

# Last part of an action `find…` and of a function `Find…` -> what it finds.
_FINDS: Mapping[str, str] = MappingProxyType(
    {
        "Queue": "que",
        "User": "usr",
        "Users": "usr",
        "Group": "grp",
        "Skill": "skl",
        "LanguageSkill": "lac",
        "Schedule": "sch",
        "ScheduleGroup": "sqg",
        "EmergencyGroup": "emg",
        "UserPrompt": "pmt",
    }
)
_FIND = re.compile(r'\bfind([a-z]+?)(ById)?\s*\(\s*("(?:[^"\\]|\\.)*"\s*[,)])?', re.IGNORECASE)
_KINDS = {name.lower(): kind for name, kind in _FINDS.items()}
_FIND_ACTION = re.compile(r"find([A-Z][A-Za-z]*?)(ById)?\Z")
_PROMPT = re.compile(r"\bPrompt\.([A-Za-z_]\w*)")
_READ = re.compile(r"\$([A-Za-z_]\w*)\.([A-Za-z_]\w*)")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_CONTACTS = frozenset(["plainContactLookup", "getExternalContact", "searchExternalContacts"])


@dataclass(slots=True)
class Named:
    """A thing that flows name: its name or its id, and the places that name it."""

    name: str = ""
    id: str = ""
    places: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Fields(Named):
    """A data action with the outputs that flows bind, or a table with its columns: name -> type code."""

    types: dict[str, str] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Wants:
    """Everything that some flows want, by lower-case name.

    Attributes:
        resources: type code -> resources.
        computed: type code -> places where an expression computes which one is wanted.
        contacts: places that look external contacts up.
        languages: tags of the flows' languages.
    """

    resources: dict[str, dict[str, Named]] = field(default_factory=dict)
    computed: dict[str, list[str]] = field(default_factory=dict)
    actions: dict[str, Fields] = field(default_factory=dict)
    tables: dict[str, Fields] = field(default_factory=dict)
    flows: dict[str, Named] = field(default_factory=dict)
    attributes: dict[str, Named] = field(default_factory=dict)
    contacts: list[str] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)


def wants_of(flows: Iterable[Flow]) -> Wants:
    """What these flows want together."""
    found, given = Wants(), list(flows)
    for flow in given:
        _Gatherer(flow, found, alone=len(given) == 1).gather()
    return found


class _Gatherer:
    """Gathers from one flow."""

    def __init__(self, flow: Flow, into: Wants, *, alone: bool) -> None:
        self._flow = flow
        self._into = into
        self._alone = alone
        variables = [*flow.variables, *(item for box in flow.containers.values() for item in box.variables)]
        self._variables = variables
        self._types = {item.name.lower(): item.type for item in reversed(variables)}
        self._reads: dict[str, dict[str, str]] = {}

    def gather(self) -> None:
        """Take everything."""
        for tag in (self._flow.default_language, *self._flow.supported_languages):
            if tag not in self._into.languages:
                self._into.languages.append(tag)
        for kind, name, node, action in needs(self._flow):
            self._need(kind, name, node=node, action=action)
        for variable in self._variables:
            self._initial(variable)
        for place, node in self._bodies():
            self._walk(node, place)
        for action in self._flow.actions.values():
            self._special(action)

    def _bodies(self) -> Iterator[tuple[str, Node]]:
        """What may hold expressions and prompts, each with its place."""
        flow = self._flow
        for action in flow.actions.values():
            yield self._at(action), action.body
        here = flow.source
        for box in flow.containers.values():
            if box.kind == "menu" and box.body is not None:
                yield here, box.body
        others = (flow.greeting, flow.error_handling.body, flow.error_handling.audio, *flow.settings.values())
        for node in others:
            if node is not None:
                yield here, node
        for variable in self._variables:
            if variable.initial is not None:
                yield here, variable.initial

    def _at(self, action: Action) -> str:
        """`line 12 'Transfer'`, with the file where there are several; an export has no lines."""
        span = action.span or action.body.span
        file, pointer, _ = span.file.partition("#")
        place = file.replace("\\", "/").rpartition("/")[2]
        has_line = not pointer and span.line
        if self._alone:
            return f"line {span.line} {action.name!r}" if has_line else repr(action.name)
        return f"{place}:{span.line} {action.name!r}" if has_line else f"{place} {action.name!r}"

    # ---- single things

    def _need(self, kind: str, name: str, *, node: Node, action: Action) -> None:
        place = self._at(action)
        if kind == "flow":
            _note(self._into.flows, name, place=place)
        elif kind == "dataTable":
            found = _fields(self._into.tables, name, place=place)
            self._bound(found, action.body.at("dataTable", name, "foundOutputs"))
            if (key := text_of(action.body.at("lookupValue", "lit"))) and key not in found.keys:
                found.keys.append(key)
        elif kind == "dataAction":
            found = _fields(self._into.actions, name, place=place)
            for _, inside in (action.body.get("category") or node).items():
                for word in ("dataAction", "bridgeAction"):
                    self._bound(found, inside.at(word, name, "successOutputs"))
        else:
            self._resource(kind, name, place=place)

    def _bound(self, found: Fields, outputs: Node | None) -> None:
        """The outputs that variables take, with the types of these."""
        for name, node in outputs.items() if outputs is not None else ():
            variable = text_of(node.get("var") if node.is_map else node).lower()
            found.types.setdefault(name, self._types.get(variable, "str"))

    def _resource(self, kind: str, key: str, *, place: str, by_id: bool = False) -> None:
        known = self._into.resources.setdefault(kind, {})
        found = known.setdefault(key.lower(), Named())
        if by_id:
            found.id = key
        else:
            found.name = found.name or key
        _add(found.places, place)

    def _initial(self, variable: Variable) -> None:
        """A resource that a variable begins with; lists of them too."""
        if variable.initial is not None and (kind := item_of(variable.type)) in SECTION_OF:
            self._literals(variable.initial, kind, place=f"{variable.name}")

    def _literals(self, node: Node, kind: str, *, place: str) -> None:
        literal = node.get("lit")
        if literal is None:
            return
        for item in (literal, *literal):
            inside = item.get("lit") or item
            if name := text_of(inside.get("name")):
                self._resource(kind, name, place=place)

    def _special(self, action: Action) -> None:
        """What single actions name in a way of their own."""
        place = self._at(action)
        if action.type in _CONTACTS:
            _add(self._into.contacts, place)
        if action.type == "plainLookup":
            found = _fields(self._into.actions, action.name, place=place)
            variable = text_of(action.body.at("outputVariable", "var")).removeprefix("$").lower()
            found.types.update(self._reads.get(variable, {}))
        if action.type == "updateData":
            for statement in action.body.get("statements") or ():
                for key, body in statement.items():
                    kind, value = item_of(code_of_kind(key) or ""), body.get("value")
                    if kind in SECTION_OF and value is not None:
                        self._literals(value, kind, place=place)
        if action.type == "getParticipantData":
            for item in action.body.get("attributes") or ():
                if name := text_of(item.at("attribute", "name", "lit")):
                    _note(self._into.attributes, name, place=place)
        self._found(action, place)

    def _found(self, action: Action, place: str) -> None:
        """The name or id that a `find…` action looks for."""
        match = _FIND_ACTION.match(action.type)
        kind = _FINDS.get(match[1]) if match is not None else None
        if match is None or kind is None:
            return
        wanted = action.body.get("findId" if match[2] else "findName")
        if name := text_of(wanted.get("lit") if wanted is not None else None):
            self._resource(kind, name, place=place, by_id=bool(match[2]))
        elif wanted is not None and (wanted.get("exp") or wanted.get("var")) is not None:
            _add(self._into.computed.setdefault(kind, []), place)

    # ---- expressions

    def _walk(self, node: Node, place: str) -> None:
        waiting = [node]
        while waiting:
            current = waiting.pop()
            for key, member in current.items():
                # Nested actions have their own turn.
                if key in ("outputs", "actions", "task"):
                    continue
                if key == "prompt":
                    self._prompts(text_of(member), place)
                elif key == "exp":
                    self._expression(text_of(member), place)
                waiting.append(member)
            waiting.extend(current)
        if (queue := node.get("targetQueue")) is not None:
            self._literals(queue, "que", place=place)

    def _prompts(self, text: str, place: str) -> None:
        for match in _PROMPT.finditer(text):
            self._resource("pmt", match[1], place=place)

    def _expression(self, text: str, place: str) -> None:
        self._prompts(_STRING.sub('""', text), place)
        for variable, name in _READ.findall(text):
            self._reads.setdefault(variable.lower(), {})[name] = "str"
        for match in _FIND.finditer(text):
            kind = _KINDS.get(match[1].lower())
            if kind is None:
                continue
            if match[3] is None:
                _add(self._into.computed.setdefault(kind, []), place)
            else:
                name = re.sub(r"\\(.)", r"\1", match[3].rstrip(" ,)")[1:-1])
                self._resource(kind, name, place=place, by_id=bool(match[2]))


def _note(into: dict[str, Named], name: str, *, place: str) -> None:
    _add(into.setdefault(name.strip().lower(), Named(name.strip())).places, place)


def _fields(into: dict[str, Fields], name: str, *, place: str) -> Fields:
    found = into.setdefault(name.strip().lower(), Fields(name.strip()))
    _add(found.places, place)
    return found


def _add(places: list[str], place: str) -> None:
    if place not in places:
        places.append(place)
