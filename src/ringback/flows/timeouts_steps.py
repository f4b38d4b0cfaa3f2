"""Documents with `steps`: the plain view of a published flow.

    {"name": …, "version": 7,
     "steps": [{"type": "data-action", "name": …, "settings": {"timeout": 10}},
               {"type": "loop", "name": …, "steps": […]}]}

Containers nest `steps` at any depth, outputs hold steps in `on`; `settings.timeout` is in seconds. Steps of
other types may be unknown: the timeouts of a document that cannot run can be listed and set.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ringback.core.errors import DefinitionError
from ringback.documents import Node
from ringback.flows.loaders.shapes import text_of

_KEY = re.compile(r"^steps[ \t]*:", re.MULTILINE)
_OTHERS = re.compile(r'"(?:initialAction|initial_action|actions|flowSequenceItemList)"\s*:')
_TYPES = frozenset(["dataaction", "calldata"])


@dataclass(frozen=True, slots=True)
class NestedStep:
    """A data action step; `id` is its JSON pointer, `timeout_ms` its own timeout or None."""

    id: str
    name: str
    container: str
    calls: str
    timeout_ms: int | None
    node: Node


def mentions_steps(text: str) -> bool:
    """Whether a text may be a document with `steps`: cheap, and sure only when it says no."""
    start = text.lstrip("\ufeff \t\r\n")
    if start.startswith("{") and not start.startswith("{{"):
        return '"steps"' in text and not _OTHERS.search(text)
    return bool(_KEY.search(text))


def nested_steps(document: Node) -> Iterator[NestedStep]:
    """The data action steps of a document, in document order.

    Raises:
        DefinitionError: `steps` is no list, or a timeout no number of seconds.
    """
    yield from _below(document, "", container="")


def _below(node: Node, pointer: str, *, container: str) -> Iterator[NestedStep]:
    steps = node.get("steps")
    if steps is not None and steps.value is not None:
        if not steps.is_list:
            raise DefinitionError("`steps` must be a list", span=steps.span, code="RB020")
        for index, step in enumerate(steps):
            yield from _step(step, f"{pointer}/steps/{index}", container=container)


def _step(step: Node, pointer: str, *, container: str) -> Iterator[NestedStep]:
    """A step, if it is one of a data action, and those inside it."""
    name = text_of(step.get("name"))
    if text_of(step.get("type")).lower().replace("-", "").replace("_", "") in _TYPES:
        yield NestedStep(pointer, name or pointer, container, _calls(step), _timeout_ms(step), step)
    yield from _below(step, pointer, container=name)
    on = step.get("on")
    for output, member in on.items() if on is not None else ():
        if member.is_list:
            for index, inner in enumerate(member):
                yield from _step(inner, f"{pointer}/on/{output}/{index}", container=name)
        elif member.is_map:
            yield from _step(member, f"{pointer}/on/{output}", container=name)


def _calls(step: Node) -> str:
    """The data action that the step names."""
    for node in (step.get("dataAction"), step.at("settings", "dataAction")):
        if node is not None:
            return text_of(node.get("name") if node.is_map else node)
    return ""


def _timeout_ms(step: Node) -> int | None:
    node = step.at("settings", "timeout")
    if node is None or node.value is None:
        return None
    if isinstance(node.value, bool) or not isinstance(node.value, int | float) or node.value <= 0:
        hint = "write seconds, e.g. 10"
        raise DefinitionError(
            "settings.timeout must be a number of seconds above 0", span=node.span, hint=hint, code="RB041"
        )
    return round(node.value * 1000)
