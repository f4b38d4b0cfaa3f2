"""Secrets of a run appear in none of its outputs."""

from __future__ import annotations

import json

import pytest

import ringback
from ringback.engine.run import Run
from ringback.engine.world_loader import load_world
from ringback.flows.loaders import load_flow
from ringback.trace.codec import event_line
from ringback.trace.layout import text_of
from ringback.trace.render import render

KEY = "k-SECRET-123456"
ACTION = {
    "name": "Ask",
    "integrationType": "custom-rest-actions",
    "config": {
        "request": {
            "requestUrlTemplate": "https://api.example.com/ask?key=${credentials.apiKey}",
            "requestType": "POST",
            "requestTemplate": '{"q": "${input.q}"}',
            "headers": {"Authorization": "Bearer ${credentials.apiKey}"},
        },
        "response": {"translationMap": {"echo": "$.echo"}, "successTemplate": '{"echo": ${echo}}'},
    },
    "contract": {
        "input": {"inputSchema": {"type": "object", "properties": {"q": {"type": "string"}}}},
        "output": {"successSchema": {"type": "object", "properties": {"echo": {"type": "string"}}}},
    },
}
FLOW = """
inboundCall:
  name: Secrets
  startUpRef: ./tasks/task[main]
  defaultLanguage: en-us
  variables:
    - stringVariable: {name: Flow.echo, initialValue: {noValue: true}}
    - stringVariable: {name: Flow.message, initialValue: {noValue: true}}
    - stringVariable: {name: Flow.card, initialValue: {noValue: true}, isSecure: true}
  tasks:
    - task:
        name: Main
        refId: main
        actions:
          - callData:
              name: Ask
              category:
                Web:
                  dataAction:
                    Ask:
                      inputs: {q: {lit: hello}}
                      successOutputs: {echo: {var: Flow.echo}}
                      failureOutputs: {userMessage: {var: Flow.message}}
          - updateData:
              name: Keep the card
              statements: [{string: {variable: Flow.card, value: {exp: 'Append("4242", "424242")'}}}]
          - setParticipantData:
              name: Tell
              attributes:
                - attribute: {name: {lit: said}, value: {exp: 'Append(Flow.echo, Flow.message)'}}
          - playAudio:
              name: Say
              audio: {exp: 'ToAudioTTS(Append("It is ", Flow.echo, Flow.message))'}
          - disconnect: {name: End}
"""
WORLD = """
dataActions:
  Ask:
    file: ask.json
    credentials: {apiKey: %s}
    reply: %s
"""
REPLIES = {
    "echoed": {"status": 200, "body": {"echo": f"your key is {KEY}"}},
    "refused": {"status": 401, "body": {"message": f"invalid api key {KEY}"}},
    "cookie": {"status": 200, "headers": {"Set-Cookie": "sid=abcdef99"}, "body": {"echo": "sid=abcdef99"}},
}


def run(reply: str) -> Run:
    world = load_world(
        WORLD % (KEY, json.dumps(REPLIES[reply])), file="world.yaml", read=lambda _name: json.dumps(ACTION)
    )
    return ringback.simulate(load_flow(FLOW, file="flow.yaml"), world=world)


@pytest.mark.parametrize("reply", REPLIES)
def test_no_output_shows_them(reply: str) -> None:
    done = run(reply)
    lines = [event_line(event) for event in done.events]
    shown = "\n".join([json.dumps(done.to_dict()), *lines, *map(text_of, render(done.events))])
    for secret in (KEY, "4242424242", "abcdef99"):
        assert secret not in shown
    assert "***" in shown
    assert done.status == "ended"


def test_the_flow_itself_sees_the_values() -> None:
    done = run("echoed")
    assert done.session.participant_data["said"] == f"your key is {KEY}"
    assert done.to_dict()["participant_data"] == {"said": "your key is ***"}
    assert done.to_dict()["transcript"][0]["text"] == "It is your key is ***"
