"""The official Python SDK, unchanged, against the local platform on a real socket.

One test for each step of `material.STEPS`; what a step needs is made by cached helpers of `Sdk`, so that
each test also runs alone.
"""

from __future__ import annotations

import sys
import time
import uuid
from functools import cached_property
from importlib import import_module
from types import ModuleType
from typing import Any

import httpcore
import pytest

from tests.platform.client import Client
from tests.platform.conftest import Server
from tests.platform.sdk.material import BAD_FLOW, FLOW, STEPS, TABLE, action

pytestmark = pytest.mark.slow
PHONE = "+12125550100"
LOCAL = "ringback-local"
# Reads nothing of the developer's own configuration, and starts no thread that watches their home folder.
CONFIG = (
    "[general]\nlive_reload_config = false\n[gateway]\nhost = 127.0.0.1\nprotocol = http\nport = {port}\n"
)


def named(stem: str) -> str:
    return f"{stem} {uuid.uuid4().hex[:8]}"


class Sdk:
    """The package, logged in, and what the steps share."""

    def __init__(self, package: ModuleType, server: Server, *, upstream: str) -> None:
        self.package, self.origin, self.upstream = package, server.origin, upstream
        self.client = self.login(LOCAL, LOCAL)

    def login(self, client_id: str, secret: str) -> Any:
        return self.package.ApiClient().get_client_credentials_token(client_id, secret)

    def api(self, name: str, client: Any = None) -> Any:
        return getattr(self.package, f"{name}Api")(client or self.client)

    def refused(self, status: int, code: str, call: Any, *args: Any, **more: Any) -> Any:
        """The error of a call that must fail."""
        with pytest.raises(self.package.rest.ApiException) as caught:
            call(*args, **more)
        assert caught.value.status == status, caught.value
        assert f'"code":"{code}"' in caught.value.body
        return caught.value

    @cached_property
    def integration(self) -> Any:
        body = self.package.CreateIntegrationRequest()
        body.integration_type = {"id": "custom-rest-actions"}
        body.name = named("Customers")
        integrations = self.api("Integrations")
        made = integrations.post_integrations(body=body)
        return integrations.patch_integration(made.id, body={"intendedState": "ENABLED"})

    @cached_property
    def action(self) -> Any:
        body = action(self.upstream, self.integration.id, named("Find customer"))
        return self.api("Integrations").post_integrations_actions(body)

    @cached_property
    def flow_name(self) -> str:
        return named("SDK flow")

    @cached_property
    def flow(self) -> Any:
        state = self.publish(FLOW.format(name=self.flow_name))
        assert (state.status, state.messages) == ("Success", [])
        return self.api("Architect").get_flow(state.flow.id)

    @cached_property
    def table(self) -> Any:
        body = self.package.DataTable()
        body.name, body.schema = named("Zones"), TABLE
        return self.api("Architect").post_flows_datatables(body)

    @cached_property
    def queue(self) -> Any:
        body = self.package.CreateQueueRequest()
        body.name = named("Support")
        return self.api("Routing").post_routing_queues(body)

    def contact(self, **more: Any) -> Any:
        body = self.package.ExternalContact()
        body.first_name, body.last_name = "Ada", named("Lovelace")
        for name, value in more.items():
            setattr(body, name, value)
        return self.api("ExternalContacts").post_externalcontacts_contacts(body)

    def publish(self, text: str) -> Any:
        """A flow job as the documentation describes it: register, upload, poll."""
        architect = self.api("Architect")
        job = architect.post_flows_jobs()
        sent = httpcore.request("PUT", job.presigned_url, headers=job.headers, content=text.encode())
        assert sent.status == 200
        return architect.get_flows_job(job.id, expand=["messages"])


def imported(port: int, home: Any) -> ModuleType:
    """The package, with a configuration of its own; importing it takes some seconds."""
    folder = home / ".genesyscloudpython"
    folder.mkdir()
    (folder / "config").write_text(CONFIG.format(port=port), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(home))
        return import_module("PureCloudPlatformClientV2")


@pytest.fixture(scope="module")
def sdk(server: Server, upstream: str, tmp_path_factory: pytest.TempPathFactory) -> Sdk:
    assert "PureCloudPlatformClientV2" not in sys.modules, "it reads its configuration when it is imported"
    return Sdk(imported(server.port, tmp_path_factory.mktemp("home")), server, upstream=upstream)


