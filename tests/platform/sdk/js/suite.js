// The official JavaScript SDK, unchanged, against the local platform. Reads what to send from standard input
// and writes one line of JSON for each step: its name, and what went wrong.
"use strict";

const assert = require("node:assert/strict");
const { randomUUID } = require("node:crypto");
const { readFileSync } = require("node:fs");
const sdk = require("purecloud-platform-client-v2");

const given = JSON.parse(readFileSync(0, "utf8"));
const PHONE = "+12125550100";
const LOCAL = "ringback-local";
const client = sdk.ApiClient.instance;
const named = (stem) => `${stem} ${randomUUID().slice(0, 8)}`;
const ids = (listing) => listing.entities.map((each) => each.id);

const api = {
  architect: new sdk.ArchitectApi(),
  audit: new sdk.AuditApi(),
  authorization: new sdk.AuthorizationApi(),
  contacts: new sdk.ExternalContactsApi(),
  conversations: new sdk.ConversationsApi(),
  integrations: new sdk.IntegrationsApi(),
  oauth: new sdk.OAuthApi(),
  organization: new sdk.OrganizationApi(),
  routing: new sdk.RoutingApi(),
  tokens: new sdk.TokensApi(),
  users: new sdk.UsersApi(),
};

// What several steps need is made once, by the first that asks.
function once(make) {
  let made;
  return () => (made ??= make());
}

const integration = once(async () => {
  const body = { name: named("Customers"), integrationType: { id: "custom-rest-actions" } };
  const made = await api.integrations.postIntegrations({ body });
  return api.integrations.patchIntegration(made.id, { body: { intendedState: "ENABLED" } });
});
const actionBody = async (stem) => ({ ...given.action, integrationId: (await integration()).id, name: named(stem) });
const action = once(async () => api.integrations.postIntegrationsActions(await actionBody("Find customer")));
const draft = async () => api.integrations.postIntegrationsActionsDrafts(await actionBody("Draft"));
const flowName = named("JavaScript flow");
const flow = once(async () => {
  const state = await publish(given.flow.replace("{name}", flowName));
  assert.deepEqual([state.status, state.messages], ["Success", []]);
  return api.architect.getFlow(state.flow.id);
});
const table = once(() => api.architect.postFlowsDatatables({ name: named("Zones"), schema: given.table }));
const queue = once(() => api.routing.postRoutingQueues({ name: named("Support") }));
const contact = (more) =>
  api.contacts.postExternalcontactsContacts({ firstName: "Ada", lastName: named("Lovelace"), ...more });
const oauthClient = () =>
  api.oauth.postOauthClients({ name: named("Job"), authorizedGrantType: "CLIENT-CREDENTIALS" });

async function publish(text) {
  const job = await api.architect.postFlowsJobs();
  const sent = await fetch(job.presignedUrl, { method: "PUT", headers: job.headers, body: text });
  assert.equal(sent.status, 200);
  return api.architect.getFlowsJob(job.id, { expand: ["messages"] });
}

// The error body of a call that must fail.
async function refused(status, code, call) {
  const error = await call().then(
    () => assert.fail("the call was not refused"),
    (reason) => reason,
  );
  assert.equal(error.status ?? error.response?.status, status, JSON.stringify(error));
  const body = error.body ?? error.response?.data ?? error;
  if (code) assert.equal(body.code, code);
  return body;
}

async function as(clientId, secret, work) {
  await client.loginClientCredentialsGrant(clientId, secret);
  try {
    return await work();
  } finally {
    await client.loginClientCredentialsGrant(LOCAL, LOCAL);
  }
}

async function fault(rule) {
  const path = `${given.origin}/_ringback/faults`;
  await fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(rule) });
  return () => fetch(path, { method: "DELETE" });
}

