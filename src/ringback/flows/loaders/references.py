"""References between parts of an Archy flow: `/inboundCall/tasks/task[Main_12]`, `./menus/menu[mainMenu]`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ringback.documents import Node, Problems, suggestion
from ringback.flows.loaders.shapes import text_of

_REFERENCE = re.compile(r"(?:[^\[]*/)?(?P<kind>\w+)\[(?P<ref>.*)\]\Z", re.DOTALL)
_PLURAL = {"task": "tasks", "menu": "menus", "state": "states", "bot": "bots"}

# Keys of actions that refer to a container -> the kinds that they may name.
TARGETS: Mapping[str, str] = {
    "targetTaskRef": "task",
    "targetMenuRef": "menu",
    "targetStateRef": "state",
}


@dataclass(slots=True)
class Containers:
    """The containers of a flow by kind and refId."""

    problems: Problems
    ids: dict[tuple[str, str], str] = field(default_factory=dict)

    def add(self, kind: str, ref: str, *, node: Node) -> str:
        """Register a container and give its id: the refId, made unique when another kind uses it too."""
        if (kind, ref) in self.ids:
            self.problems.error(
                "RB025",
                f"two {_PLURAL[kind]} have the refId {ref!r}",
                span=node.span,
                hint="rename one of them",
            )
            return self.ids[kind, ref]
        taken = set(self.ids.values())
        self.ids[kind, ref] = ref if ref not in taken else f"{kind}/{ref}"
        return self.ids[kind, ref]

    def resolve(self, node: Node, wanted: str | None = None) -> str | None:
        """The id of the container that a reference names; an error and None when there is none."""
        written = text_of(node)
        match = _REFERENCE.match(written)
        if match is None or match["kind"] not in _PLURAL:
            kind = wanted or "task"
            hint = f"write ./{_PLURAL[kind]}/{kind}[refId]; {self._known(wanted)}"
            self.problems.error("RB023", f"{written!r} is not a reference", span=node.span, hint=hint)
            return None
        kind, ref = match["kind"], match["ref"]
        if wanted is not None and kind != wanted:
            hint = f"{self._known(wanted)}"
            self.problems.error(
                "RB023", f"a reference to a {kind}, but a {wanted} is needed", span=node.span, hint=hint
            )
            return None
        if (kind, ref) not in self.ids:
            hint = suggestion(ref, self._refs(kind), what=_PLURAL[kind])
            self.problems.error("RB023", f"there is no {kind} {ref!r}", span=node.span, hint=hint)
            return None
        return self.ids[kind, ref]

    def target(self, body: Node) -> str | None:
        """The container that an action's body refers to, if any."""
        for key, kind in TARGETS.items():
            member = body.get(key)
            if member is not None and isinstance(member.value, str):
                return self.resolve(member, kind)
        return None

    def _refs(self, kind: str | None) -> list[str]:
        return [ref for of, ref in self.ids if kind in (None, of)]

    def _known(self, kind: str | None) -> str:
        names = ", ".join(repr(ref) for ref in self._refs(kind)) or "none"
        return f"{_PLURAL[kind] if kind else 'tasks, menus and states'}: {names}"
