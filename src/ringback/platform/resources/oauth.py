"""Login, OAuth clients and the caller's token."""

from __future__ import annotations

import base64
import binascii
import secrets
from typing import Any
from urllib.parse import parse_qs

import sqlalchemy as sa

from ringback.platform import errors
from ringback.platform.bootstrap import ORGANIZATION, hashed_secret, same_secret
from ringback.platform.call import Call, Reply
from ringback.platform.clock import iso
from ringback.platform.collection import Collection
from ringback.platform.rate_limit import count
from ringback.platform.rights import CLIENT, ROLE, hashed
from ringback.platform.routing import Local, Routes
from ringback.platform.store import tables
from ringback.platform.store.prepared import insert
from ringback.platform.store.reader import Body

routes = Routes()
LOGINS_PER_MINUTE = 300  # per client; named in docs/limits.md
VALIDITY = (300, 172_800)  # seconds of a token's life, as the platform allows
DAY = 86_400
_ADD_TOKEN = insert(tables.tokens)
_TOO_MANY = "rate limit exceeded; the limit is {limit} logins a minute for a client"
# Somebody who asks for a client that does not exist must wait as long as for a wrong secret.
_NOBODY = hashed_secret("nobody", b"\0" * 16)


def visible(body: Body) -> Body:
    """A client as callers see it: without what proves its secret."""
    return {name: value for name, value in body.items() if name != "secretHash"}


CLIENTS = Collection(
    CLIENT,
    "/api/v2/oauth/clients",
    "OAuthClient",
    "PeoplePermissions",
    defaults={"accessTokenValiditySeconds": DAY, "scope": [], "roleDivisions": [], "state": "active"},
    read_only=frozenset({"secret", "secretHash"}),
    unique_name=False,
    view=visible,
)


@routes.post("/oauth/token", local=Local(), public=True, raw=True, mode="free", errors=(400, 401))
def login(call: Call) -> object:
    """Client credentials, Basic or in the form, for a bearer token."""
    form = {name: values[-1] for name, values in parse_qs(call.raw.decode("latin-1")).items()}
    if form.get("grant_type") != "client_credentials":
        return _refused("unsupported_grant_type", "only client_credentials is supported", status=400)
    client_id, secret = _credentials(call, form)
    store = call.services.store
    if count(store, f"login:{client_id[:64]}", allowed=LOGINS_PER_MINUTE).exceeded:
        return _refused("invalid_request", _TOO_MANY.format(limit=LOGINS_PER_MINUTE), status=400)
    client = store.read().get(CLIENT, client_id)
    right = same_secret(secret, client["secretHash"] if client else _NOBODY)
    if client is None or not right or client.get("state") != "active":
        return _refused("invalid_client", "client not found, inactive, or its secret is wrong", status=401)
    if client["authorizedGrantType"] != "CLIENT-CREDENTIALS":
        return _refused("unauthorized_client", "the client may not use client_credentials", status=400)
    return _new_token(call, client)


def _new_token(call: Call, client: Body) -> Body:
    token = secrets.token_urlsafe(48)
    seconds = int(client.get("accessTokenValiditySeconds") or DAY)
    with call.services.store.write() as transaction:
        expires = transaction.now + seconds * 1000
        _ADD_TOKEN.run(transaction.connection, hash=hashed(token), client_id=client["id"], expires=expires)
        old = sa.delete(tables.tokens).where(tables.tokens.c.expires < transaction.now - DAY * 1000)
        transaction.connection.execute(old)
    return {"access_token": token, "token_type": "bearer", "expires_in": seconds - 1}


def _credentials(call: Call, form: dict[str, str]) -> tuple[str, str]:
    scheme, _, value = call.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            name, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return "", ""
        return name, secret
    return form.get("client_id", ""), form.get("client_secret", "")


def _refused(error: str, description: str, *, status: int) -> Reply:
    body: Body = {"error": error, "description": description, "error_description": description}
    return Reply(body, status)


@routes.serve("DELETE", "/api/v2/tokens/me", status=204)
def log_out(call: Call) -> object:
    """Forget the caller's token."""
    call.tx.connection.execute(
        sa.delete(tables.tokens).where(tables.tokens.c.hash == call.principal.token_hash)
    )
    call.tx.changed_rights()
    return None


