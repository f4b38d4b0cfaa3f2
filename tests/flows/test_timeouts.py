"""Timeouts of data action steps: which one holds, where it comes from, the worst wait."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringback.core.errors import DefinitionError
from ringback.flows.timeouts import PLATFORM_MS, Timeouts, read_timeouts
from tests.corpus import CORPUS, needs_corpus

FLOWS = sorted((CORPUS / "flows").glob("*.yaml")) if CORPUS.is_dir() else []
EXPORTS = sorted((CORPUS / "flow-exports").glob("*.i3*")) if CORPUS.is_dir() else []


def call(name: str, timeout: str = "", *, outputs: str = "") -> str:
    """A Call Data Action in flow YAML, on one line; its timeout is `lit: {seconds: n}` or what is given."""
    wrapped = f"timeout: {{lit: {{seconds: {timeout}}}}}, " if timeout.isdigit() else timeout
    below = f", outputs: {{{outputs}}}" if outputs else ""
    return (
        f"{{callData: {{name: {name}, {wrapped}category: {{CRM: {{dataAction: {{{name}: {{}}}}}}}}{below}}}}}"
    )


def flow(*tasks: str, head: str = "", type_: str = "inboundCall") -> str:
    """A flow of tasks named a, b, c … that begins with a."""
    listed = "".join(
        f"    - task: {{name: {name}, refId: {name}, actions: [{actions}]}}\n"
        for name, actions in zip("abcdef", tasks, strict=False)
    )
    start = f'  startUpRef: "/{type_}/tasks/task[a]"\n'
    return f"{type_}:\n  name: Test\n{start}{head}  tasks:\n{listed}"


def read(text: str, **suggested: float) -> Timeouts:
    return read_timeouts(text, file="flow.yaml", suggested=suggested)


DEFAULTS = "  settingsActionDefaults: {callData: {timeout: {lit: {seconds: 8}}}}\n"
EMPTY_DEFAULTS = "  settingsActionDefaults: {callData: {timeout: {noValue: true}}}\n"

EFFECTIVE: list[tuple[str, str, Mapping[str, float], int | None, str]] = [
    ("3", "", {}, 3_000, "step"),
    ("3", DEFAULTS, {"x": 5}, 3_000, "step"),
    ("", DEFAULTS, {"x": 5}, 8_000, "settings"),
    ("", "", {"x": 5}, 5_000, "dataAction"),
    ("", EMPTY_DEFAULTS, {"x": 2.5}, 2_500, "dataAction"),
    ("", "", {}, PLATFORM_MS, "platform"),
    ("timeout: {noValue: true}, ", "", {}, PLATFORM_MS, "platform"),
    ("timeout: {noValue: true}, ", DEFAULTS, {}, 8_000, "settings"),
    ("timeout: {lit: {seconds: 0}}, ", "", {"x": 5}, 5_000, "dataAction"),
    ("timeout: {lit: {minutes: 1, seconds: 30}}, ", "", {}, 90_000, "step"),
    ("timeout: {lit: {ms: 1500}}, ", "", {}, 1_500, "step"),
    ("timeout: {lit: PT20S}, ", "", {}, 20_000, "step"),
    ("timeout: {exp: 'MakeDuration(0, 0, 0, 9)'}, ", "", {}, 9_000, "step"),
    ("timeout: {exp: Flow.Patience}, ", "", {}, None, "step"),
    ("timeout: {var: Flow.Patience}, ", DEFAULTS, {}, None, "step"),
]


@pytest.mark.parametrize(("timeout", "head", "suggested", "milliseconds", "source"), EFFECTIVE)
def test_which_timeout_holds(
    timeout: str, head: str, suggested: Mapping[str, float], milliseconds: int | None, source: str
) -> None:
    (step,) = read(flow(call("x", timeout), head=head), **suggested).steps
    assert (step.timeout_ms, step.source) == (milliseconds, source)
    assert (step.calls, step.type, step.native, step.span.line) == ("x", "callData", True, 5 + bool(head))


def test_what_a_step_waits() -> None:
    (step,) = read(flow(call("x", "30")), x=5).steps
    assert (step.timeout_ms, step.service_ms, step.waits_ms) == (30_000, 5_000, 5_000)
    (step,) = read(flow(call("x", "timeout: {exp: Flow.Patience}, "))).steps
    assert (step.waits_ms, step.written) == (PLATFORM_MS, "Flow.Patience")


A, B, C = call("A", "1"), call("B", "10"), call("C", "5")
YES, NO = "yes: {actions: [%s]}", "no: {actions: [%s]}"
END = "{disconnect: {}}"


def decide(yes: str = "", no: str = "") -> str:
    parts = [text % actions for text, actions in ((YES, yes), (NO, no)) if actions]
    return f"{{decision: {{name: D, condition: {{lit: true}}, outputs: {{{', '.join(parts)}}}}}}}"


def loop(count: str, body: str) -> str:
    return f"{{loop: {{name: L, loopCount: {count}, outputs: {{loop: {{actions: [{body}]}}}}}}}}"


def jump(task: str) -> str:
    return f"{{jumpToTask: {{name: J, targetTaskRef: './tasks/task[{task}]'}}}}"


def called(task: str) -> str:
    return f"{{callTask: {{name: K, targetTaskRef: './tasks/task[{task}]'}}}}"


SIX, TWICE, COMPUTED = "{lit: 6}", "{lit: 2}", "{exp: Flow.n}"
# tasks -> name of each step: its worst wait in seconds; "≥" marks a cycle, "?" a computed loop.
WAITS: list[tuple[tuple[str, ...], str]] = [
    ((f"{A}, {B}",), "A 1, B 11"),
    ((f"{decide(A, B)}, {C}",), "A 1, B 10, C 15"),
    # The way past a branch that is not written.
    ((f"{decide(A)}, {C}",), "A 1, C 6"),
    # A branch that ends the call leads nowhere.
    ((f"{decide(f'{B}, {END}', A)}, {C}",), "B 10, A 1, C 6"),
    ((f"{loop(SIX, A)}, {C}",), "A 6, C 11"),
    ((f"{loop(TWICE, f'{A}, {B}')}, {C}",), "A 12, B 22, C 27"),
    ((f"{loop(SIX, loop(TWICE, A))}, {C}",), "A 12, C 17"),
    ((f"{loop('{lit: 0}', A)}, {C}",), "A 1, C 5"),
    ((f"{loop('{lit: 500}', A)}, {C}",), "A 99, C 104"),
    ((f"{loop(COMPUTED, A)}, {C}",), "A ?1, C ?6"),
    ((f"{loop(SIX, decide(f'{A}, {{loopExit: {{}}}}', B))}, {C}",), "A 51, B 60, C 65"),
    ((f"{loop(SIX, f'{A}, {{loopNext: {{}}}}')}, {C}",), "A 6, C 11"),
    # Failure leads to a second call; both time out in the worst case.
    ((f"{call('A', '1', outputs=f'timeout: {{actions: [{B}]}}')}, {C}",), "A 1, B 11, C 16"),
    # What stands behind a jump is never reached: it counts on its own.
    ((f"{A}, {jump('b')}, {C}", B), "A 1, B 11, C 5"),
    ((f"{A}, {called('b')}, {C}", B), "A 1, B 11, C 16"),
    ((f"{loop(SIX, called('b'))}, {C}", B), "B 60, C 65"),
    ((f"{called('b')}, {called('b')}, {C}", B), "B 20, C 25"),
    # A retry without a limit, and a task that calls itself.
    ((f"{A}, {jump('b')}", decide(f"{B}, {jump('b')}", C)), "A 1, B ≥11, C ≥16"),
    ((f"{A}, {decide(called('a'))}, {C}",), "A ≥1, C ≥12"),
    # Nobody leads to the second task.
    ((A, B), "A 1, B 10"),
]


@pytest.mark.parametrize(
    ("tasks", "expected"), WAITS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_worst_wait(tasks: tuple[str, ...], expected: str) -> None:
    head = "  variables: [{integerVariable: {name: Flow.n, initialValue: {lit: 3}}}]\n"
    shown = []
    for step in read(flow(*tasks, head=head)).steps:
        mark = "≥" if step.wait.cycle else "?" if step.wait.computed else ""
        shown.append((step.name, f"{mark}{step.wait.ms // 1000}"))
    wanted = dict(part.split() for part in expected.split(", "))
    assert dict(shown) == wanted


# A random flow: a wait, a decision of two lists, a loop of a count and a list.
LISTS = st.recursive(
    st.integers(1, 9).map(lambda seconds: [seconds]),
    lambda inner: st.lists(
        st.one_of(st.integers(1, 9), st.tuples(inner, inner), st.tuples(st.integers(1, 4), inner)),
        min_size=1,
        max_size=4,
    ),
    max_leaves=8,
)


def written(items: list[Any], names: Iterator[str]) -> str:
    parts = []
    for item in items:
        if isinstance(item, int):
            parts.append(call(next(names), str(item)))
        elif isinstance(item[0], int):
            parts.append(loop(f"{{lit: {item[0]}}}", written(item[1], names)))
        else:
            parts.append(decide(*(written(branch, names) for branch in item)))
    return ", ".join(parts)


def walked(items: list[Any], before: int, *, names: Iterator[str], waits: dict[str, int]) -> int:
    """The longest way through a list, by trying every way; the wait of each step on the way."""
    for item in items:
        if isinstance(item, int):
            before += item
            waits[next(names)] = before
        elif isinstance(item[0], int):
            body = walked(item[1], 0, names=(f"_{number}" for number in count()), waits={})
            walked(item[1], before + (item[0] - 1) * body, names=names, waits=waits)
            before += item[0] * body
        else:
            before = max([walked(branch, before, names=names, waits=waits) for branch in item])
    return before


@settings(deadline=None)
@given(LISTS)
def test_worst_waits_of_random_flows(items: list[Any]) -> None:
    waits: dict[str, int] = {}
    walked(items, 0, names=(f"S{number}" for number in count()), waits=waits)
    found = read(flow(written(items, (f"S{number}" for number in count()))))
    assert {step.name: step.wait.ms // 1000 for step in found.steps} == waits
    assert not any(step.wait.cycle or step.wait.computed for step in found.steps)


def test_an_in_queue_task_starts_again() -> None:
    text = f"inqueueCall:\n  name: Q\n  startUpTaskActions: [{A}, {B}]\n"
    assert [(step.wait.ms, step.wait.cycle) for step in read(text).steps] == [(11_000, True)] * 2


MENU = f"""inboundCall:
  name: M
  startUpRef: "/inboundCall/menus/menu[m]"
  menus:
    - menu:
        name: m
        refId: m
        choices:
          - menuTask: {{name: One, dtmf: digit_1, task: {{actions: [{A}, {jump("b")}]}}}}
          - menuTask: {{name: Two, dtmf: digit_2, task: {{actions: [{C}, {jump("b")}]}}}}
  tasks:
    - task: {{name: b, refId: b, actions: [{B}]}}
