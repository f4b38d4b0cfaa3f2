"""Six calls through one flow, with a CRM that really answers over HTTP.

    make demo        (or: python examples/customer_lookup/demo.py)

Starts crm.py on a free port, places the calls, prints what happened in each of them, stops the CRM.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import ringback
from ringback.cli.terminal import print_lines
from ringback.dataactions.hosts import HostPolicy
from ringback.dataactions.live import HttpTransport
from ringback.engine.run import Run
from ringback.flows.actions import ACTIONS
from ringback.trace.events import DataActionReplied
from ringback.trace.layout import Line, Segment, Style, cut
from ringback.trace.render import render

HERE = Path(__file__).parent
TITLES = {action.key: action.title for action in ACTIONS.values()}
CRM = "https://crm.example.com"  # the address in lookup_customer.json
FAILING, SLOW = "+15550000500", "+15550000408"
CALLED = "+15550001000"


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the demo: who calls, and what they press."""

    title: str
    number: str
    caller: str = ""


CALLS = (
    Call("A known VIP", "+15551234567"),
    Call("A known customer who is no VIP", "+15559876543", "press 1"),
    Call("A number that the CRM does not know", "+15550001234", "press 2"),
    Call("The CRM answers 500", FAILING, "press 1"),
    Call("The CRM is too slow", SLOW, "press 1"),
    Call("The caller presses a key that is not on the menu", "+15559876543", "press 7; press 9"),
)


@contextmanager
def crm() -> Iterator[int]:
    """The port of a running CRM; it is stopped whatever happens."""
    with tempfile.TemporaryDirectory() as folder:
        switches = ["--fail-for", FAILING, "--slow-for", SLOW, "--slow-seconds", "3"]
        command = [sys.executable, str(HERE / "crm.py"), "--db", f"{folder}/crm.sqlite", *switches]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            try:
                assert process.stdout is not None
                yield json.loads(process.stdout.readline())["port"]
            finally:
                stop(process)


def stop(process: subprocess.Popen[str]) -> None:
    """Ask the process to stop; insist after two seconds."""
    process.terminate()
    try:
        process.wait(timeout=2)
    except subprocess.TimeoutExpired:
        process.kill()


def place(port: int) -> Iterator[tuple[Call, Run]]:
    """The six calls through the flow, their data action live."""
    flow = ringback.load_flow(HERE / "flow.yaml")
    routes = {CRM: f"http://127.0.0.1:{port}"}
    world = replace(ringback.load_world(HERE / "world.yaml"), hosts=routes)
    with HttpTransport(HostPolicy(loopback=True, routes=routes)) as live:
        for call in CALLS:
            start = {"from": call.number, "to": CALLED}
            yield call, ringback.simulate(flow, world=world, start=start, caller=call.caller, transport=live)


def table(results: list[tuple[Call, Run]]) -> Iterator[Line]:
    """One row for each call: who, how the look-up went, how the call ended."""
    yield row("Call", "Look-up", "Ended", "Virtual time", "heading")
    for call, run in results:
        lookups = [event.status for event in run.events if isinstance(event, DataActionReplied)]
        target = run.end.get("target")
        end = f"{run.end['kind']} {target['name']}" if target else run.end["kind"]
        yield row(call.title, lookups[0], end, f"{run.session.at_ms / 1000:.1f} s", "plain")


def row(title: str, lookup: str, end: str, took: str, style: Style) -> Line:
    """A row of the closing table."""
    return (Segment(f"{cut(title, 48):50}{lookup:10}{cut(end, 26):28}{took:>12}", style),)


def main() -> int:
    """Run the demo; 1 when a call did not end."""
    began = time.perf_counter()
    results = []
    with crm() as port:
        for number, (call, run) in enumerate(place(port), start=1):
            print_lines([(), (Segment(f"{number}. {call.title}", "heading"),), ()], sys.stdout)
            print_lines(render(run.events, titles=TITLES), sys.stdout)
            results.append((call, run))
    took = f"six calls in {time.perf_counter() - began:.1f} s of real time"
    print_lines([(), *table(results), (), (Segment(took, "dim"),)], sys.stdout)
    return 0 if all(run.status == "ended" for _, run in results) else 1


if __name__ == "__main__":
    sys.exit(main())
