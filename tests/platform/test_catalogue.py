"""The catalogue: what it holds, and bodies and query strings checked against it."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback.platform.catalogue import (
    Operation,
    Parameter,
    find,
    is_entity,
    local,
    models,
    operations,
    read_only,
)
from ringback.platform.catalogue.build import model, operation, parameter
from ringback.platform.catalogue.query import MAX_PAGE_NUMBER, MAX_PAGE_SIZE, is_datetime, parse_query
from ringback.platform.catalogue.schemas import inner, schema_of
from ringback.platform.catalogue.validation import MAX_DEPTH, MAX_FAULTS, check_body, checker, is_date

BODIES = sorted({(each.request, each.partial) for each in operations() if each.request})
REQUESTS = sorted({kind for kind, _ in BODIES})


def op(method: str, path: str) -> Operation:
    found = find(method, f"/api/v2{path}")
    assert found is not None
    return found


def faults(kind: str, value: object, *, partial: bool = False) -> list[tuple[str, str]]:
    return [(each.field, each.code) for each in check_body(kind, value, partial=partial)]


class TestContents:
    def test_figures(self) -> None:
        assert len(operations()) == 717
        assert len(models()) == 1071

    def test_an_operation(self) -> None:
        assert op("POST", "/integrations/actions") == Operation(
            "POST",
            "/api/v2/integrations/actions",
            "post_integrations_actions",
            group="integrations.actions",
            permissions=("integrations:action:add",),
            permissions_mode="ANY",
            request="PostActionInput",
            request_required=True,
            response="Action",
        )

    def test_names_are_unique(self) -> None:
        names = Counter(each.operation_id for each in operations())
        assert names.most_common(1)[0][1] == 1

    def test_parameters_of_the_path_compare_by_position(self) -> None:
        assert find("GET", "/api/v2/flows/{x}") is op("GET", "/flows/{flowId}")
        assert op("GET", "/flows/{id}/versions/{v}").path_parameters == ("flowId", "versionId")

    @pytest.mark.parametrize(
        ("method", "path"), [("GET", "/api/v2/nothing"), ("LINK", "/api/v2/flows"), ("GET", "/api/v2/flows/")]
    )
    def test_what_is_no_operation(self, method: str, path: str) -> None:
        assert find(method, path) is None

    def test_the_summary_is_the_name_in_words(self) -> None:
        assert op("GET", "/externalcontacts/contacts/{id}").summary == "get externalcontacts contact"

    @pytest.mark.parametrize(
        ("method", "path", "partial"),
        [
            ("PATCH", "/conversations/calls/{id}", True),  # the entity: only what changes
            ("PATCH", "/integrations/actions/{id}", False),  # a model of its own: its fields are required
            ("PUT", "/flows/{id}", False),
            ("PATCH", "/externalcontacts/contacts/{id}/identifiers", False),
        ],
    )
    def test_partial_bodies(self, method: str, path: str, partial: bool) -> None:
        assert op(method, path).partial is partial

    def test_every_type_is_known(self) -> None:
        kinds = {each.type for fields in models().values() for each in fields.values()}
        kinds |= {kind for each in operations() for kind in (each.request, each.response) if kind}
        scalars = {"str", "int", "float", "bool", "datetime", "date", "object"}
        left = set()
        while kinds:
            shape, part = inner(kinds.pop())
            if shape in {"list", "dict"}:
                kinds.add(part)
            elif shape == "scalar":
                left.add(part)
        assert left == scalars

    def test_what_the_server_sets(self) -> None:
        assert {"selfUri", "createDate", "modifyDate"} <= read_only("ExternalContact")
        assert "name" not in read_only("Queue")
        assert read_only("Nothing") == frozenset()

    def test_no_sentences(self) -> None:
        # Facts were taken over from the SDKs, descriptions were not.
        for name, fields in models().items():
            for field in fields.values():
                assert all(len(text.split()) < 5 for text in (name, field.type, *field.enum))

    def test_local_operations(self) -> None:
        found = local("PUT", "/api/v2/flows/{id}/publish", permissions=("architect:flow:publish",))
        assert found.local
        assert (found.operation_id, found.permissions_mode) == ("local_put_flows_id_publish", "ALL")
        assert local("GET", "/_ringback/health").permissions_mode == "NO"
        assert local("GET", "/_ringback/health").operation_id == "local_get_ringback_health"

    def test_it_loads_when_asked_and_fast(self) -> None:
        code = (
            "import time, ringback.platform.catalogue as c; assert not c.operations.cache_info().currsize;"
            "a = time.perf_counter(); c.operations(); c.models(); print(time.perf_counter() - a)"
        )
        ran = [
            subprocess.run([sys.executable, "-c", code], capture_output=True, check=True) for _ in range(3)
        ]
        # 6 to 10 ms on two slow cores; the bound leaves room for a busy machine
        assert min(float(each.stdout) for each in ran) < 0.05

    def test_it_is_packed_beside_its_code(self) -> None:
        folder = Path(sys.modules[Operation.__module__].__file__ or "").parent
        assert {"operations.json", "models.json"} <= {each.name for each in folder.iterdir()}


class TestBuild:
    ROW = {"name": "pageSize", "type": "str", "required": False}  # noqa: RUF012 - never changed

    @pytest.mark.parametrize(
        ("text", "low", "high"),
        [
            ("Page size", None, None),
            ("Number of entities to return. Maximum of 200.", None, 200),
            ("Page size [max value is 100]", None, 100),
            ("Page size (max 200, default 25)", None, 200),
            ("Default page size is 25 results. The maximum page size is 500.", None, 500),
            ("per page; must be between 10 and 200, default is 100", 10, 200),
            ("Page size (first 1,000 records; pageNumber * pageSize must be <= 1,000)", None, None),
        ],
    )
    def test_limits_are_read_from_descriptions(self, text: str, low: int | None, high: int | None) -> None:
        assert parameter(self.ROW | {"desc": text}) == Parameter("pageSize", "int", minimum=low, maximum=high)

    @pytest.mark.parametrize(
        ("text", "enum"),
        [
            ("format. Valid values:EML,NONE", ("EML", "NONE")),
            ("Valid values:true,false", ()),
            (
                "the subject (PC_GROUP, PC_USER or PC_OAUTH_CLIENT)",
                ("PC_GROUP", "PC_USER", "PC_OAUTH_CLIENT"),
            ),
            ("anything", ()),
        ],
    )
    def test_allowed_values(self, text: str, enum: tuple[str, ...]) -> None:
        row = {"name": "x", "type": None, "required": True, "desc": text}
        assert parameter(row) == Parameter("x", required=True, enum=enum)

    def test_an_operation(self) -> None:
        query = [self.ROW | {"desc": "pageNumber * pageSize must be <= 1,000"}]
        row: dict[str, Any] = dict.fromkeys(
            ("permissions", "permissions_mode", "request_model", "request_required")
        )
        row |= {"method": "GET", "path": "/a", "operationId": "get_a", "group": "g", "response_model": "str"}
        row |= {"query_params": query, "deprecated": True, "preview": False, "success_status_hint": 202}
        row |= {"accept": ["text/plain"]}
        assert operation(row) == Operation(
            "GET",
            "/a",
            "get_a",
            group="g",
            response="str",
            query=(Parameter("pageSize", "int"),),
            window=1000,
            deprecated=True,
            status=202,
            accept="text/plain",
        )

    def test_a_model(self) -> None:
        row = {"type": "str", "required": True, "desc": ""}
        built = model("CreateIntegrationRequest", {"name": row, "notes": row, "selfUri": row})
        # clients of the real platform leave the name out
        assert [name for name, field in built.items() if field.required] == ["notes", "selfUri"]


CONTACT = {
    "firstName": "Ann",
    "division": {"id": "7c9a"},
    "workPhone": {"display": "+1 317 555 0100", "extension": 12, "acceptsSMS": True, "e164": "+13175550100"},
    "workEmail": None,
    "externalIds": [{"externalSource": {"id": "1"}, "value": "x"}],
    "customFields": {"a": [1, {"b": None}]},
    "type": "Curated",
    "externalOrganization": {"id": "5f1b"},
    "notInTheModel": {"deep": [1]},
}


def action(output: dict[str, Any]) -> dict[str, Any]:
    contract = {"input": {"inputSchema": {}}, "output": output}
    return {"category": "c", "name": "n", "integrationId": "i", "config": {}, "contract": contract}


def callback(at: str) -> dict[str, Any]:
    return {"callbackNumbers": [], "callbackScheduledTime": at}


class TestGoodBodies:
    @pytest.mark.parametrize(
        ("kind", "value"),
        [
            ("ExternalContact", CONTACT),
            ("ExternalContact", {}),
            ("ExternalContact", None),  # empty, null and {} are alike
            ("list[str]", None),
            ("list[str]", ["a"]),
            ("object", [1, None]),
            ("object", None),
            ("dict(str, int)", {"a": 1}),
            ("ExternalContact", {"createDate": 5, "selfUri": []}),  # the server sets them
            ("ExternalContact", {"customFields": {"a": None}}),
            ("Note", {"createdBy": {"id": "u"}}),  # User.version is required only where the user is the body
            ("CreateIntegrationRequest", {"integrationType": {"id": "webhook"}}),
            ("PostActionInput", action({"successSchema": {}})),
            ("list[QueueMember]", [{"id": "u"}]),
        ],
    )
    def test_pass(self, kind: str, value: object) -> None:
        assert check_body(kind, value) == []

    def test_a_patch_says_only_what_changes(self) -> None:
        assert faults("Conversation", {"state": "disconnected"}, partial=True) == []
        assert faults("Conversation", {}) == [
            ("startTime", "constraint.validation"),
            ("participants", "constraint.validation"),
        ]

    def test_a_patch_keeps_the_version(self) -> None:
        assert faults("UpdateUser", {"name": "x"}, partial=True) == [("version", "constraint.validation")]

    def test_enumerations_take_the_models_spelling(self) -> None:
        body = {"type": "cURATED", "identifiers": [{"type": "phone", "value": "+1"}]}
        assert check_body("ExternalContact", body) == []
        assert body == {"type": "Curated", "identifiers": [{"type": "Phone", "value": "+1"}]}


REQUIRED = "constraint.validation"
ODD = "Value [Odd] is not valid for field type [type]. Allowable values are: Ephemeral, Identified, Curated"
NO_DATE = (
    "Dates must be specified as ISO-8601 strings. For example: yyyy-MM-ddTHH:mm:ss.SSSZ; [soon] is none."
)


class TestFaults:
    @pytest.mark.parametrize(
        ("kind", "value", "field", "code", "reason"),
        [
            ("Queue", [], "", "invalid.value", "Value [array] is not valid for field type [object]."),
            ("Note", {}, "createdBy", REQUIRED, "The field createdBy is required."),
            ("Note", {"createdBy": None}, "createdBy", REQUIRED, "The field createdBy must not be null."),
            ("ExternalContact", {"firstName": 5}, "firstName", "invalid.value",
             "Value [5] is not valid for field type [string]."),
            ("ExternalContact", {"workPhone": {"extension": "12"}}, "workPhone.extension", "invalid.value",
             "Value [12] is not valid for field type [integer]."),
            ("ExternalContact", {"externalIds": [{}, None]}, "externalIds.1", REQUIRED,
             "The field externalIds.1 must not be null."),
            ("ExternalContact", {"surveyOptOut": "false"}, "surveyOptOut", "invalid.value",
             "Value [false] is not valid for field type [boolean]."),
            ("ExternalContact", {"type": "Odd"}, "type", "invalid.value", ODD),
            ("ExternalContact", {"type": 7}, "type", "invalid.value", None),
            ("PhoneNumber", {"extension": 2**63}, "extension", "constraint.validation",
             "Value [9223372036854775808] is beyond the limit of 9223372036854775807."),
            ("PhoneNumber", {"extension": 12.0}, "extension", "invalid.value", None),
            ("ExternalContact", {"workPhone": {"extension": 3.0}}, "workPhone.extension",
             "invalid.value", None),
            ("PhoneNumber", {"extension": 10**300}, "extension", "constraint.validation", None),
            ("CreateCallbackCommand", callback("soon"), "callbackScheduledTime", "invalid.date", NO_DATE),
            ("PostActionInput", action({}), "contract.output.successSchema", REQUIRED,
             "The field contract.output.successSchema is required."),
            ("list[str]", ["a", 5], "1", "invalid.value", None),
            ("list[str]", {}, "", "invalid.value", None),
            ("ExternalContact", {"firstName": "x", "type": "\ud800"}, "", "bad.request",
             "The body holds text or numbers that JSON does not have."),
        ],
    )  # fmt: skip
    def test_name_field_and_code(
        self, kind: str, value: Any, field: str, code: str, reason: str | None
    ) -> None:
        found = next(each for each in check_body(kind, value) if each.field == field)
        assert found.code == code
        assert reason in (None, found.reason)

    def test_allowed_values_come_along(self) -> None:
        assert check_body("ExternalContact", {"type": "x"})[0].allowed == (
            "Ephemeral",
            "Identified",
            "Curated",
        )

    def test_all_are_listed_up_to_a_limit(self) -> None:
        found = faults("list[str]", [5] * 100)
        assert found == [(str(index), "invalid.value") for index in range(MAX_FAULTS)]

    def test_long_values_are_cut(self) -> None:
        (found,) = check_body("PhoneNumber", {"extension": "x" * 10_000})
        assert len(found.reason) < 200

    def test_depth(self) -> None:
        def nested(depth: int) -> object:
            value: object = 1
            for _ in range(depth):
                value = {"a": value}
            return value

        assert faults("object", nested(MAX_DEPTH)) == []
        assert faults("object", nested(MAX_DEPTH + 1)) == [("", "bad.request")]
        assert faults("ExternalContact", {"x": nested(100_000)}) == [("", "bad.request")]

    def test_an_unknown_model_is_our_mistake(self) -> None:
        with pytest.raises(LookupError, match="Nothing"):
            check_body("Nothing", {})

    def test_a_schema_of_ones_own(self) -> None:
        check = checker(
            {"type": "object", "properties": {"a": {"type": "string", "minLength": 2}}, "required": ["a"]}
        )
        assert check({"a": "xy"}) == []
        assert [(each.field, each.code) for each in check({})] == [("a", "constraint.validation")]
        assert [(each.field, each.code) for each in check({"a": ""})] == [("a", "constraint.validation")]


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["Curated", "2030-01-01"]),
    lambda inside: (
        st.lists(inside, max_size=4)
        | st.dictionaries(
            st.text() | st.sampled_from(sorted(models()["ExternalContact"])), inside, max_size=6
        )
    ),
    max_leaves=20,
)


class TestAnything:
    @given(kind=st.sampled_from(REQUESTS), value=JSON_VALUES, partial=st.booleans())
    def test_any_json_is_checked(self, kind: str, value: object, partial: bool) -> None:
        found = check_body(kind, value, partial=partial)
        assert len(found) <= MAX_FAULTS
        assert len({each.field for each in found}) == len(found)

    @given(value=st.dictionaries(st.sampled_from(sorted(models()["ExternalContact"])), JSON_VALUES))
    def test_a_second_look_finds_the_same(self, value: dict[str, object]) -> None:
        # rewriting the case of an enumeration is the only change
        assert check_body("ExternalContact", value) == check_body("ExternalContact", value)

    @pytest.mark.parametrize(("kind", "partial"), BODIES)
    def test_every_request_model_compiles(self, kind: str, partial: bool) -> None:
        schema = schema_of(kind, partial=partial)
        jsonschema_rs.meta.validate({"$schema": "https://json-schema.org/draft/2020-12/schema"} | schema)
        assert {code for _, code in faults(kind, None, partial=partial)} <= {REQUIRED}

    def test_entities_refer_to_themselves(self) -> None:
        assert is_entity("ExternalOrganization")
        assert not is_entity("PhoneNumber")
        assert msgspec.json.encode(schema_of("ExternalOrganization"))  # models inside themselves end


CONTACTS = op("GET", "/externalcontacts/contacts")
SCAN = op("GET", "/externalcontacts/scan/contacts")
FLOWS = op("GET", "/flows")
MADE = local(
    "GET",
    "/x",
    query=(
        Parameter("since", "datetime"),
        Parameter("ids", "list[int]"),
        Parameter("mode", enum=("Fast", "Slow")),
    ),
)


class TestQuery:
    @pytest.mark.parametrize(
        ("operation", "pairs", "values"),
        [
            (
                FLOWS,
                [("type", "inboundcall,workflow")],
                {"type": ["inboundcall", "workflow"]},
            ),  # Python, Go, JS
            (FLOWS, [("type", "a"), ("type", "b")], {"type": ["a", "b"]}),  # Terraform
            (FLOWS, [("type", "a,b"), ("type", ",c,")], {"type": ["a", "b", "c"]}),
            (FLOWS, [("secure", ""), ("type", ""), ("pageSize", "")], {}),  # Go: no filter
            (FLOWS, [("deleted", "False"), ("pageSize", "7")], {"deleted": False, "pageSize": 7}),
            (FLOWS, [("pageSize", "7"), ("pageSize", "x")], {"pageSize": 7}),
            (FLOWS, [("unknown", "1")], {}),
            (CONTACTS, [("pageSize", "100"), ("pageNumber", "10")], {"pageSize": 100, "pageNumber": 10}),
            (SCAN, [("limit", "10"), ("cursor", "a,b")], {"limit": 10, "cursor": "a,b"}),
            (MADE, [("since", "2030-01-01T00:00:00+00:00")], {"since": "2030-01-01T00:00:00+00:00"}),
            (MADE, [("ids", "1,2"), ("mode", "FAST")], {"ids": [1, 2], "mode": "Fast"}),
        ],
    )
    def test_values(
        self, operation: Operation, pairs: list[tuple[str, str]], values: dict[str, object]
    ) -> None:
        assert parse_query(operation, pairs) == (values, [])

    @pytest.mark.parametrize(
        ("operation", "name", "text", "hint"),
        [
            (FLOWS, "pageSize", "0", f"It must be between 1 and {MAX_PAGE_SIZE}."),
            (FLOWS, "pageSize", "1.5", "It must be a whole number."),
            (FLOWS, "pageSize", "1_0", "It must be a whole number."),
            (FLOWS, "pageSize", "٣", "It must be a whole number."),
            (FLOWS, "pageSize", "9" * 19, "It must be a whole number."),
            (FLOWS, "pageNumber", str(MAX_PAGE_NUMBER + 1), f"It must be between 1 and {MAX_PAGE_NUMBER}."),
            (FLOWS, "deleted", "yes", "Allowable values are: true, false"),
            (SCAN, "limit", "9", "It must be between 10 and 200."),
            (MADE, "since", "2030-01-01", "It must be an ISO-8601 date and time with its offset."),
            (MADE, "ids", "x", "It must be a whole number."),
            (MADE, "mode", "odd", "Allowable values are: Fast, Slow"),
        ],
    )
    def test_faults(self, operation: Operation, name: str, text: str, hint: str) -> None:
        values, (found,) = parse_query(operation, [(name, text)])
        assert values == {}
        assert (found.field, found.code) == (name, "invalid.query.param.value")
        assert found.reason == f"Value [{text}] is not valid for parameter [{name}]. {hint}"

    def test_the_window_of_a_search(self) -> None:
        _, (found,) = parse_query(CONTACTS, [("pageNumber", "41")])
        assert (found.field, found.code) == ("pageNumber", "invalid.query.param.value")
        assert found.reason == "pageNumber * pageSize must be at most 1000; 41 * 25 is more."

    @pytest.mark.parametrize("pairs", [[], [("q64", "")]])
    def test_required(self, pairs: list[tuple[str, str]]) -> None:
        _, found = parse_query(op("GET", "/users/search"), pairs)
        assert [(each.field, each.code, each.reason) for each in found] == [
            ("q64", "bad.request", "The query parameter q64 is required.")
        ]

    @given(
        operation=st.sampled_from([each for each in operations() if each.query]),
        texts=st.lists(st.text() | st.integers().map(str), max_size=4),
    )
    def test_any_text_is_read(self, operation: Operation, texts: list[str]) -> None:
        names = [each.name for each in operation.query]
        values, found = parse_query(operation, [(name, text) for name in names for text in texts])
        assert set(values) <= set(names)
        assert {each.field for each in found} <= set(names)


class TestDates:
    @pytest.mark.parametrize(
        "text",
        [
            "2026-11-20T15:00:00.000Z",
            "2030-01-01T00:00:00+00:00",
            "2030-01-01T00:00:00.123456789-0530",
            "2030-01-01T00:00Z",
        ],
    )
    def test_moments(self, text: str) -> None:
        assert is_datetime(text)

    @pytest.mark.parametrize(
        "text",
        ["", "2030-01-01", "2030-01-01T00:00:00", "2030-02-30T00:00:00Z", "0001-01-01T00:00:00+10:00",
         "2030-01-01 00:00:00Z", "2030-W01-1T00:00Z", "1893456000000", "2016-12-31T23:59:60Z"],
    )  # fmt: skip
    def test_what_is_none(self, text: str) -> None:
        assert not is_datetime(text)

    @pytest.mark.parametrize(
        ("text", "good"),
        [
            ("2030-01-31", True),
            ("2030-02-30", False),
            ("20300131", False),
            ("2030-W01-1", False),
            ("", False),
        ],
    )
    def test_days(self, text: str, good: bool) -> None:
        assert is_date(text) is good

    @given(st.text(max_size=40))
    def test_any_text(self, text: str) -> None:
        assert is_datetime(text) in {True, False}
        assert is_date(text) in {True, False}
