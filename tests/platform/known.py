"""Entities for path parameters: what exists, so that generated requests come past the 404."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from tests.platform.client import Client
from tests.platform.sdk.material import FLOW, TABLE, action

V2 = "/api/v2"
PHONE = "+12125550100"
NOWHERE = "http://127.0.0.1:9"  # nothing listens: data actions fail at once
PARAMETER = re.compile(r"\{([^}]*)\}")
WORKFLOW = """\
workflow:
  name: {name}
  startUpRef: ./states/state[first]
  defaultLanguage: en-us
  states:
    - state:
        name: First
        refId: first
        actions:
          - endWorkflow:
              name: Done
"""


def named(stem: str) -> str:
    return f"{stem} {uuid.uuid4().hex[:8]}"


class Known:
    """Makes an entity the first time that a path parameter asks for one, and keeps its id."""

    def __init__(self, api: Client) -> None:
        self.api = api
        self._ids: dict[str, str] = {}

    def path(self, template: str) -> dict[str, str]:
        """Values for the parameters of a path; those that nobody can make beforehand are left out."""
        found = {}
        for name in PARAMETER.findall(template):
            key = _key(template, name)
            if key not in self._ids and key in MAKERS:
                self._ids[key] = MAKERS[key](self)
            if key in self._ids:
                found[name] = self._ids[key]
        return found

    def id(self, key: str) -> str:
        """The id of an entity of a kind, by the name of its path parameter."""
        return self.path(f"{{{key}}}")[key]

    def post(self, path: str, body: Any = None, *, status: int = 200) -> Any:
        """An entity that the API makes."""
        return self.api.post(V2 + path, body).ok(status)

    @cached_property
    def home(self) -> str:
        """Id of the home division."""
        return str(self.api.get(f"{V2}/authorization/divisions/home").ok()["id"])

    def published(self, text: str) -> dict[str, Any]:
        """The state of a job that published a flow."""
        job = self.post("/flows/jobs")
        sent = self.api.send("PUT", job["presignedUrl"], content=text.encode(), headers=job["headers"])
        assert sent.status == 200
        state: dict[str, Any] = self.api.get(f"{V2}/flows/jobs/{job['id']}", expand="messages").ok()
        assert state["status"] == "Success", state
        return state


def _key(template: str, name: str) -> str:
    """Which entity a parameter means: by its name, but for those that mean several."""
    for start, names in ELSEWHERE.items():
        if template.startswith(V2 + start) and name in names:
            return f"{start} {name}"
    return name


Maker = Callable[[Known], str]


def plain(path: str, **body: Any) -> Maker:
    """An entity of its own name that one POST makes."""
    return lambda known: str(known.post(path, {"name": named("Known"), **body})["id"])


def fixed(value: str) -> Maker:
    return lambda _known: value


def _of(known: Known, path: str, body: Any, *, status: int = 200) -> str:
    return str(known.post(path, body, status=status)["id"])


def _action(known: Known) -> str:
    return _of(known, "/integrations/actions", action(NOWHERE, known.id("integrationId"), named("Known")))


def _row(known: Known) -> str:
    known.post(f"/flows/datatables/{known.id('datatableId')}/rows", {"key": "k", "zone": "west"})
    return "k"


def _user(known: Known) -> str:
    mail = f"{uuid.uuid4().hex}@example.com"
    return _of(known, "/users", {"name": named("User"), "email": mail, "divisionId": known.home})


def _conversation(medium: str) -> Maker:
    def make(known: Known) -> str:
        body = {"queueId": known.id("queueId"), **MEDIA[medium]}
        made = known.post(f"/conversations/{medium}", body)
        return str(made.get("conversation", made)["id"])

    return make


def _participant(medium: str) -> Maker:
    def make(known: Known) -> str:
        found = known.api.get(f"{V2}/conversations/{known.id(f'/conversations/{medium} conversationId')}")
        return str(found.ok()["participants"][0]["id"])

    return make


def _execution(known: Known) -> str:
    flow = known.published(WORKFLOW.format(name=named("Workflow")))["flow"]["id"]
    return _of(known, "/flows/executions", {"flowId": flow})


def _note(of: str, owner: str) -> Maker:
    def make(known: Known) -> str:
        body = {"noteText": "known", "createdBy": {"id": known.id("userId")}}
        return _of(known, f"/externalcontacts/{of}/{known.id(owner)}/notes", body)

    return make


def _relationship(known: Known) -> str:
    body = {
        "user": {"id": known.id("userId")},
        "externalOrganization": {"id": known.id("externalOrganizationId")},
        "relationship": "manager",
    }
    return _of(known, "/externalcontacts/relationships", body)


def _query(known: Known) -> str:
    return _of(known, "/audits/query", {"interval": "2020-01-01T00:00:00Z/2100-01-01T00:00:00Z"})


MEDIA: Mapping[str, dict[str, Any]] = {
    "callbacks": {"callbackNumbers": [PHONE]},
    "calls": {"phoneNumber": PHONE},
    "messages": {"toAddress": PHONE, "toAddressMessengerType": "sms"},
    "emails": {"provider": "PureCloud Email", "toAddress": "a@example.com"},
}
# Where a parameter means another entity than elsewhere.
ELSEWHERE: Mapping[str, frozenset[str]] = {
    **{f"/conversations/{each}": frozenset({"conversationId", "participantId"}) for each in MEDIA},
    "/externalcontacts/organizations": frozenset({"noteId", "schemaId", "versionId"}),
    "/externalcontacts/contacts": frozenset({"versionId"}),
    "/flows/export": frozenset({"jobId"}),
    "/flows/validate": frozenset({"jobId"}),
    "/flows/instances": frozenset({"jobId"}),
    "/externalcontacts/import/csv": frozenset({"settingsId"}),
    "/architect/dependencytracking": frozenset({"typeId"}),
}
SCHEMA: Mapping[str, Any] = {
    "version": 1,
    "enabled": True,
    "jsonSchema": {
        "$schema": "http://json-schema.org/draft-04/schema#",
        "title": "s",
        "description": "d",
        "type": "object",
        "properties": {},
    },
}
MAKERS: Mapping[str, Maker] = {
    "actionId": _action,
    "channelId": lambda known: _of(known, "/notifications/channels", None),
    "clientId": plain("/oauth/clients", authorizedGrantType="CLIENT-CREDENTIALS"),
    "codeId": plain("/routing/wrapupcodes"),
    "configType": fixed("properties"),
    "contactId": lambda known: _of(known, "/externalcontacts/contacts", {"firstName": "Ada"}),
    "conversationId": _conversation("callbacks"),
    **{f"/conversations/{each} conversationId": _conversation(each) for each in MEDIA},
    **{f"/conversations/{each} participantId": _participant(each) for each in MEDIA},
    "credentialId": plain("/integrations/credentials", type={"name": "userDefined"}, credentialFields={}),
    "datatableId": plain("/flows/datatables", schema=TABLE),
    "divisionId": plain("/authorization/divisions", description=""),
    "emergencyGroupId": plain("/architect/emergencygroups"),
    "externalOrganizationId": plain("/externalcontacts/organizations"),
    "externalSourceId": plain("/externalcontacts/externalsources", active=True),
    "fileName": fixed("requesttemplate.vm"),
    "flowExecutionId": _execution,
    "flowId": lambda known: str(known.published(FLOW.format(name=named("Known")))["flow"]["id"]),
    "flowOutcomeId": plain("/flows/outcomes"),
    "groupId": plain("/groups", type="official", visibility="public", rulesVisible=True),
    "integrationId": plain("/integrations", integrationType={"id": "custom-rest-actions"}),
    "ivrId": plain("/architect/ivrs"),
    "jobId": lambda known: _of(known, "/flows/jobs", None),
    "languageId": plain("/routing/languages"),
    "mediaType": fixed("call"),
    "memberId": _user,
    "milestoneId": plain("/flows/milestones"),
    "noteId": _note("contacts", "contactId"),
    "/externalcontacts/organizations noteId": _note("organizations", "externalOrganizationId"),
    "participantId": _participant("callbacks"),
    "promptId": lambda known: _of(known, "/architect/prompts", {"name": f"Known_{uuid.uuid4().hex[:8]}"}),
    "queueId": plain("/routing/queues"),
    "relationshipId": _relationship,
    "roleId": plain("/authorization/roles"),
    "rowId": _row,
    "scheduleGroupId": plain("/architect/schedulegroups", timeZone="Europe/Vienna"),
    "scheduleId": plain(
        "/architect/schedules",
        start="2026-01-01T08:00:00.000",
        end="2026-01-01T17:00:00.000",
        rrule="FREQ=DAILY",
    ),
    "schemaId": lambda known: _of(known, "/externalcontacts/contacts/schemas", named_schema()),
    "/externalcontacts/organizations schemaId": lambda known: _of(
        known, "/externalcontacts/organizations/schemas", named_schema()
    ),
    "/externalcontacts/organizations versionId": fixed("1"),
    "/externalcontacts/contacts versionId": fixed("1"),
    "skillId": plain("/routing/skills"),
    "subjectId": _user,
    "tokenId": fixed("unknown"),
    "transactionId": _query,
    "trustorId": _user,
    "typeId": fixed("purecloud-data-actions"),
    "/architect/dependencytracking typeId": fixed("DATAACTION"),
    "userId": _user,
    "versionId": fixed("1.0"),
    "webhookId": lambda known: _of(known, "/webhooks", {"url": f"{NOWHERE}/hook"}, status=201),
}


def named_schema() -> dict[str, Any]:
    return {"name": named("Known"), **SCHEMA}
