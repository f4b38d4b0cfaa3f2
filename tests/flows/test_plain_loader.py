"""Plain documents to the flow model: the tutorial's flow, twins of Architect's actions, menus, errors."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ringback.core.errors import DefinitionError
from ringback.flows.loaders import load_flow, load_plain
from ringback.flows.loaders.plain_types import canonical_type
from ringback.flows.model import Action, Flow
from tests.flows.cases import document_cases

LOOKUP: dict[str, Any] = {
    "name": "Customer Lookup Flow",
    "description": "about",
    "type": "voice",
    "initialAction": {
        "name": "Start",
        "type": "Start",
        "routing": {"queue": {"id": "q-1"}},
        "on": {
            "next": "Lookup Customer",
            "onerror": {
                "name": "Handle Error",
                "type": "SetVariable",
                "set": {"errorStatus": "$error.status"},
                "on": {"next": "Set Customer Name"},
            },
            "ontimeout": {"name": "Handle Timeout", "set": {"errorStatus": 'Time"out'}},
        },
    },
    "actions": [
        {
            "name": "Lookup Customer",
            "type": "GetExternalContactAction",
            "url": "https://crm.example/api/v1/lookup",
            "inputVariables": {
                "phoneNumber": "$phoneNumber",
                "level": 3,
                "who": "$customer.name",
                "how": "x",
            },
            "outputVariable": "customer",
        },
        {"name": "Set Customer Name", "type": "SetVariableAction", "set": {"name": "$customer.name"}},
    ],
}


def load(document: object) -> Flow:
    """The flow of a document."""
    return load_plain(json.dumps(document), file="flow.json")


def flow_of(*actions: dict[str, object]) -> Flow:
    """A flow of these actions."""
    return load({"name": "F", "actions": list(actions)})


def named(flow: Flow, name: str) -> Action:
    """The action of that name."""
    return next(action for action in flow.containers["main"].actions if action.name == name)


def follows(flow: Flow, name: str) -> dict[str, str | None]:
    """Where an action leads: "" is the way down, then its outputs; actions by name."""
    names = {action.id: action.name for action in flow.actions.values()}
    action = named(flow, name)
    return {
        "": names.get(action.next or ""),
        **{output: names[target] for output, target in action.outputs.items()},
    }


def test_the_tutorials_flow() -> None:
    flow = load(LOOKUP)
    assert (flow.name, flow.type, flow.form, flow.description) == (
        "Customer Lookup Flow",
        "inboundCall",
        "plain",
        "about",
    )
    assert flow.containers[flow.start].start == named(flow, "Lookup Customer").id
    assert {name: follows(flow, name) for name in [action.name for action in flow.actions.values()]} == {
        "Handle Error": {"": "Set Customer Name"},
        "Handle Timeout": {"": "Set Customer Name"},
        "Lookup Customer": {"": "Set Customer Name", "failure": "Handle Error", "timeout": "Handle Timeout"},
        "Set Customer Name": {"": "Transfer to queue"},
        "Transfer to queue": {"": None},
    }
    assert [(variable.name, variable.type) for variable in flow.variables] == [
        ("$errorStatus", "jsn"),
        ("$customer", "jsn"),
        ("$error", "jsn"),
        ("$name", "jsn"),
        ("$phoneNumber", "str"),
    ]


def test_variables_begin_as_json_null_so_that_their_properties_can_be_read() -> None:
    initial = {variable.name: variable.initial for variable in load(LOOKUP).variables}
    number = "If(IsNotSetOrEmpty(Call.Ani), NOT_SET, ToPhoneNumber(Call.Ani).e164)"
    plain = {name: node.plain() for name, node in initial.items() if node is not None}
    assert plain.pop("$phoneNumber") == {"exp": number}
    assert plain == {name: {"exp": 'JsonParse("null")'} for name in initial if name != "$phoneNumber"}


def test_the_look_up() -> None:
    lookup = named(load(LOOKUP), "Lookup Customer")
    assert lookup.type == "plainLookup"
    assert lookup.body.plain() == {
        "name": "Lookup Customer",
        "outputVariable": {"var": "$customer"},
        "url": "https://crm.example/api/v1/lookup",
        "timeoutMs": 10_000,
        "errorVariable": {"var": "$error"},
        "inputs": {"level": {"exp": 'JsonParse("3")'}, "who": {"exp": "$customer.name"}, "how": {"lit": "x"}},
    }


def test_set_variables() -> None:
    body = named(load(LOOKUP), "Handle Timeout").body.plain()
    value = {"exp": 'ToJson("Time\\"out")'}
    assert body == {
        "name": "Handle Timeout",
        "statements": [{"json": {"variable": "$errorStatus", "value": value}}],
    }


def test_without_a_url_the_external_contacts_are_asked() -> None:
    flow = flow_of({"name": "L", "type": "GetExternalContactAction"})
    assert named(flow, "L").type == "plainContactLookup"
    assert named(flow, "L").body.plain() == {"name": "L", "outputVariable": {"var": "$lookupResponse"}}


def test_snake_case_and_yaml() -> None:
    text = """
