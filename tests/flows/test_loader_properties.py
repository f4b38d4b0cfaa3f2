"""Whatever happens to a document: a flow or one of our errors, never another exception."""

from __future__ import annotations

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ringback.core.errors import DefinitionError
from ringback.flows.loaders import load_flow
from ringback.flows.model import Flow
from tests.flows.test_archy_loader import MENUS, VARIABLES
from tests.flows.test_plain_loader import LOOKUP

DOCUMENTS = [MENUS.lstrip(), VARIABLES.lstrip(), json.dumps(LOOKUP, indent=1)]
PIECES = [
    "",
    "\n",
    "  ",
    "- ",
    ": ",
    "{",
    "}",
    "[",
    "]",
    '"',
    "'",
    "null",
    "true",
    "1",
    "{{x}}",
    "*a",
    "&a ",
    "é",
    "\t",
]


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A document with a few places cut, doubled or replaced."""
    text = draw(st.sampled_from(DOCUMENTS))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = start + draw(st.integers(0, 12))
        piece = draw(st.sampled_from([*PIECES, text[start:end] * 2]))
        text = text[:start] + piece + text[end:]
    return text


@st.composite
def rearranged(draw: st.DrawFn) -> str:
    """A document whose parts stand in the wrong places: valid JSON or YAML, but no right flow."""
    document = json.loads(json.dumps(LOOKUP))
    values = (
        st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.builds(list) | st.builds(dict)
    )
    for _ in range(draw(st.integers(1, 3))):
        place = document
        while True:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            if isinstance(place[key], dict | list) and draw(st.booleans()):
                place = place[key]
                continue
            place[key] = draw(values)
            break
    return json.dumps(document)


def loads_or_says_why(text: str) -> None:
    """Load, and look at everything that was found."""
    error: DefinitionError | None = None
    flow: Flow | None = None
    try:
        flow = load_flow(text, file="f")
    except DefinitionError as caught:
        error = caught
    if error is not None:
        assert str(error)
    else:
        assert flow is not None
        assert flow.start in flow.containers
        known = set(flow.actions)
        assert all(set(action.outputs.values()) <= known for action in flow.actions.values())


@given(mutated())
@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_mutated_documents(text: str) -> None:
    loads_or_says_why(text)


@given(rearranged())
@settings(max_examples=500, deadline=None)
def test_rearranged_documents(text: str) -> None:
    loads_or_says_why(text)


WRONG = st.sampled_from(
    ["", "null", "text", "5", "true", "[]", "{}", "[a]", "[{}]", "[{a: 1}]", "{a: 1}", "[[]]"]
)
KEYS = [
    "name",
    "startUpRef",
    "variables",
    "tasks",
    "menus",
    "states",
    "initialGreeting",
    "settingsErrorHandling",
    "settingsMenu",
    "supportedLanguages",
    "defaultLanguage",
    "startUpTaskActions",
    "description",
]


@given(st.dictionaries(st.sampled_from(KEYS), WRONG))
@settings(max_examples=300, deadline=None)
def test_wrong_shapes_of_a_flow(parts: dict[str, str]) -> None:
    loads_or_says_why("inboundCall:\n" + "".join(f"  {key}: {value}\n" for key, value in parts.items()))


ACTION = [
    "outputs",
    "evaluate",
    "name",
    "targetTaskRef",
    "statements",
    "findResult",
    "task",
    "choices",
    "audio",
]


@given(
    st.sampled_from(
        ["decision", "switch", "loop", "updateData", "findQueue", "jumpToTask", "menuTask", "wonder"]
    ),
    st.dictionaries(st.sampled_from(ACTION), WRONG),
    st.sampled_from(["tasks: [{task: {name: a, actions: [", "menus: [{menu: {name: a, choices: ["]),
)
@settings(max_examples=400, deadline=None)
def test_wrong_shapes_of_an_action(type_: str, parts: dict[str, str], where: str) -> None:
    body = ", ".join(f"{key}: {value or 'null'}" for key, value in parts.items())
    kind = where[:4]
    start = f"'./{kind}s/{kind}[a]'"
    loads_or_says_why(f"inboundCall: {{name: F, startUpRef: {start}, {where}{{{type_}: {{{body}}}}}]}}}}]}}")
