"""Exports to the model: values, actions, graphs, menus, places, and what is refused."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from ringback.core.errors import DefinitionError
from ringback.flows.loaders import form_of, load_export, load_flow
from ringback.flows.loaders.export_actions import archy_type, output_name
from ringback.flows.model import Action, Flow
from tests.flows.exports import act, audio, box, encoded, flow, val, variable


def load(*actions: dict[str, Any], **fields: Any) -> Flow:
    """A flow of one task."""
    return load_export(encoded(flow(box(*actions), **fields)), file="x.i3InboundFlow")


def only(action: dict[str, Any]) -> Action:
    """The first action of a flow that begins with it."""
    return next(iter(load(action, act("end", "Disconnect")).actions.values()))


VALUES = [
    (val("a b"), {"exp": "a b"}),
    (val("a", mode=1), {"lit": "a"}),
    (val("", mode=1), {"lit": ""}),
    ({**val("", mode=1), "config": {"emp": {}}}, {"lit": ""}),
    ({**val("", "que", mode=1), "config": {"emp": {}}}, {"noValue": True}),
    (val("12", "int", mode=1), {"lit": 12}),
    (val("-1.50", "dec", mode=1), {"lit": -1.5}),
    (val("many", "int", mode=1), {"lit": "many"}),
    (val("true", "bln", mode=1), {"lit": True}),
    (val("P0D0H1M30S0F", "dur", mode=1), {"lit": {"minutes": 1, "seconds": 30}}),
    (val("P0D0H0M0S100F", "dur", mode=1), {"lit": {"ms": 100}}),
    (val("P0D0H0M0S0F", "dur", mode=1), {"lit": {"seconds": 0}}),
    (val("soon", "dur", mode=1), {"lit": "soon"}),
    (
        val("2025-01-02T03:04:05.000Z", "dtm", mode=1),
        {"lit": {"year": 2025, "month": 1, "day": 2, "hour": 3, "minute": 4, "second": 5}},
    ),
    (val("Support", "que", mode=1), {"lit": {"name": "Support"}}),
    (
        {**val("hold", "pmt", mode=1), "config": {"lit": {"val": "__hold__"}}},
        {"lit": {"name": "PromptSystem.hold"}},
    ),
    ({**val("mine", "pmt", mode=1), "config": {"lit": {"val": "4711"}}}, {"lit": {"name": "Prompt.mine"}}),
    (val("tel:+15551234567", "phn", mode=1), {"lit": "+15551234567"}),
    (val('{"a": 1}', "jsn", mode=1), {"lit": '{"a": 1}'}),
    (
        {**val("", "str_coll", mode=1), "config": {"lit": {"items": [val("a", mode=1), val("Flow.x")]}}},
        {"lit": [{"lit": "a"}, {"exp": "Flow.x"}]},
    ),
    (
        val("", "chs", mode=1, properties={"a": val("x", mode=1), "b": val("y", mode=1, outOfService=True)}),
        {"lit": {"a": {"lit": "x"}}},
    ),
    (val("Flow.x", mode=2), {"var": "Flow.x"}),
    (val("0", "int", mode=3), {"noValue": True}),
    (val("MakeCommunication()", "com", mode=4), {"exp": "MakeCommunication()"}),
    (val("x", outOfService=True), None),
    ({"text": "", "type": "str", "uiMetaData": {"mode": 0}, "version": 2}, None),
]


@pytest.mark.parametrize(("value", "expected"), VALUES)
def test_values(value: dict[str, Any], expected: Any) -> None:
    found = only(act("a", "EndWorkflow", exitReason=value)).body.get("exitReason")
    assert (found.plain() if found is not None else None) == expected


AUDIO = [
    (audio('AudioPlaybackOptions(ToAudioTTS("Say \\"hi\\""), true)'), {"tts": 'Say "hi"'}),
    (audio("AudioPlaybackOptions(ToAudio(Prompt.Hello), true)"), {"prompt": "Prompt.Hello"}),
    (audio("ToAudio(Prompt.Hello)"), {"exp": "ToAudio(Prompt.Hello)"}),
    (
        audio('AudioPlaybackOptions(ToAudioTTS("a"), false)'),
        {"exp": 'AudioPlaybackOptions(ToAudioTTS("a"), false)'},
    ),
    (audio("ToAudioBlank(1)"), {"exp": "ToAudioBlank(1)"}),
    ({"defaultAudio": {**val("", "aud", None), "config": {"emp": {}}}, "cases": []}, {"noValue": True}),
    (
        audio("ToAudioBlank(1)", cases=[{"language": "es-US", "value": val("ToAudioBlank(2)", "aud", None)}]),
        {"exp": "ToAudioBlank(1)", "alternateSequences": {"es-us": {"exp": "ToAudioBlank(2)"}}},
    ),
]


@pytest.mark.parametrize(("prompts", "expected"), AUDIO)
def test_audio(prompts: dict[str, Any], expected: Any) -> None:
    found = only(act("a", "PlayAudio", prompts=prompts)).body.get("audio")
    assert found is not None
    assert found.plain() == expected


def test_graph() -> None:
    found = load(
        act(
            "ask",
            "Decision",
            expression=val("true", "bln"),
            to={"__YES__": "say", "__NO__": None},
            then="end",
        ),
        act("say", "PlayAudio", prompts=audio("ToAudioBlank(1)")),
        act("end", "Disconnect"),
    )
    assert found.form == "export"
    ask, say, end = found.actions.values()
    assert [ask.id, say.id, end.id] == ["ask", "say", "end"]
    assert (ask.next, ask.outputs) == ("end", {"yes": "say"})
    assert (say.next, say.parent, say.branch) == ("end", "ask", "yes")
    assert (end.next, end.parent) == (None, None)
    assert found.containers["Main_10"].start == "ask"
    assert found.start == "Main_10"


def test_loop() -> None:
    body = {"outputId": "__LOOP__", "nextActionId": "next"}
    found = load(
        act("loop", "Loop", loopCount=val("3", "int", 1), path=body, then="end"),
        act("next", "NextLoop"),
        act("end", "Disconnect"),
    )
    loop, again, _ = found.actions.values()
    assert (loop.type, loop.outputs, loop.next) == ("loop", {"loop": "next"}, "end")
    assert (again.type, again.next) == ("loopNext", "loop")


def switch(style: int, expression: dict[str, Any], value: dict[str, Any]) -> Flow:
    """A switch with one case and a default."""
    case = {"referenceId": "c1", "value": value}
    return load(
        act(
            "s",
            "Switch",
            switchStyle=style,
            expression=expression,
            cases=[case],
            to={"c1": "a", "__DEFAULT__": "b"},
        ),
        act("a", "Disconnect"),
        act("b", "Disconnect"),
    )


def test_switch() -> None:
    first = switch(0, {"text": "", "type": "any", "uiMetaData": {"mode": 0}}, val("Flow.x == 1", "bln"))
    match = switch(1, val("Flow.x"), val("one", mode=1))
    for found, style in ((first, "firstTrue"), (match, "firstMatch")):
        action = found.actions["s"]
        assert action.outputs == {"case1": "a", "default": "b"}
        assert action.body.at("evaluate", style) is not None
    evaluate = match.actions["s"].body.get("evaluate")
    assert evaluate is not None
    assert evaluate.at("firstMatch", "string", "value", "exp") is not None


def test_tasks_called_and_jumped_to() -> None:
    reusable = box(act("end", "EndTask", pathName="Done"), id="task", trackingId=20, name="Reuse")
    reusable["paths"] = [
        {"label": "Default", "outputId": "__DEFAULT__"},
        {"label": "Done", "outputId": "guid"},
    ]
    call = act("call", "CallTask", taskReference="task", inputs=[], outputs=[], then="jump")
    call["paths"] = [{"label": "Done", "outputId": "guid", "nextActionId": "bye"}]
    jump = act("jump", "TransferTask", taskReference="task", inputs=[])
    found = load_export(encoded(flow(box(call, jump, act("bye", "Disconnect")), reusable)), file="x")
    assert found.actions["call"].target == found.actions["jump"].target == "Reuse_20"
    assert found.actions["call"].outputs == {"Done": "bye"}
    assert found.containers["Reuse_20"].output_paths == ("Done",)
    assert [found.actions[id_].type for id_ in ("call", "jump", "end")] == [
        "callTask",
        "jumpToTask",
        "endTask",
    ]


def menu(*choices: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A menu with settings left at the flow's."""
    found = {
        "id": "menu",
        "trackingId": 11,
        "name": "Main Menu",
        "__type": "Menu",
        "menuChoiceList": list(choices),
    }
    return {**found, "prompts": audio("ToAudioBlank(1)"), "promptRepeatCount": val("", "int", 3), **fields}


