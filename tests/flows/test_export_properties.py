"""Whatever happens to an export: a flow or one of our errors, never another exception."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ringback.core.errors import DefinitionError
from ringback.flows.loaders import load_export, load_flow
from ringback.flows.writers import write_archy, write_plain
from tests.flows.exports import act, audio, box, encoded, flow, val, variable

DOCUMENT = flow(
    box(
        act(
            "a",
            "Decision",
            expression=val("Flow.x == 1", "bln"),
            to={"__YES__": "b", "__NO__": None},
            then="c",
        ),
        act(
            "b",
            "UpdateVariable",
            variables=[{"variable": val("Flow.x", "int", 2), "expression": val("2", "int", 1)}],
        ),
        act(
            "c",
            "Data",
            actionName="Get",
            category={"name": "Web"},
            inputs=[{"name": "i", "value": val("Flow.x", "int")}],
            timeout=val("P0D0H1M0S0F", "dur", 1),
            to={"__SUCCESS__": "d"},
            then="e",
        ),
        act(
            "d",
            "Switch",
            switchStyle=0,
            cases=[{"referenceId": "k", "value": val("true", "bln")}],
            to={"k": "f"},
        ),
        act("e", "TransferTask", taskReference="task", inputs=[]),
        act("f", "Loop", loopCount=val("2", "int", 1), path={"outputId": "__LOOP__", "nextActionId": "g"}),
        act("g", "CallTask", taskReference="task", inputs=[], outputs=[]),
    ),
    box(act("h", "EndTask", pathName="Default"), id="task", name="Task", trackingId=11),
    {
        "id": "menu",
        "name": "Menu",
        "trackingId": 12,
        "__type": "Menu",
        "prompts": audio("ToAudioBlank(1)"),
        "menuChoiceList": [
            {
                "id": "1",
                "name": "One",
                "digit": "1",
                "speechRecTerms": {"en-US": ["one"]},
                "action": act("i", "Task", taskReference="in"),
            }
        ],
    },
    box(act("j", "Disconnect"), id="in", name="In", trackingId=13),
    variables=[variable("Flow.x", "Integer", val("0", "int", 1))],
    errorHandling={"handlingType": "Task", "taskReference": "task"},
    supportedLanguages=["en-US"],
    defaultSettings={"Menu": {"promptRepeatCount": val("1", "int", 1)}},
)
LEAVES = st.none() | st.booleans() | st.integers(-3, 3) | st.text(max_size=3) | st.just([]) | st.just({})
TYPES = [
    "Task",
    "State",
    "Menu",
    "LoopTask",
    "CommonModuleTask",
    "BotState",
    "Data",
    "",
    "MenuAction",
    "TaskAction",
]
IDS = ["a", "b", "task", "menu", "in", "box", "i", "__DEFAULT__", "__type", "k"]


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) of a JSON value."""
    found: list[tuple[Any, Any]] = []
    members = (
        list(value.items())
        if isinstance(value, dict)
        else list(enumerate(value))
        if isinstance(value, list)
        else []
    )
    for key, member in members:
        found += [(value, key), *places(member)]
    return found


@st.composite
def rearranged(draw: st.DrawFn) -> str:
    """The export with a few of its parts replaced, removed or copied elsewhere."""
    document = json.loads(json.dumps(DOCUMENT))
    for _ in range(draw(st.integers(1, 5))):
        holders = places(document)
        holder, key = draw(st.sampled_from(holders))
        what = draw(st.sampled_from(["leaf", "id", "type", "copy", "remove"]))
        if what == "remove" and isinstance(holder, dict):
            del holder[key]
        elif what == "copy":
            other, name = draw(st.sampled_from(holders))
            holder[key] = (
                json.loads(json.dumps(other[name]))
                if name in (other if isinstance(other, dict) else range(len(other)))
                else None
            )
        else:
            holder[key] = draw(
                {"leaf": LEAVES, "id": st.sampled_from(IDS), "type": st.sampled_from(TYPES)}.get(what, LEAVES)
            )
    return json.dumps(document)


def loads_or_says_why(text: str) -> None:
    """Load, look at everything, and write what was loaded."""
    error: DefinitionError | None = None
    found = None
    try:
        found = load_export(text, file="f")
    except DefinitionError as caught:
        error = caught
    if error is not None:
        assert str(error)
        return
    assert found is not None
    assert found.start in found.containers
    known = set(found.actions)
    assert all(set(action.outputs.values()) <= known for action in found.actions.values())
    assert write_plain(found).text
    try:
        # What only a warning was in an export may be an error in Archy YAML, e.g. an unknown output.
        again = load_flow(write_archy(found).text, file="g")
    except DefinitionError:
        return
    assert [action.type for action in again.actions.values()] == [
        action.type for action in found.actions.values()
    ]


@given(rearranged())
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_rearranged_exports(text: str) -> None:
    loads_or_says_why(text)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_mutated_files(data: st.DataObject) -> None:
    text = encoded(DOCUMENT)
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = start + data.draw(st.integers(0, 9))
        piece = data.draw(st.sampled_from(["", "A", "=", "%", " ", "\n", "é", text[start:end] * 2]))
        text = text[:start] + piece + text[end:]
    loads_or_says_why(text)
