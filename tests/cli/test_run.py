"""`ringback run`: its options, its three output formats, its exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.helpers import EXAMPLE, Outcome, command, invoke

FLOW = EXAMPLE / "flow.yaml"
ALICE = "+15551234567"
REPLY = f"Lookup Customer={EXAMPLE / 'replies' / 'bob.json'}"

SMALL = """\
inboundCall:
  name: Small
  defaultLanguage: en-us
  startUpRef: "/inboundCall/tasks/task[Main_1]"
  variables:
    - integerVariable:
        name: Flow.Count
        initialValue:
          lit: 1
    - stringVariable:
        name: Flow.When
        initialValue:
          noValue: true
  tasks:
    - task:
        name: Main
        refId: Main_1
        actions:
          - updateData:
              name: Note the time
              statements:
                - string:
                    variable: Flow.When
                    value:
                      exp: ToString(GetCurrentDateTimeUtc())
          - decision:
              name: More than one?
              condition:
                exp: Flow.Count > 1
              outputs:
                "yes":
                  actions:
                    - playAudio:
                        name: Several
                        audio:
                          tts: There are {{several}}.
          - disconnect:
              name: Bye
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL, encoding="utf-8")
    return path


def run(flow: Path, *more: str | Path) -> Outcome:
    return invoke("run", flow, "--substitute", "several=several", *more)


def run_json(flow: Path, *more: str | Path) -> Outcome:
    return run(flow, *more, "--output-format", "json")


def said(outcome: Outcome) -> list[str]:
    return [line["text"] for line in outcome.json["transcript"] if line["who"] == "flow"]


def test_json_has_every_key_of_the_interface(small: Path) -> None:
    outcome = run_json(small)
    assert outcome.code == 0
    assert list(outcome.json) == [
        "flow",
        "status",
        "end",
        "duration_ms",
        "variables",
        "participant_data",
        "transcript",
        "trace",
        "policies",
        "warnings",
    ]
    first = outcome.json["trace"][0]
    assert (first["id"], first["previous_id"], first["at_ms"]) == (1, 0, 0)
    ran = outcome.events("action_ran")[0]
    assert ran["action"]["name"] == "Note the time"
    assert ran["source"] == f"{small}:19"


def test_events_are_one_json_object_a_line(small: Path) -> None:
    outcome = run(small, "--output-format", "events")
    events = [json.loads(line) for line in outcome.out.splitlines()]
    assert [event["id"] for event in events] == list(range(1, len(events) + 1))
    assert events[-1]["type"] == "flow_ended"


def test_text_is_plain_when_it_goes_to_a_file(small: Path) -> None:
    outcome = run(small)
    assert "\x1b" not in outcome.out
    assert outcome.out.splitlines()[-1].strip() == "ended: disconnect"
    assert outcome.err.startswith(f"{small}: warning RB061: no world is given")


@pytest.mark.parametrize(
    ("options", "texts"),
    [
        ([], []),
        (["--set", "Flow.Count=2"], ["There are several."]),
        (["--set", "count=2", "--substitute", "unused=x"], ["There are several."]),
        (["--node", "Several"], ["There are several."]),
        (["--node", "bye"], []),
    ],
)
def test_set_node_and_substitute(small: Path, options: list[str], texts: list[str]) -> None:
    outcome = run_json(small, *options)
    assert (outcome.code, said(outcome)) == (0, texts)


@pytest.mark.parametrize(
    ("at", "when"),
    [
        ([], "2025-06-02T10:00:00Z"),
        (["--at", "2024-12-24T18:30:00Z"], "2024-12-24T18:30:00Z"),
        (["--at", "2024-12-24T18:30:00-05:00"], "2024-12-24T23:30:00Z"),
        (["--at", "2024-12-24"], "2024-12-24T00:00:00Z"),
    ],
)
def test_at(small: Path, at: list[str], when: str) -> None:
    assert run_json(small, *at).json["variables"]["Flow.When"] == when


def test_the_same_command_gives_the_same_bytes(small: Path) -> None:
    assert run_json(small, "--seed", "7").out == run_json(small, "--seed", "7").out


