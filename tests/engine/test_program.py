"""Compiling a flow: what is wrong is told at once, with its place."""

from __future__ import annotations

import pytest

from ringback.documents import DocumentErrors
from ringback.engine.program import compile_flow
from ringback.flows.loaders.archy import load_archy

_HEAD = """inboundCall:
  name: Wrong
  startUpRef: ./tasks/task[main]
  defaultLanguage: en-us
  variables:
    - integerVariable: {name: Flow.n, initialValue: {exp: Flow.m + 1}}
    - userVariable: {name: Flow.user, initialValue: {noValue: true}}
  tasks:
    - task:
        name: Main
        refId: main
        actions:
"""


def _errors(*actions: str) -> list[str]:
    text = _HEAD + "".join(f"          - {action}\n" for action in actions)
    with pytest.raises(DocumentErrors) as raised:
        compile_flow(load_archy(text, file="flow.yaml"))
    return [
        f"{error.span.line}:{error.span.column} {error.message}" if error.span else error.message
        for error in raised.value.errors
    ]


_FIRST = "6:59 unknown variable Flow.m"


@pytest.mark.parametrize(
    ("action", "message"),
    [
        ("decision: {name: D, condition: {exp: Lower(Flow.n)}}", "13:"),
        ("decision: {name: D, condition: {exp: Flow.n > }}", "13:"),
        ("decision: {name: D}", "13:13 decision 'D' lacks 'condition': The condition."),
        ("playAudio: {name: P, audio: {exp: 'ToAudioTTS(Flow.x) + ToAudioTTS(Flow.x)'}}", "13:59 "),
        ("loopExit: {name: X}", "13:13 loopExit 'X': loopExit stands outside any loop"),
        ("loop: {name: L, loopCount: {lit: 100}}", "13:"),
        ("collectInput: {name: C, digits: {exact: 41}}", "13:"),
        ("collectInput: {name: C, digits: {range: {min: 3, max: 2}}}", "13:"),
        ("wait: {name: W, duration: {lit: {weeks: 1}}}", "13:"),
        (
            "transferToAcd: {name: T, targetQueue: {lit: {name: Q}}, directAgent: {exp: Flow.n}}",
            "13:",
        ),
        (
            "transferToAcd: {name: T, targetQueue: {lit: {name: Q}}, preferredAgents: {exp: Nobody}}",
            "13:",
        ),
        ("updateData: {name: U, statements: [{integer: {variable: Flow.z, value: {lit: x}}}]}", "13:"),
        ("setLanguage: {name: L, languageValue: {exp: 1 +}}", "13:"),
    ],
)  # fmt: skip
def test_each_mistake_has_its_place_and_none_hides_another(action: str, message: str) -> None:
    errors = _errors(action)
    assert _FIRST in errors
    others = [error for error in errors if error != _FIRST]
    assert others
    assert all(other.startswith(message) for other in others), others


@pytest.mark.parametrize("name", ["Call.Ani", "Flow.IsTest"])
def test_built_in_variables_are_read_only(name: str) -> None:
    action = f"updateData: {{name: A, statements: [{{string: {{variable: {name}, value: {{lit: a}}}}}}]}}"
    assert f"{name} is a built-in variable and read-only" in " ".join(_errors(action))
