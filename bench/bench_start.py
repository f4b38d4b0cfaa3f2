"""Start-up: seconds until `ringback --help` and a whole `ringback run` are done, median of 5.

Each is a process of its own, as a person starts it. The baseline is the target; below it stands an
interpreter that does nothing, which nobody can beat.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

COLUMNS = ("seconds", "target", "of the target")
ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = "examples/customer_lookup"
TIMES = 5
CALL = ["--from", "+15551234567", "--reply", f"Lookup Customer={EXAMPLE}/replies/alice.json"]
CASES = (
    ("ringback --help", ["-m", "ringback", "--help"], 0.15),
    ("ringback run, Archy YAML", ["-m", "ringback", "run", f"{EXAMPLE}/flow.yaml", *CALL], 0.5),
    ("ringback run, plain JSON", ["-m", "ringback", "run", f"{EXAMPLE}/flow.plain.json", *CALL], 0.5),
    ("python -c pass", ["-c", "pass"], float("nan")),
)


def seconds(arguments: list[str]) -> float:
    """The median time of a process; the first one, which may compile sources, does not count."""
    compiles = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    found = []
    for _ in range(TIMES + 1):
        began = time.perf_counter()
        subprocess.run([sys.executable, *arguments], cwd=ROOT, env=compiles, check=True, capture_output=True)
        found.append(time.perf_counter() - began)
    return statistics.median(found[1:])


def run() -> list[tuple[str, float, float, float]]:
    """Case, seconds, target, share of the target."""
    rows = []
    for name, arguments, target in CASES:
        took = seconds(arguments)
        rows.append((name, took, target, took / target))
    return rows
