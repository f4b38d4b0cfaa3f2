"""Compiled expressions against hand-written Python functions of the same logic.

Both read the same mapping of raw values. The ratio is how many times longer ours takes.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from ringback.lang import expr
from ringback.lang.expr.scope import Bench
from ringback.lang.expr.values import Json

TYPES = {
    "Flow.points": "int",
    "Flow.name": "str",
    "Flow.price": "dec",
    "Flow.j": "jsn",
    "Flow.list": "str_coll",
}
VALUES = {
    "flow.points": 1500,
    "flow.name": "Ann",
    "flow.price": Decimal("12.50"),
    "flow.j": Json({"a": {"b": ["x", "y"]}}),
    "flow.list": ("a", "b", "c"),
}


def _greeting(env: Bench) -> Any:
    values = env.values
    if values["flow.points"] > 1000 and values["flow.name"] is not None:
        return "Hello " + values["flow.name"]
    return "Hello"


def _sum(env: Bench) -> Any:
    points = env.values["flow.points"]
    return points * 2 + 1 - points % 7


def _text(env: Bench) -> Any:
    values = env.values
    return '{"name": "' + values["flow.name"] + '", "points": ' + str(values["flow.points"]) + "}"


def _json(env: Bench) -> Any:
    return str(env.values["flow.j"].value["a"]["b"][1])


def _list(env: Bench) -> Any:
    values = env.values
    return len(values["flow.list"]) > 2 and values["flow.list"][1] == "b"


def _price(env: Bench) -> Any:
    return env.values["flow.price"] * 2 > Decimal("20.0")


CASES: tuple[tuple[str, str, Callable[[Bench], Any]], ...] = (
    (
        "If and Append",
        'If(Flow.points > 1000 and IsSet(Flow.name), Append("Hello ", Flow.name), "Hello")',
        _greeting,
    ),
    ("Integer arithmetic", "Flow.points * 2 + 1 - Flow.points % 7", _sum),
    (
        "JSON text",
        r'"{\"name\": \"" + Flow.name + "\", \"points\": " + ToString(Flow.points) + "}"',
        _text,
    ),
    ("JSON path", "ToString(Flow.j.a.b[1])", _json),
    ("List", 'Count(Flow.list) > 2 and Flow.list[1] == "b"', _list),
    ("Decimal", "Flow.price * 2 > 20.0", _price),
)


def rate(function: Callable[[Bench], Any], env: Bench, *, seconds: float = 0.15) -> float:
    """Calls per second, the best of three runs."""
    best = 0.0
    for _ in range(3):
        count, start = 0, time.perf_counter()
        while (spent := time.perf_counter() - start) < seconds:
            for _ in range(500):
                function(env)
            count += 500
        best = max(best, count / spent)
    return best


def run() -> list[tuple[str, float, float, float]]:
    """Case, ours per second, baseline per second, ratio (how many times longer ours takes)."""
    rows = []
    for name, text, baseline in CASES:
        env = Bench(VALUES)
        ours = expr.check(text, TYPES).evaluate
        assert ours(env) == baseline(env), name
        fast, reference = rate(ours, env), rate(baseline, env)
        rows.append((f"expr: {name}", fast, reference, reference / fast))
    return rows


if __name__ == "__main__":
    for case, ours_per_second, baseline_per_second, ratio in run():
        print(f"{case:<28} {ours_per_second:>12,.0f} /s {baseline_per_second:>12,.0f} /s {ratio:6.1f}")
