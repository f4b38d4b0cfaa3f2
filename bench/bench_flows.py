"""Flows: seconds to load and compile, and to write a session down and read it back, beside their targets."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import ringback
from ringback.engine.dumping import dump, load
from ringback.engine.interaction import Interaction
from ringback.engine.program import compile_flow
from ringback.engine.session import Session

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "examples" / "customer_lookup"
CORPUS = ROOT.parent / "shared" / "corpus" / "flows"
COLUMNS = ("seconds", "target", "of the target")


def seconds(work: Callable[[], object], rounds: int = 7) -> float:
    """The median time of one call."""
    took = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        took.append(time.perf_counter() - started)
    return sorted(took)[rounds // 2]


def largest() -> Path:
    """The largest flow of the corpus; the example where there is none."""
    files = sorted(CORPUS.glob("*.yaml"), key=lambda file: file.stat().st_size)
    return files[-1] if files else EXAMPLE / "flow.yaml"


def round_trip() -> Callable[[], object]:
    """Writes a session that waits for its data action down as JSON text, and reads it back."""
    program = compile_flow(ringback.load_flow(EXAMPLE / "flow.yaml"))
    world = ringback.load_world(EXAMPLE / "world.yaml")
    session = Session(program, world, Interaction("+15551234567"))
    session.advance()
    return lambda: load(program, world, json.loads(json.dumps(dump(session))))


def run() -> list[tuple[str, float, float, float]]:
    """Rows of case, seconds, target, ratio."""
    flow = largest()
    loaded = seconds(lambda: compile_flow(ringback.load_flow(flow)))
    dumped = seconds(round_trip(), rounds=101)
    return [
        (f"load and compile the largest flow, {flow.stat().st_size:,} bytes", loaded, 0.5, loaded / 0.5),
        ("dump and load a session in mid-call", dumped, 0.001, dumped / 0.001),
    ]
