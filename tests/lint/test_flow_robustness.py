"""Broken, odd and random flows give findings, never exceptions; fixes settle; and not slowly."""

from __future__ import annotations

import random
import time
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from ringback.lint.reporters import REPORTERS
from tests.lint.cases import FLOW_CODES, PROJECT, checked, fixed, text_of

WORDS = [
    "exp: Flow.Status",
    "exp: GetAt(Flow.Items, Flow.Order)",
    "lit: {name: General}",
    "lit: [1, 2]",
    "noValue: true",
    "none: true",
    "actions: []",
    "outputs: {}",
    "- decision: {}",
    "- loop:",
    "- callData: {category: {a: {dataAction: {b: }}}}",
    "{{name}}: x",
    "dtmf: 5",
    "exp: 'Flow.Status + '",
    "var: Flow.Status",
    "null",
    "x",
]


def mutated(text: str, luck: random.Random) -> str:
    """A document with lines removed, doubled, moved, indented otherwise, or replaced."""
    lines = text.split("\n")
    for _ in range(luck.randint(1, 4)):
        at = luck.randrange(len(lines))
        indent = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
        match luck.randrange(5):
            case 0:
                del lines[at]
            case 1:
                lines.insert(at, lines[at])
            case 2:
                lines[at] = luck.choice(("  ", "    ", "")) + lines[at].lstrip()
            case 3:
                lines[at] = indent + luck.choice(WORDS)
            case _:
                lines[at] = lines[at].partition(":")[0] + ": " + luck.choice(WORDS)
        lines = lines or [""]
    return "\n".join(lines)


def assert_told(text: str, file: str = "a.yaml") -> None:
    found = checked(text, file)
    assert all(report([found]) is not None for report in REPORTERS.values())
    assert all(report.finding.span.line >= 1 for report in found.reports)
    once, _ = fixed(text, file)
    assert fixed(once, file) == (once, 0)


@pytest.mark.parametrize("code", FLOW_CODES)
def test_changed_documents_give_findings_only(code: str) -> None:
    luck = random.Random(code)
    for _ in range(25):
        assert_told(mutated(text_of(code, "bad"), luck))


NAMES = st.sampled_from(["Flow.A", "Flow.B", "Flow.L", "Task.T", "flow.a", "Flow.Missing", "Call.Ani"])
EXPRESSIONS = st.recursive(
    NAMES | st.sampled_from(['"x"', "1", "true", "NOT_SET", "Flow.L", "[", '"']),
    lambda below: st.one_of(
        st.builds(
            "{} {} {}".format, below, st.sampled_from(["+", "==", "!=", "and", "or", "<", "?", "."]), below
        ),
        st.builds("If({}, {}, {})".format, below, below, below),
        st.builds("{}({})".format, st.sampled_from(["IsSet", "IsNotSetOrEmpty", "Count", "!"]), below),
        st.builds("GetAt({}, {})".format, below, below),
        st.builds("({})[{}]".format, below, below),
    ),
    max_leaves=6,
)
VALUES = st.one_of(
    EXPRESSIONS.map(lambda text: {"exp": text}),
    st.sampled_from([{"noValue": True}, {"lit": "x"}, {"lit": 7}, {"var": "Flow.A"}, {"tts": "Hello"}]),
)


def action(kind: str, body: dict[str, Any], outputs: dict[str, Any]) -> dict[str, Any]:
    members = {"name": kind, **body}
    if outputs:
        members["outputs"] = outputs
    return {kind: members}


