"""A flow with everything that its checks need, computed once and only when asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from ringback.core.errors import DefinitionError
from ringback.core.span import Span
from ringback.dataactions.flatten import flattened_schema, schema_type
from ringback.dataactions.model import DataAction
from ringback.documents import Node
from ringback.flows.model import Action, Container, Flow
from ringback.lang.expr.checker import check_tree
from ringback.lang.expr.parser import parse
from ringback.lang.expr.typed import Typed
from ringback.lint.flows.graph import Graph, graph_of
from ringback.lint.flows.positions import Positions
from ringback.lint.flows.project import Project
from ringback.lint.flows.scope import FlowNames
from ringback.lint.flows.uses import ASSIGNS, Use, expressions_in, own_nodes, uses_of
from ringback.lint.model import Edit

_T = TypeVar("_T")

DATA_STEPS = ("callData", "callDataSecure", "callBridge")
VOICE = frozenset(("inboundCall", "outboundCall", "inqueueCall", "secureCall", "voice", "voicemail"))
_CODES: Mapping[str, str] = {"string": "str", "integer": "int", "number": "dec", "boolean": "bln"}
_REFERENCE = re.compile(r"(?:[^\[]*/)?(?:task|menu|state|bot)\[(.*)\]\Z", re.DOTALL)
_PARTS = frozenset(
    (
        "tasks",
        "menus",
        "states",
        "bots",
        "startUpTaskActions",
        "variables",
        "choices",
        "actions",
        "startUpRef",
        "startUpObject",
    )
)


@dataclass(frozen=True)  # without slots: the contract is read once, when somebody asks
class Call:
    """A data action step.

    Attributes:
        action: the step.
        name: the data action's name, as written.
        name_span: where it stands.
        body: what stands below the name: inputs, successOutputs, failureOutputs.
        document: the data action, when the project has it.
    """

    action: Action
    name: str
    name_span: Span
    body: Node
    document: DataAction | None

    @cached_property
    def inputs(self) -> Mapping[str, str]:
        """Input name -> type code, of the contract."""
        properties = self.document.input_contract.get("properties") if self.document is not None else None
        if not isinstance(properties, Mapping):
            return {}
        return {
            str(name): _CODES.get(schema_type(schema), "str")
            for name, schema in properties.items()
            if isinstance(schema, Mapping)
        }

    @cached_property
    def required(self) -> tuple[str, ...]:
        """The inputs that the contract requires."""
        names = self.document.input_contract.get("required") if self.document is not None else None
        return tuple(map(str, names)) if isinstance(names, list) else ()

    @cached_property
    def outputs(self) -> Mapping[str, str]:
        """Flat output name -> type code, of the contract."""
        return flattened_schema(self.document.output_contract) if self.document is not None else {}


@dataclass(frozen=True, slots=True)
class Located:
    """A use with the part of the flow that it stands in; `action` is None outside actions."""

    use: Use
    container: Container | None
    action: Action | None


class FlowSubject:
    """A flow as the checks see it."""

    def __init__(self, flow: Flow, text: str, *, project: Project) -> None:
        self.flow = flow
        self.text = text
        self.project = project
        self.positions = Positions(text, flow.source)
        self._typed: dict[tuple[int, str | None], Typed | DefinitionError] = {}
        self._names: dict[str, FlowNames] = {}
        self._once: dict[Any, Any] = {}

    # ---- parts

    @cached_property
    def actions(self) -> Mapping[str, Action]:
        """Every action by its id."""
        return self.flow.actions

    @cached_property
    def whole(self) -> Span:
        """Where the flow is named."""
        name = self.flow.body.get("name") if self.flow.body is not None else None
        if name is not None:
            return name.span
        return (
            Span.at(self.text, 0, file=self.flow.source)
            if self.flow.form != "export"
            else Span(self.flow.source, 1, 1)
        )

    @cached_property
    def graph(self) -> Graph:
        """The ways through the flow."""
        return graph_of(self.flow)

    @cached_property
    def reached(self) -> frozenset[str]:
        """The nodes that the flow can come to: from its start, and from its event handling."""
        return self.graph.reached((self.flow.start, *self.mentioned))

    @cached_property
    def mentioned(self) -> frozenset[str]:
        """Containers that settings name: error handling, intents, events."""
        found = {self.flow.error_handling.target} if self.flow.error_handling.target else set()
        ids = {container.id for container in self.flow.containers.values()}
        for text in _texts(self.flow.body):
            match = _REFERENCE.fullmatch(text)
            found |= {match[1] if match else text} & ids
        return frozenset(found)

    def place(self, action: Action) -> Span:
        """Where an action stands: its name, or its key."""
        name = action.body.get("name")
        if name is not None and name.value is not None:
            return name.span
        return action.span or action.body.span

    def place_of(self, container: Container) -> Span:
        """Where a container stands."""
        name = container.body.get("name") if container.body is not None else None
        return name.span if name is not None else container.span or self.whole

    def is_inside(self, action: Action, outer: Action) -> bool:
        """Whether an action is nested in another."""
        while action.parent is not None:
            if action.parent == outer.id:
                return True
            action = self.actions[action.parent]
        return False

    def nodes(self, action: Action) -> tuple[tuple[tuple[str, ...], Node], ...]:
        """Every node of an action with the keys on the way to it; nested actions have their own."""
        return self._nodes[action.id]

    @cached_property
    def _nodes(self) -> Mapping[str, tuple[tuple[tuple[str, ...], Node], ...]]:
        return {action.id: tuple(own_nodes(action)) for action in self.actions.values()}

    def texts(self, action: Action) -> Iterator[Node]:
        """Every text of an action that is no variable to set."""
        writes = {id(use.node) for use in self.uses[action.id]}
        return (
            node for _, node in self.nodes(action) if isinstance(node.value, str) and id(node) not in writes
        )

    # ---- expressions

    @cached_property
    def uses(self) -> Mapping[str, tuple[Use, ...]]:
        """What each action reads and sets."""
        return {action.id: tuple(uses_of(action, self.nodes(action))) for action in self.actions.values()}

    @cached_property
    def located(self) -> tuple[Located, ...]:
        """Every use of the flow, outside its actions too."""
        return tuple(self._located())

    def _located(self) -> Iterator[Located]:
        flow = self.flow
        settings = (
            flow.greeting,
            flow.error_handling.audio,
            flow.error_handling.body,
            *flow.settings.values(),
        )
        outside = [use for node in settings for use in expressions_in(node)]
        outside += [use for variable in flow.variables for use in expressions_in(variable.initial)]
        yield from (Located(use, None, None) for use in {id(use.node): use for use in outside}.values())
        for container in flow.containers.values():
            for use in self._of_container(container):
                yield Located(use, container, None)
            for action in container.actions:
                yield from (Located(use, container, action) for use in self.uses[action.id])

    def _of_container(self, container: Container) -> Iterator[Use]:
        for key, member in container.body.items() if container.body is not None else ():
            if key not in _PARTS:
                yield from expressions_in(member, (key,))
        for variable in container.variables:
            yield from expressions_in(variable.initial)

    def names(self, container: Container | None) -> FlowNames:
        """The variables that expressions see in a container."""
        key = container.id if container is not None else ""
        if key not in self._names:
            own = container.variables if container is not None else ()
            self._names[key] = FlowNames.of(own, self.flow.variables)
        return self._names[key]

    def type_of(self, name: str, container: Container | None) -> str:
        """The type code of a variable; "any" when it is unknown."""
        found = self.names(container).lookup(name)
        return found.type if found is not None else "any"

    def target(self, located: Located) -> str | None:
        """The type that the place of an expression wants, as far as it is known."""
        use, action = located.use, located.action
        if action is not None and action.type in ASSIGNS:
            return self._assigned_type(action, use, container=located.container) or use.target
        return use.target

    def _assigned_type(self, action: Action, use: Use, *, container: Container | None) -> str | None:
        for statement in action.body.get("statements") or ():
            for _, body in statement.items():
                value, variable = body.get("value"), body.get("variable")
                if (
                    value is not None
                    and any(node is use.node for node in (value, *(node for _, node in value.items())))
                    and variable is not None
                ):
                    name = variable.get("var") if variable.is_map else variable
                    type_ = self.type_of(str(name.value), container) if name is not None else "any"
                    return None if type_ == "any" else type_
        return None

    def typed(self, located: Located, target: str | None = None) -> Typed | DefinitionError:
        """The checked tree of an expression, or why it has none."""
        wanted = target if target is not None else self.target(located)
        key = (id(located.use.node), wanted)
        if key not in self._typed:
            text = located.use.text
            try:
                scope = self.names(located.container)
                self._typed[key] = check_tree(parse(text, file="expression"), scope, text=text, target=wanted)
            except DefinitionError as error:
                self._typed[key] = error
        return self._typed[key]

    def is_placeholder(self, use: Use) -> bool:
        """Whether a `{{name}}` without a value is a part of an expression."""
        return bool(self._open) and "{{" in use.node.span.text[use.node.span.column - 1 :]

    @cached_property
    def _open(self) -> bool:
        return any(warning.code == "RB029" for warning in self.flow.diagnostics)

    def span(self, use: Use, at: int = 0, *, length: int = 0) -> Span:
        """The place of a piece of an expression; the whole of it without a length."""
        return self.positions.span(use.node, at, length=length) if length else use.node.span

    def edit(self, use: Use, start: int, *, end: int, text: str) -> Edit | None:
        """The change of the document that replaces a piece of an expression."""
        return (
            None if self.flow.form == "export" else self.positions.edit(use.node, start, end=end, text=text)
        )

    def once(self, compute: Callable[[FlowSubject], _T]) -> _T:
        """What a function says of the flow, computed at its first call only."""
        if compute not in self._once:
            self._once[compute] = compute(self)
        return self._once[compute]  # type: ignore[no-any-return]  # what that very function gave

    # ---- data actions

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        """Every data action step."""
        return tuple(call for action in self.actions.values() for call in self._calls(action))

    def _calls(self, action: Action) -> Iterator[Call]:
        if action.type not in DATA_STEPS:
            return
        category = action.body.get("category")
        for _, integration in category.items() if category is not None else ():
            named = integration.get("dataAction") or integration.get("bridgeAction")
            for name, body in named.items() if named is not None else ():
                yield Call(action, name, named.key_span(name), body, self.project.action(name))  # type: ignore[union-attr]  # the loop has items only when it is there


def _texts(body: Node | None) -> Iterator[str]:
    """The texts of a flow's document outside its containers."""
    waiting = [member for key, member in body.items() if key not in _PARTS] if body is not None else []
    while waiting:
        node = waiting.pop()
        if isinstance(node.value, str):
            yield node.value
        waiting += [*node, *(member for _, member in node.items())]
