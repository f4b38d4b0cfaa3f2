"""The organisation and its products."""

from __future__ import annotations

from ringback.platform.bootstrap import ORGANIZATION
from ringback.platform.call import Call
from ringback.platform.collection import check_version, without_nulls
from ringback.platform.routing import Routes

routes = Routes()
# What the organisation has bought: everything, so that nothing is refused for want of a licence.
PRODUCTS = ("collaborateFree", "communicate", "engage1", "engage2", "engage3", "ai", "workforceManagement")
_SELF = {"selfUri": "/api/v2/organizations/me"}


@routes.get("/api/v2/organizations/me")
def read_organization(call: Call) -> object:
    """The organisation; the provider reads `defaultCountryCode` at its start."""
    return call.store.control(ORGANIZATION) | _SELF


@routes.put("/api/v2/organizations/me", errors=(409,))
def replace_organization(call: Call) -> object:
    """Change the organisation's name, country, language and the like."""
    before, sent = call.store.control(ORGANIZATION), without_nulls(call.object())
    check_version(before, sent)
    kept = {name: value for name, value in before.items() if name in {"id", "state"} or name not in sent}
    after = {**sent, **kept, "version": before["version"] + 1} | _SELF
    call.tx.set_control(ORGANIZATION, after)
    call.audit("Update", after, entity_type="Organization", service="Directory", before=before)
    return after


@routes.get("/api/v2/authorization/products")
def list_products(_call: Call) -> object:
    """What the organisation has bought; the provider reads `total`."""
    entities = [{"id": name} for name in PRODUCTS]
    return {
        "entities": entities,
        "pageSize": len(entities),
        "pageNumber": 1,
        "total": len(entities),
        "pageCount": 1,
    }
