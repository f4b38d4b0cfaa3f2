"""The JSON of a run."""

from tests.engine.driving import program_of, run_flow

_FLOW = """inboundCall:
  name: Shape
  startUpRef: ./tasks/task[main]
  defaultLanguage: en-us
  tasks: [{task: {name: Main, refId: main, actions: [{transferToAcd: {name: To VIP, targetQueue: {lit: {name: VIP}}, preTransferAudio: {tts: hold}}}]}}]
"""  # noqa: E501 - a document


def test_the_whole_shape() -> None:
    action = {"id": "main#1", "name": "To VIP", "type": "transferToAcd", "container": "Main"}
    place = "shape.yaml:5"
    assert run_flow(program_of(_FLOW, "shape.yaml"), {}).to_dict() == {
        "flow": {"name": "Shape", "type": "inboundCall", "source": "shape.yaml"},
        "status": "ended",
        "end": {"kind": "transferToAcd", "action": "To VIP", "target": {"type": "queue", "name": "VIP"}},
        "duration_ms": 240,
        "variables": {},
        "participant_data": {},
        "transcript": [{"at_ms": 0, "who": "flow", "text": "hold"}],
        "trace": [
            {
                "id": 1,
                "previous_id": 0,
                "at_ms": 0,
                "type": "flow_started",
                "flow": "Shape",
                "flow_type": "inboundCall",
                "interaction": {
                    "from": "+12125550123",
                    "to": "+13175550100",
                    "channel": "voice",
                    "conversationId": "00000000-0000-4000-8000-000000000001",
                },
            },
            {
                "id": 2,
                "previous_id": 1,
                "at_ms": 0,
                "type": "container_entered",
                "container": "Main",
                "kind": "task",
                "how": "start",
            },
            {
                "id": 3,
                "previous_id": 2,
                "at_ms": 0,
                "type": "audio_played",
                "action": action,
                "source": place,
                "text": "hold",
                "language": "en-us",
            },
            {
                "id": 4,
                "previous_id": 3,
                "at_ms": 240,
                "type": "transfer_attempted",
                "action": action,
                "source": place,
                "kind": "transferToAcd",
                "target_type": "queue",
                "target": "VIP",
                "accepted": True,
            },
            {
                "id": 5,
                "previous_id": 4,
                "at_ms": 240,
                "type": "action_ran",
                "action": action,
                "source": place,
                "duration_ms": 240,
            },
            {
                "id": 6,
                "previous_id": 5,
                "at_ms": 240,
                "type": "flow_ended",
                "action": action,
                "source": place,
                "kind": "transferToAcd",
                "target_type": "queue",
                "target": "VIP",
            },
        ],
        "policies": [],
        "warnings": [],
    }
