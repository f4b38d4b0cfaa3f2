"""Where the nested action lists of an Archy action stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ringback.documents import Node, Problems
from ringback.flows.loaders.shapes import single_items, text_of

LOOPS = frozenset({"loop", "loopUntil", "loopAnythingElse"})
_STYLES = ("firstTrue", "firstMatch")


@dataclass(frozen=True, slots=True)
class Branch:
    """One output of an action: its name, where it stands, and the list of its actions (None: no actions)."""

    output: str
    place: Node
    actions: Node | None


def branches(type_: str, body: Node, *, problems: Problems) -> Iterator[Branch]:
    """The outputs of an action in document order."""
    if type_ == "switch":
        yield from _switch(body, problems)
    outputs = body.get("outputs")
    if outputs is None or outputs.value is None:
        return
    if outputs.is_list:
        yield from _named(outputs, problems)
        return
    if not outputs.is_map:
        problems.error("RB020", f"the outputs of {type_!r} must be a mapping", span=outputs.span)
    for name, output in outputs.items():
        if _are_named(output):
            yield from _named(output, problems)
        elif name != "none":
            yield Branch(name, Node(None, outputs.key_span(name)), _actions(output, name, problems=problems))


def _actions(output: Node, name: str, *, problems: Problems) -> Node | None:
    """The `actions` of one output; null, `none: true` and `enabled: false` mean that it has none."""
    if output.value is None:
        return None
    if not output.is_map:
        hint = "write `actions:` below it, and the list below that"
        problems.error("RB020", f"the output {name!r} must hold `actions`", span=output.span, hint=hint)
        return None
    problems.unknown_keys(
        output, {"actions", "enabled", "none", "name", "value"}, where=f"in the output {name!r}"
    )
    return output.get("actions")


def _are_named(node: Node) -> bool:
    """Whether a list holds outputs (`- intent: {name, actions}`), not actions."""
    bodies = [body for item in node for _, body in item.items()]
    return node.is_list and all(body.get("actions") or body.get("enabled") for body in bodies)


def _named(node: Node, problems: Problems) -> Iterator[Branch]:
    """Outputs as a list of `- intent: {name, actions}`."""
    for key, value, item in single_items(node, "outputs", problems=problems):
        yield Branch(text_of(value.get("name")) or key, item, value.get("actions"))


def _switch(body: Node, problems: Problems) -> Iterator[Branch]:
    """`evaluate: {firstTrue: {default, cases}}` or `{firstMatch: {string: {value, default, cases}}}`."""
    evaluate = body.get("evaluate")
    cases = _cases(evaluate)
    if cases is None:
        place = evaluate.span if evaluate is not None else body.span
        hint = "write `evaluate:`, below it `firstTrue:` or `firstMatch:`, below that `default:` and `cases:`"
        problems.error("RB020", "a switch needs cases", span=place, hint=hint)
        return
    for key, member in cases.items():
        if key == "default":
            yield Branch("default", Node(None, cases.key_span(key)), _actions(member, key, problems=problems))
        elif key == "cases":
            for number, (_, case, item) in enumerate(
                single_items(member, "cases", problems=problems), start=1
            ):
                yield Branch(f"case{number}", item, case.get("actions"))


def _cases(evaluate: Node | None) -> Node | None:
    """The mapping that holds `cases` and `default`."""
    if evaluate is None:
        return None
    style = next((member for name in _STYLES if (member := evaluate.get(name)) is not None), None)
    if style is None or style.get("cases") is not None or style.get("default") is not None:
        return style
    return next((member for _, member in style.items() if member.is_map), None)