@pytest.mark.parametrize("channel", ["voice", "message", "email", "chat", "workflow"])
def test_channel(small: Path, channel: str) -> None:
    outcome = run_json(small, "--channel", channel, "--from", ALICE, "--to", ALICE)
    assert outcome.json["trace"][0]["interaction"] == {
        "from": ALICE,
        "to": ALICE,
        "channel": channel,
        "conversationId": "00000000-0000-4000-8000-000000000001",
    }


def test_an_address_of_another_channel_is_no_telephone_number(small: Path) -> None:
    assert run(small, "--channel", "email", "--from", "ann@example.com").code == 0
    assert run(small, "--from", "ann@example.com").code == 2


def test_the_world_beside_the_flow_is_used(small: Path) -> None:
    (small.parent / "world.yaml").write_text("participantData: {tier: gold}\n", encoding="utf-8")
    outcome = run_json(small)
    assert outcome.json["participant_data"] == {"tier": "gold"}
    assert outcome.json["warnings"] == []


def test_a_named_world_wins(small: Path) -> None:
    (small.parent / "world.yaml").write_text("participantData: {tier: gold}\n", encoding="utf-8")
    other = small.parent / "other.yaml"
    other.write_text("participantData: {tier: tin}\n", encoding="utf-8")
    assert run_json(small, "--world", other).json["participant_data"] == {"tier": "tin"}


def test_policy(small: Path) -> None:
    options = [
        "run",
        FLOW,
        "--from",
        ALICE,
        "--reply",
        REPLY,
        "--caller",
        "press 1",
        "--output-format",
        "json",
    ]
    assert invoke(*options, "--policy", "decision_not_set=flow_error").code == 0


def test_without_a_reply_the_world_answers() -> None:
    outcome = invoke("run", FLOW, "--from", ALICE, "--output-format", "json")
    replied = outcome.events("data_action_replied")[0]
    assert (replied["answered_by"], replied["status"]) == ("world", "success")


def test_a_reply_that_is_not_used_is_a_warning() -> None:
    outcome = invoke(
        "run", FLOW, "--from", ALICE, "--reply", REPLY, "--node", "Say hello", "--caller", "press 9"
    )
    assert outcome.code == 0
    assert "the reply for 'Lookup Customer' was not used" in outcome.err


def test_a_run_that_fails_gives_1(small: Path) -> None:
    text = SMALL.replace("disconnect:\n              name: Bye", "menuPrevious:\n              name: Dial")
    small.write_text(text, encoding="utf-8")
    outcome = run(small)
    assert outcome.code == 1
    assert "failed: action_unsupported" in outcome.out
    assert "warning RB027: action 'menuPrevious' is not supported by the simulator yet" in outcome.err


def test_a_run_over_the_limit_gives_1_and_is_folded(small: Path) -> None:
    jump = 'jumpToTask:\n              name: Again\n              targetTaskRef: "./tasks/task[Main_1]"'
    small.write_text(SMALL.replace("disconnect:\n              name: Bye", jump), encoding="utf-8")
    outcome = run(small)
    assert outcome.code == 1
    assert len(outcome.out.splitlines()) == 401
    assert "lines left out; --output-format events shows everything" in outcome.out
    assert outcome.out.splitlines()[-1].endswith("limit: disconnect")
    assert run_json(small).json["status"] == "limit"


def test_in_a_process_of_its_own(small: Path) -> None:
    outcome = command(
        "run", "small.yaml", "--substitute", "several=äöü", "--set", "Flow.Count=2", folder=small.parent
    )
    assert outcome.code == 0
    assert "flow: There are äöü." in outcome.out


def test_help_names_every_option() -> None:
    outcome = invoke("run", "--help")
    assert outcome.code == 0
    for option in ("--world", "--from", "--caller", "--reply", "--live", "--at", "--output-format"):
        assert option in outcome.out


def test_a_run_that_waits_in_a_queue_is_no_failure(tmp_path: Path) -> None:
    flow = tmp_path / "queue.yaml"
    flow.write_text(
        "inqueueCall:\n  name: Queue\n  defaultLanguage: en-us\n  startUpTaskActions:\n"
        "    - playAudio: {name: Please wait, audio: {tts: Please wait.}}\n"
    )
    outcome = command("run", flow, "--output-format", "json")
    assert outcome.json["status"] == "waiting"
    assert outcome.code == 0


