"""Drafts of data actions: create, change, validate, publish.

A draft has the id that the published action has or will have. Publishing takes the draft away (policy
`draft_after_publish`).
"""

from __future__ import annotations

from ringback.platform import errors
from ringback.platform.call import Call
from ringback.platform.clock import new_id
from ringback.platform.collection import check_version
from ringback.platform.resources import action_auth, action_forms, actions
from ringback.platform.resources import action_model as model
from ringback.platform.resources.action_model import PATH
from ringback.platform.routing import Routes
from ringback.platform.store.reader import Body
from ringback.platform.upstream import ACTION, DRAFT

routes = Routes()


def _draft(call: Call) -> Body:
    return call.store.need(DRAFT, call.path["actionId"])


@routes.get(PATH + "/drafts")
def list_drafts(call: Call) -> object:
    """A page of drafts."""
    return actions.listing(call, DRAFT)


@routes.post(PATH + "/drafts", request=action_forms.REQUEST)
def create_draft(call: Call) -> object:
    """A new draft; it may have faults that only keep it from being published."""
    body = {"id": f"custom_-_{new_id()}", **action_forms.fields_of(call, call.object()), "version": 1}
    return model.full(model.add(call, DRAFT, body=body), DRAFT)


@routes.post(PATH + "/{actionId}/draft", errors=(409,))
def draft_of_action(call: Call) -> object:
    """A draft of a published action."""
    body = call.store.need(ACTION, call.path["actionId"])
    if body["actionType"] == model.AUTH:
        raise errors.bad_request("A custom auth action has no draft; change it directly.")
    if call.store.get(DRAFT, body["id"]) is not None:
        raise errors.conflict("The data action has a draft already.").with_extra(entityId=body["id"])
    model.add(call, DRAFT, body=body)
    if function := call.store.get(action_auth.FUNCTION, body["id"], parent=ACTION):
        call.tx.add(action_auth.FUNCTION, function, parent=DRAFT)
    return model.full(body, DRAFT)


@routes.get(PATH + "/{actionId}/draft")
def read_draft(call: Call) -> object:
    """One draft; its contract with `expand=contract`, its configuration with `includeConfig=true`."""
    return model.chosen(call, _draft(call), kind=DRAFT)


@routes.patch(PATH + "/{actionId}/draft", errors=(409,))
def change_draft(call: Call) -> object:
    """Change a draft; contract and `secure` only while nothing of that id is published."""
    before, sent = _draft(call), call.object()
    after = actions.changed(before, sent)
    if sent.get("contract") is not None:
        after["contract"] = model.clean_contract(sent["contract"])
        after.pop("plain", None)
    if sent.get("secure") is not None:
        after["secure"] = sent["secure"]
    if call.store.get(ACTION, before["id"]) is not None:
        actions.check_fixed(before, after)
    return model.full(model.put(call, DRAFT, body=after, before=before), DRAFT)


@routes.delete(PATH + "/{actionId}/draft", status=204)
def delete_draft(call: Call) -> object:
    """Throw a draft away; a published action of the same id stays."""
    body = _draft(call)
    _remove(call, body)
    model.record(call, "Delete", body=body)
    return None


def _remove(call: Call, body: Body) -> None:
    call.tx.remove(DRAFT, body["id"])
    call.tx.remove(action_auth.FUNCTION, body["id"], parent=DRAFT)


@routes.get(PATH + "/{actionId}/draft/validation")
def validate_draft(call: Call) -> object:
    """Whether a draft can be published, and why not."""
    found = [error.body(call.correlation_id) for error in model.faults(_draft(call))]
    return {"valid": not found, "errors": found}


@routes.post(PATH + "/{actionId}/draft/publish", errors=(409,))
def publish_draft(call: Call) -> object:
    """Publish a draft of its current version under its id."""
    draft = _draft(call)
    check_version(draft, call.object())
    model.check(draft)
    before = call.store.get(ACTION, draft["id"])
    body = {**draft, "version": (before or {"version": 0})["version"] + 1}
    function = call.store.get(action_auth.FUNCTION, draft["id"], parent=DRAFT)
    _remove(call, draft)
    if function is not None:
        call.tx.remove(action_auth.FUNCTION, draft["id"], parent=ACTION)
        call.tx.add(action_auth.FUNCTION, function, parent=ACTION)
    return model.full(model.put(call, ACTION, body=body, before=before, action="Publish"), ACTION)


@routes.get(PATH + "/{actionId}/draft/templates/{fileName}", content_type="text/plain")
def read_draft_template(call: Call) -> object:
    """`requesttemplate.vm` or `successtemplate.vm` of a draft."""
    return actions.template(call, DRAFT)


@routes.get(PATH + "/{actionId}/draft/schemas/{fileName}")
def read_draft_schema(call: Call) -> object:
    """`input.json`, `success.json` or `error.json` of a draft."""
    return actions.schema(call, DRAFT)
