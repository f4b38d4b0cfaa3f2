"""External contacts: fields, search, identifiers, scans, schemas, sources."""

from __future__ import annotations

import base64
import json
import threading
import time
import uuid
from typing import Any

import phonenumbers
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ringback.platform.resources.contact_model import words
from tests.platform.client import Client

BASE = "/api/v2/externalcontacts"
CONTACTS = f"{BASE}/contacts"


def unique(prefix: str) -> str:
    return f"{prefix}{uuid.uuid4().hex[:10]}"


def add(api: Client, **fields: Any) -> Any:
    return api.post(CONTACTS, fields).ok()


def found(api: Client, text: str) -> list[str]:
    return [body["id"] for body in api.get(CONTACTS, q=text).ok()["entities"]]


def source(api: Client) -> Any:
    return api.post(f"{BASE}/externalsources", {"name": unique("source ")}).ok()


# ---- create, read, change, delete


def test_a_contact_from_its_creation_to_its_end(api: Client) -> None:
    made = add(api, firstName="  Ada ", lastName="Byron", workPhone={"display": "212 555 0100"})
    assert (made["firstName"], made["type"]) == ("Ada", "Curated")
    assert made["division"]["name"] == "Home"
    assert made["workPhone"] == {
        "display": "+1 212-555-0100",
        "userInput": "212 555 0100",
        "e164": "+12125550100",
        "countryCode": "US",
    }
    assert api.get(made["selfUri"]).ok() == made
    replaced = api.put(made["selfUri"], {"lastName": "Lovelace"}).ok()
    assert "firstName" not in replaced
    assert "workPhone" not in replaced
    assert replaced["createDate"] == made["createDate"]
    assert api.delete(made["selfUri"]).ok() == {}
    api.get(made["selfUri"]).refused(404, "not.found")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"firstName": "x" * 1001}, "firstName"),
        ({"workEmail": "nobody"}, "workEmail"),
        ({"personalEmail": "a@" + "b" * 260 + ".com"}, "personalEmail"),
        ({"address": {"city": "x" * 101}}, "address.city"),
        ({"workPhone": {"display": "1" * 513}}, "workPhone"),
        ({"externalOrganization": {"id": "nothing"}}, "externalOrganization.id"),
        (
            {"externalIds": [{"externalSource": {"id": "nothing"}, "value": "1"}]},
            "externalIds.0.externalSource",
        ),
        ({"externalIds": [{"externalSource": {"id": "x"}, "value": "1"}] * 11}, "externalIds"),
        ({"customFields": {"a": 1}}, "schema"),
        ({"schema": {"id": "nothing"}}, "schema.id"),
        ({"division": {"id": "nothing"}}, "division.id"),
    ],
)
def test_fields_that_do_not_fit(api: Client, fields: dict[str, Any], field: str) -> None:
    body = api.post(CONTACTS, fields).refused(400)
    assert field in [detail["fieldName"] for detail in body["details"]]


def test_every_fault_is_told_at_once(api: Client) -> None:
    body = api.post(CONTACTS, {"workEmail": "a", "otherEmail": "b", "title": "x" * 1001}).refused(400)
    assert {detail["fieldName"] for detail in body["details"]} == {"workEmail", "otherEmail", "title"}


@pytest.mark.parametrize(
    ("display", "country", "e164"),
    [
        ("+44 20 7946 0018", None, "+442079460018"),
        ("020 7946 0018", "GB", "+442079460018"),
        ("030 123456", "49", "+4930123456"),
        ("ext. twelve", None, None),
    ],
)
def test_numbers_become_e164(api: Client, display: str, country: str | None, e164: str | None) -> None:
    phone = {"display": display} | ({"normalizationCountryCode": country} if country else {})
    made = add(api, cellPhone=phone)["cellPhone"]
    assert (made.get("e164"), made["userInput"]) == (e164, display)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"field": "$.title", "action": "Update", "value": "Dr"}, {"title": "Dr"}),
        ({"field": "$.firstName", "action": "UpdateIfEmpty", "value": "Eve"}, {"firstName": "Ann"}),
        ({"field": "$.title", "action": "UpdateIfExists", "value": "Dr"}, {"title": None}),
        ({"field": "$.lastName", "action": "Remove"}, {"lastName": None}),
        ({"field": "$.address.city", "action": "Update", "value": "Rome"}, {"address": {"city": "Rome"}}),
        (
            {"field": "$.workPhone", "action": "Update", "value": {"display": "+442079460018"}},
            {"workPhone": {"display": "+44 20 7946 0018", "e164": "+442079460018", "countryCode": "GB",
                           "userInput": "+442079460018"}},
        ),
    ],
)  # fmt: skip
def test_single_changes(api: Client, change: dict[str, Any], expected: dict[str, Any]) -> None:
    made = add(api, firstName="Ann", lastName="Lee")
    after = api.patch(made["selfUri"], {"changes": [change]}).ok()
    assert {name: after.get(name) for name in expected} == expected


