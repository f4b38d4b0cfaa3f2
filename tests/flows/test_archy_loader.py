"""Archy YAML to the flow model: graph, references, menus, variables, settings; and every error in full."""

from __future__ import annotations

import textwrap

import pytest

from ringback.core.errors import DefinitionError
from ringback.flows.loaders import load_archy
from ringback.flows.model import Flow
from tests.flows.cases import document_cases

HEAD = """
inboundCall:
  name: Test Flow
  startUpRef: "/inboundCall/tasks/task[Main Task_1.0 & more]"
  tasks:
    - task:
        name: Main Task
        refId: Main Task_1.0 & more
        actions:
"""


def load(actions: str, head: str = HEAD) -> Flow:
    """A flow with one task that holds these actions."""
    return load_archy(head.lstrip() + textwrap.indent(textwrap.dedent(actions), " " * 10), file="flow.yaml")


def edges(flow: Flow) -> dict[str, list[str]]:
    """Each action by name: what follows it, then output=first action."""
    names = {action.id: action.name for action in flow.actions.values()} | {None: "-"}
    return {
        action.name: [
            names[action.next],
            *(f"{output}={names[to]}" for output, to in action.outputs.items()),
        ]
        for action in flow.actions.values()
    }


GRAPHS = {
    "a sequence": (
        """
        - playAudio: {name: A}
        - disconnect: {name: B}
        """,
        {"A": ["B"], "B": ["-"]},
    ),
    "branches fall through to the next sibling": (
        """
        - decision:
            name: D
            outputs:
              yes:
                actions:
                  - playAudio: {name: Y1}
                  - playAudio: {name: Y2}
              "no":
                actions:
                  - playAudio: {name: N}
        - disconnect: {name: End}
        """,
        {"D": ["End", "yes=Y1", "no=N"], "Y1": ["Y2"], "Y2": ["End"], "N": ["End"], "End": ["-"]},
    ),
    "nested branches fall through all the way": (
        """
        - callData:
            name: C
            outputs:
              success:
                actions:
                  - decision:
                      name: D
                      outputs: {yes: {actions: [{playAudio: {name: Y}}]}}
              failure: {actions: []}
              timeout:
        - disconnect: {name: End}
        """,
        {"C": ["End", "success=D"], "D": ["End", "yes=Y"], "Y": ["End"], "End": ["-"]},
    ),
    "a loop's body leads back to the loop": (
        """
        - loop:
            name: L
            outputs:
              loop:
                actions:
                  - decision:
                      name: D
                      outputs: {yes: {actions: [{loopExit: {name: X}}]}}
                  - playAudio: {name: P}
        - disconnect: {name: End}
        """,
        {"L": ["End", "loop=D"], "D": ["P", "yes=X"], "X": ["P"], "P": ["L"], "End": ["-"]},
    ),
    "switch, first that is true": (
        """
        - switch:
            name: S
            evaluate:
              firstTrue:
                default: {actions: [{playAudio: {name: Other}}]}
                cases:
                  - case: {value: {lit: true}, actions: [{playAudio: {name: One}}]}
                  - case: {value: {lit: true}}
                  - case: {value: {lit: true}, actions: [{playAudio: {name: Three}}]}
        - disconnect: {name: End}
        """,
        {
            "S": ["End", "default=Other", "case1=One", "case3=Three"],
            "Other": ["End"],
            "One": ["End"],
            "Three": ["End"],
            "End": ["-"],
        },
    ),
    "switch, first that matches": (
        """
        - switch:
            name: S
            evaluate:
              firstMatch:
                string:
                  value: {exp: Flow.x}
                  cases:
                    - case: {value: {lit: a}, actions: [{playAudio: {name: One}}]}
        """,
        {"S": ["-", "case1=One"], "One": ["-"]},
    ),
    "outputs as a list": (
        """
        - askForIntent:
            name: Q
            outputs:
              intents:
                - intent: {name: Pay, enabled: true, actions: [{playAudio: {name: P}}]}
                - intent: {name: Other, enabled: false}
              noIntent: {enabled: false}
        """,
        {"Q": ["-", "Pay=P"], "P": ["-"]},
    ),
    "words without fields": (
        "- loopNext\n- disconnect:\n",
        {"Loop Next": ["Disconnect"], "Disconnect": ["-"]},
    ),
}


@pytest.mark.parametrize("name", GRAPHS)
def test_graph(name: str) -> None:
    actions, expected = GRAPHS[name]
    assert edges(load(actions)) == expected


NESTED = """
- decision:
    name: D
    outputs:
      yes:
        actions:
          - playAudio: {name: Y}
"""