const steps = {
  async login() {
    const token = await api.tokens.getTokensMe();
    assert.ok(token.OAuthClient.organization.id);
  },
  async login_refused() {
    const error = await client.loginClientCredentialsGrant(LOCAL, "wrong").catch((reason) => reason);
    assert.equal(error.status ?? error.response?.status, 401);
    await client.loginClientCredentialsGrant(LOCAL, LOCAL);
  },
  async organization() {
    assert.equal((await api.organization.getOrganizationsMe()).defaultCountryCode, "US");
    assert.equal((await api.authorization.getAuthorizationDivisionsHome()).homeDivision, true);
    assert.ok((await api.authorization.getAuthorizationProducts()).total >= 1);
  },
  async credential() {
    const body = { name: named("Key"), type: { name: "userDefined" }, credentialFields: { key: "k-17" } };
    const made = await api.integrations.postIntegrationsCredentials({ body });
    assert.equal(made.type.name, "userDefined");
    const { id } = await integration();
    const config = await api.integrations.getIntegrationConfigCurrent(id);
    config.credentials = { basicAuth: { id: made.id } };
    const kept = await api.integrations.putIntegrationConfigCurrent(id, { body: config });
    assert.deepEqual([kept.version, kept.credentials.basicAuth.id], [config.version + 1, made.id]);
  },
  async integration() {
    const found = await api.integrations.getIntegration((await integration()).id);
    assert.deepEqual([found.intendedState, found.reportedState.code], ["ENABLED", "ACTIVE"]);
  },
  async action_create() {
    const { id } = await action();
    const found = await api.integrations.getIntegrationsAction(id, { expand: "contract", includeConfig: true });
    assert.match(found.id, /^custom_-_/);
    assert.ok(found.config.request.requestUrlTemplate.startsWith(given.upstream));
    assert.deepEqual(found.contract.input.inputSchema.required, ["phone"]);
  },
  async action_draft() {
    const { id, version } = await draft();
    const name = named("Draft");
    const changed = await api.integrations.patchIntegrationsActionDraft(id, { version, name });
    assert.deepEqual([changed.name, changed.version], [name, version + 1]);
    assert.equal((await api.integrations.getIntegrationsActionDraftValidation(id)).valid, true);
    assert.equal((await api.integrations.postIntegrationsActionDraftTest(id, { phone: PHONE })).success, true);
    await refused(404, "not.found", () => api.integrations.getIntegrationsAction(id));
  },
  async action_publish() {
    const { id, version } = await draft();
    const published = await api.integrations.postIntegrationsActionDraftPublish(id, { version });
    assert.equal(published.id, id);
    assert.deepEqual(ids(await api.integrations.getIntegrationsActions({ name: published.name })), [id]);
  },
  async action_test() {
    const { id } = await action();
    const good = await api.integrations.postIntegrationsActionTest(id, { phone: PHONE });
    assert.deepEqual([good.success, good.finalResult.name], [true, "Ada Lovelace"]);
    const bad = await api.integrations.postIntegrationsActionTest(id, { phone: "+1" });
    assert.deepEqual([bad.success, bad.error.status], [false, 404]);
  },
  async action_execute() {
    const result = await api.integrations.postIntegrationsActionExecute((await action()).id, { phone: PHONE });
    assert.deepEqual(result, { name: "Ada Lovelace", tags: ["vip"] });
  },
  async action_refused() {
    const { id } = await action();
    await refused(400, null, () => api.integrations.postIntegrationsActionExecute(id, {}));
    await refused(404, null, () => api.integrations.postIntegrationsActionExecute(id, { phone: "+1" }));
  },
  async action_templates() {
    const { id } = await action();
    const read = (name) => api.integrations.getIntegrationsActionTemplate(id, name);
    assert.equal(await read("requesttemplate.vm"), "${input.rawRequest}");
    assert.equal(await read("successtemplate.vm"), "${rawResult}");
  },
  async flow_publish() {
    const made = await flow();
    assert.deepEqual([made.name, made.type, made.publishedVersion.id], [flowName, "INBOUNDCALL", "1.0"]);
    assert.equal(made.active, true);
  },
  async flow_publish_bad() {
    const state = await publish(given.badFlow.replace("{name}", named("Bad")));
    assert.equal(state.status, "Failure");
    assert.ok(state.messages.some((each) => each.type === "Error" && each.text.includes("nowhere")));
  },
  async flow_list() {
    const { id, name } = await flow();
    assert.deepEqual(ids(await api.architect.getFlows({ type: ["inboundcall", "workflow"], name })), [id]);
    assert.equal((await api.architect.getFlows({ type: ["workflow"], name })).total, 0);
  },
  async flow_versions() {
    const { id } = await flow();
    assert.deepEqual(ids(await api.architect.getFlowVersions(id)), ["1.0"]);
    assert.equal((await api.architect.getFlowVersionConfiguration(id, "1.0")).inboundCall.name, flowName);
  },
  async flow_export() {
    const { id } = await flow();
    const job = await api.architect.postFlowsExportJobs({ flows: [{ flow: { id }, exportType: "Yaml" }] });
    const done = await api.architect.getFlowsExportJob(job.id, { expand: ["messages"] });
    assert.deepEqual([job.status, done.status], ["Started", "Success"]);
    assert.ok((await (await fetch(done.downloadUrl)).text()).includes(`name: ${flowName}`));
  },
  async datatable() {
    const { id, name } = await table();
    const found = await api.architect.getFlowsDatatable(id, { expand: "schema" });
    assert.deepEqual([found.name, found.division.name], [name, "Home"]);
    assert.equal(found.schema.properties.zone.default, "north");
    assert.ok(ids(await api.architect.getFlowsDatatables({ pageSize: 500 })).includes(id));
  },
  async datatable_rows() {
    const { id } = await table();
    const row = { key: "a b", zone: "west" };
    assert.deepEqual(await api.architect.postFlowsDatatableRows(id, row), row);
    assert.deepEqual(await api.architect.getFlowsDatatableRow(id, "a b", { showbrief: false }), row);
    const changed = await api.architect.putFlowsDatatableRow(id, "a b", { body: { key: "a b" } });
    assert.equal(changed.zone, "north");
    await api.architect.deleteFlowsDatatableRow(id, "a b");
    await refused(404, "not.found", () => api.architect.getFlowsDatatableRow(id, "a b"));
  },
  async queue() {
    const { id, name, memberCount } = await queue();
    assert.equal(memberCount, 0);
    assert.deepEqual(ids(await api.routing.getRoutingQueues({ name })), [id]);
    assert.equal((await api.routing.putRoutingQueue(id, { name, description: "changed" })).description, "changed");
  },
  async contact_create() {
    const made = await contact({ cellPhone: { display: "(212) 555-0188" } });
    assert.equal(made.cellPhone.e164, "+12125550188");
    assert.equal((await api.contacts.getExternalcontactsContact(made.id)).lastName, made.lastName);
  },
  async contact_search() {
    const made = await contact();
    const found = await api.contacts.getExternalcontactsContacts({ q: made.lastName.split(" ")[1] });
    assert.deepEqual([ids(found), found.total], [[made.id], 1]);
  },
  async contact_bulk() {
    const entities = [{ firstName: "A" }, { firstName: "B", workEmail: "nobody" }];
    const added = await api.contacts.postExternalcontactsBulkContactsAdd({ entities });
    assert.deepEqual([added.errorCount, added.results.map((each) => each.success)], [1, [true, false]]);
    const asked = { entities: [{ id: added.results[0].id }] };
    const fetched = await api.contacts.postExternalcontactsBulkContacts(asked);
    assert.equal(fetched.results[0].entity.firstName, "A");
    assert.equal((await api.contacts.postExternalcontactsBulkContactsRemove(asked)).errorCount, 0);
  },
  async contact_merge() {
    const both = [await contact({ workEmail: "one@example.com" }), await contact({ title: "Countess" })];
    const contactIds = both.map((each) => each.id);
    const merged = await api.contacts.postExternalcontactsContactsMerge({ contactIds });
    for (const id of contactIds) {
      assert.equal((await api.contacts.getExternalcontactsContact(id)).id, merged.id);
    }
  },
  async contact_note() {
    const { id } = await contact();
    const body = { noteText: "called back", createdBy: { id: randomUUID() } };
    const note = await api.contacts.postExternalcontactsContactNotes(id, body);
    assert.deepEqual(ids(await api.contacts.getExternalcontactsContactNotes(id)), [note.id]);
  },
  async callback() {
    const body = { queueId: (await queue()).id, callbackNumbers: [PHONE], data: { reason: "refund" } };
    const made = await api.conversations.postConversationsCallbacks(body);
    const { id } = made.conversation;
    const [customer] = (await api.conversations.getConversationsCallback(id)).participants;
    assert.deepEqual([customer.purpose, customer.attributes], ["customer", { reason: "refund" }]);
    await api.conversations.patchConversationsCallback(id, { state: "disconnected" });
    assert.ok((await api.conversations.getConversation(id)).endTime);
  },
  async audit_query() {
    const { id, name } = await queue();
    const query = await api.audit.postAuditsQuery({
      interval: "2020-01-01T00:00:00Z/2100-01-01T00:00:00Z",
      serviceName: "ContactCenter",
      filters: [{ property: "EntityId", value: id }],
    });
    assert.equal((await api.audit.getAuditsQueryTransactionId(query.id)).state, "Succeeded");
    const { entities } = await api.audit.getAuditsQueryTransactionIdResults(query.id);
    assert.deepEqual([entities.at(-1).action, entities.at(-1).entity.name], ["Create", name]);
  },
  async users() {
    const divisionId = (await api.authorization.getAuthorizationDivisionsHome()).id;
    const email = `${randomUUID()}@example.com`;
    const made = await api.users.postUsers({ name: "Grace Hopper", email, divisionId });
    const query = [{ fields: ["email"], value: email, type: "EXACT" }];
    assert.deepEqual((await api.users.postUsersSearch({ query })).results.map((each) => each.id), [made.id]);
    await api.users.deleteUser(made.id);
  },
  async oauth_client() {
    const made = await oauthClient();
    await as(made.id, made.secret, () => api.tokens.getTokensMe());
    assert.notEqual((await api.oauth.postOauthClientSecret(made.id)).secret, made.secret);
    await refused(400, "cannot.delete.client", () => api.oauth.deleteOauthClient(made.id));
    const { name, authorizedGrantType } = made;
    await api.oauth.putOauthClient(made.id, { name, authorizedGrantType, state: "inactive" });
    await api.oauth.deleteOauthClient(made.id);
    await refused(404, "not.found", () => api.oauth.getOauthClient(made.id));
  },
  async unauthorized() {
    client.setAccessToken("made up");
    await refused(401, "bad.credentials", () => api.routing.getRoutingQueues());
    await client.loginClientCredentialsGrant(LOCAL, LOCAL);
  },
  async forbidden() {
    const made = await oauthClient();
    const call = () => api.routing.postRoutingQueues({ name: "none" });
    const body = await as(made.id, made.secret, () => refused(403, "missing.permissions", call));
    assert.ok(body.message.includes("routing:queue:add"));
  },
  async not_found() {
    await refused(404, "not.found", () => api.routing.getRoutingQueue(randomUUID()));
  },
  async conflict() {
    const { id, version } = await api.integrations.postIntegrationsActions(await actionBody("Contended"));
    await api.integrations.patchIntegrationsAction(id, { version, category: "first" });
    const late = () => api.integrations.patchIntegrationsAction(id, { version, category: "second" });
    await refused(409, "version.conflict", late);
  },
  async gone() {
    const state = await publish(given.flow.replace("{name}", named("Gone")));
    await api.architect.deleteFlow(state.flow.id);
    await refused(410, "gone", () => api.architect.getFlow(state.flow.id));
  },
  // It does not retry: the caller sees Retry-After's seconds in the body.
  async rate_limited() {
    const cancel = await fault({ status: 429, retryAfter: 7, count: 1, path: "/api/v2/routing/skills" });
    const code = "too.many.requests.retry.after";
    const body = await refused(429, code, () => api.routing.postRoutingSkills({ name: named("Patience") }));
    assert.ok(body.message.includes("[7] seconds"));
    await cancel();
  },
};

async function main() {
  const { hostname, port } = new URL(given.origin);
  client.setGateway({ host: hostname, protocol: "http", port: Number(port) });
  await client.loginClientCredentialsGrant(LOCAL, LOCAL);
  for (const [step, run] of Object.entries(steps)) {
    const fault = await run().then(
      () => null,
      (error) => error?.stack ?? JSON.stringify(error),
    );
    console.log(JSON.stringify({ step, fault }));
  }
  process.exit(0); // the SDK watches its configuration file and would keep the process alive
}

main();
