"""The customer look-up example: what its README promises, through the real command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.helpers import EXAMPLE, ROOT, Outcome, command, invoke

NATIVE, PLAIN = EXAMPLE / "flow.yaml", EXAMPLE / "flow.plain.json"
ALICE, BOB = "+15551234567", "+15559876543"

# reply, caller, (kind, action, queue), how the look-up went, what the flow says after the welcome
CASES = [
    (
        "replies/alice.json",
        "",
        ("transferToAcd", "Transfer to the VIP queue", "VIP"),
        "success",
        "Welcome back, Alice Smith. Your personal advisor will be right with you.",
    ),
    (
        "replies/bob.json",
        "press 1",
        ("transferToAcd", "Bookings", "Bookings"),
        "success",
        "Welcome back, Bob Jones.",
    ),
    (
        "replies/unknown.json",
        "press 2",
        ("transferToAcd", "Anything else", "General"),
        "success",
        "Thank you for calling.",
    ),
    ("status:500", "press 1", ("transferToAcd", "Bookings", "Bookings"), "failure", "Thank you for calling."),
    ("status:503", "press 9", ("disconnect", "Goodbye", None), "failure", "Thank you for calling."),
    ("malformed", "press 9", ("disconnect", "Goodbye", None), "failure", "Thank you for calling."),
    ("lost", "press 9", ("disconnect", "Goodbye", None), "failure", "Thank you for calling."),
    ("reset", "press 9", ("disconnect", "Goodbye", None), "failure", "Thank you for calling."),
    ("timeout", "press 1", ("transferToAcd", "Bookings", "Bookings"), "timeout", "Thank you for calling."),
    ("slow:2s", "press 1", ("transferToAcd", "Bookings", "Bookings"), "timeout", "Thank you for calling."),
    (
        "replies/bob.json",
        "press 7; press 9",
        ("disconnect", "Goodbye", None),
        "success",
        "Welcome back, Bob Jones.",
    ),
    (
        "replies/bob.json",
        "",
        ("transferToAcd", "Anything else", "General"),
        "success",
        "Welcome back, Bob Jones.",
    ),
    (
        "replies/bob.json",
        "wait 3s; hangup",
        ("hangup", "Main menu", None),
        "success",
        "Welcome back, Bob Jones.",
    ),
]


def arguments(flow: Path, reply: str, caller: str) -> list[str | Path]:
    spec = EXAMPLE / reply if reply.endswith(".json") else reply
    given = ["run", flow, "--from", ALICE, "--reply", f"Lookup Customer={spec}", "--caller", caller]
    return [*given, "--output-format", "json"]


def ended(outcome: Outcome) -> tuple[str, str, str | None]:
    end = outcome.json["end"]
    return end["kind"], end["action"], (end.get("target") or {}).get("name")


@pytest.mark.parametrize("flow", [NATIVE, PLAIN], ids=["native", "plain"])
@pytest.mark.parametrize(("reply", "caller", "end", "looked_up", "says"), CASES)
def test_calls(
    flow: Path, reply: str, caller: str, end: tuple[str, str, str | None], looked_up: str, says: str
) -> None:
    outcome = invoke(*arguments(flow, reply, caller))
    assert (outcome.code, outcome.err) == (0, "")
    # A plain menu is entered by an action of its own name; a call that is hung up ends in the menu.
    assert ended(outcome) == end
    assert [event["status"] for event in outcome.events("data_action_replied")] == [looked_up]
    said = [line["text"] for line in outcome.json["transcript"] if line["who"] == "flow"]
    assert said[:2] == ["Welcome to Harbor Travel.", says]
    assert outcome.json["status"] == "ended"
    assert outcome.json["warnings"] == []


@pytest.mark.parametrize(("reply", "caller"), [(case[0], case[1]) for case in CASES])
def test_the_plain_twin_does_the_same(reply: str, caller: str) -> None:
    native, plain = (invoke(*arguments(flow, reply, caller)).json for flow in (NATIVE, PLAIN))
    assert plain["end"] == native["end"]
    assert plain["transcript"] == native["transcript"]
    assert plain["duration_ms"] == native["duration_ms"]
    assert plain["participant_data"] == native["participant_data"]


def test_the_command_of_the_readme() -> None:
    outcome = command(
        "run",
        "examples/customer_lookup/flow.yaml",
        "--from",
        ALICE,
        "--reply",
        "Lookup Customer=examples/customer_lookup/replies/alice.json",
        "--output-format",
        "json",
    )
    assert (outcome.code, outcome.err) == (0, "")
    run = outcome.json
    assert run["flow"] == {
        "name": "Customer Lookup",
        "type": "inboundCall",
        "source": "examples/customer_lookup/flow.yaml",
    }
    assert run["end"] == {
        "kind": "transferToAcd",
        "action": "Transfer to the VIP queue",
        "target": {"type": "queue", "name": "VIP"},
        "priority": 10,
    }
    assert run["variables"]["Flow.CustomerName"] == "Alice Smith"
    assert run["variables"]["Flow.Points"] == 1500
    assert run["participant_data"] == {"customerId": "CUST-001", "loyaltyPoints": "1500"}
    called = outcome.events("data_action_replied")[0]
    assert called["http"]["method"] == "POST"
    assert called["http"]["url"] == "https://crm.example.com/api/v1/lookup"
    assert json.loads(called["http"]["request"]) == {"phoneNumber": ALICE}


@pytest.fixture
def crm(tmp_path: Path) -> Iterator[int]:
    """The port of a running CRM with its switches set."""
    switches = ["--fail-for", "+15550000500", "--slow-for", "+15550000408", "--slow-seconds", "5"]
    command_line = [sys.executable, str(EXAMPLE / "crm.py"), "--db", str(tmp_path / "crm.sqlite"), *switches]
    with subprocess.Popen(command_line, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())["port"]
        began = time.perf_counter()
        process.terminate()
        assert process.wait(timeout=5) == 0
        assert time.perf_counter() - began < 2


def ask(port: int, body: bytes, path: str = "/api/v1/lookup") -> tuple[int, Any]:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", body, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def test_the_rules_of_the_crm(crm: int) -> None:
    alice = {"customer_id": "CUST-001", "name": "Alice Smith", "loyalty_points": 1500, "is_vip": True}
    bob = {"customer_id": "CUST-002", "name": "Bob Jones", "loyalty_points": 200, "is_vip": False}
    nobody = {"customer_id": "UNKNOWN", "name": "Unknown Customer", "loyalty_points": 0, "is_vip": False}
    for number in ("+15551234567", "15551234567", "+1 555 123 4567", "1-555-123-4567"):
        assert ask(crm, json.dumps({"phoneNumber": number}).encode()) == (200, alice)
    assert ask(crm, b'{"phoneNumber": "+15559876543"}') == (200, bob)
    assert ask(crm, b'{"phoneNumber": "+4930123456"}') == (200, nobody)
    for body in (b"{}", b'{"phoneNumber": ""}', b'{"phoneNumber": 5}', b"no JSON", b"[]", b"\xff"):
        assert ask(crm, body)[0] == 400
    assert ask(crm, b'{"phoneNumber": "+15550000500"}')[0] == 500
    assert ask(crm, b"{}", path="/elsewhere")[0] == 404


def live(port: int, tmp_path: Path, number: str, flow: Path = NATIVE) -> Outcome:
    world = (EXAMPLE / "world.yaml").read_text(encoding="utf-8")
    world = world.replace("http://127.0.0.1:8086", f"http://127.0.0.1:{port}")
    for name in ("lookup_customer.json", "replies/alice.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes((EXAMPLE / name).read_bytes())
    (tmp_path / "world.yaml").write_text(world, encoding="utf-8")
    given = ["--world", tmp_path / "world.yaml", "--live", "--from", number, "--caller", "press 9"]
    return invoke("run", flow, *given, "--output-format", "json")


@pytest.mark.parametrize("flow", [NATIVE, PLAIN], ids=["native", "plain"])
@pytest.mark.parametrize(
    ("number", "status", "name"),
    [(ALICE, "success", "Alice"), (BOB, "success", "Bob"), ("+15550000500", "failure", "")],
)
def test_live(crm: int, tmp_path: Path, flow: Path, number: str, status: str, name: str) -> None:
    outcome = live(crm, tmp_path, number, flow)
    assert outcome.code == 0, outcome.err
    replied = outcome.events("data_action_replied")[0]
    assert (replied["status"], replied["answered_by"]) == (status, "live")
    assert name in outcome.out


def test_live_and_too_slow_costs_the_timeout_of_the_step(crm: int, tmp_path: Path) -> None:
    began = time.perf_counter()
    outcome = live(crm, tmp_path, "+15550000408")
    assert time.perf_counter() - began < 3
    replied = outcome.events("data_action_replied")[0]
    assert (replied["status"], replied["duration_ms"] >= 1000) == ("timeout", True)


def test_live_and_nobody_listens(tmp_path: Path) -> None:
    outcome = live(9, tmp_path, ALICE)
    assert (outcome.code, outcome.err) == (0, "")
    replied = outcome.events("data_action_replied")[0]
    assert replied["status"] == "failure"
    assert "127.0.0.1:9" in replied["error"]["userMessage"]
    assert outcome.json["end"]["kind"] == "disconnect"


def test_demo() -> None:
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "examples/customer_lookup/demo.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "\x1b" not in done.stdout
    assert max(len(line) for line in done.stdout.splitlines()) <= 100
    table = done.stdout.splitlines()[-9:-2]
    assert [line.split()[-2:] for line in table[:1]] == [["Virtual", "time"]]
    ends = [" ".join(line[50:88].split()) for line in table[1:]]
    assert ends == [
        "success transferToAcd VIP",
        "success transferToAcd Bookings",
        "success transferToAcd General",
        "failure transferToAcd Bookings",
        "timeout transferToAcd Bookings",
        "success disconnect",
    ]
    # Six calls take less than 5 s; a busy machine gets some more.
    assert time.perf_counter() - began < 15
