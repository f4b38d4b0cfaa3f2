"""Printing data actions and converting between export JSON, Terraform and the plain form.

An action written back in the form it was read in is its own document, unchanged. What another form cannot
express is a diagnostic, never silence.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ringback.core.diagnostics import Diagnostic
from ringback.core.errors import UsageError
from ringback.dataactions.flatten import flattened_schema, schema_type
from ringback.dataactions.hcl_text import attribute, resource_text
from ringback.dataactions.model import DataAction
from ringback.dataactions.translate import illegal_path

LOST, PLACEHOLDER = "RB190", "RB191"

_NAME = re.compile(r"[A-Za-z0-9_]+")
_DIRECTIVE = re.compile(
    r"#\{?(?:if|set|foreach|macro|define|elseif|else|end|include|parse|evaluate)\b|##|#\*|#\[\["
)
_REFERENCES = re.compile(r"\$!?\{?([A-Za-z_]\w*)")

Written = tuple[str, tuple[Diagnostic, ...]]


def write(action: DataAction, form: str) -> Written:
    """The action's document in a form ("export", "terraform", "plain"), and what it cannot express there.

    Raises:
        UsageError: an unknown form.
    """
    writer = _WRITERS.get(form)
    if writer is None:
        raise UsageError(f"unknown form {form!r}", hint=f"forms: {', '.join(_WRITERS)}")
    return writer(action)


def to_export(action: DataAction) -> dict[str, Any]:
    """Genesys' export JSON; the original document when it was one."""
    if action.form == "export":
        return copy.deepcopy(dict(action.origin.document))
    document: dict[str, Any] = {"name": action.name}
    for key, value in (("integrationType", action.integration_type), ("actionType", action.action_type)):
        document[key] = value or None
    for key, value in (("category", action.category), ("integrationId", action.integration_id)):
        if value:
            document[key] = value
    document["config"] = _export_config(action)
    document["contract"] = {
        "input": {"inputSchema": dict(action.input_contract)},
        "output": {"successSchema": dict(action.output_contract)},
    }
    document["secure"] = action.secure
    return document


def _export_config(action: DataAction) -> dict[str, Any]:
    request: dict[str, Any] = {"requestType": action.request.method, "headers": dict(action.request.headers)}
    if action.request.url is not None:
        request = {"requestUrlTemplate": action.request.url, **request}
    if action.request.body is not None:
        request["requestTemplate"] = action.request.body
    elif action.form == "plain":
        request["requestTemplate"] = ""
    config: dict[str, Any] = {
        "request": request,
        "response": {
            "translationMap": dict(action.response.translation),
            "translationMapDefaults": dict(action.response.defaults),
            "successTemplate": action.response.success_template,
        },
    }
    if action.timeout is not None:
        config["timeoutSeconds"] = _whole(action.timeout)
    return config


def _whole(number: float) -> int | float:
    return int(number) if number == int(number) else number


def _export(action: DataAction) -> Written:
    text = json.dumps(to_export(action), indent=2, ensure_ascii=False) + "\n"
    return text, () if action.form == "export" else tuple(_native_losses(action, "export JSON"))


def _native_losses(action: DataAction, form: str) -> Iterator[Diagnostic]:
    """What no native form has: a description, status codes, timeouts that are no whole seconds."""
    if action.description:
        yield _lost(action, "description", message=f"{form} has no description")
    if action.response.status_codes:
        codes = ", ".join(map(str, action.response.status_codes))
        yield _lost(
            action, "response.statusCodes", message=f"{form} takes every 2xx for success, not only {codes}"
        )
    if action.timeout is not None and (action.timeout != int(action.timeout) or action.timeout < 1):
        yield _lost(
            action,
            "request.timeout",
            message=f"the platform takes whole seconds from 1 to 60, not {action.timeout:g}",
        )
    for name in action.origin.placeholders:
        message = f"{name} stands for a Terraform reference without a value in the file"
        yield Diagnostic.at(
            PLACEHOLDER, "warning", message, action.span(""), hint="replace it before publishing"
        )


def _lost(action: DataAction, path: str, *, message: str, hint: str = "") -> Diagnostic:
    return Diagnostic.at(LOST, "warning", f"{path}: {message}", action.span(path), hint=hint)


