"""Exported actions as the nested action lists of Archy YAML.

An export holds the actions of a container as a flat list; `startAction`, `nextAction` and `paths` say what
follows what. A branch that ends goes on below the action that branched, so the graph is a tree of chains:
exactly what the nested lists say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ringback.core.errors import LimitError
from ringback.core.span import Span
from ringback.documents import DEFAULT, Node, Problems
from ringback.flows.keys import ACTION_KEYS
from ringback.flows.loaders.export_fields import RULES, generic
from ringback.flows.loaders.export_parts import Part
from ringback.flows.loaders.export_values import wrapped
from ringback.flows.loaders.export_variables import variable_list
from ringback.lang.expr.types import kind_of

# `__type` without "Action" -> Archy's key, where it is not the same in lower camel case.
_TYPES: Mapping[str, str] = {
    "AskForNLUIntent": "askForIntent",
    "AskForNLUNextIntent": "loopAnythingElse",
    "BridgeServer": "callBridge",
    "Data": "callData",
    "DataSecure": "callDataSecure",
    "DialExtension": "dialByExtension",
    "ExitLoop": "loopExit",
    "GetAttributes": "getParticipantData",
    "Menu": "subMenu",
    "NextLoop": "loopNext",
    "ScreenPop": "setScreenPop",
    "SecureData": "callDataSecure",
    "SetAttributes": "setParticipantData",
    "SetLocale": "setLanguage",
    "Task": "task",
    "TransferExternal": "transferToNumber",
    "TransferFlow": "transferToFlow",
    "TransferFlowSecure": "transferToFlowSecure",
    "TransferGroup": "transferToGroup",
    "TransferMenu": "jumpToMenu",
    "TransferPureMatch": "transferToAcd",
    "TransferTask": "jumpToTask",
    "TransferUser": "transferToUser",
    "TransferVoicemail": "transferToVoicemail",
    "UpdateVariable": "updateData",
}
# Property with the id of a container -> Archy's key, by action.
_REFERENCES: Mapping[str, tuple[str, str]] = {
    "callTask": ("targetTaskRef", "taskReference"),
    "changeState": ("targetStateRef", "stateReference"),
    "jumpToMenu": ("targetMenuRef", "menuReference"),
    "jumpToTask": ("targetTaskRef", "taskReference"),
}
# Outputs that Archy writes as `enabled: false` when the action does not use them.
_SWITCHED_OFF = frozenset(["maxNoInputs", "maxNoMatches", "noIntent", "knowledge"])
# Every level of nesting takes six levels of the Archy document that it stands for.
_LEVELS = 6
_WORD = re.compile(r"[A-Za-z0-9]+")


def archy_type(written: str) -> str:
    """Archy's key for a `__type`.

    >>> archy_type("TransferPureMatchAction"), archy_type("FindQueueAction")
    ('transferToAcd', 'findQueue')
    """
    name = written.removesuffix("Action")
    return _TYPES.get(name, name[:1].lower() + name[1:])


def output_name(output: str) -> str:
    """The name of an output.

    >>> output_name("__NOT_FOUND__")
    'notFound'
    """
    words: list[str] = _WORD.findall(output.lower()) or [""]
    first, *rest = words
    return first + "".join(part.capitalize() for part in rest)


@dataclass(slots=True)
class Actions:
    """Turns actions into Archy's, and remembers the id that each had.

    Attributes:
        references: container id -> reference such as `/inboundCall/tasks/task[Main_12]`.
        ids: place of an action in the new document -> its id in the export.
    """

    problems: Problems
    references: Mapping[str, str]
    ids: dict[Span, str] = field(default_factory=dict)

    def chain(self, container: Part) -> Node:
        """The action list of a container."""
        listed = container.get("actionList")
        chains = _Chains(self, {action.text_at("id"): action for action in listed or ()})
        found = chains.actions(container.get("startAction"), listed or container, depth=0)
        chains.warn_unused()
        return found

    def body(self, type_: str, action: Part) -> dict[str, Node]:
        """Name and fields of an action, without its outputs."""
        name = action.get("name")
        found = {"name": name.scalar(name.text)} if name is not None and name.text else {}
        rules = RULES.get(type_)
        if rules is None:
            return found | self._generic(type_, action)
        key, source = _REFERENCES.get(type_, ("", ""))
        if source and (target := action.get(source)) is not None:
            found[key] = target.scalar(self.references.get(target.text, f"task[{target.text}]"))
        for archy_key, property_, convert in rules:
            member = action.get(property_) if property_ else action
            node = convert(member) if member is not None else None
            if node is not None:
                found[archy_key] = node
        return found

    def _generic(self, type_: str, action: Part) -> dict[str, Node]:
        found = {}
        known = ACTION_KEYS.get(type_)
        for key, member, node in generic(action):
            if known is None or key in known:
                found[key] = node
            elif node.value:
                message = f"the property {key!r} of {type_!r} has no known place in Archy; it is not used"
                self.problems.warn("RB036", message, span=member.span)
        return found


@dataclass(slots=True)
class _Chains:
    """The actions of one container while they are nested."""

    owner: Actions
    by_id: Mapping[str, Part]
    placed: set[str] = field(default_factory=set)

    def actions(self, start: Part | None, place: Part, *, depth: int) -> Node:
        """The list that begins with an action; empty when there is none."""
        return place.list(self._following(start, depth))

    def _following(self, start: Part | None, depth: int) -> Iterator[Node]:
        while start is not None and start.text:
            action = self._take(start, depth)
            if action is None:
                return
            yield self._action(action, depth)
            start = action.get("nextAction")

    def _take(self, reference: Part, depth: int) -> Part | None:
        """The action that an id names; every action has one place."""
        action = self.by_id.get(reference.text)
        if action is None:
            message = f"there is no action {reference.text!r} in this container"
            self.owner.problems.error("RB023", message, span=reference.span)
        elif reference.text in self.placed:
            message = f"the action {action.text_at('name')!r} follows two others"
            hint = "Architect never writes that: is the file a part of another?"
            self.owner.problems.error("RB037", message, span=reference.span, hint=hint)
            return None
        elif depth * _LEVELS > DEFAULT.document_depth:
            raise LimitError(
                f"more than {depth - 1} actions inside each other",
                limit="document_depth",
                span=reference.span,
                hint="move inner actions to a reusable task",
            )
        self.placed.add(reference.text)
        return action

    def _action(self, action: Part, depth: int) -> Node:
        type_ = archy_type(action.text_at("__type") or "action")
        body = self.owner.body(type_, action)
        if type_ == "switch":
            body["evaluate"] = self._switch(action, depth)
        else:
            body |= self._outputs(type_, action, depth=depth)
        item = action.named(type_, action.map(body))
        self.owner.ids[item.key_span(type_)] = action.text_at("id")
        return item

    def _outputs(self, type_: str, action: Part, *, depth: int) -> dict[str, Node]:
        """`outputs:` with the branches that have actions."""
        found: dict[str, Node] = {}
        named: list[Node] = []
        for path in (*(action.get("paths") or ()), *_loop_path(action)):
            output = path.text_at("outputId")
            key = output_name(output) if output.startswith("__") else path.text_at("label") or output
            branch = self._branch(path, depth, key=key)
            if branch is None:
                continue
            if type_ == "askForIntent" and not output.startswith("__"):
                label = path.get("label") or path
                named.append(
                    path.named("intent", path.map({"name": label.scalar(key), **dict(branch.items())}))
                )
            else:
                found[key] = branch
        if named:
            found = {"intents": (action.get("paths") or action).list(iter(named)), **found}
        return {"outputs": action.map(found)} if found else {}

    def _branch(self, path: Part, depth: int, *, key: str) -> Node | None:
        if (first := path.get("nextActionId")) is not None:
            return path.named("actions", self.actions(first, path, depth=depth + 1))
        if key in _SWITCHED_OFF and path.flag("outOfService"):
            return path.named("enabled", path.scalar(value=False))
        return None

    def _switch(self, action: Part, depth: int) -> Node:
        """`firstTrue: {default, cases}` or `firstMatch: {string: {value, default, cases}}`."""
        paths = {path.text_at("outputId"): path for path in action.get("paths") or ()}
        members: dict[str, Node] = {}
        default = paths.get("__DEFAULT__")
        if default is not None and (branch := self._branch(default, depth, key="default")) is not None:
            members["default"] = branch
        cases = action.get("cases") or action
        members["cases"] = cases.list(self._cases(cases, paths, depth=depth))
        matched = action.get("expression")
        value = wrapped(matched) if matched is not None else None
        if matched is None or value is None or action.text_at("switchStyle") == "0":
            return action.named("firstTrue", action.map(members))
        kind = kind_of(matched.text_at("type")) or "string"
        return action.named("firstMatch", action.named(kind, action.map({"value": value, **members})))

    def _cases(self, cases: Part, paths: Mapping[str, Part], *, depth: int) -> Iterator[Node]:
        for case in cases:
            value, path = case.get("value"), paths.get(case.text_at("referenceId"))
            found = wrapped(value) if value is not None else None
            members = {"value": found} if found is not None else {}
            branch = self._branch(path, depth, key="case") if path is not None else None
            yield case.named("case", case.map(members | dict(branch.items() if branch is not None else ())))

    def warn_unused(self) -> None:
        """A warning for each action that nothing leads to."""
        for id_, action in self.by_id.items():
            if id_ not in self.placed:
                message = f"nothing leads to the action {action.text_at('name')!r}; it is left out"
                self.owner.problems.warn("RB038", message, span=action.span)


def _loop_path(action: Part) -> tuple[Part, ...]:
    """The only path of a loop stands alone."""
    path = action.get("path")
    return (path,) if path is not None and path.node.is_map else ()


def contents(part: Part, actions: Actions) -> Iterator[tuple[str, Node]]:
    """Variables, actions and output paths of a task, state or bot."""
    variables = part.get("variables")
    if variables is not None and variables.node.value:
        yield "variables", variable_list(variables)
    yield "actions", actions.chain(part)
    paths = part.get("paths")
    own = [path for path in paths or () if not path.text_at("outputId").startswith("__")]
    if paths is not None and own:
        yield "outputPaths", paths.list(_output_path(path) for path in own)


def _output_path(path: Part) -> Node:
    label = path.get("label") or path
    return path.named("outputPath", path.named("name", label.scalar(label.text)))