def test_a_change_leaves_a_number_as_it_was_typed(api: Client) -> None:
    made = add(api, firstName="Ann", workPhone={"display": "(212) 555-0101"})
    change = {"field": "$.title", "action": "Update", "value": "Dr"}
    assert api.patch(made["selfUri"], {"changes": [change]}).ok()["workPhone"] == made["workPhone"]


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ([{"field": "$.id", "action": "Update", "value": "x"}], 400),
        ([{"field": "$.nothing", "action": "Update", "value": "x"}], 400),
        ([{"field": "title", "action": "Update", "value": "x"}], 400),
        ([{"field": "$.title", "action": "Update", "value": 5}], 400),
        ([{"field": "$.title", "action": "AppendToCollection", "value": 5}], 400),
        (
            [
                {"field": "$.address", "action": "Remove"},
                {"field": "$.address.city", "action": "Update", "value": "Rome"},
            ],
            409,
        ),
    ],
)
def test_changes_that_are_refused(api: Client, changes: list[dict[str, Any]], status: int) -> None:
    made = add(api, firstName="Ann", title="Dr")
    api.patch(made["selfUri"], {"changes": changes}).refused(status)
    assert api.get(made["selfUri"]).ok() == made


def test_promotion_keeps_a_curated_contact(api: Client) -> None:
    made = add(api, firstName="Ann")
    assert api.post(f"{made['selfUri']}/promotion").ok() == made


def test_expand_gives_the_whole_organization(api: Client) -> None:
    organization = api.post(f"{BASE}/organizations", {"name": "Expanded", "industry": "tea"}).ok()
    made = add(api, firstName="Ann", externalOrganization={"id": organization["id"]})
    assert set(made["externalOrganization"]) == {"id", "selfUri"}
    expanded = api.get(made["selfUri"], expand="externalOrganization").ok()
    assert expanded["externalOrganization"] == organization


# ---- search


@given(digits=st.integers(2_000_000, 9_999_999), area=st.sampled_from(["212", "415", "617"]), data=st.data())
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_notation_of_a_number_finds_its_contact(api: Client, digits: int, area: str, data: Any) -> None:
    e164 = f"+1{area}{digits}"
    national = e164[2:]
    shown = phonenumbers.parse(e164)
    notations = [
        e164,
        e164[1:],
        national,
        f"({area}) {national[3:6]}-{national[6:]}",
        f"{area}.{national[3:6]}.{national[6:]}",
        f"1-{area}-{national[3:6]}-{national[6:]}",
        f"tel:{e164}",
        phonenumbers.format_number(shown, phonenumbers.PhoneNumberFormat.INTERNATIONAL),
        phonenumbers.format_number(shown, phonenumbers.PhoneNumberFormat.NATIONAL),
    ]
    stored, asked = data.draw(st.sampled_from(notations)), data.draw(st.sampled_from(notations))
    made = add(api, firstName="Any", workPhone={"display": stored.removeprefix("tel:")})
    if made["workPhone"].get("e164") == e164:
        assert made["id"] in found(api, asked)
    else:  # eleven digits without a plus are no number of the United States to the platform
        assert stored == e164[1:]


