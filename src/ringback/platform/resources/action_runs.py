"""Running data actions: `execute` answers the output, `test` every step; both call the real service."""

from __future__ import annotations

from http import HTTPStatus

from ringback.dataactions import Report
from ringback.dataactions.report import ActionError
from ringback.dataactions.secrets import Secrets, tokens_in
from ringback.platform import errors
from ringback.platform.call import Call
from ringback.platform.errors import ApiError
from ringback.platform.resources.action_model import AUTH, PATH
from ringback.platform.routing import Routes
from ringback.platform.store.reader import Body
from ringback.platform.upstream import ACTION, DRAFT, run_action

routes = Routes()
# A service may answer with any of them, and so does `execute` (policy `execute_failure_status`).
_STATUSES = tuple(status.value for status in HTTPStatus if status >= HTTPStatus.BAD_REQUEST)


def _run(call: Call, kind: str, *, test: bool) -> Report:
    body = call.services.store.read().need(kind, call.path["actionId"])
    if body["secure"]:
        call.raw = b""  # the journal shows no inputs of secure actions
    if body["actionType"] == AUTH and not test:
        raise errors.bad_request("A custom auth action runs with the other actions of its integration.")
    return run_action(call.services, body, inputs=call.object())


@routes.post(PATH + "/{actionId}/execute", mode="free", errors=_STATUSES)
def execute_action(call: Call) -> object:
    """Run a published action; answers its output, flat with `flatten`."""
    report = _run(call, ACTION, test=False)
    if report.error is not None:
        raise _refusal(report.error, report.secrets())
    return dict(report.flattened) if call.flag("flatten") else report.output


@routes.post(PATH + "/{actionId}/test", mode="free")
def run_test(call: Call) -> object:
    """Run a published action and show every step, secrets hidden."""
    return _result(call, _run(call, ACTION, test=True))


@routes.post(PATH + "/{actionId}/draft/test", mode="free")
def run_draft_test(call: Call) -> object:
    """Run a draft and show every step, secrets hidden."""
    return _result(call, _run(call, DRAFT, test=True))


def _result(call: Call, report: Report) -> Body:
    """The TestExecutionResult of a report."""
    # The answer of an authentication holds tokens, which count as secrets wherever they turn up.
    hide = Secrets.of([*report.found.secrets, *tokens_in(report.found.document)])
    result: Body = {"operations": [], "success": report.error is None}
    for operation in report.operations:
        entry: Body = {"step": operation.step, "name": operation.name, "success": operation.success}
        if operation.result is not None:
            entry["result"] = hide.json(operation.result)
        if operation.error is not None:
            entry["error"] = _refusal(operation.error, hide).body(call.correlation_id)
        result["operations"].append(entry)
    if report.error is not None:
        result["error"] = _refusal(report.error, hide).body(call.correlation_id)
    else:
        result["finalResult"] = hide.json(dict(report.flattened) if call.flag("flatten") else report.output)
    return result


def _refusal(error: ActionError, hide: Secrets) -> ApiError:
    """The ErrorBody of a failed run, with the status that the Failure path of a flow would see."""
    status = error.status if 400 <= error.status <= 599 else 400 if error.status else 500
    refusal = ApiError(status, error.error_code, "")
    refusal.message = refusal.template = hide.text(error.message)
    refusal.details = [{name: hide.text(text) for name, text in each.items()} for each in error.details]
    refusal.extra["messageWithParams"] = refusal.message
    refusal.extra["messageParams"] = {key: hide.text(value) for key, value in error.user_params}
    return refusal
