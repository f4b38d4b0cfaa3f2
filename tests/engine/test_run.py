"""The JSON of a run."""

from typing import Any

from tests.engine.driving import program_of, run_flow

_FLOW = """inboundCall:
  name: Shape
  startUpRef: ./tasks/task[main]
  defaultLanguage: en-us
  tasks: [{task: {name: Main, refId: main, actions: [{transferToAcd: {name: To VIP, targetQueue: {lit: {name: VIP}}, preTransferAudio: {tts: hold}}}]}}]
"""  # noqa: E501 - a document


_ACTION = {"id": "main#1", "name": "To VIP", "type": "transferToAcd", "container": "Main"}


def _event(id_: int, at_ms: int, type_: str, **own: Any) -> dict[str, Any]:
    """An event with the members that all events have; from the third on they belong to the action."""
    place = {"action": _ACTION, "source": "shape.yaml:5"} if id_ > 2 else {"action": None, "source": ""}
    first = {"id": id_, "previous_id": id_ - 1, "at_ms": at_ms, "type": type_, "output": None}
    return first | place | own


def test_the_whole_shape() -> None:
    caller = {"from": "+12125550123", "to": "+13175550100", "channel": "voice"}
    caller["conversationId"] = "00000000-0000-4000-8000-000000000001"
    target = {"kind": "transferToAcd", "target_type": "queue", "target": "VIP"}
    assert run_flow(program_of(_FLOW, "shape.yaml"), {}).to_dict() == {
        "flow": {"name": "Shape", "type": "inboundCall", "source": "shape.yaml"},
        "status": "ended",
        "end": {"kind": "transferToAcd", "action": "To VIP", "target": {"type": "queue", "name": "VIP"}},
        "duration_ms": 240,
        "variables": {},
        "participant_data": {},
        "transcript": [{"at_ms": 0, "who": "flow", "text": "hold"}],
        "trace": [
            _event(1, 0, "flow_started", flow="Shape", flow_type="inboundCall", interaction=caller),
            _event(2, 0, "container_entered", container="Main", kind="task", how="start"),
            _event(3, 0, "audio_played", text="hold", language="en-us", role=""),
            _event(4, 240, "transfer_attempted", **target, accepted=True, error_type="", error_message=""),
            _event(5, 240, "action_ran", output="", duration_ms=240, detail=""),
            _event(6, 240, "flow_ended", **target, status="ended", details={}),
        ],
        "policies": [],
        "warnings": [],
    }