def test_words_addresses_and_ids_find_a_contact(api: Client) -> None:
    first, last, crm = unique("Quill"), unique("Harrow"), source(api)
    made = add(
        api,
        firstName=first,
        lastName=last,
        workEmail=f"{first}@Example.com",
        externalIds=[{"externalSource": {"id": crm["id"]}, "value": f"{last}-77"}],
        twitterId={"screenName": f"@{first}tw"},
    )
    for text in (
        first.upper(),
        last[:8].lower(),
        f"{last} {first}",
        f"{first} {last[:4]}",
        f"{first}@example.COM",
        f"{last}-77",
        f"{first}tw",
    ):
        assert found(api, text) == [made["id"]], text
    assert found(api, f"{first} somebody") == []


def test_a_search_forgets_what_a_contact_was_called(api: Client) -> None:
    old, new = unique("Old"), unique("New")
    made = add(api, firstName=old)
    api.put(made["selfUri"], {"firstName": new}).ok()
    assert (found(api, old), found(api, new)) == ([], [made["id"]])
    api.delete(made["selfUri"]).ok()
    assert found(api, new) == []


def test_pages_sorting_and_divisions(api: Client) -> None:
    word = unique("Sorted")
    names = ["Cid", "abe", "Bob"]
    ids = {name: add(api, firstName=name, lastName=word)["id"] for name in names}
    page = api.get(CONTACTS, q=word, sortOrder="firstName:desc", pageSize=2).ok()
    assert [body["firstName"] for body in page["entities"]] == ["Cid", "Bob"]
    assert (page["total"], page["pageCount"], page["partialResults"]) == (3, 2, False)
    assert api.get(CONTACTS, q=word, pageNumber=9).ok()["entities"] == []
    assert api.get(CONTACTS, q=word, divisionIds="nothing").ok()["total"] == 0
    api.get(CONTACTS, q=word, pageSize=100, pageNumber=11).refused(400)
    api.get(CONTACTS, q=word, divisionIds=",".join(f"d{at}" for at in range(51))).refused(400)
    asked = {
        "operation": {"simpleSearch": {"query": word, "ids": [ids["abe"]], "sortOrder": ["firstName:asc"]}}
    }
    assert [body["id"] for body in api.post(f"{CONTACTS}/search", asked).ok()["entities"]] == [ids["abe"]]
    api.post(f"{CONTACTS}/search", {"pageNumber": 5, "pageSize": 500}).refused(400)


@given(text=st.text(max_size=30))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_can_be_searched(api: Client, text: str) -> None:
    assert api.get(CONTACTS, q=text).ok()["pageNumber"] == 1
    if text:
        assert "contacts" in api.get(f"{BASE}/reversewhitepageslookup", lookupVal=text).ok()


@given(text=st.text(min_size=1, max_size=40))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_name_is_found_again(api: Client, text: str) -> None:
    answer = api.post(CONTACTS, {"lastName": text, "title": "any"})
    if "\0" in text:
        answer.refused(400)
        return
    made = answer.ok()
    assert made.get("lastName", "") == text.strip()
    if words(text):
        page = api.post(
            f"{CONTACTS}/search", {"operation": {"simpleSearch": {"query": text, "ids": [made["id"]]}}}
        )
        assert [body["id"] for body in page.ok()["entities"]] == [made["id"]]
    api.delete(made["selfUri"]).ok()


def test_reverse_look_up(api: Client) -> None:
    address = f"{unique('rev')}@example.com"
    made = add(api, firstName="Rev", otherEmail=address, homePhone={"display": "+442079460999"})
    add(api, firstName=address.split("@", maxsplit=1)[0])
    for text in (address.upper(), "+44 20 7946 0999"):
        found_ids = [
            body["id"] for body in api.get(f"{BASE}/reversewhitepageslookup", lookupVal=text).ok()["contacts"]
        ]
        assert made["id"] in found_ids
    api.get(f"{BASE}/reversewhitepageslookup").refused(400)


# ---- identifiers


