"""A flow in the plain JSON form, as far as that form can say it.

The plain form has one list of actions that name what follows them, and menus; it has no tasks that are
called, no nesting and no settings. Jumps become edges, a menu's choices lead to actions, fields stay as Archy
writes them. What is lost is a warning; what would make the document do something else is an error.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ringback.core.diagnostics import Diagnostic
from ringback.flows.actions.menu import key_of, terms_of
from ringback.flows.keys import ACTION_KEYS
from ringback.flows.loaders.plain import TYPES, load_plain
from ringback.flows.loaders.plain_items import END
from ringback.flows.loaders.shapes import is_empty
from ringback.flows.model import Action, Container, Flow, Variable
from ringback.flows.writers.plain_only import ending, fields_of
from ringback.lang.expr.types import kind_of

# Actions that are edges of the plain form.
_EDGES = frozenset(["jumpToTask", "jumpToMenu", "changeState", "loopNext"])
_IMPOSSIBLE: Mapping[str, str] = {
    "callTask": "the plain form has no tasks that are called",
    "endTask": "the plain form has no tasks that end",
    "loopExit": "the plain form has no way out of a loop",
    "menuSubMenu": "the plain form has no menus inside menus",
}
# Keys of a plain menu -> where Archy's menu has them.
_MENU: Mapping[str, tuple[str, ...]] = {
    "audio": ("audio",),
    "repeat": ("settingsMenu", "repeatCount"),
    "timeout": ("settingsMenu", "menuSelectionTimeout"),
}
_GRAPH = frozenset(["name", "none", "outputs", "targetTaskRef", "targetMenuRef", "targetStateRef"])
_NAMES = {type_: name for name, type_ in reversed(list(TYPES.items()))}
_KEPT = frozenset(["settingsErrorHandling", "settingsMenu", "settingsPrompts"])


def plain_json(flow: Flow) -> tuple[str, tuple[Diagnostic, ...]]:
    """The document, and what it cannot say."""
    writer = _Plain(flow)
    document = writer.document()
    if flow.form == "plain":
        document = _without_implied(document, flow)
    return _text(document), tuple(writer.found)


def _text(document: Mapping[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _without_implied(document: dict[str, Any], flow: Flow) -> dict[str, Any]:
    """The document without the variables that its actions declare by writing them."""
    bare = {key: member for key, member in document.items() if key != "variables"}
    implied = {item.name: _variable(item) for item in load_plain(_text(bare), file=flow.source).variables}
    needed = [_variable(item) for item in flow.variables if implied.get(item.name) != _variable(item)]
    return document | {"variables": needed} if needed else bare


@dataclass(slots=True)
class _Plain:
    flow: Flow
    found: list[Diagnostic] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    taken: set[str] = field(default_factory=lambda: {END, ""})
    counts: dict[str, int] = field(default_factory=dict)
    by_id: Mapping[str, Action] = field(init=False)

    def __post_init__(self) -> None:
        self.by_id = self.flow.actions

    def document(self) -> dict[str, Any]:
        """The whole document; the names of its actions are given first."""
        flow = self.flow
        last, queue = ending(next(iter(flow.containers.values()))) if flow.form == "plain" else (None, None)
        self._name_all(last)
        self._check_flow()
        first = self._entry(flow.start)
        actions = [item for box in flow.containers.values() for item in self._container(box)]
        if flow.greeting is not None:
            name = self._unique("Initial greeting")
            actions.insert(0, self._made(name, "playAudio", after=first, audio=flow.greeting.plain()))
            first = name
        variables = [*flow.variables, *(item for box in flow.containers.values() for item in box.variables)]
        document = {"name": flow.name, "type": _NAMES.get(flow.type, "voice")}
        document |= {"description": flow.description} if flow.description else {}
        document |= {"division": flow.division} if flow.division and flow.form == "plain" else {}
        document |= {"language": flow.default_language}
        start: dict[str, Any] = {"name": self._unique("Start"), "type": "Start"}
        start |= {"routing": {"queue": queue}} if queue is not None else {}
        return {
            **document,
            **({"variables": [_variable(item) for item in variables]} if variables else {}),
            "initialAction": {**start, "on": {"next": first}},
            "actions": actions,
        }

    # ---- names

    def _name_all(self, last: Action | None) -> None:
        plain = self.flow.form == "plain"
        for box in self.flow.containers.values():
            if box.kind == "menu" and box.id not in self.names:
                self.names[box.id] = self._unique(box.name)
            for action in box.actions:
                if plain and action.target is not None:
                    self.names[action.target or ""] = self._unique(action.name)
                elif not plain or action.type != "plainChoice":
                    self.names[action.id] = END if action is last else self._unique(action.name)

    def _unique(self, name: str) -> str:
        """A name that no other action has; END and the empty name mean something else."""
        made = name
        while made in self.taken:
            number = self.counts[name] = self.counts.get(name, 1) + 1
            made = f"{name} {number}".strip()
        self.taken.add(made)
        return made

    def _entry(self, container: str | None) -> str:
        """The name of what runs first in a container."""
        box = self.flow.containers.get(container or "")
        if box is None:
            return END
        return self.names[box.id] if box.kind == "menu" else self._target(box.start)

    def _target(self, id_: str | None) -> str:
        """The name of the action that an edge leads to, past actions that are edges themselves."""
        seen: set[str] = set()
        while id_ is not None and id_ not in seen:
            seen.add(id_)
            action = self.by_id[id_]
            if action.type not in _EDGES:
                return self.names[id_]
            if action.type != "loopNext":
                box = self.flow.containers.get(action.target or "")
                if box is None or box.kind == "menu":
                    return self._entry(action.target)
                id_ = box.start
            else:
                id_ = self._loop_around(action)
        return END

    def _loop_around(self, action: Action) -> str | None:
        """The id of the loop that an action stands in."""
        around = self.by_id.get(action.parent or "")
        while around is not None and not around.type.startswith("loop"):
            around = self.by_id.get(around.parent or "")
        return around.id if around is not None else None

    # ---- actions

    def _container(self, box: Container) -> Iterator[dict[str, Any]]:
        plain = self.flow.form == "plain"
        if box.kind == "menu":
            if not plain:
                yield self._menu(box)
                yield from self._choices(box)
            return
        for action in box.actions:
            if plain and action.target is not None:
                yield self._menu(self.flow.containers[action.target or ""])
                continue
            if plain and self.names[action.id] == END:
                continue
            if reason := _IMPOSSIBLE.get(action.type):
                self._cannot(
                    f"the action {action.name!r} ({action.type}) cannot be written: {reason}", action
                )
            elif action.type not in _EDGES:
                yield self._action(action)
            elif action.body.get("inputs") is not None:
                self._cannot(
                    f"the inputs of {action.name!r} cannot be written: a jump is only an edge", action
                )

    def _action(self, action: Action) -> dict[str, Any]:
        own = fields_of(action) if self.flow.form == "plain" else None
        if own is None:
            self._check_type(action)
        on = {"next": self._target(action.next)}
        on |= {output: self._target(first) for output, first in action.outputs.items()}
        if own is not None:
            return {"name": self.names[action.id], **own, "on": on}
        return {**self._fields(action, action.type), "on": on}

    def _fields(self, action: Action, type_: str) -> dict[str, Any]:
        found: dict[str, Any] = {"name": self.names[action.id], "type": type_}
        for key, node in action.body.items():
            if key not in _GRAPH:
                found[key] = _without_actions(node.plain()) if key == "evaluate" else node.plain()
        return found

    def _check_type(self, action: Action) -> None:
        if action.type not in ACTION_KEYS:
            self._cannot(f"the action type {action.type!r} is not known to the plain form", action)

    @staticmethod
    def _made(name: str, type_: str, *, after: str, **fields: Any) -> dict[str, Any]:
        return {"name": name, "type": type_, **fields, "on": {"next": after}}

    # ---- menus

    def _menu(self, box: Container) -> dict[str, Any]:
        found: dict[str, Any] = {"name": self.names[box.id], "type": "Menu"}
        for key, path in _MENU.items():
            node = box.body.at(*path) if box.body is not None else None
            if node is None or is_empty(node):
                general = self.flow.settings.get("settingsMenu")
                node = general.get(path[-1]) if general is not None else None
            if node is not None and not is_empty(node):
                found[key] = node.plain()
        found["choices"] = {key: self._choice(choice) for choice in box.actions for key in self._keys(choice)}
        default = self.by_id.get(box.default_choice or "")
        return found | ({"on": {"default": self._choice(default)}} if default is not None else {})

    def _keys(self, choice: Action) -> list[str]:
        """The key and the words that pick a choice in the flow's language."""
        return [key for key in (key_of(choice), *terms_of(choice, self.flow.default_language)) if key]

    def _choice(self, choice: Action) -> str:
        """Where a choice leads."""
        if choice.type == "plainChoice":
            return self._target(choice.next)
        if choice.type in ("menuTask", "menuJumpToTask", "menuJumpToMenu"):
            return self._entry(choice.target)
        return self.names[choice.id]

    def _choices(self, box: Container) -> Iterator[dict[str, Any]]:
        """The actions that choices are themselves, e.g. a transfer."""
        for choice in box.actions:
            if reason := _IMPOSSIBLE.get(choice.type):
                self._cannot(f"the choice {choice.name!r} cannot be written: {reason}", choice)
            elif choice.target is None and choice.type.startswith("menu"):
                yield {**self._choice_fields(choice), "on": {"next": END}}

    def _choice_fields(self, choice: Action) -> dict[str, Any]:
        """The fields of the action, without how the choice is chosen."""
        type_ = choice.type[4:5].lower() + choice.type[5:]
        if type_ not in ACTION_KEYS:
            self._cannot(f"the choice {choice.name!r} ({choice.type}) cannot be written", choice)
        known = {*ACTION_KEYS.get(type_, frozenset()), "name", "type"}
        return {key: node for key, node in self._fields(choice, type_).items() if key in known}

    # ---- what cannot be said

    def _check_flow(self) -> None:
        flow = self.flow
        if flow.type not in _NAMES:
            self._cannot(f"a {flow.type} flow has no plain form", hint=f"types: {', '.join(sorted(_NAMES))}")
        names = [variable.name.lower() for box in flow.containers.values() for variable in box.variables]
        if shared := sorted({name for name in names if names.count(name) > 1}):
            self._lost(f"tasks share variables that each had for itself: {', '.join(shared)}")
        handling = flow.error_handling
        if handling.audio is not None or handling.kind not in ("disconnect", "endWorkflow"):
            self._lost(f"the error handling ({handling.kind}) is not kept")
        if len(flow.supported_languages) > 1:
            self._lost(f"only the language {flow.default_language} is kept")
        if lost := sorted(set(flow.settings) - _KEPT):
            self._lost(f"settings are not kept: {', '.join(lost)}")

    def _cannot(self, message: str, action: Action | None = None, *, hint: str = "") -> None:
        span = action.span if action is not None else None
        self.found.append(Diagnostic.at("RB045", "error", message, span, hint=hint))

    def _lost(self, message: str) -> None:
        self.found.append(Diagnostic.at("RB046", "warning", message, None))


def _variable(variable: Variable) -> dict[str, Any]:
    body: dict[str, Any] = {"name": variable.name}
    if variable.initial is not None:
        body["initialValue"] = variable.initial.plain()
    flags = {"isInput": variable.is_input, "isOutput": variable.is_output, "isSecure": variable.is_secure}
    body |= {flag: True for flag, value in flags.items() if value}
    return {f"{kind_of(variable.type) or 'string'}Variable": body}


def _without_actions(value: Any) -> Any:
    """The cases of a switch without the actions that stand inside them."""
    if isinstance(value, dict):
        return {
            key: _without_actions(member)
            for key, member in value.items()
            if key not in ("actions", "default")
        }
    return [_without_actions(item) for item in value] if isinstance(value, list) else value
