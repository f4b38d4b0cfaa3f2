"""A flow through its life: created, locked, saved, checked in, published, deactivated, deleted.

A flow is one entity with its newest versions inside; every version is an entity below it, and its document
another one, so that listing versions does not read documents. Versions never change once they are there,
but for their type: a saved version that is checked in or published stays the version that it is (policy
`flow_version_on_publish`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ringback.flows.model import Flow
from ringback.lang.expr.types import kind_of
from ringback.platform import errors
from ringback.platform.call import Call
from ringback.platform.clock import iso, new_id
from ringback.platform.collection import division_of
from ringback.platform.flows.documents import Checked, Document
from ringback.platform.flows.kinds import ARCHIVED, FLOW, api_type, object_type
from ringback.platform.flows.organisation import references
from ringback.platform.store.reader import Body, Key, Reader

VERSION, DOCUMENT, HISTORY = "flow_version", "flow_document", "flow_history"
PATH = "/api/v2/flows"
# Where the flow body keeps a version, by what was done with it.
_HELD = {"SAVE": "savedVersion", "CHECKIN": "checkedInVersion", "PUBLISH": "publishedVersion"}


def view(body: Body) -> Body:
    """A flow as callers see it."""
    return {name: value for name, value in body.items() if not name.startswith("_")}


def need(store: Reader, flow_id: str, *, deleted: bool = False) -> Body:
    """The stored flow.

    Raises:
        ApiError: 404 for one that never was, 410 for a deleted one unless `deleted`.
    """
    body = store.need(FLOW, flow_id)
    if body.get("deleted") and not deleted:
        raise errors.gone(flow_id)
    return body


def named(store: Reader, type_: str, *, name: str) -> Body | None:
    """The flow of an API type and a name; the two together are what a flow is known by."""
    known = store.claimed_by(FLOW, _claim(type_, name))
    return store.get(FLOW, known) if known else None


def _claim(type_: str, name: str) -> Key:
    return "flow", f"{type_}:{name.strip().casefold()}"


def client_of(call: Call) -> Body:
    """The caller as bodies name it."""
    principal = call.principal
    return {
        "id": principal.client_id,
        "name": principal.name,
        "selfUri": f"/api/v2/oauth/clients/{principal.client_id}",
    }


# ---- locks


def refuse_if_locked(call: Call, body: Body) -> None:
    """ApiError 409 when somebody else has checked the flow out; the message names the holder."""
    holder = body.get("lockedClient")
    if holder and holder["id"] != call.principal.client_id:
        raise errors.conflict(
            f"The flow {body['name']!r} is locked by {holder['name']} ({holder['id']}).", code="flow.locked"
        )


def lock(call: Call, body: Body) -> Body:
    """Check out; who holds the lock already keeps it."""
    refuse_if_locked(call, body)
    return save(call, body, after=body | {"lockedClient": client_of(call)}, action="CHECKOUT")


def without_lock(body: Body) -> Body:
    """The body with nobody's lock."""
    return {name: value for name, value in body.items() if name != "lockedClient"}


# ---- writing


def create(call: Call, sent: Mapping[str, Any], *, type_: str) -> Body:
    """A flow without a version; ApiError 409 when one of its name and type exists."""
    flow_id, name = new_id(), str(sent["name"]).strip()
    if named(call.store, type_, name=name):
        raise errors.conflict(f"There is a flow {name!r} of type {type_} already.", code="duplicate.name")
    body: Body = {
        "id": flow_id,
        "name": name,
        "description": str(sent.get("description") or ""),
        "type": type_,
        "division": division_of(call, sent.get("division")),
        "active": False,
        "system": False,
        "deleted": False,
        "virtualAgentEnabled": False,
        "supportedLanguages": [],
        "selfUri": f"{PATH}/{flow_id}",
        "_versions": 0,
        "_entries": 1,
    }
    body["currentOperation"] = operation(call, "CREATE")
    call.tx.add(FLOW, body, claims=[_claim(type_, name)])
    _tell(call, body, action="Create")
    _remember(call, body, action="CREATE")
    return body


def save(
    call: Call,
    before: Body,
    *,
    after: Body,
    action: str,
    said: tuple[str, str] | None = None,
    keys: Iterable[Key] | None = None,
) -> Body:
    """Store a changed flow with history, audit entry and event.

    Args:
        call: the call, in a transaction.
        before: the stored body.
        after: the new one.
        action: a word of `Operation.actionName`.
        said: words of the audit trail and of the history, where they are not those of the action.
        keys: its search keys; None for those that it has.
    """
    audited, remembered = said or (_AUDIT.get(action, "Update"), action)
    after = after | {"currentOperation": operation(call, action), "_entries": before.get("_entries", 0) + 1}
    state = ARCHIVED if after.get("deleted") else ""
    claims = None
    if (before["name"], before.get("deleted")) != (after["name"], after.get("deleted")):
        claims = [] if after.get("deleted") else [_claim(after["type"], after["name"])]
    call.tx.put(FLOW, after, state=state, keys=keys, claims=claims)
    _tell(call, after, action=audited, before=before)
    _remember(call, after, action=remembered)
    return after


