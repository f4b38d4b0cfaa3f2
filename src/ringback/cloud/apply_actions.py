"""Publishing a data action through its draft: made or begun, filled, validated, published."""

from __future__ import annotations

from typing import Any

from ringback.cloud.client import quoted
from ringback.cloud.flow_jobs import PublishRefusedError
from ringback.cloud.organisation import ACTIONS, DRAFTS, INTEGRATIONS, Organisation
from ringback.cloud.plan import Step
from ringback.cloud.project_settings import Settings
from ringback.core.diagnostics import Diagnostic
from ringback.core.errors import RemoteError
from ringback.dataactions.model import DataAction


def apply_action(step: Step, organisation: Organisation, *, settings: Settings) -> str:
    """Publish what the file says; in words what was done.

    Raises:
        PublishRefusedError: the platform finds the draft wrong.
    """
    del settings  # every handler of a kind takes the same
    action = step.item.content
    assert isinstance(action, DataAction)
    draft = _draft(step, action, organisation=organisation)
    path = f"{ACTIONS}/{quoted(str(draft['id']))}/draft"
    _validate(path, action, step=step, organisation=organisation)
    body = organisation.cloud.post(f"{path}/publish", {"version": draft["version"]}).json or {}
    version = body.get("version")
    said = f" as version {version}" if version else ""
    return f"created{said}" if step.verb == "create" else f"published{said}"


def _draft(step: Step, action: DataAction, *, organisation: Organisation) -> Any:
    """The draft as it is to be published."""
    cloud, begun = organisation.cloud, step.data.get("draft")
    if step.verb == "publish":
        return begun
    wanted = body_of(action, category=step.data["category"])
    if not step.id:
        integration = _integration_id(step.data["integration"], organisation)
        return cloud.post(DRAFTS, {**wanted, "integrationId": integration}).json
    path = f"{ACTIONS}/{quoted(step.id)}/draft"
    if begun is None:
        begun = cloud.post(path).json
    return cloud.patch(path, {**wanted, "version": begun["version"]}).json


def _validate(path: str, action: DataAction, *, step: Step, organisation: Organisation) -> None:
    found = organisation.cloud.get(f"{path}/validation").json or {}
    if found.get("valid", True):
        return
    said = [_text(error) for error in found.get("errors") or ()] or ["the platform says no reason"]
    problems = [
        Diagnostic.at("platform", "error", text, action.span(_field(text)) or action.span(""))
        for text in said
    ]
    raise PublishRefusedError(
        f"the platform finds the draft of {step.item.name!r} wrong: {said[0]}",
        problems=problems,
        hint="correct the file; what is published stays as it was",
    )


def _text(error: Any) -> str:
    if not isinstance(error, dict):
        return str(error)
    details = [str(each.get("fieldName") or each.get("errorCode")) for each in error.get("details") or ()]
    more = f" ({', '.join(details)})" if details else ""
    return f"{error.get('message') or error.get('code') or error}{more}"


def _field(text: str) -> str:
    """The field of the export that a message names."""
    for name, path in (
        ("requestUrlTemplate", "config.request.requestUrlTemplate"),
        ("requestTemplate", "config.request.requestTemplate"),
        ("successTemplate", "config.response.successTemplate"),
        ("translationMap", "config.response.translationMap"),
        ("headers", "config.request.headers"),
        ("inputSchema", "contract.input.inputSchema"),
        ("successSchema", "contract.output.successSchema"),
    ):
        if name in text:
            return path
    return ""


def _integration_id(name: str, organisation: Organisation) -> str:
    found = organisation.named(INTEGRATIONS, name)
    if not found:
        raise RemoteError(f"the integration {name!r} is gone", hint="run the plan again")
    return str(found[0]["id"])


def body_of(action: DataAction, *, category: str) -> dict[str, Any]:
    """The API's body of a data action, without its integration."""
    request: dict[str, Any] = {
        "requestType": action.request.method,
        "headers": dict(action.request.headers),
        "requestTemplate": "${input.rawRequest}" if action.request.body is None else action.request.body,
    }
    if action.request.url is not None:
        request["requestUrlTemplate"] = action.request.url
    config: dict[str, Any] = {
        "request": request,
        "response": {
            "translationMap": dict(action.response.translation),
            "translationMapDefaults": dict(action.response.defaults),
            "successTemplate": action.response.success_template,
        },
    }
    if action.timeout:
        config["timeoutSeconds"] = int(action.timeout)
    return {
        "name": action.name,
        "category": category,
        "config": config,
        "contract": {
            "input": {"inputSchema": dict(action.input_contract)},
            "output": {"successSchema": dict(action.output_contract)},
        },
        "secure": action.secure,
    }
