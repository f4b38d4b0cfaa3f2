"""Flow checks in tables: what is found, what is left alone."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from ringback.lint import fix, lint, lint_all
from tests.lint.cases import PROJECT, checked

Actions = list[dict[str, Any]]

BYE: dict[str, Any] = {"disconnect": {"name": "Goodbye"}}
HEADER = {"startUpRef": "./tasks/task[Main]", "defaultLanguage": "en-us"}
AUDIO = {"errorHandling": {"disconnect": {"none": True}}, "preHandlingAudio": {"tts": "Sorry."}}


def flow(*actions: dict[str, Any], variables: list[str] | None = None, **more: Any) -> str:
    """A flow of one task; a variable is "str Flow.x", or "str Flow.x = value"."""
    declared = [variable(each) for each in variables or []]
    tasks = [{"task": {"name": "Main", "refId": "Main", "actions": [*actions, BYE]}}]
    tasks += more.pop("tasks", [])
    body = {"name": "F", **HEADER, "settingsErrorHandling": AUDIO, "variables": declared, "tasks": tasks}
    return dumped({more.pop("type", "inboundCall"): {**body, **more}})


def dumped(document: dict[str, Any]) -> str:
    return str(yaml.safe_dump(document, sort_keys=False, width=10_000, allow_unicode=True))


def variable(text: str) -> dict[str, Any]:
    head, _, value = text.partition(" = ")
    kind, name = head.split()
    initial = {"lit": value} if value else {"noValue": True}
    return {f"{kind}Variable": {"name": name, "initialValue": initial}}


def task(name: str, *actions: dict[str, Any]) -> dict[str, Any]:
    return {"task": {"name": name, "refId": name, "actions": list(actions)}}


def put(name: str, value: Any, kind: str = "string") -> dict[str, Any]:
    wrapped = value if isinstance(value, dict) else {"exp": value}
    return {"updateData": {"name": "Set", "statements": [{kind: {"variable": name, "value": wrapped}}]}}


def say(text: str) -> dict[str, Any]:
    return {"playAudio": {"name": "Say", "audio": {"exp": text}}}


def ask(condition: str, yes: Actions | None = None, no: Actions | None = None) -> dict[str, Any]:
    outputs = {name: {"actions": each} for name, each in (("yes", yes), ("no", no)) if each}
    return {"decision": {"name": "Ask", "condition": {"exp": condition}, "outputs": outputs}}


def call(outputs: dict[str, str] | None = None, **branches: Actions) -> dict[str, Any]:
    inside = {"inputs": {"orderId": {"lit": "1"}}, "successOutputs": _vars(outputs or {})}
    return {
        "callData": {
            "name": "Look up",
            "category": {"CRM": {"dataAction": {"Find Order": inside}}},
            "outputs": {name: {"actions": actions} for name, actions in branches.items()},
        }
    }


def _vars(outputs: dict[str, str]) -> dict[str, Any]:
    return {name: {"var": variable} for name, variable in outputs.items()}


def attribute(name: str, value: str) -> dict[str, Any]:
    each = {"attribute": {"name": {"lit": name}, "value": {"lit": value}}}
    return {"setParticipantData": {"name": "Set", "attributes": [each]}}


def got(name: str) -> dict[str, Any]:
    each = {"attribute": {"name": {"lit": name}, "variable": "Flow.A"}}
    return {"getParticipantData": {"name": "Get", "attributes": [each]}}


def loop(count: Any, *body: dict[str, Any]) -> dict[str, Any]:
    written = count if isinstance(count, dict) else {"lit": count}
    return {"loop": {"name": "Loop", "loopCount": written, "outputs": {"loop": {"actions": list(body)}}}}


def jump(ref: str, how: str = "jumpToTask") -> dict[str, Any]:
    return {how: {"name": "Jump", "targetTaskRef": f"./tasks/task[{ref}]"}}


def found(text: str, *codes: str) -> list[tuple[str, str]]:
    """Code and message of each finding of these rules."""
    reports = lint(text, file="a.yaml", codes=set(codes)).reports
    return [(report.rule.code, report.finding.message) for report in reports]


A, HELLO = "string Flow.A", 'ToAudioTTS("Hello")'
SUM = say('ToAudioTTS(Flow.A + "x")')

# Variables, actions, and what `Flow.A + "x"` is told: never set (error), maybe not set (warning), or fine.
NOT_SET: list[tuple[str, list[str], Actions, str | None]] = [
    ("an initial value", ["string Flow.A = a"], [SUM], None),
    ("no initial value", [A], [SUM], "error"),
    ("assigned", [A], [put("Flow.A", '"a"'), SUM], None),
    ("assigned NOT_SET", ["string Flow.A = a"], [put("Flow.A", "NOT_SET"), SUM], "error"),
    ("assigned noValue", ["string Flow.A = a"], [put("Flow.A", {"noValue": True}), SUM], "error"),
    ("assigned what is not set", [A, "string Flow.B"], [put("Flow.A", "Flow.B"), SUM], "error"),
    ("a cast keeps NOT_SET", [A, "integer Flow.N"], [put("Flow.A", "ToString(Flow.N)"), SUM], "error"),
    ("Append takes NOT_SET", [A, "string Flow.B"], [put("Flow.A", "Append(Flow.B)"), SUM], None),
    ("one side of a decision", [A], [ask("Flow.IsTest", [put("Flow.A", '"a"')]), SUM], "warning"),
    ("both sides", [A], [ask("Flow.IsTest", [put("Flow.A", '"a"')], [put("Flow.A", '"b"')]), SUM], None),
    ("IsSet before", [A], [ask("IsSet(Flow.A)", [SUM])], None),
    ("IsSet on the other side", [A], [ask("IsSet(Flow.A)", None, [SUM])], "error"),
    ("not IsNotSetOrEmpty", [A], [ask("!IsNotSetOrEmpty(Flow.A)", [SUM])], None),
    ("compared with NOT_SET", [A], [ask("Flow.A != NOT_SET", [SUM])], None),
    ("compared with a text", [A], [ask('Flow.A == "a"', [SUM])], None),
    ("the editor's If", [A], [ask("If(IsSet(Flow.A), true, false)", [SUM])], None),
    ("tested inside the expression", [A], [say('ToAudioTTS(If(IsSet(Flow.A), Flow.A + "x", "y"))')], None),
    ("the wrong branch of it", [A], [say('ToAudioTTS(If(IsSet(Flow.A), "y", Flow.A + "x"))')], "error"),
    ("and stops", [A], [ask('IsSet(Flow.A) and Flow.A + "x" == "ax"', [say(HELLO)])], None),
    ("or does not help", [A], [ask('IsSet(Flow.A) or Flow.A + "x" == "ax"', [say(HELLO)])], "error"),
    ("success sets it", [A], [call({"status": "Flow.A"}, success=[SUM])], None),
    ("failure does not", [A], [call({"status": "Flow.A"}, failure=[SUM], success=[BYE])], "error"),
    ("below both", [A], [call({"status": "Flow.A"}), SUM], "warning"),
    ("failure leaves", [A], [call({"status": "Flow.A"}, failure=[BYE], timeout=[BYE]), SUM], None),
    (
        "a flag tells the two apart",
        [A, "boolean Flow.Ok = false"],
        [
            call({"status": "Flow.A"}, success=[put("Flow.Ok", {"lit": True}, "boolean")]),
            ask("Flow.Ok", [SUM]),
        ],
        None,
    ),
    ("a loop that makes turns", [A], [loop(3, put("Flow.A", '"a"')), SUM], None),
    (
        "a loop that may make none",
        [A, "integer Flow.N = 0"],
        [loop({"exp": "Flow.N"}, put("Flow.A", '"a"')), SUM],
        "warning",
    ),
    ("a called task sets it", [A], [jump("Other", "callTask"), SUM], None),
    ("an input", [], [SUM], None),
    ("an attribute that the participant may lack", [A], [got("tier"), SUM], "warning"),
    ("and a test", [A], [got("tier"), ask("IsSet(Flow.A)", [SUM])], None),
    ("an attribute that the flow sets", [A], [attribute("tier", "gold"), got("tier"), SUM], None),
]


@pytest.mark.parametrize(
    ("variables", "actions", "severity"), [c[1:] for c in NOT_SET], ids=[c[0] for c in NOT_SET]
)
def test_not_set(variables: list[str], actions: Actions, severity: str | None) -> None:
    declared = [variable(each) for each in variables]
    if not variables:
        declared = [
            {"stringVariable": {"name": "Flow.A", "initialValue": {"noValue": True}, "isInput": True}}
        ]
    other = [task("Other", put("Flow.A", '"b"'), {"endTask": {"name": "End"}})]
    body = yaml.safe_load(flow(*actions, tasks=other))
    body["inboundCall"]["variables"] = declared
    reports = lint(dumped(body), file="a.yaml", codes={"RB311"}).reports
    assert [report.severity for report in reports] == ([severity] if severity else [])


FIRST = say("ToAudioTTS(GetAt(Flow.L, 0))")
L = ["stringCollection Flow.L", "stringCollection Flow.M", "integer Flow.N = 0", "json Flow.J"]
ITEM = say("ToAudioTTS(ToString(Flow.J.items[0]))")
PARSED = put("Flow.J", "JsonParse(Call.Ani)", "json")
LISTS = {"items": "Flow.L", "names": "Flow.M"}
INDEXES: list[tuple[str, Actions, bool]] = [
    ("nothing asked", [call({"items": "Flow.L"}), FIRST], True),
    ("brackets", [call({"items": "Flow.L"}), say("ToAudioTTS(Flow.L[0])")], True),
    ("Count in a decision", [ask("Count(Flow.L) > 0", [FIRST])], False),
    ("IsNotSetOrEmpty in a decision", [ask("IsNotSetOrEmpty(Flow.L)", None, [FIRST])], False),
    ("an If", [say('ToAudioTTS(If(Count(Flow.L) > 0, GetAt(Flow.L, 0), "x"))')], False),
    ("a loop over it", [loop({"exp": "Count(Flow.L)"}, FIRST)], False),
    ("a parallel list", [call(LISTS), ask("Count(Flow.M) > 0", [FIRST])], False),
    ("another list", [call({"items": "Flow.L"}), ask("Count(Flow.M) > 0", [FIRST])], True),
    ("asked, then set anew", [ask("Count(Flow.L) > 0", [call({"items": "Flow.L"}), FIRST])], True),
    ("made here", [put("Flow.L", 'MakeList("a", "b")', "stringCollection"), FIRST], False),
    ("the first part of a text", [put("Flow.L", 'Split("a-b", "-")', "stringCollection"), FIRST], False),
    ("JSON", [PARSED, ITEM], True),
    ("JSON that was asked", [PARSED, ask("IsNotSetOrEmpty(Flow.J.items)", None, [ITEM])], False),
    ("the second part of a text", [say('ToAudioTTS(GetAt(Split(Call.Ani, "-"), 1))')], True),
]


@pytest.mark.parametrize(("actions", "is_found"), [c[1:] for c in INDEXES], ids=[c[0] for c in INDEXES])
def test_indexes(actions: Actions, is_found: bool) -> None:
    assert bool(found(flow(*actions, variables=L), "RB312")) is is_found


SAID = [say(HELLO), BYE]
HANDLED: list[tuple[str, Actions, str | None]] = [
    ("nothing is handled", [call({"status": "Flow.A"}), SUM], "warning"),
    ("nothing is read", [call({"status": "Flow.A"}), say(HELLO)], "info"),
    ("both are handled", [call({"status": "Flow.A"}, failure=SAID, timeout=SAID), SUM], None),
    ("one is handled", [call({"status": "Flow.A"}, failure=SAID), SUM], "warning"),
    (
        "success always ends, so below is the handling",
        [call({"status": "Flow.A"}, success=SAID), say(HELLO)],
        None,
    ),
    ("the caller is cut off", [call({"status": "Flow.A"}, success=[SUM])], "warning"),
    ("what it sets is tested below", [call({"status": "Flow.A"}), ask("IsSet(Flow.A)", [SUM])], None),
]


@pytest.mark.parametrize(("actions", "severity"), [c[1:] for c in HANDLED], ids=[c[0] for c in HANDLED])
def test_failure_paths(actions: Actions, severity: str | None) -> None:
    reports = lint(flow(*actions, variables=[A]), file="a.yaml", codes={"RB330"}).reports
    assert [report.severity for report in reports] == ([severity] if severity else [])


ROUNDS: list[tuple[str, Actions, list[str]]] = [
    ("a jump to itself", [jump("Main")], ["RB342"]),
    ("with a way out", [ask("Flow.IsTest", [jump("Main")])], []),
    ("with a question", [{"collectInput": {"name": "Q", "digits": {"exact": 1}}}, jump("Main")], []),
    ("with a pause", [{"wait": {"name": "W", "duration": {"lit": {"seconds": 5}}}}, jump("Main")], []),
    ("over a data action", [call(failure=[jump("Main")])], ["RB343"]),
    (
        "over a data action, counted",
        [
            put("Flow.N", "Flow.N + 1", "integer"),
            ask("Flow.N > 2", [BYE]),
            call(failure=[jump("Main")]),
        ],
        [],
    ),
    ("a loop", [loop(3, call())], []),
    ("a loop that always leaves", [loop(3, say(HELLO), {"loopExit": {"name": "Out"}})], ["RB345"]),
    ("a loop that jumps away", [loop(3, say(HELLO), jump("Main"))], ["RB345"]),
    ("a loop with Next Loop", [loop(3, ask("Flow.IsTest", [{"loopNext": {"name": "N"}}]), BYE)], []),
]


@pytest.mark.parametrize(("actions", "codes"), [c[1:] for c in ROUNDS], ids=[c[0] for c in ROUNDS])
def test_rounds(actions: Actions, codes: list[str]) -> None:
    text = flow(*actions, variables=["integer Flow.N = 0"])
    assert sorted({code for code, _ in found(text, "RB342", "RB343", "RB345")}) == codes


@pytest.mark.parametrize(
    ("actions", "tasks", "names"),
    [
        ([jump("Other")], [task("Other", BYE, say(HELLO))], ["Say"]),
        ([ask("Flow.IsTest", [BYE], [BYE]), say(HELLO), SUM], [], ["Say"]),
        ([ask("Flow.IsTest", [BYE]), say(HELLO)], [], []),
        ([loop(2, say(HELLO), {"loopNext": {"name": "N"}}, say(HELLO))], [], ["Say"]),
        ([], [task("Lost", say(HELLO), BYE, say(HELLO))], ["Lost"]),
        ([], [task("As the editor makes it", BYE)], ["As the editor makes it"]),
    ],
)
def test_what_nobody_reaches(actions: Actions, tasks: Actions, names: list[str]) -> None:
    messages = [message for _, message in found(flow(*actions, variables=[A], tasks=tasks), "RB340", "RB341")]
    assert [message.split("'")[1] for message in messages] == names


def test_a_task_as_the_editor_makes_it_is_a_note() -> None:
    text = flow(tasks=[task("Lost", BYE), task("Forgotten", say(HELLO), BYE)])
    reports = lint(text, file="a.yaml", codes={"RB340"}).reports
    assert [report.severity for report in reports] == ["info", "warning"]


@pytest.mark.parametrize(
    ("actions", "code", "count"),
    [
        ([attribute("crmPassword", "Hunter2isBest!")], "RB373", 1),
        ([attribute("passwordHint", "Hunter2isBest!")], "RB373", 0),
        ([attribute("password", "not given yet")], "RB373", 0),
        ([put("Flow.ApiKey", {"lit": "k8Jd72hsPq"})], "RB373", 1),
        ([put("Flow.ApiKey", {"lit": "Bearer k8Jd72hsPqk8Jd72hsPq"})], "RB373", 1),
        ([put("Flow.A", {"lit": "k8Jd72hsPq"})], "RB373", 0),
        ([attribute("u", "https://crm.example.com/x")], "RB372", 1),
        ([attribute("u", "http://localhost:8086/x")], "RB372", 0),
        ([attribute("host", "api.harbor-travel.com")], "RB372", 1),
        ([put("Flow.A", '"api.harbor-travel.com/v2"')], "RB372", 1),
        ([attribute("step", "order.status.new")], "RB372", 0),
        ([attribute("mail", "ann@harbor-travel.com")], "RB372", 0),
        ([{"transferToNumber": {"name": "T", "targetNumber": {"lit": "3175550100"}}}], "RB371", 1),
        ([attribute("order", "3175550100")], "RB371", 0),
        ([attribute("phone", "+13175550100")], "RB371", 1),
    ],
)
def test_texts(actions: Actions, code: str, count: int) -> None:
    assert len(found(flow(*actions, variables=[A, "string Flow.ApiKey"]), code)) == count


@pytest.mark.parametrize(
    ("type_", "value", "is_found"),
    [("integer", "abc", True), ("integer", 5, False), ("boolean", "maybe", True), ("string", "abc", False)],
)
def test_literal_inputs(type_: str, value: Any, is_found: bool) -> None:
    action = json.loads(dict(PROJECT)["project/find_order.json"])
    action["contract"]["input"]["inputSchema"]["properties"]["orderId"] = {"type": type_}
    step = call()
    step["callData"]["category"]["CRM"]["dataAction"]["Find Order"]["inputs"]["orderId"] = {"lit": value}
    beside = [("find_order.json", json.dumps(action))]
    reports = lint_all([("a.yaml", flow(step)), *beside], codes={"RB351"})[0].reports
    assert [report.rule.code for report in reports] == (["RB351"] if is_found else [])


@pytest.mark.parametrize(
    ("actions", "count"),
    [([call()], 1), ([ask("Length(Call.Ani) > 3")], 1), ([say('ToAudioTTS("Hi")')], 0), ([], 0)],
)
def test_the_default_error_handling_is_told_where_something_can_fail(actions: Actions, count: int) -> None:
    text = flow(*actions, settingsErrorHandling={"errorHandling": {"disconnect": {"none": True}}})
    assert len(found(text, "RB332")) == count


WORLD_NAMES = {
    "a queue in an expression": (put("Flow.Q", 'FindQueue("Nope")', "queue"), ["warning"]),
    "one that is there": (put("Flow.Q", 'FindQueue("general")', "queue"), []),
    "a prompt": ({"playAudio": {"name": "P", "audio": {"prompt": "Prompt.nope"}}}, ["error"]),
    "a prompt that is there": ({"playAudio": {"name": "P", "audio": {"prompt": "Prompt.Hello"}}}, []),
    "a system prompt": ({"playAudio": {"name": "P", "audio": {"prompt": "PromptSystem.error"}}}, []),
    "a flow": ({"callBotFlow": {"name": "B", "botFlow": {"Nope": {"ver_latestPublished": {}}}}}, ["error"]),
    "a flow that is there": (
        {"callBotFlow": {"name": "B", "botFlow": {"Ask": {"ver_latestPublished": {}}}}},
        [],
    ),
}


@pytest.mark.parametrize(("action", "severities"), WORLD_NAMES.values(), ids=WORLD_NAMES)
def test_names_that_the_world_lacks(action: dict[str, Any], severities: list[str]) -> None:
    text = flow(action, variables=["queue Flow.Q"])
    world = ("world.yaml", "queues: [General]\nprompts: [hello]\nflows: {Ask: ask.yaml}\n")
    reports = lint_all([("a.yaml", text), world], codes={"RB360"})[0].reports
    assert [report.severity for report in reports] == severities


HALF, WHOLE = {"en-us": {"tts": "Hi"}}, {"en-us": {"tts": "Hi"}, "es-us": {"tts": "Hola"}}


@pytest.mark.parametrize(
    ("audio", "count"),
    [
        ({"alternateSequences": HALF}, 1),
        ({"alternateSequences": WHOLE}, 0),
        ({"alternateSequences": HALF, "tts": "Hi"}, 0),
        ({"tts": "Hi"}, 0),
    ],
)
@pytest.mark.parametrize("where", ["action", "menu", "greeting", "error handling"])
def test_languages(where: str, audio: dict[str, Any], count: int) -> None:
    more: dict[str, Any] = {"supportedLanguages": {"en-us": {"none": True}, "es-us": {"none": True}}}
    actions: Actions = []
    if where == "action":
        actions = [{"playAudio": {"name": "P", "audio": audio}}]
    elif where == "menu":
        choice = {"menuDisconnect": {"name": "Bye", "dtmf": "digit_1"}}
        more["menus"] = [{"menu": {"name": "M", "refId": "M", "audio": audio, "choices": [choice]}}]
    elif where == "greeting":
        more["initialGreeting"] = audio
    else:
        more["settingsErrorHandling"] = {**AUDIO, "preHandlingAudio": audio}
    assert len(found(flow(*actions, **more), "RB382")) == count


def test_every_error_of_every_expression_is_told() -> None:
    text = flow(say("ToAudioTTS(1)"), say("Nope()"), say('ToAudioTTS("a" +'), variables=[A])
    assert len(found(text, "RB310")) == 3


def test_an_error_points_into_an_escaped_expression() -> None:
    text = flow(say('ToAudioTTS("\\t" + Flow.Nmae)'), variables=[A])
    (report,) = lint(text, file="a.yaml", codes={"RB320"}).reports
    span = report.finding.span
    assert text.split("\n")[span.line - 1][span.column - 1 :].startswith("Flow.Nmae")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"Hello " + Flow.A', 'Append("Hello ", Flow.A)'),
        ('Flow.A + " and " + Flow.A', 'Append(Flow.A, " and ", Flow.A)'),
        ('If(true, Flow.A + "x", "y")', 'If(true, Append(Flow.A, "x"), "y")'),
    ],
)
def test_a_sum_of_texts_becomes_append(before: str, after: str) -> None:
    text = flow(put("Flow.B", before), variables=[A, "string Flow.B"])
    repaired, count = fix(text, file="a.yaml", codes={"RB311"})
    assert count == 1
    assert yaml.safe_load(repaired) == yaml.safe_load(
        flow(put("Flow.B", after), variables=[A, "string Flow.B"])
    )


def test_silence_is_summed_along_the_way() -> None:
    wait = {"wait": {"name": "Pause", "duration": {"lit": {"seconds": 4}}}}
    quiet = [(each.finding.message) for each in checked(flow(wait, call()), "a.yaml", {"RB383"}).reports]
    assert quiet == ["the caller may hear nothing for 9 s (5 s here, 4 s before it); the budget is 8 s"]
    assert checked(flow(wait, say(HELLO), call()), "a.yaml", {"RB383"}).reports == ()
    assert lint(flow(wait, call()), file="a.yaml", codes={"RB383"}).reports == ()


def test_a_flow_alone_is_not_checked_against_contracts() -> None:
    text = flow(call({"nope": "Flow.A"}), variables=[A])
    assert found(text, "RB353") == []
    reports = lint_all([("a.yaml", text), *PROJECT], codes={"RB353"})[0].reports
    assert [report.finding.message for report in reports] == ["'Find Order' has no output 'nope'"]


def test_two_different_actions_of_one_name_are_no_contract() -> None:
    action = json.loads(dict(PROJECT)["project/find_order.json"])
    action["contract"]["output"]["successSchema"]["properties"] = {"nope": {"type": "string"}}
    beside = [("one.json", json.dumps(action)), ("two.json", dict(PROJECT)["project/find_order.json"])]
    text = flow(call({"neither": "Flow.A"}), variables=[A])
    assert lint_all([("a.yaml", text), *beside], codes={"RB353"})[0].reports == ()


@pytest.mark.parametrize(
    ("text", "file", "kind"),
    [
        ("inboundCall:\n  name: x\n", "a.yaml", "flow"),
        ("# a comment\nworkflow:\n  name: x\n", "a.yml", "flow"),
        ('{"name": "f", "initialAction": {"name": "S", "type": "Start"}, "actions": []}', "a.json", "flow"),
        ('{"flowSequenceItemList": [], "type": "workflow"}', "a.json", "flow"),
        ("version: 2\njobs:\n  workflow: x\n", "ci.yaml", None),
        ("queues: [General]\n", "world.yaml", "world"),
        ("dataTables: {}\ncountry: US\n", "org.yaml", "world"),
        ("queues: [a]\nworkers: 2\n", "config.yaml", None),
        ("languages: [en]\n", "config.yaml", None),
    ],
)
def test_documents_are_known_by_their_content(text: str, file: str, kind: str | None) -> None:
    assert lint(text, file=file).kind == kind
