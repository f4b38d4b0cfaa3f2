"""Credentials and authentication of the integration that an action belongs to (architect-behaviour D.7).

| kind | what happens |
|---|---|
| `none` | nothing |
| `basicAuth` | `Authorization: Basic …` from `userName` and `password` |
| `userDefined` | the fields are `${credentials.x}` in the templates |
| `userDefinedOAuth` | a custom auth action runs first; its output is `${authResponse.x}`, kept until a 401 |
| `pureCloudOAuthClient` | client credentials at the login host; the token goes in `Authorization: Bearer …` |
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, get_args
from urllib.parse import urlsplit, urlunsplit

from ringback.core.errors import UsageError
from ringback.dataactions.model import DataAction, RequestConfig

CredentialKind: TypeAlias = Literal[
    "none", "basicAuth", "userDefined", "userDefinedOAuth", "pureCloudOAuthClient"
]
CREDENTIAL_KINDS: tuple[str, ...] = get_args(CredentialKind)

_FIELDS = ("credentials", "authResponse", "baseUrl", "type", "accessToken")


@dataclass(slots=True)
class TokenStore:
    """The answer of the last authentication, shared by the actions of one integration."""

    response: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Integration:
    """What the platform keeps about an integration and an action needs to run.

    Attributes:
        credentials: credential fields; secret.
        auth_response: a given answer of the auth action; None lets `auth_action` run.
        base_url: where relative URLs belong; also stands in for functions, which have no URL.
        kind: credential type.
        auth_action: the custom auth action of a `userDefinedOAuth` integration.
        tokens: where the answer of an authentication is kept between executions.
    """

    credentials: Mapping[str, Any] = field(default_factory=dict)
    auth_response: Mapping[str, Any] | None = None
    base_url: str = ""
    kind: CredentialKind = "userDefined"
    auth_action: DataAction | None = None
    tokens: TokenStore = field(default_factory=TokenStore, compare=False)

    @property
    def authenticates(self) -> bool:
        """Whether an authentication has to run (its answer may be kept already)."""
        return self.auth_response is None and self.authentication is not None

    @property
    def authentication(self) -> DataAction | None:
        """The action that authenticates, if there is one."""
        if self.kind == "pureCloudOAuthClient":
            return _platform_login(self.base_url)
        return self.auth_action

    def authorization(self, answer: Mapping[str, Any] | None) -> str:
        """The `Authorization` header that the platform itself adds; empty when the action says its own."""
        if self.kind == "basicAuth":
            user = self.credentials.get("userName", self.credentials.get("username", ""))
            text = f"{user}:{self.credentials.get('password', '')}"
            return f"Basic {base64.b64encode(text.encode()).decode()}"
        if self.kind == "pureCloudOAuthClient" and answer:
            return f"Bearer {answer.get('access_token', '')}"
        return ""


def integration_of(
    document: Any, *, auth_action: DataAction | None = None, name: str = "credentials"
) -> Integration:
    """The integration of a credentials file, an object with the members of `_FIELDS`, all optional.

    Raises:
        UsageError: another shape; the message names the field.
    """
    if not isinstance(document, Mapping):
        raise UsageError(f"{name}: an object with {', '.join(_FIELDS)} is needed")
    if unknown := sorted(set(document) - set(_FIELDS)):
        raise UsageError(f"{name}: unknown field {unknown[0]!r}", hint=f"known fields: {', '.join(_FIELDS)}")
    for key in ("credentials", "authResponse"):
        if not isinstance(document.get(key) or {}, Mapping):
            raise UsageError(f"{name}: {key} must be an object")
    answer = document.get("authResponse")
    if token := document.get("accessToken"):
        answer = {"access_token": token}
    return Integration(
        credentials=document.get("credentials") or {},
        auth_response=answer,
        base_url=str(document.get("baseUrl") or ""),
        kind=_kind(document, auth_action=auth_action, name=name),
        auth_action=auth_action,
    )


def _kind(document: Mapping[str, Any], *, auth_action: DataAction | None, name: str) -> CredentialKind:
    kind = document.get("type")
    if kind is None:
        if document.get("accessToken"):
            return "pureCloudOAuthClient"
        return "userDefinedOAuth" if auth_action else "userDefined"
    for known in get_args(CredentialKind):
        if kind == known:
            return known  # type: ignore[no-any-return]  # get_args() has no types
    raise UsageError(f"{name}: unknown type {kind!r}", hint=f"types: {', '.join(CREDENTIAL_KINDS)}")


def login_url(base_url: str) -> str:
    """The token address that belongs to a Platform API address.

    >>> login_url("https://api.mypurecloud.ie"), login_url("http://127.0.0.1:8080")
    ('https://login.mypurecloud.ie/oauth/token', 'http://127.0.0.1:8080/oauth/token')
    """
    parts = urlsplit(base_url)
    host = parts.netloc
    if host.startswith("api."):
        host = f"login.{host.removeprefix('api.')}"
    return urlunsplit((parts.scheme, host, "/oauth/token", "", ""))


def _platform_login(base_url: str) -> DataAction:
    """Client credentials, written as the action that it is."""
    headers = {
        "Authorization": 'Basic $encoding.base64("${credentials.clientId}:${credentials.clientSecret}")',
        "Content-Type": "application/x-www-form-urlencoded",
    }
    url = login_url(base_url)
    request = RequestConfig("POST", url, headers, "grant_type=client_credentials")
    return DataAction("Platform OAuth", action_type="customAuth", request=request)
