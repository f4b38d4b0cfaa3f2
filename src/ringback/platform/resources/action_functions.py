"""Functions of function data actions: settings, upload of the code, runtimes.

The code is kept and never run (policy `function_data_actions`).
"""

from __future__ import annotations

from ringback.platform import errors, transfers
from ringback.platform.call import Call
from ringback.platform.clock import new_id
from ringback.platform.resources.action_auth import FUNCTION
from ringback.platform.resources.action_model import PATH
from ringback.platform.routing import Routes
from ringback.platform.store.reader import Body
from ringback.platform.upstream import ACTION, DRAFT, FUNCTIONS

routes = Routes()
_RUNTIMES = (("nodejs22.x", "Node.js 22"), ("nodejs20.x", "Node.js 20"))
_PURPOSE = "action_function"
_ZIP = b"PK"  # with which every zip file begins
_SETTINGS = ("name", "description", "handler", "runtime", "timeoutSeconds")
MAX_SECONDS = 15


def _stored(call: Call, kind: str) -> Body:
    """The function of an action or a draft; an empty one while nothing was set."""
    body = call.store.need(kind, call.path["actionId"])
    if body["integrationType"] != FUNCTIONS:
        raise errors.bad_request(f"The action {body['id']} belongs to no integration of functions.")
    return call.store.get(FUNCTION, body["id"], parent=kind) or {"id": body["id"], "function": {}}


def _view(body: Body, kind: str) -> Body:
    tail = "/draft/function" if kind == DRAFT else "/function"
    shown = {"id": body["id"], "function": body["function"], "uploadExceptionHistory": []}
    if "zip" in body:
        shown["zip"] = body["zip"]
    return {**shown, "selfUri": f"{PATH}/{body['id']}{tail}"}


def _save(call: Call, body: Body) -> None:
    known = call.store.get(FUNCTION, body["id"], parent=DRAFT)
    store = call.tx.put if known else call.tx.add
    store(FUNCTION, body, parent=DRAFT)


@routes.get(PATH + "/functions/runtimes")
def list_runtimes(_call: Call) -> object:
    """The runtimes that a function can name."""
    return [{"name": name, "description": about, "status": "Available"} for name, about in _RUNTIMES]


@routes.get(PATH + "/{actionId}/function")
def read_function(call: Call) -> object:
    """The function of a published action."""
    return _view(_stored(call, ACTION), ACTION)


@routes.get(PATH + "/{actionId}/draft/function")
def read_draft_function(call: Call) -> object:
    """The function of a draft, with the code that was uploaded last."""
    return _view(_stored(call, DRAFT), DRAFT)


@routes.put(PATH + "/{actionId}/draft/function")
def replace_function(call: Call) -> object:
    """Set description, handler, runtime and timeout of a draft's function."""
    before, sent = _stored(call, DRAFT), call.object()
    names = [name for name, _ in _RUNTIMES]
    if sent["runtime"] not in names:
        raise errors.bad_request(f"Runtimes are: {', '.join(names)}.", field="runtime", code="invalid.value")
    seconds = sent.get("timeoutSeconds")
    if seconds is not None and not 1 <= seconds <= MAX_SECONDS:
        raise errors.bad_request(f"timeoutSeconds is between 1 and {MAX_SECONDS}.", field="timeoutSeconds")
    kept = {name: before["function"][name] for name in ("id", "zipId") if name in before["function"]}
    given: Body = {name: sent[name] for name in _SETTINGS if name in sent}
    dates = {"dateCreated": before["function"].get("dateCreated") or call.now_iso()}
    function: Body = {"id": new_id(), **kept, **given, **dates}
    after = {**before, "function": function}
    _save(call, after)
    entity = {"id": after["id"], "name": given["handler"]}
    call.audit("Update", entity, entity_type="Action", service="Integrations")
    return _view(after, DRAFT)


@routes.post(PATH + "/{actionId}/draft/function/upload")
def offer_upload(call: Call) -> object:
    """Where to PUT the zip file of a draft's function, and with which headers."""
    body, sent = _stored(call, DRAFT), call.object()
    seconds = sent.get("signedUrlTimeoutSeconds") or transfers.URL_SECONDS
    if not 1 <= seconds <= transfers.MAX_URL_SECONDS:
        message = f"signedUrlTimeoutSeconds is between 1 and {transfers.MAX_URL_SECONDS}."
        raise errors.bad_request(message, field="signedUrlTimeoutSeconds")
    headers = {"x-amz-meta-functionid": body["id"], "x-amz-meta-correlationid": call.correlation_id}
    meta = {"action": body["id"], "fileName": sent["fileName"]}
    upload = transfers.offer(call, _PURPOSE, seconds=seconds, headers=headers, meta=meta)
    call.audit(
        "Create", {"id": upload.id, "name": sent["fileName"]}, entity_type="Upload", service="Integrations"
    )
    return {"url": upload.url, "headers": dict(upload.headers), "signedUrlTimeoutSeconds": seconds}


@transfers.on_upload(_PURPOSE)
def _take(call: Call, file: transfers.File) -> None:
    action_id = str(file.meta["action"])
    if call.store.get(DRAFT, action_id) is None:
        return  # the draft was published or thrown away in the meantime
    before = call.store.get(FUNCTION, action_id, parent=DRAFT) or {"id": action_id, "function": {}}
    good = (file.content or b"").startswith(_ZIP)
    archive: Body = {
        "id": file.id,
        "name": file.meta["fileName"],
        "status": "Available" if good else "InvalidFormat",
        "dateCreated": call.now_iso(),
    }
    if not good:
        archive["errorMessage"] = "The file is no zip archive."
    function = {**before["function"], "zipId": file.id} if good else before["function"]
    _save(call, {**before, "function": function, "zip": archive})
