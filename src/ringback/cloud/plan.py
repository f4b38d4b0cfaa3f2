"""What would have to be done so that an organisation has what a project says.

A plan is made by reading alone. Each step is one thing of the project: what is there, what would change, and
what stands against changing it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

import msgspec

from ringback.cloud.compare import Change
from ringback.cloud.project import Item
from ringback.core.diagnostics import Diagnostic

Verb: TypeAlias = Literal["create", "change", "publish", "none", "blocked"]
Reason: TypeAlias = Literal["lint", "missing", "lock", "draft", "ambiguous", "unsupported", "type"]
# What can be taken over by naming its holder.
HELD: frozenset[Reason] = frozenset(("lock", "draft"))
VERSION = 1  # of the plan file
_PLACE = ("integration", "category", "division")  # of what is created


@dataclass(frozen=True, slots=True)
class Block:
    """Why a step cannot be taken.

    Attributes:
        reason: see `Reason`.
        message: one sentence without a full stop.
        hint: what to do about it.
        holder: who holds the lock or draft; what `--take-over` must name.
    """

    reason: Reason
    message: str
    hint: str = ""
    holder: str = ""

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        found = {"reason": self.reason, "message": self.message, "hint": self.hint}
        return found | ({"holder": self.holder} if self.holder else {})


@dataclass(frozen=True, slots=True)
class Step:
    """One thing of the project and what is to be done with it.

    Attributes:
        item: the thing.
        verb: "none" when the organisation has it already; "publish" when a draft only has to be published.
        id: of the entity; "" when there is none.
        version: the published version; "" when there is none.
        changes: what is different.
        blocks: what stands against it.
        notes: what a reader should know besides.
        needs: keys of items that must be there before.
        data: what applying needs to know; never shown.
    """

    item: Item
    verb: Verb
    id: str = ""
    version: str = ""
    changes: tuple[Change, ...] = ()
    blocks: tuple[Block, ...] = ()
    notes: tuple[str, ...] = ()
    needs: tuple[tuple[str, str, str], ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def acts(self) -> bool:
        """Whether applying it changes the organisation."""
        return self.verb != "none"

    @property
    def fingerprint(self) -> str:
        """The same for the same change over the same version."""
        said: list[Any] = [self.item.key, self.verb, self.id, self.version, self.intent]
        if self.verb == "create":  # there are no changes that would say what is created
            said += [self.item.digest, *(self.data.get(key) for key in _PLACE)]
        return hashlib.sha256(msgspec.json.encode(said)).hexdigest()[:16]

    @property
    def intent(self) -> list[dict[str, Any]]:
        """What a reader of the plan agreed to, whatever the version."""
        return [change.whole() for change in self.changes]

    def without_blocks(self, taken: Iterable[str]) -> Step:
        """The step without locks and drafts of those who are named; names in any case."""
        names = {name.strip().casefold() for name in taken}
        left = [
            block for block in self.blocks if block.reason not in HELD or block.holder.casefold() not in names
        ]
        return replace(self, blocks=tuple(left))

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "kind": self.item.kind,
            "name": self.item.name,
            **({"type": self.item.type} if self.item.type else {}),
            "file": self.item.file,
            "action": self.verb,
            "id": self.id or None,
            "version": self.version or None,
            "changes": [change.to_dict() for change in self.changes],
            "blocked": [block.to_dict() for block in self.blocks],
            "notes": list(self.notes),
            "fingerprint": self.fingerprint,
        }


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps in the order in which they would be taken.

    Attributes:
        organisation: its name and address.
        steps: one for each item that was selected.
        found: what lint and the project say, errors first.
        unchecked: kind of resource -> why it could not be looked up.
    """

    organisation: str
    steps: tuple[Step, ...]
    found: tuple[Diagnostic, ...] = ()
    unchecked: Mapping[str, str] = field(default_factory=dict)

    @property
    def todo(self) -> tuple[Step, ...]:
        """The steps that change something."""
        return tuple(step for step in self.steps if step.acts)

    @property
    def blocked(self) -> tuple[Step, ...]:
        """The steps that cannot be taken."""
        return tuple(step for step in self.todo if step.blocks)

    @property
    def counts(self) -> dict[str, int]:
        """How many steps create, change, stay, are blocked."""
        free = [step for step in self.todo if not step.blocks]
        return {
            "create": sum(step.verb == "create" for step in free),
            "change": sum(step.verb in ("change", "publish") for step in free),
            "none": sum(not step.acts for step in self.steps),
            "blocked": len(self.blocked),
        }

    def to_dict(self) -> dict[str, Any]:
        """The JSON of `ringback plan --output-format json` and of the plan file."""
        return {
            "version": VERSION,
            "organisation": self.organisation,
            "counts": self.counts,
            "steps": [step.to_dict() for step in self.steps],
            "diagnostics": [found.to_dict() for found in self.found],
            "unchecked": dict(self.unchecked),
        }


def in_order(steps: Sequence[Step]) -> Iterator[Step]:
    """The steps with what they need before them; a circle is cut where it began."""
    places: dict[tuple[str, str, str], int] = {}
    for place, step in enumerate(steps):
        places.setdefault(step.item.key, place)
    done: set[int] = set()
    for start in range(len(steps)):
        path = [start]
        # Depth first without recursion: a project may have a long chain of flows.
        while path:
            wanted = (places[key] for key in steps[path[-1]].needs if key in places)
            following = next((place for place in wanted if place not in done and place not in path), None)
            if following is not None:
                path.append(following)
                continue
            place = path.pop()
            if place not in done:
                done.add(place)
                yield steps[place]


def with_blocked_needs(steps: Sequence[Step]) -> Iterator[Step]:
    """The steps in order; one that needs something that is not there and cannot be made is blocked, too."""
    lacking: dict[tuple[str, str, str], Step] = {}
    for planned in steps:
        step = planned
        missing = [lacking[key] for key in step.needs if key in lacking]
        if step.acts and missing and not step.blocks:
            message = f"it needs the {missing[0].item.label}, which is blocked"
            step = replace(step, blocks=(Block("missing", message, "see there"),))
        if step.blocks and not step.id:
            lacking[step.item.key] = step
        yield step


def circles(steps: Sequence[Step]) -> set[tuple[str, str, str]]:
    """Keys of steps that need something that comes after them in the order."""
    places = {step.item.key: place for place, step in enumerate(steps)}
    return {
        step.item.key
        for place, step in enumerate(steps)
        if any(places.get(key, -1) > place for key in step.needs)
    }
