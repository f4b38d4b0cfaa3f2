"""Flows: seconds to load, compile and draw, and to write a session down and read it back, beside targets."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.bench_draw import generated

import ringback
from ringback.draw import draw
from ringback.engine.caller import parse_caller
from ringback.engine.data_calls import DataCalls
from ringback.engine.driver import ScriptedDriver
from ringback.engine.dumping import dump, load
from ringback.engine.interaction import Interaction
from ringback.engine.program import compile_flow
from ringback.engine.session import Session
from ringback.flows.effects import CallDataAction

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "examples" / "customer_lookup"
CORPUS = ROOT.parent / "shared" / "corpus"
COLUMNS = ("seconds", "target", "of the target")


def seconds(work: Callable[[], object], rounds: int = 7) -> float:
    """The median time of one call."""
    took = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        took.append(time.perf_counter() - started)
    return sorted(took)[rounds // 2]


def largest() -> Iterator[tuple[str, Path]]:
    """The largest flow of each form in the corpus; the example where there is none."""
    for form, pattern in (("Archy YAML", "flows/*.yaml"), ("export", "flow-exports/*.i3*")):
        files = sorted(CORPUS.glob(pattern), key=lambda file: file.stat().st_size)
        if files:
            yield form, files[-1]
    if not CORPUS.is_dir():
        yield "example", EXAMPLE / "flow.yaml"


def loading(form: str, file: Path) -> tuple[str, float, float, float]:
    """The row of a flow that is loaded and compiled."""
    took = seconds(lambda: compile_flow(ringback.load_flow(file)))
    return f"load and compile the largest {form}, {file.stat().st_size:,} bytes", took, 0.5, took / 0.5


def round_trip() -> Callable[[], object]:
    """Writes a session that waits for its data action down as JSON text, and reads it back."""
    program = compile_flow(ringback.load_flow(EXAMPLE / "flow.yaml"))
    world = ringback.load_world(EXAMPLE / "world.yaml")
    session = Session(program, world, Interaction("+15551234567"))
    driver = ScriptedDriver(world, DataCalls(world), parse_caller(""))
    effect = session.advance()
    while not isinstance(effect, CallDataAction):
        assert effect is not None
        effect = session.advance(driver.answer(session, effect))
    return lambda: load(program, world, json.loads(json.dumps(dump(session))))


def run() -> list[tuple[str, float, float, float]]:
    """Rows of case, seconds, target, ratio."""
    dumped = seconds(round_trip(), rounds=101)
    deep = generated(400)
    drawn = seconds(lambda: draw(deep, "html"), rounds=3)
    return [
        *(loading(form, file) for form, file in largest()),
        ("dump and load a session in mid-call", dumped, 0.001, dumped / 0.001),
        (f"draw {len(deep.actions)} actions, deep, many jumps, as a page", drawn, 2, drawn / 2),
    ]
