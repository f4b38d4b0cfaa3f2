"""From nested action lists to the flat graph of the model.

Two steps: `collect` reads lists into drafts, numbering actions in document order; `link` decides what
follows what and gives the model's actions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ringback.documents import Node, Problems, suggestion
from ringback.flows.keys import ACTION_KEYS, UNSEEN
from ringback.flows.loaders.branches import LOOPS, Branch, branches
from ringback.flows.loaders.references import Containers
from ringback.flows.loaders.shapes import single_items, text_of
from ringback.flows.loaders.supported import is_supported, known_outputs
from ringback.flows.model import Action

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(slots=True)
class Draft:
    """An action while it is loaded; `branches` hold the drafts of its outputs."""

    id: str
    type: str
    name: str
    body: Node
    item: Node
    branches: list[tuple[str, list[Draft]]] = field(default_factory=list)
    target: str | None = None

    def walk(self) -> Iterator[Draft]:
        """This draft and those nested in it, in document order."""
        yield self
        for _, nested in self.branches:
            for draft in nested:
                yield from draft.walk()


@dataclass(slots=True)
class Collector:
    """Reads the action lists of one container."""

    container: str
    problems: Problems
    count: int = 0

    def collect(self, node: Node | None, what: str) -> list[Draft]:
        """The drafts of an action list."""
        return [
            self.draft(type_, body, item=item)
            for type_, body, item in single_items(node, what, problems=self.problems)
        ]

    def draft(self, type_: str, body: Node, *, item: Node) -> Draft:
        """The draft of one action."""
        self.count += 1
        name = text_of(body.get("name")) or title_of(type_)
        draft = Draft(f"{self.container}#{self.count}", type_, name, body, item)
        self._check(draft)
        for branch in branches(type_, body, problems=self.problems):
            self._check_output(draft, branch)
            nested = self.collect(branch.actions, f"the actions of output {branch.output!r}")
            if nested:
                draft.branches.append((branch.output, nested))
        return draft

    def _check(self, draft: Draft) -> None:
        """The action's type and keys."""
        place = draft.item.key_span(draft.type)
        if not (draft.body.is_map or draft.body.value is None):
            hint = "write its fields on lines of their own, indented"
            self.problems.error(
                "RB020", f"the action {draft.type!r} must be a mapping", span=draft.body.span, hint=hint
            )
        if not is_supported(draft.type):
            hint = "" if draft.type in ACTION_KEYS else suggestion(draft.type, ACTION_KEYS, what="")
            hint = hint if hint.startswith("did") else "running into it ends the run as failed"
            message = f"action {draft.type!r} is not supported by the simulator yet"
            self.problems.warn("RB027", message, span=place, hint=hint)
        if draft.type in ACTION_KEYS:
            where = f"in the action {draft.name!r} ({draft.type})"
            known = ACTION_KEYS[draft.type]
            self.problems.unknown_keys(draft.body, known, where=where, warn=draft.type in UNSEEN)

    def _check_output(self, draft: Draft, branch: Branch) -> None:
        known = known_outputs(draft.type)
        if known is not None and branch.output not in known and not _numbered(branch.output, known):
            place = branch.place.key_span(branch.output)
            hint = suggestion(branch.output, known, what="outputs")
            message = f"the action {draft.name!r} ({draft.type}) has no output {branch.output!r}"
            self.problems.error("RB026", message, span=place, hint=hint)


def link(
    drafts: Sequence[Draft], container: str, *, containers: Containers, in_turn: bool
) -> tuple[Action, ...]:
    """The model's actions of a container, in document order; `in_turn` is False for a menu's choices."""
    for draft in drafts:
        for nested in draft.walk():
            nested.target = nested.target or containers.target(nested.body)
    runs = [drafts] if in_turn else [[draft] for draft in drafts]
    return tuple(
        action for run in runs for action in _linked(run, container, after=None, parent=None, branch=None)
    )


def _linked(
    drafts: Sequence[Draft], container: str, *, after: str | None, parent: str | None, branch: str | None
) -> Iterator[Action]:
    """The actions of one list; `after` is what follows the list."""
    for index, draft in enumerate(drafts):
        follows = drafts[index + 1].id if index + 1 < len(drafts) else after
        yield Action(
            id=draft.id,
            name=draft.name,
            type=draft.type,
            body=draft.body,
            next=follows,
            outputs={output: nested[0].id for output, nested in draft.branches},
            target=draft.target,
            parent=parent,
            branch=branch,
            container=container,
            span=draft.item.key_span(draft.type),
        )
        for output, nested in draft.branches:
            back = draft.id if output == "loop" and draft.type in LOOPS else follows
            yield from _linked(nested, container, after=back, parent=draft.id, branch=output)


def title_of(type_: str) -> str:
    """A readable name of an action type.

    >>> title_of("transferToAcd")
    'Transfer To Acd'
    """
    return " ".join(word[:1].upper() + word[1:] for word in _HUMP.split(type_))


def _numbered(output: str, known: frozenset[str]) -> bool:
    """Whether `known` allows the output by a pattern: "case*" any case number, "*" any name."""
    return "*" in known or ("case*" in known and output.startswith("case"))
