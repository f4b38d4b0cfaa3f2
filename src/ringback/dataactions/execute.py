"""Running a data action in the platform's order, every step in the report.

    check input → credentials → authenticate → URL → headers → body → send → read → translate
    → success template → parse → check output → flatten

The step names are ours (the platform's are not public); as on the platform, step 10 applies the output
transformation (architect-behaviour D.9).
"""

from __future__ import annotations

import codecs
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ringback.core.errors import RingbackError
from ringback.core.policies import Policies
from ringback.dataactions import failures, jsontext
from ringback.dataactions.auth import Integration
from ringback.dataactions.failures import StepFailed
from ringback.dataactions.flatten import flatten_as
from ringback.dataactions.model import DataAction
from ringback.dataactions.prepare import (
    BODY_TEMPLATE,
    SUCCESS_TEMPLATE,
    URL_TEMPLATE,
    Prepared,
    prepare,
    reason,
)
from ringback.dataactions.report import Findings, Operation, Report, Status
from ringback.dataactions.secrets import header_secrets, tokens_in
from ringback.dataactions.translate import context_of
from ringback.dataactions.transport import (
    MAX_RESPONSE_BYTES,
    Request,
    Response,
    Transport,
    TransportError,
    TransportFailure,
    TransportTimeout,
)

SERVICE_TIMEOUT = 60.0  # seconds; the most that `config.timeoutSeconds` allows (architect-behaviour D.8)
DEFAULT_BODY = "${input.rawRequest}"  # of a native document that says none (architect-behaviour D.4)
NO_INTEGRATION = Integration()