def test_menu() -> None:
    task = box(act("say", "Disconnect"), id="inner", name="Inner", trackingId=12)
    other = box(act("gone", "Disconnect"), id="shared", name="Shared", trackingId=13)
    choices = [
        {"id": "c1", "name": "One", "digit": "1", "action": act("t", "Task", taskReference="inner")},
        {
            "id": "c2",
            "name": "Two",
            "digit": "#",
            "globalDtmf": True,
            "action": act("s", "Task", taskReference="shared"),
        },
        {"id": "c3", "name": "Bye", "speechRecTerms": {"en-US": ["no"]}, "action": act("d", "Disconnect")},
        {
            "id": "c4",
            "name": "Again",
            "digit": "4",
            "action": act("j", "TransferTask", taskReference="shared"),
        },
    ]
    found = load_export(encoded(flow(menu(*choices, defaultMenuChoice="c3"), task, other)), file="x")
    box_ = found.containers["Main Menu_11"]
    assert [action.type for action in box_.actions] == [
        "menuTask",
        "menuJumpToTask",
        "menuDisconnect",
        "menuJumpToTask",
    ]
    assert [action.id for action in box_.actions] == ["t", "s", "d", "j"]
    assert [action.target for action in box_.actions] == ["Main Menu_11/One", "Shared_13", None, "Shared_13"]
    assert box_.default_choice == "d"
    assert found.containers["Main Menu_11/One"].kind == "menuTask"
    two, bye = box_.actions[1].body, box_.actions[2].body
    assert [two.get(key).value for key in ("dtmf", "globalDtmf")] == ["digit_pound", True]  # type: ignore[union-attr]  # it is there
    assert bye.get("dtmf") is None
    assert bye.get("speechRecTerms").plain() == {"en-us": {"terms": ["no"]}}  # type: ignore[union-attr]  # it is there


