"""The sections of a seed, as one table: what each holds, what its names mean, in which order it is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any, Literal

from ringback.platform.catalogue import find, models
from ringback.platform.store.reader import Body

# What a name becomes in the request: an id, {"id": …}, or a list of them.
Shape = Literal["id", "object", "ids", "objects"]
_NAMES: Body = {"type": "array", "items": {"type": "string"}}
_TEXT: Body = {"type": "string"}
_ANY: Body = {}
_OBJECT: Body = {"type": "object"}
_LEVELS: Body = {
    "type": ["array", "object"],
    "items": _TEXT,
    "additionalProperties": {"type": "number", "minimum": 0, "maximum": 5},
}
_DOCUMENT: Mapping[str, Body] = MappingProxyType(
    {
        "path": {**_TEXT, "description": "A file beside the seed; on the command line only."},
        "text": {**_TEXT, "description": "The document as it stands in a file."},
        "document": {**_OBJECT, "description": "The document itself."},
    }
)
# Set by the server, or about things that a seed does not have.
_NOT_SET = frozenset(
    (
        "id",
        "selfUri",
        "version",
        "createdBy",
        "modifiedBy",
        "createdByApp",
        "modifiedByApp",
        "dateCreated",
        "dateModified",
        "memberCount",
        "userMemberCount",
        "joinedMemberCount",
        "userCount",
        "objectCounts",
        "currentOperation",
        "default",
        "base",
        "division",
        "roleDivisions",
        "roleIds",
        "defaultRoleId",
        "ownerIds",
        "divisionId",
        "roleNeedsUpdate",
        "schema",
        "externalOrganization",
        "canonicalContact",
        "mergeSet",
        "mergedFrom",
        "mergedTo",
        "mergeOperation",
        "identifiers",
        "dateToDelete",
    )
)


@dataclass(frozen=True, slots=True)
class Ref:
    """A key whose value names entities of another section.

    Attributes:
        section: that section.
        to: field of the request; "" for none: the section's own step reads it.
        shape: see `Shape`.
    """

    section: str
    to: str = ""
    shape: Shape = "object"

    @property
    def several(self) -> bool:
        """Whether it names several."""
        return self.shape in ("ids", "objects")


@dataclass(frozen=True, slots=True)
class Section:
    """One section of a seed.

    Attributes:
        key: its key in the document.
        kind: kind of its entities in the store.
        about: what it is, for the schema.
        path: where an entity is created with POST; "" when a step of its own makes it.
        refs: keys that name others.
        own: further keys with their schemas; a step of the section reads them.
        defaults: of the request.
        required: keys that must be there.
        only: the fields of the request that a seed has; None for all that can be set.
        one: the section is one mapping, not a list of entities.
    """

    key: str
    kind: str
    about: str
    path: str = ""
    refs: Mapping[str, Ref] = field(default_factory=dict)
    own: Mapping[str, Body] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    required: tuple[str, ...] = ("name",)
    only: tuple[str, ...] | None = None
    one: bool = False

    def fields(self) -> dict[str, str]:
        """The fields of the request that an entry may set, with their types in the catalogue's notation."""
        operation = find("POST", self.path) if self.path else None
        model = models().get((operation.request if operation else "") or "", {})
        return {
            name: each.type
            for name, each in model.items()
            if not each.read_only and name not in _NOT_SET and (self.only is None or name in self.only)
        }

    def known(self) -> set[str]:
        """Every key that an entry may have."""
        return {*self.fields(), *self.refs, *self.own}


_DIVISION = {"division": Ref("divisions", "division")}
_DIVISION_ID = {"division": Ref("divisions", "divisionId", "id")}

