"""Jobs of flows: publish a document that is uploaded, export a version.

Publishing is three calls: register, upload, read until done. Registering twice makes a job that nobody uses;
an upload whose answer is lost is not made again before the job has been read, because a second one could be a
second version.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ringback.cloud.client import Cloud
from ringback.cloud.errors import CloudError, OutcomeUnknown
from ringback.core.diagnostics import Diagnostic
from ringback.core.errors import DefinitionError, RemoteError
from ringback.documents import Node, read_yaml
from ringback.flows.loaders.shapes import text_of
from ringback.flows.model import Flow

_PUBLISH, _EXPORT = "/api/v2/flows/jobs", "/api/v2/flows/export/jobs"
_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 5.0  # seconds between two looks at a job
_DONE = ("Success", "Failure")
_PLACE = re.compile(r"^[\w.-]+\.(?:yaml|json|i3):(\d+):(\d+): (?:(?:error|warning|info) (\w+): )?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Published:
    """What a publish job made.

    Attributes:
        flow_id: of the flow.
        messages: warnings, as texts.
    """

    flow_id: str
    messages: tuple[str, ...] = ()


class PublishRefusedError(RemoteError):
    """The platform did not publish; `problems` are its messages at places of the user's file."""

    def __init__(self, message: str, *, problems: Sequence[Diagnostic] = (), hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.problems = tuple(problems)


class JobFailedError(RemoteError):
    """A job of the platform failed; `messages` are what it said."""

    def __init__(self, what: str, messages: Sequence[str]) -> None:
        said = "; ".join(messages) or "the platform says no reason"
        super().__init__(f"{what} failed: {said}")
        self.messages = tuple(messages)


def publish(cloud: Cloud, text: str, *, stubs: bool = False) -> Published:
    """Publish a flow document: a new version of the flow of its name and type, or a new flow.

    Args:
        cloud: the organisation.
        text: Archy YAML without `{{names}}`.
        stubs: make empty flows for those that it names and that are not there.

    Raises:
        JobFailedError: the platform refuses the document.
        CloudError: a call is refused. RemoteError: the job does not end.
    """
    # A job that was registered and not used does nothing: registering again is safe.
    job = cloud.post(_PUBLISH, {"createStubs": True} if stubs else {}, repeatable=True).json
    lost: CloudError | None = None
    try:
        headers = job.get("headers") or {}
        cloud.upload(job["presignedUrl"], text.encode(), headers=headers, repeatable=False)
    except CloudError as error:
        lost = error
    state = _wait(cloud, f"{_PUBLISH}/{job['id']}", what="publishing", lost=lost)
    messages = tuple(_texts(state))
    if state["status"] != "Success":
        raise JobFailedError("publishing", messages)
    flow_id = str((state.get("flow") or {}).get("id") or "")
    if not flow_id:
        raise JobFailedError("publishing", ("the job names no flow", *messages))
    return Published(flow_id, messages)


def export(cloud: Cloud, flow_id: str, *, version: str = "") -> str:
    """A version of a flow as Archy YAML; the published one unless another is named.

    Raises:
        JobFailedError: the platform cannot export it. CloudError, RemoteError: as for `publish`.
    """
    flow = {"id": flow_id} | ({"version": version} if version else {})
    body = {"flows": [{"flow": flow, "exportType": "Yaml"}]}
    job = cloud.post(_EXPORT, body, repeatable=True).json
    state = _wait(cloud, f"{_EXPORT}/{job['id']}", what="exporting")
    if state["status"] != "Success" or not state.get("downloadUrl"):
        raise JobFailedError("exporting", tuple(_texts(state)))
    return cloud.download(state["downloadUrl"]).text


def called(text: str, name: str) -> str:
    """Archy YAML of a flow under the name that the flow has now.

    A version says what the flow was called then. Published like that, it would become another flow.

    Raises:
        RemoteError: the name in the document cannot be changed.
    """
    node = _name_of(text)
    if node is not None and _same_name(text_of(node), name):
        return text
    if node is not None and node.span.line:
        lines = text.splitlines(keepends=True)
        line = lines[node.span.line - 1]
        ending = line[len(line.rstrip("\r\n")) :]
        before = line[: node.span.column - 1]
        lines[node.span.line - 1] = f"{before}{json.dumps(name, ensure_ascii=False)}{ending}"
        changed = "".join(lines)
        node = _name_of(changed)
        if node is not None and text_of(node) == name:
            return changed
    hint = "export that version, write the name that the flow has now into the file, and apply it"
    raise RemoteError(f"the document does not say that the flow is called {name!r}", hint=hint)


def _name_of(text: str) -> Node | None:
    try:
        bodies = [body for _, body in read_yaml(text, file="flow.yaml").items()]
    except DefinitionError:
        return None
    return bodies[0].get("name") if bodies else None


def _same_name(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()


def _wait(cloud: Cloud, path: str, *, what: str, lost: CloudError | None = None) -> Mapping[str, Any]:
    """The state of a job that is done.

    Raises:
        CloudError: `lost`, when the upload failed and the job does not begin.
        RemoteError: it takes longer than the limit `cloud_job_time`.
    """
    pause, passed = _FIRST_PAUSE, 0.0
    while True:
        state: Mapping[str, Any] = cloud.get(path, {"expand": "messages"}).json
        if state.get("status") in _DONE:
            return state
        # A file may have arrived although its answer did not: the job then begins a little later.
        grace = cloud.limits.cloud_job_begin if isinstance(lost, OutcomeUnknown) else 0.0
        if lost is not None and state.get("status") == "Registered" and passed >= grace:
            raise lost
        if passed >= cloud.limits.cloud_job_time:
            limit = f"{cloud.limits.cloud_job_time:g} s (limit cloud_job_time)"
            hint = "it may still end: run the plan again before you apply again"
            raise RemoteError(f"{what} has not ended within {limit}", hint=hint)
        cloud.clock.sleep(pause)
        passed += pause
        pause = min(pause * 2, _LONGEST_PAUSE)


def _texts(state: Mapping[str, Any]) -> Iterator[str]:
    for message in state.get("messages") or ():
        text = str(message.get("text") or "").strip()
        if text:
            yield text


def mapped(messages: Sequence[str], *, flow: Flow, file: str, verbatim: bool) -> tuple[Diagnostic, ...]:
    """The messages of a job at places of the user's file.

    Args:
        messages: as the platform sent them.
        flow: the model of the file; a message that names one of its actions belongs to that action.
        file: its name.
        verbatim: what was uploaded has the lines of the file.
    """
    return tuple(_mapped(text, flow=flow, file=file, verbatim=verbatim) for text in messages)


def _mapped(text: str, *, flow: Flow, file: str, verbatim: bool) -> Diagnostic:
    match = _PLACE.match(text)
    body, _, hint = (text[match.end() :] if match else text).partition("\n  hint: ")
    code = (match[3] if match else None) or "platform"
    severity = "warning" if match and " warning " in match[0] else "error"
    if match and verbatim:
        return Diagnostic(code, severity, body, file, int(match[1]), int(match[2]), hint)  # type: ignore[arg-type]
    return Diagnostic.at(code, severity, body, _span_of(body, flow), hint=hint)  # type: ignore[arg-type]


def _span_of(text: str, flow: Flow) -> Any:
    """The place of the action or container that a message names; the longest name wins."""
    named = [(action.name, action.span) for action in flow.actions.values()]
    named += [(each, box.span) for box in flow.containers.values() for each in (box.name, box.id)]
    for name, span in sorted(named, key=lambda pair: -len(pair[0])):
        if span is not None and len(name) > 1 and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text):
            return span
    return next(iter(flow.containers.values())).span if flow.containers else None