def test_sub_menu() -> None:
    inner = menu({"id": "c", "name": "Bye", "digit": "9", "action": act("d", "Disconnect")})
    inner |= {"id": "sub", "trackingId": 20, "name": "Sub"}
    outer = menu({"id": "c1", "name": "More", "digit": "1", "action": act("m", "Menu", menuReference="sub")})
    found = load_export(encoded(flow(outer, inner)), file="x")
    assert found.actions["m"].type == "menuSubMenu"
    assert found.containers["Sub_20"].parent == "Main Menu_11"


def test_flow_of_one_task() -> None:
    document = flow(box(act("h", "HoldMusic"), type_="LoopTask"), type="inqueuecall")
    document["flowSequenceItemList"][0]["variables"] = [variable("Task.n", "Integer", val("1", "int", 1))]
    found = load_export(encoded(document), file="x")
    assert (found.type, found.start) == ("inqueueCall", "startUpTask")
    assert [(item.name, item.type) for item in found.containers["startUpTask"].variables] == [
        ("Task.n", "int")
    ]


def test_variables() -> None:
    listed = [
        variable("Flow.b", "Bool", val("true", "bln", 1), isInput=True),
        variable("Flow.A", "String", val("", "str_coll", 3), isCollection=True, description="about"),
        variable("Flow.c", "Complex", val("", "cpx_agent_score_pair_coll", 3), isCollection=True),
        variable("Flow.hidden", "String", val("", mode=3), isInternal=True),
    ]
    found = load(act("end", "Disconnect"), variables=listed).variables
    assert [(item.name, item.type, item.is_input, item.description) for item in found] == [
        ("Flow.A", "str_coll", False, "about"),
        ("Flow.b", "bln", True, ""),
        ("Flow.c", "cpx_agent_score_pair_coll", False, ""),
    ]