# Headers that belong to the connection: the platform sets them, whatever the action says.
_HOP_HEADERS = frozenset(
    ("connection", "content-length", "host", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade")
)


def execute(
    action: DataAction | Prepared,
    inputs: Mapping[str, Any],
    *,
    transport: Transport,
    integration: Integration = NO_INTEGRATION,
    timeout: float | None = None,
    policies: Policies | None = None,
) -> Report:
    """Runs an action once.

    Args:
        action: the action, or the result of `prepare` when it runs often.
        inputs: input name to JSON value; None is NOT_SET.
        transport: who answers.
        integration: credentials, authentication and base URL.
        timeout: the step's own clock in seconds; None means the action's suggested timeout.
        policies: choices for undocumented behaviour; the report names those that were used.

    Raises:
        DefinitionError: a contract is no usable JSON Schema. Everything else is in the report.
    """
    order = _Order(prepare(action), inputs, transport, integration, timeout, policies or Policies())
    return _Steps(order).run()


@dataclass(frozen=True, slots=True)
class _Order:
    """What one execution was asked for."""

    prepared: Prepared
    inputs: Mapping[str, Any]
    transport: Transport
    integration: Integration
    timeout: float | None
    policies: Policies


class _Steps:
    """The steps of one execution; they share `found`, and each returns what the report shows of it."""

    def __init__(self, order: _Order) -> None:
        self.order = order
        self.action: DataAction = order.prepared.action
        self.prepared = order.prepared
        self.policies = order.policies
        self.integration = order.integration
        self.found = Findings()
        self.operations: list[Operation] = []
        self.context: dict[str, Any] = {}
        self.simulated_ms = 0.0
        self.waited_ms = 0.0
        self.fresh_token = True

    def run(self) -> Report:
        started = time.perf_counter()
        status: Status = "success"
        error = None
        try:
            for name, step in _STEPS:
                self._step(name, step)
        except StepFailed as failed:
            status, error = failed.status, failed.error
        own_ms = (time.perf_counter() - started) * 1000 - self.waited_ms
        policies = dict(self.policies.used)
        operations = tuple(self.operations)
        duration = own_ms + self.simulated_ms
        return Report(self.action, status, self.found, operations, error, duration, policies)

    def _step(self, name: str, step: Callable[[_Steps], Any]) -> None:
        number = len(self.operations) + 1
        try:
            self.operations.append(Operation(number, name, True, step(self)))
        except StepFailed as failed:
            self.operations.append(Operation(number, name, False, None, failed.error))
            raise

    def check_input(self) -> Any:
        """The input object that is sent."""
        sent, violations = self.prepared.input.check_input(self.order.inputs, policies=self.policies)
        self.found.inputs = sent
        if self.action.secure:
            self.found.secrets += sent.values()
        if violations:
            raise failures.contract_refused("input", violations)
        self.context["input"] = {**sent, "rawRequest": jsontext.encode(sent)}
        return sent

    def credentials(self) -> Any:
        """The type and names of the credentials."""
        credentials = self.integration.credentials
        self.found.secrets += credentials.values()
        self.context["credentials"] = credentials
        return {"type": self.integration.kind, "fields": sorted(credentials)}

    def authenticate(self) -> Any:
        """Where `authResponse` came from."""
        integration = self.integration
        answer = integration.auth_response
        how = "given" if answer is not None else "none"
        if integration.authenticates:
            answer, how = self._token(), "authenticated" if self.fresh_token else "kept token"
        if answer is not None:
            self.found.secrets += answer.values()
            self.context["authResponse"] = answer
        return {"authResponse": how, "fields": sorted(answer or ())}

    def _token(self) -> Mapping[str, Any]:
        """The kept answer of the auth action, or a new one."""
        tokens, login = self.integration.tokens, self.integration.authentication
        self.fresh_token = tokens.response is None
        if tokens.response is None and login is not None:
            own = Integration(self.integration.credentials, base_url=self.integration.base_url)
            transport = self.order.transport
            report = execute(login, {}, transport=transport, integration=own, policies=self.policies)
            self.found.secrets += tokens_in(report.found.document)
            if report.error is not None or not isinstance(report.output, Mapping):
                raise failures.not_authenticated(report)
            tokens.response = report.output
        return tokens.response or {}

    def url(self) -> Any:
        """The rendered URL text."""
        if self.action.request.url is None:
            return None
        self.found.url = self._render(self.action.request.url, URL_TEMPLATE)
        return self.found.url

    def headers(self) -> Any:
        """The rendered headers."""
        templates = self.action.request.headers.items()
        rendered = {name: self._render(text, f"header {name}") for name, text in templates}
        for name, value in rendered.items():
            if any(mark in value.strip() for mark in "\r\n\0"):
                raise failures.processing(f"Header {name} holds a line break after rendering")
        self.found.headers = rendered
        self.found.secrets += header_secrets(rendered)
        return rendered

    def body(self) -> Any:
        """The rendered body; None for GET."""
        text = self.action.request.body
        if text is None and self.action.form != "plain":
            text = DEFAULT_BODY
        sends = self.action.request.method != "GET"
        body = self._render(text, BODY_TEMPLATE) if sends and text is not None else None
        self.found.request = self._request(None if body is None else body.encode("utf-8", "replace"))
        return body

    def _request(self, body: bytes | None) -> Request:
        url = self._resolved(self.found.url)
        sent = {
            name: value.strip()
            for name, value in self.found.headers.items()
            if name.lower() not in _HOP_HEADERS
        }
        given = {name.lower() for name in sent}
        if body is not None and "content-type" not in given:
            sent["Content-Type"] = "application/json"
        own = self.integration.authorization(self.context.get("authResponse"))
        if own and "authorization" not in given:
            sent["Authorization"] = own
            self.found.secrets.append(own.partition(" ")[2])
        return Request(self.action.request.method, url, sent, body, self._limit(), self.action.name)

    def _resolved(self, url: str | None) -> str:
        base = self.integration.base_url
        if url is None or url.startswith("arn:"):
            return base
        text = url.strip()
        if "://" in text or not base:
            return text
        return f"{base.rstrip('/')}/{text.lstrip('/')}"

    def _limit(self) -> float:
        service = self.action.timeout or SERVICE_TIMEOUT
        return service if self.order.timeout is None else min(service, self.order.timeout)

    def _render(self, template: str, name: str) -> str:
        strict = self.policies.get("strict_references") == "always"
        try:
            return self.prepared.render(template, name, context=self.context, strict=strict)
        except RingbackError as error:
            raise failures.processing(f"Request '{name}' cannot be rendered: {reason(error)}") from error

    def send(self) -> Any:
        """Status, size and time of the answer."""
        request = self.found.request
        assert request is not None
        response = self._exchange(request)
        if response.status == 401 and self._may_retry():
            self.integration.tokens.response = None
            self.authenticate()
            self.url()
            self.headers()
            self.body()  # the token may stand in each of them
            request = self.found.request
            assert request is not None
            response = self._exchange(request)
        self.found.response = response
        return {"status": response.status, "bytes": len(response.body), "elapsed_ms": response.elapsed_ms}

    def _may_retry(self) -> bool:
        """Whether a 401 may mean that a kept token is out of date."""
        kept = self.integration.authenticates and not self.fresh_token
        return kept and self.policies.get("auth_token_retry") == "once_on_401"

    def _exchange(self, request: Request) -> Response:
        started = time.perf_counter()
        try:
            response = self.order.transport.send(request)
            self.simulated_ms += response.elapsed_ms
            if response.elapsed_ms > request.timeout * 1000:
                raise TransportTimeout(f"the answer took {response.elapsed_ms / 1000:g} s")
        except TransportError as error:
            self.simulated_ms += error.elapsed_ms
            raise self._no_answer(error) from error
        finally:
            self.waited_ms += (time.perf_counter() - started) * 1000
        return response

    def _no_answer(self, error: TransportError) -> StepFailed:
        if isinstance(error, TransportFailure):
            return failures.no_answer(error)
        assert isinstance(error, TransportTimeout)
        step, service = self.order.timeout, self.action.timeout or SERVICE_TIMEOUT
        of_step = step is None or step <= service
        return failures.out_of_time(error, limit=self._limit(), of_step=of_step)

    def read(self) -> Any:
        """The parsed body."""
        response = self.found.response
        assert response is not None
        if len(response.body) > MAX_RESPONSE_BYTES:
            raise failures.processing(
                f"The response has {len(response.body):,} bytes; the limit response_size "
                f"is {MAX_RESPONSE_BYTES:,}",
                response,
            )
        wanted = self.action.response.status_codes
        failed = response.status not in wanted if wanted else not 200 <= response.status <= 299
        if not wanted:
            self.policies.get("failure_statuses")
        if response.body.strip():
            self._parse_body(response, lenient=failed)
        if failed:
            raise failures.refused(response, self.found.document)
        return self.found.document

    def _parse_body(self, response: Response, *, lenient: bool) -> None:
        try:
            document = jsontext.decode(response.body.removeprefix(codecs.BOM_UTF8))
        except RingbackError as error:
            if lenient:
                return
            kind = response.header("content-type") or "no Content-Type"
            start = response.body[:60].decode("utf-8", "replace")
            message = f"The response is no JSON ({kind}): {error.message}; it starts with {start!r}"
            raise failures.processing(message, response) from error
        self.found.document = _unwrapped(document)
        self.found.has_document = True

    def translate(self) -> Any:
        """The variables."""
        translator = self.prepared.translator
        if self.found.has_document:
            if "rawResult" in self.action.response.success_template:
                self.context["rawResult"] = jsontext.encode(self.found.document)
            found = translator.translate(self.found.document, policies=self.policies)
        else:
            empty = self.policies.get("empty_response") == "empty_text"
            self.context["rawResult"] = "" if empty else "{}"
            found = translator.without_body(policies=self.policies)
        self.found.translations = found
        self.context.update(context_of(found))
        return {item.name: item.text for item in found}

    def success_template(self) -> Any:
        """The rendered text."""
        strict = self.policies.get("strict_references") != "never"
        template = self.action.response.success_template
        try:
            text = self.prepared.render(template, SUCCESS_TEMPLATE, context=self.context, strict=strict)
        except RingbackError as error:
            self.found.success_text = self._lenient_text() if strict else None
            raise failures.transform_failed(reason(error), self.found) from error
        self.found.success_text = text
        return text

    def _lenient_text(self) -> str | None:
        """What a lenient engine prints where the strict one refused: shows the reader the gap."""
        template = self.action.response.success_template
        try:
            return self.prepared.render(template, SUCCESS_TEMPLATE, context=self.context, strict=False)
        except RingbackError:
            return None

    def parse(self) -> Any:
        """The output value."""
        text = self.found.success_text or ""
        try:
            self.found.output = jsontext.decode(text)
        except jsontext.JsonTextError as error:
            raise failures.processing(
                f"The success template did not give JSON: {error.message} at line {error.line}, "
                f"column {error.column}",
                self.found.response,
            ) from error
        except RingbackError as error:
            raise failures.processing(error.message, self.found.response) from error
        self.found.has_output = True
        return self.found.output

    def check_output(self) -> Any:
        """True: the output keeps its contract."""
        if violations := self.prepared.output.check(self.found.output):
            raise failures.contract_refused("output", violations)
        return True

    def flatten(self) -> Any:
        """The output as Architect binds it."""
        flat = flatten_as(self.found.output, self.prepared.leaves, policies=self.policies)
        self.found.flattened = flat
        return flat


_STEPS: tuple[tuple[str, Callable[[_Steps], Any]], ...] = (
    ("Check input contract", _Steps.check_input),
    ("Resolve credentials", _Steps.credentials),
    ("Authenticate", _Steps.authenticate),
    ("Resolve request URL", _Steps.url),
    ("Resolve request headers", _Steps.headers),
    ("Resolve request body", _Steps.body),
    ("Execute request", _Steps.send),
    ("Read response", _Steps.read),
    ("Apply translation map", _Steps.translate),
    ("Apply success template", _Steps.success_template),
    ("Parse output", _Steps.parse),
    ("Check output contract", _Steps.check_output),
    ("Flatten output", _Steps.flatten),
)
STEP_NAMES = tuple(name for name, _ in _STEPS)


def _unwrapped(document: Any) -> Any:
    """JSON inside a JSON string, as Google functions answer, is read first (architect-behaviour D.5)."""
    if not isinstance(document, str) or document[:1].lstrip() not in ("{", "["):
        return document
    try:
        return jsontext.decode(document)
    except RingbackError:
        return document
