"""Every benchmark of this folder: `python -m bench [name…]`, or `make bench`.

A benchmark is a module `bench_<name>.py` with `run()`, which gives rows of case, our figure, the figure of a
baseline or peer, and a ratio. `COLUMNS` in the module names the three figures where they are not ours per
second, baseline per second, and how many times longer ours takes. One whose peer is not installed is skipped.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

COLUMNS = ("ours /s", "baseline /s", "times longer")
Row = tuple[str, float, float, float]


def names() -> list[str]:
    """The benchmarks of this folder."""
    return sorted(path.stem.removeprefix("bench_") for path in Path(__file__).parent.glob("bench_*.py"))


def figure(value: float) -> str:
    """A number that a person can read at any size."""
    if value != value:  # noqa: PLR0124 - not a number: the case has no such figure
        return "-"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def table(rows: Iterable[Row], columns: tuple[str, str, str]) -> str:
    """The rows as text."""
    cells = [("case", *columns)]
    for name, ours, other, ratio in rows:
        # A module says 0 and 0 where its peer is not installed.
        missing = other == 0 and ratio == 0
        cells.append((name, figure(ours), *(("-", "-") if missing else (figure(other), figure(ratio)))))
    width = max(len(row[0]) for row in cells)
    return "\n".join(f"  {row[0]:{width}}" + "".join(f"{cell:>16}" for cell in row[1:]) for row in cells)


def main(wanted: list[str]) -> int:
    """Run the wanted benchmarks, or all."""
    for name in wanted or names():
        try:
            module = import_module(f"bench.bench_{name}")
        except ImportError as error:
            print(f"{name}: skipped, {error.name} is not installed\n", flush=True)
            continue
        print(f"{name}: {(module.__doc__ or '').strip().splitlines()[0]}", flush=True)
        print(table(module.run(), getattr(module, "COLUMNS", COLUMNS)) + "\n", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