def test_settings() -> None:
    handling = {"handlingType": "Queue", "queue": val("Help", "que", 1), "audio": audio("ToAudioBlank(1)")}
    defaults = {
        "CollectInputAction": {
            "noEntryTimeout": val("P0D0H0M5S0F", "dur", 1),
            "interDigitTimeout": val("P0D0H0M3S0F", "dur", 1),
        },
        "Menu": {"promptRepeatCount": val("2", "int", 1)},
    }
    found = load(
        act("end", "Disconnect"),
        errorHandling=handling,
        defaultSettings=defaults,
        supportedLanguages=["en-US", "es-US"],
        initialPrompts=audio('AudioPlaybackOptions(ToAudioTTS("Hello"), true)'),
    )
    assert found.error_handling.kind == "transferToAcd"
    assert found.supported_languages == ("en-us", "es-us")
    assert found.greeting is not None
    assert found.greeting.plain() == {"tts": "Hello"}
    assert {key: node.plain() for key, node in found.settings.items() if "Err" not in key} == {
        "settingsActionDefaults": {"collectInput": {"noEntryTimeout": {"lit": {"seconds": 5}}}},
        "settingsMenu": {"repeatCount": {"lit": 2}},
    }


def test_unknown_actions_are_kept() -> None:
    strange = act(
        "x", "FlyToMoon", speed=val("5", "int", 1), crew=[{"name": "a", "value": val("b", mode=1)}], many=3
    )
    found = load(strange, act("y", "SetPriority", priority=val("1", "int", 1), colour="red"))
    assert found.actions["x"].type == "flyToMoon"
    assert found.actions["x"].body.plain() == {
        "name": "x",
        "speed": {"lit": 5},
        "crew": {"a": {"lit": "b"}},
        "many": 3,
    }
    codes = [(item.code, item.message.partition(":")[0][:40]) for item in found.diagnostics]
    assert ("RB027", "action 'flyToMoon' is not supported by t") in codes


def test_properties_without_a_place_in_archy_are_named() -> None:
    found = load(act("y", "SetPriority", priority=val("1", "int", 1), colour="red"))
    message = "the property 'colour' of 'setPriority' has no known place in Archy; it is not used"
    assert [item.message for item in found.diagnostics if item.code == "RB036"] == [message]


def test_places_are_pointers() -> None:
    found = load(act("a", "Decision", expression=val("true", "bln")))
    action = found.actions["a"]
    assert action.span is not None
    assert action.span.where == "x.i3InboundFlow#/flowSequenceItemList/0/actionList/0:1:1"
    condition = action.body.at("condition", "exp")
    assert condition is not None
    assert condition.span.file == "x.i3InboundFlow#/flowSequenceItemList/0/actionList/0/expression/text"
    assert condition.span.text == "true"


def test_a_configuration_keeps_its_lines() -> None:
    text = json.dumps(flow(box(act("a", "Disconnect"))), indent=1)
    found = load_flow(text, file="c.json")
    span = found.actions["a"].span
    assert span is not None
    assert span.file == "c.json"
    assert text.splitlines()[span.line - 1].strip() == "{"


def test_an_error_in_an_expression_stands_in_the_expression() -> None:
    from ringback.engine.program import compile_flow  # noqa: PLC0415 - the engine is above the flows

    with pytest.raises(DefinitionError) as caught:
        compile_flow(load(act("a", "Decision", expression=val("Flow.unknown > 1", "bln"))))
    assert "x.i3InboundFlow#/flowSequenceItemList/0/actionList/0/expression/text:1:1" in str(caught.value)
    assert "Flow.unknown > 1" in str(caught.value)


