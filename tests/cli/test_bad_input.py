"""What a wrong document or option gets: place, line, hint, exit 1 or 2, never a traceback."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import pytest

from tests.cli.helpers import EXAMPLE, Outcome, command, invoke

FLOW = (EXAMPLE / "flow.yaml").read_text(encoding="utf-8")
PLAIN = (EXAMPLE / "flow.plain.json").read_text(encoding="utf-8")
CALLER = ("--from", "+15551234567")


def run(folder: Path, text: str, *more: str | Path, name: str = "flow.yaml") -> Outcome:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    outcome = invoke("run", path, *CALLER, *more)
    assert "Traceback" not in outcome.err
    # The folder of a test is different each time.
    return Outcome(outcome.code, outcome.out, outcome.err.replace(f"{folder}/", ""))


# what is replaced in the example's flow, by what, and the whole message
DOCUMENTS = {
    "YAML error": (
        "  menus:\n",
        "   menus:\n",
        (
            "flow.yaml:129:4: error RB010: not valid YAML: did not find expected key "
            "(while parsing a block mapping)\n"
            "       menus:\n"
            "       ^\n"
            "  hint: check the indentation against the lines above, and that quotes are closed\n"
        ),
    ),
    "unknown key": (
        "  initialGreeting:",
        "  initalGreeting:",
        (
            "flow.yaml:14:3: error RB021: unknown key 'initalGreeting' in the inboundCall flow\n"
            "      initalGreeting:\n"
            "      ^^^^^^^^^^^^^^\n"
            "  hint: did you mean 'initialGreeting'?\n"
        ),
    ),
    "missing task": (
        "task[Look up the caller_10]",
        "task[Look up_10]",
        (
            "flow.yaml:5:15: error RB023: there is no task 'Look up_10'\n"
            '      startUpRef: "/inboundCall/tasks/task[Look up_10]"\n'
            "                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
            "  hint: did you mean 'Look up the caller_10'?\n"
        ),
    ),
    "expression that ends early": (
        "exp: Flow.IsVip or Flow.Points >= 1000",
        "exp: Flow.IsVip or Flow.Points >=",
        (
            "flow.yaml:266:60: error RB201: the expression ends here; "
            'expected a literal, a variable, a function call or "("\n'
            "                              exp: Flow.IsVip or Flow.Points >=\n"
            "                                                               ^\n"
        ),
    ),
    "unknown variable": (
        "exp: Flow.IsVip or",
        "exp: Flow.IsVipp or",
        (
            "flow.yaml:266:32: error RB203: unknown variable Flow.IsVipp\n"
            "                              exp: Flow.IsVipp or Flow.Points >= 1000\n"
            "                                   ^^^^^^^^^^^\n"
            "  hint: did you mean Flow.IsVip?\n"
        ),
    ),
}


@pytest.mark.parametrize(("old", "new", "message"), DOCUMENTS.values(), ids=DOCUMENTS)
@pytest.mark.parametrize("form", ["text", "json", "events"])
def test_a_wrong_flow(tmp_path: Path, form: str, old: str, new: str, message: str) -> None:
    assert old in FLOW
    outcome = run(tmp_path, FLOW.replace(old, new, 1), "--output-format", form)
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err == message


WORLDS = {
    "unknown data action": (
        "dataActions: {}\n",
        (
            "flow.yaml:206:21: error RB063: the world has no data action 'Lookup Customer' "
            "(action 'Lookup Customer')\n"
        ),
        "hint: add to world.yaml:  dataActions: {Lookup Customer: {file: ….json}}",
    ),
    "unknown queue": (
        "queues: [VIP, General]\n",
        "flow.yaml:167:25: error RB063: the world has no 'Bookings' in `queues` (action 'Bookings')\n",
        "hint: add it to `queues:` in world.yaml",
    ),
    "unknown section": ("queus: [VIP]\n", "world.yaml:1:1: error RB021: unknown key 'queus'", "'queues'"),
    "broken YAML": ("queues: [VIP\n", "world.yaml:2:1: error RB010: not valid YAML", "hint: "),
    "missing file": (
        "dataActions: {Lookup Customer: {file: gone.json}}\n",
        "world.yaml:1:39: error RB050: cannot read 'gone.json': there is no file gone.json\n",
        "hint: the path is relative to the world file",
    ),
    "a list": ("- VIP\n", "world.yaml:1:1: error RB050: a world is a mapping of sections", "hint: "),
}


@pytest.mark.parametrize(("world", "message", "hint"), WORLDS.values(), ids=WORLDS)
def test_a_wrong_world(tmp_path: Path, world: str, message: str, hint: str) -> None:
    (tmp_path / "world.yaml").write_text(world, encoding="utf-8")
    outcome = run(tmp_path, FLOW)
    assert (outcome.code, outcome.out) == (1, "")
    assert message in outcome.err
    assert hint in outcome.err


def bomb() -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    for level in range(1, 12):
        lines.append(f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]")
    return "\n".join(lines)


LIMITS = {
    "YAML bomb": (bomb(), "limit:document_nodes"),
    "alias of itself": ("a: &a [*a]\n", "a cycle of references"),
    "deep YAML": ("a: " + "[" * 100_000, "limit:document_depth"),
    "deep JSON": ('{"actions": ' + "[" * 100_000, "limit:document_depth"),
    "nothing": ("", "error RB020"),
    "control characters": ("inboundCall:\n  name: a\x1b[31mb\n", "error RB010"),
}


@pytest.mark.parametrize(("text", "message"), LIMITS.values(), ids=LIMITS)
def test_a_hostile_document_is_refused_at_once(tmp_path: Path, text: str, message: str) -> None:
    began = time.perf_counter()
    outcome = run(tmp_path, text)
    assert time.perf_counter() - began < 5
    assert outcome.code == 1
    assert message in outcome.err
    assert "\x1b" not in outcome.err


def test_a_document_of_50_mb(tmp_path: Path) -> None:
    path = tmp_path / "flow.yaml"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    began = time.perf_counter()
    outcome = command("run", path)
    assert time.perf_counter() - began < 5
    assert outcome.code == 2
    assert outcome.err == f"error: {path} has 50,000,000 bytes; the limit document_size is 8,388,608\n"


JUMP = """\
inboundCall:
  name: Round
  startUpRef: "./tasks/task[a]"
  tasks:
    - task:
        name: A
        refId: a
        actions:
          - {kind}:
              name: Round and round
              targetTaskRef: "./tasks/task[a]"