@routes.get("/api/v2/tokens/me")
def read_token(call: Call) -> object:
    """Whose token it is; the provider needs `OAuthClient.organization.id`."""
    organization = {key: call.store.control(ORGANIZATION)[key] for key in ("id", "name")}
    client = {"id": call.principal.client_id, "name": call.principal.name, "organization": organization}
    return {
        "organization": organization,
        "homeOrganization": organization,
        "authorizedScope": [],
        "OAuthClient": client,
    }


@routes.serve("HEAD", "/api/v2/tokens/me", status=204)
def check_token(_call: Call) -> object:
    """Whether the token is good."""
    return None


@routes.get("/api/v2/oauth/clients")
def list_clients(call: Call) -> object:
    """Every client."""
    return CLIENTS.page(call)


@routes.post("/api/v2/oauth/clients")
def create_client(call: Call) -> object:
    """A new client; its secret is shown in this answer only."""
    return create(call, call.object())


def create(call: Call, sent: Body, *, client_id: str = "", secret: str = "") -> Body:
    """A new client with its secret; id and secret are made up when they are not given.

    Raises:
        ApiError: 409, there is a client of this id.
    """
    if client_id and call.store.get(CLIENT, client_id):
        raise errors.conflict(f"There is a client {client_id} already.")
    secret = secret or secrets.token_urlsafe(32)
    fields = _checked(call, sent)
    body = CLIENTS.create(call, fields, entity_id=client_id, secretHash=hashed_secret(secret))
    return visible(body) | {"secret": secret}


@routes.get("/api/v2/oauth/clients/{clientId}")
def read_client(call: Call) -> object:
    """One client."""
    return visible(CLIENTS.read(call, call.path["clientId"]))


@routes.put("/api/v2/oauth/clients/{clientId}")
def replace_client(call: Call) -> object:
    """Replace a client; the roles that the request leaves out are taken away."""
    body = CLIENTS.replace(call, call.path["clientId"], sent=_checked(call, call.object()))
    call.tx.changed_rights()
    return visible(body)


@routes.post("/api/v2/oauth/clients/{clientId}/secret")
def renew_secret(call: Call) -> object:
    """Another secret; the old one is worth nothing from now on."""
    before, secret = CLIENTS.read(call, call.path["clientId"]), secrets.token_urlsafe(32)
    after = before | {"secretHash": hashed_secret(secret), "dateModified": call.now_iso()}
    call.tx.put(CLIENT, after)
    call.audit("Update", visible(after), entity_type="OAuthClient", service="PeoplePermissions")
    return visible(after) | {"secret": secret}


@routes.delete("/api/v2/oauth/clients/{clientId}", status=204)
def delete_client(call: Call) -> object:
    """Delete a client that was made inactive before."""
    client_id = call.path["clientId"]
    if CLIENTS.read(call, client_id).get("state") != "inactive":
        raise errors.bad_request(
            "Clients must be marked as inactive to be eligible for deletion.", code="cannot.delete.client"
        )
    CLIENTS.delete(call, client_id)
    call.tx.connection.execute(sa.delete(tables.tokens).where(tables.tokens.c.client_id == client_id))
    call.tx.changed_rights()
    return None


def _checked(call: Call, sent: Body) -> Body:
    """A client as a request may set it."""
    seconds = sent.get("accessTokenValiditySeconds")
    if seconds is not None and not VALIDITY[0] <= seconds <= VALIDITY[1]:
        raise errors.bad_request(
            f"Value [{seconds}] is not valid; allowed are {VALIDITY[0]} to {VALIDITY[1]} seconds.",
            field="accessTokenValiditySeconds",
            code="invalid.value",
        )
    home = call.store.control("home_division")["id"]
    given: list[dict[str, Any]] = sent.get("roleDivisions") or [
        {"roleId": role} for role in sent.get("roleIds") or ()
    ]
    grants = [{"roleId": grant["roleId"], "divisionId": grant.get("divisionId") or home} for grant in given]
    for grant in grants:
        if call.store.get(ROLE, grant["roleId"]) is None:
            raise errors.bad_request(f"There is no role {grant['roleId']}.", field="roleDivisions.roleId")
    dates = {"dateToDelete": iso(call.now + DAY * 1000)} if sent.get("state") == "inactive" else {}
    return {**sent, "roleDivisions": grants, **dates}
