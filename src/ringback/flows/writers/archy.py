"""A flow as an Archy document: the model, and what only the flow's own document holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ringback.documents import Node
from ringback.flows.model import Action, Container, Flow, Variable
from ringback.flows.writers import order
from ringback.flows.writers.nodes import listing, mapping, scalar
from ringback.lang.expr.types import kind_of

_SECTIONS = (("menu", "menus"), ("bot", "bots"), ("state", "states"), ("task", "tasks"))
# Keys of a flow's document that the model holds.
_MODELLED = frozenset(
    [
        "name",
        "description",
        "division",
        "startUpRef",
        "defaultLanguage",
        "initialGreeting",
        "variables",
        "startUpTaskActions",
        "startUpTaskVariables",
        "menus",
        "bots",
        "botStates",
        "states",
        "tasks",
    ]
)
START_UP = "startUpTask"
_BOTH = ("isInput", "isOutput")
# Flags that Architect's exporter writes on a flow's own variables although they are false, by flow type.
_FLAGS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("inboundCall", "inqueueCall", "outboundCall", "secureCall", "inboundChat", "inboundEmail"), ()
    ),
    "inboundShortMessage": ("isOutput",),
}


def archy_document(flow: Flow) -> Node:
    """The document of a flow in Archy's form, keys in the order of Architect's exporter."""
    return mapping({flow.type: _Document(flow).body()})


@dataclass(frozen=True, slots=True)
class _Document:
    flow: Flow

    def body(self) -> Node:
        """What stands below the flow type."""
        members = {**dict(self._head()), **dict(self._rest()), **dict(self._containers())}
        found = {key: members[key] for key in order.arranged(members, order.FLOW)}
        return mapping({key: _block(key, node) for key, node in found.items()})

    def _head(self) -> Iterator[tuple[str, Node]]:
        flow = self.flow
        yield "name", scalar(flow.name)
        for key, text in (("description", flow.description), ("division", flow.division)):
            if text or self._had(key):
                yield key, scalar(text)
        if flow.start != START_UP:
            yield "startUpRef", scalar(self._start())
        yield "defaultLanguage", scalar(flow.default_language)
        if flow.supported_languages and not self._had("supportedLanguages"):
            none = mapping({"none": scalar(value=True)})
            yield "supportedLanguages", mapping(dict.fromkeys(flow.supported_languages, none))
        if flow.greeting is not None:
            yield "initialGreeting", flow.greeting
        if flow.variables:
            yield "variables", self._variables(flow.variables, flow.body, key="variables")

    def _variables(self, declared: Iterable[Variable], body: Node | None, *, key: str) -> Node:
        """A `variables:` list; flags are written where the document or the flow's type has them."""
        written = _by_name(body.get(key) if body is not None else None)
        own = self.flow.form == "archy"
        usual = _FLAGS.get(self.flow.type, _BOTH) if body is self.flow.body and key == "variables" else _BOTH
        return listing(
            _variable(variable, _written_flags(written.get(variable.name)) if own else usual)
            for variable in declared
        )

    def _start(self) -> str:
        """The reference to the container in which the flow begins, as written when it was."""
        written = self.flow.body.get("startUpRef") if self.flow.body is not None else None
        box = self.flow.containers[self.flow.start]
        section = next(plural for kind, plural in _SECTIONS if kind == _kind(box))
        made = f"/{self.flow.type}/{section}/{_kind(box)}[{ref_of(box)}]"
        return written.text if written is not None and written.text.endswith(f"[{ref_of(box)}]") else made

    def _had(self, key: str) -> bool:
        return self.flow.body is not None and self.flow.body.get(key) is not None

    def _rest(self) -> Iterator[tuple[str, Node]]:
        """Settings, and what the model does not hold."""
        for key, node in self.flow.body.items() if self.flow.body is not None else ():
            if key not in _MODELLED and key not in self.flow.settings:
                yield key, node
        yield from self.flow.settings.items()

    def _containers(self) -> Iterator[tuple[str, Node]]:
        for kind, section in _SECTIONS:
            items = [
                mapping({kind: self._container(box)})
                for box in self.flow.containers.values()
                if _kind(box) == kind and box.parent is None and box.id != START_UP
            ]
            if items:
                yield section, listing(items)
        if (box := self.flow.containers.get(START_UP)) is not None:
            yield "startUpTaskActions", self._actions(box)
            if box.variables:
                listed = self._variables(box.variables, self.flow.body, key="startUpTaskVariables")
                yield "startUpTaskVariables", listed

    def _container(self, box: Container) -> Node:
        members = dict(box.body.items()) if box.body is not None else {}
        kind = _kind(box)
        if kind == "menu":
            members["choices"] = listing(self._choice(action) for action in box.actions)
        else:
            members["actions"] = self._actions(box)
        members.pop("variables", None)
        if box.variables:
            members["variables"] = self._variables(box.variables, box.body, key="variables")
        if box.kind != "menuTask" and "name" not in members and "refId" not in members:
            members |= {"name": scalar(box.name), "refId": scalar(box.id)}
        found = {key: members[key] for key in order.arranged(members, order.CONTAINERS[kind])}
        return mapping({key: _block(key, node) for key, node in found.items()})

    def _actions(self, box: Container) -> Node:
        return listing(nested(box.actions).top())

    def _choice(self, choice: Action) -> Node:
        """A choice of a menu, with the task or menu that it holds."""
        held = self.flow.containers.get(choice.target or "")
        members = dict(choice.body.items())
        if held is not None and held.parent == choice.container:
            if choice.type == "menuTask":
                members["task"] = self._container(held)
            else:
                key = next((key for key in ("menu", "subMenu") if key in members), "")
                inner = self._container(held)
                members |= {key: inner} if key else dict(inner.items())
        return mapping({choice.type: _arranged(choice.type, members)})