def test_an_identifier_is_claimed_once(api: Client) -> None:
    one, other = add(api, firstName="One"), add(api, firstName="Other")
    address = f"{unique('id')}@example.com"
    claim = {"operation": "Claim", "identifier": {"type": "Email", "value": address.upper()}}
    made = api.patch(f"{one['selfUri']}/identifiers", claim).ok()
    assert (made["type"], made["value"]) == ("Email", address)
    assert api.patch(f"{one['selfUri']}/identifiers", claim).ok() == made
    body = api.patch(f"{other['selfUri']}/identifiers", claim).refused(409, "identifier.claimed")
    assert body["entityId"] == one["id"]
    asked = {"type": "Email", "value": address}
    assert api.post(f"{BASE}/identifierlookup/contacts", asked).ok()["id"] == one["id"]
    assert api.get(f"{one['selfUri']}/identifiers").ok()["entities"] == [made]
    api.patch(f"{one['selfUri']}/identifiers", claim | {"operation": "Release"}).ok()
    api.post(f"{BASE}/identifierlookup/contacts", asked).refused(404)
    api.patch(f"{one['selfUri']}/identifiers", claim | {"operation": "Release"}).refused(404)
    api.patch(f"{other['selfUri']}/identifiers", claim).ok()


@pytest.mark.parametrize(
    "identifier",
    [
        {"type": "Phone", "value": "212 555 0100"},
        {"type": "Email", "value": "nobody"},
        {"type": "ExternalId", "value": "1"},
        {"type": "Cookie", "value": " "},
        {"type": "Nothing", "value": "1"},
        {"type": "Cookie", "value": "x" * 256},
    ],
)
def test_identifiers_that_are_none(api: Client, identifier: dict[str, str]) -> None:
    api.post(f"{BASE}/identifierlookup/contacts", identifier).refused(400)


def test_external_ids_are_claimed_in_their_source(api: Client) -> None:
    crm, erp = source(api), source(api)

    def ids(of: dict[str, Any]) -> list[dict[str, Any]]:
        return [{"externalSource": {"id": of["id"]}, "value": "77"}]

    one = add(api, firstName="One", externalIds=ids(crm))
    assert api.post(CONTACTS, {"externalIds": ids(crm)}).refused(409)["entityId"] == one["id"]
    other = add(api, firstName="Other", externalIds=ids(erp))
    api.put(other["selfUri"], {"externalIds": ids(crm)}).refused(409)
    assert api.get(other["selfUri"]).ok() == other
    asked = {"type": "ExternalId", "value": "77", "externalSource": {"id": crm["id"]}}
    assert api.post(f"{BASE}/identifierlookup/contacts", asked).ok()["id"] == one["id"]


# ---- scans


def test_a_scan_sees_each_contact_once_while_others_are_written(api: Client) -> None:
    word = unique("Scan")
    wanted = {add(api, firstName=word, lastName=str(at))["id"] for at in range(30)}
    stop = threading.Event()

    def write() -> None:
        with Client(api.origin, api.token) as own:
            while not stop.is_set():
                made = add(own, firstName="Passing")
                own.delete(made["selfUri"]).ok()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        seen: list[str] = []
        cursor = ""
        while True:
            page = api.get(f"{BASE}/scan/contacts", limit=10, cursor=cursor).ok()
            seen += [body["id"] for body in page["entities"]]
            cursor = page["cursors"].get("after", "")
            if not cursor:
                break
    finally:
        stop.set()
        writer.join()
    assert len(seen) == len(set(seen))
    assert wanted <= set(seen)


@pytest.mark.parametrize(("hours", "status"), [(23, 200), (25, 400), (-1, 400)])
def test_a_cursor_lives_a_day(api: Client, hours: int, status: int) -> None:
    issued = time.time_ns() // 1_000_000 - hours * 3_600_000
    cursor = base64.urlsafe_b64encode(json.dumps(["external_contact", "", issued]).encode()).decode()
    assert api.get(f"{BASE}/scan/contacts", cursor=cursor).status == status


@pytest.mark.parametrize("query", [{"cursor": "nonsense"}, {"limit": 5}, {"limit": 201}, {"cursor": "é"}])
def test_scans_that_are_refused(api: Client, query: dict[str, Any]) -> None:
    api.get(f"{BASE}/scan/contacts", **query).refused(400)


def test_the_cursor_of_one_scan_is_none_of_another(api: Client) -> None:
    for at in range(11):
        add(api, firstName=f"Cursor {at}")
    cursor = api.get(f"{BASE}/scan/contacts", limit=10).ok()["cursors"]["after"]
    api.get(f"{BASE}/scan/organizations", cursor=cursor).refused(400)


# ---- sources, settings, schemas


