"""JSON Schema of a world: the organisation around a flow."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from ringback.flows.needs import SECTIONS
from ringback.flows.schemas.parts import TEXT, Definitions, Schema, a_list, an_object, described
from ringback.lang.expr.types import display_name

_SCALAR: Mapping[str, Any] = MappingProxyType({"type": ["string", "number", "boolean"]})
_NAMED: Mapping[str, str] = MappingProxyType(
    {
        "name": "As flows name it; case does not count.",
        "id": "Its GUID; made from the name when it is not given.",
    }
)
_FLAG: Schema = {"type": "boolean"}
_DAY = "|".join(f"[{a}{a.lower()}][{b}{b.lower()}]" for a, b in ("MO", "TU", "WE", "TH", "FR", "SA", "SU"))
_DAYS: Schema = {"type": ["array", "null"], "items": {"type": "string", "pattern": f"^ *({_DAY})"}}
_TEXTS: Schema = {"type": ["array", "null"], "items": dict(_SCALAR)}
# Type code -> what the simulation reads of such a resource.
_FACTS: Mapping[str, Mapping[str, Schema]] = MappingProxyType(
    {
        "que": {
            "accepts": described(_FLAG, "false: every transfer to this queue fails."),
            "waiting": described({"type": "integer", "minimum": 0}, "How many wait in front."),
            "estimatedWait": described(_SCALAR, "The estimated wait: 90s, 3m, 1h, or seconds."),
        },
        "usr": {"email": described(_SCALAR, "The user name.")},
        "sch": {
            "start": described(_SCALAR, "When it first begins, local time."),
            "end": described(_SCALAR, "When that span ends."),
            "rrule": described(_SCALAR, "How it comes again, such as FREQ=WEEKLY;BYDAY=MO."),
            "days": described(_DAYS, "Days of the week, MO to SU."),
            "from": described(_SCALAR, "Time of day at which it begins."),
            "to": described(_SCALAR, "Time of day at which it ends."),
            "dates": described(_TEXTS, "Whole days."),
            "active": described(_FLAG, "Active, or not, at any time."),
        },
        "sqg": {
            "timeZone": described(_SCALAR, "Its time zone; the organisation's by default."),
            "open": described(_TEXTS, "Names of its open schedules."),
            "closed": described(_TEXTS, "Names of its closed schedules."),
            "holiday": described(_TEXTS, "Names of its holiday schedules."),
        },
        "emg": {"active": described(_FLAG, "true: the emergency is on.")},
    }
)
_OTHERS: Mapping[str, str] = MappingProxyType(
    {
        "country": "Region of national telephone numbers: two letters, such as US.",
        "timeZone": "The organisation's time zone, such as America/New_York.",
        "dataTables": "Data tables: the key column and the rows.",
        "contacts": "External contacts, with the fields of the platform's contact body.",
        "participantData": "Attributes that the participant brings.",
        "dataActions": "Data actions: their document and who answers them.",
        "flows": "Other flows: name to the file of its document, or only names.",
        "outcomes": "Which output an action takes, by the action's name: an output, or {output, values}.",
        "hosts": "Origin to origin: where requests really go with --live.",
    }
)
_DATA_ACTION: Mapping[str, str] = MappingProxyType(
    {
        "file": "Its document, beside this file: export JSON, Terraform or the plain form.",
        "reply": "Who answers: a file, status:503, timeout, slow:2s …, or {status, headers, body}.",
        "credentials": "What ${credentials.x} gives.",
        "authResponse": "What ${authResponse.x} gives.",
        "baseUrl": "Where relative URLs belong.",
    }
)


def world_schema() -> Schema:
    """The schema of a world."""
    defs = Definitions()
    listed = {name: _resources(code, defs) for name, code in SECTIONS.items()}
    members = listed | {name: described(part, _OTHERS[name]) for name, part in _others(defs).items()}
    about = "The organisation around a flow. A section that is absent is open: everything of it exists."
    return defs.document(an_object(members, null=True), title="World", about=about)


def _resources(code: str, defs: Definitions) -> Schema:
    entry = defs.ref(code if code in _FACTS else "resource", lambda: _resource(code))
    named = {"type": "object", "additionalProperties": {"anyOf": [entry, {"type": "null"}]}}
    one_each = a_list({"anyOf": [dict(_SCALAR), {"allOf": [entry], "required": ["name"]}]})
    about = f"Every {display_name(code)} of the organisation: names, or {{name, id, …}}."
    return described({"anyOf": [one_each, named]}, about)


def _resource(code: str) -> Schema:
    """Name, id and what is read; other facts are properties that expressions may ask for."""
    members = {key: described(_SCALAR, about) for key, about in _NAMED.items()}
    return an_object({**members, **_FACTS.get(code, {})}, closed=False)


def _others(defs: Definitions) -> dict[str, Schema]:
    row = {"type": "object"}
    table = an_object({"key": described(TEXT, "The key column."), "rows": a_list(row)}, null=True)
    texts = {"type": ["object", "null"], "additionalProperties": dict(_SCALAR)}
    origin = {"type": "string", "pattern": "^https?://[^/]+/?$"}
    return {
        "country": {"type": "string", "pattern": "^[A-Za-z]{2}$"},
        "timeZone": dict(TEXT),
        "dataTables": {"type": ["object", "null"], "additionalProperties": table},
        "contacts": a_list({"type": "object"}),
        "participantData": texts,
        "dataActions": {
            "type": ["object", "null"],
            "additionalProperties": {"anyOf": [dict(TEXT), defs.ref("dataAction", _data_action)]},
        },
        "flows": {"anyOf": [a_list(dict(TEXT)), {"type": "object", "additionalProperties": _flow()}]},
        "outcomes": {"type": ["object", "null"], "additionalProperties": _outcome()},
        "hosts": {
            "type": ["object", "null"],
            "propertyNames": {"pattern": origin["pattern"]},
            "additionalProperties": origin,
        },
    }


def _data_action() -> Schema:
    members = {key: described(TEXT, about) for key, about in _DATA_ACTION.items()}
    answer = an_object(
        {
            "status": {"type": "integer", "minimum": 100, "maximum": 599},
            "headers": {"type": ["object", "null"]},
            "body": {},
            "elapsed_ms": {"type": "number"},
        },
        closed=False,
    )
    members["reply"] = described({"anyOf": [dict(TEXT), answer]}, _DATA_ACTION["reply"])
    for key in ("credentials", "authResponse"):
        members[key] = described({"type": ["object", "null"]}, _DATA_ACTION[key])
    return an_object(members, null=True)


def _flow() -> Schema:
    named = an_object({"file": described(TEXT, "Its document, beside this file.")}, required=["file"])
    return {"anyOf": [{"type": ["string", "null"]}, named]}


def _outcome() -> Schema:
    members = {
        "output": described(TEXT, "An output of the action, such as success."),
        "values": described({"type": ["object", "null"]}, "What it writes, by field."),
    }
    return {"anyOf": [dict(TEXT), an_object(members)]}