def test_actions_know_their_place() -> None:
    flow = load(NESTED)
    first, inner = flow.actions.values()
    assert (first.id, first.type, first.container, first.parent, first.branch) == (
        "Main Task_1.0 & more#1",
        "decision",
        "Main Task_1.0 & more",
        None,
        None,
    )
    assert (inner.id, inner.parent, inner.branch) == ("Main Task_1.0 & more#2", first.id, "yes")
    assert first.span is not None
    assert first.span.where == "flow.yaml:10:13"
    assert flow.containers[flow.start].start == first.id


MENUS = """
inboundCall:
  name: Menus
  startUpRef: ./menus/menu[mainMenu]
  defaultLanguage: EN-US
  supportedLanguages: {en-US: {}, es: {}}
  initialGreeting: {tts: Hello}
  settingsErrorHandling:
    errorHandling: {jumpToTask: {targetTaskRef: "/inboundCall/tasks/task[t]"}}
    preHandlingAudio: {tts: Sorry}
  tasks:
    - task: {name: t, actions: [disconnect], outputPaths: [{outputPath: {name: Done}}]}
  menus:
    - menu:
        name: Main Menu
        refId: mainMenu
        defaultChildMenuRef: ./choices/menuTask[Sales]
        choices:
          - menuDisconnect: {name: Bye, dtmf: digit_9}
          - menuTask: {name: Sales, dtmf: digit_1, task: {actions: [{playAudio: {name: P}}, disconnect]}}
          - menuTask: {name: Sales, refId: s2, dtmf: digit_2, task: {actions: []}}
          - menuJumpToTask: {name: T, dtmf: digit_3, targetTaskRef: "./tasks/task[t]"}
          - menuSubMenu: {name: More, dtmf: digit_4, menu: {choices: [{menuDisconnect: {name: B2}}]}}
"""


def test_menus() -> None:
    flow = load_archy(MENUS.lstrip(), file="f")
    boxes = {box.id: (box.kind, box.parent, box.start) for box in flow.containers.values()}
    assert boxes == {
        "t": ("task", None, "t#1"),
        "mainMenu": ("menu", None, None),
        "mainMenu/Sales": ("menuTask", "mainMenu", "mainMenu/Sales#1"),
        "mainMenu/Sales#3": ("menuTask", "mainMenu", None),
        "mainMenu/More": ("menu", "mainMenu", None),
    }
    menu = flow.containers["mainMenu"]
    assert menu.default_choice == "mainMenu#2"
    assert [(choice.type, choice.name, choice.target, choice.next) for choice in menu.actions] == [
        ("menuDisconnect", "Bye", None, None),
        ("menuTask", "Sales", "mainMenu/Sales", None),
        ("menuTask", "Sales", "mainMenu/Sales#3", None),
        ("menuJumpToTask", "T", "t", None),
        ("menuSubMenu", "More", "mainMenu/More", None),
    ]


def test_header() -> None:
    flow = load_archy(MENUS.lstrip(), file="f")
    assert (flow.name, flow.type, flow.start, flow.form, flow.source) == (
        "Menus",
        "inboundCall",
        "mainMenu",
        "archy",
        "f",
    )
    assert (flow.default_language, flow.supported_languages) == ("en-us", ("en-us", "es"))
    assert flow.greeting is not None
    assert flow.greeting.plain() == {"tts": "Hello"}
    handling = flow.error_handling
    assert (handling.kind, handling.target) == ("jumpToTask", "t")
    assert handling.audio is not None
    assert handling.audio.plain() == {"tts": "Sorry"}
    assert list(flow.settings) == ["settingsErrorHandling"]
    assert flow.containers["t"].output_paths == ("Done",)


VARIABLES = """
inboundCall:
  name: V
  startUpRef: ./tasks/task[t]
  variables:
    - stringVariable: {name: Flow.s, initialValue: {lit: no}, isInput: true, isOutput: true}
    - integerCollectionVariable: {name: Flow.ints}
    - queueVariable: {name: Flow.q, isSecure: true}
    - wonderVariable: {name: Flow.w}
  tasks:
    - task:
        name: t
        variables:
          - dateTimeVariable: {name: Task.d}
        actions:
          - updateData:
              statements:
                - integer: {variable: Flow.n, value: {lit: 1}}
                - string: {variable: flow.S, value: {lit: x}}
                - boolean: {variable: Task.b, value: {lit: true}}
          - findQueue: {findName: {lit: x}, findResult: {var: Flow.found}}
          - loop: {currentIndex: {var: Task.i}, loopCount: {lit: 1}}
"""


