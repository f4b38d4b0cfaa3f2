"""The plain view of a flow: its definition with `version`, `steps` and `nodes`, and the way back.

A plain flow is kept as the document that it came as. `steps` lists its data action steps with their timeouts
in seconds, `nodes` every action; both are views of flows that are written in another way, native ones
included. What a client changes in `steps` is brought back into the document.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ringback.core.errors import DefinitionError, UsageError
from ringback.core.span import Span
from ringback.documents import read_json, read_yaml
from ringback.flows.loaders import load_flow
from ringback.flows.loaders.plain_types import CONTACT_LOOKUP, LOOKUP, SET_VARIABLE
from ringback.flows.model import Flow
from ringback.flows.timeouts import TimedStep, Timeouts, read_timeouts
from ringback.flows.timeouts_choice import NATIVE, PLAIN, Range, in_words
from ringback.flows.timeouts_edit import with_timeouts
from ringback.platform import errors
from ringback.platform.catalogue import models
from ringback.platform.flows import entities
from ringback.platform.flows.documents import Document, yaml_of
from ringback.platform.store.reader import Body, Reader

# Keys of a native flow that mean the same in a definition.
_SHARED = frozenset(("name", "description", "type", "division"))
_LISTINGS = ("steps", "initialAction", "initial_action", "actions", "nodes")
# How plain documents call the actions of which they need not write the type.
_WORDS: Mapping[str, str] = {
    LOOKUP: "GetExternalContactAction",
    CONTACT_LOOKUP: "GetExternalContactAction",
    SET_VARIABLE: "SetVariableAction",
    "jumpToMenu": "Menu",
}
RANGE = "plain_step_timeout"  # control document [least, most]: seconds, where other limits are wanted


def number(version_id: str) -> int:
    """The number of a version as definitions have it; 0 for none.

    >>> number("7.0"), number("")
    (7, 0)
    """
    return int(version_id.partition(".")[0] or 0)


def in_force(body: Body) -> str:
    """The version that a definition shows: the published one, else the newest."""
    return entities.published(body) or entities.newest(body)


def plain_document(document: Document) -> Body:
    """The JSON of a plain document, which may be written as YAML."""
    is_json = document.text.lstrip("\ufeff \t\r\n").startswith("{")
    read = read_json if is_json else read_yaml
    found = read(document.text, file=document.file).plain()
    if not isinstance(found, dict):
        raise DefinitionError("a plain flow is an object", span=Span(document.file, 1, 1), code="RB020")
    return found


def beside(store: Reader, body: Body) -> Body:
    """What a native flow body shows besides, in the plain view: the definition, `version`, `steps`."""
    version_id = in_force(body)
    if not version_id:
        return {"version": 0, "steps": []}
    document = entities.document(store, body, version_id=version_id)
    found = plain_document(document) if document.form == "plain" else {}
    shown = {name: value for name, value in found.items() if name not in models()["Flow"]}
    shown["version"] = number(version_id)
    shown.setdefault("steps", steps_of(_timeouts(document)))
    return shown


def definition(store: Reader, body: Body) -> Body:
    """The definition with `nodes`: every action that can be executed, however deep."""
    shown: Body = {"id": body["id"], "name": body["name"], "type": body["type"], "nodes": []}
    shown |= {name: body[name] for name in ("description", "division", "selfUri")}
    version_id = in_force(body)
    if not version_id:
        return shown | {"version": 0}
    document = entities.document(store, body, version_id=version_id)
    flow = load_flow(document.text, file=document.file)
    found = plain_document(document) if document.form == "plain" else {"yaml": yaml_of(document)[0]}
    written = {node["id"]: node for node in _flat(found)}
    nodes = [written.get(node["id"], {}) | node for node in nodes_of(flow, found)]
    own = {name: value for name, value in found.items() if name not in ("id", "division", "nodes", "selfUri")}
    return {**shown, **own, "version": number(version_id), "nodes": nodes}


def _flat(found: Body) -> Iterator[Body]:
    """The nodes of a document that lists them, as far as they are not inside each other."""
    listed = found.get("nodes")
    for node in listed if isinstance(listed, list) and "actions" not in found else ():
        if isinstance(node, dict) and node.get("id") and "nodes" not in node:
            yield node


# ---- nodes


def nodes_of(flow: Flow, found: Mapping[str, Any]) -> list[Body]:
    """`{id, name, type, …}` for every action; types as the document writes them."""
    written = dict(_written(found)) if flow.form == "plain" else {}
    names = {box.id: box.name for box in flow.containers.values()}
    shown = []
    for action in flow.actions.values():
        if action.type == "plainChoice":
            continue
        type_ = written.get(action.name.casefold()) or _WORDS.get(action.type, action.type)
        node: Body = {
            "id": action.id,
            "name": action.name,
            "type": type_ if flow.form == "plain" else action.type,
            "action": action.type,
            "container": names.get(action.container, action.container),
        }
        links = {"next": action.next, "parent": action.parent, "branch": action.branch}
        node |= {name: value for name, value in links.items() if value}
        shown.append(node | ({"outputs": dict(action.outputs)} if action.outputs else {}))
    return shown


def _written(value: Any) -> Iterator[tuple[str, str]]:
    """(name, type) of every action of a plain document that says its type."""
    if isinstance(value, dict):
        if isinstance(value.get("name"), str) and isinstance(value.get("type"), str):
            yield value["name"].casefold(), value["type"]
        for member in value.values():
            yield from _written(member)
    elif isinstance(value, list):
        for member in value:
            yield from _written(member)


# ---- steps


def _timeouts(document: Document) -> Timeouts:
    return read_timeouts(document.text, file=document.file)


def steps_of(found: Timeouts) -> list[Body]:
    """`steps` of a flow that is written in another way: its data action steps below their containers."""
    shown: list[Body] = []
    boxes: dict[str, Body] = {}
    for step in found.steps:
        entry: Body = {"type": "data-action", "id": step.id, "name": step.name, "dataAction": step.calls}
        seconds = None if step.timeout_ms is None else _seconds(step.timeout_ms)
        entry["settings"] = {"timeout": seconds}
        if not step.container or found.form == "plain":
            shown.append(entry)
            continue
        if step.container not in boxes:
            boxes[step.container] = {"type": "container", "name": step.container, "steps": []}
            shown.append(boxes[step.container])
        boxes[step.container]["steps"].append(entry)
    return shown


def _seconds(milliseconds: int) -> int | float:
    return milliseconds // 1000 if milliseconds % 1000 == 0 else milliseconds / 1000


def _changes(found: Timeouts, sent: Any) -> dict[str, int]:
    """Id of a step -> its new timeout, where the sent `steps` say another one."""
    by_id = {step.id: step for step in found.steps}
    by_name = {step.name: step for step in reversed(found.steps)}
    changes = {}
    for entry in _entries(sent):
        settings = entry.get("settings")
        seconds = settings.get("timeout") if isinstance(settings, dict) else None
        if seconds is None:
            continue
        step = by_id.get(str(entry.get("id"))) or by_name.get(str(entry.get("name")))
        if step is None:
            known = ", ".join(repr(each) for each in by_name) or "none"
            raise errors.bad_request(
                f"The flow has no data action step {entry.get('name')!r}; it has: {known}.", field="steps"
            )
        if isinstance(seconds, bool) or not isinstance(seconds, int | float):
            raise errors.bad_request(
                f"The timeout of {step.name!r} must be a number of seconds.", field="settings.timeout"
            )
        if round(seconds * 1000) != step.timeout_ms:
            changes[step.id] = round(seconds * 1000)
    return changes


def _entries(sent: Any) -> Iterator[Body]:
    for entry in sent if isinstance(sent, list) else ():
        if isinstance(entry, dict):
            if entry.get("type") == "data-action":
                yield entry
            yield from _entries(entry.get("steps"))


# ---- back into a document


def sent_document(store: Reader, body: Body, *, sent: Mapping[str, Any]) -> Document:
    """The document that a client publishes: the definition that it read, with its changes.

    Raises:
        ApiError: 400, the definition is no plain flow, or a timeout is out of range.
    """
    if not in_force(body):
        return _first(sent)
    current = entities.document(store, body, version_id=in_force(body))
    found = plain_document(current) if current.form == "plain" else {}
    own = next((name for name in _LISTINGS if name in found), "")
    given = _given(sent)
    steps = given.pop("steps", None) if own != "steps" else None
    listed = [name for name in _LISTINGS if name in given and name != "nodes"]
    if listed or isinstance(given.get("yaml"), str):
        given.pop("nodes", None)  # a view of the others
    if listed or ("nodes" in given and (own == "nodes" or steps is None)):
        document = _own_text(given, found, body=body)
    elif isinstance(given.get("yaml"), str):
        document = Document(given["yaml"], "archy")
    elif steps is not None:
        document = Document(yaml_of(current)[0], "archy") if current.form == "export" else current
    else:
        raise errors.bad_request("The definition has no actions: send its actions, steps, nodes or yaml.")
    allowed = _allowed(store)
    return _in_range(_with_steps(document, steps, allowed=allowed), before=current, allowed=allowed)


def _given(sent: Mapping[str, Any]) -> Body:
    """What a client sent without what only the native view has."""
    native = models()["Flow"]
    given = {name: value for name, value in sent.items() if name not in native or name in _SHARED}
    if not isinstance(given.get("division"), str):
        given.pop("division", None)
    given.pop("version", None)
    return given


def _first(sent: Mapping[str, Any]) -> Document:
    """The document of a flow that has no version yet."""
    if isinstance(sent.get("yaml"), str):
        return Document(sent["yaml"], "archy")
    return Document(json.dumps(_given(sent), ensure_ascii=False, indent=2), "plain")


def _own_text(given: Body, found: Body, *, body: Body) -> Document:
    """A plain document; its type stays as the author wrote it."""
    if str(given.get("type") or "").upper() == body["type"]:
        given["type"] = found.get("type", given["type"])
    return Document(json.dumps(given, ensure_ascii=False, indent=2), "plain")


def _with_steps(document: Document, steps: Any, *, allowed: Range) -> Document:
    if steps is None:
        return document
    try:
        found = _timeouts(document)
        changes = _changes(found, steps)
        for step in found.steps:
            if step.id in changes:
                _check(step, changes[step.id], allowed=NATIVE if step.native else allowed)
        return Document(with_timeouts(found, changes), document.form) if changes else document
    except (DefinitionError, UsageError) as error:
        raise errors.bad_request(str(error), field="steps") from None


def _allowed(store: Reader) -> Range:
    """The range of plain steps: 1 to 30 s unless the organisation says otherwise."""
    configured = store.control(RANGE)
    return Range(round(configured[0] * 1000), round(configured[1] * 1000)) if configured else PLAIN


def _in_range(document: Document, *, before: Document, allowed: Range) -> Document:
    """ApiError 400 when a plain step has a timeout of its own that is out of range, and did not have it."""
    try:
        found = _timeouts(document)
        known = {step.name: step.timeout_ms for step in _timeouts(before).steps}
    except (DefinitionError, UsageError) as error:
        raise errors.bad_request(str(error)) from None
    for step in found.steps:
        if step.own is not None and step.timeout_ms is not None and known.get(step.name) != step.timeout_ms:
            _check(step, step.timeout_ms, allowed=NATIVE if step.native else allowed)
    return document


def _check(step: TimedStep, milliseconds: int, *, allowed: Range) -> None:
    if not allowed.low <= milliseconds <= allowed.high:
        raise errors.bad_request(
            f"The timeout of the step {step.name!r} is {in_words(milliseconds)}; the limit is {allowed}.",
            field="settings.timeout",
            code="invalid.value",
        )
