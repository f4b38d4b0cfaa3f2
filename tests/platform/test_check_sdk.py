"""Which operations of the SDK are served: from its source, and from the catalogue without it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ringback.platform import check_sdk
from ringback.platform.catalogue import operations
from ringback.platform.check_sdk import PACKAGE, Method, lines, missing, report, sdk_methods, served
from tests.cli.helpers import invoke

CLASS = '''
class OAuthApi:
    def get_oauth_clients(self, **kwargs) -> 'OAuthClientEntityListing':
        """
        List.
        """
        resource_path = '/api/v2/oauth/clients'.replace('{format}', 'json')
        response = self.api_client.call_api(resource_path, 'GET', path_params)

    @deprecated("gone soon")
    def get_oauth_scopes(self, **kwargs) -> 'X':
        resource_path = '/api/v2/oauth/scopes'.replace('{format}', 'json')
        response = self.api_client.call_api(resource_path, 'GET', path_params)

    def post_telemetry(self, body: 'Y', **kwargs) -> None:
        resource_path = '/api/v2/telemetry'.replace('{format}', 'json')
        response = self.api_client.call_api(resource_path, 'POST', path_params)
'''


def test_methods_of_a_source(tmp_path: Path) -> None:
    (tmp_path / "apis").mkdir()
    (tmp_path / "apis" / "o_auth_api.py").write_text(CLASS, encoding="utf-8")
    assert sdk_methods(tmp_path) == [
        Method("get_oauth_clients", "GET", "/api/v2/oauth/clients", "served"),
        Method("get_oauth_scopes", "GET", "/api/v2/oauth/scopes", "not-implemented"),
        Method("post_telemetry", "POST", "/api/v2/telemetry", "unknown"),
    ]


def test_the_sdk_that_is_installed_has_everything_that_is_known() -> None:
    found = report()
    assert found.sdk
    names = {each.name for each in found.methods}
    assert {each.operation_id for each in operations()} <= names
    assert found.count("served") == len(served())
    assert found.count("not-implemented") == len(missing())
    assert found.count("unknown") > 0


def test_without_the_sdk_the_catalogue_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_sdk, "find_spec", lambda _name: None)
    found = report()
    assert (found.sdk, len(found.methods)) == ("", len(operations()))
    assert found.count("unknown") == 0
    assert f"{PACKAGE} is not installed" in next(lines(found))


def test_text() -> None:
    outcome = invoke("serve", "--check-sdk")
    assert outcome.code == 0
    head, *rows = outcome.out.splitlines()
    assert head.startswith(f"Operations of {PACKAGE} ")
    assert "  GET    /api/v2/flows/{flowId}  get_flow" in rows
    assert rows.index("Served:") < rows.index("Answered with 501:")


def test_json() -> None:
    outcome = invoke("serve", "--check-sdk", "--output-format", "json")
    assert outcome.code == 0
    found = {each["name"]: each["standing"] for each in outcome.json["methods"]}
    assert found["get_flow"] == "served"
    assert set(found.values()) == {"served", "not-implemented", "unknown"}
