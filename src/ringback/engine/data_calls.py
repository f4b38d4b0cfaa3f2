"""How a run answers data actions and plain look-ups: prepared replies, the live network, or plain values.

Order for a data action: a reply given for this run, then (with `live`) the network, then the world's reply.
Where nothing is known at all, the permissive world answers with plain values of the declared types.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ringback.core.errors import RingbackError, UsageError
from ringback.core.policies import Policies
from ringback.dataactions import jsontext
from ringback.dataactions.execute import execute
from ringback.dataactions.failures import StepFailed, no_answer, processing, refused
from ringback.dataactions.flatten import flatten
from ringback.dataactions.report import Report
from ringback.dataactions.secrets import header_secrets
from ringback.dataactions.transport import Request, Response, Transport, TransportFailure, TransportTimeout
from ringback.engine.samples import sample
from ringback.engine.world import DataActionSetup, World
from ringback.flows.effects import CallDataAction, DataActionReply, PostLookup

DEFAULT_STEP_MS = 60_000  # the stored default of the step's own clock (architect-behaviour D.1)
_ANY_OBJECT: Mapping[str, Any] = {"type": "object", "properties": {}}
_BRIEF = 400  # characters of a body that the trace keeps


@dataclass(slots=True)
class DataCalls:
    """Answers the data actions of one run.

    Attributes:
        world: knows documents, replies and integrations.
        replies: lower-case name -> who answers it in this run (`--reply`).
        live: the network; None when this run must not use it.
        written: lower-case name -> the name as the caller of this run wrote it, for messages.
        used: lower-case names of replies that were used.
        secrets: what no output may show: credentials, tokens, secret headers.
    """

    world: World
    replies: Mapping[str, Transport] = field(default_factory=dict)
    live: Transport | None = None
    written: Mapping[str, str] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    secrets: list[Any] = field(default_factory=list)

    @property
    def unused(self) -> tuple[str, ...]:
        """Names of replies that nobody asked for, as they were written."""
        return tuple(self.written.get(name, name) for name in self.replies if name not in self.used)

    def call(self, effect: CallDataAction, policies: Mapping[str, str]) -> DataActionReply:
        """The answer to a data action, by the run's chosen policies."""
        setup = self.world.data_action(effect.name)
        transport, source = self._transport(effect.name, setup)
        if transport is None:
            return self._invented(effect)
        if setup is None or setup.action is None:
            return self._direct(effect, transport, source=source)
        limit = None if effect.timeout_ms is None else effect.timeout_ms / 1000
        report = execute(
            setup.action,
            effect.inputs,
            transport=transport,
            integration=setup.integration,
            timeout=limit,
            policies=Policies(policies),
        )
        self.secrets += [*setup.integration.credentials.values(), *report.found.secrets]
        if report.found.response is not None:
            self.secrets += header_secrets(report.found.response.headers)
        return _reply(report, source)

    def _transport(self, name: str, setup: DataActionSetup | None) -> tuple[Transport | None, str]:
        key = name.strip().lower()
        if key in self.replies:
            self.used.add(key)
            return self.replies[key], "reply"
        if self.live is not None and setup is not None and setup.action is not None:
            return self.live, "live"
        if setup is not None and setup.reply is not None:
            return setup.reply, "world"
        return None, ""

    def _invented(self, effect: CallDataAction) -> DataActionReply:
        if not self.world.permissive and self.world.data_actions is not None:
            raise UsageError(
                f"nobody answers the data action {effect.name!r}",
                hint=f"add `reply:` to it in {self.world.source}, or use --reply '{effect.name}=…' or --live",
            )
        outputs = {name: sample(type_) for name, type_ in effect.outputs.items()}
        return DataActionReply(outputs=outputs, source="permissive", policies={"permissive_values": "plain"})

    def _direct(self, effect: CallDataAction, transport: Transport, *, source: str) -> DataActionReply:
        """A reply without a document: its JSON is the output."""
        limit = (effect.timeout_ms or DEFAULT_STEP_MS) / 1000
        request = Request("POST", "", {}, json.dumps(effect.inputs).encode(), limit, effect.name)
        return self._noted(_sent(transport, request, source=source, body_is_output=True))

    def post(self, effect: PostLookup) -> DataActionReply:
        """The answer to a plain look-up."""
        key = effect.name.strip().lower()
        transport, source = self.replies.get(key), "reply"
        if transport is not None:
            self.used.add(key)
        elif self.live is not None:
            transport, source = self.live, "live"
        else:
            setup = self.world.data_action(effect.name)
            transport, source = (setup.reply if setup is not None else None), "world"
        if transport is None:
            return DataActionReply(
                outputs={"body": {}}, source="permissive", policies={"permissive_values": "plain"}
            )
        body = json.dumps(effect.body).encode()
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        request = Request("POST", effect.url, headers, body, effect.timeout_ms / 1000, effect.name)
        return self._noted(_sent(transport, request, source=source, body_is_output=False))

    def _noted(self, reply: DataActionReply) -> DataActionReply:
        self.secrets += header_secrets(reply.http.get("response_headers", {}))
        return reply


