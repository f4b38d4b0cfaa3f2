"""Who calls, and what they may do.

Client-credentials tokens are authorised by the permissions of their client's roles (`domain:entity:action`,
`*` for all), as on the real platform. What is known of a token is kept until `Transaction.changed_rights` is
called anywhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from ringback.platform import errors
from ringback.platform.store import tables
from ringback.platform.store.prepared import Prepared
from ringback.platform.store.reader import Reader

_TOKEN = Prepared(
    sa.select(tables.tokens.c.client_id, tables.tokens.c.expires).where(
        tables.tokens.c.hash == sa.bindparam("hash")
    )
)
EVERYTHING = "*"
CLIENT, ROLE = "oauth_client", "role"  # kinds of entities
# Short words of plain flow documents, for what the platform calls otherwise.
_STANDS_FOR: Mapping[str, tuple[str, ...]] = {
    "view:flow": ("architect:flow:view", "architect:flow:read"),
    "admin:flow": ("architect:flow:publish", "architect:flow:edit"),
}


@dataclass(slots=True, eq=False)
class Principal:
    """The holder of a token.

    Attributes:
        client_id: id of its OAuth client.
        name: name of the client.
        expires: ms since 1970.
        permissions: granted permissions, as `domain:entity:action` with `*` for all.
        token_hash: SHA-256 of the token.
    """

    client_id: str
    name: str
    expires: int
    permissions: frozenset[str]
    token_hash: str = ""
    _known: dict[str, bool] = field(default_factory=dict)

    def may(self, permission: str) -> bool:
        """Whether one permission is granted, by itself or by a wildcard."""
        if (known := self._known.get(permission)) is None:
            known = self._known[permission] = any(covers(granted, permission) for granted in self.permissions)
        return known

    def check(self, needed: tuple[str, ...], *, any_of: bool) -> None:
        """ApiError 403 that names what is missing."""
        if not needed:
            return
        missing = [name for name in needed if not self.may(name)]
        if any_of and len(missing) == len(needed):
            raise errors.missing_permissions(needed, any_of=True)
        if not any_of and missing:
            raise errors.missing_permissions(missing, any_of=False)


def covers(granted: str, permission: str) -> bool:
    """Whether `integrations:*:*` and the like cover a permission; words compare without case."""
    if granted == EVERYTHING:
        return True
    ours, theirs = granted.casefold().split(":"), permission.casefold().split(":")
    return len(ours) == len(theirs) and all(a in (b, "*") for a, b in zip(ours, theirs, strict=True))


def hashed(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def granted_to(store: Reader, client: dict[str, Any]) -> frozenset[str]:
    """The permissions of an OAuth client: those of all its roles, and what their short words stand for."""
    found: set[str] = set()
    for grant in client.get("roleDivisions") or ():
        role = store.get(ROLE, str(grant.get("roleId"))) or {}
        found |= set(role.get("permissions") or ())
        for policy in role.get("permissionPolicies") or ():
            domain, entity = policy.get("domain") or "*", policy.get("entityName") or "*"
            actions = policy.get("actionSet") or []
            found |= {EVERYTHING if domain == "*" else f"{domain}:{entity}:{action}" for action in actions}
    return frozenset(found.union(*(_STANDS_FOR.get(each, ()) for each in found)))


def principal_of(store: Reader, token: str) -> Principal | None:
    """The holder of a token, None when nobody was given it or its client is gone or inactive."""
    digest = hashed(token)
    row = _TOKEN.run(store.connection, hash=digest).fetchone()
    if row is None or (client := store.get(CLIENT, row[0])) is None or client.get("state") == "inactive":
        return None
    return Principal(row[0], client["name"], row[1], granted_to(store, client), digest)