def test_external_sources(api: Client) -> None:
    made = source(api)
    path = f"{BASE}/externalsources"
    api.post(path, {"name": made["name"].upper()}).refused(409)
    api.post(path, {"name": " "}).refused(400)
    after = api.put(made["selfUri"], {"name": made["name"], "active": False}).ok()
    assert after["active"] is False
    inactive = api.get(path, active="false", name=made["name"]).ok()
    assert [body["id"] for body in inactive["entities"]] == [made["id"]]
    assert api.get(path, active="true", name=made["name"]).ok()["entities"] == []
    assert "after" not in inactive["cursors"]
    assert api.delete(made["selfUri"]).ok() == {}
    api.get(made["selfUri"]).refused(404)


def test_settings(api: Client) -> None:
    path = f"{BASE}/settings"
    api.put(path, {"manuallyAssignDivisionsToContacts": True}).ok()
    assert api.get(path).ok()["manuallyAssignDivisionsToContacts"] is True
    api.delete(path).ok()
    assert set(api.get(path).ok().values()) == {False}


def schema(api: Client, area: str = "contacts") -> Any:
    def field(kind: str, **more: Any) -> dict[str, Any]:
        return {"allOf": [{"$ref": f"#/definitions/{kind}"}], "title": kind, **more}

    properties = {
        "age_integer": field("integer", minimum=0, maximum=150),
        "note_text": field("text", maxLength=5),
        "tier_enum": field("enum", enum=["gold", "tin"]),
        "born_date": field("date"),
        "vip_checkbox": field("checkbox"),
        "tags_tag": field("tag"),
    }
    document = {"title": unique("schema"), "properties": properties, "required": ["age_integer"]}
    return api.post(f"{BASE}/{area}/schemas", {"version": 1, "jsonSchema": document}).ok()


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"age_integer": 5}, set()),
        ({"age_integer": 5, "tier_enum": "gold", "born_date": "2001-02-03", "vip_checkbox": True}, set()),
        ({"age_integer": 5, "tags_tag": ["a"]}, set()),
        ({}, {"age_integer"}),
        ({"age_integer": 151, "note_text": "abcdef"}, {"age_integer", "note_text"}),
        ({"age_integer": "5", "tier_enum": "zinc"}, {"age_integer", "tier_enum"}),
        ({"age_integer": 5, "born_date": "yesterday", "other": 1}, {"born_date", "other"}),
    ],
)
def test_custom_fields(api: Client, values: dict[str, Any], wrong: set[str]) -> None:
    made = schema(api)
    answer = api.post(CONTACTS, {"firstName": "Cus", "schema": {"id": made["id"]}, "customFields": values})
    if wrong:
        details = answer.refused(400)["details"]
        assert {detail["fieldName"].removeprefix("customFields.") for detail in details} == wrong
    else:
        assert answer.ok()["customFields"] == values


@pytest.mark.parametrize("area", ["contacts", "organizations"])
def test_versions_of_a_schema(api: Client, area: str) -> None:
    made = schema(api, area)
    second = api.put(made["selfUri"], {**made, "enabled": False}).ok()
    assert second["version"] == 2
    api.put(made["selfUri"], made).refused(409, "version.conflict")
    versions = api.get(f"{made['selfUri']}/versions").ok()["entities"]
    assert [body["version"] for body in versions] == [1, 2]
    assert api.get(f"{made['selfUri']}/versions/1").ok()["enabled"] is True
    sent = {"name": "Org", "schema": {"id": made["id"]}, "customFields": {"age_integer": 5}}
    api.post(f"{BASE}/{area}", sent).refused(400)
    assert made["id"] in [body["id"] for body in api.get(f"{BASE}/{area}/schemas").ok()["entities"]]
    assert api.get(f"{BASE}/{area}/schemas/coretypes/text").ok()["name"] == "text"
    assert api.get(f"{BASE}/{area}/schemas/limits").ok()["maxNumberOfFieldsPerSchema"] == 100


def test_a_schema_refers_to_core_types(api: Client) -> None:
    document = {"title": unique("bad"), "properties": {"a": {"type": "string"}}, "required": ["b"]}
    api.post(f"{CONTACTS}/schemas", {"version": 1, "jsonSchema": document}).refused(400)
