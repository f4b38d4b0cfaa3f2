"""Versions of a flow: list, read, save a draft, the configuration, and what is known of their health."""

from __future__ import annotations

from ringback.core.errors import DefinitionError
from ringback.flows.loaders import load_flow
from ringback.platform import errors
from ringback.platform.call import Call, Reply
from ringback.platform.flows import entities
from ringback.platform.flows.documents import Checked, configuration, of_configuration
from ringback.platform.flows.kinds import api_type
from ringback.platform.paging import page_of
from ringback.platform.routing import Routes
from ringback.platform.store.reader import Body, Query

routes = Routes()
_FLOW = "/api/v2/flows/{flowId}"
_VERSION = f"{_FLOW}/versions/{{versionId}}"


def _flow(call: Call) -> Body:
    deleted = str(call.query.get("deleted") or "").lower() == "true"
    return entities.need(call.store, call.path["flowId"], deleted=deleted)


def _version(call: Call) -> Body:
    return entities.version(call.store, _flow(call), version_id=call.path["versionId"])


@routes.get(f"{_FLOW}/versions", errors=(410,))
def list_versions(call: Call) -> object:
    """A page of versions, the newest first."""
    found = call.store.find(Query(entities.VERSION, _flow(call)["id"]))
    found.sort(key=lambda body: float(body["id"]), reverse=True)
    return page_of(call, found, view=entities.view)


@routes.get(_VERSION, errors=(410,))
def read_version(call: Call) -> object:
    """One version."""
    return entities.view(_version(call))


@routes.get(f"{_VERSION}/configuration", errors=(410,))
def read_configuration(call: Call) -> object:
    """The document of a version as JSON."""
    body = _flow(call)
    return configuration(entities.document(call.store, body, version_id=call.path["versionId"]))


@routes.get(f"{_FLOW}/latestconfiguration", errors=(410,))
def read_latest(call: Call) -> object:
    """The document of the newest version as JSON."""
    body = _flow(call)
    newest = entities.newest(body)
    if not newest:
        raise errors.not_found("flow_version", "latest")
    return configuration(entities.document(call.store, body, version_id=newest))


@routes.post(f"{_FLOW}/versions", mode="free", errors=(409, 410))
def save_version(call: Call) -> object:
    """Save a configuration as a draft; it need not be without errors, but it must be a flow of this type."""
    store = call.services.store.read()
    body = entities.need(store, call.path["flowId"])
    checked = _draft(call, body)
    with call.services.store.write() as tx:
        call.enter(tx)
        body = entities.need(tx, body["id"])
        entities.refuse_if_locked(call, body)
        after = entities.add_version(call, body, checked=checked, kind="SAVE")
        return entities.view(entities.version(tx, after, version_id=entities.newest(after)))


def _draft(call: Call, body: Body) -> Checked:
    try:
        document = of_configuration(call.object())
        flow = load_flow(document.text, file=document.file)
    except DefinitionError as error:
        raise errors.bad_request(f"The configuration is no flow: {error.message}") from None
    if api_type(flow.type) != body["type"]:
        raise errors.bad_request(
            f"The configuration is of type {api_type(flow.type)}, the flow of type {body['type']}.",
            field="type",
        )
    return Checked(document, flow, ())


# ---- health: a measure of natural language understanding, which nothing here trains


@routes.get(f"{_VERSION}/health", errors=(410,))
def read_health(call: Call) -> object:
    """A version without measured intents."""
    version = _version(call)
    info = {"flowVersion": {"id": version["id"], "selfUri": version["selfUri"]}}
    return {
        "flowVersionInfo": info,
        "languageInfo": {},
        "intents": [],
        "selfUri": f"{version['selfUri']}/health",
    }


@routes.get(f"{_VERSION}/intents/{{intentId}}/health", errors=(410,))
def read_intent_health(call: Call) -> Reply:
    """No intent is measured here, so none is found."""
    _version(call)
    raise errors.not_found("intent", call.path["intentId"])


@routes.get(f"{_VERSION}/intents/{{intentId}}/utterances/{{utteranceId}}/health", errors=(410,))
def read_utterance_health(call: Call) -> Reply:
    """No utterance is measured here, so none is found."""
    _version(call)
    raise errors.not_found("utterance", call.path["utteranceId"])
