"""Where organisation and credentials come from, and what is said when they are missing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ringback.cloud import connect
from ringback.cloud.profiles import FAMILIES, Profile
from ringback.core.errors import UsageError

FILE = """
[DEFAULT]
environment = "mypurecloud.de"
client_credentials = "default-id"
client_secret = "default-secret"

[Test_Org]
environment = "us-west-2"
client_credentials = "test-id"
client_secret = "test-secret"
grant_type = "0"
redirect_uri = ""
proxy_host = ""

[with_token]
environment = "euw2.pure.cloud"
access_token = "a-token"

[local]
gateway_host = "127.0.0.1"
gateway_port = "8080"
gateway_protocol = "http"

[half]
environment = "mypurecloud.ie"
client_credentials = "half-id"

[nowhere]
client_credentials = "id"
client_secret = "secret"

[empty]
environment = "mypurecloud.ie"

[browser]
environment = "mypurecloud.ie"
client_credentials = "id"
redirect_uri = "http://localhost:8080"
oauth_token_data = '{"access_token": "hidden"}'

[proxied]
environment = "mypurecloud.ie"
proxy_host = "proxy.example"
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(FILE)
    return path


def profile(
    config: Path, name: str | None = None, environ: dict[str, str] | None = None, **more: Any
) -> Profile:
    return connect(name, config=config, environ=environ or {}, tokens=None, **more).profile


def told(found: Profile) -> tuple[str, str, str, str]:
    credentials = found.credentials
    return found.origins.api, credentials.client_id, credentials.client_secret, credentials.access_token


ENVIRONMENTS = [
    (
        {"OAUTHCLIENT_ID": "id", "OAUTHCLIENT_SECRET": "secret", "REGION": "eu-west-1"},
        "GENESYSCLOUD_",
        "https://api.mypurecloud.ie",
    ),
    (
        {"CLIENT_ID": "id", "CLIENT_SECRET": "secret", "HOST": "https://api.usw2.pure.cloud"},
        "GENESYS_CLOUD_",
        "https://api.usw2.pure.cloud",
    ),
    (
        {"CLIENT_ID": "id", "CLIENT_SECRET": "secret", "BASE_URL": "https://api.mypurecloud.jp"},
        "GENESYS_",
        "https://api.mypurecloud.jp",
    ),
    (
        {"CLIENT_ID": "id", "CLIENT_SECRET": "secret", "REGION": "ap-southeast-2"},
        "GENESYS_",
        "https://api.mypurecloud.com.au",
    ),
    (
        {"CLIENT_ID": "id", "CLIENT_SECRET": "secret", "ENVIRONMENT": "mypurecloud.com"},
        "PURECLOUD_",
        "https://api.mypurecloud.com",
    ),
]


@pytest.mark.parametrize(("variables", "prefix", "api"), ENVIRONMENTS)
def test_every_family_of_variables(config: Path, variables: dict[str, str], prefix: str, api: str) -> None:
    environ = {prefix + name: value for name, value in variables.items()}
    assert told(profile(config, None, environ)) == (api, "id", "secret", "")


def test_families_come_in_their_order_and_do_not_mix(config: Path) -> None:
    environ = {}
    for number, family in reversed(list(enumerate(FAMILIES))):
        environ |= {family.client_id: f"id-{number}", family.client_secret: f"secret-{number}"}
        environ[family.regions[0]] = ("us-east-1", "us-west-2", "eu-west-1", "eu-west-2")[number]
        found = profile(config, None, environ)
        assert (found.credentials.client_id, found.credentials.client_secret) == (
            f"id-{number}",
            f"secret-{number}",
        )
    assert found.origins.api == "https://api.mypurecloud.com"


@pytest.mark.parametrize(
    ("name", "environ", "expected"),
    [
        (None, {}, ("https://api.mypurecloud.de", "default-id", "default-secret", "")),
        ("test_org", {}, ("https://api.usw2.pure.cloud", "test-id", "test-secret", "")),
        ("with_token", {}, ("https://api.euw2.pure.cloud", "", "", "a-token")),
        ("local", {}, ("http://127.0.0.1:8080", "ringback-local", "ringback-local", "")),
        # A named profile is the whole answer.
        (
            "Test_Org",
            {"GENESYSCLOUD_REGION": "us-east-1", "GENESYSCLOUD_BASE_URL": "http://127.0.0.1:1"},
            ("https://api.usw2.pure.cloud", "test-id", "test-secret", ""),
        ),
        # Without one, variables go before the file, group by group.
        (
            None,
            {"GENESYSCLOUD_REGION": "us-east-1"},
            ("https://api.mypurecloud.com", "default-id", "default-secret", ""),
        ),
        (None, {"GENESYSCLOUD_ACCESS_TOKEN": " t\n"}, ("https://api.mypurecloud.de", "", "", "t")),
        (
            None,
            {"PURECLOUD_CLIENT_ID": "i", "PURECLOUD_CLIENT_SECRET": "s", "GENESYSCLOUD_OAUTHCLIENT_ID": ""},
            ("https://api.mypurecloud.de", "i", "s", ""),
        ),
        # The file's secret is for the file's organisation.
        (
            None,
            {"GENESYSCLOUD_BASE_URL": "http://127.0.0.1:8080"},
            ("http://127.0.0.1:8080", "ringback-local", "ringback-local", ""),
        ),
        (
            None,
            {
                "GENESYSCLOUD_BASE_URL": "http://127.0.0.1:8080",
                "GENESYSCLOUD_REGION": "us-east-1",
                "GENESYSCLOUD_OAUTHCLIENT_ID": "i",
                "GENESYSCLOUD_OAUTHCLIENT_SECRET": "s",
            },
            ("http://127.0.0.1:8080", "i", "s", ""),
        ),
    ],
)  # fmt: skip
def test_what_goes_before_what(
    config: Path, name: str | None, environ: dict[str, str], expected: tuple[str, str, str, str]
) -> None:
    assert told(profile(config, name, environ)) == expected