"""


@pytest.mark.parametrize("kind", ["jumpToTask", "callTask"])
def test_a_cycle_of_tasks_ends_at_the_limit(tmp_path: Path, kind: str) -> None:
    began = time.perf_counter()
    outcome = run(tmp_path, JUMP.replace("{kind}", kind))
    assert time.perf_counter() - began < 10
    assert outcome.code == 1
    assert "limit actions of 10,000 reached" in outcome.out


# option, value, what stands on stderr
OPTIONS = [
    ("--set", "Flow.Points", "error: --set 'Flow.Points' is not NAME=VALUE\n  hint: for example: --set "),
    ("--set", "=1", "error: --set '=1' is not NAME=VALUE\n  hint: "),
    ("--set", "Flow.Points=many", "error: Flow.Points cannot be 'many': "),
    (
        "--set",
        "Flow.Nope=1",
        "error: the flow has no variable Flow.Nope\n  hint: its variables: Flow.CustomerId",
    ),
    (
        "--reply",
        "Lookup Customer",
        "error: --reply 'Lookup Customer' is not NAME=VALUE\n  hint: for example: ",
    ),
    ("--reply", "Lookup Customer=late", "error: 'late' is no fault\n  hint: for example: status:503"),
    ("--reply", "Lookup Customer=gone.json", "error: there is no file gone.json\n  hint: check the path"),
    (
        "--reply",
        "Other=timeout",
        "error: the flow calls no data action 'Other'\n  hint: it calls: Lookup Customer",
    ),
    ("--caller", "press 1; dance", "error: the caller cannot 'dance'\n  hint: write steps like: press 1;"),
    ("--caller", "wait long", "error: the caller cannot 'wait long'\n  hint: "),
    ("--set", "Flow.Hello=\udcff", "error: 'Flow.Hello=\\udcff' is no UTF-8 text\n  hint: the terminal has"),
    ("--at", "tomorrow", "error: 'tomorrow' is no moment\n  hint: write it like 2025-06-02T10:00:00Z"),
    ("--at", "0001-01-01T00:00:00+14:00", "is no moment"),
    (
        "--at",
        "2300-01-01",
        "error: '2300-01-01' is no moment of Architect\n  hint: its DateTime goes from 1800",
    ),
    ("--node", "Nope", "error: the flow has no action 'Nope'\n  hint: its actions: Lookup Customer, "),
    ("--policy", "nope=1", "error: unknown policy 'nope'\n  hint: known policies: "),
    (
        "--policy",
        "decision_not_set=maybe",
        "error: policy 'decision_not_set' has no choice 'maybe'\n  hint: ",
    ),
    ("--substitute", "queue", "error: --substitute 'queue' is not NAME=VALUE\n  hint: "),
    ("--world", "gone.yaml", "error: there is no file gone.yaml\n  hint: check the path"),
    ("--allow-host", "10.0.0.1", "error: --allow-host does nothing without --live\n  hint: add --live"),
    ("--set", "call.ani=1", "error: Call.Ani is a built-in variable and cannot be set\n  hint: the start of"),
    ("--max-seconds", "0", "Invalid value for '--max-seconds'"),
    ("--to", "100", "error: --to '100' is no telephone number in E.164\n  hint: write + and country code"),
    ("--from", "15551234567", "error: --from '15551234567' is no telephone number in E.164\n  hint: write +"),
    ("--from", "+1 (555) 123-4567", "hint: did you mean +15551234567?"),
    ("--from", "0015551234567", "hint: did you mean +15551234567?"),
    ("--seed", "x", "Invalid value for '--seed'"),
    ("--channel", "fax", "Invalid value for '--channel'"),
    ("--output-format", "xml", "Invalid value for '--output-format'"),
]


@pytest.mark.parametrize(("option", "value", "message"), OPTIONS)
def test_a_wrong_option_is_2(option: str, value: str, message: str) -> None:
    outcome = invoke("run", EXAMPLE / "flow.yaml", option, value)
    assert (outcome.code, outcome.out) == (2, "")
    assert message in outcome.err


def test_an_option_that_comes_twice_for_one_name() -> None:
    twice = ("--set", "Flow.Points=1", "--set", "Flow.Points=2")
    outcome = invoke("run", EXAMPLE / "flow.yaml", *twice)
    assert (outcome.code, outcome.err) == (
        2,
        "error: --set names 'Flow.Points' twice\n  hint: keep one of them\n",
    )


@pytest.mark.parametrize(
    ("name", "message"),
    [("gone.yaml", "there is no file"), (".", "cannot be read"), ("latin.yaml", "cannot be read")],
)
def test_a_file_that_cannot_be_read(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "latin.yaml").write_bytes(b"name: \xe9\n")
    outcome = invoke("run", tmp_path / name)
    assert outcome.code == 2
    assert message in outcome.err


def test_a_data_action_that_is_wrong_is_shown_in_its_own_file(tmp_path: Path) -> None:
    (tmp_path / "lookup.json").write_text('{"name": "Lookup Customer",', encoding="utf-8")
    world = "dataActions: {Lookup Customer: {file: lookup.json}}\n"
    (tmp_path / "world.yaml").write_text(world, encoding="utf-8")
    outcome = run(tmp_path, FLOW)
    assert outcome.code == 1
    assert outcome.err.startswith("lookup.json:1:28: error ")


def test_a_port_that_nobody_listens_on_takes_the_failure_path(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    world = f'hosts: {{"https://crm.example.com": "http://127.0.0.1:{port}"}}\n'
    (tmp_path / "world.yaml").write_text(world, encoding="utf-8")
    outcome = run(tmp_path, PLAIN, "--live", "--caller", "press 9", name="flow.json")
    assert outcome.code == 0
    assert "→ failure" in outcome.out
    assert f"127.0.0.1:{port} refused the connection" in outcome.out


def test_a_private_address_needs_to_be_allowed(tmp_path: Path) -> None:
    text = PLAIN.replace("https://crm.example.com/api/v1/lookup", "https://10.255.255.1/lookup")
    options = ("--live", "--caller", "press 9", "--output-format", "json")
    outcome = run(tmp_path, text, *options, name="flow.json")
    assert outcome.code == 0
    message = outcome.events("data_action_replied")[0]["error"]["userMessage"]
    assert "10.255.255.1 is at 10.255.255.1, a private address, which is not allowed" in message