def test_every_step_has_its_test() -> None:
    assert {f"test_{step}" for step in STEPS} <= set(globals())


def test_login(sdk: Sdk) -> None:
    assert sdk.client.access_token
    assert sdk.api("Tokens").get_tokens_me().o_auth_client.organization.id


def test_login_refused(sdk: Sdk) -> None:
    with pytest.raises(sdk.package.rest.ApiException) as caught:
        sdk.login(LOCAL, "wrong")
    assert caught.value.status == 401
    assert "invalid_client" in caught.value.body


def test_organization(sdk: Sdk) -> None:
    organization = sdk.api("Organization").get_organizations_me()
    assert organization.default_country_code == "US"
    authorization = sdk.api("Authorization")
    assert authorization.get_authorization_divisions_home().home_division is True
    assert authorization.get_authorization_products().total >= 1


def test_credential(sdk: Sdk) -> None:
    integrations = sdk.api("Integrations")
    body = sdk.package.Credential()
    body.name, body.type = named("Key"), {"name": "userDefined"}
    body.credential_fields = {"key": "k-17"}
    made = integrations.post_integrations_credentials(body=body)
    assert (made.name, made.type.name) == (body.name, "userDefined")
    assert not integrations.get_integrations_credential(made.id).credential_fields
    config = integrations.get_integration_config_current(sdk.integration.id)
    config.credentials = {"basicAuth": {"id": made.id}}
    kept = integrations.put_integration_config_current(sdk.integration.id, body=config)
    assert (kept.version, kept.credentials["basicAuth"].id) == (config.version + 1, made.id)


def test_integration(sdk: Sdk) -> None:
    found = sdk.api("Integrations").get_integration(sdk.integration.id)
    assert (found.intended_state, found.integration_type.id) == ("ENABLED", "custom-rest-actions")
    assert found.reported_state.code == "ACTIVE"


def test_action_create(sdk: Sdk) -> None:
    assert sdk.action.id.startswith("custom_-_")
    found = sdk.api("Integrations").get_integrations_action(
        sdk.action.id, expand="contract", include_config=True
    )
    assert found.version == 1
    assert found.config.request.request_url_template.startswith(sdk.upstream)
    assert found.contract.input.input_schema.required == ["phone"]


def made_draft(sdk: Sdk) -> Any:
    body = action(sdk.upstream, sdk.integration.id, named("Draft"))
    return sdk.api("Integrations").post_integrations_actions_drafts(body)


def test_action_draft(sdk: Sdk) -> None:
    integrations, draft = sdk.api("Integrations"), made_draft(sdk)
    name = named("Draft")
    changed = integrations.patch_integrations_action_draft(draft.id, {"version": draft.version, "name": name})
    assert (changed.name, changed.version) == (name, draft.version + 1)
    assert integrations.get_integrations_action_draft_validation(draft.id).valid is True
    tested = integrations.post_integrations_action_draft_test(draft.id, {"phone": PHONE})
    assert tested.success is True
    sdk.refused(404, "not.found", integrations.get_integrations_action, draft.id)


def test_action_publish(sdk: Sdk) -> None:
    integrations, draft = sdk.api("Integrations"), made_draft(sdk)
    body = sdk.package.PublishDraftInput()
    body.version = draft.version
    published = integrations.post_integrations_action_draft_publish(draft.id, body)
    assert published.id == draft.id
    listed = integrations.get_integrations_actions(name=published.name, include_auth_actions="false")
    assert [each.id for each in listed.entities] == [draft.id]


def test_action_test(sdk: Sdk) -> None:
    integrations = sdk.api("Integrations")
    good = integrations.post_integrations_action_test(sdk.action.id, {"phone": PHONE})
    assert (good.success, good.final_result["name"]) == (True, "Ada Lovelace")
    assert [each.success for each in good.operations] == [True] * len(good.operations)
    bad = integrations.post_integrations_action_test(sdk.action.id, {"phone": "+1"})
    assert (bad.success, bad.error.status) == (False, 404)


