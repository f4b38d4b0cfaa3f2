"""Which organisation, and with which credentials: arguments, environment variables, `~/.gc/config.toml`.

    connect()                 arguments, then the environment, then [DEFAULT] of ~/.gc/config.toml
    connect("production")     arguments, then [production]; the environment is not asked

A named profile is the whole answer: a variable that is left over from another organisation must not send a
change to the wrong one. For the same reason id and secret always come from one place.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ringback.cloud.regions import Origins, origins_of
from ringback.core.errors import UsageError
from ringback.files import read_text

BASE_URL = "GENESYSCLOUD_BASE_URL"
DEFAULT_PROFILE = "DEFAULT"
# The one client of `ringback serve` on a loopback address; it is documented, so it is no secret.
LOCAL_CLIENT = "ringback-local"


@dataclass(frozen=True, slots=True)
class Family:
    """Variables that belong together; the first family with a credential is the one that counts."""

    client_id: str
    client_secret: str
    regions: tuple[str, ...]
    access_token: str = ""

    @property
    def names(self) -> tuple[str, str, str]:
        """Client id, secret, token."""
        return self.client_id, self.client_secret, self.access_token


FAMILIES: tuple[Family, ...] = (
    Family(
        "GENESYSCLOUD_OAUTHCLIENT_ID",
        "GENESYSCLOUD_OAUTHCLIENT_SECRET",
        ("GENESYSCLOUD_REGION",),
        "GENESYSCLOUD_ACCESS_TOKEN",
    ),
    Family("GENESYS_CLOUD_CLIENT_ID", "GENESYS_CLOUD_CLIENT_SECRET", ("GENESYS_CLOUD_HOST",)),
    Family("GENESYS_CLIENT_ID", "GENESYS_CLIENT_SECRET", ("GENESYS_BASE_URL", "GENESYS_REGION")),
    Family("PURECLOUD_CLIENT_ID", "PURECLOUD_CLIENT_SECRET", ("PURECLOUD_ENVIRONMENT",)),
)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a client proves itself with.

    Attributes:
        client_id: of an OAuth client with the client credentials grant; may be empty beside a token.
        client_secret: never printed.
        access_token: a token that was made elsewhere; it is used first.
        source: where these values come from, for messages.
    """

    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    access_token: str = field(default="", repr=False)
    source: str = ""

    @property
    def can_log_in(self) -> bool:
        """Whether a new token can be had."""
        return bool(self.client_id and self.client_secret)

    @property
    def secrets(self) -> tuple[str, ...]:
        """The values that nobody may see."""
        hidden = "" if self.client_secret == LOCAL_CLIENT else self.client_secret
        return tuple(value for value in (hidden, self.access_token) if value)


@dataclass(frozen=True, slots=True)
class Profile:
    """One organisation and who we are there."""

    name: str
    origins: Origins
    credentials: Credentials


@dataclass(frozen=True, slots=True)
class Given:
    """What the caller of `connect` says; empty is not said."""

    region: str = ""
    base_url: str = ""
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    access_token: str = field(default="", repr=False)
    plain_http: bool = False


def find_profile(
    name: str | None,
    given: Given,
    *,
    environ: Mapping[str, str] | None = None,
    config: Path | None = None,
) -> Profile:
    """The organisation and the credentials.

    Args:
        name: a section of the configuration file; None asks the environment first.
        given: values that go before everything else.
        environ: None is the process's own environment.
        config: None is `~/.gc/config.toml`, the file of the official `gc` command line.

    Raises:
        UsageError: something is missing or contradicts itself; the message names what could hold it.
    """
    variables = (os.environ if environ is None else environ) if name is None else {}
    file = config or Path.home() / ".gc" / "config.toml"
    section = _Section.read(file, name)
    origins, source = _origins(given, variables, section=section)
    # A file's credentials are those of its organisation: not for a local platform that was named elsewhere.
    own = section if not origins.local or section.place in source else replace(section, values=None)
    credentials = _credentials(given, variables, section=own)
    if credentials is None and origins.local:
        credentials = Credentials(LOCAL_CLIENT, LOCAL_CLIENT, source="the local platform's own client")
    if credentials is None:
        raise _missing("credentials", _credential_names(), section=section)
    return Profile(name or DEFAULT_PROFILE, origins, credentials)


@dataclass(frozen=True, slots=True)
class _Section:
    """One profile of the configuration file; `values` is None when there is none."""

    file: Path
    name: str
    named: bool
    values: Mapping[str, str] | None = field(repr=False)

    @property
    def place(self) -> str:
        return f"[{self.name}] of {_short(self.file)}"

    def get(self, key: str) -> str:
        return (self.values or {}).get(key, "")

    @classmethod
    def read(cls, file: Path, name: str | None) -> _Section:
        wanted = name or DEFAULT_PROFILE
        if not file.exists():
            if name is not None:
                raise UsageError(
                    f"there is no profile {name!r}: {_short(file)} does not exist",
                    hint="make it with `gc profiles new`, or leave the profile out and set the environment",
                )
            return cls(file, wanted, False, None)
        sections = {key: value for key, value in _toml(file).items() if isinstance(value, dict)}
        # gc reads its file without regard to case.
        found = next((sections[key] for key in sections if key.lower() == wanted.lower()), None)
        if found is None and name is not None:
            known = ", ".join(sections) or "none"
            raise UsageError(f"{_short(file)} has no profile {name!r}", hint=f"its profiles: {known}")
        return cls(file, wanted, name is not None, None if found is None else _texts(found))


