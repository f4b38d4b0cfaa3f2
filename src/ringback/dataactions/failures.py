"""Failures of an execution in the words of the platform (architect-behaviour D.1, D.9, F.3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ringback.dataactions.contract import Violation
from ringback.dataactions.report import ActionError, Findings, Report, Status
from ringback.dataactions.transport import Response, TransportFailure, TransportTimeout

PROCESSING = "ACTION.PROCESSING"

_CODES: Mapping[int, str] = {
    400: "bad.request",
    401: "authentication.required",
    403: "not.authorized",
    404: "not.found",
    405: "method.not.allowed",
    408: "request.timeout",
    409: "conflict",
    413: "request.entity.too.large",
    415: "unsupported.media.type",
    429: "too.many.requests",
    500: "internal.server.error",
    502: "bad.gateway",
    503: "service.unavailable",
    504: "gateway.timeout",
}
_CORRELATION_HEADERS = ("inin-correlation-id", "x-correlation-id", "x-request-id")


class StepFailed(Exception):  # noqa: N818  it carries a result, it is caught in the same module
    """A step failed: the rest does not run."""

    def __init__(self, error: ActionError, *, status: Status = "failure") -> None:
        super().__init__(error.message)
        self.error = error
        self.status: Status = status


def correlation_id(response: Response | None) -> str:
    """The id under which the other side has logged the call; empty when it gave none."""
    if response is None:
        return ""
    return next((value for name in _CORRELATION_HEADERS if (value := response.header(name))), "")


def processing(message: str, response: Response | None = None) -> StepFailed:
    """A step of the platform itself failed: bad.request with `ACTION.PROCESSING`."""
    details = ({"errorCode": PROCESSING},)
    return StepFailed(ActionError("bad.request", 400, message, "", correlation_id(response), (), details))


def contract_refused(which: str, violations: Iterable[Violation]) -> StepFailed:
    """The input or output breaks its contract; one detail per violation."""
    found = tuple(violations)
    text = "; ".join(str(item) for item in found[:3])
    more = f" (and {len(found) - 3} more)" if len(found) > 3 else ""
    details = tuple({"errorCode": PROCESSING, "fieldName": item.path} for item in found)
    message = f"The {which} does not match its contract: {text}{more}"
    params = tuple((item.path, item.message) for item in found)
    return StepFailed(ActionError("bad.request", 400, message, "", "", params, details))


def refused(response: Response, document: Any) -> StepFailed:
    """The service answered with a status that is no success; a Genesys error body keeps its words."""
    body = document if isinstance(document, Mapping) else {}
    code = body.get("code") if isinstance(body.get("code"), str) else None
    said = body.get("message") if isinstance(body.get("message"), str) else ""
    message = f"REST call failed with HTTP status {response.status}" + (f": {said}" if said else "")
    default = _CODES.get(response.status, "bad.request" if response.status < 500 else "internal.server.error")
    params = body.get("messageParams")
    pairs = tuple((str(k), str(v)) for k, v in params.items()) if isinstance(params, Mapping) else ()
    found = correlation_id(response) or str(body.get("contextId") or "")
    details = _details(body.get("details")) or ({"errorCode": code or default},)
    return StepFailed(
        ActionError(code or default, response.status, message, str(said or ""), found, pairs, details)
    )


def _details(details: Any) -> tuple[Mapping[str, str], ...]:
    known = ("errorCode", "fieldName", "entityId", "entityName")
    rows = details if isinstance(details, list) else []
    kept = ({key: str(row[key]) for key in known if key in row} for row in rows if isinstance(row, Mapping))
    return tuple(row for row in kept if row)


def no_answer(error: TransportFailure) -> StepFailed:
    """The exchange itself failed."""
    statuses = {"too_large": (413, "response.too.large"), "forbidden": (403, "host.not.allowed")}
    status, code = statuses.get(error.kind, (502, "bad.gateway"))
    hint = f" ({error.hint})" if error.hint else ""
    detail = {"errorCode": f"{PROCESSING}.{error.kind.upper()}"}
    return StepFailed(ActionError(code, status, f"{error.message}{hint}", error.message, "", (), (detail,)))


def out_of_time(error: TransportTimeout, *, limit: float, of_step: bool) -> StepFailed:
    """No answer within `limit` seconds: the step's own clock is Timeout, the service's is Failure."""
    whose = "the step's timeout" if of_step else "the action's own timeout"
    message = f"No complete answer within {whose} of {limit:g} s: {error.message}"
    detail = {"errorCode": f"{PROCESSING}.TIMEOUT"}
    failed = ActionError("request.timeout", 408 if of_step else 504, message, "", "", (), (detail,))
    return StepFailed(failed, status="timeout" if of_step else "failure")


def not_authenticated(report: Report) -> StepFailed:
    """The auth action failed or gave no object; its own error is kept."""
    if report.error is None:
        return processing(f"Auth action {report.action.name!r} did not give an object")
    inner = report.error
    message = f"Auth action {report.action.name!r} failed: {inner.message}"
    error = ActionError(inner.error_code, inner.status, message, "", inner.correlation_id, (), inner.details)
    return StepFailed(error, status=report.status if report.status == "timeout" else "failure")


def transform_failed(message: str, found: Findings) -> StepFailed:
    """The success template failed, in the platform's words; lost paths are named beside it."""
    lost = [item for item in found.translations if item.text is None]
    told = "".join(
        f"; {item.name}: {item.path} matched up to {item.matched_prefix or 'nothing'}" for item in lost
    )
    text = (
        f"Transform failed to process result using 'successTemplate' template due to error:'{message}'{told}"
    )
    details = ({"errorCode": PROCESSING}, *({"errorCode": PROCESSING, "fieldName": i.name} for i in lost))
    return StepFailed(ActionError("bad.request", 400, text, "", correlation_id(found.response), (), details))
