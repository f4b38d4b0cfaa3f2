"""One fixture per registered action proves that it loads, compiles, runs on each output and is found.

`testdata/<wireName>.yaml` holds a small flow and its cases in the form of `tests.engine.driving`; beside it,
`testdata/goldens/<wireName>.json` holds all that happened. Run with `--update` after a wanted change.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from ringback.documents import Node
from ringback.engine.run import Run
from ringback.flows.actions import ACTIONS
from ringback.flows.actions.declared import DECLARED
from ringback.flows.actions.walk import expressions, fields_of, written
from ringback.flows.model import Action, Flow
from ringback.flows.needs import needs
from tests.engine.driving import Case, cases_of, check, program_of, run_case, shown

_DATA = Path(__file__).parent / "testdata"
_FIXTURES = sorted(_DATA.glob("*.yaml"))
_CASES = {path.stem: tuple(cases_of(path)) for path in _FIXTURES}
# Outputs that the scripted world never takes; unit tests beside the action take them.
_OUT_OF_REACH = {
    "plainContactLookup": {"failure", "timeout"},
    "askForIntent": {"knowledge"},
    "digitalMenu": {"knowledge"},
}


def _flow(stem: str) -> Flow:
    first = _CASES[stem][0]
    return program_of(first.flow, first.file).flow


def _actions(flow: Flow, type_: str) -> list[Action]:
    """The actions of a type; a menu is a container, so its body stands in for an action's."""
    if type_ != "menu":
        return [action for action in flow.actions.values() if action.type == type_]
    menus = [box for box in flow.containers.values() if box.kind == "menu"]
    return [Action(box.id, box.name, "menu", box.body, None) for box in menus if box.body is not None]


def test_every_action_has_a_fixture_and_every_fixture_an_action() -> None:
    assert set(_CASES) == set(ACTIONS) - {action.key for action in DECLARED}


@pytest.mark.parametrize("case", [case for cases in _CASES.values() for case in cases], ids=str)
def test_case(case: Case) -> None:
    check(run_case(case), case.given.get("want", {}))


@pytest.mark.parametrize("stem", _CASES)
def test_golden(stem: str, update: bool) -> None:
    """Everything that happens, and everything that is found without running."""
    happened = {"found": _found(_flow(stem), stem)} | {
        case.name: _summary(run_case(case)) for case in _CASES[stem]
    }
    path = _DATA / "goldens" / f"{stem}.json"
    text = json.dumps(happened, indent=1, ensure_ascii=False) + "\n"
    if update:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text


def _summary(run: Run) -> dict[str, Any]:
    whole = run.to_dict()
    kept = ("status", "end", "duration_ms", "variables", "participant_data", "transcript", "policies")
    return {key: whole[key] for key in kept} | {"trace": [_line(event) for event in shown(list(run.events))]}


def _line(event: dict[str, Any]) -> str:
    """An event on one line: the time, the type, the action's name, what else is not empty."""
    action = (event.get("action") or {}).get("name", "-")
    rest = {
        key: value
        for key, value in event.items()
        if key not in ("id", "previous_id", "at_ms", "type", "action") and value not in (None, "", {}, [])
    }
    return f"{event['at_ms']} {event['type']} [{action}] {json.dumps(rest, ensure_ascii=False)}"


def _found(flow: Flow, type_: str) -> dict[str, list[str]]:
    fields, actions = ACTIONS[type_].fields, _actions(flow, type_)
    return {
        "expressions": [
            f"{found.field.path}: {node.value}"
            for action in actions
            for found, node in expressions(action, fields)
        ],
        "writes": [
            f"{found.field.path}: {node.value}"
            for action in actions
            for found, node in written(action, fields)
        ],
        "needs": [f"{kind}: {name}" for kind, name, _, action in needs(flow) if action.type == type_],
    }


@pytest.mark.parametrize("stem", _CASES)
def test_every_output_is_taken(stem: str) -> None:
    taken = {
        event.get("output", "")
        for case in _CASES[stem]
        for event in shown(list(run_case(case).events))
        if event["type"] == "action_ran" and event["action"]["type"] == stem
    }
    declared = set(ACTIONS[stem].outputs) - _OUT_OF_REACH.get(stem, set())
    missing = {
        output
        for output in declared
        if not (any(_matches(output, name) for name in taken - (declared - {output})))
    }
    assert taken, "the action never ended"
    assert not missing


def _matches(declared: str, output: str) -> bool:
    if declared == "*":
        return bool(output)
    return output == declared or (declared == "case*" and output.startswith("case"))


@pytest.mark.parametrize("stem", _CASES)
def test_every_field_occurs(stem: str) -> None:
    found = {
        found.field.path
        for action in _actions(_flow(stem), stem)
        for found in fields_of(action, ACTIONS[stem].fields)
    }
    declared = {field.path for field in ACTIONS[stem].fields if field.role != "ref"}
    # Menu settings and titles of containers are kept in the container's own document.
    assert declared - found == set()


@pytest.mark.parametrize("stem", _CASES)
def test_no_expression_and_no_variable_hides_from_the_fields(stem: str) -> None:
    assert hidden(_flow(stem)) == []


def hidden(flow: Flow) -> list[str]:
    """Expressions and assigned variables in registered actions that no declared field covers."""
    found = []
    for type_, known in ACTIONS.items():
        for action in _actions(flow, type_):
            seen = {id(node) for _, node in expressions(action, known.fields)}
            seen |= {id(node) for _, node in written(action, known.fields)}
            found += [
                f"{type_} {node.span.line}: {node.value}"
                for node in _told(action.body)
                if id(node) not in seen
            ]
    return found


def _told(node: Node, key: str = "") -> list[Node]:
    """The `exp`, `var` and `variable` texts of an action, without those of nested actions."""
    found: list[Node] = []
    for name, member in node.items():
        if name in ("exp", "var", "variable") and isinstance(member.value, str):
            found.append(member)
        elif name not in ("actions", "choices", "task", "menu", "variables", "targetSlot"):
            found += _told(member, name)
    for item in node:
        found += _told(item)
    return found
