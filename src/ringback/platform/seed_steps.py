"""What the sections of a seed need beside one request: members, rows, credentials, documents."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from ringback.core.diagnostics import Diagnostic
from ringback.core.errors import DefinitionError
from ringback.documents import DocumentErrors
from ringback.flows.loaders import load_flow
from ringback.flows.model import Flow
from ringback.platform import errors
from ringback.platform.datatables import KEY
from ringback.platform.flows import entities
from ringback.platform.flows.documents import Document, check, document_of, of_configuration
from ringback.platform.flows.kinds import api_type
from ringback.platform.resources import oauth
from ringback.platform.seed import Seeder
from ringback.platform.seed_document import CODE, Entry
from ringback.platform.store.reader import Body

_INTEGRATIONS = "/api/v2/integrations"
_TABLES = "/api/v2/flows/datatables"
_UNSET: Mapping[str, object] = MappingProxyType({"properties": {}, "advanced": {}, "notes": ""})


def before_all(seeder: Seeder) -> None:
    """Make each flow of the seed, without a version: so they may name each other in any order."""
    for entry in seeder.entries:
        if entry.section.key != "flows":
            continue
        flow = _loaded(entry)
        if entities.named(seeder.call.store, api_type(flow.type), name=flow.name) is None:
            sent = {"name": flow.name, "description": flow.description}
            division = seeder.call.store.named("division", flow.division) if flow.division else []
            sent_division: Any = division[0] if division else None
            with seeder.place(entry):
                entities.create(seeder.call, {**sent, "division": sent_division}, type_=api_type(flow.type))


# ---- flows


def _document(entry: Entry) -> Document:
    inline = entry.body.get("document")
    return document_of(entry.text) if inline is None else of_configuration(inline)


def _loaded(entry: Entry) -> Flow:
    try:
        document = _document(entry)
        return load_flow(document.text, file=document.file)
    except DefinitionError as error:
        each = getattr(error, "errors", (error,))
        raise _wrong(entry, [Diagnostic.of(found) for found in each]) from None


def _wrong(entry: Entry, found: list[Diagnostic]) -> DocumentErrors:
    """Errors of a document inside of the seed: its own place stands in each message."""
    name = str(entry.body.get("path") or entry.section.key)
    return DocumentErrors(
        [
            DefinitionError(
                f"{name}, line {each.line}: {each.code} {each.message}",
                span=entry.node.span,
                hint=each.hint,
                code=CODE,
            )
            for each in found
        ]
    )


def _flow(seeder: Seeder, entry: Entry) -> Body:
    """Check a flow as a publish job does, and publish it."""
    checked = check(seeder.call.tx, _document(entry))
    if checked.errors:
        raise _wrong(entry, checked.errors)
    return entities.upsert(seeder.call, checked)


# ---- instead of one request


def _organization(seeder: Seeder, entry: Entry) -> Body:
    path = "/api/v2/organizations/me"
    version = seeder.request("GET", path)["version"]
    seeder.request("PUT", path, body={**entry.body, "version": version})
    return {}


def _client(seeder: Seeder, entry: Entry) -> Body:
    sent, body = seeder.body(entry), entry.body
    division = seeder.found(entry, "division")
    sent["roleDivisions"] = [
        {"roleId": role, **({"divisionId": division[0]} if division else {})}
        for role in seeder.found(entry, "roles")
    ]
    made = oauth.create(
        seeder.call, sent, client_id=str(body.get("id") or ""), secret=str(body.get("secret") or "")
    )
    if not body.get("secret"):
        seeder.secrets.setdefault("oauthClients", {})[entry.name] = made["secret"]
    return made


def _table(seeder: Seeder, entry: Entry) -> Body:
    body = seeder.body(entry)
    key: Body = {"type": "string", "title": str(entry.body.get("key") or KEY)}
    columns = {KEY: key, **{name: _column(each) for name, each in (entry.body.get("columns") or {}).items()}}
    for order, (name, column) in enumerate(columns.items()):
        column.setdefault("title", name)
        column.setdefault("displayOrder", order)
        column.setdefault("$id", f"/properties/{name}")
    schema: Body = {
        "$schema": "http://json-schema.org/draft-04/schema#",
        "type": "object",
        "properties": columns,
        "required": [KEY],
        "additionalProperties": False,
    }
    made: Body = seeder.request("POST", _TABLES, body={**body, "schema": schema})
    for number, row in enumerate(entry.body.get("rows") or ()):
        with seeder.place(entry, f"rows.{number}"):
            seeder.request("POST", f"{_TABLES}/{{datatableId}}/rows", body=_row(row, key["title"]),
                           datatableId=made["id"])  # fmt: skip
    return made


def _column(given: Any) -> Body:
    return {"type": given} if isinstance(given, str) else dict(given)


def _row(row: Mapping[str, Any], key: str) -> Body:
    """A row with its key under the name that the platform has for it, as a text."""
    found = {KEY if name == key else name: value for name, value in row.items()}
    if isinstance(found.get(KEY), int):
        found[KEY] = str(found[KEY])
    return found


def _integration(seeder: Seeder, entry: Entry) -> Body:
    given, name = entry.body, entry.body["name"]
    if seeder.call.store.named("integration", name):
        raise errors.conflict(f"There is an integration {name!r} already.")
    made: Body = seeder.request(
        "POST", _INTEGRATIONS, body={"name": name, "integrationType": {"id": given["type"]}}
    )
    slots = {}
    for slot, each in (given.get("credentials") or {}).items():
        sent = {
            "name": each.get("name") or f"{name} {slot}",
            "type": {"name": each["type"]},
            "credentialFields": each["fields"],
        }
        with seeder.place(entry, f"credentials.{slot}"):
            slots[slot] = {"id": seeder.request("POST", f"{_INTEGRATIONS}/credentials", body=sent)["id"]}
    config: Body = {"name": name, "version": 1, "credentials": slots, **_UNSET}
    config |= {field: given[field] for field in _UNSET if field in given}
    path = f"{_INTEGRATIONS}/{{integrationId}}"
    seeder.request("PUT", f"{path}/config/current", body=config, integrationId=made["id"])
    if given.get("enabled", True):
        seeder.request("PATCH", path, body={"intendedState": "ENABLED"}, integrationId=made["id"])
    return made


def _action(seeder: Seeder, entry: Entry) -> Body:
    document = entry.body.get("document")
    if document is None:
        try:
            document = json.loads(entry.text)
        except ValueError as error:
            raise errors.bad_request(f"the data action is no JSON: {error}") from None
    if not isinstance(document, dict):
        raise errors.bad_request("a data action is a JSON object")
    more: Body = {name: entry.body[name] for name in ("category", "secure") if name in entry.body}
    if integration := seeder.found(entry, "integration"):
        more["integrationId"] = integration[0]
    made: Body = seeder.request("POST", f"{_INTEGRATIONS}/actions", body={**document, **more})
    return made


def _rules(seeder: Seeder, entry: Entry) -> Body:
    raw = json.dumps(entry.body, ensure_ascii=False).encode()
    seeder.request("PUT", "/api/v2/externalcontacts/rules", raw=raw)
    return {}


def _webhook(seeder: Seeder, entry: Entry) -> Body:
    made: Body = seeder.request("POST", "/api/v2/webhooks", body=dict(entry.body))
    if "secret" not in entry.body:
        seeder.secrets.setdefault("webhooks", {})[entry.name] = made["secret"]
    return made


def _rate_limit(seeder: Seeder, entry: Entry) -> Body:
    seeder.request("PUT", "/_ringback/rate-limit", body=dict(entry.body))
    return {}


def _user(seeder: Seeder, entry: Entry) -> Body:
    body = seeder.body(entry)
    body.setdefault("divisionId", seeder.call.store.control("home_division")["id"])
    made: Body = seeder.request("POST", "/api/v2/users", body=body)
    return made


def _contact(seeder: Seeder, entry: Entry) -> Body:
    body = seeder.body(entry)
    own = (
        "externalContactId",
        "name",
        "initialMessage",
        "channels",
        "metadata",
        "interactionDurationSeconds",
    )
    body |= {name: entry.body[name] for name in own if name in entry.body}
    for each in body.get("externalIds") or ():
        source = each.get("externalSource")
        if isinstance(source, str):
            each["externalSource"] = {"id": seeder.find("externalSources", source)}
    made: Body = seeder.request("POST", entry.section.path, body=body)
    return made


# ---- after the request


def _abilities(seeder: Seeder, entry: Entry, *, made: Body) -> None:
    user = made["id"]
    for key, item in (("skills", "routingskills"), ("languages", "routinglanguages")):
        given = entry.body.get(key) or {}
        levels = given if isinstance(given, dict) else dict.fromkeys(given, 0)
        for name, level in levels.items():
            _named(seeder, key, name=name)
            sent = {"id": seeder.find(key, name), "proficiency": level}
            seeder.request("POST", f"/api/v2/users/{{userId}}/{item}", body=sent, userId=user)
    if roles := seeder.found(entry, "roles"):
        seeder.request("PUT", "/api/v2/users/{subjectId}/roles", body=roles, subjectId=user)


def _named(seeder: Seeder, section: str, *, name: str) -> None:
    if name.casefold() not in seeder.aliases.get(section, {}):
        kind = section.removesuffix("s")
        if not seeder.call.store.named(kind, name):
            raise errors.bad_request(f"There is no {name!r} in {section}.", field=section)


def _group_members(seeder: Seeder, entry: Entry, *, made: Body) -> None:
    if members := seeder.found(entry, "members"):
        path = "/api/v2/groups/{groupId}/members"
        seeder.request(
            "POST", path, body={"memberIds": members, "version": made["version"]}, groupId=made["id"]
        )


def _queue_parts(seeder: Seeder, entry: Entry, *, made: Body) -> None:
    path = "/api/v2/routing/queues/{queueId}"
    for key, item in (("members", "members"), ("wrapupCodes", "wrapupcodes")):
        if ids := seeder.found(entry, key):
            sent = [{"id": each} for each in ids]
            seeder.request("POST", f"{path}/{item}", body=sent, queueId=made["id"])


def _prompt_texts(seeder: Seeder, entry: Entry, *, made: Body) -> None:
    path = "/api/v2/architect/prompts/{promptId}/resources"
    for language, text in (entry.body.get("resources") or {}).items():
        with seeder.place(entry, f"resources.{language}"):
            seeder.request("POST", path, body={"language": language, "ttsString": text}, promptId=made["id"])


INSTEAD: Mapping[str, Callable[[Seeder, Entry], Body]] = MappingProxyType(
    {
        "organization": _organization,
        "oauthClients": _client,
        "users": _user,
        "dataTables": _table,
        "integrations": _integration,
        "dataActions": _action,
        "contactRules": _rules,
        "contacts": _contact,
        "flows": _flow,
        "webhooks": _webhook,
        "rateLimit": _rate_limit,
    }
)
AFTER: Mapping[str, Callable[..., None]] = MappingProxyType(
    {
        "users": _abilities,
        "groups": _group_members,
        "queues": _queue_parts,
        "prompts": _prompt_texts,
    }
)
