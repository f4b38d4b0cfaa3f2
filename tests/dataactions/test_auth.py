"""Credentials and authentication against a real loopback server."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from ringback.core.errors import UsageError
from ringback.core.policies import Policies
from ringback.dataactions import DataAction, Integration, TokenStore, execute, integration_of
from ringback.dataactions.auth import login_url
from ringback.dataactions.hosts import HostPolicy
from ringback.dataactions.live import HttpTransport
from tests.dataactions.documents import EXPORT, action_of, changed
from tests.dataactions.servers import http_server, json_answer

LOCAL = HostPolicy(loopback=True)
BASIC = 'Basic $encoding.base64("${credentials.clientId}:${credentials.clientSecret}")'
AUTH: dict[str, Any] = {
    "name": "auth",
    "actionType": "customAuth",
    "config": {
        "request": {
            "requestUrlTemplate": "${credentials.loginUrl}",
            "requestType": "POST",
            "headers": {
                "Authorization": BASIC,
                "Content-Type": "application/x-www-form-urlencoded",
            },
            "requestTemplate": "grant_type=client_credentials",
        },
        "response": {"successTemplate": "${rawResult}"},
    },
}


def target(url: str, header: str = "Bearer ${authResponse.access_token}") -> DataAction:
    document = changed(EXPORT, "config.request.requestUrlTemplate", f"{url}/customer")
    document = changed(document, "config.response", {"successTemplate": "{}"})
    return action_of(changed(document, "config.request.headers.Authorization", header))


def service(valid: list[str]) -> Any:
    """Gives tokens t1, t2, …; accepts only the tokens in `valid`."""
    given: list[str] = []

    def answer(asked: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
        if asked["path"].endswith("/token"):
            given.append(f"t{len(given) + 1}")
            return 200, {}, json.dumps({"access_token": given[-1]}).encode()
        accepted = asked["headers"].get("authorization") in [f"Bearer {token}" for token in valid]
        return (200 if accepted else 401), {}, b"{}"

    return answer


def oauth(url: str) -> Integration:
    credentials = {"loginUrl": f"{url}/token", "clientId": "id", "clientSecret": "s3cr3t-value"}
    return Integration(credentials, kind="userDefinedOAuth", auth_action=action_of(AUTH), tokens=TokenStore())


def test_a_token_is_fetched_once_and_reused() -> None:
    with http_server(service(["t1"])) as server, HttpTransport(LOCAL) as transport:
        integration = oauth(server.url)
        reports = [
            execute(target(server.url), {"phone": "1"}, transport=transport, integration=integration)
            for _ in range(3)
        ]
    assert [report.status for report in reports] == ["success"] * 3
    paths = [asked["path"] for asked in server.requests]
    assert paths == ["/token", "/customer", "/customer", "/customer"]
    assert (
        server.requests[0]["headers"]["authorization"]
        == "Basic " + base64.b64encode(b"id:s3cr3t-value").decode()
    )
    assert server.requests[0]["body"] == "grant_type=client_credentials"
    assert [report.operations[2].result["authResponse"] for report in reports] == [
        "authenticated", "kept token", "kept token",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("policy", "status", "calls"),
    [("once_on_401", "success", ["/customer", "/token", "/customer"]), ("never", "failure", ["/customer"])],
)
def test_a_kept_token_that_a_401_refuses_is_fetched_again_once(
    policy: str, status: str, calls: list[str]
) -> None:
    with http_server(service(["t1"])) as server, HttpTransport(LOCAL) as transport:
        integration = oauth(server.url)
        integration.tokens.response = {"access_token": "old"}
        policies = Policies({"auth_token_retry": policy})
        report = execute(
            target(server.url),
            {"phone": "1"},
            transport=transport,
            integration=integration,
            policies=policies,
        )
    assert report.status == status
    assert [asked["path"] for asked in server.requests] == calls


def test_the_new_token_stands_in_every_part_of_the_second_request() -> None:
    with http_server(service(["t1"])) as server, HttpTransport(LOCAL) as transport:
        integration = oauth(server.url)
        integration.tokens.response = {"access_token": "old"}
        document = changed(
            EXPORT, "config.request.requestUrlTemplate", f"{server.url}/c?$authResponse.access_token"
        )
        document = changed(document, "config.request.requestTemplate", "[${authResponse.access_token}]")
        document = changed(document, "config.response", {"successTemplate": "{}"})
        header = {"Authorization": "Bearer ${authResponse.access_token}"}
        action = action_of(changed(document, "config.request.headers", header))
        execute(action, {"phone": "1"}, transport=transport, integration=integration)
    seen = [(asked["path"], asked["body"]) for asked in server.requests]
    assert seen == [("/c?old", "[old]"), ("/token", "grant_type=client_credentials"), ("/c?t1", "[t1]")]


def test_a_new_token_that_is_refused_is_not_fetched_again() -> None:
    with http_server(service([])) as server, HttpTransport(LOCAL) as transport:
        report = execute(
            target(server.url), {"phone": "1"}, transport=transport, integration=oauth(server.url)
        )
    assert report.error is not None
    assert report.error.error_code == "authentication.required"
    assert [asked["path"] for asked in server.requests] == ["/token", "/customer"]


def test_a_refused_login_is_the_authentication_step() -> None:
    with (
        http_server(json_answer({"message": "bad client"}, 401)) as server,
        HttpTransport(LOCAL) as transport,
    ):
        report = execute(
            target(server.url), {"phone": "1"}, transport=transport, integration=oauth(server.url)
        )
    assert report.operations[-1].name == "Authenticate"
    assert report.error is not None
    assert report.error.status == 401
    assert (
        report.error.message == "Auth action 'auth' failed: REST call failed with HTTP status 401: bad client"
    )


def test_platform_oauth() -> None:
    with http_server(service(["t1"])) as server, HttpTransport(LOCAL) as transport:
        integration = Integration(
            {"clientId": "id", "clientSecret": "sec"}, base_url=server.url, kind="pureCloudOAuthClient"
        )
        document = changed(EXPORT, "config.request.requestUrlTemplate", "/customer")
        action = action_of(changed(document, "config.response", {"successTemplate": "{}"}))
        report = execute(action, {"phone": "1"}, transport=transport, integration=integration)
    assert report.status == "success"
    assert [asked["path"] for asked in server.requests] == ["/oauth/token", "/customer"]
    assert report.to_dict()["request"]["resolved_url"] == f"{server.url}/customer"


@pytest.mark.parametrize("user", ["userName", "username"])
def test_basic(user: str) -> None:
    with http_server(json_answer({})) as server, HttpTransport(LOCAL) as transport:
        integration = integration_of({"credentials": {user: "ü", "password": "p:w"}, "type": "basicAuth"})
        document = changed(EXPORT, "config.request.requestUrlTemplate", server.url)
        action = action_of(changed(document, "config.response", {"successTemplate": "{}"}))
        report = execute(action, {"phone": "1"}, transport=transport, integration=integration)
    assert report.status == "success"
    assert (
        server.requests[0]["headers"]["authorization"]
        == "Basic " + base64.b64encode("ü:p:w".encode()).decode()
    )


def test_static_headers_come_from_the_credentials() -> None:
    with http_server(json_answer({})) as server, HttpTransport(LOCAL) as transport:
        action = target(server.url, "ApiKey ${credentials.key}")
        integration = integration_of({"credentials": {"key": "k-123456"}})
        execute(action, {"phone": "1"}, transport=transport, integration=integration)
    assert server.requests[0]["headers"]["authorization"] == "ApiKey k-123456"


def test_nothing_secret_is_in_a_report() -> None:
    def answer(asked: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
        if asked["path"].endswith("/token"):
            return 200, {}, b'{"access_token": "tok-abcdef"}'
        echo = {"auth": asked["headers"]["authorization"], "secret": "s3cr3t-value"}
        return 500, {"Set-Cookie": "session=cookie-value"}, json.dumps(echo).encode()

    with http_server(answer) as server, HttpTransport(LOCAL) as transport:
        report = execute(
            target(server.url), {"phone": "1"}, transport=transport, integration=oauth(server.url)
        )
    text = json.dumps(report.to_dict())
    for secret in (
        "s3cr3t-value",
        "tok-abcdef",
        "cookie-value",
        base64.b64encode(b"id:s3cr3t-value").decode(),
    ):
        assert secret not in text
    revealed = json.dumps(report.to_dict(reveal=True))
    for secret in ("s3cr3t-value", "tok-abcdef", "cookie-value"):
        assert secret in revealed


def test_inputs_of_secure_actions_are_secret() -> None:
    with http_server(json_answer({"echo": "4111111111111111"})) as server, HttpTransport(LOCAL) as transport:
        document = changed(EXPORT, "config.request.requestUrlTemplate", server.url)
        action = action_of(
            changed(changed(document, "secure", True), "config.response", {"successTemplate": "${rawResult}"})
        )
        report = execute(action, {"phone": "4111111111111111"}, transport=transport)
    assert "4111111111111111" in server.requests[0]["body"]
    assert "4111111111111111" not in json.dumps(report.to_dict())


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ([], "credentials: an object with credentials, authResponse, baseUrl, type, accessToken is needed"),
        ({"credential": {}}, "credentials: unknown field 'credential'"),
        ({"credentials": []}, "credentials: credentials must be an object"),
        ({"authResponse": "x"}, "credentials: authResponse must be an object"),
        ({"type": "oauth"}, "credentials: unknown type 'oauth'"),
    ],
)
def test_credentials_files_that_are_wrong(document: Any, message: str) -> None:
    if document == {"credentials": []}:
        document = {"credentials": ["x"]}
    with pytest.raises(UsageError) as caught:
        integration_of(document)
    assert caught.value.message == message


def test_login_addresses() -> None:
    assert login_url("https://api.usw2.pure.cloud") == "https://login.usw2.pure.cloud/oauth/token"
