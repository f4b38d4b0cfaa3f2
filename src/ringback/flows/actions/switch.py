"""switch: the first case that is true, or that equals the value."""

from __future__ import annotations

from typing import Any

from ringback.documents import Node
from ringback.flows.actions.base import ActionType, Builder, Exit, Field, Getter, Next, Step
from ringback.lang.expr.values import equal

MAX_CASES = 64


def _cases(b: Builder, style: Node, *, type_: str) -> list[tuple[Getter, Exit]]:
    cases = list(style.get("cases") or ())
    if len(cases) > MAX_CASES:
        b.fail(f"a switch has at most {MAX_CASES} cases, this one has {len(cases)}", style)
    found = []
    for number, case in enumerate(cases, start=1):
        value = case.at("case", "value")
        if value is None:
            b.fail("a case needs a value", case, hint="write `case: {value: {exp: …}, actions: […]}`")
        found.append((b.compile(value, type_), b.exit(f"case{number}")))
    return found


def _first_true(b: Builder, style: Node) -> Step:
    cases, default = _cases(b, style, type_="bln"), b.exit("default")

    def begin(run: Any) -> Next:
        return next((leave for holds, leave in cases if holds(run)), default)

    return Step(begin)


def _first_match(b: Builder, style: Node) -> Step:
    # The case type stands between: `firstMatch: {string: {value: …, cases: […]}}`.
    inner = next((node for key, node in style.items() if node.get("value") is not None), style)
    node = inner.get("value")
    if node is None:
        b.fail("a switch that matches needs a value to match", style)
    value, type_, default = b.compile(node, None), b.type_of(node), b.exit("default")
    cases = _cases(b, inner, type_=type_)

    def begin(run: Any) -> Next:
        wanted = value(run)
        return next((leave for given, leave in cases if equal(given(run), wanted)), default)

    return Step(begin)


def build(b: Builder) -> Step:
    """Cases are tried in order; those after the hit are not evaluated."""
    if (style := b.node("evaluate.firstTrue")) is not None:
        return _first_true(b, style)
    if (style := b.node("evaluate.firstMatch")) is not None:
        return _first_match(b, style)
    return b.fail("a switch needs `evaluate: {firstTrue: …}` or `evaluate: {firstMatch: …}`")


SWITCH = ActionType(
    key="switch",
    title="Switch",
    about="Takes the first case that is true, or the first that equals the switch value; else Default.",
    build=build,
    fields=(
        Field("evaluate.firstTrue.cases.*.case.value", "bln", about="Condition of a case."),
        Field("evaluate.firstMatch.*.value", "any", about="The value that is matched."),
        Field("evaluate.firstMatch.*.cases.*.case.value", "any", about="What a case matches."),
    ),
    outputs=("case*", "default"),
    source="scripting SDK: ActionSwitch, 1 to 64 cases",
)
