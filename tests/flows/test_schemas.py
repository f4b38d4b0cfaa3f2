"""JSON Schema of Archy YAML: what is right validates, what is wrong does not."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from ringback.documents import Problems, read_yaml
from ringback.flows.actions import ACTIONS
from ringback.flows.keys import ACTION_KEYS, CONTAINER_KEYS, FLOW_KEYS, UNSEEN, WRAPPERS
from ringback.flows.loaders import form_of
from ringback.flows.loaders.archy import FLOW_TYPES
from ringback.flows.loaders.substitution import substitute
from ringback.flows.schemas import DRAFT, archy_schema
from ringback.flows.schemas.actions import _OTHER_KINDS
from ringback.lang.expr.types import TYPES, code_of_kind
from tests.cli.helpers import EXAMPLE
from tests.corpus import CORPUS, needs_corpus

FLOWS = sorted((CORPUS / "flows").glob("*.yaml")) if CORPUS.is_dir() else []
# file of the corpus -> why it does not validate
EXCEPTIONS: dict[str, str] = {}


@cache
def schema() -> dict[str, Any]:
    return archy_schema()


@cache
def validator() -> Any:
    jsonschema_rs.meta.validate(schema())
    return jsonschema_rs.Draft202012Validator(schema(), offline=True)


def document(text: str, name: str = "flow.yaml") -> Any:
    """The document as an editor sees it: `{{names}}` substituted, YAML 1.2."""
    source = substitute(text, name, values={}, problems=Problems())
    return read_yaml(source.text, file=name, positions=source.positions).plain()


def problems(text: str) -> list[str]:
    return [error.message for error in validator().iter_errors(document(text))]


@needs_corpus
def test_the_corpus_validates(capsys: pytest.CaptureFixture[str]) -> None:
    wrong = {path.name for path in FLOWS if problems(path.read_text(encoding="utf-8"))}
    with capsys.disabled():
        sys.stdout.write(f"\n{len(FLOWS) - len(wrong)} of {len(FLOWS)} corpus flows validate\n")
    assert wrong == set(EXCEPTIONS)
    assert len(FLOWS) == 116


def test_the_example_validates() -> None:
    assert problems((EXAMPLE / "flow.yaml").read_text(encoding="utf-8")) == []


FIXTURES = sorted((Path(__file__).parent / "actions" / "testdata").glob("*.yaml"))
# fixture -> why its flow does not validate
FIXTURE_EXCEPTIONS = {"switch.yaml": "an action is called `true`, without quotes"}


def test_the_flow_of_every_fixture_validates() -> None:
    wrong = set()
    for path in FIXTURES:
        flow = read_yaml(path.read_text(encoding="utf-8"), file=path.name).at("flow")
        if flow is not None and form_of(flow.text) == "archy" and problems(flow.text):
            wrong.add(path.name)
    assert wrong <= set(FIXTURE_EXCEPTIONS)
    assert len(FIXTURES) >= 35


FLOW = """\
inboundCall:
  name: Test
  startUpRef: ./tasks/task[a]
  defaultLanguage: en-us
  supportedLanguages:
    en-us:
  initialGreeting:
    tts: Hello
  variables:
    - stringVariable:
        name: Flow.text
        initialValue:
          lit: "5"
    - integerCollectionVariable:
        name: Flow.numbers
        initialValue:
          lit:
            - lit: 1
            - exp: 1 + 1
  settingsActionDefaults:
    callData:
      timeout:
        lit:
          seconds: 5
  settingsMenu:
    repeatCount:
      lit: 3
  menus:
    - menu:
        name: m
        refId: m
        audio:
          tts: Press one
        choices:
          - menuTask:
              name: One
              dtmf: digit_1
              task:
                actions:
                  - disconnect
          - menuSubMenu:
              name: Two
              menu:
                name: n
                choices: []
  tasks:
    - task:
        name: a
        refId: a
        actions:
          - playAudio:
              name: Say
              audio:
                tts: Hello
                alternateSequences:
                  en-us:
                    tts: Hi
          - callData:
              name: Get
              timeout:
                lit:
                  minutes: 1
              category:
                CRM:
                  dataAction:
                    Get it:
                      inputs:
                        x:
                          exp: Flow.text
                      successOutputs:
                        y:
                          var: Flow.text
                      failureOutputs:
                        errorCode:
                          noValue: true
              outputs:
                success:
                  actions:
                    - updateData:
                        statements:
                          - string:
                              variable: Flow.text
                              value:
                                lit: done
                failure:
                  enabled: false
          - switch:
              evaluate:
                firstTrue:
                  default:
                    actions: []
                  cases:
                    - case:
                        value:
                          exp: Flow.text == "a"
                        actions:
                          - jumpToMenu:
                              targetMenuRef: ./menus/menu[m]
          - transferToAcd:
              name: Bye
              targetQueue:
                lit:
                  name: VIP
              priority:
                lit: 5
          - disconnect:
              none: true
