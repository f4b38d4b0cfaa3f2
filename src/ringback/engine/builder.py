"""Gives an action's `build` its values, variables and exits: the compiler's side of `flows.actions.base`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, NoReturn

from ringback.core.errors import DefinitionError
from ringback.documents import Node
from ringback.engine.scope import FlowScope, Slot
from ringback.engine.wrapped import ValueCompiler, is_empty
from ringback.flows.actions.base import LOOPS, OPEN_END, Exit, Getter, Setter, constant
from ringback.flows.builtins import built_in
from ringback.flows.model import Action, Container, Flow
from ringback.lang.expr.values import milliseconds_of, speech_text


@dataclass(frozen=True, slots=True)
class Plan:
    """What is known about the whole flow while its actions are compiled.

    Attributes:
        nodes: action id (and menu id) -> index of its compiled node.
        containers: container id -> index.
        slots: container id -> slots of its variables.
    """

    flow: Flow
    nodes: Mapping[str, int]
    containers: Mapping[str, int]
    slots: Mapping[str, Mapping[str, Slot]]


@dataclass(frozen=True, slots=True)
class ActionBuilder:
    """Compiles one action, choice or menu."""

    plan: Plan
    action: Action
    scope: FlowScope
    owner: Container | None = None
    values: ValueCompiler = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", ValueCompiler(self.scope, self.plan.flow.default_language))

    # ---- fields

    def node(self, path: str) -> Node | None:
        """The raw node of a field."""
        return self.action.body.at(*path.split("."))

    def has(self, path: str) -> bool:
        """Whether the field holds more than noValue."""
        return not is_empty(self.node(path))

    def name(self, path: str) -> str:
        """Plain text of a field."""
        node = self.node(path)
        if node is None or node.is_map or node.value is None:
            return ""
        return node.text or str(node.value)

    def value(self, path: str, type_: str, *, default: Any = None) -> Getter:
        """The getter of a wrapped value."""
        node = self.node(path)
        if node is None or is_empty(node):
            return constant(default)
        return self.compile(node, type_)

    def compile(self, node: Node, type_: str | None) -> Getter:
        """The getter of a wrapped value anywhere in the body."""
        return self.values.getter(node, type_)

    def communication(self, node: Node | None) -> Getter:
        """The getter of a communication as text; "" for none."""
        return self.audio(node, "com")

    def type_of(self, node: Node) -> str:
        """The type that a wrapped value has without a target."""
        return self.values.type_of(node)

    def text(self, path: str) -> Getter:
        """The getter of an audio field as spoken text."""
        return self.audio(self.node(path), "com" if path.endswith("ommunication") else "aud")

    def audio(self, node: Node | None, type_: str = "aud") -> Getter:
        """The getter of an audio or communication node as text; "" for none and for silence."""
        if node is None or is_empty(node):
            return constant("")
        if "tts" in dict(node.items()) and node.get("alternateSequences") is None:
            return constant(speech_text(self.compile(node, "aud")(None)))
        read = self.compile(node, type_)
        return lambda run: speech_text(read(run)) if (raw := read(run)) is not None else ""

    def duration(self, path: str, setting: str, fallback_ms: int) -> Getter:
        """Milliseconds: the field, else the flow's setting, else the fallback."""
        node = self.node(path)
        if node is None or is_empty(node):
            node = self._setting(setting)
        if node is None or is_empty(node):
            return constant(fallback_ms)
        read = self.compile(node, "dur")

        def milliseconds(run: Any) -> int:
            value = read(run)
            return milliseconds_of(value) if isinstance(value, timedelta) else fallback_ms

        return milliseconds

    def setting(self, key: str, type_: str, fallback: Any) -> Getter:
        """A menu setting: the menu's own, else the flow's, else the fallback."""
        for node in (self.node(f"settingsMenu.{key}"), self._setting(f"menu.{key}")):
            if node is not None and not is_empty(node):
                return self.compile(node, type_)
        return constant(fallback)

    def _setting(self, setting: str) -> Node | None:
        """`menu.x` is in settingsMenu; everything else in settingsActionDefaults."""
        group, _, key = setting.partition(".")
        settings = self.plan.flow.settings
        if group == "menu":
            return settings["settingsMenu"].at(key) if "settingsMenu" in settings else None
        defaults = settings.get("settingsActionDefaults")
        return defaults.at(group, key) if defaults is not None and key else None

    @property
    def flow_type(self) -> str:
        """The flow's type."""
        return self.plan.flow.type

    def flow_setting(self, path: str) -> Node | None:
        """A member of the flow's settings blocks."""
        block, *rest = path.split(".")
        node = self.plan.flow.settings.get(block)
        found = node.at(*rest) if node is not None else None
        return None if is_empty(found) else found

    def container_named(self, node: Node | None) -> int | None:
        """Index of the container that a reference inside a settings block names; None for none."""
        for _, member in node.items() if node is not None else ():
            text = member.text or str(member.value)
            if text.endswith("]") and (ref := text[text.find("[") + 1 : -1]) in self.plan.containers:
                return self.plan.containers[ref]
        return None

    def menu_around(self, *, up: int) -> int | None:
        """Index of the menu that the action belongs to (`up` 0), or of the one above (1); None for none."""
        boxes = self.plan.flow.containers
        box = boxes.get(self.action.container)
        while box is not None and (box.kind != "menu" or up > 0):
            up -= box.kind == "menu"
            box = boxes.get(box.parent or "")
        return None if box is None else self.plan.containers[box.id]

    # ---- variables

    def has_variable(self, name: str) -> bool:
        """Whether a variable of the flow or the task has that name."""
        return self.scope.slot(name) is not None

    def writes(self, path: str) -> Setter | None:
        """The setter of the variable that a field names."""
        return self.setter(self.node(path))

    def setter(self, node: Node | None) -> Setter | None:
        """The setter for `{var: Flow.x}` or a bare name."""
        slot = self._slot(node)
        return slot.setter() if slot is not None else None

    def variable_type(self, node: Node | None) -> str:
        """Type code of the variable that a node names."""
        slot = self._slot(node)
        return slot.type if slot is not None else "any"

    def is_secure(self, node: Node | None) -> bool:
        """Whether a value reads a secure variable, or a field names one."""
        slots = {**self.scope.flow_slots, **self.scope.task_slots}
        secure = {key for key, slot in slots.items() if slot.secure}
        if node is None or not secure:
            return False
        if (text := node.get("exp")) is not None:
            return any(name.lower() in secure for name in self.values.expression(text, None).variables)
        slot = self._slot(node)
        return slot is not None and slot.secure

    def _slot(self, node: Node | None) -> Slot | None:
        named = node.get("var") if node is not None and node.is_map else node
        if named is None or named.is_map or is_empty(named):
            return None
        name = named.text or str(named.value)
        slot = self.scope.slot(name)
        if slot is None and (known := built_in(name)):
            self.fail(
                f"{known} is a built-in variable and read-only",
                named,
                hint="assign a variable of the flow, e.g. Flow.number",
            )
        if slot is None:
            self.fail(
                f"variable {name} is not declared",
                named,
                hint=f"variables here: {', '.join(list(self.scope.names())[:12])}",
            )
        return slot

    # ---- control

    def down(self) -> Exit:
        """The exit to the action below."""
        return Exit("", self._index(self.action.next))

    def exit(self, output: str) -> Exit:
        """The exit through a named output."""
        if output in ("loopNext", "loopExit"):
            return self._loop_exit(output)
        if output in self.plan.nodes and self.owner is not None:
            return Exit(self._choice_name(output), self.plan.nodes[output])
        return Exit(output, self._index(self.action.outputs.get(output, self.action.next)))

    def _choice_name(self, choice_id: str) -> str:
        return next((item.name for item in self.choices if item.id == choice_id), choice_id)

    def _loop_exit(self, output: str) -> Exit:
        actions = self.plan.flow.containers[self.action.container].actions
        by_id = {item.id: item for item in actions}
        around = by_id.get(self.action.parent or "")
        while around is not None and around.type not in LOOPS:
            around = by_id.get(around.parent or "")
        if around is None:
            self.fail(
                f"{self.action.type} stands outside any loop", hint="move it into a loop's `loop` output"
            )
        return Exit(output, self._index(around.id if output == "loopNext" else around.next))

    def _index(self, action_id: str | None) -> int:
        return OPEN_END if action_id is None else self.plan.nodes[action_id]

    def container(self) -> int:
        """Index of the container that the action refers to."""
        if self.action.target is None:
            self.fail(f"{self.action.type} refers to nothing", hint="add the reference to a task or menu")
        return self.plan.containers[self.action.target]

    def task_inputs(self, path: str) -> Callable[[Any], tuple[tuple[str, Any], ...]]:
        """Values for the referred task's input variables, as (lower-case name, value)."""
        slots = self.plan.slots.get(self.action.target or "", {})
        given = []
        for node in (self.node(path), self.node("taskInputs")):
            for name, value in node.items() if node is not None else ():
                key = name.lower() if name.lower().startswith("task.") else f"task.{name.lower()}"
                if key not in slots:
                    self.fail(f"the task has no variable {name}", value)
                given.append((key, self.compile(value, slots[key].type)))
        return lambda run: tuple((key, get(run)) for key, get in given)

    def task_outputs(self, path: str) -> Mapping[str, Setter]:
        """Setters for the task's output variables; branches with actions are no variables."""
        found = {}
        for node in (self.node(path), self.node("taskOutputs")):
            for name, target in node.items() if node is not None else ():
                if target.get("actions") is None and (assign := self.setter(target)) is not None:
                    found[name.lower().removeprefix("task.")] = assign
        return found

    # ---- menus

    @property
    def choices(self) -> tuple[Action, ...]:
        """The choices of the menu that is compiled."""
        return self.owner.actions if self.owner is not None else ()

    def other_choices(self) -> Iterator[tuple[Action, int]]:
        """The choices of the flow's other menus, each with the index of its node."""
        for box in self.plan.flow.containers.values():
            if box.kind == "menu" and box is not self.owner:
                yield from ((choice, self.plan.nodes[choice.id]) for choice in box.actions)

    @property
    def default_choice(self) -> str | None:
        """The id of the menu's default choice."""
        return self.owner.default_choice if self.owner is not None else None

    @property
    def languages(self) -> tuple[str, ...]:
        """The flow's languages."""
        flow = self.plan.flow
        return tuple(dict.fromkeys((flow.default_language, *flow.supported_languages)))

    def fail(self, message: str, node: Node | None = None, *, hint: str = "") -> NoReturn:
        """Stop at a node of the action."""
        span = node.span if node is not None else self.action.span
        raise DefinitionError(
            f"{self.action.type} {self.action.name!r}: {message}", span=span, hint=hint, code="RB070"
        )