def to_terraform(action: DataAction) -> str:
    """A Terraform resource; the original text when it was one."""
    if action.form == "terraform":
        return str(action.origin.document["terraform"])
    auth = action.is_auth_action
    kind = "genesyscloud_integration_custom_auth_action" if auth else "genesyscloud_integration_action"
    integration = json.dumps(action.integration_id) if action.integration_id else "var.integration_id"
    top = [attribute("name", action.name)]
    if not auth:
        top.append(attribute("category", action.category or "Data Actions"))
    top.append(f"integration_id = {integration}")
    if not auth:
        top.append(attribute("secure", action.secure))
        if action.timeout is not None:
            top.append(attribute("config_timeout_seconds", _whole(action.timeout)))
        top.append(attribute("contract_input", dict(action.input_contract), encode=True))
        top.append(attribute("contract_output", dict(action.output_contract), encode=True))
    return resource_text(kind, action.name, top=top, blocks=[_tf_request(action), _tf_response(action)])


def _tf_request(action: DataAction) -> tuple[str, list[str]]:
    request = action.request
    lines = [] if request.url is None else [attribute("request_url_template", request.url)]
    lines.append(attribute("request_type", request.method))
    body = request.body if request.body is not None else "" if action.form == "plain" else None
    if body is not None:
        lines.append(attribute("request_template", body))
    if request.headers:
        lines.append(attribute("headers", dict(request.headers)))
    return "config_request", lines


def _tf_response(action: DataAction) -> tuple[str, list[str]]:
    response = action.response
    maps = (("translation_map", response.translation), ("translation_map_defaults", response.defaults))
    lines = [attribute(name, dict(values)) for name, values in maps if values]
    return "config_response", [*lines, attribute("success_template", response.success_template)]


def _terraform(action: DataAction) -> Written:
    if action.form == "terraform":
        return to_terraform(action), ()
    losses = list(_native_losses(action, "Terraform"))
    if action.integration_type:
        message = f"the integration resource says {action.integration_type!r}, the action does not"
        losses.append(_lost(action, "integrationType", message=message))
    if action.action_type not in ("custom", "customAuth"):
        losses.append(
            _lost(action, "actionType", message=f"Terraform cannot make {action.action_type!r} actions")
        )
    if action.is_auth_action and (action.input_contract or action.output_contract):
        losses.append(_lost(action, "contract", message="a custom auth action has none in Terraform"))
    if not action.integration_id:
        losses.append(
            _lost(
                action,
                "integrationId",
                message="declare var.integration_id",
                hint="or name the integration resource",
            )
        )
    return to_terraform(action), tuple(losses)


def to_plain(action: DataAction) -> dict[str, Any]:
    """The plain form; the original document when it was one. Native references stay as they are."""
    if action.form == "plain":
        return copy.deepcopy(dict(action.origin.document))
    request: dict[str, Any] = {
        "method": action.request.method,
        "url": action.request.url or "",
        "headers": dict(action.request.headers),
        "body": "${input.rawRequest}" if action.request.body is None else action.request.body,
    }
    if action.timeout is not None:
        request["timeout"] = _whole(action.timeout * 1000)
    mapping = [_plain_mapping(action, name, path=path) for name, path in action.response.translation.items()]
    kind = {"integrationType": action.integration_type} if action.integration_type else {}
    return {
        "name": action.name,
        **kind,
        "request": request,
        "response": {"body": {"mapping": mapping}},
        "inputVariables": _plain_variables(action.input_contract),
        "outputVariables": _plain_outputs(action),
    }


def _plain_mapping(action: DataAction, name: str, *, path: str) -> dict[str, Any]:
    entry: dict[str, Any] = {"variableName": name, "jsonPath": path}
    default = action.response.defaults.get(name)
    if default is not None and _json_or_none(default) is not None:
        entry["default"] = _json_or_none(default)
    return entry