def test_action_execute(sdk: Sdk) -> None:
    result = sdk.api("Integrations").post_integrations_action_execute(sdk.action.id, {"phone": PHONE})
    assert result == {"name": "Ada Lovelace", "tags": ["vip"]}


def test_action_refused(sdk: Sdk) -> None:
    run = sdk.api("Integrations").post_integrations_action_execute
    with pytest.raises(sdk.package.rest.ApiException) as caught:
        run(sdk.action.id, {})
    assert caught.value.status == 400
    with pytest.raises(sdk.package.rest.ApiException) as caught:
        run(sdk.action.id, {"phone": "+1"})
    assert caught.value.status == 404
    assert "REST call failed with HTTP status 404" in caught.value.body


def test_action_templates(sdk: Sdk) -> None:
    read = sdk.api("Integrations").get_integrations_action_template
    assert read(sdk.action.id, "requesttemplate.vm") == "${input.rawRequest}"
    assert read(sdk.action.id, "successtemplate.vm") == "${rawResult}"


def test_flow_publish(sdk: Sdk) -> None:
    assert (sdk.flow.name, sdk.flow.type) == (sdk.flow_name, "INBOUNDCALL")
    assert sdk.flow.published_version.id == "1.0"
    assert sdk.flow.active is True


def test_flow_publish_bad(sdk: Sdk) -> None:
    state = sdk.publish(BAD_FLOW.format(name=named("Bad")))
    assert state.status == "Failure"
    assert any("nowhere" in message.text for message in state.messages if message.type == "Error")


def test_flow_list(sdk: Sdk) -> None:
    architect = sdk.api("Architect")
    listed = architect.get_flows(type=["inboundcall", "workflow"], name=sdk.flow.name)
    assert [each.id for each in listed.entities] == [sdk.flow.id]
    assert architect.get_flows(type=["workflow"], name=sdk.flow.name).total == 0


def test_flow_versions(sdk: Sdk) -> None:
    architect = sdk.api("Architect")
    versions = architect.get_flow_versions(sdk.flow.id).entities
    assert [each.id for each in versions] == ["1.0"]
    assert isinstance(versions[0].date_published.year, int)
    configuration = architect.get_flow_version_configuration(sdk.flow.id, "1.0")
    assert configuration["inboundCall"]["name"] == sdk.flow.name
    assert architect.get_flow_latestconfiguration(sdk.flow.id) == configuration


def test_flow_export(sdk: Sdk) -> None:
    architect = sdk.api("Architect")
    body = {"flows": [{"flow": {"id": sdk.flow.id}, "exportType": "Yaml"}]}
    job = architect.post_flows_export_jobs(body)
    done = architect.get_flows_export_job(job.id, expand=["messages"])
    assert (job.status, done.status) == ("Started", "Success")
    text = httpcore.request("GET", done.download_url).content.decode()
    assert f"name: {sdk.flow.name}" in text


def test_datatable(sdk: Sdk) -> None:
    architect = sdk.api("Architect")
    found = architect.get_flows_datatable(sdk.table.id, expand="schema")
    assert (found.name, found.division.name) == (sdk.table.name, "Home")
    assert found.schema.properties["zone"]["default"] == "north"
    assert sdk.table.id in {each.id for each in architect.get_flows_datatables(page_size=500).entities}


def test_datatable_rows(sdk: Sdk) -> None:
    architect = sdk.api("Architect")
    row = architect.post_flows_datatable_rows(sdk.table.id, {"key": "a b", "zone": "west"})
    assert row == {"key": "a b", "zone": "west"}
    assert architect.get_flows_datatable_row(sdk.table.id, "a b", showbrief=False) == row
    changed = architect.put_flows_datatable_row(sdk.table.id, "a b", body={"key": "a b"})
    assert changed["zone"] == "north"
    assert architect.get_flows_datatable_rows(sdk.table.id).page_count == 1
    architect.delete_flows_datatable_row(sdk.table.id, "a b")
    sdk.refused(404, "not.found", architect.get_flows_datatable_row, sdk.table.id, "a b")