UNDECLARED = """
f:8:7: warning RB031: the kind 'wonderVariable' of the variable 'Flow.w' is not known; it is taken as any type
  hint: e.g. stringVariable, integerVariable
f:17:39: warning RB028: the variable 'Flow.n' is assigned but not declared; it is taken as 'int'
  hint: declare it under `variables:`
f:19:39: warning RB028: the variable 'Task.b' is assigned but not declared; it is taken as 'bln'
  hint: declare it under `variables:`
f:20:63: warning RB028: the variable 'Flow.found' is assigned but not declared; it is taken as 'que'
  hint: declare it under `variables:`
f:21:40: warning RB028: the variable 'Task.i' is assigned but not declared; it is taken as 'int'
  hint: declare it under `variables:`
"""


def test_variables() -> None:
    flow = load_archy(VARIABLES.lstrip(), file="f")
    assert [(variable.name, variable.type) for variable in flow.variables] == [
        ("Flow.s", "str"),
        ("Flow.ints", "int_coll"),
        ("Flow.q", "que"),
        ("Flow.w", "any"),
        ("Flow.n", "int"),
        ("Flow.found", "que"),
    ]
    text = flow.variables[0]
    assert text.initial is not None
    assert (text.initial.plain(), text.is_input, text.is_output, text.is_secure) == (
        {"lit": "no"},
        True,
        True,
        False,
    )
    assert flow.variables[2].is_secure
    own = flow.containers["t"].variables
    assert [(variable.name, variable.type) for variable in own] == [
        ("Task.d", "dtm"),
        ("Task.b", "bln"),
        ("Task.i", "int"),
    ]
    kinds = [str(found) for found in flow.diagnostics if found.code in ("RB028", "RB031")]
    assert "\n".join(kinds) == UNDECLARED.strip()


STARTS = {
    "commonModule": ("commonModule", "task"),
    "inqueueCall": ("inqueueCall", "loopTask"),
}


@pytest.mark.parametrize("type_", STARTS)
def test_flows_that_hold_their_only_task_themselves(type_: str) -> None:
    text = f"{type_}:\n  name: F\n  startUpTaskVariables: [{{stringVariable: {{name: Task.x}}}}]\n"
    flow = load_archy(text + "  startUpTaskActions:\n    - disconnect: {none: true}\n", file="f")
    box = flow.containers[flow.start]
    assert (flow.type, box.kind) == STARTS[type_]
    assert [variable.name for variable in box.variables] == ["Task.x"]
    assert [action.name for action in box.actions] == ["Disconnect"]


def test_a_menu_and_a_task_may_share_a_ref_id() -> None:
    text = "name: F, startUpRef: './menus/menu[x]', tasks: [{task: {name: x}}], menus: [{menu: {name: x}}]"
    flow = load_archy(f"inboundCall: {{{text}}}", file="f")
    assert [(box.id, box.kind) for box in flow.containers.values()] == [("x", "task"), ("menu/x", "menu")]
    assert flow.start == "menu/x"


UNSUPPORTED = """
flow.yaml:9:13: warning RB027: action 'playAudoi' is not supported by the simulator yet
  hint: did you mean 'playAudio'?
flow.yaml:10:13: warning RB027: action 'wonder' is not supported by the simulator yet
  hint: running into it ends the run as failed
"""


def test_unknown_actions_are_warnings() -> None:
    flow = load("- playAudoi: {audio: {tts: Hi}}\n- wonder: {}\n")
    assert "\n".join(str(found) for found in flow.diagnostics) == UNSUPPORTED.strip()


def test_unknown_keys_of_actions_that_no_public_flow_shows_are_warnings() -> None:
    flow = load("- transferToNumber: {targetNumber: {lit: '1'}, wonder: 1}\n")
    assert [(found.code, found.severity, found.message) for found in flow.diagnostics] == [
        ("RB022", "warning", "unknown key 'wonder' in the action 'Transfer To Number' (transferToNumber)")
    ]


@pytest.mark.parametrize(("key", "code"), [("settingsTranscription", "RB022"), ("settingsMenus", "RB021")])
def test_settings_blocks_that_no_public_flow_shows_are_warnings(key: str, code: str) -> None:
    text = f"""workflow:
  name: w
  startUpRef: ./states/state[a]
  {key}: {{on: true}}
  states: [{{state: {{name: A, refId: a, actions: [{{endWorkflow: {{name: E}}}}]}}}}]
"""
    if code == "RB021":
        with pytest.raises(DefinitionError, match="unknown key"):
            load_archy(text, file="flow.yaml")
        return
    (found,) = load_archy(text, file="flow.yaml").diagnostics
    assert (found.code, found.severity, found.line) == (code, "warning", 4)


@pytest.mark.parametrize(("document", "message"), document_cases("archy_errors.txt"))
def test_errors(document: str, message: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        load_archy(document, file="flow.yaml")
    assert str(caught.value) == message
