"""What one execution of a data action did, step by step: the JSON of `ringback action run`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from ringback.dataactions import jsontext
from ringback.dataactions.model import DataAction
from ringback.dataactions.secrets import Secrets
from ringback.dataactions.translate import Translation
from ringback.dataactions.transport import Request, Response

Status: TypeAlias = Literal["success", "failure", "timeout"]


@dataclass(frozen=True, slots=True)
class ActionError:
    """A failed execution as Architect's Failure path sees it.

    Attributes:
        error_code: such as "bad.request".
        status: HTTP-like; 0 when no answer came and none stands for it.
        message: what happened, for the developer.
        user_message: the same for the flow's `userMessage` output.
        correlation_id: the answer's `ININ-Correlation-Id`; empty when there is none.
        user_params: key and value of each parameter of the message.
        details: `{"errorCode", "fieldName", "entityId", "entityName"}`, each member optional.
    """

    error_code: str
    status: int
    message: str
    user_message: str = ""
    correlation_id: str = ""
    user_params: tuple[tuple[str, str], ...] = ()
    details: tuple[Mapping[str, str], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The `error` object; `entityId` and `entityName` are outputs of the Failure path too."""
        user_message = self.user_message or self.message
        return {
            "errorCode": self.error_code,
            "status": self.status,
            "message": self.message,
            "userMessage": user_message,
            "userParamsMessage": user_message,
            "userParams": [{"key": key, "value": value} for key, value in self.user_params],
            "correlationId": self.correlation_id,
            "entityId": "",
            "entityName": "",
            "details": [dict(item) for item in self.details],
        }


@dataclass(frozen=True, slots=True)
class Operation:
    """One step: 1-based number, name, whether it went well, its result and its error."""

    step: int
    name: str
    success: bool
    result: Any = None
    error: ActionError | None = None

    def to_dict(self, secrets: Secrets) -> dict[str, Any]:
        """The entry of `operations`."""
        return {
            "step": self.step,
            "name": self.name,
            "success": self.success,
            "result": secrets.json(self.result),
            "error": secrets.json(self.error.to_dict()) if self.error else None,
        }


@dataclass(slots=True)
class Findings:
    """What the steps found so far; the report of a failed run holds what came before the failure.

    Attributes:
        inputs: the input object as it was checked.
        request: what was (or would have been) sent.
        url: the rendered URL text; `request.url` has the base URL.
        headers: the rendered headers of the action itself.
        response: the answer.
        document: its parsed body; only meaningful when `has_document`.
        translations: the variables.
        success_text: what the success template gave.
        output: its parsed value; only meaningful when `has_output`.
        flattened: the output as Architect binds it.
        secrets: values that must not be shown.
    """

    inputs: Mapping[str, Any] = field(default_factory=dict)
    request: Request | None = None
    url: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    response: Response | None = None
    document: Any = None
    has_document: bool = False
    translations: tuple[Translation, ...] = ()
    success_text: str | None = None
    output: Any = None
    has_output: bool = False
    flattened: Mapping[str, Any] = field(default_factory=dict)
    secrets: list[Any] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Report:
    """One execution.

    Attributes:
        action: the action that ran.
        status: "timeout" when the step's own clock ran out; a timeout of the service is a failure.
        found: values of the steps.
        operations: the steps that ran, the failed one last.
        error: why it failed; None on success.
        duration_ms: time of the whole execution, the answer's simulated time included.
        policies: choices for undocumented behaviour that this run used.
    """

    action: DataAction
    status: Status
    found: Findings
    operations: tuple[Operation, ...]
    error: ActionError | None
    duration_ms: float
    policies: Mapping[str, str]

    @property
    def output(self) -> Any:
        """The output object; None when the run did not get so far."""
        return self.found.output

    @property
    def flattened(self) -> Mapping[str, Any]:
        """Flat output name to value; empty unless the run succeeded."""
        return self.found.flattened

    def secrets(self, *, reveal: bool = False) -> Secrets:
        """What to hide when this report is shown."""
        return Secrets.none() if reveal else Secrets.of(self.found.secrets)

    def to_dict(self, *, reveal: bool = False) -> dict[str, Any]:
        """The JSON of `ringback action run --output-format json`; secrets are `***` unless revealed."""
        found, hide = self.found, self.secrets(reveal=reveal)
        translated = {item.name: hide.text(item.text) for item in found.translations if item.text is not None}
        return {
            "action": self.action.name,
            "status": self.status,
            "request": self._request(hide),
            "response": self._response(hide),
            "translated": translated,
            "translated_how": {item.name: hide.json(item.to_dict()) for item in found.translations},
            "success_text": None if found.success_text is None else self._text(found.success_text, hide),
            "output": hide.json(found.output),
            "flattened": hide.json(dict(found.flattened)),
            "error": hide.json(self.error.to_dict()) if self.error else None,
            "operations": [operation.to_dict(hide) for operation in self.operations],
            "duration_ms": round(self.duration_ms, 3),
            "policies": dict(self.policies),
        }

    def _request(self, hide: Secrets) -> dict[str, Any] | None:
        request, found = self.found.request, self.found
        if request is None:
            return None
        body = None if request.body is None else hide.text(request.body.decode("utf-8", "replace"))
        shown: dict[str, Any] = {
            "method": request.method,
            "url": None if found.url is None else hide.text(found.url),
            "headers": hide.headers(found.headers),
            "body": body,
        }
        if request.url and request.url != found.url:
            shown["resolved_url"] = hide.text(request.url)
        return shown

    def _response(self, hide: Secrets) -> dict[str, Any] | None:
        response = self.found.response
        if response is None:
            return None
        body: Any = self.found.document
        if not self.found.has_document:
            body = response.body[: jsontext.MAX_SHOWN].decode("utf-8", "replace")
        return {
            "status": response.status,
            "headers": hide.headers(response.headers),
            "body": hide.json(body),
        }

    def _text(self, text: str, hide: Secrets) -> str:
        """The success text; one that is JSON is hidden by member names too."""
        if hide.reveal or not self.found.has_output or hide.json(self.found.output) == self.found.output:
            return hide.text(text)
        return jsontext.encode(hide.json(self.found.output))