def _sent(transport: Transport, request: Request, *, source: str, body_is_output: bool) -> DataActionReply:
    """One exchange without a data action document around it."""
    try:
        response = transport.send(request)
        if response.elapsed_ms > request.timeout * 1000:
            raise TransportTimeout("too slow", elapsed_ms=request.timeout * 1000)
    except TransportTimeout:
        return DataActionReply(
            round(request.timeout * 1000), "timeout", http=_http(request, None), source=source
        )
    except TransportFailure as error:
        return _failed(no_answer(error), round(error.elapsed_ms), http=_http(request, None), source=source)
    return _answered(request, response, source=source, body_is_output=body_is_output)


def _answered(request: Request, response: Response, *, source: str, body_is_output: bool) -> DataActionReply:
    elapsed, http = round(response.elapsed_ms), _http(request, response)
    good = 200 <= response.status <= 299
    try:
        body = jsontext.decode(response.body) if response.body.strip() else None
    except RingbackError as error:
        text = f"the answer is no JSON: {error.message}"
        fault = processing(text, response) if good else refused(response, None)
        return _failed(fault, elapsed, http=http, source=source)
    if not good:
        return _failed(refused(response, body), elapsed, http=http, source=source)
    outputs = (
        flatten(body, _ANY_OBJECT if isinstance(body, dict) else {}) if body_is_output else {"body": body}
    )
    return DataActionReply(elapsed, outputs=outputs, http=http, source=source)


def _failed(fault: StepFailed, elapsed: int, *, http: dict[str, Any], source: str) -> DataActionReply:
    error = _failure_outputs(fault.error.to_dict())
    return DataActionReply(elapsed, "failure", error=error, http=http, source=source)


def _http(request: Request, response: Response | None) -> dict[str, Any]:
    found: dict[str, Any] = {"method": request.method, "url": request.url, "request": _brief(request.body)}
    if response is not None:
        found |= {"status": response.status, "response": _brief(response.body)}
        found["response_headers"] = dict(response.headers)
    return found


def _brief(body: bytes | None) -> str:
    text = (body or b"").decode("utf-8", "replace")
    return text if len(text) <= _BRIEF else f"{text[:_BRIEF]}… ({len(text):,} characters)"


def _failure_outputs(error: Mapping[str, Any]) -> dict[str, Any]:
    """Architect's flat failure outputs: userParams and details become parallel collections."""
    flat = {name: value for name, value in error.items() if name not in ("userParams", "details", "message")}
    for group, keys in (
        ("userParams", ("key", "value")),
        ("details", ("errorCode", "fieldName", "entityId", "entityName")),
    ):
        items = error.get(group) or []
        flat |= {f"{group}.{key}": [item.get(key) for item in items] for key in keys}
    return flat


def _reply(report: Report, source: str) -> DataActionReply:
    shown = report.to_dict()
    request, response = shown["request"] or {}, shown["response"] or {}
    http: dict[str, Any] = {}
    if request:
        url = request.get("resolved_url") or request.get("url")
        http = {"method": request.get("method"), "url": url, "request": _short(request.get("body"))}
    if response:
        http |= {"status": response.get("status"), "response": _short(response.get("body"))}
    return DataActionReply(
        round(max(report.duration_ms if source == "live" else 0.0, _simulated(report))),
        report.status,
        dict(report.flattened),
        _failure_outputs(report.error.to_dict()) if report.error is not None else {},
        http,
        source,
        dict(report.policies),
    )


def _simulated(report: Report) -> float:
    """Virtual time of an answer: without our own computing time; a timeout is waited for in full."""
    if report.found.response is not None:
        return report.found.response.elapsed_ms
    request = report.found.request
    return request.timeout * 1000 if request is not None and report.status == "timeout" else 0.0


def _short(body: Any) -> str:
    if body is None:
        return ""
    text = body if isinstance(body, str) else jsontext.encode(body)
    return text if len(text) <= _BRIEF else f"{text[:_BRIEF]}… ({len(text):,} characters)"
