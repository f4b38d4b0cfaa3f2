"""What counts as a change of a flow or a data action, and what does not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback.cloud.compare import NAME, Change, differences
from ringback.cloud.compare_actions import Placed, meaning_of_action, schema
from ringback.cloud.compare_flows import changes_of_flow, expression, meaning_of_flow
from ringback.cloud.organisation import flow_of
from ringback.dataactions import load_data_action
from ringback.flows.loaders import load_flow
from ringback.flows.writers import write_archy
from tests.corpus import CORPUS, needs_corpus
from tests.flows.test_export_pairs import pairs

FLOW = """\
inboundCall:
  name: Main
  startUpRef: "/inboundCall/tasks/task[Main_10]"
  defaultLanguage: en-us
  variables:
    - stringVariable:
        name: Flow.name
        initialValue: {noValue: true}
    - integerVariable:
        name: Flow.points
        initialValue: {lit: 5}
  tasks:
    - task:
        name: Main
        refId: Main_10
        actions:
          - callData:
              name: Look up
              timeout: {lit: {seconds: 10}}
              category:
                CRM:
                  dataAction:
                    Get Customer:
                      inputs:
                        phone: {exp: 'Append(Flow.name, "x  y")'}
          - jumpToTask:
              name: Go on
              targetTaskRef: "/inboundCall/tasks/task[Rest_11]"
    - task:
        name: Rest
        refId: Rest_11
        actions:
          - disconnect:
              name: Disconnect
"""


AGAIN = """\
          - jumpToTask:
              name: Again
              targetTaskRef: "/inboundCall/tasks/task[Main_10]"
