"""What a flow needs and a world lacks is said before the run."""

from __future__ import annotations

from typing import Any

import pytest

from ringback.core.errors import UsageError
from ringback.documents import DocumentErrors
from ringback.engine.data_calls import DataCalls
from ringback.engine.precheck import check_world, unused_replies
from ringback.flows.needs import needs
from tests.engine.driving import program_of, transport, world_of

_FLOW = """inboundCall:
  name: Needs
  startUpRef: ./tasks/task[main]
  defaultLanguage: en-us
  tasks:
    - task:
        name: Main
        refId: main
        actions:
          - callData:
              name: Call
              category: {CRM: {dataAction: {Customer : {}}}}
          - dataTableLookup: {name: Row, lookupValue: {lit: a}, dataTable: {Tiers: {}}}
          - transferToAcd:
              name: Transfer
              targetQueue:
                lit:
                  name: VIP
              skills: [{acdSkill: {skill: {lit: {name: French}}}}]
          - transferToUser: {name: User, targetUser: {lit: {name: Ann}}}
"""


def _check(world: Any, **replies: str) -> list[str]:
    around = world_of(world, {})
    given = {name.lower(): transport(spec) for name, spec in replies.items()}
    calls = DataCalls(around, given, written={name.lower(): name for name in replies})
    return [f"{found.code} {found.message}" for found in check_world(program_of(_FLOW), around, calls)]


def test_needs() -> None:
    found = [(kind, name, action.name) for kind, name, _, action in needs(program_of(_FLOW).flow)]
    assert found == [
        ("dataAction", "Customer", "Call"),
        ("dataTable", "Tiers", "Row"),
        ("que", "VIP", "Transfer"),
        ("skl", "French", "Transfer"),
        ("usr", "Ann", "User"),
    ]


def test_what_lacks_is_said_with_its_place() -> None:
    world = {"dataActions": {}, "dataTables": {}, "queues": ["Other"], "skills": [], "users": ["Bob"]}
    with pytest.raises(DocumentErrors) as raised:
        _check(world)
    assert [
        (error.span.line if error.span else 0, error.message, error.hint) for error in raised.value.errors
    ] == [
        (
            12,
            "the world has no data action 'Customer' (action 'Call')",
            "add to world.yaml:  dataActions: {Customer: {file: ….json}}",
        ),
        (
            13,
            "the world has no data table 'Tiers' (action 'Row')",
            "add it to `dataTables:` in world.yaml",
        ),
        (18, "the world has no 'VIP' in `queues` (action 'Transfer')", "add it to `queues:` in world.yaml"),
        (
            19,
            "the world has no 'French' in `skills` (action 'Transfer')",
            "add it to `skills:` in world.yaml",
        ),
        (20, "the world has no 'Ann' in `users` (action 'User')", "add it to `users:` in world.yaml"),
    ]


def test_a_reply_stands_in_for_the_world() -> None:
    world = {"dataActions": {}, "dataTables": {"tiers": {"key": "k", "rows": []}}, "queues": ["vip"]}
    assert _check(world, Customer="timeout") == []


def test_the_permissive_world_warns() -> None:
    code, _, message = _check(None)[0].partition(" ")
    assert (code[:2], message) == (
        "RB",
        "no world is given: every resource exists and every look-up succeeds with plain values",
    )
    assert [line.partition(" ")[2] for line in _check(None)[1:]] == [
        "data action 'Customer' is unknown; if the run calls it, it succeeds with plain values"
    ]
    assert len(_check(None, Customer="timeout")) == 1


def test_a_reply_for_nobody() -> None:
    with pytest.raises(UsageError) as raised:
        _check(None, Costumer="timeout")
    assert (raised.value.message, raised.value.hint) == (
        "the flow calls no data action 'Costumer'",
        "it calls: Customer",
    )


def test_replies_that_were_not_used() -> None:
    calls = DataCalls(
        world_of(None, {}), {"customer": transport("timeout")}, written={"customer": "Customer"}
    )
    assert [item.message for item in unused_replies(calls)] == [
        "the reply for 'Customer' was not used: this run did not call it"
    ]


_NAMED = """inboundCall:
  name: Named
  startUpRef: ./tasks/task[main]
  defaultLanguage: en-us
  variables:
    - queueVariable: {name: Flow.Queue, initialValue: {lit: {name: First}}}
    - userCollectionVariable: {name: Flow.Users, initialValue: {lit: [{lit: {name: Ann}}]}}
  settingsErrorHandling:
    errorHandling:
      queue: {targetQueue: {lit: {name: Rescue}}}
  tasks:
    - task:
        name: Main
        refId: main
        actions:
          - playAudio: {name: Say, audio: {prompt: Prompt.Welcome}}
          - playAudio: {name: Again, audio: {exp: 'Append(ToAudio(Prompt.bye), ToAudioTTS("Prompt.none"))'}}
          - playAudio: {name: System, audio: {prompt: PromptSystem.processing}}
          - updateData:
              name: Set
              statements:
                - queue: {variable: Flow.Queue, value: {lit: {name: Second}}}
                - queue: {variable: Flow.Queue, value: {exp: 'FindQueue("Third")'}}
                - queue: {variable: Flow.Queue, value: {exp: 'FindQueue(Call.Ani)'}}
"""


def _check_named(world: Any) -> list[str]:
    around = world_of(world, {})
    found = check_world(program_of(_NAMED), around, DataCalls(around, {}, written={}))
    return [f"{each.severity} {each.line} {each.message}" for each in found]


def test_what_is_named_outside_of_fields_must_exist_as_well() -> None:
    with pytest.raises(DocumentErrors) as raised:
        _check_named({"queues": ["Third"], "prompts": ["hello"], "users": ["Bob"]})
    assert sorted((error.span.line, error.message) for error in raised.value.errors if error.span) == [
        (6, "the world has no 'First' in `queues` (variable Flow.Queue)"),
        (7, "the world has no 'Ann' in `users` (variable Flow.Users)"),
        (10, "the world has no 'Rescue' in `queues` (the error handling)"),
        (16, "the world has no 'Welcome' in `prompts` (action 'Say')"),
        (17, "the world has no 'bye' in `prompts` (action 'Again')"),
        (22, "the world has no 'Second' in `queues` (action 'Set')"),
    ]


def test_a_name_that_a_function_looks_for_is_a_warning() -> None:
    world = {"queues": ["first", "second", "rescue"], "prompts": ["WELCOME", "Bye"], "users": ["ann"]}
    assert _check_named(world) == [
        "warning 23 the world has no 'Third' in `queues`: the look-up gives NOT_SET (action 'Set')"
    ]
    assert _check_named({"participantData": {}}) == []