def _json_or_none(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _plain_variables(contract: Mapping[str, Any]) -> list[dict[str, Any]]:
    required = contract.get("required", ())
    return [
        {"name": name, **_described(member), **({"required": True} if name in required else {})}
        for name, member in contract.get("properties", {}).items()
    ]


def _described(member: Any) -> dict[str, Any]:
    if not isinstance(member, Mapping):
        return {}
    kept: dict[str, Any] = {"type": schema_type(member)} if schema_type(member) else {}
    return {**kept, **({"description": member["description"]} if member.get("description") else {})}


def _plain_outputs(action: DataAction) -> list[dict[str, Any]]:
    declared = action.output_contract.get("properties", {})
    return [{"name": name, **_described(declared.get(name))} for name in action.response.translation]


def _plain(action: DataAction) -> Written:
    text = json.dumps(to_plain(action), indent=2, ensure_ascii=False) + "\n"
    return text, () if action.form == "plain" else tuple(_plain_losses(action))


def _plain_losses(action: DataAction) -> Iterator[Diagnostic]:
    if action.response.success_template.strip() != _plain_template(action):
        message = "the plain form returns the mapped variables as they are; this success template is lost"
        yield _lost(action, "config.response.successTemplate", message=message)
    if action.action_type != "custom":
        yield _lost(action, "actionType", message=f"the plain form has no {action.action_type!r} actions")
    for path in ("secure", "category", "integration_id"):
        if getattr(action, path):
            yield _lost(action, path, message="the plain form does not say it")
    yield from _plain_request_losses(action)
    yield from _plain_value_losses(action)


def _plain_request_losses(action: DataAction) -> Iterator[Diagnostic]:
    request = action.request
    for path, text in (("requestUrlTemplate", request.url or ""), ("requestTemplate", request.body or "")):
        if _DIRECTIVE.search(text):
            yield _lost(
                action, f"config.request.{path}", message="the plain form has no directives such as #if"
            )
    if request.url is None:
        yield _lost(action, "config.request.requestUrlTemplate", message="the plain form needs a URL")


def _plain_value_losses(action: DataAction) -> Iterator[Diagnostic]:
    for name in (*action.input_contract.get("properties", {}), *action.response.translation):
        if not _NAME.fullmatch(str(name)):
            yield _lost(
                action, "contract", message=f"{name!r} is no plain name (letters, digits and underscores)"
            )
    for name, path in action.response.translation.items():
        if (reason := illegal_path(path)) is not None:
            yield _lost(
                action, "config.response.translationMap", message=f"the path of {name} is illegal: {reason}"
            )
    for name, default in action.response.defaults.items():
        if _json_or_none(default) is None:
            message = f"the default {default!r} of {name} is null or no JSON"
            yield _lost(action, "config.response.translationMapDefaults", message=message)


def _plain_template(action: DataAction) -> str:
    return "{" + ", ".join(f'"{name}": ${{{name}}}' for name in action.response.translation) + "}"


_WRITERS: Mapping[str, Callable[[DataAction], Written]] = {
    "export": _export,
    "terraform": _terraform,
    "plain": _plain,
}


def summary(action: DataAction) -> dict[str, Any]:
    """What `ringback action show --output-format json` prints."""
    return {
        "name": action.name,
        "form": action.form,
        "integrationType": action.integration_type or None,
        "actionType": action.action_type,
        "category": action.category or None,
        "secure": action.secure,
        "timeoutSeconds": action.timeout,
        "request": {
            "method": action.request.method,
            "url": action.request.url,
            "headers": dict(action.request.headers),
            "body": action.request.body,
        },
        "response": {
            "translationMap": dict(action.response.translation),
            "translationMapDefaults": dict(action.response.defaults),
            "successTemplate": action.response.success_template,
        },
        "inputs": flattened_schema(action.input_contract),
        "required": list(action.input_contract.get("required", ())),
        "outputs": flattened_schema(action.output_contract),
        "placeholders": list(action.origin.placeholders),
    }


def summary_text(action: DataAction) -> str:
    """What `ringback action show` prints."""
    required = action.input_contract.get("required", ())
    inputs = (
        f"{n}: {t}{' (required)' if n in required else ''}"
        for n, t in flattened_schema(action.input_contract).items()
    )
    maps = action.response.translation.items()
    defaults = action.response.defaults
    sections = {
        "inputs": list(inputs),
        "headers": [f"{name}: {value}" for name, value in action.request.headers.items()],
        "body": (action.request.body or "").splitlines(),
        "translation": [
            f"{n} = {p}" + (f"  default {defaults[n]}" if n in defaults else "") for n, p in maps
        ],
        "success template": action.response.success_template.splitlines(),
        "outputs": [f"{name}: {kind}" for name, kind in flattened_schema(action.output_contract).items()],
    }
    kind = " ".join(
        filter(None, (action.integration_type, action.action_type, "secure" if action.secure else ""))
    )
    timeout = f", timeout {action.timeout:g} s" if action.timeout else ""
    lines = [action.name, f"  {kind} ({action.form} document{timeout})"]
    lines.append(f"  {action.request.method} {action.request.url or '(no URL)'}")
    for title, rows in sections.items():
        if rows:
            lines += [f"  {title}", *(f"    {row}" for row in rows)]
    return "\n".join(lines)