"""


def changes(old: str, new: str) -> list[Change]:
    before, after = load_flow(old, file="old.yaml"), load_flow(new, file="new.yaml")
    found, _ = changes_of_flow(meaning_of_flow(before), meaning_of_flow(after), old_form=before.form)
    return found


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Main_10", "Main_77"),
        ("Rest_11", "Somewhere_12"),
        ("{seconds: 10}", "{milliseconds: 10000}"),
        ("Append(Flow.name, ", "Append( Flow.name ,  "),
        ("initialValue: {noValue: true}", "isInput: false"),
        ("              name: Disconnect\n", "              none: true\n"),
        (
            "  defaultLanguage: en-us\n",
            "  # a comment\n  defaultLanguage: en-US\n  supportedLanguages: {en-us: {none: true}}\n",
        ),
    ],
)
def test_what_does_not_count(old: str, new: str) -> None:
    assert old in FLOW
    assert changes(FLOW, FLOW.replace(old, new)) == []


def test_the_order_of_variables_and_tasks_does_not_count() -> None:
    flow = load_flow(FLOW, file="f.yaml")
    assert flow.body is not None
    document: Any = flow.body.plain()
    document["tasks"].reverse()
    document["variables"].reverse()
    turned = flow_of({"inboundCall": document}, file="turned")
    assert turned is not None
    assert list(turned.containers) == ["Rest_11", "Main_10"]
    assert list(differences(meaning_of_flow(flow), meaning_of_flow(turned))) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("seconds: 10", "seconds: 12", [("changed", "timeout", "10 s", "12 s")]),
        ('"x  y"', '"x y"', [("changed", "phone", 'Append(Flow.name, "x  y")', 'Append(Flow.name, "x y")')]),
        ("lit: 5", "lit: 6", [("changed", "initialValue", "5", "6")]),
        ("name: Look up", "name: Look it up", [("changed", "name", "Look up", "Look it up")]),
        (
            "name: Flow.points",
            "name: Flow.score",
            [("added", "variable Flow.score", "", None), ("removed", "variable Flow.points", None, "")],
        ),
        ("{lit: {seconds: 10}}", "{noValue: true}", [("removed", "timeout", "10 s", "")]),
        ("[Rest_11]", "[Main_10]", [("changed", "targetTaskRef", "task Rest", "task Main")]),
        (
            "          - disconnect:\n              name: Disconnect\n",
            AGAIN,
            [("added", "Again", "", None), ("removed", "Disconnect", None, "")],
        ),
    ],
)
def test_what_counts(old: str, new: str, expected: list[Any]) -> None:
    found = changes(FLOW, FLOW.replace(old, new))
    ends = [
        (change.kind, next(part for part in reversed(change.path) if part not in ("lit", "exp")), change)
        for change in found
    ]
    assert len(ends) == len(expected), found
    for (kind, end, change), (wanted, name, before, after) in zip(ends, expected, strict=True):
        assert (kind, end) == (wanted, name)
        assert before in (None, change.old)
        assert after in (None, change.new)


def test_the_order_of_actions_counts() -> None:
    first = FLOW.index("          - callData:")
    second, end = FLOW.index("          - jumpToTask:"), FLOW.index("    - task:\n        name: Rest")
    turned = FLOW[:first] + FLOW[second:end] + FLOW[first:second] + FLOW[end:]
    assert [change.kind for change in changes(FLOW, turned)] == ["moved"]


def test_settings_that_a_file_leaves_out_are_noted() -> None:
    block = "  settingsErrorHandling: {errorHandling: {disconnect: {none: true}}}\n"
    block += "  settingsMenu: {menuSelectionTimeout: {lit: {seconds: 9}}}\n"
    rich = load_flow(FLOW.replace("  tasks:", block + "  tasks:", 1), file="rich.yaml")
    plain = load_flow(FLOW, file="plain.yaml")
    found, alone = changes_of_flow(meaning_of_flow(rich), meaning_of_flow(plain), old_form="archy")
    assert (found, "settingsMenu" in alone) == ([], True)
    found, _ = changes_of_flow(meaning_of_flow(plain), meaning_of_flow(rich), old_form="archy")
    assert "settingsMenu" in [change.path[0] for change in found]


def test_an_id_is_its_name() -> None:
    guid = "11111111-2222-4333-8444-555555555555"
    step = (
        "          - transferToAcd:\n              name: To queue\n              targetQueue: {lit: {%s}}\n"
    )
    texts = [FLOW + step % said for said in (f"id: {guid}", "name: Sales")]
    old, new = (load_flow(text, file="f.yaml") for text in texts)
    names = {guid: "Sales"}.get
    known = [meaning_of_flow(flow, names=lambda text: names(text, text)) for flow in (old, new)]
    assert changes_of_flow(*known, old_form="archy")[0] == []
    assert len(changes_of_flow(meaning_of_flow(old), meaning_of_flow(new), old_form="archy")[0]) == 1


@given(st.text(st.sampled_from('ab1 ."(),+-<=!')))
def test_expressions_are_stable(text: str) -> None:
    assert expression(expression(text)) == expression(text)
    if '"' not in text:
        assert expression(f" {text} ") == expression(text)


_PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
_ITEMS = st.lists(
    st.fixed_dictionaries(
        {NAME: st.sampled_from("abc"), "kind": st.sampled_from("xy"), "v": st.integers(0, 2)}
    ),
    max_size=5,
)


@given(_PLAIN, _PLAIN)
def test_there_is_a_difference_when_there_is_one(old: Any, new: Any) -> None:
    assert list(differences(old, old)) == []
    # Python's own equality says that 1 is True; so does the comparison.
    assert bool(list(differences(old, new))) == (old != new)


@given(_ITEMS, _ITEMS)
def test_lists_of_actions_differ_when_they_do(old: list[Any], new: list[Any]) -> None:
    assert list(differences(old, old)) == []
    assert bool(list(differences(old, new))) == (old != new)


# ---- data actions


ACTION: dict[str, Any] = {
    "name": "Get Customer",
    "integrationType": "custom-rest-actions",
    "actionType": "custom",
    "secure": False,
    "config": {
        "timeoutSeconds": 5,
        "request": {
            "requestUrlTemplate": "https://crm.example/${input.id}",
            "requestType": "POST",
            "headers": {"X": "1"},
            "requestTemplate": "{\n}",
        },
        "response": {
            "translationMap": {"a": "$.a"},
            "translationMapDefaults": {"a": '{"b": 1}'},
            "successTemplate": "{}",
        },
    },
    "contract": {
        "input": {
            "inputSchema": {
                "type": "object",
                "required": ["id", "b"],
                "properties": {"id": {"type": "string"}},
            }
        },
        "output": {"successSchema": {"type": "object", "properties": {"a": {"type": "string"}}}},
    },
}
HERE = Placed("CRM", "CRM")


def meaning(text: str) -> dict[str, Any]:
    return meaning_of_action(load_data_action(text, file="a.json"), HERE)


TEXT = json.dumps(ACTION)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"{\\n}"', '"{\\r\\n}\\r\\n "'),
        ('"{\\"b\\": 1}"', '"{ \\"b\\" : 1 }"'),
        ('["id", "b"]', '["b", "id"]'),
        (
            '"required": ["id"',
            '"$schema": "x", "additionalProperties": true, "description": "", "required": ["id"',
        ),
    ],
)
def test_what_does_not_count_in_an_action(old: str, new: str) -> None:
    assert old in TEXT
    assert list(differences(meaning(TEXT), meaning(TEXT.replace(old, new)))) == []


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("crm.example", "crm2.example", ("url",)),
        ('"{\\n}"', '"{\\n }"', ("body",)),
        ('"$.a"', '"$.b"', ("translation", "a")),
        ('"timeoutSeconds": 5', '"timeoutSeconds": 6', ("timeout",)),
        (
            '{"type": "string"}}}}, "output"',
            '{"type": "integer"}}}}, "output"',
            ("input", "properties", "id", "type"),
        ),
        ('"secure": false', '"secure": true', ("secure",)),
    ],
)
def test_what_counts_in_an_action(old: str, new: str, path: tuple[str, ...]) -> None:
    assert old in TEXT
    assert [change.path for change in differences(meaning(TEXT), meaning(TEXT.replace(old, new)))] == [path]


def test_a_property_may_be_called_like_a_word_of_the_schema() -> None:
    given_ = {"properties": {"title": {"type": "string"}, "$schema": {"type": "string"}, "required": {}}}
    assert schema(given_) == given_


# ---- the corpus


@needs_corpus
def test_every_public_flow_means_the_same_after_it_was_written_anew() -> None:
    files = sorted((CORPUS / "flows").glob("*.yaml"))
    different = []
    for file in files:
        flow = load_flow(file.read_text(encoding="utf-8"), file=file.name)
        again = load_flow(write_archy(flow).text, file=file.name)
        if list(differences(meaning_of_flow(flow), meaning_of_flow(again))):
            different.append(file.name)
    assert (len(files) > 100, different) == (True, [])


@needs_corpus
@pytest.mark.parametrize(
    "ending",
    ["CallPark-Agent_Inbound_Flow.yaml", "Default_In-Queue_Flow.yaml", "Set_GC_User_to_Available.yaml"],
)
def test_architects_own_configuration_is_no_change(ending: str) -> None:
    """Truth: the same flow as Architect exported it in both forms."""
    found = []
    for export, flow in pairs():
        if flow.name.endswith(ending):
            old = load_flow(export.read_text(encoding="utf-8"), file=export.name)
            new = load_flow(Path(flow).read_text(encoding="utf-8"), file=flow.name)
            found.append(changes_of_flow(meaning_of_flow(old), meaning_of_flow(new), old_form=old.form)[0])
    assert found
    assert [] in found
