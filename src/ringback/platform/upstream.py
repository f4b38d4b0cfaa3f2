"""Running stored data actions: integration, credentials, network, faults on order, report.

API calls and flows share what is here. `run_action` runs one action for a call; a flow takes its world from
`setup_of` and its network from `Network`, so both reach the same services under the same rules.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from ringback.core.errors import DefinitionError
from ringback.dataactions import (
    CannedTransport,
    DataAction,
    Integration,
    Prepared,
    Report,
    Request,
    Response,
    TokenStore,
    TransportFailure,
    execute,
    load_data_action,
    prepare,
)
from ringback.dataactions.auth import CREDENTIAL_KINDS
from ringback.dataactions.faults import Fault, FaultyTransport, parse_fault
from ringback.dataactions.hosts import HostPolicy
from ringback.dataactions.live import HttpTransport
from ringback.dataactions.model import MAX_SUGGESTED_TIMEOUT
from ringback.dataactions.report import ActionError, Findings
from ringback.engine.world import DataActionSetup
from ringback.platform.faults import FaultRule, for_data_action
from ringback.platform.services import POOL_THREADS, Services
from ringback.platform.settings import Settings
from ringback.platform.store.reader import Body, Reader
from ringback.platform.store.transaction import encode

# Kinds of the store.
INTEGRATION, CREDENTIAL, ACTION, DRAFT = "integration", "credential", "data_action", "data_action_draft"
# What a credential holds is an entity of its own that no resource shows, so no view can leak it.
SECRET = "credential_secret"  # noqa: S105 - the name of a kind, no secret
FUNCTIONS = "function-data-actions"
PLATFORM = "purecloud-data-actions"
# An action may call this server itself, whose answer needs a thread too: with PostgreSQL each read does, and
# flows take up to half of the threads. Named in docs/limits.md.
MAX_RUNNING, MAX_RUNNING_POSTGRES = POOL_THREADS - 8, POOL_THREADS // 2 - 4
# A call of the API has no clock of its own: it is always the action's that runs out.
_NO_CLOCK = MAX_SUGGESTED_TIMEOUT + 1
_TOO_MANY = "{most} data actions are running already (limit actions.concurrent.executions.max)."
_ANY = frozenset(("0.0.0.0", "::", ""))  # noqa: S104 - compared with, not bound to

_DOCUMENT = (
    *("name", "category", "integrationId", "integrationType", "actionType", "secure", "config", "contract"),
)


def auth_action_id(integration_id: str) -> str:
    """The id of the custom auth action of an integration."""
    return f"customAuth_-_{integration_id}"


# ---- documents


def action_of(body: Mapping[str, Any]) -> DataAction:
    """The data action of a stored body.

    Raises:
        DefinitionError: it is malformed, as a draft may be.
    """
    return _loaded(encode(document_of(body)).decode(), str(body.get("name") or "")).action


def prepared(body: Mapping[str, Any]) -> Prepared:
    """The same with everything compiled; what did not change is not compiled again."""
    return _loaded(encode(document_of(body)).decode(), str(body.get("name") or ""))


def document_of(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The document of a stored body: plain when it was written so, else native."""
    plain = body.get("plain")
    if isinstance(plain, dict):
        return {**plain, "name": body["name"]}
    return {name: body[name] for name in _DOCUMENT if name in body}


@lru_cache(maxsize=512)
def _loaded(text: str, name: str) -> Prepared:
    return prepare(load_data_action(text, file=f"{name}.json"))


# ---- integrations


def own_origin(settings: Settings) -> str:
    """Where this server reaches itself.

    Never taken from a request: its Host header would say to whom the credentials of an integration go.
    """
    host = "127.0.0.1" if settings.host in _ANY else settings.host
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"


def integration_of(store: Reader, body: Mapping[str, Any], *, settings: Settings) -> Integration:
    """What a data action needs of the integration with a stored body."""
    base_url = own_origin(settings) if body["integrationType"]["id"] == PLATFORM else ""
    references = (body.get("config") or {}).get("credentials") or {}
    credential_id = next((str(each.get("id")) for each in references.values() if each), "")
    credential = store.get(CREDENTIAL, credential_id) if credential_id else None
    if credential is None:
        return Integration(base_url=base_url, kind="none")
    fields = (store.get(SECRET, credential_id) or {}).get("fields") or {}
    kind = credential["type"]["name"]
    login = store.get(ACTION, auth_action_id(body["id"])) if kind == "userDefinedOAuth" else None
    marks = (body["id"], str(body["config"]["version"]), credential_id, str(credential["modifiedDate"]))
    return Integration(
        credentials=fields,
        base_url=base_url,
        kind=kind if kind in CREDENTIAL_KINDS else "userDefined",
        auth_action=action_of(login) if login else None,
        tokens=_tokens(*marks, str(login["version"]) if login else ""),
    )


@lru_cache(maxsize=1024)
def _tokens(*_marks: str) -> TokenStore:
    """Where the answer of an authentication is kept until integration, credential or auth action change."""
    return TokenStore()


def refusal(store: Reader, body: Mapping[str, Any]) -> ActionError | None:
    """Why a stored action cannot run at all; None when it can."""
    integration = store.get(INTEGRATION, str(body.get("integrationId") or ""))
    if integration is None:
        return _refused(400, "bad.request", message=f"The integration of {body['name']!r} does not exist.")
    if integration["intendedState"] != "ENABLED":
        name = integration["name"]
        message = f"The integration {name!r} is {integration['intendedState']}; enable it to run its actions."
        return _refused(400, "bad.request", message=message)
    if integration["integrationType"]["id"] == FUNCTIONS:
        message = "The local platform does not run the code of functions (policy function_data_actions)."
        return _refused(501, "not.implemented", message=message)
    return None


