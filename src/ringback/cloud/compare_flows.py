"""What a flow means, apart from how its document says it.

Of two flows with the same meaning, neither needs to be published over the other. What does not count: the
order of keys, variables, containers and languages; reference names that Architect makes (`Main_12`);
`noValue`, `none` and flags that are false; white space in expressions; how a duration is written; whether a
resource stands there by its name or by its id.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ringback.cloud.compare import NAME, Change, Meaning, differences
from ringback.core.errors import DefinitionError
from ringback.documents import Node
from ringback.flows.actions import ACTIONS
from ringback.flows.literals import duration_of
from ringback.flows.loaders.shapes import is_empty, text_of
from ringback.flows.model import Flow, Form
from ringback.flows.writers.archy import archy_document
from ringback.flows.writers.structure import structured
from ringback.lang.expr.tokens import tokenize
from ringback.lang.expr.values import EvaluationError, milliseconds_of

Names = Callable[[str], str]
"""The name of what an id stands for; the id itself when nothing is known of it."""

_GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")
_REFERENCE = re.compile(r"(?:[^\[]*/)?(?P<kind>\w+)\[(?P<ref>.*)\]\Z", re.DOTALL)
_UNITS = frozenset(("days", "hours", "minutes", "seconds", "milliseconds", "ms"))
_CONTAINERS: Mapping[str, str] = {"tasks": "task", "menus": "menu", "states": "state", "bots": "bot"}
_REFS = frozenset(("startUpRef", "targetTaskRef", "targetMenuRef", "targetStateRef", "defaultMenu"))
# Read from the model, or compared by themselves.
_APART = frozenset(("name", "division", "defaultLanguage", "supportedLanguages"))
_NO_SPACE_BEFORE = frozenset(".,)]")
_NO_SPACE_AFTER = frozenset(".([")
_OPERATORS = frozenset((*"+-*/%^|&~!<>?:,", "==", "!=", ">=", "<=", "and", "or", "AND", "OR"))
# Kept by the entity, not by its document.
_NOT_SAID = frozenset(("division",))


def is_guid(text: str) -> bool:
    """Whether a text is an id.

    >>> is_guid("0a1b2c3d-0000-4000-8000-00000000000f"), is_guid("Sales")
    (True, False)
    """
    return bool(_GUID.match(text))


def same(text: str) -> str:
    """The text itself: no id has a name."""
    return text


def meaning_of_flow(flow: Flow, *, names: Names = same) -> dict[str, Any]:
    """A flow as plain data, in the words of Archy YAML.

    Args:
        flow: from any form of document.
        names: of the ids that it mentions.
    """
    if flow.form == "plain":
        flow = structured(flow)[0]
    document = archy_document(replace(flow, form="archy") if flow.form == "plain" else flow)
    ((_, body),) = document.items()
    reader = _Reader(names, _labels(body))
    found: dict[str, Any] = {
        "language": flow.default_language.lower(),
        "languages": sorted({flow.default_language.lower(), *map(str.lower, flow.supported_languages)}),
    }
    for key, node in body.items():
        if key in _APART:
            continue
        found |= reader.member(key, node)
    return found


def changes_of_flow(old: Meaning, new: Meaning, *, old_form: Form) -> tuple[list[Change], list[str]]:
    """What publishing `new` over `old` changes, and the settings that only `old` has.

    Architect writes its own defaults into a flow that it publishes: a setting that the file leaves out is the
    platform's to decide, and no reason to publish again. An export (Architect's configuration) does not say
    how prompts are checked, nor a timeout that follows the data action's, which Archy YAML writes as 60 s.

    Args:
        old: of the organisation.
        new: of the file.
        old_form: of the document that `old` was read from.
    """
    alone = [key for key in old if key not in new and key.startswith("settings")]
    found = list(differences({key: value for key, value in old.items() if key not in alone}, new))
    if old_form == "export":
        found = [change for change in found if not _unsaid_by_exports(change)]
    return found, alone


def _unsaid_by_exports(change: Change) -> bool:
    suggested = change.path[-1] == "timeout" and change.new == "60 s"
    return change.kind == "added" and (suggested or change.path[0] == "settingsPrompts")


def _labels(body: Node) -> dict[str, str]:
    """What a person calls the container of each refId; unique within the flow."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for kind, name, ref in _named(body):
        label = f"{kind} {name}"
        number = 2
        while label in taken:
            label = f"{kind} {name} ({number})"
            number += 1
        taken.add(label)
        found[f"{kind}[{ref}]"] = label
    return found


