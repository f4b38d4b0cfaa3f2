"""The Python interface: what goes in arrives in the run."""

from __future__ import annotations

from typing import Any

import pytest

from ringback.api import Start, load_flow, simulate
from ringback.core.errors import UsageError
from ringback.engine.interaction import Interaction

FLOW = """
inboundCall:
  name: Facts
  defaultLanguage: en-us
  startUpRef: ./tasks/task[main]
  variables:
    - stringVariable: {name: Flow.given, initialValue: {noValue: true}}
    - stringVariable: {name: Flow.queue, initialValue: {noValue: true}}
    - stringVariable: {name: Flow.tier, initialValue: {noValue: true}}
  tasks:
    - task:
        name: Main
        refId: main
        actions:
          - updateData:
              name: Read
              statements: [{string: {variable: Flow.queue, value: {exp: ToString(Call.CurrentQueue)}}}]
          - getParticipantData:
              name: Get
              attributes: [{attribute: {name: {lit: tier}, variable: Flow.tier}}]
          - disconnect: {name: End}
"""


@pytest.fixture
def flow(tmp_path: Any) -> Any:
    (tmp_path / "f.yaml").write_text(FLOW, encoding="utf-8")
    return load_flow(tmp_path / "f.yaml")


@pytest.mark.parametrize("values", [None, {}, {"given": "yes"}])
def test_variables_that_are_set_leave_the_rest_of_the_interaction_as_it_is(flow: Any, values: Any) -> None:
    call = Interaction(from_="+15551234567", participant_data={"tier": "gold"}, queue="VIP")
    run = simulate(flow, start=Start(call, values=values))
    assert run.variables["Flow.queue"] == "VIP"
    assert run.variables["Flow.tier"] == "gold"
    assert run.variables["Flow.given"] == (values or {}).get("given")


def test_a_start_that_is_wrong(flow: Any) -> None:
    with pytest.raises(UsageError) as caught:
        simulate(flow, start={"form": "+15551234567"})
    assert caught.value.message == "unknown start key 'form'"
