"""Publishing a flow through a job, and what the platform says against it at the lines of the file."""

from __future__ import annotations

import json
from collections.abc import Collection

from ringback.cloud.client import quoted
from ringback.cloud.flow_jobs import JobFailedError, PublishRefusedError, called, export, mapped, publish
from ringback.cloud.organisation import FLOWS, Body, Organisation, flow_of
from ringback.cloud.plan import Step
from ringback.cloud.plan_flows import held, refuse_held
from ringback.cloud.project import Item
from ringback.flows.model import Flow, Form
from ringback.flows.writers import write_archy


def apply_flow(step: Step, organisation: Organisation, *, stubs: bool, taken: Collection[str] = ()) -> str:
    """Publish what the file says; in words what was done.

    Raises:
        PublishRefusedError: the platform refuses the document.
        RemoteError: somebody holds the flow who is not named in `taken`.
    """
    if step.id:
        make_way(step.id, organisation, taken=taken)
    text, verbatim = document_of(step.item, organisation)
    try:
        done = publish(organisation.cloud, text, stubs=stubs)
    except JobFailedError as error:
        raise refused(error, step, verbatim=verbatim) from None
    version = published_version(done.flow_id, organisation)
    return f"{'created' if step.verb == 'create' else 'published'} as version {version}"


def document_of(item: Item, organisation: Organisation) -> tuple[str, bool]:
    """What is uploaded, and whether it has the lines of the file.

    Exports and plain documents become Archy YAML; a local platform takes plain documents as they are, because
    only it can run the requests that they make themselves.
    """
    flow = item.content
    assert isinstance(flow, Flow)
    if flow.form == "archy" or (flow.form == "plain" and organisation.is_local):
        return item.text, True
    return write_archy(flow).text, False


def version_text(organisation: Organisation, body: Body, *, version: str) -> tuple[str, Form]:
    """The document of a version of a flow, under the flow's name, and its form: Archy YAML by an export job.

    A plain flow of a local platform stays plain: it may make requests that Architect has no words for.
    """
    flow_id, name = str(body["id"]), str(body["name"])
    if organisation.is_local:
        path = f"{FLOWS}/{flow_id}/versions/{quoted(version)}/configuration"
        document = organisation.cloud.get(path).json
        flow = flow_of(document, file=flow_id)
        if flow is not None and flow.form == "plain":
            return json.dumps({**document, "name": name}, indent=2, ensure_ascii=False) + "\n", "plain"
    return called(export(organisation.cloud, flow_id, version=version), name), "archy"


def make_way(flow_id: str, organisation: Organisation, *, taken: Collection[str]) -> None:
    """Unlock a flow that is held by somebody who is named in `taken`.

    Looked up now and not when it was planned: a colleague may have begun to work on it since.

    Raises:
        RemoteError: it is held by somebody else.
    """
    body = organisation.cloud.get(f"{FLOWS}/{flow_id}").json
    refuse_held(body, organisation, taken=taken)
    if any(block.reason == "lock" for block in held(body, organisation)):
        organisation.cloud.post(f"{FLOWS}/actions/unlock", query={"flow": flow_id}, repeatable=True)


def published_version(flow_id: str, organisation: Organisation) -> str:
    """The version that is published now."""
    body = organisation.cloud.get(f"{FLOWS}/{flow_id}").json
    return str((body.get("publishedVersion") or {}).get("id") or "?")


def refused(error: JobFailedError, step: Step, *, verbatim: bool) -> PublishRefusedError:
    """The refusal with places of the user's file."""
    flow = step.item.content
    assert isinstance(flow, Flow)
    found = mapped(error.messages, flow=flow, file=step.item.file, verbatim=verbatim)
    problems = [each for each in found if each.severity == "error"] or list(found)
    first = problems[0].message.splitlines()[0] if problems else "it says no reason"
    return PublishRefusedError(
        f"the platform did not publish {step.item.name!r}: {first}",
        problems=problems,
        hint="correct the file and apply again; what is published stays as it was",
    )