@dataclass(frozen=True, slots=True)
class _Nested:
    """The actions of a container by the branch that they stand in."""

    by_branch: Mapping[tuple[str | None, str | None], Sequence[Action]]

    def top(self) -> Iterator[Node]:
        """The actions at the top."""
        return self._list(None, None)

    def _list(self, parent: str | None, branch: str | None) -> Iterator[Node]:
        for action in self.by_branch.get((parent, branch), ()):
            members = dict(action.body.items())
            if action.type == "switch" and "evaluate" in members:
                members["evaluate"] = self._switch(action, members["evaluate"])
            if outputs := self._outputs(action, members.pop("outputs", None)):
                members["outputs"] = outputs
            yield mapping({action.type: _arranged(action.type, members)})

    def _branch(self, action: Action, output: str, *, written: Node | None = None) -> Node | None:
        """`actions:` of an output, and what else was written with it; None when there is nothing."""
        items = tuple(self._list(action.id, output))
        rest = {key: node for key, node in written.items() if key != "actions"} if written is not None else {}
        if items:
            rest["actions"] = listing(items)
        keys = order.arranged(rest, ("name", "value", "actions"), last=("enabled",))
        return mapping({key: rest[key] for key in keys}) if rest else None

    def _outputs(self, action: Action, written: Node | None) -> Node | None:
        names = [output for output in action.outputs if action.type != "switch"]
        if written is not None and written.is_list:
            return self._named(action, written, names=names)
        found: dict[str, Node] = {}
        for name, node in written.items() if written is not None else ():
            if node.is_list:
                found[name] = self._named(action, node, names=names)
            elif (branch := self._branch(action, name, written=node)) is not None:
                names = [other for other in names if other != name]
                found[name] = branch
        for name in names:
            if (branch := self._branch(action, name)) is not None:
                found[name] = branch
        arranged = {key: found[key] for key in order.arranged(found, order.OUTPUTS)}
        return mapping(arranged) if arranged else None

    def _named(self, action: Action, written: Node, *, names: list[str]) -> Node:
        """`- intent: {name, actions}`; what is written here is taken out of `names`."""
        items = []
        for item in written:
            for key, body in item.items():
                name = body.get("name")
                output = name.text or str(name.value) if name is not None else key
                branch = self._branch(action, output, written=body)
                items.append(mapping({key: branch if branch is not None else body}))
                if output in names:
                    names.remove(output)
        return listing(items)

    def _switch(self, action: Action, evaluate: Node) -> Node:
        """`evaluate:` with the actions of its cases."""
        found = {}
        for key, node in evaluate.items():
            if key == "default":
                branch = self._branch(action, "default", written=node)
                if branch is not None:
                    found[key] = branch
            elif key == "cases":
                found[key] = listing(self._cases(action, node))
            else:
                found[key] = (
                    self._switch(action, node) if node.get("lit") is None and key != "value" else node
                )
        # A flow that came from the plain form has its default only in the graph.
        if "cases" in found and (branch := self._branch(action, "default")) is not None:
            found.setdefault("default", branch)
        return mapping({key: found[key] for key in order.arranged(found, ("value", "default", "cases"))})

    def _cases(self, action: Action, cases: Node) -> Iterator[Node]:
        for number, item in enumerate(cases, start=1):
            for key, case in item.items():
                yield mapping({key: self._branch(action, f"case{number}", written=case) or case})


def nested(actions: Iterable[Action]) -> _Nested:
    """The actions of a container, ready to be written as nested lists."""
    found: dict[tuple[str | None, str | None], list[Action]] = {}
    for action in actions:
        found.setdefault((action.parent, action.branch), []).append(action)
    return _Nested(found)


def _by_name(listed: Node | None) -> dict[str, Node]:
    """The bodies of a `variables:` list by the variable's name."""
    bodies = (body for item in listed or () for _, body in item.items())
    return {name.text: body for body in bodies if (name := body.get("name")) is not None}


def _written_flags(body: Node | None) -> tuple[str, ...]:
    return () if body is None else tuple(flag for flag in _BOTH if body.get(flag) is not None)


def _variable(variable: Variable, flags: tuple[str, ...]) -> Node:
    members = {"name": scalar(variable.name)}
    if variable.description:
        members["description"] = scalar(variable.description)
    if variable.initial is not None:
        members["initialValue"] = variable.initial
    said = {"isInput": variable.is_input, "isOutput": variable.is_output}
    members |= {flag: scalar(value) for flag, value in said.items() if value or flag in flags}
    if variable.is_secure:
        members["isSecure"] = scalar(value=True)
    kind = kind_of(variable.type) or "string"
    return mapping({f"{kind}Variable": mapping(members)})


def ref_of(box: Container) -> str:
    """The refId of a container as its document has it."""
    for key in ("refId", "name"):
        node = box.body.get(key) if box.body is not None else None
        if node is not None and node.value is not None:
            return node.text or str(node.value)
    return box.id


def _kind(box: Container) -> str:
    return "task" if box.kind in ("menuTask", "loopTask") else box.kind


def _block(key: str, node: Node) -> Node:
    """A block of settings with its keys in order."""
    table = order.BLOCKS.get(key)
    if table is None or not node.is_map:
        return node
    members = dict(node.items())
    return mapping({name: members[name] for name in order.arranged(members, table)})


def _arranged(type_: str, members: Mapping[str, Node]) -> Node:
    keys = order.arranged(members, order.of_action(type_), last=order.last_of_action(type_))
    return mapping({key: members[key] for key in keys})
