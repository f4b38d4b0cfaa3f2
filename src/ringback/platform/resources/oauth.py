"""Login and tokens."""

from __future__ import annotations

import base64
import binascii
import secrets
from urllib.parse import parse_qs

import sqlalchemy as sa

from ringback.platform.bootstrap import same_secret
from ringback.platform.call import Call, Reply
from ringback.platform.rights import CLIENT, hashed
from ringback.platform.routing import Local, Routes
from ringback.platform.store import tables
from ringback.platform.store.prepared import insert
from ringback.platform.store.reader import Body

routes = Routes()
_ADD_TOKEN = insert(tables.tokens)


@routes.post("/oauth/token", local=Local(), public=True, raw=True, errors=(400, 401))
def login(call: Call) -> object:
    """Client credentials, Basic or in the form, for a bearer token."""
    form = {name: values[-1] for name, values in parse_qs(call.raw.decode("latin-1")).items()}
    client_id, secret = _credentials(call, form)
    client = call.store.get(CLIENT, client_id)
    if client is None or client.get("state") == "inactive" or not same_secret(secret, client["secretHash"]):
        return _refused("invalid_client", "client not found or secret mismatch", status=401)
    if form.get("grant_type") != "client_credentials":
        return _refused("unsupported_grant_type", "only client_credentials is supported", status=400)
    token = secrets.token_urlsafe(48)
    seconds = int(client.get("accessTokenValiditySeconds") or 86_400)
    _ADD_TOKEN.run(
        call.tx.connection, hash=hashed(token), client_id=client_id, expires=call.now + seconds * 1000
    )
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
