"""Dumped sessions; that every run survives a reload at each effect is proved by `tests.engine.driving`."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ringback.core.errors import InternalError, UsageError
from ringback.core.policies import Policies
from ringback.core.seam import DEFAULT_START, Seam
from ringback.engine.dumping import dump, fork, load
from ringback.engine.interaction import Interaction
from ringback.engine.session import Session
from ringback.engine.world import World
from ringback.flows.effects import Done, Input, Play
from tests.engine.driving import program_of

_FLOW = """inboundCall:
  name: Dumped
  startUpRef: ./tasks/task[main]
  defaultLanguage: en-us
  initialGreeting: {tts: hello}
  variables:
    - stringVariable: {name: Flow.pin, initialValue: {noValue: true}}
    - decimalVariable: {name: Flow.share, initialValue: {lit: 0.1}}
    - dateTimeVariable: {name: Flow.start, initialValue: {exp: Flow.StartDateTimeUtc}}
    - queueVariable: {name: Flow.queue, initialValue: {lit: {name: VIP}}}
  tasks:
    - task:
        name: Main
        refId: main
        variables: [{integerVariable: {name: Task.n, initialValue: {lit: 3}}}]
        actions:
          - loop:
              name: Loop
              loopCount: {lit: 2}
              outputs:
                loop:
                  actions:
                    - collectInput:
                        name: Pin
                        inputData: {var: Flow.pin}
                        digits: {exact: 2}
                        inputAudio: {tts: pin}
          - disconnect: {name: End}
"""


def _session(*, trace: bool = True) -> Session:
    interaction = Interaction("+1", "+2", participant_data={"a": "b"}, built_ins={"Call.UUIData": "x"})
    policies = Policies({"set_language_effect": "immediately"})
    seam = Seam(DEFAULT_START, 7)
    return Session(program_of(_FLOW), World(), interaction, seam=seam, policies=policies, trace=trace)


def _copy(session: Session) -> Session:
    return load(session.program, session.world, json.loads(json.dumps(dump(session))))


def test_a_loaded_session_is_the_same_session() -> None:
    session = _session()
    session.advance()
    session.advance(Done(300))
    session.advance(Input(900, "12"))
    copy = _copy(session)
    assert dump(copy) == dump(session)
    assert (copy.at_ms, copy.node, copy.services.seam.seed) == (1200, session.node, 7)
    assert copy.flow == session.flow
    assert copy.task is copy.frames[-1].values
    assert copy.interaction == session.interaction
    assert copy.services.chosen_policies == {"set_language_effect": "immediately"}
    assert copy.services.random() == session.services.random()


def test_forks_go_their_own_ways() -> None:
    session = _session()
    session.advance()
    session.advance(Done(300))
    other = fork(session)
    assert other.events == session.events
    session.advance(Input(100, "12"))
    other.advance(Input(100, "99"))
    assert (session.flow[0], other.flow[0]) == ("12", "99")
    assert len(other.events or []) == len(session.events or [])
    assert other.events is not session.events


def test_a_fork_of_a_session_without_a_trace_has_none() -> None:
    session = _session(trace=False)
    session.advance()
    assert fork(session).events is None


def test_before_the_first_step_and_after_the_end() -> None:
    session = _session()
    assert _copy(session).advance() == Play("hello", "en-us")
    effect = session.advance()
    while effect is not None:
        effect = session.advance(Done(1) if isinstance(effect, Play) else Input(1, "12"))
    copy = _copy(session)
    assert copy.end == session.end
    assert copy.advance() is None
    assert copy.advance(Done()) is None


@pytest.mark.parametrize("change", [{"version": 0}, {"program": "Other"}, {"version": None}])
def test_another_flow_or_version_is_refused(change: dict[str, Any]) -> None:
    session = _session()
    session.advance()
    with pytest.raises(UsageError, match="this dumped session belongs to another flow or version"):
        load(session.program, session.world, dump(session) | change)


def test_a_session_is_answered_in_turn() -> None:
    session = _session()
    with pytest.raises(InternalError, match="the session waits for no reply"):
        session.advance(Done())
    session.advance()
    with pytest.raises(InternalError, match="the session waits for a reply"):
        session.advance()