# In the order in which they are made: whatever is named stands before what names it.
SECTIONS: tuple[Section, ...] = (
    Section(
        "organization",
        "",
        "Settings of the organisation.",
        own=dict.fromkeys(("name", "defaultLanguage", "defaultCountryCode", "domain", "supportURI"), _TEXT),
        required=(),
        one=True,
    ),
    Section("divisions", "division", "Divisions.", "/api/v2/authorization/divisions",
            defaults={"description": ""}),
    Section("roles", "role", "Roles with their permissions.", "/api/v2/authorization/roles",
            only=("name", "description", "permissions", "permissionPolicies")),
    Section("skills", "skill", "Routing skills.", "/api/v2/routing/skills", refs=_DIVISION_ID),
    Section("languages", "language", "Language skills.", "/api/v2/routing/languages", only=("name",)),
    Section("wrapupCodes", "wrapup_code", "Wrap-up codes.", "/api/v2/routing/wrapupcodes", refs=_DIVISION),
    Section(
        "users",
        "user",
        "Users; named by name or e-mail address.",
        "/api/v2/users",
        refs={**_DIVISION_ID, "roles": Ref("roles", "", "ids")},
        own={"skills": _LEVELS, "languages": _LEVELS},
        required=("name", "email"),
        only=("name", "email", "department", "title", "state"),
    ),
    Section(
        "groups",
        "group",
        "Groups of users.",
        "/api/v2/groups",
        refs={"owners": Ref("users", "ownerIds", "ids"), "members": Ref("users", "", "ids")},
        defaults={"type": "official", "rulesVisible": True, "visibility": "public"},
        only=("name", "description", "type", "rulesVisible", "visibility", "email"),
    ),
    Section(
        "oauthClients",
        "oauth_client",
        "Clients that may log in.",
        "/api/v2/oauth/clients",
        refs={"roles": Ref("roles", "", "ids"), "division": Ref("divisions", "", "id")},
        own={"id": {**_TEXT, "maxLength": 100}, "secret": {**_TEXT, "minLength": 1}},
        defaults={"authorizedGrantType": "CLIENT-CREDENTIALS"},
        required=("name",),
        only=("name", "description", "accessTokenValiditySeconds", "scope", "state", "authorizedGrantType"),
    ),
    Section(
        "queues",
        "queue",
        "Queues with their members.",
        "/api/v2/routing/queues",
        refs={
            **_DIVISION,
            "members": Ref("users", "", "ids"),
            "wrapupCodes": Ref("wrapupCodes", "", "ids"),
        },
    ),
    Section("schedules", "schedule", "Schedules.", "/api/v2/architect/schedules", refs=_DIVISION,
            required=("name", "start", "end")),
    Section(
        "scheduleGroups",
        "schedule_group",
        "Groups of schedules.",
        "/api/v2/architect/schedulegroups",
        refs={
            **_DIVISION,
            **{
                name: Ref("schedules", name, "objects")
                for name in ("openSchedules", "closedSchedules", "holidaySchedules")
            },
        },
        only=("name", "description", "timeZone"),
    ),
    Section("emergencyGroups", "emergency_group", "Emergency groups.", "/api/v2/architect/emergencygroups",
            refs=_DIVISION, only=("name", "description", "enabled")),
    Section(
        "prompts",
        "prompt",
        "User prompts, with a text by language.",
        "/api/v2/architect/prompts",
        own={"resources": {"type": "object", "additionalProperties": _TEXT}},
        only=("name", "description"),
    ),
    Section(
        "dataTables",
        "datatable",
        "Data tables with rows.",
        "/api/v2/flows/datatables",
        refs=_DIVISION,
        own={
            "key": {**_TEXT, "description": "What people call the key column; rows may use this name."},
            "columns": {
                "type": "object",
                "additionalProperties": {
                    "anyOf": [{"enum": ["string", "integer", "number", "boolean"]}, _OBJECT]
                },
            },
            "rows": {"type": "array", "items": _OBJECT},
        },
        only=("name", "description"),
    ),
    Section(
        "integrations",
        "integration",
        "Integrations with their credentials.",
        own={
            "name": _TEXT,
            "type": {**_TEXT, "description": "custom-rest-actions, purecloud-data-actions …"},
            "enabled": {"type": "boolean"},
            "notes": _TEXT,
            "properties": _OBJECT,
            "advanced": _OBJECT,
            "credentials": {
                "type": "object",
                "additionalProperties": {
                    "type": "object",
                    "properties": {
                        "type": _TEXT,
                        "name": _TEXT,
                        "fields": {"type": "object", "additionalProperties": {"type": ["string", "number"]}},
                    },
                    "required": ["type", "fields"],
                    "additionalProperties": False,
                },
            },
        },
        required=("name", "type"),
    ),
    Section(
        "dataActions",
        "data_action",
        "Data actions: export JSON or the plain form.",
        refs={"integration": Ref("integrations", "", "id")},
        own={**_DOCUMENT, "category": _TEXT, "secure": {"type": "boolean"}},
        required=(),
    ),
    Section("externalSources", "external_source", "Sources of external ids.",
            "/api/v2/externalcontacts/externalsources", only=("name", "active")),
    Section("externalOrganizations", "external_organization", "External organisations.",
            "/api/v2/externalcontacts/organizations", refs=_DIVISION),
    Section(
        "contactRules",
        "",
        "The regulatory rules for plain contacts.",
        own={},
        required=(),
        one=True,
    ),
    Section(
        "contacts",
        "external_contact",
        "External contacts: the native form or the plain one.",
        "/api/v2/externalcontacts/contacts",
        refs={**_DIVISION, "organization": Ref("externalOrganizations", "externalOrganization")},
        own={
            **dict.fromkeys(("externalContactId", "name", "initialMessage"), _TEXT),
            "channels": _OBJECT,
            "metadata": _OBJECT,
            "interactionDurationSeconds": {"type": "integer"},
        },
        required=(),
    ),
    Section("flows", "flow", "Flows, published: Archy YAML, an export or a plain document.",
            own=_DOCUMENT, required=()),
    Section(
        "webhooks",
        "webhook",
        "Who hears of started interactions.",
        own={
            **dict.fromkeys(("name", "url", "description", "secret"), _TEXT),
            "enabled": {"type": "boolean"},
            "events": _NAMES,
        },
        required=("url",),
    ),
    Section(
        "rateLimit",
        "",
        "Requests per token and minute.",
        own={"perMinute": {"type": "integer", "minimum": 1}},
        required=("perMinute",),
        one=True,
    ),
)  # fmt: skip
FREE = frozenset({"contactRules"})  # sections whose content has a checker of its own


@cache
def by_key() -> dict[str, Section]:
    """The sections by their keys."""
    return {section.key: section for section in SECTIONS}