def failed(call: Call, body: Body, *, failure: Body) -> Body:
    """Keep an operation that failed on the flow, and tell those who listen; gives the operation."""
    after = body | {"currentOperation": failure}
    call.tx.put(FLOW, after)
    call.tx.publish(f"v2.flows.{body['id']}", view(after))
    return failure


_AUDIT = {"CHECKIN": "CheckIn", "CHECKOUT": "CheckOut", "PUBLISH": "Publish", "DELETE": "Delete"}
_AUDIT |= {"REVERT": "Revert", "SAVE": "Save"}


def _tell(call: Call, body: Body, *, action: str, before: Body | None = None) -> None:
    shown = view(body)
    call.audit(
        action,
        shown,
        entity_type="Flow",
        service="Architect",
        before=view(before) if before is not None else None,
    )
    call.tx.publish(f"v2.flows.{body['id']}", shown)


def _remember(call: Call, body: Body, *, action: str) -> None:
    """One line of the flow's history; ids are in the order of what happened."""
    newest = body.get("savedVersion") or body.get("publishedVersion") or {}
    entry = {
        "id": f"{body['_entries']:08d}",
        "action": action,
        "resource": body["selfUri"],
        "timestamp": iso(call.tx.now),
        "client": client_of(call),
        "version": str(newest.get("id") or ""),
        "secure": bool(newest.get("secure")),
    }
    call.tx.add(HISTORY, entry, parent=body["id"])


def operation(call: Call, action: str, *, error: str = "", details: Iterable[str] = ()) -> Body:
    """An `Operation`: everything here is done at once, so it is complete."""
    body: Body = {
        "id": new_id(),
        "complete": True,
        "client": client_of(call),
        "actionName": action,
        "actionStatus": "FAILURE" if error else "SUCCESS",
    }
    if error:
        body |= {"errorMessage": error, "errorCode": "flow.validation.failed", "errorMessageParams": {}}
        body["errorDetails"] = [{"errorCode": "validation", "fieldName": text} for text in details]
    return body


def add_version(call: Call, body: Body, *, checked: Checked, kind: str) -> Body:
    """A new version of a flow from a document; `kind` is SAVE, CHECKIN or PUBLISH. Gives the flow."""
    number = body["_versions"] + 1
    version_id = f"{number}.0"
    version = _version(call, body, checked=checked, version_id=version_id)
    document = checked.document
    stored = {"id": version_id, "form": document.form, "text": document.text}
    call.tx.add(DOCUMENT, stored, parent=body["id"])
    call.tx.add(VERSION, version, parent=body["id"])
    return hold(call, body | {"_versions": number, "_form": document.form}, version=version, kind=kind)


def _version(call: Call, body: Body, *, checked: Checked, version_id: str) -> Body:
    flow = checked.flow
    found: Body = {
        "id": version_id,
        "name": version_id,
        "commitVersion": version_id,
        "configurationVersion": version_id,
        "type": "SAVE",
        "secure": body["type"] == "SECURECALL",
        "debug": False,
        "createdByClient": client_of(call),
        "configurationUri": f"{body['selfUri']}/versions/{version_id}/configuration",
        "dateCreated": call.tx.now,
        "dateSaved": call.tx.now,
        "generationId": new_id(),
        "supportedLanguages": _languages(flow),
        "compatibleFlowTypes": [],
        "virtualAgentEnabled": False,
        "selfUri": f"{body['selfUri']}/versions/{version_id}",
    }
    if flow is not None:
        found |= {"inputSchema": schema(flow, outputs=False), "outputSchema": schema(flow, outputs=True)}
        found["_references"] = references(call.store, flow)
    return found


def _languages(flow: Flow | None) -> list[Body]:
    if flow is None:
        return []
    tags = dict.fromkeys((flow.default_language, *flow.supported_languages))
    return [{"language": tag, "isDefault": tag == flow.default_language} for tag in tags]


_SCHEMA_TYPES = {"int": "integer", "dec": "number", "bln": "boolean"}