name: F
initial_action: {name: Start, type: start, on: {next: L, on_error: Bye}}
actions:
  - {name: L, url: https://crm.example/x, output_variable: c, input_variables: {my_key: 1}}
  - {name: Bye, type: disconnect}
"""
    flow = load_flow(text, file="f")
    assert follows(flow, "L") == {"": "Bye", "failure": "Bye"}
    assert named(flow, "L").body.at("outputVariable", "var") is not None
    inputs = named(flow, "L").body.get("inputs")
    assert inputs is not None
    assert list(dict(inputs.items())) == ["my_key"]


TYPES = [
    ("playAudio", "playAudio"),
    ("PlayAudio", "playAudio"),
    ("PlayAudioAction", "playAudio"),
    ("play_audio", "playAudio"),
    ("DataAction", "callData"),
    ("SetVariable", "updateData"),
    ("UpdateVariableAction", "updateData"),
    ("TransferPureMatchAction", "transferToAcd"),
    ("TransferToAcdAction", "transferToAcd"),
    ("GetExternalContactAction", "getExternalContact"),
    ("DisconnectAction", "disconnect"),
    ("MenuAction", "menu"),
    ("Start", "start"),
    ("wonder", None),
]


@pytest.mark.parametrize(("written", "type_"), TYPES)
def test_spellings_of_types(written: str, type_: str | None) -> None:
    assert canonical_type(written) == type_


BODIES: list[tuple[dict[str, object], str, dict[str, object]]] = [
    ({"type": "playAudio", "audio": "Hi, it is $5"}, "playAudio", {"audio": {"tts": "Hi, it is $5"}}),
    (
        {"audio": "Hi $v.name!", "type": "playAudio"},
        "playAudio",
        {"audio": {"exp": 'ToAudioTTS(Append("Hi ", ToString($v.name), "!"))'}},
    ),
    ({"audio": "$v"}, "playAudio", {"audio": {"exp": 'ToAudioTTS(Append("", ToString($v)))'}}),
    ({"text": "Hi", "type": "playAudio"}, "playAudio", {"audio": {"tts": "Hi"}}),
    ({"audio": {"prompt": "Prompt.x"}}, "playAudio", {"audio": {"prompt": "Prompt.x"}}),
    ({"condition": "$v.is_vip"}, "decision", {"condition": {"exp": "$v.is_vip"}}),
    ({"condition": True}, "decision", {"condition": {"lit": True}}),
    ({"queue": "VIP"}, "transferToAcd", {"targetQueue": {"lit": {"name": "VIP"}}}),
    (
        {"queue": {"id": "q"}, "priority": 5},
        "transferToAcd",
        {"targetQueue": {"exp": 'FindQueueById("q")'}, "priority": {"lit": 5}},
    ),
    ({"queue": "$v.queue"}, "transferToAcd", {"targetQueue": {"exp": "$v.queue"}}),
    (
        {"type": "transferToNumber", "number": "+15551234567"},
        "transferToNumber",
        {"targetNumber": {"lit": "+15551234567"}},
    ),
    ({"type": "wait", "timeout": 1500}, "wait", {"duration": {"lit": {"ms": 1500}}}),
    (
        {"type": "collectInput", "digits": {"exact": 4}, "audio": "PIN?", "outputVariable": "pin"},
        "collectInput",
        {"digits": {"exact": 4}, "inputAudio": {"tts": "PIN?"}, "inputData": {"var": "$pin"}},
    ),
    (
        {"type": "setParticipantData", "attributes": {"tier": "gold", "who": "$v.name"}},
        "setParticipantData",
        {
            "attributes": [
                {"attribute": {"name": {"lit": "tier"}, "value": {"lit": "gold"}}},
                {"attribute": {"name": {"lit": "who"}, "value": {"exp": "$v.name"}}},
            ]
        },
    ),
    (
        {"type": "getParticipantData", "attributes": {"tier": "t"}},
        "getParticipantData",
        {"attributes": [{"attribute": {"name": {"lit": "tier"}, "variable": "$t"}}]},
    ),
    (
        {
            "dataAction": "Lookup",
            "integration": "CRM",
            "inputs": {"a": "$v.a", "b": 1},
            "outputs": {"o": "v"},
            "timeout": 3000,
        },
        "callData",
        {
            "category": {
                "CRM": {
                    "dataAction": {
                        "Lookup": {
                            "inputs": {"a": {"exp": "$v.a"}, "b": {"exp": 'JsonParse("1")'}},
                            "successOutputs": {"o": {"var": "$v"}},
                        }
                    }
                }
            },
            "timeout": {"lit": {"ms": 3000}},
        },
    ),
    (
        {"type": "dataTableLookup", "table": "T", "key": "$v.k", "outputs": {"c": "v"}},
        "dataTableLookup",
        {"dataTable": {"T": {"foundOutputs": {"c": {"var": "$v"}}}}, "lookupValue": {"exp": "$v.k"}},
    ),
    (
        {"cases": [{"condition": "$v.a"}, {"condition": "$v.b"}]},
        "switch",
        {
            "evaluate": {
                "firstTrue": {
                    "cases": [{"case": {"value": {"exp": "$v.a"}}}, {"case": {"value": {"exp": "$v.b"}}}]
                }
            }
        },
    ),
]


@pytest.mark.parametrize(("action", "type_", "body"), BODIES)
def test_twins_of_architects_actions(action: dict[str, object], type_: str, body: dict[str, object]) -> None:
    flow = flow_of({"name": "V", "set": {"v": {}}}, {"name": "A", **action})
    found = named(flow, "A")
    assert (found.type, found.body.plain()) == (type_, {"name": "A", **body})


def test_types_of_written_variables() -> None:
    flow = flow_of(
        {"name": "A", "set": {"pin": "1", "other": [1]}},
        {"name": "B", "type": "collectInput", "outputVariable": "pin"},
        {"name": "C", "type": "findQueue", "queue": "x", "outputVariable": "$q"},
        {"name": "D", "type": "getParticipantData", "attributes": {"a": "attribute"}},
    )
    found = {variable.name: variable.type for variable in flow.variables}
    assert {name: found.get(name) for name in ("$pin", "$other", "$attribute")} == {
        "$pin": "str",
        "$other": "jsn",
        "$attribute": "str",
    }


def test_where_actions_lead() -> None:
    flow = flow_of(
        {
            "name": "D",
            "condition": "true",
            "on": {"yes": "End", "no": {"name": "In", "type": "playAudio", "audio": "x"}},
        },
        {"name": "S", "cases": [{"condition": "true", "next": "D"}, {"condition": "false"}], "default": "In"},
        {"name": "End", "type": "disconnect", "on": {"next": "end"}},
        {"name": "Last", "type": "playAudio", "audio": "x"},
    )
    assert {name: follows(flow, name) for name in ("D", "In", "S", "End", "Last")} == {
        "D": {"": "S", "yes": "End", "no": "In"},
        "In": {"": "S"},
        "S": {"": "End", "case1": "D", "default": "In"},
        "End": {"": None},
        "Last": {"": None},
    }


def test_actions_that_lead_in_a_circle_end_nowhere() -> None:
    inner = {"name": "In", "type": "playAudio", "audio": "x"}
    flow = flow_of({"name": "D", "condition": "true", "on": {"yes": inner, "next": "In"}})
    assert follows(flow, "In") == {"": "In"}


def test_a_menu_is_a_container() -> None:
    flow = load(
        {
            "name": "F",
            "routing": {"queue": "General"},
            "actions": [
                {
                    "name": "Main Menu",
                    "type": "MenuAction",
                    "audio": "Press 1",
                    "choices": {"1": "Sales", "*": {"name": "Bye", "type": "disconnect"}, "billing": "end"},
                    "repeat": 2,
                    "timeout": 5000,
                    "default": "Sales",
                },
                {"name": "Sales", "queue": "Sales"},
            ],
        }
    )
    jump = named(flow, "Main Menu")
    assert (jump.type, jump.target) == ("jumpToMenu", "menu/Main Menu")
    menu = flow.containers["menu/Main Menu"]
    assert menu.kind == "menu"
    assert menu.body is not None
    assert menu.body.plain() == {
        "audio": {"tts": "Press 1"},
        "settingsMenu": {"repeatCount": {"lit": 2}, "menuSelectionTimeout": {"lit": {"ms": 5000}}},
    }
    ids = {action.name: action.id for action in flow.containers["main"].actions}
    assert [(choice.type, choice.body.plain(), choice.next) for choice in menu.actions] == [
        ("plainChoice", {"name": "Sales", "dtmf": "digit_1"}, ids["Sales"]),
        ("plainChoice", {"name": "Bye", "dtmf": "digit_star"}, ids["Bye"]),
        (
            "plainChoice",
            {"name": "end", "speechRecTerms": {"en-us": {"terms": ["billing"]}}},
            ids["Transfer to queue"],
        ),
        ("plainChoice", {"name": "Sales"}, ids["Sales"]),
    ]
    assert menu.default_choice == menu.actions[3].id


LOOPBACK = ["http://127.0.0.1:8080/x", "http://localhost/x", "http://[::1]:1/x", "https://crm.example"]


@pytest.mark.parametrize("url", LOOPBACK)
def test_allowed_urls(url: str) -> None:
    assert named(flow_of({"name": "L", "url": url}), "L").type == "plainLookup"


HOSTILE = [
    "http://127.0.0.1.evil.example/",
    "http://localhost.evil.example/",
    "http://127.0.0.1@evil.example/",
    "ftp://x/",
]


@pytest.mark.parametrize("url", HOSTILE)
def test_refused_urls(url: str) -> None:
    with pytest.raises(DefinitionError, match="is not an https URL"):
        flow_of({"name": "L", "url": url})


def test_an_action_that_architect_does_not_have_is_refused() -> None:
    with pytest.raises(DefinitionError, match="unknown action type 'MenuPrevious'"):
        flow_of({"name": "H", "type": "MenuPrevious"})


@pytest.mark.parametrize(("document", "message"), document_cases("plain_errors.txt"))
def test_errors(document: str, message: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        load_plain(document, file="flow.json")
    assert str(caught.value) == message