def _refused(status: int, code: str, *, message: str) -> ActionError:
    return ActionError(code, status, message, "", "", (), ({"errorCode": "ACTION.PROCESSING"},))


def setup_of(store: Reader, body: Mapping[str, Any], *, settings: Settings) -> DataActionSetup:
    """A stored data action as the world of a flow knows it; one that cannot run answers with the reason."""
    name = str(body["name"])
    error = refusal(store, body)
    try:
        action = action_of(body)
    except DefinitionError as malformed:
        error = error or _refused(400, "bad.request", message=malformed.message)
    if error is not None:
        answer = {"code": error.error_code, "status": error.status, "message": error.message}
        reply = Response(error.status, {"Content-Type": "application/json"}, json.dumps(answer).encode())
        return DataActionSetup(name, None, CannedTransport([reply], repeat=True))
    integration = store.need(INTEGRATION, str(body["integrationId"]))
    return DataActionSetup(name, action, None, integration_of(store, integration, settings=settings))


# ---- the network


@lru_cache(maxsize=8)
def _live(settings: Settings) -> HttpTransport:
    own = own_origin(settings).partition("//")[2]
    allow = settings.allow_hosts if settings.loopback else (*settings.allow_hosts, own)
    return HttpTransport(HostPolicy(allow, loopback=settings.loopback))


class Network:
    """The network of data actions: the hosts that the server may call, and the faults on order.

    Delays of a fault's `reply` are virtual, as in `ringback run`; its `delayMs` is waited for.
    """

    def __init__(self, services: Services) -> None:
        self.services = services

    def send(self, request: Request) -> Response:
        """The answer; see `Transport.send`."""
        rule = self._rule(request.action)
        if rule is None:
            return self._sent(request)
        time.sleep(rule.delay_ms / 1000)
        fault = fault_of(rule)
        return self._sent(request) if fault is None else FaultyTransport(_Inner(self), fault).send(request)

    def _sent(self, request: Request) -> Response:
        if not self.services.settings.live:
            raise TransportFailure("this server was started without the network", kind="forbidden")
        return _live(self.services.settings).send(request)

    def _rule(self, name: str) -> FaultRule | None:
        """The fault on order for an action of a name, if there is one with uses left; counts the use."""
        wanted = {rule.data_action for rule in self.services.controls.faults if rule.data_action}
        if not wanted:
            return None
        for each in wanted:
            if each.casefold() == name.casefold() or self._name(each).casefold() == name.casefold():
                return for_data_action(self.services.store, name, action_id=each)
        return None

    def _name(self, action_id: str) -> str:
        store = self.services.store.read()
        body = store.get(ACTION, action_id) or store.get(DRAFT, action_id) or {}
        return str(body.get("name") or "")


class _Inner:
    """The network behind a fault: no second fault hits the same request."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def send(self, request: Request) -> Response:
        """The answer; see `Transport.send`."""
        return self._network._sent(request)  # noqa: SLF001 - the two are one


def fault_of(rule: FaultRule) -> Fault | None:
    """What goes wrong with the upstream call of a rule; None for a delay alone."""
    if rule.reply:
        return parse_fault(rule.reply)
    if rule.kind in ("reset", "lost"):
        return Fault("reset") if rule.kind == "reset" else Fault("lost")
    if rule.kind == "delay":
        return None
    return Fault("status", 409 if rule.kind == "conflict" else rule.status, rule.retry_after or 0)


# ---- running


class _Slots:
    """How many actions run in this worker."""

    def __init__(self) -> None:
        self._lock, self._taken = threading.Lock(), 0

    def take(self, most: int) -> bool:
        """Take a slot; False when `most` are taken."""
        with self._lock:
            free = self._taken < most
            self._taken += free
            return free

    def give_back(self) -> None:
        """Give a slot back."""
        with self._lock:
            self._taken -= 1


_running = _Slots()


def run_action(services: Services, body: Mapping[str, Any], *, inputs: Mapping[str, Any]) -> Report:
    """Run a stored data action, published or draft, for a call of the API.

    Args:
        services: of the worker.
        body: the stored body.
        inputs: input name to JSON value.

    Returns:
        The report; a failure of any kind is in it.
    """
    store = services.store.read()
    if (error := refusal(store, body)) is not None:
        return not_run(body, error)
    most = MAX_RUNNING if services.store.embedded else MAX_RUNNING_POSTGRES
    if not _running.take(most):
        return not_run(body, _refused(429, "too.many.requests", message=_TOO_MANY.format(most=most)))
    try:
        integration = store.need(INTEGRATION, str(body["integrationId"]))
        setup = integration_of(store, integration, settings=services.settings)
        if body.get("actionType") == "customAuth":  # it is the authentication itself
            setup = Integration(setup.credentials, base_url=setup.base_url)
        network = Network(services)
        return execute(prepared(body), inputs, transport=network, integration=setup, timeout=_NO_CLOCK)
    except DefinitionError as malformed:
        return not_run(body, _refused(400, "bad.request", message=malformed.message))
    finally:
        _running.give_back()


def not_run(body: Mapping[str, Any], error: ActionError) -> Report:
    """The report of an action that did not get as far as its first step."""
    return Report(DataAction(str(body["name"])), "failure", Findings(), (), error, 0.0, {})


def named(store: Reader, name: str) -> Body | None:
    """The published action of a name that flows mean by it; custom auth actions are none of theirs."""
    found = [body for body in store.named(ACTION, name) if body.get("actionType") != "customAuth"]
    return found[0] if found else None