def branches(names: list[str], lists: st.SearchStrategy[list[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    branch = lists.map(lambda actions: {"actions": actions})
    return st.dictionaries(st.sampled_from(names), branch, max_size=len(names))


def leaves() -> st.SearchStrategy[dict[str, Any]]:
    jump = st.sampled_from(["jumpToTask", "callTask"]).flatmap(
        lambda kind: st.sampled_from(["One", "Two"]).map(
            lambda ref: {kind: {"name": kind, "targetTaskRef": f"./tasks/task[{ref}]"}}
        )
    )
    ends = st.sampled_from(["disconnect", "loopNext", "loopExit", "endTask"]).map(
        lambda kind: {kind: {"name": kind}}
    )
    assign = st.builds(
        lambda name, value: {
            "updateData": {"name": "Set", "statements": [{"string": {"variable": name, "value": value}}]}
        },
        NAMES,
        VALUES,
    )
    say = VALUES.map(lambda value: {"playAudio": {"name": "Say", "audio": value}})
    return st.one_of(jump, ends, assign, say)


def deeper(below: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    lists = st.lists(below, max_size=3)
    data = {
        "category": {
            "CRM": {
                "dataAction": {
                    "Find Order": {
                        "inputs": {"orderId": {"exp": "Flow.A"}},
                        "successOutputs": {"status": {"var": "Flow.B"}, "items": {"var": "Flow.L"}},
                    }
                }
            }
        }
    }
    return st.one_of(
        st.builds(
            action,
            st.just("decision"),
            VALUES.map(lambda v: {"condition": v}),
            branches(["yes", "no"], lists),
        ),
        st.builds(action, st.just("loop"), VALUES.map(lambda v: {"loopCount": v}), branches(["loop"], lists)),
        st.builds(
            action, st.just("callData"), st.just(data), branches(["success", "failure", "timeout"], lists)
        ),
    )


ACTIONS = st.lists(st.recursive(leaves(), deeper, max_leaves=8), max_size=5)


@st.composite
def flows(draw: st.DrawFn) -> dict[str, Any]:
    tasks = [{"task": {"name": ref, "refId": ref, "actions": draw(ACTIONS)}} for ref in ("One", "Two")]
    variables = [
        {"stringVariable": {"name": "Flow.A", "initialValue": draw(VALUES)}},
        {"stringVariable": {"name": "Flow.B", "initialValue": {"noValue": True}}},
        {"stringCollectionVariable": {"name": "Flow.L", "initialValue": {"noValue": True}}},
    ]
    return {
        "inboundCall": {
            "name": "Random",
            "startUpRef": "./tasks/task[One]",
            "variables": variables,
            "tasks": tasks,
        }
    }


@given(flow=flows())
@settings(max_examples=150, deadline=None)
def test_random_flows_give_findings_only(flow: dict[str, Any]) -> None:
    assert_told(yaml.safe_dump(flow, sort_keys=False))


def chain(count: int) -> str:
    """A flow with many variables and decisions, whose paths nobody can walk one by one."""
    lines = ["inboundCall:", "  name: Large", '  startUpRef: "./tasks/task[Main]"', "  variables:"]
    for number in range(count):
        lines += ["    - stringVariable:", f"        name: Flow.V{number}"]
    lines += ["  tasks:", "    - task:", "        name: Main", "        refId: Main", "        actions:"]
    for number in range(count):
        lines += [
            "          - decision:",
            f"              name: D{number}",
            "              condition:",
            f'                exp: Call.Ani == "{number}"',
            "              outputs:",
            "                yes:",
            "                  actions:",
            "                    - updateData:",
            f"                        name: U{number}",
            "                        statements:",
            "                          - string:",
            f"                              variable: Flow.V{number}",
            "                              value:",
            f'                                exp: "Flow.V{number} + Flow.V{number - 1 if number else 0}"',
        ]
    return "\n".join(lines) + "\n"


def test_large_flows_cost_bounded_time() -> None:
    start = time.perf_counter()
    checked(chain(150), "a.yaml")
    assert time.perf_counter() - start < 10


@pytest.mark.parametrize("operator", ["+", "and", "=="])
def test_long_and_deep_expressions_are_no_trouble(operator: str) -> None:
    long = f" {operator} ".join(["Flow.V0"] * 2000)
    deep = "If(true, " * 30 + "Flow.V0" + ', "x")' * 30
    for text in (long, deep, "(" * 3000, "!" * 3000 + "true"):
        assert_told(chain(1).replace('Call.Ani == "0"', text))


def test_the_project_of_the_fixtures_has_no_errors() -> None:
    for file, text in PROJECT:
        assert [each for each in checked(text, file).reports if each.severity == "error"] == []
