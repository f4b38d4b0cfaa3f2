"""What an organisation has, read as plans need it: lists once, documents by what they mean."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import RLock
from typing import Any

from ringback.cloud.client import Cloud, quoted
from ringback.cloud.errors import CloudError, MissingPermission, NotFound, ServerFailed
from ringback.cloud.project import api_type
from ringback.cloud.project_tables import Table, of_body
from ringback.core.errors import DefinitionError
from ringback.dataactions import load_data_action
from ringback.dataactions.model import DataAction
from ringback.flows.loaders import FLOW_TYPES, load_archy, load_flow
from ringback.flows.model import Flow

Body = Mapping[str, Any]

ACTIONS, DRAFTS = "/api/v2/integrations/actions", "/api/v2/integrations/actions/drafts"
FLOWS, TABLES, QUEUES = "/api/v2/flows", "/api/v2/flows/datatables", "/api/v2/routing/queues"
INTEGRATIONS, DIVISIONS = "/api/v2/integrations", "/api/v2/authorization/divisions"
_USERS = "/api/v2/users/search"


@dataclass(frozen=True, slots=True)
class Named:
    """A kind of thing that flows name.

    Attributes:
        words: for messages.
        path: of its list.
        prefix: that expressions write before its name.
    """

    words: str
    path: str
    prefix: str = ""


# What `flows.needs` calls it -> how the organisation lists it.
NAMED: Mapping[str, Named] = {
    "dataAction": Named("data action", ACTIONS),
    "dataTable": Named("data table", TABLES),
    "flow": Named("flow", FLOWS),
    "que": Named("queue", QUEUES),
    "usr": Named("user", _USERS),
    "grp": Named("group", "/api/v2/groups"),
    "skl": Named("skill", "/api/v2/routing/skills"),
    "lac": Named("language skill", "/api/v2/routing/languages"),
    "sch": Named("schedule", "/api/v2/architect/schedules"),
    "sqg": Named("schedule group", "/api/v2/architect/schedulegroups"),
    "emg": Named("emergency group", "/api/v2/architect/emergencygroups"),
    "pmt": Named("prompt", "/api/v2/architect/prompts", "prompt."),
    "wrc": Named("wrap-up code", "/api/v2/routing/wrapupcodes"),
}
_BY_NAME = frozenset((ACTIONS, DRAFTS, TABLES, QUEUES))  # lists that can be asked for a name
_SYSTEM_PROMPT = "promptsystem."


@dataclass(slots=True)
class Organisation:
    """Reads an organisation through its client; every list is read once.

    Attributes:
        unchecked: kind of resource -> why it could not be read.
        fresh: whether things are looked up anew by their name, not in the list that was read.
    """

    cloud: Cloud
    unchecked: dict[str, str] = field(default_factory=dict)
    fresh: bool = False
    _lists: dict[str, list[Any]] = field(default_factory=dict)
    _users: dict[str, list[Any]] = field(default_factory=dict)
    _me: str | None = None
    _local: bool | None = None
    _lock: RLock = field(default_factory=RLock)

    @property
    def name(self) -> str:
        """What the organisation calls itself, and its address."""
        try:
            found = self.cloud.get("/api/v2/organizations/me").json
        except (NotFound, MissingPermission):
            found = {}
        return str(found.get("name") or "an organisation")

    @property
    def me(self) -> str:
        """The id of the OAuth client whose token is used."""
        if self._me is None:
            self._me = self.cloud.profile.credentials.client_id or self._token_client()
        return self._me

    def _token_client(self) -> str:
        try:
            token = self.cloud.get("/api/v2/tokens/me").json or {}
        except CloudError:
            return ""
        return str((token.get("OAuthClient") or {}).get("id") or "")

    @property
    def is_local(self) -> bool:
        """Whether it is `ringback serve`."""
        if self._local is None:
            try:
                answer = self.cloud.get("/_ringback/health").json
                self._local = isinstance(answer, dict) and answer.get("status") == "ok"
            except CloudError:
                self._local = False
        return self._local

    def forget(self, path: str = "") -> None:
        """Read every list anew from now on, or only that of a path."""
        with self._lock:
            for key in [key for key in self._lists if not path or key.startswith(f"{path}{{")]:
                del self._lists[key]
            if not path:
                self._users.clear()

    # ---- lists

    def listed(self, path: str, **query: Any) -> list[Any]:
        """Every entity of a list."""
        key = path + json.dumps(query, sort_keys=True)
        with self._lock:
            if key not in self._lists:
                self._lists[key] = list(self.cloud.entities(path, query))
            return self._lists[key]

    def named(self, path: str, name: str, **query: Any) -> list[Any]:
        """The entities of a list that have a name, in any case."""
        wanted = name.strip().casefold()
        anew = self.fresh and path in _BY_NAME
        listed = (
            self.cloud.entities(path, {**query, "name": name.strip()}) if anew else self.listed(path, **query)
        )
        return [body for body in listed if str(body.get("name", "")).strip().casefold() == wanted]

    def resource(self, code: str, name: str) -> bool | None:
        """Whether it has what a flow names; None when that cannot be known."""
        kind = NAMED.get(code)
        wanted = name.strip().casefold()
        if kind is None or code in self.unchecked or (code == "pmt" and wanted.startswith(_SYSTEM_PROMPT)):
            return None
        try:
            found = self._search_user(wanted) if code == "usr" else self.listed(kind.path)
        except (NotFound, MissingPermission, ServerFailed) as error:
            self.unchecked[code] = error.message
            return None
        wanted = wanted.removeprefix(kind.prefix)
        keys = ("name", "id", "email") if code == "usr" else ("name", "id")
        return any(str(body.get(key, "")).casefold() == wanted for body in found for key in keys)

    def _search_user(self, wanted: str) -> list[Any]:
        if wanted not in self._users:
            query = [{"fields": ["name", "email"], "value": wanted, "type": "CONTAINS"}]
            answer = self.cloud.post(_USERS, {"query": query, "pageSize": 100}, repeatable=True).json
            self._users[wanted] = list((answer or {}).get("results") or ())
        return self._users[wanted]

    def name_of(self, identity: str) -> str:
        """The name of what an id stands for, among the lists that were read; else the id."""
        for listed in self._lists.values():
            for body in listed:
                if str(body.get("id", "")).lower() == identity:
                    return str(body.get("name") or identity)
        return identity

    # ---- documents

    def flow(self, kind: str, name: str) -> Body | None:
        """The flow of an API type and a name, as it is now."""
        if self.fresh:
            wanted = name.strip().casefold()
            listed = self.cloud.entities(FLOWS, {"name": name.strip(), "type": kind.lower()})
            named = [body for body in listed if str(body.get("name", "")).strip().casefold() == wanted]
        else:
            named = self.named(FLOWS, name)
        found = [body for body in named if body.get("type") == kind]
        return self.cloud.get(f"{FLOWS}/{found[0]['id']}").json if found else None

    def flow_document(self, flow_id: str, version: str) -> Flow | None:
        """The model of a version; None when it cannot be read as a flow."""
        body = self.cloud.get(f"{FLOWS}/{flow_id}/versions/{quoted(version)}/configuration").json
        return flow_of(body, file=f"{flow_id}#{version}")

    def action(self, action_id: str, *, draft: bool = False) -> tuple[Body, DataAction]:
        """A data action with its templates: the body and its model."""
        path = f"{ACTIONS}/{quoted(action_id)}{'/draft' if draft else ''}"
        body = self.cloud.get(path, {"expand": "contract", "includeConfig": True}).json
        config = body.setdefault("config", {})
        request = config.setdefault("request", {})
        response = config.setdefault("response", {})
        if request.get("requestTemplate") is None:
            request["requestTemplate"] = self._template(path, "requesttemplate.vm")
        if response.get("successTemplate") is None:
            response["successTemplate"] = self._template(path, "successtemplate.vm")
        document = {key: value for key, value in body.items() if value is not None}
        return body, load_data_action(json.dumps(document), file=str(body.get("name") or action_id))

    def _template(self, path: str, name: str) -> str | None:
        try:
            return self.cloud.get(f"{path}/templates/{name}").text
        except NotFound:
            return None

    def table(self, table_id: str) -> Table:
        """A data table with its rows."""
        body = self.cloud.get(f"{TABLES}/{table_id}", {"expand": "schema"}).json
        table = of_body(body)
        rows = self.cloud.entities(f"{TABLES}/{table_id}/rows", {"showbrief": False})
        found = {str(row["key"]): {name: row[name] for name in row if name != "key"} for row in rows}
        return Table(
            table.name, table.columns, table.key_title, table.description, table.division, rows=found
        )


def flow_of(body: Any, *, file: str) -> Flow | None:
    """The model of a configuration: Architect's own, Archy's content as JSON, or a plain document."""
    text = json.dumps(body, ensure_ascii=False)
    try:
        if isinstance(body, dict) and len(body) == 1 and next(iter(body)) in FLOW_TYPES:
            return load_archy(text, file=file)
        return load_flow(text, file=file)
    except DefinitionError:
        return None


def same_type(flow: Flow, body: Body) -> bool:
    """Whether a model is of the type that the entity has."""
    return api_type(flow.type) == body.get("type")