def schema(flow: Flow, *, outputs: bool) -> Body:
    """The JSON Schema of a flow's input or output variables."""
    chosen = [each for each in flow.variables if (each.is_output if outputs else each.is_input)]
    title = "output" if outputs else "input"
    return {
        "id": f"urn:ringback:flow:{title}",
        "title": f"{flow.name} {title}",
        "type": "object",
        "properties": {each.name: _property(each.type) for each in chosen},
        "additionalProperties": False,
    }


def _property(code: str) -> Body:
    if code.endswith("_coll"):
        return {"type": "array", "items": _property(code.removesuffix("_coll"))}
    return {"type": _SCHEMA_TYPES.get(code, "string"), "description": str(kind_of(code) or code)}


def hold(call: Call, body: Body, *, version: Body, kind: str) -> Body:
    """Make a version the saved, checked-in or published one; a step further includes the steps before."""
    changed = {**version, "type": kind}
    after = dict(body)
    if kind != "SAVE":
        after.pop("savedVersion", None)
        changed["dateCheckedIn"] = call.tx.now
        after["checkedInVersion"] = _inside(changed)
        after = without_lock(after)
    keys = None
    if kind == "PUBLISH":
        changed["datePublished"] = iso(call.tx.now)
        keys = [("uses", f"{ref['type']}:{ref['id']}") for ref in version.get("_references", ()) if ref["id"]]
        after |= {"active": True, "supportedLanguages": changed["supportedLanguages"]}
        _end_of_publication(call, body)
    after[_HELD[kind]] = _inside(changed)
    call.tx.put(VERSION, changed, parent=body["id"])
    return save(call, body, after=after, action=kind, keys=keys)


def _inside(version: Body) -> Body:
    """A version as the flow's body holds it."""
    return {name: value for name, value in view(version).items() if not name.endswith("Schema")}


def _end_of_publication(call: Call, body: Body) -> None:
    old = body.get("publishedVersion")
    if old and (stored := call.store.get(VERSION, old["id"], parent=body["id"])):
        call.tx.put(VERSION, stored | {"datePublishedEnd": iso(call.tx.now)}, parent=body["id"])


def delete(call: Call, body: Body) -> Body:
    """Delete: the flow stays, marked, so that GET can say 410."""
    refuse_if_locked(call, body)
    users = [other for other in consumers(call.store, body) if other["id"] != body["id"]]
    if users:
        names = ", ".join(repr(other["name"]) for other in users[:5])
        raise errors.conflict(f"The flow {body['name']!r} is in use by {names}.", code="flow.in.use")
    after = without_lock(body) | {"deleted": True, "active": False}
    return save(call, body, after=after, action="DELETE", keys=[])


def consumers(store: Reader, body: Body) -> list[Body]:
    """The flows whose published version refers to a flow."""
    ids = store.ids_by_key(FLOW, ("uses", f"{object_type(body['type'])}:{body['id']}"))
    return [each for each in store.many(FLOW, ids) if not each.get("deleted")]


# ---- versions


def version(store: Reader, body: Body, *, version_id: str) -> Body:
    """A stored version; ApiError 404. "published" and "latest" are not versions; `7` is `7.0`."""
    return store.need(VERSION, _full(version_id), parent=body["id"])


def has_version(store: Reader, body: Body, *, version_id: str) -> bool:
    """Whether there is such a version."""
    return store.get(VERSION, _full(version_id), parent=body["id"]) is not None


def _full(version_id: str) -> str:
    return version_id if "." in version_id else f"{version_id}.0"


def newest(body: Body) -> str:
    """The id of the newest version; "" when there is none."""
    return f"{body['_versions']}.0" if body["_versions"] else ""


def published(body: Body) -> str:
    """The id of the published version; "" when there is none."""
    return str((body.get("publishedVersion") or {}).get("id") or "")


def document(store: Reader, body: Body, *, version_id: str) -> Document:
    """The document of a version; ApiError 404."""
    stored = store.need(DOCUMENT, version(store, body, version_id=version_id)["id"], parent=body["id"])
    return Document(stored["text"], stored["form"])


def upsert(call: Call, checked: Checked) -> Body:
    """The identity rule: a document of a known name and type is a new version of that flow."""
    flow = checked.flow
    assert flow is not None, "only what loads is published"
    type_ = api_type(flow.type)
    body = named(call.store, type_, name=flow.name)
    if body is None:
        division = call.store.named("division", flow.division) if flow.division else []
        sent = {"name": flow.name, "description": flow.description}
        body = create(call, {**sent, "division": division[0] if division else None}, type_=type_)
    refuse_if_locked(call, body)
    return add_version(call, body | {"description": flow.description}, checked=checked, kind="PUBLISH")
