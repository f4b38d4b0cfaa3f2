"""New timeouts in the text of a document: only the step's lines change."""

from __future__ import annotations

import difflib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringback.core.errors import DefinitionError, UsageError
from ringback.flows.timeouts import read_timeouts
from ringback.flows.timeouts_choice import Range, changes_of, duration_ms, in_words, range_of
from ringback.flows.timeouts_edit import with_timeouts
from tests.corpus import CORPUS, needs_corpus

FLOWS = sorted((CORPUS / "flows").glob("*.yaml")) if CORPUS.is_dir() else []

HEAD = """inboundCall:
  name: Test
  startUpRef: "/inboundCall/tasks/task[a]"
  tasks:
    - task:
        name: a
        refId: a
        actions:
"""


def archy(step: str) -> str:
    return HEAD + "".join(f"          {line}\n" for line in step.strip("\n").split("\n"))


CATEGORY = """    category:
      CRM:
        dataAction:
          Get: {}
"""
GET = '{"dataAction": {"G": {}}}'
# the step, the timeout in ms, the step afterwards
ARCHY = {
    "another unit": (
        "- callData:\n    name: A\n    timeout:\n      lit:\n        minutes: 1\n" + CATEGORY,
        10_000,
        "- callData:\n    name: A\n    timeout:\n      lit:\n        seconds: 10\n" + CATEGORY,
    ),
    "several units and a comment": (
        "- callData:\n    name: A\n    timeout: # slow\n      lit:\n        minutes: 1\n"
        "        seconds: 30 # yes\n" + CATEGORY,
        2_500,
        "- callData:\n    name: A\n    timeout: # slow\n      lit:\n        ms: 2500 # yes\n" + CATEGORY,
    ),
    "noValue": (
        "- callData:\n    name: A\n    timeout:\n      noValue: true\n" + CATEGORY,
        10_000,
        "- callData:\n    name: A\n    timeout:\n      lit:\n        seconds: 10\n" + CATEGORY,
    ),
    "an expression over two lines, four blanks": (
        """- callData:
    name: A
    timeout:
        exp: "MakeDuration(0, 0,

          0, 9)"
"""
        + CATEGORY,
        10_000,
        "- callData:\n    name: A\n    timeout:\n        lit:\n            seconds: 10\n" + CATEGORY,
    ),
    "missing": (
        "- callData:\n    name: A\n    # which one\n" + CATEGORY,
        10_000,
        "- callData:\n    name: A\n    timeout:\n      lit:\n        seconds: 10\n    # which one\n"
        + CATEGORY,
    ),
    "missing, category first": (
        "- callData:\n" + CATEGORY + "    name: A\n",
        10_000,
        "- callData:\n    timeout:\n      lit:\n        seconds: 10\n" + CATEGORY + "    name: A\n",
    ),
    "missing, quoted keys": (
        '- callData:\n    "name": A\n' + CATEGORY.replace("category", '"category"'),
        10_000,
        '- callData:\n    "name": A\n    "timeout":\n      "lit":\n        "seconds": 10\n'
        + CATEGORY.replace("category", '"category"'),
    ),
    "null": (
        "- callData:\n    name: A\n    timeout:\n" + CATEGORY,
        10_000,
        "- callData:\n    name: A\n    timeout:\n      lit:\n        seconds: 10\n" + CATEGORY,
    ),
    "braces": (
        "- callData:\n    name: A\n    timeout: { lit: { minutes: 1 } } # slow\n" + CATEGORY,
        10_000,
        "- callData:\n    name: A\n    timeout: { lit: { seconds: 10 } } # slow\n" + CATEGORY,
    ),
    "braces with noValue": (
        "- callData:\n    name: A\n    timeout: {'noValue': true}\n" + CATEGORY,
        10_000,
        "- callData:\n    name: A\n    timeout: {'lit': {'seconds': 10}}\n" + CATEGORY,
    ),
    "braces below lit": (
        "- callData:\n    name: A\n    timeout:\n      lit: {minutes: 1}\n" + CATEGORY,
        10_000,
        "- callData:\n    name: A\n    timeout:\n      lit: {seconds: 10}\n" + CATEGORY,
    ),
    "all in braces": (
        '- callData: {"name": "A}", "timeout": {"lit": {"minutes": 1}}, "category": {"C": ' + GET + "}}",
        10_000,
        '- callData: {"name": "A}", "timeout": {"lit": {"seconds": 10}}, "category": {"C": ' + GET + "}}",
    ),
    "all in braces, missing": (
        "- callData: {name: A, category: {CRM: {dataAction: {G: {}}}}}",
        10_000,
        "- callData: {name: A, timeout: {lit: {seconds: 10}}, category: {CRM: {dataAction: {G: {}}}}}",
    ),
    "all in braces, a text": (
        "- callData: {name: A, timeout: PT9S, category: {CRM: {dataAction: {G: {}}}}}",
        10_000,
        "- callData: {name: A, timeout: {lit: {seconds: 10}}, category: {CRM: {dataAction: {G: {}}}}}",
    ),
    "names of others stay": (
        "- callData:\n    name: A\n    timeout:\n      lit:\n        minutes: 1\n"
        + CATEGORY.replace("CRM:", "{{integration}} :").replace("Get", "{{prefix}}-Get"),
        10_000,
        "- callData:\n    name: A\n    timeout:\n      lit:\n        seconds: 10\n"
        + CATEGORY.replace("CRM:", "{{integration}} :").replace("Get", "{{prefix}}-Get"),
    ),
}


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("case", ARCHY)
def test_archy(case: str, newline: str) -> None:
    before, milliseconds, after = ARCHY[case]
    text, wanted = (archy(step).replace("\n", newline) for step in (before, after))
    found = read_timeouts(text, file="flow.yaml")
    changed = with_timeouts(found, {found.steps[0].id: milliseconds})
    assert changed == wanted
    (step,) = found.again(changed).steps
    assert (step.timeout_ms, step.source) == (milliseconds, "step")


