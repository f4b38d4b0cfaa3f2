"""What a flow says, apart from the document that says it: for comparing two forms of one flow.

`meaning` gives plain data without places, ids and formatting; `differences` lists where two of them differ.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ringback.documents import Node
from ringback.flows.loaders.shapes import is_empty, text_of
from ringback.flows.model import Action, Container, Flow, Variable

NOTHING = "(nothing)"
# Parts of a body that the graph says already, or that are one of several ways to say it.
_GRAPH = frozenset(
    ["name", "outputs", "task", "menu", "refId", "targetTaskRef", "targetMenuRef", "targetStateRef"]
)


def meaning(flow: Flow) -> dict[str, Any]:
    """A flow as plain data."""
    return {
        "name": flow.name,
        "type": flow.type,
        "description": flow.description,
        "division": flow.division,
        "start": flow.start,
        "language": flow.default_language,
        "languages": list(flow.supported_languages),
        "greeting": value(flow.greeting),
        "variables": _variables(flow.variables),
        "settings": {key: value(node) for key, node in flow.settings.items()},
        "errors": [flow.error_handling.kind, flow.error_handling.target, value(flow.error_handling.audio)],
        "containers": {id_: _container(box) for id_, box in flow.containers.items()},
    }


def _variables(variables: tuple[Variable, ...]) -> dict[str, Any]:
    return {
        item.name: [
            item.type,
            value(item.initial),
            item.is_input,
            item.is_output,
            item.is_secure,
            item.description,
        ]
        for item in variables
    }


def _container(box: Container) -> dict[str, Any]:
    numbers = {action.id: index for index, action in enumerate(box.actions)}
    return {
        "name": box.name,
        "kind": box.kind,
        "parent": box.parent,
        "start": numbers.get(box.start or ""),
        "default": numbers.get(box.default_choice or ""),
        "paths": list(box.output_paths),
        "variables": _variables(box.variables),
        "fields": _fields(box.body, ("audio", "settingsMenu", "settingsSpeechRec"))
        if box.kind == "menu"
        else {},
        "actions": [_action(action, numbers) for action in box.actions],
    }


def _action(action: Action, numbers: Mapping[str, int]) -> dict[str, Any]:
    keys = [key for key, _ in action.body.items() if key not in _GRAPH and key != "evaluate"]
    evaluate = action.body.get("evaluate")
    return {
        "type": action.type,
        "name": action.name,
        "next": numbers.get(action.next or ""),
        "outputs": {output: numbers[first] for output, first in action.outputs.items()},
        "target": action.target,
        "parent": numbers.get(action.parent or ""),
        "branch": action.branch,
        "fields": _fields(action.body, keys),
        "off": [
            key for key, node in (action.body.get("outputs") or action.body).items() if node.get("enabled")
        ],
        **({} if evaluate is None else {"evaluate": value(evaluate, without="actions")}),
    }


def _fields(body: Node | None, keys: Any) -> dict[str, Any]:
    found = {key: value(node) for key in keys if body is not None and (node := body.get(key)) is not None}
    # Versions of Architect's exporter write `Default` and `default`.
    if (path := found.get("outputPath")) in ({"name": "Default"}, {"name": "default"}):
        found["outputPath"] = {"name": str(path["name"]).lower()}
    return {key: node for key, node in found.items() if node != NOTHING}


def value(node: Node | None, *, without: str = "") -> Any:
    """A wrapped value, or what is made of them; an empty one is the same as none."""
    if node is None or (node.is_map and is_empty(node)):
        return NOTHING
    if node.is_map:
        members = {key: value(member, without=without) for key, member in node.items() if key != without}
        if set(members) == {"exp"}:
            return {"exp": " ".join(str(members["exp"]).split())}
        return members
    if node.is_list:
        return [value(item, without=without) for item in node]
    return node.value if isinstance(node.value, bool) else text_of(node)


def differences(left: Any, right: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """(path, left, right) of everything that differs."""
    if isinstance(left, dict) and isinstance(right, dict):
        for key in dict.fromkeys((*left, *right)):
            yield from differences(left.get(key, NOTHING), right.get(key, NOTHING), f"{path}/{key}")
    elif isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        for index, pair in enumerate(zip(left, right, strict=True)):
            yield from differences(*pair, f"{path}/{index}")
    elif left != right:
        yield path, left, right
