"""Starter worlds: what is written, that it loads, and that flows run in it without a word about the world."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from ringback.engine.data_calls import DataCalls
from ringback.engine.driver import ScriptedDriver
from ringback.engine.interaction import Interaction
from ringback.engine.precheck import check_world
from ringback.engine.program import compile_flow
from ringback.engine.run import Run, run_session
from ringback.engine.world import World
from ringback.engine.world_loader import load_world
from ringback.engine.world_starter import starter_world
from ringback.flows.loaders import load_archy, load_flow, load_plain
from ringback.flows.model import Flow
from ringback.trace.events import FlowErrorRaised
from tests.corpus import CORPUS, needs_corpus
from tests.engine.test_corpus_runs import FirstChoice
from tests.flows.test_loader_corpus import report

FLOW = """inboundCall:
  name: Main line
  startUpRef: ./tasks/task[main]
  defaultLanguage: en-us
  supportedLanguages:
    en-us: {defaultLanguageSkill: {noValue: true}}
    es-us: {defaultLanguageSkill: {noValue: true}}
  variables:
    - queueVariable: {name: Flow.queue, initialValue: {lit: {name: "Overflow, night"}}}
    - integerVariable: {name: Flow.points, initialValue: {noValue: true}}
    - stringCollectionVariable: {name: Flow.names, initialValue: {noValue: true}}
    - booleanVariable: {name: Flow.open, initialValue: {noValue: true}}
    - stringVariable: {name: Flow.tier, initialValue: {noValue: true}}
  tasks:
    - task:
        name: Main
        refId: main
        actions:
          - callData:
              name: Look up
              category:
                CRM:
                  dataAction:
                    "Get: customer":
                      successOutputs:
                        profile.points: {var: Flow.points}
                        orders.name: {var: Flow.names}
          - dataTableLookup:
              name: Row
              lookupValue: {lit: main}
              dataTable: {Hours: {foundOutputs: {open: {var: Flow.open}}}}
          - evaluateScheduleGroup:
              name: Hours
              evaluate: {now: true}
              scheduleGroup: {lit: {name: Site}}
              emergencyGroup: {lit: {name: Fire}}
          - getParticipantData:
              name: Get
              attributes: [{attribute: {name: {lit: tier}, variable: Flow.tier}}]
          - findUser: {name: Find, findName: {lit: ann@example.com}, findResult: {noValue: true}}
          - updateData:
              name: Set
              statements:
                - queue:
                    variable: Flow.queue
                    value: {exp: 'If(true, FindQueue("Sales"), FindQueue(Flow.tier))'}
          - playAudio: {name: Say, audio: {exp: 'Append(ToAudio(Prompt.Welcome), ToAudioTTS("Prompt.Not"))'}}
          - callBotFlow: {name: Bot, inputText: {noValue: true}, botFlow: {Ask: {ver_latestPublished: {}}}}
          - transferToAcd: {name: Go, targetQueue: {lit: {name: VIP}}}
"""
TEXT = """\
# The organisation around: main.yaml
# A section that is absent is open: everything of its kind exists. A section that is there is complete:
# what it does not list does not exist, and a flow that names it is refused before the run.

country: US      # region of national telephone numbers
timeZone: UTC    # the organisation's, such as America/New_York
# Languages of the flows: en-us, es-us
"""


def world_of(text: str) -> World:
    return load_world(text, file="world.yaml", read=lambda name: name)


def run_in(flow: Flow, world: World, driver: type[ScriptedDriver] = ScriptedDriver) -> Run:
    """A run and the checks before it."""
    program = compile_flow(flow)
    calls = DataCalls(world)
    warnings = check_world(program, world, calls)
    assert warnings == ()
    return run_session(program, driver(world, calls), Interaction("+12125550123", "+13175550100"))


def test_a_flow_with_everything() -> None:
    flow = load_archy(FLOW, file="main.yaml")
    text = starter_world([flow])
    assert text.startswith(TEXT)
    world = world_of(text)
    names = {code: [item.name for item in items] for code, items in world.resources.items()}
    assert names == {
        "que": ["VIP", "Overflow, night", "Sales"],
        "usr": ["ann@example.com"],
        "sch": ["Site (open)"],
        "sqg": ["Site"],
        "emg": ["Fire"],
        "pmt": ["Welcome"],
    }
    assert world.tables is not None
    assert world.tables["hours"].rows == {"main": {"key": "main", "open": True}}
    assert set(world.flows or {}) == {"ask"}
    run = run_in(flow, world)
    assert (run.status, run.end["target"]) == ("ended", {"type": "queue", "name": "VIP"})
    assert (run.variables["Flow.points"], run.variables["Flow.names"]) == (1, ["1"])
    assert run.variables["Flow.open"] is True
    assert "permissive_values" not in run.to_dict()["policies"]
    assert "#  tier:" in text
    assert "# Expressions compute further names" in text
    assert max(map(len, text.splitlines())) <= 110


def test_a_flow_that_wants_nothing_leaves_everything_open() -> None:
    flow = load_plain('{"name": "F", "actions": [{"name": "A", "type": "disconnect"}]}', file="f.json")
    world = world_of(starter_world([flow]))
    assert (world.resources, world.tables, world.data_actions, world.flows) == ({}, None, None, None)


def test_a_plain_look_up_answers_what_is_read() -> None:
    text = """{"name": "F", "actions": [
      {"name": "Ask CRM", "url": "https://crm.example/x", "outputVariable": "customer"},
      {"name": "Set", "set": {"who": "$customer.name"}},
      {"name": "Find", "type": "GetExternalContactAction"}]}"""
    flow = load_plain(text, file="f.json")
    world = world_of(starter_world([flow]))
    assert world.contacts is not None
    run = run_in(flow, world)
    assert run.variables["$who"] == "1"


def test_flows_that_are_given_run_inside() -> None:
    main = load_archy(FLOW, file="main.yaml")
    text = starter_world([main], files={"ask": "flows/ask.yaml", "main line": "main.yaml"})
    assert "  Ask: flows/ask.yaml  # line " in text


@cache
def _flows() -> list[Path]:
    if not CORPUS.is_dir():
        return []
    found = [*(CORPUS / "flows").glob("*.y*ml"), *(CORPUS / "flow-exports").glob("*")]
    return sorted(path for path in found if path.name != "INDEX.tsv")


@needs_corpus
def test_every_public_flow_runs_in_its_starter_world(capsys: pytest.CaptureFixture[str]) -> None:
    missing: list[str] = []
    statuses: Counter[str] = Counter()
    for path in _flows():
        # A template is loaded with a value where another text would not be a property.
        names = {"external_contact_email_type": "workEmail"}
        flow = load_flow(path.read_text(encoding="utf-8"), file=path.name, substitutions=names)
        world = world_of(starter_world([flow]))
        for driver in (ScriptedDriver, FirstChoice):
            run = run_in(flow, world, driver)
            statuses[run.status] += 1
            missing += [
                f"{path.name}: {event.message}"
                for event in run.events
                if isinstance(event, FlowErrorRaised) and event.code == "MISSING_RESOURCE"
            ]
            assert not [item for item in run.warnings if item.code in ("RB061", "RB062", "RB063")]
    assert missing == []
    report(capsys, f"{sum(statuses.values())} runs of public flows in their starter worlds: {dict(statuses)}")
    assert statuses