def plain(action: str) -> str:
    return f'{{\n  "name": "P",\n  "actions": [\n    {action}\n  ]\n}}\n'


PLAIN = {
    "there": (
        plain('{"name": "A", "url": "https://x.example", "timeout": 5000, "outputVariable": "y"}'),
        plain('{"name": "A", "url": "https://x.example", "timeout": 10000, "outputVariable": "y"}'),
    ),
    "missing, on one line": (
        plain('{"name": "A", "url": "https://x.example", "outputVariable": "y"}'),
        plain('{"name": "A", "url": "https://x.example", "timeout": 10000, "outputVariable": "y"}'),
    ),
    "missing, last": (
        plain('{\n      "name": "A",\n      "url": "https://x.example"\n    }'),
        plain('{\n      "name": "A",\n      "url": "https://x.example",\n      "timeout": 10000\n    }'),
    ),
    "a data action, wrapped": (
        plain('{"name": "A", "dataAction": "Get", "timeout": {"lit": {"minutes": 1}}}'),
        plain('{"name": "A", "dataAction": "Get", "timeout": 10000}'),
    ),
    "YAML": (
        "name: P\nactions:\n  - name: A\n    url: https://x.example  # CRM\n    on: {}\n",
        "name: P\nactions:\n  - name: A\n    url: https://x.example  # CRM\n    timeout: 10000\n    on: {}\n",
    ),
    "inside another's `on`": (
        plain('{"name": "B", "audio": "B", "on": {"next": {"name": "A", "url": "https://x"}}}'),
        plain(
            '{"name": "B", "audio": "B", "on": {"next": {"name": "A", "url": "https://x", "timeout": 10000}}}'
        ),
    ),
    "steps": (
        '{"steps": [{"steps": [{"type": "data-action", "name": "A", "settings": {"timeout": 5, "x": 1}}]}]}',
        '{"steps": [{"steps": [{"type": "data-action", "name": "A", "settings": {"timeout": 10, "x": 1}}]}]}',
    ),
    "steps, empty settings": (
        '{"name": "S", "steps": [{"type": "data-action", "name": "A", "settings": {}}]}',
        '{"name": "S", "steps": [{"type": "data-action", "name": "A", "settings": {"timeout": 10}}]}',
    ),
    "steps, other settings": (
        '{"steps": [{"type": "data-action", "name": "A", "settings": {\n  "x": 1\n}}]}',
        '{"steps": [{"type": "data-action", "name": "A", "settings": {\n  "timeout": 10,\n  "x": 1\n}}]}',
    ),
    "steps, no settings": (
        '{"steps": [{"name": "A", "type": "data-action"}]}',
        '{"steps": [{"name": "A", "type": "data-action", "settings": {"timeout": 10}}]}',
    ),
    "steps in YAML": (
        "name: S\nsteps:\n  - type: data-action\n    name: A\n    settings:\n      x: 1\n",
        "name: S\nsteps:\n  - type: data-action\n    name: A\n    settings:\n      timeout: 10\n      x: 1\n",
    ),
}


