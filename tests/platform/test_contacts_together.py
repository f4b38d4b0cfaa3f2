"""Contacts in numbers: merge, enrich, bulk, notes, organisations, relationships, imports."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.platform.client import Client
from tests.platform.test_contacts import BASE, CONTACTS, add, found, source, unique

PHONES = ("workPhone", "cellPhone", "homePhone", "otherPhone")
USER = {"id": "11111111-1111-4111-8111-111111111111"}


# ---- merge


def test_a_merge_makes_a_new_canonical_contact(api: Client) -> None:
    word, crm = unique("Merged"), source(api)
    ids = [{"externalSource": {"id": crm["id"]}, "value": word}]
    one = add(api, firstName=word, title="Dr", workPhone={"display": "+12125550001"}, externalIds=ids)
    two = add(api, firstName=word, lastName="Late", workPhone={"display": "+12125550002"})
    note = api.post(f"{one['selfUri']}/notes", {"noteText": "hello", "createdBy": USER}).ok()
    request = {"contactIds": [one["id"], two["id"]], "valueOverride": {"salutation": "Ms", "title": None}}
    made = api.post(f"{CONTACTS}/merge", request).ok()
    assert made["id"] not in {one["id"], two["id"]}
    assert (made["title"], made["lastName"], made["salutation"]) == ("Dr", "Late", "Ms")
    numbers = {made[field]["e164"] for field in PHONES if field in made}
    assert numbers == {"+12125550001", "+12125550002"}
    assert made["workPhone"]["e164"] == "+12125550002"  # the newest change wins the field
    assert {each["id"] for each in made["mergeSet"]} == {one["id"], two["id"], made["id"]}
    assert {each["id"] for each in made["mergedFrom"]} == {one["id"], two["id"]}
    assert made["canonicalContact"]["id"] == made["id"]
    assert found(api, word) == [made["id"]]
    for old in (one, two):
        assert api.get(old["selfUri"]).ok()["id"] == made["id"]
        unresolved = api.get(f"{old['selfUri']}/unresolved").ok()
        assert (unresolved["id"], unresolved["mergedTo"]["id"]) == (old["id"], made["id"])
    assert [each["id"] for each in api.get(f"{made['selfUri']}/notes").ok()["entities"]] == [note["id"]]
    assert api.get(f"{made['selfUri']}/identifiers").ok()["entities"][0]["value"] == word
    scanned = api.post(f"{BASE}/bulk/contacts/unresolved", {"entities": [{"id": one["id"]}]}).ok()
    assert scanned["results"][0]["entity"]["id"] == one["id"]
    api.delete(made["selfUri"]).ok()
    api.get(f"{one['selfUri']}/unresolved").refused(404)


def test_a_merged_contact_is_merged_again(api: Client) -> None:
    first, second, third = (add(api, firstName=f"Chain {at}") for at in range(3))
    middle = api.post(f"{CONTACTS}/merge", {"contactIds": [first["id"], second["id"]]}).ok()
    last = api.post(
        f"{BASE}/merge/contacts", {"sourceContactId": first["id"], "targetContactId": third["id"]}
    ).ok()
    assert {each["id"] for each in last["mergedFrom"]} == {middle["id"], third["id"]}
    assert len(last["mergeSet"]) == 5
    assert last["mergeOperation"]["resultingContact"]["id"] == last["id"]
    assert api.get(first["selfUri"]).ok()["id"] == last["id"]
    assert api.get(f"{first['selfUri']}/unresolved").ok()["canonicalContact"]["id"] == last["id"]


@pytest.mark.parametrize(
    ("number", "status"),
    [(0, 400), (1, 400), (26, 400)],
)
def test_merges_have_a_size(api: Client, number: int, status: int) -> None:
    ids = [add(api, firstName="Size")["id"] for _ in range(number)]
    api.post(f"{CONTACTS}/merge", {"contactIds": ids}).refused(status)


def test_a_merge_of_what_does_not_exist_changes_nothing(api: Client) -> None:
    made = add(api, firstName="Stays")
    api.post(f"{CONTACTS}/merge", {"contactIds": [made["id"], "nothing"]}).refused(404)
    assert api.get(made["selfUri"]).ok() == made


@given(
    phones=st.lists(
        st.dictionaries(
            st.sampled_from(PHONES), st.integers(2_000_000, 2_000_005).map(lambda n: f"+1212{n}"), max_size=3
        ),
        min_size=2,
        max_size=4,
    )
)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_number_is_lost_while_there_are_free_fields(api: Client, phones: list[dict[str, str]]) -> None:
    ids = [
        add(api, firstName="Prop", **{field: {"display": e164} for field, e164 in each.items()})["id"]
        for each in phones
    ]
    made = api.post(f"{CONTACTS}/merge", {"contactIds": ids}).ok()
    before = {e164 for each in phones for e164 in each.values()}
    after = [made[field]["e164"] for field in PHONES if field in made]
    used = {field for each in phones for field in each}
    assert set(after) <= before
    assert len(set(after)) >= min(len(before), len(PHONES)) or len(after) == len(PHONES)
    assert used <= {field for field in PHONES if field in made}


# ---- enrich


@pytest.mark.parametrize(
    ("action", "known", "status"),
    [
        ("Upsert", 0, 201),
        ("Upsert", 1, 200),
        ("Insert", 0, 201),
        ("Insert", 1, 409),
        ("Update", 0, 404),
        ("Update", 1, 200),
        ("Merge", 0, 201),
        ("Merge", 1, 200),
        ("Merge", 2, 200),
    ],
)
def test_enrich(api: Client, action: str, known: int, status: int) -> None:
    addresses = [f"{unique('enrich')}@example.com" for _ in range(2)]
    holders = [add(api, firstName=f"Known {at}") for at in range(known)]
    for holder, address in zip(holders, addresses, strict=False):
        claim = {"operation": "Claim", "identifier": {"type": "Email", "value": address}}
        api.patch(f"{holder['selfUri']}/identifiers", claim).ok()
    request = {
        "matchingIdentifiers": [{"type": "Email", "value": address} for address in addresses],
        "action": action,
        "contact": {"lastName": "Enriched"},
    }
    dry = api.send("POST", f"{CONTACTS}/enrich", body=request, query={"dryRun": "true"})
    assert dry.status == status
    assert all(api.get(holder["selfUri"]).ok().get("lastName") is None for holder in holders)
    answer = api.post(f"{CONTACTS}/enrich", request)
    if status >= 400:
        answer.refused(status)
        return
    made = answer.ok(status)
    assert made["lastName"] == "Enriched"
    assert {each["value"] for each in made["identifiers"]} == set(addresses)
    if known == 2:
        assert len(made["mergedFrom"]) == 2
    asked = {"type": "Email", "value": addresses[1]}
    assert api.post(f"{BASE}/identifierlookup/contacts", asked).ok()["id"] == made["id"]


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ({}, ("Dr", "New", "Old")),
        ({"defaultAction": "PreferExisting"}, ("Dr", "Old", "Old")),
        ({"defaultAction": "AlwaysUseProvided"}, ("Dr", "New", "Old")),
        ({"rules": [{"field": "$.firstName", "action": "PreferExisting"}]}, ("Dr", "Old", "Old")),
        ({"rules": [{"field": "$.lastName", "action": "AlwaysUseProvided"}]}, ("Dr", "New", None)),
    ],
)
def test_field_rules(api: Client, rules: dict[str, Any], expected: tuple[str | None, ...]) -> None:
    identifier = {"type": "Cookie", "value": unique("cookie")}
    first = {"matchingIdentifiers": [identifier], "action": "Insert"}
    api.post(f"{CONTACTS}/enrich", first | {"contact": {"firstName": "Old", "lastName": "Old"}}).ok(201)
    request = {
        "matchingIdentifiers": [identifier],
        "action": "Update",
        "contact": {"firstName": "New", "title": "Dr"},
        "fieldRules": rules,
    }
    made = api.post(f"{CONTACTS}/enrich", request).ok()
    assert (made.get("title"), made.get("firstName"), made.get("lastName")) == expected


# ---- bulk


def test_bulk_answers_for_each_entity(api: Client) -> None:
    word, crm = unique("Bulk"), source(api)
    taken = [{"externalSource": {"id": crm["id"]}, "value": "1"}]
    add(api, firstName="Holder", externalIds=taken)
    entities = [
        {"firstName": word},
        {"firstName": word, "workEmail": "nobody"},
        {"firstName": word, "externalIds": taken},
        {"firstName": word, "title": "x" * 1001},
        {"firstName": word},
    ]
    answer = api.post(f"{BASE}/bulk/contacts/add", {"entities": entities}).ok()
    assert [result["status"] for result in answer["results"]] == [200, 400, 409, 400, 200]
    assert (answer["errorCount"], answer["errorIndexes"]) == (3, [1, 2, 3])
    assert answer["results"][2]["error"]["code"] == "identifier.claimed"
    assert answer["results"][2]["error"]["entity"] == entities[2]
    ids = [result["entity"]["id"] for result in answer["results"] if result["success"]]
    assert sorted(found(api, word)) == sorted(ids)
    asked = {"entities": [{"id": ids[0]}, {"id": "nothing"}, {}]}
    fetched = api.post(f"{BASE}/bulk/contacts", asked).ok()
    assert [result["status"] for result in fetched["results"]] == [200, 404, 400]
    changed = api.post(
        f"{BASE}/bulk/contacts/update",
        {"entities": [{"id": ids[0], "lastName": "After"}, {"id": "nothing", "lastName": "After"}]},
    ).ok()
    assert [result["success"] for result in changed["results"]] == [True, False]
    assert found(api, word) == [ids[1]]
    gone = api.post(f"{BASE}/bulk/contacts/remove", {"entities": [{"id": each} for each in [*ids, "x"]]}).ok()
    assert [result["status"] for result in gone["results"]] == [200, 200, 404]
    assert found(api, word) == []


@pytest.mark.parametrize(("path", "most"), [("contacts/add", 100), ("contacts/enrich", 10), ("notes", 100)])
def test_bulk_requests_have_a_size(api: Client, path: str, most: int) -> None:
    api.post(f"{BASE}/bulk/{path}", {"entities": [{}] * (most + 1)}).refused(400)


def test_bulk_of_the_other_sorts(api: Client) -> None:
    made = api.post(f"{BASE}/bulk/organizations/add", {"entities": [{"name": "Bulk org"}, {}]}).ok()
    assert [result["status"] for result in made["results"]] == [200, 400]
    organization = made["results"][0]["entity"]
    note = {"entityId": organization["id"], "entityType": "organization", "noteText": "n", "createdBy": USER}
    notes = api.post(f"{BASE}/bulk/notes/add", {"entities": [note, {**note, "entityType": None}]}).ok()
    assert [result["status"] for result in notes["results"]] == [200, 400]
    relation = {"user": USER, "externalOrganization": {"id": organization["id"]}, "relationship": "Manager"}
    related = api.post(f"{BASE}/bulk/relationships/add", {"entities": [relation]}).ok()["results"][0][
        "entity"
    ]
    changed = api.post(
        f"{BASE}/bulk/relationships/update",
        {"entities": [{**relation, "id": related["id"], "relationship": "Owner"}]},
    ).ok()
    assert changed["results"][0]["entity"]["relationship"] == "Owner"
    written = notes["results"][0]["entity"]
    update = {"entities": [{**note, "id": written["id"], "noteText": "after"}]}
    assert api.post(f"{BASE}/bulk/notes/update", update).ok()["results"][0]["entity"]["noteText"] == "after"
    for area, identity in (
        ("notes", written["id"]),
        ("relationships", related["id"]),
        ("organizations", organization["id"]),
    ):
        asked = {"entities": [{"id": identity}]}
        assert api.post(f"{BASE}/bulk/{area}", asked).ok()["errorCount"] == 0, area
        assert api.post(f"{BASE}/bulk/{area}/remove", asked).ok()["errorCount"] == 0, area
        assert api.post(f"{BASE}/bulk/{area}", asked).ok()["errorCount"] == 1, area


# ---- notes, organisations, relationships


@pytest.mark.parametrize("area", ["contacts", "organizations"])
def test_notes(api: Client, area: str) -> None:
    name = "firstName" if area == "contacts" else "name"
    owner = api.post(f"{BASE}/{area}", {name: "Noted"}).ok()
    path = f"{owner['selfUri']}/notes"
    made = api.post(path, {"noteText": " first ", "createdBy": USER}).ok()
    assert (made["noteText"], made["createdBy"]["id"], made["entityId"]) == ("first", USER["id"], owner["id"])
    api.post(path, {"noteText": "", "createdBy": USER}).refused(400)
    api.post(path, {"noteText": "x" * 32_001, "createdBy": USER}).refused(400)
    api.post(path, {"noteText": "second"}).refused(400)
    after = api.put(made["selfUri"], {"noteText": "changed", "createdBy": USER}).ok()
    assert api.get(made["selfUri"]).ok() == after
    change = {"field": "$.noteText", "action": "Update", "value": "patched"}
    assert api.patch(made["selfUri"], {"changes": [change]}).ok()["noteText"] == "patched"
    assert api.get(path).ok()["total"] == 1
    assert api.delete(made["selfUri"]).ok() == {}
    api.get(made["selfUri"]).refused(404)
    api.get(f"{BASE}/{area}/nothing/notes").refused(404)


def test_an_organization_and_its_contacts(api: Client) -> None:
    name = unique("Tea Company ")
    made = api.post(f"{BASE}/organizations", {"name": name, "phoneNumber": {"display": "+442079460123"}}).ok()
    ids = [
        add(api, firstName=first, externalOrganization={"id": made["id"]})["id"] for first in ("Abe", "Bea")
    ]
    listed = api.get(f"{made['selfUri']}/contacts", sortOrder="firstName:desc").ok()
    assert [body["id"] for body in listed["entities"]] == ids[::-1]
    assert api.get(f"{made['selfUri']}/contacts", q="bea").ok()["total"] == 1
    assert api.get(f"{BASE}/organizations", q=name.split()[-1]).ok()["entities"][0]["id"] == made["id"]
    by_number = api.get(f"{BASE}/organizations", q="+44 20 7946 0123").ok()["entities"]
    assert made["id"] in [each["id"] for each in by_number]
    api.post(f"{BASE}/organizations", {"name": " "}).refused(400)
    api.patch(made["selfUri"], {"changes": [{"field": "$.name", "action": "Remove"}]}).refused(400)
    change = {"field": "$.industry", "action": "Update", "value": "tea"}
    assert api.patch(made["selfUri"], {"changes": [change]}).ok()["industry"] == "tea"
    assert "industry" not in api.put(made["selfUri"], {"name": name}).ok()
    link = api.put(f"{made['selfUri']}/trustor/{USER['id']}").ok()
    assert link["trustorOrgId"] == USER["id"]
    assert api.get(f"{BASE}/organizations", trustorId=USER["id"]).ok()["total"] == 1
    assert api.delete(f"{made['selfUri']}/trustor").status == 204
    assert "trustor" not in api.get(made["selfUri"]).ok()
    assert api.delete(made["selfUri"]).ok() == {}
    assert "externalOrganization" not in api.get(f"{CONTACTS}/{ids[0]}").ok()


def test_identifiers_and_enrichment_of_organizations(api: Client) -> None:
    crm = source(api)
    identifier = {"type": "ExternalId", "value": "o1", "externalSource": {"id": crm["id"]}}
    request = {
        "matchingIdentifiers": [identifier],
        "action": "Upsert",
        "externalOrganization": {"name": "Enriched"},
    }
    made = api.post(f"{BASE}/organizations/enrich", request).ok(201)
    again = api.post(
        f"{BASE}/organizations/enrich", request | {"externalOrganization": {"industry": "tea"}}
    ).ok()
    assert (again["id"], again["name"], again["industry"]) == (made["id"], "Enriched", "tea")
    assert api.post(f"{BASE}/identifierlookup/organizations", identifier).ok()["id"] == made["id"]
    release = {"operation": "Release", "identifier": identifier}
    api.patch(f"{made['selfUri']}/identifiers", release).ok()
    assert api.get(f"{made['selfUri']}/identifiers").ok()["entities"] == []
    assert made["id"] in [
        each["id"] for each in api.get(f"{BASE}/scan/organizations", limit=200).ok()["entities"]
    ]


def test_relationships(api: Client) -> None:
    organization = api.post(f"{BASE}/organizations", {"name": "Related"}).ok()
    sent = {"user": USER, "externalOrganization": {"id": organization["id"]}, "relationship": "Manager"}
    made = api.post(f"{BASE}/relationships", sent).ok()
    assert made["externalOrganization"]["name"] == "Related"
    api.post(f"{BASE}/relationships", sent | {"externalOrganization": {"id": "nothing"}}).refused(400)
    api.post(f"{BASE}/relationships", sent | {"relationship": " "}).refused(400)
    assert api.put(made["selfUri"], sent | {"relationship": "Owner"}).ok()["relationship"] == "Owner"
    change = {"field": "$.relationship", "action": "Update", "value": "Friend"}
    assert api.patch(made["selfUri"], {"changes": [change]}).ok()["relationship"] == "Friend"
    assert api.get(f"{organization['selfUri']}/relationships").ok()["total"] == 1
    assert api.delete(made["selfUri"]).ok() == {}
    api.get(made["selfUri"]).refused(404)


# ---- imports


def upload(api: Client, content: bytes) -> str:
    path = f"{BASE}/import/csv/uploads"
    offered = api.post(path, {"fileName": "c.csv", "fileSize": len(content)}).ok()
    headers = {each["name"]: each["value"] for each in offered["uploadHeaders"]}
    api.get(f"{path}/{offered['uploadId']}/details").refused(404)
    assert api.send("PUT", offered["uploadUrl"], content=content, headers=headers).status == 200
    return str(offered["uploadId"])


def test_an_import_is_checked_and_then_done(api: Client) -> None:
    word, crm = unique("Import"), source(api)
    known = add(api, firstName="Known", workEmail=f"{word}@example.com")
    settings_ = api.post(
        f"{BASE}/import/settings",
        {
            "name": word,
            "mergeContacts": False,
            "externalSourceId": crm["id"],
            "importFields": [],
            "matchingCriteria": ["Email"],
        },
    ).ok()
    columns = {
        "First": "firstName",
        "Tel": "workPhone",
        "Mail": "workEmail",
        "Key": "externalId",
        "Town": "address.city",
    }
    mapping = api.post(
        f"{BASE}/import/csv/settings",
        {
            "externalSettingsId": settings_["id"],
            "mappings": [{"sourceField": name, "targetField": target} for name, target in columns.items()],
        },
    ).ok(201)
    content = (
        f"First;Tel;Mail;Key;Town\n{word};(212) 555-0196;;k1;Rome\n{word};;{word}@example.com;k2;\n"
        f"{word};;nobody;k3;\n"
    ).encode()
    upload_id = upload(api, content)
    path = f"{BASE}/import/csv/uploads/{upload_id}"
    assert api.get(f"{path}/preview").ok()["headers"] == list(columns)
    assert api.get(f"{path}/details").ok()["validationResult"]["separatorValid"] is True
    request = {"uploadId": upload_id, "settingsId": mapping["id"]}
    job = api.post(f"{BASE}/import/csv/jobs", request).ok(201)["job"]
    checked = api.get(job["selfUri"]).ok()
    assert checked["executionStep"] == "Validated"
    assert (checked["metadata"]["dryRunSuccessCount"], checked["metadata"]["dryRunFailedCount"]) == (2, 1)
    assert found(api, word) == [known["id"]]  # its address begins so; nothing is imported yet
    api.put(job["selfUri"], {"jobId": job["id"], "status": "Continue"}).ok()
    done = api.get(job["selfUri"]).ok()
    assert (done["status"], done["metadata"]["importSuccessCount"]) == ("Completed", 2)
    assert len(found(api, word)) == 2
    assert api.get(known["selfUri"]).ok()["firstName"] == word
    assert api.get(CONTACTS, q="212-555-0196").ok()["entities"][0]["address"] == {"city": "Rome"}
    report = api.send("GET", done["metadata"]["importReportDownloadUrl"])
    assert b"4,workEmail" in report.content
    api.put(job["selfUri"], {"jobId": job["id"], "status": "Cancel"}).refused(409)
    assert job["id"] in [each["id"] for each in api.get(f"{BASE}/import/jobs").ok()["entities"]]


@pytest.mark.parametrize(
    ("content", "status"), [(b"First\nA\n", 400), (b"\xff\xfe\x00", 400), (b"Name\nA\n", 201)]
)
def test_files_that_cannot_be_imported(api: Client, content: bytes, status: int) -> None:
    mappings = [{"sourceField": "Name", "targetField": "firstName"}]
    mapping = api.post(f"{BASE}/import/csv/settings", {"mappings": mappings}).ok(201)
    request = {"uploadId": upload(api, content), "settingsId": mapping["id"]}
    assert api.post(f"{BASE}/import/csv/jobs", request).status == status