TEXT = """inboundShortMessage:
  name: Text
  startUpRef: "./states/state[a]"
  defaultLanguage: en-us
  variables:
    - stringVariable: {name: Flow.said, initialValue: {exp: Message.Message.body}}
  states:
    - state:
        name: a
        refId: a
        actions:
          - disconnect: {name: End}
"""
WAITING = """inqueueCall:
  name: Waiting
  defaultLanguage: en-us
  variables:
    - stringVariable: {name: Flow.where, initialValue: {exp: ToString(Call.CurrentQueue)}}
  startUpTaskActions:
    - disconnect: {name: End}
"""


def test_the_first_text_and_the_queue(tmp_path: Path) -> None:
    (tmp_path / "t.yaml").write_text(TEXT, encoding="utf-8")
    (tmp_path / "q.yaml").write_text(WAITING, encoding="utf-8")
    told = invoke(
        "run", tmp_path / "t.yaml", "--channel", "message", "--text", "Hi!", "--output-format", "json"
    )
    assert told.json["variables"]["Flow.said"] == "Hi!"
    waiting = invoke("run", tmp_path / "q.yaml", "--queue", "VIP", "--output-format", "json")
    assert waiting.json["variables"]["Flow.where"] == "VIP"


def test_a_run_that_takes_too_long_ends_at_the_limit(tmp_path: Path) -> None:
    loop = TEXT.replace(
        "disconnect: {name: End}", "changeState: {name: Again, targetStateRef: './states/state[a]'}"
    )
    (tmp_path / "t.yaml").write_text(loop, encoding="utf-8")
    outcome = invoke("run", tmp_path / "t.yaml", "--max-seconds", "0.000001", "--output-format", "json")
    assert (outcome.code, outcome.json["status"]) == (1, "limit")
    (reached,) = outcome.events("limit_reached")
    assert reached["limit"] == "run_seconds"
    assert reached["message"] == "the run took longer than 1e-06 s on this machine"
    shown = invoke("run", tmp_path / "t.yaml", "--max-seconds", "0.000001").out
    assert "limit run_seconds" in shown


@pytest.mark.parametrize(
    ("text", "more", "said"),
    [
        ("several: many\nof_another_flow: x\n", [], "There are many."),
        ('{"several": 4}', [], "There are 4."),
        ("several: yes\n", [], "There are yes."),
        ("several: many\n", ["--substitute", "several=few"], "There are few."),
    ],
)
def test_values_from_an_options_file(tmp_path: Path, text: str, more: list[str], said: str) -> None:
    (tmp_path / "options.yaml").write_text(text, encoding="utf-8")
    flow = tmp_path / "flow.yaml"
    flow.write_text(
        "workflow: {name: w, startUpRef: './states/state[a]', states: [{state: {name: A, refId: a, actions: "
        "[{endWorkflow: {name: E, exitReason: {lit: 'There are {{several}}.'}}}]}}]}",
        encoding="utf-8",
    )
    flow.write_text(flow.read_text().replace("workflow: {name", "workflow:\n  {name"), encoding="utf-8")
    result = invoke("run", flow, "--substitute", f"@{tmp_path / 'options.yaml'}", *more)
    assert (result.code, said in result.out) == (0, True), result.err + result.out
    assert "RB030" not in result.err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("several: [a]\n", "options.yaml:1:10: error RB047: the value of 'several' is no text"),
        ("- several\n", "options.yaml:1:1: error RB047: an options file holds names and their values"),
        ("several: {\n", "options.yaml:"),
    ],
)
def test_wrong_options_files(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "options.yaml").write_text(text, encoding="utf-8")
    flow = tmp_path / "flow.yaml"
    flow.write_text("workflow:\n  name: w\n", encoding="utf-8")
    result = invoke("run", flow, "--substitute", f"@{tmp_path / 'options.yaml'}")
    assert result.code == 1
    assert message in result.err


def test_a_missing_options_file() -> None:
    result = invoke("run", "flow.yaml", "--substitute", "@gone.yaml")
    assert (result.code, result.err.splitlines()[0]) == (2, "error: there is no file gone.yaml")