def test_queue(sdk: Sdk) -> None:
    routing = sdk.api("Routing")
    assert sdk.queue.member_count == 0
    assert sdk.queue.date_created.tzinfo is not None
    listed = routing.get_routing_queues(name=sdk.queue.name)
    assert [each.id for each in listed.entities] == [sdk.queue.id]
    body = sdk.package.QueueRequest()
    body.name, body.description = sdk.queue.name, "changed"
    assert routing.put_routing_queue(sdk.queue.id, body).description == "changed"


def test_contact_create(sdk: Sdk) -> None:
    made = sdk.contact(cell_phone={"display": "(212) 555-0188"}, work_email="Ada@Example.com")
    assert made.cell_phone.e164 == "+12125550188"
    found = sdk.api("ExternalContacts").get_externalcontacts_contact(made.id)
    assert (found.last_name, found.create_date) == (made.last_name, made.create_date)


def test_contact_search(sdk: Sdk) -> None:
    made = sdk.contact()
    word = made.last_name.split()[1]
    found = sdk.api("ExternalContacts").get_externalcontacts_contacts(q=word)
    assert [each.id for each in found.entities] == [made.id]
    assert found.total == 1


def test_contact_bulk(sdk: Sdk) -> None:
    contacts = sdk.api("ExternalContacts")
    body = sdk.package.BulkContactsRequest()
    body.entities = [{"firstName": "A", "lastName": "B"}, {"firstName": "C", "workEmail": "nobody"}]
    added = contacts.post_externalcontacts_bulk_contacts_add(body)
    assert (added.error_count, [each.success for each in added.results]) == (1, [True, False])
    asked = sdk.package.BulkIdsRequest()
    asked.entities = [{"id": added.results[0].id}]
    fetched = contacts.post_externalcontacts_bulk_contacts(asked)
    assert fetched.results[0].entity.first_name == "A"
    assert contacts.post_externalcontacts_bulk_contacts_remove(asked).error_count == 0


def test_contact_merge(sdk: Sdk) -> None:
    contacts = sdk.api("ExternalContacts")
    one, two = sdk.contact(work_email="one@example.com"), sdk.contact(title="Countess")
    body = sdk.package.MergeContactsRequest()
    body.contact_ids = [one.id, two.id]
    merged = contacts.post_externalcontacts_contacts_merge(body)
    for old in (one, two):
        assert contacts.get_externalcontacts_contact(old.id).id == merged.id
    assert {merged.work_email, merged.title} == {"one@example.com", "Countess"}


def test_contact_note(sdk: Sdk) -> None:
    contacts, made = sdk.api("ExternalContacts"), sdk.contact()
    body = sdk.package.Note()
    body.note_text, body.created_by = "called back", {"id": str(uuid.uuid4())}
    note = contacts.post_externalcontacts_contact_notes(made.id, body)
    assert note.note_text == "called back"
    listed = contacts.get_externalcontacts_contact_notes(made.id).entities
    assert [each.id for each in listed] == [note.id]


def test_callback(sdk: Sdk) -> None:
    conversations = sdk.api("Conversations")
    body = sdk.package.CreateCallbackCommand()
    body.queue_id, body.callback_numbers = sdk.queue.id, [PHONE]
    body.callback_user_name, body.data = "Ada", {"reason": "refund"}
    made = conversations.post_conversations_callbacks(body)
    assert made.callback_identifiers
    customer = conversations.get_conversations_callback(made.conversation.id).participants[0]
    assert (customer.purpose, customer.callback_numbers, customer.attributes) == (
        "customer", [PHONE], {"reason": "refund"}
    )  # fmt: skip
    whole = conversations.get_conversation(made.conversation.id)
    assert len(whole.participants[0].callbacks) == 1
    conversations.patch_conversations_callback(made.conversation.id, {"state": "disconnected"})
    assert conversations.get_conversation(made.conversation.id).end_time


def test_audit_query(sdk: Sdk) -> None:
    audits, queue = sdk.api("Audit"), sdk.queue
    body = sdk.package.AuditQueryRequest()
    body.interval = "2020-01-01T00:00:00Z/2100-01-01T00:00:00Z"
    body.service_name = "ContactCenter"
    body.filters = [{"property": "EntityId", "value": queue.id}]
    query = audits.post_audits_query(body)
    assert audits.get_audits_query_transaction_id(query.id).state == "Succeeded"
    entries = audits.get_audits_query_transaction_id_results(query.id).entities
    assert (entries[-1].action, entries[-1].entity.name) == ("Create", queue.name)