FORMS = [
    (encoded({"a": 1}), "export"),
    ("\ufeff " + encoded({"a": 1}) + "\n", "export"),
    ('{"flowSequenceItemList": []}', "export"),
    ('{"initialAction": {}}', "plain"),
    ("{}", "plain"),
    ("initialAction:\n", "plain"),
    ("inboundCall:\n  name: x\n", "archy"),
    ("{{type}}:\n", "archy"),
    ("JTdC broken", "export"),
    ("eyes:\n", "archy"),
    ("", "archy"),
    ("workflow", "archy"),
]


@pytest.mark.parametrize(("text", "form"), FORMS)
def test_detection(text: str, form: str) -> None:
    assert form_of(text) == form


WRONG: list[tuple[str, str]] = [
    (
        encoded(flow(box(act("a", "Disconnect")), box(act("b", "Disconnect"), id="c"))),
        "two tasks have the refId",
    ),
    ("JTdC%%%", "the file is not base64"),
    ("/////w==", "the file cannot be decoded"),
    (encoded([1]), "an exported flow is an object with `flowSequenceItemList`"),
    (encoded({"a": 1}), "an exported flow is an object with `flowSequenceItemList`"),
    (encoded(flow(box(act("a", "Disconnect")), type="flight")), "unknown flow type 'flight'"),
    (encoded(flow(box(act("a", "Disconnect", then="b")))), "there is no action 'b' in this container"),
    (encoded(flow(box(act("a", "Wait", then="a")))), "the action 'a' follows two others"),
    (encoded(flow(box(act("a", "TransferTask", taskReference="no")))), "there is no task 'no'"),
    (encoded(flow(box(act("a", "Disconnect")), initialSequence="no")), "there is no task 'no'"),
    (
        encoded(flow(box(act("a", "Disconnect")), box(act("b", "Disconnect")))),
        "two containers have the id 'box'",
    ),
]


@pytest.mark.parametrize(("text", "message"), WRONG)
def test_what_is_refused(text: str, message: str) -> None:
    with pytest.raises(DefinitionError, match=re.escape(message)) as caught:
        load_export(text, file="x")
    assert caught.value.hint or "\n" in str(caught.value) or caught.value.span is not None


def test_too_deep() -> None:
    actions = [
        act(f"a{number}", "Decision", expression=val("true", "bln"), to={"__YES__": f"a{number + 1}"})
        for number in range(60)
    ]
    with pytest.raises(DefinitionError, match="actions inside each other"):
        load(*actions, act("a60", "Disconnect"))


def test_actions_that_nothing_leads_to() -> None:
    found = load(act("a", "Disconnect"), act("b", "Disconnect", name="lost"))
    assert [item.message for item in found.diagnostics] == [
        "nothing leads to the action 'lost'; it is left out"
    ]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("DataAction", "callData"),
        ("AskForNLUIntentAction", "askForIntent"),
        ("SetLocaleAction", "setLanguage"),
        ("EndFlowAction", "endFlow"),
        ("EvaluateScheduleGroupAction", "evaluateScheduleGroup"),
        ("", ""),
    ],
)
def test_names_of_types(written: str, expected: str) -> None:
    assert archy_type(written) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [("__YES__", "yes"), ("__MAX_NO_INPUTS__", "maxNoInputs"), ("__NOT_FOUND__", "notFound"), ("____", "")],
)
def test_names_of_outputs(written: str, expected: str) -> None:
    assert output_name(written) == expected


@pytest.mark.parametrize(("ticked", "timeout"), [(True, {"noValue": True}), (False, {"lit": {"seconds": 5}})])
def test_the_box_of_the_suggested_timeout(ticked: bool, timeout: object) -> None:
    step = act(
        "a",
        "Data",
        category={"name": "I"},
        actionName="D",
        timeout=val("P0D0H0M5S0F", "dur", 1),
        useSuggestedTimeout=ticked,
    )
    (action,) = load_export(encoded(flow(box(step))), file="x").actions.values()
    found = action.body.get("timeout")
    assert found is not None
    assert found.plain() == timeout