def test_arguments_go_before_everything(config: Path) -> None:
    environ = {"GENESYSCLOUD_REGION": "us-west-2", "GENESYSCLOUD_ACCESS_TOKEN": "other"}
    found = profile(config, None, environ, region="eu-west-1", client_id="i", client_secret="s")
    assert told(found) == ("https://api.mypurecloud.ie", "i", "s", "")


@pytest.mark.parametrize(
    ("name", "environ", "message", "hint"),
    [
        ("prod", {}, "has no profile 'prod'", "its profiles: DEFAULT, Test_Org, with_token"),
        ("half", {}, "client_credentials in [half] of", "id and secret belong together"),
        ("nowhere", {}, "no region: [nowhere] of", "add it to [nowhere]"),
        ("empty", {}, "has no client_credentials and client_secret, or access_token", "add it to [empty]"),
        ("browser", {}, "logs in with a browser, which ringback does not do", "grant client credentials"),
        ("proxied", {}, "proxy_host in [proxied] of", "a proxy comes from HTTPS_PROXY"),
        (
            None,
            {"GENESYSCLOUD_OAUTHCLIENT_ID": "i", "GENESYS_CLOUD_CLIENT_SECRET": "s"},
            "GENESYSCLOUD_OAUTHCLIENT_ID is set, but GENESYSCLOUD_OAUTHCLIENT_SECRET is not",
            "belong together",
        ),
        (
            None,
            {"PURECLOUD_CLIENT_SECRET": "s"},
            "PURECLOUD_CLIENT_SECRET is set, but PURECLOUD_CLIENT_ID is not",
            "belong together",
        ),
        (
            None,
            {"GENESYSCLOUD_REGION": "us-east-9"},
            "GENESYSCLOUD_REGION: 'us-east-9' is no region of Genesys Cloud",
            "did you mean us-east-",
        ),
    ],
)
def test_what_is_missing(
    config: Path, name: str | None, environ: dict[str, str], message: str, hint: str
) -> None:
    with pytest.raises(UsageError) as caught:
        profile(config, name, environ)
    assert message in caught.value.message
    assert hint in caught.value.hint


def test_nothing_at_all(tmp_path: Path) -> None:
    nowhere = tmp_path / "none.toml"
    with pytest.raises(UsageError, match="no region for Genesys Cloud") as caught:
        profile(nowhere)
    for family in FAMILIES:
        assert all(name in caught.value.hint for name in family.regions)
    assert "GENESYSCLOUD_BASE_URL" in caught.value.hint
    with pytest.raises(UsageError, match="no credentials for Genesys Cloud") as caught:
        profile(nowhere, None, {"GENESYSCLOUD_REGION": "us-east-1"})
    assert "GENESYSCLOUD_ACCESS_TOKEN" in caught.value.hint
    for family in FAMILIES:
        assert f"{family.client_id} with {family.client_secret}" in caught.value.hint
    with pytest.raises(UsageError, match=r"no profile 'x': .*none.toml does not exist"):
        profile(nowhere, "x")


def test_a_file_that_is_no_toml(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[DEFAULT\nclient_secret = 'hidden'")
    with pytest.raises(UsageError, match="is no TOML") as caught:
        profile(path)
    assert "hidden" not in str(caught.value)


def test_an_unknown_setting() -> None:
    with pytest.raises(UsageError, match="connect has no setting 'secret'") as caught:
        connect(secret="x")  # type: ignore[call-arg]
    assert "client_secret" in caught.value.hint


def test_no_secret_in_repr(config: Path) -> None:
    found = connect("test_org", config=config, environ={}, tokens=None)
    assert repr(found) == "Cloud('https://api.usw2.pure.cloud', profile='test_org')"
    assert "test-secret" not in repr(found.profile)
    assert "a-token" not in repr(profile(config, "with_token"))
