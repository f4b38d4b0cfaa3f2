"""An empty organisation: what every database holds from its first start."""

from __future__ import annotations

import hashlib
import hmac
import os

from ringback.platform.clock import Clock, iso, new_id, timed_id
from ringback.platform.rights import CLIENT, ROLE
from ringback.platform.settings import LOCAL_CLIENT, Settings
from ringback.platform.store.reader import Body, Query
from ringback.platform.store.store import Store, prepare
from ringback.platform.store.transaction import Transaction

ORGANIZATION, DIVISION = "organization", "division"
_ROUNDS = 60_000  # of PBKDF2: slow for a thief of the database, 20 ms at a login


def hashed_secret(secret: str, salt: bytes | None = None) -> str:
    """A client secret as it is stored: salted PBKDF2."""
    salt = salt or os.urandom(16)
    return f"{salt.hex()}${hashlib.pbkdf2_hmac('sha256', secret.encode(), salt, _ROUNDS).hex()}"


def same_secret(secret: str, stored: str) -> bool:
    """Whether a secret is the stored one, in constant time."""
    salt = bytes.fromhex(stored.partition("$")[0])
    return hmac.compare_digest(hashed_secret(secret, salt), stored)


def prepare_database(settings: Settings, *, client: tuple[str, str] | None = None) -> None:
    """Migrate the database and put an organisation into an empty one; before the first worker starts.

    Args:
        settings: of the server.
        client: id and secret of a client with every permission, to be made or given that secret.

    Raises:
        UsageError: the database cannot be used.
    """
    prepare(settings.url)
    store = Store(settings.url, Clock())
    try:
        with store.write() as transaction:
            if transaction.control(ORGANIZATION) is None:
                found(transaction)
            if client:
                administrator(transaction, client[0], secret=client[1])
            local_client(transaction, present=settings.loopback)
    finally:
        store.close()


def can_log_in(settings: Settings) -> bool:
    """Whether the organisation has a client that can log in."""
    store = Store(settings.url, Clock())
    try:
        return any(
            client.get("state") == "active" and client["authorizedGrantType"] == "CLIENT-CREDENTIALS"
            for client in store.read().find(Query(CLIENT))
        )
    finally:
        store.close()


def administrator(transaction: Transaction, client_id: str, *, secret: str) -> None:
    """A client with every permission and this secret; one of this id is replaced."""
    transaction.remove(CLIENT, client_id)
    _add_client(transaction, client_id, secret=secret, name=client_id)
    body = {"id": client_id, "name": client_id}
    entry: Body = {
        "id": timed_id(transaction.now),
        "eventDate": iso(transaction.now),
        "level": "SYSTEM",
        "action": "Create",
        "entityType": "OAuthClient",
        "entity": body,
        "status": "SUCCESS",
        "application": "ringback",
        "serviceName": "PeoplePermissions",
        "propertyChanges": [],
    }
    transaction.record(entry, service="PeoplePermissions", entity_type="OAuthClient", entity_id=client_id)


def found(transaction: Transaction) -> None:
    """Found an organisation with its home division and the administrator's role."""
    home: Body = {"id": new_id(), "name": "Home", "description": "Home Division", "homeDivision": True}
    home["selfUri"] = f"/api/v2/authorization/divisions/{home['id']}"
    transaction.add(DIVISION, home, claims=[("name", "home")])
    transaction.set_control(ORGANIZATION, _organization())
    transaction.set_control("home_division", {"id": home["id"]})
    role: Body = {
        "id": new_id(),
        "name": "admin",
        "description": "Every permission.",
        "permissions": [],
        "permissionPolicies": [{"domain": "*", "entityName": "*", "actionSet": ["*"]}],
        "default": True,
        "base": True,
    }
    role["selfUri"] = f"/api/v2/authorization/roles/{role['id']}"
    transaction.add(ROLE, role, claims=[("name", "admin")])
    transaction.set_control("admin_role", {"id": role["id"]})
    transaction.changed_rights()


def _organization() -> Body:
    return {
        "id": new_id(),
        "name": "ringback local",
        "thirdPartyOrgName": "ringback-local",
        "domain": "ringback-local",
        "defaultLanguage": "en-us",
        "defaultCountryCode": "US",
        "defaultTimeZone": "UTC",
        "version": 1,
        "state": "active",
    }


def local_client(transaction: Transaction, *, present: bool) -> None:
    """The well-known client exists only while nobody but this machine can use it."""
    known = transaction.get(CLIENT, LOCAL_CLIENT)
    if known and not present:
        transaction.remove(CLIENT, LOCAL_CLIENT)
        transaction.changed_rights()
    if present and not known:
        _add_client(transaction, LOCAL_CLIENT, secret=LOCAL_CLIENT, name="ringback local")


def _add_client(transaction: Transaction, client_id: str, *, secret: str, name: str) -> None:
    role, home = transaction.control("admin_role"), transaction.control("home_division")
    body = {
        "id": client_id,
        "name": name,
        "authorizedGrantType": "CLIENT-CREDENTIALS",
        "accessTokenValiditySeconds": 86_400,
        "roleDivisions": [{"roleId": role["id"], "divisionId": home["id"]}],
        "scope": [],
        "state": "active",
        "dateCreated": iso(transaction.now),
        "secretHash": hashed_secret(secret),
    }
    transaction.add(CLIENT, body)
    transaction.changed_rights()