"""


def test_choices_of_a_menu_are_ways() -> None:
    steps = {step.name: (step.container, step.wait.ms) for step in read(MENU).steps}
    assert steps == {"A": ("One", 1_000), "B": ("b", 15_000), "C": ("Two", 5_000)}


PLAIN = """{
  "name": "P",
  "initialAction": {"type": "Start", "on": {"next": "Look"}},
  "actions": [
    {"name": "Look", "url": "https://crm.example/a", "on": {"ontimeout": "Again"}},
    {"name": "Again", "url": "https://crm.example/b", "timeout": 2500},
    {"name": "Call", "dataAction": "Get", "timeout": 4000, "on": {"next": "Look"}}
  ]
}
"""


def test_the_plain_form() -> None:
    steps = read(PLAIN, get=3).steps
    assert [(step.name, step.timeout_ms, step.source, step.native) for step in steps] == [
        ("Look", 10_000, "platform", False),
        ("Again", 2_500, "step", False),
        ("Call", 4_000, "step", False),
    ]
    assert [step.calls for step in steps] == ["https://crm.example/a", "https://crm.example/b", "Get"]
    assert [step.wait.cycle for step in steps] == [True] * 3
    assert {step.wait.ms for step in steps} == {15_500}


STEPS = """{
  "name": "S", "version": 3,
  "steps": [
    {"type": "data-action", "name": "First", "dataAction": "Get", "settings": {"timeout": 5}},
    {"type": "condition", "name": "Box", "steps": [
      {"type": "data-action", "name": "Second", "settings": {}},
      {"type": "play", "name": "Other"}
    ]}
  ]
}
"""


def test_documents_with_steps() -> None:
    found = read(STEPS, get=2)
    assert found.form == "steps"
    assert [
        (step.id, step.container, step.timeout_ms, step.source, step.wait.ms) for step in found.steps
    ] == [
        ("/steps/0", "", 5_000, "step", 2_000),
        ("/steps/1/steps/0", "Box", 60_000, "platform", 62_000),
    ]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"timeout": 5', '"timeout": "5s"', "settings.timeout must be a number of seconds"),
        ('"timeout": 5', '"timeout": 0', "settings.timeout must be a number of seconds"),
        ('"steps": [\n      {"type"', '"steps": 7, "x": [\n      {"type"', "`steps` must be a list"),
    ],
)
def test_wrong_documents_with_steps(old: str, new: str, message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        read(STEPS.replace(old, new))


def test_the_steps_of_a_large_flow_are_found_without_recursion() -> None:
    body = ", ".join(call(f"S{number}", "1") for number in range(1_500))
    found: Any = read(flow(body))
    assert found.steps[-1].wait.ms == 1_500_000


@needs_corpus
def test_every_corpus_flow_lists(capsys: pytest.CaptureFixture[str]) -> None:
    number = 0
    for path in (*FLOWS, *EXPORTS):
        for step in read_timeouts(path.read_text(encoding="utf-8"), file=path.name).steps:
            number += 1
            assert step.name
            assert step.timeout_ms is None or step.timeout_ms > 0
            assert step.wait.ms >= step.waits_ms
    with capsys.disabled():
        sys.stdout.write(f"\n{number} data action steps in {len(FLOWS)} flows and {len(EXPORTS)} exports\n")
    assert number == 202
