"""What differs between two documents by meaning, as lines that a person reads.

A meaning is plain data: mappings without order, lists whose order counts. An item of a list that is a
mapping with `#` (its kind and name) is compared with the item of the same kind and name, wherever it stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Any, Literal, TypeAlias

import msgspec

from ringback.dataactions.secrets import MASK, Secrets, carries_secret

Meaning: TypeAlias = Mapping[str, Any]
ChangeKind: TypeAlias = Literal["added", "removed", "changed", "moved"]
NAME = "#"
_SHOWN = 200  # characters of a value in a plan; longer ones are cut in their middle
_AROUND = 20


class _Nothing:
    def __repr__(self) -> str:
        return "(nothing)"


NOTHING = _Nothing()


@dataclass(frozen=True, slots=True)
class Change:
    """One difference.

    Attributes:
        kind: what happened to it.
        path: where, from the outside to the inside, e.g. ("task Main", "Look up", "timeout").
        old, new: as text; "" where there is nothing.
    """

    kind: ChangeKind
    path: tuple[str, ...]
    old: str = ""
    new: str = ""

    @property
    def where(self) -> str:
        """The path in one line."""
        return " > ".join(self.path)

    def shown(self) -> Change:
        """The same without what nobody may read: credentials in headers and addresses."""
        if self.path[0] == "headers" and carries_secret(self.path[-1]):
            return replace(self, old=_hidden(self.old), new=_hidden(self.new))
        return replace(self, old=_without_secrets(self.old), new=_without_secrets(self.new))

    def whole(self) -> dict[str, Any]:
        """As it is, to be compared; never shown."""
        return {"kind": self.kind, "path": list(self.path), "old": self.old, "new": self.new}

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return self.shown().whole()


def _hidden(value: str) -> str:
    # What credentials and inputs fill in is no secret itself.
    return MASK if value and "$" not in value else value


def _without_secrets(text: str) -> str:
    return text if "$" in text else Secrets.of(()).text(text)


def differences(old: Any, new: Any, *, path: tuple[str, ...] = ()) -> Iterator[Change]:
    """Every change from one meaning to another, in the order of the new one."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        yield from _of_mappings(old, new, path=path)
    elif _is_named(old) and _is_named(new):
        yield from _of_lists(old, new, path=path)
    elif old != new:
        yield _change(old, new, path=path)


def _of_mappings(old: Meaning, new: Meaning, *, path: tuple[str, ...]) -> Iterator[Change]:
    for key in dict.fromkeys((*new, *old)):
        before, after = old.get(key, NOTHING), new.get(key, NOTHING)
        if key == NAME:
            continue
        # A block that one side lacks is shown as what it holds only when it is small.
        yield from differences(before, after, path=(*path, key))


def _is_named(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, Mapping) and NAME in item for item in value)


def _of_lists(old: Sequence[Meaning], new: Sequence[Meaning], *, path: tuple[str, ...]) -> Iterator[Change]:
    before, after = _labels(old), _labels(new)
    pairs = {label: before.index(label) for label in after if label in before}
    moved = _moved(before, after)
    renamed = _renamed(old, new, before=before, after=after)
    for index, label in enumerate(after):
        number = pairs.get(label, renamed.get(label))
        if number is None:
            yield Change("added", (*path, label), new=shown(new[index]))
            continue
        if label in renamed:
            yield Change("changed", (*path, label, "name"), before[number], label)
        if label in moved:
            yield Change("moved", (*path, label), f"place {number + 1}", f"place {index + 1}")
        yield from differences(old[number], new[index], path=(*path, label))
    known = {*pairs.values(), *renamed.values()}
    for index, label in enumerate(before):
        if index not in known:
            yield Change("removed", (*path, label), old=shown(old[index]))


def _renamed(
    old: Sequence[Meaning], new: Sequence[Meaning], *, before: list[str], after: list[str]
) -> dict[str, int]:
    """New label -> place of the old item that has its kind and stands, like it, alone under its name."""
    free = [index for index, label in enumerate(before) if label not in after]
    found: dict[str, int] = {}
    for index, label in enumerate(after):
        if label in before:
            continue
        same = [at for at in free if old[at].get("kind") == new[index].get("kind")]
        if same:
            found[label] = same[0]
            free.remove(same[0])
    return found


def _labels(items: Sequence[Meaning]) -> list[str]:
    """The name of each item, made unique by counting."""
    counts: dict[str, int] = {}
    found = []
    for item in items:
        counts[item[NAME]] = counts.get(item[NAME], 0) + 1
        number = counts[item[NAME]]
        found.append(item[NAME] if number == 1 else f"{item[NAME]} ({number})")
    return found


def _moved(before: list[str], after: list[str]) -> set[str]:
    """The labels of both sides that changed their order."""
    both = set(before) & set(after)
    old, new = [each for each in before if each in both], [each for each in after if each in both]
    if old == new:
        return set()
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    kept = {label for block in blocks for label in new[block.b : block.b + block.size]}
    return both - kept


def _change(old: Any, new: Any, *, path: tuple[str, ...]) -> Change:
    if old is NOTHING:
        return Change("added", path, new=shown(new))
    if new is NOTHING:
        return Change("removed", path, old=shown(old))
    before, after = text_of(old), text_of(new)
    if len(before) > _SHOWN or len(after) > _SHOWN:
        before, after = _around(before, after)
    return Change("changed", path, before, after)


def _around(old: str, new: str) -> tuple[str, str]:
    """The part in which two long texts differ, with a little of what is around it."""
    start = next((at for at, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1]), 0)
    limit = min(len(old), len(new)) - start
    same = next((at for at in range(limit) if old[-1 - at] != new[-1 - at]), limit)
    return _window(old, start, same=same), _window(new, start, same=same)


def _window(text: str, start: int, *, same: int) -> str:
    first, last = max(0, start - _AROUND), min(len(text), len(text) - same + _AROUND)
    part = text[first:last]
    part = part if len(part) <= _SHOWN else f"{part[:_SHOWN]}…"
    return f"{'…' if first else ''}{part}{'…' if last < len(text) else ''}"


def text_of(value: Any) -> str:
    """A value as a plan shows it: text as it is, everything else as short JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping) and len(value) == 1:
        ((key, inner),) = value.items()
        if key in ("lit", "exp", "duration") and not isinstance(inner, Mapping | list):
            return text_of(inner) if key != "exp" else str(inner)
    return msgspec.json.encode(_without_names(value)).decode()


def shown(value: Any) -> str:
    """A value that stands alone, cut to what fits."""
    if isinstance(value, Mapping) and NAME in value:
        value = {key: inner for key, inner in value.items() if key not in (NAME, "name")}
        if not value:
            return ""
    text = text_of(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _without_names(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_names(inner) for key, inner in value.items() if key != NAME}
    return [_without_names(item) for item in value] if isinstance(value, list) else value


def ordered(value: Any) -> Any:
    """A meaning with its mappings in one order, for fingerprints."""
    if isinstance(value, Mapping):
        return {key: ordered(value[key]) for key in sorted(value)}
    return [ordered(item) for item in value] if isinstance(value, list) else value