@pytest.mark.parametrize("case", PLAIN)
def test_plain(case: str) -> None:
    text, wanted = PLAIN[case]
    found = read_timeouts(text, file="flow.json")
    (step,) = found.steps
    changed = with_timeouts(found, {step.id: 10_000})
    assert changed == wanted
    assert found.again(changed).steps[0].timeout_ms == 10_000


REFUSED = {
    "- callData:\n    name: A\n    timeout:\n      lit:\n        seconds: {{seconds}}\n"
    + CATEGORY: "a placeholder",
    "- callData:\n    name: A\n    timeout: {lit: {seconds: {{seconds}} }}\n" + CATEGORY: "a placeholder",
    "- callData:\n    name: A\n    timeout: &t\n      lit:\n        seconds: 5\n" + CATEGORY: "an anchor",
    "- callData:\n    name: A\n    timeout: &t {lit: {seconds: 5}}\n" + CATEGORY: "an anchor",
}


@pytest.mark.parametrize("step", REFUSED)
def test_what_is_refused(step: str) -> None:
    found = read_timeouts(archy(step), file="flow.yaml", substitutions={"seconds": "5"})
    with pytest.raises(DefinitionError, match=f"'A' cannot be set here: .*{REFUSED[step]}") as caught:
        with_timeouts(found, {found.steps[0].id: 10_000})
    assert caught.value.span is not None
    assert caught.value.span.line == HEAD.count("\n") + 1


def test_a_repeated_value_is_not_changed_for_others() -> None:
    text = archy(
        "- callData:\n    name: A\n    timeout: &t\n      lit: {seconds: 5}\n"
        + CATEGORY
        + "- callData:\n    name: B\n    timeout: *t\n"
        + CATEGORY
    )
    found = read_timeouts(text, file="flow.yaml")
    for step in found.steps:
        with pytest.raises(DefinitionError, match="cannot be set here"):
            with_timeouts(found, {step.id: 10_000})


def test_a_step_without_fields() -> None:
    found = read_timeouts(archy("- callData"), file="flow.yaml")
    with pytest.raises(DefinitionError, match="it has no fields"):
        with_timeouts(found, {found.steps[0].id: 10_000})


@needs_corpus
def test_every_step_of_the_corpus() -> None:
    count = 0
    for path in FLOWS:
        text = path.read_bytes().decode("utf-8")
        found = read_timeouts(text, file=path.name)
        for step in found.steps:
            changed = with_timeouts(found, {step.id: 7_000})
            different = list(difflib.unified_diff(text.splitlines(), changed.splitlines(), n=0, lineterm=""))
            lines = [line[1:].strip() for line in different[3:]]
            assert lines in (["minutes: 1", "seconds: 7"], ["timeout:", "lit:", "seconds: 7"])
            assert abs(int(different[2].split("-")[1].split(",")[0].split(" ")[0]) - step.span.line) < 40
            count += 1
    assert count == 94


@needs_corpus
@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_steps_of_any_corpus_flow(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from([path for path in FLOWS if "callData:\n" in path.read_text("utf-8")]))
    text = path.read_bytes().decode("utf-8")
    found = read_timeouts(text, file=path.name)
    if not found.steps:
        return
    ids = data.draw(st.lists(st.sampled_from([step.id for step in found.steps]), unique=True, min_size=1))
    changes = {id_: data.draw(st.integers(1_000, 60_000)) for id_ in ids}
    changed = with_timeouts(found, changes)
    again = found.again(changed)
    assert {step.id: step.timeout_ms for step in again.steps} == {
        step.id: changes.get(step.id, step.timeout_ms) for step in found.steps
    }
    # The same changes again change nothing.
    assert with_timeouts(again, changes) == changed


DEPTHS = st.recursive(st.booleans(), lambda inner: st.lists(inner, min_size=1, max_size=3), max_leaves=8)


def nested(shape: object, name: str = "s") -> list[object]:
    if isinstance(shape, bool):
        own = {"settings": {"timeout": 5}} if shape else {}
        return [{"type": "data-action", "name": name, **own}]
    assert isinstance(shape, list)
    inner = [step for number, part in enumerate(shape) for step in nested(part, f"{name}{number}")]
    return [{"type": "box", "steps": inner}]