def _toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(read_text(file))
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{_short(file)} is no TOML: {error}") from None


def _texts(section: Mapping[str, Any]) -> Mapping[str, str]:
    return {key.lower(): str(value).strip() for key, value in section.items() if value not in (None, "")}


def _short(file: Path) -> str:
    home = Path.home()
    return f"~/{file.relative_to(home)}" if file.is_relative_to(home) else str(file)


def _origins(given: Given, variables: Mapping[str, str], *, section: _Section) -> tuple[Origins, str]:
    """The address, and what named it."""
    for text, source in _addresses(given, variables, section=section):
        if text.strip():
            try:
                return origins_of(text, plain_http=given.plain_http), source
            except UsageError as error:
                raise UsageError(f"{source}: {error.message}", hint=error.hint) from None
    names = [*(name for family in FAMILIES for name in family.regions), BASE_URL]
    raise _missing("region", names, section=section)


def _addresses(given: Given, variables: Mapping[str, str], *, section: _Section) -> Iterator[tuple[str, str]]:
    """Every place that may name the organisation's address, the strongest first."""
    yield given.base_url, "base_url"
    yield given.region, "region"
    yield variables.get(BASE_URL, ""), BASE_URL
    own = _family(variables)
    families = [own, *FAMILIES] if own else FAMILIES
    yield from ((variables.get(name, ""), name) for family in families for name in family.regions)
    yield _gateway(section), f"gateway_host in {section.place}"
    yield section.get("environment"), f"environment in {section.place}"


def _gateway(section: _Section) -> str:
    """The address of a profile's gateway; what ringback cannot do with a profile is said here."""
    refused = ("proxy_host", "gateway_username", "gateway_pathparams")
    unknown = next((key for key in refused if section.get(key)), "")
    if unknown:
        raise UsageError(
            f"{unknown} in {section.place} is not supported",
            hint="a proxy comes from HTTPS_PROXY; a gateway must need no path and no password",
        )
    host = section.get("gateway_host")
    port = section.get("gateway_port")
    scheme = section.get("gateway_protocol") or "https"
    return f"{scheme}://{host}" + (f":{port}" if port else "") if host else ""


def _family(variables: Mapping[str, str]) -> Family | None:
    """The first family of which a credential is set."""
    for family in FAMILIES:
        if any(variables.get(name, "").strip() for name in family.names):
            return family
    return None


def _credentials(given: Given, variables: Mapping[str, str], *, section: _Section) -> Credentials | None:
    """From one place; None when there is none at all."""
    if given.client_id or given.client_secret or given.access_token:
        found = Credentials(
            given.client_id, given.client_secret, given.access_token, "the arguments of connect"
        )
        return _whole(found, ("client_id", "client_secret"))
    family = _family(variables)
    if family:
        client_id, secret, token = (variables.get(name, "").strip() for name in family.names)
        source = family.access_token if token else f"{family.client_id} and {family.client_secret}"
        found = Credentials(client_id, secret, token, source)
        return _whole(found, family.names[:2])
    if section.get("oauth_token_data") and not (section.get("client_secret") or section.get("access_token")):
        raise UsageError(
            f"{section.place} logs in with a browser, which ringback does not do",
            hint="use an OAuth client with the grant client credentials, or an access_token",
        )
    keys = ("client_credentials", "client_secret", "access_token")
    client_id, secret, token = (section.get(key) for key in keys)
    if not (client_id or secret or token):
        return None
    id_name, secret_name, _ = (f"{key} in {section.place}" for key in keys)
    found = Credentials(client_id, secret, token, section.place)
    return _whole(found, (id_name, secret_name))


def _whole(found: Credentials, pair: tuple[str, str]) -> Credentials:
    """The credentials, when they are not half of a pair."""
    id_name, secret_name = pair
    if found.access_token or found.can_log_in:
        return found
    missing, there = (id_name, secret_name) if found.client_secret else (secret_name, id_name)
    raise UsageError(
        f"{there} is set, but {missing} is not", hint="id and secret belong together and come from one place"
    )


def _credential_names() -> list[str]:
    pairs = [f"{family.client_id} with {family.client_secret}" for family in FAMILIES]
    return [pairs[0], FAMILIES[0].access_token, *pairs[1:]]


def _missing(what: str, names: list[str], *, section: _Section) -> UsageError:
    profile = f"[{section.name}] of {_short(section.file)}"
    if section.named:
        keys = "environment" if what == "region" else "client_credentials and client_secret, or access_token"
        return UsageError(f"no {what}: {profile} has no {keys}", hint=f"add it to {profile}")
    return UsageError(
        f"no {what} for Genesys Cloud", hint=f"set {', or '.join(names)}; or write the profile {profile}"
    )