def test_users(sdk: Sdk) -> None:
    users = sdk.api("Users")
    body = sdk.package.CreateUser()
    body.name, body.email = "Grace Hopper", f"{uuid.uuid4().hex}@example.com"
    body.division_id = sdk.api("Authorization").get_authorization_divisions_home().id
    made = users.post_users(body)
    assert (made.division.id, made.state) == (body.division_id, "active")
    query = [{"fields": ["email"], "value": body.email, "type": "EXACT"}]
    assert [each.id for each in users.post_users_search({"query": query}).results] == [made.id]
    users.delete_user(made.id)


def made_client(sdk: Sdk) -> Any:
    body = sdk.package.OAuthClientRequest()
    body.name, body.authorized_grant_type = named("Job"), "CLIENT-CREDENTIALS"
    return sdk.api("OAuth").post_oauth_clients(body)


def test_oauth_client(sdk: Sdk) -> None:
    oauth, made = sdk.api("OAuth"), made_client(sdk)
    assert sdk.login(made.id, made.secret).access_token
    assert oauth.get_oauth_client(made.id).secret is None
    renewed = oauth.post_oauth_client_secret(made.id)
    assert renewed.secret != made.secret
    sdk.refused(400, "cannot.delete.client", oauth.delete_oauth_client, made.id)
    inactive = {"name": made.name, "authorizedGrantType": "CLIENT-CREDENTIALS", "state": "inactive"}
    oauth.put_oauth_client(made.id, inactive)
    oauth.delete_oauth_client(made.id)
    sdk.refused(404, "not.found", oauth.get_oauth_client, made.id)


def test_unauthorized(sdk: Sdk) -> None:
    nobody = sdk.package.ApiClient()
    nobody.access_token = "made up"
    call = sdk.api("Routing", nobody).get_routing_queues
    assert sdk.refused(401, "bad.credentials", call).reason


def test_forbidden(sdk: Sdk) -> None:
    made = made_client(sdk)
    without_roles = sdk.login(made.id, made.secret)
    call = sdk.api("Routing", without_roles).post_routing_queues
    error = sdk.refused(403, "missing.permissions", call, {"name": "none"})
    assert "routing:queue:add" in error.body


def test_not_found(sdk: Sdk) -> None:
    sdk.refused(404, "not.found", sdk.api("Routing").get_routing_queue, str(uuid.uuid4()))


def test_conflict(sdk: Sdk) -> None:
    integrations = sdk.api("Integrations")
    made = integrations.post_integrations_actions(
        action(sdk.upstream, sdk.integration.id, named("Contended"))
    )
    integrations.patch_integrations_action(made.id, {"version": made.version, "category": "first"})
    late = {"version": made.version, "category": "second"}
    sdk.refused(409, "version.conflict", integrations.patch_integrations_action, made.id, late)


def test_gone(sdk: Sdk) -> None:
    architect = sdk.api("Architect")
    state = sdk.publish(FLOW.format(name=named("Gone")))
    architect.delete_flow(state.flow.id)
    sdk.refused(410, "gone", architect.get_flow, state.flow.id)


def test_rate_limited(sdk: Sdk, api: Client) -> None:
    """It waits as long as Retry-After says and asks again by itself, a POST as well."""
    rule = {"status": 429, "retryAfter": 1, "count": 1, "method": "POST", "path": "/api/v2/routing/skills"}
    api.post("/_ringback/faults", rule).ok()
    started = time.monotonic()
    made = sdk.api("Routing").post_routing_skills({"name": named("Patience")})
    waited = time.monotonic() - started
    assert made.id
    assert waited >= 1.0
    assert api.get("/_ringback/faults").ok()["entities"][-1]["used"] == 1
    api.delete("/_ringback/faults")
    # Without Retry-After it gives up at once.
    api.post("/_ringback/faults", {"status": 429, "count": 1, "path": "/api/v2/routing/skills"}).ok()
    code = "too.many.requests.retry.after"
    sdk.refused(429, code, sdk.api("Routing").post_routing_skills, {"name": named("Patience")})
    api.delete("/_ringback/faults")
