"""External sources of ids, and the settings of external contacts."""

from __future__ import annotations

from ringback.platform import errors, paging
from ringback.platform.call import Call
from ringback.platform.collection import Collection
from ringback.platform.resources.contact_model import EXTERNAL_SOURCE, PATH, SERVICE
from ringback.platform.routing import Routes
from ringback.platform.store.reader import Body, Query

routes = Routes()
_SETTINGS = "externalcontacts_settings"  # control document
_UNSET = {"manuallyAssignDivisionsToInteractions": False, "manuallyAssignDivisionsToContacts": False}
SOURCES = Collection(
    EXTERNAL_SOURCE,
    f"{PATH}/externalsources",
    "ExternalSource",
    SERVICE,
    defaults={"active": True},
    dated=False,
)


def _sent(call: Call) -> Body:
    sent = call.object()
    name = str(sent["name"]).strip()
    if not 1 <= len(name) <= 200:
        raise errors.bad_request("The name of an external source has 1 to 200 characters.", field="name")
    more = {key: sent[key] for key in ("active", "linkConfiguration") if sent.get(key) is not None}
    return more | {"name": name}


@routes.get(SOURCES.path)
def list_sources(call: Call) -> object:
    """External sources, with cursors."""
    active, name = call.query.get("active"), call.query.get("name")
    found = [
        body
        for body in call.store.find(Query(EXTERNAL_SOURCE, names=[name] if name else None))
        if active is None or body["active"] is active
    ]
    part, after = paging.following(found, seen=call.query.get("cursor"), size=call.query.get("limit") or 100)
    return paging.cursor(call, part, after=after)


@routes.post(SOURCES.path, errors=(409,))
def create_source(call: Call) -> object:
    """A new external source; its name is unique."""
    return SOURCES.create(call, _sent(call))


@routes.get(f"{SOURCES.path}/{{externalSourceId}}")
def read_source(call: Call) -> object:
    """One external source."""
    return SOURCES.read(call, call.path["externalSourceId"])


@routes.put(f"{SOURCES.path}/{{externalSourceId}}", errors=(409,))
def replace_source(call: Call) -> object:
    """Replace an external source."""
    return SOURCES.replace(call, call.path["externalSourceId"], sent=_sent(call))


@routes.delete(f"{SOURCES.path}/{{externalSourceId}}")
def delete_source(call: Call) -> object:
    """Delete an external source; ids that name it stay as they are."""
    SOURCES.delete(call, call.path["externalSourceId"])
    return {}


@routes.get(f"{PATH}/settings")
def read_settings(call: Call) -> object:
    """The settings."""
    return call.store.control(_SETTINGS) or _UNSET


@routes.put(f"{PATH}/settings")
def replace_settings(call: Call) -> object:
    """Set the settings."""
    given = {name: value for name, value in (call.body or {}).items() if name in _UNSET}
    return _set(call, {**_UNSET, **given})


@routes.delete(f"{PATH}/settings")
def delete_settings(call: Call) -> object:
    """Back to the defaults."""
    return _set(call, _UNSET)


def _set(call: Call, settings: Body) -> Body:
    call.tx.set_control(_SETTINGS, settings)
    entity = {"id": "settings", "name": "settings", **settings}
    call.audit("Update", entity, entity_type="ExternalContactsSettings", service=SERVICE)
    return {"message": "The settings were updated."}