@given(DEPTHS, st.integers(1, 30), st.sampled_from([None, 1, 4]))
def test_steps_at_any_depth(shape: object, seconds: int, indent: int | None) -> None:
    document = {"name": "S", "steps": nested(shape)}
    found = read_timeouts(json.dumps(document, indent=indent), file="x.json")
    for step in found.steps:
        changed = json.loads(with_timeouts(found, {step.id: seconds * 1000}))
        target: object = changed
        for part in step.id[1:].split("/"):
            target = target[int(part)] if isinstance(target, list) else target[part]  # type: ignore[index]  # the path leads through containers
        assert isinstance(target, dict)
        assert target["settings"].pop("timeout") == seconds
    assert found.steps


# ---- which step, which timeout

STEPS = read_timeouts(
    json.dumps(
        {
            "steps": [
                {"type": "data-action", "name": "One"},
                {"type": "box", "name": "Box", "steps": [{"type": "data-action", "name": "Two"}]},
                {"type": "box", "name": "Bag", "steps": [{"type": "data-action", "name": "Two"}]},
                {"type": "data-action", "name": "a=b"},
            ]
        }
    ),
    file="x.json",
)
CHOICES: list[tuple[list[str], bool, dict[str, int]]] = [
    (["One=10s"], False, {"/steps/0": 10_000}),
    (["one = 10"], False, {"/steps/0": 10_000}),
    (["a=b=1500ms"], False, {"/steps/3": 1_500}),
    (["Two#/steps/1/steps/0=5s"], False, {"/steps/1/steps/0": 5_000}),
    (["/steps/1/steps/0=5s"], False, {"/steps/1/steps/0": 5_000}),
    (["Bag/Two=5s"], False, {"/steps/2/steps/0": 5_000}),
    (["Two=5s"], True, {"/steps/1/steps/0": 5_000, "/steps/2/steps/0": 5_000}),
    (["Bag/Two=5s", "One=1s"], False, {"/steps/2/steps/0": 5_000, "/steps/0": 1_000}),
]


@pytest.mark.parametrize(("wanted", "every", "changes"), CHOICES)
def test_choices(wanted: list[str], every: bool, changes: dict[str, int]) -> None:
    assert changes_of(STEPS, wanted, every=every) == changes


WRONG: list[tuple[list[str], str]] = [
    (["Three=5s"], "there is no data action step 'Three'; there are: 'One', 'Two', 'a=b'"),
    (
        ["Two=5s"],
        "2 steps are called 'Two':\n    Two#/steps/1/steps/0  (line 1)\n    Two#/steps/2/steps/0  (line 1)",
    ),
    (["One=31s"], "31 s is not allowed for 'One': a timeout is 1 s to 30 s"),
    (["One=0.5s"], "0.5 s is not allowed for 'One': a timeout is 1 s to 30 s"),
    (["One=soon"], "'soon' is no duration"),
    (["One=1.0005s"], "'1.0005s' is no duration"),
    (["=5s"], "--set '=5s' is not NAME=TIMEOUT"),
    (["One"], "--set 'One' is not NAME=TIMEOUT"),
    (["One=1s", "/steps/0=2s"], "--set names the step 'One' (/steps/0) twice"),
]


@pytest.mark.parametrize(("wanted", "message"), WRONG)
def test_wrong_choices(wanted: list[str], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        changes_of(STEPS, wanted)
    assert caught.value.message == message


def test_a_flow_without_steps() -> None:
    with pytest.raises(UsageError, match="the flow calls no data action"):
        changes_of(read_timeouts('{"steps": []}', file="x"), ["One=1s"])


@pytest.mark.parametrize(
    ("text", "low", "high"), [("1s..30s", 1_000, 30_000), ("500ms..2m", 500, 120_000), ("5..5", 5_000, 5_000)]
)
def test_ranges(text: str, low: int, high: int) -> None:
    assert range_of(text) == Range(low, high)


@pytest.mark.parametrize("text", ["30s", "30s..1s", "0s..1s", "..", "a..b"])
def test_wrong_ranges(text: str) -> None:
    with pytest.raises(UsageError):
        range_of(text)


def test_another_range() -> None:
    assert changes_of(STEPS, ["One=90s"], allowed=Range(1_000, 90_000)) == {"/steps/0": 90_000}
    with pytest.raises(UsageError, match="a timeout is 1 s to 90 s"):
        changes_of(STEPS, ["One=91s"], allowed=Range(1_000, 90_000))


@given(st.integers(1, 10**7))
def test_durations_in_words_are_read_back(milliseconds: int) -> None:
    assert duration_ms(in_words(milliseconds)) == milliseconds