def _named(node: Node) -> Iterator[tuple[str, str, str]]:
    """(kind, name, refId) of every container, those inside menus included."""
    for key, member in node.items():
        if key in ("task", "menu") and member.is_map:
            yield from _itself(key, member)
        for item in member if member.is_list else ():
            for inner_key, inner in item.items():
                if key in _CONTAINERS and inner_key == _CONTAINERS[key]:
                    yield from _itself(inner_key, inner)
                yield from _named(inner)
        yield from _named(member)


def _itself(kind: str, body: Node) -> Iterator[tuple[str, str, str]]:
    ref = text_of(body.get("refId"))
    name = text_of(body.get("name")) or ref
    if name:
        yield kind, name, ref or name


@dataclass(frozen=True, slots=True)
class _Reader:
    names: Names
    labels: Mapping[str, str]

    def member(self, key: str, node: Node) -> dict[str, Any]:
        """A key and its value; nothing when it says nothing."""
        if key == "refId" or key in _NOT_SAID:
            return {}
        if key in _REFS and not node.is_map:
            return {key: self._reference(text_of(node))}
        if key in _CONTAINERS and node.is_list:
            return dict(self._container(item) for item in node)
        if key in ("variables", "startUpTaskVariables"):
            return {f"variable {name}": value for name, value in self._variables(node)}
        value = self.value(node)
        if key == "outputPath" and isinstance(value, dict) and "name" in value:
            value = {**value, "name": str(value["name"]).lower()}  # exporters write Default and default
        return {} if value in (None, "", {}, [], False) else {self._name(key): value}

    def value(self, node: Node) -> Any:
        """A value; None when it says nothing."""
        if node.is_map:
            return self._mapping(node)
        if node.is_list:
            return [self._item(item) for item in node]
        if isinstance(node.value, bool):
            return node.value
        return None if node.value is None else self._name(text_of(node))

    def _mapping(self, node: Node) -> Any:
        if is_empty(node):
            return None
        keys = {key for key, _ in node.items()}
        if keys == {"exp"}:
            return {"exp": expression(text_of(node.get("exp")))}
        if keys <= _UNITS:
            return _duration(node)
        found: dict[str, Any] = {}
        for key, member in node.items():
            found |= self.member(key, member)
        if set(found) <= {"lit"} and isinstance(found.get("lit"), dict):
            inner = found["lit"]
            if set(inner) == {"id"}:
                return {"lit": {"name": inner["id"]}}
        return found

    def _item(self, node: Node) -> Any:
        """An item of a list; actions, choices and cases have a kind and a name."""
        keys = [key for key, _ in node.items()]
        if len(keys) != 1 or not (body := next(iter(node.items()))[1]).is_map:
            return self.value(node)
        (key,) = keys
        found = self._mapping(body) or {}
        if not isinstance(found, dict):
            return {key: found}
        found.pop("name", None)
        title = ACTIONS[key].title if key in ACTIONS else key
        return {NAME: text_of(body.get("name")) or title, "kind": key, **found}

    def _container(self, item: Node) -> tuple[str, Any]:
        ((kind, body),) = item.items()
        name = text_of(body.get("name")) or text_of(body.get("refId"))
        ref = text_of(body.get("refId")) or name
        return self.labels.get(f"{kind}[{ref}]", f"{kind} {name}"), self._mapping(body) or {}

    def _variables(self, node: Node) -> Iterator[tuple[str, Any]]:
        for item in node:
            for kind, body in item.items():
                found = self._mapping(body) or {}
                name = found.pop("name", kind) if isinstance(found, dict) else kind
                yield name, {"type": kind.removesuffix("Variable"), **found}

    def _reference(self, text: str) -> str:
        match = _REFERENCE.match(text)
        return self.labels.get(f"{match['kind']}[{match['ref']}]", text) if match else text

    def _name(self, text: str) -> str:
        return self.names(text.lower()) if is_guid(text) else text


def expression(text: str) -> str:
    """An expression without the white space that does not count.

    >>> expression('  If( Flow.a  >1, "x  y" , NOT_SET)')
    'If(Flow.a > 1, "x  y", NOT_SET)'
    """
    try:
        tokens = tokenize(text)
    except DefinitionError:
        return " ".join(text.split())
    parts: list[str] = []
    before = ""
    for token in tokens[:-1]:
        written = text[token.start : token.end]
        glued = written in _NO_SPACE_BEFORE or before in _NO_SPACE_AFTER
        called = written in ("(", "[") and before not in _OPERATORS
        parts += ("" if glued or called or not before else " ", written)
        before = written
    return "".join(parts)


def _duration(node: Node) -> Any:
    try:
        milliseconds = milliseconds_of(duration_of(node))
    except (EvaluationError, ValueError, TypeError, OverflowError):
        return node.plain()
    return f"{milliseconds / 1000:.3f}".rstrip("0").rstrip(".") + " s" if milliseconds else None
