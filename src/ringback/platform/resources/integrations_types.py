"""Types of integrations and of credentials, as one table each; an organisation cannot change them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from ringback.platform import errors, paging
from ringback.platform.call import Call
from ringback.platform.routing import Routes
from ringback.platform.store.reader import Body
from ringback.platform.upstream import FUNCTIONS, PLATFORM

routes = Routes()
PATH = "/api/v2/integrations/types"
WEB_SERVICES, CLIENT_APP, WEBHOOK = "custom-rest-actions", "embedded-client-app", "webhook"
_TEXT = {"type": "string"}


@dataclass(frozen=True, slots=True)
class CredentialKind:
    """A type of credentials.

    Attributes:
        fields: the fields that it must have, and no others; None: fields of one's own choosing.
    """

    fields: tuple[str, ...] | None = None


CREDENTIAL_TYPES: Mapping[str, CredentialKind] = MappingProxyType(
    {
        "basicAuth": CredentialKind(("userName", "password")),
        "callJourney": CredentialKind(),
        "pureCloudOAuthClient": CredentialKind(("clientId", "clientSecret")),
        "userDefined": CredentialKind(),
        "userDefinedOAuth": CredentialKind(),
    }
)


@dataclass(frozen=True, slots=True)
class IntegrationKind:
    """A type of integrations.

    Attributes:
        name: for people; new integrations are called so when nobody names them.
        about: what it is for.
        category: for people.
        slots: slot of a credential -> types of credentials that fit.
        properties: properties of its configuration that are known, with their schemas.
    """

    name: str
    about: str
    category: str = "Data Actions"
    slots: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    properties: Mapping[str, Body] = field(default_factory=dict)


INTEGRATION_TYPES: Mapping[str, IntegrationKind] = MappingProxyType(
    {
        PLATFORM: IntegrationKind(
            "Genesys Cloud Data Actions",
            "Calls the Platform API of the organisation itself.",
            slots={"pureCloudOAuthClient": ("pureCloudOAuthClient",)},
        ),
        WEB_SERVICES: IntegrationKind(
            "Web Services Data Actions",
            "Calls web services.",
            slots={"basicAuth": ("basicAuth", "userDefined", "userDefinedOAuth")},
        ),
        FUNCTIONS: IntegrationKind("Function Data Actions", "Runs functions that were uploaded."),
        "aws-lambda-data-actions": IntegrationKind("AWS Lambda Data Actions", "Calls AWS Lambda functions."),
        "salesforce-datadip": IntegrationKind("Salesforce Data Actions", "Calls Salesforce."),
        "zendesk-data-actions": IntegrationKind("Zendesk Data Actions", "Calls Zendesk."),
        CLIENT_APP: IntegrationKind(
            "Client Application",
            "Shows a web application inside the agent's client.",
            "Client Apps",
            properties={
                "url": _TEXT,
                "displayType": _TEXT,
                "sandbox": _TEXT,
                "permissions": _TEXT,
                "featureCategory": _TEXT,
                "groups": {"type": "array", "items": _TEXT},
            },
        ),
        "custom-smtp-server": IntegrationKind(
            "Custom SMTP Server",
            "Sends e-mail through a server of one's own; the local platform sends none.",
            "Email",
        ),
        WEBHOOK: IntegrationKind("Webhook", "Takes events of other systems.", "Webhooks"),
    }
)


def need_type(type_id: str, *, named_by: str = "") -> IntegrationKind:
    """The type with an id; ApiError 404, or 400 when the field `named_by` of a request names it."""
    kind = INTEGRATION_TYPES.get(type_id)
    if kind is None and named_by:
        known = ", ".join(INTEGRATION_TYPES)
        raise errors.bad_request(
            f"There is no integration type {type_id[:100]!r}; known are: {known}.", field=named_by
        )
    if kind is None:
        raise errors.not_found("integrationType", type_id)
    return kind


def reference(type_id: str) -> Body:
    """A type as other entities hold it."""
    return {"id": type_id, "name": INTEGRATION_TYPES[type_id].name, "selfUri": f"{PATH}/{type_id}"}


def _view(type_id: str) -> Body:
    kind = INTEGRATION_TYPES[type_id]
    return {
        **reference(type_id),
        "description": kind.about,
        "provider": "clouddirect",
        "category": kind.category,
        "images": [],
        "helpLinks": [],
        "configPropertiesSchemaUri": f"{PATH}/{type_id}/configschemas/properties",
        "configAdvancedSchemaUri": f"{PATH}/{type_id}/configschemas/advanced",
        "credentials": {
            slot: {"required": False, "title": slot, "credentialTypes": list(types)}
            for slot, types in kind.slots.items()
        },
        "nonInstallable": False,
        "userPermissions": [],
        "vendorOAuthClientIds": [],
    }


@routes.get(PATH)
def list_types(call: Call) -> object:
    """A page of the types, by id."""
    return paging.page_of(call, [_view(each) for each in sorted(INTEGRATION_TYPES)])


@routes.get(PATH + "/{typeId}")
def read_type(call: Call) -> object:
    """One type."""
    need_type(call.path["typeId"])
    return _view(call.path["typeId"])


@routes.get(PATH + "/{typeId}/configschemas/{configType}")
def read_schema(call: Call) -> object:
    """The schema of `properties` or `advanced` of a type's configuration."""
    kind = need_type(call.path["typeId"])
    part = call.path["configType"]
    if part not in ("properties", "advanced"):
        raise errors.not_found("configschema", part)
    properties: Mapping[str, Any] = kind.properties if part == "properties" else {}
    return {
        "$schema": "http://json-schema.org/draft-04/schema#",
        "title": f"{kind.name} {part}",
        "type": "object",
        "properties": dict(properties),
        "additionalProperties": True,
    }


@routes.get("/api/v2/integrations/credentials/types")
def list_credential_types(_call: Call) -> object:
    """Every type of credentials with the fields that it needs."""
    return [
        {
            "id": name,
            "name": name,
            "properties": {each: {"type": "string", "title": each} for each in kind.fields or ()},
            "displayOrder": list(kind.fields or ()),
            "required": list(kind.fields or ()),
        }
        for name, kind in CREDENTIAL_TYPES.items()
    ]