"""

# mistake -> (what stands there, what is written instead)
MISTAKES: dict[str, tuple[str, str]] = {
    "a misspelt flow type": ("inboundCall:\n", "inboundcall:\n"),
    "two flow types": ("inboundCall:\n", "workflow: {name: x}\ninboundCall:\n"),
    "a misspelt section": ("  tasks:\n", "  task:\n"),
    "a flow without a name": ("  name: Test\n", ""),
    "a number where text": ("  name: Test\n", "  name: 5\n"),
    "no reference": ("./tasks/task[a]", "a"),
    "a misspelt action": ("- playAudio:", "- playAduio:"),
    "a misspelt bare action": ("- disconnect\n", "- disconect\n"),
    "an action of a menu in a task": ("- playAudio:", "- menuDisconnect: {}\n          - playAudio:"),
    "an action as a choice": ("- menuTask:", "- playAudio: {}\n          - menuTask:"),
    "two keys in one item": ("- playAudio:\n", "- decision: {}\n            playAudio:\n"),
    "a misspelt property": ("\n              timeout:", "\n              timeOut:"),
    "a property of another action": ("name: Say\n", "name: Say\n              targetQueue: {none: true}\n"),
    "an unknown output": ("failure:\n", "error:\n"),
    "an output without actions": ("enabled: false", "action: []"),
    "a wrong wrapper": ("                tts: Hello\n", "                text: Hello\n"),
    "two wrappers": ("targetQueue:\n", "targetQueue:\n                exp: Flow.q\n"),
    "speech where a queue": ("lit:\n                  name: VIP", "tts: VIP"),
    "a queue without a name": ("name: VIP", "nam: VIP"),
    "text where a number": ("priority:\n                lit: 5", "priority:\n                lit: high"),
    "a number where text (literal)": ('lit: "5"', "lit: 5"),
    "a value without a wrapper": ("priority:\n                lit: 5", "priority: 5"),
    "an unknown unit": ("minutes: 1", "minuets: 1"),
    "an unknown kind of variable": ("stringVariable", "textVariable"),
    "a variable without a scope": ("name: Flow.text", "name: text"),
    "an unknown key of a variable": ("initialValue:", "default:"),
    "an item of a wrong type": ("- lit: 1", "- lit: one"),
    "an unknown kind of statement": ("- string:", "- text:"),
    "a statement without a value": (f"{' ' * 30}value:\n{' ' * 32}lit: done\n", ""),
    "a literal of another type in a statement": ("lit: done", "lit: 7"),
    "an unknown key of a data action": ("                      inputs:", "                      input:"),
    "a misspelt key of a switch": ("firstTrue:", "firstTru:"),
    "a case without a value": (f"value:\n{' ' * 26}exp", f"condition:\n{' ' * 26}exp"),
    "a setting that does not exist": ("    repeatCount:", "    repeats:"),
    "a default of an unknown action": ("    callData:\n      timeout", "    callDate:\n      timeout"),
    "a misspelt key of a menu": ("        choices:", "        options:"),
    "a misspelt key of a task": ("        refId: a\n        actions:", "        refId: a\n        steps:"),
}  # fmt: skip


def test_the_flow_of_the_mistakes_is_right() -> None:
    assert problems(FLOW) == []


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes(mistake: str) -> None:
    right, wrong = MISTAKES[mistake]
    assert right in FLOW
    assert problems(FLOW.replace(right, wrong, 1)) != []


@pytest.mark.parametrize("type_", sorted(set(ACTION_KEYS) - UNSEEN))
def test_every_action_marks_unknown_keys_and_outputs(type_: str) -> None:
    bodies = [{"name": "x", "unknownKey": 1}]
    if type_ in ACTIONS and "*" not in ACTIONS[type_].outputs and type_ != "switch":
        bodies.append({"name": "x", "outputs": {"unknown": {"actions": []}}})
    for body in bodies:
        section = (
            {"menus": [{"menu": {"name": "m", "choices": [{type_: body}]}}]}
            if type_.startswith("menu")
            else {"tasks": [{"task": {"name": "t", "actions": [{type_: body}]}}]}
        )
        assert not validator().is_valid({"inboundCall": {"name": "x", **section}}), body


def test_the_tables_are_in_the_schema() -> None:
    made = schema()
    defs = made["$defs"]
    assert made["$schema"] == DRAFT
    assert set(made["properties"]) == FLOW_TYPES
    assert set(defs["flow"]["properties"]) == FLOW_KEYS
    for kind, keys in CONTAINER_KEYS.items():
        assert set(defs[kind]["properties"]) == keys
    for type_, keys in ACTION_KEYS.items():
        assert set(defs[f"action-{type_}"]["properties"]) >= keys
    assert set(defs["value"]["properties"]) == WRAPPERS
    assert {code_of_kind(kind) is not None for kind in _OTHER_KINDS} == {True}
    kinds = {info.kind for info in TYPES.values() if info.kind}
    assert {f"{kind}Variable" for kind in kinds} <= set(defs["variables"]["items"]["properties"])


def test_help_for_editors() -> None:
    defs = schema()["$defs"]
    for type_ in set(ACTION_KEYS) & set(ACTIONS):
        body = defs[f"action-{type_}"]
        assert body["title"] == ACTIONS[type_].title
        assert body["description"] == ACTIONS[type_].about
    assert defs["action-callData"]["properties"]["timeout"]["description"] == "The step's own clock."
    declared = [
        (action.key, field.path)
        for action in ACTIONS.values()
        for field in action.fields
        if action.key in ACTION_KEYS and "." not in field.path
    ]
    assert [
        place for place in declared if "description" not in defs[f"action-{place[0]}"]["properties"][place[1]]
    ] == []


def test_references_lead_somewhere() -> None:
    waiting: list[Any] = [schema()]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            if "$ref" in part:
                assert part["$ref"].removeprefix("#/$defs/") in schema()["$defs"]
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part


def test_nothing_of_a_machine_is_in_it() -> None:
    assert str(Path.home()) not in str(schema())
