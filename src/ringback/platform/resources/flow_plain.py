"""Plain flow definitions: create, read, list, replace, publish. The real platform has no such operations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ringback.core.diagnostics import Diagnostic
from ringback.core.errors import DefinitionError
from ringback.platform import errors
from ringback.platform.call import Call
from ringback.platform.catalogue import Parameter
from ringback.platform.errors import ApiError
from ringback.platform.flows import entities, filters, plain_view
from ringback.platform.flows.documents import Checked, Document, check, document_of
from ringback.platform.flows.kinds import api_type
from ringback.platform.routing import Local, Routes
from ringback.platform.store.reader import Body

routes = Routes()
_PATH = "/api/v2/architect/flows"
_LISTED = ("type", "name", "id", "divisionId")
_QUERY = (
    *(Parameter(name, "list[str]" if name != "name" else "str") for name in _LISTED),
    *(Parameter(name, "int", minimum=1) for name in ("pageNumber", "pageSize")),
    *(Parameter(name) for name in ("sortBy", "sortOrder")),
)
_DEFINITION: dict[str, Any] = {"type": "object", "required": ["id", "name", "version", "nodes"]}


@routes.get(_PATH, local=Local(("architect:flow:read",), query=_QUERY), response={"type": "object"})
def list_definitions(call: Call) -> object:
    """A page of flows; each is read with its own path."""
    return filters.page(call, filters.wanted(call))


@routes.get(f"{_PATH}/{{flowId}}", local=Local(("architect:flow:read",)), errors=(410,), response=_DEFINITION)
def read_definition(call: Call) -> object:
    """The definition of a flow with every executable action in `nodes`."""
    return plain_view.definition(call.store, entities.need(call.store, call.path["flowId"]))


@routes.post(
    _PATH,
    local=Local(("architect:flow:add",)),
    mode="free",
    status=201,
    raw=True,
    errors=(409, 415),
    response=_DEFINITION,
)
def create(call: Call) -> object:
    """Create and publish a flow from a plain document, JSON or YAML, or from Archy YAML."""
    document = _sent(call)
    checked = _checked(call, document)
    with call.services.store.write() as tx:
        call.enter(tx)
        flow = checked.flow
        assert flow is not None, "what does not load was refused"
        if entities.named(tx, api_type(flow.type), name=flow.name):
            raise errors.conflict(
                f"There is a flow {flow.name!r} of type {api_type(flow.type)} already.", code="duplicate.name"
            )
        return plain_view.definition(tx, entities.upsert(call, checked))


@routes.put(
    f"{_PATH}/{{flowId}}",
    local=Local(("architect:flow:edit",)),
    mode="free",
    raw=True,
    errors=(409, 410, 415),
    response=_DEFINITION,
)
def replace(call: Call) -> object:
    """Publish a new definition; `version`, when it is sent, must be the published one."""
    document, version = _sent(call), None
    if document.form == "plain" and document.file.endswith(".json"):
        sent, store = _json(document), call.services.store.read()
        version = sent.get("version")
        body = entities.need(store, call.path["flowId"])
        document = plain_view.sent_document(store, body, sent=sent)
    return _published(call, document, version=version, needs_version=False)


@routes.delete(f"{_PATH}/{{flowId}}", local=Local(("architect:flow:delete",)), status=204, errors=(409, 410))
def delete(call: Call) -> object:
    """Delete a flow."""
    entities.delete(call, entities.need(call.store, call.path["flowId"]))
    return None


@routes.put(
    "/api/v2/flows/{flowId}/publish",
    local=Local(("architect:flow:publish",)),
    mode="free",
    errors=(409, 410),
    request={"type": "object"},
    response={"type": "object"},
)
def publish(call: Call) -> object:
    """Publish a definition that was read before and changed; 409 when another was published since."""
    sent, store = call.object(), call.services.store.read()
    body = entities.need(store, call.path["flowId"])
    if sent.get("version") is None:
        raise errors.bad_request("The version that was read is required.", field="version")
    _check_version(body, sent["version"])
    document = plain_view.sent_document(store, body, sent=sent)
    return _published(call, document, version=sent["version"], needs_version=True)


def _published(call: Call, document: Document, *, version: Any, needs_version: bool) -> Body:
    checked = _checked(call, document)
    with call.services.store.write() as tx:
        call.enter(tx)
        body = entities.need(tx, call.path["flowId"])
        if version is not None:
            _check_version(body, version)
        entities.refuse_if_locked(call, body)
        flow = checked.flow
        assert flow is not None, "what does not load was refused"
        if api_type(flow.type) != body["type"]:
            raise errors.bad_request(
                f"The definition is of type {api_type(flow.type)}, the flow of type {body['type']}.",
                field="type",
            )
        changed = {**body, "name": flow.name, "description": flow.description}
        other = entities.named(tx, body["type"], name=flow.name)
        if other and other["id"] != body["id"]:
            raise errors.conflict(f"There is a flow {flow.name!r} already.", code="duplicate.name")
        after = entities.add_version(call, changed, checked=checked, kind="PUBLISH")
        if needs_version:
            return entities.view(after) | plain_view.beside(tx, after)
        return plain_view.definition(tx, after)


def _check_version(body: Body, version: Any) -> None:
    """ApiError 409 unless `version` is the one that is published."""
    current = plain_view.number(plain_view.in_force(body))
    try:
        sent = int(float(version))
    except (TypeError, ValueError, OverflowError):
        raise errors.bad_request(f"{version!r} is no version.", field="version") from None
    if sent != current:
        raise errors.version_conflict(version, current)


def _sent(call: Call) -> Document:
    """The document in the request; ApiError 400."""
    try:
        text = call.raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise errors.bad_request("The document is no UTF-8 text.") from None
    if not text.strip():
        raise errors.bad_request("A request body is required.")
    media = call.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if media.endswith("json") and not text.lstrip().startswith("{"):
        raise errors.bad_request("The request body must be a JSON object; send YAML as text/yaml.")
    return document_of(text)


def _json(document: Document) -> Body:
    try:
        return plain_view.plain_document(document)
    except DefinitionError as error:
        raise refused(Diagnostic.of(each) for each in getattr(error, "errors", (error,))) from None


def _checked(call: Call, document: Document) -> Checked:
    """The checked document; ApiError 400 that holds every error with its place and hint."""
    checked = check(call.services.store.read(), document)
    if checked.errors:
        raise refused(checked.errors)
    return checked


def refused(found: Iterable[Diagnostic]) -> ApiError:
    """The refusal of a document."""
    listed = list(found)
    first = listed[0]
    hint = f" Hint: {first.hint}." if first.hint else ""
    more = f" ({len(listed)} errors)" if len(listed) > 1 else ""
    place = f"{first.file}:{first.line}:{first.column}"
    error = errors.bad_request(f"{first.message} [{place}]{hint}{more}", field=place, code="flow.invalid")
    bodies = [_error(each) for each in listed]
    return error.with_extra(errors=bodies)


def _error(found: Diagnostic) -> Mapping[str, Any]:
    return {"message": str(found), "code": found.code, "status": 400, "details": [], "errors": []}
