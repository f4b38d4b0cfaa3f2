"""What is linted together: the flows, the data actions and the world of one project."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ringback.dataactions.model import DataAction
from ringback.documents import Node
from ringback.flows.loaders.shapes import text_of
from ringback.flows.needs import SECTIONS


@dataclass(frozen=True, slots=True)
class World:
    """The names that a world.yaml has; a section that is absent is open.

    Attributes:
        file: its name.
        names: section -> names in lower case.
        files: name of a data action in lower case -> the file of its document, as seen from here.
    """

    file: str
    names: Mapping[str, frozenset[str]]
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Project:
    """What a flow's checks know beside the flow.

    Attributes:
        actions: by file and by name in lower case; None for a name that two different actions have.
        world: None when no world.yaml is among the documents, or several are.
        max_silence_ms: the budget of `--max-silence`; None for no budget.
    """

    actions: Mapping[str, DataAction | None] = field(default_factory=dict)
    world: World | None = None
    max_silence_ms: int | None = None

    def action(self, name: str) -> DataAction | None:
        """The document of the data action that a flow calls by this name; the world decides first."""
        key = name.strip().lower()
        file = self.world.files.get(key) if self.world is not None else None
        by_file = self.actions.get(f"file:{file}") if file else None
        return by_file or self.actions.get(key)


def project_of(
    actions: Iterable[DataAction], worlds: Iterable[World], *, max_silence_ms: int | None = None
) -> Project:
    """The project of the documents; two actions of one name count only when they agree on the contracts."""
    found: dict[str, DataAction | None] = {}
    for action in actions:
        key = action.name.strip().lower()
        known = found.get(key, action)
        found[key] = action if known is not None and _same_contract(known, action) else None
        found[f"file:{_normal(action.file)}"] = action
    several = tuple(worlds)
    return Project(found, several[0] if len(several) == 1 else None, max_silence_ms)


def world_of(document: Node, *, file: str) -> World:
    """The names in a world.yaml; what is wrong with it is not told here."""
    names = {
        section: frozenset(_names(node))
        for section in (*SECTIONS, "dataTables", "dataActions", "flows")
        if (node := document.get(section)) is not None and (node.is_map or node.is_list)
    }
    files = {}
    actions = document.get("dataActions")
    for name, entry in actions.items() if actions is not None else ():
        written = text_of(entry if isinstance(entry.value, str) else entry.get("file"))
        if written:
            files[name.strip().lower()] = _normal(posixpath.join(posixpath.dirname(_normal(file)), written))
    return World(file, names, files)


def _names(node: Node) -> Iterable[str]:
    named = [name for name, _ in node.items()]
    named += [text_of(item.get("name") if item.is_map else item) for item in node]
    emails = [text_of(item.get("email")) for item in (*node, *(member for _, member in node.items()))]
    return (name.strip().lower() for name in (*named, *emails) if name)


def _normal(file: str) -> str:
    return posixpath.normpath(file.replace("\\", "/"))


def _same_contract(one: DataAction, other: DataAction) -> bool:
    return (one.input_contract, one.output_contract) == (other.input_contract, other.output_contract)
